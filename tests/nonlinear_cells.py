"""A uniform grid of cells with k(T), anisotropy and laws, solved once more: temperatures as unknowns, every face by
bracketing, the whole by a trust-region method with a numerical Jacobian. Nothing here comes from the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, least_squares

Law = Callable[[float, float], float]


@dataclass(frozen=True)
class PowerConductivity:
    """k = value (T/at)^power, its integral from 0 (power > -1) and the inverse of that."""

    value: float
    at: float
    power: float

    def level(self, T: float) -> float:
        n = self.power + 1.0
        return self.value * self.at / n * (T / self.at) ** n

    def temperature(self, u: float) -> float:
        n = self.power + 1.0
        return self.at * (u * n / (self.value * self.at)) ** (1.0 / n)


@dataclass(frozen=True)
class Medium:
    through: PowerConductivity
    lateral: PowerConductivity


def face(
    one: PowerConductivity,
    d1: float,
    T1: float,
    two: PowerConductivity,
    d2: float,
    T2: float,
    law: Law | None,
):
    """Flux [W/m^2] from a cell centre at T1, d1 before the face, to one at T2, d2 beyond it."""
    u1, u2 = one.level(T1), two.level(T2)
    if law is None:
        if one == two:
            return (u1 - u2) / (d1 + d2)
        if T1 == T2:
            return 0.0
        low, high = sorted((T1, T2))
        T = brentq(
            lambda T: (u1 - one.level(T)) / d1 - (two.level(T) - u2) / d2, low, high, xtol=1e-300, rtol=1e-15
        )
        return (u1 - one.level(T)) / d1

    def excess(q: float) -> float:
        return law(one.temperature(u1 - q * d1), two.temperature(u2 + q * d2)) - q

    most = u1 / d1 if T1 > T2 else -u2 / d2  # the fluxes that would cool a cell to 0 K
    most *= 1.0 - 1e-9
    return brentq(excess, *sorted((0.0, most)), xtol=1e-300, rtol=1e-15) if T1 != T2 else 0.0


@dataclass(frozen=True)
class Grid:
    """media : (nz, nx) index of the medium, -1 void · dz, dx : size of the cells [m], depth 1 m
    laws : (first, second) media, first < second -> law from first to second
    sides : name -> list of (cells, condition); a condition is ("temperature", T) or ("law", T, law) or ("flux", q)
    periodic : left and right are one
    """

    media: np.ndarray
    dz: float
    dx: float
    materials: Sequence[Medium]
    laws: Mapping[tuple[int, int], Law]
    sides: Mapping[str, Sequence[tuple[slice, tuple]]]
    periodic: bool = False

    def left_over(self, T: np.ndarray) -> np.ndarray:
        """(nz, nx) heat [W] that every cell keeps."""
        nz, nx = self.media.shape
        left = np.zeros((nz, nx))
        for i in range(nz):
            for j in range(nx):
                if i + 1 < nz:
                    self._pair(left, T, (i, j), (i + 1, j), self.dz / 2, self.dx, False)
                if j + 1 < nx or self.periodic:
                    self._pair(left, T, (i, j), (i, (j + 1) % nx), self.dx / 2, self.dz, True)
        for name, parts in self.sides.items():
            for where, condition in parts:
                for cell in self._cells(name)[where]:
                    self._side(left, T, cell, name, condition)
        left[self.media < 0] = 0.0
        return left

    def _pair(self, left, T, a, b, half, area, lateral) -> None:
        m, n = int(self.media[a]), int(self.media[b])
        if m < 0 or n < 0:
            return
        one, two = self._k(m, lateral), self._k(n, lateral)
        law = self.laws.get((m, n))
        turned = self.laws.get((n, m))
        if turned is not None:
            flow = -face(two, half, T[b], one, half, T[a], turned) * area
        else:
            flow = face(one, half, T[a], two, half, T[b], law) * area
        left[a] -= flow
        left[b] += flow

    def _k(self, medium: int, lateral: bool) -> PowerConductivity:
        material = self.materials[medium]
        return material.lateral if lateral else material.through

    def _cells(self, name: str) -> list[tuple[int, int]]:
        nz, nx = self.media.shape
        return {
            "bottom": [(0, j) for j in range(nx)],
            "top": [(nz - 1, j) for j in range(nx)],
            "left": [(i, 0) for i in range(nz)],
            "right": [(i, nx - 1) for i in range(nz)],
        }[name]

    def _side(self, left, T, cell, name, condition) -> None:
        lateral = name in ("left", "right")
        half, area = (self.dx / 2, self.dz) if lateral else (self.dz / 2, self.dx)
        k = self._k(int(self.media[cell]), lateral)
        if condition[0] == "flux":
            left[cell] += condition[1] * area
            return
        u = k.level(T[cell])
        if condition[0] == "temperature":
            left[cell] -= (u - k.level(condition[1])) / half * area
            return
        _, outside, law = condition
        if T[cell] == outside:
            return

        def excess(q: float) -> float:
            return law(k.temperature(u - q * half), outside) - q

        far = u / half * (1 - 1e-9) if T[cell] > outside else law(1e-6, outside)
        left[cell] -= brentq(excess, *sorted((0.0, far)), xtol=1e-300, rtol=1e-15) * area

    def solve(self, start: float) -> np.ndarray:
        """Temperatures (nz, nx) [K], NaN in void."""
        inside = self.media >= 0
        T = np.full(self.media.shape, np.nan)

        def residual(values: np.ndarray) -> np.ndarray:
            T[inside] = np.exp(values)
            return self.left_over(T)[inside]

        found = least_squares(
            residual,
            np.full(int(inside.sum()), np.log(start)),
            xtol=1e-15,
            ftol=1e-15,
            gtol=1e-15,
            x_scale=1.0,
        )
        residual(found.x)
        return T.copy()
