"""Effective conductivity: laminates to the last digits, cells with a mesh, temperatures, bounds, the command."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import kapitza as kp
import kapitza.cli
from kapitza.case import Case
from kapitza.errors import InputError, ResourceError
from kapitza.interfaces.law import Conductance, Insulated, Resistance
from kapitza.interfaces.power import power_law
from kapitza.laws.temperature import Power, Table
from kapitza.materials.material import Material
from kapitza.model import (
    Boundary,
    Circle,
    Geometry,
    Group,
    HeatFlux,
    Interface,
    Layer,
    MeshOptions,
    Periodic,
    Rectangle,
    Region,
    SolveOptions,
    Stack,
    Temperature,
)
from kapitza.studies.effective import Effective, effective

CASES = Path(__file__).parent.parent / "cases"
A = Material("a", conductivity=3.7, conductivity_lateral=5.9)
B = Material("b", conductivity=0.83)
C = Material("c", conductivity=41.0)


def three(**more: object) -> Stack:
    """Three layers with three contacts, that of c with the a of the next period among them."""
    return Stack(
        layers=[Layer("a", A, 3.1e-9), Layer("b", B, 1.7e-9), Layer("c", C, 7.3e-9)],
        interfaces=[
            Interface(Resistance(2.3e-9), between=("a", "b")),
            Interface(Conductance(5.1e8), between=("b", "c")),
            Interface(Resistance(4.7e-9), between=("c", "a")),
        ],
        **more,  # type: ignore[arg-type]
    )


def laminate(stack: Stack) -> tuple[Fraction, Fraction]:
    """Across and along, in rational numbers."""
    d = [Fraction(layer.thickness) for layer in stack.layers]  # type: ignore[union-attr]
    through = [Fraction(layer.material.conductivity(300.0)) for layer in stack.layers]  # type: ignore[union-attr]
    along = [Fraction(layer.material.lateral(300.0)) for layer in stack.layers]  # type: ignore[union-attr]
    joints = [Fraction(entry.law.resistance) for entry in stack.interfaces]  # type: ignore[union-attr]
    resistance = sum(t / k for t, k in zip(d, through, strict=True)) + sum(joints)
    return sum(d) / resistance, sum(t * k for t, k in zip(d, along, strict=True)) / sum(d)


def test_last_layer_meets_the_first() -> None:
    stack = three()
    across, along = laminate(stack)
    found = effective(stack)
    assert found.zz == pytest.approx(float(across), rel=1e-14)
    assert found.xx == pytest.approx(float(along), rel=1e-14)
    assert found.xz == 0.0
    assert found.series == pytest.approx(float(across), rel=1e-14)
    assert found.parallel == pytest.approx(float(along), rel=1e-14)
    perfect, _ = laminate(replace(stack, interfaces=[]))
    assert found.perfect is not None
    assert found.perfect.zz == pytest.approx(float(perfect), rel=1e-14)


def test_boundaries_and_heat_do_not_count() -> None:
    stack = three()
    busy = replace(
        stack,
        layers=[replace(layer, heat=7.0) for layer in stack.layers],  # type: ignore[type-var]
        boundaries={"bottom": Boundary(HeatFlux(1e6)), "top": Boundary(Temperature(412.0))},
        solve=SolveOptions(properties_at=300.0),
    )
    assert effective(busy).tensor == effective(stack).tensor


def test_many_layers() -> None:
    """2e5 layers in nested groups: as many contacts as layers, all counted."""
    drawn = random.Random(5)
    inner = Group(9, (Layer("a", A, drawn.uniform(1, 5) * 1e-9), Layer("b", B, drawn.uniform(1, 5) * 1e-9)))
    stack = Stack(
        layers=[Group(10_000, (inner, Layer("c", C, 2.9e-9), Layer("b", B, 1.3e-9)))],
        interfaces=[
            Interface(Resistance(1.9e-9), materials=("a", "b")),
            Interface(Resistance(3.3e-9), materials=("b", "c")),
        ],
    )
    one = [layer.thickness for layer in inner.layers]  # type: ignore[union-attr]
    d = [*one * 9, 2.9e-9, 1.3e-9]
    k = [3.7, 0.83] * 9 + [41.0, 0.83]
    joints = 17 * 1.9e-9 + 2 * 3.3e-9 + 1.9e-9  # within the nine, c between two b, b below the next a
    exact = math.fsum(d) / (math.fsum(t / c for t, c in zip(d, k, strict=True)) + joints)
    found = effective(stack)
    assert found.cells == 200_000
    assert found.zz == pytest.approx(exact, rel=1e-10)


def test_insulating_contact() -> None:
    stack = replace(three(), interfaces=[Interface(Insulated(), between=("a", "b"))])
    found = effective(stack)
    assert found.zz == 0.0
    assert found.series == 0.0
    assert found.xx == pytest.approx(float(laminate(three())[1]))


def test_one_layer_is_itself() -> None:
    assert effective(Stack(layers=[Layer("a", A, 2e-9)])).tensor == pytest.approx(
        {"zz": 3.7, "xx": 5.9, "xz": 0.0}
    )


def test_the_mesh_agrees_with_the_sums() -> None:
    """The same layers as a plane: across through the seam of top and bottom, along through that of left and right."""
    flat = three(geometry=Geometry("plane", x=(-2e-9, 3e-9), depth=0.2), mesh=MeshOptions(x=5, z=23))
    sums, mesh = effective(three()), effective(flat)
    assert mesh.zz == pytest.approx(sums.zz, rel=1e-12)
    assert mesh.xx == pytest.approx(sums.xx, rel=1e-12)
    assert abs(mesh.xz or 0.0) < 1e-12
    assert mesh.series == pytest.approx(sums.series, rel=1e-12)
    assert mesh.parallel == pytest.approx(sums.parallel, rel=1e-12)


def test_axisymmetric_layers() -> None:
    round_one = three(geometry=Geometry("axisymmetric", x=(0.4e-9, 3e-9)), mesh=MeshOptions(x=6, z=20))
    found = effective(round_one)
    assert found.zz == pytest.approx(effective(three()).zz, rel=1e-12)
    assert found.xx is None
    assert found.xz is None


def upright(width: float) -> Stack:
    """Columns: a regular laminate that stands on edge."""
    return Stack(
        layers=[Layer("b", B, 2.1e-9)],
        geometry=Geometry("plane", x=(0.0, 5e-9)),
        regions=[Region("c", C, Rectangle((0.0, width), None))],
        interfaces=[Interface(Resistance(3.9e-9), between=("b", "c"))],
        mesh=MeshOptions(x=40, z=3),
    )


def test_columns() -> None:
    width = 1.3e-9
    found = effective(upright(width))
    d, k = (width, 5e-9 - width), (41.0, 0.83)
    assert found.xx == pytest.approx(5e-9 / (d[0] / k[0] + d[1] / k[1] + 2 * 3.9e-9), rel=1e-12)
    assert found.zz == pytest.approx((d[0] * k[0] + d[1] * k[1]) / 5e-9, rel=1e-12)


def staircase(first: Material, second: Material, cells: int, mirrored: bool = False) -> Stack:
    """Squares along a diagonal: heat along x for a gradient along z."""
    size = 3e-6
    squares = [(0, 0), (1, 1), (1, 0)]
    regions = []
    for number, (i, j) in enumerate(squares):
        i = 2 - i if mirrored else i
        x, z = (i * size / 3, (i + 1) * size / 3), (j * size / 3, (j + 1) * size / 3)
        regions.append(Region(f"square {number}", second, Rectangle(x, z)))
    return Stack(
        layers=[Layer("host", first, size)],
        geometry=Geometry("plane", x=(0.0, size)),
        regions=regions,
        mesh=MeshOptions(x=cells, z=cells),
    )


def test_off_diagonal_component() -> None:
    """Phase exchange (Mendelson): K(k2, k1) turned by 90 degrees is k1 k2 K(k1, k2)^-1, xz included."""
    soft, hard = Material("soft", conductivity=1.3), Material("hard", conductivity=5.2)

    def tensor(found: Effective) -> np.ndarray:
        assert found.xx is not None
        assert found.xz is not None
        return np.array([[found.xx, found.xz], [found.xz, found.zz]])

    one = tensor(effective(staircase(soft, hard, 96)))
    other = tensor(effective(staircase(hard, soft, 96)))
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])
    assert abs(one[0, 1]) > 0.04
    assert turn @ other @ turn.T == pytest.approx(1.3 * 5.2 * np.linalg.inv(one), rel=0.012, abs=2e-3)
    mirrored = effective(staircase(soft, hard, 96, mirrored=True))
    assert mirrored.xz == pytest.approx(-one[0, 1], rel=1e-9)
    assert mirrored.zz == pytest.approx(one[1, 1], rel=1e-9)


def test_bounds_hold() -> None:
    drawn = np.random.default_rng(11)
    for _ in range(8):
        k = [Material(name, conductivity=float(10 ** drawn.uniform(-1, 2))) for name in ("one", "two")]
        resistance = float(10 ** drawn.uniform(-9, -6))
        stack = Stack(
            layers=[Layer("one", k[0], 1e-6), Layer("two", k[1], float(drawn.uniform(0.1, 1)) * 1e-6)],
            geometry=Geometry("plane", x=(0.0, 1e-6)),
            regions=[Region("dot", k[1], Circle((0.5e-6, 0.5e-6), 0.31e-6))],
            interfaces=[Interface(Resistance(resistance), materials=("one", "two"))],
            mesh=MeshOptions(x=32, z=48),
        )
        found = effective(stack)
        assert found.xx is not None
        assert found.series <= min(found.zz, found.xx) * (1 + 1e-9)
        assert found.parallel >= max(found.zz, found.xx) * (1 - 1e-9)
        assert found.perfect is not None
        assert found.perfect.zz >= found.zz


def test_many_cells_by_multigrid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same numbers from both solvers, pieces that float (an insulated particle) included."""
    stack = Stack(
        layers=[Layer("b", B, 1e-6), Layer("a", A, 0.7e-6)],
        geometry=Geometry("plane", x=(0.0, 1e-6)),
        regions=[
            Region("dot", C, Circle((0.4e-6, 0.5e-6), 0.23e-6)),
            Region("alone", C, Rectangle((0.2e-6, 0.5e-6), (1.2e-6, 1.5e-6))),
        ],
        interfaces=[
            Interface(Resistance(1.3e-8), between=("b", "dot")),
            Interface(Insulated(), between=("a", "alone")),
        ],
        mesh=MeshOptions(x=48, z=80),
    )
    direct = effective(stack)
    monkeypatch.setattr("kapitza.linear.choose.MANY", 100)
    found = effective(stack)
    assert found.zz == pytest.approx(direct.zz, rel=1e-9)
    assert found.xx == pytest.approx(direct.xx, rel=1e-9)
    assert found.xz == pytest.approx(direct.xz, abs=1e-9)


