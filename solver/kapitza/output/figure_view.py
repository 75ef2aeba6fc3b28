"""One view of a 1-D profile: a strip of layer names, T over the coordinate, jumps as breaks."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output import labels
from kapitza.output.figure_budget import CM, FAINT, INK, JOINT, Palette
from kapitza.output.labels import Placer, Ruler, Scale, dense, write
from kapitza.output.line_views import NAME_SIZE, READABLE, Film, Line, View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SMALL = 7.0
NUMBERS = 7.5
STRIP = 0.46
WORTH = 7.0  # px: jumps smaller than this in the picture are left to the budget
AMBIENT = "#2166AC"
Box = tuple[float, float, float, float]


def strip_height(line: Line, view: View, ruler: Ruler, width: float) -> float:
    """Height [cm] of the names above ``view``, 0 where they are too many; axes are ``width`` px wide."""
    if view.n_layers > READABLE:
        return 0.0
    if not view.named(ruler, width) or not _standing(line, view, ruler, width):
        return STRIP
    longest = max(ruler.size(line.names[i], NAME_SIZE)[0] for i in view.layers)
    return min(longest / ruler.dpi / CM + 0.25, 2.6)


def foot_height(line: Line, view: View, ruler: Ruler, width: float) -> float:
    """Height [cm] below ``view`` for ticks and label."""
    if view.ruled or not _upright(line, view, ruler, width):
        return 1.05
    longest = max(ruler.size(t, SMALL)[0] for t in _thicknesses(line, view))
    return longest / ruler.dpi / CM + 0.75


def left_margin(line: Line, view: View, ruler: Ruler) -> float:
    """Width [cm] of the numbers and the label left of ``view``."""
    places = labels.tick_places(*_temperature_limits(line, view, view.scale(line)), 6)
    numbers = max(ruler.size(text, NUMBERS)[0] for text in labels.ticks(places))
    return numbers / CM / ruler.dpi + 0.85


def draw_view(
    figure: Figure,
    ruler: Ruler,
    line: Line,
    view: View,
    palette: Palette,
    box: Box,
    strip: float,
) -> Axes:
    """Draw ``view`` into axes at ``box`` (left, bottom, width, height) [cm], names in a strip above."""
    wide, high = figure.get_size_inches() / CM
    left, bottom, width, plot = box
    scale = view.scale(line)
    axes = figure.add_axes((left / wide, bottom / high, width / wide, plot / high), label=view.kind)
    axes.set_xlim(*view.limits)
    axes.set_ylim(*_temperature_limits(line, view, scale))
    few = view.n_layers <= READABLE
    draw_ticks(axes, line, view, scale, ruler, width * CM * ruler.dpi)
    if few:
        for k, i in enumerate(view.layers):
            colour = palette(line.materials[i])
            axes.axvspan(view.at[k], view.at[k + 1], color=colour, alpha=0.22, linewidth=0, zorder=0)
        for face in view.at:
            axes.axvline(face, color="#9a9a9a", linewidth=0.5, zorder=1)
    x, y = view.polyline(line, scale)
    axes.plot(x, y, color=INK, linewidth=1.5 if few else 0.9, zorder=4, label="temperature",
              solid_capstyle="butt")  # fmt: skip
    marks = _marks(line, view, scale) if few else _film_marks(view, scale)
    for mark in marks:
        axes.plot([mark.at, mark.at], [mark.first, mark.second], color=JOINT, linewidth=0.9, linestyle=":",
                  marker="o", markersize=2.6 if len(marks) < 12 else 1.6, zorder=5, label="jump")  # fmt: skip
    for film in view.films:
        level = np.full(2, scale(film.ambient))
        axes.plot(_beyond(view, film), level, color=AMBIENT, linewidth=1.5, zorder=4, solid_capstyle="butt",
                  label="ambient")  # fmt: skip
    _Labels(axes, ruler, line, view, scale, box).write(marks, few)
    if strip:
        draw_names(figure, ruler, line, view, palette, box, strip)
    return axes


def mark_zoom(axes: Axes, view: View, zoom: View, line: Line, ruler: Ruler) -> None:
    """Show in the ``axes`` of ``view`` where ``zoom`` is."""
    low, high = (float(view.length(line.edges[i])) for i in (zoom.first, zoom.last))
    axes.axvspan(low, high, color=JOINT, alpha=0.5, linewidth=0.8, zorder=2)
    middle = 0.5 * (low + high)
    part = (middle - view.at[0]) / (view.at[-1] - view.at[0])
    align = "left" if part < 0.2 else "right" if part > 0.8 else "center"
    write(axes, middle, 1.02, "enlarged below", transform=axes.get_xaxis_transform(), ha=align,
          va="bottom", fontsize=SMALL, color=JOINT)  # fmt: skip


class _Mark:
    """A dotted vertical at drawing coordinate ``at`` between two shown temperatures, worth ``text``."""

    def __init__(self, at: float, first: float, second: float, drop: float) -> None:
        self.at, self.first, self.second = at, first, second
        self.text = labels.kelvins(abs(drop))
        self.size = abs(drop)


def _marks(line: Line, view: View, scale: Scale) -> list[_Mark]:
    marks = []
    for k, i in enumerate(view.layers[:-1]):
        if line.jumps[i] != 0.0:
            sides = scale(float(line.above[i])), scale(float(line.below[i + 1]))
            marks.append(_Mark(float(view.at[k + 1]), *sides, float(line.jumps[i])))
    return marks + _film_marks(view, scale)


def _film_marks(view: View, scale: Scale) -> list[_Mark]:
    return [
        _Mark(float(view.at[film.end]), scale(film.surface), scale(film.ambient), film.drop)
        for film in view.films
        if film.drop != 0.0
    ]


def _beyond(view: View, film: Film) -> tuple[float, float]:
    """Drawing coordinates from the end of the layers to the end of the axes, on the film's side."""
    return float(view.at[film.end]), view.limits[film.end]


