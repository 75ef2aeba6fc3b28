"""Spreading from a strip or a disk through layers with joints: cosine and Bessel series.

Heat enters evenly over a part of z = 0, sides are adiabatic, a film h closes the top. In the transform each
mode of lateral wave number λ sees an impedance, built from the top down:

    Z = 1/h;   layer:  Z ← (Z + tanh(λd)/(kλ)) / (1 + kλ Z tanh(λd))   (λ = 0: Z + d/k);   joint:  Z ← Z + R.

Temperatures are above the ambient. In an anisotropic layer λ√(k_lateral/k) takes the place of λ.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Slice:
    """A full-width layer: thickness [m], conductivity through and lateral [W/(m K)], and the joint above it
    [m^2 K/W] (0: perfect)."""

    thickness: float
    conductivity: float
    joint: float = 0.0
    lateral: float | None = None

    def terms(self, lam: Array) -> tuple[Array, Array]:
        """(λ', kλ') of the layer, λ' = λ√(k_lateral/k)."""
        ratio = 1.0 if self.lateral is None else math.sqrt(self.lateral / self.conductivity)
        return lam * ratio, self.conductivity * ratio * lam


def impedances(layers: Sequence[Slice], h: float, lam: Array) -> list[Array]:
    """Impedance per mode [m^2 K/W] looking up, at the bottom of every layer and, last, at the top surface."""
    z = np.full_like(lam, 1 / h)
    result = [z]
    for layer in reversed(layers):
        z = z + layer.joint
        mu, kmu = layer.terms(lam)
        t = np.tanh(mu * layer.thickness)
        with np.errstate(invalid="ignore", divide="ignore"):
            through = np.where(lam > 0, t / kmu, layer.thickness / layer.conductivity)
        z = (z + through) / (1 + kmu * z * t)
        result.append(z)
    return result[::-1]


def descend(layers: Sequence[Slice], h: float, lam: Array, flux: Array, level: int) -> tuple[Array, Array]:
    """(temperature just below, flux) per mode at the joint above layer ``level``; just above: T − R·flux."""
    z = impedances(layers, h, lam)
    q = flux
    for i, layer in enumerate(layers[: level + 1]):
        above = z[i + 1] + layer.joint
        mu, kmu = layer.terms(lam)
        e = np.exp(-mu * layer.thickness)
        # q/(cosh + kµ Z sinh), written with e^(−µd)
        q = 2 * q * e / ((1 + e * e) + kmu * above * (1 - e * e))
    return (z[level + 1] + layers[level].joint) * q, q


@dataclass(frozen=True)
class Strip:
    """Cosine modes on 0 … width; flux [W/m^2] enters at x = first … last."""

    layers: tuple[Slice, ...]
    h: float
    width: float
    first: float
    last: float
    flux: float
    modes: int = 1_000_000

    def wave_numbers(self) -> Array:
        return np.asarray(np.arange(self.modes, dtype=float) * math.pi / self.width)

    def coefficients(self, lam: Array) -> Array:
        """Of the entering flux: mean, then 2q/(λW)(sin λb − sin λa)."""
        out = np.empty_like(lam)
        out[0] = self.flux * (self.last - self.first) / self.width
        n = lam[1:]
        out[1:] = 2 * self.flux / (n * self.width) * (np.sin(n * self.last) - np.sin(n * self.first))
        return out

    def surface(self, x: float) -> float:
        """Temperature of the heated face at x [K above ambient]."""
        lam = self.wave_numbers()
        t = self.coefficients(lam) * impedances(self.layers, self.h, lam)[0]
        return float(np.sum(t * np.cos(lam * x)))

    def mean(self) -> float:
        """Mean temperature of the heated part."""
        lam = self.wave_numbers()
        t = self.coefficients(lam) * impedances(self.layers, self.h, lam)[0]
        n = lam[1:]
        span = self.last - self.first
        average = (np.sin(n * self.last) - np.sin(n * self.first)) / (n * span)
        return float(t[0] + np.sum(t[1:] * average))

    def one_dimensional(self) -> float:
        """Rise [K] if the heat entered over the whole face."""
        lam = np.zeros(1)
        return float(self.coefficients(np.zeros(1))[0] * impedances(self.layers, self.h, lam)[0][0])

    def joint(self, level: int, x: float) -> tuple[float, float, float]:
        """(below, above, flux) at x, at the joint above layer ``level``."""
        lam = self.wave_numbers()[:20_000]
        below, q = descend(self.layers, self.h, lam, self.coefficients(lam), level)
        c = np.cos(lam * x)
        t, f = float(np.sum(below * c)), float(np.sum(q * c))
        return t, t - self.layers[level].joint * f, f

    def top(self, x: float) -> float:
        """Temperature of the cooled face at x."""
        return self.joint(len(self.layers) - 1, x)[1]


