"""What a case says of the rows of measured data, and how that changes with the fitted keys.

Rows with the same settings are one run: steady states are solved together (`kapitza.many`), a run in time goes to the
last instant of its rows and hits all of them, periodic heating has their frequencies.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from kapitza.case import Case
from kapitza.case.edit import replaced
from kapitza.case.fit_data import Data, DataError
from kapitza.case.fit_plan import Column, Plan
from kapitza.case.reader import read
from kapitza.errors import InputError, KapitzaError
from kapitza.layout import Floats
from kapitza.model import Stack
from kapitza.solution import probes as probing
from kapitza.solution.response import Complexes
from kapitza.solution.solved import Solved
from kapitza.studies.fit_runs import Run, runs_of
from kapitza.studies.fit_variables import Variables

STEPS = {
    "steady": 1e-4,
    "frequency": 1e-4,
    "cell": 1e-4,
    "zth": 1e-3,
    "transient": 1e-2,
}  # of an inner number
SAME = 1e-12  # relative: instants that differ by less are one
POINTS = 40  # of an impedance, per decade
_PLACE = re.compile(r"probes\.(\d+)(?:\.[\w.]+)?: ")


class Model:
    """Predictions for the rows of ``data``, (results · rows,) numbers: all of the first measured column come first."""

    def __init__(self, case: Case, plan: Plan, data: Data) -> None:
        self.plan, self.data = plan, data
        self.variables = Variables(plan.parameters)
        self.base = case if "fit" not in case.data else case.replace({"fit": None, "sweep": None})
        self.folder = case.path.parent if case.path is not None else None
        self.runs = tuple(runs_of(plan, data))
        self.solved = 0
        self._kept: tuple[Floats, Sequence[Solved]] | None = None

    @property
    def size(self) -> int:
        return self.data.rows * len(self.plan.results)

    def stack(self, run: Run, values: Floats) -> Stack:
        """What is solved for ``run`` with the fitted keys at ``values`` [SI]."""
        changes = {**run.sets, **self.variables.texts(values)}
        try:
            stack = read(replaced(self.base.data, changes), folder=self.folder)
        except InputError as error:
            raise self._error(error, run, values) from None
        stack = replace(stack, probes=(*stack.probes, *run.points))
        if self.plan.mode == "transient" and stack.transient is not None:
            times = tuple(run.axis.tolist())
            options = replace(stack.transient, until=times[-1], times=times, save=None)
            stack = replace(stack, transient=options)
        return stack

    def predict(self, points: Sequence[Floats]) -> list[Floats]:
        """Predictions at several sets of values [SI] of the fitted keys."""
        stacks = [self.stack(run, values) for values in points for run in self.runs]
        answers = iter(self._solved(stacks))
        found = []
        kept = []
        for values in points:
            whole = np.full((len(self.plan.results), self.data.rows), np.nan)
            for run in self.runs:
                answer = next(answers)
                kept.append(answer)
                try:
                    whole[:, run.rows] = self._read(answer, run)
                except KapitzaError as error:
                    raise self._error(error, run, values) from None
            found.append(whole.ravel())
        if len(points) == 1 and self.plan.mode == "steady":
            self._kept = points[0], kept
        return found

    def residual(self, prediction: Floats) -> Floats:
        """Prediction minus data; of phases the turn that makes it small."""
        data = np.concatenate([self.data.values[column.name] for column in self.plan.results])
        found: Floats = (prediction - data).reshape(len(self.plan.results), -1)
        for i, column in enumerate(self.plan.results):
            if column.part == "phase":
                found[i] = (found[i] + math.pi) % (2.0 * math.pi) - math.pi
        return np.concatenate(list(found))

    def differences(self, inner: Floats) -> Floats:
        """(size, p) derivatives by inner numbers, by central differences; at a bound by what room there is."""
        ends = self.ends(inner, STEPS[self.plan.mode])
        found = self.predict([self.variables.values(end) for pair in ends for end in pair])
        columns = []
        for j, (above, below) in enumerate(ends):
            change = self.residual(found[2 * j]) - self.residual(found[2 * j + 1])
            columns.append(change / (above[j] - below[j]))
        return np.column_stack(columns)

    def ends(self, inner: Floats, step: float) -> list[tuple[Floats, Floats]]:
        """Inner numbers above and below ``inner`` for each fitted key; at a bound by what room there is."""
        low, high = self.variables.bounds
        found = []
        for j in range(len(inner)):
            above, below = inner.copy(), inner.copy()
            above[j], below[j] = min(inner[j] + step, high[j]), max(inner[j] - step, low[j])
            found.append((above, below))
        return found

    def solutions(self, values: Floats) -> Sequence[Solved]:
        """Steady states of all runs at ``values`` [SI], those of the last prediction where it was there."""
        if self._kept is None or not np.array_equal(self._kept[0], values):
            self.predict([values])
        assert self._kept is not None
        return self._kept[1]

    # Solving ----------------------------------------------------------------------------------------------

    def _solved(self, stacks: Sequence[Stack]) -> Iterable[Any]:
        self.solved += len(stacks)
        if self.plan.mode == "steady":
            from kapitza.many import solve_each

            return solve_each([stack.repeated() for stack in stacks])
        return (
            _one(self.plan.mode, stack, run.axis)
            for stack, run in zip(stacks, _cycle(self.runs), strict=False)
        )

    def _read(self, answer: Any, run: Run) -> Floats:
        """(results, r) predictions for the rows of ``run``."""
        if isinstance(answer, KapitzaError):
            raise answer
        return np.array([self._column(column, answer, run) for column in self.plan.results])

    def _column(self, column: Column, answer: Any, run: Run) -> Floats:
        match column.result:
            case "probe":
                return _values(answer, [column.probe] * len(run.rows), run, column)
            case "temperature":
                return _values(answer, [run.points[i].name for i in run.point_of], run, column)
            case "zth":
                return np.asarray(answer(run.axis))[run.where]
            case "conductivity_zz" | "conductivity_xx":
                value = answer.tensor[column.result[-2:]]
            case _:
                value = _of_steady(answer, column.result)
        if value is None or not math.isfinite(value):
            raise InputError(
                f"the case has no {column.result.replace('_', ' ')}: it has sources inside, or no flow"
            )
        return np.full(len(run.rows), value)

    def _error(self, error: KapitzaError, run: Run, values: Floats) -> KapitzaError:
        """``error`` with the values that led to it, or with the line of the data that it is about."""
        own = len(self.base.stack.probes)
        place = _PLACE.match(str(error))
        if place is not None and int(place[1]) >= own:
            text = str(error)[place.end() :]
            if "meet" in text:
                text = (
                    text.partition(";")[0]
                    + ", and the temperature may jump; leave the row out, or move it to its side"
                )
            return DataError(f"{self.data.source}:{run.points[int(place[1]) - own].name.split()[-1]}: {text}")
        told = [f"{path} = {value}" for path, value in run.sets.items()]
        told += [
            f"{p.path} = {p.written.number(float(v)):.6g} {p.written.unit}".rstrip()
            for p, v in zip(self.plan.parameters, values, strict=True)
        ]
        return type(error)(f"with {', '.join(told)}: {error}")


def _cycle(runs: Sequence[Run]) -> Iterable[Run]:
    while True:
        yield from runs


def _one(mode: str, stack: Stack, axis: Floats) -> Any:
    """The answer of one run, or the error that it ends in."""
    try:
        match mode:
            case "transient":
                from kapitza import pipeline
                from kapitza.transient.watch import Watch

                return pipeline.march(stack, Watch())
            case "frequency":
                from kapitza import frequency

                return frequency.solve(stack, axis)
            case "zth":
                return _impedance(stack, float(axis[0]))
            case _:
                from kapitza.studies.effective import effective

                return effective(stack)
    except KapitzaError as error:
        return error


def _impedance(stack: Stack, first: float) -> Any:
    """Thermal impedance [K/W] as a function of time [s], from ``first`` on."""
    from scipy.interpolate import CubicSpline

    from kapitza.studies.one_source import alone
    from kapitza.studies.step_response import StepResponse, fine

    given = stack.zth
    case = alone(stack, given.source if given else None, given.probe if given else None)
    if not stack.geometry.two_dimensional:
        case = replace(case, stack=fine(case.stack, first), cold=fine(case.cold, first))
    rise = StepResponse(case).curve(first, POINTS)
    seen = rise.time >= rise.seen
    time = rise.time[seen]
    curve = CubicSpline(np.log(time), np.log(rise.value[seen]))

    def impedance(times: Floats) -> Floats:
        inside = np.exp(curve(np.log(np.clip(times, time[0], time[-1]))))
        return np.where(times > time[-1], rise.steady, np.where(times < time[0], 0.0, inside))

    return impedance


def _values(answer: Any, names: Sequence[str], run: Run, column: Column) -> Floats:
    """Of the probes ``names``, one for each row of ``run``."""
    if isinstance(answer, Solved) and answer.history is not None:
        course, times = answer.history.probes, answer.history.times
        at = np.clip(np.searchsorted(times, run.axis * (1.0 - SAME)), 0, len(times) - 1)[run.where]
        return np.array([course[name][i] for name, i in zip(names, at, strict=True)])
    if column.part:
        values = np.array([answer.probes[name][i] for name, i in zip(names, run.where, strict=True)])
        return _part(values, column.part)
    steady = probing.evaluate(answer)
    return np.array([steady[name] for name in names])


def _part(values: Complexes, part: str) -> Floats:
    match part:
        case "phase":
            return np.angle(values)
        case "real":
            return values.real.copy()
        case "imaginary":
            return values.imag.copy()
        case _:
            return np.abs(values)


def _of_steady(answer: Solved, result: str) -> float | None:
    from kapitza.solution.budget import budget
    from kapitza.solution.summary import effective_conductivity

    parts = budget(answer)
    return parts.total if result == "resistance" else effective_conductivity(answer, parts)
