"""Which law holds where two pieces meet: the interface entries of a stack, matched to pairs of pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kapitza.errors import InputError
from kapitza.interfaces.law import Law
from kapitza.interfaces.pair import PairLaw
from kapitza.layout import Floats, Ints, Layout, nearest, split_index
from kapitza.model import PERFECT, Interface


@dataclass(frozen=True)
class Contacts:
    """Laws of n contacts.

    laws : from the first piece of a pair to the second; several of one entry, where the pairs' materials differ
    law : (n,) int, index into ``laws``; 0 is perfect contact
    flipped : (n,) bool, True where the second piece of the pair is the one called "below"
    """

    laws: Sequence[Law]
    law: Ints
    flipped: npt.NDArray[np.bool_]

    @property
    def resistance(self) -> Floats:
        """(n,) R [m^2 K/W]; 0 and infinity are exact; NaN where a law has no constant resistance."""
        values = [law.resistance if law.linear else np.nan for law in self.laws]
        return np.array(values, dtype=float)[self.law]


def match(layout: Layout, first: Ints, second: Ints) -> Contacts:
    """Laws of the contacts between pieces ``first`` (n,) and ``second`` (n,), ``first`` < ``second``.

    An entry matches in either order; names beat materials. Its first name is "below"; where it matches contacts in
    both orders, as in a superlattice, all of them keep the order of the stack, so that their jumps add up.
    Raises InputError where two entries claim one contact, or an entry matches nothing.
    """
    entries = layout.stack.interfaces
    laws: list[Law] = [PERFECT]
    law = np.zeros(len(first), dtype=np.intp)
    owner = np.full(len(first), -1, dtype=np.intp)
    flipped = np.zeros(len(first), dtype=bool)
    problems: list[str] = []
    pairs = _Pairs(layout, first, second)
    matched_by_name = np.zeros(len(first), dtype=bool)
    ordered = sorted(range(len(entries)), key=lambda i: entries[i].between is None)
    for i in ordered:
        hits, turned = pairs.hits(entries[i], i)
        by_name = entries[i].between is not None
        if not len(hits):
            problems.append(_unmatched(layout, entries[i], i, first, second))
            continue
        if not by_name:
            hits = hits[~matched_by_name[hits]]
        taken = hits[owner[hits] >= 0]
        if len(taken):
            a, b = int(first[taken[0]]), int(second[taken[0]])
            problems.append(
                f"interfaces.{i}: the contact {layout.name(a)}|{layout.name(b)} is already described by "
                f"interfaces.{int(owner[taken[0]])}; keep one of the two"
            )
            continue
        owner[hits] = i
        try:
            pairs.assign(entries[i].law, hits, turned, laws, law)
        except InputError as problem:
            problems.append(f"interfaces.{i}: {problem}")
        matched_by_name[hits] |= by_name
        if by_name and turned[hits].all():
            flipped[hits] = True
    if problems:
        raise InputError("\n".join(problems))
    return Contacts(tuple(laws), law, flipped)


def sheet_faces(layout: Layout, between: tuple[str, str], where: str, first: Ints, second: Ints) -> Ints:
    """+1 where the pair is ``between`` in this order, -1 where it is the reverse, 0 elsewhere: (n,)."""
    one, two = layout.select(between[0], where), layout.select(between[1], where)
    straight = np.isin(first, one) & np.isin(second, two)
    reverse = np.isin(first, two) & np.isin(second, one) & ~straight
    if not (straight.any() or reverse.any()):
        raise InputError(
            f"{where}: {between[0]!r} and {between[1]!r} do not touch; name two pieces that meet"
        )
    return straight.astype(np.intp) - reverse.astype(np.intp)


class _Pairs:
    """Pairs of pieces, searched by kind so that a million repeated contacts cost a few comparisons."""

    def __init__(self, layout: Layout, first: Ints, second: Ints) -> None:
        self.layout, self.first, self.second = layout, first, second
        self.kind_first, self.kind_second = layout.kind(first), layout.kind(second)

    def hits(self, entry: Interface, index: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Matching pairs (m,), and for all pairs (n,) whether they match in reversed order only."""
        if entry.between is not None:
            where = f"interfaces.{index}.between"
            masks = [self._by_name(name, where) for name in entry.between]
        elif entry.materials is not None:
            masks = [self._by_material(name) for name in entry.materials]
        else:
            raise InputError(f"interfaces.{index}: give between (two names) or materials (two materials)")
        (a_first, a_second), (b_first, b_second) = masks
        straight = a_first & b_second
        reverse = b_first & a_second & ~straight
        return np.flatnonzero(straight | reverse), reverse

    @cached_property
    def material(self) -> Ints:
        """(n_kinds,) the first kind that is made of the same material."""
        number: dict[int, int] = {}
        materials = self.layout.kind_materials
        return np.array([number.setdefault(id(m), i) for i, m in enumerate(materials)], dtype=np.intp)

    def assign(
        self, law: Law | PairLaw, hits: Ints, turned: npt.NDArray[np.bool_], laws: list[Law], index: Ints
    ) -> None:
        """Add what ``law`` is in the contacts ``hits`` (m,) to ``laws``, and set their ``index``: each way round, and
        for each pair of materials."""
        for reverse in (False, True):
            here = hits[turned[hits] == reverse]
            if isinstance(law, Law):
                self._add(law, reverse, here, laws, index)
                continue
            names = self.material[np.stack([self.kind_first[here], self.kind_second[here]])]
            for pair in np.unique(names, axis=1).T if len(here) else ():
                low, high = (self.layout.kind_materials[int(i)] for i in pair)
                made = law.make(high, low) if reverse else law.make(low, high)
                same = (names == pair[:, np.newaxis]).all(axis=0)
                self._add(made, reverse, here[same], laws, index)

    @staticmethod
    def _add(law: Law, reverse: bool, here: Ints, laws: list[Law], index: Ints) -> None:
        if len(here):
            oriented = law.turned() if reverse else law
            if oriented is not laws[-1]:
                laws.append(oriented)
            index[here] = len(laws) - 1

    def _by_name(self, name: str, where: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        _, number = split_index(name)
        if number and not len(self.layout.kinds_named(name)):
            pieces = self.layout.select(name, where)
            return np.isin(self.first, pieces), np.isin(self.second, pieces)
        kinds = self.layout.kinds_named(name)
        if not len(kinds):
            self.layout.select(name, where)
        return self._of_kinds(kinds)

    def _by_material(self, name: str) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        kinds = [i for i, material in enumerate(self.layout.kind_materials) if material.name == name]
        return self._of_kinds(np.array(kinds, dtype=np.intp))

    def _of_kinds(self, kinds: Ints) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        chosen = np.zeros(self.layout.n_kinds, dtype=bool)
        chosen[kinds] = True
        return chosen[self.kind_first], chosen[self.kind_second]


def _unmatched(layout: Layout, entry: Interface, index: int, first: Ints, second: Ints) -> str:
    names = entry.between or entry.materials or ("", "")
    kinds = np.unique(np.stack([layout.kind(first), layout.kind(second)]), axis=1).T[:200]
    if entry.between is not None:
        label, known = "between", [f"{layout.kind_bases[a]}|{layout.kind_bases[b]}" for a, b in kinds]
    else:
        materials = layout.kind_materials
        label, known = "materials", [f"{materials[a].name}|{materials[b].name}" for a, b in kinds]
    hint = nearest("|".join(names), known) if known else "the stack has a single piece"
    return (
        f"interfaces.{index}.{label}: {names[0]!r} and {names[1]!r} do not touch, so this entry matches nothing; "
        f"{hint.replace('known:', 'contacts:')}"
    )
