"""Whether a stack is a linear problem."""

from __future__ import annotations

from kapitza import properties
from kapitza.laws.temperature import TemperatureLaw
from kapitza.layout import Layout
from kapitza.model import Layer, Region, Reservoir, Source, Stack, leaves


def nonlinear(layout: Layout) -> bool:
    """Whether conductivities that depend on temperature, or laws that are not linear, take part."""
    stack = layout.stack
    laws = [entry.law for entry in stack.interfaces]
    for boundary in stack.boundaries.values():
        conditions = [boundary.condition, *(patch.condition for patch in boundary.patches)]
        laws += [condition.law for condition in conditions if isinstance(condition, Reservoir)]
    return bool(properties.varying(layout)) or growing(stack) or not all(law.linear for law in laws)


def growing(stack: Stack) -> bool:
    """Whether a source depends on temperature."""
    sources = [source for source in stack.sources if isinstance(source, Source)]
    carriers: list[Layer | Region | Source] = [*leaves(stack.layers), *stack.regions, *sources]
    return any(isinstance(carrier.heat_density, TemperatureLaw) for carrier in carriers)
