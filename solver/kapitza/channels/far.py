"""Conductance of a contact between the far fields on both sides, where the channels of each agree.

Heat Q comes from far below, shared among the channels by their conductivity, and goes far above in the same way. Near
the contact the channels differ by modes that decay, each a conductance k / l between channels at the surface. The
jump is that of the means weighted by conductivity, which are straight lines up to the contact.
"""

from __future__ import annotations

import math

import numpy as np

from kapitza.channels.medium import Medium
from kapitza.channels.network import Network, restore
from kapitza.interfaces.channels import ChannelLaw
from kapitza.interfaces.law import Law


def far_conductance(below: Medium, above: Medium, law: Law, names: tuple[str, ...]) -> float:
    """[W/(m^2 K)] of a contact with constant resistances; infinite where nothing drops, 0 where nothing passes."""
    net = Network()
    ground = net.node()  # held: only the difference counts
    sides = [[net.node() for _ in range(medium.n)] for medium in (below, above)]
    for medium, nodes, sign in ((below, sides[0], 1.0), (above, sides[1], -1.0)):
        tie = -medium.modes.weighted(medium.modes.rate)
        for i in range(medium.n):
            for j in range(i):
                net.tie(nodes[i], nodes[j], float(tie[i, j]))
            net.put(nodes[i], 0, sign * float(medium.weight[i]))
    _across(net, below, above, sides, law, names)
    # Any tie to the ground will do: no heat is left over to flow there.
    net.merge(ground, sides[1][0])
    net.hold(ground, 1)
    circuit = net.circuit()
    held = next(iter(circuit.held))
    gone = circuit.eliminate([i for i in range(len(circuit.ties)) if i != held])
    values = np.array([1.0, 0.0])
    if any(not step.neighbours and step.collected for step in gone):
        return 0.0
    T = np.zeros(len(circuit.ties))
    restore(gone, T, values, 0.0)
    means = [
        float(medium.weight @ T[circuit.index[nodes]])
        for medium, nodes in ((below, sides[0]), (above, sides[1]))
    ]
    jump = means[0] - means[1]
    return 1.0 / jump if jump > 0.0 else math.inf


def _across(
    net: Network, below: Medium, above: Medium, sides: list[list[int]], law: Law, names: tuple[str, ...]
) -> None:
    def node(side: int, channel: int) -> int | None:
        medium = (below, above)[side]
        return next((n for n, ids in zip(sides[side], medium.channels, strict=True) if channel in ids), None)

    if isinstance(law, ChannelLaw):
        for first, second, own in law.between():
            a, b = node(0, names.index(first)), node(1, names.index(second))
            if a is not None and b is not None:
                _tie(net, a, b, own)
    elif law.resistance == 0.0:
        for channel in range(len(names)):
            a, b = node(0, channel), node(1, channel)
            if a is not None and b is not None:
                net.merge(a, b)
    elif math.isfinite(law.resistance):
        for nodes in sides:
            for other in nodes[1:]:
                net.merge(nodes[0], other)
        _tie(net, sides[0][0], sides[1][0], law)


def _tie(net: Network, a: int, b: int, law: Law) -> None:
    if law.resistance == 0.0:
        net.merge(a, b)
    elif math.isfinite(law.resistance):
        net.tie(a, b, 1.0 / law.resistance)
