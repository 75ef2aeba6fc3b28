"""Many 1-D stacks of equally many segments, each with any k(T) and any laws: Newton's method for all at once.

In Kirchhoff's variable u each segment is linear, u_lower - u_upper = a Q + a_upper S, so one heat flow Q through a
stack (plus the known heats below) fixes everything from one end to the other; each joint gives the step

    A q(T1, T2) = Q + heats below.

All joints are linearised at once; the corrections follow from running sums and products of the slopes:

    d u_{i+1} = r_i (d u_i - a_i dQ) - d_i dQ + e_i,   r = (q_1 / k_1) / (-q_2 / k_2),   d = k_2 / (-A q_2).

The flow itself is conserved by construction; the number of cells plays no part. Each row iterates by itself: what it
arrives at does not depend on the others. A row that is done leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kapitza.interfaces.law import Law
from kapitza.laws.kirchhoff import COLDEST, HOTTEST, Kirchhoff
from kapitza.laws.media import Media
from kapitza.layout import Floats, Ints
from kapitza.newton.continued import COOLING, Flux, flux

MOST = 60  # iterations; quadratic convergence needs a handful
HALVINGS = 12
SAFE = 1e-3  # a fall by this part of the temperature needs no look at absolute zero
HELD = 0  # index of perfect contact among the laws: at an end, the surface is held

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Ends:
    """What the lower, or the upper, ends are tied to; all (rows,).

    temperature : of the surface where ``law`` is `HELD`, of the reservoir behind the law elsewhere [K]; NaN: no
    reference, ``heat`` [W] enters · law : index · area [m^2]"""

    temperature: Floats
    law: Ints
    area: Floats
    heat: Floats

    def rows(self, chosen: Any) -> Ends:
        return Ends(self.temperature[chosen], self.law[chosen], self.area[chosen], self.heat[chosen])


@dataclass(frozen=True)
class Rows:
    """Connected segments. a : (rows, n) lower plus upper half, a_upper : (rows, n) [1/m] · heat : (rows, n) [W]
    kinds : (rows, n) conductivity of each · media : all conductivities together
    laws : the first is perfect contact · law, area : joints (rows, n - 1) · below, above : sheet heats (rows, n - 1)"""

    a: Floats
    a_upper: Floats
    heat: Floats
    media: Media
    laws: Sequence[Law]
    law: Ints
    area: Floats
    below: Floats
    above: Floats
    lower: Ends
    upper: Ends

    def rows(self, chosen: Any) -> Rows:
        """Some of the rows."""
        media = Media(self.media.kinds.reshape(self.a.shape)[chosen].ravel(), self.media.kirchhoff)
        return Rows(
            self.a[chosen],
            self.a_upper[chosen],
            self.heat[chosen],
            media,
            self.laws,
            self.law[chosen],
            self.area[chosen],
            self.below[chosen],
            self.above[chosen],
            self.lower.rows(chosen),
            self.upper.rows(chosen),
        )

    @cached_property
    def offsets(self) -> Floats:
        """(rows, n) heat fed in below each segment [W], counted from the flow into the first one."""
        fed = np.cumsum(self.heat[:, :-1] + self.below + self.above, axis=1)
        return np.concatenate([np.zeros((len(fed), 1)), fed], axis=1)

    @cached_property
    def joint_offsets(self) -> Floats:
        """(rows, n - 1) the same for each joint [W]."""
        offsets: Floats = self.offsets[:, :-1] + self.heat[:, :-1] + self.below
        return offsets

    @cached_property
    def joints(self) -> Joints:
        return Joints.of(self.laws, self.law.ravel())

    @cached_property
    def ends(self) -> tuple[Tied, Tied]:
        """The lower and the upper ends."""
        kinds = self.media.kinds.reshape(self.a.shape)
        first, last = (Media(kinds[:, i], self.media.kirchhoff) for i in (0, -1))
        return Tied.of(self.lower, self.laws, first), Tied.of(self.upper, self.laws, last)


@dataclass(frozen=True)
class Joints:
    """Laws of m contacts, those that are one law but for a factor taken together.

    groups : (contacts, law, (factor of each)) · perfect : (m,) contacts without any resistance"""

    groups: Sequence[tuple[Ints, Law, Floats]]
    perfect: Bools

    @staticmethod
    def of(laws: Sequence[Law], law: Ints) -> Joints:
        """laws, and which of them (m,) each contact has."""
        units: dict[Any, int] = {}
        unit_of, factors = np.zeros(len(laws), dtype=np.intp), np.ones(len(laws))
        known: list[Law] = []
        present = np.zeros(len(laws), dtype=bool)
        present[law] = True
        perfect = np.zeros(len(laws), dtype=bool)
        for i in np.flatnonzero(present).tolist():
            if laws[i].linear and laws[i].resistance == 0.0:
                perfect[i] = True
                continue
            one, factors[i] = laws[i].unit
            unit_of[i] = units.setdefault(_identity(one), len(known))
            if unit_of[i] == len(known):
                known.append(one)
        owner = np.where(perfect, -1, unit_of)[law]
        here = [np.flatnonzero(owner == number) for number in range(len(known))]
        return Joints(
            [(places, one, factors[law[places]]) for places, one in zip(here, known, strict=True)],
            perfect[law],
        )

    def flux(self, T1: Floats, T2: Floats) -> Flux:
        """The laws at any temperatures (m,); zero with slopes of one where contact is perfect."""
        q, first, second = np.zeros(len(T1)), np.ones(len(T1)), -np.ones(len(T1))
        for here, law, factor in self.groups:
            one = flux(law, T1[here], T2[here])
            q[here], first[here], second[here] = factor * one.q, factor * one.first, factor * one.second
        return Flux(q, first, second)

    def conductance(self, T: Floats) -> Floats:
        """(m,) slopes at zero jump [W/(m^2 K)] at T (m,), brought into each law's range; infinite where perfect."""
        result = np.full(len(T), np.inf)
        for here, law, factor in self.groups:
            low, high = max(law.valid[0], COLDEST), min(law.valid[1], HOTTEST)
            result[here] = factor * law.conductance(np.clip(T[here], low, high))
        return result


