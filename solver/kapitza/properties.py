"""Properties of the pieces at one temperature: what a linear solve needs of temperature-dependent materials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats, Layout
from kapitza.model import Condition, Reservoir, Stack, Temperature

ROOM = 300.0  # K, where nothing in the case names a temperature


@dataclass(frozen=True)
class Properties:
    """Conductivities per kind of piece [W/(m K)], through the layers and along them, and the temperature [K]
    at which they were taken; ``notes`` says so where it mattered."""

    through: Floats
    lateral: Floats
    temperature: float
    notes: tuple[str, ...]


def reference_temperature(stack: Stack) -> tuple[float, str]:
    """Temperature at which properties are taken [K], and how the case gives it."""
    if stack.solve.properties_at is not None:
        return stack.solve.properties_at, "[solve] properties_at"
    given = [t for boundary in stack.boundaries.values() for t in _temperatures(boundary.condition)]
    given += [
        t
        for boundary in stack.boundaries.values()
        for p in boundary.patches
        for t in _temperatures(p.condition)
    ]
    if given:
        label = (
            "the temperature of the boundary"
            if len(set(given)) == 1
            else "the mean of the given temperatures"
        )
        return sum(given) / len(given), label
    if stack.solve.initial is not None:
        return stack.solve.initial, "[solve] initial"
    return ROOM, "no temperature is given"


def evaluate(layout: Layout) -> Properties:
    """Conductivities of every kind of piece at the reference temperature."""
    temperature, label = reference_temperature(layout.stack)
    materials = layout.kind_materials
    through = np.array([float(m.conductivity(temperature)) for m in materials])
    lateral = np.array(
        [
            float((m.conductivity if m.conductivity_lateral is None else m.conductivity_lateral)(temperature))
            for m in materials
        ]
    )
    varying = sorted(
        {
            m.name
            for m in materials
            if not m.conductivity.constant
            or (m.conductivity_lateral is not None and not m.conductivity_lateral.constant)
        }
    )
    notes: tuple[str, ...] = ()
    if varying and layout.stack.solve.properties_at is None:
        notes = (
            f"the conductivity of {', '.join(varying)} depends on temperature and is taken at "
            f"{temperature:.6g} K ({label}); [solve] properties_at sets another",
        )
    return Properties(through, lateral, temperature, notes)


def _temperatures(condition: Condition) -> list[float]:
    if isinstance(condition, Temperature):
        return [condition.temperature]
    return [condition.ambient] if isinstance(condition, Reservoir) else []
