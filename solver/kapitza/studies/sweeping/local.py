"""Engines of a sweep on this machine: in this process, or in worker processes of its own."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import IO

import kapitza
from kapitza import estimate, threads
from kapitza.errors import InputError, KapitzaError, ResourceError
from kapitza.model import Stack
from kapitza.studies.sweeping.batch import Batch, failures
from kapitza.studies.sweeping.chunks import Chunks
from kapitza.studies.sweeping.points import Task, evaluate
from kapitza.studies.sweeping.worker import READY, receive, send

TICK = 0.2  # s at most between two answers, empty ones included
WORTH = 2.0  # s of work that pays the start of processes
LINE_POINT = 1.5e-3  # s that a small one-dimensional point takes, its case included
SINGLE = 0.05  # s a point: handed out one by one at first
START = 1.0  # s that a process takes to start
LEAVING = 5.0  # s at most between the last output of a process and its end
STARTS = 3  # of one worker that may be killed before it is ready


def seconds_of(stack: Stack) -> float:
    """About how long one point takes."""
    found = estimate.estimate(stack)
    plane = stack.geometry.two_dimensional or stack.transient is not None or stack.frequency is not None
    return found.seconds if plane else LINE_POINT + max(0.0, found.seconds - 0.01)


def workers_for(stack: Stack, points: int) -> int:
    """How many processes so many ``points`` like ``stack`` may keep busy: one for each core, and room for all."""
    fitting = int(estimate.available_memory() // estimate.estimate(stack).memory_bytes)
    return max(1, min(threads.cores(), points, fitting))


def adaptive(task: Task, points: Sequence[int], single: bool, workers: int) -> Generator[bytes]:
    """As `serial`, until what is left turns out to pay for so many processes after all."""
    started, done = monotonic(), 0
    for data in serial(task, points, single):
        done += len(Batch.of(data).points)
        yield data
        spent = monotonic() - started
        if workers > 1 and spent > START and (len(points) - done) * spent / done > WORTH:
            yield from processes(task, points[done:], workers, single)
            return


def serial(task: Task, points: Sequence[int], single: bool) -> Generator[bytes]:
    """Batches of all ``points``, solved in this process."""
    chunks = Chunks(points, 1, single)
    while chunk := chunks.take():
        data = evaluate(task, chunk)
        yield data
        chunks.took(len(chunk), Batch.of(data).seconds)


def processes(task: Task, points: Sequence[int], workers: int, single: bool) -> Generator[bytes]:
    """Batches of all ``points`` as they come from so many processes; b"" now and then while nothing comes.

    A process that dies takes only the point down that kills it. Closing the iterator ends them all.
    Raises KapitzaError where a process cannot start.
    """
    chunks = Chunks(points, workers, single)
    answers: Queue[bytes | KapitzaError] = Queue()
    crew = [_Worker(task, chunks, answers.put) for _ in range(workers)]
    left = len(points)
    try:
        for worker in crew:
            worker.start()
        while left:
            try:
                answer = answers.get(timeout=TICK)
            except Empty:
                answer = b""
            if isinstance(answer, KapitzaError):
                raise answer
            if answer:
                left -= len(Batch.of(answer).points)
            yield answer
    finally:
        for worker in crew:
            worker.stop()


class _Worker(Thread):
    """Looks after one process: hands it points, passes its answers on, starts another where it dies."""

    def __init__(self, task: Task, chunks: Chunks, put: Callable[[bytes | KapitzaError], None]) -> None:
        super().__init__(daemon=True)
        self._task, self._chunks, self._put = pickle.dumps(task), chunks, put
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped, self._killed = False, 0

    def run(self) -> None:
        try:
            while not self._stopped and not self._served():
                pass
        except KapitzaError as problem:
            self._put(problem)
        except Exception as problem:  # a thread that ends silently would leave the sweep waiting
            self._put(KapitzaError(f"sweep: {type(problem).__name__}: {problem}"))

    def _served(self) -> bool:
        """Serve one process until no points are left; False where it died and another is needed."""
        chunk = self._chunks.take()
        if not chunk:
            return True
        with tempfile.TemporaryFile() as said:
            process = self._process = _start(said)
            if self._stopped:
                process.kill()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                send(process.stdin, self._task)
                ready = receive(process.stdout)
            except OSError:
                ready = None
            if ready != READY:
                if self._stopped:
                    return True
                self._killed += 1
                if _ended(process) < 0 and self._killed < STARTS:  # by whom ever; its points were not begun
                    self._chunks.give_back(chunk)
                    return False
                said.seek(0)
                raise _no_start(said.read().decode(errors="replace"))
            while chunk and not self._stopped:
                try:
                    send(process.stdin, pickle.dumps(chunk))
                    data = receive(process.stdout)
                except OSError:
                    data = None
                if data is None:
                    self._died(process, chunk)
                    return False
                self._put(data)
                self._chunks.took(len(chunk), Batch.of(data).seconds)
                chunk = self._chunks.take()
            process.stdin.close()
            process.wait()
            return True

    def _died(self, process: subprocess.Popen[bytes], chunk: list[int]) -> None:
        code = process.wait()
        if self._stopped:
            return
        if len(chunk) > 1:
            self._chunks.give_back(chunk)
            return
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        message = (
            f"the process that solved it died ({how}); where memory is short, use fewer cells or --workers 1"
        )
        self._put(failures(chunk, ResourceError.exit_code, message))

    def stop(self) -> None:
        """End the process at once; the point it is at is lost."""
        self._stopped = True
        process = self._process
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()


def _start(said: IO[bytes]) -> subprocess.Popen[bytes]:
    home = str(Path(kapitza.__file__).parent.parent)
    path = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "kapitza.studies.sweeping.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        env=environment,
    )


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Exit code of a process that has closed its output."""
    try:
        return process.wait(LEAVING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return 1


def _no_start(said: str) -> KapitzaError:
    lines = said.strip().splitlines()
    return InputError(
        f"sweep: a worker process could not start{': ' + lines[-1] if lines else ''}; use one process (--workers 1)"
    )
