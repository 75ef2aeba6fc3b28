"""The picture of a pair: conductance over temperature by every model, with the measured points; log-log.

Colour is the model, dashes are the cut-off "debye"; a curve is pale where its model cannot be trusted. AMM is a band
over its variants, its line "fluid". Open markers: something lies between the two materials.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.output.figure import DPI, NOTE_SIZE, TITLE_SIZE, save, style
from kapitza.output.figure_budget import CM, INK
from kapitza.output.labels import Floats, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 16.0, 10.2  # cm
PLOT = (1.55, 1.1, 8.6, 7.7)  # cm: left, bottom, width, height of the axes
KEY = 10.55  # cm, where the explanations begin
LINE = 0.38  # cm between two of them
SMALL = 7.0
MOST = 9  # measured series that are told apart; papers beyond share one sign

DEBYE: Any = (0, (4.0, 2.0))
COLOURS = {
    "dmm": "#0072B2",
    "amm": "#009E73",
    "mixed": "#56B4E9",
    "radiation-limit": "#444444",
    "inelastic": "#E69F00",
    "inelastic-bound": "#C0392B",
    "electron": "#8E44AD",
    "helium": "#8E44AD",
}
NAMES = {
    "dmm": "diffuse mismatch",
    "amm": "acoustic mismatch",
    "radiation-limit": "radiation limit (elastic)",
    "inelastic": "inelastic, estimate",
    "inelastic-bound": "inelastic bound",
    "electron": "electrons",
    "helium": "helium, measured law",
}
MARKERS = "osD^vP<>X"
MARKED = ("#111111", "#D55E00", "#0072B2", "#117733", "#882255", "#AA7700", "#555555", "#6644AA", "#007788")


def draw_pair(comparison: Any, path: str | Path, force: bool = False) -> None:
    """Draw a `kapitza.interfaces.compare.Comparison` into a new file; raises as `kapitza.output.figure.draw` does."""
    save(lambda: figure_of_pair(comparison), path, force)


def figure_of_pair(comparison: Any) -> Figure:
    """The picture as a matplotlib figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(WIDTH * CM, HEIGHT * CM), dpi=DPI)
        FigureCanvasAgg(figure)
        left, bottom, width, height = PLOT
        axes = figure.add_axes((left / WIDTH, bottom / HEIGHT, width / WIDTH, height / HEIGHT), label="pair")
        T = np.geomspace(*_range(comparison), 241)
        series = _marked(comparison)
        curves = _curves(comparison, T)
        _draw_curves(axes, curves, T)
        _draw_points(axes, series)
        axes.axvline(comparison.temperature, color="#888888", linewidth=0.7, linestyle=(0, (1, 2)), zorder=1)
        _frame(axes, T, curves, series)
        _head(figure, comparison)
        _key(figure, curves, series)
    return figure


@dataclass(frozen=True)
class Curve:
    """One model and cut-off: G (m, n) [W/(m^2 K)] of its variants at n temperatures, ``trusted`` (n,) bool."""

    model: str
    debye: bool
    G: Floats
    trusted: Any

    @property
    def colour(self) -> str:
        return COLOURS.get(self.model, INK)


@dataclass(frozen=True)
class Marks:
    """Measured points that share a sign: T and G (n,), what they are, the paper, its sign."""

    text: str
    doi: str
    T: Floats
    G: Floats
    marker: str
    colour: str
    open: bool


def _range(comparison: Any) -> tuple[float, float]:
    """Whole decades around what is asked for and measured: 10 to 1000 K, further down for cold contacts."""
    known = [comparison.temperature, *(T for m in comparison.measured for T in m.temperatures)]
    usual = (10.0, 1000.0) if max(known) > 10.0 else (1.0, 100.0)
    low, high = 10.0 ** math.floor(math.log10(min(known))), 10.0 ** math.ceil(math.log10(max(known)))
    return min(usual[0], low), max(usual[1], high)


def _curves(comparison: Any, T: Floats) -> list[Curve]:
    grouped: dict[tuple[str, bool], list[Any]] = {}
    for row in comparison.rows:
        grouped.setdefault((row.law.about.model, "debye" in row.key), []).append(row.law)
    curves = []
    for (model, debye), laws in grouped.items():
        guards = laws[0].about.guards
        trusted = np.all([(guard.low <= T) & (guard.high >= T) for guard in guards], axis=0)
        values = np.array([law.conductance(T) for law in laws])
        curves.append(Curve(model, debye, values, trusted if guards else np.full(T.shape, True)))
    return curves


def _draw_curves(axes: Axes, curves: Sequence[Curve], T: Floats) -> None:
    for curve in curves:
        dashes = DEBYE if curve.debye else "-"
        if len(curve.G) > 1:
            axes.fill_between(
                T, curve.G.min(axis=0), curve.G.max(axis=0), color=curve.colour, alpha=0.18, linewidth=0
            )
        line = curve.G[0]
        sure = np.where(curve.trusted, line, np.nan)
        inside = curve.trusted.copy()
        inside[1:-1] &= curve.trusted[:-2] & curve.trusted[2:]  # the two parts meet
        pale = np.where(inside, np.nan, line)
        axes.plot(T, pale, color=curve.colour, linewidth=0.9, alpha=0.5, linestyle=dashes, zorder=3)
        level = 3.5 if curve.model == "radiation-limit" else 4  # it may lie on diffuse mismatch
        axes.plot(
            T, sure, color=curve.colour, linewidth=1.5, linestyle=dashes, zorder=level, label=curve.model
        )


