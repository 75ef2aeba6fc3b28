"""`interface`: all models and measurements of a pair of materials, as a table, JSON and a picture."""

from __future__ import annotations

import re
from pathlib import Path

from kapitza.cli.answer import Answer
from kapitza.cli.files import check_targets
from kapitza.cli.screen import show, working
from kapitza.errors import InputError
from kapitza.quantities import DIMENSIONS, QuantityError, check, parse

_BARE = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


def compare_pair(
    below: str, above: str, at: str, model: str | None, plot: Path | None, *, json: bool, force: bool
) -> Answer | None:
    """Everything known of the contact of two materials of the library.

    Raises InputError for unknown names and models, and where nothing is known of the pair.
    """
    from kapitza.interfaces.compare import compare
    from kapitza.materials.library import material

    if plot is not None:
        from kapitza.output.figure import picture_format

        check_targets(plot, force=force)
        picture_format(plot)
    temperature = kelvin(at)
    found = compare(material(below), material(above), temperature, model)
    if not found.rows and not found.measured:
        reasons = next(iter(found.missing.values()), "no measurement in the bundled table")
        raise InputError(
            f"interface: nothing is known of {found.below.name}|{found.above.name} here: {reasons}"
        )
    if plot is not None:
        from kapitza.output.figure_interface import draw_pair

        with working(f"drawing {plot}"):
            draw_pair(found, plot, force)
    if json:
        return found.describe()
    from kapitza.output.table_interface import pair_report

    show(*pair_report(found, complete=model is None))
    if plot is not None:
        show(f"wrote {plot}")
    return None


def kelvin(text: str) -> float:
    """A temperature [K] from "77 K" or "25 degC"; a bare number is in kelvin. Raises InputError, also for 0 K."""
    dimension = DIMENSIONS["debye temperature"]
    try:
        return check(float(text), dimension, text) if _BARE.fullmatch(text) else parse(text, dimension)
    except QuantityError as problem:
        raise InputError(f"--at: {problem.message}") from None
