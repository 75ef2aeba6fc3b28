"""Physics of contacts written out plainly: mismatch integrals by quadrature, pressed joints by their formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kapitza.verify.nonlinear_stacks import root

BOLTZMANN, HBAR = 1.380649e-23, 1.054571817e-34
LOW = math.pi**2 * BOLTZMANN**4 / (30.0 * HBAR**3)  # C3: G = C3 T^3 S at low temperature
PANELS = 24
NODES = (  # Gauss-Legendre, five points: (place, weight) on -1 … 1
    (0.0, 128.0 / 225.0),
    (math.sqrt(5.0 - 2.0 * math.sqrt(10.0 / 7.0)) / 3.0, (322.0 + 13.0 * math.sqrt(70.0)) / 900.0),
    (-math.sqrt(5.0 - 2.0 * math.sqrt(10.0 / 7.0)) / 3.0, (322.0 + 13.0 * math.sqrt(70.0)) / 900.0),
    (math.sqrt(5.0 + 2.0 * math.sqrt(10.0 / 7.0)) / 3.0, (322.0 - 13.0 * math.sqrt(70.0)) / 900.0),
    (-math.sqrt(5.0 + 2.0 * math.sqrt(10.0 / 7.0)) / 3.0, (322.0 - 13.0 * math.sqrt(70.0)) / 900.0),
)


@dataclass(frozen=True)
class Crystal:
    """density [kg/m^3], velocities [m/s], atoms per volume [1/m^3]."""

    density: float
    longitudinal: float
    transverse: float
    number_density: float

    @property
    def branches(self) -> Sequence[tuple[float, int, float]]:
        """(velocity, count, cut-off [1/s]) of both kinds; each branch holds one state per atom."""
        reach = (6.0 * math.pi**2 * self.number_density) ** (1.0 / 3.0)
        return [(c, g, c * reach) for c, g in ((self.longitudinal, 1), (self.transverse, 2))]

    def arriving(self, w: float) -> float:
        """Sum of 1/c^2 over the branches that reach ``w``."""
        return sum(g / (c * c) for c, g, top in self.branches if w < top)


def integral(function: Callable[[float], float], low: float, high: float) -> float:
    """Composite Gauss-Legendre quadrature."""
    h = (high - low) / PANELS
    middles = [low + (i + 0.5) * h for i in range(PANELS)]
    return 0.5 * h * math.fsum(w * function(m + 0.5 * h * x) for m in middles for x, w in NODES)


def diffuse(one: Crystal, two: Crystal) -> Callable[[float, float], float]:
    """q(T1, T2) = 1/(8 pi^2) * integral of hbar w^3 (n(T1) - n(T2)) s1 s2/(s1 + s2) dw, cut off by branch."""
    edges = sorted({0.0, *(top for side in (one, two) for _, _, top in side.branches)})

    def share(w: float) -> float:
        a, b = one.arriving(w), two.arriving(w)
        return a * b / (a + b) if a > 0.0 and b > 0.0 else 0.0

    parts = [(low, high, share(0.5 * (low + high))) for low, high in pairwise(edges)]

    def flux(T1: float, T2: float) -> float:
        def excess(w: float) -> float:  # n(T1) - n(T2), small differences kept
            x, y = HBAR * w / (BOLTZMANN * T1), HBAR * w / (BOLTZMANN * T2)
            return math.expm1(y - x) / (math.expm1(y) * -math.expm1(-x))

        total = math.fsum(s * integral(lambda w: HBAR * w**3 * excess(w), a, b) for a, b, s in parts if s)
        return total / (8.0 * math.pi**2)

    return flux


def diffuse_low(one: Crystal, two: Crystal) -> float:
    """C of q = C (T1^4 - T2^4), far below the cut-offs: G = 4 C T^3."""
    a, b = one.arriving(0.0), two.arriving(0.0)
    return 0.25 * LOW * a * b / (a + b)


def acoustic_low(one: Crystal, two: Crystal) -> float:
    """C of q = C (T1^4 - T2^4) with the fluid form of acoustic mismatch: 2 C3 sum of Gamma/c^2, over 4."""
    total = 0.0
    for (c1, g, _), (c2, _, _) in zip(one.branches, two.branches, strict=True):
        total += g / (c1 * c1) * _angles(c1, c2, one.density * c1, two.density * c2)
    return 0.5 * LOW * total


def _angles(c1: float, c2: float, z1: float, z2: float) -> float:
    """Integral of 4 z1 z2 cos1 cos2/(z2 cos1 + z1 cos2)^2 over cos1 d(cos1), up to the critical angle."""
    critical = math.asin(c1 / c2) if c2 > c1 else 0.5 * math.pi

    def passed(s: float) -> float:  # angle = critical (1 - s^2): no square root is left at its end
        angle = critical * (1.0 - s * s)
        cos1, sin1 = math.cos(angle), math.sin(angle)
        cos2 = math.sqrt(max(1.0 - (c2 / c1 * sin1) ** 2, 0.0))
        return 4.0 * z1 * z2 * cos1 * cos2 / (z2 * cos1 + z1 * cos2) ** 2 * cos1 * sin1 * 2.0 * s * critical

    return integral(passed, 0.0, 1.0)


def constriction(slope: float, roughness: float, share: float) -> float:
    """C of h = C k_s: 1.25 m/sigma (P/H)^0.95 (Cooper, Mikic and Yovanovich)."""
    return 1.25 * slope / roughness * math.pow(share, 0.95)


def mean_planes(roughness: float, share: float) -> float:
    """Y [m] = sqrt(2) sigma erfcinv(2 P/H), by bisection on erfc."""
    return math.sqrt(2.0) * roughness * root(lambda x: 2.0 * share - math.erfc(x), 0.0, 6.0)


def gas_gap(k: float, distance: float, per_kelvin: float) -> Callable[[float, float], float]:
    """q(T1, T2) with G = k/(Y + c T): k/c ln((Y + c T1)/(Y + c T2))."""
    return lambda s, t: k / per_kelvin * math.log1p(per_kelvin * (s - t) / (distance + per_kelvin * t))
