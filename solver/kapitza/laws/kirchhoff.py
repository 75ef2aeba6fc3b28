"""Kirchhoff's variable: u = integral of k from T0 to T. In it, conduction through k(T) is linear.

A conductivity is taken apart into pieces on which it is a straight line or a power of T, so that u(T) and its
inverse T(u) are closed forms. Beyond its range a law is continued with its end value: an iteration may look there,
a result must not stay there (`check`).

    straight line from the anchor a:  u - u_a = k_a t + g t^2 / 2,           t = T - T_a
    power law                         u - u_a = k_a T_a (e^{(p+1) L} - 1) / (p + 1),  L = ln(T / T_a)
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kapitza.errors import InputError
from kapitza.laws.phases import Phases
from kapitza.laws.temperature import Constant, Power, Slope, Table, TemperatureLaw

Array = NDArray[np.float64]

COLDEST, HOTTEST = 1e-3, 1e5  # K, where power laws are continued: some have a finite integral up to infinity
FADED = 1e-6  # a straight line is continued where it has fallen to this part of its value at the anchor


@dataclass(frozen=True)
class Kirchhoff:
    """k(T), u(T) and T(u) of one conductivity. (Or of any positive law: of a heat capacity, u is a heat content.)

    law : conductivity [W/(m K)], positive · reference : T0 [K], where u = 0
    edges : (n - 1,) temperatures between the n pieces · anchor, value : (n,) T_a [K] and k_a
    rate : (n,) g of straight pieces, p of power pieces · power : (n,) bool
    """

    law: TemperatureLaw
    reference: float
    edges: Array
    anchor: Array
    value: Array
    rate: Array
    power: NDArray[np.bool_]
    levels: Array
    heights: Array

    @staticmethod
    def of(law: TemperatureLaw, reference: float) -> Kirchhoff:
        """Take ``law`` apart around ``reference`` [K], which is moved into the law's range."""
        pieces = _pieces(law, reference)
        if not np.all(pieces.values > 0):
            raise InputError("a conductivity must stay above zero where it is used")
        base = min(max(reference, pieces.low), pieces.high)
        levels, heights = (
            np.asarray(law.integral(np.full(len(at), base), at), dtype=float)
            for at in (pieces.edges, pieces.anchors)
        )
        offset = float(_beyond(np.array([reference]), np.array([base]), law)[0])
        return Kirchhoff(
            law,
            reference,
            pieces.edges,
            pieces.anchors,
            pieces.values,
            pieces.rates,
            pieces.powers,
            levels - offset,
            heights - offset,
        )

    @property
    def constant(self) -> bool:
        return len(self.anchor) == 1 and not self.power[0] and self.rate[0] == 0.0

    @cached_property
    def _straight(self) -> bool:
        """No piece is a power law."""
        return not bool(self.power.any())

    def conductivity(self, T: Array) -> Array:
        """k(T) [W/(m K)]."""
        i = _piece(self.edges, T)
        if self._straight:
            return np.asarray(self.value[i] + self.rate[i] * (T - self.anchor[i]))
        ratio = np.where(self.power[i], T, 1.0) / np.where(self.power[i], self.anchor[i], 1.0)
        straight = self.value[i] + self.rate[i] * (T - self.anchor[i])
        return np.where(
            self.power[i], self.value[i] * ratio ** np.where(self.power[i], self.rate[i], 0.0), straight
        )

    def potential(self, T: Array) -> Array:
        """u(T) [W/m]."""
        i = _piece(self.edges, T)
        k, a, p = self.value[i], self.anchor[i], self.rate[i]
        t = T - a
        straight = t * (k + 0.5 * p * t)
        if self._straight:
            return np.asarray(self.heights[i] + straight)
        log = np.log(np.where(self.power[i], T, 1.0) / np.where(self.power[i], a, 1.0))
        x = (p + 1.0) * log
        grown = np.where(x == 0.0, log, np.expm1(x) / np.where(x == 0.0, 1.0, p + 1.0))
        result: Array = self.heights[i] + np.where(self.power[i], k * a * grown, straight)
        return result

    def temperature(self, u: Array) -> Array:
        """T(u) [K], the inverse of `potential`."""
        i = _piece(self.levels, u)
        k, a, p = self.value[i], self.anchor[i], self.rate[i]
        du = u - self.heights[i]
        root = np.sqrt(np.maximum(k * k + 2.0 * p * du, 0.0))
        straight = np.asarray(a + 2.0 * du / (k + root))
        if self._straight:
            return straight
        w = du / np.where(self.power[i], k * a, np.inf)
        x = np.maximum((p + 1.0) * w, -1.0 + 1e-15)
        log = np.where(p == -1.0, w, np.log1p(x) / np.where(p == -1.0, 1.0, p + 1.0))
        return np.where(self.power[i], a * np.exp(np.where(self.power[i], log, 0.0)), straight)

    def check(self, T: Array) -> None:
        """Raise InputError where a temperature lies outside the law's range."""
        self.law(T)


