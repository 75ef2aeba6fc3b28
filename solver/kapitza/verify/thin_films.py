"""Reference problems of periodic heating: a film on a substrate, its bond as a jump and as a layer of 1 nm.

The reference is the recursion of thin-film texts for the surface, and the transfer matrices for the substrate.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kapitza.verify import periodic
from kapitza.verify.multilayer import Joint, Multilayer, Slab
from kapitza.verify.problem import Pick, Problem, Quantity, Summary
from kapitza.verify.stacks import End

SAPPHIRE = Slab(500e-6, 35.0, 3.06e6)
GOLD = Slab(80e-9, 310.0, 2.49e6)
STAND_IN = Slab(1e-9, 0.06, 3.06e6)
ENDS = End(0.0), End(heat_flux=1e6)
JUMP = Multilayer((SAPPHIRE, GOLD), (Joint(1 / 60e6),), *ENDS)
LAYER = Multilayer((SAPPHIRE, STAND_IN, GOLD), (Joint(), Joint()), *ENDS)
FREQUENCIES = {1e3: "1 kHz", 1e5: "100 kHz", 1e7: "10 MHz", 1e9: "1 GHz"}
SIZES = {1e3: 1.2, 1e5: 0.13, 1e7: 0.023, 1e9: 8e-4}  # about, of the surface's amplitudes [K]
RANGE = {"frequency": {"from": "1 kHz", "to": "1 GHz", "count": len(FREQUENCIES)}}
ACCEPTED = 1e-6  # of an amplitude, and in radians


def _problem(name: str, title: str, stack: Multilayer) -> Problem:
    def reference() -> Mapping[str, float]:
        frequencies = list(FREQUENCIES)
        surface = periodic.surface_impedance(stack, frequencies) * 1e6
        inside = periodic.amplitude(stack, [(0, SAPPHIRE.thickness)], frequencies)[0][0]
        numbers: dict[str, float] = {}
        for i, label in enumerate(FREQUENCIES.values()):
            numbers[f"surface, {label}"] = float(abs(surface[i]))
            numbers[f"surface phase, {label}"] = float(np.angle(surface[i]))
            numbers[f"substrate phase, {label}"] = float(np.angle(inside[i]))
        return numbers

    quantities = []
    for frequency, label in FREQUENCIES.items():
        quantities += [
            Quantity(
                f"surface, {label}",
                _seen("surface", "amplitude", frequency),
                ACCEPTED * SIZES[frequency],
                exact=True,
            ),
            Quantity(
                f"surface phase, {label}", _seen("surface", "phase", frequency), ACCEPTED, "rad", exact=True
            ),
            Quantity(
                f"substrate phase, {label}",
                _seen("substrate", "phase", frequency),
                ACCEPTED,
                "rad",
                exact=True,
            ),
        ]
    return Problem(name, title, "transfer matrices", name, reference, tuple(quantities), RANGE)


def _seen(probe: str, what: str, frequency: float) -> Pick:
    def pick(summary: Summary) -> float:
        place = int(np.argmin(np.abs(np.log(np.array(summary["frequencies"]) / frequency))))
        return float(summary["probes"][probe][place][what])

    return pick


THIN_FILMS = (
    _problem("film_on_substrate", "Film heated periodically, bond as a jump", JUMP),
    _problem("film_on_thin_layer", "Film heated periodically, bond as 1 nm", LAYER),
)
