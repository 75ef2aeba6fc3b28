"""Engine of a sweep on a Dask cluster: batches of points as tasks of its workers. Needs the extra ``kapitza[dask]``."""

from __future__ import annotations

import socket
from collections.abc import Generator, Sequence
from importlib import import_module
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

from kapitza import __version__
from kapitza.errors import InputError, ResourceError
from kapitza.studies.sweeping.batch import Batch, failures
from kapitza.studies.sweeping.chunks import Chunks
from kapitza.studies.sweeping.points import Task, evaluate

PATIENCE = 10.0  # s to wait for the scheduler, and for its first worker
TICK = 0.2  # s at most between two answers, empty ones included
AHEAD = 2  # chunks handed out for each thread of the cluster


def cluster(task: Task, points: Sequence[int], address: str, single: bool) -> Generator[bytes]:
    """Batches of all ``points`` as they come from the cluster whose scheduler is at ``address``; b"" now and then.

    Raises InputError where dask.distributed is not installed, nobody answers, there are no workers, or they have
    another version of kapitza.
    """
    client = _client(address)
    try:
        slots = _slots(client, address)
        yield from _batches(client, task, Chunks(points, slots, single), slots, len(points))
    finally:
        client.close()


def _batches(client: Any, task: Task, chunks: Chunks, slots: int, left: int) -> Generator[bytes]:
    shared = client.scatter(task, broadcast=True, hash=False)
    running: dict[Any, list[int]] = {}
    ended: Queue[Any] = Queue()

    def fill() -> None:
        while len(running) < AHEAD * slots and (chunk := chunks.take()):
            future = client.submit(evaluate, shared, chunk, pure=False)
            running[future] = chunk
            future.add_done_callback(ended.put)

    try:
        while left:
            fill()
            try:
                future = ended.get(timeout=TICK)
            except Empty:
                yield b""
                continue
            data = _answer(future, running.pop(future), chunks)
            if data:
                batch = Batch.of(data)
                left -= len(batch.points)
                chunks.took(len(batch.points), batch.seconds)
                yield data
    finally:
        client.cancel(list(running), force=True)


def _answer(future: Any, chunk: list[int], chunks: Chunks) -> bytes:
    """The batch of a task that has ended; b"" where its points are tried again, one by one."""
    try:
        data: bytes = future.result()
        return data
    except Exception as problem:  # a worker died at it, again and again, or cannot do it at all
        if len(chunk) > 1:
            chunks.give_back(chunk)
            return b""
        what = f"{type(problem).__name__}: {problem}".partition("\n")[0]
        return failures(chunk, ResourceError.exit_code, f"the Dask worker that solved it failed ({what})")


def _client(address: str) -> Any:
    module = _distributed()
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    try:
        # A client that finds nobody complains on standard error when it goes, so knock first.
        socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE).close()
        return module.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, OverflowError) as problem:
        reason = (
            getattr(problem, "strerror", None) or str(problem).partition("\n")[0] or type(problem).__name__
        )
        raise InputError(
            f"--scheduler: no Dask scheduler answers at {address} ({reason}); start one with `dask scheduler` and "
            "workers with `dask worker tcp://…`, and give its address, for example tcp://127.0.0.1:8786"
        ) from None


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError:
        raise InputError(
            "--scheduler: dask.distributed is not installed here; `pip install kapitza[dask]` brings it"
        ) from None


def _slots(client: Any, address: str) -> int:
    """Threads of all workers, once there are some, and each has this version of kapitza."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise InputError(
            f"--scheduler: the scheduler at {address} has no workers; start some with `dask worker {address}`"
        ) from None
    try:
        versions = set(client.run(_version).values())
    except Exception as problem:
        what = f"{type(problem).__name__}: {problem}".partition("\n")[0]
        raise InputError(
            f"--scheduler: the workers of {address} cannot load kapitza ({what}); install it where they run"
        ) from None
    if versions != {__version__}:
        raise InputError(
            f"--scheduler: the workers of {address} have kapitza {', '.join(sorted(versions))}, and this is "
            f"{__version__}; install the same version everywhere"
        )
    return max(1, sum(map(int, client.nthreads().values())))


def _version() -> str:
    import kapitza

    return kapitza.__version__
