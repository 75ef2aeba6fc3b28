"""The journal of a sweep: a file beside its output that every batch of points is appended to, so that a sweep which
is interrupted, or killed, goes on where it was.

A line of JSON that says which sweep it is, then the batches, each behind its length and its check sum. What a kill
cut short at the end is dropped when the journal is read again; all before it is whole.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from kapitza import __version__
from kapitza.errors import FileError, InputError
from kapitza.output.recording import fingerprint
from kapitza.output.replace import check_target

HEAD = struct.Struct("<QI")  # bytes, check sum
FORMAT = 1
KEY = "kapitza_sweep"
START = f'{{"{KEY}": {FORMAT},'.encode()  # of every journal
SYNC = 5.0  # s between two times that the disk is asked to keep what it got
_CHANGED = {
    "case": "the case has changed since; put it back as it was",
    "grid": "the swept values have changed since; give them as they were",
    "study": "it kept the numbers of another command (--of, --at)",
}


def journal_path(output: Path) -> Path:
    """Name of the journal of a sweep that goes into ``output``."""
    return output.with_name(f"{output.name}.journal")


class Journal:
    """Used in ``with``. parts : texts that decide the results, "case", "grid" and "study"; the same for the same sweep.

    resume : go on with a journal that is there; ``batches`` then holds what it held. Raises FileError where one is
    there and may not be replaced, is in use or cannot be written; InputError where it is of another sweep.
    """

    def __init__(
        self, output: Path, parts: Mapping[str, str], *, resume: bool = False, force: bool = False
    ) -> None:
        self.path = journal_path(output)
        self.batches: list[bytes] = []
        self.resumed = False
        self._head = {
            KEY: FORMAT,
            "kapitza_version": __version__,
            **{name: fingerprint(text) for name, text in parts.items()},
        }
        self._resume, self._force = resume, force
        self._file: io.FileIO | None = None
        self._synced = monotonic()

    def __enter__(self) -> Self:
        if self.path.exists() and not (self._resume or self._force):
            raise FileError(
                f"{self.path}: is there from a sweep that has not ended; go on with it (--resume), or "
                "start anew (--force)"
            )
        check_target(self.path, force=True)
        with self._errors():
            self._file = io.FileIO(self.path, "a+")
            self._lock()
            data = self._held()
            if self._resume:
                self._take_over(data)
            if not self.resumed:
                self._file.truncate(0)
                self._put(json.dumps(self._head).encode() + b"\n")
        return self

    def append(self, batch: bytes) -> None:
        """Keep ``batch``: it survives the end of this process from now on."""
        with self._errors():
            self._put(HEAD.pack(len(batch), zlib.crc32(batch)) + batch)
            if monotonic() - self._synced > SYNC:
                assert self._file is not None
                os.fsync(self._file.fileno())
                self._synced = monotonic()

    def remove(self) -> None:
        """Take the journal away: what it held is in the output."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _put(self, data: bytes) -> None:
        assert self._file is not None
        done = 0
        while done < len(data):
            done += self._file.write(data[done:]) or 0

    def _held(self) -> bytes:
        """What the file holds; FileError where that is not ours to replace."""
        assert self._file is not None
        self._file.seek(0)
        data = self._file.readall()
        if not data.startswith(START[: len(data)]):
            raise FileError(
                f"{self.path}: is not the journal of a sweep; move it away, or give another output"
            )
        return data

    def _take_over(self, data: bytes) -> None:
        """Go on with ``data``, as far as it is whole."""
        assert self._file is not None
        line, end, _ = data.partition(b"\n")
        if not end:
            return  # killed before it had begun
        self._compare(json.loads(line))
        place = len(line) + 1
        while place + HEAD.size <= len(data):
            length, crc = HEAD.unpack_from(data, place)
            batch = data[place + HEAD.size : place + HEAD.size + length]
            if len(batch) < length or zlib.crc32(batch) != crc:
                break
            self.batches.append(batch)
            place += HEAD.size + length
        self._file.truncate(place)
        self.resumed = True

    def _compare(self, head: Mapping[str, str]) -> None:
        for name, why in _CHANGED.items():
            if head.get(name) != self._head[name]:
                raise InputError(
                    f"{self.path}: is of another sweep: {why}, or start anew with --force, without --resume"
                )
        version = head.get("kapitza_version")
        if version != __version__:
            raise InputError(
                f"{self.path}: was made by kapitza {version}, and this is {__version__}, which may not compute the "
                "same; start anew with --force, without --resume"
            )

    def _lock(self) -> None:
        """Raise FileError where another process holds the journal."""
        try:
            import fcntl
        except ImportError:
            return
        assert self._file is not None
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileError(
                f"{self.path}: another sweep is writing it; wait for its end, or give another output"
            ) from None
        except OSError:
            pass  # a file system without locks

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            raise FileError(
                f"{self.path}: the journal of the sweep could not be written: {problem.strerror or problem}; what it "
                "holds is kept: make room and go on with --resume"
            ) from None

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
