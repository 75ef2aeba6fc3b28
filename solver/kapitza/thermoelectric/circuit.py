"""The electrical side of a slab: which layers carry the current, what they resist, where Peltier heat arises.

The current I [A] runs upwards from the first to the last layer with an electrical resistivity. It carries the heat
S T I with it, with S = 0 in the leads and in the layers outside. Where S goes from S1 to S2, upwards, it leaves
(S1 - S2) T I behind, T being that of the side of the contact where that happens: a contact itself has the smaller S of
both sides, as a metal between leg and strip would. Constant S: there is no Thomson heat.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from kapitza.contacts import match
from kapitza.errors import InputError
from kapitza.interfaces.law import Resistance
from kapitza.layout import Floats, Layout


@dataclass(frozen=True)
class Node:
    """A face of a layer where Peltier heat arises: ``step`` (S1 - S2) [V/K], heat = step T I. ``at`` its upper face,
    "below" the contact above it, or its lower one, "above" the contact below it; at the ends of the stack "bottom",
    "top"."""

    layer: int
    at: Literal["bottom", "below", "above", "top"]
    step: float


@dataclass(frozen=True)
class Circuit:
    """n layers. seebeck (n,) [V/K], layers (n,), contacts (n - 1,): electrical resistances [ohm]; nodes (m,)."""

    layout: Layout
    seebeck: Floats
    layers: Floats
    contacts: Floats
    nodes: tuple[Node, ...]

    @property
    def resistance(self) -> float:
        """Of all [ohm]."""
        return float(self.layers.sum() + self.contacts.sum())

    @property
    def steps(self) -> Floats:
        """(m,) of the nodes [V/K]."""
        return np.array([node.step for node in self.nodes])

    @staticmethod
    def of(layout: Layout) -> Circuit:
        """Raises InputError where no layer, or not every layer between two that do, has an electrical resistivity."""
        n, area = layout.n_layers, layout.stack.geometry.area
        materials = [layout.material(i) for i in range(n)]
        carriers = [i for i, m in enumerate(materials) if m.electrical_resistivity is not None]
        if not carriers:
            raise InputError(
                "thermoelectric: no material of a layer has an electrical_resistivity, so nothing carries the current; "
                'give it, and seebeck, for example electrical_resistivity = "10 uohm*m"'
            )
        first, last = carriers[0], carriers[-1]
        gap = next((i for i in range(first, last) if materials[i].electrical_resistivity is None), None)
        if gap is not None:
            raise InputError(
                f"thermoelectric: {layout.name(gap)} lies between layers that carry the current, and "
                f"{materials[gap].name} has no electrical_resistivity; give it"
            )
        inside = np.zeros(n, dtype=bool)
        inside[first : last + 1] = True
        seebeck = np.where(inside, [m.seebeck or 0.0 for m in materials], 0.0)
        thickness = np.array([layout.kinds[kind].thickness for kind in layout.kind_of.tolist()])
        resistivity = np.array([m.electrical_resistivity or 0.0 for m in materials])
        contacts = _contacts(layout) / area
        dry = np.flatnonzero(~(inside[:-1] | inside[1:]) & (contacts > 0.0))
        if len(dry):
            pair = f"{layout.name(int(dry[0]))}|{layout.name(int(dry[0]) + 1)}"
            raise InputError(
                f"thermoelectric: {pair} has an electrical_resistance, and no current passes there; leave it out"
            )
        return Circuit(layout, seebeck, resistivity * thickness / area, contacts, _nodes(seebeck))


def _contacts(layout: Layout) -> Floats:
    """(n - 1,) electrical resistance of the contacts [ohm m^2], matched as their laws are."""
    entries = tuple(
        replace(entry, law=Resistance(entry.electrical_resistance)) for entry in layout.stack.interfaces
    )
    lower = np.arange(layout.n_layers - 1)
    return match(
        replace(layout, stack=replace(layout.stack, interfaces=entries)), lower, lower + 1
    ).resistance


def _nodes(seebeck: Floats) -> tuple[Node, ...]:
    """Those with a step."""
    n = len(seebeck)
    found = [Node(0, "bottom", -float(seebeck[0]))]
    for i in range(n - 1):
        low, high = float(seebeck[i]), float(seebeck[i + 1])
        between = low if abs(low) <= abs(high) else high
        found += [Node(i, "below", low - between), Node(i + 1, "above", between - high)]
    found.append(Node(n - 1, "top", float(seebeck[-1])))
    return tuple(node for node in found if node.step != 0.0)
