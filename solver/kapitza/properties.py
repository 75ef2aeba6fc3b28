"""Properties of the pieces at one temperature: what a linear solve needs of temperature-dependent materials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kapitza.errors import InputError
from kapitza.laws.kirchhoff import Kirchhoff
from kapitza.laws.temperature import Constant, TemperatureLaw
from kapitza.laws.time import at_start
from kapitza.layout import Floats, Layout
from kapitza.materials.material import Material
from kapitza.model import Condition, Reservoir, Stack, Temperature

ROOM = 300.0  # K, where nothing in the case names a temperature


@dataclass(frozen=True)
class Properties:
    """Conductivities per kind of piece [W/(m K)], through the layers and along them, and the temperature [K] at which
    they were taken."""

    through: Floats
    lateral: Floats
    temperature: float

    @staticmethod
    def unit(layout: Layout) -> Properties:
        """All conductivities 1: resistances become geometry alone [1/m], for Kirchhoff's variable."""
        ones = np.ones(layout.n_kinds)
        return Properties(ones, ones, reference_temperature(layout.stack)[0])

    @staticmethod
    def at(layout: Layout, temperature: float) -> Properties:
        """Those of every kind of piece at ``temperature`` [K]."""
        known: dict[int, tuple[float, float]] = {}
        for material in layout.kind_materials:
            if id(material) not in known:
                with _of(material):
                    known[id(material)] = (
                        at(material.conductivity, temperature),
                        at(material.lateral, temperature),
                    )
        values = np.array([known[id(material)] for material in layout.kind_materials])
        return Properties(values[:, 0], values[:, 1], temperature)


def reference_temperature(stack: Stack) -> tuple[float, str]:
    """Temperature at which properties are taken [K], and how the case gives it."""
    if stack.solve.properties_at is not None:
        return stack.solve.properties_at, "[solve] properties_at"
    given = list(referring(stack).values())
    if given:
        label = (
            "the temperature of the boundary"
            if len(set(given)) == 1
            else "the mean of the given temperatures"
        )
        return sum(given) / len(given), label
    if isinstance(stack.solve.initial, float | int):
        return stack.solve.initial, "[solve] initial"
    return ROOM, "no temperature is given"


def referring(stack: Stack) -> dict[tuple[str, int], float]:
    """Temperatures [K] that the conditions give, by side and number: 0 the whole side's, then the patches."""
    found = {(side, 0): _temperatures(boundary.condition) for side, boundary in stack.boundaries.items()}
    for side, boundary in stack.boundaries.items():
        for number, patch in enumerate(boundary.patches, start=1):
            found[side, number] = _temperatures(patch.condition)
    return {place: t for place, given in found.items() for t in given}


def evaluate(layout: Layout) -> Properties:
    """Conductivities of every kind of piece at the reference temperature."""
    return Properties.at(layout, reference_temperature(layout.stack)[0])


@lru_cache(maxsize=1024)
def at(law: TemperatureLaw, temperature: float) -> float:
    """Value of a law at one temperature [K]; asked for again with every stack of the same materials."""
    return float(law(temperature))


def kirchhoff(layout: Layout) -> list[Kirchhoff]:
    """Conductivity through the layers of every kind of piece, in Kirchhoff's form; frozen where the case says so."""
    return _kirchhoff(layout, [material.conductivity for material in layout.kind_materials])


def kirchhoff_lateral(layout: Layout) -> list[Kirchhoff] | None:
    """The same along the layers; None where no material is anisotropic."""
    materials = layout.kind_materials
    if all(material.isotropic for material in materials):
        return None
    return _kirchhoff(layout, [material.lateral for material in materials])


def _kirchhoff(layout: Layout, laws: Sequence[TemperatureLaw]) -> list[Kirchhoff]:
    temperature, _ = reference_temperature(layout.stack)
    frozen = layout.stack.solve.properties_at is not None
    known: dict[int, Kirchhoff] = {}
    for law, material in zip(laws, layout.kind_materials, strict=True):
        if id(law) not in known:
            with _of(material):
                known[id(law)] = _apart(Constant(float(law(temperature))) if frozen else law, temperature)
    return [known[id(law)] for law in laws]


@contextmanager
def _of(material: Material) -> Iterator[None]:
    """Inside, a temperature out of range is told with the material whose conductivity it is."""
    try:
        yield
    except InputError as error:
        raise InputError(f"materials.{material.name}.conductivity: {error}") from None


_apart = lru_cache(maxsize=1024)(Kirchhoff.of)  # stacks of one material share it


def varying(layout: Layout) -> list[str]:
    """Names of the materials whose conductivity depends on temperature, where it is not frozen."""
    if layout.stack.solve.properties_at is not None:
        return []
    return sorted(
        {m.name for m in layout.kind_materials if not (m.conductivity.constant and m.lateral.constant)}
    )


def _temperatures(condition: Condition) -> list[float]:
    if isinstance(condition, Temperature):
        return [at_start(condition.temperature)]
    return [at_start(condition.ambient)] if isinstance(condition, Reservoir) else []
