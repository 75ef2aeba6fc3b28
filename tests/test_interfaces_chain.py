"""Chains of atoms: limits, reciprocity, and the same transmission from the equations of motion of every atom."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapitza.interfaces.amm import normal_incidence
from kapitza.interfaces.chain import cutoff, impedance, transmission

positive = st.floats(0.05, 20.0)


def by_motion(w, first, second, joint, atoms=60):
    """Solve m w^2 u + forces = 0 for a few atoms of each chain between waves that arrive and leave."""
    (m1, k1), (m2, k2) = first, second
    q1, q2 = (2.0 * math.asin(w / cutoff(m, k)) for m, k in (first, second))
    n = 2 * atoms
    A = np.zeros((n, n), dtype=complex)
    b = np.zeros(n, dtype=complex)
    for i in range(n):
        m, k = (m1, k1) if i < atoms else (m2, k2)
        A[i, i] += m * w * w
        for j in (i - 1, i + 1):
            spring = joint if {i, j} == {atoms - 1, atoms} else k
            A[i, i] -= spring
            if 0 <= j < n:
                A[i, j] += spring
    # beyond the left end u = e^(i q x) + r e^(-i q x); beyond the right end only a leaving wave
    A[0, 0] += k1 * np.exp(1j * q1)
    b[0] = -k1 * (np.exp(-1j * q1) - np.exp(1j * q1))
    A[-1, -1] += k2 * np.exp(1j * q2)
    u = np.linalg.solve(A, b)
    flux1, flux2 = (k * math.sin(q) for k, q in ((k1, q1), (k2, q2)))
    return abs(u[-1]) ** 2 * flux2 / flux1


@given(positive, positive, positive, positive, st.floats(0.1, 8.0), st.floats(0.02, 0.97))
def test_transmission_follows_from_the_motion(m1, k1, m2, k2, joint, share):
    first, second = (m1, k1), (m2, k2)
    w = share * min(cutoff(*first), cutoff(*second))
    found = transmission(w, first, second, joint)
    assert found == pytest.approx(by_motion(w, first, second, joint), rel=1e-9)
    assert 0.0 <= found <= 1.0 + 1e-12
    assert transmission(w, second, first, joint) == pytest.approx(found, rel=1e-12)


@given(positive, positive, positive, positive)
def test_long_waves_see_impedances(m1, k1, m2, k2):
    expected = normal_incidence(impedance(m1, k1), impedance(m2, k2))
    assert transmission(0.0, (m1, k1), (m2, k2)) == pytest.approx(expected, rel=1e-12)
    low = 1e-6 * min(cutoff(m1, k1), cutoff(m2, k2))
    assert transmission(low, (m1, k1), (m2, k2)) == pytest.approx(expected, rel=1e-6)


def test_one_chain_passes_everything_up_to_its_cutoff():
    chain = (3.2, 0.7)
    w = np.linspace(0.0, 0.9999, 50) * cutoff(*chain)
    assert transmission(w, chain, chain, 0.7) == pytest.approx(np.ones(50), rel=1e-10)
    above = transmission(np.array([1.0, 1.5]) * cutoff(*chain), chain, (0.4, 0.7))
    assert above.tolist() == [0.0, 0.0]
    assert transmission(0.3, chain, (0.4, 2.0)) == transmission(0.3, chain, (0.4, 2.0), 2 * 0.7 * 2.0 / 2.7)


def test_normal_incidence():
    assert normal_incidence(3.0, 7.0) == pytest.approx(0.84)
    assert normal_incidence(5.0, 5.0) == 1.0
