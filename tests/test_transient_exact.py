"""Runs in time against closed forms, Laplace inversion, matrix exponentials and other integrators."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

import kapitza as kp
from kapitza.interfaces.power import STEFAN_BOLTZMANN, radiation
from kapitza.laws.phases import Phases
from kapitza.laws.temperature import Constant, Slope
from kapitza.laws.time import Pulse, Ramp, Steps, TimeLaw, flash
from kapitza.layout import Layout
from kapitza.model import (
    Boundary,
    Geometry,
    Interface,
    Layer,
    MeshOptions,
    PieceProbe,
    PointProbe,
    SolveOptions,
    Stack,
    TransientOptions,
)
from kapitza.transient.run import _Problem
from kapitza.transient.schemes import Point, backward_euler, bdf2, tr_bdf2
from kapitza.verify import multilayer, series
from kapitza.verify.half_spaces import Body, Contact
from kapitza.verify.melting import Neumann, Phase
from kapitza.verify.multilayer import Joint, Multilayer, Slab
from kapitza.verify.stacks import End
from kapitza.verify.superposition import pulse_train, steps
from test_references_time import random_stack
from transient_stacks import COLD, FRACTIONS, Array, exact, problem, sides, slowest

CASES = Path(__file__).resolve().parents[1] / "cases"
CPU = Multilayer(
    (Slab(0.5e-3, 148.0, 1.66e6), Slab(6e-3, 237.0, 2.43e6)),
    (Joint(1.2e-4),),
    End(heat_flux=120 / 4e-4),
    End(0.0, 1 / 5000),
)


def material(k: Any, c: Any, name: str = "matter") -> kp.Material:
    return kp.Material(name, k, volumetric_heat_capacity=c)


def one_layer(
    m: kp.Material,
    thickness: float,
    options: TransientOptions,
    *,
    initial: float | str | None = None,
    cells: int | None = None,
    heat: float | TimeLaw = 0.0,
    probes: Sequence[Any] = (),
    **sides_: Any,
) -> Stack:
    return Stack(
        [Layer("bar", m, thickness, cells=cells, heat=heat)],
        Geometry("slab", area=0.3),
        boundaries={side: Boundary(one) for side, one in sides_.items()},
        probes=probes,
        solve=SolveOptions(initial=initial),
        transient=options,
        mesh=MeshOptions(grading="uniform" if cells else None),
    )


def worst(
    given: Multilayer, tolerance: float, cells: int | None, method: Any = "auto"
) -> tuple[float, float]:
    """Largest error at faces and at cell centres, of the range, at all times of `FRACTIONS`."""
    times = slowest(given) * FRACTIONS
    options = TransientOptions(times[-1], times=tuple(times), tolerance=tolerance, method=method)
    found = kp.solve(problem(given, options, cells))
    frames = found.history.frames
    at_faces, at_centres, span = exact(given, found, times)
    cells_ = np.array([f.fields.temperature for f in frames]).T - COLD
    assert abs(found.history.imbalance) <= 1e-8
    return float(np.abs(sides(frames) - at_faces).max() / span), float(
        np.abs(cells_ - at_centres).max() / span
    )


class TestMultilayers:
    """Layers, joints, flux, film, held ends, starts that jump, sources, from 1e-5 of the slowest layer's time on."""

    @pytest.mark.parametrize("seed", range(14))
    def test_default_settings(self, seed: int) -> None:
        assert max(worst(random_stack(seed), 1e-4, None)) <= 1e-3

    @pytest.mark.parametrize("seed", range(5))
    def test_fine(self, seed: int) -> None:
        assert max(worst(random_stack(seed), 1e-5, 240)) <= 1e-4

    @pytest.mark.parametrize("method", ["tr-bdf2", "bdf2", "backward-euler"])
    def test_every_method(self, method: str) -> None:
        """Backward Euler needs more steps for the same; its local errors add up."""
        given = random_stack(3)
        at_faces, at_centres = worst(given, 1e-6 if method == "backward-euler" else 1e-5, None, method)
        assert max(at_faces, at_centres) <= 1e-3

    def test_sheet_sources(self) -> None:
        given = Multilayer(
            (Slab(0.31, 1.7, 2.3, 0.4), Slab(0.22, 0.6, 1.2)),
            (Joint(0.21, 3.0, 0.7),),
            End(-0.3),
            End(0.2, 0.37),
        )
        assert max(worst(given, 1e-4, None)) <= 1e-3

    @pytest.mark.parametrize("seed", [4, 7])
    def test_fluxes_through_joints(self, seed: int) -> None:
        given = random_stack(seed)
        times = slowest(given) * FRACTIONS[2:]
        options = TransientOptions(times[-1], times=tuple(times), tolerance=1e-5)
        frames = kp.solve(problem(given, options, 120)).history.frames
        named = [i for i, joint in enumerate(given.joints) if joint.resistance > 0]
        assert named
        for i in named:
            drops = [f.pieces.top[i] - f.pieces.bottom[i + 1] for f in frames]
            flux = multilayer.at(given, [(i, given.slabs[i].thickness)], times).flux[0]
            scale = np.abs(multilayer.at(given, [(i, given.slabs[i].thickness)], times).flux).max()
            assert np.array(drops) / given.joints[i].resistance == pytest.approx(flux, abs=2e-3 * scale)

    def test_published_numbers(self) -> None:
        found = kp.solve(kp.load(CASES / "two_layers_in_time.toml"))
        assert found.history.probes["below the joint"][[4, 6]] == pytest.approx(
            [300.6757123765, 300.0824658501], abs=2e-4
        )
        assert found.history.probes["above the joint"][[4, 6]] == pytest.approx(
            [300.3869217214, 300.0926520390], abs=2e-4
        )


