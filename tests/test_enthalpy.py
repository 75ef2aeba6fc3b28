"""Two phases and the latent heat between them: against quadrature, and back again to rounding."""

from __future__ import annotations

from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest

from kapitza.errors import InputError
from kapitza.laws.enthalpy import Enthalpy, Heats
from kapitza.laws.kirchhoff import Kirchhoff
from kapitza.laws.phases import Phases
from kapitza.laws.temperature import Constant, Power, Slope, Table

SOLIDS = [
    Constant(2.2),
    Power(6.5, 280.0, -1.3),
    Slope(2.2, 260.0, -0.009),
    Table((180.0, 240.0, 290.0, 330.0), (3.1, 2.6, 2.2, 2.05)),
    Table((180.0, 240.0, 290.0, 330.0), (3.1, 2.6, 2.2, 2.05), "loglog"),
]
LIQUIDS = [
    Constant(0.6),
    Power(0.55, 420.0, 0.4),
    Slope(0.57, 280.0, 0.0017),
    Table((290.0, 360.0, 520.0), (0.5, 0.7, 0.62)),
    Table((290.0, 360.0, 520.0), (0.5, 0.7, 0.62), "loglog"),
]
RANGES = [(302.9, 302.9), (295.0, 318.0)]
name = lambda value: type(value).__name__  # noqa: E731


def quadrature(law, first: float, last: float, knots) -> float:
    """Integral of ``law`` by quadrature, split where it bends or jumps."""
    sign, low, high = (1.0, first, last) if first < last else (-1.0, last, first)
    points = [low, *sorted(k for k in set(knots) if low < k < high), high]
    total = mp.mpf(0)
    for a, b in pairwise(points):
        # Just inside the ends: at a jump a law has the value of its right-hand side.
        total += mp.quad(lambda s, a=a, b=b: law(float(min(max(s, a), np.nextafter(b, a)))), [a, b])
    return sign * float(total)


def knots(law) -> list[float]:
    if isinstance(law, Phases):
        return [*knots(law.solid), law.solidus, law.liquidus, *knots(law.liquid)]
    return list(getattr(law, "temperatures", ()))


@pytest.mark.parametrize("span", RANGES, ids=["sharp", "range"])
@pytest.mark.parametrize("solid", SOLIDS, ids=name)
@pytest.mark.parametrize("liquid", LIQUIDS, ids=name)
def test_two_phases_and_their_kirchhoff_transform(solid, liquid, span) -> None:
    solidus, liquidus = span
    law = Phases(solid, liquid, solidus, liquidus)
    T = np.array(
        [190.0, 253.1, solidus - 0.3, solidus, 0.4 * solidus + 0.6 * liquidus, liquidus, 347.0, 511.0]
    )
    weight = 0.6 if solidus < liquidus else 1.0
    middle = (1.0 - weight) * solid(solidus) + weight * liquid(liquidus)
    at_solidus = solid(solidus) if solidus < liquidus else liquid(liquidus)
    expected = [*solid(T[:3]), at_solidus, middle, *liquid(T[5:])]
    np.testing.assert_allclose(law(T), expected, rtol=1e-14)
    assert not law.constant
    assert law.scaled(1.7)(211.0) == pytest.approx(1.7 * law(211.0), rel=1e-15)
    for t in (207.0, 0.35 * solidus + 0.65 * liquidus - 0.01, 401.0):
        step = 1e-4
        difference = (law(t + step) - law(t - step)) / (2 * step)
        assert law.slope(t) == pytest.approx(difference, rel=1e-6, abs=1e-10)
    for base in (223.0, 399.0):
        kirchhoff = Kirchhoff.of(law, base)
        u = kirchhoff.potential(T)
        for t, value in zip(T, u, strict=True):
            exact = quadrature(law, base, float(t), knots(law))
            assert value == pytest.approx(exact, rel=1e-12, abs=1e-12 * abs(u).max())
            assert law.integral(base, float(t)) == pytest.approx(exact, rel=1e-12, abs=1e-12 * abs(u).max())
        np.testing.assert_allclose(kirchhoff.temperature(u), T, rtol=2e-15)
        np.testing.assert_allclose(kirchhoff.conductivity(T), law(T), rtol=1e-14)


