"""The result file: what a solution leaves behind, as one netCDF-4 (HDF5) file.

Root
    dimensions time, z (r: cylinder, sphere) and in 2-D x (r: axisymmetric), with units; z_bounds, x_bounds
    temperature(time, z, x) [K], heat_flux_z, heat_flux_x [W/m^2] at cell centres, region(z, x): piece numbers
    attributes: title, case, case_sha256, kapitza_version, summary (JSON), warnings are in the summary
mesh, pieces
    edges of the cells, the geometry; names, materials and outlines of layers, regions and fill
interfaces
    one row per interface: name, group, below, above, jump [K], flux [W/m^2], conductance [W/(m^2 K)]
interfaces/<below|above>
    the same along each interface, with positions and areas. Where more than 200 interfaces would make as many
    groups, those that join the same names (without index) share one; ``row`` tells which is which
boundaries, boundaries/<side>
    heat [W], temperature [K]; 2-D: along the side
profile (1-D)
    temperature through the layers with both side temperatures at every face: a jump is two points at one z

The names heat_flux_z (through the layers) and heat_flux_x (across) hold in every geometry; where the coordinate
is a radius, heat_flux_r names the same data. A steady result has one time, 0. Interface names in which "/"
or control characters occur have "_" there; the attribute ``name`` has the original.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kapitza.output import xdmf as xdmf_file
from kapitza.output.netcdf import Record, Section, create, provenance, verify
from kapitza.output.replace import Replacement

if TYPE_CHECKING:
    from kapitza.solution import InterfaceResult, Solution

FORMAT = 1
"""Version of this layout; `read` refuses newer ones."""

MANY_INTERFACES = 200
"""Above this number, interfaces share groups."""

_NAMED_FLAGS = 200  # pieces whose names fit into an attribute of `region`
_INDEX = re.compile(r"\[[0-9]+\]")
_UNSAFE = re.compile(r"[/\x00-\x1f\x7f]")

Floats = npt.NDArray[np.float64]


def write(solution: Solution, path: str | Path, force: bool = False, xdmf: bool = False) -> None:
    """Write ``solution`` to ``path``; with ``xdmf``, a file for ParaView beside it.

    The file appears under its name only when it is complete, on the disk and read back. Raises FileError
    (target exists and no ``force``, no permission, disk full, …); then all that was there is as before.
    """
    target = Path(path)
    with ExitStack() as stack:
        side = xdmf_file.beside(target) if xdmf else None
        draft = stack.enter_context(Replacement(target, force))
        companion = stack.enter_context(Replacement(side, force)) if side else None
        texts = _texts(solution)
        with draft.errors(), create(draft.sink) as (root, records):
            root.attributes(
                **texts, kapitza_format=FORMAT, _NCProperties=provenance(texts["kapitza_version"])
            )
            times = np.zeros(1)
            _Frames(root, times, solution).put(0, solution)
        draft.seal()
        with draft.errors():
            verify(draft.path, target, records, texts)
        if companion is not None:
            with companion.errors():
                companion.sink.write(xdmf_file.document(target.name, times, solution).encode())
            companion.seal()
        draft.place()
        if companion is not None:
            companion.place()


def _version() -> str:
    try:
        return version("kapitza")
    except PackageNotFoundError:  # run from its sources without being installed
        return "unknown"


def _texts(solution: Solution) -> dict[str, str]:
    return {
        "Conventions": "CF-1.10",
        "title": solution.stack.title,
        "kapitza_version": _version(),
        "case": solution.case_text,
        "case_sha256": hashlib.sha256(solution.case_text.encode("utf-8", "replace")).hexdigest(),
        "summary": json.dumps(_finite(solution.summary()), ensure_ascii=False, allow_nan=False),
    }


def _finite(value: Any) -> Any:
    """``value`` for JSON, which has no NaN and no infinity: null stands for them."""
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


class _Frames:
    """The variables of the file: made for all times at once, filled time by time with `put`."""

    def __init__(self, root: Section, times: Floats, solution: Solution) -> None:
        self._fields: list[tuple[Record, Callable[[Solution], npt.ArrayLike]]] = []
        root.coordinate("time", times, units="s", long_name="time", axis="T")
        self._root(root, solution)
        _mesh(root.section("mesh"), solution)
        _pieces(root.section("pieces"), solution)
        self._interfaces(root.section("interfaces"), solution)
        self._boundaries(root.section("boundaries"), solution)
        if solution.x_edges is None:
            self._profile(root.section("profile"), solution)

    def put(self, frame: int, solution: Solution) -> None:
        """Write what depends on time, for one of the times."""
        for record, of in self._fields:
            record.put(frame, np.asarray(of(solution)))

    def _add(
        self,
        section: Section,
        name: str,
        along: Sequence[str],
        of: Callable[[Solution], npt.ArrayLike],
        units: str,
        long_name: str,
        **attributes: str,
    ) -> None:
        record = section.record(
            name, ("time", *along), np.float64, units=units, long_name=long_name, **attributes
        )
        self._fields.append((record, of))

    def _root(self, root: Section, solution: Solution) -> None:
        through, across = _axes(solution)
        root.dimension("bounds", 2)
        _axis(root, through, solution.z, solution.z_edges, "Z" if through == "z" else "")
        along = [through]
        if across:
            assert solution.x is not None
            assert solution.x_edges is not None
            _axis(root, across, solution.x, solution.x_edges, "X" if across == "x" else "")
            along.append(across)
        self._add(root, "temperature", along, lambda s: s.temperature, "K", "temperature at cell centres")
        self._add(root, "heat_flux_z", along, lambda s: s.heat_flux_z, "W/m^2", f"heat flux along {through}")
        if across:
            self._add(
                root,
                "heat_flux_x",
                along,
                lambda s: _given(s.heat_flux_x),
                "W/m^2",
                f"heat flux along {across}",
            )
        for axis, name in ((through, "heat_flux_z"), (across, "heat_flux_x")):
            if axis == "r":
                root.alias("heat_flux_r", name)
        piece = np.asarray(solution.piece, dtype=np.int32)
        root.variable("region", along, piece, **_flags(piece, solution.piece_names))

    def _interfaces(self, section: Section, solution: Solution) -> None:
        results = list(solution.interfaces.values())
        names = list(solution.interfaces)
        groups = group_interfaces(names, MANY_INTERFACES)
        label = {i: name for name, members in groups for i in members}
        section.dimension("interface", len(names))
        section.variable("name", ["interface"], names, long_name="below|above")
        section.variable("group", ["interface"], [label[i] for i in range(len(names))])
        section.variable("faces", ["interface"], np.array([len(r.area) for r in results], dtype=np.int32))
        for name, units, long_name in (
            ("below", "K", "mean temperature of the lower side"),
            ("above", "K", "mean temperature of the upper side"),
            ("jump", "K", "mean temperature jump, below - above"),
            ("jump_max", "K", "largest |jump|"),
            ("flux", "W/m^2", "mean heat flux from below to above"),
            ("conductance", "W/(m^2 K)", "conductance, NaN for perfect contact"),
        ):
            self._add(section, name, ["interface"], _column("interfaces", name), units, long_name)
        through, across = _axes(solution)
        for name, members in groups:
            self._faces(section.section(name), [names[i] for i in members], members, results, through, across)

    def _faces(
        self,
        section: Section,
        names: Sequence[str],
        members: Sequence[int],
        results: Sequence[InterfaceResult],
        through: str,
        across: str,
    ) -> None:
        chosen = [results[i] for i in members]
        sizes = [len(result.area) for result in chosen]
        section.attributes(name=names[0] if len(names) == 1 else _INDEX.sub("", names[0]), members=len(names))
        section.dimension("face", sum(sizes))
        section.variable("row", ["face"], np.repeat(np.array(members, dtype=np.int32), sizes))
        section.variable("area", ["face"], _joined(chosen, "area"), units="m^2")
        section.variable(through, ["face"], _joined(chosen, "z"), units="m", long_name="centre of the face")
        coordinates = through
        if across:
            section.variable(
                across, ["face"], _joined(chosen, "x"), units="m", long_name="centre of the face"
            )
            vertical = _joined(chosen, "vertical").astype(np.int8)
            section.variable("vertical", ["face"], vertical, long_name=f"1: normal along {across}")
            coordinates = f"{through} {across}"
        for name, units, long_name in (
            ("below", "K", "temperature of the lower side"),
            ("above", "K", "temperature of the upper side"),
            ("jump", "K", "temperature jump, below - above"),
            ("flux", "W/m^2", "heat flux from below to above"),
        ):
            of = _along("interfaces", members, f"{name}_values")
            self._add(section, name, ["face"], of, units, long_name, coordinates=coordinates)

    def _boundaries(self, section: Section, solution: Solution) -> None:
        names = list(solution.boundaries)
        section.dimension("boundary", len(names))
        section.variable("name", ["boundary"], names)
        for name, units, long_name in (
            ("heat", "W", "heat into the domain"),
            ("temperature", "K", "mean surface temperature"),
        ):
            self._add(section, name, ["boundary"], _column("boundaries", name), units, long_name)

    def _profile(self, section: Section, solution: Solution) -> None:
        through, _ = _axes(solution)
        parts = solution.profile()
        sizes = [len(z) for _, z, _ in parts]
        section.dimension("point", sum(sizes))
        section.variable(through, ["point"], np.concatenate([z for _, z, _ in parts]), units="m")
        section.variable("layer", ["point"], np.repeat(np.arange(len(parts), dtype=np.int32), sizes))

        def temperatures(s: Solution) -> Floats:
            return np.concatenate([T for _, _, T in s.profile()])

        self._add(section, "temperature", ["point"], temperatures, "K", "temperature", coordinates=through)


def group_interfaces(names: Sequence[str], many: int) -> list[tuple[str, list[int]]]:
    """Groups of interfaces: their unique, safe names and the positions of their members.

    One each, unless that makes more than ``many``; then one for all that join the same names without their
    indices; then one for all.
    """
    groups: dict[str, list[int]] = {}
    for label in (lambda name: name, lambda name: _INDEX.sub("", name), lambda name: "all"):
        groups = {}
        for i, name in enumerate(names):
            groups.setdefault(label(name), []).append(i)
        if len(groups) <= many:
            break
    return list(zip(_safe_names(groups), groups.values(), strict=True))


def _safe_names(names: Iterable[str]) -> list[str]:
    """``names`` as HDF5 links: "_" for "/" and control characters, "~" appended where two become one."""
    safe: dict[str, None] = {}
    for name in names:
        link = _UNSAFE.sub("_", name).strip() or "_"
        while link in safe or link in _RESERVED:
            link += "~"
        safe[link] = None
    return list(safe)


_RESERVED = frozenset(
    ["interface", "name", "group", "faces", "below", "above", "jump", "jump_max", "flux", "conductance", "."]
)


def _axes(solution: Solution) -> tuple[str, str]:
    """Names of the coordinates through the layers and across; across is "" in 1-D."""
    geometry = solution.stack.geometry
    return geometry.axis, geometry.lateral if geometry.two_dimensional else ""


def _axis(root: Section, name: str, centres: Floats, edges: Floats, cf_axis: str) -> None:
    extra = {"axis": cf_axis} if cf_axis else {}
    root.coordinate(name, centres, units="m", long_name=name, bounds=f"{name}_bounds", **extra)
    root.variable(f"{name}_bounds", [name, "bounds"], np.stack([edges[:-1], edges[1:]], axis=1), units="m")


def _mesh(section: Section, solution: Solution) -> None:
    geometry = solution.stack.geometry
    section.attributes(
        kind=geometry.kind,
        area=geometry.area,
        inner_radius=geometry.inner_radius,
        length=geometry.length,
        depth=geometry.depth,
        start=geometry.start,
        temperature_unit=solution.stack.temperature_unit,
    )
    section.coordinate(
        "z_edges", solution.z_edges, units="m", long_name="faces of the cells through the layers"
    )
    across = np.zeros(1) if solution.x_edges is None else solution.x_edges
    section.coordinate("x_edges", across, units="m", long_name="faces of the cells across the layers")


def _pieces(section: Section, solution: Solution) -> None:
    layout = solution.layout
    n = len(solution.piece_names)
    extents = np.full((n, 4), np.nan)
    for i in range(layout.n_layers):
        extents[i] = [np.nan if value is None else value for value in solution.layer_extent(i)]
    section.attributes(layers=layout.n_layers)
    section.dimension("piece", n)
    section.variable("name", ["piece"], list(solution.piece_names))
    section.variable("material", ["piece"], [layout.material(i).name for i in range(n)])
    for column, name in enumerate(("z0", "z1", "x0", "x1")):
        values = np.ascontiguousarray(extents[:, column])
        section.variable(name, ["piece"], values, units="m", long_name="outline of a layer")


def _flags(piece: npt.NDArray[np.int32], names: Sequence[str]) -> dict[str, Any]:
    described: dict[str, Any] = {"long_name": "piece (layer, region, fill); -1: void", "names": "pieces/name"}
    if len(names) <= _NAMED_FLAGS:
        words = ["void", *("_".join(name.split()) or "_" for name in names)]
        first = 0 if np.any(piece < 0) else 1
        described["flag_values"] = np.arange(first - 1, len(names), dtype=np.int32)
        described["flag_meanings"] = " ".join(words[first:])
    return described


def _column(table: str, name: str) -> Callable[[Solution], Floats]:
    """One number of each interface or boundary; NaN for None."""

    def of(solution: Solution) -> Floats:
        values = [getattr(item, name) for item in getattr(solution, table).values()]
        return np.array([np.nan if value is None else value for value in values], dtype=float)

    return of


def _along(table: str, members: Sequence[int], name: str) -> Callable[[Solution], Floats]:
    """One array of chosen interfaces, joined."""

    def of(solution: Solution) -> Floats:
        results = list(getattr(solution, table).values())
        return _joined([results[i] for i in members], name)

    return of


def _joined(results: Sequence[InterfaceResult], name: str) -> npt.NDArray[Any]:
    return np.concatenate([np.asarray(getattr(result, name)) for result in results])


def _given(values: Floats | None) -> Floats:
    assert values is not None
    return values
