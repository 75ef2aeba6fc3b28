"""The journal of a sweep: what it keeps, what it lets go on, what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import kapitza as kp
from kapitza.errors import FileError, InputError
from kapitza.output import journal as module
from kapitza.output.journal import HEAD, Journal, journal_path
from kapitza.studies.sweep import Collector, batches, plan

PARTS = {"case": "a case", "grid": "its grid", "study": "run None"}
BATCHES = [b"first", b"", b"\x00\xff" * 1000, b"last\n"]


def filled(output: Path) -> Path:
    with Journal(output, PARTS) as journal:
        for batch in BATCHES:
            journal.append(batch)
    return journal_path(output)


def held(output: Path) -> list[bytes]:
    with Journal(output, PARTS, resume=True) as journal:
        return journal.batches


def test_what_was_appended_is_there(tmp_path: Path) -> None:
    output = tmp_path / "out.h5"
    assert filled(output) == tmp_path / "out.h5.journal"
    assert held(output) == BATCHES
    with Journal(output, PARTS, resume=True) as journal:
        journal.append(b"more")
    assert held(output) == [*BATCHES, b"more"]


def test_cut_short_anywhere_all_before_is_kept(tmp_path: Path) -> None:
    path = filled(tmp_path / "out.h5")
    whole = path.read_bytes()
    ends = [whole.index(b"\n") + 1]
    for batch in BATCHES:
        ends.append(ends[-1] + HEAD.size + len(batch))
    assert ends[-1] == len(whole)
    for length in (*range(ends[0], ends[2] + 3), *range(len(whole) - 9, len(whole))):
        path.write_bytes(whole[:length])
        assert held(tmp_path / "out.h5") == BATCHES[: sum(1 for end in ends[1:] if end <= length)]
        assert len(path.read_bytes()) == max(end for end in ends if end <= length)


def test_damage_is_seen(tmp_path: Path) -> None:
    path = filled(tmp_path / "out.h5")
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    assert held(tmp_path / "out.h5") == BATCHES[:-1]


def test_killed_before_it_had_begun(tmp_path: Path) -> None:
    output = tmp_path / "out.h5"
    path = filled(output)
    path.write_bytes(path.read_bytes()[:9])
    with Journal(output, PARTS, resume=True) as journal:
        assert not journal.resumed
        journal.append(b"one")
    assert held(output) == [b"one"]


def test_an_unfinished_sweep_is_not_replaced_unasked(tmp_path: Path) -> None:
    output = tmp_path / "out.h5"
    filled(output)
    with pytest.raises(FileError, match="from a sweep that has not ended"), Journal(output, PARTS):
        pass
    assert held(output) == BATCHES
    with Journal(output, PARTS, force=True) as journal:
        assert journal.batches == []
    assert held(output) == []


@pytest.mark.parametrize(
    ("part", "words"),
    [("case", "the case has changed"), ("grid", "the swept values"), ("study", "another command")],
)
def test_another_sweep_does_not_go_on_with_it(tmp_path: Path, part: str, words: str) -> None:
    output = tmp_path / "out.h5"
    filled(output)
    with pytest.raises(InputError, match=words), Journal(output, {**PARTS, part: "other"}, resume=True):
        pass
    assert held(output) == BATCHES


def test_nor_does_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path / "out.h5")
    monkeypatch.setattr(module, "__version__", "9.9")
    with pytest.raises(InputError, match=r"and this is 9\.9"):
        held(tmp_path / "out.h5")


def test_one_sweep_at_a_time(tmp_path: Path) -> None:
    pytest.importorskip("fcntl")
    output = tmp_path / "out.h5"
    with Journal(output, PARTS) as journal:
        journal.append(b"mine")
        for options in ({"resume": True}, {"force": True}):
            with (
                pytest.raises(FileError, match="another sweep is writing it"),
                Journal(output, PARTS, **options),
            ):
                pass
    assert held(output) == [b"mine"]


@pytest.mark.parametrize("options", [{"resume": True}, {"force": True}])
def test_what_is_no_journal_stays(tmp_path: Path, options: dict[str, bool]) -> None:
    path = tmp_path / "out.h5.journal"
    path.write_text("dear diary")
    with (
        pytest.raises(FileError, match="is not the journal of a sweep"),
        Journal(tmp_path / "out.h5", PARTS, **options),
    ):
        pass
    assert path.read_text() == "dear diary"


def test_a_sweep_that_was_killed_with_all_points_done(tmp_path: Path) -> None:
    case = kp.load(Path(__file__).parents[1] / "cases" / "cpu_die.toml")
    planned = plan(case, {"layers.sink.thickness": ["2 mm", "3 mm"]})
    with Journal(tmp_path / "out.h5", PARTS) as journal:
        for data in batches(planned, range(2), 1):
            journal.append(data)
    collector = Collector(planned)
    for data in held(tmp_path / "out.h5"):
        collector.add(data)
    assert collector.missing() == []
    alone = kp.sweep(case, {"layers.sink.thickness": ["2 mm", "3 mm"]})
    assert collector.result()["junction"].tolist() == alone["junction"].tolist()
