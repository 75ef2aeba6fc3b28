"""Diffuse mismatch: a phonon forgets at the interface where it came from.

t(w) = S1 S2/(S1 + S2), S = sum c^-2 over the branches below their cut-offs (`spectrum`), so that the fractions that
pass are a12 = S2/(S1 + S2) and a21 = S1/(S1 + S2): a12 + a21 = 1, detailed balance. Elastic, isotropic, Debye.
Range: rough or disordered interfaces; warm, as long as elastic processes carry the heat.
Source: E. T. Swartz and R. O. Pohl, Rev. Mod. Phys. 61, 605 (1989).
"""

from __future__ import annotations

from kapitza.interfaces import mismatch
from kapitza.interfaces.about import About
from kapitza.interfaces.mismatch import Pair
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.spectrum import Steps, combine, modes
from kapitza.materials.material import Material


def dmm(below: Material, above: Material, cutoff: str = "branch", temperatures: str = "emitted") -> Potential:
    """Law of the pair. Raises InputError for missing data (velocities, and what the cut-off needs)."""
    pair = mismatch.pair(below, above, cutoff, temperatures, "dmm")
    curve = mismatch.curve(pair.converted(transmission(pair)))
    return mismatch.law(curve, below, above, About("dmm", mismatch.conventions(cutoff, temperatures)))


def transmission(pair: Pair) -> Steps:
    """t(w) [s^2/m^2]."""
    return combine(_diffuse, modes(pair.below), modes(pair.above))


def _diffuse(first: float, second: float) -> float:
    return first * (second / (first + second)) if first and second else 0.0
