"""Nodes tied by conductances, some of them held: eliminated without a subtraction, so that stiff ties do no harm.

Eliminating a node of total conductance g ties its neighbours i, j by g_i g_j / g and gives each its share g_i / g of
the heat (Grassmann, Taksar and Heyman). What is fed in and what nodes are held at are slots: numbers that may change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kapitza.layout import Floats, Ints


@dataclass
class Network:
    """A network while it is wired: nodes are numbers, merged where they have one temperature."""

    parent: list[int] = field(default_factory=list)
    ties: list[tuple[int, int, float]] = field(default_factory=list)
    loads: list[tuple[int, int, float]] = field(default_factory=list)
    held: list[tuple[int, int]] = field(default_factory=list)

    def node(self) -> int:
        """A new node."""
        self.parent.append(len(self.parent))
        return len(self.parent) - 1

    def merge(self, a: int, b: int) -> None:
        """One temperature for both."""
        a, b = self.root(a), self.root(b)
        self.parent[max(a, b)] = min(a, b)

    def root(self, a: int) -> int:
        while self.parent[a] != a:
            self.parent[a] = self.parent[self.parent[a]]
            a = self.parent[a]
        return a

    def tie(self, a: int, b: int, conductance: float) -> None:
        """Heat flows from a to b by ``conductance`` [W/K]."""
        if conductance > 0.0:
            self.ties.append((a, b, conductance))

    def put(self, a: int, slot: int, amount: float) -> None:
        """``amount`` times the value of ``slot`` is heat into a [W]."""
        if amount != 0.0:
            self.loads.append((a, slot, amount))

    def hold(self, a: int, slot: int) -> None:
        """a is held at the value of ``slot`` [K]."""
        self.held.append((a, slot))

    def circuit(self) -> Circuit:
        """The finished network."""
        roots = np.array([self.root(a) for a in range(len(self.parent))], dtype=np.intp)
        distinct, index = np.unique(roots, return_inverse=True)
        ties: list[dict[int, float]] = [{} for _ in distinct]
        for a, b, conductance in self.ties:
            i, j = int(index[a]), int(index[b])
            if i != j:
                ties[i][j] = ties[i].get(j, 0.0) + conductance
                ties[j][i] = ties[j].get(i, 0.0) + conductance
        loads: list[dict[int, float]] = [{} for _ in distinct]
        for a, slot, amount in self.loads:
            own = loads[int(index[a])]
            own[slot] = own.get(slot, 0.0) + amount
        held: dict[int, set[int]] = {}
        for a, slot in self.held:
            held.setdefault(int(index[a]), set()).add(slot)
        return Circuit(index.astype(np.intp), ties, loads, {a: sorted(slots) for a, slots in held.items()})


@dataclass(frozen=True)
class Gone:
    """An eliminated node: its neighbours then, their shares of its conductance, and its heat over that, by slot."""

    node: int
    neighbours: Sequence[int]
    shares: Sequence[float]
    rises: Sequence[tuple[int, float]]
    collected: Sequence[tuple[int, float]]


@dataclass(frozen=True)
class Circuit:
    """index : (n_nodes,) number of each node here · ties : neighbour -> [W/K] of each · loads : slot -> amount
    held : node -> the slots that say its temperature"""

    index: Ints
    ties: list[dict[int, float]]
    loads: list[dict[int, float]]
    held: dict[int, list[int]]

    def copy(self) -> Circuit:
        return Circuit(self.index, [dict(t) for t in self.ties], [dict(t) for t in self.loads], self.held)

    def eliminate(self, order: Iterable[int]) -> list[Gone]:
        """Take nodes out, in place."""
        gone: list[Gone] = []
        for node in order:
            around, load = self.ties[node], self.loads[node]
            total = sum(around.values())
            names = list(around)
            shares = [around[i] / total for i in names]
            for n, i in enumerate(names):
                del self.ties[i][node]
                for slot, amount in load.items():
                    self.loads[i][slot] = self.loads[i].get(slot, 0.0) + amount * shares[n]
                for j in names[:n]:
                    added = around[i] * around[j] / total
                    self.ties[i][j] = self.ties[i].get(j, 0.0) + added
                    self.ties[j][i] = self.ties[j].get(i, 0.0) + added
            rises = [(slot, amount / total) for slot, amount in load.items()] if total else []
            gone.append(Gone(node, names, shares, rises, list(load.items())))
            self.ties[node], self.loads[node] = {}, {}
        return gone

    def heat_from(self, node: int, T: Floats, values: Floats) -> float:
        """Heat [W] that a held node gives, once all others are gone."""
        given = sum(g * (T[node] - T[other]) for other, g in self.ties[node].items())
        return float(given - sum(amount * values[slot] for slot, amount in self.loads[node].items()))


def restore(gone: Sequence[Gone], T: Floats, values: Floats, floating: float) -> None:
    """Temperatures of eliminated nodes, in place; ``floating`` [K]: of what nothing holds."""
    for step in reversed(gone):
        if not step.neighbours:
            T[step.node] = floating
            continue
        mean = sum(share * T[i] for i, share in zip(step.neighbours, step.shares, strict=True))
        T[step.node] = mean + sum(rise * values[slot] for slot, rise in step.rises)
