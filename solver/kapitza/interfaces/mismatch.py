"""What all phonon mismatch models share: two spectra, the convention of temperature, guards, one curve per pair.

Temperatures. The two temperatures of a mismatch model are those of the phonons that are *emitted* towards the
interface (as in Landauer's formula). A thermometer beside it measures the equivalent *equilibrium* temperature of
all phonons there, and G = G_emitted / (1 - (a12 + a21)/2) with the fractions a12, a21 that pass at each frequency;
twice the emitted value for diffuse mismatch. "emitted" is the default; the result names it.
Source: G. Chen, Phys. Rev. B 57, 14958 (1998); T. Zeng and G. Chen, J. Heat Transfer 123, 340 (2001) (recalled).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from kapitza.errors import InputError
from kapitza.interfaces.about import About, Guard
from kapitza.interfaces.curve import Polynomials, fit_phonons
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.spectrum import BOLTZMANN, HBAR, Spectrum, Steps, combine, modes, spectrum
from kapitza.laws.temperature import Array
from kapitza.materials.material import Material

TEMPERATURES = ("emitted", "equilibrium")
DOMINANT = 2.821439  # h nu / (k_B T) where the spectrum of phonon energy peaks
SPECULAR = 10.0  # wavelengths shorter than this many atoms do not see a plane interface


@dataclass(frozen=True)
class Pair:
    """Two spectra with the same conventions; ``temperatures``: "emitted" or "equilibrium"."""

    below: Spectrum
    above: Spectrum
    temperatures: str

    def converted(self, transmission: Steps) -> Steps:
        """t(w) in the convention of temperature."""
        if self.temperatures == "emitted":
            return transmission

        return combine(_equilibrium, transmission, modes(self.below), modes(self.above))


def _equilibrium(t: float, first: float, second: float) -> float:
    """t / (1 - (a12 + a21)/2) at one frequency."""
    if not t:
        return 0.0
    kept = 1.0 - 0.5 * (t / first + t / second)
    if kept < 1e-12:
        raise InputError(
            'temperatures = "equilibrium": every phonon passes this interface, so between equilibrium temperatures '
            'there is no resistance; use model = "perfect"'
        )
    return t / kept


def pair(below: Material, above: Material, cutoff: str, temperatures: str, model: str) -> Pair:
    """Spectra of both sides. Raises InputError for unknown conventions and missing data."""
    if temperatures not in TEMPERATURES:
        raise InputError(
            f'{model}: temperatures = "{temperatures}" is not known; use "emitted" or "equilibrium"'
        )
    return Pair(spectrum(below, cutoff, model), spectrum(above, cutoff, model), temperatures)


@lru_cache(maxsize=4096)
def curve(transmission: Steps) -> Polynomials:
    """G(T) of a transmission that is constant between cut-offs; the same object for the same numbers."""
    return fit_phonons(transmission.conductance)


@lru_cache(maxsize=4096)
def curve_of(conductance: Callable[[Array], Array], kinks: tuple[float, ...] = ()) -> Polynomials:
    """G(T) of any phonon conductance that can be compared and hashed."""
    return fit_phonons(conductance, kinks)


def law(
    curve: Polynomials,
    below: Material,
    above: Material,
    about: About,
    specular: bool = False,
    elastic: bool = True,
) -> Potential:
    """The law of a mismatch model, with the guards that hold for all of them."""
    notes, guards = list(about.notes), list(about.guards)
    for side in (below, above):
        if side.category == "liquid":
            notes.append(
                f"mismatch models carry one to two orders too little into {side.name}; measured laws of the "
                'kind T1^n - T2^n do better (model = "power-law", or "helium")'
            )
    if specular:
        limit = min(_specular_limit(below), _specular_limit(above))
        text = (
            "specular transmission needs phonons longer than the roughness; here the dominant wavelength is under "
            "ten atoms, and diffuse mismatch is the usual choice"
        )
        guards.append(Guard(0.0, limit, text))
    known = [m for m in (below, above) if m.debye_temperature is not None]
    if elastic and known:
        softer = min(known, key=lambda m: m.debye_temperature or 0.0)
        text = (
            f"above the Debye temperature of {softer.name} heat also passes by inelastic processes, which an elastic "
            "model leaves out, and the cut-off convention decides the number; compare inelastic and inelastic-bound"
        )
        guards.append(Guard(0.0, softer.debye_temperature or math.inf, text))
    return Potential(
        curve,
        1.0,
        About(about.model, (*_sides(below, above), *about.conventions), tuple(notes), tuple(guards)),
    )


def conventions(cutoff: str, temperatures: str) -> tuple[tuple[str, str], ...]:
    """As they are written into results."""
    return (("cutoff", cutoff), ("temperatures", temperatures))


def _sides(below: Material, above: Material) -> tuple[tuple[str, str], ...]:
    return (("below", below.name), ("above", above.name))


def _specular_limit(material: Material) -> float:
    """Temperature [K] at which the dominant wavelength is ``SPECULAR`` interatomic distances."""
    velocity = material.velocity_transverse or material.velocity_longitudinal
    if velocity is None or material.number_density is None:
        return math.inf
    wavelength = SPECULAR * math.cbrt(1.0 / material.number_density)
    return 2.0 * math.pi * HBAR * velocity / (DOMINANT * BOLTZMANN * wavelength)
