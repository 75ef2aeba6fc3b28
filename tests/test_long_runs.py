"""Runs in time that are stopped, killed, or run out of disk: nothing unreadable, and the rest as if never stopped.

KAPITZA_KILLS says how many times a run is killed (default 4; 40 were tried).
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import h5py
import pytest

import kapitza.cli
from kapitza.cli import march
from kapitza.cli.progress import describe, part_done
from kapitza.cli.signals import noted
from kapitza.cli.stops import Terminated
from kapitza.output import read
from test_cli import ENVIRONMENT
from test_output_checkpoint import contents

KILLS = int(os.environ.get("KAPITZA_KILLS", "4"))

CASE = """
title = "pulses"
[geometry]
kind = "slab"
area = "4 cm^2"
[[layers]]
name = "die"
material = "silicon"
thickness = "0.5 mm"
heat = { pulse = "120 W", on = "1 ms", period = "10 ms" }
[[layers]]
name = "sink"
material = "aluminium"
thickness = "6 mm"
[[interfaces]]
between = ["die", "sink"]
resistance = "0.3 cm^2*K/W"
[boundary.top]
h = "5000 W/(m^2*K)"
ambient = "25 degC"
[[probes]]
name = "junction"
layer = "die"
[[probes]]
name = "joint"
interface = ["die", "sink"]
side = "jump"
[mesh]
cells_per_layer = 7
[solve]
initial = "25 degC"
properties_at = "300 K"
[transient]
until = "UNTIL"
save = 40
checkpoint = "0.02 s"
"""
KEPT = CASE.replace("UNTIL", "30 ms")
UNKEPT = KEPT.replace('checkpoint = "0.02 s"', "")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "pulses.toml"
    path.write_text(KEPT)
    return path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every data set of the case, never stopped."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "pulses.toml").write_text(KEPT)
    assert (
        kapitza.cli.main(["run", str(folder / "pulses.toml"), "-o", str(folder / "out.h5"), "--quiet"]) == 0
    )
    assert {path.name for path in folder.iterdir()} == {"pulses.toml", "out.h5"}
    return contents(folder / "out.h5")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def run(case: Path, *options: str) -> int:
    return kapitza.cli.main(["run", str(case), "-o", str(case.with_name("out.h5")), *options])


def refused(code: int, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert kapitza.cli.main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    return err


def stopping(monkeypatch: pytest.MonkeyPatch, after: int, number: int) -> None:
    """Send this process a signal at the end of step ``after``."""
    real = march._Watch.step

    def step(self: Any, time: float, until: float, steps: int) -> None:
        real(self, time, until, steps)
        if steps == after:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(march._Watch, "step", step)


# Signals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("after", [1, 23])
def test_a_signal_ends_the_step_and_resume_goes_on_bit_by_bit(
    case: Path,
    whole: dict[str, bytes],
    number: int,
    code: int,
    after: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as patch:
        stopping(patch, after, number)
        assert run(case) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("interrupted at ")
    assert "of 30 ms; " in err
    assert f"go on with `kapitza run {case} -o {case.with_name('out.h5')} --resume`" in err
    left = names(case.parent)
    assert left >= {"pulses.toml", "out.h5.checkpoint-1"}
    assert left <= {"pulses.toml", "out.h5.checkpoint-1", "out.h5.checkpoint-2"}
    assert run(case, "--resume") == 0
    assert ": going on from " in capsys.readouterr().err
    assert contents(case.with_name("out.h5")) == whole
    assert names(case.parent) == {"pulses.toml", "out.h5"}


def test_without_checkpoints_nothing_is_left_and_the_way_to_have_them_is_said(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case.write_text(UNKEPT)
    stopping(monkeypatch, 5, signal.SIGINT)
    assert run(case) == 130
    err = capsys.readouterr().err
    assert "nothing was kept" in err
    assert 'checkpoint = "60 s"' in err
    assert names(case.parent) == {"pulses.toml"}


@pytest.mark.parametrize(
    ("number", "error"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)]
)
def test_the_second_signal_ends_at_once(number: int, error: type[BaseException]) -> None:
    told: list[int] = []
    before = signal.getsignal(number)
    with noted(lambda: told.append(1)) as asked:
        os.kill(os.getpid(), number)
        assert asked.signal == number
        with pytest.raises(error):
            os.kill(os.getpid(), number)
    assert told == [1]
    assert signal.getsignal(number) is before


def test_a_signal_from_outside(case: Path, whole: dict[str, bytes]) -> None:
    case.write_text(CASE.replace("UNTIL", "30 s"))
    with started(case) as process:
        wait_for(case.with_name("out.h5.checkpoint-2"), process)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 143
    assert err.startswith(b"interrupted at ")
    assert b"Traceback" not in err
    assert {name.rpartition("-")[0] for name in names(case.parent)} == {"", "out.h5.checkpoint"}


# Kills -----------------------------------------------------------------------------------------------------


def started(case: Path, *options: str, **more: Any) -> subprocess.Popen[bytes]:
    arguments = ["run", str(case), "-o", str(case.with_name("out.h5")), "--quiet", *options]
    return subprocess.Popen(
        [sys.executable, "-m", "kapitza.cli", *arguments],
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **more,
    )


def wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    for _ in range(2000):
        if path.exists() or process.poll() is not None:
            break
        time.sleep(0.005)
    assert process.poll() is None, process.communicate()
    assert path.exists()


def test_killed_at_random_moments(tmp_path: Path) -> None:
    """Every file that bears a name is whole after every kill, what is lost is an interval, and the end is the same."""
    chance = random.Random(20260731)
    case = tmp_path / "pulses.toml"
    case.write_text(CASE.replace("UNTIL", f"{50 + 100 * KILLS} ms"))
    reference = tmp_path / "whole.h5"
    assert kapitza.cli.main(["run", str(case), "-o", str(reference), "--quiet"]) == 0
    out = case.with_name("out.h5")
    ages = []
    killed = 0
    while killed < KILLS:
        begun = time.time()
        with started(case, "--resume") as process:
            # From the start of the process, where there is nothing to lose, to the middle of its work.
            if chance.random() < 0.8:
                while not _newest(out) > begun and process.poll() is None:
                    time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.15))
            process.kill()
            _, err = process.communicate(timeout=20)
        if out.exists():
            break
        assert process.returncode == -signal.SIGKILL, err
        killed += 1
        for path in tmp_path.glob("out.h5*"):
            with h5py.File(path) as file:
                assert file.attrs["kapitza_format"] == 1
        if _newest(out) > begun:
            ages.append(time.time() - _newest(out))
    assert killed >= 0.8 * KILLS
    # The interval is 0.02 s; the rest is for a busy machine.
    assert max(ages) < 2.0
    if not out.exists():
        assert run(case, "--resume", "--quiet") == 0
    assert contents(out) == contents(reference)
    assert not list(tmp_path.glob(".*"))


def _newest(out: Path) -> float:
    ages = [0.0]
    for path in out.parent.glob("out.h5.checkpoint-*"):
        try:
            ages.append(path.stat().st_mtime)
        except FileNotFoundError:  # moved at this moment
            continue
    return max(ages)


# Full disks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("limit", "what"), [(30_000, "out.h5"), (100_000, "out.h5")])
def test_a_disk_that_fills_up_is_exit_4_with_path_and_bytes(case: Path, limit: int, what: str) -> None:
    case.with_name("out.h5").write_bytes(b"dear")

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with started(case, "--force", preexec_fn=small) as process:
        _, err = process.communicate(timeout=30)
    assert process.returncode == 4
    assert err.startswith(b"error: ")
    assert f"{what}".encode() in err
    assert b" bytes: File too large" in err
    assert b"Traceback" not in err
    assert case.with_name("out.h5").read_bytes() == b"dear"
    for path in case.parent.glob("*checkpoint*"):
        with h5py.File(path) as file:
            assert "checkpoint" in file


def test_more_frames_than_the_disk_takes_are_exit_5_at_once(
    case: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case.write_text(UNKEPT.replace("save = 40", "save = 400_000_000_000"))
    assert "saved instants need about" in refused(5, ["run", str(case)], capsys)
    monkeypatch.setattr("kapitza.estimate.available_memory", lambda: float("inf"))
    err = refused(5, ["run", str(case), "-o", str(case.with_name("out.h5"))], capsys)
    assert "all frames together take about" in err
    assert " are free" in err
    assert names(case.parent) == {"pulses.toml"}


def test_check_says_how_large_the_file_will_be(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(case, "--quiet") == 0
    assert kapitza.cli.main(["check", str(case), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["frames"] == 40
    assert 0.2 < answer["file"] / case.with_name("out.h5").stat().st_size < 2.0
    assert 0.0 < answer["time"] < 60.0
    case.write_text(
        UNKEPT.replace('material = "silicon"', 'material = "lump"')
        + """
