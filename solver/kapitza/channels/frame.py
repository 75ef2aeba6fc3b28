"""One instant of a run of channels: faces from the centres of the cells, fluxes between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kapitza.channels.network import restore
from kapitza.channels.result import Found, solved
from kapitza.channels.steady import join
from kapitza.layout import Floats
from kapitza.solution.solved import Solved
from kapitza.state import SolverInfo

if TYPE_CHECKING:
    from kapitza.channels.body import ChannelBody

INFO = SolverInfo("", "", 0, 0.0)


def instant(body: ChannelBody, t: float, y: Floats, values: Floats) -> Solved:
    """Everything known at t [s] where the nodes are at y (N,) above the reference [K]."""
    w = body.wiring
    every = body.all_values(values)
    T = np.zeros(len(body.circuit.ties))
    T[body.kept] = y
    for node, slot in body.terminals:
        T[node] = every[slot]
    restore(body.gone, T, every, 0.0)
    n, line = len(w.stack.channels), body.line
    count, metric = line.mesh.shape[0], w.metric
    lower, upper, cells, flux = (np.full((n, count), np.nan) for _ in range(4))
    begin, end = (np.full((n, len(w.media)), np.nan) for _ in range(2))
    total_low, total_high, mean = np.zeros(count), np.zeros(count), np.zeros(count)
    area = metric.area(line.mesh.z_edges)
    for s, (column, medium) in enumerate(zip(body.cells.columns, w.media, strict=True)):
        low, high = T[body.index[w.lower[s]]], T[body.index[w.upper[s]]]
        inner, here = T[body.index[column.nodes]], column.here
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
    heat, sheet, sheet_below = _heats(body, every)
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


def _heats(body: ChannelBody, every: Floats) -> tuple[Floats, Floats, Floats]:
    """Heat put into the cells, and into the contacts, in all and below [W]."""
    w = body.wiring
    heat = np.zeros(body.line.mesh.shape[0])
    for part in w.heated:
        for s, amount in zip(part.segment, part.amount, strict=True):
            column = body.cells.columns[s]
            heat[column.here] += every[part.slot] * amount * column.volume / column.volume.sum()
    sheet, below = np.zeros(len(w.joints)), np.zeros(len(w.joints))
    for slot, scale, part_below in w.sheet_heats:
        sheet += every[slot] * scale
        below += every[slot] * part_below
    return heat, sheet, below