def test_two_phases_refuse_a_law_that_ends_before_the_melting_range() -> None:
    with pytest.raises(InputError, match="solid: must reach the melting range"):
        Phases(Table((100.0, 250.0), (3.0, 2.0)), Constant(4.0), 260.0, 270.0)
    with pytest.raises(InputError, match="liquid: must reach the melting range"):
        Phases(Constant(4.0), Table((290.0, 350.0), (3.0, 2.0)), 260.0, 270.0)
    law = Phases(Table((100.0, 265.0), (3.0, 2.0)), Table((264.0, 350.0), (3.0, 2.0)), 265.0, 265.0)
    assert law.valid == (100.0, 350.0)
    for t in (99.0, 351.0):
        with pytest.raises(InputError, match="outside the range"):
            law(t)
    assert np.isnan(law(np.array([np.nan, 120.0]))).tolist() == [True, False]


@pytest.mark.parametrize("reference", [None, 211.0, 302.9, 402.0])
@pytest.mark.parametrize("span", RANGES, ids=["sharp", "range"])
@pytest.mark.parametrize("solid", SOLIDS, ids=name)
@pytest.mark.parametrize("liquid", [LIQUIDS[0], LIQUIDS[3]], ids=name)
def test_heat_content_is_sensible_and_latent_heat(solid, liquid, span, reference) -> None:
    solidus, liquidus = span
    capacity = Phases(solid, liquid, solidus, liquidus).scaled(1.3e6)
    latent = 2.4e8
    enthalpy = Enthalpy.of(capacity, latent, solidus, liquidus, reference)
    T = np.array(
        [190.0, 253.1, solidus - 1e-4, solidus, 0.4 * solidus + 0.6 * liquidus, liquidus, 347.0, 511.0]
    )
    w = enthalpy.content(T)
    zero = solidus if reference is None else reference

    def exact(t: float) -> float:
        if solidus == liquidus:
            molten = latent * (float(t > solidus) - float(zero > solidus))
        else:
            molten = latent * float(
                np.diff(np.clip((np.array([zero, t]) - solidus) / (liquidus - solidus), 0, 1))[0]
            )
        return molten + quadrature(capacity, zero, t, knots(capacity))

    np.testing.assert_allclose(w, [exact(float(t)) for t in T], rtol=1e-12, atol=1e-12 * np.abs(w).max())
    assert np.all(np.diff(w) >= 0)
    np.testing.assert_allclose(enthalpy.temperature(w), T, rtol=2e-15)
    molten = np.clip((T - solidus) / max(liquidus - solidus, 1e-300), 0.0, 1.0)
    np.testing.assert_allclose(enthalpy.fraction(w), molten, atol=1e-14)

    step = 1e-6 * np.abs(w).max()
    inside = np.array([0, 1, 6, 7])
    difference = (enthalpy.temperature(w + step) - enthalpy.temperature(w - step)) / (2 * step)
    np.testing.assert_allclose(enthalpy.slope(w)[inside], difference[inside], rtol=1e-6)


@pytest.mark.parametrize("reference", [None, 250.0, 350.0])
def test_the_plateau_is_at_the_melting_temperature_exactly(reference) -> None:
    ice = Enthalpy.of(
        Phases(Constant(1.9e6), Constant(4.2e6), 273.15, 273.15), 3.06e8, 273.15, 273.15, reference
    )
    assert ice.plateau is not None
    solid, liquid = ice.plateau
    assert liquid - solid == pytest.approx(3.06e8, rel=1e-15)
    assert ice.content(np.array([273.15]))[0] == solid
    w = np.linspace(solid, liquid, 11)
    np.testing.assert_array_equal(ice.temperature(w), 273.15)
    np.testing.assert_array_equal(ice.slope(w), [0.0] * 10 + [1.0 / 4.2e6])
    np.testing.assert_allclose(ice.fraction(w), np.linspace(0.0, 1.0, 11), atol=1e-14)
    around = np.array([solid - 19.0, liquid + 42.0])
    np.testing.assert_allclose(ice.temperature(around) - 273.15, [-1e-5, 1e-5], rtol=1e-6)
    np.testing.assert_array_equal(ice.fraction(around), [0.0, 1.0])


