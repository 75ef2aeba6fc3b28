"""A linear stack in time without steps: projected on the few shapes that heat takes in it, each an exponential.

    C du/dt = b - A u,     u(0) = 0

(`kapitza.studies.network`) is projected (Galerkin, in the inner product of C) on the solutions of (A + C/delta) v = b
for times delta along a logarithm, from well below the first time asked for to far beyond the slowest: a rational Krylov
space, each of whose vectors is one implicit step from rest. What is left is a symmetric eigenproblem of some dozens of
unknowns, exact in time. More times are put between the others until the next solutions are foretold.
Rounding ties the slowest rate to the fastest, so a long course is done in windows of ``WINDOW`` decades.
(On such spaces: Druskin & Simoncini, Syst. Control Lett. 60 (2011) 546.)
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats
from kapitza.studies.network import Network

ROUNDING = 2e-9  # of the largest rise at any time: about what is left when nothing more is foretold wrongly
LEVELS = 5  # of halving the distance between two times
BEYOND = 30.0  # how far beyond the times asked for, as a factor
DEPENDENT = 1e-13  # of a solution: what is left of it once the others are taken out means nothing
WINDOW = 7.0  # decades
POWER = 3  # steps towards the slowest shape


@dataclass(frozen=True)
class Reduced:
    """shapes : (m, n) rows, orthonormal in the capacities · rate : (m,) [1/s], 0 or above · push : (m,) of the heats
    error : between the last solutions and what was foretold of them, of the largest rise"""

    shapes: Floats
    rate: Floats
    push: Floats
    error: float

    def at(self, t: float) -> Floats:
        """(n,) mean rise of every cell at t [s]."""
        return self._sum(np.where(self.rate > 0.0, -np.expm1(-self.rate * t) / self._divisor, t))

    def warmed(self, delta: float) -> Floats:
        """(n,) mean rise after one implicit step of ``delta`` [s] from rest."""
        return self._sum(delta / (1.0 + delta * self.rate))

    @property
    def slowest(self) -> float:
        """Longest time constant that the heats drive [s]."""
        rates = self.rate[np.abs(self.push) > 1e-12 * np.abs(self.push).max()]
        return 1.0 / float(rates.min()) if rates.min() > 0.0 else math.inf

    @property
    def _divisor(self) -> Floats:
        return np.where(self.rate > 0.0, self.rate, 1.0)

    def _sum(self, amplitude: Floats) -> Floats:
        return np.asarray((amplitude * self.push) @ self.shapes, dtype=float)


def slowest(network: Network) -> float:
    """An estimate of the longest time constant [s], from below, by some steps of inverse iteration.

    Something must hold the stack's temperature.
    """
    C = network.C
    u = network.steady()
    tau = float(C @ np.abs(u)) / float(np.abs(network.b).sum())
    u = u / np.abs(u).max()
    for _ in range(POWER):
        span = 1e6 * tau  # a step far longer than anything in the stack: A v = C u
        v = span * network.cooled(u, span)
        tau = max(tau, float(C @ (u * v)) / float(C @ (u * u)))
        u = v / np.abs(v).max()
    return tau


@dataclass(frozen=True)
class Course:
    """Projections, each with the time [s] until which it serves; the last one serves for good."""

    windows: tuple[tuple[float, Reduced], ...]

    def at(self, t: float) -> Floats:
        """(n,) mean rise of every cell at t [s]."""
        found = next((one for until, one in self.windows if t <= until), self.windows[-1][1])
        return found.at(t)

    @property
    def error(self) -> float:
        """Of the largest rise at any time."""
        return max(one.error for _, one in self.windows)

    @property
    def slowest(self) -> float:
        return self.windows[-1][1].slowest


def course(network: Network, first: float, last: float, tolerance: float) -> Course:
    """How ``network`` warms, from ``first`` to ``last`` [s] and beyond.

    tolerance : between foretold and solved, of the largest rise; what is left is far less, down to ``ROUNDING``
    """
    decades = max(math.log10(last / first), 0.0)
    count = max(1, math.ceil(decades / WINDOW))
    ends = [first * 10.0 ** (decades * k / count) for k in range(count + 1)]
    return Course(
        tuple((end, _reduced(network, begin, end, tolerance)) for begin, end in itertools.pairwise(ends))
    )


def _reduced(network: Network, first: float, last: float, tolerance: float) -> Reduced:
    """The projection of ``network``, good from ``first`` to ``last`` [s]."""
    space = _Space(network)
    low, high = math.log(first / BEYOND), math.log(last * BEYOND)
    places = np.linspace(low, high, max(2, math.ceil((high - low) / math.log(10.0)) + 1))
    space.extend(np.exp(places))
    error = math.inf
    for _ in range(LEVELS):
        between = 0.5 * (places[:-1] + places[1:])
        error = space.extend(np.exp(between))
        if error < tolerance:
            break
        places = np.sort(np.concatenate([places, between]))
    return space.reduced(error)


class _Space:
    """Solutions so far, orthonormal in the capacities, and the operator among them."""

    def __init__(self, network: Network) -> None:
        self.network, self.C = network, network.C
        self.V = np.zeros((0, len(self.C)))
        self.AV = np.zeros((0, len(self.C)))

    def extend(self, deltas: Floats) -> float:
        """Take in the solutions for ``deltas`` [s]; by how much what was foretold of them was wrong, of the largest."""
        known = self.reduced(math.nan) if len(self.V) else None
        worst = 0.0 if known is not None else math.inf
        for delta in deltas.tolist():
            v = self.network.warmed(delta)
            if known is not None:
                worst = max(worst, float(np.abs(known.warmed(delta) - v).max() / np.abs(v).max()))
            self._take(v)
        return worst

    def _take(self, v: Floats) -> None:
        v = v / self._size(v)
        for _ in range(2):  # twice is enough
            v = v - (self.V @ (self.C * v)) @ self.V
        left = self._size(v)
        if left < DEPENDENT:
            return
        v = v / left
        v = v - (self.V @ (self.C * v)) @ self.V
        v = v / self._size(v)
        self.V = np.vstack([self.V, v])
        self.AV = np.vstack([self.AV, self.network.drained(v)])

    def _size(self, v: Floats) -> float:
        return math.sqrt(float(self.C @ (v * v)))

    def reduced(self, error: float) -> Reduced:
        theta = self.V @ self.AV.T
        rate, turn = np.linalg.eigh(0.5 * (theta + theta.T))
        shapes = turn.T @ self.V
        return Reduced(shapes, np.maximum(rate, 0.0), shapes @ self.network.b, error)
