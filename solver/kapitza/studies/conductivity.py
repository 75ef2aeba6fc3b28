"""What an effective conductivity is told as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Effective:
    """Conductivity of a periodic cell [W/(m K)]: heat along z for a gradient along z (zz), along x for x (xx), and
    along one for the other (xz). None where the cell has no such direction (axisymmetric: only zz).

    series, parallel : bounds of zz and xx: everything in series, contacts included; everything side by side
    temperature : at which conductivities and laws were taken [K]
    perfect : the same cell if all its contacts were perfect; None where they are
    """

    zz: float
    xx: float | None
    xz: float | None
    series: float
    parallel: float
    temperature: float
    geometry: str
    cells: int
    title: str = ""
    perfect: Effective | None = None
    warnings: Sequence[str] = ()

    def summary(self) -> dict[str, Any]:
        """The dictionary that ``kapitza effective --json`` prints."""
        return {
            "status": "ok",
            "title": self.title,
            "geometry": self.geometry,
            "temperature": self.temperature,
            "cells": self.cells,
            "conductivity": self.tensor,
            "bounds": {"series": self.series, "parallel": self.parallel},
            "perfect_contacts": (self.perfect or self).tensor,
            "warnings": list(self.warnings),
        }

    @property
    def tensor(self) -> dict[str, float | None]:
        """The components by name."""
        return {"zz": self.zz, "xx": self.xx, "xz": self.xz}
