"""The result file: what xarray, and nobody but xarray, finds in it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr

from fake_solution import boundary, interface, line, plane
from kapitza.output import read, write
from kapitza.output.contents_sides import MANY_INTERFACES, group_interfaces


def opened(path: Path, group: str | None = None) -> xr.Dataset:
    with xr.open_dataset(path, engine="h5netcdf", group=group) as data:
        return data.load()


def written(tmp_path: Path, solution, name: str = "out.h5") -> Path:
    path = tmp_path / name
    write(solution, path)
    return path


def test_slab_has_named_dimensions_with_units(tmp_path):
    solution = line()
    data = opened(written(tmp_path, solution))
    assert data.temperature.dims == ("time", "z")
    assert data.heat_flux_z.dims == ("time", "z")
    assert data.region.dims == ("z",)
    assert "heat_flux_x" not in data
    assert (data.time.attrs["units"], data.z.attrs["units"]) == ("s", "m")
    assert data.temperature.attrs["units"] == "K"
    assert data.heat_flux_z.attrs["units"] == "W/m^2"
    np.testing.assert_array_equal(data.time, [0.0])
    np.testing.assert_array_equal(data.z, solution.z)
    np.testing.assert_array_equal(data.temperature[0], solution.temperature)
    np.testing.assert_array_equal(data.heat_flux_z[0], solution.heat_flux_z)
    np.testing.assert_array_equal(data.region, solution.piece)


def test_plane_is_time_z_x(tmp_path):
    solution = plane()
    data = opened(written(tmp_path, solution))
    for name in ("temperature", "heat_flux_z", "heat_flux_x"):
        assert data[name].dims == ("time", "z", "x")
        np.testing.assert_array_equal(data[name][0], getattr(solution, name))
    assert data.region.dims == ("z", "x")
    np.testing.assert_array_equal(data.region, solution.piece)
    np.testing.assert_array_equal(data.x, solution.x)
    assert data.x.attrs["units"] == "m"
    np.testing.assert_array_equal(data.z_bounds, np.stack([solution.z_edges[:-1], solution.z_edges[1:]], 1))
    np.testing.assert_array_equal(data.x_bounds, np.stack([solution.x_edges[:-1], solution.x_edges[1:]], 1))
    assert data.x.attrs["bounds"] == "x_bounds"


@pytest.mark.parametrize("kind", ["cylinder", "sphere"])
def test_radius_of_round_stacks_is_called_r(tmp_path, kind):
    data = opened(written(tmp_path, line(kind=kind)))
    assert data.temperature.dims == ("time", "r")
    np.testing.assert_array_equal(data.heat_flux_r, data.heat_flux_z)


def test_axisymmetric_is_time_z_r(tmp_path):
    data = opened(written(tmp_path, plane(kind="axisymmetric")))
    assert data.temperature.dims == ("time", "z", "r")
    np.testing.assert_array_equal(data.heat_flux_r, data.heat_flux_x)


def test_second_name_of_a_flux_costs_nothing(tmp_path):
    with h5py.File(written(tmp_path, line(kind="sphere"))) as file:
        assert file["heat_flux_r"] == file["heat_flux_z"]


def test_regions_are_named(tmp_path):
    region = opened(written(tmp_path, plane())).region
    meaning = dict(
        zip(region.attrs["flag_values"].tolist(), region.attrs["flag_meanings"].split(), strict=True)
    )
    assert meaning == {-1: "void", 0: "die", 1: "sink", 2: "bump"}


def test_names_of_very_many_regions_are_in_a_variable_only(tmp_path):
    names = tuple(f"film[{i}]" for i in range(300))
    path = written(tmp_path, line(names, cells=1))
    assert "flag_meanings" not in opened(path).region.attrs
    assert tuple(opened(path, "pieces").name.values) == names


def test_attributes_tell_where_the_file_comes_from(tmp_path):
    text = 'title = "120 W – 25 °C"\r\n# two lines\n'
    attributes = opened(written(tmp_path, line(source_text=text))).attrs
    assert attributes["case"] == text
    assert attributes["case_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert json.loads(attributes["summary"]) == line().results
    assert attributes["title"] == "joint – 1-D"
    assert attributes["Conventions"] == "CF-1.10"
    assert attributes["kapitza_version"]


def test_a_stack_built_in_python_has_no_case_text(tmp_path):
    attributes = opened(written(tmp_path, line(source_text=None))).attrs
    assert (attributes["case"], attributes["case_sha256"]) == ("", hashlib.sha256(b"").hexdigest())


def test_long_texts_are_whole(tmp_path):
    """HDF5 holds 64 KiB in a plain attribute; a case of 1 MB and a summary of 3 MB must not notice."""
    text = "# résumé\n" * 110_000
    results = {"layers": ["x" * 29] * 100_000, "warnings": [], "timing": {}}
    path = written(tmp_path, line(source_text=text, results=results))
    assert opened(path).attrs["case"] == text
    assert read(path).source_text == text
    assert read(path).summary() == results


def test_numbers_that_json_lacks_become_null(tmp_path):
    results = {"a": [np.inf, {"b": np.nan}], "c": (1.5,)}
    path = written(tmp_path, line(results=results))
    assert json.loads(opened(path).attrs["summary"]) == {"a": [None, {"b": None}], "c": [1.5]}


def test_text_that_utf8_lacks_does_not_stop_a_result(tmp_path):
    solution = line(("a\0b", "\ud800", "ü/ø"))
    path = written(tmp_path, dataclasses.replace(solution, source_text="x = 1 # \udc80"))
    assert list(read(path).piece_names) == ["a\ufffdb", "?", "ü/ø"]
    assert opened(path).attrs["case"] == "x = 1 # ?"


def test_only_numbers_and_utf8(tmp_path):
    kinds = set()

    def look(name, item):
        described = [item.dtype] if isinstance(item, h5py.Dataset) else []
        described += [item.attrs.get_id(key).dtype for key in item.attrs if not _bookkeeping(key)]
        for dtype in described:
            text = h5py.check_string_dtype(dtype)
            kinds.add(text.encoding if text else dtype.kind)

    with h5py.File(written(tmp_path, plane())) as file:
        file.visititems(look)
        look("/", file)
    assert kinds == {"utf-8", "f", "i"}


def _bookkeeping(attribute: str) -> bool:
    """What netCDF-4 itself prescribes, ASCII and references included."""
    return attribute in ("CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_NCProperties")


def test_dimensions_bear_their_netcdf_numbers(tmp_path):
    numbers, scales = [], 0

    def look(name, item):
        nonlocal scales
        if isinstance(item, h5py.Dataset) and item.is_scale:
            scales += 1
            numbers.append(int(item.attrs["_Netcdf4Dimid"]))

    with h5py.File(written(tmp_path, plane())) as file:
        file.visititems(look)
        assert bytes(file.attrs["_NCProperties"]).startswith(b"version=2,kapitza=")
    assert sorted(numbers) == list(range(scales))


def test_the_same_result_gives_the_same_bytes(tmp_path):
    first = written(tmp_path, plane(), "a.h5").read_bytes()
    time.sleep(1.1)
    assert written(tmp_path, plane(), "b.h5").read_bytes() == first


def test_interfaces_are_groups_with_both_sides(tmp_path):
    solution = plane()
    path = written(tmp_path, solution)
    for name, expected in solution.interfaces.items():
        data = opened(path, f"interfaces/{name}")
        assert data.below.dims == ("time", "face")
        for variable in ("below", "above", "jump", "flux"):
            np.testing.assert_array_equal(data[variable][0], getattr(expected, f"{variable}_values"))
        for variable in ("area", "z", "x", "vertical"):
            np.testing.assert_array_equal(data[variable], getattr(expected, variable))
        assert (data.below.attrs["units"], data.flux.attrs["units"]) == ("K", "W/m^2")


def test_interface_table_has_a_row_for_each(tmp_path):
    solution = plane()
    table = opened(written(tmp_path, solution), "interfaces")
    assert list(table.name.values) == ["die|sink", "die|bump"]
    np.testing.assert_array_equal(table.jump[0], [r.jump for r in solution.interfaces.values()])
    np.testing.assert_array_equal(table.conductance[0], [2.5e4 + 3, np.nan])


def test_boundaries_have_their_sides(tmp_path):
    solution = plane()
    path = written(tmp_path, solution)
    table = opened(path, "boundaries")
    assert list(table.name.values) == list(solution.boundaries)
    np.testing.assert_array_equal(table.ambient, [np.nan, 298.15, np.nan, np.nan])
    left = opened(path, "boundaries/left")
    np.testing.assert_array_equal(left.temperature[0], solution.boundaries["left"].temperature_values)
    np.testing.assert_array_equal(left.along, solution.boundaries["left"].along)


def test_profile_shows_the_jump_at_one_place(tmp_path):
    solution = line()
    data = opened(written(tmp_path, solution), "profile")
    joint = solution.layout.layer_edges[1]
    at_joint = data.z.values == joint
    assert at_joint.sum() == 2
    expected = [solution.profile()[0][2][-1], solution.profile()[1][2][0]]
    np.testing.assert_array_equal(data.temperature[0][at_joint], expected)


def test_all_groups_open_as_a_tree(tmp_path):
    with xr.open_datatree(written(tmp_path, plane()), engine="h5netcdf") as tree:
        assert {"/interfaces/die|sink", "/boundaries/left", "/pieces", "/mesh"} <= set(tree.groups)


def test_a_single_layer_has_no_interfaces(tmp_path):
    path = written(tmp_path, line(("rod",), cells=4))
    assert opened(path, "interfaces").sizes["interface"] == 0
    assert dict(read(path).interfaces) == {}


def test_a_side_without_material_is_empty(tmp_path):
    path = written(tmp_path, plane(boundaries={"left": boundary("left", 5, faces=0)}))
    assert read(path).boundaries["left"].temperature is None
    assert read(path).boundaries["left"].along.shape == (0, 2)


def test_names_that_hdf5_cannot_hold_get_a_link_of_their_own(tmp_path):
    names = ["a/b|c", "a_b|c", "tab\there|c"]
    results = {name: interface(name, i, 2) for i, name in enumerate(names)}
    path = written(tmp_path, plane(interfaces=results))
    assert opened(path, "interfaces/a_b|c").attrs["name"] == "a/b|c"
    assert opened(path, "interfaces/a_b|c~").attrs["name"] == "a_b|c"
    assert opened(path, "interfaces/tab_here|c").attrs["name"] == "tab\there|c"
    for name in names:
        np.testing.assert_array_equal(read(path).interfaces[name].flux_values, results[name].flux_values)


def test_interfaces_share_groups_where_they_are_many():
    few = [f"a[{i}]|b[{i}]" for i in range(MANY_INTERFACES)]
    assert [name for name, _ in group_interfaces(few, MANY_INTERFACES)] == few
    many = [f"{x}[{i}]|{y}[{i}]" for i in range(150) for x, y in ("ab", "ba")]
    assert group_interfaces(many, MANY_INTERFACES) == [
        ("a|b", list(range(0, 300, 2))),
        ("b|a", list(range(1, 300, 2))),
    ]
    unlike = [f"film {i}|film {i + 1}" for i in range(300)]
    assert group_interfaces(unlike, MANY_INTERFACES) == [("all", list(range(300)))]


def test_many_interfaces_are_all_there(tmp_path):
    names = tuple(f"{kind}[{i}]" for i in range(1, 121) for kind in ("silicon", "germanium"))
    solution = line(names, cells=1)
    path = written(tmp_path, solution)
    data = opened(path, "interfaces/silicon|germanium")
    rows = np.arange(0, 239, 2)
    expected = list(solution.interfaces.values())
    np.testing.assert_array_equal(data.row, rows)
    np.testing.assert_array_equal(data.below[0], [expected[i].below for i in rows])
    assert data.attrs["interfaces"] == 120
    stored = read(path).interfaces
    assert list(stored) == list(solution.interfaces)
    assert [r.jump for r in stored.values()] == [r.jump for r in expected]
    assert [float(r.z[0]) for r in stored.values()] == [float(r.z[0]) for r in expected]


def test_a_hundred_thousand_layers_are_written_and_read(tmp_path):
    names = tuple(f"{kind}[{i}]" for i in range(1, 50_001) for kind in ("silicon", "germanium"))
    one = interface("any", 5)
    solution = line(names, cells=1)
    same = {name: dataclasses.replace(one, name=name) for name in solution.interfaces}
    path = written(tmp_path, dataclasses.replace(solution, interfaces=same))
    assert len(read(path).interfaces) == 99_999
