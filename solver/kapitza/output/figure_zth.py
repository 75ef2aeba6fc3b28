"""Pictures of a thermal impedance as engineers read them: Zth over time, structure functions over resistance.

From the top: Z over log time, with the Foster network; with a second contact of the case, the difference of the
slopes and its limit; log C over R with every layer and contact named (a contact is a step in R at constant C); K.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output import labels
from kapitza.output.figure import DPI, NOTE_SIZE, TITLE_SIZE, save, style
from kapitza.output.figure_budget import CM, FAINT, INK, JOINT
from kapitza.output.figure_log import finish
from kapitza.output.figure_structure import CASE, Shown, cumulative, differential, names, strip_of
from kapitza.output.labels import Ruler, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from kapitza.studies.foster import Foster
    from kapitza.studies.structure import Structure
    from kapitza.studies.two_interfaces import Curve, Separation

WIDTH = 16.0  # cm
LEFT, RIGHT = 1.75, 0.45  # cm beside the axes
HEAD, FOOT, BETWEEN = 1.25, 1.05, 1.05  # cm: heading, below the last axes, label and ticks between two
CURVE, CRITERION, CUMULATIVE, DIFFERENTIAL = 5.6, 3.0, 5.4, 3.4  # cm: heights of the axes
FAINTEST = 1e-9  # of the steady value: what is less is not shown
TOLD = 10.0  # of the error of a network with terms of either sign: where it is less, it shows nothing
SECOND = "#0072B2"
FIT = "#E69F00"


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
    def structures(self) -> list[Shown]:
        """Structure functions to draw; the exact one first."""
        found = (
            [Shown(self.structure, "of the stack, exact", INK, True)] if self.structure is not None else []
        )
        if self.separation is not None:
            first, second = self.separation.structures  # of the better contact and of the worse
            if self.second is not None and self.second.steady < self.curve.steady:
                first, second = second, first
            found += [Shown(first, "from the curve", JOINT), Shown(second, "other contact", SECOND)]
        elif self.seen is not None:
            found.append(Shown(self.seen, "from the curve", JOINT))
        return found


def draw_zth(impedance: Impedance, path: str | Path, force: bool = False) -> None:
    """Draw ``impedance`` into a new file at ``path``; raises as `kapitza.output.figure.draw` does."""
    save(lambda: figure_of_zth(impedance), path, force)


def figure_of_zth(impedance: Impedance) -> Figure:
    """The picture as a matplotlib figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown, found = impedance.structures, impedance.separation
    case = found.structure if found is not None else None
    parts = impedance.structure.parts if impedance.structure is not None else ()
    rows: list[tuple[str, float, Callable[[Axes], None]]] = [
        ("zth", CURVE, lambda axes: _zth(axes, impedance))
    ]
    if found is not None:
        rows.append(("criterion", CRITERION, lambda axes: _criterion(axes, impedance.curve, found)))
    if shown:
        rows.append(("cumulative", CUMULATIVE, lambda axes: cumulative(axes, shown, case)))
        rows.append(("differential", DIFFERENTIAL, lambda axes: differential(axes, shown, case)))
    with style():
        figure = Figure(figsize=(WIDTH * CM, CM), dpi=DPI)
        FigureCanvasAgg(figure)
        ruler = Ruler(figure)
        strip = strip_of(parts, ruler)
        height = HEAD + FOOT + sum(high for _, high, _ in rows) + BETWEEN * (len(rows) - 1) + strip
        figure.set_size_inches(WIDTH * CM, height * CM)
        bottom = height - HEAD
        for name, high, draw in rows:
            bottom -= high + (strip if name == "cumulative" else 0.0)
            box = (LEFT / WIDTH, bottom / height, (WIDTH - LEFT - RIGHT) / WIDTH, high / height)
            axes = figure.add_axes(box, label=name)
            draw(axes)
            if name == "cumulative" and parts:
                names(axes, parts, ruler, strip)
            bottom -= BETWEEN
        _head(figure, impedance, ruler, height)
    return figure


def _zth(axes: Axes, impedance: Impedance) -> None:
    curve, second = impedance.curve, impedance.second
    seen = curve.zth > FAINTEST * curve.steady
    axes.plot(curve.time[seen], curve.zth[seen], color=INK, linewidth=1.5, label="computed", zorder=4)
    if impedance.foster is not None:
        network = impedance.foster
        said = f"Foster, {network.R.size} terms, within {network.within}"
        told = seen if network.passive else seen & (curve.zth > TOLD * network.error_steady * curve.steady)
        axes.plot(curve.time[told], network.evaluate(curve.time[told]), color=FIT, linewidth=1.2,
                  linestyle=(0, (4, 2)), zorder=5, label=said)  # fmt: skip
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
    axes.set_xlim(max(curve.time[0], 0.1 * curve.time[seen][0]), curve.time[-1])
    highest = max(c.steady for c in (curve, second) if c is not None)
    axes.set_ylim(0.7 * curve.zth[seen][0], 1.6 * highest)
    axes.set_xlabel("time t (s)")
    axes.set_ylabel("thermal impedance Zth (K/W)")
    finish(axes)


def _criterion(axes: Axes, curve: Curve, found: Separation) -> None:
    """Difference of the slopes over Z, and the limit it has to pass."""
    lowest = 0.05 * float(found.limit[0])
    shown = np.where(found.difference > lowest, found.difference, np.nan)
    axes.plot(found.theta, shown, color=INK, linewidth=1.2, label="difference of the slopes over Δθ")
    axes.plot(found.theta, found.limit, color=CASE, linewidth=1.0, linestyle=(0, (4, 2)), label="limit ε")
    axes.plot([found.derivative], [np.interp(found.derivative, found.theta, found.limit)], color=CASE, marker="o",
              markersize=4.0, linestyle="", zorder=5)  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(lowest, 2.0)
    axes.set_xlim(0.0, min(curve.steady, 3.0 * max(found.derivative, found.structure)))
    axes.set_xlabel("Zth of the better contact (K/W)")
    axes.set_ylabel("δ")
    finish(axes)


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


def _time(value: float) -> str:
    return labels.scaled(value, (("s", 1.0), ("ms", 1e3), ("µs", 1e6), ("ns", 1e9)))
