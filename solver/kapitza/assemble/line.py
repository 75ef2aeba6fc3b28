"""A 1-D stack as a chain of resistances: three nodes to a segment (lower face, middle, upper face).

The number of cells plays no part here: the solution inside a segment is known in closed form (`metrics`),
so a layer of one cell and a layer of a million give the same side temperatures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kapitza.assemble._profiles import fill_slab
from kapitza.assemble.chain import Chain, End
from kapitza.assemble.heat import constant_density
from kapitza.compiled import WORTH_COMPILING, compiled
from kapitza.contacts import Contacts, match, sheet_faces
from kapitza.errors import InputError
from kapitza.laws.time import number
from kapitza.layout import Floats, Ints, Layout
from kapitza.mesh import LineMesh
from kapitza.metrics import Metric
from kapitza.model import (
    SIDES,
    Adiabatic,
    Condition,
    Heat,
    HeatFlux,
    PerChannel,
    Reservoir,
    SheetSource,
    Source,
    Temperature,
)
from kapitza.properties import Properties


@dataclass(frozen=True)
class LineProblem:
    """A chain and what is needed to read it.

    conductivity : (n,) of each segment [W/(m K)] · heat : (n,) in each segment [W] · volume : (n,) [m^3]
    joints : (m,) segments below a contact of two pieces · area : (m,) of these contacts [m^2]
    contacts : their laws · sheet_below, sheet_above : (m,) heat [W] put into the plane, by geometric side
    """

    line: LineMesh
    metric: Metric
    chain: Chain
    conductivity: Floats
    heat: Floats
    volume: Floats
    joints: Ints
    area: Floats
    contacts: Contacts
    sheet_below: Floats
    sheet_above: Floats

    def per_cell(self, values: Floats) -> Floats:
        """(nz,) a value of each segment, repeated over its cells."""
        return np.repeat(values, self.line.segment_cells)

    def centres(self) -> Floats:
        """(nz,) distance of cell centres above the lower face of their segment [m]."""
        cells, dz = self.line.segment_cells, self.line.mesh.dz
        first = np.cumsum(cells) - cells
        if self.line.equal:
            return (np.arange(len(dz)) - np.repeat(first, cells) + 0.5) * dz
        below: Floats = np.cumsum(dz) - dz
        middle: Floats = below - np.repeat(below[first], cells) + 0.5 * dz
        return middle

    def cell_volumes(self) -> Floats:
        """(nz,) [m^3]."""
        mesh = self.line.mesh
        return self.metric.volume(mesh.z_edges[:-1], mesh.dz)

    def inside(self, lower: Floats, upper: Floats) -> Floats:
        """(nz,) temperature at the centre of every cell from those of the segments' faces, ``lower``, ``upper`` (n,):
        the exact profile of a uniform source."""
        line = self.line
        count = line.mesh.shape[0]
        if count < WORTH_COMPILING or self.metric.kind != "slab" or not line.equal:
            return self._profile(lower, upper, self.centres(), self.per_cell)
        out = np.empty(count)
        curve = self.heat / (self.volume * self.conductivity)
        compiled(fill_slab)(
            np.ascontiguousarray(lower),
            np.ascontiguousarray(upper),
            curve,
            line.segment_size,
            line.segment_cells,
            out,
        )
        return out

    def at(self, lower: Floats, upper: Floats, s: Floats) -> Floats:
        """(n,) the same profile, one height ``s`` (n,) in every segment."""
        return self._profile(lower, upper, s, lambda values: values)

    def _profile(self, lower: Floats, upper: Floats, s: Floats, spread: Callable[[Floats], Floats]) -> Floats:
        line = self.line
        phi, parabola = self.metric.rise(spread(line.segment_lower), spread(line.segment_size), s)
        curve = self.heat / (self.volume * self.conductivity)
        return spread(lower) * (1.0 - phi) + spread(upper) * phi + spread(curve) * parabola


def assemble(
    layout: Layout, line: LineMesh, properties: Properties, extra: Floats | None = None
) -> LineProblem:
    """The chain of a slab, cylinder or sphere. ``extra``: (n,) more heat in the segments [W].

    Raises InputError for entries and sources that match nothing."""
    metric = Metric.of(layout.stack.geometry)
    lower, size, piece = line.segment_lower, line.segment_size, line.segment_piece
    conductivity = properties.through[layout.kind_of[piece]]
    volume = metric.volume(lower, size)
    heat = _heat(layout, line, volume) + (0.0 if extra is None else extra)
    joints = np.flatnonzero(np.diff(piece))
    contacts = match(layout, piece[joints], piece[joints + 1])
    area = metric.area(lower[joints + 1])
    resistance_lower, resistance_upper = metric.resistances(lower, size, conductivity)
    if np.isinf(resistance_lower[0]):
        resistance_lower = resistance_lower.copy()
        resistance_lower[0] = (
            0.0  # the axis: nothing passes, the middle node's temperature is that of the axis
        )
    resistance = np.zeros(3 * len(piece) - 1)
    resistance[0::3], resistance[1::3] = resistance_lower, resistance_upper
    between = np.zeros(len(piece) - 1)  # segments of one layer meet perfectly
    between[joints] = contacts.resistance / area
    resistance[2::3] = between
    source = np.zeros(3 * len(piece))
    source[1::3] = heat
    sheet_below, sheet_above = _sheets(layout, piece[joints], piece[joints + 1], area)
    if sheet_below.any() or sheet_above.any():
        source[3 * joints + 2] += sheet_below
        source[3 * joints + 3] += sheet_above
    ends = [
        _end(layout, side, float(metric.area(np.array([r]))[0]))
        for side, r in zip(
            SIDES[layout.stack.geometry.kind], (layout.layer_edges[0], layout.layer_edges[-1]), strict=True
        )
    ]
    chain = Chain(resistance, source, ends[0], ends[1])
    return LineProblem(
        line, metric, chain, conductivity, heat, volume, joints, area, contacts, sheet_below, sheet_above
    )


def _end(layout: Layout, side: str, area: float) -> End:
    condition: Condition = layout.stack.boundary(side).condition
    if area == 0.0 and not isinstance(condition, Adiabatic):
        raise InputError(
            f"boundary.{side}: at inner_radius = 0 there is no surface; remove the condition, "
            "or give the geometry an inner_radius"
        )
    match condition:
        case Temperature(temperature):
            return End(number(temperature))
        case Reservoir(ambient, law):
            if not law.linear:
                return End(number(ambient), np.nan)
            return End() if np.isinf(law.resistance) else End(number(ambient), law.resistance / area)
        case Heat(heat):
            return End(heat=number(heat))
        case HeatFlux(heat_flux):
            return End(heat=number(heat_flux) * area)
        case Adiabatic():
            return End()
        case PerChannel():
            raise InputError(
                f"boundary.{side}: values by channel were given, but no channels; name them in channels"
            )
    raise InputError(f"boundary.{side}: a one-dimensional stack cannot be periodic")


def _heat(layout: Layout, line: LineMesh, volume: Floats) -> Floats:
    """(n,) heat in each segment [W]: what layers carry, and the sources over them."""
    kinds, piece = layout.kinds, line.segment_piece
    kind = layout.kind_of[piece]
    densities, totals = np.zeros(len(kinds)), np.zeros(len(kinds))
    for i, layer in enumerate(kinds):
        if layer.heat != 0.0 or layer.heat_density != 0.0:
            densities[i], totals[i] = constant_density(layer), number(layer.heat)
    heat = densities[kind] * volume
    total = totals[kind]
    if total.any():
        of_layer = np.zeros(layout.n_layers)
        np.add.at(of_layer, piece, volume)
        heat = heat + np.where(total != 0, total * (volume / of_layer[piece]), 0.0)
    for index, source in enumerate(layout.stack.sources):
        if isinstance(source, Source):
            heat = heat + _spread(layout, line, volume, source, index)
    return heat


def _spread(layout: Layout, line: LineMesh, volume: Floats, source: Source, index: int) -> Floats:
    chosen = np.isin(line.segment_piece, layout.select(source.piece, f"sources.{index}.layer"))
    if source.z is not None:
        middle = line.segment_lower + 0.5 * line.segment_size
        chosen &= (middle > source.z[0]) & (middle < source.z[1])
    if not chosen.any():
        raise InputError(f"sources.{index}.z: nothing of {source.piece!r} lies in this range")
    held = np.where(chosen, volume, 0.0)
    spread: Floats = constant_density(source) * held + number(source.heat) * (held / held.sum())
    return spread


def _sheets(layout: Layout, first: Ints, second: Ints, area: Floats) -> tuple[Floats, Floats]:
    """Heat [W] of sheet sources on the geometric lower and upper side of every contact: (m,), (m,)."""
    below, above = np.zeros(len(first)), np.zeros(len(first))
    for index, source in enumerate(layout.stack.sources):
        if not isinstance(source, SheetSource):
            continue
        order = sheet_faces(layout, source.between, f"sources.{index}.between", first, second)
        held = np.where(order != 0, area, 0.0)
        heat = source.heat_flux * held + number(source.heat) * (held / held.sum())
        share = {"below": 1.0, "split": 0.5, "above": 0.0}[source.side]
        lower_share = np.where(order < 0, 1.0 - share, share)
        below += heat * lower_share
        above += heat * (1.0 - lower_share)
    return below, above
