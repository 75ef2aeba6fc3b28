"""Structure functions as axes: log C and log K over the thermal resistance, parts tinted and named."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output import labels
from kapitza.output.figure_budget import CM, INK, JOINT, Palette
from kapitza.output.figure_log import finish
from kapitza.output.labels import Ruler, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from kapitza.studies.structure import Part, Structure

LINE = 0.33  # cm between two standing names
STRIP = 2.6  # cm, at most, for names
NAME = 7.0
CASE = "#117733"
DASHES = (0, (4, 1.5))


@dataclass(frozen=True)
class Shown:
    """A structure function, what it is, its colour; ``exact``: the stack's own, with its parts, drawn first."""

    structure: Structure
    said: str
    colour: str
    exact: bool = False

    @property
    def width(self) -> float:
        return 1.5 if self.exact else 1.0

    @property
    def dashes(self) -> Any:
        return "-" if self.exact else DASHES


def cumulative(axes: Axes, shown: Sequence[Shown], case: float | None) -> None:
    """Log C over R of all; ``case`` : θ_JC [K/W], if known."""
    low, high = _capacities(shown[0])
    for one in shown:
        structure = one.structure
        R = np.union1d(structure.resistance, np.linspace(0.0, float(structure.resistance[-1]), 2000))
        C = structure.at(R)
        inside = (C > 0.0) & (C / high < 100.0)
        axes.plot(R[inside], C[inside], color=one.colour, linewidth=one.width, linestyle=one.dashes, label=one.said,
                  zorder=4)  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.set_ylabel("heat capacity C (J/K)")
    _along(axes, shown, case)
    finish(axes)


def differential(axes: Axes, shown: Sequence[Shown], case: float | None) -> None:
    """Log K over R of all; where nothing is stored K is zero, and the line leaves the picture."""
    low, high = _slopes(shown[0])
    for one in shown:
        edges, K = one.structure.differential
        K = np.maximum(K, 1e-3 * low)
        if one.exact:
            axes.stairs(K, edges, baseline=None, color=one.colour, linewidth=one.width, zorder=4)
        else:
            axes.plot(0.5 * (edges[1:] + edges[:-1]), K, color=one.colour, linewidth=one.width, linestyle=one.dashes,
                      zorder=4)  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.set_ylabel("K = dC/dR (W²·s/K²)")
    _along(axes, shown, case)
    finish(axes, legend=False)


def _capacities(first: Shown) -> tuple[float, float]:
    """Limits of C: two decades below the first part's to five times the whole's."""
    R, C = first.structure.resistance, first.structure.capacitance
    if not C[-1] > 0.0:
        return 0.1, 10.0
    if first.exact:
        return 0.02 * float(C[C > 0.0][0]), 5.0 * float(C[-1])
    return 2.0 * float(C[0]), 5.0 * float(first.structure.at(0.9 * R[-1]))


def _slopes(first: Shown) -> tuple[float, float]:
    """Limits of K: around the layers', or around what the curve shows away from its end."""
    edges, K = first.structure.differential
    middle = 0.5 * (edges[1:] + edges[:-1])
    real = K[(K > 0.0) & (first.exact | (middle < 0.9 * edges[-1]))]
    if not real.size:
        return 0.1, 10.0
    return (1e-3 if first.exact else 0.3) * float(real.min()), 20.0 * float(real.max())


def _along(axes: Axes, shown: Sequence[Shown], case: float | None) -> None:
    """The axis of R: parts as tints, contacts and films hatched; θ_JC where it is known."""
    whole = max(float(one.structure.resistance[-1]) for one in shown)
    axes.set_xlim(0.0, 1.02 * whole)
    axes.set_xlabel("thermal resistance from the source R (K/W)")
    palette = Palette()
    for part in shown[0].structure.parts:
        if part.kind == "layer":
            axes.axvspan(part.start, part.end, color=palette(part.name), alpha=0.22, linewidth=0, zorder=0)
        else:
            hatch = "//////" if part.kind == "interface" else "....."
            axes.axvspan(
                part.start,
                part.end,
                facecolor="none",
                edgecolor="#d4d4d4",
                hatch=hatch,
                linewidth=0,
                zorder=0,
            )
        axes.axvline(part.end, color="#9a9a9a", linewidth=0.5, zorder=1)
    if case is not None:
        said = f"θJC {labels.significant(case)} K/W, by structure functions"
        axes.axvline(case, color=CASE, linewidth=1.0, linestyle=(0, (3, 2)), zorder=5, label=said)


def strip_of(parts: Sequence[Part], ruler: Ruler) -> float:
    """Height [cm] of the standing names of ``parts``."""
    if not parts:
        return 0.0
    longest = max(ruler.size(labels.clean(p.name), NAME)[0] for p in parts)
    return min(longest / ruler.dpi / CM + 0.55, STRIP)


def names(below: Axes, parts: Sequence[Part], ruler: Ruler, strip: float) -> None:
    """Standing names over the axes ``below``, ``strip`` cm high, moved apart where parts are narrow."""
    figure = below.get_figure(root=True)
    assert figure is not None
    box = below.get_position()
    across, high = figure.get_size_inches() / CM
    wide = float(box.width * across)
    axes = figure.add_axes((box.x0, box.y1, box.width, strip / high), label="names")
    axes.set_axis_off()
    axes.set_xlim(0.0, wide)
    axes.set_ylim(0.0, strip)
    scale = wide / below.get_xlim()[1]
    most = int(wide / LINE) - 1
    named = sorted(parts, key=lambda p: p.start - p.end)[:most]
    named.sort(key=lambda p: p.start)
    at = [0.5 * scale * (p.start + p.end) for p in named]
    for part, middle, x in zip(named, at, spread(at, LINE, 0.5 * LINE, wide - 0.5 * LINE), strict=True):
        axes.plot([middle, middle, x, x], [0.0, 0.1, 0.3, 0.38], color="#9a9a9a", linewidth=0.5)
        text = ruler.shorten(labels.clean(part.name), (strip - 0.5) * CM * ruler.dpi, NAME)
        write(axes, x, 0.43, text, ha="center", va="bottom", rotation=90, fontsize=NAME,
              color=INK if part.kind == "layer" else JOINT)  # fmt: skip


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Rising places at least ``gap`` apart between ``low`` and ``high``, close to the ``wanted`` rising ones.

    Neighbours that crowd form a block around the mean of what they want (pool adjacent violators).
    """
    blocks: list[tuple[float, int]] = []
    for k, place in enumerate(wanted):
        mean, size = place - k * gap, 1
        while blocks and blocks[-1][0] > mean:
            other, count = blocks.pop()
            mean = (mean * size + other * count) / (size + count)
            size += count
        blocks.append((mean, size))
    top = high - (len(wanted) - 1) * gap
    means = itertools.chain.from_iterable([min(max(mean, low), top)] * size for mean, size in blocks)
    return [mean + k * gap for k, mean in enumerate(means)]
