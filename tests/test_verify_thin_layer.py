"""R = lim δ/k: a resolved film of thickness δ with δ/k = R becomes the jump as δ → 0, in the solver itself."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import kapitza as kp

R = 2.3e-5


def stack(delta, kind="slab"):
    """Two plates; between them a joint (delta None) or a film of thickness ``delta`` and conductivity delta/R."""
    film = [] if delta is None else [kp.Layer("film", kp.Material("film", delta / R), delta, cells=4)]
    lower, upper = kp.Material("lower", 130.0), kp.Material("upper", 390.0)
    joint = [kp.Interface(kp.Resistance(R), between=("die", "plate"))] if delta is None else []
    hot = kp.Patch((1.7e-3, 4.1e-3), kp.HeatFlux(6e5))
    bottom = kp.Boundary(kp.HeatFlux(4e4)) if kind == "slab" else kp.Boundary(patches=(hot,))
    return kp.Stack(
        layers=[kp.Layer("die", lower, 0.7e-3), *film, kp.Layer("plate", upper, 1.1e-3)],
        geometry=kp.Geometry(kind, area=3e-4) if kind == "slab" else kp.Geometry(kind, x=(0.0, 9e-3)),
        interfaces=joint,
        boundaries={"bottom": bottom, "top": kp.Boundary(kp.Reservoir(300.0, kp.Conductance(2300.0)))},
        mesh=kp.MeshOptions(x=90, cells_per_layer=14),
    )


def solve(problem):
    from kapitza.api import solve

    return solve(problem)


@pytest.mark.parametrize("delta", [1e-3, 1e-5, 1e-7, 1e-9])
def test_one_dimension_is_the_same_for_every_thickness(delta):
    jump, film = solve(stack(None)), solve(stack(delta))
    assert film.interfaces["die|film"].below == pytest.approx(jump.interfaces["die|plate"].below, rel=1e-14)
    assert film.interfaces["film|plate"].above == pytest.approx(jump.interfaces["die|plate"].above, rel=1e-14)


def test_two_dimensions_converge_with_the_thickness():
    """Heat also flows along the film; what it carries falls as kδ = δ²/R."""
    joint = solve(stack(None, "plane")).interfaces["die|plate"]
    errors = []
    for delta in (8e-5, 4e-5, 2e-5, 1e-5):
        film = solve(stack(delta, "plane")).interfaces
        below = film["die|film"].below_values - joint.below_values
        above = film["film|plate"].above_values - joint.above_values
        errors.append(float(np.max(np.abs(np.concatenate([below, above])))))
    for coarse, fine in itertools.pairwise(errors):
        assert coarse / fine == pytest.approx(4.0, rel=0.02)
    assert errors[-1] < 1e-5 * (joint.below_values.max() - 300.0)
