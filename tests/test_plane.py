"""2-D steady: exact special cases, sheets, floating pieces, periodicity, anisotropy, void."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from kapitza import pipeline
from kapitza.errors import InputError, PhysicsError
from kapitza.interfaces.law import Conductance, Insulated, Resistance
from kapitza.materials.material import Material
from kapitza.model import (
    Boundary,
    BoundaryProbe,
    Geometry,
    Group,
    Heat,
    HeatFlux,
    Interface,
    InterfaceProbe,
    Layer,
    MeshOptions,
    Patch,
    Periodic,
    PieceProbe,
    PointProbe,
    Rectangle,
    Region,
    Reservoir,
    SheetSource,
    SolveOptions,
    Source,
    Stack,
    Temperature,
)

COPPER, OXIDE, RUBBER = Material("copper", 390.0), Material("oxide", 1.4), Material("rubber", 0.17)


def test_laminate_along_its_layers_conducts_in_parallel() -> None:
    """Left to right through unequal layers: the flux is the sum of k d, the joints carry nothing."""
    stack = Stack(
        layers=[Group(3, (Layer("c", COPPER, 2e-6), Layer("o", OXIDE, 5e-6)))],
        geometry=Geometry("plane", x=(0.0, 4e-5), depth=0.31),
        interfaces=[Interface(Resistance(3e-7), between=("c", "o"))],
        boundaries={"left": Boundary(Temperature(350.0)), "right": Boundary(Temperature(290.0))},
        mesh=MeshOptions(x=7, z=18),
    )
    solution = pipeline.solve(stack)
    exact = 3 * (390.0 * 2e-6 + 1.4 * 5e-6) * 0.31 * 60.0 / 4e-5
    assert solution.boundaries["left"].heat == pytest.approx(exact, rel=1e-13)
    assert max(abs(c.jump_max) for c in solution.interfaces.values()) < 1e-9


@pytest.mark.parametrize("side", ["below", "above", "split"])
def test_sheet_source_at_a_joint_in_one_and_two_dimensions(side: str) -> None:
    """Heat put into the plane of a joint leaves both ways; the share follows from the series resistances."""
    d, k, r, flux, film = (0.003, 0.007), (1.7, 4.3), 2.1e-3, 7.3e3, 61.0
    layers = [
        Layer("one", Material("a", k[0]), d[0], cells=3),
        Layer("two", Material("b", k[1]), d[1], cells=4),
    ]
    interfaces = [Interface(Resistance(r), between=("one", "two"))]
    sources = [SheetSource("laser", ("one", "two"), heat_flux=flux, side=side)]
    boundaries = {
        "bottom": Boundary(Temperature(300.0)),
        "top": Boundary(Reservoir(300.0, Conductance(film))),
    }
    down, up = d[0] / k[0], d[1] / k[1] + 1 / film
    share = {"below": 1.0, "split": 0.5, "above": 0.0}[side]
    total = down + r + up
    through = (share * flux * down - (1 - share) * flux * up) / total  # upwards, through the joint
    below = 300.0 + (share * flux - through) * down
    for geometry in (Geometry("slab", area=0.02), Geometry("plane", x=(0.0, 0.05), depth=0.4)):
        solution = pipeline.solve(
            Stack(
                layers,
                geometry,
                interfaces=interfaces,
                sources=sources,
                boundaries=boundaries,
                mesh=MeshOptions(x=6),
            )
        )
        contact = solution.interfaces["one|two"]
        assert contact.below == pytest.approx(below, rel=1e-13)
        assert contact.flux == pytest.approx(through, rel=1e-10)
        assert contact.jump == pytest.approx(through * r, rel=1e-10)
        assert contact.below - contact.above == pytest.approx(through * r, rel=1e-10)
        assert abs(solution.summary()["energy"]["imbalance"]) < 1e-12
        area = 0.02
        assert solution.internal_heat[0] == pytest.approx(flux * area, rel=1e-13)


def test_sheet_source_on_part_of_a_vertical_contact_keeps_its_total() -> None:
    stack = Stack(
        layers=[Layer("one", OXIDE, 0.02)],
        geometry=Geometry("plane", x=(0.0, 0.05), depth=0.4),
        regions=[Region("post", COPPER, Rectangle((0.01, 0.02)))],
        sources=[SheetSource("glue", ("one", "post"), heat=3.7, side="split", x=(0.015, 0.05))],
        boundaries={"top": Boundary(Temperature(300.0))},
        mesh=MeshOptions(x=25, z=10),
    )
    solution = pipeline.solve(stack)
    assert solution.boundaries["top"].heat == pytest.approx(-3.7, rel=1e-12)
    west, east = (
        solution.probe(PointProbe("w", 0.001, 0.0101)),
        solution.probe(PointProbe("e", 0.001, 0.0199)),
    )
    assert east > west


def test_insulated_joint_separates_two_pieces_exactly() -> None:
    stack = Stack(
        layers=[Layer("one", OXIDE, 0.02), Layer("two", COPPER, 0.01)],
        geometry=Geometry("plane", x=(0.0, 0.05)),
        interfaces=[Interface(Insulated(), between=("one", "two"))],
        boundaries={"bottom": Boundary(Temperature(310.0)), "top": Boundary(Temperature(290.0))},
        mesh=MeshOptions(x=5, z=9),
    )
    solution = pipeline.solve(stack)
    contact = solution.interfaces["one|two"]
    assert (contact.below, contact.above, contact.flux) == (310.0, 290.0, 0.0)
    assert contact.jump == 20.0
    assert abs(solution.boundaries["top"].heat) < 1e-20


def test_floating_piece_with_balanced_heat_and_without() -> None:
    layers = [Layer("one", OXIDE, 0.02), Layer("two", COPPER, 0.01)]
    geometry = Geometry("plane", x=(0.0, 0.05), depth=0.2)
    cut = [Interface(Insulated(), between=("one", "two"))]
    flux = 830.0
    balanced = Stack(
        layers,
        geometry,
        interfaces=cut,
        boundaries={
            "left": Boundary(patches=(Patch((0.0, 0.02), HeatFlux(flux)),)),
            "right": Boundary(patches=(Patch((0.0, 0.02), HeatFlux(-flux)),)),
            "top": Boundary(Temperature(290.0)),
        },
        mesh=MeshOptions(x=8, z=9),
        solve=SolveOptions(initial=333.0),
    )
    solution = pipeline.solve(balanced)
    assert "one" in " ".join(solution.warnings)
    assert solution.pieces.mean[0] == pytest.approx(333.0, abs=1e-9)
    assert solution.pieces.most[0] - solution.pieces.least[0] == pytest.approx(flux * 0.05 / 1.4, rel=1e-11)
    assert solution.pieces.mean[1] == pytest.approx(290.0, abs=1e-12)
    with pytest.raises(PhysicsError, match=r"one: no steady state: 3\.32 W"):
        pipeline.solve(
            dataclasses.replace(
                balanced,
                boundaries={
                    "left": Boundary(patches=(Patch((0.0, 0.02), HeatFlux(flux)),)),
                    "top": Boundary(Temperature(290.0)),
                },
            )
        )


def test_periodic_sides_let_a_source_move_around() -> None:
    """With periodic sides, shifting everything by a few cells shifts the answer by as many columns."""

    def solved(start: float) -> np.ndarray:
        spans = (
            [(start, start + 0.01)] if start + 0.01 <= 0.05 else [(start, 0.05), (0.0, start + 0.01 - 0.05)]
        )
        sources = [
            Source(f"s{i}", "one", heat_density=4.1e5, x=span)
            for i, span in enumerate(spans)
            if span[1] > span[0]
        ]
        stack = Stack(
            layers=[Layer("one", OXIDE, 0.02), Layer("two", COPPER, 0.003)],
            geometry=Geometry("plane", x=(0.0, 0.05), depth=0.2),
            interfaces=[Interface(Resistance(4e-3), between=("one", "two"))],
            sources=sources,
            boundaries={"left": Boundary(Periodic()), "top": Boundary(Reservoir(300.0, Conductance(87.0)))},
            mesh=MeshOptions(x=25, z=12),
        )
        periodic = dataclasses.replace(stack, boundaries={**stack.boundaries, "right": Boundary(Periodic())})
        return pipeline.solve(periodic).temperature

    first, moved, wrapped = solved(0.0), solved(0.012), solved(0.044)
    np.testing.assert_allclose(np.roll(first, 6, axis=1), moved, rtol=0, atol=1e-9)
    np.testing.assert_allclose(np.roll(first, 22, axis=1), wrapped, rtol=0, atol=1e-9)


def test_anisotropy_is_a_change_of_scale() -> None:
    """k_x, k_z in a domain of width w behave like sqrt(k_x k_z) in a domain of width w sqrt(k_z / k_x)."""
    kx, kz = 31.0, 2.3
    ratio = math.sqrt(kz / kx)
    base = Stack(
        layers=[Layer("film", Material("film", kz, kx), 0.004, cells=9)],
        geometry=Geometry("plane", x=(0.0, 0.03), depth=0.7),
        boundaries={
            "bottom": Boundary(patches=(Patch((0.0, 0.012), HeatFlux(5.1e3)),)),
            "top": Boundary(Temperature(300.0)),
        },
        mesh=MeshOptions(x=30),
    )
    isotropic = Stack(
        layers=[Layer("film", Material("mean", math.sqrt(kx * kz)), 0.004, cells=9)],
        geometry=Geometry("plane", x=(0.0, 0.03 * ratio), depth=0.7),
        boundaries={
            "bottom": Boundary(patches=(Patch((0.0, 0.012 * ratio), HeatFlux(5.1e3 / ratio)),)),
            "top": Boundary(Temperature(300.0)),
        },
        mesh=MeshOptions(x=30),
    )
    one, two = pipeline.solve(base).temperature, pipeline.solve(isotropic).temperature
    np.testing.assert_allclose(one, two, rtol=0, atol=1e-9)


def test_void_beside_a_narrow_die_is_adiabatic() -> None:
    """A die alone over part of the width, cooled on top of itself: one-dimensional, and NaN beside it."""
    stack = Stack(
        layers=[
            Layer("die", OXIDE, 0.002, x=(0.01, 0.03), heat=2.9),
            Layer("paste", RUBBER, 1e-4, x=(0.01, 0.03)),
        ],
        geometry=Geometry("plane", x=(0.0, 0.05), depth=0.6),
        interfaces=[Interface(Resistance(5.3e-5), between=("die", "paste"))],
        boundaries={"top": Boundary(Reservoir(300.0, Conductance(410.0)))},
        mesh=MeshOptions(x=20, z=12),
    )
    solution = pipeline.solve(stack)
    area = 0.02 * 0.6
    rise = 2.9 / area * (0.002 / (2 * 1.4) + 5.3e-5 + 1e-4 / 0.17 + 1 / 410.0)
    assert solution.probe(PieceProbe("junction", "die", "max")) - 300.0 == pytest.approx(rise, rel=1e-11)
    assert np.isnan(solution.temperature[0, 0])
    assert solution.boundaries["top"].heat == pytest.approx(-2.9, rel=1e-12)
    with pytest.raises(InputError, match="no material at this point"):
        solution.probe(PointProbe("p", z=0.001, x=0.001))


def test_probes_say_which_side_they_need() -> None:
    stack = Stack(
        layers=[Layer("one", OXIDE, 0.02), Layer("two", COPPER, 0.01)],
        geometry=Geometry("plane", x=(0.0, 0.05), depth=0.5),
        interfaces=[Interface(Resistance(0.013), between=("one", "two"))],
        boundaries={"bottom": Boundary(Temperature(350.0)), "top": Boundary(Temperature(290.0))},
        mesh=MeshOptions(x=10, z=9),
    )
    solution = pipeline.solve(stack)
    flux = 60.0 / (0.02 / 1.4 + 0.013 + 0.01 / 390.0)
    below, above = 350.0 - flux * 0.02 / 1.4, 290.0 + flux * 0.01 / 390.0
    with pytest.raises(InputError, match=r"one and two meet at this point; say which"):
        solution.probe(PointProbe("p", z=0.02, x=0.013))
    assert solution.probe(PointProbe("p", 0.02, 0.013, "one")) == pytest.approx(below, rel=1e-12)
    assert solution.probe(PointProbe("p", 0.02, 0.013, "two")) == pytest.approx(above, rel=1e-12)
    assert solution.probe(PointProbe("p", 0.008, 0.0)) == pytest.approx(350.0 - flux * 0.008 / 1.4, rel=1e-12)
    assert solution.probe(InterfaceProbe("j", ("one", "two"), "jump")) == pytest.approx(
        flux * 0.013, rel=1e-11
    )
    assert solution.probe(InterfaceProbe("j", ("one", "two"), "flux", (0.01, 0.017))) == pytest.approx(
        flux, rel=1e-11
    )
    assert solution.probe(InterfaceProbe("j", ("one", "two"), "above", 0.021)) == pytest.approx(
        above, rel=1e-12
    )
    assert solution.probe(BoundaryProbe("s", "top", (0.01, 0.02))) == pytest.approx(290.0, rel=1e-13)
    assert solution.probe(BoundaryProbe("s", "left")) == pytest.approx(
        ((350.0 + below) / 2 * 0.02 + (290.0 + above) / 2 * 0.01) / 0.03, rel=1e-12
    )
    with pytest.raises(InputError, match="outside the domain"):
        solution.probe(PointProbe("p", 0.031, 0.0))
    with pytest.raises(InputError, match="did you mean 'one'"):
        solution.probe(PieceProbe("p", "onee"))


def test_budget_of_a_spreader_adds_up_and_names_spreading() -> None:
    """Die and lid of different widths: layers show t / (k A), what is left over is the part called spreading."""
    stack = Stack(
        layers=[
            Layer("die", OXIDE, 0.001, x=(0.02, 0.03), heat=5.7),
            Layer("paste", RUBBER, 1e-4, x=(0.02, 0.03)),
            Layer("lid", COPPER, 0.003),
        ],
        geometry=Geometry("plane", x=(0.0, 0.05), depth=0.6),
        interfaces=[Interface(Resistance(7e-5), between=("die", "paste"))],
        boundaries={"top": Boundary(Reservoir(300.0, Conductance(510.0)))},
        mesh=MeshOptions(x=50, z=30),
    )
    solution = pipeline.solve(stack)
    budget = solution.budget
    parts = {part.name: part for part in budget.parts}
    assert parts["die|paste"].value == pytest.approx(7e-5 / (0.01 * 0.6), rel=1e-11)
    assert parts["paste"].value == pytest.approx(1e-4 / (0.17 * 0.01 * 0.6), rel=1e-11)
    assert parts["lid"].value == pytest.approx(0.003 / (390.0 * 0.05 * 0.6), rel=1e-10)
    assert parts["top"].value == pytest.approx(1 / (510.0 * 0.05 * 0.6), rel=1e-12)
    assert parts["die"].value == pytest.approx(
        0.001 / (3 * 1.4 * 0.01 * 0.6), rel=1e-2
    )  # uniform source: d / (3 k A)
    assert parts["spreading"].value > 0
    assert budget.total is not None
    assert sum(part.value for part in budget.parts) == pytest.approx(budget.total, rel=1e-12)
    assert sum(part.share or 0.0 for part in budget.parts) == pytest.approx(1.0, rel=1e-12)


def test_source_edges_inside_a_cell_keep_the_total() -> None:
    stack = Stack(
        layers=[Layer("die", OXIDE, 0.004)],
        geometry=Geometry("axisymmetric", x=(0.0, 0.05)),
        sources=[Source("spot", "die", heat=3.3, x=(0.0, 0.01234), z=(0.0011, 0.0023))],
        boundaries={
            "top": Boundary(Reservoir(300.0, Conductance(97.0)), (Patch((0.0111, 0.0222), HeatFlux(810.0)),)),
            "bottom": Boundary(Heat(0.7), (Patch((0.003, 0.0077), HeatFlux(-55.0)),)),
        },
        mesh=MeshOptions(x=17, z=12),
    )
    solution = pipeline.solve(stack)
    assert solution.internal_heat[0] == pytest.approx(3.3, rel=1e-13)
    into = math.pi * ((0.0222**2 - 0.0111**2) * 810.0 - (0.0077**2 - 0.003**2) * 55.0) + 0.7
    assert solution.boundaries["bottom"].heat == pytest.approx(
        0.7 - math.pi * (0.0077**2 - 0.003**2) * 55.0, rel=1e-12
    )
    assert solution.boundaries["top"].heat + solution.boundaries["bottom"].heat == pytest.approx(
        -3.3, rel=1e-11
    )
    film = [t for t in pipeline.system(stack).sides[1].terms if t.temperature is not None]
    assert len(film) == 1
    assert into + 3.3 > 0


def spreader(**changes) -> Stack:
    """Two dies, a joint, a lid with a film; 20 mm wide, 0.5 m deep."""
    stack = Stack(
        layers=[Layer("one", OXIDE, 0.0006), Layer("two", OXIDE, 0.0009), Layer("lid", COPPER, 0.003)],
        geometry=Geometry("plane", x=(0.0, 0.02), depth=0.5),
        interfaces=[Interface(Resistance(3e-5), between=("one", "two"))],
        boundaries={"top": Boundary(Reservoir(300.0, Conductance(710.0)))},
        mesh=MeshOptions(x=40, z=30),
    )
    return dataclasses.replace(stack, **changes)


def test_a_source_on_part_of_a_layer_is_spreading_not_that_layers_resistance() -> None:
    source = Source("core0", "one", heat=7.0, x=(0.009, 0.011))
    budget = pipeline.solve(spreader(sources=[source])).budget
    parts = {part.name: part.value for part in budget.parts}
    assert parts["one"] == pytest.approx(0.0006 / (3 * 1.4 * 0.02 * 0.5), rel=1e-2)
    assert parts["one|two"] == pytest.approx(3e-5 / (0.02 * 0.5), rel=1e-9)
    assert parts["two"] == pytest.approx(0.0009 / (1.4 * 0.02 * 0.5), rel=1e-9)
    assert parts["spreading"] > 5 * parts["one"]
    assert sum(parts.values()) == pytest.approx(budget.total, rel=1e-12)


def test_no_budget_where_heat_has_no_single_way() -> None:
    two_sources = [Source("a", "one", heat=7.0), Source("b", "two", heat=3.0)]
    cooled_twice = {side: Boundary(Reservoir(300.0, Conductance(710.0))) for side in ("bottom", "top")}
    both_ways = {
        "bottom": Boundary(Heat(20.0), (Patch((0.001, 0.004), Temperature(301.0)),)),
        "top": Boundary(Reservoir(300.0, Conductance(710.0))),
    }
    for stack in (
        spreader(sources=two_sources),
        spreader(sources=two_sources[:1], boundaries=cooled_twice),
        spreader(boundaries=both_ways),
        spreader(boundaries={"left": Boundary(Temperature(350.0)), "right": Boundary(Temperature(300.0))}),
    ):
        budget = pipeline.solve(stack).budget
        assert budget.total is None
        assert budget.parts == []


def test_heat_through_a_nanometre_of_diamond_is_not_lost_to_rounding() -> None:
    """Conductances that differ by 1e15: flows from plain temperature differences lose percents of the heat."""
    diamond, aerogel = Material("diamond", 2000.0), Material("aerogel", 0.013)
    stack = Stack(
        layers=[
            Layer("si", Material("si", 130.0), 5e-4),
            Layer("film", diamond, 1e-9),
            Layer("gel", aerogel, 0.01),
            Layer("film2", diamond, 1.3e-9),
        ],
        geometry=Geometry("plane", x=(0.0, 0.02), depth=0.7),
        boundaries={
            "bottom": Boundary(patches=(Patch((0.0, 0.005), HeatFlux(310.0)),)),
            "top": Boundary(Reservoir(300.0, Conductance(11.0))),
        },
        mesh=MeshOptions(x=60),
    )
    solution = pipeline.solve(stack)
    assert abs(solution.summary()["energy"]["imbalance"]) < 1e-12
    assert solution.boundaries["top"].heat == pytest.approx(-310.0 * 0.005 * 0.7, rel=1e-12)
    mean_drop = solution.pieces.bottom[2] - solution.pieces.top[2]
    assert mean_drop == pytest.approx(310.0 * 0.005 / 0.02 * 0.01 / 0.013, rel=1e-9)


def test_long_lists_show_equal_entries_once() -> None:
    names = [(f"a{i}", COPPER, 2e-6) if i % 2 else (f"b{i}", OXIDE, 3e-6) for i in range(300)]
    stack = Stack(
        layers=[Layer(name, material, d, cells=1) for name, material, d in names],
        geometry=Geometry("plane", x=(0.0, 1e-3), depth=0.5),
        interfaces=[Interface(Resistance(2e-9), materials=("copper", "oxide"))],
        boundaries={"bottom": Boundary(Temperature(301.0)), "top": Boundary(Temperature(300.0))},
        mesh=MeshOptions(x=3),
    )
    for one in (stack, dataclasses.replace(stack, geometry=Geometry("slab", area=5e-4), mesh=MeshOptions())):
        summary = pipeline.solve(one).summary()
        assert [(row["name"], row["count"]) for row in summary["layers"]] == [("oxide", 150), ("copper", 150)]
        assert [row["count"] for row in summary["interfaces"]] == [299]
        parts = {part["name"]: part for part in summary["resistance"]["parts"]}
        assert parts["oxide"]["value"] == pytest.approx(3e-6 / 1.4 / 5e-4, rel=1e-6)
        assert sum(part["share"] for part in parts.values()) == pytest.approx(1.0, abs=1e-9)


def test_nothing_is_colder_than_absolute_zero() -> None:
    with pytest.raises(PhysicsError, match="above absolute zero"):
        pipeline.solve(
            Stack(
                layers=[Layer("bar", COPPER, 0.3)],
                geometry=Geometry("slab", area=2e-4),
                boundaries={"bottom": Boundary(Temperature(9.0)), "top": Boundary(Heat(-31.0))},
            )
        )


def test_probes_do_not_invent_faces_over_gaps() -> None:
    stack = spreader(
        regions=[Region("via", COPPER, Rectangle((0.008, 0.012), (0.0004, 0.0012)))],
        sources=[Source("a", "lid", heat=7.0)],
    )
    solution = pipeline.solve(stack)
    with pytest.raises(InputError, match=r"no face at 0\.01 m"):
        solution.probe(InterfaceProbe("j", ("one", "two"), "jump", 0.010))
    assert solution.probe(InterfaceProbe("j", ("one", "two"), "jump", 0.0079)) != 0.0


def test_a_probe_names_its_own_sides() -> None:
    solution = pipeline.solve(spreader(sources=[Source("a", "one", heat=7.0)]))
    jump = solution.probe(InterfaceProbe("j", ("one", "two"), "jump"))
    assert jump == pytest.approx(7.0 / (0.02 * 0.5) * 3e-5, rel=1e-10)
    assert solution.probe(InterfaceProbe("j", ("two", "one"), "jump")) == -jump
    below = solution.probe(InterfaceProbe("j", ("one", "two"), "below"))
    assert solution.probe(InterfaceProbe("j", ("two", "one"), "above")) == below
