"""`effective`: the conductivity of a case's layers and regions as one periodic cell."""

from __future__ import annotations

from pathlib import Path

from kapitza.cli.answer import Answer
from kapitza.cli.pair import kelvin
from kapitza.cli.screen import show, working


def effective_case(path: Path, at: str | None, *, json: bool) -> Answer | None:
    """Conductivity tensor of the case at ``path``, printed or returned.

    Raises InputError for a case that has no periodic cell, and where something is not known at this temperature.
    """
    temperature = None if at is None else kelvin(at)

    from kapitza.api import effective
    from kapitza.case import load

    case = load(path)
    with working(f"solving {path}"):
        found = effective(case, at=temperature)
    if json:
        return found.summary()
    from kapitza.output.table_effective import effective_report

    show(*effective_report(found))
    return None