# Order in time ------------------------------------------------------------------------------------------------


class TestOrder:
    """Constant steps of the schemes against the exponential of the very matrix that they integrate."""

    GIVEN = Multilayer(
        (Slab(0.7, 1.3, 0.8, 2.0), Slab(0.4, 0.3, 1.9)), (Joint(0.6),), End(0.4, 0.2), End(heat_flux=0.9)
    )
    BEGIN, END = 0.2, 1.0

    def errors(self, method: str, counts: Sequence[int]) -> list[float]:
        body = _Problem(Layout.of(problem(self.GIVEN, TransientOptions(1.0), 9))).linear()
        E0 = body.start()
        none = np.zeros(0)
        rest = body.flow(np.zeros(E0.shape), none).net.ravel()
        n = E0.size
        capacity = np.array([body.contents(np.full(E0.shape, 401.0))[i, 0] for i in range(n)])
        capacity -= body.contents(np.full(E0.shape, 400.0)).ravel()
        A = np.array([body.flow(np.eye(n)[i][:, np.newaxis], none).net.ravel() - rest for i in range(n)]).T
        rate = A / capacity[:, np.newaxis]
        still = np.linalg.solve(A, -rest)

        def at(t: float) -> Point:
            y = still + expm(rate * t) @ (E0.ravel() / capacity - still)
            y = y[:, np.newaxis]
            return Point(t, capacity[:, np.newaxis] * y, y, body.flow(y, none), 0.0, 0.0)

        result = []
        values = lambda t, after: none  # noqa: E731
        for count in counts:
            h = (self.END - self.BEGIN) / count
            before, now = at(self.BEGIN - h), at(self.BEGIN)
            for _ in range(count):
                if method == "bdf2":
                    new = bdf2(body, before, now, h, values).end
                else:
                    new = (tr_bdf2 if method == "tr-bdf2" else backward_euler)(body, now, h, values).end
                before, now = now, new
            result.append(float(np.abs(now.E / capacity[:, np.newaxis] - at(self.END).y).max()))
        return result

    @pytest.mark.parametrize(("method", "order"), [("tr-bdf2", 2), ("bdf2", 2), ("backward-euler", 1)])
    def test_order(self, method: str, order: int) -> None:
        found = self.errors(method, [20, 40, 80, 160])
        observed = np.log2(np.array(found[:-1]) / found[1:])
        assert np.all(observed >= order - 0.1), observed
        assert np.all(observed <= order + 0.15), observed

    def test_error_follows_tolerance(self) -> None:
        """At 1/8 of the tolerance a method of second order, its local error of third, errs by 1/4."""
        given = self.GIVEN
        times = (0.05, 0.2, 0.9)

        def run(tolerance: float) -> Array:
            options = TransientOptions(0.9, times=times, tolerance=tolerance)
            return sides(kp.solve(problem(given, options, 30)).history.frames)

        best = run(1e-9)
        errors = [np.abs(run(tolerance) - best).max() for tolerance in (1e-3, 1e-3 / 64, 1e-3 / 4096)]
        assert errors[0] > errors[1] > errors[2]
        assert errors[0] / errors[2] >= 4**4 / 3


# Energy --------------------------------------------------------------------------------------------------------


def joined(
    hot: kp.Material,
    cold: kp.Material,
    temperatures: tuple[float, float],
    options: TransientOptions,
    **kw: Any,
) -> Stack:
    """Two layers of different temperature, insulated, with a joint."""
    return Stack(
        [
            Layer("hot", hot, 0.013, initial=temperatures[0], cells=kw.get("cells")),
            Layer("cold", cold, 0.021, initial=temperatures[1], cells=kw.get("cells")),
        ],
        Geometry("slab", area=0.3),
        interfaces=[Interface(kp.Resistance(2.3e-4), between=("hot", "cold"))],
        transient=options,
    )


WAX = kp.Material(
    "wax",
    Phases(Constant(0.35), Constant(0.15), 301.0, 301.0),
    density=800.0,
    specific_heat=Phases(Constant(1900.0), Constant(2300.0), 301.0, 301.0),
    latent_heat=180e3,
    melting_temperature=301.0,
)
METAL = material(27.0, 3.4e6, "metal")
CURVED = kp.Material(
    "curved", Slope(3.1, 300.0, -0.004), volumetric_heat_capacity=Slope(1.7e6, 300.0, 2100.0)
)


