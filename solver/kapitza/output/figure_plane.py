"""Pictures of 2-D solutions: the temperature to scale, thin layers enlarged, and what each part costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output import labels
from kapitza.output.figure_budget import CM, INK, Palette, condense, draw_budget, height, summary_bars
from kapitza.output.figure_map import (
    SIZE,
    Box,
    Look,
    Name,
    column_width,
    draw_map,
    knot_ticks,
    mark_axis,
    place_names,
    true_ticks,
    write_names,
)
from kapitza.output.labels import Ruler, Scale, write
from kapitza.output.plane_data import Floats, Plane, Stretch
from kapitza.output.plane_lines import Curve, heat_lines, isotherms

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure

WIDTH = 16.0  # cm, the text width of a report
LEFT = 1.55
BAR = 1.95  # cm for the colour bar and its numbers
FOOT = 1.1
PITCH = 0.36  # cm between the numbers of the colour bar
FLAT = 1.1  # cm: a map lower than this has no room for a vertical label
GAP = 1.45
VISIBLE = 0.28  # cm: pieces drawn smaller than this are enlarged
LEAST = 0.46  # cm: the least height of an enlarged layer,
LEAST_X = 0.7  # cm: and its least width
MOST = 24  # intervals that an enlarged view can show; of more, a few are shown
CROWD = 40  # pieces too thin to be told apart, above which outlines would cover them
HAIR = 0.05  # cm: what is thinner is such a piece
TALLEST = 7.5  # cm: the greatest height of a map,
LOWER = 6.0  # cm: and of one to scale that has an enlarged one beside or below it
CURVE_CELLS = 400
TRUE = "to scale"
LINES = 14  # of heat flow in the widest map


@dataclass(frozen=True)
class Drawing:
    """One map: the field or a part of it, its stretched coordinates, what it is, and its size [cm]."""

    plane: Plane
    z: Stretch
    x: Stretch
    note: str
    width: float
    height: float

    @property
    def per_metre(self) -> float:
        """Scale of a map that is to scale [cm/m]."""
        return float(self.width / (self.plane.x[-1] - self.plane.x[0]))

    @property
    def crowded(self) -> bool:
        """Whether many pieces are too thin to be told apart."""
        if self.note != TRUE:
            return False
        thin = sum(np.count_nonzero(sizes * self.per_metre < HAIR) for sizes in self.plane.sizes)
        return bool(thin > CROWD)


@dataclass(frozen=True)
class Arrangement:
    """The maps, side by side or one above the other, and the names on the last of them.

    column : width [cm] of the names that stand beside it
    """

    drawings: Sequence[Drawing]
    beside: bool
    names: Sequence[Name]
    column: float

    @property
    def height(self) -> float:
        """Height [cm] with the labels of the axes."""
        heights = [d.height + FOOT for d in self.drawings]
        return max(heights) if self.beside else sum(heights)

    @property
    def width(self) -> float:
        """Width [cm] with the names beside, without the numbers of the first vertical axis."""
        widths = [d.width for d in self.drawings]
        return self.column + (sum(widths) + GAP * (len(widths) - 1) if self.beside else max(widths))


def draw_plane(figure: Figure, solution: Any, summary: Mapping[str, Any], heading: float) -> None:
    """Fill ``figure`` with the picture of a 2-D solution and set its height.

    summary : the solution's `summary`; heading : height [cm] left free at the top
    """
    plane = Plane.of(solution, summary)
    ruler = Ruler(figure)
    layout = solution.layout
    materials = {layout.name(i): layout.material(i).name for i in range(layout.n_pieces)}
    bars = condense(summary_bars(summary, materials), 12)
    maps = _arrange(plane, ruler)
    scale = labels.temperature_scale(*plane.limits, plane.temperature_unit)
    levels = _levels(plane, scale)
    heat = _heat_lines(plane, maps)
    caption = _caption(plane, scale, levels, len(heat), maps, ruler)
    budget = height(len(bars), above=False) if bars else 0.0
    total = heading + maps.height + 0.36 * len(caption) + 0.3 + budget + 0.1
    figure.set_size_inches(WIDTH * CM, total * CM)

    left, top = LEFT, total - heading
    for drawing in maps.drawings:
        look = Look(scale, *_colours(plane, scale), _isotherms(drawing, scale, levels), heat, drawing.crowded)
        box = (left, top - drawing.height, drawing.width, drawing.height)
        axes = draw_map(figure, drawing.plane, look, drawing.z, drawing.x, box, drawing.note)
        _axes(axes, drawing, plane, ruler)
        if drawing is maps.drawings[-1]:
            write_names(axes, maps.names, ruler, box)
        if maps.beside:
            left += drawing.width + GAP
        else:
            top -= drawing.height + FOOT
    tall = min(maps.height - FOOT, TALLEST)
    bar = (LEFT + maps.width + 0.4, total - heading - tall, 0.28, tall)
    _colour_bar(figure, plane, scale, levels, bar)
    for k, line in enumerate(caption):
        y = (total - heading - maps.height - 0.36 * k) / total
        write(figure, 0.35 / WIDTH, y, line, ha="left", va="top", fontsize=SIZE, color="#555555")
    shares = summary["resistance"]["total"] is not None
    if bars:
        rect = (0.35, 0.1, WIDTH - 0.6, budget)
        draw_budget(figure, ruler, bars, Palette(), shares=shares, above=False, rect=rect)


def _arrange(plane: Plane, ruler: Ruler) -> Arrangement:
    """Choose the maps; twice, because names that stand beside take room from the maps."""
    arrangement = _with_column(plane, ruler, 0.0)
    return _with_column(plane, ruler, arrangement.column) if arrangement.column else arrangement


def _with_column(plane: Plane, ruler: Ruler, column: float) -> Arrangement:
    room = WIDTH - LEFT - BAR - column
    true = _to_scale(plane, room, TALLEST)
    heights, widths = plane.sizes
    thin_z = float(heights.min()) * true.per_metre < VISIBLE
    thin_x = float(widths.min()) * true.per_metre < VISIBLE
    drawings, beside = [true], False
    if thin_z or thin_x:
        true = _to_scale(plane, room, LOWER)
        beside = true.width < 0.5 * room
        left = room - true.width - GAP if beside else room
        drawings = [true, _enlarged(plane, thin_x, left, true.height if beside else TALLEST)]
    last = drawings[-1]
    names = place_names(last.plane, last.z, last.x, ruler, last.width, last.height)
    return Arrangement(drawings, beside, names, max(column_width(names, ruler), column))


def _to_scale(plane: Plane, room: float, tallest: float) -> Drawing:
    """The whole field at one scale, within ``room`` by ``tallest`` [cm]."""
    z, x = Stretch.true(plane.z[0], plane.z[-1]), Stretch.true(plane.x[0], plane.x[-1])
    aspect = (plane.z[-1] - plane.z[0]) / (plane.x[-1] - plane.x[0])
    width = max(min(room, tallest / aspect), 0.1)
    return Drawing(plane, z, x, TRUE, width, max(min(room * aspect, tallest), 0.1))


def _enlarged(plane: Plane, thin_x: bool, room: float, tallest: float) -> Drawing:
    """Within ``room`` by ``tallest`` [cm]: the whole field with a least size for everything; or, of too many
    pieces, those around the hottest place."""
    note = "thin parts enlarged"
    if max(len(plane.z_knots), len(plane.x_knots) * thin_x) - 1 > MOST:
        j, i = np.unravel_index(np.nanargmax(plane.T), plane.T.shape)
        heights, widths = plane.sizes
        z = _window(plane.z, float(plane.z[j]), float(heights.min()) * tallest / LEAST)
        x = _window(plane.x, float(plane.x[i]), float(widths.min()) * room / LEAST_X if thin_x else np.inf)
        plane, note = plane.cropped(z, x), "a part, around the hottest place"
    few_z, few_x = (len(knots) - 1 <= MOST for knots in (plane.z_knots, plane.x_knots))
    size = tallest if tallest < TALLEST else float(np.clip(1.2 * LEAST * len(plane.z_knots), 4.5, tallest))
    z_stretch, x_stretch = Stretch.true(plane.z[0], plane.z[-1]), Stretch.true(plane.x[0], plane.x[-1])
    if few_z:
        z_stretch = Stretch.with_minimum(plane.z_knots, LEAST / size)
    if few_x and thin_x:
        x_stretch = Stretch.with_minimum(plane.x_knots, LEAST_X / room)
    return Drawing(plane, z_stretch, x_stretch, note, room, size)


def _window(edges: Floats, value: float, size: float) -> tuple[float, float]:
    """Limits ``size`` apart around ``value``, within the ``edges``."""
    low = min(max(value - 0.5 * size, float(edges[0])), max(float(edges[-1]) - size, float(edges[0])))
    return low, min(low + size, float(edges[-1]))


def _levels(plane: Plane, scale: Scale) -> list[float]:
    """Isotherms, as shown; none where the temperature is constant."""
    low, high = plane.limits
    if labels.constant(low, high):
        return []
    return labels.tick_places(scale(low), scale(high), 10)


def _isotherms(drawing: Drawing, scale: Scale, levels: Sequence[float]) -> list[Curve]:
    cells = drawing.plane.coarsened(drawing.z, drawing.x, CURVE_CELLS)
    if drawing.crowded:  # layers too thin to see: curves through what they look like together
        cells = replace(cells, piece=np.minimum(cells.piece, 0))
    return isotherms(cells, [level / scale.factor + scale.offset for level in levels])


def _heat_lines(plane: Plane, maps: Arrangement) -> list[Curve]:
    whole = [d for d in maps.drawings if d.plane is plane][-1]
    count = int(np.clip(1.4 * min(d.width for d in maps.drawings), 4, LINES))
    return heat_lines(plane.coarsened(whole.z, whole.x, CURVE_CELLS), count)


def _colours(plane: Plane, scale: Scale) -> tuple[Colormap, Normalize]:
    """Perceptually uniform, readable without colour vision; its darkest part left out for the lines' sake."""
    import matplotlib
    from matplotlib.colors import ListedColormap, Normalize

    low, high = plane.limits
    if labels.constant(low, high):
        low, high = low - 1.0, high + 1.0
    colours = ListedColormap(matplotlib.colormaps["inferno"](np.linspace(0.28, 0.93, 256)))
    return colours, Normalize(scale(low), scale(high))


