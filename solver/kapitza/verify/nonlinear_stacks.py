"""Layers with k(T) and joints q(T1, T2) in series, solved by one equation in the flux; slab, no sources.

Marching from the top down, every temperature follows from the one above it: T1 = inverse(Theta(T2) + q d) through a
layer, Theta the integral of k, and q(T1, T2) = q at a joint. The flux is given, or the root that meets the lower end.
Nothing here knows cells.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Curve = Callable[[float], float]


@dataclass(frozen=True)
class Conductor:
    """One layer: thickness [m], Theta(T) [W/m] = integral of k, and its inverse."""

    thickness: float
    potential: Curve
    inverse: Curve

    def below(self, q: float, T: float) -> float:
        """Temperature under the layer, T on top of it [K]."""
        return self.inverse(self.potential(T) + q * self.thickness)


@dataclass(frozen=True)
class Jump:
    """One joint: flux(T1, T2) [W/m^2] from below to above, growing with T1."""

    flux: Callable[[float, float], float]

    def below(self, q: float, T: float) -> float:
        if q == 0.0:
            return T
        step = 1e-6 * T
        while self.flux(T + step, T) < q:
            step *= 4.0
        return T + root(lambda x: self.flux(T + x, T) - q, 0.0, step)


Part = Conductor | Jump


def constant(thickness: float, k: float) -> Conductor:
    return Conductor(thickness, lambda T: k * T, lambda u: u / k)


def power(thickness: float, k: float, at: float, exponent: float) -> Conductor:
    """k(T) = k (T/at)^exponent."""
    n = exponent + 1.0
    return Conductor(
        thickness, lambda T: k * at / n * (T / at) ** n, lambda u: at * (u * n / (k * at)) ** (1.0 / n)
    )


def straight(thickness: float, k: float, at: float, slope: float) -> Conductor:
    """k(T) = k + slope (T - at)."""
    return Conductor(
        thickness,
        lambda T: (T - at) * (k + 0.5 * slope * (T - at)),
        lambda u: at + 2.0 * u / (k + math.sqrt(max(k * k + 2.0 * slope * u, 0.0))),  # k falls to 0 at most
    )


def exchange(a: float, n: float) -> Jump:
    """One-way fluxes: q = a (T1^n - T2^n)."""
    return Jump(lambda s, t: a * t**n * math.expm1(n * math.log1p((s - t) / t)))


def faces(parts: Sequence[Part], q: float, top: float) -> list[float]:
    """Temperatures [K] at the lower end of every part and, last, at the top."""
    T = [top]
    for part in reversed(parts):
        T.append(part.below(q, T[-1]))
    return T[::-1]


def flux(parts: Sequence[Part], bottom: float, top: float) -> float:
    """Flux [W/m^2] upwards between two temperatures, bottom > top [K]."""
    most = 1e-9
    while faces(parts, most, top)[0] < bottom:
        most *= 4.0
    return root(lambda q: faces(parts, q, top)[0] - bottom, 0.0, most)


def root(function: Curve, a: float, b: float) -> float:
    """Zero of an increasing function between a and b: false position with halved ends (Illinois), to rounding."""
    fa, fb = function(a), function(b)
    side = 0
    for _ in range(200):
        x = b - fb * (b - a) / (fb - fa)
        if not a < x < b:
            x = 0.5 * (a + b)
        fx = function(x)
        if fx == 0.0 or b - a <= 4e-16 * abs(b) or x in (a, b):
            return x
        if fx > 0.0:
            b, fb = x, fx
            fa = 0.5 * fa if side > 0 else fa
            side = 1
        else:
            a, fa = x, fx
            fb = 0.5 * fb if side < 0 else fb
            side = -1
    return x
