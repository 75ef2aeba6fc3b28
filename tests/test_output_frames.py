"""Runs in time: frames go to the file one by one, and what xarray finds is what was put."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr

from fake_solution import FakeSolution, line, plane
from kapitza.errors import FileError
from kapitza.output import read, write
from kapitza.output.recording import Recording

TIMES = np.array([0.0, 2.5e-7, 3e-3, 11.0, 700.0])


def course(first: FakeSolution, times: np.ndarray = TIMES, **changes: Any) -> list[FakeSolution]:
    """Frames of ``first`` over ``times``: the temperature rises, everything else too where it depends on it."""
    return [
        dataclasses.replace(first, temperature=first.temperature + 7.0 * i, time=float(t), **changes)
        for i, t in enumerate(times)
    ]


def lasting(frames: list[FakeSolution]) -> FakeSolution:
    return dataclasses.replace(frames[-1], history=SimpleNamespace(frames=frames))


def opened(path: Path, group: str | None = None) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf", group=group) as data:
        return data.load()


@pytest.mark.parametrize("first", [line(), plane(), line(kind="sphere"), plane(kind="axisymmetric")])
def test_every_time_is_a_frame(tmp_path: Path, first: FakeSolution) -> None:
    frames = course(first)
    write(lasting(frames), tmp_path / "out.h5")
    data = opened(tmp_path / "out.h5")
    assert data.temperature.dims[0] == "time"
    assert data.time.attrs["units"] == "s"
    np.testing.assert_array_equal(data.time, TIMES)
    for i, frame in enumerate(frames):
        np.testing.assert_array_equal(data.temperature[i], frame.temperature)
    pieces = opened(tmp_path / "out.h5", "pieces")
    np.testing.assert_array_equal(pieces["max"], [frame.pieces.most for frame in frames])
    with h5py.File(tmp_path / "out.h5") as file:
        assert file["temperature"].dtype == np.float64
        assert file["temperature"].chunks is not None


def test_melted_fraction_is_there_where_something_melts(tmp_path: Path) -> None:
    frames = course(line())
    frames = [dataclasses.replace(f, liquid=np.full(9, i / 7.0)) for i, f in enumerate(frames)]
    write(lasting(frames), tmp_path / "out.h5")
    data = opened(tmp_path / "out.h5")
    assert data.melted.dims == data.temperature.dims
    np.testing.assert_array_equal(data.melted[:, 4], np.arange(5) / 7.0)
    late = [dataclasses.replace(f, liquid=None) for f in frames[:3]] + frames[3:]
    write(lasting(late), tmp_path / "late.h5", xdmf=True)
    found = opened(tmp_path / "late.h5").melted
    np.testing.assert_array_equal(found[:, 4], [0.0, 0.0, 0.0, 3 / 7, 4 / 7])
    assert (tmp_path / "late.xdmf").read_text().count('Name="melted"') == 5
    write(lasting(course(line())), tmp_path / "solid.h5")
    assert "melted" not in opened(tmp_path / "solid.h5")


def test_any_time_can_be_read_back(tmp_path: Path) -> None:
    frames = course(plane())
    write(lasting(frames), tmp_path / "out.h5")
    for number in (0, 3, -1):
        found = read(tmp_path / "out.h5", number)
        assert found.time == frames[number].time
        np.testing.assert_array_equal(found.temperature, frames[number].temperature)
    assert found.hottest is not None
    assert found.hottest.shape == (5, 3)


def test_streamed_is_what_is_written_at_once(tmp_path: Path) -> None:
    """Byte by byte: frames from a run as it goes, and from memory."""
    frames = course(plane())
    write(lasting(frames), tmp_path / "memory.h5")
    with Recording(
        tmp_path / "stream.h5", frames[0].stack.title, frames[0].source_text or "", expected=5
    ) as recording:
        for frame in frames:
            recording.put(frame)
        recording.finish(lasting(frames))
        assert not (tmp_path / "stream.h5").exists()
        recording.place()
    assert (tmp_path / "memory.h5").read_bytes() == (tmp_path / "stream.h5").read_bytes()


def test_short_frames_share_a_chunk_and_long_ones_have_their_own(tmp_path: Path) -> None:
    write(lasting(course(line(cells=5), np.arange(100.0))), tmp_path / "short.h5")
    write(lasting(course(plane(80, 90), np.arange(6.0))), tmp_path / "long.h5")
    with h5py.File(tmp_path / "short.h5") as short, h5py.File(tmp_path / "long.h5") as long:
        assert short["temperature"].chunks == (100, 15)
        assert long["temperature"].chunks == (1, 80, 90)
        assert short["temperature"].shape == (100, 15)


def test_memory_does_not_grow_with_the_number_of_frames(tmp_path: Path) -> None:
    """300 frames of 1 MB take no more than 20 do."""
    first = plane(300, 140)
    peaks = []
    for number in (20, 300):
        with Recording(tmp_path / f"{number}.h5", "long", "", expected=number) as recording:
            recording.put(first)
            tracemalloc.start()
            for i in range(1, number):
                recording.put(dataclasses.replace(first, time=float(i)))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            recording.finish(lasting([first]))
            recording.place()
    assert peaks[1] < peaks[0] + 2e6
    assert (tmp_path / "300.h5").stat().st_size > 300 * 3 * 8 * 300 * 140


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    with Recording(tmp_path / "out.h5", "t", "", expected=5) as recording:
        for frame in course(line()):
            recording.put(frame)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_stays_until_the_run_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "out.h5"
    path.write_bytes(b"dear")
    with pytest.raises(FileError, match="already exists"):
        Recording(path, "t", "")
    frames = course(line())
    with Recording(path, "t", "", force=True, expected=5) as recording:
        for frame in frames:
            recording.put(frame)
        assert path.read_bytes() == b"dear"
        recording.finish(lasting(frames))
        recording.place()
    assert len(read(path).times) == 5


@pytest.mark.parametrize("limit", [20_000, 300_000, 2_000_000])
def test_a_disk_that_fills_up_says_so_with_path_and_bytes(tmp_path: Path, limit: int) -> None:
    (tmp_path / "out.h5").write_bytes(b"dear")
    script = (
        "import sys, dataclasses, resource\nfrom pathlib import Path\nfrom fake_solution import plane\n"
        "from kapitza.errors import FileError\nfrom kapitza.output.recording import Recording\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)\n"
        "try:\n"
        "    with Recording(Path(sys.argv[1]), 't', '', force=True, expected=99) as recording:\n"
        "        for i in range(99): recording.put(plane(40, 50, time=float(i)))\n"
        "        recording.finish(plane(40, 50))\n"
        "except FileError as problem: print(problem, problem.exit_code)\n"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    answer = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "out.h5"), str(limit)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "out.h5: could not be written after" in answer.stdout
    assert answer.stdout.endswith("again 4\n")
    assert [p.name for p in tmp_path.iterdir()] == ["out.h5"]
    assert (tmp_path / "out.h5").read_bytes() == b"dear"
