"""A manufactured steady solution with a jump, plane or axisymmetric: pure formulas.

u(z, x) = ambient + P(z)·f(x). P is P₁ below the joint at z = ξ and P₂ above it, with J = k₁P₁'(ξ) and

    P₂ = P₁(ξ) + J/G + (J/k₂)(z−ξ) + c₂(z−ξ)² + c₃(z−ξ)³,

so that the flux is continuous and the jump is q/G for every x. P₁'(0) = h₀P₁(0)/k₁, and c₂ follows from
−k₂P₂' = h₁P₂ at the top: both ends are films to the ambient. f' = 0 at both lateral ends: adiabatic. The source
−k P''f − k_lateral P (f'' + f'/x·[axisymmetric]) makes it a solution. No parameter is 1, none is used twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Manufactured:
    """Lengths [m], conductivities [W/(m K)], conductance of the joint and films [W/(m^2 K)], ambient [K]."""

    axisymmetric: bool = False
    below: float = 0.7
    above: float = 0.45
    width: float = 1.3
    k_below: float = 2.3
    k_below_lateral: float = 3.1
    k_above: float = 0.6
    joint: float = 1.7
    h_bottom: float = 0.9
    h_top: float = 2.1
    ambient: float = 290.0

    def profiles(self) -> tuple[Polynomial, Polynomial]:
        """P₁(z) and P₂(z − ξ)."""
        a = 11.0
        p1 = Polynomial([a, a * self.h_bottom / self.k_below, -7.0, 13.0, -4.0])
        slope = float(p1.deriv()(self.below))
        start = float(p1(self.below)) + self.k_below * slope / self.joint
        c3, height = 5.0, self.above
        straight = Polynomial([start, self.k_below * slope / self.k_above, 0.0, c3])
        square = Polynomial([0.0, 0.0, 2.6])

        def excess(p: Polynomial) -> float:
            return float(self.k_above * p.deriv()(height) + self.h_top * p(height))

        return p1, straight - square * (excess(straight) / excess(square))

    def lateral(self, x: Array) -> tuple[Array, Array]:
        """f and its lateral Laplacian (f'' or f'' + f'/x)."""
        if self.axisymmetric:
            s = (x / self.width) ** 2
            return 1.4 + 0.8 * (2 * s - s * s), 0.8 * (8 - 16 * s) / self.width**2
        m = math.pi / self.width
        f = 1.4 + 0.8 * np.cos(m * x) + 0.3 * np.cos(2 * m * x)
        return f, -0.8 * m**2 * np.cos(m * x) - 1.2 * m**2 * np.cos(2 * m * x)

    def _piecewise(self, z: Array, order: int) -> Array:
        p1, p2 = (p.deriv(order) if order else p for p in self.profiles())
        return np.where(z < self.below, p1(z), p2(z - self.below))

    def temperature(self, z: Array, x: Array) -> Array:
        """Temperature [K], away from the joint."""
        return self.ambient + self._piecewise(z, 0) * self.lateral(x)[0]

    def source(self, z: Array, x: Array) -> Array:
        """Heat density [W/m^3]."""
        f, laplacian = self.lateral(x)
        lower = z < self.below
        k = np.where(lower, self.k_below, self.k_above)
        k_lateral = np.where(lower, self.k_below_lateral, self.k_above)
        return -k * self._piecewise(z, 2) * f - k_lateral * self._piecewise(z, 0) * laplacian

    def at_joint(self, x: Array) -> tuple[Array, Array, Array]:
        """(temperature below, temperature above, flux upwards [W/m^2]) at the joint."""
        p1, p2 = self.profiles()
        f = self.lateral(x)[0]
        flux = -self.k_below * float(p1.deriv()(self.below)) * f
        return self.ambient + p1(self.below) * f, self.ambient + p2(0.0) * f, flux

    def cell_heat(self, z_edges: Array, x_edges: Array) -> Array:
        """Source integrated over cells [W], (nz, nx), by 4-point Gauss quadrature; plane: per metre of depth."""
        points, weights = np.polynomial.legendre.leggauss(4)
        dz, dx = np.diff(z_edges), np.diff(x_edges)
        z = z_edges[:-1, None] + 0.5 * dz[:, None] * (points + 1)
        x = x_edges[:-1, None] + 0.5 * dx[:, None] * (points + 1)
        value = self.source(z[:, None, :, None], x[None, :, None, :])
        measure = 2 * math.pi * x if self.axisymmetric else np.ones_like(x)
        total = np.einsum("mnij,i,j,nj->mn", value, weights, weights, measure)
        return np.asarray(total * 0.25 * dz[:, None] * dx[None, :])
