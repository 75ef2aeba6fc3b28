"""Full-width layers in time: contents, flows and temperatures as modes along x, transformed where they are looked at.

A stage is then a sweep along z for each mode and no transform; heat to and from temperatures outside is reckoned at the
faces themselves, from the two rows of cells that have such faces.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from kapitza.assemble.drive import DrivenSystem
from kapitza.assemble.system import Rise
from kapitza.columns import folded
from kapitza.layout import Floats, Layout
from kapitza.linear import choose, rows
from kapitza.linear.rows import Rows
from kapitza.linear.separable import Separable
from kapitza.solution.solved import Solved
from kapitza.transient.body import Body, Flow
from kapitza.transient.frames import Frames
from kapitza.transient.linear import KEPT, LinearBody

STEPS = 1000  # about how many solves there will be, to judge whether compiling pays


def make(
    layout: Layout,
    driven: DrivenSystem,
    temperature: float,
    frames: Frames,
    onset: Floats,
    melting: Callable[[], Body] | None,
) -> LinearBody:
    """A `ModalBody` where the system separates and nothing melts, else a `LinearBody`; arguments as for both."""
    body = LinearBody(layout, driven, temperature, frames, onset, melting)
    system = driven.system
    if system.mesh.dx is None or melting is not None or layout.stack.solve.method in choose.NAMED:
        return body
    found = rows.find(system)
    if isinstance(found, str) or found.ends.any() or not found.pays(many=True):
        return body
    if len(found.weight) == 1 or found.along(folded(body.capacity)) is None:
        return body
    return ModalBody(layout, driven, temperature, frames, onset, found)


class ModalBody(LinearBody):
    """E, y and flows are modes (nz, m): those of a right-hand side, and y those of a solution (`linear.lateral`)."""

    def __init__(
        self,
        layout: Layout,
        driven: DrivenSystem,
        temperature: float,
        frames: Frames,
        onset: Floats,
        found: Rows,
    ) -> None:
        """found : the conductances row by row"""
        super().__init__(layout, driven, temperature, frames, onset, None)
        capacity = found.along(folded(self.capacity))
        assert capacity is not None
        self._rows, self._each = found, capacity
        self._column = capacity[:, np.newaxis]
        self._plain = Separable(found, capacity, STEPS)
        self._steps: OrderedDict[float, Separable] = OrderedDict()
        self._load: tuple[bytes, Floats, float, float] | None = None
        self._seen: tuple[Floats, Floats] | None = None
        self.name = f"lines along z, {found.transform.removesuffix(' leaves').removesuffix(' leave')}"
        self.extrapolated = False

    # Between cells and modes -------------------------------------------------------------------------------

    def _modes(self, y: Floats) -> Floats:
        """Modes of a solution (nz, nx)."""
        return self._plain.forward(y * self._rows.weight)

    def _cells(self, modes: Floats) -> Floats:
        """(nz, nx) of a solution's modes."""
        return self._plain.backward(modes)

    def contents(self, T: Floats) -> Floats:
        return self._column * self._modes(T - self.reference)

    def mean(self, E: Floats) -> Floats:
        return self.reference + self._cells(E / self._column)

    def total(self, E: Floats) -> float:
        return float((self._cells(E) * self._rows.weight).sum())

    def temperature(self, y: Floats) -> Floats:
        if self._seen is None or self._seen[0] is not y:
            self._seen = (y, self.reference + self._cells(y))
        return self._seen[1]

    def guess(self, T: Floats) -> Floats:
        return self._modes(T - self.reference)

    # Flows and stages --------------------------------------------------------------------------------------

    def steady(self, values: Floats) -> Floats:
        return self._modes(super().steady(values))

    def _put(self, values: Floats) -> tuple[Floats, float, float]:
        """Modes of all heat but that of temperatures outside, and what of it goes in and out [W]."""
        key = values.tobytes()
        if self._load is None or self._load[0] != key:
            system, nothing = self.system(values), np.zeros(self.active.shape)
            rest = Rise(nothing, nothing)
            load = system.heat - system.divergence(
                system.z_flows(rest), system.x_flows(rest), system.wrap_flows(rest)
            )
            parts = [system.heat, *(sheet for faces in system.all_faces for sheet in faces.sheets)]
            for side in system.sides:
                for term in side.terms:
                    load[side.row, side.column] += term.heat
                    parts.append(term.heat)
            into = sum(float(np.maximum(part, 0.0).sum()) for part in parts)
            out = -sum(float(np.minimum(part, 0.0).sum()) for part in parts)
            self._load = (key, self._plain.forward(load, True), into, out)
        return self._load[1:]

    def flow(self, y: Floats, values: Floats) -> Flow:
        load, into, out = self._put(values)
        net = self._plain.left_in_modes(load, y)
        for side in self.system(values).sides:
            for term in side.terms:
                if term.temperature is None or not term.conductance.any():
                    continue
                row = int(side.row[0])
                beside = self._cells(y[row : row + 1])[0]
                put = term.conductance * ((term.temperature - self.reference) - beside)
                net[row] += self._plain.forward(put[np.newaxis])[0]
                into += float(put[put > 0].sum())
                out -= float(put[put < 0].sum())
        return Flow(net, into, out)

    def stage(self, R: Floats, delta: float, values: Floats, guess: Floats) -> Floats:
        if delta == 0.0:
            y: Floats = R / self._column
            return y
        left = R - self._column * guess
        left /= delta
        left += self.flow(guess, values).net
        y = self._separable(delta).solve_modes(left, True)
        y += guess
        return y

    def content(self, y: Floats) -> Floats:
        E: Floats = self._column * y
        return E

    def warmth(self, missing: Floats, delta: float, y: Floats) -> Floats:
        return self._cells(self._separable(delta).solve_modes(missing / delta, True))

    def frame(self, t: float, y: Floats, values: Floats) -> Solved:
        net = self._cells(self.flow(y, values).net) * self._rows.weight
        return self.frames.linear(t, self._cells(y), self.reference, net, self.system(values))

    def _separable(self, delta: float) -> Separable:
        key = float(f"{delta:.11e}")  # steps that differ by rounding alone share their factors
        if key not in self._steps:
            if len(self._steps) == KEPT:
                self._steps.popitem(last=False)
            self._steps[key] = Separable(self._rows, self._each / key, STEPS)
        self._steps.move_to_end(key)
        return self._steps[key]