@dataclass(frozen=True)
class Tied:
    """Ends ready for use. free : (rows,) without reference · held : (rows,) · target : (rows,) u where held [W/m]"""

    ends: Ends
    joints: Joints
    free: Bools
    held: Bools
    target: Floats

    @staticmethod
    def of(ends: Ends, laws: Sequence[Law], media: Media) -> Tied:
        joints, free = Joints.of(laws, ends.law), np.isnan(ends.temperature)
        held = joints.perfect & ~free
        return Tied(ends, joints, free, held, media.potential(np.where(held, ends.temperature, 1.0)))

    def flux(self, surface: Floats) -> Flux:
        """What leaves the surfaces (rows,) [K] for the reservoirs."""
        return self.joints.flux(surface, np.where(self.free, surface, self.ends.temperature))

    def equation(self, carried: Flux, u: Floats, k: Floats, into: Floats) -> tuple[Floats, Floats]:
        """(slope, miss), (rows,) each: dQ/du of the heat that leaves for the reservoir [W per W/m], 1 where the surface
        is held, 0 where it is free; what is missing, of u [W/m] where held, of heat [W] into the stack elsewhere."""
        slope = np.where(self.free, 0.0, np.where(self.held, 1.0, self.ends.area * carried.first / k))
        miss = np.where(self.free, self.ends.heat - into, -self.ends.area * carried.q - into)
        return slope, np.where(self.held, self.target - u, miss)


def _identity(law: Law) -> Any:
    try:
        hash(law)
    except TypeError:
        return id(law)
    return law


