"""`show` and `plot`: what a result file holds, as `run` showed it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import kapitza as kp
import kapitza.cli


@pytest.fixture(scope="module")
def solution() -> kp.Solution:
    """A rod of two materials, 0.11 m and 0.07 m, with a joint of 0.0023 m^2 K/W."""
    layers = [
        kp.Layer("hot", kp.Material("copper", 390.0), 0.11),
        kp.Layer("cold", kp.Material("iron", 81.0), 0.07),
    ]
    return kp.solve(
        kp.Stack(
            title="rod",
            layers=layers,
            geometry=kp.Geometry("slab", area=3e-4),
            interfaces=[kp.Interface(kp.Resistance(0.0023), between=("hot", "cold"))],
            boundaries={
                "bottom": kp.Boundary(kp.Temperature(371.0)),
                "top": kp.Boundary(kp.Temperature(293.0)),
            },
            temperature_unit="degC",
        )
    )


@pytest.fixture
def result(solution: kp.Solution, tmp_path: Path) -> Path:
    path = tmp_path / "rod.h5"
    solution.write(path)
    return path


def test_show_prints_the_answer(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kapitza.cli.main(["show", str(result)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    # 78 K over 0.11/390 + 0.0023 + 0.07/81 m^2 K/W; the joint is two thirds of it
    jump = 78.0 * 0.0023 / (0.11 / 390.0 + 0.0023 + 0.07 / 81.0)
    assert f"The joint hot|cold costs most: {jump:.1f} K of 78.0 K (67 %)." in out
    assert "19.85" in out
    assert "97.85" in out


def test_show_json_is_the_stored_summary(
    result: Path, solution: kp.Solution, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kapitza.cli.main(["show", str(result), "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == solution.summary()


def test_plot_draws_beside_the_result_and_never_over_anything(
    result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = result.with_suffix(".png")
    assert kapitza.cli.main(["plot", str(result)]) == 0
    assert str(picture) in capsys.readouterr().out
    drawn = picture.read_bytes()
    assert kapitza.cli.main(["plot", str(result), "--json", "--force"]) == 0
    assert json.loads(capsys.readouterr().out) == {"status": "ok", "plot": str(picture)}
    drawn = picture.read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert kapitza.cli.main(["plot", str(result)]) == 4
    out, err = capsys.readouterr()
    assert (out, picture.read_bytes()) == ("", drawn)
    assert "--force" in err
    assert kapitza.cli.main(["plot", str(result), "--force"]) == 0
    assert kapitza.cli.main(["plot", str(result), "-o", str(result), "--force"]) == 4
    assert kapitza.cli.main(["plot", str(result), "-o", str(result.with_name("rod.tiff"))]) == 2
    assert sorted(path.name for path in result.parent.iterdir()) == ["rod.h5", "rod.png"]


@pytest.mark.parametrize("command", ["show", "plot"])
@pytest.mark.parametrize("content", [None, b"", b"not HDF5", "cut"])
def test_what_is_no_result_file_is_refused(
    command: str, content: Any, result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = result.with_name("bad.h5")
    if content is not None:
        whole = result.read_bytes()
        path.write_bytes(whole[: len(whole) // 2] if content == "cut" else content)
    before = sorted(result.parent.iterdir())
    assert kapitza.cli.main([command, str(path)]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert str(path) in err
    assert err.count("\n") == 1
    assert sorted(result.parent.iterdir()) == before
