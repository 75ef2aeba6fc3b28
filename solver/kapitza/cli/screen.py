"""What people see: tables on standard output, and on standard error a sign of life during long work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from rich.console import Console

# In a file or a pipe nothing is wrapped.
WIDTH_OF_A_FILE = 1000


class Screen(Console):
    """A console that lets a reader who left (``| head``) be handled where all errors are."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console(stderr: bool = False) -> Console:
    """A console that prints text as it stands: names such as ``silicon[1]`` are not markup."""
    screen = Screen(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not screen.is_terminal and "COLUMNS" not in os.environ:
        screen.width = WIDTH_OF_A_FILE
    return screen


def show(*things: Any) -> None:
    """Print tables and lines to standard output."""
    screen = console()
    for thing in things:
        screen.print(thing)


def note(text: str) -> None:
    """One line on standard error."""
    console(stderr=True).print(text, soft_wrap=True)


@contextmanager
def working(what: str, quiet: bool = False) -> Iterator[None]:
    """Show a spinner once the work inside has taken a second, if standard error is a terminal."""
    screen = console(stderr=True)
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
