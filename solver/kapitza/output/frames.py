"""The variables of a file that depend on time, filled one time after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kapitza.output.netcdf import Record, Section

if TYPE_CHECKING:
    from kapitza.solution import Solution
    from kapitza.solution.parts import BoundaryResult, InterfaceResult

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Instant:
    """A solution with its interfaces, boundaries and, in 1-D, profile taken out once."""

    solution: Solution
    interfaces: Sequence[InterfaceResult]
    boundaries: Sequence[BoundaryResult]
    profile: Sequence[tuple[str, Floats, Floats]]

    @staticmethod
    def of(solution: Solution) -> Instant:
        return Instant(
            solution,
            list(solution.interfaces.values()),
            list(solution.boundaries.values()),
            solution.profile() if solution.x_edges is None else (),
        )

    @property
    def through(self) -> str:
        """Name of the coordinate through the layers: "z" or "r"."""
        return self.solution.stack.geometry.axis

    @property
    def across(self) -> str:
        """Name of the lateral coordinate: "x" or "r"; "" in 1-D."""
        geometry = self.solution.stack.geometry
        return geometry.lateral if geometry.two_dimensional else ""


@dataclass
class Frames:
    """Variables along time, each with the function that finds its values in an instant."""

    fields: list[tuple[Record, Callable[[Instant], npt.ArrayLike]]] = field(default_factory=list)

    def add(
        self,
        section: Section,
        name: str,
        along: Sequence[str],
        of: Callable[[Instant], npt.ArrayLike],
        units: str,
        long_name: str,
        **attributes: str,
    ) -> Record:
        """Make the variable ``name(time, *along)`` in ``section``."""
        described = {"units": units, "long_name": long_name, **attributes}
        record = section.record(name, ("time", *along), np.float64, **described)
        self.fields.append((record, of))
        return record

    def follow(self, record: Record, of: Callable[[Instant], npt.ArrayLike]) -> None:
        """Fill ``record`` too."""
        self.fields.append((record, of))

    def put(self, instant: Instant) -> None:
        """Write all variables at the next time."""
        for record, of in self.fields:
            record.put(of(instant))

    def flush(self) -> None:
        """Write what waits for its chunk to fill."""
        for record, _ in self.fields:
            record.flush()
