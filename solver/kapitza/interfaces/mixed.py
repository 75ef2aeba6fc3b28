"""Between specular and diffuse: a share p of the phonons by acoustic, the rest by diffuse mismatch.

G = p G_AMM + (1 - p) G_DMM, with one p for all, or from a roughness eta (root mean square height) by
p(w) = exp(-16 pi^2 eta^2/lambda^2), lambda = 2 pi c/w the wavelength on the slower side (its slowest branch), the
shortest at that frequency: the same for both directions, so the law stays reciprocal.
Source: J. M. Ziman, Electrons and Phonons (1960), ch. 11.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapitza.errors import InputError
from kapitza.interfaces import amm, dmm, mismatch
from kapitza.interfaces.about import About
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.spectrum import BOLTZMANN, HBAR, Steps, combine
from kapitza.laws.temperature import Array
from kapitza.materials.material import Material


def mixed(
    below: Material,
    above: Material,
    specularity: float | None = None,
    roughness: float | None = None,
    variant: str = amm.DEFAULT,
    cutoff: str = "branch",
    temperatures: str = "emitted",
) -> Potential:
    """Give ``specularity`` p (0 to 1) or ``roughness`` [m]. Raises InputError for missing data."""
    if (specularity is None) == (roughness is None):
        raise InputError("mixed: give specularity (0 to 1), or roughness, and not both")
    if specularity is not None and not 0.0 <= specularity <= 1.0:
        raise InputError(f"mixed: specularity = {specularity} must lie between 0 and 1")
    if roughness is not None and not roughness >= 0.0:
        raise InputError(f"mixed: roughness = {roughness} m must not be below zero")
    pair = mismatch.pair(below, above, cutoff, temperatures, "mixed")
    specular = pair.converted(amm.transmission(pair, below, above, variant, "mixed"))
    diffuse = pair.converted(dmm.transmission(pair))
    if specularity is not None:
        p = specularity
        curve = mismatch.curve(combine(lambda a, d: p * a + (1.0 - p) * d, specular, diffuse))
        chosen: tuple[str, float] = ("specularity", p)
    else:
        slowest = min(branch.velocity for side in (pair.below, pair.above) for branch in side.branches)
        assert roughness is not None
        curve = mismatch.curve_of(Rough(diffuse, specular, 2.0 * roughness / slowest))
        chosen = ("roughness", roughness)
    about = About("mixed", (chosen, ("variant", variant), *mismatch.conventions(cutoff, temperatures)))
    return mismatch.law(curve, below, above, about)


@dataclass(frozen=True)
class Rough:
    """G(T) of t(w) = diffuse + p(w) (specular - diffuse), p = exp(-(w delay)^2), delay = 2 eta/c [s]."""

    diffuse: Steps
    specular: Steps
    delay: float

    def __call__(self, T: Array) -> Array:
        change = combine(lambda s, d: s - d, self.specular, self.diffuse)
        total = self.diffuse.conductance(T)
        x, w = np.polynomial.legendre.leggauss(20)
        low = 0.0
        for high, value in zip(change.edges, change.values, strict=True):
            # panels halved from each edge down resolve the Gaussian and the thermal factor at any temperature
            ends = [low, *(e for e in high * 0.5 ** np.arange(40.0, 0.0, -1.0) if e > low), high]
            half = 0.5 * np.diff(ends)[:, np.newaxis]
            frequency = (np.array(ends[:-1])[:, np.newaxis] + half * (x + 1.0)).ravel()
            share = value * np.exp(-((frequency * self.delay) ** 2)) * (half * w).ravel()
            total += _thermal(frequency, T) @ share
            low = high
        return total


def _thermal(frequency: Array, T: Array) -> Array:
    """hbar w^3 (dn/dT)/(8 pi^2), shape (T, w)."""
    u = np.minimum(HBAR * frequency / (BOLTZMANN * T[:, np.newaxis]), 1400.0)
    return BOLTZMANN / (8.0 * np.pi**2) * (frequency * (0.5 * u) / np.sinh(0.5 * u)) ** 2
