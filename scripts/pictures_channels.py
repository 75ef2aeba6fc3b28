#!/usr/bin/env python3
"""The picture of several temperatures per place for ``cases/pictures``: electrons and phonons at a contact, a laser
pulse on a gold film, spin accumulation; solved, and beside it what closed forms say.

PYTHONPATH=solver python scripts/pictures_channels.py
"""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from pictures import BLUE, CASES, GREEN, GREY, ORANGE, PICTURES, STYLE

import kapitza as kp
from kapitza.verify.channels import CONTACT, CURRENT, FILM, FLUX, SAPPHIRE, SPINS

NM, PS = 1e-9, 1e-12


def contact(axes: Any) -> None:
    """Electrons, phonons, and their mean, up to the contact of gold and sapphire."""
    solution = kp.solve(kp.load(CASES / "electron_phonon_contact.toml"))
    z = np.concatenate([values for _, values, _ in solution.profile()])
    mean = solution.profile_values()
    gold = int(np.flatnonzero(np.diff(z) == 0.0)[0]) + 1
    z = (z - z[gold]) / NM
    for (name, T), color in zip(solution.channel_profiles().items(), (BLUE, ORANGE), strict=True):
        axes.plot(z[:gold], T[:gold], color=color, label=name)
    some = np.array([1.0, 4.0, 8.0, 14.0, 22.0, 32.0, 44.0])
    exact = SAPPHIRE + np.array([CONTACT.sides(FLUX, d * NM) for d in some])
    axes.plot(-some, exact[:, 0], "o", color=BLUE, markersize=3.0)
    axes.plot(-some, exact[:, 1], "o", color=ORANGE, markersize=3.0, label="closed form")
    axes.plot(z[:gold], mean[:gold], color=GREY, linestyle="--", linewidth=1.0, label="mean by conductivity")
    axes.plot(z[gold:], mean[gold:], color="black", label="sapphire")
    sides = mean[gold - 1], mean[gold]
    axes.annotate("", (0.0, sides[0]), (0.0, sides[1]), arrowprops={"arrowstyle": "<->", "color": GREY})
    G = solution.channels.far[0] * 1e-6
    note = f"{G:.1f} MW/(m²K)\nbetween far fields"
    axes.annotate(note, (0.0, 0.5 * sum(sides)), (4.0, sides[0] - 2.0), color=GREY, va="center", fontsize=7)
    axes.set(xlim=(-50.0, 40.0), ylim=(327.0, 338.5), xlabel="z from the contact (nm)", ylabel="T (K)")
    axes.legend(loc="lower left", fontsize=7)
    axes.set_title("gold on sapphire, 1 GW/m²")


def pulse(axes: Any) -> None:
    """Rises in front of and behind a gold film after a weak pulse."""
    solution = kp.solve(kp.load(CASES / "gold_film_pulse.toml"))
    summary = solution.summary()
    t = np.geomspace(1e-15, 200e-12, 120)
    exact = FILM.pulse(20e-3, 100e-15, t.tolist())
    names = ("electrons, front", "phonons, front", "electrons, back", "phonons, back")
    looks = ((BLUE, "-"), (ORANGE, "-"), (BLUE, "--"), (ORANGE, "--"))
    for i, (name, (color, style)) in enumerate(zip(names, looks, strict=True)):
        axes.plot(t / PS, exact[i], color=color, linestyle=style, label=name)
        times = np.array(summary["times"]) / PS
        marker = "o" if style == "-" else "s"
        rise = np.array(summary["probes"][name]) - 300.0
        axes.plot(
            times, rise, marker, color=color, markersize=3.0, markerfacecolor="none", markeredgewidth=0.8
        )
    axes.set(
        xscale="log", yscale="log", xlim=(1e-3, 200.0), ylim=(2e-4, 60.0), xlabel="t (ps)", ylabel="rise (K)"
    )
    axes.legend(loc="lower right", fontsize=7)
    axes.set_title("pulse on 100 nm of gold (lines: exact)")


def spins(axes: Any) -> None:
    """Polarisation of the current, and the difference of the potentials, about a contact of cobalt and copper."""
    solution = kp.solve(kp.load(CASES / "spin_accumulation.toml"))
    z, fields = (solution.z - 700 * NM) / NM, solution.channels
    assert fields is not None
    share = (fields.flux[0] - fields.flux[1]) / (fields.flux[0] + fields.flux[1])
    axes.plot(z, share, color=BLUE, label="(J↑ − J↓)/J")
    apart = fields.temperature[0] - fields.temperature[1]
    axes.plot(np.insert(z, 100, 0.0), np.insert(apart, 100, np.nan), color=GREEN, label="(µ↑ − µ↓)/e (mV)")
    some = np.array([-300.0, -200.0, -120.0, -70.0, -30.0, 60.0, 250.0, 500.0, 900.0, 1400.0])
    length = np.where(some < 0, SPINS.length, SPINS.normal_length) / NM
    faded = np.exp(-np.abs(some) / length)
    far = np.where(some < 0, SPINS.beta, 0.0)
    axes.plot(some, far + (SPINS.polarisation - far) * faded, "o", color=BLUE, markersize=3.0)
    sides = np.where(some < 0, *SPINS.accumulation) * CURRENT
    axes.plot(some, sides * faded, "o", color=GREEN, markersize=3.0, label="Fert and Jaffrès")
    axes.axvline(0.0, color=GREY, linewidth=0.6)
    axes.set(xlim=(-400.0, 1600.0), ylim=(0.0, 0.5), xlabel="z from the contact (nm)")
    axes.text(-30.0, 0.475, "Co", ha="right", color=GREY)
    axes.text(30.0, 0.475, "Cu", color=GREY)
    axes.legend(loc="upper right", fontsize=7)
    axes.set_title("spin accumulation, 10¹¹ A/m²")


def main() -> None:
    with mpl.rc_context(STYLE):
        figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9.6, 3.3), layout="constrained")
        contact(left)
        pulse(middle)
        spins(right)
        figure.savefig(PICTURES / "two_channels.png", dpi=200)


if __name__ == "__main__":
    main()
