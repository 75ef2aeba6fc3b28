"""Networks and structure functions of a thermal impedance against planted networks and exact stacks."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from figure_checks import axes_of
from kapitza.errors import InputError, PhysicsError
from kapitza.output.figure_structure import spread
from kapitza.output.figure_zth import Impedance, figure_of_zth
from kapitza.studies import transfer
from kapitza.studies.cauer import Cauer, ladder
from kapitza.studies.foster import Floats, Foster, fit
from kapitza.studies.spice import csv, spice_cauer, spice_foster
from kapitza.studies.structure import Element, Structure, of_curve, of_ladder, of_stack
from kapitza.studies.two_interfaces import Curve, parting, separate

TIMES = np.geomspace(1e-6, 1e3, 217)
PACKAGE = (
    Element("die", "layer", 0.021, 0.012),
    Element("die|base", "interface", 0.05),
    Element("base", "layer", 0.032, 0.9),
    Element("base|sink", "interface", 0.1),
    Element("sink", "layer", 0.083, 60.0),
    Element("top", "boundary", 0.3),
)


def laplace_zth(elements: Sequence[Element], times: Floats, terms: int = 24) -> Floats:
    """Z(t) of a path of uniform slabs and contacts: Z(s) by tanh, inverted on Talbot's contour."""
    angle = np.arange(1, terms) * np.pi / terms
    cot = 1.0 / np.tan(angle)
    shape = np.concatenate([[1.0], angle * (cot + 1j)])
    turn = np.concatenate([[0.0], angle + (angle * cot - 1.0) * cot])
    values = []
    for t in times:
        radius = 2.0 * terms / (5.0 * t)
        s = radius * shape
        Z = np.zeros(terms, dtype=complex)
        for e in reversed(elements):
            if e.capacity == 0.0:
                Z = Z + e.resistance
                continue
            root = np.sqrt(s * e.resistance * e.capacity)
            own, tanh = e.resistance / root, np.tanh(root)
            Z = own * (Z + own * tanh) / (own + Z * tanh)
        weight = np.exp(s * t) * (1.0 + 1j * turn)
        weight[0] *= 0.5
        values.append(radius / terms * float(np.sum(weight * Z / s).real))
    return np.array(values)


def total(elements: Sequence[Element]) -> float:
    return math.fsum(e.resistance for e in elements)


def curve_of(elements: Sequence[Element], times: Floats = TIMES) -> Curve:
    return Curve(times, laplace_zth(elements, times), total(elements))


def with_contact(resistance: float) -> tuple[Element, ...]:
    return (*PACKAGE[:3], Element("base|sink", "interface", resistance), *PACKAGE[4:])


def rod_series(resistance: float, capacity: float, times: Floats) -> Floats:
    """Heated at one end, the other held: Z = R (1 − Σ 8/π² exp(−(2n−1)² π² t/(4RC))/(2n−1)²)."""
    odd = np.arange(1, 20001, 2)
    decay = np.exp(-(odd**2) * np.pi**2 * times[:, None] / (4.0 * resistance * capacity))
    return resistance * (1.0 - 8.0 / np.pi**2 * (decay / odd**2).sum(axis=1))


def test_the_reference_inverts_the_rod() -> None:
    times = np.geomspace(1e-4, 30.0, 23)
    exact = rod_series(1.3, 0.7, times)
    found = laplace_zth([Element("rod", "layer", 1.3, 0.7)], times)
    assert np.max(np.abs(found / exact - 1.0)) < 2e-4  # the series is cut off
    assert np.max(np.abs(found / exact - 1.0)[times > 1e-2]) < 1e-8


