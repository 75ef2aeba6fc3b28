"""What every linear solver returns, and the one form in which it is asked."""

from __future__ import annotations

from dataclasses import dataclass

from kapitza.assemble.system import Rise


@dataclass(frozen=True)
class LinearResult:
    """rise : (nz, nx) [K] in two parts, above the system's reference, 0 in void · method : name of the solver
    reason : why it was chosen · iterations : of the solver, or refinements of a direct one
    residual : largest heat left over in a cell, relative to the heat that passes"""

    rise: Rise
    method: str
    reason: str
    iterations: int
    residual: float