class TestEnergy:
    @pytest.mark.parametrize("method", ["tr-bdf2", "bdf2", "backward-euler"])
    @pytest.mark.parametrize(
        ("cold", "start"), [(material(0.9, 1.3e6, "glass"), 290.0), (CURVED, 290.0), (WAX, 299.0)]
    )
    def test_insulated(self, cold: kp.Material, start: float, method: Any) -> None:
        """A thousand steps and more: nothing is lost, beside what the cold layer gains."""
        times = tuple(np.linspace(0.2, 200.0, 1000))
        options = TransientOptions(200.0, times=times, method=method)
        found = kp.solve(joined(METAL, cold, (420.0, start), options, cells=8))
        history = found.history
        assert history.steps >= 1000
        gained = 3.4e6 * 0.3 * 0.013 * (420.0 - found.pieces.mean[0])
        assert gained > 1e3
        assert abs(history.stored) <= 1e-12 * gained
        assert history.heat_in == history.heat_out == 0.0
        if cold is WAX:
            assert 0.05 < history.melted["cold"][-1] < 1.0
            again = 0.3 * 0.021 * 800.0 * (180e3 * history.melted["cold"][-1] + 1900.0 * 2.0)
            assert again < gained < again + 2300.0 * 800 * 0.3 * 0.021 * 119

    @pytest.mark.parametrize("cold", [material(0.9, 1.3e6, "glass"), CURVED, WAX])
    def test_in_out_stored(self, cold: kp.Material) -> None:
        stack = joined(METAL, cold, (310.0, 290.0), TransientOptions(25.0), cells=30)
        stack = replace(
            stack,
            boundaries={
                "bottom": Boundary(kp.HeatFlux(Pulse(4e4, 3.0, 11.0))),
                "top": Boundary(kp.Reservoir(285.0, kp.Resistance(3e-3))),
            },
        )
        history = kp.solve(stack).history
        assert history.heat_in > 1e4
        assert history.heat_out > 1e2
        assert abs(history.imbalance) <= 1e-8

    @pytest.mark.parametrize("geometry", ["slab", "cylinder", "sphere"])
    def test_adiabatic_rise(self, geometry: str) -> None:
        """An insulated body warms by what it was given over what it holds."""
        inner, outer = (0.0, 0.02) if geometry == "slab" else (0.01, 0.03)
        volume = {
            "slab": 0.3 * 0.02,
            "cylinder": math.pi * 1.7 * (outer**2 - inner**2),
            "sphere": 4 / 3 * math.pi * (outer**3 - inner**3),
        }[geometry]
        shape = Geometry(geometry, area=0.3, inner_radius=inner, length=1.7)  # type: ignore[arg-type]
        law = Ramp(np.array([0.0, 2.0, 5.0]), np.array([0.0, 70.0, 10.0]))
        stack = Stack(
            [Layer("body", METAL, 0.02, heat=law)],
            shape,
            solve=SolveOptions(initial=300.0),
            transient=TransientOptions(9.0),
        )
        found = kp.solve(stack)
        assert found.history.heat_in == pytest.approx(law.integral(0.0, 9.0), rel=1e-12)
        assert found.pieces.mean[0] - 300.0 == pytest.approx(
            law.integral(0.0, 9.0) / (volume * 3.4e6), rel=1e-9
        )


# No overshoot -----------------------------------------------------------------------------------------------


def all_seen(found: Any) -> Array:
    parts = [
        np.concatenate([f.fields.temperature.ravel(), f.pieces.bottom, f.pieces.top])
        for f in found.history.frames
    ]
    return np.array(parts)


class TestNoOvershoot:
    """After a start or a jump nothing leaves the range that physics allows by more than 1e-3 of it."""

    @pytest.mark.parametrize("tolerance", [1e-4, 1e-2])
    @pytest.mark.parametrize("G", [3e-2, 7e1, 4e5, 2e9])
    @pytest.mark.parametrize("thin", [2e-9, 3e-5, 8e-3])
    @pytest.mark.parametrize("method", ["tr-bdf2", "bdf2"])
    def test_initial_jump(self, thin: float, G: float, tolerance: float, method: Any) -> None:
        if method == "bdf2" and thin == 3e-5:
            pytest.skip("two of three are enough for the second method")
        if method == "bdf2" and tolerance == 1e-2:
            pytest.skip("BDF2 damps, but keeps no signs: it stays within its tolerance")
        stack = Stack(
            [
                Layer("film", material(240.0, 2.4e6, "film"), thin, initial=400.0),
                Layer("base", material(1.3, 1.7e6, "base"), 5e-3, initial=300.0),
            ],
            Geometry("slab", area=0.3),
            interfaces=[Interface(kp.Conductance(G), between=("film", "base"))],
            boundaries={"top": Boundary(kp.Temperature(300.0))},
            transient=TransientOptions(40.0, save=60, spacing="log", tolerance=tolerance, method=method),
        )
        seen = all_seen(kp.solve(stack))
        assert seen.min() >= 300.0 - 0.1
        assert seen.max() <= 400.0 + 0.1

    @pytest.mark.parametrize("tolerance", [1e-4, 1e-2])
    @pytest.mark.parametrize("resistance", [0.0, 1e-9, 2e-4, 3.0])
    def test_boundary_jumps(self, resistance: float, tolerance: float) -> None:
        law = Steps(np.array([0.0, 1.3, 4.1, 4.1 + 1e-6]), np.array([300.0, 400.0, 320.0, 380.0]))
        end = kp.Temperature(law) if resistance == 0 else kp.Reservoir(law, kp.Resistance(resistance))
        times = tuple(
            sorted(
                {
                    *np.geomspace(1e-7, 9.0, 40),
                    *(1.3 + np.geomspace(1e-9, 2.0, 40)),
                    *(4.1 + np.geomspace(1e-9, 4.0, 40)),
                }
            )
        )
        options = TransientOptions(9.0, times=times, tolerance=tolerance)
        seen = all_seen(kp.solve(one_layer(material(1.1, 2.1e6), 4e-3, options, initial=300.0, bottom=end)))
        assert seen.min() >= 300.0 - 0.1
        assert seen.max() <= 400.0 + 0.1
        first = np.array(times) < 1.3
        assert np.abs(seen[first] - 300.0).max() <= 1e-9
        far = seen[:, :160]
        assert np.diff(far[(np.array(times) > 1.3) & (np.array(times) <= 4.1)], axis=0).min() >= -0.1

    @pytest.mark.parametrize("tolerance", [1e-4, 1e-2])
    @pytest.mark.parametrize("thin", [5e-9, 2e-6, 4e-4])
    def test_power_jumps(self, thin: float, tolerance: float) -> None:
        """Power on: warmer everywhere at all times. Power off: never warmer than the warmest was, and falling there."""
        off = 0.7
        stack = Stack(
            [
                Layer(
                    "film",
                    material(17.0, 2.4e6, "film"),
                    thin,
                    heat=Steps(np.array([0.0, off]), np.array([90.0, 0.0])),
                ),
                Layer("base", material(1.3, 1.7e6, "base"), 3e-3),
            ],
            Geometry("slab", area=0.3),
            interfaces=[Interface(kp.Conductance(3e7), between=("film", "base"))],
            boundaries={"top": Boundary(kp.Temperature(300.0))},
            transient=TransientOptions(
                4.0,
                times=tuple(sorted({*np.geomspace(1e-9, off, 40), *(off + np.geomspace(1e-9, 3.3, 40))})),
                tolerance=tolerance,
            ),
        )
        found = kp.solve(stack)
        seen, times = all_seen(found), found.history.times
        span = seen.max() - 300.0
        assert seen.min() >= 300.0 - 1e-3 * span
        heated = seen[times <= off]
        assert np.diff(heated, axis=0).min() >= -1e-3 * span
        film = seen[times >= off][:, :160]
        assert np.diff(film, axis=0).max() <= 1e-3 * span
        assert seen.max() <= heated[-1].max() + 1e-3 * span


