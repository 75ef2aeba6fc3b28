"""Pictures of a thermal impedance as engineers read them: Zth over time, structure functions over resistance.

From the top: Z over log time, with the Foster network; with a second contact of the case, the difference of the
slopes and its limit; log C over R with every layer and contact named (a contact is a step in R at constant C); K.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output import labels
from kapitza.output.figure import DPI, NOTE_SIZE, TITLE_SIZE, save, style
from kapitza.output.figure_budget import CM, FAINT, INK, JOINT, Palette
from kapitza.output.labels import Ruler, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kapitza.studies.foster import Foster
    from kapitza.studies.structure import Part, Structure
    from kapitza.studies.two_interfaces import Curve, Separation

WIDTH = 16.0  # cm
LEFT, RIGHT = 1.75, 0.45  # cm beside the axes
HEAD, FOOT, BETWEEN = 1.25, 1.05, 1.05  # cm: heading, below the last axes, label and ticks between two
CURVE, CRITERION, CUMULATIVE, DIFFERENTIAL = 5.6, 3.0, 5.4, 3.4  # cm: heights of the axes
LINE = 0.33  # cm between two standing names
STRIP = 2.6  # cm, at most, for names
SMALL, NAME = 7.0, 7.0
SECOND = "#0072B2"
FIT = "#E69F00"
CASE = "#117733"


@dataclass(frozen=True)
class Impedance:
    """What is drawn: ``curve`` of the case, and whatever else there is.

    structure : from the stack itself, with its parts; seen : from the curve; second : curve with another contact of
    the case, separation : what `kapitza.studies.two_interfaces.separate` found.
    """

    title: str
    curve: Curve
    foster: Foster | None = None
    structure: Structure | None = None
    seen: Structure | None = None
    second: Curve | None = None
    separation: Separation | None = None

    @property
    def structures(self) -> list[tuple[Structure, str, str, float]]:
        """Structure functions with what they are, colour, and line width; the exact one first."""
        found: list[tuple[Structure, str, str, float]] = []
        if self.structure is not None:
            found.append((self.structure, "of the stack, exact", INK, 1.5))
        if self.separation is not None:
            first, second = self.separation.structures
            found += [(first, "from the curve", JOINT, 1.0), (second, "other contact", SECOND, 1.0)]
        elif self.seen is not None:
            found.append((self.seen, "from the curve", JOINT, 1.0))
        return found


def draw_zth(impedance: Impedance, path: str | Path, force: bool = False) -> None:
    """Draw ``impedance`` into a new file at ``path``; raises as `kapitza.output.figure.draw` does."""
    save(lambda: figure_of_zth(impedance), path, force)


def figure_of_zth(impedance: Impedance) -> Figure:
    """The picture as a matplotlib figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows: list[tuple[str, float]] = [("zth", CURVE)]
    if impedance.separation is not None:
        rows.append(("criterion", CRITERION))
    with style():
        figure = Figure(figsize=(WIDTH * CM, CM), dpi=DPI)
        FigureCanvasAgg(figure)
        ruler = Ruler(figure)
        strip = 0.0
        if impedance.structures:
            parts = impedance.structure.parts if impedance.structure else ()
            strip = _strip(parts, ruler)
            rows += [("cumulative", CUMULATIVE), ("differential", DIFFERENTIAL)]
        height = HEAD + FOOT + sum(h for _, h in rows) + BETWEEN * (len(rows) - 1) + strip
        figure.set_size_inches(WIDTH * CM, height * CM)
        bottom = height - HEAD
        drawings = {
            "zth": _zth,
            "criterion": _criterion,
            "cumulative": _cumulative,
            "differential": _differential,
        }
        for name, high in rows:
            bottom -= high + (strip if name == "cumulative" else 0.0)
            box = (LEFT / WIDTH, bottom / height, (WIDTH - LEFT - RIGHT) / WIDTH, high / height)
            axes = figure.add_axes(box, label=name)
            drawings[name](axes, impedance)
            if name == "cumulative" and strip:
                _names(figure, axes, impedance, ruler, strip, height)
            bottom -= BETWEEN
        _head(figure, impedance, ruler, height)
    return figure


