"""Interface laws: the flux q(T1, T2) [W/m^2] from side 1 (below) to side 2 (above) of a contact.

Every law is a frozen value with analytic slopes. The linear ones carry a constant resistance; 0 and infinity are
exact cases, treated algebraically wherever a resistance is added, never as a large number.

Temperatures [K] are floats or ndarrays (broadcast together); what comes back has their shape.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kapitza.errors import InputError
from kapitza.interfaces.about import About

Values = float | NDArray[np.float64]

LARGEST = 10.0  # m^2 K/W; no contact resists more, so a larger number is likely a conductance


class Law:
    """Base of all interface laws."""

    about: About = About("law")

    @property
    def linear(self) -> bool:
        """Constant resistance: q = (T1 - T2) / R."""
        return False

    @property
    def resistance(self) -> float:
        """R [m^2 K/W] of a linear law; laws that are not linear have none."""
        raise NotImplementedError(f"{self.about.model}: not a linear law")

    @property
    def valid(self) -> tuple[float, float]:
        """Lowest and highest temperature [K] at which the law is defined; beyond them InputError is raised."""
        return (0.0, math.inf)

    def evaluate(self, T1: Values, T2: Values) -> tuple[Any, Any, Any]:
        """Flux q [W/m^2] and its slopes dq/dT1 >= 0, dq/dT2 <= 0 [W/(m^2 K)]."""
        raise NotImplementedError

    def flux(self, T1: Values, T2: Values) -> Any:
        """q [W/m^2] from side 1 at T1 to side 2 at T2."""
        return self.evaluate(T1, T2)[0]

    def slopes(self, T1: Values, T2: Values) -> tuple[Any, Any]:
        """dq/dT1 and dq/dT2 [W/(m^2 K)]."""
        return self.evaluate(T1, T2)[1:]

    def conductance(self, T: Values) -> Any:
        """G(T) [W/(m^2 K)]: the slope at zero jump."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        """Model and conventions as plain data, for results."""
        return self.about.describe()

    @property
    def silent(self) -> bool:
        """Whether there is nothing to say at any temperature."""
        return self.about.silent

    def warnings(self, T1: Values, T2: Values) -> list[str]:
        """Sentences on where the law cannot be trusted, for these side temperatures; NaN (void) is ignored."""
        both = np.concatenate([np.ravel(T1), np.ravel(T2)])
        known = both[~np.isnan(both)]
        return self.about.warnings(float(known.min()), float(known.max())) if known.size else []

    def scaled(self, factor: float) -> Law:
        """The same law with the conductance multiplied by ``factor`` >= 0."""
        raise NotImplementedError

    @property
    def unit(self) -> tuple[Law, float]:
        """(law, factor): this law is ``factor`` times another, which laws that differ by a factor alone share."""
        return self, 1.0

    def turned(self) -> Law:
        """The same contact with its sides exchanged; itself where they do not differ."""
        return self


class LinearLaw(Law):
    """q = (T1 - T2) / R with constant R."""

    @property
    def linear(self) -> bool:
        return True

    @property
    def unit(self) -> tuple[Law, float]:
        return Conductance(1.0), _inverse(self.resistance)

    def conductance(self, T: Values) -> Any:
        return _filled(_inverse(self.resistance), T, T)

    def evaluate(self, T1: Values, T2: Values) -> tuple[Any, Any, Any]:
        R = self.resistance
        if R == 0.0:
            raise NotImplementedError("perfect contact: the flux does not follow from the temperatures")
        G = _inverse(R)
        return (T1 - T2) * G, _filled(G, T1, T2), _filled(-G, T1, T2)

    def describe(self) -> dict[str, Any]:
        R = self.resistance
        return super().describe() | ({"resistance": R} if 0.0 < R < math.inf else {})

    @property
    def silent(self) -> bool:
        return super().silent and not LARGEST < self.resistance < math.inf

    def warnings(self, T1: Values, T2: Values) -> list[str]:
        said = super().warnings(T1, T2)
        R = self.resistance
        if LARGEST < R < math.inf:
            said.append(
                f"{self.about.model}: R = {R:.3g} m^2 K/W (G = {1.0 / R:.3g} W/(m^2 K)) resists more than any "
                "contact; was a resistance given as a conductance, or the other way round?"
            )
        return said


@dataclass(frozen=True)
class Perfect(LinearLaw):
    """No jump: R = 0 exactly. Its flux is what its neighbours make it; ``evaluate`` is not defined."""

    about: About = field(default=About("perfect"), compare=False)

    @property
    def resistance(self) -> float:
        return 0.0

    def scaled(self, factor: float) -> Law:
        return self if scale_factor(factor) > 0.0 else Insulated()


@dataclass(frozen=True)
class Insulated(LinearLaw):
    """No flux: R = infinity exactly."""

    about: About = field(default=About("insulated"), compare=False)

    @property
    def resistance(self) -> float:
        return math.inf

    def scaled(self, factor: float) -> Law:
        scale_factor(factor)
        return self


@dataclass(frozen=True)
class Resistance(LinearLaw):
    """q = (T1 - T2) / R with constant R [m^2 K/W] (Kapitza resistance, contact or film resistance 1/h)."""

    value: float
    about: About = field(default=About("resistance"))

    def __post_init__(self) -> None:
        _not_negative(self.value, "resistance")

    @property
    def resistance(self) -> float:
        return self.value

    def scaled(self, factor: float) -> Law:
        if scale_factor(factor) == 0.0:
            return Insulated(self.about.scaled(0.0))
        return Resistance(self.value / factor, self.about.scaled(factor))


@dataclass(frozen=True)
class Conductance(LinearLaw):
    """q = G (T1 - T2) with constant G [W/(m^2 K)]."""

    value: float
    about: About = field(default=About("conductance"))

    def __post_init__(self) -> None:
        _not_negative(self.value, "conductance")

    @property
    def resistance(self) -> float:
        return _inverse(self.value)

    def conductance(self, T: Values) -> Any:
        return _filled(self.value, T, T)

    def scaled(self, factor: float) -> Law:
        return Conductance(self.value * scale_factor(factor), self.about.scaled(factor))


def _inverse(value: float) -> float:
    if value == 0.0:
        return math.inf
    return 1.0 / value


def _filled(value: float, T1: Values, T2: Values) -> Values:
    """``value`` in the common shape of the temperatures."""
    if np.ndim(T1) == 0 and np.ndim(T2) == 0:
        return value
    return np.full(np.broadcast_shapes(np.shape(T1), np.shape(T2)), value)


def _not_negative(value: float, what: str) -> None:
    if not value >= 0.0:
        raise InputError(f"{what}: {value} cannot be; it must not be below zero")


def scale_factor(factor: float) -> float:
    if not 0.0 <= factor < math.inf:
        raise InputError(
            f"scale: {factor} cannot be; it multiplies the conductance and must not be below zero"
        )
    return factor
