"""A fitted case as a file: the case with its new values, and above it what was fitted to what."""

from __future__ import annotations

from pathlib import Path

from kapitza.errors import InputError
from kapitza.output.replace import Replacement
from kapitza.output.table_fit import value_and_error
from kapitza.studies.fit_result import Fit


def write_case(found: Fit, path: Path, force: bool) -> None:
    """Write the fitted case into a new file. Raises FileError; never harms an existing file without ``force``."""
    with Replacement(path, force) as draft:
        draft.sink.write((_about(found) + found.case.text).encode("utf-8"))
        draft.seal()
        draft.place()


def check_case_target(path: Path) -> None:
    """Raise InputError unless ``path`` can be a case file."""
    if path.suffix.lower() != ".toml":
        raise InputError(f"{path}: the fitted case is a case file; give it a name that ends in .toml")


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
