"""Exact one-dimensional conduction through a piece of slab, cylinder or sphere that may hold a uniform source.

A piece from radius (or height) ``r`` to ``r + d`` with conductivity k and uniformly spread heat S [W] behaves
exactly like two resistances with S fed in between (Q upwards, Q_lower enters below):

    T_lower - T_upper = (R_lower + R_upper) Q_lower + R_upper S.

The split follows from one integration of the conduction equation: half and half in a slab, unequal in curved
pieces. All formulas avoid differences of nearly equal numbers, so a 1 nm shell at 1 cm radius is exact too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats
from kapitza.model import Geometry

# x / (e^x - 1) = 1 - x/2 + sum of these times x^2, x^4, ... (Bernoulli numbers over factorials)
_BERNOULLI = (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000)


@dataclass(frozen=True)
class Metric:
    """Areas, volumes and resistances of pieces along one coordinate.

    kind : "slab", "cylinder" or "sphere"
    factor : area of the slab [m^2]; 2 pi times the length of the cylinder [m]; 4 pi for the sphere
    """

    kind: str
    factor: float

    @staticmethod
    def of(geometry: Geometry) -> Metric:
        factors = {
            "slab": geometry.area,
            "cylinder": 2.0 * math.pi * geometry.length,
            "sphere": 4.0 * math.pi,
        }
        return Metric(geometry.kind, factors[geometry.kind])

    def area(self, r: Floats) -> Floats:
        """Area of the surface at ``r`` [m^2]."""
        if self.kind == "slab":
            return np.full_like(r, self.factor)
        return self.factor * (r if self.kind == "cylinder" else r * r)

    def volume(self, r: Floats, d: Floats) -> Floats:
        """Volume between r and r + d [m^3]."""
        if self.kind == "slab":
            return self.factor * d
        if self.kind == "cylinder":
            return self.factor * d * (r + 0.5 * d)
        return self.factor * d * (r * (r + d) + d * d / 3.0)

    def resistances(self, r: Floats, d: Floats, k: Floats) -> tuple[Floats, Floats]:
        """(R_lower, R_upper) [K/W] of pieces from r to r + d [m] with conductivity k [W/(m K)].

        From an axis or centre (r = 0) R_lower is infinite: no flux passes there.
        """
        if self.kind == "slab":
            half = d / (2.0 * k * self.factor)
            return half, half
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.kind == "cylinder":
                return self._cylinder(r, d, k)
            outer = r + d
            total = d / (self.factor * k * r * outer)
            cubes = r * r + r * outer + outer * outer
            upper = d * (outer + 2.0 * r) / (2.0 * outer * cubes * self.factor * k)
            lower = total * (outer * (r + 2.0 * outer) / (2.0 * cubes))
        return np.where(r > 0, lower, np.inf), upper

    def _cylinder(self, r: Floats, d: Floats, k: Floats) -> tuple[Floats, Floats]:
        y = np.log1p(d / r)
        x = 2.0 * np.minimum(y, 0.2)
        series = np.zeros_like(y)
        for coefficient in reversed(_BERNOULLI):
            series = (series + coefficient) * x * x
        near = 0.5 - series / np.where(x > 0, x, 1.0)
        upper_share = np.where(y < 0.2, near, 0.5 / y - 1.0 / np.expm1(2.0 * y))
        upper = np.where(r > 0, upper_share * y, 0.5) / (self.factor * k)
        lower = np.where(r > 0, (1.0 - upper_share) * y / (self.factor * k), np.inf)
        return lower, upper

    def rise(self, r: Floats, d: Floats, s: Floats) -> tuple[Floats, Floats]:
        """Shape of the temperature inside pieces, at the distance ``s`` above their lower face.

        Returns (phi, parabola): T = T_lower + (T_upper - T_lower) phi + (S''' / k) parabola, with S''' [W/m^3].
        """
        if self.kind == "slab":
            return s / d, 0.5 * s * (d - s)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.kind == "cylinder":
                phi, order = np.log1p(s / r) / np.log1p(d / r), 4.0
            else:
                phi, order = s * (r + d) / (d * (r + s)), 6.0
        phi = np.where(r > 0, phi, 1.0)
        return phi, (d * (2.0 * r + d) * phi - s * (2.0 * r + s)) / order
