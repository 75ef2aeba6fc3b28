"""A 1-D stack with temperature-dependent conductivities or laws, piece by piece between insulated joints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kapitza import floating
from kapitza.assemble.chain import End
from kapitza.assemble.line import LineProblem
from kapitza.errors import InputError, PhysicsError
from kapitza.interfaces.law import Law
from kapitza.laws.kirchhoff import Kirchhoff
from kapitza.laws.media import Media
from kapitza.layout import Floats, Layout
from kapitza.linear.line import ChainState
from kapitza.model import SIDES, Condition, Reservoir
from kapitza.newton.continued import check_range
from kapitza.newton.line import LawEnd, Run, RunState, solve
from kapitza.state import LineState, Series, SolverInfo


@dataclass(frozen=True)
class _Ends:
    """Conditions and areas [m^2] of the two ends."""

    conditions: tuple[Condition, Condition]
    areas: tuple[float, float]


def solve_stack(
    layout: Layout, problem: LineProblem, media: Sequence[Kirchhoff], guess: ChainState
) -> LineState:
    """Steady state of a 1-D stack in Kirchhoff's variable.

    problem : assembled with all conductivities 1 · media : conductivity of every kind of piece
    guess : the linear solution from which the iteration starts

    Raises PhysicsError where heat collects in a piece that nothing holds, where no state above 0 K exists, or where
    the iteration does not converge; InputError where a temperature leaves the range of a material or a law.
    """
    kinds = layout.kind_of[problem.line.segment_piece]
    everywhere = Media(kinds, media)
    ends = _ends(layout, problem)
    n = len(kinds)
    lower, upper, inflow = np.empty(n), np.empty(n), np.empty(n)
    notes: list[str] = []
    iterations, residual = 0, 0.0
    for first, last in _runs(problem):
        run, note = _run(layout, problem, everywhere, ends, first, last)
        notes += note
        here = slice(first, last + 1)
        tolerance = layout.stack.solve.tolerance
        first_guess = guess.temperature[3 * first : 3 * last + 1 : 3]
        state = solve(run, first_guess, _start_flow(run, guess, first), tolerance)
        if not state.converged:
            state, share = _ramped(run, layout, tolerance)
            if not state.converged:
                cold = state.aim <= 0.0 and _drawn(problem) > 0.0
                text = _not_converged(layout, problem, first, last, state)
                raise PhysicsError(_impossible(problem, share) if cold else text)
        lower[here], upper[here], inflow[here] = state.lower, state.upper, state.flow
        iterations = max(iterations, state.iterations)
        residual = max(residual, state.residual / max(float(np.abs(state.flow).max()), 1e-300))
    _check(layout, problem, everywhere, lower, upper, ends)
    joint_flow = inflow[problem.joints] + problem.heat[problem.joints] + problem.sheet_below
    heat = (float(inflow[0]), -float(inflow[-1] + problem.heat[-1]))
    info = SolverInfo(
        "line-newton",
        "one dimension with temperature-dependent properties or laws: Newton's method for the flux",
        iterations,
        residual,
    )
    return LineState(
        problem=problem,
        lower=lower,
        upper=upper,
        inflow=inflow,
        joint_flow=joint_flow,
        heat=heat,
        levels=(everywhere.potential(lower), everywhere.potential(upper)),
        media=everywhere,
        series=_series(problem, lower, upper, heat, ends),
        info=info,
        notes=tuple(notes),
    )


def _ends(layout: Layout, problem: LineProblem) -> _Ends:
    stack, edges = layout.stack, layout.layer_edges
    first, second = (stack.boundary(side).condition for side in SIDES[stack.geometry.kind])
    areas = problem.metric.area(np.array([edges[0], edges[-1]]))
    return _Ends((first, second), (float(areas[0]), float(areas[1])))


def _law_end(end: End, condition: Condition, area: float) -> LawEnd:
    if end.temperature is None:
        return LawEnd(heat=end.heat)
    law = condition.law if isinstance(condition, Reservoir) else None
    held = law is not None and law.linear and law.resistance == 0.0
    return LawEnd(end.temperature, None if held else law, area)


def _runs(problem: LineProblem) -> list[tuple[int, int]]:
    """(first, last) segments of the pieces between insulated joints."""
    cuts = problem.joints[np.isinf(problem.contacts.resistance)]
    return list(zip([0, *(cuts + 1).tolist()], [*cuts.tolist(), len(problem.heat) - 1], strict=True))


def _run(
    layout: Layout, problem: LineProblem, media: Media, ends: _Ends, first: int, last: int
) -> tuple[Run, list[str]]:
    """The connected segments first … last. Nothing holding them, their first face is set to the mean temperature."""
    n = len(problem.heat)
    here, inner = slice(first, last + 1), slice(first, last)
    law = np.zeros(n - 1, dtype=np.intp)  # segments of one layer are in perfect contact, law 0
    below, above, area = np.zeros(n - 1), np.zeros(n - 1), np.ones(n - 1)
    law[problem.joints] = problem.contacts.law
    below[problem.joints], above[problem.joints] = problem.sheet_below, problem.sheet_above
    area[problem.joints] = problem.area
    lower = _law_end(problem.chain.lower, ends.conditions[0], ends.areas[0]) if first == 0 else LawEnd()
    upper = _law_end(problem.chain.upper, ends.conditions[1], ends.areas[1]) if last == n - 1 else LawEnd()
    notes: list[str] = []
    if lower.temperature is None and upper.temperature is None:
        terms = [lower.heat, upper.heat, *problem.heat[here], *below[inner], *above[inner]]
        names = [layout.name(int(i)) for i in np.unique(problem.line.segment_piece[here])]
        floating.check(names, float(sum(terms)), float(sum(abs(t) for t in terms)))
        mean = floating.mean_temperature(layout.stack)
        notes.append(
            floating.note(names, mean) + "; with temperature-dependent properties, at its first face"
        )
        lower = LawEnd(mean)
    resistance = problem.chain.resistance
    run = Run(
        a=(resistance[0::3] + resistance[1::3])[here],
        a_upper=resistance[1::3][here],
        heat=problem.heat[here],
        media=media.at(here),
        laws=problem.contacts.laws,
        law=law[inner],
        area=area[inner],
        below=below[inner],
        above=above[inner],
        lower=lower,
        upper=upper,
    )
    return run, notes


def _start_flow(run: Run, guess: ChainState, first: int) -> float:
    if run.lower.temperature is None:
        return run.lower.heat
    if run.upper.temperature is None:
        return -(run.upper.heat + float(run.heat.sum() + run.below.sum() + run.above.sum()))
    return float(guess.flux[3 * first])


def _check(
    layout: Layout, problem: LineProblem, media: Media, lower: Floats, upper: Floats, ends: _Ends
) -> None:
    """A result must lie above 0 K and inside the range of every material and law."""
    coldest = float(min(lower.min(), upper.min()))
    if coldest <= 0.0:
        raise PhysicsError(_impossible(problem, 0.0))
    for T in (lower, upper):
        check_range(layout, media, problem.line.segment_piece, T)
    sides = list(SIDES[layout.stack.geometry.kind])
    for index, law in enumerate(problem.contacts.laws):
        here = problem.joints[problem.contacts.law == index]
        if len(here) and not law.linear:
            pieces = problem.line.segment_piece[[here[0], here[0] + 1]]
            names = "|".join(layout.name(int(piece)) for piece in pieces)
            _in_range(law, upper[here], lower[here + 1], f"interface {names}")
    for side, condition, surface in zip(sides, ends.conditions, (lower[0], upper[-1]), strict=True):
        if isinstance(condition, Reservoir) and not condition.law.linear:
            _in_range(condition.law, np.array([surface]), np.array([condition.ambient]), f"boundary.{side}")


def _in_range(law: Law, T1: Floats, T2: Floats, where: str) -> None:
    try:
        law.flux(T1, T2)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _ramped(run: Run, layout: Layout, tolerance: float) -> tuple[RunState, float]:
    """The state found by raising all heats step by step, and the share of them that was reached."""
    start, flow = np.full(len(run.a), floating.mean_temperature(layout.stack)), 0.0
    reached, step = -1.0, 1.0  # the first step goes to no heat at all
    while True:
        trial = min(1.0, reached + step)
        state = solve(_warmed(run, trial), start, flow, tolerance)
        if state.converged:
            reached, start, flow = trial, state.lower, float(state.flow[0])
            step = 1.5 * step if reached > 0.0 else 0.25
        else:
            step *= 0.5
        if reached >= 1.0 or step < 1e-3 or (reached < 0.0 and not state.converged):
            return state, max(reached, 0.0)


def _warmed(run: Run, share: float) -> Run:
    return replace(
        run,
        heat=share * run.heat,
        below=share * run.below,
        above=share * run.above,
        lower=replace(run.lower, heat=share * run.lower.heat),
        upper=replace(run.upper, heat=share * run.upper.heat),
    )


def _drawn(problem: LineProblem) -> float:
    """Heat [W] that sinks and ends draw."""
    terms = [*problem.chain.source.tolist(), problem.chain.lower.heat, problem.chain.upper.heat]
    return -float(sum(term for term in terms if term < 0))


def _impossible(problem: LineProblem, share: float) -> str:
    some = f"; one was found for {share:.1%} of it" if share > 0 else ""
    return (
        f"no steady state above absolute zero: {_drawn(problem):.4g} W are drawn, more than can flow there{some}. "
        "Check the sign and size of the heats and the laws"
    )


def _series(
    problem: LineProblem, lower: Floats, upper: Floats, heat: tuple[float, float], ends: _Ends
) -> Series:
    """Resistances as drops over the heat that passes; NaN where none does, or sources make it vary."""
    passing = heat[0] if not problem.chain.source.any() and heat[0] != 0.0 else np.nan
    joints = problem.joints
    surface = (lower[0], upper[-1])
    outside = [
        condition.ambient if isinstance(condition, Reservoir) else surface[i]
        for i, condition in enumerate(ends.conditions)
    ]
    return Series(
        (lower - upper) / passing,
        np.where(
            np.isinf(problem.contacts.resistance), np.inf, (upper[joints] - lower[joints + 1]) / passing
        ),
        (float((outside[0] - surface[0]) / passing), float((surface[1] - outside[1]) / passing)),
    )


def _not_converged(layout: Layout, problem: LineProblem, first: int, last: int, state: RunState) -> str:
    worst = first + int(np.argmax(np.abs(state.upper[:-1] - state.lower[1:]))) if last > first else first
    name = layout.name(int(problem.line.segment_piece[worst]))
    steps = ", ".join(f"{step:.3g}" for step in state.steps[-4:])
    return (
        f"not converged after {state.iterations} iterations: {state.residual:.3g} W are left over, most "
        f"about the upper face of {name}; the last corrections were {steps} K. Raise [solve] tolerance, give [solve] "
        "initial, or check the laws"
    )
