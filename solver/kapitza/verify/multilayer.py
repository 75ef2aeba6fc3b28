"""Exact transients of layers in series with joints: two-sided sweeps of the Laplace transform, inverted.

In a layer of conductivity k and heat capacity c per volume, that starts at T₀ with a uniform source S,
T̂(z, s) = P + solution of λ²T = T'' with λ = √(sc/k), P = T₀/s + S/(cs²). What lies below a face is one relation
between its temperature and the flux upwards through it, αT̂ + βq̂ = γ. Through a layer of thickness d

    α ← α + βkλ tanh λd,   β ← β + α tanh λd/(kλ),   γ ← γ/cosh λd + P(α(1 − 1/cosh λd) + βkλ tanh λd),

through a joint β ← β + αR, and γ ← γ + βF where a sheet source F lies. The same from the top; both relations
give (T̂, q̂) at every face. Only decaying exponentials and sums without cancellation: thick layers, long and
short times are all the same. Nothing here knows cells or steps of time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from kapitza.verify.laplace import Array, Complex, invert, root
from kapitza.verify.stacks import End


@dataclass(frozen=True)
class Slab:
    """One layer: thickness [m], conductivity [W/(m K)], heat capacity per volume [J/(m^3 K)], temperature at
    t = 0 [K], uniform source from t = 0 on [W/m^3]."""

    thickness: float
    conductivity: float
    capacity: float
    initial: float = 0.0
    source: float = 0.0


@dataclass(frozen=True)
class Joint:
    """Between two layers: resistance [m^2 K/W] (0: perfect), sheet sources from t = 0 on at its lower and upper
    side [W/m^2]."""

    resistance: float = 0.0
    below: float = 0.0
    above: float = 0.0


@dataclass(frozen=True)
class HalfSpace:
    """An end that never ends: conductivity [W/(m K)], capacity [J/(m^3 K)], temperature at t = 0 [K]."""

    conductivity: float
    capacity: float
    initial: float = 0.0


@dataclass(frozen=True)
class Multilayer:
    """Layers from the bottom up, joints between them (one fewer), and what is at both ends from t = 0 on."""

    slabs: tuple[Slab, ...]
    joints: tuple[Joint, ...]
    bottom: End | HalfSpace
    top: End | HalfSpace

    def __post_init__(self) -> None:
        if len(self.joints) != len(self.slabs) - 1:
            raise ValueError("one joint between each two layers")

    def heated(self) -> Multilayer:
        """The same heats from a start at zero between ends at zero: what their step alone does."""
        return _map(self, lambda t: 0.0)


@dataclass(frozen=True)
class Faces:
    """Temperature [K] and flux upwards [W/m^2], (n_points, n_times)."""

    temperature: Array
    flux: Array


def at(stack: Multilayer, points: Sequence[tuple[int, float]], times: ArrayLike, integrals: int = 0) -> Faces:
    """Temperatures and fluxes at ``points`` and ``times`` > 0 [s].

    points : (layer, distance from its lower face [m]); 0 and the thickness are the sides of its interfaces
    integrals : 1 gives the integral over time [K s], which is the response to a ramp; and so on
    """
    reference = 0.0 if integrals else stack.slabs[0].initial
    pieces, where = cut(_map(stack, lambda t: t - reference), points)

    def both(s: Complex) -> Complex:
        return np.stack(transform(pieces, s))[:, where[0], where[1]] / s**integrals

    temperature, flux = invert(both, times)
    return Faces(temperature + reference, flux)


def steady(stack: Multilayer, points: Sequence[tuple[int, float]]) -> Faces:
    """What `at` tends to, n_times = 1: s·T̂ for s → 0, where the relations lose no digit.

    Raises ValueError where that does not exist: heat without an end that takes it, or a half-space.
    """
    if isinstance(stack.bottom, HalfSpace) or isinstance(stack.top, HalfSpace):
        raise ValueError("a half-space has no steady state that is reached")
    heats = [s.source for s in stack.slabs] + [x for j in stack.joints for x in (j.below, j.above)]
    heats += [stack.bottom.heat_flux, stack.top.heat_flux]
    if stack.bottom.temperature is None and stack.top.temperature is None and any(heats):
        raise ValueError("heated without an end that takes the heat")
    reference = stack.slabs[0].initial
    pieces, where = cut(_map(stack, lambda t: t - reference), points)
    resistance = sum(s.thickness / s.conductivity for s in stack.slabs)
    resistance += sum(j.resistance for j in stack.joints) + stack.bottom.resistance + stack.top.resistance
    s = np.array([1e-17 / (resistance * sum(s.capacity * s.thickness for s in stack.slabs))], dtype=complex)
    temperature, flux = (np.real(s * values[where[0], where[1]]) for values in transform(pieces, s))
    return Faces(temperature + reference, flux)


def transform(stack: Multilayer, s: Complex) -> tuple[Complex, Complex]:
    """Transforms of temperature and flux upwards at the lower and upper face of every layer, each
    (n_layers, 2, n_s), for s of shape (n_s,), not on the negative real axis."""
    below = _relations(stack, s)
    above = _relations(_mirrored(stack), s)[::-1, ::-1]
    a, b, c = np.moveaxis(below, 2, 0)
    x, y, z = np.moveaxis(above, 2, 0)  # xT − yq = z: upwards is downwards in the mirror
    determinant = a * y + b * x
    return (c * y + b * z) / determinant, (c * x - a * z) / determinant


def _relations(stack: Multilayer, s: Complex) -> Complex:
    """(α, β, γ) of what lies below the lower and the upper face of every layer, (n_layers, 2, 3, n_s)."""
    result = np.empty((len(stack.slabs), 2, 3, s.size), dtype=complex)
    a, b, c = _end(stack.bottom, s)
    for i, slab in enumerate(stack.slabs):
        if i:
            joint = stack.joints[i - 1]
            c = c + b * joint.below / s
            b = b + a * joint.resistance
            c = c + b * joint.above / s
        result[i, 0] = a, b, c
        wave = root(s * (slab.capacity / slab.conductivity))
        admittance = slab.conductivity * wave
        decay = np.exp(-wave * slab.thickness)
        rest = -np.expm1(-wave * slab.thickness)  # 1 − e^(−λd)
        even = 1 + decay**2
        tanh = rest * (1 + decay) / even
        start = slab.initial / s + slab.source / (slab.capacity * s**2)
        c = c * (2 * decay / even) + start * (a * (rest**2 / even) + b * admittance * tanh)
        a, b = a + b * admittance * tanh, b + a * tanh / admittance
        size = np.abs(a) + np.abs(b * admittance)  # keeps many layers in range
        a, b, c = a / size, b / size, c / size
        result[i, 1] = a, b, c
    return result


def _end(end: End | HalfSpace, s: Complex) -> tuple[Complex, Complex, Complex]:
    one = np.ones_like(s, dtype=np.complex128)
    if isinstance(end, HalfSpace):
        return one, 1 / root(s * (end.conductivity * end.capacity)), end.initial / s
    if end.temperature is None:
        return 0 * one, one, end.heat_flux / s
    return one, end.resistance * one, end.temperature / s


def _mirrored(stack: Multilayer) -> Multilayer:
    joints = [Joint(j.resistance, j.above, j.below) for j in reversed(stack.joints)]
    return Multilayer(stack.slabs[::-1], tuple(joints), stack.top, stack.bottom)


def _map(stack: Multilayer, change: Callable[[float], float]) -> Multilayer:
    """``change`` applied to every temperature that is given."""

    def end(item: End | HalfSpace) -> End | HalfSpace:
        if isinstance(item, HalfSpace):
            return replace(item, initial=change(item.initial))
        return item if item.temperature is None else replace(item, temperature=change(item.temperature))

    slabs = tuple(replace(slab, initial=change(slab.initial)) for slab in stack.slabs)
    return replace(stack, slabs=slabs, bottom=end(stack.bottom), top=end(stack.top))


def cut(
    stack: Multilayer, points: Sequence[tuple[int, float]]
) -> tuple[Multilayer, tuple[list[int], list[int]]]:
    """``stack`` with its layers cut at ``points``, and where the points are: (cut layer, 0 lower | 1 upper)."""
    slabs: list[Slab] = []
    joints: list[Joint] = []
    first: list[int] = []
    cuts: list[list[float]] = []
    for i, slab in enumerate(stack.slabs):
        inner = {z for layer, z in points if layer == i and 0.0 < z < slab.thickness}
        edges = [0.0, *sorted(inner), slab.thickness]
        first.append(len(slabs))
        cuts.append(edges)
        slabs += [replace(slab, thickness=b - a) for a, b in pairwise(edges)]
        joints += [Joint()] * len(inner) + list(stack.joints[i : i + 1])
    index: list[int] = []
    side: list[int] = []
    for layer, z in points:
        edge = cuts[layer].index(z)
        index.append(first[layer] + max(edge - 1, 0))
        side.append(int(edge > 0))
    return Multilayer(tuple(slabs), tuple(joints), stack.bottom, stack.top), (index, side)
