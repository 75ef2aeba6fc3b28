"""θ_JC by two measurements that differ in the contact of the case alone (JESD51-14, transient dual interface).

Until the heat meets that contact both curves are one. Two ways to see where they part:

derivative : the slopes over z = ln t part where (da₂/dz − da₁/dz)/Δθ rises through ε = 0.0045 W/K · θ + 0.003, Δθ the
    difference of the steady values; θ is curve 1 at that time. The numbers are the ones quoted for soldered dies; heat
    feels the contact before all of θ_JC has built up, so the estimate errs to the low side (5 to 15 % in uniform
    layers, more where the case is thin).
structure : beyond the case the structure functions are Δθ apart in R at the same C; the capacity where they have half
    of that is the capacity of junction to case, and θ_JC is where curve 2 reaches it: the straight line of its last
    layer (through 30 and 70 % of that capacity) continued, for deconvolution rounds the corner.

Where both stacks are known, θ_JC is where their structure functions first differ: exact, and said beside the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.errors import InputError, PhysicsError
from kapitza.studies.deconvolution import resampled
from kapitza.studies.foster import Floats, curve
from kapitza.studies.structure import Structure, of_curve

SLOPE, OFFSET = 0.0045, 0.003  # of ε: [W/K] and [1]
PER_DECADE = 20  # of the common times
ALIKE = 0.05  # of Z: as much may the curves differ at their first common time
APART = 0.01  # of the steady values: less is no difference
LOW, HIGH = 0.3, 0.7  # of the capacity to the case: where its last layer's line is taken
CURVE = "the curves differ only in the contact of the case; all heat flows one way, through it"


@dataclass(frozen=True)
class Curve:
    """time : (n,) [s]; zth : (n,) [K/W]; steady [K/W]."""

    time: Floats
    zth: Floats
    steady: float


@dataclass(frozen=True)
class Separation:
    """θ_JC [K/W] by the derivatives, at ``time`` [s], and by the structure functions, at ``capacity`` [J/K].

    parted [K/W] : where the structure functions have parted; it holds the better of the two contacts as well.
    exact [K/W] : from the stacks themselves, if given.
    theta [K/W], difference, limit : (n,) Z of the better contact, difference of the slopes over Δθ, and ε there.
    structures : the structure functions that the curves show, of the better contact and of the worse.
    """

    derivative: float
    time: float
    structure: float
    capacity: float
    parted: float
    exact: float | None
    theta: Floats
    difference: Floats
    limit: Floats
    structures: tuple[Structure, Structure]
    assumed: tuple[str, ...]

    @property
    def theta_jc(self) -> float:
        """The best of them [K/W]: exact where known, else by structure functions."""
        return self.structure if self.exact is None else self.exact

    def summary(self) -> dict[str, Any]:
        """What ``kapitza zth --second --json`` prints of it."""
        return {
            "value": self.theta_jc,
            "exact": self.exact,
            "structure": self.structure,
            "capacity": self.capacity,
            "derivative": self.derivative,
            "time": self.time,
            "assumed": list(self.assumed),
        }


def separate(one: Curve, two: Curve, stacks: tuple[Structure, Structure] | None = None) -> Separation:
    """θ_JC from two curves, in either order; ``stacks`` : their own structure functions, in the same order.

    Raises InputError where the curves do not differ or share no times, PhysicsError where they differ from the start.
    """
    first, second = (one, two) if one.steady <= two.steady else (two, one)
    apart = second.steady - first.steady
    if apart < APART * first.steady:
        raise InputError(
            f"two interfaces: the steady values {first.steady:.6g} and {second.steady:.6g} K/W hardly differ; the two "
            "cases need contacts of the case whose resistances differ clearly (grease and dry, say)"
        )
    criterion = _by_derivative(first, second, apart)
    seen = of_curve(first.time, first.zth, first.steady), of_curve(second.time, second.zth, second.steady)
    structure, capacity, parted = _by_structure(*seen, apart)
    assumed = [
        CURVE,
        f"derivatives part at ε = {SLOPE} W/K · θ + {OFFSET}, of a difference over Δθ = {apart:.4g} K/W",
    ]
    assumed.append("structure functions by deconvolution; the last layer before the contact is uniform")
    exact = None
    if stacks is not None:
        exact = parting(*stacks)
        assumed.append("exact: where the two stacks first differ")
    derivative, time, theta, difference, limit = criterion
    return Separation(
        derivative, time, structure, capacity, parted, exact, theta, difference, limit, seen, tuple(assumed)
    )


def parting(one: Structure, other: Structure) -> float:
    """R [K/W] up to which two stacks are the same, part by part. Raises InputError if they do not differ."""
    for mine, theirs in zip(one.parts, other.parts, strict=False):
        same = np.allclose(
            (mine.end, mine.high), (theirs.end, theirs.high), rtol=1e-9, atol=1e-12 * one.resistance[-1]
        )
        if mine.kind != theirs.kind or not same:
            return mine.start
    if len(one.parts) == len(other.parts):
        raise InputError(
            "two interfaces: both stacks are the same; they must differ in the contact of the case"
        )
    return min(one.parts[-1].end, other.parts[-1].end)


def _by_derivative(first: Curve, second: Curve, apart: float) -> tuple[float, float, Floats, Floats, Floats]:
    """θ_JC and its time; Z of the first (n,), difference of the slopes over Δθ (n,), ε (n,)."""
    t1, z1 = curve(first.time, first.zth, first.steady)
    t2, z2 = curve(second.time, second.zth, second.steady)
    start, end = max(t1[0], t2[0]), min(t1[-1], t2[-1])
    if not end > 10.0 * start:
        raise InputError(
            "two interfaces: the two curves share less than a decade of time; compute both over the same"
        )
    edges = np.geomspace(start, end, 1 + round(np.log10(end / start) * PER_DECADE))
    a1, a2 = resampled(t1, z1, edges), resampled(t2, z2, edges)
    slope = (np.diff(a2) - np.diff(a1)) / np.diff(np.log(edges)) / apart
    times, theta = np.sqrt(edges[:-1] * edges[1:]), np.sqrt(a1[:-1] * a1[1:])
    limit = SLOPE * theta + OFFSET
    excess = np.log(np.maximum(slope, 1e-6) / limit)
    top = int(np.argmax(slope))
    below = np.flatnonzero(excess[: top + 1] <= 0.0)
    if abs(a2[0] / a1[0] - 1.0) > ALIKE or not below.size or excess[top] <= 0.0:
        raise PhysicsError(
            "two interfaces: the slopes of the curves differ from their first time on, or never enough; they must be "
            "one until the heat reaches the contact of the case"
        )
    k = int(below[-1])
    part = excess[k] / (excess[k] - excess[k + 1])
    return (
        float(np.exp((1.0 - part) * np.log(theta[k]) + part * np.log(theta[k + 1]))),
        float(np.exp((1.0 - part) * np.log(times[k]) + part * np.log(times[k + 1]))),
        theta,
        slope,
        limit,
    )


def _by_structure(s1: Structure, s2: Structure, apart: float) -> tuple[float, float, float]:
    """θ_JC, the capacity of junction to case, and where the first structure function has that capacity."""
    start = max(s1.capacitance[0], s2.capacitance[0])
    end = min(s1.capacitance[-1], s2.capacitance[-1])
    capacity = np.geomspace(start, end, 4000)
    distance = reached(s2, capacity) - reached(s1, capacity)
    half = np.flatnonzero(distance > 0.5 * apart)
    if not half.size:
        raise PhysicsError(
            "two interfaces: the structure functions of the two curves do not part; compare them"
        )
    case = float(capacity[half[0]])
    low, high = (float(reached(s2, share * case)) for share in (LOW, HIGH))
    corner = high + (high - low) * (1.0 - HIGH) / (HIGH - LOW)
    parted = float(reached(s1, case))
    return min(corner, float(reached(s2, case))), case, parted


def reached(structure: Structure, capacity: npt.ArrayLike) -> Floats:
    """R [K/W] within which a structure function has ``capacity`` [J/K]."""
    at = np.log(np.asarray(capacity, dtype=float))
    return np.asarray(np.interp(at, np.log(structure.capacitance), structure.resistance), dtype=float)
