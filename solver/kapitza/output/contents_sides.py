"""Interfaces and boundaries as sections of a result file: tables of means, and values along each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kapitza.output.frames import Floats, Frames, Instant
from kapitza.output.netcdf import Section, plain

if TYPE_CHECKING:
    from kapitza.solution.parts import InterfaceResult

MANY_INTERFACES = 200
"""Above this number, interfaces share groups."""

CHANNEL_SIDES = (
    ("below", "K", "temperature below"),
    ("above", "K", "temperature above"),
    ("flux_below", "W/m^2", "what leaves the side below"),
    ("flux_above", "W/m^2", "what enters the side above"),
)

_INDEX = re.compile(r"\[[0-9]+\]")
_UNSAFE = re.compile(r"[/\x00-\x1f\x7f]")


def interfaces(section: Section, frames: Frames, now: Instant) -> None:
    """The table of all interfaces, and a group for each, or for all that join the same names."""
    names = [result.name for result in now.interfaces]
    groups = group_interfaces(names, MANY_INTERFACES)
    label = {row: name for name, rows in groups for row in rows}
    section.dimension("interface", len(names))
    section.variable("name", ["interface"], names, long_name="below|above")
    section.variable("group", ["interface"], [label[row] for row in range(len(names))])
    section.variable("faces", ["interface"], np.array([len(r.area) for r in now.interfaces], dtype=np.int32))
    for name, units, long_name in (
        ("below", "K", "mean temperature of the side below"),
        ("above", "K", "mean temperature of the side above"),
        ("jump", "K", "mean temperature jump, below - above"),
        ("jump_max", "K", "jump of the largest magnitude"),
        ("flux", "W/m^2", "mean heat flux from below to above"),
        ("conductance", "W/(m^2*K)", "conductance, NaN for perfect contact"),
    ):
        frames.add(section, name, ["interface"], _means(name), units, long_name)
    for c, name in enumerate(channel_names(now)):
        for key, units, what in CHANNEL_SIDES:
            frames.add(section, f"{key}_{name}", ["interface"], _channel(key, c), units, f"{what} of {name}")
    for name, rows in groups:
        _faces(section.section(name), frames, now, rows)


def channel_names(now: Instant) -> Sequence[str]:
    """Names of the channels, where there are several temperatures per place."""
    channels = getattr(now.solution, "channels", None)
    return () if channels is None else channels.names


def _channel(key: str, c: int) -> Callable[[Instant], Floats]:
    return lambda now: np.asarray(getattr(now.solution.channels, key)[c])


def _faces(section: Section, frames: Frames, now: Instant, rows: Sequence[int]) -> None:
    """Values along the interfaces in ``rows`` of the table, one behind the other."""
    chosen = [now.interfaces[row] for row in rows]
    sizes = [len(result.area) for result in chosen]
    name = chosen[0].name if len(rows) == 1 else _INDEX.sub("", chosen[0].name)
    section.attributes(name=name, interfaces=len(rows))
    section.dimension("face", sum(sizes))
    section.variable("row", ["face"], np.repeat(np.array(rows, dtype=np.int32), sizes))
    section.variable("area", ["face"], _joined(chosen, "area"), units="m^2")
    vertical = _joined(chosen, "vertical").astype(np.int8)
    section.variable("vertical", ["face"], vertical, long_name="1: the face is crossed sideways")
    axes = {now.through: "z", now.across: "x"} if now.across else {now.through: "z"}
    for axis, attribute in axes.items():
        section.variable(axis, ["face"], _joined(chosen, attribute), units="m", long_name="face centre")
    for name, units, long_name in (
        ("below", "K", "temperature of the side below"),
        ("above", "K", "temperature of the side above"),
        ("jump", "K", "temperature jump, below - above"),
        ("flux", "W/m^2", "heat flux from below to above"),
    ):
        of = _along(rows, f"{name}_values")
        frames.add(section, name, ["face"], of, units, long_name, coordinates=" ".join(axes))


def boundaries(section: Section, frames: Frames, now: Instant) -> None:
    """The table of the sides of the domain, and a group for each."""
    names = [result.name for result in now.boundaries]
    ambient = [_ambient(now, name) for name in names]
    section.dimension("boundary", len(names))
    section.variable("name", ["boundary"], names)
    section.variable(
        "ambient", ["boundary"], np.array(ambient), units="K", long_name="of a reservoir, or NaN"
    )
    for name, units, long_name in (
        ("heat", "W", "heat into the domain"),
        ("temperature", "K", "mean surface temperature"),
    ):
        frames.add(section, name, ["boundary"], _column(_boundaries, name), units, long_name)
    for row, result in enumerate(now.boundaries):
        part = section.section(result.name)
        part.dimension("face", len(result.area))
        part.variable("area", ["face"], result.area, units="m^2")
        part.variable("along", ["face", "bounds"], result.along, units="m", long_name="edges of the face")
        for name, units, long_name in (
            ("temperature", "K", "surface temperature"),
            ("flux", "W/m^2", "heat flux into the domain"),
        ):
            of = _side(row, f"{name}_values")
            frames.add(part, name, ["face"], of, units, long_name)


def group_interfaces(names: Sequence[str], many: int) -> list[tuple[str, list[int]]]:
    """Groups of interfaces: unique names that a file takes, and the rows of their members.

    One each, unless that makes more than ``many``; then one for all that join the same names without their
    indices; then one for all.
    """
    groups: dict[str, list[int]] = {}
    for label in (lambda name: name, lambda name: _INDEX.sub("", name), lambda name: "all"):
        groups = {}
        for row, name in enumerate(names):
            groups.setdefault(label(name), []).append(row)
        if len(groups) <= many:
            break
    return list(zip(_safe_names(groups), groups.values(), strict=True))


def _safe_names(names: Iterable[str]) -> list[str]:
    """``names`` as links: "_" for "/" and control characters, "~" behind a name that is taken already."""
    safe: dict[str, None] = {}
    for name in names:
        link = _UNSAFE.sub("_", plain(name)).strip()
        while link in safe:
            link += "~"
        safe[link] = None
    return list(safe)


def _ambient(now: Instant, side: str) -> float:
    return float(getattr(now.solution.stack.boundary(side).condition, "ambient", np.nan))


_interfaces: Callable[[Instant], Sequence[Any]] = attrgetter("interfaces")
_SINGLE = {"below": "below", "above": "above", "jump": "jump", "jump_max": "jump", "flux": "flux"}
_boundaries: Callable[[Instant], Sequence[Any]] = attrgetter("boundaries")


def _column(rows: Callable[[Instant], Sequence[Any]], name: str) -> Callable[[Instant], Floats]:
    """One number of each row; NaN for None."""

    def of(now: Instant) -> Floats:
        values = [getattr(item, name) for item in rows(now)]
        return np.array([np.nan if value is None else value for value in values], dtype=float)

    return of


def _means(name: str) -> Callable[[Instant], Floats]:
    """One number of each interface; NaN for None."""
    each = _column(_interfaces, name)

    def of(now: Instant) -> Floats:
        if now.faces is None:
            return each(now)
        if name in _SINGLE:
            return np.asarray(getattr(now.faces, _SINGLE[name]))
        if not all(law.linear for law in now.faces.law):
            return each(now)
        resistance = np.array([law.resistance for law in now.faces.law])
        with np.errstate(divide="ignore"):
            conductance = np.where(resistance == 0.0, np.nan, 1.0 / resistance)
        return np.asarray(conductance[now.faces.law_index])

    return of


def _along(rows: Sequence[int], name: str) -> Callable[[Instant], Floats]:
    """One array of the chosen interfaces, joined."""
    chosen = np.array(rows, dtype=np.intp)
    single = name.removesuffix("_values")

    def of(now: Instant) -> Floats:
        if now.faces is not None:
            return np.asarray(getattr(now.faces, single)[chosen])
        return _joined([now.interfaces[row] for row in rows], name)

    return of


def _side(row: int, name: str) -> Callable[[Instant], Floats]:
    """One array along a boundary."""
    return lambda now: np.asarray(getattr(now.boundaries[row], name))


def _joined(results: Sequence[InterfaceResult], name: str) -> npt.NDArray[Any]:
    return np.concatenate([np.asarray(getattr(result, name)) for result in results])