def _temperature_limits(line: Line, view: View, scale: Scale) -> tuple[float, float]:
    low, high = view.temperatures(line)
    margin = 0.08 * (high - low)
    if labels.constant(low, high):
        margin = 1.0
    return scale(low - margin), scale(high + margin)


def draw_ticks(axes: Axes, line: Line, view: View, scale: Scale, ruler: Ruler, width: float) -> None:
    places = labels.tick_places(*axes.get_ylim(), 6)
    axes.set_yticks(places, labels.ticks(places))
    axes.set_ylabel(scale.label("T"), fontsize=8, labelpad=3)
    axes.grid(axis="y", color="#e0e0e0", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=NUMBERS, length=2.5, width=0.5)
    which = f"layers {view.first + 1} to {view.last} of {line.n_layers}"
    if view.ruled:
        places = labels.tick_places(float(view.at[0]), float(view.at[-1]), 6)
        axes.set_xticks(places, labels.ticks(places))
        note = "to scale" if view.kind == "scale" else which
        axes.set_xlabel(f"{view.length.label(line.symbol)}, {note}", fontsize=8, labelpad=2)
        return
    upright = _upright(line, view, ruler, width)
    middles = 0.5 * (view.at[:-1] + view.at[1:])
    axes.set_xticks(middles, _thicknesses(line, view), rotation=90 if upright else 0)
    axes.tick_params(axis="x", length=0, labelsize=SMALL)
    note = "" if view.kind == "equal" else f" ({which})"
    axes.set_xlabel(f"thickness; layers drawn equally wide{note}", fontsize=8, labelpad=2)


def _thicknesses(line: Line, view: View) -> list[str]:
    return [labels.length(float(line.edges[i + 1] - line.edges[i])) for i in view.layers]


def _upright(line: Line, view: View, ruler: Ruler, width: float) -> bool:
    """Whether the thicknesses must stand: some layer is too narrow for its own."""
    texts = zip(_thicknesses(line, view), view.cells(width), strict=True)
    return any(ruler.size(t, SMALL)[0] > c - 4 for t, c in texts)


def _standing(line: Line, view: View, ruler: Ruler, width: float) -> bool:
    """Whether the names must stand: some layer is too narrow for its name."""
    names = zip(view.layers, view.cells(width), strict=True)
    return any(ruler.size(line.names[i], NAME_SIZE)[0] > c - 6 for i, c in names)


def draw_names(
    figure: Figure, ruler: Ruler, line: Line, view: View, palette: Palette, box: Box, strip: float
) -> None:
    """The strip above the axes: the layers in their colours, with their names where they fit."""
    wide, high = figure.get_size_inches() / CM
    left, bottom, width, plot = box
    axes = figure.add_axes((left / wide, (bottom + plot) / high, width / wide, strip / high), label="names")
    axes.set_axis_off()
    axes.set_xlim(*view.limits)
    axes.set_ylim(0.0, 1.0)
    cells = view.cells(width * CM * ruler.dpi)
    every = view.named(ruler, width * CM * ruler.dpi)
    for k, i in enumerate(view.layers):
        low, high_ = float(view.at[k]), float(view.at[k + 1])
        axes.axvspan(low, high_, facecolor=palette(line.materials[i]), edgecolor="#7a7a7a", linewidth=0.5)
        lying = ruler.size(line.names[i], NAME_SIZE)[0] <= cells[k] - 6
        if lying or every:
            name = ruler.shorten(
                line.names[i], (cells[k] if lying else strip * CM * ruler.dpi) - 6, NAME_SIZE
            )
            write(axes, 0.5 * (low + high_), 0.48, name, ha="center", va="center", fontsize=NAME_SIZE,
                  color=INK, rotation=0 if lying else 90)  # fmt: skip
    for film in view.films:
        ends = _beyond(view, film)
        write(axes, 0.5 * sum(ends), 0.48, "film", ha="center", va="center", fontsize=SMALL, color=FAINT)


