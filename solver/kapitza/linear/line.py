"""A chain of nodes solved by sums: no tridiagonal system, no subtraction, exact to rounding.

Node m is tied to node m + 1 by a resistance and receives heat S_m. With Rb, Rt the resistances from a node down
to the lower and up to the upper reference, and R = Rb + Rt,

    T_m = [T_b Rt_m + T_t Rb_m + Rt_m sum_{j<=m} Rb_j S_j + Rb_m sum_{j>m} Rt_j S_j] / R
    Q_m = [T_b - T_t + sum_{j<=m} Rb_j S_j - sum_{j>m} Rt_j S_j] / R        (from m to m + 1)

Each sum has terms of one sign where the sources have, so nothing cancels: fluxes keep 1e-15 where temperature
differences over stacks of extreme contrast keep nothing. An infinite resistance cuts the chain into pieces.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.assemble.chain import Chain, End
from kapitza.compiled import run
from kapitza.layout import Floats
from kapitza.linear._sums import between, hanging, running_sum


@dataclass(frozen=True)
class Floating:
    """A piece that no reference holds: nodes ``first`` … ``last``, and the heat [W] that cannot leave it."""

    first: int
    last: int
    imbalance: float
    throughput: float


@dataclass(frozen=True)
class ChainState:
    """base : (n,) [K], the same along each connected piece · rise : (n,) [K], temperature = base + rise
    flux : (n - 1,) [W] from node to node · heat_lower, heat_upper : [W] into the chain
    floating : pieces without a reference; their rise is zero at their first node"""

    base: Floats
    rise: Floats
    flux: Floats
    heat_lower: float
    heat_upper: float
    floating: Sequence[Floating]

    @property
    def temperature(self) -> Floats:
        """(n,) [K]."""
        return self.base + self.rise


def solve(chain: Chain) -> ChainState:
    """Temperatures and fluxes of a chain; pieces that float are reported, not refused."""
    n = len(chain.source)
    cuts = np.flatnonzero(np.isinf(chain.resistance))
    whole = _piece(chain.resistance, chain.source, chain.lower, chain.upper) if not len(cuts) else None
    if whole is not None and whole[3] is None:
        level, rise, flux, _ = whole
        entering = [
            end.heat
            if end.temperature is None
            else _entering(flux, chain, chain.lower, chain.upper, 0, n - 1, below=low)
            for end, low in ((chain.lower, True), (chain.upper, False))
        ]
        return ChainState(np.broadcast_to(level, n), rise, flux, entering[0], entering[1], ())
    base, rise, flux = np.zeros(n), np.empty(n), np.zeros(max(n - 1, 0))
    firsts = [0, *(cuts + 1).tolist()]
    lasts = [*cuts.tolist(), n - 1]
    floating: list[Floating] = []
    heat_lower, heat_upper = chain.lower.heat, chain.upper.heat
    for first, last in zip(firsts, lasts, strict=True):
        lower = chain.lower if first == 0 else End()
        upper = chain.upper if last == n - 1 else End()
        resistance = chain.resistance[first:last]
        source = chain.source[first : last + 1]
        here = slice(first, last + 1)
        base[here], rise[here], flux[first:last], lost = _piece(resistance, source, lower, upper)
        if lost is not None:
            floating.append(Floating(first, last, *lost))
        if first == 0 and lower.temperature is not None:
            heat_lower = _entering(flux, chain, lower, upper, first, last, below=True)
        if last == n - 1 and upper.temperature is not None:
            heat_upper = _entering(flux, chain, lower, upper, first, last, below=False)
    return ChainState(base, rise, flux, heat_lower, heat_upper, floating)


def _entering(
    flux: Floats, chain: Chain, lower: End, upper: End, first: int, last: int, *, below: bool
) -> float:
    """Heat [W] that a reference end puts in, from the flux beside it and the source at the end node."""
    node, sign = (first, 1.0) if below else (last, -1.0)
    if last > first:
        beside = float(flux[first] if below else flux[last - 1])
        return sign * beside - float(chain.source[node])
    # A single node between its two ends: all there is are the end resistances.
    other, own = (upper, lower) if below else (lower, upper)
    source = float(chain.source[node])
    if other.temperature is None:
        return -other.heat - source
    assert own.temperature is not None
    total = lower.resistance + upper.resistance
    return (own.temperature - other.temperature - source * other.resistance) / total


def _piece(
    resistance: Floats, source: Floats, lower: End, upper: End
) -> tuple[float, Floats, Floats, tuple[float, float] | None]:
    """(base, rise, flux, (imbalance, throughput) if it floats) of one connected piece."""
    if lower.temperature is not None and upper.temperature is not None:
        return (*_between(resistance, source, lower, upper), None)
    if upper.temperature is not None:
        return (*_hanging(resistance, source, lower, upper), None)
    turned_base, turned_rise, turned_flux = _hanging(
        resistance[::-1], source[::-1], upper, lower if lower.temperature is not None else End(0.0)
    )
    if lower.temperature is not None:
        return turned_base, turned_rise[::-1], -turned_flux[::-1], None
    terms = [lower.heat, upper.heat, *source[source != 0].tolist()]
    lost = (math.fsum(terms), math.fsum(abs(t) for t in terms))
    return turned_base, turned_rise[::-1], -turned_flux[::-1], lost


def _between(resistance: Floats, source: Floats, lower: End, upper: End) -> tuple[float, Floats, Floats]:
    assert lower.temperature is not None
    assert upper.temperature is not None
    difference = lower.temperature - upper.temperature
    n = len(source)
    if not source.any():
        above = _cumulative(resistance[::-1], upper.resistance)[::-1]
        total = float(above[0]) + lower.resistance
        return upper.temperature, difference * (above / total), np.full(n - 1, difference / total)
    above, beyond, rise, flux = np.empty(n), np.empty(n), np.empty(n), np.empty(n - 1)
    ends = (lower.resistance, upper.resistance, difference)
    run(between, n, *_contiguous(resistance, source), *ends, above, beyond, rise, flux)
    return upper.temperature, rise, flux


def _hanging(resistance: Floats, source: Floats, lower: End, upper: End) -> tuple[float, Floats, Floats]:
    """The upper end alone has a reference; all heat leaves there."""
    assert upper.temperature is not None
    n = len(source)
    through, rise = np.empty(n), np.empty(n)
    run(hanging, n, *_contiguous(resistance, source), lower.heat, upper.resistance, through, rise)
    return upper.temperature, rise, through[:-1]


def _contiguous(*arrays: Floats) -> list[Floats]:
    return [np.ascontiguousarray(array) for array in arrays]


def _cumulative(values: Floats, start: float) -> Floats:
    """(n + 1,) running sums of ``values`` (n,) from ``start``."""
    out = np.empty(len(values) + 1)
    out[0] = start
    run(running_sum, len(values), np.ascontiguousarray(values), start, out[1:])
    return out
