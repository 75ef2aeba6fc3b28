"""What a solve returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np

from kapitza.errors import InputError
from kapitza.layout import Floats, Ints
from kapitza.model import Probe
from kapitza.solution import budget as _budget
from kapitza.solution import probes as _probes
from kapitza.solution import summary as _summary
from kapitza.solution.solved import Solved

__all__ = ["Solution"]


@dataclass(frozen=True, repr=False)
class Solution(Solved):
    """A solved stack: fields, side temperatures, fluxes, budget, probes, energy balance. SI, kelvin.

    source_text : the case file it came from, None for a stack built in Python
    """

    source_text: str | None = None

    def __repr__(self) -> str:
        when = "steady" if self.history is None and self.time == 0.0 else f"at {self.time:.6g} s"
        least, most = float(np.nanmin(self.pieces.least)), float(np.nanmax(self.pieces.most))
        return (
            f"<Solution {self.stack.title!r}: {self.stack.geometry.kind}, {self.mesh.cells:,} cells, {when}, "
            f"{least:.6g} to {most:.6g} K>"
        )

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
        cells, _, _ = self._layer_cells()
        edges, ends = self.layout.layer_edges, np.cumsum(cells + 2)
        z = self._with_sides(edges[:-1], self.z, edges[1:])
        T = self.profile_values()
        pieces = [(z[end - n - 2 : end], T[end - n - 2 : end]) for n, end in zip(cells, ends, strict=True)]
        return [(self.layout.name(i), *piece) for i, piece in enumerate(pieces)]

    def profile_values(self) -> Floats:
        """1-D: the temperatures of `profile`, those of all layers one behind the other [K]."""
        _, first, last = self._layer_cells()
        fields = self.fields
        return self._with_sides(fields.lower_side[first], self.temperature, fields.upper_side[last])

    def channel_profiles(self) -> dict[str, Floats]:
        """1-D: temperatures of each channel [K] at the points of `profile`, NaN where there is none; empty where there
        is one temperature per place."""
        fields = self.channels
        if fields is None:
            return {}
        return {
            name: self._with_sides(fields.lower[c], fields.temperature[c], fields.upper[c])
            for c, name in enumerate(fields.names)
        }

    def _layer_cells(self) -> tuple[Ints, Ints, Ints]:
        """(n_layers,) number of cells of each layer, and its first and last segment."""
        if self.line is None:
            raise InputError("profile: only one-dimensional stacks have one; use temperature, or probes")
        line = self.line.problem.line
        first = np.flatnonzero(np.diff(line.segment_piece, prepend=-1))
        last = np.append(first[1:], len(line.segment_piece)) - 1
        return np.add.reduceat(line.segment_cells, first), first, last

    def _with_sides(self, lower: Floats, cells: Floats, upper: Floats) -> Floats:
        """(nz + 2 n_layers,) values of all cells, between those of both sides of their layer."""
        sizes, _, _ = self._layer_cells()
        begin = np.cumsum(sizes + 2) - sizes - 2
        values = np.empty(len(cells) + 2 * len(sizes))
        values[begin], values[begin + sizes + 1] = lower, upper
        values[np.arange(len(cells)) + np.repeat(2 * np.arange(len(sizes)) + 1, sizes)] = cells
        return values

    def layer_extent(self, i: int) -> tuple[float, float, float | None, float | None]:
        """(z0, z1, x0, x1) of layer ``i`` [m]; x None in 1-D."""
        edges = self.layout.layer_edges
        x = self.layout.kinds[self.layout.kind_of[i]].x or self.stack.geometry.x
        low, high = x if x is not None and self.x is not None else (None, None)
        return float(edges[i]), float(edges[i + 1]), low, high
