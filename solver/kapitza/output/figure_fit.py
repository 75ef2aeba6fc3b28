"""The picture of a fit: data with their standard deviations, the fitted case, and the residuals below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kapitza.output import labels
from kapitza.output.figure import DPI, NOTE_SIZE, TITLE_SIZE, save, style
from kapitza.output.figure_budget import CM, INK
from kapitza.output.figure_log import decades
from kapitza.output.figure_time import COLOURS
from kapitza.output.labels import Ruler, nice, write
from kapitza.output.readable import plain
from kapitza.output.table_fit import difference_unit, value_and_error
from kapitza.studies.fit_courses import logarithmic
from kapitza.studies.fit_result import Axis, Course, Fit, Measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]

LEFT, RIGHT, FOOT, BETWEEN, GAP = 1.9, 0.45, 1.15, 0.25, 1.9  # cm
UPPER, LOWER = 5.6, 2.1
ONE, EACH = 13.0, 8.4  # cm: width of a single panel, of each of several
SIZE, SMALL = 7.5, 7.0
LISTED = 4  # parameters in the heading
CURVES = 6  # of a legend
SAME = 1e-9
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
FEW = 300.0  # ratio of the ends of an axis
WORDS = {
    "effective_conductivity": "effective conductivity",
    "conductivity_zz": "conductivity across",
    "conductivity_xx": "conductivity along",
    "resistance": "resistance",
    "zth": "Zth",
    "temperature": "T",
}


def draw_fit(found: Fit, path: str | Path, *, force: bool = False) -> None:
    """Draw ``found`` into a new file; raises as `kapitza.output.figure.draw` does."""
    save(lambda: figure_of_fit(found), path, force)


def figure_of_fit(found: Fit) -> Figure:
    """The picture as a matplotlib figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    n = len(found.measured)
    wide = ONE if n == 1 else EACH
    notes = _notes(found)
    head = 0.75 + 0.42 * len(notes)
    width, height = LEFT + RIGHT + n * wide + (n - 1) * GAP, head + UPPER + BETWEEN + LOWER + FOOT
    courses = found.courses()
    with style():
        figure = Figure(figsize=(width * CM, height * CM), dpi=DPI)
        FigureCanvasAgg(figure)
        for i, one in enumerate(found.measured):
            x = (LEFT + i * (wide + GAP)) / width
            box = wide / width
            upper = figure.add_axes(
                (x, (FOOT + LOWER + BETWEEN) / height, box, UPPER / height), label=f"data {i}"
            )
            lower = figure.add_axes((x, FOOT / height, box, LOWER / height), label=f"residuals {i}")
            _data(upper, one, found.axis, courses[i])
            _residuals(lower, one, found.axis, courses[i])
            for axes in (upper, lower):
                _frame(axes, found.axis)
            upper.tick_params(axis="x", which="both", labelbottom=False)
            lower.set_xlabel(_label(found.axis.name, found.axis.unit), fontsize=8, labelpad=2)
        _head(figure, found.title, notes, width, height)
    return figure


def _data(axes: Axes, one: Measured, axis: Axis, courses: Sequence[Course]) -> None:
    x = axis.values / axis.factor
    y, fit = (one.data - one.offset) / one.factor, []
    sigma = one.sigma / one.factor
    log = _log_data(one)
    for course, colour in zip(courses, _colours(courses), strict=False):
        curve = (course.y - one.offset) / one.factor
        fit.append(curve)
        label = course.name if len(courses) > 1 else "fit"
        axes.plot(course.x / axis.factor, curve, color=colour, linewidth=1.2, zorder=3, label=label)
    marker: dict[str, Any] = {
        "linestyle": "none",
        "marker": "o",
        "markersize": 3.0,
        "markerfacecolor": "white",
        "zorder": 4,
    }
    for k, rows in enumerate(_rows(one, courses)):
        colour = COLOURS[k % len(COLOURS)] if len(courses) > 1 else INK
        axes.errorbar(
            x[rows], y[rows], sigma[rows] if one.known else None, color=colour, markeredgewidth=0.8, elinewidth=0.7,
            label="data" if len(courses) < 2 else None, **marker,
        )  # fmt: skip
    if log:
        axes.set_yscale("log")
        decades(axes.yaxis)
        _room(axes, y)
    axes.set_ylabel(_label(_name(one), one.unit), fontsize=8, labelpad=3)
    if len(courses) <= CURVES:
        legend = axes.legend(
            loc="best", fontsize=SMALL, frameon=True, framealpha=0.85, edgecolor="none", borderpad=0.3,
            handlelength=1.6, labelspacing=0.3,
        )  # fmt: skip
        for entry in legend.get_texts():
            entry.set_parse_math(False)


def _room(axes: Axes, y: Floats) -> None:
    axes.set_ylim(float(y[y > 0].min()) / 1.6, float(y.max()) * 1.6)


