"""`interface`: one table, one JSON object, one picture of a pair of materials."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

import kapitza.cli
from kapitza.interfaces.compare import compare
from kapitza.interfaces.dmm import dmm
from kapitza.materials.library import material
from kapitza.output.figure_interface import figure_of_pair


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = kapitza.cli.main(["interface", *arguments])
    return code, *capsys.readouterr()


def test_the_table_has_models_measurements_and_advice(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "Pb", "diamond", "--at", "250 K")
    assert (code, err) == (0, "")
    rows = [line.split() for line in out.splitlines()]
    G = dmm(material("Pb"), material("diamond")).conductance(250.0)
    assert ["dmm", "cut-off", "branch", f"{1e-6 * G:.4g}"] in [row[:4] for row in rows]
    for text in (
        "lead|diamond at 250 K",
        "cut-off debye",
        "k/G in lead",
        "out of range",
        "10.1103/PhysRevB.73.144301",
        "secondary digitisation",
        "lies above the elastic limit",
        "amm: for clean, smooth contacts",
        "Without electron: the sommerfeld of diamond is not known.",
    ):
        assert text in out
    assert "helium" not in out


def test_json_is_that_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "Al", "Si", "--at", "22 degC", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["temperature"] == pytest.approx(295.15)
    expected = dmm(material("Al"), material("Si"), cutoff="debye").conductance(295.15)
    assert answer["models"]["dmm debye"]["conductance"] == pytest.approx(expected, rel=1e-14)
    assert answer["models"]["dmm"]["cutoff"] == "branch"
    first = answer["measured"][0]
    assert {"temperature", "conductance", "doi"} <= first.keys()
    assert [first["temperature"], first["conductance"]] in first["points"]
    assert "secondary digitisation" in answer["source"]


def test_one_model(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "Al", "Cu", "--model", "electron", "--json")
    answer = json.loads(out)
    assert list(answer["models"]) == ["electron"]
    assert answer["models"]["electron"]["conductance"] == pytest.approx(6.26e9, rel=0.01)
    assert "No measurement" not in run(capsys, "Al", "Cu", "--model", "electron")[1]
    assert "10.1103/PhysRevB.72.245426" in run(capsys, "Al", "Cu", "--model", "measured")[1]


def test_helium(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "copper", "liquid-helium", "--at", "1.9")
    assert "460 (T1^3.46 − T2^3.46)" in out
    assert "one to two orders too little into liquid-helium" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Al", "slicon"], ["slicon", "silicon"]),
        (["Al", "Si", "--at", "-3 K"], ["--at", "below absolute zero"]),
        (["Al", "Si", "--at", "0"], ["--at", "not above zero"]),
        (["Al", "Si", "--at", "warm"], ["--at", "a temperature"]),
        (["Al", "Si", "--at", "3 mm"], ["--at", "is a length"]),
        (["Al", "Si", "--model", "dmn"], ['"dmn"', "known are amm, dmm"]),
        (["Al", "Si", "--model", "electron"], ["electron: the sommerfeld of silicon is not known"]),
        (["polyimide", "epoxy"], ["nothing is known of polyimide|epoxy", "velocity"]),
        (["epoxy", "Si", "--model", "measured"], ["nothing is known of epoxy|silicon", "no measurement"]),
        (["Al", "Si", "--plot", "x.gif"], ["x.gif", "png"]),
        (["Al"], ["Missing argument 'B'"]),
    ],
)
def test_bad_input(arguments: list[str], words: list[str], capsys: Any) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    for word in words:
        assert word in err


# The picture ----------------------------------------------------------------------------------------


def test_plot_is_written_and_never_over_another(tmp_path: Path, capsys: Any) -> None:
    target = tmp_path / "pair.png"
    assert run(capsys, "Al", "Si", "--plot", str(target))[1].endswith(f"wrote {target}\n")
    first = target.read_bytes()
    assert first.startswith(b"\x89PNG")
    code, _, err = run(capsys, "Al", "Si", "--plot", str(target))
    assert code == 4
    assert "--force" in err
    assert run(capsys, "Al", "Si", "--plot", str(target), "--force", "--json")[0] == 0
    assert target.read_bytes() == first
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("pair", "at"),
    [
        (("Al", "Si"), 300.0),
        (("Pb", "diamond"), 80.0),
        (("GaAs", "AlAs"), 300.0),
        (("Cu", "liquid-helium"), 1.9),
    ],
)
def test_picture(pair: tuple[str, str], at: float) -> None:
    comparison = compare(material(pair[0]), material(pair[1]), at)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = figure_of_pair(comparison)
        figure.canvas.draw()
    axes = next(a for a in figure.axes if a.get_label() == "pair")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlabel() == "temperature T (K)"
    assert "W/(m²·K)" in axes.get_ylabel()
    low, high = axes.get_xlim()
    assert low <= at <= high
    for series in comparison.measured:
        assert any(set(series.conductances) <= set(np.ravel(line.get_ydata())) for line in axes.lines)
    width, height = figure.get_size_inches() * figure.dpi
    texts = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts]
    for text, box in boxes:
        inside = box.x0 > 0 and box.y0 > 0 and box.x1 < width and box.y1 < height
        assert inside, text
    for (one, a), (other, b) in combinations(boxes, 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
        assert apart, f"{one!r} overlaps {other!r}"


def test_every_pair_of_the_measurements_can_be_drawn_within_its_frame() -> None:
    from kapitza.interfaces.measured import table

    for below, above in sorted({m.materials for m in table()})[::4]:
        try:
            comparison = compare(material(below), material(above))
        except kapitza.errors.InputError:
            continue
        figure = figure_of_pair(comparison)
        key = next(a for a in figure.axes if a.get_label() == "key")
        assert min(t.get_position()[1] for t in key.texts) > 0.0


def test_nothing_heavy_is_loaded_without_a_picture() -> None:
    code = (
        "import sys, kapitza.cli; kapitza.cli.main(['interface', 'Al', 'Si']);"
        "heavy = {'scipy', 'numba', 'matplotlib', 'h5py', 'pint'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
