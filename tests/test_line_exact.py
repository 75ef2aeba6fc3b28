"""1-D steady stacks against transfer matrices in 60-digit arithmetic: any contrast, joint, source and shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapitza import pipeline
from kapitza.errors import PhysicsError
from kapitza.interfaces.law import Conductance, Insulated, Law, Perfect, Resistance
from kapitza.materials.material import Material
from kapitza.model import (
    Boundary,
    Geometry,
    Group,
    Heat,
    HeatFlux,
    Interface,
    Layer,
    Reservoir,
    SheetSource,
    SolveOptions,
    Stack,
    Temperature,
)
from kapitza.solution import Solution

EXACT = 1e-12


@dataclass(frozen=True)
class Truth:
    """Side temperatures (2 per layer), heat [W] entering each layer from below and leaving it above."""

    lower: list[mp.mpf]
    upper: list[mp.mpf]
    entering: list[mp.mpf]
    leaving: list[mp.mpf]


def transfer(stack: Stack) -> Truth:
    """Temperature and heat flow as affine functions of their values at the first face, marched in 60 digits."""
    with mp.workdps(60):
        g = stack.geometry
        radial = g.kind != "slab"
        r = mp.mpf(g.inner_radius) if radial else mp.mpf(0)
        joints = {i.between: i.law for i in stack.interfaces}
        sheets = [s for s in stack.sources if isinstance(s, SheetSource)]

        def area(x):
            return {
                "slab": mp.mpf(g.area),
                "cylinder": 2 * mp.pi * mp.mpf(g.length) * x,
                "sphere": 4 * mp.pi * x**2,
            }[g.kind]

        def gamma(x1, x2):  # integral of dx / area
            if g.kind == "slab":
                return (x2 - x1) / mp.mpf(g.area)
            if g.kind == "cylinder":
                return mp.log(x2 / x1) / (2 * mp.pi * mp.mpf(g.length))
            return (1 / x1 - 1 / x2) / (4 * mp.pi)

        def volume(x1, x2):
            power = {"slab": 1, "cylinder": 2, "sphere": 3}[g.kind]
            front = {"slab": mp.mpf(g.area), "cylinder": mp.pi * mp.mpf(g.length), "sphere": 4 * mp.pi / 3}[
                g.kind
            ]
            return front * (x2**power - x1**power)

        def source_rise(x1, x2):  # integral of (volume below x) / area dx, per unit of source density
            if g.kind == "slab":
                return (x2 - x1) ** 2 / 2
            if g.kind == "cylinder":
                return ((x2**2 - x1**2) / 2 - x1**2 * mp.log(x2 / x1)) / 2
            return ((x2**2 - x1**2) / 2 - x1**3 * (1 / x1 - 1 / x2)) / 3

        # State = (a, b, c): value = a + b T0 + c Q0 for T and Q.
        t, q = [mp.mpf(0), mp.mpf(1), mp.mpf(0)], [mp.mpf(0), mp.mpf(0), mp.mpf(1)]
        faces, flows = [], []
        names = [layer.name for layer in stack.layers]
        for n, layer in enumerate(stack.layers):
            if n:
                key = (names[n - 1], names[n])
                for sheet in sheets:
                    if sheet.between == key and sheet.side == "below":
                        q = [q[0] + mp.mpf(sheet.heat_flux) * area(r), q[1], q[2]]
                law = joints.get(key, Perfect())
                resistance = mp.mpf(law.value) if isinstance(law, Resistance) else mp.mpf(0)
                if isinstance(law, Conductance):
                    resistance = 1 / mp.mpf(law.value)
                t = [a - resistance / area(r) * b for a, b in zip(t, q, strict=True)]
                for sheet in sheets:
                    if sheet.between == key and sheet.side == "above":
                        q = [q[0] + mp.mpf(sheet.heat_flux) * area(r), q[1], q[2]]
            faces.append(t)
            flows.append(q)
            end = r + mp.mpf(layer.thickness)
            k = mp.mpf(float(layer.material.conductivity(300.0)))
            density = mp.mpf(layer.heat_density) + mp.mpf(layer.heat) / volume(r, end)
            t = [a - gamma(r, end) / k * b for a, b in zip(t, q, strict=True)]
            t = [t[0] - density * source_rise(r, end) / k, t[1], t[2]]
            q = [q[0] + density * volume(r, end), q[1], q[2]]
            faces.append(t)
            flows.append(q)
            r = end
        side = ("inner", "outer") if radial else ("bottom", "top")
        first = area(mp.mpf(g.inner_radius) if radial else mp.mpf(0))
        rows, right = [], []
        for name, (tt, qq), sign, a in (
            (side[0], (faces[0], flows[0]), 1, first),
            (side[1], (faces[-1], flows[-1]), -1, area(r)),
        ):
            condition = stack.boundary(name).condition
            if isinstance(condition, Temperature):
                rows.append([tt[1], tt[2]])
                right.append(mp.mpf(condition.temperature) - tt[0])
            elif isinstance(condition, Reservoir):
                film = mp.mpf(condition.law.value) / a
                if isinstance(condition.law, Conductance):
                    film = 1 / mp.mpf(condition.law.value) / a
                rows.append([tt[i] + sign * film * qq[i] for i in (1, 2)])
                right.append(mp.mpf(condition.ambient) - tt[0] - sign * film * qq[0])
            else:
                heat = mp.mpf(0)
                if isinstance(condition, Heat):
                    heat = mp.mpf(condition.heat)
                if isinstance(condition, HeatFlux):
                    heat = mp.mpf(condition.heat_flux) * a
                rows.append([qq[1], qq[2]])
                right.append(sign * heat - qq[0])
        t0, q0 = mp.lu_solve(mp.matrix(rows), mp.matrix(right))

        def known(state):
            return state[0] + state[1] * t0 + state[2] * q0

        temperatures, heats = [known(f) for f in faces], [known(f) for f in flows]
        return Truth(temperatures[0::2], temperatures[1::2], heats[0::2], heats[1::2])


def compare(stack: Stack, tolerance: float = EXACT) -> Solution:
    """Solve and hold side temperatures (relative to their span) and fluxes (to the largest) against the truth."""
    truth, solution = transfer(stack), pipeline.solve(stack)
    everything = truth.lower + truth.upper
    for side in stack.boundaries.values():
        condition = side.condition
        if isinstance(condition, Temperature):
            everything = [*everything, mp.mpf(condition.temperature)]
        if isinstance(condition, Reservoir):
            everything = [*everything, mp.mpf(condition.ambient)]
    span = max(everything) - min(everything)
    ulp = 4e-16 * max(abs(v) for v in everything)
    chain = solution.line
    assert chain is not None
    profile = solution.profile()
    for n, (_, _, values) in enumerate(profile):
        assert abs(values[0] - truth.lower[n]) <= tolerance * span + ulp
        assert abs(values[-1] - truth.upper[n]) <= tolerance * span + ulp
    largest = max(abs(v) for v in truth.entering + truth.leaving)
    names = list(solution.boundaries)
    assert abs(solution.boundaries[names[0]].heat - truth.entering[0]) <= tolerance * largest
    assert abs(solution.boundaries[names[1]].heat + truth.leaving[-1]) <= tolerance * largest
    for n, contact in enumerate(solution.interfaces.values()):
        through = contact.flux * contact.area[0]
        low, high = truth.leaving[n], truth.entering[n + 1]
        assert min(abs(through - low), abs(through - high)) <= tolerance * largest
        if isinstance(contact.law, Resistance):
            expected = contact.law.value * mp.mpf(contact.flux)
            assert abs(contact.jump - expected) <= tolerance * abs(expected)
    return solution


def logs(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(math.log(low), math.log(high)).map(math.exp)


@st.composite
def stacks(draw: st.DrawFn, sources: bool) -> Stack:
    kind = draw(st.sampled_from(["slab", "cylinder", "sphere"]))
    n = draw(st.integers(1, 7))
    layers, interfaces, sheets = [], [], []
    for i in range(n):
        heat = draw(st.one_of(st.just(0.0), logs(1e-3, 500.0))) if sources else 0.0
        layers.append(
            Layer(
                f"layer{i}",
                Material(f"m{i}", draw(logs(1e-3, 2000.0))),
                draw(logs(1e-9, 0.1)),
                heat=heat,
                cells=draw(st.integers(1, 9)),
            )
        )
        if i:
            key = (f"layer{i - 1}", f"layer{i}")
            resistance = draw(st.one_of(st.just(0.0), logs(1e-10, 10.0)))
            law: Law = Resistance(resistance)
            if resistance and draw(st.booleans()):
                law = Conductance(resistance)
            interfaces.append(Interface(law, between=key))
            if sources and draw(st.integers(0, 3)) == 0:
                side = draw(st.sampled_from(["below", "above"]))
                sheets.append(SheetSource(f"s{i}", key, heat_flux=draw(logs(0.01, 1e6)), side=side))
    geometry = Geometry(
        kind, area=draw(logs(1e-6, 0.5)), inner_radius=draw(logs(1e-3, 0.3)), length=draw(logs(0.01, 3.0))
    )
    side = ("bottom", "top") if kind == "slab" else ("inner", "outer")
    held = [
        Temperature(draw(st.floats(4.0, 900.0))),
        Reservoir(draw(st.floats(4.0, 900.0)), Conductance(draw(logs(0.5, 1e6)))),
        Reservoir(draw(st.floats(4.0, 900.0)), Resistance(draw(logs(1e-7, 2.0)))),
    ]
    free = [Heat(draw(logs(0.01, 300.0))), HeatFlux(draw(logs(0.3, 1e5)))]
    first = draw(st.sampled_from(held + free))
    second = draw(st.sampled_from(held if first in free else held + free))
    return Stack(
        layers=layers,
        geometry=geometry,
        interfaces=interfaces,
        sources=sheets,
        boundaries={side[0]: Boundary(first), side[1]: Boundary(second)},
    )


@settings(max_examples=300, deadline=None)
@given(stacks(sources=False))
def test_source_free_stacks_are_exact(stack: Stack) -> None:
    compare(stack)


@settings(max_examples=300, deadline=None)
@given(stacks(sources=True))
def test_stacks_with_sources_are_exact(stack: Stack) -> None:
    compare(stack)


def superlattice(n: int, cells: int, seed: int) -> Stack:
    rng = np.random.default_rng(seed)
    layers, interfaces = [], []
    for i in range(n):
        k, d = math.exp(rng.uniform(math.log(1e-3), math.log(2000))), 10 ** rng.uniform(-9, -1)
        layers.append(Layer(f"layer{i}", Material("m", k), d, heat=float(rng.uniform(0.2, 7.0)), cells=cells))
        if i:
            law = Resistance(10 ** rng.uniform(-9, -3))
            interfaces.append(Interface(law, between=(f"layer{i - 1}", f"layer{i}")))
    return Stack(
        layers=layers,
        geometry=Geometry("slab", area=3.7e-4),
        interfaces=interfaces,
        boundaries={
            "bottom": Boundary(Reservoir(281.0, Conductance(47.0))),
            "top": Boundary(Temperature(333.0)),
        },
    )


def test_two_hundred_different_layers_of_fifty_cells() -> None:
    compare(superlattice(200, 50, 8))


@pytest.mark.parametrize(("repeat", "cells"), [(5_000, 3), (100_000, 10)])
def test_many_equal_layers_are_exact(repeat: int, cells: int) -> None:
    """10^4 and 10^6 cells: the sum of resistances is known by multiplication, in rational arithmetic."""
    a, b = Material("a", 0.137), Material("b", 1430.0)
    d1, d2, r, area, q_in = 7.3e-9, 3.1e-6, 4.9e-9, 2.3e-4, 0.37
    stack = Stack(
        layers=[Group(repeat, (Layer("a", a, d1, cells=cells), Layer("b", b, d2, cells=cells)))],
        geometry=Geometry("slab", area=area),
        interfaces=[Interface(Resistance(r), between=("a", "b"))],
        boundaries={"bottom": Boundary(Heat(q_in)), "top": Boundary(Temperature(293.0))},
    )
    with mp.workdps(50):
        one = mp.mpf(d1) / mp.mpf(0.137) + mp.mpf(d2) / 1430
        total = (repeat * one + (2 * repeat - 1) * mp.mpf(r)) / mp.mpf(area)
        rise = float(total * mp.mpf(q_in))
    solution = pipeline.solve(stack)
    bottom = solution.boundaries["bottom"].temperature
    assert bottom is not None
    assert abs(bottom - 293.0 - rise) <= 1e-12 * rise + 6e-14
    middle = solution.interfaces[f"b[{repeat // 2}]|a[{repeat // 2 + 1}]"]
    with mp.workdps(50):
        left = (repeat - repeat // 2) * one + (2 * (repeat - repeat // 2) - 1) * mp.mpf(r)
        exact = float(left / mp.mpf(area) * mp.mpf(q_in))
    assert abs(middle.above - 293.0 - exact) <= 1e-12 * rise + 6e-14
    assert middle.jump == pytest.approx(q_in / area * r, rel=1e-14)
    assert solution.mesh.cells == 2 * repeat * cells


def test_ten_million_cells_hold_eleven_digits() -> None:
    """A uniform source in ten million cells: the closed parabola at the centres of all of them."""
    n, d, k, area, heat, film = 10_000_000, 0.083, 0.71, 6.1e-3, 19.0, 37.0
    stack = Stack(
        layers=[Layer("bar", Material("m", k), d, heat=heat, cells=n)],
        geometry=Geometry("slab", area=area),
        boundaries={"top": Boundary(Reservoir(311.0, Conductance(film)))},
    )
    solution = pipeline.solve(stack)
    z = (np.arange(n) + 0.5) * (d / n)
    exact = heat / (area * film) + heat / (area * d) * (d * d - z * z) / (2 * k)
    assert np.max(np.abs(solution.temperature - 311.0 - exact)) <= 1e-11 * exact.max() + 6e-14


def test_extreme_contrast_keeps_its_fluxes() -> None:
    """1 µm of diamond on 1 cm of aerogel: differences of temperatures lose the flux, sums do not."""
    stack = Stack(
        layers=[
            Layer("diamond", Material("c", 2000.0), 1e-6, cells=5000),
            Layer("aerogel", Material("g", 0.013), 1e-2, cells=5000),
        ],
        geometry=Geometry("slab", area=2.7e-4),
        interfaces=[Interface(Resistance(3e-8), between=("diamond", "aerogel"))],
        boundaries={"bottom": Boundary(Temperature(391.0)), "top": Boundary(Temperature(287.0))},
    )
    solution = compare(stack)
    exact = 104.0 / (1e-6 / 2000.0 + 3e-8 + 1e-2 / 0.013)
    np.testing.assert_allclose(solution.heat_flux_z, exact, rtol=3e-16 * 10)


def test_an_infinite_joint_keeps_a_temperature_on_each_side() -> None:
    stack = Stack(
        layers=[Layer("hot", Material("a", 3.0), 0.02), Layer("cold", Material("b", 7.0), 0.05)],
        geometry=Geometry("slab", area=0.3),
        interfaces=[Interface(Insulated(), between=("hot", "cold"))],
        boundaries={"bottom": Boundary(Temperature(400.0)), "top": Boundary(Temperature(250.0))},
    )
    solution = pipeline.solve(stack)
    contact = solution.interfaces["hot|cold"]
    assert (contact.below, contact.above, contact.flux, contact.jump) == (400.0, 250.0, 0.0, 150.0)
    assert contact.conductance == 0.0
    assert solution.summary()["resistance"]["total"] is None


def test_a_balanced_floating_piece_gets_its_mean_and_says_so() -> None:
    stack = Stack(
        layers=[Layer("bar", Material("a", 3.0), 0.02, cells=7)],
        geometry=Geometry("cylinder", inner_radius=0.03, length=0.4),
        boundaries={"inner": Boundary(Heat(5.0)), "outer": Boundary(Heat(-5.0))},
        solve=SolveOptions(initial=317.0),
    )
    solution = pipeline.solve(stack)
    assert "mean is set to 317 K" in " ".join(solution.warnings)
    drop = 5.0 * math.log(5 / 3) / (2 * math.pi * 3.0 * 0.4)
    first, last = solution.boundaries["inner"].temperature, solution.boundaries["outer"].temperature
    assert first is not None
    assert last is not None
    assert first - last == pytest.approx(drop, rel=1e-13)
    assert solution.pieces.mean[0] == pytest.approx(317.0, abs=2e-3 * drop)


def test_heat_without_a_way_out_is_refused_with_watts_and_names() -> None:
    stack = Stack(
        layers=[Layer("chip", Material("a", 3.0), 0.02, heat=4.5), Layer("lid", Material("b", 2.0), 0.01)],
        boundaries={"bottom": Boundary(Heat(2.0))},
    )
    with pytest.raises(PhysicsError, match=r"chip, lid.*6\.5 W"):
        pipeline.solve(stack)


def test_solid_cylinder_and_sphere_with_uniform_source() -> None:
    """The centre is hotter than the surface by S r^2 / (4 k) and S r^2 / (6 k)."""
    for kind, divisor in (("cylinder", 4.0), ("sphere", 6.0)):
        stack = Stack(
            layers=[Layer("core", Material("a", 2.3), 0.04, heat_density=8.1e4, cells=3)],
            geometry=Geometry(kind, inner_radius=0.0, length=0.7),
            boundaries={"outer": Boundary(Temperature(301.0))},
        )
        solution = pipeline.solve(stack)
        rise = 8.1e4 * 0.04**2 / (divisor * 2.3)
        assert solution.pieces.most[0] - 301.0 == pytest.approx(rise, rel=1e-14)
        r = solution.z
        np.testing.assert_allclose(
            solution.temperature, 301.0 + 8.1e4 * (0.04**2 - r * r) / (divisor * 2.3), rtol=1e-15
        )
        np.testing.assert_allclose(solution.heat_flux_z, 8.1e4 * r / (divisor / 2), rtol=1e-14)
