"""Laws in a case file: every model by its keys, at contacts and boundaries, for the materials that meet there."""

from __future__ import annotations

import json
import random
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import kapitza as kp
import kapitza.cli
from kapitza import model
from kapitza.case import Case
from kapitza.case.tables import GASES, MODELS
from kapitza.errors import InputError
from kapitza.interfaces import build
from kapitza.interfaces.amm import amm
from kapitza.interfaces.compose import parallel, series
from kapitza.interfaces.contact import contact
from kapitza.interfaces.dmm import dmm
from kapitza.interfaces.electrons import electron
from kapitza.interfaces.gap import ATMOSPHERE, Gas, gas
from kapitza.interfaces.gap import GASES as KNOWN
from kapitza.interfaces.helium import helium
from kapitza.interfaces.law import Conductance, Insulated, Law, Perfect, Resistance
from kapitza.interfaces.limits import inelastic, inelastic_bound, radiation_limit
from kapitza.interfaces.measured import measured
from kapitza.interfaces.mixed import mixed
from kapitza.interfaces.pair import PairLaw
from kapitza.interfaces.power import power_law, radiation
from kapitza.interfaces.slip import slip
from kapitza.interfaces.varying import conductance, resistance, thin_layer
from kapitza.laws.temperature import Constant, Power, Slope, Table
from kapitza.materials.library import material

FILM = """
[geometry]
kind = "slab"
area = "3 cm^2"
[[layers]]
name = "film"
material = "aluminium"
thickness = "300 nm"
[[layers]]
name = "wafer"
material = "silicon"
thickness = "20 um"
[boundary.top]
temperature = "290 K"
[boundary.bottom]
temperature = "310 K"
"""
AL, SI, CU = material("aluminium"), material("silicon"), material("copper")
PRESSED = 'model = "contact"\npressure = "2 MPa"\n'

# keys of an entry -> the law as Python makes it, below aluminium and above silicon
ROWS: dict[str, Law] = {
    'model = "perfect"': Perfect(),
    'model = "insulated"': Insulated(),
    'resistance = { table = [["100 K", "30 m^2*K/GW"], ["500 K", "7 m^2*K/GW"]], outside = "hold" }': resistance(
        Table((100.0, 500.0), (3e-8, 7e-9), outside="hold")
    ),
    'conductance = { value = "0.2 GW/(m^2*K)", at = "250 K", power = 0.6 }': conductance(
        Power(2e8, 250.0, 0.6)
    ),
    'conductance = { value = "0.2 GW/(m^2*K)", at = "26.85 degC", slope = "0.3 MW/(m^2*K^2)" }': conductance(
        Slope(2e8, 300.0, 3e5)
    ),
    'model = "thin-layer"\nthickness = "8 nm"\nconductivity = { value = "3 W/(m*K)", at = "300 K", power = -1.1 }': (
        thin_layer(8e-9, Power(3.0, 300.0, -1.1))
    ),
    'model = "power-law"\ncoefficient = "46 mW/(cm^2*K^3.46)"\nexponent = 3.46': power_law(460.0, 3.46),
    'model = "radiation"\nemissivity = [0.3, 0.8]': radiation([0.3, 0.8]),
    'model = "radiation"\nemissivity = 0.3\nscale = 0.7': radiation(0.3).scaled(0.7),
    'model = "amm"': amm(AL, SI),
    'model = "amm"\nvariant = "sh"\ncutoff = "debye"': amm(AL, SI, "sh", "debye"),
    'model = "dmm"': dmm(AL, SI, "branch"),
    'model = "dmm"\ncutoff = "debye"\ntemperatures = "equilibrium"': dmm(AL, SI, "debye", "equilibrium"),
    'model = "radiation-limit"\ncutoff = "debye"': radiation_limit(AL, SI, "debye"),
    'model = "inelastic"': inelastic(AL, SI),
    'model = "inelastic-bound"': inelastic_bound(AL, SI),
    'model = "mixed"\nspecularity = 0.35': mixed(AL, SI, specularity=0.35),
    'model = "mixed"\nspecularity = 0': mixed(AL, SI, specularity=0.0),
    'model = "mixed"\nroughness = "0.4 nm"\nvariant = "mixed"': mixed(
        AL, SI, roughness=4e-10, variant="mixed"
    ),
    PRESSED + 'roughness = "1.5 um"\nslope = 0.12': contact(AL, SI, 2e6, 1.5e-6, 0.12),
    PRESSED
    + 'roughness = ["0.9 um", "1.2 um"]\nslope = [0.05, 0.12]\nhardness = "1.3 GPa"\nemissivity = [0.2, 0.6]': (
        contact(AL, SI, 2e6, [0.9e-6, 1.2e-6], [0.05, 0.12], hardness=1.3e9, emissivity=[0.2, 0.6])
    ),
    PRESSED + 'roughness = "1.5 um"\nslope = 0.12\nconstriction = "mikic-elastic"\ngas = "air"': contact(
        AL, SI, 2e6, 1.5e-6, 0.12, constriction="mikic-elastic", gas=gas("air")
    ),
    PRESSED + 'constriction = "spots"\nspot_density = "300 1/mm^2"\ngas = "vacuum"': contact(
        AL, SI, 2e6, constriction="spots", spot_density=3e8
    ),
    PRESSED
    + 'roughness = "1.5 um"\nslope = 0.12\ngas = { name = "helium", pressure = "0.4 kPa", accommodation = 0.4 }': (
        contact(
            AL, SI, 2e6, 1.5e-6, 0.12, gas=replace(gas("helium"), pressure=400.0, accommodation=(0.4, 0.4))
        )
    ),
    PRESSED + 'roughness = "1.5 um"\nslope = 0.12\ngas = { conductivity = "0.9 W/(m*K)" }': contact(
        AL, SI, 2e6, 1.5e-6, 0.12, gas=Gas("custom", Constant(0.9), pressure=ATMOSPHERE)
    ),
    'model = "measured"\nreference = "10.1103/PhysRevB.84.125408"': measured(
        "aluminium", "silicon", "10.1103/PhysRevB.84.125408"
    ),
    'model = "slip"': slip(AL, SI),
    'model = "slip"\nvariant = "milne"\nscale = 0.6': slip(AL, SI, "milne").scaled(0.6),
    'model = "series"\nof = [{ model = "dmm", scale = 0.7 }, { resistance = "3 m^2*K/GW" }]\nscale = 0.9': series(
        [dmm(AL, SI).scaled(0.7), Resistance(3e-9)]
    ).scaled(0.9),
    'model = "parallel"\nof = [{ model = "series", of = [{ model = "amm" }, { conductance = "7 MW/(m^2*K)" }] }, '
    '{ model = "radiation", emissivity = 0.5 }]': parallel(
        [series([amm(AL, SI), Conductance(7e6)]), radiation(0.5)]
    ),
}


