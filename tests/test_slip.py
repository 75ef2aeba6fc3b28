"""Slip of the temperature at a wall: the law, the film between walls, the exact gray solution beside it."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expn

import kapitza as kp
from kapitza.case import Case
from kapitza.errors import InputError
from kapitza.interfaces.slip import VARIANTS, slip
from kapitza.verify import gray_film

CASES = Path(__file__).parent.parent / "cases"
K, PATH = 148.0, 300e-9


# The exact gray solution -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("thickness", "Q"), [(0.1, 0.91570), (0.5, 0.70417), (1.0, 0.55341), (3.0, 0.30165), (10.0, 0.11675)]
)
def test_published_fluxes(thickness: float, Q: float) -> None:
    assert gray_film.solve(thickness).flux == pytest.approx(Q, abs=5.5e-6)


def ordinates(thickness: float, directions: int = 48) -> float:
    """Q by discrete ordinates on half ranges: the modes exp(-u/nu) of the discrete equation and both walls' terms."""
    x, w = np.polynomial.legendre.leggauss(directions)
    mu, weight = 0.5 * (1.0 + x), 0.5 * w  # on 0 to 1
    both, half = np.concatenate([mu, -mu]), 0.5 * np.concatenate([weight, weight])
    matrix = (np.eye(2 * directions) - half) / both[:, np.newaxis]  # dI/du = -matrix I
    rates, modes = np.linalg.eig(matrix)
    order = np.argsort(np.abs(rates))
    rates, modes = rates[order].real, modes[:, order].real
    decay, modes = rates[2:], modes[:, 2:]  # the first two are the double 0: 1 and u - mu
    shift = np.where(decay > 0, 0.0, thickness)
    columns = [
        np.stack([np.ones(len(both)), at - both, *(modes * np.exp(-decay * (at - shift))).T])
        for at in (0.0, thickness)
    ]
    bottom, top = columns[0].T[:directions], columns[1].T[directions:]
    known = np.concatenate([np.ones(directions), np.zeros(directions)])
    amplitudes = np.linalg.solve(np.vstack([bottom, top]), known)
    flux = np.concatenate([weight * mu, -weight * mu]) @ (columns[0].T @ amplitudes)
    return float(2.0 * flux)


@pytest.mark.parametrize("thickness", [0.07, 0.4, 1.3, 6.0, 23.0])
def test_exact_flux_by_discrete_ordinates(thickness: float) -> None:
    assert gray_film.solve(thickness).flux == pytest.approx(ordinates(thickness), rel=3e-7)


def test_flux_is_the_same_everywhere_and_temperatures_are_odd() -> None:
    film = gray_film.solve(2.3)
    assert film.s + film.s[::-1] == pytest.approx(np.ones(len(film.s)), abs=1e-11)

    def carried(u: float, low: float, high: float) -> float:
        return quad(lambda v: expn(2, abs(u - v)) * np.interp(v, film.u, film.s), low, high, epsrel=1e-5)[0]

    for u in (0.5, 1.7):
        here = 2.0 * (expn(3, u) + carried(u, 0.0, u) - carried(u, u, 2.3))
        assert film.flux == pytest.approx(here, rel=3e-5)


def test_extrapolation_length_of_milne() -> None:
    """The half space by Hopf's integral; and as what a thick film lacks."""

    def integrand(phi: mpmath.mpf) -> mpmath.mpf:
        return 3 / mpmath.sin(phi) ** 2 - 1 / (1 - phi * mpmath.cot(phi))

    with mpmath.workdps(30):
        hopf = mpmath.quad(integrand, [mpmath.mpf("1e-9"), 0.5, mpmath.pi / 2]) / mpmath.pi
    assert VARIANTS["milne"] == pytest.approx(float(hopf), abs=1e-8)
    film = gray_film.solve(30.0)
    assert 0.5 * (30.0 / film.conductivity - 30.0) == pytest.approx(VARIANTS["milne"], abs=1e-7)


def test_carriers_at_the_wall_of_a_thick_film() -> None:
    """The jump at the wall itself is q/(k) L/sqrt(3), not the extrapolated one."""
    film = gray_film.solve(40.0)
    slope = film.conductivity / 40.0
    assert (1.0 - film.wall) / slope == pytest.approx(1.0 / math.sqrt(3.0), abs=1e-6)


# The known error of the slip -------------------------------------------------------------------------------


