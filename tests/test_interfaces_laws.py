"""Laws of given functions: exact integrals, small jumps, slopes, shapes and what they refuse."""

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from kapitza.errors import InputError
from kapitza.interfaces.curve import fit, spaced
from kapitza.interfaces.electrons import electron
from kapitza.interfaces.helium import helium
from kapitza.interfaces.law import Conductance, Insulated, Law, Perfect, Resistance
from kapitza.interfaces.limits import inelastic_bound
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.power import STEFAN_BOLTZMANN, power_law, radiation
from kapitza.interfaces.varying import conductance, resistance, thin_layer
from kapitza.laws.temperature import Constant, Power, Slope, Table
from kapitza.materials.library import material

KNOTS, VALUES = (40.0, 90.0, 210.0, 380.0, 950.0), (3.1, 7.7, 5.2, 8.9, 4.4)
OF_TEMPERATURE = {
    "table": Table(KNOTS, VALUES),
    "held": Table(KNOTS, VALUES, outside="hold"),
    "loglog": Table(KNOTS, VALUES, between="loglog"),
    "power": Power(4.7, 210.0, -1.37),
    "power -1": Power(2.3, 170.0, -1.0),
    "power 1": Power(2.3, 170.0, 1.0),
    "rising": Slope(3.3, 260.0, 0.011),
    "falling": Slope(9.1, 130.0, -0.0082),
}
LAWS: dict[str, Law] = {
    **{f"G {name}": conductance(law) for name, law in OF_TEMPERATURE.items()},
    **{f"R {name}": resistance(law) for name, law in OF_TEMPERATURE.items()},
    "thin layer": thin_layer(3e-6, OF_TEMPERATURE["table"]),
    "3.46": power_law(460.0, 3.46),
    "0.7": power_law(11.0, 0.7),
    "5": power_law(2.2e-5, 5.0),
    "radiation": radiation([0.3, 0.83]),
    "electron": electron(material("Al"), material("Cu")),
    "kink": inelastic_bound(material("Pb"), material("diamond")),
    "resistance": Resistance(3.7e-5),
    "conductance": Conductance(4.1e6),
}
each = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
temperature = st.floats(41.0, 940.0)


@each
@settings(max_examples=25, deadline=None)
@given(T1=temperature, T2=temperature)
def test_slopes_are_those_of_the_flux(law, T1, T2):
    """Central differences, extrapolated once; away from knots, where the slope is not smooth."""
    h = 1e-4
    for T in (T1, T2):
        if min(abs(T - knot) for knot in KNOTS) < 3 * h:
            return

    def by_difference(flux, T):
        d = [(flux(T + k * h * T) - flux(T - k * h * T)) / (2 * k * h * T) for k in (1, 2)]
        return (4 * d[0] - d[1]) / 3

    q, s1, s2 = law.evaluate(T1, T2)
    size = abs(q) / (h * T1) * 1e-13 + 1e-9 * (abs(s1) + abs(s2))
    if min(abs(T1 - k) for k in KNOTS) > 2.1 * h * T1:
        assert s1 == pytest.approx(by_difference(lambda T: law.flux(T, T2), T1), abs=size, rel=1e-7)
    if min(abs(T2 - k) for k in KNOTS) > 2.1 * h * T2:
        assert s2 == pytest.approx(by_difference(lambda T: law.flux(T1, T), T2), abs=size, rel=1e-7)
    assert s1 >= 0.0 >= s2
    assert (q, s1, s2) == (law.flux(T1, T2), *law.slopes(T1, T2))
    assert law.conductance(T1) == pytest.approx(s1, rel=1e-14)


@each
def test_arrays_and_floats_agree(law):
    T1 = np.array([[310.0, 45.0, 601.0], [200.0, 210.0, 90.0]])
    T2 = np.array([[300.0, 700.0, 601.0], [199.9999, 41.0, 95.0]])
    arrays = law.evaluate(T1, T2)
    for k, values in enumerate(arrays):
        assert values.shape == T1.shape
        singles = [law.evaluate(float(a), float(b))[k] for a, b in zip(T1.flat, T2.flat, strict=True)]
        assert values.ravel() == pytest.approx(singles, rel=2e-14)
    for mixed in (law.evaluate(T1, 300.0), law.evaluate(300.0, T1)):
        assert all(values.shape == T1.shape for values in mixed)
    assert isinstance(law.flux(301.0, 300.0), float)
    void = law.flux(np.array([np.nan, 310.0]), np.array([np.nan, 300.0]))
    assert np.isnan(void[0])
    assert void[1] == pytest.approx(law.flux(310.0, 300.0), rel=2e-14)


