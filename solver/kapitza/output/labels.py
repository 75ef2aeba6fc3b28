"""Texts of a picture: engineering units, short numbers, and boxes that do not overlap.

Everything here works in pixels of the figure's renderer; nothing knows what is drawn.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

LENGTHS = (("m", 1.0), ("mm", 1e3), ("µm", 1e6), ("nm", 1e9))
KELVINS = (("K", 1.0), ("mK", 1e3), ("µK", 1e6), ("nK", 1e9))
WATTS = (("MW", 1e-6), ("kW", 1e-3), ("W", 1.0), ("mW", 1e3), ("µW", 1e6), ("nW", 1e9))
SECONDS = (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9), ("ps", 1e12), ("fs", 1e15))
ZERO_CELSIUS = 273.15
NICE = {"um": "µm", "us": "µs", "uK": "µK", "degC": "°C", "deg": "°"}

# Ranges narrower than this part of their values are shown relative to a reference, so that ticks stay short.
_NARROW = 1e-4
_NARROW_LENGTH = 1e-3
# Below this part of the value a range is rounding noise: the field is constant.
CONSTANT = 1e-11

_INDEX = re.compile(r"\[[0-9]+\]$")


@dataclass(frozen=True)
class Scale:
    """How a quantity is shown: (value - offset) * factor, in ``unit``; ``reference`` names the offset."""

    factor: float
    offset: float
    unit: str
    reference: str = ""

    def __call__(self, value: Any) -> Any:
        return (value - self.offset) * self.factor

    def label(self, symbol: str) -> str:
        """Axis label: "z (mm)", "T − 300.0 K (mK)"."""
        relative = f" − {self.reference}" if self.reference else ""
        return f"{symbol}{relative} ({self.unit})"


def nice(unit: str) -> str:
    """A unit of a case as it is printed: "W/(m·K)", "µm"."""
    return NICE.get(unit, unit.replace("*", "·").replace("^2", "²").replace("^3", "³").replace("uW", "µW"))


def constant(low: float, high: float) -> bool:
    """Whether temperatures between ``low`` and ``high`` [K] differ by rounding only."""
    return high - low <= CONSTANT * max(abs(low), abs(high))


def length_scale(low: float, high: float) -> Scale:
    """Unit for coordinates between ``low`` and ``high`` [m]: nm, µm, mm or m by the range."""
    span = high - low
    unit, factor = unit_for(span, LENGTHS)
    size = max(abs(low), abs(high))
    if span > _NARROW_LENGTH * size:
        return Scale(factor, 0.0, unit)
    text = f"{low * unit_for(size, LENGTHS)[1]:.12g} {unit_for(size, LENGTHS)[0]}"
    return Scale(factor, low, unit, text)


def temperature_scale(low: float, high: float, unit: str) -> Scale:
    """Scale for temperatures between ``low`` and ``high`` [K], shown in "K" or "degC"."""
    zero, name = (ZERO_CELSIUS, "°C") if unit == "degC" else (0.0, "K")
    span, size = high - low, max(abs(low - zero), abs(high - zero))
    if constant(low, high) or span > _NARROW * size:
        return Scale(1.0, zero, name)
    step = 10.0 ** math.ceil(math.log10(span))
    reference = round((0.5 * (low + high) - zero) / step) * step
    decimals = max(0, -round(math.log10(step)))
    small, factor = unit_for(span, KELVINS)
    return Scale(factor, zero + reference, small, f"{reference:.{decimals}f} {name}")


def unit_for(size: float, units: Sequence[tuple[str, float]]) -> tuple[str, float]:
    """The first unit in which ``size`` is at least 1, else the last."""
    return next(((name, f) for name, f in units if size * f >= 0.9995), units[-1])


def length(value: float) -> str:
    """ "50 µm", "0.25 mm" is written "250 µm"."""
    unit, factor = unit_for(abs(value), LENGTHS)
    return f"{value * factor:.3g} {unit}"


def kelvins(value: float) -> str:
    """A temperature difference with three digits: "36.0 K", "7.59 mK"."""
    if value == 0.0:
        return "0 K"
    return scaled(value, KELVINS)


def scaled(value: float, units: Sequence[tuple[str, float]], digits: int = 3) -> str:
    """``value`` with so many digits in the unit that suits its size: "65.3 mK", but "0.653 K"."""
    base = next((name, f) for name, f in units if f == 1.0)
    unit, factor = base if 0.0995 <= abs(value) < 1.0 else unit_for(abs(value), units)
    return f"{significant(value * factor, digits)} {unit}"


def time_unit(longest: float) -> tuple[str, float]:
    """(unit, its number in a second) for times up to ``longest`` [s]."""
    return ("h", 1.0 / 3600.0) if longest >= 7200.0 else unit_for(longest or 1.0, SECONDS)


def instant(time: float, digits: int = 4) -> str:
    """A simulated time in a unit that suits it: "0 s", "2.5 µs", "90 s", "24 h"."""
    if time == 0.0:
        return "0 s"
    unit, factor = time_unit(abs(time))
    value = time * factor
    text = f"{value:.{digits}g}"
    return f"{value:.0f} {unit}" if "e+" in text and abs(value) < 1e6 else f"{text} {unit}"


def share(part: float) -> str:
    """A share in percent: "81 %", "2.3 %", "< 0.1 %"."""
    if 0.0 < abs(part) < 5e-4:
        return "< 0.1 %"
    percent = 100.0 * part + 0.0  # no negative zero
    text = f"{percent:.0f} %" if abs(percent) >= 9.95 or percent == 0.0 else f"{percent:.1f} %"
    return text.replace("-", "−")


def significant(value: float, digits: int = 3) -> str:
    """``value`` with so many significant digits, no exponent between 1e-4 and 1e6; a true minus sign."""
    if value == 0.0 or not math.isfinite(value):
        return "0" if value == 0.0 else str(value)
    if not 1e-4 <= abs(value) < 1e6:
        return f"{value:.{digits - 1}e}".replace("-", "−")
    decimals = digits - 1 - math.floor(math.log10(abs(float(f"{value:.{digits - 1}e}"))))
    return f"{value:.{max(decimals, 0)}f}".replace("-", "−")


def ticks(values: Sequence[float]) -> list[str]:
    """Texts of evenly spaced tick values, with as many decimals as their spacing needs."""
    steps = [abs(b - a) for a, b in itertools.pairwise(values) if b != a]
    size = max((abs(v) for v in values), default=0.0)
    if size >= 1e6:
        return [f"{v:.3g}" for v in values]
    step = min(steps, default=size or 1.0)
    decimals = max(0, min(9, -math.floor(math.log10(step) + 1e-9)))
    while decimals < 9 and any(abs(round(v, decimals) - v) > 1e-3 * step for v in values):
        decimals += 1
    return [f"{v + 0.0:.{decimals}f}".replace("-", "−") for v in values]


def distinct(values: Sequence[float]) -> list[str]:
    """Texts of ``values`` with as few digits, four at least, as show their distances."""
    gap = min((b - a for a, b in itertools.pairwise(sorted(set(values)))), default=math.inf)
    texts: list[str] = []
    for digits in range(4, 13):
        texts = [f"{v + 0.0:.{digits}g}" for v in values]
        if all(abs(float(text) - v) <= 0.05 * gap for text, v in zip(texts, values, strict=True)):
            break
    return [text.replace("-", "−") for text in texts]


def tick_places(low: float, high: float, count: int) -> list[float]:
    """Round values between ``low`` and ``high``, about ``count`` of them."""
    from matplotlib.ticker import MaxNLocator

    slack = 1e-9 * (high - low)
    places = MaxNLocator(count, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(t) for t in places if low - slack <= t <= high + slack]


def temperature(value: float, limits: tuple[float, float], unit: str) -> str:
    """``value`` [K] as text in "K" or "degC", with the decimals that tell it apart within ``limits``."""
    zero, name = (ZERO_CELSIUS, "°C") if unit == "degC" else (0.0, "K")
    span = limits[1] - limits[0]
    if abs(value) >= 1e6:
        return f"{significant(value - zero, 4)} {name}"
    decimals = 2 if constant(*limits) else max(1, min(12, 2 - math.floor(math.log10(span))))
    return f"{value - zero + 0.0:.{decimals}f} {name}".replace("-", "−")


def clean(text: str) -> str:
    """A name as it can be drawn: one line, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def base(name: str) -> str:
    """A name without its repetition index: "silicon[3]|oxide" -> "silicon|oxide"."""
    return "|".join(_INDEX.sub("", part) for part in name.split("|"))


