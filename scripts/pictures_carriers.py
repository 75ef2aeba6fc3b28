#!/usr/bin/env python3
"""Pictures of studies for ``cases/pictures``: a film thinner than the mean free path of its carriers,
a nanotube in a polymer, a thermoelectric leg.

PYTHONPATH=solver python scripts/pictures_carriers.py [NAME …]
"""

from __future__ import annotations

import sys
from dataclasses import replace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from pictures import BLUE, CASES, GREEN, GREY, ORANGE, PICTURES, RED, STYLE

import kapitza as kp
from kapitza.verify import gray_film
from kapitza.verify.leg import REAL as LEG
from kapitza.verify.leg import Leg
from kapitza.verify.tube import REAL, Tube

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


# Nanotube ----------------------------------------------------------------------------------------------------

CONTACTS = ((REAL.resistance, RED, "12 MW/(m²K)"), (0.0, BLUE, "perfect contact"))


def tube(resistance: float) -> tuple[kp.Solution, Tube]:
    """The case with another jump at the tube's side, and its exact solution."""
    law = {"interfaces.0.conductance": f"{1.0 / resistance!r} W/(m^2*K)"} if resistance else {}
    case = kp.load(CASES / "nanotube_in_polymer.toml")
    if not resistance:
        data = {key: value for key, value in case.data.items() if key != "interfaces"}
        case = kp.Case.from_dict(data)
    return kp.solve(case.replace(law) if law else case), replace(REAL, resistance=resistance)


def nanotubes() -> None:
    """The field about a tube, both sides of its wall along it, and what the jump does to its heated end."""
    figure = plt.figure(figsize=(9.6, 3.3), layout="constrained")
    field, along, over = figure.subplots(1, 3)
    solution, _ = tube(CONTACTS[0][0])
    drawn = field.pcolormesh(
        solution.x_edges * 1e9,
        solution.z_edges * 1e6,
        solution.temperature - 300.0,
        cmap="inferno",
        rasterized=True,
    )
    field.axvline(5.0, color="white", linewidth=0.6)
    field.text(6.0, 1.9, "tube | polymer", color="white", fontsize=7, va="top")
    field.set(xlabel="r (nm)", ylabel="z (µm)", title="12 MW/(m²K) at the side of the tube")
    figure.colorbar(drawn, ax=field, label="rise (K)")
    z = np.linspace(0.0, 2e-6, 81)
    for resistance, color, label in CONTACTS:
        solution, exact = tube(resistance)
        side = next(iter(solution.interfaces.values()))
        along.plot(
            z * 1e6, [exact.at(exact.radius, float(at)) for at in z], color=color, label=f"tube, {label}"
        )
        along.plot(side.z[::16] * 1e6, side.below_values[::16] - 300.0, "o", color=color, markersize=3)
        if resistance:
            polymer = [exact.side(float(at)) for at in z[1:]]
            along.plot(z[1:] * 1e6, polymer, color=ORANGE, label="polymer against it")
            along.plot(side.z[::16] * 1e6, side.above_values[::16] - 300.0, "o", color=ORANGE, markersize=3)
    along.plot([], [], "-", color=GREY, label="exact series")
    along.plot([], [], "o", color=GREY, markersize=3, label="kapitza")
    along.set(xlabel="z (µm)", ylabel="rise (K)", title="along the tube, 2 µW at its end", ylim=(0.0, None))
    along.legend(fontsize=6.5)
    conductances = np.geomspace(1e5, 1e10, 60)
    some = np.geomspace(1e5, 1e10, 11)
    exact = [replace(REAL, resistance=float(1.0 / G)) for G in conductances]
    over.plot(conductances / 1e6, [one.end(0.0) for one in exact], color=BLUE, label="exact series")
    over.plot(conductances / 1e6, [one.fin(0.0) for one in exact], "--", color=ORANGE, label="fin")
    solved = [tube(float(1.0 / G))[0].probes["hot end"] - 300.0 for G in some]
    over.plot(some / 1e6, solved, "o", color=BLUE, markersize=3.5, label="kapitza, 60 × 160 cells")
    over.axvline(12.0, color=GREY, linewidth=0.7, linestyle=":")
    over.text(
        13.5,
        0.97,
        "measured, tubes in a\nsurfactant",
        color=GREY,
        fontsize=6.5,
        va="top",
        transform=over.get_xaxis_transform(),
    )
    over.axhline(replace(REAL, resistance=0.0).end(0.0), color=GREY, linewidth=0.7)
    over.text(0.12, 7.6, "perfect contact", color=GREY, fontsize=6.5, va="bottom")
    over.set(
        xscale="log",
        yscale="log",
        xlabel="conductance of the side (MW/m²K)",
        ylabel="rise of the heated end (K)",
    )
    over.set_title("what the jump costs")
    over.legend(fontsize=6.5, loc="upper right", bbox_to_anchor=(1.0, 0.82))
    figure.savefig(PICTURES / "nanotube.png")


