"""`Effects` in two dimensions, face by face: a flow changes with the half cells, shifts and joints beside it,

    dQ = d1 (ds1 - L da1) + d2 (ds2 + E da2) - share Q dR/R,

d1, d2 its slopes by the variables of the two cells, L and E what leaves the first and enters the second, s the shift by
heat within a half cell a; and a change of a flow counts by `_multipliers`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kapitza import properties
from kapitza.assemble.system import Faces, Links, Side, SideTerm, System
from kapitza.layout import Floats, Ints
from kapitza.model import Heat, Layer, Region, Stack
from kapitza.newton.continued import flux
from kapitza.solution.plane import halves
from kapitza.studies.adjoint.effects import STEP, Effects, Place, shares, sourced, summed
from kapitza.studies.adjoint.line import exact
from kapitza.studies.adjoint.moved import UnmovableError, row_growth
from kapitza.studies.adjoint.plane import PlaneAdjoint
from kapitza.studies.adjoint.plane_form import LEFT, Form, PlaneForm, groups

LATERAL = ("left", "right", "inner", "outer")


@dataclass(frozen=True)
class _Sums:
    """Derivatives of J, (cells,) each: by ln of the half cells through and across, and of the heat; ``contact`` by ln R
    of each, ``across`` (cells,) by ln R of joints that stand upright."""

    through: Floats
    lateral: Floats
    shift: Floats
    contact: Floats
    across: Floats
    film: dict[Place, Floats]
    ambient: dict[Place, float]

    @staticmethod
    def nothing(cells: int, contacts: int) -> _Sums:
        through, lateral, shift, across = (np.zeros(cells) for _ in range(4))
        return _Sums(through, lateral, shift, np.zeros(contacts + 1), across, {}, {})


def of_plane(adjoint: PlaneAdjoint, form: Form, answer: Floats) -> Effects:
    base, system, layout = adjoint.base, adjoint.base.system, adjoint.layout
    weights = form(system)
    inner, outer = _multipliers(adjoint, weights, answer)
    sums = _Sums.nothing(adjoint.mesh.piece.size, len(system.pairs))
    for name in inner:
        _of_faces(adjoint, name, inner[name], weights, sums)
    for side in system.sides:
        for number, term in enumerate(side.terms):
            _of_condition(adjoint, side, number, term, outer[side.name], sums)
    _of_places(adjoint, weights, sums)
    of_k = -(sums.through + sums.lateral + sums.shift)
    if system.links is not None:
        a, b, g = system.links.first, system.links.second, system.links.conductance
        u, mu = base.level.ravel(), answer.ravel()
        of_k += np.bincount(a, -(mu[a] - mu[b]) * g * (u[a] - u[b]), len(of_k))
        beside, joints, warmer = adjoint.rims.effects(u, mu, len(system.pairs))
        of_k += beside
        sums.contact[:-1] += joints
        places = properties.referring(layout.stack) if layout.stack.solve.properties_at is None else {}
        for place in places:
            sums.ambient[place] = sums.ambient.get(place, 0.0) + warmer / len(places)
    piece = system.mesh.piece.ravel()
    held = np.flatnonzero(piece >= 0)
    kinds = layout.kind(piece[held].astype(np.intp))
    heated = system.heat.ravel() * answer.ravel() + sums.shift
    plain = not sourced(layout.stack)
    return Effects(
        conductivity=summed(kinds, of_k[held], layout.n_kinds),
        resistance=sums.contact[:-1],
        film=sums.film,
        ambient=sums.ambient,
        heat=summed(kinds, heated[held], layout.n_kinds) if plain else None,
        thickness=_sizes(adjoint, form, outer, answer, sums) if _stretches(layout.stack, system) else None,
    )


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


def _of_faces(adjoint: PlaneAdjoint, name: str, m: Floats, form: PlaneForm, sums: _Sums) -> None:
    system = adjoint.base.system
    faces, first, second = groups(system)[name]
    s = adjoint.slopes[name]
    leaving, through, entering = (flow.ravel() for flow in adjoint.base.flows[name])
    slope1, slope2 = s.by_first, s.by_second
    if name != "z" and adjoint.base.problem is not None and adjoint.base.problem.lateral is not None:
        along = adjoint.base.problem.levels(adjoint.base.level.ravel(), adjoint.temperature.ravel())[1]
        slope1, slope2 = slope1 / along[first], slope2 / along[second]
    d1, d2 = m * slope1, m * slope2
    to, shape = sums.through if name == "z" else sums.lateral, system.mesh.shape
    first_half, second_half = _times(faces.half_first, leaving), _times(faces.half_second, entering)
    _collect(name, to.reshape(shape), -d1 * first_half, d2 * second_half)
    if name == "z" and system.heat.any():
        up, down = system.shift_upper[:-1].ravel(), system.shift_lower[1:].ravel()
        _collect(name, sums.shift.reshape(shape), d1 * up, d2 * down)
    contact = faces.contact.ravel()
    here = np.flatnonzero(contact >= 0)
    if not len(here):
        return
    change = -m[here] * _joint_share(adjoint, name, here, slope1[here]) * through[here]
    np.add.at(sums.contact, contact[here], change)
    if name != "z":
        np.add.at(sums.across, first[here], change)
    if form.jumps and name in form.flows:
        places, weight = form.flows[name]
        np.add.at(sums.contact, contact[places], weight * through[places])


def _collect(name: str, to: Floats, first: Floats, second: Floats) -> None:
    """Adds values of all faces of an orientation to their first and second cells, ``to`` (nz, nx)."""
    one, two = {
        "z": (to[:-1], to[1:]),
        "x": (to[:, :-1], to[:, 1:]),
        "wrap": (to[:, -1], to[:, 0]),
    }[name]
    one += first.reshape(one.shape)
    two += second.reshape(two.shape)


def _of_condition(
    adjoint: PlaneAdjoint, side: Side, number: int, term: SideTerm, multiplier: Floats, sums: _Sums
) -> None:
    """One condition with a temperature of one side."""
    base = adjoint.base
    system, problem = base.system, base.problem
    here = np.flatnonzero(term.weight > 0)
    if term.temperature is None or not len(here):
        return
    cell = (side.row * adjoint.mesh.shape[1] + side.column)[here]
    lateral = side.name in LATERAL
    level, shift = (base.lateral if lateral else base.level).ravel()[cell], np.zeros(len(cell))
    if not lateral:
        shift = (system.shift_lower if side.name == "bottom" else system.shift_upper).ravel()[cell]
    half, beside = side.half[here] / term.weight[here], np.ones((1, len(here)))
    if problem is None:
        slope = term.conductance[here]
        out = slope * (level + shift - (term.temperature - base.reference))
        share, warmer = slope * term.film[here] / term.weight[here], slope
    else:
        key = f"{side.name}.{number}"
        medium = problem.mediums[key]
        flow = problem.term_flow(key, side, term, here, level + shift, medium)
        slope, out, share, warmer = flow.first, flow.through, np.zeros(len(here)), -flow.second
        if term.law is None or exact(term.law):
            warmer = warmer * medium.conductivity(np.full(len(here), term.temperature))
        else:
            T = medium.temperature(level + shift - half * out)
            by_surface = flux(term.law, T, np.full(len(here), term.temperature)).first
            share = slope * medium.conductivity(T) / (side.area[here] * term.weight[here] * by_surface)
            beside = shares(term.law, T, np.full(len(here), term.temperature))
    m = multiplier[here]
    np.add.at(sums.lateral if lateral else sums.through, cell, m * slope * half * out)
    np.add.at(sums.shift, cell, -m * slope * shift)
    if share.any():
        sums.film[side.name, number] = beside @ (m * share * out)
        if lateral:
            np.add.at(sums.across, cell, m * share * out)
    sums.ambient[side.name, number] = float((m * warmer).sum())


def _of_places(adjoint: PlaneAdjoint, form: PlaneForm, sums: _Sums) -> None:
    """Faces that are looked at: their variable is the cell's, the shift, and a half cell times what enters."""
    system = adjoint.base.system
    for side, cells, weight in form.sides:
        weight = adjoint.per_level(side, cells, weight)
        level, _ = adjoint.base.sized(side, cells)
        lateral = side >= LEFT
        drop = level - (adjoint.base.lateral if lateral else adjoint.base.level).ravel()[cells]
        if not lateral:
            shift = (system.shift_lower if side == 0 else system.shift_upper).ravel()[cells]
            np.add.at(sums.shift, cells, weight * shift)
            drop = drop - shift
        np.add.at(sums.lateral if lateral else sums.through, cells, weight * drop)


