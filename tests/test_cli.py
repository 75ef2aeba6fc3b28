"""The command line around the library: exit codes, messages, one JSON object, what is imported when."""

from __future__ import annotations

import errno
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import kapitza.cli
from kapitza.cli import guard, solve
from kapitza.errors import FileError, InputError, PhysicsError, ResourceError
from kapitza.output.finite import finite

SOLVER = Path(kapitza.cli.__file__).resolve().parents[2]
NOW = (
    "run",
    "check",
    "show",
    "plot",
    "materials",
    "schema",
    "new",
    "verify",
    "interface",
    "zth",
    "sweep",
    "fit",
)
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOLVER)}


def command(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "kapitza.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=ENVIRONMENT,
        **options,
    )


def raising(problem: BaseException) -> Any:
    """A stand-in for a command that fails with ``problem``."""

    def fail(*arguments: Any, **options: Any) -> None:
        raise problem

    return fail


# Usage -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["runn", "a.toml"], ["No such command 'runn'", "'run'", "kapitza --help"]),
        (["run", "a.toml", "--jsn"], ["--jsn", "--json", "kapitza run --help"]),
        (["run"], ["Missing argument 'CASE'"]),
        (["run", "a.toml", "b.toml"], ["b.toml"]),
        (["run", "a.toml", "-o"], ["-o", "requires an argument"]),
        (["verify", "--levels", "many"], ["--levels", "integer"]),
        (["verify", "--levels", "0"], ["--levels"]),
        (["run", "a.toml", "--xdmf"], ["--xdmf", "-o OUT.h5"]),
        (["run", "a.toml", "-o", "x.h5", "--plot", "./x.h5"], ["two outputs"]),
        (["new", "a", "--template", "cpuu"], ['no template "cpuu"', "Did you mean cpu?"]),
    ],
)
def test_usage_errors(
    arguments: list[str],
    words: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: Any,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert kapitza.cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    for word in words:
        assert word in err
    assert list(tmp_path.iterdir()) == []


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--help"]):
        assert kapitza.cli.main(arguments) == 0
        out, err = capsys.readouterr()
        assert err == ""
        for name in NOW:
            assert name in out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"kapitza {kapitza.__version__}\n"


# Exit codes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "code", "text"),
    [
        (
            InputError("case.toml:3: layers.0.thickness: no"),
            2,
            "error: case.toml:3: layers.0.thickness: no\n",
        ),
        (PhysicsError("the die only gets hotter"), 3, "error: the die only gets hotter\n"),
        (FileError("x.h5: exists"), 4, "error: x.h5: exists\n"),
        (ResourceError("1e12 cells"), 5, "error: 1e12 cells\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (guard.Terminated(), 143, "terminated\n"),
    ],
)
def test_every_error_has_its_code(
    problem: BaseException, code: int, text: str, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr(solve, "check_case", raising(problem))
    assert kapitza.cli.main(["check", "case.toml"]) == code
    assert capsys.readouterr() == ("", text)


@pytest.mark.parametrize(
    ("problem", "code", "words"),
    [
        (MemoryError(), 5, ["not enough memory"]),
        (PermissionError(errno.EACCES, "Permission denied", "a.toml"), 4, ["a.toml: Permission denied"]),
        (OSError(errno.ENOSPC, "No space left on device", "x.h5"), 5, ["x.h5: No space left", "Make room"]),
        (ZeroDivisionError("division by zero"), 1, ["ZeroDivisionError: division by zero", "bug", "--debug"]),
        (AssertionError(), 1, ["AssertionError.", "bug"]),
    ],
)
def test_foreign_errors_become_a_sentence(
    problem: BaseException, code: int, words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr(solve, "check_case", raising(problem))
    assert kapitza.cli.main(["check", "case.toml"]) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "Traceback" not in err
    for word in words:
        assert word in err


def test_debug_shows_the_traceback_from_any_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.setattr(solve, "check_case", raising(PhysicsError("no")))
    for arguments in (["--debug", "check", "a"], ["check", "a", "--debug"]):
        assert kapitza.cli.main(arguments) == 3
        err = capsys.readouterr().err
        assert "Traceback" in err
        assert err.endswith("error: no\n")


def test_json_stays_one_object_on_an_error(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(solve, "check_case", raising(PhysicsError("the die only gets hotter")))
    assert kapitza.cli.main(["check", "a.toml", "--json"]) == 3
    out, err = capsys.readouterr()
    assert json.loads(out) == {"status": "error", "exit_code": 3, "message": "the die only gets hotter"}
    assert err == "error: the die only gets hotter\n"


def test_json_has_no_numbers_that_json_lacks(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    answer = {"status": "ok", "R": math.inf, "parts": [{"value": -math.inf}, (math.nan, 2.5, None, "x")]}
    monkeypatch.setattr(solve, "check_case", lambda *arguments, **options: answer)
    assert kapitza.cli.main(["check", "a.toml", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out, parse_constant=pytest.fail) == finite(answer)
    assert finite(answer) == {"status": "ok", "R": None, "parts": [{"value": None}, [None, 2.5, None, "x"]]}


# Signals and pipes -----------------------------------------------------------------------------------

SLEEPER = """
import sys, time
from kapitza.cli import main, solve
def sleep(*arguments, **options):
    print("ready", file=sys.stderr, flush=True)
    time.sleep(60)
solve.check_case = sleep
sys.exit(main(["check", "case.toml"]))
"""


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_signals(number: signal.Signals, code: int, word: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SLEEPER],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "ready\n"
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (code, "", f"{word}\n")


WORKER = """
import sys, time
from kapitza.cli import main, screen, solve
def work(*arguments, **options):
    with screen.working("solving case.toml"):
        time.sleep(float(sys.argv[1]))
    return {"status": "ok"}
solve.check_case = work
sys.exit(main(["check", "case.toml", "--json"]))
"""


@pytest.mark.parametrize(
    ("seconds", "terminal", "seen"), [(1.5, True, True), (0.1, True, False), (1.5, False, False)]
)
def test_long_work_shows_a_sign_of_life_on_a_terminal(seconds: float, terminal: bool, seen: bool) -> None:
    ours, theirs = os.openpty() if terminal else os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(seconds)],
        env={**ENVIRONMENT, "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    out, _ = process.communicate(timeout=60)
    os.set_blocking(ours, False)
    try:
        err = os.read(ours, 100_000)
    except BlockingIOError:
        err = b""
    assert json.loads(out) == {"status": "ok"}
    assert (b"solving case.toml" in err) is seen
    os.close(ours)
    os.close(theirs)


PRINTER = """
import sys
from kapitza.cli import main, screen, solve
solve.check_case = lambda *arguments, **options: screen.show(*(["line"] * 100_000))
sys.exit(main(["check", "case.toml"]))
"""


def test_a_reader_that_leaves_is_no_error_text() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PRINTER],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "line\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=30) == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_standard_output_is_an_error() -> None:
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "kapitza.cli", "--help"],
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert process.returncode == 5
    assert b"Traceback" not in process.stderr


def test_closed_standard_streams_do_not_crash() -> None:
    shell = f'"{sys.executable}" -m kapitza.cli runn >&- 2>&-'
    assert subprocess.run(["bash", "-c", shell], env=ENVIRONMENT).returncode == 2


def test_a_terminal_without_unicode_gets_substitutes() -> None:
    process = subprocess.run(
        [sys.executable, "-m", "kapitza.cli", "runn µ"],
        env={**ENVIRONMENT, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
    )
    assert process.returncode == 2
    assert b"Traceback" not in process.stderr


# Outputs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["-o", "--plot"])
def test_outputs_are_checked_before_anything_is_read(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "case.toml"
    case.write_text("not = 'a case'")
    standing = tmp_path / "out"
    standing.write_text("precious")
    link = tmp_path / "link"
    link.symlink_to("nowhere")
    for target, word in (
        (standing, "--force"),
        (link, "--force"),
        (tmp_path, "folder"),
        (tmp_path / "no" / "out", "folder"),
        (case, "reads"),
    ):
        assert kapitza.cli.main(["run", str(case), option, str(target)]) == 4
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(f"error: {target}: ")
        assert word in err
    assert kapitza.cli.main(["run", str(case), option, str(case), "--force"]) == 4
    assert standing.read_text() == "precious"
    assert case.read_text() == "not = 'a case'"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["case.toml", "link", "out"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "read only"
    folder.mkdir(mode=0o500)
    assert kapitza.cli.main(["run", "case.toml", "-o", str(folder / "x.h5")]) == 4
    assert "writable" in capsys.readouterr().err


def test_new_refuses_to_overwrite(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert kapitza.cli.main(["new", "stack", "--template", "rod"]) == 0
    assert "wrote stack.toml" in capsys.readouterr().out
    first = (tmp_path / "stack.toml").read_text()
    assert kapitza.cli.main(["new", "stack.toml"]) == 4
    out, err = capsys.readouterr()
    assert (out, "stack.toml" in err) == ("", True)
    assert (tmp_path / "stack.toml").read_text() == first
    assert kapitza.cli.main(["new", "stack", "--force"]) == 0
    assert (tmp_path / "stack.toml").read_text() != first
    assert [path.name for path in tmp_path.iterdir()] == ["stack.toml"]
    assert kapitza.cli.main(["new", "no/folder/stack"]) == 4


def test_new_answers_scripts_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert kapitza.cli.main(["new", "stack", "--template", "rod", "--json"]) == 0
    out, err = capsys.readouterr()
    assert (json.loads(out), err) == ({"status": "ok", "case": "stack.toml", "template": "rod"}, "")
    assert kapitza.cli.main(["new", "stack", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["exit_code"] == 4


def test_every_command_takes_json() -> None:
    from typer.main import get_command

    from kapitza.cli.app import app

    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        options = {option for parameter in command.params for option in parameter.opts}
        assert "--json" in options, name


# What is imported ------------------------------------------------------------------------------------

HEAVY = {"scipy", "numba", "matplotlib", "h5py"}


def loaded(*arguments: str) -> set[str]:
    """Top-level packages that a command has loaded when it ends."""
    code = (
        "import sys; from kapitza.cli import main; code = main(sys.argv[1:]); "
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr); sys.exit(code)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, *arguments], env=ENVIRONMENT, capture_output=True, text=True
    )
    assert process.returncode == 0, process.stderr
    return set(process.stderr.split())


def test_help_loads_next_to_nothing() -> None:
    assert not loaded("--help") & (HEAVY | {"numpy", "pint", "pydantic"})
    assert not loaded("run", "--help") & (HEAVY | {"numpy", "pint"})


def test_help_is_quick() -> None:
    begin = time.perf_counter()
    assert command("--help").returncode == 0
    assert time.perf_counter() - begin < 5.0
