"""Pictures of 2-D solutions: maps, isotherms that end at joints, heat-flow lines, names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import kapitza as kp
from figure_checks import axes_of, check, drawn, texts, words
from kapitza.api import solve
from kapitza.output import read, write
from kapitza.output.figure import draw, figure_of
from kapitza.output.plane_data import Plane, Stretch, heat_density
from kapitza.output.plane_lines import heat_lines, isotherms, leaves_evenly

MM, UM, NM = 1e-3, 1e-6, 1e-9
SILICON, COPPER, ALUMINIUM = (
    kp.Material("silicon", 121.0),
    kp.Material("copper", 389.0),
    kp.Material("Al", 203.0),
)
PASTE, EPOXY, FR4 = kp.Material("paste", 3.7), kp.Material("epoxy", 0.52), kp.Material("FR4", 0.31)


def joint(below: str, above: str, resistance: float) -> kp.Interface:
    return kp.Interface(kp.Resistance(resistance), between=(below, above))


def package(sink: float = 8 * MM, x: int = 90, z: int = 70) -> kp.Stack:
    """Die, paste, lid, paste, sink of three widths; 50 µm beside the sink's thickness."""
    return kp.Stack(
        [
            kp.Layer("die", SILICON, 0.5 * MM, heat=120.0, x=(-8 * MM, 8 * MM)),
            kp.Layer("paste 1", PASTE, 0.05 * MM, x=(-8 * MM, 8 * MM)),
            kp.Layer("copper lid", COPPER, 2 * MM, x=(-16 * MM, 16 * MM)),
            kp.Layer("paste 2", PASTE, 0.08 * MM, x=(-16 * MM, 16 * MM)),
            kp.Layer("aluminium sink", ALUMINIUM, sink),
        ],
        geometry=kp.Geometry("plane", x=(-30 * MM, 30 * MM), depth=16 * MM),
        interfaces=[joint("die", "paste 1", 5e-6), joint("paste 2", "aluminium sink", 7e-6)],
        boundaries={"top": kp.Boundary(kp.Reservoir(298.15, kp.Resistance(4e-4)))},
        title="Die, paste, lid, paste, sink",
        temperature_unit="degC",
        mesh=kp.MeshOptions(x=x, z=z),
    )


def round_chip() -> kp.Stack:
    return kp.Stack(
        [
            kp.Layer("chip", SILICON, 0.4 * MM, x=(0.0, 3 * MM)),
            kp.Layer("solder", kp.Material("solder", 51.0), 0.1 * MM, x=(0.0, 3 * MM)),
            kp.Layer("copper spreader", COPPER, 3 * MM),
            kp.Layer("plate", ALUMINIUM, 10 * MM),
        ],
        geometry=kp.Geometry("axisymmetric", x=(0.0, 20 * MM), fill=EPOXY),
        interfaces=[joint("copper spreader", "plate", 1e-5)],
        boundaries={
            "bottom": kp.Boundary(patches=(kp.Patch((0.0, 3 * MM), kp.HeatFlux(1.1e6)),)),
            "top": kp.Boundary(kp.Temperature(300.0)),
        },
        mesh=kp.MeshOptions(x=60, z=60),
    )


def bumps(n: int = 10) -> kp.Stack:
    regions = [
        kp.Region(f"bump {i + 1}", COPPER, kp.Rectangle((a, a + 20 * UM), (100 * UM, 140 * UM)))
        for i, a in enumerate(np.linspace(10 * UM, 370 * UM, n))
    ]
    return kp.Stack(
        [
            kp.Layer("substrate", FR4, 100 * UM),
            kp.Layer("underfill", EPOXY, 40 * UM),
            kp.Layer("chip", SILICON, 200 * UM),
        ],
        geometry=kp.Geometry("plane", x=(0.0, 400 * UM)),
        regions=regions,
        interfaces=[kp.Interface(kp.Resistance(1e-7), materials=("copper", "epoxy"))],
        boundaries={"top": kp.Boundary(kp.HeatFlux(1.2e6)), "bottom": kp.Boundary(kp.Temperature(301.0))},
        mesh=kp.MeshOptions(x=100, z=60),
    )