@dataclass(frozen=True)
class Found:
    """lower, upper : (rows, n) temperatures of the segments' faces [K] · flow : (rows, n) heat entering each [W]
    steps : (iterations, rows) size of each correction [K], NaN after the last · converged : (rows,)
    residual : (rows,) heat that the laws of the joints leave over [W], the largest
    aim : (rows,) lowest temperature that the next correction asked for, not converged [K]"""

    lower: Floats
    upper: Floats
    flow: Floats
    steps: Floats
    converged: Bools
    residual: Floats
    aim: Floats


@dataclass(frozen=True)
class _Point:
    """A state of the iteration: u at the lower faces, the flow into the first segments (rows, 1), and all that
    follows. joint, lower_end, upper_end : what the laws carry."""

    u: Floats
    Q: Floats
    u_upper: Floats
    lower: Floats
    upper: Floats
    k_lower: Floats
    k_upper: Floats
    joint: Flux
    lower_end: Flux
    upper_end: Flux

    def rows(self, chosen: Any) -> _Point:
        def part(one: Flux, shape: tuple[int, ...]) -> Flux:
            return Flux(*(x.reshape(shape)[chosen].ravel() for x in (one.q, one.first, one.second)))

        m, n = self.u.shape
        return _Point(
            self.u[chosen],
            self.Q[chosen],
            self.u_upper[chosen],
            self.lower[chosen],
            self.upper[chosen],
            self.k_lower[chosen],
            self.k_upper[chosen],
            part(self.joint, (m, n - 1)),
            part(self.lower_end, (m,)),
            part(self.upper_end, (m,)),
        )


@dataclass(frozen=True)
class _Slopes:
    """Coefficients of the linearised chains: running products of r (rows, n), the resistances lost (rows, n) =
    P sum of (r a + d) / P, and d (rows, n - 1)."""

    products: Floats
    lost: Floats
    d: Floats

    def rows(self, chosen: Any) -> _Slopes:
        return _Slopes(self.products[chosen], self.lost[chosen], self.d[chosen])


def solve(rows: Rows, start: Floats, flow: Floats, tolerance: Floats) -> Found:
    """Faces and flows of all rows.

    start : (rows, n) first guess of the lower faces [K] · flow : (rows,) of the heat entering the first segments [W]
    tolerance : (rows,) of the last correction, relative to the span of temperatures
    """
    m, n = rows.a.shape
    lower, upper, flows = np.empty((m, n)), np.empty((m, n)), np.empty((m, n))
    converged, residual, aim = np.zeros(m, dtype=bool), np.zeros(m), np.full(m, np.nan)
    steps: list[Floats] = []
    active = np.arange(m)
    point = _first(rows, rows.media.potential(start.ravel()).reshape(m, n), flow[:, np.newaxis])
    slopes = _slopes(rows, point)
    dv, dQ = _correction(rows, point, slopes)

    def finish(chosen: Any, part: Rows, final: _Point, *, done: bool) -> None:
        where = active[chosen]
        lower[where], upper[where] = final.lower, final.upper
        flows[where] = final.Q + part.offsets
        residual[where] = _residual(part, final)
        converged[where] = done

    for _ in range(MOST):
        size = _size(rows, point, dv, dQ)
        steps.append(np.full(m, np.nan))
        steps[-1][active] = size
        before = steps[-2][active] if len(steps) > 1 else None
        done = _settled(size, before, point, tolerance[active])
        if done.any():
            part = rows.rows(done)
            finish(done, part, _point(part, (point.u + dv)[done], (point.Q + dQ)[done]), done=True)
            left = ~done
            if not left.any():
                return Found(lower, upper, flows, np.array(steps), converged, residual, aim)
            rows, point, slopes = rows.rows(left), point.rows(left), slopes.rows(left)
            dv, dQ, size, active = dv[left], dQ[left], size[left], active[left]
        factor = _above_zero(rows, point, dv, dQ)
        for _ in range(HALVINGS):
            trial = _point(rows, point.u + factor * dv, point.Q + factor * dQ)
            smaller = (
                _size(rows, trial, *_correction(rows, trial, slopes)) <= (1.0 - 0.25 * factor[:, 0]) * size
            )
            if smaller.all():
                break
            factor = np.where(smaller[:, np.newaxis], factor, 0.5 * factor)
        point = trial
        slopes = _slopes(rows, point)
        dv, dQ = _correction(rows, point, slopes)
    wish = _point(rows, point.u + dv, point.Q + dQ)
    aim[active] = np.minimum(wish.lower.min(axis=1), wish.upper.min(axis=1))
    finish(slice(None), rows, point, done=False)
    return Found(lower, upper, flows, np.array(steps), converged, residual, aim)