class TestFoster:
    def test_evaluate_is_the_sum_of_exponentials(self) -> None:
        network = Foster(np.array([0.3, 1.7]), np.array([1e-3, 0.4]))
        assert network.evaluate(0.0) == 0.0
        assert network.evaluate([1e-3])[0] == pytest.approx(
            0.3 * (1 - math.exp(-1.0)) + 1.7 * -math.expm1(-2.5e-3), rel=1e-14
        )
        assert network.steady == pytest.approx(2.0)
        assert np.allclose(network.C, [1e-3 / 0.3, 0.4 / 1.7])
        assert network.evaluate(np.full((2, 3), 1.0)).shape == (2, 3)

    def test_planted_terms_are_found(self) -> None:
        planted = Foster(np.array([0.013, 0.2, 0.05, 1.1]), np.array([3e-5, 2e-3, 0.07, 4.0]))
        found = fit(TIMES, planted.evaluate(TIMES), planted.steady, 1e-9)
        assert found.R.size == 4
        assert np.allclose(found.R, planted.R, rtol=1e-6)
        assert np.allclose(found.tau, planted.tau, rtol=1e-6)
        assert found.error < 1e-9

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(st.floats(0.02, 3.0), min_size=1, max_size=6),
        st.floats(-4.5, -3.5),
        st.lists(st.floats(0.6, 1.1), min_size=6, max_size=6),
    )
    def test_any_planted_network_is_met(self, R: list[float], first: float, gaps: list[float]) -> None:
        places = first + np.concatenate([[0.0], np.cumsum(gaps)])[: len(R)]
        planted = Foster(np.array(R), 10.0**places)
        found = fit(TIMES, planted.evaluate(TIMES), planted.steady, 1e-6)
        assert found.error < 1e-6
        assert found.R.size <= 2 * len(R)
        assert found.steady == pytest.approx(planted.steady, rel=1e-12)

    @pytest.mark.parametrize("tolerance", [1e-2, 1e-3, 1e-4])
    def test_a_stack_within_the_tolerance_and_few_terms(self, tolerance: float) -> None:
        curve = curve_of(PACKAGE)
        network = fit(curve.time, curve.zth, curve.steady, tolerance)
        assert network.error < tolerance
        assert 5 <= network.R.size <= 20
        assert np.all(network.R > 0.0)
        assert np.all(np.diff(network.tau) > 0.0)
        assert network.steady == pytest.approx(curve.steady, rel=1e-12)
        # between the points too
        between = np.sqrt(curve.time[:-1] * curve.time[1:])
        exact = laplace_zth(PACKAGE, between)
        assert np.max(np.abs(network.evaluate(between) / exact - 1.0)) < 1.5 * tolerance

    def test_the_error_is_what_evaluate_shows(self) -> None:
        curve = curve_of(PACKAGE)
        network = fit(curve.time, curve.zth, curve.steady, 1e-2)
        off = np.abs(network.evaluate(curve.time) - curve.zth)
        assert network.error == pytest.approx(np.max(off / curve.zth))
        assert network.error_steady == pytest.approx(np.max(off) / curve.steady)

    def test_never_more_terms_than_asked_for(self) -> None:
        curve = curve_of(PACKAGE)
        network = fit(curve.time, curve.zth, curve.steady, 1e-9, most=5)
        assert network.R.size <= 5
        assert 1e-3 < network.error < 0.2

    def test_a_curve_cut_short_of_steady(self) -> None:
        times = TIMES[TIMES < 3.0]
        curve = curve_of(PACKAGE, times)
        network = fit(times, curve.zth, curve.steady, 1e-3)
        assert network.error < 1e-3
        assert network.steady == pytest.approx(curve.steady, rel=1e-12)

    def test_noise_is_told_not_fitted(self) -> None:
        curve = curve_of(PACKAGE)
        noise = 1.0 + 1e-3 * np.random.default_rng(7).normal(size=TIMES.size)
        network = fit(curve.time, curve.zth * noise, curve.steady, 1e-5)
        assert network.R.size <= 20
        assert np.max(np.abs(network.evaluate(TIMES) / curve.zth - 1.0)) < 3e-3

    @pytest.mark.parametrize(
        ("time", "zth", "steady", "error", "words"),
        [
            ([1.0, 2.0], [1.0, 2.0], 3.0, InputError, "8 at least"),
            (range(10), np.ones(10), 3.0, InputError, "positive, finite and rising"),
            (range(1, 11), [-0.1] + [1.0] * 9, 3.0, InputError, "probe closer"),
            (range(1, 11), np.ones(10), 0.5, PhysicsError, "steady value is 0.5"),
        ],
    )
    def test_what_is_no_curve(
        self, time: list[float], zth: list[float], steady: float, error: type[Exception], words: str
    ) -> None:
        with pytest.raises(error, match=words):
            fit(np.array(time, float), np.array(zth, float), steady)


