"""The flow through one face between two half cells with k(T), and a law or perfect contact in between.

    u1 - Theta_1(T1s) = a1 (Q - P1),   Theta_2(T2s) - u2 = a2 (Q + P2),   Q = A q(T1s, T2s)

with Kirchhoff's u, geometric half cells a [1/m] and sheet heats P1, P2 [W] put on the two sides. Many faces at once;
the scalar equation in Q (in the common temperature, for perfect contact) falls strictly, so a bracketed Newton
iteration always ends.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapitza.interfaces.law import Law
from kapitza.laws.media import Media
from kapitza.layout import Floats
from kapitza.newton.continued import flux

MOST = 80
SAME = 4e-16


@dataclass(frozen=True)
class Faces:
    """u1, u2 : (n,) levels of the two cells · a1, a2 : (n,) half cells [1/m], infinite where there is none
    area : (n,) [m^2] · sheet1, sheet2 : (n,) [W] · medium1, medium2 : conductivities of the two cells"""

    u1: Floats
    u2: Floats
    a1: Floats
    a2: Floats
    area: Floats
    sheet1: Floats
    sheet2: Floats
    medium1: Media
    medium2: Media


@dataclass(frozen=True)
class Flow:
    """through : (n,) Q [W] from side 1 to side 2 · first, second : dQ/du1 >= 0, dQ/du2 <= 0 [m]"""

    through: Floats
    first: Floats
    second: Floats


def solve(law: Law, faces: Faces, start: Floats) -> Flow:
    """Flow through all faces under one law. start : (n,) first guess of it [W]."""
    if law.linear and np.isinf(law.resistance):
        nothing = np.zeros(len(faces.u1))
        return Flow(nothing, nothing, nothing)
    return _perfect(faces) if law.linear and law.resistance == 0.0 else _joint(law, faces, start)


def _joint(law: Law, f: Faces, start: Floats) -> Flow:
    Q = start.copy()
    low, high = np.full(len(Q), -np.inf), np.full(len(Q), np.inf)
    for _ in range(MOST):
        T1, T2 = (
            f.medium1.temperature(f.u1 - f.a1 * (Q - f.sheet1)),
            f.medium2.temperature(f.u2 + f.a2 * (Q + f.sheet2)),
        )
        k1, k2 = f.medium1.conductivity(T1), f.medium2.conductivity(T2)
        q = flux(law, T1, T2)
        first, second = f.area * q.first / k1, f.area * q.second / k2
        slope = 1.0 + first * f.a1 - second * f.a2
        excess = f.area * q.q - Q
        low, high = np.where(excess >= 0, Q, low), np.where(excess <= 0, Q, high)
        step = excess / slope
        new = Q + step
        middle = 0.5 * (low + high)
        new = np.where((new > high) | (new < low), np.where(np.isfinite(middle), middle, new), new)
        scale = np.abs(f.area) * (
            np.abs(q.first * T1) + np.abs(q.second * T2)
        ) * SAME / slope + SAME * np.abs(Q)
        if np.all(np.abs(new - Q) <= 4.0 * scale):
            return Flow(new, first / slope, second / slope)
        Q = new
    return Flow(Q, first / slope, second / slope)


def _perfect(f: Faces) -> Flow:
    """Common temperature T of both sides: (u1 - Theta_1)/a1 + P1 + P2 = (Theta_2 - u2)/a2."""
    T1, T2 = f.medium1.temperature(f.u1), f.medium2.temperature(f.u2)
    put = f.sheet1 + f.sheet2
    k1, k2 = f.medium1.conductivity(T1), f.medium2.conductivity(T2)
    T = (T1 * k1 / f.a1 + T2 * k2 / f.a2 + put) / (k1 / f.a1 + k2 / f.a2)
    low, high = np.full(len(T), -np.inf), np.full(len(T), np.inf)
    for _ in range(MOST):
        k1, k2 = f.medium1.conductivity(T), f.medium2.conductivity(T)
        excess = (f.u1 - f.medium1.potential(T)) / f.a1 + put - (f.medium2.potential(T) - f.u2) / f.a2
        low, high = np.where(excess >= 0, T, low), np.where(excess <= 0, T, high)
        new = T + excess / (k1 / f.a1 + k2 / f.a2)
        middle = 0.5 * (low + high)
        new = np.where((new > high) | (new < low), np.where(np.isfinite(middle), middle, new), new)
        done = bool(np.all(np.abs(new - T) <= 4.0 * SAME * np.abs(T)))
        T = new
        if done:
            break
    ratio = k1 / k2
    first = 1.0 / (f.a1 + f.a2 * ratio)
    # The flow from the difference of the two levels carried to side 2's medium, never from T - T1 alone.
    through = (f.u1 - f.medium1.potential(T)) / f.a1 + f.sheet1
    return Flow(through, first, -ratio * first)
