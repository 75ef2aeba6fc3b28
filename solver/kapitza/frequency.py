"""Periodic heating: amplitude and phase of the temperature, by one complex solution for each frequency.

Every heat and flux is an amplitude, real and in phase; temperatures of boundaries stay as they are, so theirs is zero.
T = Re(A e^{i w t}): a lag is a negative phase. In a slab every cell is an exact two-port, whatever its size: with
x = d sqrt(i w c / k), d half the cell, the half cell's resistance is tanh(x)/x times the steady one, and the capacity
between the halves sinh(2x)/(2x) times the cell's. So a joint is a true jump, and no film needs to be resolved.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kapitza import properties
from kapitza.assemble import line as line_assembly
from kapitza.assemble import plane as plane_assembly
from kapitza.assemble.capacity import capacities, volumes
from kapitza.assemble.system import Faces, System
from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Layout
from kapitza.mesh import Mesh, build_line, build_plane
from kapitza.model import Boundary, Condition, PieceProbe, Reservoir, Stack, Temperature
from kapitza.newton.linearised import linearised
from kapitza.solution import probes
from kapitza.solution.response import Complexes, Response
from kapitza.solution.solved import Solved
from kapitza.transient.frames import Frames


def solve(stack: Stack) -> Response:
    """Response of a stack with [frequency]; properties and laws at its reference temperature.

    Raises InputError where the stack contradicts itself, PhysicsError where the heat has nowhere to be stored or to go.
    """
    options = stack.frequency
    if options is None:
        raise InputError("frequency: not given; say from which to which frequency")
    at, label = properties.reference_temperature(stack)
    layout = linearised(Layout.of(_still(stack, at)), at)
    frequencies = np.geomspace(options.low, options.high, options.count)
    problem = _Problem(layout, at)
    found: dict[str, list[complex]] = {probe.name: [] for probe in stack.probes}
    fields: list[Complexes] = []
    for frequency in frequencies:
        real, imaginary = problem.at(2j * np.pi * float(frequency))
        fields.append(real.temperature + 1j * imaginary.temperature)
        for name, amplitude in _probed(real, imaginary).items():
            found[name].append(amplitude)
    notes = (f"conductivities, heat capacities and laws at {at:g} K ({label})",) if _varies(stack) else ()
    return Response(
        stack=stack,
        frequencies=frequencies,
        probes={name: np.array(row) for name, row in found.items()},
        temperature=np.array(fields),
        base=real,
        warnings=notes,
    )


def _varies(stack: Stack) -> bool:
    layout = Layout.of(stack)
    laws = [material.heat_capacity_law for material in layout.kind_materials]
    curved = any(law is not None and not law.constant for law in laws)
    return curved or bool(properties.varying(layout)) or not all(e.law.linear for e in stack.interfaces)


def _still(stack: Stack, T: float) -> Stack:
    """The stack with all boundary temperatures at T [K]: amplitudes are rises above it."""

    def at(condition: Condition) -> Condition:
        if isinstance(condition, Temperature):
            return Temperature(T)
        return replace(condition, ambient=T) if isinstance(condition, Reservoir) else condition

    boundaries = {
        side: Boundary(
            at(one.condition), tuple(replace(patch, condition=at(patch.condition)) for patch in one.patches)
        )
        for side, one in stack.boundaries.items()
    }
    return replace(stack, boundaries=boundaries)


def _probed(real: Solved, imaginary: Solved) -> dict[str, complex]:
    """Complex amplitude at every probe; of "max" the one of largest magnitude in its piece."""
    found = {}
    parts = probes.evaluate(real), probes.evaluate(imaginary)
    for probe in real.stack.probes:
        found[probe.name] = complex(parts[0][probe.name], parts[1][probe.name])
        if isinstance(probe, PieceProbe) and probe.side == "max":
            found[probe.name] = _largest(real, imaginary, probe)
    return found


def _largest(real: Solved, imaginary: Solved, probe: PieceProbe) -> complex:
    pieces = real.layout.select(probe.piece, f"probes.{probe.name}.layer")
    here = np.isin(real.piece, pieces)
    one, two = real.fields, imaginary.fields
    pairs = [
        (one.temperature, two.temperature), (one.lower_side, two.lower_side),
        (one.upper_side, two.upper_side), (one.left_side, two.left_side), (one.right_side, two.right_side),
    ]  # fmt: skip
    values = np.concatenate([(a[here] + 1j * b[here]) for a, b in pairs if a is not None and b is not None])
    return complex(values[np.argmax(np.abs(values))])


class _Problem:
    """A meshed stack, ready for any frequency."""

    def __init__(self, layout: Layout, T: float) -> None:
        self.layout, self.T = layout, T
        self.one = not layout.stack.geometry.two_dimensional
        conductivities = properties.evaluate(layout)
        line = build_line(layout).each_cell() if self.one else None
        self.mesh: Mesh = build_plane(layout) if line is None else line.mesh
        system = plane_assembly.assemble(layout, self.mesh, conductivities)
        nothing = np.zeros(self.mesh.shape)
        self.system = replace(system, shift_lower=nothing, shift_upper=nothing)
        self.capacity = capacities(layout, self.mesh, volumes(self.mesh, system.area_z), T)
        problem = None if line is None else line_assembly.assemble(layout, line, conductivities)
        self.frames = Frames(layout, problem)

    def at(self, s: complex) -> tuple[Solved, Solved]:
        """Real and imaginary part of the response to e^{s t}, s [1/s]: i w of a frequency."""
        return self._column(s) if self.one else self._plane(s)

    # One dimension: every cell a two-port ------------------------------------------------------------------

    def _column(self, s: complex) -> tuple[Solved, Solved]:
        system = self.system
        half, capacity = system.half_z[:, 0], self.capacity[:, 0]
        # x^2 = s c d^2 / k = s C half / 2, for C = 2 c d A and half = d / (k A).
        x = np.sqrt(0.5 * s * capacity * half)
        near = np.where(
            np.abs(x) < 1e-4, 1.0 - x * x / 3.0, np.tanh(_shortened(x)) / np.where(x == 0, 1.0, x)
        )
        # sinh(2x) overflows in cells far thicker than the heat penetrates: nothing passes their middle then.
        grown = np.where(
            np.abs(x) < 1e-4,
            1.0 + 2.0 * x * x / 3.0,
            np.sinh(2.0 * _shortened(x)) / np.where(x == 0, 1.0, 2.0 * x),
        )
        r = half * near
        shunt: Complexes = np.asarray(s * capacity * grown, dtype=complex)
        faces = system.faces_z
        joint = faces.resistance[:, 0]
        g = np.zeros(len(joint), dtype=complex)
        through = np.isfinite(joint)
        g[through] = 1.0 / (r[:-1] + joint + r[1:])[through]
        put: Complexes = np.asarray(system.heat[:, 0] * grown, dtype=complex)
        diagonal = shunt.copy()
        diagonal[:-1] += g
        diagonal[1:] += g
        first = np.zeros(len(joint)) if faces.sheet_first is None else faces.sheet_first[:, 0]
        second = np.zeros(len(joint)) if faces.sheet_second is None else faces.sheet_second[:, 0]
        back = first * np.where(through, 1.0 - g * r[:-1], 1.0) + second * np.where(through, g * r[1:], 0.0)
        put[:-1] += back
        put[1:] += first + second - back
        ends: list[tuple[str, int, complex, complex]] = []  # side, cell, conductance, heat
        for side in system.sides:
            term, cell = side.terms[0], int(side.row[0])
            if term.temperature is None:
                ends.append((side.name, cell, 0.0, complex(term.heat[0])))
            elif np.isfinite(term.film[0]):
                ends.append((side.name, cell, complex(1.0 / (r[cell] + term.film[0])), 0.0))
        for _, cell, conductance, heat in ends:
            diagonal[cell] += conductance
            put[cell] += heat
        U = _tridiagonal(diagonal, -g, put)
        leaving = g * (U[:-1] - U[1:]) - back
        z = leaving, leaving + first, leaving + first + second
        into = {name: np.array([heat - conductance * U[cell]]) for name, cell, conductance, heat in ends}
        names = [side.name for side in system.sides]
        below = np.concatenate([into.get(names[0] if _lower(names[:1]) else "", np.zeros(1)), z[2]])
        above = np.concatenate([z[0], -into.get(names[-1] if not _lower(names[-1:]) else "", np.zeros(1))])
        lower, upper = U + below * r, U - above * r
        own = system.heat[:, 0] / (s * capacity)
        centre = own + (0.5 * (lower + upper) - own) / np.cosh(_shortened(x))
        bent = np.where(half > 0, 4.0 * (centre - 0.5 * (lower + upper)) / np.where(half > 0, half, 1.0), 0.0)
        parts = []
        for part in (np.real, np.imag):
            flows = tuple(part(flow)[:, np.newaxis] for flow in z)
            edges = {name: part(flow) for name, flow in into.items()}
            sides = part(lower), part(upper), part(bent)
            parts.append(self.frames.amplitude(*sides, system, flows, edges))  # type: ignore[arg-type]
        return parts[0], parts[1]

    # Two dimensions ----------------------------------------------------------------------------------------

    def _plane(self, s: complex) -> tuple[Solved, Solved]:
        from scipy.sparse import diags_array
        from scipy.sparse.linalg import splu

        system, active = self.system, self.system.active
        matrix = system.matrix() + diags_array(s * self.capacity[active])
        try:
            factors = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        except RuntimeError:
            raise PhysicsError(f"no solution at s = {s:.4g} 1/s: the matrix is singular") from None
        y = np.zeros(active.shape, dtype=complex)
        y[active] = factors.solve(system.load(self.T)[active].astype(complex))
        cold = _without_heat(system)
        return (
            self.frames.linear(0.0, y.real.copy(), 0.0, np.zeros(active.shape), _at_zero(system)),
            self.frames.linear(0.0, y.imag.copy(), 0.0, np.zeros(active.shape), _at_zero(cold)),
        )


def _lower(names: list[str]) -> bool:
    return bool(names) and names[0] in ("bottom", "inner")


def _shortened(x: Complexes) -> Complexes:
    """x with its real part kept from overflowing: beyond, nothing passes."""
    short: Complexes = np.minimum(x.real, 170.0) + 1j * x.imag
    return short


def _tridiagonal(diagonal: Complexes, beside: Complexes, right: Complexes) -> Complexes:
    from scipy.linalg import solve_banded

    if len(diagonal) == 1:
        return np.asarray(right / diagonal, dtype=complex)
    bands = np.zeros((3, len(diagonal)), dtype=complex)
    bands[0, 1:], bands[1], bands[2, :-1] = beside, diagonal, beside
    solved: Complexes = solve_banded((1, 1), bands, right)
    return solved


def _at_zero(system: System) -> System:
    """Boundary temperatures at zero amplitude."""
    sides = [
        replace(
            side,
            terms=[t if t.temperature is None else replace(t, temperature=0.0) for t in side.terms],
        )
        for side in system.sides
    ]
    return replace(system, sides=sides)


def _without_heat(system: System) -> System:
    """No heat in phase: the imaginary part has none."""
    sides = [
        replace(side, terms=[replace(t, heat=np.zeros(t.heat.shape)) for t in side.terms])
        for side in system.sides
    ]

    def faces(group: Faces) -> Faces:
        if group.sheet_first is None:
            return group
        nothing = np.zeros(group.sheet_first.shape)
        return replace(group, sheet_first=nothing, sheet_second=nothing)

    return replace(
        system,
        heat=np.zeros(system.heat.shape),
        sides=sides,
        faces_z=faces(system.faces_z),
        faces_x=faces(system.faces_x),
        wrap=None if system.wrap is None else faces(system.wrap),
    )
