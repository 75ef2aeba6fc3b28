"""The adjoint of a 2-D solution: the transposed Jacobian at the solution, with the weights of a functional as its load.

With F the heat left over in every cell, J the functional, and both seen at fixed temperatures,

    dJ/dp = d_p J + lambda . d_p F,      -(dF/dT)^T lambda = dJ/dT.

A linear problem is symmetric: the same solver serves, with another load.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kapitza import floating, properties
from kapitza.assemble import plane as assembly
from kapitza.assemble.system import Bools, Faces, Growth, Rise, System
from kapitza.errors import InputError
from kapitza.laws.media import Media
from kapitza.layout import Floats, Ints, Layout
from kapitza.linear import choose
from kapitza.linearity import nonlinear
from kapitza.model import Stack
from kapitza.newton.field import Evaluation, Problem
from kapitza.solution.plane import halves
from kapitza.solution.solved import Solved
from kapitza.studies.adjoint.moved import moved
from kapitza.studies.adjoint.plane_form import LEFT, LOWER, UPPER, Form, PlaneForm, groups
from kapitza.studies.adjoint.rims import Rims

Flows = tuple[Floats, Floats, Floats]
FLOATING = (
    "sensitivities: nothing fixes the temperature of a part of the case, so that its mean was set; give a boundary a "
    "temperature or an ambient"
)
ENOUGH = 1e-9  # of the answer, in the energy norm
SIDE_NAMES = (("bottom",), ("top",), ("left", "inner"), ("right", "outer"))


@dataclass(frozen=True)
class Slopes:
    """How the flow from first to second cells of an orientation's faces grows with the variables of both."""

    first: Ints
    second: Ints
    by_first: Floats
    by_second: Floats


@dataclass(frozen=True)
class Seen:
    """A problem at the solution's temperatures. level, lateral : (nz, nx) variables of the cells, through and along
    flows : by orientation · into : heat that enters by the sides [W] · left : (nz, nx) heat left over [W]
    problem : None where all is linear; else ``at`` is its evaluation"""

    system: System
    level: Floats
    lateral: Floats
    flows: dict[str, Flows]
    into: dict[str, Floats]
    left: Floats
    problem: Problem | None
    at: Evaluation | None
    reference: float

    def media(self, side: int) -> Media | None:
        if self.problem is None:
            return None
        return (self.problem.lateral or self.problem.media) if side >= LEFT else self.problem.media

    def sized(self, side: int, cells: Ints) -> tuple[Floats, Floats]:
        """(variable, temperature [K]) of faces of cells (n,)."""
        shift = {LOWER: self.system.shift_lower, UPPER: self.system.shift_upper}.get(side)
        level = (self.lateral if side >= LEFT else self.level).ravel()[cells]
        if shift is not None:
            level = level + shift.ravel()[cells]
        entering = self._entering(side).ravel()[cells]
        half = halves(self.system)[side].ravel()[cells]
        level = level + np.where(entering != 0.0, entering * np.where(np.isinf(half), 0.0, half), 0.0)
        media = self.media(side)
        if media is None:
            return level, self.reference + level
        return level, Media(media.kinds[cells], media.kirchhoff).temperature(level)

    def _entering(self, side: int) -> Floats:
        """(nz, nx) heat that enters the cells by a side."""
        found = np.zeros(self.system.mesh.shape)
        if side == LOWER:
            found[1:] = self.flows["z"][2]
        elif side == UPPER:
            found[:-1] = -self.flows["z"][0]
        elif side == LEFT:
            found[:, 1:] = self.flows["x"][2]
            if "wrap" in self.flows:
                found[:, 0] = self.flows["wrap"][2]
        else:
            found[:, :-1] = -self.flows["x"][0]
            if "wrap" in self.flows:
                found[:, -1] = -self.flows["wrap"][0]
        for one in self.system.sides:
            if one.name in SIDE_NAMES[side]:
                found[one.row, one.column] = self.into[one.name]
        return found

    def value(self, form: PlaneForm, temperature: Floats) -> float:
        """temperature : (nz, nx) of the cells [K]"""
        total = sum(float(weight @ temperature.ravel()[cells]) for cells, weight in form.cells)
        total += sum(float(weight @ self.sized(side, cells)[1]) for side, cells, weight in form.sides)
        return total + sum(
            float(weight @ self.flows[name][1].ravel()[here]) for name, (here, weight) in form.flows.items()
        )


