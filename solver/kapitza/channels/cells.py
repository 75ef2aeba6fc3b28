"""Segments cut into cells: a node to each temperature of a cell, half cells towards its faces, the coupling inside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kapitza.channels.heats import Heats
from kapitza.channels.wiring import Wiring
from kapitza.layout import Floats, Ints


@dataclass(frozen=True)
class Column:
    """The cells of one segment. nodes : (m, n) · low, high : (m, n) resistances from a centre to the lower and the
    upper face [K/W] · volume : (m,) [m^3] · here : which cells of the mesh they are"""

    nodes: Ints
    low: Floats
    high: Floats
    volume: Floats
    here: slice

    def faces(self, T: Floats, lower: Floats, upper: Floats) -> Floats:
        """(m + 1, n) temperatures at the faces from those of the centres (m, n) and of the end faces (n,)."""
        inner = (T[:-1] / self.high[:-1] + T[1:] / self.low[1:]) / (1.0 / self.high[:-1] + 1.0 / self.low[1:])
        return np.concatenate([lower[np.newaxis], inner, upper[np.newaxis]])

    def flows(self, T: Floats, lower: Floats, upper: Floats) -> Floats:
        """(m + 1, n) heat upwards through the faces [W]."""
        inner = (T[:-1] - T[1:]) / (self.high[:-1] + self.low[1:])
        ends = (lower - T[0]) / self.low[0], (T[-1] - upper) / self.high[-1]
        return np.concatenate([ends[0][np.newaxis], inner, ends[1][np.newaxis]])


class Cells:
    """A wiring whose segments are cells. columns : of each segment · heats : inside them and between"""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.columns: list[Column] = []
        self.edges = wiring.line.mesh.z_edges
        wiring.wire(self._nodes)
        for s in range(len(wiring.media)):
            self._tie(s)
        self.heats = Heats.of(wiring)
        for part in self.heats.inside:
            for s, i, amount in zip(part.segment, part.which, part.amount, strict=True):
                column = self.columns[s]
                share = float(amount) / float(column.volume.sum()) * column.volume
                for node, heat in zip(column.nodes[:, i].tolist(), share.tolist(), strict=True):
                    wiring.network.put(node, part.slot, heat)

    @cached_property
    def first(self) -> Ints:
        """First cell of each segment."""
        cells = self.wiring.line.segment_cells
        return np.cumsum(cells) - cells

    def _nodes(self, s: int) -> None:
        w, medium = self.wiring, self.wiring.media[s]
        count = int(w.line.segment_cells[s])
        here = slice(int(self.first[s]), int(self.first[s]) + count)
        r, d = self.edges[here], w.line.mesh.dz[here]
        low, high = w.metric.resistances(r, d, np.ones(count))
        nodes = np.array([[w.network.node() for _ in range(medium.n)] for _ in range(count)], dtype=np.intp)
        self.columns.append(
            Column(
                nodes,
                low[:, np.newaxis] / medium.k,
                high[:, np.newaxis] / medium.k,
                w.metric.volume(r, d),
                here,
            )
        )

    def _tie(self, s: int) -> None:
        net, medium, column = self.wiring.network, self.wiring.media[s], self.columns[s]
        low, high = 1.0 / column.low, 1.0 / column.high
        between = 1.0 / (column.high[:-1] + column.low[1:])
        for i in range(medium.n):
            nodes = column.nodes[:, i].tolist()
            net.tie(self.wiring.lower[s][i], nodes[0], float(low[0, i]))
            net.tie(nodes[-1], self.wiring.upper[s][i], float(high[-1, i]))
            for a, b, conductance in zip(nodes[:-1], nodes[1:], between[:, i].tolist(), strict=True):
                net.tie(a, b, conductance)
            for j in range(i):
                coupling = (medium.coupling[i, j] * column.volume).tolist()
                for a, b, conductance in zip(nodes, column.nodes[:, j].tolist(), coupling, strict=True):
                    net.tie(a, b, conductance)
