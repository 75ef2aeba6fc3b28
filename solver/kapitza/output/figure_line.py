"""Pictures of 1-D solutions: T(z) with its jumps as breaks, the layers, and what each part costs.

Views are chosen by what can be read: to scale; all layers equally wide, when some are too thin to see; a
few layers from where the temperature drops most, when there are too many.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kapitza.output.figure_budget import CM, Palette, bars_of, draw_budget, height
from kapitza.output.figure_view import draw_view, foot_height, left_margin, mark_zoom, strip_height
from kapitza.output.labels import Ruler
from kapitza.output.line_views import READABLE, Line, choose_views
from kapitza.output.parts import costs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 16.0  # cm, the text width of a report
BUDGET = 5.95  # cm, the width of a budget beside the profile
BESIDE = 12  # layers up to which the budget stands beside the profile


def draw_line(figure: Figure, solution: Any, summary: Mapping[str, Any], heading: float) -> None:
    """Fill ``figure`` with the picture of a 1-D solution and set its height.

    summary : the solution's `summary`; heading : height [cm] left free at the top
    """
    line = Line.of(solution)
    ruler = Ruler(figure)
    palette = Palette(line.materials)
    wide = BESIDE < line.n_layers <= READABLE
    most = 24 if wide else 12
    costly = costs(summary, most)
    names = (solution.layout.name(i) for i in range(line.n_layers))
    bars = bars_of(costly, dict(zip(names, line.materials, strict=True)), most)
    margin = 1.75
    for _ in range(2):  # the numbers on the left take room from the views that they belong to
        width = WIDTH - margin - (0.3 if wide else BUDGET)
        pixels = width * CM * ruler.dpi
        views = choose_views(line, ruler, pixels)
        margin = max([margin, *(left_margin(line, view, ruler) for view in views)])

    heads = [strip_height(line, v, ruler, pixels) or (0.45 if len(views) > 1 else 0.0) for v in views]
    strips = [strip_height(line, v, ruler, pixels) for v in views]
    feet = [foot_height(line, v, ruler, pixels) for v in views]
    plot = 5.6 if len(views) == 1 else 4.2
    need = sum(heads) + sum(feet) + len(views) * plot + 0.35 * (len(views) - 1)
    budget = height(len(bars), above=not wide)
    total = heading + (need + 0.4 + budget if wide else max(need, budget)) + 0.1
    if not wide:
        plot += max(0.0, budget - need) / len(views)
    figure.set_size_inches(WIDTH * CM, total * CM)

    top = total - heading
    axes = []
    for view, head, strip, foot in zip(views, heads, strips, feet, strict=True):
        box = (margin, top - head - plot, width, plot)
        axes.append(draw_view(figure, ruler, line, view, palette, box, strip))
        top -= head + plot + foot + 0.35
    if views[-1].kind == "zoom":
        mark_zoom(axes[0], views[0], views[1], line, ruler)
    left = 0.35 if wide else margin + width + 0.55
    rect = (left, 0.1, WIDTH - left - 0.1, budget if wide else total - heading - 0.1)
    draw_budget(figure, ruler, bars, palette, way=costly.way, above=not wide, rect=rect)
