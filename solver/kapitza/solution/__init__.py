"""What a solve returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np

from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.model import Probe
from kapitza.solution import budget as _budget
from kapitza.solution import probes as _probes
from kapitza.solution import summary as _summary
from kapitza.solution.solved import Solved

__all__ = ["Solution"]


@dataclass(frozen=True)
class Solution(Solved):
    """A solved stack: fields, side temperatures, fluxes, budget, probes, energy balance. SI, kelvin.

    source_text : the case file it came from, None for a stack built in Python
    """

    source_text: str | None = None

    @classmethod
    def of(cls, solved: Solved, source_text: str | None = None) -> Self:
        """The same data with a face."""
        return cls(**{f.name: getattr(solved, f.name) for f in fields(Solved)}, source_text=source_text)

    def with_timing(self, **seconds: float) -> Self:
        """The same solution with times [s] of further stages ("start", "read", "write")."""
        return replace(self, timing={**self.timing, **seconds})

    def summary(self) -> dict[str, Any]:
        """All results that fit on a page, as plain data (what ``run --json`` prints)."""
        return _summary.summary(self)

    @property
    def frames(self) -> list[Self]:
        """The saved instants of a run in time, as solutions; where none were kept, and when steady, this one."""
        kept = () if self.history is None else self.history.frames
        return [type(self).of(frame, self.source_text) for frame in kept] or [self]

    @property
    def budget(self) -> _budget.Budget:
        """What each layer, joint and film costs [K/W]."""
        return _budget.budget(self)

    @property
    def probes(self) -> Mapping[str, float]:
        """Value of every probe of the case by name."""
        return _probes.evaluate(self)

    def probe(self, probe: Probe) -> float:
        """Value of one more probe. Raises InputError where it points nowhere."""
        return _probes.value(self, probe, "probe")

    def profile(self) -> list[tuple[str, Floats, Floats]]:
        """1-D: (name, z, T) of every layer from its lower face over the cell centres to its upper face.

        z [m], T [K]; the side temperatures are exact, so a jump shows between one layer and the next.
        Raises InputError in 2-D.
        """
        if self.line is None:
            raise InputError("profile: only one-dimensional stacks have one; use temperature, or probes")
        line, layout = self.line.problem.line, self.layout
        starts = np.flatnonzero(np.diff(line.segment_piece, prepend=-1))
        last = np.append(starts[1:], len(line.segment_piece)) - 1
        cells = np.add.reduceat(line.segment_cells, starts)
        first = np.cumsum(cells) - cells
        edges = layout.layer_edges
        rows = []
        for i in range(layout.n_layers):
            here = slice(int(first[i]), int(first[i] + cells[i]))
            z = np.concatenate([[edges[i]], self.z[here], [edges[i + 1]]])
            sides = self.fields.lower_side[starts[i]], self.fields.upper_side[last[i]]
            rows.append((layout.name(i), z, np.concatenate([[sides[0]], self.temperature[here], [sides[1]]])))
        return rows

    def layer_extent(self, i: int) -> tuple[float, float, float | None, float | None]:
        """(z0, z1, x0, x1) of layer ``i`` [m]; x None in 1-D."""
        edges = self.layout.layer_edges
        x = self.layout.kinds[self.layout.kind_of[i]].x or self.stack.geometry.x
        low, high = x if x is not None and self.x is not None else (None, None)
        return float(edges[i]), float(edges[i + 1]), low, high
