"""A stack of channels in time: what `kapitza.transient.march` needs of it.

Nodes without heat capacity, on faces and contacts, are eliminated once; what is left is banded. Heat capacities may
depend on the temperature of their channel (electrons: proportional to it); an implicit stage is then Newton's method.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property

import numpy as np

from kapitza.assemble.drive import Drive
from kapitza.bychannel import ByChannel
from kapitza.channels.cells import Cells
from kapitza.channels.frame import Nodes, instant
from kapitza.channels.steady import held, temperatures
from kapitza.errors import InputError, PhysicsError
from kapitza.laws.enthalpy import Enthalpy
from kapitza.laws.time import TimeLaw
from kapitza.layout import Floats, Ints
from kapitza.model import leaves
from kapitza.solution.solved import Solved
from kapitza.transient.body import Body, Flow

ITERATIONS = 30
DONE = 1e-11  # of the temperature: change of an iteration at which a stage has been found
KEPT = 6


class ChannelBody:
    """y : (N,) temperature of the nodes that hold heat, above the reference [K]."""

    name = "banded Cholesky factors"
    extrapolated = (
        False  # factors are exact, and Newton's method begins where temperatures are known to be in range
    )

    def __init__(self, cells: Cells) -> None:
        """Raises InputError where a heat capacity is not known."""
        self.cells, self.wiring = cells, cells.wiring
        w = self.wiring
        circuit = w.network.circuit()
        self.index = circuit.index
        places = np.concatenate([column.nodes.ravel() for column in cells.columns])
        self.kept: Ints = circuit.index[places]
        holds = set(self.kept.tolist())
        self.gone = circuit.eliminate(
            [i for i in range(len(circuit.ties)) if i not in holds and i not in circuit.held]
        )
        self.circuit = circuit
        number = {int(node): n for n, node in enumerate(self.kept)}
        self.number = number
        self._matrices(number)
        self._capacities()
        timed = [slot for slot, value in enumerate(w.slots.values) if isinstance(value, TimeLaw)]
        self.timed = np.array(timed, dtype=np.intp)
        self.drive = Drive(w.stack, tuple(v for v in w.slots.values if isinstance(v, TimeLaw)))
        self.base = np.array([0.0 if isinstance(v, TimeLaw) else v for v in w.slots.values], dtype=float)
        self.offset = np.where(np.array(w.slots.temperature, dtype=bool), w.reference, 0.0)
        held(w, circuit, self.all_values(self.drive.values(0.0)))
        self._factors: OrderedDict[float, Floats] = OrderedDict()

    def _matrices(self, number: Mapping[int, int]) -> None:
        circuit, slots = self.circuit, len(self.wiring.slots.values)
        count = len(self.kept)
        # (held node, its slot) · conductance of each node to it
        self.terminals = [(node, given[0]) for node, given in circuit.held.items()]
        self.outer = np.zeros((count, len(self.terminals)))
        self.loads = np.zeros((count, slots))
        bands: dict[int, Floats] = {}
        held = {node: n for n, (node, _) in enumerate(self.terminals)}
        for node, n in number.items():
            for other, conductance in circuit.ties[node].items():
                if other in held:
                    self.outer[n, held[other]] = conductance
                elif number[other] > n:
                    bands.setdefault(number[other] - n, np.zeros(count))[n] = conductance
            for slot, amount in circuit.loads[node].items():
                self.loads[n, slot] = amount
        self.bands = dict(sorted(bands.items()))
        width = max(self.bands, default=0)
        # Upper form of scipy's banded symmetric matrices: the diagonal last.
        self.matrix = np.zeros((width + 1, count))
        self.matrix[width] = self.outer.sum(axis=1)
        for apart, values in self.bands.items():
            self.matrix[width - apart, apart:] = -values[: count - apart]
            self.matrix[width] += values
            self.matrix[width, apart:] += values[: count - apart]

    def _capacities(self) -> None:
        w = self.wiring
        volume, kind = np.empty(len(self.kept)), np.empty(len(self.kept), dtype=np.intp)
        laws: list[Enthalpy] = []
        known: dict[tuple[int, int], int] = {}
        at = 0
        missing: list[str] = []
        for column, medium in zip(self.cells.columns, w.media, strict=True):
            for i, law in enumerate(medium.capacity):
                if law is None:
                    missing.append(
                        f"materials.{medium.name}: heat capacity not known, which a transient needs; give density and "
                        "specific_heat, or volumetric_heat_capacity"
                        + ("" if medium.n == 1 else ", of each channel")
                    )
                    continue
                if (id(medium), i) not in known:
                    known[id(medium), i] = len(laws)
                    laws.append(Enthalpy.of(w.capacity(law), reference=w.reference))
                here = slice(at + i, at + column.nodes.size, medium.n)
                volume[here], kind[here] = column.volume, known[id(medium), i]
            at += column.nodes.size
        if missing:
            raise InputError("\n".join(dict.fromkeys(missing)))
        self.volume, self.kind, self.laws = volume, kind, laws
        self.constant = all(law.constant for law in laws)

    # The parts of a body ------------------------------------------------------------------------------------

    def start(self) -> Floats:
        return self.contents(self.wiring.reference + self._initial())

    def _initial(self) -> Floats:
        w = self.wiring
        general = w.stack.solve.initial
        if not isinstance(general, float | int):
            given = self.temperatures
            general = given[0] if given is not None and given[0] == given[1] else None
        kinds = list(leaves(w.stack.layers))
        parts = []
        for s, (column, medium) in enumerate(zip(self.cells.columns, w.media, strict=True)):
            own = kinds[int(w.layout.kind_of[w.line.segment_piece[s]])].initial
            for ids in medium.channels:
                starts = {_start(own, w.stack.channels[c], general) for c in ids}
                if None in starts:
                    raise InputError(
                        "solve.initial: a transient needs its starting temperature, and the boundaries do not agree on "
                        'one; give [solve] initial = "25 degC", or "steady"'
                    )
                if len(starts) > 1:
                    raise InputError(
                        f"layers.{w.layout.name(int(w.line.segment_piece[s]))}.initial: its channels are locked "
                        "together (one conductivity); give one temperature"
                    )
                parts.append(np.full(len(column.volume), float(starts.pop() or 0.0) - w.reference))
        return self._ordered(parts)

    def _ordered(self, parts: list[Floats]) -> Floats:
        """(N,) from the values of every temperature of every segment (m,)."""
        values = np.empty(len(self.kept))
        at, left = 0, iter(parts)
        for column, medium in zip(self.cells.columns, self.wiring.media, strict=True):
            for i in range(medium.n):
                values[at + i : at + column.nodes.size : medium.n] = next(left)
            at += column.nodes.size
        return values

    @cached_property
    def temperatures(self) -> tuple[float, float] | None:
        """Lowest and highest temperature [K] that boundaries ever have."""
        found: list[float] = []
        for slots in self.circuit.held.values():
            for slot in slots:
                value = self.wiring.slots.values[slot]
                found += [*value.extent] if isinstance(value, TimeLaw) else [value]
        return (min(found), max(found)) if found else None

    def all_values(self, values: Floats) -> Floats:
        """(n_slots,) values of all slots, temperatures above the reference, from those of the drive."""
        every = self.base.copy()
        every[self.timed] = values
        return every - self.offset

    def steady(self, values: Floats) -> Floats:
        circuit = self.circuit.copy()
        gone = circuit.eliminate(self.kept.tolist())
        T, _ = temperatures(self.wiring, circuit, gone, self.all_values(values))
        return T[self.kept]

    def flow(self, y: Floats, values: Floats) -> Flow:
        every = self.all_values(values)
        net = self.loads @ every
        into, out = float(net[net > 0].sum()), -float(net[net < 0].sum())
        for apart, conductance in self.bands.items():
            passing = conductance[:-apart] * (y[:-apart] - y[apart:])
            net[:-apart] -= passing
            net[apart:] += passing
        for n, (_, slot) in enumerate(self.terminals):
            heat = self.outer[:, n] * (every[slot] - y)
            net += heat
            into, out = into + float(heat[heat > 0].sum()), out - float(heat[heat < 0].sum())
        return Flow(net, into, out)

    def content(self, y: Floats) -> Floats:
        return self.contents(self.wiring.reference + y)

    def contents(self, T: Floats) -> Floats:
        E = np.empty(len(T))
        for kind, law in enumerate(self.laws):
            here = self.kind == kind
            E[here] = law.content(T[here])
        held: Floats = self.volume * E
        return held

    def mean(self, E: Floats) -> Floats:
        T = np.empty(len(E))
        for kind, law in enumerate(self.laws):
            here = self.kind == kind
            T[here] = law.temperature(E[here] / self.volume[here])
        return T

    def capacity(self, y: Floats) -> Floats:
        """(N,) dE/dy [J/K]."""
        C = np.empty(len(y))
        T = self.wiring.reference + y
        for kind, law in enumerate(self.laws):
            here = self.kind == kind
            C[here] = law.sensible.conductivity(T[here])
        held: Floats = self.volume * C
        return held

    def stage(self, R: Floats, delta: float, values: Floats, guess: Floats) -> Floats:
        if delta == 0.0:
            return self.mean(R) - self.wiring.reference
        y = guess
        for _ in range(ITERATIONS):
            left = (R - self.content(y)) / delta + self.flow(y, values).net
            change = self._solve(left, delta, y)
            y = y + change
            if self.constant:
                return y
            if np.abs(change).max() <= DONE * float(np.abs(self.wiring.reference + y).max()):
                return y
            if not np.isfinite(change).all():
                break
        raise PhysicsError("the temperatures of the channels do not converge in this step")

    def _solve(self, heat: Floats, delta: float, y: Floats) -> Floats:
        from scipy.linalg import cho_solve_banded, cholesky_banded

        key = float(f"{delta:.11e}")  # steps that differ by rounding alone share their factors
        factor = self._factors.get(key)
        if factor is None:
            matrix = self.matrix.copy()
            matrix[-1] += self.capacity(y) / key
            factor = cholesky_banded(matrix, overwrite_ab=True, check_finite=False)
            if self.constant:
                if len(self._factors) == KEPT:
                    self._factors.popitem(last=False)
                self._factors[key] = factor
        result: Floats = cho_solve_banded((factor, False), heat, check_finite=False)
        return result

    def warmth(self, missing: Floats, delta: float, y: Floats) -> Floats:
        return self._solve(missing / delta, delta, y)

    def grain(self, y: Floats) -> float:
        return 0.0

    def temperature(self, y: Floats) -> Floats:
        return self.wiring.reference + y

    def total(self, E: Floats) -> float:
        return float(np.sum(E))

    def guess(self, T: Floats) -> Floats:
        return T - self.wiring.reference

    def melted(self, y: Floats) -> Mapping[str, float]:
        return {}

    def successor(self, y: Floats) -> Body | None:
        return None

    def memory(self) -> Mapping[str, Floats]:
        return {}

    def remember(self, memory: Mapping[str, Floats]) -> Body:
        return self

    def frame(self, t: float, y: Floats, values: Floats) -> Solved:
        return instant(self.nodes, t, y, self.all_values(values))

    @cached_property
    def nodes(self) -> Nodes:
        return Nodes(self.cells, self.circuit, self.kept, self.gone, self.terminals)


def _start(own: float | ByChannel[float] | None, name: str, general: float | None) -> float | None:
    value = own.get(name) if isinstance(own, ByChannel) else own
    return general if value is None else value
