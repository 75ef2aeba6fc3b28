"""A thermoelectric leg against the balance of its two ends, and without contacts against the textbook's efficiency."""

from __future__ import annotations

import math

from kapitza.verify.leg import REAL
from kapitza.verify.problem import Pick, Problem, Quantity, Summary, boundary, probe


def told(key: str) -> Pick:
    """A number of the leg."""

    def pick(summary: Summary) -> float:
        return float(summary["thermoelectric"][key])

    return pick


def leg() -> dict[str, float]:
    current = REAL.best()
    T1, _, heat = REAL.ends(current)
    return {
        "current": current,
        "power": REAL.power(current).real,
        "efficiency": REAL.efficiency(current).real,
        "effective ZT": REAL.effective(),
        "heat in": heat.real,
        "hot end": T1.real,
    }


def through(load: float) -> dict[str, float]:
    """V = I load, by bisection."""
    low, high = 0.0, 10.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        T1, T2, _ = REAL.ends(middle)
        more = REAL.seebeck * (T1 - T2).real > middle * (REAL.resistance + load)
        low, high = (middle, high) if more else (low, middle)
    return {"current": low, "power": load * low**2}


def ideal() -> dict[str, float]:
    root, ratio = math.sqrt(1.0 + REAL.merit), REAL.cold / REAL.hot
    efficiency = (1.0 - ratio) * (root - 1.0) / (root + ratio)
    return {"efficiency": efficiency, "effective ZT": REAL.merit}


IDEAL = {
    **{
        f"interfaces.{i}.{key}": f"0 {unit}"
        for i in (0, 1)
        for key, unit in (("resistance", "m^2*K/W"), ("electrical_resistance", "ohm*m^2"))
    },
    "materials.strip.conductivity": "1e14 W/(m*K)",
    "materials.strip.electrical_resistivity": "1e-30 ohm*m",
    "boundary.top.film_resistance": "0 m^2*K/W",
}

LEGS: tuple[Problem, ...] = (
    Problem(
        "thermoelectric_leg",
        "Leg with electrical and thermal contacts at its best load",
        "balance of both ends",
        "thermoelectric_leg",
        leg,
        (
            Quantity("current", told("current"), 1e-7, "A"),
            Quantity("power", told("power"), 1e-10, "W"),
            Quantity("efficiency", told("efficiency"), 1e-12, "1", exact=True),
            Quantity("effective ZT", told("effective_zt"), 1e-11, "1", exact=True),
            Quantity("heat in", boundary("bottom", "heat"), 1e-8, "W"),
            Quantity("hot end", probe("hot end of the leg"), 1e-6),
        ),
    ),
    Problem(
        "thermoelectric_load",
        "The same into 20 mohm",
        "balance of both ends",
        "thermoelectric_leg",
        lambda: through(0.02),
        (
            Quantity("current", told("current"), 1e-12, "A", exact=True),
            Quantity("power", told("power"), 1e-13, "W", exact=True),
        ),
        changes={"thermoelectric.load": "20 mohm"},
    ),
    Problem(
        "thermoelectric_ideal",
        "The same without contacts",
        "(1 - Tc/Th)(M - 1)/(M + Tc/Th), M^2 = 1 + ZT",
        "thermoelectric_leg",
        ideal,
        (
            Quantity("efficiency", told("efficiency"), 1e-11, "1", exact=True),
            Quantity("effective ZT", told("effective_zt"), 1e-9, "1", exact=True),
        ),
        changes=IDEAL,
    ),
)
