"""From a problem that was found on the stack back to the keys of the case, and so to the line in its file.

Texts begin with a key path, "layers.die.heat: …": items of lists by number or by name, a layer also with its index,
"silicon[3]", an interface as "die|sink". Names may hold dots, spaces and colons, so paths are read beside the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kapitza.case.messages import NOTHING, Path, Trouble
from kapitza.case.tables import CaseTable

_TOP = re.compile(r"[a-z_]+(?=\.|: )")
_END = re.compile(r"(?:\[(?P<number>[1-9][0-9]*)\])?(?=\.|: )")
_BEYOND = re.compile(r"(.*\bis outside the range [^;]*? K)\b")
_KEY = re.compile(r"[^.:\s]+(?=\.|: )")


def troubles(text: str, data: Mapping[str, Any]) -> list[Trouble]:
    """One for every line of ``text``; without a path where it begins with none that the case has."""
    return [trouble(line, data) for line in text.splitlines()]


def trouble(line: str, data: Mapping[str, Any]) -> Trouble:
    """What one line says, and the path that it begins with."""
    top = _TOP.match(line)
    if top is None or top[0] not in CaseTable.model_fields:
        return Trouble((), NOTHING, line)
    path: Path = (top[0],)
    place, rest = data.get(top[0]), line[top.end() :]
    while rest.startswith("."):
        found = _item(place, rest[1:])
        if found is None and isinstance(place, list):
            return Trouble((), NOTHING, line)
        if found is None:  # a key that the case leaves out
            key = _KEY.match(rest, 1)
            if key is None:
                return Trouble((), NOTHING, line)
            found = (key[0],), None, key.end() - 1
        steps, place, length = found
        path, rest = (*path, *steps), rest[1 + length :]
    message = rest.removeprefix(": ")
    return _of_library(path, message, data) or Trouble(path, NOTHING, message)


def _of_library(path: Path, message: str, data: Mapping[str, Any]) -> Trouble | None:
    """A temperature beyond what the library knows of a material, told where the case names that material."""
    beyond = _BEYOND.match(message)
    if beyond is None or path[0] != "materials" or len(path) != 3 or path[1] in (data.get("materials") or {}):
        return None
    name, key = path[1:]
    for part in ("layers", "regions"):
        for steps, value in _made_of(data.get(part), name, (part,)):
            return Trouble(
                steps,
                value,
                f"{beyond[1]} in which the library knows its {str(key).replace('_', ' ')} (kapitza materials {name}); "
                f"write [materials.{name}] with a {key} of your own that goes further, or freeze all properties at "
                'one temperature, [solve] properties_at = "…"',
            )
    return None


def _made_of(place: Any, name: str | int, at: Path) -> Iterator[tuple[Path, Any]]:
    """Paths of the keys "material" that give ``name``, those in groups as well."""
    for index, row in enumerate(place if isinstance(place, list) else ()):
        if isinstance(row, Mapping):
            if row.get("material") == name:
                yield (*at, index, "material"), name
            yield from _made_of(row.get("layers"), name, (*at, index, "layers"))


def _item(place: Any, text: str) -> tuple[Path, Any, int] | None:
    """What lies in ``place`` under the longest name that ``text`` begins with: steps to it, it, length of the name."""
    named: dict[str, list[tuple[Path, Any]]] = {}
    for name, steps, value in _names(place):
        if text.startswith(name) and _END.match(text, len(name)):
            named.setdefault(name, []).append((steps, value))
    if not named:
        return None
    longest = max(named, key=len)
    end = _END.match(text, len(longest))
    assert end is not None
    same = named[longest]
    steps, value = same[(int(end["number"] or 1) - 1) % len(same)]
    return steps, value, end.end()


def _names(place: Any) -> Iterator[tuple[str, Path, Any]]:
    """Everything that a path can go to from ``place``: name, steps, value. Layers of groups as well."""
    if isinstance(place, Mapping):
        for key, value in place.items():
            yield key, (key,), value
    elif isinstance(place, list):
        for index, value in enumerate(place):
            yield str(index), (index,), value
        for index, value in enumerate(place):
            if isinstance(value, Mapping):
                for name in _called(value, index):
                    yield name, (index,), value
                for name, steps, inner in _names(value.get("layers")):
                    if not name.isdecimal():
                        yield name, (index, "layers", *steps), inner


def _called(row: Mapping[str, Any], index: int) -> Iterator[str]:
    """Names of an item of a list: its own, that of the material of a layer without one, the pair of an interface."""
    own = row.get("name", row.get("material"))
    if isinstance(own, str) and own:
        yield own
    elif "name" not in row:
        yield f"source {index + 1}"
    for key in ("between", "materials"):
        pair = row.get(key)
        if isinstance(pair, list) and len(pair) == 2:
            yield f"{pair[0]}|{pair[1]}"
            yield f"{pair[1]}|{pair[0]}"
