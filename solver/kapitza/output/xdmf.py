"""The file that ParaView opens: XDMF 2 text that describes the fields in the HDF5 file beside it.

Cells of a rectilinear mesh, layers along the Y axis, the lateral coordinate (x or r) along X; a 1-D solution
is a line of cells along Y. One grid per time.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import numpy as np
import numpy.typing as npt

from kapitza.errors import FileError

if TYPE_CHECKING:
    from kapitza.solution import Solution

Floats = npt.NDArray[np.float64]


def beside(target: Path) -> Path:
    """OUT.xdmf for OUT.h5. Raises FileError where the two cannot go together."""
    side = target.with_suffix(".xdmf")
    if side == target:
        raise FileError(f"{target}: the XDMF file would have this name too; end the output's name with .h5")
    if ":" in target.name or not target.name.isprintable():
        raise FileError(
            f"{target}: XDMF cannot refer to a file with ':' or unprintable characters in its name"
        )
    return side


def document(data: str, times: Floats, solution: Solution) -> str:
    """The text: ``data`` is the name of the HDF5 file, in the same folder."""
    root = Xml.Element("Xdmf", Version="2.0")
    domain = Xml.SubElement(root, "Domain")
    series = Xml.SubElement(domain, "Grid", Name="kapitza", GridType="Collection", CollectionType="Temporal")
    for frame, time in enumerate(times):
        grid = Xml.SubElement(series, "Grid", Name=f"time {frame}", GridType="Uniform")
        Xml.SubElement(grid, "Time", Value=repr(float(time)))
        _mesh(grid, data, solution)
        shape = solution.temperature.shape
        _field(grid, data, "temperature", shape, frame, len(times))
        _field(grid, data, "heat_flux_z", shape, frame, len(times))
        if solution.heat_flux_x is not None:
            _field(grid, data, "heat_flux_x", shape, frame, len(times))
        if solution.liquid is not None:
            _field(grid, data, "melted", shape, frame, len(times))
        region = _attribute(grid, "region")
        _item(region, f"{data}:/region", shape, number="Int", precision="4")
    Xml.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + Xml.tostring(root, encoding="unicode") + "\n"


def _mesh(grid: Xml.Element, data: str, solution: Solution) -> None:
    across = 1 if solution.x_edges is None else len(solution.x_edges)
    through = len(solution.z_edges)
    Xml.SubElement(grid, "Topology", TopologyType="2DRectMesh", Dimensions=f"{through} {across}")
    geometry = Xml.SubElement(grid, "Geometry", GeometryType="VXVY")
    _item(geometry, f"{data}:/mesh/x_edges", (across,))
    _item(geometry, f"{data}:/mesh/z_edges", (through,))


def _field(grid: Xml.Element, data: str, name: str, shape: Sequence[int], frame: int, frames: int) -> None:
    """One frame of a variable (time, z[, x])."""
    slab = Xml.SubElement(
        _attribute(grid, name), "DataItem", ItemType="HyperSlab", Dimensions=_numbers(shape), Type="HyperSlab"
    )
    rank = 1 + len(shape)
    selection = Xml.SubElement(slab, "DataItem", Dimensions=f"3 {rank}", Format="XML")
    selection.text = _numbers([frame, *[0] * len(shape), *[1] * rank, 1, *shape])
    _item(slab, f"{data}:/{name}", (frames, *shape))


def _attribute(grid: Xml.Element, name: str) -> Xml.Element:
    return Xml.SubElement(grid, "Attribute", Name=name, AttributeType="Scalar", Center="Cell")


def _item(
    parent: Xml.Element, path: str, shape: Sequence[int], number: str = "Float", precision: str = "8"
) -> None:
    item = Xml.SubElement(
        parent, "DataItem", Dimensions=_numbers(shape), NumberType=number, Precision=precision, Format="HDF"
    )
    item.text = path


def _numbers(values: Sequence[int]) -> str:
    return " ".join(str(value) for value in values)
