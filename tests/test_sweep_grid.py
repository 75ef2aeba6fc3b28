"""Grids of sweeps: what [sweep] and --set say, in SI, in order, and what they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kapitza as kp
from kapitza.case.grid import Grid
from kapitza.case.setting import settings
from kapitza.case.sweep import grid_of
from kapitza.cli.sweep import Request, _changed
from kapitza.errors import InputError

CASES = Path(__file__).parents[1] / "cases"
DATA = kp.load(CASES / "cpu_die.toml").data
SINK, JOINT = "layers.sink.thickness", "interfaces.0.resistance"


def grid(raw: dict[str, Any], **options: bool) -> Grid:
    return grid_of(raw, DATA, **options)


def test_a_product_runs_over_the_last_key_first() -> None:
    found = grid({SINK: ["2 mm", "0.4 cm"], JOINT: {"from": "1 mm^2*K/W", "to": "3 mm^2*K/W", "count": 3}})
    assert found.shape == (2, 3)
    assert found.dimensions == (SINK, JOINT)
    assert found.axes[0].numbers == (2e-3, 4e-3)
    assert found.axes[1].numbers == (1e-6, 2e-6, 3e-6)
    assert [axis.unit for axis in found.axes] == ["m", "m^2*K/W"]
    assert found.changes(4) == {SINK: "0.4 cm", JOINT: "2e-06 m^2*K/W"}
    assert found.where(5) == {SINK: "0.4 cm", JOINT: "3 mm^2*K/W"}
    assert [axis.written for axis in found.axes] == ["", "mm^2*K/W"]


def test_ends_of_a_range_are_exact_and_steps_are_equal() -> None:
    even = grid({SINK: {"from": "1.7 mm", "to": "0.3 mm", "count": 8}}).axes[0].numbers
    assert even is not None
    assert (even[0], even[-1]) == (1.7e-3, 0.3e-3)
    assert np.allclose(np.diff(even), -0.2e-3, rtol=1e-12, atol=0)
    axis = grid({SINK: {"from": "3 um", "to": "7 mm", "count": 9, "spacing": "log"}}).axes[0]
    assert axis.numbers is not None
    assert (axis.numbers[0], axis.numbers[-1]) == (3e-6, 7e-3)
    assert np.allclose(np.diff(np.log(axis.numbers)), np.log(7e-3 / 3e-6) / 8, rtol=1e-11)
    assert axis.logarithmic


def test_what_a_case_gets_is_the_coordinate_to_the_last_bit() -> None:
    found = grid({SINK: {"from": "1.1 mm", "to": "9.7 mm", "count": 13, "spacing": "log"}})
    case = kp.load(CASES / "cpu_die.toml")
    for point, number in enumerate(found.axes[0].numbers or ()):
        assert case.replace(found.changes(point)).stack.layers[1].thickness == number  # type: ignore[union-attr]


def test_whole_numbers_bare_numbers_and_temperatures() -> None:
    cells = {"from": 1, "to": 100, "count": 5, "spacing": "log"}
    found = grid(
        {"mesh.cells_per_layer": cells, "interfaces.0.scale": [0.5, 2], "boundary.top.ambient": ["20 degC"]}
    )
    assert found.axes[0].settings[0][1] == (1, 3, 10, 32, 100)
    assert found.axes[1].unit == "1"
    assert found.axes[2].numbers == (293.15,)
    assert found.changes(0)["boundary.top.ambient"] == "20 degC"


def test_keys_without_quotes_are_the_same() -> None:
    assert grid({"layers": {"sink": {"thickness": ["2 mm", "3 mm"]}}}) == grid({SINK: ["2 mm", "3 mm"]})


def test_a_name_of_ones_own_sets_several_keys_times_factors() -> None:
    factors = {"layers.die.thickness": 0.25, SINK: 0.75}
    found = grid({"both": {"values": ["2 mm", "4.4 mm"], "sets": factors}})
    assert found.dimensions == ("both",)
    assert found.axes[0].numbers == (2e-3, 4.4e-3)
    assert found.changes(1) == {"layers.die.thickness": "0.0011 m", SINK: f"{0.75 * 4.4e-3!r} m"}
    assert grid({"both": {"values": ["2 mm"], "sets": [SINK]}}).changes(0) == {SINK: "2 mm"}


def test_words_and_tables_are_values_too() -> None:
    tables = [
        {"between": ["die", "sink"], "model": "perfect"},
        {"between": ["die", "sink"], "conductance": "3 W/(m^2*K)"},
    ]
    found = grid(
        {
            "layers.sink.material": ["copper", "silicon"],
            "interfaces.0": {"values": tables, "labels": ["glued", "loose"]},
        }
    )
    assert found.axes[0].numbers is None
    assert found.axes[0].labels == ("copper", "silicon")
    assert found.changes(3) == {"layers.sink.material": "silicon", "interfaces.0": tables[1]}
    assert found.where(3)["interfaces.0"] == "loose"


def test_zip() -> None:
    raw: dict[str, Any] = {SINK: ["2 mm", "4 mm"], JOINT: ["1 mm^2*K/W", "3 mm^2*K/W"]}
    found = grid({"zip": True, **raw})
    assert found.shape == (2,)
    assert found.dimensions == ("point",)
    assert found.changes(1) == {SINK: "4 mm", JOINT: "3 mm^2*K/W"}
    part = grid({"zip": [SINK, JOINT], **raw, "interfaces.0.scale": [0.5, 1, 2]})
    assert part.shape == (2, 3)
    assert part.dimensions == ("point", "interfaces.0.scale")
    two = grid({"zip": [[SINK, JOINT], ["interfaces.0.scale", "name"]], **raw, "interfaces.0.scale": [0.5, 1, 2],
                "name": {"values": ["a", "b", "c"], "sets": []}})  # fmt: skip
    assert two.dimensions == ("point_1", "point_2")
    assert two.where(5) == {SINK: "4 mm", JOINT: "3 mm^2*K/W", "interfaces.0.scale": "2", "name": "c"}


def test_bare_numbers_are_si_where_that_is_agreed() -> None:
    with pytest.raises(InputError, match="give a unit, for example"):
        grid({SINK: [0.002]})
    found = grid({SINK: [0.002, 0.0041]}, si_numbers=True)
    assert found.axes[0].numbers == (0.002, 0.0041)
    assert found.changes(1) == {SINK: "0.0041 m"}
    own = grid_of({SINK: [0.002, 0.0041]}, {**DATA, "units": "SI"})
    assert own.changes(1) == {SINK: 0.0041}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({SINK: ["1 mm", "2 mm", "0.001 m"]}, "the value 0.001 m is given twice"),
        ({"zip": 3, SINK: ["1 mm"]}, "expected true, a list of swept keys"),
        ({"zip": ["layers.sink"], SINK: ["1 mm"]}, "did you mean 'layers.sink.thickness'"),
        ({"name": {"values": ["a", "b"], "sets": []}}, "can only be a label of others"),
        ({"units": ["SI"]}, "'units' cannot be swept"),
        ({"time": {"values": ["1 mm"], "sets": [SINK]}}, "results have this name themselves"),
        ({SINK: {"values": ["1 mm"], "count": 3}}, "given beside values"),
        ({SINK: {"values": ["1 mm", "2 mm"], "labels": ["a"]}}, "expected 2 different texts"),
        ({SINK: {"from": "1 mm", "to": "2 mm"}}, "count: missing"),
        ({SINK: []}, "at least one"),
        (
            {SINK: ["1 mm"], "layers.1.thickness": ["2 mm"]},
            f"layers.1.thickness is set by {SINK} already, which is the same key; keep one of the two",
        ),
        (
            {"t": {"values": ["1 mm"], "sets": [SINK]}, "layers.1.thickness": ["2 mm"]},
            f"layers.1.thickness is set by t already as {SINK}, which is the same key",
        ),
        (
            {"interfaces.die|sink.resistance": ["1 cm^2*K/W"], JOINT: ["2 cm^2*K/W"]},
            f"{JOINT} is set by interfaces.die|sink.resistance already",
        ),
        (
            {SINK: ["1 mm"], "layers.1": [{"material": "copper", "thickness": "1 mm"}]},
            f"replaces all of layers.1, and with it {SINK}, which is set before; put it first",
        ),
    ],
)  # fmt: skip
def test_refused(raw: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        grid(raw)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "swept", "fixed"),
    [
        ("a.b=2 mm,4 mm", ["2 mm", "4 mm"], None),
        ("a.b = 2, 4, 6 mm", ["2 mm", "4 mm", "6 mm"], None),
        ("a.b=1 mm..9 mm:5", {"from": "1 mm", "to": "9 mm", "count": 5}, None),
        ("a.b=1e-6..1e-3 m^2*K/W:40:log",
         {"from": "1e-6 m^2*K/W", "to": "1e-3 m^2*K/W", "count": 40, "spacing": "log"}, None),
        ("a.b=.5..1.5:3:lin", {"from": 0.5, "to": 1.5, "count": 3, "spacing": "linear"}, None),
        ("a.b=-20..80 degC:4", {"from": "-20 degC", "to": "80 degC", "count": 4}, None),
        ("a.b=copper,aluminium", ["copper", "aluminium"], None),
        ("a.b=1,2", [1, 2], None),
        ("a.b={ values = [1, 2], labels = ['x', 'y'] }", {"values": [1, 2], "labels": ["x", "y"]}, None),
        ("a.b=3 mm", None, "3 mm"),
        ("a.b=true", None, True),
    ],
)  # fmt: skip
def test_set(text: str, swept: Any, fixed: Any) -> None:
    assert settings([text]) == (
        {} if swept is None else {"a.b": swept},
        {} if fixed is None else {"a.b": fixed},
    )


@pytest.mark.parametrize(
    "text", ["a.b", "=3", "a.b=", "a.b=1,,2", "a.b=1..", "a.b=1..3 mm", "a.b=1..3 mm:x", "a.b=[1,"]
)
def test_set_refused(text: str) -> None:
    with pytest.raises(InputError, match="--set"):
        settings([text])


def test_one_key_under_two_names_is_one_key() -> None:
    with pytest.raises(
        InputError, match=r"layers\.1\.thickness and layers\.sink\.thickness are the same key"
    ):
        settings([f"{SINK}=2 mm", "layers.1.thickness=3 mm,4 mm"], DATA)
    with pytest.raises(InputError, match=r"layers\.1\.thickness: the same key as layers\.sink\.thickness"):
        kp.load(CASES / "cpu_die.toml").replace({SINK: "2 mm", "layers.1.thickness": "3 mm"})
    changed = kp.load(CASES / "cpu_die.toml").replace({"sweep": {SINK: ["1 mm", "2 mm"]}})
    case, swept = _changed(changed, request(["layers.1.thickness=3 mm"]))
    assert swept is None
    assert "sweep" not in case.data or SINK not in case.data["sweep"]
    assert case.data["layers"][1]["thickness"] == "3 mm"
    case, swept = _changed(changed, request(["layers.1.thickness=3 mm,4 mm"]))
    assert swept == {"layers.1.thickness": ["3 mm", "4 mm"]}


def test_names_of_the_sweep_keep_what_they_set() -> None:
    named = {"size": {"values": ["1 mm"], "sets": {SINK: 0.5}}}
    case = kp.load(CASES / "cpu_die.toml").replace({"sweep": named})
    for text, values in (
        ("size=2 mm,3 mm", {"values": ["2 mm", "3 mm"]}),
        ("size=2..4 mm:3", {"from": "2 mm", "to": "4 mm", "count": 3}),
        ("size=7 mm", {"values": ["7 mm"]}),
    ):
        _, swept = _changed(case, request([text]))
        assert swept == {"size": {"sets": {SINK: 0.5}, **values}}
    assert grid(swept or {}).changes(0) == {SINK: "0.0035 m"}


def request(sets: list[str]) -> Request:
    return Request(
        CASES / "cpu_die.toml",
        sets,
        False,
        None,
        None,
        None,
        None,
        None,
        None,
        [],
        False,
        False,
        False,
        False,
    )


def test_all_that_is_wrong_with_set_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        settings(["a=1,2", "a=3,4", "b", "c=1.."])
    assert len(str(caught.value).splitlines()) == 3
