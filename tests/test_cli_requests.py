"""Requests that cannot be met as they stand are refused before any work, and the refusal says what to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import kapitza.cli
from test_cli_run import CASES, refused

DIE = str(CASES / "cpu_die.toml")


@pytest.mark.parametrize("name", ["out.csv", "out.txt", "out.v2"])
def test_only_hdf5_is_written_as_hdf5(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["run", DIE], ["sweep", DIE, "--set", "layers.sink.thickness=2,3 mm"]):
        message = refused([*command, "-o", name], 2, capsys)
        assert f"{name}: this is written as HDF5 (.h5, .hdf5 or .nc), not as" in message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out.h5", "out.hdf5", "out.nc", "out.H5", "out"])
def test_names_of_hdf5(name: str, tmp_path: Path) -> None:
    assert kapitza.cli.main(["run", DIE, "-o", str(tmp_path / name), "--quiet"]) == 0
    assert (tmp_path / name).read_bytes()[:4] == b"\x89HDF"


@pytest.mark.parametrize("option", ["-o", "--structure"])
def test_a_table_of_numbers_is_no_workbook(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "z.xlsx"
    message = refused(["zth", str(CASES / "zth_package.toml"), option, str(target)], 2, capsys)
    assert "z.xlsx: this is written as CSV (.csv, .txt or .dat), not as '.xlsx'" in message
    assert not target.exists()


@pytest.mark.parametrize("name", ["", " ", ".toml"])
def test_a_new_case_has_a_name(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "is no name for a file" in refused(["new", name], 2, capsys)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_problem_is_told_all_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    message = refused(["verify", "nothing"], 2, capsys)
    assert "cpu_die_paste" in message
    assert "did you mean" not in message
    assert "did you mean cpu_die" in refused(["verify", "cpu_dye"], 2, capsys)


def test_one_layer_is_no_layers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "film.toml"
    case.write_text(
        '[geometry]\nkind = "slab"\narea = "3 cm^2"\n'
        '[[layers]]\nname = "film"\nmaterial = "copper"\nthickness = "2 mm"\n'
    )
    assert kapitza.cli.main(["effective", str(case)]) == 0
    assert "(laminate, 1 layer, 300 K)" in capsys.readouterr().out


def test_without_xarray_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import kapitza as kp

    found = kp.sweep(kp.load(DIE), {"layers.sink.thickness": [2e-3, 3e-3]})
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(kp.InputError, match=r"pip install xarray h5netcdf.*\[xarray\]"):
        found.to_xarray()


TWO = ("--set", "layers.0.thickness=1,2 mm", "--set", "layers.1.thickness=3,4 mm")


@pytest.mark.parametrize(
    ("case", "options", "words"),
    [
        ("cpu_power_step", (), "junction along time can be drawn over one swept quantity"),
        ("cpu_power_step", ("--show", "junction"), "--show temperature.max"),
        ("zth_package", ("--of", "zth"), "--show steady"),
        ("film_on_substrate", (), "along frequency can be drawn over one swept quantity"),
    ],
)
def test_a_picture_that_cannot_be_is_refused_before_the_sweep(
    case: str, options: tuple[str, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = ("-o", str(tmp_path / "a.h5"), "--plot", str(tmp_path / "a.png"))
    message = refused(["sweep", str(CASES / f"{case}.toml"), *TWO, *files, *options], 2, capsys)
    assert words in message
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_fails_afterwards_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, png = tmp_path / "a.h5", tmp_path / "a.png"
    command = ["sweep", DIE, *TWO, "-o", str(out), "--plot", str(png), "--show", "nonsense"]
    assert kapitza.cli.main(command) == 2
    told, error = capsys.readouterr()
    assert "junction (°C)" in told
    assert f"wrote {out}" in told
    assert f"wrote {png}" not in told
    assert "nothing is named 'nonsense'" in error
    assert f"The results are in {out}" in error
    assert [path.name for path in tmp_path.iterdir()] == ["a.h5"]
    assert kapitza.cli.main([*command, "--json", "--force"]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert (answer["status"], answer["exit_code"], answer["points"]) == ("error", 2, 4)
    assert len(answer["variables"]["junction"]["values"]) == 2


@pytest.mark.parametrize(
    "conductivity", ['"148 W/(m*K)"', '{ value = "148 W/(m*K)", at = "300 K", power = -1.2 }']
)
@pytest.mark.parametrize(("key", "given"), [("h", '"0 W/(m^2*K)"'), ("law", '{ model = "insulated" }')])
def test_an_ambient_behind_no_film_is_named(
    key: str, given: str, conductivity: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "die.toml"
    text = Path(DIE).read_text().replace('h = "5000 W/(m^2*K)"', f"{key} = {given}")
    case.write_text(text.replace('"148 W/(m*K)"', conductivity))
    message = refused(["run", str(case)], 3, capsys)
    assert "nothing fixes its temperature" in message
    assert f"die.toml:35: boundary.top.{key} = {given}: its ambient holds nothing" in message
    assert "Give a boundary" not in message


HOT = """
[geometry]
kind = "slab"
area = "3 cm^2"
[[layers]]
name = "plate"
material = "Cu"
thickness = "2 mm"
[boundary.bottom]
temperature = "2000 K"
[boundary.top]
temperature = "310 K"
"""


@pytest.mark.parametrize(
    ("more", "place"), [("", "in plate: 2000 K"), ('[solve]\nproperties_at = "1900 K"', "1900 K")]
)
def test_beyond_what_the_library_knows(
    more: str, place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "hot.toml"
    case.write_text(HOT + more)
    message = refused(["run", str(case)], 2, capsys)
    assert f'hot.toml:7: layers.0.material = "Cu": {place} is outside the range 1 to 1200 K' in message
    assert "write [materials.Cu] with a conductivity of your own" in message
    assert "extend the table" not in message