# Instants and events ------------------------------------------------------------------------------------------


class TestInstants:
    def test_times_are_hit(self) -> None:
        times = (0.0, 1.1e-7, 0.003, 1 / 3, 0.5, 2.9)
        found = kp.solve(problem(random_stack(2), TransientOptions(2.9, times=times)))
        assert tuple(found.history.times) == times
        assert tuple(f.time for f in found.history.frames) == times
        assert all_seen(found)[0, : found.mesh.shape[0]] == pytest.approx(
            COLD + np.array([s.initial for s in random_stack(2).slabs])[found.mesh.piece.ravel()], abs=2e-6
        )

    @pytest.mark.parametrize("spacing", ["linear", "log"])
    @pytest.mark.parametrize("method", ["tr-bdf2", "bdf2", "backward-euler"])
    def test_between_the_steps(self, spacing: Any, method: Any) -> None:
        """Instants inside a step are as good as those at its end."""
        given = random_stack(0)
        until = 3 * slowest(given)
        tolerance = 1e-5 if method == "backward-euler" else 1e-4
        options = TransientOptions(until, save=90, spacing=spacing, tolerance=tolerance, method=method)
        found = kp.solve(problem(given, options))
        later = found.history.times > 0
        times = found.history.times[later]
        at_faces, at_centres, span = exact(given, found, times)
        frames = [f for f, kept in zip(found.history.frames, later, strict=True) if kept]
        assert found.history.steps < 5000
        # Before the first hundred-thousandth the front is thinner than any cell.
        old = times >= 1e-5 * slowest(given)
        assert np.abs(sides(frames) - at_faces)[:, old].max() <= 1e-3 * span
        cells = np.array([f.fields.temperature for f in frames]).T - COLD
        assert np.abs(cells - at_centres)[:, old].max() <= 1e-3 * span


class TestEvents:
    def run(self, law: TimeLaw, until: float, **kw: Any) -> Any:
        options = TransientOptions(until, save=5, **kw)
        end = kp.Reservoir(300.0, kp.Resistance(2e-4))
        return kp.solve(
            one_layer(METAL, 3e-3, options, initial=300.0, cells=20, bottom=kp.Heat(law), top=end)
        )

    def test_a_nanosecond_within_a_second(self) -> None:
        begin, end = 0.5, 0.5 + 1e-9
        found = self.run(Steps(np.array([0.0, begin, end]), np.array([0.0, 4e9, 0.0])), 1.0)
        # Instants near half a second are known to 1e-16 s.
        assert found.history.heat_in == pytest.approx(4e9 * (end - begin), rel=2e-7)
        assert found.history.steps < 2000

    @pytest.mark.parametrize("method", ["tr-bdf2", "bdf2", "backward-euler"])
    def test_pulse_train(self, method: Any) -> None:
        law = Pulse(130.0, 3e-6, 0.013, start=1e-3)
        found = self.run(law, 0.2, method=method)
        assert found.history.heat_in == pytest.approx(law.integral(0.0, 0.2), rel=1e-12)
        assert abs(found.history.imbalance) <= 1e-10

    def test_long_trace_of_steps(self) -> None:
        rng = np.random.default_rng(5)
        law = Steps(np.sort(rng.uniform(0.0, 100.0, 10_000)), rng.uniform(0.0, 200.0, 10_000))
        begun = time.process_time()
        found = self.run(law, 100.0)
        assert time.process_time() - begun < 20.0
        assert found.history.heat_in == pytest.approx(law.integral(0.0, 100.0), rel=1e-11)

    def test_ramps(self) -> None:
        times = np.array([0.0, 0.4, 0.4 + 1e-6, 2.0, 3.0])
        law = Ramp(times, np.array([0.0, 100.0, 20.0, 60.0, 0.0]))
        found = self.run(law, 4.0)
        assert found.history.heat_in == pytest.approx(law.integral(0.0, 4.0), rel=1e-11)

    def test_pulses_of_the_cpu(self) -> None:
        """Against step responses added up, at every edge and in between."""
        found = kp.solve(kp.load(CASES / "cpu_pulse_train.toml"))
        times = found.history.times[1:]

        def response(t: Array) -> Array:
            return multilayer.at(CPU, [(0, 0.0), (1, 0.0)], t).temperature

        on = steps(response, *pulse_train(1e-3, 10e-3, 6, 1.0), times)
        span = on.max()
        assert found.history.probes["junction"][1:] - 298.15 == pytest.approx(on[0], abs=1e-3 * span)
        assert found.history.probes["sink below"][1:] - 298.15 == pytest.approx(on[1], abs=1e-3 * span)

    @pytest.mark.parametrize("side", ["below", "above", "split"])
    def test_flash(self, side: Any) -> None:
        """A flash in the plane of a contact: its energy to the last digit, and temperatures."""
        fluence, duration, start = 37.0, 2e-5, 1e-4
        share = {"below": 1.0, "above": 0.0, "split": 0.5}[side]
        given = Multilayer(
            (Slab(2e-4, 11.0, 2.9e6), Slab(3e-4, 3.0, 1.8e6)), (Joint(2e-5),), End(), End(0.0, 1e-3)
        )
        options = TransientOptions(
            0.03, times=tuple(start + duration * np.array([0.5, 1.0, 2.0, 10.0, 1000.0]))
        )
        sheet = kp.SheetSource(
            "flash", ("layer 0", "layer 1"), heat_flux=flash(fluence, duration, start), side=side
        )
        found = kp.solve(replace(problem(given, options), sources=[sheet]))
        assert found.history.heat_in == pytest.approx(2.0 * fluence, rel=1e-9)
        lit = replace(given, joints=(Joint(2e-5, share, 1 - share),))
        faces = [(0, 0.0), (0, 2e-4), (1, 0.0), (1, 3e-4)]

        def response(t: Array) -> Array:
            return multilayer.at(lit, faces, t).temperature

        power = fluence / duration
        on = steps(response, [start, start + duration], [power, 0.0], options.times)
        assert sides(found.history.frames) == pytest.approx(on, abs=1e-3 * on.max())

    def test_swinging_end(self) -> None:
        """NAFEMS T3. A ramp of n chords errs by (omega dt)^2/8 of the amplitude at most, and on the safe side."""
        for n, close in ((64, 0.03), (1280, 0.01)):
            t = np.linspace(0.0, 32.0, n + 1)
            law = Ramp(t, 273.15 + 100 * np.sin(np.pi * t / 40))
            options = TransientOptions(32.0, times=(32.0,))
            stack = one_layer(
                material(35.0, 7200 * 440.5),
                0.1,
                options,
                initial=273.15,
                bottom=kp.Temperature(273.15),
                top=kp.Temperature(law),
                probes=[PointProbe("x", z=0.08)],
            )
            assert kp.solve(stack).history.probes["x"][0] - 273.15 == pytest.approx(36.60311596, abs=close)

    def test_swinging_end_in_steps(self) -> None:
        t = np.linspace(0.0, 32.0, 641)
        middle = np.append(0.5 * (t[1:] + t[:-1]), 32.0)
        law = Steps(t, 273.15 + 100 * np.sin(np.pi * middle / 40))
        stack = one_layer(
            material(35.0, 7200 * 440.5),
            0.1,
            TransientOptions(32.0, times=(32.0,)),
            initial=273.15,
            bottom=kp.Temperature(273.15),
            top=kp.Temperature(law),
            probes=[PointProbe("x", z=0.08)],
        )
        assert kp.solve(stack).history.probes["x"][0] - 273.15 == pytest.approx(36.60311596, abs=0.02)


