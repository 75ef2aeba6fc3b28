"""Steady state: a chain of sums in 1-D, a linear system in 2-D; pieces that nothing fixes are found first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kapitza import floating
from kapitza.assemble.line import LineProblem
from kapitza.assemble.system import Bools, System
from kapitza.columns import thin
from kapitza.layout import Floats, Ints, Layout
from kapitza.linear import choose, line
from kapitza.linear.line import Floating
from kapitza.state import LineState, PlaneState, Series, SolverInfo, check_residual


def solve_line(layout: Layout, problem: LineProblem) -> LineState:
    """Steady state of a 1-D stack. Raises PhysicsError where heat collects in a piece that nothing holds."""
    chain = line.solve(problem.chain)
    temperature, resistance = chain.temperature, problem.chain.resistance
    info = SolverInfo("line", "one dimension: sums of resistances and heats, exact", 0, 0.0)
    state = LineState(
        problem=problem,
        lower=temperature[0::3],
        upper=temperature[2::3],
        inflow=chain.flux[0::3],
        joint_flow=chain.flux[3 * problem.joints + 2],
        heat=(chain.heat_lower, chain.heat_upper),
        levels=(temperature[0::3], temperature[2::3]),
        media=None,
        series=Series(
            resistance[0::3] + resistance[1::3],
            resistance[3 * problem.joints + 2],
            (problem.chain.lower.resistance, problem.chain.upper.resistance),
        ),
        info=info,
        notes=(),
    )
    return _settle(layout, state, chain.floating) if chain.floating else state


def _settle(layout: Layout, state: LineState, pieces: Sequence[Floating]) -> LineState:
    """Give every floating piece its mean."""
    problem = state.problem
    cells, rise = problem.line.segment_cells, state.cells()
    lower, upper = state.lower.copy(), state.upper.copy()
    notes: list[str] = []
    for piece in pieces:
        first, last = piece.first // 3, piece.last // 3
        layers = np.unique(problem.line.segment_piece[first : last + 1])
        names = [layout.name(int(i)) for i in layers]
        floating.check(names, piece.imbalance, piece.throughput, layout.stack)
        mean = floating.mean_temperature(layout.stack)
        here = slice(int(cells[:first].sum()), int(cells[: last + 1].sum()))
        shift = mean - float(np.average(rise[here], weights=problem.cell_volumes()[here]))
        lower[first : last + 1] += shift
        upper[first : last + 1] += shift
        notes.append(floating.note(names, mean))
    return replace(state, lower=lower, upper=upper, levels=(lower, upper), notes=tuple(notes))


def solve_plane(layout: Layout, system: System) -> PlaneState:
    """Steady state of a 2-D system. Raises PhysicsError where heat collects in a piece that nothing holds."""
    reference = system.reference
    pinned, pieces = floating_pieces(layout, system)
    options = layout.stack.solve
    result = choose.solve(system, reference, pinned, options.method, choose.least(options))
    rise = result.rise
    info = SolverInfo(result.method, result.reason, result.iterations, result.residual)
    notes = [*check_residual(result.residual, options.tolerance)]
    volume = system.mesh.dz[:, np.newaxis] * system.area_z[0]
    mean = floating.mean_temperature(layout.stack)
    for names, cells in pieces:
        rise.large[cells] += mean - reference - float(np.average(rise.sum[cells], weights=volume[cells]))
        notes.append(floating.note(names, mean))
    into = {
        side.name: sum(
            (system.boundary_flow(side, term, rise, reference) for term in side.terms),
            np.zeros(len(side.row)),
        )
        for side in system.sides
    }
    level = rise.sum
    return PlaneState(
        system=system,
        reference=reference,
        level=level,
        lateral=level,
        z=system.z_flows(rise),
        x=system.x_flows(rise),
        wrap=system.wrap_flows(rise),
        into=into,
        media=None,
        lateral_media=None,
        info=info,
        notes=tuple(notes),
    )


def floating_pieces(layout: Layout, system: System) -> tuple[Floats, list[tuple[list[str], np.ndarray]]]:
    """Conductance [W/K] that pins one cell of each connected piece without a fixed temperature, and these pieces."""
    component, held = _components(system)
    pinned = np.zeros(system.mesh.shape)
    pieces: list[tuple[list[str], np.ndarray]] = []
    if held.all():
        return pinned, pieces
    load = system.load(system.reference)
    for number in np.flatnonzero(~held):
        cells = np.broadcast_to(component == number, system.mesh.shape)
        names = [layout.name(int(p)) for p in np.unique(system.mesh.piece[cells])]
        floating.check(names, float(load[cells].sum()), float(np.abs(load[cells]).sum()), layout.stack)
        first = int(np.argmax(cells))
        pinned.ravel()[first] = _typical(system, cells)
        pieces.append((names, cells))
    return pinned, pieces


def _components(system: System) -> tuple[Ints, Bools]:
    """(nz, nx or 1) number of the connected piece of each cell, -1 in void; (n,) which of them something holds."""
    (across,) = thin(system.faces_x.conductance)
    if system.wrap_z is None and system.active.all() and bool((across > 0).all()):  # each row is one piece
        (up,) = thin(system.faces_z.conductance)
        joined = (up > 0).any(axis=1)
        row = np.concatenate([[0], np.cumsum(~joined)])
        held = np.zeros(int(row[-1]) + 1, dtype=bool)
        for side in system.sides:
            for term in side.terms:
                held[row[side.row[term.conductance > 0]]] = True
        return row[:, np.newaxis], held
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(system.matrix(), directed=False)
    component = np.full(system.mesh.shape, -1)
    component[system.active] = label
    held = np.zeros(count, dtype=bool)
    held[label[system.anchor()[system.active] > 0]] = True
    return component, held


def _typical(system: System, cells: Bools) -> float:
    """A conductance [W/K] of the size of those between the ``cells`` (nz, nx)."""
    z, x = system.faces_z.conductance[cells[:-1]], system.faces_x.conductance[cells[:, :-1]]
    return max(float(z.max(initial=0.0)), float(x.max(initial=0.0)), 1.0e-300)
