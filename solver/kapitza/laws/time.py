"""Functions of time as data: powers, fluxes, temperatures that change in known ways.

Each is a frozen value that knows its own events: the instants at which it jumps or bends. A step of a time integration
ends there, so between two events every law is smooth (in fact a straight line). At a jump a law has two values: the
one before and the one after.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from kapitza.bychannel import ByChannel
from kapitza.errors import InputError

Array = NDArray[np.float64]


def number(value: float | TimeLaw | ByChannel[float | TimeLaw]) -> float:
    """A value that must not depend on time: steady problems and patterns know none. Raises InputError for a law, and
    for values by channel where there is one temperature per place."""
    if isinstance(value, ByChannel):
        raise InputError(
            f"values of {', '.join(value.names)} were given, but no channels; name them in channels"
        )
    if isinstance(value, TimeLaw):
        raise InputError(
            "a function of time was given, but no [transient]: say until when to run, or give a number"
        )
    return value


def at_start(value: float | TimeLaw) -> float:
    """A value as it is at t = 0."""
    return value(0.0) if isinstance(value, TimeLaw) else value


class Event(NamedTuple):
    """An instant [s] at which a law is not smooth; ``jump``: its value changes at once."""

    time: float
    jump: bool


NEVER = Event(math.inf, False)


class TimeLaw:
    """Base of all functions of time.

    ``law(t)`` is the value just after t [s], ``law(t, after=False)`` just before; ``following(t)`` the first event
    later than t; ``integral(t1, t2)`` over time; ``scaled(f)`` the same law times f; ``peak`` the largest magnitude
    at any time; ``extent`` the lowest and highest value.
    """

    def __call__(self, t: float, *, after: bool = True) -> float:
        raise NotImplementedError

    def following(self, t: float) -> Event:
        raise NotImplementedError

    def integral(self, t1: float, t2: float) -> float:
        raise NotImplementedError

    def scaled(self, factor: float) -> Self:
        raise NotImplementedError

    @property
    def extent(self) -> tuple[float, float]:
        raise NotImplementedError

    @property
    def peak(self) -> float:
        return max(abs(value) for value in self.extent)


@dataclass(frozen=True, eq=False)
class _Listed(TimeLaw):
    """times : (n,) [s], rising · values : (n,). Sequences are accepted. The first value holds before the first time,
    the last one after the last."""

    times: Array
    values: Array

    def __post_init__(self) -> None:
        times, values = np.asarray(self.times, dtype=float), np.asarray(self.values, dtype=float)
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", values)
        if times.ndim != 1 or times.shape != values.shape or len(times) == 0:
            raise InputError(f"function of time: {times.size} times and {values.size} values do not match")
        wrong = ~(np.isfinite(times) & np.isfinite(values))
        if wrong.any():
            raise InputError(f"function of time: entry {int(np.argmax(wrong))} is not a finite number")
        if np.any(np.diff(times) <= 0):
            row = int(np.argmax(np.diff(times) <= 0)) + 1
            raise InputError(
                f"function of time: times must rise, but entry {row} is at {times[row]:g} s after {times[row - 1]:g} s"
            )

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, _Listed):
            return False
        return np.array_equal(self.times, other.times) and np.array_equal(self.values, other.values)

    def __hash__(self) -> int:
        return hash((type(self), self.times.tobytes(), self.values.tobytes()))

    def scaled(self, factor: float) -> Self:
        return replace(self, values=factor * self.values)

    @property
    def extent(self) -> tuple[float, float]:
        return float(self.values.min()), float(self.values.max())


@dataclass(frozen=True, eq=False)
class Steps(_Listed):
    """Piecewise constant: ``values[i]`` from ``times[i]`` on."""

    def __call__(self, t: float, *, after: bool = True) -> float:
        i = int(np.searchsorted(self.times, t, side="right" if after else "left")) - 1
        return float(self.values[max(i, 0)])

    def following(self, t: float) -> Event:
        i = max(int(np.searchsorted(self.times, t, side="right")), 1)
        while i < len(self.times) and self.values[i] == self.values[i - 1]:
            i += 1
        return Event(float(self.times[i]), jump=True) if i < len(self.times) else NEVER

    def integral(self, t1: float, t2: float) -> float:
        inside = self.times[1:][(self.times[1:] > t1) & (self.times[1:] < t2)]
        edges = np.concatenate([[t1], inside, [t2]])
        i = np.maximum(np.searchsorted(self.times, edges[:-1], side="right") - 1, 0)
        return float(self.values[i] @ np.diff(edges))


@dataclass(frozen=True, eq=False)
class Ramp(_Listed):
    """Straight lines from one entry to the next."""

    def __call__(self, t: float, *, after: bool = True) -> float:
        return float(np.interp(t, self.times, self.values))

    def following(self, t: float) -> Event:
        i = int(np.searchsorted(self.times, t, side="right"))
        return Event(float(self.times[i]), jump=False) if i < len(self.times) else NEVER

    def integral(self, t1: float, t2: float) -> float:
        inside = self.times[(self.times > t1) & (self.times < t2)]
        edges = np.concatenate([[t1], inside, [t2]])
        values = np.interp(edges, self.times, self.values)
        return float(0.5 * (values[1:] + values[:-1]) @ np.diff(edges))


@dataclass(frozen=True)
class Pulse(TimeLaw):
    """``value`` for ``on`` seconds at the start of every ``period`` [s], ``base`` for the rest; the first begins at
    ``start`` [s]."""

    value: float
    on: float
    period: float
    start: float = 0.0
    base: float = 0.0

    def __post_init__(self) -> None:
        if not (0.0 < self.on < self.period and math.isfinite(self.period)):
            raise InputError(
                f"pulse: on for {self.on:g} s of every {self.period:g} s; it must be longer than nothing and "
                "shorter than the period"
            )
        if not all(math.isfinite(v) for v in (self.value, self.base, self.start)):
            raise InputError("pulse: value, base and start must be finite numbers")

    def _edges(self, t: float) -> tuple[float, float, float]:
        """(on, off, on again) of the period in which t lies, as exact multiples of it."""
        n = math.floor((t - self.start) / self.period)
        # Rounding of the quotient must not put an instant into the neighbouring period.
        if self.start + (n + 1) * self.period <= t:
            n += 1
        elif self.start + n * self.period > t:
            n -= 1
        begin = self.start + n * self.period
        return begin, begin + self.on, self.start + (n + 1) * self.period

    def __call__(self, t: float, *, after: bool = True) -> float:
        if t < self.start or (t == self.start and not after):
            return self.base
        begin, end, _ = self._edges(t)
        if t == begin and not after:
            return self.base
        return self.value if t < end or (t == end and not after) else self.base

    def following(self, t: float) -> Event:
        if t < self.start:
            return Event(self.start, jump=True)
        _, end, again = self._edges(t)
        return Event(end if t < end else again, jump=True)

    def integral(self, t1: float, t2: float) -> float:
        return self._until(t2) - self._until(t1)

    def _until(self, t: float) -> float:
        if t <= self.start:
            return self.base * (t - self.start)
        begin, _, _ = self._edges(t)
        whole = round((begin - self.start) / self.period) * self.on + min(t - begin, self.on)
        return self.base * (t - self.start) + (self.value - self.base) * whole

    def scaled(self, factor: float) -> Self:
        return replace(self, value=factor * self.value, base=factor * self.base)

    @property
    def extent(self) -> tuple[float, float]:
        return min(self.value, self.base), max(self.value, self.base)


def flash(fluence: float, duration: float, start: float = 0.0) -> Steps:
    """A single pulse as a flux [W/m^2]: ``fluence`` [J/m^2], evenly over ``duration`` [s], from ``start`` [s] on."""
    if not (duration > 0.0 and math.isfinite(duration) and math.isfinite(fluence) and math.isfinite(start)):
        raise InputError(f"flash: fluence {fluence:g} J/m^2 over {duration:g} s; give a duration above zero")
    before = min(0.0, start) - duration
    return Steps(np.array([before, start, start + duration]), np.array([0.0, fluence / duration, 0.0]))