def narrow_die() -> kp.Stack:
    """A flat domain: a die of 2 mm in 100 mm of mold."""
    return kp.Stack(
        [kp.Layer("die", SILICON, 0.3 * MM, heat=5.0, x=(9 * MM, 11 * MM)), kp.Layer("board", FR4, 1.6 * MM)],
        geometry=kp.Geometry("plane", x=(0.0, 100 * MM), depth=5 * MM, fill=EPOXY),
        boundaries={
            "top": kp.Boundary(kp.Reservoir(302.0, kp.Resistance(0.02))),
            "bottom": kp.Boundary(kp.Reservoir(311.0, kp.Resistance(0.1))),
        },
        mesh=kp.MeshOptions(x=150, z=40),
    )


def superlattice(n: int = 100) -> kp.Stack:
    pair = (kp.Layer(None, SILICON, 10 * NM), kp.Layer(None, ALUMINIUM, 12 * NM))
    return kp.Stack(
        [kp.Group(n, pair), kp.Layer("substrate", SILICON, 20 * UM)],
        geometry=kp.Geometry("plane", x=(0.0, 30 * UM)),
        interfaces=[kp.Interface(kp.Resistance(3e-9), materials=("silicon", "Al"))],
        boundaries={
            "bottom": kp.Boundary(patches=(kp.Patch((0.0, 8 * UM), kp.HeatFlux(1e8)),)),
            "top": kp.Boundary(kp.Temperature(300.0)),
        },
        mesh=kp.MeshOptions(x=40),
    )


def tower() -> kp.Stack:
    """Twelve layers, higher than wide: names stand beside."""
    return kp.Stack(
        [kp.Layer(f"layer number {i}", kp.Material(f"m{i}", 1.1 + i), (1 + i % 3) * MM) for i in range(12)],
        geometry=kp.Geometry("plane", x=(0.0, 6 * MM)),
        interfaces=[joint("layer number 3", "layer number 4", 1e-3)],
        boundaries={"bottom": kp.Boundary(kp.Temperature(400.0)), "top": kp.Boundary(kp.Temperature(300.0))},
        mesh=kp.MeshOptions(x=12, z=80),
    )


def still() -> kp.Stack:
    return kp.Stack(
        [kp.Layer("a", SILICON, 1 * MM), kp.Layer("b $_{ 硅", ALUMINIUM, 1 * MM, x=(0.0, 2 * MM))],
        geometry=kp.Geometry("plane", x=(0.0, 5 * MM)),
        boundaries={"bottom": kp.Boundary(kp.Temperature(300.0))},
        mesh=kp.MeshOptions(x=10, z=8),
    )


def two_ways() -> kp.Stack:
    """Heat from the left to the right and to the top, source inside: no resistance, drops only."""
    return kp.Stack(
        [kp.Layer("a layer with quite a long name", FR4, 2 * MM, heat=1.5), kp.Layer("b", COPPER, 3 * MM)],
        geometry=kp.Geometry("plane", x=(0.0, 7 * MM)),
        boundaries={
            "left": kp.Boundary(kp.Temperature(320.0)),
            "right": kp.Boundary(kp.Temperature(260.0)),
            "top": kp.Boundary(kp.Reservoir(250.0, kp.Resistance(1e-3))),
        },
        temperature_unit="degC",
        mesh=kp.MeshOptions(x=30, z=30),
    )


def sheet() -> kp.Stack:
    """Much wider than high, and one layer only."""
    return kp.Stack(
        [kp.Layer("sheet", COPPER, 3 * MM)],
        geometry=kp.Geometry("plane", x=(0.0, 120 * MM)),
        boundaries={"left": kp.Boundary(kp.Temperature(300.0)), "right": kp.Boundary(kp.Heat(7.0))},
        mesh=kp.MeshOptions(x=40, z=6),
    )


