"""Reciprocal laws: q = F(T1) - F(T2) with F = integral of G dT, for any conductance G(T).

G(mean T) (T1 - T2) is only its limit for small jumps. The difference of F is formed as an integral from T2 to T1,
so a small jump keeps its digits. Every radiation-like law, every elastic mismatch model is of this kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kapitza.interfaces.about import About
from kapitza.interfaces.curve import Polynomials
from kapitza.interfaces.law import Insulated, Law, Values, scale_factor
from kapitza.laws.temperature import TemperatureLaw


@dataclass(frozen=True)
class Potential(Law):
    """q = factor * (integral of ``curve`` from T2 to T1).

    curve : shape of G(T), with an exact integral; laws of equal curve add up exactly in series and in parallel
    factor : G(T) = factor * curve(T) [W/(m^2 K)]
    """

    curve: TemperatureLaw
    factor: float = 1.0
    about: About = field(default=About("conductance"))

    @property
    def valid(self) -> tuple[float, float]:
        return self.curve.valid

    @property
    def unit(self) -> tuple[Law, float]:
        return Potential(self.curve), self.factor

    def conductance(self, T: Values) -> Any:
        return self.factor * self.curve(T)

    def difference(self, T1: Values, T2: Values) -> Any:
        """F(T1) - F(T2) [W/m^2], without cancellation."""
        return self.factor * self.curve.integral(T2, T1)

    def flux(self, T1: Values, T2: Values) -> Any:
        return self.difference(T1, T2)

    def evaluate(self, T1: Values, T2: Values) -> tuple[Any, Any, Any]:
        if isinstance(self.curve, Polynomials) and np.ndim(T1) == np.ndim(T2) == 1:
            q, first, second = self.curve.flux_and_slopes(np.asarray(T1), np.asarray(T2))
            return self.factor * q, self.factor * first, -(self.factor * second)
        if np.ndim(T1) != np.ndim(T2):
            T1, T2 = np.broadcast_arrays(T1, T2)
        return self.difference(T1, T2), self.conductance(T1), -self.conductance(T2)

    def scaled(self, factor: float) -> Law:
        if scale_factor(factor) == 0.0:
            return Insulated(self.about.scaled(0.0))
        return replace(self, factor=self.factor * factor, about=self.about.scaled(factor))
