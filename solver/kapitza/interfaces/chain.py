"""Two half-infinite chains of atoms and springs, joined by one spring: the interface in one dimension.

Chain: mass m, spring k, w = 2 sqrt(k/m) sin(q/2) with q the phase per atom, up to the cut-off 2 sqrt(k/m). A force F
on its last atom moves it by u = -F/(w d), d = m w/2 + i z: waves that leave carry off heat by z = Z cos(q/2),
Z = sqrt(m k). With a joint K between two such ends, the fraction of a wave's energy that passes is

    4 z1 z2 / |d1 + d2 - w d1 d2/K|^2,

the same from both sides; 4 Z1 Z2/(Z1 + Z2)^2 for long waves, 0 above the lower cut-off.
Source: the equation of motion of the last atoms; L. Zhang, P. Keblinski, J.-S. Wang and B. Li, Phys. Rev. B 83,
064303 (2011) treat the same joint (recalled).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kapitza.interfaces.law import Values
from kapitza.laws.temperature import Array


def impedance(mass: float, spring: float) -> float:
    """Z = sqrt(m k) [kg/s]."""
    return math.sqrt(mass * spring)


def cutoff(mass: float, spring: float) -> float:
    """Highest frequency of a chain, 2 sqrt(k/m) [rad/s]."""
    return 2.0 * math.sqrt(spring / mass)


def transmission(
    frequency: Values,
    first: tuple[float, float],
    second: tuple[float, float],
    joint: float | None = None,
) -> Any:
    """Fraction of energy that passes at ``frequency`` [rad/s] between two chains (mass [kg], spring [N/m]).

    joint : spring between the last atoms [N/m]; None: half a spring of each in series, 2 k1 k2/(k1 + k2).
    """
    (m1, k1), (m2, k2) = first, second
    K = 2.0 * k1 * k2 / (k1 + k2) if joint is None else joint
    w = np.asarray(frequency, dtype=np.float64)
    z1, z2 = _leaving(w, m1, k1), _leaving(w, m2, k2)
    d1, d2 = 0.5 * m1 * w + 1j * z1, 0.5 * m2 * w + 1j * z2
    passes = (z1 > 0.0) & (z2 > 0.0)
    distance = np.abs(d1 + d2 - w * d1 * d2 / K)
    result = np.where(passes, 4.0 * z1 * z2 / np.where(passes, distance, 1.0) ** 2, 0.0)
    return float(result) if result.ndim == 0 else result


def _leaving(w: Array, mass: float, spring: float) -> Array:
    """z = sqrt(m k) cos(q/2), 0 above the cut-off."""
    share = w / cutoff(mass, spring)
    return impedance(mass, spring) * np.sqrt(np.maximum((1.0 - share) * (1.0 + share), 0.0))
