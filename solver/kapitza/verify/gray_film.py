"""Exact heat flux of gray carriers through a film between two black walls (Milne's problem of finite thickness).

With u = x/L from 0 to t = thickness/L (L the mean free path), walls at 1 and 0, the temperature s(u) of isotropically
scattering carriers solves

    2 s(u) = E2(u) + ∫ E1(|u - v|) s(v) dv,        Q = 1 - 2 ∫ E2(v) s(v) dv,        k/k0 = (3/4) t Q,

Q being the flux over that of a film without scattering, (C v/4) (T1 - T2). s - 1/2 is odd about the middle and goes as
u ln u at a wall, so panels shrink towards the walls; on each, s is a polynomial through Gauss points, and the
logarithm of E1 is taken by Gauss' rule after a substitution. Good to 1e-10.
Source: M. A. Heaslet and R. F. Warming, Int. J. Heat Mass Transfer 8, 979 (1965).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import exp1, expn

Floats = NDArray[np.float64]

NODES = 12  # of a panel
SHRINK = 0.25  # of a panel against the next one
SMALLEST = 1e-7  # of a panel at a wall, in mean free paths or of the film
LARGEST = 1.5  # of a panel, in mean free paths
FINE = 24  # of Gauss' rule on a part of a panel
POWER = 5  # v = u ± h w^5: the logarithm meets w^4


@dataclass(frozen=True)
class Film:
    """``thickness`` in mean free paths; ``flux``: Q as above; ``u``, ``s``: places (n,) and temperatures (n,) there;
    ``wall``: the temperature of the carriers at the hot wall."""

    thickness: float
    flux: float
    u: Floats
    s: Floats
    wall: float

    @property
    def conductivity(self) -> float:
        """k of the film over that of the bulk."""
        return 0.75 * self.thickness * self.flux


@lru_cache(maxsize=256)
def solve(thickness: float) -> Film:
    """The film of ``thickness`` mean free paths. Raises ValueError unless above zero."""
    if not thickness > 0.0:
        raise ValueError(f"thickness = {thickness} must be above zero")
    edges = _edges(thickness)
    x, w = _gauss(NODES)
    half = 0.5 * np.diff(edges)
    u = (0.5 * (edges[1:] + edges[:-1])[:, np.newaxis] + half[:, np.newaxis] * x).ravel()
    weights = (half[:, np.newaxis] * w).ravel()
    matrix = 2.0 * np.eye(len(u)) - np.vstack([_row(float(at), edges) for at in u])
    s: Floats = np.linalg.solve(matrix, np.asarray(expn(2, u), dtype=float))
    wall = 0.5 * (1.0 + float(_row(0.0, edges) @ s))
    return Film(thickness, 1.0 - 2.0 * float(np.sum(weights * expn(2, u) * s)), u, s, wall)


def _edges(thickness: float) -> Floats:
    """Panels that shrink towards both walls."""
    widths = [SMALLEST * min(1.0, thickness)]
    room = 0.5 * thickness
    while sum(widths) < room:
        widths.append(min(widths[-1] / SHRINK, LARGEST))
    near = np.cumsum([0.0, *widths])
    near *= room / near[-1]
    return np.concatenate([near, thickness - near[-2::-1]])


def _row(u: float, edges: Floats) -> Floats:
    """Weights (n,) of the values of s in ∫ E1(|u - v|) s(v) dv."""
    x, w = _gauss(NODES)
    low, high = edges[:-1, np.newaxis], edges[1:, np.newaxis]
    half = 0.5 * (high - low)
    row: Floats = half * w * exp1(np.abs(u - 0.5 * (high + low) - half * x))  # wants a panel's width between
    for panel in np.flatnonzero((edges[:-1] - u < 2.0 * half[:, 0]) & (u - edges[1:] < 2.0 * half[:, 0])):
        first, last = float(edges[panel]), float(edges[panel + 1])
        row[panel] = sum(_near(u, start, end, first, last) for start, end in _parts(u, first, last))
    return row.ravel()


def _parts(u: float, low: float, high: float) -> list[tuple[float, float]]:
    """low to high, cut where u is inside; each part begins at its end that is nearer to u."""
    if low < u < high:
        return [(u, low), (u, high)]
    return [(low, high)] if u <= low else [(high, low)]


def _near(u: float, start: float, end: float, low: float, high: float) -> Floats:
    """What v from ``start`` to ``end`` of the panel ``low`` to ``high`` adds to its weights (NODES,).

    The distance from u, which grows from that of ``start``, is (a + b w)^5: E1 ~ -ln meets its fourth power."""
    x, weight = _gauss(FINE)
    a = abs(start - u) ** (1.0 / POWER)
    b = (abs(start - u) + abs(end - start)) ** (1.0 / POWER) - a
    root = a + 0.5 * b * (1.0 + x)
    distance = root**POWER
    v = u + (distance if end > start else -distance)
    rule = 0.5 * b * weight * POWER * root ** (POWER - 1) * exp1(distance)
    basis: Floats = rule @ _lagrange((2.0 * v - low - high) / (high - low))
    return basis


@lru_cache(maxsize=2)
def _gauss(count: int) -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(count)


@lru_cache(maxsize=1)
def _moments() -> Floats:
    """(NODES, NODES) coefficients of Legendre's polynomials from values at the Gauss points."""
    nodes, weights = _gauss(NODES)
    scale = np.arange(NODES) + 0.5
    return np.asarray(scale[:, np.newaxis] * (np.polynomial.legendre.legvander(nodes, NODES - 1).T * weights))


def _lagrange(x: Floats) -> Floats:
    """(m, NODES) polynomials of the Gauss points at x (m,) in -1 to 1."""
    return np.asarray(np.polynomial.legendre.legvander(x, NODES - 1) @ _moments())
