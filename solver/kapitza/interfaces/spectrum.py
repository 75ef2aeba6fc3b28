"""Phonon spectra in the Debye approximation, and the conductance of a transmission that depends on frequency.

A branch has one velocity c up to a cut-off. sum c^-2 over the branches that exist at a frequency counts the phonons
that arrive at a surface; every model says which part t(w) of them passes:

    G = 1/(8 pi^2) * integral of hbar w^3 (dn/dT) t(w) dw

With t constant between cut-offs this is a sum of Debye integrals J(x) = integral of u^4 e^u/(e^u - 1)^2 from 0 to x.
At low temperature G = C3 T^3 t(0), C3 = pi^2 k_B^4/(30 hbar^3).

Cut-off convention (worth a factor of 2 to 9 above 50 K, so it is named in every result):
"branch": w_c = c (6 pi^2 n)^(1/3), n atoms per volume · "debye": w_c = k_B theta_D/hbar.
Source: E. T. Swartz and R. O. Pohl, Rev. Mod. Phys. 61, 605 (1989).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kapitza.errors import InputError
from kapitza.laws.temperature import Array
from kapitza.materials.material import Material

BOLTZMANN = 1.380649e-23  # J/K
HBAR = 1.054571817e-34  # J s, as tabulated
C3 = math.pi**2 * BOLTZMANN**4 / (30.0 * HBAR**3)  # W/(m^2 K^4) per (s/m)^2

CUTOFFS = ("branch", "debye")
DEBYE_TOTAL = 4.0 * math.pi**4 / 15.0  # J(infinity)
FLUIDS = ("liquid", "gas")


@dataclass(frozen=True)
class Branch:
    """``count`` branches of sound ``velocity`` c [m/s] up to ``cutoff`` [rad/s]."""

    velocity: float
    count: int
    cutoff: float

    @property
    def modes(self) -> float:
        """count / c^2 [s^2/m^2]."""
        return self.count / self.velocity**2


@dataclass(frozen=True)
class Spectrum:
    """Phonons of one side: longitudinal, and (not in a fluid) two transverse branches."""

    longitudinal: Branch
    transverse: Branch | None

    @property
    def branches(self) -> tuple[Branch, ...]:
        return (self.longitudinal,) if self.transverse is None else (self.longitudinal, self.transverse)


def spectrum(material: Material, cutoff: str, model: str) -> Spectrum:
    """Branches of a material. Raises InputError, naming ``model``, for data that are missing."""
    if cutoff not in CUTOFFS:
        raise InputError(f'{model}: cutoff = "{cutoff}" is not known; use "branch" or "debye"')
    fluid = material.category in FLUIDS and material.velocity_transverse is None
    velocity = need(material, "velocity_longitudinal", model)
    if cutoff == "branch":
        reach = (6.0 * math.pi**2 * need(material, "number_density", model)) ** (1.0 / 3.0)
        longitudinal = Branch(velocity, 1, velocity * reach)
    else:
        top = BOLTZMANN * need(material, "debye_temperature", model) / HBAR
        longitudinal = Branch(velocity, 1, top)
    if fluid:
        return Spectrum(longitudinal, None)
    slower = need(material, "velocity_transverse", model)
    return Spectrum(longitudinal, Branch(slower, 2, slower * reach if cutoff == "branch" else top))


def need(material: Material, key: str, model: str) -> float:
    """A property that ``model`` cannot do without. Raises InputError if it is not known."""
    value: float | None = getattr(material, key)
    if value is None:
        raise InputError(
            f"{model}: the {key.replace('_', ' ')} of {material.name} is not known; "
            f"give {key} under [materials.{material.name}], or use another model"
        )
    return value


@dataclass(frozen=True)
class Steps:
    """A function of frequency, constant between edges and zero above the last.

    edges : increasing [rad/s] · values : as many, the k-th holds below edge k and above the one before
    """

    edges: tuple[float, ...]
    values: tuple[float, ...]

    def at(self, frequency: float) -> float:
        for edge, value in zip(self.edges, self.values, strict=True):
            if frequency < edge:
                return value
        return 0.0

    def conductance(self, T: Array) -> Array:
        """G(T) [W/(m^2 K)] if the values are t(w) [s^2/m^2]; T (n,) > 0."""
        total = np.zeros_like(T)
        drops = np.array(self.values) - np.append(self.values[1:], 0.0)
        for edge, drop in zip(self.edges, drops, strict=True):
            total += drop * debye_integral(HBAR * edge / (BOLTZMANN * T))
        return BOLTZMANN / (8.0 * math.pi**2) * (BOLTZMANN * T / HBAR) ** 3 * total


def modes(side: Spectrum) -> Steps:
    """Sum of count/c^2 over the branches below their cut-offs [s^2/m^2]: every arriving phonon passes."""
    edges = tuple(sorted({branch.cutoff for branch in side.branches}))
    values = (sum(b.modes for b in side.branches if edge <= b.cutoff) for edge in edges)
    return Steps(edges, tuple(values))


def combine(function: Callable[..., float], *steps: Steps) -> Steps:
    """``function`` of several step functions, as a step function."""
    edges = tuple(sorted({edge for step in steps for edge in step.edges}))
    middles = [0.5 * (low + high) for low, high in pairwise((0.0, *edges))]
    return Steps(edges, tuple(function(*(step.at(w) for step in steps)) for w in middles))


def debye_integral(x: Array) -> Array:
    """J(x) = integral of u^4 e^u/(e^u - 1)^2 from 0 to x, to rounding; x (n,) > 0."""
    x = np.asarray(x, dtype=np.float64)
    result = np.empty_like(x)
    small = x < 3.0
    nodes, weights = np.polynomial.legendre.leggauss(16)
    near = x[small, np.newaxis]
    u = near * (0.5 * (nodes + 1.0))
    result[small] = ((u * u / (2.0 * np.sinh(0.5 * u))) ** 2 * (0.5 * weights * near)).sum(axis=1)
    far = x[~small, np.newaxis]
    k = np.arange(1.0, 15.0)
    tail = far**4 + 4.0 * far**3 / k + 12.0 * far**2 / k**2 + 24.0 * far / k**3 + 24.0 / k**4
    result[~small] = DEBYE_TOTAL - (tail * np.exp(-k * far)).sum(axis=1)
    return result
