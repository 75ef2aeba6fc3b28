"""Values that a case asks for by name: temperatures of pieces, at points, on surfaces, at interfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kapitza.contacts import sheet_faces
from kapitza.errors import InputError
from kapitza.layout import Floats, Ints
from kapitza.mesh import SAME, cells_at
from kapitza.model import BoundaryProbe, InterfaceProbe, PieceProbe, PointProbe, Probe, Span
from kapitza.solution import beside, channel_probes
from kapitza.solution.parts import InterfaceResult, perfect
from kapitza.solution.points import ambiguous, cells_of_point, of_piece
from kapitza.solution.solved import Solved


def evaluate(solved: Solved) -> Mapping[str, float]:
    """Value of every probe by name: [K], or [W/m^2] for a flux."""
    return {probe.name: value(solved, probe, f"probes.{i}") for i, probe in enumerate(solved.stack.probes)}


def value(solved: Solved, probe: Probe, where: str) -> float:
    """One probe. Raises InputError, beginning with ``where``, if it points nowhere or at more than one value."""
    if probe.channel is not None:
        return channel_probes.value(solved, probe, where)
    match probe:
        case PieceProbe():
            return _piece(solved, probe, where)
        case PointProbe():
            return _line_point(solved, probe, where) if solved.x is None else _point(solved, probe, where)
        case BoundaryProbe():
            return _boundary(solved, probe, where)
        case InterfaceProbe():
            return _interface(solved, probe, where)


def _piece(solved: Solved, probe: PieceProbe, where: str) -> float:
    pieces = solved.layout.select(probe.piece, f"{where}.layer")
    table = solved.pieces
    pieces = pieces[~np.isnan(table.mean[pieces])]
    if not len(pieces):
        raise InputError(f"{where}.layer: {probe.piece!r} is painted over wholly; no cell bears its name")
    match probe.side:
        case "bottom":
            return float(table.bottom[pieces[0]])
        case "top":
            return float(table.top[pieces[-1]])
        case "max":
            return float(table.most[pieces].max())
        case "mean":
            return float(np.average(table.mean[pieces], weights=table.volume[pieces]))


# Points ---------------------------------------------------------------------------------------------------


def _line_point(solved: Solved, probe: PointProbe, where: str) -> float:
    touching, height = cells_of_point(solved, probe, where)
    state = solved.line
    assert state is not None
    s = np.zeros(len(state.problem.line.segment_size))
    s[touching] = height
    return float(state.at(s)[touching].mean())


def _point(solved: Solved, probe: PointProbe, where: str) -> float:
    mesh = solved.mesh
    cells = cells_at(mesh, probe.x, probe.z, f"{where}.at")
    assert probe.x is not None
    row, column = int(cells[0, 0]), int(cells[0, 1])
    met = beside.pieces_at(solved.layout, mesh, probe.x, probe.z, row, column)
    if met is not None:
        return _beside_circle(solved, probe, met, (row, column), where)
    kept = chosen_cells(solved, probe, where)
    return float(np.mean([reconstruct(solved, int(i), int(j), probe.x, probe.z) for i, j in kept]))


def chosen_cells(solved: Solved, probe: PointProbe, where: str) -> Ints:
    """(n, 2) rows and columns of the cells that touch a point of a 2-D mesh and are meant. Raises InputError."""
    cells = cells_at(solved.mesh, probe.x, probe.z, f"{where}.at")
    pieces = solved.mesh.piece[cells[:, 0], cells[:, 1]]
    kept = of_piece(solved, np.arange(len(cells)), pieces.astype(np.intp), probe, where)
    corner = len(cells) > 2
    cells, pieces = cells[kept], pieces[kept]
    names = sorted({int(p) for p in pieces})
    if len(names) > 1 and (corner or _jumps(solved, names)):
        raise InputError(ambiguous(where, [solved.layout.name(p) for p in names]))
    return cells


def _beside_circle(
    solved: Solved, probe: PointProbe, met: list[int], cell: tuple[int, int], where: str
) -> float:
    """At a point where the pieces ``met`` are, in or beside ``cell``."""
    kept = [met[i] for i in of_piece(solved, np.arange(len(met)), np.array(met, dtype=np.intp), probe, where)]
    if len(kept) > 1 and _jumps(solved, kept):
        raise InputError(ambiguous(where, [solved.layout.name(p) for p in kept]))
    assert probe.x is not None
    for piece in kept:
        T = beside.temperature(solved.mesh, solved.fields.temperature, piece, probe.x, probe.z, *cell)
        if T is not None:
            return T
    raise InputError(
        f"{where}: no cell beside this point bears {solved.layout.name(kept[0])}; give more cells ([mesh] x and z)"
    )


def reconstruct(solved: Solved, i: int, j: int, x: float, z: float) -> float:
    """Temperature [K] inside cell (i, j): parabolas through the centre and the opposite faces along z and x."""
    fields, mesh = solved.fields, solved.mesh
    assert mesh.x is not None
    assert mesh.x_edges is not None
    assert fields.left_side is not None
    assert fields.right_side is not None
    centre = fields.temperature[i, j]
    along_z = _parabola(
        (mesh.z_edges[i], mesh.z[i], mesh.z_edges[i + 1]),
        (fields.lower_side[i, j], centre, fields.upper_side[i, j]),
        z,
    )
    along_x = _parabola(
        (mesh.x_edges[j], mesh.x[j], mesh.x_edges[j + 1]),
        (fields.left_side[i, j], centre, fields.right_side[i, j]),
        x,
    )
    return float(along_z + along_x - centre)


def _parabola(points: tuple[float, float, float], values: tuple[float, float, float], at: float) -> float:
    """Lagrange interpolation through three points, as a rise above the middle value."""
    a, b, c = points
    low, middle, high = values
    left, right = (at - b) * (at - c) / ((a - b) * (a - c)), (at - a) * (at - b) / ((c - a) * (c - b))
    return middle + (low - middle) * left + (high - middle) * right


def _jumps(solved: Solved, pieces: list[int]) -> bool:
    faces = solved.interfaces.faces
    for i, pair in enumerate(faces.pieces):
        if set(pair.tolist()) == set(pieces):
            return not perfect(faces.law[int(faces.law_index[i])])
    return False


# Surfaces -------------------------------------------------------------------------------------------------


def _boundary(solved: Solved, probe: BoundaryProbe, where: str) -> float:
    if probe.boundary not in solved.boundaries:
        raise InputError(
            f"{where}.boundary: {probe.boundary!r} is no side here; known: {', '.join(solved.boundaries)}"
        )
    side = solved.boundaries[probe.boundary]
    if side.temperature is None:
        raise InputError(f"{where}.boundary: the {probe.boundary} has no surface")
    if probe.x is None or solved.x is None:
        return side.temperature
    low, high = side.along[:, 0], side.along[:, 1]
    if isinstance(probe.x, tuple):
        square = solved.stack.geometry.kind == "axisymmetric" and probe.boundary in ("bottom", "top")
        weight = covered(low, high, probe.x, square) * side.area
        if not weight.any():
            raise InputError(f"{where}.x: the {probe.boundary} has no surface in this range")
        return float(np.average(side.temperature_values, weights=weight))
    return _interpolated(0.5 * (low + high), side.temperature_values, probe.x, f"{where}.x", low, high)


def covered(low: Floats, high: Floats, span: Span, square: bool) -> Floats:
    """(n,) fraction of each interval (of its ring, if ``square``) that lies within ``span``."""
    start, end = span
    if square:
        low, high, start, end = low * low, high * high, start * start, end * end
    return np.clip((np.minimum(high, end) - np.maximum(low, start)) / (high - low), 0.0, 1.0)


def _interpolated(middle: Floats, values: Floats, at: float, where: str, low: Floats, high: Floats) -> float:
    """Linear between face centres, continued to the rims."""
    tolerance = SAME * max(high.max() - low.min(), abs(high.max()), abs(low.min()))
    if not ((low - tolerance <= at) & (at <= high + tolerance)).any():
        raise InputError(
            f"{where}: there is no face at {at:.6g} m; they lie between {low.min():.6g} and {high.max():.6g} m"
        )
    if len(middle) == 1:
        return float(values[0])
    k = int(np.clip(np.searchsorted(middle, at), 1, len(middle) - 1))
    if low[k] - high[k - 1] > tolerance:  # beside a gap: the nearer face alone
        return float(values[k - 1] if at <= high[k - 1] + tolerance else values[k])
    weight = (at - middle[k - 1]) / (middle[k] - middle[k - 1])
    return float(values[k - 1] * (1.0 - weight) + values[k] * weight)


# Interfaces -----------------------------------------------------------------------------------------------


def _interface(solved: Solved, probe: InterfaceProbe, where: str) -> float:
    pieces = solved.interfaces.faces.pieces
    order = sheet_faces(solved.layout, probe.between, f"{where}.interface", pieces[:, 0], pieces[:, 1])
    contacts = [solved.interfaces.at(int(i)) for i in np.flatnonzero(order)]
    if (order <= 0).all():  # the probe names the sides the other way round
        turned = {"below": "above", "above": "below"}.get(probe.side, probe.side)
        value = _interface(solved, replace(probe, between=probe.between[::-1], side=turned), where)  # type: ignore[arg-type]
        return -value if probe.side in ("jump", "flux") else value
    parts = [_along(solved, contact, probe, where) for contact in contacts]
    area, values = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    if not area.any():
        raise InputError(f"{where}.x: {probe.between[0]}|{probe.between[1]} has no face in this range")
    return float(values[0]) if len(values) == 1 else float(np.average(values, weights=area))


def _along(
    solved: Solved, contact: InterfaceResult, probe: InterfaceProbe, where: str
) -> tuple[Floats, Floats]:
    """(weights, values) of one contact within the probe's range."""
    values = {
        "below": contact.below_values,
        "above": contact.above_values,
        "jump": contact.jump_values,
        "flux": contact.flux_values,
    }[probe.side]
    if probe.x is None or contact.x is None or solved.x_edges is None:
        return contact.area, values
    flat = ~contact.vertical
    column = np.clip(np.searchsorted(solved.x_edges, contact.x, side="right") - 1, 0, len(solved.x_edges) - 2)
    low = np.where(flat, solved.x_edges[column], contact.x)
    high = np.where(flat, solved.x_edges[column + 1], contact.x)
    if isinstance(probe.x, tuple):
        square = solved.stack.geometry.kind == "axisymmetric"
        inside = (contact.x >= probe.x[0]) & (contact.x <= probe.x[1])
        with np.errstate(invalid="ignore", divide="ignore"):
            fraction = np.where(flat, covered(low, high, probe.x, square), inside)
        return contact.area * fraction, values
    if not flat.any():
        raise InputError(f"{where}.x: {contact.name} is vertical; give a range of x, or none")
    order = np.argsort(contact.x[flat])
    at = _interpolated(
        contact.x[flat][order],
        values[flat][order],
        probe.x,
        f"{where}.x",
        low[flat][order],
        high[flat][order],
    )
    return np.ones(1), np.array([at])
