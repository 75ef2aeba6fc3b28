"""The tables of a result, the same whether it was just solved or read from a file."""

from __future__ import annotations

import tomllib
from typing import Any

from kapitza.cli.answer import Answer
from kapitza.cli.screen import show


def show_report(result: Any, summary: Answer) -> None:
    """Print ``summary`` of ``result``, a `Solution` or what `kapitza.output.read` returns."""
    from kapitza.output.table import run_report

    show(*run_report(summary, result.stack.temperature_unit, probe_units(result.source_text)))


def probe_units(source_text: str | None) -> dict[str, str]:
    """Units of the probes of a case that are no temperatures: jumps and fluxes at interfaces."""
    probes = tomllib.loads(source_text or "").get("probes", [])
    units = {"jump": "K", "flux": "W/m²"}
    sides = {probe["name"]: probe.get("side", "jump") for probe in probes if "interface" in probe}
    return {name: units[side] for name, side in sides.items() if side in units}
