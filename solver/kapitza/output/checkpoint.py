"""Checkpoints of a run in time: two files beside its output, in turn, each whole: all frames so far, and the state.

A checkpoint is a result file (`kapitza.output.hdf5`) of the frames so far, with a group ``checkpoint``: the state of
the integration bit by bit, a serial number, and the sums of all variables. It is made under a name of its own, put on
the disk, closed, read back, and moved into place; until then the other one stands untouched. So every file with the
name of a checkpoint is whole at any moment.

An older checkpoint is moved out of the way and gets the frames that it lacks, so each frame is copied twice in the
whole run, however many checkpoints there are: the cost of one is its state and what is new.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from kapitza import __version__
from kapitza.errors import FileError, InputError
from kapitza.output.netcdf import sum_of
from kapitza.output.recording import CHECKPOINT, Recording, fingerprint
from kapitza.output.replace import check_target, draft_path, sync_folder
from kapitza.output.sink import Sink

State = Mapping[str, npt.NDArray[Any]]

_BLOCK = 64 * 2**20  # bytes of frames copied at a time


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint on the disk, read and found whole. serial : the larger, the newer · time : reached [s]"""

    path: Path
    serial: int
    time: float
    state: State


def paths(base: Path) -> tuple[Path, Path]:
    """Names of the checkpoints of a run whose output is ``base``."""
    return base.with_name(f"{base.name}.checkpoint-1"), base.with_name(f"{base.name}.checkpoint-2")


def newest(base: Path, case: str) -> tuple[Checkpoint | None, list[str]]:
    """The newest whole checkpoint of a run of ``case`` (its text), and a sentence on each that was left aside.

    Raises InputError where a checkpoint is of another text, or of another version of kapitza.
    """
    found: list[Checkpoint] = []
    remarks = []
    for path in paths(base):
        if not path.exists():
            continue
        try:
            found.append(_load(path, case))
        except InputError:
            raise
        except Exception as problem:  # a damaged file makes h5py raise almost anything
            reason = str(problem).partition("\n")[0]
            remarks.append(f"{path}: is cut short or damaged ({reason}) and was left aside")
    return max(found, key=lambda one: one.serial, default=None), remarks


def refuse_to_start_over(base: Path, force: bool) -> None:
    """Raise FileError where checkpoints of an unfinished run stand that a new one would replace."""
    for path in paths(base):
        if path.exists() and not force:
            raise FileError(
                f"{path}: is there from a run that has not ended; go on with it (--resume), or replace it (--force)"
            )
        check_target(path, force)


