"""What the numbers of a stack do to a functional, all of them from one adjoint, as products of flows.

Most are derivatives by a logarithm, J per relative change: of the conductivity of each kind of piece (through and along
together), of the resistance of each contact, of the resistance behind each condition of a boundary, of heats, sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from kapitza.interfaces.compose import Parallel
from kapitza.interfaces.law import Law
from kapitza.layout import Floats, Ints
from kapitza.model import SIDES, Source, Stack
from kapitza.newton.continued import flux
from kapitza.studies.adjoint.line import LineAdjoint
from kapitza.studies.adjoint.line_form import LineForm, two_sided

Place = tuple[str, int]  # a side, and which of its conditions: 0 the whole side's, then the patches
STEP = 1e-4  # relative, where the weights of a functional are differenced


@dataclass(frozen=True)
class Effects:
    """conductivity : (n_kinds,) · resistance : (contacts,)
    film : (parts,) of each condition with a resistance, by what lies side by side there (`parts`)
    ambient : of each condition with a temperature, per kelvin · heat : (n_kinds,), None where sources overlap it
    thickness : (layer kinds,), None where an edge at a fixed height would move through the cells"""

    conductivity: Floats
    resistance: Floats
    film: Mapping[Place, Floats]
    ambient: Mapping[Place, float]
    heat: Floats | None
    thickness: Floats | None


def sourced(stack: Stack) -> bool:
    """Whether heat lies in parts of layers, beside what the layers carry."""
    return any(isinstance(source, Source) for source in stack.sources)


def parts(law: Law) -> tuple[Law, ...]:
    """Laws that lie side by side: convection and radiation."""
    return law.members if isinstance(law, Parallel) else (law,)


def shares(law: Law, surface: Floats, ambient: Floats) -> Floats:
    """(parts, n) of the flux from surfaces (n,) [K] to temperatures outside (n,) [K]."""
    q = np.array([flux(part, surface, ambient).q for part in parts(law)])
    total = q.sum(axis=0)
    return np.asarray(q / np.where(total == 0.0, 1.0, total))


def of_line(adjoint: LineAdjoint, form: LineForm, answer: tuple[Floats, Floats]) -> Effects:
    """In a chain dJ/d ln r = phi r Q; a mean or a point inside a segment with heat sees its conductivity besides."""
    phi, mu = answer
    state, problem, layout = adjoint.state, adjoint.state.problem, adjoint.posed.layout
    r = adjoint.chain.resistance
    inflow, outflow = state.inflow, state.inflow + problem.heat
    of_segment = phi[1:-1:3] * r[0::3] * inflow + phi[2:-1:3] * r[1::3] * outflow
    bulging = np.zeros(adjoint.n)
    if len(form.segment):
        np.add.at(bulging, form.segment, form.bulges(state))
    kinds = layout.kind_of[problem.line.segment_piece]
    joints = problem.joints
    between = r[3 * joints + 2]
    finite = np.isfinite(between)
    of_joint = phi[3 * joints + 3] * np.where(finite, between, 0.0) * state.joint_flow
    of_joint += form.jumps(state)
    heated = problem.heat * mu[1::3]
    plain = not sourced(layout.stack)
    slab = layout.stack.geometry.kind == "slab"
    return Effects(
        conductivity=summed(kinds, -of_segment - bulging, layout.n_kinds),
        resistance=of_joint,
        film=_line_films(adjoint, phi),
        ambient=_line_ambients(adjoint, phi),
        heat=summed(kinds, heated + bulging, layout.n_kinds) if plain else None,
        thickness=_line_sizes(adjoint, form, of_segment, heated) if plain and slab else None,
    )


def _line_films(adjoint: LineAdjoint, phi: Floats) -> dict[Place, Floats]:
    found: dict[Place, Floats] = {}
    names = SIDES[adjoint.posed.layout.stack.geometry.kind]
    for which, end in enumerate((adjoint.chain.lower, adjoint.chain.upper)):
        if end.temperature is not None and end.resistance > 0.0:
            flow = adjoint.state.heat[0] if which == 0 else -adjoint.state.heat[1]
            share, law = np.ones(1), adjoint.end_law(adjoint.posed, which)
            if law is not None:
                share = shares(law[0], adjoint.surface(which), np.array([law[1]]))[:, 0]
            found[names[which], 0] = float(phi[0 if which == 0 else -1] * end.resistance * flow) * share
    return found


def _line_ambients(adjoint: LineAdjoint, phi: Floats) -> dict[Place, float]:
    found: dict[Place, float] = {}
    names = SIDES[adjoint.posed.layout.stack.geometry.kind]
    for which, end in enumerate((adjoint.chain.lower, adjoint.chain.upper)):
        if end.temperature is None:
            continue
        sign, flow = (1.0, phi[0]) if which == 0 else (-1.0, phi[-1])
        law = adjoint.end_law(adjoint.posed, which)
        if law is None:
            slope = -adjoint.end_scale(which)
        else:
            q = flux(law[0], adjoint.surface(which), np.array([law[1]]))
            slope = end.resistance * law[2] * float(q.second[0])
        found[names[which], 0] = float(sign * flow * slope)
    return found


def _line_sizes(adjoint: LineAdjoint, form: LineForm, of_segment: Floats, heated: Floats) -> Floats:
    """(layer kinds,) of a slab: resistances and heats by density grow with it, and places of a functional move. NaN
    where the two sides of a place would have their own."""
    layout, problem = adjoint.posed.layout, adjoint.state.problem
    kinds = layout.kind_of[problem.line.segment_piece]
    dense = np.array([layer.heat_density != 0.0 for layer in layout.kinds])
    found = summed(kinds, of_segment + np.where(dense[kinds], heated, 0.0), len(layout.kinds))
    if form.stays(adjoint.state):
        return found
    line = problem.line
    for kind in range(len(layout.kinds)):
        values, seen = [], []
        for sign in (1.0, -1.0):
            grown = 1.0 + sign * STEP * (kinds == kind)
            size = line.segment_size * grown
            lower = line.segment_lower[0] + np.concatenate([[0.0], np.cumsum(size[:-1])])
            heat = problem.heat * np.where(dense[kinds], grown, 1.0)
            longer = replace(line, segment_size=size, segment_lower=lower)
            other = replace(problem, line=longer, volume=problem.volume * grown, heat=heat)
            media, levels = adjoint.state.media, adjoint.state.levels
            values.append(form.value(other, media, levels, adjoint.state.joint_flow))
            seen.append(form.at_heights(other, media, levels))
        found[kind] += (values[0] - values[1]) / (2.0 * STEP)
        if two_sided(seen[0] - seen[1]):
            found[kind] = np.nan
    return found


def summed(which: Ints, values: Floats, count: int) -> Floats:
    """(count,) sums of ``values`` (n,) over those of each number."""
    return np.asarray(np.bincount(which, values, count), dtype=float)
