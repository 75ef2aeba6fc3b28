"""Many stacks at once. What needs iterations in one dimension is iterated together, row by row of one array.

Each stack comes out as it would alone: rows do not see each other. Stacks of other kinds are solved one by one.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import numpy as np

from kapitza import pipeline, properties, threads
from kapitza.assemble import line as assembly
from kapitza.errors import KapitzaError
from kapitza.layout import Floats, Layout, count_layers
from kapitza.linearity import growing, nonlinear
from kapitza.mesh import build_line
from kapitza.model import Stack
from kapitza.newton import rows
from kapitza.newton.line import RunState
from kapitza.newton.stack import Prepared, prepare
from kapitza.solution import Solution, line

BLOCK = 500  # stacks in hand at a time, twice
ELEMENTS = (
    32_000  # segments iterated together: temporaries stay in the cache, and kernels are worth compiling
)
LARGE = 1_000_000  # layers; a stack of more is solved by itself, with its own check of memory


@dataclass(frozen=True)
class _Solved:
    """A row of what was found together. levels : Kirchhoff's variable of the lower and the upper faces, (n,) each."""

    state: RunState
    levels: tuple[Floats, Floats]


def solve_each(stacks: Iterable[Stack]) -> Iterator[Solution | KapitzaError]:
    """Solutions in the order of the stacks; for one that cannot be solved, the error that `pipeline.solve` raises."""
    waiting = iter(stacks)
    with ThreadPoolExecutor(threads.cores()) as pool:
        ahead: _Block | None = None
        while True:
            with _undisturbed():
                given = list(islice(waiting, BLOCK))
                following = _Block(given, pool) if given else None
                found = [] if ahead is None else ahead.results()
            yield from found
            if following is None:
                return
            ahead = following


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No search for garbage: solutions hold no cycles, and going through thousands takes a sixth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


class _Block:
    """Stacks in hand: prepared one by one while the threads of ``pool`` still iterate those before them."""

    def __init__(self, stacks: Sequence[Stack], pool: ThreadPoolExecutor) -> None:
        self.stacks = stacks
        self.prepared = [_prepared(stack) for stack in stacks]
        alike: dict[int, list[int]] = {}
        for i, one in enumerate(self.prepared):
            if one is not None:
                alike.setdefault(one.runs[0][2].a.shape[1], []).append(i)
        self._groups = [
            members[k : k + size]
            for n, members in alike.items()
            for size in (max(1, ELEMENTS // n),)
            for k in range(0, len(members), size)
        ]
        self._states = pool.map(self._work, self._groups)

    def _work(self, group: Sequence[int]) -> list[_Solved | None]:
        return _together([one for i in group if (one := self.prepared[i]) is not None])

    def results(self) -> list[Solution | KapitzaError]:
        found: dict[int, _Solved] = {}
        for group, states in zip(self._groups, self._states, strict=True):
            found |= {i: state for i, state in zip(group, states, strict=True) if state is not None}
        return [_result(stack, self.prepared[i], found.get(i)) for i, stack in enumerate(self.stacks)]


def _prepared(stack: Stack) -> Prepared | None:
    """A stack ready for the common iteration; None where it must be solved by itself."""
    if stack.transient is not None or stack.thermoelectric is not None:
        return None
    if stack.geometry.two_dimensional or growing(stack):
        return None
    if count_layers(stack.layers) > LARGE:
        return None
    try:
        layout = Layout.of(stack)
        if not nonlinear(layout):
            return None
        properties.evaluate(layout)
        problem = assembly.assemble(layout, build_line(layout), properties.Properties.unit(layout))
        ready = prepare(layout, problem, properties.kirchhoff(layout))
    except KapitzaError:
        return None  # and say so when its turn comes
    return ready if len(ready.runs) == 1 else None


def _together(stacks: Sequence[Prepared]) -> list[_Solved | None]:
    """What is found for each of some stacks with equally many segments; None where the iteration does not end well."""
    run = rows.together([stack.runs[0][2] for stack in stacks])
    with np.errstate(all="ignore"):
        start, flow = rows.guess(run, np.array([stack.temperature for stack in stacks]))
        found = rows.solve(run, start, flow, np.array([stack.tolerance for stack in stacks]))
        lower, upper = (run.media.potential(T.ravel()).reshape(T.shape) for T in (found.lower, found.upper))
        good = found.converged & rows.in_range(run, found)
    return [
        _Solved(RunState.of(found, i), (lower[i], upper[i])) if good[i] else None for i in range(len(stacks))
    ]


def _result(stack: Stack, ready: Prepared | None, found: _Solved | None) -> Solution | KapitzaError:
    try:
        if ready is not None and found is not None:
            state = ready.finished([found.state], found.levels, checked=True)
            return pipeline.finished(line.build(ready.layout, state, ()), {})
        return pipeline.solve(stack)
    except KapitzaError as error:
        return error
