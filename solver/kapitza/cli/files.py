"""Output files: everything that can be wrong with them is said before any work is done."""

from __future__ import annotations

from pathlib import Path

from kapitza.errors import FileError, InputError
from kapitza.output.replace import check_target

HDF5 = ("HDF5", (".h5", ".hdf5", ".nc"))
CSV = ("CSV", (".csv", ".txt", ".dat"))


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


def check_kind(target: Path | None, kind: tuple[str, tuple[str, ...]]) -> None:
    """Raise InputError where the suffix of ``target`` promises another format than ``kind``, which is written there."""
    if target is None or not target.suffix:
        return
    name, suffixes = kind
    if target.suffix.lower() not in suffixes:
        raise InputError(
            f"{target}: this is written as {name} ({', '.join(suffixes[:-1])} or {suffixes[-1]}), not as "
            f"{target.suffix!r}; change the suffix"
        )
