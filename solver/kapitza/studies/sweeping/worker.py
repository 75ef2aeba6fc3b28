"""A worker process of a sweep: reads a task and then lists of points from standard input, writes batches to standard
output, each behind its length. It ends with its input, or when the process that started it is gone.

``python -m kapitza.studies.sweeping.worker``: started anew rather than forked, so that neither threads nor the main
module of whoever sweeps matter.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import threading
import time
from typing import IO, Any

LENGTH = struct.Struct("<Q")
READY = b"ready"
LOOK = 1.0  # s between two looks whether the parent is there


def send(pipe: IO[bytes], data: bytes) -> None:
    """Write ``data`` behind its length."""
    pipe.write(LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """What `send` wrote; None where the other side is gone."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = pipe.read(length)
    return data if len(data) == length else None


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed here is no answer
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    questions = sys.stdin.buffer
    try:
        first = receive(questions)
        if first is None:
            return
        task: Any = pickle.loads(first)
        from kapitza.studies.sweeping.points import evaluate

        send(answers, READY)
        while (points := receive(questions)) is not None:
            send(answers, evaluate(task, pickle.loads(points)))
    except (BrokenPipeError, ConnectionResetError):
        pass
    os._exit(0)  # nothing is left to be flushed


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK)
    os._exit(1)


if __name__ == "__main__":
    main()
