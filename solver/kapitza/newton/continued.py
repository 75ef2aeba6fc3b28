"""Interface laws and conductivities continued beyond their range: an iteration may look there, a result may not.

A law is continued along its slopes from the nearest temperatures at which it is defined. The slope towards side 2
never falls below a small part of the other one, so a flux can always be inverted for a temperature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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

    groups : (indices, Kirchhoff) of each material · first, last : of the first and the last place
    """

    size: int
    groups: Sequence[tuple[Ints, Kirchhoff]]
    first: Kirchhoff
    last: Kirchhoff

    @staticmethod
    def of(kinds: Ints, kirchhoff: Sequence[Kirchhoff]) -> Media:
        """``kinds`` (n,): which of ``kirchhoff`` holds at each place."""
        groups = [(np.flatnonzero(kinds == kind), kirchhoff[int(kind)]) for kind in np.unique(kinds)]
        return Media(len(kinds), groups, kirchhoff[int(kinds[0])], kirchhoff[int(kinds[-1])])

    def conductivity(self, T: Floats) -> Floats:
        """k(T) (n,) [W/(m K)]."""
        result = np.empty(self.size)
        for here, medium in self.groups:
            result[here] = medium.conductivity(T[here])
        return result

    def temperature(self, u: Floats) -> Floats:
        """T(u) (n,) [K]."""
        result = np.empty(self.size)
        for here, medium in self.groups:
            result[here] = medium.temperature(u[here])
        return result

    def potential(self, T: Floats) -> Floats:
        """u(T) (n,) [W/m]."""
        result = np.empty(self.size)
        for here, medium in self.groups:
            result[here] = medium.potential(T[here])
        return result

    def check(self, T: Floats) -> None:
        """Raise InputError where a temperature lies outside its material's range."""
        for here, medium in self.groups:
            medium.check(T[here])
