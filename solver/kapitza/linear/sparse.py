"""Direct solution by scipy's SuperLU in its good setting for M-matrices, refined in flux form."""

from __future__ import annotations

from typing import Any

import numpy as np

from kapitza.assemble.system import Rise, System
from kapitza.errors import PhysicsError
from kapitza.layout import Floats
from kapitza.linear.result import LinearResult

ROUNDING = 1e-15  # of the heat that passes: nothing to gain below
REFINEMENTS = 12  # at most, as long as they help; one is always done


def solve(system: System, reference: float, pinned: Floats, reason: str) -> LinearResult:
    """Solve for the rise above ``reference`` [K].

    Raises PhysicsError where conductances lie so far apart that rounding makes the matrix singular.

    pinned : (nz, nx) extra conductance [W/K] to the reference in one cell of each floating piece, else 0.

    The residual is formed as a sum of g (T_j - T_i), never as A x - b, whose rounding hides the answer.
    """
    from scipy.sparse import diags_array

    active = system.active
    matrix = (system.matrix() + diags_array(pinned[active])).tocsc()
    factor = factorised(matrix)
    large, small = np.zeros(system.mesh.shape), np.zeros(system.mesh.shape)
    load = system.load(reference)
    large[active] = factor.solve(load[active])
    throughput = float(np.abs(load).sum()) or 1.0
    rise = Rise(large, small)
    left = _left(system, rise, reference, pinned)
    size, done = float(np.abs(left).max()), 0
    for _ in range(REFINEMENTS):
        better = small.copy()
        better[active] += factor.solve(left[active])
        trial = Rise(large, better)
        left_after = _left(system, trial, reference, pinned)
        size_after = float(np.abs(left_after).max())
        if done and size_after >= size:
            break
        stalled = size_after > 0.9 * size or size_after <= ROUNDING * throughput
        rise, small, left, size, done = trial, better, left_after, size_after, done + 1
        if stalled:
            break
    return LinearResult(rise, "sparse", reason, done, size / throughput)


def factorised(matrix: Any) -> Any:
    """Factors of an M-matrix (CSC) with ``.solve(b)``. Raises PhysicsError where a pivot is lost in rounding."""
    from scipy.sparse.linalg import splu

    options = {"SymmetricMode": True}
    try:
        return splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    except RuntimeError:
        raise PhysicsError(_too_far_apart(matrix.diagonal())) from None


def _too_far_apart(diagonal: Floats) -> str:
    return (
        f"no solution in double precision: the cells conduct {diagonal.min():.3g} to {diagonal.max():.3g} W/K. Check "
        "the sizes of the conductivities, thicknesses and resistances; what hardly conducts may be left out (void), "
        "what hardly resists is a perfect contact"
    )


def _left(system: System, rise: Rise, reference: float, pinned: Floats) -> Floats:
    left: Floats = system.residual(rise, reference) - pinned * rise.sum
    return left
