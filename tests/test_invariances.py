"""Invariances that any right solver has, on random 1-D and 2-D stacks with joints: mirror, transpose, shift, scale,
superposition, reciprocity, splitting. Symmetric to the bit, balanced to rounding."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapitza import pipeline
from kapitza.interfaces.law import Conductance, Resistance
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
    PointProbe,
    Rectangle,
    Region,
    Reservoir,
    Source,
    Stack,
    Temperature,
)

TIGHT = 1e-11


def logs(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(math.log(low), math.log(high)).map(math.exp)


@st.composite
def planes(draw: st.DrawFn, kind: str = "plane") -> Stack:
    """Three layers of different widths in a fill, a bump, joints, a source, a patch, film and fixed temperature."""
    width = draw(st.floats(0.01, 0.04))
    low = 0.0 if kind == "axisymmetric" else -0.3 * width
    x = (low, low + width)
    k = [draw(logs(0.2, 500.0)) for _ in range(5)]
    inner = (low + 0.2 * width, low + draw(st.floats(0.4, 0.9)) * width)
    if kind == "axisymmetric":
        inner = (0.0, inner[1])
    d = [draw(st.floats(0.0007, 0.006)) for _ in range(3)]
    z = (d[0] + 0.4 * d[1], d[0] + d[1] + 0.6 * d[2])
    bump = Rectangle((low + 0.3 * width, low + 0.55 * width), z)
    return Stack(
        layers=[
            Layer("die", Material("a", k[0]), d[0], heat=draw(logs(0.3, 40.0)), x=inner),
            Layer("lid", Material("b", k[1], k[4]), d[1]),
            Layer("sink", Material("c", k[2]), d[2]),
        ],
        geometry=Geometry(kind, x=x, depth=0.37, fill=Material("air", k[3])),
        regions=[Region("bump", Material("d", draw(logs(0.2, 500.0))), bump)],
        interfaces=[
            Interface(Resistance(draw(logs(1e-6, 1e-3))), between=("die", "lid")),
            Interface(Conductance(draw(logs(1e3, 1e6))), between=("sink", "bump")),
        ],
        sources=[
            Source("spot", "sink", heat=draw(logs(0.2, 9.0)), x=(low + 0.6 * width, low + 0.83 * width))
        ],
        boundaries={
            "top": Boundary(
                Reservoir(draw(st.floats(250.0, 350.0)), Conductance(draw(logs(20.0, 5e3)))),
                (Patch((low + 0.71 * width, low + 0.9 * width), Temperature(draw(st.floats(250.0, 350.0)))),),
            ),
            "bottom": Boundary(Heat(draw(st.floats(0.3, 7.0)))),
        },
        mesh=MeshOptions(x=draw(st.integers(14, 25)), z=draw(st.integers(13, 23))),
    )


def rise(field: np.ndarray) -> float:
    return float(np.nanmax(field) - np.nanmin(field))


@settings(max_examples=25, deadline=None)
@given(st.one_of(planes(), planes("axisymmetric")))
def test_matrix_is_symmetric_to_the_bit_and_heat_is_balanced(stack: Stack) -> None:
    matrix = pipeline.system(stack).matrix()
    assert (matrix != matrix.T).nnz == 0
    off = matrix.copy()
    off.setdiag(0.0)
    assert off.max() <= 0.0
    assert np.all(np.asarray(matrix.sum(axis=1)) >= -1e-12 * matrix.diagonal().max())
    solution = pipeline.solve(stack)
    assert abs(solution.summary()["energy"]["imbalance"]) <= 1e-10
    given = sum(layer.heat for layer in stack.layers) + stack.sources[0].heat
    assert solution.internal_heat[0] == pytest.approx(given, rel=1e-12)


def mirrored(stack: Stack) -> Stack:
    """The same stack with x -> -x."""

    def turn(span):
        return None if span is None else (-span[1], -span[0])

    def boundary(b: Boundary) -> Boundary:
        return dataclasses.replace(
            b, patches=tuple(dataclasses.replace(p, along=turn(p.along)) for p in b.patches)
        )

    return dataclasses.replace(
        stack,
        layers=[dataclasses.replace(layer, x=turn(layer.x)) for layer in stack.layers],
        geometry=dataclasses.replace(stack.geometry, x=turn(stack.geometry.x)),
        regions=[
            dataclasses.replace(r, shape=dataclasses.replace(r.shape, x=turn(r.shape.x)))
            for r in stack.regions
        ],
        sources=[dataclasses.replace(s, x=turn(s.x)) for s in stack.sources],
        boundaries={name: boundary(b) for name, b in stack.boundaries.items()},
    )


@settings(max_examples=15, deadline=None)
@given(planes())
def test_mirror(stack: Stack) -> None:
    one, two = pipeline.solve(stack).temperature, pipeline.solve(mirrored(stack)).temperature
    np.testing.assert_allclose(two[:, ::-1], one, rtol=0, atol=TIGHT * max(rise(one), 100.0))


@settings(max_examples=15, deadline=None)
@given(planes(), st.floats(-80.0, 120.0))
def test_shift_of_all_temperatures(stack: Stack, shift: float) -> None:
    def moved(condition):
        if isinstance(condition, Reservoir):
            return dataclasses.replace(condition, ambient=condition.ambient + shift)
        if isinstance(condition, Temperature):
            return Temperature(condition.temperature + shift)
        return condition

    boundaries = {
        name: Boundary(
            moved(b.condition), tuple(dataclasses.replace(p, condition=moved(p.condition)) for p in b.patches)
        )
        for name, b in stack.boundaries.items()
    }
    one = pipeline.solve(stack).temperature
    two = pipeline.solve(dataclasses.replace(stack, boundaries=boundaries)).temperature
    np.testing.assert_allclose(two - shift, one, rtol=0, atol=TIGHT * max(rise(one), 100.0))


@settings(max_examples=15, deadline=None)
@given(planes(), st.floats(0.3, 7.0))
def test_superposition_of_heat(stack: Stack, factor: float) -> None:
    """Above a uniform ambient the rise is linear in all heats."""
    ambient = 291.0
    top = Boundary(Reservoir(ambient, Conductance(733.0)))

    def heated(die: float, spot: float, bottom: float) -> np.ndarray:
        changed = dataclasses.replace(
            stack,
            layers=[dataclasses.replace(stack.layers[0], heat=die), *stack.layers[1:]],
            sources=[dataclasses.replace(stack.sources[0], heat=spot)],
            boundaries={"top": top, "bottom": Boundary(Heat(bottom))},
        )
        return pipeline.solve(changed).temperature - ambient

    parts = heated(3.0, 0.0, 0.0) + heated(0.0, factor, 0.0) + heated(0.0, 0.0, 5.0)
    whole = heated(3.0, factor, 5.0)
    np.testing.assert_allclose(whole, parts, rtol=0, atol=TIGHT * np.nanmax(whole) + 1e-11)


@settings(max_examples=10, deadline=None)
@given(planes())
def test_units_of_length(stack: Stack) -> None:
    """All lengths times c, h and G over c, conductivity kept, heat times c (depth too): the same temperatures."""
    c = 3.7

    def span(s):
        return None if s is None else (s[0] * c, s[1] * c)

    def condition(value):
        match value:
            case Reservoir(ambient, law):
                return Reservoir(ambient, Resistance(law.resistance * c))
            case Heat(heat):
                return Heat(heat * c)
            case HeatFlux(flux):
                return HeatFlux(flux / c)
        return value

    scaled = dataclasses.replace(
        stack,
        layers=[
            dataclasses.replace(v, thickness=v.thickness * c, heat=v.heat * c, x=span(v.x))
            for v in stack.layers
        ],
        geometry=dataclasses.replace(
            stack.geometry, x=span(stack.geometry.x), depth=stack.geometry.depth * c
        ),
        regions=[
            dataclasses.replace(r, shape=Rectangle(span(r.shape.x), span(r.shape.z))) for r in stack.regions
        ],
        interfaces=[dataclasses.replace(i, law=Resistance(i.law.resistance * c)) for i in stack.interfaces],
        sources=[dataclasses.replace(s, heat=s.heat * c, x=span(s.x)) for s in stack.sources],
        boundaries={
            name: Boundary(
                condition(b.condition),
                tuple(Patch(span(p.along), condition(p.condition)) for p in b.patches),
            )
            for name, b in stack.boundaries.items()
        },
    )
    one, two = pipeline.solve(stack).temperature, pipeline.solve(scaled).temperature
    np.testing.assert_allclose(two, one, rtol=0, atol=TIGHT * max(rise(one), 100.0))


@settings(max_examples=10, deadline=None)
@given(planes(), st.sampled_from([2, 3]))
def test_splitting_a_layer_changes_nothing(stack: Stack, parts: int) -> None:
    """A layer of n cells, or the same layer as several of the same material in perfect contact."""
    sink = stack.layers[2]
    whole = dataclasses.replace(
        stack,
        layers=[*stack.layers[:2], dataclasses.replace(sink, cells=6)],
        regions=[],
        interfaces=stack.interfaces[:1],
        sources=[],
    )
    pieces = [
        dataclasses.replace(sink, name=f"sink{i}", thickness=sink.thickness / parts, cells=6 // parts)
        for i in range(parts)
    ]
    split = dataclasses.replace(whole, layers=[*stack.layers[:2], *pieces])
    one, two = pipeline.solve(whole).temperature, pipeline.solve(split).temperature
    np.testing.assert_allclose(two, one, rtol=0, atol=TIGHT * max(rise(one), 100.0))


@settings(max_examples=10, deadline=None)
@given(planes(), st.data())
def test_reciprocity(stack: Stack, data: st.DataObject) -> None:
    """One watt here warms there as one watt there warms here."""
    system = pipeline.system(
        dataclasses.replace(stack, boundaries={"top": Boundary(Reservoir(300.0, Conductance(411.0)))})
    )
    from scipy.sparse.linalg import splu

    factor = splu(system.matrix().tocsc())
    n = system.matrix().shape[0]
    i, j = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    here, there = np.zeros(n), np.zeros(n)
    here[i], there[j] = 1.0, 1.0
    assert factor.solve(here)[j] == pytest.approx(factor.solve(there)[i], rel=1e-10)


def test_transpose_of_a_plane() -> None:
    """Layers along z in a plane, or painted as columns along x: the same temperatures, transposed."""
    width, height, depth = 0.012, 0.007, 0.21
    a, b = Material("a", 3.1), Material("b", 47.0)
    law, film = Resistance(2.3e-4), Reservoir(291.0, Conductance(321.0))
    patch = Patch((0.001, 0.004), HeatFlux(5.3e4))
    lying = Stack(
        layers=[Layer("one", a, 0.005, cells=10), Layer("two", b, width - 0.005, cells=14)],
        geometry=Geometry("plane", x=(0.0, height), depth=depth),
        interfaces=[Interface(law, between=("one", "two"))],
        boundaries={"bottom": Boundary(patches=(patch,)), "top": Boundary(film)},
        mesh=MeshOptions(x=28),
    )
    standing = Stack(
        layers=[Layer("one", a, height, x=(0.0, 0.005), cells=28)],
        geometry=Geometry("plane", x=(0.0, width), depth=depth),
        regions=[Region("two", b, Rectangle((0.005, width)))],
        interfaces=[Interface(law, between=("one", "two"))],
        boundaries={"left": Boundary(patches=(patch,)), "right": Boundary(film)},
        mesh=MeshOptions(x=24),
    )
    one, two = pipeline.solve(lying), pipeline.solve(standing)
    np.testing.assert_allclose(two.mesh.dx, one.mesh.dz, rtol=1e-12)
    np.testing.assert_allclose(two.temperature.T, one.temperature, rtol=0, atol=TIGHT * 100)
    assert two.interfaces["one|two"].jump == pytest.approx(one.interfaces["one|two"].jump, rel=1e-11)
    assert one.probe(PointProbe("p", z=0.003, x=0.002)) == pytest.approx(
        two.probe(PointProbe("p", z=0.002, x=0.003)), abs=1e-9
    )


def test_a_plane_without_lateral_variation_is_the_slab_exactly() -> None:
    """Sources, joints, films, one cell a layer: 2-D equals 1-D to rounding."""
    layers = [
        Layer("die", Material("a", 113.0), 0.0006, heat=31.0, cells=1),
        Layer("paste", Material("b", 3.7), 0.00008, cells=1),
        Layer("sink", Material("c", 209.0), 0.005, heat_density=4.1e5, cells=2),
    ]
    interfaces = [Interface(Resistance(2.9e-5), between=("die", "paste"))]
    boundaries = {
        "bottom": Boundary(Reservoir(297.0, Conductance(23.0))),
        "top": Boundary(Reservoir(301.0, Conductance(3300.0))),
    }
    slab = pipeline.solve(
        Stack(layers, Geometry("slab", area=0.017 * 0.013), interfaces=interfaces, boundaries=boundaries)
    )
    for kind, geometry in (
        ("plane", Geometry("plane", x=(0.0, 0.017), depth=0.013)),
        ("axisymmetric", Geometry("axisymmetric", x=(0.0, math.sqrt(0.017 * 0.013 / math.pi)))),
    ):
        flat = pipeline.solve(
            Stack(layers, geometry, interfaces=interfaces, boundaries=boundaries, mesh=MeshOptions(x=5))
        )
        assert kind == flat.stack.geometry.kind
        for column in range(5):
            np.testing.assert_allclose(flat.temperature[:, column], slab.temperature, rtol=0, atol=1e-11)
        for name in slab.interfaces:
            assert flat.interfaces[name].jump == pytest.approx(slab.interfaces[name].jump, rel=1e-11)
        assert flat.boundaries["top"].heat == pytest.approx(slab.boundaries["top"].heat, rel=1e-12)
        for attribute in ("least", "most", "bottom", "top"):
            np.testing.assert_allclose(
                getattr(flat.pieces, attribute), getattr(slab.pieces, attribute), rtol=0, atol=2e-3
            )
