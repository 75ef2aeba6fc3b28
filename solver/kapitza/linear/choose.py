"""The one place that looks at a problem's structure and picks a solver."""

from __future__ import annotations

from sys import maxsize

from kapitza.assemble.system import System
from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.linear.result import LinearResult
from kapitza.model import SolveOptions

ONE, TWO = ("auto", "line"), ("auto", "separable", "multigrid", "sparse")
METHODS = ("auto", "line", *TWO[1:])
NAMED = {
    "multigrid": 1,
    "sparse": maxsize,
}  # solvers that serve whatever the structure: cells from which to iterate

# Cells from which on multigrid serves. Below, a direct solution is done before compiled loops are loaded, which counts
# once in many solutions; and in time, factors that are known fit the cache and are faster (`shifted`).
MANY, MANY_REPEATED, MANY_STEPS = 60_000, 4_000, 25_000


def least(options: SolveOptions) -> int:
    """Cells from which on multigrid serves a steady state: all or none where a solver is named."""
    return NAMED.get(options.method, MANY_REPEATED if options.repeated else MANY)


def least_in_time(options: SolveOptions) -> int:
    """The same of steps in time."""
    return NAMED.get(options.method, MANY_STEPS)


def cannot_separate(reason: str) -> InputError:
    """What is said where single lines are asked for and ``reason`` forbids them."""
    return InputError(f"solve.method: 'separable' cannot serve here: {reason}; use auto")


def check_newton(options: SolveOptions) -> None:
    """Raise InputError where a solver is named that serves no steps of Newton's method."""
    if options.method == "separable":
        raise cannot_separate("conductivities or laws depend on temperature")


def check_method(method: str, two_dimensional: bool) -> None:
    """Raise InputError unless ``method`` names a solver that serves this kind of problem."""
    if method not in METHODS:
        raise InputError(f"solve.method: {method!r} is no solver; known: {', '.join(METHODS)}")
    if wrong := unfit(method, two_dimensional):
        raise InputError(f"solve.method: {wrong}")


def unfit(method: str, two_dimensional: bool) -> str:
    """Why a known ``method`` cannot serve, and what can; empty where it may."""
    fitting = TWO if two_dimensional else ONE
    if method in fitting:
        return ""
    serves = "one-dimensional" if two_dimensional else "two-dimensional"
    return f"{method!r} serves {serves} stacks; write {', '.join(fitting[:-1])} or {fitting[-1]}"


def solve(
    system: System, reference: float, pinned: Floats, method: str, many: int | None = None
) -> LinearResult:
    """Solve a 2-D system with the named solver, or the best one for it ("auto").

    many : cells from which on multigrid serves (`least`), None: `MANY`"""
    from kapitza.linear import rows, separable, sparse

    many = many or MANY
    if method == "separable":
        return separable.solve(system, reference, pinned, "asked for")
    if method == "sparse":
        return sparse.solve(system, reference, pinned, "asked for")
    if method == "multigrid":
        from kapitza.linear import multigrid

        return multigrid.solve(system, reference, pinned, "asked for")
    found = rows.find(system)
    if not isinstance(found, str):
        if found.pays(many=False):
            reason = f"layers of full width: {found.transform} single lines along z"
            return separable.solve(system, reference, pinned, reason)
        found = f"cells of different sizes in {len(found.weight)} columns"
    if system.active.size >= many:
        from kapitza.linear import multigrid

        return multigrid.solve(
            system, reference, pinned, f"{found}; from {many} cells on, multigrid is done before factors are"
        )
    return sparse.solve(system, reference, pinned, f"direct solution of a two-dimensional system ({found})")
