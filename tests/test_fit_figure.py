"""The picture of a fit: units on every axis, logarithms where the data lie along one, texts apart from each other."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

import kapitza as kp
from figure_checks import axes_of, texts
from kapitza.output.figure_fit import figure_of_fit
from kapitza.studies.fit_courses import logarithmic

CASES = Path(__file__).resolve().parents[1] / "cases"


def drawn(name: str) -> Figure:
    figure = figure_of_fit(kp.fit(kp.load(CASES / f"{name}.toml"), CASES / f"{name}.csv"))
    figure.canvas.draw()
    return figure


def beyond(axes: Axes) -> list[Text]:
    """Texts of ticks outside of the axes, which are not drawn."""
    found = []
    for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not limits[0] <= tick.get_loc() <= limits[1]:
                found += [tick.label1, tick.label2]
    return found


@pytest.mark.parametrize(
    ("name", "along", "up", "log"),
    [
        ("astm_d5470", "z (mm)", ["T (°C)"], (False, [False])),
        ("nemd_profile", "z (nm)", ["T (K)"], (False, [False])),
        ("superlattice_fit", "period (nm)", ["conductivity across (W/(m·K))"], (True, [False])),
        (
            "reflectance_fit",
            "f (MHz)",
            ["amplitude of surface (K)", "phase of surface (°)"],
            (True, [True, False]),
        ),
    ],
)
def test_axes_have_units_and_texts_are_apart(
    name: str, along: str, up: list[str], log: tuple[bool, list[bool]]
) -> None:
    figure = drawn(name)
    for i, label in enumerate(up):
        data, residuals = axes_of(figure, f"data {i}"), axes_of(figure, f"residuals {i}")
        assert data.get_ylabel() == label
        assert residuals.get_xlabel() == along
        assert residuals.get_ylabel().startswith("residual (")
        assert (data.get_xscale() == "log") == log[0]
        assert (data.get_yscale() == "log") == log[1][i]
    width, height = figure.get_size_inches() * figure.dpi
    unseen = {id(text) for axes in figure.axes for text in beyond(axes)}
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(figure) if id(text) not in unseen]
    for text, box in boxes:
        assert min(box.x0, box.y0) >= 0.0, text
        assert box.x1 <= width, text
        assert box.y1 <= height, text
    for (one, a), (other, b) in combinations(boxes, 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
        assert apart, (one, other)


def test_curves_break_at_contacts_and_meet_the_data() -> None:
    found = kp.fit(kp.load(CASES / "astm_d5470.toml"), CASES / "astm_d5470.csv")
    (course,) = found.courses()[0]
    gap = np.flatnonzero(np.isnan(course.y))
    assert len(gap) == 1
    assert np.nanmin(np.abs(course.x - 0.05)) < 1e-7
    assert course.y[gap[0] - 1] - course.y[gap[0] + 1] == pytest.approx(found.lines[0].jump, rel=0.05)
    at = np.interp(found.axis.values[0], course.x[: gap[0]], course.y[: gap[0]])
    assert at == pytest.approx(found.measured[0].fitted[0], abs=1e-6)


def test_data_along_a_logarithm() -> None:
    assert logarithmic(np.geomspace(1.0, 100.0, 9))
    assert not logarithmic(np.linspace(1.0, 100.0, 9))
    assert not logarithmic(np.geomspace(1.0, 8.0, 9))
    assert not logarithmic(np.array([-1.0, 1.0, 100.0]))


def test_residuals_tell_their_unit_or_their_sigma() -> None:
    """Standard deviations that are the same everywhere, such that are not, none, and very small residuals."""
    labels = [
        axes_of(drawn(name), "residuals 0").get_ylabel()
        for name in ("astm_d5470", "superlattice_fit", "nemd_profile")
    ]
    assert labels == ["residual (σ = 0.03 K)", "residual (σ)", "residual (K)"]
    case = kp.load(CASES / "nemd_profile.toml")
    z = np.arange(1.0, 39.0, 2.0)
    found = kp.fit(case, {"z": z, "T": np.where(z < 20.0, 330.0, 310.0) - 0.3 * z + 1e-6 * np.sin(z**2)})
    axes = axes_of(figure_of_fit(found), "residuals 0")
    assert axes.get_ylabel() == "residual (10⁻⁷ K)" or axes.get_ylabel() == "residual (10⁻⁶ K)"
    power = 1e-7 if "⁷" in axes.get_ylabel() else 1e-6
    assert np.ptp(axes.lines[-1].get_ydata()) * power == pytest.approx(np.ptp(found.measured[0].residual))
