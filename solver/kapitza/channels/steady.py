"""Steady state of a stack of channels: every segment an exact two-port, so one cell to a layer is enough."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kapitza import floating
from kapitza.channels.elements import Element
from kapitza.channels.heats import Heats
from kapitza.channels.locked import locked
from kapitza.channels.network import Circuit, Gone, restore
from kapitza.channels.result import Found, solved
from kapitza.channels.shapes import Piece
from kapitza.channels.wiring import Wiring
from kapitza.errors import InputError, PhysicsError
from kapitza.laws.time import number
from kapitza.layout import Floats, Layout
from kapitza.model import SIDES, Stack
from kapitza.solution.solved import Solved
from kapitza.state import SolverInfo

REASON = "channels in one dimension: exact two-ports, eliminated without subtraction"


def solve(stack: Stack) -> Solved:
    """Steady state of a ``stack`` with channels.

    Raises InputError where it contradicts itself, PhysicsError where it has no steady state.
    """
    layout = Layout.of(locked(stack))
    wiring = Wiring(stack, layout)
    wiring.wire(lambda s: None)
    exact = _Exact(wiring, Heats.of(wiring))
    found, notes = exact.found()
    return solved(wiring, layout, found, SolverInfo("channels", REASON, 0, 0.0), notes, 0.0)


def temperatures(
    wiring: Wiring, circuit: Circuit, gone: list[Gone], values: Floats
) -> tuple[Floats, tuple[str, ...]]:
    """Rise of all nodes above the reference [K] once all that are not held are ``gone``, and what is to be said.

    values : (n_slots,). Raises PhysicsError where heat collects in a piece that nothing holds.
    """
    T = np.zeros(len(circuit.ties))
    for node, value in held(wiring, circuit, values).items():
        T[node] = value
    level = floating.mean_temperature(wiring.layout.stack) - wiring.reference
    notes: list[str] = []
    through = sum(abs(amount * values[slot]) for _, slot, amount in wiring.network.loads)
    for step in gone:
        if not step.neighbours:
            left = sum(amount * values[slot] for slot, amount in step.collected)
            names = [wiring.layout.name(i) for i in range(wiring.layout.n_layers)]
            try:
                floating.check(names, left, through, wiring.layout.stack)
            except PhysicsError as problem:
                raise PhysicsError(f"channels of {problem}") from None
            notes.append(
                f"nothing fixes a temperature of {floating.listed(names)}; heat balances, and one is set to "
                f"{level + wiring.reference:.6g} K ([solve] initial sets another)"
            )
    restore(gone, T, values, level)
    return T, tuple(notes[:1])


def held(wiring: Wiring, circuit: Circuit, values: Floats) -> dict[int, float]:
    """Rises of the held nodes. Raises InputError where one is held at several temperatures."""
    found: dict[int, float] = {}
    for node, slots in circuit.held.items():
        given = [float(values[slot]) for slot in slots]
        if max(given) - min(given) > 1e-9 * max(abs(value) for value in given):
            listed = ", ".join(f"{wiring.reference + value:g} K" for value in given)
            raise InputError(
                f"boundary{_side(wiring, circuit, node)}: the channels are locked together at a surface that is held "
                f"at {listed}; give one temperature"
            )
        found[node] = given[0]
    return found


def _side(wiring: Wiring, circuit: Circuit, node: int) -> str:
    """ ".top" of a held node on the top."""
    sides = SIDES[wiring.stack.geometry.kind]
    found = [sides[end] for end in (0, 1) if node in circuit.index[wiring.terminals[end]]]
    return f".{found[0]}" if found else ""


@dataclass(frozen=True)
class _Exact:
    wiring: Wiring
    heats: Heats

    @cached_property
    def elements(self) -> list[Element]:
        w = self.wiring
        known: dict[tuple[int, float, float], Element] = {}
        found = []
        for medium, r, d in zip(
            w.media, w.line.segment_lower.tolist(), w.line.segment_size.tolist(), strict=True
        ):
            key = id(medium), 0.0 if w.metric.kind == "slab" else r, d
            known.setdefault(key, Element(medium.modes, Piece(w.metric, r, d)))
            found.append(known[key])
        return found

    def found(self) -> tuple[Found, tuple[str, ...]]:
        """Temperatures and heats."""
        w = self.wiring
        net, line = w.network, w.line
        for s, element in enumerate(self.elements):
            lower, upper = w.lower[s], w.upper[s]
            at_lower, at_upper, across = element.conductances
            for i in range(len(lower)):
                for j in range(len(lower)):
                    net.tie(lower[i], upper[j], float(across[i, j]))
                    if j < i:
                        net.tie(lower[i], lower[j], float(at_lower[i, j]))
                        net.tie(upper[i], upper[j], float(at_upper[i, j]))
        for part in self.heats.inside:
            for s, i, amount in zip(part.segment, part.which, part.amount, strict=True):
                density = np.zeros(w.media[s].n)
                density[i] = amount / w.volume[s]
                for nodes, heats in zip((w.lower[s], w.upper[s]), self.elements[s].put(density), strict=True):
                    for node, heat in zip(nodes, heats.tolist(), strict=True):
                        net.put(node, part.slot, heat)
        circuit = net.circuit()
        values = np.array([number(value) for value in w.slots.values])
        values -= np.where(w.slots.temperature, w.reference, 0.0) if len(values) else 0.0
        gone = circuit.eliminate([i for i in range(len(circuit.ties)) if i not in circuit.held])
        T, notes = temperatures(w, circuit, gone, values)

        count, n = len(w.media), len(w.stack.channels)
        densities = [np.zeros(medium.n) for medium in w.media]
        for part in self.heats.inside:
            for s, i, amount in zip(part.segment, part.which, part.amount, strict=True):
                densities[s][i] += amount * values[part.slot] / w.volume[s]
        heat = np.array([density.sum() for density in densities]) * w.volume
        sheet, sheet_below = np.zeros(len(w.joints)), np.zeros(len(w.joints))
        for slot, whole, part_below in self.heats.sheets:
            sheet += values[slot] * whole
            sheet_below += values[slot] * part_below
        ends = (self._end(circuit, 0, T, values), self._end(circuit, 1, T, values))
        passing = np.zeros(count)
        passing[1:] = heat[:-1]
        passing[w.joints + 1] += sheet
        passing[0] = ends[0]
        inflow = np.cumsum(passing)

        below, above, mean, into, out = (np.full((n, count), np.nan) for _ in range(5))
        cells, flux = (np.full((n, line.mesh.shape[0]), np.nan) for _ in range(2))
        first = np.cumsum(line.segment_cells) - line.segment_cells
        centres = line.mesh.z
        for s, (element, medium) in enumerate(zip(self.elements, w.media, strict=True)):
            low, high = T[circuit.index[w.lower[s]]], T[circuit.index[w.upper[s]]]
            here = slice(int(first[s]), int(first[s] + line.segment_cells[s]))
            height = np.clip(centres[here] - line.segment_lower[s], 0.0, line.segment_size[s])
            inner = element.temperature(low, high, densities[s], height)
            passed = element.flux(low, high, densities[s], height)
            entering, leaving = element.entering(low, high, densities[s])
            average = element.mean(low, high, densities[s])
            for i, ids in enumerate(medium.channels):
                for c in ids:
                    below[c, s], above[c, s], mean[c, s] = low[i], high[i], average[i]
                    cells[c, here] = inner[i]
                    if not medium.locked:
                        flux[c, here] = passed[i]
                        into[c, s], out[c, s] = entering[i], leaving[i]
        layers = np.zeros((n, w.layout.n_layers))
        total = np.zeros(w.layout.n_layers)
        np.add.at(layers.T, line.segment_piece, (mean * w.volume).T)
        np.add.at(total, line.segment_piece, w.volume)
        joints = w.joints
        found = Found(
            line=line,
            lower=below + w.reference,
            upper=above + w.reference,
            cells=cells + w.reference,
            flux=flux,
            layer_mean=layers / total + w.reference,
            inflow=inflow,
            bent=heat,
            heat=heat,
            sheet=sheet,
            ends=ends,
            joint_flow=inflow[joints] + heat[joints] + sheet_below,
            flow_below=join(out[:, joints], into[:, joints + 1]),
            flow_above=join(into[:, joints + 1], out[:, joints]),
            end_flow=np.stack([into[:, 0], -out[:, -1]], axis=1),
            centre=None,
            at=_Inside(w, self.elements, below, above, densities).at,
        )
        return found, notes

    def _end(self, circuit: Circuit, end: int, T: Floats, values: Floats) -> float:
        """Heat [W] that enters at one side."""
        w = self.wiring
        nodes = {int(circuit.index[node]) for node in w.terminals[end]}
        held = sum(circuit.heat_from(node, T, values) for node in nodes)
        given = sum(amount * values[slot] for _, slot, amount in w.network.loads if slot in w.end_heats[end])
        return float(held + given)


@dataclass(frozen=True)
class _Inside:
    """Profiles inside the segments. lower, upper : (n, s) rises of the faces [K] · densities : of each segment"""

    wiring: Wiring
    elements: list[Element]
    lower: Floats
    upper: Floats
    densities: list[Floats]

    def at(self, s: int, height: float) -> Floats:
        """(n,) [K] in segment ``s``, ``height`` [m] above its lower face."""
        medium = self.wiring.media[s]
        own = [ids[0] for ids in medium.channels]
        low, high = self.lower[own, s], self.upper[own, s]
        inner = self.elements[s].temperature(low, high, self.densities[s], np.array([height]))[:, 0]
        result = np.full(len(self.wiring.stack.channels), np.nan)
        for value, ids in zip(inner.tolist(), medium.channels, strict=True):
            result[list(ids)] = value
        return result + self.wiring.reference


def join(first: Floats, second: Floats) -> Floats:
    """``first``, and where the channels are locked there, ``second``."""
    return np.where(np.isnan(first), second, first)