CASES: dict[str, Callable[[], kp.Stack]] = {
    "package": package,
    "high sink": lambda: package(60 * MM),
    "round chip": round_chip,
    "bumps": bumps,
    "many bumps": lambda: bumps(17),
    "narrow die": narrow_die,
    "superlattice": superlattice,
    "tower": tower,
    "still": still,
    "sheet": sheet,
    "two ways": two_ways,
    "both sides": lambda: cooled_on_both_sides(),
}


@pytest.mark.parametrize("name", CASES)
def test_texts_do_not_overlap_and_axes_have_units(name: str) -> None:
    check(drawn(solve(CASES[name]())))


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_draws_what_the_result_file_holds(tmp_path: Path, suffix: str) -> None:
    solution = solve(package())
    write(solution, tmp_path / "out.h5")
    draw(solution, tmp_path / f"direct{suffix}")
    draw(read(tmp_path / "out.h5"), tmp_path / f"stored{suffix}")
    assert (tmp_path / f"direct{suffix}").read_bytes() == (tmp_path / f"stored{suffix}").read_bytes()


def test_thin_layers_are_enlarged_and_named() -> None:
    figure = drawn(solve(package(60 * MM)))
    labels = [a.get_label() for a in figure.axes]
    assert labels == ["to scale", "thin parts enlarged", "colours", "budget"]
    true, enlarged = (axes_of(figure, label) for label in labels[:2])
    box, limits = true.get_position(), (np.ptp(true.get_xlim()), np.ptp(true.get_ylim()))
    inches = figure.get_size_inches()
    assert box.width * inches[0] / limits[0] == pytest.approx(box.height * inches[1] / limits[1])
    ticks = [t.get_text() for t in enlarged.get_yticklabels()]
    assert ticks == ["0", "0.5", "0.55", "2.55", "2.63", "62.63"]
    assert np.diff(enlarged.get_yticks()).min() * enlarged.get_position().height * inches[1] * 2.54 > 0.4
    assert {"die", "paste 1", "copper lid", "paste 2", "aluminium sink", "T (°C)"} <= words(figure)


def test_budget_with_spreading() -> None:
    figure = drawn(solve(package()))
    assert {"spreading", "top surface", "die|paste 1"} <= words(figure)
    kinds = [text.get_text() for text in figure.legends[0].get_texts()]
    assert kinds == ["layer", "joint", "surface film", "spreading"]
    bars = {t.get_text().split("  ")[0] for t in texts(figure) if "%" in t.get_text()}
    assert "50.0 K" in bars  # 120 W through 4e-4 m² K/W over 60 × 16 mm


def test_colour_bar_shows_the_isotherms_that_are_drawn() -> None:
    figure = drawn(solve(package()))
    levels = axes_of(figure, "colours").get_yticks()
    low, high = axes_of(figure, "colours").get_ylim()
    assert len(levels) > 3
    assert low <= min(levels) <= max(levels) <= high
    assert any("isotherms every 5.00 K" in word for word in words(figure))


def test_axis_of_rotation_is_marked() -> None:
    figure = drawn(solve(round_chip()))
    assert any(line.get_label() == "axis" for line in axes_of(figure, "to scale").lines)
    assert axes_of(figure, "to scale").get_xlabel().startswith("r (mm)")
    figure = drawn(solve(package()))
    assert not any(line.get_label() == "axis" for line in axes_of(figure, "to scale").lines)


def test_small_pieces_are_numbered() -> None:
    shown = words(drawn(solve(bumps())))
    assert {"1", "10", "1  bump 1", "10  bump 10", "underfill", "chip", "substrate"} <= shown


