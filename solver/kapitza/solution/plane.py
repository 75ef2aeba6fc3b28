"""Fields of a solved 2-D system: side temperatures recovered from the face flows, contacts, boundaries."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.assemble.system import Bools, Faces, Side, SideTerm, System
from kapitza.columns import alike
from kapitza.layout import Floats, Ints, Layout
from kapitza.model import SIDES
from kapitza.solution.parts import BoundaryResult, ContactFaces, Interfaces, jumps, perfect
from kapitza.solution.solved import Fields, PieceTable, Solved, Sources
from kapitza.state import PlaneState


def build(layout: Layout, state: PlaneState, warnings: Sequence[str]) -> Solved:
    """Everything known of a plane or axisymmetric domain."""
    system = state.system
    fields = _fields(state)
    heats = [system.heat, *(sheet for faces in system.all_faces for sheet in faces.sheets)]
    return Solved(
        layout=layout,
        mesh=system.mesh,
        fields=fields,
        pieces=_pieces(layout, system, fields),
        interfaces=_interfaces(layout, state, fields),
        boundaries=_boundaries(layout, state, fields),
        internal_heat=(
            sum(float(np.maximum(h, 0.0).sum()) for h in heats),
            sum(float(np.minimum(h, 0.0).sum()) for h in heats),
        ),
        has_sources=any(bool(h.any()) for h in heats),
        solver=state.info,
        warnings=(*warnings, *state.notes),
        sources=_sources(layout, system, fields),
    )


def _fields(state: PlaneState) -> Fields:
    """Temperatures and flux densities of cells, and the temperatures of their four faces."""
    system, mesh = state.system, state.system.mesh
    nz, nx = mesh.shape
    void = None if system.active.all() else ~system.active
    below, above = np.zeros((nz, nx)), np.zeros((nz, nx))  # heat entering from below, leaving upwards
    west, east = np.zeros((nz, nx)), np.zeros((nz, nx))
    below[1:], above[:-1] = state.z[2], state.z[0]
    west[:, 1:], east[:, :-1] = state.x[2], state.x[0]
    if state.wrap is not None:
        west[:, 0], east[:, -1] = state.wrap[2], state.wrap[0]
    for name, heat in state.into.items():
        if name == "bottom":
            below[0] = heat
        elif name == "top":
            above[-1] = -heat
        elif name in ("left", "inner"):
            west[:, 0] = heat
        else:
            east[:, -1] = -heat

    def face(level: Floats, inflow: Floats, half: Floats, lateral: bool) -> Floats:
        with np.errstate(invalid="ignore"):
            drop = inflow * half
        if void is not None or system.links is not None:
            drop[inflow == 0.0] = 0.0  # no heat through an infinite half cell
        drop += level
        return here(state.temperature(drop, lateral=lateral))

    def here(values: Floats) -> Floats:
        if void is not None:
            values[void] = np.nan
        return values

    area_z, area_x = system.area_z[0], system.area_x
    with np.errstate(divide="ignore", invalid="ignore"):
        if system.links is None:
            flux_z = 0.5 * (below + above) / area_z
            flux_x = 0.5 * (west / area_x[:, :-1] + east / area_x[:, 1:])
        else:
            cut = _cut(system)
            flux_z = _uncut(below / area_z, above / area_z, cut[0], cut[1])
            flux_x = _uncut(west / area_x[:, :-1], east / area_x[:, 1:], cut[2], cut[3])
    temperature = here(state.temperature(state.level))
    half_lower, half_upper, half_left, half_right = halves(system)
    left_side = face(state.lateral, west, half_left, lateral=True)
    right_side = face(state.lateral, -east, half_right, lateral=True)
    if mesh.x is not None and mesh.x_edges is not None and area_x[0, 0] == 0.0:
        flux_x[:, 0] = 0.5 * east[:, 0] / area_x[:, 1]  # on the axis it grows from zero, and T = a + b r^2
        inner, outer = mesh.x[0] ** 2, mesh.x_edges[1] ** 2
        left_side[:, 0] = temperature[:, 0] - (right_side[:, 0] - temperature[:, 0]) * inner / (outer - inner)
    return Fields(
        temperature=temperature,
        heat_flux_z=here(flux_z),
        heat_flux_x=here(flux_x),
        lower_side=face(state.level + system.shift_lower, below, half_lower, lateral=False),
        upper_side=face(state.level + system.shift_upper, -above, half_upper, lateral=False),
        left_side=left_side,
        right_side=right_side,
    )


def halves(system: System) -> tuple[Floats, Floats, Floats, Floats]:
    """(nz, nx) resistances from the cell centres to what lies below, above, left and right [K/W]: faces, and circles
    where they cross the way there."""
    if system.links is None:
        return system.half_z, system.half_z, system.half_left, system.half_right
    lower, upper = np.array(system.half_z), np.array(system.half_z)
    left, right = np.array(system.half_left), np.array(system.half_right)
    upper[:-1], lower[1:] = system.faces_z.half_first, system.faces_z.half_second
    right[:, :-1], left[:, 1:] = system.faces_x.half_first, system.faces_x.half_second
    if system.wrap is not None:
        right[:, -1], left[:, 0] = system.wrap.half_first, system.wrap.half_second
    return lower, upper, left, right


def _cut(system: System) -> tuple[Bools, Bools, Bools, Bools]:
    """(nz, nx) whether a circle passes on the way to what lies below, above, left and right."""
    lower, upper, left, right = (np.zeros(system.mesh.shape, dtype=bool) for _ in range(4))
    upper[:-1] = lower[1:] = system.faces_z.area != system.area_z[1:-1]
    right[:, :-1] = left[:, 1:] = system.faces_x.area != system.area_x[:, 1:-1]
    if system.wrap is not None:
        right[:, -1] = left[:, 0] = system.wrap.area != system.area_x[:, -1]
    return lower, upper, left, right


def _uncut(one: Floats, two: Floats, cut_one: Bools, cut_two: Bools) -> Floats:
    """Mean of the fluxes through two opposite faces; of one alone where a circle cuts the other, whose flow is that
    through the circle and not along it."""
    return np.where(cut_one == cut_two, 0.5 * (one + two), np.where(cut_one, two, one))


def _sources(layout: Layout, system: System, fields: Fields) -> Sources | None:
    """Where heat arises, and how warm it is there."""
    rows = np.flatnonzero(system.heat.any(axis=1))
    active, heat = system.active[rows], system.heat[rows]
    temperature = np.where(active, fields.temperature[rows], 0.0)
    weights, values = [heat], [temperature]
    for faces in (system.faces_z,):
        if faces.sheet_first is not None and faces.sheet_second is not None:
            weights += [faces.sheet_first, faces.sheet_second]
            values += [np.nan_to_num(fields.upper_side[:-1]), np.nan_to_num(fields.lower_side[1:])]
    total = sum(float(w.sum()) for w in weights)
    if total == 0.0:
        return None
    mean = sum(float((w * v).sum()) for w, v in zip(weights, values, strict=True)) / total
    piece = system.mesh.piece[rows]
    owners = np.unique(piece[heat != 0])
    alone = len(owners) == 1 and owners[0] < layout.n_layers and len(weights) == 1 and bool((heat >= 0).all())
    if not alone:
        return Sources(mean, None, mean)
    layer = int(owners[0])
    area = np.where(piece == layer, system.area_z[0], 0.0)
    across = (temperature * area).sum(axis=1) / area.sum(axis=1)
    return Sources(mean, layer, float(np.average(across, weights=heat.sum(axis=1))))


def _pieces(layout: Layout, system: System, fields: Fields) -> PieceTable:
    """Extremes, means and end faces of every piece."""
    mesh = system.mesh
    nz, nx = mesh.shape
    piece = mesh.piece.ravel()
    # Runs of one piece along a row, in the order of the cells; few, so that cells are read once and never sorted.
    first = np.empty(nz * nx, dtype=bool)
    np.not_equal(piece[1:], piece[:-1], out=first[1:])
    first[::nx] = True
    starts = np.flatnonzero(first)
    filled = piece[starts] >= 0
    owner, row = piece[starts[filled]].astype(np.intp), starts[filled] // nx
    order = np.argsort(owner, kind="stable")
    groups = np.flatnonzero(np.diff(owner[order], prepend=-1))
    present = owner[order][groups]

    def runs(reduce: np.ufunc, values: Floats) -> Floats:
        result: Floats = reduce.reduceat(values.ravel(), starts)[filled]
        return result

    def column(values: Floats) -> Floats:
        result = np.full(layout.n_pieces, np.nan)
        result[present] = values
        return result

    def extreme(reduce: np.ufunc) -> Floats:
        sides = [
            fields.temperature,
            fields.lower_side,
            fields.upper_side,
            fields.left_side,
            fields.right_side,
        ]
        of_runs = [runs(reduce, side) for side in sides if side is not None]
        return column(reduce.reduceat(reduce.reduce(of_runs)[order], groups))

    def total(of_runs: Floats) -> Floats:
        result: Floats = np.add.reduceat(of_runs[order], groups)
        return result

    across = system.area_z[0]
    area = runs(np.add, np.broadcast_to(across, mesh.shape))
    held = total(mesh.dz[row] * area)
    mean = total(mesh.dz[row] * runs(np.add, fields.temperature * across)) / held
    ends = []
    for edge, values in ((np.minimum, fields.lower_side), (np.maximum, fields.upper_side)):
        at = np.empty(layout.n_pieces, dtype=np.intp)
        at[present] = edge.reduceat(row[order], groups)
        weight = np.where(row == at[owner], area, 0.0)
        ends.append(total(np.where(weight > 0, runs(np.add, values * across), 0.0)) / total(weight))
    return PieceTable(
        column(held), extreme(np.minimum), column(mean), extreme(np.maximum), column(ends[0]), column(ends[1])
    )


@dataclass(frozen=True)
class _Faces:
    """Inner faces of one orientation with what is known on both sides; all arrays of one shape."""

    faces: Faces
    flow: Floats
    first: Floats
    second: Floats
    first_piece: npt.NDArray[np.int32]
    z: Floats
    x: Floats
    vertical: bool


def _all_faces(state: PlaneState, fields: Fields) -> list[_Faces]:
    system = state.system
    mesh, piece = system.mesh, system.mesh.piece
    assert mesh.x is not None
    assert mesh.x_edges is not None
    assert fields.right_side is not None
    assert fields.left_side is not None
    upper, lower, right, left = fields.upper_side, fields.lower_side, fields.right_side, fields.left_side
    z, x = _grid(mesh.z_edges[1:-1], mesh.x)
    groups = [_Faces(system.faces_z, state.z[1], upper[:-1], lower[1:], piece[:-1], z, x, vertical=False)]
    z, x = _grid(mesh.z, mesh.x_edges[1:-1])
    across = state.x[1]
    groups.append(
        _Faces(system.faces_x, across, right[:, :-1], left[:, 1:], piece[:, :-1], z, x, vertical=True)
    )
    if system.wrap is not None and state.wrap is not None:
        seam = np.full(len(mesh.z), mesh.x_edges[-1])
        around = state.wrap[1]
        groups.append(
            _Faces(system.wrap, around, right[:, -1], left[:, 0], piece[:, -1], mesh.z, seam, vertical=True)
        )
    return groups


def _grid(z: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Both coordinates of all points, (nz, nx), nothing copied."""
    shape = len(z), len(x)
    return np.broadcast_to(z[:, np.newaxis], shape), np.broadcast_to(x, shape)


