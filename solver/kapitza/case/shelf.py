"""The materials that a case can name: its own first, then the library's."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from kapitza.case.tables import MaterialTable

if TYPE_CHECKING:
    from kapitza.materials.material import Material

TEXTS = ("category", "sources", "uncertain", "source", "note")


class Shelf:
    """Names as a case may write them. The library's other names (Si, AlN) count as the same name: a case's own
    "silicon" serves a layer of "Si" as well. A material bears the name under which it is asked for."""

    def __init__(self, own: Iterable[str]) -> None:
        self.own = list(own)
        self._taken: dict[str, str | None] = {}

    def find(self, name: str) -> str | None:
        """The case's own name that ``name`` means; "" for one of the library; None if there is none."""
        if name not in self._taken:
            self._taken[name] = self._find(name)
        return self._taken[name]

    def _find(self, name: str) -> str | None:
        from kapitza.materials.library import canonical

        if name in self.own:
            return name
        known = canonical(name)
        if known is None:
            return None
        return next((own for own in self.own if canonical(own) == known), "")

    @cached_property
    def names(self) -> list[str]:
        """All names, the case's own first."""
        from kapitza.materials.library import aliases, names

        return [*self.own, *names(), *aliases()]

    def same(self, name: str, used: Iterable[str]) -> str | None:
        """The name in ``used`` that means the same material as ``name``; None if there is none."""
        from kapitza.materials.library import canonical

        used = list(used)
        if name in used:
            return name
        known = canonical(name)
        return next((u for u in used if known is not None and canonical(u) == known), None)


def material_of(name: str, table: MaterialTable) -> Material:
    """The material that a table of the case describes. Raises InputError for what contradicts itself."""
    from kapitza.materials.build import made
    from kapitza.materials.material import UNITS

    given: dict[str, Any] = {
        key: value for key in (*UNITS, *TEXTS) if (value := getattr(table, key, None)) is not None
    }
    if isinstance(table.conductivity, tuple):
        given["conductivity"], given["conductivity_lateral"] = table.conductivity
    return made(name, given)


class Stock:
    """Materials by name, made once each."""

    def __init__(self, shelf: Shelf, tables: dict[str, MaterialTable]) -> None:
        self.shelf, self.tables = shelf, tables
        self.take = cache(self._take)

    def _take(self, name: str) -> Material:
        from kapitza.materials.library import material

        own = self.shelf.find(name)
        found = material_of(own, self.tables[own]) if own else material(name)
        return found if found.name == name else dataclasses.replace(found, name=name)
