"""Probes of one channel: temperatures of a layer, at a point, of a surface; sides, jump and flux of an interface."""

from __future__ import annotations

import math

import numpy as np

from kapitza.contacts import sheet_faces
from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.model import SIDES, BoundaryProbe, InterfaceProbe, PieceProbe, PointProbe, Probe
from kapitza.solution.channels import ChannelFields
from kapitza.solution.points import cells_of_point
from kapitza.solution.solved import Solved


def value(solved: Solved, probe: Probe, where: str) -> float:
    """One probe [K], or [W/m^2] for a flux. Raises InputError where there is no such channel."""
    fields = solved.channels
    if fields is None or probe.channel not in fields.names:
        known = ", ".join(fields.names) if fields is not None else "none; name them in [channels]"
        raise InputError(f"{where}.channel: no channel is named {probe.channel!r}; known: {known}")
    c = fields.names.index(probe.channel)
    match probe:
        case PieceProbe():
            found = _piece(solved, fields, c, probe, where)
        case PointProbe():
            found = _point(solved, fields, c, probe, where)
        case BoundaryProbe():
            found = float(fields.surface[c, SIDES[solved.stack.geometry.kind].index(probe.boundary)])
        case InterfaceProbe():
            found = _interface(solved, fields, c, probe, where)
    if math.isnan(found):
        raise InputError(
            f"{where}: there are no {probe.channel} here, or they are locked to the other channels"
        )
    return found


def _piece(solved: Solved, fields: ChannelFields, c: int, probe: PieceProbe, where: str) -> float:
    pieces = solved.layout.select(probe.piece, f"{where}.layer")
    match probe.side:
        case "bottom":
            return float(fields.lower[c, pieces[0]])
        case "top":
            return float(fields.upper[c, pieces[-1]])
        case "max":
            return float(fields.most[c, pieces].max())
        case "mean":
            return float(np.average(fields.mean[c, pieces], weights=solved.pieces.volume[pieces]))


def _point(solved: Solved, fields: ChannelFields, c: int, probe: PointProbe, where: str) -> float:
    touching, height = cells_of_point(solved, probe, where)
    if fields.at is not None:
        return float(np.mean([fields.at(int(s), float(h))[c] for s, h in zip(touching, height, strict=True)]))
    assert solved.line is not None
    line = solved.line.problem.line
    found = []
    for s, h in zip(touching.tolist(), height.tolist(), strict=True):
        layer = int(line.segment_piece[s])
        z, T = layer_profile(solved, fields, layer)
        found.append(float(np.interp(line.segment_lower[s] + h, z, T[c])))
    return float(np.mean(found))


def layer_profile(solved: Solved, fields: ChannelFields, layer: int) -> tuple[Floats, Floats]:
    """(z, T) of a layer from its lower face over the centres of its cells to its upper face: (m,) [m], (n, m) [K]."""
    here = np.flatnonzero(solved.mesh.piece[:, 0] == layer)
    edges = solved.layout.layer_edges
    z = np.concatenate([[edges[layer]], solved.z[here], [edges[layer + 1]]])
    sides = fields.lower[:, layer : layer + 1], fields.upper[:, layer : layer + 1]
    return z, np.concatenate([sides[0], fields.temperature[:, here], sides[1]], axis=1)


def _interface(solved: Solved, fields: ChannelFields, c: int, probe: InterfaceProbe, where: str) -> float:
    pieces = solved.interfaces.faces.pieces
    order = sheet_faces(solved.layout, probe.between, f"{where}.interface", pieces[:, 0], pieces[:, 1])
    turned = bool((order <= 0).all())
    here = np.flatnonzero(order)
    below, above = (fields.above, fields.below) if turned else (fields.below, fields.above)
    flux = -fields.flux_above if turned else fields.flux_below
    rows = {"below": below, "above": above, "jump": below - above, "flux": flux}
    return float(np.average(rows[probe.side][c, here], weights=solved.interfaces.faces.area[here]))
