"""Systems of a time step: the conductances of a `System` with more on the diagonal, factored once, solved often."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kapitza.assemble.system import System
from kapitza.columns import folded
from kapitza.layout import Floats
from kapitza.linear import rows
from kapitza.linear.separable import Separable

STEPS = 100  # about how many solves a factorisation serves, to judge whether compiling pays
WIDE = 1000  # columns; beyond, products with computed eigenvectors cost more than other solvers

Solve = Callable[[Floats], Floats]


def factor(system: System, extra: Floats) -> Solve:
    """r -> x with (A + diag(extra)) x = r, all (nz, nx); 0 in void.

    extra : (nz, nx) [W/K], above zero wherever there is material
    """
    if system.mesh.dx is None:
        return _line(system, extra)
    found = rows.find(system)
    diagonal = None if isinstance(found, str) else found.along(folded(extra))
    if isinstance(found, str) or diagonal is None or not (found.fast or len(found.weight) <= WIDE):
        return _sparse(system, extra)
    return Separable(found, diagonal, solves=STEPS).solve


def _line(system: System, extra: Floats) -> Solve:
    """One column: factors L D L^T of a symmetric tridiagonal matrix (LAPACK pttrf)."""
    from scipy.linalg.lapack import dpttrf, dpttrs

    g = system.faces_z.conductance[:, 0]
    diagonal = (extra + system.anchor())[:, 0]
    diagonal[:-1] += g
    diagonal[1:] += g
    if len(diagonal) == 1:
        return lambda r: r / diagonal[0]
    d, e, _ = dpttrf(diagonal, -g)

    def solve(r: Floats) -> Floats:
        x, _ = dpttrs(d, e, r)
        return np.asarray(x, dtype=float)

    return solve


def _sparse(system: System, extra: Floats) -> Solve:
    from scipy.sparse import diags_array

    from kapitza.linear.sparse import factorised

    active = system.active
    factors = factorised((system.matrix() + diags_array(extra[active])).tocsc())

    def solve(r: Floats) -> Floats:
        x = np.zeros(r.shape)
        x[active] = factors.solve(r[active])
        return x

    return solve
