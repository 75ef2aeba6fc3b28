"""Pressed joints: check values, exact gap, rarefaction, limits, monotone in pressure, Kirchhoff in the bodies."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.special import erfcinv

from kapitza.errors import InputError
from kapitza.interfaces.compose import Series
from kapitza.interfaces.contact import contact
from kapitza.interfaces.gap import Gas, gap, gas, plane_distance
from kapitza.interfaces.power import STEFAN_BOLTZMANN
from kapitza.laws.temperature import Constant, Slope
from kapitza.materials.library import material
from kapitza.materials.material import Material

STEEL = Material("steel", 16.0, hardness=2.4e9, youngs_modulus=1.9e11, poisson=0.29)
ALLOY = Material("alloy", 167.0, hardness=1.1e9, youngs_modulus=7.1e10, poisson=0.34)


def conductance(*arguments, T: float = 310.0, **named) -> float:
    return float(contact(*arguments, **named).conductance(T))


def test_check_values():
    body = Material("body", 200.0, hardness=1e9)
    assert conductance(body, body, 1e6, 1e-6, 0.1) == pytest.approx(35_313.0, abs=0.5)
    body = Material("body", 167.0, hardness=1.1e9)
    assert conductance(body, body, 1e5, 1e-6, 0.1) == pytest.approx(3022.06, abs=0.005)


def test_plastic_contact_of_two_metals():
    k_s = 2.0 * 16.0 * 167.0 / (16.0 + 167.0)
    expected = 1.25 * k_s * 0.17 / 2.3e-6 * (3e6 / 1.1e9) ** 0.95
    assert conductance(STEEL, ALLOY, 3e6, 2.3e-6, 0.17) == pytest.approx(expected, rel=1e-13)
    pair = math.hypot(2.1e-6, 0.9e-6), math.hypot(0.15, 0.08)
    expected = 1.25 * k_s * pair[1] / pair[0] * (3e6 / 2.0e9) ** 0.95
    found = conductance(STEEL, ALLOY, 3e6, [2.1e-6, 0.9e-6], [0.15, 0.08], hardness=2.0e9)
    assert found == pytest.approx(expected, rel=1e-13)


def test_elastic_contact():
    k_s = 2.0 * 16.0 * 167.0 / (16.0 + 167.0)
    E = 1.0 / ((1 - 0.29**2) / 1.9e11 + (1 - 0.34**2) / 7.1e10)
    expected = 1.55 * k_s * 0.17 / 2.3e-6 * (math.sqrt(2.0) * 3e6 / (0.17 * E)) ** 0.94
    found = conductance(STEEL, ALLOY, 3e6, 2.3e-6, 0.17, constriction="mikic-elastic")
    assert found == pytest.approx(expected, rel=1e-13)


def test_spots():
    """Every spot: two constrictions 1/(4 k a) in series; all spots side by side; their area is P/H."""
    P, H, n = 3e6, 1.1e9, 4e9
    a = math.sqrt(P / (H * n * math.pi))
    expected = n / (1 / (4 * 16.0 * a) + 1 / (4 * 167.0 * a))
    found = conductance(STEEL, ALLOY, P, constriction="spots", spot_density=n)
    assert found == pytest.approx(expected, rel=1e-13)


@given(st.floats(-12.0, -0.31))
def test_mean_planes_are_where_the_heights_say(decades):
    share = 10.0**decades
    Y = plane_distance(1.7e-6, share)
    assert pytest.approx(math.sqrt(2.0) * 1.7e-6 * erfcinv(2.0 * share), rel=1e-12) == Y
    fit = 1.53 * 1.7e-6 * share**-0.097
    if share == pytest.approx(1e-5, rel=1e-3):
        assert fit / Y == pytest.approx(1.10, abs=0.01)


def test_the_usual_fit_of_the_gap_is_off():
    for share, error in ((1e-5, 0.10), (0.1, 0.49)):
        assert 1.53 * share**-0.097 / plane_distance(1.0, share) == pytest.approx(1.0 + error, abs=0.006)


def test_gap_with_rarefaction():
    filling = Gas("test", Constant(0.031), 6.1e-8, 1.37, 0.69, (0.83, 0.91), 4.2e4)
    law = gap(filling, 2.9e-6)
    alpha = (2 - 0.83) / 0.83 + (2 - 0.91) / 0.91
    beta = 2 * 1.37 / (0.69 * 2.37)

    def h(T):
        return 0.031 / (2.9e-6 + alpha * beta * 6.1e-8 * (T / 300.0) * (101325.0 / 4.2e4))

    for T in (4.0, 77.0, 300.0, 1100.0):
        assert law.conductance(T) == pytest.approx(h(T), rel=1e-13)
    # h = c/(Y + m T): the integral is a logarithm
    m = (0.031 / h(300.0) - 2.9e-6) / 300.0
    exact = 0.031 / m * math.log((2.9e-6 + m * 500.0) / (2.9e-6 + m * 200.0))
    assert law.flux(500.0, 200.0) == pytest.approx(exact, rel=1e-13)


def test_library_gases():
    air = gas("air")
    assert gas("N2").name == "nitrogen"
    law = gap(air, 5e-6)
    M = air.rarefaction * 350.0
    assert law.conductance(350.0) == pytest.approx(0.030 / (5e-6 + M), rel=1e-12)
    assert 0.2e-6 < M < 0.8e-6
    helium = gap(gas("helium"), 5e-6)
    assert helium.conductance(350.0) > 3.0 * law.conductance(350.0)
    with pytest.raises(InputError, match="neon"):
        gas("neon")
    dense = gap(Gas("grease", Constant(0.7)), 5e-6)
    assert dense.linear
    assert dense.conductance(300.0) == pytest.approx(0.7 / 5e-6, rel=1e-15)


@settings(max_examples=50, deadline=None)
@given(
    st.floats(3.0, 8.0),
    st.floats(0.01, 0.5),
    st.sampled_from(["cmy", "mikic-elastic", "spots"]),
    st.sampled_from(["air", "helium", "argon", "vacuum"]),
)
def test_more_pressure_never_less_conductance(log_P, more, constriction, name):
    filling = None if name == "vacuum" else gas(name)

    def h(P, filling=filling):
        return conductance(
            STEEL, ALLOY, P, 1.3e-6, 0.12, constriction=constriction, spot_density=3e9, gas=filling
        )

    P = 10.0**log_P
    assert h(P * (1.0 + more)) > h(P)
    assert h(P, None) <= h(P)


def test_parts_add_up():
    P, T = 2e6, 350.0
    bare = conductance(STEEL, ALLOY, P, 1.3e-6, 0.12, T=T)
    Y = plane_distance(1.3e-6, P / 1.1e9)
    with_gas = conductance(STEEL, ALLOY, P, 1.3e-6, 0.12, gas=gas("air"), T=T)
    assert with_gas - bare == pytest.approx(gap(gas("air"), Y).conductance(T), rel=1e-9)
    both = contact(STEEL, ALLOY, P, 1.3e-6, 0.12, gas=gas("air"), emissivity=[0.4, 0.6])
    e = 1 / (1 / 0.4 + 1 / 0.6 - 1)
    assert both.conductance(T) - with_gas == pytest.approx(4 * e * STEFAN_BOLTZMANN * T**3, rel=1e-7)
    q, s1, s2 = both.evaluate(360.0, 340.0)
    assert q == pytest.approx(20.0 * both.conductance(350.0), rel=1e-3)
    assert s1 > 0.0 > s2
    said = both.describe()
    assert said["model"] == "contact"
    assert said["gas"] == "air"
    assert said["plane_distance"] == pytest.approx(Y)
    assert said["hardness"] == 1.1e9


def test_rarefied_gas_between_vacuum_and_atmosphere():
    from dataclasses import replace

    parts = [
        conductance(STEEL, ALLOY, 2e6, 1.3e-6, 0.12, gas=replace(gas("air"), pressure=p))
        for p in (1e-3, 10.0, 1e3, 1e5)
    ]
    vacuum = conductance(STEEL, ALLOY, 2e6, 1.3e-6, 0.12)
    assert parts == sorted(parts)
    assert parts[0] == pytest.approx(vacuum, rel=1e-6)
    assert parts[-1] > 1.5 * vacuum


def test_conductivities_over_temperature_by_kirchhoff():
    """The spot is where the two bodies' integrals of k balance; found here by a plain root."""
    one = Material("one", Slope(20.0, 300.0, 0.03), hardness=2e9)
    two = Material("two", Slope(90.0, 300.0, -0.05), hardness=1.5e9)
    law = contact(one, two, 3e6, 1.3e-6, 0.12)
    assert isinstance(law, Series)
    C = 1.25 * 0.12 / 1.3e-6 * (3e6 / 1.5e9) ** 0.95
    T1, T2 = 520.0, 290.0

    def excess(T):
        return one.conductivity.integral(T, T1) - two.conductivity.integral(T2, T)

    spot = brentq(excess, T2, T1, xtol=1e-13)
    assert law.flux(T1, T2) == pytest.approx(2 * C * one.conductivity.integral(spot, T1), rel=1e-12)
    k_s = 2 / (1 / 20.0 + 1 / 90.0)
    assert law.conductance(300.0) == pytest.approx(C * k_s, rel=1e-13)
    assert law.describe()["constriction"] == "cmy"
    metals = contact(material("Al"), material("Cu"), 1e6, 1e-6, 0.1, gas=gas("air"))
    assert metals.valid[0] >= 100.0
    T = np.array([350.0, 360.0])
    assert metals.flux(T, T - 20.0).shape == (2,)


