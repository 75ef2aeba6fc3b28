"""Pictures of runs in time and of periodic heating: what is in them, and that nothing is outside of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kapitza as kp
from kapitza.output import read
from kapitza.output.course import Course, probe_units
from kapitza.output.figure import figure_of
from kapitza.output.figure_frequency import draw_frequency, figure_of_frequency, hertz
from test_long_runs import UNKEPT

UNKEPT = UNKEPT.replace("save = 40", "save = 30")
PLANE = """
title = "package"
temperature_unit = "degC"
[geometry]
kind = "plane"
x = ["-15 mm", "15 mm"]
[[layers]]
name = "die"
material = "silicon"
thickness = "0.5 mm"
heat_density = "3e8 W/m^3"
[[layers]]
name = "sink"
material = "aluminium"
thickness = "6 mm"
[boundary.top]
h = "2000 W/(m^2*K)"
ambient = "25 degC"
[mesh]
x = 7
z = 9
[solve]
initial = "25 degC"
properties_at = "300 K"
[transient]
until = "20 s"
save = 12
spacing = "log"
"""


@pytest.fixture
def solved(tmp_path: Path) -> Any:
    def solve(text: str) -> Any:
        path = tmp_path / "case.toml"
        path.write_text(text)
        return kp.solve(kp.load(path))

    return solve


def axes_of(figure: Any) -> dict[str, Any]:
    return {axes.get_label(): axes for axes in figure.axes}


def inside(figure: Any) -> None:
    """Every text and every axis label lies on the page."""
    figure.canvas.draw()
    page = figure.bbox
    for axes in figure.axes:
        box = axes.get_tightbbox()
        if box is not None:
            assert box.x0 >= -0.5
            assert box.y0 >= -0.5
            assert box.x1 <= page.x1 + 0.5
            assert box.y1 <= page.y1 + 0.5
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x1 <= page.x1


def test_one_dimension_has_the_course_and_profiles_with_jumps(solved: Any, tmp_path: Path) -> None:
    solution = solved(UNKEPT)
    figure = figure_of(solution)
    axes = axes_of(figure)
    (curve,) = [line for line in axes["course"].lines if line.get_label() == "junction"]
    np.testing.assert_allclose(curve.get_ydata(), solution.summary()["probes"]["junction"])
    np.testing.assert_allclose(curve.get_xdata(), 1e3 * solution.history.times)
    assert axes["course"].get_xlabel() == "t (ms)"
    assert axes["course"].get_ylim() == axes["profiles"].get_ylim()
    profiles = [line for line in axes["profiles"].lines if np.isnan(line.get_ydata()).any()]
    assert len(profiles) >= 4
    inside(figure)
    solution.write(tmp_path / "out.h5")
    solution.plot(tmp_path / "run.png")
    from kapitza.output.figure import draw

    draw(read(tmp_path / "out.h5"), tmp_path / "file.png")
    assert (tmp_path / "run.png").read_bytes() == (tmp_path / "file.png").read_bytes()


def test_logarithmic_times_are_shown_so(solved: Any) -> None:
    solution = solved(UNKEPT.replace("save = 30", 'save = 30\nspacing = "log"').replace("°", ""))
    figure = figure_of(solution)
    axes = axes_of(figure)
    assert axes["course"].get_xscale() == "log"
    assert axes["course"].get_xlabel() == "t (s)"
    inside(figure)


def test_two_dimensions_have_the_map_and_the_course(solved: Any) -> None:
    figure = figure_of(solved(PLANE))
    axes = axes_of(figure)
    assert axes["course"].get_ylabel() == "T (°C)"
    assert {line.get_label() for line in axes["course"].lines} == {"die", "sink"}
    assert "colours" in axes
    inside(figure)


@pytest.mark.parametrize("times", ['times = ["7 ms"]', 'times = ["0 s", "30 ms"]', "save = 1"])
def test_few_times(solved: Any, times: str) -> None:
    inside(figure_of(solved(UNKEPT.replace("save = 30", times))))


def test_nothing_happens(solved: Any) -> None:
    inside(figure_of(solved(UNKEPT.replace('"120 W"', '"0 W"'))))


def test_frames_are_chosen_where_something_happens() -> None:
    times = np.arange(101.0)
    rise = np.clip(times - 50.0, 0.0, 10.0)
    course = Course(times, [("a", 300.0 + 7.0 * rise)], 0, True, lambda i: None)
    chosen = course.chosen(6)
    assert chosen[0] == 0
    assert chosen[-1] == 100
    assert sum(50 <= i <= 60 for i in chosen) >= 3


def test_probes_of_jumps_and_fluxes_are_no_temperatures(solved: Any) -> None:
    solution = solved(UNKEPT)
    assert probe_units(solution) == {"joint": "K"}
    course = Course.of(solution, solution.summary())
    assert [name for name, _ in course.curves] == ["junction"]


def film(f: np.ndarray, G: float) -> np.ndarray:
    """Rise of the surface of a film on a half-space per flux [K m^2/W]: the transfer matrix."""
    w = 2j * np.pi * f
    k, c, d = 207.0, 2.43e6, 83e-9
    q = np.sqrt(w * c / k)
    Z = 1.0 / np.sqrt(w * 1.66e6 * 143.0) + 1.0 / G
    return (Z * np.cosh(q * d) + np.sinh(q * d) / (k * q)) / (np.cosh(q * d) + Z * k * q * np.sinh(q * d))


def test_amplitude_and_phase_over_frequency(tmp_path: Path) -> None:
    f = np.geomspace(3e3, 1.7e7, 37)
    probes = {"good $": 1e6 * film(f, 2.1e8), "bad": 1e6 * film(f, 1.7e7), "flux": np.ones(37, dtype=complex)}
    figure = figure_of_frequency("film", f, probes, ["flux"])
    axes = axes_of(figure)
    assert axes["amplitude"].get_yscale() == "log"
    assert axes["amplitude"].get_ylabel() == "amplitude (mK)"
    np.testing.assert_allclose(axes["amplitude"].lines[1].get_ydata(), 1e3 * np.abs(probes["bad"]))
    np.testing.assert_allclose(axes["phase"].lines[0].get_ydata(), np.degrees(np.angle(probes["good $"])))
    assert len(axes["phase"].lines) == 2
    inside(figure)
    draw_frequency("film", f, probes, tmp_path / "film.png")
    assert (tmp_path / "film.png").stat().st_size > 10_000


def test_a_single_frequency_and_a_probe_at_rest() -> None:
    inside(figure_of_frequency("one", np.array([40.0]), {"a": np.array([2.0 + 1.0j])}))
    inside(figure_of_frequency("rest", np.array([40.0, 90.0]), {"a": np.zeros(2, dtype=complex)}))


def test_phases_do_not_jump_by_a_turn() -> None:
    f = np.geomspace(2.0, 300.0, 30)
    figure = figure_of_frequency("late", f, {"deep": np.exp(-1j * np.linspace(0.3, 15.0, 30))})
    phase = axes_of(figure)["phase"].lines[0].get_ydata()
    assert np.all(np.diff(phase) < 0.0)


def test_frequencies_are_short() -> None:
    assert [hertz(f) for f in (4e4, 2.5, 1.7e7, 0.02)] == ["40 kHz", "2.5 Hz", "17 MHz", "20 mHz"]
