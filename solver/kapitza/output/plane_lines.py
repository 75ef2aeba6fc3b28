"""Curves on a 2-D field: isotherms that end at joints, and lines along which heat flows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kapitza.output.plane_data import VOID, Floats, Plane

HALF = math.log(2.0)
INSET = 0.25  # cells: lines are traced from so far inside the boundary
Curve = tuple[Floats, Floats]  # x, z [m]; NaN where it is interrupted


def isotherms(plane: Plane, levels: Sequence[float]) -> list[Curve]:
    """Curves of constant temperature [K], each within one piece, so that none runs across a jump.

    Every piece has its own values at the corners of its cells: cell temperature and gradient, extrapolated,
    mean over the piece's cells at the corner. No corner value of one piece knows of another's.
    """
    from contourpy import contour_generator

    if not levels:
        return []
    curves: list[Curve] = []
    gz, gx = _gradients(plane)
    for number in np.unique(plane.piece[plane.piece != VOID]):
        rows = np.flatnonzero(np.any(plane.piece == number, axis=1))
        columns = np.flatnonzero(np.any(plane.piece == number, axis=0))
        box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        z, x = plane.z[rows[0] : rows[-1] + 2], plane.x[columns[0] : columns[-1] + 2]
        own = plane.piece[box] == number
        corners = _corner_values(plane.T[box], gz[box], gx[box], own, np.diff(z), np.diff(x))
        generator = contour_generator(x, z, np.ma.masked_invalid(corners))
        low, high = np.nanmin(corners), np.nanmax(corners)
        for level in levels:
            if low < level < high:
                for line in generator.lines(level):
                    curves.extend(_inside(np.asarray(line), own, z, x))
    return curves


def _gradients(plane: Plane) -> tuple[Floats, Floats]:
    """dT/dz and dT/dx [K/m] in every cell, from neighbours of the same piece; 0 where there are none."""
    z, x = 0.5 * (plane.z[1:] + plane.z[:-1]), 0.5 * (plane.x[1:] + plane.x[:-1])
    return _slope(plane.T, plane.piece, z), _slope(plane.T.T, plane.piece.T, x).T


def _slope(T: Floats, piece: npt.NDArray[np.intp], z: Floats) -> Floats:
    same = (piece[1:] == piece[:-1]) & (piece[1:] != VOID)
    step = np.where(same, (T[1:] - T[:-1]) / np.diff(z)[:, np.newaxis], 0.0)
    total, count = np.zeros(T.shape), np.zeros(T.shape)
    for part in (np.s_[1:], np.s_[:-1]):
        total[part] += step
        count[part] += same
    return np.asarray(total / np.maximum(count, 1.0))


def _corner_values(
    T: Floats, gz: Floats, gx: Floats, own: npt.NDArray[np.bool_], dz: Floats, dx: Floats
) -> Floats:
    """(nz + 1, nx + 1) temperatures at the corners of the cells that are ``own``, NaN at the others'."""
    nz, nx = T.shape
    total, count = np.zeros((nz + 1, nx + 1)), np.zeros((nz + 1, nx + 1))
    up, across = 0.5 * dz[:, np.newaxis] * gz, 0.5 * dx * gx
    for j, sz in ((0, -1.0), (1, 1.0)):
        for i, sx in ((0, -1.0), (1, 1.0)):
            here = np.s_[j : nz + j, i : nx + i]
            total[here] += np.where(own, T + sz * up + sx * across, 0.0)
            count[here] += own
    return np.where(count > 0, total / np.maximum(count, 1.0), np.nan)


def _inside(line: Floats, own: npt.NDArray[np.bool_], z: Floats, x: Floats) -> list[Curve]:
    """The parts of ``line`` (n, 2) that run through cells of the piece."""
    middle = 0.5 * (line[1:] + line[:-1])
    i = np.clip(np.searchsorted(x, middle[:, 0]) - 1, 0, len(x) - 2)
    j = np.clip(np.searchsorted(z, middle[:, 1]) - 1, 0, len(z) - 2)
    keep = own[j, i]
    if keep.all():
        return [(line[:, 0], line[:, 1])]
    breaks = np.flatnonzero(np.diff(keep)) + 1
    parts = np.split(np.arange(len(keep)), breaks)
    return [(line[p[0] : p[-1] + 2, 0], line[p[0] : p[-1] + 2, 1]) for p in parts if keep[p[0]]]


