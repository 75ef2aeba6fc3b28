"""The names of a case: of layers, with how often each occurs, of regions, of materials, and who touches whom.

Groups are counted, never expanded: a repeat of 10^12 costs what a repeat of 2 costs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from kapitza.case.messages import Path, joined, nearest
from kapitza.case.tables import CaseTable, LayerTable

FILL = "fill"
NO_TABLE: Mapping[str, Any] = MappingProxyType({})  # stands for what should have been a table
_PADDED = re.compile(r"\[0[0-9]")
_INDEXED = re.compile(r"^(?P<base>.+)\[(?P<number>[0-9]+)\]$")

Contact = tuple[str, str]


@dataclass
class Base:
    """A base name of layers: how many bear it, in a group or not, and one's material."""

    count: int = 0
    grouped: bool = False
    materials: set[str] = field(default_factory=set)

    @property
    def numbered(self) -> bool:
        return self.grouped or self.count > 1


class Place(NamedTuple):
    """A layer of the case where it stands: its path, its table, the text as given, how often it repeats, whether
    in a group, and its base name: known even where another of its values is wrong; None if it cannot be told."""

    path: Path
    table: LayerTable
    raw: Mapping[str, Any]
    repeats: int
    grouped: bool
    name: str | None


def rows(raw: Any, key: str) -> list[Mapping[str, Any]]:
    """The tables of a list as given; NO_TABLE for an item that is none."""
    items = raw.get(key) if isinstance(raw, Mapping) else None
    return (
        [item if isinstance(item, Mapping) else NO_TABLE for item in items] if isinstance(items, list) else []
    )


def is_group(raw: Mapping[str, Any]) -> bool:
    return "layers" in raw or "repeat" in raw


def places(
    tables: list[LayerTable] | None,
    raws: list[Mapping[str, Any]],
    path: Path,
    count: int = 1,
    inside: bool = False,
) -> Iterator[Place]:
    """All layers, those of groups once each."""
    for index, (table, raw) in enumerate(zip(tables or [], raws, strict=False)):
        here = (*path, index)
        if is_group(raw):
            inner = count * (table.repeat or 1)
            yield from places(table.layers, rows(raw, "layers"), (*here, "layers"), inner, True)
        else:
            name = raw.get("name", raw.get("material"))
            yield Place(here, table, raw, count, inside, name if isinstance(name, str) else None)


