"""Functions of temperature against mpmath quadrature, finite differences and exact antiderivatives."""

import math
from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapitza.errors import InputError
from kapitza.laws.temperature import Constant, Power, Slope, Table, TemperatureLaw

mp.mp.dps = 40

KNOTS = (90.0, 210.0, 300.0, 410.0, 780.0)
VALUES = (740.0, 260.0, 148.0, 95.0, 42.0)

LAWS: list[TemperatureLaw] = [
    Constant(3.7),
    Slope(148.0, 300.0, -0.17),
    Slope(2.3, 280.0, 0.011),
    Power(148.0, 300.0, -1.3),
    Power(148.0, 300.0, -1.0),
    Power(5.1, 290.0, -1.0 + 1e-13),
    Power(5.1, 290.0, 3.0),
    Table(KNOTS, VALUES),
    Table(KNOTS, VALUES, outside="hold"),
    Table(KNOTS, VALUES, between="loglog"),
    Table(KNOTS, VALUES, between="loglog", outside="hold"),
    Table(
        (100.0, 250.0, 700.0), (7.0, 2.8, 1.0), between="loglog"
    ),  # first and second exponent exactly, nearly -1
]


def exact(law: TemperatureLaw, T):
    """The law's definition once more, in 40 digits."""
    T = mp.mpf(T)
    if isinstance(law, Constant):
        return mp.mpf(law.value)
    if isinstance(law, Slope):
        return law.value + mp.mpf(law.gradient) * (T - law.at)
    if isinstance(law, Power):
        return law.value * (T / law.at) ** mp.mpf(law.power)
    assert isinstance(law, Table)
    knots, values = [mp.mpf(t) for t in law.temperatures], [mp.mpf(v) for v in law.values]
    if knots[0] >= T:
        return values[0]
    for (t0, v0), (t1, v1) in pairwise(zip(knots, values, strict=True)):
        if t1 >= T:
            if law.between == "linear":
                return v0 + (v1 - v0) * (T - t0) / (t1 - t0)
            return v0 * (T / t0) ** (mp.log(v1 / v0) / mp.log(t1 / t0))
    return values[-1]


def quadrature(law: TemperatureLaw, T1: float, T2: float):
    corners = getattr(law, "temperatures", ())
    low, high = min(T1, T2), max(T1, T2)
    points = [low, *(t for t in corners if low < t < high), high]
    value = mp.quad(lambda T: exact(law, T), points)
    return value if T2 >= T1 else -value


def inside(law: TemperatureLaw, low: float = 20.0, high: float = 1100.0) -> tuple[float, float]:
    a, b = law.valid
    return max(a, low), min(b, high)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_value_equals_definition(law):
    for T in np.linspace(*inside(law), 37):
        assert law(float(T)) == pytest.approx(float(exact(law, T)), rel=4e-15)


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_integral_equals_quadrature(law):
    low, high = inside(law)
    for a, b in [(0.02, 0.97), (0.6, 0.61), (0.9, 0.1), (0.31, 0.35)]:
        T1, T2 = low + a * (high - low), low + b * (high - low)
        assert law.integral(T1, T2) == pytest.approx(float(quadrature(law, T1, T2)), rel=3e-15)


@pytest.mark.parametrize("law", LAWS, ids=repr)
@pytest.mark.parametrize("step", [1e-3, 1e-8, 3e-12])
@pytest.mark.parametrize("centre", [209.9999999, 210.0, 300.0, 377.7])
def test_integral_over_a_small_difference_keeps_its_digits(law, step, centre):
    T1, T2 = centre, centre + step
    expected = exact(law, (mp.mpf(T1) + mp.mpf(T2)) / 2) * (mp.mpf(T2) - mp.mpf(T1))
    if step > 1e-6 or abs(centre - 210.0) < 1e-6:
        expected = quadrature(law, T1, T2)
    assert abs(law.integral(T1, T2) / expected - 1) < 2e-15
    assert law.integral(T2, T1) == pytest.approx(-law.integral(T1, T2), rel=2e-15)
    assert law.integral(T1, T1) == 0.0


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_slope_equals_difference_quotient(law):
    low, high = inside(law)
    for fraction in (0.05, 0.23, 0.48, 0.81):
        T = low + fraction * (high - low)
        quotient = mp.diff(lambda t: exact(law, t), T, h=mp.mpf("1e-12"))
        assert law.slope(T) == pytest.approx(float(quotient), rel=1e-10, abs=1e-14)


def test_table_passes_through_its_knots_exactly():
    law = Table(KNOTS, VALUES)
    assert [law(T) for T in KNOTS] == list(VALUES)
    assert law.slope(300.0) == (95.0 - 148.0) / 110.0  # at a knot: to the right
    assert law.slope(780.0) == (42.0 - 95.0) / 370.0  # at the last one: to the left


def test_integral_of_a_long_table_has_no_drift():
    """A short span at the end of many large segments: a plain antiderivative would lose five digits."""
    knots = np.concatenate((np.linspace(1.0, 900.0, 20_000), [900.01, 900.02, 900.03]))
    values = np.concatenate((np.full(20_000, 1e6), [1e-3, 2e-3, 3e-3]))
    law = Table(tuple(knots), tuple(values))
    expected = (knots[-1] - knots[-2]) * 2.5e-3 + (knots[-2] - knots[-3]) * 1.5e-3
    assert law.integral(float(knots[-3]), float(knots[-1])) == pytest.approx(expected, rel=1e-13)


