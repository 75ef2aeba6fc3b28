"""Curves on a 2-D field: isotherms that end at joints, and lines along which heat flows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kapitza.output.plane_data import VOID, Floats, Plane

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

    They start where heat leaves through the boundaries, evenly by heat, and are traced back to its sources.
    """
    seeds = _seeds(plane, count)
    if len(seeds) == 0:
        return []
    size = np.hypot(np.nan_to_num(plane.qz), np.nan_to_num(plane.qx))
    path = _trace(plane, seeds, 1e-6 * float(size.max()))
    nz, nx = plane.T.shape
    curves = []
    for line in np.moveaxis(path, 1, 0):
        line = line[np.isfinite(line[:, 0])]
        if len(line) > 2:
            z = np.interp(line[::-1, 0], np.arange(nz + 1.0), plane.z)
            x = np.interp(line[::-1, 1], np.arange(nx + 1.0), plane.x)
            curves.append((x, z))
    return curves


def _seeds(plane: Plane, count: int) -> Floats:
    """(count, 2) row and column coordinates, in cells, on boundaries through which heat leaves."""
    nz, nx = plane.T.shape
    width = np.diff(plane.x**2) if plane.axisymmetric else np.diff(plane.x)
    left, right = (2.0 * plane.x[[0, -1]]) if plane.axisymmetric else (1.0, 1.0)
    height = np.diff(plane.z)
    row, column = np.arange(nz) + 0.5, np.arange(nx) + 0.5
    inset = 0.25
    sides = (
        ("bottom", -plane.qz[0] * width, np.full(nx, inset), column),
        ("outer" if plane.axisymmetric else "right", plane.qx[:, -1] * height * right, row, np.full(nz, nx - inset)),
        ("top", plane.qz[-1, ::-1] * width[::-1], np.full(nx, nz - inset), column[::-1]),
        ("inner" if plane.axisymmetric else "left", -plane.qx[::-1, 0] * height * left, row[::-1], np.full(nz, inset)),
    )  # fmt: skip
    most = max((abs(heat) for heat in plane.sides.values()), default=0.0)
    heat: list[Floats] = [np.zeros(1)]
    rows: list[Floats] = [np.zeros(1)]
    columns: list[Floats] = [np.zeros(1)]
    for name, leaving, r, c in sides:
        if abs(plane.sides.get(name, 0.0)) > 1e-6 * most:
            heat.append(np.maximum(np.nan_to_num(leaving), 0.0))
            rows.append(np.asarray(r))
            columns.append(np.asarray(c))
    total = np.cumsum(np.concatenate(heat))
    if total[-1] <= 0.0:
        return np.empty((0, 2))
    wanted = (np.arange(count) + 0.5) / count * total[-1]
    cell = np.searchsorted(total, wanted)
    # Within the cell too, so that the lines keep their distance on coarse meshes.
    part = (wanted - total[cell - 1]) / (total[cell] - total[cell - 1]) - 0.5
    r, c = np.concatenate(rows)[cell], np.concatenate(columns)[cell]
    flat = np.isclose(r, inset) | np.isclose(r, nz - inset)
    backwards = np.isclose(r, nz - inset) | np.isclose(c, inset)
    shift = np.where(backwards, -part, part)
    return np.column_stack([np.where(flat, r, r + shift), np.where(flat, c + shift, c)])


def _trace(plane: Plane, seeds: Floats, least: float) -> Floats:
    """Paths against the flux from ``seeds``, in cells: (steps, n, 2), NaN after the end of each.

    A path ends where the flux is below ``least`` [W/m^2], in void, and at the boundary.
    """
    nz, nx = plane.T.shape
    dz, dx = np.diff(plane.z), np.diff(plane.x)
    known = np.isfinite(plane.qz) & (plane.piece != VOID)
    qz, qx = np.where(known, plane.qz, 0.0), np.where(known, plane.qx, 0.0)
    place = seeds.copy()
    path = [place.copy()]
    going = np.ones(len(seeds), dtype=bool)
    step, ends = 0.35, np.array([nz, nx])
    for turn in range(int(3 * (nz + nx) / step)):
        direction, size = _direction(place, qz, qx, known, dz, dx)
        middle = np.clip(place - 0.5 * step * direction, 1e-6, ends - 1e-6)
        direction, size = _direction(middle, qz, qx, known, dz, dx)
        aimed = place - step * direction
        moved = np.clip(aimed, 1e-3, ends - 1e-3)
        # Heat comes in here, unless the path only grazes a wall that lets nothing through.
        going &= np.abs(moved - aimed).max(axis=1) < 0.3 * step
        going &= (size > least) & (np.abs(moved - place).max(axis=1) > 0.02 * step)
        going &= known[moved[:, 0].astype(int), moved[:, 1].astype(int)]
        if turn % 16 == 15:  # and where it only turns about a place, a source of heat
            going &= np.abs(place - path[-16]).max(axis=1) > 2.0 * step
        if not going.any():
            break
        place = np.where(going[:, np.newaxis], moved, place)
        path.append(np.where(going[:, np.newaxis], place, np.nan))
    return np.array(path)


def _direction(
    place: Floats, qz: Floats, qx: Floats, known: npt.NDArray[np.bool_], dz: Floats, dx: Floats
) -> tuple[Floats, Floats]:
    """Unit vectors (n, 2) of the flux in cells per step, and its size [W/m^2], bilinear between cell centres."""
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
    return unit / np.maximum(length, 1e-300)[:, np.newaxis], size