class Ruler:
    """Measures texts in pixels, before they are drawn."""

    def __init__(self, figure: Figure) -> None:
        from matplotlib.backends import backend_agg

        width, height = figure.get_size_inches() * figure.dpi
        agg: Any = backend_agg.RendererAgg
        self.renderer = agg(max(int(width), 1), max(int(height), 1), figure.dpi)
        self.dpi = figure.dpi

    def size(self, text: str, points: float, weight: str = "normal") -> tuple[float, float]:
        """Width and height [px] of one or more lines of ``text``."""
        from matplotlib.font_manager import FontProperties

        font = FontProperties(family=FAMILY, size=points, weight=weight)
        lines = text.split("\n")
        # Line height from a text with ascenders and descenders, so that every label has the same.
        height = self.renderer.get_text_width_height_descent("lg|", font, ismath=False)[1]
        width = max(self.renderer.get_text_width_height_descent(t, font, ismath=False)[0] for t in lines)
        return width, height * (1.0 + 1.25 * (len(lines) - 1))

    def shorten(self, text: str, width: float, points: float, weight: str = "normal") -> str:
        """``text`` with its middle left out so that it is at most ``width`` px wide; "" if nothing fits."""
        if self.size(text, points, weight)[0] <= width:
            return text
        low, high = 0, len(text) - 1
        while low < high:
            keep = (low + high + 1) // 2
            fits = self.size(_without_middle(text, keep), points, weight)[0] <= width
            low, high = (keep, high) if fits else (low, keep - 1)
        return _without_middle(text, low) if low else ""


