"""Interface models written out once more, plainly: integrals by adaptive quadrature, angles as angles."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from scipy.integrate import quad

from kapitza.materials.material import Material

BOLTZMANN = 1.380649e-23
HBAR = 1.054571817e-34


def random_material(rng: np.random.Generator, name: str) -> Material:
    """An isotropic solid with velocities, density and cut-offs anywhere between lead and diamond."""
    longitudinal = float(rng.uniform(2000.0, 18000.0))
    transverse = longitudinal * float(rng.uniform(0.35, 0.75))
    n = float(np.exp(rng.uniform(np.log(2.5e28), np.log(1.8e29))))
    mean = (3.0 / (longitudinal**-3 + 2.0 * transverse**-3)) ** (1 / 3)
    debye = HBAR * mean * (6.0 * math.pi**2 * n) ** (1 / 3) / BOLTZMANN
    return Material(
        name,
        10.0,
        density=float(rng.uniform(1500.0, 20000.0)),
        velocity_longitudinal=longitudinal,
        velocity_transverse=transverse,
        number_density=n,
        debye_temperature=debye * float(rng.uniform(0.8, 1.2)),
    )


def branches(m: Material, cutoff: str) -> list[tuple[float, int, float]]:
    """(velocity, count, cut-off frequency) of L and T."""
    reach = (6.0 * math.pi**2 * m.number_density) ** (1 / 3)
    top = BOLTZMANN * m.debye_temperature / HBAR
    pairs = [(m.velocity_longitudinal, 1), (m.velocity_transverse, 2)]
    return [(c, g, c * reach if cutoff == "branch" else top) for c, g in pairs]


def arriving(m: Material, cutoff: str, w: float) -> float:
    """Sum of 1/c^2 over the branches that exist at w."""
    return sum(g / c**2 for c, g, top in branches(m, cutoff) if w < top)


def spectral(transmission, tops, T: float) -> float:
    """1/(8 pi^2) * integral of hbar w^3 dn/dT t(w) dw, piece by piece between the cut-offs ``tops``."""

    def integrand(x: float, T: float) -> float:
        thermal = x * math.exp(-x) / (1.0 - math.exp(-x)) ** 2 / T  # dn/dT
        w = BOLTZMANN * T * x / HBAR
        return HBAR * w**3 * thermal * transmission(w) * BOLTZMANN * T / HBAR if x > 0.0 else 0.0

    edges = [0.0, *sorted({min(HBAR * top / (BOLTZMANN * T), 120.0) for top in tops})]
    edges = sorted({*edges, *(p for p in (4.0, 15.0, 50.0) if p < edges[-1])})
    total = 0.0
    for low, high in pairwise(edges):
        total += quad(integrand, low, high, args=(T,), epsabs=0.0, epsrel=1e-10, limit=200)[0]
    return total / (8.0 * math.pi**2)


def one_way(m: Material, cutoff: str, T: float) -> float:
    """F' = sum of C v/4."""
    return spectral(lambda w: arriving(m, cutoff, w), [b[2] for b in branches(m, cutoff)], T)


def dmm(a: Material, b: Material, cutoff: str, T: float) -> float:
    def t(w: float) -> float:
        s1, s2 = arriving(a, cutoff, w), arriving(b, cutoff, w)
        return s1 * s2 / (s1 + s2) if s1 and s2 else 0.0

    return spectral(t, _tops(a, b, cutoff), T)


def radiation_limit(a: Material, b: Material, cutoff: str, T: float) -> float:
    return spectral(lambda w: min(arriving(a, cutoff, w), arriving(b, cutoff, w)), _tops(a, b, cutoff), T)


def angle_integral(c1: float, c2: float, rho1: float, rho2: float, variant: str) -> float:
    """Gamma1 = integral of alpha cos sin over the angle on side 1, up to the critical one."""
    Z1, Z2 = rho1 * c1, rho2 * c2

    def integrand(angle: float) -> float:
        cos1 = math.cos(angle)
        sin2 = c2 / c1 * math.sin(angle)
        cos2 = math.sqrt(max(1.0 - sin2 * sin2, 0.0))
        below = Z2 * cos1 + Z1 * cos2 if variant == "fluid" else Z1 * cos1 + Z2 * cos2
        return 4.0 * Z1 * Z2 * cos1 * cos2 / below**2 * cos1 * math.sin(angle)

    critical = math.asin(c1 / c2) if c2 > c1 else 0.5 * math.pi
    # the square root at the critical angle is taken out by angle = critical (1 - s^2)
    return quad(
        lambda s: integrand(critical * (1.0 - s * s)) * 2.0 * s * critical,
        0.0,
        1.0,
        epsabs=0.0,
        epsrel=1e-12,
        limit=400,
    )[0]


def amm(a: Material, b: Material, variant: str, cutoff: str, T: float) -> float:
    forms = {"fluid": ("fluid", "fluid"), "sh": ("sh", "sh"), "mixed": ("fluid", "sh")}[variant]
    total = 0.0
    for (c1, g, w1), (c2, _, w2), form in zip(branches(a, cutoff), branches(b, cutoff), forms, strict=True):
        gamma = angle_integral(c1, c2, a.density, b.density, form)
        top = min(w1, w2)
        total += 2.0 * gamma * g / c1**2 * spectral(lambda w: 1.0, [top], T)
    return total


def _tops(a: Material, b: Material, cutoff: str) -> list[float]:
    return [branch[2] for side in (a, b) for branch in branches(side, cutoff)]
