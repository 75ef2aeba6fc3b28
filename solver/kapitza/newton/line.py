"""A 1-D stack with any k(T) and any laws: one scalar equation in the flux, solved by Newton's method.

In Kirchhoff's variable u each segment is linear, u_lower - u_upper = a Q + a_upper S, so one heat flow Q through the
stack (plus the known heats below) fixes everything from one end to the other; each joint gives the step

    A q(T1, T2) = Q + heats below.

All joints are linearised at once; the corrections follow from running sums and products of the slopes:

    d u_{i+1} = r_i (d u_i - a_i dQ) - d_i dQ + e_i,   r = (q_1 / k_1) / (-q_2 / k_2),   d = k_2 / (-A q_2).

The flow itself is conserved by construction; the number of cells plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kapitza.interfaces.law import Law
from kapitza.laws.kirchhoff import Kirchhoff
from kapitza.laws.media import Media
from kapitza.layout import Floats, Ints
from kapitza.newton.continued import COOLING, flux, settled

MOST = 60  # iterations; quadratic convergence needs a handful
HALVINGS = 12


@dataclass(frozen=True)
class LawEnd:
    """What the stack ends in. temperature [K] with law None: the surface is held; with a law: a reservoir behind it;
    temperature None: no reference, ``heat`` [W] enters."""

    temperature: float | None = None
    law: Law | None = None
    area: float = 1.0
    heat: float = 0.0


@dataclass(frozen=True)
class Run:
    """Connected segments: a : (n,) lower plus upper half, a_upper : (n,) [1/m] · heat : (n,) [W]
    media : conductivities of the segments · laws, law, area : joints (n - 1,) · below, above : sheet heats (n - 1,)"""

    a: Floats
    a_upper: Floats
    heat: Floats
    media: Media
    laws: Sequence[Law]
    law: Ints
    area: Floats
    below: Floats
    above: Floats
    lower: LawEnd
    upper: LawEnd


@dataclass(frozen=True)
class RunState:
    """lower, upper : (n,) temperatures of the segments' faces [K] · flow : heat entering each segment (n,) [W]
    iterations · steps : size of each correction [K] · converged · residual : heat that the laws of the joints and ends
    leave over [W], the largest · aim : lowest temperature that the next correction asked for, not converged [K]"""

    lower: Floats
    upper: Floats
    flow: Floats
    iterations: int
    steps: Sequence[float]
    converged: bool
    residual: float
    aim: float = np.nan


@dataclass(frozen=True)
class _Point:
    """A state of the iteration: u at the lower faces, the flow into the first segment, and all that follows."""

    u: Floats
    Q: float
    u_upper: Floats
    lower: Floats
    upper: Floats
    k_lower: Floats
    k_upper: Floats


@dataclass(frozen=True)
class _Slopes:
    """Coefficients of the linearised chain: running products of r (n,), c (n - 1,) = r a + d, d (n - 1,), and dQ/du of
    what leaves through the laws at the two ends."""

    products: Floats
    c: Floats
    d: Floats
    lower_slope: float
    upper_slope: float


def solve(run: Run, start: Floats, flow: float, tolerance: float) -> RunState:
    """Faces and flow of one run.

    start : (n,) first guess of the lower faces [K] · flow : of the heat entering the first segment [W]
    tolerance : of the last correction, relative to the span of temperatures
    """
    point = _first(run, run.media.potential(start), flow)
    steps: list[float] = []
    slopes = _slopes(run, point)
    dv, dQ = _correction(run, point, slopes)
    for _ in range(MOST):
        size = _size(run, point, dv, dQ)
        steps.append(size)
        if _done(steps, point, tolerance):
            final = _point(run, point.u + dv, point.Q + dQ)
            return _finished(run, final, steps, converged=True)
        factor = _above_zero(run, point, dv, dQ)
        for _ in range(HALVINGS):
            trial = _point(run, point.u + factor * dv, point.Q + factor * dQ)
            if _size(run, point, *_correction(run, trial, slopes)) <= (1.0 - 0.25 * factor) * size:
                break
            factor *= 0.5
        point = trial
        slopes = _slopes(run, point)
        dv, dQ = _correction(run, point, slopes)
    aim = _point(run, point.u + dv, point.Q + dQ)
    failed = _finished(run, point, steps, converged=False)
    return replace(failed, aim=min(float(aim.lower.min()), float(aim.upper.min())))


def _first(run: Run, u: Floats, flow: float) -> _Point:
    """The first state: with less flow than guessed where that would cool a face to nothing."""
    for _ in range(HALVINGS):
        point = _point(run, u, flow)
        if np.all(point.upper >= COOLING * point.lower):
            break
        flow *= 0.5
    return point


def _above_zero(run: Run, point: _Point, dv: Floats, dQ: float) -> float:
    """Largest share of a correction that leaves every face a part `COOLING` of its temperature."""
    fall = -np.concatenate([dv, dv - run.a * dQ])
    room = np.concatenate(
        [
            point.u - run.media.potential(COOLING * point.lower),
            point.u_upper - run.media.potential(COOLING * point.upper),
        ]
    )
    falling = fall > room
    return float(np.min(room[falling] / fall[falling])) if falling.any() else 1.0


def _finished(run: Run, point: _Point, steps: Sequence[float], *, converged: bool) -> RunState:
    slopes = _slopes(run, point)
    joints = _misfit(run, point, slopes.d)
    known = slopes.d > 0
    left = np.abs(joints[known] / slopes.d[known])
    residual = float(left.max()) if len(left) else 0.0
    flow = point.Q + _offsets(run)
    return RunState(point.lower, point.upper, flow, len(steps), steps, converged, residual)


def _offsets(run: Run) -> Floats:
    """(n,) heat fed in below each segment [W], counted from the flow into the first one."""
    return np.concatenate([[0.0], np.cumsum(run.heat[:-1] + run.below + run.above)])


def _joint_flow(run: Run, Q: float) -> Floats:
    """(n - 1,) heat through every joint [W]."""
    flow: Floats = Q + _offsets(run)[:-1] + run.heat[:-1] + run.below
    return flow


def _point(run: Run, u: Floats, Q: float) -> _Point:
    """Complete a state: the upper faces follow exactly from the lower ones and the flow."""
    u_upper = u - run.a * (Q + _offsets(run)) - run.a_upper * run.heat
    lower, upper = run.media.temperature(u), run.media.temperature(u_upper)
    return _Point(u, Q, u_upper, lower, upper, run.media.conductivity(lower), run.media.conductivity(upper))


def _slopes(run: Run, point: _Point) -> _Slopes:
    n = len(run.a)
    r, d = np.ones(n - 1), np.zeros(n - 1)
    T1, T2 = point.upper[:-1], point.lower[1:]
    k1, k2 = point.k_upper[:-1], point.k_lower[1:]
    for index, law in enumerate(run.laws):
        here = np.flatnonzero(run.law == index)
        if not len(here):
            continue
        if law.linear and law.resistance == 0.0:
            r[here] = k2[here] / k1[here]
            continue
        q = flux(law, T1[here], T2[here])
        r[here] = (q.first / k1[here]) / (-q.second / k2[here])
        d[here] = k2[here] / (-q.second * run.area[here])
    return _Slopes(
        np.concatenate([[1.0], np.cumprod(r)]),
        r * run.a[:-1] + d,
        d,
        _end_slope(run.lower, point.lower[0], point.k_lower[0]),
        _end_slope(run.upper, point.upper[-1], point.k_upper[-1]),
    )


def _end_slope(end: LawEnd, surface: float, k: float) -> float:
    """dQ/du of the heat that leaves the surface for its reservoir [W per W/m]; 0 without a law."""
    if end.temperature is None or end.law is None:
        return 0.0
    q = flux(end.law, np.array([surface]), np.array([end.temperature]))
    return float(end.area * q.first[0] / k)


def _misfit(run: Run, point: _Point, d: Floats) -> Floats:
    """(n - 1,) e_i: by how much the lower face above each joint misses its law, in u [W/m]."""
    flow = _joint_flow(run, point.Q)
    T1, T2 = point.upper[:-1], point.lower[1:]
    result = np.empty(len(flow))
    for index, law in enumerate(run.laws):
        here = np.flatnonzero(run.law == index)
        if not len(here):
            continue
        if law.linear and law.resistance == 0.0:
            result[here] = point.k_lower[1:][here] * (T1[here] - T2[here])
        else:
            result[here] = -d[here] * (flow[here] - run.area[here] * flux(law, T1[here], T2[here]).q)
    return result


def _end_misfit(end: LawEnd, medium: Kirchhoff, surface: float, u: float, into: float) -> float:
    """What is missing at an end: of u [W/m] where the surface is held, of heat [W] into the stack elsewhere."""
    if end.temperature is None:
        return end.heat - into
    if end.law is None:
        return float(medium.potential(np.array([end.temperature]))[0]) - u
    leaving = end.area * float(flux(end.law, np.array([surface]), np.array([end.temperature])).q[0])
    return -leaving - into


def _correction(run: Run, point: _Point, s: _Slopes) -> tuple[Floats, float]:
    """(du (n,), dQ) that solves the linearised chain."""
    e = _misfit(run, point, s.d)
    P = s.products
    # du_i = P_i v + gained_i - lost_i dQ; at the upper face of the last segment the flow costs a more.
    gained = P * np.concatenate([[0.0], np.cumsum(e / P[1:])])
    lost = P * np.concatenate([[0.0], np.cumsum(s.c / P[1:])])
    last_P, last_gain, last_loss = float(P[-1]), float(gained[-1]), float(lost[-1] + run.a[-1])
    out = point.Q + float(_offsets(run)[-1] + run.heat[-1])
    low = _end_misfit(run.lower, run.media.first, float(point.lower[0]), float(point.u[0]), point.Q)
    high = _end_misfit(run.upper, run.media.last, float(point.upper[-1]), float(point.u_upper[-1]), -out)
    # Two linear equations in v = du_0 and dQ.
    if run.lower.temperature is None:
        first = (0.0, 1.0, low)
    elif run.lower.law is None:
        first = (1.0, 0.0, low)
    else:
        first = (s.lower_slope, 1.0, low)
    if run.upper.temperature is None:
        second = (0.0, -1.0, high)
    elif run.upper.law is None:
        second = (last_P, -last_loss, high - last_gain)
    else:
        g = s.upper_slope
        second = (g * last_P, -1.0 - g * last_loss, high - g * last_gain)
    determinant = first[0] * second[1] - first[1] * second[0]
    v = (first[2] * second[1] - first[1] * second[2]) / determinant
    dQ = (first[0] * second[2] - first[2] * second[0]) / determinant
    return P * v + gained - lost * dQ, dQ


def _size(run: Run, point: _Point, dv: Floats, dQ: float) -> float:
    """Largest correction of a face, lower or upper, as a temperature [K]."""
    return float(np.max([np.abs(dv) / point.k_lower, np.abs(dv - run.a * dQ) / point.k_upper]))


def _done(steps: Sequence[float], point: _Point, tolerance: float) -> bool:
    T = np.concatenate([point.lower, point.upper])
    return settled(steps, float(T.max() - T.min()), float(np.abs(T).max()), tolerance)
