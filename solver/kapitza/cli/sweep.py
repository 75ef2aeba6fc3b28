"""`sweep`: a case over many values of its keys; what is done survives whatever happens, and can be gone on with."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from kapitza.cli import STARTED
from kapitza.cli.answer import Answer
from kapitza.cli.files import HDF5, check_kind, check_targets
from kapitza.cli.progress import Counted
from kapitza.cli.screen import show, working
from kapitza.cli.signals import noted
from kapitza.cli.stops import Interrupted
from kapitza.errors import InputError, KapitzaError

if TYPE_CHECKING:
    from kapitza.case import Case
    from kapitza.hypercube import Sweep
    from kapitza.output.journal import Journal
    from kapitza.studies.sweep import Collector, Plan


@dataclass(frozen=True)
class Request:
    """What was asked for. sets : texts of --set · of : "run", "effective" or "zth" · show : variables of the picture"""

    case: Path
    sets: list[str]
    together: bool
    of: str | None
    at: str | None
    workers: int | None
    scheduler: str | None
    output: Path | None
    plot: Path | None
    show: list[str]
    json: bool
    force: bool
    quiet: bool
    resume: bool


def sweep_case(request: Request) -> Answer | None:
    """Sweep a case, write what was asked for, print or return the results."""
    check_targets(request.output, request.plot, source=request.case, force=request.force)
    check_kind(request.output, HDF5)
    _check(request)
    if request.plot is not None:
        from kapitza.output.figure import picture_format

        picture_format(request.plot)

    from kapitza.case import load

    imported = perf_counter()
    case, changes = _changed(load(request.case), request)
    read = perf_counter()
    from kapitza.cli.pair import kelvin
    from kapitza.hypercube import Sweep
    from kapitza.studies.sweep import plan

    planned = plan(case, changes, of=request.of, at=None if request.at is None else kelvin(request.at))
    if request.plot is not None:
        from kapitza.output.sweep_view import check_picture

        check_picture(planned.grid, planned.courses, request.show or planned.show)
    found = Sweep.of_result(_run(planned, request, {"start": imported - STARTED, "read": read - imported}))
    undrawn = _draw(found, request)
    if request.json and undrawn is None:
        return found.summary()
    if not request.quiet and not request.json:
        from kapitza.output.table_sweep import sweep_report

        written = (request.output, None if undrawn else request.plot)
        show(*sweep_report(found))
        show(*(f"wrote {target}" for target in written if target is not None))
    elif found.failed:
        print(f"warning: {len(found.failed)} of {found.status.size} points failed", file=sys.stderr)
    if undrawn is not None:
        raise undrawn
    return None


class UndrawnError(KapitzaError):
    """The sweep is done, its picture is not; ``answer`` holds the results for ``--json``."""

    def __init__(self, problem: KapitzaError, found: Sweep, output: Path | None) -> None:
        kept = f" The results are in {output}." if output is not None else ""
        super().__init__(
            f"{str(problem).rstrip('.')}. The sweep itself is done, only its picture is missing.{kept}"
        )
        self.exit_code = problem.exit_code
        self.answer = found.summary() | {"status": "error", "exit_code": self.exit_code, "message": str(self)}


def _draw(found: Sweep, request: Request) -> UndrawnError | None:
    """Draw the picture that was asked for; what kept it from being drawn is told after the results."""
    if request.plot is None:
        return None
    try:
        with working(f"drawing {request.plot}", request.quiet):
            found.plot(request.plot, show=request.show, force=request.force)
    except KapitzaError as problem:
        return UndrawnError(problem, found, request.output)
    return None


def _check(request: Request) -> None:
    if request.resume and request.output is None:
        raise InputError("--resume: goes on with the sweep that went into OUT.h5; give -o OUT.h5 as well.")
    if request.scheduler is not None and request.workers is not None:
        raise InputError(
            "--workers: given beside --scheduler, whose cluster has workers of its own; leave one out."
        )
    if request.show and request.plot is None:
        raise InputError("--show: names what the picture shows; give --plot PNG as well.")


def _changed(case: Case, request: Request) -> tuple[Case, dict[str, Any] | None]:
    """The case with what --set fixes, and what is swept: [sweep] of the case with what --set sweeps."""
    from kapitza.case.edit import located
    from kapitza.case.setting import settings
    from kapitza.case.sweep import flat

    swept, fixed = settings(request.sets, case.data)
    own = flat(case.data.get("sweep") or {})
    given = {located(case.data, path) for path in (*swept, *fixed)}
    for path in [
        p for p, v in own.items() if p not in swept and not _names(v) and located(case.data, p) in given
    ]:
        own.pop(path)  # however it is spelt there
    for path in [path for path in (*swept, *fixed) if _names(own.get(path))]:
        each = swept[path] if path in swept else [fixed.pop(path)]
        values = each if isinstance(each, dict) else {"values": each}
        swept[path] = {"sets": own[path]["sets"], **values}
    if fixed:
        case = case.replace({**fixed, **({"sweep": own or None} if "sweep" in case.data else {})})
    if not swept and not request.together:
        return case, None
    return case, {**own, **swept, **({"zip": True} if request.together else {})}


def _names(given: Any) -> bool:
    """Whether what [sweep] says of a key makes it a name of several paths, which --set need not repeat."""
    return isinstance(given, dict) and "sets" in given


def _run(planned: Plan, request: Request, timing: dict[str, float]) -> Sweep:
    """The result; with an output, every batch goes into the journal beside it until the file is there."""
    from kapitza.hypercube import Sweep
    from kapitza.output.journal import Journal
    from kapitza.studies.sweep import Collector

    collector = Collector(planned)
    started = perf_counter()
    with ExitStack() as opened:
        journal = None
        if request.output is not None:
            parts = {
                "case": planned.case.text,
                "grid": planned.grid.text(),
                "study": f"{planned.task.of} {planned.task.at}",
            }
            made = Journal(request.output, parts, resume=request.resume, force=request.force)
            journal = opened.enter_context(made)
            for data in journal.batches:
                collector.add(data)
            if request.resume and not request.quiet:
                print(_resumed(journal, collector, planned), file=sys.stderr)
        _work(planned, request, collector, journal)
        solved = perf_counter()
        # A sweep of which nothing succeeded leaves nothing to go on with.
        if journal is not None and collector.failed == collector.done:
            journal.remove()
        found = Sweep.of_result(collector.result(**timing, solve=solved - started))
        with working("writing", request.quiet):
            if request.output is not None:
                found.write(request.output, force=request.force)
            if journal is not None:
                journal.remove()
    return found


def _resumed(journal: Journal, collector: Collector, planned: Plan) -> str:
    if not journal.resumed:
        return f"{journal.path}: there is no sweep to go on with; it starts at its beginning"
    return f"{journal.path}: going on after {collector.done:,} of {planned.grid.size:,} points"


def _work(planned: Plan, request: Request, collector: Collector, journal: Journal | None) -> None:
    """Do the points that are missing. Raises Interrupted where a signal ended it."""
    from kapitza.studies.sweep import batches

    points = collector.missing()
    if not points:
        return
    with Counted(planned.grid.size, request.quiet) as progress:
        progress.step(collector.done, collector.failed)

        def tell() -> None:
            progress.tell("ending; once more ends at once …")

        with noted(tell) as asked:
            work = batches(planned, points, request.workers, request.scheduler)
            try:
                for data in work:
                    if data:
                        collector.add(data)
                        if journal is not None:
                            journal.append(data)
                        progress.step(collector.done, collector.failed)
                    if asked.signal is not None and collector.done < planned.grid.size:
                        raise Interrupted(asked.signal, _left(collector, planned, journal))
            finally:
                work.close()


def _left(collector: Collector, planned: Plan, journal: Journal | None) -> str:
    if collector.done == 0:
        if journal is not None:
            journal.remove()
        return "interrupted before the first point was done"
    reached = f"interrupted after {collector.done:,} of {planned.grid.size:,} points"
    if journal is None:
        return f"{reached}; nothing was kept: with -o OUT.h5 a sweep can be gone on with"
    return f"{reached}; {journal.path} holds them: go on with the same command and --resume"
