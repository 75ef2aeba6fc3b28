"""Table of periodic heating: amplitude and phase of every probe over the frequencies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kapitza.output.parts import Summary
from kapitza.output.readable import plain
from kapitza.output.table import plain_table
from kapitza.output.table_time import COLUMNS, ROWS, spread

if TYPE_CHECKING:
    from rich.table import Table


def frequency_report(summary: Summary, units: Mapping[str, str]) -> list[Table | str]:
    """All that `run` and `show` print. units : of the probes that are no temperatures."""
    frequencies = summary["frequencies"]
    title = summary.get("title") or "untitled"
    count = f"{len(frequencies)} frequencies" if len(frequencies) > 1 else "one frequency"
    report: list[Table | str] = [f"{title} ({summary['geometry']}, {summary['cells']:,} cells, {count})"]
    probes = list((summary.get("probes") or {}).items())
    if probes:
        table = plain_table()
        table.add_column("frequency (Hz)", justify="right")
        for name, _ in probes[:COLUMNS]:
            table.add_column(f"{name} ({units.get(name, 'K')})", justify="right")
            table.add_column("phase (°)", justify="right")
        shown = spread(len(frequencies), ROWS)
        for i in shown:
            row = [plain(frequencies[i])]
            for _, values in probes[:COLUMNS]:
                row += [plain(values[i]["amplitude"]), f"{math.degrees(values[i]['phase']):.2f}"]
            table.add_row(*row)
        report += ["", table]
        if len(shown) < len(frequencies) or len(probes) > COLUMNS:
            report += ["", f"{len(shown)} of {len(frequencies)} frequencies; --json and -o have all."]
    else:
        report += ["", "No probes: give [[probes]], or -o OUT.h5 for amplitude and phase in all cells."]
    return [*report, *("note: " + text for text in summary["warnings"])]