def test_a_million_cells_are_drawn_quickly() -> None:
    n = 1000
    z, x = np.linspace(0.0, 0.01, n + 1), np.linspace(0.0, 0.05, n + 1)
    Z, X = np.meshgrid(0.5 * (z[1:] + z[:-1]), 0.5 * (x[1:] + x[:-1]), indexing="ij")
    T = 300.0 + 40.0 * np.exp(-Z / 0.004) * np.cos(40.0 * X) - 9.0 * (Z > 0.0005)
    names = ["die", "sink"]
    layout = SimpleNamespace(n_pieces=2, n_layers=2, name=names.__getitem__, material=lambda i: COPPER)
    summary = {
        "geometry": "plane",
        "temperature": {"min": float(T.min()), "max": float(T.max())},
        "boundaries": {"bottom": {"heat": 31.0}, "top": {"heat": -31.0}},
        "resistance": {"total": None, "parts": []},
        "layers": [{"name": "die", "bottom": 340.0, "top": 333.0}],
        "interfaces": [{"name": "die|sink", "jump": 9.0}],
    }
    solution = SimpleNamespace(
        stack=SimpleNamespace(title="large", temperature_unit="K", geometry=kp.Geometry("plane", x=(0.0, 0.05))),
        layout=layout, temperature=T, z_edges=z, x_edges=x, heat_flux_z=T, heat_flux_x=0.1 * T,
        piece=(Z > 0.0005).astype(np.int32), piece_names=names, interfaces={}, summary=lambda: summary,
    )  # fmt: skip
    figure_of(solution)
    start = perf_counter()
    figure = figure_of(solution)
    figure.canvas.draw()
    assert perf_counter() - start < 5.0
    meshes = [c for a in figure.axes for c in a.collections if type(c).__name__ == "QuadMesh"]
    assert max(np.size(mesh.get_array()) for mesh in meshes) <= 700 * 700


# Fields with known curves -----------------------------------------------------------------------------------


def field(T: Callable[[Any, Any], Any], qz: Any, qx: Any, z: Any, x: Any, **changes: Any) -> Plane:
    """Cells of T(z, x) with the fluxes qz(z, x), qx(z, x)."""
    Z, X = np.meshgrid(0.5 * (z[1:] + z[:-1]), 0.5 * (x[1:] + x[:-1]), indexing="ij")
    ones = np.ones_like(Z)
    fluxes = qz(Z, X) * ones, qx(Z, X) * ones
    source = heat_density(*fluxes, z, x, axisymmetric=changes.get("lateral") == "r")
    plane = Plane(
        z=z, x=x, T=T(Z, X) * ones, qz=fluxes[0], qx=fluxes[1], source=source, piece=np.zeros(Z.shape, dtype=np.intp),
        names=["a", "b"], joints=[], lateral="x", temperature_unit="K", sides={"bottom": 3.0, "top": -3.0},
    )  # fmt: skip
    return replace(plane, **changes)


def test_isotherms_end_at_a_joint() -> None:
    z, x = np.linspace(0.0, 2.0, 21), np.linspace(0.0, 3.0, 16)
    tilted = lambda Z, X: np.where(Z < 0.8, 500.0 - 30.0 * Z + 7.0 * X, 400.0 - 30.0 * Z + 7.0 * X)  # noqa: E731
    plane = field(tilted, lambda Z, X: 1.0, lambda Z, X: 0.0, z, x)
    upper = np.broadcast_to((0.5 * (z[1:] + z[:-1]) > 0.8)[:, np.newaxis], plane.T.shape)
    plane = replace(plane, piece=upper.astype(np.intp))
    assert isotherms(plane, [450.0]) == []  # within the jump
    for level, offset, inside in ((490.0, 500.0, lambda b: b <= 0.8), (375.0, 400.0, lambda b: b >= 0.8)):
        curves = isotherms(plane, [level])
        assert len(curves) == 1
        a, b = curves[0]
        assert np.all(inside(b + np.where(level > 450.0, -1e-9, 1e-9)))
        assert offset - 30.0 * b + 7.0 * a == pytest.approx(np.full(len(a), level), abs=1e-9)
    a, b = isotherms(plane, [490.0])[0]
    assert b.max() == pytest.approx(0.8)  # as far as the joint, not half a cell before it


