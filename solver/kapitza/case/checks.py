"""What single values cannot tell: which keys belong together, which names exist, what lies where.

Every check runs on whatever of the case could be read, and says nothing about what is wrong already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kapitza.case import (
    check_contacts,
    check_fit,
    check_probes,
    check_sides,
    check_thermoelectric,
    check_time,
)
from kapitza.case.fields import name_fault
from kapitza.case.messages import Path, joined, nearest
from kapitza.case.names import FILL, Place, is_group, rows
from kapitza.case.scope import Raw, Scope, example
from kapitza.case.tables import (
    CaseTable,
    ChannelsTable,
    GeometryTable,
    LayerTable,
    MaterialTable,
    RegionTable,
)
from kapitza.quantities import show

# keys of [geometry] beside kind: those that must be there, and the others
GEOMETRY: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "slab": (("area",), ("start",)),
    "cylinder": (("inner_radius", "length"), ()),
    "sphere": (("inner_radius",), ()),
    "plane": ((), ("width", "x", "depth", "fill", "start")),
    "axisymmetric": (("radius",), ("inner_radius", "fill", "start")),
}


def check(scope: Scope) -> None:
    """Find everything that is wrong between the values of a case."""
    scope.missing((), scope.data, CaseTable, CaseTable.required)
    _geometry(scope)
    _materials(scope)
    _layers(scope)
    _regions(scope)
    check_contacts.check(scope)
    check_sides.check(scope)
    check_probes.check(scope)
    _mesh(scope)
    _solve(scope)
    check_time.check(scope)
    check_thermoelectric.check(scope)
    if "channels" in scope.data:
        scope.missing(("channels",), section(scope.data, "channels"), ChannelsTable, ChannelsTable.required)
    check_fit.check(scope)
    _sweep(scope)
    _tolerances(scope)


def section(data: Raw, key: str) -> Raw:
    """A table of the case as given; empty if it is not there or no table."""
    raw = data.get(key)
    return raw if isinstance(raw, Mapping) else {}


def _geometry(scope: Scope) -> None:
    raw, path, geometry = section(scope.data, "geometry"), ("geometry",), scope.geometry
    if scope.table.geometry is None:
        return
    scope.missing(path, raw, GeometryTable, GeometryTable.required)
    kind = scope.kind
    if kind is None:
        return
    needed, others = GEOMETRY[kind]
    for key in GeometryTable.model_fields:
        if key in raw and key not in ("kind", *needed, *others):
            takes = ", ".join((*needed, *others))
            scope.add((*path, key), f"does not belong to a {kind}, which takes {takes}", raw[key])
    scope.missing(path, raw, GeometryTable, needed)
    if kind == "plane":
        scope.one_of(path, raw, GeometryTable, ("width", "x"))
    if kind == "axisymmetric" and geometry.radius is not None:
        inner = geometry.inner_radius or 0.0
        if inner >= geometry.radius:
            scope.add((*path, "radius"), "not larger than inner_radius", raw["radius"])
    scope.material(path, raw, "fill")


def _materials(scope: Scope) -> None:
    from kapitza.case.shelf import material_of
    from kapitza.errors import InputError

    given = section(scope.data, "materials")
    for name, table in (scope.table.materials or {}).items():
        raw, path = section(given, name), ("materials", name)
        if name_fault(name):
            scope.add(path, name_fault(name))
        scope.missing(path, raw, MaterialTable, MaterialTable.required)
        scope.at_most_one(path, raw, ("specific_heat", "volumetric_heat_capacity"))
        scope.at_most_one(path, raw, ("melting_temperature", "solidus"))
        for one, other in (("solidus", "liquidus"), ("liquidus", "solidus")):
            if one in raw and other not in raw:
                scope.add((*path, other), f"missing beside {one}; {example(MaterialTable, other)}")
        _melting(scope, path, raw)
        if table.solidus is not None and table.liquidus is not None and table.solidus >= table.liquidus:
            scope.add((*path, "solidus"), "not below liquidus", raw["solidus"])
        if table.conductivity is not None and not scope.faulty(path):
            try:
                material_of(name, table)
            except InputError as problem:
                scope.add(path, str(problem))


def _melting(scope: Scope, path: Path, raw: Raw) -> None:
    """Fault with latent heat, or values of solid and liquid, where nothing says when they melt."""
    if {"melting_temperature", "solidus", "liquidus"} & raw.keys():
        return
    for key, value in raw.items():
        parts = (value, *value.values()) if isinstance(value, Mapping) else (value,)
        phases = any(isinstance(part, Mapping) and {"solid", "liquid"} & part.keys() for part in parts)
        if key == "latent_heat" or (phases and key in MaterialTable.model_fields):
            text = example(MaterialTable, "melting_temperature")
            scope.add(
                (*path, "melting_temperature"), f"missing beside {key}, or solidus and liquidus; {text}"
            )
            return


# Layers and regions -------------------------------------------------------------------------------------


def _layers(scope: Scope) -> None:
    raws = rows(scope.data, "layers")
    if scope.data.get("layers") == []:
        scope.add(("layers",), "a stack needs at least one layer", [])
    for place in scope.names.places:
        _layer(scope, place)
    _groups(scope, scope.table.layers, raws, ("layers",))
    seen: dict[str, Path] = {}
    for place in scope.names.places:
        name = place.raw.get("name")
        if isinstance(name, str) and not place.grouped:
            if name in seen:
                message = f"layers.{seen[name][1]} has this name already; every layer needs its own"
                scope.add((*place.path, "name"), message, name)
            seen.setdefault(name, place.path)
        if name == FILL or (name is None and place.raw.get("material") == FILL):
            scope.add(place.path, "'fill' is the name of what surrounds the layers; give another name", name)


def _layer(scope: Scope, place: Place) -> None:
    path, raw, table = place.path, place.raw, place.table
    if not {"material", "thickness"} <= raw.keys():
        scope.missing(path, raw, LayerTable, ("material", "thickness"))
    scope.material(path, raw)
    if len(raw) <= 3 and "heat" not in raw and "x" not in raw:
        return  # the usual row of a long list: nothing more to compare
    scope.at_most_one(path, raw, ("heat", "heat_density"))
    scope.at_most_one(path, raw, ("x", "r", "radius"))
    if scope.kind != "axisymmetric" and scope.kind is not None:
        has = "x" if scope.two_dimensional else "one dimension only"
        scope.refuse(path, raw, ("radius",), f"belongs to an axisymmetric domain; a {scope.kind} has {has}")
    elif table.radius is not None and scope.x is not None:
        if table.radius <= scope.x[0]:
            scope.add((*path, "radius"), "not larger than the inner_radius of the domain", raw["radius"])
        else:
            scope.inside((*path, "radius"), table.radius, scope.x, raw["radius"])
    if "x" in raw or "r" in raw:
        _layer_range(scope, place)


def _layer_range(scope: Scope, place: Place) -> None:
    """x and r of a layer are lateral; in one dimension it has neither."""
    if scope.kind is not None and not scope.two_dimensional:
        message = f"a {scope.kind} is one-dimensional; extents belong to plane and axisymmetric"
        scope.refuse(place.path, place.raw, ("x", "r"), message)
    else:
        scope.lateral_range(place.path, place.table, place.raw)


def _groups(scope: Scope, tables: list[LayerTable] | None, raws: list[Raw], path: Path) -> None:
    """Faults of groups: their keys, and what they hold."""
    for index, (table, raw) in enumerate(zip(tables or [], raws, strict=False)):
        if not is_group(raw):
            continue
        here = (*path, index)
        scope.missing(here, raw, LayerTable, ("repeat", "layers"))
        others = [key for key in LayerTable.model_fields if key not in ("repeat", "layers")]
        scope.refuse(here, raw, others, "does not belong to a group, which takes repeat and layers")
        if raw.get("layers") == []:
            scope.add((*here, "layers"), "a group needs at least one layer", [])
        _groups(scope, table.layers, rows(raw, "layers"), (*here, "layers"))


def _regions(scope: Scope) -> None:
    raws = rows(scope.data, "regions")
    if raws and scope.kind is not None and not scope.two_dimensional:
        scope.add(
            ("regions",), f"a {scope.kind} is one-dimensional; regions belong to plane and axisymmetric"
        )
        return
    for index, (table, raw) in enumerate(zip(scope.table.regions or [], raws, strict=False)):
        path = ("regions", index)
        scope.missing(path, raw, RegionTable, RegionTable.required)
        scope.material(path, raw)
        scope.at_most_one(path, raw, ("heat", "heat_density"))
        if table.shape == "circle":
            _circle(scope, path, table, raw)
        else:
            message = 'a rectangle takes x and z; for a circle write shape = "circle"'
            scope.refuse(path, raw, ("center", "radius"), message)
            scope.lateral_range(path, table, raw)
            scope.axial_range(path, table, raw)
        if table.name in scope.names.layers:
            scope.add((*path, "name"), "a layer has this name; every piece needs its own", raw["name"])
        elif table.name == FILL:
            message = "this is the name of what surrounds layers and regions; give another name"
            scope.add((*path, "name"), message, FILL)
    scope.unique(("regions",), [r.name for r in scope.table.regions or []], "every region needs its own")


def _circle(scope: Scope, path: Path, table: RegionTable, raw: Raw) -> None:
    scope.refuse(path, raw, ("x", "r", "z"), "a circle takes center and radius")
    scope.missing(path, raw, RegionTable, ("center", "radius"))
    if table.center is None or table.radius is None:
        return
    for name, middle, limits in zip((scope.lateral, "z"), table.center, (scope.x, scope.z), strict=True):
        if limits and not limits[0] < middle + table.radius < limits[1] + 2.0 * table.radius:
            extent = f"{show(limits[0])} to {show(limits[1])}"
            scope.add(
                (*path, "center"),
                f"the circle lies outside the domain, whose {name} is {extent} here",
                raw["center"],
            )


# Numerics -----------------------------------------------------------------------------------------------


def _mesh(scope: Scope) -> None:
    raw, path = section(scope.data, "mesh"), ("mesh",)
    if scope.kind is None:
        return
    if not scope.two_dimensional:
        scope.refuse(
            path, raw, ("x", "r", "z"), f"a {scope.kind} is one-dimensional; it takes cells_per_layer"
        )
    elif scope.kind == "plane":
        scope.refuse(path, raw, ("r",), "a plane has x and z; write x")
    scope.at_most_one(path, raw, ("x", "r"))


def _solve(scope: Scope) -> None:
    from kapitza.linear.choose import METHODS, unfit

    raw, path = section(scope.data, "solve"), ("solve", "method")
    method: Any = raw.get("method")
    if not isinstance(method, str):
        return
    if method not in METHODS:
        scope.add(path, joined("no solver has this name", nearest(method, METHODS)), method)
    elif scope.kind is not None and (wrong := unfit(method, scope.two_dimensional)):
        scope.add(path, wrong, method)


def _sweep(scope: Scope) -> None:
    raw = section(scope.data, "sweep")
    if not raw:
        return
    from kapitza.case.sweep import read_grid

    for trouble in read_grid(raw, scope.data)[1]:
        scope.add(("sweep", *trouble.path), trouble.message, trouble.given)


def _tolerances(scope: Scope) -> None:
    raw = section(scope.data, "tolerances")
    if not raw:
        return
    from kapitza.case.tolerances import faults

    for trouble in faults(scope.data):
        scope.add(trouble.path, trouble.message, trouble.given)
