"""Kinds of values that hold other values: one or two of them, a word or a table; and a unit that another key sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationInfo
from pydantic.json_schema import JsonSchemaValue

from kapitza.case.fields import Choice, Kind, attempt, did_you_mean, quantity, simply, wrong
from kapitza.case.messages import Trouble, joined
from kapitza.quantities import Dimension


@dataclass(frozen=True)
class OneOrTwo(Kind):
    """One value of a pair, or a list of two, one of each side."""

    kind: Kind

    def read(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, list | tuple):
            return self.kind.read(value, info)
        if len(value) != 2:
            raise simply("expected one value of the pair, or a list of two, one of each side")
        troubles: list[Trouble] = []
        read = [
            attempt(troubles, (i,), item, partial(self.kind.read, item, info)) for i, item in enumerate(value)
        ]
        if troubles:
            raise wrong(*troubles)
        return tuple(read)

    def json(self) -> JsonSchemaValue:
        one = self.kind.json()
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 2, "maxItems": 2}]}


@dataclass(frozen=True)
class WordOrTable(Kind):
    """One of some words, or a table of ``keys``."""

    words: tuple[str, ...]
    keys: tuple[tuple[str, Kind], ...]

    def read(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, Mapping):
            return Choice(self.words).read(value, info)
        kinds, troubles, read = dict(self.keys), list[Trouble](), {}
        for key, item in value.items():
            if key in kinds:
                read[key] = attempt(troubles, (key,), item, partial(kinds[key].read, item, info))
            else:
                hint = did_you_mean(key, tuple(kinds)) or f"keys here are {', '.join(kinds)}"
                troubles.append(Trouble((key,), item, joined("unknown key", hint)))
        if troubles:
            raise wrong(*troubles)
        return read

    def json(self) -> JsonSchemaValue:
        table = {
            "type": "object",
            "properties": {key: kind.json() for key, kind in self.keys},
            "additionalProperties": False,
        }
        return {"anyOf": [{"type": "string", "enum": list(self.words)}, table]}


@dataclass(frozen=True)
class Coefficient(Kind):
    """Of a power law: its unit holds the exponent, which is another key. Read in full by `coefficient`."""

    def read(self, value: Any, info: ValidationInfo) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise simply('expected a quantity, for example "460 W/(m^2*K^3.46)"')
        if not isinstance(value, str):
            return quantity(value, _coefficient("n"), info)
        return value

    def json(self) -> JsonSchemaValue:
        return {"type": ["string", "number"]}


def coefficient(value: str | float, exponent: float) -> float:
    """A coefficient [W/(m^2 K^n)]. Raises QuantityError for another unit than that of ``exponent`` n."""
    from kapitza import quantities

    return quantities.parse(value, _coefficient(f"{exponent!r}")) if isinstance(value, str) else value


def _coefficient(n: str) -> Dimension:
    unit = f"W/(m^2*K^{n})"
    return Dimension("coefficient", f"a coefficient for exponent = {n}", unit, f"460 {unit}", "above zero")
