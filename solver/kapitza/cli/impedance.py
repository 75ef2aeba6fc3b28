"""`zth`: the thermal impedance of a case, printed, returned, drawn, and written for other programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kapitza.cli.answer import Answer
from kapitza.cli.files import CSV, check_kind, check_targets
from kapitza.cli.screen import show, working

if TYPE_CHECKING:
    from kapitza.studies.two_interfaces import Separation
    from kapitza.studies.zth import Zth


@dataclass(frozen=True)
class Files:
    """What is to be written; None: not that. curve, structure : CSV · spice : subcircuits · plot : picture"""

    curve: Path | None
    structure: Path | None
    spice: Path | None
    plot: Path | None
    force: bool

    @property
    def wanted(self) -> list[Path]:
        return [p for p in (self.curve, self.structure, self.spice, self.plot) if p is not None]


def zth_case(
    path: Path, second: Path | None, source: str | None, probe: str | None, files: Files, *, json: bool
) -> Answer | None:
    """Thermal impedance of the case at ``path``; with ``second``, the resistance from junction to case as well.

    Raises InputError where source or probe are not clear, PhysicsError where the heat has nowhere to go.
    """
    for read in (path, second):
        check_targets(*files.wanted, source=read, force=files.force)
    for table in (files.curve, files.structure):
        check_kind(table, CSV)
    if files.plot is not None:
        from kapitza.output.figure import picture_format

        picture_format(files.plot)

    from kapitza.api import zth
    from kapitza.case import load
    from kapitza.studies.zth import theta_jc

    cases = [load(one) for one in (path, second) if one is not None]
    with working(f"heating {path}"):
        found = [zth(case, source, probe) for case in cases]
    separation = theta_jc(*found) if second is not None else None
    _write(found, separation, files)
    if json:
        answer = found[0].summary()
        if separation is not None:
            other = found[1]
            curve = {"time": other.time.tolist(), "zth": other.zth.tolist(), "steady": other.steady}
            answer |= {"second": curve, "theta_jc": separation.summary()}
        return answer
    from kapitza.output.table_zth import zth_report

    show(*zth_report(found, separation))
    show(*(f"wrote {target}" for target in files.wanted))
    return None


def _write(found: list[Zth], separation: Separation | None, files: Files) -> None:
    from kapitza.output import zth_files

    first = found[0]
    if files.curve is not None:
        zth_files.write(files.curve, zth_files.curves(found), files.force)
    if files.structure is not None:
        zth_files.write(files.structure, zth_files.structure(first), files.force)
    if files.spice is not None:
        zth_files.write(files.spice, zth_files.subcircuits(first), files.force)
    if files.plot is not None:
        from kapitza.output.figure_zth import Impedance, draw_zth

        second = found[1].curve if len(found) > 1 else None
        picture = Impedance(
            first.title or "thermal impedance",
            first.curve,
            first.foster,
            first.structure_of_stack,
            first.structure,
            second,
            separation,
        )
        with working(f"drawing {files.plot}"):
            draw_zth(picture, files.plot, files.force)
