"""Sweeps give the same bits wherever they run: in this process, in processes of their own, on a Dask cluster."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kapitza as kp
from kapitza.errors import InputError
from kapitza.hypercube import Sweep
from kapitza.studies.sweep import Collector, plan
from kapitza.studies.sweeping import local
from kapitza.studies.sweeping.batch import Batch, Course, Outcome, encode
from kapitza.studies.sweeping.chunks import Chunks

CASES = Path(__file__).parents[1] / "cases"
CASE = kp.load(CASES / "pressed_joint.toml")  # k(T) and a contact under pressure: iterated
GRID: dict[str, Any] = {
    "layers.0.thickness": [2e-3, 3.7e-3, -1e-3, 5e-3],
    "interfaces.0.pressure": {"from": 2e5, "to": 3e7, "count": 12, "spacing": "log"},
}


def bits(found: Sweep) -> dict[str, bytes]:
    values = {name: variable.values.tobytes() for name, variable in found.variables.items()}
    return values | {"status": found.status.tobytes(), "messages": "\n".join(found.messages.ravel()).encode()}


@pytest.fixture(scope="module")
def alone() -> Sweep:
    return kp.sweep(CASE, GRID, workers=1)


def test_points_have_the_bits_of_a_run_of_their_own(alone: Sweep) -> None:
    grid = plan(CASE, GRID, si_numbers=True).grid
    for point in (0, 7, 17, 47):
        solution = kp.solve(CASE.replace(grid.changes(point)))
        place = np.unravel_index(point, alone.shape)
        assert alone["temperature.max"][place] == solution.summary()["temperature"]["max"]
        assert alone["energy.imbalance"][place] == solution.summary()["energy"]["imbalance"]
    assert alone.status[2].tolist() == [2] * 12


def test_processes_give_the_same_bits(alone: Sweep) -> None:
    assert bits(kp.sweep(CASE, GRID, workers=2)) == bits(alone)


def test_a_worker_that_is_killed_costs_nothing(alone: Sweep) -> None:
    """Its points are done again one by one."""
    planned = plan(CASE, GRID, si_numbers=True)
    collector = Collector(planned)
    killed = 0
    work = local.processes(planned.task, range(planned.grid.size), 2, single=True)
    for data in work:
        if data and not killed:
            killed = _kill_a_child()
        if data:
            collector.add(data)
    assert killed
    assert not collector.missing()
    result = Sweep.of_result(collector.result())
    lost = [failed for failed in result.failed if "died (signal 9)" in failed.message]
    assert len(lost) <= 1  # the point that it was at, if it was alone
    if not lost:
        assert bits(result) == bits(alone)


@pytest.mark.parametrize("times", [1, 9])
def test_a_worker_that_is_killed_while_it_starts(
    times: int, monkeypatch: pytest.MonkeyPatch, alone: Sweep
) -> None:
    """Another takes its place, unless that happens again and again."""
    started, start = [], local._start

    def killed(said: Any) -> Any:
        process = start(said)
        started.append(process)
        if len(started) <= times:
            process.kill()
        return process

    monkeypatch.setattr(local, "_start", killed)
    if times > 2:
        with pytest.raises(InputError, match="could not start"):
            kp.sweep(CASE, GRID, workers=2)
    else:
        assert bits(kp.sweep(CASE, GRID, workers=2)) == bits(alone)
        assert len(started) == 3


def _kill_a_child() -> int:
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    found = {
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
    }
    assert children.exists()
    for pid in found:
        if b"sweeping.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
            return pid
    return 0


def test_a_worker_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(InputError, match="a worker process could not start"):
        kp.sweep(CASE, GRID, workers=2)


def test_small_sweeps_start_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "processes", None)
    assert kp.sweep(CASE, {"layers.0.thickness": [2e-3, 3e-3]}).shape == (2,)


def test_many_points_are_worth_processes(monkeypatch: pytest.MonkeyPatch, alone: Sweep) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert local.workers_for(CASE.stack, 100_000) == len(os.sched_getaffinity(0))
    assert local.workers_for(CASE.stack, 1) == 1
    monkeypatch.setattr(local, "WORTH", 1e-6)  # from the start
    assert bits(kp.sweep(CASE, GRID)) == bits(alone)
    monkeypatch.setattr(local, "START", 0.0)  # after the first points
    monkeypatch.setattr(local, "LINE_POINT", 0.0)
    assert bits(kp.sweep(CASE, GRID)) == bits(alone)


def test_from_a_script_without_a_guard(tmp_path: Path) -> None:
    """Processes are started anew, without the main module."""
    script = tmp_path / "script.py"
    script.write_text(
        "import kapitza as kp\n"
        f"case = kp.load({str(CASES / 'cpu_die.toml')!r})\n"
        "found = kp.sweep(case, {'layers.sink.thickness': [1e-3, 2e-3, 3e-3]}, workers=2)\n"
        "print(found['junction'].shape)\n"
    )
    home = str(Path(kp.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": home},
    )
    assert (done.stdout, done.stderr) == ("(3,)\n", "")


# Dask -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """A cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with distributed.LocalCluster(**options, silence_logs=50) as cluster:
        yield cluster.scheduler_address


