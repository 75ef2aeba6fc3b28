"""Several temperatures per place in time: against exponentials, Laplace transforms, ordinary differential equations."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import kapitza as kp
from kapitza.bychannel import by_channel
from kapitza.errors import InputError
from kapitza.laws.temperature import Power
from kapitza.laws.time import flash
from kapitza.model import SolveOptions, TransientOptions
from kapitza.transient.watch import Stopped, Watch
from kapitza.verify.two_channels import PulsedFilm, pulsed_pair

NAMES = ("electrons", "phonons")
AREA = 2e-4
CA, CB, G = 2.3e4, 2.7e6, 3.1e16


def metal(ca: object = CA, cb: float = CB, g: float = G, ka: float = 290.0, kb: float = 3.5) -> kp.Material:
    return kp.Material(
        "metal",
        conductivity=by_channel({"electrons": ka, "phonons": kb}),
        volumetric_heat_capacity=by_channel({"electrons": ca, "phonons": cb}),
        coupling=g,
    )


def relaxing(ca: object = CA, **options: object) -> kp.Stack:
    """A film whose electrons start hot, alone."""
    start = by_channel({"electrons": 720.0, "phonons": 310.0})
    tau = 1.0 / (G * (1.0 / CA + 1.0 / CB))
    given = {"until": 4.0 * tau, "times": (0.3 * tau, tau, 4.0 * tau), "tolerance": 1e-6} | options
    return kp.Stack(
        layers=[kp.Layer("film", metal(ca), 80e-9, initial=start, cells=3)],
        geometry=kp.Geometry("slab", area=AREA),
        channels=NAMES,
        transient=TransientOptions(**given),
    )


def test_channels_of_a_place_come_together_exponentially():
    solution = kp.solve(relaxing())
    end = (CA * 720.0 + CB * 310.0) / (CA + CB)
    tau = 1.0 / (G * (1.0 / CA + 1.0 / CB))
    for frame in solution.frames:
        apart = 410.0 * math.exp(-frame.time / tau)
        exact = end + apart * CB / (CA + CB), end - apart * CA / (CA + CB)
        assert frame.channels.mean[:, 0] == pytest.approx(exact, abs=410.0 * 3e-5)
        assert np.ptp(frame.channels.temperature, axis=1) == pytest.approx(0.0, abs=1e-10)
    assert abs(solution.history.imbalance) < 1e-14


@pytest.mark.parametrize(("method", "order"), [("tr-bdf2", 2.0), ("bdf2", 2.0), ("backward-euler", 1.0)])
def test_order_in_time(method, order):
    """Errors against the number of steps; the tolerance sets both."""
    tau = 1.0 / (G * (1.0 / CA + 1.0 / CB))
    exact = 410.0 * math.exp(-4.0)
    errors, steps = [], []
    loose = 1e-4 if order == 2.0 else 3e-4
    for tolerance in (loose, loose / 64.0):
        found = kp.solve(relaxing(method=method, tolerance=tolerance, times=(4.0 * tau,)))
        mean = found.channels.mean[:, 0]
        errors.append(abs(mean[0] - mean[1] - exact))
        steps.append(found.history.steps)
    assert math.log(errors[0] / errors[1]) / math.log(steps[1] / steps[0]) > order - 0.3


def test_electrons_whose_capacity_grows_with_temperature():
    """gamma T dT/dt = -g (T - Tl), in every place alike."""
    gamma, heat, duration = 71.0, 3e21, 80e-15
    times = (30e-15, 80e-15, 0.4e-12, 3e-12, 11e-12)
    film = kp.Layer(
        "film",
        metal(Power(gamma * 300.0, 300.0, 1.0)),
        15e-9,
        heat_density=by_channel({"electrons": flash(heat * duration, duration)}),
        cells=2,
    )
    stack = kp.Stack(
        layers=[film],
        geometry=kp.Geometry("slab", area=AREA),
        channels=NAMES,
        solve=SolveOptions(initial=290.0),
        transient=TransientOptions(until=times[-1], times=times, tolerance=1e-6),
    )
    solution = kp.solve(stack)
    exact = pulsed_pair(gamma, CB, G, heat, duration, 290.0, times)
    found = np.array([frame.channels.mean[:, 0] for frame in solution.frames]).T
    assert found == pytest.approx(exact, rel=3e-5)
    assert abs(solution.history.imbalance) < 1e-12
    stored = 15e-9 * AREA * heat * duration
    assert solution.history.stored == pytest.approx(stored, rel=1e-12)


FILM = PulsedFilm(290.0, 3.5, CA, CB, G, 70e-9, 2e8, 1.7, 1.9e6, 150e-9)


def pulsed(cells: int | None = None, tolerance: float = 1e-5) -> kp.Stack:
    times = (15e-15, 60e-15, 0.3e-12, 4e-12, 40e-12)
    glass = kp.Material("glass", conductivity=1.7, volumetric_heat_capacity=1.9e6)
    return kp.Stack(
        layers=[kp.Layer("film", metal(), 70e-9, cells=cells), kp.Layer("glass", glass, 150e-9, cells=cells)],
        geometry=kp.Geometry("slab", area=AREA),
        interfaces=[
            kp.Interface(
                kp.ChannelLaw(by_channel({"phonons": kp.Conductance(2e8)})), between=("film", "glass")
            )
        ],
        boundaries={
            "bottom": kp.Boundary(kp.PerChannel(by_channel({"electrons": kp.HeatFlux(flash(0.05, 60e-15))})))
        },
        channels=NAMES,
        solve=SolveOptions(initial=300.0),
        transient=TransientOptions(until=times[-1], times=times, tolerance=tolerance),
    )


def seen(solution: kp.Solution) -> np.ndarray:
    """(5, n_times) rises as `PulsedFilm` gives them."""
    frames = [frame.channels for frame in solution.frames]
    columns = [[*fields.lower[:, 0], *fields.upper[:, 0], fields.lower[0, 1]] for fields in frames]
    return np.array(columns).T - 300.0


def test_a_pulse_on_a_film_and_its_order():
    exact = FILM.pulse(0.05, 60e-15, pulsed().transient.times)
    coarse, fine = kp.solve(pulsed(60, 4e-5)), kp.solve(pulsed(120, 5e-6))
    size = np.abs(exact).max(axis=0)
    errors = [np.abs(seen(solution) - exact).max(axis=0) / size for solution in (coarse, fine)]
    assert (errors[0] < 1e-2).all()
    assert (errors[0][1:4] / errors[1][1:4] > 2.5).all()
    assert abs(fine.history.imbalance) < 1e-13
    assert fine.history.heat_in == pytest.approx(0.05 * AREA, rel=1e-13)


def test_a_run_ends_where_the_steady_solver_is():
    stack = replace(
        pulsed(120, 1e-6),
        boundaries={
            "bottom": kp.Boundary(kp.PerChannel(by_channel({"electrons": kp.HeatFlux(4e7)}))),
            "top": kp.Boundary(kp.Temperature(300.0)),
        },
        transient=TransientOptions(until=3e-6, times=(3e-6,), tolerance=1e-6),
    )
    run, steady = kp.solve(stack), kp.solve(replace(stack, transient=None, solve=SolveOptions()))
    rise = steady.channels.lower[0, 0] - 300.0
    for name in ("lower", "upper", "below", "above"):
        found, exact = getattr(run.channels, name), getattr(steady.channels, name)
        assert found == pytest.approx(exact, abs=2e-4 * rise)
    assert run.interfaces["film|glass"].conductance == pytest.approx(
        steady.interfaces["film|glass"].conductance, rel=2e-3
    )
    begun = kp.solve(replace(stack, solve=SolveOptions(initial="steady")))
    assert begun.channels.lower == pytest.approx(run.channels.lower, abs=2e-4 * rise)
    assert begun.history.steps < 60


def test_a_strong_coupling_is_one_channel_in_time():
    times = (2e-12, 30e-12)
    base = replace(pulsed(40), transient=TransientOptions(until=30e-12, times=times, tolerance=1e-6))
    tied = replace(base.layers[0], material=metal(g=1e26))
    one = kp.Material("metal", conductivity=293.5, volumetric_heat_capacity=CA + CB)
    several = kp.solve(replace(base, layers=[tied, base.layers[1]]))
    plain = kp.solve(
        replace(
            base,
            channels=(),
            layers=[replace(base.layers[0], material=one), base.layers[1]],
            interfaces=[kp.Interface(kp.Conductance(2e8), between=("film", "glass"))],
            boundaries={"bottom": kp.Boundary(kp.HeatFlux(flash(0.05, 60e-15)))},
        )
    )
    for a, b in zip(several.frames, plain.frames, strict=True):
        rise = b.pieces.most[0] - 300.0
        assert a.channels.mean[0] == pytest.approx(b.pieces.mean, abs=2e-3 * rise)


def test_cylinders_and_spheres_conserve_and_settle():
    for kind in ("cylinder", "sphere"):
        base = pulsed(60, 1e-5)
        stack = replace(
            base,
            geometry=kp.Geometry(kind, inner_radius=90e-9, length=3e-3),
            boundaries={
                "inner": kp.Boundary(kp.PerChannel(by_channel({"electrons": kp.HeatFlux(4e7)}))),
                "outer": kp.Boundary(kp.Temperature(300.0)),
            },
            transient=TransientOptions(until=2e-6, times=(2e-6,), tolerance=1e-5),
        )
        run, steady = kp.solve(stack), kp.solve(replace(stack, transient=None))
        rise = steady.channels.lower[0, 0] - 300.0
        assert run.channels.lower == pytest.approx(steady.channels.lower, abs=2e-3 * rise)
        assert abs(run.history.imbalance) < 1e-12


def test_a_stopped_run_goes_on_bit_by_bit():
    from kapitza import pipeline

    class Ending(Watch):
        def __init__(self, after: int) -> None:
            self.after, self.count, self.state = after, 0, None

        def step(self, time: float, until: float, steps: int) -> None:
            self.count = steps

        def stopping(self) -> bool:
            return self.count >= self.after

        def checkpoint(self, state: object) -> None:
            self.state = state

    stack = pulsed(30)
    whole = pipeline.march(stack, Watch())
    ending = Ending(20)
    with pytest.raises(Stopped):
        pipeline.march(stack, ending)
    rest = pipeline.march(stack, Watch(), ending.state)
    assert np.array_equal(rest.channels.temperature, whole.channels.temperature)


def test_coarse_cells_are_told():
    stack = pulsed(30)
    thick = replace(stack, layers=[replace(stack.layers[0], thickness=40e-6), stack.layers[1]])
    assert any("channels come together over" in text for text in kp.solve(thick).warnings)


def test_what_a_run_lacks_is_told():
    bare = kp.Material("bare", conductivity=by_channel({"electrons": 290.0, "phonons": 3.5}), coupling=G)
    stack = relaxing()
    with pytest.raises(InputError, match=r"materials\.bare: heat capacity not known"):
        kp.solve(replace(stack, layers=[replace(stack.layers[0], material=bare)]))
    with pytest.raises(InputError, match=r"solve\.initial: a transient needs its starting temperature"):
        kp.solve(replace(stack, layers=[replace(stack.layers[0], initial=None)]))
    curved = kp.Material(
        "curved",
        conductivity=by_channel({"electrons": Power(290.0, 300.0, -0.5), "phonons": 3.5}),
        volumetric_heat_capacity=by_channel({"electrons": CA, "phonons": CB}),
        coupling=G,
    )
    wavering = replace(stack, layers=[replace(stack.layers[0], material=curved)])
    with pytest.raises(InputError, match="give \\[solve\\] properties_at"):
        kp.solve(wavering)
    assert kp.solve(replace(wavering, solve=SolveOptions(properties_at=300.0))).history.steps > 0
