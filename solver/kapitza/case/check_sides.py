"""Boundaries: which sides there are, one condition each, patches that lie on them and do not overlap."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from kapitza.bychannel import ByChannel
from kapitza.case import check_laws
from kapitza.case.messages import Path, given_text, joined, nearest
from kapitza.case.names import rows
from kapitza.case.scope import SIDES, UPRIGHT, Extent, Raw, Scope, example
from kapitza.case.tables import BoundaryTable, ConditionTable, PatchTable

GIVEN = ("heat", "heat_flux", "temperature", "periodic")
FILM = ("h", "film_resistance", "emissivity", "law")
RESERVOIR = ("ambient", *FILM)


def check(scope: Scope) -> None:
    boundary = scope.data.get("boundary")
    if not isinstance(boundary, Mapping) or scope.table.boundary is None:
        return
    sides = SIDES[scope.kind] if scope.kind is not None else tuple(BoundaryTable.model_fields)
    for side in BoundaryTable.model_fields:
        raw = boundary.get(side)
        if not isinstance(raw, Mapping):
            continue
        path: Path = ("boundary", side)
        if side not in sides:
            hint = nearest(side, sides).replace("known:", "it has")
            scope.add(path, joined(f"a {scope.kind} has no side '{side}'", hint))
            continue
        _condition(scope, path, raw, getattr(scope.table.boundary, side), side)
        _existing(scope, path, side, raw)
        _patches(scope, path, side, raw)
    _periodic(scope, boundary)


def _condition(scope: Scope, path: Path, raw: Raw, table: ConditionTable | None, side: str) -> None:
    """Fault with two conditions, half a reservoir, or a law that cannot be."""
    can_repeat = side in ("left", "right") and "patches" not in path
    keys = GIVEN if can_repeat else GIVEN[:-1]  # that others cannot be periodic is said elsewhere
    given = [key for key in keys if key in raw and raw[key] is not False]
    reservoir = [key for key in RESERVOIR if key in raw]
    if table is not None and _apart(table, [*given, *reservoir]):
        return  # each channel has its own
    for key in given[1:]:
        scope.add((*path, key), f"a second condition beside {given[0]}; keep one of the two", raw[key])
    if given and reservoir:
        message = f"a second condition beside {given[0]}; keep one of the two"
        scope.add((*path, reservoir[0]), message, raw[reservoir[0]])
        return
    if not reservoir:
        return
    if "ambient" not in raw:
        example_text = example(ConditionTable, "ambient")
        scope.add(
            (*path, "ambient"), f"missing: {reservoir[0]} needs the temperature beyond it; {example_text}"
        )
    elif len(reservoir) == 1:
        message = (
            'alone; add h = "…", film_resistance = "…", emissivity or law, or write temperature = … for a held '
            "surface"
        )
        scope.add((*path, "ambient"), message, raw["ambient"])
    if "law" in raw:
        others = [key for key in FILM if key in raw and key != "law"]
        scope.refuse(
            path, raw, others, 'given beside law; keep one, or write law = { model = "parallel", of = […] }'
        )
        _law(scope, path, raw["law"], table, side)
    else:
        scope.at_most_one(path, raw, ("h", "film_resistance"))


def _apart(table: ConditionTable, keys: list[str]) -> bool:
    """Whether several conditions, without a reservoir, are given each for other channels."""
    values = [getattr(table, key) for key in keys]
    if len(keys) < 2 or set(keys) & set(RESERVOIR):
        return False
    names = [name for value in values if isinstance(value, ByChannel) for name in value.names]
    return all(isinstance(value, ByChannel) for value in values) and len(set(names)) == len(names)


def _law(scope: Scope, path: Path, raw: object, table: ConditionTable | None, side: str) -> None:
    """Fault with a law to a reservoir that lacks something, or needs what a boundary does not have."""
    if table is None or table.law is None or not isinstance(raw, Mapping):
        return  # said already
    check_laws.keys(scope, (*path, "law"), raw, table.law)
    if scope.faulty(path) or not scope.names.complete:
        return
    beside = scope.laws.beside(side)
    names = {beside} if beside is not None else set()
    check_laws.law(scope, (*path, "law"), names, partial(scope.laws.reservoir, table, side))


def _existing(scope: Scope, path: Path, side: str, raw: Raw) -> None:
    """Fault with a condition at radius 0, which is no surface."""
    inner = scope.geometry.inner_radius or 0.0
    if side == "inner" and scope.kind is not None and inner == 0.0 and raw:
        if scope.kind != "axisymmetric" and scope.geometry.inner_radius is None:
            return  # missing or wrong: said already
        scope.add(path, "there is no surface at radius 0; leave it out, or give the geometry an inner_radius")


def _periodic(scope: Scope, boundary: Raw) -> None:
    for side, other in (("left", "right"), ("right", "left")):
        raw, opposite = boundary.get(side), boundary.get(other)
        if not isinstance(raw, Mapping) or raw.get("periodic") is not True:
            continue
        if isinstance(opposite, Mapping) and opposite and opposite.get("periodic") is not True:
            key = next(iter(opposite))
            message = f"{side} is periodic, which sets {other} too; leave this out"
            scope.add(("boundary", other, key), message, opposite[key])
        if "patches" in raw:
            scope.add(("boundary", side, "patches"), "a periodic side has no patches")
    for side in ("bottom", "top", "inner", "outer"):
        raw = boundary.get(side)
        if isinstance(raw, Mapping) and raw.get("periodic") is True:
            scope.add(("boundary", side, "periodic"), "left and right of a plane can be periodic", True)


def _patches(scope: Scope, path: Path, side: str, raw: Raw) -> None:
    if "patches" not in raw or scope.kind is None:
        return
    if not scope.two_dimensional:
        scope.add((*path, "patches"), f"a {scope.kind} is one-dimensional; its sides have no parts")
        return
    tables = getattr(scope.table.boundary, side)
    if tables is None:
        return
    lateral = ("x", "r") if scope.kind == "axisymmetric" else ("x",)
    keys = ("z",) if side in UPRIGHT else lateral
    placed: list[tuple[Extent, int]] = []
    for index, (table, patch) in enumerate(zip(tables.patches or [], rows(raw, "patches"), strict=False)):
        here = (*path, "patches", index)
        scope.refuse(here, patch, {"x", "r", "z"} - set(keys), f"a patch of {side} has {' or '.join(keys)}")
        where = scope.one_of(here, patch, PatchTable, keys)
        _condition(scope, here, patch, table, side)
        if patch.get("periodic") is True:
            scope.add((*here, "periodic"), "only whole sides can be periodic", True)
        span = getattr(table, where) if where is not None else None
        if span is None or where is None:
            continue
        scope.inside((*here, where), span, scope.z if where == "z" else scope.x, patch[where])
        for other, number in placed:
            if span[0] < other[1] and other[0] < span[1]:
                given = given_text(rows(raw, "patches")[number].get(where, ""))
                message = f"overlaps patches.{number}, {given}; patches of a side lie apart"
                scope.add((*here, where), message, patch[where])
        placed.append((span, index))
