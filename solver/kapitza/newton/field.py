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


@dataclass(frozen=True)
class _Meeting:
    """Faces of one orientation at which one law holds. here : (m,) faces · half_first, half_second, area : (m,) ·
    media of the two cells at each."""

    law: Law
    here: Ints
    half_first: Floats
    half_second: Floats
    area: Floats
    first: Media
    second: Media


@dataclass(frozen=True)
class _Orientation:
    """What stays of the faces of one orientation while heats change. first, second : (n,) cells · conductance : (n,)
    of faces within one piece, 0 elsewhere [m] · lateral · meetings : where pieces meet"""

    shape: tuple[int, ...]
    first: Ints
    second: Ints
    conductance: Floats
    lateral: bool
    meetings: Sequence[_Meeting]


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
        self.mediums: dict[str, Media] = {}
        self.found: dict[str, Floats] = {}
        self.growth_share = 1.0

    def load(self, system: System) -> None:
        """Take the heats and boundary temperatures of another ``system`` of the same conductances."""
        self.system = system

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

    def _orientations(self) -> dict[str, _Orientation]:
        c, system = self.cells, self.system
        found = {
            "z": (system.faces_z, c[:-1], c[1:], False),
            "x": (system.faces_x, c[:, :-1], c[:, 1:], True),
        }
        if system.wrap is not None:
            found["wrap"] = (system.wrap, c[:, -1], c[:, 0], True)
        return {name: self._orientation(*parts) for name, parts in found.items()}

    def _orientation(self, faces: Faces, first: Ints, second: Ints, lateral: bool) -> _Orientation:
        a, b, contact = first.ravel(), second.ravel(), faces.contact.ravel()
        with np.errstate(invalid="ignore"):
            g = np.where(contact < 0, faces.conductance.ravel(), 0.0)
        media = self.lateral if lateral and self.lateral is not None else self.media
        of_face = np.append(self.system.contacts.law, -1)[contact]  # contact -1: within one piece
        piece = self.system.mesh.piece.ravel()
        backwards = piece[a] > piece[b]  # the law runs from the piece with the smaller number to the other
        ways = [(law, of_face == index) for index, law in enumerate(self.system.contacts.laws)]
        meetings = [
            _Meeting(
                law,
                here,
                faces.half_first.ravel()[here],
                faces.half_second.ravel()[here],
                faces.area.ravel()[here],
                Media(self.kinds[a[here]], media.kirchhoff),
                Media(self.kinds[b[here]], media.kirchhoff),
            )
            for law, where in (part for way in ways for part in _oriented(*way, backwards))
            if len(here := np.flatnonzero(where))
        ]
        return _Orientation(first.shape, a, b, g, lateral, meetings)

    def _faces(self, name: str) -> Faces:
        faces = {"z": self.system.faces_z, "x": self.system.faces_x, "wrap": self.system.wrap}[name]
        assert faces is not None
        return faces

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
        for name, way in self.orientations.items():
            if not len(way.first):
                out.flows[name] = (np.zeros(way.shape), np.zeros(way.shape), np.zeros(way.shape))
                continue
            level = w if way.lateral else u
            shift_first = 0.0 if way.lateral else system.shift_upper.ravel()
            shift_second = 0.0 if way.lateral else system.shift_lower.ravel()
            a, b = way.first, way.second
            p1, p2 = _sheets(self._faces(name))
            one, two = (level + shift_first)[a], (level + shift_second)[b]
            through, d1, d2 = self._inner(name, way, one, two, p1, p2)
            leaving, entering = through - p1, through + p2
            out.flows[name] = tuple(f.reshape(way.shape) for f in (leaving, through, entering))  # type: ignore[assignment]
            np.subtract.at(left, a, leaving)
            np.add.at(left, b, entering)
            if way.lateral:
                d1, d2 = d1 * dw[a], d2 * dw[b]
            _couple(out, a, b, d1, d2)
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
        self, name: str, way: _Orientation, one: Floats, two: Floats, p1: Floats, p2: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """(flow through the joint, d/d first level, d/d second level) of all faces of one orientation."""
        g = way.conductance
        through, d1, d2 = g * (one - two), g.copy(), -g
        start = self.found.setdefault(name, np.zeros(len(g)))
        for meeting in way.meetings:
            here = meeting.here
            flow = joint.solve(
                meeting.law,
                joint.Faces(
                    one[here],
                    two[here],
                    meeting.half_first,
                    meeting.half_second,
                    meeting.area,
                    np.broadcast_to(p1, g.shape)[here],
                    np.broadcast_to(p2, g.shape)[here],
                    meeting.first,
                    meeting.second,
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
            key = f"{side.name}.{number}"
            if key not in self.mediums:
                self.mediums[key] = Media(self.kinds[cell[here]], media.kirchhoff)
            flow = self.term_flow(key, side, term, here, level[here], self.mediums[key])
            total[here] -= flow.through
            out.rows.append(cell[here])
            out.columns.append(cell[here])
            out.slopes.append(flow.first * slope[here])
        np.add.at(out.residual, cell, total)
        return total

    def term_flow(
        self, key: str, side: Side, term: SideTerm, here: Ints, level: Floats, medium: Media
    ) -> Flow:
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
