"""Output files: everything that can be wrong with them is said before any work is done."""

from __future__ import annotations

import os
from pathlib import Path

from kapitza.errors import FileError, InputError


def ready_to_write(path: Path, force: bool, keep: Path | None = None) -> None:
    """Raise FileError unless ``path`` may be written: nothing there (or ``force``), in a writable folder.

    keep : a file that is never overwritten, not even by force (the case itself)
    """
    if path.is_dir():
        raise FileError(f"{path}: is a folder; give the name of a file in it.")
    if keep is not None and path.exists() and keep.exists() and path.samefile(keep):
        raise FileError(f"{path}: is the case file itself; give the output another name.")
    if os.path.lexists(path) and not force:
        raise FileError(f"{path}: exists already; give another name, or --force to replace it.")
    folder = path.parent
    if not folder.is_dir():
        raise FileError(f"{path}: there is no folder {folder}; make it first.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileError(f"{path}: no permission to write into the folder {folder}; write elsewhere.")


def all_different(*paths: Path | None) -> None:
    """Raise InputError if two outputs have the same name."""
    names = [path.absolute() for path in paths if path is not None]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise InputError(
                f"{paths[i]}: two outputs of one command would be written to it; give each its own name."
            )
