"""Sweeps: the same case over many values of its keys, planned, run, and gathered into one hypercube."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from kapitza.case import Case
from kapitza.case.grid import Grid
from kapitza.case.sweep import STUDIES, grid_of, shown_of
from kapitza.errors import InputError, KapitzaError
from kapitza.studies.sweeping import local
from kapitza.studies.sweeping.assemble import assemble
from kapitza.studies.sweeping.batch import Batch
from kapitza.studies.sweeping.harvest import probe_name
from kapitza.studies.sweeping.points import Of, Task
from kapitza.studies.sweeping.result import Failed, Sweep


@dataclass(frozen=True)
class Plan:
    """A sweep before it is run: the case, its grid, what workers are told, and what a picture shows."""

    case: Case
    grid: Grid
    task: Task
    show: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether points take so long that they are handed out one by one."""
        return self.task.of != "run" or local.seconds_of(self.case.stack) > local.SINGLE

    @property
    def courses(self) -> dict[str, str]:
        """Results that run along time or frequency, by their names, and along which; of the case as it stands."""
        stack = self.case.stack
        if self.task.of != "run":
            return {"zth": "time"} if self.task.of == "zth" else {}
        if stack.frequency is not None:
            parts = ("amplitude", "phase")
            return {f"{probe.name}.{part}": "frequency" for probe in stack.probes for part in parts}
        return (
            {probe_name(probe.name): "time" for probe in stack.probes} if stack.transient is not None else {}
        )


def plan(
    case: Case,
    changes: Mapping[str, Any] | None = None,
    *,
    of: str | None = None,
    at: float | None = None,
    si_numbers: bool = False,
) -> Plan:
    """What ``case`` is swept over: ``changes`` as [sweep] would hold them, or else its own [sweep].

    of : "run", "effective" or "zth": which command's numbers, default as [sweep] says
    at : temperature of ``effective`` [K]
    si_numbers : whether bare numbers in ``changes`` are SI. Raises InputError with everything that is wrong.
    """
    from kapitza.case.edit import plain

    if of is not None and of not in STUDIES:
        raise InputError(f"--of: expected {', '.join(STUDIES[:-1])} or {STUDIES[-1]}, not {of!r}")
    given = plain(changes) if changes is not None else case.data.get("sweep")
    if not given:
        raise InputError(
            'sweep: nothing to sweep; add [sweep] to the case, or give --set "PATH=VALUES" '
            '(kp.sweep(case, {"path": [values]}) from Python)'
        )
    grid = grid_of(given, case.data, si_numbers)
    study = cast(Of, of or given.get("of", "run"))
    kind = case.stack.geometry.kind
    if at is not None and study != "effective":
        raise InputError("--at: the temperature of `--of effective`; a run takes [solve] properties_at")
    if study == "effective" and kind in ("cylinder", "sphere"):
        raise InputError(f"--of effective: a {kind} has no periodic cell; write slab or plane")
    data = {key: value for key, value in case.data.items() if key != "sweep"}
    folder = str((Path() if case.path is None else Path(case.path).parent).resolve())
    return Plan(case, grid, Task(data, grid, study, folder, at), shown_of(given) or ())


def batches(
    plan: Plan, points: Sequence[int], workers: int | None = None, scheduler: str | None = None
) -> Generator[bytes]:
    """What `kapitza.studies.sweeping.points.evaluate` packs, of all ``points`` in whatever order they come, and b""
    now and then while nothing comes. Closing the iterator ends all work.

    workers : processes on this machine, 1 for this one alone, None for what pays · scheduler : of a Dask cluster
    """
    if scheduler is not None:
        from kapitza.studies.sweeping.cluster import cluster

        return cluster(plan.task, points, scheduler, plan.single)
    if workers is None:
        number = local.workers_for(plan.case.stack, len(points))
        if number == 1 or len(points) * local.seconds_of(plan.case.stack) < local.WORTH:
            return local.adaptive(plan.task, points, plan.single, number)
        return local.processes(plan.task, points, number, plan.single)
    if workers == 1:
        return local.serial(plan.task, points, plan.single)
    return local.processes(plan.task, points, max(1, min(workers, len(points))), plan.single)


class Collector:
    """Gathers the batches of a sweep."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._batches: list[Batch] = []
        self.done = 0
        self.failed = 0

    def add(self, data: bytes) -> Batch:
        """Raises ValueError or KeyError where ``data`` is no batch of this sweep."""
        batch = Batch.of(data)
        if batch.points and max(batch.points) >= self._plan.grid.size:
            raise ValueError("a batch of another grid")
        self._batches.append(batch)
        self.done += len(batch.points)
        self.failed += batch.failed
        return batch

    def missing(self) -> list[int]:
        """Points of which nothing has come, in order."""
        there = np.zeros(self._plan.grid.size, dtype=bool)
        for batch in self._batches:
            there[batch.points] = True
        return np.flatnonzero(~there).tolist()

    def result(self, **timing: float) -> Sweep:
        """The hypercube. Raises the error of the first point where all have failed."""
        plan, grid = self._plan, self._plan.grid
        cube = assemble(grid, self._batches)
        stack = plan.case.stack
        found = Sweep(
            stack.title,
            plan.task.of,
            grid.dimensions,
            cube.coords,
            cube.variables,
            cube.status.reshape(grid.shape),
            cube.messages.reshape(grid.shape),
            cube.warnings,
            frozenset(axis.name for axis in grid.axes if axis.logarithmic),
            plan.case.text,
            stack.temperature_unit,
            tuple(probe_name(probe.name) for probe in stack.probes) if plan.task.of == "run" else (),
            plan.show,
            timing,
        )
        if len(found.failed) == grid.size:
            raise _all_failed(found.failed)
        return found


def _all_failed(failed: Sequence[Failed]) -> KapitzaError:
    """One error for a sweep without a single result: the most usual one, and where it was met first."""
    (code, message), count = Counter((f.code, f.message) for f in failed).most_common(1)[0]
    first = next(f for f in failed if (f.code, f.message) == (code, message))
    kinds = {kind.exit_code: kind for kind in KapitzaError.__subclasses__()}
    place = ", ".join(f"{name} = {text}" for name, text in first.where.items())
    many = f"all {len(failed):,} points failed"
    if 1 < count < len(failed):
        many += f", {count:,} of them with the same message"
    elif count < len(failed):
        many += ", each with a message of its own"
    return kinds.get(code, KapitzaError)(f"sweep: {many}; at {place}: {message}")


def sweep(plan: Plan, workers: int | None = None, scheduler: str | None = None) -> Sweep:
    """Run a planned sweep to its end. Raises what its engine raises, and the error of the points where all fail."""
    collector = Collector(plan)
    for data in batches(plan, range(plan.grid.size), workers, scheduler):
        if data:
            collector.add(data)
    return collector.result()
