"""1-D with k(T) and nonlinear laws: exact at any number of cells, against marching and one root in 40 digits."""

from __future__ import annotations

import math
from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

import nonlinear_reference as exact
from kapitza import pipeline
from kapitza.errors import InputError, PhysicsError
from kapitza.interfaces import varying
from kapitza.interfaces.compose import parallel, series
from kapitza.interfaces.law import Conductance, Insulated, Law, Perfect, Resistance
from kapitza.interfaces.power import STEFAN_BOLTZMANN, power_law, radiation
from kapitza.laws.temperature import Constant, Power, Slope, Table, TemperatureLaw
from kapitza.materials.material import Material
from kapitza.model import (
    Boundary,
    Condition,
    Geometry,
    Heat,
    Interface,
    Layer,
    Reservoir,
    SheetSource,
    SolveOptions,
    Stack,
    Temperature,
)
from kapitza.newton import stack as stack_newton
from kapitza.solution import Solution

EXACT = 1e-9
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # the reference costs 20 ms
MOST = 60  # iterations, wherever one starts


def law_of(function: exact.Function) -> TemperatureLaw:
    kind, *numbers = function
    made = {"constant": Constant, "power": Power, "slope": Slope, "table": Table}
    return made[kind](*numbers)


def joint_of(function: exact.Function | None) -> Law:
    """The law of the package for a conductance written as data."""
    if function is None:
        return Perfect()
    if function[0] == "inverse":
        return varying.resistance(law_of(function[1]))
    if function[0] == "power" and function[3] > 0:  # G = v (T/at)^p is the one-way flux of exponent p + 1
        _, v, at, p = function
        return power_law(v / at**p / (p + 1.0), p + 1.0)
    return varying.conductance(law_of(function))


def condition_of(end: exact.End) -> Condition:
    if end.temperature is None:
        return Heat(end.heat)
    if end.conductance is None:
        return Temperature(end.temperature)
    return Reservoir(end.temperature, joint_of(end.conductance))


def stack_of(sheets, joints, bottom, top, kind="slab", size=1.0, start=0.0, cells=()) -> Stack:
    """The same problem for the package."""
    layers, interfaces, sources = [], [], []
    for i, sheet in enumerate(sheets):
        material = Material(f"m{i}", law_of(sheet.conductivity))
        count = cells[i % len(cells)] if cells else None
        layers.append(Layer(f"l{i}", material, sheet.thickness, heat_density=sheet.source, cells=count))
    for i, joint in enumerate(joints):
        key = (f"l{i}", f"l{i + 1}")
        interfaces.append(Interface(joint_of(joint.conductance), between=key))
        for side, flux in (("below", joint.below), ("above", joint.above)):
            if flux:
                sources.append(SheetSource(f"{side}{i}", key, heat_flux=flux, side=side))
    names = ("bottom", "top") if kind == "slab" else ("inner", "outer")
    boundaries = {names[1]: Boundary(condition_of(top))}
    if kind == "slab" or start > 0.0:
        boundaries[names[0]] = Boundary(condition_of(bottom))
    return Stack(
        layers,
        Geometry(kind, area=size, inner_radius=start, length=size),
        interfaces=interfaces,
        sources=sources,
        boundaries=boundaries,
    )


def compare(sheets, joints, bottom, top, tolerance=EXACT, most=12, **shape) -> tuple[Solution, exact.Truth]:
    """Side temperatures (relative) and heat flows (to the largest) against the truth."""
    cells = shape.pop("cells", ())
    truth = exact.solve(sheets, joints, bottom, top, **shape)
    solution = pipeline.solve(stack_of(sheets, joints, bottom, top, cells=cells, **shape))
    for n, (_, _, values) in enumerate(solution.profile()):
        assert values[0] == pytest.approx(float(truth.lower[n]), rel=tolerance)
        assert values[-1] == pytest.approx(float(truth.upper[n]), rel=tolerance)
    heats = [float(q) for q in truth.entering + truth.leaving]
    largest = max(abs(q) for q in heats)
    first, last = solution.boundaries.values()
    assert first.heat == pytest.approx(heats[0], abs=tolerance * largest)
    assert last.heat == pytest.approx(-heats[-1], abs=tolerance * largest)
    for n, contact in enumerate(solution.interfaces.values()):
        through = float(truth.leaving[n]) + joints[n].below * contact.area[0]
        assert contact.flux * contact.area[0] == pytest.approx(through, abs=tolerance * largest)
        jump = float(truth.upper[n] - truth.lower[n + 1])
        assert contact.jump == pytest.approx(jump, rel=1e-7, abs=tolerance * contact.below)
    assert abs(solution.summary()["energy"]["imbalance"]) < 1e-10
    assert solution.solver.iterations <= most
    return solution, truth


