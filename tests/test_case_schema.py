"""The JSON Schema: current, valid itself, and in agreement with the reader."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kapitza.case.fields import LATER
from kapitza.case.schema import json_schema

CASES = Path(__file__).parents[1] / "cases"
BAD = Path(__file__).parent / "bad"


def test_the_committed_schema_is_current() -> None:
    committed = json.loads((CASES / "kapitza.schema.json").read_text(encoding="utf-8"))
    assert committed == json_schema(), "run: kapitza schema > cases/kapitza.schema.json"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_cases_are_valid(path: Path) -> None:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(data, json_schema(), cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "name",
    [
        "layer_misspelt_key",
        "unknown_section",
        "layer_cells_text",
        "kind_unknown",
        "geometry_not_table",
        "no_geometry",
        "probe_without_name",
        "mesh_grading",
        "interface_three_names",
        "poisson_out_of_range",
        "truth_for_quantity",
    ],
)
def test_editors_see_it_too(name: str) -> None:
    data = tomllib.loads((BAD / f"{name}.toml").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema(), cls=jsonschema.Draft202012Validator)


def test_every_key_is_described() -> None:
    schema = json_schema()
    tables: list[dict[str, Any]] = [schema, *schema["$defs"].values()]
    for table in tables:
        assert table["description"]
        assert table["additionalProperties"] is False
        for key, value in table["properties"].items():
            assert value.get("description"), key
            assert "null" not in json.dumps(value), key
            later = LATER in value["description"]
            nested = "$ref" in json.dumps(value)
            assert later or nested or "examples" in value or "enum" in value or _text(value), key


def _text(value: dict[str, Any]) -> bool:
    return value.get("type") in ("string", "array", "object")


def test_it_is_made_without_anything_heavy() -> None:
    code = (
        "import sys; from kapitza.case.schema import json_schema; json_schema();"
        "heavy = {'numpy', 'scipy', 'numba', 'matplotlib', 'h5py', 'pint'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
