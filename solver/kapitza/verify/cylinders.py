"""Exact arrays of cylinders with Kapitza shells: Rayleigh's multipole method, and what is left of it when dilute.

About a cylinder the temperature in the matrix is Re Σ (A_n z^n + B_n z^-n), n odd. Its surface gives
B_n = -A_n a^(2n) (1 - D_n)/(1 + D_n), D_n = k_m/k_p + n R k_m/a; the other cylinders of the lattice give
A_n = δ_n1 - Σ_m C(n+m-1, n) S_(n+m) B_m; and k_eff/k_m = 1 - 2π B_1/(area of a cell). S_k = Σ p^-k over the
lattice, S_2 = π/area.

Lord Rayleigh, Phil. Mag. 34, 481 (1892); Perrins, McKenzie and McPhedran, Proc. R. Soc. A 369, 207 (1979).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

CELL = {"square": 1.0, "hexagonal": math.sqrt(3.0) / 2.0}  # area over the square of the lattice constant
MOST = {
    "square": math.pi / 4.0,
    "hexagonal": math.pi / (2.0 * math.sqrt(3.0)),
}  # fraction at which cylinders touch


def lattice_sums(lattice: str, last: int) -> NDArray[np.float64]:
    """(last + 1,) S_k of the lattice with constant 1, by the recurrence of the Weierstrass coefficients.

    (2k-1) S_2k = 3/((2k+1)(k-3)) Σ_{j=2}^{k-2} (2j-1)(2k-2j-1) S_2j S_2(k-j), from S_4 = Γ(1/4)^8/(960 π²) (square) or
    S_6 = Γ(1/3)^18/(8960 π⁶) (hexagonal).
    """
    half = last // 2
    c = [0.0] * (half + 1)
    if lattice == "square":
        c[2] = 3.0 * math.gamma(0.25) ** 8 / (960.0 * math.pi**2)
    else:
        c[3] = 5.0 * math.gamma(1.0 / 3.0) ** 18 / (8960.0 * math.pi**6)
    for k in range(4, half + 1):
        c[k] = 3.0 / ((2 * k + 1) * (k - 3)) * math.fsum(c[j] * c[k - j] for j in range(2, k - 1))
    sums = np.zeros(last + 1)
    sums[2] = math.pi / CELL[lattice]
    for k in range(2, half + 1):
        sums[2 * k] = c[k] / (2 * k - 1)
    return sums


def multipoles(
    fraction: float, ratio: float, resistance: float, lattice: str = "square", order: int = 60
) -> tuple[float, NDArray[np.float64]]:
    """Radius a and (order,) B_n a^-n, n = 1, 3, …, for unit gradient, lattice constant 1 and k_m = 1.

    ratio : k_p/k_m · resistance : R k_m over the lattice constant
    """
    if not 0.0 < fraction < MOST[lattice]:
        raise ValueError(f"fraction {fraction}: cylinders touch at {MOST[lattice]:.4f}")
    a = math.sqrt(fraction * CELL[lattice] / math.pi)
    n = np.arange(1, 2 * order, 2)
    sums = lattice_sums(lattice, 4 * order)
    part = 1.0 / ratio + n * resistance / a
    matrix = np.array(
        [[math.comb(int(p + m - 1), int(p)) * sums[p + m] * a ** float(p + m) for m in n] for p in n]
    )
    matrix -= np.diag((1.0 + part) / (1.0 - part))
    load = np.zeros(order)
    load[0] = a
    return a, np.linalg.solve(matrix, load)


def conductivity(
    fraction: float, ratio: float, resistance: float, lattice: str = "square", order: int = 60
) -> float:
    """k_eff/k_m of a square or hexagonal array; the same in every direction across the cylinders."""
    a, b = multipoles(fraction, ratio, resistance, lattice, order)
    return float(1.0 - 2.0 * math.pi * a * b[0] / CELL[lattice])


def dilute_cylinders(fraction: float, ratio: float, alpha: float) -> float:
    """k_eff/k_m of few cylinders, alpha = R k_m/a: Hasselman and Johnson, J. Compos. Mater. 21, 508 (1987)."""
    held = 1.0 / (1.0 / ratio + alpha)  # k_p* over k_m
    gamma = (held - 1.0) / (held + 1.0)
    return (1.0 + fraction * gamma) / (1.0 - fraction * gamma)


def dilute_spheres(fraction: float, ratio: float, alpha: float) -> float:
    """k_eff/k_m of few spheres, alpha = R k_m/a: Hasselman and Johnson; Nan et al., J. Appl. Phys. 81, 6692 (1997)."""
    up, down = ratio * (1.0 + 2.0 * alpha) + 2.0, ratio * (1.0 - alpha) - 1.0
    return (up + 2.0 * fraction * down) / (up - fraction * down)


def neutral_radius(matrix: float, particle: float, resistance: float) -> float:
    """Radius [m] at which particles leave the field as it was: a = R k_m k_p/(k_p - k_m), cylinders and spheres."""
    return resistance * matrix * particle / (particle - matrix)