def _joint_share(adjoint: PlaneAdjoint, name: str, here: Ints, slope: Floats) -> Floats:
    """(n,) part of the drop across faces ``here`` that lies in the joint: -dQ/Q by ln R. slope : dQ by first levels"""
    system, problem = adjoint.base.system, adjoint.base.problem
    faces, first, second = groups(system)[name]
    if problem is None:
        return _times(faces.resistance.ravel()[here], slope)
    found, whole = np.zeros(faces.contact.size), np.zeros(faces.contact.size)
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


def _times(half: Floats, flow: Floats) -> Floats:
    """Resistances (faces of any shape) times flows (n,); nothing flows where one is infinite."""
    a = half.ravel()
    infinite = np.isinf(a)
    return np.where(infinite, 0.0, a) * flow if infinite.any() else a * flow


# Sizes ----------------------------------------------------------------------------------------------------


def _stretches(stack: Stack, system: System) -> bool:
    """Whether rows alone tell what a layer's thickness does: no source or patch lies at heights of its own."""
    lateral = [stack.boundary(side) for side in LATERAL]
    return not (
        sourced(stack)
        or any(sheet.any() for sheet in system.faces_x.sheets)
        or any(boundary.patches for boundary in lateral)
        or any(isinstance(boundary.condition, Heat) for boundary in lateral)
    )


