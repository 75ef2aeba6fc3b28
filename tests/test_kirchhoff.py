"""Kirchhoff's variable against quadrature, and its inverse against itself."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

from kapitza.errors import InputError
from kapitza.laws.kirchhoff import Kirchhoff
from kapitza.laws.temperature import Constant, Power, Slope, Table

LAWS = [
    Constant(3.7),
    Power(148.0, 300.0, -1.3),
    Power(2.4e-3, 4.0, 3.0),
    Power(12.0, 300.0, -1.0),
    Slope(148.0, 300.0, -0.4),
    Slope(2.0, 290.0, 0.07),
    Slope(2.1, 300.0, 0.007),
    Table((200.0, 300.0, 420.0, 500.0), (210.0, 148.0, 98.9, 77.0)),
    Table((20.0, 77.0, 300.0, 900.0), (3500.0, 1390.0, 148.0, 31.2), "loglog"),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
@pytest.mark.parametrize("reference", [300.0, 251.0])
def test_potential_is_the_integral_and_temperature_its_inverse(law, reference) -> None:
    low, high = max(law.valid[0], 20.0), min(law.valid[1], 650.0)
    reference = max(reference, low + 1.0)
    kirchhoff = Kirchhoff.of(law, reference)
    T = np.linspace(low, high, 37)[1:-1]
    u = kirchhoff.potential(T)
    for t, value in zip(T, u, strict=True):
        points = [
            reference,
            *sorted(k for k in kirchhoff.edges if min(t, reference) < k < max(t, reference)),
            t,
        ]
        if t < reference:
            points = [reference, *reversed(points[1:-1]), t]
        exact = mp.quad(lambda s: law(float(s)), points)
        assert value == pytest.approx(float(exact), rel=1e-12, abs=1e-14 * np.abs(u).max())
    np.testing.assert_allclose(kirchhoff.temperature(u), T, rtol=1e-12)
    np.testing.assert_allclose(kirchhoff.conductivity(T), law(T), rtol=1e-13)
    assert kirchhoff.constant == isinstance(law, Constant)


@pytest.mark.parametrize("law", LAWS[1:], ids=lambda law: type(law).__name__)
def test_beyond_its_range_a_law_is_continued_and_said_to_be_outside(law) -> None:
    kirchhoff = Kirchhoff.of(law, 300.0)
    u = np.linspace(-1e6, 1e6, 41)
    T = kirchhoff.temperature(u)
    assert np.all(np.diff(T) > 0)
    np.testing.assert_allclose(kirchhoff.potential(T), u, rtol=1e-9, atol=1e-6)
    with pytest.raises(InputError):
        kirchhoff.check(np.array([-1.0]))