def _axes(axes: Axes, drawing: Drawing, plane: Plane, ruler: Ruler) -> None:
    """Ticks and labels: round values where a coordinate is to scale, else the true values at the knots."""
    part = drawing.plane
    span = max(part.z[-1] - part.z[0], part.x[-1] - part.x[0])
    for vertical, stretch, edges, size, symbol in (
        (True, drawing.z, part.z, drawing.height, "z"),
        (False, drawing.x, part.x, drawing.width, plane.lateral),
    ):
        low, high = float(edges[0]), float(edges[-1])
        scale = (
            labels.length_scale(low, low + span) if drawing.note == TRUE else labels.length_scale(low, high)
        )
        if stretch.even:
            true_ticks(axes, stretch, scale, size, vertical)
        else:
            knot_ticks(axes, stretch, scale, ruler, size, vertical)
        if vertical and size < FLAT:
            axes.set_yticks([stretch.at[-1]], [f"{labels.distinct([scale(high)])[0]} {scale.unit}"])
        elif vertical:
            axes.set_ylabel(scale.label(symbol), fontsize=8, labelpad=2)
        else:
            text = f"{scale.label(symbol)}, {drawing.note}"
            room = (size + 1.6) * CM * ruler.dpi
            axes.set_xlabel(
                text if ruler.size(text, 8)[0] <= room else scale.label(symbol), fontsize=8, labelpad=2
            )
    if plane.axisymmetric and part.x[0] == 0.0:
        mark_axis(axes, drawing.x)


