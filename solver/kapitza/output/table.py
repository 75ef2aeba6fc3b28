"""Results as tables for the terminal. Pure: from a summary, materials or verification rows to rich tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from rich import box
from rich.table import Table

from kapitza.output import table_channels, table_time
from kapitza.output.degrees import Degrees
from kapitza.output.labels import instant, length, share
from kapitza.output.parts import Costs, Part, Summary, costliest, costs
from kapitza.output.readable import aligned, bar, drop_text, duration, fixed, plain
from kapitza.output.table_thermoelectric import thermoelectric_lines
from kapitza.output.table_time import times_note, times_table

ROWS = 40
FILMS = 6  # whose apparent conductivity is told
TEMPERATURES = (1.0, 4.0, 10.0, 30.0, 77.0, 100.0, 200.0, 300.0, 400.0, 600.0, 800.0, 1000.0, 1500.0)
KINDS = {"layer": "layer", "interface": "joint", "boundary": "surface film", "spreading": "spreading"}


def run_report(
    summary: Summary, unit: str = "K", probe_units: Mapping[str, str] | None = None
) -> list[Table | str]:
    """All that `run` and `show` print: parts and their cost, boundaries, probes, energy, warnings.

    Of a run in time: parts and boundaries at its end, probes and melted fractions over time.

    unit : "K" or "degC", for temperatures; differences are always in kelvin
    probe_units : units of the probes that are no temperatures
    """
    costly = costs(summary, ROWS)
    degrees = Degrees(summary, unit)
    lasting = not summary.get("steady", True)
    report: list[Table | str] = [headline(summary), ""]
    report += [f"after {instant(summary['times'][-1])}:", ""] if lasting else []
    report += [parts_table(costly, degrees)]
    sentence = None if lasting else verdict(costly)
    if sentence:
        report += ["", sentence]
    if "channels" in summary:
        told = table_channels.channels_lines(summary)
        rows = table_channels.channels_table(summary, degrees, plain_table())
        report += ["", *told]
        if rows:
            report += ["", *rows]
    report += ["", boundaries_table(summary["boundaries"], degrees)]
    probes = summary.get("probes") or {}
    if lasting:
        if probes or summary.get("melted"):
            note = times_note(summary)
            report += [
                "",
                times_table(summary, degrees, probe_units or {}, plain_table()),
                *([note] if note else []),
            ]
        return [*report, "", *table_time.closing_lines(summary)]
    if probes:
        report += ["", probes_table(probes, degrees, probe_units or {})]
    if summary.get("thermoelectric"):
        report += ["", *thermoelectric_lines(summary["thermoelectric"])]
    report += ["", *closing_lines(summary)]
    return report


def headline(summary: Summary) -> str:
    """Title, geometry and size in one line."""
    title = summary.get("title") or "untitled"
    kind = "steady" if summary.get("steady", True) else f"to {instant(summary['times'][-1])}"
    return f"{title} ({summary['geometry']}, {summary['cells']:,} cells, {kind})"


def parts_table(costly: Costs, degrees: Degrees) -> Table:
    """One row per layer and joint: size, drop, share of the whole drop, lowest and highest temperature."""
    rows, largest = costly.rows, costly.largest
    drop = f"drop {costly.way} (K)" if costly.way else "drop (K)"
    table = plain_table()
    for heading, justify in (
        ("layer or joint", "left"),
        ("thickness or R", "right"),
        (drop, "left"),
        ("share", "right"),
        ("", "left"),
        (f"min ({degrees.unit})", "right"),
        (f"max ({degrees.unit})", "right"),
    ):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    drops = aligned([drop_text(part.drop) for part in rows], len(drop))
    for part, text in zip(rows, drops, strict=True):
        table.add_row(
            part.name if part.count == 1 else f"{part.name} × {part.count}",
            size(part),
            text,
            "–" if part.share is None else share(part.share),
            bar(abs(part.drop), largest),
            degrees(part.low),
            degrees(part.high),
        )
    return table


def size(part: Part) -> str:
    """Thickness of a layer, resistance of a joint, of one repetition."""
    if part.thickness is not None:
        return length(part.thickness)
    if part.kind != "interface":
        return KINDS[part.kind] if part.kind != "layer" else ""
    if part.resistance is None:
        return "differs"
    if part.resistance == 0.0:
        return "perfect"
    if math.isinf(part.resistance):
        return "insulated"
    return f"{plain(part.resistance)} m²K/W"


def verdict(costly: Costs) -> str | None:
    """ "The joint die|sink costs most: 36.0 K of 44.6 K (81 %)."; or why nothing like it can be said: there is no
    resistance budget; None where nothing drops.

    It names a layer or a joint; films and spreading that cost more are named after it.
    """
    if costly.why_not:
        return f"No resistance budget: {costly.why_not}."
    own = [part for part in costly.rows if part.kind in ("layer", "interface")]
    worst = costliest(own)
    if worst is None:
        return None

    def cost(part: Part, of: str = "") -> str:
        return f"{drop_text(part.drop)} K{of}" + ("" if part.share is None else f" ({share(part.share)})")

    kind = f"{KINDS[worst.kind]}{'s' if worst.count > 1 else ''}"
    who = (
        f"The {worst.count} {kind} {worst.name} cost" if worst.count > 1 else f"The {kind} {worst.name} costs"
    )
    text = f"{who} most: {cost(worst, f' of {drop_text(costly.whole)} K' if costly.whole else '')}."
    beside = [
        f"{'' if part.kind == 'spreading' else 'surface film '}{part.name} {cost(part)}"
        for part in costly.rows
        if part not in own and abs(part.drop) > abs(worst.drop)
    ]
    return f"{text} Beside layers and joints: {', '.join(beside)}." if beside else text


def boundaries_table(boundaries: Mapping[str, Summary], degrees: Degrees) -> Table:
    """Heat into the domain and mean surface temperature of every side."""
    table = plain_table()
    table.add_column("boundary")
    table.add_column("heat in (W)", justify="right")
    table.add_column(f"surface ({degrees.unit})", justify="right")
    for name, entry in boundaries.items():
        table.add_row(name, plain(entry["heat"], 6), degrees(entry["temperature"]))
    return table


def probes_table(probes: Mapping[str, Any], degrees: Degrees, units: Mapping[str, str]) -> Table:
    """Every probe with its value; ``units`` names those that are no temperatures."""
    table = plain_table()
    table.add_column("probe")
    table.add_column("value", justify="right")
    table.add_column("unit")
    for name, value in probes.items():
        table.add_row(
            name, plain(value, 5) if name in units else degrees(value), units.get(name, degrees.unit)
        )
    return table


def closing_lines(summary: Summary) -> Iterable[str]:
    """Energy balance, solver and time, effective conductivity, warnings."""
    conductivity = summary.get("effective_conductivity")
    if conductivity is not None:
        yield f"effective conductivity: {plain(conductivity, 4)} W/(m·K)"
    films = [row for row in summary["layers"] if row.get("apparent_conductivity") is not None]
    for row in films[:FILMS]:
        value = plain(row["apparent_conductivity"], 4)
        yield f"apparent conductivity of {row['name']}: {value} W/(m·K), from wall to wall, slip included"
    energy = summary["energy"]
    flows = f"in {plain(energy['in'], 6)} W, out {plain(energy['out'], 6)} W"
    yield f"energy: {flows}, imbalance {plain(energy['imbalance'], 2)} of the throughput"
    solver = summary["solver"]
    times = {name: value or 0.0 for name, value in summary["timing"].items()}
    yield f"solver: {solver['method']}, {duration(times['solve'])} of {duration(math.fsum(times.values()))} in all"
    for warning in summary.get("warnings", ()):
        yield f"warning: {warning}"


def materials_table(materials: Iterable[Any]) -> Table:
    """The library: name, category, density, and conductivity and specific heat at 300 K."""
    table = plain_table()
    for heading in ("material", "category"):
        table.add_column(heading)
    for heading in ("k (W/(m·K))", "density (kg/m³)", "c_p (J/(kg·K))"):
        table.add_column(heading, justify="right")
    for material in materials:
        table.add_row(
            material.name,
            material.category,
            law_at(material.conductivity),
            "–" if material.density is None else plain(material.density, 4),
            law_at(material.specific_heat),
        )
    return table


def material_report(material: Any, units: Mapping[str, str]) -> list[Table | str]:
    """Everything known of one material: values with units, their dependence on temperature, the sources."""
    sources = list(
        dict.fromkeys(text for key, text in material.sources.items() if key in material.properties())
    )
    table = plain_table()
    table.add_column("property")
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("source")
    for key, value in material.properties().items():
        source = material.sources.get(key)
        mark = f"[{sources.index(source) + 1}]" if source else ""
        table.add_row(
            key,
            law_at(value) if hasattr(value, "valid") else plain(value, 5),
            units[key].replace("*", "·"),
            f"{mark} uncertain" if key in material.uncertain else mark,
        )
    report: list[Table | str] = [f"{material.name} ({material.category})", "", table]
    laws = {
        key: law for key, law in material.properties().items() if hasattr(law, "valid") and not law.constant
    }
    if laws:
        report += ["", temperature_table(laws, units)]
    report += ["", *(f"[{i}] {source}" for i, source in enumerate(sources, 1))]
    return report + [line for text in (material.source, material.note) if text for line in ("", text)]


def temperature_table(laws: Mapping[str, Any], units: Mapping[str, str]) -> Table:
    """Functions of temperature side by side, where they are valid; at both ends of melting, where they have a solid
    and a liquid."""
    table = plain_table()
    table.add_column("T (K)", justify="right")
    for key in laws:
        table.add_column(f"{key} ({units[key].replace('*', '·')})", justify="right")
    rows = {(float(kelvin), "") for kelvin in TEMPERATURES}
    rows |= {end for law in laws.values() for end in _melting(law)}
    for kelvin, phase in sorted(rows, key=_order):
        parts = [getattr(law, phase, law) for law in laws.values()]
        valid = [law.valid[0] <= kelvin <= law.valid[1] for law in parts]
        if any(valid):
            values = (plain(law(kelvin)) if holds else "–" for law, holds in zip(parts, valid, strict=True))
            table.add_row(f"{kelvin:g} {phase}".rstrip(), *values)
    return table


def _melting(law: Any) -> list[tuple[float, str]]:
    """Where the solid of a law ends and where its liquid begins."""
    return [(law.solidus, "solid"), (law.liquidus, "liquid")] if hasattr(law, "solidus") else []


def _order(row: tuple[float, str]) -> tuple[float, bool]:
    return row[0], row[1] == "liquid"


def law_at(law: Any, temperature: float = 300.0) -> str:
    """Value of a function of temperature; where 300 K is outside its range, at the nearest temperature."""
    if law is None:
        return "–"
    low, high = law.valid
    used = min(max(temperature, low), high)
    text = plain(law(used), 4)
    return text if used == temperature else f"{text} at {used:g} K"


def verify_table(rows: Iterable[Any]) -> Table:
    """Reference problems: computed and exact value, error, observed order, passed or not; one row per mesh."""
    table = plain_table()
    for heading in ("problem", "quantity"):
        table.add_column(heading)
    for heading in ("cells", "computed", "exact", "error", "order"):
        table.add_column(heading, justify="right")
    for heading in ("unit", ""):
        table.add_column(heading)
    shown: tuple[str, str] = ("", "")
    for row in rows:
        problem, quantity = row.problem, row.quantity
        table.add_row(
            "" if problem == shown[0] else problem,
            "" if (problem, quantity) == shown else quantity,
            f"{row.cells:,}",
            plain(row.computed, 10),
            plain(row.exact, 10),
            plain(row.error, 2),
            fixed(row.order, 2) if isinstance(row.order, float) else row.order or "–",
            row.unit,
            "pass" if row.passed else "FAIL",
        )
        shown = (problem, quantity)
    return table


def plain_table() -> Table:
    """An empty table in the style of all: a line below the headings, no frame."""
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
