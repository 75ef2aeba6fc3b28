"""Full-width layers: a transform along x turns a plane into separate lines along z.

Where nothing but heat and the temperatures of the surroundings depends on x, the discrete operator is a sum of one
that acts along z and one that acts along x, and the latter has the same eigenvectors in every row (`lateral`). They
are those of the finite volumes, so the answer is that of the matrix, to rounding. Two transforms and a batch of
tridiagonal solves: with fast transforms a few passes over memory (Buzbee, Golub and Nielson, 1970).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kapitza.assemble.system import Rise, System
from kapitza.compiled import compiled
from kapitza.layout import Floats
from kapitza.linear import choose, rows, separable_kernels, separable_rows
from kapitza.linear.lateral import Values
from kapitza.linear.result import LinearResult
from kapitza.linear.rows import Rows

ROUNDING = 1e-15  # of the heat that passes: nothing to gain below
REFINEMENTS = 12  # at most, as long as they help; one is always done
WORTH_COMPILING = 30_000_000  # cells times solves; below, numpy is done before numba is imported
PER_ROW = 1000  # cells that numpy could see to in the time that it takes to begin with a row


def suits(system: System) -> str | None:
    """Why a system is not separable; None if it is."""
    found = rows.find(system)
    return found if isinstance(found, str) else None


class Separable:
    """(A + D) x = b for the matrix A of a separable system and a diagonal D.

    Set up once, solved many times; ``forward``, ``solve_modes`` and ``backward`` are the three steps of ``solve``
    for whoever stays among the modes between them. Modes that nothing holds (the mean of a floating piece, D = 0)
    are set to 0 in the piece's last row.
    """

    def __init__(self, found: Rows, extra: Values | None = None, solves: int = 1) -> None:
        """extra : (nz,) diagonal D [W/K] of cells of average size (it goes with their size along each row), real, or
        complex in the frequency domain; None: 0 · solves : about how many there will be, to judge what pays"""
        self.rows = found
        own = found.held + (0.0 if extra is None else extra)
        self._dtype = own.dtype
        self._lateral = found.lateral(bool(np.iscomplexobj(own)), solves)
        self._kernels = _Kernels.chosen(len(own) * (len(found.weight) + PER_ROW) * solves)
        self.eigenvalue = self._lateral.eigenvalue
        self._inverse = np.empty((len(own), len(self.eigenvalue)), own.dtype)
        tie = np.zeros(len(self.eigenvalue), own.dtype)
        self._kernels.factor(self._inverse, tie, found.up, found.across, own, self.eigenvalue)

    @staticmethod
    def of(system: System, extra: Values | None = None, solves: int = 1) -> Separable:
        """Arguments as for `Separable`. Raises InputError where the system is not separable."""
        found = rows.find(system)
        if isinstance(found, str):
            raise choose.cannot_separate(found)
        return Separable(found, extra, solves)

    def forward(self, b: Values, overwrite: bool = False) -> Values:
        """(nz, m) modes of b (nz, nx); ``overwrite``: b may be lost."""
        return self._lateral.forward(np.asarray(b, self._dtype), overwrite)

    def solve_modes(self, modes: Values, overwrite: bool = False) -> Values:
        """(nz, m) modes of x from those of b; ``overwrite``: in place."""
        x = modes if overwrite else modes.copy()
        self._kernels.sweep(x, self._inverse, self.rows.up)
        return x

    def backward(self, modes: Values, overwrite: bool = False) -> Values:
        """(nz, nx) values from their modes; ``overwrite``: the modes may be lost."""
        return self._lateral.backward(modes, overwrite)

    def solve(self, b: Values, overwrite: bool = False) -> Values:
        """(nz, nx) x of (A + D) x = b (nz, nx); ``overwrite``: b may be lost."""
        return self.backward(self.solve_modes(self.forward(b, overwrite), True), True)

    def left_in_modes(self, load: Values, y: Values) -> Values:
        """Modes of what A y leaves of a load, temperatures outside left out; load, y, result : (nz, m) modes."""
        out, inflow = np.empty_like(load), np.zeros_like(load[0])
        arguments = self.rows.up, self.rows.across, self.eigenvalue, inflow
        self._kernels.left_in_modes(out, load, y, *arguments)
        return out

    def left_over(self, load: Floats, rise: Rise, out: Floats) -> Floats:
        """``load`` less what flows out of each cell to its neighbours, as a sum of face flows: into ``out`` (nz, nx).

        For equal cells.
        """
        found = self.rows
        seam, inflow = float(found.periodic), np.zeros(len(found.weight))
        self._kernels.left_over(out, load, rise.large, rise.small, found.up, found.across, seam, inflow)
        return out


def solve(system: System, reference: float, pinned: Floats, reason: str) -> LinearResult:
    """Solve for the rise above ``reference`` [K], refined in flux form.

    ``pinned`` (nz, nx) is not needed: the one mode of a floating piece that is not determined is known here.
    """
    solver = Separable.of(system, solves=3)
    balance = (_Cells if solver.rows.fast else _Whole)(system, solver, reference)
    left = balance.at_rest()
    small, first, second = np.zeros(left.shape), np.empty(left.shape), np.empty(left.shape)
    throughput = float(np.abs(left, out=first).sum()) or 1.0
    large = solver.solve(left, overwrite=True)
    left = balance.left(Rise(large, small), first)
    size, done = _largest(left), 0
    for _ in range(REFINEMENTS):
        correction = solver.solve(left, overwrite=True)
        correction += small
        left = balance.left(Rise(large, correction), second)
        size_after = _largest(left)
        if done and size_after >= size:
            break
        stalled = size_after > 0.9 * size or size_after <= ROUNDING * throughput
        small, second, size, done = correction, small, size_after, done + 1
        if stalled:
            break
    return LinearResult(Rise(large, small), "separable", reason, done, size / throughput)


class _Whole:
    """Heat [W] left over in each cell, as the system itself has it."""

    def __init__(self, system: System, solver: Separable, reference: float) -> None:
        self._system, self._reference = system, reference

    def at_rest(self) -> Floats:
        """(nz, nx) where nothing is warmer than the reference."""
        return self._system.load(self._reference)

    def left(self, rise: Rise, out: Floats) -> Floats:
        """(nz, nx) with a rise; ``out`` may be used for it."""
        return self._system.residual(rise, self._reference)


class _Cells(_Whole):
    """The same in one pass, where all cells of a row are alike."""

    def __init__(self, system: System, solver: Separable, reference: float) -> None:
        super().__init__(system, solver, reference)
        self._solver = solver
        self._heat = heat_put(system, solver.rows)

    def at_rest(self) -> Floats:
        nothing = np.broadcast_to(0.0, self._heat.shape)
        return self._with_ends(Rise(nothing, nothing), self._heat.copy())

    def left(self, rise: Rise, out: Floats) -> Floats:
        return self._with_ends(rise, self._solver.left_over(self._heat, rise, out))

    def _with_ends(self, rise: Rise, out: Floats) -> Floats:
        """``out`` with the heat added that comes from temperatures outside."""
        for side in self._system.sides:
            for term in side.terms:
                if term.temperature is not None and side.name in ("bottom", "top"):
                    out[side.row[0]] += self._system.boundary_flow(side, term, rise, self._reference)
        return out


def heat_put(system: System, found: Rows) -> Floats:
    """(nz, nx) heat [W] put into each cell, that of temperatures outside left out.

    A cell's own heat shifts the temperature that its upper and lower face see, alike in a plane cell; that drives heat
    along z.
    """
    load = np.zeros(system.mesh.shape)
    warm = np.flatnonzero(system.heat.any(axis=1))
    if len(warm):
        first, last = int(warm[0]), int(warm[-1]) + 1
        load[first:last] = system.heat[first:last]
        here = slice(max(first - 1, 0), last + 1)
        shift = system.shift_upper[here]
        flow = found.up[here, np.newaxis][: len(shift) - 1] * (shift[:-1] - shift[1:])
        load[here][:-1] -= flow
        load[here][1:] += flow
    faces = system.faces_z
    if faces.sheet_first is not None and faces.sheet_second is not None:
        load[:-1] += faces.offset
        load[1:] += faces.sheet_first + faces.sheet_second - faces.offset
    for side in system.sides:
        for term in side.terms:
            load[side.row, side.column] += term.heat
    return load


def _largest(values: Floats) -> float:
    return max(float(values.max()), -float(values.min()))


@dataclass(frozen=True)
class _Kernels:
    factor: Callable[..., None]
    sweep: Callable[..., None]
    left_over: Callable[..., None]
    left_in_modes: Callable[..., None]

    @staticmethod
    def chosen(work: int) -> _Kernels:
        """Compiled ones where numba is there already or ``work`` (cells times solves) pays for its import; the digits
        are the same."""
        if "numba" in sys.modules or work >= WORTH_COMPILING:
            k = separable_kernels
            return _Kernels(*(compiled(f) for f in (k.factor, k.sweep, k.left_over, k.left_in_modes)))
        r = separable_rows
        return _Kernels(r.factor, r.sweep, r.left_over, r.left_in_modes)
