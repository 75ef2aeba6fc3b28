"""Functions of time in a case file: one value, steps, a ramp, pulses, a column of a CSV file, a flash."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import ValidationInfo
from pydantic.json_schema import JsonSchemaValue

from kapitza.case.fields import (
    Choice,
    Kind,
    Siblings,
    Text,
    attempt,
    did_you_mean,
    quantity,
    quantity_schema,
    simply,
    wrong,
)
from kapitza.case.messages import NOTHING, Path, Trouble, joined
from kapitza.errors import InputError
from kapitza.quantities import DIMENSIONS, Dimension

# form -> its other keys: those that must be there, and those that may be
FORMS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "steps": ((), ()),
    "ramp": ((), ()),
    "pulse": (("on", "period"), ("start", "base")),
    "csv": (("time", "column", "unit"), ("between",)),
    "fluence": (("duration",), ("start",)),
}
TIMES = {"on": "time", "period": "time", "duration": "time", "start": "instant"}
WORDS = {"time": "s", "column": "core0", "between": "steps"}
BETWEEN = ("steps", "ramp")
DEFINED = "defined"  # for "$ref", which pydantic resolves before these definitions are there
IN_TIME, FLUX_IN_TIME = "FunctionOfTime", "FluxOfTime"

Read = Callable[[], Any]


@dataclass(frozen=True)
class Timed(Kind):
    """One value, or a function of time."""

    dimension: str
    siblings: Siblings = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """A flash is a heat flux."""
        return tuple(form for form in FORMS if form != "fluence" or self.dimension == "heat flux")

    def read(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, Mapping):
            return quantity(value, DIMENSIONS[self.dimension], info, self.siblings)
        reader = _Reader(self, value, info)
        law = reader.law()
        if reader.troubles:
            raise wrong(*reader.troubles)
        return law

    def json(self) -> JsonSchemaValue:
        schema = quantity_schema(DIMENSIONS[self.dimension])
        return {"anyOf": [{"type": schema["type"]}, self.table()], "examples": schema["examples"]}

    def table(self) -> JsonSchemaValue:
        """JSON Schema of the functions of time: one of `definitions`."""
        return {DEFINED: FLUX_IN_TIME if "fluence" in self.forms else IN_TIME}


def definitions() -> dict[str, JsonSchemaValue]:
    """JSON Schemas of the tables that are functions of time, by name."""
    number: JsonSchemaValue = {"type": ["string", "number"]}
    rows = {
        "type": "array",
        "items": {"type": "array", "items": number, "minItems": 2, "maxItems": 2},
        "minItems": 1,
    }
    kinds = {
        "steps": rows | {"description": "[time, value] from 0 s on; each value holds until the next time"},
        "ramp": rows | {"description": "[time, value] from 0 s on; straight lines between them"},
        "pulse": number
        | {"description": "Value for `on` at the start of every `period`", "examples": ["120 W"]},
        "on": number | {"description": "How long a pulse lasts", "examples": ["1 ms"]},
        "period": number | {"description": "From one pulse to the next", "examples": ["10 ms"]},
        "start": number
        | {"description": "Of the first pulse or of the flash; default 0 s", "examples": ["1 ms"]},
        "base": number | {"description": "Value between pulses; default zero", "examples": ["5 W"]},
        "csv": {
            "type": "string",
            "description": "File with a row of names, then numbers; in the case's folder",
        },
        "time": {"type": "string", "description": 'Unit of its times: the column "time", or else the first'},
        "column": {"type": "string", "description": "Name of the column of the values"},
        "unit": {"type": "string", "description": "Unit of the values"},
        "between": {"enum": list(BETWEEN), "description": "How a value leads to the next; default steps"},
        "fluence": number | {"description": "A flash: energy per area", "examples": ["50 J/m^2"]},
        "duration": number | {"description": "Of the flash", "examples": ["10 ns"]},
    }

    def table(keys: Iterable[str], description: str) -> JsonSchemaValue:
        properties = {key: kinds[key] for key in keys}
        return {
            "type": "object",
            "description": description,
            "properties": properties,
            "additionalProperties": False,
        }

    flash = ("fluence", "duration")
    return {
        IN_TIME: table((key for key in kinds if key not in flash), "A function of time"),
        FLUX_IN_TIME: table(kinds, "A heat flux as a function of time"),
    }


def is_timed(value: object) -> bool:
    """Whether a value as given is meant as a function of time."""
    return isinstance(value, Mapping) and any(form in value for form in FORMS)


class _Reader:
    """Reads one table; ``troubles`` has what is wrong, with paths below it."""

    def __init__(self, kind: Timed, value: Mapping[str, Any], info: ValidationInfo) -> None:
        self.kind, self.value, self.info = kind, value, info
        self.dimension: Dimension = DIMENSIONS[kind.dimension]
        self.troubles: list[Trouble] = []

    def law(self) -> Any:
        form = self._form()
        if form is None:
            return None
        needed, others = FORMS[form]
        known = (form, *needed, *others)
        for key in self.value:
            if key not in known:
                hint = did_you_mean(key, known) or f"{form} takes {', '.join(known[1:]) or 'no other key'}"
                self._fault((key,), self.value[key], joined("unknown key", hint))
        if form == "pulse" and self.dimension.unit == "K":
            needed = (*needed, "base")
        for key in needed:
            if key not in self.value:
                self._fault(
                    (key,), NOTHING, f'missing beside {form}; for example {key} = "{self._example(key)}"'
                )
        make: Callable[[], Any] = getattr(self, f"_{form}")
        return make()

    def _form(self) -> str | None:
        """The one form that is given."""
        forms = self.kind.forms
        given = [form for form in FORMS if form in self.value]
        for form in given:
            if form not in forms:
                self._fault((form,), self.value[form], "belongs to heat_flux")
        if len(given) == 1:
            return given[0] if given[0] in forms else None
        if given:
            self._fault((given[1],), self.value[given[1]], f"given beside {given[0]}; keep one of the two")
            return None
        ways = "{ steps = [[t, value], …] }, { ramp = […] }, { pulse, on, period } or { csv, time, column, unit }"
        hint = next((hint for key in self.value if (hint := did_you_mean(key, forms))), "")
        self._fault((), self.value, joined(f"expected one value, or a function of time: {ways}", hint))
        return None

    def _example(self, key: str) -> str:
        if key in TIMES:
            return DIMENSIONS[TIMES[key]].example
        own = self.dimension.example
        return WORDS.get(key, own if key == "base" else own.split(maxsplit=1)[-1])

    def _fault(self, at: Path, given: Any, message: str) -> None:
        self.troubles.append(Trouble(at, given, message))

    def _read(self, at: Path, value: Any, dimension: str | Dimension, siblings: Siblings = ()) -> float:
        """One number; NaN, and a trouble more, where it is none."""
        kind = DIMENSIONS[dimension] if isinstance(dimension, str) else dimension
        read: Read = partial(quantity, value, kind, self.info, siblings)
        return float(attempt(self.troubles, at, value, read))

    def _own(self, key: str) -> float:
        """The value under ``key``, in the dimension of the function; or a time."""
        if key not in self.value:
            return 0.0
        own = TIMES.get(key, self.dimension)
        return self._read((key,), self.value[key], own, self.kind.siblings if key not in TIMES else ())

    def _made(self, make: Callable[..., Any], *args: Any) -> Any:
        """What ``make`` makes, unless something is wrong."""
        if self.troubles:
            return None
        try:
            return make(*args)
        except InputError as problem:
            self._fault((), self.value, str(problem))
            return None

    # Forms ------------------------------------------------------------------------------------------------

    def _steps(self) -> Any:
        from kapitza.laws.time import Steps

        return self._made(Steps, *self._rows("steps"))

    def _ramp(self) -> Any:
        from kapitza.laws.time import Ramp

        return self._made(Ramp, *self._rows("ramp"))

    def _rows(self, key: str) -> tuple[list[float], list[float]]:
        """Times and values of pairs: rising, from 0 s on."""
        rows = self.value[key]
        if not isinstance(rows, list | tuple) or not rows:
            self._fault((key,), rows, "expected pairs, [[t, value], [t, value], …]")
            return [], []
        times, values = list[float](), list[float]()
        for i, row in enumerate(rows):
            at: Path = (key, i)
            if not isinstance(row, list | tuple) or len(row) != 2:
                self._fault(at, row, "expected a pair, [t, value]")
                continue
            t = self._read((*at, 0), row[0], "instant")
            if times and t <= times[-1]:
                self._fault((*at, 0), row[0], f"times must rise, but {t:g} s follows {times[-1]:g} s")
            if i == 0 and t > 0.0:
                first = f'give the value from 0 s on, [["0 s", …], [{row[0]!r}, …], …]'.replace("'", '"')
                self._fault((*at, 0), row[0], f"nothing is said before {t:g} s; {first}")
            times += [] if math.isnan(t) else [t]
            values.append(self._read((*at, 1), row[1], self.dimension, self.kind.siblings))
        return times, values

    def _pulse(self) -> Any:
        from kapitza.laws.time import Pulse

        value, on, period, start, base = (
            self._own(key) for key in ("pulse", "on", "period", "start", "base")
        )
        if not self.troubles and on >= period:
            self._fault(("on",), self.value["on"], f"not shorter than the period, {period:g} s")
        return self._made(Pulse, value, on, period, start, base)

    def _fluence(self) -> Any:
        from kapitza.laws.time import flash

        fluence = self._read(("fluence",), self.value["fluence"], "fluence")
        return self._made(flash, fluence, self._own("duration"), self._own("start"))

    def _csv(self) -> Any:
        from kapitza.case.traces import law, unit

        texts = {}
        for key in ("csv", "time", "column", "unit"):
            if key in self.value:
                read: Read = partial(Text().read, self.value[key], self.info)
                texts[key] = attempt(self.troubles, (key,), self.value[key], read)
        between = self.value.get("between", "steps")
        attempt(self.troubles, ("between",), between, partial(Choice(BETWEEN).read, between, self.info))
        units = {}
        for key, dimension, siblings in (
            ("time", DIMENSIONS["instant"], ()),
            ("unit", self.dimension, self.kind.siblings),
        ):
            if isinstance(texts.get(key), str):
                read = partial(unit, texts[key], dimension, siblings)
                units[key] = attempt(self.troubles, (key,), texts[key], read)
        if self.troubles:
            return None
        folder = (self.info.context or {}).get("folder")
        made: Read = partial(law, folder, texts, units, self.dimension, between)
        return attempt(self.troubles, (), NOTHING, made)


@dataclass(frozen=True)
class Instants(Kind):
    """A list of instants, in ascending order."""

    def read(self, value: Any, info: ValidationInfo) -> tuple[float, ...]:
        if not isinstance(value, list | tuple) or not value:
            raise simply('expected a list of times, for example ["1 ms", "0.1 s", "10 s"]')
        troubles: list[Trouble] = []
        last, times = -math.inf, list[float]()
        for i, item in enumerate(value):
            read: Read = partial(quantity, item, DIMENSIONS["instant"], info)
            t = float(attempt(troubles, (i,), item, read))
            if t <= last:
                troubles.append(Trouble((i,), item, f"times must rise, but {t:g} s follows {last:g} s"))
            last = last if math.isnan(t) else t
            times.append(t)
        if troubles:
            raise wrong(*troubles)
        return tuple(times)

    def json(self) -> JsonSchemaValue:
        return {"type": "array", "items": {"type": ["string", "number"]}, "minItems": 1}