@dataclass(frozen=True)
class Disk:
    """Bessel modes J0(λr), J1(λ·outer) = 0; flux [W/m^2] enters at r < inner."""

    layers: tuple[Slice, ...]
    h: float
    outer: float
    inner: float
    flux: float
    modes: int = 200_000

    def wave_numbers(self) -> Array:
        return np.concatenate([[0.0], bessel_zeros(self.modes - 1) / self.outer])

    def coefficients(self, lam: Array) -> Array:
        """Of the entering flux: q a²/b², then 2qa J1(λa)/(λ b² J0(λb)²)."""
        from scipy.special import j0, j1

        out = np.empty_like(lam)
        out[0] = self.flux * (self.inner / self.outer) ** 2
        n = lam[1:]
        out[1:] = (
            2 * self.flux * self.inner * j1(n * self.inner) / (n * self.outer**2 * j0(n * self.outer) ** 2)
        )
        return out

    def surface(self, r: float) -> float:
        """Temperature of the heated face at r. The series alternates: summed under a smooth cut-off."""
        from scipy.special import j0

        lam = self.wave_numbers()
        t = self.coefficients(lam) * impedances(self.layers, self.h, lam)[0] * j0(lam * r)
        return float(np.sum(t * smooth_cutoff(self.modes)))

    def mean(self) -> float:
        """Mean temperature of the heated disk."""
        from scipy.special import j1

        lam = self.wave_numbers()
        t = self.coefficients(lam) * impedances(self.layers, self.h, lam)[0]
        n = lam[1:]
        return float(t[0] + np.sum(t[1:] * 2 * j1(n * self.inner) / (n * self.inner)))

    def one_dimensional(self) -> float:
        """Rise [K] if the heat entered over the whole face."""
        lam = np.zeros(1)
        return float(self.coefficients(lam)[0] * impedances(self.layers, self.h, lam)[0][0])

    def joint(self, level: int, r: float) -> tuple[float, float, float]:
        """(below, above, flux) at r, at the joint above layer ``level``."""
        from scipy.special import j0

        lam = self.wave_numbers()[:20_000]
        below, q = descend(self.layers, self.h, lam, self.coefficients(lam), level)
        c = j0(lam * r)
        t, f = float(np.sum(below * c)), float(np.sum(q * c))
        return t, t - self.layers[level].joint * f, f

    def top(self, r: float) -> float:
        """Temperature of the cooled face at r."""
        return self.joint(len(self.layers) - 1, r)[1]


def bessel_zeros(count: int) -> Array:
    """First ``count`` positive zeros of J1: McMahon's expansion, then Newton."""
    from scipy.special import j0, j1

    b = (np.arange(1, count + 1, dtype=float) + 0.25) * math.pi
    x = b - 3 / (8 * b) + 36 / (3 * (8 * b) ** 3)
    for _ in range(4):
        x = x - j1(x) / (j0(x) - j1(x) / x)
    return np.asarray(x, dtype=np.float64)


def smooth_cutoff(count: int) -> Array:
    """Weights that fall from 1 to 0 over the second half of ``count`` terms, infinitely smooth."""
    s = np.clip(np.linspace(-1.0, 1.0, count), 2e-3, 1 - 2e-3)
    return np.asarray(1 / (1 + np.exp(1 / (1 - s) - 1 / s)), dtype=np.float64)