def test_isotherms_do_not_cross_what_lies_between() -> None:
    z, x = np.linspace(0.0, 1.0, 11), np.linspace(0.0, 1.0, 11)
    plane = field(lambda Z, X: 300.0 + 10.0 * Z, lambda Z, X: 1.0, lambda Z, X: 0.0, z, x)
    piece = np.zeros(plane.T.shape, dtype=np.intp)
    piece[:, 5] = 1  # one column of another piece, hotter
    plane = replace(plane, piece=piece, T=np.where(piece == 1, 350.0, plane.T))
    curves = isotherms(plane, [305.3])
    assert len(curves) == 2
    for a, _ in curves:
        assert a.max() <= 0.5 + 1e-9 or a.min() >= 0.6 - 1e-9


def test_heat_lines_carry_equal_heat() -> None:
    z, x = np.linspace(0.0, 2.0, 9), np.linspace(1.0, 4.0, 13)
    lines = heat_lines(field(lambda Z, X: -Z, lambda Z, X: 5.0, lambda Z, X: 0.0, z, x), 6)
    assert len(lines) == 6
    assert sorted(float(a.mean()) for a, _ in lines) == pytest.approx(
        list(1.0 + 3.0 * (np.arange(6) + 0.5) / 6)
    )
    for a, b in lines:
        assert np.ptp(a) < 1e-9
        assert b[0] < 0.05 * 2.0
        assert b[-1] > 0.95 * 2.0  # in the direction of the heat
    round_lines = heat_lines(
        field(
            lambda Z, X: -Z, lambda Z, X: 5.0, lambda Z, X: 0.0, z, np.linspace(0.0, 3.0, 121), lateral="r"
        ),
        6,
    )
    areas = sorted(float(a.mean()) ** 2 for a, _ in round_lines)
    assert areas == pytest.approx(list(9.0 * (np.arange(6) + 0.5) / 6), rel=0.03)


def test_heat_lines_follow_a_corner_flow() -> None:
    z, x = np.linspace(0.0, 1.0, 81), np.linspace(0.0, 1.0, 61)
    plane = field(
        lambda Z, X: X**2 - Z**2, lambda Z, X: 2.0 * Z, lambda Z, X: -2.0 * X, z, x,
        sides={"right": 2.0, "top": -2.0},
    )  # fmt: skip
    lines = heat_lines(plane, 7)
    assert len(lines) == 7
    for a, b in lines:
        product = a * b
        assert np.ptp(product) < 0.02
        assert b[-1] > 0.98
        assert a[0] > 0.95


def test_heat_lines_start_where_half_their_heat_has_arisen() -> None:
    z, x = np.linspace(0.0, 1.0, 41), np.linspace(0.0, 1.0, 41)
    plane = field(lambda Z, X: -Z, lambda Z, X: np.maximum(Z - 0.5, 0.0), lambda Z, X: 0.0, z, x)
    lines = heat_lines(plane, 5)
    assert len(lines) == 5
    for _, b in lines:
        assert b.min() == pytest.approx(0.75, abs=0.02)


def test_lines_of_a_source_cooled_on_both_sides_do_not_run_together() -> None:
    z, x = np.linspace(0.0, 1.0, 101), np.linspace(0.0, 2.0, 41)
    flux = lambda Z, X: np.clip(Z - 0.47, -0.08, 0.08) / 0.08  # noqa: E731
    plane = field(lambda Z, X: -Z, flux, lambda Z, X: 0.0, z, x, sides={"bottom": -2.0, "top": -2.0})
    lines = heat_lines(plane, 8)
    assert len(lines) == 8
    for a, b in lines:
        assert np.ptp(a) < 1e-9
        assert abs(b[0] - 0.47) == pytest.approx(0.04, abs=0.012)


def test_lines_from_nowhere_are_left_out() -> None:
    z, x = np.linspace(0.0, 1.0, 41), np.linspace(0.0, 1.0, 41)
    plane = field(lambda Z, X: -Z, lambda Z, X: 1.0, lambda Z, X: 0.0, z, x)
    void = plane.piece.copy()
    void[:20] = -1
    whole = replace(
        plane, piece=void, T=np.where(void < 0, np.nan, plane.T), qz=np.where(void < 0, np.nan, 1.0)
    )
    assert len(heat_lines(plane, 5)) == 5
    assert heat_lines(whole, 5) == []


