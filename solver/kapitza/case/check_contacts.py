"""Interfaces and sources: their laws, the pieces they name, where they lie."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from kapitza.bychannel import pair
from kapitza.case import check_laws
from kapitza.case.channeled import channel_names
from kapitza.case.messages import Path, joined, nearest
from kapitza.case.names import rows
from kapitza.case.scope import Raw, Scope
from kapitza.case.tables import InterfaceTable, LawTable, SourceTable


def check(scope: Scope) -> None:
    _interfaces(scope)
    _sources(scope)


def _interfaces(scope: Scope) -> None:
    taken: dict[tuple[str, frozenset[str]], int] = {}
    raws = rows(scope.data, "interfaces")
    for index, (table, raw) in enumerate(zip(scope.table.interfaces or [], raws, strict=False)):
        path: Path = ("interfaces", index)
        if "channels" in raw:
            _by_channel(scope, path, raw, table)
        else:
            check_laws.keys(scope, path, raw, table)
        label = scope.one_of(path, raw, InterfaceTable, ("between", "materials"))
        pair = table.between if label == "between" else table.materials if label == "materials" else None
        if pair is None or label is None:
            continue
        first = taken.setdefault((label, frozenset(pair)), index)
        if first != index:
            message = f"interfaces.{first} describes this contact already; keep one"
            scope.add((*path, label), joined(message, _both_orders(scope, label, pair)), raw[label])
        elif label == "between":
            contact(scope, (*path, label), pair, seam=True)
        else:
            _materials(scope, (*path, label), pair)
        if not scope.faulty(path):
            made = {name for names in scope.laws.pairs(table) for name in names}
            check_laws.law(scope, path, made, partial(scope.laws.interface, table))


def _both_orders(scope: Scope, label: str, pair: tuple[str, str]) -> str:
    """How the contacts of a repeated group can differ where the two meet in both orders; or nothing."""
    a, b = pair
    of = 0 if label == "between" else 1
    orders = {(low[of], high[of]) for low, high in scope.names.contacts}
    if scope.two_dimensional or not {(a, b), (b, a)} <= orders:
        return ""
    return (
        f"which covers {a}|{b} and {b}|{a}. For different laws divide {a} into two layers of half its thickness with "
        f'names of their own, such as "{a} below" and "{a} above", which touch perfectly, and give laws to '
        f'["{a} above", "{b}"] and ["{b}", "{a} below"]'
    )


def _by_channel(scope: Scope, path: Path, raw: Raw, table: InterfaceTable) -> None:
    """Fault with laws by channel beside others, and with each of them."""
    known = channel_names(scope.data)
    scope.refuse(path, raw, LawTable.model_fields, "given beside channels; keep one of the two")
    if not known:
        scope.add((*path, "channels"), 'needs [channels], for example names = ["electrons", "phonons"]')
        return
    given = raw["channels"]
    for name, inner in (table.channels or {}).items():
        here = (*path, "channels", name)
        for one in dict.fromkeys(pair(name)):
            if one not in known:
                scope.add(here, joined(f"no channel is named '{one}'", nearest(one, list(known))))
        own = given.get(name) if isinstance(given, Mapping) else None
        if isinstance(own, Mapping):
            check_laws.keys(scope, here, own, inner)


def contact(scope: Scope, path: Path, pair: tuple[str, str], seam: bool = False) -> None:
    """Fault unless both names exist; in one dimension, unless they are neighbours, with ``seam`` of periods too."""
    found = [scope.piece((*path, index), name) for index, name in enumerate(pair)]
    if not all(found) or scope.kind is None or scope.two_dimensional or not scope.names.complete:
        return
    a, b = (scope.names.base(name) for name in pair)
    if frozenset((a, b)) in scope.names.neighbours or (seam and _seam(scope, (a, b), 0)):
        return
    known = dict.fromkeys(f"{low[0]}|{high[0]}" for low, high in scope.names.contacts)
    scope.add(
        path,
        joined(f"'{a}' and '{b}' do not touch, so this matches nothing", _contacts(f"{a}|{b}", list(known))),
        list(pair),
    )


def _materials(scope: Scope, path: Path, pair: tuple[str, str]) -> None:
    """Fault unless layers or regions of both materials exist; in one dimension, unless they touch."""
    used = scope.names.materials
    if not scope.names.complete:
        return
    found = [scope.shelf.same(name, used) for name in pair]
    for index, (name, same) in enumerate(zip(pair, found, strict=True)):
        if same is None:
            message = joined(f"nothing here is made of '{name}'", nearest(name, sorted(used)))
            scope.add((*path, index), message, name)
    if None in found or scope.kind is None or scope.two_dimensional:
        return
    touching = {frozenset((low[1], high[1])): f"{low[1]}|{high[1]}" for low, high in scope.names.contacts}
    if frozenset(found) not in touching and not _seam(scope, (str(found[0]), str(found[1])), 1):
        message = f"'{pair[0]}' and '{pair[1]}' do not touch, so this matches nothing"
        scope.add(path, joined(message, _contacts("|".join(pair), list(touching.values()))), list(pair))


def _seam(scope: Scope, pair: tuple[str, str], of: int) -> bool:
    """Whether the two, by name (0) or material (1), meet where one period ends and the next begins: in a slab without
    boundaries, which stands for its period."""
    seam = scope.names.seam
    if scope.kind != "slab" or scope.data.get("boundary") or seam is None:
        return False
    return frozenset(end[of] for end in seam) == frozenset(pair)


def _contacts(name: str, known: list[str]) -> str:
    hint = nearest(name, known)
    return hint.replace("known:", "contacts:") or "the stack has a single layer"


# Sources ------------------------------------------------------------------------------------------------


def _sources(scope: Scope) -> None:
    raws = rows(scope.data, "sources")
    for index, (table, raw) in enumerate(zip(scope.table.sources or [], raws, strict=False)):
        path: Path = ("sources", index)
        where = scope.one_of(path, raw, SourceTable, ("layer", "region", "between"))
        if where == "between":
            _sheet(scope, path, raw, table)
        elif where is not None:
            scope.piece((*path, where), raw[where], layers=where == "layer", regions=where == "region")
            if "heat_flux" in raw:
                message = "belongs to a sheet source (between = …); a volume takes heat or heat_density"
                scope.add((*path, "heat_flux"), message, raw["heat_flux"])
            else:
                scope.one_of(path, raw, SourceTable, ("heat", "heat_density"))
            keys = ("side", "fluence", "duration", "start")
            scope.refuse(path, raw, keys, "belongs to a sheet source, between = …")
            scope.lateral_range(path, table, raw)
            scope.axial_range(path, table, raw)
    names = [t.name for t in scope.table.sources or []]
    scope.unique(("sources",), names, "every source needs its own")


def _sheet(scope: Scope, path: Path, raw: Raw, table: SourceTable) -> None:
    if table.between is not None:
        contact(scope, (*path, "between"), table.between)
    if "heat_density" in raw:
        message = "belongs to a volume (layer = …); a sheet takes heat_flux or heat"
        scope.add((*path, "heat_density"), message, raw["heat_density"])
    else:
        scope.one_of(path, raw, SourceTable, ("heat_flux", "heat", "fluence"))
    if "fluence" in raw:
        scope.missing(path, raw, SourceTable, ("duration",))
    else:
        scope.refuse(
            path, raw, ("duration", "start"), "belongs to a flash; give its fluence, or leave it out"
        )
    scope.refuse(path, raw, ("z",), "a sheet source lies in the plane of its interface; leave z out")
    if scope.kind is not None and not scope.two_dimensional:
        message = f"a {scope.kind} is one-dimensional; the sheet covers the whole interface"
        scope.refuse(path, raw, ("x", "r"), message)
    else:
        scope.lateral_range(path, table, raw)
