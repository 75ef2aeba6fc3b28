"""Properties in a case file: one value, or a function of temperature in one of four forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationInfo
from pydantic.json_schema import JsonSchemaValue

from kapitza import quantities
from kapitza.case.fields import (
    LATER,
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
from kapitza.errors import InputError
from kapitza.quantities import DIMENSIONS

OF_TIME = ("steps", "ramp", "pulse", "csv")
LAW_KEYS = ("table", "between", "outside", "value", "at", "power", "slope")


@dataclass(frozen=True)
class Property(Kind):
    """One value, or a function of temperature in one of the four forms.

    directions : may also be { through = …, lateral = … }, and is then read as a pair of laws
    bare : one value is read as a number · later : what other tables would be, in the plural"""

    dimension: str
    directions: bool = False
    siblings: Siblings = ()
    bare: bool = False
    later: str = ""

    def read(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, Mapping):
            number = quantity(value, DIMENSIONS[self.dimension], info, self.siblings)
            return number if self.bare else _constant(number)
        troubles: list[Trouble] = []
        if self.directions and ("through" in value or "lateral" in value):
            laws = self._directions(value, info, troubles)
        else:
            self._unknown(value, troubles)
            laws = None if troubles else self._law(value, (), info, troubles)
        if troubles:
            raise wrong(*troubles)
        return laws

    def _directions(self, value: Mapping[str, Any], info: ValidationInfo, troubles: list[Trouble]) -> Any:
        known = ("through", "lateral")
        for key in value:
            if key not in known:
                message = joined("unknown beside through and lateral", did_you_mean(key, known))
                troubles.append(Trouble((key,), value[key], message))
        for key in known:
            if key not in value:
                troubles.append(Trouble((key,), NOTHING, "missing; give through and lateral"))
        if troubles:
            return None
        laws = [self._law(value[key], (key,), info, troubles) for key in known]
        return laws[0], laws[1]

    def _unknown(self, value: Mapping[str, Any], troubles: list[Trouble]) -> None:
        """Troubles with the keys of a table that are not those of a function of temperature."""
        known = LAW_KEYS + (("through", "lateral") if self.directions else ())
        later = dict.fromkeys(("solid", "liquid"), "solid and liquid values")
        if self.later:
            later = dict.fromkeys(OF_TIME, self.later)
        for key in value:
            if key in later:
                troubles.append(Trouble((key,), value[key], f"{later[key]} are {LATER}; give one value"))
            elif key not in known:
                hint = did_you_mean(key, known)
                channels = f"a value per channel is {LATER}; " if self.directions else ""
                hint = hint or f"{channels}keys here are {', '.join(known)}"
                troubles.append(Trouble((key,), value[key], joined("unknown key", hint)))

    def _law(self, value: Any, at: Path, info: ValidationInfo, troubles: list[Trouble]) -> Any:
        from kapitza.materials.build import temperature_law

        def number(item: Any, unit: str, key: str) -> Any:
            inner = [part for part in key.replace("[", ".").replace("]", "").split(".") if part]
            path = (*at, *(int(part) if part.isdecimal() else part for part in inner))
            if unit == "":
                return attempt(troubles, path, item, partial(Number().read, item, info))
            dimension = DIMENSIONS[self.dimension] if unit == own else quantities.of_unit(unit)
            return attempt(troubles, path, item, partial(quantity, item, dimension, info))

        own = DIMENSIONS[self.dimension].unit
        try:
            law = temperature_law(value, own, "", number)
        except InputError as problem:
            if not troubles:
                message = str(problem).removeprefix(": ").removeprefix(".")
                troubles.append(Trouble(at, value, message))
            return None
        return law

    def json(self) -> JsonSchemaValue:
        schema = quantity_schema(DIMENSIONS[self.dimension])
        keys = LAW_KEYS + (("through", "lateral") if self.directions else ())
        table = {"type": "object", "properties": {key: {} for key in keys}}
        return {"anyOf": [{"type": schema["type"]}, table], "examples": schema["examples"]}


def _constant(value: float) -> Any:
    from kapitza.laws.temperature import Constant

    return Constant(value)
