"""The search for the least sum of squares of a fit, and for the scatter of what was measured.

Weighted residuals (prediction - data)/σ; where σ is not given, the scatter of each measured column about the fit, found
by repeating the fit until it is consistent. The steps are those of `scipy.optimize.least_squares` (trust region,
bounds), on logarithms of what is positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Floats
from kapitza.studies.fit_derivatives import Derivatives
from kapitza.studies.fit_model import Model
from kapitza.studies.fit_statistics import NOISE, without_effect

TOLERANCE = 1e-9  # of the sum of squares and of the steps
MOST = 100  # iterations
ROUNDS = 8  # of finding how large the scatter is
SETTLED = 1e-3  # relative change of a scatter
LEAST = 1e-12  # of the data: no scatter is smaller


@dataclass(frozen=True)
class Found:
    """inner : (p,) · prediction : (n,) · J : (n, p) by inner numbers · sigma : (n,)"""

    inner: Floats
    prediction: Floats
    J: Floats
    sigma: Floats
    iterations: int
    derivatives: str


def settled(model: Model, pull: float = 0.0, start: Floats | None = None, held: Sequence[int] = ()) -> Found:
    """The fit, repeated until the scatter of columns without standard deviations is what was weighted with.

    pull : towards the values of the case, in standard deviations per inner number; moves only what is not determined
    start : (p,) inner numbers, None: those of the case · held : numbers of the parameters that stay there"""
    columns = model.plan.results
    base, unknown = _weights(model)
    scatter = np.array([_first(model, i) if unknown[i] else 1.0 for i in range(len(columns))])
    start, iterations = (model.variables.start if start is None else start), 0
    alone = len(columns) == 1
    for _ in range(ROUNDS):
        sigma = (base * scatter[:, np.newaxis]).ravel()
        found = _least(model, start, sigma, pull, held)
        start, iterations = found.inner, iterations + found.iterations
        share = 1.0 - len(model.plan.parameters) / model.size
        rest = model.residual(found.prediction).reshape(base.shape) / base
        new = np.sqrt((rest**2).mean(axis=1) / share) if share > 0.0 else scatter
        new = np.maximum(new, [LEAST * _extent(model, i) for i in range(len(columns))])
        change = np.abs(new / scatter - 1.0)[unknown]
        scatter = np.where(unknown, new, scatter)
        if alone or not unknown.any() or change.max() < SETTLED:
            break
    sigma = (base * scatter[:, np.newaxis]).ravel()
    return Found(found.inner, found.prediction, found.J, sigma, iterations, found.derivatives)


def _weights(model: Model) -> tuple[Floats, np.ndarray[Any, np.dtype[np.bool_]]]:
    """(columns, rows) standard deviations, or what they go with; and which columns have them unknown."""
    base, unknown = [], []
    for column in model.plan.results:
        sigma, values = model.data.sigma[column.name], model.data.values[column.name]
        unknown.append(sigma is None)
        base.append(
            sigma if sigma is not None else np.abs(values) if column.proportional else np.ones(len(values))
        )
    return np.array(base), np.array(unknown)


def _extent(model: Model, i: int) -> float:
    """How much the data of a column vary, in what their scatter is measured."""
    column = model.plan.results[i]
    values = model.data.values[column.name]
    return 1.0 if column.proportional else float(np.ptp(values) or np.abs(values).max() or 1.0)


def _first(model: Model, i: int) -> float:
    return 0.1 * _extent(model, i)


class _Search:
    """Predictions and derivatives at inner numbers, the last of each kept."""

    def __init__(self, model: Model) -> None:
        self.model, self.derivatives = model, Derivatives(model)
        self._prediction: dict[bytes, Floats] = {}
        self._slopes: dict[bytes, Floats] = {}

    def predicted(self, inner: Floats) -> Floats:
        """At values where the case has no answer NaN, which makes the step shorter; not at the start."""
        key, known = inner.tobytes(), self._prediction
        if key not in known:
            begun = bool(known)
            known.clear()
            try:
                known[key] = self.model.predict([self.model.variables.values(inner)])[0]
            except (InputError, PhysicsError):
                if not begun:
                    raise
                known[key] = np.full(self.model.size, np.nan)
        return known[key]

    def slopes(self, inner: Floats) -> Floats:
        """(n, p)"""
        key = inner.tobytes()
        if key not in self._slopes:
            self._slopes = {key: self.derivatives.at(inner)}
        return self._slopes[key]

    def idle(self, inner: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
        plan = self.model.plan
        return without_effect(self.slopes(inner), len(plan.results), NOISE[plan.mode])


def _least(model: Model, start: Floats, sigma: Floats, pull: float, held: Sequence[int]) -> Found:
    """The least sum of squares. What has no effect at the start stays there, unless it has one at the end."""
    may = np.ones(len(start), dtype=bool)
    may[list(held)] = False
    search = _Search(model)
    search.predicted(start)
    asleep = search.idle(start)
    found = _moved(search, start, sigma, pull, may & ~asleep)
    if (may & asleep & ~search.idle(found.inner)).any():
        found = _moved(search, found.inner, sigma, pull, may)
    return found


def _moved(
    search: _Search, start: Floats, sigma: Floats, pull: float, free: np.ndarray[Any, np.dtype[np.bool_]]
) -> Found:
    """The least sum of squares over the inner numbers that are ``free``."""
    from scipy.optimize import least_squares

    model = search.model
    home, p = model.variables.start, int(free.sum())
    tie = pull * np.eye(p) if pull else np.empty((0, p))

    def at(moved: Floats) -> Floats:
        inner = start.copy()
        inner[free] += moved
        return inner

    def residual(moved: Floats) -> Floats:
        inner = at(moved)
        rest = model.residual(search.predicted(inner)) / sigma
        return np.concatenate([rest, tie @ (inner - home)[free]])

    def jacobian(moved: Floats) -> Floats:
        return np.vstack([search.slopes(at(moved))[:, free] / sigma[:, np.newaxis], tie])

    if not p:
        return Found(start, search.predicted(start), search.slopes(start), sigma, 0, search.derivatives.kind)
    low, high = model.variables.bounds
    found = least_squares(  # from zero, so that the first step is at most a factor e
        residual,
        np.zeros(p),
        jac=jacobian,
        bounds=((low - start)[free], (high - start)[free]),
        ftol=TOLERANCE,
        xtol=TOLERANCE,
        gtol=TOLERANCE,
        max_nfev=MOST,
    )
    inner = at(np.asarray(found.x))
    if found.status <= 0:
        values = model.variables.texts(model.variables.values(inner))
        told = ", ".join(f"{path} = {value}" for path, value in values.items())
        raise PhysicsError(
            f"fit: not converged after {MOST} iterations, at {told}. Begin nearer (start), "
            "give between, or fit fewer keys"
        )
    prediction = search.predicted(inner)
    return Found(inner, prediction, search.slopes(inner), sigma, int(found.nfev), search.derivatives.kind)
