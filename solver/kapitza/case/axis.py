"""One key of [sweep]: its values read, as the case will hold them and in SI."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kapitza import quantities
from kapitza.case.amounts import Written, amount
from kapitza.case.grid import Axis, given_value
from kapitza.case.keys import Takes, takes
from kapitza.case.messages import NOTHING, Trouble, given_text, joined, nearest
from kapitza.quantities import Dimension, QuantityError

RANGE = ("from", "to", "count", "spacing")
KEYS = (*RANGE, "values", "labels", "sets")
MOST = 1_000_000  # values of one key
LONG = 40  # letters of a label made of a value


@dataclass
class Reader:
    """Reads what is ``given`` for the key ``name`` at ``path`` below [sweep]; what is wrong goes into ``troubles``.

    si : whether the case holds bare numbers in SI · si_numbers : whether bare numbers are SI here, whatever it holds
    """

    name: str
    path: tuple[Any, ...]
    given: Any
    troubles: list[Trouble]
    si: bool
    si_numbers: bool
    kind: Takes = field(default_factory=Takes)

    def axis(self) -> Axis | None:
        """None where something is wrong."""
        before = len(self.troubles)
        if isinstance(self.given, list | tuple):
            table: Mapping[str, Any] = {"values": self.given}
        elif isinstance(self.given, Mapping):
            table = self.given
        else:
            self._fault(
                (),
                f"one value is nothing to sweep; expected a list, for example [{given_text(self.given)}, …]",
            )
            return None
        for key in table:
            if key not in KEYS:
                self._fault((key,), joined("unknown key", nearest(key, KEYS)))
        factors = self._factors(table)
        if len(self.troubles) > before:
            return None
        self.kind = takes(next(iter(factors), self.name) if "sets" in table else self.name)
        found = self._range(table) if "values" not in table else self._list(table)
        if found is None or len(self.troubles) > before:
            return None
        return self._with_settings(found, factors)

    def _fault(self, at: tuple[Any, ...], message: str, given: Any = NOTHING) -> None:
        self.troubles.append(Trouble((*self.path, *at), given, message))

    def _factors(self, table: Mapping[str, Any]) -> dict[str, float]:
        """Path -> factor of everything that the values set."""
        given = table.get("sets", [self.name])
        if isinstance(given, list) and all(isinstance(path, str) for path in given):
            return dict.fromkeys(given, 1.0)
        if isinstance(given, Mapping) and all(
            _is_number(factor) and factor != 0 for factor in given.values()
        ):
            return {path: float(factor) for path, factor in given.items()}
        self._fault(
            ("sets",), 'expected paths, each with a factor other than 0: { "layers.0.thickness" = 0.5 }'
        )
        return {}

    # Values -------------------------------------------------------------------------------------------------

    def _list(self, table: Mapping[str, Any]) -> Axis | None:
        for key in RANGE:
            if key in table:
                self._fault((key,), "given beside values; keep one of the two")
        values = table["values"]
        if not isinstance(values, list | tuple) or not values:
            self._fault(("values",) if table is self.given else (), "expected a list of values, at least one")
            return None
        if len(values) > MOST:
            self._fault((), f"{len(values):,} values, more than {MOST:,}")
            return None
        labels = table.get("labels")
        if labels is not None:
            texts = isinstance(labels, list) and all(isinstance(label, str) for label in labels)
            if not texts or len(labels) != len(values) or len(set(labels)) != len(labels):
                self._fault(("labels",), f"expected {len(values)} different texts, one for each value")
                return None
        if not all(_is_number(value) or _begins_with_number(value) for value in values):
            named = tuple(labels) if labels is not None else tuple(_label(value) for value in values)
            return Axis(self.name, ((self.name, tuple(values)),), None, named, "")
        dimension = self._dimension(values)
        read = self._each(values, dimension)
        if read is None:
            return None
        numbers, own = zip(*read, strict=True)
        unit = dimension.unit if dimension is not None else "1"
        shown = tuple(
            value if isinstance(value, str) else shown_in(n, unit)
            for value, n in zip(values, numbers, strict=True)
        )
        if labels is not None:
            return Axis(self.name, ((self.name, own),), None, tuple(labels), "")
        return Axis(
            self.name, ((self.name, own),), numbers, shown, unit, _logarithmic(numbers), _unit_of(values)
        )

    def _range(self, table: Mapping[str, Any]) -> Axis | None:
        if "labels" in table:
            self._fault(("labels",), "belongs to values; a range needs none")
        for key in ("from", "to", "count"):
            if key not in table:
                self._fault((key,), 'missing; for example { from = "1 mm", to = "9 mm", count = 5 }')
        count, spacing = table.get("count"), table.get("spacing", "linear")
        if "count" in table and (
            isinstance(count, bool) or not isinstance(count, int) or not 2 <= count <= MOST
        ):
            self._fault(("count",), f"expected a whole number from 2 to {MOST:,}", count)
            count = None
        if spacing not in ("linear", "log"):
            self._fault(("spacing",), 'expected "linear" or "log"', spacing)
        ends = [table.get("from"), table.get("to")]
        if count is None or None in ends:
            return None
        dimension = self._dimension(ends)
        read = self._each(ends, dimension, ("from", "to"))
        if read is None:
            return None
        first, last = read[0][0], read[1][0]
        if first == last:
            self._fault(("to",), "the same as from; give a range, or set the key itself")
            return None
        if spacing == "log" and not (first > 0.0 and last > 0.0):
            self._fault(("spacing",), "a logarithmic range lies above zero; give linear, or other ends")
            return None
        numbers = _spread(first, last, count, spacing == "log")
        if self.kind.whole:
            numbers = tuple(sorted({float(round(number)) for number in numbers}, reverse=last < first))
        unit = dimension.unit if dimension is not None else "1"
        values = tuple(_written(number, dimension, self.kind, self.si) for number in numbers)
        given = _unit_of(ends)
        shown = tuple(shown_in(number, unit, given) for number in numbers)
        return Axis(self.name, ((self.name, values),), numbers, shown, unit, spacing == "log", given)

    def _dimension(self, values: Sequence[Any]) -> Dimension | None:
        """Of what values: as the key says, else as the first text with a unit says; None for bare numbers.

        Of any sign: whether a point may have it, its case says."""
        found = self.kind.dimension
        if found is None and not self.kind.bare:
            texts = [value for value in values if isinstance(value, str)]
            if texts:
                try:
                    found = quantities.dimension_of(texts[0])
                except QuantityError as problem:
                    self._fault((), problem.message, texts[0])
        return None if found is None else replace(found, lowest="any")

    def _each(
        self, values: Sequence[Any], dimension: Dimension | None, keys: Sequence[str] = ()
    ) -> list[tuple[float, Any]] | None:
        """(SI number, value as the case holds it) of each; None where one is wrong."""
        found: list[tuple[float, Any]] = []
        for index, value in enumerate(values):
            at: tuple[Any, ...] = (keys[index],) if keys else (index,)
            try:
                found.append(self._one(value, dimension))
            except QuantityError as problem:
                self._fault(at, problem.message, value)
        return found if len(found) == len(values) else None

    def _one(self, value: Any, dimension: Dimension | None) -> tuple[float, Any]:
        if isinstance(value, str):
            if dimension is None:
                what = "whole number" if self.kind.whole else "bare number"
                raise QuantityError(self.name, f"expected a {what}, without quotes or unit")
            return quantities.parse(value, dimension), value
        if isinstance(value, bool) or not _is_number(value) or not math.isfinite(value):
            raise QuantityError(self.name, f"{value!r} is not a finite number")
        if dimension is None:
            return float(value), value
        if not (self.si or self.si_numbers):
            raise QuantityError(self.name, f"give a unit, for example {dimension.suggest(repr(value))}")
        quantities.check(float(value), dimension, repr(value))
        return float(value), _written(float(value), dimension, self.kind, self.si)

    def _with_settings(self, axis: Axis, factors: Mapping[str, float]) -> Axis | None:
        """The axis with what it sets: its values at every path, times the factor there."""
        own = axis.settings[0][1]
        settings = []
        for path, factor in factors.items():
            values = own
            if factor != 1.0:
                if axis.numbers is None:
                    self._fault(("sets",), "a factor multiplies numbers, and these values are none; write 1")
                    return None
                dimension = None if axis.unit == "1" else quantities.of_unit(axis.unit)
                kind = takes(path)
                values = tuple(_written(factor * number, dimension, kind, self.si) for number in axis.numbers)
            settings.append((path, values))
        return replace(axis, settings=tuple(settings))


def _written(number: float, dimension: Dimension | None, kind: Takes, si: bool) -> Any:
    """``number`` [SI] as a case holds it, to the last bit."""
    if dimension is not None and not si:
        return f"{number!r} {dimension.unit}"
    return int(number) if kind.whole and number == int(number) else number


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _begins_with_number(value: Any) -> bool:
    return isinstance(value, str) and value.lstrip(" +-−.")[:1].isdecimal()


def _label(value: Any) -> str:
    """A value that is no number as a text: a word as it is, of a table what tells it apart soonest."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) and isinstance(value.get("model"), str):
        return str(value["model"])
    text = given_value(value)
    return text if len(text) <= LONG else text[: LONG - 2] + " …"


