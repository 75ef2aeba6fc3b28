"""What all tables of a case file are made of: their base, and how a key is declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from kapitza.case.fields import LATER


def key(description: str, *examples: Any, alias: str | None = None) -> Any:
    """A key of a table: absent unless given. ``alias``: its name in files, where Python has no such name."""
    return Field(default=None, alias=alias, description=description, examples=list(examples) or None)


def filled(description: str) -> Any:
    """A key with a list that must not be empty; the reader says so itself."""
    return Field(default=None, description=description, json_schema_extra={"minItems": 1})


def later(description: str) -> Any:
    return Field(default=None, description=f"{description} ({LATER})")


class Table(BaseModel):
    """Base of all tables. ``required``: keys that must be there whatever else is."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
    required: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def known(cls) -> Mapping[str, FieldInfo]:
        """Every key by its name in files."""
        return {field.alias or name: field for name, field in cls.model_fields.items()}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        result = handler(schema)
        if cls.required:
            handler.resolve_ref_schema(result)["required"] = list(cls.required)
        return result
