"""`run` and `check` with the whole library: answers, files, and every exit code that a case can cause."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

import kapitza.cli
from kapitza import examine
from kapitza.cli import start
from test_cli import HEAVY, loaded

CASES = Path(__file__).resolve().parent.parent / "cases"

ROD = """
title = "rod"
[geometry]
kind = "slab"
area = "3 cm^2"
[materials.hot]
conductivity = "390 W/(m*K)"
[materials.cold]
conductivity = "81 W/(m*K)"
[[layers]]
material = "hot"
thickness = "11 cm"
[[layers]]
material = "cold"
thickness = "7 cm"
[[interfaces]]
between = ["hot", "cold"]
resistance = "23 cm^2*K/W"
[boundary.bottom]
temperature = "371 K"
[boundary.top]
temperature = "293 K"
[[probes]]
name = "joint"
interface = ["hot", "cold"]
side = "jump"
"""
JUMP = 78.0 * 0.0023 / (0.11 / 390.0 + 0.0023 + 0.07 / 81.0)


@pytest.fixture
def rod(tmp_path: Path) -> Path:
    path = tmp_path / "rod.toml"
    path.write_text(ROD)
    return path


def changed(rod: Path, old: str, new: str) -> Path:
    """The rod with one thing changed."""
    assert old in ROD
    path = rod.with_name("changed.toml")
    path.write_text(ROD.replace(old, new))
    return path


def refused(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> str:
    """Run what must fail with ``code``, nothing on standard output and no traceback; its message."""
    assert kapitza.cli.main(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert "Traceback" not in err
    return err


def test_the_cpu_answers_1_36_and_7_6_kelvin(capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["run", str(CASES / "cpu_die.toml")]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    drops = {
        line.split()[0]: line.split()[3] for line in out.splitlines() if line.startswith(("die", "sink"))
    }
    assert drops == {"die": "1.0", "die|sink": "36.0", "sink": "7.6"}
    assert "The joint die|sink costs most: 36.0 K" in out


def test_json_is_one_object_with_the_promised_keys(rod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["run", str(rod), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    answer = json.loads(out, parse_constant=pytest.fail)
    assert list(answer) == [
        "status",
        "title",
        "geometry",
        "cells",
        "steady",
        "temperature",
        "layers",
        "interfaces",
        "boundaries",
        "resistance",
        "effective_conductivity",
        "probes",
        "energy",
        "solver",
        "warnings",
        "timing",
    ]
    assert (answer["status"], answer["title"], answer["steady"]) == ("ok", "rod", True)
    assert answer["interfaces"][0]["jump"] == pytest.approx(JUMP, rel=1e-12)
    assert answer["probes"] == {"joint": pytest.approx(JUMP, rel=1e-12)}
    assert set(answer["timing"]) == {"start", "read", "mesh", "assemble", "solve", "write"}
    assert all(seconds >= 0.0 for seconds in answer["timing"].values())


def test_a_jump_is_no_temperature(rod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(rod, 'title = "rod"', 'temperature_unit = "degC"')
    assert kapitza.cli.main(["run", str(path)]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("joint "))
    assert line.split() == ["joint", f"{JUMP:.5g}", "K"]


def test_outputs_are_written_and_shown_alike(rod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result, picture = rod.with_suffix(".h5"), rod.with_suffix(".png")
    assert kapitza.cli.main(["run", str(rod), "-o", str(result), "--plot", str(picture), "--xdmf"]) == 0
    ran = capsys.readouterr().out
    for path in (result, picture, rod.with_suffix(".xdmf")):
        assert path.stat().st_size > 0
        assert f"wrote {path}" in ran
    assert kapitza.cli.main(["show", str(result)]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[:-1] == ran.splitlines()[: len(shown.splitlines()) - 1]


def test_what_stands_is_kept_unless_forced(rod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for option, name in (("-o", "x.h5"), ("--plot", "x.png")):
        standing = rod.with_name(name)
        standing.write_text("precious")
        message = refused(["run", str(rod), option, str(standing)], 4, capsys)
        assert "--force" in message
        assert standing.read_text() == "precious"
        assert kapitza.cli.main(["run", str(rod), option, str(standing), "--force", "--quiet"]) == 0
        assert capsys.readouterr() == ("", "")
        assert standing.read_bytes()[:4] != b"prec"
    rod.with_name("y.xdmf").write_text("precious")
    refused(["run", str(rod), "-o", str(rod.with_name("y.h5")), "--xdmf"], 4, capsys)
    assert not rod.with_name("y.h5").exists()


def test_the_picture_format_is_checked_before_solving(rod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = rod.with_suffix(".h5")
    message = refused(["run", str(rod), "-o", str(result), "--plot", str(rod.with_suffix(".jpg"))], 2, capsys)
    assert "png" in message
    assert not result.exists()


def test_quiet_json_has_nothing_else(rod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["run", str(rod), "--json", "--quiet", "-o", str(rod.with_suffix(".h5"))]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out)["status"] == "ok"


def test_check_says_what_it_takes_and_runs_nothing(rod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["check", str(rod)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for word in ("valid", "cells:", "40", "memory:", "MB", "time:"):
        assert word in out
    assert kapitza.cli.main(["check", str(rod), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cells"] == 40


def test_check_tells_what_only_the_mesh_shows(
    rod: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    found = ["layers.cold.thickness: too thin", "probes.joint.interface: painted over"]
    monkeypatch.setattr(examine, "problems", lambda stack: found)
    lines = ROD.splitlines()
    places = lines.index('thickness = "7 cm"') + 1, lines.index('interface = ["hot", "cold"]') + 1
    message = refused(["check", str(rod)], 2, capsys)
    assert f"rod.toml:{places[0]}: layers.1.thickness: too thin" in message
    assert f"rod.toml:{places[1]}: probes.0.interface: painted over" in message
    monkeypatch.setattr("kapitza.cli.solve.EXAMINED", 39)
    assert kapitza.cli.main(["check", str(rod)]) == 0
    monkeypatch.setattr("kapitza.cli.solve.EXAMINED", 40)
    assert kapitza.cli.main(["check", str(rod)]) == 2


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_check_accepts_every_case(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The few cells on which it looks may miss a sphere that the mesh of the case does not."""
    assert kapitza.cli.main(["check", str(path)]) == 0, capsys.readouterr().err
    assert "valid" in capsys.readouterr().out


