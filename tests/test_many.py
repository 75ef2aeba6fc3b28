"""Many stacks at once come out as each would alone: the same bits, the same errors, in order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import kapitza as kp
from kapitza.errors import InputError, PhysicsError
from kapitza.interfaces.dmm import dmm
from kapitza.interfaces.pair import PairLaw
from kapitza.interfaces.power import power_law, radiation
from kapitza.many import solve_each
from kapitza.model import Group, PieceProbe

SILICON, GERMANIUM = kp.material("silicon"), kp.material("germanium")


def superlattice(periods: int, i: int, law: object = None, **changes: object) -> kp.Stack:
    pair = (
        kp.Layer("si", SILICON, (5.0 + 0.013 * i) * 1e-9, cells=2),
        kp.Layer("ge", GERMANIUM, (3.0 + 0.07 * i) * 1e-9, cells=3),
    )
    stack = kp.Stack(
        [Group(periods, pair)],
        kp.Geometry("slab", area=1.7e-6),
        interfaces=[kp.Interface(law or dmm(SILICON, GERMANIUM), materials=("silicon", "germanium"))],
        boundaries={
            "bottom": kp.Boundary(kp.Temperature(311.0 + i)),
            "top": kp.Boundary(kp.Reservoir(290.0, kp.Conductance(7e7))),
        },
        probes=[PieceProbe("warm", "si[1]", "mean")],
    )
    return replace(stack, **changes)  # type: ignore[arg-type]


def same(one: kp.Solution, other: kp.Solution) -> None:
    for name in ("temperature", "heat_flux_z", "z"):
        assert np.array_equal(getattr(one, name), getattr(other, name))
    for name in ("jump", "flux", "below", "above"):
        assert np.array_equal(getattr(one.interfaces.faces, name), getattr(other.interfaces.faces, name))
    assert {**one.summary(), "timing": None} == {**other.summary(), "timing": None}


def test_the_same_bits_as_one_by_one() -> None:
    """Enough of them that the phonon curves are evaluated by machine code, and alone by numpy."""
    stacks = [superlattice(100, i) for i in range(170)]
    together = kp.solve_many(stacks)
    assert len(together) == len(stacks)
    for i in range(0, 170, 13):
        same(together[i], kp.solve(stacks[i]))


def test_mixtures() -> None:
    """Different lengths, laws, ends, sources, a linear stack and a plane one, in their order."""
    one = superlattice(3, 1)
    heated = replace(
        one,
        boundaries={
            "bottom": kp.Boundary(kp.Heat(0.031)),
            "top": kp.Boundary(kp.Reservoir(270.0, radiation(0.7))),
        },
        sources=[
            kp.Source("core", "ge[2]", heat=2.3e-3),
            kp.SheetSource("film", ("si[3]", "ge[3]"), heat=1e-3),
        ],
    )
    bar = kp.Material("bar", kp.Constant(3.1))
    linear = kp.Stack(
        [kp.Layer("a", bar, 0.013), kp.Layer("b", bar, 0.007)],
        interfaces=[kp.Interface(kp.Resistance(2.3e-3), between=("a", "b"))],
        boundaries={"bottom": kp.Boundary(kp.Temperature(290.0)), "top": kp.Boundary(kp.Temperature(401.0))},
    )
    plane = replace(
        linear,
        geometry=kp.Geometry("plane", x=(0.0, 0.03)),
        mesh=kp.MeshOptions(x=7, z=9),
        boundaries={"bottom": kp.Boundary(kp.Temperature(290.0)), "top": kp.Boundary(kp.Temperature(401.0))},
    )
    cut = replace(
        one,
        interfaces=[
            *one.interfaces,
            kp.Interface(kp.Insulated(), between=("si[2]", "ge[2]")),
        ],
    )
    varied = [
        one,
        heated,
        linear,
        plane,
        cut,
        superlattice(5, 2, PairLaw(dmm)),
        superlattice(5, 3, kp.Resistance(3.3e-9)),
        superlattice(5, 4, dmm(SILICON, GERMANIUM).scaled(0.37)),
        superlattice(5, 5, power_law(0.9, 4.0)),
        replace(superlattice(5, 6), boundaries={"top": kp.Boundary(kp.Temperature(77.0))}),
    ]
    for stack, found in zip(varied, kp.solve_many(varied), strict=True):
        if stack.geometry.two_dimensional:
            assert np.array_equal(found.temperature, kp.solve(stack).temperature)
        else:
            same(found, kp.solve(stack))


def test_fluxes_march_from_end_to_end() -> None:
    """Independent of the solver: with the flux found, layer after layer and law after law end at the other side."""
    k, a, n = 2.7, 3.1e-8, 8
    stacks = []
    for i in range(40):
        layers = [
            kp.Layer(f"l{j}", kp.Material("m", kp.Constant(k)), (2.0 + 0.1 * i + j) * 1e-3) for j in range(n)
        ]
        stacks.append(
            kp.Stack(
                layers,
                interfaces=[kp.Interface(power_law(a, 4.0), materials=("m", "m"))],
                boundaries={
                    "bottom": kp.Boundary(kp.Temperature(410.0 + 3 * i)),
                    "top": kp.Boundary(kp.Temperature(130.0)),
                },
            )
        )
    for i, solution in enumerate(kp.solve_many(stacks)):
        q, T = solution.boundaries["bottom"].heat, 410.0 + 3 * i
        for j in range(n):
            T -= q * (2.0 + 0.1 * i + j) * 1e-3 / k
            T = (T**4 - q / a) ** 0.25 if j < n - 1 else T
        assert pytest.approx(130.0, rel=1e-9) == T


def test_what_fails_says_so_and_the_rest_goes_on() -> None:
    good = superlattice(4, 1)
    impossible = replace(
        good, boundaries={"bottom": kp.Boundary(kp.Heat(-1e6)), "top": good.boundaries["top"]}
    )
    contradiction = replace(
        good, interfaces=[kp.Interface(dmm(SILICON, GERMANIUM), materials=("silicon", "gold"))]
    )
    lost = replace(good, probes=[PieceProbe("nowhere", "gold")])
    hot = replace(
        good, boundaries={"bottom": kp.Boundary(kp.Temperature(1300.0)), "top": good.boundaries["top"]}
    )
    stacks = [good, impossible, good, contradiction, lost, hot, good]
    found = list(solve_each(stacks))
    for i in (0, 2, 6):
        same(kp.Solution.of(found[i]), kp.solve(good))  # type: ignore[arg-type]
    for i, kind in ((1, PhysicsError), (3, InputError), (4, InputError), (5, InputError)):
        with pytest.raises(kind) as alone:
            kp.solve(stacks[i])
        assert isinstance(found[i], kind)
        assert str(found[i]) == str(alone.value)
    with pytest.raises(PhysicsError, match=r"^number 1: "):
        kp.solve_many(stacks)


def test_cases_too() -> None:
    case = kp.Case.from_dict(
        {
            "geometry": {"kind": "slab", "area": "3 cm^2"},
            "layers": [
                {"name": "a", "material": "silicon", "thickness": "0.3 mm"},
                {"name": "b", "material": "copper", "thickness": "2 mm"},
            ],
            "interfaces": [{"between": ["a", "b"], "resistance": "7 mm^2*K/W"}],
            "boundary": {"bottom": {"heat": "31 W"}, "top": {"temperature": "17 degC"}},
        }
    )
    cases = [case.replace({"interfaces.0.resistance": f"{r} mm^2*K/W"}) for r in (2, 5, 11)]
    for one, found in zip(cases, kp.solve_many(cases), strict=True):
        same(found, kp.solve(one))
        assert found.source_text == one.text
    assert kp.solve_many([]) == []
