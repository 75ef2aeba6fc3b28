"""A result file in the making: laid out with the first frame, filled one frame after another, placed when whole.

Memory does not grow with the number of frames. What is on the disk after `flush` is a whole HDF5 file, so that a copy
of it can be kept as a checkpoint, and another recording can go on from there.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from kapitza import __version__
from kapitza.output import hdf5_sensitivity
from kapitza.output.contents import lay_out, melting
from kapitza.output.finite import finite
from kapitza.output.frames import Frames, Instant
from kapitza.output.netcdf import create, provenance, resume, verify
from kapitza.output.replace import Replacement
from kapitza.output.xdmf import beside, document

if TYPE_CHECKING:
    from kapitza.solution import Solution
    from kapitza.studies.sensitivity import Sensitivity

FORMAT = 1
"""Version of this layout; readers refuse newer ones."""

CHECKPOINT = "checkpoint"
"""The group that makes a file a checkpoint."""


class Recording:
    """The result file of ``title`` for ``target``; used in ``with``: `put` every frame, `finish`, `place`.

    case : text of the case file · force : replace what stands at the target
    expected : number of frames, about, of a run in time; None: a steady solution, one frame
    earlier : a checkpoint to go on from

    Leaving the ``with`` block removes what was not placed. Everything raises FileError where the file cannot be
    written, with the reason and the number of bytes reached; what stood at the target is as before.
    """

    def __init__(
        self,
        target: Path,
        title: str,
        case: str,
        *,
        force: bool = False,
        expected: int | None = None,
        earlier: Path | None = None,
    ) -> None:
        self.target = target
        self._force, self._expected, self._earlier = force, expected, earlier
        self._texts = {
            "Conventions": "CF-1.10",
            "title": title,
            "kapitza_version": __version__,
            "case": case,
            "case_sha256": fingerprint(case),
        }
        self._draft = Replacement(target, force)
        self._companion: Replacement | None = None
        self._open = ExitStack()
        self._variables: Frames | None = None
        self._frames = 0

    def __enter__(self) -> Self:
        with ExitStack() as entered:
            entered.enter_context(self._draft)
            with self._draft.errors():
                if self._earlier is None:
                    context = create(self._draft.sink, self._expected or 1)
                else:
                    with open(self._earlier, "rb") as whole:
                        shutil.copyfileobj(whole, self._draft.sink, 2**22)
                    self._draft.sink.check()
                    context = resume(self._draft.sink, self._expected or 1, without=CHECKPOINT)
                self._file = entered.enter_context(ExitStack())
                self._root, self.records = self._file.enter_context(context)
                self._root.attributes(
                    **self._texts, kapitza_format=FORMAT, _NCProperties=provenance(__version__)
                )
            self._open = entered.pop_all()
        return self

    @property
    def laid_out(self) -> bool:
        """Whether the file has its variables: there is a frame."""
        return "temperature" in self._root

    def put(self, solution: Solution) -> None:
        """Write ``solution``, the next frame."""
        now = Instant(solution)
        with self._draft.errors():
            variables = self._laid(now)
            if now.solution.liquid is not None and "melted" not in self._root:
                melting(self._root, variables, now, self._frames)
            variables.put(now)
        self._frames += 1

    def _laid(self, now: Instant) -> Frames:
        if self._variables is None:
            self._frames = len(self._root.values("time")) if self.laid_out else 0
            self._variables = lay_out(self._root, now, lasting=self._expected is not None)
        return self._variables

    def flush(self) -> Path:
        """Put all frames into the draft, and say where that is."""
        with self._draft.errors():
            if self._variables is not None:
                self._variables.flush()
            self._root.flush()
        return self._draft.path

    def finish(self, solution: Solution, xdmf: bool = False, sensitivity: Sensitivity | None = None) -> Path:
        """Add the summary of the whole, put the file on the disk, read it back; where it is until it is placed.

        xdmf : with a file for ParaView beside it · sensitivity : into the file and its summary too
        """
        summary = solution.summary()
        if sensitivity is not None:
            summary["sensitivity"] = sensitivity.data()
        self._texts["summary"] = json.dumps(finite(summary), ensure_ascii=False, allow_nan=False)
        with self._draft.errors():
            self._laid(Instant(solution)).flush()
            if sensitivity is not None:
                hdf5_sensitivity.lay_out(self._root, sensitivity)
            self._root.attributes(summary=self._texts["summary"])
            times = np.asarray(self._root.values("time"))
            self._file.close()
        self._draft.seal()
        with self._draft.errors():
            verify(self._draft.path, self.target, self.records, self._texts)
        if xdmf:
            self._companion = self._open.enter_context(Replacement(beside(self.target), self._force))
            self._companion.sink.write(document(self.target.name, times, solution).encode())
            self._companion.seal()
        return self._draft.path

    def place(self) -> None:
        """Move the finished file to its target, and its companion with it."""
        self._draft.place()
        if self._companion is not None:
            self._companion.place()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, value, trace)


def write(
    solution: Solution,
    target: Path,
    *,
    force: bool = False,
    xdmf: bool = False,
    sensitivity: Sensitivity | None = None,
) -> None:
    """Write a solution that is in memory, with all its frames; raises as `Recording` does."""
    frames = solution.frames
    expected = None if solution.history is None else len(frames)
    case = solution.source_text or ""
    with Recording(target, solution.stack.title, case, force=force, expected=expected) as recording:
        for frame in frames:
            recording.put(frame)
        recording.finish(solution, xdmf, sensitivity)
        recording.place()


def fingerprint(case: str) -> str:
    """SHA-256 of a case's text."""
    return hashlib.sha256(case.encode("utf-8", "replace")).hexdigest()