def _colour_bar(figure: Figure, plane: Plane, scale: Scale, levels: Sequence[float], box: Box) -> None:
    from matplotlib.cm import ScalarMappable

    wide, high = figure.get_size_inches() / CM
    left, bottom, width, tall = box
    axes = figure.add_axes((left / wide, (bottom) / high, width / wide, (tall - 0.4) / high), label="colours")
    colours, norm = _colours(plane, scale)
    bar = figure.colorbar(ScalarMappable(norm, colours), cax=axes)
    places = list(levels) or [float(scale(plane.limits[0]))]
    low, high_ = (float(scale(value)) for value in plane.limits)
    every = 1
    if len(places) > 1:
        pitch = (tall - 0.4) * (places[1] - places[0]) / (high_ - low)
        every = math.ceil(PITCH / pitch)
    texts = [text if k % every == 0 else "" for k, text in enumerate(labels.ticks(places))]
    bar.set_ticks(places, labels=texts)
    bar.ax.tick_params(labelsize=SIZE, length=2.5, width=0.5)
    bar.ax.hlines(places, 0, 1, color="black", linewidth=0.45, alpha=0.7)
    bar.outline.set_linewidth(0.5)
    write(
        figure,
        left / wide,
        (bottom + tall) / high,
        scale.label("T"),
        ha="left",
        va="top",
        fontsize=8,
        color=INK,
    )


def _caption(
    plane: Plane, scale: Scale, levels: Sequence[float], lines: int, maps: Arrangement, ruler: Ruler
) -> list[str]:
    """What the lines mean, in as many lines of text as it needs."""
    parts = []
    if len(levels) > 1:
        parts.append(f"thin lines: isotherms every {labels.kelvins((levels[1] - levels[0]) / scale.factor)}")
    if lines:
        leaving = sum(-heat for heat in plane.sides.values() if heat < 0.0)
        parts.append(f"white lines: heat flow, {labels.scaled(leaving / lines, labels.WATTS)} each")
    if plane.joints:
        parts.append("thick lines: joints with resistance")
    if np.any(plane.piece < 0):
        parts.append("hatched: void")
    if maps.drawings[-1].plane.axisymmetric and plane.x[0] == 0.0:
        parts.append("dash-dotted: axis")
    rows: list[str] = []
    for part in parts:
        longer = f"{rows[-1]}   ·   {part}" if rows else part
        if rows and ruler.size(longer, SIZE)[0] <= (WIDTH - 0.8) * CM * ruler.dpi:
            rows[-1] = longer
        else:
            rows.append(part)
    return rows