@each
@settings(max_examples=20, deadline=None)
@given(T=temperature, decades=st.floats(-13.0, -6.0))
def test_small_jumps_keep_their_digits(law, T, decades):
    """q/(T1 - T2) tends to G, with an error of the relative jump."""
    other = T * (1.0 - 10.0**decades)
    if other == T or any(other < knot <= T for knot in KNOTS):
        return
    jump = T - other
    assert law.flux(T, other) / jump == pytest.approx(law.conductance(T), rel=20 * jump / T + 1e-14)
    assert law.flux(T, T) == 0.0


@pytest.mark.parametrize("name", OF_TEMPERATURE)
@settings(max_examples=20, deadline=None)
@given(T1=temperature, T2=temperature)
def test_functions_of_temperature_are_integrated_exactly(name, T1, T2):
    law = OF_TEMPERATURE[name]
    low, high = sorted((T1, T2))
    points = [low, *(knot for knot in KNOTS if low < knot < high), high]
    forth = sum(quad(law, a, b, epsabs=0, epsrel=1e-13)[0] for a, b in pairwise(points))
    back = sum(quad(lambda T: 1.0 / law(T), a, b, epsabs=0, epsrel=1e-13)[0] for a, b in pairwise(points))
    sign = 1.0 if T1 >= T2 else -1.0
    assert conductance(law).flux(T1, T2) == pytest.approx(sign * forth, rel=1e-12)
    assert resistance(law).flux(T1, T2) == pytest.approx(sign * back, rel=1e-12)
    assert resistance(law).conductance(T1) == pytest.approx(1.0 / law(T1), rel=1e-14)


def test_held_tables_go_on():
    G, R = conductance(OF_TEMPERATURE["held"]), resistance(OF_TEMPERATURE["held"])
    assert G.flux(30.0, 20.0) == pytest.approx(31.0)
    assert R.flux(1200.0, 1000.0) == pytest.approx(200.0 / 4.4)
    assert R.flux(20.0, 1200.0) == pytest.approx(-(20.0 / 3.1 + R.flux(950.0, 40.0) + 250.0 / 4.4))
    with pytest.raises(InputError, match="30 K is outside the range 40 to 950 K"):
        resistance(OF_TEMPERATURE["table"]).flux(50.0, 30.0)
    with pytest.raises(InputError, match="straight line has passed through zero"):
        resistance(OF_TEMPERATURE["falling"]).flux(50.0, 1300.0)


@settings(max_examples=80, deadline=None)
@given(
    st.floats(0.3, 9.0),
    st.floats(math.log(0.05), math.log(3000.0)),
    st.floats(-14.0, 0.0),
)
def test_power_law_to_all_digits(n, log_T, decades):
    T1 = math.exp(log_T)
    T2 = T1 * (1.0 - 10.0**decades)
    with mpmath.workdps(50):
        exact = mpmath.mpf(T1) ** mpmath.mpf(n) - mpmath.mpf(T2) ** mpmath.mpf(n)
    law = power_law(2.9, n)
    for q in (law.flux(T1, T2), law.flux(np.array([T1]), np.array([T2]))[0]):
        assert q == pytest.approx(float(2.9 * exact), rel=2e-13)


def test_one_way_fluxes():
    """R = 1/(n a T^(n-1)); a bath at absolute zero is allowed."""
    law = power_law(460.0, 3.46)
    assert law.flux(2.0, 1.8) == pytest.approx(460.0 * (2.0**3.46 - 1.8**3.46), rel=1e-14)
    assert law.conductance(1.9) == pytest.approx(3.46 * 460.0 * 1.9**2.46, rel=1e-14)
    assert law.flux(1.5, 0.0) == pytest.approx(460.0 * 1.5**3.46, rel=1e-14)
    assert law.flux(np.array([0.0]), np.array([1.5]))[0] == pytest.approx(-460.0 * 1.5**3.46, rel=1e-14)
    assert law.flux(0.0, 0.0) == 0.0
    with pytest.raises(InputError):
        law.flux(2.0, -1.0)


def test_radiation():
    pair = radiation([0.3, 0.83])
    assert pair.describe()["effective_emissivity"] == pytest.approx(1.0 / (1.0 / 0.3 + 1.0 / 0.83 - 1.0))
    assert radiation(0.8).flux(1000.0, 300.0) == pytest.approx(
        0.8 * STEFAN_BOLTZMANN * (1000.0**4 - 300.0**4), rel=1e-14
    )
    for wrong in (0.0, 1.2, [0.5, 0.5, 0.5], []):
        with pytest.raises(InputError, match="emissivity"):
            radiation(wrong)


def test_helium():
    copper, film = helium("copper"), helium("polyimide")
    assert copper.flux(2.05, 1.9) == pytest.approx(460.0 * (2.05**3.46 - 1.9**3.46), rel=1e-14)
    assert film.conductance(1.8) == pytest.approx(1.8**3 / 10.54e-3, rel=1e-14)
    assert film.warnings(1.8, 1.81) == []
    assert "lambda point" in film.warnings(4.2, 4.3)[0]
    with pytest.raises(InputError, match="copper, polyimide"):
        helium("silicon")