class Checkpoints:
    """The two checkpoints of a run that goes into ``recording``, with names from ``base``.

    earlier : the one that the run went on from; it is the last to be replaced
    """

    def __init__(self, base: Path, recording: Recording, earlier: Checkpoint | None = None) -> None:
        self._base, self._recording = base, recording
        self._serial = 0 if earlier is None else earlier.serial
        first, second = paths(base)
        self._turn = [second, first] if earlier is not None and earlier.path == first else [first, second]
        # Checkpoints that only lack frames, with the number of their variables.
        self._growing: dict[Path, int] = {}
        self.last = None if earlier is None else earlier.path

    def write(self, state: State, time: float) -> Path:
        """Keep ``state`` at ``time`` [s] and all frames so far; where. Raises FileError, and the other stays."""
        whole = self._recording.flush()
        target, draft = self._turn[0], draft_path(self._base)
        sink = Sink()
        with self._errors(target, sink), contextlib.ExitStack() as at_last:
            at_last.callback(draft.unlink, missing_ok=True)
            at_last.callback(sink.close)
            if self._growing.pop(target, -1) == len(self._recording.records) and self._recording.laid_out:
                os.replace(target, draft)
            else:
                shutil.copyfile(whole, draft)
            sink.open(draft)
            with h5py.File(sink, "r+") as file:
                added = self._catch_up(file)
                self._put_state(file, state, time)
            sink.seal()
            with h5py.File(draft, "r") as file:
                _check(file)
                damaged = [path for path, (start, crc) in added.items() if sum_of(file[path], start) != crc]
            if damaged:
                raise OSError(f"{damaged[0]} reads back differently")
            os.replace(draft, target)
            sync_folder(target.parent)
        self._growing[target] = len(self._recording.records)
        self._turn.reverse()
        self._serial += 1
        self.last = target
        return target

    def remove(self) -> None:
        """Take both away: the run has ended."""
        for path in paths(self._base):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def _catch_up(self, file: Any) -> dict[str, tuple[int, int]]:
        """Append the frames that ``file`` lacks; for each variable its first new frame and the sum of the new."""
        added = {}
        for record in self._recording.records:
            mine = file[record.path]
            start = mine.shape[0] if record.grows else record.frames
            crc = 0
            if record.grows and record.frames > start:
                mine.resize(record.frames, axis=0)
                step = max(1, _BLOCK // max(1, mine.dtype.itemsize * int(np.prod(mine.shape[1:]))))
                for row in range(start, record.frames, step):
                    rows = np.ascontiguousarray(record.dataset[row : min(row + step, record.frames)])
                    mine[row : row + len(rows)] = rows
                    crc = zlib.crc32(rows.data, crc)
                added[record.path] = (start, crc)
        return added

    def _put_state(self, file: Any, state: State, time: float) -> None:
        if CHECKPOINT in file:
            del file[CHECKPOINT]
        group = file.create_group(CHECKPOINT, track_order=True)
        crc = 0
        for number, (name, values) in enumerate(state.items()):
            # Bytes, so that every number comes back as it was.
            plain = np.asarray(values, order="C")
            dataset = group.create_dataset(
                str(number), data=np.frombuffer(plain.tobytes(), np.uint8), dtype=np.uint8
            )
            dataset.attrs["name"] = name
            dataset.attrs["dtype"] = plain.dtype.str
            dataset.attrs["shape"] = np.array(plain.shape, dtype=np.int64)
            crc = zlib.crc32(plain.tobytes(), crc)
        sums = {record.path: record.crc for record in self._recording.records}
        group.attrs["serial"] = self._serial + 1
        group.attrs["time"] = time
        group.attrs["state"] = crc
        group.attrs["sums"] = json.dumps(sums)

    @contextlib.contextmanager
    def _errors(self, target: Path, sink: Sink) -> Iterator[None]:
        try:
            yield
        except Exception as problem:
            cause = sink.failure or problem
            if not isinstance(cause, OSError):
                raise cause from None
            reached = f" after {sink.written:,} bytes" if sink.written else ""
            stands = next((path for path in paths(self._base) if path.exists()), None)
            advice = (
                f"{stands} stands: make room and go on with --resume" if stands else "make room and run again"
            )
            raise FileError(
                f"{target}: the checkpoint could not be written{reached}: {cause.strerror or cause}; {advice}"
            ) from None


def _load(path: Path, case: str) -> Checkpoint:
    """The checkpoint at ``path``. Raises InputError if it is not of ``case``, anything if it is not whole."""
    with h5py.File(path, "r") as file:
        state = _check(file)
        group = file[CHECKPOINT]
        bad = [name for name, crc in json.loads(group.attrs["sums"]).items() if sum_of(file[name]) != crc]
        if bad:
            raise OSError(f"{bad[0]} is not what was written")
        if file.attrs["case_sha256"] != fingerprint(case):
            raise InputError(
                f"{path}: was made by another text of the case; put the case back as it was, or start anew with "
                "--force instead of --resume"
            )
        version = file.attrs["kapitza_version"]
        if version != __version__:
            raise InputError(
                f"{path}: was made by kapitza {version}, and this is {__version__}, which may not compute the same; "
                f"resume with kapitza {version}, or start anew with --force instead of --resume"
            )
        return Checkpoint(path, int(group.attrs["serial"]), float(group.attrs["time"]), state)


def _check(file: Any) -> State:
    """The state in an open checkpoint. Raises OSError where it is not what was written, KeyError where it is not."""
    group = file[CHECKPOINT]
    state, crc = {}, 0
    for number in range(len(group)):
        dataset = group[str(number)]
        raw = dataset[...].tobytes()
        crc = zlib.crc32(raw, crc)
        values = np.frombuffer(raw, np.dtype(dataset.attrs["dtype"])).reshape(dataset.attrs["shape"])
        state[dataset.attrs["name"]] = values.copy()
    if crc != int(group.attrs["state"]):
        raise OSError("the state is not what was written")
    return state