def test_ranges_of_the_correlations():
    body = Material("body", 200.0, hardness=1e9)
    assert contact(body, body, 1e6, 1e-6, 0.1).warnings(300.0, 300.0) == []
    assert "P/H" in contact(body, body, 1e2, 1e-6, 0.1).warnings(300.0, 300.0)[0]
    assert "P/H" in contact(body, body, 1e8, 1e-6, 0.1).warnings(300.0, 300.0)[0]
    light = contact(STEEL, ALLOY, 1e3, 1e-6, 0.1, constriction="mikic-elastic")
    assert "m E'" in light.warnings(300.0, 300.0)[0]


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"pressure": 0.0}, "pressure"),
        ({"pressure": 6e8}, "half the hardness"),
        ({"roughness": None}, "roughness is missing"),
        ({"slope": None}, "slope is missing"),
        ({"slope": [0.1, 0.1, 0.1]}, "slope expects"),
        ({"roughness": 0.0}, "above zero"),
        ({"hardness": 0.0}, "hardness"),
        ({"constriction": "elastic"}, "mikic-elastic"),
        ({"constriction": "spots"}, "spot_density is missing"),
        ({"emissivity": 0.0}, "emissivity"),
    ],
)
def test_what_is_wrong_is_said(named, words):
    given_ = {"pressure": 1e6, "roughness": 1e-6, "slope": 0.1} | named
    with pytest.raises(InputError, match=words):
        contact(ALLOY, STEEL, **given_)


def test_missing_properties_are_named():
    paste = Material("paste", 4.0)
    with pytest.raises(InputError, match="hardness of paste and paste"):
        contact(paste, paste, 1e6, 1e-6, 0.1)
    with pytest.raises(InputError, match=r"poisson under .materials.paste"):
        contact(STEEL, paste, 1e6, 1e-6, 0.1, constriction="mikic-elastic")
    for wrong in ({"accommodation": (0.0, 1.0)}, {"pressure": 0.0}, {"prandtl": -1.0}):
        with pytest.raises(InputError):
            Gas("g", Constant(0.03), **wrong)
