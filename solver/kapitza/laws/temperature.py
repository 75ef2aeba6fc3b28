"""Functions of temperature as data: value, slope and integral, each exact.

A conductivity k(T), a specific heat c(T), a conductance G(T) are one of four frozen values: `Constant`,
`Table` (piecewise linear, or piecewise power law), `Power`, `Slope`. The integral from T1 to T2 is formed
from T2 - T1, never as the difference of two antiderivatives: it keeps its digits when T2 is close to T1.

All take a float or an ndarray of temperatures [K] and return the same shape, in the unit of the property.
A NaN temperature (a void cell) gives NaN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal, Self, overload

import numpy as np
from numpy.typing import NDArray

from kapitza.errors import InputError

Array = NDArray[np.float64]

ROUNDING = (
    1e-12  # relative; a unit conversion may land this far beyond a table's end, which then counts as the end
)


class TemperatureLaw:
    """Base of all functions of temperature.

    ``law(T)`` is the value, ``law.slope(T)`` the derivative (at a knot of a table: to the right),
    ``law.integral(T1, T2)`` the integral from T1 to T2. ``constant``: the value is the same everywhere.
    ``valid``: lowest and highest temperature [K] that may be asked for; beyond them InputError is raised.
    """

    @property
    def constant(self) -> bool:
        return False

    @property
    def valid(self) -> tuple[float, float]:
        return (0.0, math.inf)

    @overload
    def __call__(self, T: float) -> float: ...
    @overload
    def __call__(self, T: Array) -> Array: ...
    def __call__(self, T: float | Array) -> float | Array:
        """Value at T [K]. Raises InputError outside the law's range."""
        t = np.asarray(T, dtype=np.float64)
        self._check(t)
        return _like(self._value(t))

    @overload
    def slope(self, T: float) -> float: ...
    @overload
    def slope(self, T: Array) -> Array: ...
    def slope(self, T: float | Array) -> float | Array:
        """Derivative at T [K], per kelvin. Raises InputError outside the law's range."""
        t = np.asarray(T, dtype=np.float64)
        self._check(t)
        return _like(self._slope(t))

    @overload
    def integral(self, T1: float, T2: float) -> float: ...
    @overload
    def integral(self, T1: Array, T2: Array | float) -> Array: ...
    @overload
    def integral(self, T1: float, T2: Array) -> Array: ...
    def integral(self, T1: float | Array, T2: float | Array) -> float | Array:
        """Integral over temperature from T1 to T2 [K] (broadcast together), negative when T2 < T1.

        Raises InputError outside the law's range."""
        t1, t2 = np.broadcast_arrays(np.asarray(T1, dtype=np.float64), np.asarray(T2, dtype=np.float64))
        self._check(t1)
        self._check(t2)
        return _like(self._integral(t1, t2))

    def scaled(self, factor: float) -> Self:
        """The same law with every value multiplied by ``factor``."""
        raise NotImplementedError

    def _value(self, T: Array) -> Array:
        raise NotImplementedError

    def _slope(self, T: Array) -> Array:
        raise NotImplementedError

    def _integral(self, T1: Array, T2: Array) -> Array:
        raise NotImplementedError

    def _check(self, t: Array) -> None:
        low, high = self.valid
        wrong = (t < low * (1.0 - ROUNDING)) | (t > high * (1.0 + ROUNDING))
        if wrong.any():
            raise InputError(
                f"{_first(t, wrong):g} K is outside the range {low:g} to {high:g} K{self._beyond()}"
            )

    def _beyond(self) -> str:
        """Ends the error text of a temperature out of range: why, and what to do."""
        return ""


@dataclass(frozen=True)
class Constant(TemperatureLaw):
    """The same ``value`` at every temperature."""

    value: float

    def __post_init__(self) -> None:
        _finite("constant", self.value)

    @property
    def constant(self) -> bool:
        return True

    def scaled(self, factor: float) -> Self:
        return replace(self, value=self.value * factor)

    def _check(self, t: Array) -> None:
        pass

    def _value(self, T: Array) -> Array:
        return np.where(np.isnan(T), T, self.value)

    def _slope(self, T: Array) -> Array:
        return np.where(np.isnan(T), T, 0.0)

    def _integral(self, T1: Array, T2: Array) -> Array:
        return self.value * (T2 - T1)


