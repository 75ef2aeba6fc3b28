"""A meshed stack as a `System`: half-cell resistances, joints, sources and boundary conditions put together.

Serves every geometry: a 1-D stack is a mesh of one column.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from kapitza.assemble import curved
from kapitza.assemble.heat import growing_heat, lateral_overlap, overlap, sheet_heat, volume_heat
from kapitza.assemble.rim import Rim, known
from kapitza.assemble.system import Faces, Links, Side, SideTerm, System
from kapitza.columns import folded, thin, wide
from kapitza.contacts import Contacts, match
from kapitza.errors import InputError
from kapitza.interfaces.law import Law
from kapitza.laws.time import number
from kapitza.layout import Floats, Ints, Layout
from kapitza.mesh import Mesh
from kapitza.metrics import Metric
from kapitza.model import (
    PERFECT,
    SIDES,
    Adiabatic,
    Condition,
    Heat,
    HeatFlux,
    PerChannel,
    Periodic,
    Reservoir,
    Span,
    Temperature,
)
from kapitza.properties import Properties, reference_temperature


def assemble(layout: Layout, mesh: Mesh, properties: Properties) -> System:
    """System of a 1-D or 2-D mesh. Raises InputError for entries, sources and patches that match nothing."""
    (column,) = thin(folded(mesh.piece))
    piece = wide(column.astype(np.intp), mesh.piece)
    active = wide(column >= 0, mesh.piece)
    k_through, k_lateral = _conductivities(layout, piece, properties)
    volume, area_z, area_x = _sizes(mesh)
    heat = volume_heat(layout, mesh, volume, piece)
    lower, upper, shift_lower, shift_upper = _through(mesh, k_through, heat, active)
    left, right = _across(mesh, k_lateral)
    wrapped = isinstance(layout.stack.boundary("left").condition, Periodic)
    wrapped_z = isinstance(layout.stack.boundary("bottom").condition, Periodic)
    neighbours = [(piece[:-1], piece[1:]), (piece[:, :-1], piece[:, 1:])]
    areas = [area_z[1:-1], area_x[:, 1:-1]]
    halves = [(upper[:-1], lower[1:]), (right[:, :-1], left[:, 1:])]
    if wrapped:
        neighbours.append((piece[:, -1], piece[:, 0]))
        areas.append(area_x[:, -1])
        halves.append((right[:, -1], left[:, 0]))
    if wrapped_z:
        neighbours.append((piece[-1], piece[0]))
        areas.append(area_z[-1])
        halves.append((upper[-1], lower[0]))
    pairs, numbers = _pairs(neighbours)
    contacts = match(layout, pairs[:, 0], pairs[:, 1])
    joint = np.append(contacts.resistance, 0.0)  # the last one serves faces within a piece, contact -1
    cuts = curved.find(layout, mesh, wrapped, wrapped_z)
    for i, cut in enumerate(cuts):
        areas[i] = curved.bend(areas[i], cut, cut.slope)
        first, second = halves[i]
        halves[i] = (
            curved.bend(first, cut, cut.stretch_first),
            curved.bend(second, cut, cut.stretch_second),
        )
    sheets = sheet_heat(layout, mesh, neighbours, areas)
    faces = [
        _faces(*half, area, which, joint, *sheet)
        for half, area, which, sheet in zip(halves, areas, numbers, sheets, strict=True)
    ]
    medium = k_through, k_lateral
    links = _links(layout, mesh, cuts, contacts, numbers, medium, volume) if cuts else None
    sides = [
        side
        for side in (
            _side(layout, mesh, name, area_z, area_x, lower, upper, left, right)
            for name in SIDES[layout.stack.geometry.kind]
        )
        if side is not None
    ]
    return System(
        mesh=mesh,
        active=active,
        area_z=area_z,
        area_x=area_x,
        half_z=lower,
        half_left=left,
        half_right=right,
        heat=heat,
        shift_lower=shift_lower,
        shift_upper=shift_upper,
        faces_z=faces[0],
        faces_x=faces[1],
        wrap=faces[2] if wrapped else None,
        sides=sides,
        pairs=pairs,
        contacts=contacts,
        growth=growing_heat(layout, mesh, volume, piece),
        links=links,
        wrap_z=faces[-1] if wrapped_z else None,
    )


def _links(
    layout: Layout,
    mesh: Mesh,
    cuts: Sequence[curved.Cuts],
    contacts: Contacts,
    numbers: Sequence[Ints],
    medium: tuple[Floats, Floats],
    volume: Floats,
) -> Links:
    """Conduction along circles; how the flow divides there is taken at the reference temperature."""
    temperature, _ = reference_temperature(layout.stack)
    rim = Rim.of(layout, mesh, cuts)
    resistance, near = divided(layout, mesh, cuts, contacts, numbers, temperature)
    shares = [known(cut, R, near) for cut, R in zip(cuts, resistance, strict=True)]
    return rim.links(rim.missing(shares), medium, volume)


def divided(
    layout: Layout,
    mesh: Mesh,
    cuts: Sequence[curved.Cuts],
    contacts: Contacts,
    numbers: Sequence[Ints],
    temperature: float,
) -> tuple[list[Floats], tuple[Floats, Floats]]:
    """What the flow at circles divides by, at a temperature [K]: R of every cut face [m^2 K/W], and (nz, nx)
    conductivities through and along the layers. numbers : contact of all faces of each orientation"""
    joint = np.append([_near(law, temperature) for law in contacts.laws], 0.0)
    which = np.append(contacts.law, len(contacts.laws))
    resistance = [joint[which[number.ravel()[cut.face]]] for cut, number in zip(cuts, numbers, strict=True)]
    piece = mesh.piece.astype(np.intp)
    return resistance, _conductivities(layout, piece, Properties.at(layout, temperature))


def _near(law: Law, temperature: float) -> float:
    """R [m^2 K/W] of a law at ``temperature`` [K], brought into its range."""
    if law.linear:
        return law.resistance
    low, high = law.valid
    conductance = float(law.conductance(min(max(temperature, low), high)))
    return 1.0 / conductance if conductance > 0 else math.inf


def _conductivities(layout: Layout, piece: Ints, properties: Properties) -> tuple[Floats, Floats]:
    """(nz, nx) conductivity through and along the layers; 0 in void."""
    (column,) = thin(piece)
    kind = np.where(column >= 0, layout.kind(column.ravel()).reshape(column.shape), len(properties.through))
    through, lateral = np.append(properties.through, 0.0)[kind], np.append(properties.lateral, 0.0)[kind]
    return wide(through, piece), wide(lateral, piece)


def _sizes(mesh: Mesh) -> tuple[Floats, Floats, Floats]:
    """(nz, nx) volumes [m^3], (nz + 1, nx) areas of z faces, (nz, nx + 1) areas of x faces [m^2]."""
    geometry = mesh.geometry
    if mesh.dx is None or mesh.x_edges is None:
        metric = Metric.of(geometry)
        lower = mesh.z_edges[:-1]
        return (
            metric.volume(lower, mesh.dz)[:, np.newaxis],
            metric.area(mesh.z_edges)[:, np.newaxis],
            np.zeros((len(mesh.dz), 2)),
        )
    if geometry.kind == "axisymmetric":
        base = math.pi * mesh.dx * (mesh.x_edges[:-1] + mesh.x_edges[1:])
        rim = 2.0 * math.pi * mesh.x_edges
    else:
        base = mesh.dx * geometry.depth
        base = wide(base[:1], base) if mesh.uniform_x else base
        rim = wide(np.array([geometry.depth]), mesh.x_edges)
    area_z = np.broadcast_to(base, (len(mesh.dz) + 1, len(base)))
    height = mesh.dz[:, np.newaxis]
    return wide(height * thin(base)[0], mesh.piece), area_z, wide(height * thin(rim)[0], mesh.x_edges)


def _through(
    mesh: Mesh, k: Floats, heat: Floats, active: np.ndarray
) -> tuple[Floats, Floats, Floats, Floats]:
    """(nz, nx) lower and upper half cells [K/W] and source shifts [K] along the stack; infinite in void."""
    half = 0.5 * mesh.dz
    with np.errstate(divide="ignore", invalid="ignore"):
        if mesh.dx is None:
            metric = Metric.of(mesh.geometry)
            column = k[:, 0]
            low_lower, low_upper = metric.resistances(mesh.z_edges[:-1], half, column)
            up_lower, up_upper = metric.resistances(mesh.z, half, column)
            share = metric.volume(mesh.z_edges[:-1], half) / metric.volume(mesh.z_edges[:-1], mesh.dz)
            source = heat[:, 0]
            parts = (
                low_lower + low_upper,
                up_lower + up_upper,
                source * share * low_upper,
                source * (1.0 - share) * up_lower,
            )
            return parts[0][:, None], parts[1][:, None], parts[2][:, None], parts[3][:, None]
        _, area_z, _ = _sizes(mesh)
        k_column, area = thin(k, area_z[1:])
        resistance = wide(half[:, np.newaxis] / (k_column * area), k)  # infinite in void
        quarter, heat_column = thin(0.25 * resistance, heat)
        shift = wide(heat_column * np.where(np.isinf(quarter), 0.0, quarter), k)
    return resistance, resistance, shift, shift


def _across(mesh: Mesh, k: Floats) -> tuple[Floats, Floats]:
    """(nz, nx) left and right half cells [K/W]; infinite in void."""
    if mesh.dx is None or mesh.x is None or mesh.x_edges is None:
        nothing = np.full(mesh.shape, np.inf)
        return nothing, nothing
    first, second = 0.5 * mesh.dx / mesh.geometry.depth, 0.5 * mesh.dx / mesh.geometry.depth
    with np.errstate(divide="ignore"):
        if mesh.geometry.kind == "axisymmetric":
            first = np.log(mesh.x / mesh.x_edges[:-1]) / (2.0 * math.pi)
            second = np.log(mesh.x_edges[1:] / mesh.x) / (2.0 * math.pi)
        elif mesh.uniform_x:
            first = second = wide(first[:1], first)
        column, left, right = thin(k, first[np.newaxis], second[np.newaxis])
        conductance = column * mesh.dz[:, np.newaxis]
        return wide(left / conductance, k), wide(right / conductance, k)


def _pairs(neighbours: list[tuple[Ints, Ints]]) -> tuple[Ints, list[Ints]]:
    """(m, 2) pairs of pieces that meet, the smaller first, and for each face its pair, -1 within a piece."""
    base = 1 + max((int(max(a.max(), b.max())) for a, b in neighbours if a.size), default=0)
    columns = [thin(a, b) for a, b in neighbours]
    meet = [(a != b) & (a >= 0) & (b >= 0) for a, b in columns]
    codes = [
        np.minimum(a[m], b[m]) * base + np.maximum(a[m], b[m])
        for (a, b), m in zip(columns, meet, strict=True)
    ]
    unique = np.unique(np.concatenate(codes))
    numbers: list[Ints] = []
    for code, m, (whole, _) in zip(codes, meet, neighbours, strict=True):
        number = np.full(m.shape, -1, dtype=np.intp)
        number[m] = np.searchsorted(unique, code)
        numbers.append(wide(number, whole))
    return np.stack([unique // base, unique % base], axis=1), numbers


def _faces(
    half_first: Floats,
    half_second: Floats,
    area: Floats,
    contact: Ints,
    joint: Floats,
    sheet_first: Floats | None = None,
    sheet_second: Floats | None = None,
) -> Faces:
    first, second, across, number = thin(half_first, half_second, area, contact)
    with np.errstate(divide="ignore"):
        resistance = joint[number] / across if area.size else np.zeros_like(area)
        conductance = wide(1.0 / (first + resistance + second), area)
    return Faces(
        conductance, area, half_first, half_second, contact, wide(resistance, area), sheet_first, sheet_second
    )


# Boundaries -----------------------------------------------------------------------------------------------


def _side(
    layout: Layout,
    mesh: Mesh,
    name: str,
    area_z: Floats,
    area_x: Floats,
    lower: Floats,
    upper: Floats,
    left: Floats,
    right: Floats,
) -> Side | None:
    """Boundary faces of a side where there is material; None where it is periodic or has no surface (an axis)."""
    boundary = layout.stack.boundary(name)
    if isinstance(boundary.condition, Periodic):
        return None
    nz, nx = mesh.shape
    one_dimensional = mesh.dx is None
    row: Ints
    column: Ints
    if name in ("bottom", "top") or one_dimensional:
        first = name in ("bottom", "inner")
        row, column = np.full(nx, 0 if first else nz - 1), np.arange(nx)
        area = area_z[0 if first else nz]
        half = (lower if first else upper)[row, column]
        along = mesh.x_edges if mesh.x_edges is not None else np.array([0.0, 1.0])
    else:
        first = name in ("left", "inner")
        row, column = np.arange(nz), np.full(nz, 0 if first else nx - 1)
        area = area_x[:, 0 if first else nx]
        half = (left if first else right)[row, column]
        along = mesh.z_edges
    here = (mesh.piece[row, column] >= 0) & (area > 0)
    if not here.any():
        if isinstance(boundary.condition, Adiabatic) and not boundary.patches:
            return None
        reason = "the axis has no surface" if not (area > 0).any() else "no material reaches this side"
        raise InputError(f"boundary.{name}: {reason}; remove the condition")
    cover = [_patch_cover(mesh, name, patch.along, along) * here for patch in boundary.patches]
    rest = here * np.maximum(1.0 - sum(cover, np.zeros(len(here))), 0.0)
    rest[rest < 1e-9] = 0.0
    terms = [_term(boundary.condition, f"boundary.{name}", rest, area, half)]
    for index, (patch, weight) in enumerate(zip(boundary.patches, cover, strict=True)):
        where = f"boundary.{name}.patches.{index}"
        if not weight.any():
            raise InputError(f"{where}: no material lies within this range of the {name}")
        terms.append(_term(patch.condition, where, weight, area, half))
    return Side(name, row, column, area, half, along, terms)


def _patch_cover(mesh: Mesh, side: str, span: Span, along: Floats) -> Floats:
    return lateral_overlap(mesh, span) if side in ("bottom", "top") else overlap(along, span)


def _term(condition: Condition, where: str, weight: Floats, area: Floats, half: Floats) -> SideTerm:
    nothing = np.zeros(len(area))
    covered = weight * area
    match condition:
        case Adiabatic():
            return SideTerm(where, weight, None, nothing, nothing, nothing)
        case Heat(heat):
            total = covered.sum()
            if total == 0.0:
                raise InputError(f"{where}: the patches cover all of it, so its heat has nowhere to enter")
            return SideTerm(where, weight, None, nothing, nothing, number(heat) * (covered / total))
        case HeatFlux(heat_flux):
            return SideTerm(where, weight, None, nothing, nothing, number(heat_flux) * covered)
        case Temperature(temperature):
            return _held(where, weight, area, half, number(temperature), PERFECT)
        case Reservoir(ambient, law):
            return _held(where, weight, area, half, number(ambient), law)
        case Periodic():
            raise InputError(f"{where}: only whole sides can be periodic")
        case PerChannel():
            raise InputError(f"{where}: values by channel were given, but no channels; name them in channels")


def _held(where: str, weight: Floats, area: Floats, half: Floats, temperature: float, law: Law) -> SideTerm:
    with np.errstate(divide="ignore", invalid="ignore"):
        film = np.where(area > 0, (law.resistance if law.linear else np.nan) / area, np.inf)
        conductance = np.where(weight > 0, weight / (half + film), 0.0)
    return SideTerm(where, weight, temperature, conductance, film, np.zeros(len(area)), law)
