"""1-D stacks with temperature-dependent conductivities or laws, piece by piece between insulated joints."""

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
from kapitza.model import SIDES, Condition, Reservoir
from kapitza.newton import marched, rows
from kapitza.newton.continued import check_range
from kapitza.newton.line import RunState, solve
from kapitza.newton.rows import HELD, Ends, Rows
from kapitza.properties import reference_temperature
from kapitza.state import LineState, Series, SolverInfo

INFO = "one dimension with temperature-dependent properties or laws: Newton's method for the flux"


@dataclass(frozen=True)
class _Ends:
    """Conditions and areas [m^2] of the two ends."""

    conditions: tuple[Condition, Condition]
    areas: tuple[float, float]


@dataclass(frozen=True)
class Prepared:
    """A stack, assembled with all conductivities 1, and its connected runs of segments: (first, last, row of one).

    media : conductivities of the segments · temperature : at which everything is linear in the first guess [K]"""

    layout: Layout
    problem: LineProblem
    media: Media
    ends: _Ends
    runs: Sequence[tuple[int, int, Rows]]
    notes: Sequence[str]
    temperature: float

    @property
    def tolerance(self) -> float:
        return self.layout.stack.solve.tolerance

    def finished(
        self,
        states: Sequence[RunState],
        levels: tuple[Floats, Floats] | None = None,
        *,
        checked: bool = False,
    ) -> LineState:
        """The solution, from the states of all runs. levels : (n,) Kirchhoff's variable of the faces, where known
        checked : all temperatures are known to be in range.

        Raises PhysicsError below absolute zero; InputError outside the range of a material or a law."""
        problem = self.problem
        lower, upper, inflow = (
            np.concatenate([getattr(state, name) for state in states])
            if len(states) > 1
            else getattr(states[0], name)
            for name in ("lower", "upper", "flow")
        )
        residual = max(state.residual / max(float(np.abs(state.flow).max()), 1e-300) for state in states)
        if not checked:
            _check(self.layout, problem, self.media, lower, upper, self.ends)
        heat = (float(inflow[0]), -float(inflow[-1] + problem.heat[-1]))
        return LineState(
            problem=problem,
            lower=lower,
            upper=upper,
            inflow=inflow,
            joint_flow=inflow[problem.joints] + problem.heat[problem.joints] + problem.sheet_below,
            heat=heat,
            levels=levels or (self.media.potential(lower), self.media.potential(upper)),
            media=self.media,
            series=_series(problem, lower, upper, heat, self.ends),
            info=SolverInfo("line-newton", INFO, max(state.iterations for state in states), residual),
            notes=tuple(self.notes),
        )


def prepare(layout: Layout, problem: LineProblem, media: Sequence[Kirchhoff]) -> Prepared:
    """All that the iteration needs.

    problem : assembled with all conductivities 1 · media : conductivity of every kind of piece

    Raises PhysicsError where heat collects in a piece that nothing holds."""
    everywhere = Media(layout.kind_of[problem.line.segment_piece], media)
    ends = _ends(layout, problem)
    found = [(*span, *_run(layout, problem, everywhere, ends, *span)) for span in _runs(problem)]
    notes = [note for *_, said in found for note in said]
    runs = [(first, last, run) for first, last, run, _ in found]
    temperature, _ = reference_temperature(layout.stack)
    return Prepared(layout, problem, everywhere, ends, runs, notes, temperature)


def solve_stack(layout: Layout, problem: LineProblem, media: Sequence[Kirchhoff]) -> LineState:
    """Steady state of a 1-D stack in Kirchhoff's variable; arguments as for `prepare`.

    Raises PhysicsError where heat collects in a piece that nothing holds, where no state above 0 K exists, or where
    the iteration does not converge; InputError where a temperature leaves the range of a material or a law.
    """
    return solve_prepared(prepare(layout, problem, media))


def solve_prepared(stack: Prepared) -> LineState:
    """The same for a stack that is prepared."""
    states: list[RunState] = []
    for first, last, run in stack.runs:
        start, flow = rows.guess(run, np.array([stack.temperature]))
        state = solve(run, start[0], float(flow[0]), stack.tolerance)
        found = None if state.converged else marched.start(run, float(flow[0]))
        if found is not None:
            state = solve(run, *found, stack.tolerance)
        if not state.converged:
            state, share = _ramped(run, stack.layout, stack.tolerance)
            if not state.converged:
                cold = state.aim <= 0.0 and _drawn(stack.problem) > 0.0
                text = _not_converged(stack.layout, stack.problem, first, last, state)
                raise PhysicsError(_impossible(stack.problem, share) if cold else text)
        states.append(state)
    return stack.finished(states)


