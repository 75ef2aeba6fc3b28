"""Which cells a point lies in, and which of several pieces that meet there is meant."""

from __future__ import annotations

import numpy as np

from kapitza.errors import InputError
from kapitza.layout import Floats, Ints
from kapitza.mesh import within
from kapitza.model import PointProbe
from kapitza.solution.parts import perfect
from kapitza.solution.solved import Solved


def cells_of_point(solved: Solved, probe: PointProbe, where: str) -> tuple[Ints, Floats]:
    """Of a point in 1-D: the segments, one or two, in which it lies, and how far above their lower faces [m]."""
    state = solved.line
    assert state is not None
    problem, line = state.problem, state.problem.line
    z, tolerance = within(solved.z_edges, probe.z, f"{where}.at.{solved.stack.geometry.axis}")
    upper = line.segment_lower + line.segment_size
    touching = np.flatnonzero((line.segment_lower <= z + tolerance) & (upper >= z - tolerance))
    touching = of_piece(solved, touching, line.segment_piece[touching], probe, where)
    if len(set(line.segment_piece[touching].tolist())) > 1:
        joint = int(np.flatnonzero(problem.joints == touching[0])[0])
        if not perfect(problem.contacts.laws[int(problem.contacts.law[joint])]):
            names = [solved.layout.name(int(p)) for p in line.segment_piece[touching]]
            raise InputError(ambiguous(where, names))
    return touching, np.clip(z - line.segment_lower[touching], 0.0, line.segment_size[touching])


def of_piece(solved: Solved, candidates: Ints, pieces: Ints, probe: PointProbe, where: str) -> Ints:
    """Those of the ``candidates`` (n,), which bear ``pieces`` (n,), that the probe means."""
    if probe.piece is None:
        return candidates
    kept = candidates[np.isin(pieces, solved.layout.select(probe.piece, f"{where}.layer"))]
    if not len(kept):
        names = dict.fromkeys(solved.layout.name(int(p)) for p in pieces)
        raise InputError(f"{where}: {probe.piece!r} does not reach this point; here is {', '.join(names)}")
    return kept


def ambiguous(where: str, names: list[str]) -> str:
    """What is said where nothing tells which is meant."""
    listed = " and ".join(dict.fromkeys(names))
    return f"{where}: {listed} meet at this point; say which is meant with layer = … or region = …"
