"""Two half-spaces of different temperature, brought into contact through a joint at t = 0.

With e = √(kc), s = G(1/e₁ + 1/e₂) and ΔT = T₁ − T₂ the flux is q = GΔT e^{s²t} erfc(s√t). At the distance x from
the joint, with ξ = x/√(4at), a = k/c,

    T₁ = T₁(0) − ΔT e₂/(e₁+e₂) [erfc ξ − e^{−ξ²} erfcx(s√t + ξ)],   T₂ likewise with + and e₁.

erfcx(y) = e^{y²} erfc y; a perfect joint has no second term (Carslaw and Jaeger, section 2.7 and appendix V).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Body:
    """A half-space: conductivity [W/(m K)], heat capacity per volume [J/(m^3 K)], temperature at t = 0 [K]."""

    conductivity: float
    capacity: float
    initial: float

    @property
    def effusivity(self) -> float:
        """√(kc) [W √s/(m^2 K)]."""
        return math.sqrt(self.conductivity * self.capacity)


@dataclass(frozen=True)
class Contact:
    """Two half-spaces and the resistance between them [m^2 K/W], 0 when it is perfect."""

    first: Body
    second: Body
    resistance: float

    def flux(self, times: ArrayLike) -> Array:
        """Flux from the first to the second [W/m^2] at ``times`` > 0 [s]."""
        from scipy.special import erfcx

        t = np.asarray(times, dtype=float)
        e1, e2 = self.first.effusivity, self.second.effusivity
        rise = self.first.initial - self.second.initial
        if self.resistance == 0.0:
            return np.asarray(rise / (1 / e1 + 1 / e2) / np.sqrt(np.pi * t))
        s = (1 / e1 + 1 / e2) / self.resistance
        return np.asarray(rise / self.resistance * erfcx(s * np.sqrt(t)))

    def temperature(self, side: int, distance: ArrayLike, times: ArrayLike) -> Array:
        """Temperature [K] in the first (``side`` 1) or second (2) body at ``distance`` ≥ 0 from the joint [m]
        and ``times`` > 0 [s]; both broadcast."""
        from scipy.special import erfc, erfcx

        body, other = (self.first, self.second) if side == 1 else (self.second, self.first)
        t = np.asarray(times, dtype=float)
        xi = np.asarray(distance, dtype=float) / np.sqrt(4 * t * (body.conductivity / body.capacity))
        share = other.effusivity / (body.effusivity + other.effusivity)
        response = erfc(xi)
        if self.resistance > 0.0:
            s = (1 / body.effusivity + 1 / other.effusivity) / self.resistance
            response = response - np.exp(-(xi**2)) * erfcx(s * np.sqrt(t) + xi)
        return np.asarray(body.initial + (other.initial - body.initial) * share * response)
