"""Threads: one by default, what is asked for at most, and none for small work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

import kapitza as kp
from kapitza import threads
from kapitza.cli import main
from kapitza.errors import InputError
from kapitza.linear import choose

CASE = """units = "SI"
[geometry]
kind = "slab"
area = 0.02
[[layers]]
material = "copper"
thickness = 0.003
[boundary.bottom]
heat = 7.0
[boundary.top]
temperature = 311.0
"""


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    yield
    threads.allow(None)


def test_one_thread_unless_asked() -> None:
    assert threads.asked() is None
    assert threads.within(10**9, worth=10) == 1
    assert threads.cores() == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("given", "number"), [("3", 3), ("4,2", 4), ("", None), ("many", None), ("0", None)])
def test_environment(monkeypatch: pytest.MonkeyPatch, given: str, number: int | None) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", given)
    assert threads.asked() == number


def test_option_beats_environment_and_small_work_stays_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    threads.allow(2)
    assert (threads.within(1000, worth=1000), threads.within(999, worth=1000), threads.cores()) == (2, 1, 2)
    with pytest.raises(InputError, match="threads: 0"):
        threads.allow(0)


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "bar.toml"
    case.write_text(CASE)
    assert main(["run", str(case), "--quiet", "--threads", "3"]) == 0
    assert threads.asked() == 3
    assert main(["run", str(case), "--quiet"]) == 0
    assert threads.asked() is None
    assert main(["run", str(case), "--threads", "0"]) == 2
    assert "--threads" in capsys.readouterr().err


@pytest.mark.parametrize(("before", "after"), [(None, "passive"), ("active", "active")])
def test_waiting_threads_sleep_unless_told_otherwise(before: str | None, after: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "OMP_WAIT_POLICY"}
    environment |= {} if before is None else {"OMP_WAIT_POLICY": before}
    script = (
        "import os, numpy; from kapitza.linear import compiled; from kapitza.linear._sums import running_sum;"
        "x = numpy.ones(30000); compiled.run(running_sum, 30000, x, 0.0, x.copy());"
        "print(os.environ['OMP_WAIT_POLICY'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == after


def test_busy_neighbours_cost_their_share_and_no_more() -> None:
    """A process that spins on every core, and two threads asked for: several times slower would be waiting."""
    from test_multigrid import bare, package

    systems = [bare(package(260)), kp.system(wide(260))]

    def once() -> float:
        began = perf_counter()
        for system in systems:
            choose.solve(system, system.reference, np.zeros(system.mesh.shape), "auto")
        return perf_counter() - began

    assert all(system.active.size >= choose.MANY for system in systems)
    threads.allow(2)
    once()
    alone = min(once() for _ in range(5))
    spin = "import time; end = time.time() + 60\nwhile time.time() < end: pass"
    neighbours = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(os.cpu_count() or 1)]
    try:
        beside = min(once() for _ in range(5))
    finally:
        for neighbour in neighbours:
            neighbour.kill()
            neighbour.wait()
    assert beside < 6.0 * alone


def wide(n: int) -> kp.Stack:
    """Two layers of one width."""
    copper, steel = kp.Material("copper", kp.Constant(380.0)), kp.Material("steel", kp.Constant(16.0))
    return kp.Stack(
        [kp.Layer("low", copper, 3e-3, heat=7.0), kp.Layer("high", steel, 2e-3)],
        kp.Geometry("plane", x=(0.0, 0.02), depth=0.013),
        boundaries={"top": kp.Boundary(kp.Temperature(311.0))},
        mesh=kp.MeshOptions(x=n, z=n),
    )