# Half-spaces, melting -------------------------------------------------------------------------------------------


class TestHalfSpaces:
    @pytest.mark.parametrize("resistance", [0.0, 8.3e-5])
    def test_early(self, resistance: float) -> None:
        """Before either far end is felt; sides, inside, and the flux."""
        hot, cold = Body(401.0, 3.45e6, 353.0), Body(1.1, 2.1e6, 293.0)
        contact = Contact(hot, cold, resistance)
        times = np.array([1e-3, 1e-2, 0.1, 0.7])
        stack = Stack(
            [
                Layer("hot", material(401.0, 3.45e6, "copper"), 0.06, initial=353.0, cells=240),
                Layer("cold", material(1.1, 2.1e6, "glass"), 0.005, initial=293.0, cells=240),
            ],
            Geometry("slab", area=0.3),
            interfaces=[Interface(kp.Resistance(resistance), between=("hot", "cold"))] if resistance else [],
            transient=TransientOptions(0.7, times=tuple(times)),
        )
        found = kp.solve(stack)
        frames = found.history.frames
        for j, frame in enumerate(frames):
            assert frame.pieces.top[0] == pytest.approx(contact.temperature(1, 0.0, times[j]), abs=0.03)
            assert frame.pieces.bottom[1] == pytest.approx(contact.temperature(2, 0.0, times[j]), abs=0.06)
            upper = frame.mesh.piece.ravel() == 1
            depth = frame.mesh.z[upper] - 0.06
            assert frame.fields.temperature[upper] == pytest.approx(
                contact.temperature(2, depth, times[j]), abs=0.06
            )
            if resistance:
                assert (frame.pieces.top[0] - frame.pieces.bottom[1]) / resistance == pytest.approx(
                    contact.flux(times)[j], rel=2e-3
                )


