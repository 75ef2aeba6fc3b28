"""Time, memory and error of one solver on growing sizes, in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

RUNS = 5
PATIENCE = 60.0  # s; a size that takes longer is the last


@dataclass(frozen=True)
class Row:
    """cells · seconds : median · error : relative to the rise · memory : peak of the process [MiB] · counted : work"""

    problem: str
    solver: str
    cells: int
    seconds: float
    error: float | None
    memory: float
    counted: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a solver returns: a temperature that can be compared [K], and what it counted."""

    value: float
    counted: str = ""


def median(work: Callable[[], Outcome]) -> tuple[float, Outcome]:
    """Median wall time [s] after a run that is not counted, and what came out. Long work runs once."""
    started = time.perf_counter()
    outcome = work()
    first = time.perf_counter() - started
    if first > PATIENCE / 4:
        return first, outcome
    times = []
    for _ in range(RUNS if first < 2.0 else 2):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times), outcome


def peak() -> float:
    """Peak resident memory of this process so far [MiB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(problem: str, solver: str, sizes: list[int]) -> list[Row]:
    """Rows measured by ``python -m benchmarks.solvers`` with one thread; none where the solver is not installed."""
    one = {} if problem == "many" else {"OMP_NUM_THREADS": "1"}
    environment = os.environ | {
        **one,
        "OPENBLAS_NUM_THREADS": "1",
        "FIPY_SOLVERS": "scipy",
    }
    command = [sys.executable, "-m", "benchmarks.solvers", problem, solver, *map(str, sizes)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    return [Row(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]


def tell(row: Row) -> None:
    print(json.dumps(asdict(row)), flush=True)
