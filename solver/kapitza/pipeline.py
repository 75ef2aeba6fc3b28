"""From a stack to its solution: lay out, mesh, assemble, solve, collect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from kapitza import estimate, guards, properties, steady
from kapitza.assemble import line as line_assembly
from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Layout
from kapitza.linear import choose
from kapitza.linear import line as chain
from kapitza.linearity import growing, nonlinear
from kapitza.mesh import build_line, build_plane
from kapitza.model import Stack
from kapitza.solution import Solution, line, probes
from kapitza.solution.solved import Solved
from kapitza.state import LineState, PlaneState

if TYPE_CHECKING:
    from kapitza.assemble.system import System
    from kapitza.solution.response import Response
    from kapitza.transient.watch import State, Watch

T = TypeVar("T")


def solve(stack: Stack) -> Solution:
    """Steady state of a stack, or its run in time where it has [transient]; all frames are kept then.

    Raises InputError where the stack contradicts itself, PhysicsError where it has no steady state,
    ResourceError where it would need more memory than there is.
    """
    if stack.transient is not None:
        from kapitza.transient.watch import Keeper

        keeper = Keeper()
        solved = march(stack, keeper)
        assert solved.history is not None
        return Solution.of(replace(solved, history=replace(solved.history, frames=tuple(keeper.frames))))
    if stack.thermoelectric is not None:
        from kapitza.thermoelectric import run as thermoelectric

        return thermoelectric.solve(stack, solve)
    if stack.channels:
        from kapitza.channels import run as channels

        clock = _Clock()
        several = clock.stage("solve", lambda: channels.solve(stack))
        return Solution.of(replace(several, timing=clock.seconds))
    estimate.require(stack)
    choose.check_method(stack.solve.method, stack.geometry.two_dimensional)
    clock = _Clock()
    try:
        layout = clock.stage("mesh", lambda: Layout.of(stack))
        solved = _plane(layout, clock) if stack.geometry.two_dimensional else _line(layout, clock)
    except InputError as error:
        from kapitza import examine

        raise InputError("\n".join(examine.problems(stack)) or str(error)) from None
    return finished(solved, clock.seconds)


def finished(solved: Solved, timing: dict[str, float]) -> Solution:
    """A solution with what is to be said of it. timing : seconds of each stage so far.

    Raises PhysicsError below absolute zero, InputError where a probe points nowhere."""
    started = perf_counter()
    coldest = solved.pieces.coldest
    if coldest <= 0.0:
        raise PhysicsError(
            f"no steady state above absolute zero: {coldest:.4g} K would be reached. More heat is drawn than the stack "
            "can carry; check the sign and size of the heats"
        )
    # A probe that points nowhere is an error of the input, not of whoever reads the result.
    probes.evaluate(solved)
    said = (*solved.warnings, *guards.warnings(solved))
    seconds = timing | {"solve": timing.get("solve", 0.0) + perf_counter() - started}
    return Solution.of(replace(solved, warnings=said, timing=seconds))


def respond(stack: Stack) -> Response:
    """Amplitudes of a stack with [frequency]. Raises as `solve` does."""
    from kapitza import frequency

    estimate.require(stack)
    clock = _Clock()
    try:
        found = clock.stage("solve", lambda: frequency.solve(stack))
    except InputError as error:
        from kapitza import examine

        raise InputError("\n".join(examine.problems(stack)) or str(error)) from None
    return replace(found, timing=clock.seconds)


def march(stack: Stack, watch: Watch, state: State | None = None) -> Solved:
    """A stack with [transient] in time; the last saved instant with its history. Frames go to ``watch``.

    state : of a checkpoint, to go on from. Raises as `solve` does, and `Stopped` where the watch asks for an end.
    """
    if stack.channels:
        from kapitza.channels import run as channels

        clock = _Clock()
        several, course = clock.stage("solve", lambda: channels.march(stack, watch, state))
        return replace(several, history=course, timing=clock.seconds)
    from kapitza.assemble.drive import at_start
    from kapitza.transient.run import run

    estimate.require(stack)
    choose.check_method(stack.solve.method, stack.geometry.two_dimensional)
    clock = _Clock()
    try:
        start = at_start(stack)
        curved = nonlinear(Layout.of(start))
        solved, history = clock.stage("solve", lambda: run(stack, not curved, watch, state))
    except InputError as error:
        from kapitza import examine

        raise InputError("\n".join(examine.problems(at_start(stack))) or str(error)) from None
    said = (*solved.warnings, *guards.warnings(solved))
    return replace(solved, warnings=said, history=history, timing=clock.seconds)


def _line(layout: Layout, clock: _Clock) -> Solved:
    cells = clock.stage("mesh", lambda: build_line(layout))
    if not nonlinear(layout):
        conductivities = clock.stage("assemble", lambda: properties.evaluate(layout))
        problem = clock.stage("assemble", lambda: line_assembly.assemble(layout, cells, conductivities))
        state = clock.stage("solve", lambda: steady.solve_line(layout, problem))
        return clock.stage("solve", lambda: line.build(layout, state, ()))

    def newton() -> LineState:
        from kapitza.newton import stack as stack_newton

        near = properties.evaluate(layout)
        unit, medium = properties.Properties.unit(layout), properties.kirchhoff(layout)
        if not growing(layout.stack):
            return stack_newton.solve_stack(layout, line_assembly.assemble(layout, cells, unit), medium)
        from kapitza.assemble import plane as plane_assembly
        from kapitza.newton import plane as plane_newton
        from kapitza.newton.field import Problem
        from kapitza.newton.linearised import linearised

        column = plane_assembly.assemble(layout, cells.mesh, unit)
        guess = chain.solve(line_assembly.assemble(linearised(layout, near.temperature), cells, near).chain)
        start = np.repeat(guess.temperature[1::3], cells.segment_cells)[:, np.newaxis]
        found = plane_newton.solve_growing(Problem(layout, column, medium, None), start)
        heat = (found.system.heat - column.heat)[:, 0]
        single = cells.each_cell()
        return stack_newton.solve_stack(layout, line_assembly.assemble(layout, single, unit, heat), medium)

    state = clock.stage("solve", newton)
    return clock.stage("solve", lambda: line.build(layout, state, ()))


def _plane(layout: Layout, clock: _Clock) -> Solved:
    from kapitza.assemble import plane as plane_assembly
    from kapitza.solution import plane

    conductivities = clock.stage("assemble", lambda: properties.evaluate(layout))
    mesh = clock.stage("mesh", lambda: build_plane(layout))
    if not nonlinear(layout):
        system = clock.stage("assemble", lambda: plane_assembly.assemble(layout, mesh, conductivities))
        state = clock.stage("solve", lambda: steady.solve_plane(layout, system))
        return clock.stage("solve", lambda: plane.build(layout, state, ()))

    def newton() -> PlaneState:
        from kapitza.newton import plane as plane_newton
        from kapitza.newton.field import Problem
        from kapitza.newton.linearised import linearised

        choose.check_newton(layout.stack.solve)
        near = plane_assembly.assemble(linearised(layout, conductivities.temperature), mesh, conductivities)
        pinned, _ = steady.floating_pieces(layout, near)
        options = layout.stack.solve
        start = choose.solve(near, near.reference, pinned, options.method, choose.least(options))
        unit = plane_assembly.assemble(layout, mesh, properties.Properties.unit(layout))
        through, lateral = properties.kirchhoff(layout), properties.kirchhoff_lateral(layout)
        problem = Problem(layout, unit, through, lateral)
        return plane_newton.solve_growing(problem, near.reference + start.rise.sum)

    state = clock.stage("solve", newton)
    return clock.stage("solve", lambda: plane.build(layout, state, ()))


def system(stack: Stack) -> System:
    """The assembled linear system of a stack, for whoever brings a solver of their own.

    ``system(stack).matrix()`` is a scipy CSR matrix over the active cells, ``.load(reference)`` the right-hand
    side for the temperature above ``reference`` [K].
    """
    from kapitza.assemble import plane as plane_assembly

    layout = Layout.of(stack)
    mesh = build_plane(layout) if stack.geometry.two_dimensional else build_line(layout).mesh
    return plane_assembly.assemble(layout, mesh, properties.evaluate(layout))


class _Clock:
    """Seconds spent in each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def stage(self, name: str, work: Callable[[], T]) -> T:
        started = perf_counter()
        result = work()
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - started
        return result