class TestTransfer:
    """A rod heated at one end and held at the other, seen inside: heat comes late."""

    @staticmethod
    def rod(part: float, times: Floats) -> Floats:
        odd = np.arange(1, 4001, 2)
        modes = np.cos(odd * np.pi * part / 2.0) / odd**2
        decay = np.exp(-(odd**2) * np.pi**2 * times[:, None] / (4.0 * 1.3 * 0.7))
        return 1.3 * (1.0 - part - 8.0 / np.pi**2 * (modes * decay).sum(axis=1))

    @pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
    def test_a_late_rise(self, part: float) -> None:
        times = np.geomspace(1e-3, 30.0, 141)
        steady = 1.3 * (1.0 - part)
        found = transfer.fit(times, self.rod(part, times), steady, 1e-4)
        assert found.error < 1e-4
        assert found.R.size <= 20
        assert found.steady == pytest.approx(steady, rel=1e-12)
        assert np.any(found.R < 0.0)
        between = np.sqrt(times[1:] * times[:-1])
        assert np.max(np.abs(found.evaluate(between) - self.rod(part, between))) < 2e-4 * steady
        with pytest.raises(PhysicsError, match="negative terms"):
            ladder(found)

    def test_the_circuit_has_it_too(self) -> None:
        times = np.geomspace(1e-3, 30.0, 141)
        found = transfer.fit(times, self.rod(0.5, times), 0.65, 1e-3)
        exact = float(np.sum(found.R / (1.0 + 2.7 * found.tau)))
        assert solved(spice_foster(found), 2.7) == pytest.approx(exact, rel=1e-6)

    def test_no_curve(self) -> None:
        with pytest.raises(InputError, match="must warm the probe"):
            transfer.fit(TIMES, np.zeros(TIMES.size), 0.0)
        with pytest.raises(InputError, match="8 at least"):
            transfer.fit([1.0], [1.0], 1.0)
        with pytest.raises(InputError, match="positive and rising"):
            transfer.fit(np.ones(9), np.ones(9), 1.0)


