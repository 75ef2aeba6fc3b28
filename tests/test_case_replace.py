"""`Case.replace`: dotted paths by key, number, name; new keys, removed keys, wrong paths."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from kapitza import model
from kapitza.case import Case, load
from kapitza.case.messages import CaseError
from kapitza.errors import InputError
from kapitza.interfaces.law import Conductance, Resistance

CASES = Path(__file__).parents[1] / "cases"


@pytest.fixture
def case() -> Case:
    return load(CASES / "package.toml")


def layer(case: Case, index: int) -> model.Layer:
    found = case.stack.layers[index]
    assert isinstance(found, model.Layer)
    return found


def test_by_name_number_and_pair(case: Case) -> None:
    changed = case.replace(
        {
            "layers.die.thickness": "0.7 mm",
            "layers.4.thickness": "9 mm",
            "interfaces.0.resistance": "0.2 cm^2*K/W",
            "interfaces.tim2|sink.resistance": "0.4 cm^2*K/W",
            "boundary.top.h": "4 kW/(m^2*K)",
            "materials.paste.conductivity": "5 W/(m*K)",
            "probes.sink edge.x": "29 mm",
            "geometry.x.1": "31 mm",
            "mesh.x": 100,
        }
    )
    assert (layer(changed, 0).thickness, layer(changed, 4).thickness) == (7e-4, 9e-3)
    assert [entry.law for entry in changed.stack.interfaces] == [Resistance(2e-5), Resistance(4e-5)]
    assert changed.stack.boundary("top").condition == model.Reservoir(298.15, Conductance(4000.0))
    assert layer(changed, 1).material.conductivity(300.0) == 5.0
    assert changed.stack.geometry.x == (-0.03, 0.031)
    assert changed.stack.mesh.x == 100
    assert changed.path == case.path
    assert layer(case, 0).thickness == 5e-4, "the first case is as it was"


def test_the_text_of_the_new_case_reads_as_it(case: Case) -> None:
    changed = case.replace({"layers.die.heat": "150 W"})
    assert Case.from_dict(tomllib.loads(changed.text)).stack == changed.stack
    assert changed.stack != case.stack


def test_new_keys_and_tables(case: Case) -> None:
    changed = case.replace(
        {"solve.properties_at": "330 K", "layers.lid.cells": 9, "boundary.bottom.heat": "3 W"}
    )
    assert changed.stack.solve.properties_at == 330.0
    assert layer(changed, 2).cells == 9
    assert changed.stack.boundary("bottom").condition == model.Heat(3.0)
    assert "gold" in case.replace({"materials.gold.conductivity": "318 W/(m*K)"}).data["materials"]


def test_none_takes_out(case: Case) -> None:
    changed = case.replace(
        {"interfaces.0.resistance": None, "interfaces.0.conductance": "3 kW/(m^2*K)", "tolerances": None}
    )
    assert changed.stack.interfaces[0].law == Conductance(3000.0)
    assert len(case.replace({"probes.2": None}).stack.probes) == 2
    assert case.replace({"solve.initial": None}).stack == case.stack


def test_inside_groups() -> None:
    case = load(CASES / "superlattice_si_ge.toml")
    group = case.data["layers"][0]
    name = group["layers"][0]["material"]
    changed = case.replace({f"layers.0.layers.{name}.thickness": "3 nm", "layers.0.repeat": 5})
    found = changed.stack.layers[0]
    assert isinstance(found, model.Group)
    assert found.repeat == 5
    assert isinstance(found.layers[0], model.Layer)
    assert found.layers[0].thickness == 3e-9


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "layers.dye.thickness",
            "layers.dye.thickness: nothing in layers is named 'dye'; did you mean 'die'?",
        ),
        ("layers.die.thicknes", "no key 'thicknes' in layers.0; did you mean 'thickness'?"),
        ("layers.9.thickness", "layers has 5 entries, numbered from 0"),
        ("layer.die.thickness", "no key 'layer' in a case; did you mean 'layers'?"),
        ("boundary.tpo.h", "no key 'tpo' in boundary; did you mean 'top'?"),
        ("layers.die.thickness.x", "layers.0.thickness is a single value and has no 'x'"),
        ("interfaces.lid|sink.resistance", "nothing in interfaces is named 'lid|sink'; did you mean"),
        (
            "materials.paste.conductivty",
            "no key 'conductivty' in materials.paste; did you mean 'conductivity'?",
        ),
    ],
)
def test_unknown_paths(case: Case, path: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        case.replace({path: "3 mm"})
    assert words in str(caught.value)


def test_an_ambiguous_name() -> None:
    case = load(CASES / "rod_with_joint.toml")
    data = {**case.data, "layers": [*case.data["layers"], dict(case.data["layers"][0])]}
    twice = Case.from_dict(data)
    with pytest.raises(InputError, match="is ambiguous in layers; give a number: 0, 2"):
        twice.replace({f"layers.{data['layers'][0]['material']}.thickness": "3 mm"})


def test_what_is_wrong_with_the_new_values_is_told(case: Case) -> None:
    with pytest.raises(CaseError) as caught:
        case.replace({"layers.die.thickness": "3 kg", "layers.lid.material": "coper"})
    assert len(caught.value.problems) == 2
    assert "layers.0.thickness" in str(caught.value)
    assert "did you mean 'copper'" in str(caught.value)


def test_cases_do_not_change(case: Case) -> None:
    with pytest.raises(AttributeError):
        case.text = ""  # type: ignore[misc]
