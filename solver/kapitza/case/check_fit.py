"""[fit]: whether its keys and columns suit the case, and its values the keys they are for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kapitza.case.edit import replaced
from kapitza.case.fit_plan import Plan
from kapitza.case.fit_reader import read_plan
from kapitza.case.messages import Path
from kapitza.case.scope import Scope
from kapitza.case.tables_fit import FitTable
from kapitza.errors import InputError


def check(scope: Scope) -> None:
    """Find everything that is wrong in [fit]; nothing is read from the data themselves."""
    raw, table = scope.data.get("fit"), scope.table.fit
    if table is None or not isinstance(raw, Mapping):
        return
    if any(key in raw and not isinstance(raw[key], Mapping) for key in FitTable.required):
        return  # said already
    plan = read_plan(table, scope.data, scope.add, scope.faulty)
    if plan is None or scope.troubles:
        return
    for at, path, given, value in _values(plan, table):
        _try(scope, at, path, given, value)


def _values(plan: Plan, table: FitTable) -> Iterator[tuple[Path, str, Any, Any]]:
    """Every value that [fit] names: where it stands, the key that it is for, as given and as the case takes it."""
    for parameter in plan.parameters:
        row = (table.parameters or {})[parameter.path]
        at: Path = ("fit", "parameters", parameter.path)
        if row.start is not None:
            yield (*at, "start"), parameter.path, row.start, row.start
        for i, end in enumerate(row.between or ()):
            yield (*at, "between", i), parameter.path, end, end


def _try(scope: Scope, at: Path, path: str, given: Any, value: Any) -> None:
    """Fault with ``value`` where the case with it at ``path`` would have one."""
    from kapitza.case.validate import validated

    try:
        changed = replaced({key: raw for key, raw in scope.data.items() if key != "fit"}, {path: value})
    except InputError as problem:
        scope.add(at, str(problem), given)
        return
    for trouble in validated(changed)[1][:1]:
        scope.add(at, trouble.message, given)
