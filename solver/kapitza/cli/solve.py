"""`run` and `check`: a case in, its answer or its estimate out."""

from __future__ import annotations

import math
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from kapitza.cli import STARTED
from kapitza.cli.answer import Answer
from kapitza.cli.files import HDF5, check_kind, check_targets
from kapitza.cli.report import show_report
from kapitza.cli.screen import show, working
from kapitza.cli.sensitivity import Wanted, show_sensitivity
from kapitza.errors import InputError

if TYPE_CHECKING:
    from kapitza.api import Response, Solution
    from kapitza.model import Stack
    from kapitza.studies.sensitivity import Sensitivity

EXAMINED = 5_000_000  # cells; of larger cases only the file is checked


def run_case(
    path: Path,
    output: Path | None,
    plot: Path | None,
    *,
    xdmf: bool,
    json: bool,
    force: bool,
    quiet: bool,
    resume: bool = False,
    also: Wanted | None = None,
) -> Answer | None:
    """Solve the case at ``path``, write what was asked for, print or return the summary. also : sensitivities"""
    if xdmf and output is None:
        raise InputError("--xdmf: describes the fields in OUT.h5 to ParaView; give -o OUT.h5 as well.")
    beside = output.with_suffix(".xdmf") if output is not None and xdmf else None
    bars = also.picture if also is not None else None
    check_targets(output, beside, plot, bars, source=path, force=force)
    check_kind(output, HDF5)
    if plot is not None:
        from kapitza.output.figure import picture_format

        picture_format(plot)

    from kapitza.api import solve
    from kapitza.case import load

    imported = perf_counter()
    case = load(path)
    read = perf_counter()
    timing = {"start": imported - STARTED, "read": read - imported}
    told: Sensitivity | None = None
    seconds = 0.0
    if also is not None:
        also.require(case)
    if case.stack.transient is not None:
        from kapitza.cli.march import Wanted as Timed
        from kapitza.cli.march import run_in_time

        solution: Solution | Response = run_in_time(
            case, Timed(path, output, plot, xdmf, force, quiet, resume), timing
        )
    elif resume:
        raise InputError(
            f"--resume: {path} has no [transient], so there is no run to go on with; leave it out."
        )
    else:
        with working(f"solving {path}", quiet):
            solution = solve(case).with_timing(**timing)
        if also is not None:
            told, seconds = also.found(case, solution, quiet)
        solved = perf_counter()
        with working("writing", quiet):
            if output is not None:
                given = {} if told is None else {"sensitivity": told}
                solution.write(output, force=force, xdmf=xdmf, **given)
            if also is not None and told is not None:
                also.draw(told, solution, force)
            if plot is not None:
                solution.plot(plot, force=force)
        solution = solution.with_timing(write=perf_counter() - solved)
    summary = solution.summary()
    if told is not None:
        summary["sensitivity"] = told.data()
        summary["timing"]["sensitivity"] = seconds
    if json:
        return summary
    if not quiet:
        show_report(solution, summary)
        if told is not None:
            show_sensitivity(told, summary, case.stack.temperature_unit)
        show(*(f"wrote {target}" for target in (output, beside, plot, bars) if target is not None))
    return None


def check_case(path: Path, *, json: bool) -> Answer | None:
    """Validate the case at ``path`` and say what solving it takes.

    Raises InputError with every problem, those that only the mesh shows included, and ResourceError if it takes
    more memory than there is.
    """
    from kapitza.case import load
    from kapitza.case.sweep import grid_of
    from kapitza.estimate import require

    case = load(path)
    need = require(_plain(case.stack))
    if need.cells <= EXAMINED:
        problems = _problems(case.stack)
        if problems:
            raise case.located(InputError("\n".join(problems)))
    swept = case.data.get("sweep")
    points = grid_of(swept, case.data).shape if swept else ()
    if json:
        answer = {"status": "ok", "cells": need.cells, "memory": need.memory_bytes, "time": need.seconds}
        answer |= {"frames": need.frames, "file": need.file_bytes} if need.frames else {}
        return answer | ({"sweep": list(points)} if points else {})
    from kapitza.output.readable import duration, memory

    show(f"{path}: valid", f"cells:  {need.cells:,}")
    show(f"memory: about {memory(need.memory_bytes)}", f"time:   about {duration(need.seconds)}")
    if need.frames:
        show(f"frames: {need.frames:,}, about {memory(need.file_bytes)} in OUT.h5")
    if points:
        many = " x ".join(f"{size:,}" for size in points)
        show(f"sweep:  {many} points" + (f" = {math.prod(points):,}" if len(points) > 1 else ""))
    return None


def _plain(stack: Stack) -> Stack:
    """The stack whose cells are counted."""
    if not stack.channels:
        return stack
    from kapitza.channels.locked import locked

    return locked(stack)


def _problems(stack: Stack) -> list[str]:
    """What the mesh shows to be wrong, and in time the heat capacities."""
    from kapitza import examine
    from kapitza.assemble.drive import at_start

    if stack.channels:
        from kapitza.channels import run

        return run.problems(stack)
    found = examine.problems(at_start(stack))
    if stack.thermoelectric is not None and not found:
        from kapitza.thermoelectric import run as thermoelectric

        return thermoelectric.problems(stack)
    if stack.transient is not None and not found:
        from kapitza.assemble.capacity import capacity_laws
        from kapitza.layout import Layout

        try:
            capacity_laws(Layout.of(stack))
        except InputError as error:
            found = str(error).splitlines()
    return found