def test_thin_layer_is_the_layer():
    """Kirchhoff: the flux through a layer of thickness d is the integral of k over d."""
    k = Table((50.0, 400.0), (1.0, 8.0))
    law = thin_layer(3e-6, k)
    assert law.flux(390.0, 60.0) == pytest.approx(k.integral(60.0, 390.0) / 3e-6, rel=1e-14)
    constant = thin_layer(3e-6, 0.6)
    assert constant.linear
    assert constant.resistance == pytest.approx(5e-6, rel=1e-15)
    with pytest.raises(InputError, match="thickness"):
        thin_layer(0.0, 0.6)


def test_constants_are_linear():
    assert conductance(Constant(7e6)) == Conductance(7e6)
    assert resistance(Constant(7e-6)) == Resistance(7e-6)
    assert conductance(7e6).resistance == 1.0 / 7e6
    with pytest.raises(NotImplementedError):
        _ = LAWS["3.46"].resistance
    assert not LAWS["3.46"].linear


def test_exact_limits():
    assert Perfect().resistance == 0.0
    assert Perfect().conductance(300.0) == math.inf
    assert Insulated().flux(400.0, 300.0) == 0.0
    assert Conductance(0.0).resistance == math.inf
    assert Resistance(0.0).resistance == 0.0
    with pytest.raises(NotImplementedError):
        Perfect().flux(301.0, 300.0)


@pytest.mark.parametrize("wrong", [-1.0, math.nan])
def test_impossible_values_are_refused(wrong):
    for make in (Resistance, Conductance, lambda v: power_law(v, 4.0), lambda v: power_law(1.0, v)):
        with pytest.raises(InputError):
            make(wrong)
    with pytest.raises(InputError, match="above zero"):
        conductance(Table((100.0, 200.0), (1.0, -1.0)))
    with pytest.raises(InputError, match="scale"):
        LAWS["radiation"].scaled(wrong)


@each
def test_scale(law):
    scaled = law.scaled(0.37)
    T1, T2 = 333.0, 111.0
    assert scaled.flux(T1, T2) == pytest.approx(0.37 * law.flux(T1, T2), rel=1e-14)
    assert scaled.describe()["scale"] == 0.37
    assert law.scaled(0.0).resistance == math.inf
    assert law.scaled(0.5).scaled(4.0).describe()["scale"] == 2.0


def test_scaled_limits():
    assert Perfect().scaled(3.0).resistance == 0.0
    assert Perfect().scaled(0.0).resistance == math.inf
    assert Insulated().scaled(3.0).resistance == math.inf


def test_a_conductance_given_as_a_resistance_is_noticed():
    assert Resistance(1e-5).warnings(300.0, 301.0) == []
    assert "given as a conductance" in Resistance(2e8).warnings(300.0, 301.0)[0]
    assert "given as a conductance" in Conductance(3e-5).warnings(300.0, 301.0)[0]
    assert Insulated().warnings(300.0, 301.0) == []
    assert Resistance(2e8).warnings(np.array([np.nan]), np.array([np.nan])) != []


def test_laws_are_values():
    assert power_law(460.0, 3.46) == power_law(460.0, 3.46)
    assert len({hash(law) for law in LAWS.values()}) == len(LAWS)


# --- piecewise polynomials ----------------------------------------------------------------------------


def test_polynomials_integrate_across_intervals():
    """A cubic is represented exactly, so its integral is known."""
    curve = fit(lambda T: 2.0 + 0.3 * T + 0.01 * T**3, spaced(0.7, 900.0, (33.0, 33.7)))
    law = Potential(curve, 1.7)
    rng = np.random.default_rng(3)
    T1, T2 = rng.uniform(0.7, 900.0, (2, 300))
    T2[:100] = np.clip(T1[:100] * (1.0 + 1e-9), 0.7, 900.0)
    mean = 0.5 * (T1 + T2)
    square = (T1 * T1 + T2 * T2) / 2.0
    exact = 1.7 * (T1 - T2) * (2.0 + 0.3 * mean + 0.01 * mean * square)
    assert law.flux(T1, T2) == pytest.approx(exact, rel=3e-14)
    singles = [law.flux(float(a), float(b)) for a, b in zip(T1, T2, strict=True)]
    assert singles == pytest.approx(exact, rel=3e-14)
    assert law.valid == (0.7, 900.0)
    for wrong in (0.5, 901.0, -3.0):
        with pytest.raises(InputError, match="outside the range"):
            law.conductance(wrong)
        with pytest.raises(InputError, match="outside the range"):
            law.flux(np.array([wrong]), np.array([5.0]))
