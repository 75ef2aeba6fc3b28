"""The Python face: a case or a stack in, a solution out."""

from __future__ import annotations

from dataclasses import replace

from kapitza import pipeline
from kapitza.assemble.system import System
from kapitza.case import Case
from kapitza.model import Stack
from kapitza.solution import Solution


def solve(problem: Case | Stack) -> Solution:
    """Solve a case or a stack; steady state.

    Raises InputError where it contradicts itself, PhysicsError where it has no steady state.
    """
    if isinstance(problem, Stack):
        return pipeline.solve(problem)
    return replace(pipeline.solve(problem.stack), source_text=problem.text)


def system(problem: Case | Stack) -> System:
    """The assembled linear system: ``.matrix()`` is CSR over the active cells, ``.load(reference)`` in W."""
    return pipeline.system(problem if isinstance(problem, Stack) else problem.stack)