class TestCauer:
    def test_two_stages_by_hand(self) -> None:
        """Z = 1/(sC₁ + 1/(R₁ + 1/(sC₂ + 1/R₂))) at a few s."""
        found = Cauer(np.array([0.3, 1.9]), np.array([0.02, 0.5])).foster()
        for s in (0.1, 3.0, 700.0):
            by_hand = 1 / (s * 0.02 + 1 / (0.3 + 1 / (s * 0.5 + 1 / 1.9)))
            assert np.sum(found.R / (1 + s * found.tau)) == pytest.approx(by_hand, rel=1e-13)

    @pytest.mark.parametrize("n", [1, 2, 5, 12, 20])
    def test_there_and_back(self, n: int) -> None:
        """Stages as a graded stack has them, over many decades: both values of each to 1e-8."""
        chance = np.random.default_rng(n)
        R = 0.3 * np.exp(0.7 * chance.normal(size=n)) * np.geomspace(1e-3, 1.0, n)
        C = 2.0 * np.exp(0.7 * chance.normal(size=n)) * np.geomspace(1e-5, 1.0, n)
        back = ladder(Cauer(R, C).foster())
        assert np.max(np.abs(back.R / R - 1.0)) < 1e-8
        assert np.max(np.abs(back.C / C - 1.0)) < 1e-8

    def test_there_and_back_uniform(self) -> None:
        n = 20
        back = ladder(Cauer(np.full(n, 0.13), np.full(n, 0.7)).foster())
        assert np.allclose(back.R, 0.13, rtol=1e-8)
        assert np.allclose(back.C, 0.7, rtol=1e-8)

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.floats(-3.0, 1.0), st.floats(-6.0, 2.0)), min_size=1, max_size=20))
    def test_the_same_impedance(self, stages: list[tuple[float, float]]) -> None:
        """Any ladder: what lies behind a large capacity may be out of sight, the impedance is the same."""
        R, C = 10.0 ** np.array(stages).T
        one = Cauer(R, C)
        network = one.foster()
        distinct = network.tau[np.argsort(network.tau)]
        if np.any(np.diff(np.log(distinct)) < 1e-9) or np.any(network.R < 1e-250):
            return
        other = ladder(network)
        assert np.max(np.abs(other.evaluate(TIMES) / one.evaluate(TIMES) - 1.0)) < 1e-8
        assert other.steady == pytest.approx(one.steady, rel=1e-8)

    def test_foster_to_cauer_to_foster(self) -> None:
        curve = curve_of(PACKAGE)
        network = fit(curve.time, curve.zth, curve.steady, 1e-4)
        again = ladder(network).foster()
        order = np.argsort(again.tau)
        assert np.allclose(again.R[order], network.R, rtol=1e-9)
        assert np.allclose(again.tau[order], network.tau, rtol=1e-9)

    def test_the_ladder_reproduces_the_curve_within_the_stated_error(self) -> None:
        curve = curve_of(PACKAGE)
        network = fit(curve.time, curve.zth, curve.steady, 1e-3)
        found = ladder(network).evaluate(curve.time)
        assert np.max(np.abs(found / curve.zth - 1.0)) < network.error * (1 + 1e-6)

    def test_equal_time_constants_are_refused(self) -> None:
        with pytest.raises(PhysicsError, match="too close together"):
            ladder(Foster(np.array([0.3, 0.7, 0.2]), np.array([1e-3, 1e-3, 2.0])))

    def test_time_stepping_agrees(self) -> None:
        """The ladder's equations integrated, not diagonalised."""
        R, C = np.array([0.1, 0.7, 0.2]), np.array([0.3, 0.05, 2.0])
        g = 1.0 / R
        G = np.diag(g + np.concatenate([[0.0], g[:-1]])) - np.diag(g[:-1], 1) - np.diag(g[:-1], -1)
        from scipy.linalg import expm

        A = -G / C[:, None]
        for t in (0.003, 0.4):
            T = np.linalg.solve(A, (expm(A * t) - np.eye(3)) @ np.array([1.0 / C[0], 0.0, 0.0]))
            assert Cauer(R, C).evaluate(t) == pytest.approx(T[0], rel=1e-11)


