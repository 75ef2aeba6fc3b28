"""One instant of a run as a `Solved`: side temperatures and fluxes from the cells' temperatures and flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from kapitza.assemble.chain import Chain
from kapitza.assemble.line import LineProblem
from kapitza.assemble.system import Rise, System
from kapitza.laws.media import Media
from kapitza.layout import Floats, Layout
from kapitza.solution import line, plane
from kapitza.solution.line import LineFields
from kapitza.solution.solved import Solved
from kapitza.state import Flows, LineState, PlaneState, Series, SolverInfo

INFO = SolverInfo("", "", 0, 0.0)


@dataclass(frozen=True)
class Frames:
    """layout : of the stack as it is at t = 0 · problem : in 1-D, assembled with every cell a segment; None in 2-D
    level_start : cells are at one temperature each at t = 0, when nothing has flowed yet"""

    layout: Layout
    problem: LineProblem | None
    level_start: bool = False

    def linear(self, t: float, y: Floats, reference: float, net: Floats, system: System) -> Solved:
        """y : (nz, nx) temperature above ``reference`` that the faces see [K] · net : heat gained [W]."""
        rise = Rise(y, np.zeros(y.shape))
        into = {
            side.name: sum(
                (system.boundary_flow(side, term, rise, reference) for term in side.terms),
                np.zeros(len(side.row)),
            )
            for side in system.sides
        }
        flows = system.z_flows(rise), system.x_flows(rise), system.wrap_flows(rise)
        if self.problem is not None:
            return self._line(t, reference + y, net, system, flows[0], into, None)
        return self._plane(t, PlaneState(system, reference, y, y, *flows, into, None, None, INFO, ()))

    def curved(
        self,
        t: float,
        y: Floats,
        w: Floats,
        net: Floats,
        system: System,
        flows: Mapping[str, Flows],
        into: Mapping[str, Floats],
        media: tuple[Media, Media | None],
    ) -> Solved:
        """The same in Kirchhoff's variable. y, w : (nz, nx) levels along the stack and along the layers."""
        if self.problem is not None:
            return self._line(t, y, net, system, flows["z"], into, media[0])
        lateral = media[1] or media[0]
        state = PlaneState(
            system, 0.0, y, w, flows["z"], flows["x"], flows.get("wrap"), into, media[0], lateral, INFO, ()
        )
        return self._plane(t, state)

    def amplitude(
        self,
        lower: Floats,
        upper: Floats,
        bent: Floats,
        system: System,
        z: Flows,
        into: Mapping[str, Floats],
    ) -> Solved:
        """Real or imaginary part of a periodic state in 1-D: temperatures of the cells' faces (nz,), and the heat
        ``bent`` (nz,) [W] that would shape the profile between them."""
        return self._of_faces(0.0, lower, upper, (lower, upper), bent, system, z, into, None)

    def _plane(self, t: float, state: PlaneState) -> Solved:
        if self.level_start and t == 0.0:
            none = np.zeros(state.system.mesh.shape)
            level = replace(state.system, half_z=none, half_left=none, half_right=none, links=None)
            state = replace(state, system=level)
        return replace(plane.build(self.layout, state, ()), time=t)

    def _line(
        self,
        t: float,
        level: Floats,
        net: Floats,
        system: System,
        z: Flows,
        into: Mapping[str, Floats],
        media: Media | None,
    ) -> Solved:
        base = self.problem
        assert base is not None
        below_half, above_half = self._halves(system, level_start=self.level_start and t == 0.0)
        below = np.concatenate([into.get(_name(system, 0), np.zeros(1)), z[2][:, 0]])
        above = np.concatenate([z[0][:, 0], -into.get(_name(system, 1), np.zeros(1))])
        lower, upper = level[:, 0] + below * below_half, level[:, 0] - above * above_half
        levels = (lower, upper)
        if media is not None:
            lower, upper = media.temperature(lower), media.temperature(upper)
        # What leaves a cell through its faces shapes its profile.
        bent = (system.heat - net)[:, 0]
        found = self._of_faces(t, lower, upper, levels, bent, system, z, into, media)
        cells = self._centres(level[:, 0], bent, system.heat[:, 0])
        if media is not None:
            cells = media.temperature(cells)
        assert found.line is not None
        return replace(found, fields=LineFields(found.line, cells))

    def _halves(self, system: System, level_start: bool) -> tuple[Floats, Floats]:
        """(nz,) resistances from the cells' own temperatures to their lower and upper faces [K/W]."""
        assert self.problem is not None
        half = self.problem.chain.resistance
        if level_start:
            return np.zeros(len(half[0::3])), np.zeros(len(half[0::3]))
        lower = system.half_z[:, 0]
        axis = np.isinf(lower)  # a body without a hole: nothing comes through its middle
        below = np.where(axis, 0.0, lower)
        return below, np.where(axis, half[1::3], half[0::3] + half[1::3] - below)

    def _centres(self, level: Floats, bent: Floats, heat: Floats) -> Floats:
        """(nz,) level at the cells' centres: what the faces see, less the parabola of the source as far as that has
        come about. A front that no cell resolves yet bends nothing."""
        if not heat.any():
            return level
        base = self.problem
        assert base is not None
        carried = np.clip(bent, np.minimum(heat, 0.0), np.maximum(heat, 0.0))
        return replace(base, heat=carried).inside(level, level - carried * base.chain.resistance[1::3])

    def _of_faces(
        self,
        t: float,
        lower: Floats,
        upper: Floats,
        levels: tuple[Floats, Floats],
        bent: Floats,
        system: System,
        z: Flows,
        into: Mapping[str, Floats],
        media: Media | None,
    ) -> Solved:
        base = self.problem
        assert base is not None
        half = base.chain.resistance
        first, last = (into.get(_name(system, i), np.zeros(1)) for i in (0, 1))
        below = np.concatenate([first, z[2][:, 0]])
        source = np.zeros(3 * len(lower))
        source[1::3] = system.heat[:, 0]
        for sheet, place in zip(system.faces_z.sheets, (2, 3), strict=False):
            source[place : len(source) - 1 : 3][: len(sheet)] += sheet[:, 0]
        ends = [
            replace(end, temperature=_reference(system, i)) if end.temperature is not None else end
            for i, end in enumerate((base.chain.lower, base.chain.upper))
        ]
        unknown = np.full(len(lower), np.nan)
        state = LineState(
            problem=replace(
                base,
                heat=bent,
                chain=Chain(half, source, ends[0], ends[1]),
            ),
            lower=lower,
            upper=upper,
            inflow=below,
            joint_flow=z[1][base.joints, 0],
            heat=(float(first[0]), float(last[0])),
            levels=levels,
            media=media,
            series=Series(unknown, unknown[: len(base.joints)], (np.nan, np.nan)),
            info=INFO,
            notes=(),
        )
        return replace(line.build(self.layout, state, ()), time=t)


def _side(system: System, upper: int) -> int | None:
    """Index of the lower (0) or upper (1) side; None where it has no surface."""
    names = ("top", "outer") if upper else ("bottom", "inner")
    found = [i for i, side in enumerate(system.sides) if side.name in names]
    return found[0] if found else None


def _name(system: System, upper: int) -> str:
    index = _side(system, upper)
    return "" if index is None else system.sides[index].name


def _reference(system: System, upper: int) -> float | None:
    index = _side(system, upper)
    return None if index is None else system.sides[index].terms[0].temperature
