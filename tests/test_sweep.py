"""Sweeps against closed forms: series resistances, laminates, step responses; failures, files, other commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

import kapitza as kp
from kapitza.errors import InputError, PhysicsError
from kapitza.hypercube import Sweep
from kapitza.output import read
from kapitza.studies.sweeping.result import Sweep as Result
from kapitza.studies.sweeping.result import shown

CASES = Path(__file__).parents[1] / "cases"
SINK, JOINT = "layers.sink.thickness", "interfaces.0.resistance"


@pytest.fixture(scope="module")
def die() -> kp.Case:
    return kp.load(CASES / "cpu_die.toml")


def junction(sink: Any, joint: Any, k: Any = 237.0) -> Any:
    """Of cases/cpu_die.toml, by series resistances [K]."""
    return 298.15 + 120.0 / 4e-4 * (0.5e-3 / 148.0 + joint + sink / k + 1.0 / 5000.0)


@pytest.fixture(scope="module")
def product(die: kp.Case) -> Sweep:
    return kp.sweep(die, {SINK: np.array([2e-3, 4.7e-3]), JOINT: [1e-6, 3e-5, 4e-4]}, workers=1)


def test_every_point_is_the_series_formula(product: Sweep) -> None:
    sink, joint = np.meshgrid(product[SINK], product[JOINT], indexing="ij")
    assert product["junction"].shape == (2, 3)
    assert np.allclose(product["junction"], junction(sink, joint), rtol=1e-13)
    assert np.allclose(product["temperature.max"], product["junction"], rtol=1e-13)
    assert np.allclose(product["interfaces.die|sink.jump"], 3e5 * joint, rtol=1e-12)
    assert np.allclose(product["interfaces.die|sink.conductance"], 1.0 / joint, rtol=1e-12)
    total = (junction(sink, joint) - 298.15) / 120.0
    assert np.allclose(product["resistance.total"], total, rtol=1e-13)
    assert np.allclose(product["resistance.parts.die|sink"], joint / 4e-4, rtol=1e-12)
    inner = 0.5e-3 / 148.0 + joint + sink / 237.0
    assert np.allclose(product["effective_conductivity"], (0.5e-3 + sink) / inner, rtol=1e-12)
    assert np.allclose(product["boundaries.top.heat"], -120.0)
    assert np.abs(product["energy.imbalance"]).max() < 1e-12
    assert not product.failed


def test_units(product: Sweep) -> None:
    units = {name: variable.unit for name, variable in product.variables.items()}
    assert units["junction"] == units["layers.die.max"] == units["interfaces.die|sink.jump"] == "K"
    assert units["interfaces.die|sink.flux"] == "W/m^2"
    assert units["interfaces.die|sink.conductance"] == "W/(m^2*K)"
    assert units["resistance.total"] == "K/W"
    assert units["effective_conductivity"] == "W/(m*K)"
    assert product.coords[JOINT].unit == "m^2*K/W"


def test_a_failed_point_says_why_and_stops_nothing(die: kp.Case) -> None:
    found = kp.sweep(
        die, {SINK: ["2 mm", "-1 mm", "5 mm"], "layers.sink.material": ["aluminium", "unobtainium"]}
    )
    assert found.status.tolist() == [[0, 2], [2, 2], [0, 2]]
    assert np.allclose(found["junction"][[0, 2], 0], junction(np.array([2e-3, 5e-3]), 1.2e-4), rtol=1e-13)
    assert np.isnan(found["junction"][1]).all()
    assert found.messages[0, 0] == ""
    assert "is not above zero" in found.messages[1, 0]
    assert "no material is named 'unobtainium'" in found.failed[0].message
    assert found.failed[1].where == {SINK: "-1 mm", "layers.sink.material": "aluminium"}
    assert [failed.code for failed in found.failed] == [2, 2, 2, 2]


def test_values_are_shown_as_people_write_them() -> None:
    assert shown(0.5e-3, "m") == "0.5 mm"
    assert shown(2.6e8, "W/(m^2*K)") == "260 MW/(m^2*K)"
    assert shown(2e7, "Pa") == "20 MPa"
    assert shown(120.0, "W") == "120 W"
    assert shown(1.2e-4, "m^2*K/W") == "0.00012 m^2*K/W"
    assert shown(300.0, "K") == "300 K"
    assert shown("copper", "") == "copper"


def test_where_all_fail_their_error_is_raised(die: kp.Case) -> None:
    with pytest.raises(InputError, match=r"all 2 points failed.*; at .* = -1 mm: .*is not above zero"):
        kp.sweep(die, {SINK: ["-1 mm", "-2 mm"]})
    with pytest.raises(InputError, match=r"all 2 points failed, each with a message of its own; at"):
        kp.sweep(die, {SINK: ["-1 mm", "-2 mm"]})
    with pytest.raises(InputError, match=r"all 4 points failed, 2 of them with the same message; at"):
        kp.sweep(die, {SINK: ["-1 mm", "-2 mm"], JOINT: [3e-5, 7e-5]})
    with pytest.raises(PhysicsError, match="all 2 points failed"):
        kp.sweep(die, {"boundary.bottom.heat": ["-100 kW", "-200 kW"]})


def test_two_keys_move_together(die: kp.Case) -> None:
    found = kp.sweep(die, {"zip": True, SINK: [2e-3, 5e-3], JOINT: [3e-5, 7e-5]})
    assert found.dims == ("point",)
    assert np.allclose(found["junction"], junction(found[SINK], found[JOINT]), rtol=1e-13)


def test_thermoelectric_legs_and_channels() -> None:
    leg = kp.load(CASES / "thermoelectric_leg.toml")
    found = kp.sweep(leg, {"interfaces.0.scale": [0.5, 2]})
    one = kp.solve(leg.replace({"interfaces.0.scale": 2})).summary()["thermoelectric"]
    assert found["thermoelectric.efficiency"][1] == one["efficiency"]
    assert found["thermoelectric.most_power.power"][1] == one["most_power"]["power"]
    assert found.variables["thermoelectric.open_voltage"].unit == "V"
    two = kp.load(CASES / "electron_phonon_contact.toml")
    both = kp.sweep(two, {"interfaces.0.scale": [0.5, 2]})
    answer = kp.solve(two.replace({"interfaces.0.scale": 2})).summary()
    far = answer["interfaces"][0]["far_field_conductance"]
    assert both["interfaces.gold|sapphire.far_field_conductance"][1] == far
    assert both["channels.decay_length.gold.0"][1] == answer["channels"]["decay_length"]["gold"][0]


def test_names_that_are_taken(die: kp.Case) -> None:
    named = die.replace({"probes.0.name": "cells"})
    found = kp.sweep(named, {"cells": {"values": [3, 4], "sets": ["mesh.cells_per_layer"]}})
    assert found["cells"].tolist() == [3, 4]
    assert found["cells (result)"].tolist() == [6, 8]
    assert np.allclose(found["cells (probe)"], junction(6e-3, 1.2e-4), rtol=1e-13)
    assert found.probes == ("cells (probe)",)


def test_the_case_s_own_sweep(die: kp.Case) -> None:
    own = die.replace({"sweep": {"layers.sink.material": ["copper", "aluminium"], SINK: ["2 mm"]}})
    found = kp.sweep(own)
    k = np.array([found["effective_conductivity"][i, 0] for i in range(2)])
    assert k[0] != k[1]
    assert found["layers.sink.material"].tolist() == ["copper", "aluminium"]
    assert np.isclose(found["junction"][1, 0], junction(2e-3, 1.2e-4), rtol=1e-13)


def test_nothing_to_sweep(die: kp.Case) -> None:
    for changes in (None, {}):
        with pytest.raises(InputError, match="nothing to sweep"):
            kp.sweep(die, changes)
    with pytest.raises(InputError, match="no Case"):
        kp.sweep("cases/cpu_die.toml", {SINK: [1e-3]})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="workers = 0"):
        kp.sweep(die, {SINK: [1e-3]}, workers=0)
    with pytest.raises(InputError, match="expected run, effective or zth"):
        kp.sweep(die, {SINK: [1e-3]}, of="fit")


def test_unknown_results_are_told(product: Sweep) -> None:
    with pytest.raises(InputError, match="did you mean"):
        product["juncton"]


# Other commands' numbers ------------------------------------------------------------------------------


def laminate(**changes: Any) -> kp.Case:
    layer = [
        {"name": "a", "material": "a", "thickness": "3 nm"},
        {"name": "b", "material": "b", "thickness": "5 nm"},
    ]
    return kp.Case.from_dict(
        {
            "title": "laminate",
            "geometry": {"kind": "slab", "area": "2 mm^2"},
            "materials": {"a": {"conductivity": "46 W/(m*K)"}, "b": {"conductivity": "1.7 W/(m*K)"}},
            "layers": layer,
            "interfaces": [{"materials": ["a", "b"], "conductance": "260 MW/(m^2*K)"}],
            **changes,
        }
    )


def test_effective_conductivity_over_the_period() -> None:
    """k = L/(d_a/k_a + d_b/k_b + 2 R), both thicknesses following the period."""
    period = {"from": 2e-9, "to": 4e-7, "count": 7, "spacing": "log"}
    sets = {"layers.a.thickness": 0.4, "layers.b.thickness": 0.6}
    found = kp.sweep(
        laminate(), {"period": {**period, "sets": sets}, "interfaces.0.scale": [0.5, 3]}, of="effective"
    )
    L, scale = np.meshgrid(found["period"], found["interfaces.0.scale"], indexing="ij")
    exact = L / (0.4 * L / 46.0 + 0.6 * L / 1.7 + 2.0 / (260e6 * scale))
    assert np.allclose(found["conductivity.zz"], exact, rtol=1e-12)
    assert np.allclose(found["conductivity.xx"], 0.4 * 46.0 + 0.6 * 1.7, rtol=1e-12)
    assert np.allclose(found["perfect_contacts.zz"], 1.0 / (0.4 / 46.0 + 0.6 / 1.7), rtol=1e-12)
    assert found.logarithmic == {"period"}


def test_effective_at_a_temperature_and_its_refusals(die: kp.Case) -> None:
    hot = kp.sweep(laminate(), {"layers.a.thickness": [2e-9]}, of="effective", at=450.0)
    assert hot["temperature"].tolist() == [450.0]
    with pytest.raises(InputError, match="--at"):
        kp.sweep(die, {SINK: [1e-3]}, at=300.0)
    with pytest.raises(InputError, match="has no periodic cell"):
        kp.sweep(kp.load(CASES / "cylinder.toml"), {"layers.0.thickness": [1e-3]}, of="effective")


def test_runs_in_time_are_courses_along_time(tmp_path: Path) -> None:
    case = kp.load(CASES / "cpu_power_step.toml").replace({"transient.save": 5})
    joint = "interfaces.0.resistance"
    found = kp.sweep(case, {joint: [1e-5, 1.2e-4]})
    assert found.variables["junction"].dims == (joint, "time")
    alone = kp.solve(case)
    assert found["junction"][1].tolist() == list(alone.history.probes["junction"])  # type: ignore[union-attr]
    assert found["time"].tolist() == list(alone.history.times)  # type: ignore[union-attr]
    peaks = max(frame.pieces.most[0] for frame in alone.frames)
    assert found["layers.die.peak"][1] == peaks
    ends = kp.sweep(case, {"transient.until": [1.0, 3.0]})
    assert ends.variables["junction"].dims == ("transient.until", "time_number")
    assert ends["time"][:, -1].tolist() == [1.0, 3.0]
    found.write(tmp_path / "t.h5")
    with xarray.open_dataset(tmp_path / "t.h5", engine="h5netcdf") as data:
        assert data["junction"].dims == (joint, "time")
        assert data["time"].attrs["units"] == "s"
    ends.write(tmp_path / "e.h5")
    assert np.array_equal(read(tmp_path / "e.h5")["time"], ends["time"])


def test_periodic_heating_and_impedances() -> None:
    film = kp.load(CASES / "film_on_substrate.toml").replace({"frequency.count": 3})
    found = kp.sweep(film, {"interfaces.0.conductance": [5e7, 1e8]})
    response = kp.solve(film.replace({"interfaces.0.conductance": "1e8 W/(m^2*K)"}))
    name = next(iter(response.probes))
    assert np.array_equal(found[f"{name}.amplitude"][1], np.abs(response.probes[name]))
    assert np.array_equal(found[f"{name}.phase"][1], np.angle(response.probes[name]))
    case = kp.load(CASES / "zth_package_dry.toml")
    curves = kp.sweep(case, {"zth.points": [4]}, of="zth")
    one = kp.zth(case.replace({"zth.points": 4}))
    assert curves["steady"][0] == one.steady
    assert np.array_equal(curves["zth"][0], one.zth)


# Files ------------------------------------------------------------------------------------------------


def test_the_file_is_a_hypercube_that_xarray_opens(product: Sweep, tmp_path: Path) -> None:
    product.write(tmp_path / "out.h5")
    with xarray.open_dataset(tmp_path / "out.h5", engine="h5netcdf") as data:
        assert dict(data.sizes) == {SINK: 2, JOINT: 3}
        assert np.array_equal(data["junction"].values, product["junction"])
        assert data["junction"].sel({SINK: 2e-3}).shape == (3,)
        assert data[SINK].attrs["units"] == "m"
        assert data["junction"].attrs["units"] == "K"
        assert data["status"].values.sum() == 0
        assert "cpu" in data.attrs["case"] or "die" in data.attrs["case"]
    with pytest.raises(kp.FileError, match="exists"):
        product.write(tmp_path / "out.h5")


def test_what_is_read_back_is_what_was_written(die: kp.Case, tmp_path: Path) -> None:
    odd = die.replace({"probes.0.name": "hot/spot µ"})
    found = kp.sweep(
        odd,
        {"zip": [SINK, "a b"], SINK: [2e-3, -1e-3], "a b": {"values": ["x", "y"], "sets": []},
         "layers.sink.material": ["copper", "aluminium"]},
    )  # fmt: skip
    found.write(tmp_path / "out.h5")
    stored = read(tmp_path / "out.h5")
    assert isinstance(stored, Result)
    assert stored.dims == found.dims == ("point", "layers.sink.material")
    assert set(stored.variables) == set(found.variables)
    assert "hot/spot µ" in stored.variables
    for name, variable in found.variables.items():
        assert np.array_equal(variable.values, stored[name], equal_nan=True), name
        assert variable.dims == stored.variables[name].dims
        assert variable.unit == stored.variables[name].unit
    assert {n: c.values.tolist() for n, c in stored.coords.items()} == {
        n: c.values.tolist() for n, c in found.coords.items()
    }
    assert stored.failed == found.failed
    assert stored.probes == found.probes
    assert stored.source_text == found.source_text


def test_words_are_coordinates(die: kp.Case, tmp_path: Path) -> None:
    found = kp.sweep(die, {"layers.sink.material": ["copper", "aluminium"]})
    found.write(tmp_path / "out.h5")
    with xarray.open_dataset(tmp_path / "out.h5", engine="h5netcdf") as data:
        one = data["junction"].sel({"layers.sink.material": "copper"})
        assert float(one) == found["junction"][0]
    same = found.to_xarray()
    assert float(same["junction"].sel({"layers.sink.material": "copper"})) == found["junction"][0]


def test_summary_is_plain(product: Sweep) -> None:
    import json

    answer = json.loads(json.dumps(product.summary(), allow_nan=False))
    assert answer["points"] == 6
    assert answer["dimensions"] == {SINK: 2, JOINT: 3}
    assert np.array_equal(answer["variables"]["junction"]["values"], product["junction"])


def test_a_case_says_whose_numbers_and_what_to_show(tmp_path: Path) -> None:
    own = laminate(
        sweep={"of": "effective", "show": "conductivity.xx", "layers.a.thickness": ["2 nm", "9 nm"]}
    )
    found = kp.sweep(own)
    assert found.of == "effective"
    assert found.show == ("conductivity.xx",)
    assert np.allclose(
        found["conductivity.xx"], [(2 * 46 + 5 * 1.7) / 7, (9 * 46 + 5 * 1.7) / 14], rtol=1e-12
    )
    found.write(tmp_path / "out.h5")
    assert read(tmp_path / "out.h5").show == found.show  # type: ignore[union-attr]
    assert (
        kp.sweep(own, {"layers.a.thickness": [2e-9], "of": "effective"})["conductivity.xx"][0]
        == found["conductivity.xx"][0]
    )
