"""Cosine transform and lines along z: against the direct solver, closed forms, and what does not separate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import kapitza as kp
from kapitza.assemble.system import System
from kapitza.compiled import compiled
from kapitza.errors import InputError
from kapitza.linear import rows, separable, separable_kernels, separable_rows, shifted, sparse
from kapitza.pipeline import system as assembled

SILICON = kp.Material("Si", kp.Constant(148.0))
PASTE = kp.Material("paste", kp.Constant(3.7))
WOOD = kp.Material("wood", kp.Constant(0.41), conductivity_lateral=kp.Constant(0.17))


def stack(
    nx: int = 23, nz: int = 17, *, periodic: bool = False, bottom: kp.Boundary | None = None, **more: object
) -> kp.Stack:
    sides = {"left": kp.Boundary(kp.Periodic()), "right": kp.Boundary(kp.Periodic())} if periodic else {}
    options: dict[str, object] = {
        "layers": [
            kp.Layer("base", WOOD, 2.3e-3),
            kp.Layer("paste", PASTE, 40e-6),
            kp.Layer("die", SILICON, 0.6e-3),
        ],
        "geometry": kp.Geometry("plane", x=(-4e-3, 9e-3), depth=7e-3),
        "interfaces": [kp.Interface(kp.Resistance(3.1e-6), between=("paste", "die"))],
        "sources": [
            kp.Source("chip", piece="die", heat=2.9, x=(-1.3e-3, 2.2e-3)),
            kp.SheetSource("film", ("paste", "die"), heat=1.7, side="split", x=(0.4e-3, 6.1e-3)),
        ],
        "boundaries": {
            "bottom": bottom or kp.Boundary(kp.Reservoir(291.0, kp.Conductance(2100.0))),
            "top": kp.Boundary(kp.Temperature(320.0), (kp.Patch((1e-3, 5e-3), kp.Temperature(311.0)),)),
            **sides,
        },
        "mesh": kp.MeshOptions(x=nx, z=nz),
    }
    return kp.Stack(**{**options, **more})  # type: ignore[arg-type]


def both(system: System) -> tuple[np.ndarray, np.ndarray]:
    pinned = np.zeros(system.mesh.shape)
    ours = separable.solve(system, system.reference, pinned, "")
    theirs = sparse.solve(system, system.reference, pinned, "")
    assert ours.residual < 1e-15
    return ours.rise.sum, theirs.rise.sum


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("nx", [1, 2, 3, 22, 23])
def test_same_answer_as_the_direct_solver(nx: int, periodic: bool) -> None:
    ours, theirs = both(assembled(stack(nx, periodic=periodic and nx > 2)))
    assert np.abs(ours - theirs).max() < 3e-14 * np.abs(theirs).max()


@pytest.mark.parametrize("nx", [1, 2])
def test_one_or_two_columns_run_through(nx: int) -> None:
    solution = kp.solve(stack(nx))
    assert solution.solver.method == "separable"
    assert abs(sum(b.heat for b in solution.boundaries.values()) + 4.6) < 1e-12 * solution.heat_through


def test_heat_at_the_sides_is_a_load() -> None:
    sides = {
        "left": kp.Boundary(kp.HeatFlux(3e4), (kp.Patch((0.3e-3, 1.1e-3), kp.HeatFlux(-2e4)),)),
        "right": kp.Boundary(kp.Heat(0.23)),
        "bottom": kp.Boundary(kp.Temperature(294.0)),
    }
    ours, theirs = both(assembled(stack(boundaries=sides)))
    assert np.abs(ours - theirs).max() < 3e-14 * np.abs(theirs).max()


def test_chosen_where_it_suits_and_named() -> None:
    solution = kp.solve(stack())
    assert solution.solver.method == "separable"
    assert "cosine" in solution.solver.reason
    assert kp.solve(stack(solve=kp.SolveOptions(method="sparse"))).solver.method == "sparse"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"bottom": kp.Boundary(kp.Temperature(300.0), (kp.Patch((0.0, 2e-3), kp.HeatFlux(9e3)),))},
            "bottom",
        ),
        ({"boundaries": {"left": kp.Boundary(kp.Reservoir(300.0, kp.Conductance(310.0)))}}, "left"),
        (
            {
                "regions": [kp.Region("via", PASTE, kp.Rectangle((0.0, 1e-3), (0.2e-3, 1e-3)))],
            },
            "width",
        ),
    ],
)
def test_says_why_not(change: dict[str, object], reason: str) -> None:
    changed = stack(**change)  # type: ignore[arg-type]
    said = separable.suits(assembled(changed))
    assert said is not None
    assert reason in said
    with pytest.raises(InputError, match="separable"):
        kp.solve(replace(changed, solve=kp.SolveOptions(method="separable")))
    assert kp.solve(changed).solver.method != "separable"


def test_one_dimension_repeated_along_x_is_exact() -> None:
    """Nothing depends on x: a parabola, met exactly at the cell centres."""
    q, h, k, L, ambient = 3.1e7, 2100.0, 148.0, 0.6e-3, 291.0
    solution = kp.solve(
        stack(
            layers=[kp.Layer("die", SILICON, L, heat_density=q)],
            interfaces=[],
            sources=[kp.Source("none", piece="die", heat=0.0)],
            boundaries={"bottom": kp.Boundary(kp.Reservoir(ambient, kp.Conductance(h)))},
        )
    )
    exact = ambient + q * L / h + q * (L * solution.z - 0.5 * solution.z**2) / k
    rise = solution.temperature - ambient
    error = np.abs(rise - (exact - ambient)[:, np.newaxis]) / rise.max()
    assert error.max() < 1e-13
    assert np.abs(rise - rise[:, :1]).max() < 1e-14 * rise.max()


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("imaginary", [False, True])
def test_time_steps_and_frequencies(periodic: bool, imaginary: bool) -> None:
    system = assembled(stack(periodic=periodic))
    rng = np.random.default_rng(5)
    extra = rng.uniform(0.1, 3.0, 17) * (0.7j if imaginary else 1.0)
    b = rng.normal(size=(17, 23)) * ((1.0 - 0.3j) if imaginary else 1.0)
    solver = separable.Separable.of(system, extra)
    matrix = system.matrix().toarray() + np.diag(np.repeat(extra, 23))
    expected = np.linalg.solve(matrix, b.ravel()).reshape(b.shape)
    kept = b.copy()
    assert np.abs(solver.solve(b) - expected).max() < 1e-12 * np.abs(expected).max()
    assert np.array_equal(b, kept)
    modes = solver.forward(b)
    again = solver.backward(solver.solve_modes(modes))
    assert np.abs(again - expected).max() < 1e-12 * np.abs(expected).max()


RADIAL = {
    "geometry": kp.Geometry("axisymmetric", x=(0.0, 9e-3)),
    "boundaries": {
        "top": kp.Boundary(kp.Temperature(320.0), (kp.Patch((1e-3, 5e-3), kp.Temperature(311.0)),))
    },
}
HELD = {
    "boundaries": {
        "left": kp.Boundary(kp.Temperature(297.0)),
        "right": kp.Boundary(kp.Temperature(303.0), (kp.Patch((0.4e-3, 1.9e-3), kp.Temperature(331.0)),)),
        "top": kp.Boundary(kp.Reservoir(312.0, kp.Conductance(130.0))),
    }
}
REFINED = {"mesh": kp.MeshOptions(x=23, z=17, grading="refine")}


@pytest.mark.parametrize("nx", [1, 2, 23])
def test_few_rings_with_a_rim_at_a_temperature(nx: int) -> None:
    rim = {"outer": kp.Boundary(kp.Temperature(300.0)), "top": kp.Boundary(kp.HeatFlux(3e3))}
    system = assembled(stack(nx, geometry=kp.Geometry("axisymmetric", x=(0.0, 9e-3)), boundaries=rim))
    ours, theirs = both(system)
    assert np.abs(ours - theirs).max() < 3e-14 * np.abs(theirs).max()


@pytest.mark.parametrize("change", [RADIAL, HELD, REFINED, {**RADIAL, **REFINED}, {**HELD, **REFINED}])
def test_computed_eigenvectors(change: dict[str, object]) -> None:
    """Rings, cells of any width, sides at a temperature: steady, in time and at a frequency."""
    system = assembled(stack(**change))  # type: ignore[arg-type]
    assert rows.find(system).fast is False  # type: ignore[union-attr]
    ours, theirs = both(system)
    assert np.abs(ours - theirs).max() < 3e-14 * np.abs(theirs).max()
    rng = np.random.default_rng(7)
    weight = system.area_z[0]
    for factor in (1.0, 0.7j):
        extra = factor * rng.uniform(0.1, 3.0, system.mesh.shape[0])
        b = factor * rng.normal(size=system.mesh.shape)
        solver = separable.Separable.of(system, extra)
        diagonal = extra[:, np.newaxis] * (weight / weight.mean())
        matrix = system.matrix().toarray() + np.diag(diagonal.ravel())
        expected = np.linalg.solve(matrix, b.ravel()).reshape(b.shape)
        assert np.abs(solver.solve(b) - expected).max() < 1e-12 * np.abs(expected).max()
    step = shifted.factor(system, np.abs(diagonal))
    assert shifted.method(system, np.abs(diagonal)) == "separable"
    expected = np.linalg.solve(matrix.real + np.diag(np.abs(diagonal).ravel()), b.imag.ravel())
    assert np.abs(step(b.imag) - expected.reshape(b.shape)).max() < 1e-12 * np.abs(expected).max()


def test_floating_pieces_have_their_own_means() -> None:
    """Two halves that an insulating joint parts; the heat of each balances, nothing holds either."""
    layers = [kp.Layer("low", PASTE, 1.3e-3), kp.Layer("high", SILICON, 0.7e-3)]
    problem = stack(
        layers=layers,
        interfaces=[kp.Interface(kp.Resistance(np.inf), between=("low", "high"))],
        sources=[
            kp.Source("in", piece="low", heat=1.9, x=(-3e-3, -1e-3)),
            kp.Source("out", piece="low", heat=-1.9, x=(6e-3, 8e-3)),
            kp.Source("here", piece="high", heat=0.8, x=(-2e-3, 1e-3)),
            kp.Source("there", piece="high", heat=-0.8, x=(3e-3, 4e-3)),
        ],
        boundaries={},
        solve=kp.SolveOptions(initial=311.0),
    )
    ours = kp.solve(problem)
    theirs = kp.solve(replace(problem, solve=kp.SolveOptions(initial=311.0, method="sparse")))
    assert ours.solver.method == "separable"
    assert np.abs(ours.temperature - theirs.temperature).max() < 1e-11
    assert ours.solver.residual < 1e-15
    for layer in (0, 1):
        here = ours.piece == layer
        volume = np.broadcast_to(ours.mesh.dz[:, np.newaxis], here.shape)
        assert np.average(ours.temperature[here], weights=volume[here]) == pytest.approx(311.0, abs=1e-10)


def test_energy_balances_over_extreme_films() -> None:
    """A nanometre of diamond and a joint of nearly nothing: flows keep their digits."""
    diamond = kp.Material("diamond", kp.Constant(2100.0))
    foam = kp.Material("foam", kp.Constant(0.03))
    solution = kp.solve(
        stack(
            61,
            40,
            layers=[
                kp.Layer("base", SILICON, 0.7e-3),
                kp.Layer("film", diamond, 1e-9),
                kp.Layer("foam", foam, 5e-3),
                kp.Layer("die", SILICON, 0.4e-3),
            ],
            interfaces=[kp.Interface(kp.Resistance(1e-12), between=("base", "film"))],
            sources=[kp.Source("chip", piece="die", heat=2.9, x=(-1.3e-3, 2.2e-3))],
            boundaries={
                "bottom": kp.Boundary(kp.Temperature(290.0), (kp.Patch((0, 2e-3), kp.Temperature(300.0)),))
            },
        )
    )
    assert solution.solver.method == "separable"
    assert abs(sum(b.heat for b in solution.boundaries.values()) + 2.9) < 1e-12 * solution.heat_through


@pytest.mark.parametrize("number", [float, complex])
def test_compiled_kernels_and_numpy_rows_agree(number: type, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    monkeypatch.setattr(separable_rows, "BLOCK", 25)  # two rows at a time, and one in the end
    nz, m = 7, 11
    up, across = np.append(rng.uniform(0.1, 9.0, nz - 1), 0.0), rng.uniform(0.2, 2.0, nz)
    up[3] = 0.0
    own = np.zeros(nz, number)
    own[0] = 0.37
    eigenvalue = 4 * np.sin(np.arange(m) * np.pi / (2 * m)) ** 2
    results = []
    for kernels in (separable_kernels, separable_rows):
        run = compiled if kernels is separable_kernels else (lambda kernel: kernel)
        q, b = np.empty((nz, m), number), rng.normal(size=(nz, m)).astype(number)
        b[:] = np.arange(nz * m).reshape(nz, m)
        run(kernels.factor)(q, np.zeros(m, number), up, across, own, eigenvalue)
        run(kernels.sweep)(b, q, up)
        out, load = np.empty((nz, m)), b.real.copy()
        large, small = np.sin(load), 1e-9 * np.cos(load)
        run(kernels.left_over)(out, load, large, small, up, across, 1.0, np.zeros(m))
        results.append((q, b, out))
    assert results[0][0][-1, 0] == 0.0  # the upper piece's mean floats
    for ours, theirs in zip(*results, strict=True):
        allowed = 0.0 if number is float else 1e-14 * np.abs(theirs).max()
        assert np.abs(ours - theirs).max() <= allowed
