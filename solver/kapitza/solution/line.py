"""Fields of a solved 1-D stack: cells, side temperatures, contacts and boundaries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache, cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from kapitza.assemble.line import LineProblem
from kapitza.layout import Floats, Ints, Layout
from kapitza.model import SIDES
from kapitza.solution.parts import BoundaryResult, ContactFaces, Interfaces, jumps
from kapitza.solution.solved import Fields, PieceTable, Solved
from kapitza.state import LineState

Bools = npt.NDArray[np.bool_]
Array = TypeVar("Array", Floats, Ints)

POINTS = 12  # of Gauss's rule: exact means of the closed profiles


class LineFields(Fields):
    """Fields at cell centres, made when first looked at."""

    state: LineState

    def __init__(self, state: LineState, temperature: Floats | None = None) -> None:
        """temperature : (nz,) [K], where something better is known than the profile between the faces."""
        self.__dict__ |= {
            "state": state,
            "lower_side": state.lower,
            "upper_side": state.upper,
            "heat_flux_x": None,
        }
        if temperature is not None:
            self.__dict__["temperature"] = temperature

    @cached_property
    def temperature(self) -> Floats:
        return self.state.cells()

    @cached_property
    def heat_flux_z(self) -> Floats:
        return _cell_flux(self.state)


class LinePieces(PieceTable):
    """Layers, made when first looked at: faces are known, means and volumes are sums over the segments."""

    state: LineState

    def __init__(self, state: LineState) -> None:
        self.__dict__["state"] = state

    @cached_property
    def starts(self) -> Ints:
        """First segment of every layer."""
        return np.flatnonzero(np.diff(self.state.problem.line.segment_piece, prepend=-1))

    @cached_property
    def extremes(self) -> tuple[Floats, Floats]:
        """(least, most) of every segment."""
        return _extremes(self.state)

    @property
    def coldest(self) -> float:
        return float(self.extremes[0].min())

    @cached_property
    def volume(self) -> Floats:
        return np.add.reduceat(self.state.problem.volume, self.starts)

    @cached_property
    def least(self) -> Floats:
        return np.minimum.reduceat(self.extremes[0], self.starts)

    @cached_property
    def most(self) -> Floats:
        return np.maximum.reduceat(self.extremes[1], self.starts)

    @cached_property
    def mean(self) -> Floats:
        held = _means(self.state) * self.state.problem.volume
        means: Floats = np.add.reduceat(held, self.starts) / self.volume
        return means

    @cached_property
    def bottom(self) -> Floats:
        return self.state.lower[self.starts]

    @cached_property
    def top(self) -> Floats:
        last: Ints = np.append(self.starts[1:], len(self.state.upper)) - 1
        return self.state.upper[last]


def build(layout: Layout, state: LineState, warnings: Sequence[str]) -> Solved:
    """Everything known of a slab, cylinder or sphere."""
    problem = state.problem
    taken = problem.chain.source[problem.chain.source != 0]
    return Solved(
        layout=layout,
        mesh=problem.line.mesh,
        fields=LineFields(state),
        pieces=LinePieces(state),
        interfaces=Interfaces(layout, problem.contacts.laws, lambda: LineFaces(state)),
        boundaries=_boundaries(layout, state),
        internal_heat=(math.fsum(taken[taken > 0].tolist()), math.fsum(taken[taken < 0].tolist())),
        solver=state.info,
        warnings=(*warnings, *state.notes),
        line=state,
        has_sources=len(taken) > 0,
    )


def _cell_flux(state: LineState) -> Floats:
    """(nz,) flux density at cell centres [W/m^2]."""
    problem = state.problem
    s = problem.centres()
    start = problem.per_cell(problem.line.segment_lower)
    share = problem.metric.volume(start, s) / problem.per_cell(problem.volume)
    flow = problem.per_cell(state.inflow) + problem.per_cell(problem.heat) * share
    return flow / problem.metric.area(start + s)


def _extremes(state: LineState) -> tuple[Floats, Floats]:
    """(least, most) temperatures of the segments (n,), exact: at the faces, and where the flux changes its sign."""
    problem = state.problem
    least, most = np.minimum(state.lower, state.upper), np.maximum(state.lower, state.upper)
    if not problem.heat.any():
        return least, most
    with np.errstate(divide="ignore", invalid="ignore"):
        fraction = -state.inflow / problem.heat
        turning = (fraction > 0) & (fraction < 1)
    if turning.any():
        extreme = state.at(height_of_share(problem, np.where(turning, fraction, 0.5)))
        least = np.where(turning, np.minimum(least, extreme), least)
        most = np.where(turning, np.maximum(most, extreme), most)
    return least, most


def _means(state: LineState) -> Floats:
    """(n,) volume means of the segments, exact."""
    line, metric = state.problem.line, state.problem.metric
    if state.media is None and metric.kind == "slab":  # Simpson's rule, exact for a parabola
        middle = state.at(0.5 * line.segment_size)
        return (state.lower + 4.0 * middle + state.upper) / 6.0
    mean, weight = np.zeros(len(state.lower)), np.zeros(len(state.lower))
    for node, share in zip(*gauss(), strict=True):
        s = line.segment_size * (0.5 * (1.0 + node))
        w = share * metric.area(line.segment_lower + s)
        mean += w * state.at(s)
        weight += w
    return mean / weight


@cache
def gauss() -> tuple[Floats, Floats]:
    """Nodes in -1 … 1 and weights of the rule with which means are formed."""
    return np.polynomial.legendre.leggauss(POINTS)


def height_of_share(problem: LineProblem, fraction: Floats) -> Floats:
    """(n,) height [m] above a segment's lower face below which ``fraction`` of its volume lies."""
    r, d = problem.line.segment_lower, problem.line.segment_size
    if problem.metric.kind == "slab":
        return fraction * d
    power = 2.0 if problem.metric.kind == "cylinder" else 3.0
    inner, outer = r**power, (r + d) ** power
    return np.clip((inner + fraction * (outer - inner)) ** (1.0 / power) - r, 0.0, d)


