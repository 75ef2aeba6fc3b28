"""Circles on a grid of rectangles: faces with the true place and slope of the edge, and conduction along it.

A circle colours the cells whose centre it holds, so its edge becomes a staircase, of perimeter 8a for 2πa. Three things
put that right, each derived from the energy that the exact temperatures have in the cut cells:

* the line between two cell centres changes material where it crosses the circle, not half way;
* a face of area A has the contact area A |n·e|, e its direction and n the normal of the circle where that line crosses
  it: the contact areas add up to 2πa, since n_x^2 + n_z^2 = 1;
* such a face carries the flow through the edge alone. What flows along the edge is given back to the cells of the same
  piece beside it, as `Links` that act along the tangent t, on square cells
  (t·∇T)^2 = |t_x t_z| (∂_diagonal T)^2 + (t_x^2 - |t_x t_z|) (∂_x T)^2 + (t_z^2 - |t_x t_z|) (∂_z T)^2;
  what the staircase conducts too much is taken away likewise, with the other diagonal. The matrix keeps its signs.

Against exact arrays of cylinders (`kapitza.verify.cylinders`) at 128 cells a side: within 0.1 % from perfect contact up
to R = cell/k. Cut cells with two temperatures each were tried too: 0.1 % at R = cell/k, but 0.8 % in perfect contact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.assemble.system import Links
from kapitza.layout import Floats, Ints, Layout
from kapitza.mesh import Mesh
from kapitza.model import Circle

FLATTEST = 1e-6  # |n·e| of a face that a circle merely touches
LEAST = 0.6  # links of one cell take away at most this part of what its faces conduct
FEW, LONG = 4.0, 3.5  # cells across a radius, and sides of a cell over one another, that call for a warning
LOOSE = 1e-9  # of the cell sizes: a crossing is not nearer to a centre


@dataclass(frozen=True)
class Cuts:
    """Faces of one orientation whose two cells a circle parts; arrays (n,).

    lateral : the line between the centres runs along x (r), else along z · face : flat number of the face
    first, second : flat numbers of the cells · circle : piece of the circle
    reach_first, reach_second : from the centres to the crossing · half_first, half_second : to the face [m]
    stretch_first, stretch_second : resistance up to the crossing relative to that of the half cell
    slope : contact area relative to the area of the face
    """

    lateral: bool
    face: Ints
    first: Ints
    second: Ints
    circle: Ints
    reach_first: Floats
    reach_second: Floats
    half_first: Floats
    half_second: Floats
    stretch_first: Floats
    stretch_second: Floats
    slope: Floats


def find(layout: Layout, mesh: Mesh, wrap: bool, wrap_z: bool) -> list[Cuts]:
    """Cut faces of every orientation: z, x, and the seams from right to left and from top to bottom."""
    center, radius = _circles(layout)
    if not radius.any() or mesh.x is None or mesh.x_edges is None:
        return []
    columns = (mesh.x, mesh.x_edges)
    rows = (mesh.z, mesh.z_edges)
    found = [
        _inner(mesh, False, rows, center, radius),
        _inner(mesh, True, columns, center, radius),
    ]
    if wrap:
        found.append(_seam(mesh, True, columns, center, radius))
    if wrap_z:
        found.append(_seam(mesh, False, rows, center, radius))
    return found


def bend(faces: Floats, cuts: Cuts, factor: Floats) -> Floats:
    """A copy of a quantity of all faces of an orientation, multiplied by ``factor`` (n,) where they are cut."""
    bent = np.array(faces, order="C")  # as ravel is to see it, not copy it
    bent.ravel()[cuts.face] *= factor
    return bent


def links(
    layout: Layout,
    mesh: Mesh,
    groups: Sequence[Cuts],
    joint: Sequence[Floats],
    near: tuple[Floats, Floats],
    medium: tuple[Floats, Floats],
    volume: Floats,
) -> Links:
    """Conductances that give back what flows along the circles.

    joint : R of every cut face [m^2 K/W] · near : (nz, nx) conductivity through and along the layers that says how the
    flow divides [W/(m K)] · medium : the one that the conductances are made of · volume : (nz, nx) [m^3]
    """
    held, there, circle = _shares(mesh, groups, joint, near)
    cell = np.flatnonzero(circle >= 0)
    held, there = held[:, cell], there[:, cell]
    row, column = np.divmod(cell, mesh.shape[1])
    along, aslope = _tangent(layout, mesh, groups, circle[cell], row, column)
    x2, z2 = along**2, aslope**2
    # How much of the cell belongs to its piece: rows measure it where the edge is steep, columns where it is flat.
    missing = np.maximum((held[0] - there[1]) * x2 + (held[1] - there[0]) * z2, -LEAST)
    k = medium[1].ravel()[cell] * x2 + medium[0].ravel()[cell] * z2
    give = volume.ravel()[cell] * k * missing
    assert mesh.dx is not None
    flat = mesh.dx[column] / mesh.dz[row]
    # Of the two diagonals the one that gets a positive conductance; no more of it than the faces can make up for.
    sign, room = np.sign(missing), LEAST / np.maximum(np.abs(missing), LEAST)
    both = np.minimum(
        np.abs(along * aslope), np.minimum((room + sign * x2) / flat, (room + sign * z2) * flat)
    )
    both = sign * np.maximum(both, 0.0)
    turn = np.where(along * aslope * sign > 0, 1, -1)
    none = np.zeros_like(row)
    periodic = tuple(any(g.lateral == lateral for g in groups[2:]) for lateral in (False, True))
    parts = [
        _to_neighbours(mesh, periodic, row, column, *step, give * share)
        for step, share in (
            ((none, none + 1), x2 - both * flat),
            ((none + 1, none), z2 - both / flat),
            ((turn, none + 1), both * (flat + 1.0 / flat)),
        )
    ]
    first, second, conductance = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Links(first, second, conductance)


def coarse(layout: Layout, mesh: Mesh) -> list[str]:
    """Sentences on circles that the mesh does not resolve."""
    if mesh.x is None or mesh.dx is None:
        return []
    said = []
    for region in layout.regions:
        circle = region.shape
        if not isinstance(circle, Circle):
            continue
        dx, dz = (
            float(np.max(size[np.abs(at - middle) < circle.radius], initial=0.0))
            for size, at, middle in zip((mesh.dx, mesh.dz), (mesh.x, mesh.z), circle.center, strict=True)
        )
        across, ratio = circle.radius / max(dx, dz), max(dx, dz) / max(min(dx, dz), np.finfo(float).tiny)
        if across < FEW:
            said.append(
                f"{region.name}: its radius holds {across:.2g} cells, so a few per cent may be missing; give more "
                "([mesh] x and z)"
            )
        elif ratio > LONG:
            said.append(
                f"{region.name}: cells of {dx:.3g} by {dz:.3g} m in a circle; a per cent or two may be missing where "
                "they are not nearly square ([mesh] x and z)"
            )
    return said


# Where circles cross lines -----------------------------------------------------------------------------------


def _circles(layout: Layout) -> tuple[Floats, Floats]:
    """(n_pieces + 1, 2) centres and (n_pieces + 1,) radii [m], 0 for what is no circle; the last entry serves void."""
    center, radius = np.zeros((layout.n_pieces + 1, 2)), np.zeros(layout.n_pieces + 1)
    for piece, region in enumerate(layout.regions, start=layout.n_layers):
        if isinstance(region.shape, Circle):
            center[piece], radius[piece] = region.shape.center, region.shape.radius
    return center, radius


def _inner(mesh: Mesh, lateral: bool, axis: tuple[Floats, Floats], center: Floats, radius: Floats) -> Cuts:
    number = np.arange(mesh.piece.size).reshape(mesh.shape)
    one, two = (number[:, :-1], number[:, 1:]) if lateral else (number[:-1], number[1:])
    return _cuts(mesh, lateral, one.ravel(), two.ravel(), axis, 0.0, center, radius)


def _seam(mesh: Mesh, lateral: bool, axis: tuple[Floats, Floats], center: Floats, radius: Floats) -> Cuts:
    number = np.arange(mesh.piece.size).reshape(mesh.shape)
    one, two = (number[:, -1], number[:, 0]) if lateral else (number[-1], number[0])
    period = float(axis[1][-1] - axis[1][0])
    return _cuts(mesh, lateral, one, two, axis, period, center, radius)


def _cuts(
    mesh: Mesh,
    lateral: bool,
    first: Ints,
    second: Ints,
    axis: tuple[Floats, Floats],
    period: float,
    center: Floats,
    radius: Floats,
) -> Cuts:
    """``axis`` : centres and edges along the lines; the second cell lies one ``period`` further at a seam."""
    piece = mesh.piece.ravel().astype(np.intp)
    face = np.flatnonzero(
        (piece[first] != piece[second]) & ((radius[piece[first]] > 0) | (radius[piece[second]] > 0))
    )
    first, second = first[face], second[face]
    assert mesh.x is not None
    place = (1, 0) if lateral else (0, 1)
    of_first, of_second = (np.divmod(c, mesh.shape[1])[place[0]] for c in (first, second))
    start, edge, end = axis[0][of_first], axis[1][of_first + 1], axis[0][of_second] + period
    beside = (mesh.z if lateral else mesh.x)[np.divmod(first, mesh.shape[1])[place[1]]]
    circle, at, slope = np.full(len(face), -1, dtype=np.intp), edge.copy(), np.ones(len(face))
    for mine, outer, sign, shift in (
        (piece[first], end, 1.0, 0.0),
        (piece[second], start, -1.0, period),
    ):
        middle, a = center[mine, 0 if lateral else 1] + shift, radius[mine]
        across = beside - center[mine, 1 if lateral else 0]
        room = a * a - across * across
        hit = (a > 0) & ((outer - middle) ** 2 >= room) & (mine > circle)
        half = np.sqrt(np.maximum(room, 0.0))
        circle, at = np.where(hit, mine, circle), np.where(hit, middle + sign * half, at)
        slope = np.where(hit, np.maximum(half / np.where(a > 0, a, 1.0), FLATTEST), slope)
    at = np.clip(at, start + LOOSE * (end - start), end - LOOSE * (end - start))
    if lateral and mesh.geometry.kind == "axisymmetric":  # a half cell resists as a logarithm of radii
        stretch = np.log(at / start) / np.log(edge / start), np.log(end / at) / np.log(end / edge)
        slope = slope * at / edge
    else:
        stretch = (at - start) / (edge - start), (end - at) / (end - edge)
    keep = circle >= 0
    return Cuts(
        lateral,
        face[keep],
        first[keep],
        second[keep],
        circle[keep],
        reach_first=(at - start)[keep],
        reach_second=(end - at)[keep],
        half_first=(edge - start)[keep],
        half_second=(end - edge)[keep],
        stretch_first=stretch[0][keep],
        stretch_second=stretch[1][keep],
        slope=slope[keep],
    )


# What flows along them ---------------------------------------------------------------------------------------


def _shares(
    mesh: Mesh, groups: Sequence[Cuts], joint: Sequence[Floats], near: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Ints]:
    """Along z and along x, (2, cells): the part of every cell that belongs to its piece, and the part whose conduction
    along the edge the faces know; and the circle beside each cell, -1 where none."""
    assert mesh.dx is not None
    size = np.stack([np.repeat(mesh.dz, mesh.shape[1]), np.tile(mesh.dx, mesh.shape[0])])
    held, there = np.ones((2, mesh.piece.size)), np.ones((2, mesh.piece.size))
    circle = np.full(mesh.piece.size, -1, dtype=np.intp)
    for cuts, resistance in zip(groups, joint, strict=True):
        axis = int(cuts.lateral)
        k = near[axis].ravel()
        k_first, k_second = k[cuts.first], k[cuts.second]
        with np.errstate(divide="ignore"):
            total = cuts.reach_first / k_first + cuts.reach_second / k_second + resistance / cuts.slope
        easy = cuts.reach_first * k_first + cuts.reach_second * k_second
        known = (cuts.reach_first + cuts.reach_second) ** 2 / (total * easy)
        for cell, reach, half in (
            (cuts.first, cuts.reach_first, cuts.half_first),
            (cuts.second, cuts.reach_second, cuts.half_second),
        ):
            np.add.at(held[axis], cell, (reach - half) / size[axis, cell])
            np.add.at(there[axis], cell, (reach * known - half) / size[axis, cell])
            np.maximum.at(circle, cell, cuts.circle)
    return held, there, circle


def _tangent(
    layout: Layout, mesh: Mesh, groups: Sequence[Cuts], circle: Ints, row: Ints, column: Ints
) -> tuple[Floats, Floats]:
    """(n,) components of the tangent of ``circle`` at the cells, along x and along z."""
    assert mesh.x is not None
    assert mesh.x_edges is not None
    center, _ = _circles(layout)
    away = [mesh.z[row] - center[circle, 1], mesh.x[column] - center[circle, 0]]
    for cuts in groups[2:]:
        axis = int(cuts.lateral)
        edges = mesh.x_edges if cuts.lateral else mesh.z_edges
        period = edges[-1] - edges[0]
        away[axis] = away[axis] - period * np.round(away[axis] / period)
    distance = np.maximum(np.hypot(*away), np.finfo(float).tiny)
    return -away[0] / distance, away[1] / distance


def _to_neighbours(
    mesh: Mesh, periodic: Sequence[bool], row: Ints, column: Ints, up: Ints, right: Ints, give: Floats
) -> tuple[Ints, Ints, Floats]:
    """Links of cells to their two neighbours in the direction (up, right), as far as these bear the same piece.

    give : (n,) [W m/K], spread over the two; divided by the square of the distance.
    """
    nz, nx = mesh.shape
    assert mesh.dx is not None
    piece = mesh.piece.ravel()
    cell = row * nx + column
    other, near = [], []
    for sign in (1, -1):
        i, j = row + sign * up, column + sign * right
        inside = (periodic[0] | ((i >= 0) & (i < nz))) & (periodic[1] | ((j >= 0) & (j < nx)))
        neighbour = (i % nz) * nx + j % nx
        other.append(neighbour)
        near.append(inside & (piece[neighbour] == piece[cell]))
    count = np.maximum(near[0].astype(int) + near[1], 1)
    first, second, conductance = [], [], []
    for neighbour, usable in zip(other, near, strict=True):
        i, j = np.divmod(neighbour, nx)
        distance = np.hypot(
            up * 0.5 * (mesh.dz[row] + mesh.dz[i]), right * 0.5 * (mesh.dx[column] + mesh.dx[j])
        )
        first.append(cell[usable])
        second.append(neighbour[usable])
        conductance.append((give / (count * distance**2))[usable])
    return np.concatenate(first), np.concatenate(second), np.concatenate(conductance)
