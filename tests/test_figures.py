"""Pictures of 1-D solutions, and what holds for the file of any picture."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from figure_checks import axes_of, check, drawn, words
from figure_fakes import Fake, cpu, slab, superlattice
from kapitza.errors import FileError, InputError
from kapitza.output import labels
from kapitza.output.figure import draw, figure_of
from kapitza.output.figure_budget import Bar, condense

SIGNATURES = {".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml"}


def package(**options: Any) -> Fake:
    """A layer of 50 µm beside one of 60 mm, one perfect contact, a film on top."""
    return slab(
        [
            ("die", 0.5e-3, 148.0),
            ("paste 1", 50e-6, 4.0),
            ("copper lid", 2e-3, 390.0),
            ("paste 2", 80e-6, 4.1),
            ("aluminium sink", 60e-3, 237.0),
        ],
        [5e-6, 4e-6, 0.0, 7e-6],
        120.0,
        298.15,
        **({"film": 1 / 8000, "title": "Die, paste, lid, paste, sink", "unit": "degC"} | options),
    )


def distinct(n: int) -> Fake:
    layers = [(f"layer {i} of metal", (i + 1) * 1.3e-5, 3.0 + i) for i in range(n)]
    return slab(layers, 1.7e-6, 30.0, 251.0, title=f"{n} layers")


CASES: dict[str, Callable[[], Fake]] = {
    "cpu": cpu,
    "film": lambda: cpu(film=2e-4),
    "package": package,
    "superlattice": superlattice,
    "ten": lambda: distinct(10),
    "thirteen": lambda: distinct(13),
    "forty": lambda: distinct(40),
    "fifty": lambda: distinct(50),
    "one": lambda: slab([("wall", 0.3, 0.8)], 0, 30.0, 263.15, area=1.1, film=0.04, unit="degC"),
    "contrast": lambda: slab([("film", 50e-9, 1.3), ("substrate", 50e-3, 149.0)], 2e-8, 100.0, 300.0),
    "tiny": lambda: slab([("film", 5e-3, 130.0), ("substrate", 5e-2, 149.0)], 2e-4, 1e-6, 300.0),
    "tinier": lambda: slab(
        [("film", 5e-3, 130.0), ("substrate", 5e-2, 149.0)], 2e-4, 3e-9, 400.0, unit="degC"
    ),
    "constant": lambda: slab([("film", 5e-3, 130.0), ("substrate", 5e-2, 149.0)], 2e-4, 0.0, 300.0),
    "cold": lambda: slab([("film", 5e-3, 130.0), ("substrate", 5e-2, 149.0)], 2e-4, 20.0, 180.0, unit="degC"),
    "downwards": lambda: slab([("film", 5e-3, 130.0), ("substrate", 5e-2, 149.0)], 2e-4, -20.0, 380.0),
    "huge jump": lambda: slab([("film", 5e-3, 130.0), ("substrate", 5e-2, 149.0)], 2e4, 20.0, 180.0),
    "names": lambda: slab(
        [
            ("Wärmeleitpaste mit Füllstoff aus Bornitrid und Alumin, dritte Mischung", 1e-4, 5.0),
            ("$x_1$ 硅 Ω·µ\n_{", 5e-3, 130.0),
            ("a|b", 50e-6, 14.0),
            ("sink", 5e-3, 149.0),
        ],
        [2e-4, 1e-5, 2e-5],
        40.0,
        180.0,
        title="A very long title $ " * 12,
    ),
    "pipe": lambda: slab(
        [("pipe", 5e-3, 50.0), ("insulation", 3e-2, 0.04)], 1e-3, 1.3, 300.0, kind="cylinder", start=0.02
    ),
    "far": lambda: slab([("film", 5e-9, 50.0), ("oxide", 3e-8, 1.2)], 1e-8, 100.0, 300.0, start=1.3),
}


@pytest.mark.parametrize("name", CASES)
def test_texts_do_not_overlap_and_axes_have_units(name: str) -> None:
    check(drawn(CASES[name]()))


@pytest.mark.parametrize("suffix", SIGNATURES)
def test_writes_each_format_without_warnings(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"picture{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(package(), target)
    assert target.read_bytes().startswith(SIGNATURES[suffix])
    assert list(tmp_path.iterdir()) == [target]


def test_the_same_solution_gives_the_same_file(tmp_path: Path) -> None:
    for suffix in SIGNATURES:
        files = [tmp_path / f"{i}{suffix}" for i in range(2)]
        for file in files:
            draw(cpu(), file)
        assert files[0].read_bytes() == files[1].read_bytes()


@pytest.mark.parametrize("name", ["picture.gif", "picture", "picture.h5"])
def test_unknown_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="png, pdf or svg"):
        draw(cpu(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_an_existing_file_stays_unless_forced(tmp_path: Path) -> None:
    target = tmp_path / "kept.png"
    target.write_text("mine")
    with pytest.raises(FileError, match="already exists"):
        draw(cpu(), target)
    assert target.read_text() == "mine"
    draw(cpu(), target, force=True)
    assert target.read_bytes().startswith(SIGNATURES[".png"])
    with pytest.raises(FileError, match="does not exist"):
        draw(cpu(), tmp_path / "nowhere" / "a.png")
    assert list(tmp_path.iterdir()) == [target]


def test_matplotlib_comes_only_when_drawing_and_pyplot_never(tmp_path: Path) -> None:
    code = (
        "import sys, kapitza.output.figure as f\n"
        "assert not any('matplotlib' in m for m in sys.modules)\n"
        "from figure_fakes import cpu\n"
        f"f.draw(cpu(), {str(tmp_path / 'a.png')!r})\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent, timeout=120)


def test_jumps_are_breaks_between_exact_side_temperatures() -> None:
    figure = drawn(cpu())
    axes = axes_of(figure, "scale")
    line = next(item for item in axes.lines if item.get_label() == "temperature")
    x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    breaks = np.flatnonzero(np.isnan(y))
    assert len(breaks) == 1
    below, above = y[breaks[0] - 1], y[breaks[0] + 1]
    assert x[breaks[0] - 1] == x[breaks[0] + 1] == pytest.approx(0.5)
    drops = (y[0] - below, below - above, above - y[-1])
    assert drops == pytest.approx((1.013513514, 36.0, 7.594936709))
    jump = next(item for item in axes.lines if item.get_label() == "jump")
    assert list(jump.get_ydata()) == [below, above]
    assert "36.0 K" in words(figure)


def test_perfect_contacts_have_neither_break_nor_bar() -> None:
    figure = drawn(package())
    line = next(item for item in axes_of(figure, "equal").lines if item.get_label() == "temperature")
    assert np.count_nonzero(np.isnan(np.asarray(line.get_ydata()))) == 3
    assert not any("copper lid|" in word for word in words(figure))


def test_a_thin_layer_gets_a_second_view_with_its_thickness() -> None:
    assert [a.get_label() for a in drawn(cpu()).axes] == ["scale", "names", "budget"]
    figure = drawn(package())
    assert [a.get_label() for a in figure.axes] == ["scale", "names", "equal", "names", "budget"]
    assert {"50 µm", "60 mm", "paste 1", "copper lid"} <= words(figure)
    widths = np.diff([p.get_x() for p in axes_of(figure, "equal").patches])
    assert np.allclose(widths, widths[0])


def test_the_budget_shows_drops_and_shares() -> None:
    figure = drawn(cpu())
    bars = [p.get_width() for p in axes_of(figure, "budget").patches]
    assert bars == pytest.approx([1.013513514, 36.0, 7.594936709])
    hatches = [p.get_hatch() for p in axes_of(figure, "budget").patches]
    assert hatches[0] == hatches[2] != hatches[1]
    assert {"1.01 K  2.3 %", "36.0 K  81 %", "7.59 K  17 %", "die|sink"} <= words(figure)


def test_without_a_total_shares_are_those_of_the_table() -> None:
    solution = cpu()
    solution.total = None
    assert {"1.01 K  2.3 %", "36.0 K  81 %"} <= words(drawn(solution))


def test_heat_that_leaves_both_ways_has_signed_drops_and_no_shares() -> None:
    solution = cpu()
    solution.total = None
    name, z, T = solution.parts[0]
    solution.parts[0] = (name, z, T[::-1])
    figure = drawn(solution)
    check(figure)
    ends = [bar.get_x() + bar.get_width() for bar in axes_of(figure, "budget").patches]
    assert ends == pytest.approx([-1.013513514, 37.013513514, 7.594936709])
    assert axes_of(figure, "budget").get_xlim()[0] == pytest.approx(-1.013513514)
    shown = words(figure)
    assert {"−1.01 K", "7.59 K", "temperature drop upwards (K)"} <= shown
    assert not any("%" in word for word in shown)


def test_rounding_noise_is_no_jump() -> None:
    solution = cpu()
    name, z, T = solution.parts[1]
    below = solution.parts[0][2][-1]
    solution.parts[1] = (name, z, T - T[0] + below * (1 - 5e-13))
    solution.total = None
    shown = words(drawn(solution))
    assert {"die", "sink"} <= shown
    assert "die|sink" not in shown
    assert not any("nK" in word or "µK" in word for word in shown)


def test_a_superlattice_of_1000_layers() -> None:
    solution = superlattice()
    figure = drawn(solution)
    shown = words(figure)
    assert {"silicon × 500", "germanium × 500", "silicon|germanium × 999"} <= shown
    assert "12.0 K" in shown  # 4 kW over 1 mm² through 3 m² K/GW
    named = {w for w in shown if w.endswith("]")}
    assert len(named) == 6
    line = next(item for item in axes_of(figure, "scale").lines if item.get_label() == "temperature")
    assert np.count_nonzero(np.isnan(np.asarray(line.get_ydata()))) == 999
    assert "layers 498 to 503 of 1000" in axes_of(figure, "zoom").get_xlabel()


def test_celsius_is_only_a_label() -> None:
    kelvin, celsius = drawn(cpu(unit="K")), drawn(cpu())
    assert axes_of(kelvin, "scale").get_ylabel() == "T (K)"
    assert axes_of(celsius, "scale").get_ylabel() == "T (°C)"
    a, b = (np.asarray(axes_of(f, "scale").get_ylim()) for f in (kelvin, celsius))
    assert a - b == pytest.approx(np.full(2, 273.15))


def test_small_differences_are_shown_relative_to_a_named_reference() -> None:
    axes = axes_of(drawn(CASES["tiny"]()), "scale")
    assert axes.get_ylabel() == "T − 300.00000 K (µK)"
    assert axes_of(drawn(CASES["far"]()), "scale").get_xlabel() == "z − 1.3 m (nm), to scale"


def test_large_stacks_are_drawn_quickly() -> None:
    from time import perf_counter

    solution = superlattice(20_000)
    start = perf_counter()
    figure_of(solution)
    assert perf_counter() - start < 5.0


# Texts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (36.0, "36.0 K"), (0.0, "0 K"), (7.594936, "7.59 K"), (-1.25e-3, "−1.25 mK"), (9.999, "10.0 K"),
        (999.96e-6, "1.00 mK"), (2.5e7, "2.50e+07 K"), (104.6, "105 K"), (3e-12, "0.00300 nK"),
        (0.653, "0.653 K"), (0.0653, "65.3 mK"),
    ],
)  # fmt: skip
def test_kelvins(value: float, text: str) -> None:
    assert labels.kelvins(value) == text


@pytest.mark.parametrize(
    ("part", "text"), [(0.81, "81 %"), (0.0227, "2.3 %"), (1e-5, "< 0.1 %"), (0.0, "0 %"), (-0.013, "−1.3 %")]
)
def test_share(part: float, text: str) -> None:
    assert labels.share(part) == text


@pytest.mark.parametrize(
    ("span", "unit"), [(3e-8, "nm"), (5e-6, "µm"), (0.06, "mm"), (0.3, "mm"), (2.5, "m"), (0.9999, "m")]
)
def test_length_units(span: float, unit: str) -> None:
    assert labels.length_scale(0.0, span).unit == unit


def test_short_pieces_far_out_have_a_reference() -> None:
    assert labels.length_scale(304.934e-6, 305.0e-6).label("z") == "z − 304.934 µm (nm)"
    assert labels.length_scale(5.48e-6, 5.52e-6).label("z") == "z (nm)"


def test_end_temperatures_do_not_cross_faces() -> None:
    figure = drawn(cpu(film=2e-4))
    axes = axes_of(figure, "scale")
    faces = [line.get_xdata()[0] for line in axes.lines if line.get_label().startswith("_")]
    for text in axes.texts:
        box = text.get_window_extent().transformed(axes.transData.inverted())
        if "°C" in text.get_text():
            assert not any(box.x0 < face < box.x1 for face in faces)


def test_ticks_have_the_decimals_they_need() -> None:
    assert labels.ticks([0.0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
    assert labels.ticks([-20.0, 0.0, 20.0]) == ["−20", "0", "20"]
    assert labels.ticks([300.0]) == ["300"]
    assert labels.distinct([0.0, 60.0, 60.00005]) == ["0", "60", "60.00005"]


def test_names_are_drawn_literally() -> None:
    assert labels.clean("a\tb\x00\n c$x_{") == "a b c$x_{"
    assert labels.base("silicon[12]|oxide[3]") == "silicon|oxide"
    shown = words(drawn(CASES["names"]()))
    assert any("$x_1$ 硅 Ω·µ _{" in word for word in shown)


def test_condense_keeps_the_sum_and_the_largest() -> None:
    bars = [Bar(f"layer {i}", "layer", 1.0 + i) for i in range(30)]
    short = condense(bars, 8)
    assert len(short) == 8
    assert short[-1].name == "23 others"
    assert sum(b.drop for b in short) == pytest.approx(sum(b.drop for b in bars))
    assert [b.name for b in short[:-1]] == [f"layer {i}" for i in range(23, 30)]