def heat_lines(plane: Plane, count: int) -> list[Curve]:
    """Lines along which heat flows, each standing for the same heat, in the direction of the heat.

    They start where heat leaves through the boundaries, evenly by heat, and are traced back to where it comes in
    or, inside a source, to where half of it has been collected. Those that can be traced to neither are left out.
    """
    seeds = _seeds(plane, count)
    if len(seeds) == 0:
        return []
    size = np.hypot(np.nan_to_num(plane.qz), np.nan_to_num(plane.qx))
    path, complete = _trace(plane, seeds, 1e-6 * float(size.max()))
    nz, nx = plane.T.shape
    curves = []
    for line in np.moveaxis(path, 1, 0)[complete]:
        line = line[np.isfinite(line[:, 0])]
        if len(line) > 2:
            z = np.interp(line[::-1, 0], np.arange(nz + 1.0), plane.z)
            x = np.interp(line[::-1, 1], np.arange(nx + 1.0), plane.x)
            curves.append((x, z))
    return curves


@dataclass(frozen=True)
class _Rim:
    """Boundary cells one after another: heat that leaves through them [W or a part of it], row and column
    coordinates of the places from which lines are traced [cells], (n,)."""

    heat: Floats
    row: Floats
    column: Floats


def _rim(plane: Plane) -> _Rim:
    """The cells of the sides through which heat leaves, around the domain."""
    nz, nx = plane.T.shape
    width = np.diff(plane.x**2) if plane.axisymmetric else np.diff(plane.x)
    left, right = (2.0 * plane.x[[0, -1]]) if plane.axisymmetric else (1.0, 1.0)
    height = np.diff(plane.z)
    row, column = np.arange(nz) + 0.5, np.arange(nx) + 0.5
    sides = (
        ("bottom", -plane.qz[0] * width, np.full(nx, INSET), column),
        ("outer" if plane.axisymmetric else "right", plane.qx[:, -1] * height * right, row, np.full(nz, nx - INSET)),
        ("top", plane.qz[-1, ::-1] * width[::-1], np.full(nx, nz - INSET), column[::-1]),
        ("inner" if plane.axisymmetric else "left", -plane.qx[::-1, 0] * height * left, row[::-1], np.full(nz, INSET)),
    )  # fmt: skip
    most = max((abs(heat) for heat in plane.sides.values()), default=0.0)
    used = [side for side in sides if plane.sides.get(side[0], 0.0) < -1e-6 * most]
    heat, rows, columns = (
        np.concatenate([np.zeros(0), *(np.asarray(s[k], dtype=float) for s in used)]) for k in (1, 2, 3)
    )
    return _Rim(np.nan_to_num(heat), rows, columns)


def leaves_evenly(plane: Plane) -> bool:
    """Whether no heat comes in through sides where, on the whole, it leaves: lines then stand for equal parts of
    the heat of the sides."""
    heat = _rim(plane).heat
    return bool(heat.sum() > 0.98 * np.maximum(heat, 0.0).sum())


def _seeds(plane: Plane, count: int) -> Floats:
    """(count, 2) row and column coordinates, in cells, on boundaries through which heat leaves."""
    nz = len(plane.T)
    rim = _rim(plane)
    total = np.concatenate([[0.0], np.cumsum(np.maximum(rim.heat, 0.0))])
    if total[-1] <= 0.0:
        return np.empty((0, 2))
    wanted = (np.arange(count) + 0.5) / count * total[-1]
    cell = np.searchsorted(total, wanted)
    # Within the cell too, so that the lines keep their distance on coarse meshes.
    part = (wanted - total[cell - 1]) / (total[cell] - total[cell - 1]) - 0.5
    r, c = rim.row[cell - 1], rim.column[cell - 1]
    flat = np.isclose(r, INSET) | np.isclose(r, nz - INSET)
    backwards = np.isclose(r, nz - INSET) | np.isclose(c, INSET)
    shift = np.where(backwards, -part, part)
    return np.column_stack([np.where(flat, r, r + shift), np.where(flat, c + shift, c)])


