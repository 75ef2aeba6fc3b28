"""Temperatures along a series of laws, found from the flux: slow and certain, for when Newton's method does not settle.

From the cold side, a flux q fixes the temperatures one after the other; the hottest of them grows with q. So one
bracketed root gives q, with a bracketed root per member inside. No temperature outside the two sides is ever tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from kapitza.interfaces.law import Law

HALVINGS = 200
TIGHT = 4e-15

Flow = Callable[[float, float], tuple[float, float, float]]  # (hot, cold) -> flux, slopes by hot and by cold


def profile(members: Sequence[Law], T1: float, T2: float) -> list[float]:
    """All m + 1 temperatures [K], from side 1 to side 2."""
    if T1 < T2:
        return _rising([_towards_1(law) for law in members], T1, T2)
    return _rising([law.evaluate for law in reversed(members)], T2, T1)[::-1]


def _towards_1(law: Law) -> Flow:
    """The flow through a law whose side 2 is the hot one."""

    def flow(hot: float, cold: float) -> tuple[float, float, float]:
        q, s1, s2 = law.evaluate(cold, hot)
        return -q, -s2, -s1

    return flow


def _rising(flows: Sequence[Flow], cold: float, hot: float) -> list[float]:
    """Temperatures from ``cold`` to ``hot``, the flows in that order."""
    temperatures = [cold]

    def excess(q: float) -> tuple[float, float]:
        """How far the far end is above ``hot`` for the flux q, and by how much more per q."""
        nonlocal temperatures
        temperatures, per_flux = [cold], 0.0
        for flow in flows:
            last = temperatures[-1]
            if flow(hot, last)[0] < q:
                return math.inf, math.nan
            here = _root(_missing(flow, last, q), last, hot)
            _, by_hot, by_cold = flow(here, last)
            per_flux = (1.0 - by_cold * per_flux) / by_hot if by_hot > 0.0 else math.inf
            temperatures.append(here)
        return temperatures[-1] - hot, per_flux

    excess(_root(excess, 0.0, min(flow(hot, cold)[0] for flow in flows)))
    inner = temperatures[1 : len(flows)]
    return [cold, *inner, *[hot] * (len(flows) - len(inner))]


def _missing(flow: Flow, cold: float, q: float) -> Callable[[float], tuple[float, float]]:
    """Flux above q, and its slope, by the temperature of the hot side."""

    def missing(hot: float) -> tuple[float, float]:
        flux, by_hot, _ = flow(hot, cold)
        return flux - q, by_hot

    return missing


def _root(function: Callable[[float], tuple[float, float]], low: float, high: float) -> float:
    """Root of a growing function on low to high, given with its slope: Newton's method kept inside a bracket that
    halves (by its ratio, once both ends are above 0) whenever Newton's step leaves it or gains too little."""
    x, before = high, math.inf
    for _ in range(HALVINGS):
        value, slope = function(x)
        if value > 0.0:
            high = x
        else:
            low = x
        step = -value / slope if slope > 0.0 else math.nan
        if abs(step) <= TIGHT * x or high - low <= TIGHT * high:
            return x
        if not (low <= x + step <= high and abs(step) < 0.5 * before):
            step = (math.sqrt(low) * math.sqrt(high) if low > 0.0 else 0.5 * high) - x
        before = abs(step)
        x += step
    return x
