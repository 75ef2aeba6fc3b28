"""What a sweep keeps of each solution: probes by name, and the values of the summary by their path in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.model import InterfaceProbe, Stack
from kapitza.studies.sweeping.batch import Course, Outcome

if TYPE_CHECKING:
    from kapitza.solution import Solution
    from kapitza.solution.response import Response
    from kapitza.studies.conductivity import Effective
    from kapitza.studies.zth import Zth

Numbers = dict[str, tuple[float, str]]

KELVIN, WATT, FLUX, CONDUCTANCE = "K", "W", "W/m^2", "W/(m^2*K)"
CONDUCTIVITY, RESISTANCE, NONE = "W/(m*K)", "K/W", "1"
CONTACT = {"jump": KELVIN, "flux": FLUX, "conductance": CONDUCTANCE, "far_field_conductance": CONDUCTANCE}
LEG = {
    "current": "A",
    "voltage": "V",
    "open_voltage": "V",
    "load": "ohm",
    "resistance": "ohm",
    "power": WATT,
    "heat_in": WATT,
    "heat_out": WATT,
    "efficiency": NONE,
    "cooling": NONE,
    "effective_zt": NONE,
}
# names that the result has itself
RESERVED = ("time", "frequency", "status", "message", "cells", "effective_conductivity")


def of_solution(point: int, solution: Solution, peaks: Mapping[str, float] | None = None) -> Outcome:
    """Of a steady state, or of the end of a run in time with its probes along the saved times.

    peaks : highest temperature of layers and regions at all saved times [K]
    """
    summary = solution.summary()
    history = solution.history
    numbers: Numbers = {}
    courses: dict[str, Course] = {}
    units = probe_units(solution.stack)
    for name, value in summary["probes"].items():
        if history is None:
            numbers[probe_name(name)] = (_float(value), units[name])
        else:
            values = np.asarray(history.probes[name], dtype=float)
            courses[probe_name(name)] = Course("time", np.asarray(history.times), values, units[name])
    numbers |= dict(_numbers(summary))
    numbers |= {f"layers.{name}.peak": (peak, KELVIN) for name, peak in (peaks or {}).items()}
    return Outcome(point, numbers=numbers, courses=courses, warnings=summary["warnings"])


def _numbers(summary: Mapping[str, Any]) -> Iterator[tuple[str, tuple[float, str]]]:
    """Every number of a summary that a sweep compares, by its path."""
    steady = summary["steady"]
    for key in ("min", "max"):
        yield f"temperature.{key}", (_float(summary["temperature"][key]), KELVIN)
    for row in summary["layers"]:
        for key in ("min", "mean", "max"):
            yield f"layers.{row['name']}.{key}", (_float(row[key]), KELVIN)
        if row.get("apparent_conductivity") is not None:
            film = _float(row["apparent_conductivity"])
            yield f"layers.{row['name']}.apparent_conductivity", (film, CONDUCTIVITY)
    for row in summary["interfaces"]:
        for key, unit in CONTACT.items():
            if key in row:
                yield f"interfaces.{row['name']}.{key}", (_float(row[key]), unit)
    for name, side in summary["boundaries"].items():
        yield f"boundaries.{name}.heat", (_float(side["heat"]), WATT)
        yield f"boundaries.{name}.temperature", (_float(side["temperature"]), KELVIN)
    if steady:
        yield "resistance.total", (_float(summary["resistance"]["total"]), RESISTANCE)
        for part in summary["resistance"]["parts"]:
            yield f"resistance.parts.{part['name']}", (_float(part["value"]), RESISTANCE)
        yield "effective_conductivity", (_float(summary["effective_conductivity"]), CONDUCTIVITY)
    for key in ("in", "out", "stored"):
        yield f"energy.{key}", (_float(summary["energy"][key]), WATT if steady else "J")
    yield "energy.imbalance", (_float(summary["energy"]["imbalance"]), NONE)
    yield "cells", (_float(summary["cells"]), NONE)
    yield from _leg("thermoelectric", summary.get("thermoelectric") or {})
    for material, lengths in ((summary.get("channels") or {}).get("decay_length") or {}).items():
        for number, length in enumerate(lengths):
            yield f"channels.decay_length.{material}.{number}", (_float(length), "m")


def _leg(path: str, values: Mapping[str, Any]) -> Iterator[tuple[str, tuple[float, str]]]:
    """What a thermoelectric leg does, and at its best loads."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leg(f"{path}.{key}", value)
        elif key in LEG:
            yield f"{path}.{key}", (_float(value), LEG[key])


def of_response(point: int, response: Response) -> Outcome:
    """Of periodic heating: amplitude and phase of every probe along the frequencies."""
    units = probe_units(response.stack)
    courses: dict[str, Course] = {}
    for name, values in response.probes.items():
        for key, numbers, unit in (
            ("amplitude", np.abs(values), units[name]),
            ("phase", np.angle(values), "rad"),
        ):
            at = np.asarray(response.frequencies)
            courses[f"{name}.{key}"] = Course("frequency", at, np.asarray(numbers, dtype=float), unit)
    cells = {"cells": (float(response.base.mesh.cells), NONE)}
    return Outcome(point, numbers=cells, courses=courses, warnings=list(response.warnings))


def of_effective(point: int, found: Effective) -> Outcome:
    """Of a periodic cell: its conductivity, what perfect contacts would give, and the bounds."""
    numbers: Numbers = {}
    for prefix, tensor in (
        ("conductivity", found.tensor),
        ("perfect_contacts", (found.perfect or found).tensor),
    ):
        for key, value in tensor.items():
            if value is not None:
                numbers[f"{prefix}.{key}"] = (value, CONDUCTIVITY)
    numbers["bounds.series"] = (found.series, CONDUCTIVITY)
    numbers["bounds.parallel"] = (found.parallel, CONDUCTIVITY)
    numbers["temperature"] = (found.temperature, KELVIN)
    numbers["cells"] = (float(found.cells), NONE)
    return Outcome(point, numbers=numbers, warnings=list(found.warnings))


def of_zth(point: int, found: Zth) -> Outcome:
    """Of a thermal impedance: the curve along its times, and the steady value."""
    curve = Course("time", np.asarray(found.time), np.asarray(found.zth), RESISTANCE)
    numbers = {"steady": (float(found.steady), RESISTANCE), "cells": (float(found.cells), NONE)}
    return Outcome(point, numbers=numbers, courses={"zth": curve}, warnings=list(found.notes))


def probe_units(stack: Stack) -> dict[str, str]:
    """Unit of every probe by name."""
    fluxes = [p.name for p in stack.probes if isinstance(p, InterfaceProbe) and p.side == "flux"]
    return {probe.name: FLUX if probe.name in fluxes else KELVIN for probe in stack.probes}


def probe_name(name: str) -> str:
    """The name of a probe among the variables of a result."""
    return f"{name} (probe)" if name in RESERVED else name


def _float(value: float | None) -> float:
    return math.nan if value is None else float(value)
