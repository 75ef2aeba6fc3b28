"""A new file that takes its place only when it is whole; what stood there stays intact until that moment.

The file is drafted under a name of its own in the same folder, put on the disk, closed, and moved into place
in one step. Without ``force`` that step fails if anything has appeared at the target meanwhile; with
``force`` it replaces a file, or a symbolic link as such: what the link points to is never touched.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from kapitza.errors import FileError
from kapitza.output.sink import Sink, lock

_DRAFT = ".part"


def check_target(target: Path, force: bool = False) -> None:
    """Raise FileError unless a file may be put at ``target``; touches nothing."""
    try:
        found: os.stat_result | None = os.lstat(target)
    except FileNotFoundError:
        found = None
    except (OSError, ValueError) as problem:
        raise FileError(
            f"{target}: no file can be put there: {_reason(problem)}; give another name"
        ) from None
    if found is not None:
        _check_existing(target, found.st_mode, force)
    folder = target.parent
    if not folder.is_dir():
        raise FileError(f"{target}: the folder {folder} does not exist; make it first, or give another name")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileError(f"{target}: the folder {folder} is not writable; choose a folder where you may write")


def _check_existing(target: Path, mode: int, force: bool) -> None:
    if stat.S_ISLNK(mode):
        with contextlib.suppress(OSError):  # a dangling link points to nothing that could be special
            mode = os.stat(target).st_mode
        replaceable = stat.S_ISREG(mode) or stat.S_ISLNK(mode)
    else:
        replaceable = stat.S_ISREG(mode)
    if stat.S_ISDIR(mode):
        raise FileError(
            f"{target}: is a folder; give the name of a file in it, such as {target / 'result.h5'}"
        )
    if not replaceable:
        raise FileError(f"{target}: is not an ordinary file and will not be replaced; give another name")
    if not force:
        raise FileError(f"{target}: already exists; give another name, or force (--force) to replace it")


def draft_path(target: Path) -> Path:
    """A new name beside ``target``; short, as the target's may already be as long as names may be."""
    return target.parent / f"{_draft_prefix(target)}{secrets.token_hex(8)}{_DRAFT}"


def clear_drafts(target: Path) -> None:
    """Remove the drafts for ``target`` that killed runs have left; those of runs that live are locked, and stay."""
    for path in target.parent.glob(f"{_draft_prefix(target)}*{_DRAFT}"):
        with contextlib.suppress(OSError), io.FileIO(path, "r+") as draft:
            if lock(draft):
                path.unlink(missing_ok=True)


def _draft_prefix(target: Path) -> str:
    return f".kapitza-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:12]}-"


class Replacement:
    """The draft of ``target``: inside ``with``, write to `sink`, `seal`, check the file at `path`, `place`.

    Leaving the ``with`` block removes what was not placed, whatever happened. Raises FileError where the
    target may not be written, with the reason and the number of bytes reached.
    """

    def __init__(self, target: Path, force: bool = False) -> None:
        check_target(target, force)
        self.target, self.force = target, force
        self.path = draft_path(target)
        self.sink = Sink()

    def __enter__(self) -> Replacement:
        try:
            self.sink.create(self.path)
        except OSError as problem:
            raise self._failed(problem) from None
        except BaseException:
            self._discard()
            raise
        return self

    def seal(self) -> None:
        """Put everything on the disk and close the draft; raises what went wrong while it was written."""
        with self.errors():
            self.sink.seal()

    def place(self) -> None:
        """Move the sealed draft to the target, in one step."""
        check_target(self.target, self.force)
        with self.errors():
            if self.force:
                os.replace(self.path, self.target)
            else:
                _move_without_replacing(self.path, self.target)
        sync_folder(self.target.parent)

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Within: a failed write speaks for itself, and errors of the system become FileError."""
        try:
            yield
            self.sink.check()
        except FileExistsError:
            check_target(self.target, self.force)
            raise
        except Exception as problem:
            cause = self.sink.failure or problem
            if isinstance(cause, OSError):
                raise self._failed(cause) from None
            raise cause from None

    def _failed(self, problem: OSError) -> FileError:
        reached = f" after {self.sink.written:,} bytes" if self.sink.written else ""
        return FileError(
            f"{self.target}: could not be written{reached}: {_reason(problem)}; nothing is left of it "
            "and nothing was replaced. Make room or choose another place, and run again"
        )

    def _discard(self) -> None:
        self.sink.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()


def _move_without_replacing(draft: Path, target: Path) -> None:
    """Give ``draft`` the name ``target``; FileExistsError if anything bears it already."""
    try:
        os.link(draft, target)
        return
    except FileExistsError:
        raise
    except OSError:
        pass  # a file system without hard links: reserve the name with an empty file of ours instead
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        os.replace(draft, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make the move itself durable, where the system offers it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _reason(problem: Exception) -> str:
    return getattr(problem, "strerror", None) or str(problem)
