"""A smooth conductance G(T) as polynomials on intervals: nanoseconds to evaluate, integrated exactly.

A spectral integral is evaluated once, at the Chebyshev nodes of intervals of a third of an octave; degree 10 leaves
1e-13 (higher degrees lose more to rounding than they gain).
The integral is that of the polynomials themselves, so flux and slopes belong together, and it is formed from
divided differences, so it keeps its digits when the two temperatures are close.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from kapitza.compiled import WORTH_COMPILING, compiled
from kapitza.interfaces._polynomials import flux_and_slopes
from kapitza.laws.temperature import Array, TemperatureLaw

DEGREE = 10
PARTS = 3  # intervals per octave
COLDEST = 2.0**-6  # K; below it a phonon conductance is T^3 to all digits
HOTTEST = 2.0**14  # K


@dataclass(frozen=True, eq=False)
class Polynomials(TemperatureLaw):
    """Piecewise polynomial function of temperature; equal to one of the same pieces.

    edges : (n + 1,) increasing [K]
    centres, widths : (n,) local coordinate s = (T - centre) / width of each interval [K]
    coefficients : (degree + 1, n) of the powers of s, lowest first
    """

    edges: Array = field(repr=False)
    centres: Array = field(repr=False)
    widths: Array = field(repr=False)
    coefficients: Array = field(repr=False)
    _lists: _Intervals = field(init=False, repr=False)
    _arrays: _Intervals = field(init=False, repr=False)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Polynomials) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @cached_property
    def _key(self) -> tuple[bytes, bytes]:
        return self.edges.tobytes(), self.coefficients.tobytes()

    def __post_init__(self) -> None:
        powers = np.arange(1.0, len(self.coefficients) + 1.0)
        areas = self.coefficients * self.widths / powers[:, np.newaxis]
        exact = _Intervals(self.edges, self.centres, self.widths, self.coefficients, areas, np.zeros(0))
        every = np.arange(len(self.centres))
        whole = exact.integral(every, self.edges[:-1], self.edges[1:])
        sums = np.concatenate(([0.0], np.cumsum(whole)))
        arrays = _Intervals(self.edges, self.centres, self.widths, self.coefficients, areas, sums)
        object.__setattr__(self, "_arrays", arrays)
        object.__setattr__(self, "_lists", arrays.lists())

    @property
    def valid(self) -> tuple[float, float]:
        return (self._lists.edges[0], self._lists.edges[-1])

    def __call__(self, T: Any) -> Any:
        """Value at T [K]. Raises InputError outside the range."""
        if isinstance(T, float):
            return self._lists.value(self._interval(T), T)
        t = np.asarray(T, dtype=np.float64)
        result = self._arrays.value(self._intervals(t), t)
        return float(result) if t.ndim == 0 else result

    def integral(self, T1: Any, T2: Any) -> Any:
        """Integral from T1 to T2 [K]. Raises InputError outside the range."""
        if isinstance(T1, float) and isinstance(T2, float):
            return self._between(T1, T2)
        a, b = np.broadcast_arrays(np.asarray(T1, dtype=np.float64), np.asarray(T2, dtype=np.float64))
        if a.ndim == 0:
            return self._between(float(a), float(b))
        i, j = self._intervals(a), self._intervals(b)
        p = self._arrays
        rises = j > i
        # from a to the edge of its interval that faces b; in one interval, straight to b
        turn = np.where(i == j, b, p.edges[i + rises])
        start = np.where(i == j, b, p.edges[j + (j < i)])
        between = np.where(i == j, 0.0, p.sums[j + (j < i)] - p.sums[i + rises])
        return p.integral(i, a, turn) + between + p.integral(j, start, b)

    def flux_and_slopes(self, T1: Array, T2: Array) -> tuple[Array, Array, Array]:
        """Integral from T2 to T1 and the values at T1 and T2, (n,) each. Raises InputError outside the range."""
        if len(T1) < WORTH_COMPILING:
            return self.integral(T2, T1), self(T1), self(T2)
        self._check(T1)
        self._check(T2)
        p = self._arrays
        q, first, second = np.empty_like(T1), np.empty_like(T1), np.empty_like(T1)
        arrays = (p.edges, p.centres, p.widths, p.coefficients, p.areas, p.sums)
        compiled(flux_and_slopes)(*arrays, T1, T2, q, first, second)
        return q, first, second

    def _between(self, a: float, b: float) -> Any:
        i, j = self._interval(a), self._interval(b)
        p = self._lists
        if i == j:
            return p.integral(i, a, b)
        near, far = (i + 1, j) if j > i else (i, j + 1)
        first, last = p.integral(i, a, p.edges[near]), p.integral(j, p.edges[far], b)
        return first + (p.sums[far] - p.sums[near]) + last

    def _interval(self, T: float) -> int:
        edges = self._lists.edges
        if not edges[0] <= T <= edges[-1]:
            self._check(np.asarray(T))
        return min(max(bisect_right(edges, T) - 1, 0), len(edges) - 2)

    def _intervals(self, T: Array) -> Any:
        self._check(T)
        return np.searchsorted(self.edges[1:-1], T, side="right")


@dataclass(frozen=True)
class _Intervals:
    """The same numbers as arrays, for many temperatures, or as lists, for one: the code is the same.

    areas : (degree + 1, n) coefficients of the antiderivative divided by s · sums : (n + 1,) integral to each edge
    """

    edges: Any
    centres: Any
    widths: Any
    coefficients: Any
    areas: Any
    sums: Any

    def lists(self) -> _Intervals:
        return _Intervals(*(getattr(self, name).tolist() for name in self.__dataclass_fields__))

    def value(self, i: Any, T: Any) -> Any:
        """Value at T in interval i."""
        s = (T - self.centres[i]) / self.widths[i]
        total = 0.0 * s
        for row in reversed(self.coefficients):
            total = total * s + row[i]
        return total

    def integral(self, i: Any, a: Any, b: Any) -> Any:
        """Integral from a to b, both in interval i: (b - a) times the divided difference of the antiderivative."""
        s, t = (a - self.centres[i]) / self.widths[i], (b - self.centres[i]) / self.widths[i]
        outer = inner = 0.0 * s
        for row in reversed(self.areas):
            inner = inner * s + row[i]
            outer = outer * t + inner
        return outer * (b - a) / self.widths[i]


def fit(function: Callable[[Array], Array], edges: Sequence[float] | Array) -> Polynomials:
    """``function`` (vectorised, smooth within each interval) as polynomials between ``edges`` [K]."""
    ends = np.asarray(edges, dtype=np.float64)
    centres, widths = 0.5 * (ends[:-1] + ends[1:]), 0.5 * np.diff(ends)
    nodes, to_powers = _nodes()
    values = function((centres + widths * nodes[:, np.newaxis]).ravel()).reshape(len(nodes), -1)
    return Polynomials(ends, centres, widths, to_powers @ values)


def fit_phonons(function: Callable[[Array], Array], kinks: Sequence[float] = ()) -> Polynomials:
    """A conductance that goes as T^3 at low temperature, from 0 to ``HOTTEST``; ``kinks`` [K] become edges."""
    curve = fit(function, spaced(COLDEST, HOTTEST, kinks))
    value = curve(COLDEST)
    cubic = np.zeros((DEGREE + 1, 1))
    cubic[3] = value
    return Polynomials(
        np.concatenate(([0.0], curve.edges)),
        np.concatenate(([0.0], curve.centres)),
        np.concatenate(([COLDEST], curve.widths)),
        np.hstack([cubic, curve.coefficients]),
    )


def spaced(low: float, high: float, kinks: Sequence[float] = ()) -> Array:
    """Edges from ``low`` to ``high`` with every kink among them, at most a third of an octave apart."""
    fixed = np.array(sorted({low, high, *(kink for kink in kinks if low < kink < high)}))
    pieces = []
    for a, b in pairwise(fixed):
        count = int(np.ceil(PARTS * np.log2(b / a) - 1e-9))
        pieces.append(a * (b / a) ** (np.arange(max(count, 1)) / max(count, 1)))
    return np.append(np.concatenate(pieces), fixed[-1])


@cache
def _nodes() -> tuple[Array, Array]:
    """Chebyshev nodes on -1 to 1, and the matrix from values there to coefficients of powers."""
    nodes = chebyshev.chebpts1(DEGREE + 1)
    to_series = np.linalg.inv(chebyshev.chebvander(nodes, DEGREE))
    to_powers = np.zeros((DEGREE + 1, DEGREE + 1))
    for k in range(DEGREE + 1):
        column = chebyshev.cheb2poly(np.eye(DEGREE + 1)[k])
        to_powers[: len(column), k] = column
    return nodes, to_powers @ to_series
