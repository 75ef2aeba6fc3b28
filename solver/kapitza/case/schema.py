"""JSON Schema of case files, for editors."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from kapitza.case.tables import CaseTable
from kapitza.case.timed import DEFINED, definitions


class _Generator(GenerateJsonSchema):
    """Keys that are not there are absent, not null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


UNITS = "-units"  # behind the name of a table: what else holds of it where bare numbers are refused


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a case file, for editors."""
    schema = _finished(CaseTable.model_json_schema(schema_generator=_Generator))
    schema["$defs"] |= definitions()
    schema["$defs"] |= {f"{name}{UNITS}": _limit(table) for name, table in schema["$defs"].items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "if": {"properties": {"units": {"const": "SI"}}, "required": ["units"]},
        "else": _limit(schema),
        "title": "kapitza case file",
    }


def _limit(schema: Any) -> dict[str, Any]:
    """What of ``schema`` a file without units = "SI" may not hold: numbers where quantities stand."""
    limit: dict[str, Any] = {}
    if "$ref" in schema:
        return {"$ref": schema["$ref"] + UNITS}
    choices = schema.get("anyOf", [])
    if any(_numberless(choice) != choice for choice in choices if not _is_quantity(choice)):
        limit["anyOf"] = _numberless(choices)
    elif any(map(_is_quantity, [schema, *choices])):
        limit["not"] = {"type": "number"}
    keys = {key: inner for key, value in schema.get("properties", {}).items() if (inner := _limit(value))}
    if keys:
        limit["properties"] = keys
    for key in ("items", "additionalProperties"):
        inner = _limit(schema[key]) if isinstance(schema.get(key), dict) else {}
        if inner:
            limit[key] = inner
    return limit


def _is_quantity(schema: Any) -> bool:
    kinds = schema.get("type")
    return isinstance(kinds, list) and "number" in kinds


def _numberless(schema: Any) -> Any:
    """A copy in which quantities are no numbers."""
    if isinstance(schema, dict) and "$ref" in schema:
        return {"allOf": [schema, _limit(schema)]}
    if isinstance(schema, list):
        return [_numberless(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: _numberless(value) for key, value in schema.items()}
    if _is_quantity(schema):
        copy["type"] = [kind for kind in schema["type"] if kind != "number"]
    return copy


def _finished(schema: Any) -> Any:
    """Without the titles that pydantic makes of key names; functions of time by their names."""
    if isinstance(schema, dict) and DEFINED in schema:
        return {"$ref": f"#/$defs/{schema[DEFINED]}"}
    if isinstance(schema, dict):
        return {k: _finished(v) for k, v in schema.items() if not (k == "title" and isinstance(v, str))}
    if isinstance(schema, list):
        return [_finished(item) for item in schema]
    return schema
