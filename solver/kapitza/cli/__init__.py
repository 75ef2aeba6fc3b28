"""The command line: parse, call, print, exit code. ``main`` is the entry point."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from time import perf_counter

STARTED = perf_counter()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; ``arguments`` default to those of the process."""
    from kapitza.cli.guard import run_guarded

    return run_guarded(sys.argv[1:] if arguments is None else arguments)
