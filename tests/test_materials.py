"""The material value, its builder and the library: ranges, plausibility, sources, names."""

import math
import re
import tomllib

import numpy as np
import pytest

from kapitza.errors import InputError
from kapitza.laws.temperature import Constant, Power, Slope, Table
from kapitza.materials import library
from kapitza.materials.build import build
from kapitza.materials.material import LAWS, UNITS, Material
from kapitza.output.table import temperature_table

BOLTZMANN = 1.380649e-23
HBAR = 1.054571817e-34
FLUIDS = ("gas", "liquid")
ENTRIES = library.entries()

each = pytest.mark.parametrize("material", ENTRIES, ids=lambda m: m.name)


def raw(name: str) -> dict:
    return tomllib.loads((library.DATA / f"{name}.toml").read_text(encoding="utf-8"))


# --- the library ----------------------------------------------------------------------------------------


def test_the_materials_that_the_users_need_are_there():
    assert len(ENTRIES) >= 45
    for name in ["silicon", "germanium", "aluminium", "copper", "diamond", "diamond-cvd", "fr4", "helium"]:
        assert library.material(name).name == name
    assert library.material("silicon").conductivity(300.0) == 148.0
    assert library.material("aluminium").conductivity(300.0) == 237.0
    assert library.material("silicon").heat_capacity(300.0) == pytest.approx(1.66e6, rel=1e-3)
    assert library.material("aluminium").heat_capacity(300.0) == pytest.approx(2.43e6, rel=5e-3)


@each
def test_every_number_has_a_source(material):
    known = {"conductivity" if key == "conductivity_lateral" else key for key in material.properties()}
    assert set(material.sources) == known
    assert all(len(text) > 5 and "@" not in text for text in material.sources.values())
    assert set(material.uncertain) <= known
    for text in material.sources.values():
        for doi in re.findall(r"doi:(\S+)", text):
            assert re.match(r"10\.\d{4,5}/[\w./()-]+", doi)


def test_every_work_in_the_list_is_cited():
    cited = set()
    for name in library.names():
        for text in raw(name)["sources"].values():
            cited |= set(re.findall(r"@([a-z0-9-]+)", text))
    assert cited == set(raw("references"))


@each
def test_recalled_and_typical_numbers_are_marked_uncertain(material):
    for key, text in material.sources.items():
        if re.search("recalled|scatter|estimated", text) or text.startswith("typical"):
            assert key in material.uncertain, (key, text)


@each
def test_values_lie_in_their_ranges(material):
    ranges = {
        "density": (50.0, 23e3),
        "velocity_longitudinal": (150.0, 20e3),
        "velocity_transverse": (500.0, 14e3),
        "number_density": (1e28, 2e29),
        "debye_temperature": (80.0, 2300.0),
        "hardness": (5e6, 120e9),
        "youngs_modulus": (1e9, 1.2e12),
        "poisson": (0.0, 0.5),
        "mean_free_path": (1e-9, 1e-6),
        "fermi_velocity": (1e6, 2.1e6),
        "sommerfeld": (50.0, 1200.0),
        "latent_heat": (20e3, 2e6),
        "melting_temperature": (270.0, 3700.0),
        "solidus": (400.0, 3700.0),
        "liquidus": (400.0, 3700.0),
    }
    if material.category == "gas":
        ranges["density"] = (0.1, 2.0)
    for key, value in material.properties().items():
        if key not in LAWS:
            low, high = ranges[key]
            assert low <= value <= high, (key, value)
    for law in (material.conductivity, material.lateral):
        assert 0.01 <= law(300.0) <= 3000.0


@each
def test_heat_capacity_is_plausible(material):
    value = material.heat_capacity(300.0)
    if material.category == "gas":
        assert 0.7e3 < value < 1.4e3  # 5/2 to 7/2 k_B per molecule at 1 atm
    elif material.category == "insulation":
        assert 0.05e6 < value < 0.5e6
    else:
        assert 0.5e6 < value < 4.5e6
    if material.number_density and material.category not in (*FLUIDS, "polymer"):
        per_atom = value / (3.0 * material.number_density * BOLTZMANN)
        assert 0.2 < per_atom < 1.35, "Dulong and Petit"
        if material.debye_temperature and material.debye_temperature < 460.0:
            assert 0.85 < per_atom < 1.3


@each
def test_debye_temperature_agrees_with_the_velocities(material):
    if not (material.debye_temperature and material.velocity_transverse):
        return
    c = (3.0 / (material.velocity_longitudinal**-3 + 2.0 * material.velocity_transverse**-3)) ** (1 / 3)
    debye = HBAR * c * (6.0 * math.pi**2 * material.number_density) ** (1 / 3) / BOLTZMANN
    assert debye == pytest.approx(material.debye_temperature, rel=0.4)