[materials.lump]
conductivity = "31 W/(m*K)"
"""
    )
    assert "heat" in refused(2, ["check", str(case)], capsys)


# Resuming --------------------------------------------------------------------------------------------------


def test_nothing_to_go_on_from_starts_anew_and_says_so(
    case: Path, whole: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(case, "--resume") == 0
    assert "there is no checkpoint to go on from; the run starts at its beginning" in capsys.readouterr().err
    assert contents(case.with_name("out.h5")) == whole


def test_resume_is_refused_where_it_makes_no_sense(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case.write_text(UNKEPT)
    assert "keeps no checkpoints" in refused(2, ["run", str(case), "--resume"], capsys)
    case.write_text(
        UNKEPT[: UNKEPT.index("[transient]")].replace(
            '{ pulse = "120 W", on = "1 ms", period = "10 ms" }', '"9 W"'
        )
    )
    assert "no [transient]" in refused(2, ["run", str(case), "--resume"], capsys)


def test_checkpoints_of_an_unfinished_run_are_neither_replaced_nor_mixed_up(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        stopping(patch, 9, signal.SIGINT)
        assert run(case) == 130
    capsys.readouterr()
    output = ["run", str(case), "-o", str(case.with_name("out.h5"))]
    assert "from a run that has not ended" in refused(4, output, capsys)
    assert "is the checkpoint of a run" in refused(
        4, ["show", f"{case.with_name('out.h5')}.checkpoint-1"], capsys
    )
    case.write_text(KEPT.replace("120 W", "121 W"))
    assert "another text of the case" in refused(2, [*output, "--resume"], capsys)
    assert run(case, "--force", "--quiet") == 0
    assert names(case.parent) == {"pulses.toml", "out.h5"}


def test_one_that_is_cut_short_is_left_aside_with_a_sentence(
    case: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        stopping(patch, 40, signal.SIGINT)
        patch.setattr(march._Watch, "wants_checkpoint", lambda self: True)
        assert run(case) == 130
    newer = case.with_name("out.h5.checkpoint-2")
    os.truncate(newer, newer.stat().st_size // 2)
    capsys.readouterr()
    assert run(case, "--resume") == 0
    err = capsys.readouterr().err
    assert "out.h5.checkpoint-2: is cut short or damaged" in err
    assert contents(case.with_name("out.h5")) == whole


def test_without_an_output_checkpoints_stand_beside_the_case(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        stopping(patch, 9, signal.SIGINT)
        assert kapitza.cli.main(["run", str(case)]) == 130
    assert f"`kapitza run {case} --resume`" in capsys.readouterr().err
    assert {name.partition("-")[0] for name in names(case.parent)} == {"pulses.toml", "pulses.h5.checkpoint"}
    picture = case.with_name("out.png")
    assert kapitza.cli.main(["run", str(case), "--resume", "--json", "--plot", str(picture)]) == 0
    out, _ = capsys.readouterr()
    answer = json.loads(out)
    assert answer["steady"] is False
    assert len(answer["times"]) == len(answer["probes"]["junction"]) == 40
    assert names(case.parent) == {"pulses.toml", "out.png"}


# What is printed -------------------------------------------------------------------------------------------


def test_tables_show_the_course_and_the_energy_alike_for_run_and_show(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case.write_text(
        UNKEPT.replace("[solve]", "[solve]\n").replace("[geometry]", 'temperature_unit = "degC"\n[geometry]')
    )
    assert run(case) == 0
    said = capsys.readouterr().out
    assert "junction (°C)" in said
    assert "joint (K)" in said
    assert "shown: 12 of 40 saved times" in said
    assert " J, stored " in said
    assert "rejected" in said
    assert "to 30 ms)" in said
    assert kapitza.cli.main(["show", str(case.with_name("out.h5"))]) == 0
    shown = capsys.readouterr().out
    table = [row for row in said.splitlines() if " ms " in row or "J," in row]
    assert table
    assert set(table) <= set(shown.splitlines())


def test_frames_of_memory_and_of_the_command_line_are_the_same(case: Path, whole: dict[str, bytes]) -> None:
    import kapitza as kp

    solution = kp.solve(kp.load(case))
    solution.write(case.with_name("memory.h5"))
    assert contents(case.with_name("memory.h5")) == whole
    assert len(solution.frames) == 40
    assert read(case.with_name("memory.h5"), 3).time == solution.frames[3].time


# Progress --------------------------------------------------------------------------------------------------


def test_the_saved_times_measure_the_work() -> None:
    log = [1e-6, 1e-4, 1e-2, 1.0]
    assert part_done(0.0, log, 1.0) == 0.0
    assert part_done(1e-4, log, 1.0) == 0.5
    assert part_done(1.0, log, 1.0) == 1.0
    assert part_done(0.25, [0.0, 0.5, 1.0], 1.0) == 0.25
    assert part_done(3.0, [], 12.0) == 0.25


def test_progress_is_one_short_line() -> None:
    text = describe(3.21e-3, 10.0, 0.124, 1204, 41.0)
    assert text == "3.21 ms of 10 s · 12 % · 1,204 steps · about 41 s left"
    assert describe(0.0, 86400.0, 0.0, 1, None) == "0 s of 24 h · 0 % · 1 steps"


# Every kind of run -----------------------------------------------------------------------------------------

PLANE = """
[geometry]
kind = "plane"
x = ["-11 mm", "9 mm"]
[[layers]]
name = "die"
material = "silicon"
thickness = "0.5 mm"
x = ["-4 mm", "5 mm"]
heat = { steps = [["0 s", "0 W"], ["3 ms", "310 W"], ["40 ms", "20 W"]] }
[[layers]]
name = "sink"
material = "aluminium"
thickness = "3 mm"
[[interfaces]]
between = ["die", "sink"]
resistance = "0.2 cm^2*K/W"
[boundary.top]
h = "3000 W/(m^2*K)"
ambient = "25 degC"
[[probes]]
name = "junction"
layer = "die"
[mesh]
x = 17
z = 11
[solve]
initial = "25 degC"
properties_at = "300 K"
[transient]
until = "90 ms"
save = 13
checkpoint = "1 h"
"""
MELT = """
[geometry]
kind = "slab"
area = "3 cm^2"
[materials.wax]
conductivity = { solid = "0.35 W/(m*K)", liquid = "0.15 W/(m*K)" }
density = "850 kg/m^3"
specific_heat = { solid = "1900 J/(kg*K)", liquid = "2300 J/(kg*K)" }
latent_heat = "180 kJ/kg"
melting_temperature = "310 K"
[[layers]]
material = "wax"
thickness = "4 mm"
cells = 25
[boundary.bottom]
temperature = "330 K"
[solve]
initial = "300 K"
[transient]
until = "300 s"
save = 9
checkpoint = "1 h"
"""
FROZEN = 'properties_at = "300 K"\n'
KINDS = {
    "bdf2": KEPT.replace("save = 40", 'save = 40\nmethod = "bdf2"'),
    "euler": KEPT.replace("save = 40", 'save = 40\nmethod = "backward-euler"\ntolerance = 3e-3'),
    "times": KEPT.replace("save = 40", 'times = ["0.3 ms", "7 ms", "21 ms"]'),
    "nonlinear": KEPT.replace(FROZEN, ""),
    "plane": PLANE,
    "plane, nonlinear": PLANE.replace(FROZEN, ""),
    "melting": MELT,
    "melting later": MELT.replace('{ solid = "0.35 W/(m*K)", liquid = "0.15 W/(m*K)" }', '"0.3 W/(m*K)"')
    .replace('{ solid = "1900 J/(kg*K)", liquid = "2300 J/(kg*K)" }', '"2000 J/(kg*K)"')
    .replace('temperature = "330 K"', 'heat_flux = "0.9 kW/m^2"'),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run_goes_on_bit_by_bit(
    case: Path, kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case.write_text(KINDS[kind])
    assert kapitza.cli.main(["run", str(case), "-o", str(case.with_name("whole.h5")), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    with monkeypatch.context() as patch:
        stopping(patch, max(answer["solver"]["steps"] * 3 // 5, 1), signal.SIGTERM)
        assert run(case) == 143
    capsys.readouterr()
    assert run(case, "--resume", "--json") == 0
    resumed = json.loads(capsys.readouterr().out)
    for name, values in resumed.get("melted", {}).items():
        assert len(values) == len(resumed["times"])
        assert values[0] == 0.0 < values[-1], name
    with h5py.File(case.with_name("out.h5")) as file:
        assert "melted" in file or "melted" not in resumed
    assert resumed["energy"] == answer["energy"]
    assert resumed["solver"] == answer["solver"]
    assert contents(case.with_name("out.h5")) == contents(case.with_name("whole.h5"))
