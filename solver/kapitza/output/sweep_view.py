"""What the picture of a sweep shows: curves over one swept quantity, or a map over two. No drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kapitza.case.messages import nearest
from kapitza.errors import InputError
from kapitza.output import labels
from kapitza.output.sweep_names import is_temperature, label, scale_in, scale_of, title
from kapitza.output.table_time import spread

if TYPE_CHECKING:
    from kapitza.case.grid import Grid
    from kapitza.studies.sweeping.assemble import Variable
    from kapitza.studies.sweeping.result import Sweep

Floats = npt.NDArray[np.float64]

FEW = 7  # values of the second quantity that are drawn as curves rather than as a map
CURVES = 8
WIDE = 30.0  # largest over smallest value that ask for a logarithmic axis
FIRST_CHOICE = {
    "effective": ("conductivity.zz", "conductivity.xx", "perfect_contacts.zz"),
    "zth": ("zth",),
    "run": ("temperature.max",),
}


@dataclass(frozen=True)
class Shown:
    """Values (n,) along an axis as they are shown. texts : where they are words, at 0, 1, 2 …"""

    label: str
    values: Floats
    logarithmic: bool = False
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Curves:
    """lines : (name, values (n,) over ``x``) · by : what tells the lines apart, "" where that is their names
    ordered : whether the lines follow a quantity that rises"""

    x: Shown
    label: str
    logarithmic: bool
    lines: Sequence[tuple[str, Floats]]
    by: str = ""
    ordered: bool = False


@dataclass(frozen=True)
class Map:
    """values : (n_y, n_x), NaN where a point failed."""

    x: Shown
    y: Shown
    label: str
    values: Floats


def check_picture(grid: Grid, courses: Mapping[str, str], show: Sequence[str] = ()) -> None:
    """Raise InputError where a sweep over ``grid`` has no picture, as far as that is known before it is run.

    courses : results that run along time or frequency, and along which · show : what the picture shows
    """
    swept = [name for name, size in zip(grid.dimensions, grid.shape, strict=True) if size > 1]
    _check_dimensions(swept)
    first = next(iter(show or courses), "")
    if first in courses:
        _check_course(first, courses[first], swept)


def view(sweep: Sweep, show: Sequence[str] = ()) -> Curves | Map:
    """What is drawn of ``sweep``: the variables ``show``, or those that matter most.

    Raises InputError for unknown names, for such that do not go together, and for more than two swept quantities.
    """
    names = _chosen(sweep, show)
    first = sweep.variables[names[0]]
    swept = [dim for dim, size in zip(sweep.dims, sweep.shape, strict=True) if size > 1] or [sweep.dims[0]]
    _check_dimensions(swept)
    if len(first.dims) > len(sweep.dims):
        return _courses(sweep, names[0], swept)
    if len(swept) == 1:
        lines = [(title(name, sweep.source_text), _along(sweep, name, swept)) for name in names]
        return _curves(sweep, names[0], _shown(sweep, swept[0]), lines)
    over, by = sorted(swept, key=lambda dim: (_numeric(sweep, dim), _size(sweep, dim)), reverse=True)
    values = _along(sweep, names[0], [by, over])
    x, y = _shown(sweep, over), _shown(sweep, by)
    if y.texts or _size(sweep, by) <= FEW:
        kept = spread(_size(sweep, by), CURVES)
        texts = y.texts or tuple(labels.distinct(y.values.tolist()))
        rows = [(texts[i], values[i]) for i in kept]
        return _curves(sweep, names[0], x, rows, by=y.label, ordered=not y.texts)
    scale = _scale(sweep, names[0], values)
    return Map(x, y, label(title(names[0], sweep.source_text), scale), scale(values))


def _check_dimensions(swept: Sequence[str]) -> None:
    if len(swept) > 2:
        raise InputError(
            f"--plot: a picture shows one or two swept quantities, and here are {len(swept)} ({', '.join(swept)}); "
            'fix some with one value, --set "PATH=VALUE", or let them move together (zip)'
        )


def _check_course(name: str, axis: str, swept: Sequence[str]) -> None:
    if len(swept) > 1:
        number = "steady" if name == "zth" else "temperature.max" if axis == "time" else ""
        raise InputError(
            f"--plot: {name} along {axis} can be drawn over one swept quantity, and here are two "
            f'({", ".join(swept)}); fix one with one value, --set "PATH=VALUE"'
            + (f", or draw one number of each point, --show {number}" if number else "")
        )


def _chosen(sweep: Sweep, show: Sequence[str]) -> list[str]:
    for name in show:
        if name not in sweep.variables:
            raise InputError(f"--show: nothing is named '{name}'; {nearest(name, sweep.variables, few=40)}")
    probes = [name for name in sweep.probes if name in sweep.variables]
    periodic = [f"{name}.amplitude" for name in sweep.probes if f"{name}.amplitude" in sweep.variables]
    choice = [name for name in FIRST_CHOICE[sweep.of] if name in sweep.variables]
    probes.sort(key=lambda name: not is_temperature(sweep, name))
    own = [name for name in sweep.show if name in sweep.variables]
    names = list(show) or own or probes or periodic or choice or list(sweep.variables)[:1]
    if not names:
        raise InputError("--plot: there are no results to be drawn")
    kind = _kind(sweep, names[0])
    other = [name for name in show if _kind(sweep, name) != kind]
    if other:
        raise InputError(
            f"--show: {other[0]} has another unit or other dimensions than {names[0]}; draw it by itself"
        )
    return [name for name in names if _kind(sweep, name) == kind][:CURVES]


def _kind(sweep: Sweep, name: str) -> tuple[Any, ...]:
    variable = sweep.variables[name]
    return variable.unit, is_temperature(sweep, name), variable.dims


def _curves(
    sweep: Sweep,
    name: str,
    x: Shown,
    lines: Sequence[tuple[str, Floats]],
    *,
    by: str = "",
    ordered: bool = False,
) -> Curves:
    values = np.concatenate([row for _, row in lines])
    warm = is_temperature(sweep, name)
    log = not warm and _spreads(values)
    scale = _scale(sweep, name, values, log)
    text = title(name, sweep.source_text)
    units = {"K": "temperature" if warm else "difference of temperature", "W/(m*K)": "conductivity"}
    if len(lines) > 1 and not by:
        text = units.get(sweep.variables[name].unit, "value")
    return Curves(x, label(text, scale), log, [(line, scale(row)) for line, row in lines], by, ordered)


def _courses(sweep: Sweep, name: str, swept: Sequence[str]) -> Curves:
    """Curves over time or frequency, one for each value of the one swept quantity."""
    variable = sweep.variables[name]
    axis = variable.dims[-1]
    if axis not in sweep.coords:
        raise InputError(
            f"--plot: every point of this sweep has its own {axis.partition('_')[0]}s, which one picture cannot show; "
            "choose another variable with --show"
        )
    _check_course(name, axis, swept)
    values = np.moveaxis(variable.values, sweep.dims.index(swept[0]), 0).reshape(_size(sweep, swept[0]), -1)
    by = _shown(sweep, swept[0])
    kept = spread(len(values), CURVES)
    texts = by.texts or tuple(labels.distinct(by.values.tolist()))
    at = sweep.coords[axis].values
    positive = at > 0.0
    log = axis == "frequency" or (
        positive.sum() > 2 and at[-1] > 50.0 * at[positive][0] and at[len(at) // 2] < 0.2 * at[-1]
    )
    kept_at = positive if log else np.ones(len(at), dtype=bool)
    x = _of_coordinate(axis, sweep.coords[axis], kept_at, bool(log))
    rows = [(texts[i], values[i][kept_at]) for i in kept]
    return _curves(sweep, name, x, rows, by=by.label, ordered=not by.texts)


def _of_coordinate(name: str, coord: Variable, kept: npt.NDArray[np.bool_], log: bool) -> Shown:
    values = coord.values[kept]
    scale = labels.Scale(1.0, 0.0, coord.unit) if log else scale_of(values, coord.unit)
    return Shown(label(name, scale), scale(values), log)


def _shown(sweep: Sweep, dim: str) -> Shown:
    """The swept quantity along a dimension; of several that move together the first that is a number."""
    along = [(name, coord) for name, coord in sweep.coords.items() if coord.dims == (dim,)]
    along.sort(key=lambda entry: entry[1].unit == "")
    name, coord = along[0]
    text = title(name, sweep.source_text)
    if coord.unit == "":
        return Shown(text, np.arange(len(coord.values), dtype=float), False, tuple(map(str, coord.values)))
    log = name in sweep.logarithmic
    warm = sweep.temperature_unit if coord.unit == "K" else None
    scale = scale_in(coord.written) if coord.written else scale_of(coord.values, coord.unit, warm, log)
    return Shown(label(text, scale), scale(coord.values), log)


def _scale(sweep: Sweep, name: str, values: Floats, log: bool = False) -> labels.Scale:
    warm = sweep.temperature_unit if is_temperature(sweep, name) else None
    return scale_of(values, sweep.variables[name].unit, warm, log)


def _along(sweep: Sweep, name: str, dims: Sequence[str]) -> Floats:
    """Values along ``dims``; all other dimensions have one value."""
    order = [sweep.dims.index(dim) for dim in dims]
    values = np.moveaxis(sweep.variables[name].values, order, range(len(order)))
    return values.reshape([_size(sweep, dim) for dim in dims])


def _size(sweep: Sweep, dim: str) -> int:
    return sweep.shape[sweep.dims.index(dim)]


def _numeric(sweep: Sweep, dim: str) -> bool:
    return any(coord.unit != "" for coord in sweep.coords.values() if coord.dims == (dim,))


def _spreads(values: Floats) -> bool:
    known = values[np.isfinite(values)]
    return bool(known.size and known.min() > 0.0 and known.max() > WIDE * known.min())