def _ends(layout: Layout, problem: LineProblem) -> _Ends:
    stack, edges = layout.stack, layout.layer_edges
    first, second = (stack.boundary(side).condition for side in SIDES[stack.geometry.kind])
    areas = problem.metric.area(np.array([edges[0], edges[-1]]))
    return _Ends((first, second), (float(areas[0]), float(areas[1])))


def _end(end: End, condition: Condition, area: float, laws: list[Law]) -> Ends:
    """What a stack ends in, as one row; the law of a reservoir joins ``laws``."""
    if end.temperature is None:
        return _tied(np.nan, heat=end.heat)
    law = condition.law if isinstance(condition, Reservoir) else None
    if law is None or (law.linear and law.resistance == 0.0):
        return _tied(end.temperature)
    laws.append(law)
    return _tied(end.temperature, len(laws) - 1, area)


def _tied(temperature: float, law: int = HELD, area: float = 1.0, heat: float = 0.0) -> Ends:
    return Ends(np.array([temperature]), np.array([law]), np.array([area]), np.array([heat]))


def _runs(problem: LineProblem) -> list[tuple[int, int]]:
    """(first, last) segments of the pieces between insulated joints."""
    cuts = problem.joints[np.isinf(problem.contacts.resistance)]
    return list(zip([0, *(cuts + 1).tolist()], [*cuts.tolist(), len(problem.heat) - 1], strict=True))


def _run(
    layout: Layout, problem: LineProblem, media: Media, ends: _Ends, first: int, last: int
) -> tuple[Rows, list[str]]:
    """The connected segments first … last. Nothing holding them, their first face is set to the mean temperature."""
    n = len(problem.heat)
    here, inner = slice(first, last + 1), slice(first, last)
    law = np.full(n - 1, HELD, dtype=np.intp)  # segments of one layer are in perfect contact
    below, above, area = np.zeros(n - 1), np.zeros(n - 1), np.ones(n - 1)
    law[problem.joints] = problem.contacts.law
    below[problem.joints], above[problem.joints] = problem.sheet_below, problem.sheet_above
    area[problem.joints] = problem.area
    laws = list(problem.contacts.laws)
    chain = problem.chain
    lower = _end(chain.lower, ends.conditions[0], ends.areas[0], laws) if first == 0 else _tied(np.nan)
    upper = _end(chain.upper, ends.conditions[1], ends.areas[1], laws) if last == n - 1 else _tied(np.nan)
    notes: list[str] = []
    if np.isnan(lower.temperature[0]) and np.isnan(upper.temperature[0]):
        terms = [lower.heat[0], upper.heat[0], *problem.heat[here], *below[inner], *above[inner]]
        names = [layout.name(int(i)) for i in np.unique(problem.line.segment_piece[here])]
        floating.check(names, float(sum(terms)), float(sum(abs(t) for t in terms)), layout.stack)
        mean = floating.mean_temperature(layout.stack)
        notes.append(
            floating.note(names, mean) + "; with temperature-dependent properties, at its first face"
        )
        lower = _tied(mean)

    def row(values: Floats) -> Floats:
        return values[np.newaxis, :]

    run = Rows(
        a=row((chain.resistance[0::3] + chain.resistance[1::3])[here]),
        a_upper=row(chain.resistance[1::3][here]),
        heat=row(problem.heat[here]),
        media=media.at(here),
        laws=laws,
        law=law[np.newaxis, inner],
        area=row(area[inner]),
        below=row(below[inner]),
        above=row(above[inner]),
        lower=lower,
        upper=upper,
    )
    return run, notes


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
    low, high = law.valid
    if min(T1.min(), T2.min()) >= low and max(T1.max(), T2.max()) <= high:
        return
    try:
        law.flux(T1, T2)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _ramped(run: Rows, layout: Layout, tolerance: float) -> tuple[RunState, float]:
    """The state found by raising all heats step by step, and the share of them that was reached."""
    start, flow = np.full(run.a.shape[1], floating.mean_temperature(layout.stack)), 0.0
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


def _warmed(run: Rows, share: float) -> Rows:
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