def _trace(plane: Plane, seeds: Floats, least: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Paths against the flux from ``seeds``, in cells: (steps, n, 2), NaN after the end of each; and which (n,) of
    them are complete.

    A path is complete at a boundary where heat comes in, or where half of its heat has arisen: what a tube of flux
    carries changes along it by d ln Q = (div q / |q|) ds. Others end where the flux is below ``least`` [W/m^2] or
    only turns about a place.
    """
    nz, nx = plane.T.shape
    dz, dx = np.diff(plane.z), np.diff(plane.x)
    known = np.isfinite(plane.qz) & (plane.piece != VOID)
    qz, qx = np.where(known, plane.qz, 0.0), np.where(known, plane.qx, 0.0)
    place = seeds.copy()
    path = [place.copy()]
    going, complete = np.ones(len(seeds), dtype=bool), np.zeros(len(seeds), dtype=bool)
    collected = np.zeros(len(seeds))
    step, ends = 0.35, np.array([nz, nx])
    for turn in range(int(3 * (nz + nx) / step)):
        direction, size, speed = _direction(place, qz, qx, known, dz, dx)
        middle = np.clip(place - 0.5 * step * direction, 1e-6, ends - 1e-6)
        direction, size, speed = _direction(middle, qz, qx, known, dz, dx)
        j, i = middle.astype(int).T
        collected += plane.source[j, i] * step / np.maximum(speed, 1e-300)
        aimed = place - step * direction
        moved = _beside_void(place, np.clip(aimed, 1e-3, ends - 1e-3), known)
        # Heat comes in here, unless the path only grazes a wall that lets nothing through.
        entered = np.abs(np.clip(aimed, 1e-3, ends - 1e-3) - aimed).max(axis=1) >= 0.3 * step
        complete |= going & (entered | (collected >= HALF))
        place = np.where((going & entered)[:, np.newaxis], moved, place)
        path[-1] = np.where((going & entered)[:, np.newaxis], place, path[-1])
        going &= ~complete & (size > least) & (np.abs(moved - place).max(axis=1) > 0.02 * step)
        if turn % 16 == 15:  # where it only turns about a place
            going &= np.abs(place - path[-16]).max(axis=1) > 2.0 * step
        if not going.any():
            break
        place = np.where(going[:, np.newaxis], moved, place)
        path.append(np.where(going[:, np.newaxis], place, np.nan))
    return np.array(path), complete


def _beside_void(place: Floats, moved: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """``moved`` (n, 2), but along the wall where that would be in void; ``place`` where there is no way on."""

    def solid(p: Floats) -> npt.NDArray[np.bool_]:
        j, i = p.astype(int).T
        return np.asarray(known[j, i])

    result = np.where(solid(moved)[:, np.newaxis], moved, place)
    for fixed in (0, 1):
        along = moved.copy()
        along[:, fixed] = place[:, fixed]
        way = ~solid(moved) & solid(along)
        better = way & (np.abs(along - place).max(axis=1) > np.abs(result - place).max(axis=1))
        result = np.where(better[:, np.newaxis], along, result)
    return result


def _direction(
    place: Floats, qz: Floats, qx: Floats, known: npt.NDArray[np.bool_], dz: Floats, dx: Floats
) -> tuple[Floats, Floats, Floats]:
    """Unit vectors (n, 2) of the flux in cells, its size [W/m^2] and its size over that of the cells [W/m^3],
    bilinear between cell centres."""
    nz, nx = qz.shape
    j, i = place[:, 0].astype(int), place[:, 1].astype(int)
    fz, fx = place[:, 0] - 0.5, place[:, 1] - 0.5
    j0, i0 = np.floor(fz).astype(int), np.floor(fx).astype(int)
    vz, vx, weight = np.zeros(len(place)), np.zeros(len(place)), np.zeros(len(place))
    for a in (0, 1):
        for b in (0, 1):
            jj, ii = np.clip(j0 + a, 0, nz - 1), np.clip(i0 + b, 0, nx - 1)
            w = np.abs(1 - a - (fz - j0)) * np.abs(1 - b - (fx - i0)) * known[jj, ii]
            vz, vx, weight = vz + w * qz[jj, ii], vx + w * qx[jj, ii], weight + w
    weight = np.maximum(weight, 1e-300)
    vz, vx = vz / weight, vx / weight
    size = np.hypot(vz, vx)
    unit = np.column_stack([vz / dz[j], vx / dx[i]])
    length = np.hypot(unit[:, 0], unit[:, 1])
    return unit / np.maximum(length, 1e-300)[:, np.newaxis], size, length
