"""[tolerances]: by how much numbers of a case scatter, as standard deviations of normal distributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kapitza.case.amounts import amount
from kapitza.case.edit import located, value_at
from kapitza.case.messages import Path, Trouble
from kapitza.errors import InputError
from kapitza.quantities import identify
from kapitza.units import spell


@dataclass(frozen=True)
class Tolerance:
    """path : dotted, of the key that scatters · deviation : its standard deviation [SI] · given : as it was written"""

    path: str
    deviation: float
    given: str


def read_tolerances(data: Mapping[str, Any]) -> list[Tolerance]:
    """Those of a valid case. Raises InputError for the first that is wrong."""
    given = data.get("tolerances") or {}
    return [_tolerance(data, path, value) for path, value in given.items()]


def faults(data: Mapping[str, Any]) -> list[Trouble]:
    """Everything that is wrong in [tolerances]."""
    found = []
    seen: dict[Path, str] = {}
    for path, value in (data.get("tolerances") or {}).items():
        at: Path = ("tolerances", path)
        first = seen.setdefault(located(data, path), path)
        if first != path:
            found.append(Trouble(at, value, f"the same key as {first}; keep one of the two"))
        try:
            _tolerance(data, path, value)
        except InputError as problem:
            found.append(Trouble(at, value, str(problem).removeprefix(f"{path}: ")))
    return found


def _tolerance(data: Mapping[str, Any], path: str, given: Any) -> Tolerance:
    known = value_at(data, path)
    if known is None:
        raise InputError(f"{path}: the case does not give this key, so it cannot scatter")
    try:
        value, written = amount(known)
    except InputError:
        raise InputError(
            f"{path}: does not hold one number; only a number with its unit can scatter"
        ) from None
    if not isinstance(given, str):
        raise InputError(
            f'{path}: expected a standard deviation as a text, "5 %" or one with the unit of the key'
        )
    if given.strip().endswith("%"):
        part, _ = amount(given)
        if written.scale.offset != 0:
            raise InputError(f'{path}: a per cent of a temperature depends on its zero; give kelvin, "2 K"')
        return _positive(path, abs(value) * part, given)
    try:
        deviation, unit = amount(given)
    except InputError as problem:
        raise InputError(f"{path}: {problem}") from None
    if not unit.same_kind(written):
        noun = identify(written.scale.exponents)
        expected = noun.noun if noun else spell(written.scale.exponents)
        raise InputError(f'{path}: expected a standard deviation, "5 %" or {expected}')
    if unit.scale.offset != 0:
        raise InputError(f'{path}: a difference of temperatures is in kelvin; write "2 K"')
    return _positive(path, deviation, given)


def _positive(path: str, deviation: float, given: str) -> Tolerance:
    if not deviation > 0.0:
        raise InputError(f"{path}: a standard deviation is above zero")
    return Tolerance(path, deviation, given)
