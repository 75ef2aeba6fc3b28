"""Curves of a fitted case between and beyond nothing: over the range of the data, for pictures."""

from __future__ import annotations

import itertools

import numpy as np

from kapitza.case.fit_data import Data
from kapitza.case.fit_plan import Column
from kapitza.errors import KapitzaError
from kapitza.layout import Floats, Ints, Layout
from kapitza.studies.fit_model import Model
from kapitza.studies.fit_result import Axis, Course

ORDER = ("time", "frequency", "z", "r", "x")
MOST = 8  # curves
FINE = {"steady": 60, "frequency": 120, "cell": 25, "zth": 120, "transient": 120}
WIDE = 15.0  # ratio of the largest to the smallest from which an axis is logarithmic
BESIDE = 1e-7  # of the extent: how close to a contact curves go


def axis_of(model: Model) -> Axis:
    """Along what the data are drawn."""
    column = _along(model)
    x = model.data.values[column.name]
    return Axis(column.name, column.written.unit, float(column.written.scale.factor), x, logarithmic(x))


def sequence(model: Model) -> tuple[str, Ints]:
    """Name of the axis, and (n,) the rows in their order along it, those with other coordinates after one another."""
    column = _along(model)
    others = [c for c in (*model.plan.settings, *model.plan.places) if c is not column]
    keys = [model.data.values[c.name] for c in (column, *others)]
    return column.name, np.lexsort(keys)


def courses(model: Model, values: Floats) -> list[tuple[Course, ...]]:
    """For each measured column the curves at ``values`` [SI] of the fitted keys; none where they would be too many."""
    column = _along(model)
    x = model.data.values[column.name]
    log = logarithmic(x)
    others = [c for c in (*model.plan.settings, *model.plan.places) if c is not column]
    groups: dict[tuple[float, ...], list[int]] = {}
    for i in range(model.data.rows):
        groups.setdefault(tuple(float(model.data.values[c.name][i]) for c in others), []).append(i)
    found: list[list[Course]] = [[] for _ in model.plan.results]
    if len(groups) > MOST:
        return [() for _ in found]
    for key, members in groups.items():
        rows = np.array(members, dtype=np.intp)
        name = ", ".join(
            f"{c.name} {float(c.written.number(v)):.4g} {c.written.unit}".rstrip()
            for c, v in zip(others, key, strict=True)
        )
        dense = _dense(model, column, rows, values, log)
        try:
            answers = _predicted(model, column, rows[0], dense, values)
        except KapitzaError:  # between the data the case may have no answer
            dense = np.sort(x[rows])
            answers = _predicted(model, column, rows[0], dense, values)
        for i, y in enumerate(answers):
            found[i].append(Course(name, tuple(members), dense, y))
    return [tuple(one) for one in found]


def logarithmic(x: Floats) -> bool:
    """Whether values lie along a logarithm: all positive, far apart, and half of them in the lower part."""
    if (x <= 0.0).any() or x.max() < WIDE * x.min():
        return False
    return bool(np.median(x) < 0.35 * x.max())


def _along(model: Model) -> Column:
    for place in ORDER:
        for column in model.plan.places:
            if column.place == place:
                return column
    return max(model.plan.settings, key=lambda c: len(np.unique(model.data.values[c.name])))


def _dense(model: Model, column: Column, rows: Ints, values: Floats, log: bool) -> Floats:
    own = model.data.values[column.name][rows]
    low, high, n = float(own.min()), float(own.max()), FINE[model.plan.mode]
    if low == high or any(_whole(path) for path, _ in column.sets):
        return np.unique(own)
    if column.place in ("z", "r") and not model.base.stack.geometry.two_dimensional:
        return _through(model, rows, low, high, values)
    return np.geomspace(low, high, n) if log else np.linspace(low, high, n)


def _through(model: Model, rows: Ints, low: float, high: float, values: Floats) -> Floats:
    """Points of each layer, NaN between them: a jump is no line."""
    run = next(run for run in model.runs if rows[0] in run.rows)
    edges = np.asarray(Layout.of(model.stack(run, values)).layer_edges)
    inner = edges[(edges > low) & (edges < high)]
    if len(inner) > 40:
        return np.linspace(low, high, 400)
    ends = np.concatenate([[low], inner, [high]])
    eps = BESIDE * (high - low)
    parts = [
        np.append(np.linspace(a + eps * (k > 0), b - eps * (k < len(ends) - 2), 12), np.nan)
        for k, (a, b) in enumerate(itertools.pairwise(ends))
    ]
    return np.concatenate(parts)[:-1]


def _predicted(model: Model, column: Column, row: int, dense: Floats, values: Floats) -> Floats:
    """(results, m) at ``dense``, the other coordinates as in ``row``."""
    there = np.isfinite(dense)
    m = int(there.sum())
    columns = {name: np.full(m, one[row]) for name, one in model.data.values.items()}
    columns[column.name] = dense[there]
    data = Data(model.data.source, columns, model.data.sigma, tuple(range(m)))
    answers = Model(model.base, model.plan, data).predict([values])[0]
    found = np.full((len(model.plan.results), len(dense)), np.nan)
    found[:, there] = answers.reshape(len(model.plan.results), m)
    return found


def _whole(path: str) -> bool:
    from kapitza.case.keys import takes

    return takes(path).whole
