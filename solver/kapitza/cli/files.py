"""Output files: everything that can be wrong with them is said before any work is done."""

from __future__ import annotations

from pathlib import Path

from kapitza.errors import FileError, InputError
from kapitza.output.replace import check_target


def check_targets(*targets: Path | None, source: Path | None = None, force: bool = False) -> None:
    """Raise unless every target that is not None may be written.

    InputError where two have the same name; FileError where one stands in the way (``force`` lets it be
    replaced), cannot be written, or is the ``source`` that is read, which nothing may replace.
    """
    seen: set[Path] = set()
    for target in targets:
        if target is None:
            continue
        name = target.absolute()
        if name in seen:
            raise InputError(f"{target}: two outputs would be written to it; give each a name of its own.")
        seen.add(name)
        if source is not None and target.exists() and source.exists() and target.samefile(source):
            raise FileError(f"{target}: is what this command reads; give the output another name.")
        check_target(target, force)
