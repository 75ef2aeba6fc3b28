"""Every solver of two-dimensional systems against every other, on random stacks of every kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import kapitza as kp
from kapitza import steady
from kapitza.assemble import plane
from kapitza.assemble.system import Rise, System
from kapitza.errors import InputError, PhysicsError
from kapitza.interfaces.law import Insulated
from kapitza.layout import Floats, Layout
from kapitza.linear import choose
from kapitza.mesh import build_plane
from kapitza.properties import evaluate

WIDTH = 1.7e-3
SOLVERS = [method for method in choose.METHODS if method not in ("auto", "line")]


def random_stack(seed: int, nx: int, nz: int, extreme: float, *, circle: bool = False) -> kp.Stack:
    """Layers of any width and contrast, rectangles, joints (some insulating), void or fill, periodic or radial.

    extreme : cells up to so many times longer than wide, or wider than long, on average; joints and films likewise
    """
    g = np.random.default_rng(seed)

    def between(low: float, high: float) -> float:
        return float(np.exp(g.uniform(np.log(low), np.log(high))))

    def part(length: float) -> tuple[float, float]:
        first, last = sorted(g.uniform(0.0, length, 2))
        return float(first), float(last + 0.02 * length) if last < 0.98 * length else length

    def material(name: str) -> kp.Material:
        lateral = kp.Constant(between(1e-3, 2e3)) if g.random() < 0.3 else None
        return kp.Material(name, kp.Constant(between(1e-3, 2e3)), conductivity_lateral=lateral)

    count, full = int(g.integers(2, 6)), bool(g.random() < 0.3)
    height = WIDTH * nz / nx * between(1.0 / extreme, extreme)
    shares = g.dirichlet(np.full(count, 2.0)) * 0.8 + 0.2 / count
    layers = [
        kp.Layer(
            f"layer{i}",
            material(f"m{i}"),
            float(shares[i] * height),
            x=None if full or i == 0 or g.random() < 0.3 else part(WIDTH),
        )
        for i in range(count)
    ]
    regions = (
        []
        if full
        else [
            kp.Region(f"block{i}", material(f"b{i}"), kp.Rectangle(part(WIDTH), part(height)))
            for i in range(int(g.integers(0, 5)))
        ]
    )
    if circle and not full and 0.25 < height / WIDTH < 4.0:
        center = (float(g.uniform(0.3, 0.7) * WIDTH), float(g.uniform(0.3, 0.7) * height))
        disc = kp.Circle(center, float(g.uniform(0.1, 0.28)) * min(WIDTH, height))
        regions.append(kp.Region("disc", material("d"), disc))
    kind = "plane" if full or g.random() < 0.6 else "axisymmetric"
    periodic = kind == "plane" and g.random() < 0.4
    sides = {name: kp.Boundary(kp.Periodic()) for name in ("left", "right")} if periodic else {}
    fill = kp.Material("fill", kp.Constant(between(1e-3, 0.1))) if g.random() < 0.6 else None
    film = kp.Conductance(10.0 / height * between(1.0 / extreme, extreme))
    base = kp.Stack(
        layers,
        kp.Geometry(kind, x=(0.0, WIDTH), fill=fill),
        regions=regions,
        boundaries={"bottom": kp.Boundary(kp.Reservoir(293.0, film)), **sides},
        mesh=kp.MeshOptions(x=nx, z=nz),
    )
    layout = Layout.of(base)
    bare = plane.assemble(layout, build_plane(layout), evaluate(layout))
    joints = [
        kp.Interface(
            Insulated()
            if g.random() < 0.1
            else kp.Resistance(height / 10.0 * between(1.0 / extreme, extreme)),
            between=(layout.name(int(first)), layout.name(int(second))),
        )
        for first, second in bare.pairs
        if g.random() < 0.6
    ]
    there = [layout.name(int(piece)) for piece in np.unique(bare.mesh.piece) if piece >= 0]
    sources = [
        kp.Source(f"source{i}", there[int(g.integers(len(there)))], heat=between(0.1, 10.0)) for i in range(2)
    ]
    stack = replace(base, interfaces=joints, sources=sources)
    try:
        assembled(stack)
    except PhysicsError:  # heat in a piece that nothing holds: let it float without
        return replace(stack, sources=[])
    return stack


def assembled(stack: kp.Stack) -> tuple[System, Floats]:
    """The system and what pins its floating pieces."""
    layout = Layout.of(stack)
    system = plane.assemble(layout, build_plane(layout), evaluate(layout))
    pinned, _ = steady.floating_pieces(layout, system)
    return system, pinned


def tried(solver: str, system: System, pinned: Floats) -> Rise | None:
    """The solver's answer; None where it does not serve such systems."""
    try:
        result = choose.solve(system, system.reference, pinned, solver)
    except InputError as error:
        assert "cannot serve here" in str(error)  # noqa: PT017
        return None
    # Conduction along a circle's edge may leave a matrix that is not positive; then the direct solver steps in.
    assert result.method == solver or (system.links is not None and "did not converge" in result.reason)
    assert result.residual < 1e-12
    return result.rise


@pytest.mark.parametrize("seed", range(40))
def test_all_solvers_agree(seed: int) -> None:
    nx, nz = 9 + 3 * (seed % 11), 8 + 5 * (seed % 7)
    system, pinned = assembled(random_stack(seed, nx, nz, 30.0, circle=seed % 2 == 0))
    answers = {solver: tried(solver, system, pinned) for solver in SOLVERS}
    exact = answers["sparse"]
    assert exact is not None
    assert answers["multigrid"] is not None
    scale = float(np.abs(exact.sum).max()) or 1.0
    for solver, rise in answers.items():
        if rise is not None:
            assert np.abs(rise.sum - exact.sum).max() < 1e-9 * scale, solver


def test_random_stacks_are_of_every_kind() -> None:
    """What the comparison covers, counted: periodic, radial, circles, void, floating pieces, full width."""
    from kapitza.linear import separable

    systems = [assembled(random_stack(seed, 12, 10, 30.0, circle=seed % 2 == 0)) for seed in range(40)]
    assert sum(system.wrap is not None for system, _ in systems) >= 5
    assert sum(system.mesh.geometry.kind == "axisymmetric" for system, _ in systems) >= 5
    assert sum(system.links is not None for system, _ in systems) >= 3
    assert sum(not system.active.all() for system, _ in systems) >= 5
    assert sum(bool(pinned.any()) for _, pinned in systems) >= 3
    assert sum(separable.suits(system) is None for system, _ in systems) >= 3
