"""Reference problems in time: Laplace transforms inverted, half-spaces, Neumann's melting, NAFEMS.

Every level has twice the cells of the one before and an eighth of its tolerance: a step's local error is of third
order, so that both errors fall to a quarter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kapitza.verify import multilayer
from kapitza.verify.half_spaces import Body, Contact
from kapitza.verify.laplace import Array
from kapitza.verify.melting import Neumann, Phase
from kapitza.verify.multilayer import Joint, Multilayer, Slab
from kapitza.verify.one_dimensional import ZERO
from kapitza.verify.problem import Pick, Problem, Quantity, Summary
from kapitza.verify.series import nafems_axisymmetric_transient, nafems_t3
from kapitza.verify.stacks import End
from kapitza.verify.superposition import pulse_train, steps

LAPLACE = "Laplace transform, inverted"
NEUMANN = "Neumann, two phases"
NAFEMS = "NAFEMS, by series"

CPU = Multilayer(
    (Slab(0.5e-3, 148.0, 1.66e6), Slab(6e-3, 237.0, 2.43e6)),
    (Joint(1.2e-4),),
    End(heat_flux=120.0 / 4e-4),
    End(0.0, 1 / 5000),
)
FLASH = Multilayer(
    (Slab(20e-6, 1.1, 2.1e6), Slab(100e-9, 237.0, 2.43e6)), (Joint(2e-8),), End(0.0), End(heat_flux=2e9)
)
HALVES = Contact(Body(401.0, 8960.0 * 385.0, 80.0 + ZERO), Body(1.1, 2500.0 * 840.0, 20.0 + ZERO), 1 / 12e3)
WAX = Neumann(
    Phase(0.15, 800 * 2300.0), Phase(0.35, 800 * 1900.0), 800 * 180e3, 72 + ZERO, 28 + ZERO, 18 + ZERO
)
ICE = Neumann(Phase(2.16, 917 * 2060.0), Phase(0.57, 917 * 4210.0), 917 * 333.6e3, ZERO - 12, ZERO, ZERO + 4)


def seen(probe: str, time: float) -> Pick:
    """Value of a probe at a saved instant [s]."""
    return lambda summary: float(summary["probes"][probe][_instant(summary, time)])


def front(layer: str, time: float, thickness: float) -> Pick:
    """Thickness [m] that has melted."""
    return lambda summary: thickness * float(summary["melted"][layer][_instant(summary, time)])


def stored(key: str) -> Pick:
    """Heat [J] since the start: in, out or stored."""
    return lambda summary: float(summary["energy"][key])


def _instant(summary: Summary, time: float) -> int:
    return int(np.argmin(np.abs(np.array(summary["times"]) - time)))


def _at(name: str, time: float) -> str:
    for size, unit in ((1e-15, "fs"), (1e-12, "ps"), (1e-9, "ns"), (1e-6, "us"), (1e-3, "ms"), (1.0, "s")):
        if time < 999.0 * size or unit == "s":
            return f"{name}, {time / size:g} {unit}"
    raise AssertionError


def _instants(times: Sequence[float]) -> Mapping[str, object]:
    """What a case is changed to: these instants and no others."""
    return {"transient": {"until": f"{times[-1]!r} s", "times": [f"{time!r} s" for time in times]}}


def quantities(places: Mapping[str, str], times: Sequence[float], accepted: float) -> tuple[Quantity, ...]:
    """The probe of every place at every time, within ``accepted`` [K]."""
    return tuple(
        Quantity(_at(name, time), seen(probe, time), accepted)
        for name, probe in places.items()
        for time in times
    )


def table(names: Sequence[str], times: Sequence[float], values: Array, above: float) -> Mapping[str, float]:
    """(n_names, n_times) values, by the names of `quantities`."""
    return {
        _at(name, time): float(above + values[i, j])
        for i, name in enumerate(names)
        for j, time in enumerate(times)
    }


# Multilayers --------------------------------------------------------------------------------------------------

STEP_TIMES = (1e-3, 0.1, 10.0)
PULSE_TIMES = (1e-3, 9e-3, 0.041, 0.05)
TWO_TIMES = (1e-3, 0.01, 0.1, 1.0)
THREE_TIMES = (0.01, 0.1, 0.5, 5.0)
CELL_TIMES = (5.5e-9, 6e-9, 6.5e-9)
FLASH_TIMES = (10e-9, 15e-9, 100e-9, 1e-6)
CPU_FACES = [(0, 0.0), (1, 0.0)]
CPU_PLACES = {"junction": "junction", "sink": "sink below"}


def cpu_power_step() -> Mapping[str, float]:
    return table(
        list(CPU_PLACES), STEP_TIMES, multilayer.at(CPU, CPU_FACES, STEP_TIMES).temperature, 25 + ZERO
    )


def cpu_pulse_train() -> Mapping[str, float]:
    def response(t: Array) -> Array:
        return multilayer.at(CPU, CPU_FACES, t).temperature

    rise = steps(response, *pulse_train(1e-3, 10e-3, 6, 1.0), PULSE_TIMES)
    return table(list(CPU_PLACES), PULSE_TIMES, rise, 25 + ZERO)


def two_layers() -> Mapping[str, float]:
    stack = Multilayer((Slab(1.0, 1.0, 1.0, 1.0), Slab(0.5, 0.25, 2.0)), (Joint(0.5),), End(0.0), End(0.0))
    faces = multilayer.at(stack, [(0, 1.0), (1, 0.0)], TWO_TIMES).temperature
    return table(["below", "above"], TWO_TIMES, faces, 300.0)


def three_layers() -> Mapping[str, float]:
    third = 1.0 / 3.0
    stack = Multilayer(
        tuple(Slab(third, k, 1.0) for k in (1.0, 0.1, 0.2)), (Joint(2.0), Joint(2.0)), End(1.0), End(0.0)
    )
    points = [(0, third), (1, 0.0), (1, third), (2, 0.0)]
    return table(
        list(THREE_PLACES), THREE_TIMES, multilayer.at(stack, points, THREE_TIMES).temperature, 300.0
    )


THREE_PLACES = {
    "fast, above": "fast, above",
    "slow, below": "slow, below",
    "slow, above": "slow, above",
    "middling, below": "middling, below",
}


def laser_flash() -> Mapping[str, float]:
    def response(t: Array) -> Array:
        return multilayer.at(FLASH, [(1, 100e-9), (0, 20e-6)], t).temperature

    rise = steps(response, [5e-9, 15e-9], [1.0, 0.0], FLASH_TIMES)
    return table(["surface", "glass"], FLASH_TIMES, rise, 300.0)


def phase_change_cell() -> Mapping[str, float]:
    """Before it melts; the tungsten at 300 K, where it stays within a few kelvin."""
    tungsten = Slab(100e-9, 174.0, 19300.0 * 132.0)
    stack = Multilayer(
        (tungsten, Slab(50e-9, 0.57, 6270.0 * 219.0, source=6e17), tungsten),
        (Joint(4e-8), Joint(4e-8)),
        End(0.0),
        End(0.0),
    )
    rise = multilayer.at(stack, [(1, 25e-9)], np.array(CELL_TIMES) - 5e-9).temperature
    before = table(["cell"], CELL_TIMES, rise, 300.0)
    return {**before, "heat": 6e17 * 50e-9 * 30e-9 * 1e-14}


# Half-spaces, melting, NAFEMS ---------------------------------------------------------------------------------

HALF_TIMES = (1e-3, 0.01, 0.1, 1.0)
MELT_TIMES = (120.0, 600.0)
FREEZE_TIMES = (21600.0, 86400.0)


def half_spaces() -> Mapping[str, float]:
    times = np.array(HALF_TIMES)
    sides = np.stack([HALVES.temperature(side, 0.0, times) for side in (1, 2)])
    flux = table(["flux"], HALF_TIMES, HALVES.flux(times)[np.newaxis], 0.0)
    return {**table(["copper", "glass"], HALF_TIMES, sides, 0.0), **flux}


def melting_wax() -> Mapping[str, float]:
    places = np.stack([WAX.temperature(depth, np.array(MELT_TIMES)) for depth in (2e-3, 10e-3)])
    fronts = table(["front"], MELT_TIMES, WAX.front(MELT_TIMES)[np.newaxis], 0.0)
    heat = {"heat": 0.01 * float(WAX.heat(MELT_TIMES[-1]))}
    return {**table(["at 2 mm", "at 10 mm"], MELT_TIMES, places, 0.0), **fronts, **heat}


def freezing_ice() -> Mapping[str, float]:
    places = ICE.temperature(0.05, np.array(FREEZE_TIMES))[np.newaxis]
    thawed = 0.8 - ICE.front(FREEZE_TIMES)
    fronts = table(["water"], FREEZE_TIMES, thawed[np.newaxis], 0.0)
    return {
        **table(["5 cm deep"], FREEZE_TIMES, places, 0.0),
        **fronts,
        "heat": -float(ICE.heat(FREEZE_TIMES[-1])),
    }


# A thousandth of the flux, a hundredth of the fronts and heats.
FLUXES = tuple(
    Quantity(_at("flux", time), seen("flux", time), accepted, "W/m^2")
    for time, accepted in zip(HALF_TIMES, (540.0, 340.0, 140.0, 49.0), strict=True)
)
FRONTS = tuple(
    Quantity(_at("front", time), front("wax", time, 0.08), accepted, "m")
    for time, accepted in zip(MELT_TIMES, (2.7e-5, 6.0e-5), strict=True)
)
WATER = tuple(
    Quantity(_at("water", time), front("lake", time, 0.8), accepted, "m")
    for time, accepted in zip(FREEZE_TIMES, (5.7e-4, 1.1e-3), strict=True)
)

IN_TIME = (
    Problem(
        "cpu_power_step",
        "Die on a sink, switched on",
        LAPLACE,
        "cpu_power_step",
        cpu_power_step,
        quantities(CPU_PLACES, STEP_TIMES, 0.03),
        _instants(STEP_TIMES),
        2.0,
    ),
    Problem(
        "cpu_pulse_train",
        "Die on a sink, in pulses",
        LAPLACE,
        "cpu_pulse_train",
        cpu_pulse_train,
        quantities(CPU_PLACES, PULSE_TIMES, 5e-3),
        _instants(PULSE_TIMES),
        2.0,
    ),
    Problem(
        "two_layers_in_time",
        "Two layers brought into contact",
        LAPLACE,
        "two_layers_in_time",
        two_layers,
        quantities({"below": "below the joint", "above": "above the joint"}, TWO_TIMES, 4e-4),
        order=2.0,
    ),
    Problem(
        "three_layers_in_time",
        "Three layers, one end heated",
        LAPLACE,
        "three_layers_in_time",
        three_layers,
        quantities(THREE_PLACES, THREE_TIMES, 4e-4),
        order=2.0,
    ),
    Problem(
        "half_spaces",
        "Hot copper on cold glass",
        "half-spaces, closed form",
        "half_spaces",
        half_spaces,
        (*quantities({"copper": "copper side", "glass": "glass side"}, HALF_TIMES, 0.02), *FLUXES),
        _instants(HALF_TIMES),
        2.0,
    ),
    Problem(
        "laser_flash",
        "Flash on a film over glass",
        LAPLACE,
        "laser_flash",
        laser_flash,
        quantities({"surface": "surface", "glass": "glass"}, FLASH_TIMES, 0.06),
        _instants(FLASH_TIMES),
        2.0,
    ),
    Problem(
        "nafems_t3",
        "NAFEMS T3",
        NAFEMS,
        "nafems_t3",
        lambda: {"x = 0.08 m": nafems_t3() + ZERO},
        (Quantity("x = 0.08 m", seen("x = 0.08 m", 32.0), 0.01),),
        _instants((32.0,)),
        2.0,
    ),
    Problem(
        "nafems_axisymmetric_transient",
        "NAFEMS axisymmetric transient",
        NAFEMS,
        "nafems_axisymmetric_transient",
        lambda: {"target": nafems_axisymmetric_transient() + ZERO},
        (Quantity("target", seen("target", 190.0), 0.3),),
        order=2.0,
    ),
    Problem(
        "melting_wax",
        "Wax melting at a hot wall",
        NEUMANN,
        "melting_wax",
        melting_wax,
        (
            *quantities({"at 2 mm": "at 2 mm", "at 10 mm": "at 10 mm"}, MELT_TIMES, 0.54),
            *FRONTS,
            Quantity("heat", stored("in"), 138.0, "J"),
        ),
        _instants(MELT_TIMES),
    ),
    Problem(
        "freezing_ice",
        "Ice growing on still water",
        NEUMANN,
        "freezing_ice",
        freezing_ice,
        (
            *quantities({"5 cm deep": "5 cm deep"}, FREEZE_TIMES, 0.16),
            *WATER,
            Quantity("heat", stored("out"), 3.9e5, "J"),
        ),
        _instants(FREEZE_TIMES),
    ),
    Problem(
        "phase_change_cell",
        "Phase-change cell, until it melts",
        LAPLACE,
        "phase_change_cell",
        phase_change_cell,
        (
            *quantities({"cell": "middle of the cell"}, CELL_TIMES, 0.5),
            Quantity("heat", stored("in"), 1e-9 * 9e-12, "J", exact=True),
        ),
        _instants((*CELL_TIMES, 60e-9)),
    ),
)
