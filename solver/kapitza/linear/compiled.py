"""Compile a kernel when the work is worth the wait: small problems never import numba."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from kapitza import threads

WORTH_COMPILING = 20_000  # elements; below, plain Python is done before numba is imported


@cache
def compiled(kernel: Callable[..., None]) -> Callable[..., None]:
    """``kernel`` as machine code, kept on disk. Division by zero gives infinity or NaN, as numpy does."""
    threads.prepare()
    import numba

    jitted: Callable[..., None] = numba.njit(cache=True, error_model="numpy")(kernel)
    return jitted


def run(kernel: Callable[..., None], size: int, *arguments: Any) -> None:
    """Call ``kernel(*arguments)``; compiled (and cached on disk) where ``size`` elements make that pay."""
    (compiled(kernel) if size >= WORTH_COMPILING else kernel)(*arguments)
