"""One instant of a run of channels: faces from the centres of the cells, fluxes between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kapitza.channels.cells import Cells
from kapitza.channels.network import Circuit, Gone, restore
from kapitza.channels.result import Found, solved
from kapitza.channels.steady import join
from kapitza.layout import Floats, Ints
from kapitza.mesh import LineMesh
from kapitza.solution.solved import Solved
from kapitza.state import SolverInfo

INFO = SolverInfo("", "", 0, 0.0)


@dataclass(frozen=True)
class Nodes:
    """Where the temperatures of a frame are: ``kept`` (N,) hold heat, ``terminals`` follow slots, all else is
    ``gone``."""

    cells: Cells
    circuit: Circuit
    kept: Ints
    gone: Sequence[Gone]
    terminals: Sequence[tuple[int, int]]

    @cached_property
    def line(self) -> LineMesh:
        """The mesh with every cell a segment."""
        return self.cells.wiring.line.each_cell()

    def temperatures(self, y: Floats, every: Floats) -> Floats:
        """Of all nodes, above the reference [K]."""
        T = np.zeros(len(self.circuit.ties))
        T[self.kept] = y
        for node, slot in self.terminals:
            T[node] = every[slot]
        restore(list(self.gone), T, every, 0.0)
        return T


def instant(nodes: Nodes, t: float, y: Floats, every: Floats) -> Solved:
    """Everything known at t [s] where the nodes are at y (N,) above the reference [K], and slots at ``every``."""
    w, index = nodes.cells.wiring, nodes.circuit.index
    T = nodes.temperatures(y, every)
    n, line = len(w.stack.channels), nodes.line
    count, metric = line.mesh.shape[0], w.metric
    lower, upper, cells, flux = (np.full((n, count), np.nan) for _ in range(4))
    begin, end = (np.full((n, len(w.media)), np.nan) for _ in range(2))
    total_low, total_high, mean = np.zeros(count), np.zeros(count), np.zeros(count)
    area = metric.area(line.mesh.z_edges)
    for s, (column, medium) in enumerate(zip(nodes.cells.columns, w.media, strict=True)):
        low, high = T[index[w.lower[s]]], T[index[w.upper[s]]]
        inner, here = T[index[column.nodes]], column.here
        faces, flows = column.faces(inner, low, high), column.flows(inner, low, high)
        total_low[here], total_high[here] = flows[:-1].sum(axis=1), flows[1:].sum(axis=1)
        mean[here] = inner @ medium.weight
        around = area[here.start : here.stop + 1, np.newaxis]
        passing = 0.5 * (flows[:-1] / around[:-1] + flows[1:] / around[1:])
        for i, ids in enumerate(medium.channels):
            for c in ids:
                lower[c, here], upper[c, here], cells[c, here] = faces[:-1, i], faces[1:, i], inner[:, i]
                if not medium.locked:
                    flux[c, here] = passing[:, i]
                    begin[c, s], end[c, s] = flows[0, i], flows[-1, i]
    volume = metric.volume(line.mesh.z_edges[:-1], line.mesh.dz)
    layers, whole = np.zeros((n, w.layout.n_layers)), np.zeros(w.layout.n_layers)
    np.add.at(layers.T, line.segment_piece, (cells * volume).T)
    np.add.at(whole, line.segment_piece, volume)
    heat, sheet, sheet_below = _heats(nodes, every)
    joints = w.joints
    last = np.cumsum(w.line.segment_cells) - 1
    found = Found(
        line=line,
        lower=lower + w.reference,
        upper=upper + w.reference,
        cells=cells + w.reference,
        flux=flux,
        layer_mean=layers / whole + w.reference,
        inflow=total_low,
        bent=total_high - total_low,
        heat=heat,
        sheet=sheet,
        ends=(float(total_low[0]), -float(total_high[-1])),
        joint_flow=total_high[last[joints]] + sheet_below,
        flow_below=join(end[:, joints], begin[:, joints + 1]),
        flow_above=join(begin[:, joints + 1], end[:, joints]),
        end_flow=np.stack([begin[:, 0], -end[:, -1]], axis=1),
        centre=mean + w.reference,
    )
    return solved(w, w.layout, found, INFO, (), t)


def _heats(nodes: Nodes, every: Floats) -> tuple[Floats, Floats, Floats]:
    """Heat put into the cells, and into the contacts, in all and below [W]."""
    w, given = nodes.cells.wiring, nodes.cells.heats
    heat = np.zeros(nodes.line.mesh.shape[0])
    for part in given.inside:
        for s, amount in zip(part.segment, part.amount, strict=True):
            column = nodes.cells.columns[s]
            heat[column.here] += every[part.slot] * amount * column.volume / column.volume.sum()
    sheet, below = np.zeros(len(w.joints)), np.zeros(len(w.joints))
    for slot, scale, part_below in given.sheets:
        sheet += every[slot] * scale
        below += every[slot] * part_below
    return heat, sheet, below