@pytest.mark.parametrize(("variant", "coarsest", "error"), [("marshak", 1e-3, 0.034), ("milne", 1.0, 0.005)])
def test_known_error_of_the_slip(variant: str, coarsest: float, error: float) -> None:
    found = []
    for thickness in np.geomspace(coarsest, 60.0, 25).tolist():
        conductivity = film(thickness, variant) / K
        found.append(conductivity / gray_film.solve(thickness).conductivity - 1.0)
    assert max(np.abs(found)) < error
    assert max(np.abs(found)) > 0.8 * error


def film(thickness: float, variant: str) -> float:
    """Conductivity of a film of ``thickness`` mean free paths, as solved."""
    changes: dict[str, object] = {"layers.film.thickness": f"{thickness * PATH!r} m"}
    changes |= {f"boundary.{side}.law.variant": variant for side in ("bottom", "top")}
    solution = kp.solve(kp.load(CASES / "ballistic_film.toml").replace(changes))
    return solution.boundaries["bottom"].heat * thickness * PATH / (1e-6 * 10.0)


@pytest.mark.parametrize("kn", [0.013, 0.7, 41.0])
def test_marshak_is_one_over_one_plus_four_thirds_kn(kn: float) -> None:
    assert film(1.0 / kn, "marshak") == pytest.approx(K / (1.0 + 4.0 * kn / 3.0), rel=1e-12)


# What the film seems to conduct ----------------------------------------------------------------------------


def apparent(case: kp.Case) -> list[float | None]:
    return [row["apparent_conductivity"] for row in kp.solve(case).summary()["layers"]]


def test_apparent_conductivity_from_wall_to_wall() -> None:
    """k/(1 + 2 z Kn), with the film alone and between bars whose Kapitza resistances are not its own."""
    for variant, z in VARIANTS.items():
        alone = kp.load(CASES / "ballistic_film.toml").replace(
            {f"boundary.{side}.law.variant": variant for side in ("bottom", "top")}
        )
        expected = K / (1.0 + 2.0 * z * PATH / 200e-9)
        assert apparent(alone) == [pytest.approx(expected, rel=1e-12)]
    between = kp.load(CASES / "ballistic_film_kapitza.toml")
    assert apparent(between) == [None, pytest.approx(K / (1.0 + 4.0 * PATH / 200e-9 / 3.0), rel=1e-12), None]
    scaled = between.replace({"interfaces.0.of.0.scale": 0.7})
    assert apparent(scaled)[1] == pytest.approx(K / (1.0 + 4.0 * PATH / 200e-9 / 3.0 / 0.7), rel=1e-12)
    one_wall = kp.load(CASES / "ballistic_film.toml").replace({"boundary.top": {"temperature": "295 K"}})
    assert apparent(one_wall)[0] == pytest.approx(K / (1.0 + 2.0 * PATH / 200e-9 / 3.0), rel=1e-12)


def test_apparent_conductivity_where_the_slip_is_no_constant() -> None:
    """C ~ T^3: q d over the difference of the walls, which are the temperatures outside."""
    cold = kp.Material(
        "cold", 21.0, mean_free_path=170e-9, volumetric_heat_capacity=kp.Power(1.6e6, 300.0, 3.0)
    )
    law = slip(cold, None)
    stack = kp.Stack(
        layers=[kp.Layer("film", cold, 130e-9)],
        geometry=kp.Geometry("slab", area=3e-6),
        boundaries={
            "bottom": kp.Boundary(kp.Reservoir(47.0, law)),
            "top": kp.Boundary(kp.Reservoir(29.0, law)),
        },
    )
    solution = kp.solve(stack)
    (row,) = solution.summary()["layers"]
    heat = solution.boundaries["bottom"].heat
    assert row["apparent_conductivity"] == pytest.approx(heat / 3e-6 * 130e-9 / (47.0 - 29.0), rel=1e-9)


def test_no_apparent_conductivity_without_a_slip_or_with_heat_inside() -> None:
    assert apparent(kp.load(CASES / "cpu_die.toml")) == [None, None]
    heated = kp.load(CASES / "ballistic_film.toml").replace({"layers.film.heat": "3 W"})
    assert apparent(heated) == [None]


def test_a_sweep_gives_the_film_against_its_thickness() -> None:
    found = kp.sweep(kp.load(CASES / "ballistic_film.toml"), {"layers.film.thickness": [2e-8, 3e-7, 7e-5]})
    d = np.array([2e-8, 3e-7, 7e-5])
    assert found["layers.film.apparent_conductivity"] == pytest.approx(
        K / (1.0 + 4.0 * PATH / d / 3.0), rel=1e-12
    )


# The law ---------------------------------------------------------------------------------------------------

GRAY = kp.Material("gray", 21.0, mean_free_path=170e-9)
OTHER = kp.Material("other", 7.3, mean_free_path=44e-9)
PLAIN = kp.Material("plain", 3.1)


