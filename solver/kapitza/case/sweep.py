"""[sweep] of a case, or the same given on the command line or from Python, read into a `Grid`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kapitza.case.axis import KEYS, RANGE, Reader
from kapitza.case.edit import located, replaced
from kapitza.case.grid import MOST, Axis, Grid
from kapitza.case.messages import NOTHING, Path, Problem, Trouble, dotted, given_text, joined, nearest
from kapitza.errors import InputError

ZIP = "zip"
STUDIES = ("run", "effective", "zth")
OPTIONS = (ZIP, "of", "show")  # keys of [sweep] that are no paths
FORMS = (
    'a list of values, { from = "1 mm", to = "9 mm", count = 5, spacing = "log" }, or { values = […], labels = […] }; '
    'with sets = { "path" = factor } where the key is a name of your own'
)
TAKEN = ("time", "frequency", "status", "message", "point")  # names that the result has itself
NOT_SWEPT = ("sweep", "units")  # first keys of paths


def grid_of(raw: Mapping[str, Any], data: Mapping[str, Any], si_numbers: bool = False) -> Grid:
    """The grid that ``raw`` describes for a case of ``data``. Raises InputError with everything that is wrong.

    si_numbers : whether bare numbers are SI, whatever the case says
    """
    grid, troubles = read_grid(raw, data, si_numbers)
    if grid is None:
        lines = (Problem(dotted(("sweep", *t.path)), None, given_text(t.given), t.message) for t in troubles)
        raise InputError("\n".join(line.text("") for line in lines))
    return grid


def read_grid(
    raw: Mapping[str, Any], data: Mapping[str, Any], si_numbers: bool = False
) -> tuple[Grid | None, list[Trouble]]:
    """The grid, None where something is wrong, and what is wrong, with paths below the table."""
    troubles: list[Trouble] = []
    base = {key: value for key, value in data.items() if key != "sweep"}
    si = data.get("units") == "SI"
    axes: list[Axis] = []
    for name, path, given in _leaves(raw):
        axis = Reader(name, path, given, troubles, si, si_numbers).axis()
        if axis is not None:
            axes.append(axis)
            _check_paths(axis, path, base, troubles)
    if not axes and not troubles:
        troubles.append(Trouble((), NOTHING, f"no key to sweep; give a dotted path with {FORMS}"))
    _check_twice(axes, base, troubles)
    _check_options(raw, troubles)
    groups = _groups(raw.get(ZIP, False), axes, troubles) if not troubles else ()
    if troubles:
        return None, troubles
    grid = Grid(tuple(axes), groups)
    _check_grid(grid, troubles)
    return (None if troubles else grid), troubles


def _leaves(raw: Mapping[str, Any], above: Path = ()) -> Iterator[tuple[str, Path, Any]]:
    """Name, path below [sweep], and value of every swept key; one written without quotes is a chain of tables."""
    for key, value in raw.items():
        path = (*above, key)
        if len(path) == 1 and key in OPTIONS:
            continue
        if isinstance(value, Mapping) and value and not _is_leaf(value):
            yield from _leaves(value, path)
        else:
            yield ".".join(map(str, path)), path, value


def flat(raw: Mapping[str, Any]) -> dict[str, Any]:
    """[sweep] with every key written as one dotted path."""
    return {key: raw[key] for key in OPTIONS if key in raw} | {name: given for name, _, given in _leaves(raw)}


def _is_leaf(value: Mapping[str, Any]) -> bool:
    """Whether a table says how a key varies; "frequency.from" without quotes is a table with `from` too."""
    found = [key for key in value if key in KEYS]
    plain = "values" in value or any(
        not isinstance(value[key], list | Mapping) for key in found if key in RANGE
    )
    return bool(found) and plain


def _check_paths(axis: Axis, path: Path, data: Mapping[str, Any], troubles: list[Trouble]) -> None:
    """Fault with paths that the case does not have."""
    for key, values in axis.settings:
        if key.split(".")[0] in NOT_SWEPT:
            troubles.append(Trouble(path, NOTHING, f"'{key.split('.')[0]}' cannot be swept"))
            continue
        try:
            replaced(data, {key: values[0]})
        except InputError as problem:
            message = str(problem)
            own = key == axis.name and message.startswith(f"{key}: ")
            hint = (
                "; or, for a name of your own, say which paths it sets: sets = { … }"
                if "." not in key
                else ""
            )
            message = message.removeprefix(f"{key}: ") if own else message
            troubles.append(Trouble(path, NOTHING, message + hint))


def _check_twice(axes: Sequence[Axis], data: Mapping[str, Any], troubles: list[Trouble]) -> None:
    """Fault with keys that several set, however they are written, and with such that a later one would undo."""
    seen: list[tuple[Path, str, str]] = []
    for axis in axes:
        if axis.name in TAKEN:
            message = f"results have this name themselves, as they have {', '.join(TAKEN)}; give another"
            troubles.append(Trouble((axis.name,), NOTHING, message))
        for path, _ in axis.settings:
            place = located(data, path)
            for other, written, name in seen:
                if other == place:
                    message = (
                        f"{path} is set by {name} already{_alias(path, written, name)}; keep one of the two"
                    )
                elif other[: len(place)] == place:
                    message = (
                        f"replaces all of {path}, and with it {written}, which is set before; put it first"
                    )
                else:
                    continue
                troubles.append(Trouble((axis.name,), NOTHING, message))
                break
            seen.append((place, path, axis.name))


def _alias(path: str, written: str, name: str) -> str:
    """What tells that two paths are one, where they look different."""
    if path == written:
        return ""
    return ", which is the same key" if written == name else f" as {written}, which is the same key"


def _check_options(raw: Mapping[str, Any], troubles: list[Trouble]) -> None:
    if raw.get("of", "run") not in STUDIES:
        troubles.append(Trouble(("of",), raw["of"], f"expected one of {', '.join(STUDIES)}"))
    if not isinstance(shown_of(raw), tuple):
        troubles.append(Trouble(("show",), raw["show"], "expected the name of a result, or a list of names"))


def shown_of(raw: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Names of the results that `show` asks for; None where it is something else."""
    given = raw.get("show", [])
    names = [given] if isinstance(given, str) else given
    if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
        return tuple(names)
    return None