@pytest.mark.parametrize("lateral", ["x", "r"])
def test_heat_density_is_found_from_the_fluxes(lateral: str) -> None:
    rng = np.random.default_rng(3)
    z, x = (np.cumsum(np.concatenate([[0.4], rng.uniform(0.02, 0.05, n)])) for n in (30, 24))
    # Fluxes through the faces, and at the centres as the solver gives them: means of two faces.
    up = 3.0 * z[:, np.newaxis] ** 2 * np.ones(24)
    across = 0.7 * x * np.ones((30, 1))
    qz, qx = 0.5 * (up[1:] + up[:-1]), 0.5 * (across[:, 1:] + across[:, :-1])
    found = heat_density(qz, qx, z, x, axisymmetric=lateral == "r")
    exact = 3.0 * (z[1:] + z[:-1]) + (1.4 if lateral == "r" else 0.7)
    assert found[5:-5, 5] == pytest.approx(exact[5:-5], rel=0.02)
    face = 1.0 / x  # no divergence around the axis
    radial = 0.5 * (face[1:] + face[:-1]) * np.ones((30, 1))
    still = heat_density(np.ones((30, 24)), radial, z, x, axisymmetric=True)
    assert np.abs(still).max() < 0.01 / x[0] ** 2  # the terms that cancel


def cooled_on_both_sides() -> kp.Stack:
    """A die between two plates, both of them cooled."""
    film = kp.Reservoir(300.0, kp.Resistance(4e-4))
    return kp.Stack(
        [
            kp.Layer("cold plate", ALUMINIUM, 3 * MM),
            kp.Layer("die", SILICON, 1 * MM, heat=70.0, x=(-6 * MM, 6 * MM)),
            kp.Layer("lid", COPPER, 2 * MM),
        ],
        geometry=kp.Geometry("plane", x=(-20 * MM, 20 * MM), depth=18 * MM),
        interfaces=[joint("cold plate", "die", 1e-5), joint("die", "lid", 3e-5)],
        boundaries={"bottom": kp.Boundary(film), "top": kp.Boundary(film)},
        mesh=kp.MeshOptions(x=160, z=60),
    )


def test_lines_start_in_the_die_and_arrows_stand_outside_it_off_the_names() -> None:
    figure = drawn(solve(cooled_on_both_sides()))
    axes = axes_of(figure, "to scale")
    lines = [np.asarray(line.get_xydata()) for line in axes.lines if line.get_label() == "heat"]
    assert len(lines) == 14
    for line in lines:
        start = line[0, 1]
        assert 3 * MM < start < 4 * MM
        assert np.abs(line[:, 0]).max() - np.abs(line[0, 0]) > 0.0
        assert np.all(np.diff(line[:, 1] - start) * np.sign(line[-1, 1] - start) > -1e-6)  # straight out
    names = [t.get_window_extent() for t in axes.texts if t.get_text()]
    heads = [a for a in axes.texts if not a.get_text()]
    assert len(heads) >= 10
    for head in heads:
        assert not 3 * MM <= head.xy[1] <= 4 * MM
        x, y = axes.transData.transform(head.xy)
        assert not any(box.x0 - 3 < x < box.x1 + 3 and box.y0 - 3 < y < box.y1 + 3 for box in names)


def test_a_plate_that_carries_no_heat_has_no_lines() -> None:
    stack = cooled_on_both_sides()
    figure = drawn(solve(replace(stack, boundaries={"bottom": stack.boundaries["bottom"]})))
    for line in axes_of(figure, "to scale").lines:
        if line.get_label() == "heat":
            assert np.asarray(line.get_ydata()).max() < 4 * MM


