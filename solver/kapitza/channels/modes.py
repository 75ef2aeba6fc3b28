"""Channels of one material as modes that do not see each other: the mean, and differences that decay.

With theta_m = sum_i V_im sqrt(k_i) T_i the equations of a layer part into theta_m'' = theta_m / l_m^2 - s_m. The mean
mode has no decay (1/l = 0); two channels have one other, 1/l^2 = g (k_a + k_b) / (k_a k_b).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats


@dataclass(frozen=True)
class Modes:
    """k : (n,) conductivities [W/(m K)] · rate : (n,) 1/l [1/m], 0 for the mean · V : (n, n) orthonormal columns."""

    k: Floats
    rate: Floats
    V: Floats

    @staticmethod
    def of(k: Floats, coupling: Floats) -> Modes:
        """coupling : (n, n) symmetric [W/(m^3 K)], its diagonal 0."""
        root, n = np.sqrt(k), len(k)
        if n == 1:
            return Modes(k, np.zeros(1), np.ones((1, 1)))
        if n == 2:
            total = float(k.sum())
            V = np.array([[root[0], -root[1]], [root[1], root[0]]]) / np.sqrt(total)
            rate = np.sqrt(coupling[0, 1] / k[0] * (total / k[1]))
            return Modes(k, np.array([0.0, rate]), V)
        laplacian = np.diag(coupling.sum(axis=1)) - coupling
        squares, V = np.linalg.eigh(laplacian / np.outer(root, root))
        free = n - np.linalg.matrix_rank(laplacian)
        squares[:free] = 0.0
        if free == 1:
            V[:, 0] = root / np.sqrt(k.sum())
        return Modes(k, np.sqrt(np.maximum(squares, 0.0)), V)

    @property
    def lengths(self) -> list[float]:
        """Decay lengths [m], the longest first."""
        return [float(1.0 / rate) for rate in self.rate if rate > 0.0]

    def weighted(self, per_mode: Floats) -> Floats:
        """(n, n) sum_m sqrt(k_i k_j) V_im V_jm f_m of ``per_mode`` (n,)."""
        root = np.sqrt(self.k)
        result: Floats = np.outer(root, root) * np.einsum("im,jm,m->ij", self.V, self.V, per_mode)
        return result
