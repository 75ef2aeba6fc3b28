"""The march in time: steps as long as the error allows, events and asked-for instants hit, nothing known of files.

The local error of every step stays below ``tolerance`` of the range of temperatures that the run has seen (or, at its
start, is about to see). After each jump of a power or a boundary two backward-Euler steps damp what is stiff. Step
sizes lie on a grid of powers of sqrt(2), so that factorisations serve again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from kapitza.assemble.drive import Drive
from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Floats
from kapitza.model import TransientOptions
from kapitza.solution import probes
from kapitza.solution.solved import History, Solved
from kapitza.transient.body import Body
from kapitza.transient.schemes import D, Point, Step, backward_euler, bdf2, tr_bdf2
from kapitza.transient.watch import State, Stopped, Watch

DAMPED = 2  # backward-Euler steps after a jump
GROWTH, SHRINK = 4.0, 0.2  # of a step, at most
KEEP = 1.4  # a step grows only where it may by this much
SAFETY = 0.9
PREDICTIONS = 12  # attempts, each over a shorter time
SAME = 2e-15  # of the time: instants nearer than that are one
LEAST = 1e-15  # of the time reached: shorter steps cannot be told apart


class Driven(Protocol):
    """What a run follows: the functions of time, and the lowest and highest temperature that boundaries ever have."""

    @property
    def drive(self) -> Drive: ...
    @property
    def temperatures(self) -> tuple[float, float] | None: ...


@dataclass
class _Progress:
    """What changes along the march."""

    now: Point
    h: float
    damp: int = DAMPED
    before: Point | None = None
    least: float = math.inf
    most: float = -math.inf
    predicted: float = 0.0
    steps: int = 0
    rejected: int = 0
    saved: int = 0
    probes: dict[str, list[float]] = field(default_factory=dict)
    melted: dict[str, list[float]] = field(default_factory=dict)
    begun: float = math.nan


def saved_times(options: TransientOptions) -> Floats:
    """(n,) instants [s] that are saved: those asked for, or ``save`` (100) of them from 0 on, or along a logarithm."""
    if options.times is not None:
        return np.array(options.times)
    count = options.save or 100
    if options.spacing == "log":
        return (
            np.geomspace(1e-6 * options.until, options.until, count)
            if count > 1
            else np.array([options.until])
        )
    return np.linspace(0.0, options.until, count) if count > 1 else np.array([options.until])


class March:
    """One run of a body under a drive."""

    def __init__(
        self, body: Body, driven: Driven, options: TransientOptions, steady: bool, watch: Watch
    ) -> None:
        """steady : begin with the steady state of the values at t = 0"""
        self.body, self.drive, self.options, self.watch = body, driven.drive, options, watch
        self.given = driven.temperatures
        self.times = saved_times(options)
        self.exact = options.times is not None
        self.steady = steady
        self.last: Solved | None = None

    def run(self, state: State | None = None) -> tuple[Solved, History]:
        """To the end. Raises `Stopped` where the watch asks for it, PhysicsError where a step is not found.

        state : from a checkpoint, to go on from there
        """
        p = self._begin() if state is None else self._resumed(state)
        until = self.options.until
        if state is None:
            self._save(p, None)
        while p.now.t < until:
            if p.h == 0.0:
                self._restart(p)
            step, ended = self._step(p)
            self._advance(p, step, ended)
            self.watch.step(p.now.t, until, p.steps)
            stopping = self.watch.stopping() and p.now.t < until
            if stopping or self.watch.wants_checkpoint():
                self.watch.checkpoint(self._state(p))
            if stopping:
                raise Stopped(p.now.t)
        if self.last is None:
            self.last = self.body.frame(p.now.t, p.now.y, self._values(p.now.t, False))
        history = History(
            times=self.times,
            probes={name: np.array(values) for name, values in p.probes.items()},
            heat_in=p.now.into,
            heat_out=p.now.out,
            stored=self.body.total(p.now.E) - p.begun,
            steps=p.steps,
            rejected=p.rejected,
            melted={name: np.array(values) for name, values in p.melted.items() if any(values)},
            swing=self._swing(p),
        )
        return self.last, history

    def _swing(self, p: _Progress) -> float:
        """Heat [J] that all cells would take from the lowest to the highest temperature of the run."""
        T = self.body.temperature(p.now.y)
        high = max(p.most, p.least + self._floor(p))
        low, high = (self.body.total(self.body.contents(np.full_like(T, t))) for t in (p.least, high))
        return high - low

    # Beginning, and beginning again ------------------------------------------------------------------------

    def _values(self, t: float, after: bool) -> Floats:
        return self.drive.values(t, after=after)

    def _begin(self) -> _Progress:
        values = self._values(0.0, True)
        if self.steady:
            y = self.body.steady(values)
            E = self.body.content(y)
        else:
            E = self.body.start()
            y = self.body.stage(E, 0.0, values, np.zeros(E.shape))
        now = Point(0.0, E, y, self.body.flow(y, values), 0.0, 0.0)
        p = _Progress(now, 0.0)
        p.begun = self.body.total(E)
        self._widen(p, y)
        if self.given is not None:
            p.least, p.most = min(p.least, self.given[0]), max(p.most, self.given[1])
        return p

    def _restart(self, p: _Progress) -> None:
        """Temperatures stay, flows change: what a jump of the drive means. Then the first step size."""
        y, values = p.now.y, self._values(_past(p.now.t), True)
        flow = self.body.flow(y, values)
        p.now = replace(p.now, flow=flow)
        p.before, p.damp = None, DAMPED
        self._widen(p, y)
        self._predict(p)
        span = self._target(p)[0] - p.now.t
        scale = max(self._scale(p), self._floor(p))
        # The time in which the fastest cell would change by a thousandth of the range, at the default tolerance.
        rate = float(np.abs(self.body.warmth(flow.net * (1e-6 * span), 1e-6 * span, y)).max()) / (1e-6 * span)
        first = 10.0 * self.options.tolerance * scale / rate if rate > 0 else span
        p.h = _grid(min(span, max(first, 10.0 * LEAST * p.now.t)))

    def _predict(self, p: _Progress) -> None:
        """What range lies ahead, where none has been seen: from one long step to the next event."""
        if p.most - p.least > 1e-9 * abs(p.most):
            return
        h = self._target(p)[0] - p.now.t
        for _ in range(PREDICTIONS):
            try:
                ahead = backward_euler(self.body, p.now, h, self._values)
                break
            except PhysicsError:
                h *= SHRINK
        else:
            return
        T = self.body.temperature(ahead.end.y)
        p.predicted = max(p.most, float(np.nanmax(T))) - min(p.least, float(np.nanmin(T)))

    def _widen(self, p: _Progress, y: Floats) -> None:
        T = self.body.temperature(y)
        p.least, p.most = min(p.least, float(np.nanmin(T))), max(p.most, float(np.nanmax(T)))

    def _scale(self, p: _Progress) -> float:
        return max(p.most - p.least, p.predicted)

    def _floor(self, p: _Progress) -> float:
        """Rounding [K]: errors below it mean nothing."""
        return 1e-13 * max(abs(p.most), abs(p.least))

    # One step ----------------------------------------------------------------------------------------------

    def _target(self, p: _Progress) -> tuple[float, bool]:
        """The next instant that a step must end at, and whether the drive jumps there."""
        event = self.drive.following(_past(p.now.t))
        nearest = self.options.until
        if self.exact and p.saved < len(self.times):
            nearest = min(nearest, float(self.times[p.saved]))
        return (event.time, event.jump) if event.time <= _past(nearest) else (nearest, False)

    def _step(self, p: _Progress) -> tuple[Step, bool]:
        """The longest step that is good enough; whether it ends where the drive jumps."""
        target, jump = self._target(p)
        left, rejected = target - p.now.t, p.rejected
        while True:
            whole = p.h * (D if p.damp and not self._first_order else 1.0)
            parts = math.ceil(left / whole * (1.0 - 1e-12)) if whole < left else 1
            h = left / parts if parts <= 2 else whole
            if not h > LEAST * p.now.t:
                raise PhysicsError(
                    f"not converged: at {p.now.t:.6g} s the step in time would have to be shorter than {h:.2g} s. "
                    "Raise [transient] tolerance, or check the laws"
                )
            step, failed = None, ""
            try:
                step = self._try(p, h)
            except PhysicsError as problem:
                failed = str(problem)
            if step is None:
                p.rejected += 1
                p.h = _grid(0.25 * p.h)
                if p.h < 1e-12 * left:
                    raise PhysicsError(f"at {p.now.t:.6g} s: {failed}")
                continue
            error = self._error(p, step)
            factor = SAFETY * error ** (-1.0 / step.order) if error > 0 else GROWTH
            if error > 1.0:
                p.rejected += 1
                p.h = _grid(p.h * h / whole * max(SHRINK, min(factor, 0.7)))
                continue
            successor = self.body.successor(step.end.y)
            if successor is not None:
                self._hand_over(p, successor)
                continue
            longer = p.h * h / whole * min(factor, GROWTH)
            if longer > KEEP * p.h and p.rejected == rejected:
                p.h = _grid(longer)
            ended = parts == 1
            if ended:
                step = replace(step, end=replace(step.end, t=target))
            return step, ended and jump

    @property
    def _first_order(self) -> bool:
        return self.options.method == "backward-euler"

    def _try(self, p: _Progress, h: float) -> Step:
        if self._first_order or p.damp:
            return backward_euler(self.body, p.now, h, self._values, p.before)
        if self.options.method == "bdf2":
            if p.before is None:
                return backward_euler(self.body, p.now, h, self._values, p.before)
            return bdf2(self.body, p.before, p.now, h, self._values)
        return tr_bdf2(self.body, p.now, h, self._values, p.before)

    def _error(self, p: _Progress, step: Step) -> float:
        """Local error over what is allowed."""
        worst = float(np.abs(self.body.warmth(step.missing, step.delta, step.end.y)).max())
        T = self.body.temperature(step.end.y)
        range_ = max(p.most, float(np.nanmax(T))) - min(p.least, float(np.nanmin(T)))
        allowed = self.options.tolerance * max(range_, p.predicted) + self._floor(p)
        allowed += self.body.grain(step.end.y)
        return worst / allowed

    def _hand_over(self, p: _Progress, body: Body) -> None:
        """Go on with another body from the contents reached."""
        values = self._values(p.now.t, True)
        T = self.body.mean(p.now.E)
        E = body.contents(T)
        p.begun += body.total(E) - self.body.total(p.now.E)
        y = body.stage(E, 0.0, values, body.guess(T))
        p.now = replace(p.now, E=E, y=y, flow=body.flow(y, values))
        p.before, p.damp = None, DAMPED
        self.body = body

    def _advance(self, p: _Progress, step: Step, jumps: bool) -> None:
        begin = p.now
        earlier = p.before
        p.before, p.now = begin, step.end
        p.steps += 1
        p.damp = max(p.damp - 1, 0)
        self._widen(p, step.end.y)
        path = _Path.of(begin, step, earlier if self.options.method == "bdf2" else None)
        self._save(p, path)
        if jumps:
            p.h = 0.0

    # Saved instants ----------------------------------------------------------------------------------------

    def _save(self, p: _Progress, path: _Path | None) -> None:
        """All saved instants up to now."""
        while p.saved < len(self.times) and self.times[p.saved] <= p.now.t * (1.0 + 1e-14):
            t = float(self.times[p.saved])
            y = p.now.y if path is None or t >= p.now.t else path.at(t)
            solved = self.body.frame(t, y, self._values(t, t == 0.0))
            for name, value in probes.evaluate(solved).items():
                p.probes.setdefault(name, []).append(value)
            for name, share in self.body.melted(y).items():
                # Before anything could melt nothing was said of it.
                p.melted.setdefault(name, [0.0] * p.saved).append(share)
            self.watch.frame(p.saved, solved)
            p.saved += 1
            self.last = solved

    # Checkpoints -------------------------------------------------------------------------------------------

    def _state(self, p: _Progress) -> State:
        numbers = [p.now.t, p.now.into, p.now.out, p.h, p.least, p.most, p.predicted, p.begun]
        counts = [p.damp, p.steps, p.rejected, p.saved, p.before is not None]
        state = {
            "numbers": np.array(numbers),
            "counts": np.array(counts, dtype=np.int64),
            "E": p.now.E,
            "y": p.now.y,
            "net": p.now.flow.net,
            "flow": np.array([p.now.flow.into, p.now.flow.out]),
            "drive": self.drive.fingerprint,
        }
        if p.before is not None:
            b = p.before
            state |= {"before_E": b.E, "before_y": b.y, "before_net": b.flow.net}
            state["before"] = np.array([b.t, b.into, b.out, b.flow.into, b.flow.out])
        state |= {f"probe:{name}": np.array(values) for name, values in p.probes.items()}
        state |= {f"melted:{name}": np.array(values) for name, values in p.melted.items()}
        return state | {f"body:{name}": values for name, values in self.body.memory().items()}

    def _resumed(self, state: State) -> _Progress:
        from kapitza.transient.body import Flow

        if not np.array_equal(state["drive"], self.drive.fingerprint):
            raise InputError(
                "--resume: the functions of time differ from those that the checkpoint was made with (a trace has "
                "changed); put the old trace back, or run from the start without --resume"
            )
        self.body = self.body.remember(_part(state, "body:"))
        t, into, out, h, least, most, predicted, begun = state["numbers"].tolist()
        damp, steps, rejected, saved, history = state["counts"].tolist()
        now = Point(t, state["E"], state["y"], Flow(state["net"], *state["flow"].tolist()), into, out)
        before = None
        if history:
            bt, b_into, b_out, flow_in, flow_out = state["before"].tolist()
            flow = Flow(state["before_net"], flow_in, flow_out)
            before = Point(bt, state["before_E"], state["before_y"], flow, b_into, b_out)
        return _Progress(
            now, h, damp, before, least, most, predicted, steps, rejected, saved,
            {name: values.tolist() for name, values in _part(state, "probe:").items()},
            {name: values.tolist() for name, values in _part(state, "melted:").items()},
            begun,
        )  # fmt: skip


def _part(state: State, prefix: str) -> dict[str, np.ndarray]:
    return {name.removeprefix(prefix): values for name, values in state.items() if name.startswith(prefix)}


def _past(t: float) -> float:
    """Instants up to here are the same as t but for rounding: an event and a saved instant, or two events."""
    return t * (1.0 + SAME)


def _grid(h: float) -> float:
    """The largest power of sqrt(2) that is not above h."""
    return float(math.ldexp(1.0, 0) * 2.0 ** (math.floor(2.0 * math.log2(h) + 1e-9) / 2.0))


@dataclass(frozen=True)
class _Path:
    """A polynomial through the instants of a step: as many as it knows, at most three."""

    times: tuple[float, ...]
    states: tuple[Floats, ...]

    @staticmethod
    def of(begin: Point, step: Step, earlier: Point | None) -> _Path:
        times, states = [begin.t, step.end.t], [begin.y, step.end.y]
        if step.middle is not None:
            times.insert(1, begin.t + step.middle[0] * (step.end.t - begin.t))
            states.insert(1, step.middle[1])
        elif earlier is not None:
            times.insert(0, earlier.t)
            states.insert(0, earlier.y)
        return _Path(tuple(times), tuple(states))

    def at(self, t: float) -> Floats:
        """(nz, nx) y at t [s] (Lagrange)."""
        y = np.zeros(self.states[0].shape)
        for i, (ti, yi) in enumerate(zip(self.times, self.states, strict=True)):
            weight = math.prod((t - tj) / (ti - tj) for j, tj in enumerate(self.times) if j != i)
            y += weight * yi
        return y