def test_melting_without_latent_heat_and_never_melting() -> None:
    glass = Enthalpy.of(Phases(Constant(2e6), Constant(3e6), 400.0, 400.0), 0.0, 400.0, 400.0)
    T = np.array([300.0, 400.0, 500.0])
    np.testing.assert_allclose(glass.content(T), [-2e8, 0.0, 3e8], rtol=1e-14)
    np.testing.assert_array_equal(glass.temperature(glass.content(T)), T)
    np.testing.assert_array_equal(glass.fraction(glass.content(T)), [0.0, 0.0, 1.0])
    np.testing.assert_array_equal(glass.slope(glass.content(T)), [5e-7, 1 / 3e6, 1 / 3e6])
    copper = Enthalpy.of(Constant(3.4e6))
    assert copper.constant
    assert not copper.melts
    assert not glass.constant
    np.testing.assert_array_equal(copper.content(T), [0.0, 3.4e8, 6.8e8])
    np.testing.assert_array_equal(copper.fraction(np.array([np.nan, 3.0])), [0.0, 0.0])
    assert Enthalpy.of(Table((200.0, 400.0), (1.0, 2.0))).constant is False


def test_an_iteration_may_look_beyond_the_range_of_the_laws() -> None:
    capacity = Phases(Table((200.0, 300.0), (2e6, 2.5e6)), Table((300.0, 500.0), (4e6, 3e6)), 300.0, 300.0)
    enthalpy = Enthalpy.of(capacity, 1e8, 300.0, 300.0)
    w = np.linspace(-2e9, 3e9, 23)
    T = enthalpy.temperature(w)
    assert np.all(np.diff(T) >= 0)
    assert T[0] < 0 < 500 < T[-1]
    np.testing.assert_allclose(enthalpy.content(T[T != 300.0]), w[T != 300.0], rtol=1e-12)
    with pytest.raises(InputError, match="outside"):
        enthalpy.check(T)


def test_an_impossible_melting_is_refused() -> None:
    with pytest.raises(InputError, match="give solidus and liquidus"):
        Enthalpy.of(Constant(2e6), 1e8)
    with pytest.raises(InputError, match="give solidus and liquidus"):
        Enthalpy.of(Constant(2e6), 1e8, 300.0, None)
    with pytest.raises(InputError, match="below zero"):
        Enthalpy.of(Constant(2e6), -1e8, 300.0, 300.0)
    with pytest.raises(InputError, match="no melting range"):
        Enthalpy.of(Constant(2e6), 1e8, 310.0, 300.0)


def test_many_places_at_once() -> None:
    copper = Enthalpy.of(Constant(3.4e6), reference=290.0)
    wax = Enthalpy.of(Phases(Constant(1.6e6), Constant(1.9e6), 300.0, 304.0), 2e8, 300.0, 304.0, 290.0)
    ice = Enthalpy.of(Phases(Constant(1.9e6), Constant(4.2e6), 273.15, 273.15), 3e8, 273.15, 273.15, 290.0)
    kinds = np.array([1, 0, 2, 1, 0, 2])
    heats = Heats(kinds, (copper, wax, ice))
    T = np.array([302.0, 310.0, 260.0, 320.0, 280.0, 275.0])
    w = heats.content(T)
    single = [heats.enthalpy[k].content(np.array([t]))[0] for k, t in zip(kinds, T, strict=True)]
    np.testing.assert_array_equal(w, single)
    np.testing.assert_allclose(heats.temperature(w), T, rtol=2e-15)
    np.testing.assert_allclose(heats.fraction(w), [0.5, 0.0, 0.0, 1.0, 0.0, 1.0], atol=1e-12)
    np.testing.assert_array_equal(heats.slope(w)[1::3], 1 / 3.4e6)
    assert heats.melts
    assert not heats.constant
    assert heats.at(slice(1, 2)).constant
    heats.check(T)
