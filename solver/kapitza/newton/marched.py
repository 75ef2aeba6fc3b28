"""A first guess from marching: for stacks in which steps of Newton's method lead round in circles.

Whatever the laws, a stack is one equation in one unknown, the heat flow (or the temperature of the first face, where
the flow is given): face by face from the lower end everything follows, and what misses the upper end only falls with
the flow. Sharp bends of conductivities and laws are no obstacle to a search between brackets.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kapitza.interfaces.law import Law
from kapitza.laws.kirchhoff import COLDEST, HOTTEST
from kapitza.layout import Floats
from kapitza.newton.continued import flux
from kapitza.newton.rows import HELD, Bools, Rows

MOST = 1000  # segments; each joint costs a millisecond in every round
LANES = 33  # values looked at together
ROUNDS = 12
CLOSE = 1e-10  # relative width of the bracket where Newton's method takes over
HALVINGS = 60
WIDEST = 4.0 ** np.arange(-8.0, 9.0)  # flows looked at first, of what a linear stack would carry


def start(run: Rows, flow: float) -> tuple[Floats, float] | None:
    """((n,) temperatures of the lower faces [K], flow [W]) of a single row; None where there is no state.

    flow : about how much flows [W]
    """
    if run.a.shape[1] > MOST:
        return None
    with np.errstate(all="ignore"):  # looks far beyond what laws are made for
        return _searched_flow(run, flow)


def _searched_flow(run: Rows, flow: float) -> tuple[Floats, float] | None:
    if np.isnan(run.lower.temperature[0]):
        x = np.geomspace(COLDEST, HOTTEST, LANES)
    elif np.isnan(run.upper.temperature[0]):
        x = np.full(1, -float(run.upper.heat[0] + run.offsets[0, -1] + run.heat[0, -1]))
        return _march(run, x)[0][:, 0], float(x[0])
    else:
        size = abs(flow) or 1.0
        x = np.concatenate([-size * WIDEST[::-1], [0.0], size * WIDEST])
    for _ in range(ROUNDS):
        faces, missing = _march(run, x)
        warm = missing > 0.0
        changes = np.flatnonzero(warm[1:] != warm[:-1]) + 1
        if not len(changes):
            return None
        k = int(min(changes, key=lambda i: abs(x[i])))  # beyond its pole a law may lead anywhere
        if abs(x[k] - x[k - 1]) <= CLOSE * abs(x[k]):
            break
        x = np.linspace(x[k - 1], x[k], LANES)
    return faces[:, k], float(run.lower.heat[0] if np.isnan(run.lower.temperature[0]) else x[k])


def _march(run: Rows, x: Floats) -> tuple[Floats, Floats]:
    """((n, lanes) lower faces [K], (lanes,) what is missing at the upper end) for values x of the unknown."""
    lower, upper = run.lower, run.upper
    n = run.a.shape[1]
    if np.isnan(lower.temperature[0]):
        flow, T = np.full(len(x), lower.heat[0]), x
    else:
        flow = x
        T = _surface(run.laws[lower.law[0]], -flow / lower.area[0], np.full(len(x), lower.temperature[0]))
    faces = np.empty((n, len(x)))
    for i in range(n):
        faces[i] = T
        medium = run.media.kirchhoff[run.media.kinds[i]]
        u = (
            medium.potential(T)
            - run.a[0, i] * (flow + run.offsets[0, i])
            - run.a_upper[0, i] * run.heat[0, i]
        )
        T = np.clip(medium.temperature(u), COLDEST, HOTTEST)
        if i < n - 1:
            law = run.laws[run.law[0, i]]
            T = _beyond(law, (flow + run.joint_offsets[0, i]) / run.area[0, i], T)
    out = flow + run.offsets[0, -1] + run.heat[0, -1]
    if upper.law[0] == HELD:
        return faces, T - upper.temperature[0]
    return faces, upper.area[0] * flux(
        run.laws[upper.law[0]], T, np.full(len(T), upper.temperature[0])
    ).q - out


def _beyond(law: Law, q: Floats, T1: Floats) -> Floats:
    """(lanes,) T2 with q(T1, T2) = q [W/m^2]."""
    if law.linear:
        return np.asarray(np.clip(T1 - law.resistance * q, COLDEST, HOTTEST), dtype=float)
    return _searched(lambda T: flux(law, T1, T).q >= q, len(q))


def _surface(law: Law, q: Floats, T2: Floats) -> Floats:
    """(lanes,) T1 with q(T1, T2) = q [W/m^2]."""
    if law.linear:
        return np.asarray(np.clip(T2 + law.resistance * q, COLDEST, HOTTEST), dtype=float)
    return _searched(lambda T: flux(law, T, T2).q <= q, len(q))


def _searched(below: Callable[[Floats], Bools], lanes: int) -> Floats:
    """(lanes,) the temperature up to which ``below`` holds [K]."""
    low, high = np.full(lanes, np.log(COLDEST)), np.full(lanes, np.log(HOTTEST))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        up = below(np.exp(middle))
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return np.asarray(np.exp(0.5 * (low + high)), dtype=float)
