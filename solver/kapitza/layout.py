"""The pieces of a stack: groups expanded, every layer, region and the fill counted and named.

Pieces are numbered: layers from the bottom up, then regions in order, the fill last. That order is also the
order of sides: the smaller number is "below". Repeated pieces share a *kind* (one entry of the case) and a
base name; their own name carries an index, ``silicon[2]``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kapitza.errors import InputError
from kapitza.materials.material import Material
from kapitza.model import Group, Layer, Region, Stack, leaves

Ints = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

FILL = "fill"
_INDEXED = re.compile(r"^(?P<base>.+)\[(?P<number>[0-9]+)\]$")


def count_layers(layers: Iterable[Layer | Group]) -> int:
    """Number of layers after expansion, without expanding anything."""
    total = 0
    for item in layers:
        total += item.repeat * count_layers(item.layers) if isinstance(item, Group) else 1
    return total


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence with the nearest right names, or all of them when few."""
    known = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    if close:
        return "did you mean " + " or ".join(repr(c) for c in close) + "?"
    return "known: " + ", ".join(known[:12]) + (", …" if len(known) > 12 else "")


@dataclass(frozen=True)
class Layout:
    """Expanded stack.

    kinds : the layers of the case, each once, in order
    kind_of : (n_layers,) int, index into ``kinds``
    numbered : base names that carry an index
    """

    stack: Stack
    kinds: Sequence[Layer]
    bases: Sequence[str]
    kind_of: Ints
    numbered: frozenset[str]

    @staticmethod
    def of(stack: Stack) -> Layout:
        """Expand and name ``stack``; raises InputError where names collide, and for a stack with several temperatures
        per place, which `kapitza.channels` alone lays out."""
        if stack.channels:
            raise InputError(
                "channels: this works with one temperature per place; `kapitza run`, `sweep` and `fit` "
                "know several. Leave [channels] and the values by channel out here"
            )
        kinds: list[Layer] = []
        grouped: list[bool] = []
        kind_of = _expand(stack.layers, kinds, grouped, inside=False)
        bases = [layer.name or layer.material.name for layer in kinds]
        numbered = _numbered_bases(kinds, bases, grouped)
        layout = Layout(stack, tuple(kinds), tuple(bases), kind_of, frozenset(numbered))
        layout._check_region_names()
        return layout

    def with_values(self, stack: Stack) -> Layout:
        """The same layout of a ``stack`` that differs in heats and boundaries alone."""
        return replace(self, stack=stack, kinds=tuple(leaves(stack.layers)))

    @cached_property
    def number(self) -> Ints:
        """(n_layers,) index in the name, 0 where the name carries none."""
        return _occurrences(self.bases, self.kind_of, self.numbered)

    @property
    def n_layers(self) -> int:
        return len(self.kind_of)

    @property
    def regions(self) -> Sequence[Region]:
        return self.stack.regions

    @property
    def n_pieces(self) -> int:
        return self.n_layers + len(self.regions) + (self.stack.geometry.fill is not None)

    @property
    def fill_piece(self) -> int:
        """Number of the fill, -1 (void) when there is none."""
        return self.n_layers + len(self.regions) if self.stack.geometry.fill is not None else -1

    def name(self, piece: int) -> str:
        """Full name of a piece: "die", "silicon[2]", "bump", "fill"."""
        if piece < self.n_layers:
            base, number = self.bases[self.kind_of[piece]], int(self.number[piece])
            return f"{base}[{number}]" if number else base
        if piece < self.n_layers + len(self.regions):
            return self.regions[piece - self.n_layers].name
        return FILL

    def base(self, piece: int) -> str:
        """Name without its index."""
        return self.bases[self.kind_of[piece]] if piece < self.n_layers else self.name(piece)

    def material(self, piece: int) -> Material:
        if piece < self.n_layers:
            material: Material = self.kinds[self.kind_of[piece]].material
            return material
        if piece < self.n_layers + len(self.regions):
            return self.regions[piece - self.n_layers].material
        fill = self.stack.geometry.fill
        assert fill is not None
        return fill

    # Kinds: what repeated pieces share -------------------------------------------------------------------

    @property
    def n_kinds(self) -> int:
        """Layer kinds, then regions, then the fill."""
        return len(self.kinds) + self.n_pieces - self.n_layers

    def kind(self, pieces: Ints) -> Ints:
        """(n,) kind numbers of ``pieces`` (n,): what regions and the fill are follows the layers' kinds."""
        if self.n_pieces == self.n_layers:
            return self.kind_of[pieces]
        is_layer = pieces < self.n_layers
        return np.where(
            is_layer, self.kind_of[np.where(is_layer, pieces, 0)], pieces - self.n_layers + len(self.kinds)
        )

    @cached_property
    def kind_materials(self) -> Sequence[Material]:
        fill = self.stack.geometry.fill
        extra = [region.material for region in self.regions] + ([fill] if fill is not None else [])
        return [layer.material for layer in self.kinds] + extra

    @cached_property
    def kind_bases(self) -> Sequence[str]:
        return [*self.bases, *(r.name for r in self.regions), *([FILL] if self.fill_piece >= 0 else [])]

    # Selection by name -----------------------------------------------------------------------------------

    def kinds_named(self, name: str) -> Ints:
        """Kinds whose base name is ``name``."""
        return self._kinds_by_base.get(name, np.empty(0, dtype=np.intp))

    @cached_property
    def _kinds_by_base(self) -> dict[str, Ints]:
        found: dict[str, list[int]] = {}
        for kind, base in enumerate(self.kind_bases):
            found.setdefault(base, []).append(kind)
        return {base: np.array(kinds, dtype=np.intp) for base, kinds in found.items()}

    def select(self, name: str, where: str) -> Ints:
        """Pieces that ``name`` means: all repetitions, or the one that an index names.

        Raises InputError, beginning with ``where``, if there is none.
        """
        base, number = split_index(name)
        kinds = self.kinds_named(name)
        if len(kinds) == 0 and number:
            kinds = self.kinds_named(base)
        else:
            number = 0
        layers = np.flatnonzero(np.isin(self.kind_of, kinds[kinds < len(self.kinds)]))
        if number:
            layers = layers[self.number[layers] == number]
        others = kinds[kinds >= len(self.kinds)] - len(self.kinds) + self.n_layers
        pieces = np.concatenate([layers, others if not number else others[:0]])
        if len(pieces) == 0:
            raise InputError(
                f"{where}: no layer or region is named {name!r}; {nearest(name, self._examples())}"
            )
        return pieces

    def _examples(self) -> list[str]:
        """Names to suggest: base names, and the first and last index of the numbered ones."""
        names = list(self.kind_bases)
        if self.n_layers:
            names += [self.name(i) for i in range(min(self.n_layers, 4))] + [self.name(self.n_layers - 1)]
        return names

    def _check_region_names(self) -> None:
        seen = set(self.bases)
        for region in self.regions:
            if region.name in seen or region.name == FILL:
                raise InputError(
                    f"regions: the name {region.name!r} is given twice; every piece needs its own"
                )
            seen.add(region.name)
        if self.fill_piece >= 0 and FILL in self.bases:
            raise InputError("layers: 'fill' is the name of what surrounds the layers; rename the layer")

    # Geometry along the stack ----------------------------------------------------------------------------

    @cached_property
    def thickness(self) -> Floats:
        """(n_layers,) [m]."""
        return np.array([layer.thickness for layer in self.kinds], dtype=float)[self.kind_of]

    @cached_property
    def layer_edges(self) -> Floats:
        """(n_layers + 1,) coordinate of the layers' faces [m], summed in extended precision."""
        geometry = self.stack.geometry
        start = geometry.inner_radius if geometry.axis == "r" else geometry.start
        sums = np.cumsum(np.concatenate([[start], self.thickness]), dtype=np.longdouble)
        return np.asarray(sums, dtype=float)


