"""Sweeps: the same case over many values of its keys, and everything that came of it as one hypercube."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from kapitza import quantities
from kapitza.case import Case
from kapitza.case.grid import Grid
from kapitza.case.sweep import STUDIES, grid_of, shown_of
from kapitza.errors import InputError, KapitzaError
from kapitza.studies.sweeping import local
from kapitza.studies.sweeping.assemble import Variable as Variable
from kapitza.studies.sweeping.assemble import assemble
from kapitza.studies.sweeping.batch import Batch
from kapitza.studies.sweeping.harvest import probe_name
from kapitza.studies.sweeping.points import Of, Task

Array = npt.NDArray[Any]
PREFIXES = (("G", 1e9), ("M", 1e6), ("k", 1e3))  # of watts, pascals and hertz


@dataclass(frozen=True)
class Failed:
    """A point that came to nothing: where it is (values as texts), the exit code of its error, and what that says."""

    point: int
    where: Mapping[str, str]
    code: int
    message: str


@dataclass(frozen=True)
class Sweep:
    """All results of a sweep. dims : names of the swept dimensions, in order · shape : their sizes

    coords : of each swept quantity, along its dimension; of time or frequency where all points share it
    variables : one for each probe, by its name, and each value of the summary, by its path in it ("temperature.max",
    "layers.die.max", "interfaces.die|sink.jump"); NaN where a point failed or has no such value
    status : (shape) 0, or the exit code of the error · messages : (shape) "" or what went wrong, as one text
    warnings : text -> number of points that gave it, or one that differs in its numbers alone
    of : "run", "effective" or "zth"
    logarithmic : swept quantities whose values are spread along a logarithm · show : results that a picture shows
    """

    title: str
    of: str
    dims: tuple[str, ...]
    coords: Mapping[str, Variable]
    variables: Mapping[str, Variable]
    status: npt.NDArray[np.int8]
    messages: Array
    warnings: Mapping[str, int]
    logarithmic: frozenset[str]
    source_text: str
    temperature_unit: str = "K"
    probes: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    timing: Mapping[str, float] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.status.shape

    @cached_property
    def failed(self) -> Sequence[Failed]:
        """The points that came to nothing, in order."""
        flat, messages = self.status.ravel(), self.messages.ravel()
        return [Failed(int(i), self.where(int(i)), int(flat[i]), messages[i]) for i in np.flatnonzero(flat)]

    def where(self, point: int) -> dict[str, str]:
        """The swept quantities at ``point`` (counted along the last dimension first) as texts."""
        places = dict(zip(self.dims, np.unravel_index(point, self.shape), strict=True))
        return {
            name: shown(coord.values[places[coord.dims[0]]], coord.unit)
            for name, coord in self.coords.items()
            if coord.dims[0] in places
        }

    def __getitem__(self, name: str) -> Array:
        """Values of a variable or a coordinate. Raises InputError for an unknown name, with the nearest."""
        found = self.variables.get(name) or self.coords.get(name)
        if found is None:
            from kapitza.case.messages import nearest

            raise InputError(
                f"sweep: nothing is named {name!r}; {nearest(name, (*self.variables, *self.coords))}"
            )
        return found.values

    def summary(self) -> dict[str, Any]:
        """The dictionary that ``kapitza sweep --json`` prints; lists are nested along the dimensions."""
        return {
            "status": "ok",
            "title": self.title,
            "of": self.of,
            "points": int(self.status.size),
            "failed": len(self.failed),
            "dimensions": dict(zip(self.dims, self.shape, strict=True)),
            "coordinates": {name: _plain(v) for name, v in self.coords.items()},
            "variables": {name: _plain(v) for name, v in self.variables.items()},
            "failures": [
                {"at": dict(f.where), "exit_code": f.code, "message": f.message} for f in self.failed
            ],
            "warnings": [f"{text} ({count} points)" for text, count in self.warnings.items()],
            "timing": dict(self.timing),
        }

    def to_xarray(self) -> Any:
        """The same as an xarray.Dataset. Raises InputError where xarray is not installed."""
        try:
            import xarray
        except ImportError:
            raise InputError("sweep: xarray is not installed; `pip install xarray`") from None

        def array(variable: Variable) -> Any:
            units = {"units": variable.unit} if variable.unit else {}
            return (variable.dims, variable.values, units)

        data = {name: array(v) for name, v in self.variables.items()}
        data |= {"status": (self.dims, self.status, {}), "message": (self.dims, self.messages, {})}
        return xarray.Dataset(
            data, {name: array(v) for name, v in self.coords.items()}, {"title": self.title, "of": self.of}
        )


def shown(value: Any, unit: str) -> str:
    """A value of a swept quantity as a text: "0.5 mm", "260 MW/(m^2*K)", "copper"."""
    if isinstance(value, str):
        return value
    number = float(value)
    if unit == "1":
        return f"{number:.6g}"
    for prefix, size in PREFIXES if unit[0] in "WPH" else ():
        if abs(number) >= 0.9999995 * size:
            return f"{number / size:.6g} {prefix}{unit}"
    return quantities.show(number, unit)


def _plain(variable: Variable) -> dict[str, Any]:
    return {"dimensions": list(variable.dims), "unit": variable.unit, "values": variable.values.tolist()}


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
    many = f"all {len(failed)} points failed" + ("" if count == len(failed) else f", {count} of them alike")
    return kinds.get(code, KapitzaError)(f"sweep: {many}; at {place}: {message}")


def sweep(plan: Plan, workers: int | None = None, scheduler: str | None = None) -> Sweep:
    """Run a planned sweep to its end. Raises what its engine raises, and the error of the points where all fail."""
    collector = Collector(plan)
    for data in batches(plan, range(plan.grid.size), workers, scheduler):
        if data:
            collector.add(data)
    return collector.result()
