"""2-D with k(T) and nonlinear laws: exact where it is 1-D, against series, and against another solver of the cells."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest

import nonlinear_cells as cells
import nonlinear_reference as exact
from kapitza import pipeline
from kapitza.errors import InputError, PhysicsError
from kapitza.interfaces import varying
from kapitza.interfaces.law import Conductance, Resistance
from kapitza.interfaces.power import STEFAN_BOLTZMANN, power_law, radiation
from kapitza.laws.temperature import Power, Slope, Table
from kapitza.materials.material import Material
from kapitza.model import (
    Boundary,
    Geometry,
    Heat,
    HeatFlux,
    Interface,
    Layer,
    MeshOptions,
    Patch,
    Periodic,
    PointProbe,
    Rectangle,
    Region,
    Reservoir,
    SheetSource,
    Source,
    Stack,
    Temperature,
)
from kapitza.newton import plane as plane_newton
from test_nonlinear_line import joint_of, law_of, stack_of

SIGMA = STEFAN_BOLTZMANN


# What does not depend on x -----------------------------------------------------------------------------------

SHEETS = [
    exact.Sheet(0.012, ("power", 31.0, 300.0, -0.8), 2.4e6),
    exact.Sheet(0.007, ("table", (100.0, 330.0, 700.0), (9.0, 2.1, 5.7), "linear")),
    exact.Sheet(0.004, ("constant", 3.3), 0.7e6),
]
JOINTS = [exact.Joint(("power", 2600.0, 350.0, 3.0), below=900.0), exact.Joint(None, above=370.0)]
BOTTOM, TOP = exact.End(410.0, ("power", 1400.0, 390.0, 2.46)), exact.End(280.0)


@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
@pytest.mark.parametrize("nz", [3, 11])
def test_layers_across_are_the_exact_stack(kind, nz) -> None:
    truth = exact.solve(SHEETS, JOINTS, BOTTOM, TOP)
    flat = stack_of(SHEETS, JOINTS, BOTTOM, TOP)
    geometry = Geometry(kind, x=(0.0, 0.03) if kind == "plane" else (0.01, 0.04), depth=0.6)
    stack = dataclasses.replace(flat, geometry=geometry, mesh=MeshOptions(x=3, z=nz))
    solution = pipeline.solve(stack)
    area = 0.03 * 0.6 if kind == "plane" else math.pi * (0.04**2 - 0.01**2)
    assert solution.boundaries["bottom"].heat == pytest.approx(float(truth.entering[0]) * area, rel=1e-9)
    for n, contact in enumerate(solution.interfaces.values()):
        assert contact.below == pytest.approx(float(truth.upper[n]), rel=1e-9)
        assert contact.above == pytest.approx(float(truth.lower[n + 1]), rel=1e-9)
    assert solution.boundaries["top"].heat == pytest.approx(-float(truth.leaving[-1]) * area, rel=1e-9)
    assert np.ptp(solution.temperature, axis=1).max() < 1e-9
    assert abs(solution.summary()["energy"]["imbalance"]) < 1e-10
    assert solution.solver.iterations <= 12


def test_layers_side_by_side_are_the_exact_stack() -> None:
    """The same from left to right, through vertical joints."""
    k = [("power", 31.0, 300.0, -0.8), ("slope", 2.1, 300.0, 0.007)]
    joint = ("power", 2600.0, 350.0, 3.0)
    sheets = [exact.Sheet(0.012, k[0]), exact.Sheet(0.008, k[1])]
    left, right = exact.End(520.0), exact.End(280.0, ("power", 4 * 0.7 * SIGMA, 1.0, 3.0))
    truth = exact.solve(sheets, [exact.Joint(joint)], left, right)
    stack = Stack(
        [Layer("one", Material("m", law_of(k[0])), 0.05)],
        Geometry("plane", x=(0.0, 0.02), depth=0.4),
        regions=[Region("two", Material("n", law_of(k[1])), Rectangle(x=(0.012, 0.02)))],
        interfaces=[Interface(joint_of(joint), between=("one", "two"))],
        boundaries={
            "left": Boundary(Temperature(520.0)),
            "right": Boundary(Reservoir(280.0, radiation(0.7))),
        },
        mesh=MeshOptions(x=10, z=3),
    )
    solution = pipeline.solve(stack)
    contact = solution.interfaces["one|two"]
    assert solution.boundaries["left"].heat == pytest.approx(float(truth.entering[0]) * 0.02, rel=1e-9)
    assert contact.below == pytest.approx(float(truth.upper[0]), rel=1e-9)
    assert contact.above == pytest.approx(float(truth.lower[1]), rel=1e-9)


def test_radius_of_an_axisymmetric_domain_is_that_of_a_cylinder() -> None:
    """Heat goes outwards through k(T) and a power law on the curved side; second order in r."""
    k = ("power", 31.0, 300.0, -0.8)
    truth = exact.solve(
        [exact.Sheet(0.03, k)],
        [],
        exact.End(600.0),
        exact.End(290.0, ("power", 1700.0, 300.0, 1.8)),
        kind="cylinder",
        size=0.05,
        start=0.01,
    )
    errors = []
    for nx in (10, 20):
        stack = Stack(
            [Layer("ring", Material("m", law_of(k)), 0.05)],
            Geometry("axisymmetric", x=(0.01, 0.04)),
            boundaries={
                "inner": Boundary(Temperature(600.0)),
                "outer": Boundary(Reservoir(290.0, joint_of(("power", 1700.0, 300.0, 1.8)))),
            },
            mesh=MeshOptions(x=nx, z=2),
        )
        solution = pipeline.solve(stack)
        errors.append(solution.boundaries["inner"].heat / float(truth.entering[0]) - 1.0)
    assert abs(errors[1]) < 2e-3
    assert abs(errors[1]) <= abs(errors[0]) / 3.5 or abs(errors[1]) < 1e-10


# Kirchhoff maps k(T) between fixed temperatures to Laplace's equation ------------------------------------------


def laplace(x: float, z: float, a: float, b: float) -> float:
    """1 on the top z = b of a rectangle a x b, 0 on its other sides."""
    total = 0.0
    for n in range(1, 400, 2):
        w = n * math.pi / a
        up = math.exp(w * (z - b)) * math.expm1(-2 * w * z) / math.expm1(-2 * w * b)  # sinh wz / sinh wb
        total += 4 / (n * math.pi) * math.sin(w * x) * up
    return total


@pytest.mark.parametrize("law", [Power(148.0, 300.0, -1.3), Slope(2.0, 300.0, 0.011)], ids=["power", "slope"])
def test_a_rectangle_of_given_temperatures(law) -> None:
    a, b, hot, cold = 0.5, 0.3, 620.0, 250.0
    points = [(0.25, 0.15), (0.11, 0.07), (0.4, 0.22)]
    errors = []
    for factor in (1, 2):
        stack = Stack(
            [Layer("bar", Material("m", law), b)],
            Geometry("plane", x=(0.0, a)),
            boundaries={
                "top": Boundary(Temperature(hot)),
                **{side: Boundary(Temperature(cold)) for side in ("bottom", "left", "right")},
            },
            mesh=MeshOptions(x=50 * factor, z=30 * factor),
        )
        solution = pipeline.solve(stack)
        found = [solution.probe(PointProbe("p", z=z, x=x)) for x, z in points]
        whole = closed_integral(law, cold, hot)
        truth = [inverse_integral(law, cold, whole * laplace(x, z, a, b)) for x, z in points]
        errors.append(np.abs(np.array(found) - truth).max())
        assert solution.solver.iterations <= 12
    assert errors[0] < 0.15
    assert errors[1] < errors[0] / 3.3


def closed_integral(law, low: float, high: float) -> float:
    if isinstance(law, Power):
        n = law.power + 1
        return law.value * law.at / n * ((high / law.at) ** n - (low / law.at) ** n)
    return (high - low) * (law.value + law.gradient * ((low + high) / 2 - law.at))


def inverse_integral(law, low: float, area: float) -> float:
    if isinstance(law, Power):
        n = law.power + 1
        return law.at * ((low / law.at) ** n + area * n / (law.value * law.at)) ** (1 / n)
    k = law.value + law.gradient * (low - law.at)
    return low + (math.sqrt(k * k + 2 * law.gradient * area) - k) / law.gradient


# Against another solver of the same cells ----------------------------------------------------------------------


def power(k: cells.PowerConductivity) -> Power:
    return Power(k.value, k.at, k.power)


def material(name: str, medium: cells.Medium) -> Material:
    return Material(name, power(medium.through), power(medium.lateral))


WARM = (
    cells.Medium(cells.PowerConductivity(31.0, 300.0, 0.8), cells.PowerConductivity(31.0, 300.0, 0.8)),
    cells.Medium(cells.PowerConductivity(2.7, 300.0, -0.6), cells.PowerConductivity(8.1, 310.0, 1.2)),
    cells.Medium(cells.PowerConductivity(0.9, 300.0, 0.0), cells.PowerConductivity(4.3, 300.0, 0.5)),
)
COLD = (
    cells.Medium(cells.PowerConductivity(0.7, 1.0, 3.0), cells.PowerConductivity(0.7, 1.0, 3.0)),
    cells.Medium(cells.PowerConductivity(0.12, 1.0, 1.0), cells.PowerConductivity(0.31, 1.0, 2.0)),
    cells.Medium(cells.PowerConductivity(0.04, 1.0, 0.0), cells.PowerConductivity(0.09, 1.0, 0.5)),
)


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize(("media", "scale"), [(WARM, 300.0), (COLD, 0.4)], ids=["warm", "cold"])
def test_two_dimensional_contacts_void_patches(media, scale, periodic) -> None:
    """Anisotropic pieces with different shapes of k(T), joints in both directions, void, a patch, two exponents."""
    nz, nx, dz, dx = 6, 5, 2e-3, 3e-3
    flux = (
        media[1].through.value
        * (scale / media[1].through.at) ** media[1].through.power
        * scale
        / (nz * dz)
        * 0.3
    )
    grid = np.zeros((nz, nx), dtype=int)
    grid[2:, :] = 1
    grid[1:4, 1:3] = 2  # a post through the joint
    grid[5, 3:] = -1  # a corner left out
    n, a = 3.46, flux / (0.2 * scale) / 3.46 / scale**2.46
    m, b = 4.0, 0.6 * flux / (0.2 * scale) / 4.0 / scale**3
    laws = {
        (0, 1): lambda s, t: a * (s**n - t**n),
        (1, 2): lambda s, t: b * (s**m - t**m),
        (0, 2): lambda s, t: flux / (0.13 * scale) * (s - t),
    }
    c = 0.8 * flux / scale**4
    outside = 0.7 * scale

    def sky(s: float, t: float) -> float:
        return c * (s**4 - t**4)

    sides = {
        "bottom": [(slice(0, 2), ("law", 1.2 * scale, sky)), (slice(2, nx), ("temperature", scale))],
        "top": [(slice(0, 3), ("law", outside, sky))],
    }
    if not periodic:
        sides["left"] = [(slice(0, 3), ("flux", 0.35 * flux))]
    reference = cells.Grid(grid, dz, dx, media, laws, sides, periodic)
    truth = reference.solve(0.9 * scale)
    assert np.abs(reference.left_over(truth)).max() < 1e-9 * flux * dx

    width = nx * dx
    boundaries = {
        "bottom": Boundary(
            Temperature(scale), (Patch((0.0, 2 * dx), Reservoir(1.2 * scale, power_law(c, 4.0))),)
        ),
        "top": Boundary(Reservoir(outside, power_law(c, 4.0))),
    }
    if periodic:
        boundaries |= {"left": Boundary(Periodic()), "right": Boundary(Periodic())}
    else:
        boundaries["left"] = Boundary(patches=(Patch((0.0, 3 * dz), HeatFlux(0.35 * flux)),))
    names = ("base", "cover", "post")
    stuff = [material(name, medium) for name, medium in zip(names, media, strict=True)]
    stack = Stack(
        [
            Layer("base", stuff[0], 2 * dz, cells=2),
            Layer("cover", stuff[1], 3 * dz, cells=3),
            Layer("cap", stuff[1], dz, cells=1, x=(0.0, 3 * dx)),
        ],
        Geometry("plane", x=(0.0, width)),
        regions=[Region("post", stuff[2], Rectangle((dx, 3 * dx), (dz, 4 * dz)))],
        interfaces=[
            Interface(power_law(a, n), between=("base", "cover")),
            Interface(power_law(b, m), between=("cover", "post")),
            Interface(Conductance(flux / (0.13 * scale)), between=("base", "post")),
        ],
        boundaries=boundaries,
        mesh=MeshOptions(x=nx, z=nz),
    )
    solution = pipeline.solve(stack)
    assert solution.mesh.shape == (nz, nx)
    np.testing.assert_allclose(solution.temperature, truth, rtol=1e-9)
    assert abs(solution.summary()["energy"]["imbalance"]) < 1e-10
    assert solution.solver.iterations <= 12


def test_newton_and_the_direct_solution_agree_where_nothing_varies() -> None:
    """T^0 as a conductivity goes the nonlinear way: sheets, sources, films, patches, void, anisotropy, pinned means."""

    def stack(k):
        base, post = Material("base", k(31.0), k(12.0)), Material("post", k(2.3))
        return Stack(
            [
                Layer("base", base, 0.01, heat=2.7),
                Layer("top", post, 0.006, x=(0.0, 0.02)),
                Layer("lid", base, 0.004),
            ],
            Geometry("plane", x=(0.0, 0.03), depth=0.7),
            regions=[Region("post", post, Rectangle((0.005, 0.012), (0.004, 0.013)), heat_density=4.1e4)],
            interfaces=[
                Interface(Resistance(2e-4), between=("base", "top")),
                Interface(Conductance(1.3e3), between=("base", "post")),
            ],
            sources=[
                Source("spot", "lid", heat=1.9, x=(0.002, 0.011)),
                SheetSource("glue", ("base", "top"), heat_flux=310.0, side="split"),
            ],
            boundaries={
                "bottom": Boundary(Temperature(290.0), (Patch((0.0, 0.007), HeatFlux(570.0)),)),
                "top": Boundary(
                    Reservoir(310.0, Conductance(47.0)), (Patch((0.01, 0.017), Temperature(303.0)),)
                ),
                "right": Boundary(Heat(-0.8)),
            },
            mesh=MeshOptions(x=24, z=20),
        )

    direct, newton = pipeline.solve(stack(float)), pipeline.solve(stack(lambda k: Power(k, 300.0, 0.0)))
    assert newton.solver.method == "newton-sparse"
    np.testing.assert_allclose(newton.temperature, direct.temperature, rtol=1e-12)
    for side in direct.boundaries:
        assert newton.boundaries[side].heat == pytest.approx(direct.boundaries[side].heat, rel=1e-9, abs=1e-9)
    for name, contact in direct.interfaces.items():
        np.testing.assert_allclose(
            newton.interfaces[name].flux_values, contact.flux_values, rtol=1e-8, atol=1e-7
        )


# How it converges, and how it fails ----------------------------------------------------------------------------


def furnace(law=None, hot: float = 1400.0, **changes) -> Stack:
    """A block with k(T) behind a radiating gap, radiating to the outside on part of its top."""
    law = radiation(0.8) if law is None else law
    block, cover = Material("block", Power(1.7, 300.0, 0.9)), Material("cover", Power(21.0, 300.0, -0.7))
    stack = Stack(
        [Layer("block", block, 0.05), Layer("cover", cover, 0.02)],
        Geometry("plane", x=(0.0, 0.1)),
        interfaces=[Interface(law, between=("block", "cover"))],
        boundaries={
            "bottom": Boundary(Temperature(hot)),
            "top": Boundary(patches=(Patch((0.0, 0.04), Reservoir(300.0, radiation(0.6))),)),
            "left": Boundary(Temperature(500.0)),
        },
        mesh=MeshOptions(x=30, z=21),
    )
    return dataclasses.replace(stack, **changes)


def test_convergence_is_quadratic(monkeypatch) -> None:
    """The correction is squared from step to step near the end."""
    seen: list[float] = []

    def watched(steps, *arguments):
        seen[:] = steps
        return settled(steps, *arguments)

    settled = plane_newton.settled
    monkeypatch.setattr(plane_newton, "settled", watched)
    solution = pipeline.solve(furnace())
    assert solution.solver.iterations == len(seen) <= 12
    relative = [step / 1400.0 for step in seen if 1e-12 < step / 1400.0 < 0.03]
    orders = [math.log(b) / math.log(a) for a, b in pairwise(relative)]
    assert len(orders) >= 2
    assert min(orders) > 1.6
    assert abs(solution.summary()["energy"]["imbalance"]) < 1e-11


def test_more_cells_cost_no_iterations() -> None:
    counts = [pipeline.solve(furnace(mesh=MeshOptions(x=nx, z=21))).solver.iterations for nx in (10, 40, 120)]
    assert max(counts) - min(counts) <= 1


def test_more_heat_drawn_than_can_flow() -> None:
    """The cover can give at most e sigma T^4 through the gap."""
    drawn = {
        "top": Boundary(Heat(-1.2 * SIGMA * 0.8 * 1400.0**4 * 0.1)),
        "bottom": Boundary(Temperature(1400.0)),
    }
    with pytest.raises(
        PhysicsError, match=r"2.*e\+04 W are drawn, more than can flow to (block|cover) at z = "
    ):
        pipeline.solve(furnace(boundaries=drawn))


@pytest.mark.parametrize("bath", [0.1, 1.8])
@pytest.mark.parametrize("heat", [1e-6, 1e-2, 5.0])
def test_helium_like_bath_on_a_chip_whose_conductivity_goes_as_the_cube(bath, heat) -> None:
    """The first guess of the surface is too hot by up to ten decades; the bath takes what the source gives."""
    stack = Stack(
        [Layer("chip", Material("chip", Power(45.0, 4.0, 3.0)), 1e-3)],
        Geometry("plane", x=(0.0, 5e-3), depth=5e-3),
        sources=[Source("hot", "chip", heat=heat, x=(1e-3, 2e-3))],
        boundaries={"top": Boundary(Reservoir(bath, power_law(460.0, 3.46)))},
        mesh=MeshOptions(x=20, z=8),
    )
    solution = pipeline.solve(stack)
    top = solution.boundaries["top"]
    one_way = float((460.0 * (top.temperature_values**3.46 - bath**3.46)) @ top.area)
    assert one_way == pytest.approx(heat, rel=1e-9)
    assert top.heat == pytest.approx(-heat, rel=1e-9)
    assert solution.solver.iterations <= 12


def test_a_table_that_is_left_is_an_error_of_the_input() -> None:
    table = Table((290.0, 900.0), (1.7, 4.9))
    layers = (Layer("block", Material("block", table), 0.05), furnace().layers[1])
    with pytest.raises(InputError, match=r"outside the range 290 to 900 K"):
        pipeline.solve(furnace(layers=layers))
    gap = varying.conductance(Table((500.0, 900.0), (31.0, 47.0)))
    with pytest.raises(InputError, match=r"outside the range 500 to 900 K"):
        pipeline.solve(furnace(law=gap))
    held = dataclasses.replace(table, outside="hold")
    layers = (Layer("block", Material("block", held), 0.05), furnace().layers[1])
    assert pipeline.solve(furnace(layers=layers)).temperature.max() > 1200.0


def test_heat_that_nothing_holds_is_refused() -> None:
    closed = {"bottom": Boundary(Heat(3.0)), "top": Boundary(Heat(1.5))}
    with pytest.raises(PhysicsError, match=r"4\.5 W"):
        pipeline.solve(furnace(boundaries=closed))


def test_an_asymmetric_series_turns_with_its_faces() -> None:
    """T⁴ on one side and T² on the other: a stack and its mirror image have mirrored temperatures."""
    import kapitza as kp
    from kapitza.interfaces.compose import series
    from kapitza.interfaces.power import power_law

    law = series([power_law(3.1e-7, 4.0), power_law(0.021, 2.0)])
    assert law.turned() is not law

    def solved(post: tuple[float, float], hot: str, cold: str) -> np.ndarray:
        stack = kp.Stack(
            [kp.Layer("base", kp.Material("base", kp.Constant(2.3)), 0.004, cells=5)],
            kp.Geometry("plane", x=(0.0, 0.01), depth=0.3),
            regions=[kp.Region("post", kp.Material("post", kp.Constant(0.7)), kp.Rectangle(post))],
            interfaces=[kp.Interface(law, between=("base", "post"))],
            boundaries={hot: kp.Boundary(kp.Temperature(410.0)), cold: kp.Boundary(kp.Temperature(280.0))},
            mesh=kp.MeshOptions(x=10),
        )
        return kp.solve(stack).temperature

    right, left = solved((0.006, 0.01), "left", "right"), solved((0.0, 0.004), "right", "left")
    np.testing.assert_allclose(left[:, ::-1], right, rtol=0, atol=1e-9)
    swapped = solved((0.006, 0.01), "right", "left")
    assert np.max(np.abs((690.0 - swapped) - right)) > 0.01  # the law is not the same both ways
