"""Pictures of steady stacks of channels: a curve for each, their mean, and the joint where they part, enlarged.

The mean weighted by conductivity is straight up to the joint: between its two ends is the jump that far fields see.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output import labels
from kapitza.output.figure_budget import CM, INK, JOINT, Palette
from kapitza.output.figure_time import COLOURS
from kapitza.output.figure_view import Box, draw_names, draw_ticks, foot_height, strip_height
from kapitza.output.labels import Ruler, Scale, write
from kapitza.output.line_views import READABLE, Line, View, choose_views

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kapitza.layout import Floats

WIDTH = 16.0  # cm
HEIGHT = 6.4
GAP = 0.5
LEGEND = 0.95  # cm, below
LENGTHS = 6.0  # decay lengths on both sides of the enlarged joint
BESIDE = 0.2  # as much of it on a side where channels are locked together
SMALL = 7.0
SIZE = 7.5


def draw_channels(figure: Figure, solution: Any, summary: Mapping[str, Any], heading: float) -> None:
    """Fill ``figure`` with the picture of a steady 1-D solution with channels, and set its height.

    summary : the solution's `summary`; heading : height [cm] left free at the top
    """
    line = Line.of(solution)
    ruler = Ruler(figure)
    joint = _joint(line, summary)
    scale, limits = _shown(*line.extent, line.temperature_unit)
    near = None if joint is None else _near(line, summary, joint)
    margins = [_margin(ruler, limits)]
    if near is not None:
        margins.append(_margin(ruler, _shown(*near[1], line.temperature_unit)[1]))
    panels = len(margins)
    width = (WIDTH - sum(margins) - GAP * panels) / panels
    pixels = width * CM * ruler.dpi
    view = choose_views(line, ruler, pixels)[-1]
    view = View(view.kind, view.first, view.last, view.at, view.length, view.ruled, ())
    strip = max(strip_height(line, view, ruler, pixels), 0.75 if near is not None else 0.0)
    foot = max(foot_height(line, view, ruler, pixels), 1.05)
    total = heading + strip + HEIGHT + foot + LEGEND
    figure.set_size_inches(WIDTH * CM, total * CM)
    palette = Palette(line.materials)
    box = (margins[0], foot + LEGEND, width, HEIGHT)
    axes = _axes(figure, box, "channels")
    axes.set_xlim(*view.limits)
    axes.set_ylim(*limits)
    draw_ticks(axes, line, view, scale, ruler, pixels)
    if view.n_layers <= READABLE:
        for k, i in enumerate(view.layers):
            axes.axvspan(
                view.at[k], view.at[k + 1], color=palette(line.materials[i]), alpha=0.18, linewidth=0
            )
    _curves(axes, line, view, scale)
    if strip:
        draw_names(figure, ruler, line, view, palette, box, strip)
    if near is not None and joint is not None:
        beside = (margins[0] + width + GAP + margins[1], foot + LEGEND, width, HEIGHT)
        _enlarged(figure, ruler, line, summary, joint, near, beside, strip, palette)
    handles, texts = axes.get_legend_handles_labels()
    figure.legend(handles, texts, loc="lower left", ncols=len(texts), fontsize=SIZE, frameon=False,
                  bbox_to_anchor=(0.3 / WIDTH, 0.0), borderaxespad=0.4, handlelength=2.2)  # fmt: skip


def _axes(figure: Figure, box: Box, label: str) -> Axes:
    wide, high = figure.get_size_inches() / CM
    left, bottom, width, height = box
    return figure.add_axes((left / wide, bottom / high, width / wide, height / high), label=label)


def _curves(axes: Axes, line: Line, view: View, scale: Scale) -> None:
    """Every channel where channels have their own temperatures, and the mean."""
    own = np.concatenate([np.full(b - a, not _one(line, a, b)) for a, b in _ends(line)])
    x, y = view.channel(line, scale, line.T)
    axes.plot(x, y, color=INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=3, label="mean by conductivity")
    locked = np.where(own, np.nan, line.T)
    if not own.all():
        axes.plot(
            *view.channel(line, scale, locked), color=INK, linewidth=1.6, zorder=5, label="locked together"
        )
    for (name, T), colour in zip(line.channels.items(), COLOURS, strict=False):
        axes.plot(*view.channel(line, scale, np.where(own, T, np.nan)), color=colour, linewidth=1.5, zorder=4,
                  label=name)  # fmt: skip


def _ends(line: Line) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in zip(line.offsets[:-1], line.offsets[1:], strict=True)]


def _one(line: Line, a: int, b: int) -> bool:
    """Whether all channels have the temperature of the mean between two points."""
    noise = 1e-9 * (line.extent[1] - line.extent[0]) + 1e-12 * line.extent[1]
    return all(bool(np.all(np.abs(T[a:b] - line.T[a:b]) <= noise)) for T in line.channels.values())


def _joint(line: Line, summary: Mapping[str, Any]) -> int | None:
    """The contact with the largest jump of a channel beside layers with decay lengths; None where there is none."""
    rows = {frozenset(row["name"].split("|")): row for row in summary["interfaces"]}
    best, found = 0.0, None
    for i in range(line.n_layers - 1):
        row = rows.get(frozenset(line.names[i : i + 2]))
        if row is None or not any(_lengths(line, summary, k) for k in (i, i + 1)):
            continue
        parts = [
            max(T[a:b].max() - T[a:b].min() for T in _differences(line, a, b))
            for a, b in (_ends(line)[i], _ends(line)[i + 1])
        ]
        jumps = [abs(values["jump"] or 0.0) for values in row["channels"].values()]
        size = max([*parts, *jumps])
        if size > best:
            best, found = size, i
    return found


def _differences(line: Line, a: int, b: int) -> list[Floats]:
    """Of each channel from the mean, zero elsewhere."""
    full = np.zeros(len(line.T))
    found = []
    for T in line.channels.values():
        part = full.copy()
        part[a:b] = np.nan_to_num(T[a:b] - line.T[a:b])
        found.append(part)
    return found


def _lengths(line: Line, summary: Mapping[str, Any], layer: int) -> list[float]:
    return list(summary["channels"]["decay_length"].get(line.materials[layer], ()))


def _near(
    line: Line, summary: Mapping[str, Any], joint: int
) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """(z, T) ranges of the enlarged joint; None where the whole stack is not larger."""
    own = [LENGTHS * max(_lengths(line, summary, k), default=0.0) for k in (joint, joint + 1)]
    below, above = (length or BESIDE * max(own) for length in own)
    face = float(line.edges[joint + 1])
    low, high = max(face - below, float(line.edges[joint])), min(face + above, float(line.edges[joint + 2]))
    if high - low > 0.7 * float(line.edges[-1] - line.edges[0]):
        return None
    inside = (line.z >= low) & (line.z <= high)
    every = [T[inside] for T in (line.T, *line.channels.values())]
    span = min(float(np.nanmin(T)) for T in every), max(float(np.nanmax(T)) for T in every)
    return (low, high), span


def _shown(low: float, high: float, unit: str) -> tuple[Scale, tuple[float, float]]:
    scale = labels.temperature_scale(low, high, unit)
    margin = 1.0 if labels.constant(low, high) else 0.07 * (high - low)
    return scale, (float(scale(low - margin)), float(scale(high + margin)))


def _margin(ruler: Ruler, limits: tuple[float, float]) -> float:
    numbers = max(ruler.size(text, SIZE)[0] for text in labels.ticks(labels.tick_places(*limits, 6)))
    return numbers / CM / ruler.dpi + 0.85


def _enlarged(
    figure: Figure,
    ruler: Ruler,
    line: Line,
    summary: Mapping[str, Any],
    joint: int,
    near: tuple[tuple[float, float], tuple[float, float]],
    box: Box,
    strip: float,
    palette: Palette,
) -> None:
    """The joint with the channels on both sides, and the jump of their mean."""
    (low, high), span = near
    face = float(line.edges[joint + 1])
    scale, limits = _shown(*span, line.temperature_unit)
    unit, factor = labels.unit_for(high - low, labels.LENGTHS)
    axes = _axes(figure, box, "joint")
    ends = [(low - face) * factor, 0.0, (high - face) * factor]
    axes.set_xlim(ends[0], ends[-1])
    axes.set_ylim(*limits)
    places = labels.tick_places(*limits, 6)
    axes.set_yticks(places, labels.ticks(places))
    across = labels.tick_places(ends[0], ends[-1], 5)
    axes.set_xticks(across, labels.ticks(across))
    axes.set_ylabel(scale.label("T"), fontsize=8, labelpad=3)
    axes.set_xlabel(f"{line.symbol} from the joint ({unit})", fontsize=8, labelpad=2)
    axes.grid(axis="y", color="#e0e0e0", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=SIZE, length=2.5, width=0.5)
    view = View("zoom", joint, joint + 2, (line.edges[joint : joint + 3] - face) * factor, scale, True, ())
    for k, i in enumerate(view.layers):
        axes.axvspan(view.at[k], view.at[k + 1], color=palette(line.materials[i]), alpha=0.18, linewidth=0)
    _curves(axes, line, view, scale)
    sides = float(line.above[joint]), float(line.below[joint + 1])
    if sides[0] != sides[1]:
        axes.plot([0.0, 0.0], [scale(T) for T in sides], color=JOINT, linewidth=0.9, linestyle=":", marker="o",
                  markersize=2.6, zorder=6)  # fmt: skip
    rows = {frozenset(row["name"].split("|")): row for row in summary["interfaces"]}
    far = rows[frozenset(line.names[joint : joint + 2])].get("far_field_conductance")
    texts = []
    if sides[0] != sides[1]:
        texts.append(
            f"{line.names[joint]}|{line.names[joint + 1]}: jump of the mean {labels.kelvins(abs(sides[0] - sides[1]))}"
        )
    if far:
        unit, factor = ("MW", 1e-6) if 1e5 < far < 1e11 else ("W", 1.0)
        texts.append(f"{labels.significant(far * factor, 4)} {unit}/(m²K) between far fields")
    wide, height = figure.get_size_inches() / CM
    for k, text in enumerate(texts if strip else ()):
        text = ruler.shorten(text, box[2] * CM * ruler.dpi, SMALL)
        place = (box[0] + 0.5 * box[2]) / wide, (box[1] + box[3] + 0.1 + 0.33 * (len(texts) - 1 - k)) / height
        write(figure, *place, text, ha="center", va="bottom", fontsize=SMALL, color=INK)
