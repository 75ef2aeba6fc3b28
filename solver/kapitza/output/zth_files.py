"""Thermal impedances as files: curves and structure functions (CSV), networks (SPICE)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kapitza.errors import InputError
from kapitza.output.replace import Replacement
from kapitza.studies.spice import csv, spice_cauer, spice_foster

if TYPE_CHECKING:
    from kapitza.studies.zth import Zth


def write(path: Path, text: str, force: bool) -> None:
    """Put ``text`` into a new file. Raises FileError; never harms an existing file without ``force``."""
    with Replacement(path, force) as draft:
        draft.sink.write(text.encode("utf-8"))
        draft.seal()
        draft.place()


def curves(found: Sequence[Zth]) -> str:
    """CSV: time, impedance, what the Foster network makes of it; of a second case its impedance at the same times."""
    first = found[0]
    columns = {
        "time_s": first.time,
        "zth_K_per_W": first.zth,
        "foster_K_per_W": first.foster.evaluate(first.time),
    }
    comments = [*_about(first), f"steady: {first.steady!r} K/W"]
    for other in found[1:]:
        at = np.interp(np.log(first.time), np.log(other.time), other.zth)
        columns["zth_second_K_per_W"] = at
        comments.append(f"steady of the second case: {other.steady!r} K/W")
    return csv(columns, comments)


def structure(found: Zth) -> str:
    """CSV of the structure function: the stack's own where it has one, else the one that the curve shows.

    Raises InputError where there is none."""
    shown = found.structure_of_stack or found.structure
    if shown is None:
        raise InputError(
            f"--structure: from {found.source!r} to {found.probe!r} there is no structure function; put the probe "
            "where the heat enters"
        )
    of = "of the stack, exact" if found.structure_of_stack is not None else "of the curve, by deconvolution"
    columns = {"resistance_K_per_W": shown.resistance, "capacitance_J_per_K": shown.capacitance}
    return csv(columns, [*_about(found), f"structure function {of}"])


def subcircuits(found: Zth) -> str:
    """SPICE text with the Foster network and, where there is one, the Cauer ladder."""
    about = "; ".join(_about(found))
    path = re.sub(r"\W+", "_", f"zth_{found.source}_{found.probe}", flags=re.ASCII)
    parts = [spice_foster(found.foster, about, f"{path}_foster")]
    if found.cauer is not None:
        parts.append(spice_cauer(found.cauer, about, f"{path}_cauer", source=found.foster))
    return "\n".join(parts)


def _about(found: Zth) -> list[str]:
    title = [found.title] if found.title else []
    return [
        *title,
        f"thermal impedance from {found.source} to {found.probe}, properties at {found.temperature:g} K",
    ]
