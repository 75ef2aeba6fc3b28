"""Properties in a case file: one value, or a function of temperature in one of four forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationInfo
from pydantic.json_schema import JsonSchemaValue

from kapitza import quantities
from kapitza.case.fields import (
    Choice,
    Kind,
    Number,
    Siblings,
    attempt,
    did_you_mean,
    quantity,
    quantity_schema,
    wrong,
)
from kapitza.case.messages import NOTHING, Path, Trouble, joined
from kapitza.case.timed import FORMS, Timed, is_timed
from kapitza.errors import InputError
from kapitza.quantities import DIMENSIONS

PHASES = ("solid", "liquid")
DIRECTIONS = ("through", "lateral")
EXPONENT = Number(-100.0, 100.0)
LAW_KEYS = ("table", "between", "outside", "value", "at", "power", "slope")


@dataclass(frozen=True)
class Property(Kind):
    """One value, or a function of temperature in one of the four forms.

    directions : may also be { through = …, lateral = … }, and is then read as a pair of laws
    phases : may also be { solid = …, liquid = … }, and is then read as `kapitza.materials.build.Halves`
    timed : may also be a function of time; one value is then read as a number"""

    dimension: str
    directions: bool = False
    siblings: Siblings = ()
    phases: bool = False
    timed: bool = False

    def read(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, Mapping):
            number = quantity(value, DIMENSIONS[self.dimension], info, self.siblings)
            return number if self.timed else _constant(number)
        if self.timed and is_timed(value):
            return Timed(self.dimension, self.siblings).read(value, info)
        troubles: list[Trouble] = []
        if self.directions and ("through" in value or "lateral" in value):
            laws = self._directions(value, info, troubles)
        else:
            laws = self._phases(value, (), info, troubles)
        if troubles:
            raise wrong(*troubles)
        return laws

    def _directions(self, value: Mapping[str, Any], info: ValidationInfo, troubles: list[Trouble]) -> Any:
        for key in value:
            if key not in DIRECTIONS:
                message = joined("unknown beside through and lateral", did_you_mean(key, DIRECTIONS))
                troubles.append(Trouble((key,), value[key], message))
        for key in DIRECTIONS:
            if key not in value:
                troubles.append(Trouble((key,), NOTHING, "missing; give through and lateral"))
        return tuple(self._phases(value[key], (key,), info, troubles) for key in DIRECTIONS if key in value)

    def _phases(self, value: Any, at: Path, info: ValidationInfo, troubles: list[Trouble]) -> Any:
        """A law, or one of the solid and one of the liquid."""
        if not (self.phases and isinstance(value, Mapping) and set(value) & set(PHASES)):
            return self._law(value, at, info, troubles)
        from kapitza.materials.build import Halves

        for key in value:
            if key not in PHASES:
                message = joined("unknown beside solid and liquid", did_you_mean(key, PHASES))
                troubles.append(Trouble((*at, key), value[key], message))
        for key in PHASES:
            if key not in value:
                troubles.append(Trouble((*at, key), NOTHING, "missing; give solid and liquid"))
        laws = [self._law(value[key], (*at, key), info, troubles) for key in PHASES if key in value]
        return Halves(*laws) if len(laws) == len(PHASES) else None

    def _law(self, value: Any, at: Path, info: ValidationInfo, troubles: list[Trouble]) -> Any:
        """The law that ``value`` describes; None, with all its troubles added, where there are any."""
        from kapitza.materials.build import temperature_law

        before = len(troubles)
        if isinstance(value, Mapping):
            self._keys(value, at, troubles)
            self._values(value, at, info, troubles)
        if len(troubles) > before:
            return None

        def number(item: Any, unit: str, key: str) -> Any:
            return attempt(troubles, at, item, partial(self._number, item, unit, info))

        try:
            return temperature_law(value, DIMENSIONS[self.dimension].unit, "", number)
        except InputError as problem:
            if len(troubles) == before:
                troubles.append(Trouble(at, value, str(problem).removeprefix(": ").removeprefix(".")))
            return None

    def _keys(self, value: Mapping[str, Any], at: Path, troubles: list[Trouble]) -> None:
        """Troubles with the keys of a table that are not those of a function of temperature."""
        known = LAW_KEYS + (DIRECTIONS if self.directions and not at else ())
        known += (PHASES if self.phases else ()) + (tuple(FORMS)[:-1] if self.timed else ())
        for key in value:
            if key not in known:
                hint = did_you_mean(key, known)
                hint = hint or f"keys here are {', '.join(known)}; values by channel need [channels] names"
                troubles.append(Trouble((*at, key), value[key], joined("unknown key", hint)))

    def _values(
        self, value: Mapping[str, Any], at: Path, info: ValidationInfo, troubles: list[Trouble]
    ) -> None:
        """Troubles with each value by itself."""
        own = DIMENSIONS[self.dimension].unit
        for key, words in (("between", ("linear", "loglog")), ("outside", ("error", "hold"))):
            if key in value:
                read: Callable[[], Any] = partial(Choice(words).read, value[key], info)
                attempt(troubles, (*at, key), value[key], read)
        for key, unit in (("value", own), ("at", "K"), ("power", ""), ("slope", f"{own}/K")):
            if key in value:
                attempt(troubles, (*at, key), value[key], partial(self._number, value[key], unit, info))
        if "table" in value:
            self._rows(value["table"], (*at, "table"), info, troubles)

    def _rows(self, rows: Any, at: Path, info: ValidationInfo, troubles: list[Trouble]) -> None:
        if not isinstance(rows, list | tuple):
            troubles.append(Trouble(at, rows, "expected pairs, [[T, value], [T, value], …]"))
            return
        if len(rows) < 2:
            message = "at least two points are needed; for one value give the value alone"
            troubles.append(Trouble(at, NOTHING, message))
        last = -math.inf
        for i, row in enumerate(rows):
            if not isinstance(row, list | tuple) or len(row) != 2:
                troubles.append(Trouble((*at, i), row, "expected a pair, [T, value]"))
                continue
            kelvin, _ = (
                attempt(troubles, (*at, i, j), row[j], partial(self._number, row[j], unit, info))
                for j, unit in enumerate(("K", DIMENSIONS[self.dimension].unit))
            )
            if kelvin <= last:
                message = f"temperatures must increase, but {kelvin:g} K follows {last:g} K"
                troubles.append(Trouble((*at, i, 0), row[0], message))
            last = last if math.isnan(kelvin) else kelvin

    def _number(self, item: Any, unit: str, info: ValidationInfo) -> float:
        """One number of a law, in ``unit``; none: an exponent."""
        if unit == "":
            return EXPONENT.read(item, info)
        own = DIMENSIONS[self.dimension]
        if unit == own.unit:
            return quantity(item, own, info, self.siblings)
        return quantity(item, quantities.of_unit(unit), info)

    def json(self) -> JsonSchemaValue:
        schema = quantity_schema(DIMENSIONS[self.dimension])
        keys = LAW_KEYS + (DIRECTIONS if self.directions else ()) + (PHASES if self.phases else ())
        tables: list[JsonSchemaValue] = [{"type": "object", "properties": {key: {} for key in keys}}]
        if self.timed:
            tables = [{**tables[0], "additionalProperties": False}, Timed(self.dimension).table()]
        return {"anyOf": [{"type": schema["type"]}, *tables], "examples": schema["examples"]}


def _constant(value: float) -> Any:
    from kapitza.laws.temperature import Constant

    return Constant(value)
