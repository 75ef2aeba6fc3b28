"""Fields of a solved 2-D system: side temperatures recovered from the face flows, contacts, boundaries."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kapitza.assemble.system import Faces, Side, System
from kapitza.layout import Floats, Layout
from kapitza.model import SIDES
from kapitza.solution.parts import BoundaryResult, ContactFaces, Interfaces
from kapitza.solution.solved import Fields, PieceTable, Solved
from kapitza.steady import PlaneState


def build(layout: Layout, system: System, state: PlaneState, warnings: Sequence[str]) -> Solved:
    """Everything known of a plane or axisymmetric domain."""
    rise = np.where(system.active, state.rise, 0.0)
    flows = _Flows(system, rise, state.reference)
    fields = flows.fields()
    z_sheets = [s for s in (system.faces_z.sheet_first, system.faces_z.sheet_second) if s is not None]
    heats = [system.heat, *z_sheets]
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


def _interfaces(layout: Layout, system: System, flows: _Flows, fields: Fields) -> Interfaces:
    """Faces of all contacts gathered from the three orientations and sorted by contact."""
    mesh = system.mesh
    assert mesh.x is not None
    assert mesh.x_edges is not None
    assert fields.right_side is not None
    assert fields.left_side is not None
    piece = mesh.piece
    z_inner, x_inner = mesh.z_edges[1:-1], mesh.x_edges[1:-1]
    groups: list[tuple[Faces, Floats, Floats, Floats, np.ndarray, Floats, Floats, bool]] = [
        (
            system.faces_z,
            flows.z_inner[1],
            fields.upper_side[:-1],
            fields.lower_side[1:],
            piece[:-1],
            np.broadcast_to(z_inner[:, np.newaxis], (len(z_inner), len(mesh.x))),
            np.broadcast_to(mesh.x, (len(z_inner), len(mesh.x))),
            False,
        ),
        (
            system.faces_x,
            flows.x_inner[1],
            fields.right_side[:, :-1],
            fields.left_side[:, 1:],
            piece[:, :-1],
            np.broadcast_to(mesh.z[:, np.newaxis], (len(mesh.z), len(x_inner))),
            np.broadcast_to(x_inner, (len(mesh.z), len(x_inner))),
            True,
        ),
    ]
    if system.wrap is not None and flows.wrap is not None:
        edge = np.full(len(mesh.z), mesh.x_edges[-1])
        groups.append(
            (
                system.wrap,
                flows.wrap[1],
                fields.right_side[:, -1],
                fields.left_side[:, 0],
                piece[:, -1],
                mesh.z,
                edge,
                True,
            )
        )
    turned = system.contacts.flipped
    pairs = np.where(turned[:, np.newaxis], system.pairs[:, ::-1], system.pairs)
    columns: list[list[Floats]] = [[] for _ in range(9)]
    for faces, flow, first, second, first_piece, z, x, vertical in groups:
        here = faces.contact >= 0
        contact = faces.contact[here]
        straight = first_piece[here] == pairs[contact, 0]
        sign = np.where(straight, 1.0, -1.0)
        one, two, through = first[here], second[here], sign * flow[here]
        below, above = np.where(straight, one, two), np.where(straight, two, one)
        resistance, area = faces.resistance[here], faces.area[here]
        with np.errstate(invalid="ignore"):
            jump = np.where(np.isinf(resistance), below - above, through * resistance)
        values = (
            contact,
            area,
            below,
            above,
            through / area,
            jump,
            z[here],
            x[here],
            np.full(len(area), vertical),
        )
        for column, value in zip(columns, values, strict=True):
            column.append(np.asarray(value))
    joined = [np.concatenate(column) for column in columns]
    order = np.argsort(joined[0], kind="stable")
    contact, *rest = (column[order] for column in joined)
    start = np.searchsorted(contact, np.arange(len(pairs) + 1))
    faces_of_all = ContactFaces(
        pairs, system.contacts.laws, system.contacts.law, start, *rest[:7], vertical=rest[7].astype(bool)
    )
    return Interfaces(layout, faces_of_all)


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
