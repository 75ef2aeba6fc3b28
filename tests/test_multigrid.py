"""Multigrid: iterations that depend on nothing, rounding as the only error, shifted systems, first guesses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import diags_array
from scipy.sparse.linalg import spsolve

import kapitza as kp
from kapitza.assemble.system import Rise, System
from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.linear import choose, multigrid, shifted
from kapitza.linear.matrix import Matrix
from kapitza.linear.multigrid import Cycle, Multigrid
from kapitza.pipeline import solve
from kapitza.pipeline import system as bare
from test_solvers_agree import assembled, random_stack


def package(n: int, fill: float = 0.03) -> kp.Stack:
    """A narrow die, pasted on a wide sink in air."""
    silicon, paste = kp.Material("Si", kp.Constant(148.0)), kp.Material("paste", kp.Constant(4.0))
    aluminium, air = kp.Material("Al", kp.Constant(237.0)), kp.Material("air", kp.Constant(fill))
    width = (-7e-3, 6e-3)
    return kp.Stack(
        [
            kp.Layer("die", silicon, 0.5e-3, heat=120.0, x=width),
            kp.Layer("tim", paste, 50e-6, x=width),
            kp.Layer("sink", aluminium, 6e-3),
        ],
        kp.Geometry("plane", x=(-30e-3, 30e-3), depth=14e-3, fill=air),
        interfaces=[kp.Interface(kp.Resistance(3e-6), between=("tim", "sink"))],
        boundaries={"top": kp.Boundary(kp.Reservoir(298.0, kp.Conductance(3000.0)))},
        mesh=kp.MeshOptions(x=n, z=n),
    )


def random_system(seed: int, nx: int = 31, nz: int = 23, extreme: float = 30.0) -> tuple[System, Floats]:
    return assembled(random_stack(seed, nx, nz, extreme))


def test_iterations_do_not_depend_on_the_grid() -> None:
    counts = []
    for n in (50, 100, 200, 400):
        system = bare(package(n))
        answer = Multigrid(system).solve(system.load(system.reference))
        assert answer.converged
        counts.append(answer.iterations)
    assert max(counts) <= 12
    assert max(counts) - min(counts) <= 2


@pytest.mark.parametrize("fill", [1e-3, 0.8, 2000.0])
def test_iterations_do_not_depend_on_contrast(fill: float) -> None:
    system = bare(package(120, fill))
    assert Multigrid(system).solve(system.load(system.reference)).iterations <= 12


@pytest.mark.parametrize("start", range(0, 200, 20))
def test_random_stacks_of_extreme_contrast_and_aspect(start: int) -> None:
    """Materials over six decades, cells 1e-4 … 1e4 times as long as wide, joints and films over six decades."""
    for seed in range(start, start + 20):
        system, pinned = random_system(seed, 38, 29, 1e4 if seed % 2 else 1e2)
        result = multigrid.solve(system, system.reference, pinned, "")
        assert result.method == "multigrid", (seed, result.reason)
        assert result.residual < 1e-13, seed
        left = system.residual(result.rise, system.reference) - pinned * result.rise.sum
        nothing = np.zeros(system.mesh.shape)
        put = float(np.abs(system.residual(Rise(nothing, nothing), system.reference)).sum())
        assert abs(float(left.sum())) <= 1e-12 * put, seed
        assert Multigrid(system, pinned).solve(system.load(system.reference)).iterations <= 20, seed


@pytest.mark.parametrize("seed", [84, 99, 143, 183, 193])
def test_hard_stacks_on_a_finer_grid(seed: int) -> None:
    """Of those above the ones that suffer most from levels that leave out few columns: 183 took 71 iterations."""
    system, pinned = random_system(seed, 150, 130, 1e4 if seed % 2 else 1e2)
    assert Multigrid(system, pinned).solve(system.load(system.reference)).iterations <= 20


def test_a_post_beside_cells_that_it_does_not_touch() -> None:
    """Insulated on both sides, it must not pass its conductance on to its neighbours: that took 36 iterations."""
    system, pinned = random_system(226, 38, 29, 1e2)
    assert Multigrid(system, pinned).solve(system.load(system.reference)).iterations <= 12


@pytest.mark.parametrize("seed", range(12))
def test_the_cycle_is_symmetric_and_positive(seed: int) -> None:
    system, pinned = random_system(seed)
    cycle = Cycle(Matrix.of(system, pinned), np.float64)
    g = np.random.default_rng(seed)
    u, v = (g.standard_normal(system.mesh.shape) * system.active for _ in range(2))
    first, second = np.zeros_like(u), np.zeros_like(u)
    cycle.apply(u, 1.0, first)
    cycle.apply(v, 1.0, second)
    uu, uv, vu, vv = (u * first).sum(), (v * first).sum(), (u * second).sum(), (v * second).sum()
    assert min(uu, vv) > 0.0
    assert uv == pytest.approx(vu, abs=1e-9 * np.sqrt(uu * vv))


@pytest.mark.parametrize("seed", range(12))
def test_a_shifted_system_and_its_first_guess(seed: int) -> None:
    """(A + D) x = b of a time step, from nothing, from nearby, from the answer itself."""
    system, _ = random_system(seed)
    g = np.random.default_rng(seed)
    mean = float(system.matrix().diagonal().mean())
    extra = mean * 10.0 ** g.uniform(-4.0, 2.0) * g.uniform(0.3, 1.7, system.mesh.shape)
    b = g.standard_normal(system.mesh.shape) * system.active
    matrix = system.matrix() + diags_array(extra[system.active])
    exact = np.zeros(system.mesh.shape)
    exact[system.active] = spsolve(matrix.tocsc(), b[system.active])
    grid, scale = Multigrid(system, extra), np.abs(exact).max()
    answer = grid.solve(b, tolerance=1e-13)
    assert answer.converged
    assert np.abs(answer.x - exact).max() < 1e-9 * scale
    near = grid.solve(b, x0=exact * (1.0 + 1e-6 * g.standard_normal(exact.shape)), tolerance=1e-10)
    assert near.converged
    assert near.iterations < answer.iterations
    assert np.abs(near.x - exact).max() < 1e-7 * scale
    assert grid.solve(b, x0=answer.x, tolerance=1e-10).iterations == 0
    assert not grid.solve(np.zeros_like(b)).x.any()


def test_full_width_layers_are_a_series_of_resistances() -> None:
    silicon, paste = kp.Material("Si", kp.Constant(148.0)), kp.Material("paste", kp.Constant(3.7))
    stack = kp.Stack(
        [kp.Layer("die", silicon, 0.7e-3), kp.Layer("paste", paste, 40e-6)],
        kp.Geometry("plane", x=(0.0, 9e-3), depth=0.2),
        interfaces=[kp.Interface(kp.Resistance(2.3e-6), between=("die", "paste"))],
        boundaries={
            "bottom": kp.Boundary(kp.Temperature(351.0)),
            "top": kp.Boundary(kp.Reservoir(296.0, kp.Conductance(1700.0))),
        },
        mesh=kp.MeshOptions(x=33, z=21),
        solve=kp.SolveOptions(method="multigrid"),
    )
    solution = solve(stack)
    resistance = 0.7e-3 / 148.0 + 2.3e-6 + 40e-6 / 3.7 + 1.0 / 1700.0
    heat = (351.0 - 296.0) / resistance * 9e-3 * 0.2
    assert solution.boundaries["bottom"].heat == pytest.approx(heat, rel=1e-13)
    assert abs(solution.summary()["energy"]["imbalance"]) < 1e-12
    assert solution.summary()["solver"]["method"] == "multigrid"


@pytest.mark.parametrize(("nx", "nz"), [(1, 9), (2, 9), (3, 3), (12, 3)])
@pytest.mark.parametrize("periodic", [False, True])
def test_grids_of_few_columns_or_rows(nx: int, nz: int, periodic: bool) -> None:
    sides = {name: kp.Boundary(kp.Periodic()) for name in ("left", "right")} if periodic and nx > 2 else {}
    stack = package(20)
    stack = replace(
        stack,
        layers=[replace(layer, x=None) for layer in stack.layers],
        boundaries={**stack.boundaries, **sides},
        mesh=kp.MeshOptions(x=nx, z=nz),
    )
    system, pinned = assembled(stack)
    ours = choose.solve(system, system.reference, pinned, "multigrid").rise.sum
    theirs = choose.solve(system, system.reference, pinned, "sparse").rise.sum
    assert np.abs(ours - theirs).max() < 1e-12 * np.abs(theirs).max()


def test_no_convergence_is_said_and_solved_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multigrid, "MOST", 1)
    system = bare(package(30))
    result = multigrid.solve(system, system.reference, np.zeros(system.mesh.shape), "asked for")
    assert result.method == "sparse"
    assert "did not converge" in result.reason
    assert result.reason.startswith("asked for")


def test_auto_takes_it_for_many_cells_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    system = bare(package(20))
    nothing = np.zeros(system.mesh.shape)
    assert choose.solve(system, system.reference, nothing, "auto").method == "sparse"
    monkeypatch.setattr(choose, "MANY", 300)
    result = choose.solve(system, system.reference, nothing, "auto")
    assert result.method == "multigrid"
    assert "300" in result.reason


def test_one_of_many_is_iterated_sooner() -> None:
    """Compiled loops are loaded once for all of them; the answer is the same to rounding."""
    alone, among = solve(package(80)), solve(package(80).repeated())
    assert alone.solver.method == "sparse"
    assert among.solver.method == "multigrid"
    span = float(alone.temperature.max() - alone.temperature.min())
    assert float(np.abs(alone.temperature - among.temperature).max()) < 1e-11 * span


def test_one_dimension_is_refused() -> None:
    with pytest.raises(InputError, match="two-dimensional"):
        choose.check_method("multigrid", two_dimensional=False)


def test_steps_in_time_take_it_for_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    system = bare(package(24))
    g = np.random.default_rng(5)
    extra = 10.0 * g.uniform(0.3, 1.7, system.mesh.shape)
    r = g.standard_normal(system.mesh.shape)
    direct = shifted.factor(system, extra)(r)
    monkeypatch.setattr(choose, "MANY_STEPS", 300)
    assert shifted.method(system, extra) == "multigrid"
    assert np.abs(shifted.factor(system, extra)(r) - direct).max() < 1e-8 * np.abs(direct).max()
    assert np.array_equal(shifted.factor(system, extra, kp.SolveOptions(method="sparse"))(r), direct)
    monkeypatch.setattr(multigrid, "MOST", 0)
    assert np.array_equal(shifted.factor(system, extra)(r), direct)


@pytest.mark.parametrize("method", ["tr-bdf2", "bdf2", "backward-euler"])
def test_a_run_in_time_by_multigrid_ends_where_factors_lead(method: str) -> None:
    """Stages end early, on the scale of the error that a step may have: nothing of it is to be seen."""
    stack = package(40)
    fill = stack.geometry.fill
    assert fill is not None
    stack = replace(
        stack,
        layers=[replace(layer, material=held(layer.material, 2.1e6)) for layer in stack.layers],
        geometry=replace(stack.geometry, fill=held(fill, 1.2e3)),
        solve=replace(stack.solve, initial=300.0),
        transient=kp.TransientOptions(until=3.0, save=2, tolerance=1e-3, method=method),
    )
    ends = []
    for solver in ("sparse", "multigrid"):
        ends.append(kp.solve(replace(stack, solve=replace(stack.solve, method=solver))))
    exact, ours = ends
    assert ("sparse" in exact.solver.reason, "multigrid" in ours.solver.reason) == (True, True)
    assert ours.solver.steps == exact.solver.steps
    span = np.nanmax(exact.temperature) - np.nanmin(exact.temperature)
    assert np.nanmax(np.abs(ours.temperature - exact.temperature)) < 3e-5 * span
    assert ours.solver.residual < 1e-13
    with pytest.raises(InputError, match="'separable' cannot serve here"):
        kp.solve(replace(stack, solve=replace(stack.solve, method="separable")))


def held(material: kp.Material, capacity: float) -> kp.Material:
    return replace(material, volumetric_heat_capacity=capacity)
