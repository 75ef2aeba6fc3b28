"""From the tables of a case file to laws: every row of the contract, units by callback, errors."""

import re

import pytest

from kapitza.errors import InputError
from kapitza.interfaces.amm import amm
from kapitza.interfaces.build import MODELS, law
from kapitza.interfaces.compose import series
from kapitza.interfaces.contact import contact
from kapitza.interfaces.dmm import dmm
from kapitza.interfaces.electrons import electron
from kapitza.interfaces.gap import gas
from kapitza.interfaces.helium import helium
from kapitza.interfaces.law import Conductance, Resistance
from kapitza.interfaces.limits import inelastic, inelastic_bound, radiation_limit
from kapitza.interfaces.measured import measured
from kapitza.interfaces.mixed import mixed
from kapitza.interfaces.power import power_law, radiation
from kapitza.interfaces.varying import conductance, resistance, thin_layer
from kapitza.laws.temperature import Power, Table
from kapitza.materials.library import material

AL, SI, CU = material("Al"), material("Si"), material("Cu")
PRESSED = {"model": "contact", "pressure": 1e6, "roughness": [1e-6, 2e-6], "slope": 0.1}


def si(value, unit, key):
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{key}: {value!r} is not a number in {unit}")
    return float(value)


ROWS = {
    "resistance": ({"resistance": 3e-5}, Resistance(3e-5)),
    "conductance": ({"conductance": 3e5}, Conductance(3e5)),
    "resistance of temperature": (
        {"resistance": {"table": [[100, 3e-5], [500, 1e-5]]}},
        resistance(Table((100.0, 500.0), (3e-5, 1e-5))),
    ),
    "conductance of temperature": (
        {"conductance": {"value": 3e5, "at": 300, "power": 0.7}},
        conductance(Power(3e5, 300.0, 0.7)),
    ),
    "thin layer": (
        {"model": "thin-layer", "thickness": 2e-6, "conductivity": {"value": 3.0, "at": 300, "power": -1}},
        thin_layer(2e-6, Power(3.0, 300.0, -1.0)),
    ),
    "power law": ({"model": "power-law", "coefficient": 460, "exponent": 3.46}, power_law(460.0, 3.46)),
    "radiation": ({"model": "radiation", "emissivity": [0.3, 0.8]}, radiation([0.3, 0.8])),
    "effective emissivity": ({"model": "radiation", "emissivity": 0.3}, radiation(0.3)),
    "amm": ({"model": "amm", "variant": "sh", "cutoff": "debye"}, amm(AL, SI, "sh", "debye")),
    "dmm": ({"model": "dmm"}, dmm(AL, SI, "branch")),
    "equilibrium": (
        {"model": "dmm", "cutoff": "debye", "temperatures": "equilibrium"},
        dmm(AL, SI, "debye", "equilibrium"),
    ),
    "radiation limit": ({"model": "radiation-limit", "cutoff": "debye"}, radiation_limit(AL, SI, "debye")),
    "inelastic": ({"model": "inelastic"}, inelastic(AL, SI)),
    "inelastic bound": ({"model": "inelastic-bound"}, inelastic_bound(AL, SI)),
    "mixed": ({"model": "mixed", "specularity": 0.4}, mixed(AL, SI, specularity=0.4)),
    "rough": ({"model": "mixed", "roughness": 1e-9}, mixed(AL, SI, roughness=1e-9)),
    "contact": (PRESSED, contact(AL, SI, 1e6, [1e-6, 2e-6], 0.1)),
    "contact in air": (
        PRESSED | {"gas": "air", "emissivity": 0.2, "hardness": 9e8},
        contact(AL, SI, 1e6, [1e-6, 2e-6], 0.1, hardness=9e8, gas=gas("air"), emissivity=0.2),
    ),
    "spots": (
        {"model": "contact", "pressure": 1e6, "constriction": "spots", "spot_density": 1e10, "gas": "vacuum"},
        contact(AL, SI, 1e6, constriction="spots", spot_density=1e10),
    ),
    "measured": (
        {"model": "measured", "reference": "10.1103/PhysRevB.84.125408"},
        measured("aluminium", "silicon", "10.1103/PhysRevB.84.125408"),
    ),
    "series": (
        {"model": "series", "of": [{"model": "dmm"}, {"resistance": 1e-8}]},
        series([dmm(AL, SI), Resistance(1e-8)]),
    ),
    "scaled": ({"model": "dmm", "scale": 0.8}, dmm(AL, SI).scaled(0.8)),
    "scaled resistance": ({"resistance": 3e-5, "scale": 0.5}, Resistance(6e-5)),
}


@pytest.mark.parametrize(("spec", "expected"), ROWS.values(), ids=ROWS)
def test_every_row_of_the_contract(spec, expected):
    built = law(spec, AL, SI, si)
    assert built.flux(320.0, 300.0) == pytest.approx(expected.flux(320.0, 300.0), rel=1e-13)
    assert built.describe()["model"] == spec.get("model", next(iter(spec)))


