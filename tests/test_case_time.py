"""What changes in time, in a case file: powers, fluxes, temperatures; CSV traces; [transient], [frequency], [zth]."""

from __future__ import annotations

import os
import time
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from kapitza import model
from kapitza.case import Case, load
from kapitza.case.schema import json_schema
from kapitza.errors import InputError
from kapitza.laws.phases import Phases
from kapitza.laws.temperature import Constant, Table
from kapitza.laws.time import Pulse, Ramp, Steps, flash

SLAB = """
[geometry]
kind = "slab"
area = "4 cm^2"
[[layers]]
name = "die"
material = "silicon"
thickness = "0.5 mm"
[[layers]]
name = "sink"
material = "aluminium"
thickness = "6 mm"
"""
RUN = '[transient]\nuntil = "10 s"\n'


VALID = jsonschema.Draft202012Validator(json_schema())


def read(text: str) -> model.Stack:
    data = tomllib.loads(text)
    VALID.validate(data)
    return Case.from_dict(data).stack


def top(keys: str, head: str = "") -> Any:
    return read(f"{head}{SLAB}[boundary.top]\n{keys}\n{RUN}").boundary("top").condition


# Functions of time ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            'heat = { steps = [["0 s", "0 W"], ["1 ms", "120 W"]] }',
            model.Heat(Steps(np.array([0.0, 1e-3]), np.array([0.0, 120.0]))),
        ),
        (
            'heat_flux = { ramp = [["0 s", "3 W/cm^2"], ["2 min", "5 kW/m^2"]] }',
            model.HeatFlux(Ramp(np.array([0.0, 120.0]), np.array([3e4, 5e3]))),
        ),
        (
            'heat = { pulse = "120 W", on = "3 ms", period = "7 ms" }',
            model.Heat(Pulse(120.0, 3e-3, 7e-3)),
        ),
        (
            'temperature = { pulse = "90 degC", on = "3 ms", period = "7 ms", start = "2 ms", base = "25 degC" }',
            model.Temperature(Pulse(363.15, 3e-3, 7e-3, 2e-3, 298.15)),
        ),
        (
            'heat_flux = { fluence = "3 mJ/cm^2", duration = "6 ns", start = "20 ns" }',
            model.HeatFlux(flash(30.0, 6e-9, 2e-8)),
        ),
        (
            'heat_flux = { fluence = "3 mJ/cm^2", duration = "6 ns" }',
            model.HeatFlux(flash(30.0, 6e-9)),
        ),
    ],
)
def test_every_form(keys: str, expected: model.Condition) -> None:
    assert top(keys) == expected


def test_bare_numbers_in_si() -> None:
    keys = "heat = { steps = [[0, 2], [3, 1.5]] }"
    assert top(keys, 'units = "SI"\n') == model.Heat(Steps(np.array([0.0, 3.0]), np.array([2.0, 1.5])))
    data = tomllib.loads(f"{SLAB}[boundary.top]\n{keys}\n{RUN}")
    assert not VALID.is_valid(data)
    with pytest.raises(InputError, match=r"steps\.1\.1 = 1\.5: give a unit"):
        Case.from_dict(data)


