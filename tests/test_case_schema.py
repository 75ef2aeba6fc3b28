"""The JSON Schema: current, valid itself, and in agreement with the reader."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kapitza.case import Case
from kapitza.case.fields import LATER
from kapitza.case.schema import UNITS, json_schema
from kapitza.errors import InputError

CASES = Path(__file__).parents[1] / "cases"
BAD = Path(__file__).parent / "bad"


def test_the_committed_schema_is_current() -> None:
    printed = subprocess.run([sys.executable, "-m", "kapitza.cli", "schema"], check=True, capture_output=True)
    committed = (CASES / "kapitza.schema.json").read_bytes()
    assert committed == printed.stdout, "run: kapitza schema > cases/kapitza.schema.json"
    assert "·".encode() in committed
    assert json.loads(committed) == json_schema()


def test_it_is_whole_where_its_letters_cannot_be_shown() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "kapitza.cli", "schema"],
        check=True,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert json.loads(printed.stdout.decode("ascii")) == json_schema()


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
        "no_layers",
        "bare_number",
        "bare_temperature",
    ],
)
def test_editors_see_it_too(name: str) -> None:
    data = tomllib.loads((BAD / f"{name}.toml").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema(), cls=jsonschema.Draft202012Validator)


BARE: list[tuple[str, dict[str, Any]]] = [
    ("geometry", {"kind": "slab", "area": 4e-4}),
    ("layers", {"material": "silicon", "thickness": 5e-4}),
    ("layers", {"repeat": 2, "layers": [{"material": "silicon", "thickness": 5e-4}]}),
    ("layers", {"material": "silicon", "thickness": "1 mm", "x": [0.0, "3 mm"]}),
    ("layers", {"material": "silicon", "thickness": "1 mm", "heat_density": 3e6}),
    ("interfaces", {"between": ["a", "b"], "conductance": 3e4}),
    ("interfaces", {"between": ["a", "b"], "model": "series", "of": [{"resistance": 3e-4}]}),
    ("interfaces", {"between": ["a", "b"], "model": "contact", "roughness": [2e-6, "3 um"]}),
    ("interfaces", {"between": ["a", "b"], "model": "contact", "gas": {"pressure": 3e4}}),
    ("sources", {"layer": "a", "heat": 3}),
    ("boundary", {"top": {"ambient": "300 K", "h": 40}}),
    ("boundary", {"top": {"patches": [{"x": ["0 mm", "1 mm"], "temperature": 310.0}]}}),
    ("boundary", {"top": {"ambient": "300 K", "law": {"resistance": 3e-4}}}),
    ("probes", {"name": "p", "at": {"z": 2e-3}}),
    ("probes", {"name": "p", "boundary": "top", "x": 2e-3}),
    ("materials", {"own": {"conductivity": 3.5}}),
    ("materials", {"own": {"conductivity": "3 W/(m*K)", "density": 2330}}),
    ("solve", {"initial": 300}),
]


@pytest.mark.parametrize(
    ("section", "given"), BARE, ids=lambda value: value if isinstance(value, str) else ""
)
def test_bare_numbers_need_si(section: str, given: dict[str, Any]) -> None:
    """What the schema says of a bare number is what the reader says of it, with and without units = "SI"."""
    data: dict[str, Any] = {
        "geometry": {"kind": "slab", "area": "4 cm^2"},
        "layers": [{"material": "silicon", "thickness": "1 mm"}],
    }
    row = section in ("layers", "interfaces", "sources", "probes")
    data[section] = [given] if row else given
    check = jsonschema.Draft202012Validator(json_schema())
    assert check.is_valid({**data, "units": "SI"})
    assert not check.is_valid(data)
    with pytest.raises(InputError, match="give a unit"):
        Case.from_dict(data)
    with suppress(InputError):
        Case.from_dict({**data, "units": "SI"})


def test_lists_that_must_hold_something() -> None:
    check = jsonschema.Draft202012Validator(json_schema())
    layer = {"material": "silicon", "thickness": "1 mm"}
    data: dict[str, Any] = {"geometry": {"kind": "slab", "area": "4 cm^2"}, "layers": [layer]}
    assert check.is_valid(data | {"interfaces": [], "probes": []})
    assert not check.is_valid(data | {"layers": []})
    assert not check.is_valid(data | {"layers": [layer, {"repeat": 3, "layers": []}]})
    series = {"between": ["a", "b"], "model": "series", "of": []}
    assert not check.is_valid(data | {"interfaces": [series]})


def test_every_key_is_described() -> None:
    schema = json_schema()
    tables = [schema, *(table for name, table in schema["$defs"].items() if not name.endswith(UNITS))]
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
