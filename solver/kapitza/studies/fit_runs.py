"""Rows of measured data as runs of a case: those with the same settings are one, at all its places and instants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza.case.fit_data import Data
from kapitza.case.fit_plan import Column, Plan
from kapitza.case.keys import takes
from kapitza.errors import InputError
from kapitza.layout import Floats, Ints
from kapitza.model import PointProbe

HERE = "line {}"  # of the data: name of the probe there


@dataclass(frozen=True)
class Run:
    """Rows with the same settings. sets : values of keys · rows : (r,) their numbers · axis : (m,) instants [s] or
    frequencies [Hz], ascending; empty for steady states · where : (r,) into ``axis`` · points : probes at the places"""

    sets: Mapping[str, Any]
    rows: Ints
    axis: Floats
    where: Ints
    points: tuple[PointProbe, ...]
    point_of: Ints


def runs_of(plan: Plan, data: Data) -> Iterable[Run]:
    together: dict[tuple[float, ...], list[int]] = {}
    for i in range(data.rows):
        together.setdefault(tuple(float(data.values[c.name][i]) for c in plan.settings), []).append(i)
    for key, members in together.items():
        rows = np.array(members, dtype=np.intp)
        sets = {
            path: _setting(column, path, factor, value)
            for column, value in zip(plan.settings, key, strict=True)
            for path, factor in column.sets
        }
        axis, where = _axis(plan, data, rows)
        points, point_of = _points(plan, data, rows)
        yield Run(sets, rows, axis, where, points, point_of)


def _setting(column: Column, path: str, factor: float, value: float) -> Any:
    """What a column's value [SI] puts at ``path``."""
    number = factor * float(column.written.number(value))
    if takes(path).whole:
        if abs(number - round(number)) > 1e-9 * max(1.0, abs(number)):
            raise InputError(
                f"fit.columns.{column.name}: {path} takes whole numbers, and the data have {number:g}"
            )
        return round(number)
    return f"{number!r} {column.written.unit}" if column.written.unit else number


def _axis(plan: Plan, data: Data, rows: Ints) -> tuple[Floats, Ints]:
    for column in plan.places:
        if column.place in ("time", "frequency"):
            return np.unique(data.values[column.name][rows], return_inverse=True)
    return np.empty(0), np.zeros(len(rows), dtype=np.intp)


def _points(plan: Plan, data: Data, rows: Ints) -> tuple[tuple[PointProbe, ...], Ints]:
    """A probe at each place where a temperature was measured, and which of them each row has."""
    if not any(column.result == "temperature" for column in plan.results):
        return (), np.zeros(len(rows), dtype=np.intp)
    across = {column.place: data.values[column.name] for column in plan.places}
    two = "x" in across or ("r" in across and "z" in across)
    height = across["z"] if "z" in across else across["r"]
    lateral = across.get("x", across.get("r")) if two else None
    seen: dict[tuple[float, float | None], int] = {}
    points: list[PointProbe] = []
    which = []
    for i in rows:
        x = None if lateral is None else float(lateral[i])
        key = float(height[i]), x
        if key not in seen:
            seen[key] = len(points)
            points.append(PointProbe(HERE.format(data.lines[i]), *key))
        which.append(seen[key])
    return tuple(points), np.array(which, dtype=np.intp)
