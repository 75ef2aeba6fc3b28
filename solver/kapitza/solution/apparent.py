"""What ballistic films conduct, the slip at their walls counted as theirs: q d over the difference of the walls.

The walls are where the slip begins: what lies behind a boundary, or the other side of a contact but for what the
contact resists itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kapitza.interfaces import slip
from kapitza.interfaces.law import Law
from kapitza.layout import Floats
from kapitza.materials.material import Material
from kapitza.model import Reservoir
from kapitza.solution.solved import Solved

MOST, ENOUGH = 60, 1e-14


def apparent_conductivity(solved: Solved) -> Floats:
    """(n_layers,) [W/(m K)] of the layers of a slab at rest that have a slip on one side or both; NaN of all others,
    and of all of them where heat arises inside."""
    layout, state = solved.layout, solved.line
    found = np.full(layout.n_layers, np.nan)
    if state is None or not _rests(solved):
        return found
    area = solved.stack.geometry.area
    segment = state.problem.line.segment_piece
    starts = np.flatnonzero(np.diff(segment, prepend=-1))
    ends = np.append(starts[1:], len(segment)) - 1
    inside = np.add.reduceat(state.series.segments, starts) * area
    slips = np.zeros(layout.n_layers)
    for piece, is_above, law in _walls(solved):
        material = layout.material(piece)
        if material.mean_free_path is None or not slip.uses(law.about):
            continue
        at = slip.part(law.about)
        if at is None:  # beside other ways: what the slip takes cannot be told apart
            slips[piece] = np.nan
            continue
        variant, scale = at
        own = state.lower[starts[piece]] if is_above else state.upper[ends[piece]]
        q = float(state.inflow[starts[piece]] / area) * (1.0 if is_above else -1.0)
        slips[piece] += _resistance(material, variant, q, float(own)) / scale
    slips[slips == 0.0] = np.nan
    return np.asarray(layout.thickness / (inside + slips), dtype=float)


def _rests(solved: Solved) -> bool:
    """Whether one flux passes a slab of one temperature, and some wall has a slip."""
    steady = solved.history is None and not solved.has_sources and solved.channels is None
    return (
        steady
        and solved.stack.geometry.kind == "slab"
        and any(slip.uses(law.about) for _, _, law in _walls(solved))
    )


def _walls(solved: Solved) -> Iterator[tuple[int, bool, Law]]:
    """(layer, whether it lies above the wall, law) of both sides of all contacts, and of the boundaries."""
    assert solved.line is not None
    problem = solved.line.problem
    last = solved.layout.n_layers - 1
    for side, piece, is_above in (("bottom", 0, True), ("top", last, False)):
        condition = solved.stack.boundary(side).condition
        if isinstance(condition, Reservoir):
            yield piece, is_above, condition.law
    known = [slip.uses(law.about) for law in problem.contacts.laws]
    if any(known):
        for s, number in zip(problem.joints.tolist(), problem.contacts.law.tolist(), strict=True):
            law, below = problem.contacts.laws[number], int(problem.line.segment_piece[s])
            yield below, False, law
            yield below + 1, True, law


def _resistance(material: Material, variant: str, q: float, own: float) -> float:
    """Of the slip on the side of a film [m^2 K/W], where ``q`` [W/m^2] enters it at ``own`` [K]."""
    law = slip.side(material, variant)
    if law.linear:
        return law.resistance
    drop = q / float(law.conductance(own))
    for _ in range(MOST):
        if drop == 0.0:
            break
        flux = float(law.flux(own + drop, own))
        drop, before = drop * q / flux, drop
        if abs(drop - before) <= ENOUGH * abs(own):
            break
    return drop / q if q != 0.0 else 1.0 / float(law.conductance(own))
