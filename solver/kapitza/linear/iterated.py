"""Matrices of Newton steps on a mesh: what solves them, given as a scipy matrix over the active cells.

A material whose conductivity depends on temperature makes the Jacobian nonsymmetric, though in temperatures nearly
symmetric: the conductivities of a cell and of its faces differ little. So a multigrid cycle for the symmetric part
brings the matrix close to the identity, and GMRES (Saad and Schultz, 1986) does the rest in a few products.
"""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np

from kapitza.assemble.system import Bools
from kapitza.layout import Floats
from kapitza.linear import choose
from kapitza.linear.matrix import Matrix
from kapitza.linear.sparse import factorised

TOLERANCE = 1e-9  # of the solution
ENOUGH = 1e-5  # the same, where rounding lets no more be gained; Newton corrects itself
GAIN = 1e-6  # of one basis; single precision tells no more
MOST = 60  # products; 5 to 20 are the rule


class Solver(Protocol):
    """A matrix J over n active cells, ready to be solved for."""

    def solve(self, b: Floats) -> Floats:
        """(n,) x with J x = b."""


def method(cells: int, many: int | None = None) -> str:
    """Name of what `solver` takes for a mesh of so many cells."""
    return "sparse" if cells < (many or choose.MANY) else "multigrid"


def solver(matrix: Any, active: Bools, scale: Floats, many: int | None = None) -> Solver:
    """Factors of J for few cells, `Iterated` from ``many`` on (None: `choose.MANY`). Raises PhysicsError as
    `sparse.factorised` does.

    matrix : (n, n) sparse, over the active cells row by row · active : (nz, nx)
    scale : (n,) > 0, such that J diag(scale) is nearly symmetric
    """
    if method(active.size, many) == "sparse":
        return factorised(matrix)  # type: ignore[no-any-return]
    return Iterated(matrix, active, scale)


class Iterated:
    """GMRES around multigrid cycles; once that does not converge, factors."""

    def __init__(self, matrix: Any, active: Bools, scale: Floats) -> None:
        from scipy.sparse import diags_array

        from kapitza.linear.multigrid import Cycle

        self.matrix, self.active, self.scale = matrix, active, scale
        self.product = (matrix @ diags_array(scale)).tocsr()
        near = _symmetric(self.product, active)
        self.cycle = Cycle(near, np.float32 if near.in_single else np.float64)
        self._factors: Any = None

    @property
    def iterating(self) -> bool:
        """Whether no factors were needed so far."""
        return self._factors is None

    def solve(self, b: Floats) -> Floats:
        """(n,) x with J x = b. Raises PhysicsError where neither way leads to it."""
        if self._factors is None:
            x = self._gmres(b)
            if x is not None:
                return self.scale * x
            self._factors = factorised(self.matrix)
        return np.asarray(self._factors.solve(b), dtype=float)

    def _near(self, r: Floats) -> Floats:
        """One cycle applied to r (n,)."""
        size = _length(r)
        if size == 0.0:
            return np.zeros_like(r)
        load, out = np.zeros(self.active.shape), np.zeros(self.active.shape)
        load[self.active] = r
        self.cycle.apply(load, size, out)
        return np.asarray(out[self.active], dtype=float)

    def _gmres(self, b: Floats) -> Floats | None:
        """None where ``MOST`` products do not do. Errors are judged in the unknown itself, as the cycle sees them.

        The cycle's rounding limits what one basis can gain; a second one starts from what is left.
        """
        x, products, size, before = np.zeros_like(b), 0, 0.0, np.inf
        while True:
            missing_heat = b - self.product @ x if products else b
            r = self._near(missing_heat)
            left = _length(r)
            size = max(size, left, _length(x))
            done, stalled = left <= TOLERANCE * size, left > 0.1 * before
            if done or stalled:
                # Both in temperature and in heat: a cycle that does not see a part of x is found out by the latter.
                kept = _length(missing_heat) <= 0.1 * _length(b)
                return x if (done or left <= ENOUGH * size) and kept else None
            before = left
            basis, columns = [r / left], []
            target = max(TOLERANCE * size, GAIN * left)
            while products < MOST:
                v = self._near(self.product @ basis[-1])
                products += 1
                weights = np.zeros(len(basis) + 1)
                for k, known in enumerate(basis):
                    weights[k] = _dot(known, v)
                    v -= weights[k] * known
                weights[-1] = _length(v)
                columns.append(weights)
                y, missing = _least(columns, left)
                if not np.isfinite(missing):
                    return None
                if missing <= target or weights[-1] == 0.0:
                    break
                basis.append(v / weights[-1])
            for share, known in zip(y, basis, strict=False):
                x += share * known
            if products >= MOST:
                return None


def _dot(a: Floats, b: Floats) -> float:
    """In one thread: waiting for a busy neighbour would take longer than the sum."""
    return float(np.einsum("i,i", a, b))


def _length(a: Floats) -> float:
    return math.sqrt(_dot(a, a))


def _least(columns: list[Floats], left: float) -> tuple[Floats, float]:
    """Weights of the basis that leave least of its first vector, ``left`` long, and how long that is."""
    m = len(columns)
    hessenberg = np.zeros((m + 1, m))
    for k, column in enumerate(columns):
        hessenberg[: k + 2, k] = column
    target = np.zeros(m + 1)
    target[0] = left
    if not np.isfinite(hessenberg).all():
        return np.zeros(m), np.nan
    y = np.asarray(np.linalg.lstsq(hessenberg, target, rcond=None)[0], dtype=float)
    return y, float(np.linalg.norm(target - hessenberg @ y))


def _symmetric(matrix: Any, active: Bools) -> Matrix:
    """The symmetric part of ``matrix`` between neighbours; what couples other cells, or negatively, is left out."""
    nz, nx = active.shape
    cells = np.flatnonzero(active)
    half = matrix.tocoo()
    first, second = cells[half.row], cells[half.col]
    gz, gx, wrap = np.zeros((nz, nx)), np.zeros((nz, nx)), np.zeros(nz)
    low, distance = np.minimum(first, second), np.abs(second - first)
    column = low % nx
    across = (distance == 1) & (column < nx - 1)
    around = (distance == nx - 1) & (column == 0) & (nx > 2)
    for to, where, index in (
        (gx.ravel(), across, low),
        (gz.ravel(), distance == nx, low),
        (wrap, around, low // nx),
    ):
        to += np.bincount(index[where], -0.5 * half.data[where], len(to))
        np.maximum(to, 0.0, out=to)
    kept = np.zeros((nz, nx))
    kept[active] = np.maximum(matrix.T @ np.ones(len(cells)), 0.0)  # heat that leaves for good
    return Matrix(gz[:-1].copy(), gx[:, :-1].copy(), wrap, kept, bool(around.any()))
