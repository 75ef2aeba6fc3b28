"""Which points are handed out together: as many as take about half a second, fewer towards the end."""

from __future__ import annotations

import math
from collections.abc import Iterable
from threading import Lock

TARGET = 0.5  # s that a chunk takes: long beside what handing it out takes, short beside what a stop may lose
FIRST, MOST = 16, 2000  # points of the first chunks, and of any


class Chunks:
    """Hands out points in order to ``workers``; safe between threads.

    single : one point at a time until times are known, for points that take long
    """

    def __init__(self, points: Iterable[int], workers: int, single: bool = False) -> None:
        self._points = list(points)
        self._next = 0
        self._again: list[list[int]] = []
        self._workers = workers
        self._size = 1 if single else FIRST
        self._lock = Lock()

    def take(self) -> list[int]:
        """The next points; none where all are handed out."""
        with self._lock:
            if self._again:
                return self._again.pop()
            left = len(self._points) - self._next
            size = min(self._size, max(1, math.ceil(left / (2 * self._workers))))
            chunk = self._points[self._next : self._next + size]
            self._next += len(chunk)
            return chunk

    def took(self, count: int, seconds: float) -> None:
        """``count`` points have taken so long."""
        if seconds > 0.0:
            with self._lock:
                wanted = round(count * TARGET / seconds)
                self._size = max(1, min(wanted, 4 * self._size, MOST))

    def give_back(self, points: list[int]) -> None:
        """Points that came to nothing, to be tried again one by one."""
        with self._lock:
            self._again += [[point] for point in points]
