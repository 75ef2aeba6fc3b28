"""A periodic cell with a mesh: the fields of unit drops across it, and the conductivity that their energies are.

A drop enters where the last row or column meets the first, so that the contact there counts like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza import estimate
from kapitza.assemble import curved, plane
from kapitza.assemble.system import Faces, System
from kapitza.layout import Floats, Ints, Layout
from kapitza.linear import choose
from kapitza.linear.sparse import factorised
from kapitza.mesh import build_plane
from kapitza.properties import evaluate
from kapitza.studies.conductivity import Effective

MOST = 4  # solutions for what is left over
ENERGY = 1e-6  # error of the field in the energy norm; that of a conductivity is its square
POOR, DIRECT = 0.1, 1e-3  # errors: of an iteration given up, and of factors where conductances lie far apart
LOOSE = 1e-9  # of the diagonal: what a field that nothing holds is held by while multigrid solves for it


@dataclass(frozen=True)
class _Pairs:
    """All pairs of cells that exchange heat. first, second : (n,) numbers of the active cells · conductance [W/K]
    up, right : how often the way from first to second leaves the cell upwards, and to the right (-1, 0, 1)"""

    first: Ints
    second: Ints
    conductance: Floats
    up: Ints
    right: Ints


def solve_cell(layout: Layout, temperature: float) -> Effective:
    """From the energies of the fields of unit drops: k_ij = L_i L_j/V Σ g ΔT_i ΔT_j over all pairs of cells."""
    estimate.require(layout.stack)
    mesh = build_plane(layout)
    conductivity = evaluate(layout)
    system = plane.assemble(layout, mesh, conductivity)
    pairs = _pairs(system)
    lateral = system.wrap is not None
    height, ground = float(np.sum(mesh.dz)), float(np.sum(system.area_z[0]))
    lengths, drops = [height], [pairs.up]
    series = [_series(system.faces_z, system.wrap_z, system.area_z[0], height * ground)]
    if lateral and mesh.dx is not None:
        lengths.append(float(np.sum(mesh.dx)))
        drops.append(pairs.right)
        wall = system.area_x[:, 0]
        series.append(_series(system.faces_x, system.wrap, wall[:, np.newaxis], height * ground))
    differences = _differences(system, pairs, drops)

    def component(i: int, j: int) -> float:
        energy = float(np.sum(pairs.conductance * differences[i] * differences[j]))
        return energy * lengths[i] * lengths[j] / (height * ground)

    return Effective(
        zz=component(0, 0),
        xx=component(1, 1) if lateral else None,
        xz=component(0, 1) if lateral else None,
        series=min(series),
        parallel=_parallel(layout, system, lateral=lateral),
        temperature=temperature,
        geometry=layout.stack.geometry.kind,
        cells=mesh.cells,
        title=layout.stack.title,
        warnings=curved.coarse(layout, mesh),
    )


def _pairs(system: System) -> _Pairs:
    nz, nx = system.mesh.shape
    cells = np.arange(nz * nx).reshape(nz, nx)
    groups: list[tuple[Ints, Ints, Floats, Ints | int, Ints | int]] = [
        (cells[:-1], cells[1:], system.faces_z.conductance, 0, 0),
        (cells[:, :-1], cells[:, 1:], system.faces_x.conductance, 0, 0),
    ]
    if system.wrap is not None:
        groups.append((cells[:, -1], cells[:, 0], system.wrap.conductance, 0, 1))
    if system.wrap_z is not None:
        groups.append((cells[-1], cells[0], system.wrap_z.conductance, 1, 0))
    if system.links is not None:
        first, second = system.links.first, system.links.second
        # Links join neighbours: a step of more than half the cell is one across the seam, the other way round.
        up = -np.rint((second // nx - first // nx) / nz).astype(np.intp)
        right = -np.rint((second % nx - first % nx) / nx).astype(np.intp)
        groups.append((first, second, system.links.conductance, up, right))
    columns = [
        np.concatenate([np.broadcast_to(group[i], np.shape(group[2])).ravel() for group in groups])
        for i in range(5)
    ]
    used = columns[2] != 0.0
    number = system.numbering().ravel()
    first, second, conductance, up, right = (column[used] for column in columns)
    return _Pairs(number[first], number[second], conductance, up, right)


def _differences(system: System, pairs: _Pairs, drops: Sequence[Ints]) -> list[Floats]:
    """(n,) temperature differences of all pairs [K], for each unit drop; the residual is formed from flows."""
    n = int(np.count_nonzero(system.active))
    solve = _solver(system)
    found = []
    for drop in drops:
        rise = np.zeros(n)
        difference = drop.astype(float)
        error = 1.0
        for _ in range(MOST):
            flow = pairs.conductance * difference
            left = np.bincount(pairs.second, flow, n) - np.bincount(pairs.first, flow, n)
            correction, reached = solve(np.asarray(left, dtype=float), ENERGY / error)
            rise += correction
            difference = (rise[pairs.first] - rise[pairs.second]) + drop
            error *= reached
            if error <= ENERGY:
                break
        found.append(difference)
    return found


def _solver(system: System) -> Callable[[Floats, float], tuple[Floats, float]]:
    """(b, tolerance) -> x with A x = b over the active cells, up to a constant in every connected piece, and its error
    in the energy norm: by multigrid where there are many cells and it serves, by factors elsewhere."""
    from scipy.sparse import diags_array
    from scipy.sparse.csgraph import connected_components

    matrix = system.matrix()
    diagonal = np.maximum(matrix.diagonal(), np.finfo(float).tiny)
    grid: Multigrid | None = None
    factors: Any = None
    if system.active.size >= choose.MANY:
        from kapitza.linear.multigrid import Multigrid

        loose = np.zeros(system.mesh.shape)
        loose[system.active] = LOOSE * diagonal
        grid = Multigrid(system, loose)

    def solve(b: Floats, tolerance: float) -> tuple[Floats, float]:
        nonlocal grid, factors
        if grid is not None:
            whole = np.zeros(system.mesh.shape)
            whole[system.active] = b
            answer = grid.solve(whole, tolerance=tolerance)
            if answer.error <= max(POOR, tolerance):
                return answer.x[system.active], answer.error
            grid = None
        if factors is None:
            _, label = connected_components(matrix, directed=False)
            _, first = np.unique(label, return_index=True)
            pins = np.zeros(len(b))
            pins[first] = diagonal[first]
            factors = factorised((matrix + diags_array(pins)).tocsc())
        return np.asarray(factors.solve(b), dtype=float), DIRECT

    return solve


def _series(faces: Faces, seam: Faces | None, area: Floats, volume: float) -> float:
    """Bound from below: the same flux everywhere, k = V/Σ (half cells A^2 + R of the contact area)."""
    total = 0.0
    for group in (faces, seam):
        if group is not None:
            full = np.broadcast_to(
                area if group is faces else area.reshape(group.area.shape), group.area.shape
            )
            joint = np.where(group.resistance > 0.0, group.resistance, 0.0) * group.area**2
            total += float(np.sum((group.half_first + group.half_second) * full**2 + joint))
    return volume / total


def _parallel(layout: Layout, system: System, *, lateral: bool) -> float:
    """Bound from above: the same gradient everywhere; the larger of the two directions [W/(m K)]."""
    kind = layout.kind(np.maximum(system.mesh.piece.astype(np.intp), 0).ravel())
    volume = (system.mesh.dz[:, np.newaxis] * system.area_z[0]).ravel()
    conductivity = evaluate(layout)
    weight = np.where(system.active.ravel(), volume, 0.0)
    both = [conductivity.through] + ([conductivity.lateral] if lateral else [])
    return max(float(np.sum(k[kind] * weight)) for k in both) / float(np.sum(volume))
