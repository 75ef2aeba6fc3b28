"""One map of a 2-D field: colours, isotherms, outlines, and the names of the pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output.figure_budget import CM, INK
from kapitza.output.labels import Ruler, Scale, write
from kapitza.output.plane_data import VOID, Plane, Stretch
from kapitza.output.plane_lines import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure

SIZE = 7.0
NAMES = 3.4  # cm, the widest column of names
PITCH = 0.36  # cm between names in the column
FINE = 700  # cells across a drawing
_RASTER = 4  # px per sample when room for a name is looked for
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Name:
    """The name of a piece, whose place inside it is (x, y) [px].

    beside : the name stands in the column beside the map, at ``height`` [px], and at (x, y) is its ``number``,
    or where that is 0 the end of a leader
    """

    text: str
    x: float
    y: float
    beside: bool = False
    number: int = 0
    height: float = 0.0


@dataclass(frozen=True)
class Look:
    """Colours of the temperature, shown by ``scale``, and curves that both views share."""

    scale: Scale
    colours: Colormap
    range: Normalize
    isotherms: Sequence[Curve]
    heat: Sequence[Curve]
    crowded: bool  # pieces too thin for outlines


def draw_map(figure: Figure, plane: Plane, look: Look, z: Stretch, x: Stretch, box: Box, label: str) -> Axes:
    """Draw the field with coordinates stretched by ``z`` and ``x`` into axes at ``box`` [cm]."""
    from matplotlib.patches import Rectangle

    wide, high = figure.get_size_inches() / CM
    left, bottom, width, height = box
    axes = figure.add_axes((left / wide, bottom / high, width / wide, height / high), label=label)
    axes.set_xlim(x.at[0], x.at[-1])
    axes.set_ylim(z.at[0], z.at[-1])
    axes.add_patch(
        Rectangle((0, 0), 1, 1, transform=axes.transAxes, facecolor="#f4f4f4", edgecolor="#d5d5d5", hatch="////",
                  linewidth=0, zorder=0)
    )  # fmt: skip
    cells = plane.coarsened(z, x, FINE)
    shown = np.ma.masked_invalid(np.where(cells.piece == VOID, np.nan, look.scale(cells.T)))
    axes.pcolormesh(
        x(cells.x), z(cells.z), shown, cmap=look.colours, norm=look.range, rasterized=True, zorder=1
    )
    _curves(axes, look.isotherms, z, x, color="black", alpha=0.75, linewidth=0.5, zorder=2)
    if not look.crowded:
        axis = plane.axisymmetric and plane.x[0] == 0.0
        outlines = [s for s in plane.outlines() if not (axis and s[0][0] == s[0][1] == 0.0)]
        _segments(axes, outlines, z, x, color="#333333", linewidth=0.5, zorder=4)
        _segments(axes, plane.joint_lines(), z, x, color="black", linewidth=1.3, zorder=5)
    axes.tick_params(labelsize=SIZE, length=2.5, width=0.5)
    return axes


def _segments(axes: Axes, segments: Sequence[Curve], z: Stretch, x: Stretch, **style: Any) -> None:
    from matplotlib.collections import LineCollection

    lines = [np.column_stack([x(a), z(b)]) for a, b in segments]
    axes.add_collection(LineCollection(lines, clip_on=False, capstyle="butt", **style), autolim=False)


def _curves(axes: Axes, curves: Sequence[Curve], z: Stretch, x: Stretch, **style: Any) -> None:
    from matplotlib.collections import LineCollection

    lines = [np.column_stack([x(a), z(b)]) for a, b in curves]
    axes.add_collection(LineCollection(lines, label="isotherms", **style), autolim=False)


def place_names(
    plane: Plane, z: Stretch, x: Stretch, ruler: Ruler, width: float, height: float
) -> list[Name]:
    """Where the names go on a map of ``width`` by ``height`` [cm].

    Inside a piece where its name fits; else beside the map, with a leader where that crosses no other piece, or
    with a number that stands in the piece. A piece too small for all of that stays without.
    """
    wide, high = width * CM * ruler.dpi, height * CM * ruler.dpi
    columns, rows = max(int(wide / _RASTER), 1), max(int(high / _RASTER), 1)
    across = np.interp((np.arange(columns) + 0.5) / columns * (x.at[-1] - x.at[0]) + x.at[0], x.at, x.knots)
    up = np.interp((np.arange(rows) + 0.5) / rows * (z.at[-1] - z.at[0]) + z.at[0], z.at, z.knots)
    i = np.clip(np.searchsorted(plane.x, across) - 1, 0, len(plane.x) - 2)
    j = np.clip(np.searchsorted(plane.z, up) - 1, 0, len(plane.z) - 2)
    raster = plane.piece[np.ix_(j, i)]
    names: list[Name] = []
    numbered = 0
    for piece in np.unique(raster[raster != VOID]):
        text, own = plane.names[piece], raster == piece
        spot = _room(own, text, ruler)
        if spot is not None:
            names.append(Name(text, *spot))
            continue
        r = np.flatnonzero(own.any(axis=1))
        row = r[len(r) // 2]
        last = np.flatnonzero(own[row])[-1] if own[row].any() else columns - 1
        if np.all(raster[row, last + 1 :] == VOID):
            names.append(Name(text, (last + 0.5) * _RASTER, (row + 0.5) * _RASTER, beside=True))
            continue
        spot = _room(own, str(numbered + 1), ruler)
        if spot is not None:
            numbered += 1
            names.append(Name(text, *spot, beside=True, number=numbered))
    return _column(names, ruler, high)


def _room(own: Any, text: str, ruler: Ruler) -> tuple[float, float] | None:
    """Centre (x, y) [px] of the place for ``text`` nearest to the middle of the True samples of ``own``."""
    text_wide, text_high = ruler.size(text, SIZE)
    wide, high = int(np.ceil((text_wide + 6) / _RASTER)), int(np.ceil((text_high + 2) / _RASTER))
    rows, columns = own.shape
    if wide > columns or high > rows:
        return None
    total = np.pad(np.cumsum(np.cumsum(own, axis=0), axis=1), ((1, 0), (1, 0)))
    filled = total[high:, wide:] - total[:-high, wide:] - total[high:, :-wide] + total[:-high, :-wide]
    y, x = np.nonzero(filled == wide * high)
    if len(x) == 0:
        return None
    r, c = np.nonzero(own)
    best = np.argmin((x + wide / 2 - c.mean()) ** 2 + 4 * (y + high / 2 - r.mean()) ** 2)
    return (float(x[best]) + wide / 2) * _RASTER, (float(y[best]) + high / 2) * _RASTER


def _column(names: Sequence[Name], ruler: Ruler, high: float) -> list[Name]:
    """``names`` with those that stand beside spread over the height ``high`` [px], as many as have room.

    Leaders come in the order of their ends, so that they do not cross, and the numbered below them.
    """
    pitch = PITCH * CM * ruler.dpi
    beside = sorted(
        (n for n in names if n.beside), key=lambda n: (not n.number, -n.number if n.number else n.y)
    )
    most = max(int(high / pitch), 1)
    beside = beside[max(len(beside) - most, 0) :]
    heights = _spread([0.0 if n.number else n.y for n in beside], pitch, 0.5 * pitch, high - 0.5 * pitch)
    room = NAMES * CM * ruler.dpi
    texts = [f"{n.number}  {n.text}" if n.number else n.text for n in beside]
    placed = [
        replace(n, text=ruler.shorten(text, room, SIZE), height=height)
        for n, text, height in zip(beside, texts, heights, strict=True)
    ]
    return [n for n in names if not n.beside] + placed


def _spread(wanted: Sequence[float], pitch: float, low: float, high: float) -> list[float]:
    """Rising positions at least ``pitch`` apart between ``low`` and ``high``, near the ``wanted`` ones."""
    places: list[float] = []
    for w in wanted:
        places.append(max(w, places[-1] + pitch if places else low))
    top = high
    for k in reversed(range(len(places))):
        places[k] = min(places[k], top)
        top = places[k] - pitch
    return places


def write_names(axes: Axes, names: Sequence[Name], ruler: Ruler, box: Box) -> None:
    """Write the ``names`` that `place_names` gave for axes at ``box`` [cm]."""
    from matplotlib.patheffects import Normal, Stroke

    wide, high = box[2] * CM * ruler.dpi, box[3] * CM * ruler.dpi
    halo = [Stroke(linewidth=1.8, foreground="white", alpha=0.75), Normal()]
    for name in names:
        x, y = name.x / wide, name.y / high
        if not name.beside or name.number:
            text = str(name.number) if name.number else name.text
            write(axes, x, y, text, transform=axes.transAxes, ha="center", va="center", fontsize=SIZE,
                  color=INK, path_effects=halo, zorder=7)  # fmt: skip
        if not name.beside:
            continue
        end, level = 1.0 + 0.30 / box[2], name.height / high
        if not name.number:
            axes.plot([x, 1.0, end], [y, y, level], transform=axes.transAxes, color=INK, linewidth=0.5,
                      clip_on=False, zorder=6, path_effects=halo, label="leader")  # fmt: skip
            axes.plot([x], [y], transform=axes.transAxes, marker="o", markersize=1.6, color=INK, clip_on=False,
                      zorder=6, label="leader")  # fmt: skip
        write(axes, end + 0.06 / box[2], level, name.text, transform=axes.transAxes, ha="left", va="center",
              fontsize=SIZE, color=INK)  # fmt: skip


def name_boxes(names: Sequence[Name], ruler: Ruler) -> list[Box]:
    """(left, bottom, right, top) of the texts on the map [px]."""
    boxes = []
    for name in names:
        if not name.beside or name.number:
            wide, high = ruler.size(str(name.number) if name.number else name.text, SIZE)
            boxes.append((name.x - wide / 2, name.y - high / 2, name.x + wide / 2, name.y + high / 2))
    return boxes


def column_width(names: Sequence[Name], ruler: Ruler) -> float:
    """Width [cm] of the names beside the map, with their leaders."""
    widths = [ruler.size(n.text, SIZE)[0] for n in names if n.beside]
    return max(widths) / CM / ruler.dpi + 0.5 if widths else 0.0


def mark_axis(axes: Axes, x: Stretch) -> None:
    """Mark the axis of rotation at r = 0."""
    axes.spines["left"].set_visible(False)
    axes.plot([x.at[0]] * 2, [-0.03, 1.03], transform=axes.get_xaxis_transform(), color=INK, linewidth=1.2,
              linestyle=(0, (9, 2, 1.5, 2)), zorder=8, clip_on=False, label="axis")  # fmt: skip
