"""What the checks of a case share: its tables, names, materials and extents, and the list of what is wrong."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from kapitza.case.laws import ONE_DIMENSIONAL, Laws
from kapitza.case.messages import NOTHING, Path, Trouble, dotted, joined, meant, similar
from kapitza.case.names import NO_TABLE, Names, is_group, rows
from kapitza.case.shelf import Shelf
from kapitza.case.table import Table
from kapitza.case.tables import CaseTable, GeometryTable, LayerTable
from kapitza.quantities import show

Extent = tuple[float, float]
Raw = Mapping[str, Any]

RADIAL = ("cylinder", "sphere")
SIDES = {
    "slab": ("bottom", "top"),
    "cylinder": ("inner", "outer"),
    "sphere": ("inner", "outer"),
    "plane": ("bottom", "top", "left", "right"),
    "axisymmetric": ("bottom", "top", "inner", "outer"),
}
UPRIGHT = ("left", "right", "inner", "outer")  # sides along z, in two dimensions
CLOSE = 0.7  # likeness of names of materials; "a" is no slip of the pen for "Ta"
SAME = 1e-9  # relative: extents that differ by less are the same


class Scope:
    """A case under examination. ``raw`` tables tell what was given, ``table`` what of it could be read."""

    def __init__(self, table: CaseTable, data: Raw, troubles: Iterable[Trouble] = ()) -> None:
        self.table, self.data = table, data
        self.troubles = list(troubles)
        self.names = Names(table, data)
        own = data.get("materials")
        self.shelf = Shelf(own if isinstance(own, Mapping) else ())
        self.laws = Laws(table, self.names, self.shelf)
        self.geometry = table.geometry or GeometryTable()
        self.kind = self.geometry.kind
        self.x = _lateral_extent(self.geometry)
        self.z = self._axial_extent()

    # Finding fault ----------------------------------------------------------------------------------------

    def add(self, path: Path, message: str, given: Any = NOTHING) -> None:
        self.troubles.append(Trouble(path, given, message))

    def faulty(self, path: Path) -> bool:
        """Whether a fault at or below ``path`` has been found."""
        return any(trouble.path[: len(path)] == path for trouble in self.troubles)

    def missing(self, path: Path, raw: Raw, table: type[Table], keys: Iterable[str]) -> None:
        """Fault for every one of ``keys`` that is not there, unless it is there misspelt."""
        if raw is NO_TABLE:
            return
        meant = _meant(raw, table)
        for key in keys:
            if key not in raw and key not in meant:
                self.add((*path, key), joined("missing", example(table, key)))

    def one_of(self, path: Path, raw: Raw, table: type[Table], keys: tuple[str, ...]) -> str | None:
        """The one of ``keys`` that is given; fault unless it is exactly one."""
        given = [key for key in keys if key in raw]
        if len(given) > 1:
            self.add((*path, given[1]), f"given beside {given[0]}; keep one of the two", raw[given[1]])
            return None
        if not given and len(keys) == 1:
            self.missing(path, raw, table, keys)
        elif not given and raw is not NO_TABLE and not _meant(raw, table) & set(keys):
            self.add(path, f"missing: one of {', '.join(keys)}; {example(table, keys[0])}")
        return given[0] if given else None

    def at_most_one(self, path: Path, raw: Raw, keys: tuple[str, ...]) -> None:
        given = [key for key in keys if key in raw]
        for key in given[1:]:
            self.add((*path, key), f"given beside {given[0]}; keep one of the two", raw[key])

    def refuse(self, path: Path, raw: Raw, keys: Iterable[str], message: str) -> None:
        """Fault for every one of ``keys`` that is given."""
        for key in keys:
            if key in raw:
                self.add((*path, key), message, raw[key])

    def material(self, path: Path, raw: Raw, key: str = "material") -> None:
        """Fault unless the material named under ``key`` is known."""
        name = raw.get(key)
        if isinstance(name, str) and self.shelf.find(name) is None:
            hint = meant(name, tuple(self.shelf.names), CLOSE)
            hint = hint or "the command `kapitza materials` lists the library."
            message = joined(
                f"no material is named '{name}'", f"{hint} Or define [materials.{dotted((name,))}]"
            )
            self.add((*path, key), message, name)

    def piece(self, path: Path, name: object, *, layers: bool = True, regions: bool = True) -> bool:
        """Whether ``name`` is a layer or region; fault if it is not."""
        if not isinstance(name, str):
            return False
        message = self.names.unknown(name, layers=layers, regions=regions)
        if message:
            self.add(path, message, name)
        return not message

    def unique(self, path: Path, names: list[str | None], what: str) -> None:
        seen: dict[str, int] = {}
        for index, name in enumerate(names):
            if name is not None and name in seen:
                self.add(
                    (*path, index, "name"), f"{path[-1]}.{seen[name]} has this name already; {what}", name
                )
            elif name is not None:
                seen[name] = index

    # Where things are -------------------------------------------------------------------------------------

    @property
    def two_dimensional(self) -> bool:
        return self.kind is not None and self.kind not in ONE_DIMENSIONAL

    @property
    def lateral(self) -> str:
        return "r" if self.kind == "axisymmetric" else "x"

    @property
    def axis(self) -> str:
        return "r" if self.kind in RADIAL else "z"

    def lateral_range(self, path: Path, table: Any, raw: Raw) -> None:
        """Fault with x or r where the geometry has no such coordinate, with both, or outside the domain."""
        if self.kind is None:
            return
        if not self.two_dimensional:
            keys = [key for key in ("x", "r") if key != self.axis]
            self.refuse(path, raw, keys, f"a {self.kind} is one-dimensional; it has {self.axis} only")
            return
        if self.kind == "plane":
            self.refuse(path, raw, ("r",), "a plane has x and z; write x")
        self.at_most_one(path, raw, ("x", "r"))
        for key in ("x", "r"):
            if self.kind == "axisymmetric" or key == "x":
                self.inside((*path, key), getattr(table, key), self.x, raw.get(key))

    def axial_range(self, path: Path, table: Any, raw: Raw) -> None:
        """Fault with z (or the radius of a cylinder or sphere) outside the stack."""
        keys = ("z", "r") if self.kind in RADIAL else ("z",)
        self.at_most_one(path, raw, keys)
        for key in keys:
            self.inside((*path, key), getattr(table, key), self.z, raw.get(key))

    def inside(self, path: Path, value: Extent | float | None, limits: Extent | None, given: Any) -> None:
        """Fault unless ``value`` lies within ``limits``."""
        if value is None or limits is None:
            return
        low, high = value if isinstance(value, tuple) else (value, value)
        tolerance = SAME * max(abs(limits[0]), abs(limits[1]))
        if low < limits[0] - tolerance or high > limits[1] + tolerance:
            self.add(path, f"outside the domain, which is {show(limits[0])} to {show(limits[1])} here", given)

    def _axial_extent(self) -> Extent | None:
        thickness = total_thickness(self.table.layers, rows(self.data, "layers"))
        start = self.geometry.inner_radius if self.kind in RADIAL else self.geometry.start or 0.0
        if self.kind is None or thickness is None or start is None or not math.isfinite(thickness):
            return None
        return start, start + thickness


def _meant(raw: Raw, table: type[Table]) -> set[str]:
    """Keys that the unknown ones in ``raw`` are probably meant to be."""
    known = tuple(table.known())
    return {m for key in raw if key not in known for m in similar(key, known)}


def total_thickness(tables: list[LayerTable] | None, raws: list[Raw]) -> float | None:
    """Height of the stack [m]; None if it cannot be told."""
    parts: list[float] = []
    for table, raw in zip(tables or [], raws, strict=False):
        part = table.thickness
        if is_group(raw):
            inner = total_thickness(table.layers, rows(raw, "layers"))
            part = inner * table.repeat if inner is not None and table.repeat is not None else None
        if part is None:
            return None
        parts.append(part)
    return math.fsum(parts) if parts else None


def _lateral_extent(geometry: GeometryTable) -> Extent | None:
    if geometry.kind == "plane":
        return geometry.x or ((0.0, geometry.width) if geometry.width is not None else None)
    if geometry.kind == "axisymmetric" and geometry.radius is not None:
        return geometry.inner_radius or 0.0, geometry.radius
    return None


def example(table: type[Table], key: str) -> str:
    """`for example thickness = "0.5 mm"`."""
    from kapitza.case.messages import given_text

    examples = table.known()[key].examples
    return f"for example {key} = {given_text(examples[0])}" if examples else ""
