"""The command line: parse, call, print, exit code. ``main`` is the entry point."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from time import perf_counter

STARTED = perf_counter()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; ``arguments`` default to those of the process."""
    # Nothing that a command loads becomes garbage; to look for it takes a tenth of the start.
    gc.set_threshold(100_000, *gc.get_threshold()[1:])
    from kapitza.cli.guard import run_guarded

    return run_guarded(sys.argv[1:] if arguments is None else arguments)
