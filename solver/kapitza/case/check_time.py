"""What changes in time: which tables and keys belong together, and what the materials must be known to hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kapitza.case.messages import Path, joined, nearest
from kapitza.case.names import Place, rows
from kapitza.case.scope import Raw, Scope, example
from kapitza.case.tables import BoundaryTable, MaterialTable
from kapitza.case.tables_time import FrequencyTable, TransientTable
from kapitza.case.timed import is_timed
from kapitza.quantities import show

OF_PIECES = ("heat", "heat_density")
OF_SIDES = ("heat", "heat_flux", "temperature", "ambient")
RUN = 'add [transient] with until, for example [transient] until = "10 s"'


def check(scope: Scope) -> None:
    given = {key: scope.data.get(key) for key in ("transient", "frequency", "zth")}
    if "transient" in scope.data and "frequency" in scope.data:
        message = "given beside [transient]; a case is either run in time or heated periodically; keep one"
        scope.add(("frequency",), message)
    _functions(scope)
    if "transient" not in scope.data:
        _starts(scope)
    raws = {key: raw for key, raw in given.items() if isinstance(raw, Mapping)}
    if "transient" in raws:
        _transient(scope, raws["transient"])
    if "frequency" in raws:
        _frequency(scope, raws["frequency"])
    if "zth" in raws:
        _zth(scope, raws["zth"])
    if raws:
        _capacities(scope)


def _functions(scope: Scope) -> None:
    """Fault with functions of time where nothing is run in time."""
    if "transient" in scope.data or "zth" in scope.data:
        return
    why = f"a function of time, but nothing is run in time; {RUN}"
    if "frequency" in scope.data:
        why = "a function of time, but [frequency] takes amplitudes; give one value"
    for path, given in timed(scope):
        scope.add(path, why, given)


def timed(scope: Scope) -> Iterator[tuple[Path, Any]]:
    """Every function of time: where it stands, and what was given."""
    for place in scope.names.places:
        yield from _among(place.path, place.raw, OF_PIECES)
    for key in ("regions", "sources"):
        for i, raw in enumerate(rows(scope.data, key)):
            yield from _among((key, i), raw, (*OF_PIECES, "heat_flux"))
            if key == "sources" and "fluence" in raw:
                yield (key, i, "fluence"), raw["fluence"]
    boundary = scope.data.get("boundary")
    for side in BoundaryTable.model_fields:
        given = boundary.get(side) if isinstance(boundary, Mapping) else None
        if isinstance(given, Mapping):
            yield from _among(("boundary", side), given, OF_SIDES)
            for i, patch in enumerate(rows(given, "patches")):
                yield from _among(("boundary", side, "patches", i), patch, OF_SIDES)


def _among(path: Path, raw: Raw, keys: tuple[str, ...]) -> Iterator[tuple[Path, Any]]:
    for key in keys:
        value = raw.get(key)
        if is_timed(value):
            yield (*path, key), value
        elif isinstance(value, Mapping):  # by channel
            yield from _among((*path, key), value, tuple(value))


def _starts(scope: Scope) -> None:
    """Fault with starts of what is not run in time."""
    solve = scope.data.get("solve")
    if isinstance(solve, Mapping) and solve.get("initial") == "steady":
        message = f"the start of a run in time, which this case has not; give a temperature, or {RUN}"
        scope.add(("solve", "initial"), message, "steady")
    for place in scope.names.places:
        if "initial" in place.raw:
            message = f"the start of a run in time, which this case has not; leave it out, or {RUN}"
            scope.add((*place.path, "initial"), message, place.raw["initial"])


def _transient(scope: Scope, raw: Raw) -> None:
    path, table = ("transient",), scope.table.transient
    scope.missing(path, raw, TransientTable, TransientTable.required)
    if "save" in raw and "times" in raw:
        scope.add((*path, "save"), "given beside times; keep one of the two", raw["save"])
    if "spacing" in raw and "save" not in raw:
        scope.add(
            (*path, "spacing"), "belongs to save, the number of instants; add save = 200", raw["spacing"]
        )
    if table is None or table.until is None:
        return
    for i, time in enumerate(table.times or ()):
        if time > table.until * (1.0 + 1e-12):
            message = f"later than until, {table.until:g} s"
            scope.add((*path, "times", i), message, raw["times"][i])


def _frequency(scope: Scope, raw: Raw) -> None:
    path, table = ("frequency",), scope.table.frequency
    scope.missing(path, raw, FrequencyTable, FrequencyTable.required)
    if table is None or table.from_ is None or table.to is None:
        return
    if table.from_ > table.to:
        scope.add(
            (*path, "from"), f"above to, {show(table.to, 'Hz')}; give the smaller one first", raw["from"]
        )
    elif table.from_ == table.to and (table.count or 1) > 1:
        scope.add((*path, "count"), "from and to are the same; write count = 1", raw["count"])


def _zth(scope: Scope, raw: Raw) -> None:
    heated = _heated(scope)
    source, probe = raw.get("source"), raw.get("probe")
    if isinstance(source, str) and source not in heated and scope.names.complete:
        hint = nearest(source, heated) or "give a layer, a source or a boundary its heat"
        scope.add(("zth", "source"), joined("nothing of this name has a heat", hint), source)
    probes = [name for row in rows(scope.data, "probes") if isinstance(name := row.get("name"), str)]
    if isinstance(probe, str) and probe not in probes:
        hint = nearest(probe, probes) or "add [[probes]]"
        scope.add(("zth", "probe"), joined("no probe has this name", hint), probe)


def _heated(scope: Scope) -> list[str]:
    """Names of what has a heat: layers, regions, sources, sides."""
    layers = [place.name for place in scope.names.places if _has_heat(place.raw)]
    regions = [raw.get("name") for raw in rows(scope.data, "regions") if _has_heat(raw)]
    sources = [raw.get("name", f"source {i + 1}") for i, raw in enumerate(rows(scope.data, "sources"))]
    boundary = scope.data.get("boundary")
    sides = boundary.items() if isinstance(boundary, Mapping) else ()
    heated = [
        side
        for side, raw in sides
        if isinstance(raw, Mapping) and any(_has_heat(part) for part in (raw, *rows(raw, "patches")))
    ]
    return [name for name in (*layers, *regions, *sources, *heated) if isinstance(name, str)]


def _has_heat(raw: Raw) -> bool:
    return any(key in raw for key in ("heat", "heat_density", "heat_flux"))


def _capacities(scope: Scope) -> None:
    """Fault with every material whose heat capacity is not known."""
    seen: set[str] = set()
    for path, name in _used(scope):
        own = scope.shelf.find(name) if name not in seen else None
        seen.add(name)
        if own is None or (own and scope.faulty(("materials", own))):
            continue  # said already
        lacking = scope.laws.take(name).lacking
        if not own and lacking:
            keys = " and ".join(lacking)
            message = (
                f"the library knows no {keys}, which heating in time needs; define [materials.{name}] with it"
            )
            scope.add(path, message, name)
        for key in lacking if own else ():
            text = example(MaterialTable, key)
            scope.add(("materials", own or "", key), f"missing, and heating in time needs it; {text}")


def _used(scope: Scope) -> Iterator[tuple[Path, str]]:
    """Every material, where it is used first."""
    places: list[Place] = scope.names.places
    named: list[tuple[Path, Any]] = [
        ((*place.path, "material"), place.raw.get("material")) for place in places
    ]
    named += [
        (("regions", i, "material"), raw.get("material")) for i, raw in enumerate(rows(scope.data, "regions"))
    ]
    named.append((("geometry", "fill"), scope.geometry.fill))
    for path, name in named:
        if isinstance(name, str):
            yield path, name
