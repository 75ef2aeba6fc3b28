"""Conduction along circles: what the cut faces of `kapitza.assemble.curved` do not carry, given back as `Links`.

Between cells of one piece beside the edge, along its tangent t, on square cells

    (t·∇T)^2 = |t_x t_z| (∂_diagonal T)^2 + (t_x^2 - |t_x t_z|) (∂_x T)^2 + (t_z^2 - |t_x t_z|) (∂_z T)^2;

what the staircase conducts too much is taken away likewise, with the other diagonal. The matrix keeps its signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.assemble.curved import Cuts, circles
from kapitza.assemble.system import Links
from kapitza.layout import Floats, Ints, Layout
from kapitza.mesh import Mesh

LEAST = 0.6  # links of one cell take away at most this part of what its faces conduct


def known(cuts: Cuts, resistance: Floats, near: tuple[Floats, Floats]) -> Floats:
    """(n,) part of the conduction along the edge that cut faces know, L²/((a1/k1 + a2/k2 + R/s)(a1 k1 + a2 k2)).

    resistance : (n,) R of the contact [m^2 K/W] · near : (nz, nx) conductivity through and along the layers that says
    how the flow divides [W/(m K)]"""
    k1, k2 = _beside(cuts, near)
    total, easy = _sums(cuts, resistance, k1, k2)
    return np.asarray((cuts.reach_first + cuts.reach_second) ** 2 / (total * easy))


def known_slopes(
    cuts: Cuts, resistance: Floats, near: tuple[Floats, Floats]
) -> tuple[Floats, Floats, Floats]:
    """(n,) derivatives of `known` by ln of the first conductivity, of the second, and of R."""
    k1, k2 = _beside(cuts, near)
    total, easy = _sums(cuts, resistance, k1, k2)
    share = known(cuts, resistance, near)
    passing = np.where(np.isinf(total), np.nan, total)  # nothing passes: nothing is known
    with np.errstate(divide="ignore"):
        first = cuts.reach_first / k1 / passing - cuts.reach_first * k1 / easy
        second = cuts.reach_second / k2 / passing - cuts.reach_second * k2 / easy
    joint = -resistance / cuts.slope / passing
    return share * np.nan_to_num(first), share * np.nan_to_num(second), share * np.nan_to_num(joint)


def _beside(cuts: Cuts, near: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    k = near[int(cuts.lateral)].ravel()
    return k[cuts.first], k[cuts.second]


def _sums(cuts: Cuts, resistance: Floats, k1: Floats, k2: Floats) -> tuple[Floats, Floats]:
    """Of the two parts of the line between the centres: one after the other [m^2 K/W], and side by side [W/K]."""
    with np.errstate(divide="ignore"):
        total = cuts.reach_first / k1 + cuts.reach_second / k2 + resistance / cuts.slope
    return total, cuts.reach_first * k1 + cuts.reach_second * k2


@dataclass(frozen=True)
class Rim:
    """Cells beside circles, (n,) each.

    groups : the cut faces · cell : flat number · along, aslope : components of the tangent along x and z
    held : (2, n) part of the cell that belongs to its piece, measured along z and along x
    """

    mesh: Mesh
    groups: Sequence[Cuts]
    cell: Ints
    along: Floats
    aslope: Floats
    held: Floats

    @staticmethod
    def of(layout: Layout, mesh: Mesh, groups: Sequence[Cuts]) -> Rim:
        size, count = _sizes(mesh), mesh.piece.size
        held, circle = np.ones((2, count)), np.full(count, -1, dtype=np.intp)
        for cuts in groups:
            axis = int(cuts.lateral)
            for cell, reach, half in _ends(cuts):
                np.add.at(held[axis], cell, (reach - half) / size[axis, cell])
                np.maximum.at(circle, cell, cuts.circle)
        cell = np.flatnonzero(circle >= 0)
        along, aslope = _tangent(layout, mesh, groups, circle[cell], *np.divmod(cell, mesh.shape[1]))
        return Rim(mesh, groups, cell, along, aslope, held[:, cell])

    def missing(self, shares: Sequence[Floats]) -> Floats:
        """(n,) part of a cell's conduction along the edge that its faces leave out. shares : `known` of each group"""
        size = _sizes(self.mesh)
        there = np.ones((2, self.mesh.piece.size))
        for cuts, share in zip(self.groups, shares, strict=True):
            axis = int(cuts.lateral)
            for cell, reach, half in _ends(cuts):
                np.add.at(there[axis], cell, (reach * share - half) / size[axis, cell])
        there = there[:, self.cell]
        # How much of the cell belongs to its piece: rows measure it where the edge is steep, columns where it is flat.
        x2, z2 = self.along**2, self.aslope**2
        left: Floats = np.maximum((self.held[0] - there[1]) * x2 + (self.held[1] - there[0]) * z2, -LEAST)
        return left

    def by_known(self, missing: Floats, by_missing: Floats) -> list[Floats]:
        """Of anything with derivatives ``by_missing`` (n,), those by `known` of each group."""
        size = _sizes(self.mesh)
        pull = np.zeros((2, self.mesh.piece.size))
        free = np.where(missing > -LEAST, by_missing, 0.0)
        pull[:, self.cell] = -free * self.aslope**2, -free * self.along**2
        pull /= size
        return [
            sum(
                (reach * pull[int(cuts.lateral), cell] for cell, reach, _ in _ends(cuts)),
                np.zeros(len(cuts.face)),
            )
            for cuts in self.groups
        ]

    def links(self, missing: Floats, medium: tuple[Floats, Floats], volume: Floats) -> Links:
        """Conductances that give back what is missing; each belongs to its first cell.

        medium : (nz, nx) conductivities through and along the layers that they are made of [W/(m K)]
        volume : (nz, nx) [m^3]"""
        mesh, cell = self.mesh, self.cell
        row, column = np.divmod(cell, mesh.shape[1])
        x2, z2, slant = self.along**2, self.aslope**2, self.along * self.aslope
        k = medium[1].ravel()[cell] * x2 + medium[0].ravel()[cell] * z2
        give = volume.ravel()[cell] * k * missing
        assert mesh.dx is not None
        flat = mesh.dx[column] / mesh.dz[row]
        # Of the two diagonals the one with a positive conductance; no more of it than the faces can make up for.
        sign, room = np.sign(missing), LEAST / np.maximum(np.abs(missing), LEAST)
        both = np.minimum(np.abs(slant), np.minimum((room + sign * x2) / flat, (room + sign * z2) * flat))
        both = sign * np.maximum(both, 0.0)
        turn = np.where(slant * sign > 0, 1, -1)
        none = np.zeros_like(row)
        periodic = tuple(any(g.lateral == lateral for g in self.groups[2:]) for lateral in (False, True))
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


def _sizes(mesh: Mesh) -> Floats:
    """(2, cells) heights and widths [m]."""
    assert mesh.dx is not None
    return np.stack([np.repeat(mesh.dz, mesh.shape[1]), np.tile(mesh.dx, mesh.shape[0])])


def _ends(cuts: Cuts) -> Sequence[tuple[Ints, Floats, Floats]]:
    """(cell, its part of the line between the centres, its half size) of the first and the second cells."""
    return (
        (cuts.first, cuts.reach_first, cuts.half_first),
        (cuts.second, cuts.reach_second, cuts.half_second),
    )


def _tangent(
    layout: Layout, mesh: Mesh, groups: Sequence[Cuts], circle: Ints, row: Ints, column: Ints
) -> tuple[Floats, Floats]:
    """(n,) components of the tangent of ``circle`` at the cells, along x and along z."""
    assert mesh.x is not None
    assert mesh.x_edges is not None
    center, _ = circles(layout)
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
