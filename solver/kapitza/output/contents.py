"""Fields, mesh, pieces and profile of a solution, as sections of its file; see `kapitza.output.hdf5`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.output.contents_sides import boundaries, channel_names, interfaces
from kapitza.output.frames import Floats, Frames, Instant
from kapitza.output.netcdf import Section

_NAMED_FLAGS = 200  # pieces whose names fit into an attribute of `region`


def lay_out(root: Section, now: Instant, lasting: bool) -> Frames:
    """Make all variables in ``root``, and write those that do not depend on time.

    lasting : times come one by one, as many as there will be; else there is one, 0
    """
    frames = Frames()
    clock = {"units": "s", "long_name": "time", "axis": "T"}
    if lasting:
        frames.follow(root.series("time", **clock), lambda t: t.solution.time)
    else:
        root.coordinate("time", np.zeros(1), **clock)
    _fields(root, frames, now)
    _mesh(root.section("mesh"), now)
    _pieces(root.section("pieces"), frames, now, lasting)
    interfaces(root.section("interfaces"), frames, now)
    boundaries(root.section("boundaries"), frames, now)
    if not now.across:
        _profile(root.section("profile"), frames, now)
    return frames


def _fields(root: Section, frames: Frames, now: Instant) -> None:
    solution, through, across = now.solution, now.through, now.across
    root.dimension("bounds", 2)
    axes = [through, across] if across else [through]
    coordinates = ((solution.z, solution.z_edges), (solution.x, solution.x_edges))
    for name, (centres, edges) in zip(axes, coordinates, strict=False):
        assert centres is not None
        assert edges is not None
        _axis(root, name, centres, edges)
    frames.add(root, "temperature", axes, lambda t: t.solution.temperature, "K", "temperature in the cells")
    frames.add(
        root, "heat_flux_z", axes, lambda t: t.solution.heat_flux_z, "W/m^2", f"heat flux along {through}"
    )
    for c, name in enumerate(channel_names(now)):
        frames.add(
            root, f"temperature_{name}", axes, _channel("temperature", c), "K", f"temperature of {name}"
        )
        frames.add(root, f"heat_flux_z_{name}", axes, _channel("flux", c), "W/m^2", f"heat flux of {name}")
    if across:
        frames.add(root, "heat_flux_x", axes, _lateral_flux, "W/m^2", f"heat flux along {across}")
    if now.solution.liquid is not None or "melted" in root:
        melting(root, frames, now)
    for axis, variable in ((through, "heat_flux_z"), (across, "heat_flux_x")):
        if axis == "r":
            root.alias("heat_flux_r", variable)
    piece = np.asarray(solution.piece, dtype=np.int32)
    root.variable("region", axes, piece, **_flags(piece, solution.piece_names))


def _axis(root: Section, name: str, centres: Floats, edges: Floats) -> None:
    root.coordinate(name, centres, units="m", long_name=name, bounds=f"{name}_bounds")
    root.variable(f"{name}_bounds", [name, "bounds"], np.stack([edges[:-1], edges[1:]], axis=1), units="m")


def _channel(field: str, c: int) -> Callable[[Instant], Floats]:
    return lambda now: np.asarray(getattr(now.solution.channels, field)[c])


def _lateral_flux(now: Instant) -> Floats:
    assert now.solution.heat_flux_x is not None
    return now.solution.heat_flux_x


def melting(root: Section, frames: Frames, now: Instant, earlier: int = 0) -> None:
    """Make the variable of the melted fraction, which was zero in as many ``earlier`` frames."""
    axes = [now.through, now.across] if now.across else [now.through]
    solid = np.where(np.isnan(now.solution.temperature), np.nan, 0.0)
    record = frames.add(root, "melted", axes, _melted, "1", "melted fraction of the cells")
    for _ in range(earlier):
        record.put(solid)


def _melted(now: Instant) -> Floats:
    liquid, T = now.solution.liquid, now.solution.temperature
    return np.where(np.isnan(T), np.nan, 0.0) if liquid is None else liquid


def _flags(piece: npt.NDArray[np.int32], names: Sequence[str]) -> dict[str, Any]:
    described: dict[str, Any] = {"long_name": "piece (layer, region, fill); -1: void", "names": "pieces/name"}
    if len(names) <= _NAMED_FLAGS:
        words = ["void", *("_".join(name.split()) or "_" for name in names)]
        first = 0 if np.any(piece < 0) else 1
        described["flag_values"] = np.arange(first - 1, len(names), dtype=np.int32)
        described["flag_meanings"] = " ".join(words[first:])
    return described


def _mesh(section: Section, now: Instant) -> None:
    solution, geometry = now.solution, now.solution.stack.geometry
    section.attributes(
        kind=geometry.kind,
        area=geometry.area,
        inner_radius=geometry.inner_radius,
        length=geometry.length,
        depth=geometry.depth,
        start=geometry.start,
        temperature_unit=solution.stack.temperature_unit,
    )
    across = np.zeros(1) if solution.x_edges is None else solution.x_edges
    section.coordinate("z_edges", solution.z_edges, units="m", long_name="edges of the cells, through")
    section.coordinate("x_edges", across, units="m", long_name="edges of the cells, across")


def _pieces(section: Section, frames: Frames, now: Instant, lasting: bool) -> None:
    layout = now.solution.layout
    names = [layout.name(i) for i in range(layout.n_pieces)]
    extents = np.full((len(names), 4), np.nan)
    extents[: layout.n_layers, 0] = layout.layer_edges[:-1]
    extents[: layout.n_layers, 1] = layout.layer_edges[1:]
    if now.across:
        extents[: layout.n_layers] = [now.solution.layer_extent(i) for i in range(layout.n_layers)]
    section.attributes(layers=layout.n_layers)
    section.dimension("piece", len(names))
    section.variable("name", ["piece"], names)
    section.variable("material", ["piece"], [layout.material(i).name for i in range(len(names))])
    for i, name in enumerate(("z0", "z1", "x0", "x1")):
        section.variable(name, ["piece"], extents[:, i], units="m", long_name="outline of a layer, else NaN")
    if lasting:
        for name, column, what in (
            ("min", "least", "lowest"),
            ("mean", "mean", "mean"),
            ("max", "most", "highest"),
        ):
            frames.add(section, name, ["piece"], _of_pieces(column), "K", f"{what} temperature")


def _of_pieces(column: str) -> Callable[[Instant], Floats]:
    return lambda now: np.asarray(getattr(now.solution.pieces, column))


def _profile(section: Section, frames: Frames, now: Instant) -> None:
    profile = now.solution.profile()
    sizes = [len(z) for _, z, _ in profile]
    layer = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    section.dimension("point", sum(sizes))
    section.variable("layer", ["point"], layer, long_name="row in pieces")
    section.variable(now.through, ["point"], np.concatenate([z for _, z, _ in profile]), units="m")
    frames.add(
        section,
        "temperature",
        ["point"],
        lambda t: t.solution.profile_values(),
        "K",
        "temperature, both sides of every face included",
        coordinates=now.through,
    )
    for name in channel_names(now):
        frames.add(
            section,
            f"temperature_{name}",
            ["point"],
            _of_channel(name),
            "K",
            f"temperature of {name}",
            coordinates=now.through,
        )


def _of_channel(name: str) -> Callable[[Instant], Floats]:
    return lambda now: now.solution.channel_profiles()[name]
