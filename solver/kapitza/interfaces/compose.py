"""Laws in series and in parallel.

In series the same flux passes every member; the temperatures between them are eliminated by Newton's method.
Members that add up exactly are added first: constant resistances side by side, and laws of equal shape G(T), whose
factors combine like conductances. In parallel the fluxes add.

The inner temperatures of a series are unique, for every law carries more flux from a warmer side and less towards a
warmer one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kapitza.errors import InputError
from kapitza.interfaces.about import About
from kapitza.interfaces.law import Conductance, Insulated, Law, Perfect, Resistance, Values, scale_factor
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.profile import profile
from kapitza.laws.temperature import Array

STEP = 1e-10  # relative change of the inner temperatures at which Newton's method has converged
ITERATIONS = 15


def series(members: Iterable[Law], about: About | None = None) -> Law:
    """The members one after the other, the first next to side 1; nested series are unfolded."""
    given = _members(members, "series")
    said = about or About("series", of=tuple(_said(law) for law in given))
    flat = [part for law in given for part in (law.members if isinstance(law, Series) else (law,))]
    if any(law.linear and law.resistance == math.inf for law in flat):
        return Insulated(said)
    folded: list[Law] = []
    run: list[Law] = []
    for law in (law for law in flat if not (law.linear and law.resistance == 0.0)):
        if run and not _alike(run[-1], law):
            folded.append(_added(run))
            run = []
        run.append(law)
    if run:
        folded.append(_added(run))
    if not folded:
        return Perfect(said)
    if len(folded) == 1:
        return _renamed(folded[0], said)
    return Series(tuple(folded), said)


def parallel(members: Iterable[Law], about: About | None = None) -> Law:
    """The members side by side; nested ones are unfolded."""
    given = _members(members, "parallel")
    said = about or About("parallel", of=tuple(_said(law) for law in given))
    flat = [part for law in given for part in (law.members if isinstance(law, Parallel) else (law,))]
    if any(law.linear and law.resistance == 0.0 for law in flat):
        return Perfect(said)
    linear = [law for law in flat if law.linear]
    shapes: dict[Any, list[Potential]] = {}
    others: list[Law] = []
    for law in flat:
        if isinstance(law, Potential):
            shapes.setdefault(law.curve, []).append(law)
        elif not law.linear:
            others.append(law)
    folded: list[Law] = [
        replace(laws[0], factor=math.fsum(law.factor for law in laws)) for laws in shapes.values()
    ]
    total = math.fsum(float(law.conductance(0.0)) for law in linear)
    if total > 0.0:
        folded.append(Conductance(total))
    folded += others
    if not folded:
        return Insulated(said)
    if len(folded) == 1:
        return _renamed(folded[0], said)
    return Parallel(tuple(folded), said)


@dataclass(frozen=True)
class Parallel(Law):
    """Sum of the members' fluxes; made by `parallel`."""

    members: tuple[Law, ...]
    about: About = field(default=About("parallel"))

    @property
    def valid(self) -> tuple[float, float]:
        return _common(self.members)

    def conductance(self, T: Values) -> Any:
        return sum(law.conductance(T) for law in self.members)

    def turned(self) -> Law:
        members = tuple(law.turned() for law in self.members)
        same = all(one is other for one, other in zip(members, self.members, strict=True))
        return self if same else replace(self, members=members)

    def evaluate(self, T1: Values, T2: Values) -> tuple[Any, Any, Any]:
        parts = [law.evaluate(T1, T2) for law in self.members]
        q, s1, s2 = (sum(part[k] for part in parts) for k in range(3))
        return q, s1, s2

    def scaled(self, factor: float) -> Law:
        return _scaled(self, factor)


@dataclass(frozen=True)
class Series(Law):
    """Two or more members that the same flux passes; made by `series`."""

    members: tuple[Law, ...]
    about: About = field(default=About("series"))

    @property
    def valid(self) -> tuple[float, float]:
        return _common(self.members)

    def conductance(self, T: Values) -> Any:
        return 1.0 / sum(1.0 / law.conductance(T) for law in self.members)

    def turned(self) -> Law:
        return replace(self, members=tuple(law.turned() for law in reversed(self.members)))

    def evaluate(self, T1: Values, T2: Values) -> tuple[Any, Any, Any]:
        scalar = np.ndim(T1) == 0 and np.ndim(T2) == 0
        first, last = np.broadcast_arrays(np.asarray(T1, dtype=np.float64), np.asarray(T2, dtype=np.float64))
        state = _solve(self, first.ravel(), last.ravel())
        q, s1, s2 = (values.reshape(first.shape) for values in (state.q, state.s1, state.s2))
        return (float(q), float(s1), float(s2)) if scalar else (q, s1, s2)

    def inner(self, T1: float, T2: float) -> list[float]:
        """Temperatures between the members [K], from side 1 to side 2."""
        state = _solve(self, np.array([float(T1)]), np.array([float(T2)]))
        return [float(t) for t in (state.T + state.step)[1:-1, 0]]

    def scaled(self, factor: float) -> Law:
        return _scaled(self, factor)