def read(text: str) -> model.Stack:
    return Case.from_dict(tomllib.loads(text)).stack


def entry(keys: str, between: str = '"film", "wafer"') -> str:
    return f"[[interfaces]]\nbetween = [{between}]\n{keys}\n"


@pytest.mark.parametrize(("keys", "law"), ROWS.items(), ids=range(len(ROWS)))
def test_every_model(keys: str, law: Law) -> None:
    built = read(FILM + entry(keys)).interfaces[0].law
    assert isinstance(built, Law)
    assert built.linear == law.linear
    if law.linear:
        assert built.resistance == pytest.approx(law.resistance, rel=1e-15)
    else:
        for T1, T2 in ((310.0, 290.0), (295.0, 295.001)):
            assert built.flux(T1, T2) == pytest.approx(law.flux(T1, T2), rel=1e-14)


def test_the_words_are_those_of_the_laws() -> None:
    assert set(MODELS) == set(build.MODELS)
    assert set(GASES) == {"vacuum", *KNOWN}
    tried = {keys.split('"')[1] for keys in ROWS if keys.startswith("model")}
    assert set(MODELS) - tried == {"electron", "helium"}


@pytest.mark.parametrize("keys", list(ROWS), ids=range(len(ROWS)))
def test_every_model_runs(keys: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole way: file, solver, one JSON object that names the law; flux and jump agree with it."""
    path, result = tmp_path / "case.toml", tmp_path / "out.h5"
    path.write_text(FILM + entry(keys))
    assert kapitza.cli.main(["run", str(path), "--json", "-o", str(result)]) == 0
    answer = json.loads(capsys.readouterr().out)
    (contact_,) = answer["interfaces"]
    law = ROWS[keys]
    assert contact_["law"]["model"] == law.describe()["model"]
    for key in ("cutoff", "variant", "scale", "gas", "reference", "effective_emissivity"):
        assert contact_["law"].get(key) == pytest.approx(law.describe().get(key))
    if not law.linear:
        assert contact_["flux"] == pytest.approx(law.flux(contact_["below"], contact_["above"]), rel=1e-9)
    assert abs(answer["energy"]["imbalance"]) < 1e-9
    assert kapitza.cli.main(["show", str(result), "--json"]) == 0
    stored = json.loads(capsys.readouterr().out)
    assert stored["interfaces"][0]["law"] == contact_["law"]


def test_metals_and_helium() -> None:
    text = FILM.replace('"silicon"', '"copper"')
    built = read(text + entry('model = "electron"')).interfaces[0].law
    assert built.flux(9.0, 8.0) == electron(AL, CU).flux(9.0, 8.0)
    cold = FILM.replace('"aluminium"', '"liquid-helium"').replace('"silicon"', '"Cu"')
    built = read(cold + entry('model = "helium"')).interfaces[0].law
    assert built.flux(2.0, 1.9) == helium("copper").flux(2.0, 1.9)


# Which materials ------------------------------------------------------------------------------------


def test_the_first_name_is_below() -> None:
    law = read(FILM + entry('model = "dmm"', '"wafer", "film"')).interfaces[0].law
    assert isinstance(law, Law)
    assert law.describe()["below"] == "silicon"
    by_material = FILM + '[[interfaces]]\nmaterials = ["Si", "Al"]\nmodel = "dmm"\n'
    law = read(by_material).interfaces[0].law
    assert isinstance(law, Law)
    assert law.describe()["below"] == "silicon"


def test_materials_of_the_case_count() -> None:
    text = FILM.replace('"aluminium"', '"soft"') + entry('model = "dmm"')
    text += """
[materials.soft]
conductivity = "30 W/(m*K)"
velocity_longitudinal = "2 km/s"
velocity_transverse = "0.9 km/s"
number_density = "3e28 1/m^3"
"""
    soft = kp.Material("soft", 30.0, velocity_longitudinal=2e3, velocity_transverse=9e2, number_density=3e28)
    assert read(text).interfaces[0].law.conductance(77.0) == pytest.approx(
        dmm(soft, SI).conductance(77.0), rel=1e-12
    )
    with pytest.raises(InputError, match="debye temperature of soft"):
        read(text.replace('model = "dmm"', 'model = "dmm"\ncutoff = "debye"'))


TWO_KINDS = """
[geometry]
kind = "{kind}"
{size}
[[layers]]
repeat = 2
layers = [
  {{ name = "metal", material = "aluminium", thickness = "2 um" }},
  {{ name = "wafer", material = "silicon", thickness = "3 um" }},
  {{ name = "metal", material = "copper", thickness = "5 um" }},
]
[[interfaces]]
between = ["metal", "wafer"]
model = "dmm"
scale = 0.9
[[interfaces]]
between = ["metal", "metal"]
model = "electron"
[boundary.top]
temperature = "300 K"
[boundary.bottom]
heat_flux = "3 MW/m^2"
"""


@pytest.mark.parametrize(("kind", "size"), [("slab", 'area = "2 cm^2"'), ("plane", 'width = "7 um"')])
def test_one_name_of_several_materials_has_a_law_for_each_pair(kind: str, size: str) -> None:
    stack = read(TWO_KINDS.format(kind=kind, size=size))
    assert isinstance(stack.interfaces[0].law, PairLaw)
    summary = kp.solve(stack).summary()
    laws = {contact_["name"]: contact_["law"] for contact_ in summary["interfaces"]}
    assert [(law["model"], law["below"], law["above"]) for law in laws.values()] == [
        ("dmm", "aluminium", "silicon"),
        ("dmm", "copper", "silicon"),
        ("electron", "copper", "aluminium"),
        ("dmm", "aluminium", "silicon"),
        ("dmm", "copper", "silicon"),
    ]
    expected = {"aluminium": dmm(AL, SI), "copper": dmm(CU, SI)}
    for contact_ in summary["interfaces"]:
        if contact_["law"]["model"] == "dmm":
            law = expected[contact_["law"]["below"]].scaled(0.9)
            assert contact_["conductance"] == pytest.approx(law.conductance(contact_["below"]), rel=1e-3)


def test_a_pair_without_data_is_told_wherever_it_is_found() -> None:
    text = TWO_KINDS.replace('material = "copper"', 'material = "epoxy"')
    with pytest.raises(
        InputError, match=r"interfaces\.0: dmm: the velocity longitudinal of epoxy is not known"
    ):
        read(text.format(kind="slab", size='area = "2 cm^2"'))
    stack = read(text.format(kind="plane", size='width = "7 um"'))  # which pieces touch, the layout knows
    with pytest.raises(
        InputError, match=r"interfaces\.0: dmm: the velocity longitudinal of epoxy is not known"
    ):
        kp.solve(stack)


def test_a_series_named_from_above_is_turned() -> None:
    """A film whose resistance falls with T, on the hot or on the cold side: the entry's order says which."""
    law = 'model = "series"\nof = [{ model = "power-law", coefficient = "3 W/(m^2*K^4)", exponent = 4 }, '
    law += '{ resistance = "4 m^2*K/GW" }]'
    text = FILM.replace('"310 K"', '"700 K"')
    straight = kp.solve(read(text + entry(law))).interfaces["film|wafer"]
    turned = kp.solve(read(text + entry(law, '"wafer", "film"'))).interfaces["wafer|film"]
    both = series([power_law(3.0, 4.0), Resistance(4e-9)])
    assert straight.flux == pytest.approx(both.flux(straight.below, straight.above), rel=1e-9)
    assert turned.flux == pytest.approx(both.flux(turned.below, turned.above), rel=1e-9)
    assert turned.jump == pytest.approx(turned.below - turned.above, rel=1e-9)
    assert abs(straight.flux + turned.flux) > 1e-5 * abs(straight.flux)


# Random compositions --------------------------------------------------------------------------------


def composed(chance: random.Random, depth: int) -> tuple[dict[str, Any], Law]:
    """A law as the keys of a case, and as Python makes it."""
    kind = chance.choice(
        ["series", "parallel"] if depth else ["dmm", "amm", "power", "R", "G", "film", "radiation"]
    )
    if kind in ("series", "parallel"):
        parts = [composed(chance, chance.randrange(depth)) for _ in range(chance.randint(1, 4))]
        made = (series if kind == "series" else parallel)(part for _, part in parts)
        spec: dict[str, Any] = {"model": kind, "of": [spec for spec, _ in parts]}
    elif kind in ("dmm", "amm"):
        cutoff = chance.choice(["branch", "debye"])
        made = dmm(AL, SI, cutoff) if kind == "dmm" else amm(AL, SI, cutoff=cutoff)
        spec = {"model": kind, "cutoff": cutoff}
    elif kind == "power":
        n, a = chance.uniform(1.3, 5.0), chance.uniform(0.3, 9.0)
        made, spec = power_law(a, n), {"model": "power-law", "coefficient": a, "exponent": n}
    elif kind == "R":
        value = chance.uniform(2e-9, 7e-7)
        made, spec = Resistance(value), {"resistance": value}
    elif kind == "G":
        value, power = chance.uniform(2e6, 7e8), chance.uniform(-1.4, 1.9)
        made = conductance(Power(value, 280.0, power))
        spec = {"conductance": {"value": value, "at": 280.0, "power": power}}
    elif kind == "film":
        d, k = chance.uniform(2e-9, 7e-8), chance.uniform(0.2, 9.0)
        made, spec = thin_layer(d, k), {"model": "thin-layer", "thickness": d, "conductivity": k}
    else:
        e = chance.uniform(0.1, 0.9)
        made, spec = radiation(e), {"model": "radiation", "emissivity": e}
    if chance.random() < 0.4:
        scale = chance.uniform(0.2, 3.0)
        made, spec = made.scaled(scale), spec | {"scale": scale}
    return spec, made


@pytest.mark.parametrize("seed", range(60))
def test_compositions_mean_what_they_say(seed: int) -> None:
    chance = random.Random(seed)
    spec, law = composed(chance, chance.randint(0, 3))
    data = tomllib.loads(FILM) | {"units": "SI", "interfaces": [{"between": ["film", "wafer"], **spec}]}
    case = Case.from_dict(data)
    again = Case.from_dict(tomllib.loads(case.text))
    assert again.stack == case.stack
    built = case.stack.interfaces[0].law
    T1, T2 = chance.uniform(200.0, 400.0), chance.uniform(200.0, 400.0)
    assert built.flux(T1, T2) == pytest.approx(law.flux(T1, T2), rel=1e-12)
    assert built.describe() == law.describe()


# Boundaries -----------------------------------------------------------------------------------------

TOP = '[boundary.top]\ntemperature = "290 K"\n'


@pytest.mark.parametrize(
    ("keys", "law"),
    [
        ("emissivity = 0.8", radiation(0.8)),
        ('emissivity = 0.8\nh = "7 W/(m^2*K)"', parallel([Conductance(7.0), radiation(0.8)])),
        ('emissivity = 0.8\nfilm_resistance = "0.2 m^2*K/W"', parallel([Conductance(5.0), radiation(0.8)])),
        (
            'law = { model = "power-law", coefficient = "460 W/(m^2*K^3.46)", exponent = 3.46 }',
            power_law(460.0, 3.46),
        ),
        ('law = { resistance = "3 cm^2*K/W", scale = 0.5 }', Resistance(6e-4)),
        (
            'law = { conductance = { value = "9 W/(m^2*K)", at = "300 K", power = 0.25 } }',
            conductance(Power(9.0, 300.0, 0.25)),
        ),
        ('law = { model = "helium", surface = "Cu" }', helium("copper")),
        ('law = { model = "insulated" }', Insulated()),
        (
            'law = { model = "series", of = ['
            '{ model = "thin-layer", thickness = "2 mm", conductivity = "0.3 W/(m*K)" }, '
            '{ model = "radiation", emissivity = 0.7 }] }',
            series([Resistance(2e-3 / 0.3), radiation(0.7)]),
        ),
    ],
)
def test_reservoirs(keys: str, law: Law) -> None:
    condition = (
        read(FILM.replace(TOP, f'[boundary.top]\nambient = "280 K"\n{keys}\n')).boundary("top").condition
    )
    assert isinstance(condition, model.Reservoir)
    assert condition.ambient == 280.0
    if law.linear:
        assert condition.law.resistance == pytest.approx(law.resistance, rel=1e-15)
    else:
        assert condition.law.flux(350.0, 280.0) == pytest.approx(law.flux(350.0, 280.0), rel=1e-14)


def test_a_law_at_a_boundary_from_file_to_answer() -> None:
    """Copper in helium II, 300 W/m^2 through the surface: q = 460 (T^3.46 - 1.8^3.46)."""
    text = """
    [geometry]
    kind = "{kind}"
    {size}
    [[layers]]
    material = "Cu"
    thickness = "3 mm"
    [boundary.bottom]
    heat_flux = "300 W/m^2"
    [boundary.top]
    ambient = "1.8 K"
    law = {{ model = "helium" }}
    [solve]
    properties_at = "4 K"
    """
    exact = (300.0 / 460.0 + 1.8**3.46) ** (1 / 3.46)
    for kind, size in (
        ("slab", 'area = "2 cm^2"'),
        ("plane", 'width = "7 mm"'),
        ("axisymmetric", 'radius = "6 mm"'),
    ):
        top = kp.solve(read(text.format(kind=kind, size=size))).summary()["boundaries"]["top"]
        assert top["temperature"] == pytest.approx(exact, rel=1e-10)
        assert top["law"]["surface"] == "copper"


def test_patches_radiate_too() -> None:
    text = FILM.replace('kind = "slab"\narea = "3 cm^2"', 'kind = "plane"\nwidth = "9 mm"')
    text += '[[boundary.left.patches]]\nz = ["1 um", "2 um"]\nambient = "20 K"\nemissivity = 0.4\n'
    (patch,) = read(text).boundary("left").patches
    assert isinstance(patch.condition, model.Reservoir)
    assert patch.condition.law.flux(300.0, 20.0) == pytest.approx(radiation(0.4).flux(300.0, 20.0))


# Sources that depend on temperature -----------------------------------------------------------------


def test_heat_density_of_temperature() -> None:
    text = FILM.replace(
        '"300 nm"', '"300 nm"\nheat_density = { value = "3 W/cm^3", at = "300 K", slope = "4 kW/(m^3*K)" }'
    )
    assert read(text).layers[0].heat_density == Slope(3e6, 300.0, 4e3)  # type: ignore[union-attr]
    assert (
        read(text.replace('{ value = "3 W/cm^3", at = "300 K", slope = "4 kW/(m^3*K)" }', '"5 W/cm^3"'))
        .layers[0]
        .heat_density
        == 5e6
    )  # type: ignore[union-attr]