def test_void_between() -> None:
    """Layers of different widths: what is not there does not conduct, and counts in the area."""
    stack = Stack(
        layers=[Layer("b", B, 2e-6), Layer("c", C, 1e-6, x=(0.0, 0.5e-6))],
        geometry=Geometry("plane", x=(0.0, 2e-6)),
        mesh=MeshOptions(x=16, z=12),
    )
    found = effective(stack)
    assert found.xx == pytest.approx(2.0 / 3.0 * 0.83, rel=0.2)
    assert found.series == 0.0
    assert 0.0 < found.zz < found.parallel


# Temperature -------------------------------------------------------------------------------------------------


def test_temperature() -> None:
    falling = Material("a", conductivity=Power(value=120.0, at=300.0, power=-1.4))
    law = power_law(37.0, 4.0)
    stack = Stack(
        layers=[Layer("a", falling, 4e-6), Layer("b", B, 1.5e-6)],
        interfaces=[Interface(law, materials=("a", "b"))],
    )
    for T in (77.0, 300.0, 431.0):
        k, G = 120.0 * (T / 300.0) ** -1.4, 4.0 * 37.0 * T**3
        exact = 5.5e-6 / (4e-6 / k + 1.5e-6 / 0.83 + 2.0 / G)
        found = effective(stack, at=T)
        assert found.zz == pytest.approx(exact, rel=1e-12)
        assert found.temperature == T
    assert effective(stack).temperature == 300.0
    assert effective(replace(stack, solve=SolveOptions(properties_at=77.0))).temperature == 77.0
    flat = replace(stack, geometry=Geometry("plane", x=(0.0, 1e-6)), mesh=MeshOptions(x=3, z=12))
    assert effective(flat, at=431.0).zz == pytest.approx(effective(stack, at=431.0).zz, rel=1e-12)


