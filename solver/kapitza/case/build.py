"""A faultless case as a `Stack`: SI numbers, materials and laws in place of names and keys.

Runs after `checks` has found nothing; what must be there is there.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar, cast

from kapitza import model
from kapitza.bychannel import ByChannel
from kapitza.case.laws import Laws
from kapitza.case.scope import RADIAL, SIDES
from kapitza.case.table import Table
from kapitza.case.tables import (
    CaseTable,
    ConditionTable,
    GeometryTable,
    InterfaceTable,
    LayerTable,
    PatchTable,
    ProbeTable,
    RegionTable,
    SideTable,
    SourceTable,
)
from kapitza.case.tables_time import ZthTable
from kapitza.laws.time import flash

T = TypeVar("T")


def build(table: CaseTable, laws: Laws) -> model.Stack:
    """The stack that the tables of a case describe."""
    return _Builder(table, laws).stack()


class _Builder:
    def __init__(self, table: CaseTable, laws: Laws) -> None:
        self.table, self.laws, self.take = table, laws, laws.take
        self.geometry = self._geometry(_there(table.geometry))

    def stack(self) -> model.Stack:
        table = self.table
        stack = model.Stack(
            layers=tuple(self._layer(row) for row in _there(table.layers)),
            geometry=self.geometry,
            regions=tuple(self._region(row) for row in table.regions or ()),
            interfaces=tuple(self._interface(row) for row in table.interfaces or ()),
            sources=tuple(self._source(row, i + 1) for i, row in enumerate(table.sources or ())),
            boundaries=self._boundaries(),
            probes=tuple(self._probe(row) for row in table.probes or ()),
            mesh=self._mesh(),
            solve=self._solve(),
            transient=self._transient(),
            frequency=self._frequency(),
            zth=self._zth(),
            thermoelectric=self._thermoelectric(),
            channels=table.channels.names if table.channels is not None else (),
            title=table.title or "",
            temperature_unit=cast(Literal["K", "degC"], table.temperature_unit or "K"),
        )
        if stack.channels:
            from kapitza.channels.locked import check

            check(stack)
        return stack

    def _geometry(self, table: GeometryTable) -> model.Geometry:
        kind = cast(model.Kind, _there(table.kind))
        x = table.x
        if kind == "plane" and x is None:
            x = (0.0, _there(table.width))
        if kind == "axisymmetric":
            x = (table.inner_radius or 0.0, _there(table.radius))
        given = {key: getattr(table, key) for key in ("area", "inner_radius", "length", "depth", "start")}
        return model.Geometry(
            kind,
            x=x,
            fill=self.take(table.fill) if table.fill is not None else None,
            **{key: value for key, value in given.items() if value is not None},
        )

    # Pieces -----------------------------------------------------------------------------------------------

    def _layer(self, row: LayerTable) -> model.Layer | model.Group:
        if row.layers is not None:
            return model.Group(_there(row.repeat), tuple(self._layer(inner) for inner in row.layers))
        x = self._lateral(row)
        if row.radius is not None:
            x = (_there(self.geometry.x)[0], row.radius)
        return model.Layer(
            name=row.name,
            material=self.take(_there(row.material)),
            thickness=_there(row.thickness),
            heat=row.heat or 0.0,
            heat_density=row.heat_density or 0.0,
            cells=row.cells,
            x=x,
            initial=row.initial,
        )

    def _region(self, row: RegionTable) -> model.Region:
        return model.Region(
            name=_there(row.name),
            material=self.take(_there(row.material)),
            shape=self._shape(row),
            heat=row.heat or 0.0,
            heat_density=row.heat_density or 0.0,
        )

    def _shape(self, row: RegionTable) -> model.Rectangle | model.Circle:
        if row.shape == "circle":
            return model.Circle(_there(row.center), _there(row.radius))
        return model.Rectangle(self._lateral(row), row.z)

    def _lateral(self, row: Any) -> Any:
        """x, or r which is the same of an axisymmetric domain."""
        if not self.geometry.two_dimensional:
            return None
        return row.x if row.x is not None else row.r

    def _axial(self, row: Any) -> Any:
        """z, or the radius of a cylinder or sphere."""
        return row.r if self.geometry.kind in RADIAL and row.z is None else row.z

    # Contacts and heat ------------------------------------------------------------------------------------

    def _interface(self, row: InterfaceTable) -> model.Interface:
        law = self.laws.interface(row)
        if row.between is not None:
            return model.Interface(law, row.between, None, row.electrical_resistance or 0.0)
        ((below, above),) = self.laws.pairs(row)
        return model.Interface(law, None, (below, above), row.electrical_resistance or 0.0)

    def _source(self, row: SourceTable, number: int) -> model.Source | model.SheetSource:
        name = row.name or f"source {number}"
        if row.between is not None:
            flux = row.heat_flux or 0.0
            if row.fluence is not None:
                flux = flash(row.fluence, _there(row.duration), row.start or 0.0)
            return model.SheetSource(
                name,
                row.between,
                heat_flux=flux,
                heat=row.heat or 0.0,
                side=cast(Literal["below", "above", "split"], row.side or "below"),
                x=self._lateral(row),
            )
        return model.Source(
            name,
            row.layer or _there(row.region),
            heat=row.heat or 0.0,
            heat_density=row.heat_density or 0.0,
            x=self._lateral(row),
            z=self._axial(row),
        )

    # Boundaries -------------------------------------------------------------------------------------------

    def _boundaries(self) -> dict[str, model.Boundary]:
        tables = {side: getattr(self.table.boundary, side, None) for side in SIDES[self.geometry.kind]}
        sides = {side: self._side(table, side) for side, table in tables.items() if table is not None}
        for side, other in (("left", "right"), ("right", "left")):
            if side in sides and isinstance(sides[side].condition, model.Periodic):
                sides[other] = model.Boundary(model.Periodic())
        return sides

    def _side(self, table: SideTable, side: str) -> model.Boundary:
        patches = tuple(self._patch(row, side) for row in table.patches or ())
        return model.Boundary(self._condition(table, side), patches)

    def _patch(self, row: PatchTable, side: str) -> model.Patch:
        return model.Patch(row.z if row.z is not None else self._lateral(row), self._condition(row, side))

    def _condition(self, table: ConditionTable, side: str) -> model.Condition:
        """The condition that the keys of a boundary or patch give; adiabatic where there are none."""
        several = self._by_channel(table, side)
        if several:
            return model.PerChannel(ByChannel.of(several))
        if table.heat is not None:
            return model.Heat(table.heat)
        if table.heat_flux is not None:
            return model.HeatFlux(table.heat_flux)
        if table.temperature is not None:
            return model.Temperature(table.temperature)
        if table.periodic:
            return model.Periodic()
        if table.ambient is None:
            return model.Adiabatic()
        return model.Reservoir(table.ambient, self.laws.reservoir(table, side))

    def _by_channel(self, table: ConditionTable, side: str) -> dict[str, Any]:
        """Conditions of the channels that are named; none where there is one for all."""
        found: dict[str, Any] = {}
        for key, make in (
            ("heat", model.Heat),
            ("heat_flux", model.HeatFlux),
            ("temperature", model.Temperature),
        ):
            value = getattr(table, key)
            if isinstance(value, ByChannel):
                found |= {name: make(own) for name, own in value}
        reservoirs = self.laws.by_channel(table, side) or ByChannel(())
        return found | {name: model.Reservoir(ambient, law) for name, (ambient, law) in reservoirs}

    # Probes and numerics ----------------------------------------------------------------------------------

    def _probe(self, row: ProbeTable) -> model.Probe:
        name, piece = _there(row.name), row.layer or row.region
        side = cast(Any, row.side)
        if row.at is not None:
            return model.PointProbe(name, self._axial(row.at), self._lateral(row.at), piece, row.channel)
        if row.boundary is not None:
            along = row.z if row.z is not None else self._lateral(row)
            return model.BoundaryProbe(name, row.boundary, along, row.channel)
        if row.interface is not None:
            return model.InterfaceProbe(name, row.interface, side or "jump", self._lateral(row), row.channel)
        return model.PieceProbe(name, _there(piece), side or "max", row.channel)

    def _mesh(self) -> model.MeshOptions:
        table = self.table.mesh
        if table is None:
            return model.MeshOptions()
        grading = cast(Literal["uniform", "refine"] | None, table.grading)
        return model.MeshOptions(table.cells_per_layer, self._lateral(table), table.z, grading)

    def _solve(self) -> model.SolveOptions:
        table = self.table.solve
        if table is None:
            return model.SolveOptions()
        keys = ("tolerance", "initial", "method", "properties_at")
        return model.SolveOptions(**_given(table, keys))

    def _transient(self) -> model.TransientOptions | None:
        table = self.table.transient
        if table is None:
            return None
        keys = ("until", "times", "save", "spacing", "tolerance", "method", "checkpoint")
        return model.TransientOptions(**_given(table, keys))

    def _frequency(self) -> model.FrequencyOptions | None:
        table = self.table.frequency
        if table is None:
            return None
        return model.FrequencyOptions(_there(table.from_), _there(table.to), _there(table.count))

    def _thermoelectric(self) -> model.ThermoelectricOptions | None:
        table = self.table.thermoelectric
        return None if table is None else model.ThermoelectricOptions(table.current, table.load)

    def _zth(self) -> model.ZthOptions | None:
        table = self.table.zth
        return None if table is None else model.ZthOptions(**_given(table, tuple(ZthTable.known())))


def _given(table: Table, keys: tuple[str, ...]) -> dict[str, Any]:
    """Those of ``keys`` that are given, with their values."""
    values = {key: getattr(table, key) for key in keys}
    return {key: value for key, value in values.items() if value is not None}


def _there(value: T | None) -> T:
    assert value is not None, "the checks let a hole through"
    return value
