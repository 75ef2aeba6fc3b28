"""Functionals of a 1-D stack: a weighted sum of temperatures in segments and of flows through contacts.

The places are chosen once, in the solution; value and weights are those of any problem with the same segments.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapitza.assemble.line import LineProblem
from kapitza.errors import InputError
from kapitza.laws.media import Media
from kapitza.layout import Floats, Ints
from kapitza.model import BoundaryProbe, InterfaceProbe, PieceProbe, PointProbe
from kapitza.solution.line import gauss, height_of_share
from kapitza.solution.points import cells_of_point
from kapitza.solution.solved import Solved
from kapitza.state import LineState
from kapitza.studies.adjoint.functional import Functional, Maximum, contacts

LOWER, UPPER, INSIDE = 0.0, 1.0, 0.5
SMOOTH = 1e-6  # part of a change by which the two sides of a place differ through rounding


@dataclass(frozen=True)
class Weights:
    """dJ/dT of the lower and upper faces (n,), and dJ/dQ of the contacts (m,) [1/W]."""

    lower: Floats
    upper: Floats
    flow: Floats


@dataclass(frozen=True)
class LineForm:
    """sum of weight * T(segment, place) + sum over contacts of sign * (Q/A or R Q/A), weighted by area.

    segment : (m,) · fraction : (m,) place as part of the thickness · z : (m,) the same as a coordinate [m], NaN where
    ``fraction`` says it · share : (m,) weight, of the segment's volume per height where ``mean``
    joint : (j,) contacts · sign : (j,) · kind : "flux" or "jump"
    """

    segment: Ints
    fraction: Floats
    z: Floats
    share: Floats
    mean: bool
    joint: Ints
    sign: Floats
    kind: str

    def _places(self, problem: LineProblem) -> tuple[Floats, Floats]:
        """(m,) heights above the lower faces [m], and weights."""
        line = problem.line
        lower, size = line.segment_lower[self.segment], line.segment_size[self.segment]
        s = np.where(np.isnan(self.z), self.fraction * size, self.z - lower)
        if not self.mean:
            return s, self.share
        weight = self.share * size * problem.metric.area(lower + s)
        return s, weight / weight.sum()

    def _temperatures(
        self, problem: LineProblem, media: Media | None, levels: tuple[Floats, Floats]
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """(T, phi, k at T, what heat adds to the level) of the samples (m,)."""
        here, line = self.segment, problem.line
        s, _ = self._places(problem)
        lower, size = line.segment_lower[here], line.segment_size[here]
        phi, parabola = problem.metric.rise(lower, size, s)
        bulge = (problem.heat / (problem.volume * problem.conductivity))[here] * parabola
        level = levels[0][here] * (1.0 - phi) + levels[1][here] * phi + bulge
        if media is None:
            return level, phi, np.ones(len(here)), bulge
        inside = Media(media.kinds[here], media.kirchhoff)
        T = inside.temperature(level)
        return T, phi, inside.conductivity(T), bulge

    def value(
        self, problem: LineProblem, media: Media | None, levels: tuple[Floats, Floats], flow: Floats
    ) -> float:
        """levels : of the faces, temperatures where ``media`` is None · flow : (contacts,) [W]"""
        total = 0.0
        if len(self.segment):
            T, _, _, _ = self._temperatures(problem, media, levels)
            total += float(self._places(problem)[1] @ T)
        if len(self.joint):
            total += float(self._per_flow(problem) @ flow[self.joint])
        return total

    def at_heights(self, problem: LineProblem, media: Media | None, levels: tuple[Floats, Floats]) -> Floats:
        """(m,) temperatures of the samples that have a height of their own."""
        if not len(self.segment) or np.isnan(self.z).any():
            return np.empty(0)
        return self._temperatures(problem, media, levels)[0]

    def _per_flow(self, problem: LineProblem) -> Floats:
        """(j,) dJ/dQ: the mean over areas of Q/A, or of R Q/A."""
        area = problem.area[self.joint]
        per_flow: Floats = self.sign / area.sum()
        return per_flow * (problem.contacts.resistance[self.joint] if self.kind == "jump" else 1.0)

    def weights(self, state: LineState) -> Weights:
        """Derivatives at a solution."""
        problem, media = state.problem, state.media
        n = len(state.lower)
        lower, upper, flow = np.zeros(n), np.zeros(n), np.zeros(len(problem.joints))
        if len(self.segment):
            _, weight = self._places(problem)
            _, phi, k, _ = self._temperatures(problem, media, state.levels)
            low, high = np.ones(n), np.ones(n)
            if media is not None:
                low, high = media.conductivity(state.lower), media.conductivity(state.upper)
            np.add.at(lower, self.segment, weight * (1.0 - phi) * low[self.segment] / k)
            np.add.at(upper, self.segment, weight * phi * high[self.segment] / k)
        np.add.at(flow, self.joint, self._per_flow(problem))
        return Weights(lower, upper, flow)

    def bulges(self, state: LineState) -> Floats:
        """(m,) the part of J that heat within the segments makes at the samples; it goes with 1/k."""
        _, weight = self._places(state.problem)
        _, _, k, bulge = self._temperatures(state.problem, state.media, state.levels)
        return weight * bulge / k

    def stays(self, state: LineState) -> bool:
        """Whether sizes do not enter: places at faces, or at a fixed part of a segment without heat."""
        heated = state.problem.heat[self.segment].any()
        return not self.mean and not heated and bool(np.isnan(self.z).all())

    def jumps(self, state: LineState) -> Floats:
        """(contacts,) the part of J that goes with the resistances of contacts at fixed flows."""
        found = np.zeros(len(state.problem.joints))
        if self.kind == "jump":
            np.add.at(found, self.joint, self._per_flow(state.problem) * state.joint_flow[self.joint])
        return found


def form(solved: Solved, functional: Functional, place: str) -> LineForm:
    """Raises InputError, beginning with ``place``, where the functional points nowhere."""
    match functional:
        case Maximum():
            return _hottest(solved, np.arange(len(_state(solved).lower)))
        case PieceProbe():
            return _piece(solved, functional, place)
        case PointProbe():
            touching, _ = cells_of_point(solved, functional, place)
            return _samples(touching, np.full(len(touching), np.nan), np.full(len(touching), functional.z))
        case BoundaryProbe():
            return _boundary(solved, functional, place)
        case InterfaceProbe():
            return _interface(solved, functional, place)


def _state(solved: Solved) -> LineState:
    assert solved.line is not None
    return solved.line


def _samples(segment: Ints, fraction: Floats, z: Floats | None = None) -> LineForm:
    """The mean of some temperatures."""
    n = len(segment)
    unknown = np.full(n, np.nan) if z is None else z
    none = np.empty(0, dtype=np.intp)
    return LineForm(segment, fraction, unknown, np.full(n, 1.0 / n), False, none, np.empty(0), "")


def _one(segment: int, fraction: float) -> LineForm:
    return _samples(np.array([segment]), np.array([fraction]))


def _piece(solved: Solved, probe: PieceProbe, place: str) -> LineForm:
    pieces = solved.layout.select(probe.piece, f"{place}.layer")
    line = _state(solved).problem.line
    segments = np.flatnonzero(np.isin(line.segment_piece, pieces))
    match probe.side:
        case "bottom":
            return _one(int(segments[0]), LOWER)
        case "top":
            return _one(int(segments[-1]), UPPER)
        case "max":
            return _hottest(solved, segments)
        case "mean":
            nodes, shares = gauss()
            m = len(nodes)
            none = np.empty(0, dtype=np.intp)
            return LineForm(
                np.repeat(segments, m),
                np.tile(0.5 * (1.0 + nodes), len(segments)),
                np.full(m * len(segments), np.nan),
                np.tile(0.5 * shares, len(segments)),
                True,
                none,
                np.empty(0),
                "",
            )


def _hottest(solved: Solved, segments: Ints) -> LineForm:
    """The place of the maximum: it does not move in first order, or lies at a face."""
    state = _state(solved)
    problem = state.problem
    with np.errstate(divide="ignore", invalid="ignore"):
        share = -state.inflow / problem.heat
    turning = (share > 0) & (share < 1) & (problem.heat > 0)
    fraction = np.where(turning, share, 0.5)
    fraction = height_of_share(problem, fraction) / problem.line.segment_size
    inside = np.where(turning, state.at(fraction * problem.line.segment_size), -np.inf)
    at_places = np.stack([state.lower[segments], state.upper[segments], inside[segments]])
    where, which = np.unravel_index(int(np.argmax(at_places)), at_places.shape)
    segment = int(segments[which])
    return _one(segment, (LOWER, UPPER, float(fraction[segment]))[where])


def _boundary(solved: Solved, probe: BoundaryProbe, place: str) -> LineForm:
    sides = list(solved.boundaries)
    if probe.boundary not in sides:
        raise InputError(
            f"{place}.boundary: {probe.boundary!r} is no side here; known: {', '.join(solved.boundaries)}"
        )
    last = len(_state(solved).lower) - 1
    return _one(0, LOWER) if probe.boundary == sides[0] else _one(last, UPPER)


def _interface(solved: Solved, probe: InterfaceProbe, place: str) -> LineForm:
    problem = _state(solved).problem
    found = contacts(solved.layout, probe, solved.interfaces.faces.pieces, place)
    joint = found.contact
    flipped = problem.contacts.flipped[joint]
    if found.side in ("below", "above"):
        low = (found.side == "below") != flipped  # the geometrically lower side is meant
        segment = np.where(low, problem.joints[joint], problem.joints[joint] + 1)
        side = _samples(segment, np.where(low, UPPER, LOWER))
        return _weighted(side, problem, joint, np.ones(len(joint)))
    sign = found.sign * np.where(flipped, -1.0, 1.0)
    resistance = problem.contacts.resistance[joint]
    if found.side == "flux" or np.isfinite(resistance).all():
        nothing = np.empty(0)
        return LineForm(np.empty(0, dtype=np.intp), nothing, nothing, nothing, False, joint, sign, found.side)
    both = np.concatenate([problem.joints[joint], problem.joints[joint] + 1])
    faces = _samples(both, np.repeat([UPPER, LOWER], len(joint)))
    return _weighted(faces, problem, np.tile(joint, 2), np.concatenate([sign, -sign]))


def _weighted(samples: LineForm, problem: LineProblem, joint: Ints, sign: Floats) -> LineForm:
    """Means over the contacts' areas."""
    total = float(problem.area[np.unique(joint)].sum())
    share = sign * problem.area[joint] / total
    return LineForm(
        samples.segment,
        samples.fraction,
        samples.z,
        share,
        False,
        samples.joint,
        samples.sign,
        samples.kind,
    )


def two_sided(changes: Floats) -> bool:
    """Whether the samples (m,) of a place between two segments change differently."""
    return len(changes) > 1 and bool(np.ptp(changes) > SMOOTH * np.abs(changes).max())
