"""Periodic heating against transfer matrices, Bessel functions and heat sources in closed form."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray

import kapitza as kp
import kapitza.cli
from kapitza import frequency
from kapitza.errors import InputError
from kapitza.model import (
    Boundary,
    BoundaryProbe,
    FrequencyOptions,
    Geometry,
    HeatFlux,
    Interface,
    InterfaceProbe,
    Layer,
    PieceProbe,
    PointProbe,
    Reservoir,
    SheetSource,
    Stack,
    Temperature,
)
from kapitza.verify.multilayer import HalfSpace, Joint, Multilayer, Slab
from kapitza.verify.periodic import amplitude, surface_impedance
from kapitza.verify.stacks import End

CASES = Path(__file__).parent.parent / "cases"


def material(name: str, k: float, c: float) -> kp.Material:
    return kp.Material(name, k, volumetric_heat_capacity=c)


def random_pair(seed: int) -> tuple[Stack, Multilayer]:
    """The same random multilayer for both: heat in layers and in the planes of joints, a flux, a film."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 6))
    slabs = [
        Slab(*(10 ** rng.uniform(-1, 1, 3)), 0.0, rng.choice([0.0, rng.uniform(1.5, 4)])) for _ in range(n)
    ]
    joints = [
        Joint(rng.choice([0.0, 10 ** rng.uniform(-2, 1)]), *rng.uniform(0.2, 3, 2)) for _ in range(n - 1)
    ]
    film, flux = 10 ** rng.uniform(-2, 1), rng.uniform(0.3, 2.5)
    exact = Multilayer(tuple(slabs), tuple(joints), End(0.0, film), End(heat_flux=flux))
    layers = [
        Layer(f"l{i}", material(f"m{i}", s.conductivity, s.capacity), s.thickness, heat_density=s.source,
              cells=int(rng.integers(1, 9)))
        for i, s in enumerate(slabs)
    ]  # fmt: skip
    pairs = [(f"l{i}", f"l{i + 1}") for i in range(n - 1)]
    sources = [
        SheetSource(f"{side}{i}", pair, heat_flux=value, side=side)  # type: ignore[arg-type]
        for i, (pair, joint) in enumerate(zip(pairs, joints, strict=True))
        for side, value in (("below", joint.below), ("above", joint.above))
    ]
    stack = Stack(
        layers,
        Geometry("slab", area=2.3),
        interfaces=[
            Interface(kp.Resistance(j.resistance), between=pair)
            for pair, j in zip(pairs, joints, strict=True)
            if j.resistance
        ],
        sources=sources,
        boundaries={
            "bottom": Boundary(Reservoir(290.0, kp.Resistance(film))),
            "top": Boundary(HeatFlux(flux)),
        },
        probes=[PieceProbe(f"{s}{i}", f"l{i}", s) for i in range(n) for s in ("bottom", "top")],  # type: ignore[arg-type]
        frequency=FrequencyOptions(3e-4, 40.0, 7),
    )
    return stack, exact


@pytest.mark.parametrize("seed", range(12))
def test_multilayers_with_any_cells(seed: int) -> None:
    stack, exact = random_pair(seed)
    found = frequency.solve(stack)
    points = [(i, z) for i, slab in enumerate(exact.slabs) for z in (0.0, slab.thickness)]
    expected, _ = amplitude(exact, points, found.frequencies)
    got = np.array([found.probes[probe.name] for probe in stack.probes])
    assert np.abs(got - expected).max(axis=0) == pytest.approx(0.0, abs=1e-9 * np.abs(expected).max())


def test_film_on_substrate() -> None:
    """The promise of the case: 1e-6 in amplitude and phase, G a jump."""
    case = kp.load(CASES / "film_on_substrate.toml")
    found = kp.solve(case)
    stack = Multilayer(
        (Slab(500e-6, 35.0, 3.06e6), Slab(80e-9, 310.0, 2.49e6)), (Joint(1 / 60e6),), End(0.0), End(heat_flux=0.0)
    )  # fmt: skip
    expected = 1e6 * surface_impedance(stack, found.frequencies)
    ratio = found.probes["surface"] / expected
    assert np.abs(np.abs(ratio) - 1.0).max() < 1e-9
    assert np.abs(np.angle(ratio)).max() < 1e-9


def test_thin_layer_instead_of_a_jump_shows() -> None:
    """The stand-in agrees at low frequencies and stores heat at high ones."""
    jump, layer = (kp.solve(kp.load(CASES / f"film_on_{name}.toml")) for name in ("substrate", "thin_layer"))
    apart = np.abs(layer.probes["surface"] / jump.probes["surface"] - 1.0)
    assert apart[0] < 1e-4
    assert apart.max() > 3e-3
    one_mode = layer.probes["substrate"] / jump.probes["substrate"]
    assert np.abs(np.angle(one_mode)).max() > 0.1