@dataclass(frozen=True)
class Power(TemperatureLaw):
    """value (T/at)^power, for T > 0."""

    value: float
    at: float
    power: float

    def __post_init__(self) -> None:
        _finite("power law", self.value, self.at, self.power)
        if self.at <= 0.0:
            raise InputError(f"power law: at = {self.at:g} K is not above absolute zero")

    def scaled(self, factor: float) -> Self:
        return replace(self, value=self.value * factor)

    def _check(self, t: Array) -> None:
        wrong = t <= 0.0
        if wrong.any():
            raise InputError(
                f"{_first(t, wrong):g} K: a power law of temperature needs temperatures above 0 K"
            )

    def _value(self, T: Array) -> Array:
        return self.value * (T / self.at) ** self.power

    def _slope(self, T: Array) -> Array:
        return self.power * self._value(T) / T

    def _integral(self, T1: Array, T2: Array) -> Array:
        return _power_integral(self._value(T1), self.power, T1, T2)


@dataclass(frozen=True)
class Slope(TemperatureLaw):
    """value + gradient (T - at), as far as it keeps the sign of ``value``: no conductivity below zero."""

    value: float
    at: float
    gradient: float

    def __post_init__(self) -> None:
        _finite("sloping law", self.value, self.at, self.gradient)

    @property
    def valid(self) -> tuple[float, float]:
        if self.value == 0.0 or self.gradient == 0.0:
            return (0.0, math.inf)
        zero = self.at - self.value / self.gradient
        return (0.0, max(zero, 0.0)) if zero > self.at else (max(zero, 0.0), math.inf)

    def scaled(self, factor: float) -> Self:
        return replace(self, value=self.value * factor, gradient=self.gradient * factor)

    def _beyond(self) -> str:
        return ", where the straight line has passed through zero; give a table instead"

    def _value(self, T: Array) -> Array:
        return self.value + self.gradient * (T - self.at)

    def _slope(self, T: Array) -> Array:
        return np.where(np.isnan(T), T, self.gradient)

    def _integral(self, T1: Array, T2: Array) -> Array:
        return (T2 - T1) * self._value(T1 + 0.5 * (T2 - T1))