def _first(rows: Rows, u: Floats, flow: Floats) -> _Point:
    """The first state: with less flow than guessed where that would cool a face to nothing."""
    for _ in range(HALVINGS):
        point = _point(rows, u, flow)
        good = np.all(point.upper >= COOLING * point.lower, axis=1)
        if good.all():
            break
        flow = np.where(good[:, np.newaxis], flow, 0.5 * flow)
    return point


def _above_zero(rows: Rows, point: _Point, dv: Floats, dQ: Floats) -> Floats:
    """(rows, 1) largest share of a correction that leaves every face a part `COOLING` of its temperature."""
    share = np.ones((len(dv), 1))
    low, high = (point.u, point.lower, point.k_lower), (point.u_upper, point.upper, point.k_upper)
    for (u, T, k), fall in ((low, -dv), (high, rows.a * dQ - dv)):
        if not (fall > SAFE * k * T).any():
            continue
        room = u - rows.media.potential((COOLING * T).ravel()).reshape(T.shape)
        falling = (fall > room) & (fall > 0.0)
        ratio = np.where(falling, room / np.where(falling, fall, 1.0), 1.0)
        share = np.minimum(share, ratio.min(axis=1, keepdims=True))
    return share


def _point(rows: Rows, u: Floats, Q: Floats) -> _Point:
    """Complete a state: the upper faces follow exactly from the lower ones and the flow."""
    u_upper = u - rows.a * (Q + rows.offsets) - rows.a_upper * rows.heat
    lower, k_lower = _at(rows.media, u)
    upper, k_upper = _at(rows.media, u_upper)
    joint = rows.joints.flux(upper[:, :-1].ravel(), lower[:, 1:].ravel())
    low, high = rows.ends[0].flux(lower[:, 0]), rows.ends[1].flux(upper[:, -1])
    return _Point(u, Q, u_upper, lower, upper, k_lower, k_upper, joint, low, high)


def _at(media: Media, u: Floats) -> tuple[Floats, Floats]:
    T = media.temperature(u.ravel())
    return T.reshape(u.shape), media.conductivity(T).reshape(u.shape)


def _slopes(rows: Rows, point: _Point) -> _Slopes:
    shape = rows.law.shape
    k1, k2 = point.k_upper[:, :-1], point.k_lower[:, 1:]
    perfect = rows.joints.perfect.reshape(shape)
    first, second = point.joint.first.reshape(shape), point.joint.second.reshape(shape)
    r = np.where(perfect, k2 / k1, (first / k1) / (-second / k2))
    d = np.where(perfect, 0.0, k2 / (-second * rows.area))
    ones = np.ones((len(r), 1))
    products = np.concatenate([ones, np.cumprod(r, axis=1)], axis=1)
    lost = products * _running((r * rows.a[:, :-1] + d) / products[:, 1:])
    return _Slopes(products, lost, d)