class TestStructure:
    def test_a_stack_has_corners_and_plateaus(self) -> None:
        found = of_stack(PACKAGE)
        assert np.allclose(found.resistance, [0.0, 0.021, 0.071, 0.103, 0.203, 0.286, 0.586])
        assert np.allclose(found.capacitance, [0.0, 0.012, 0.012, 0.912, 0.912, 60.912, 60.912])
        assert found.at(0.045) == pytest.approx(0.012)
        assert found.at(0.087) == pytest.approx(0.012 + 0.5 * 0.9)
        edges, K = found.differential
        assert np.allclose(edges, found.resistance)
        assert np.allclose(K, [0.012 / 0.021, 0.0, 0.9 / 0.032, 0.0, 60.0 / 0.083, 0.0])
        assert [p.name for p in found.parts] == [e.name for e in PACKAGE]
        assert (found.parts[3].start, found.parts[3].end) == pytest.approx((0.103, 0.203))

    def test_pieces_of_one_name_are_one_part(self) -> None:
        shells = [Element("pipe", "layer", r, 0.4) for r in (0.3, 0.2, 0.1)]
        found = of_stack([*shells, Element("outer", "boundary", 0.7)])
        assert [p.name for p in found.parts] == ["pipe", "outer"]
        assert found.parts[0].high == pytest.approx(1.2)
        assert found.differential[1][:3] == pytest.approx([0.4 / 0.3, 2.0, 4.0])

    def test_a_path_must_lead_somewhere(self) -> None:
        with pytest.raises(InputError, match="lid"):
            of_stack([Element("lid", "interface", math.inf)])
        with pytest.raises(InputError, match="one element"):
            of_stack([])

    def test_of_a_rod_is_a_straight_line_and_a_plateau(self) -> None:
        """Even with a dozen stages the middles of the ladder's steps lie on the line."""
        rod = [Element("rod", "layer", 1.3, 0.7), Element("film", "boundary", 0.4)]
        curve = curve_of(rod, np.geomspace(1e-5, 100.0, 181))
        network = fit(curve.time, curve.zth, curve.steady, 1e-5)
        found = of_ladder(ladder(network))
        inside = (found.resistance > 0.02) & (found.resistance < 1.1)
        assert inside.sum() > 8
        exact = 0.7 * found.resistance[inside] / 1.3
        assert np.max(np.abs(found.capacitance[inside] / exact - 1.0)) < 0.06

    def test_from_the_curve_the_rod_is_straight(self) -> None:
        rod = [Element("rod", "layer", 1.3, 0.7), Element("film", "boundary", 0.4)]
        curve = curve_of(rod, np.geomspace(1e-5, 100.0, 181))
        found = of_curve(curve.time, curve.zth, curve.steady)
        places = np.linspace(0.02, 1.2, 60)
        assert np.max(np.abs(found.at(places) / (0.7 * places / 1.3) - 1.0)) < 0.15
        assert found.at(1.5) == pytest.approx(0.7, rel=0.05)
        assert np.all(np.diff(found.resistance) > 0.0)
        assert np.all(np.diff(found.capacitance) > 0.0)

    def test_from_the_curve_plateaus_at_the_known_places(self) -> None:
        curve = curve_of(PACKAGE)
        found, exact = of_curve(curve.time, curve.zth, curve.steady), of_stack(PACKAGE)
        for contact in exact.parts[1::2]:
            middle = 0.5 * (contact.start + contact.end)
            assert found.at(middle) == pytest.approx(contact.low, rel=0.05), contact.name
            slope = np.interp(middle, 0.5 * (found.differential[0][1:] + found.differential[0][:-1]),
                              found.differential[1])  # fmt: skip
            assert slope < 0.2 * contact.low / (contact.end - contact.start), contact.name
        for layer in exact.parts[::2]:
            middle = 0.5 * (layer.start + layer.end)
            assert found.at(middle) == pytest.approx(float(exact.at(middle)), rel=0.25), layer.name

    def test_noise_does_not_break_it(self) -> None:
        curve = curve_of(PACKAGE)
        noise = 1.0 + 1e-3 * np.random.default_rng(11).normal(size=TIMES.size)
        found = of_curve(curve.time, curve.zth * noise, curve.steady)
        assert found.at(0.153) == pytest.approx(0.912, rel=0.1)

    def test_of_a_lumped_network(self) -> None:
        """Two capacities behind two resistances: each step shows."""
        true = Cauer(np.array([0.2, 0.5]), np.array([0.01, 3.0]))
        found = of_curve(TIMES, true.evaluate(TIMES), true.steady)
        assert found.at(0.1) == pytest.approx(0.01, rel=0.5)
        assert found.at(0.45) == pytest.approx(3.01, rel=0.5)
        few = of_ladder(ladder(fit(TIMES, true.evaluate(TIMES), true.steady, 1e-9)))
        assert np.allclose(few.resistance, [0.0, 0.1, 0.2, 0.45, 0.7], rtol=1e-6)
        assert np.allclose(few.capacitance, [0.005, 0.01, 1.51, 3.01, 3.01], rtol=1e-6)


