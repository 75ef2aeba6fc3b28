"""A property that is one law below a melting range and another above it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from kapitza.errors import InputError
from kapitza.laws.temperature import Array, Table, TemperatureLaw


@dataclass(frozen=True)
class Phases(TemperatureLaw):
    """``solid`` below ``solidus`` [K], ``liquid`` from ``liquidus`` [K] on, a straight line from solid(solidus) to
    liquid(liquidus) between them. solidus == liquidus: the value jumps there, and there it is the liquid's.

    ``extra`` is added between solidus and liquidus alone: latent heat, spread evenly over the range, in a heat
    capacity. Both laws must reach their end of the range; beyond it they are not asked. Raises InputError otherwise.
    """

    solid: TemperatureLaw
    liquid: TemperatureLaw
    solidus: float
    liquidus: float
    extra: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.solidus <= self.liquidus < math.inf:
            raise InputError(
                f"solid and liquid: solidus {self.solidus:g} K and liquidus {self.liquidus:g} K are no melting range"
            )
        for name, law, end in (("solid", self.solid, self.solidus), ("liquid", self.liquid, self.liquidus)):
            try:
                law(end)
            except InputError as error:
                raise InputError(f"{name}: must reach the melting range, but {error}") from None

    @property
    def valid(self) -> tuple[float, float]:
        return self.solid.valid[0], self.liquid.valid[1]

    def scaled(self, factor: float) -> Self:
        solid, liquid = self.solid.scaled(factor), self.liquid.scaled(factor)
        return replace(self, solid=solid, liquid=liquid, extra=self.extra * factor)

    @cached_property
    def middle(self) -> Table | None:
        """The straight line between solidus and liquidus; None where they are one."""
        if self.solidus == self.liquidus:
            return None
        ends = (self.solid(self.solidus) + self.extra, self.liquid(self.liquidus) + self.extra)
        return Table((self.solidus, self.liquidus), ends, outside="hold")

    def _check(self, t: Array) -> None:
        self.solid._check(t[t < self.solidus])
        self.liquid._check(t[t >= self.liquidus])

    def _value(self, T: Array) -> Array:
        solid, liquid = np.minimum(T, self.solidus), np.maximum(T, self.liquidus)
        middle = solid if self.middle is None else self.middle._value(T)
        return self._choose(T, self.solid._value(solid), middle, self.liquid._value(liquid))

    def _slope(self, T: Array) -> Array:
        solid, liquid = np.minimum(T, self.solidus), np.maximum(T, self.liquidus)
        middle = solid if self.middle is None else self.middle._slope(T)
        return self._choose(T, self.solid._slope(solid), middle, self.liquid._slope(liquid))

    def _integral(self, T1: Array, T2: Array) -> Array:
        low, high = self.solidus, self.liquidus
        solid = self.solid._integral(np.minimum(T1, low), np.minimum(T2, low))
        liquid = self.liquid._integral(np.maximum(T1, high), np.maximum(T2, high))
        if self.middle is None:
            return solid + liquid
        return solid + liquid + self.middle._integral(np.clip(T1, low, high), np.clip(T2, low, high))

    def _choose(self, T: Array, solid: Array, middle: Array, liquid: Array) -> Array:
        low, high = self.solidus, self.liquidus
        return np.where(low > T, solid, np.where(high > T, middle, liquid))