def test_limits_and_parallel():
    assert law({"model": "perfect"}, AL, SI, si).resistance == 0.0
    assert law({"model": "insulated"}, AL, SI, si).resistance == float("inf")
    both = law(
        {"model": "parallel", "of": [{"conductance": 2e5}, {"resistance": 1e-5, "scale": 3}]}, AL, SI, si
    )
    assert both.resistance == pytest.approx(1.0 / 5e5, rel=1e-14)
    assert law({"model": "electron"}, AL, CU, si).flux(9.0, 8.0) == electron(AL, CU).flux(9.0, 8.0)
    assert set(MODELS) >= {spec.get("model", "dmm") for spec, _ in ROWS.values()}


def test_boundaries_have_one_material():
    for side in ((CU, None), (None, CU)):
        bath = law({"model": "helium"}, *side, si)
        assert bath.flux(2.0, 1.9) == helium("copper").flux(2.0, 1.9)
        assert law({"model": "radiation", "emissivity": 0.5}, *side, si).flux(300.0, 4.0) > 0.0
        with pytest.raises(InputError, match="materials of both sides"):
            law({"model": "dmm"}, *side, si)
    assert law({"model": "helium", "surface": "polyimide"}, None, None, si).conductance(1.8) > 0.0


def test_gases_in_full():
    by_name = law(
        PRESSED | {"gas": {"name": "helium", "pressure": 500, "accommodation": [0.4, 0.5]}}, AL, SI, si
    )
    said = by_name.describe()
    assert (said["gas"], said["gas_pressure"]) == ("helium", 500.0)
    custom = PRESSED | {"gas": {"conductivity": 0.05, "mean_free_path": 1e-7, "prandtl": 0.7}}
    vacuum = law(PRESSED, AL, SI, si).conductance(300.0)
    assert law(custom, AL, SI, si).conductance(300.0) > vacuum
    filler = PRESSED | {"gas": {"conductivity": 0.9}}
    filled = law(filler, AL, SI, si)
    distance = filled.describe()["plane_distance"]
    assert filled.conductance(300.0) == pytest.approx(vacuum + 0.9 / distance, rel=1e-9)


def test_units_are_asked_for():
    asked = {}

    def number(value, unit, key):
        asked[key] = unit
        return float(value)

    spec = {
        "model": "series",
        "of": [
            {"model": "power-law", "coefficient": 460, "exponent": 3.46},
            PRESSED
            | {
                "gas": {
                    "name": "air",
                    "pressure": 1e4,
                    "conductivity": {"value": 0.03, "at": 300, "slope": 0},
                }
            },
            {"resistance": {"table": [[100, 3e-5], [500, 1e-5]]}},
        ],
        "scale": 0.5,
    }
    law(spec, AL, SI, number)
    assert asked == {
        "of[0].exponent": "",
        "of[0].coefficient": "W/(m^2*K^3.46)",
        "of[1].pressure": "Pa",
        "of[1].roughness[0]": "m",
        "of[1].roughness[1]": "m",
        "of[1].slope": "",
        "of[1].gas.pressure": "Pa",
        "of[1].gas.conductivity.value": "W/(m*K)",
        "of[1].gas.conductivity.at": "K",
        "of[1].gas.conductivity.slope": "W/(m*K)/K",
        "of[2].resistance.table[0]": "m^2*K/W",
        "of[2].resistance.table[1]": "m^2*K/W",
        "scale": "",
    }


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({}, "exactly one"),
        ({"resistance": 1e-5, "conductance": 1e5}, "exactly one"),
        ({"model": "dmn"}, 'model = "dmn" is not known; did you mean dmm?'),
        ({"model": "dmm", "cutof": "debye"}, "did you mean cutoff?"),
        ({"resistance": 1e-5, "cutoff": "debye"}, "resistance: cutoff"),
        ({"model": "dmm", "cutoff": 3}, "must be a text"),
        ({"model": "dmm", "cutoff": "none"}, '"branch" or "debye"'),
        ({"model": "thin-layer", "thickness": 1e-6}, "conductivity is missing"),
        ({"model": "thin-layer", "conductivity": 1.0}, "thickness is missing"),
        ({"model": "power-law", "exponent": 3}, "coefficient is missing"),
        ({"model": "radiation"}, "emissivity is missing"),
        ({"model": "series", "of": []}, "list of laws"),
        ({"model": "series", "of": [{"model": "power-law", "exponent": "x"}]}, "of[0].exponent: 'x'"),
        ({"model": "contact", "roughness": 1e-6, "slope": 0.1}, "pressure is missing"),
        (PRESSED | {"gas": 3}, "expects a name"),
        (PRESSED | {"gas": "neon"}, "neon"),
        (PRESSED | {"gas": {"prandtl": 0.7}}, "name, or conductivity"),
        (PRESSED | {"gas": {"name": "air", "presure": 3}}, "did you mean pressure?"),
        (PRESSED | {"gas": {"name": "air", "accommodation": [1, 1, 1]}}, "one number, or two"),
        ({"resistance": 1e-5, "scale": -1}, "scale"),
        ({"resistance": -1e-5}, "below zero"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said(spec, words):
    with pytest.raises(InputError, match=re.escape(words)):
        law(spec, AL, SI, si)
