"""Reference problems in one dimension: resistances in series, exact on any mesh."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from kapitza.verify.problem import Problem, Quantity, boundary, drop, interface, layer, probe, top_level
from kapitza.verify.stacks import End, Profile, Sheet, laminate, solve, volume

SERIES = "resistances in series"
ZERO = 273.15  # 0 °C in kelvin
BTU = 1055.056  # J, as ISO 80000 rounds it


def kelvin(name: str, pick: Callable[[Mapping[str, Any]], float], tolerance: float = 1e-10) -> Quantity:
    """A temperature or a difference [K], exact to rounding."""
    return Quantity(name, pick, tolerance, "K", exact=True)


def exactly(
    name: str, pick: Callable[[Mapping[str, Any]], float], unit: str, size: float, relative: float = 1e-12
) -> Quantity:
    """A quantity of about ``size``, exact to rounding."""
    return Quantity(name, pick, relative * size, unit, exact=True)


def joint(profile: Profile, lower: int = 0) -> dict[str, float]:
    """What is compared at the joint above layer ``lower``."""
    return {
        "below": profile.sides[lower][1],
        "above": profile.sides[lower + 1][0],
        "jump": profile.jump(lower),
        "flux": profile.flux[lower],
    }


def rod() -> dict[str, float]:
    p = solve(
        [Sheet(60e-3, 401.0), Sheet(45e-3, 237.0)],
        [1.2e-4],
        End(ZERO + 100),
        End(ZERO + 20),
        size=2e-4,
    )
    return {**joint(p), "heat": p.heat_in}


def cpu(paste: bool = False) -> dict[str, float]:
    die, sink = Sheet(0.5e-3, 148.0), Sheet(6e-3, 237.0)
    bottom, top = End(heat_flux=120 / 4e-4), End(ZERO + 25, 1 / 5000)
    if paste:
        p = solve([die, Sheet(50e-6, 4.0), sink], [0.02e-4, 0.04e-4], bottom, top, size=4e-4)
    else:
        p = solve([die, sink], [1.2e-4], bottom, top, size=4e-4)
    drops = [a - b for a, b in p.sides]
    return {
        "junction": p.sides[0][0],
        "die, drop": drops[0],
        "sink, drop": drops[-1],
        "joint, drop": p.sides[0][1] - p.sides[-1][0],
    }


def joint_with_paste(summary: Mapping[str, Any]) -> float:
    return layer("die", "top")(summary) - layer("sink", "bottom")(summary)


def chip(resistance: float | None) -> dict[str, float]:
    """Heat q = 1e4 W/m² leaves through the film above, and through joint, aluminium and film below."""
    above = 100.0
    below = 0.0 if resistance is None else 1 / (resistance + 8e-3 / 239.0 + 1 / 100.0)
    return {"chip": ZERO + 25 + 1e4 / (above + below)}


def furnace() -> dict[str, float]:
    """q = ΔT/(1/h + d/k + d/k + 1/h) in BTU, feet and °F; then to SI."""
    resistances = [1 / 12, 0.75 / 0.8, 5 / 12 / 0.1, 1 / 2]
    q = (3000 - 80) / sum(resistances)
    t = [3000 - q * sum(resistances[: i + 1]) for i in range(3)]
    return {
        "heat": q * BTU / 3600,
        **{
            name: (f + 459.67) / 1.8
            for name, f in zip(("inner wall", "between", "outer wall"), t, strict=True)
        },
    }


def three_layers() -> dict[str, float]:
    p = solve([Sheet(1.0, k) for k in (3.0, 0.3, 0.6)], [2.0, 2.0], End(1.0), End(0.0))
    sides = {"first, top": p.sides[0][1], "second, bottom": p.sides[1][0]}
    sides |= {"second, top": p.sides[1][1], "third, bottom": p.sides[2][0]}
    return {name: ZERO + t for name, t in sides.items()}


def thin_film(resolved: bool) -> dict[str, float]:
    copper, film, steel = Sheet(4e-3, 398.0), Sheet(10e-6, 0.19), Sheet(1.5e-3, 15.5)
    ends = End(350.0), End(300.0, 1 / 900.0)
    if resolved:
        p = solve([copper, film, steel], [0.0, 0.0], *ends, size=3e-4)
    else:
        p = solve([copper, steel], [10e-6 / 0.19], *ends, size=3e-4)
    below, above = p.sides[0][1], p.sides[-1][0]
    return {"below": below, "above": above, "drop": below - above, "heat": p.heat_in}


def superlattice(
    layers: list[tuple[float, float]], resistance: float, joints: int, rise: float, area: float
) -> dict[str, float]:
    """k_eff of the finite stack, and its heat at ``rise`` K."""
    k, _ = laminate(layers, [resistance * joints])
    length = math.fsum(d for d, _ in layers)
    return {"k_eff": k, "heat": k * area * rise / length}


def silicon_germanium() -> dict[str, float]:
    return superlattice([(7e-9, 8.5), (4e-9, 4.7)] * 1000, 3.2e-9, 1999, 10.0, 1e-6)


def tungsten_alumina() -> dict[str, float]:
    return superlattice([(2.7e-9, 46.0), (3.4e-9, 1.65)] * 2500, 1 / 260e6, 4999, 10.0, 1e-6)


def gallium_packets() -> dict[str, float]:
    packet = [(2.8e-9, 11.0), (3.1e-9, 13.0)] * 10 + [(21e-9, 11.0)]
    return superlattice(packet * 60, 1 / 780e6, 60 * 20, 6.0, 1e-6)


def membrane() -> dict[str, float]:
    overall = 1 / (80e-9 / 0.61 + 1 / 120e6 + 50e-9 / 2.1 + 1 / 75e6 + 30e-9 / 0.14)
    q = 30 * overall
    return {"U": overall, "heat": q * 1e-4, "lower jump": q / 120e6, "upper jump": q / 75e6}


def overall_coefficient(summary: Mapping[str, Any]) -> float:
    """U = 1/(R·A) from the resistance budget."""
    return 1 / (float(summary["resistance"]["total"]) * 1e-4)


def window() -> dict[str, float]:
    q = 29 / (0.13 + 4e-3 / 0.96 + 1 / 19)
    return {"heat": 1.7 * q, "inside": ZERO + 21 - 0.13 * q, "outside": ZERO - 8 + q / 19}


def cylinder() -> dict[str, float]:
    p = solve(
        [Sheet(2.5e-3, 2.8, 150e6), Sheet(0.6e-3, 16.5)],
        [1 / 6e3],
        End(560.0, 1 / 21e3),
        End(580.0, 1 / 33e3),
        shape="cylinder",
        size=0.8,
        start=3e-3,
    )
    return {**joint(p), "inner wall": p.sides[0][0], "outer wall": p.sides[1][1], "inner heat": p.heat_in}


def sphere() -> dict[str, float]:
    source = 7.0 / volume("sphere", 0.0, 4e-3, 0.0)
    p = solve(
        [Sheet(4e-3, 3.1, source), Sheet(0.9e-3, 0.55), Sheet(1.3e-3, 41.0)],
        [2.4e-4, 0.7e-4],
        End(),
        End(400.0, 1 / 850.0),
        shape="sphere",
    )
    return {
        "centre": p.sides[0][0],
        "kernel, surface": p.sides[0][1],
        "inner jump": p.jump(0),
        "outer jump": p.jump(1),
        "outer wall": p.sides[2][1],
    }


CHIP = (kelvin("chip", probe("chip")),)
K_EFF = "L/(Σd/k + ΣR)"
CONTACT = "copper|aluminium"

ONE_DIMENSIONAL = (
    Problem(
        "rod_with_joint",
        "Copper-aluminium rod with a joint",
        SERIES,
        "rod_with_joint",
        rod,
        (
            kelvin("below", interface(CONTACT, "below")),
            kelvin("above", interface(CONTACT, "above")),
            kelvin("jump", probe("jump")),
            exactly("flux", interface(CONTACT, "flux"), "W/m^2", 1.7e5),
            exactly("heat", boundary("bottom", "heat"), "W", 35.0),
        ),
    ),
    Problem(
        "cpu_die",
        "120 W die, dry joint, sink",
        SERIES,
        "cpu_die",
        cpu,
        (
            kelvin("die, drop", drop("die")),
            kelvin("joint, drop", interface("die|sink", "jump")),
            kelvin("sink, drop", drop("sink")),
            kelvin("junction", probe("junction")),
        ),
    ),
    Problem(
        "cpu_die_paste",
        "120 W die, paste, sink",
        SERIES,
        "cpu_die_paste",
        lambda: cpu(paste=True),
        (
            kelvin("joint, drop", joint_with_paste),
            kelvin("junction", probe("junction")),
        ),
    ),
    Problem(
        "chip_on_aluminium",
        "Thin chip, both sides cooled",
        "Incropera; 75.3 °C",
        "chip_on_aluminium",
        lambda: chip(0.9e-4),
        CHIP,
    ),
    Problem(
        "chip_without_joint",
        "The same, R = 0",
        SERIES,
        "chip_on_aluminium",
        lambda: chip(0.0),
        CHIP,
        {"interfaces.0.resistance": "0 m^2*K/W"},
    ),
    Problem(
        "chip_detached",
        "The same, R = ∞",
        SERIES,
        "chip_on_aluminium",
        lambda: chip(None),
        CHIP,
        {"interfaces.0": {"between": ["aluminium", "chip"], "model": "insulated"}},
    ),
    Problem(
        "furnace_wall_vm92",
        "Furnace wall",
        "VM92; 2957, 336 °F",
        "furnace_wall_vm92",
        furnace,
        (
            kelvin("inner wall", boundary("bottom", "temperature")),
            kelvin("between", layer("fire_brick", "top")),
            kelvin("outer wall", boundary("top", "temperature")),
            exactly("heat", boundary("bottom", "heat"), "W", 150.0),
        ),
    ),
    Problem(
        "three_layers",
        "Three layers, two joints",
        "27/28, 3/4, 11/28, 5/28",
        "three_layers",
        three_layers,
        (
            kelvin("first, top", layer("first", "top")),
            kelvin("second, bottom", layer("second", "bottom")),
            kelvin("second, top", layer("second", "top")),
            kelvin("third, bottom", layer("third", "bottom")),
        ),
    ),
    Problem(
        "thin_layer",
        "A film as a jump",
        "R = d/k",
        "thin_layer",
        lambda: thin_film(False),
        (
            kelvin("below", interface("copper|steel", "below")),
            kelvin("above", interface("copper|steel", "above")),
            kelvin("drop", interface("copper|steel", "jump")),
            exactly("heat", boundary("bottom", "heat"), "W", 12.0),
        ),
    ),
    Problem(
        "thin_layer_resolved",
        "The film as a layer",
        "R = d/k",
        "thin_layer_resolved",
        lambda: thin_film(True),
        (
            kelvin("below", layer("copper", "top")),
            kelvin("above", layer("steel", "bottom")),
            kelvin("drop", drop("film")),
            exactly("heat", boundary("bottom", "heat"), "W", 12.0),
        ),
    ),
    Problem(
        "superlattice_si_ge",
        "Si/Ge, 2000 layers, across",
        K_EFF,
        "superlattice_si_ge",
        silicon_germanium,
        (
            exactly("k_eff", top_level("effective_conductivity"), "W/(m*K)", 1.4),
            exactly("heat", boundary("bottom", "heat"), "W", 1.2),
        ),
    ),
    Problem(
        "superlattice_gaas_alas",
        "GaAs/AlAs, packets in packets",
        K_EFF,
        "superlattice_gaas_alas",
        gallium_packets,
        (exactly("k_eff", top_level("effective_conductivity"), "W/(m*K)", 2.5),),
    ),
    Problem(
        "superlattice_w_al2o3",
        "W/Al2O3, 5000 layers, across",
        K_EFF,
        "superlattice_w_al2o3",
        tungsten_alumina,
        (exactly("k_eff", top_level("effective_conductivity"), "W/(m*K)", 0.6),),
    ),
    Problem(
        "membrane",
        "Film, interface, membrane, interface, film",
        SERIES,
        "membrane",
        membrane,
        (
            exactly("U", overall_coefficient, "W/(m^2*K)", 2.6e6),
            exactly("heat", boundary("bottom", "heat"), "W", 7.7e3),
            kelvin("lower jump", interface("water film|membrane", "jump")),
            kelvin("upper jump", interface("membrane|oil film", "jump")),
        ),
    ),
    Problem(
        "convection",
        "Window pane between two films",
        "1/h",
        "convection",
        window,
        (
            exactly("heat", boundary("bottom", "heat"), "W", 260.0),
            kelvin("inside", boundary("bottom", "temperature")),
            kelvin("outside", boundary("top", "temperature")),
        ),
    ),
    Problem(
        "cylinder",
        "Cylinder with source and joint",
        "logarithms",
        "cylinder",
        cylinder,
        (
            kelvin("inner wall", boundary("inner", "temperature"), 1e-9),
            kelvin("below", interface("sleeve|clad", "below"), 1e-9),
            kelvin("above", interface("sleeve|clad", "above"), 1e-9),
            kelvin("jump", interface("sleeve|clad", "jump"), 1e-9),
            kelvin("outer wall", boundary("outer", "temperature"), 1e-9),
            exactly("inner heat", boundary("inner", "heat"), "W", 5e3),
        ),
    ),
    Problem(
        "sphere",
        "Solid sphere with source and joints",
        "closed form",
        "sphere",
        sphere,
        (
            kelvin("centre", layer("kernel", "bottom"), 1e-9),
            kelvin("kernel, surface", interface("kernel|buffer", "below"), 1e-9),
            kelvin("inner jump", interface("kernel|buffer", "jump"), 1e-9),
            kelvin("outer jump", interface("buffer|shell", "jump"), 1e-9),
            kelvin("outer wall", boundary("outer", "temperature"), 1e-9),
        ),
    ),
)