class TestTwoInterfaces:
    def test_all_three_estimates(self) -> None:
        grease, dry = with_contact(0.1), with_contact(0.35)
        found = separate(curve_of(grease), curve_of(dry), (of_stack(grease), of_stack(dry)))
        assert found.exact == pytest.approx(0.103)
        assert found.theta_jc == found.exact
        assert found.structure == pytest.approx(0.103, rel=0.05)
        assert found.derivative == pytest.approx(0.103, rel=0.15)
        assert found.capacity == pytest.approx(0.912, rel=0.05)
        assert any("one way" in text for text in found.assumed)

    def test_the_order_of_the_two_does_not_matter(self) -> None:
        one, two = curve_of(with_contact(0.1)), curve_of(with_contact(0.35))
        there, back = separate(one, two), separate(two, one)
        assert (there.structure, there.derivative) == (back.structure, back.derivative)
        assert there.exact is None
        assert there.theta_jc == there.structure

    def test_the_criterion_holds_where_it_is_said(self) -> None:
        """At the time found the exact slopes differ by ε Δθ."""
        one, two = with_contact(0.1), with_contact(0.35)
        found = separate(curve_of(one), curve_of(two))
        around = found.time * np.exp([-1e-3, 1e-3])
        slopes = [np.diff(laplace_zth(e, around))[0] / 2e-3 for e in (one, two)]
        limit = 0.0045 * laplace_zth(one, np.array([found.time]))[0] + 0.003
        assert (slopes[1] - slopes[0]) / 0.25 == pytest.approx(limit, rel=0.1)

    def test_different_times(self) -> None:
        one = curve_of(with_contact(0.1))
        two = curve_of(with_contact(0.35), np.geomspace(2e-6, 700.0, 311))
        same = separate(one, curve_of(with_contact(0.35)))
        assert separate(one, two).derivative == pytest.approx(same.derivative, rel=0.02)

    def test_curves_that_do_not_differ(self) -> None:
        curve = curve_of(PACKAGE)
        with pytest.raises(InputError, match="hardly differ"):
            separate(curve, curve)

    def test_curves_that_differ_from_the_start(self) -> None:
        curve = curve_of(PACKAGE)
        other = Curve(curve.time, 2.0 * curve.zth, 2.0 * curve.steady)
        with pytest.raises(PhysicsError, match="from their first time"):
            separate(curve, other)

    def test_parting_of_equal_stacks(self) -> None:
        with pytest.raises(InputError, match="the same"):
            parting(of_stack(PACKAGE), of_stack(PACKAGE))


def solved(text: str, s: float) -> float:
    """Impedance of a SPICE subcircuit of R and C at s, its ambient at node 0: nodal analysis."""
    elements = re.findall(r"^([RC])\d+ (\S+) (\S+) (\S+)$", text, re.MULTILINE)
    names = {node for _, a, b, _ in elements for node in (a, b)} - {"0", "ambient"}
    number = {name: k for k, name in enumerate(sorted(names))}
    Y = np.zeros((len(names), len(names)))
    for kind, a, b, value in elements:
        y = 1.0 / float(value) if kind == "R" else s * float(value)
        ends = [number[n] for n in (a, b) if n in number]
        for i, j in itertools.product(ends, ends):
            Y[i, j] += y if i == j else -y
    here = number["junction"]
    return float(np.linalg.inv(Y)[here, here])


