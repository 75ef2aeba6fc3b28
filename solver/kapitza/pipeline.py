"""From a stack to its solution: lay out, mesh, assemble, solve, collect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import TypeVar

from kapitza import estimate, properties, steady
from kapitza.assemble import line as line_assembly
from kapitza.assemble import plane as plane_assembly
from kapitza.assemble.system import System
from kapitza.layout import Layout
from kapitza.linear import choose
from kapitza.mesh import build_line, build_plane
from kapitza.model import Stack
from kapitza.solution import Solution, line, plane
from kapitza.solution.solved import Solved

T = TypeVar("T")


def solve(stack: Stack) -> Solution:
    """Steady state of a stack.

    Raises InputError where the stack contradicts itself, PhysicsError where it has no steady state,
    ResourceError where it would need more memory than there is.
    """
    estimate.require(stack)
    choose.check_method(stack.solve.method, stack.geometry.two_dimensional)
    clock = _Clock()
    layout = clock.stage("mesh", lambda: Layout.of(stack))
    conductivities = clock.stage("assemble", lambda: properties.evaluate(layout))
    solved: Solved
    if stack.geometry.two_dimensional:
        mesh = clock.stage("mesh", lambda: build_plane(layout))
        system = clock.stage("assemble", lambda: plane_assembly.assemble(layout, mesh, conductivities))
        plane_state = clock.stage("solve", lambda: steady.solve_plane(layout, system))
        solved = clock.stage("solve", lambda: plane.build(layout, system, plane_state, conductivities.notes))
    else:
        cells = clock.stage("mesh", lambda: build_line(layout))
        problem = clock.stage("assemble", lambda: line_assembly.assemble(layout, cells, conductivities))
        line_state = clock.stage("solve", lambda: steady.solve_line(layout, problem))
        solved = clock.stage("solve", lambda: line.build(layout, problem, line_state, conductivities.notes))
    return Solution.of(replace(solved, timing=clock.seconds))


def system(stack: Stack) -> System:
    """The assembled linear system of a stack, for whoever brings a solver of their own.

    ``system(stack).matrix()`` is a scipy CSR matrix over the active cells, ``.load(reference)`` the right-hand
    side for the temperature above ``reference`` [K].
    """
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