def test_held_ends():
    law = Table((250.0, 350.0), (4.0, 9.0), outside="hold")
    assert law(100.0) == 4.0
    assert law(900.0) == 9.0
    assert law.slope(100.0) == 0.0
    assert law.integral(200.0, 400.0) == 50.0 * 4.0 + 100.0 * 6.5 + 50.0 * 9.0
    assert law.integral(110.0, 130.0) == 80.0
    assert law.integral(730.0, 710.0) == -180.0
    assert law.valid == (0.0, math.inf)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.3, 60.0), st.floats(1e-3, 3e3)), min_size=2, max_size=9),
    st.sampled_from(["linear", "loglog"]),
    st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
)
def test_integrals_add_up(points, between, fractions):
    knots = tuple(float(t) for t in 2.0 + np.cumsum([step for step, _ in points]))
    law = Table(knots, tuple(value for _, value in points), between)
    a, b, c = (knots[0] + f * (knots[-1] - knots[0]) for f in fractions)
    scale = max(law.values) * (knots[-1] - knots[0])
    assert law.integral(a, b) + law.integral(b, c) == pytest.approx(law.integral(a, c), abs=1e-14 * scale)
    assert law.integral(a, b) * (b - a) >= 0.0


def test_arrays_keep_their_shape_and_agree_with_scalars():
    T = np.array([[210.0, 300.0, 350.5], [410.0, 555.0, 779.0]])
    for law in LAWS[:11]:
        if isinstance(law, Slope) and law.valid[1] < 779.0:
            continue
        for ask in (law, law.slope, lambda t, law=law: law.integral(t, 333.0)):
            result = ask(T)
            assert result.shape == T.shape
            single = [ask(float(t)) for t in T.flat]
            np.testing.assert_allclose(result.ravel(), single, rtol=1e-15)
    assert isinstance(LAWS[0](300.0), float)
    assert LAWS[7].integral(300.0, T).shape == T.shape


def test_nan_stays_nan():
    T = np.array([np.nan, 300.0])
    for law in LAWS:
        for result in (law(T), law.slope(T), law.integral(T, 310.0)):
            assert np.isnan(result[0])
            assert np.isfinite(result[1])


def test_scaled_multiplies_everything():
    for law in LAWS:
        law2 = law.scaled(2.5)
        assert law2(333.0) == pytest.approx(2.5 * law(333.0), rel=1e-15)
        assert law2.slope(333.0) == pytest.approx(2.5 * law.slope(333.0), rel=1e-14)
        assert law2.integral(250.0, 333.0) == pytest.approx(2.5 * law.integral(250.0, 333.0), rel=1e-14)


def test_values_compare_and_hash():
    assert Table([250.0, 350.0], np.array([4.0, 9.0])) == Table((250.0, 350.0), (4.0, 9.0))
    assert len({Table([250.0, 350.0], [4.0, 9.0]), Table([250.0, 350.0], [4.0, 9.0]), Constant(4.0)}) == 2
    assert Constant(2.0).constant
    assert not Power(2.0, 300.0, -0.5).constant


@pytest.mark.parametrize(
    ("law", "T", "words"),
    [
        (Table(KNOTS, VALUES), 800.0, ["800 K", "90 to 780 K", "hold"]),
        (Table(KNOTS, VALUES, between="loglog"), 89.9, ["89.9 K", "90 to 780 K"]),
        (Slope(148.0, 300.0, -0.5), 597.0, ["597 K", "596 K", "zero"]),
        (Slope(3.0, 300.0, 0.02), 120.0, ["120 K", "150"]),
        (Power(2.0, 300.0, -1.5), 0.0, ["0 K", "above 0 K"]),
    ],
)
def test_out_of_range_names_range_and_temperature(law, T, words):
    for ask in (law, law.slope, lambda t: law.integral(300.0, t), lambda t: law(np.array([300.0, t]))):
        with pytest.raises(InputError) as caught:
            ask(T)
        assert all(word in str(caught.value) for word in words)


def test_rounding_at_the_end_of_a_table_is_no_error():
    law = Table((300.0, 400.0), (148.0, 98.9))
    assert law(math.nextafter(300.0, 0.0)) == 148.0
    assert law(26.85 + 273.15 - 1e-13) == pytest.approx(148.0)
    with pytest.raises(InputError):
        law(299.999)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Table((300.0,), (148.0,)), "two points"),
        (lambda: Table((300.0, 400.0), (148.0,)), "2 temperatures but 1"),
        (lambda: Table((300.0, 300.0), (148.0, 99.0)), "increase"),
        (lambda: Table((400.0, 300.0), (148.0, 99.0)), "300 K follows 400 K"),
        (lambda: Table((300.0, 400.0), (148.0, math.nan)), "finite"),
        (lambda: Table((300.0, 400.0), (0.0, 2.0), "loglog"), "above zero"),
        (lambda: Table((300.0, 400.0), (3.0, 2.0), "cubic"), "cubic"),
        (lambda: Table((300.0, 400.0), (3.0, 2.0), "linear", "extrapolate"), "extrapolate"),
        (lambda: Power(3.0, 0.0, 2.0), "absolute zero"),
        (lambda: Constant(math.inf), "finite"),
        (lambda: Slope(3.0, 300.0, math.nan), "finite"),
    ],
)
def test_impossible_laws_are_refused(make, word):
    with pytest.raises(InputError, match=word):
        make()