@each
def test_velocities_agree_with_the_elastic_moduli(material):
    if not (material.youngs_modulus and material.velocity_transverse) or material.category == "polymer":
        return
    if material.name == "lead":
        return  # velocities near 0 K, moduli at 300 K
    E, nu, rho = material.youngs_modulus, material.poisson, material.density
    assert material.velocity_transverse == pytest.approx(math.sqrt(E / (2 * (1 + nu) * rho)), rel=0.12)
    longitudinal = math.sqrt(E * (1 - nu) / ((1 + nu) * (1 - 2 * nu) * rho))
    assert material.velocity_longitudinal == pytest.approx(longitudinal, rel=0.12)


@each
def test_tables_contain_300_kelvin_and_stay_below_melting(material):
    for law in (material.conductivity, material.lateral, material.specific_heat):
        if isinstance(law, Table):
            assert 300.0 in law.temperatures
            if material.melting_temperature:
                assert law.temperatures[-1] <= material.melting_temperature


@each
def test_properties_are_known_around_room_temperature(material):
    for law in (material.conductivity, material.lateral, material.specific_heat):
        low, high = law.valid
        assert low <= 273.15
        assert high >= 373.15


@pytest.mark.parametrize(
    ("name", "conductivities", "heats"),
    [
        ("ice", (2.14, 0.569), (917 * 2110.0, 917 * 333600.0, 917 * 4217.0)),
        ("octadecane", (0.358, 0.148), (865 * 1934.0, 865 * 243500.0, 865 * 2196.0)),
        ("gallium", (40.6, 29.0), (5910 * 373.0, 5910 * 80200.0, 5910 * 398.0)),
        ("gst-cubic", (0.57, 3.0), (6270 * 219.0, 6270 * 1.28e5, 6270 * 219.0)),
    ],
)
def test_what_melts_has_a_solid_and_a_liquid(name, conductivities, heats):
    material = library.material(name)
    melting = material.melting_temperature
    around = np.array([melting - 1e-3, melting + 1e-3])
    assert material.conductivity(around) == pytest.approx(np.array(conductivities), rel=1e-4)
    enthalpy = material.enthalpy()
    solid, latent, liquid = heats
    assert enthalpy.plateau[1] - enthalpy.plateau[0] == pytest.approx(latent, rel=1e-14)
    steps = enthalpy.content(around) - np.array(enthalpy.plateau)
    assert steps == pytest.approx(np.array([-1e-3 * solid, 1e-3 * liquid]), rel=1e-4)


def test_the_table_of_what_melts_shows_both_ends_of_melting():
    table = temperature_table({"conductivity": library.material("octadecane").conductivity}, UNITS)
    rows = list(zip(*(column.cells for column in table.columns), strict=True))
    assert ("301.15 solid", "0.358") in rows
    assert rows[rows.index(("301.15 solid", "0.358")) + 1] == ("301.15 liquid", "0.148")


def test_lacking_and_no_melting():
    assert library.material("copper").lacking == ()
    assert library.material("sac305").enthalpy().melts is False  # a melting range, but no latent heat
    bare = Material("bare", 3.0)
    assert bare.lacking == ("density", "specific_heat")
    with pytest.raises(InputError, match="bare: density and specific_heat not known"):
        bare.enthalpy()
    wax = Material("wax", 0.3, volumetric_heat_capacity=2e6, latent_heat=2e5, melting_temperature=330.0)
    assert wax.lacking == ("density",)
    with pytest.raises(InputError, match="latent_heat needs melting_temperature"):
        Material("wax", 0.3, latent_heat=2e5)
    entry = {"conductivity": {"solid": 3.0, "liquid": 2.0}}
    with pytest.raises(InputError, match="conductivity of solid and liquid needs melting_temperature"):
        build("wax", entry, lambda value, unit, key: float(value))
    with pytest.raises(InputError, match=r"conductivity\.liquid: missing"):
        build("wax", {"conductivity": {"solid": 3.0}}, lambda value, unit, key: float(value))


@each
def test_files_hold_only_plain_si_data(material):
    entry = raw(material.name)
    assert set(entry) <= {*UNITS, "category", "note", "uncertain", "sources"}
    assert entry["category"]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", material.name)


