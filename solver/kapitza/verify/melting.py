"""Melting or freezing of a half-space from its wall: Neumann's two-phase solution.

The phase at the wall (near) grows into the other (far), which starts at T∞, on its own side of the melting point
T_m or at it; the wall is held at T_w on the other side from t = 0 on. Front X = 2λ√(a_n t), a = k/c. With
ν = √(a_n/a_f) and both phases of equal density, the heat balance at the front gives λ:

    k_n|T_w − T_m|/(√(πa_n) e^{λ²} erf λ) − k_f|T_m − T∞|/(√(πa_f) e^{ν²λ²} erfc νλ) = Lλ√a_n

(Carslaw and Jaeger, section 11.2). With T∞ = T_m it is Stefan's λ e^{λ²} erf λ = Ste/√π.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Phase:
    """Conductivity [W/(m K)], heat capacity per volume [J/(m^3 K)]."""

    conductivity: float
    capacity: float

    @property
    def diffusivity(self) -> float:
        """k/c [m^2/s]."""
        return self.conductivity / self.capacity


@dataclass(frozen=True)
class Neumann:
    """``near`` the wall and ``far`` from it, latent heat per volume [J/m^3], temperatures [K]."""

    near: Phase
    far: Phase
    latent: float
    wall: float
    melting: float
    initial: float

    def __post_init__(self) -> None:
        if not (self.wall > self.melting >= self.initial or self.wall < self.melting <= self.initial):
            raise ValueError("the melting point lies between the wall and the start")

    @cached_property
    def root(self) -> float:
        """λ, from the balance times √π e^{λ²}/(L√a_n), which has one root."""
        from scipy.optimize import brentq
        from scipy.special import erfcx

        near, far = self.near, self.far
        nu = math.sqrt(near.diffusivity / far.diffusivity)
        stefan = near.capacity * abs(self.wall - self.melting) / self.latent
        drawn = far.capacity * abs(self.melting - self.initial) / self.latent / nu

        def excess(x: float) -> float:
            grown = math.exp(min(x * x, 700.0))
            return stefan / math.erf(x) - grown * (drawn / float(erfcx(nu * x)) + math.sqrt(math.pi) * x)

        return float(brentq(excess, 1e-12, 25.0, xtol=1e-16, rtol=1e-15))

    def front(self, times: ArrayLike) -> Array:
        """Distance of the front from the wall [m]."""
        t = np.asarray(times, dtype=float)
        return np.asarray(2 * self.root * np.sqrt(self.near.diffusivity * t))

    def temperature(self, distance: ArrayLike, times: ArrayLike) -> Array:
        """Temperature [K] at ``distance`` ≥ 0 from the wall [m] and ``times`` > 0 [s]; both broadcast."""
        from scipy.special import erf, erfc

        x, t = np.broadcast_arrays(np.asarray(distance, dtype=float), np.asarray(times, dtype=float))
        near = x / np.sqrt(4 * self.near.diffusivity * t)
        far = x / np.sqrt(4 * self.far.diffusivity * t)
        nu = math.sqrt(self.near.diffusivity / self.far.diffusivity)
        inside = self.wall + (self.melting - self.wall) * erf(near) / math.erf(self.root)
        outside = self.initial + (self.melting - self.initial) * erfc(far) / math.erfc(nu * self.root)
        return np.where(near <= self.root, inside, outside)

    def heat(self, times: ArrayLike) -> Array:
        """Heat that has entered through the wall [J/m^2]; negative when it freezes."""
        t = np.asarray(times, dtype=float)
        effusivity = math.sqrt(self.near.conductivity * self.near.capacity)
        scale = 2 * effusivity * (self.wall - self.melting) / (math.sqrt(math.pi) * math.erf(self.root))
        return np.asarray(scale * np.sqrt(t))


def stefan(number: float) -> float:
    """λ of λ e^{λ²} erf λ = Ste/√π: one phase, the other at the melting point."""
    return Neumann(Phase(1.0, 1.0), Phase(1.0, 1.0), 1.0, number, 0.0, 0.0).root