class LineFaces(ContactFaces):
    """Contacts of one face each, every value made when it is looked at."""

    state: LineState

    def __init__(self, state: LineState) -> None:
        contacts = state.problem.contacts
        self.__dict__ |= {"state": state, "area": state.problem.area, "x": None}
        self.__dict__ |= {"law": contacts.laws, "law_index": contacts.law}

    @cached_property
    def sides(self) -> tuple[Floats, Floats]:
        """Temperatures on the lower and on the upper side along the stack [K]."""
        joints = self.state.problem.joints
        return self.state.upper[joints], self.state.lower[joints + 1]

    @cached_property
    def pieces(self) -> Ints:
        joints, piece = self.state.problem.joints, self.state.problem.line.segment_piece
        lower, upper = piece[joints], piece[joints + 1]
        return np.stack(self._turned(lower, upper), axis=1)

    @cached_property
    def start(self) -> Ints:
        return np.arange(len(self.area) + 1)

    @cached_property
    def below(self) -> Floats:
        return self._turned(*self.sides)[0]

    @cached_property
    def above(self) -> Floats:
        return self._turned(*self.sides)[1]

    @cached_property
    def flux(self) -> Floats:
        flux = self.state.joint_flow / self.area
        return self._turned(flux, -flux)[0]

    @cached_property
    def jump(self) -> Floats:
        found = jumps(self.law, self.law_index, self.state.joint_flow / self.area, *self.sides)
        return self._turned(found, -found)[0]

    @cached_property
    def z(self) -> Floats:
        problem = self.state.problem
        return problem.line.segment_lower[problem.joints + 1]

    @cached_property
    def vertical(self) -> Bools:
        return np.zeros(len(self.area), dtype=bool)

    def _turned(self, first: Array, second: Array) -> tuple[Array, Array]:
        """The two exchanged where the second piece is called "below"."""
        flipped = self.state.problem.contacts.flipped
        if not flipped.any():
            return first, second
        return np.where(flipped, second, first), np.where(flipped, first, second)


def _boundaries(layout: Layout, state: LineState) -> dict[str, BoundaryResult]:
    result: dict[str, BoundaryResult] = {}
    edges = layout.layer_edges
    chain, metric = state.problem.chain, state.problem.metric
    names = SIDES[layout.stack.geometry.kind]
    rows = (
        (names[0], edges[0], state.heat[0], state.lower[0], chain.lower, state.series.films[0]),
        (names[1], edges[-1], state.heat[1], state.upper[-1], chain.upper, state.series.films[1]),
    )
    for name, r, heat, surface, end, film in rows:
        area = metric.area(np.array([r]))
        flux = np.array([heat]) / area if area[0] > 0 else np.zeros(1)
        result[name] = BoundaryResult(
            name, area, flux, np.array([surface]), np.array([[r, r]]), end.temperature, film
        )
    return result
