"""Fields of a solved 2-D system: side temperatures recovered from the face flows, contacts, boundaries."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kapitza.assemble.system import Faces, Side, SideTerm, System
from kapitza.layout import Floats, Layout
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
            sum(float(h[h > 0].sum()) for h in heats),
            sum(float(h[h < 0].sum()) for h in heats),
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
    nowhere = ~system.active
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
            drop = np.where(inflow == 0.0, 0.0, inflow * half)
        return np.where(
            nowhere, np.nan, state.temperature(level + np.where(nowhere, 0.0, drop), lateral=lateral)
        )

    area_z, area_x = system.area_z[0], system.area_x
    with np.errstate(divide="ignore", invalid="ignore"):
        flux_z = 0.5 * (below + above) / area_z
        flux_x = 0.5 * (west / area_x[:, :-1] + east / area_x[:, 1:])
    temperature = np.where(nowhere, np.nan, state.temperature(state.level))
    left_side = face(state.lateral, west, system.half_left, lateral=True)
    right_side = face(state.lateral, -east, system.half_right, lateral=True)
    if mesh.x is not None and mesh.x_edges is not None and area_x[0, 0] == 0.0:
        flux_x[:, 0] = 0.5 * east[:, 0] / area_x[:, 1]  # on the axis it grows from zero, and T = a + b r^2
        inner, outer = mesh.x[0] ** 2, mesh.x_edges[1] ** 2
        left_side[:, 0] = temperature[:, 0] - (right_side[:, 0] - temperature[:, 0]) * inner / (outer - inner)
    return Fields(
        temperature=temperature,
        heat_flux_z=np.where(nowhere, np.nan, flux_z),
        heat_flux_x=np.where(nowhere, np.nan, flux_x),
        lower_side=face(state.level + system.shift_lower, below, system.half_z, lateral=False),
        upper_side=face(state.level + system.shift_upper, -above, system.half_z, lateral=False),
        left_side=left_side,
        right_side=right_side,
    )


def _sources(layout: Layout, system: System, fields: Fields) -> Sources | None:
    """Where heat arises, and how warm it is there."""
    heat = np.where(system.active, system.heat, 0.0)
    temperature = np.where(system.active, fields.temperature, 0.0)
    weights, values = [heat], [temperature]
    for faces in (system.faces_z,):
        if faces.sheet_first is not None and faces.sheet_second is not None:
            weights += [faces.sheet_first, faces.sheet_second]
            values += [np.nan_to_num(fields.upper_side[:-1]), np.nan_to_num(fields.lower_side[1:])]
    total = sum(float(w.sum()) for w in weights)
    if total == 0.0:
        return None
    mean = sum(float((w * v).sum()) for w, v in zip(weights, values, strict=True)) / total
    owners = np.unique(system.mesh.piece[heat != 0])
    alone = len(owners) == 1 and owners[0] < layout.n_layers and len(weights) == 1 and bool((heat >= 0).all())
    if not alone:
        return Sources(mean, None, mean)
    layer = int(owners[0])
    area = np.where(system.mesh.piece == layer, system.area_z[0], 0.0)
    rows = np.flatnonzero(heat.sum(axis=1) > 0)
    across = (temperature[rows] * area[rows]).sum(axis=1) / area[rows].sum(axis=1)
    return Sources(mean, layer, float(np.average(across, weights=heat[rows].sum(axis=1))))


def _pieces(layout: Layout, system: System, fields: Fields) -> PieceTable:
    """Extremes, means and end faces of every piece, by sorting the cells by piece once."""
    mesh = system.mesh
    n = layout.n_pieces
    cells = np.flatnonzero(system.active)
    owner = mesh.piece.ravel()[cells].astype(np.intp)
    order = np.argsort(owner, kind="stable")
    cells, owner = cells[order], owner[order]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    present = owner[starts]

    def column(values: Floats) -> Floats:
        result = np.full(n, np.nan)
        result[present] = values
        return result

    sides = [fields.temperature, fields.lower_side, fields.upper_side, fields.left_side, fields.right_side]
    ravelled = [side.ravel()[cells] for side in sides if side is not None]
    least = np.minimum.reduceat(np.minimum.reduce(ravelled), starts)
    most = np.maximum.reduceat(np.maximum.reduce(ravelled), starts)
    volume = (mesh.dz[:, np.newaxis] * system.area_z[0]).ravel()[cells]
    held = np.add.reduceat(volume, starts)
    mean = np.add.reduceat(ravelled[0] * volume, starts) / held
    row = cells // mesh.shape[1]
    area = np.broadcast_to(system.area_z[0], mesh.shape).ravel()[cells]
    first, last = np.minimum.reduceat(row, starts), np.maximum.reduceat(row, starts)
    count = np.diff(np.append(starts, len(cells)))
    ends = []
    for edge, values in ((first, ravelled[1]), (last, ravelled[2])):
        weight = np.where(row == np.repeat(edge, count), area, 0.0)
        ends.append(np.add.reduceat(values * weight, starts) / np.add.reduceat(weight, starts))
    return PieceTable(
        column(held), column(least), column(mean), column(most), column(ends[0]), column(ends[1])
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
    z, x = np.meshgrid(mesh.z_edges[1:-1], mesh.x, indexing="ij")
    groups = [_Faces(system.faces_z, state.z[1], upper[:-1], lower[1:], piece[:-1], z, x, vertical=False)]
    z, x = np.meshgrid(mesh.z, mesh.x_edges[1:-1], indexing="ij")
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


def _interfaces(layout: Layout, state: PlaneState, fields: Fields) -> Interfaces:
    """Faces of all contacts gathered from the orientations and sorted by contact."""
    system, contacts = state.system, state.system.contacts
    pairs = np.where(contacts.flipped[:, np.newaxis], system.pairs[:, ::-1], system.pairs)
    groups = _all_faces(state, fields)
    contact = np.concatenate([group.faces.contact[group.faces.contact >= 0] for group in groups])
    order = np.argsort(contact, kind="stable")

    def gathered(values: Callable[[_Faces], Floats]) -> Floats:
        parts = [values(group)[group.faces.contact >= 0] for group in groups]
        joined: Floats = np.concatenate(parts)[order]
        return joined

    contact = contact[order]
    straight = gathered(lambda g: g.first_piece.astype(float)) == pairs[contact, 0]
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
        vertical=gathered(lambda g: np.full(g.z.shape, float(g.vertical))) > 0,
    )
    return Interfaces(layout, faces)


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