def split_index(name: str) -> tuple[str, int]:
    """("silicon", 2) from "silicon[2]"; index 0 where there is none."""
    match = _INDEXED.match(name)
    return (match["base"], int(match["number"])) if match else (name, 0)


def _expand(
    layers: Iterable[Layer | Group], kinds: list[Layer], grouped: list[bool], *, inside: bool
) -> Ints:
    parts: list[Ints] = []
    start = len(kinds)  # of the layers in a row that are no group
    for item in layers:
        if isinstance(item, Group):
            parts.append(np.arange(start, len(kinds), dtype=np.intp))
            if item.repeat < 1:
                raise InputError(f"layers: repeat = {item.repeat}; a group is repeated at least once")
            parts.append(np.tile(_expand(item.layers, kinds, grouped, inside=True), item.repeat))
            start = len(kinds)
        else:
            kinds.append(item)
            grouped.append(inside)
    parts.append(np.arange(start, len(kinds), dtype=np.intp))
    return np.concatenate(parts)


def _numbered_bases(kinds: Sequence[Layer], bases: Sequence[str], grouped: Sequence[bool]) -> set[str]:
    """Base names that carry an index: members of groups, and default names that repeat."""
    count: dict[str, int] = {}
    named: set[str] = set()
    numbered: set[str] = set()
    for layer, base, inside in zip(kinds, bases, grouped, strict=True):
        count[base] = count.get(base, 0) + 1
        if inside or (count[base] > 1 and layer.name is None):
            numbered.add(base)
        if layer.name is not None and not inside:
            if base in named:
                raise InputError(f"layers: the name {base!r} is given twice; every layer needs its own")
            named.add(base)
    return numbered | {base for base, n in count.items() if n > 1}


def _occurrences(bases: Sequence[str], kind_of: Ints, numbered: frozenset[str]) -> Ints:
    """(n_layers,) which repetition of its base name each layer is, from 1; 0 where the base has no index."""
    ids: dict[str, int] = {}
    base_of_kind = np.array([ids.setdefault(base, len(ids)) for base in bases], dtype=np.intp)
    base_of_layer = base_of_kind[kind_of]
    order = np.argsort(base_of_layer, kind="stable")
    sorted_bases = base_of_layer[order]
    first = np.searchsorted(sorted_bases, sorted_bases, side="left")
    rank = np.empty(len(kind_of), dtype=np.intp)
    rank[order] = np.arange(len(kind_of)) - first + 1
    has_index = np.array([base in numbered for base in ids], dtype=bool)
    return np.where(has_index[base_of_layer], rank, 0)
