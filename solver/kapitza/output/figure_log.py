"""Logarithmic axes of a picture: ticks, grid, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SMALL = 7.0


def finish(axes: Axes, legend: bool = True) -> None:
    """Ticks inside, a faint grid, decades on logarithmic axes; the legend is in the lower right corner."""
    axes.tick_params(which="both", direction="in", top=True, right=True, labelsize=SMALL + 0.5, width=0.5)
    axes.tick_params(which="minor", length=1.5)
    axes.grid(True, color="#e0e0e0", linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)
    for axis, scale in ((axes.xaxis, axes.get_xscale()), (axes.yaxis, axes.get_yscale())):
        if scale == "log":
            decades(axis)
        axis.label.set_fontsize(8)
    if legend:
        axes.legend(loc="lower right", fontsize=SMALL, frameon=True, framealpha=0.9, edgecolor="none", borderpad=0.3,
                    handlelength=2.4)  # fmt: skip


def decades(axis: Any, most: int = 9) -> None:
    """At most so many decades with a text: 1e−6, 0.01, 1, 100."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(base=10.0, numticks=most))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _power(value)))
    axis.set_minor_formatter(NullFormatter())


def _power(value: float) -> str:
    if 0.99e-2 < value < 1.01e4:
        return f"{value:.6g}"
    return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e−").replace("e-", "e−")