def _residuals(axes: Axes, one: Measured, axis: Axis, courses: Sequence[Course]) -> None:
    """Data minus fit: in standard deviations where they are given, else in the unit of the data, or of the value."""
    x = axis.values / axis.factor
    rest = -one.residual
    unit = nice(difference_unit(one))
    if one.known:
        shown, label = rest / one.sigma, f"residual ({_sigma(one, unit)})"
    elif _log_data(one):
        shown, label = 100.0 * rest / np.abs(one.fitted), "residual (%)"
    else:
        shown, label = rest / one.factor, f"residual ({unit})"
    power = _power(shown)
    if power:
        shown, label = shown / 10.0**power, label.replace("(", f"(10{str(power).translate(RAISED)} ", 1)
    axes.axhline(0.0, color=INK, linewidth=0.6, zorder=2)
    if one.known:
        axes.axhspan(-1.0, 1.0, color="#e8eef5", zorder=0)
    for k, rows in enumerate(_rows(one, courses)):
        colour = COLOURS[k % len(COLOURS)] if len(courses) > 1 else INK
        axes.plot(x[rows], shown[rows], "o", markersize=2.6, color=colour, zorder=4)
    size = 1.15 * float(np.abs(shown).max(initial=0.0)) or 1.0
    axes.set_ylim(-size, size)
    axes.set_ylabel(label, fontsize=8 if len(label) < 16 else SMALL, labelpad=3)


def _sigma(one: Measured, unit: str) -> str:
    """What a residual in standard deviations is counted in: "σ = 0.03 K", or "σ" where that differs."""
    sigma = one.sigma / one.factor
    return f"σ = {plain(float(sigma[0]), 2)} {unit}" if np.ptp(sigma) <= SAME * sigma[0] else "σ"


def _power(values: Floats) -> int:
    """Of ten, for an axis whose numbers would have more than four digits; else 0."""
    largest = float(np.abs(values).max(initial=0.0))
    power = int(np.floor(np.log10(largest))) if largest > 0.0 else 0
    return 0 if -3 < power < 4 else power


def _rows(one: Measured, courses: Sequence[Course]) -> Sequence[list[int]]:
    return [list(course.rows) for course in courses] or [list(range(len(one.data)))]


def _colours(courses: Sequence[Course]) -> Sequence[str]:
    return ["#b2182b"] if len(courses) == 1 else COLOURS


def _log_data(one: Measured) -> bool:
    if (
        one.offset
        or one.what.startswith(("phase", "real", "imaginary"))
        or (one.unit == "K" and one.what == "temperature")
    ):
        return False
    return logarithmic(one.data)


def _frame(axes: Axes, axis: Axis) -> None:
    x = axis.values / axis.factor
    low, high = float(x.min()), float(x.max())
    if axis.log:
        axes.set_xscale("log")
        decades(axes.xaxis)
        if high < FEW * low:
            _more(axes.xaxis)
        axes.set_xlim(low / (high / low) ** 0.04, high * (high / low) ** 0.04)
    elif high > low:
        axes.set_xlim(low - 0.04 * (high - low), high + 0.04 * (high - low))
    axes.tick_params(labelsize=SIZE, length=2.5, width=0.5)
    axes.tick_params(which="minor", length=1.5, width=0.4)
    axes.grid(True, color="#e0e0e0", linewidth=0.5)
    axes.set_axisbelow(True)


def _more(axis: Any) -> None:
    """Few decades: texts at 2 and 5 as well."""
    from matplotlib.ticker import FuncFormatter, LogLocator

    axis.set_major_locator(LogLocator(base=10.0, subs=(1.0, 2.0, 5.0)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def _name(one: Measured) -> str:
    return WORDS.get(one.what, one.what)


def _label(name: str, unit: str) -> str:
    text = labels.clean(name).replace("_", " ")
    return f"{text} ({nice(unit)})" if unit else text


def _notes(found: Fit) -> list[str]:
    """Parameters with their standard errors, and how well the data are met."""
    lines = []
    for one in found.parameters[:LISTED]:
        value, error = value_and_error(one)
        spread = f" ± {error}" if one.error is not None else ""
        note = (
            ""
            if one.error is not None
            else " (not determined)"
            if not one.bound
            else f" (its {one.bound} value)"
        )
        lines.append(f"{one.path} = {value}{spread} {nice(one.unit)}".rstrip() + note)
    left = len(found.parameters) - LISTED
    if left > 0:
        lines.append(f"and {left} more")
    if found.reduced is not None:
        lines.append(f"chi² {found.reduced:.3g} for each of {found.freedom} degrees of freedom")
    return lines


def _head(figure: Figure, title: str, notes: Sequence[str], width: float, height: float) -> None:
    ruler = Ruler(figure)
    room = (width - 0.7) * CM * ruler.dpi
    at = {"ha": "left", "va": "top", "color": INK}
    heading = ruler.shorten(labels.clean(title) or "fit", room, TITLE_SIZE, "bold")
    write(figure, 0.35 / width, 1 - 0.15 / height, heading, fontsize=TITLE_SIZE, weight="bold", **at)
    for i, note in enumerate(notes):
        text = ruler.shorten(labels.clean(note), room, NOTE_SIZE)
        write(figure, 0.35 / width, 1 - (0.64 + 0.4 * i) / height, text, fontsize=NOTE_SIZE, **at)
