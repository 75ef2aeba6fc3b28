"""Compile a kernel when the work is worth the wait: small problems never import numba."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from kapitza import threads

WORTH_COMPILING = 20_000  # elements; below, plain Python is done before numba is imported
WORTH_LOADING = 500  # elements, where numba is there already
ONCE = "compiling for this machine; this happens once, later runs start at once"

announce: Callable[[str], None] | None = None  # told `ONCE`, once, where a kernel is not on disk yet
_told = False


@cache
def compiled(kernel: Callable[..., None]) -> Callable[..., None]:
    """``kernel`` as machine code, kept on disk. Division by zero gives infinity or NaN, as numpy does."""
    threads.prepare()
    import numba

    jitted: Any = numba.njit(cache=True, error_model="numpy", nogil=True)(kernel)
    if announce is not None and not _told and not _stored(kernel, jitted.stats.cache_path):
        _tell(announce)
    made: Callable[..., None] = jitted
    return made


def run(kernel: Callable[..., None], size: int, *arguments: Any) -> None:
    """Call ``kernel(*arguments)``; compiled (and cached on disk) where ``size`` elements make that pay."""
    worth = size >= (WORTH_LOADING if "numba" in sys.modules else WORTH_COMPILING)
    (compiled(kernel) if worth else kernel)(*arguments)


def _stored(kernel: Callable[..., None], folder: str) -> bool:
    """Whether the cache holds machine code of ``kernel``."""
    module = kernel.__module__.rpartition(".")[2]
    return any(Path(folder).glob(f"{module}.{kernel.__qualname__}-*.nbi"))


def _tell(listener: Callable[[str], None]) -> None:
    global _told
    _told = True
    listener(ONCE)
