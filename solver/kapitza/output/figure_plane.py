"""Pictures of 2-D solutions: the temperature to scale, thin layers enlarged, and what each part costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output import labels
from kapitza.output.course import Course
from kapitza.output.figure_budget import CM, INK, Palette, bars_of, draw_budget, height
from kapitza.output.figure_flow import draw_flow
from kapitza.output.figure_map import SIZE, Box, Look, draw_map, mark_axis, name_boxes, write_names
from kapitza.output.figure_time import draw_course_alone
from kapitza.output.labels import Ruler, Scale, write
from kapitza.output.parts import costs
from kapitza.output.plane_data import Plane
from kapitza.output.plane_lines import Curve, heat_lines, isotherms, leaves_evenly
from kapitza.output.plane_views import FOOT, HIGHEST, TALLEST, WIDTH, Arrangement, Drawing, arrange

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure

PITCH = 0.36  # cm between the numbers of the colour bar
BAR = 0.28  # cm, its width
CURVE_CELLS = 400
BARS = 12  # of the budget
COURSE = 4.4  # cm, height of the axes of a run in time
LINES = 14  # of heat flow in the widest map


def draw_plane(
    figure: Figure, solution: Any, summary: Mapping[str, Any], heading: float, course: Course | None = None
) -> None:
    """Fill ``figure`` with the picture of a 2-D solution and set its height.

    summary : the solution's `summary`; heading : height [cm] left free at the top
    course : of a run in time, drawn in place of the budget
    """
    plane = Plane.of(solution, summary)
    ruler = Ruler(figure)
    layout = solution.layout
    materials = {layout.name(i): layout.material(i).name for i in range(layout.n_pieces)}
    costly = costs(summary, BARS)
    # Where the stack as such makes no difference of temperature there is nothing to show.
    bars = bars_of(costly, materials, BARS) if costly.largest and course is None else []
    scale = labels.temperature_scale(*plane.limits, plane.temperature_unit)
    levels = _levels(plane, scale)
    maps = arrange(plane, ruler, _bar_width(scale, levels or [float(scale(plane.limits[0]))], ruler))
    # In time heat stays where it warms: lines of flow would end anywhere.
    heat, equal = _heat_lines(plane, maps) if summary.get("steady", True) else ([], False)
    caption = _caption(plane, scale, levels, len(heat), equal, maps, ruler)
    budget = height(len(bars), above=False) if bars else 0.0 if course is None else COURSE + 1.3
    total = heading + maps.height + 0.36 * len(caption) + 0.3 + budget + 0.1
    figure.set_size_inches(WIDTH * CM, total * CM)

    left, top = maps.margins.left, total - heading
    for drawing in maps.drawings:
        look = Look(scale, *_colours(plane, scale), _isotherms(drawing, scale, levels), heat, drawing.crowded)
        box = (left, top - drawing.height, drawing.width, drawing.height)
        axes = draw_map(figure, drawing.plane, look, drawing.z, drawing.x, box, drawing.note)
        names = maps.names if drawing is maps.drawings[-1] else []
        draw_flow(axes, drawing.plane, look, drawing.z, drawing.x, box, name_boxes(names, ruler))
        _axes(axes, drawing, maps, ruler)
        write_names(axes, names, ruler, box)
        if maps.beside:
            left += drawing.width + maps.margins.gap
        else:
            top -= drawing.height + FOOT
    tall = min(maps.height - FOOT, TALLEST if len(maps.drawings) > 1 else HIGHEST)
    bar = (maps.margins.left + maps.width + 0.4, total - heading - tall, BAR, tall)
    _colour_bar(figure, plane, scale, levels, bar)
    for k, line in enumerate(caption):
        y = (total - heading - maps.height - 0.36 * k) / total
        write(figure, 0.35 / WIDTH, y, line, ha="left", va="top", fontsize=SIZE, color="#555555")
    if course is not None:
        draw_course_alone(figure, ruler, course, plane.temperature_unit, 1.15, COURSE)
    elif bars:
        rect = (0.35, 0.1, WIDTH - 0.6, budget)
        draw_budget(figure, ruler, bars, Palette(), way=costly.way, above=False, rect=rect)


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


def _heat_lines(plane: Plane, maps: Arrangement) -> tuple[list[Curve], bool]:
    """Lines of heat flow, and whether each stands for an equal part of the heat that leaves."""
    whole = [d for d in maps.drawings if d.plane is plane][-1]
    part = maps.drawings[-1].plane
    z, x = (s.focused(e[0], e[-1]) for s, e in ((whole.z, part.z), (whole.x, part.x)))
    cells = plane.coarsened(z, x, CURVE_CELLS)
    count = int(np.clip(1.4 * min(d.width for d in maps.drawings), 4, LINES))
    lines = heat_lines(cells, count)
    return lines, len(lines) == count and leaves_evenly(cells)


def _colours(plane: Plane, scale: Scale) -> tuple[Colormap, Normalize]:
    """Perceptually uniform, readable without colour vision; its darkest part left out for the lines' sake."""
    import matplotlib
    from matplotlib.colors import ListedColormap, Normalize

    low, high = plane.limits
    if labels.constant(low, high):
        low, high = low - 1.0, high + 1.0
    colours = ListedColormap(matplotlib.colormaps["inferno"](np.linspace(0.28, 0.93, 256)))
    return colours, Normalize(scale(low), scale(high))


def _axes(axes: Axes, drawing: Drawing, maps: Arrangement, ruler: Ruler) -> None:
    """Ticks and labels of a map."""
    axes.set_xticks(*drawing.ticks("x", ruler))
    axes.set_yticks(*drawing.ticks("z", ruler))
    if not drawing.flat:
        axes.set_ylabel(drawing.scale("z").label("z"), fontsize=8, labelpad=2)
    label = drawing.scale("x").label(drawing.plane.lateral)
    room = (drawing.width + maps.margins.gap - 0.2) * CM * ruler.dpi
    longer = f"{label}, {drawing.note}"
    axes.set_xlabel(longer if ruler.size(longer, 8)[0] <= room else label, fontsize=8, labelpad=2)
    if drawing.plane.axisymmetric and drawing.plane.x[0] == 0.0:
        mark_axis(axes, drawing.x)


def _bar_width(scale: Scale, places: Sequence[float], ruler: Ruler) -> float:
    """Width [cm] that the colour bar takes beside the maps, with its numbers and its label."""
    numbers = max(ruler.size(t, SIZE)[0] for t in labels.ticks(places)) / CM / ruler.dpi
    return 0.4 + max(BAR + 0.3 + numbers, ruler.size(scale.label("T"), 8)[0] / CM / ruler.dpi) + 0.15


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
    write(figure, left / wide, (bottom + tall) / high, scale.label("T"), va="top", fontsize=8, color=INK)


def _caption(
    plane: Plane,
    scale: Scale,
    levels: Sequence[float],
    lines: int,
    equal: bool,
    maps: Arrangement,
    ruler: Ruler,
) -> list[str]:
    """What the lines mean, in as many lines of text as it needs."""
    parts = []
    if len(levels) > 1:
        parts.append(f"thin lines: isotherms every {labels.kelvins((levels[1] - levels[0]) / scale.factor)}")
    if lines:
        leaving = sum(-heat for heat in plane.sides.values() if heat < 0.0)
        each = f", {labels.scaled(leaving / lines, labels.WATTS)} each" if equal else ""
        parts.append(f"white lines: heat flow{each}")
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