def test_phonon_model_of_every_pair() -> None:
    """One entry of a model, materials from the library: its conductance at the temperature asked for."""
    case = Case.from_dict(
        {
            "geometry": {"kind": "slab", "area": "1 mm^2"},
            "layers": [
                {"name": "s", "material": "silicon", "thickness": "8 nm"},
                {"name": "g", "material": "germanium", "thickness": "5 nm"},
            ],
            "interfaces": [{"materials": ["silicon", "germanium"], "model": "dmm"}],
        }
    )
    cold, warm = kp.effective(case, at=40.0), kp.effective(case, at=300.0)
    from kapitza.interfaces.compare import compare

    silicon, germanium = kp.material("silicon"), kp.material("germanium")
    for found, T in ((cold, 40.0), (warm, 300.0)):
        rows = compare(silicon, germanium, T, "dmm").rows
        (row,) = [row for row in rows if row.law.describe()["cutoff"] == "branch"]
        sums = 8e-9 / silicon.conductivity(T) + 5e-9 / germanium.conductivity(T) + 2 / row.conductance
        assert found.zz == pytest.approx(13e-9 / sums, rel=1e-9)


def test_what_a_researcher_should_be_told() -> None:
    """Layers thinner than the mean free path, and a model outside its range."""
    found = kp.effective(
        kp.load(CASES / "superlattice_gaas_alas_52nm.toml").replace({"interfaces.0.model": "amm"})
    )
    said = " ".join(found.warnings)
    assert "amm: 300 K is above 17.08 K" in said
    assert "26 nm is thinner than the mean free path of GaAs" in said
    assert "26 nm is thinner than the mean free path of AlAs" in said
    assert found.summary()["warnings"] == list(found.warnings)


