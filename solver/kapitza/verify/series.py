"""Eigenfunction series of single bodies: a bar with a swinging end, a cylinder heated on all sides (NAFEMS)."""

from __future__ import annotations

import cmath
import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
TERMS = 400


def swinging_bar(
    position: float, time: float, length: float, diffusivity: float, amplitude: float, omega: float
) -> float:
    """Temperature [K] of a bar, at 0 first and always at x = 0, with amplitude·sin(ωt) at x = length.

    The periodic part Im[A e^{iωt} sinh βx/sinh βL], β = √(iω/a), and what dies out,
    Σ 2A(−1)^{n+1}/(nπ) · ωλ/(λ²+ω²) e^{−λt} sin(nπx/L), λ = a(nπ/L)².
    """
    beta = cmath.sqrt(1j * omega / diffusivity)
    ratio = cmath.exp(beta * (position - length)) * (
        (1 - cmath.exp(-2 * beta * position)) / (1 - cmath.exp(-2 * beta * length))
    )
    n = np.arange(1, TERMS + 1)
    rate = diffusivity * (n * np.pi / length) ** 2
    sizes = 2 * amplitude * (-1.0) ** (n + 1) / (n * np.pi) * omega * rate / (rate**2 + omega**2)
    dying = float(np.sum(sizes * np.exp(-rate * time) * np.sin(n * np.pi * position / length)))
    return (amplitude * cmath.exp(1j * omega * time) * ratio).imag + dying


def slab_left(position: ArrayLike, fourier: float) -> Array:
    """What is left, 1 → 0, of the excess of a slab 0 … 1 after both faces went to 0; ``fourier`` = at/L²."""
    x = np.asarray(position, dtype=float)[..., None]
    m = (2 * np.arange(TERMS) + 1) * np.pi
    return np.asarray(np.sum(4 / m * np.exp(-(m**2) * fourier) * np.sin(m * x), axis=-1))


def cylinder_left(position: ArrayLike, fourier: float) -> Array:
    """The same for a solid cylinder of radius 1, at r = ``position``: Σ 2J₀(jr)/(jJ₁(j)) e^{−j²Fo}."""
    from scipy.special import j0, j1, jn_zeros

    r = np.asarray(position, dtype=float)[..., None]
    zeros = jn_zeros(0, TERMS)
    terms = 2 * j0(zeros * r) / (zeros * j1(zeros)) * np.exp(-(zeros**2) * fourier)
    return np.asarray(np.sum(terms, axis=-1))


def short_cylinder(
    position: tuple[float, float], time: float, size: tuple[float, float], diffusivity: float, rise: float
) -> float:
    """Temperature rise [K] at ``position`` = (r, z) of a cylinder of ``size`` = (radius, height) that starts at 0
    and has ``rise`` on all its surface from t = 0 on: the product of what is left of both."""
    (r, z), (radius, height) = position, size
    slab = slab_left(z / height, diffusivity * time / height**2)
    cylinder = cylinder_left(r / radius, diffusivity * time / radius**2)
    return rise * (1 - float(slab) * float(cylinder))


def nafems_t3() -> float:
    """NAFEMS T3 [°C]: 0.08 m, 32 s."""
    return swinging_bar(0.08, 32.0, 0.1, 35.0 / (7200.0 * 440.5), 100.0, math.pi / 40)


def nafems_axisymmetric_transient() -> float:
    """NAFEMS, axisymmetric transient [°C]: (0.1, 0.3) m, 190 s."""
    return short_cylinder((0.1, 0.3), 190.0, (0.3, 0.4), 52.0 / (7850.0 * 460.0), 1000.0)
