"""What `sweep` prints: every point of a small sweep, the extremes of a large one, and what went wrong where."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.table import Table

from kapitza.output.labels import ZERO_CELSIUS
from kapitza.output.readable import duration, plain
from kapitza.output.sweep_names import is_temperature, pretty
from kapitza.output.table import plain_table

if TYPE_CHECKING:
    from kapitza.studies.sweeping.result import Sweep

ROWS = 24  # points of a sweep that is printed whole
COLUMNS = 6  # of results
FAILURES = 5
DIGITS = 6
SAME = 1e-11  # relative: values that differ by less are one
CHOICE = {
    "run": ("temperature.max", "resistance.total", "effective_conductivity"),
    "effective": ("conductivity.zz", "conductivity.xx", "perfect_contacts.zz", "perfect_contacts.xx"),
    "zth": ("steady",),
}


def sweep_report(sweep: Sweep) -> list[Table | str]:
    """All that `kapitza sweep` and `show` print."""
    names = _columns(sweep)
    report: list[Table | str] = [_headline(sweep), ""]
    report.append(_points(sweep, names) if sweep.status.size <= ROWS else _extremes(sweep, names))
    others = len(sweep.variables) - len(names)
    if others > 0:
        report += ["", f"{others} more results of every point are in OUT.h5 (-o) and --json"]
    report += _failures(sweep)
    report += [
        f"warning ({count:,} points): {text}" for text, count in list(sweep.warnings.items())[:FAILURES]
    ]
    if len(sweep.warnings) > FAILURES:
        report.append(f"… and {len(sweep.warnings) - FAILURES} more warnings")
    return report


def _headline(sweep: Sweep) -> str:
    many = " x ".join(f"{size:,}" for size in sweep.shape)
    points = f"{many} points" + (f" = {sweep.status.size:,}" if len(sweep.shape) > 1 else "")
    seconds = sweep.timing.get("solve")
    took = f", {duration(seconds)}" if seconds else ""
    of = "" if sweep.of == "run" else f" of {sweep.of}"
    return f"{sweep.title or 'sweep'} (sweep{of}, {points}{took})"


def _columns(sweep: Sweep) -> list[str]:
    """Results that are printed: the probes, or else what matters most."""
    probes = [name for name in sweep.probes if name in sweep.variables]
    probes += [f"{name}.amplitude" for name in sweep.probes if f"{name}.amplitude" in sweep.variables]
    choice = [name for name in CHOICE[sweep.of] if name in sweep.variables]
    choice += [name for name in sweep.variables if name.endswith(".apparent_conductivity")]
    return (probes or choice or list(sweep.variables))[:COLUMNS]


def _values(sweep: Sweep, name: str) -> tuple[str, Any]:
    """Heading and values (n_points,) of a result; the largest along time or frequency."""
    variable = sweep.variables[name]
    values, unit = variable.values, pretty(variable.unit)
    if is_temperature(sweep, name) and sweep.temperature_unit == "degC":
        values, unit = values - ZERO_CELSIUS, "°C"
    course = len(variable.dims) > len(sweep.dims)
    if course:
        known = np.isfinite(values).any(axis=-1)
        values = np.where(known, np.nanmax(np.where(np.isfinite(values), values, -np.inf), axis=-1), np.nan)
    heading = f"{'largest ' if course else ''}{name}"
    return (heading if unit in ("1", "") else f"{heading} ({unit})"), values.ravel()


def _points(sweep: Sweep, names: list[str]) -> Table:
    table = plain_table()
    swept = list(sweep.where(0))
    for name in swept:
        table.add_column(name, justify="right")
    columns = [_values(sweep, name) for name in names]
    for heading, _ in columns:
        table.add_column(heading, justify="right")
    status = sweep.status.ravel()
    for point in range(sweep.status.size):
        where = sweep.where(point)
        failed = ["failed" if k == 0 else "–" for k in range(len(columns))]
        shown = failed if status[point] else [plain(float(values[point]), DIGITS) for _, values in columns]
        table.add_row(*(where[name] for name in swept), *shown)
    return table


def _extremes(sweep: Sweep, names: list[str]) -> Table:
    table = plain_table()
    table.add_column("result")
    for heading in ("least", "greatest"):
        table.add_column(heading, justify="right")
        table.add_column("at")
    for name in names:
        heading, values = _values(sweep, name)
        if not np.isfinite(values).any():
            continue
        row = [heading]
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        if high - low <= SAME * max(abs(low), abs(high)):
            table.add_row(*row, plain(low, DIGITS), "everywhere", "", "")
            continue
        for place in (int(np.nanargmin(values)), int(np.nanargmax(values))):
            where = ", ".join(f"{key} = {text}" for key, text in sweep.where(place).items())
            row += [plain(float(values[place]), DIGITS), where]
        table.add_row(*row)
    return table


def _failures(sweep: Sweep) -> list[Table | str]:
    if not sweep.failed:
        return []
    lines: list[Table | str] = ["", f"warning: {len(sweep.failed):,} of {sweep.status.size:,} points failed"]
    alike = Counter(failed.message for failed in sweep.failed)
    for message, count in alike.most_common(FAILURES):
        first = next(failed for failed in sweep.failed if failed.message == message)
        where = ", ".join(f"{key} = {text}" for key, text in first.where.items())
        many = "" if count == 1 else f" and {count - 1:,} more like it"
        lines.append(f"  at {where}{many}: {message}")
    if len(alike) > FAILURES:
        lines.append(f"  … and {len(alike) - FAILURES} other messages; every point's is in OUT.h5 and --json")
    return lines