def _running(values: Floats) -> Floats:
    """(rows, n) sums along the rows of values (rows, n - 1), from zero."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)


def _misfit(rows: Rows, point: _Point, d: Floats) -> Floats:
    """(rows, n - 1) e: by how much the lower face above each joint misses its law, in u [W/m]."""
    shape = rows.law.shape
    by_law = -d * (point.Q + rows.joint_offsets - rows.area * point.joint.q.reshape(shape))
    perfect = rows.joints.perfect.reshape(shape)
    if not perfect.any():
        return by_law
    apart = point.k_lower[:, 1:] * (point.upper[:, :-1] - point.lower[:, 1:])
    return np.where(perfect, apart, by_law)


def _residual(rows: Rows, point: _Point) -> Floats:
    """(rows,) largest heat that a law leaves over [W]."""
    if rows.law.shape[1] == 0:
        return np.zeros(len(rows.law))
    left = np.abs(point.Q + rows.joint_offsets - rows.area * point.joint.q.reshape(rows.law.shape))
    largest: Floats = np.where(rows.joints.perfect.reshape(rows.law.shape), 0.0, left).max(axis=1)
    return largest


def _correction(rows: Rows, point: _Point, s: _Slopes) -> tuple[Floats, Floats]:
    """(du (rows, n), dQ (rows, 1)) that solve the linearised chains."""
    P = s.products
    # du_i = P_i v + gained_i - lost_i dQ; at the upper face of the last segment the flow costs a more.
    gained = P * _running(_misfit(rows, point, s.d) / P[:, 1:])
    last_P, last_gain, last_loss = P[:, -1], gained[:, -1], s.lost[:, -1] + rows.a[:, -1]
    Q = point.Q[:, 0]
    out = Q + rows.offsets[:, -1] + rows.heat[:, -1]
    lower, upper = rows.ends
    # Two linear equations in v = du_0 and dQ; without a reference only the flow is fixed, held only the face.
    v1, low = lower.equation(point.lower_end, point.u[:, 0], point.k_lower[:, 0], Q)
    q1 = np.where(lower.held, 0.0, 1.0)
    g, high = upper.equation(point.upper_end, point.u_upper[:, -1], point.k_upper[:, -1], -out)
    v2, q2, high = g * last_P, np.where(upper.held, 0.0, -1.0) - g * last_loss, high - g * last_gain
    determinant = v1 * q2 - q1 * v2
    v = (low * q2 - q1 * high) / determinant
    dQ = (v1 * high - low * v2) / determinant
    return P * v[:, np.newaxis] + gained - s.lost * dQ[:, np.newaxis], dQ[:, np.newaxis]


def _size(rows: Rows, point: _Point, dv: Floats, dQ: Floats) -> Floats:
    """(rows,) largest correction of a face, lower or upper, as a temperature [K]."""
    largest: Floats = np.maximum(
        (np.abs(dv) / point.k_lower).max(axis=1), (np.abs(dv - rows.a * dQ) / point.k_upper).max(axis=1)
    )
    return largest


def _settled(size: Floats, before: Floats | None, point: _Point, tolerance: Floats) -> Bools:
    """(rows,) whether the iteration is done (`kapitza.newton.continued.settled`)."""
    largest = np.maximum(point.lower.max(axis=1), point.upper.max(axis=1))
    span = largest - np.minimum(point.lower.min(axis=1), point.upper.min(axis=1))
    done: Bools = size <= tolerance * span + 1e-13 * largest
    if before is not None:
        done |= (size <= 1e-7 * span + 1e-10 * largest) & (size > 0.3 * before)
    return done


def in_range(rows: Rows, found: Found) -> Bools:
    """(rows,) whether all temperatures are above absolute zero and inside the range of every material and law."""
    m, n = rows.a.shape
    good: Bools = (found.lower.min(axis=1) > 0.0) & (found.upper.min(axis=1) > 0.0)
    joint_row = np.repeat(np.arange(m), n - 1)
    sides = (found.upper[:, :-1].ravel(), found.lower[:, 1:].ravel())
    checks = [(places, one.law.valid, places // n) for places, one in rows.media.groups]
    for T in (found.lower.ravel(), found.upper.ravel()):
        for places, valid, owner in checks:
            good[owner[_outside(T[places], valid)]] = False
    for T in sides:
        for places, law, _ in rows.joints.groups:
            good[joint_row[places[_outside(T[places], law.valid)]]] = False
    for end, surface in zip(rows.ends, (found.lower[:, 0], found.upper[:, -1]), strict=True):
        for places, law, _ in end.joints.groups:
            for T in (surface, end.ends.temperature):
                good[places[_outside(T[places], law.valid)]] = False
    return good


def _outside(T: Floats, valid: tuple[float, float]) -> Bools:
    low, high = valid
    inside: Bools = (low <= T) & (high >= T)
    return ~inside


# The guess ------------------------------------------------------------------------------------------------


def guess(rows: Rows, temperature: Floats) -> tuple[Floats, Floats]:
    """(start (rows, n), flow (rows,)): the solution with everything linear as it is at ``temperature`` (rows,) [K]."""
    m, n = rows.a.shape
    everywhere = np.broadcast_to(temperature[:, np.newaxis], (m, n))
    k = rows.media.conductivity(np.ascontiguousarray(everywhere).ravel()).reshape(m, n)
    joint = 1.0 / (rows.joints.conductance(everywhere[:, 1:].ravel()).reshape(m, n - 1) * rows.area)
    # T_i at the lower faces is T_0 - cost_i Q - spent_i.
    through, known = rows.a / k, (rows.a * rows.offsets + rows.a_upper * rows.heat) / k
    cost = _running(through[:, :-1] + joint)
    spent = _running(known[:, :-1] + joint * rows.joint_offsets)
    total, all_spent = cost[:, -1] + through[:, -1], spent[:, -1] + known[:, -1]
    out = rows.offsets[:, -1] + rows.heat[:, -1]
    lower, upper = rows.lower, rows.upper
    low, high = (
        np.where(end.free, 0.0, 1.0 / (end.joints.conductance(temperature) * end.ends.area))
        for end in rows.ends
    )
    Q = (lower.temperature - upper.temperature - all_spent - high * out) / (low + total + high)
    Q = np.where(np.isnan(lower.temperature), lower.heat, Q)
    Q = np.where(np.isnan(upper.temperature), -(upper.heat + out), Q)
    T = lower.temperature - low * Q
    T = np.where(np.isnan(lower.temperature), upper.temperature + high * (Q + out) + total * Q + all_spent, T)
    return T[:, np.newaxis] - cost * Q[:, np.newaxis] - spent, Q


def together(parts: Sequence[Rows]) -> Rows:
    """Rows of several, each with equally many segments, as one."""
    if len(parts) == 1:
        return parts[0]
    laws: list[Law] = [parts[0].laws[HELD]]
    law: list[Ints] = []
    lower: list[Ends] = []
    upper: list[Ends] = []
    kinds: list[Ints] = []
    known: dict[int, tuple[int, Kirchhoff]] = {}
    for part in parts:
        given = part.media.kirchhoff
        _, one_of, which = np.unique(list(map(id, given)), return_index=True, return_inverse=True)
        place = [known.setdefault(id(given[i]), (len(known), given[i]))[0] for i in one_of.tolist()]
        kinds.append(np.array(place, dtype=np.intp)[which][part.media.kinds])
        moved = np.concatenate([[HELD], np.arange(len(laws), len(laws) + len(part.laws) - 1)]).astype(np.intp)
        laws += part.laws[1:]
        law.append(moved[part.law])
        lower.append(replace(part.lower, law=moved[part.lower.law]))
        upper.append(replace(part.upper, law=moved[part.upper.law]))
    fields = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("a", "a_upper", "heat", "area", "below", "above")
    }
    return Rows(
        **fields,
        media=Media(np.concatenate(kinds), [one for _, one in known.values()]),
        laws=laws,
        law=np.concatenate(law),
        lower=_joined(lower),
        upper=_joined(upper),
    )


def _joined(ends: Sequence[Ends]) -> Ends:
    names = ("temperature", "law", "area", "heat")
    return Ends(*(np.concatenate([getattr(end, name) for end in ends]) for name in names))
