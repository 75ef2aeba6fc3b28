"""A tube in a matrix, heated at one end: cosine series along it, Bessel functions across; and the fin it nearly is.

Tube r < a and matrix a < r < b, 0 < z < H; heat q0 [W/m^2] enters the tube at z = 0, the other ends are adiabatic,
T = 0 at r = b, jump R = 1/G at r = a. With T = T0(r)/H + (2/H) sum Tn(r) cos(pn z), pn = n pi/H,

    kl (r Tn')'/r - kz pn^2 Tn + q0 [r < a] = 0,

Tn = q0/(kz pn^2) + A I0(p r) in the tube, B (I0(p r) K0(p b) - K0(p r) I0(p b)) in the matrix, p = pn sqrt(kz/kl).
The part q0/(kz pn^2) is summed in closed form. A fin of perimeter 2 pi a, section pi a^2 and U = 1/(R + a ln(b/a)/k):
T = q0 cosh(m (H - z))/(k m sinh(m H)), m^2 = 2 U/(k a). It is the limit of a tube that is even across (U a/k small) and
a matrix that conducts across only (m b small); the series gives it exactly for such anisotropic materials.
Source: H. S. Carslaw and J. C. Jaeger, Conduction of Heat in Solids, chapter VIII; derived here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ive, kve

Floats = NDArray[np.float64]
TERMS = 20_000


@dataclass(frozen=True)
class Tube:
    """Lengths [m]; conductivities (along, across) of tube and matrix [W/(m K)]; ``resistance`` of the jump [m^2 K/W];
    ``heat`` that enters the tube's end [W]."""

    radius: float
    outer: float
    height: float
    tube: tuple[float, float]
    matrix: tuple[float, float]
    resistance: float
    heat: float

    @property
    def flux(self) -> float:
        """q0 [W/m^2]."""
        return self.heat / (math.pi * self.radius**2)

    @property
    def leak(self) -> float:
        """U of jump and matrix in series, per area of the tube's side [W/(m^2 K)]."""
        return 1.0 / (self.resistance + self.radius * math.log(self.outer / self.radius) / self.matrix[1])

    def fin(self, z: float) -> float:
        """Temperature of the tube above that of the outer radius [K]: of the fin."""
        m = math.sqrt(2.0 * self.leak / (self.tube[0] * self.radius))
        return self.flux * math.cosh(m * (self.height - z)) / (self.tube[0] * m * math.sinh(m * self.height))

    def at(self, r: float, z: float) -> float:
        """Temperature [K] in the tube, ``r`` <= radius, above that of the outer radius."""
        inner, argument = self._inner
        across = ive(0, argument * r / self.radius) * np.exp(argument * (r / self.radius - 1.0))
        return self._sum(inner * across, z) + self._level(r) + self._bare(z)

    def end(self, z: float) -> float:
        """Mean temperature [K] of the tube's cross-section at ``z``."""
        inner, argument = self._inner
        mean = self.heat / (8.0 * math.pi * self.tube[1] * self.height)  # of the parabola that n = 0 has
        return (
            self._sum(inner * 2.0 * ive(1, argument) / argument, z)
            + self._level(self.radius)
            + mean
            + self._bare(z)
        )

    def side(self, z: float) -> float:
        """Temperature [K] of the matrix against the tube's side."""
        inner, argument = self._inner
        stiff = self.tube[1] * argument / self.radius
        jump = self._sum(-stiff * ive(1, argument) * inner, z) + self.flux * self.radius / (2.0 * self.height)
        return self.at(self.radius, z) - self.resistance * jump

    def _level(self, r: float) -> float:
        """The term n = 0: tube, heated evenly, and matrix as layers of a cylinder."""
        inside = self.heat * (1.0 - (r / self.radius) ** 2) / (4.0 * math.pi * self.tube[1] * self.height)
        return inside + self.heat / (2.0 * math.pi * self.radius * self.height * self.leak)

    def _bare(self, z: float) -> float:
        """The terms q0/(kz pn^2): a tube without any leak but an even sink."""
        return self.flux * self.height / self.tube[0] * (0.5 * (1.0 - z / self.height) ** 2 - 1.0 / 6.0)

    def _sum(self, terms: Floats, z: float) -> float:
        n = np.arange(1, TERMS + 1)
        parts = terms * np.cos(n * math.pi * z / self.height)
        return float(2.0 / self.height * math.fsum(parts.tolist()))

    @property
    def _inner(self) -> tuple[Floats, Floats]:
        """(n,) A times exp(p a), and p a of the tube: Tn = q0/(kz pn^2) + A I0(p r)."""
        a, b = self.radius, self.outer
        pn = np.arange(1, TERMS + 1) * math.pi / self.height
        p, s = (pn * math.sqrt(along / across) for along, across in (self.tube, self.matrix))
        # in the matrix, with T = 1 at r = a: flux k s c outwards
        decay = np.exp(-2.0 * s * (b - a))
        far, near = kve(0, s * b), ive(0, s * b)
        value = kve(0, s * a) * near - ive(0, s * a) * far * decay
        slope = kve(1, s * a) * near + ive(1, s * a) * far * decay
        matrix = self.matrix[1] * s * slope / value
        outwards = 1.0 / (self.resistance + 1.0 / matrix)  # flux per kelvin of the tube's surface
        drive = self.flux / (self.tube[0] * pn**2)
        amplitude = -outwards * drive / (outwards * ive(0, p * a) + self.tube[1] * p * ive(1, p * a))
        return np.asarray(amplitude), np.asarray(p * a)


REAL = Tube(5e-9, 50e-9, 2e-6, (1800.0, 1800.0), (0.2, 0.2), 1.0 / 12e6, 2e-6)
# what a fin is: even across the tube, nothing along the matrix
IDEAL = Tube(5e-9, 50e-9, 2e-6, (1800.0, 1.8e9), (2e-7, 0.2), 1.0 / 12e6, 2e-6)
