"""How the faces of a stack answer to heat: solved once for each heat, added up for every current.

With constant properties the temperatures T (m,) of the nodes are T0 + J I^2 R + M p, p (m,) the heats put into them
[W], J the answer to 1 W of Joule heat. Peltier heat is p = I D T, so T = (1 - I M D)^-1 (T0 + J I^2 R): one small
system for each current. The heats into the domain at both sides follow alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from kapitza.errors import PhysicsError
from kapitza.interfaces.law import Resistance
from kapitza.laws.time import number
from kapitza.layout import Floats
from kapitza.model import (
    Adiabatic,
    Boundary,
    Heat,
    HeatFlux,
    Reservoir,
    SheetSource,
    Source,
    Stack,
    Temperature,
)
from kapitza.solution import Solution
from kapitza.thermoelectric.circuit import Circuit

SIDES = ("bottom", "top")
Solve = Callable[[Stack], Solution]


@dataclass(frozen=True)
class Answer:
    """At one current [A]: temperatures (m,) [K] of the nodes, heat from outside (2,) [W] at bottom and top, and by how
    much both change with it [K/A], [W/A]."""

    current: float
    temperature: Floats
    heat: Floats
    temperature_slope: Floats
    heat_slope: Floats


@dataclass(frozen=True)
class Response:
    """Node temperatures start (m,), joule (m,), nodes (m, m) and heats at both sides start_heat (2,), joule_heat (2,),
    node_heat (2, m) as in the module's text."""

    circuit: Circuit
    start: Floats
    joule: Floats
    nodes: Floats
    start_heat: Floats
    joule_heat: Floats
    node_heat: Floats

    @staticmethod
    def of(stack: Stack, circuit: Circuit, solve: Solve) -> Response:
        """``solve`` is called m + 2 times. Raises what it does."""
        m = len(circuit.nodes)
        none = np.zeros(m)

        def answer(joule: float, heats: Floats) -> tuple[Floats, Floats]:
            found = solve(heated(stack, circuit, joule, heats))
            return faces(found, circuit), np.array([found.boundaries[side].heat for side in SIDES])

        start, start_heat = answer(0.0, none)
        joule, joule_heat = answer(1.0, none)
        each = [answer(0.0, row) for row in np.eye(m)]
        return Response(
            circuit,
            start,
            joule - start,
            np.array([T - start for T, _ in each]).reshape(m, m).T,
            start_heat,
            joule_heat - start_heat,
            np.array([heat - start_heat for _, heat in each]).reshape(m, 2).T,
        )

    def at(self, current: float) -> Answer:
        """Raises PhysicsError where Peltier heat grows faster with temperature than it is led away."""
        d, R = self.circuit.steps, self.circuit.resistance
        if len(d) and current != 0.0 and self.runaway(current):
            raise PhysicsError(
                f"thermoelectric: no steady state at {current:.4g} A: the heat that the current leaves behind grows "
                "faster with the temperature there than it is led away; give a smaller current"
            )
        matrix = np.eye(len(d)) - current * self.nodes * d
        T = np.asarray(np.linalg.solve(matrix, self.start + self.joule * R * current**2), dtype=float)
        drive = (self.nodes * d) @ T + 2.0 * current * R * self.joule
        slope = np.asarray(np.linalg.solve(matrix, drive), dtype=float)
        heat = self.start_heat + self.joule_heat * R * current**2 + self.node_heat @ (current * d * T)
        heat_slope = 2.0 * current * R * self.joule_heat + self.node_heat @ (d * (T + current * slope))
        for k, node in enumerate(self.circuit.nodes):
            if node.at in SIDES:  # Peltier heat of the surface comes from outside
                side = SIDES.index(node.at)
                heat[side] -= current * d[k] * T[k]
                heat_slope[side] -= d[k] * (T[k] + current * slope[k])
        return Answer(current, T, heat, slope, heat_slope)

    def runaway(self, current: float) -> bool:
        """Whether there is no steady state at this current."""
        rates = np.linalg.eigvals(current * self.nodes * self.circuit.steps)
        return bool(np.max(rates.real, initial=0.0) >= 1.0)

    def refined(self, current: float, temperature: Floats, found: Floats) -> Floats:
        """Better node temperatures (m,), where those ``found`` differ from those assumed in Peltier's heat."""
        matrix = np.eye(len(found)) - current * self.nodes * self.circuit.steps
        return temperature + np.asarray(np.linalg.solve(matrix, found - temperature))