# Errors ------------------------------------------------------------------------------------------------------


def test_what_has_no_cell() -> None:
    with pytest.raises(InputError, match="a cylinder repeats nothing along its radius"):
        effective(three(geometry=Geometry("cylinder", inner_radius=1e-6)))


@pytest.mark.parametrize("at", [0.0, -3.0, math.nan, math.inf])
def test_temperatures_that_are_none(at: float) -> None:
    with pytest.raises(InputError, match="not above absolute zero"):
        effective(three(), at=at)


def test_outside_of_what_is_known() -> None:
    table = Material("known", conductivity=Table((200.0, 400.0), (3.0, 2.0)))
    stack = Stack(layers=[Layer("known", table, 1e-6), Layer("b", B, 1e-6)])
    assert effective(stack, at=300.0).zz == pytest.approx(2.0 / (1 / 2.5 + 1 / 0.83))
    with pytest.raises(InputError, match="500"):
        effective(stack, at=500.0)


def test_problems_have_their_line() -> None:
    case = Case.from_dict(
        {
            "geometry": {"kind": "slab", "area": "1 mm^2"},
            "layers": [{"material": "silicon", "thickness": "8 nm"}],
        }
    )
    assert kp.effective(case).xx == pytest.approx(kp.effective(case).zz)
    with pytest.raises(InputError, match="neither a Case nor a Stack"):
        kp.effective("cases/cpu_die.toml")  # type: ignore[arg-type]