def _zth(axes: Axes, impedance: Impedance) -> None:
    curve, second = impedance.curve, impedance.second
    axes.plot(curve.time, curve.zth, color=INK, linewidth=1.5, label="computed", zorder=4)
    if impedance.foster is not None:
        network = impedance.foster
        said = f"Foster, {network.R.size} terms, within {_percent(network.error)}"
        axes.plot(curve.time, network.evaluate(curve.time), color=FIT, linewidth=1.2, linestyle=(0, (4, 2)), zorder=5,
                  label=said)  # fmt: skip
    if second is not None:
        axes.plot(
            second.time, second.zth, color=SECOND, linewidth=1.2, label="other contact of the case", zorder=3
        )
    found = impedance.separation
    if found is not None:
        axes.plot([found.time], [found.derivative], color=CASE, marker="o", markersize=4.0, linestyle="", zorder=6,
                  label=f"slopes part: {_resistance(found.derivative)} at {_time(found.time)}")  # fmt: skip
    axes.axhline(curve.steady, color=FAINT, linewidth=0.6, linestyle=(0, (1, 2)), zorder=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(curve.time[0], curve.time[-1])
    axes.set_ylim(0.7 * curve.zth[0], 1.6 * max(c.steady for c in (curve, second) if c is not None))
    axes.set_xlabel("time t (s)")
    axes.set_ylabel("thermal impedance Zth (K/W)")
    _finish(axes)


def _criterion(axes: Axes, impedance: Impedance) -> None:
    """Difference of the slopes over Z, and the limit it has to pass."""
    found = impedance.separation
    assert found is not None
    lowest = 0.05 * float(found.limit[0])
    shown = np.where(found.difference > lowest, found.difference, np.nan)
    axes.plot(found.theta, shown, color=INK, linewidth=1.2, label="difference of the slopes over Δθ")
    axes.plot(found.theta, found.limit, color=CASE, linewidth=1.0, linestyle=(0, (4, 2)), label="limit ε")
    axes.plot([found.derivative], [np.interp(found.derivative, found.theta, found.limit)], color=CASE, marker="o",
              markersize=4.0, linestyle="", zorder=5)  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(lowest, 2.0)
    axes.set_xlim(0.0, min(impedance.curve.steady, 3.0 * max(found.derivative, found.structure)))
    axes.set_xlabel("Zth of the better contact (K/W)")
    axes.set_ylabel("δ")
    _finish(axes)


def _cumulative(axes: Axes, impedance: Impedance) -> None:
    low, high = _capacities(impedance)
    for structure, said, colour, width in impedance.structures:
        R = np.union1d(structure.resistance, np.linspace(0.0, float(structure.resistance[-1]), 2000))
        C = structure.at(R)
        shown = (C > 0.0) & (C / high < 100.0)
        dashes = "-" if structure is impedance.structure else (0, (4, 1.5))
        axes.plot(R[shown], C[shown], color=colour, linewidth=width, linestyle=dashes, label=said, zorder=4)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.set_xlabel("thermal resistance from the source R (K/W)")
    axes.set_ylabel("heat capacity C (J/K)")
    _along(axes, impedance)
    _finish(axes)


def _differential(axes: Axes, impedance: Impedance) -> None:
    """K of each; where nothing is stored, K is zero, and the line leaves the picture."""
    low, high = _slopes(impedance)
    for structure, _, colour, width in impedance.structures:
        edges, K = structure.differential
        K = np.maximum(K, 1e-3 * low)
        if structure is impedance.structure:
            axes.stairs(K, edges, baseline=None, color=colour, linewidth=width, zorder=4)
        else:
            axes.plot(
                0.5 * (edges[1:] + edges[:-1]),
                K,
                color=colour,
                linewidth=width,
                linestyle=(0, (4, 1.5)),
                zorder=4,
            )
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    axes.set_xlabel("thermal resistance from the source R (K/W)")
    axes.set_ylabel("K = dC/dR (W²·s/K²)")
    _along(axes, impedance)
    _finish(axes, legend=False)


def _capacities(impedance: Impedance) -> tuple[float, float]:
    """Limits of C: two decades below the first part's to three times the whole's."""
    if impedance.structure is not None:
        stored = impedance.structure.capacitance
        if not stored[-1] > 0.0:
            return 0.1, 10.0
        return 0.02 * float(stored[stored > 0.0][0]), 5.0 * float(stored[-1])
    first, *_ = impedance.structures[0]
    return 2.0 * float(first.capacitance[0]), 5.0 * float(first.at(0.9 * first.resistance[-1]))


def _slopes(impedance: Impedance) -> tuple[float, float]:
    """Limits of K: around the layers', or around what the curve shows away from its end."""
    first, *_ = impedance.structures[0]
    edges, K = first.differential
    middle = 0.5 * (edges[1:] + edges[:-1])
    real = K[(K > 0.0) & ((middle < 0.9 * edges[-1]) | bool(first.parts))]
    if not real.size:
        return 0.1, 10.0
    return 1e-3 * float(real.min()) if first.parts else 0.3 * float(real.min()), 20.0 * float(real.max())


def _along(axes: Axes, impedance: Impedance) -> None:
    """The axis of R: parts as tints, contacts and films hatched; θ_JC where it is known."""
    whole = max(float(s.resistance[-1]) for s, *_ in impedance.structures)
    axes.set_xlim(0.0, 1.02 * whole)
    palette = Palette()
    for part in impedance.structure.parts if impedance.structure else ():
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
    if impedance.separation is not None:
        said = f"θJC {_resistance(impedance.separation.structure)}, by structure functions"
        axes.axvline(impedance.separation.structure, color=CASE, linewidth=1.0, linestyle=(0, (3, 2)), zorder=5,
                     label=said)  # fmt: skip


def _strip(parts: Sequence[Part], ruler: Ruler) -> float:
    """Height [cm] of the standing names of ``parts``."""
    if not parts:
        return 0.0
    longest = max(ruler.size(labels.clean(p.name), NAME)[0] for p in parts)
    return min(longest / ruler.dpi / CM + 0.55, STRIP)


def _names(
    figure: Figure, below: Axes, impedance: Impedance, ruler: Ruler, strip: float, height: float
) -> None:
    """Standing names above the parts, moved apart where parts are narrow, each with a line to its part."""
    assert impedance.structure is not None
    box = below.get_position()
    wide = WIDTH - LEFT - RIGHT
    axes = figure.add_axes((box.x0, box.y1, box.width, strip / height), label="names")
    axes.set_axis_off()
    axes.set_xlim(0.0, wide)
    axes.set_ylim(0.0, strip)
    scale = wide / below.get_xlim()[1]
    most = int(wide / LINE) - 1
    parts = sorted(impedance.structure.parts, key=lambda p: p.start - p.end)[:most]
    parts.sort(key=lambda p: p.start)
    at = [0.5 * scale * (p.start + p.end) for p in parts]
    for part, middle, x in zip(parts, at, spread(at, LINE, 0.5 * LINE, wide - 0.5 * LINE), strict=True):
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


def _finish(axes: Axes, legend: bool = True) -> None:
    axes.tick_params(which="both", direction="in", top=True, right=True, labelsize=SMALL + 0.5, width=0.5)
    axes.tick_params(which="minor", length=1.5)
    axes.grid(True, color="#e0e0e0", linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)
    for axis, place in ((axes.xaxis, axes.get_xscale()), (axes.yaxis, axes.get_yscale())):
        if place == "log":
            _decades(axis)
        axis.label.set_fontsize(8)
    if legend:
        axes.legend(loc="lower right", fontsize=SMALL, frameon=True, framealpha=0.9, edgecolor="none", borderpad=0.3,
                    handlelength=2.4)  # fmt: skip


def _decades(axis: Any) -> None:
    """At most eight decades with a text: 1e−6, 0.01, 1, 100."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(base=10.0, numticks=9))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _power(value)))
    axis.set_minor_formatter(NullFormatter())


def _power(value: float) -> str:
    if 0.99e-2 < value < 1.01e4:
        return f"{value:.6g}"
    return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e−").replace("e-", "e−")


def _head(figure: Figure, impedance: Impedance, ruler: Ruler, height: float) -> None:
    """Title, and one line with the numbers that matter most."""
    room = (WIDTH - 0.7) * CM * figure.dpi
    title = ruler.shorten(labels.clean(impedance.title), room, TITLE_SIZE, "bold")
    common: dict[str, Any] = {"ha": "left", "va": "top", "color": "#222222"}
    write(figure, 0.35 / WIDTH, 1 - 0.18 / height, title, fontsize=TITLE_SIZE, weight="bold", **common)
    notes = [f"steady {_resistance(impedance.curve.steady)}"]
    if impedance.second is not None:
        notes[0] += f" and {_resistance(impedance.second.steady)}"
    found = impedance.separation
    if found is not None:
        exact = f"{_resistance(found.exact)} exact, " if found.exact is not None else ""
        notes.append(
            f"θJC {exact}{_resistance(found.structure)} by structure, {_resistance(found.derivative)} by slopes"
        )
    note = ruler.shorten("   ·   ".join(notes), room, NOTE_SIZE)
    write(figure, 0.35 / WIDTH, 1 - 0.68 / height, note, fontsize=NOTE_SIZE, **common)


def _resistance(value: float) -> str:
    return f"{labels.significant(value)} K/W"


def _percent(part: float) -> str:
    return f"{100.0 * part:.2g} %"


def _time(value: float) -> str:
    return labels.scaled(value, (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)))
