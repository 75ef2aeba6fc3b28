"""What a 2-D picture shows: fields on cells, coarsened to what the eye can tell apart. Numbers only, no drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.output import labels

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
VOID = -1


@dataclass(frozen=True)
class Plane:
    """Cells of a 2-D result. T [K], qz, qx [W/m^2], piece (int, -1 void): (nz, nx); z, x: edges [m].

    source : heat that arises in the cells [W/m^3], (nz, nx)
    joints : contacts that resist, each (vertical, z, x): faces (n,) by their centres [m]
    """

    z: Floats
    x: Floats
    T: Floats
    qz: Floats
    qx: Floats
    source: Floats
    piece: Ints
    names: Sequence[str]
    joints: Sequence[tuple[npt.NDArray[np.bool_], Floats, Floats]]
    lateral: str
    temperature_unit: str
    sides: dict[str, float]

    @staticmethod
    def of(solution: Any, summary: Mapping[str, Any]) -> Plane:
        """What the picture needs of a 2-D ``Solution``."""
        joints = [
            (np.asarray(r.vertical, dtype=bool), np.asarray(r.z), np.asarray(r.x))
            for r in solution.interfaces.values()
            if r.conductance is not None
        ]
        sides = {name: side["heat"] or 0.0 for name, side in summary["boundaries"].items()}
        lateral = solution.stack.geometry.lateral
        z, x = (np.asarray(edges, dtype=float) for edges in (solution.z_edges, solution.x_edges))
        qz, qx = (np.asarray(q, dtype=float) for q in (solution.heat_flux_z, solution.heat_flux_x))
        return Plane(
            z=z,
            x=x,
            T=np.asarray(solution.temperature, dtype=float),
            qz=qz,
            qx=qx,
            source=heat_density(qz, qx, z, x, axisymmetric=lateral == "r"),
            piece=np.asarray(solution.piece, dtype=np.intp),
            names=[labels.clean(name) for name in solution.piece_names],
            joints=joints,
            lateral=lateral,
            temperature_unit=solution.stack.temperature_unit,
            sides=sides,
        )

    @property
    def axisymmetric(self) -> bool:
        return self.lateral == "r"

    @cached_property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest cell temperature [K]."""
        return float(np.nanmin(self.T)), float(np.nanmax(self.T))

    @cached_property
    def z_knots(self) -> Floats:
        """Heights at which pieces begin or end, from the lowest to the highest edge [m]."""
        changes = np.any(self.piece[1:] != self.piece[:-1], axis=1)
        return np.concatenate([self.z[:1], self.z[1:-1][changes], self.z[-1:]])

    @cached_property
    def x_knots(self) -> Floats:
        """Lateral coordinates at which pieces begin or end [m]."""
        changes = np.any(self.piece[:, 1:] != self.piece[:, :-1], axis=0)
        return np.concatenate([self.x[:1], self.x[1:-1][changes], self.x[-1:]])

    @cached_property
    def sizes(self) -> tuple[Floats, Floats]:
        """(n_pieces,) heights and widths, each from a piece's first to its last cell [m]; NaN where it has none."""
        return _sizes(self.piece, self.z), _sizes(self.piece.T, self.x)

    def coarsened(self, z: Stretch, x: Stretch, most: int) -> Plane:
        """Cells narrower than 1/most of the drawing merged with their neighbours, by sampling;
        the heat that arises in them is summed."""
        rows, columns = _kept(z(self.z), most), _kept(x(self.x), most)
        if len(rows) == len(self.z) and len(columns) == len(self.x):
            return self
        at = np.ix_((rows[:-1] + rows[1:]) // 2, (columns[:-1] + columns[1:]) // 2)
        area = np.outer(np.diff(self.z), np.diff(self.x))
        heat, area = (
            np.add.reduceat(np.add.reduceat(a, rows[:-1], axis=0), columns[:-1], axis=1)
            for a in (self.source * area, area)
        )
        return replace(
            self, z=self.z[rows], x=self.x[columns], T=self.T[at], qz=self.qz[at], qx=self.qx[at],
            source=heat / area, piece=self.piece[at],
        )  # fmt: skip

    def cropped(self, z: tuple[float, float], x: tuple[float, float]) -> Plane:
        """The part within about these limits [m], from edge to edge."""
        (j0, j1), (i0, i1) = _nearest(self.z, z), _nearest(self.x, x)
        part = np.s_[j0:j1, i0:i1]
        low, high, left, right = self.z[j0], self.z[j1], self.x[i0], self.x[i1]
        joints = []
        for vertical, fz, fx in self.joints:
            here = (fz >= low) & (fz <= high) & (fx >= left) & (fx <= right)
            joints.append((vertical[here], fz[here], fx[here]))
        return replace(
            self, z=self.z[j0 : j1 + 1], x=self.x[i0 : i1 + 1], T=self.T[part], qz=self.qz[part],
            qx=self.qx[part], source=self.source[part], piece=self.piece[part], joints=joints,
        )  # fmt: skip

    def outlines(self) -> list[tuple[Floats, Floats]]:
        """Where pieces meet each other, void or the outside: segments (x, z), each ([a, b], [c, d]) [m]."""
        padded = np.pad(self.piece, 1, constant_values=VOID)
        segments = []
        for j in range(len(self.z)):
            edge = padded[j, 1:-1] != padded[j + 1, 1:-1]
            for a, b in _runs(edge):
                segments.append((self.x[[a, b]], self.z[[j, j]]))
        for i in range(len(self.x)):
            edge = padded[1:-1, i] != padded[1:-1, i + 1]
            for a, b in _runs(edge):
                segments.append((self.x[[i, i]], self.z[[a, b]]))
        return segments

    def joint_lines(self) -> list[tuple[Floats, Floats]]:
        """Contacts that resist, as segments like those of `outlines`."""
        segments = []
        for vertical, z, x in self.joints:
            for upright in (False, True):
                chosen = vertical == upright
                along, across = (z, x) if upright else (x, z)
                edges = self.z if upright else self.x
                for level in np.unique(across[chosen]):
                    here = chosen & (across == level)
                    marked = np.zeros(len(edges) - 1, dtype=bool)
                    marked[np.clip(np.searchsorted(edges, along[here]) - 1, 0, len(edges) - 2)] = True
                    for a, b in _runs(marked):
                        span, flat = edges[[a, b]], np.full(2, level)
                        segments.append((flat, span) if upright else (span, flat))
        return segments


@dataclass(frozen=True)
class Stretch:
    """A piecewise linear map of a coordinate [m]: ``knots`` are drawn at ``at``, rising, both (n,).

    What lies beyond the ends goes on at the scale there."""

    knots: Floats
    at: Floats

    def __call__(self, value: Any) -> Any:
        k = np.clip(np.searchsorted(self.knots, value) - 1, 0, len(self.knots) - 2)
        slope = np.diff(self.at) / np.diff(self.knots)
        return self.at[k] + (value - self.knots[k]) * slope[k]

    def focused(self, low: float, high: float) -> Stretch:
        """With at least half of the drawing for what lies between ``low`` and ``high`` [m]."""
        ends = float(self.knots[0]), float(self.knots[-1])
        knots = np.unique(np.clip([*self.knots, low, high], *ends))
        drawn = np.diff(self(knots))
        inside = (knots[:-1] >= low) & (knots[1:] <= high)
        part = drawn[inside].sum() / drawn.sum()
        if not 0.0 < part < 0.5:
            return self
        drawn = np.where(inside, drawn * 0.5 / part, drawn * 0.5 / (1.0 - part))
        return Stretch(knots, self.at[0] + np.concatenate([[0.0], np.cumsum(drawn)]))

    @staticmethod
    def true(low: float, high: float) -> Stretch:
        """To scale, in metres."""
        ends = np.array([low, high])
        return Stretch(ends, ends)

    @staticmethod
    def with_minimum(knots: Floats, least: float) -> Stretch:
        """Drawn from 0 to 1, every interval at least ``least`` of it; the wide ones shrink in proportion."""
        true = np.diff(knots) / (knots[-1] - knots[0])
        least = min(least, 0.8 / len(true))
        drawn = true.copy()
        small = np.zeros(len(true), dtype=bool)
        for _ in range(len(true)):
            small |= drawn < least
            room = 1.0 - least * np.count_nonzero(small)
            drawn = np.where(small, least, true * room / max(true[~small].sum(), 1e-300))
            if not np.any(drawn[~small] < least):
                break
        return Stretch(knots, np.concatenate([[0.0], np.cumsum(drawn)]))

    @property
    def even(self) -> bool:
        """Whether all intervals are drawn at one scale."""
        slopes = np.diff(self.at) / np.diff(self.knots)
        return bool(np.ptp(slopes) <= 1e-6 * slopes.max())


def heat_density(qz: Floats, qx: Floats, z: Floats, x: Floats, *, axisymmetric: bool) -> Floats:
    """(nz, nx) heat that arises in the cells [W/m^3], from the fluxes at their centres, NaN in void.

    A flux at a centre is the mean f of the fluxes through the two faces, so that differences of neighbours but
    one give sums of the heat that leaves three cells, weighted 1, 2, 1: q[j+1] - q[j-1] = (d[j-1] + 2 d[j] + d[j+1])/2
    with d the difference between the faces. That is the heat density, smoothed over 3 x 3 cells, exact in the plane;
    around an axis up to the square of a cell over the radius. The outermost cells take their neighbours' value.
    """
    nz, nx = qz.shape
    if min(nz, nx) < 3:
        return np.zeros((nz, nx))
    solid = np.isfinite(qz)
    qz, qx = np.where(solid, qz, 0.0), np.where(solid, qx, 0.0)
    face = x if axisymmetric else np.ones(nx + 1)
    high, wide = np.diff(z)[:, np.newaxis], 0.5 * np.diff(x**2) if axisymmetric else np.diff(x)
    up = _smooth(2.0 * (qz[2:] - qz[:-2]) * wide, 1)
    across = (qx[:, 2:] - qx[:, :-2]) * (face[:-1] + face[1:])[1:-1] + _smooth(qx * np.diff(face), 1)
    heat = up + _smooth(across * high, 0)
    volume = _smooth(_smooth(np.where(solid, high * wide, 0.0), 0), 1)
    inner = heat / np.where(volume > 0.0, volume, 1.0)
    largest = float(np.hypot(qz, qx).max())
    noise = 0.05 if axisymmetric else 1e-6  # in parts of the largest flux over the height
    inner[np.abs(inner) * (z[-1] - z[0]) < noise * largest] = 0.0
    return np.where(solid, np.pad(inner, 1, mode="edge"), 0.0)


def _smooth(values: Floats, axis: int) -> Floats:
    """Sums of three neighbours with weights 1, 2, 1; one shorter at both ends."""
    a = np.moveaxis(values, axis, 0)
    return np.moveaxis(a[:-2] + 2.0 * a[1:-1] + a[2:], 0, axis)


def _sizes(piece: Ints, edges: Floats) -> Floats:
    """Extent along the first axis of every piece [m], NaN where it is not there."""
    rows = np.broadcast_to(np.arange(len(piece))[:, np.newaxis], piece.shape)
    first = np.full(piece.max() + 2, len(piece))
    last = np.full(piece.max() + 2, -1)
    # Void, -1, is the last entry, and left out.
    np.minimum.at(first, piece, rows)
    np.maximum.at(last, piece, rows)
    there = last[:-1] >= 0
    return np.where(there, edges[last[:-1] + 1] - edges[np.where(there, first[:-1], 0)], np.nan)


def _nearest(edges: Floats, limits: tuple[float, float]) -> tuple[int, int]:
    """Indices of the edges next to ``limits``, at least one cell apart."""
    low, high = (int(np.argmin(np.abs(edges - value))) for value in limits)
    return (low, high) if low < high else (min(low, len(edges) - 2), min(low, len(edges) - 2) + 1)


def _kept(places: Floats, most: int) -> Ints:
    """Indices of edges to keep, so that the drawing between ``places`` has at most ``most`` cells."""
    at = (places - places[0]) / (places[-1] - places[0]) * most * (1 - 1e-12)
    keep = np.diff(np.floor(at), prepend=-1.0) > 0
    # A cell that is wide enough by itself is left as it is.
    wide = np.diff(at) >= 1.0
    keep[:-1] |= wide
    keep[1:] |= wide
    keep[-1] = True
    return np.flatnonzero(keep)


def _runs(marked: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(start, stop) of every run of True."""
    change = np.flatnonzero(np.diff(marked.astype(np.int8), prepend=0, append=0))
    return [(int(a), int(b)) for a, b in change.reshape(-1, 2)]