class TestMelting:
    """Neumann's two phases, 600 equal cells. Front and temperatures within 1 %, no energy lost.

    A cell that melts shows the melting point, half a cell off the front at worst: 1 % once 40 cells have melted."""

    @pytest.mark.parametrize("freezing", [False, True])
    def test_front(self, freezing: bool) -> None:
        solid, liquid = Phase(0.35, 800 * 1900.0), Phase(0.15, 800 * 2300.0)
        wall, start, length = (260.0, 310.0, 0.12) if freezing else (345.0, 290.0, 0.1)
        melting = 301.0
        times = np.array([280.0, 500.0, 1200.0])
        found = kp.solve(
            one_layer(
                WAX,
                length,
                TransientOptions(1200.0, times=tuple(times)),
                initial=start,
                cells=600,
                bottom=kp.Temperature(wall),
            )
        )
        near, far = (solid, liquid) if freezing else (liquid, solid)
        truth = Neumann(near, far, 800 * 180e3, wall, melting, start)
        history = found.history
        share = 1.0 - history.melted["bar"] if freezing else history.melted["bar"]
        assert share * length == pytest.approx(truth.front(times), rel=0.01)
        assert (history.heat_in - history.heat_out) / 0.3 == pytest.approx(
            float(truth.heat(1200.0)), rel=0.005
        )
        assert abs(history.imbalance) <= 1e-8
        for frame, t in zip(history.frames, times, strict=True):
            inside = truth.temperature(frame.mesh.z, t)
            assert frame.fields.temperature == pytest.approx(inside, abs=0.01 * abs(wall - start))

    def test_over_a_range(self) -> None:
        """Solidus below liquidus: against another integrator on another mesh, from the same enthalpy by hand."""
        solidus, liquidus, latent = 318.0, 326.0, 90e3
        alloy = kp.Material(
            "alloy",
            Constant(21.0),
            density=7300.0,
            specific_heat=Constant(240.0),
            latent_heat=latent,
            solidus=solidus,
            liquidus=liquidus,
        )
        length, n, c = 0.02, 300, 7300.0 * 240.0
        wide = c * (liquidus - solidus) + 7300.0 * latent
        knots = np.array([0.0, 300.0 * c - 300.0 * c, (solidus - 300.0) * c, (solidus - 300.0) * c + wide])

        def temperature(w: Array) -> Array:
            warm = 300.0 + w / c
            mushy = solidus + (w - knots[2]) * (liquidus - solidus) / wide
            molten = liquidus + (w - knots[3]) / c
            return np.where(w < knots[2], warm, np.where(w < knots[3], mushy, molten))

        d = length / n

        def rate(t: float, w: Array) -> Array:
            T = temperature(w)
            flux = np.concatenate([[21.0 * (370.0 - T[0]) / (d / 2)], 21.0 * (T[:-1] - T[1:]) / d, [0.0]])
            return -np.diff(flux) / d

        times = np.array([1.0, 5.0, 12.0])
        bands = (np.eye(n) + np.eye(n, k=1) + np.eye(n, k=-1)) != 0
        truth = solve_ivp(
            rate, (0.0, 12.0), np.zeros(n), "BDF", times, rtol=1e-6, atol=1e2, jac_sparsity=bands
        )
        stack = one_layer(
            alloy,
            length,
            TransientOptions(12.0, times=tuple(times)),
            initial=300.0,
            cells=100,
            bottom=kp.Temperature(370.0),
        )
        found = kp.solve(stack)
        for j, frame in enumerate(found.history.frames):
            exact_ = temperature(truth.y[1::3, j])
            assert frame.fields.temperature == pytest.approx(exact_, abs=1e-2 * 70.0)
            melted = np.clip((truth.y[:, j] - knots[2]) / wide, 0.0, 1.0).mean()
            assert found.history.melted["bar"][j] == pytest.approx(melted, abs=5e-3)
        assert abs(found.history.imbalance) <= 1e-8


# Two dimensions -------------------------------------------------------------------------------------------------


class TestPlane:
    def test_nafems_axisymmetric(self) -> None:
        """NAFEMS: a cylinder heated on all its surface, 186.485 degC at (0.1, 0.3) m after 190 s."""
        hot = Boundary(kp.Temperature(1273.15))
        errors = []
        for n in (24, 48):
            stack = Stack(
                [Layer("steel", material(52.0, 7850.0 * 460.0), 0.4)],
                Geometry("axisymmetric", x=(0.0, 0.3)),
                boundaries={"bottom": hot, "top": hot, "outer": hot},
                probes=[PointProbe("p", z=0.3, x=0.1)],
                solve=SolveOptions(initial=273.15),
                transient=TransientOptions(190.0, times=(190.0,)),
                mesh=MeshOptions(x=n, z=n, grading="uniform"),
            )
            errors.append(
                kp.solve(stack).history.probes["p"][0] - 273.15 - series.nafems_axisymmetric_transient()
            )
        assert series.nafems_axisymmetric_transient() == pytest.approx(186.4852793, abs=1e-6)
        assert abs(errors[1]) <= 0.6
        assert abs(errors[1]) < 0.4 * abs(errors[0])

    def test_product(self) -> None:
        """A rectangle whose four faces go cold: the product of two slabs."""
        k, c, size = 3.7, 1.9e6, (0.05, 0.03)
        t = 0.08 * size[1] ** 2 * c / k
        cold = Boundary(kp.Temperature(300.0))
        stack = Stack(
            [Layer("block", material(k, c), size[1])],
            Geometry("plane", x=(0.0, size[0]), depth=0.3),
            boundaries=dict.fromkeys(("bottom", "top", "left", "right"), cold),
            solve=SolveOptions(initial=400.0),
            transient=TransientOptions(t, times=(t / 2, t)),
            mesh=MeshOptions(x=40, z=40, grading="uniform"),
        )
        found = kp.solve(stack)
        for frame in found.history.frames:
            assert frame.time is not None
            across = series.slab_left(frame.mesh.x / size[0], k / c * frame.time / size[0] ** 2)
            through = series.slab_left(frame.mesh.z / size[1], k / c * frame.time / size[1] ** 2)
            truth = 300.0 + 100.0 * through[:, np.newaxis] * across
            assert np.abs(frame.fields.temperature - truth).max() <= 0.3

    @pytest.mark.parametrize("method", ["tr-bdf2", "bdf2", "backward-euler"])
    def test_full_width_is_one_dimensional(self, method: Any) -> None:
        given = Multilayer(
            (Slab(0.31, 1.7, 2.3, 0.4, 3.0), Slab(0.12, 0.23, 0.9), Slab(0.5, 4.1, 1.4, 0.1)),
            (Joint(0.21), Joint(0.0)),
            End(-0.3, 0.1),
            End(0.2),
        )
        times = tuple(slowest(given) * np.array([1e-3, 1e-2, 0.1, 1.0]))
        options = TransientOptions(times[-1], times=times, method=method)
        line = problem(given, options, 24)
        plane = replace(line, geometry=Geometry("plane", x=(0.0, 2.0), depth=1.0), mesh=MeshOptions(x=7))
        one, two = kp.solve(line), kp.solve(plane)
        span = exact(given, one, np.array(times))[2]
        for a, b in zip(one.history.frames, two.history.frames, strict=True):
            assert b.fields.temperature == pytest.approx(
                np.repeat(a.fields.temperature[:, np.newaxis], 7, axis=1), abs=3e-4 * span
            )
            assert b.pieces.top == pytest.approx(a.pieces.top, abs=3e-4 * span)
            assert b.pieces.bottom == pytest.approx(a.pieces.bottom, abs=3e-4 * span)
        assert two.history.heat_in == pytest.approx(one.history.heat_in, rel=1e-3)


