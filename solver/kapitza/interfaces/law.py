"""Interface laws: the flux q(T1, T2) from side 1 to side 2 of a contact.

Every law is a frozen value. The linear ones carry a constant resistance; 0 and infinity are exact cases,
treated algebraically wherever a resistance is added, never as a large number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


class Law:
    """Base of all interface laws."""

    __slots__ = ()

    @property
    def resistance(self) -> float:
        """R [m^2 K/W] of a linear law; laws that are not linear have none."""
        raise NotImplementedError


@dataclass(frozen=True)
class Perfect(Law):
    """No jump: R = 0 exactly."""

    @property
    def resistance(self) -> float:
        return 0.0


@dataclass(frozen=True)
class Insulated(Law):
    """No flux: R = infinity exactly."""

    @property
    def resistance(self) -> float:
        return math.inf


@dataclass(frozen=True)
class Resistance(Law):
    """q = (T1 - T2) / R with constant R [m^2 K/W] (Kapitza resistance, contact or film resistance 1/h)."""

    value: float

    @property
    def resistance(self) -> float:
        return self.value


@dataclass(frozen=True)
class Conductance(Law):
    """q = G (T1 - T2) with constant G [W/(m^2 K)]."""

    value: float

    @property
    def resistance(self) -> float:
        return math.inf if self.value == 0.0 else 1.0 / self.value
