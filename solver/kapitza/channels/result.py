"""What was found, in the terms of a 1-D solution: the mean of the channels as its temperature, and each beside it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from kapitza.assemble.chain import Chain, End
from kapitza.assemble.line import LineProblem
from kapitza.channels.wiring import Wiring
from kapitza.contacts import Contacts
from kapitza.errors import PhysicsError
from kapitza.interfaces.channels import Apparent
from kapitza.laws.time import at_start
from kapitza.layout import Floats, Ints, Layout
from kapitza.mesh import LineMesh
from kapitza.model import SIDES, PerChannel, Reservoir, Temperature
from kapitza.solution import line as line_solution
from kapitza.solution.alike import LONG
from kapitza.solution.channels import ChannelFields
from kapitza.solution.line import LineFields
from kapitza.solution.solved import Solved
from kapitza.state import LineState, Series, SolverInfo


@dataclass(frozen=True)
class Found:
    """n channels, s segments of ``line``, nz cells, m contacts; all temperatures [K] absolute, NaN where there is none.

    lower, upper : (n, s) at the faces · cells, flux : (n, nz) in the cells [K], [W/m^2] · layer_mean : (n, n_layers)
    inflow : (s,) total heat entering each segment from below [W] · bent : (s,) what shapes the mean's profile [W]
    heat : (s,) put into the segments, sheet : (m,) into the contacts [W] · ends : [W] entering at both sides
    joint_flow : (m,) total across the contacts [W]
    flow_below, flow_above : (n, m), end_flow : (n, 2) of each channel [W]
    centre : (nz,) means in the cells where they are better known than from the faces, else None
    at : temperatures of all channels inside a segment, where there is a closed form
    """

    line: LineMesh
    lower: Floats
    upper: Floats
    cells: Floats
    flux: Floats
    layer_mean: Floats
    inflow: Floats
    bent: Floats
    heat: Floats
    sheet: Floats
    ends: tuple[float, float]
    joint_flow: Floats
    flow_below: Floats
    flow_above: Floats
    end_flow: Floats
    centre: Floats | None
    at: Callable[[int, float], Floats] | None = None


def solved(
    wiring: Wiring, layout: Layout, found: Found, info: SolverInfo, notes: tuple[str, ...], t: float
) -> Solved:
    """Everything known at one instant [s]. layout : of the locked stack at that instant."""
    line, metric = found.line, wiring.metric
    segment = _segments(wiring, line)
    weights = np.array([_weights(wiring, s) for s in range(len(wiring.media))]).T[:, segment]
    lower, upper = _mean(weights, found.lower), _mean(weights, found.upper)
    piece = line.segment_piece
    joints = np.flatnonzero(np.diff(piece))
    jump = upper[joints] - lower[joints + 1]
    k = np.array([medium.k.sum() for medium in wiring.media])[segment]
    low, high = metric.resistances(line.segment_lower, line.segment_size, k)
    volume = metric.volume(line.segment_lower, line.segment_size)
    films = tuple(_film(wiring, end, found.ends[end], (lower[0], upper[-1])[end]) for end in (0, 1))
    apparent = np.array(
        [_ratio(*pair) for pair in zip(jump.tolist(), found.joint_flow.tolist(), strict=True)]
    )
    source = np.zeros(3 * len(piece))
    source[1::3] = found.heat
    source[3 * joints + 2] += found.sheet
    references = [_reference(wiring, end) for end in (0, 1)]
    resistance = np.zeros(3 * len(piece) - 1)
    problem = LineProblem(
        line,
        metric,
        Chain(resistance, source, End(references[0]), End(references[1])),
        k,
        found.bent,
        volume,
        joints,
        wiring.area,
        _contacts(wiring, apparent * wiring.area),
        np.zeros(len(joints)),
        found.sheet,
    )
    state = LineState(
        problem=problem,
        lower=lower,
        upper=upper,
        inflow=found.inflow,
        joint_flow=found.joint_flow,
        heat=found.ends,
        levels=(lower, upper),
        media=None,
        series=Series(low + high, apparent, (films[0], films[1])),
        info=info,
        notes=notes,
    )
    result = line_solution.build(layout, state, ())
    if found.centre is not None:
        result = replace(result, fields=LineFields(state, found.centre))
    fields = _channels(wiring, found, joints)
    coldest = float(np.nanmin(fields.least))
    if coldest <= 0.0:
        raise PhysicsError(
            f"no state above absolute zero: a channel would reach {coldest:.4g} K. More heat is drawn than the stack "
            "can carry; check the sign and size of the heats"
        )
    return replace(result, channels=fields, time=t)


def _segments(wiring: Wiring, line: LineMesh) -> Ints:
    """(s,) the segment of the wiring in which each of ``line`` lies."""
    return np.searchsorted(wiring.line.segment_lower, line.segment_lower, side="right") - 1


def _mean(weights: Floats, T: Floats) -> Floats:
    """(s,) means of channels (n, s), exactly their temperature where they share it: a perfect contact has no jump."""
    coldest = np.nanmin(T, axis=0)
    return np.asarray(coldest + np.nansum(weights * (T - coldest), axis=0))


def _weights(wiring: Wiring, s: int) -> Floats:
    """(n_channels,) of each channel in the mean; locked channels share theirs."""
    medium = wiring.media[s]
    weight = np.zeros(len(wiring.stack.channels))
    for share, ids in zip(medium.weight.tolist(), medium.channels, strict=True):
        weight[list(ids)] = share / len(ids)
    return weight


def _contacts(wiring: Wiring, resistance: Floats) -> Contacts:
    """Every contact with its apparent resistance [m^2 K/W]."""
    given, many = wiring.contacts, len(resistance) > LONG
    laws: dict[tuple[float, int], Apparent] = {}
    keys = []
    for j, (R, law) in enumerate(zip(resistance.tolist(), given.law.tolist(), strict=True)):
        # Of thousands, those that rounding alone tells apart are listed as one.
        value = float(f"{R:.9e}") if many else R
        keys.append((value if many else float(j), law))
        laws.setdefault(keys[-1], Apparent(value, given.laws[law]))
    number = {key: n for n, key in enumerate(laws)}
    index = np.array([number[key] for key in keys], dtype=np.intp)
    return Contacts(tuple(laws.values()), index, given.flipped)


def _ratio(drop: float, heat: float) -> float:
    """drop / heat; infinite where nothing passes, 0 where nothing drops."""
    if drop == 0.0:
        return 0.0
    return drop / heat if heat != 0.0 else math.inf


def _reference(wiring: Wiring, end: int) -> float | None:
    """Temperature [K] of all that a side is tied to; None where that is not one."""
    condition = wiring.layout.stack.boundary(SIDES[wiring.stack.geometry.kind][end]).condition
    given = wiring.stack.boundary(SIDES[wiring.stack.geometry.kind][end]).condition
    if isinstance(given, PerChannel):
        own = [c for _, c in given.conditions]
        held = {at_start(c.temperature) for c in own if isinstance(c, Temperature)}
        held |= {at_start(c.ambient) for c in own if isinstance(c, Reservoir)}
        return held.pop() if len(held) == 1 else None
    if isinstance(condition, Temperature):
        return at_start(condition.temperature)
    return at_start(condition.ambient) if isinstance(condition, Reservoir) else None


def _film(wiring: Wiring, end: int, heat: float, surface: float) -> float:
    """Resistance [K/W] between what a side is tied to and the mean at its surface."""
    reference = _reference(wiring, end)
    if reference is None:
        return 0.0
    film = _ratio(reference - surface, heat)
    return film if math.isfinite(film) else 0.0


def _channels(wiring: Wiring, found: Found, joints: Ints) -> ChannelFields:
    layout, line = wiring.layout, found.line
    starts = np.flatnonzero(np.diff(line.segment_piece, prepend=-1))
    lasts = np.append(starts[1:], len(line.segment_piece)) - 1
    cells = found.line.mesh.piece[:, 0]
    first = np.searchsorted(cells, np.arange(layout.n_layers))
    sides = np.stack([found.lower, found.upper])
    low = np.minimum.reduceat(sides.min(axis=0), starts, axis=1)
    high = np.maximum.reduceat(sides.max(axis=0), starts, axis=1)
    below, above = found.upper[:, joints], found.lower[:, joints + 1]
    down, up = found.flow_below / wiring.area, found.flow_above / wiring.area
    flipped = wiring.contacts.flipped
    segment = wiring.line.segment_piece
    own = np.flatnonzero(np.diff(segment, prepend=-1))
    return ChannelFields(
        names=wiring.stack.channels,
        temperature=found.cells,
        flux=found.flux,
        lower=found.lower[:, starts],
        upper=found.upper[:, lasts],
        least=np.minimum(low, np.minimum.reduceat(found.cells, first, axis=1)),
        mean=found.layer_mean,
        most=np.maximum(high, np.maximum.reduceat(found.cells, first, axis=1)),
        below=np.where(flipped, above, below),
        above=np.where(flipped, below, above),
        flux_below=np.where(flipped, -up, down),
        flux_above=np.where(flipped, -down, up),
        far=wiring.far,
        surface=np.stack([found.lower[:, 0], found.upper[:, -1]], axis=1),
        heat=found.end_flow,
        free=tuple(not wiring.media[int(s)].locked for s in own),
        lengths={medium.name: tuple(medium.modes.lengths) for medium in wiring.media if medium.modes.lengths},
        at=found.at,
    )
