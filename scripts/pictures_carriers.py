#!/usr/bin/env python3
"""Pictures of studies for ``cases/pictures``: a film thinner than the mean free path of its carriers.

PYTHONPATH=solver python scripts/pictures_carriers.py [NAME …]
"""

from __future__ import annotations

import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from pictures import BLUE, CASES, GREEN, GREY, ORANGE, PICTURES, RED, STYLE

import kapitza as kp
from kapitza.verify import gray_film

# Ballistic films ---------------------------------------------------------------------------------------------

K, PATH = 148.0, 300e-9
UNIT = PATH / K  # m^2 K/W
KAPITZA = ((0.0, BLUE, "slip"), (0.5, GREEN, "slip and R = 0.5 Λ/k"), (2.0, RED, "slip and R = 2 Λ/k"))


def film(thickness: float, joint: float, variant: str = "marshak") -> kp.Solution:
    """A film of ``thickness`` mean free paths at 1 K across, with ``joint`` Λ/k in series with the slip."""
    law = {
        "model": "series",
        "of": [{"model": "slip", "variant": variant}, {"resistance": f"{joint * UNIT!r} m^2*K/W"}],
    }
    changes = {"layers.film.thickness": f"{thickness * PATH!r} m"}
    changes |= {f"boundary.{side}.law": law for side in ("bottom", "top")}
    changes |= {"boundary.bottom.ambient": "301 K", "boundary.top.ambient": "300 K"}
    return kp.solve(kp.load(CASES / "ballistic_film.toml").replace(changes))


def resistance(solution: kp.Solution) -> float:
    """Between the walls, in Λ/k."""
    return 1e-6 / solution.boundaries["bottom"].heat / UNIT


def ballistic_films() -> None:
    """k against thickness, resistance against thickness, and the temperature inside."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9.6, 3.3), layout="constrained")
    t = np.geomspace(0.03, 100.0, 60)
    exact = np.array([gray_film.solve(float(x)).conductivity for x in t])
    some = np.geomspace(0.03, 100.0, 16)
    for joint, color, label in KAPITZA:
        left.plot(t, t / (t / exact + 2.0 * joint), color=color)
        solved = [x / resistance(film(float(x), joint)) for x in some]
        left.plot(some, solved, "o", color=color, markersize=3.5, label=f"{label}, kapitza")
    milne = [x / resistance(film(float(x), 0.0, "milne")) for x in t]
    left.plot(t, milne, color=BLUE, linestyle=":", label="slip, Milne's coefficient")
    left.plot(t, t / (t + 4.0), color=ORANGE, linestyle="--", label="R = 2 Λ/k alone")
    left.plot([], [], color=GREY, label="exact gray carriers")
    left.set(
        xscale="log",
        yscale="log",
        xlabel="thickness / mean free path Λ",
        ylabel="k of the film / k of the bulk",
    )
    left.set_ylim(4e-3, 1.3)
    left.legend(fontsize=6, loc="lower right")

    t = np.linspace(0.02, 4.0, 60)
    exact = np.array([gray_film.solve(float(x)).conductivity for x in t])
    for joint, color, label in KAPITZA:
        middle.plot(t, t / exact + 2.0 * joint, color=color)
        some = np.linspace(0.1, 3.9, 9)
        solved = [resistance(film(float(x), joint)) for x in some]
        middle.plot(some, solved, "o", color=color, markersize=3.5, label=label)
    middle.axhline(4.0 / 3.0, color=GREY, linewidth=0.7, linestyle=":")
    middle.text(
        3.95, 4.0 / 3.0 - 0.1, "2 slips, 4/3: 4/(C v)", color=GREY, fontsize=6.5, ha="right", va="top"
    )
    middle.annotate(
        "", (0.25, 4.0 / 3.0), (0.25, 4.0 / 3.0 + 4.0), arrowprops={"arrowstyle": "<->", "color": RED}
    )
    middle.text(0.35, 4.1, "2 R", color=RED, fontsize=7)
    middle.set(
        xlabel="thickness / Λ", ylabel="resistance between the walls (Λ/k)", xlim=(0.0, 4.0), ylim=(0.0, 9.9)
    )
    middle.legend(fontsize=6, loc="upper left")

    gray = gray_film.solve(1.0)
    for joint, color, label in KAPITZA[::2]:
        solved = film(1.0, joint)
        z = np.concatenate([[0.0, 0.0], solved.z / PATH, [1.0, 1.0]])
        bottom, top = solved.boundaries["bottom"].temperature, solved.boundaries["top"].temperature
        T = np.concatenate([[301.0, bottom], solved.temperature.ravel(), [top, 300.0]]) - 300.0
        right.plot(z, T, color=color, label=label)
        q = 1.0 / (1.0 / (0.75 * gray.flux) + 2.0 * joint)  # of k 1 K/Λ
        walls = 1.0 - 2.0 * joint * q
        right.plot(gray.u, 0.5 + walls * (gray.s - 0.5), color=color, linestyle="--", linewidth=1.0)
    right.plot([], [], "--", color=GREY, label="exact gray carriers")
    right.plot([-0.12, 0.0], [1.0, 1.0], color="black")
    right.plot([1.0, 1.12], [0.0, 0.0], color="black")
    right.set(xlabel="place / Λ, film of Kn = 1", ylabel="(T − T of the cold wall) / ΔT", xlim=(-0.12, 1.12))
    right.legend(fontsize=6)
    left.set_title("a conductivity that falls …")
    middle.set_title("… for slips known beforehand, plus R")
    right.set_title("between walls at 1 and 0")
    figure.savefig(PICTURES / "ballistic_films.png")


PICTURE = {"ballistic_films": ballistic_films}

if __name__ == "__main__":
    mpl.use("Agg")
    mpl.rcParams.update(STYLE)
    for name in sys.argv[1:] or list(PICTURE):
        PICTURE[name]()
        print(PICTURES / f"{name}.png")
