"""A system's matrix as conductances, one array an orientation; what ties cells that are no neighbours apart."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kapitza.assemble.system import System
from kapitza.layout import Floats, Ints

HELD = 1e-6  # of the best conductance; held less than this, all cells move together beyond single precision


@dataclass(frozen=True)
class Ties:
    """Conductances between any cells, counted row by row: along curves, or from the last row to the first.

    first, second : (m,) cells · conductance : (m,) [W/K], of either sign
    """

    first: Ints
    second: Ints
    conductance: Floats

    @classmethod
    def of(cls, system: System) -> Ties:
        """What a system has of them."""
        nz, nx = system.mesh.shape
        groups = []
        if system.links is not None:
            groups.append((system.links.first, system.links.second, system.links.conductance))
        if system.wrap_z is not None:
            row = np.arange(nx)
            groups.append((row + (nz - 1) * nx, row, system.wrap_z.conductance))
        if not groups:
            return cls(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))
        first, second, conductance = (np.concatenate(parts) for parts in zip(*groups, strict=True))
        return cls(first, second, conductance)

    def leave(self, out: Floats, sign: float, *levels: Floats) -> float:
        """out += ``sign`` times the heat that leaves each cell, for the sum of ``levels``, all (nz, nx). Returns that
        sum times the heat, over all cells."""
        if not len(self.first):
            return 0.0
        drop = sum((level.ravel()[self.first] - level.ravel()[self.second] for level in levels), np.zeros(1))
        flow = self.conductance * drop
        flat = out.reshape(-1)
        np.add.at(flat, self.first, sign * flow)
        np.subtract.at(flat, self.second, sign * flow)
        return float(np.sum(flow * drop))


@dataclass(frozen=True)
class Matrix:
    """A symmetric matrix on the cells: what ties each to its neighbours and to fixed values, all >= 0 [W/K].

    gz : (nz - 1, nx) · gx : (nz, nx - 1) · wrap : (nz,), 0 unless ``periodic`` · diagonal : (nz, nx)
    """

    gz: Floats
    gx: Floats
    wrap: Floats
    diagonal: Floats
    periodic: bool

    @classmethod
    def of(cls, system: System, extra: Floats | float) -> Matrix:
        """The conductances of a system's faces with ``extra`` (nz, nx), or a number, on the diagonal; 0 in void."""
        diagonal = system.anchor()
        diagonal += extra
        diagonal[~system.active] = 0.0
        wrap = np.zeros(len(diagonal)) if system.wrap is None else system.wrap.conductance
        gz, gx, wrap = (
            np.ascontiguousarray(part)
            for part in (system.faces_z.conductance, system.faces_x.conductance, wrap)
        )
        return cls(gz, gx, wrap, diagonal, system.wrap is not None)

    def tied(self, ties: Ties) -> Matrix:
        """With those ``ties`` that join neighbours, as far as conductances stay positive; others are left out."""
        if not len(ties.first):
            return self
        nx = self.diagonal.shape[1]
        low, distance = np.minimum(ties.first, ties.second), np.abs(ties.first - ties.second)
        row, column = low // nx, low % nx
        gz, gx = self.gz.copy(), self.gx.copy()
        up, right = distance == nx, (distance == 1) & (column < nx - 1)
        np.add.at(gz, (row[up], column[up]), ties.conductance[up])
        np.add.at(gx, (row[right], column[right]), ties.conductance[right])
        return replace(self, gz=np.maximum(gz, 0.0), gx=np.maximum(gx, 0.0))

    @property
    def parts(self) -> tuple[Floats, Floats, Floats, Floats]:
        return self.gz, self.gx, self.wrap, self.diagonal

    @property
    def in_single(self) -> bool:
        """Whether single precision tells the cells apart."""
        most = max(float(part.max(initial=0.0)) for part in self.parts)
        return bool(self.diagonal.sum() > HELD * most)
