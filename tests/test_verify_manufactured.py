"""The manufactured solution with a jump: that it is one, and that the solver meets it with second order."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kapitza.verify import manufactured_study
from kapitza.verify.manufactured import Manufactured
from kapitza.verify.manufactured_study import Study, errors, solve


@pytest.mark.parametrize("axisymmetric", [False, True])
def test_it_solves_the_equation(axisymmetric):
    """Differences of the temperature against the source, films, joint and adiabatic sides."""
    exact = Manufactured(axisymmetric=axisymmetric)
    h = 1e-3

    def t(z, x):
        return float(exact.temperature(np.array(z), np.array(x)))

    for z, x in ((0.31, 0.42), (0.52, 1.01), (0.93, 0.77)):
        k, lateral = (2.3, 3.1) if z < 0.7 else (0.6, 0.6)
        zz = (t(z + h, x) - 2 * t(z, x) + t(z - h, x)) / h**2
        xx = (t(z, x + h) - 2 * t(z, x) + t(z, x - h)) / h**2
        if axisymmetric:
            xx += (t(z, x + h) - t(z, x - h)) / (2 * h * x)
        assert float(exact.source(np.array(z), np.array(x))) == pytest.approx(
            -k * zz - lateral * xx, abs=1e-3
        )
    for x in (0.23, 0.91):
        below, above, flux = (float(v) for v in exact.at_joint(np.array(x)))
        assert (below - above) * exact.joint == pytest.approx(flux, rel=1e-12)
        e = 1e-7
        assert t(exact.below - e, x) == pytest.approx(below, abs=1e-4)
        assert t(exact.below + e, x) == pytest.approx(above, abs=1e-4)
        slope = (t(exact.below + 2e-5, x) - t(exact.below + 1e-5, x)) / 1e-5
        assert -exact.k_above * slope == pytest.approx(flux, rel=1e-3)
        into = -exact.k_below * (t(1e-5, x) - t(0.0, x)) / 1e-5
        assert into == pytest.approx(exact.h_bottom * (exact.ambient - t(0.0, x)), rel=1e-3)
        top = exact.below + exact.above
        out = -exact.k_above * (t(top, x) - t(top - 1e-5, x)) / 1e-5
        assert out == pytest.approx(exact.h_top * (t(top, x) - exact.ambient), rel=1e-3)
    for x in (0.0, exact.width):
        assert (t(0.4, x + h) - t(0.4, x - h)) / (2 * h) == pytest.approx(0, abs=1e-4)


def test_the_heat_of_the_cells_balances_the_films():
    """What the sources make leaves through both ends: checked by quadrature on a coarse and a fine mesh."""
    exact = Manufactured(axisymmetric=True)
    coarse = exact.cell_heat(np.array([0, 0.3, 0.7, 0.9, 1.15]), np.linspace(0, 1.3, 4))
    fine = exact.cell_heat(
        np.array([*np.linspace(0, 0.7, 29), *np.linspace(0.7, 1.15, 19)[1:]]), np.linspace(0, 1.3, 41)
    )
    assert coarse.sum() == pytest.approx(fine.sum(), rel=1e-12)
    r, w = np.polynomial.legendre.leggauss(12)
    r, w = 0.65 * (r + 1), 0.65 * w
    leaving = sum(
        h * np.sum(w * 2 * math.pi * r * (exact.temperature(np.full(12, z), r) - exact.ambient))
        for h, z in ((exact.h_bottom, 0.0), (exact.h_top, 1.15))
    )
    assert fine.sum() == pytest.approx(float(leaving), rel=1e-12)


@pytest.mark.parametrize("axisymmetric", [False, True])
def test_second_order(axisymmetric):
    """L2 and side temperatures at least 1.9, maximum and interface flux at least 1.8."""
    exact = Manufactured(axisymmetric=axisymmetric)
    coarse, fine = (errors(exact, solve(exact, n)) for n in (16, 32))
    orders = [math.log2(a / b) for a, b in zip(coarse, fine, strict=True)]
    for order, least in zip(orders, (1.9, 1.8, 1.9, 1.9, 1.8), strict=True):
        assert order >= least


def test_a_wrong_joint_is_seen(monkeypatch):
    """Solved with 3 % more conductance in the joint, the error stops falling: the study would not pass."""
    exact = Manufactured()
    right = manufactured_study.stack
    other = replace(exact, joint=exact.joint * 1.03)
    monkeypatch.setattr(manufactured_study, "stack", lambda _, cells: right(other, cells))
    rows = Study("wrong", "", exact, (5e-3, 1.2e-2, 3.2e-2, 2.2e-2, 3.5e-2)).evaluate(2)
    assert not any(row.passed for row in rows)
    assert all(row.order < 0.5 for row in rows[1::2])