# Published numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cells", [(1,), (3, 7), (20,)])
def test_kirchhoff_with_a_joint(cells) -> None:
    solution, _ = compare(
        [
            exact.Sheet(0.5e-3, ("slope", 148.0, 300.0, -0.444)),
            exact.Sheet(1e-4, ("slope", 2.0, 300.0, 0.002)),
        ],
        [exact.Joint(("constant", 1 / 2e-5))],
        exact.End(400.0),
        exact.End(300.0),
        cells=cells,
    )
    contact = solution.interfaces["l0|l1"]
    assert contact.flux == pytest.approx(1366886.794, abs=5e-4)
    assert contact.below == pytest.approx(393.4937655, abs=5e-8)
    assert contact.above == pytest.approx(366.1560296, abs=5e-8)


@pytest.mark.parametrize("cells", [(1,), (9, 2)])
def test_a_gap_crossed_by_radiation(cells) -> None:
    one = ("constant", 1.0)
    solution, _ = compare(
        [exact.Sheet(0.1, one), exact.Sheet(0.1, one)],
        [exact.Joint(("power", 4 * 0.8 * STEFAN_BOLTZMANN, 1.0, 3.0))],
        exact.End(1000.0),
        exact.End(300.0),
        cells=cells,
    )
    contact = solution.interfaces["l0|l1"]
    assert contact.flux == pytest.approx(3181.533704, abs=5e-7)
    assert (contact.below, contact.above) == pytest.approx((681.8466296, 618.1533704), abs=5e-8)


def test_nafems_t2() -> None:
    stack = Stack(
        [Layer("bar", Material("steel", 55.563), 0.1, cells=4)],
        boundaries={
            "bottom": Boundary(Temperature(1000.0)),
            "top": Boundary(Reservoir(300.0, radiation(0.98))),
        },
    )
    solution = pipeline.solve(stack)
    assert solution.boundaries["top"].temperature == pytest.approx(926.9671, abs=5e-5)
    assert abs(solution.boundaries["top"].temperature - 927.0) < 0.05


# One thing at a time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2.0, 3.46, 4.0, 5.0])
@pytest.mark.parametrize("temperatures", [(0.1, 0.17), (1.8, 4.2), (77.0, 410.0), (1300.0, 310.0)])
@pytest.mark.parametrize("cells", [(1,), (5, 9)])
def test_powers_of_temperature(n, temperatures, cells) -> None:
    """One-way fluxes a T^n between solids; a such that the joint costs about as much as the layers."""
    hot, cold = max(temperatures), min(temperatures)
    k = (0.37, 1.9)
    a = 0.8 * k[0] / 0.013 * (hot - cold) / (hot**n - cold**n)
    compare(
        [exact.Sheet(0.013, ("constant", k[0])), exact.Sheet(0.041, ("constant", k[1]))],
        [exact.Joint(("power", a * n, 1.0, n - 1.0))],
        exact.End(temperatures[0]),
        exact.End(temperatures[1]),
        cells=cells,
    )


@pytest.mark.parametrize("bath", [0.1, 0.35, 1.8])
@pytest.mark.parametrize("heat", [1e-9, 3e-5, 0.7, 40.0])
def test_helium_like_boundary_under_a_solid_whose_conductivity_goes_as_the_cube(bath, heat) -> None:
    """Heat W into k ~ T^3, out through a T^3.46 law into a bath of 0.1 K and more; drops from 1e-9 to a kelvin."""
    compare(
        [exact.Sheet(2e-3, ("power", 45.0, 4.0, 3.0))],
        [],
        exact.End(heat=heat * 1e-4),
        exact.End(bath, ("power", 460.0 * 3.46, 1.0, 2.46)),
        size=1.3e-4,
        cells=(4,),
        most=MOST,
    )


