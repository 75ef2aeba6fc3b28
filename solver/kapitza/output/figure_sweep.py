"""The picture of a sweep: curves over one swept quantity, a map with contours over two."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output import labels
from kapitza.output.figure import DPI, NOTE_SIZE, TITLE_SIZE, save, style
from kapitza.output.figure_budget import CM, INK
from kapitza.output.figure_log import decades
from kapitza.output.figure_time import COLOURS
from kapitza.output.labels import Ruler, write
from kapitza.output.sweep_view import Curves, Map, Shown, view

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kapitza.studies.sweeping.result import Sweep

WIDTH, HEIGHT = 16.0, 9.6  # cm
LEFT, RIGHT, HEAD, FOOT = 1.75, 0.45, 1.25, 1.25
BAR, BAR_GAP, BAR_LABEL = 0.35, 0.3, 1.7  # cm: width of the colour bar, gap before it, room for its texts
SIZE, SMALL = 7.5, 7.0
MARKED = 60  # points up to which a curve shows them
CONTOURS = 9
COLOURMAP = "viridis"


def draw_sweep(sweep: Sweep, path: str | Path, show: Sequence[str] = (), force: bool = False) -> None:
    """Draw ``sweep`` into a new file at ``path``. show : names of variables; default: the probes.

    Raises InputError where there is nothing to draw, or too many swept quantities; FileError as all pictures do.
    """
    save(lambda: figure_of_sweep(sweep, show), path, force)


def figure_of_sweep(sweep: Sweep, show: Sequence[str] = ()) -> Figure:
    """The picture as a matplotlib figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    seen = view(sweep, show)
    with style():
        figure = Figure(figsize=(WIDTH * CM, HEIGHT * CM), dpi=DPI)
        FigureCanvasAgg(figure)
        ruler = Ruler(figure)
        right = RIGHT + (BAR + BAR_GAP + BAR_LABEL if isinstance(seen, Map) else 0.0)
        box = (LEFT, FOOT, WIDTH - LEFT - right, HEIGHT - HEAD - FOOT)
        axes = figure.add_axes(_part(box), label="sweep")
        if isinstance(seen, Map):
            _map(figure, axes, seen, box)
        else:
            _curves(axes, seen, ruler)
        _head(figure, ruler, sweep)
    return figure


def _part(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return box[0] / WIDTH, box[1] / HEIGHT, box[2] / WIDTH, box[3] / HEIGHT


def _curves(axes: Axes, seen: Curves, ruler: Ruler) -> None:
    from matplotlib import colormaps

    ramp = colormaps[COLOURMAP](np.linspace(0.0, 0.88, max(len(seen.lines), 2)))
    colours = list(ramp) if seen.ordered else list(COLOURS)
    marker = "o" if len(seen.x.values) <= MARKED else ""
    for (name, values), colour in zip(seen.lines, colours, strict=False):
        text = ruler.shorten(labels.clean(name), 0.45 * WIDTH * CM * ruler.dpi, SMALL)
        axes.plot(
            seen.x.values,
            values,
            color=colour,
            label=text,
            linewidth=1.3,
            marker=marker,
            markersize=2.4,
            zorder=4,
        )
    _scale(axes, "x", seen.x)
    if seen.logarithmic:
        axes.set_yscale("log")
        decades(axes.yaxis)
    axes.set_ylabel(seen.label, fontsize=8, labelpad=3, parse_math=False)
    axes.grid(True, color="#e0e0e0", linewidth=0.5)
    axes.set_axisbelow(True)
    if len(seen.lines) > 1 or seen.by:
        legend = axes.legend(
            loc="best", fontsize=SMALL, frameon=True, framealpha=0.85, edgecolor="none", borderpad=0.3,
            handlelength=1.6, labelspacing=0.3, title=seen.by or None, title_fontsize=SMALL, alignment="left",
        )  # fmt: skip
        for entry in (*legend.get_texts(), legend.get_title()):
            entry.set_parse_math(False)
    _ticks(axes)


def _map(figure: Figure, axes: Axes, seen: Map, box: tuple[float, float, float, float]) -> None:
    from matplotlib.colors import LogNorm, Normalize
    from matplotlib.patheffects import withStroke

    shown = np.ma.masked_invalid(seen.values)
    low, high = (float(shown.min()), float(shown.max())) if shown.count() else (0.0, 1.0)
    log = low > 0.0 and high > 30.0 * low
    norm = LogNorm(low, high) if log else Normalize(low, high if high > low else low + 1.0)
    axes.set_facecolor("#eeeeee")
    x, y = _edges(seen.x), _edges(seen.y)
    mesh = axes.pcolormesh(x, y, shown, cmap=COLOURMAP, norm=norm, rasterized=True)
    _scale(axes, "x", seen.x)
    _scale(axes, "y", seen.y)
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])
    if min(seen.values.shape) > 1 and high > low:
        levels = (
            np.geomspace(low, high, CONTOURS + 2)[1:-1] if log else labels.tick_places(low, high, CONTOURS)
        )
        lines = axes.contour(
            seen.x.values, seen.y.values, shown, levels=sorted(levels), colors="white", linewidths=0.7
        )
        texts = dict(zip(lines.levels, labels.ticks(list(lines.levels)), strict=True))
        if log:
            texts = {level: labels.significant(level, 2) for level in lines.levels}
        for text in axes.clabel(lines, fmt=texts, fontsize=SMALL - 0.5, inline_spacing=3):
            text.set_parse_math(False)
            text.set_path_effects([withStroke(linewidth=1.4, foreground="#333333")])
    left = box[0] + box[2] + BAR_GAP
    side = figure.add_axes(_part((left, box[1], BAR, box[3])), label="colours")
    bar = figure.colorbar(mesh, cax=side)
    bar.set_label(seen.label, fontsize=8)
    bar.ax.yaxis.label.set_parse_math(False)
    if log:
        decades(bar.ax.yaxis)
    bar.ax.tick_params(labelsize=SIZE, length=2.5, width=0.5)
    bar.ax.tick_params(which="minor", length=0)
    _ticks(axes)


