"""Solve a problem on a sequence of meshes and set the answers beside the reference."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kapitza.verify.problem import Problem, Quantity
from kapitza.verify.row import Row

if TYPE_CHECKING:
    from kapitza.case import Case
    from kapitza.solution import Solution


def refinement(solution: Solution, factor: int) -> dict[str, int]:
    """Keys of a case that multiply the cells of ``solution`` by ``factor`` in each direction."""
    nz, nx = solution.mesh.shape
    options = solution.stack.mesh
    changes: dict[str, int] = {}
    if options.z is None:
        changes["mesh.cells_per_layer"] = max(1, nz // solution.layout.n_layers) * factor
    else:
        changes["mesh.z"] = nz * factor
    if solution.x is not None:
        changes[f"mesh.{solution.stack.geometry.lateral}"] = nx * factor
    return changes


def evaluate(problem: Problem, levels: int = 1) -> list[Row]:
    """One row per quantity and mesh; each mesh has twice the cells of the one before in every direction."""
    import kapitza

    case: Case = kapitza.load(problem.path)
    if problem.changes:
        case = case.replace(dict(problem.changes))
    first = kapitza.solve(case)
    solutions = [first]
    for level in range(1, levels):
        solutions.append(kapitza.solve(case.replace(refinement(first, 2**level))))
    exact = problem.reference()
    return [row for quantity in problem.quantities for row in _rows(problem, quantity, exact, solutions)]


def _rows(
    problem: Problem, quantity: Quantity, reference: Mapping[str, float], solutions: list[Solution]
) -> list[Row]:
    rows: list[Row] = []
    exact = reference[quantity.name]
    for solution in solutions:
        computed = quantity.pick(solution.summary())
        error = computed - exact
        passed = abs(error) <= quantity.tolerance
        order: float | str | None = None
        if quantity.exact and passed:
            order = "exact"
        elif rows and error != 0.0 and rows[-1].error != 0.0:
            order = math.log2(abs(rows[-1].error / error))
        rows.append(
            Row(
                problem.name,
                quantity.name,
                computed,
                exact,
                error,
                order,
                passed,
                solution.mesh.cells,
                problem.source,
                quantity.unit,
                quantity.tolerance,
            )
        )
    return rows
