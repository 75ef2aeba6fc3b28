"""What conductivities, contacts and films do to a functional: all of them from one adjoint, as products of flows.

Everything is a derivative by a logarithm, J per relative change: of the conductivity of each kind of piece (through and
along together), of the resistance of each contact, of the resistance behind each condition of a boundary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kapitza.assemble.system import Side
from kapitza.layout import Floats, Ints
from kapitza.model import SIDES
from kapitza.newton.continued import flux
from kapitza.solution.plane import halves
from kapitza.studies.adjoint.line import LineAdjoint, exact
from kapitza.studies.adjoint.line_form import LineForm
from kapitza.studies.adjoint.plane import PlaneAdjoint
from kapitza.studies.adjoint.plane_form import LEFT, PlaneForm, groups

Place = tuple[str, int]  # a side, and which of its conditions: 0 the whole side's, then the patches


@dataclass(frozen=True)
class Effects:
    """conductivity : (n_kinds,) · resistance : (contacts,) · film : of each condition with a resistance"""

    conductivity: Floats
    resistance: Floats
    film: Mapping[Place, float]


def of_line(adjoint: LineAdjoint, form: LineForm, answer: tuple[Floats, Floats]) -> Effects:
    """In a chain dJ/d ln r = phi r Q; a mean or a point inside a segment with heat sees its conductivity besides."""
    phi, _ = answer
    state, problem, layout = adjoint.state, adjoint.state.problem, adjoint.posed.layout
    r = adjoint.chain.resistance
    inflow, outflow = state.inflow, state.inflow + problem.heat
    of_segment = -phi[1:-1:3] * r[0::3] * inflow - phi[2:-1:3] * r[1::3] * outflow
    if len(form.segment):
        np.add.at(of_segment, form.segment, -form.bulges(state))
    kinds = layout.kind_of[problem.line.segment_piece]
    joints = problem.joints
    between = r[3 * joints + 2]
    finite = np.isfinite(between)
    of_joint = phi[3 * joints + 3] * np.where(finite, between, 0.0) * state.joint_flow
    of_joint += form.jumps(state)
    film: dict[Place, float] = {}
    names = SIDES[layout.stack.geometry.kind]
    for which, end in enumerate((adjoint.chain.lower, adjoint.chain.upper)):
        if end.temperature is not None and end.resistance > 0.0:
            flow = state.heat[0] if which == 0 else -state.heat[1]
            film[names[which], 0] = float(phi[0 if which == 0 else -1] * end.resistance * flow)
    return Effects(_summed(kinds, of_segment, layout.n_kinds), of_joint, film)


def of_plane(adjoint: PlaneAdjoint, form: PlaneForm, answer: Floats) -> Effects:
    """Face by face: a flow changes with the half cells and the joint beside it; it counts by `_multipliers`."""
    base, system, layout = adjoint.base, adjoint.base.system, adjoint.layout
    inner, outer = _multipliers(adjoint, form, answer)
    of_cell = _bulges(adjoint, form)
    of_contact = np.zeros(len(system.pairs) + 1)
    for name, (faces, first, second) in groups(system).items():
        if not len(first):
            continue
        s, m = adjoint.slopes[name], inner[name]
        d1, d2 = s.by_first, s.by_second
        if name != "z":
            along = _lateral_slope(adjoint)
            d1, d2 = d1 / along[first], d2 / along[second]
        shift1 = system.shift_upper.ravel()[first] if name == "z" else 0.0
        shift2 = system.shift_lower.ravel()[second] if name == "z" else 0.0
        leaving, through, entering = (flow.ravel() for flow in base.flows[name])
        by_first = m * d1 * (_times(faces.half_first, leaving) - shift1)
        by_second = -m * d2 * (_times(faces.half_second, entering) + shift2)
        of_cell += np.bincount(first, by_first, len(of_cell)) + np.bincount(second, by_second, len(of_cell))
        contact = faces.contact.ravel()
        here = np.flatnonzero(contact >= 0)
        share = _joint_share(adjoint, name, here, d1[here])
        of_contact += np.bincount(contact[here], -m[here] * share * through[here], len(of_contact))
        if form.jumps and name in form.flows:
            places, weight = form.flows[name]
            of_contact += np.bincount(contact[places], weight * through[places], len(of_contact))
    if system.links is not None:
        a, b, g = system.links.first, system.links.second, system.links.conductance
        u, mu = base.level.ravel(), answer.ravel()
        of_cell += np.bincount(a, -(mu[a] - mu[b]) * g * (u[a] - u[b]), len(of_cell))
    film: dict[Place, float] = {}
    for side in system.sides:
        _of_side(adjoint, side, outer[side.name], of_cell, film)
    piece = system.mesh.piece.ravel()
    held = piece >= 0
    kinds = layout.kind(piece[held].astype(np.intp))
    return Effects(_summed(kinds, of_cell[held], layout.n_kinds), of_contact[:-1], film)


def _summed(which: Ints, values: Floats, count: int) -> Floats:
    """(count,) sums of ``values`` (n,) over those of each number."""
    return np.asarray(np.bincount(which, values, count), dtype=float)


def _times(half: Floats, flow: Floats) -> Floats:
    """Half cells (faces of any shape) times flows (n,); nothing flows where one is infinite."""
    a = half.ravel()
    return np.where(np.isinf(a), 0.0, np.where(np.isinf(a), 0.0, a) * flow)


def _lateral_slope(adjoint: PlaneAdjoint) -> Floats:
    """(cells,) dw/du: slopes across are kept by the variable through."""
    problem = adjoint.base.problem
    if problem is None:
        return np.ones(adjoint.mesh.piece.size)
    return problem.levels(adjoint.base.level.ravel(), adjoint.temperature.ravel())[1]


def _multipliers(
    adjoint: PlaneAdjoint, form: PlaneForm, answer: Floats
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """d(J + lambda F) by the flow of every face at fixed temperatures: of inner faces by orientation, and of the heat
    that enters by each side."""
    base, mu = adjoint.base, answer.ravel()
    inner = {name: mu[s.second] - mu[s.first] for name, s in adjoint.slopes.items()}
    columns = adjoint.mesh.shape[1]
    outer = {side.name: mu[side.row * columns + side.column] for side in base.system.sides}
    for name, (here, weight) in form.flows.items():
        np.add.at(inner[name], here, weight)
    for side, cells, weight in form.sides:
        half = halves(base.system)[side].ravel()[cells]
        weight = adjoint.per_level(side, cells, weight) * np.where(np.isinf(half), 0.0, half)
        for name, at, sign, chosen in adjoint.beside(side, cells):
            np.add.at(inner[name] if name in inner else outer[name], at, sign * weight[chosen])
    return inner, outer


def _bulges(adjoint: PlaneAdjoint, form: PlaneForm) -> Floats:
    """(cells,) d J by ln k at fixed flows: faces come nearer to the centres' temperatures."""
    found = np.zeros(adjoint.mesh.piece.size)
    for side, cells, weight in form.sides:
        level, _ = adjoint.base.sized(side, cells)
        own = (adjoint.base.lateral if side >= LEFT else adjoint.base.level).ravel()[cells]
        np.add.at(found, cells, -adjoint.per_level(side, cells, weight) * (level - own))
    return found


