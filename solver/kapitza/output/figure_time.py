"""Pictures of runs in time: temperatures over time, and in 1-D profiles at some of the times, jumps as breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output import labels
from kapitza.output.course import Course
from kapitza.output.figure_budget import CM, INK, Palette
from kapitza.output.figure_log import decades
from kapitza.output.figure_view import Box, draw_names, draw_ticks, foot_height, strip_height
from kapitza.output.labels import Ruler, Scale, write
from kapitza.output.line_views import READABLE, Line, View, choose_views

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

WIDTH = 16.0  # cm
HEIGHT = 6.0  # cm, of the axes
GAP = 0.4  # cm between them, without the numbers
KEY, CHANNELS_KEY = 1.75, 2.25  # cm, the times beside the profiles, and the names of channels
PROFILES = 6
FEW = 30  # instants that are marked, as what lies between them is not known
DECADE = 1.05  # cm that the text of one takes
SIZE = 7.5
SMALL = 7.0
STYLES = ("-", "--", "-.", ":")  # of channels
# Apart for colour-blind readers (after P. Tol's "bright" and M. Okabe and K. Ito's schemes).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#AA3377", "#E69F00", "#56B4E9", "#444444", "#BBAA00")


def draw_line_in_time(figure: Figure, solution: Any, summary: Mapping[str, Any], heading: float) -> None:
    """Fill ``figure`` with the picture of a 1-D run in time and set its height.

    summary : the solution's `summary`; heading : height [cm] left free at the top
    """
    course = Course.of(solution, summary)
    chosen = course.chosen(PROFILES)
    lines = [Line.of(course.frame(i)) for i in chosen]
    ruler = Ruler(figure)
    scale, limits = _temperatures(course, lines)
    margin = _margin(ruler, limits)
    key = KEY if not lines[-1].channels else CHANNELS_KEY
    width = (WIDTH - 2 * margin - GAP - key) / 2
    pixels = width * CM * ruler.dpi
    view = choose_views(lines[-1], ruler, pixels)
    shown = _shown(view)
    strip = strip_height(lines[-1], shown, ruler, pixels)
    foot = max(foot_height(lines[-1], shown, ruler, pixels), 1.05)
    total = heading + strip + HEIGHT + foot + 0.1
    figure.set_size_inches(WIDTH * CM, total * CM)

    bottom = foot + 0.1
    axes = draw_course(figure, ruler, course, scale, (margin, bottom, width, HEIGHT), limits)
    _mark(axes, course, chosen)
    box = (2 * margin + width + GAP, bottom, width, HEIGHT)
    _profiles(figure, ruler, course, chosen, lines, shown, scale, axes.get_ylim(), box, strip)


def draw_course_alone(
    figure: Figure, ruler: Ruler, course: Course, unit: str, bottom: float, height: float
) -> None:
    """Temperatures over time in axes as wide as ``figure``, ``bottom`` and ``height`` in cm; unit : "K" or "degC"."""
    scale, limits = _shown_between(*course.limits, unit)
    left = _margin(ruler, limits)
    draw_course(figure, ruler, course, scale, (left, bottom, WIDTH - left - 0.45, height), limits)


def _margin(ruler: Ruler, limits: tuple[float, float]) -> float:
    """Room [cm] for the numbers and the label of the temperature axis."""
    numbers = max(ruler.size(text, SIZE)[0] for text in labels.ticks(labels.tick_places(*limits, 6)))
    return numbers / CM / ruler.dpi + 0.85


def draw_course(
    figure: Figure,
    ruler: Ruler,
    course: Course,
    scale: Scale,
    box: Box,
    limits: tuple[float, float],
) -> Axes:
    """Temperatures over time in axes at ``box`` [cm], between ``limits`` as shown by ``scale``."""
    wide, high = figure.get_size_inches() / CM
    left, bottom, width, height = box
    axes = figure.add_axes((left / wide, bottom / high, width / wide, height / high), label="course")
    log = course.logarithmic
    later = course.times > 0.0 if log else np.full(len(course.times), True)
    unit, factor = ("s", 1.0) if log else labels.time_unit(float(course.times[-1]))
    times = course.times[later] * factor
    marker = "o" if len(times) < FEW else ""
    room = 0.55 * width * CM * ruler.dpi
    for (name, values), colour in zip(course.curves, COLOURS, strict=False):
        text = ruler.shorten(name, room, SMALL)
        axes.plot(times, scale(values[later]), color=colour, linewidth=1.3, zorder=4, label=text,
                  marker=marker, markersize=2.4, clip_on=len(times) >= FEW)  # fmt: skip
    if log:
        axes.set_xscale("log")
        axes.set_xlim(times[0], times[-1])
        decades(axes.xaxis, int(width / DECADE))
    elif len(times) > 1:
        axes.set_xlim(times[0], times[-1])
        places = labels.tick_places(float(times[0]), float(times[-1]), 5)
        axes.set_xticks(places, labels.ticks(places))
    axes.set_ylim(*limits)
    axes.set_ylabel(scale.label("T"), fontsize=8, labelpad=3)
    axes.set_xlabel(f"t ({unit})", fontsize=8, labelpad=2)
    axes.tick_params(labelsize=SIZE, length=2.5, width=0.5)
    axes.tick_params(which="minor", length=1.5, width=0.4)
    axes.grid(True, color="#e0e0e0", linewidth=0.5)
    axes.set_axisbelow(True)
    legend = axes.legend(
        loc="best", fontsize=SMALL, frameon=True, framealpha=0.85, edgecolor="none", borderpad=0.3,
        handlelength=1.6, labelspacing=0.3, alignment="left", title=_heading(course), title_fontsize=SMALL,
    )  # fmt: skip
    for entry in legend.get_texts():
        entry.set_parse_math(False)
    _clear(axes, legend, ruler)
    low, high = axes.get_ylim()
    places = labels.tick_places(low, high, 6)
    axes.set_yticks(places, labels.ticks(places))
    return axes


def _clear(axes: Axes, legend: Legend, ruler: Ruler) -> None:
    """Room above the curves for a legend that would lie on one of them."""
    box = legend.get_window_extent(ruler.renderer).padded(2.0)
    curves = [axes.transData.transform_path(line.get_path()) for line in axes.get_lines()]
    if not any(curve.intersects_bbox(box, filled=False) for curve in curves):
        return
    low, high = axes.get_ylim()
    share = min(box.height / axes.get_window_extent(ruler.renderer).height, 0.6)
    axes.set_ylim(low, low + (high - low) / (1.0 - share))
    legend.set_loc("upper left")


def _heading(course: Course) -> str:
    what = "probes" if course.probes else "highest temperature in"
    return f"{what}, {course.left_out} more left out" if course.left_out else what


def _temperatures(course: Course, lines: Sequence[Line]) -> tuple[Scale, tuple[float, float]]:
    """How the temperatures of curves and profiles are shown, and the limits of their axes as shown."""
    low, high = course.limits
    low = min([low, *(line.extent[0] for line in lines)])
    high = max([high, *(line.extent[1] for line in lines)])
    return _shown_between(low, high, lines[-1].temperature_unit)


def _shown_between(low: float, high: float, unit: str) -> tuple[Scale, tuple[float, float]]:
    scale = labels.temperature_scale(low, high, unit)
    margin = 1.0 if labels.constant(low, high) else 0.06 * (high - low)
    return scale, (float(scale(low - margin)), float(scale(high + margin)))


def _shown(views: Sequence[View]) -> View:
    """To scale where every layer can be named, else all equally wide; where there are too many, to scale again."""
    from dataclasses import replace

    equal = [view for view in views if view.kind == "equal"]
    return replace(equal[0] if equal else views[0], films=())


def _tints(count: int) -> list[Any]:
    """One colour for each time, from light to dark."""
    import matplotlib

    return list(matplotlib.colormaps["viridis_r"](np.linspace(0.12, 1.0, max(count, 2))[-count:]))


def _mark(axes: Axes, course: Course, chosen: Sequence[int]) -> None:
    """Show on the time axis when the profiles are."""
    factor = labels.time_unit(float(course.times[-1]))[1]
    for i, tint in zip(chosen, _tints(len(chosen)), strict=True):
        time = float(course.times[i])
        if course.logarithmic and time <= 0.0:
            continue
        place = time if course.logarithmic else time * factor
        axes.plot([place], [0.0], transform=axes.get_xaxis_transform(), marker="^", markersize=5, color=tint,
                  markeredgecolor="#333333", markeredgewidth=0.3, clip_on=False, zorder=6)  # fmt: skip


def _profiles(
    figure: Figure,
    ruler: Ruler,
    course: Course,
    chosen: Sequence[int],
    lines: Sequence[Line],
    view: View,
    scale: Scale,
    limits: tuple[float, float],
    box: Box,
    strip: float,
) -> None:
    wide, high = figure.get_size_inches() / CM
    left, bottom, width, height = box
    axes = figure.add_axes((left / wide, bottom / high, width / wide, height / high), label="profiles")
    axes.set_xlim(*view.limits)
    axes.set_ylim(*limits)
    last = lines[-1]
    palette = Palette(last.materials)
    draw_ticks(axes, last, view, scale, ruler, width * CM * ruler.dpi)
    few = view.n_layers <= READABLE
    if few:
        for k, i in enumerate(view.layers):
            axes.axvspan(
                view.at[k], view.at[k + 1], color=palette(last.materials[i]), alpha=0.18, linewidth=0
            )
        for face in view.at:
            axes.axvline(face, color="#9a9a9a", linewidth=0.5, zorder=1)
    for line, tint in zip(lines, _tints(len(lines)), strict=True):
        x, y = view.polyline(line, scale)
        if line.channels:
            for T, style in zip(line.channels.values(), STYLES, strict=False):
                axes.plot(*view.channel(line, scale, T), color=tint, linewidth=1.2, linestyle=style, zorder=4)
            continue
        axes.plot(x, y, color=tint, linewidth=1.3, zorder=4, solid_capstyle="butt")
        for k, i in enumerate(view.layers[:-1]):
            if few and line.jumps[i] != 0.0:
                sides = [scale(float(line.above[i])), scale(float(line.below[i + 1]))]
                axes.plot([view.at[k + 1]] * 2, sides, color=tint, linewidth=0.9, linestyle=":", zorder=3)
    if strip:
        draw_names(figure, ruler, last, view, palette, box, strip)
    _key(figure, course, chosen, (left + width + 0.2, bottom + height))
    for k, (name, style) in enumerate(zip(last.channels, STYLES, strict=False)):
        down = bottom + height - 0.2 - 0.42 * (len(chosen) + 1 + k)
        _entry(
            figure,
            ruler.shorten(name, (CHANNELS_KEY - 0.75) * CM * ruler.dpi, SMALL),
            (left + width + 0.2, down),
            INK,
            style,
        )


def _key(figure: Figure, course: Course, chosen: Sequence[int], corner: tuple[float, float]) -> None:
    """The times of the profiles, from the upper left ``corner`` [cm] down."""
    from kapitza.output.table_time import instants

    texts = instants([float(course.times[i]) for i in chosen])
    left, top = corner
    for k, (text, tint) in enumerate(zip(texts, _tints(len(texts)), strict=True)):
        _entry(figure, text, (left, top - 0.2 - 0.42 * k), tint, "-")


def _entry(figure: Figure, text: str, place: tuple[float, float], colour: Any, style: Any) -> None:
    """A stroke and its meaning at ``place`` [cm]."""
    from matplotlib.lines import Line2D

    wide, high = figure.get_size_inches() / CM
    left, y = place[0], place[1] / high
    ends = [left / wide, (left + 0.38) / wide]
    figure.add_artist(
        Line2D(ends, [y, y], color=colour, linewidth=1.6 if style == "-" else 1.2, linestyle=style)
    )
    write(figure, (left + 0.47) / wide, y, text, ha="left", va="center", fontsize=SMALL, color="#222222")
