"""The file that HDF5 writes to: it keeps a failed write to itself until HDF5 is done.

HDF5 cannot go back after a write that failed. It tries again when it closes, and once more when the process
exits, where it crashes. So no error reaches it: the first one is kept, later writes do nothing, HDF5 closes
in peace, and `Sink.check` raises the error to whoever asked for the file.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any


def lock(file: io.FileIO) -> bool:
    """Mark ``file`` as in use until it is closed or its process ends; whether that could be done."""
    try:
        import fcntl

        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


class Sink(io.RawIOBase):
    """A new binary file, for reading and writing at any position.

    failure : the first error, None as long as all went well
    written : bytes up to the last one that reached the file
    """

    def __init__(self) -> None:
        super().__init__()
        self.failure: BaseException | None = None
        self.written = 0
        self._raw: io.FileIO | None = None
        self._position = 0
        self._end = 0

    def create(self, path: Path) -> None:
        """Make the file; raises OSError, FileExistsError among them. It is locked as long as it is open."""
        self._raw = io.FileIO(path, "x+")
        lock(self._raw)

    def open(self, path: Path) -> None:
        """Go on with a file that exists; raises OSError."""
        self._raw = io.FileIO(path, "r+")
        self._end = os.fstat(self._raw.fileno()).st_size
        lock(self._raw)

    def check(self) -> None:
        """Raise the error that was kept, if there is one."""
        if self.failure is not None:
            raise self.failure

    def seal(self) -> None:
        """Put the file on the disk and close it; raises the error that was kept."""
        self.check()
        if self._raw is not None:
            os.fsync(self._raw.fileno())
            self._raw.close()

    def close(self) -> None:
        """Close the file; errors no longer matter."""
        try:
            if self._raw is not None:
                self._raw.close()
        except OSError as problem:
            self.failure = self.failure or problem
        super().close()

    # What h5py calls -------------------------------------------------------------------------------------

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._end}[whence]
        self._position = base + offset
        return self._position

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        try:
            self._write_all(view)
        except BaseException as problem:  # an interrupt too: it is raised again by `check`
            self.failure = self.failure or problem
        self._position += len(view)
        self._end = max(self._end, self._position)
        return len(view)

    def _write_all(self, view: memoryview) -> None:
        if self.failure is not None or self._raw is None:
            return
        self._raw.seek(self._position)
        done = 0
        while done < len(view):  # one call writes at most 2 GiB
            done += self._raw.write(view[done:]) or 0
            self.written = max(self.written, self._position + done)

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        got = 0
        try:
            if self.failure is None and self._raw is not None:
                self._raw.seek(self._position)
                while got < len(view):  # one call reads at most 2 GiB
                    more = self._raw.readinto(view[got:])
                    if not more:
                        break
                    got += more
        except BaseException as problem:
            self.failure = self.failure or problem
        view[got:] = bytes(len(view) - got)
        self._position += len(view)
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        size = self._position if size is None else size
        try:
            if self.failure is None and self._raw is not None:
                self._raw.truncate(size)
        except BaseException as problem:
            self.failure = self.failure or problem
        self._end = size
        return size
