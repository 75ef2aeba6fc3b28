"""Conjugate gradients with multigrid: lines along z solved exactly, coarsening along x alone down to few columns.

One cycle on one level: solve the kept columns' lines, then those left out; hand the heat that the latter pass on to
the next level; add its answer; solve the left-out lines, then the kept ones. Solving the left-out lines exactly
before and after makes the next level an approximation of their elimination: along x the conductances are series
sums, which is exact for heat that flows along x; along z a left-out column shares its conductance among its
neighbours as they hold it. A column that conducts along z far better than a neighbour that hardly touches it would
make that neighbour stiff: it is kept. Where columns differ much, each level leaves out few, and what the levels
neglect adds up: the last two dozen columns are solved directly. The cycle is symmetric and positive, in single
precision; conjugate gradients around it work in double precision. After Alcouffe, Brandt, Dendy and Painter (SIAM J.
Sci. Stat. Comput. 2, 1981).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kapitza.assemble.system import Rise, System
from kapitza.layout import Floats, Ints
from kapitza.linear import multigrid_kernels, sparse
from kapitza.linear.compiled import compiled
from kapitza.linear.matrix import Matrix, Ties
from kapitza.linear.result import LinearResult

FEW = 24  # columns that are solved at once: no dearer than the levels that they would take
STIFFER = 4.0  # a column that makes its neighbour this much stiffer is kept
SHRINK = 0.1  # share of the columns that every level leaves out, at least
MOST = 100  # iterations; 5 to 20 are the rule
PATIENCE = 4  # iterations in single precision that must gain a digit
TOLERANCE = 1e-10
REFINED = 1e-6  # the same, of a correction
REFINEMENTS = 6  # at most, as long as they help; one is always done
ROUNDING = 1e-15  # of the heat that passes, left over in one cell: nothing to gain below
BALANCED = 3e-14  # the same, in all cells together

dominance, build = compiled(multigrid_kernels.dominance), compiled(multigrid_kernels.build)
part, join = compiled(multigrid_kernels.part), compiled(multigrid_kernels.join)
relax, spill = compiled(multigrid_kernels.relax), compiled(multigrid_kernels.spill)
eliminate, substitute = compiled(multigrid_kernels.eliminate), compiled(multigrid_kernels.substitute)
multiply, leftover = compiled(multigrid_kernels.multiply), compiled(multigrid_kernels.leftover)
advance, dot = compiled(multigrid_kernels.advance), compiled(multigrid_kernels.dot)


class Few:
    """The last level: few columns, solved directly."""

    def __init__(self, matrix: Matrix, scale: float, dtype: Any) -> None:
        rows, n = self.shape = matrix.diagonal.shape
        ties = np.zeros((rows, n, n))
        ties[:-1, :, n - 1] = matrix.gz
        if n > 1:
            ties[:, :-1, 0] = matrix.gx
            ties[:, 0, n - 2] += matrix.wrap
        self.ties = np.zeros(((rows + 1) * n, n), dtype)
        self.ties[:-n] = scale * ties.reshape(-1, n)
        held = np.zeros((rows + 1) * n, dtype)
        held[:-n] = scale * matrix.diagonal.ravel()
        self.pivots, self.x = np.empty(rows * n, dtype), np.zeros((rows + 1) * n, dtype)
        eliminate(self.ties, held, self.pivots)

    def solve(self, load: Floats, factor: float, out: Floats, shift: int, old: float, new: float) -> None:
        """As `Level.solve`."""
        n = self.shape[1]
        x = self.x[:-n].reshape(self.shape)
        np.multiply(load, factor, out=x, casting="same_kind")
        substitute(self.ties, self.pivots, self.x)
        here = out[:, shift : shift + n]
        here *= old
        here += new * x


class Level:
    """Lines, couplings and work space of one level; see `multigrid_kernels` for the layout of the arrays."""

    def __init__(self, matrix: Matrix, scale: float, dtype: Any) -> None:
        gz, gx, wrap, diagonal = matrix.parts
        rows, n = diagonal.shape
        self.cols, self.gaps = _parted(gz, gx, wrap, n, periodic=matrix.periodic)
        self.periodic, nc = matrix.periodic, len(self.cols)
        self.g, self.p, self.load, self.handed = (np.zeros((rows, nc), dtype) for _ in range(4))
        self.gap_g, self.gap_p, self.west, self.east, self.gap_load, self.gap_x = (
            np.zeros((rows, nc + 1), dtype) for _ in range(6)
        )
        self.x = np.zeros((rows, nc + 2), dtype)
        coarse = np.zeros((rows - 1, nc)), np.zeros((rows, nc - 1)), np.zeros(rows), np.zeros((rows, nc))
        lines = self.g, self.p, self.gap_g, self.gap_p, self.west, self.east
        build(gz, gx, wrap, diagonal, self.cols, self.gaps, scale, *lines, *coarse)
        self.below = level(Matrix(*coarse, periodic=matrix.periodic), scale, dtype)

    def solve(self, load: Floats, factor: float, out: Floats, shift: int, old: float, new: float) -> None:
        """out[:, j + shift] = ``old`` times what is there + ``new`` times the answer to ``factor`` load[:, j]."""
        part(load, factor, self.cols, self.gaps, self.load, self.gap_load)
        self._solve_kept(coupled=False)
        self._solve_gaps()
        spill(self.west, self.east, self.gap_x, self.handed)
        self.below.solve(self.handed, 1.0, self.x, 1, 1.0, 1.0)
        self._close()
        self._solve_gaps()
        self._solve_kept(coupled=True)
        join(self.x, self.gap_x, self.cols, self.gaps, shift, old, new, out)

    def _solve_kept(self, *, coupled: bool) -> None:
        relax(self.load, self.g, self.p, self.east, self.west, self.gap_x, 1, coupled, self.x)
        self._close()

    def _solve_gaps(self) -> None:
        lines = self.gap_load, self.gap_g, self.gap_p
        relax(*lines, self.west, self.east, self.x, 0, True, self.gap_x)

    def _close(self) -> None:
        """Fill the ghost columns of periodic sides."""
        if self.periodic:
            self.x[:, 0] = self.x[:, -2]
            self.x[:, -1] = self.x[:, 1]


def level(matrix: Matrix, scale: float, dtype: Any) -> Level | Few:
    """Work on a `Matrix` whose conductances are taken times ``scale``, with everything below."""
    kind = Few if matrix.diagonal.shape[1] <= FEW else Level
    return kind(matrix, scale, dtype)


class Cycle:
    """One multigrid cycle for a `Matrix`: symmetric, positive, close to its inverse."""

    def __init__(self, matrix: Matrix, dtype: Any) -> None:
        self.scale = 1.0 / (max(float(part.max(initial=0.0)) for part in matrix.parts) or 1.0)
        self.top = level(matrix, self.scale, dtype)

    def apply(self, r: Floats, size: float, z: Floats) -> None:
        """z = the cycle's answer to r, both (nz, nx); ``size`` brings r to about 1, for single precision."""
        self.top.solve(r, 1.0 / size, z, 0, 0.0, size * self.scale)


