"""What changes with time: every function of time in a stack is a slot with a value, and loads are affine in them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.assemble.plane import assemble
from kapitza.assemble.system import Faces, Side, SideTerm, System
from kapitza.laws.time import Event, TimeLaw
from kapitza.layout import Floats, Layout
from kapitza.mesh import Mesh
from kapitza.model import Boundary, Condition, Group, Layer, Patch, Stack
from kapitza.properties import Properties

_TIMED = ("heat", "heat_density", "heat_flux", "temperature", "ambient")


@dataclass(frozen=True)
class Drive:
    """stack : as described · laws : its functions of time, in the order of `_mapped`."""

    stack: Stack
    laws: Sequence[TimeLaw]

    @staticmethod
    def of(stack: Stack) -> Drive:
        laws: list[TimeLaw] = []

        def note(law: TimeLaw) -> float:
            laws.append(law)
            return law(0.0)

        _mapped(stack, note)
        return Drive(stack, tuple(laws))

    def values(self, t: float, *, after: bool = True) -> Floats:
        """(m,) value of every slot at t [s]; ``after``: which one where it jumps."""
        return np.array([law(t, after=after) for law in self.laws])

    def following(self, t: float) -> Event:
        """First event later than t [s] of any of the laws."""
        events = [law.following(t) for law in self.laws]
        time = min((event.time for event in events), default=np.inf)
        return Event(time, any(event.jump for event in events if event.time == time))

    @cached_property
    def fingerprint(self) -> npt.NDArray[np.uint8]:
        """(32,) what tells these laws from others: SHA-256 of their values."""
        digest = hashlib.sha256()
        for law in self.laws:
            fields = vars(law).items()
            digest.update(type(law).__name__.encode())
            for name, value in fields:
                digest.update(name.encode() + np.asarray(value, dtype=float).tobytes())
        return np.frombuffer(digest.digest(), dtype=np.uint8)

    def stack_at(self, values: Floats) -> Stack:
        """The stack with numbers (m,) in place of the functions of time."""
        left = iter(values.tolist())
        return _mapped(self.stack, lambda law: next(left))


def at_start(stack: Stack) -> Stack:
    """The stack with the values that hold just after t = 0."""
    return _mapped(stack, lambda law: law(0.0))


def _mapped(stack: Stack, of: Callable[[TimeLaw], float]) -> Stack:
    """The stack with every function of time replaced by a number."""

    def plain(item: Any) -> Any:
        changed = {key: of(value) for key in _TIMED if isinstance(value := getattr(item, key, None), TimeLaw)}
        return replace(item, **changed) if changed else item

    def layer(item: Layer | Group) -> Layer | Group:
        if isinstance(item, Group):
            inner = tuple(layer(one) for one in item.layers)
            return (
                item
                if all(a is b for a, b in zip(inner, item.layers, strict=True))
                else Group(item.repeat, inner)
            )
        result: Layer = plain(item)
        return result

    def boundary(one: Boundary) -> Boundary:
        condition: Condition = plain(one.condition)
        return Boundary(condition, tuple(Patch(patch.along, plain(patch.condition)) for patch in one.patches))

    return replace(
        stack,
        layers=tuple(layer(item) for item in stack.layers),
        regions=tuple(plain(region) for region in stack.regions),
        sources=tuple(plain(source) for source in stack.sources),
        boundaries={name: boundary(one) for name, one in stack.boundaries.items()},
    )


@dataclass(frozen=True)
class _Pattern:
    """What one unit of a slot adds: to the cells' heat, to the sheets of each group of faces, to the heats and the
    temperature of each term of each side; None where it adds nothing."""

    heat: Floats | None
    sheets: Sequence[tuple[Floats, Floats] | None]
    terms: Sequence[Sequence[tuple[Floats | None, float]]]


@dataclass(frozen=True)
class DrivenSystem:
    """A `System` whose loads follow the slots of a drive.

    base : (m,) values at which ``system`` was assembled
    """

    drive: Drive
    system: System
    base: Floats
    patterns: Sequence[_Pattern]

    @staticmethod
    def assemble(layout: Layout, mesh: Mesh, properties: Properties) -> DrivenSystem:
        """Conductances once, loads slot by slot. A uniform source does not shift the temperature that a face sees:
        that holds in the steady state alone (`transient.linear` has its counterpart in time)."""
        drive = Drive.of(layout.stack)
        base = drive.values(0.0)

        def at(values: Floats) -> System:
            found = assemble(layout.with_values(drive.stack_at(values)), mesh, properties)
            nothing = np.zeros(mesh.shape)
            return replace(found, shift_lower=nothing, shift_upper=nothing)

        system = at(base)
        patterns = []
        for slot, law in enumerate(drive.laws):
            unit = law.peak or 1.0
            moved = base.copy()
            moved[slot] += unit
            patterns.append(_difference(system, at(moved), unit))
        return DrivenSystem(drive, system, base, patterns)

    def at(self, values: Floats) -> System:
        """The system with the slots at ``values`` (m,)."""
        moved = values - self.base
        chosen = [(amount, p) for amount, p in zip(moved.tolist(), self.patterns, strict=True) if amount]
        if not chosen:
            return self.system
        system = self.system
        heat = system.heat
        for amount, pattern in chosen:
            if pattern.heat is not None:
                heat = heat + amount * pattern.heat
        groups = [_faces_at(faces, i, chosen) for i, faces in enumerate(system.all_faces)]
        sides = [_side_at(side, i, chosen) for i, side in enumerate(system.sides)]
        wrap = groups[2] if system.wrap is not None else None
        return replace(system, heat=heat, faces_z=groups[0], faces_x=groups[1], wrap=wrap, sides=sides)

    @cached_property
    def temperatures(self) -> tuple[float, float] | None:
        """Lowest and highest temperature [K] that the boundaries will ever have; None where none is given."""
        found: list[float] = []
        for i, side in enumerate(self.system.sides):
            for j, term in enumerate(side.terms):
                if term.temperature is None:
                    continue
                laws = [
                    law for law, p in zip(self.drive.laws, self.patterns, strict=True) if p.terms[i][j][1]
                ]
                found += [*laws[0].extent] if laws else [term.temperature]
        return (min(found), max(found)) if found else None


def _difference(one: System, two: System, unit: float) -> _Pattern:
    heat = (two.heat - one.heat) / unit
    sheets: list[tuple[Floats, Floats] | None] = []
    for a, b in zip(one.all_faces, two.all_faces, strict=True):
        if a.sheet_first is None or a.sheet_second is None or b.sheet_first is None or b.sheet_second is None:
            sheets.append(None)
            continue
        pair = (b.sheet_first - a.sheet_first) / unit, (b.sheet_second - a.sheet_second) / unit
        sheets.append(pair if pair[0].any() or pair[1].any() else None)
    terms = []
    for side_a, side_b in zip(one.sides, two.sides, strict=True):
        row: list[tuple[Floats | None, float]] = []
        for term_a, term_b in zip(side_a.terms, side_b.terms, strict=True):
            put = (term_b.heat - term_a.heat) / unit
            moved = term_a.temperature != term_b.temperature
            row.append((put if put.any() else None, 1.0 if moved else 0.0))
        terms.append(row)
    return _Pattern(heat if heat.any() else None, sheets, terms)


def _faces_at(faces: Faces, group: int, chosen: Sequence[tuple[float, _Pattern]]) -> Faces:
    parts = [(amount, p.sheets[group]) for amount, p in chosen if p.sheets[group] is not None]
    if not parts or faces.sheet_first is None or faces.sheet_second is None:
        return faces
    first, second = faces.sheet_first, faces.sheet_second
    for amount, pair in parts:
        assert pair is not None
        first, second = first + amount * pair[0], second + amount * pair[1]
    return replace(faces, sheet_first=first, sheet_second=second)


def _side_at(side: Side, number: int, chosen: Sequence[tuple[float, _Pattern]]) -> Side:
    terms: list[SideTerm] = []
    for j, term in enumerate(side.terms):
        heat, temperature = term.heat, term.temperature
        for amount, pattern in chosen:
            put, moved = pattern.terms[number][j]
            if put is not None:
                heat = heat + amount * put
            if moved and temperature is not None:
                temperature += amount
        same = heat is term.heat and temperature == term.temperature
        terms.append(term if same else replace(term, heat=heat, temperature=temperature))
    return replace(side, terms=terms)
