"""Periodic heating of a multilayer: complex temperature amplitudes, T(t) = Re[A e^{iωt}].

`amplitude` evaluates the relations of `multilayer` at s = iω. `surface_impedance` is the recursion of thin-film
texts, by itself: from the far end Z ← (Z + tanh(λd)/(kλ))/(1 + kλZ tanh(λd)), λ = √(iωc/k), and Z ← Z + R.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from kapitza.verify.laplace import Complex, root
from kapitza.verify.multilayer import HalfSpace, Joint, Multilayer, cut, transform
from kapitza.verify.stacks import End


def amplitude(
    stack: Multilayer, points: Sequence[tuple[int, float]], frequencies: ArrayLike
) -> tuple[Complex, Complex]:
    """Amplitudes of temperature [K] and flux upwards [W/m^2], (n_points, n_frequencies), at ``points`` = (layer,
    distance from its lower face [m]), where the sources and fluxes of ``stack`` are amplitudes and the
    temperatures of its ends do not swing. ``frequencies`` [Hz] > 0."""
    s = 2j * np.pi * np.atleast_1d(np.asarray(frequencies, dtype=float))
    pieces, where = cut(stack.heated(), points)
    temperature, flux = (values[where[0], where[1]] * s for values in transform(pieces, s))
    return temperature, flux


def surface_impedance(stack: Multilayer, frequencies: ArrayLike) -> Complex:
    """Amplitude of the top surface temperature per amplitude of a flux into it, Z(ω) [m^2 K/W]; what ``stack``
    has as its top end and as sources does not count."""
    s = 2j * np.pi * np.atleast_1d(np.asarray(frequencies, dtype=float))
    impedance = _far_end(stack.bottom, s)
    for slab, joint in zip(stack.slabs, (*stack.joints, Joint()), strict=True):
        wave = root(s * (slab.capacity / slab.conductivity))
        own = slab.conductivity * wave
        tanh = np.tanh(wave * slab.thickness)
        thin, thick = tanh / own, 1 / (own * tanh)
        impedance = thick if impedance is None else (impedance + thin) / (1 + impedance / thick)
        impedance = impedance + joint.resistance
    if impedance is None:
        raise ValueError("a stack without layers")
    return impedance


def _far_end(end: End | HalfSpace, s: Complex) -> Complex | None:
    """Z at the bottom face; None where it is insulated, infinite."""
    if isinstance(end, HalfSpace):
        return 1 / root(s * (end.conductivity * end.capacity))
    return None if end.temperature is None else np.full_like(s, end.resistance)
