"""Stacks whose conductivities and laws bend so sharply that Newton's steps lead round in circles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings

import nonlinear_reference as exact
from kapitza import properties
from kapitza.assemble import line as assembly
from kapitza.errors import PhysicsError
from kapitza.layout import Layout
from kapitza.mesh import build_line
from kapitza.model import Stack
from kapitza.newton import marched
from kapitza.newton.rows import Rows
from kapitza.newton.stack import prepare
from test_nonlinear_line import MOST, NO_SHRINKING, compare, problems, solvable, stack_of

K = (2.2e-3, 2.8e-4, 2.8e-3, 1.14e-3, 2.7e-3, 1.5e-3)
R = (0.043, 9.1e-3, 0.052, 0.032, 0.032, 0.044)
G = (4.9, 11.5, 3.15, 11.5, 5.6, 2.0)
BENDS = {  # found by chance: without marching, every step falls back onto the other side of a bend
    "sheets": [
        exact.Sheet(3.7e-3, ("table", (0.028, 1.67, 2.022, 2.07, 3.17, 182.0), K, "loglog"), 100.0),
        exact.Sheet(3.7e-4, ("slope", 9.3e-3, 1.4, -5.8e-4)),
    ],
    "joints": [
        exact.Joint(
            ("inverse", ("table", (0.028, 1.57, 1.97, 2.53, 3.5, 182.0), R, "linear")), below=0.22, above=0.09
        )
    ],
    "bottom": exact.End(3.645),
    "top": exact.End(1.4, ("table", (0.028, 1.7, 2.0, 2.32, 2.92, 182.0), G, "linear")),
    "kind": "sphere",
    "size": 0.37,
    "start": 5.6e-3,
}


def test_sharp_bends() -> None:
    compare(**BENDS, most=MOST)


def test_without_marching_the_bends_do_not_converge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marched, "start", lambda *_: None)
    with pytest.raises(PhysicsError, match="not converged"):
        compare(**BENDS)


def row_of(stack: Stack) -> Rows:
    layout = Layout.of(stack)
    problem = assembly.assemble(layout, build_line(layout), properties.Properties.unit(layout))
    ((_, _, run),) = prepare(layout, problem, properties.kirchhoff(layout)).runs
    return run


@settings(max_examples=25, phases=NO_SHRINKING)
@given(problems(sources=True))
def test_marching_alone_leads_to_the_state(problem) -> None:
    """Its bracket is narrow enough for seven digits, from a flow guessed within four powers of ten."""
    solvable(problem)
    shape = {key: problem[key] for key in ("kind", "size", "start")}
    truth = exact.solve(*(problem[key] for key in ("sheets", "joints", "bottom", "top")), **shape)
    flow = float(truth.entering[0])
    assume(math.isfinite(flow) and flow != 0.0)
    found = marched.start(row_of(stack_of(**problem | {"cells": (1,)})), 70.0 * flow)
    assert found is not None
    assert found[1] == pytest.approx(flow, rel=1e-7, abs=1e-9 * max(abs(float(q)) for q in truth.entering))
    assert np.allclose(found[0], [float(T) for T in truth.lower], rtol=1e-6)
