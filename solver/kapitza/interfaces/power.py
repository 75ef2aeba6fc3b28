"""Radiation-like laws: one-way fluxes a T^n against each other, q = a (T1^n - T2^n).

R = 1/(n a T^(n-1)) for small jumps. n = 2 metal to metal, 4 photons and phonons, 2.8 to 4 solid to liquid helium,
5 electrons to phonons. Any n > 0; valid at every temperature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza.errors import InputError
from kapitza.interfaces.about import About
from kapitza.interfaces.potential import Potential
from kapitza.laws.temperature import Array, TemperatureLaw

STEFAN_BOLTZMANN = 5.670374419e-8  # W/(m^2 K^4)


@dataclass(frozen=True)
class PowerCurve(TemperatureLaw):
    """n T^(n-1), whose integral is T^n: the difference of powers is factored, so that small jumps keep their digits."""

    exponent: float

    def __call__(self, T: Any) -> Any:
        if not isinstance(T, float):
            return super().__call__(T)
        if T < 0.0:
            self._check(np.asarray(T))
        return self.exponent * T ** (self.exponent - 1.0)

    def integral(self, T1: Any, T2: Any) -> Any:
        """T2^n - T1^n."""
        if isinstance(T1, float) and isinstance(T2, float):
            low, high = (T1, T2) if T1 <= T2 else (T2, T1)
            if low < 0.0:
                self._check(np.asarray(low))
            if low == high:
                return 0.0
            size = -(high**self.exponent) * math.expm1(self.exponent * _log(low, high))
            return size if T2 > T1 else -size
        return super().integral(T1, T2)

    def _value(self, T: Array) -> Array:
        return self.exponent * T ** (self.exponent - 1.0)

    def _integral(self, T1: Array, T2: Array) -> Array:
        low, high = np.minimum(T1, T2), np.maximum(T1, T2)
        some = np.where(high > 0.0, high, 1.0)
        with np.errstate(divide="ignore"):
            far = np.log(low / some)
            ratio = np.where(low < 0.5 * high, far, np.log1p((low - high) / some))
        size = -(high**self.exponent) * np.expm1(self.exponent * ratio)
        return np.where(T2 < T1, -size, size)


def _log(low: float, high: float) -> float:
    """log(low/high), with all digits when they are close."""
    if low == 0.0:
        return -math.inf
    return math.log(low / high) if low < 0.5 * high else math.log1p((low - high) / high)


def power_law(coefficient: float, exponent: float, about: About | None = None) -> Potential:
    """q = coefficient (T1^exponent - T2^exponent); coefficient in W/(m^2 K^exponent)."""
    if not (exponent > 0.0 and math.isfinite(exponent)):
        raise InputError(
            f"power-law: exponent = {exponent} cannot be; the flux must grow with temperature (exponent > 0)"
        )
    if not (coefficient > 0.0 and math.isfinite(coefficient)):
        raise InputError(f"power-law: coefficient = {coefficient} must be above zero")
    said = about or About("power-law", (("coefficient", coefficient), ("exponent", exponent)))
    return Potential(PowerCurve(float(exponent)), coefficient, said)


def radiation(emissivity: float | Sequence[float]) -> Potential:
    """q = e sigma (T1^4 - T2^4) between gray, diffuse, parallel surfaces.

    emissivity : of the two surfaces, e = 1/(1/e1 + 1/e2 - 1), or one effective number e
    """
    parts = tuple(emissivity) if isinstance(emissivity, Sequence) else (emissivity,)
    if len(parts) not in (1, 2) or not all(0.0 < part <= 1.0 for part in parts):
        raise InputError("radiation: emissivity expects one number or two, each above 0 and at most 1")
    effective = 1.0 / (math.fsum(1.0 / part for part in parts) - (len(parts) - 1.0))
    about = About("radiation", (("effective_emissivity", effective),))
    return power_law(effective * STEFAN_BOLTZMANN, 4.0, about)
