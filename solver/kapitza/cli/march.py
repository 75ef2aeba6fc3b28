"""`run` of a case with [transient]: frames go to the file as they come, checkpoints beside it, signals end it well."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from time import monotonic
from typing import TYPE_CHECKING

from kapitza.cli.progress import Progress
from kapitza.cli.screen import working
from kapitza.cli.signals import Asked, noted
from kapitza.cli.stops import Interrupted
from kapitza.errors import InputError, ResourceError
from kapitza.estimate import Estimate, require
from kapitza.output.labels import instant
from kapitza.output.readable import memory
from kapitza.output.replace import clear_drafts
from kapitza.transient.watch import State, Stopped, Watch

if TYPE_CHECKING:
    from kapitza.api import Solution
    from kapitza.case import Case
    from kapitza.output.checkpoint import Checkpoint, Checkpoints
    from kapitza.output.recording import Recording
    from kapitza.solution.solved import Solved

SPARE = 5.0  # checkpoints are at least so many times as far apart as writing one takes


@dataclass(frozen=True)
class Wanted:
    """What a run was asked for: the case file, OUT.h5, a picture, and how."""

    case: Path
    output: Path | None
    plot: Path | None
    xdmf: bool
    force: bool
    quiet: bool
    resume: bool

    @property
    def base(self) -> Path:
        """What checkpoints are named after: the output; without one, the case."""
        return self.output or self.case.with_suffix(".h5")

    @property
    def again(self) -> str:
        """The command that goes on."""
        output = f" -o {self.output}" if self.output is not None else ""
        return f"kapitza run {self.case}{output} --resume"


def run_in_time(case: Case, wanted: Wanted, timing: dict[str, float]) -> Solution:
    """Run ``case`` to its end and leave the files that are ``wanted``. timing : of earlier stages [s].

    Raises Interrupted where a signal ended it, and what solving and writing raise; then the checkpoints stay.
    """
    from kapitza.api import march
    from kapitza.output.recording import Recording
    from kapitza.transient.march import saved_times

    options = case.stack.transient
    assert options is not None
    keeps = options.checkpoint is not None
    # Without an output frames go to a draft all the same where a picture or a checkpoint needs them.
    target = wanted.output or (wanted.base if keeps else wanted.plot)
    needed = require(case.stack)
    if target is not None:
        clear_drafts(target)
        _require_room(needed, target, copies=3 if keeps else 1)
    earlier = _earlier(case, wanted)
    times = saved_times(options).tolist()
    with ExitStack() as files:
        recording = None
        kept: Checkpoints | None = None
        if target is not None:
            recording = files.enter_context(
                Recording(
                    target,
                    case.stack.title,
                    case.text or "",
                    force=wanted.force or wanted.output is None,
                    expected=len(times),
                    earlier=None if earlier is None else earlier.path,
                )
            )
            if keeps:
                from kapitza.output.checkpoint import Checkpoints

                kept = Checkpoints(wanted.base, recording, earlier)
        with Progress(times, options.until, wanted.quiet) as progress:

            def tell() -> None:
                progress.tell("ending after this step; once more ends at once …")

            with noted(tell) as asked:
                watch = _Watch(case, recording, kept, options.checkpoint, progress, asked)
                try:
                    solution = march(case, watch, None if earlier is None else earlier.state)
                except Stopped as end:
                    assert asked.signal is not None
                    raise Interrupted(asked.signal, _left(end.time, options.until, kept, wanted)) from None
        solution = solution.with_timing(**timing)
        if recording is not None:
            with working("writing", wanted.quiet):
                solution = _leave(solution, recording, wanted)
        if kept is not None:
            kept.remove()
    return solution


def _require_room(run: Estimate, target: Path, copies: int) -> None:
    """Raise ResourceError where the disk of ``target`` cannot take all frames ``copies`` times."""
    needed = copies * run.file_bytes
    try:
        free = float(disk_usage(target.parent).free)
    except OSError:
        return
    if needed > free:
        raise ResourceError(
            f"{target}: all frames together take about {memory(needed)}{' with checkpoints' if copies > 1 else ''}, "
            f"and {memory(free)} are free; save fewer ([transient] save, times), use fewer cells, or write elsewhere"
        )


def _earlier(case: Case, wanted: Wanted) -> Checkpoint | None:
    """The checkpoint to go on from, if that is wanted and there is one; says on standard error what is not as usual."""
    options = case.stack.transient
    assert options is not None
    if options.checkpoint is None:
        if wanted.resume:
            raise InputError(
                f"--resume: {wanted.case} keeps no checkpoints to go on from; run it without, and for runs that can "
                'be resumed give checkpoint = "60 s" in [transient].'
            )
        return None
    from kapitza.output import checkpoint

    if not wanted.resume:
        checkpoint.refuse_to_start_over(wanted.base, wanted.force)
        return None
    earlier, remarks = checkpoint.newest(wanted.base, case.text or "")
    if earlier is None:
        remarks.append(
            f"{wanted.base}: there is no checkpoint to go on from; the run starts at its beginning"
        )
    else:
        remarks.append(f"{earlier.path}: going on from {instant(earlier.time)}")
    if not wanted.quiet:
        for remark in remarks:
            print(remark, file=sys.stderr)
    return earlier


def _left(time: float, until: float, kept: Checkpoints | None, wanted: Wanted) -> str:
    reached = f"interrupted at {instant(time)} of {instant(until)}"
    if kept is None:
        return (
            f'{reached}; nothing was kept: checkpoint = "60 s" in [transient] keeps runs that can be resumed'
        )
    return f"{reached}; {kept.last} holds all of it: go on with `{wanted.again}`"


def _leave(solution: Solution, recording: Recording, wanted: Wanted) -> Solution:
    """Finish the file, place it if it is wanted, and draw the picture from it."""
    started = monotonic()
    whole = recording.finish(solution, wanted.xdmf)
    if wanted.output is not None:
        recording.place()
        whole = wanted.output
    if wanted.plot is not None:
        from kapitza.output import read
        from kapitza.output.figure import draw

        draw(read(whole), wanted.plot, wanted.force)
    return solution.with_timing(write=monotonic() - started)


class _Watch(Watch):
    """Frames to the recording, states to the checkpoints, steps to the progress line."""

    def __init__(
        self,
        case: Case,
        recording: Recording | None,
        kept: Checkpoints | None,
        interval: float | None,
        progress: Progress,
        asked: Asked,
    ) -> None:
        self._text = case.text
        self._recording, self._kept, self._interval = recording, kept, interval
        self._progress, self._asked = progress, asked
        self._time = 0.0
        self._next = monotonic() + (interval or 0.0)

    def frame(self, number: int, solved: Solved) -> None:
        if self._recording is not None:
            from kapitza.api import Solution

            self._recording.put(Solution.of(solved, self._text))

    def step(self, time: float, until: float, steps: int) -> None:
        self._time = time
        self._progress.step(time, steps)

    def wants_checkpoint(self) -> bool:
        return self._kept is not None and monotonic() >= self._next

    def checkpoint(self, state: State) -> None:
        if self._kept is None or self._interval is None:
            return
        started = monotonic()
        self._kept.write(state, self._time)
        now = monotonic()
        self._next = now + max(self._interval, SPARE * (now - started))

    def stopping(self) -> bool:
        return self._asked.signal is not None
