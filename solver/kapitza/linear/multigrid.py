"""Conjugate gradients with multigrid: lines along z solved exactly, coarsening along x alone down to one column.

One cycle on one level: solve the kept columns' lines, then those left out; hand the heat that the latter pass on to
the next level; add its answer; solve the left-out lines, then the kept ones. Solving the left-out lines exactly
before and after makes the next level an approximation of their elimination: along x the conductances are series
sums, which is exact for heat that flows along x; along z a left-out column shares its conductance among its
neighbours as they hold it. A column that conducts along z far better than a neighbour that hardly touches it would
make that neighbour stiff: it is kept. The cycle is symmetric and positive, in single precision; conjugate gradients
around it work in double precision. After Alcouffe, Brandt, Dendy and Painter (SIAM J. Sci. Stat. Comput. 2, 1981).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kapitza.assemble.system import Rise, System
from kapitza.errors import InputError
from kapitza.layout import Floats, Ints
from kapitza.linear import multigrid_kernels, sparse
from kapitza.linear.compiled import compiled
from kapitza.linear.result import LinearResult

STIFFER = 4.0  # a column that makes its neighbour this much stiffer is kept
SHRINK = 0.1  # share of the columns that every level leaves out, at least
MOST = 60  # iterations; the cycle needs 5 to 20
TOLERANCE = 1e-10
REFINED = 1e-6  # the same, of a correction
REFINEMENTS = 6  # at most, as long as they help; one is always done
ROUNDING = 1e-15  # of the heat that passes, left over in one cell: nothing to gain below
BALANCED = 3e-14  # the same, in all cells together

dominance, build = compiled(multigrid_kernels.dominance), compiled(multigrid_kernels.build)
part, join = compiled(multigrid_kernels.part), compiled(multigrid_kernels.join)
relax, spill = compiled(multigrid_kernels.relax), compiled(multigrid_kernels.spill)
multiply, leftover = compiled(multigrid_kernels.multiply), compiled(multigrid_kernels.leftover)
advance, inner_product = compiled(multigrid_kernels.advance), compiled(multigrid_kernels.inner)


@dataclass(frozen=True)
class Answer:
    """x : (nz, nx) [K] · iterations · residual : error left, relative to x, both in the energy norm, estimated"""

    x: Floats
    iterations: int
    residual: float


class Level:
    """Lines, couplings and work space of one level; see `multigrid_kernels` for the layout of the arrays."""

    def __init__(self, shape: tuple[int, int], cols: Ints, gaps: Ints, dtype: Any) -> None:
        nz, nc = shape[0], len(cols)
        self.cols, self.gaps = cols, gaps
        self.g, self.p, self.load = (np.zeros((nz, nc), dtype) for _ in range(3))
        self.gap_g, self.gap_p, self.west, self.east, self.gap_load, self.gap_x = (
            np.zeros((nz, nc + 1), dtype) for _ in range(6)
        )
        self.x = np.zeros((nz, nc + 2), dtype)
        self.handed = np.zeros((nz, nc), dtype)

    def solve_kept(self, *, coupled: bool, periodic: bool) -> None:
        relax(self.load, self.g, self.p, self.east, self.west, self.gap_x, 1, coupled, self.x)
        if periodic:
            self.close()

    def solve_gaps(self) -> None:
        relax(self.gap_load, self.gap_g, self.gap_p, self.west, self.east, self.x, 0, True, self.gap_x)

    def close(self) -> None:
        """Fill the ghost columns of periodic sides."""
        self.x[:, 0] = self.x[:, -2]
        self.x[:, -1] = self.x[:, 1]


class Multigrid:
    """(A + extra) x = b for a `System`'s conductances A; set up once, solved often.

    extra : (nz, nx) >= 0, or a number [W/K], e.g. capacity / time step. Every connected piece of cells must be held
    by a fixed temperature or by ``extra``. Void cells are left at zero.
    """

    def __init__(self, system: System, extra: Floats | float = 0.0, dtype: Any = np.float32) -> None:
        nz = system.mesh.shape[0]
        self.gz = np.ascontiguousarray(system.faces_z.conductance)
        self.gx = np.ascontiguousarray(system.faces_x.conductance)
        self.periodic = system.wrap is not None
        self.wrap = np.zeros(nz) if system.wrap is None else np.ascontiguousarray(system.wrap.conductance)
        self.diagonal = np.where(system.active, system.anchor() + extra, 0.0)
        self.scale = 1.0 / max(
            float(a.max(initial=0.0)) for a in (self.gz, self.gx, self.diagonal, self.wrap)
        )
        self.levels = self._levels(dtype)

    def _levels(self, dtype: Any) -> list[Level]:
        gz, gx, wrap, diagonal = self.gz, self.gx, self.wrap, self.diagonal
        levels = []
        while True:
            nz, n = diagonal.shape
            if n == 1:
                wrap = np.zeros(nz)
            cols, gaps = _parted(gz, gx, wrap, n, periodic=self.periodic)
            nc = len(cols)
            level = Level((nz, n), cols, gaps, dtype)
            coarse = np.zeros((nz - 1, nc)), np.zeros((nz, nc - 1)), np.zeros(nz), np.zeros((nz, nc))
            lines = level.g, level.p, level.gap_g, level.gap_p, level.west, level.east
            build(gz, gx, wrap, diagonal, cols, gaps, self.scale, *lines, *coarse)
            levels.append(level)
            if n == 1:
                return levels
            gz, gx, wrap, diagonal = coarse

    def precondition(self, r: Floats, size: float, z: Floats) -> None:
        """z = one cycle applied to r, both (nz, nx); ``size`` scales r to about 1."""
        top = self.levels[0]
        part(r, 1.0 / size, top.cols, top.gaps, top.load, top.gap_load)
        self._cycle(0)
        join(top.x, top.gap_x, top.cols, top.gaps, 0, 0.0, size * self.scale, z)

    def _cycle(self, number: int) -> None:
        level = self.levels[number]
        level.solve_kept(coupled=False, periodic=self.periodic)
        if number + 1 == len(self.levels):
            return
        level.solve_gaps()
        spill(level.west, level.east, level.gap_x, level.handed)
        below = self.levels[number + 1]
        part(level.handed, 1.0, below.cols, below.gaps, below.load, below.gap_load)
        self._cycle(number + 1)
        join(below.x, below.gap_x, below.cols, below.gaps, 1, 1.0, 1.0, level.x)
        if self.periodic:
            level.close()
        level.solve_gaps()
        level.solve_kept(coupled=True, periodic=self.periodic)

    def solve(self, b: Floats, x0: Floats | None = None, tolerance: float = TOLERANCE) -> Answer:
        """Conjugate gradients from ``x0`` until the error is below ``tolerance`` in the energy norm, relative.

        ``residual`` above ``tolerance`` in the answer means: not converged.
        """
        n = b.shape[1]
        sums = np.empty(n)
        z, q = np.zeros(b.shape), np.empty(b.shape)
        r = np.array(b)
        if x0 is None:
            x, energy = np.zeros(b.shape), 0.0
        else:
            x = np.array(x0)
            multiply(self.gz, self.gx, self.wrap, self.diagonal, x, q, sums)
            energy = float(sums.sum())
            r -= q
        inner_product(r, r, sums)
        size = float(np.sqrt(sums.sum()))
        if size == 0.0:
            return Answer(x, 0, 0.0)
        p = np.zeros(b.shape)
        before, error = 0.0, np.inf
        for iteration in range(1, MOST + 1):
            self.precondition(r, size, z)
            inner_product(r, z, sums)
            now = float(sums.sum())
            if energy > 0.0:
                error = float(np.sqrt(abs(now) / energy))
                if error <= tolerance or not np.isfinite(now):
                    return Answer(x, iteration - 1, error)
            p *= now / before if before else 0.0
            p += z
            before = now
            multiply(self.gz, self.gx, self.wrap, self.diagonal, p, q, sums)
            curvature = float(sums.sum())
            if not curvature > 0.0:
                return Answer(x, iteration, error)
            step = now / curvature
            energy += step * now
            advance(step, p, q, x, r, sums)
            size = float(np.sqrt(sums.sum()))
            if size == 0.0:
                return Answer(x, iteration, 0.0)
        return Answer(x, MOST, error)


def _parted(gz: Floats, gx: Floats, wrap: Floats, n: int, *, periodic: bool) -> tuple[Ints, Ints]:
    """Kept columns and those of the gaps: no two left-out ones adjacent, none that would stiffen a neighbour."""
    stiffer, out = np.zeros(n), np.zeros(n, dtype=bool)
    limit = STIFFER
    if n > 1:
        dominance(gz, gx, wrap, stiffer)
    while n > 1 and np.count_nonzero(out) < max(1.0, SHRINK * n):
        out[:] = False
        free = stiffer < limit
        for j in range(n):
            out[j] = free[j] and (not out[j - 1] if j else not free[1])
        if periodic and out[0]:
            out[n - 1] = False
        limit *= 2.0
    cols = np.flatnonzero(~out)
    gaps = np.full(len(cols) + 1, -1)
    for j in np.flatnonzero(out).tolist():
        gaps[np.searchsorted(cols, j)] = j
    if periodic:
        gaps[0] = gaps[-1] = max(gaps[0], gaps[-1])
    return cols, gaps


def suits(system: System) -> str | None:
    """Why the lines and couplings of this solver do not cover the system; None if they do."""
    if getattr(system, "links", None) is not None:
        return "cells conduct along curves, not only across their faces"
    if getattr(system, "wrap_z", None) is not None:
        return "bottom and top are periodic"
    return None


def solve(system: System, reference: float, pinned: Floats, reason: str) -> LinearResult:
    """Solve for the rise above ``reference`` [K]; refined until the heat left over is rounding, see `sparse.solve`.

    pinned : (nz, nx) extra conductance [W/K] to the reference in one cell of each floating piece, else 0.

    Cycles in single precision; where they do not get there, in double; then directly, and the reason says so.
    Raises InputError where the method does not fit.
    """
    why_not = suits(system)
    if why_not is not None:
        raise InputError(f"solve.method: multigrid does not fit, as {why_not}; use auto or sparse")
    for dtype in (np.float32, np.float64):
        result = _refined(Multigrid(system, pinned, dtype), system, reference, pinned, reason)
        if result is not None:
            return result
    instead = f"{reason}; multigrid did not converge in {MOST} iterations, so a direct solution instead"
    return sparse.solve(system, reference, pinned, instead)


def _refined(
    grid: Multigrid, system: System, reference: float, pinned: Floats, reason: str
) -> LinearResult | None:
    """The solution, corrected by solutions for the heat left over; None if the iteration does not converge."""
    nothing, left = np.zeros(system.mesh.shape), np.empty(system.mesh.shape)
    inner = replace(system, sides=()).residual(Rise(nothing, nothing), reference)

    def leave(rise: Rise) -> float:
        leftover(grid.gz, grid.gx, grid.wrap, pinned, rise.large, rise.small, inner, left)
        for side in system.sides:
            for term in side.terms:
                np.add.at(left, (side.row, side.column), system.boundary_flow(side, term, rise, reference))
        left[~system.active] = 0.0
        return float(max(left.max(), -left.min()))

    leave(Rise(nothing, nothing))
    throughput = float(np.abs(left).sum()) or 1.0
    answer = grid.solve(left)
    if not answer.residual <= TOLERANCE:
        return None
    rise, done = Rise(answer.x, nothing), answer.iterations
    size = leave(rise)
    for _ in range(REFINEMENTS):
        answer = grid.solve(left, tolerance=REFINED)
        trial = Rise(rise.large, rise.small + answer.x)
        after, done = leave(trial), done + answer.iterations
        if not after < size:
            break
        balanced = after <= ROUNDING * throughput and abs(float(left.sum())) <= BALANCED * throughput
        stalled = after > 0.5 * size
        rise, size = trial, after
        if balanced or stalled:
            break
    return LinearResult(rise, "multigrid", reason, done, size / throughput)
