#!/usr/bin/env python3
"""The picture of the fits for ``cases/pictures``: data, fitted cases, residuals, values beside those put in.

PYTHONPATH=solver python scripts/pictures_fits.py
"""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter
from pictures import BLUE, CASES, PICTURES, RED, STYLE

import kapitza as kp
from kapitza.studies.fit_result import Fit, Measured

PANELS = (  # case, measured column, title, labels, the value asked for: key, symbol, unit, its size, what was put in
    ("astm_d5470", "T", "(a) joint between two bars", ("z (mm)", "T (°C)"),
     ("interfaces.0.resistance", "R", "cm²K/W", 1e-4, "0.24")),
    ("nemd_profile", "T", "(b) interface of two films", ("z (nm)", "T (K)"),
     ("interfaces.0.conductance", "G", "MW/(m²K)", 1e6, "320")),
    ("superlattice_fit", "k", "(c) W/Al$_2$O$_3$ laminates", ("period (nm)", "k across (W/(m·K))"),
     ("interfaces.0.conductance", "G", "MW/(m²K)", 1e6, "260")),
    ("reflectance_fit", "phase", "(d) gold on sapphire", ("f (MHz)", "phase (°)"),
     ("interfaces.0.conductance", "G", "MW/(m²K)", 1e6, "60")),
)  # fmt: skip


def draw(upper: Axes, lower: Axes, found: Fit, one: Measured) -> None:
    """Data and fit, and the residuals in standard deviations."""
    x = found.axis.values / found.axis.factor
    for course in found.courses()[found.measured.index(one)]:
        upper.plot(course.x / found.axis.factor, (course.y - one.offset) / one.factor, color=RED, zorder=2)
    bars = one.sigma / one.factor if one.known else None
    style = {"markersize": 3, "markerfacecolor": "white", "markeredgewidth": 0.7}
    upper.errorbar(
        x, (one.data - one.offset) / one.factor, bars, fmt="o", color=BLUE, elinewidth=0.7, **style
    )
    lower.plot(x, -one.residual / one.sigma, "o", color=BLUE, **style)
    lower.axhline(0.0, color="#777777", linewidth=0.6)
    lower.set_ylim(-3.6, 3.6)
    if found.axis.log:
        upper.set_xscale("log")
        upper.xaxis.set_minor_formatter(NullFormatter())
        places = [p for p in (0.1, 1.0, 3.0, 10.0, 30.0, 100.0) if x.min() <= p <= x.max()]
        upper.set_xticks(places, [f"{p:g}" for p in places])


def main() -> None:
    """One panel for each case."""
    mpl.use("Agg")
    mpl.rcParams.update(STYLE)
    figure, axes = plt.subplots(
        2, 4, figsize=(10.6, 3.7), layout="constrained", sharex="col", gridspec_kw={"height_ratios": (3, 1)}
    )
    for k, (name, column, title, (along, up), (path, symbol, unit, size, planted)) in enumerate(PANELS):
        found = kp.fit(kp.load(CASES / f"{name}.toml"), CASES / f"{name}.csv")
        one = next(m for m in found.measured if m.name == column)
        upper, lower = axes[0, k], axes[1, k]
        draw(upper, lower, found, one)
        value = found[path]
        error = (value.error or 0.0) / size
        places = max(1 - int(np.floor(np.log10(error or 1.0))), 0)
        text = f"{symbol} = {value.value / size:.{places}f} ± {error:.{places}f} {unit}"
        upper.set_title(f"{title}\n{text}\nput in: {planted}", fontsize=8)
        upper.set_ylabel(up)
        lower.set_xlabel(along)
        lower.set_ylabel("residual (σ)")
    target = PICTURES / "fits.png"
    figure.savefig(target)
    print(target)


if __name__ == "__main__":
    main()
