"""Direct solution by scipy's SuperLU in its good setting for M-matrices, refined in flux form."""

from __future__ import annotations

import numpy as np

from kapitza.assemble.system import System
from kapitza.layout import Floats
from kapitza.linear.result import LinearResult

REFINEMENTS = 3  # at most; one is always done


def solve(system: System, reference: float, pinned: Floats, reason: str) -> LinearResult:
    """Solve for the rise above ``reference`` [K].

    pinned : (nz, nx) extra conductance [W/K] to the reference in one cell of each floating piece, else 0.

    The residual is formed as a sum of g (T_j - T_i), never as A x - b, whose rounding hides the answer.
    """
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import splu

    active = system.active
    matrix = (system.matrix() + diags_array(pinned[active])).tocsc()
    factor = splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
    rise = np.zeros(system.mesh.shape)
    load = system.load(reference)
    rise[active] = factor.solve(load[active])
    throughput = float(np.abs(load).sum()) or 1.0
    left = system.residual(rise, reference) - pinned * rise
    size, done = float(np.abs(left).max()), 0
    for _ in range(REFINEMENTS):
        correction = np.zeros_like(rise)
        correction[active] = factor.solve(left[active])
        better = rise + correction
        left_better = system.residual(better, reference) - pinned * better
        size_better = float(np.abs(left_better).max())
        if done and size_better >= size:
            break
        rise, left, done = better, left_better, done + 1
        stalled = size_better > 0.25 * size
        size = size_better
        if stalled:
            break
    return LinearResult(rise, "sparse", reason, done, size / throughput)
