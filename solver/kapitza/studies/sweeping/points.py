"""What a worker does with some points of a sweep: each becomes a case of its own, is solved, and leaves its numbers.

Nothing that happens at one point stops the others: an error is its outcome. Numbers do not depend on which points are
done together, nor where, nor on how many threads a process may use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from kapitza import threads
from kapitza.case import reader
from kapitza.case.edit import replaced
from kapitza.case.grid import Grid
from kapitza.errors import KapitzaError, ResourceError
from kapitza.model import Stack
from kapitza.studies.sweeping import harvest
from kapitza.studies.sweeping.batch import Outcome, encode

Of = Literal["run", "effective", "zth"]


@dataclass(frozen=True)
class Task:
    """The sweep as workers need it. data : of the case, without [sweep] · folder : of the files that it names
    of : which command's numbers · at : temperature of ``effective`` [K], None: as the case says"""

    data: Mapping[str, Any]
    grid: Grid
    of: Of = "run"
    folder: str | None = None
    at: float | None = None


def evaluate(task: Task, points: Sequence[int]) -> bytes:
    """The outcomes of ``points`` as `kapitza.studies.sweeping.batch` packs them, in their order."""
    started = perf_counter()
    with threads.single():
        outcomes = list(_outcomes(task, points))
    return encode(outcomes, perf_counter() - started)


def _outcomes(task: Task, points: Sequence[int]) -> Iterator[Outcome]:
    stacks: dict[int, Stack] = {}
    found: dict[int, Outcome] = {}
    for point in points:
        try:
            stacks[point] = stack_at(task, point)
        except Exception as problem:
            found[point] = failed(point, problem)
    together = [point for point, stack in stacks.items() if task.of == "run" and _many(stack)]
    found |= {o.point: o for o in _together(together, [stacks[point] for point in together])}
    for point, stack in stacks.items():
        if point not in found:
            found[point] = _guarded(point, lambda point=point, stack=stack: _alone(task, point, stack))  # type: ignore[misc]
    for point in points:
        yield found[point]


def stack_at(task: Task, point: int) -> Stack:
    """The stack of one point. Raises InputError with everything that is wrong there."""
    data = replaced(task.data, task.grid.changes(point))
    return reader.read(data, folder=None if task.folder is None else Path(task.folder)).repeated()


def _many(stack: Stack) -> bool:
    return stack.transient is None and stack.frequency is None and not stack.geometry.two_dimensional


def _together(points: Sequence[int], stacks: Sequence[Stack]) -> Iterator[Outcome]:
    """1-D stacks: what needs iterations is iterated together, each with the bits it has alone."""
    from kapitza.many import solve_each
    from kapitza.solution import Solution

    try:
        solved = list(solve_each(stacks))
    except Exception:  # of one of them, who knows which: each by itself
        return
    for point, one in zip(points, solved, strict=True):
        if isinstance(one, KapitzaError):
            yield failed(point, one)
        else:
            yield _guarded(point, lambda one=one, point=point: harvest.of_solution(point, Solution.of(one)))  # type: ignore[misc]


def _alone(task: Task, point: int, stack: Stack) -> Outcome:
    if task.of == "effective":
        from kapitza.studies.effective import effective

        return harvest.of_effective(point, effective(stack, task.at))
    if task.of == "zth":
        from kapitza.studies.zth import zth

        return harvest.of_zth(point, zth(stack))
    from kapitza import pipeline
    from kapitza.solution import Solution
    from kapitza.studies.sweeping.peaks import Peaks

    if stack.frequency is not None:
        return harvest.of_response(point, pipeline.respond(stack))
    if stack.transient is not None:
        peaks = Peaks()
        return harvest.of_solution(point, Solution.of(pipeline.march(stack, peaks)), peaks.found)
    return harvest.of_solution(point, Solution.of(pipeline.solve(stack)))


def _guarded(point: int, work: Callable[[], Outcome]) -> Outcome:
    try:
        return work()
    except Exception as problem:
        return failed(point, problem)


def failed(point: int, problem: Exception) -> Outcome:
    """The outcome of a point that ended with ``problem``."""
    if isinstance(problem, KapitzaError):
        return Outcome(point, problem.exit_code, str(problem))
    if isinstance(problem, MemoryError):
        return Outcome(point, ResourceError.exit_code, "not enough memory; use fewer cells, or fewer workers")
    what = f"{type(problem).__name__}: {problem}".rstrip(": ")
    return Outcome(point, KapitzaError.exit_code, f"{what}. This is a bug in kapitza; please report it")
