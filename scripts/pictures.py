#!/usr/bin/env python3
"""Pictures of studies for ``cases/pictures``: superlattices against period, nanocomposites against particle size,
phase-change cells against their size, films heated periodically.

PYTHONPATH=solver python scripts/pictures.py [NAME …]
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

import kapitza as kp
from kapitza.interfaces.compare import compare
from kapitza.verify import cylinders

PICTURES = Path(__file__).resolve().parents[1] / "cases" / "pictures"
STYLE = {
    "font.size": 8,
    "axes.linewidth": 0.6,
    "lines.linewidth": 1.3,
    "legend.frameon": False,
    "savefig.dpi": 200,
    "axes.titlesize": 9,
}
BLUE, RED, GREEN, ORANGE, GREY = "#2166ac", "#b2182b", "#1b7837", "#d95f02", "#777777"
MODELS = (  # model, convention, label, colour
    ("dmm", {"cutoff": "branch"}, "diffuse mismatch", BLUE),
    ("amm", {"variant": "mixed", "cutoff": "branch"}, "acoustic mismatch", ORANGE),
)


# Superlattices -----------------------------------------------------------------------------------------------


def period_of(
    pair: Sequence[kp.Material], share: float, period: float, conductance: float | None
) -> kp.Stack:
    """One period of two layers, ``share`` of it the first."""
    layers = [kp.Layer("one", pair[0], share * period), kp.Layer("two", pair[1], (1.0 - share) * period)]
    joint = [kp.Interface(kp.Conductance(conductance), between=("one", "two"))] if conductance else []
    return kp.Stack(layers=layers, interfaces=joint)


def conductances(names: Sequence[str]) -> list[tuple[float, str, str]]:
    """(G [W/(m^2 K)], label, colour) of the models at 300 K."""
    rows = compare(kp.material(names[0]), kp.material(names[1]), 300.0, None).rows
    found = []
    for model, wanted, label, colour in MODELS:
        for row in rows:
            told = row.law.describe()
            if told["model"] == model and all(told.get(key) == value for key, value in wanted.items()):
                found.append((float(row.conductance), label, colour))
    return found


def superlattices() -> None:
    """k across and along against the period, with models of the interface and with measured conductances."""
    systems = (
        ("Si/Ge", ("silicon", "germanium"), {}, 0.5, 3.3e8),
        ("GaAs/AlAs", ("gallium-arsenide", "aluminium-arsenide"), {}, 0.5, None),
        (
            "W/Al$_2$O$_3$ (film conductivities)",
            ("tungsten", "sapphire"),
            {0: 46.0, 1: 1.65},
            2.7 / 6.1,
            2.6e8,
        ),
    )
    figure, panels = plt.subplots(1, 3, figsize=(9.4, 3.2), layout="constrained")
    periods = np.geomspace(2e-9, 2e-6, 50)
    for axes, (title, names, films, share, measured) in zip(panels, systems, strict=True):
        pair = [kp.material(name) for name in names]
        pair = [replace(m, conductivity=films[i]) if i in films else m for i, m in enumerate(pair)]

        def across(G: float | None, pair: Any = pair, share: float = share) -> list[float]:
            return [kp.effective(period_of(pair, share, float(p), G)).zz for p in periods]

        best = kp.effective(period_of(pair, share, 1e-6, None))
        axes.axhline(best.xx, color=GREEN, label="along, bulk layers")
        axes.axhline(best.zz, color=GREY, linestyle=":", label="across, perfect contacts")
        for G, label, colour in conductances(names):
            axes.plot(periods * 1e9, across(G), color=colour, label=f"{label}, {G / 1e6:.0f} MW/m²K")
        if measured:
            axes.plot(
                periods * 1e9, across(measured), color=RED, linestyle="--",
                label=f"measured G, {measured / 1e6:.0f} MW/m²K",
            )  # fmt: skip
        if title.startswith("GaAs"):
            axes.plot([52], [14.7], "o", color=BLUE, markersize=5, label="measured across, 14.7 W/m·K")
            axes.plot([52], [37.4], "s", color=GREEN, markersize=5, label="measured along, 37.4 W/m·K")
        axes.set(title=title, xscale="log", yscale="log", xlabel="period (nm)")
        axes.legend(fontsize=6, loc="lower right")
    panels[0].set_ylabel("effective conductivity (W/m·K)")
    figure.savefig(PICTURES / "superlattices.png")


# Nanocomposites ----------------------------------------------------------------------------------------------

MATRIX = kp.Material("epoxy", conductivity=0.22)
FIBRE = kp.Material("alumina", conductivity=30.0)
JOINT = 1.0 / 20e6


def cell(fraction: float, radius: float, cells: int) -> kp.Stack:
    """A square array of fibres of ``radius`` [m], heated from below."""
    side = radius * math.sqrt(math.pi / fraction)
    return kp.Stack(
        layers=[kp.Layer("matrix", MATRIX, side)],
        geometry=kp.Geometry("plane", x=(0.0, side)),
        regions=[kp.Region("fibre", FIBRE, kp.Circle((0.5 * side, 0.5 * side), radius))],
        interfaces=[kp.Interface(kp.Resistance(JOINT), between=("matrix", "fibre"))],
        boundaries={
            "bottom": kp.Boundary(kp.Temperature(301.0)),
            "top": kp.Boundary(kp.Temperature(300.0)),
        },
        mesh=kp.MeshOptions(x=cells, z=cells),
    )


def draw_cell(axes: Any, fraction: float, radius: float, title: str) -> None:
    """Isotherms of a cell, those of matrix and fibre apart, the circle as it is."""
    solution = kp.solve(cell(fraction, radius, 160))
    side = float(solution.x_edges[-1])
    x, z = solution.x / side, solution.z / side
    levels = np.linspace(300.0, 301.0, 21)
    for piece in (0, 1):
        own = np.where(solution.piece == piece, solution.temperature, np.nan)
        axes.pcolormesh(x, z, own, vmin=300.0, vmax=301.0, cmap="inferno", rasterized=True)
        axes.contour(x, z, own, levels=levels, colors="white", linewidths=0.7)
    axes.add_patch(mpl.patches.Circle((0.5, 0.5), radius / side, fill=False, color="black", linewidth=1.2))
    axes.set(title=title, aspect="equal", xticks=[], yticks=[])


def nanocomposites() -> None:
    """Three cells about the neutral radius, and k against the radius for three fractions beside the exact arrays."""
    figure = plt.figure(figsize=(9.4, 3.0), layout="constrained")
    grid = figure.add_gridspec(1, 5, width_ratios=[1, 1, 1, 0.05, 1.9])
    neutral = cylinders.neutral_radius(0.22, 30.0, JOINT)
    for i, (factor, title) in enumerate(((0.3, "0.3 a*"), (1.0, "a*, the neutral radius"), (5.0, "5 a*"))):
        draw_cell(figure.add_subplot(grid[i]), 0.35, factor * neutral, title)
    axes = figure.add_subplot(grid[4])
    fine, coarse = np.geomspace(1e-9, 1e-6, 120), np.geomspace(1e-9, 1e-6, 13)
    for fraction, colour in ((0.15, BLUE), (0.35, RED), (0.6, GREEN)):

        def exact(radius: float, fraction: float = fraction) -> float:
            side = radius * math.sqrt(math.pi / fraction)
            return cylinders.conductivity(fraction, 30.0 / 0.22, JOINT * 0.22 / side)

        axes.plot(
            fine * 1e9,
            [exact(float(a)) for a in fine],
            color=colour,
            label=f"{100 * fraction:.0f} % fibres, exact array",
        )
        solved = [kp.effective(cell(fraction, float(a), 96)).zz / 0.22 for a in coarse]
        axes.plot(coarse * 1e9, solved, "o", color=colour, markersize=3.5)
        dilute = [cylinders.dilute_cylinders(fraction, 30.0 / 0.22, JOINT * 0.22 / a) for a in fine]
        axes.plot(fine * 1e9, dilute, color=colour, linewidth=0.7, linestyle=":")
    axes.axvline(neutral * 1e9, ymax=0.68, color=GREY, linewidth=0.8)  # clear of the legend
    axes.annotate(f"a* = {neutral * 1e9:.1f} nm", (neutral * 1e9 * 1.1, 0.35), color=GREY)
    axes.axhline(1.0, color=GREY, linewidth=0.8)
    axes.plot([], [], "o", color="black", markersize=3.5, label="kapitza, 96² cells")
    axes.plot([], [], ":", color="black", linewidth=0.7, label="Hasselman–Johnson")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="radius of the fibres (nm)",
        ylabel="k / k of the matrix",
        ylim=(0.25, 6.5),
    )
    axes.set_yticks([0.3, 0.5, 1.0, 2.0, 4.0], ["0.3", "0.5", "1", "2", "4"])
    axes.set_yticks([], minor=True)
    axes.legend(fontsize=6.5, loc="upper left")
    figure.savefig(PICTURES / "nanocomposites.png")


# Phase-change cells, films heated periodically -----------------------------------------------------------------

CASES = PICTURES.parent


def phase_change_cells() -> None:
    """A pulse melts and lets go; the rise of a heated film between electrodes against its size over l = k R."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.2, 3.2), layout="constrained")
    case = kp.load(CASES / "phase_change_cell.toml")
    for power, colour in (("2e17 W/m^3", BLUE), ("4e17 W/m^3", GREEN), ("6e17 W/m^3", RED)):
        steps = [["0 s", "0 W/m^3"], ["5 ns", power], ["35 ns", "0 W/m^3"]]
        run = kp.solve(case.replace({"layers.cell.heat_density": {"steps": steps}}))
        history = run.history
        label = power.replace("e17 W/m^3", " · 10¹⁷ W/m³")
        left.plot(history.times * 1e9, history.probes["middle of the cell"], color=colour, label=label)
    left.axhline(890.0, color=GREY, linewidth=0.8, linestyle=":")
    left.text(59.0, 897.0, "melting", color=GREY, ha="right", fontsize=7)
    left.set(xlabel="time (ns)", ylabel="middle of the cell (K)", title="pulse, melt, quench")
    left.legend(fontsize=7)
    k, R = 0.57, 4e-8
    sizes = np.geomspace(0.1, 100.0, 13)
    rises = []
    for size in sizes:
        thickness = float(size * k * R)
        film = kp.Layer("film", kp.Material("film", k), thickness, heat_density=1e15)
        electrodes = [kp.Layer(name, kp.material("tungsten"), 10e-9) for name in ("below", "above")]
        rises.append(
            kp.solve(
                kp.Stack(
                    [electrodes[0], film, electrodes[1]],
                    interfaces=[
                        kp.Interface(kp.Resistance(R), between=("below", "film")),
                        kp.Interface(kp.Resistance(R), between=("film", "above")),
                    ],
                    boundaries={side: kp.Boundary(kp.Temperature(300.0)) for side in ("bottom", "top")},
                    probes=[kp.PieceProbe("hottest", "film")],
                )
            ).probes["hottest"]
            - 300.0
        )
    own = 1e15 * (sizes * k * R) ** 2 / (8.0 * k)
    fine = np.geomspace(0.1, 100.0, 200)
    right.plot(fine, 1.0 + 4.0 / fine, color=GREY, label="1 + 4 l / L")
    right.plot(
        sizes, np.array(rises) / own, "o", color=BLUE, markersize=4, label="computed, electrodes of 10 nm"
    )
    right.axvline(1.0, color=GREY, linewidth=0.8, linestyle=":")
    right.set(
        xscale="log", yscale="log", xlabel="cell size over Kapitza length, L / (k R)",
        ylabel="rise over that of perfect contacts", title="self-heating of a small cell",
    )  # fmt: skip
    right.legend(fontsize=7)
    figure.savefig(PICTURES / "phase_change_cells.png")


