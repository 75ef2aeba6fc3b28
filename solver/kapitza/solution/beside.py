"""Temperatures at points beside circles, where a cell's colour is that of its centre and not of all of it."""

from __future__ import annotations

import math

import numpy as np

from kapitza.layout import Floats, Layout
from kapitza.mesh import Mesh
from kapitza.model import Circle, Rectangle

ON = 1e-9  # of the radius: a point this near to a circle lies on it


def pieces_at(layout: Layout, mesh: Mesh, x: float, z: float, row: int, column: int) -> list[int] | None:
    """The pieces that meet at a point of cell (row, column), by their true shapes; None where no circle is near."""
    rows = slice(max(row - 1, 0), row + 2)
    columns = slice(max(column - 1, 0), column + 2)
    around = {int(piece) for piece in np.unique(mesh.piece[rows, columns])}
    circles = {n for n in around if n >= layout.n_layers and isinstance(_shape(layout, n), Circle)}
    if not circles or len(around) == 1:
        return None
    regions = sorted((n for n in around if _shape(layout, n) is not None), reverse=True)
    layers = sorted(n for n in around if 0 <= n < layout.n_layers)
    # From the last painted down to the first that has the point inside: those above it have it on their edge.
    met: list[int] = []
    for piece in (*regions, *layers):
        side = _side(layout, piece, x, z)
        if side >= 0:
            met.append(piece)
        if side > 0:
            return met
    return met if set(met) & set(layers) else [*met, *(around - {*regions, *layers, -1})]


def temperature(mesh: Mesh, T: Floats, piece: int, x: float, z: float, row: int, column: int) -> float | None:
    """Temperature [K] at a point of ``piece``, in or beside cell (row, column): from the nearest cell of that piece
    with its slopes towards others of it; None where there is no such cell."""
    assert mesh.x is not None
    nz, nx = mesh.shape
    found = [
        (math.hypot(mesh.x[j] - x, mesh.z[i] - z), i, j)
        for i in range(max(row - 1, 0), min(row + 2, nz))
        for j in range(max(column - 1, 0), min(column + 2, nx))
        if mesh.piece[i, j] == piece
    ]
    if not found:
        return None
    _, i, j = min(found)
    along_z = _slope(mesh.z, T[:, j], mesh.piece[:, j] == piece, i)
    along_x = _slope(mesh.x, T[i], mesh.piece[i] == piece, j)
    return float(T[i, j] + along_z * (z - mesh.z[i]) + along_x * (x - mesh.x[j]))


def _shape(layout: Layout, piece: int) -> Circle | Rectangle | None:
    number = piece - layout.n_layers
    return layout.regions[number].shape if 0 <= number < len(layout.regions) else None


def _side(layout: Layout, piece: int, x: float, z: float) -> int:
    """1 where the point lies inside the piece, a layer or a region, 0 on its edge, -1 outside."""
    shape = _shape(layout, piece)
    if shape is None:
        edges = layout.layer_edges
        shape = Rectangle(
            layout.kinds[layout.kind_of[piece]].x, (float(edges[piece]), float(edges[piece + 1]))
        )
    if isinstance(shape, Circle):
        depth = shape.radius - math.hypot(x - shape.center[0], z - shape.center[1])
        return 0 if abs(depth) <= ON * shape.radius else (1 if depth > 0 else -1)
    low_x, high_x = shape.x or (-math.inf, math.inf)
    low_z, high_z = shape.z or (-math.inf, math.inf)
    if not (low_x <= x <= high_x and low_z <= z <= high_z):
        return -1
    return 1 if low_x < x < high_x and low_z < z < high_z else 0


def _slope(at: Floats, T: Floats, own: np.ndarray, i: int) -> float:
    """dT/d(at) at i from the neighbours that are its ``own``; 0 where there is none."""
    low = i - 1 if i > 0 and own[i - 1] else i
    high = i + 1 if i + 1 < len(at) and own[i + 1] else i
    return float((T[high] - T[low]) / (at[high] - at[low])) if high > low else 0.0