def test_a_dask_cluster_gives_the_same_bits(alone: Sweep, scheduler: str) -> None:
    assert scheduler.startswith("tcp://")
    assert bits(kp.sweep(CASE, GRID, scheduler=scheduler)) == bits(alone)


def test_nobody_at_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from kapitza.studies.sweeping import cluster

    monkeypatch.setattr(cluster, "PATIENCE", 1.0)
    with pytest.raises(InputError, match="no Dask scheduler answers at tcp"):
        kp.sweep(CASE, GRID, scheduler="tcp://127.0.0.1:9")


def test_without_distributed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install kapitza\[dask\]"):
        kp.sweep(CASE, GRID, scheduler="tcp://127.0.0.1:9")


# Parts ------------------------------------------------------------------------------------------------


def test_batches_come_back_bit_by_bit() -> None:
    at = np.array([0.1, 1e-300, np.inf])
    values = np.array([np.pi, -0.0, np.nan])
    outcomes = [
        Outcome(
            7, numbers={"a": (0.1 + 0.2, "K")}, courses={"p": Course("time", at, values, "K")}, warnings=["w"]
        ),
        Outcome(3, 2, "what, where\nand why"),
        Outcome(5, numbers={"b": (5e-324, "W")}),
    ]
    batch = Batch.of(encode(outcomes, 1.5))
    assert batch.points == [7, 3, 5]
    assert batch.codes == [0, 2, 0]
    assert batch.messages == {1: "what, where\nand why"}
    assert batch.warnings == {0: ["w"]}
    assert (batch.names, batch.units) == (["a", "b"], ["K", "W"])
    assert batch.values[0, 0] == 0.1 + 0.2
    assert batch.values[2, 1] == 5e-324
    assert np.isnan(batch.values[1]).all()
    (_, axis, none, _, times), (_, _, name, _, course) = batch.courses
    assert (axis, none, name) == ("time", None, "p")
    assert times.tobytes() == at.tobytes()
    assert course.tobytes() == values.tobytes()
    with pytest.raises(ValueError, match="missing numbers"):
        Batch.of(encode(outcomes, 1.5)[:-8])


def test_every_point_is_handed_out_once() -> None:
    chunks = Chunks(range(10_007), 3)
    seen: list[int] = []
    while chunk := chunks.take():
        seen += chunk
        chunks.took(len(chunk), 1e-3 * len(chunk))
        if len(chunk) == 500 and 4000 in chunk:
            chunks.give_back(chunk[:5])
            seen = [point for point in seen if point not in chunk[:5]]
    assert sorted(seen) == list(range(10_007))


def test_chunks_grow_to_half_a_second_and_shrink_at_the_end() -> None:
    chunks = Chunks(range(100_000), 2)
    sizes = []
    while chunk := chunks.take():
        sizes.append(len(chunk))
        chunks.took(len(chunk), 1e-3 * len(chunk))
    assert max(sizes) == 500
    assert sizes[-1] == 1
    assert len(sizes) < 250
