"""Acoustic mismatch: plane waves at a plane interface, per branch, without conversion of modes.

sin(th2)/c2 = sin(th1)/c1; total reflection beyond the critical angle. Fraction of energy that passes:
"fluid"  4 Z1 Z2 cos1 cos2/(Z2 cos1 + Z1 cos2)^2   (sound in fluids)
"sh"     4 Z1 Z2 cos1 cos2/(Z1 cos1 + Z2 cos2)^2   (shear waves polarised in the interface)
"mixed"  longitudinal by fluid, transverse by sh          with Z = density c.
Over all angles of incidence Gamma1 = integral of alpha mu dmu (mu = cos th1, 0 to 1), and
t(w) = sum over branches of 2 Gamma1 c1^-2 below the lower of the two cut-offs. Gamma1/c1^2 = Gamma2/c2^2: reciprocal.
Range: clean interfaces and phonons long against roughness: a few kelvins. An order or two low for helium.
Source: W. A. Little, Can. J. Phys. 37, 334 (1959); E. T. Swartz and R. O. Pohl, Rev. Mod. Phys. 61, 605 (1989).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from kapitza.errors import InputError
from kapitza.interfaces import mismatch
from kapitza.interfaces.about import About
from kapitza.interfaces.mismatch import Pair
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.spectrum import Branch, Steps, combine, need
from kapitza.laws.temperature import Array
from kapitza.materials.material import Material

Energy = Callable[[float, float, Array, Array], Array]
DEFAULT = "fluid"


def amm(
    below: Material,
    above: Material,
    variant: str = DEFAULT,
    cutoff: str = "branch",
    temperatures: str = "emitted",
) -> Potential:
    """Law of the pair. Raises InputError for missing data (velocities, densities, and what the cut-off needs)."""
    pair = mismatch.pair(below, above, cutoff, temperatures, "amm")
    curve = mismatch.curve(pair.converted(transmission(pair, below, above, variant, "amm")))
    about = About("amm", (("variant", variant), *mismatch.conventions(cutoff, temperatures)))
    return mismatch.law(curve, below, above, about, specular=True)


def transmission(pair: Pair, below: Material, above: Material, variant: str, model: str) -> Steps:
    """t(w) [s^2/m^2]; a branch that one side lacks (shear in a fluid) does not pass."""
    if variant not in VARIANTS:
        known = ", ".join(f'"{name}"' for name in VARIANTS)
        raise InputError(f'{model}: variant = "{variant}" is not known; use {known}')
    longitudinal, transverse = VARIANTS[variant]
    rho1, rho2 = need(below, "density", model), need(above, "density", model)
    parts = [_branch(pair.below.longitudinal, pair.above.longitudinal, rho1, rho2, longitudinal)]
    if pair.below.transverse is not None and pair.above.transverse is not None:
        parts.append(_branch(pair.below.transverse, pair.above.transverse, rho1, rho2, transverse))
    return combine(lambda *values: sum(values), *parts)


def normal_incidence(Z1: float, Z2: float) -> float:
    """4 Z1 Z2/(Z1 + Z2)^2: fraction of energy that passes at right angles; Z = density * velocity [kg/(m^2 s)]."""
    return 4.0 * Z1 * Z2 / (Z1 + Z2) ** 2


def fluid(Z1: float, Z2: float, cos1: Array, cos2: Array) -> Array:
    """Fraction of energy that passes between fluids, by the cosines of both angles."""
    return _fraction(Z2 * cos1, Z1 * cos2)


def sh(Z1: float, Z2: float, cos1: Array, cos2: Array) -> Array:
    """Fraction of energy that passes for shear polarised in the interface, by the cosines of both angles."""
    return _fraction(Z1 * cos1, Z2 * cos2)


def _fraction(a: Array, b: Array) -> Array:
    """4 a b/(a + b)^2, whatever the size of a and b."""
    total = a + b
    return 4.0 * (a / total) * (b / total)


VARIANTS: dict[str, tuple[Energy, Energy]] = {"fluid": (fluid, fluid), "sh": (sh, sh), "mixed": (fluid, sh)}


def _branch(first: Branch, second: Branch, rho1: float, rho2: float, energy: Energy) -> Steps:
    value = 2.0 * first.count * passing(first.velocity, second.velocity, rho1, rho2, energy)
    return Steps((min(first.cutoff, second.cutoff),), (value,))


@lru_cache(maxsize=4096)
def passing(c1: float, c2: float, rho1: float, rho2: float, energy: Energy) -> float:
    """Gamma1/c1^2 = Gamma2/c2^2 [s^2/m^2].

    The integral runs over the cosine on the faster side, which the slower side's never cuts off:
    mu1 dmu1/c1^2 = mu2 dmu2/c2^2. All singularities lie at Re mu <= 0, so panels halved towards 0 reach rounding.
    """
    if c2 > c1:
        c1, c2, rho1, rho2 = c2, c1, rho2, rho1
    mu, weights = _panels()
    other = np.sqrt((1.0 - (c2 / c1) * (c2 / c1)) + (c2 / c1 * mu) ** 2)
    return float((energy(rho1 * c1, rho2 * c2, mu, other) * mu * weights).sum()) / c1**2


@lru_cache(maxsize=1)
def _panels() -> tuple[Array, Array]:
    """Gauss points and weights on 0 to 1, in 50 panels halved towards 0."""
    x, w = np.polynomial.legendre.leggauss(14)
    edges = np.concatenate(([0.0], 0.5 ** np.arange(49.0, -1.0, -1.0)))
    half = 0.5 * np.diff(edges)[:, np.newaxis]
    return (edges[:-1, np.newaxis] + half * (x + 1.0)).ravel(), (half * w).ravel()