def test_wiedemann_and_franz():
    """k rho / T within 25 % of the Sommerfeld value; resistivities [1e-8 ohm m] at 300 K: CRC Handbook."""
    resistivity = {
        "aluminium": 2.733,
        "copper": 1.725,
        "gold": 2.271,
        "silver": 1.629,
        "platinum": 10.8,
        "lead": 21.3,
        "nickel": 7.20,
        "molybdenum": 5.52,
        "tantalum": 13.5,
        "palladium": 10.8,
        "iron": 9.98,
    }
    for name, rho in resistivity.items():
        lorenz = library.material(name).conductivity(300.0) * rho * 1e-8 / 300.0
        assert lorenz == pytest.approx(2.443e-8, rel=0.25), name


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("aluminium", "sapphire", 21.42),
        ("gold", "sapphire", 18.12),
        ("copper", "sapphire", 20.08),
        ("aluminium", "silicon", 15.91),
        ("copper", "silicon", 14.57),
        ("lead", "diamond", 63.8),
        ("gallium-arsenide", "aluminium-arsenide", 8.94),
    ],
)
def test_acoustic_data_give_the_published_diffuse_mismatch(first, second, expected):
    """R T^3 [cm^2 K^4/W] at low temperature: (Sigma1 + Sigma2)/(C3 Sigma1 Sigma2), Swartz and Pohl."""

    def sigma(name):
        m = library.material(name)
        return m.velocity_longitudinal**-2 + 2.0 * m.velocity_transverse**-2

    c3 = math.pi**2 * BOLTZMANN**4 / (30.0 * HBAR**3)
    a, b = sigma(first), sigma(second)
    assert 1e4 * (a + b) / (c3 * a * b) == pytest.approx(expected, rel=1e-3)


def test_electron_data_give_the_published_mismatch():
    """Gundrum et al. (2005): Al/Cu 6.26 GW/(m^2 K) at 300 K."""
    z1, z2 = (m.sommerfeld * m.fermi_velocity * 300.0 for m in map(library.material, ["Al", "Cu"]))
    assert z1 * z2 / (4.0 * (z1 + z2)) == pytest.approx(6.26e9, rel=1e-3)


# --- names ----------------------------------------------------------------------------------------------


def test_aliases_are_unique_and_lead_to_materials():
    folded = [library._fold(alias) for alias in library.aliases()]
    assert len(folded) == len(set(folded)), "two aliases differ only in case or hyphens"
    for alias, name in library.aliases().items():
        assert name in library.names()
        assert library.canonical(alias) == name
        assert alias not in library.names()


def test_case_tells_names_apart_only_where_it_must():
    assert library.canonical("TiN") == "titanium-nitride"
    assert library.canonical("tin") == library.canonical("Tin") == "tin"
    ambiguous = {a for a in library.aliases() if library._fold(a) in library.names()}
    assert ambiguous == {"TiN"}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Si", "silicon"),
        ("si", "silicon"),
        ("GaAs", "gallium-arsenide"),
        ("Gallium Arsenide", "gallium-arsenide"),
        ("gallium_arsenide", "gallium-arsenide"),
        ("aluminum", "aluminium"),
        ("Al2O3", "alumina"),
        ("SiO2", "silicon-dioxide"),
        ("FR-4", "fr4"),
        ("Kapton", "polyimide"),
    ],
)
def test_a_material_is_found_by_its_other_names(said, name):
    assert library.canonical(said) == name
    assert library.material(said) is library.material(name)


@pytest.mark.parametrize(
    ("said", "near"), [("silcon", "silicon"), ("alumnium", "aluminium"), ("coper", "copper")]
)
def test_an_unknown_name_is_answered_with_the_nearest(said, near):
    assert library.canonical(said) is None
    with pytest.raises(InputError, match=rf'"{said}" is not in the library.*{near}.*kapitza materials'):
        library.material(said)


def test_a_name_unlike_all_others_gets_no_suggestion():
    with pytest.raises(InputError) as caught:
        library.material("xyzzy")
    assert "nearest" not in str(caught.value)


# --- one material ---------------------------------------------------------------------------------------


def test_a_conductivity_is_enough():
    m = Material("paste", 4.0)
    assert m.conductivity == Constant(4.0)
    assert m.isotropic
    assert m.lateral is m.conductivity
    assert m.heat_capacity(300.0) is None
    assert m.heat_capacity_law is None
    assert m.properties() == {"conductivity": Constant(4.0)}
    assert hash(m) == hash(Material("paste", 4.0))


