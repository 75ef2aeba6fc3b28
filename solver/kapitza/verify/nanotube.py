"""A carbon nanotube in a polymer against the series of `tube`, and against a fin."""

from __future__ import annotations

import math

from kapitza.verify.problem import Problem, Quantity, boundary, interface, probe

# even across the tube, nothing along the matrix: `tube.IDEAL`
ANISOTROPIC = {
    "materials.nanotube.conductivity": {"through": "1800 W/(m*K)", "lateral": "1.8e9 W/(m*K)"},
    "materials.polymer.conductivity": {"through": "2e-7 W/(m*K)", "lateral": "0.2 W/(m*K)"},
}
COLD = 300.0


def series() -> dict[str, float]:
    from kapitza.verify.tube import REAL

    return {
        "hot end": COLD + REAL.end(0.0),
        "cold end": COLD + REAL.at(0.0, REAL.height),
        "tube at 500 nm": COLD + REAL.at(REAL.radius, 0.5e-6),
        "polymer at 500 nm": COLD + REAL.side(0.5e-6),
        "mean jump": REAL.heat * REAL.resistance / (2.0 * math.pi * REAL.radius * REAL.height),
        "heat": -REAL.heat,
    }


def fin() -> dict[str, float]:
    from kapitza.verify.tube import IDEAL

    return {
        "hot end": COLD + IDEAL.fin(0.0),
        "cold end": COLD + IDEAL.fin(IDEAL.height),
        "tube at 500 nm": COLD + IDEAL.fin(0.5e-6),
    }


ENDS = ("hot end", "cold end", "tube at 500 nm")

NANOTUBES: tuple[Problem, ...] = (
    Problem(
        "nanotube_in_polymer",
        "Nanotube in a polymer, jump along its side",
        "cosine and Bessel series",
        "nanotube_in_polymer",
        series,
        (
            *(Quantity(name, probe(name), 1e-3) for name in (*ENDS, "polymer at 500 nm")),
            Quantity("mean jump", interface("nanotube|polymer", "jump"), 1e-6, exact=True),
            Quantity("heat", boundary("outer", "heat"), 1e-14, "W", exact=True),
        ),
        order=2.0,
    ),
    Problem(
        "nanotube_fin",
        "The same, even across the tube and with nothing along the polymer: a fin",
        "fin with the jump and the polymer in series",
        "nanotube_in_polymer",
        fin,
        tuple(Quantity(name, probe(name), 1e-3) for name in ENDS),
        changes=ANISOTROPIC,
        order=2.0,
    ),
)
