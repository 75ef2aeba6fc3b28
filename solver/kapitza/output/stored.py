"""A result read back from its file: the attributes of a `Solution` that tables and pictures use."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from kapitza.model import ONE_DIMENSIONAL, Geometry
from kapitza.output import hdf5_sensitivity

if TYPE_CHECKING:
    from kapitza.studies.sensitivity import Sensitivity

Floats = npt.NDArray[np.float64]

_OF_CHANNEL = "temperature_"


@dataclass(frozen=True)
class StoredMaterial:
    name: str


@dataclass(frozen=True)
class StoredCondition:
    """``ambient`` [K]: of the reservoir behind the boundary; None: there is none."""

    ambient: float | None


@dataclass(frozen=True)
class StoredBoundary:
    """A side of the domain: heat [W] into it, mean surface temperature [K], what lies behind, and (n,) arrays
    of its faces, whose edges (n, 2) [m] are ``along``."""

    name: str
    heat: float
    temperature: float | None
    condition: StoredCondition
    area: Floats
    flux_values: Floats
    temperature_values: Floats
    along: Floats


@dataclass(frozen=True)
class StoredStack:
    title: str
    temperature_unit: str
    geometry: Geometry
    boundaries: Mapping[str, StoredBoundary]

    def boundary(self, side: str) -> StoredBoundary:
        return self.boundaries[side]


@dataclass(frozen=True)
class StoredLayout:
    """Pieces: layers from the bottom up, then regions, the fill last. layer_edges : (n_layers + 1,) [m]."""

    n_layers: int
    names: Sequence[str]
    materials: Sequence[str]
    layer_edges: Floats

    @property
    def n_pieces(self) -> int:
        return len(self.names)

    def name(self, piece: int) -> str:
        return self.names[piece]

    def material(self, piece: int) -> StoredMaterial:
        return StoredMaterial(self.materials[piece])


@dataclass(frozen=True)
class StoredInterface:
    """One interface: means over its area, and (n,) arrays along it, as in a `Solution`."""

    name: str
    below: float
    above: float
    jump: float
    flux: float
    conductance: float | None
    jump_max: float | None
    area: Floats
    below_values: Floats
    above_values: Floats
    jump_values: Floats
    flux_values: Floats
    z: Floats
    x: Floats | None
    vertical: npt.NDArray[np.bool_]


class StoredInterfaces(Mapping[str, StoredInterface]):
    """Interfaces by name, in the order of the file; each is put together when it is asked for."""

    def __init__(self, table: Mapping[str, Any], groups: Mapping[str, Mapping[str, Any]]) -> None:
        self._table, self._groups = table, groups
        self._row = {name: row for row, name in enumerate(table["name"])}
        faces = np.asarray(table["faces"], dtype=np.intp)
        # Rows of one group lie behind one another in it, in the order of the table.
        self._first = np.zeros(len(faces), dtype=np.intp)
        filled: dict[str, int] = {}
        for row, group in enumerate(table["group"]):
            self._first[row] = filled.get(group, 0)
            filled[group] = self._first[row] + faces[row]

    def __len__(self) -> int:
        return len(self._row)

    def __iter__(self) -> Iterator[str]:
        return iter(self._row)

    def __getitem__(self, name: str) -> StoredInterface:
        row = self._row[name]
        table, group = self._table, self._groups[self._table["group"][row]]
        part = slice(self._first[row], self._first[row] + table["faces"][row])
        across = group["across"]
        return StoredInterface(
            name=name,
            **{key: float(table[key][row]) for key in ("below", "above", "jump", "flux")},
            conductance=_number(table["conductance"][row]),
            jump_max=_number(table["jump_max"][row]),
            area=group["area"][part],
            below_values=group["below"][part],
            above_values=group["above"][part],
            jump_values=group["jump"][part],
            flux_values=group["flux"][part],
            z=group["through"][part],
            x=None if across is None else across[part],
            vertical=group["vertical"][part],
        )


@dataclass(frozen=True, repr=False)
class Stored:
    """A result at one ``time`` [s] of its ``times``. Arrays as in `kapitza.solution.Solution`.

    hottest : (n_times, n_pieces) highest temperatures [K] of a run in time; None where it is steady
    sensitivity : of the probes, where it was written too
    """

    path: Path
    version: str
    source_text: str
    case_sha256: str
    times: Floats
    time: float
    stack: StoredStack
    layout: StoredLayout
    temperature: Floats
    heat_flux_z: Floats
    heat_flux_x: Floats | None
    liquid: Floats | None
    hottest: Floats | None
    z: Floats
    x: Floats | None
    z_edges: Floats
    x_edges: Floats | None
    piece: npt.NDArray[np.int32]
    interfaces: StoredInterfaces
    extents: Floats
    lines: Sequence[tuple[str, Floats, Floats]]
    by_channel: Mapping[str, Floats]
    results: Mapping[str, Any]
    sensitivity: Sensitivity | None = None

    def __repr__(self) -> str:
        kind, cells = self.stack.geometry.kind, self.temperature.size
        times = f", {len(self.times)} times" if len(self.times) > 1 else ""
        return f"<Stored {self.stack.title!r} from {self.path}: {kind}, {cells:,} cells{times}>"

    @property
    def piece_names(self) -> Sequence[str]:
        return self.layout.names

    @property
    def boundaries(self) -> Mapping[str, StoredBoundary]:
        return self.stack.boundaries

    @property
    def warnings(self) -> list[str]:
        return list(self.results["warnings"])

    @property
    def timing(self) -> dict[str, float]:
        return dict(self.results["timing"])

    def profile(self) -> Sequence[tuple[str, Floats, Floats]]:
        """1-D: (name, z, T) of each layer, with the side temperatures at both ends."""
        return self.lines

    def channel_profiles(self) -> Mapping[str, Floats]:
        """1-D: temperatures of each channel [K] at the points of `profile`; empty where there is one."""
        return self.by_channel

    def layer_extent(self, layer: int) -> tuple[float, float, float | None, float | None]:
        """(z0, z1, x0, x1) of a layer's outline [m]; x0, x1 None in 1-D."""
        z0, z1, x0, x1 = self.extents[layer]
        return float(z0), float(z1), _number(x0), _number(x1)

    def summary(self) -> dict[str, Any]:
        """The dictionary of ``run --json``."""
        return dict(self.results)


