"""Heat-flow lines on a map, with arrow heads where they can be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kapitza.output.figure_budget import CM
from kapitza.output.figure_map import Box, Look
from kapitza.output.plane_data import VOID, Floats, Plane, Stretch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEAD = 0.11  # cm around the tip of an arrow that must be free
SHORT = 0.7  # cm: shorter lines have no arrow
PLACES = (0.55, 0.48, 0.62, 0.41, 0.69, 0.34, 0.76, 0.27, 0.83, 0.2, 0.9)  # parts of the visible length


def draw_flow(
    axes: Axes, plane: Plane, look: Look, z: Stretch, x: Stretch, box: Box, names: Sequence[Box]
) -> None:
    """Draw the lines of ``look`` on the map of ``plane`` at ``box`` [cm].

    Each has an arrow head where nothing is heated, inside one piece and off the ``names`` [px], if there is room.
    """
    from matplotlib.patheffects import Normal, Stroke

    halo = [Stroke(linewidth=1.6, foreground="black", alpha=0.6), Normal()]
    dots = CM * axes.figure.dpi
    taken = [(a / dots, b / dots, c / dots, d / dots) for a, b, c, d in names]
    ground = _Ground(plane, z, x, box, within=not look.crowded)
    for a, b in look.heat:
        line = np.column_stack([x(a), z(b)])
        axes.plot(
            line[:, 0], line[:, 1], color="white", linewidth=0.7, path_effects=halo, zorder=3, label="heat"
        )
        seen = ground.centimetres(line)
        run = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(seen, axis=0).T))])
        if run[-1] <= SHORT:
            continue
        for part in PLACES:
            at = [part * run[-1], part * run[-1] - 0.05]
            tip, tail = np.column_stack([np.interp(at, run, seen[:, k]) for k in (0, 1)])
            if ground.still(tip) and not any(_covers(t, tip) for t in taken):
                taken.append((tip[0], tip[1], tip[0], tip[1]))
                axes.annotate(
                    "", xy=ground.drawn(tip), xytext=ground.drawn(tail), zorder=3,
                    arrowprops={"arrowstyle": "-|>", "color": "white", "mutation_scale": 7, "linewidth": 0.4,
                                "shrinkA": 0, "shrinkB": 0, "path_effects": halo},
                )  # fmt: skip
                break


def _covers(box: Box, point: Floats) -> bool:
    left, bottom, right, top = box
    inside = left - HEAD < point[0] < right + HEAD and bottom - HEAD < point[1] < top + HEAD
    return bool(inside)


class _Ground:
    """The map under the lines, in centimetres from its lower left corner.

    within : an arrow head must lie inside one piece
    """

    def __init__(self, plane: Plane, z: Stretch, x: Stretch, box: Box, *, within: bool) -> None:
        self.plane, self.z, self.x, self.within = plane, z, x, within
        self.low = np.array([x.at[0], z.at[0]])
        self.scale = np.array([box[2], box[3]]) / (np.array([x.at[-1], z.at[-1]]) - self.low)
        self.size = np.array([box[2], box[3]])
        # In a domain that is heated throughout, arrows stand where they can.
        self.heated = plane.source > 0.0
        if np.all(self.heated | (plane.piece == VOID)):
            self.heated = np.zeros_like(self.heated)

    def centimetres(self, drawn: Floats) -> Floats:
        """(n, 2) places from drawing coordinates; what is outside moves to the edge."""
        return np.asarray(np.clip((drawn - self.low) * self.scale, 0.0, self.size))

    def drawn(self, place: Floats) -> tuple[float, float]:
        a, b = place / self.scale + self.low
        return float(a), float(b)

    def still(self, place: Floats) -> bool:
        """Whether an arrow head has room at ``place`` in unheated matter."""
        around = place + HEAD * np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]])
        if np.any(around < 0.0) or np.any(around > self.size):
            return False
        cells = []
        for stretch, edges, k in ((self.z, self.plane.z, 1), (self.x, self.plane.x, 0)):
            true = np.interp(around[:, k] / self.scale[k] + self.low[k], stretch.at, stretch.knots)
            cells.append(np.clip(np.searchsorted(edges, true) - 1, 0, len(edges) - 2))
        pieces = self.plane.piece[cells[0], cells[1]]
        if np.any(self.heated[cells[0], cells[1]]) or pieces[0] == VOID:
            return False
        return not self.within or bool(np.all(pieces == pieces[0]))