class PlaneAdjoint:
    """Adjoint solutions of one 2-D solution, for any number of functionals."""

    def __init__(self, solved: Solved) -> None:
        if floating.told(solved.warnings):
            raise InputError(FLOATING)
        self.layout, self.mesh = solved.layout, solved.mesh
        self.linear = not nonlinear(solved.layout)
        self.method = solved.solver.method
        self.temperature = np.nan_to_num(solved.fields.temperature)
        self.base = self.pose(solved.stack)
        self.slopes = self._slopes()
        self.side_slopes = self._side_slopes()

    @cached_property
    def rims(self) -> Rims:
        """Circles, of a stack that has some."""
        return Rims.of(self.layout, self.base.system, not self.linear)

    def pose(self, stack: Stack) -> Seen:
        """A nearby stack on the same cells, at the solution's temperatures. Raises InputError where it has others."""
        layout = self.layout if stack is self.layout.stack else Layout.of(stack)
        mesh = self.mesh if layout is self.layout else moved(self.mesh, self.layout, layout)
        if self.linear:
            return self._linear(assembly.assemble(layout, mesh, properties.evaluate(layout)))
        system = assembly.assemble(layout, mesh, properties.Properties.unit(layout))
        through, lateral = properties.kirchhoff(layout), properties.kirchhoff_lateral(layout)
        problem = Problem(layout, system, through, lateral)
        T = np.where(problem.active, self.temperature.ravel(), 300.0)
        u = np.where(problem.active, problem.media.potential(T), 0.0)
        at = problem.evaluate(u, T)
        shape = system.mesh.shape
        w, _ = problem.levels(u, T)
        flows, left = at.flows, at.residual.reshape(shape)
        return Seen(system, u.reshape(shape), w.reshape(shape), flows, at.into, left, problem, at, 0.0)

    def _linear(self, system: System) -> Seen:
        reference = self.base.reference if hasattr(self, "base") else system.reference
        level = np.where(system.active, self.temperature - reference, 0.0)
        rise = Rise(level, np.zeros_like(level))
        flows = {"z": system.z_flows(rise), "x": system.x_flows(rise)}
        wrap = system.wrap_flows(rise)
        if wrap is not None:
            flows["wrap"] = wrap
        into = {
            side.name: sum(
                (system.boundary_flow(side, term, rise, reference) for term in side.terms),
                np.zeros(len(side.row)),
            )
            for side in system.sides
        }
        left = system.residual(rise, reference)
        return Seen(system, level, level, flows, into, left, None, None, reference)

    # The linearised problem ---------------------------------------------------------------------------------

    def _slopes(self) -> dict[str, Slopes]:
        found: dict[str, Slopes] = {}
        place = 0
        for name, (faces, first, second) in groups(self.base.system).items():
            if self.base.at is None:
                g = faces.conductance.ravel()
                found[name] = Slopes(first, second, g, -g)
            elif len(first):
                by_first, by_second = self.base.at.slopes[place : place + 2]
                found[name] = Slopes(first, second, by_first, by_second)
                place += 4
        return found

    def _side_slopes(self) -> dict[str, Floats]:
        """(n,) by how much less heat enters by a side as the variable of the cells beside it rises."""
        system, at = self.base.system, self.base.at
        found = {side.name: np.zeros(len(side.row)) for side in system.sides}
        if at is None:
            for side in system.sides:
                for term in side.terms:
                    found[side.name] += term.conductance
            return found
        place = 4 * len(self.slopes) + (4 if system.links is not None else 0)
        for side in system.sides:
            for term in side.terms:
                here = np.flatnonzero(term.weight > 0)
                if term.temperature is not None and len(here):
                    found[side.name][here] += at.slopes[place]
                    place += 1
        return found

    def weights(self, form: PlaneForm) -> Floats:
        """(cells,) dJ by the variables of the cells at the solution."""
        out = np.zeros(self.mesh.piece.size)
        problem, T = self.base.problem, self.temperature.ravel()
        for cells, weight in form.cells:
            k = (
                1.0
                if problem is None
                else Media(problem.kinds[cells], problem.media.kirchhoff).conductivity(T[cells])
            )
            np.add.at(out, cells, weight / k)
        for side, cells, weight in form.sides:
            self._side_weights(out, side, cells, weight)
        for name, (here, weight) in form.flows.items():
            s = self.slopes[name]
            np.add.at(out, s.first[here], weight * s.by_first[here])
            np.add.at(out, s.second[here], weight * s.by_second[here])
        return out

    def _side_weights(self, out: Floats, side: int, cells: Ints, weight: Floats) -> None:
        """T of a face: the cell's own variable, and half a cell times the heat that enters."""
        problem = self.base.problem
        weight, own = self.per_level(side, cells, weight), np.ones(len(cells))
        if problem is not None and side >= LEFT and problem.lateral is not None:
            _, slope = problem.levels(self.base.level.ravel(), self.temperature.ravel())
            own = slope[cells]
        np.add.at(out, cells, weight * own)
        half = halves(self.base.system)[side].ravel()[cells]
        weight = weight * np.where(np.isinf(half), 0.0, half)
        for name, at, sign, chosen in self.beside(side, cells):
            if name in self.slopes:
                self._flow_weights(out, name, at, sign * weight[chosen])
            else:
                np.add.at(out, cells[chosen], -weight[chosen] * self.side_slopes[name][at])

    def per_level(self, side: int, cells: Ints, weight: Floats) -> Floats:
        """Weights of the variable of faces from those of their temperatures."""
        media = self.base.media(side)
        if media is None:
            return weight
        _, T = self.base.sized(side, cells)
        return weight / Media(media.kinds[cells], media.kirchhoff).conductivity(T)

    def beside(self, side: int, cells: Ints) -> list[tuple[str, Ints, float, Bools]]:
        """What lies beyond a side of cells (n,): (orientation of inner faces or name of a boundary, numbers of its
        faces, sign of their flow as heat that enters the cells, which of the cells)."""
        nz, nx = self.mesh.shape
        row, column = np.divmod(cells, nx)
        faces, inner = {
            LOWER: ((row - 1) * nx + column, row > 0),
            UPPER: (row * nx + column, row < nz - 1),
            LEFT: (row * (nx - 1) + column - 1, column > 0),
        }.get(side, (row * (nx - 1) + column, column < nx - 1))
        name, sign = ("z", "x")[side >= LEFT], 1.0 if side in (LOWER, LEFT) else -1.0
        found = [(name, faces[inner], sign, inner)] if inner.any() else []
        outer = ~inner
        if not outer.any():
            return found
        if side >= LEFT and "wrap" in self.slopes:
            return [*found, ("wrap", row[outer], sign, outer)]
        place = (column if side < LEFT else row)[outer]
        names = [one.name for one in self.base.system.sides if one.name in SIDE_NAMES[side]]
        return found + [(name, place, 1.0, outer) for name in names]

    def _flow_weights(self, out: Floats, name: str, here: Ints, weight: Floats) -> None:
        s = self.slopes[name]
        np.add.at(out, s.first[here], weight * s.by_first[here])
        np.add.at(out, s.second[here], weight * s.by_second[here])

    # Solving ------------------------------------------------------------------------------------------------

    def solve(self, forms: Sequence[Form]) -> list[Floats]:
        """(nz, nx) adjoint of every functional, 0 in void."""
        loads = [self.weights(form(self.base.system)) for form in forms]
        return self._solve_linear(loads) if self.base.problem is None else self._solve_newton(loads)

    def _solve_linear(self, loads: Sequence[Floats]) -> list[Floats]:
        system = self.base.system
        shape = system.mesh.shape
        asked = [np.where(system.active, load.reshape(shape), 0.0) for load in loads]
        solve = _solver(system, self.method, len(asked))
        answers = [solve(load) for load in asked]
        return [
            choose.solve(adjoint_system(system, load), 0.0, np.zeros(shape), "sparse").rise.sum
            if answer is None
            else answer
            for load, answer in zip(asked, answers, strict=True)
        ]

    def _solve_newton(self, loads: Sequence[Floats]) -> list[Floats]:
        from scipy.sparse import diags_array

        from kapitza.linear.iterated import solver

        problem, at = self.base.problem, self.base.at
        assert problem is not None
        assert at is not None
        active = problem.active
        k = problem.media.conductivity(np.where(active, self.temperature.ravel(), 300.0))[active]
        # In temperatures the Jacobian is nearly symmetric, and so is its transpose.
        transposed = (diags_array(k) @ problem.jacobian(at, np.zeros(len(active))).T).tocsc()
        factor = solver(transposed, problem.system.active, np.ones(len(k)))
        found = []
        for load in loads:
            whole = np.zeros(len(active))
            whole[active] = factor.solve(k * load[active])
            found.append(whole.reshape(self.mesh.shape))
        return found


