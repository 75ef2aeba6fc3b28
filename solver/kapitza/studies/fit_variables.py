"""The numbers that a fit varies: logarithms of what is positive, others as parts of their size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kapitza.case.fit_plan import Parameter
from kapitza.layout import Floats

NEAR = 1e-6  # of the range, or of the value: as close to a bound is at it


@dataclass(frozen=True)
class Variables:
    """parameters : what is fitted, p of them. Vectors (p,) are either values [SI] or inner: ln value, or value/size."""

    parameters: tuple[Parameter, ...]

    @property
    def size(self) -> Floats:
        """(p,) what an inner number of one stands for, of those that are not logarithms."""
        return np.array([1.0 if p.log else _size(p) for p in self.parameters])

    @property
    def log(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.array([p.log for p in self.parameters])

    def inner(self, values: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.log, np.log(np.maximum(values, 0.0)), values / self.size)

    def values(self, inner: Floats) -> Floats:
        return np.where(self.log, np.exp(np.where(self.log, inner, 0.0)), inner * self.size)

    def slope(self, values: Floats) -> Floats:
        """d value / d inner."""
        return np.where(self.log, values, self.size)

    @property
    def start(self) -> Floats:
        return self.inner(np.array([p.start for p in self.parameters]))

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """Inner bounds; those of a logarithm begin at minus infinity."""
        low = self.inner(np.array([p.low for p in self.parameters]))
        return low, self.inner(np.array([p.high for p in self.parameters]))

    def at_bound(self, inner: Floats) -> list[str]:
        """ "lowest" or "highest" for each that has come to its bound, "" for others."""
        low, high = self.bounds
        found = []
        for value, lowest, highest in zip(inner, low, high, strict=True):
            width = highest - lowest if np.isfinite(highest - lowest) else abs(value)
            at = "lowest" if value - lowest <= NEAR * width else ""
            found.append(at or ("highest" if highest - value <= NEAR * width else ""))
        return found

    def texts(self, values: Floats) -> Mapping[str, str | float]:
        """Values as a case takes them, by path."""
        return {p.path: p.written.text(float(v)) for p, v in zip(self.parameters, values, strict=True)}


def _size(parameter: Parameter) -> float:
    width = parameter.high - parameter.low
    return abs(parameter.start) or (width if np.isfinite(width) else 1.0)
