"""The tables of [fit]: which keys of a case are fitted, and what the columns of the data are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import ValidationInfo
from pydantic.json_schema import JsonSchemaValue

from kapitza.case.fields import Choice, Kind, Text, simply
from kapitza.case.table import Table, key

PLACES = ("z", "r", "x", "time", "frequency")
RESULTS = (
    "temperature",
    "effective_conductivity",
    "conductivity_zz",
    "conductivity_xx",
    "resistance",
    "zth",
)
PARTS = ("amplitude", "phase", "real", "imaginary")
SETS = '["layers.film.thickness"], or { "layers.a.thickness" = 0.4, "layers.b.thickness" = 0.6 }'


@dataclass(frozen=True)
class Amount(Kind):
    """A quantity as text, or a bare number; what it must be, the key says that it belongs to."""

    def read(self, value: Any, info: ValidationInfo) -> str | float:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise simply(
                'expected a quantity, for example "100 MW/(m^2*K)", or a bare number where the key takes one'
            )
        return value

    def json(self) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, {"type": "number"}]}


@dataclass(frozen=True)
class Limits(Kind):
    """Two amounts, the smaller one first."""

    def read(self, value: Any, info: ValidationInfo) -> tuple[Any, Any]:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise simply(
                'expected the lowest and the highest value, for example ["1 W/(m*K)", "400 W/(m*K)"]'
            )
        kind = Amount()
        return kind.read(value[0], info), kind.read(value[1], info)

    def json(self) -> JsonSchemaValue:
        return {"type": "array", "items": Amount().json(), "minItems": 2, "maxItems": 2}


@dataclass(frozen=True)
class Paths(Kind):
    """Dotted paths that a column sets: one, a list, or a table of factors."""

    def read(self, value: Any, info: ValidationInfo) -> dict[str, float]:
        if isinstance(value, str):
            return {value: 1.0}
        if isinstance(value, list | tuple) and value and all(isinstance(path, str) for path in value):
            return dict.fromkeys(value, 1.0)
        if isinstance(value, Mapping) and value:
            factors = list(value.values())
            if all(isinstance(f, int | float) and not isinstance(f, bool) and f != 0 for f in factors):
                return {str(path): float(factor) for path, factor in value.items()}
        raise simply(f"expected paths of keys, or a table of factors by path: {SETS}")

    def json(self) -> JsonSchemaValue:
        text = {"type": "string"}
        return {
            "anyOf": [
                text,
                {"type": "array", "items": text, "minItems": 1},
                {"type": "object", "additionalProperties": {"type": "number"}, "minProperties": 1},
            ]
        }


class ParameterTable(Table):
    """A key that is fitted. An empty table: from the value that the case has, without bounds."""

    start: Annotated[Any, Amount()] = key("Where to begin; default: the value in the case", "100 MW/(m^2*K)")
    between: Annotated[Any, Limits()] = key("Lowest and highest value", ["1 MW/(m^2*K)", "10 GW/(m^2*K)"])
    scale: Annotated[str | None, Choice(("log", "linear"))] = key(
        "Whether its logarithm is fitted; default: log for what can only be positive", "log"
    )


class ColumnTable(Table):
    """A column of the data, by the name in its header: what it sets, where or when it is, or what was measured."""

    unit: Annotated[str | None, Text()] = key("Unit of its numbers; left out: none", "nm")
    sets: Annotated[Any, Paths()] = key(
        "Keys of the case that take its value, times a factor where a table gives one",
        {"layers.0.thickness": 0.4, "layers.1.thickness": 0.6},
    )
    is_: Annotated[str | None, Choice((*PLACES, *RESULTS))] = key(
        "A place or instant: z, r, x, time, frequency; or a result: temperature (at the place), "
        "effective_conductivity and resistance of a steady run, conductivity_zz and conductivity_xx of the periodic "
        "cell, zth",
        "temperature",
        alias="is",
    )
    probe: Annotated[str | None, Text()] = key("What a probe of the case measures, by its name", "surface")
    part: Annotated[str | None, Choice(PARTS)] = key("Of a periodic answer; default amplitude", "phase")
    sigma: Annotated[Any, Amount()] = key(
        'Standard deviation of what was measured, a quantity, or "2 %" of it; default: from the scatter',
        "0.05 K",
    )
    sigma_of: Annotated[str | None, Text()] = key("It holds standard deviations of this column", "T")
    noise: Annotated[str | None, Choice(("absolute", "relative"))] = key(
        "Scatter of unknown size: the same everywhere (default), or in proportion to the value", "relative"
    )


class FitTable(Table):
    """Parameters and data of `kapitza fit`."""

    required = ("parameters", "columns")
    parameters: dict[str, ParameterTable] | None = key("What is fitted, by dotted path")
    columns: dict[str, ColumnTable] | None = key("What the columns of the data are, by their names")