def test_wherever_a_power_flux_or_temperature_stands() -> None:
    stack = read(
        """
[geometry]
kind = "plane"
width = "8 mm"
[[layers]]
name = "die"
material = "silicon"
thickness = "0.5 mm"
heat = { ramp = [["0 s", "1 W"], ["2 s", "3 W"]] }
[[layers]]
name = "sink"
material = "aluminium"
thickness = "6 mm"
heat_density = { steps = [["0 s", "2 W/mm^3"]] }
initial = "80 degC"
[[regions]]
name = "bump"
material = "copper"
x = ["1 mm", "3 mm"]
z = ["1 mm", "2 mm"]
heat = { pulse = "4 W", on = "1 s", period = "3 s" }
[[sources]]
layer = "die"
heat = { pulse = "5 W", on = "1 s", period = "3 s" }
[[sources]]
between = ["die", "sink"]
fluence = "30 J/m^2"
duration = "7 ns"
start = "2 ns"
[[sources]]
between = ["die", "sink"]
heat = { steps = [["0 s", "6 W"]] }
[boundary.top]
h = "40 W/(m^2*K)"
ambient = { ramp = [["0 s", "300 K"], ["1 h", "310 K"]] }
[[boundary.top.patches]]
x = ["0 mm", "2 mm"]
heat_flux = { steps = [["0 s", "7 W/m^2"]] }
[transient]
until = "9 s"
save = 30
spacing = "log"
tolerance = 3e-4
method = "bdf2"
checkpoint = "5 min"
[solve]
initial = "steady"
[zth]
source = "die"
first = "3 us"
points = 7
"""
    )
    die, sink = stack.layers
    assert isinstance(die, model.Layer)
    assert isinstance(sink, model.Layer)
    assert (die.heat, die.initial) == (Ramp(np.array([0.0, 2.0]), np.array([1.0, 3.0])), None)
    assert sink.heat_density == Steps(np.array([0.0]), np.array([2e9]))
    assert sink.initial == 353.15
    assert stack.regions[0].heat == Pulse(4.0, 1.0, 3.0)
    volume, struck, sheet = stack.sources
    assert volume == model.Source("source 1", "die", heat=Pulse(5.0, 1.0, 3.0))
    assert struck == model.SheetSource("source 2", ("die", "sink"), heat_flux=flash(30.0, 7e-9, 2e-9))
    assert sheet == model.SheetSource(
        "source 3", ("die", "sink"), heat=Steps(np.array([0.0]), np.array([6.0]))
    )
    side = stack.boundary("top")
    assert isinstance(side.condition, model.Reservoir)
    assert side.condition.ambient == Ramp(np.array([0.0, 3600.0]), np.array([300.0, 310.0]))
    assert side.patches[0].condition == model.HeatFlux(Steps(np.array([0.0]), np.array([7.0])))
    assert stack.transient == model.TransientOptions(
        9.0, save=30, spacing="log", tolerance=3e-4, method="bdf2", checkpoint=300.0
    )
    assert stack.solve.initial == "steady"
    assert stack.zth == model.ZthOptions("die", None, 3e-6, 7)


def test_a_function_of_time_counts_for_zth_too() -> None:
    keys = '[boundary.top]\nheat = { steps = [["0 s", "6 W"]] }\n[[probes]]\nname = "p"\nlayer = "die"\n'
    assert read(f'{SLAB}{keys}[zth]\nsource = "top"\nprobe = "p"').zth == model.ZthOptions("top", "p")
    with pytest.raises(InputError, match=r"add \[transient\]"):
        read(f"{SLAB}{keys}")


def test_times_and_frequencies() -> None:
    times = '[transient]\nuntil = "1 min"\ntimes = ["0 s", "1 ms", "60 s"]'
    assert read(f"{SLAB}{times}").transient == model.TransientOptions(60.0, times=(0.0, 1e-3, 60.0))
    band = '[frequency]\nfrom = "1 kHz"\nto = "20 MHz"\ncount = 40'
    case = Case.from_dict(tomllib.loads(f"{SLAB}{band}"))
    assert case.stack.frequency == model.FrequencyOptions(1e3, 2e7, 40)
    assert case.stack.transient is None
    changed = case.replace({"frequency.from": "3 kHz"})
    assert changed.stack.frequency == model.FrequencyOptions(3e3, 2e7, 40)
    assert Case.from_dict(tomllib.loads(changed.text)).stack == changed.stack
    with pytest.raises(InputError, match="no key 'form' in frequency; did you mean 'from'"):
        case.replace({"frequency.form": "3 kHz"})


def test_replacing_parts_of_a_function() -> None:
    text = f'{SLAB}[boundary.top]\nheat = {{ pulse = "3 W", on = "1 ms", period = "5 ms" }}\n{RUN}'
    case = Case.from_dict(tomllib.loads(text))
    changed = case.replace({"boundary.top.heat.on": "2 ms", "transient.until": "3 s"})
    assert changed.stack.boundary("top").condition == model.Heat(Pulse(3.0, 2e-3, 5e-3))
    assert changed.stack.transient == model.TransientOptions(3.0)
    steady = case.replace({"boundary.top.heat": "4 W", "transient": None})
    assert steady.stack.boundary("top").condition == model.Heat(4.0)


