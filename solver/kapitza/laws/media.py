"""The conductivities of many places at once, each material evaluated in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kapitza.laws.kirchhoff import Kirchhoff

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


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
        """(places, Kirchhoff) of each material, kinds that share one taken together."""
        known: dict[int, int] = {}
        same = np.array([known.setdefault(id(one), kind) for kind, one in enumerate(self.kirchhoff)])
        owner = same[self.kinds]
        return [(np.flatnonzero(owner == kind), self.kirchhoff[int(kind)]) for kind in np.unique(owner)]

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
