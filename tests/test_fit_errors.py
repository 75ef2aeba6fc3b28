"""What is wrong with [fit] or the data is told: all at once, with file, line, key, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import kapitza as kp
import kapitza.cli
from kapitza.errors import FileError, InputError, PhysicsError

CASES = Path(__file__).resolve().parents[1] / "cases"
GOOD = "z,T\n8,86\n16,81\n24,76\n40,65\n48,60\n52,54\n60,50\n"


@pytest.fixture
def bars(tmp_path: Path) -> Callable[[str], str]:
    """Fits the two bars to a text as their data, and returns what is wrong with it."""

    def fit(text: str) -> str:
        path = tmp_path / "data.csv"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as error:
            kp.fit(kp.load(CASES / "astm_d5470.toml"), path)
        return str(error.value).replace(str(tmp_path) + "/", "")

    return fit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("z,t\n8,86\n", ["there is no column 'T'", "did you mean 't'?"]),
        ("a,b\n8,86\n", ["2 problems in the data", "there is no column 'z'", "there is no column 'T'"]),
        ("z;T\n8;86\n", ["data.csv:1: the columns must be separated by commas"]),
        ("z,T,T\n8,86,1\n", ["data.csv:1: several columns are called 'T'"]),
        ("1,2\n8,86\n", ["data.csv:1: expected a row with the names of the columns first"]),
        ("", ["is empty"]),
        ("# only remarks\nz,T\n", ["no row of numbers"]),
        (
            GOOD + "nan,3\n70,\n80,x\n",
            [
                "3 problems",
                "data.csv:9, column 'z': nan is not",
                ":10, column 'T': a number is missing",
                "'x' is not",
            ],
        ),
        (GOOD + "70,inf\n", ["data.csv:9, column 'T': inf is not a finite number"]),
        ("z,T\n8,86\n60,50\n", ["2 measured values cannot tell 3 parameters", "at least 3 are needed"]),
        (GOOD + "70,-280\n", ["data.csv:9, column 'T'", "is below absolute zero"]),
        (GOOD + "120,20\n", ["data.csv:9: 0.12 m is outside the domain, 0 to 0.1 m"]),
        (GOOD + "50,55\n", ["data.csv:9: hot bar and cold bar meet at this point", "move it to its side"]),
    ],
)
def test_faults_of_the_data_are_told_with_their_lines(
    bars: Callable[[str], str], text: str, words: list[str]
) -> None:
    told = bars(text)
    for word in words:
        assert word in told


def test_data_that_are_no_file() -> None:
    case = kp.load(CASES / "astm_d5470.toml")
    with pytest.raises(FileError, match="there is no such file"):
        kp.fit(case, "nowhere.csv")
    with pytest.raises(FileError, match="is no file"):
        kp.fit(case, CASES)
    with pytest.raises(InputError, match="different lengths, 1, 2"):
        kp.fit(case, {"z": [1.0, 2.0], "T": [3.0]})
    with pytest.raises(InputError, match="has no \\[fit\\]"):
        kp.fit(kp.load(CASES / "cpu_die.toml"), {"z": [1.0]})
    with pytest.raises(InputError, match="fit: Stack is no Case"):
        kp.fit(case.stack, {"z": [1.0]})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fit.parameters": {"interfaces.1.resistance": {}}}, ["interfaces has 1 entries, numbered from 0"]),
        (
            {"fit.parameters": {"interfaces.0.resistence": {}}},
            ["no key 'resistence'", "did you mean 'resistance'"],
        ),
        (
            {"fit.parameters": {"layers.0.cells": {"start": 3}}},
            ["takes whole numbers, which cannot be fitted"],
        ),
        ({"fit.parameters": {"boundary.top.h": {}}}, ["has no value in the case to begin with; give start"]),
        ({"fit.parameters": {"geometry.kind": {}}}, ["is no number in the case"]),
        (
            {"fit.parameters": {"interfaces.0.resistance": {"start": "3 K"}}},
            ['start = "3 K": the case has a unit such as cm^2*K/W there'],
        ),
        (
            {"fit.parameters": {"interfaces.0.resistance": {"between": ["3 m^2*K/W", "1 m^2*K/W"]}}},
            ["the lowest value is not below the highest"],
        ),
        (
            {"fit.parameters": {"interfaces.0.resistance": {"between": ["3 m^2*K/W", "5 m^2*K/W"]}}},
            ["the value in the case, 0.5 cm^2*K/W, lies outside of between"],
        ),
        (
            {
                "fit.parameters": {
                    "interfaces.0.resistance": {"between": ["0 m^2*K/W", "5 m^2*K/W"], "scale": "log"}
                }
            },
            ['a logarithm needs values above zero; write scale = "linear"'],
        ),
        (
            {"fit.parameters": {"boundary.top.temperature": {"start": "-5 K", "between": ["-9 K", "300 K"]}}},
            ["is below absolute zero"],
        ),
        ({"fit.columns.T.unit": "m"}, ['temperature is a temperature; for example unit = "degC"']),
        ({"fit.columns.T.unit": None}, ["temperature is a temperature"]),
        ({"fit.columns.z.unit": "mmm"}, ["'mmm' is not a unit"]),
        ({"fit.columns.z.unit": "s"}, ['z is a length; for example unit = "mm"']),
        ({"fit.columns.z": None}, ['temperatures need a place; one column must have is = "z"']),
        ({"fit.columns.T": None}, ["none says what was measured"]),
        ({"fit.columns.T.probe": "x"}, ["both is and probe are given; keep one"]),
        ({"fit.columns.T": {"unit": "degC", "probe": "x"}}, ["no probe has this name; add [[probes]]"]),
        ({"fit.columns.T": {"unit": "degC"}}, ["is not said what it is: one of sets, is, probe, sigma_of"]),
        ({"fit.columns.T.sigma": "3 m"}, ['expected for example "0.1 degC"']),
        ({"fit.columns.T.sigma": "1 %"}, ['sigma = "1 %": a part of a temperature', 'give kelvin, "0.1 K"']),
        (
            {"fit.columns.T.sigma": None, "fit.columns.T.noise": "relative"},
            ["a part of a temperature depends on its zero", "leave it out, or give sigma in kelvin"],
        ),
        ({"fit.columns.T.sigma": "-1 K"}, ["a standard deviation is above zero"]),
        ({"fit.columns.T.part": "phase"}, ["belongs to periodic heating, and the case has no [frequency]"]),
        ({"fit.columns.T.is": "zth"}, ["zth is an absolute thermal resistance"]),
        ({"fit.columns.T.noise": "relative"}, ["belongs to a scatter of unknown size, and sigma is given"]),
        ({"fit.columns.z.sigma": "1 mm"}, ["belongs to what was measured, which this column is not"]),
        ({"fit.columns.t": {"unit": "s", "is": "time"}}, ["belongs to a case with [transient], or to zth"]),
        ({"fit.columns.r": {"unit": "mm", "is": "r"}}, ["a slab has z"]),
        (
            {"fit.columns.u": {"unit": "K", "sigma_of": "TT"}},
            ["no measured column has this name; did you mean 'T'?"],
        ),
        (
            {"fit.columns.u": {"unit": "K", "sigma_of": "T"}},
            ["given beside the column 'u'; keep one of the two"],
        ),
        (
            {"fit.columns.q": {"unit": "degC", "sets": "boundary.top.temperature"}},
            ["boundary.top.temperature is fitted, so the data cannot set it as well"],
        ),
        (
            {"fit.columns.q": {"unit": "mm", "sets": ["layers.0.thickness", "layers.hot bar.thickness"]}},
            ["layers.hot bar.thickness, the same key as layers.0.thickness, is set by q already"],
        ),
        (
            {
                "fit.columns.a": {"unit": "mm", "sets": "layers.0.thickness"},
                "fit.columns.b": {"unit": "mm", "sets": "layers.hot bar.thickness"},
            },
            ["fit.columns.b.sets: layers.hot bar.thickness", "is set by a already; keep one of the two"],
        ),
        (
            {
                "fit.parameters": {
                    "interfaces.0.resistance": {},
                    "interfaces.hot bar|cold bar.resistance": {},
                    "layers.1.thickness": {},
                },
                "fit.columns.q": {"unit": "mm", "sets": "layers.cold bar.thickness"},
            },
            [
                "2 problems",
                "the same key as interfaces.0.resistance, is fitted already",
                "the same key as layers.1.thickness, is fitted, so the data cannot set it",
            ],
        ),
        (
            {
                "materials.aluminium.conductivity": {"value": "9 W/(m*K)", "at": "300 K", "power": -1.0},
                "fit.parameters": {"materials.aluminium.conductivity.power": {}},
                "fit.columns.q": {"unit": "W/(m*K)", "sets": "materials.aluminium.conductivity"},
            },
            ["is fitted, so the data cannot set it as well"],
        ),
        (
            {"fit.columns.d": {"unit": "K", "sets": ["layers.hot bar.thickness"]}},
            ['layers.hot bar.thickness takes a length, for example unit = "mm"'],
        ),
        (
            {"fit.columns.d": {"unit": "mm", "sets": {"layers.x.thickness": 0.5}}},
            ["nothing in layers is named 'x'"],
        ),
        (
            {"fit.columns.d": {"unit": "mm", "sets": []}},
            ["expected paths of keys, or a table of factors by path"],
        ),
        ({"fit.parameters": None}, ["names no key to fit"]),
        ({"fit.columns": None}, ["describes no column"]),
        ({"fit.colums": {}}, ["no key 'colums' in fit; did you mean 'columns'?"]),
        (
            {
                "fit.columns.T.unit": "m",
                "fit.parameters": {"layers.x.thickness": {}},
                "layers.0.thickness": "1 K",
            },
            ["4 problems in the case"],
        ),
    ],
)
def test_faults_of_the_case_are_told(changes: dict[str, object], words: list[str]) -> None:
    with pytest.raises(InputError) as error:
        kp.load(CASES / "astm_d5470.toml").replace(changes)
    for word in words:
        assert word in str(error.value)


def test_lines_of_the_file_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bars.toml"
    text = (CASES / "astm_d5470.toml").read_text(encoding="utf-8")
    line = text[: text.index("[fit.columns.T]")].count("\n") + 2
    path.write_text(
        text.replace('[fit.columns.T]\nunit = "degC"', '[fit.columns.T]\nunit = "mm"'), encoding="utf-8"
    )
    assert kapitza.cli.main(["fit", str(path), str(CASES / "astm_d5470.csv")]) == 2
    assert f"bars.toml:{line}: fit.columns.T.unit" in capsys.readouterr().err


def test_a_sigma_must_be_above_zero_in_every_row() -> None:
    case = kp.load(CASES / "astm_d5470.toml").replace(
        {"fit.columns.T.sigma": None, "fit.columns.u": {"unit": "K", "sigma_of": "T"}}
    )
    z, T = [8.0, 16.0, 24.0, 60.0, 68.0], [86.0, 81.0, 76.0, 50.0, 44.0]
    with pytest.raises(InputError, match="column 'u': a standard deviation must be above zero"):
        kp.fit(case, {"z": z, "T": T, "u": [0.1, 0.1, 0.0, 0.1, 0.1]})
    found = kp.fit(case, {"z": z, "T": T, "u": [0.1, 0.2, 0.1, 0.3, 0.1]})
    assert found.measured[0].sigma.tolist() == [0.1, 0.2, 0.1, 0.3, 0.1]


def test_times_before_the_start() -> None:
    case = kp.load(CASES / "zth_package.toml")
    columns = {"t": {"unit": "s", "is": "time"}, "Z": {"unit": "K/W", "is": "zth"}}
    case = case.replace({"fit": {"parameters": {"interfaces.0.resistance": {}}, "columns": columns}})
    with pytest.raises(InputError, match="column 't': 0 s is too early: an impedance begins after 0 s"):
        kp.fit(case, {"t": [0.0, 1.0, 2.0], "Z": [0.0, 0.1, 0.2]})
    case = kp.load(CASES / "cpu_power_step.toml")
    columns = {"t": {"unit": "s", "is": "time"}, "T": {"unit": "degC", "probe": "junction"}}
    case = case.replace({"fit": {"parameters": {"interfaces.0.resistance": {}}, "columns": columns}})
    with pytest.raises(InputError, match="column 't': -1 s is before the run begins"):
        kp.fit(case, {"t": [-1.0, 1.0, 2.0], "T": [25.0, 70.0, 80.0]})
    found = kp.fit(case, {"t": [0.0, 0.1, 1.0], "T": [25.0, 49.0933, 78.5789]})
    assert found["interfaces.0.resistance"].value == pytest.approx(1.2e-4, rel=1e-4)


def test_no_convergence_is_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("kapitza.studies.fit_search.MOST", 1)
    arguments = ["fit", str(CASES / "superlattice_fit.toml"), str(CASES / "superlattice_fit.csv")]
    assert kapitza.cli.main(arguments) == 3
    assert "fit: not converged after 1 iterations" in capsys.readouterr().err


def test_a_run_that_fails_tells_its_values() -> None:
    """More heat is drawn than the stack can carry: the fit says at which values."""
    case = kp.load(CASES / "nemd_profile.toml").replace({"boundary.bottom.heat_flux": "-400 GW/m^2"})
    with pytest.raises(
        PhysicsError, match=r"with interfaces\.0\.conductance = 100 MW/\(m\^2\*K\), .*absolute zero"
    ):
        kp.fit(case, CASES / "nemd_profile.csv")


def test_a_column_that_sets_whole_numbers() -> None:
    case = kp.load(CASES / "superlattice_w_al2o3.toml").replace(
        {
            "fit": {
                "parameters": {"interfaces.0.conductance": {}},
                "columns": {
                    "n": {"sets": "layers.0.repeat"},
                    "k": {"unit": "W/(m*K)", "is": "effective_conductivity"},
                },
            }
        }
    )
    G, d = 1.7e8, 2.7e-9 / 46.0 + 3.4e-9 / 1.65
    n = [2, 5, 11]
    k = [6.1e-9 * m / (m * d + (2 * m - 1) / G) for m in n]
    assert kp.fit(case, {"n": n, "k": k})["interfaces.0.conductance"].value == pytest.approx(G, rel=1e-6)
    with pytest.raises(InputError, match=r"layers\.0\.repeat takes whole numbers, and the data have 2.5"):
        kp.fit(case, {"n": [2.5, 5, 11], "k": k})


def test_the_schema_lets_bare_numbers_start_what_takes_them() -> None:
    import jsonschema

    from kapitza.case.schema import json_schema

    case = kp.load(CASES / "astm_d5470.toml").replace(
        {
            "fit.parameters": {
                "interfaces.0.scale": {"start": 0.8, "between": [0.1, 2.0]},
                "interfaces.0.resistance": {},
            }
        }
    )
    validator = jsonschema.Draft202012Validator(json_schema())
    assert not list(validator.iter_errors(case.data))
    wrong = {**case.data, "fit": {**case.data["fit"], "parameters": {"interfaces.0.scale": {"start": [0.8]}}}}
    assert list(validator.iter_errors(wrong))