# Traces -----------------------------------------------------------------------------------------------


def traced(folder: Path, csv: str, keys: str, *, name: str = "power.csv") -> Any:
    (folder / "power.csv").write_bytes(csv.encode())
    case = folder / "case.toml"
    case.write_text(f'{SLAB}[boundary.top]\nheat = {{ csv = "{name}", {keys} }}\n{RUN}')
    condition = load(case).stack.boundary("top").condition
    assert isinstance(condition, model.Heat)
    return condition.heat


KEYS = 'time = "ms", column = "core0", unit = "kW"'


@pytest.mark.parametrize(
    "csv",
    [
        "t,core0\n0,3\n0.3,5e-3\n",
        "\ufefft,core0\r\n0,3\r\n0.3,5e-3\r\n",
        'core0,"Time"\n3,0\n5e-3,0.3',
        't,note,core0,"other, too"\n0,hot,3,-\n\n0.3,"not, so",5e-3,\n\n',
        "t , core0 \n 0 , 3 \n 0.3 , 5e-3 \n",
    ],
)
def test_a_column_of_a_csv_file(csv: str, tmp_path: Path) -> None:
    expected = Steps(np.array([0.0, 3e-4]), np.array([3e3, 5.0]))
    assert traced(tmp_path, csv, KEYS) == expected
    ramp = traced(tmp_path, csv, f'{KEYS}, between = "ramp"')
    assert ramp == Ramp(expected.times, expected.values)


def test_a_trace_that_begins_late_holds_its_first_value(tmp_path: Path) -> None:
    law = traced(tmp_path, "t,core0\n2,3\n4,5\n", KEYS)
    assert (law(0.0), law(2.5e-3), law(9.0)) == (3e3, 3e3, 5e3)


def test_temperatures_with_an_offset(tmp_path: Path) -> None:
    (tmp_path / "air.csv").write_text("h,air\n0,-3\n24,17.5\n")
    keys = 'h = "8 W/(m^2*K)"\nambient = { csv = "air.csv", time = "h", column = "air", unit = "degC" }'
    (tmp_path / "case.toml").write_text(f"{SLAB}[boundary.top]\n{keys}\n{RUN}")
    condition = load(tmp_path / "case.toml").stack.boundary("top").condition
    assert isinstance(condition, model.Reservoir)
    assert condition.ambient == Steps(np.array([0.0, 86400.0]), np.array([270.15, 290.65]))


