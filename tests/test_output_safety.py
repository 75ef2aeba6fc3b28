"""Whatever goes wrong while a result is written, what was there stays, and nothing half-written remains."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import h5py
import pytest

from fake_solution import line, plane
from kapitza.errors import FileError
from kapitza.output import netcdf, read, replace, write
from kapitza.output.replace import Replacement
from kapitza.output.sink import Sink

OLD = b"something dear to someone"
TESTS = Path(__file__).parent


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def refused(match: str, solution, path: Path, **options) -> None:
    with pytest.raises(FileError, match=match) as caught:
        write(solution, path, **options)
    assert caught.value.exit_code == 4
    assert str(path.name) in str(caught.value)


def test_existing_file_is_kept(tmp_path):
    path = tmp_path / "out.h5"
    path.write_bytes(OLD)
    refused("already exists.*--force", line(), path)
    assert path.read_bytes() == OLD
    assert files(tmp_path) == {"out.h5"}


def test_force_replaces_a_file(tmp_path):
    path = tmp_path / "out.h5"
    path.write_bytes(OLD)
    twin = tmp_path / "twin"
    os.link(path, twin)
    write(line(), path, force=True)
    assert read(path).piece_names == ["die", "paste", "sink"]
    assert twin.read_bytes() == OLD
    assert files(tmp_path) == {"out.h5", "twin"}


@pytest.mark.parametrize("force", [False, True])
def test_target_of_a_link_is_never_touched(tmp_path, force):
    treasure = tmp_path / "treasure"
    treasure.write_bytes(OLD)
    path = tmp_path / "out.h5"
    path.symlink_to(treasure)
    if force:
        write(line(), path, force=True)
        assert not path.is_symlink()
        assert read(path).version
    else:
        refused("already exists", line(), path)
        assert path.is_symlink()
    assert treasure.read_bytes() == OLD


def test_dangling_link_counts_as_existing(tmp_path):
    path = tmp_path / "out.h5"
    path.symlink_to(tmp_path / "nowhere")
    refused("already exists", line(), path)
    assert files(tmp_path) == {"out.h5"}
    write(line(), path, force=True)
    assert files(tmp_path) == {"out.h5"}
    assert not path.is_symlink()


@pytest.mark.parametrize("force", [False, True])
def test_folder_is_not_a_file(tmp_path, force):
    (tmp_path / "out.h5").mkdir()
    refused("is a folder", line(), tmp_path / "out.h5", force=force)
    assert files(tmp_path) == {"out.h5"}


@pytest.mark.parametrize("force", [False, True])
def test_fifo_is_left_alone(tmp_path, force):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    refused("not an ordinary file", line(), path, force=force)
    link = tmp_path / "link"
    link.symlink_to(path)
    refused("not an ordinary file", line(), link, force=force)
    assert stat.S_ISFIFO(path.stat().st_mode)
    assert link.is_symlink()


def test_device_is_left_alone():
    refused("not an ordinary file", line(), Path("/dev/null"), force=True)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_missing_folder(tmp_path):
    refused("folder .*nowhere does not exist", line(), tmp_path / "nowhere" / "out.h5")
    assert files(tmp_path) == set()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_bytes(OLD)
    refused("Not a directory", line(), tmp_path / "file" / "out.h5")


def test_read_only_folder():
    """Root may write anywhere, so it becomes nobody for this."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        answer = _run("write(line(), Path(sys.argv[1]) / 'out.h5')", folder, as_nobody=os.geteuid() == 0)
        assert "FileError" in answer.stdout
        assert "not writable" in answer.stdout
        assert files(folder) == set()
        folder.chmod(0o755)


def test_longest_name_that_the_system_takes(tmp_path):
    path = tmp_path / ("n" * 252 + ".h5")
    write(line(), path)
    assert read(path).version
    refused("File name too long", line(), tmp_path / ("n" * 256 + ".h5"))


def test_name_with_a_zero_byte(tmp_path):
    refused("null byte", line(), tmp_path / "a\0b.h5")


def test_permissions_are_the_users_own(tmp_path):
    before = os.umask(0o027)
    try:
        write(line(), tmp_path / "out.h5")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.h5").stat().st_mode) == 0o640


@pytest.mark.parametrize("limit", [0, 1, 100, 2_000, 10_000, 30_000, 42_000])
@pytest.mark.parametrize("old", [False, True])
def test_full_disk(tmp_path, limit, old):
    """The system refuses to let any file grow beyond ``limit`` bytes; the process ends in peace all the same."""
    path = tmp_path / "out.h5"
    if old:
        path.write_bytes(OLD)
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        "write(line(), Path(sys.argv[1]), force=True)"
    )
    answer = _run(script, path, str(limit))
    assert answer.returncode == 0
    assert answer.stderr == ""
    assert "FileError" in answer.stdout
    assert "File too large" in answer.stdout
    if limit > 2_000:
        assert re.search(r"after [0-9,]{5,6} bytes", answer.stdout)
    assert files(tmp_path) == ({"out.h5"} if old else set())
    if old:
        assert path.read_bytes() == OLD


def test_full_disk_for_the_companion(tmp_path):
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000,) * 2)\n"
        "from kapitza.output import recording; recording.document = lambda *these: 'x' * 300_000\n"
        "write(line(), Path(sys.argv[1]), xdmf=True)"
    )
    answer = _run(script, tmp_path / "out.h5")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "out.xdmf" in answer.stdout
    assert files(tmp_path) == set()


