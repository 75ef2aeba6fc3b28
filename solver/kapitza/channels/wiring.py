"""A stack of channels as a network: nodes on both faces of every segment, contacts and boundaries.

What is between the faces of a segment is wired by who asks: exactly (`kapitza.channels.steady`) or by cells
(`kapitza.channels.body`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from kapitza.channels.far import far_conductance
from kapitza.channels.medium import Medium
from kapitza.channels.network import Network
from kapitza.contacts import Contacts, match
from kapitza.errors import InputError
from kapitza.interfaces.channels import ChannelLaw
from kapitza.interfaces.law import Conductance, Law
from kapitza.laws.temperature import Constant, TemperatureLaw
from kapitza.laws.time import TimeLaw
from kapitza.layout import Floats, Ints, Layout
from kapitza.mesh import LineMesh, build_line
from kapitza.metrics import Metric
from kapitza.model import (
    SIDES,
    Adiabatic,
    Condition,
    Heat,
    HeatFlux,
    PerChannel,
    Reservoir,
    Stack,
    Temperature,
)
from kapitza.properties import at, reference_temperature

Nodes = list[list[int]]
"""Of each segment: the nodes of its medium's temperatures."""

Value = float | TimeLaw


@dataclass
class Slots:
    """Numbers that loads and held temperatures follow; equal laws share one."""

    values: list[Value] = field(default_factory=list)
    temperature: list[bool] = field(default_factory=list)

    def of(self, value: Value, temperature: bool = False) -> int:
        """The slot of a heat, or of a ``temperature`` [K]."""
        self.values.append(value)
        self.temperature.append(temperature)
        return len(self.values) - 1