def _groups(given: Any, axes: Sequence[Axis], troubles: list[Trouble]) -> tuple[tuple[int, ...], ...]:
    """Numbers of the axes of each dimension, from what `zip` says."""
    names = [axis.name for axis in axes]
    lists: list[Any]
    if isinstance(given, bool):
        lists = [names] if given else []
    elif isinstance(given, list) and given and all(isinstance(item, str) for item in given):
        lists = [given]
    elif isinstance(given, list) and all(isinstance(item, list) for item in given):
        lists = given
    else:
        message = "expected true, a list of swept keys that move together, or several such lists"
        troubles.append(Trouble((ZIP,), given, message))
        return ()
    member: dict[int, int] = {}
    for number, group in enumerate(lists):
        for name in group:
            if name not in names:
                troubles.append(
                    Trouble((ZIP,), name, joined("no swept key has this name", nearest(name, names)))
                )
            elif member.setdefault(names.index(name), number) != number:
                troubles.append(Trouble((ZIP,), name, "stands in two groups; a key can move with one only"))
    groups: dict[Any, list[int]] = {}
    for index in range(len(axes)):
        groups.setdefault(member.get(index, names[index]), []).append(index)
    for together in groups.values():
        sizes = {len(axes[index]) for index in together}
        if len(sizes) > 1:
            counts = ", ".join(f"{names[i]} has {len(axes[i])}" for i in together)
            message = f"keys that move together need equally many values: {counts}"
            troubles.append(Trouble((ZIP,), NOTHING, message))
    return tuple(tuple(together) for together in groups.values())


def _check_grid(grid: Grid, troubles: list[Trouble]) -> None:
    for group in grid.groups:
        axis = grid.axes[group[0]]
        if len(group) == 1 and not axis.settings:
            message = "sets nothing, and so can only be a label of others that it moves with; add it to zip"
            troubles.append(Trouble((axis.name,), NOTHING, message))
        values: Sequence[Any] = axis.numbers if axis.numbers is not None else axis.labels
        if len(group) == 1 and len(set(values)) < len(values):
            twice = next(label for i, label in enumerate(axis.labels) if values[i] in values[:i])
            troubles.append(Trouble((axis.name,), NOTHING, f"the value {twice} is given twice"))
    if grid.size > MOST:
        sizes = " x ".join(f"{size:,}" for size in grid.shape)
        message = f"{sizes} = {grid.size:,} points, more than {MOST:,}; give fewer values, or zip = true"
        troubles.append(Trouble((), NOTHING, message))
