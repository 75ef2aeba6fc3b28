"""`kapitza sweep` in processes of their own: files, tables, journals that survive kills, and what it refuses."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

import kapitza.cli
from kapitza.output import read
from kapitza.output.journal import HEAD
from kapitza.studies.sweeping.batch import Batch

SOLVER = Path(kapitza.cli.__file__).resolve().parents[2]
CASES = Path(__file__).parents[1] / "cases"
DIE = str(CASES / "cpu_die.toml")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOLVER)}
SINK = "layers.sink.thickness"
LONG = ("--set", f"{SINK}=1..9 mm:60", "--set", "interfaces.0.resistance=1e-6..1e-3 m^2*K/W:60:log")


def call(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = kapitza.cli.main(["sweep", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "kapitza.cli", "sweep", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )


def kept(journal: Path) -> int:
    """Points of all whole batches in a journal."""
    data = journal.read_bytes()
    place, points = data.index(b"\n") + 1, 0
    while place + HEAD.size <= len(data):
        length, _ = HEAD.unpack_from(data, place)
        batch = data[place + HEAD.size : place + HEAD.size + length]
        if len(batch) < length:
            break
        points += len(Batch.of(batch).points)
        place += HEAD.size + length
    return points


def wait_for(journal: Path, points: int) -> None:
    deadline = time.monotonic() + 60.0
    while time.monotonic() < deadline:
        if journal.exists() and b"\n" in journal.read_bytes() and kept(journal) >= points:
            return
        time.sleep(0.02)
    raise AssertionError("no points within a minute")


def variables(path: Path) -> dict[str, bytes]:
    stored: Any = read(path)
    return {name: variable.values.tobytes() for name, variable in stored.variables.items()}


def test_a_table_a_file_and_a_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, png = tmp_path / "out.h5", tmp_path / "out.png"
    code, text, err = call(
        DIE, "--set", f"{SINK}=2,4,-1 mm", "-o", str(out), "--plot", str(png), capsys=capsys
    )
    assert (code, err) == (0, "")
    assert "2 mm" in text
    assert "124.545" in text  # °C, as `run` of the case prints it
    assert "warning: 1 of 3 points failed" in text
    assert "is not above zero" in text
    assert png.read_bytes().startswith(b"\x89PNG")
    with xarray.open_dataset(out, engine="h5netcdf") as data:
        assert np.isclose(data["junction"].values[0], 273.15 + 124.545, atol=1e-3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.h5", "out.png"]
    assert kapitza.cli.main(["show", str(out)]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[2] == text.splitlines()[2]
    assert kapitza.cli.main(["plot", str(out), "-o", str(tmp_path / "again.png")]) == 0
    assert (tmp_path / "again.png").read_bytes() == png.read_bytes()


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    code, text, err = call(
        DIE, "--set", f"{SINK}=2,4,-1 mm", "--set", "layers.die.thickness=1 mm", "--json", capsys=capsys
    )
    assert (code, err) == (0, "")
    answer = json.loads(text)
    assert answer["dimensions"] == {SINK: 3}
    assert answer["failed"] == 1
    assert answer["failures"][0]["at"] == {SINK: "-1 mm"}
    assert answer["variables"]["junction"]["values"][2] is None
    exact = 298.15 + 3e5 * (1e-3 / 148.0 + 1.2e-4 + 2e-3 / 237.0 + 1.0 / 5000.0)
    assert np.isclose(answer["variables"]["junction"]["values"][0], exact, rtol=1e-12)


def test_the_sweep_of_the_case_and_what_set_changes_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "case.toml"
    own = f'\n[sweep]\n"{SINK}" = ["2 mm", "3 mm"]\n"layers.sink.material" = ["copper", "aluminium"]\n'
    case.write_text(Path(DIE).read_text() + own)

    def dimensions(*sets: str) -> dict[str, int]:
        options = [word for text in sets for word in ("--set", text)]
        code, text, err = call(str(case), *options, "--json", capsys=capsys)
        assert (code, err) == (0, "")
        found: dict[str, int] = json.loads(text)["dimensions"]
        return found

    assert dimensions() == {SINK: 2, "layers.sink.material": 2}
    assert dimensions(f"{SINK}=1,2,3 mm") == {SINK: 3, "layers.sink.material": 2}
    assert dimensions(f"{SINK}=1 mm") == {"layers.sink.material": 2}
    assert dimensions("interfaces.0.scale=1,2") == {
        SINK: 2,
        "layers.sink.material": 2,
        "interfaces.0.scale": 2,
    }
    code, text, _ = call(str(case), "--zip", "--json", capsys=capsys)
    assert code == 0
    assert json.loads(text)["dimensions"] == {"point": 2}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((DIE,), 2, "nothing to sweep; add [sweep] to the case, or give --set"),
        ((DIE, "--set", "layers.sink.thicknes=1,2 mm"), 2, "did you mean 'thickness'"),
        ((DIE, "--set", f"{SINK}"), 2, "expected PATH=VALUES"),
        ((DIE, "--set", f"{SINK}=1,2 W"), 2, "'W' is a power; expected a length"),
        ((DIE, "--set", f"{SINK}=-1,-2 mm"), 2, "all 2 points failed"),
        ((DIE, "--set", "boundary.bottom.heat=-100,-200 kW"), 3, "all 2 points failed"),
        ((DIE, "--set", f"{SINK}=1,2 mm", "--resume"), 2, "give -o OUT.h5 as well"),
        ((DIE, "--set", f"{SINK}=1,2 mm", "--of", "fits"), 2, "expected run, effective or zth"),
        ((DIE, "--set", f"{SINK}=1,2 mm", "--show", "junction"), 2, "give --plot PNG as well"),
        ((DIE, "--set", f"{SINK}=1,2 mm", "--workers", "2", "--scheduler", "tcp://h:1"), 2, "leave one out"),
        ((DIE, "--set", f"{SINK}=1,2 mm", "--workers", "0"), 2, "--workers"),
        ((DIE, "--set", f"{SINK}=1,2 mm", "-o", DIE, "--force"), 4, "is what this command reads"),
        (("nowhere.toml",), 4, "there is no such file"),
    ],
)  # fmt: skip
def test_refused(arguments: Sequence[str], code: int, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    found, out, err = call(*arguments, capsys=capsys)
    assert (found, out) == (code, "")
    assert words in err


def test_pictures_that_cannot_be_are_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    three = (
        "--set",
        f"{SINK}=1,2 mm",
        "--set",
        "interfaces.0.scale=1,2",
        "--set",
        "layers.die.thickness=1,2 mm",
    )
    code, _, err = call(DIE, *three, "--plot", str(tmp_path / "a.png"), capsys=capsys)
    assert code == 2
    assert "here are 3" in err
    code, _, err = call(DIE, "--set", f"{SINK}=1,2 mm", "--plot", str(tmp_path / "a.bmp"), capsys=capsys)
    assert code == 2
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_where_all_points_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, _ = call(DIE, "--set", f"{SINK}=-1,-2 mm", "-o", str(tmp_path / "out.h5"), capsys=capsys)
    assert code == 2
    assert list(tmp_path.iterdir()) == []


# Interrupted ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The long sweep, done at one go in one process."""
    path = tmp_path_factory.mktemp("whole") / "out.h5"
    assert kapitza.cli.main(["sweep", DIE, *LONG, "--workers", "1", "--quiet", "-o", str(path)]) == 0
    return path


