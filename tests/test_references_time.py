"""The references in time, each against a second method: multiple precision, quadrature, other forms, numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erfc

from kapitza.verify import series, stacks
from kapitza.verify.half_spaces import Body, Contact
from kapitza.verify.impedance import steady_impedance, structure_function, thermal_impedance
from kapitza.verify.laplace import invert
from kapitza.verify.melting import Neumann, Phase, stefan
from kapitza.verify.multilayer import HalfSpace, Joint, Multilayer, Slab, at, steady
from kapitza.verify.periodic import amplitude, surface_impedance
from kapitza.verify.stacks import End
from kapitza.verify.superposition import pulse_train, ramps, steps

CPU = Multilayer(
    (Slab(0.5e-3, 148.0, 1.66e6), Slab(6e-3, 237.0, 2.43e6)),
    (Joint(1.2e-4),),
    End(heat_flux=120 / 4e-4),
    End(0.0, 1 / 5000),
)
MIXED = Multilayer(
    (
        Slab(0.31, 1.7, 2.3, 5.0, 11.0),
        Slab(0.12, 0.23, 0.9, -3.0),
        Slab(0.55, 4.1, 1.4, 2.0, -6.0),
    ),
    (Joint(0.21, 3.0, 0.7), Joint(0.0)),
    End(heat_flux=4.3),
    End(1.9, 0.37),
)
"""Everything at once: sources, starts, sheets, a perfect joint, flux and film."""


def random_stack(seed: int) -> Multilayer:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 7))
    slabs = tuple(
        Slab(*(10 ** rng.uniform(-1, 1, 3)), rng.uniform(-2, 2), rng.choice([0.0, 3.0])) for _ in range(n)
    )
    joints = tuple(Joint(rng.choice([0.0, 10 ** rng.uniform(-2, 1)])) for _ in range(n - 1))
    ends = [End(rng.uniform(-2, 2)), End(rng.uniform(-2, 2), 10 ** rng.uniform(-2, 1)), End(heat_flux=1.7)]
    return Multilayer(slabs, joints, ends[rng.integers(3)], ends[rng.integers(2)])


@mpmath.workdps(400)
def by_matrices(stack: Multilayer, layer: int, z: float, s: mpmath.mpc) -> mpmath.mpc:
    """Transform of the temperature by plain transfer matrices of (T, q, 1); the digits bear their growth."""

    def through(slab: Slab, d: float) -> mpmath.matrix:
        w = mpmath.sqrt(s * slab.capacity / slab.conductivity)
        y = slab.conductivity * w
        p = mpmath.mpf(slab.initial) / s + mpmath.mpf(slab.source) / (slab.capacity * s**2)
        ch, sh = mpmath.cosh(w * d), mpmath.sinh(w * d)
        return mpmath.matrix([[ch, -sh / y, p * (1 - ch)], [-y * sh, ch, p * y * sh], [0, 0, 1]])

    def across(joint: Joint) -> mpmath.matrix:
        flux = (joint.below + joint.above) / s
        return mpmath.matrix(
            [[1, -joint.resistance, -joint.resistance * joint.below / s], [0, 1, flux], [0, 0, 1]]
        )

    whole, part = mpmath.eye(3), mpmath.eye(3)
    for i, slab in enumerate(stack.slabs):
        if i == layer:
            part = through(slab, z) * whole
        whole = through(slab, slab.thickness) * whole
        if i < len(stack.joints):
            whole = across(stack.joints[i]) * whole
    rows = []
    for end, m, sign in ((stack.bottom, mpmath.eye(3), 1), (stack.top, whole, -1)):
        a, b, c = (0, sign, end.heat_flux)
        if end.temperature is not None:
            a, b, c = (1, sign * end.resistance, end.temperature)
        rows.append([a * m[0, i] + b * m[1, i] for i in range(3)] + [c / s])
    (a, b, e, c), (x, y, f, z) = rows
    first = ((c - e) * y - b * (z - f)) / (a * y - b * x)
    flux = (a * (z - f) - (c - e) * x) / (a * y - b * x)
    return part[0, 0] * first + part[0, 1] * flux + part[0, 2]


class TestInversion:
    @pytest.mark.parametrize("t", [1e-9, 0.3, 7e5])
    def test_known_pairs(self, t: float) -> None:
        for transform, exact in (
            (lambda s: s**-1.5, 2 * math.sqrt(t / math.pi)),
            (lambda s: 1 / s**2, t),
            (lambda s: 1 / (s + 2 / t), math.exp(-2)),
            (lambda s: np.exp(-np.sqrt(3 * t * s)) / s, erfc(math.sqrt(3) / 2)),
        ):
            assert invert(transform, [t])[0] == pytest.approx(exact, rel=2e-13)

    def test_time_zero_is_refused(self) -> None:
        with pytest.raises(ValueError, match="above zero"):
            invert(lambda s: 1 / s, [0.0, 1.0])


class TestMultilayer:
    def test_published_numbers(self) -> None:
        two = Multilayer((Slab(1.0, 1.0, 1.0, 1.0), Slab(0.5, 0.25, 2.0)), (Joint(0.5),), End(0.0), End(0.0))
        sides = at(two, [(0, 1.0), (1, 0.0)], [0.1, 1.0]).temperature
        assert sides == pytest.approx(
            np.array([[0.6757123765, 0.0824658501], [0.3869217214, 0.0926520390]]), abs=1e-10
        )
        three = Multilayer(
            tuple(Slab(1 / 3, k, 1.0) for k in (1.0, 0.1, 0.2)), (Joint(2.0),) * 2, End(1.0), End(0.0)
        )
        points = [(0, 1 / 3), (1, 0.0), (1, 1 / 3), (2, 0.0)]
        exact = [0.9338241648, 0.5487344444, 0.1446949016, 0.0485591834]
        assert at(three, points, [0.5]).temperature[:, 0] == pytest.approx(exact, abs=1e-10)
        exact = [27 / 28, 3 / 4, 11 / 28, 5 / 28]
        assert steady(three, points).temperature[:, 0] == pytest.approx(exact, rel=1e-14)

    def test_cpu(self) -> None:
        rise = at(CPU, [(0, 0.0)], [0.1, 10.0]).temperature[0]
        assert rise == pytest.approx([24.08910233, 101.47251491], abs=1e-8)
        assert steady(CPU, [(0, 0.0)]).temperature[0, 0] == pytest.approx(104.6084502, abs=1e-7)

    @pytest.mark.parametrize("t", [0.003, 0.2, 40.0])
    @pytest.mark.parametrize(("layer", "z"), [(0, 0.0), (0, 0.31), (1, 0.0), (1, 0.07), (2, 0.55)])
    def test_against_multiple_precision(self, layer: int, z: float, t: float) -> None:
        with mpmath.workdps(25):
            exact = mpmath.invertlaplace(
                lambda s: by_matrices(MIXED, layer, z, s), t, method="dehoog", degree=25
            )
        computed = at(MIXED, [(layer, z)], [t]).temperature[0, 0]
        assert computed == pytest.approx(float(exact), abs=2e-11)

    def test_against_modes(self) -> None:
        """Two layers between ends at zero: roots of the characteristic equation, modes normalised by quadrature."""
        (d1, k1, c1, start), (d2, k2, c2), joint = (0.7, 1.3, 0.8, 2.0), (0.4, 0.3, 1.9), 0.6

        def waves(mu: float) -> tuple[float, float]:
            return mu * math.sqrt(c1 / k1), mu * math.sqrt(c2 / k2)

        def above(mu: float) -> tuple[float, float]:
            """The mode sin(w₁z) below, b sin(w₂(d₂ − z)) above; flux continuity gives b, the jump what is left."""
            w1, w2 = waves(mu)
            flux = -k1 * w1 * math.cos(w1 * d1)
            b = flux / (k2 * w2 * math.cos(w2 * d2))
            return b, math.sin(w1 * d1) - b * math.sin(w2 * d2) - joint * flux

        def equation(mu: float) -> float:
            return above(mu)[1] * math.cos(waves(mu)[1] * d2)

        from scipy.optimize import brentq

        grid = np.linspace(1e-3, 40.0, 8001)
        values = [equation(m) for m in grid]
        roots = [
            brentq(equation, a, b, xtol=1e-15)
            for a, b, u, v in zip(grid, grid[1:], values, values[1:], strict=False)
            if u * v < 0
        ]
        t, z = 0.05, 0.4
        total = 0.0
        for mu in roots:
            w1, w2 = waves(mu)
            b = above(mu)[0]
            norm = c1 * quad(lambda x: math.sin(w1 * x) ** 2, 0, d1)[0]  # noqa: B023
            norm += c2 * b * b * quad(lambda x: math.sin(w2 * x) ** 2, 0, d2)[0]  # noqa: B023
            projected = c1 * start * (1 - math.cos(w1 * d1)) / w1
            total += projected / norm * math.exp(-mu * mu * t) * b * math.sin(w2 * (d2 - z))
        stack = Multilayer((Slab(d1, k1, c1, start), Slab(d2, k2, c2)), (Joint(joint),), End(0.0), End(0.0))
        assert at(stack, [(1, z)], [t]).temperature[0, 0] == pytest.approx(total, abs=1e-10)

    @pytest.mark.parametrize("seed", range(12))
    def test_ends_in_the_resistances_in_series(self, seed: int) -> None:
        stack = random_stack(seed)
        profile = stacks.solve(
            [stacks.Sheet(s.thickness, s.conductivity, s.source) for s in stack.slabs],
            [joint.resistance for joint in stack.joints],
            stack.bottom,
            stack.top,
        )
        points = [(i, z) for i, s in enumerate(stack.slabs) for z in (0.0, s.thickness)]
        exact = np.ravel(profile.sides)
        size = np.abs(exact).max()
        assert steady(stack, points).temperature[:, 0] == pytest.approx(exact, abs=2e-13 * size)
        assert at(stack, points, [1e9]).temperature[:, 0] == pytest.approx(exact, abs=1e-10 * size)

    @pytest.mark.parametrize("seed", range(12))
    def test_flux_through_every_joint(self, seed: int) -> None:
        stack = random_stack(seed)
        times = np.logspace(-4, 3, 15)
        faces = [at(stack, [(i, s.thickness), (i + 1, 0.0)], times) for i, s in enumerate(stack.slabs[:-1])]
        for joint, face in zip(stack.joints, faces, strict=True):
            size = np.abs(face.flux).max()
            assert face.flux[0] == pytest.approx(face.flux[1], abs=1e-12 * size)
            jump = face.temperature[0] - face.temperature[1]
            assert jump == pytest.approx(
                joint.resistance * face.flux[0], abs=1e-11 * (1 + joint.resistance * size)
            )

    def test_energy(self) -> None:
        """Closed but for a flux: c∫(T − T₀) by quadrature is what came in, and the end is their mean."""
        stack = replace(MIXED, top=End())
        t = 0.17
        points, weights = np.polynomial.legendre.leggauss(40)
        stored = 0.0
        for i, slab in enumerate(stack.slabs):
            z = slab.thickness * (points + 1) / 2
            rise = at(stack, [(i, x) for x in z], [t]).temperature[:, 0] - slab.initial
            stored += slab.capacity * slab.thickness * float(weights @ rise) / 2
        heats = 4.3 + 3.7 + 0.31 * 11.0 - 0.55 * 6.0
        assert stored == pytest.approx(heats * t, rel=1e-9)
        closed = Multilayer(
            tuple(replace(s, source=0.0) for s in stack.slabs), (Joint(0.21), Joint(0.0)), End(), End()
        )
        capacities = [s.capacity * s.thickness for s in stack.slabs]
        mean = sum(c * s.initial for c, s in zip(capacities, stack.slabs, strict=True)) / sum(capacities)
        assert steady(closed, [(1, 0.05)]).temperature[0, 0] == pytest.approx(mean, rel=1e-13)
        assert at(closed, [(1, 0.05)], [1e6]).temperature[0, 0] == pytest.approx(mean, rel=1e-12)
        with pytest.raises(ValueError, match="without an end"):
            steady(stack, [(0, 0.0)])

    def test_extremes_do_not_overflow(self) -> None:
        """A kilometre of glass over a nanometre of silver, from femtoseconds to the age of the Earth."""
        stack = Multilayer(
            (Slab(1e-9, 429.0, 2.5e6), Slab(1e3, 1.1, 1.9e6)), (Joint(3e-9),), End(heat_flux=7.0), End(0.0)
        )
        times = np.logspace(-15, 17, 33)
        result = at(stack, [(0, 0.0), (0, 1e-9), (1, 0.0), (1, 500.0)], times).temperature
        assert np.all(np.isfinite(result))
        assert np.all(np.diff(result[0]) > -1e-9)
        early = 2 * 7.0 * np.sqrt(1e-15 / (np.pi * 429.0 * 2.5e6))
        assert result[0, 0] == pytest.approx(early, rel=1e-2)  # already 1 % reflected by the joint

    def test_turned_upside_down(self) -> None:
        over = Multilayer(
            MIXED.slabs[::-1],
            tuple(Joint(j.resistance, j.above, j.below) for j in MIXED.joints[::-1]),
            MIXED.top,
            MIXED.bottom,
        )
        a, b = at(MIXED, [(0, 0.2)], [0.3]), at(over, [(2, 0.31 - 0.2)], [0.3])
        assert a.temperature == pytest.approx(b.temperature, rel=1e-12)
        assert a.flux == pytest.approx(-b.flux, rel=1e-11)

    def test_an_offset_is_an_offset(self) -> None:
        warm = Multilayer(
            tuple(replace(s, initial=s.initial + 300) for s in MIXED.slabs),
            MIXED.joints,
            MIXED.bottom,
            replace(MIXED.top, temperature=301.9),
        )
        rise = at(MIXED, [(1, 0.1)], [0.02, 4.0]).temperature
        assert at(warm, [(1, 0.1)], [0.02, 4.0]).temperature - 300 == pytest.approx(rise, abs=1e-12)

    def test_one_joint_fewer(self) -> None:
        with pytest.raises(ValueError, match="one joint"):
            Multilayer(MIXED.slabs, MIXED.joints[:1], End(), End(0.0))


class TestHalfSpaces:
    PAIR = Contact(Body(2.3, 1.7, 5.0), Body(0.4, 3.1, -2.0), 0.19)

    def test_published_number(self) -> None:
        two = Contact(Body(1.0, 1.0, 1.0), Body(0.25, 2.0, 0.0), 0.5)
        assert two.flux(0.01) == pytest.approx(1.2491872149, abs=1e-10)

    @pytest.mark.parametrize("resistance", [0.19, 0.0])
    def test_against_the_multilayer(self, resistance: float) -> None:
        pair = replace(self.PAIR, resistance=resistance)
        times = np.array([1e-4, 0.02, 3.0])
        stack = Multilayer(
            (Slab(0.3, 2.3, 1.7, 5.0), Slab(0.2, 0.4, 3.1, -2.0)),
            (Joint(resistance),),
            HalfSpace(2.3, 1.7, 5.0),
            HalfSpace(0.4, 3.1, -2.0),
        )
        result = at(stack, [(0, 0.1), (0, 0.3), (1, 0.0), (1, 0.05)], times)
        for row, (side, distance) in enumerate(((1, 0.2), (1, 0.0), (2, 0.0), (2, 0.05))):
            exact = pair.temperature(side, distance, times)
            assert result.temperature[row] == pytest.approx(exact, abs=1e-11)
        assert result.flux[1] == pytest.approx(pair.flux(times), rel=1e-11)
        with pytest.raises(ValueError, match="half-space"):
            steady(stack, [(0, 0.0)])

    def test_jump_and_heat_equation(self) -> None:
        t = 0.03
        jump = self.PAIR.temperature(1, 0.0, t) - self.PAIR.temperature(2, 0.0, t)
        assert jump == pytest.approx(0.19 * self.PAIR.flux(t), rel=1e-14)
        h, k, c = 1e-3, 0.4, 3.1
        below, here, above = (self.PAIR.temperature(2, 0.05 + i * h, t) for i in (-1, 0, 1))
        rate = (self.PAIR.temperature(2, 0.05, t + 1e-6) - self.PAIR.temperature(2, 0.05, t - 1e-6)) / 2e-6
        assert c * rate == pytest.approx(k * (below - 2 * here + above) / h**2, rel=1e-3)


class TestMelting:
    ICE = Neumann(Phase(0.56, 4.22e6), Phase(2.22, 1.93e6), 306e6, 295.0, 273.15, 258.0)

    def test_published_numbers(self) -> None:
        assert stefan(0.1) == pytest.approx(0.2200162727, abs=1e-10)
        assert stefan(1.0) == pytest.approx(0.6200626333, abs=1e-10)

    @pytest.mark.parametrize("number", [1e-6, 30.0, 1e4])
    def test_extremes(self, number: float) -> None:
        root = stefan(number)
        assert root * math.exp(root**2) * math.erf(root) == pytest.approx(
            number / math.sqrt(math.pi), rel=1e-12
        )

    @pytest.mark.parametrize(
        "problem",
        [ICE, Neumann(Phase(2.22, 1.93e6), Phase(0.56, 4.22e6), 306e6, 251.0, 273.15, 281.0)],
        ids=["melting", "freezing"],
    )
    def test_balance_at_the_front(self, problem: Neumann) -> None:
        t = 3600.0
        x = float(problem.front(t))
        h = 1e-6 * x
        inside, outside = (problem.temperature(np.array([x, x - h, x + h]), t)[i] for i in (1, 2))
        assert problem.temperature(x, t) == pytest.approx(273.15, abs=1e-9)
        q_near = problem.near.conductivity * (inside - 273.15) / h
        q_far = problem.far.conductivity * (273.15 - outside) / h
        speed = x / (2 * t) * math.copysign(1.0, problem.wall - 273.15)
        assert q_near - q_far == pytest.approx(problem.latent * speed, rel=1e-5)

    def test_energy(self) -> None:
        t, p = 1800.0, self.ICE
        x = float(p.front(t))
        near = quad(lambda z: float(p.temperature(z, t)) - p.melting, 0, x)[0] * p.near.capacity
        far = quad(lambda z: float(p.temperature(z, t)) - p.initial, x, 40 * x)[0] * p.far.capacity
        sensible = p.far.capacity * (p.melting - p.initial) * x
        assert near + far + sensible + p.latent * x == pytest.approx(float(p.heat(t)), rel=1e-9)

    def test_no_latent_heat_is_conduction(self) -> None:
        p = Neumann(Phase(0.7, 2.9), Phase(0.7, 2.9), 1e-12, 8.0, 3.0, -1.0)
        x, t = 0.4, 0.6
        exact = -1.0 + 9.0 * erfc(x / math.sqrt(4 * 0.7 / 2.9 * t))
        assert p.temperature(x, t) == pytest.approx(exact, rel=1e-11)

    def test_melting_point_outside(self) -> None:
        with pytest.raises(ValueError, match="between"):
            Neumann(Phase(0.7, 2.9), Phase(0.7, 2.9), 1e3, 8.0, 9.0, -1.0)


class TestPeriodic:
    FILM = Multilayer(
        (Slab(2e-6, 148.0, 1.66e6), Slab(80e-9, 180.0, 2.43e6)),
        (Joint(1 / 110e6),),
        HalfSpace(142.0, 1.64e6),
        End(heat_flux=1.0),
    )
    FREQUENCIES = np.logspace(3, 9, 25)

    @pytest.mark.parametrize("bottom", [HalfSpace(142.0, 1.64e6), End(0.0), End(0.0, 1e-5), End()])
    def test_two_recursions(self, bottom: End | HalfSpace) -> None:
        stack = replace(self.FILM, bottom=bottom)
        both = amplitude(stack, [(1, 80e-9)], self.FREQUENCIES)[0][0]
        assert both == pytest.approx(surface_impedance(stack, self.FREQUENCIES), rel=1e-12)

    def test_substrate_alone(self) -> None:
        stack = Multilayer((Slab(3e-6, 142.0, 1.64e6),), (), HalfSpace(142.0, 1.64e6), End(heat_flux=5.0))
        omega = 2 * np.pi * self.FREQUENCIES
        value, flux = amplitude(stack, [(0, 1.2e-6)], self.FREQUENCIES)
        wave = np.sqrt(1j * omega * 1.64e6 / 142.0)
        assert value[0] == pytest.approx(5.0 / (142.0 * wave) * np.exp(-wave * 1.8e-6), rel=1e-12)
        assert flux[0] == pytest.approx(-5.0 * np.exp(-wave * 1.8e-6), rel=1e-12)

    def test_slow_is_steady_and_fast_is_adiabatic(self) -> None:
        stack = replace(MIXED, slabs=tuple(replace(s, initial=0.0) for s in MIXED.slabs), top=End(0.0, 0.37))
        points = [(0, 0.1), (1, 0.12), (2, 0.4)]
        slow = amplitude(stack, points, [1e-13])[0]
        assert slow.real == pytest.approx(steady(stack, points).temperature, rel=1e-9)
        fast = amplitude(stack, points, [1e6])[0][0, 0]
        assert fast == pytest.approx(11.0 / (2.3 * 2j * np.pi * 1e6), rel=1e-9)

    def test_against_swinging_in_time(self) -> None:
        """A sine switched on at t = 0, long after: the Laplace inversion of ω/(s² + ω²) lacks only its poles."""
        stack = Multilayer((Slab(0.4, 1.3, 0.7),), (), End(heat_flux=2.0), End(0.0, 0.3))
        frequency, t = 0.9, 3.3
        omega = 2 * np.pi * frequency
        value = amplitude(stack, [(0, 0.1)], [frequency])[0][0, 0]

        def swinging(s: mpmath.mpc) -> mpmath.mpc:
            return by_matrices(stack, 0, 0.1, s) * s * omega / (s**2 + omega**2)

        with mpmath.workdps(30):
            exact = float(mpmath.invertlaplace(swinging, t, method="dehoog", degree=40))
        assert (value * np.exp(1j * omega * t)).imag == pytest.approx(exact, abs=1e-7)


class TestSeries:
    def test_published_numbers(self) -> None:
        assert series.nafems_t3() == pytest.approx(36.603115959084614, abs=1e-11)  # mpmath, 40 digits
        assert series.nafems_axisymmetric_transient() == pytest.approx(186.4852793, abs=1e-7)

    def test_bar_by_superposed_ramps(self) -> None:
        """sin(ωt) as 1280 straight pieces, each the ramp response of the multilayer."""
        bar = Multilayer((Slab(0.1, 35.0, 7200 * 440.5),), (), End(0.0), End(1.0))
        knots = np.linspace(0.0, 32.0, 1281)
        values = 100 * np.sin(np.pi * knots / 40)
        result = ramps(lambda t: at(bar, [(0, 0.08)], t, 1).temperature[0], list(knots), list(values), [32.0])
        assert result[0] == pytest.approx(36.60311597, abs=1e-4)

    def test_slab_by_the_multilayer(self) -> None:
        slab = Multilayer((Slab(1.0, 1.0, 1.0, 1.0),), (), End(0.0), End(0.0))
        for fourier in (1e-3, 0.05, 0.6):
            left = at(slab, [(0, 0.3)], [fourier]).temperature[0, 0]
            assert series.slab_left(0.3, fourier) == pytest.approx(left, abs=1e-12)

    def test_cylinder_by_its_transform(self) -> None:
        from scipy.special import ive

        def left(s: np.ndarray) -> np.ndarray:
            w = np.sqrt(s)
            ratio = ive(0, 0.4 * w) / ive(0, w) * np.exp(0.4 * w.real - w.real)
            return (1 - ratio) / s

        for fourier in (2e-3, 0.05, 0.6):
            assert series.cylinder_left(0.4, fourier) == pytest.approx(invert(left, [fourier])[0], abs=1e-12)


class TestImpedance:
    AREA = 4e-4

    def test_early_is_a_half_space(self) -> None:
        times = np.array([1e-9, 1e-7, 1e-6])
        exact = 2 * np.sqrt(times / (math.pi * 148.0 * 1.66e6)) / self.AREA
        assert thermal_impedance(CPU, self.AREA, times) == pytest.approx(exact, rel=1e-12)

    def test_decades_against_multiple_precision(self) -> None:
        unit = replace(CPU, bottom=End(heat_flux=1 / self.AREA))
        for t in (1e-5, 1e-2, 10.0):
            with mpmath.workdps(25):
                exact = mpmath.invertlaplace(lambda s: by_matrices(unit, 0, 0.0, s), t, method="talbot")
            assert thermal_impedance(CPU, self.AREA, [t])[0] == pytest.approx(float(exact), rel=1e-11)

    def test_steady_is_the_end_of_the_structure_function(self) -> None:
        resistance, capacitance = structure_function(CPU, self.AREA)
        parts = np.array([0.0, 0.5e-3 / 148, 1.2e-4, 6e-3 / 237, 1 / 5000]) / self.AREA
        assert resistance == pytest.approx(np.cumsum(parts))
        stored = [0.0, 0.332, 0.332, 0.332 + 5.832, 6.164]
        assert capacitance == pytest.approx(stored)
        assert steady_impedance(CPU, self.AREA) == pytest.approx(resistance[-1], rel=1e-14)
        assert thermal_impedance(CPU, self.AREA, [1e5])[0] == pytest.approx(resistance[-1], rel=1e-12)

    def test_own_heats_and_starts_do_not_count(self) -> None:
        warm = Multilayer(
            tuple(replace(s, initial=40.0, source=2e6) for s in CPU.slabs),
            (Joint(1.2e-4, 3e4, 5e4),),
            End(heat_flux=9.0),
            End(25.0, 1 / 5000),
        )
        assert thermal_impedance(warm, 4e-4, [0.01, 3.0]) == pytest.approx(
            thermal_impedance(CPU, 4e-4, [0.01, 3.0]), rel=1e-13
        )


class TestSuperposition:
    def test_pulses_of_a_single_pole(self) -> None:
        """1 − e^(−t/τ): the response to a train has a closed form in every interval."""
        tau = 0.3
        times, values = pulse_train(0.2, 0.5, 3, 7.0)
        assert times == [0.0, 0.2, 0.5, 0.7, 1.0, 1.2]
        state, exact = 0.0, []
        for _ in range(3):
            state = 7 + (state - 7) * math.exp(-0.2 / tau)
            exact.append(state)
            state *= math.exp(-0.3 / tau)
            exact.append(state)
        result = steps(lambda t: 1 - np.exp(-t / tau), times, values, [0.2, 0.5, 0.7, 1.0, 1.2, 1.5])
        assert result == pytest.approx(exact, rel=1e-14)

    def test_ramps_of_a_single_pole(self) -> None:
        tau = 0.3

        def integral(t: np.ndarray) -> np.ndarray:
            return t - tau * (1 - np.exp(-t / tau))

        knots, values = [0.0, 0.4, 0.5, 0.9], [0.0, 3.0, -1.0, 0.5]
        for moment in (0.2, 0.45, 0.8, 2.0):
            exact = quad(
                lambda x: float(np.interp(x, knots, values)) * math.exp((x - moment) / tau) / tau,  # noqa: B023
                0.0,
                moment,
                points=[k for k in knots if 0 < k < moment],
            )[0]
            assert ramps(integral, knots, values, [moment])[0] == pytest.approx(exact, abs=1e-12)
        with pytest.raises(ValueError, match="starts at zero"):
            ramps(integral, [0.0, 1.0], [2.0, 3.0], [0.5])

    def test_pulse_that_ends(self) -> None:
        """A short pulse into a closed stack leaves its energy, evenly."""
        closed = replace(CPU, top=End())
        late = steps(
            lambda t: at(closed, [(0, 0.0), (1, 3e-3)], t).temperature, [0.0, 1e-3], [2.5, 0.0], [5e2]
        )
        energy = 2.5 * 1e-3 * 120 / 4e-4
        mean = energy / (0.5e-3 * 1.66e6 + 6e-3 * 2.43e6)
        assert late[:, 0] == pytest.approx([mean, mean], rel=1e-8)

    def test_before_it_starts(self) -> None:
        assert steps(lambda t: t, [3.0], [2.0], [1.0, 3.0]) == pytest.approx([0.0, 0.0])
