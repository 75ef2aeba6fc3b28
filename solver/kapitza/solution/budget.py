"""The resistance budget: what each layer, joint and film costs.

1-D: resistances in series [K/W], which add up to the total. 2-D: differences of area-mean temperatures over the
heat that passes. The mean over a full face falls by Q t / (k A) across a layer of constant width, so layers show
their one-dimensional resistance; what is lost where heat is narrower than the layer is the part called "spreading".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats, Ints
from kapitza.solution.alike import LONG, contact_keys, contact_name, groups, layer_keys, piece_name
from kapitza.solution.parts import BoundaryResult, perfect
from kapitza.solution.solved import Solved

NOTHING = 1e-9  # of the heat that passes


@dataclass(frozen=True)
class Part:
    """name · kind : "layer", "interface", "boundary" or "spreading" · value [K/W] (mean of ``count`` equal ones)
    share : of the total, all ``count`` together; None where there is no total · least, most : [K/W]"""

    name: str
    kind: str
    value: float
    share: float | None
    count: int = 1
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Budget:
    """total [K/W], None where heat has no single way through · parts, in the order in which heat meets them."""

    total: float | None
    parts: Sequence[Part]


@dataclass(frozen=True)
class _Series:
    """Values [K/W] of layers ``layer`` (n,) and contacts ``contact`` (m,), each with its place along the stack."""

    layer: Ints
    layer_value: Floats
    contact: Ints
    contact_value: Floats
    contact_place: Floats


def budget(solved: Solved) -> Budget:
    """Resistance budget of a solution."""
    return _line_budget(solved) if solved.line is not None else _plane_budget(solved)


def films(solved: Solved) -> Budget:
    """What is known of it at an instant of a run in time: the films of a line towards its reservoirs."""
    if solved.line is None:
        return Budget(None, ())
    chain = solved.line.problem.chain
    ends = zip(solved.boundaries, (chain.lower, chain.upper), strict=True)
    return Budget(None, [part for name, end in ends for part in _film(name, end.resistance, None)])


def _parts(solved: Solved, series: _Series, total: float | None) -> list[Part]:
    """Parts in stack order; where there are too many, equal ones together."""
    together = len(series.layer) + len(series.contact) > LONG
    found: list[tuple[float, Part]] = []
    for members in groups(layer_keys(solved.layout, series.layer), together):
        name = piece_name(solved.layout, series.layer[members])
        found.append(
            (float(series.layer[members[0]]), _part(name, "layer", series.layer_value[members], total))
        )
    for members in groups(contact_keys(solved, series.contact), together):
        name = contact_name(solved, series.contact[members])
        place = float(series.contact_place[members[0]])
        found.append((place, _part(name, "interface", series.contact_value[members], total)))
    found.sort(key=lambda entry: entry[0])
    return [part for _, part in found]


def _part(name: str, kind: str, values: Floats, total: float | None) -> Part:
    share = math.fsum(values.tolist()) / total if total else None
    if len(values) == 1:
        return Part(name, kind, float(values[0]), share)
    return Part(
        name, kind, float(values.mean()), share, len(values), float(values.min()), float(values.max())
    )


def _film(boundary: str, value: float, total: float | None) -> list[Part]:
    return [_part(boundary, "boundary", np.array([value]), total)] if value > 0 else []


# One dimension --------------------------------------------------------------------------------------------


def _line_budget(solved: Solved) -> Budget:
    state, layout = solved.line, solved.layout
    assert state is not None
    starts = np.flatnonzero(np.diff(state.problem.line.segment_piece, prepend=-1))
    layers = np.add.reduceat(state.series.segments, starts)
    joints, films = state.series.joints, state.series.films
    names = list(solved.boundaries)
    total: float | None = math.fsum([*films, *layers.tolist(), *joints.tolist()])
    if solved.has_sources or total is None or not math.isfinite(total):
        total = None
    resisting = np.flatnonzero(joints != 0)
    series = _Series(
        np.arange(layout.n_layers), layers, resisting, joints[resisting], resisting.astype(float) + 0.5
    )
    parts = _parts(solved, series, total)
    return Budget(total, [*_film(names[0], films[0], total), *parts, *_film(names[1], films[1], total)])


# Two dimensions -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Way:
    """Heat [W] from where it enters, at ``temperature`` [K], to a sink: it passes the layers from ``first`` on, whose
    near side counts as being at ``near`` [K]. inlet : side through which it enters, None: a source inside."""

    heat: float
    upwards: bool
    sink: BoundaryResult
    inlet: BoundaryResult | None
    first: int
    temperature: float
    near: float


def _plane_budget(solved: Solved) -> Budget:
    way = _way(solved)
    if way is None:
        return Budget(None, [])
    assert way.sink.reference is not None
    total = (way.temperature - way.sink.reference) / way.heat
    parts = [] if way.inlet is None else _film(way.inlet.name, way.inlet.film, total)
    inside = _parts(solved, _along(solved, way), total)
    parts += inside if way.upwards else inside[::-1]
    parts += _film(way.sink.name, way.sink.film, total)
    rest = total - math.fsum(part.value * part.count for part in parts)
    return Budget(total, [*parts, _part("spreading", "spreading", np.array([rest]), total)])


def _way(solved: Solved) -> _Way | None:
    """The single way of all heat through the stack: out through the top or the bottom alone, in through the opposite
    side or from sources inside one layer; None where there is none."""
    through = solved.heat_through
    if through <= 0.0:
        return None
    entering: list[BoundaryResult] = []
    leaving: list[BoundaryResult] = []
    for side in solved.boundaries.values():
        flow = side.flux_values * side.area
        into, out = float(flow[flow > 0].sum()), -float(flow[flow < 0].sum())
        if into > NOTHING * through:
            entering.append(side)
        if out > NOTHING * through:
            leaving.append(side)
    if len(leaving) != 1 or leaving[0].name not in ("bottom", "top") or leaving[0].reference is None:
        return None
    sink, upwards = leaving[0], leaving[0].name == "top"
    present = np.flatnonzero(~np.isnan(solved.pieces.mean[: solved.layout.n_layers]))
    if len(present) == 0:
        return None
    if not solved.has_sources and len(entering) == 1 and entering[0].name in ("bottom", "top"):
        inlet = entering[0]
        if inlet is sink:
            return None
        first = int(present[0] if upwards else present[-1])
        near = float((solved.pieces.bottom if upwards else solved.pieces.top)[first])
        flux = np.maximum(inlet.flux_values, 0.0) * inlet.area
        warm = float(np.average(inlet.temperature_values, weights=flux))
        temperature = warm if inlet.reference is None else inlet.reference
        return _Way(-sink.heat, upwards, sink, inlet, first, temperature, near)
    if entering or solved.sources is None or solved.sources.layer is None:
        return None
    sources = solved.sources
    assert sources.layer is not None
    return _Way(-sink.heat, upwards, sink, None, sources.layer, sources.temperature, sources.level)


def _along(solved: Solved, way: _Way) -> _Series:
    """Drops of mean temperature over heat, from the layer where heat enters to the sink."""
    table, layout = solved.pieces, solved.layout
    count = layout.n_layers
    order = np.arange(way.first, count) if way.upwards else np.arange(way.first, -1, -1)
    order = order[~np.isnan(table.mean[order])]
    near, far = (
        (table.bottom[order], table.top[order]) if way.upwards else (table.top[order], table.bottom[order])
    )
    near = near.copy()
    near[0] = way.near
    contacts: list[tuple[int, float, float]] = []
    follows = set(zip(order[:-1].tolist(), order[1:].tolist(), strict=True))
    for i in range(len(solved.interfaces)):
        below, above = (int(p) for p in solved.interfaces.faces.pieces[i])
        if (below, above) not in follows and (above, below) not in follows:
            continue
        contact = solved.interfaces.at(i)
        if not perfect(contact.law) and not contact.vertical.all():
            sign = 1.0 if (below, above) in follows else -1.0
            contacts.append((i, sign * contact.jump / way.heat, 0.5 * (below + above)))
    columns = np.array(contacts, dtype=float).reshape(-1, 3)
    which = columns[:, 0].astype(np.intp)
    return _Series(order, (near - far) / way.heat, which, columns[:, 1], columns[:, 2])
