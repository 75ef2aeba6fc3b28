"""From plain data (a table of a TOML file) to a `Material`.

The library holds SI numbers, a case file strings with units. Both have the same keys; they differ in how one
number is read, so that is an argument: ``number(value, unit, key)`` returns SI, or raises InputError.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kapitza.errors import InputError
from kapitza.laws.phases import Phases
from kapitza.laws.temperature import Constant, Power, Slope, Table, TemperatureLaw
from kapitza.materials.material import LAWS, UNITS, Material

Number = Callable[[Any, str, str], float]
TEXTS = ("category", "source", "note")
PHASES = ("solid", "liquid")
FORMS = "a value, { table = [[T, value], …] }, { value, at, power } or { value, at, slope }"


@dataclass(frozen=True)
class Halves:
    """A property of solid and liquid, before it is known where they meet."""

    solid: TemperatureLaw
    liquid: TemperatureLaw


def build(name: str, entry: Mapping[str, Any], number: Number) -> Material:
    """The material that ``entry`` describes: keys as in ``UNITS``, conductivity also { through, lateral }, every
    function of temperature also { solid, liquid }, and the texts category, source, note, sources (a table), uncertain
    (a list).

    Raises InputError with the key for unknown keys, forms and values."""
    given: dict[str, Any] = {}
    for key, value in entry.items():
        if key == "conductivity" and isinstance(value, Mapping) and "lateral" in value:
            _only(value, ("through", "lateral"), key)
            given["conductivity"] = property_law(value["through"], UNITS[key], f"{key}.through", number)
            given["conductivity_lateral"] = property_law(
                value["lateral"], UNITS[key], f"{key}.lateral", number
            )
        elif key in LAWS:
            given[key] = property_law(value, UNITS[key], key, number)
        elif key in UNITS:
            given[key] = number(value, UNITS[key], key)
        elif key in TEXTS:
            given[key] = str(value)
        elif key == "sources":
            given[key] = {str(k): str(v) for k, v in value.items()}
        elif key == "uncertain":
            given[key] = tuple(value)
        else:
            near = difflib.get_close_matches(key, [*UNITS, *TEXTS], 1)
            raise InputError(
                f"{key}: not a property of a material" + (f"; did you mean {near[0]}?" if near else "")
            )
    if "conductivity" not in given:
        raise InputError(f"material {name}: conductivity is missing")
    return made(name, given)


def made(name: str, given: Mapping[str, Any]) -> Material:
    """The material with these properties, `Halves` joined at its melting temperature. Raises InputError."""
    melts: float | None = given.get("melting_temperature")
    solidus, liquidus = (given.get("solidus"), given.get("liquidus")) if melts is None else (melts, melts)
    joined: dict[str, Any] = dict(given)
    for key, value in given.items():
        if not isinstance(value, Halves):
            continue
        if solidus is None or liquidus is None:
            raise InputError(
                f"material {name}: {key} of solid and liquid needs melting_temperature, or solidus and liquidus"
            )
        try:
            joined[key] = Phases(value.solid, value.liquid, solidus, liquidus)
        except InputError as problem:
            raise InputError(f"material {name}: {key}: {problem}") from None
    return Material(name, **joined)


def property_law(value: Any, unit: str, key: str, number: Number) -> TemperatureLaw | Halves:
    """A function of temperature, or { solid, liquid } of two. Raises as `temperature_law`."""
    if not isinstance(value, Mapping) or not set(value) & set(PHASES):
        return temperature_law(value, unit, key, number)
    _only(value, PHASES, key)
    return Halves(*(temperature_law(value[phase], unit, f"{key}.{phase}", number) for phase in PHASES))


def temperature_law(value: Any, unit: str, key: str, number: Number) -> TemperatureLaw:
    """A function of temperature from ``FORMS``; ``unit`` is that of its values, ``key`` names it in errors. One that
    has been made already is taken as it is.

    Raises InputError for another form, and for what the law itself refuses."""
    if isinstance(value, TemperatureLaw):
        return value
    if not isinstance(value, Mapping):
        return Constant(number(value, unit, key))
    if "table" in value:
        _only(value, ("table", "between", "outside"), key, optional=("between", "outside"))
        rows = value["table"]
        if not isinstance(rows, list) or any(not isinstance(row, list) or len(row) != 2 for row in rows):
            raise InputError(f"{key}.table: expects pairs, [[T, value], [T, value], …]")
        temperatures = [number(row[0], "K", f"{key}.table[{i}]") for i, row in enumerate(rows)]
        values = [number(row[1], unit, f"{key}.table[{i}]") for i, row in enumerate(rows)]
        law = {name: value[name] for name in ("between", "outside") if name in value}
        return Table(tuple(temperatures), tuple(values), **law)
    if "power" in value or "slope" in value:
        last = "power" if "power" in value else "slope"
        _only(value, ("value", "at", last), key)
        reference = number(value["value"], unit, f"{key}.value"), number(value["at"], "K", f"{key}.at")
        if last == "power":
            return Power(*reference, number(value["power"], "", f"{key}.power"))
        return Slope(*reference, number(value["slope"], f"{unit}/K", f"{key}.slope"))
    raise InputError(f"{key}: expects {FORMS}; got the keys {', '.join(value)}")


def _only(
    table: Mapping[str, Any], keys: tuple[str, ...], where: str, optional: tuple[str, ...] = ()
) -> None:
    """Raise InputError unless ``table`` has just these keys."""
    for key in table:
        if key not in keys:
            raise InputError(f"{where}.{key}: not known beside {' and '.join(k for k in table if k != key)}")
    for key in keys:
        if key not in table and key not in optional:
            raise InputError(f"{where}.{key}: missing; expects {', '.join(keys)}")
