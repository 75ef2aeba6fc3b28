"""A linear stack as its network of conductances and capacities, warmed from rest: temperatures are rises.

With u the mean rise of the cells, C their capacities and b the heats,

    C du/dt = b - A u.

In one dimension the profile inside a cell is bent by the heat that it gains, so that the rise y that its faces see
differs from the cell's own by u - y = e (F - H), F being what it gains in all, H the source in it, and e a sixth of the
half cell's resistance: Numerov's scheme, of fourth order in uniform layers. Nowhere does e A reach 2/3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kapitza import properties, steady
from kapitza.assemble import line as line_assembly
from kapitza.assemble import plane
from kapitza.assemble.capacity import capacities, volumes
from kapitza.assemble.line import LineProblem
from kapitza.assemble.system import Bools, Rise, System
from kapitza.layout import Floats, Layout
from kapitza.linear import shifted
from kapitza.mesh import Mesh, build_line, build_plane
from kapitza.model import Stack, TransientOptions
from kapitza.solution.solved import Solved
from kapitza.transient.frames import Frames


class Network:
    """Rises u and y are (n,) over the cells with material; heats are those of the ``warm`` stack."""

    def __init__(self, warm: Stack, cold: Stack, temperature: float) -> None:
        """cold : the same stack without heats · temperature : of heat capacities [K]"""
        self.layout = Layout.of(warm)
        self.conductivities = properties.evaluate(self.layout)
        if warm.geometry.two_dimensional:
            # As in a run in time: refined where that costs no speed.
            timed = replace(warm, transient=TransientOptions(until=1.0))
            self.problem: LineProblem | None = None
            self.mesh: Mesh = build_plane(self.layout.with_values(timed))
        else:
            line = build_line(self.layout).each_cell()
            self.mesh = line.mesh
            self.problem = line_assembly.assemble(self.layout, line, self.conductivities)
        self.warm, self.cold = (
            _rising(plane.assemble(self.layout.with_values(stack), self.mesh, self.conductivities))
            for stack in (warm, cold)
        )
        self.frames = Frames(self.layout, self.problem)
        self.active = self.warm.active
        self.volume = volumes(self.mesh, self.warm.area_z)
        self.C = capacities(self.layout, self.mesh, self.volume, temperature)[self.active]
        self.H = self.warm.heat[self.active]
        half = self.warm.half_z[self.active]
        one = self.mesh.dx is None  # (an axis has no lower half: its cell keeps e = 0)
        self.e: Floats = np.where(np.isfinite(half), half / 6.0, 0.0) if one else np.zeros(len(half))
        self._at_rest = self._gained(self.warm, np.zeros(len(self.C)))
        self.b = self._gained(self.warm, self.faces(np.zeros(len(self.C))))
        self.power = self._put()

    @property
    def heated(self) -> Bools:
        """(n,) cells that a heat enters."""
        return np.asarray(self._at_rest != 0.0)

    def warmed(self, delta: float) -> Floats:
        """u after one implicit step of ``delta`` [s] from rest: (A + C/delta) u = b."""
        w = delta / self.C - self.e
        y = self._solve(delta, w * self._at_rest + self.e * self.H)
        return y + self.e * (self._gained(self.warm, y) - self.H)

    def cooled(self, u: Floats, delta: float) -> Floats:
        """v after one implicit step of ``delta`` [s] from u, without heats: (A + C/delta) v = C u / delta."""
        y = self._solve(delta, u)
        return y + self.e * self._gained(self.cold, y)

    def drained(self, u: Floats) -> Floats:
        """A u: heat [W] that every cell loses without heats."""
        return -self._gained(self.cold, self._solve(0.0, u))

    def faces(self, u: Floats) -> Floats:
        """y of u, with the heats on."""
        return self._solve(0.0, u - self.e * (self._at_rest - self.H))

    def steady(self) -> Floats:
        """y of the steady state. Raises PhysicsError where the heat has nowhere to go."""
        state = steady.solve_plane(self.layout, self.warm)
        return np.asarray(state.level[self.active] + state.reference)

    def frame(self, y: Floats) -> Solved:
        """Everything known of an instant; its temperatures are rises."""
        gained = self._gained(self.warm, y)
        level = self._full(y)
        if self.problem is None:
            return self.frames.linear(0.0, level, 0.0, self._full(gained), self.warm)
        rise = Rise(level, np.zeros(level.shape))
        z = self.warm.z_flows(rise)
        into = {
            side.name: sum(
                (self.warm.boundary_flow(side, term, rise, 0.0) for term in side.terms), np.zeros(1)
            )
            for side in self.warm.sides
        }
        half = self.problem.chain.resistance
        bottom, top = (_of(into, names) for names in (("bottom", "inner"), ("top", "outer")))
        # The parabola's end, where the conductances assume that of the next cell to be as bent.
        bent = self.H - gained
        end = y + self.e * bent
        lower = end + np.concatenate([bottom, z[2][:, 0]]) * half[0::3]
        upper = end - np.concatenate([z[0][:, 0], -top]) * half[1::3]
        return self.frames.amplitude(lower, upper, bent, self.warm, z, into)

    def _gained(self, system: System, y: Floats) -> Floats:
        level = self._full(y)
        return system.residual(Rise(level, np.zeros(level.shape)), 0.0)[self.active]

    def _solve(self, delta: float, right: Floats) -> Floats:
        """y with y + (delta/C - e) G y = ``right``, G the conductances between faces."""
        if self.mesh.dx is not None:
            if delta == 0.0:
                return right
            extra = self.C / delta
            solve = shifted.factor(self.cold, self._full(extra))
            return solve(self._full(extra * right))[self.active]
        from scipy.linalg import solve_banded

        w, g = delta / self.C - self.e, self.cold.faces_z.conductance[:, 0]
        diagonal = self.cold.anchor()[:, 0]
        diagonal[:-1] += g
        diagonal[1:] += g
        if len(w) == 1:
            return right / (1.0 + w * diagonal)
        bands = np.zeros((3, len(w)))
        bands[0, 1:], bands[1], bands[2, :-1] = -w[:-1] * g, 1.0 + w * diagonal, -w[1:] * g
        return np.asarray(solve_banded((1, 1), bands, right), dtype=float)

    def _full(self, values: Floats) -> Floats:
        result = np.zeros(self.active.shape)
        result[self.active] = values
        return result

    def _put(self) -> float:
        """Heat of the warm stack [W]."""
        parts = [self.warm.heat, *(sheet for faces in self.warm.all_faces for sheet in faces.sheets)]
        parts += [term.heat for side in self.warm.sides for term in side.terms if term.temperature is None]
        return sum(float(part.sum()) for part in parts)


def _of(into: Mapping[str, Floats], names: tuple[str, str]) -> Floats:
    """Heat into one end (1,) [W]; nothing where it has no surface."""
    return next((heat for name, heat in into.items() if name in names), np.zeros(1))


def _rising(system: System) -> System:
    """Boundary temperatures at zero, and no profile of the steady state inside cells."""
    sides = [
        replace(side, terms=[t if t.temperature is None else replace(t, temperature=0.0) for t in side.terms])
        for side in system.sides
    ]
    nothing = np.zeros(system.mesh.shape)
    return replace(system, sides=sides, shift_lower=nothing, shift_upper=nothing)
