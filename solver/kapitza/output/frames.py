"""The variables of a file that depend on time, filled one time after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kapitza.output.netcdf import Record, Section

if TYPE_CHECKING:
    from kapitza.solution import Solution
    from kapitza.solution.parts import BoundaryResult, ContactFaces, InterfaceResult

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Instant:
    """A solution with its interfaces and boundaries taken out once, when they are asked for."""

    solution: Solution

    @cached_property
    def interfaces(self) -> Sequence[InterfaceResult]:
        return list(self.solution.interfaces.values())

    @cached_property
    def boundaries(self) -> Sequence[BoundaryResult]:
        return list(self.solution.boundaries.values())

    @cached_property
    def faces(self) -> ContactFaces | None:
        """In 1-D the faces of all interfaces, one of each: arrays, where thousands of objects would be slow."""
        if self.solution.x_edges is not None:
            return None
        return getattr(self.solution.interfaces, "faces", None)

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