TABLES = [
    ("table", (150.0, 260.0, 340.0, 500.0), (3.1e5, 6.7e5, 1.9e5, 2.3e5), "linear"),
    ("table", (150.0, 260.0, 340.0, 500.0), (3.1e5, 6.7e5, 1.9e5, 2.3e5), "loglog"),
    ("inverse", ("table", (150.0, 310.0, 500.0), (2.1e-6, 7.7e-6, 4.3e-6), "linear")),
    ("inverse", ("table", (150.0, 310.0, 500.0), (2.1e-6, 7.7e-6, 4.3e-6), "loglog")),
    ("inverse", ("power", 3.3e-6, 280.0, -1.7)),
    ("inverse", ("slope", 3.3e-6, 280.0, 1.1e-8)),
    ("slope", 4.1e5, 300.0, -900.0),
]


@pytest.mark.parametrize(
    "joint", TABLES, ids=lambda j: "-".join(str(p) for p in j if isinstance(p, str)) or "inverse"
)
@pytest.mark.parametrize("cells", [(1,), (2, 9)])
def test_conductance_or_resistance_over_temperature(joint, cells) -> None:
    compare(
        [exact.Sheet(4e-5, ("constant", 13.0)), exact.Sheet(7e-5, ("constant", 21.0))],
        [exact.Joint(joint)],
        exact.End(470.0),
        exact.End(190.0),
        cells=cells,
    )


CONDUCTIVITIES = [
    ("table", (100.0, 250.0, 330.0, 600.0), (310.0, 77.0, 91.0, 44.0), "linear"),
    ("table", (100.0, 250.0, 330.0, 600.0), (310.0, 77.0, 91.0, 44.0), "loglog"),
    ("power", 148.0, 300.0, -1.3),
    ("power", 148.0, 300.0, -1.0),
    ("power", 0.9, 300.0, 1.7),
    ("slope", 148.0, 300.0, -0.31),
    ("slope", 0.7, 300.0, 0.004),
]


@pytest.mark.parametrize("kind", ["slab", "cylinder", "sphere"])
@pytest.mark.parametrize("k", CONDUCTIVITIES, ids=lambda k: f"{k[0]}{k[-1]}")
@pytest.mark.parametrize("cells", [(1,), (6, 3)])
def test_conductivities_of_temperature(kind, k, cells) -> None:
    """Between two temperatures with a joint, without and with uniform sources and a sheet source."""
    typical = k[2][1] if k[0] == "table" else k[1]
    heat = typical * 60.0 / 0.01
    for source, sheet in ((0.0, 0.0), (1.7 * heat / 0.01, 0.0), (0.6 * heat / 0.01, 0.9 * heat)):
        compare(
            [exact.Sheet(0.012, k, source), exact.Sheet(0.007, ("constant", typical * 0.37), 0.3 * source)],
            [exact.Joint(("power", typical / 0.012 * 1.3, 320.0, 2.2), below=sheet, above=0.7 * sheet)],
            exact.End(297.0),
            exact.End(261.0, ("constant", typical / 0.03)),
            kind=kind,
            size=0.31,
            start=0.0 if kind == "slab" else 0.019,
            cells=cells,
        )


@pytest.mark.parametrize("kind", ["cylinder", "sphere"])
def test_solid_cylinder_and_sphere(kind) -> None:
    """From the axis or the centre, where nothing enters."""
    compare(
        [
            exact.Sheet(0.012, ("power", 31.0, 300.0, -0.8), 9.4e5),
            exact.Sheet(0.003, ("slope", 9.0, 300.0, 0.02)),
        ],
        [exact.Joint(("power", 2600.0, 350.0, 3.0))],
        exact.End(heat=0.0),
        exact.End(290.0, ("power", 4 * 0.7 * STEFAN_BOLTZMANN, 1.0, 3.0)),
        kind=kind,
        size=0.4,
        cells=(5, 2),
    )


@pytest.mark.parametrize("cells", [1, 2, 9])
def test_temperatures_inside_a_layer_are_exact_too(cells) -> None:
    """At cell centres u = Kirchhoff's integral falls linearly with z, with a source as a parabola."""
    source, d, n = 3.1e9, 0.7e-3, -0.3  # k = 148 (T/300)^(n - 1)
    stack = Stack(
        [Layer("die", Material("silicon", Power(148.0, 300.0, n - 1)), d, heat_density=source, cells=cells)],
        boundaries={"bottom": Boundary(Temperature(420.0)), "top": Boundary(Temperature(310.0))},
    )
    solution = pipeline.solve(stack)
    hot, cold = (148.0 * 300.0 / n * (T / 300.0) ** n for T in (420.0, 310.0))
    z = solution.z
    level = hot + (cold - hot) * z / d + 0.5 * source * z * (d - z)
    np.testing.assert_allclose(
        solution.temperature, 300.0 * (level * n / (148.0 * 300.0)) ** (1 / n), rtol=1e-12
    )


