"""From a file to a stack: TOML, tables, checks, build. Everything that is wrong is told at once."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kapitza.case.build import build
from kapitza.case.checks import check
from kapitza.case.locate import troubles as troubles_of
from kapitza.case.messages import CaseError, Problem, Trouble, case_error, dotted
from kapitza.case.scope import Scope
from kapitza.case.validate import validated
from kapitza.errors import FileError, InputError
from kapitza.model import Stack

LARGEST = 200_000_000  # bytes; a case file of 10^5 layers has 5 million


def read_text(path: Path) -> str:
    """Text of the file at ``path``. Raises FileError if it cannot be read, is no file or not text."""
    content = b""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise FileError(f"{path}: is a directory; give the case file in it")
        if not stat.S_ISREG(kind):
            raise FileError(f"{path}: is a pipe or a device; give a case file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise FileError(f"{path}: too large to be a case file")
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise FileError(f"{path}: there is no such file{_beside(path)}") from None
    except UnicodeDecodeError as problem:
        line = content[: problem.start].count(b"\n") + 1
        raise FileError(f"{path}:{line}: not UTF-8 text; save the case file as UTF-8") from None
    except OSError as problem:
        raise FileError(f"{path}: cannot be read: {problem.strerror or problem}") from None
    except ValueError as problem:
        raise FileError(f"{path}: cannot be read: {problem}") from None


def _beside(path: Path) -> str:
    """The nearest name in the same directory, as a question."""
    import difflib

    try:
        names = [entry.name for entry in os.scandir(path.parent) if entry.is_file()]
    except OSError:
        return ""
    close = difflib.get_close_matches(path.name, names, n=1, cutoff=0.7)
    return f"; did you mean {path.with_name(close[0])}?" if close else ""


def parse_toml(text: str, source: str) -> dict[str, Any]:
    """Tables of a TOML text. Raises CaseError with line and column where it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        twice = _twice(str(problem), text)
        if twice is not None:
            raise CaseError([twice], source) from None
        message, place = (
            str(problem),
            re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", str(problem)),
        )
        line, column = _end(text)
        if place is not None:
            message = message[: place.start()]
            line, column = (int(place[1]), int(place[2])) if place[1] else (line, column)
        message = f"not valid TOML: {message[:1].lower()}{message[1:]}"
        raise CaseError([Problem(f"column {column}", line, "", message)], source) from None


def _twice(message: str, text: str) -> Problem | None:
    """What the parser's ``message`` does not tell: which key is given twice, and where."""
    from kapitza.case.lines import repeated

    found = repeated(text) if message.startswith(("Cannot", "Duplicate")) else None
    if found is None:
        return None
    path, first, second = found
    return Problem(dotted(path), second, "", f"given already, in line {first}; keep one of the two")


def _end(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def read(
    data: Mapping[str, Any], source: str = "", text: str | None = None, folder: Path | None = None
) -> Stack:
    """The stack that ``data`` describes, checked.

    source : name of the file, text : its content, for the lines in messages · folder : of the files that the case
    names; None: the current one. Raises CaseError (an InputError) with every problem.
    """
    table, troubles = validated(data, folder)
    scope = Scope(table, data, troubles)
    check(scope)
    if scope.troubles:
        raise _error(scope.troubles, source, text)
    try:
        return build(scope.table, scope.laws)
    except InputError as problem:
        raise located(problem, data, source, text) from None


def _error(troubles: list[Trouble], source: str, text: str | None) -> CaseError:
    if text is None:
        return case_error(troubles, source, None)
    from kapitza.case.lines import Lines

    return case_error(troubles, source, Lines(text).of)


def located(problem: InputError, data: Mapping[str, Any], source: str, text: str | None) -> InputError:
    """``problem`` with file and line of the keys that the lines of its text begin with; see `Case.located`."""
    return (
        problem if isinstance(problem, CaseError) else _error(troubles_of(str(problem), data), source, text)
    )
