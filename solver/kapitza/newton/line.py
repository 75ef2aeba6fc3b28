"""One 1-D stack with any k(T) and any laws: the iteration of `rows` for a single row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats
from kapitza.newton import rows as many
from kapitza.newton.rows import Found, Rows


@dataclass(frozen=True)
class RunState:
    """lower, upper : (n,) temperatures of the segments' faces [K] · flow : heat entering each segment (n,) [W]
    steps : size of each correction [K] · converged · residual : heat that the laws of the joints leave over [W], the
    largest · aim : lowest temperature that the next correction asked for, not converged [K]"""

    lower: Floats
    upper: Floats
    flow: Floats
    steps: Sequence[float]
    converged: bool
    residual: float
    aim: float

    @property
    def iterations(self) -> int:
        return len(self.steps)

    @staticmethod
    def of(found: Found, row: int) -> RunState:
        """What was found for one of many rows."""
        steps = found.steps[:, row]
        return RunState(
            found.lower[row],
            found.upper[row],
            found.flow[row],
            steps[~np.isnan(steps)].tolist(),
            bool(found.converged[row]),
            float(found.residual[row]),
            float(found.aim[row]),
        )


def solve(run: Rows, start: Floats, flow: float, tolerance: float) -> RunState:
    """Faces and flow of a single row.

    start : (n,) first guess of the lower faces [K] · flow : of the heat entering the first segment [W]
    tolerance : of the last correction, relative to the span of temperatures
    """
    found = many.solve(run, start[np.newaxis, :], np.array([flow]), np.array([tolerance]))
    return RunState.of(found, 0)
