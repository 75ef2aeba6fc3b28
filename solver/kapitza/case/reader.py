"""From a file to a stack: TOML, tables, checks, build. Everything that is wrong is told at once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kapitza.case.build import build
from kapitza.case.checks import check
from kapitza.case.messages import NOTHING, CaseError, Problem, Trouble, case_error
from kapitza.case.scope import Scope
from kapitza.case.tables import CaseTable
from kapitza.case.validate import validated
from kapitza.errors import FileError, InputError
from kapitza.model import Stack

LARGEST = 200_000_000  # bytes; a case file of 10^5 layers has 5 million


def read_text(path: Path) -> str:
    """Text of the file at ``path``. Raises FileError if it cannot be read or is not text."""
    try:
        if path.is_dir():
            raise FileError(f"{path}: is a directory; give the case file in it")
        if os.stat(path).st_size > LARGEST:
            raise FileError(f"{path}: too large to be a case file")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise FileError(f"{path}: there is no such file{_beside(path)}") from None
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
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


def _end(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def read(data: Mapping[str, Any], source: str = "", text: str | None = None) -> Stack:
    """The stack that ``data`` describes, checked.

    source : name of the file, text : its content, for the lines in messages. Raises CaseError (an InputError)
    with every problem.
    """
    table, troubles = validated(data)
    scope = Scope(table, data, troubles)
    check(scope)
    if scope.troubles:
        raise _error(scope.troubles, source, text)
    try:
        return build(scope.table, scope.laws)
    except InputError as problem:
        raise _error([Trouble((), None, str(problem))], source, text) from None


def _error(troubles: list[Trouble], source: str, text: str | None) -> CaseError:
    if text is None:
        return case_error(troubles, source, None)
    from kapitza.case.lines import Lines

    return case_error(troubles, source, Lines(text).of)


_TOLD = re.compile(r"^(?P<path>[a-z_]+(?:\.\w+)*): (?P<message>.+)$")


def located(problem: InputError, text: str | None, source: str) -> InputError:
    """``problem`` with file and line, where its text begins with the path of a key; see `Case.located`."""
    if isinstance(problem, CaseError):
        return problem
    found = [_TOLD.match(line) for line in str(problem).splitlines()]
    troubles = [
        Trouble(
            tuple(int(part) if part.isdecimal() else part for part in match["path"].split(".")),
            NOTHING,
            match["message"],
        )
        for match in found
        if match is not None and match["path"].split(".")[0] in CaseTable.model_fields
    ]
    return _error(troubles, source, text) if troubles and len(troubles) == len(found) else problem
