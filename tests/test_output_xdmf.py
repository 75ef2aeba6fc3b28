"""The file for ParaView: well-formed, and every item it names is in the HDF5 file with that shape."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as Xml

import h5py
import numpy as np
import pytest

from fake_solution import line, plane
from kapitza.errors import FileError
from kapitza.output import write

BYTES = {("Float", "8"): "<f8", ("Int", "4"): "<i4"}


def numbers(text: str | None) -> list[int]:
    return [int(word) for word in (text or "").split()]


def values(item: Xml.Element, folder: Path) -> np.ndarray:
    """What an XDMF reader makes of a DataItem: stored numbers, whole or a slab of them."""
    if item.get("ItemType") == "HyperSlab":
        selection, source = item.findall("DataItem")
        start, step, count = np.reshape(numbers(selection.text), (3, -1))
        assert numbers(selection.get("Dimensions")) == [3, len(start)]
        cut = tuple(slice(a, a + n * s, s) for a, s, n in zip(start, step, count, strict=True))
        return values(source, folder)[cut].reshape(numbers(item.get("Dimensions")))
    assert item.get("Format") == "HDF"
    name, _, path = (item.text or "").partition(":")
    with h5py.File(folder / name) as file:
        data = file[path]
        assert list(data.shape) == numbers(item.get("Dimensions"))
        assert data.dtype == BYTES[item.get("NumberType", ""), item.get("Precision", "")]
        return data[...]


def grids(path: Path) -> list[Xml.Element]:
    series = Xml.parse(path).getroot().findall("./Domain/Grid")
    assert [grid.get("CollectionType") for grid in series] == ["Temporal"]
    return series[0].findall("Grid")


def fields(grid: Xml.Element, folder: Path) -> dict[str, np.ndarray]:
    found = {}
    for attribute in grid.findall("Attribute"):
        assert attribute.get("Center") == "Cell"
        found[attribute.get("Name", "")] = values(attribute.find("DataItem"), folder)
    return found


def test_plane_is_a_rectilinear_mesh_with_cell_data(tmp_path):
    solution = plane()
    write(solution, tmp_path / "out.h5", xdmf=True)
    (grid,) = grids(tmp_path / "out.xdmf")
    topology = grid.find("Topology")
    assert topology.get("TopologyType") == "2DRectMesh"
    assert numbers(topology.get("Dimensions")) == [5, 6]
    geometry = grid.find("Geometry")
    assert geometry.get("GeometryType") == "VXVY"
    across, through = geometry.findall("DataItem")
    np.testing.assert_array_equal(values(across, tmp_path), solution.x_edges)
    np.testing.assert_array_equal(values(through, tmp_path), solution.z_edges)
    assert grid.find("Time").get("Value") == "0.0"
    found = fields(grid, tmp_path)
    assert set(found) == {"temperature", "heat_flux_z", "heat_flux_x", "region"}
    for name, data in found.items():
        np.testing.assert_array_equal(data, getattr(solution, "piece" if name == "region" else name))


def test_axisymmetric_has_the_radius_across(tmp_path):
    solution = plane(kind="axisymmetric")
    write(solution, tmp_path / "out.h5", xdmf=True)
    (grid,) = grids(tmp_path / "out.xdmf")
    np.testing.assert_array_equal(values(grid.find("Geometry/DataItem"), tmp_path), solution.x_edges)
    np.testing.assert_array_equal(fields(grid, tmp_path)["heat_flux_x"], solution.heat_flux_x)


@pytest.mark.parametrize("kind", ["slab", "cylinder", "sphere"])
def test_one_dimension_is_a_line_of_cells(tmp_path, kind):
    solution = line(kind=kind)
    write(solution, tmp_path / "out.h5", xdmf=True)
    (grid,) = grids(tmp_path / "out.xdmf")
    assert numbers(grid.find("Topology").get("Dimensions")) == [len(solution.z_edges), 1]
    across, through = (values(item, tmp_path) for item in grid.findall("Geometry/DataItem"))
    np.testing.assert_array_equal(across, [0.0])
    np.testing.assert_array_equal(through, solution.z_edges)
    found = fields(grid, tmp_path)
    assert set(found) == {"temperature", "heat_flux_z", "region"}
    np.testing.assert_array_equal(found["temperature"], solution.temperature)


def test_every_time_is_a_grid_of_its_own(tmp_path):
    """The file's variables are filled time by time; each grid takes its slab."""
    times = np.array([0.25, 1.5, 7.0])
    frames = [plane(temperature=np.full((4, 5), 300.0 + 11.0 * i), time=t) for i, t in enumerate(times)]
    write(plane(history=SimpleNamespace(frames=frames)), tmp_path / "out.h5", xdmf=True)
    found = grids(tmp_path / "out.xdmf")
    assert [float(grid.find("Time").get("Value")) for grid in found] == times.tolist()
    for grid, frame in zip(found, frames, strict=True):
        np.testing.assert_array_equal(fields(grid, tmp_path)["temperature"], frame.temperature)


def test_names_are_escaped(tmp_path):
    path = tmp_path / 'R&D <é> "1".h5'
    write(line(), path, xdmf=True)
    (grid,) = grids(path.with_suffix(".xdmf"))
    assert len(fields(grid, tmp_path)["temperature"]) == 9


def test_names_that_xdmf_cannot_refer_to(tmp_path):
    for name, why in (("a:b.h5", "':'"), ("a\nb.h5", "unprintable"), ("out.xdmf", r"end .* with \.h5")):
        with pytest.raises(FileError, match=why):
            write(line(), tmp_path / name, xdmf=True)
    assert list(tmp_path.iterdir()) == []


def test_without_being_asked_for_there_is_none(tmp_path):
    write(dataclasses.replace(line()), tmp_path / "out.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["out.h5"]
