"""The search for the least sum of squares of a fit, and for the scatter of what was measured.

Weighted residuals (prediction - data)/σ; where σ is not given, the scatter of each measured column about the fit, found
by repeating the fit until it is consistent. The steps are those of `scipy.optimize.least_squares` (trust region,
bounds), on logarithms of what is positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Floats
from kapitza.studies.fit_derivatives import Derivatives
from kapitza.studies.fit_model import Model

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


def settled(model: Model, pull: float = 0.0) -> Found:
    """The fit, repeated until the scatter of columns without standard deviations is what was weighted with.

    pull : towards the start, in standard deviations per inner number; moves only what is not determined"""
    columns = model.plan.results
    base, unknown = _weights(model)
    scatter = np.array([_first(model, i) if unknown[i] else 1.0 for i in range(len(columns))])
    start, iterations = model.variables.start, 0
    alone = len(columns) == 1
    for _ in range(ROUNDS):
        sigma = (base * scatter[:, np.newaxis]).ravel()
        found = _least(model, start, sigma, pull)
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


def _least(model: Model, start: Floats, sigma: Floats, pull: float) -> Found:
    from scipy.optimize import least_squares

    derivatives = Derivatives(model)
    home, p = model.variables.start, len(start)
    tie = pull * np.eye(p) if pull else np.empty((0, p))
    known: dict[bytes, Floats] = {}

    def predicted(inner: Floats) -> Floats:
        """At values where the case has no answer NaN, which makes the step shorter; not at the start."""
        key = inner.tobytes()
        if key not in known:
            begun = bool(known)
            known.clear()
            try:
                known[key] = model.predict([model.variables.values(inner)])[0]
            except (InputError, PhysicsError):
                if not begun:
                    raise
                known[key] = np.full(model.size, np.nan)
        return known[key]

    def residual(moved: Floats) -> Floats:
        inner = start + moved
        return np.concatenate([model.residual(predicted(inner)) / sigma, tie @ (inner - home)])

    def jacobian(moved: Floats) -> Floats:
        return np.vstack([derivatives.at(start + moved) / sigma[:, np.newaxis], tie])

    low, high = model.variables.bounds
    found = least_squares(  # from zero, so that the first step is at most a factor e
        residual,
        np.zeros(p),
        jac=jacobian,
        bounds=(low - start, high - start),
        ftol=TOLERANCE,
        xtol=TOLERANCE,
        gtol=TOLERANCE,
        max_nfev=MOST,
    )
    if found.status <= 0:
        values = model.variables.texts(model.variables.values(start + found.x))
        told = ", ".join(f"{path} = {value}" for path, value in values.items())
        raise PhysicsError(
            f"fit: not converged after {MOST} iterations, at {told}. Begin nearer (start), "
            "give between, or fit fewer keys"
        )
    inner = start + np.asarray(found.x)
    J = np.asarray(found.jac, dtype=float)[: len(sigma)] * sigma[:, np.newaxis]
    return Found(inner, predicted(inner), J, sigma, int(found.nfev), derivatives.kind)
