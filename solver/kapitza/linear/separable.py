"""Full-width layers: a cosine (or Fourier) transform along x turns a plane into separate lines along z.

Where nothing but heat and the temperatures of the surroundings depends on x, the discrete operator is a sum of one
that acts along z and one that acts along x, and the latter has the same eigenvectors in every row: cosines that are
symmetric about the outer faces (DCT-II), or, around a periodic domain, sines and cosines. Its eigenvalues are those
of the finite volumes, 4 sin^2(pi k / 2 nx) (periodic: 4 sin^2(pi k / nx)), so the answer is that of the matrix, to
rounding. Two transforms and a batch of tridiagonal solves: a few passes over memory (Buzbee, Golub and Nielson, 1970).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.assemble.system import Rise, System
from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.linear import separable_kernels, separable_rows
from kapitza.linear.compiled import compiled
from kapitza.linear.result import LinearResult

Values = npt.NDArray[Any]  # float64, or complex128 in the frequency domain

ROUNDING = 1e-15  # of the heat that passes: nothing to gain below
REFINEMENTS = 12  # at most, as long as they help; one is always done
WORTH_COMPILING = 30_000_000  # cells times solves; below, numpy is done before numba is imported
SAME = 1e-12  # conductances of a patch and of what surrounds it that differ by rounding only


@dataclass(frozen=True)
class Rows:
    """A system whose conductances are the same along each row.

    up : (nz,) from each cell to the one above [W/K], 0 in the last row · across : (nz,) to the next along x
    held : (nz,) to fixed temperatures · columns : nx · periodic : the last column meets the first
    """

    up: Floats
    across: Floats
    held: Floats
    columns: int
    periodic: bool


def suits(system: System) -> str | None:
    """Why a system is not separable; None if it is."""
    found = _rows(system)
    return found if isinstance(found, str) else None


def _rows(system: System) -> Rows | str:
    """The conductances row by row, or the reason why there is no such thing."""
    mesh = system.mesh
    nz, nx = mesh.shape
    if mesh.dx is None or mesh.geometry.kind != "plane":
        return "only a plane domain separates"
    if not mesh.uniform_x:
        return "the cells are not all of one width"
    if not system.active.all():
        return "part of the domain is void"
    if system.wrap_z is not None:
        return "bottom and top are periodic"
    held = np.zeros(nz)
    for side in system.sides:
        conductance = sum((term.conductance for term in side.terms), np.zeros(len(side.row)))
        least, most = float(conductance.min()), float(conductance.max())
        if side.name in ("left", "right"):
            if most > 0.0:
                return f"heat passes to a temperature outside on the {side.name}"
        elif most - least > SAME * most:
            return f"parts of the {side.name} conduct differently"
        else:
            held[0 if side.name == "bottom" else -1] += float(conductance[0])
    for faces in (system.faces_z.conductance, system.faces_x.conductance):
        if not _same_along_x(faces):
            return "not all layers fill the whole width"
    up = np.append(system.faces_z.conductance[:, 0], 0.0)
    across = system.faces_x.conductance[:, 0] if nx > 1 else np.zeros(nz)
    return Rows(up, np.array(across), held, nx, system.wrap is not None)


def _same_along_x(values: Floats) -> bool:
    """Whether all columns are equal; at once where they are one column seen many times."""
    return values.shape[1] < 2 or values.strides[1] == 0 or bool((values == values[:, :1]).all())


class Separable:
    """(A + D) x = b for the matrix A of a separable system and a diagonal D that is the same along each row.

    Set up once, solved many times; ``forward``, ``solve_modes`` and ``backward`` are the three steps of ``solve``
    for whoever stays among the modes between them. Modes that nothing holds (the mean of a floating piece, D = 0)
    are set to 0 in the piece's last row.
    """

    def __init__(self, system: System, extra: Values | None = None, solves: int = 1) -> None:
        """extra : (nz,) diagonal D [W/K], real, or complex in the frequency domain; None: 0.
        solves : about how many there will be, to judge whether compiling pays.

        Raises InputError where the system is not separable.
        """
        rows = _rows(system)
        if isinstance(rows, str):
            raise InputError(f"solve.method: 'separable' cannot serve here: {rows}; use auto")
        self.rows = rows
        own = rows.held + (0.0 if extra is None else extra)
        self._complex = bool(np.iscomplexobj(own))
        nz, nx = system.mesh.shape
        self.eigenvalue = self._eigenvalues(nx)
        self._kernels = _Kernels.chosen(nz * nx * solves)
        self._inverse = np.empty((nz, len(self.eigenvalue)), own.dtype)
        tie = np.zeros(len(self.eigenvalue), own.dtype)
        self._kernels.factor(self._inverse, tie, rows.up, rows.across, own, self.eigenvalue)

    def _eigenvalues(self, nx: int) -> Floats:
        """(m,) of the differences along x, as many as there are numbers in a row of modes."""
        if not self.rows.periodic:
            cosine: Floats = 4.0 * np.sin(np.arange(nx) * (0.5 * np.pi / nx)) ** 2
            return cosine
        count = nx if self._complex else nx // 2 + 1
        single = 4.0 * np.sin(np.arange(count) * (np.pi / nx)) ** 2
        return single if self._complex else np.repeat(single, 2)  # a real and an imaginary part each

    def forward(self, b: Values, overwrite: bool = False) -> Values:
        """(nz, m) modes of b (nz, nx); ``overwrite``: b may be lost."""
        from scipy import fft

        if self._complex:
            b = np.asarray(b, complex)
        if not self.rows.periodic:
            modes: Values = fft.dct(b, norm="ortho", overwrite_x=overwrite)
            return modes
        if self._complex:
            modes = fft.fft(b, overwrite_x=overwrite)
            return modes
        modes = fft.rfft(b).view(float)
        return modes

    def solve_modes(self, modes: Values, overwrite: bool = False) -> Values:
        """(nz, m) modes of x from those of b; ``overwrite``: in place."""
        x = modes if overwrite else modes.copy()
        self._kernels.sweep(x, self._inverse, self.rows.up)
        return x

    def backward(self, modes: Values, overwrite: bool = False) -> Values:
        """(nz, nx) values from their modes; ``overwrite``: the modes may be lost."""
        from scipy import fft

        if not self.rows.periodic:
            values: Values = fft.idct(modes, norm="ortho", overwrite_x=overwrite)
        elif self._complex:
            values = fft.ifft(modes, overwrite_x=overwrite)
        else:
            values = fft.irfft(modes.view(complex), n=self.rows.columns, overwrite_x=overwrite)
        return values

    def solve(self, b: Values, overwrite: bool = False) -> Values:
        """(nz, nx) x of (A + D) x = b (nz, nx); ``overwrite``: b may be lost."""
        return self.backward(self.solve_modes(self.forward(b, overwrite), True), True)

    def left_over(self, load: Floats, rise: Rise, out: Floats, *, lateral: bool = True) -> Floats:
        """``load`` less what flows out of each cell to its neighbours, as a sum of face flows: into ``out`` (nz, nx).

        ``lateral``: along x as well as along z.
        """
        rows = self.rows
        across = rows.across if lateral else np.zeros_like(rows.across)
        seam, inflow = float(rows.periodic), np.zeros(rows.columns)
        self._kernels.left_over(out, load, rise.large, rise.small, rows.up, across, seam, inflow)
        return out


def solve(system: System, reference: float, pinned: Floats, reason: str) -> LinearResult:
    """Solve for the rise above ``reference`` [K], refined in flux form.

    ``pinned`` (nz, nx) is not needed: the one mode of a floating piece that is not determined is known here.
    """
    solver = Separable(system, solves=3)
    small, spare = np.zeros(system.mesh.shape), np.empty(system.mesh.shape)
    load = _load(system, solver, small)
    left = _with_ends(system, load.copy(), Rise(small, small), reference)
    throughput = float(np.abs(left).sum()) or 1.0
    large = solver.solve(left, overwrite=True)

    def remaining(rise: Rise, out: Floats) -> Floats:
        return _with_ends(system, solver.left_over(load, rise, out), rise, reference)

    left = remaining(Rise(large, small), spare)
    size, done = _largest(left), 0
    for _ in range(REFINEMENTS):
        correction = solver.solve(left, overwrite=True)
        correction += small
        left = remaining(Rise(large, correction), np.empty_like(small))
        size_after = _largest(left)
        if done and size_after >= size:
            break
        stalled = size_after > 0.9 * size or size_after <= ROUNDING * throughput
        small, size, done = correction, size_after, done + 1
        if stalled:
            break
    return LinearResult(Rise(large, small), "separable", reason, done, size / throughput)


def _with_ends(system: System, left: Floats, rise: Rise, reference: float) -> Floats:
    """``left`` (nz, nx) and the heat that comes in from temperatures outside, added in place."""
    for side in system.sides:
        for term in side.terms:
            if term.temperature is not None and side.name in ("bottom", "top"):
                left[side.row[0]] += system.boundary_flow(side, term, rise, reference)
    return left


def _load(system: System, solver: Separable, nothing: Floats) -> Floats:
    """(nz, nx) heat [W] put into each cell, that of temperatures outside left out; ``nothing``: (nz, nx) zeros.

    A cell's own heat shifts the temperature that its upper and lower face see, alike in a plane cell: it drives
    across the faces what a rise equal to the shift would drive along z.
    """
    load = np.zeros(system.mesh.shape)
    if system.heat.any():
        heat, shift = np.ascontiguousarray(system.heat), np.ascontiguousarray(system.shift_upper)
        solver.left_over(heat, Rise(shift, nothing), load, lateral=False)
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

    @staticmethod
    def chosen(work: int) -> _Kernels:
        """Compiled ones where numba is there already or ``work`` (cells times solves) pays for its import; the digits
        are the same."""
        if "numba" in sys.modules or work >= WORTH_COMPILING:
            k = separable_kernels
            return _Kernels(compiled(k.factor), compiled(k.sweep), compiled(k.left_over))
        return _Kernels(separable_rows.factor, separable_rows.sweep, separable_rows.left_over)
