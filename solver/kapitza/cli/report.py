"""The tables of a result, the same whether it was just solved or read from a file."""

from __future__ import annotations

from typing import Any

from kapitza.cli.answer import Answer
from kapitza.cli.screen import show


def show_report(result: Any, summary: Answer) -> None:
    """Print ``summary`` of ``result``, a `Solution` or what `kapitza.output.read` returns."""
    from kapitza.output.course import probe_units
    from kapitza.output.table import run_report

    if "coordinates" in summary:
        from kapitza.output.table_sweep import sweep_report

        show(*sweep_report(result))
        return
    if "frequencies" in summary:
        from kapitza.output.table_frequency import frequency_report

        show(*frequency_report(summary, probe_units(result)))
        return
    show(*run_report(summary, result.stack.temperature_unit, probe_units(result)))
