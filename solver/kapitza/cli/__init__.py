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
    from kapitza import threads

    threads.prepare()
    from kapitza import compiled
    from kapitza.cli.guard import run_guarded

    given = sys.argv[1:] if arguments is None else arguments
    compiled.announce = None if "--quiet" in given else _tell
    return run_guarded(given)


def _tell(text: str) -> None:
    print(text, file=sys.stderr)
