"""How long a command takes to start, beside the bare imports of what it uses."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.measure import Row

RUNS = 15
CASE = Path(__file__).parent.parent / "cases" / "cpu_die.toml"
HELP = ("typer", "rich", "pydantic")
RUN = ("numpy", "typer", "rich", "pydantic", "pint", "tomllib")


def rows() -> list[Row]:
    """`--help` and a warm 1-D `run`, in turn with the bare imports; the first round is not counted."""
    commands = {
        ("start --help", "kapitza"): ["-m", "kapitza.cli", "--help"],
        ("start --help", "imports"): ["-c", f"import {', '.join(HELP)}"],
        ("start run", "kapitza"): ["-m", "kapitza.cli", "run", str(CASE)],
        ("start run", "imports"): ["-c", f"import {', '.join(RUN)}"],
    }
    # Byte code is kept, as it is for everybody who has not forbidden it.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["OPENBLAS_NUM_THREADS"] = "1"  # as kapitza does; else importing numpy starts threads
    times: dict[tuple[str, str], list[float]] = {key: [] for key in commands}
    for _ in range(RUNS + 1):
        for key, command in commands.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, *command], env=environment, stdout=subprocess.DEVNULL, check=True)
            times[key].append(time.perf_counter() - started)
    return [
        Row(problem, solver, 1, statistics.median(found[1:]), None, 0.0)
        for (problem, solver), found in times.items()
    ]
