"""Case files with several temperatures per place: what is read, refused, printed, written and drawn."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import kapitza as kp
from kapitza.bychannel import ByChannel
from kapitza.errors import InputError
from kapitza.model import PerChannel
from kapitza.output import read
from kapitza.output.figure import figure_of

CASES = Path(__file__).resolve().parents[1] / "cases"
CONTACT, PULSE = CASES / "electron_phonon_contact.toml", CASES / "gold_film_pulse.toml"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kapitza.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_values_by_channel_are_read():
    stack = kp.load(PULSE).stack
    assert stack.channels == ("electrons", "phonons")
    gold = stack.layers[0].material
    assert gold.conductivity(300.0) == pytest.approx(312.6)
    assert isinstance(gold.carriers, ByChannel)
    assert gold.carriers.get("phonons").heat_capacity(300.0) == pytest.approx(2.47e6)
    condition = stack.boundary("bottom").condition
    assert isinstance(condition, PerChannel)
    assert condition.conditions.names == ("electrons",)
    assert [probe.channel for probe in stack.probes] == ["electrons", "phonons"] * 2 + [None]
    assert stack.interfaces[0].law.describe() == {
        "model": "channels",
        "of": {"phonons": {"model": "conductance", "resistance": 1e-8}},
    }


def test_boundaries_by_channel_in_every_form():
    case = kp.load(CONTACT)
    gold = {"layers.sapphire.material": "gold", "interfaces.0.conductance": {"phonons": "100 MW/(m^2*K)"}}
    top = {"h": {"electrons": "20 MW/(m^2*K)"}, "ambient": "295 K"}
    changed = case.replace({**gold, "boundary.top": top})
    solution = kp.solve(changed)
    fields = solution.channels
    assert fields.heat[0, 1] == pytest.approx(20e6 * 1e-6 * (295.0 - fields.surface[0, 1]), rel=1e-9)
    assert fields.heat[1, 1] == pytest.approx(0.0, abs=1e-8)
    mixed = case.replace(
        {
            "boundary.bottom": {
                "heat_flux": {"electrons": "1 GW/m^2"},
                "temperature": {"phonons": "333 K"},
            }
        }
    )
    fields = kp.solve(mixed).channels
    assert fields.surface[1, 0] == pytest.approx(333.0, rel=1e-15)
    assert fields.heat[0, 0] == pytest.approx(1e3, rel=1e-9)


def test_laws_by_channel_and_models():
    case = kp.load(CONTACT)
    acoustic = {
        "density": "19300 kg/m^3",
        "velocity_longitudinal": "3390 m/s",
        "velocity_transverse": "1290 m/s",
        "number_density": "5.9e28 1/m^3",
    }
    sapphire = {
        "density": "3970 kg/m^3",
        "velocity_longitudinal": "10890 m/s",
        "velocity_transverse": "6450 m/s",
        "number_density": "11.7e28 1/m^3",
    }
    changes = {f"materials.gold.{key}": value for key, value in acoustic.items()}
    changes |= {f"materials.sapphire.{key}": value for key, value in sapphire.items()}
    entry = {"between": ["gold", "sapphire"], "channels": {"phonons": {"model": "dmm"}}}
    changes |= {"interfaces.0": entry, "solve": {"properties_at": "300 K"}}
    solution = kp.solve(case.replace(changes))
    lattice = {k: v for k, v in changes.items() if k.startswith("materials") and "conduct" not in k}
    alone = case.replace(
        {
            **lattice,
            "channels": None,
            "materials.gold.conductivity": "312.6 W/(m*K)",
            "materials.gold.coupling": None,
            "interfaces.0": {"between": ["gold", "sapphire"], "model": "dmm"},
            "probes": None,
        }
    )
    G = float(kp.solve(alone).interfaces["gold|sapphire"].law.conductance(300.0))
    contact = solution.channels
    jump = contact.below[1, 0] - contact.above[1, 0]
    assert contact.flux_below[1, 0] / jump == pytest.approx(G, rel=1e-8)
    del entry["channels"]["phonons"]
    with pytest.raises(InputError, match="at least one"):
        case.replace({"interfaces.0": entry | {"channels": {}}})


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"channels": {"names": ["electrons"]}}, "expected two names or more"),
        ({"channels": {"names": ["solid", "liquid"]}}, "'solid' cannot name a channel"),
        ({"materials.gold.coupling": None}, "materials.gold.coupling: missing"),
        ({"materials.gold.coupling": "3 W/(m^2*K)"}, "expected a coupling of channels"),
        ({"layers.gold.heat": "1 W"}, "say which of them is heated"),
        (
            {"boundary.bottom.heat_flux": {"electron": "1 W/m^2", "phonons": "2 W/m^2"}},
            "did you mean 'electrons'",
        ),
        ({"boundary.bottom.heat_flux": {"electrons|phonons": "1 W/m^2"}}, "takes one channel, not a pair"),
        (
            {
                "interfaces.0.conductance": {"phonons": "1e8 W/(m^2*K)"},
                "interfaces.0.channels": {"phonons": {}},
            },
            "given beside channels",
        ),
        ({"probes.0.channel": "spins"}, "no channel is named 'spins'"),
        ({"geometry": {"kind": "plane", "width": "1 um"}, "probes": None}, "known in one dimension"),
        ({"zth": {"source": "gold"}}, "zth"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(changes, text):
    case = kp.load(CONTACT)
    with pytest.raises(InputError) as caught:
        kp.solve(case.replace(changes))
    assert text in str(caught.value)


def test_the_file_has_each_channel_and_comes_back(tmp_path):
    target, picture, again = tmp_path / "out.h5", tmp_path / "a.png", tmp_path / "b.png"
    assert run("run", CONTACT, "-o", target, "--plot", picture, "--quiet").returncode == 0
    solution = kp.solve(kp.load(CONTACT))
    with xr.open_dataset(target, engine="h5netcdf") as data:
        assert data["temperature_electrons"].dims == ("time", "z")
        assert data["temperature_phonons"].attrs["units"] == "K"
        assert data["temperature_phonons"].values[0] == pytest.approx(
            solution.channels.temperature[1], rel=1e-15
        )
        assert np.isnan(data["heat_flux_z_electrons"].values[0, -1])
    with xr.open_dataset(target, engine="h5netcdf", group="interfaces") as data:
        assert data["below_phonons"].values[0, 0] == solution.channels.below[1, 0]
    stored = read(target)
    for name, values in solution.channel_profiles().items():
        assert np.array_equal(stored.channel_profiles()[name], values)
    assert run("plot", target, "-o", again).returncode == 0
    assert picture.read_bytes() == again.read_bytes()
    shown = run("show", target).stdout
    assert "1.22704e8 W/(m²·K) between far fields" in shown
    assert "gold, 9.96 nm" in shown
    assert "locked together" in shown


def test_json_has_each_channel():
    answer = json.loads(run("run", CONTACT, "--json").stdout)
    assert answer["channels"]["names"] == ["electrons", "phonons"]
    assert answer["channels"]["decay_length"]["gold"] == pytest.approx([9.9583264736e-9])
    joint = answer["interfaces"][0]
    assert joint["far_field_conductance"] == pytest.approx(1.22704e8, rel=1e-5)
    parts = joint["channels"]
    assert parts["electrons"]["flux_below"] + parts["phonons"]["flux_below"] == pytest.approx(joint["flux"])
    assert joint["jump"] == pytest.approx(joint["below"] - joint["above"])
    assert answer["layers"][1]["channels"]["electrons"] == answer["layers"][1]["channels"]["phonons"]
    assert answer["boundaries"]["bottom"]["channels"]["electrons"]["heat"] > 900.0


def test_runs_in_time_are_checked_written_resumed_and_drawn(tmp_path):
    checked = run("check", PULSE)
    assert checked.returncode == 0
    assert "valid" in checked.stdout
    target, picture = tmp_path / "out.h5", tmp_path / "a.png"
    done = run("run", PULSE, "-o", target, "--plot", picture, "--json")
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert len(answer["probes"]["electrons, front"]) == len(answer["times"])
    assert abs(answer["energy"]["imbalance"]) < 1e-12
    with xr.open_dataset(target, engine="h5netcdf") as data:
        hot = data["temperature_electrons"].max(dim="z")
        assert float(hot.max()) > 320.0
        assert float(data["temperature_phonons"].max()) < 301.0
    axes = {ax.get_label(): ax for ax in figure_of(read(target)).axes}
    assert {"course", "profiles"} <= set(axes)


def test_pictures_show_a_curve_for_each_channel():
    figure = figure_of(kp.solve(kp.load(CONTACT)))
    axes = {ax.get_label(): ax for ax in figure.axes}
    assert {"channels", "joint"} <= set(axes)
    drawn = [line.get_label() for line in axes["joint"].lines]
    assert {"electrons", "phonons", "mean by conductivity", "locked together"} <= set(drawn)
    assert any("between far fields" in text.get_text() for text in figure.texts)


def test_sweeps_reach_the_values_of_a_channel():
    case = kp.load(CONTACT)
    cube = kp.sweep(case, {"interfaces.0.conductance.phonons": ["10 MW/(m^2*K)", "100 MW/(m^2*K)"]})
    found = cube.variables["interfaces.gold|sapphire.far_field_conductance"].values
    for G, value in zip((10e6, 100e6), found, strict=True):
        changed = case.replace({"interfaces.0.conductance.phonons": f"{G!r} W/(m^2*K)"})
        assert value == pytest.approx(kp.solve(changed).channels.far[0], rel=1e-14)


def test_what_knows_one_temperature_says_so():
    case = kp.load(CONTACT)
    for study in (kp.effective, kp.zth):
        with pytest.raises(InputError, match="one temperature per place"):
            study(case)


@pytest.mark.parametrize("seed", range(4))
def test_perfect_contact_with_a_material_of_one_temperature_is_told_as_such(seed):
    """Its mean is that one temperature to the last digit: no jump, no conductance, no row of its own. The stack resists
    d/k + (k_p/k_e) l tanh(d/l)/k + d_s/k_s where electrons alone are held and both meet the substrate."""
    rng = np.random.default_rng(seed)
    k_e, k_p, k_s, g = (
        rng.uniform(20, 300),
        rng.uniform(2, 40),
        rng.uniform(0.5, 30),
        10 ** rng.uniform(15, 17),
    )
    d, d_s = rng.uniform(20e-9, 200e-9), rng.uniform(50e-9, 900e-9)
    conductivity = {"electrons": k_e, "phonons": k_p}
    case = kp.Case.from_dict(
        {
            "units": "SI",
            "geometry": {"kind": "slab", "area": 3e-6},
            "channels": {"names": ["electrons", "phonons"]},
            "materials": {
                "metal": {"conductivity": conductivity, "coupling": g},
                "glass": {"conductivity": k_s},
            },
            "layers": [
                {"name": "film", "material": "metal", "thickness": d},
                {"name": "sub", "material": "glass", "thickness": d_s},
            ],
            "boundary": {"bottom": {"temperature": {"electrons": 313.0}}, "top": {"temperature": 301.0}},
        }
    )
    solution = kp.solve(case)
    k = k_e + k_p
    decay = (g * (1 / k_e + 1 / k_p)) ** -0.5
    R = d / k + k_p / k_e * decay * np.tanh(d / decay) / k + d_s / k_s
    (joint,) = solution.summary()["interfaces"]
    assert joint["flux"] == pytest.approx(12.0 / R, rel=1e-9)
    assert (joint["conductance"], joint["jump"]) == (None, 0.0)
    assert joint["below"] == joint["above"]
    assert not any(part.name == "film|sub" and part.resistance for part in solution.budget.parts)
