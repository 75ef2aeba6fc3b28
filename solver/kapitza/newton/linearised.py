"""The same stack with every law replaced by its conductance at one temperature: where an iteration begins."""

from __future__ import annotations

from dataclasses import replace

from kapitza.interfaces.law import Conductance, Law
from kapitza.interfaces.pair import PairLaw
from kapitza.layout import Layout
from kapitza.model import Boundary, Condition, Reservoir


def linearised(layout: Layout, temperature: float) -> Layout:
    """``layout`` with linear laws, taken at ``temperature`` [K] (brought into each law's range)."""
    stack = layout.stack
    interfaces = [replace(entry, law=_contact(entry.law, temperature)) for entry in stack.interfaces]
    boundaries = {
        side: Boundary(
            _condition(boundary.condition, temperature),
            tuple(
                replace(patch, condition=_condition(patch.condition, temperature))
                for patch in boundary.patches
            ),
        )
        for side, boundary in stack.boundaries.items()
    }
    return replace(layout, stack=replace(stack, interfaces=interfaces, boundaries=boundaries))


def _contact(law: Law | PairLaw, temperature: float) -> Law | PairLaw:
    if isinstance(law, PairLaw):
        return PairLaw(lambda below, above: _linear(law.make(below, above), temperature))
    return _linear(law, temperature)


def _condition(condition: Condition, temperature: float) -> Condition:
    if isinstance(condition, Reservoir):
        return replace(condition, law=_linear(condition.law, temperature))
    return condition


def _linear(law: Law, temperature: float) -> Law:
    if law.linear:
        return law
    low, high = law.valid
    return Conductance(float(law.conductance(min(max(temperature, low), high))))
