"""Temperatures as text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from copy import copy

from kapitza.output.labels import ZERO_CELSIUS
from kapitza.output.parts import Summary
from kapitza.output.readable import fixed


class Degrees:
    """Temperatures as text, in one unit and with as many decimals as the spread of the field needs."""

    def __init__(self, summary: Summary, unit: str) -> None:
        self.zero, self.unit = (ZERO_CELSIUS, "°C") if unit == "degC" else (0.0, "K")
        low, high = (summary["temperature"].get(key) for key in ("min", "max"))
        self.decimals = _decimals(high - low if low is not None and high is not None else 0.0)

    def over(self, values: Iterable[float | None]) -> Degrees:
        """The same unit, with the decimals that ``values`` [K] need."""
        known = [value for value in values if value is not None]
        other = copy(self)
        other.decimals = _decimals(max(known) - min(known) if known else 0.0)
        return other

    def __call__(self, kelvin: float | None) -> str:
        return "–" if kelvin is None else fixed(kelvin - self.zero, self.decimals)


def _decimals(spread: float) -> int:
    return min(6, max(2, 3 - math.floor(math.log10(spread)))) if spread > 0.0 else 2
