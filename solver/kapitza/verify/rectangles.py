"""Eigenfunction series on a rectangle and on a hollow cylinder: ISO 10211 A.1, NAFEMS."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def half_square_column(x: float, y: float, width: float, top: float, terms: int = 400) -> float:
    """ISO 10211 A.1: temperature above that of the cold sides, in a width × 2·width rectangle.

    Top at ``top``, left and bottom at 0, right a symmetry line; y from the bottom. With the mirror image the
    domain is a square of side a = 2·width:  T = Σ_odd 4·top/(nπ) sin(nπx/a) sinh(nπy/a)/sinh(nπ).
    """
    n = np.arange(1, 2 * terms, 2, dtype=float)
    a = 2 * width
    u = n * math.pi * y / a
    m = n * math.pi
    # sinh(u)/sinh(m) without overflow
    ratio = np.exp(u - m) * -np.expm1(-2 * u) / -np.expm1(-2 * m)
    return float(np.sum(4 * top / m * np.sin(n * math.pi * x / a) * ratio))


def robin_roots(biot: float, count: int) -> Array:
    """Roots of s·tan(s) = biot, one in each (nπ, nπ + π/2), by bisection and Newton. Shape (count,)."""
    n = np.arange(count, dtype=float)
    low, high = n * math.pi, (n + 0.5) * math.pi
    for _ in range(60):
        middle = 0.5 * (low + high)
        right = middle * np.sin(middle) * np.where(n % 2, -1.0, 1.0) < biot * np.cos(middle) * np.where(
            n % 2, -1.0, 1.0
        )
        low, high = np.where(right, middle, low), np.where(right, high, middle)
    s = 0.5 * (low + high)
    for _ in range(2):
        f = s * np.sin(s) - biot * np.cos(s)
        s = s - f / (np.sin(s) + s * np.cos(s) + biot * np.sin(s))
    return np.asarray(s, dtype=np.float64)


def convecting_plate(
    x: float, y: float, width: float, height: float, k: float, h: float, bottom: float, terms: int = 400
) -> float:
    """NAFEMS T4: temperature above the ambient; bottom at ``bottom``, left adiabatic, right and top h.

    T = Σ c cos(µx) [µk cosh(µ(H−y)) + h sinh(µ(H−y))]/[µk cosh(µH) + h sinh(µH)], µ tan(µ·width) = h/k,
    c = bottom·4 sin(s)/(2s + sin 2s), s = µ·width.
    """
    s = robin_roots(h * width / k, terms)
    mu = s / width
    c = bottom * 4 * np.sin(s) / (2 * s + np.sin(2 * s))

    def shape(distance: float) -> Array:
        """(µk cosh + h sinh)(µ·distance)·2·exp(−µ·distance)."""
        e = np.exp(-2 * mu * distance)
        return np.asarray(mu * k * (1 + e) + h * (1 - e), dtype=np.float64)

    return float(np.sum(c * np.cos(mu * x) * np.exp(-mu * y) * shape(height - y) / shape(height)))


def heated_bore(
    r: float,
    z: float,
    inner: float,
    outer: float,
    height: float,
    k: float,
    flux: float,
    band: tuple[float, float],
    terms: int = 2000,
) -> float:
    """NAFEMS axisymmetric: temperature above that of the outer wall and the ends; ``flux`` into the bore at
    band[0] < z < band[1], the rest of the bore adiabatic.

    T = Σ a_n sin(λz) [I0(λR)K0(λr) − K0(λR)I0(λr)]/(kλ [I0(λR)K1(λr₀) + K0(λR)I1(λr₀)]), λ = nπ/height,
    a_n = 2·flux/(nπ) (cos λz₁ − cos λz₂).
    """
    from scipy.special import ive, kve

    n = np.arange(1, terms + 1, dtype=float)
    lam = n * math.pi / height
    a = 2 * flux / (n * math.pi) * (np.cos(lam * band[0]) - np.cos(lam * band[1]))
    # scaled Bessel functions: Iν = ive·e^x, Kν = kve·e^−x; a common e^{λ(outer−inner)} is divided out
    decay = np.exp(-2 * lam * (outer - r))
    top = np.exp(-lam * (r - inner)) * (
        ive(0, lam * outer) * kve(0, lam * r) - kve(0, lam * outer) * ive(0, lam * r) * decay
    )
    back = np.exp(-2 * lam * (outer - inner))
    bottom = ive(0, lam * outer) * kve(1, lam * inner) + kve(0, lam * outer) * ive(1, lam * inner) * back
    return float(np.sum(a * np.sin(lam * z) * top / (k * lam * bottom)))


def corner_squares() -> float:
    """Squares that the corner of an L-shaped strip adds between two long arms: 1 − (2/π) ln 2.

    Conformal map (Schwarz–Christoffel) of the bend; exact for arms so long that e^(−2π·arm/width) vanishes.
    """
    return 1 - 2 / math.pi * math.log(2)