# Properties that depend on temperature --------------------------------------------------------------------------


class TestNonlinear:
    def test_against_another_integrator(self) -> None:
        """k(T), c(T), a joint, radiation at one end, power that steps: finite volumes and Radau, by hand."""
        k1, c1 = (lambda T: 3.1 - 0.004 * (T - 300)), (lambda T: 1.7e6 + 2100.0 * (T - 300))
        k2, c2 = (lambda T: 17.0 * (T / 300) ** -1.2), (lambda T: 2.2e6 + 0 * T)
        d1, d2, R, eps = 0.004, 0.007, 7e-4, 0.83
        off, until = 40.0, 90.0
        curved2 = kp.Material("second", kp.Power(17.0, 300.0, -1.2), volumetric_heat_capacity=2.2e6)
        n = 120
        w1, w2 = d1 / n, d2 / n

        def rate(t: float, T: Array) -> Array:
            a, b = T[:n], T[n:]
            inside1 = -k1(0.5 * (a[1:] + a[:-1])) * np.diff(a) / w1
            inside2 = -k2(0.5 * (b[1:] + b[:-1])) * np.diff(b) / w2
            joint = (a[-1] - b[0]) / (w1 / 2 / k1(a[-1]) + R + w2 / 2 / k2(b[0]))
            side = b[-1]
            for _ in range(3):  # the surface is half a cell further out
                slope = 4 * eps * STEFAN_BOLTZMANN * side**3 + k2(b[-1]) / (w2 / 2)
                gap = eps * STEFAN_BOLTZMANN * (side**4 - 290.0**4) - k2(b[-1]) * (b[-1] - side) / (w2 / 2)
                side -= gap / slope
            out = eps * STEFAN_BOLTZMANN * (side**4 - 290.0**4)
            power = 2.6e4 if t < off else 3e3
            flux = np.concatenate([[power], inside1, [joint], inside2, [out]])
            widths = np.repeat([w1, w2], n)
            held = np.concatenate([c1(a), c2(b)])
            return -np.diff(flux) / (widths * held)

        bands = sum(np.eye(2 * n, k=k) for k in (-1, 0, 1)) != 0
        kw: dict[str, Any] = {"method": "BDF", "rtol": 1e-7, "atol": 1e-6, "jac_sparsity": bands}
        first = solve_ivp(rate, (0.0, off), np.full(2 * n, 310.0), t_eval=[8.0, off], **kw)
        second = solve_ivp(
            lambda t, T: rate(t + 1e-9, T), (off, until), first.y[:, -1], t_eval=[50.0, until], **kw
        )
        truth = np.hstack([first.y, second.y])
        stack = Stack(
            [Layer("one", CURVED, d1, cells=n // 3), Layer("two", curved2, d2, cells=n // 3)],
            Geometry("slab", area=0.3),
            interfaces=[Interface(kp.Resistance(R), between=("one", "two"))],
            boundaries={
                "bottom": Boundary(kp.HeatFlux(Steps(np.array([0.0, off]), np.array([2.6e4, 3e3])))),
                "top": Boundary(kp.Reservoir(290.0, radiation(eps))),
            },
            solve=SolveOptions(initial=310.0),
            transient=TransientOptions(until, times=(8.0, off, 50.0, until)),
            mesh=MeshOptions(grading="uniform"),
        )
        found = kp.solve(stack)
        span = truth.max() - 290.0
        for j, frame in enumerate(found.history.frames):
            assert frame.fields.temperature == pytest.approx(truth[1::3, j], abs=1e-3 * span)
        assert abs(found.history.imbalance) <= 1e-8

    def test_lumped_radiation(self) -> None:
        """A body without gradients that radiates into the cold: t(T) in closed form."""
        thick, c, eps, room = 2e-4, 2.9e6, 0.77, 80.0
        metal = material(390.0, c, "copper")
        times = (3.0, 20.0, 90.0)
        stack = one_layer(
            metal,
            thick,
            TransientOptions(90.0, times=times),
            initial=900.0,
            cells=4,
            top=kp.Reservoir(room, radiation(eps)),
        )
        found = kp.solve(stack)

        def elapsed(T: float) -> float:
            def part(x: float) -> float:
                return (math.log((x - room) / (x + room)) - 2 * math.atan(x / room)) / (4 * room**3)

            return c * thick / (eps * STEFAN_BOLTZMANN) * (part(900.0) - part(T))

        for frame, t in zip(found.history.frames, times, strict=True):
            T = float(frame.fields.temperature.mean())
            speed = eps * STEFAN_BOLTZMANN * (T**4 - room**4) / (c * thick)
            assert abs(elapsed(T) - t) * speed <= 1e-3 * 820.0

    def test_linear_laws_as_curves(self) -> None:
        """Laws that are constant, given as functions: the other body, the same run."""
        given = random_stack(6)
        times = tuple(slowest(given) * FRACTIONS[2:])
        stack = problem(given, TransientOptions(times[-1], times=times), 30)
        layers = [
            replace(
                layer,
                material=replace(layer.material, conductivity=Slope(float(slab.conductivity), 300.0, 1e-13)),
            )
            for layer, slab in zip(stack.layers, given.slabs, strict=True)
        ]
        one, two = kp.solve(stack), kp.solve(replace(stack, layers=layers))
        span = exact(given, one, np.array(times))[2]
        assert "newton" in str(two.solver)
        for a, b in zip(one.history.frames, two.history.frames, strict=True):
            assert b.fields.temperature == pytest.approx(a.fields.temperature, abs=4e-4 * span)


# Steady limits ---------------------------------------------------------------------------------------------------


def limit(kind: str, curved: bool) -> Stack:
    first = kp.Material("first", Slope(3.1, 300.0, -0.004) if curved else 3.1, volumetric_heat_capacity=1.7e6)
    flat = kind in ("plane", "axisymmetric")
    shape: dict[str, Any] = {"x": (0.0, 0.02)} if flat else {"inner_radius": 0.01, "length": 0.4, "area": 0.3}
    lower, upper = ("inner", "outer") if kind in ("cylinder", "sphere") else ("bottom", "top")
    return Stack(
        [
            Layer("one", first, 0.004, heat_density=3e5, cells=12),
            Layer("two", material(0.7, 2.2e6, "second"), 0.009, cells=16),
        ],
        Geometry(kind, **shape),  # type: ignore[arg-type]
        interfaces=[Interface(kp.Resistance(1.3e-3), between=("one", "two"))],
        sources=[kp.Source("spot", "two", heat_density=4e5, x=(0.0, 0.007))] if flat else [],
        boundaries={
            lower: Boundary(kp.HeatFlux(900.0)),
            upper: Boundary(kp.Reservoir(300.0, kp.Resistance(2e-2))),
        },
        solve=SolveOptions(initial=300.0),
        mesh=MeshOptions(x=20 if flat else None, grading="uniform"),
    )


def unseen(found: Any, curved: bool) -> float:
    """h^2 S / (8 k) [K] at most: the bend inside a cell, of which runs in time know nothing."""
    heights = np.asarray(found.mesh.dz)
    in_two = found.mesh.piece[:, 0] == 1
    weakest = 3.1 * (1.0 - 0.004 * (np.nanmax(found.fields.temperature) - 300.0)) if curved else 3.1
    flat = found.mesh.dx is not None
    one = 3e5 * heights[~in_two].max() ** 2 / (8 * weakest)
    return float(max(one, 4e5 * heights[in_two].max() ** 2 / (8 * 0.7) if flat else 0.0))


class TestSteady:
    @pytest.mark.parametrize("curved", [False, True])
    @pytest.mark.parametrize("kind", ["slab", "cylinder", "sphere", "plane", "axisymmetric"])
    def test_limit(self, kind: str, curved: bool) -> None:
        stack = limit(kind, curved)
        still = kp.solve(stack)
        found = kp.solve(replace(stack, transient=TransientOptions(1e7, times=(1e7,))))
        span = np.nanmax(still.fields.temperature) - 300.0
        assert found.fields.temperature == pytest.approx(
            still.fields.temperature, abs=unseen(still, curved) + 1e-6 * span
        )
        assert found.pieces.top == pytest.approx(still.pieces.top, abs=unseen(still, curved) + 1e-6 * span)
        assert found.pieces.bottom == pytest.approx(
            still.pieces.bottom, abs=unseen(still, curved) + 1e-6 * span
        )

    @pytest.mark.parametrize("curved", [False, True])
    @pytest.mark.parametrize("kind", ["slab", "cylinder", "sphere", "plane", "axisymmetric"])
    def test_start_from_it(self, kind: str, curved: bool) -> None:
        """It stays where it is."""
        stack = replace(limit(kind, curved), solve=SolveOptions(initial="steady"))
        still = kp.solve(replace(stack, solve=SolveOptions()))
        found = kp.solve(replace(stack, transient=TransientOptions(5e3, save=6)))
        span = np.nanmax(still.fields.temperature) - 300.0
        for frame in found.history.frames:
            assert frame.fields.temperature == pytest.approx(
                still.fields.temperature, abs=unseen(still, curved) + 1e-6 * span
            )
        assert abs(found.history.stored) <= 1e-6 * found.history.heat_in

    def test_own_start_of_a_layer(self) -> None:
        """``initial`` of one layer, that of the case for the other, both seen in the first frame."""
        stack = joined(METAL, material(0.9, 1.3e6, "glass"), (420.0, 290.0), TransientOptions(1.0, save=3))
        layers = [stack.layers[0], replace(stack.layers[1], initial=None)]
        stack = replace(stack, layers=layers, solve=SolveOptions(initial=305.0))
        first = kp.solve(stack).history.frames[0]
        assert first.time == 0.0
        piece = first.mesh.piece.ravel()
        assert first.fields.temperature == pytest.approx(np.where(piece == 0, 420.0, 305.0), abs=1e-9)

    def test_probes_in_time(self) -> None:
        """Probes are those of the frames."""
        stack = joined(METAL, CURVED, (420.0, 290.0), TransientOptions(30.0, save=7), cells=10)
        stack = replace(stack, probes=[PieceProbe("end", "cold", "top"), PointProbe("inside", z=0.006)])
        found = kp.solve(stack)
        assert found.history.probes["end"] == pytest.approx([f.pieces.top[1] for f in found.history.frames])
        assert np.all(np.diff(found.history.probes["inside"]) < 0)
