"""Probes: one form each, the pieces and sides they name, points inside the domain."""

from __future__ import annotations

from collections.abc import Mapping

from kapitza.case.channeled import channel_names
from kapitza.case.check_contacts import contact
from kapitza.case.messages import Path, joined, nearest
from kapitza.case.names import rows
from kapitza.case.scope import RADIAL, SIDES, UPRIGHT, Raw, Scope
from kapitza.case.tables import PointTable, ProbeTable

PIECE_SIDES = ("bottom", "top", "mean", "max")
FORMS = ("at", "boundary", "interface")
CONTACT_SIDES = ("below", "above", "jump", "flux")


def check(scope: Scope) -> None:
    raws = rows(scope.data, "probes")
    for index, (table, raw) in enumerate(zip(scope.table.probes or [], raws, strict=False)):
        path: Path = ("probes", index)
        scope.missing(path, raw, ProbeTable, ProbeTable.required)
        scope.at_most_one(path, raw, ("layer", "region"))
        _channel(scope, path, raw)
        for key in ("layer", "region"):
            if key in raw:
                scope.piece((*path, key), raw[key], layers=key == "layer", regions=key == "region")
        _form(scope, path, raw, table)
    scope.unique(("probes",), [t.name for t in scope.table.probes or []], "every probe needs its own")


def _channel(scope: Scope, path: Path, raw: Raw) -> None:
    name, known = raw.get("channel"), channel_names(scope.data)
    if isinstance(name, str) and name not in known:
        hint = nearest(name, list(known)) or 'add [channels], for example names = ["electrons", "phonons"]'
        scope.add((*path, "channel"), joined(f"no channel is named '{name}'", hint), name)


def _form(scope: Scope, path: Path, raw: Raw, table: ProbeTable) -> None:
    """A probe has at, boundary, interface, or else a layer or region."""
    pieces = [key for key in ("layer", "region") if key in raw]
    if not any(key in raw for key in FORMS):
        if pieces:
            _side(scope, path, raw, table, PIECE_SIDES, "a layer or region")
            scope.refuse(path, raw, ("x", "r", "z"), "belongs to a probe of a boundary or interface")
        else:
            scope.one_of(path, raw, ProbeTable, ("layer", "region", *FORMS))
        return
    form = scope.one_of(path, raw, ProbeTable, FORMS)
    if form == "at":
        _point(scope, path, raw, table)
    elif form == "boundary":
        scope.refuse(path, raw, pieces, "does not go with boundary; keep one of the two")
        _boundary(scope, path, raw, table)
    elif form == "interface":
        scope.refuse(path, raw, pieces, "does not go with interface; side = below or above tells which side")
        _interface(scope, path, raw, table)


def _side(scope: Scope, path: Path, raw: Raw, table: ProbeTable, sides: tuple[str, ...], what: str) -> None:
    if table.side is not None and table.side not in sides:
        scope.add((*path, "side"), f"a probe of {what} takes {', '.join(sides)}", raw["side"])


def _point(scope: Scope, path: Path, raw: Raw, table: ProbeTable) -> None:
    scope.refuse(path, raw, ("x", "r", "z"), "coordinates of a point stand in at = { … }")
    scope.refuse(path, raw, ("side",), 'a point has no side; name the layer or region meant, layer = "…"')
    given, here = raw["at"], (*path, "at")
    if table.at is None or not isinstance(given, Mapping) or scope.kind is None:
        return
    if scope.two_dimensional:
        lateral = ("x", "r") if scope.kind == "axisymmetric" else ("x",)
        scope.one_of(here, given, PointTable, lateral)
        scope.missing(here, given, PointTable, ("z",))
    else:
        axes = ("z", "r") if scope.kind in RADIAL else ("z",)
        scope.one_of(here, given, PointTable, axes)
    scope.lateral_range(here, table.at, given)
    scope.axial_range(here, table.at, given)


def _boundary(scope: Scope, path: Path, raw: Raw, table: ProbeTable) -> None:
    scope.refuse(path, raw, ("side",), "a boundary has one surface; leave side out")
    side = table.boundary
    if side is None or scope.kind is None:
        return
    sides = SIDES[scope.kind]
    if side not in sides:
        hint = nearest(side, sides).replace("known:", "it has")
        scope.add((*path, "boundary"), joined(f"a {scope.kind} has no side '{side}'", hint), side)
    elif scope.two_dimensional and side in UPRIGHT:
        scope.refuse(path, raw, ("x", "r"), f"{side} lies along z; write z")
        scope.axial_range(path, table, raw)
    else:
        _along(scope, path, raw, table)


def _interface(scope: Scope, path: Path, raw: Raw, table: ProbeTable) -> None:
    _side(scope, path, raw, table, CONTACT_SIDES, "an interface")
    if table.interface is not None:
        contact(scope, (*path, "interface"), table.interface)
    _along(scope, path, raw, table)


def _along(scope: Scope, path: Path, raw: Raw, table: ProbeTable) -> None:
    """x (or r) along a horizontal surface; in one dimension there is none."""
    if scope.kind is not None and not scope.two_dimensional:
        message = f"a {scope.kind} is one-dimensional; its surfaces have one temperature each"
        scope.refuse(path, raw, ("x", "r", "z"), message)
    else:
        scope.refuse(path, raw, ("z",), f"the surface lies along {scope.lateral}; write {scope.lateral}")
        scope.lateral_range(path, table, raw)
