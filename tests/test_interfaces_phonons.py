"""Mismatch models against quadrature, closed forms, published numbers and the inequalities between them."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import interface_reference as reference
from kapitza.errors import InputError
from kapitza.interfaces.amm import amm
from kapitza.interfaces.dmm import dmm
from kapitza.interfaces.electrons import electron
from kapitza.interfaces.limits import inelastic, inelastic_bound, radiation_limit
from kapitza.interfaces.mismatch import pair
from kapitza.interfaces.mixed import mixed
from kapitza.interfaces.spectrum import C3, combine, debye_integral, modes
from kapitza.materials.library import material
from kapitza.materials.material import Material

CUTOFFS = ("branch", "debye")
VARIANTS = ("fluid", "sh", "mixed")
RNG = np.random.default_rng(20)
PAIRS = [
    (reference.random_material(RNG, f"a{i}"), reference.random_material(RNG, f"b{i}")) for i in range(20)
]
TEMPERATURES = (0.5, 3.7, 29.0, 160.0, 1000.0)

random_pair = st.integers(0, 2**32 - 1).map(
    lambda seed: [reference.random_material(np.random.default_rng([seed, i]), "ab"[i]) for i in (0, 1)]
)
temperature = st.floats(math.log(0.1), math.log(2000.0)).map(math.exp)
cutoffs = st.sampled_from(CUTOFFS)


def g_at(law, T: float) -> float:
    return law.conductance(float(T))


# --- against quadrature -------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), PAIRS, ids=range(20))
def test_models_equal_quadrature(a, b):
    for cutoff in CUTOFFS:
        for T in TEMPERATURES:
            F1, F2 = reference.one_way(a, cutoff, T), reference.one_way(b, cutoff, T)
            assert g_at(dmm(a, b, cutoff), T) == pytest.approx(reference.dmm(a, b, cutoff, T), rel=1e-9)
            assert g_at(inelastic(a, b, cutoff), T) == pytest.approx(F1 * F2 / (F1 + F2), rel=1e-9)
            assert g_at(inelastic_bound(a, b, cutoff), T) == pytest.approx(min(F1, F2), rel=1e-9)
            limit = reference.radiation_limit(a, b, cutoff, T)
            assert g_at(radiation_limit(a, b, cutoff), T) == pytest.approx(limit, rel=1e-9)
            for variant in VARIANTS:
                expected = reference.amm(a, b, variant, cutoff, T)
                assert g_at(amm(a, b, variant, cutoff), T) == pytest.approx(expected, rel=1e-9)


def test_debye_integral_equals_high_precision():
    x = [1e-3, 0.4, 2.9999, 3.0, 5.5, 21.0, 300.0]
    exact = [
        mpmath.quad(lambda u: u**4 / (4 * mpmath.sinh(u / 2) ** 2), mpmath.linspace(0, min(v, 150), 25))
        for v in x
    ]
    assert debye_integral(np.array(x)) == pytest.approx([float(v) for v in exact], rel=2e-15)


@settings(max_examples=40, deadline=None)
@given(random_pair, cutoffs)
def test_representation_is_as_good_as_the_integral(both, cutoff):
    a, b = both
    law = dmm(a, b, cutoff)
    sides = pair(a, b, cutoff, "emitted", "dmm")
    steps = combine(lambda p, q: p * q / (p + q) if p and q else 0.0, modes(sides.below), modes(sides.above))
    T = np.geomspace(0.05, 3000.0, 701)
    assert law.conductance(T) == pytest.approx(steps.conductance(T), rel=1e-11)


@settings(max_examples=60, deadline=None)
@given(random_pair, temperature, st.floats(-12.0, -0.05), cutoffs)
def test_flux_is_the_integral_of_the_conductance(both, T, decades, cutoff):
    """From jumps of 1e-12 of T to jumps of most of it; small ones keep all their digits."""
    law = dmm(*both, cutoff)
    jump = T * 10.0**decades
    T1, T2 = T, T - jump
    nodes, weights = np.polynomial.legendre.leggauss(24)
    edges = np.linspace(T2, T1, 41)
    half = 0.5 * (T1 - T2) / 40
    middles = 0.5 * (edges[:-1] + edges[1:])
    values = law.conductance((middles[:, None] + half * nodes).ravel())
    expected = float(values.reshape(40, -1) @ weights @ np.ones(40)) / 80 * (T1 - T2)
    assert law.flux(T1, T2) == pytest.approx(expected, rel=1e-11)
    assert law.flux(T2, T1) == pytest.approx(-law.flux(T1, T2), rel=1e-14)


# --- closed forms -------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(random_pair, cutoffs)
def test_cold_conductance_goes_as_the_cube(both, cutoff):
    a, b = both
    T = 0.1
    s1, s2 = (reference.arriving(m, cutoff, 0.0) for m in (a, b))
    assert g_at(dmm(a, b, cutoff), T) == pytest.approx(C3 * T**3 * s1 * s2 / (s1 + s2), rel=1e-11)
    assert g_at(radiation_limit(a, b, cutoff), T) == pytest.approx(C3 * T**3 * min(s1, s2), rel=1e-11)
    law = dmm(a, b, cutoff)
    assert law.flux(0.3, 0.2) == pytest.approx(g_at(law, T) / T**3 / 4.0 * (0.3**4 - 0.2**4), rel=1e-11)
    assert law.flux(0.001, 0.0) == pytest.approx(g_at(law, T) / T**3 / 4.0 * 0.001**4, rel=1e-11)


def test_c3_has_its_number():
    assert pytest.approx(1.01925568e10, rel=1e-8) == C3


@settings(max_examples=40, deadline=None)
@given(random_pair, temperature, cutoffs, st.sampled_from(VARIANTS))
def test_reciprocity(both, T, cutoff, variant):
    a, b = both
    cold = 0.8 * T
    for make in (
        lambda m, n: dmm(m, n, cutoff),
        lambda m, n: amm(m, n, variant, cutoff),
        lambda m, n: radiation_limit(m, n, cutoff),
        lambda m, n: inelastic(m, n, cutoff),
        lambda m, n: inelastic_bound(m, n, cutoff),
        lambda m, n: mixed(m, n, specularity=0.3, cutoff=cutoff, variant=variant),
        lambda m, n: mixed(m, n, roughness=0.7e-9, cutoff=cutoff, variant=variant),
    ):
        forth, back = make(a, b), make(b, a)
        assert g_at(forth, T) == pytest.approx(g_at(back, T), rel=1e-12)
        assert forth.flux(T, cold) == pytest.approx(-back.flux(cold, T), rel=1e-12)


@pytest.mark.parametrize(("a", "b"), PAIRS[:6], ids=range(6))
def test_detailed_balance(a, b):
    """What side 1 sends across at equilibrium is what side 2 sends: Gamma1/c1^2 = Gamma2/c2^2; a12 + a21 = 1."""
    from kapitza.interfaces.amm import fluid, passing, sh

    for form, name in ((fluid, "fluid"), (sh, "sh")):
        c1, c2 = a.velocity_longitudinal, b.velocity_transverse
        gamma1 = reference.angle_integral(c1, c2, a.density, b.density, name)
        gamma2 = reference.angle_integral(c2, c1, b.density, a.density, name)
        assert gamma1 / c1**2 == pytest.approx(gamma2 / c2**2, rel=1e-10)
        assert passing(c1, c2, a.density, b.density, form) == pytest.approx(gamma1 / c1**2, rel=1e-10)
        assert passing(c1, c2, a.density, b.density, form) == pytest.approx(
            passing(c2, c1, b.density, a.density, form), rel=1e-12
        )
    sides = pair(a, b, "branch", "emitted", "dmm")
    from kapitza.interfaces.dmm import transmission

    t = transmission(sides)
    for w in (1e10, 1e12, 8e12):
        s1, s2 = modes(sides.below).at(w), modes(sides.above).at(w)
        if s1 and s2:
            assert t.at(w) / s1 + t.at(w) / s2 == pytest.approx(1.0, rel=1e-12)


def test_angle_integral_at_extreme_mismatch():
    """Helium against copper: impedances 1 : 1000; and media of nearly equal velocity."""
    from kapitza.interfaces.amm import fluid, passing, sh

    for c1, c2, r1, r2 in ((238.0, 4910.0, 145.0, 8960.0), (5000.0, 5000.001, 2000.0, 7000.0)):
        for form, name in ((fluid, "fluid"), (sh, "sh")):
            Z1, Z2 = r1 * c1, r2 * c2

            def alpha(mu, form=name, Z1=Z1, Z2=Z2, c1=c1, c2=c2):
                other = mpmath.sqrt(1 - (c1 / c2) ** 2 * (1 - mu**2))  # on the slower side 1
                one, two = (Z2 * other, Z1 * mu) if form == "fluid" else (Z1 * other, Z2 * mu)
                return 4 * one * two / (one + two) ** 2 * mu

            points = [0, *[mpmath.mpf(10) ** -k for k in range(7, -1, -1)]]
            exact = mpmath.quad(alpha, points) / c2**2
            assert passing(c1, c2, r1, r2, form) == pytest.approx(float(exact), rel=1e-12)


def test_identical_media():
    a = PAIRS[0][0]
    for T in (2.0, 400.0):
        F = reference.one_way(a, "branch", T)
        assert g_at(amm(a, a), T) == pytest.approx(F, rel=1e-10)
        assert g_at(dmm(a, a), T) == pytest.approx(F / 2.0, rel=1e-10)
        assert g_at(radiation_limit(a, a), T) == pytest.approx(F, rel=1e-10)


# --- bounds -------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(random_pair, temperature, cutoffs)
def test_order_of_models_and_bounds(both, T, cutoff):
    a, b = both
    limit, bound = g_at(radiation_limit(a, b, cutoff), T), g_at(inelastic_bound(a, b, cutoff), T)
    above = 1.0 + 1e-11
    elastic = [dmm(a, b, cutoff), *(amm(a, b, v, cutoff) for v in VARIANTS)]
    for law in elastic:
        assert g_at(law, T) <= limit * above
    for law in (*elastic, inelastic(a, b, cutoff)):
        assert g_at(law, T) <= bound * above
    assert limit <= bound * above
    mix = g_at(mixed(a, b, specularity=0.35, cutoff=cutoff), T)
    assert mix == pytest.approx(0.35 * g_at(elastic[1], T) + 0.65 * g_at(elastic[0], T), rel=1e-11)


# --- numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "branch", "debye"),
    [
        (("Al", "Si"), 794, 592),
        (("Au", "Si"), 325, 45),
        (("Al", "sapphire"), 829, 439),
        (("Pb", "diamond"), 20.6, 2.3),
        (("GaAs", "AlAs"), 640, 548),
    ],
)
def test_diffuse_mismatch_at_300_kelvin(names, branch, debye):
    a, b = map(material, names)
    assert g_at(dmm(a, b), 300.0) / 1e6 == pytest.approx(branch, abs=0.5 if branch > 100 else 0.05)
    assert g_at(dmm(a, b, "debye"), 300.0) / 1e6 == pytest.approx(debye, abs=0.5 if debye > 10 else 0.05)


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (("Al", "sapphire"), (21.42, 29.33, 20.30, 17.36)),
        (("Au", "sapphire"), (18.12, 19.00, 19.25, 17.36)),
        (("Cu", "sapphire"), (20.08, 19.33, 18.55, 17.36)),
        (("Al", "Si"), (15.91, 13.98, 12.34, 11.85)),
        (("Cu", "Si"), (14.57, 12.53, 15.48, 11.85)),
        (("Pb", "diamond"), (63.8, 122.4, 77.5, 63.4)),
        (("GaAs", "AlAs"), (8.94, 5.68, 5.84, 5.49)),
    ],
)
def test_cold_resistances(names, numbers):
    """R T^3 [cm^2 K^4/W]: DMM, AMM fluid, AMM sh, radiation limit."""
    a, b = map(material, names)
    laws = (dmm(a, b), amm(a, b), amm(a, b, "sh"), radiation_limit(a, b))
    T = 0.4
    found = [1e4 * T**3 / g_at(law, T) for law in laws]
    assert found == pytest.approx(numbers, abs=0.051 if names[0] == "Pb" else 0.0051)


def test_inelastic_numbers():
    expected = {("Al", "Si"): 1157, ("Au", "Si"): 788, ("Pb", "diamond"): 425, ("Al", "sapphire"): 1492}
    for names, value in expected.items():
        assert g_at(inelastic(*map(material, names)), 300.0) / 1e6 == pytest.approx(value, abs=0.5)
    for names, value in {("Al", "Si"): 2162, ("Pb", "diamond"): 480}.items():
        assert g_at(inelastic_bound(*map(material, names)), 300.0) / 1e6 == pytest.approx(value, abs=0.5)


def test_silicon_on_silica_to_ten_digits():
    silicon = Material(
        "s", 148.0, velocity_longitudinal=8433.0, velocity_transverse=5843.0, number_density=5.00e28
    )
    silica = Material(
        "o", 1.4, velocity_longitudinal=5953.0, velocity_transverse=3743.0, number_density=6.62e28
    )
    assert g_at(dmm(silicon, silica), 300.0) == pytest.approx(977_492_754.0, abs=0.05)


def test_electrons():
    law = electron(material("Al"), material("Cu"))
    assert g_at(law, 300.0) == pytest.approx(6.26e9, rel=1e-3)
    Z1, Z2 = 91.2 * 2.03e6 * 300.0, 96.8 * 1.57e6 * 300.0
    assert g_at(law, 300.0) == pytest.approx(Z1 * Z2 / (4.0 * (Z1 + Z2)), rel=1e-14)
    assert law.flux(310.0, 300.0) == pytest.approx(10.0 * g_at(law, 305.0), rel=1e-13)


# --- conventions --------------------------------------------------------------------------------------


def test_equilibrium_temperatures():
    """Twice the emitted value where a12 + a21 = 1; otherwise frequency by frequency."""
    a, b = PAIRS[3]
    for T in (1.0, 70.0, 600.0):
        assert g_at(dmm(a, b, temperatures="equilibrium"), T) == pytest.approx(
            2.0 * g_at(dmm(a, b), T), rel=1e-11
        )
        assert g_at(inelastic(a, b, temperatures="equilibrium"), T) == pytest.approx(
            2.0 * g_at(inelastic(a, b), T), rel=1e-11
        )
    cold = 0.3
    s1, s2 = (reference.arriving(m, "branch", 0.0) for m in (a, b))
    emitted = g_at(amm(a, b), cold)
    share = emitted / (C3 * cold**3)
    expected = emitted / (1.0 - 0.5 * (share / s1 + share / s2))
    assert g_at(amm(a, b, temperatures="equilibrium"), cold) == pytest.approx(expected, rel=1e-11)
    assert dmm(a, b, temperatures="equilibrium").describe()["temperatures"] == "equilibrium"
    with pytest.raises(InputError, match="perfect"):
        amm(a, a, temperatures="equilibrium")
    with pytest.raises(InputError, match="no bound"):
        inelastic_bound(a, b, temperatures="equilibrium")


def test_conventions_are_said():
    law = amm(material("Al"), material("Si"), "sh", "debye").scaled(0.8)
    assert law.describe() == {
        "model": "amm",
        "below": "aluminium",
        "above": "silicon",
        "variant": "sh",
        "cutoff": "debye",
        "temperatures": "emitted",
        "scale": 0.8,
    }
    assert g_at(law, 77.0) == pytest.approx(
        0.8 * g_at(amm(material("Al"), material("Si"), "sh", "debye"), 77.0)
    )


def test_one_curve_per_pair():
    first, second = dmm(material("Al"), material("Si")), dmm(material("Al"), material("Si"))
    assert first == second
    assert first.curve is second.curve


def test_warnings_by_temperature():
    law = amm(material("Pb"), material("diamond"))
    assert law.warnings(2.0, 2.1) == []
    said = law.warnings(np.array([2.0, math.nan]), np.array([40.0, math.nan]))
    assert len(said) == 1
    assert "roughness" in said[0]
    hot = law.warnings(300.0, 290.0)
    assert any("Debye temperature of lead" in text and "105 K" in text for text in hot)
    bath = amm(material("copper"), material("liquid-helium"))
    assert any("orders too little" in text for text in bath.warnings(1.0, 1.0))


def test_a_fluid_has_no_shear():
    """Only the longitudinal branch crosses by acoustic mismatch."""
    solid, bath = material("copper"), material("liquid-helium")
    T = 0.1
    gamma = reference.angle_integral(
        solid.velocity_longitudinal, bath.velocity_longitudinal, solid.density, bath.density, "fluid"
    )
    expected = 2.0 * C3 * T**3 * gamma / solid.velocity_longitudinal**2
    assert g_at(amm(solid, bath), T) == pytest.approx(expected, rel=1e-9)


def test_specularity_from_roughness():
    a, b = material("Al"), material("Si")
    for T in (1.0, 20.0, 300.0):
        assert g_at(mixed(a, b, roughness=0.0), T) == pytest.approx(g_at(amm(a, b), T), rel=1e-11)
        assert g_at(mixed(a, b, roughness=1e-3), T) == pytest.approx(g_at(dmm(a, b), T), rel=1e-6)
    eta, T = 0.4e-9, 35.0
    slowest = a.velocity_transverse
    tops = [x[2] for side in (a, b) for x in reference.branches(side, "branch")]

    def t(w):
        s1, s2 = (reference.arriving(m, "branch", w) for m in (a, b))
        diffuse = s1 * s2 / (s1 + s2) if s1 and s2 else 0.0
        specular = sum(
            2.0 * gamma[i] * g / c**2
            for i, ((c, g, w1), (_, _, w2)) in enumerate(
                zip(reference.branches(a, "branch"), reference.branches(b, "branch"), strict=True)
            )
            if w < min(w1, w2)
        )
        wavelength = 2.0 * math.pi * slowest / w if w else math.inf
        p = math.exp(-16.0 * math.pi**2 * eta**2 / wavelength**2)
        return p * specular + (1.0 - p) * diffuse

    gamma = [
        reference.angle_integral(c1, c2, a.density, b.density, "fluid")
        for c1, c2 in (
            (a.velocity_longitudinal, b.velocity_longitudinal),
            (a.velocity_transverse, b.velocity_transverse),
        )
    ]
    assert g_at(mixed(a, b, roughness=eta), T) == pytest.approx(reference.spectral(t, tops, T), rel=1e-8)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda a, b: dmm(a, b, "sharp"), "cutoff"),
        (lambda a, b: amm(a, b, "solid"), "variant"),
        (lambda a, b: dmm(a, b, temperatures="mean"), "temperatures"),
        (lambda a, b: mixed(a, b), "specularity"),
        (lambda a, b: mixed(a, b, specularity=1.2), "between 0 and 1"),
        (lambda a, b: dmm(a, Material("paste", 4.0)), "velocity_longitudinal under .materials.paste"),
        (lambda a, b: electron(a, b), "fermi_velocity|sommerfeld"),
        (lambda a, b: dmm(a, Material("m", 4.0, velocity_longitudinal=3000.0), "debye"), "debye"),
    ],
)
def test_what_is_wrong_is_said(call, words):
    with pytest.raises(InputError, match=words):
        call(material("Si"), material("Ge"))
