"""``--set PATH=VALUES`` of `kapitza sweep`, read into what [sweep] would hold.

PATH=2 mm,4 mm,6 mm · PATH=2,4,6 mm · PATH=1 mm..9 mm:5 · PATH=1e-6..1e-3 m^2*K/W:40:log · PATH=copper,aluminium ·
PATH={ TOML } or [ TOML ] · PATH=2 mm, one value: set, not swept.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from kapitza.case.edit import located
from kapitza.errors import InputError

EXAMPLES = '"layers.sink.thickness=2 mm,4 mm,6 mm" or "interfaces.0.resistance=1e-6..1e-3 m^2*K/W:40:log"'
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_RANGE = re.compile(
    r"(?P<low>.+?)\s*\.\.\s*(?P<high>[^.:].*?)\s*(?::\s*(?P<count>[^:]*?))?\s*(?::\s*(?P<spacing>[^:]*?))?"
)


def settings(
    texts: Sequence[str], data: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What all ``--set`` options together sweep, and what they only set in a case of ``data``, each by dotted path.

    Raises InputError with everything that is wrong.
    """
    swept: dict[str, Any] = {}
    fixed: dict[str, Any] = {}
    faults: list[str] = []
    seen: dict[tuple[str | int, ...], str] = {}
    for text in texts:
        path, sign, given = text.partition("=")
        path = path.strip()
        if not sign or not path or not given.strip():
            faults.append(f"--set: expected PATH=VALUES, not {text!r}; for example {EXAMPLES}")
            continue
        first = seen.setdefault(located(data or {}, path), path)
        if path in swept or path in fixed:
            faults.append(f"--set: {path} is given twice; put all its values into one")
            continue
        if first != path:
            faults.append(f"--set: {path} and {first} are the same key; put all its values into one")
            continue
        try:
            value = _value(given.strip())
        except InputError as problem:
            faults.append(f"--set {path}: {problem}")
            continue
        (swept if isinstance(value, list | dict) else fixed)[path] = value
    if faults:
        raise InputError("\n".join(faults))
    return swept, fixed


def _value(text: str) -> Any:
    """A list or a range, as [sweep] holds it; or one value."""
    if text[0] in "[{":
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError as problem:
            raise InputError(f"{text!r} is no TOML: {problem}") from None
    if ".." in text:
        return _range(text)
    parts = [part.strip() for part in text.split(",")]
    if "" in parts:
        raise InputError(f"{text!r} has a comma with nothing beside it; for example {EXAMPLES}")
    if len(parts) == 1:
        return _scalar(parts[0])
    return [_scalar(part) for part in _with_unit(parts)]


def _range(text: str) -> dict[str, Any]:
    match = _RANGE.fullmatch(text)
    count = match["count"] if match is not None else None
    if match is None or count is None or not count.isdecimal():
        raise InputError(
            f'{text!r}: a range is FROM..TO:COUNT or FROM..TO:COUNT:log, for example "1..9 mm:5"'
        )
    low, high = _with_unit([match["low"].strip(), match["high"].strip()])
    spread = {"from": _scalar(low), "to": _scalar(high), "count": int(count)}
    spacing = match["spacing"]
    return spread if spacing is None else spread | {"spacing": "linear" if spacing == "lin" else spacing}


def _with_unit(parts: list[str]) -> list[str]:
    """The unit of the last holds for all that are bare numbers: "2", "4 mm" are "2 mm", "4 mm"."""
    last = _NUMBER.match(parts[-1])
    unit = parts[-1][last.end() :].strip() if last is not None else ""
    if not unit or not all(_NUMBER.fullmatch(part) for part in parts[:-1]):
        return parts
    return [*(f"{part} {unit}" for part in parts[:-1]), parts[-1]]


def _scalar(text: str) -> Any:
    """A bare number or true and false as such, anything else as a text; quotes are taken off."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