def test_both_sides_of_an_interface() -> None:
    expected = 2.0 / 3.0 * (170e-9 / 21.0 + 44e-9 / 7.3)
    assert slip(GRAY, OTHER).resistance == pytest.approx(expected, rel=1e-15)
    one = slip(GRAY, PLAIN, "milne")
    assert one.resistance == pytest.approx(VARIANTS["milne"] * 170e-9 / 21.0, rel=1e-15)
    assert "of plain is not known" in " ".join(one.warnings(300.0, 299.0))
    assert one.describe()["sides"] == "gray"
    assert slip(None, GRAY).resistance == slip(GRAY, None).resistance


def test_follows_the_heat_capacity() -> None:
    """L/k = 3/(C v): with C ~ T^3 the slip is that of emission, ~ T^4."""
    cold = kp.Material(
        "cold", 21.0, mean_free_path=170e-9, volumetric_heat_capacity=kp.Power(1.6e6, 300.0, 3.0)
    )
    law, G = slip(cold, None), 21.0 / (2.0 / 3.0 * 170e-9)
    expected = G / 300.0**3 * (23.0**4 - 17.0**4) / 4.0
    assert law.flux(23.0, 17.0) == pytest.approx(expected, rel=1e-13)
    metal = kp.Material("metal", 400.0, mean_free_path=40e-9, sommerfeld=97.0)
    G = 400.0 / (2.0 / 3.0 * 40e-9)
    assert slip(metal, metal).flux(11.0, 7.0) == pytest.approx(
        0.5 * G / 300.0 * (121.0 - 49.0) / 2.0, rel=1e-13
    )


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match="mean_free_path of plain is not known; give it"):
        slip(PLAIN, None)
    with pytest.raises(InputError, match="mean_free_path of what lies at this side is not known"):
        slip(None, None)
    with pytest.raises(InputError, match='variant = "sh" is not known; use "marshak", "milne"'):
        slip(GRAY, None, "sh")
    table = kp.Material("table", kp.Table((4.0, 90.0), (3.0, 70.0)), mean_free_path=170e-9)
    with pytest.raises(InputError, match="slip: needs table at 300 K"):
        slip(table, None)


CASE = """
[geometry]
kind = "{kind}"
{size}
[materials.gray]
conductivity = "21 W/(m*K)"
mean_free_path = "170 nm"
[[layers]]
name = "film"
material = "gray"
thickness = "900 nm"
[boundary.{side}]
ambient = "300 K"
law = {{ model = "slip", variant = "{variant}" }}
"""


def test_in_a_case() -> None:
    text = CASE.format(kind="slab", size='area = "3 mm^2"', side="top", variant="milne")
    text += '[boundary.bottom]\nheat_flux = "4 MW/m^2"\n'
    solution = kp.solve(Case.from_dict(tomllib.loads(text)))
    rise = 4e6 * (900e-9 / 21.0 + VARIANTS["milne"] * 170e-9 / 21.0)
    assert solution.boundaries["bottom"].temperature - 300.0 == pytest.approx(rise, rel=1e-9)
    with pytest.raises(InputError, match=r"boundary.top.law.*slip: variant"):
        _ = Case.from_dict(tomllib.loads(text.replace("milne", "mixed"))).stack


def test_round_walls_are_told() -> None:
    text = CASE.format(kind="sphere", size='inner_radius = "2 um"', side="outer", variant="marshak")
    text += '[boundary.inner]\nheat = "3 uW"\n'
    solution = kp.solve(Case.from_dict(tomllib.loads(text)))
    assert any("plane wall" in text for text in solution.warnings)


def test_slip_beside_emitted_phonons_is_told() -> None:
    """R between emitted phonons is that between equilibria and the slips of both sides: adding it counts it twice."""
    slips, joint = [{"model": "slip"}], {"between": ["film", "wafer"], "model": "series"}
    data = {
        "geometry": {"kind": "slab", "area": "1 mm^2"},
        "layers": [
            {"name": "film", "material": "germanium", "thickness": "1 um"},
            {"name": "wafer", "material": "silicon", "thickness": "2 um"},
        ],
        "boundary": {"bottom": {"temperature": "301 K"}, "top": {"temperature": "300 K"}},
    }
    for temperatures, told in (("emitted", True), ("equilibrium", False)):
        dmm = {"model": "dmm", "temperatures": temperatures}
        case = Case.from_dict(data | {"interfaces": [joint | {"of": [dmm, *slips]}]})
        assert any("hold the slip" in text for text in kp.solve(case).warnings) == told
