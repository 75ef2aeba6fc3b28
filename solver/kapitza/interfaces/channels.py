"""A contact that each channel passes for itself: electrons, phonons, and from the ones to the others."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from kapitza.bychannel import SIGN, ByChannel, pair
from kapitza.errors import InputError
from kapitza.interfaces.about import About
from kapitza.interfaces.compose import parallel
from kapitza.interfaces.law import Law, LinearLaw, Values


@dataclass(frozen=True)
class ChannelLaw(Law):
    """laws : of a channel, "phonons", or from a channel below to another above, "electrons|phonons". A channel that is
    not named is insulated.

    As a single law, with all channels of a side at one temperature, it is all of them in parallel.
    """

    laws: ByChannel[Law]

    def __post_init__(self) -> None:
        if not self.laws.entries:
            raise InputError("a contact by channels needs at least one of them")

    @property
    def about(self) -> About:  # type: ignore[override]
        return About("channels", of=tuple(law.about for _, law in self.laws))

    @property
    def together(self) -> Law:
        """All in parallel."""
        return parallel([law for _, law in self.laws])

    @property
    def linear(self) -> bool:
        return all(law.linear for _, law in self.laws)

    @property
    def resistance(self) -> float:
        return self.together.resistance

    @property
    def valid(self) -> tuple[float, float]:
        ranges = [law.valid for _, law in self.laws]
        return max((low for low, _ in ranges), default=0.0), min(
            (high for _, high in ranges), default=math.inf
        )

    def evaluate(self, T1: Values, T2: Values) -> tuple[Any, Any, Any]:
        return self.together.evaluate(T1, T2)

    def conductance(self, T: Values) -> Any:
        return self.together.conductance(T)

    def describe(self) -> dict[str, Any]:
        return {"model": "channels", "of": {name: law.describe() for name, law in self.laws}}

    def scaled(self, factor: float) -> Law:
        return ChannelLaw(self.laws.map(lambda law: law.scaled(factor)))

    def turned(self) -> Law:
        turned = tuple((SIGN.join(_sides(key)[::-1]), law.turned()) for key, law in self.laws)
        return ChannelLaw(ByChannel(turned))

    def between(self) -> list[tuple[str, str, Law]]:
        """(channel below, channel above, law) of every way across."""
        return [(*pair(key), law) for key, law in self.laws]


@dataclass(frozen=True)
class Apparent(LinearLaw):
    """A contact by channels as the jump of their mean shows it: ``value`` is that jump over the flux [m^2 K/W], which
    may have any sign where heat arises near by. ``law``: what was given."""

    value: float
    law: Law

    @property
    def about(self) -> About:  # type: ignore[override]
        return self.law.about

    @property
    def resistance(self) -> float:
        return self.value

    def describe(self) -> dict[str, Any]:
        return self.law.describe()

    @property
    def silent(self) -> bool:
        return self.law.silent

    def warnings(self, T1: Values, T2: Values) -> list[str]:
        return self.law.warnings(T1, T2)

    def turned(self) -> Law:
        return Apparent(self.value, self.law.turned())


def _sides(key: str) -> tuple[str, ...]:
    first, second = pair(key)
    return (first,) if first == second else (first, second)