# The command -------------------------------------------------------------------------------------------------


Captured = pytest.CaptureFixture[str]


def run(capsys: Captured, *arguments: str) -> tuple[int, str, str]:
    code = kapitza.cli.main(["effective", *arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_command_prints_json(capsys: Captured) -> None:
    path = str(CASES / "superlattice_w_al2o3.toml")
    code, out, _ = run(capsys, path, "--json", "--at", "300 K")
    assert code == 0
    answer = json.loads(out)
    exact = 6.1e-9 / (2.7e-9 / 46.0 + 3.4e-9 / 1.65 + 2.0 / 260e6)
    assert answer["conductivity"]["zz"] == pytest.approx(exact, rel=1e-10)
    assert answer["conductivity"]["xx"] == pytest.approx((2.7 * 46.0 + 3.4 * 1.65) / 6.1, rel=1e-10)
    assert answer["conductivity"]["xz"] == 0.0
    assert answer["bounds"]["series"] == pytest.approx(exact, rel=1e-10)
    assert answer["bounds"]["parallel"] == answer["conductivity"]["xx"]


def test_command_prints_a_table(capsys: Captured) -> None:
    code, out, _ = run(capsys, str(CASES / "superlattice_along.toml"))
    assert code == 0
    assert "through (z)" in out
    assert "along (x)" in out
    assert "with perfect contacts" in out
    assert "bounds:" in out


def test_command_refuses(capsys: Captured) -> None:
    code, out, err = run(capsys, str(CASES / "cylinder.toml"))
    assert code == 2
    assert out == ""
    assert "cylinder.toml:" in err  # the line of the key
    assert "repeats nothing along its radius" in err
    code, _, err = run(capsys, str(CASES / "superlattice_along.toml"), "--at", "warm")
    assert code == 2
    assert "--at" in err


PERIOD = """
[geometry]
kind = "slab"
area = "4 cm^2"

[materials.a]
conductivity = "3.7 W/(m*K)"

[materials.b]
conductivity = "0.83 W/(m*K)"

[materials.c]
conductivity = "41 W/(m*K)"

[[layers]]
material = "a"
thickness = "3.1 nm"

[[layers]]
material = "b"
thickness = "1.7 nm"

[[layers]]
material = "c"
thickness = "7.3 nm"

[[interfaces]]
{label} = ["a", "c"]
resistance = "4.7 m^2*K/GW"
"""


def test_more_layers_than_memory_are_refused_at_once() -> None:
    stack = three()
    many = replace(stack, layers=[Group(10**11, stack.layers)])  # type: ignore[arg-type]
    with pytest.raises(ResourceError, match="fewer repetitions"):
        effective(many)


def test_a_circle_over_a_periodic_side_is_told() -> None:
    def warned(center: float, *more: Region) -> list[str]:
        disc = Region("disc", B, Circle((center, 2.3e-6), 1.1e-6))
        stack = Stack(
            [Layer("a", A, 5e-6)],
            Geometry("plane", x=(0.0, 7e-6)),
            regions=[disc, *more],
            boundaries={
                "left": Boundary(Periodic()),
                "right": Boundary(Periodic()),
                "top": Boundary(Temperature(300.0)),
                "bottom": Boundary(Temperature(310.0)),
            },
            mesh=MeshOptions(x=35, z=25),
        )
        return [text for text in kp.solve(stack).warnings if "cut off" in text]

    assert not warned(3.1e-6)
    assert "beyond the left" in warned(0.4e-6)[0]
    assert not warned(0.4e-6, Region("image", B, Circle((7.4e-6, 2.3e-6), 1.1e-6)))


@pytest.mark.parametrize("label", ["between", "materials"])
def test_a_file_names_the_contact_of_a_period_with_the_next(label: str, tmp_path: Path) -> None:
    file = tmp_path / "period.toml"
    file.write_text(PERIOD.format(label=label))
    expected = 12.1e-9 / (3.1e-9 / 3.7 + 1.7e-9 / 0.83 + 7.3e-9 / 41.0 + 4.7e-9)
    assert effective(kp.load(file).stack).zz == pytest.approx(expected, rel=1e-12)
    with file.open("a") as more:
        more.write('\n[boundary.top]\ntemperature = "300 K"\n')
    with pytest.raises(InputError, match="'a' and 'c' do not touch"):
        kp.load(file)


def _cell_with(regions: list[dict[str, object]], kind: str = "plane") -> kp.Case:
    width = {"radius": "9 um"} if kind == "axisymmetric" else {"width": "9 um"}
    return kp.Case.from_dict(
        {
            "geometry": {"kind": kind, **width},
            "materials": {"a": {"conductivity": "1.3 W/(m*K)"}, "b": {"conductivity": "7 W/(m*K)"}},
            "layers": [{"name": "matrix", "material": "a", "thickness": "11 um"}],
            "regions": [{"name": f"p{i}", "material": "b", **region} for i, region in enumerate(regions)],
            "boundary": {"bottom": {"temperature": "301 K"}, "top": {"temperature": "300 K"}},
            "mesh": {"x": 36, "z": 44},
        }
    )


def _disk(x: float, z: float, radius: float = 2.0) -> dict[str, object]:
    return {"shape": "circle", "center": [f"{x} um", f"{z} um"], "radius": f"{radius} um"}


@pytest.mark.parametrize(
    ("regions", "kind", "told"),
    [
        ([_disk(4, 5)], "plane", []),
        ([_disk(2, 5)], "plane", []),  # touches the side
        ([_disk(8, 5)], "plane", ["p0: reaches 1e-06 m beyond the right"]),
        ([_disk(8, 5), _disk(-1, 5)], "plane", []),
        ([_disk(8, 5), _disk(-1, 5.5)], "plane", ["beyond the right", "beyond the left"]),
        ([_disk(0, 0), _disk(9, 0), _disk(0, 11), _disk(9, 11)], "plane", []),
        (
            [_disk(0, 0), _disk(9, 0), _disk(0, 11)],
            "plane",
            ["p1: reaches 2e-06 m beyond the bottom", "p2: reaches 2e-06 m beyond the left"],
        ),
        ([_disk(0, 5, 3)], "axisymmetric", []),
        ([_disk(0, 2, 3), _disk(0, 13, 3)], "axisymmetric", []),
        ([_disk(0, 2, 3)], "axisymmetric", ["beyond the bottom"]),
        ([_disk(8, 5)], "axisymmetric", ["beyond the outer"]),
    ],
)
def test_what_sticks_out_of_the_cell_is_told(
    regions: list[dict[str, object]], kind: str, told: list[str]
) -> None:
    said = [text for text in kp.effective(_cell_with(regions, kind)).warnings if "beyond the" in text]
    assert len(said) == len(told), said
    for part in told:
        assert any(part in text for text in said), said


def test_a_particle_across_the_sides_is_the_particle_in_the_middle() -> None:
    """The cell shifted by half a period: four quarters at the corners conduct what the whole in the middle does."""
    whole = kp.effective(_cell_with([_disk(4.5, 5.5)]))
    quarters = kp.effective(_cell_with([_disk(0, 0), _disk(9, 0), _disk(0, 11), _disk(9, 11)]))
    assert quarters.zz == pytest.approx(whole.zz, rel=2e-6)
    assert quarters.xx == pytest.approx(whole.xx, rel=2e-6)