def _piece(edges: Array, at: Array) -> NDArray[np.intp] | int:
    """Which piece each value lies in."""
    return edges.searchsorted(at, side="right") if len(edges) else 0


def _beyond(T: Array, base: Array, law: TemperatureLaw) -> Array:
    """u from ``base`` to ``T`` when T lies outside the range: the end value continued."""
    result: Array = (T - base) * np.asarray(law(base), dtype=float)
    return result


class _Pieces(NamedTuple):
    """A law taken apart: the first five as in `Kirchhoff`; ``low``, ``high``: its range [K], beyond which lie
    pieces that hold its end values."""

    edges: Array
    anchors: Array
    values: Array
    rates: Array
    powers: NDArray[np.bool_]
    low: float
    high: float


def _pieces(law: TemperatureLaw, reference: float) -> _Pieces:
    """The pieces of ``law``; a power law is anchored at ``reference`` [K] where it can be."""
    if isinstance(law, Phases):
        return _phases(law, reference)
    edges, anchors, rates, powers, low, high = _simple(law, reference)
    return _Pieces(edges, anchors, np.asarray(law(anchors), dtype=float), rates, powers, low, high)


def _phases(law: Phases, reference: float) -> _Pieces:
    """The solid's pieces below the melting range, the straight line in it, the liquid's pieces above."""
    parts = [_within(law.solid, -math.inf, law.solidus, reference)]
    if law.middle is not None:
        parts.append(_within(law.middle, law.solidus, law.liquidus, reference))
    parts.append(_within(law.liquid, law.liquidus, math.inf, reference))
    between = [law.solidus] if law.middle is None else [law.solidus, law.liquidus]
    edges = [parts[0].edges]
    for end, part in zip(between, parts[1:], strict=True):
        edges += [np.array([end]), part.edges]
    anchors, values, rates = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("anchors", "values", "rates")
    )
    powers: NDArray[np.bool_] = np.concatenate([part.powers for part in parts])
    return _Pieces(np.concatenate(edges), anchors, values, rates, powers, parts[0].low, parts[-1].high)


def _within(law: TemperatureLaw, low: float, high: float, reference: float) -> _Pieces:
    """The pieces of ``law`` between ``low`` and ``high``, anchored there."""
    whole = _pieces(law, min(max(reference, low), high))
    begins = np.concatenate([[-math.inf], whole.edges])
    ends = np.concatenate([whole.edges, [math.inf]])
    kept = (ends > low) & (begins < high)
    anchors = np.clip(whole.anchors[kept], low, high)
    moved = anchors != whole.anchors[kept]
    inner = (whole.edges > low) & (whole.edges < high)
    values = np.where(moved, law(np.clip(anchors, whole.low, whole.high)), whole.values[kept])
    rates, powers = whole.rates[kept], whole.powers[kept]
    return _Pieces(whole.edges[inner], anchors, values, rates, powers, whole.low, whole.high)


def _simple(
    law: TemperatureLaw, reference: float
) -> tuple[Array, Array, Array, NDArray[np.bool_], float, float]:
    """(edges, anchors, rates, power?, lowest, highest) with constant pieces added beyond the range."""
    low, high = law.valid
    match law:
        case Constant():
            return np.empty(0), np.array([reference]), np.zeros(1), np.zeros(1, dtype=bool), 0.0, math.inf
        case Power(_, at, power):
            low, high = COLDEST, HOTTEST
            start = reference if low < reference < high else at
            return (
                np.array([low, high]),
                np.array([low, start, high]),
                np.array([0.0, power, 0.0]),
                np.array([False, True, False]),
                low,
                high,
            )
        case Slope(value, at, gradient):
            low, high = max(low, 0.0), high
            if gradient > 0:
                low = max(low, at - (1.0 - FADED) * value / gradient)
            if gradient < 0:
                high += FADED * value / gradient
            start = min(max(reference, low), high)
            anchors = [low, start] if math.isinf(high) else [low, start, high]
            edges = anchors[:1] + anchors[2:]
            rates = [0.0, gradient] if math.isinf(high) else [0.0, gradient, 0.0]
            return (
                np.array(edges),
                np.array(anchors),
                np.array(rates),
                np.zeros(len(anchors), dtype=bool),
                low,
                high,
            )
        case Table(temperatures, values, between, _):
            T, v = np.array(temperatures), np.array(values)
            curved = between == "loglog"
            steps = np.log(v[1:] / v[:-1]) / np.log(T[1:] / T[:-1]) if curved else np.diff(v) / np.diff(T)
            rate: Array = np.concatenate([[0.0], steps, [0.0]])
            power_piece = np.zeros(len(rate), dtype=bool)
            power_piece[1:-1] = curved
            anchor: Array = np.concatenate([[T[0]], T[:-1], [T[-1]]])
            return T, anchor, rate, power_piece, float(T[0]), float(T[-1])
    raise InputError(f"a conductivity cannot be given as {type(law).__name__}")