def test_heat_capacity_is_density_times_specific_heat():
    m = Material("x", 2.0, density=2500.0, specific_heat=Slope(900.0, 300.0, 0.7))
    assert m.heat_capacity(340.0) == pytest.approx(2500.0 * 928.0)
    assert m.heat_capacity_law.slope(310.0) == pytest.approx(2500.0 * 0.7)
    assert Material("x", 2.0, volumetric_heat_capacity=1.7e6).heat_capacity(300.0) == 1.7e6


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"conductivity": -3.0}, "conductivity must be above zero"),
        ({"conductivity": Table((300.0, 400.0), (2.0, -1.0))}, "conductivity must be above zero"),
        ({"conductivity": 2.0, "conductivity_lateral": 0.0}, "conductivity_lateral must be"),
        ({"conductivity": 2.0, "density": 0.0}, "density is 0.0"),
        ({"conductivity": 2.0, "hardness": math.nan}, "hardness is nan"),
        ({"conductivity": 2.0, "poisson": 0.7}, "poisson must lie in"),
        ({"conductivity": 2.0, "specific_heat": 3.0, "volumetric_heat_capacity": 4.0}, "give one of them"),
        ({"conductivity": 2.0, "solidus": 400.0}, "given together"),
        ({"conductivity": 2.0, "solidus": 400.0, "liquidus": 390.0}, "below liquidus"),
        (
            {"conductivity": 2.0, "solidus": 400.0, "liquidus": 410.0, "melting_temperature": 405.0},
            "beside melting",
        ),
    ],
)
def test_impossible_values_are_refused(properties, words):
    with pytest.raises(InputError, match=f"material goo: .*{words}"):
        Material("goo", **properties)


# --- from data ------------------------------------------------------------------------------------------


def si(value, unit, key):
    return float(value)


def test_all_forms_of_a_function_of_temperature():
    def conductivity(form):
        return build("x", {"conductivity": form}, si).conductivity

    assert conductivity(4) == Constant(4.0)
    assert conductivity({"table": [[300, 148], [400, 98.9]]}) == Table((300.0, 400.0), (148.0, 98.9))
    held = {"table": [[300, 148], [400, 98.9]], "between": "loglog", "outside": "hold"}
    assert conductivity(held) == Table((300.0, 400.0), (148.0, 98.9), "loglog", "hold")
    assert conductivity({"value": 148, "at": 300, "power": -1.3}) == Power(148.0, 300.0, -1.3)
    assert conductivity({"value": 148, "at": 300, "slope": -0.4}) == Slope(148.0, 300.0, -0.4)


def test_anisotropy_and_texts():
    m = build(
        "board", {"conductivity": {"through": 0.29, "lateral": 0.81}, "source": "a book", "density": 1850}, si
    )
    assert (m.conductivity, m.conductivity_lateral) == (Constant(0.29), Constant(0.81))
    assert not m.isotropic
    assert (m.source, m.density) == ("a book", 1850.0)


def test_the_number_reader_is_told_unit_and_place():
    asked = []

    def number(value, unit, key):
        asked.append((unit, key))
        return float(value)

    entry = {
        "conductivity": {
            "through": {"table": [[300, 2], [400, 3]]},
            "lateral": {"value": 4, "at": 290, "slope": 0.1},
        },
        "specific_heat": {"value": 900, "at": 300, "power": 0.2},
        "poisson": 0.3,
    }
    build("x", entry, number)
    assert asked == [
        ("K", "conductivity.through.table[0]"),
        ("K", "conductivity.through.table[1]"),
        ("W/(m*K)", "conductivity.through.table[0]"),
        ("W/(m*K)", "conductivity.through.table[1]"),
        ("W/(m*K)", "conductivity.lateral.value"),
        ("K", "conductivity.lateral.at"),
        ("W/(m*K)/K", "conductivity.lateral.slope"),
        ("J/(kg*K)", "specific_heat.value"),
        ("K", "specific_heat.at"),
        ("", "specific_heat.power"),
        ("", "poisson"),
    ]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"density": 3}, "conductivity is missing"),
        ({"conductivity": 3, "densty": 3}, "densty: not a property.*did you mean density"),
        ({"conductivity": {"tabel": [[300, 1], [400, 2]]}}, "conductivity: expects .*tabel"),
        ({"conductivity": {"table": [[300, 1], [400]]}}, r"conductivity.table: expects pairs"),
        (
            {"conductivity": {"table": [[300, 1], [400, 2]], "inside": "hold"}},
            "conductivity.inside: not known",
        ),
        ({"conductivity": {"value": 3, "power": 2}}, "conductivity.at: missing"),
        ({"conductivity": {"lateral": 3}}, "conductivity.through: missing"),
    ],
)
def test_wrong_data_are_refused(entry, words):
    with pytest.raises(InputError, match=words):
        build("x", entry, si)