class Names:
    """What can be named in a case. ``complete``: every layer has a name that can be told."""

    def __init__(self, table: CaseTable, data: Mapping[str, Any]) -> None:
        self.table, self.data = table, data
        self.places = list(places(table.layers, rows(data, "layers"), ("layers",)))
        self.complete = all(place.name is not None for place in self.places) and isinstance(
            data.get("layers"), list
        )
        self.layers: dict[str, Base] = {}
        for place in self.places:
            if place.name is not None:
                base = self.layers.setdefault(place.name, Base())
                base.count += place.repeats
                base.grouped |= place.grouped
                if isinstance(place.raw.get("material"), str):
                    base.materials.add(place.raw["material"])
        regions = rows(data, "regions")
        self.regions = [raw["name"] for raw in regions if isinstance(raw.get("name"), str)]
        self.complete &= len(self.regions) == len(regions)
        fill = [FILL] if table.geometry is not None and table.geometry.fill is not None else []
        self._others = dict.fromkeys([*self.regions, *fill])

    @cached_property
    def materials(self) -> set[str]:
        """Names of all materials that layers, regions and the fill are made of."""
        made = {material for base in self.layers.values() for material in base.materials}
        made |= {region.material for region in self.table.regions or () if region.material}
        fill = self.table.geometry.fill if self.table.geometry is not None else None
        return made | ({fill} if fill else set())

    def unknown(self, name: str, *, layers: bool = True, regions: bool = True) -> str:
        """What is wrong with ``name`` as the name of a piece, and the nearest right ones; "" if nothing is."""
        if (layers and name in self.layers) or (regions and name in self._others):
            return ""
        base, number = split_index(name)
        if number is not None and base in self.layers and layers:
            return self._wrong_index(name, base, number)
        if not layers and base in self.layers:
            return f"'{name}' is a layer; write layer = \"{name}\""
        if not regions and name in self._others:
            return f"'{name}' is a region; write region = \"{name}\""
        if not self.complete:
            return ""
        what = "layer or region" if layers and regions else "layer" if layers else "region"
        known = [*(self.layers if layers else ()), *(self._others if regions else ())]
        return joined(f"no {what} is named '{name}'", nearest(name, known))

    def _wrong_index(self, name: str, base: str, number: int) -> str:
        found = self.layers[base]
        if found.numbered and _PADDED.match(name, len(base)):
            return f"'{name}': write the index without zeros before it, '{base}[{number}]'"
        if not found.numbered:
            return f"'{base}' occurs once and has no index; write '{base}'"
        if 1 <= number <= found.count:
            return ""
        return f"'{base}' has the indices 1 to {found.count}"

    # Contacts of a one-dimensional stack ------------------------------------------------------------------

    @cached_property
    def contacts(self) -> set[tuple[Contact, Contact]]:
        """Pairs of neighbours (base name, material), the lower one first."""
        pairs: set[tuple[Contact, Contact]] = set()
        _neighbours(self.table.layers, rows(self.data, "layers"), pairs)
        return pairs

    @cached_property
    def seam(self) -> tuple[Contact, Contact] | None:
        """The last layer and the first: they touch where the stack is one period (`kapitza effective`)."""
        ends = _neighbours(self.table.layers, rows(self.data, "layers"), set())
        return None if ends is None else (ends[1], ends[0])

    @cached_property
    def neighbours(self) -> set[frozenset[str]]:
        """Pairs of base names that touch."""
        return {frozenset((low[0], high[0])) for low, high in self.contacts}

    @cached_property
    def touching(self) -> dict[tuple[str, str], set[tuple[str, str]]]:
        """Materials of the neighbours of every pair of base names, in both orders."""
        found: dict[tuple[str, str], set[tuple[str, str]]] = {}
        for low, high in self.contacts:
            for one, other in ((low, high), (high, low)):
                found.setdefault((one[0], other[0]), set()).add((one[1], other[1]))
        return found

    def made_of(self, name: str) -> set[str]:
        """Materials of the pieces that ``name`` means."""
        base = self.base(name)
        if base in self.layers:
            return self.layers[base].materials
        regions = {row.material for row in self.table.regions or () if row.name == name and row.material}
        fill = self.table.geometry.fill if self.table.geometry is not None else None
        return regions or ({fill} if name == FILL and fill else set())

    def base(self, name: str) -> str:
        """``name`` without an index."""
        return name if name in self.layers else split_index(name)[0]


def split_index(name: str) -> tuple[str, int | None]:
    """("silicon", 2) from "silicon[2]"; None where there is no index."""
    match = _INDEXED.match(name)
    return (match["base"], int(match["number"][:18])) if match else (name, None)


def _neighbours(
    tables: list[LayerTable] | None, raws: list[Mapping[str, Any]], pairs: set[tuple[Contact, Contact]]
) -> tuple[Contact, Contact] | None:
    """Add the pairs within a list of layers; returns its lowest and highest layer."""
    first = last = None
    for table, raw in zip(tables or [], raws, strict=False):
        if is_group(raw):
            ends = _neighbours(table.layers, rows(raw, "layers"), pairs)
            if ends is not None and (table.repeat or 1) > 1:
                pairs.add((ends[1], ends[0]))
        else:
            material = str(raw.get("material"))
            me = (str(raw.get("name", material)), material)
            ends = (me, me)
        if ends is None:
            continue
        if last is not None:
            pairs.add((last, ends[0]))
        first = first or ends[0]
        last = ends[1]
    return (first, last) if first and last else None
