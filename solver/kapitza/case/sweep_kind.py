"""The kind of the table [sweep] of a case file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationInfo
from pydantic.json_schema import JsonSchemaValue

from kapitza.case.fields import Kind, simply


class SweepKind(Kind):
    """The table [sweep]; what is in it, `read_grid` reads beside the rest of the case."""

    def read(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, Mapping):
            raise simply("expected a table of dotted paths with their values")
        return value

    def json(self) -> JsonSchemaValue:
        names: JsonSchemaValue = {"type": "array", "items": {"type": "string"}}
        factors: JsonSchemaValue = {"type": "object", "additionalProperties": {"type": "number"}}
        # Not one type of two: that would be a quantity, which is no bare number.
        end: JsonSchemaValue = {"anyOf": [{"type": "number"}, {"type": "string"}]}
        spread: JsonSchemaValue = {
            "type": "object",
            "properties": {
                "from": {**end, "description": "First value"},
                "to": {**end, "description": "Last value"},
                "count": {"type": "integer", "minimum": 2, "description": "How many values"},
                "spacing": {"type": "string", "enum": ["linear", "log"], "description": "Default linear"},
                "values": {"type": "array", "minItems": 1, "description": "Values, in place of from and to"},
                "labels": {**names, "description": "What the values are called in tables and pictures"},
                "sets": {
                    "anyOf": [names, factors],
                    "description": "Paths that take the values, each times a factor; the key is then a name",
                },
            },
        }
        return {
            "type": "object",
            "properties": {
                "zip": {
                    "anyOf": [{"type": "boolean"}, {"type": "array"}],
                    "description": "true: all keys move together; or the keys that do, or lists of such keys",
                },
                "of": {
                    "type": "string",
                    "enum": ["run", "effective", "zth"],
                    "description": "Whose numbers; default run",
                },
                "show": {
                    "anyOf": [{"type": "string"}, names],
                    "description": "Results that the picture shows; default: the probes",
                },
            },
            "additionalProperties": {"anyOf": [{"type": "array", "minItems": 1}, spread]},
        }