def test_killed_and_resumed(whole: Path, tmp_path: Path) -> None:
    """Nothing but the points in flight is lost, and the bits are those of a sweep that was left alone."""
    out, journal = tmp_path / "out.h5", tmp_path / "out.h5.journal"
    process = start(DIE, *LONG, "--workers", "2", "-o", str(out))
    wait_for(journal, 40)
    process.kill()
    process.communicate()
    done = kept(journal)
    assert 40 <= done < 3600
    assert not out.exists()
    with journal.open("ab") as file:  # what a kill in the middle of a write leaves
        file.write(HEAD.pack(1000, 1) + b"cut short")
    again = start(DIE, *LONG, "-o", str(out), "--resume")
    text, err = again.communicate(timeout=120)
    assert again.returncode == 0
    assert f"going on after {done:,} of 3,600 points" in err
    assert "60 x 60 points = 3,600" in text
    assert variables(out) == variables(whole)
    assert [path.name for path in tmp_path.iterdir()] == ["out.h5"]


def test_interrupted(tmp_path: Path) -> None:
    out, journal = tmp_path / "out.h5", tmp_path / "out.h5.journal"
    process = start(DIE, *LONG, "-o", str(out))
    wait_for(journal, 20)
    process.send_signal(signal.SIGINT)
    text, err = process.communicate(timeout=60)
    assert (process.returncode, text) == (130, "")
    assert "interrupted after" in err
    assert "go on with the same command and --resume" in err
    assert kept(journal) > 0
    assert not out.exists()
    # Neither another sweep nor another case may go on with it, nor a new one replace it unasked.
    for options, code, words in (
        ((*LONG, "-o", str(out)), 4, "from a sweep that has not ended"),
        (("--set", f"{SINK}=1,2 mm", "-o", str(out), "--resume"), 2, "the swept values have changed"),
        (
            (*LONG, "--set", "layers.die.thickness=1 mm", "-o", str(out), "--resume"),
            2,
            "the case has changed",
        ),
        ((*LONG, "-o", str(out), "--of", "effective", "--resume"), 2, "the numbers of another command"),
    ):
        other = start(DIE, *options)
        text, err = other.communicate(timeout=60)
        assert (other.returncode, text) == (code, "")
        assert words in err
    assert kept(journal) > 0


def test_resume_without_a_journal_starts_at_the_beginning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out.h5")
    code, _, err = call(DIE, "--set", f"{SINK}=1,2 mm", "-o", out, "--resume", capsys=capsys)
    assert code == 0
    assert "there is no sweep to go on with; it starts at its beginning" in err
    code, _, err = call(DIE, "--set", f"{SINK}=1,2 mm", "-o", out, "--resume", capsys=capsys)
    assert code == 4
    assert "already exists" in err


def test_a_foreign_file_is_not_touched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = tmp_path / "out.h5.journal"
    journal.write_text("my diary\nDear journal\n")
    code, _, err = call(
        DIE, "--set", f"{SINK}=1,2 mm", "-o", str(tmp_path / "out.h5"), "--resume", capsys=capsys
    )
    assert code == 4
    assert "is not the journal of a sweep" in err
    code, _, _ = call(
        DIE, "--set", f"{SINK}=1,2 mm", "-o", str(tmp_path / "out.h5"), "--force", capsys=capsys
    )
    assert code == 4
    assert journal.read_text() == "my diary\nDear journal\n"


def test_the_commands_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (CASES.parent / "README.md").read_text(encoding="utf-8")
    lines = [line for line in readme.splitlines() if line.startswith("kapitza sweep ")]
    assert len(lines) >= 3
    monkeypatch.chdir(tmp_path)
    for line in lines:
        words = shlex.split(line.replace("cases/", f"{CASES}/"))
        assert kapitza.cli.main(words[1:]) == 0
    assert {path.name for path in tmp_path.iterdir()} == {"sinks.h5", "sinks.png", "map.png", "w_al2o3.png"}
