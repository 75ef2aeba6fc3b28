"""The kind of the table [tolerances] of a case file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationInfo
from pydantic.json_schema import JsonSchemaValue

from kapitza.case.fields import Kind, simply


class TolerancesKind(Kind):
    """The table [tolerances]; what is in it, `kapitza.case.tolerances` compares with the rest of the case."""

    def read(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, Mapping):
            raise simply('expected a table of dotted paths, for example "layers.die.thickness" = "5 %"')
        return value

    def json(self) -> JsonSchemaValue:
        return {"type": "object", "additionalProperties": {"type": "string", "examples": ["5 %", "20 um"]}}