def load(file: Any, path: Path, frame: int = -1) -> Stored:
    """The result in an open h5py ``file``, at time ``frame``. Raises what h5py raises where something is missing."""
    attributes, mesh = file.attrs, file["mesh"]
    geometry = _geometry(mesh)
    through = geometry.axis
    across = geometry.lateral if geometry.two_dimensional else None
    pieces = file["pieces"]
    names = _texts(pieces["name"])
    n_layers = int(pieces.attrs["layers"])
    extents = np.stack([pieces[key][...] for key in ("z0", "z1", "x0", "x1")], axis=1)
    return Stored(
        path=path,
        version=attributes["kapitza_version"],
        source_text=attributes["case"],
        case_sha256=attributes["case_sha256"],
        times=file["time"][...],
        time=float(file["time"][frame]),
        stack=StoredStack(
            attributes["title"],
            mesh.attrs["temperature_unit"],
            geometry,
            _boundaries(file["boundaries"], frame),
        ),
        layout=StoredLayout(
            n_layers,
            names,
            _texts(pieces["material"]),
            np.append(extents[:n_layers, 0], extents[n_layers - 1, 1]),
        ),
        temperature=file["temperature"][frame],
        heat_flux_z=file["heat_flux_z"][frame],
        heat_flux_x=file["heat_flux_x"][frame] if across else None,
        liquid=file["melted"][frame] if "melted" in file else None,
        hottest=file["pieces"]["max"][...] if "max" in file["pieces"] else None,
        z=file[through][...],
        x=file[across][...] if across else None,
        z_edges=mesh["z_edges"][...],
        x_edges=mesh["x_edges"][...] if across else None,
        piece=file["region"][...],
        interfaces=_interfaces(file["interfaces"], through, across, frame),
        extents=extents,
        lines=[] if across else _profile(file["profile"], through, names, frame),
        by_channel={
            key.removeprefix(_OF_CHANNEL): values[frame]
            for key, values in ({} if across else file["profile"]).items()
            if key.startswith(_OF_CHANNEL)
        },
        results=json.loads(attributes["summary"]),
        sensitivity=hdf5_sensitivity.load(file[hdf5_sensitivity.GROUP])
        if hdf5_sensitivity.GROUP in file
        else None,
    )


def _geometry(mesh: Any) -> Geometry:
    kind = str(mesh.attrs["kind"])
    numbers: dict[str, Any] = {
        key: float(mesh.attrs[key]) for key in ("area", "inner_radius", "length", "depth", "start")
    }
    edges = mesh["x_edges"]
    across = None if kind in ONE_DIMENSIONAL else (float(edges[0]), float(edges[-1]))
    return Geometry(cast(Any, kind), x=across, **numbers)


def _boundaries(group: Any, frame: int) -> dict[str, StoredBoundary]:
    heat, temperature = group["heat"][frame], group["temperature"][frame]
    return {
        name: StoredBoundary(
            name,
            float(heat[row]),
            _number(temperature[row]),
            StoredCondition(_number(group["ambient"][row])),
            area=group[name]["area"][...],
            flux_values=group[name]["flux"][frame],
            temperature_values=group[name]["temperature"][frame],
            along=group[name]["along"][...],
        )
        for row, name in enumerate(_texts(group["name"]))
    }


def _interfaces(group: Any, through: str, across: str | None, frame: int) -> StoredInterfaces:
    table: dict[str, Any] = {key: _texts(group[key]) for key in ("name", "group")}
    table["faces"] = group["faces"][...]
    for key in ("below", "above", "jump", "jump_max", "flux", "conductance"):
        table[key] = group[key][frame]
    groups = {}
    for name in dict.fromkeys(table["group"]):
        along = group[name]
        groups[name] = {
            "area": along["area"][...],
            "through": along[through][...],
            "across": along[across][...] if across else None,
            "vertical": along["vertical"][...].astype(bool),
            **{key: along[key][frame] for key in ("below", "above", "jump", "flux")},
        }
    return StoredInterfaces(table, groups)


def _profile(group: Any, through: str, names: Sequence[str], frame: int) -> list[tuple[str, Floats, Floats]]:
    z, T, layer = group[through][...], group["temperature"][frame], group["layer"][...]
    first = np.searchsorted(layer, np.arange(int(layer[-1]) + 2))
    return [(names[i], z[a:b], T[a:b]) for i, (a, b) in enumerate(pairwise(first))]


def _texts(dataset: Any) -> list[str]:
    return list(dataset.asstr()[...])


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
