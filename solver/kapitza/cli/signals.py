"""SIGINT and SIGTERM during a run in time: the first asks it to end after its step, the second ends it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from kapitza.cli.stops import Terminated


class Asked:
    """``signal``: the first that came, None as long as none has."""

    signal: int | None = None


@contextmanager
def noted(tell: Callable[[], None]) -> Iterator[Asked]:
    """While inside, the first signal is noted, and ``tell`` is called; the second raises."""
    asked = Asked()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def note(number: int, frame: FrameType | None) -> None:
        if asked.signal is not None:
            raise KeyboardInterrupt if number == signal.SIGINT else Terminated
        asked.signal = number
        tell()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