@dataclass(frozen=True)
class _State:
    """m members between profiles T (m + 1, n): flux and slopes (n,) of the whole by linearisation, and the Newton step
    of T (m + 1, n) that makes all fluxes equal."""

    T: Array
    q: Array
    s1: Array
    s2: Array
    step: Array


def _solve(law: Series, T1: Array, T2: Array) -> _State:
    """Inner temperatures by Newton's method, each face for itself; where that does not settle, by bracketing."""
    low, high = np.minimum(T1, T2), np.maximum(T1, T2)
    state = _linearised(law.members, _guess(law.members, T1, T2))
    for _ in range(ITERATIONS):
        moving = (np.abs(state.step) > STEP * state.T).any(axis=0)
        if not moving.any():
            return state
        # 0 K is approached, never reached: there the slopes of most laws vanish
        T = np.clip(state.T + state.step, np.maximum(low, 0.1 * state.T), high)
        T[0], T[-1] = T1, T2
        state = _linearised(law.members, np.where(moving, T, state.T))
    T = state.T.copy()
    for i in np.flatnonzero((np.abs(state.step) > STEP * T).any(axis=0)):
        T[:, i] = profile(law.members, float(T1[i]), float(T2[i]))
    return _linearised(law.members, T)


def _guess(members: Sequence[Law], T1: Array, T2: Array) -> Array:
    """Profile (m + 1, n) for conductances taken over the whole jump."""
    jump = T1 - T2
    some = np.where(jump == 0.0, 1.0, jump)
    whole = [np.where(jump == 0.0, law.conductance(T1), law.flux(T1, T2) / some) for law in members]
    resistance = 1.0 / np.array(whole)
    part = np.cumsum(resistance, axis=0) / resistance.sum(axis=0)
    T = np.vstack([T1, T1 - jump * part])
    T[-1] = T2
    return T


def _linearised(members: Sequence[Law], T: Array) -> _State:
    """Fluxes and slopes at T (m + 1, n), composed from side 1 on; no subtraction of like numbers, s2 <= 0 <= s1."""
    n = T.shape[1]
    fluxes, slopes, whole = (np.empty((len(members), *shape, n)) for shape in ((), (2,), (3,)))
    for i, law in enumerate(members):
        # floats are an order of magnitude faster than arrays of one
        q, b1, b2 = law.evaluate(*((float(t[0]) for t in T[i : i + 2]) if n == 1 else T[i : i + 2]))
        fluxes[i], slopes[i, 0], slopes[i, 1] = q, b1, b2
        if i:
            qa, a1, a2 = whole[i - 1]
            stiffness = b1 - a2
            q = qa * (b1 / stiffness) + q * (-a2 / stiffness)
            b1, b2 = a1 * (b1 / stiffness), b2 * (-a2 / stiffness)
        whole[i, 0], whole[i, 1], whole[i, 2] = q, b1, b2
    step = np.zeros_like(T)
    for i in range(len(members) - 1, 0, -1):
        b1, b2 = slopes[i]
        step[i] = (whole[i - 1, 0] - fluxes[i] - b2 * step[i + 1]) / (b1 - whole[i - 1, 2])
    return _State(T, whole[-1, 0], whole[-1, 1], whole[-1, 2], step)


def _members(members: Iterable[Law], model: str) -> list[Law]:
    given = list(members)
    if not given:
        raise InputError(f"{model}: of is empty; give at least one law")
    return given


def _alike(one: Law, other: Law) -> bool:
    """Two neighbours in a series that add up exactly."""
    if isinstance(one, Potential) and isinstance(other, Potential):
        return one.curve == other.curve
    return one.linear and other.linear


def _added(run: Sequence[Law]) -> Law:
    """Neighbours that are alike, as one law."""
    if len(run) == 1:
        return run[0]
    first = run[0]
    if isinstance(first, Potential):
        inverse = math.fsum(1.0 / law.factor for law in run if isinstance(law, Potential))
        return replace(first, factor=1.0 / inverse)
    return Resistance(math.fsum(law.resistance for law in run))


def _renamed(law: Law, about: About) -> Law:
    """The same law under another description."""
    if law.linear:
        return Resistance(law.resistance, about)
    assert isinstance(law, Potential | Series | Parallel)
    return replace(law, about=about)


def _scaled(law: Series | Parallel, factor: float) -> Law:
    """Every member scaled: that scales the flux of the whole."""
    said = law.about.scaled(factor)
    if scale_factor(factor) == 0.0:
        return Insulated(said)
    return replace(law, members=tuple(member.scaled(factor) for member in law.members), about=said)


def _common(members: Sequence[Law]) -> tuple[float, float]:
    """Temperatures at which all members are defined."""
    return max(law.valid[0] for law in members), min(law.valid[1] for law in members)


def _said(law: Law) -> About:
    """What a member says of itself in a result; a linear one gives its resistance."""
    if not law.linear or not 0.0 < law.resistance < math.inf:
        return law.about
    return replace(law.about, conventions=(*law.about.conventions, ("resistance", law.resistance)))