def test_check_looks_at_the_mesh(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hidden.toml"
    path.write_text(
        """
[geometry]
kind = "plane"
width = "5 mm"
[[layers]]
name = "die"
material = "silicon"
thickness = "0.4 mm"
heat = "3 W"
[[regions]]
name = "cover"
material = "copper"
[boundary.top]
temperature = "300 K"
[[probes]]
name = "inside"
layer = "die"
"""
    )
    message = refused(["check", str(path)], 2, capsys)
    assert "2 problems" in message
    assert "hidden.toml:9: layers.0.heat: " in message
    assert "hidden.toml:17: probes.0.layer: " in message


@pytest.mark.parametrize("command", ["run", "check"])
def test_bad_input_is_exit_2_with_line_key_and_remedy(
    command: str, rod: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed(rod, 'thickness = "11 cm"', "thickness = 0.11")
    outputs = (
        ["-o", str(rod.with_suffix(".h5")), "--plot", str(rod.with_suffix(".png"))]
        if command == "run"
        else []
    )
    message = refused([command, str(path), *outputs], 2, capsys)
    for word in ("changed.toml:12", "thickness", "0.11", "unit"):
        assert word in message
    assert sorted(file.name for file in rod.parent.iterdir()) == ["changed.toml", "rod.toml"]


def test_json_of_a_bad_case_is_an_error_object(rod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = changed(rod, "[geometry]", "[geometri]")
    assert kapitza.cli.main(["run", str(path), "--json"]) == 2
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert (answer["status"], answer["exit_code"]) == ("error", 2)
    assert "geometri" in answer["message"]
    assert answer["message"] in err


def test_the_physically_impossible_is_exit_3(rod: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ROD.replace('[boundary.bottom]\ntemperature = "371 K"', '[boundary.bottom]\nheat = "17 W"')
    rod.write_text(text.replace('[boundary.top]\ntemperature = "293 K"', ""))
    outputs = ["-o", str(rod.with_suffix(".h5")), "--plot", str(rod.with_suffix(".png"))]
    message = refused(["run", str(rod), *outputs], 3, capsys)
    assert "17" in message
    assert [file.name for file in rod.parent.iterdir()] == ["rod.toml"]


def test_a_matrix_that_rounding_makes_singular_is_exit_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    def singular(*arguments: Any, **options: Any) -> None:
        raise RuntimeError("Factor is exactly singular")

    monkeypatch.setattr("scipy.sparse.linalg.splu", singular)
    message = refused(["run", str(CASES / "package.toml")], 3, capsys)
    assert "no solution in double precision: the cells conduct " in message


@pytest.mark.parametrize("command", ["run", "check"])
def test_what_cannot_be_read_is_exit_4(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path / "missing.toml", tmp_path):
        assert str(path) in refused([command, str(path)], 4, capsys)


@pytest.mark.parametrize("command", ["run", "check"])
def test_too_many_cells_are_exit_5_at_once(
    command: str, rod: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = changed(rod, 'thickness = "11 cm"', 'thickness = "11 cm"\ncells = 1_000_000_000_000')
    begin = time.perf_counter()
    message = refused([command, str(path)], 5, capsys)
    assert time.perf_counter() - begin < 1.0
    assert "cells" in message


def test_check_and_schema_load_nothing_heavy() -> None:
    assert not loaded("check", str(CASES / "cpu_die.toml")) & HEAVY
    assert not loaded("check", str(CASES / "package.toml")) & HEAVY
    assert not loaded("schema") & HEAVY


@pytest.mark.parametrize("template", start.templates())
def test_every_template_checks_and_runs(
    template: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["new", "mine", "--template", template], ["check", "mine.toml"], ["run", "mine.toml"]):
        assert kapitza.cli.main(arguments) == 0
        out, err = capsys.readouterr()
        assert err == ""
    assert "costs most" in out or "cost most" in out or "\nafter " in out
    assert "warning" not in out


def test_the_templates_are_the_promised_ones() -> None:
    assert start.templates() == ["cpu", "package", "pulse", "rod", "superlattice", "wall"]
