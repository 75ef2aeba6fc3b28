"""The picture of periodic heating: amplitude and phase of the probes over the logarithm of the frequency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kapitza.output import labels
from kapitza.output.figure import DPI, NOTE_SIZE, TITLE_SIZE, save, style
from kapitza.output.figure_budget import CM, INK
from kapitza.output.figure_log import decades
from kapitza.output.figure_time import COLOURS
from kapitza.output.labels import Ruler, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]

WIDTH = 16.0  # cm
LEFT, RIGHT, HEAD, FOOT, BETWEEN = 1.75, 0.55, 1.25, 1.15, 0.35
AMPLITUDE, PHASE = 5.4, 4.4  # cm: heights of the axes
SIZE, SMALL = 7.5, 7.0
CURVES = 8
FLAT = 1.5  # amplitudes that vary by less are shown on a linear scale


def draw_frequency(
    title: str,
    frequencies: Floats,
    probes: Mapping[str, Complex],
    path: str | Path,
    *,
    other: Sequence[str] = (),
    force: bool = False,
) -> None:
    """Draw the answers of ``probes`` at ``frequencies`` into a new file; raises as `kapitza.output.figure.draw` does.

    frequencies : (n,) [Hz], rising · probes : complex amplitudes (n,) by name [K]; T(t) = Re(A exp(i 2 pi f t))
    other : names of those that are no temperatures, left out beside such that are
    """
    save(lambda: figure_of_frequency(title, frequencies, probes, other), path, force)


def figure_of_frequency(
    title: str, frequencies: Floats, probes: Mapping[str, Complex], other: Sequence[str] = ()
) -> Figure:
    """The picture as a matplotlib figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = {name: np.asarray(values) for name, values in probes.items() if name not in other}
    curves = list(shown.items())[:CURVES]
    total = HEAD + AMPLITUDE + BETWEEN + PHASE + FOOT
    with style():
        figure = Figure(figsize=(WIDTH * CM, total * CM), dpi=DPI)
        FigureCanvasAgg(figure)
        ruler = Ruler(figure)
        width = WIDTH - LEFT - RIGHT

        def axes_at(bottom: float, height: float, label: str) -> Axes:
            return figure.add_axes((LEFT / WIDTH, bottom / total, width / WIDTH, height / total), label=label)

        upper = axes_at(FOOT + PHASE + BETWEEN, AMPLITUDE, "amplitude")
        lower = axes_at(FOOT, PHASE, "phase")
        _amplitudes(upper, frequencies, curves, ruler, 0.5 * width)
        _phases(lower, frequencies, curves)
        for axes in (upper, lower):
            _frame(axes, frequencies)
        upper.tick_params(axis="x", which="both", labelbottom=False)
        lower.set_xlabel("f (Hz)", fontsize=8, labelpad=2)
        left_out = len(shown) - len(curves)
        _head(figure, ruler, title, frequencies, left_out, total)
    return figure


def _amplitudes(
    axes: Axes, f: Floats, curves: Sequence[tuple[str, Complex]], ruler: Ruler, room: float
) -> None:
    sizes = [np.abs(values) for _, values in curves]
    largest = max((float(size.max()) for size in sizes), default=0.0)
    least = min((float(size[size > 0.0].min()) for size in sizes if (size > 0.0).any()), default=0.0)
    unit, factor = labels.unit_for(largest or 1.0, labels.KELVINS)
    for (name, _), size, colour in zip(curves, sizes, COLOURS, strict=False):
        text = ruler.shorten(labels.clean(name), room * CM * ruler.dpi, SMALL)
        axes.plot(f, factor * np.where(size > 0.0, size, np.nan), color=colour, label=text, **_line(f))
    if least > 0.0 and largest > FLAT * least:
        axes.set_yscale("log")
        # Far below the largest there is nothing to be measured.
        axes.set_ylim(factor * max(0.7 * least, 1e-9 * largest), factor * 1.4 * largest)
        decades(axes.yaxis)
    axes.set_ylabel(f"amplitude ({unit})", fontsize=8, labelpad=3)
    legend = axes.legend(
        loc="best", fontsize=SMALL, frameon=True, framealpha=0.85, edgecolor="none", borderpad=0.3,
        handlelength=1.6, labelspacing=0.3,
    )  # fmt: skip
    for entry in legend.get_texts():
        entry.set_parse_math(False)


def _phases(axes: Axes, f: Floats, curves: Sequence[tuple[str, Complex]]) -> None:
    """Without jumps of a whole turn along the frequency, each beginning between -180 and 180 degrees."""
    least, most = 0.0, 0.0
    for (_, values), colour in zip(curves, COLOURS, strict=False):
        phase = np.degrees(np.unwrap(np.angle(values)))
        axes.plot(f, np.where(np.abs(values) > 0.0, phase, np.nan), color=colour, **_line(f))
        least, most = min(least, float(phase.min())), max(most, float(phase.max()))
    low, high = least - 0.05 * (most - least or 20.0), most + 0.05 * (most - least or 20.0)
    axes.set_ylim(low, high)
    step = next((s for s in (5, 15, 30, 45, 90, 180, 360) if high - low <= 8 * s), 720)
    places = [float(k * step) for k in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1)]
    axes.set_yticks(places, labels.ticks(places))
    axes.set_ylabel("phase (°)", fontsize=8, labelpad=3)


def _line(f: Floats) -> dict[str, Any]:
    return {"linewidth": 1.3, "zorder": 4, "marker": "o" if len(f) <= 25 else "", "markersize": 2.4}


def _frame(axes: Axes, f: Floats) -> None:
    axes.set_xscale("log")
    low, high = float(f[0]), float(f[-1])
    axes.set_xlim((low, high) if high > low else (0.5 * low, 2.0 * low))
    decades(axes.xaxis)
    axes.tick_params(labelsize=SIZE, length=2.5, width=0.5)
    axes.tick_params(which="minor", length=1.5, width=0.4)
    axes.grid(True, color="#e0e0e0", linewidth=0.5)
    axes.set_axisbelow(True)


def _head(figure: Figure, ruler: Ruler, title: str, f: Floats, left_out: int, total: float) -> None:
    room = (WIDTH - 0.7) * CM * ruler.dpi
    heading = ruler.shorten(labels.clean(title), room, TITLE_SIZE, "bold")
    at = {"ha": "left", "va": "top", "color": INK}
    write(figure, 0.35 / WIDTH, 1 - 0.18 / total, heading, fontsize=TITLE_SIZE, weight="bold", **at)
    note = f"periodic heating, {len(f)} frequencies from {hertz(f[0])} to {hertz(f[-1])}"
    note += f"   ·   {left_out} more probes left out" if left_out else ""
    write(figure, 0.35 / WIDTH, 1 - 0.68 / total, note, fontsize=NOTE_SIZE, **at)


def hertz(frequency: float) -> str:
    """ "40 kHz"."""
    units = (("GHz", 1e-9), ("MHz", 1e-6), ("kHz", 1e-3), ("Hz", 1.0), ("mHz", 1e3), ("µHz", 1e6))
    unit, factor = labels.unit_for(float(frequency), units)
    return f"{float(frequency) * factor:.4g} {unit}"
