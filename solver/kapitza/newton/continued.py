"""Interface laws and conductivities continued beyond their range: an iteration may look there, a result may not.

A law is continued along its slopes from the nearest temperatures at which it is defined. The slope towards side 2
never falls below a small part of the other one, so a flux can always be inverted for a temperature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kapitza.interfaces.law import Law
from kapitza.laws.kirchhoff import COLDEST, HOTTEST, Kirchhoff
from kapitza.layout import Floats, Ints

FLATTEST = 1e-6


@dataclass(frozen=True)
class Flux:
    """q : (n,) [W/m^2] from side 1 to side 2 · first = dq/dT1 > 0, second = dq/dT2 < 0 [W/(m^2 K)]."""

    q: Floats
    first: Floats
    second: Floats


def flux(law: Law, T1: Floats, T2: Floats) -> Flux:
    """The law at any temperatures (n,)."""
    low, high = max(law.valid[0], COLDEST), min(law.valid[1], HOTTEST)
    a, b = np.clip(T1, low, high), np.clip(T2, low, high)
    q, first, second = law.evaluate(a, b)
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    size = np.maximum(first, -second)
    first, second = np.maximum(first, FLATTEST * size), np.minimum(second, -FLATTEST * size)
    return Flux(q + first * (T1 - a) + second * (T2 - b), first, second)


@dataclass(frozen=True)
class Media:
    """Conductivities of n places, grouped by material so that each is evaluated at once.

    kinds : (n,) material of each place · kirchhoff : of each material
    """

    kinds: Ints
    kirchhoff: Sequence[Kirchhoff]

    @property
    def first(self) -> Kirchhoff:
        """At the first place."""
        return self.kirchhoff[int(self.kinds[0])]

    @property
    def last(self) -> Kirchhoff:
        """At the last place."""
        return self.kirchhoff[int(self.kinds[-1])]

    @cached_property
    def groups(self) -> Sequence[tuple[Ints, Kirchhoff]]:
        """(places, Kirchhoff) of each material."""
        present = np.unique(self.kinds)
        return [(np.flatnonzero(self.kinds == kind), self.kirchhoff[int(kind)]) for kind in present]

    def at(self, places: slice) -> Media:
        """A part of the places."""
        return Media(self.kinds[places], self.kirchhoff)

    def spread(self, repeat: Callable[[Floats], Floats]) -> Media:
        """The places repeated as ``repeat`` repeats an array (n,)."""
        return Media(repeat(self.kinds.astype(float)).astype(np.intp), self.kirchhoff)

    def conductivity(self, T: Floats) -> Floats:
        """k(T) (n,) [W/(m K)]."""
        result = np.empty(len(self.kinds))
        for here, medium in self.groups:
            result[here] = medium.conductivity(T[here])
        return result

    def temperature(self, u: Floats) -> Floats:
        """T(u) (n,) [K]."""
        result = np.empty(len(self.kinds))
        for here, medium in self.groups:
            result[here] = medium.temperature(u[here])
        return result

    def potential(self, T: Floats) -> Floats:
        """u(T) (n,) [W/m]."""
        result = np.empty(len(self.kinds))
        for here, medium in self.groups:
            result[here] = medium.potential(T[here])
        return result

    def check(self, T: Floats) -> None:
        """Raise InputError where a temperature lies outside its material's range."""
        for here, medium in self.groups:
            medium.check(T[here])


def settled(steps: Sequence[float], span: float, largest: float, tolerance: float) -> bool:
    """Whether an iteration is done: its last correction [K] is below ``tolerance`` of the span of temperatures, or so
    small that it no longer shrinks but for rounding."""
    size = steps[-1]
    if size <= tolerance * span + 1e-13 * largest:
        return True
    return len(steps) > 1 and size <= 1e-7 * span + 1e-10 * largest and size > 0.3 * steps[-2]
