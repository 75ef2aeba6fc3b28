"""Series, parallel and scale: exact sums, eliminated temperatures, a thousand laws, hard cases."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from kapitza.errors import InputError
from kapitza.interfaces import compose
from kapitza.interfaces.compose import Parallel, Series, parallel, series
from kapitza.interfaces.dmm import dmm
from kapitza.interfaces.law import Conductance, Insulated, Perfect, Resistance
from kapitza.interfaces.power import power_law, radiation
from kapitza.interfaces.profile import profile
from kapitza.interfaces.varying import conductance, resistance, thin_layer
from kapitza.laws.temperature import Power, Slope, Table
from kapitza.materials.library import material

SHAPES = [
    dmm(material("Al"), material("Si")),
    dmm(material("Pb"), material("diamond"), "debye"),
    radiation(0.7),
    power_law(460.0, 3.46),
    power_law(3e-3, 5.0),
    Conductance(2.3e5),
    resistance(Power(1e-6, 300.0, -2.0)),
    conductance(Slope(1e6, 300.0, 2e3)),
    conductance(Table((0.05, 10.0, 300.0, 3000.0), (1e3, 1e6, 1e7, 2e7))),
]
law_of = st.tuples(st.sampled_from(SHAPES), st.floats(-3.0, 3.0)).map(lambda t: t[0].scaled(10.0 ** t[1]))
temperature = st.floats(math.log(0.2), math.log(2500.0)).map(math.exp)


def one_more_time(members, T1, T2):
    """Flux through a series by nested bracketing on the inner temperature, slow and plain."""
    if len(members) == 1:
        return members[0].flux(T1, T2)
    first, rest = members[0], members[1:]

    def excess(T):
        return first.flux(T1, T) - one_more_time(rest, T, T2)

    T = brentq(excess, min(T1, T2), max(T1, T2), xtol=1e-300, rtol=4 * np.finfo(float).eps)
    # the part with most of the jump has most of the digits
    return first.flux(T1, T) if abs(T1 - T) > abs(T - T2) else one_more_time(rest, T, T2)


# --- exact sums ---------------------------------------------------------------------------------------


def test_resistances_add_up():
    law = series([Resistance(3.1e-5), Conductance(2e4), Resistance(0.7e-5)])
    assert law.linear
    assert law.resistance == pytest.approx(3.1e-5 + 5e-5 + 0.7e-5, rel=1e-15)
    both = parallel([Resistance(3.1e-5), Conductance(2e4)])
    assert both.resistance == pytest.approx(1.0 / (1.0 / 3.1e-5 + 2e4), rel=1e-15)
    values = np.random.default_rng(1).uniform(1e-9, 1e-3, 1000)
    assert series(map(Resistance, values)).resistance == math.fsum(values)


def test_exact_limits_in_compositions():
    R = Resistance(3e-5)
    assert series([Perfect(), R, Perfect()]).resistance == 3e-5
    assert series([Perfect(), Perfect()]).resistance == 0.0
    assert series([SHAPES[0], Insulated()]).resistance == math.inf
    assert parallel([Perfect(), SHAPES[0]]).resistance == 0.0
    assert parallel([Insulated(), R]).resistance == pytest.approx(3e-5, rel=1e-15)
    assert parallel([Insulated(), Insulated()]).resistance == math.inf
    for make in (series, parallel):
        with pytest.raises(InputError, match="at least one"):
            make([])


@pytest.mark.parametrize("law", SHAPES, ids=range(len(SHAPES)))
def test_equal_shapes_add_up(law):
    parts = [law.scaled(f) for f in (0.3, 2.2, 7.1)]
    T1, T2 = 411.0, 77.0
    whole = series(parts)
    assert not isinstance(whole, Series)
    assert whole.flux(T1, T2) == pytest.approx(law.flux(T1, T2) / (1 / 0.3 + 1 / 2.2 + 1 / 7.1), rel=1e-14)
    assert parallel(parts).flux(T1, T2) == pytest.approx(9.6 * law.flux(T1, T2), rel=1e-14)


def test_layers_of_one_material_are_one_layer():
    k = material("silicon").conductivity
    whole = series([thin_layer(2e-6, k), thin_layer(3e-6, k)])
    assert whole.flux(340.0, 300.0) == pytest.approx(thin_layer(5e-6, k).flux(340.0, 300.0), rel=1e-14)


def test_nested_compositions_unfold():
    a, b, c = SHAPES[0], SHAPES[2].scaled(1e6), SHAPES[5]
    T1, T2 = 350.0, 290.0
    deep = series([a, series([b, c])])
    assert isinstance(deep, Series)
    assert len(deep.members) == 3
    assert deep.flux(T1, T2) == pytest.approx(series([a, b, c]).flux(T1, T2), rel=1e-14)
    wide = parallel([a, parallel([b, c])])
    assert isinstance(wide, Parallel)
    assert wide.flux(T1, T2) == pytest.approx(sum(x.flux(T1, T2) for x in (a, b, c)), rel=1e-14)
    assert wide.conductance(T1) == pytest.approx(sum(x.conductance(T1) for x in (a, b, c)), rel=1e-14)


# --- elimination --------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(law_of, min_size=2, max_size=3), temperature, temperature)
def test_series_equals_nested_root_finding(members, T1, T2):
    assume(abs(T1 - T2) > 1e-4 * T1)  # bracketing a temperature cannot resolve less to nine digits
    expected = one_more_time(members, T1, T2)
    assert series(members).flux(T1, T2) == pytest.approx(expected, rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.lists(law_of, min_size=2, max_size=6), temperature, temperature)
def test_the_same_flux_passes_every_member(members, T1, T2):
    law = series(members)
    q, s1, s2 = law.evaluate(T1, T2)
    assert s1 >= 0.0 >= s2
    assert q * (T1 - T2) >= 0.0
    if not isinstance(law, Series):
        return
    T = [T1, *law.inner(T1, T2), T2]
    assert all((a - b) * (T1 - T2) >= 0.0 for a, b in pairwise(T))
    for member, (a, b) in zip(law.members, pairwise(T), strict=True):
        noise = 4e-16 * max(a, b) * max(member.conductance(a), member.conductance(b))
        assert member.flux(a, b) == pytest.approx(q, rel=1e-9, abs=4 * noise)


@settings(max_examples=60, deadline=None)
@given(st.lists(law_of, min_size=2, max_size=5), temperature, st.floats(-0.5, 0.5))
def test_slopes_by_the_chain_rule(members, T1, ratio):
    T2 = T1 * (1.0 - ratio)
    law = series([*members, parallel(members[:2])])
    h = 1e-5
    q, s1, s2 = law.evaluate(T1, T2)
    d1 = (law.flux(T1 * (1 + h), T2) - law.flux(T1 * (1 - h), T2)) / (2 * h * T1)
    d2 = (law.flux(T1, T2 * (1 + h)) - law.flux(T1, T2 * (1 - h))) / (2 * h * T2)
    slack = 1e-9 * abs(q) / (h * T1)  # knots of the table within h change the slope
    assert s1 == pytest.approx(d1, rel=2e-5, abs=slack)
    assert s2 == pytest.approx(d2, rel=2e-5, abs=slack)


def test_small_jumps_keep_their_digits():
    law = series([SHAPES[0], SHAPES[5], SHAPES[8]])
    T = 300.0
    for jump in (1e-3, 1e-7, 2.0**-40):
        assert law.flux(T + jump, T) / ((T + jump) - T) == pytest.approx(law.conductance(T), rel=jump + 1e-14)
    assert law.flux(T, T) == 0.0
    assert law.slopes(T, T) == pytest.approx((law.conductance(T), -law.conductance(T)), rel=1e-14)


def test_arrays():
    law = series([SHAPES[0].scaled(1e-3), SHAPES[5], SHAPES[3]])
    T1, T2 = np.random.default_rng(5).uniform(1.0, 900.0, (2, 4, 50))
    T2[0, 0] = T1[0, 0]
    arrays = law.evaluate(T1, T2)
    for k in range(3):
        singles = [law.evaluate(float(a), float(b))[k] for a, b in zip(T1.flat, T2.flat, strict=True)]
        assert arrays[k].ravel() == pytest.approx(singles, rel=1e-9)
    assert law.evaluate(T1, 300.0)[0].shape == T1.shape
    assert law.flux(np.zeros(0), np.zeros(0)).shape == (0,)
    void = law.flux(np.array([np.nan, 310.0]), np.array([np.nan, 300.0]))
    assert np.isnan(void[0])
    assert void[1] == pytest.approx(law.flux(310.0, 300.0), rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(law_of, min_size=2, max_size=5), temperature, temperature)
def test_bracketing_finds_the_same_profile(members, T1, T2):
    law = series(members)
    if not isinstance(law, Series) or T1 == T2:
        return
    T = profile(law.members, T1, T2)
    state = compose._linearised(law.members, np.array(T)[:, np.newaxis])
    assert float(state.q[0]) == pytest.approx(law.flux(T1, T2), rel=1e-7)


def test_where_newton_gives_up_brackets_hold(monkeypatch):
    members = [radiation(0.6), power_law(1e-14, 5.0), Conductance(2e9), power_law(3e7, 3.46)]
    law = series(members)
    expected = law.evaluate(2300.0, 0.4)
    monkeypatch.setattr(compose, "ITERATIONS", 0)
    assert law.evaluate(2300.0, 0.4) == pytest.approx(expected, rel=1e-9)
    assert law.evaluate(0.4, 2300.0)[0] == pytest.approx(one_more_time(members, 0.4, 2300.0), rel=1e-9)


def test_a_thousand_laws():
    rng = np.random.default_rng(11)
    members = [SHAPES[i].scaled(10.0 ** rng.uniform(-1, 1)) for i in rng.integers(0, len(SHAPES), 1000)]
    law = series(members)
    q, s1, s2 = law.evaluate(420.0, 290.0)
    T = [420.0, *law.inner(420.0, 290.0), 290.0]
    assert all(a >= b for a, b in pairwise(T))
    drops = [m.flux(a, b) for m, a, b in zip(law.members, T, T[1:], strict=False)]
    worth = [m.conductance(a) for m, a in zip(law.members, T, strict=False)]
    assert all(abs(f - q) <= 1e-9 * q + 1e-13 * 420.0 * g for f, g in zip(drops, worth, strict=True))
    assert s1 > 0.0 > s2
    same = series([SHAPES[0]] * 1000)
    assert same.flux(420.0, 290.0) == pytest.approx(SHAPES[0].flux(420.0, 290.0) / 1000.0, rel=1e-13)
    assert same.describe()["of"] == [SHAPES[0].describe() | {"count": 1000}]


# --- what they say ------------------------------------------------------------------------------------


def test_scaling_a_composition():
    for law in (series([SHAPES[0], SHAPES[5]]), parallel([SHAPES[0], SHAPES[5]])):
        half = law.scaled(0.5)
        assert half.flux(400.0, 300.0) == pytest.approx(0.5 * law.flux(400.0, 300.0), rel=1e-12)
        assert half.describe()["scale"] == 0.5
        assert half.describe()["of"][0]["model"] == "dmm"
        assert law.scaled(0.0).resistance == math.inf


def test_range_and_warnings_of_a_composition():
    table = conductance(Table((40.0, 350.0), (1e5, 2e5)))
    law = series([table, SHAPES[0]])
    assert law.valid == (40.0, 350.0)
    assert parallel([table, SHAPES[0]]).valid == (40.0, 350.0)
    with pytest.raises(InputError, match="outside the range 40 to 350 K"):
        law.flux(400.0, 300.0)
    hot = series([SHAPES[1], SHAPES[5]])
    assert any("Debye temperature of lead" in text for text in hot.warnings(300.0, 290.0))
