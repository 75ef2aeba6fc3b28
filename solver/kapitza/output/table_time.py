"""Tables of a run in time: probes and melted fractions over the saved times, energy in joules."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kapitza.output.labels import instant, share
from kapitza.output.parts import Summary
from kapitza.output.readable import duration, plain

if TYPE_CHECKING:
    from rich.table import Table

    from kapitza.output.degrees import Degrees

ROWS = 12
COLUMNS = 8


def spread(count: int, most: int) -> list[int]:
    """At most ``most`` of ``count`` indices, spread evenly, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return [round(i * (count - 1) / (most - 1)) for i in range(most)]


def instants(times: Sequence[float]) -> list[str]:
    """Texts of saved times, with the digits that tell neighbours apart."""
    texts: list[str] = []
    for digits in range(3, 10):
        texts = [instant(time, digits) for time in times]
        if len(set(texts)) == len(texts):
            break
    return texts


def times_table(summary: Summary, degrees: Degrees, units: Mapping[str, str], table: Table) -> Table:
    """Fill ``table``: a row for each of some saved times, a column for each probe and for each piece that melts.

    units : of the probes that are no temperatures
    """
    columns = [(f"{name} ({units.get(name, degrees.unit)})", values, units.get(name)) for name, values in
               (summary.get("probes") or {}).items()]  # fmt: skip
    columns += [
        (f"{name} melted", values, "melted") for name, values in (summary.get("melted") or {}).items()
    ]
    table.add_column("time", justify="right")
    for heading, _, _ in columns[:COLUMNS]:
        table.add_column(heading, justify="right")
    rows = spread(len(summary["times"]), ROWS)
    degrees = degrees.over(value for _, values, unit in columns if unit is None for value in values)
    for row, text in zip(rows, instants([summary["times"][i] for i in rows]), strict=True):
        table.add_row(text, *(_value(values[row], unit, degrees) for _, values, unit in columns[:COLUMNS]))
    return table


def times_note(summary: Summary) -> str | None:
    """What the table leaves out; None where it shows all."""
    left = []
    shown, there = min(ROWS, len(summary["times"])), len(summary["times"])
    if shown < there:
        left.append(f"{shown} of {there:,} saved times")
    columns = len(summary.get("probes") or {}) + len(summary.get("melted") or {})
    if columns > COLUMNS:
        left.append(f"{COLUMNS} of {columns} columns")
    return f"shown: {', '.join(left)}; --json has all" if left else None


def _value(value: Any, unit: str | None, degrees: Degrees) -> str:
    if value is None:
        return "–"
    if unit == "melted":
        return share(value)
    return degrees(value) if unit is None else plain(value, 5)


def closing_lines(summary: Summary) -> Iterable[str]:
    """Energy balance in joules, steps and time, warnings."""
    energy = summary["energy"]
    flows = ", ".join(f"{name} {plain(energy[name], 6)} J" for name in ("in", "out", "stored"))
    measure = (
        "throughput" if energy["in"] or energy["out"] else "heat between its lowest and highest temperature"
    )
    yield f"energy: {flows}, imbalance {plain(energy['imbalance'], 2)} of the {measure}"
    solver = summary["solver"]
    steps = f"{solver['steps']:,} steps"
    if solver.get("rejected") is not None:
        steps += f", {solver['rejected']:,} rejected"
    times = {name: value or 0.0 for name, value in summary["timing"].items()}
    spent = f"{duration(times['solve'])} of {duration(math.fsum(times.values()))} in all"
    yield f"solver: {solver['method']}, {steps}, {spent}"
    for warning in summary.get("warnings", ()):
        yield f"warning: {warning}"
