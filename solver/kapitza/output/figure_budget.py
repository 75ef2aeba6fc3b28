"""The resistance budget as horizontal bars: what each layer, joint and surface film costs in kelvin."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kapitza.output import labels
from kapitza.output.labels import Ruler, write

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
    """One part of the budget: ``drop`` [K]; ``kind``: layer, interface, boundary, spreading or rest."""

    name: str
    kind: str
    drop: float
    material: str = ""
    count: int = 1


def summary_bars(summary: Mapping[str, Any], materials: Mapping[str, str]) -> list[Bar]:
    """The budget of a summary in kelvin; where it has no total, the drops between mean temperatures.

    materials : of every piece by its name. Empty where the stack as such makes no difference of temperature.
    """
    parts = summary["resistance"]["parts"]
    factor = sum(max(-(side["heat"] or 0.0), 0.0) for side in summary["boundaries"].values())
    if summary["resistance"]["total"] is None:
        parts = [
            {**layer, "kind": "layer", "value": layer["bottom"] - layer["top"]}
            for layer in summary["layers"]
            if layer["bottom"] is not None and layer["top"] is not None
        ]
        parts += [
            {**contact, "kind": "interface", "value": contact["jump"]} for contact in summary["interfaces"]
        ]
        factor = 1.0
    low, high = summary["temperature"]["min"], summary["temperature"]["max"]
    noise = 1e-9 * (high - low)
    bars = []
    for part in parts:
        name, count = part["name"], part.get("count", 1)
        shown = f"{name} surface" if part["kind"] == "boundary" else name
        shown = f"{shown} × {count}" if count > 1 else shown
        drop = (part["value"] or 0.0) * factor * count
        drop = drop if abs(drop) > noise else 0.0
        bars.append(Bar(shown, part["kind"], drop, materials.get(name, materials.get(f"{name}[1]", ""))))
    if labels.constant(low, high) or not any(bar.drop for bar in bars):
        return []
    return [bar for bar in bars if bar.drop or bar.kind == "layer"]


def condense(bars: Sequence[Bar], limit: int) -> list[Bar]:
    """At most ``limit`` bars: repetitions are summed, then all but the largest are one bar "others"."""
    bars = list(bars)
    if len(bars) > limit:
        bars = _grouped(bars)
    if len(bars) > limit:
        order = sorted(range(len(bars)), key=lambda i: -abs(bars[i].drop))
        # Equal ones stay together, so that the bars are really the largest.
        edge = abs(bars[order[limit - 1]].drop) * (1.0 + 1e-9)
        kept = sorted(i for i in order[: limit - 1] if abs(bars[i].drop) > edge)
        kept = kept or sorted(order[: limit - 1])
        others = [bar for i, bar in enumerate(bars) if i not in kept]
        count = sum(b.count for b in others)
        rest = Bar(f"{count} others", "rest", sum(b.drop for b in others))
        bars = [bars[i] for i in kept] + [rest]
    return bars


def _grouped(bars: Iterable[Bar]) -> list[Bar]:
    """Sums over repetitions; a contact and the same contact the other way round are one kind."""
    groups: dict[tuple[str, tuple[str, ...]], Bar] = {}
    for bar in bars:
        name = labels.base(bar.name)
        key = (bar.kind, tuple(sorted(name.split("|"))))
        if key in groups:
            seen = groups[key]
            groups[key] = replace(seen, drop=seen.drop + bar.drop, count=seen.count + bar.count)
        else:
            groups[key] = replace(bar, name=name)
    return [replace(b, name=f"{b.name} × {b.count}") if b.count > 1 else b for b in groups.values()]


def height(n_bars: int, above: bool) -> float:
    """Height [cm] for ``n_bars``, heading, axis and legend; ``above``: names stand above the bars."""
    return 0.65 + (ABOVE if above else BESIDE) * max(n_bars, 1) + 1.65


def draw_budget(
    figure: Figure,
    ruler: Ruler,
    bars: Sequence[Bar],
    palette: Palette,
    *,
    shares: bool,
    above: bool,
    rect: tuple[float, float, float, float],
) -> None:
    """Bars of ``bars`` from top to bottom inside ``rect`` (left, bottom, width, height) [cm].

    shares : whether the drops add up along one path of heat, so that a share in percent makes sense
    above : names above the bars, for a narrow ``rect``, or else left of them
    """
    left, width, top = rect[0], rect[2], rect[1] + rect[3]
    dpcm = ruler.dpi * CM
    wide, high = figure.get_size_inches() / CM
    heading = _heading(shares)
    write(figure, left / wide, (top - 0.1) / high, heading, ha="left", va="top", fontsize=8, color=INK)
    if not any(b.drop for b in bars):
        x, y = left / wide, (top - 0.8) / high
        write(figure, x, y, "no temperature drops", va="top", fontsize=SIZE, color=FAINT)
        return

    total = sum(b.drop for b in bars) if shares else 0.0
    # With shares, drops count in the direction of the whole; without, each for itself.
    drops = [math.copysign(b.drop, b.drop * total) if shares else abs(b.drop) for b in bars]
    largest = max(abs(b.drop) for b in bars)
    room = (width - 0.1 if above else 0.45 * width) * dpcm
    names = [_fitted(labels.clean(b.name), room, ruler) for b in bars]
    values = [_value(drop, abs(total)) for drop in drops]
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
    limit = (largest * factor or 1.0) * axes_width / bar_room
    middle, thick = (0.22, 0.40) if above else (0.0, 0.64)
    for i, bar in enumerate(bars):
        _, _, face, hatch = next(k for k in _KINDS if k[0] == bar.kind)
        colour = palette(bar.material) if bar.material else face
        drop = abs(bar.drop) * factor
        style = "--" if drops[i] < 0.0 else "-"
        axes.barh(i + middle, drop, height=thick, color=colour, edgecolor=INK, linewidth=0.5, hatch=hatch,
                  linestyle=style)  # fmt: skip
        start = drop + 0.1 / axes_width * limit
        write(axes, start, i + middle, values[i], va="center", ha="left", fontsize=SIZE, color=INK)
        x, y = (0.0, i - 0.24) if above else (-0.12 / axes_width * limit, float(i))
        write(axes, x, y, names[i], va="center", ha="left" if above else "right", fontsize=SIZE, color=INK)
    axes.set_xlim(0.0, limit)
    axes.set_ylim(len(bars) - 0.45, -0.5)
    axes.set_yticks([])
    places = labels.tick_places(0.0, 1.02 * largest * factor or 1.0, max(2, int(bar_room / 1.2)))
    axes.spines["bottom"].set_bounds(0.0, max(places[-1], largest * factor))
    axes.set_xticks(places, labels.ticks(places))
    axes.tick_params(axis="x", labelsize=SIZE, length=2.5, width=0.5)
    axes.set_xlabel(f"temperature drop ({unit})", fontsize=8, labelpad=2, loc="left")
    for side in ("top", "right", "left") if above else ("top", "right"):
        axes.spines[side].set_visible(False)
    _legend(figure, bars, left / wide, (axes_bottom - 0.95) / high)


def _legend(figure: Figure, bars: Sequence[Bar], x: float, y: float) -> None:
    """What the hatchings mean; (x, y) is the upper left corner in figure coordinates."""
    from matplotlib.patches import Patch

    shown = {b.kind for b in bars} - {"spreading", "rest"}
    handles = [
        Patch(facecolor=face, edgecolor=INK, linewidth=0.5, hatch=hatch, label=text)
        for kind, text, face, hatch in _KINDS
        if kind in shown
    ]
    if len(handles) > 1:
        figure.legend(
            handles=handles, loc="upper left", ncols=3, fontsize=7, frameon=False, handlelength=1.6,
            handleheight=0.9, columnspacing=1.0, handletextpad=0.4, borderaxespad=0.0, borderpad=0.0,
            bbox_to_anchor=(x, y),
        )  # fmt: skip


def _heading(shares: bool) -> str:
    return "Where the temperature drops" if shares else "Temperature drops"


def _value(drop: float, total: float) -> str:
    return f"{labels.kelvins(drop)}  {labels.share(drop / total)}" if total > 0.0 else labels.kelvins(drop)


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
