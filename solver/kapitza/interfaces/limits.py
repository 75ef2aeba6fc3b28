"""Bounds and estimates that need no picture of the interface.

radiation-limit   t(w) = min(S1, S2): every phonon that both sides have passes. No elastic model carries more (with
                  the same cut-off).
inelastic         F1 F2/(F1 + F2), F = sum of C v/4: phonons of any frequency into any (maximum transmission).
                  An estimate, not a bound; often below the radiation limit.
inelastic-bound   min(F1, F2): the side with fewer carriers sends all of them. No exchange of phonons carries more.
F = dPhi/dT is the derivative of the one-way flux of a side with transmission 1.
Source: R. J. Stoner and H. J. Maris, Phys. Rev. B 48, 16373 (1993) (radiation limit); C. Dames and G. Chen,
J. Appl. Phys. 95, 682 (2004) (inelastic) (recalled).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kapitza.errors import InputError
from kapitza.interfaces import mismatch
from kapitza.interfaces.about import About
from kapitza.interfaces.curve import COLDEST, HOTTEST
from kapitza.interfaces.mismatch import Pair
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.spectrum import Steps, combine, modes
from kapitza.laws.temperature import Array
from kapitza.materials.material import Material


def radiation_limit(
    below: Material, above: Material, cutoff: str = "branch", temperatures: str = "emitted"
) -> Potential:
    """Most that passes elastically. Raises InputError for missing data."""
    pair = mismatch.pair(below, above, cutoff, temperatures, "radiation-limit")
    curve = mismatch.curve(pair.converted(transmission(pair)))
    about = About("radiation-limit", mismatch.conventions(cutoff, temperatures))
    return mismatch.law(curve, below, above, about)


def inelastic(
    below: Material, above: Material, cutoff: str = "branch", temperatures: str = "emitted"
) -> Potential:
    """Maximum-transmission estimate. Raises InputError for missing data."""
    pair = mismatch.pair(below, above, cutoff, temperatures, "inelastic")
    curve = mismatch.curve_of(Exchange(modes(pair.below), modes(pair.above), temperatures))
    said = (("kind", "maximum transmission: an estimate, not a bound"),)
    about = About("inelastic", (*said, *mismatch.conventions(cutoff, temperatures)))
    return mismatch.law(curve, below, above, about, elastic=False)


def inelastic_bound(
    below: Material, above: Material, cutoff: str = "branch", temperatures: str = "emitted"
) -> Potential:
    """Most that passes with inelastic channels. Raises InputError for missing data, and between equilibrium
    temperatures, where it is no bound: they coincide when both sides send all they have."""
    pair = mismatch.pair(below, above, cutoff, temperatures, "inelastic-bound")
    if temperatures != "emitted":
        raise InputError('inelastic-bound: there is no bound for temperatures = "equilibrium"; use "emitted"')
    first, second = modes(pair.below), modes(pair.above)
    curve = mismatch.curve_of(Bound(first, second), crossings(first, second))
    about = About("inelastic-bound", mismatch.conventions(cutoff, temperatures))
    return mismatch.law(curve, below, above, about, elastic=False)


def transmission(pair: Pair) -> Steps:
    """min(S1, S2) [s^2/m^2]."""
    return combine(min, modes(pair.below), modes(pair.above))


@dataclass(frozen=True)
class Exchange:
    """G(T) = F1 F2/(F1 + F2); the fractions F2/(F1 + F2) and F1/(F1 + F2) that pass add up to 1."""

    first: Steps
    second: Steps
    temperatures: str

    def __call__(self, T: Array) -> Array:
        one, other = self.first.conductance(T), self.second.conductance(T)
        G = one * (other / (one + other))
        return 2.0 * G if self.temperatures == "equilibrium" else G


@dataclass(frozen=True)
class Bound:
    """G(T) = min(F1, F2)."""

    first: Steps
    second: Steps

    def __call__(self, T: Array) -> Array:
        return np.minimum(self.first.conductance(T), self.second.conductance(T))


@lru_cache(maxsize=4096)
def crossings(first: Steps, second: Steps) -> tuple[float, ...]:
    """Temperatures [K] at which the lesser side changes: intervals with a change of sign, divided again and again."""
    found = []
    T = np.geomspace(COLDEST, HOTTEST, 241)
    for i in _changes(first, second, T):
        part = T[i : i + 2]
        while part[1] - part[0] > 1e-13 * part[1]:
            finer = np.linspace(part[0], part[1], 65)
            changes = _changes(first, second, finer)
            if not len(changes):
                break
            part = finer[changes[0] : changes[0] + 2]
        found.append(float(part[1]))
    return tuple(found)


def _changes(first: Steps, second: Steps, T: Array) -> NDArray[np.intp]:
    """Intervals of T in which the sign of F1 - F2 changes."""
    sign = np.signbit(first.conductance(T) - second.conductance(T))
    return np.flatnonzero(sign[1:] != sign[:-1])