# How it converges, and how it fails --------------------------------------------------------------------------


@pytest.fixture
def runs(monkeypatch):
    """Every state that the iteration in the flux ends with."""
    seen, solve = [], stack_newton.solve

    def watched(*arguments):
        seen.append(solve(*arguments))
        return seen[-1]

    monkeypatch.setattr(stack_newton, "solve", watched)
    return seen


def test_convergence_is_quadratic(runs) -> None:
    """Near the end the correction is squared from step to step: log e grows by 2 (here: at least 1.8) each time."""
    k = ("power", 0.9, 300.0, 1.7)
    compare(
        [
            exact.Sheet(0.1, k),
            exact.Sheet(0.07, ("table", (200.0, 600.0, 1500.0), (3.0, 0.7, 1.9), "loglog")),
        ],
        [exact.Joint(("power", 4 * 0.8 * STEFAN_BOLTZMANN, 1.0, 3.0))],
        exact.End(1200.0),
        exact.End(300.0, ("power", 4 * 0.3 * STEFAN_BOLTZMANN, 1.0, 3.0)),
    )
    (run,) = runs
    small = [step for step in run.steps if 1e-11 < step < 1.0]
    assert len(small) >= 2
    orders = [math.log(b / 1e3) / math.log(a / 1e3) for a, b in pairwise(small)]  # relative to 1000 K
    assert min(orders) > 1.8
    assert run.converged
    assert run.residual < 1e-9


@pytest.mark.parametrize("n", [40, 1000])
def test_many_joints_at_once(n, runs) -> None:
    """A superlattice with a T^4 law at each of its joints: the number of layers costs no iterations."""
    k, a, d = (2.7, 0.8), 310.0 / 250.0**3 / 4, 3e-3
    layers = [Layer(f"l{i}", Material(f"m{i % 2}", k[i % 2]), d, cells=1) for i in range(n)]
    joints = [Interface(power_law(a, 4.0), between=(f"l{i}", f"l{i + 1}")) for i in range(n - 1)]
    bounds = {"bottom": Boundary(Temperature(410.0)), "top": Boundary(Temperature(130.0))}
    solution = pipeline.solve(Stack(layers, interfaces=joints, boundaries=bounds))
    q = solution.boundaries["bottom"].heat  # through 1 m^2
    T = 410.0
    for i in range(n):  # marching with that flux ends at the other temperature
        T -= q * d / k[i % 2]
        if i < n - 1:
            T = (T**4 - q / a) ** 0.25
    assert pytest.approx(130.0, rel=1e-9) == T
    assert len(runs[0].steps) <= 12


def test_laws_in_series_and_in_parallel_are_one_law() -> None:
    """Two T^4 laws in series resist together; with a constant conductance beside them the root is that of the sum."""
    a, b, G, k, d = 3.1e-8, 1.7e-8, 0.9, 0.6, 0.02
    law = parallel([series([power_law(a, 4.0), power_law(b, 4.0)]), Conductance(G)])
    stack = Stack(
        [Layer("one", Material("m", k), d), Layer("two", Material("n", 2 * k), d)],
        interfaces=[Interface(law, between=("one", "two"))],
        boundaries={"bottom": Boundary(Temperature(600.0)), "top": Boundary(Temperature(200.0))},
    )
    solution = pipeline.solve(stack)

    def balance(q):
        hot, cold = 600 - q * d / k, 200 + q * d / (2 * k)
        return a * b / (a + b) * (hot**4 - cold**4) + G * (hot - cold) - q

    q = float(mp.findroot(balance, 1000))
    assert solution.interfaces["one|two"].flux == pytest.approx(q, rel=1e-11)


def test_a_detached_piece_keeps_its_own_temperature() -> None:
    """Insulated joints split a nonlinear stack into pieces that are solved one by one."""
    k = Power(148.0, 300.0, -1.3)
    stack = Stack(
        [
            Layer("one", Material("m", k), 1e-3),
            Layer("two", Material("m", k), 2e-3),
            Layer("three", Material("n", 3.0), 1e-3),
        ],
        interfaces=[
            Interface(Insulated(), between=("one", "two")),
            Interface(power_law(3e-8, 4.0), between=("two", "three")),
        ],
        boundaries={"bottom": Boundary(Temperature(500.0)), "top": Boundary(Temperature(250.0))},
    )
    solution = pipeline.solve(stack)
    assert solution.pieces.mean == pytest.approx([500.0, 250.0, 250.0], rel=1e-12)
    assert solution.interfaces["two|three"].flux == pytest.approx(0.0, abs=1e-9)


