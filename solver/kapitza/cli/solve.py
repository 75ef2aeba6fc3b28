"""`run` and `check`: a case in, its answer or its estimate out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kapitza.cli.answer import Answer
from kapitza.cli.files import check_targets
from kapitza.cli.screen import show, working
from kapitza.errors import InputError


def run_case(
    path: Path, output: Path | None, plot: Path | None, *, xdmf: bool, json: bool, force: bool, quiet: bool
) -> Answer | None:
    """Solve the case at ``path``, write what was asked for, print or return the summary."""
    if xdmf and output is None:
        raise InputError("--xdmf: describes the fields in OUT.h5 to ParaView; give -o OUT.h5 as well.")
    beside = output.with_suffix(".xdmf") if output is not None and xdmf else None
    check_targets(output, beside, plot, source=path, force=force)

    import kapitza

    case = kapitza.load(path)
    with working(f"solving {path}", quiet):
        solution = kapitza.solve(case)
    if output is not None:
        with working(f"writing {output}", quiet):
            solution.write(output, force=force, xdmf=xdmf)
    if plot is not None:
        with working(f"drawing {plot}", quiet):
            solution.plot(plot, force=force)
    summary: dict[str, Any] = solution.summary()
    if json:
        return summary
    if not quiet:
        from kapitza.output.table import run_report

        show(*run_report(summary, solution.stack.temperature_unit))
        for target in (output, plot, beside):
            if target is not None:
                show(f"wrote {target}")
    return None


def check_case(path: Path, *, json: bool) -> Answer | None:
    """Validate the case at ``path`` and say what solving it takes."""
    import kapitza
    from kapitza.estimate import estimate

    case = kapitza.load(path)
    need = estimate(case.stack)
    if json:
        return {"status": "ok", "cells": need.cells, "memory": need.memory_bytes, "time": need.seconds}
    show(
        f"{path}: valid", f"cells:  {need.cells:,}", f"memory: {need.memory_bytes}", f"time:   {need.seconds}"
    )
    return None
