"""Constant properties and linear laws: one matrix, shifted by the step, factored as long as the step holds.

The mean of a cell is the temperature y that its faces see: C dy/dt = F(y). A compact scheme would be of fourth order
inside a layer, but its matrix keeps the signs that forbid overshoot for long steps alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping

import numpy as np

from kapitza.assemble.capacity import capacities, volumes
from kapitza.assemble.drive import DrivenSystem
from kapitza.assemble.system import Rise, System
from kapitza.layout import Floats, Layout
from kapitza.linear import shifted
from kapitza.solution.solved import Solved
from kapitza.transient.body import Body, Flow
from kapitza.transient.column import Column
from kapitza.transient.frames import Frames
from kapitza.transient.initial import initial_temperatures

NOTHING = 0.003  # of the local error that is allowed
KEPT = 6  # factorisations: the sizes that a step alternates between


class LinearBody:
    """y is the temperature that a cell's faces see, above ``reference`` [K]."""

    def __init__(
        self,
        layout: Layout,
        driven: DrivenSystem,
        temperature: float,
        frames: Frames,
        onset: Floats,
        melting: Callable[[], Body] | None,
    ) -> None:
        """temperature : of the heat capacities, and reference [K] · onset : (nz, nx) where cells begin to melt [K]
        melting : makes the body that takes over then; None: nothing melts"""
        system = driven.system
        self.layout, self.driven, self.frames = layout, driven, frames
        self.active = system.active
        mesh = system.mesh
        volume = volumes(mesh, system.area_z)
        self.capacity = capacities(layout, mesh, volume, temperature)
        self.reference = temperature
        self.onset, self.melting = onset, melting
        self._factors: OrderedDict[float, shifted.Solve] = OrderedDict()
        self._lean: tuple[System, Column] | None = None
        self._loads: tuple[bytes, System, Floats] | None = None
        options = layout.stack.transient
        self._share = 0.0 if options is None else NOTHING * options.tolerance
        self.name = shifted.method(system, self.capacity, layout.stack.solve)
        self.extrapolated = self.name == "multigrid"

    def start(self) -> Floats:
        return self.contents(
            initial_temperatures(self.layout, self.driven.system.mesh, self.driven.temperatures)
        )

    def contents(self, T: Floats) -> Floats:
        return np.where(self.active, self.capacity * (T - self.reference), 0.0)

    def mean(self, E: Floats) -> Floats:
        return self.reference + E / np.where(self.active, self.capacity, 1.0)

    def steady(self, values: Floats) -> Floats:
        from kapitza import steady

        frozen = self.layout.with_values(self.driven.drive.stack_at(values))
        state = steady.solve_plane(frozen, self.system(values))
        return np.where(self.active, state.level + (state.reference - self.reference), 0.0)

    def system(self, values: Floats) -> System:
        """The system with these values; kept until they change."""
        key = values.tobytes()
        if self._loads is None or self._loads[0] != key:
            self._loads = (key, self.driven.at(values), values)
        return self._loads[1]

    def flow(self, y: Floats, values: Floats) -> Flow:
        if self.driven.system.mesh.dx is None:
            return self._flows(values).flow(y)
        system, rise = self.system(values), Rise(y, np.zeros(y.shape))
        net = system.heat - system.leaving(rise)
        parts = [system.heat, *(sheet for faces in system.all_faces for sheet in faces.sheets)]
        for side in system.sides:
            for term in side.terms:
                put = system.boundary_flow(side, term, rise, self.reference)
                np.add.at(net, (side.row, side.column), put)
                parts.append(put)
        into = sum(float(part[part > 0].sum()) for part in parts)
        out = -sum(float(part[part < 0].sum()) for part in parts)
        return Flow(np.where(self.active, net, 0.0), into, out)

    def _flows(self, values: Floats) -> Column:
        """Loads of one column with these values; kept until they change."""
        system = self.system(values)
        if self._lean is None or self._lean[0] is not system:
            self._lean = (system, Column.of(system, self.reference))
        return self._lean[1]

    def stage(self, R: Floats, delta: float, values: Floats, guess: Floats) -> Floats:
        if delta == 0.0:
            return np.where(self.active, R / np.where(self.active, self.capacity, 1.0), 0.0)
        left = (R - self.capacity * guess) / delta + self.flow(guess, values).net
        y: Floats = guess + self._solve(delta)(np.where(self.active, left, 0.0), self._within(guess))
        return y

    def _within(self, y: Floats) -> float:
        """Error of a stage [K] that is nothing beside that of the step."""
        known = y[self.active]
        return self._share * float(known.max() - known.min())

    def content(self, y: Floats) -> Floats:
        E: Floats = self.capacity * y
        return E

    def warmth(self, missing: Floats, delta: float, y: Floats) -> Floats:
        return self._solve(delta)(np.where(self.active, missing / delta, 0.0), self._within(y))

    def grain(self, y: Floats) -> float:
        return 0.0

    def temperature(self, y: Floats) -> Floats:
        return np.where(self.active, self.reference + y, np.nan)

    def total(self, E: Floats) -> float:
        return float(np.sum(E))

    def guess(self, T: Floats) -> Floats:
        return np.where(self.active, T - self.reference, 0.0)

    def melted(self, y: Floats) -> Mapping[str, float]:
        return {}

    def successor(self, y: Floats) -> Body | None:
        if self.melting is None or not np.any(self.reference + y[self.active] >= self.onset[self.active]):
            return None
        return self.melting()

    def memory(self) -> Mapping[str, Floats]:
        return {}

    def remember(self, memory: Mapping[str, Floats]) -> Body:
        return self if not memory or self.melting is None else self.melting().remember(memory)

    def frame(self, t: float, y: Floats, values: Floats) -> Solved:
        return self.frames.linear(t, y, self.reference, self.flow(y, values).net, self.system(values))

    def _solve(self, delta: float) -> shifted.Solve:
        key = float(f"{delta:.11e}")  # steps that differ by rounding alone share their factors
        if key not in self._factors:
            if len(self._factors) == KEPT:
                self._factors.popitem(last=False)
            options = self.layout.stack.solve
            self._factors[key] = shifted.factor(self.driven.system, self.capacity / key, options)
        self._factors.move_to_end(key)
        return self._factors[key]