@dataclass(frozen=True)
class Answer:
    """x : (nz, nx) [K] · iterations · error : estimated, in the energy norm, relative to x
    converged : whether the error is below what was asked for"""

    x: Floats
    iterations: int
    error: float
    converged: bool


class Multigrid:
    """(A + extra) x = b for a `System`'s conductances A; set up once, solved often.

    extra : (nz, nx) >= 0, or a number [W/K], e.g. capacity / time step. Every connected piece of cells must be held
    by a fixed temperature or by ``extra``. Void cells are left at zero. Not safe in threads that share one.
    """

    def __init__(self, system: System, extra: Floats | float = 0.0) -> None:
        self.matrix, self.ties = Matrix.of(system, extra), Ties.of(system)
        self.single = self.matrix.in_single
        self.cycle = self._cycle(np.float32 if self.single else np.float64)
        self._sums = np.zeros(system.mesh.shape[1])

    def _cycle(self, dtype: Any) -> Cycle:
        return Cycle(self.matrix.tied(self.ties), dtype)

    def solve(
        self, b: Floats, x0: Floats | None = None, tolerance: float = TOLERANCE, within: float = 0.0
    ) -> Answer:
        """Conjugate gradients from ``x0`` (None: 0) until the error is ``tolerance`` of x in the energy norm, or about
        ``within`` [K] in the worst cell.

        b : (nz, nx) [W], 0 in void. Cycles are in single precision as long as that leads anywhere, then in double.
        """
        answer = self._iterate(b, x0, tolerance, within)
        if self.single and not answer.converged:
            self.cycle, self.single = self._cycle(np.float64), False
            again = self._iterate(b, answer.x, tolerance, within)
            return replace(again, iterations=answer.iterations + again.iterations)
        return answer

    def _iterate(self, b: Floats, x0: Floats | None, tolerance: float, within: float) -> Answer:
        r, z, p, q = np.array(b), np.zeros(b.shape), np.zeros(b.shape), np.empty(b.shape)
        x, energy = np.zeros(b.shape), 0.0
        if x0 is not None:
            x[:] = x0
            energy = self._times(x, q)
            r -= q
        size = self._norm(r)
        if size == 0.0:
            return Answer(x, 0, 0.0, converged=True)
        before, errors = np.inf, [np.inf]
        for done in range(MOST + 1):
            self.cycle.apply(r, size, z)
            dot(r, z, self._sums)
            now = float(self._sums.sum())
            if not now > 0.0:
                break
            if within > 0.0 and max(float(z.max()), -float(z.min())) <= within:
                return Answer(x, done, errors[-1], converged=True)
            if energy > 0.0:
                errors.append(float(np.sqrt(now / energy)))
                if errors[-1] <= tolerance:
                    return Answer(x, done, errors[-1], converged=True)
                if self.single and len(errors) > PATIENCE and errors[-1] > 0.1 * errors[-PATIENCE]:
                    break
            p *= now / before
            p += z
            curvature = self._times(p, q)
            if not curvature > 0.0:
                break
            step = now / curvature
            advance(step, p, q, x, r, self._sums)
            size = float(np.sqrt(self._sums.sum()))
            before, energy = now, energy + step * now
            if size == 0.0:
                return Answer(x, done + 1, 0.0, converged=True)
        return Answer(x, done, errors[-1], converged=False)

    def _times(self, x: Floats, out: Floats) -> float:
        """x A x; out = A x."""
        multiply(*self.matrix.parts, x, out, self._sums)
        return float(self._sums.sum()) + self.ties.leave(out, 1.0, x)

    def _norm(self, r: Floats) -> float:
        dot(r, r, self._sums)
        return float(np.sqrt(self._sums.sum()))


