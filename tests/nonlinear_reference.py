"""1-D stacks with k(T) and laws q = F(T1) - F(T2), solved once more: marching in 40 digits, one root in the flux.

A positive function of temperature is a tuple: ("constant", v), ("power", v, at, p), ("slope", v, at, g),
("table", (T, …), (v, …), "linear" or "loglog"), ("inverse", function). Nothing here comes from the package.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import mpmath as mp

DIGITS = 40
Function = tuple[Any, ...]


@dataclass(frozen=True)
class Piece:
    """f = value + rate (T - anchor), value (T/anchor)^rate, or 1/(value + rate (T - anchor)) over low … high."""

    low: mp.mpf
    high: mp.mpf
    anchor: mp.mpf
    value: mp.mpf
    rate: mp.mpf
    kind: str

    @property
    def pole(self) -> bool:
        """1/(straight line) that grows without bound towards the upper end."""
        return (
            self.kind == "inverse" and self.value + self.rate * (self.high - self.anchor) < 1e-30 * self.value
        )

    def primitive(self, T: mp.mpf) -> mp.mpf:
        t = T - self.anchor
        if self.kind == "straight":
            return self.value * t + self.rate * t * t / 2
        if self.kind == "inverse":
            return mp.log1p(self.rate * t / self.value) / self.rate if self.rate else t / self.value
        n = self.rate + 1
        if n == 0:
            return self.value * self.anchor * mp.log(T / self.anchor)
        return self.value * self.anchor * ((T / self.anchor) ** n - 1) / n

    def temperature(self, area: mp.mpf) -> mp.mpf:
        if self.kind == "straight":
            return self.anchor + 2 * area / (
                self.value + mp.sqrt(max(self.value**2 + 2 * self.rate * area, 0))
            )
        if self.kind == "inverse":
            if not self.rate:
                return self.anchor + area * self.value
            return self.anchor + self.value * mp.expm1(area * self.rate) / self.rate
        n = self.rate + 1
        if n == 0:
            return self.anchor * mp.exp(area / (self.value * self.anchor))
        base = 1 + n * area / (self.value * self.anchor)
        if base <= 0:  # n < 0: the integral up to infinity is finite
            raise TooHotError if n < 0 else TooColdError
        return self.anchor * base ** (1 / n)


class TooColdError(Exception):
    """The heat cannot flow: it would need a temperature below the range."""


class TooHotError(Exception):
    """… above the range."""


class Curve:
    """A positive function of temperature, its integral, and the inverse of that."""

    def __init__(self, function: Function) -> None:
        self.pieces = pieces(function)

    def area(self, T1: mp.mpf, T2: mp.mpf) -> mp.mpf:
        """Integral from T1 to T2."""
        if T2 < T1:
            return -self.area(T2, T1)
        total = mp.mpf(0)
        for p in self.pieces:
            low, high = max(T1, p.low), min(T2, p.high)
            if high > low:
                total += p.primitive(high) - p.primitive(low)
        return total

    def move(self, T: mp.mpf, area: mp.mpf) -> mp.mpf:
        """T2 with integral from T to T2 = area."""
        last = self.pieces[-1]
        if last.pole and last.high * (1 - mp.mpf(10) ** (5 - DIGITS)) <= T:
            raise TooHotError  # beyond the pole there is no function
        up = area > 0
        left = abs(area)
        for p in self.pieces if up else reversed(self.pieces):
            start = max(T, p.low) if up else min(T, p.high)
            end = p.high if up else p.low
            if (end <= start) if up else (end >= start):
                continue
            room = mp.inf
            if up and mp.isfinite(end) and not p.pole:
                room = p.primitive(end) - p.primitive(start)
            if not up and (end > 0 or p.kind != "power" or p.rate > -1):
                room = p.primitive(start) - (p.primitive(end) if end > 0 or p.kind != "power" else floor(p))
            if left <= room:
                moved = p.temperature(p.primitive(start) + (left if up else -left))
                hottest = p.high * (1 - mp.mpf(10) ** (5 - DIGITS))
                if p.pole and moved >= hottest:
                    raise TooHotError
                return moved
            left -= room
        raise TooHotError if up else TooColdError


def floor(p: Piece) -> mp.mpf:
    """Primitive of a power at 0 K, where it is finite."""
    return -p.value * p.anchor / (p.rate + 1)


def pieces(function: Function) -> list[Piece]:
    kind, numbers = function[0], [mp.mpf(x) for x in function[1:] if isinstance(x, float)]
    zero, far = mp.mpf(0), mp.inf
    if kind == "constant":
        return [Piece(zero, far, mp.mpf(1), numbers[0], mp.mpf(0), "straight")]
    if kind == "power":
        value, at, power = numbers
        return [Piece(zero, far, at, value, power, "power")]
    if kind == "slope":
        value, at, rate = numbers
        cross = at - value / rate
        return [
            Piece(max(cross, zero), far, at, value, rate, "straight")
            if rate > 0
            else Piece(zero, cross, at, value, rate, "straight")
        ]
    if kind == "table":
        T, v = [mp.mpf(t) for t in function[1]], [mp.mpf(x) for x in function[2]]
        found = []
        for i in range(len(T) - 1):
            if function[3] == "loglog":
                rate = mp.log(v[i + 1] / v[i]) / mp.log(T[i + 1] / T[i])
            else:
                rate = (v[i + 1] - v[i]) / (T[i + 1] - T[i])
            form = "power" if function[3] == "loglog" else "straight"
            found.append(Piece(T[i], T[i + 1], T[i], v[i], rate, form))
        return found
    if kind == "inverse":
        turned = []
        for p in pieces(function[1]):
            if p.kind == "power":
                turned.append(Piece(p.low, p.high, p.anchor, 1 / p.value, -p.rate, "power"))
            else:
                turned.append(Piece(p.low, p.high, p.anchor, p.value, p.rate, "inverse"))
        return turned
    raise ValueError(kind)


@dataclass(frozen=True)
class Sheet:
    """thickness [m], k(T), heat density [W/m^3]."""

    thickness: float
    conductivity: Function
    source: float = 0.0


@dataclass(frozen=True)
class Joint:
    """G(T), None: perfect; heat [W/m^2] put below and above."""

    conductance: Function | None = None
    below: float = 0.0
    above: float = 0.0


@dataclass(frozen=True)
class End:
    """temperature [K] of the surface, or of a reservoir behind G(T); or heat [W] into the stack."""

    temperature: float | None = None
    conductance: Function | None = None
    heat: float = 0.0


@dataclass
class Truth:
    """Side temperatures [K], heat entering and leaving every layer [W]."""

    lower: list[mp.mpf] = field(default_factory=list)
    upper: list[mp.mpf] = field(default_factory=list)
    entering: list[mp.mpf] = field(default_factory=list)
    leaving: list[mp.mpf] = field(default_factory=list)


class Geometry:
    """Areas and volumes of slab (size: area), cylinder (size: length), sphere."""

    def __init__(self, kind: str, size: float) -> None:
        self.kind, self.size = kind, mp.mpf(size)

    def area(self, r: mp.mpf) -> mp.mpf:
        return {"slab": self.size, "cylinder": 2 * mp.pi * self.size * r, "sphere": 4 * mp.pi * r * r}[
            self.kind
        ]

    def volume(self, a: mp.mpf, b: mp.mpf) -> mp.mpf:
        if self.kind == "slab":
            return self.size * (b - a)
        if self.kind == "cylinder":
            return mp.pi * self.size * (b**2 - a**2)
        return 4 * mp.pi / 3 * (b**3 - a**3)

    def resistance(self, a: mp.mpf, b: mp.mpf) -> mp.mpf:
        """Integral of dr / area."""
        if self.kind == "slab":
            return (b - a) / self.size
        if a == 0:
            return mp.inf
        return (
            mp.log(b / a) / (2 * mp.pi * self.size)
            if self.kind == "cylinder"
            else (1 / a - 1 / b) / (4 * mp.pi)
        )

    def shift(self, a: mp.mpf, b: mp.mpf) -> mp.mpf:
        """Integral of volume(a, r) / area dr."""
        if self.kind == "slab":
            return (b - a) ** 2 / 2
        if self.kind == "cylinder":
            return (b**2 - a**2) / 4 - (a**2 * mp.log(b / a) / 2 if a else 0)
        return (b**2 - a**2) / 6 - (a**3 * (1 / a - 1 / b) / 3 if a else 0)


def solve(
    sheets: Sequence[Sheet],
    joints: Sequence[Joint],
    bottom: End,
    top: End,
    kind: str = "slab",
    size: float = 1.0,
    start: float = 0.0,
) -> Truth:
    """Steady state: march upwards, and choose what is unknown below so that the condition on top holds."""
    with mp.workdps(DIGITS):
        g = Geometry(kind, size)
        r = [mp.mpf(start)]
        for sheet in sheets:
            r.append(r[-1] + mp.mpf(sheet.thickness))
        curves = [Curve(s.conductivity) for s in sheets]
        laws = [None if j.conductance is None else Curve(j.conductance) for j in joints]
        first = None if bottom.conductance is None else Curve(bottom.conductance)
        last = None if top.conductance is None else Curve(top.conductance)

        def march(T: mp.mpf, Q: mp.mpf) -> Truth:
            truth = Truth()
            for i, sheet in enumerate(sheets):
                truth.lower.append(T)
                truth.entering.append(Q)
                flow = Q * g.resistance(r[i], r[i + 1]) if Q else mp.mpf(0)
                T = curves[i].move(T, -flow - mp.mpf(sheet.source) * g.shift(r[i], r[i + 1]))
                Q = Q + mp.mpf(sheet.source) * g.volume(r[i], r[i + 1])
                truth.upper.append(T)
                truth.leaving.append(Q)
                if i < len(joints):
                    area, law = g.area(r[i + 1]), laws[i]
                    Q += mp.mpf(joints[i].below) * area
                    T = T if law is None else law.move(T, -Q / area)
                    Q += mp.mpf(joints[i].above) * area
            return truth

        def left_over(truth: Truth) -> mp.mpf:
            T, Q = truth.upper[-1], truth.leaving[-1]
            if top.temperature is None:
                return -(Q + mp.mpf(top.heat))
            if last is None:
                return T - mp.mpf(top.temperature)
            return last.area(mp.mpf(top.temperature), T) - Q / g.area(r[-1])

        def below(Q: mp.mpf) -> Truth:
            T = mp.mpf(bottom.temperature)
            return march(T if first is None else first.move(T, -Q / g.area(r[0])), Q)

        if bottom.temperature is None:
            heat = mp.mpf(bottom.heat)

            def warmer(T: mp.mpf) -> mp.mpf:
                return _value(lambda: left_over(march(T, heat)), -mp.inf)

            return march(root(warmer, mp.mpf("1e-3"), mp.mpf(20000)), heat)
        if top.temperature is None:
            made = [mp.mpf(s.source) * g.volume(a, b) for s, a, b in zip(sheets, r, r[1:], strict=False)]
            made += [mp.mpf(j.below + j.above) * g.area(x) for j, x in zip(joints, r[1:], strict=False)]
            return below(-mp.mpf(top.heat) - mp.fsum(made))

        def more(Q: mp.mpf) -> mp.mpf:
            return _value(lambda: -left_over(below(Q)), mp.inf)

        least, most = -mp.mpf("1e-12"), mp.mpf("1e-12")
        while more(most) < 0:
            most *= 8
        while more(least) > 0:
            least *= 8
        return below(root(more, least, most))


def _value(march: Callable[[], mp.mpf], cold: mp.mpf) -> mp.mpf:
    """What an increasing function is where the march leaves the range: ``cold`` (infinite), or its opposite."""
    try:
        return march()
    except TooColdError:
        return cold
    except TooHotError:
        return -cold


def root(function: Callable[[mp.mpf], mp.mpf], a: mp.mpf, b: mp.mpf) -> mp.mpf:
    """Zero of an increasing function: bisection while an end is infinite, then false position (Illinois)."""
    fa, fb = function(a), function(b)
    if not fa <= 0 <= fb:
        raise TooColdError if fa > 0 else TooHotError
    for _ in range(400):
        finite = mp.isfinite(fa) and mp.isfinite(fb)
        x = b - fb * (b - a) / (fb - fa) if finite and fb != fa else (a + b) / 2
        fx = function(x)
        if fx == 0 or abs(b - a) <= mp.mpf(10) ** (5 - DIGITS) * max(abs(a), abs(b)):
            return x
        if fx > 0:
            b, fb, fa = x, fx, fa / 2 if finite else fa
        else:
            a, fa, fb = x, fx, fb / 2 if finite else fb
    raise ArithmeticError("no root found")