class TestText:
    def test_both_circuits_have_the_impedance(self) -> None:
        curve = curve_of(PACKAGE)
        network = fit(curve.time, curve.zth, curve.steady, 1e-3)
        for s in (1e-3, 0.7, 900.0):
            exact = float(np.sum(network.R / (1.0 + s * network.tau)))
            assert solved(spice_foster(network), s) == pytest.approx(exact, rel=1e-8)
            assert solved(spice_cauer(ladder(network)), s) == pytest.approx(exact, rel=1e-8)

    def test_form(self) -> None:
        network = Foster(np.array([0.3, 1.7]), np.array([1e-3, 0.4]), 2.5e-3, 1e-3)
        text = spice_foster(network, "Lid\n.END of it", "lid_1")
        assert text.splitlines()[0] == "* Lid .END of it"
        assert "0.25 % of the value" in text
        assert ".SUBCKT lid_1 junction ambient" in text
        assert text.endswith(".ENDS lid_1\n")
        assert "0.25 %" in spice_cauer(ladder(network), source=network)
        with pytest.raises(InputError, match="no name"):
            spice_foster(network, name="a b")

    def test_csv(self) -> None:
        text = csv({"time_s": [1e-6, 2.5], "zth_K_per_W": [0.1, 1 / 3]}, ["a\nb"])
        assert text == "# a b\ntime_s,zth_K_per_W\n1e-06,0.1\n2.5,0.3333333333333333\n"
        with pytest.raises(InputError, match="equally long"):
            csv({"a": [1.0], "b": [1.0, 2.0]})


class TestPicture:
    def impedance(self, **more: object) -> Impedance:
        curve = curve_of(PACKAGE)
        return Impedance(**({"title": "Package", "curve": curve} | more))  # type: ignore[arg-type]

    def test_every_part_is_named(self) -> None:
        figure = figure_of_zth(self.impedance(structure=of_stack(PACKAGE)))
        figure.canvas.draw()
        named = {t.get_text() for t in axes_of(figure, "names").texts}
        assert named == {e.name for e in PACKAGE}
        assert axes_of(figure, "cumulative").get_yscale() == "log"
        assert axes_of(figure, "zth").get_xscale() == "log"

    def test_with_all(self) -> None:
        one, two = curve_of(with_contact(0.1)), curve_of(with_contact(0.35))
        network = fit(one.time, one.zth, one.steady)
        exact = of_stack(with_contact(0.1))
        figure = figure_of_zth(Impedance("Two", one, network, exact, None, two, separate(one, two)))
        figure.canvas.draw()
        assert [a.get_label() for a in figure.axes] == [
            "zth",
            "criterion",
            "cumulative",
            "names",
            "differential",
        ]
        boxes = [t.get_window_extent() for t in figure.texts]
        assert all(box.x1 < figure.bbox.width for box in boxes)

    def test_many_parts(self) -> None:
        pieces = [Element(f"layer {k}", "layer", 0.01 * (1 + k % 3), 0.1 * (1 + k)) for k in range(60)]
        figure = figure_of_zth(self.impedance(structure=of_stack(pieces)))
        figure.canvas.draw()
        texts = axes_of(figure, "names").texts
        boxes = sorted((t.get_window_extent() for t in texts), key=lambda b: b.x0)
        assert len(boxes) > 30
        assert all(a.x1 <= b.x0 + 0.5 for a, b in itertools.pairwise(boxes))

    def test_nothing_stored(self) -> None:
        bare = Structure(np.array([0.0, 0.4]), np.array([0.0, 0.0]))
        figure_of_zth(self.impedance(structure=bare)).canvas.draw()

    @given(st.lists(st.floats(0.0, 10.0), min_size=1, max_size=20))
    def test_spread(self, wanted: list[float]) -> None:
        places = spread(sorted(wanted), 0.4, 0.1, 9.9)
        assert all(b - a > 0.4 - 1e-9 for a, b in itertools.pairwise(places))
        assert places[0] > 0.1 - 1e-9
        assert places[-1] < 9.9 + 1e-9
