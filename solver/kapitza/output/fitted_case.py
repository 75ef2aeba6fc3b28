"""A fitted case as a file: the case with its new values, and above it what was fitted to what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kapitza.case import Case
from kapitza.errors import InputError
from kapitza.output.replace import Replacement
from kapitza.output.table_fit import value_and_error
from kapitza.studies.fit_result import Fit

# What a fit has written above the case before; "# fitted to a.csv; …", then a line for each key.
_ABOUT = re.compile(r"\A# fitted to [^\n]*; values ± standard errors:\n(?:# [^\n]* = [^\n]*\n)*")


def write_case(found: Fit, path: Path, force: bool) -> None:
    """Write the fitted case into a new file. Raises FileError; never harms an existing file without ``force``."""
    check_case_target(path, found.case)
    with Replacement(path, force) as draft:
        draft.sink.write((_about(found) + _ABOUT.sub("", found.case.text)).encode("utf-8"))
        draft.seal()
        draft.place()


def check_case_target(path: Path, case: Case | None = None) -> None:
    """Raise InputError unless ``path`` can be a case file, and lies where ``case`` finds the files that it names."""
    if path.suffix.lower() != ".toml":
        raise InputError(f"{path}: the fitted case is a case file; give it a name that ends in .toml")
    home = case.path.parent if case is not None and case.path is not None else None
    if case is not None and home is not None and home.resolve() != path.parent.resolve():
        name = next(_files(case.data), None)
        if name is not None:
            raise InputError(
                f"{path}: the case names the file {name} beside it; write the fitted case into {home}"
            )


def _files(data: Any) -> Iterator[str]:
    """Names of the files that a case reads."""
    if isinstance(data, Mapping):
        if isinstance(data.get("csv"), str):
            yield data["csv"]
        for value in data.values():
            yield from _files(value)
    elif isinstance(data, list):
        for value in data:
            yield from _files(value)


def _about(found: Fit) -> str:
    lines = [f"fitted to {Path(found.source).name}; values ± standard errors:"]
    for one in found.parameters:
        value, error = value_and_error(one)
        spread = f" ± {error}" if one.error is not None else ""
        note = (
            "" if one.error is not None else f" (its {one.bound} value)" if one.bound else " (not determined)"
        )
        lines.append(f"{one.path} = {value}{spread} {one.unit}".rstrip() + note)
    return "".join(f"# {line}\n" for line in lines)
