"""Fields of a solved 1-D stack: cells, side temperatures, contacts and boundaries."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kapitza.assemble.line import LineProblem
from kapitza.layout import Floats, Layout
from kapitza.model import SIDES
from kapitza.solution.parts import BoundaryResult, ContactFaces, Interfaces
from kapitza.solution.solved import Fields, PieceTable, Solved
from kapitza.steady import LineState

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)  # exact means of the closed profiles


def build(layout: Layout, problem: LineProblem, state: LineState, warnings: Sequence[str]) -> Solved:
    """Everything known of a slab, cylinder or sphere."""
    lower, upper = state.chain.temperature[0::3], state.chain.temperature[2::3]
    fields = Fields(
        temperature=state.cell_base + state.cell_rise,
        heat_flux_z=_cell_flux(problem, state),
        heat_flux_x=None,
        lower_side=lower,
        upper_side=upper,
    )
    taken = problem.chain.source[problem.chain.source != 0]
    return Solved(
        layout=layout,
        mesh=problem.line.mesh,
        fields=fields,
        pieces=_pieces(layout, problem, state),
        interfaces=_interfaces(layout, problem, state),
        boundaries=_boundaries(layout, problem, state),
        internal_heat=(math.fsum(taken[taken > 0].tolist()), math.fsum(taken[taken < 0].tolist())),
        solver=state.info,
        warnings=(*warnings, *state.notes),
        line=problem,
        has_sources=len(taken) > 0,
    )


def _cell_flux(problem: LineProblem, state: LineState) -> Floats:
    """(nz,) flux density at cell centres [W/m^2]."""
    s = problem.centres()
    start = problem.per_cell(problem.line.segment_lower)
    share = problem.metric.volume(start, s) / problem.per_cell(problem.volume)
    flow = problem.per_cell(state.chain.flux[0::3]) + problem.per_cell(problem.heat) * share
    return flow / problem.metric.area(start + s)


def _pieces(layout: Layout, problem: LineProblem, state: LineState) -> PieceTable:
    """Extremes and means of every layer, exact: at the faces, and where the flux changes its sign inside."""
    chain, line, metric = state.chain, problem.line, problem.metric
    low, up = chain.rise[0::3], chain.rise[2::3]
    mean = np.zeros(len(low))
    weight = np.zeros(len(low))
    for node, share in zip(_NODES, _WEIGHTS, strict=True):
        s = line.segment_size * (0.5 * (1.0 + node))
        w = share * metric.area(line.segment_lower + s)
        mean += w * problem.at(low, up, s)
        weight += w
    mean /= weight
    least, most = np.minimum(low, up), np.maximum(low, up)
    with np.errstate(divide="ignore", invalid="ignore"):
        fraction = -chain.flux[0::3] / problem.heat
        turning = (fraction > 0) & (fraction < 1)
    if turning.any():
        extreme = problem.at(low, up, _height_of_share(problem, np.where(turning, fraction, 0.5)))
        least = np.where(turning, np.minimum(least, extreme), least)
        most = np.where(turning, np.maximum(most, extreme), most)
    base = chain.base[0::3]
    starts = np.flatnonzero(np.diff(line.segment_piece, prepend=-1))
    ends = np.append(starts[1:], len(low)) - 1
    volume = np.add.reduceat(problem.volume, starts)
    return PieceTable(
        volume=volume,
        least=np.minimum.reduceat(base + least, starts),
        mean=base[starts] + np.add.reduceat(mean * problem.volume, starts) / volume,
        most=np.maximum.reduceat(base + most, starts),
        bottom=(base + low)[starts],
        top=(base + up)[ends],
    )


def _height_of_share(problem: LineProblem, fraction: Floats) -> Floats:
    """(n,) height [m] above a segment's lower face below which ``fraction`` of its volume lies."""
    r, d = problem.line.segment_lower, problem.line.segment_size
    if problem.metric.kind == "slab":
        return fraction * d
    power = 2.0 if problem.metric.kind == "cylinder" else 3.0
    inner, outer = r**power, (r + d) ** power
    return np.clip((inner + fraction * (outer - inner)) ** (1.0 / power) - r, 0.0, d)


def _interfaces(layout: Layout, problem: LineProblem, state: LineState) -> Interfaces:
    joints, contacts, chain = problem.joints, problem.contacts, state.chain
    turned = contacts.flipped
    sign = np.where(turned, -1.0, 1.0)
    lower, upper = chain.temperature[3 * joints + 2], chain.temperature[3 * joints + 3]
    flow = chain.flux[3 * joints + 2]
    resistance = contacts.resistance
    flux = flow / problem.area
    with np.errstate(invalid="ignore"):
        jump = np.where(np.isinf(resistance), lower - upper, flux * resistance)
    piece = problem.line.segment_piece
    pair = np.stack([piece[joints], piece[joints + 1]], axis=1)
    pair = np.where(turned[:, np.newaxis], pair[:, ::-1], pair)
    faces = ContactFaces(
        pieces=pair,
        law=contacts.laws,
        law_index=contacts.law,
        start=np.arange(len(joints) + 1),
        area=problem.area,
        below=np.where(turned, upper, lower),
        above=np.where(turned, lower, upper),
        flux=sign * flux,
        jump=sign * jump,
        z=problem.line.segment_lower[joints + 1],
        x=None,
        vertical=np.zeros(len(joints), dtype=bool),
    )
    return Interfaces(layout, faces)


def _boundaries(layout: Layout, problem: LineProblem, state: LineState) -> dict[str, BoundaryResult]:
    names = SIDES[layout.stack.geometry.kind]
    edges = layout.layer_edges
    temperature = state.chain.temperature
    rows = (
        (names[0], edges[0], state.chain.heat_lower, temperature[0], problem.chain.lower),
        (names[1], edges[-1], state.chain.heat_upper, temperature[-1], problem.chain.upper),
    )
    result: dict[str, BoundaryResult] = {}
    for name, r, heat, surface, end in rows:
        area = problem.metric.area(np.array([r]))
        flux = np.array([heat]) / area if area[0] > 0 else np.zeros(1)
        result[name] = BoundaryResult(
            name, area, flux, np.array([surface]), np.array([[r, r]]), end.temperature, end.resistance
        )
    return result
