"""What only the mesh can tell is told all at once, before anything is solved."""

from __future__ import annotations

import pytest

from kapitza import examine, pipeline
from kapitza.errors import InputError
from kapitza.interfaces.law import Resistance
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
    PieceProbe,
    PointProbe,
    Rectangle,
    Region,
    SheetSource,
    Source,
    Stack,
    Temperature,
)

A, B = Material("a", 3.7), Material("b", 41.0)


def troubled() -> Stack:
    """Nine faults that a case reader cannot see."""
    return Stack(
        layers=[
            Layer("foot", A, 0.002, x=(0.0, 0.004)),
            Layer("plate", B, 0.003, heat=2.0),
            Layer("hidden", A, 0.001, heat=3.0),
        ],
        geometry=Geometry("plane", x=(0.0, 0.02), depth=0.3),
        regions=[Region("cover", B, Rectangle(z=(0.005, 0.006)))],
        interfaces=[
            Interface(Resistance(2e-5), between=("foot", "cover")),
            Interface(Resistance(3e-5), between=("foot", "plate")),
            Interface(Resistance(4e-5), between=("plate", "foot")),
        ],
        sources=[
            Source("s0", "plate", heat=5.0),
            Source("s1", "foot", heat=5.0, x=(0.010, 0.012)),
            SheetSource("s2", ("foot", "plate"), heat_flux=7.0, x=(0.013, 0.015)),
        ],
        boundaries={
            "top": Boundary(Temperature(300.0)),
            "bottom": Boundary(
                Heat(1.5), (Patch((0.0, 0.004), HeatFlux(9.0)), Patch((0.01, 0.012), HeatFlux(8.0)))
            ),
        },
        probes=[PointProbe("p0", z=0.001, x=0.015), PieceProbe("p1", "hidden"), PieceProbe("p2", "plate")],
        mesh=MeshOptions(x=20),
    )


EXPECTED = [
    "interfaces.0.between: 'foot' and 'cover' do not touch",
    "interfaces.2: the contact foot|plate is already described by interfaces.1",
    "layers.hidden.heat: nowhere to go",
    "sources.1: no cell of 'foot'",
    "sources.2.x: foot|plate is not in this range",
    "boundary.bottom.patches.1: no material lies within this range",
    "boundary.bottom: the patches cover all of it",
    "probes.0.at: there is no material at this point",
    "probes.1.layer: 'hidden' is painted over wholly",
]


def test_all_problems_are_found_in_one_go() -> None:
    found = examine.problems(troubled())
    for start in EXPECTED:
        assert any(text.startswith(start) for text in found), (start, found)
    assert len(found) == len(EXPECTED)


def test_solving_says_the_same() -> None:
    with pytest.raises(InputError) as caught:
        pipeline.solve(troubled())
    assert str(caught.value).splitlines() == examine.problems(troubled())


def test_a_sound_stack_has_no_problems() -> None:
    stack = Stack(
        layers=[Layer("one", A, 0.002, heat=3.0), Layer("two", B, 0.003)],
        geometry=Geometry("slab", area=0.2),
        sources=[Source("part", "two", heat=2.0, z=(0.003, 0.004))],
        boundaries={"top": Boundary(Temperature(300.0))},
    )
    assert examine.problems(stack) == []
    outside = Stack(
        layers=stack.layers,
        geometry=stack.geometry,
        sources=[Source("part", "one", heat=2.0), Source("late", "two", heat=2.0, z=(0.006, 0.007))],
        boundaries=stack.boundaries,
    )
    assert examine.problems(outside) == ["sources.1.z: nothing of 'two' lies in this range"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: Layer("a", A, -0.1), "layers.a.thickness"),
        (lambda: Layer("a", A, float("nan")), "layers.a.thickness"),
        (lambda: Layer("a", A, 0.1, cells=2.5), "layers.a.cells"),
        (lambda: Layer("a", "copper", 0.1), "layers.a.material"),
        (lambda: Layer("a", A, 0.1, heat=float("inf")), "layers.a.heat"),
        (lambda: Interface(3.0, between=("a", "b")), "interfaces: 3.0 is no law"),
        (lambda: Interface(Resistance(2e-5)), "interfaces: give either between"),
        (lambda: Resistance(-0.2), "resistance"),
        (lambda: Boundary(300.0), "boundary: 300.0 is no condition"),
        (lambda: Temperature(-3.0), "above absolute zero"),
        (lambda: Geometry("ring"), "geometry.kind"),
        (lambda: Geometry("plane"), "lateral extent"),
        (lambda: Geometry("slab", area=-0.1), "geometry.area"),
        (lambda: MeshOptions(x=0), "mesh.x"),
        (lambda: Stack([]), "at least one layer"),
        (lambda: Stack([7]), "neither a Layer nor a Group"),
        (lambda: Stack([Layer("a", A, 0.1)], boundaries={"bottom": Temperature(300.0)}), "is no Boundary"),
        (lambda: Stack([Layer("a", A, 0.1)], boundaries={"side": Boundary()}), "has the sides bottom, top"),
    ],
)
def test_python_users_get_the_same_care(wrong, message: str) -> None:
    with pytest.raises(InputError, match=message):
        wrong()