def _parted(gz: Floats, gx: Floats, wrap: Floats, n: int, *, periodic: bool) -> tuple[Ints, Ints]:
    """Kept columns and those of the gaps: no two left-out ones adjacent, none that would stiffen a neighbour."""
    stiffer, out = np.zeros(n), np.zeros(n, dtype=bool)
    if n > 1:
        dominance(gz, gx, wrap, stiffer)
    free = stiffer < STIFFER
    for j in range(n):
        out[j] = free[j] and (not out[j - 1] if j else not free[1 % n])
    if periodic and out[0]:
        out[n - 1] = False
    fewest = max(1, int(SHRINK * n)) if n > 1 else 0
    for j in np.argsort(stiffer).tolist():
        if np.count_nonzero(out) >= fewest:
            break
        beside = out[max(j - 1, 0)] or out[min(j + 1, n - 1)] or (periodic and out[j - n + 1])
        out[j] = out[j] or not (beside or (periodic and out[j - 1]))
    cols = np.flatnonzero(~out)
    gaps = np.full(len(cols) + 1, -1)
    for j in np.flatnonzero(out).tolist():
        gaps[np.searchsorted(cols, j)] = j
    if periodic:
        gaps[0] = gaps[-1] = max(gaps[0], gaps[-1])
    return cols, gaps


def solve(system: System, reference: float, pinned: Floats, reason: str) -> LinearResult:
    """Solve for the rise above ``reference`` [K]; refined until the heat left over is rounding, see `sparse.solve`.

    pinned : (nz, nx) extra conductance [W/K] to the reference in one cell of each floating piece, else 0.

    Where the iteration does not converge, the solution is direct and the reason says so.
    """
    grid = Multigrid(system, pinned)
    result = _refined(grid, system, reference, pinned, reason)
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
        leftover(*grid.matrix.parts[:3], pinned, rise.large, rise.small, inner, left)
        grid.ties.leave(left, -1.0, rise.large, rise.small)
        for side in system.sides:
            for term in side.terms:
                np.add.at(left, (side.row, side.column), system.boundary_flow(side, term, rise, reference))
        left[~system.active] = 0.0
        return float(max(left.max(), -left.min()))

    leave(Rise(nothing, nothing))
    throughput = float(np.abs(left).sum()) or 1.0
    answer = grid.solve(left)
    if not answer.converged:
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
