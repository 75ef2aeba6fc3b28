"""A stack in time: mesh, loads, the body that fits, and the march."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kapitza import properties
from kapitza.assemble import line as line_assembly
from kapitza.assemble.capacity import capacity_laws
from kapitza.assemble.drive import DrivenSystem, at_start
from kapitza.errors import InputError
from kapitza.layout import Floats, Layout
from kapitza.mesh import Mesh, build_line, build_plane
from kapitza.model import Stack
from kapitza.properties import Properties
from kapitza.solution.solved import History, Solved
from kapitza.state import SolverInfo
from kapitza.transient.body import Body
from kapitza.transient.frames import Frames
from kapitza.transient.march import March
from kapitza.transient.modal import make
from kapitza.transient.nonlinear import NonlinearBody
from kapitza.transient.watch import State, Watch


def run(stack: Stack, linear: bool, watch: Watch, state: State | None) -> tuple[Solved, History]:
    """March a stack with [transient] to its end.

    linear : whether conductivities and laws depend on no temperature · state : of a checkpoint, to go on from

    Raises InputError where the stack contradicts itself or a heat capacity is not known, PhysicsError where a step is
    not found, `Stopped` where the watch asks for an end.
    """
    options = stack.transient
    if options is None:
        raise InputError("transient: not given; say until when to run")
    layout = Layout.of(stack)
    constant = all(law.constant for law in capacity_laws(layout)) or stack.solve.properties_at is not None
    problem = _Problem(layout)
    body = problem.linear() if linear and constant else problem.nonlinear()
    march = March(body, problem.driven, options, stack.solve.initial == "steady", watch)
    solved, history = march.run(state)
    method = "tr-bdf2" if options.method == "auto" else options.method
    info = SolverInfo(
        method, f"adaptive steps; each solved by {march.body.name}", 0, abs(history.imbalance), history.steps
    )
    said = (*solved.warnings, *_undecided(layout, problem.driven.temperatures))
    return replace(solved, solver=info, warnings=said), history


def _undecided(layout: Layout, given: tuple[float, float] | None) -> list[str]:
    """Layers that start exactly where they melt: solid or liquid, their temperature does not tell."""
    general = layout.stack.solve.initial
    if not isinstance(general, float | int):
        general = given[0] if given is not None and given[0] == given[1] else None
    found = []
    for layer, name in zip(layout.kinds, layout.bases, strict=True):
        start, melting = layer.initial if layer.initial is not None else general, layer.material.melting_range
        if start is not None and melting is not None and start == melting[0] == melting[1]:
            found.append(
                f"{name} starts at its melting temperature and is taken as solid; to start it as a liquid, give a "
                "start a little above"
            )
    return found


class _Problem:
    """Mesh and systems of a stack, made when first asked for."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        stack = layout.stack
        self.start = layout.with_values(at_start(stack))
        if stack.geometry.two_dimensional:
            self.mesh: Mesh = build_plane(layout)
            self.line = None
        else:
            self.line = build_line(layout).each_cell()
            self.mesh = self.line.mesh
        self.temperature, _ = properties.reference_temperature(stack)
        self.driven = self._driven(properties.evaluate(layout))

    def _driven(self, conductivities: Properties) -> DrivenSystem:
        return DrivenSystem.assemble(self.layout, self.mesh, conductivities)

    def _frames(self, conductivities: Properties) -> Frames:
        line = self.line
        problem = None if line is None else line_assembly.assemble(self.start, line, conductivities)
        return Frames(self.start, problem, self.layout.stack.solve.initial != "steady")

    def onset(self) -> Floats:
        """(nz, nx) temperature at which each cell begins to melt [K], infinite where it never does."""
        table = [
            np.inf
            if material.latent_heat is None
            else material.solidus or material.melting_temperature or np.inf
            for material in self.layout.kind_materials
        ]
        kind = self.layout.kind(np.maximum(self.mesh.piece, 0).astype(np.intp).ravel())
        return np.array(table, dtype=float)[kind].reshape(self.mesh.shape)

    def linear(self) -> Body:
        onset = self.onset()
        frames = self._frames(properties.evaluate(self.layout))
        melts = bool(np.isfinite(onset).any())
        body = make(
            self.layout, self.driven, self.temperature, frames, onset, self.nonlinear if melts else None
        )
        begins = self.layout.stack.solve.initial != "steady"
        if melts and begins:
            E = body.start()
            values = self.driven.drive.values(0.0)
            warm = body.successor(body.stage(E, 0.0, values, np.zeros(E.shape)))
            return body if warm is None else warm
        return body

    def nonlinear(self) -> Body:
        unit = Properties.unit(self.layout)
        through = properties.kirchhoff(self.layout)
        lateral = properties.kirchhoff_lateral(self.layout)
        driven = self._driven(unit)
        return NonlinearBody(self.layout, driven, through, lateral, self.temperature, self._frames(unit))