def _run(script: str, *arguments: object, as_nobody: bool = False) -> subprocess.CompletedProcess[str]:
    """Run ``script`` in a process of its own that prints the error it meets."""
    program = (
        "import sys, os\nfrom pathlib import Path\nfrom fake_solution import line, plane\n"
        "from kapitza.output import write, hdf5\n"
        f"if {as_nobody}: os.setuid(65534)\n"
        "try:\n" + "\n".join("    " + row for row in script.splitlines()) + "\n"
        "except Exception as problem: print(type(problem).__name__, problem)\n"
    )
    path = os.pathsep.join([str(TESTS), *sys.path])
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Flawed(Sink):
    """A sink whose file fails at the ``after``-th write."""

    after = 0
    error: BaseException = OSError()

    def _write_all(self, view):
        type(self).after -= 1
        if type(self).after < 0 and self.failure is None:
            raise type(self).error
        super()._write_all(view)


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(143), OSError(28, "No space left on device")]
)
@pytest.mark.parametrize("after", [0, 1, 5, 20, 60])
def test_interrupt_or_error_in_the_midst_of_a_write(tmp_path, monkeypatch, error, after):
    path = tmp_path / "out.h5"
    path.write_bytes(OLD)
    monkeypatch.setattr(replace, "Sink", Flawed)
    monkeypatch.setattr(Flawed, "after", after)
    monkeypatch.setattr(Flawed, "error", error)
    expected = FileError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected) as caught:
        write(plane(), path, force=True)
    if expected is FileError:
        assert "No space left on device" in str(caught.value)
    assert path.read_bytes() == OLD
    assert files(tmp_path) == {"out.h5"}


def test_interrupt_between_the_writes(tmp_path, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    for place in ("verify", "create"):
        monkeypatch.setattr(f"kapitza.output.recording.{place}", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write(line(), tmp_path / "out.h5")
        assert files(tmp_path) == set()


def test_what_reads_back_differently_is_dropped(tmp_path, monkeypatch):
    seal = Replacement.seal

    def rot(self):
        seal(self)
        with h5py.File(self.path, "r+") as file:
            file["temperature"][0, 0] += 1e-9

    monkeypatch.setattr(Replacement, "seal", rot)
    refused("reads back differently .*/temperature", line(), tmp_path / "out.h5")
    assert files(tmp_path) == set()


def test_what_cannot_be_read_back_is_dropped(tmp_path, monkeypatch):
    seal = Replacement.seal

    def cut(self):
        seal(self)
        os.truncate(self.path, 9_000)

    monkeypatch.setattr(Replacement, "seal", cut)
    refused("cannot be read back", line(), tmp_path / "out.h5")
    assert files(tmp_path) == set()


def test_file_that_appears_meanwhile_is_kept(tmp_path, monkeypatch):
    path = tmp_path / "out.h5"
    verify = netcdf.verify

    def slow(*arguments):
        verify(*arguments)
        path.write_bytes(OLD)

    monkeypatch.setattr("kapitza.output.recording.verify", slow)
    refused("already exists", line(), path)
    assert path.read_bytes() == OLD
    assert files(tmp_path) == {"out.h5"}


@pytest.mark.parametrize("hard_links", [True, False])
def test_file_that_appears_at_the_last_moment_is_kept(tmp_path, monkeypatch, hard_links):
    """Between the last look and the move."""
    path = tmp_path / "out.h5"
    if not hard_links:
        monkeypatch.setattr(os, "link", _no_links)
    monkeypatch.setattr(replace, "check_target", lambda target, force: None)
    with Replacement(path) as draft:
        draft.sink.write(b"new")
        draft.seal()
        path.write_bytes(OLD)
        with pytest.raises(FileExistsError):
            draft.place()
    assert path.read_bytes() == OLD
    assert files(tmp_path) == {"out.h5"}


def _no_links(*arguments, **options):
    raise PermissionError(1, "Operation not permitted")


def test_file_system_without_hard_links(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", _no_links)
    path = tmp_path / "out.h5"
    write(line(), path)
    assert read(path).version
    assert files(tmp_path) == {"out.h5"}


def test_move_that_fails_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", _no_links)
    monkeypatch.setattr(os, "replace", _no_links)
    refused("Operation not permitted", line(), tmp_path / "out.h5")
    assert files(tmp_path) == set()


def test_writers_at_once_do_not_meet(tmp_path):
    """Without force one of them wins; with force one after the other does. None breaks another's draft."""
    path = tmp_path / "out.h5"
    for force in (False, True):
        lost: list[FileError] = []

        def work(force: bool = force, lost: list[FileError] = lost) -> None:
            try:
                write(plane(), path, force=force)
            except FileError as problem:
                lost.append(problem)

        writers = [threading.Thread(target=work) for _ in range(6)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert len(lost) == (0 if force else 5)
        assert read(path).piece_names == ["die", "sink", "bump"]
        assert files(tmp_path) == {"out.h5"}


def test_somebody_elses_draft_is_left_alone(tmp_path):
    draft = tmp_path / ".kapitza-0123456789abcdef.part"
    draft.write_bytes(OLD)
    write(line(), tmp_path / "out.h5")
    assert draft.read_bytes() == OLD


def test_xdmf_companion_is_guarded_too(tmp_path):
    side = tmp_path / "out.xdmf"
    side.write_bytes(OLD)
    with pytest.raises(FileError, match=r"out\.xdmf: already exists"):
        write(line(), tmp_path / "out.h5", xdmf=True)
    assert files(tmp_path) == {"out.xdmf"}
    write(line(), tmp_path / "out.h5")
    assert side.read_bytes() == OLD
    write(line(), tmp_path / "out.h5", xdmf=True, force=True)
    assert side.read_bytes() != OLD