def faces(solution: Solution, circuit: Circuit) -> Floats:
    """(m,) temperatures of the nodes [K]."""
    pieces = solution.pieces
    upper = ("below", "top")
    return np.array(
        [(pieces.top if node.at in upper else pieces.bottom)[node.layer] for node in circuit.nodes]
    )


def heated(stack: Stack, circuit: Circuit, joule: float, heats: Floats) -> Stack:
    """``stack`` with ``joule`` [W] spread as the resistances are, contacts half to each side, and ``heats`` (m,) [W] in
    the nodes."""
    layout, R = circuit.layout, circuit.resistance
    area = stack.geometry.area
    sources: list[Source | SheetSource] = list(stack.sources)
    done: set[str] = set()
    for i in np.flatnonzero(circuit.layers > 0.0).tolist():
        base = layout.base(i)
        if base not in done and joule != 0.0:
            thickness = layout.kinds[int(layout.kind_of[i])].thickness
            density = joule * float(circuit.layers[i]) / R / (area * thickness)
            sources.append(Source(f"Joule heat, {base}", base, heat_density=density))
        done.add(base)
    sides: dict[tuple[int, str], float] = {}
    for i in np.flatnonzero(circuit.contacts > 0.0).tolist():
        for side in ("below", "above"):
            sides[i, side] = 0.5 * joule * float(circuit.contacts[i]) / R
    surface = dict.fromkeys(SIDES, 0.0)
    for node, heat in zip(circuit.nodes, heats.tolist(), strict=True):
        if node.at in SIDES:
            surface[node.at] += heat
        else:
            contact = node.layer if node.at == "below" else node.layer - 1
            sides[contact, node.at] = sides.get((contact, node.at), 0.0) + heat
    for (i, side), heat in sides.items():
        if heat != 0.0:
            between = layout.name(i), layout.name(i + 1)
            name = f"{side} {between[0]}|{between[1]}"
            sources.append(
                SheetSource(name, between, heat=heat, side="below" if side == "below" else "above")
            )
    boundaries = dict(stack.boundaries)
    for side, heat in surface.items():
        if heat != 0.0:
            boundaries[side] = _with_heat(stack.boundary(side), heat, area)
    return replace(stack, sources=tuple(sources), boundaries=boundaries)


def _with_heat(boundary: Boundary, heat: float, area: float) -> Boundary:
    """A boundary whose surface is heated beside its condition [W]."""
    condition = boundary.condition
    if isinstance(condition, Heat):
        return Boundary(Heat(number(condition.heat) + heat))
    if isinstance(condition, HeatFlux):
        return Boundary(HeatFlux(number(condition.heat_flux) + heat / area))
    if isinstance(condition, Reservoir):
        resistance = condition.law.resistance
        if resistance == 0.0:
            return boundary
        if np.isinf(resistance):
            return Boundary(Heat(heat))
        shifted = number(condition.ambient) + heat / area * resistance
        if shifted <= 0.0:
            raise PhysicsError(
                "thermoelectric: the current would cool a side below absolute zero; check its size and sign"
            )
        return Boundary(Reservoir(shifted, Resistance(resistance)))
    if isinstance(condition, Adiabatic):
        return Boundary(Heat(heat))
    assert isinstance(condition, Temperature)
    return boundary