def _joint_share(adjoint: PlaneAdjoint, name: str, here: Ints, slope: Floats) -> Floats:
    """(n,) part of the drop across faces ``here`` that lies in the joint: -dQ/Q by ln R. slope : dQ by first levels"""
    system, problem = adjoint.base.system, adjoint.base.problem
    faces, first, second = groups(system)[name]
    if problem is None:
        R = faces.resistance.ravel()[here]
        return np.where(np.isinf(R), 0.0, slope * np.where(np.isinf(R), 0.0, R))
    found = np.zeros(len(faces.contact.ravel()))
    whole = np.zeros(len(found))
    whole[here] = slope
    leaving, _, entering = (flow.ravel() for flow in adjoint.base.flows[name])
    level = (adjoint.base.level if name == "z" else adjoint.base.lateral).ravel()
    for meeting in problem.orientations[name].meetings:
        if exact(meeting.law):
            continue
        at = meeting.here
        a, b = first[at], second[at]
        up = system.shift_upper.ravel()[a] if name == "z" else 0.0
        down = system.shift_lower.ravel()[b] if name == "z" else 0.0
        T1 = meeting.first.temperature(level[a] + up - meeting.half_first * leaving[at])
        T2 = meeting.second.temperature(level[b] + down + meeting.half_second * entering[at])
        by_first = flux(meeting.law, T1, T2).first
        found[at] = whole[at] * meeting.first.conductivity(T1) / (meeting.area * by_first)
    return found[here]


def _of_side(
    adjoint: PlaneAdjoint, side: Side, multiplier: Floats, of_cell: Floats, film: dict[Place, float]
) -> None:
    """Adds what the half cells at a boundary do to ``of_cell``, and what its films do to ``film``."""
    base = adjoint.base
    system, problem = base.system, base.problem
    cell = side.row * adjoint.mesh.shape[1] + side.column
    lateral = side.name in ("left", "right", "inner", "outer")
    level, shift = (base.lateral if lateral else base.level).ravel()[cell], np.zeros(len(cell))
    if not lateral:
        shift = (system.shift_lower if side.name == "bottom" else system.shift_upper).ravel()[cell]
    for number, term in enumerate(side.terms):
        here = np.flatnonzero(term.weight > 0)
        if term.temperature is None or not len(here):
            continue
        if problem is None:
            slope = term.conductance[here]
            out = slope * (level + shift - (term.temperature - base.reference))[here]
            share = slope * term.film[here] / term.weight[here]
        else:
            medium = problem.mediums[f"{side.name}.{number}"]
            flow = problem.term_flow(f"{side.name}.{number}", side, term, here, (level + shift)[here], medium)
            slope, out, share = flow.first, flow.through, np.zeros(len(here))
            if term.law is not None and not exact(term.law):
                area = side.area[here] * term.weight[here]
                T = medium.temperature((level + shift)[here] - side.half[here] / term.weight[here] * out)
                by_surface = flux(term.law, T, np.full(len(here), term.temperature)).first
                share = slope * medium.conductivity(T) / (area * by_surface)
        m = multiplier[here]
        np.add.at(of_cell, cell[here], -m * slope * (side.half[here] / term.weight[here] * out - shift[here]))
        if share.any():
            film[side.name, number] = float((m * share * out).sum())
