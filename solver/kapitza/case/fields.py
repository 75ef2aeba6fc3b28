"""Kinds of values in a case file: how each is read, and what JSON Schema says of it.

A kind stands in a type annotation (``Annotated[float | None, Quantity("thickness")]``). Reading either returns
the value, quantities in SI, or raises what `wrong` makes, which carries one or more `Trouble` with paths
relative to the value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from kapitza import quantities
from kapitza.case.messages import Path, Trouble, joined, nearest
from kapitza.quantities import DIMENSIONS, QuantityError

Siblings = tuple[tuple[str, str], ...]
LATER = "not available yet"
LARGEST = 10**18


def wrong(*troubles: Trouble) -> PydanticCustomError:
    return PydanticCustomError("kapitza", "{message}", {"message": troubles[0].message, "troubles": troubles})


def simply(message: str) -> PydanticCustomError:
    """The value itself is wrong."""
    return wrong(Trouble((), None, message))


@dataclass(frozen=True)
class Kind:
    """Base of all kinds of values."""

    def read(self, value: Any, info: ValidationInfo) -> Any:
        raise NotImplementedError

    def json(self) -> JsonSchemaValue:
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return self.json()


@dataclass(frozen=True)
class Text(Kind):
    """Any text."""

    def read(self, value: Any, info: ValidationInfo) -> str:
        if not isinstance(value, str):
            raise simply("expected a text in quotes")
        return value

    def json(self) -> JsonSchemaValue:
        return {"type": "string"}


@dataclass(frozen=True)
class Name(Text):
    """A text that names something: not empty, on one line, without the signs in ``but``."""

    but: str = "|[]/"

    def read(self, value: Any, info: ValidationInfo) -> str:
        if not isinstance(value, str):
            raise simply("expected a name in quotes")
        fault = name_fault(value, self.but)
        if fault:
            raise simply(fault)
        return value


def name_fault(name: str, but: str = Name.but) -> str:
    """What is wrong with a name; "" if nothing is."""
    if not name.strip() or name != name.strip():
        return "a name must not be empty, nor begin or end with a space"
    if not name.isprintable():
        return "a name must stand on one line"
    if any(sign in name for sign in but):
        return f"a name must not hold {' '.join(but)}, which results use between names"
    return ""


@dataclass(frozen=True)
class Pair(Kind):
    """Two names."""

    def read(self, value: Any, info: ValidationInfo) -> tuple[str, str]:
        if (
            not isinstance(value, list | tuple)
            or len(value) != 2
            or not all(isinstance(v, str) for v in value)
        ):
            raise simply('expected two names, for example ["die", "sink"]')
        return value[0], value[1]

    def json(self) -> JsonSchemaValue:
        return {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}


@dataclass(frozen=True)
class Texts(Kind):
    """A list of texts, or a table of them."""

    table: bool = False

    def read(self, value: Any, info: ValidationInfo) -> Any:
        items = value.values() if isinstance(value, Mapping) else value
        expected = Mapping if self.table else list | tuple
        if not isinstance(value, expected) or not all(isinstance(v, str) for v in items):
            raise simply("expected " + ("a table of texts" if self.table else "a list of texts"))
        return dict(value) if self.table else tuple(value)

    def json(self) -> JsonSchemaValue:
        if self.table:
            return {"type": "object", "additionalProperties": {"type": "string"}}
        return {"type": "array", "items": {"type": "string"}}


@dataclass(frozen=True)
class Choice(Kind):
    """One of some words; ``later``: known words that this version does not serve yet."""

    words: tuple[str, ...]
    later: tuple[str, ...] = ()

    def read(self, value: Any, info: ValidationInfo) -> str:
        if isinstance(value, str) and value in self.words:
            return value
        if isinstance(value, str) and value in self.later:
            raise simply(joined(f"'{value}' is {LATER}", self._available()))
        known = (*self.words, *self.later)
        raise simply(joined("expected one of " + ", ".join(known), did_you_mean(value, known)))

    def _available(self) -> str:
        return f"available: {', '.join(self.words)}" if self.words else ""

    def json(self) -> JsonSchemaValue:
        return {"type": "string", "enum": [*self.words, *self.later]}


@dataclass(frozen=True)
class Count(Kind):
    """A whole number, at least ``lowest``."""

    lowest: int = 1

    def read(self, value: Any, info: ValidationInfo) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise simply(f"expected a whole number, {self.lowest} or more, without quotes")
        if not self.lowest <= value <= LARGEST:
            raise simply(f"expected a whole number, {self.lowest} or more, at most 10^18")
        return value

    def json(self) -> JsonSchemaValue:
        return {"type": "integer", "minimum": self.lowest}


@dataclass(frozen=True)
class Number(Kind):
    """A number without a unit, above (``least``: or at) ``low`` and below (``closed``: or at) ``high``."""

    low: float = -math.inf
    high: float = math.inf
    closed: bool = False
    least: bool = False

    def read(self, value: Any, info: ValidationInfo) -> float:
        low = f"{'from' if self.least else 'above'} {self.low:g}" if math.isfinite(self.low) else ""
        high = f"{'up to' if self.closed else 'below'} {self.high:g}" if math.isfinite(self.high) else ""
        limits = "".join(f" {text}" for text in (low, "and" if low and high else "", high) if text)
        if isinstance(value, str):
            raise simply(f"expected a bare number{limits}, without quotes or unit")
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise simply(f"expected a number{limits}")
        at_end = (self.closed and value == self.high) or (self.least and value == self.low)
        if not (self.low < value < self.high or at_end):
            raise simply(f"expected a number{limits}" + ("" if math.isfinite(value) else ", finite"))
        if value != 0 and not 1.0 / quantities.BEYOND < abs(value) < quantities.BEYOND:
            raise simply("too large to be meant" if abs(value) > 1 else "too small to be meant")
        return float(value)

    def json(self) -> JsonSchemaValue:
        schema: JsonSchemaValue = {"type": "number"}
        if math.isfinite(self.low):
            schema["minimum" if self.least else "exclusiveMinimum"] = self.low
        if math.isfinite(self.high):
            schema["maximum" if self.closed else "exclusiveMaximum"] = self.high
        return schema


@dataclass(frozen=True)
class Flag(Kind):
    """true or false."""

    def read(self, value: Any, info: ValidationInfo) -> bool:
        if not isinstance(value, bool):
            raise simply("expected true or false, without quotes")
        return value

    def json(self) -> JsonSchemaValue:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Later(Kind):
    """A key that a later version serves."""

    instead: str = ""

    def read(self, value: Any, info: ValidationInfo) -> Any:
        raise simply(joined(LATER, self.instead))

    def json(self) -> JsonSchemaValue:
        return {"description": f"({LATER})"}


# Quantities ---------------------------------------------------------------------------------------------


def quantity(
    value: Any, dimension: quantities.Dimension, info: ValidationInfo, siblings: Siblings = ()
) -> float:
    """SI value of a text with a unit; of a bare number where the file says ``units = "SI"``."""
    try:
        if isinstance(value, str):
            return quantities.parse(value, dimension, siblings)
        expected = f'expected {dimension.noun}, for example "{dimension.example}"'
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise simply(expected)
        if math.isfinite(value) and not (info.context or {}).get("si"):
            raise simply(f"give a unit, for example {dimension.suggest(repr(value))}")
        return quantities.check(float(value), dimension, repr(value), siblings)
    except QuantityError as problem:
        raise simply(problem.message) from None
    except OverflowError:
        raise simply("is not a finite number") from None


@dataclass(frozen=True)
class Quantity(Kind):
    """A number with a unit. ``later``: what a table in its place would be, in the plural.

    siblings : keys that take another dimension, to suggest where that was given."""

    dimension: str
    later: str = ""
    siblings: Siblings = ()

    def read(self, value: Any, info: ValidationInfo) -> float:
        dimension = DIMENSIONS[self.dimension]
        if self.later and isinstance(value, Mapping):
            raise simply(f'{self.later} are {LATER}; give one value, for example "{dimension.example}"')
        return quantity(value, dimension, info, self.siblings)

    def json(self) -> JsonSchemaValue:
        return quantity_schema(DIMENSIONS[self.dimension], self.later)


def quantity_schema(dimension: quantities.Dimension, later: str = "") -> JsonSchemaValue:
    return {
        "type": ["string", "number", "object"] if later else ["string", "number"],
        "examples": [dimension.example],
    }


@dataclass(frozen=True)
class Span(Kind):
    """Two coordinates in ascending order. ``single``: one coordinate will do as well; ``point``: not a range, but the
    coordinates x (or r) and z of one point."""

    single: bool = False
    point: bool = False

    def read(self, value: Any, info: ValidationInfo) -> Any:
        dimension = DIMENSIONS["position"]
        if self.single and not isinstance(value, list | tuple):
            return quantity(value, dimension, info)
        if not isinstance(value, list | tuple) or len(value) != 2:
            one = ' or one, "2 mm"' if self.single else ""
            if self.point:
                raise simply('expected a point, x (or r) and z, for example ["5 um", "5 um"]')
            raise simply(f'expected two coordinates, for example ["-2 mm", "2 mm"]{one}')
        troubles: list[Trouble] = []
        ends = [
            attempt(troubles, (index,), item, partial(quantity, item, dimension, info))
            for index, item in enumerate(value)
        ]
        if troubles:
            raise wrong(*troubles)
        if not (self.point or ends[0] < ends[1]):
            what = "has no extent" if ends[0] == ends[1] else "is in descending order"
            raise simply(f"{what}; expected two coordinates, the smaller one first")
        return ends[0], ends[1]

    def json(self) -> JsonSchemaValue:
        span: JsonSchemaValue = {
            "type": "array",
            "items": {"type": ["string", "number"]},
            "minItems": 2,
            "maxItems": 2,
        }
        return {"anyOf": [span, {"type": ["string", "number"]}]} if self.single else span


def attempt(troubles: list[Trouble], at: Path, given: Any, read: Callable[[], Any]) -> Any:
    """What ``read`` returns; if it raises, NaN, and its troubles are added with paths below ``at``."""
    try:
        return read()
    except PydanticCustomError as problem:
        for trouble in (problem.context or {})["troubles"]:
            inner = trouble.given if trouble.path else given
            troubles.append(Trouble((*at, *trouble.path), inner, trouble.message))
    return math.nan


def did_you_mean(value: object, known: tuple[str, ...]) -> str:
    hint = nearest(value, known)
    return hint if hint.startswith("did") else ""
