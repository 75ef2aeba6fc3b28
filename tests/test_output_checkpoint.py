"""Checkpoints: two files in turn, each whole at any moment, and runs that go on from them as if never stopped."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from fake_solution import FakeSolution, line, plane
from kapitza.errors import FileError, InputError
from kapitza.output import checkpoint, read, write
from kapitza.output.checkpoint import Checkpoints, newest, paths
from kapitza.output.recording import Recording
from kapitza.output.replace import clear_drafts
from test_output_frames import course, lasting

STATE = {
    "field/T": np.array([1.0, np.nan, -0.0, 5e-324]),
    "step": np.array(7),
    "flags": np.array([True, False]),
    "text": np.array(["tr-bdf2"]),
    "none": np.zeros((0, 3)),
}


def recorded(path: Path, first: FakeSolution, **options: Any) -> Recording:
    return Recording(path, first.stack.title, first.source_text or "", expected=9, **options)


def contents(path: Path) -> dict[str, bytes]:
    """Every data set of a file, bit by bit."""
    found: dict[str, bytes] = {}

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset):
            values = item[...]
            data = repr(values.tolist()) if values.dtype == object else values.tobytes()
            found[name] = f"{item.shape} {item.dtype}".encode() + (
                data if isinstance(data, bytes) else data.encode()
            )

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


@pytest.mark.parametrize("first", [line(), plane()])
@pytest.mark.parametrize("stop", [0, 1, 4, 7, 9])
def test_goes_on_as_if_never_stopped(tmp_path: Path, first: FakeSolution, stop: int) -> None:
    """Checkpoints after every frame; the run is dropped after ``stop`` of them and resumed."""
    frames = course(first, np.linspace(0.0, 3.0, 9))
    write(lasting(frames), tmp_path / "whole.h5")
    out, case = tmp_path / "out.h5", first.source_text or ""
    with recorded(out, first) as recording:
        kept = Checkpoints(out, recording)
        kept.write(STATE | {"step": np.array(0)}, 0.0)
        for i, frame in enumerate(frames[:stop], 1):
            recording.put(frame)
            kept.write(STATE | {"step": np.array(i)}, frame.time)
    assert not out.exists()
    earlier, remarks = newest(out, case)
    assert earlier is not None
    assert remarks == []
    assert int(earlier.state["step"]) == stop
    with recorded(out, first, earlier=earlier.path) as recording:
        kept = Checkpoints(out, recording, earlier)
        kept.write(earlier.state, earlier.time)
        assert earlier.path.exists()
        again, _ = newest(out, case)
        assert again is not None
        assert again.serial == earlier.serial + 1
        if stop:
            with h5py.File(again.path) as file:
                assert len(file["time"]) == stop
        for frame in frames[stop:]:
            recording.put(frame)
            kept.write(earlier.state, frame.time)
        recording.finish(lasting(frames))
        recording.place()
        kept.remove()
    assert contents(out) == contents(tmp_path / "whole.h5")
    assert read(out).times.tolist() == [frame.time for frame in frames]
    assert {path.name for path in tmp_path.iterdir()} == {"out.h5", "whole.h5"}


def test_a_state_comes_back_bit_by_bit(tmp_path: Path) -> None:
    first, out = line(), tmp_path / "out.h5"
    with recorded(out, first) as recording:
        Checkpoints(out, recording).write(STATE, 0.25)
    found, _ = newest(out, first.source_text or "")
    assert found is not None
    assert found.time == 0.25
    assert found.state.keys() == STATE.keys()
    for name, values in STATE.items():
        assert found.state[name].dtype == values.dtype
        assert found.state[name].shape == values.shape
        assert found.state[name].tobytes() == values.tobytes()


def kept_twice(out: Path, first: FakeSolution) -> None:
    with recorded(out, first) as recording:
        kept = Checkpoints(out, recording)
        for i, frame in enumerate(course(first)[:2]):
            recording.put(frame)
            kept.write({"step": np.array(i)}, frame.time)


@pytest.mark.parametrize("part", [0, 100, 0.5, 0.99])
def test_one_that_is_cut_short_is_left_aside(tmp_path: Path, part: float) -> None:
    out, first = tmp_path / "out.h5", plane()
    kept_twice(out, first)
    older, newer = paths(out)
    os.truncate(newer, int(part if part > 1 else part * newer.stat().st_size))
    found, remarks = newest(out, first.source_text or "")
    assert found is not None
    assert found.path == older
    assert int(found.state["step"]) == 0
    assert len(remarks) == 1
    assert f"{newer}: is cut short or damaged" in remarks[0]


def test_a_wrong_bit_is_found(tmp_path: Path) -> None:
    out, first = tmp_path / "out.h5", plane()
    kept_twice(out, first)
    for path in paths(out):
        with h5py.File(path, "r+") as file:
            file["temperature"][0, 0, 0] += 1e-12
    found, remarks = newest(out, first.source_text or "")
    assert found is None
    assert len(remarks) == 2


def test_another_case_or_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, first = tmp_path / "out.h5", plane()
    kept_twice(out, first)
    with pytest.raises(InputError, match="another text of the case"):
        newest(out, "title = 'other'")
    monkeypatch.setattr(checkpoint, "__version__", "99.0")
    with pytest.raises(InputError, match=r"this is 99\.0"):
        newest(out, first.source_text or "")


def test_each_is_whole_while_the_other_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails while one is made, what bears the name of a checkpoint can be gone on from."""
    out, first = tmp_path / "out.h5", plane()
    frames = course(first)
    real = checkpoint._check
    with recorded(out, first) as recording:
        kept = Checkpoints(out, recording)
        for i, frame in enumerate(frames[:3]):
            recording.put(frame)
            kept.write({"step": np.array(i)}, frame.time)

        def fails(file: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(checkpoint, "_check", fails)
        with pytest.raises(FileError, match=r"No space left on device; .*checkpoint-1 stands") as caught:
            kept.write({"step": np.array(3)}, 9.0)
        assert "checkpoint-2: the checkpoint could not be written after" in str(caught.value)
        monkeypatch.setattr(checkpoint, "_check", real)
    found, remarks = newest(out, first.source_text or "")
    assert remarks == []
    assert found is not None
    assert int(found.state["step"]) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"out.h5.checkpoint-1"}


def test_the_cost_of_one_is_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames of older checkpoints are not written again."""
    first, out, written = plane(60, 70), tmp_path / "out.h5", []

    class Counting(checkpoint.Sink):
        def write(self, data: Any) -> int:
            written[-1] += len(memoryview(data).cast("B"))
            return super().write(data)

    monkeypatch.setattr(checkpoint, "Sink", Counting)
    with recorded(out, first) as recording:
        kept = Checkpoints(out, recording)
        for i in range(40):
            recording.put(dataclasses.replace(first, time=float(i)))
            written.append(0)
            kept.write({"T": np.zeros(4200)}, float(i))
    assert max(written[20:]) <= 1.5 * max(written[2:20])
    assert max(written) < 10 * 3 * 8 * 60 * 70


def test_drafts_of_killed_runs_are_cleared_and_those_of_live_ones_stay(tmp_path: Path) -> None:
    out = tmp_path / "out.h5"
    dead = checkpoint.draft_path(out)
    dead.write_bytes(b"left over")
    other = checkpoint.draft_path(tmp_path / "other.h5")
    other.write_bytes(b"not mine")
    with recorded(out, line()):
        clear_drafts(out)
        left = {path.name for path in tmp_path.iterdir()}
        assert dead.name not in left
        assert other.name in left
        assert len(left) == 2
