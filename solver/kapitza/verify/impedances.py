"""Thermal impedances of cases beside the exact stack: the curve decade by decade, resistances to its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kapitza.verify.impedance import steady_impedance, structure_function, thermal_impedance
from kapitza.verify.multilayer import Joint, Multilayer, Slab
from kapitza.verify.problem import Pick, Problem, Quantity, Summary, rows_of
from kapitza.verify.row import Row
from kapitza.verify.stacks import End

AREA, WATER = 4e-4, 9000.0
# Times [s], and what is accepted: 1e-4 of the value there [K/W].
TIMES = {
    "10 us": (1e-5, 6.3e-8),
    "1 ms": (1e-3, 6.3e-7),
    "10 ms": (1e-2, 2.7e-6),
    "100 ms": (0.1, 7.6e-6),
    "1 s": (1.0, 1.8e-5),
    "10 s": (10.0, 4.4e-5),
}
LAPLACE = "Laplace transform, inverted"


@dataclass(frozen=True)
class Impedance(Problem):
    """A case whose thermal impedance is compared; quantities are read from `Zth.summary`. The cells follow from the
    earliest time, so that every level begins ten times earlier."""

    def evaluate(self, levels: int = 1) -> list[Row]:
        import kapitza

        case = kapitza.load(self.path)
        results: list[tuple[Summary, int]] = []
        for level in range(levels):
            found = kapitza.zth(case.replace({"zth.first": f"{1e-6 * 10.0**-level!r} s"}))
            results.append((found.summary(), found.cells))
        exact = self.reference()
        return [row for quantity in self.quantities for row in rows_of(self, quantity, exact, results)]


def package(contact: float) -> Mapping[str, float]:
    """Exact values of the package whose case has a contact of ``contact`` [m^2 K/W] to the plate."""
    slabs = (
        Slab(0.5e-3, 120.0, 1.66e6),
        Slab(50e-6, 4.0, 2.25e6),
        Slab(2e-3, 398.0, 3.45e6),
        Slab(6e-3, 210.0, 2.43e6),
    )
    joints = Joint(0.02e-4), Joint(0.03e-4), Joint(contact)
    stack = Multilayer(slabs, joints, End(heat_flux=0.0), End(temperature=0.0, resistance=1.0 / WATER))
    R, C = structure_function(stack, AREA)
    values = thermal_impedance(stack, AREA, [time for time, _ in TIMES.values()])
    curve = {f"Zth, {name}": float(value) for name, value in zip(TIMES, values, strict=True)}
    return curve | {
        "steady": steady_impedance(stack, AREA),
        "to the case": float(R[5]),
        "capacity to the case": float(C[5]),
    }


def at(time: float) -> Pick:
    """Zth at ``time`` [s], between two points of the curve along a straight line of logarithms."""

    def pick(summary: Summary) -> float:
        return float(np.exp(np.interp(np.log(time), np.log(summary["time"]), np.log(summary["zth"]))))

    return pick


def part(name: str, key: str) -> Pick:
    """Where the part ``name`` of the structure function ends, in "resistance" or "capacitance"."""

    def pick(summary: Summary) -> float:
        return float(next(one[key][1] for one in summary["structure"]["parts"] if one["name"] == name))

    return pick


QUANTITIES = (
    *(Quantity(f"Zth, {name}", at(time), tolerance, "K/W") for name, (time, tolerance) in TIMES.items()),
    Quantity("steady", lambda summary: float(summary["steady"]), 1e-9, "K/W", exact=True),
    Quantity("to the case", part("lid", "resistance"), 1e-12, "K/W", exact=True),
    Quantity("capacity to the case", part("lid", "capacitance"), 1e-10, "J/K", exact=True),
)
GREASED, DRY = 0.15e-4, 0.6e-4

IMPEDANCES: tuple[Impedance, ...] = (
    Impedance(
        name="zth_package",
        title="Thermal impedance of a package on a cold plate, greased",
        source=LAPLACE,
        case="zth_package",
        reference=lambda: package(GREASED),
        quantities=QUANTITIES,
    ),
    Impedance(
        name="zth_package_dry",
        title="Thermal impedance of a package on a cold plate, dry",
        source=LAPLACE,
        case="zth_package_dry",
        reference=lambda: package(DRY),
        quantities=QUANTITIES,
    ),
)
