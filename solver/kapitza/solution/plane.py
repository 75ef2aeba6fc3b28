"""Fields of a solved 2-D system: side temperatures recovered from the face flows, contacts, boundaries."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kapitza.assemble.system import Faces, Side, System
from kapitza.layout import Floats, Layout
from kapitza.model import SIDES
from kapitza.solution.parts import BoundaryResult, ContactFaces, Interfaces
from kapitza.solution.solved import Fields, PieceTable, Solved
from kapitza.state import PlaneState


def build(layout: Layout, system: System, state: PlaneState, warnings: Sequence[str]) -> Solved:
    """Everything known of a plane or axisymmetric domain."""
    rise = np.where(system.active, state.rise, 0.0)
    flows = _Flows(system, rise, state.reference)
    fields = flows.fields()
    heats = [system.heat, *(sheet for faces in system.all_faces for sheet in faces.sheets)]
    return Solved(
        layout=layout,
        mesh=system.mesh,
        fields=fields,
        pieces=_pieces(layout, system, fields),
        interfaces=_interfaces(layout, system, flows, fields),
        boundaries=_boundaries(layout, system, flows),
        internal_heat=(
            sum(float(h[h > 0].sum()) for h in heats),
            sum(float(h[h < 0].sum()) for h in heats),
        ),
        has_sources=any(bool(h.any()) for h in heats),
        solver=state.info,
        warnings=(*warnings, *state.notes),
        source_temperature=_source_temperature(system, fields),
    )


class _Flows:
    """Flows [W] through every face. z_leaving, z_entering : (nz + 1, nx) out of the cell below, into the cell above;
    x_leaving, x_entering : (nz, nx + 1) likewise, left to right."""

    def __init__(self, system: System, rise: Floats, reference: float) -> None:
        self.system, self.rise, self.reference = system, rise, reference
        nz, nx = system.mesh.shape
        self.z_inner, self.x_inner, self.wrap = (
            system.z_flows(rise),
            system.x_flows(rise),
            system.wrap_flows(rise),
        )
        self.z_leaving, self.z_entering = np.zeros((nz + 1, nx)), np.zeros((nz + 1, nx))
        self.x_leaving, self.x_entering = np.zeros((nz, nx + 1)), np.zeros((nz, nx + 1))
        self.z_leaving[1:-1], self.z_entering[1:-1] = self.z_inner[0], self.z_inner[2]
        self.x_leaving[:, 1:-1], self.x_entering[:, 1:-1] = self.x_inner[0], self.x_inner[2]
        if self.wrap is not None:
            self.x_leaving[:, -1], self.x_entering[:, 0] = self.wrap[0], self.wrap[2]
        self.into: dict[str, Floats] = {}
        for side in system.sides:
            heat = sum(
                (system.boundary_flow(side, term, rise, reference) for term in side.terms),
                np.zeros(len(side.row)),
            )
            self.into[side.name] = heat
            if side.name == "bottom":
                self.z_entering[0] = heat
            elif side.name == "top":
                self.z_leaving[-1] = -heat
            elif side.name in ("left", "inner"):
                self.x_entering[:, 0] = heat
            else:
                self.x_leaving[:, -1] = -heat

    def fields(self) -> Fields:
        system, mesh = self.system, self.system.mesh
        nowhere = ~system.active

        def side(shift: Floats | float, flow: Floats, half: Floats) -> Floats:
            with np.errstate(invalid="ignore"):
                drop = np.where(flow == 0.0, 0.0, flow * half)
            value: Floats = self.reference + (self.rise + shift + drop)
            return np.where(nowhere, np.nan, value)

        area_z, area_x = system.area_z[0], system.area_x
        with np.errstate(divide="ignore", invalid="ignore"):
            flux_z = 0.5 * (self.z_entering[:-1] + self.z_leaving[1:]) / area_z
            flux_x = 0.5 * (self.x_entering[:, :-1] / area_x[:, :-1] + self.x_leaving[:, 1:] / area_x[:, 1:])
        if mesh.x_edges is not None and area_x[0, 0] == 0.0:  # the axis: the flux grows from zero
            flux_x[:, 0] = 0.5 * self.x_leaving[:, 1] / area_x[:, 1]
        left_side = side(0.0, self.x_entering[:, :-1], system.half_left)
        right_side = side(0.0, -self.x_leaving[:, 1:], system.half_right)
        if mesh.x is not None and mesh.x_edges is not None and mesh.x_edges[0] == 0.0 == area_x[0, 0]:
            inner, outer = mesh.x[0] ** 2, mesh.x_edges[1] ** 2  # T = a + b r^2 next to the axis
            centre = self.reference + self.rise[:, 0]
            left_side[:, 0] = centre - (right_side[:, 0] - centre) * inner / (outer - inner)
        return Fields(
            temperature=np.where(nowhere, np.nan, self.reference + self.rise),
            heat_flux_z=np.where(nowhere, np.nan, flux_z),
            heat_flux_x=np.where(nowhere, np.nan, flux_x),
            lower_side=side(system.shift_lower, self.z_entering[:-1], system.half_z),
            upper_side=side(system.shift_upper, -self.z_leaving[1:], system.half_z),
            left_side=left_side,
            right_side=right_side,
        )


def _source_temperature(system: System, fields: Fields) -> float | None:
    """Mean temperature of the sources weighted by their heat [K]."""
    heat = np.where(system.active, system.heat, 0.0)
    weights = [heat]
    values = [np.where(system.active, fields.temperature, 0.0)]
    faces = system.faces_z
    if faces.sheet_first is not None and faces.sheet_second is not None:
        weights += [faces.sheet_first, faces.sheet_second]
        values += [np.nan_to_num(fields.upper_side[:-1]), np.nan_to_num(fields.lower_side[1:])]
    total = sum(float(w.sum()) for w in weights)
    if total == 0.0:
        return None
    return sum(float((w * v).sum()) for w, v in zip(weights, values, strict=True)) / total


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


def _all_faces(system: System, flows: _Flows, fields: Fields) -> list[_Faces]:
    mesh, piece = system.mesh, system.mesh.piece
    assert mesh.x is not None
    assert mesh.x_edges is not None
    assert fields.right_side is not None
    assert fields.left_side is not None
    upper, lower, right, left = fields.upper_side, fields.lower_side, fields.right_side, fields.left_side
    z, x = np.meshgrid(mesh.z_edges[1:-1], mesh.x, indexing="ij")
    groups = [
        _Faces(system.faces_z, flows.z_inner[1], upper[:-1], lower[1:], piece[:-1], z, x, vertical=False)
    ]
    z, x = np.meshgrid(mesh.z, mesh.x_edges[1:-1], indexing="ij")
    across = flows.x_inner[1]
    groups.append(
        _Faces(system.faces_x, across, right[:, :-1], left[:, 1:], piece[:, :-1], z, x, vertical=True)
    )
    if system.wrap is not None and flows.wrap is not None:
        seam = np.full(len(mesh.z), mesh.x_edges[-1])
        around = flows.wrap[1]
        groups.append(
            _Faces(system.wrap, around, right[:, -1], left[:, 0], piece[:, -1], mesh.z, seam, vertical=True)
        )
    return groups


def _interfaces(layout: Layout, system: System, flows: _Flows, fields: Fields) -> Interfaces:
    """Faces of all contacts gathered from the orientations and sorted by contact."""
    contacts = system.contacts
    pairs = np.where(contacts.flipped[:, np.newaxis], system.pairs[:, ::-1], system.pairs)
    groups = _all_faces(system, flows, fields)
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
    resistance, area = gathered(lambda g: g.faces.resistance), gathered(lambda g: g.faces.area)
    with np.errstate(invalid="ignore"):
        jump = np.where(np.isinf(resistance), below - above, flow * resistance)
    faces = ContactFaces(
        pieces=pairs,
        law=contacts.laws,
        law_index=contacts.law,
        start=np.searchsorted(contact, np.arange(len(pairs) + 1)),
        area=area,
        below=below,
        above=above,
        flux=flow / area,
        jump=jump,
        z=gathered(lambda g: g.z),
        x=gathered(lambda g: g.x),
        vertical=gathered(lambda g: np.full(g.z.shape, float(g.vertical))) > 0,
    )
    return Interfaces(layout, faces)


def _boundaries(layout: Layout, system: System, flows: _Flows) -> dict[str, BoundaryResult]:
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
        into = flows.into[name]
        seen = flows.rise[side.row, side.column]
        if name in ("bottom", "top"):
            shift = system.shift_lower if name == "bottom" else system.shift_upper
            seen = seen + shift[side.row, side.column]
        with np.errstate(invalid="ignore"):
            surface = flows.reference + (seen + into * side.half)
            flux = into / side.area
        along = np.stack([side.along[:-1], side.along[1:]], axis=1)
        tied = [term for term in side.terms if term.temperature is not None]
        film, reference = 0.0, None
        if len(tied) == 1:
            reference = tied[0].temperature
            covered = (tied[0].weight > 0) & (tied[0].film > 0)
            admittance = math.fsum((tied[0].weight[covered] / tied[0].film[covered]).tolist())
            film = 1.0 / admittance if admittance > 0 else 0.0
        result[name] = BoundaryResult(
            name, side.area[here], flux[here], surface[here], along[here], reference, film
        )
    return result