FAMILY = "DejaVu Sans"


def _without_middle(text: str, keep: int) -> str:
    head = (keep + 1) // 2
    tail = keep - head
    return text[:head].rstrip() + "…" + (text[-tail:].lstrip() if tail else "")


def write(axes: Axes | Figure, x: float, y: float, text: str, **style: Any) -> Text:
    """Place ``text`` literally: a dollar sign is a dollar sign, not mathematics."""
    return axes.text(x, y, text, parse_math=False, **style)


class Placer:
    """Gives each text the first place where it covers neither another text nor an obstacle.

    bounds : where texts may be [px]; obstacles : (n, 2) points of curves [px]
    """

    def __init__(self, ruler: Ruler, bounds: Box, obstacles: Floats) -> None:
        self.ruler = ruler
        self.bounds = bounds
        self.obstacles = obstacles
        self.taken: list[Box] = []

    def free(self, box: Box, pad: float = 2.0) -> bool:
        """Whether ``box`` lies inside the bounds and covers nothing."""
        x0, y0, x1, y1 = box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad
        left, bottom, right, top = self.bounds
        if x0 < left or x1 > right or y0 < bottom or y1 > top:
            return False
        if any(x0 < b[2] and b[0] < x1 and y0 < b[3] and b[1] < y1 for b in self.taken):
            return False
        p = self.obstacles
        return not bool(np.any((p[:, 0] > x0) & (p[:, 0] < x1) & (p[:, 1] > y0) & (p[:, 1] < y1)))

    def place(
        self, text: str, points: float, candidates: Sequence[tuple[float, float]]
    ) -> tuple[float, float] | None:
        """The first of ``candidates`` (centres, px) where ``text`` is free, then taken; None if none is."""
        width, height = self.ruler.size(text, points)
        for x, y in candidates:
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if self.free(box):
                self.taken.append(box)
                return x, y
        return None


def dense(x: Floats, y: Floats, step: float = 3.0) -> Floats:
    """Points (m, 2) at most ``step`` px apart along a polyline (n,), (n,); NaN vertices break it."""
    ok = np.isfinite(x) & np.isfinite(y)
    pairs = np.flatnonzero(ok[:-1] & ok[1:])
    reach = np.maximum(np.abs(np.diff(x)), np.abs(np.diff(y)))[pairs]
    counts = np.minimum(np.ceil(reach / step).astype(int), 2000) + 1
    start = np.repeat(pairs, counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    t = (np.arange(len(start)) - first) / np.maximum(np.repeat(counts - 1, counts), 1)
    points = np.column_stack(
        [x[start] + t * (x[start + 1] - x[start]), y[start] + t * (y[start + 1] - y[start])]
    )
    return np.vstack([points, np.column_stack([x[ok], y[ok]])])
