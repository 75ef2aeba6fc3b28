"""Responses to powers that change in time, from the response to a step: Duhamel's sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Step = Callable[[Array], Array]


def steps(response: Step, times: Sequence[float], values: Sequence[float], at: ArrayLike) -> Array:
    """Response at the times ``at`` [s] to a power that is values[i] from times[i] on, and 0 before.

    response : to one unit that starts at t = 0, at times > 0 of shape (n,), returns (..., n)
    """
    return _sum(response, times, np.diff([0.0, *values]), at)


def ramps(integral: Step, times: Sequence[float], values: Sequence[float], at: ArrayLike) -> Array:
    """Response at ``at`` to a power that runs straight from point to point, holds the last value, and is 0 until
    times[0], where values[0] must be 0.

    integral : integral over time of the response to one unit that starts at t = 0
    """
    if values[0] != 0.0:
        raise ValueError("a ramp starts at zero")
    slopes = np.diff(values) / np.diff(times)
    return _sum(integral, times, np.diff([0.0, *slopes, 0.0]), at)


def pulse_train(on: float, period: float, count: int, power: float) -> tuple[list[float], list[float]]:
    """Times [s] and values of ``count`` pulses, each ``on`` long, the first at t = 0."""
    times = [moment for i in range(count) for moment in (i * period, i * period + on)]
    return times, [power, 0.0] * count


def _sum(response: Step, times: Sequence[float], changes: ArrayLike, at: ArrayLike) -> Array:
    """Σ change · response(at − time) over the times before ``at``."""
    moments = np.atleast_1d(np.asarray(at, dtype=float))
    total: Array | None = None
    for time, change in zip(times, np.asarray(changes), strict=True):
        later = moments > time
        if change == 0.0 or not later.any():
            continue
        part = response(moments[later] - time)
        if total is None:
            total = np.zeros((*part.shape[:-1], moments.size))
        total[..., later] += change * part
    return np.zeros(moments.size) if total is None else total