def test_half_space() -> None:
    """A substrate deeper than heat reaches is a half-space: 1/sqrt(i w k c)."""
    k, c = 1.7, 2.6e6
    stack = Stack(
        [Layer("glass", material("glass", k, c), 20e-3, cells=1)],
        Geometry("slab", area=0.4),
        boundaries={"top": Boundary(HeatFlux(900.0))},
        probes=[BoundaryProbe("surface", "top"), PieceProbe("hottest", "glass")],
        frequency=FrequencyOptions(1.3, 1.7e5, 9),
    )
    found = kp.solve(stack)
    expected = 900.0 / np.sqrt(2j * np.pi * found.frequencies * k * c)
    assert found.probes["surface"] == pytest.approx(expected, rel=1e-12)
    assert found.probes["hottest"] == pytest.approx(expected, rel=1e-12)
    again = surface_impedance(Multilayer((Slab(1e-3, k, c),), (), HalfSpace(k, c), End()), found.frequencies)
    assert found.probes["surface"] == pytest.approx(900.0 * again, rel=1e-11)


def test_wire() -> None:
    """A cylinder heated at its surface: T = q I0(l r) / (k l I1(l a)); second order."""
    from scipy.special import iv

    k, c, radius, f = 3.7, 1.9e6, 2e-3, 0.8
    wave = np.sqrt(2j * np.pi * f * c / k)
    exact = 500.0 * iv(0, wave * radius) / (k * wave * iv(1, wave * radius))
    errors = []
    for cells in (20, 40, 80):
        stack = Stack(
            [Layer("wire", material("wire", k, c), radius, cells=cells)],
            Geometry("cylinder", length=0.3),
            boundaries={"outer": Boundary(HeatFlux(500.0))},
            probes=[BoundaryProbe("surface", "outer")],
            mesh=kp.MeshOptions(grading="uniform"),
            frequency=FrequencyOptions(f, f, 1),
        )
        errors.append(abs(kp.solve(stack).probes["surface"][0] - exact) / abs(exact))
    assert errors[-1] < 5e-4
    assert np.log2(errors[0] / errors[1]) > 1.8
    assert np.log2(errors[1] / errors[2]) > 1.8


def test_two_dimensions_of_full_width_are_one() -> None:
    one = Stack(
        [Layer("a", material("a", 40.0, 2.1e6), 1e-3, heat_density=3e7, cells=80),
         Layer("b", material("b", 7.0, 3.2e6), 2e-3, cells=80)],
        Geometry("slab", area=5e-3 * 0.7),
        interfaces=[Interface(kp.Resistance(2.3e-5), between=("a", "b"))],
        boundaries={"top": Boundary(Reservoir(300.0, kp.Conductance(850.0))), "bottom": Boundary(Temperature(310.0))},
        probes=[PieceProbe("a", "a", "top"), InterfaceProbe("q", ("a", "b"), "flux")],
        frequency=FrequencyOptions(0.2, 90.0, 4),
    )  # fmt: skip
    two = replace(one, geometry=Geometry("plane", x=(0.0, 5e-3), depth=0.7), mesh=kp.MeshOptions(x=3))
    first, second = kp.solve(one), kp.solve(two)
    for name in ("a", "q"):
        assert second.probes[name] == pytest.approx(first.probes[name], rel=2e-3)
    direct = kp.solve(replace(two, solve=kp.SolveOptions(method="sparse")))
    assert direct.probes["a"] == pytest.approx(second.probes["a"], rel=1e-10)
    with pytest.raises(InputError, match="no complex systems"):
        kp.solve(replace(two, solve=kp.SolveOptions(method="multigrid")))
    # A region of what is there anyway changes nothing but the mesh.
    same = kp.Region(
        "block", two.layers[0].material, kp.Rectangle((1e-3, 3e-3), (2e-4, 7e-4)), heat_density=3e7
    )
    assert kp.solve(replace(two, regions=[same])).probes["q"] == pytest.approx(second.probes["q"], rel=2e-3)
    narrow = replace(two, layers=[replace(two.layers[0], x=(1e-3, 4e-3)), *two.layers[1:]])
    with pytest.raises(InputError, match="'separable' cannot serve here"):
        kp.solve(replace(narrow, solve=kp.SolveOptions(method="separable")))


