"""Newton's method on a mesh, in Kirchhoff's variable u of every cell.

Within one material conduction is linear in u (along the layers too, unless that conductivity has another shape of
its own, when the lateral variable w(T) takes its place); contacts and reservoirs are solved face by face (`joint`)
and enter the Jacobian with their exact slopes. The correction is damped until it shrinks under the old Jacobian.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kapitza import floating
from kapitza.assemble.system import Faces, Side, SideTerm, System
from kapitza.errors import InputError, PhysicsError
from kapitza.laws.kirchhoff import COLDEST, HOTTEST, Kirchhoff
from kapitza.laws.temperature import Constant
from kapitza.layout import Floats, Ints, Layout
from kapitza.newton import joint
from kapitza.newton.continued import Media, settled
from kapitza.newton.joint import Flow
from kapitza.state import PlaneState, SolverInfo, check_residual

if TYPE_CHECKING:
    from scipy.sparse import csc_array

MOST = 40
HALVINGS = 10
OUTSIDE = Kirchhoff.of(Constant(1.0), 0.0)  # a reservoir: its level is its temperature


@dataclass(frozen=True)
class _Evaluation:
    """Flows and slopes at one state; all over flattened cells and faces."""

    flows: dict[str, tuple[Floats, Floats, Floats]]
    into: dict[str, Floats]
    residual: Floats
    rows: list[Ints]
    columns: list[Ints]
    slopes: list[Floats]


class Problem:
    """A unit `System` (all conductivities 1) with the media of its cells."""

    def __init__(
        self,
        layout: Layout,
        system: System,
        through: Sequence[Kirchhoff],
        lateral: Sequence[Kirchhoff] | None,
    ) -> None:
        self.layout, self.system = layout, system
        piece = np.maximum(system.mesh.piece.astype(np.intp).ravel(), 0)
        self.kinds = layout.kind(piece)
        self.media = Media(self.kinds, through)
        self.lateral = None if lateral is None else Media(self.kinds, lateral)
        self.active = system.active.ravel()
        self.cells = np.arange(system.mesh.piece.size).reshape(system.mesh.shape)
        self.orientations = self._orientations()
        self.found: dict[str, Floats] = {}
        self.growth_share = 1.0

    def grown(self, T: Floats) -> tuple[Floats, Floats]:
        """(heat [W], its slope [W/K]) of the sources that depend on temperature, (cells,)."""
        heat, slope = np.zeros(len(T)), np.zeros(len(T))
        for source in self.system.growth:
            low, high = source.density.valid
            volume, t = (
                self.growth_share * source.volume.ravel(),
                np.clip(T, max(low, COLDEST), min(high, HOTTEST)),
            )
            rate = np.where(volume > 0, source.density.slope(t), 0.0)
            heat += volume * np.where(volume > 0, source.density(t) + rate * (T - t), 0.0)
            slope += volume * rate
        return heat, slope

    def _orientations(self) -> dict[str, tuple[Faces, Ints, Ints, bool]]:
        """Name -> (faces, first cells, second cells, lateral)."""
        c, system = self.cells, self.system
        found = {
            "z": (system.faces_z, c[:-1], c[1:], False),
            "x": (system.faces_x, c[:, :-1], c[:, 1:], True),
        }
        if system.wrap is not None:
            found["wrap"] = (system.wrap, c[:, -1], c[:, 0], True)
        return found

    def temperature(self, u: Floats) -> Floats:
        """(cells,) [K]."""
        return self.media.temperature(u)

    def levels(self, u: Floats, T: Floats) -> tuple[Floats, Floats]:
        """(w, dw/du): the lateral variable of every cell."""
        if self.lateral is None:
            return u, np.ones(len(u))
        return self.lateral.potential(T), self.lateral.conductivity(T) / self.media.conductivity(T)

    def evaluate(self, u: Floats) -> _Evaluation:
        """Flows through all faces, what is left over in every cell, and all slopes of it."""
        system = self.system
        T = self.temperature(u)
        w, dw = self.levels(u, T)
        left = system.heat.ravel().copy()
        out = _Evaluation({}, {}, left, [], [], [])
        for name, (faces, first, second, lateral) in self.orientations.items():
            level = w if lateral else u
            slope = dw if lateral else np.ones(len(u))
            shift_first = 0.0 if lateral else system.shift_upper.ravel()
            shift_second = 0.0 if lateral else system.shift_lower.ravel()
            a, b = first.ravel(), second.ravel()
            one, two = (level + shift_first)[a], (level + shift_second)[b]
            through, d1, d2 = self._inner(name, faces, one, two, a, b, lateral)
            p1, p2 = _sheets(faces)
            leaving, entering = through - p1, through + p2
            out.flows[name] = tuple(f.reshape(first.shape) for f in (leaving, through, entering))  # type: ignore[assignment]
            np.subtract.at(left, a, leaving)
            np.add.at(left, b, entering)
            _couple(out, a, b, d1 * slope[a], d2 * slope[b])
        for side in system.sides:
            out.into[side.name] = self._boundary(out, side, u, w, dw)
        if system.growth:
            heat, rate = self.grown(T)
            left += heat
            everywhere = self.cells.ravel()
            out.rows.append(everywhere)
            out.columns.append(everywhere)
            out.slopes.append(-rate / self.media.conductivity(T))
        left[~self.active] = 0.0
        return out

    def _inner(
        self, name: str, faces: Faces, one: Floats, two: Floats, a: Ints, b: Ints, lateral: bool
    ) -> tuple[Floats, Floats, Floats]:
        """(flow through the joint, d/d first level, d/d second level) of all faces of one orientation."""
        contact = faces.contact.ravel()
        with np.errstate(invalid="ignore"):
            g = np.where(contact < 0, faces.conductance.ravel(), 0.0)
        through, d1, d2 = g * (one - two), g.copy(), -g
        media = self.lateral if lateral and self.lateral is not None else self.media
        laws = self.system.contacts.laws
        of_face = np.append(self.system.contacts.law, -1)[contact]  # contact -1: within one piece
        start = self.found.setdefault(name, np.zeros(len(contact)))
        p1, p2 = _sheets(faces)
        for index, law in enumerate(laws):
            here = np.flatnonzero(of_face == index)
            if not len(here):
                continue
            flow = joint.solve(
                law,
                joint.Faces(
                    one[here],
                    two[here],
                    faces.half_first.ravel()[here],
                    faces.half_second.ravel()[here],
                    faces.area.ravel()[here],
                    np.broadcast_to(p1, contact.shape)[here],
                    np.broadcast_to(p2, contact.shape)[here],
                    Media(self.kinds[a[here]], media.kirchhoff),
                    Media(self.kinds[b[here]], media.kirchhoff),
                ),
                start[here],
            )
            through[here], d1[here], d2[here] = flow.through, flow.first, flow.second
            start[here] = flow.through
        return through, d1, d2

    def _boundary(self, out: _Evaluation, side: Side, u: Floats, w: Floats, dw: Floats) -> Floats:
        """(n,) heat into the cells beside a side [W]."""
        system = self.system
        cell = self.cells[side.row, side.column]
        lateral = system.mesh.dx is not None and side.name in ("left", "right", "inner", "outer")
        if lateral:
            level, slope = w[cell], dw[cell]
        else:
            shift = system.shift_lower if side.name in ("bottom", "inner") else system.shift_upper
            level, slope = u[cell] + shift.ravel()[cell], np.ones(len(cell))
        media = self.lateral if lateral and self.lateral is not None else self.media
        total = np.zeros(len(cell))
        for number, term in enumerate(side.terms):
            here = np.flatnonzero(term.weight > 0)
            if term.temperature is None or not len(here):
                total += term.heat
                continue
            flow = self._term(
                f"{side.name}.{number}",
                side,
                term,
                here,
                level,
                Media(self.kinds[cell[here]], media.kirchhoff),
            )
            total[here] -= flow.through
            out.rows.append(cell[here])
            out.columns.append(cell[here])
            out.slopes.append(flow.first * slope[here])
        np.add.at(out.residual, cell, total)
        return total

    def _term(self, key: str, side: Side, term: SideTerm, here: Ints, level: Floats, medium: Media) -> Flow:
        """Heat [W] that leaves through one condition with a temperature."""
        assert term.temperature is not None
        half, weight = side.half[here] / term.weight[here], term.weight[here]
        if term.law is None or (term.law.linear and term.law.resistance == 0.0):
            held = medium.potential(np.full(len(here), term.temperature))
            return Flow((level - held) / half, 1.0 / half, -1.0 / half)
        n = len(here)
        start = self.found.setdefault(key, np.zeros(n))
        faces = joint.Faces(
            level,
            np.full(n, term.temperature),
            half,
            np.zeros(n),
            side.area[here] * weight,
            np.zeros(n),
            np.zeros(n),
            medium,
            Media(np.zeros(n, dtype=np.intp), [OUTSIDE]),
        )
        flow = joint.solve(term.law, faces, start)
        self.found[key] = flow.through
        return flow

    def jacobian(self, at: _Evaluation, pinned: Floats) -> csc_array:
        """-d residual / d u over the active cells."""
        from scipy.sparse import coo_array

        number = np.cumsum(self.active) - 1
        rows, columns, values = np.concatenate(at.rows), np.concatenate(at.columns), np.concatenate(at.slopes)
        known = self.active[rows] & self.active[columns] & (values != 0.0)
        n = int(self.active.sum())
        every = np.arange(n)
        indices = (
            np.concatenate([number[rows[known]], every]),
            np.concatenate([number[columns[known]], every]),
        )
        data = np.concatenate([values[known], pinned[self.active]])
        return coo_array((data, indices), shape=(n, n)).tocsc()


def _couple(out: _Evaluation, a: Ints, b: Ints, d1: Floats, d2: Floats) -> None:
    """Slopes of a flow from cells a to cells b: it leaves a and enters b."""
    out.rows.extend([a, a, b, b])
    out.columns.extend([a, b, a, b])
    out.slopes.extend([d1, d2, -d1, -d2])


def _sheets(faces: Faces) -> tuple[Floats, Floats]:
    if faces.sheet_first is None or faces.sheet_second is None:
        nothing = np.zeros(1)
        return nothing, nothing
    return faces.sheet_first.ravel(), faces.sheet_second.ravel()


def solve(problem: Problem, start: Floats) -> PlaneState:
    """Steady state from a first guess of the temperatures (nz, nx) [K], anything in void.

    Raises PhysicsError where heat collects in a piece that nothing holds, or the iteration does not converge;
    InputError where a temperature leaves the range of a material or a law.
    """
    from scipy.sparse.linalg import splu

    layout, active = problem.layout, problem.active
    T = np.where(active, start.ravel(), 300.0)
    u = np.where(active, problem.media.potential(T), 0.0)
    now = problem.evaluate(u)
    pinned, notes = _pin(problem, now, u)
    steps: list[float] = []
    converged = False
    for _ in range(MOST):
        factor = splu(
            problem.jacobian(now, pinned),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        du = np.zeros(len(u))
        du[active] = factor.solve(now.residual[active])
        k = problem.media.conductivity(problem.temperature(u))
        size = float(np.max(np.abs(du[active]) / k[active]))
        steps.append(size)
        T = problem.temperature(u)[active]
        done = settled(steps, float(T.max() - T.min()), float(np.abs(T).max()), layout.stack.solve.tolerance)
        share = 1.0
        for _ in range(HALVINGS):
            trial = problem.evaluate(u + share * du)
            again = np.zeros(len(u))
            again[active] = factor.solve(trial.residual[active])
            if done or float(np.max(np.abs(again[active]) / k[active])) <= (1.0 - 0.25 * share) * size:
                break
            share *= 0.5
        u = u + share * du
        now = trial
        if done:
            # A nonsingular M-matrix answers heat everywhere with warmth everywhere; beyond runaway it does not.
            converged = not problem.system.growth or bool(
                np.all(factor.solve(np.ones(int(active.sum()))) > 0.0)
            )
            break
    if not converged:
        raise PhysicsError(_not_converged(problem, now, steps))
    return _state(problem, u, now, steps, notes)


def solve_growing(problem: Problem, start: Floats) -> PlaneState:
    """`solve` for sources that grow with temperature; a runaway is recognised and its limit found by bisection."""
    try:
        return solve(problem, start)
    except PhysicsError:
        low, high = 0.0, 1.0
        for _ in range(12):
            problem.growth_share = 0.5 * (low + high)
            problem.found = {}
            try:
                solve(problem, start)
                low = problem.growth_share
            except (PhysicsError, InputError):
                high = problem.growth_share
        if low == 0.0:
            raise
        names = ", ".join(dict.fromkeys(source.name for source in problem.system.growth))
        raise PhysicsError(
            f"thermal runaway: the heat of {names} grows with temperature faster than it can leave, so there is no "
            f"steady state; one exists up to {low:.1%} of this heat. Cool better, or heat less"
        ) from None


def _pin(problem: Problem, at: _Evaluation, u: Floats) -> tuple[Floats, list[str]]:
    """One cell of each piece that nothing holds keeps its first guess; its heat must balance."""
    from scipy.sparse.csgraph import connected_components

    layout, system, active = problem.layout, problem.system, problem.active
    matrix = problem.jacobian(at, np.zeros(len(u)))
    count, label = connected_components(matrix, directed=False)
    component = np.full(len(u), -1)
    component[active] = label
    held = np.zeros(count, dtype=bool)
    for side in system.sides:
        for term in side.terms:
            insulated = term.law is not None and term.law.linear and np.isinf(term.law.resistance)
            if term.temperature is not None and not insulated:
                held[component[problem.cells[side.row, side.column][term.weight > 0]]] = True
    pinned, notes = np.zeros(len(u)), []
    diagonal = np.zeros(len(u))
    diagonal[active] = matrix.diagonal()
    put = system.heat.ravel().copy()
    for side in system.sides:
        for term in side.terms:
            np.add.at(put, problem.cells[side.row, side.column], term.heat)
    for number in np.flatnonzero(~held):
        cells = np.flatnonzero(component == number)
        names = [layout.name(int(p)) for p in np.unique(system.mesh.piece.ravel()[cells])]
        floating.check(names, float(put[cells].sum()), float(np.abs(put[cells]).sum()))
        pinned[cells[0]] = float(diagonal[cells].max()) or 1.0
        notes.append(floating.note(names, floating.mean_temperature(layout.stack)) + " (in one cell)")
    return pinned, notes


def _state(
    problem: Problem, u: Floats, at: _Evaluation, steps: Sequence[float], notes: list[str]
) -> PlaneState:
    system = problem.system
    T = problem.temperature(u)
    _check(problem, T)
    w, _ = problem.levels(u, T)
    passing = max(
        sum(float(np.abs(heat).sum()) for heat in at.into.values()), float(np.abs(system.heat).sum()), 1e-300
    )
    residual = float(np.abs(at.residual).max()) / passing
    notes = [*notes, *check_residual(residual, problem.layout.stack.solve.tolerance)]
    heat, _ = problem.grown(T)
    system = replace(system, heat=system.heat + heat.reshape(system.mesh.shape)) if system.growth else system
    info = SolverInfo(
        "newton-sparse",
        "two dimensions with temperature-dependent properties or laws: Newton's method, direct solution of each step",
        len(steps),
        residual,
    )
    shape = system.mesh.shape
    return PlaneState(
        system=system,
        reference=0.0,
        level=np.where(system.active, u.reshape(shape), 0.0),
        lateral=np.where(system.active, w.reshape(shape), 0.0),
        z=at.flows["z"],
        x=at.flows["x"],
        wrap=at.flows.get("wrap"),
        into=at.into,
        media=problem.media,
        lateral_media=problem.lateral or problem.media,
        info=info,
        notes=tuple(notes),
    )


def _check(problem: Problem, T: Floats) -> None:
    coldest = float(T[problem.active].min())
    if coldest <= 0.0:
        raise PhysicsError(
            f"no steady state above absolute zero: more heat is drawn than can flow ({coldest:.3g} K would be needed). "
            "Check the sign and size of the heats and the laws"
        )
    problem.media.check(np.where(problem.active, T, np.nan))


def _not_converged(problem: Problem, at: _Evaluation, steps: Sequence[float]) -> str:
    worst = int(np.argmax(np.abs(at.residual)))
    mesh = problem.system.mesh
    i, j = divmod(worst, mesh.shape[1])
    name = problem.layout.name(int(mesh.piece[i, j]))
    where = f"z = {mesh.z[i]:.4g} m" + (
        f", {mesh.geometry.lateral} = {mesh.x[j]:.4g} m" if mesh.x is not None else ""
    )
    last = ", ".join(f"{step:.3g}" for step in steps[-4:])
    return (
        f"not converged after {len(steps)} iterations: {abs(at.residual[worst]):.3g} W are left over in {name} at "
        f"{where}; the last corrections were {last} K. Raise [solve] tolerance, or check the laws"
    )