def bar(law: Law, heat: float, k: TemperatureLaw | float = 2.3, **solve) -> Stack:
    return Stack(
        [Layer("bar", Material("m", k), 0.013), Layer("cap", Material("n", 3.1), 0.002)],
        interfaces=[Interface(law, between=("bar", "cap"))],
        boundaries={"bottom": Boundary(Heat(heat)), "top": Boundary(Temperature(290.0))},
        solve=SolveOptions(**solve),
    )


def test_more_heat_drawn_than_a_radiating_joint_can_give() -> None:
    """At most e sigma 290^4 crosses from the cap."""
    most = STEFAN_BOLTZMANN * 0.8 * 290.0**4
    pipeline.solve(bar(radiation(0.8), -0.9 * most, k=200.0))
    with pytest.raises(PhysicsError, match=r"289\.\d* W|absolute zero"):
        pipeline.solve(bar(radiation(0.8), -1.1 * most, k=200.0))


def test_more_heat_drawn_than_a_conductivity_can_carry() -> None:
    """k ~ T^0.7 carries at most its integral from 0 K: 2.3 * 290 / 1.7 / d (290/300)^0.7."""
    k = Power(2.3, 300.0, 0.7)
    most = 2.3 * 300.0 / 1.7 * (290.0 / 300.0) ** 1.7 / 0.013
    stack = bar(Perfect(), -0.99 * most, k=k)
    cap = -0.99 * most * 0.002 / 3.1
    held = Stack(
        stack.layers,
        interfaces=stack.interfaces,
        boundaries={"bottom": stack.boundaries["bottom"], "top": Boundary(Temperature(290.0 - cap))},
    )
    solution = pipeline.solve(held)
    coldest = 290.0 * 0.01 ** (1 / 1.7)
    assert solution.boundaries["bottom"].temperature == pytest.approx(coldest, rel=1e-7)
    with pytest.raises(PhysicsError, match="absolute zero"):
        pipeline.solve(bar(Perfect(), -1.05 * most, k=k))


def test_a_table_that_is_left_is_an_error_of_the_input() -> None:
    k = Table((280.0, 400.0), (2.3, 1.9))
    pipeline.solve(bar(Resistance(1e-4), 1.3e4, k=k))
    with pytest.raises(InputError, match=r"outside the range 280 to 400 K"):
        pipeline.solve(bar(Resistance(1e-4), 2.6e4, k=k))
    held = Table((280.0, 400.0), (2.3, 1.9), outside="hold")
    solution = pipeline.solve(bar(Resistance(1e-4), 2.6e4, k=held))
    assert solution.boundaries["bottom"].temperature > 400.0
    with pytest.raises(InputError, match=r"outside the range 280 to 400 K"):
        pipeline.solve(bar(varying.conductance(Table((280.0, 400.0), (120.0, 310.0))), 3.9e4, k=200.0))


def test_frozen_properties_are_linear() -> None:
    solution = pipeline.solve(bar(Resistance(1e-4), 1.7e4, k=Power(2.3, 300.0, -1.3), properties_at=350.0))
    k = 2.3 * (350 / 300) ** -1.3
    rise = 1.7e4 * (0.013 / k + 1e-4 + 0.002 / 3.1)
    assert solution.boundaries["bottom"].temperature == pytest.approx(290.0 + rise, rel=1e-12)
    assert solution.solver.method == "line"


# Anything at once --------------------------------------------------------------------------------------------


