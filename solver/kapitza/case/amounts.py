"""A number and its unit as a case writes them, and the way from SI back to such a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from kapitza.errors import InputError
from kapitza.units import Unit, plain_text, unit_of

_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
NO_UNIT = unit_of("1")


@dataclass(frozen=True)
class Written:
    """unit : text behind the number, "" for bare ones · scale : what it means"""

    unit: str
    scale: Unit

    @staticmethod
    def of(unit: str | None) -> Written:
        """Raises InputError for a text that is no unit."""
        try:
            return Written(unit or "", unit_of(unit) if unit else NO_UNIT)
        except ValueError as problem:
            raise InputError(str(problem)) from None

    def si(self, number: Any) -> Any:
        """A number, or an array, in SI."""
        unit = self.scale
        if unit.decade is not None:
            return number / 10.0**-unit.decade if unit.decade < 0 else number * 10.0**unit.decade
        return number * float(unit.factor) + float(unit.offset)

    def number(self, si: Any) -> Any:
        """What stands before the unit."""
        unit = self.scale
        if unit.decade is not None:
            return si * 10.0**-unit.decade if unit.decade < 0 else si / 10.0**unit.decade
        return (si - float(unit.offset)) / float(unit.factor)

    def size(self, si: Any) -> Any:
        """A difference, in this unit."""
        return si / float(self.scale.factor)

    def text(self, si: float) -> str | float:
        """As a case takes it: "0.5 mm"; a float where there is no unit."""
        number = float(self.number(si))
        return f"{number!r} {self.unit}" if self.unit else number

    def same_kind(self, other: Written) -> bool:
        return self.scale.exponents == other.scale.exponents


def amount(value: Any) -> tuple[float, Written]:
    """Value in SI, and how it was written. Raises InputError for what is neither a number nor a quantity."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError("is no number")
    if not isinstance(value, str):
        return float(value), Written("", NO_UNIT)
    match = _NUMBER.match(plain_text(value))
    if match is None:
        raise InputError(f'"{value}" does not begin with a number')
    written = Written.of(plain_text(value)[match.end() :].strip().removeprefix("*").lstrip())
    unit = written.scale
    exact = Fraction(match[1]) * unit.factor + unit.offset
    return float(exact), written
