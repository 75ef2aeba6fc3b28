"""The sum of functions of temperature: what several channels carry or hold together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from kapitza.laws.temperature import Array, Constant, TemperatureLaw


@dataclass(frozen=True)
class Total(TemperatureLaw):
    """members : all of one unit; valid where all of them are."""

    members: tuple[TemperatureLaw, ...]

    @property
    def valid(self) -> tuple[float, float]:
        ranges = [member.valid for member in self.members]
        return max(low for low, _ in ranges), min(high for _, high in ranges)

    def scaled(self, factor: float) -> Self:
        return replace(self, members=tuple(member.scaled(factor) for member in self.members))

    def _value(self, T: Array) -> Array:
        return sum((member._value(T) for member in self.members), 0.0 * T)

    def _slope(self, T: Array) -> Array:
        return sum((member._slope(T) for member in self.members), 0.0 * T)

    def _integral(self, T1: Array, T2: Array) -> Array:
        return sum((member._integral(T1, T2) for member in self.members), 0.0 * T1)


def total(laws: Sequence[TemperatureLaw]) -> TemperatureLaw:
    """The sum of ``laws``, the same in whatever order they come; a `Constant` where all of them are."""
    if all(isinstance(law, Constant) for law in laws):
        return Constant(sum(law.value for law in laws if isinstance(law, Constant)))
    return Total(tuple(sorted(laws, key=repr)))