@dataclass(frozen=True)
class Table(TemperatureLaw):
    """Values between knots: straight lines, or straight in log-log (a power law per segment).

    temperatures : increasing [K], at least two; values : as many.
    between : "linear" or "loglog" (needs positive temperatures and values).
    outside : "error" raises InputError beyond the ends; "hold" keeps the end value there.
    """

    temperatures: tuple[float, ...]
    values: tuple[float, ...]
    between: Literal["linear", "loglog"] = "linear"
    outside: Literal["error", "hold"] = "error"

    def __post_init__(self) -> None:
        object.__setattr__(self, "temperatures", _numbers(self.temperatures))
        object.__setattr__(self, "values", _numbers(self.values))
        T, v = self.temperatures, self.values
        if len(T) != len(v):
            raise InputError(f"table: {len(T)} temperatures but {len(v)} values")
        if len(T) < 2:
            raise InputError("table: at least two points are needed; for one value give the value alone")
        _finite("table", *T, *v)
        for lower, upper in pairwise(T):
            if upper <= lower:
                raise InputError(f"table: temperatures must increase, but {upper:g} K follows {lower:g} K")
        if self.between not in ("linear", "loglog"):
            raise InputError(f'table: between = "{self.between}" is not known; use "linear" or "loglog"')
        if self.outside not in ("error", "hold"):
            raise InputError(f'table: outside = "{self.outside}" is not known; use "error" or "hold"')
        if self.between == "loglog" and (T[0] <= 0.0 or min(v) <= 0.0):
            raise InputError('table: between = "loglog" needs temperatures and values above zero')

    @property
    def valid(self) -> tuple[float, float]:
        return (0.0, math.inf) if self.outside == "hold" else (self.temperatures[0], self.temperatures[-1])

    @property
    def constant(self) -> bool:
        return self.outside == "hold" and min(self.values) == max(self.values)

    def scaled(self, factor: float) -> Self:
        return replace(self, values=tuple(v * factor for v in self.values))

    def _beyond(self) -> str:
        return ' of the table; extend the table, or say outside = "hold" to keep its end value beyond it'

    @cached_property
    def _knots(self) -> Array:
        return np.array(self.temperatures)

    @cached_property
    def _v(self) -> Array:
        return np.array(self.values)

    @cached_property
    def _powers(self) -> Array:
        """Exponent of each segment: log(v2/v1) / log(T2/T1)."""
        return _log_ratio(self._v[:-1], self._v[1:]) / _log_ratio(self._knots[:-1], self._knots[1:])

    @cached_property
    def _running(self) -> tuple[Array, Array]:
        """Integral from the first knot to each knot, as a sum of two floats: rounded value and remainder."""
        parts = self._within(np.arange(len(self._knots) - 1), self._knots[:-1], self._knots[1:])
        total = np.concatenate(([0.0], np.cumsum(parts)))
        before, after = total[:-1], total[1:]
        back = after - before
        lost = (before - (after - back)) + (parts - back)
        return total, np.concatenate(([0.0], np.cumsum(lost)))

    def _segment(self, T: Array) -> NDArray[np.intp]:
        return np.searchsorted(self._knots[1:-1], T, side="right")

    def _inside(self, i: NDArray[np.intp], T: Array) -> Array:
        """Value at T of segment i."""
        lower, upper = self._knots[i], self._knots[i + 1]
        value: Array
        if self.between == "loglog":
            value = self._v[i] * (T / lower) ** self._powers[i]
        else:
            weight = (T - lower) / (upper - lower)
            value = self._v[i] * (1.0 - weight) + self._v[i + 1] * weight
        return value

    def _within(self, i: NDArray[np.intp], T1: Array, T2: Array) -> Array:
        """Integral from T1 to T2, both in segment i."""
        if self.between == "loglog":
            return _power_integral(self._inside(i, T1), self._powers[i], T1, T2)
        return (T2 - T1) * self._inside(i, T1 + 0.5 * (T2 - T1))

    def _value(self, T: Array) -> Array:
        t = np.minimum(np.maximum(T, self._knots[0]), self._knots[-1])
        return self._inside(self._segment(t), t)

    def _slope(self, T: Array) -> Array:
        t = np.clip(T, self._knots[0], self._knots[-1])
        i = self._segment(t)
        if self.between == "loglog":
            slope = self._powers[i] * self._inside(i, t) / t
        else:
            slope = (self._v[i + 1] - self._v[i]) / (self._knots[i + 1] - self._knots[i]) + 0.0 * t
        return np.where(t != T, np.where(np.isnan(T), T, 0.0), slope)

    def _integral(self, T1: Array, T2: Array) -> Array:
        first, last = self._knots[0], self._knots[-1]
        a, b = np.clip(T1, first, last), np.clip(T2, first, last)
        low, high = np.minimum(a, b), np.maximum(a, b)
        i, j = self._segment(low), self._segment(high)
        end = np.where(i == j, high, self._knots[i + 1])
        begin = np.where(i == j, high, self._knots[j])
        sums, rest = self._running
        whole = (sums[j] - sums[np.minimum(i + 1, j)]) + (rest[j] - rest[np.minimum(i + 1, j)])
        inner = self._within(i, low, end) + self._within(j, begin, high) + whole
        below = self._v[0] * (np.minimum(T2, first) - np.minimum(T1, first))
        above = self._v[-1] * (np.maximum(T2, last) - np.maximum(T1, last))
        result: Array = np.where(b < a, -inner, inner) + below + above
        return result


def _power_integral(value: Array, power: float | Array, T1: Array, T2: Array) -> Array:
    """Integral of value (T/T1)^power from T1 to T2, for any power, -1 and its neighbours included.

    value T1 L (e^x - 1)/x with L = log(T2/T1), x = (power + 1) L.
    """
    L = _log_ratio(T1, T2)
    x = (power + 1.0) * L
    nonzero = np.where(x == 0.0, 1.0, x)
    return value * T1 * L * np.where(x == 0.0, 1.0, np.expm1(nonzero) / nonzero)


def _log_ratio(a: Array, b: Array) -> Array:
    """log(b/a), with all digits when b is close to a."""
    difference = (b - a) / a
    near = np.abs(difference) < 0.5
    return np.where(near, np.log1p(np.where(near, difference, 0.0)), np.log(b / a))


def _like(result: Array) -> float | Array:
    return float(result) if result.ndim == 0 else result


def _first(t: Array, wrong: NDArray[np.bool_]) -> float:
    return float(t[wrong].flat[0])


def _numbers(sequence: Sequence[float]) -> tuple[float, ...]:
    return tuple(float(x) for x in sequence)


def _finite(what: str, *numbers: float) -> None:
    for number in numbers:
        if not math.isfinite(number):
            raise InputError(f"{what}: {number} is not a finite number")
