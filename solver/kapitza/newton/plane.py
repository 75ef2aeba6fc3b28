"""Newton's method on a mesh: corrections, direct or iterated, damped until they shrink under the old Jacobian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kapitza import floating
from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Floats
from kapitza.linear import choose
from kapitza.linear.iterated import method, solver
from kapitza.newton.continued import COOLING, check_range, settled
from kapitza.newton.field import Evaluation, Problem
from kapitza.state import PlaneState, SolverInfo, check_residual

MOST = 40
HALVINGS = 10


def solve(problem: Problem, start: Floats) -> PlaneState:
    """Steady state from a first guess of the temperatures (nz, nx) [K], anything in void.

    Raises PhysicsError where heat collects in a piece that nothing holds, or the iteration does not converge;
    InputError where a temperature leaves the range of a material or a law.
    """
    layout, active = problem.layout, problem.active
    T = np.where(active, start.ravel(), 300.0)
    u = np.where(active, problem.media.potential(T), 0.0)
    now = problem.evaluate(u)
    pinned, notes = _pin(problem, now, u)
    steps: list[float] = []
    converged, many = False, choose.least(layout.stack.solve)
    for _ in range(MOST):
        T = problem.temperature(u)
        k, warm = problem.media.conductivity(T), T[active]
        factor = solver(problem.jacobian(now, pinned), problem.system.active, k[active], many)
        du = np.zeros(len(u))
        du[active] = factor.solve(now.residual[active])
        size = float(np.max(np.abs(du[active]) / k[active]))
        steps.append(size)
        span, largest = float(warm.max() - warm.min()), float(np.abs(warm).max())
        done = settled(steps, span, largest, layout.stack.solve.tolerance)
        share, least = 1.0, problem.media.potential(COOLING * T)
        for _ in range(HALVINGS):
            new = np.maximum(u + share * du, least)
            trial = problem.evaluate(new)
            again = np.zeros(len(u))
            again[active] = factor.solve(trial.residual[active])
            if done or float(np.max(np.abs(again[active]) / k[active])) <= (1.0 - 0.25 * share) * size:
                break
            share *= 0.5
        u, now = new, trial
        if done:
            # A nonsingular M-matrix answers heat everywhere with warmth everywhere; beyond runaway it does not.
            converged = not problem.system.growth or bool(
                np.all(factor.solve(np.ones(int(active.sum()))) > 0.0)
            )
            break
    if not converged:
        aim = np.where(active, problem.temperature(u + du), np.inf)
        drawn = -_put(problem)
        raise PhysicsError(
            _too_cold(problem, int(np.argmin(aim)), float(drawn[drawn > 0].sum()))
            if aim.min() <= 0.0 and np.any(drawn > 0)
            else _not_converged(problem, now, steps)
        )
    return _state(problem, u, now, steps, notes)


def solve_growing(problem: Problem, start: Floats) -> PlaneState:
    """`solve` for sources that grow with temperature; a runaway is recognised and its limit found by bisection."""
    try:
        return solve(problem, start)
    except PhysicsError:
        if not problem.system.growth:
            raise
        low, high = 0.0, 1.0
        for _ in range(12):
            problem.growth_share = 0.5 * (low + high)
            problem.found = {}
            try:
                solve(problem, start)
                low = problem.growth_share
            except (PhysicsError, InputError):
                high = problem.growth_share
        if low == 0.0:
            raise
        names = ", ".join(dict.fromkeys(source.name for source in problem.system.growth))
        raise PhysicsError(
            f"thermal runaway: the heat of {names} grows with temperature faster than it can leave, so there is no "
            f"steady state; one exists up to {low:.1%} of this heat. Cool better, or heat less"
        ) from None


def _pin(problem: Problem, at: Evaluation, u: Floats) -> tuple[Floats, list[str]]:
    """One cell of each piece that nothing holds keeps its first guess; its heat must balance."""
    from scipy.sparse.csgraph import connected_components

    layout, system, active = problem.layout, problem.system, problem.active
    matrix = problem.jacobian(at, np.zeros(len(u)))
    count, label = connected_components(matrix, directed=False)
    component = np.full(len(u), -1)
    component[active] = label
    held = np.zeros(count, dtype=bool)
    for side in system.sides:
        for term in side.terms:
            insulated = term.law is not None and term.law.linear and np.isinf(term.law.resistance)
            if term.temperature is not None and not insulated:
                held[component[problem.cells[side.row, side.column][term.weight > 0]]] = True
    pinned, notes = np.zeros(len(u)), []
    diagonal = np.zeros(len(u))
    diagonal[active] = matrix.diagonal()
    put = _put(problem)
    for number in np.flatnonzero(~held):
        cells = np.flatnonzero(component == number)
        names = [layout.name(int(p)) for p in np.unique(system.mesh.piece.ravel()[cells])]
        floating.check(names, float(put[cells].sum()), float(np.abs(put[cells]).sum()), layout.stack)
        pinned[cells[0]] = float(diagonal[cells].max()) or 1.0
        notes.append(floating.note(names, floating.mean_temperature(layout.stack)) + " (in one cell)")
    return pinned, notes


def _put(problem: Problem) -> Floats:
    """(cells,) heat that the case puts into every cell, boundaries with a temperature left out [W]."""
    put = problem.system.heat.ravel().copy()
    for side in problem.system.sides:
        for term in side.terms:
            np.add.at(put, problem.cells[side.row, side.column], term.heat)
    return put


def _state(
    problem: Problem, u: Floats, at: Evaluation, steps: Sequence[float], notes: list[str]
) -> PlaneState:
    system = problem.system
    T = problem.temperature(u)
    _check(problem, T)
    w, _ = problem.levels(u, T)
    passing = max(
        sum(float(np.abs(heat).sum()) for heat in at.into.values()), float(np.abs(system.heat).sum()), 1e-300
    )
    residual = float(np.abs(at.residual).max()) / passing
    notes = [*notes, *check_residual(residual, problem.layout.stack.solve.tolerance)]
    heat, _ = problem.grown(T)
    system = replace(system, heat=system.heat + heat.reshape(system.mesh.shape)) if system.growth else system
    by = method(system.active.size, choose.least(problem.layout.stack.solve))
    info = SolverInfo(
        f"newton-{by}",
        "two dimensions with temperature-dependent properties or laws: Newton's method, each step solved "
        + ("directly" if by == "sparse" else "by GMRES around multigrid"),
        len(steps),
        residual,
    )
    shape = system.mesh.shape
    return PlaneState(
        system=system,
        reference=0.0,
        level=np.where(system.active, u.reshape(shape), 0.0),
        lateral=np.where(system.active, w.reshape(shape), 0.0),
        z=at.flows["z"],
        x=at.flows["x"],
        wrap=at.flows.get("wrap"),
        into=at.into,
        media=problem.media,
        lateral_media=problem.lateral or problem.media,
        info=info,
        notes=tuple(notes),
    )


def _check(problem: Problem, T: Floats) -> None:
    coldest = float(T[problem.active].min())
    if coldest <= 0.0:
        raise PhysicsError(
            f"no steady state above absolute zero: more heat is drawn than can flow ({coldest:.3g} K would be needed). "
            "Check the sign and size of the heats and the laws"
        )
    pieces = np.maximum(problem.system.mesh.piece.astype(np.intp).ravel(), 0)
    check_range(problem.layout, problem.media, pieces, np.where(problem.active, T, np.nan))


def _place(problem: Problem, cell: int) -> str:
    """Name and coordinates of a cell."""
    mesh = problem.system.mesh
    i, j = divmod(cell, mesh.shape[1])
    name = problem.layout.name(int(mesh.piece[i, j]))
    x = f", {mesh.geometry.lateral} = {mesh.x[j]:.4g} m" if mesh.x is not None else ""
    return f"{name} at z = {mesh.z[i]:.4g} m{x}"


def _too_cold(problem: Problem, cell: int, drawn: float) -> str:
    return (
        f"no steady state above absolute zero: {drawn:.4g} W are drawn, more than can flow to {_place(problem, cell)}. "
        "Check the sign and size of the heats and the laws"
    )


def _not_converged(problem: Problem, at: Evaluation, steps: Sequence[float]) -> str:
    worst = int(np.argmax(np.abs(at.residual)))
    last = ", ".join(f"{step:.3g}" for step in steps[-4:])
    return (
        f"not converged after {len(steps)} iterations: {abs(at.residual[worst]):.3g} W are left over in "
        f"{_place(problem, worst)}; the last corrections were {last} K. Raise [solve] tolerance, or check the laws"
    )
