"""1/f(T) for a function of temperature f, with its exact integral: a resistance given over temperature.

A straight line of f integrates to a logarithm, log1p(x)/x times the length over f(T1), x = f(T2)/f(T1) - 1;
a power stays a power.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kapitza.laws.temperature import Array, Constant, Power, Slope, Table, TemperatureLaw


def reciprocal(law: TemperatureLaw) -> TemperatureLaw:
    """1/law, over the same temperatures; the law must stay above zero."""
    if isinstance(law, Constant):
        return Constant(1.0 / law.value)
    if isinstance(law, Power):
        return Power(1.0 / law.value, law.at, -law.power)
    if isinstance(law, Table):
        if law.between == "loglog":
            inverse = tuple(1.0 / value for value in law.values)
            return Table(law.temperatures, inverse, "loglog", law.outside)
        return ReciprocalTable(law)
    if isinstance(law, Slope):
        return ReciprocalSlope(law)
    raise TypeError(f"no exact integral of 1/{type(law).__name__}")


@dataclass(frozen=True)
class ReciprocalSlope(TemperatureLaw):
    """1 / (value + gradient (T - at))."""

    law: Slope

    @property
    def valid(self) -> tuple[float, float]:
        return self.law.valid

    def _value(self, T: Array) -> Array:
        return 1.0 / self.law._value(T)

    def _integral(self, T1: Array, T2: Array) -> Array:
        return _straight(self.law._value(T1), self.law.gradient * (T2 - T1), T2 - T1)

    def _beyond(self) -> str:
        return self.law._beyond()


@dataclass(frozen=True)
class ReciprocalTable(TemperatureLaw):
    """1 / table, the table linear between its knots."""

    table: Table

    @property
    def valid(self) -> tuple[float, float]:
        return self.table.valid

    def _beyond(self) -> str:
        return self.table._beyond()

    @cached_property
    def _knots(self) -> Array:
        return np.array(self.table.temperatures)

    @cached_property
    def _f(self) -> Array:
        return np.array(self.table.values)

    @cached_property
    def _sums(self) -> Array:
        whole = _straight(self._f[:-1], np.diff(self._f), np.diff(self._knots))
        return np.concatenate(([0.0], np.cumsum(whole)))

    def _inside(self, i: NDArray[np.intp], T: Array) -> Array:
        """The table's value at T in segment i."""
        weight = (T - self._knots[i]) / (self._knots[i + 1] - self._knots[i])
        return self._f[i] * (1.0 - weight) + self._f[i + 1] * weight

    def _segment(self, T: Array) -> NDArray[np.intp]:
        return np.clip(np.searchsorted(self._knots, T, side="right") - 1, 0, len(self._knots) - 2)

    def _value(self, T: Array) -> Array:
        t = np.clip(T, self._knots[0], self._knots[-1])
        return 1.0 / self._inside(self._segment(t), t)

    def _integral(self, T1: Array, T2: Array) -> Array:
        first, last = self._knots[0], self._knots[-1]
        a, b = np.clip(T1, first, last), np.clip(T2, first, last)
        low, high = np.minimum(a, b), np.maximum(a, b)
        i, j = self._segment(low), self._segment(high)
        end = np.where(i == j, high, self._knots[i + 1])
        begin = np.where(i == j, high, self._knots[j])
        whole = np.where(i == j, 0.0, self._sums[j] - self._sums[np.minimum(i + 1, j)])
        inner = self._within(i, low, end) + whole + self._within(j, begin, high)
        outside = (np.minimum(T2, first) - np.minimum(T1, first)) / self._f[0]
        outside += (np.maximum(T2, last) - np.maximum(T1, last)) / self._f[-1]
        result: Array = np.where(b < a, -inner, inner) + outside
        return result

    def _within(self, i: NDArray[np.intp], T1: Array, T2: Array) -> Array:
        gradient = (self._f[i + 1] - self._f[i]) / (self._knots[i + 1] - self._knots[i])
        return _straight(self._inside(i, T1), gradient * (T2 - T1), T2 - T1)


def _straight(first: Array, change: Array, length: Array) -> Array:
    """Integral of 1/f over ``length`` when f goes straight from ``first`` to ``first + change``."""
    x = change / first
    nonzero = np.where(x == 0.0, 1.0, x)
    return length / first * np.where(x == 0.0, 1.0, np.log1p(nonzero) / nonzero)
