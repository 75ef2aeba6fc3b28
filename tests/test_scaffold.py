"""The launcher makes its environment once, safely, then stays out of the way. Python, pip are stand-ins."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# A python3 that answers the launcher's questions and writes down what else it is asked to do.
PYTHON = """#!/usr/bin/env bash
case "$*" in
*version_info*) [ -z "${OLD:-}" ] && echo "$0" || exit 1 ;;
*ensurepip*) [ -z "${NO_VENV:-}" ] ;;
"-m venv "*) echo "venv" >>"$LOG"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
"-m pip --version") exit 0 ;;
"-m pip install"*)
    echo "pip ${*: -1}" >>"$LOG"
    sleep "${SLOW:-0}"
    [ -z "${PIP_FAILS:-}" ] || { echo "no route to index" >&2; exit 1; }
    cp "$STUBS/kapitza" "$(dirname "$0")/kapitza" ;;
--version) echo "Python 3.9.2" ;;
*) exit 9 ;;
esac
"""

# A kapitza that says how it was called.
KAPITZA = """#!/usr/bin/env bash
printf '%s\\n' "$PWD" "$@"
exit "${CODE:-0}"
"""


class Checkout:
    """A copy of the launcher in a folder of its own, with a PATH in which the only Python is the stand-in."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a check out"
        self.stubs = folder / "stubs"
        self.log = folder / "log"
        for place in (self.root, self.stubs):
            place.mkdir()
        shutil.copytree(ROOT / "scripts", self.root / "scripts")
        shutil.copy(ROOT / "pyproject.toml", self.root)
        for name, text in (("python3", PYTHON), ("kapitza", KAPITZA)):
            (self.stubs / name).write_text(text)
            (self.stubs / name).chmod(0o755)
        for tool in (
            "bash",
            "env",
            "cp",
            "rm",
            "mkdir",
            "dirname",
            "readlink",
            "cksum",
            "flock",
            "sleep",
            "id",
        ):
            found = shutil.which(tool)
            assert found is not None, tool
            (self.stubs / tool).symlink_to(found)
        self.venv = self.root / ".venv"

    def environment(self, **settings: str) -> dict[str, str]:
        return {"PATH": str(self.stubs), "STUBS": str(self.stubs), "LOG": str(self.log), **settings}

    def run(
        self, *arguments: str, cwd: Path | None = None, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "scripts" / "kapitza", *arguments],
            cwd=cwd or self.root,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=60,
        )

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_first_use_makes_the_environment_and_later_uses_do_not(checkout: Checkout) -> None:
    first = checkout.run("run", "two words")
    assert first.returncode == 0
    assert first.stdout.splitlines() == [str(checkout.root), "run", "two words"]
    assert "first use" in first.stderr
    assert checkout.calls == ["venv", f"pip {checkout.root}"]
    second = checkout.run("check")
    assert (second.stdout.splitlines()[1:], second.stderr) == (["check"], "")
    assert len(checkout.calls) == 2


def test_keeps_the_folder_and_the_exit_code(checkout: Checkout, tmp_path: Path) -> None:
    link = tmp_path / "linked"
    link.symlink_to(checkout.root / "scripts" / "kapitza")
    checkout.run()
    elsewhere = subprocess.run(
        [link, "x"], cwd=tmp_path, env=checkout.environment(CODE="5"), capture_output=True, text=True
    )
    assert (elsewhere.returncode, elsewhere.stdout.splitlines()) == (5, [str(tmp_path), "x"])


def test_changed_dependencies_are_installed(checkout: Checkout) -> None:
    checkout.run()
    with (checkout.root / "pyproject.toml").open("a") as project:
        project.write("# one more\n")
    assert "up to date" in checkout.run().stderr
    assert [call.split()[0] for call in checkout.calls] == ["venv", "pip", "pip"]


def test_interrupted_set_up_is_made_anew(checkout: Checkout) -> None:
    failed = checkout.run(PIP_FAILS="1")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "no route to index" in failed.stderr
    assert "could not install the dependencies" in failed.stderr
    (checkout.venv / "left over").touch()
    assert checkout.run("again").returncode == 0
    assert not (checkout.venv / "left over").exists()
    assert [call.split()[0] for call in checkout.calls] == ["venv", "pip", "venv", "pip"]


def test_empty_or_broken_environment_is_made_anew(checkout: Checkout) -> None:
    checkout.venv.mkdir()
    assert checkout.run().returncode == 0
    python = checkout.venv / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3.11")
    assert checkout.run().returncode == 0
    assert [call.split()[0] for call in checkout.calls] == ["venv", "pip", "venv", "pip"]


def test_a_moved_checkout_is_installed_again(checkout: Checkout) -> None:
    checkout.run()
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    assert checkout.run().returncode == 0
    assert checkout.calls[-1] == f"pip {checkout.root}"


def test_two_first_uses_at_once_make_one_environment(checkout: Checkout) -> None:
    started = [
        subprocess.Popen(
            [checkout.root / "scripts" / "kapitza", str(i)],
            env=checkout.environment(SLOW="0.5"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for i in range(3)
    ]
    outputs = [process.communicate(timeout=60)[0].split()[-1] for process in started]
    assert outputs == ["0", "1", "2"]
    assert [call.split()[0] for call in checkout.calls] == ["venv", "pip"]


def test_python_without_venv_is_named_with_the_remedy(checkout: Checkout) -> None:
    refused = checkout.run(NO_VENV="1")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "apt-get install python3-venv" in refused.stderr
    assert not checkout.venv.exists()


def test_old_python_is_named_with_the_remedy(checkout: Checkout) -> None:
    refused = checkout.run(OLD="1")
    assert refused.returncode == 1
    assert "needs Python 3.11 or newer" in refused.stderr
    assert "Python 3.9.2" in refused.stderr


def test_test_script_asks_for_the_test_extra(checkout: Checkout) -> None:
    checkout.run()
    subprocess.run([checkout.root / "scripts" / "test"], env=checkout.environment(), capture_output=True)
    assert checkout.calls[-1] == f"pip {checkout.root}[test]"


def test_scripts_are_executable_and_ci_runs_the_tests() -> None:
    for name in ("scripts/kapitza", "scripts/test", ".ci/run"):
        assert os.access(ROOT / name, os.X_OK), name
    assert "scripts/test" in (ROOT / ".ci" / "run").read_text()


def test_test_script_runs_every_check() -> None:
    script = (ROOT / "scripts" / "test").read_text()
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    for tool in ("ruff check", "ruff format --check", "mypy"):
        assert tool in script, tool
        assert tool in hooks, tool
    assert "pre_commit" in script
    assert "repo: local" in hooks
    assert re.findall(r"https?://", hooks) == []


def test_project_metadata() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"kapitza": "kapitza.cli:main"}
    assert project["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert (ROOT / "CHANGELOG.md").read_text().splitlines()[2] == "## Unreleased"