def test_heat_per_line_is_said_only_where_it_is_true() -> None:
    z, x = np.linspace(0.0, 1.0, 21), np.linspace(0.0, 1.0, 21)
    even = field(lambda Z, X: -Z, lambda Z, X: 1.0, lambda Z, X: 0.0, z, x)
    assert leaves_evenly(even)
    turning = field(lambda Z, X: -Z, lambda Z, X: 1.0 - 1.5 * X, lambda Z, X: 0.0, z, x)
    assert not leaves_evenly(turning)
    assert any("8.57 W each" in word for word in words(drawn(solve(package()))))


def test_a_map_of_a_part_is_traced_finely() -> None:
    stretch = Stretch.true(0.0, 10.0).focused(2.0, 2.1)
    assert stretch(np.array([0.0, 2.0, 2.1, 10.0])) == pytest.approx(
        [0.0, 5 * 2 / 9.9, 5 * 2 / 9.9 + 5.0, 10.0], abs=1e-12
    )
    whole = Stretch.true(0.0, 10.0)
    assert whole.focused(0.0, 10.0) is whole
    assert whole.focused(1.0, 9.0) is whole


def test_a_part_has_only_its_own_joints() -> None:
    plane = Plane.of(solution := solve(superlattice(20)), solution.summary())
    part = plane.cropped((0.0, 61 * NM), (0.0, 10 * UM))
    assert part.z[-1] == pytest.approx(66 * NM, rel=0.2)
    lines = part.joint_lines()
    assert lines
    for x, z in lines:
        assert x.min() >= 0.0
        assert x.max() <= part.x[-1] * (1 + 1e-12)
        assert z.max() <= part.z[-1] * (1 + 1e-12)
    heights = {round(float(z[0]) / NM, 6) for _, z in lines}
    assert {10.0, 22.0, 32.0, 44.0} <= heights


def test_stretch_goes_on_beyond_its_ends() -> None:
    stretch = Stretch(np.array([1.0, 2.0, 4.0]), np.array([0.0, 0.5, 0.9]))
    assert stretch(np.array([0.0, 1.0, 1.5, 3.0, 4.0, 6.0])) == pytest.approx(
        [-0.5, 0.0, 0.25, 0.7, 0.9, 1.3]
    )


def test_stretch_gives_everything_its_least_size_in_order() -> None:
    knots = np.array([0.0, 0.5e-3, 0.55e-3, 2.55e-3, 62.55e-3])
    stretch = Stretch.with_minimum(knots, 0.08)
    drawn_sizes = np.diff(stretch.at)
    assert stretch.at[0] == 0.0
    assert stretch.at[-1] == pytest.approx(1.0)
    assert drawn_sizes.min() == pytest.approx(0.08)
    assert np.all(drawn_sizes > 0.0)
    even = Stretch.with_minimum(np.array([1.0, 2.0, 4.0]), 0.1)
    assert even.even
    assert even(3.0) == pytest.approx(2 / 3)
    crowded = Stretch.with_minimum(np.linspace(0.0, 1.0, 101), 0.5)
    assert np.diff(crowded.at) == pytest.approx(np.full(100, 0.01))


def test_coarsening_keeps_thin_layers_that_are_enlarged() -> None:
    z = np.concatenate([np.linspace(0.0, 1e-3, 2001), 1e-3 + np.linspace(0.0, 1.0, 3)[1:]])
    plane = field(lambda Z, X: Z, lambda Z, X: 1.0, lambda Z, X: 0.0, z, np.linspace(0.0, 1.0, 6))
    knots = np.array([0.0, 1e-3, z[-1]])
    small = plane.coarsened(Stretch.with_minimum(knots, 0.3), Stretch.true(0.0, 1.0), 100)
    assert 30 <= np.count_nonzero(small.z <= 1e-3) - 1 <= 31
    assert 1e-3 in small.z
    assert len(small.x) == 6
    assert small.T.shape == (len(small.z) - 1, 5)
    flat = plane.coarsened(Stretch.true(0.0, z[-1]), Stretch.true(0.0, 1.0), 100)
    assert flat.T.shape[0] == 3
    assert flat.z[1] <= 1e-3
