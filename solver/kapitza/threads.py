"""How many threads numerical work may use: one unless asked for, by `allow` (`--threads`) or OMP_NUM_THREADS.

Memory, not arithmetic, limits what is done here, so more threads gain little within one solve; work that falls
into independent parts (many stacks at once) uses `cores`. Waiting threads sleep: with OpenMP's default they spin, and
beside a busy neighbour a region of 0.03 ms then takes 8 ms.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from kapitza.errors import InputError

_allowed: int | None = None


def prepare() -> None:
    """Settings that OpenMP and BLAS read when they are loaded; what the user has set stays. BLAS gets one thread: the
    products here are long and thin, and beside a busy neighbour two threads take several times as long."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def allow(number: int | None) -> None:
    """Let later work use up to ``number`` threads; None: back to what the environment says.

    Raises InputError for less than one."""
    global _allowed
    if number is not None and number < 1:
        raise InputError(f"threads: {number} cannot be; at least 1")
    _allowed = number


@contextmanager
def single() -> Iterator[None]:
    """Within: one thread."""
    global _allowed
    before, _allowed = _allowed, 1
    try:
        yield
    finally:
        _allowed = before


def asked() -> int | None:
    """The number that was asked for, if any."""
    if _allowed is not None:
        return _allowed
    given = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return int(given) if given.isdigit() and int(given) > 0 else None


def within(work: int, worth: int) -> int:
    """Threads for one solve of ``work`` elements: what was asked for where at least ``worth`` of them make it pay."""
    return (asked() or 1) if work >= worth else 1


def cores() -> int:
    """Threads for independent work: what was asked for, else all processors this process may use."""
    if (number := asked()) is not None:
        return number
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
