"""Circles on a grid of rectangles: faces with the true place and slope of the edge, and conduction along it.

A circle colours the cells whose centre it holds, so its edge becomes a staircase, of perimeter 8a for 2πa. Three things
put that right, each derived from the energy that the exact temperatures have in the cut cells:

* the line between two cell centres changes material where it crosses the circle, not half way;
* a face of area A has the contact area A |n·e|, e its direction and n the normal of the circle where that line crosses
  it: the contact areas add up to 2πa, since n_x^2 + n_z^2 = 1;
* such a face carries the flow through the edge alone. What flows along the edge is given back to the cells of the same
  piece beside it (`kapitza.assemble.rim`).

Against exact arrays of cylinders (`kapitza.verify.cylinders`) at 128 cells a side: within 0.1 % from perfect contact up
to R = cell/k. Cut cells with two temperatures each were tried too: 0.1 % at R = cell/k, but 0.8 % in perfect contact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats, Ints, Layout
from kapitza.mesh import Mesh
from kapitza.model import Circle

FLATTEST = 1e-6  # |n·e| of a face that a circle merely touches
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
    center, radius = circles(layout)
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


def circles(layout: Layout) -> tuple[Floats, Floats]:
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