def _sizes(
    adjoint: PlaneAdjoint, form: Form, outer: dict[str, Floats], answer: Floats, sums: _Sums
) -> Floats:
    """(layer kinds,) as rows grow with a layer: through cells resist more, across less, with the joints and films
    there; heats by density grow, totals are shared anew; weights of the functional change. NaN where that is not
    all."""
    system, layout, mesh = adjoint.base.system, adjoint.layout, adjoint.mesh
    of_row = (sums.through + sums.shift - sums.lateral - sums.across).reshape(mesh.shape).sum(axis=1)
    for side in system.sides:
        if side.name in LATERAL:
            for term in side.terms:
                np.add.at(of_row, side.row, outer[side.name] * term.heat)
    heat = _Heated.of(adjoint, answer, sums)
    uneven = 1.0 + STEP * np.linspace(0.0, 1.0, len(mesh.dz))
    fixed = form(_stretched(system, uneven)).same(form(system))
    found = np.full(len(layout.kinds), np.nan)
    for kind in range(len(layout.kinds)):
        try:
            growth = row_growth(mesh, layout, kind)
        except UnmovableError:
            continue  # said where it is asked for by itself
        if system.links is not None and growth[_linked_rows(system.links, mesh.shape[1])].any():
            continue
        found[kind] = of_row @ growth + heat.by_rows(growth)
        if not fixed:
            values = [
                adjoint.base.value(form(_stretched(system, 1.0 + sign * STEP * growth)), adjoint.temperature)
                for sign in (1.0, -1.0)
            ]
            found[kind] += (values[0] - values[1]) / (2.0 * STEP)
    return found


def _linked_rows(links: Links, columns: int) -> Ints:
    return np.unique(np.concatenate([links.first, links.second]) // columns)


@dataclass(frozen=True)
class _Heated:
    """Derivatives of J by ln of the heat of every cell (cells,): ``dense`` of what is given by volume, ``shared`` of
    totals, which the cells of a ``piece`` (cells,) share by ``volume``."""

    dense: Floats
    shared: Floats
    piece: Ints
    volume: Floats
    rows: int

    @staticmethod
    def of(adjoint: PlaneAdjoint, answer: Floats, sums: _Sums) -> _Heated:
        base, layout, mesh = adjoint.base, adjoint.layout, adjoint.mesh
        mu = answer.ravel()
        piece = np.maximum(mesh.piece.ravel(), 0).astype(np.intp)
        carriers: list[Layer | Region] = [*layout.kinds, *layout.regions]
        total = np.array([carrier.heat != 0.0 for carrier in carriers] + [False])
        total = total[np.minimum(layout.kind(piece), len(total) - 1)]
        given = base.system.heat.ravel() * mu + sums.shift
        dense = np.where(total, 0.0, given)
        if base.problem is not None and base.system.growth:
            dense = dense + base.problem.grown(adjoint.temperature.ravel())[0] * mu
        volume = np.where(mesh.piece >= 0, mesh.dz[:, np.newaxis] * base.system.area_z[0], 0.0).ravel()
        return _Heated(dense, np.where(total, given, 0.0), piece, volume, len(mesh.dz))

    def by_rows(self, growth: Floats) -> float:
        """As rows grow by ``growth`` (rows,)."""
        cells = np.repeat(growth, len(self.piece) // self.rows)
        found = float(self.dense @ cells)
        if self.shared.any():
            whole = np.bincount(self.piece, self.volume)
            mean = np.bincount(self.piece, self.volume * cells) / np.where(whole > 0.0, whole, 1.0)
            found += float(self.shared @ (cells - mean[self.piece]))
        return found


def _stretched(system: System, growth: Floats) -> System:
    """As far as functionals look at it: rows of other heights (nz,), with their faces. Nothing else is changed."""
    mesh = system.mesh
    dz = mesh.dz * growth
    z_edges = mesh.z_edges + np.concatenate([[0.0], np.cumsum(dz - mesh.dz)])
    upright = growth[:, np.newaxis]

    def grown(faces: Faces, by: Floats) -> Faces:
        return replace(faces, area=faces.area * by, resistance=faces.resistance / by)

    sides = [
        replace(side, area=side.area * growth, along=z_edges) if side.name in LATERAL else side
        for side in system.sides
    ]
    return replace(
        system,
        mesh=replace(mesh, dz=dz, z_edges=z_edges),
        area_x=system.area_x * upright,
        faces_x=grown(system.faces_x, upright),
        wrap=None if system.wrap is None else grown(system.wrap, growth),
        sides=sides,
    )