def _marked(comparison: Any) -> list[Marks]:
    """Measured series by label and paper."""
    grouped: dict[tuple[str, str], list[Any]] = {}
    for series in comparison.measured:
        grouped.setdefault((series.label, series.doi), []).append(series)
    marks = []
    for i, ((label, doi), together) in enumerate(grouped.items()):
        count = f", {len(together)} samples" if len(together) > 1 else ""
        k = min(i, MOST - 1)
        marks.append(
            Marks(
                f"{label}{count}",
                doi,
                np.concatenate([m.temperatures for m in together]),
                np.concatenate([m.conductances for m in together]),
                MARKERS[k],
                MARKED[k],
                bool(together[0].between),
            )
        )
    return marks


def _draw_points(axes: Axes, series: Sequence[Marks]) -> None:
    for marks in series:
        axes.plot(marks.T, marks.G, label=marks.text, zorder=5, **_sign(marks))


def _sign(marks: Marks) -> dict[str, Any]:
    return {
        "linestyle": "",
        "marker": marks.marker,
        "markersize": 3.6,
        "markeredgewidth": 0.8,
        "markeredgecolor": marks.colour,
        "markerfacecolor": "white" if marks.open else marks.colour,
    }


def _frame(axes: Axes, T: Floats, curves: Sequence[Curve], series: Sequence[Marks]) -> None:
    """Logarithmic axes around what is drawn, a faint grid at decades."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    values = [curve.G[curve.G > 0.0] for curve in curves] + [marks.G for marks in series]
    all_values = np.concatenate(values)
    low, high = all_values.min(), all_values.max()
    unit, factor = _unit(high)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(T[0], T[-1])
    room = max((high / low) ** 0.04, 1.2)
    axes.set_ylim(low / room, high * room)
    axes.set_xlabel("temperature T (K)")
    axes.set_ylabel(f"conductance G ({unit}/(m²·K))")
    axes.set_xticks(_ticks(float(T[0]), float(T[-1])))
    axes.set_yticks(_ticks(low / room, high * room))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value / factor)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(value)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="both", direction="in", top=True, right=True, labelsize=SMALL + 0.5)
    axes.grid(True, color="#dddddd", linewidth=0.5, zorder=0)


def _unit(highest: float) -> tuple[str, float]:
    """Unit of the axis by its highest value."""
    units = (("MW", 1e6), ("kW", 1e3), ("W", 1.0))
    return next((unit for unit in units if highest >= 10.0 * unit[1]), units[-1])


def _ticks(low: float, high: float) -> list[float]:
    """Decades between ``low`` and ``high``; 1, 2, 5 where there are few."""
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    within = [10.0**e for e in exponents if 0.999 * low <= 10.0**e <= 1.001 * high]
    if len(within) > 1:
        return within
    return [m * 10.0**e for e in exponents for m in (1.0, 2.0, 5.0) if low <= m * 10.0**e <= high]


def _tick(value: float) -> str:
    if 0.99e-3 < value < 1e6:
        return f"{value:.10g}"
    return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e−").replace("e-", "e−")


def _head(figure: Figure, comparison: Any) -> None:
    """The pair, and what the points are."""
    title = f"{comparison.below.name} | {comparison.above.name}"
    said = "conductance of the contact by model; bold where the model can be trusted, pale elsewhere"
    common: dict[str, Any] = {"ha": "left", "va": "top", "color": "#222222"}
    write(figure, 0.35 / WIDTH, 1 - 0.18 / HEIGHT, title, fontsize=TITLE_SIZE, weight="bold", **common)
    write(figure, 0.35 / WIDTH, 1 - 0.68 / HEIGHT, said, fontsize=NOTE_SIZE, **common)


def _key(figure: Figure, curves: Sequence[Curve], series: Sequence[Marks]) -> None:
    """Explanations to the right of the plot: curves, then points by paper."""
    axes = figure.add_axes((KEY / WIDTH, 0.0, 1.0 - KEY / WIDTH, 1.0), label="key")
    axes.set_axis_off()
    axes.set_xlim(0.0, WIDTH - KEY)
    axes.set_ylim(0.0, HEIGHT)
    y = PLOT[1] + PLOT[3] - 0.12
    for model in dict.fromkeys(curve.model for curve in curves):
        curve = next(curve for curve in curves if curve.model == model)
        if len(curve.G) > 1:
            axes.fill_between([0.0, 0.75], y - 0.1, y + 0.1, color=curve.colour, alpha=0.18, linewidth=0)
        axes.plot([0.0, 0.75], [y, y], color=curve.colour, linewidth=1.5)
        tail = " (band)" if len(curve.G) > 1 else ""
        write(axes, 0.9, y, NAMES.get(model, model) + tail, fontsize=SMALL, va="center", color=INK)
        y -= LINE
    if any(curve.debye for curve in curves):
        axes.plot([0.0, 0.75], [y, y], color="#777777", linewidth=1.2, linestyle=DEBYE)
        write(axes, 0.9, y, "dashed: cut-off debye, else branch", fontsize=SMALL, va="center", color=INK)
        y -= LINE
    if series:
        y -= 0.15
        write(
            axes,
            0.0,
            y,
            "measured (secondary digitisation)",
            fontsize=SMALL,
            va="center",
            color=INK,
            weight="bold",
        )
        y -= LINE
    for marks in series:
        axes.plot([0.375], [y], **_sign(marks))
        write(axes, 0.9, y, marks.text, fontsize=SMALL, va="center", color=INK)
        write(axes, 0.9, y - 0.3, f"doi:{marks.doi}", fontsize=SMALL - 1.0, va="center", color="#555555")
        y -= 0.3 + LINE
