"""What `run --sensitivity` prints: for every probe, where one per cent gives most; and how far it scatters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.table import Table

from kapitza.output import sensitivity_words as words
from kapitza.output.degrees import Degrees
from kapitza.output.labels import share
from kapitza.output.readable import aligned, bar, drop_text, plain
from kapitza.output.table import plain_table

if TYPE_CHECKING:
    from kapitza.studies.sensitivity import Sensitivity

ROWS = 16  # of one probe
LISTED = 6  # tolerances of one probe
LEAST = 1e-9  # of the largest effect: nothing


def sensitivity_report(found: Sensitivity, summary: Mapping[str, Any], unit: str) -> list[Table | str]:
    """unit : "K" or "degC", for temperatures."""
    degrees = Degrees(summary, unit)
    report: list[Table | str] = []
    for i, name in enumerate(found.names):
        kelvin = found.units[i] == "K"
        shown = f"{plain(float(found.values[i]), 5)} {words.UNITS.get(found.units[i], found.units[i])}"
        if kelvin and not found.differences[i]:
            shown = f"{degrees(float(found.values[i]))} {degrees.unit}"
        report += ["", f"{name}, {shown}:", _table(found, i, unit)]
        if not any(p.effects[i] for p in found.parameters if not p.absolute):
            report.append(
                "only temperatures outside change it: a probe of another place, or of a flux, tells more"
            )
        hidden = len(found.parameters) - ROWS
        if hidden > 0:
            report.append(f"{hidden} more, which do less, are in --json")
        report += _scatter(found, i)
    return report + _left_out(found)


def _left_out(found: Sensitivity) -> list[Table | str]:
    """What the tables do not hold, by reason."""
    reasons: dict[str, list[str]] = {}
    for one in found.left_out:
        reasons.setdefault(one.reason, []).append(f"{one.quantity} of {one.name}")
    lines = [f"not in these tables: {', '.join(what)}: {why}" for why, what in reasons.items()]
    return ["", *lines] if lines else []


def _table(found: Sensitivity, i: int, unit: str) -> Table:
    rows = found.ranked(found.names[i])[:ROWS]
    effects = [float(p.effects[i]) for p in rows]
    largest = max((abs(e) for e, p in zip(effects, rows, strict=True) if not p.absolute), default=0.0)
    effects = [
        e if abs(e) > LEAST * largest or p.absolute else 0.0 for e, p in zip(effects, rows, strict=True)
    ]
    upwards = found.units[i] != "K"
    sign = 1.0 if upwards else -1.0
    of = words.UNITS.get(found.units[i], found.units[i])
    gives = aligned([drop_text(sign * abs(e)) if e else "0" for e in effects], 0)
    table = plain_table()
    for heading, justify in (
        ("where", "left"),
        ("what", "left"),
        ("value", "right"),
        ("better", "left"),
        (f"gives ({of})", "right"),
        ("", "left"),
        ("derivative", "right"),
    ):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for parameter, effect, text in zip(rows, effects, gives, strict=True):
        table.add_row(
            words.place(parameter),
            words.quantity(parameter),
            words.value(parameter, unit),
            words.better(parameter, effect, upwards),
            text,
            "" if parameter.absolute else bar(abs(effect), largest),
            words.derivative(parameter, i, found.units[i]),
        )
    return table


def _scatter(found: Sensitivity, i: int) -> list[Table | str]:
    spread = found.spread
    if spread is None:
        return []
    of = words.UNITS.get(found.units[i], found.units[i])
    table = plain_table()
    for heading, justify in (("tolerance", "left"), ("standard deviation", "right"), (f"gives ({of})", "right"),
                             ("share of the variance", "right")):  # fmt: skip
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    order = sorted(range(len(spread.tolerances)), key=lambda j: -abs(float(spread.parts[i, j])))
    for j in order[:LISTED]:
        one = spread.tolerances[j]
        table.add_row(
            one.path, one.given, drop_text(abs(float(spread.parts[i, j]))), share(float(spread.shares[i, j]))
        )
    lines: list[Table | str] = ["", table]
    if len(order) > LISTED:
        lines.append(f"{len(order) - LISTED} more, which do less, are in --json")
    lines.append(f"standard deviation: {drop_text(float(spread.deviation[i]))} {of}, to first order")
    drawn = spread.drawn
    if drawn is not None:
        low, high = (float(end) - float(found.values[i]) for end in drawn.band[:, i])
        shift = float(drawn.mean[i] - found.values[i])
        count = int(drawn.counts[i])
        failed = drawn.asked - count
        lines.append(
            f"Monte Carlo, {count:,} draws: {drop_text(float(drawn.deviation[i]))} {of}; their mean lies "
            f"{drop_text(shift)} {of} from the value above, 95 % of them between {drop_text(low)} and "
            f"{drop_text(high)} {of} of it"
        )
        if failed:
            lines.append(f"{failed:,} more draws have no solution, or the probe points at nothing there")
    return lines
