"""Systems of a time step: the conductances of a `System` with more on the diagonal, factored once, solved often."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from kapitza.assemble.system import System
from kapitza.columns import alike, folded
from kapitza.layout import Floats
from kapitza.linear import separable

STEPS = 100  # about how many solves a factorisation serves, to judge whether compiling pays

Solve = Callable[[Floats], Floats]


def factor(system: System, extra: Floats) -> Solve:
    """r -> x with (A + diag(extra)) x = r, all (nz, nx); 0 in void.

    extra : (nz, nx) [W/K], above zero wherever there is material
    """
    if system.mesh.dx is None:
        return _line(system, extra)
    diagonal = folded(extra)
    if alike(diagonal) and separable.suits(system) is None:
        return separable.Separable(system, diagonal[:, 0], solves=STEPS).solve
    return _sparse(system, extra)


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
