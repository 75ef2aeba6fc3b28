"""How far a run in time or a sweep has come, and what it still takes: a line on standard error, on a terminal alone."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Timer
from time import monotonic
from types import TracebackType
from typing import Self

from kapitza.cli.screen import Screen
from kapitza.output.labels import instant
from kapitza.output.readable import duration

DELAY = 1.0  # s: shorter work shows nothing


def part_done(time: float, times: Sequence[float], until: float) -> float:
    """How much of the work is done at ``time`` [s], 0 to 1: the saved ``times`` are taken to be equally far apart in
    work, which holds where they lie as steps do (along a logarithm while things settle, evenly where they repeat)."""
    marks = sorted({0.0, *(t for t in times if 0.0 < t < until), until})
    passed = sum(1 for mark in marks if mark <= time) - 1
    if passed >= len(marks) - 1:
        return 1.0
    within = (time - marks[passed]) / (marks[passed + 1] - marks[passed])
    return (passed + within) / (len(marks) - 1)


def describe(time: float, until: float, done: float, steps: int, left: float | None) -> str:
    """ "3.2 ms of 10 s · 12 % · 1,204 steps · about 40 s left"; left : [s], None as long as nobody can know."""
    parts = [f"{instant(time, 3)} of {instant(until)}", f"{100.0 * done:.0f} %", f"{steps:,} steps"]
    return " · ".join([*parts, f"about {duration(left)} left"] if left is not None else parts)


class Line:
    """The line; within ``with`` it appears after a second of work and is gone in the end."""

    def __init__(self, quiet: bool) -> None:
        self._started = self._shown = monotonic()
        self._begun: float | None = None
        screen = Screen(stderr=True)
        self._status = None if quiet or not screen.is_terminal else screen.status("running …")
        self._timer: Timer | None = None

    def __enter__(self) -> Self:
        if self._status is not None:
            self._timer = Timer(DELAY, self._status.start)
            self._timer.daemon = True
            self._timer.start()
        return self

    def due(self) -> bool:
        """Whether the line is to be written anew."""
        return self._status is not None and monotonic() - self._shown >= 0.1

    def left(self, done: float) -> float | None:
        """Seconds that are left where ``done`` of the work, 0 to 1, is done; None as long as nobody can know."""
        self._shown = monotonic()
        if self._begun is None:
            self._begun, self._started = done, self._shown
        gained, spent = done - self._begun, self._shown - self._started
        return spent * (1.0 - done) / gained if gained > 0.0 and spent > DELAY else None

    def tell(self, text: str) -> None:
        """Show ``text`` instead."""
        if self._status is not None:
            self._status.update(text)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None and self._status is not None:
            self._timer.cancel()
            self._timer.join()
            self._status.stop()


class Progress(Line):
    """Of a run in time."""

    def __init__(self, times: Sequence[float], until: float, quiet: bool) -> None:
        super().__init__(quiet)
        self._times, self._until = times, until

    def step(self, time: float, steps: int) -> None:
        """A step has ended at ``time`` [s]."""
        if self.due():
            done = part_done(time, self._times, self._until)
            self.tell(describe(time, self._until, done, steps, self.left(done)))


class Counted(Line):
    """Of a sweep of so many ``points``."""

    def __init__(self, points: int, quiet: bool) -> None:
        super().__init__(quiet)
        self._points = points

    def step(self, done: int, failed: int) -> None:
        """So many points are done, ``failed`` of them in vain."""
        if self.due():
            share = done / self._points
            left = self.left(share)
            parts = [f"{done:,} of {self._points:,} points", f"{100.0 * share:.0f} %"]
            parts += [f"{failed:,} failed"] if failed else []
            self.tell(" · ".join([*parts, f"about {duration(left)} left"] if left is not None else parts))
