"""A stack of channels, steady or in time, to its solution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from kapitza import estimate, guards
from kapitza.channels import steady
from kapitza.channels.body import ChannelBody
from kapitza.channels.cells import Cells
from kapitza.channels.heats import Heats
from kapitza.channels.locked import locked
from kapitza.channels.wiring import Wiring
from kapitza.errors import InputError
from kapitza.layout import Layout
from kapitza.linear import choose
from kapitza.model import Stack
from kapitza.quantities import show
from kapitza.solution import probes
from kapitza.solution.solved import History, Solved
from kapitza.state import SolverInfo
from kapitza.transient.march import March
from kapitza.transient.watch import State, Watch

T = TypeVar("T")
COARSE = 0.5  # of the decay length: cells next to a contact may be as wide


def solve(stack: Stack) -> Solved:
    """Steady state. Raises InputError where the stack contradicts itself, PhysicsError where it has no steady state."""
    plain = locked(stack)
    estimate.require(plain)
    choose.check_method(stack.solve.method, False)
    found = _explained(plain, lambda: steady.solve(stack))
    probes.evaluate(found)
    return replace(found, warnings=(*found.warnings, *guards.warnings(found)))


def march(stack: Stack, watch: Watch, state: State | None) -> tuple[Solved, History]:
    """In time; the last saved instant. state : of a checkpoint, to go on from. Raises as `solve` does, and `Stopped`
    where the watch asks for an end."""
    options = stack.transient
    assert options is not None
    plain = locked(stack)
    estimate.require(plain)

    def prepared() -> ChannelBody:
        wiring = Wiring(stack, Layout.of(plain))
        return ChannelBody(Cells(wiring))

    body = _explained(plain, prepared)
    run = March(body, body, options, stack.solve.initial == "steady", watch)
    found, history = run.run(state)
    method = "tr-bdf2" if options.method == "auto" else options.method
    info = SolverInfo(
        method, f"adaptive steps; each solved by {body.name}", 0, abs(history.imbalance), history.steps
    )
    said = (*found.warnings, *_coarse(body.wiring), *guards.warnings(found))
    return replace(found, solver=info, warnings=said), history


def problems(stack: Stack) -> list[str]:
    """Texts of everything wrong with a stack of channels, as `kapitza.examine.problems` gives them."""
    from kapitza import examine

    try:
        plain = locked(stack)
        found = examine.problems(plain)
        if found:
            return found
        wiring = Wiring(stack, Layout.of(plain))
        if stack.transient is not None:
            ChannelBody(Cells(wiring))
        else:
            wiring.wire(lambda s: None)
            Heats.of(wiring)
    except InputError as error:
        return str(error).splitlines()
    return []


def _explained(plain: Stack, work: Callable[[], T]) -> T:
    """``work``, with all problems of the stack at once where it finds one."""
    try:
        return work()
    except InputError as error:
        from kapitza import examine

        raise InputError("\n".join([*examine.problems(plain), str(error)])) from None


def _coarse(wiring: Wiring) -> list[str]:
    """Layers whose cells do not resolve how channels come together."""
    found: dict[str, str] = {}
    dz, first = wiring.line.mesh.dz, np.cumsum(wiring.line.segment_cells) - wiring.line.segment_cells
    for s, medium in enumerate(wiring.media):
        if not medium.modes.lengths:
            continue
        width = max(float(dz[first[s]]), float(dz[first[s] + wiring.line.segment_cells[s] - 1]))
        shortest = medium.modes.lengths[-1]
        if width > COARSE * shortest:
            name = wiring.layout.name(int(wiring.line.segment_piece[s]))
            found.setdefault(
                name,
                f"{name}: cells of {show(width)} next to its faces, and channels come together over {show(shortest)}: "
                "what happens there is smeared out; give the layer more cells",
            )
    return list(found.values())[:3]