def logs(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(math.log(low), math.log(high)).map(math.exp)


@st.composite
def functions(draw: st.DrawFn, size: float, low: float, high: float) -> exact.Function:
    """A positive function of temperature of about ``size``, defined over low … high and far around."""
    middle = math.sqrt(low * high)
    kind = draw(st.sampled_from(["constant", "power", "slope", "linear", "loglog"]))
    if kind == "constant":
        return ("constant", size)
    if kind == "power":
        return ("power", size, middle, draw(st.sampled_from([-1.0, -1.3, -0.4, 1.0, 2.0, 3.0])))
    if kind == "slope":  # down to a third of it at the colder, at most triple at the hotter end
        return ("slope", size, low, draw(st.sampled_from([-0.6, 0.7, 2.0])) * size / (3.0 * high - low))
    knots = sorted({0.02 * low, *(draw(st.floats(low, high)) for _ in range(4)), 50.0 * high})
    values = [size * draw(st.floats(0.2, 5.0)) for _ in knots]
    return ("table", tuple(knots), tuple(values), kind)


@st.composite
def problems(draw: st.DrawFn, sources: bool) -> dict:
    low = draw(st.sampled_from([0.1, 1.4, 20.0, 260.0]))
    high = low * draw(st.floats(1.02, 4.0))
    n, kind = draw(st.integers(1, 5)), draw(st.sampled_from(["slab", "cylinder", "sphere"]))
    flux = draw(logs(1e-2, 1e6))  # each part costs roughly the whole span at this flux
    span = high - low
    sheets, joints = [], []
    for i in range(n):
        d = draw(logs(1e-6, 1e-2))
        k = draw(functions(flux * d / span * draw(logs(0.03, 30.0)), low, high))
        heat = draw(st.sampled_from([0.0, 0.02, 0.05])) * flux / d if sources else 0.0
        sheets.append(exact.Sheet(d, k, heat))
        if i:
            G = None
            if draw(st.integers(0, 4)):
                G = draw(functions(flux / span * draw(logs(0.03, 30.0)), low, high))
                if draw(st.booleans()):
                    G = ("inverse", G) if G[0] != "constant" else G
                    if G[0] == "inverse":
                        shrunk = 1.0 / (flux / span) ** 2
                        G = ("inverse", scaled(G[1], shrunk))
            sheet = draw(st.sampled_from([0.0, 0.03])) * flux if sources else 0.0
            joints.append(exact.Joint(G, below=sheet, above=0.4 * sheet))
    film = draw(functions(flux / span * draw(logs(0.1, 30.0)), low, high))
    start = draw(logs(1e-3, 0.1))
    held = [exact.End(high), exact.End(high, film)]
    bottom = draw(st.sampled_from(held))
    if draw(st.integers(0, 3)) == 0:
        area = exact.Geometry(kind, 0.37).area(mp.mpf(start))
        bottom = exact.End(heat=float(area) * flux * draw(st.sampled_from([0.03, 0.1])))
    top = draw(st.sampled_from([exact.End(low), exact.End(low, draw(functions(flux / span, low, high)))]))
    cells = draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
    return {
        "sheets": sheets,
        "joints": joints,
        "bottom": bottom,
        "top": top,
        "kind": kind,
        "size": 0.37,
        "start": start,
        "cells": tuple(cells),
    }


def scaled(function: exact.Function, factor: float) -> exact.Function:
    kind, *rest = function
    if kind == "table":
        return (kind, rest[0], tuple(v * factor for v in rest[1]), rest[2])
    if kind == "slope":
        return (kind, rest[0] * factor, rest[1], rest[2] * factor)
    return (kind, rest[0] * factor, *rest[1:])


def solvable(problem) -> None:
    """Only what has a steady state not far from the temperatures given."""
    shape = {key: problem[key] for key in ("kind", "size", "start")}
    try:
        truth = exact.solve(*(problem[key] for key in ("sheets", "joints", "bottom", "top")), **shape)
    except (exact.TooColdError, exact.TooHotError):
        assume(False)
    ends = [end.temperature for end in (problem["bottom"], problem["top"]) if end.temperature is not None]
    assume(max(truth.lower + truth.upper) < 8.0 * max(ends))
    assume(min(truth.lower + truth.upper) > 0.1 * min(ends))


@settings(max_examples=100, phases=NO_SHRINKING)
@given(problems(sources=False))
def test_any_stack_without_sources(problem) -> None:
    solvable(problem)
    compare(**problem, most=MOST)


@settings(max_examples=100, phases=NO_SHRINKING)
@given(problems(sources=True))
def test_any_stack_with_sources(problem) -> None:
    solvable(problem)
    compare(**problem, most=MOST)


def test_the_reference_beyond_the_pole_of_a_joint_is_too_hot() -> None:
    """1/(straight line) ends where the line is zero: bisection looks there, and rounding once made it complex."""
    joint = exact.Curve(("inverse", ("slope", 49.09178115965601, 260.0, -0.022657609204955236)))
    for T in (2426.7, 2500.0, 26000.0):
        with pytest.raises(exact.TooHotError):
            joint.move(exact.mp.mpf(T), exact.mp.mpf(-0.53))
    assert joint.move(exact.mp.mpf(300), exact.mp.mpf(-0.53)) < 300