def test_profile_inside() -> None:
    """Cell centres and points between them, from a source in the layer: T = S/(i w c) (1 - cosh(l x)/cosh(l L))."""
    k, c, L, S, f = 2.3, 1.4e6, 3e-3, 5e6, 0.37
    stack = Stack(
        [Layer("plate", material("plate", k, c), L, heat_density=S, cells=24)],
        Geometry("slab", area=1.9),
        boundaries={"top": Boundary(Temperature(300.0))},
        probes=[PointProbe("inside", z=1.1e-3)],
        frequency=FrequencyOptions(f, f, 1),
    )
    found = kp.solve(stack)
    wave = np.sqrt(2j * np.pi * f * c / k)

    def exact(z: object) -> object:
        return S / (2j * np.pi * f * c) * (1 - np.cosh(wave * z) / np.cosh(wave * L))  # type: ignore[operator]

    assert found.temperature[0] == pytest.approx(exact(found.base.z), rel=1e-10)
    assert found.probes["inside"][0] == pytest.approx(exact(1.1e-3), rel=1e-10)


def test_inside_a_cell_however_short_the_wave() -> None:
    """One cell that the wave does not cross: T falls as exp(-l depth); the mean holds all the heat of a period."""
    k, c, L, q = 35.0, 3.06e6, 500e-6, 1.3e6
    stack = Stack(
        [Layer("base", material("base", k, c), L, cells=3)],
        Geometry("slab", area=2e-6),
        boundaries={"top": Boundary(HeatFlux(q))},
        probes=[PointProbe("deep", z=499e-6), PieceProbe("mean", "base", "mean")],
        frequency=FrequencyOptions(1.1e6, 0.9e8, 5),
    )
    found = kp.solve(stack)
    s = 2j * np.pi * found.frequencies
    wave = np.sqrt(s * c / k)
    assert found.probes["deep"] == pytest.approx(q / (k * wave) * np.exp(-wave * 1e-6), rel=1e-9)
    assert found.probes["mean"] == pytest.approx(q / (s * c * L), rel=1e-10)


@pytest.mark.parametrize(("r", "thickness"), [(10.0, 5e-4), (1e-3, 5e-4), (1e-4, 5e-3)])
def test_shell_at_any_frequency(r: float, thickness: float) -> None:
    """T = (A exp(l r) + B exp(-l r))/r, none at the inner face, a flux at the outer; the mesh says nothing."""
    k, c, q = 31.0, 2.9e6, 1.7e5
    stack = Stack(
        [Layer("shell", material("shell", k, c), thickness)],
        Geometry("sphere", inner_radius=r),
        boundaries={"inner": Boundary(Temperature(300.0)), "outer": Boundary(HeatFlux(q))},
        probes=[BoundaryProbe("surface", "outer")],
        frequency=FrequencyOptions(3.0, 3e7, 8),
    )
    found = kp.solve(stack)
    wave, R = np.sqrt(2j * np.pi * found.frequencies * c / k), r + thickness
    exact = q / (k * (wave / np.tanh(wave * thickness) - 1.0 / R))
    assert found.probes["surface"] == pytest.approx(exact, rel=1e-3)


def test_json_file_and_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, out, png = CASES / "film_on_substrate.toml", tmp_path / "o.h5", tmp_path / "o.png"
    assert kapitza.cli.main(["run", str(case), "-o", str(out), "--plot", str(png), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "ok"
    assert len(answer["frequencies"]) == len(answer["probes"]["surface"]) == 64
    assert set(answer["probes"]["surface"][0]) == {"amplitude", "phase"}
    assert png.stat().st_size > 10_000
    with xarray.open_dataset(out, engine="h5netcdf") as data:
        assert data["amplitude"].dims == ("frequency", "z")
        assert data["frequency"].attrs["units"] == "Hz"
        top = float(data["amplitude"][0, -1])
    assert top == pytest.approx(answer["probes"]["surface"][0]["amplitude"], rel=1e-3)
    assert kapitza.cli.main(["show", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["probes"] == answer["probes"]
    assert kapitza.cli.main(["plot", str(out), "-o", str(tmp_path / "again.png")]) == 0


def test_heat_capacity_is_needed() -> None:
    stack = Stack(
        [Layer("a", kp.Material("unknown", 3.0), 1e-3)],
        Geometry("slab", area=1.5),
        boundaries={"top": Boundary(HeatFlux(2.0))},
        frequency=FrequencyOptions(1.1, 2.2, 3),
    )
    with pytest.raises(InputError, match=r"unknown.*specific_heat"):
        kp.solve(stack)