def _edges(shown: Shown) -> Any:
    """(n + 1,) edges of cells around values, halfway along the axis."""
    at = np.log(shown.values) if shown.logarithmic else shown.values
    middle = 0.5 * (at[1:] + at[:-1])
    edges = np.concatenate([[at[0] - (middle[0] - at[0])], middle, [at[-1] + (at[-1] - middle[-1])]])
    return np.exp(edges) if shown.logarithmic else edges


def _scale(axes: Axes, which: str, shown: Shown) -> None:
    axis: Any = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xlabel if which == "x" else axes.set_ylabel)(
        shown.label, fontsize=8, labelpad=3, parse_math=False
    )
    if shown.texts:
        axis.set_ticks(shown.values, [labels.clean(text) for text in shown.texts])
        for text in axis.get_ticklabels():
            text.set_parse_math(False)
    elif shown.logarithmic:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
        low, high = float(np.min(shown.values)), float(np.max(shown.values))
        if high > 20.0 * low:
            decades(axis)
        else:
            places = _ones_twos_fives(low, high)
            axis.set_ticks(places, labels.distinct(places))
            axis.set_ticks([], minor=True)


def _ones_twos_fives(low: float, high: float) -> list[float]:
    """1, 2, 5, 10 … between ``low`` and ``high``."""
    first, last = int(np.floor(np.log10(low))), int(np.ceil(np.log10(high)))
    places = [m * 10.0**e for e in range(first, last + 1) for m in (1.0, 2.0, 5.0)]
    return [p for p in places if 0.999 * low <= p <= 1.001 * high] or [low, high]


def _ticks(axes: Axes) -> None:
    axes.tick_params(labelsize=SIZE, length=2.5, width=0.5)
    axes.tick_params(which="minor", length=1.5, width=0.4)


def _head(figure: Figure, ruler: Ruler, sweep: Sweep) -> None:
    room = (WIDTH - 0.7) * CM * ruler.dpi
    heading = ruler.shorten(labels.clean(sweep.title) or "sweep", room, TITLE_SIZE, "bold")
    at = {"ha": "left", "va": "top", "color": INK}
    write(figure, 0.35 / WIDTH, 1 - 0.18 / HEIGHT, heading, fontsize=TITLE_SIZE, weight="bold", **at)
    many = " × ".join(f"{size:,}" for size in sweep.shape)
    parts = [f"{many} points" + (f" = {sweep.status.size:,}" if len(sweep.shape) > 1 else "")]
    fixed = [name for name, coord in sweep.coords.items() if coord.values.size == 1]
    parts += [f"{len(sweep.failed):,} failed"] if sweep.failed else []
    parts += [f"{name} = {text}" for name, text in sweep.where(0).items() if name in fixed]
    note = ruler.shorten("   ·   ".join(parts), room, NOTE_SIZE)
    write(figure, 0.35 / WIDTH, 1 - 0.68 / HEIGHT, note, fontsize=NOTE_SIZE, **at)
