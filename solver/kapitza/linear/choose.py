"""The one place that looks at a problem's structure and picks a solver."""

from __future__ import annotations

from kapitza.assemble.system import System
from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.linear.result import LinearResult

METHODS = ("auto", "line", "sparse")


def check_method(method: str, two_dimensional: bool) -> None:
    """Raise InputError unless ``method`` names a solver that serves this kind of problem."""
    if method not in METHODS:
        raise InputError(f"solve.method: {method!r} is no solver; known: {', '.join(METHODS)}")
    if method == "line" and two_dimensional:
        raise InputError("solve.method: 'line' serves one-dimensional stacks; use auto or sparse")
    if method == "sparse" and not two_dimensional:
        raise InputError("solve.method: 'sparse' serves two-dimensional stacks; use auto or line")


def solve(system: System, reference: float, pinned: Floats, method: str) -> LinearResult:
    """Solve a 2-D system with the named solver, or the best one for it ("auto")."""
    from kapitza.linear import sparse

    reason = "asked for" if method == "sparse" else "direct solution of a two-dimensional system"
    return sparse.solve(system, reference, pinned, reason)
