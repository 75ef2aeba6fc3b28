"""Around every command: whatever happens becomes an exit code and one short paragraph, never a traceback.

Exit codes: 0 done; 1 a bug; 2 bad input; 3 not converged or impossible; 4 cannot read or write; 5 not enough
memory or disk; 130 and 143 interrupted; 141 the reader of the output left, as shells say of SIGPIPE.
``--debug``, anywhere in the arguments, shows the traceback as well.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

import typer

from kapitza.cli.answer import Answer, print_json
from kapitza.cli.stops import Interrupted, Terminated
from kapitza.errors import KapitzaError

# typer exports the class of all usage errors only as the base of this one.
USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]


def run_guarded(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code."""
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"] or ["--help"]
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show "µ" gets a substitute, not a crash.
        with suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    if not debug:
        warnings.simplefilter("ignore")
    try:
        with terminable():
            answer = invoke(arguments)
            if answer is not None:
                print_json(answer)
            if sys.stdout is not None:
                sys.stdout.flush()
        return 0
    except typer.Exit as end:
        return end.exit_code
    except (BrokenPipeError, SystemExit):
        # The reader left (`| head`; typer's help says so by SystemExit): nobody is there to be told, and the
        # flush at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 128 + 13
    except BaseException as problem:
        code, text = verdict(problem)
        if debug:
            traceback.print_exc()
        with suppress(OSError):
            print(text, file=sys.stderr)
            if "--json" in arguments:
                message = text.removeprefix("error: ")
                failed = {"status": "error", "exit_code": code, "message": message}
                print_json(getattr(problem, "answer", failed))
        return code


def invoke(arguments: list[str]) -> Answer | None:
    """Parse and call; what the command returns is the one JSON object that goes to standard output."""
    from typer.main import get_command

    from kapitza.cli.app import app

    command = get_command(app)
    with command.make_context("kapitza", arguments) as context:
        answer: Answer | None = command.invoke(context)
    return answer


@contextmanager
def terminable() -> Iterator[None]:
    """While inside, SIGTERM raises `Terminated`, so that temporary files are removed on the way out."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Terminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def verdict(problem: BaseException) -> tuple[int, str]:
    """Exit code and text for an exception."""
    if isinstance(problem, KapitzaError):
        return problem.exit_code, f"error: {problem}"
    if isinstance(problem, USAGE_ERROR):
        return 2, f"error: {usage_text(problem)}"
    if isinstance(problem, Interrupted):
        return 128 + problem.signal, str(problem)
    if isinstance(problem, KeyboardInterrupt):
        return 130, "interrupted"
    if isinstance(problem, Terminated):
        return 143, "terminated"
    if isinstance(problem, MemoryError):
        return 5, "error: not enough memory. Use fewer cells; `kapitza check CASE` says what a case needs."
    if isinstance(problem, OSError):
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        where = f"{problem.filename}: " if problem.filename else ""
        advice = "Make room or write elsewhere." if full else "Check the path and its permissions."
        return 5 if full else 4, f"error: {where}{problem.strerror or problem}. {advice}"
    what = f"{type(problem).__name__}: {problem}".rstrip(": ")
    return 1, f"error: {what}. This is a bug in kapitza; please report it with what `--debug` prints."


def usage_text(problem: Exception) -> str:
    """What was wrong with the arguments, and which command's help to read."""
    message: str = problem.format_message()  # type: ignore[attr-defined]
    context = getattr(problem, "ctx", None)
    path = context.command_path if context else "kapitza"
    return f"{message.rstrip('.')}{'' if message.endswith('?') else '.'} See `{path} --help`."
