"""Changing the data of a case by dotted paths."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from kapitza.case.messages import Path, dotted, nearest
from kapitza.case.table import Table
from kapitza.errors import InputError

NAMED = (("materials",), ("fit", "parameters"), ("fit", "columns"))  # tables of tables, of any names


def plain(data: Any, path: str = "") -> Any:
    """A copy of ``data`` in the types that TOML has; numbers of numpy become those of Python.

    Raises InputError for anything else, and for keys that are not text."""
    if isinstance(data, Mapping):
        for key in data:
            if not isinstance(key, str):
                raise InputError(f"{path or 'the case'}: the key {key!r} is not a text")
        return {key: plain(value, f"{path}.{key}".lstrip(".")) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value, f"{path}.{i}".lstrip(".")) for i, value in enumerate(data)]
    if isinstance(data, str | bool | int | float | datetime.date | datetime.time):
        return data
    if hasattr(data, "tolist"):  # numpy scalars and arrays
        return plain(data.tolist(), path)
    what = "None" if data is None else f"a {type(data).__name__}"
    raise InputError(
        f"{path or 'the case'}: {what} cannot stand in a case; leave the key out, or give a value"
    )


def replaced(data: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``data`` with ``values`` at their dotted paths; None takes a key out."""
    copy: dict[str, Any] = plain(data)
    for path, value in values.items():
        _set(copy, path, None if value is None else plain(value, path))
    return copy


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """What stands at a dotted path; None for a key that may stand there and does not.

    Raises InputError for an unknown path, with the nearest."""
    place: Any = data
    keys: list[str | int] = []
    for part in path.split("."):
        if isinstance(place, list):
            place = place[index := _item(place, part, path, tuple(keys))]
            keys.append(index)
        elif isinstance(place, Mapping) or place is None:
            if place is None and _table_at(tuple(keys)) is None:
                raise InputError(f"{path}: the case has no {dotted(tuple(keys))}")
            if place is None or part not in place:
                _known(place or {}, part, path, tuple(keys))
            place = place.get(part) if place is not None else None
            keys.append(part)
        else:
            raise InputError(f"{path}: {dotted(tuple(keys))} is a single value and has no '{part}'")
    return place


def located(data: Mapping[str, Any], path: str) -> Path:
    """The keys that a dotted path goes through, items of lists by their numbers: the same for every spelling of it.

    What the case does not have is taken as it is written."""
    place: Any = data
    keys: list[str | int] = []
    for part in path.split("."):
        key: str | int = part
        if isinstance(place, list):
            try:
                key = _item(place, part, path, tuple(keys))
            except InputError:
                place = None
        keys.append(key)
        place = _below(place, key)
    return tuple(keys)


def _below(place: Any, key: str | int) -> Any:
    if isinstance(key, int):
        return place[key]
    return place.get(key) if isinstance(place, Mapping) else None


def meeting(one: Path, other: Path) -> bool:
    """Whether two places that `located` found are the same, or one lies inside the other."""
    short = min(len(one), len(other))
    return one[:short] == other[:short]


def _set(data: dict[str, Any], path: str, value: Any) -> None:
    parts = path.split(".")
    place: Any = data
    keys: list[str | int] = []
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if isinstance(place, list):
            part_key: str | int = _item(place, part, path, tuple(keys))
        elif isinstance(place, dict):
            part_key = part
            if part not in place:
                _known(place, part, path, tuple(keys))
                if not last and value is not None:
                    place[part] = {}
        else:
            raise InputError(f"{path}: {dotted(tuple(keys))} is a single value and has no '{part}'")
        keys.append(part_key)
        if last:
            _put(place, part_key, value)
        elif isinstance(place, dict) and part_key not in place:
            return  # taking out what is not there
        else:
            place = place[part_key]


def _put(place: Any, key: str | int, value: Any) -> None:
    if value is not None:
        place[key] = value
    elif isinstance(place, list):
        del place[int(key)]
    else:
        place.pop(key, None)


def _item(items: list[Any], part: str, path: str, above: tuple[str | int, ...]) -> int:
    """Index of the item that ``part`` names: a number, a name, "die|sink" of an interface."""
    where = dotted(above)
    if part.isdecimal():
        if int(part) < len(items):
            return int(part)
        raise InputError(f"{path}: {where} has {len(items)} entries, numbered from 0")
    names = [_name(item) for item in items]
    found = [index for index, name in enumerate(names) if name == part]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(str(index) for index in found[:8])
        raise InputError(f"{path}: '{part}' is ambiguous in {where}; give a number: {numbers}")
    hint = nearest(part, [name for name in names if name])
    raise InputError(f"{path}: nothing in {where} is named '{part}'" + (f"; {hint}" if hint else ""))


def _name(item: Any) -> str:
    """What an item of a list goes by: its name, the material of a layer without one, the pair of an interface."""
    if not isinstance(item, Mapping):
        return ""
    for key in ("name", "between", "materials", "material"):
        value = item.get(key)
        if isinstance(value, str):
            return value
        if isinstance(value, Sequence):
            return "|".join(map(str, value))
    return ""


def _known(place: Mapping[str, Any], part: str, path: str, above: tuple[str | int, ...]) -> None:
    """Raise InputError unless ``part`` may stand in the table at ``above``."""
    table = _table_at(above)
    if table is not None and part not in table.known():
        hint = nearest(part, table.known(), few=30)
        raise InputError(f"{path}: no key '{part}' in {dotted(above) or 'a case'}; {hint}")
    if table is None and above in NAMED:
        return
    if table is None and part not in place:
        raise InputError(f"{path}: no '{part}' in {dotted(above)}; {nearest(part, place)}")


def _table_at(path: tuple[str | int, ...]) -> type[Table] | None:
    from kapitza.case.validate import table_at  # which knows all tables, and tables look for values here

    return table_at(path)