def test_a_trace_lies_beside_the_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "cases"
    (folder / "traces").mkdir(parents=True)
    law = traced(folder, "t,core0\n0,3\n", KEYS)
    (folder / "traces" / "deep.csv").write_text("t,core0\n0,3\n")
    assert traced(folder, "", KEYS, name="traces/deep.csv") == law
    assert traced(folder, "t,core0\n0,3\n", KEYS, name="traces/../power.csv") == law
    (tmp_path / "secret.csv").write_text("t,core0\n0,3\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "linked").symlink_to(tmp_path)
    for name in ("../secret.csv", "link.csv", "linked/secret.csv", str(tmp_path / "secret.csv")):
        with pytest.raises(InputError, match="outside the folder of the case"):
            traced(folder, "", KEYS, name=name)
    os.mkfifo(folder / "pipe.csv")
    with pytest.raises(InputError, match=r"pipe\.csv is no file"):
        traced(folder, "", KEYS, name="pipe.csv")

    heat = {"csv": "power.csv", "time": "ms", "column": "core0", "unit": "kW"}
    case = tomllib.loads(f"{SLAB}{RUN}") | {"boundary": {"top": {"heat": heat}}}
    (folder / "power.csv").write_text("t,core0\n0,3\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"there is no file power\.csv in the current folder"):
        Case.from_dict(case)
    beside = Case.from_dict(case, folder / "any.toml")
    assert beside.stack.boundary("top").condition == model.Heat(law)
    assert beside.replace({"layers.die.name": "die"}).stack == beside.stack
    monkeypatch.chdir(folder)
    assert Case.from_dict(case).stack == beside.stack


def test_a_trace_is_read_again_when_it_changes(tmp_path: Path) -> None:
    assert traced(tmp_path, "t,core0\n0,3\n", KEYS)(0.0) == 3e3
    assert traced(tmp_path, "t,core0\n0,4\n5,6\n", KEYS)(0.0) == 4e3


def test_a_million_rows(tmp_path: Path) -> None:
    n = 1_000_000
    rows = "\n".join(f"{i},{i % 977}.25" for i in range(n))
    csv = f"t,core0\n{rows}\n"
    begin = time.perf_counter()
    law = traced(tmp_path, csv, KEYS)
    assert time.perf_counter() - begin < 5.0  # about half a second, where nothing else runs
    assert len(law.times) == n
    assert law(1.5) == 1500 % 977 * 1e3 + 250.0
    with pytest.raises(InputError, match=r"power\.csv:1000001, column 'core0': '528x' is not a number"):
        traced(tmp_path, csv[:-4] + "x\n", KEYS)


# Materials --------------------------------------------------------------------------------------------

WAX = """
[materials.wax]
density = "800 kg/m^3"
latent_heat = "200 kJ/kg"
"""


def wax(keys: str) -> Any:
    text = SLAB.replace("silicon", "wax") + WAX + keys + "\n" + RUN
    layer = read(text).layers[0]
    assert isinstance(layer, model.Layer)
    return layer.material


def test_solid_and_liquid() -> None:
    material = wax(
        'conductivity = { solid = "0.4 W/(m*K)", liquid = { table = [["300 K", "0.2 W/(m*K)"], '
        '["400 K", "0.1 W/(m*K)"]] } }\n'
        'specific_heat = { solid = "2 kJ/(kg*K)", liquid = "2.3 kJ/(kg*K)" }\n'
        'melting_temperature = "330 K"'
    )
    liquid = Table((300.0, 400.0), (0.2, 0.1))
    assert material.conductivity == Phases(Constant(0.4), liquid, 330.0, 330.0)
    assert material.specific_heat == Phases(Constant(2000.0), Constant(2300.0), 330.0, 330.0)
    enthalpy = material.enthalpy(320.0)
    np.testing.assert_allclose(
        enthalpy.content(np.array([320.0, 330.0, 340.0])),
        [0.0, 800 * 2e4, 800 * (2e4 + 2e5 + 2.3e4)],
        rtol=1e-14,
    )


def test_a_melting_range_and_both_directions() -> None:
    material = wax(
        'conductivity = { through = { solid = "0.4 W/(m*K)", liquid = "0.2 W/(m*K)" }, lateral = "3 W/(m*K)" }\n'
        'volumetric_heat_capacity = { solid = "1.7 MJ/(m^3*K)", liquid = "1.9 MJ/(m^3*K)" }\n'
        'solidus = "325 K"\nliquidus = "335 K"'
    )
    assert material.conductivity == Phases(Constant(0.4), Constant(0.2), 325.0, 335.0)
    assert material.lateral == Constant(3.0)
    w = material.enthalpy().content(np.array([325.0, 335.0]))
    assert w[1] - w[0] == pytest.approx(800 * 2e5 + 10 * 1.8e6, rel=1e-14)


def test_what_is_not_known_is_asked_for_only_in_time() -> None:
    bare = SLAB.replace("silicon", "paste") + '[materials.paste]\nconductivity = "4 W/(m*K)"\n'
    read(bare)
    for table in (RUN, '[frequency]\nfrom = "1 Hz"\nto = "2 Hz"\ncount = 3', "[zth]\npoints = 5"):
        with pytest.raises(InputError, match=r"materials\.paste\.density: missing, and heating in time"):
            read(f"{bare}{table}")
