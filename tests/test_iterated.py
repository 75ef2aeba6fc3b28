"""Jacobians of many cells: GMRES around multigrid against factors, and Newton's method with either."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csc_array, diags_array

import kapitza as kp
from kapitza.errors import InputError
from kapitza.laws.temperature import Power
from kapitza.linear import iterated
from kapitza.linear.sparse import factorised
from kapitza.pipeline import solve
from test_multigrid import package, random_system


def jacobian(seed: int, swing: float) -> tuple[csc_array, np.ndarray, np.ndarray]:
    """A random system in an unknown whose slope differs from cell to cell by what is known, ``scale``, and smoothly
    by a factor 1 - swing … 1 + swing that is not, as conductivity does that depends on temperature."""
    system, pinned = random_system(seed)
    g = np.random.default_rng(seed)
    matrix = system.matrix() + diags_array(pinned[system.active])
    nz, nx = system.mesh.shape
    z, x = np.meshgrid(np.linspace(0.0, 3.0, nz), np.linspace(0.0, 5.0, nx), indexing="ij")
    smooth = (1.0 + swing * np.sin(x + 0.3 * seed) * np.cos(z))[system.active]
    scale = 10.0 ** g.uniform(-2.0, 2.0, len(smooth))
    return (matrix @ diags_array(smooth / scale)).tocsc(), system.active, scale


@pytest.mark.parametrize("seed", range(16))
def test_same_answer_as_factors(seed: int) -> None:
    matrix, active, scale = jacobian(seed, 0.3)
    b = np.random.default_rng(seed).standard_normal(len(scale))
    ours = iterated.Iterated(matrix, active, scale)
    x, exact = ours.solve(b) / scale, factorised(matrix).solve(b) / scale
    assert ours.iterating
    assert np.abs(x - exact).max() < 1e-6 * np.abs(exact).max()
    assert not ours.solve(np.zeros_like(b)).any()


def test_factors_where_it_does_not_converge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iterated, "MOST", 1)
    matrix, active, scale = jacobian(4, 0.3)
    b = np.random.default_rng(4).standard_normal(len(scale))
    ours = iterated.Iterated(matrix, active, scale)
    assert np.array_equal(ours.solve(b), factorised(matrix).solve(b))
    assert not ours.iterating


def test_newton_takes_the_same_steps_either_way() -> None:
    stack = package(30)
    die = stack.layers[0]
    assert isinstance(die, kp.Layer)
    silicon = kp.Material("Si", Power(148.0, 300.0, -1.3))
    stack = replace(stack, layers=[replace(die, material=silicon, heat=700.0), *stack.layers[1:]])
    direct = solve(stack)
    assert direct.solver.method == "newton-sparse"
    ours = solve(replace(stack, solve=kp.SolveOptions(method="multigrid")))
    assert ours.solver.method == "newton-multigrid"
    with pytest.raises(InputError, match="depend on temperature"):
        solve(replace(stack, solve=kp.SolveOptions(method="separable")))
    assert ours.summary()["solver"]["iterations"] == direct.summary()["solver"]["iterations"]
    assert np.nanmax(np.abs(ours.temperature - direct.temperature)) < 1e-9
    assert abs(ours.summary()["energy"]["imbalance"]) < 1e-12