class Wiring:
    """stack : with channels · layout : of the locked stack · line : its mesh · lower, upper : nodes of their faces
    joints : (m,) segments below a contact of two pieces · ends : held nodes of both sides, and heats put into them"""

    def __init__(self, stack: Stack, layout: Layout) -> None:
        self.stack, self.layout = stack, layout
        self.line: LineMesh = build_line(layout)
        self.metric = Metric.of(stack.geometry)
        media: dict[int, Medium] = {}
        for material in layout.kind_materials:
            media.setdefault(id(material), Medium.of(material, stack))
        kinds = layout.kind_of[self.line.segment_piece]
        self.media = [media[id(layout.kind_materials[kind])] for kind in kinds.tolist()]
        if layout.layer_edges[0] == 0.0 and stack.geometry.axis == "r":
            raise InputError(
                "geometry.inner_radius: with [channels] a cylinder or sphere needs one above zero"
            )
        piece = self.line.segment_piece
        self.joints: Ints = np.flatnonzero(np.diff(piece))
        self.contacts: Contacts = match(layout, piece[self.joints], piece[self.joints + 1])
        self.area = self.metric.area(self.line.segment_lower[self.joints + 1])
        self.volume = self.metric.volume(self.line.segment_lower, self.line.segment_size)
        self.reference = reference_temperature(layout.stack)[0]
        self.slots = Slots()
        self.network = Network()
        self.lower: Nodes = []
        self.upper: Nodes = []
        self.terminals: tuple[list[int], list[int]] = ([], [])

    def capacity(self, law: TemperatureLaw) -> TemperatureLaw:
        """A heat capacity as it is used: where the case freezes properties, at that temperature."""
        frozen = self.stack.solve.properties_at is not None and not law.constant
        return Constant(at(law, self.reference)) if frozen else law

    def wire(self, inside: Callable[[int], None]) -> None:
        """Make the nodes and tie contacts and boundaries; ``inside`` makes what nodes it needs between the faces of a
        segment, by number. What it ties there is its own affair."""
        net = self.network
        for s, medium in enumerate(self.media):
            self.lower.append([net.node() for _ in range(medium.n)])
            inside(s)
            self.upper.append([net.node() for _ in range(medium.n)])
        self._between()
        for end in (0, 1):
            self._end(end)

    # Contacts -----------------------------------------------------------------------------------------------

    def _between(self) -> None:
        joint = dict(zip(self.joints.tolist(), range(len(self.joints)), strict=True))
        for s in range(len(self.media) - 1):
            if s in joint:
                self._contact(s, joint[s])
            else:
                for a, b in zip(self.upper[s], self.lower[s + 1], strict=True):
                    self.network.merge(a, b)

    def _contact(self, s: int, j: int) -> None:
        net, law, area = self.network, self.law(j), float(self.area[j])
        if isinstance(law, ChannelLaw):
            for below, above, own in law.between():
                self.across(s, below, above, own, area)
            return
        resistance = law.resistance
        if resistance == 0.0:
            for i in range(len(self.stack.channels)):
                a, b = self.node(self.upper, s, i), self.node(self.lower, s + 1, i)
                if a is not None and b is not None:
                    net.merge(a, b)
        elif math.isfinite(resistance):
            for nodes in (self.upper[s], self.lower[s + 1]):
                self._together(nodes)
            net.tie(self.upper[s][0], self.lower[s + 1][0], area / resistance)

    def law(self, j: int) -> Law:
        """The law of contact ``j``, with constant resistances. Raises InputError where it has none."""
        return linear(self.contacts.laws[int(self.contacts.law[j])], self.stack, self.reference)

    @cached_property
    def far(self) -> Floats:
        """(m,) conductances of the contacts between far fields [W/(m^2 K)]."""
        known: dict[tuple[int, int, int], float] = {}
        found = []
        for j, s in enumerate(self.joints.tolist()):
            below, above = self.media[s], self.media[s + 1]
            key = id(below), id(above), int(self.contacts.law[j])
            if key not in known:
                known[key] = far_conductance(below, above, self.law(j), self.stack.channels)
            found.append(known[key])
        return np.array(found)

    def across(self, s: int, below: str, above: str, law: Law, area: float) -> None:
        """One way across the contact above segment ``s``."""
        names = self.stack.channels
        a = self.node(self.upper, s, names.index(below))
        b = self.node(self.lower, s + 1, names.index(above))
        for node, channel, segment in ((a, below, s), (b, above, s + 1)):
            if node is None:
                raise InputError(
                    f"interfaces: {channel} pass {self.name(s)}|{self.name(s + 1)}, but {self.name(segment)} has "
                    f"none (its conductivity names {self.carried(segment)})"
                )
        assert a is not None
        assert b is not None
        if law.resistance == 0.0:
            self.network.merge(a, b)
        elif math.isfinite(law.resistance):
            self.network.tie(a, b, area / law.resistance)

    def node(self, nodes: Nodes, s: int, channel: int) -> int | None:
        """The node of a channel on a face of segment ``s``; None where it has no such channel."""
        for node, channels in zip(nodes[s], self.media[s].channels, strict=True):
            if channel in channels:
                return node
        return None

    def _together(self, nodes: Sequence[int]) -> None:
        for node in nodes[1:]:
            self.network.merge(nodes[0], node)

    def name(self, s: int) -> str:
        """Of the layer in which segment ``s`` lies."""
        return self.layout.name(int(self.line.segment_piece[s]))

    def carried(self, s: int) -> str:
        """The channels of segment ``s``, for messages."""
        names = self.stack.channels
        return ", ".join(names[i] for ids in self.media[s].channels for i in ids)

    # Boundaries ---------------------------------------------------------------------------------------------

    def _end(self, end: int) -> None:
        side = SIDES[self.stack.geometry.kind][end]
        condition = self.stack.boundary(side).condition
        nodes, s = (self.lower, 0) if end == 0 else (self.upper, len(self.media) - 1)
        edge = self.layout.layer_edges[-1 if end else 0]
        area = float(self.metric.area(np.array([edge]))[0])
        if isinstance(condition, PerChannel):
            for name, own in condition.conditions:
                node = self.node(nodes, s, self.stack.channels.index(name))
                if node is None:
                    raise InputError(
                        f"boundary.{side}.{name}: {self.name(s)} has no {name} (its conductivity names "
                        f"{self.carried(s)})"
                    )
                self._condition(own, node, end, area, f"boundary.{side}.{name}")
        elif not isinstance(condition, Adiabatic):
            self._together(nodes[s])
            self._condition(condition, nodes[s][0], end, area, f"boundary.{side}")

    def _condition(self, condition: Condition, node: int, end: int, area: float, where: str) -> None:
        net = self.network
        match condition:
            case Temperature(temperature):
                net.hold(node, self.slots.of(temperature, True))
                self.terminals[end].append(node)
            case Reservoir(ambient, law):
                resistance = linear(law, self.stack, self.reference).resistance
                far = node
                if resistance > 0.0:
                    if math.isinf(resistance):
                        return
                    far = net.node()
                    net.tie(node, far, area / resistance)
                net.hold(far, self.slots.of(ambient, True))
                self.terminals[end].append(far)
            case Heat(heat):
                net.put(node, self._end_slot(heat, end), 1.0)
            case HeatFlux(heat_flux):
                net.put(node, self._end_slot(heat_flux, end), area)
            case _:
                raise InputError(f"{where}: a one-dimensional stack cannot be periodic")

    @cached_property
    def end_heats(self) -> tuple[set[int], set[int]]:
        """Slots of the heats that enter through each side."""
        return set(), set()

    def _end_slot(self, value: Value, end: int) -> int:
        slot = self.slots.of(value)
        self.end_heats[end].add(slot)
        return slot


def linear(law: Law, stack: Stack, T: float) -> Law:
    """The law with constant resistances: those at T [K] where the case says so. Raises InputError where it does not."""
    if isinstance(law, ChannelLaw):
        return ChannelLaw(law.laws.map(lambda own: linear(own, stack, T)))
    if law.linear:
        return law
    if stack.solve.properties_at is None:
        raise InputError(
            f"interfaces: {law.about.model} depends on temperature, which several temperatures per place do not take; "
            "give [solve] properties_at, or a resistance or conductance"
        )
    return Conductance(float(law.conductance(T)))
