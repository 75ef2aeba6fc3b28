"""Full-width layers in time as modes: against the matrix exponential, and against the march among cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import expm

import kapitza as kp
from kapitza.frequency import _Problem
from kapitza.laws.time import Pulse
from kapitza.model import FrequencyOptions, TransientOptions
from kapitza.transient import run
from kapitza.transient.linear import LinearBody

SILICON = kp.Material("Si", kp.Constant(148.0), volumetric_heat_capacity=1.63e6)
WOOD = kp.Material(
    "wood", kp.Constant(0.41), conductivity_lateral=kp.Constant(0.17), volumetric_heat_capacity=0.71e6
)
PLANE = kp.Geometry("plane", x=(-4e-3, 9e-3), depth=7e-3)
RADIAL = kp.Geometry("axisymmetric", x=(0.0, 9e-3))


def stack(
    geometry: kp.Geometry, heat: object, *, periodic: bool = False, grading: str = "uniform"
) -> kp.Stack:
    sides = {"left": kp.Boundary(kp.Periodic()), "right": kp.Boundary(kp.Periodic())} if periodic else {}
    return kp.Stack(
        [kp.Layer("base", WOOD, 2.3e-3), kp.Layer("die", SILICON, 0.6e-3)],
        geometry,
        interfaces=[kp.Interface(kp.Resistance(3.1e-4), between=("base", "die"))],
        sources=[kp.Source("chip", piece="die", heat=heat, x=(0.4e-3, 3.1e-3))],  # type: ignore[arg-type]
        boundaries={
            "bottom": kp.Boundary(kp.Reservoir(291.0, kp.Conductance(310.0))),
            "top": kp.Boundary(kp.HeatFlux(170.0), (kp.Patch((5e-3, 7e-3), kp.HeatFlux(-800.0)),)),
            **sides,
        },
        mesh=kp.MeshOptions(x=11, z=9, grading=grading),
        solve=kp.SolveOptions(initial=294.0),
        transient=TransientOptions(until=17.0, times=(0.9, 6.0, 17.0), tolerance=1e-5),
    )


CASES = {
    "plane": (PLANE, {}),
    "periodic": (PLANE, {"periodic": True}),
    "rings": (RADIAL, {}),
    "graded": (PLANE, {"grading": "refine"}),
    "graded rings": (RADIAL, {"grading": "refine"}),
}


def at_rest(problem: kp.Stack) -> tuple[np.ndarray, np.ndarray]:
    """Matrix and load above 291 K of the cells' means: nothing is known of how heat bends a profile inside a cell."""
    system = kp.system(replace(problem, transient=None))
    none = np.zeros(system.mesh.shape)
    return system.matrix().toarray(), replace(system, shift_lower=none, shift_upper=none).load(291.0).ravel()


@pytest.mark.parametrize("name", CASES)
def test_matrix_exponential(name: str) -> None:
    """T(t) = T_steady + exp(-C^-1 A t) (T_0 - T_steady) on the same cells."""
    geometry, more = CASES[name]
    problem = stack(geometry, 1.9, **more)
    solution = kp.solve(problem)
    assert "lines along z" in solution.solver.reason
    assert solution.history is not None
    assert abs(solution.history.imbalance) < 1e-12
    system = kp.system(replace(problem, transient=None))
    matrix, load = at_rest(problem)
    volume = (system.mesh.dz[:, np.newaxis] * system.area_z[0]).ravel()
    heat_capacity = np.where(system.mesh.piece.ravel() == 0, 0.71e6, 1.63e6) * volume
    steady = np.linalg.solve(matrix, load)
    start = np.full(len(steady), 294.0 - 291.0)
    exact = steady + expm(-matrix * 17.0 / heat_capacity[:, np.newaxis]) @ (start - steady)
    assert np.ptp(exact) > 3.0
    assert np.abs(solution.temperature.ravel() - 291.0 - exact).max() < 3e-4 * np.ptp(exact)


@pytest.mark.parametrize("name", CASES)
def test_same_march_among_cells_and_among_modes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    geometry, more = CASES[name]
    problem = stack(geometry, Pulse(4.1, on=1.3, period=3.7), **more)
    ours = kp.solve(problem)
    monkeypatch.setattr(run, "make", LinearBody)
    theirs = kp.solve(problem)
    assert "lines along z" in ours.solver.reason
    assert "lines along z" not in theirs.solver.reason
    assert ours.history is not None
    assert theirs.history is not None
    assert ours.history.steps == theirs.history.steps
    assert abs(ours.history.imbalance) < 1e-12
    assert ours.history.heat_in == pytest.approx(theirs.history.heat_in, rel=1e-11)
    assert np.abs(ours.temperature - theirs.temperature).max() < 1e-9
    scale = np.abs(theirs.heat_flux_z).max()
    assert np.abs(ours.heat_flux_z - theirs.heat_flux_z).max() < 1e-9 * scale


def test_begins_with_the_steady_state_and_stays_there() -> None:
    problem = replace(stack(PLANE, 1.9), solve=kp.SolveOptions(initial="steady"))
    matrix, load = at_rest(problem)
    steady = np.linalg.solve(matrix, load)
    assert np.abs(kp.solve(problem).temperature.ravel() - 291.0 - steady).max() < 1e-9


def test_what_is_narrow_is_marched_among_cells() -> None:
    problem = stack(PLANE, 1.9)
    narrow = replace(problem, layers=[problem.layers[0], replace(problem.layers[1], x=(0.0, 8e-3))])
    assert "lines along z" not in kp.solve(narrow).solver.reason


@pytest.mark.parametrize("name", CASES)
def test_periodic_heating(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """(A + i w C) y = load as lines along z, against the factors of the whole matrix."""
    geometry, more = CASES[name]
    problem = replace(
        stack(geometry, 1.9, **more),
        transient=None,
        frequency=FrequencyOptions(0.03, 7.0, 3),
        probes=[kp.PieceProbe("hot", "die", "max"), kp.PieceProbe("cool", "base", "mean")],
    )
    ours = kp.solve(problem)
    monkeypatch.setattr(_Problem, "_lines", lambda *_: None)
    theirs = kp.solve(problem)
    for probe in ("hot", "cool"):
        a, b = ours.probes[probe], theirs.probes[probe]
        assert np.abs(a - b).max() < 1e-11 * np.abs(b).max()