class _Labels:
    """Values at jumps, surfaces and reservoirs, wherever there is room for them."""

    def __init__(self, axes: Axes, ruler: Ruler, line: Line, view: View, scale: Scale, box: Box) -> None:
        self.axes, self.line, self.view, self.scale = axes, line, view, scale
        self.limits = view.temperatures(line)
        (self.x0, x1), (self.y0, y1) = axes.get_xlim(), axes.get_ylim()
        width, high = box[2] * CM * ruler.dpi, box[3] * CM * ruler.dpi
        self.kx, self.ky = width / (x1 - self.x0), high / (y1 - self.y0)
        curve = dense(*self.pixels(*view.polyline(line, scale)))
        self.placer = Placer(ruler, (0.0, 0.0, width, high), curve)

    def pixels(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Data -> pixels from the lower left corner of the axes."""
        return (x - self.x0) * self.kx, (y - self.y0) * self.ky

    def write(self, marks: list[_Mark], few: bool) -> None:
        """Jumps first, the largest before the others; then surface and reservoir temperatures."""
        for mark in marks:
            self._avoid(np.full(2, mark.at), np.array([mark.first, mark.second]))
        for film in self.view.films:
            self._avoid(np.array(_beyond(self.view, film)), np.full(2, self.scale(film.ambient)))
        view, line = self.view, self.line
        for film in view.films:
            self._ambient(film)
        tall = [m for m in marks if abs(m.first - m.second) * self.ky >= WORTH]
        for mark in sorted(tall, key=lambda m: -m.size):
            self._beside(mark)
        if few and view.kind != "zoom":
            for face in view.at[1:-1]:
                self._avoid(np.full(2, face), np.array(self.axes.get_ylim()))
            self._level(float(view.at[0]), float(line.T[0]), 1.0)
            self._level(float(view.at[-1]), float(line.T[-1]), -1.0)

    def _ambient(self, film: Film) -> None:
        """The reservoir's temperature above or below its level."""
        text = labels.temperature(film.ambient, self.limits, self.line.temperature_unit)
        width, high = self.placer.ruler.size(text, SMALL)
        (x0, y), (x1, _) = (self.pixels(x, self.scale(film.ambient)) for x in _beyond(self.view, film))
        spots = [((x0 + x1) / 2, y + v * high) for v in (-0.9, 0.9)]
        spots += [(x1 + (3 + width / 2) * (-1 if x1 > x0 else 1), y + v * high) for v in (-0.9, 0.9)]
        self._put(text, spots, AMBIENT)

    def _avoid(self, x: Any, y: Any) -> None:
        self.placer.obstacles = np.vstack([self.placer.obstacles, dense(*self.pixels(x, y))])

    def _beside(self, mark: _Mark) -> None:
        """The jump's value right or left of its dotted vertical, or past its ends."""
        width, high = self.placer.ruler.size(mark.text, SMALL)
        x, low = self.pixels(mark.at, min(mark.first, mark.second))
        _, top = self.pixels(mark.at, max(mark.first, mark.second))
        side = width / 2 + 6
        heights = [low + part * (top - low) for part in (0.5, 0.35, 0.65, 0.2, 0.8)]
        spots = list(itertools.product((x + side, x - side), heights))
        spots += [(x + s * side, h) for h in (top + 0.7 * high, low - 0.7 * high) for s in (1, -1)]
        spots += [(x, top + 1.2 * high), (x, low - 1.2 * high)]
        self._put(mark.text, spots, JOINT)

    def _level(self, at: float, T: float, direction: float) -> None:
        """A temperature [K] beside its place, on the side of ``direction``."""
        text = labels.temperature(T, self.limits, self.line.temperature_unit)
        width, high = self.placer.ruler.size(text, SMALL)
        x, y = self.pixels(at, self.scale(T))
        spots = itertools.product((0.55, 0.7, 1.0), (0.9, -0.9, 1.5, -1.5, 2.2, -2.2))
        self._put(text, [(x + direction * (d * width + 3), y + v * high) for d, v in spots], INK)

    def _put(self, text: str, spots: list[tuple[float, float]], colour: str) -> None:
        found = self.placer.place(text, SMALL, spots)
        if found is not None:
            x, y = found[0] / self.kx + self.x0, found[1] / self.ky + self.y0
            write(self.axes, x, y, text, ha="center", va="center", fontsize=SMALL, color=colour, zorder=6)
