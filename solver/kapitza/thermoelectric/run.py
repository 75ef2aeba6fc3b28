"""A stack with a current to its solution: the finite volumes with Joule and Peltier heat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from kapitza.errors import InputError
from kapitza.layout import Floats, Layout
from kapitza.linearity import nonlinear
from kapitza.model import Reservoir, Stack, Temperature, ThermoelectricOptions
from kapitza.solution import Solution
from kapitza.solution.parts import BoundaryResult
from kapitza.solution.thermoelectric import Most, Part, Thermoelectric
from kapitza.thermoelectric.circuit import Circuit
from kapitza.thermoelectric.operate import Operation, effective
from kapitza.thermoelectric.response import SIDES, Answer, Response, faces, heated

CORRECTIONS = 3


def solve(stack: Stack, without: Callable[[Stack], Solution]) -> Solution:
    """Steady state at the current of the load. without : solves a stack that has no current.

    Raises InputError where the stack contradicts itself or its properties depend on temperature, PhysicsError where it
    has no steady state."""
    options = stack.thermoelectric
    assert options is not None
    plain = replace(stack, thermoelectric=None)
    plain_solution = without(plain)  # says first what is wrong beside the current
    layout = plain_solution.layout
    circuit = _circuit(layout)
    operation = Operation(Response.of(plain, circuit, without))
    answer = operation.response.at(_current(operation, options))
    solution, temperature = _solved(plain, circuit, operation.response, answer, without)
    leg = _leg(plain_solution, operation, answer, options.load)
    return Solution.of(
        replace(
            solution,
            layout=Layout.of(stack),
            boundaries=_from_outside(plain, solution, circuit, answer.current * temperature),
            internal_heat=_electrical(plain_solution, leg.power),
            thermoelectric=leg,
        )
    )


def problems(stack: Stack) -> list[str]:
    """What is wrong with the current of a stack whose layers and contacts are right."""
    try:
        _circuit(Layout.of(stack))
    except InputError as error:
        return str(error).splitlines()
    return []


def _circuit(layout: Layout) -> Circuit:
    if nonlinear(layout):
        raise InputError(
            "thermoelectric: takes constant conductivities and contacts of constant resistance; freeze conductivities "
            'by [solve] properties_at = "…", and give the contacts as resistances'
        )
    return Circuit.of(layout)


def _current(operation: Operation, options: ThermoelectricOptions) -> float:
    """The current [A] that the options ask for. Raises InputError where a best load is asked of a leg without any."""
    if options.current is not None:
        return options.current
    if isinstance(options.load, str):
        best = operation.most_power if options.load == "power" else operation.most_efficiency
        if best is None:
            raise InputError(
                f'thermoelectric.load: "{options.load}" is the load of a leg that gives power, and this one gives '
                "none: there is no difference of temperature over it, or no seebeck; give a current"
            )
        return best.current
    assert options.load is not None
    return operation.through(options.load)


def _solved(
    stack: Stack,
    circuit: Circuit,
    response: Response,
    answer: Answer,
    without: Callable[[Stack], Solution],
) -> tuple[Solution, Floats]:
    """The stack with the heats of the current, and the node temperatures (m,) that made them: corrected until they are
    those of the solution."""
    joule, temperature = circuit.resistance * answer.current**2, answer.temperature
    for _ in range(CORRECTIONS):
        heats = answer.current * circuit.steps * temperature
        solution = without(heated(stack, circuit, joule, heats))
        found = faces(solution, circuit)
        if np.abs(found - temperature).max(initial=0.0) <= 4e-15 * np.abs(found).max(initial=0.0):
            break
        temperature = response.refined(answer.current, temperature, found)
    return solution, temperature


def _from_outside(
    stack: Stack, solution: Solution, circuit: Circuit, drive: Floats
) -> Mapping[str, BoundaryResult]:
    """Boundaries with the heat from outside, without the Peltier heat of the surface; ``drive`` (m,) is I T [A K]."""
    boundaries = dict(solution.boundaries)
    area = stack.geometry.area
    for node, heat in zip(circuit.nodes, circuit.steps * drive, strict=True):
        if node.at in SIDES:
            side, condition = boundaries[node.at], stack.boundary(node.at).condition
            boundaries[node.at] = replace(
                side,
                flux_values=side.flux_values - heat / area,
                reference=condition.ambient if isinstance(condition, Reservoir) else side.reference,  # type: ignore[arg-type]
            )
    return boundaries


def _electrical(solution: Solution, power: float) -> tuple[float, float]:
    """Sources and sinks inside [W]: those of the case, and the electrical power that leaves or enters."""
    made, taken = solution.internal_heat
    return made + max(-power, 0.0), taken - max(power, 0.0)


def _leg(plain: Solution, operation: Operation, answer: Answer, load: float | str | None) -> Thermoelectric:
    # Over a load that is given, Ohm's law: a difference of voltages leaves rounding where it is zero.
    over = answer.current * load + 0.0 if isinstance(load, float | int) else operation.voltage(answer)
    power, voltage = answer.current * over + 0.0, over
    heat_out = operation.heat_out(answer)
    heat_in = heat_out + power
    ends = _ends(plain.stack)
    best = operation.most_efficiency
    mean = None if ends is None else 0.5 * (ends[0] + ends[1])
    return Thermoelectric(
        current=answer.current,
        voltage=voltage,
        load=voltage / answer.current if answer.current != 0.0 else None,
        power=power,
        heat_in=heat_in,
        heat_out=heat_out,
        efficiency=power / heat_in if power > 0.0 and heat_in > 0.0 else None,
        cooling=_cooling(answer, operation, ends),
        open_voltage=operation.open_voltage,
        resistance=operation.resistance,
        most_power=operation.most_power,
        most_efficiency=best,
        effective_zt=_effective_zt(plain, best, ends),
        parts=_parts(operation.response.circuit, mean),
    )


def _ends(stack: Stack) -> tuple[float, float] | None:
    """Temperatures [K] that bottom and top are tied to; None where one is not."""
    found = []
    for side in SIDES:
        condition = stack.boundary(side).condition
        if isinstance(condition, Temperature):
            found.append(condition.temperature)
        elif isinstance(condition, Reservoir):
            found.append(condition.ambient)
    both = [float(value) for value in found if isinstance(value, int | float)]
    return (both[0], both[1]) if len(both) == 2 else None


def _cooling(answer: Answer, operation: Operation, ends: tuple[float, float] | None) -> float | None:
    """Heat from the colder side over the power that is spent."""
    if ends is None or operation.power(answer) >= 0.0:
        return None
    taken = float(answer.heat[0 if ends[0] <= ends[1] else 1])
    return taken / -operation.power(answer) if taken > 0.0 else None


def _effective_zt(plain: Solution, best: Most | None, ends: tuple[float, float] | None) -> float | None:
    if best is None or ends is None or plain.has_sources or ends[0] == ends[1]:
        return None
    return effective(best.efficiency, max(ends), min(ends))


def _parts(circuit: Circuit, mean: float | None) -> tuple[Part, ...]:
    """Layers that carry current and contacts that resist it, upwards; repetitions together."""
    layout = circuit.layout
    rows: dict[tuple[str, str], list[float]] = {}
    first: dict[str, int] = {}
    for i, resistance in enumerate(circuit.layers.tolist()):
        if layout.material(i).electrical_resistivity is not None:
            rows.setdefault((layout.base(i), "layer"), []).append(resistance)
            first.setdefault(layout.base(i), i)
        if i < len(circuit.contacts) and circuit.contacts[i] > 0.0:
            name = f"{layout.base(i)}|{layout.base(i + 1)}"
            rows.setdefault((name, "interface"), []).append(float(circuit.contacts[i]))
    parts = []
    for (name, kind), values in rows.items():
        seebeck = merit = None
        if kind == "layer":
            material = layout.material(first[name])
            seebeck, rho = material.seebeck or 0.0, material.electrical_resistivity
            if mean is not None and seebeck and rho is not None:
                merit = seebeck**2 * mean / (rho * float(material.conductivity(mean)))
        parts.append(Part(name, kind, len(values), float(sum(values)), seebeck, merit))
    return tuple(parts)
