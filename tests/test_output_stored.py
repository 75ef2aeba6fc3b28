"""Results read back: as they were, or a plain sentence that says why not."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from pathlib import Path

import h5py
import numpy as np
import pytest

import kapitza as kp
from fake_solution import line, plane
from kapitza.api import solve
from kapitza.errors import FileError
from kapitza.output import read, write

SILICON, ALUMINIUM, COPPER = kp.Material("Si", 141.0), kp.Material("Al", 229.0), kp.Material("Cu", 397.0)


def slab(kind: str = "slab") -> kp.Solution:
    return solve(
        kp.Stack(
            [kp.Layer("die", SILICON, 0.6e-3, heat=17.0), kp.Layer("sink", ALUMINIUM, 7e-3)],
            geometry=kp.Geometry(kind, area=5e-4, inner_radius=0.03, length=0.2),
            interfaces=[kp.Interface(kp.Resistance(1.1e-4), between=("die", "sink"))],
            boundaries={
                ("bottom" if kind == "slab" else "inner"): kp.Boundary(kp.Heat(31.0)),
                ("top" if kind == "slab" else "outer"): kp.Boundary(kp.Reservoir(297.0, kp.Resistance(3e-4))),
            },
            title="a stack",
            temperature_unit="degC",
        )
    )


def package(kind: str = "plane") -> kp.Solution:
    width = (-9e-3, 11e-3) if kind == "plane" else (0.0, 11e-3)
    return solve(
        kp.Stack(
            [
                kp.Layer("die", SILICON, 0.6e-3, heat=17.0, x=(width[0], 5e-3)),
                kp.Layer("sink", ALUMINIUM, 7e-3),
            ],
            geometry=kp.Geometry(kind, x=width, depth=0.3),
            regions=[kp.Region("bump", COPPER, kp.Rectangle((1e-3, 3e-3), (0.0, 0.3e-3)))],
            interfaces=[kp.Interface(kp.Resistance(1.1e-4), between=("die", "sink"))],
            boundaries={"top": kp.Boundary(kp.Reservoir(297.0, kp.Resistance(3e-4)))},
            mesh=kp.MeshOptions(x=23, z=17),
        )
    )


SOLUTIONS = [
    lambda: slab(),
    lambda: slab("cylinder"),
    lambda: slab("sphere"),
    lambda: package(),
    lambda: package("axisymmetric"),
]


@pytest.fixture(params=SOLUTIONS, ids=["slab", "cylinder", "sphere", "plane", "axisymmetric"])
def pair(request, tmp_path):
    solution = dataclasses.replace(request.param(), source_text="title = 'a stack'\n")
    solution.write(tmp_path / "out.h5")
    return solution, read(tmp_path / "out.h5")


def test_fields_come_back_to_the_bit(pair):
    solution, stored = pair
    for name in ("temperature", "z", "x", "z_edges", "x_edges", "heat_flux_z", "heat_flux_x", "piece"):
        expected, found = getattr(solution, name), getattr(stored, name)
        if expected is None:
            assert found is None
        else:
            np.testing.assert_array_equal(found, expected, strict=True)
    assert list(stored.piece_names) == list(solution.piece_names)
    assert stored.source_text == solution.source_text
    assert stored.times.tolist() == [0.0]


def test_summary_comes_back(pair):
    solution, stored = pair
    assert stored.summary() == solution.summary()
    assert stored.warnings == solution.summary()["warnings"]
    assert stored.timing == solution.summary()["timing"]


def test_contacts_come_back(pair):
    solution, stored = pair
    assert list(stored.interfaces) == list(solution.interfaces)
    assert len(stored.interfaces) > 0
    for name, expected in solution.interfaces.items():
        found = stored.interfaces[name]
        for field in dataclasses.fields(found):
            np.testing.assert_array_equal(getattr(found, field.name), getattr(expected, field.name))
    with pytest.raises(KeyError):
        stored.interfaces["moon|sun"]


def test_boundaries_come_back(pair):
    solution, stored = pair
    assert list(stored.boundaries) == list(solution.boundaries)
    for name, expected in solution.boundaries.items():
        found = stored.boundaries[name]
        for key in ("heat", "temperature", "area", "flux_values", "temperature_values", "along"):
            np.testing.assert_array_equal(getattr(found, key), getattr(expected, key))
        ambient = getattr(solution.stack.boundary(name).condition, "ambient", None)
        assert stored.stack.boundary(name).condition.ambient == ambient


def test_layers_come_back(pair):
    solution, stored = pair
    layout = solution.layout
    assert (stored.layout.n_layers, stored.layout.n_pieces) == (layout.n_layers, layout.n_pieces)
    np.testing.assert_array_equal(stored.layout.layer_edges, layout.layer_edges)
    for i in range(layout.n_pieces):
        assert stored.layout.name(i) == layout.name(i)
        assert stored.layout.material(i).name == layout.material(i).name
    for i in range(layout.n_layers):
        assert stored.layer_extent(i) == solution.layer_extent(i)
    if solution.x is None:
        for found, expected in zip(stored.profile(), solution.profile(), strict=True):
            assert found[0] == expected[0]
            np.testing.assert_array_equal(found[1:], expected[1:])


def test_stack_comes_back(pair):
    solution, stored = pair
    for name in (
        "kind",
        "two_dimensional",
        "axis",
        "lateral",
        "area",
        "depth",
        "length",
        "inner_radius",
        "x",
    ):
        expected = getattr(solution.stack.geometry, name)
        assert getattr(stored.stack.geometry, name) == expected
    assert stored.stack.title == solution.stack.title
    assert stored.stack.temperature_unit == solution.stack.temperature_unit


def test_picture_of_the_file_is_the_picture_of_the_run(pair, tmp_path):
    from kapitza.output.figure import draw

    solution, stored = pair
    draw(solution, tmp_path / "run.png")
    draw(stored, tmp_path / "file.png")
    assert (tmp_path / "file.png").read_bytes() == (tmp_path / "run.png").read_bytes()


# What cannot be read --------------------------------------------------------------------------------------


def refused(path: Path, match: str) -> None:
    with pytest.raises(FileError, match=match) as caught:
        read(path)
    assert caught.value.exit_code == 4
    assert str(path.name) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture
def good(tmp_path) -> Path:
    path = tmp_path / "out.h5"
    write(plane(), path)
    return path


def test_missing_file(tmp_path):
    refused(tmp_path / "none.h5", "No such file")


def test_folder(tmp_path):
    refused(tmp_path, "is not a file")


def test_fifo_does_not_wait(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "is not a file")


def test_zero_byte_in_the_name(tmp_path):
    refused(tmp_path / "a\0b", "null byte")


def test_empty_file(tmp_path):
    (tmp_path / "out.h5").touch()
    refused(tmp_path / "out.h5", "is empty")


def test_case_file_instead_of_result(tmp_path):
    (tmp_path / "case.toml").write_text("title = 'x'\n")
    refused(tmp_path / "case.toml", "not an HDF5 file.*kapitza run CASE -o")


def test_hdf5_of_another_program(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["temperature"] = np.zeros(3)
    refused(tmp_path / "other.h5", "not a result of kapitza")


def test_future_format(good):
    with h5py.File(good, "r+") as file:
        file.attrs["kapitza_format"] = 2
        file.attrs["kapitza_version"] = "7.1.0"
    refused(good, r"format 2, written by kapitza 7\.1\.0.*update")


@pytest.mark.parametrize("part", [8, 9, 40, 96, 500, 2_000, 9_000, 20_000, 40_000, -1_000, -1])
def test_cut_short(good, part):
    os.truncate(good, part if part > 0 else good.stat().st_size + part)
    refused(good, "damaged or cut short")


@pytest.mark.parametrize("seed", range(40))
def test_overwritten_in_the_middle(good, seed):
    """Noise anywhere in the file never crashes: it is refused, or hits numbers alone."""
    data = bytearray(good.read_bytes())
    rng = np.random.default_rng(seed)
    start = int(rng.integers(8, len(data) - 600))
    data[start : start + 512] = rng.bytes(512)
    good.write_bytes(data)
    with contextlib.suppress(FileError):
        read(good)


@pytest.mark.parametrize(
    "name", ["temperature", "mesh/z_edges", "pieces/name", "interfaces/die|sink", "boundaries"]
)
def test_missing_part(good, name):
    with h5py.File(good, "r+") as file:
        del file[name]
    refused(good, "damaged or cut short")


def test_summary_that_is_no_json(good):
    with h5py.File(good, "r+") as file:
        file.attrs["summary"] = "{"
    refused(good, "damaged or cut short")


def test_importing_the_package_is_light():
    import subprocess
    import sys

    program = (
        "import sys; sys.path[:] = " + repr(sys.path) + "; import kapitza.output, kapitza.output.replace\n"
        "print({'h5py', 'numpy', 'scipy', 'numba', 'matplotlib'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


def test_stored_one_dimension_without_interfaces(tmp_path):
    write(line(("rod",), cells=4), tmp_path / "out.h5")
    assert [name for name, _, _ in read(tmp_path / "out.h5").profile()] == ["rod"]
