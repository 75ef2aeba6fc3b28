"""From batches to the hypercube: every variable over the swept dimensions, courses with their own dimension behind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.case.grid import Grid
from kapitza.layout import Floats
from kapitza.studies.sweeping.batch import Batch

Array = npt.NDArray[Any]
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
UNITS = {"time": "s", "frequency": "Hz"}


@dataclass(frozen=True)
class Variable:
    """values : numbers, or texts of a coordinate that has no numbers · dims : names of its dimensions · unit : SI
    written : unit in which values of a swept quantity were given, "" where that is not one"""

    dims: tuple[str, ...]
    values: Array
    unit: str
    written: str = ""


@dataclass(frozen=True)
class Cube:
    """coords, variables : by name · status, messages : (n_points,) · warnings : text -> number of points"""

    coords: dict[str, Variable]
    variables: dict[str, Variable]
    status: npt.NDArray[np.int8]
    messages: Array
    warnings: dict[str, int]


def assemble(grid: Grid, batches: Sequence[Batch]) -> Cube:
    """Everything that ``batches`` hold, in the order of the grid's points."""
    status = np.zeros(grid.size, dtype=np.int8)
    messages = np.full(grid.size, "", dtype=object)
    warnings = _Alike()
    for batch in sorted(batches, key=lambda batch: min(batch.points, default=0)):
        status[batch.points] = batch.codes
        for row, text in batch.messages.items():
            messages[batch.points[row]] = text
        for texts in batch.warnings.values():
            warnings.add(texts)
    courses, shared = _courses(grid, batches)
    coords = _coords(grid) | shared
    # A result may bear the name of a swept quantity.
    variables = {
        f"{name} (result)" if name in coords else name: variable
        for name, variable in (courses | _numbers(grid, batches)).items()
    }
    return Cube(coords, variables, status, messages, warnings.counted())


class _Alike:
    """Texts that differ in their numbers alone are one: the first of them, and at how many points there is one."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._count: Counter[str] = Counter()

    def add(self, texts: Sequence[str]) -> None:
        """Texts of one point."""
        kinds = {_NUMBER.sub("#", text): text for text in reversed(texts)}
        for kind, text in kinds.items():
            self._first.setdefault(kind, text)
        self._count.update(kinds.keys())

    def counted(self) -> dict[str, int]:
        return {text: self._count[kind] for kind, text in self._first.items()}


def _coords(grid: Grid) -> dict[str, Variable]:
    found: dict[str, Variable] = {}
    for index, axis in enumerate(grid.axes):
        values: Array = (
            np.array(axis.labels, dtype=object) if axis.numbers is None else np.array(axis.numbers)
        )
        found[axis.name] = Variable((grid.dimension_of(index),), values, axis.unit, axis.written)
    return found


def _numbers(grid: Grid, batches: Sequence[Batch]) -> dict[str, Variable]:
    values: dict[str, Floats] = {}
    units: dict[str, str] = {}
    for batch in batches:
        good = np.array(batch.codes) == 0
        rows = np.array(batch.points, dtype=np.intp)[good]
        for column, name in enumerate(batch.names):
            if name not in values:
                values[name] = np.full(grid.size, np.nan)
            values[name][rows] = batch.values[good, column]
            units[name] = batch.units[column]
    # A value that no point has says nothing.
    return {
        name: Variable(grid.dimensions, column.reshape(grid.shape), units[name])
        for name, column in values.items()
        if not np.isnan(column).all()
    }


def _courses(grid: Grid, batches: Sequence[Batch]) -> tuple[dict[str, Variable], dict[str, Variable]]:
    """Variables along time or frequency, and these coordinates where all points share them."""
    places: dict[str, dict[int, Floats]] = {}
    found: dict[str, dict[int, Floats]] = {}
    kinds: dict[str, tuple[str, str]] = {}
    for batch in batches:
        for row, axis, name, unit, values in batch.courses:
            if name is None:
                places.setdefault(axis, {})[batch.points[row]] = values
            else:
                found.setdefault(name, {})[batch.points[row]] = values
                kinds[name] = axis, unit
    variables: dict[str, Variable] = {}
    coords: dict[str, Variable] = {}
    along: dict[str, str] = {}
    for axis, rows in places.items():
        first = next(iter(rows.values()))
        if all(np.array_equal(first, other) for other in rows.values()):
            along[axis] = axis
            coords[axis] = Variable((axis,), first, UNITS[axis])
        else:  # every point has its own: a variable along numbers
            along[axis] = f"{axis}_number"
            variables[axis] = _padded(grid, rows, along[axis], UNITS[axis])
    for name, rows in found.items():
        axis, unit = kinds[name]
        variables[name] = _padded(grid, rows, along[axis], unit)
    return variables, coords


def _padded(grid: Grid, rows: dict[int, Floats], dimension: str, unit: str) -> Variable:
    length = max(map(len, rows.values()))
    values = np.full((grid.size, length), np.nan)
    for point, course in rows.items():
        values[point, : len(course)] = course
    return Variable((*grid.dimensions, dimension), values.reshape(*grid.shape, length), unit)