def _places(contact: Ints) -> tuple[Ints, ...]:
    """Indices of the faces where two pieces meet, of all faces (nz, nx) or (n,); in order."""
    if contact.ndim == 2 and alike(contact):
        rows, columns = np.flatnonzero(contact[:, 0] >= 0), np.arange(contact.shape[1])
        return np.repeat(rows, len(columns)), np.tile(columns, len(rows))
    return np.nonzero(contact >= 0)


def _interfaces(layout: Layout, state: PlaneState, fields: Fields) -> Interfaces:
    """Faces of all contacts gathered from the orientations and sorted by contact."""
    system, contacts = state.system, state.system.contacts
    pairs = np.where(contacts.flipped[:, np.newaxis], system.pairs[:, ::-1], system.pairs)
    groups = _all_faces(state, fields)
    places = [_places(group.faces.contact) for group in groups]
    contact = np.concatenate([g.faces.contact[place] for g, place in zip(groups, places, strict=True)])
    order = np.argsort(contact, kind="stable")

    def gathered(values: Callable[[_Faces], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        parts = [values(group)[place] for group, place in zip(groups, places, strict=True)]
        return np.concatenate(parts)[order]

    contact = contact[order]
    straight = gathered(lambda g: g.first_piece) == pairs[contact, 0]
    flow = np.where(straight, 1.0, -1.0) * gathered(lambda g: g.flow)
    first, second = gathered(lambda g: g.first), gathered(lambda g: g.second)
    below, above = np.where(straight, first, second), np.where(straight, second, first)
    area = gathered(lambda g: g.faces.area)
    flux = flow / area
    turned = np.where(contacts.flipped[contact], -1.0, 1.0)
    faces = ContactFaces(
        pieces=pairs,
        law=contacts.laws,
        law_index=contacts.law,
        start=np.searchsorted(contact, np.arange(len(pairs) + 1)),
        area=area,
        below=below,
        above=above,
        flux=flux,
        jump=turned
        * jumps(
            contacts.laws,
            contacts.law[contact],
            turned * flux,
            np.where(turned > 0, below, above),
            np.where(turned > 0, above, below),
        ),
        z=gathered(lambda g: g.z),
        x=gathered(lambda g: g.x),
        vertical=gathered(lambda g: np.broadcast_to(float(g.vertical), g.z.shape)) > 0,
    )
    return Interfaces(layout, faces.law, lambda: faces)


def _boundaries(layout: Layout, state: PlaneState, fields: Fields) -> dict[str, BoundaryResult]:
    system = state.system
    surfaces = {
        "bottom": fields.lower_side,
        "top": fields.upper_side,
        "left": fields.left_side,
        "right": fields.right_side,
        "inner": fields.left_side,
        "outer": fields.right_side,
    }
    nothing = np.empty(0)
    by_name: dict[str, Side] = {side.name: side for side in system.sides}
    result: dict[str, BoundaryResult] = {}
    for name in SIDES[layout.stack.geometry.kind]:
        side = by_name.get(name)
        if side is None:
            if name == "inner" and layout.stack.geometry.inner_radius == 0.0:
                continue
            result[name] = BoundaryResult(name, nothing, nothing, nothing, np.empty((0, 2)))
            continue
        here = (system.mesh.piece[side.row, side.column] >= 0) & (side.area > 0)
        surface = surfaces[name]
        assert surface is not None
        area, flux = side.area[here], state.into[name][here] / side.area[here]
        values = _held(side, surface[side.row, side.column])[here]
        along = np.stack([side.along[:-1], side.along[1:]], axis=1)[here]
        tied = [term for term in side.terms if term.temperature is not None]
        reference = tied[0].temperature if len(tied) == 1 else None
        film = (
            _film(tied[0], float(flux @ area), float(np.average(values, weights=area)))
            if len(tied) == 1
            else 0.0
        )
        result[name] = BoundaryResult(name, area, flux, values, along, reference, film)
    return result


def _held(side: Side, surface: Floats) -> Floats:
    """Surface temperatures (n,), exactly what they are held at where one temperature covers a face."""
    for term in side.terms:
        if term.temperature is not None and term.law is not None and perfect(term.law):
            surface = np.where(term.weight == 1.0, term.temperature, surface)
    return surface


def _film(term: SideTerm, heat: float, surface: float) -> float:
    """Resistance [K/W] between a side's surface and its reference."""
    assert term.temperature is not None
    covered = term.weight > 0
    if np.isnan(term.film[covered]).any():
        return (term.temperature - surface) / heat if heat else 0.0
    covered &= term.film > 0
    admittance = math.fsum((term.weight[covered] / term.film[covered]).tolist())
    return 1.0 / admittance if admittance > 0 else 0.0
