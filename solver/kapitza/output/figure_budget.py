"""The resistance budget as horizontal bars: what each layer, joint and surface film costs in kelvin."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kapitza.output import labels
from kapitza.output.labels import Ruler, write
from kapitza.output.parts import Costs

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Muted tints that stay apart for colour-blind readers and in grey (after P. Tol's "light" scheme).
TINTS = ("#77AADD", "#EEDD88", "#C9C9D6", "#EE8866", "#44BB99", "#FFAABB", "#BBCC33", "#99DDFF", "#AAAA00")
INK = "#222222"
FAINT = "#8a8a8a"
JOINT = "#B2182B"

CM = 1.0 / 2.54
SIZE = 7.5
ABOVE = 0.82  # cm per bar, names above the bars
BESIDE = 0.46  # cm per bar, names left of them
_KINDS = (
    ("layer", "layer", "#d9d9d9", ""),
    ("interface", "joint", "white", "//////"),
    ("boundary", "surface film", "white", "....."),
    ("spreading", "spreading", "white", "xxxx"),
    ("rest", "others", "#efefef", ""),
)


class Palette:
    """One colour per material, in the order in which they are asked for."""

    def __init__(self, materials: Iterable[str] = ()) -> None:
        self._colours: dict[str, str] = {}
        for material in materials:
            self(material)

    def __call__(self, material: str) -> str:
        return self._colours.setdefault(material, TINTS[len(self._colours) % len(TINTS)])


@dataclass(frozen=True)
class Bar:
    """One part: ``drop`` [K]; ``kind``: layer, interface, boundary, spreading or rest; share: of the whole."""

    name: str
    kind: str
    drop: float
    share: float | None = None
    material: str = ""
    count: int = 1


def bars_of(costly: Costs, materials: Mapping[str, str], limit: int) -> list[Bar]:
    """At most ``limit`` bars: all layers, and what else makes a difference of temperature.

    materials : of every piece by its name
    """
    bars = []
    for part in costly.rows:
        shown = f"{part.name} surface" if part.kind == "boundary" else part.name
        shown = f"{shown} × {part.count}" if part.count > 1 else shown
        material = materials.get(part.name, materials.get(f"{part.name}[1]", ""))
        drop = part.drop if math.isfinite(part.drop) else 0.0
        if drop or part.kind == "layer":
            bars.append(Bar(shown, part.kind, drop, part.share, material, part.count))
    return condense(bars, limit)


def condense(bars: Sequence[Bar], limit: int) -> list[Bar]:
    """At most ``limit`` bars: all but the largest are one bar "others"."""
    if len(bars) <= limit:
        return list(bars)
    order = sorted(range(len(bars)), key=lambda i: -abs(bars[i].drop))
    # Equal ones stay together, so that the bars are really the largest.
    edge = abs(bars[order[limit - 1]].drop) * (1.0 + 1e-9)
    kept = sorted(i for i in order[: limit - 1] if abs(bars[i].drop) > edge)
    kept = kept or sorted(order[: limit - 1])
    others = [bar for i, bar in enumerate(bars) if i not in kept]
    count = sum(b.count for b in others)
    shares = [b.share for b in others if b.share is not None]
    share = math.fsum(shares) if len(shares) == len(others) else None
    rest = Bar(f"{count} others", "rest", math.fsum(b.drop for b in others), share, count=count)
    return [*(bars[i] for i in kept), rest]


def height(n_bars: int, above: bool) -> float:
    """Height [cm] for ``n_bars``, heading, axis and legend; ``above``: names stand above the bars."""
    return 0.65 + (ABOVE if above else BESIDE) * max(n_bars, 1) + 1.65


def draw_budget(
    figure: Figure,
    ruler: Ruler,
    bars: Sequence[Bar],
    palette: Palette,
    *,
    way: str,
    above: bool,
    rect: tuple[float, float, float, float],
) -> None:
    """Bars of ``bars`` from top to bottom inside ``rect`` (left, bottom, width, height) [cm].

    way : the direction in which drops are positive, "" along the heat
    above : names above the bars, for a narrow ``rect``, or else left of them
    """
    left, width, top = rect[0], rect[2], rect[1] + rect[3]
    dpcm = ruler.dpi * CM
    wide, high = figure.get_size_inches() / CM
    shares = any(b.share is not None for b in bars)
    heading = "Where the temperature drops" if shares else "Temperature drops"
    write(figure, left / wide, (top - 0.1) / high, heading, ha="left", va="top", fontsize=8, color=INK)
    if not any(b.drop for b in bars):
        x, y = left / wide, (top - 0.8) / high
        write(figure, x, y, "no temperature drops", va="top", fontsize=SIZE, color=FAINT)
        return

    largest = max(abs(b.drop) for b in bars)
    room = (width - 0.1 if above else 0.45 * width) * dpcm
    names = [_fitted(labels.clean(b.name), room, ruler) for b in bars]
    values = [_value(b) for b in bars]
    name_width = 0.0 if above else max(ruler.size(n, SIZE)[0] for n in names) / dpcm + 0.2
    value_width = max(ruler.size(v, SIZE)[0] for v in values) / dpcm

    axes_width = max(width - name_width - 0.05, 1.0)
    row = min(ABOVE if above else BESIDE, (rect[3] - 2.3) / len(bars))
    axes_height = row * len(bars)
    axes_bottom = top - 0.65 - axes_height
    axes = figure.add_axes(
        ((left + name_width) / wide, axes_bottom / high, axes_width / wide, axes_height / high),
        label="budget",
    )
    unit, factor = labels.unit_for(largest, labels.KELVINS)
    bar_room = max(axes_width - value_width - 0.25, 0.15 * axes_width)
    # Where heat goes the other way bars lie left of zero, and their values right of it.
    low = -min(0.0, *(b.drop * factor for b in bars))
    most = max(0.0, *(b.drop * factor for b in bars))
    limit = (low + most or 1.0) * axes_width / bar_room
    middle, thick = (0.22, 0.40) if above else (0.0, 0.64)
    for i, bar in enumerate(bars):
        _, _, face, hatch = next(k for k in _KINDS if k[0] == bar.kind)
        colour = palette(bar.material) if bar.material else face
        drop = bar.drop * factor
        axes.barh(i + middle, drop, height=thick, color=colour, edgecolor=INK, linewidth=0.5, hatch=hatch)
        if low:
            axes.vlines(0.0, i + middle - 0.79 * thick, i + middle + 0.79 * thick, color=INK, linewidth=0.8)
        start = max(drop, 0.0) + 0.1 / axes_width * limit
        write(axes, start, i + middle, values[i], va="center", ha="left", fontsize=SIZE, color=INK)
        x, y = (-low, i - 0.24) if above else (-low - 0.12 / axes_width * limit, float(i))
        write(axes, x, y, names[i], va="center", ha="left" if above else "right", fontsize=SIZE, color=INK)
    axes.set_xlim(-low, limit - low)
    axes.set_ylim(len(bars) - 0.45, -0.5)
    axes.set_yticks([])
    places = labels.tick_places(
        -1.02 * low, 1.02 * most or (0.0 if low else 1.0), max(2, int(bar_room / 1.2))
    )
    axes.spines["bottom"].set_bounds(min(places[0], -low), max(places[-1], most))
    axes.set_xticks(places, labels.ticks(places))
    axes.tick_params(axis="x", labelsize=SIZE, length=2.5, width=0.5)
    axes.set_xlabel(f"temperature drop{f' {way}' * bool(way)} ({unit})", fontsize=8, labelpad=2, loc="left")
    for side in ("top", "right", "left") if above or low else ("top", "right"):
        axes.spines[side].set_visible(False)
    _legend(figure, bars, left / wide, (axes_bottom - 0.95) / high)


def _legend(figure: Figure, bars: Sequence[Bar], x: float, y: float) -> None:
    """What the hatchings mean; (x, y) is the upper left corner in figure coordinates."""
    from matplotlib.patches import Patch

    shown = {b.kind for b in bars} - {"rest"}
    handles = [
        Patch(facecolor=face, edgecolor=INK, linewidth=0.5, hatch=hatch, label=text)
        for kind, text, face, hatch in _KINDS
        if kind in shown
    ]
    if len(handles) > 1:
        figure.legend(
            handles=handles, loc="upper left", ncols=4, fontsize=7, frameon=False, handlelength=1.6,
            handleheight=0.9, columnspacing=1.0, handletextpad=0.4, borderaxespad=0.0, borderpad=0.0,
            bbox_to_anchor=(x, y),
        )  # fmt: skip


def _value(bar: Bar) -> str:
    drop = labels.kelvins(bar.drop)
    return drop if bar.share is None else f"{drop}  {labels.share(bar.share)}"


def _fitted(name: str, width: float, ruler: Ruler) -> str:
    """``name`` within ``width`` px; the two sides of a contact share the room."""
    if ruler.size(name, SIZE)[0] <= width:
        return name
    first, bar, second = name.partition("|")
    if not bar:
        return ruler.shorten(name, width, SIZE)
    room = width - ruler.size("|", SIZE)[0]
    parts = [first, second]
    parts.sort(key=lambda t: ruler.size(t, SIZE)[0])
    short = ruler.shorten(parts[0], room / 2, SIZE)
    long = ruler.shorten(parts[1], room - ruler.size(short, SIZE)[0], SIZE)
    return f"{short}|{long}" if parts[0] == first else f"{long}|{short}"
