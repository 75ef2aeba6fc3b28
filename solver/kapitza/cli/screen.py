"""What people see: tables on standard output, and on standard error a sign of life during long work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from rich.console import Console

# Wide enough that rich never folds a table: numbers are not cut, a narrow terminal wraps lines itself.
WIDE = 1000


class Screen(Console):
    """A console that prints text as it stands: names such as ``silicon[1]`` are not markup.

    A reader who left (``| head``) is handled where all errors are.
    """

    def __init__(self, stderr: bool = False, width: int | None = None) -> None:
        super().__init__(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def show(*things: Any) -> None:
    """Print tables and lines to standard output; lines are wrapped on terminals alone."""
    tables, lines = Screen(width=WIDE), Screen()
    for thing in things:
        if isinstance(thing, str):
            lines.print(thing, soft_wrap=not lines.is_terminal)
        else:
            tables.print(thing)


@contextmanager
def working(what: str, quiet: bool = False) -> Iterator[None]:
    """Show a spinner once the work inside has taken a second, if standard error is a terminal."""
    screen = Screen(stderr=True)
    if quiet or not screen.is_terminal:
        yield
        return
    status = screen.status(f"{what} …")
    timer = Timer(1.0, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()
