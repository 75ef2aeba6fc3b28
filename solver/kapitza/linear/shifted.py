"""Systems of a time step: the conductances of a `System` with more on the diagonal, set up once, solved often.

What costs least: the transform along x where it serves. Elsewhere a step takes about four iterations of multigrid, each
22 ns a cell, and a solution with known factors 40 ns a cell while these fit the cache, 120 ns beyond; the factors
themselves cost 25 ns a cell times the root of their number, 30 to 100 such solutions, the set-up of multigrid half of
one. So multigrid from 25 000 cells on: as fast at constant steps, and far ahead when steps change. Below, factors.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from kapitza.assemble.system import System
from kapitza.columns import folded
from kapitza.layout import Floats
from kapitza.linear import choose, rows
from kapitza.linear.separable import Separable
from kapitza.model import SolveOptions

AUTO = SolveOptions()
STEPS = 100  # about how many solves a factorisation serves, to judge whether compiling pays
TOLERANCE = 1e-8  # of a correction, where it is found by iteration; heat is kept regardless

LOST = 1e8  # pivots may exceed what is held this much before rounding counts


class Solve(Protocol):
    """What `factor` returns."""

    def __call__(self, r: Floats, /, within: float = 0.0) -> Floats:
        """x; where it is found by iteration, an error of ``within`` [K] in the worst cell is good enough."""


def factor(system: System, extra: Floats, options: SolveOptions = AUTO) -> Solve:
    """r -> x with (A + diag(extra)) x = r, all (nz, nx); 0 in void.

    extra : (nz, nx) [W/K], above zero wherever there is material. Raises InputError as `method`.
    """
    match method(system, extra, options):
        case "line":
            return _line(system, extra)
        case "separable":
            modes = _modes(system, extra)
            assert modes is not None
            separable = Separable(*modes, solves=STEPS)
            return lambda r, within=0.0: separable.solve(r)
        case "multigrid":
            return _multigrid(system, extra)
        case _:
            return _sparse(system, extra)


def method(system: System, extra: Floats, options: SolveOptions = AUTO) -> str:
    """What `factor` takes: "line", "separable", "multigrid" or "sparse". Raises InputError where the options name one
    that cannot serve."""
    if system.mesh.dx is None:
        return "line"
    if options.method not in choose.NAMED and _modes(system, extra) is not None:
        return "separable"
    if options.method == "separable":
        found = rows.find(system)
        raise choose.cannot_separate(found if isinstance(found, str) else "it does not pay on this mesh")
    return "sparse" if system.active.size < choose.least_in_time(options) else "multigrid"


def _modes(system: System, extra: Floats) -> tuple[rows.Rows, Floats] | None:
    """The system by rows, and ``extra`` along a column, where a transform along x pays."""
    found = rows.find(system)
    diagonal = None if isinstance(found, str) else found.along(folded(extra))
    if isinstance(found, str) or diagonal is None or not found.pays(many=True):
        return None
    return found, diagonal


def _line(system: System, extra: Floats) -> Solve:
    """One column: factors L D L^T of a symmetric tridiagonal matrix (LAPACK pttrf)."""
    from scipy.linalg.lapack import dpttrf, dpttrs

    g = system.faces_z.conductance[:, 0]
    held = (extra + system.anchor())[:, 0]
    diagonal = held.copy()
    diagonal[:-1] += g
    diagonal[1:] += g
    if len(diagonal) == 1:
        return lambda r, within=0.0: r / diagonal[0]
    if diagonal.max() * len(g) > LOST * held.min():
        d, e = _careful(g.tolist(), held.tolist())
    else:
        d, e, _ = dpttrf(diagonal, -g)

    def solve(r: Floats, within: float = 0.0) -> Floats:
        x, _ = dpttrs(d, e, r)
        return np.asarray(x, dtype=float)

    return solve


def _careful(g: list[float], held: list[float]) -> tuple[Floats, Floats]:
    """The same factors where ``held`` (n,) would drown in the rounding of ``g`` (n - 1,): what ties all cells up to
    one to their surroundings is carried along, and nothing is subtracted."""
    tie, d, e = 0.0, [], []
    for through, own in zip(g, held, strict=False):
        tie += own
        pivot = tie + through
        d.append(pivot)
        e.append(-through / pivot)
        tie *= through / pivot
    d.append(tie + held[-1])
    return np.array(d), np.array(e)


def _multigrid(system: System, extra: Floats) -> Solve:
    """With factors instead from the first system on that does not converge."""
    from kapitza.linear.multigrid import Multigrid

    grid: Multigrid | None = Multigrid(system, extra)
    direct: Solve | None = None

    def solve(r: Floats, within: float = 0.0) -> Floats:
        nonlocal grid, direct
        if grid is not None:
            answer = grid.solve(r, tolerance=TOLERANCE, within=within)
            if answer.converged:
                return answer.x
            grid = None
        direct = direct or _sparse(system, extra)
        return direct(r)

    return solve


def _sparse(system: System, extra: Floats) -> Solve:
    from scipy.sparse import diags_array

    from kapitza.linear.sparse import factorised

    active = system.active
    factors = factorised((system.matrix() + diags_array(extra[active])).tocsc())

    def solve(r: Floats, within: float = 0.0) -> Floats:
        x = np.zeros(r.shape)
        x[active] = factors.solve(r[active])
        return x

    return solve