def periodic_heating() -> None:
    """Amplitude and phase of a film's surface, its bond as a jump and as the usual layer of 1 nm."""
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(5.4, 4.4), sharex=True, layout="constrained")
    jump, layer = (kp.solve(kp.load(CASES / f"film_on_{name}.toml")) for name in ("substrate", "thin_layer"))
    f = jump.frequencies
    for probe, colour in (("surface", RED), ("substrate", BLUE)):
        one, two = jump.probes[probe], layer.probes[probe]
        upper.plot(f, np.abs(one), color=colour, label=f"{probe}, G as a jump")
        upper.plot(f, np.abs(two), color=colour, linestyle="--", label=f"{probe}, G as a layer of 1 nm")
        lower.plot(f, np.degrees(np.unwrap(np.angle(one))), color=colour)
        lower.plot(f, np.degrees(np.unwrap(np.angle(two))), color=colour, linestyle="--")
    upper.set(xscale="log", yscale="log", ylabel="amplitude (K)", title=jump.stack.title.split(",")[0])
    upper.legend(fontsize=7)
    lower.set(xlabel="frequency (Hz)", ylabel="phase (°)")
    figure.savefig(PICTURES / "periodic_heating.png")


PICTURE = {
    "superlattices": superlattices,
    "nanocomposites": nanocomposites,
    "phase_change_cells": phase_change_cells,
    "periodic_heating": periodic_heating,
}

if __name__ == "__main__":
    mpl.use("Agg")
    mpl.rcParams.update(STYLE)
    for name in sys.argv[1:] or list(PICTURE):
        PICTURE[name]()
        print(PICTURES / f"{name}.png")
