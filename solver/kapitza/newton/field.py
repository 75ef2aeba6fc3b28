"""A mesh with k(T) and any laws as a system of equations in Kirchhoff's variable u of every cell.

Within one material conduction is linear in u (along the layers too, unless that conductivity has another shape of
its own, when the lateral variable w(T) takes its place); contacts and reservoirs are solved face by face (`joint`)
and enter the Jacobian with their exact slopes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kapitza.assemble.system import Bools, Faces, Side, SideTerm, System
from kapitza.interfaces.law import Law
from kapitza.laws.kirchhoff import COLDEST, HOTTEST, Kirchhoff
from kapitza.laws.media import Media
from kapitza.laws.temperature import Constant
from kapitza.layout import Floats, Ints, Layout
from kapitza.newton import joint
from kapitza.newton.joint import Flow

if TYPE_CHECKING:
    from scipy.sparse import csc_array

OUTSIDE = Kirchhoff.of(Constant(1.0), 0.0)  # a reservoir: its level is its temperature


@dataclass(frozen=True)
class Evaluation:
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

    def load(self, system: System) -> None:
        """Take the heats and boundary temperatures of another ``system`` of the same conductances."""
        self.system = system
        self.orientations = self._orientations()

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

    def evaluate(self, u: Floats, T: Floats | None = None) -> Evaluation:
        """Flows through all faces, what is left over in every cell, and all slopes of it. T : (cells,) [K], if known"""
        system = self.system
        if T is None:
            T = self.temperature(u)
        w, dw = self.levels(u, T)
        left = system.heat.ravel().copy()
        out = Evaluation({}, {}, left, [], [], [])
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
        if system.links is not None:
            a, b, g = system.links.first, system.links.second, system.links.conductance
            along = g * (u[a] - u[b])
            np.subtract.at(left, a, along)
            np.add.at(left, b, along)
            _couple(out, a, b, g, -g)
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
        piece = self.system.mesh.piece.ravel()
        backwards = piece[a] > piece[b]  # the law runs from the piece with the smaller number to the other
        ways = [(law, of_face == index) for index, law in enumerate(laws)]
        for law, where in [part for way in ways for part in _oriented(*way, backwards)]:
            here = np.flatnonzero(where)
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

    def _boundary(self, out: Evaluation, side: Side, u: Floats, w: Floats, dw: Floats) -> Floats:
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
                level[here],
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

    def jacobian(self, at: Evaluation, pinned: Floats) -> csc_array:
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


def _oriented(law: Law, where: Bools, backwards: Bools) -> list[tuple[Law, Bools]]:
    """A law with its faces, and the law turned round with those that meet it from the other side."""
    turned = law.turned()
    if turned is law:
        return [(law, where)]
    return [(law, where & ~backwards), (turned, where & backwards)]


def _couple(out: Evaluation, a: Ints, b: Ints, d1: Floats, d2: Floats) -> None:
    """Slopes of a flow from cells a to cells b: it leaves a and enters b."""
    out.rows.extend([a, a, b, b])
    out.columns.extend([a, b, a, b])
    out.slopes.extend([d1, d2, -d1, -d2])


def _sheets(faces: Faces) -> tuple[Floats, Floats]:
    if faces.sheet_first is None or faces.sheet_second is None:
        nothing = np.zeros(1)
        return nothing, nothing
    return faces.sheet_first.ravel(), faces.sheet_second.ravel()