def _spread(first: float, last: float, count: int, log: bool) -> tuple[float, ...]:
    """``count`` values from ``first`` to ``last``, both exact."""

    def at(share: float) -> float:
        return first * (last / first) ** share if log else first + (last - first) * share

    return (first, *(_tidy(at(i / (count - 1))) for i in range(1, count - 1)), last)


def _tidy(value: float) -> float:
    """``value`` to 14 digits: 3.0000000000000004e-06 is meant to be 3e-6."""
    return float(f"{value:.14g}")


def _logarithmic(numbers: Sequence[float]) -> bool:
    """Whether three or more values lie closer to equal ratios than to equal steps, over a decade and a half."""
    if len(numbers) < 3 or min(numbers) <= 0.0 or max(numbers) < 30.0 * min(numbers):
        return False
    low, high = sorted((numbers[0], numbers[-1]))
    middle = sorted(numbers)[len(numbers) // 2]
    return low > 0.0 and middle < 0.3 * high


def _unit_of(values: Sequence[Any]) -> str:
    """The unit in which all the texts are written; "" where there are several, or numbers."""
    if not all(isinstance(value, str) for value in values):
        return ""
    units = {amount(value)[1].unit for value in values}
    return units.pop() if len(units) == 1 else ""


def shown_in(number: float, unit: str, written: str = "") -> str:
    """A number in the SI ``unit`` as a text, in the unit ``written`` where there is one: "0.5 mm"."""
    if written:
        return f"{float(Written.of(written).number(number)):.6g} {written}"
    return f"{number:.6g}" if unit == "1" else quantities.show(number, unit)
