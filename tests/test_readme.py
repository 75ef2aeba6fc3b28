"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import kapitza as kp

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.S)


def test_the_case_shown_is_the_case_shipped() -> None:
    assert blocks("toml")[0] == (ROOT / "cases" / "cpu_die.toml").read_text(encoding="utf-8").strip() + "\n"


def test_the_lines_shown_for_a_run_in_time_are_read(tmp_path: Path) -> None:
    case = (ROOT / "cases" / "cpu_power_step.toml").read_text(encoding="utf-8")
    path = tmp_path / "pulses.toml"
    path.write_text(case[: case.index("[transient]")] + blocks("toml")[1], encoding="utf-8")
    options = kp.load(path).stack.transient
    assert options is not None
    assert (options.until, options.save, options.checkpoint) == (10.0, 200, 60.0)


def test_the_answer_shown_is_the_answer_printed() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "kapitza.cli", "run", "cases/cpu_die.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    def lines(text: str) -> list[str]:
        return [line.rstrip() for line in text.strip().splitlines() if not line.startswith("solver:")]

    assert lines(run.stdout) == lines(blocks("text")[0])


def test_the_python_example_runs_and_says_what_it_claims(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = blocks("python")[0]
    names: dict[str, object] = {}
    exec(compile(code.replace('"cases/', f'"{ROOT}/cases/'), "README.md", "exec"), names)
    solution = names["solution"]
    assert abs(solution.interfaces["die|sink"].jump - 45.0) < 1e-9  # type: ignore[attr-defined]
    assert (tmp_path / "hotter.png").stat().st_size > 10_000
    assert (tmp_path / "fit.png").stat().st_size > 10_000


def test_every_case_and_picture_named_is_there() -> None:
    for name in re.findall(r"\((cases/[^)]*\.png)\)", README):
        assert (ROOT / name).is_file()
    table = README[README.index("## What is there") :]
    shipped = {path.stem for path in (ROOT / "cases").glob("*.toml")}
    named = {
        name
        for row in re.findall(r"^\|[^|]*\|([^|]*)\|", table, flags=re.M)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert named == shipped


def test_the_commands_shown_exist() -> None:
    for command in re.findall(r"^\./(\S+)", blocks("sh")[0], flags=re.M):
        assert (ROOT / command).is_file()
