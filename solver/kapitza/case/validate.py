"""Plain data against the tables of `tables`: what is wrong, and what remains when the wrong keys are left out.

What remains is compared further by `checks`, so that one bad number does not hide an unknown name elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as Folder
from typing import Any, get_args

from pydantic import ValidationError

from kapitza.case.channeled import channel_names
from kapitza.case.messages import NOTHING, Path, Trouble, joined, nearest
from kapitza.case.table import Table
from kapitza.case.tables import CaseTable


def validated(data: Mapping[str, Any], folder: Folder | None = None) -> tuple[CaseTable, list[Trouble]]:
    """The tables of ``data``, and everything that is wrong inside single values, unknown keys included.

    ``folder``: where the files lie that the case names; None: the current one.

    Keys that are wrong are absent from the tables. List items keep their places: a wrong one is an empty table.
    """
    context = {"si": data.get("units") == "SI", "folder": folder, "channels": channel_names(data)}
    try:
        return CaseTable.model_validate(data, context=context), []
    except ValidationError as problem:
        errors = problem.errors(include_url=False)
    troubles = [trouble for error in errors for trouble in _troubles(dict(error))]
    rest = _copy(data)
    for error in errors:
        _remove(rest, error["loc"])
    return CaseTable.model_validate(rest, context=context), troubles


def _troubles(error: dict[str, Any]) -> list[Trouble]:
    path: Path = tuple(error["loc"])
    given = error["input"]
    kind = error["type"]
    if kind == "kapitza":
        found = error["ctx"]["troubles"]
        return [
            Trouble((*path, *trouble.path), trouble.given if trouble.path else given, trouble.message)
            for trouble in found
        ]
    if kind == "extra_forbidden":
        table = table_at(path[:-1])
        hint = nearest(path[-1], table.known(), few=30) if table else ""
        return [
            Trouble(path, NOTHING if isinstance(given, dict | list) else given, joined("unknown key", hint))
        ]
    return [Trouble(path, given, _EXPECTED.get(kind, error["msg"]))]


_EXPECTED = {
    "model_type": "expected a table of keys",
    "dict_type": "expected a table of tables",
    "list_type": "expected a list of tables",
}


def table_at(path: Path) -> type[Table] | None:
    """The table at ``path``, through lists and tables of tables."""
    table: Any = CaseTable
    steps = list(path)
    while steps:
        annotation = table.known()[steps.pop(0)].annotation
        kinds = [a for a in (annotation, *get_args(annotation)) if a is not type(None)]
        container = next((a for a in kinds if get_args(a) and a is not annotation), None)
        if container is not None:  # list[Row] or dict[str, Row]: the index or name follows
            if not steps:
                return None
            steps.pop(0)
            table = get_args(container)[-1]
        else:
            table = next((a for a in kinds if isinstance(a, type) and issubclass(a, Table)), None)
        if table is None:
            return None
    return table  # type: ignore[no-any-return]


def _copy(data: Any) -> Any:
    """A copy of tables and lists; values are shared."""
    if isinstance(data, Mapping):
        return {key: _copy(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_copy(value) for value in data]
    return data


def _remove(data: Any, path: Path) -> None:
    """Take the value at ``path`` out: a key from its table; an item that should be a table becomes empty."""
    parent: Any = data
    last: Any = path[-1]
    for part in path[:-1]:
        if isinstance(parent, dict) and part not in parent:
            return  # something above it has gone already
        parent = parent[part]
    if isinstance(parent, list):
        parent[last] = {}
    elif isinstance(parent, dict):
        parent.pop(last, None)
