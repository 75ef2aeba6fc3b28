"""Which maps a 2-D picture consists of, and how large: to scale, and enlarged if anything is too thin to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kapitza.output import labels
from kapitza.output.figure_budget import CM
from kapitza.output.figure_map import SIZE, Name, column_width, place_names
from kapitza.output.labels import Ruler, Scale
from kapitza.output.plane_data import Floats, Plane, Stretch

WIDTH = 16.0  # cm, the text width of a report
FOOT = 1.1  # cm below a map for its axis
FLAT = 1.1  # cm: a map lower than this has no room for a vertical label
VISIBLE = 0.28  # cm: pieces drawn smaller than this are enlarged
LEAST = 0.46  # cm: the least height of an enlarged layer,
LEAST_X = 0.7  # cm: and its least width
MOST = 24  # intervals that an enlarged view can show; of more, a few are shown
CROWD = 40  # pieces too thin to be told apart, above which outlines would cover them
HAIR = 0.05  # cm: what is thinner is such a piece
LOWEST = 2.0  # cm: the least height of all maps together
HIGHEST = 12.5  # cm: the greatest height of a map alone,
TALLEST = 7.5  # cm: of one with enlarged parts,
LOWER = 6.0  # cm: and of one to scale that has an enlarged one beside or below it
TRUE, ENLARGED, PART = "to scale", "thin parts enlarged", "a part, enlarged"
Way = Literal["z", "x"]


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

    @property
    def flat(self) -> bool:
        return self.height < FLAT

    def scale(self, way: Way) -> Scale:
        """Unit of a coordinate; the same for both where they are to scale."""
        spans = {w: (float(e[0]), float(e[-1])) for w, e in (("z", self.plane.z), ("x", self.plane.x))}
        low, high = spans[way]
        if self.note == TRUE:
            high = low + max(b - a for a, b in spans.values())
        return labels.length_scale(low, high)

    def ticks(self, way: Way, ruler: Ruler) -> tuple[list[float], list[str]]:
        """Where ticks are in the drawing, and their texts, as many as have room: round values where the
        coordinate is drawn at one scale, else the true values at the knots."""
        stretch, scale = (self.z if way == "z" else self.x), self.scale(way)
        size = self.height if way == "z" else self.width
        if way == "z" and self.flat:
            return [float(stretch.at[-1])], [f"{scale(float(stretch.knots[-1])):.3g} {scale.unit}"]
        if not stretch.even:
            values = [float(scale(v)) for v in stretch.knots]
            at, texts = [float(a) for a in stretch.at], labels.distinct(values)
            # The ends first; between them from the lowest up.
            order = [0, len(at) - 1, *range(1, len(at) - 1)]
            kept = sorted(_roomy(at, texts, order, stretch, size, way, ruler))
            return [at[k] for k in kept], [texts[k] for k in kept]
        ends = scale(float(stretch.knots[0])), scale(float(stretch.knots[-1]))
        for count in range(max(1, min(7, int(size / (0.7 if way == "z" else 1.2)))), 0, -1):
            places = labels.tick_places(*ends, count)
            at = [float(stretch(p / scale.factor + scale.offset)) for p in places]
            texts = labels.ticks(places)
            if len(_roomy(at, texts, range(len(at)), stretch, size, way, ruler)) == len(at):
                return at, texts
        return at[:1], texts[:1]


def _roomy(
    at: Sequence[float], texts: Sequence[str], order: Sequence[int], stretch: Stretch, size: float, way: Way,
    ruler: Ruler,
) -> list[int]:  # fmt: skip
    """Which ticks, taken in ``order``, have room for their texts between those already taken."""
    scale = size * CM * ruler.dpi / (stretch.at[-1] - stretch.at[0])
    sizes = [ruler.size(t, SIZE)[1] + 1 if way == "z" else ruler.size(t, SIZE)[0] + 6 for t in texts]
    kept: list[int] = []
    for k in order:
        if all(abs(at[k] - at[o]) * scale >= 0.5 * (sizes[k] + sizes[o]) for o in kept):
            kept.append(k)
    return kept


@dataclass(frozen=True)
class Margins:
    """Widths [cm]: left of the maps, between two beside each other, of names beside the last, of the colour bar."""

    left: float
    gap: float
    column: float
    bar: float


@dataclass(frozen=True)
class Arrangement:
    """The maps, beside each other or one above the other, and the names on the last of them."""

    drawings: Sequence[Drawing]
    beside: bool
    names: Sequence[Name]
    margins: Margins

    @property
    def height(self) -> float:
        """Height [cm] with the labels of the axes; enough for the colour bar."""
        heights = [d.height + FOOT for d in self.drawings]
        return max(LOWEST + FOOT, max(heights) if self.beside else sum(heights))

    @property
    def width(self) -> float:
        """Width [cm] of the maps and the names beside them."""
        widths = [d.width for d in self.drawings]
        gaps = self.margins.gap * (len(widths) - 1)
        return self.margins.column + (sum(widths) + gaps if self.beside else max(widths))


def arrange(plane: Plane, ruler: Ruler, bar: float) -> Arrangement:
    """Choose the maps; the colour bar takes ``bar`` [cm].

    Again and again: what stands beside the maps takes room from them, and depends on how large they are.
    """
    margins = Margins(1.3, 1.3, 0.0, bar)
    for _ in range(6):
        drawings, beside, names = _choose(plane, ruler, margins)
        sides = [_side(d, ruler) for d in drawings]
        needed = Margins(
            max(margins.left, sides[0] if beside else max(sides)),
            max(margins.gap, sides[-1] + 0.25),
            max(margins.column, column_width(names, ruler)),
            bar,
        )
        if needed == margins:
            break
        margins = needed
    return Arrangement(drawings, beside, names, margins)


def _side(drawing: Drawing, ruler: Ruler) -> float:
    """Width [cm] of the numbers and the label left of a map."""
    texts = drawing.ticks("z", ruler)[1]
    return max(ruler.size(t, SIZE)[0] for t in texts) / CM / ruler.dpi + (0.3 if drawing.flat else 0.75)


def _choose(plane: Plane, ruler: Ruler, margins: Margins) -> tuple[list[Drawing], bool, list[Name]]:
    room = WIDTH - margins.left - margins.column - margins.bar
    true = _to_scale(plane, room, HIGHEST)
    heights, widths = plane.sizes
    low, narrow = (sizes * true.per_metre < VISIBLE for sizes in (heights, widths))
    drawings, beside = [true], False
    if np.any(low | narrow):
        true = _to_scale(plane, room, LOWER)
        beside = true.width < 0.5 * room
        left = room - true.width - margins.gap if beside else room
        drawings = [
            true,
            _enlarged(plane, low | narrow, bool(narrow.any()), left, true.height if beside else TALLEST),
        ]
    last = drawings[-1]
    names = place_names(last.plane, last.z, last.x, ruler, last.width, last.height)
    return drawings, beside, names


def _to_scale(plane: Plane, room: float, tallest: float) -> Drawing:
    """The whole field at one scale, within ``room`` by ``tallest`` [cm]."""
    z, x = Stretch.true(plane.z[0], plane.z[-1]), Stretch.true(plane.x[0], plane.x[-1])
    aspect = (plane.z[-1] - plane.z[0]) / (plane.x[-1] - plane.x[0])
    width = max(min(room, tallest / aspect), 0.1)
    return Drawing(plane, z, x, TRUE, width, max(min(room * aspect, tallest), 0.1))


def _enlarged(
    plane: Plane, thin: npt.NDArray[np.bool_], thin_x: bool, room: float, tallest: float
) -> Drawing:
    """Within ``room`` by ``tallest`` [cm]: the whole field with a least size for everything; or, of too many
    pieces, those around the hottest of the ``thin`` ones (n_pieces,)."""
    note = ENLARGED
    if max(len(plane.z_knots), len(plane.x_knots) * thin_x) - 1 > MOST:
        inside = np.append(thin, False)[plane.piece]  # void, -1, is the last entry
        j, i = np.unravel_index(np.nanargmax(np.where(inside, plane.T, -np.inf)), plane.T.shape)
        tall, broad = (float(sizes[plane.piece[j, i]]) for sizes in plane.sizes)
        z = _window(plane.z, float(plane.z[j]), tall * tallest / LEAST)
        x = _window(plane.x, float(plane.x[i]), broad * room / LEAST_X if thin_x else np.inf)
        plane, note = plane.cropped(z, x), PART
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