# Thermoelectric leg ------------------------------------------------------------------------------------------

WITHOUT = replace(LEG, strip=(0.3e-3, 1e12, 1e-30), thermal=(0.0, 0.0), electrical=(0.0, 0.0), film=0.0)
KINDS = (
    (WITHOUT, GREY, "without contacts"),
    (replace(LEG, thermal=(0.0, 0.0), film=0.0), BLUE, "electrical contacts"),
    (replace(LEG, electrical=(0.0, 0.0)), ORANGE, "thermal contacts"),
    (LEG, RED, "both"),
)


def leg_case(leg: Leg, load: str = "best") -> dict[str, float]:
    """What the case gives with other contacts, another length, another load."""
    changes: dict[str, object] = {
        "layers.leg.thickness": f"{leg.length!r} m",
        "materials.strip.conductivity": f"{leg.strip[1]!r} W/(m*K)",
        "materials.strip.electrical_resistivity": f"{leg.strip[2]!r} ohm*m",
        "boundary.top.film_resistance": f"{leg.film!r} m^2*K/W",
        "thermoelectric.load": load,
    }
    for i in (0, 1):
        changes[f"interfaces.{i}.resistance"] = f"{leg.thermal[i]!r} m^2*K/W"
        changes[f"interfaces.{i}.electrical_resistance"] = f"{leg.electrical[i]!r} ohm*m^2"
    told = kp.solve(kp.load(CASES / "thermoelectric_leg.toml").replace(changes)).thermoelectric
    assert told is not None
    return {"efficiency": told.efficiency or 0.0, "ZT": told.effective_zt or 0.0, "current": told.current}


def thermoelectric_leg() -> None:
    """Efficiency over the load, over the length of the leg, and the effective ZT beside Min and Rowe's estimate."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9.6, 3.3), layout="constrained")
    lengths, some = np.geomspace(5e-5, 1e-2, 60), np.geomspace(5e-5, 1e-2, 10)
    for leg, color, label in KINDS:
        short = leg.seebeck * (leg.hot - leg.cold) / leg.resistance
        currents = np.linspace(1e-3, 0.99, 120) * short
        curve = [(leg.power(i).real / i**2, leg.efficiency(i).real) for i in currents.tolist()]
        kept = [(1e3 * load, 100.0 * efficiency) for load, efficiency in curve if load > 0.4e-3]
        left.plot(*np.array(kept).T, color=color, label=label)
        tried = np.geomspace(0.5e-3, 0.2, 12)
        solved = [100.0 * leg_case(leg, f"{float(R)!r} ohm")["efficiency"] for R in tried]
        left.plot(tried * 1e3, solved, "o", color=color, markersize=3)
        many = [replace(leg, length=float(length)) for length in lengths]
        middle.plot(
            lengths * 1e3, [100.0 * one.efficiency(one.best()).real for one in many], color=color, label=label
        )
        found = [leg_case(replace(leg, length=float(length))) for length in some]
        middle.plot(some * 1e3, [100.0 * one["efficiency"] for one in found], "o", color=color, markersize=3)
        right.plot(lengths * 1e3, [one.effective() for one in many], color=color)
        right.plot(lengths * 1e3, [one.min_rowe() for one in many], ":", color=color)
        right.plot(some * 1e3, [one["ZT"] for one in found], "o", color=color, markersize=3)
    left.plot([], [], "-", color="black", label="balance of the ends")
    left.plot([], [], "o", color="black", markersize=3, label="kapitza")
    right.plot([], [], ":", color="black", label="Min and Rowe")
    left.set(
        xscale="log",
        xlim=(0.4, 200.0),
        xlabel="load (mΩ)",
        ylabel="efficiency (%)",
        title="1 mm, 500 K to 300 K",
    )
    left.set_ylim(0.0, None)
    left.legend(fontsize=6.5, loc="lower center", bbox_to_anchor=(0.45, 0.0))
    middle.set(
        xscale="log",
        xlabel="length of the leg (mm)",
        ylabel="greatest efficiency (%)",
        title="at the best load",
    )
    right.set(
        xscale="log",
        xlabel="length of the leg (mm)",
        ylabel="effective ZT",
        title="the ideal leg that does as well",
    )
    right.legend(fontsize=6.5, loc="lower right")
    figure.savefig(PICTURES / "thermoelectric_leg.png")


PICTURE = {
    "ballistic_films": ballistic_films,
    "nanotube": nanotubes,
    "thermoelectric_leg": thermoelectric_leg,
}

if __name__ == "__main__":
    mpl.use("Agg")
    mpl.rcParams.update(STYLE)
    for name in sys.argv[1:] or list(PICTURE):
        PICTURE[name]()
        print(PICTURES / f"{name}.png")
