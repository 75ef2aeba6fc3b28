"""The answer to periodic heating: complex amplitudes along frequencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.layout import Floats
from kapitza.model import Stack
from kapitza.solution.solved import Solved

Complexes = npt.NDArray[np.complex128]


@dataclass(frozen=True, repr=False)
class Response:
    """frequencies : (n,) [Hz] · probes : (n,) complex amplitudes by name [K], [W/m^2] for a flux; T = Re(A e^{i w t})
    temperature : (n, nz) or (n, nz, nx) complex amplitudes at cell centres [K], NaN in void
    base : a state that knows mesh, layout and names; its temperatures are no answer · warnings : what to know
    timing : seconds by stage
    """

    stack: Stack
    frequencies: Floats
    probes: Mapping[str, Complexes]
    temperature: Complexes
    base: Solved
    warnings: tuple[str, ...] = ()
    timing: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"<Response {self.stack.title!r}: {self.stack.geometry.kind}, {self.base.mesh.cells:,} cells, "
            f"{len(self.frequencies)} frequencies, probes {', '.join(self.probes)}>"
        )

    def summary(self) -> dict[str, Any]:
        """All results that fit on a page, as plain data (what ``run --json`` prints)."""
        return {
            "status": "ok",
            "title": self.stack.title,
            "geometry": self.stack.geometry.kind,
            "cells": self.base.mesh.cells,
            "steady": False,
            "frequencies": self.frequencies.tolist(),
            "probes": {name: _polar(values) for name, values in self.probes.items()},
            "solver": {"method": "complex", "reason": "one complex solution for each frequency"},
            "warnings": list(self.warnings),
            "timing": dict(self.timing),
        }


def _polar(values: Complexes) -> list[dict[str, float]]:
    """Amplitude, and phase [rad] in (-pi, pi]."""
    return [{"amplitude": float(abs(value)), "phase": float(np.angle(value))} for value in values]