def _solver(system: System, method: str, solves: int) -> Callable[[Floats], Floats | None]:
    """What solved the case, set up once: a load (nz, nx) [W] in, temperatures (nz, nx) out; None: not converged."""
    if method == "separable":
        from kapitza.linear.separable import Separable

        return Separable.of(system, solves=solves).solve
    if method == "multigrid":
        from kapitza.linear.multigrid import Multigrid

        grid = Multigrid(system)

        def iterated(load: Floats) -> Floats | None:
            answer = grid.solve(load, tolerance=ENOUGH)
            return answer.x if answer.converged else None

        return iterated
    from kapitza.linear.sparse import factorised

    factor = factorised(system.matrix().tocsc())

    def direct(load: Floats) -> Floats:
        found = np.zeros(load.shape)
        found[system.active] = factor.solve(load[system.active])
        return found

    return direct


def adjoint_system(system: System, load: Floats) -> System:
    """The same conductances with ``load`` (nz, nx) as only heat, all temperatures outside 0."""
    nothing = np.broadcast_to(0.0, load.shape)

    def bare(faces: Faces) -> Faces:
        return replace(faces, sheet_first=None, sheet_second=None)

    sides = [
        replace(
            side,
            terms=[
                replace(
                    term, temperature=None if term.temperature is None else 0.0, heat=np.zeros(len(term.heat))
                )
                for term in side.terms
            ],
        )
        for side in system.sides
    ]
    no_growth: Sequence[Growth] = ()
    return replace(
        system,
        heat=load,
        shift_lower=nothing,
        shift_upper=nothing,
        faces_z=bare(system.faces_z),
        faces_x=bare(system.faces_x),
        wrap=None if system.wrap is None else bare(system.wrap),
        sides=sides,
        growth=no_growth,
    )
