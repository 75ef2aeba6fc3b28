"""Where heat goes: layers, regions, volume sources and sheet sources, spread over cells and faces by overlap.

Totals are exact on every mesh: a source whose edge lies inside a cell is weighted by the covered part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kapitza.assemble.system import Growth
from kapitza.columns import thin, wide
from kapitza.contacts import sheet_faces
from kapitza.errors import InputError
from kapitza.laws.temperature import TemperatureLaw
from kapitza.laws.time import number
from kapitza.layout import Floats, Ints, Layout
from kapitza.mesh import Mesh
from kapitza.model import Layer, Region, SheetSource, Source, Span


def overlap(edges: Floats, span: Span | None) -> Floats:
    """(n,) fraction of each interval between ``edges`` (n + 1,) that lies within ``span``."""
    if span is None:
        return np.ones(len(edges) - 1)
    low, high = np.maximum(edges[:-1], span[0]), np.minimum(edges[1:], span[1])
    fraction = np.clip((high - low) / (edges[1:] - edges[:-1]), 0.0, 1.0)
    fraction[fraction < 1e-9] = 0.0  # edges that coincide but for rounding
    fraction[fraction > 1.0 - 1e-9] = 1.0
    return fraction


def _radial(mesh: Mesh) -> Floats:
    """Edges in whose differences lateral overlap is measured: x, or r^2 when axisymmetric (areas)."""
    assert mesh.x_edges is not None
    return mesh.x_edges**2 if mesh.geometry.kind == "axisymmetric" else mesh.x_edges


def lateral_overlap(mesh: Mesh, span: Span | None) -> Floats:
    if mesh.x_edges is None or span is None:
        return np.ones(mesh.shape[1])
    if mesh.geometry.kind == "axisymmetric":
        span = (span[0] ** 2, span[1] ** 2)
    return overlap(_radial(mesh), span)


def volume_heat(layout: Layout, mesh: Mesh, volume: Floats, piece: Ints) -> Floats:
    """(nz, nx) heat [W] that layers, regions and volume sources put into the cells that bear their names.

    volume : of the cells (nz, nx) [m^3] · piece : that each bears (nz, nx), -1 void
    """
    size, bearer = thin(volume, piece)
    heat = wide(_carried(layout, size, bearer, mesh.shape[1]), piece)
    for index, source in enumerate(layout.stack.sources):
        if isinstance(source, Source):
            rows, share = _spread(layout, mesh, volume, piece, source, index)
            heat = heat if heat.flags.writeable else heat.copy()
            heat[rows] += share
    return heat


def _carried(layout: Layout, volume: Floats, piece: Ints, columns: int) -> Floats:
    """(nz, nx or 1) heat [W] of layers and regions, from volume and piece of that shape."""
    carriers: list[Layer | Region] = [*layout.kinds, *layout.regions]
    density = np.array([constant_density(carrier) for carrier in carriers])
    total = np.array([number(carrier.heat) for carrier in carriers])
    if not density.any() and not total.any():
        return np.zeros(piece.shape)
    kind = layout.kind(np.maximum(piece, 0).ravel()).reshape(piece.shape)
    kind = np.where(
        (piece >= 0) & (kind < len(carriers)), kind, len(carriers)
    )  # neither void nor fill has heat
    heat = np.append(density, 0.0)[kind] * volume
    for index in np.flatnonzero(total).tolist():
        held = np.where(kind == index, volume, 0.0)
        of_piece = np.bincount(np.maximum(piece, 0).ravel(), held.ravel(), layout.n_pieces)
        if not held.any():
            name, place = layout.kind_bases[index], "layers" if index < len(layout.kinds) else "regions"
            raise InputError(
                f"{place}.{name}.heat: nowhere to go; other pieces cover {name} wholly, or it is outside"
            )
        whole = np.where(held > 0, of_piece[np.maximum(piece, 0)], 1.0) * (columns // held.shape[1])
        heat += total[index] * (held / whole)
    return heat


def _spread(
    layout: Layout, mesh: Mesh, volume: Floats, piece: Ints, source: Source, index: int
) -> tuple[Ints, Floats]:
    """Rows (n,) that hold a source, and its heat [W] in their cells (n, nx)."""
    pieces = layout.select(source.piece, f"sources.{index}.layer")
    height, across = overlap(mesh.z_edges, source.z), lateral_overlap(mesh, source.x)
    rows = np.flatnonzero((height > 0) & np.isin(thin(piece)[0], pieces).any(axis=1))
    held = np.where(np.isin(piece[rows], pieces), height[rows, np.newaxis] * across * volume[rows], 0.0)
    if not held.any():
        raise InputError(f"sources.{index}: no cell of {source.piece!r} lies within its range")
    return rows, constant_density(source) * held + number(source.heat) * (held / held.sum())


def constant_density(carrier: Layer | Region | Source) -> float:
    """Heat density [W/m^3] of a carrier; 0 where it is a function of temperature, which `growing_heat` sees to."""
    return 0.0 if isinstance(carrier.heat_density, TemperatureLaw) else number(carrier.heat_density)


def growing_heat(layout: Layout, mesh: Mesh, volume: Floats, piece: Ints) -> list[Growth]:
    """Heat sources that depend on the temperature where they are; arguments as for `volume_heat`."""
    found: list[Growth] = []
    carriers: list[Layer | Region] = [*layout.kinds, *layout.regions]
    for kind, carrier in enumerate(carriers):
        if isinstance(carrier.heat_density, TemperatureLaw):
            here = (layout.kind(np.maximum(piece, 0).ravel()).reshape(piece.shape) == kind) & (piece >= 0)
            held = np.where(here, volume, 0.0)
            found.append(Growth(carrier.heat_density, held, layout.kind_bases[kind]))
    for index, source in enumerate(layout.stack.sources):
        if isinstance(source, Source) and isinstance(source.heat_density, TemperatureLaw):
            share = np.zeros(mesh.shape)
            rows, part = _spread(
                layout, mesh, volume, piece, replace(source, heat_density=1.0, heat=0.0), index
            )
            share[rows] = part
            found.append(Growth(source.heat_density, share, source.name))
    return found


def sheet_heat(
    layout: Layout, mesh: Mesh, neighbours: Sequence[tuple[Ints, Ints]], areas: Sequence[Floats]
) -> list[tuple[Floats, Floats] | tuple[None, None]]:
    """For each group of faces (first the z faces, then the lateral ones) the heat [W] that sheet sources put on the
    first and on the second side of every face; (None, None) for each without any sheet source.

    neighbours : pieces of the two cells at each face · areas : of the faces [m^2]
    """
    sheets = [(i, s) for i, s in enumerate(layout.stack.sources) if isinstance(s, SheetSource)]
    if not sheets:
        return [(None, None) for _ in areas]
    result = [(np.zeros(area.shape), np.zeros(area.shape)) for area in areas]
    everyone = [np.concatenate([pair[k].ravel() for pair in neighbours]) for k in (0, 1)]
    bounds = np.cumsum([area.size for area in areas])[:-1]
    for index, source in sheets:
        orders = np.split(
            sheet_faces(layout, source.between, f"sources.{index}.between", everyone[0], everyone[1]), bounds
        )
        held = [
            np.where(order.reshape(area.shape) != 0, area * _face_overlap(mesh, source.x, group), 0.0)
            for group, (order, area) in enumerate(zip(orders, areas, strict=True))
        ]
        total = sum(float(h.sum()) for h in held)
        if total == 0.0:
            raise InputError(
                f"sources.{index}.x: {source.between[0]}|{source.between[1]} is not in this range"
            )
        share = {"below": 1.0, "split": 0.5, "above": 0.0}[source.side]
        for (first, second), order, part in zip(result, orders, held, strict=True):
            heat = (number(source.heat_flux) + number(source.heat) / total) * part
            first_share = np.where(order.reshape(part.shape) < 0, 1.0 - share, share)
            first += heat * first_share
            second += heat * (1.0 - first_share)
    return list(result)


def _face_overlap(mesh: Mesh, span: Span | None, group: int) -> Floats:
    """Covered fraction of z faces (group 0), of lateral faces (1: inside the range or not) and of the seam (2)."""
    if span is None or mesh.x_edges is None:
        return np.ones(1)
    if group == 0:
        return lateral_overlap(mesh, span)
    x = mesh.x_edges[1:-1] if group == 1 else mesh.x_edges[-1:]
    return ((x >= span[0]) & (x <= span[1])).astype(float)
