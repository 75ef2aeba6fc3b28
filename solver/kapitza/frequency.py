"""Periodic heating: amplitude and phase of the temperature, by one complex solution for each frequency.

Every heat and flux is an amplitude, real and in phase; temperatures of boundaries stay as they are, so theirs is zero.
T = Re(A e^{i w t}): a lag is a negative phase. In a slab every cell is an exact two-port, whatever its size: with
x = d sqrt(i w c / k), d half the cell, the half cell's resistance is tanh(x)/x times the steady one, and the capacity
between the halves sinh(2x)/(2x) times the cell's. So a joint is a true jump, and no film needs to be resolved. Where
the cross-section grows the same holds as far as it does not within one cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kapitza import properties
from kapitza.assemble import line as line_assembly
from kapitza.assemble import plane as plane_assembly
from kapitza.assemble.capacity import capacities, volumes
from kapitza.assemble.system import Faces, System
from kapitza.columns import folded
from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Floats, Ints, Layout
from kapitza.linear import choose, rows
from kapitza.linear.rows import Rows
from kapitza.linear.separable import Separable
from kapitza.mesh import Mesh, build_line, build_plane
from kapitza.model import SIDES, Boundary, Condition, PieceProbe, PointProbe, Reservoir, Stack, Temperature
from kapitza.newton.linearised import linearised
from kapitza.solution import probes
from kapitza.solution.points import cells_of_point
from kapitza.solution.response import Complexes, Response
from kapitza.solution.solved import Solved
from kapitza.transient.frames import Frames

SEEN = 0.05  # of the largest amplitude: places where the mesh matters
RESOLVED = 0.3  # of the depth that heat penetrates: cells may be that high


def solve(stack: Stack, at_frequencies: Floats | None = None) -> Response:
    """Response of a stack with [frequency]; properties and laws at its reference temperature.

    at_frequencies : (n,) [Hz], in place of those of the stack

    Raises InputError where the stack contradicts itself, PhysicsError where the heat has nowhere to be stored or to go.
    """
    options = stack.frequency
    if options is None:
        raise InputError("frequency: not given; say from which to which frequency")
    at, label = properties.reference_temperature(stack)
    layout = linearised(Layout.of(_still(stack, at)), at)
    own = np.geomspace(options.low, options.high, options.count)
    if stack.solve.method == "multigrid":
        raise InputError(
            "solve.method: 'multigrid' serves no complex systems, those of [frequency]; write auto, separable or sparse"
        )
    frequencies = own if at_frequencies is None else np.asarray(at_frequencies, dtype=float)
    problem = _Problem(layout, at)
    found: dict[str, list[complex]] = {probe.name: [] for probe in stack.probes}
    fields: list[Complexes] = []
    for frequency in frequencies:
        real, imaginary = problem.at(2j * np.pi * float(frequency))
        fields.append(real.temperature + 1j * imaginary.temperature)
        for name, amplitude in _probed(real, imaginary, problem.profile).items():
            found[name].append(amplitude)
    notes = [f"conductivities, heat capacities and laws at {at:g} K ({label})"] if _varies(stack) else []
    highest = int(np.argmax(frequencies))
    notes += problem.coarse(float(frequencies[highest]), np.abs(fields[highest]))
    return Response(
        stack=stack,
        frequencies=frequencies,
        probes={name: np.array(row) for name, row in found.items()},
        temperature=np.array(fields),
        base=real,
        warnings=tuple(notes),
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


def _probed(real: Solved, imaginary: Solved, profile: _Profile | None) -> dict[str, complex]:
    """Complex amplitude at every probe; of "max" the one of largest magnitude in its piece."""
    found = {}
    parts = probes.evaluate(real), probes.evaluate(imaginary)
    for i, probe in enumerate(real.stack.probes):
        found[probe.name] = complex(parts[0][probe.name], parts[1][probe.name])
        if isinstance(probe, PieceProbe) and probe.side == "max":
            found[probe.name] = _largest(real, imaginary, probe)
        elif isinstance(probe, PieceProbe) and probe.side == "mean" and profile is not None:
            here = np.isin(real.piece, real.layout.select(probe.piece, f"probes.{probe.name}.layer"))
            found[probe.name] = complex(np.average(profile.mean[here], weights=profile.volume[here]))
        elif isinstance(probe, PointProbe) and profile is not None:
            cells, height = cells_of_point(real, probe, f"probes.{i}")
            found[probe.name] = complex(profile.at(cells, height).mean())
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


@dataclass(frozen=True)
class _TwoPorts:
    """Cells of a column: resistances (nz,) from their middle to both faces [K/W], what the capacity and the heat in
    the middle grow by, and x."""

    lower: Complexes
    upper: Complexes
    grown: Complexes
    x: Complexes


@dataclass(frozen=True)
class _Profile:
    """Amplitudes along the cells of a column, each (nz,): at both faces, far from them (``own``), x of the half cells;
    width [m], volume [m^3]. Between the faces a profile is a sum of exp(+-q z), q width = 2 x."""

    lower: Complexes
    upper: Complexes
    own: Complexes
    x: Complexes
    width: Floats
    volume: Floats

    @property
    def mean(self) -> Complexes:
        """(nz,) over each cell."""
        around = 0.5 * (self.lower + self.upper) - self.own
        small, safe = np.abs(self.x) < 1e-4, np.where(self.x == 0, 1.0, self.x)
        return np.asarray(self.own + around * np.where(small, 1.0, np.tanh(self.x) / safe))

    def at(self, cells: Ints, height: Floats) -> Complexes:
        """Amplitudes in ``cells`` at these heights [m] above their lower faces."""
        x, own = self.x[cells], self.own[cells]
        share = height / self.width[cells]
        low, high = (_sinh_ratio(2.0 * x, part) for part in (1.0 - share, share))
        return np.asarray(own + (self.lower[cells] - own) * low + (self.upper[cells] - own) * high)


def _sinh_ratio(a: Complexes, share: Floats) -> Complexes:
    """sinh(share a)/sinh(a), 0 <= share <= 1, however large a is."""
    flat, safe = np.abs(a) < 1e-4, np.where(np.abs(a) < 1e-4, 1.0, a)
    steep = np.exp((share - 1.0) * safe) * np.expm1(-2.0 * share * safe) / np.expm1(-2.0 * safe)
    return np.asarray(np.where(flat, share, steep), dtype=complex)


class _Problem:
    """A meshed stack, ready for any frequency. ``profile``: of the column that was solved last."""

    def __init__(self, layout: Layout, T: float) -> None:
        self.layout, self.T = layout, T
        self.one = not layout.stack.geometry.two_dimensional
        conductivities = properties.evaluate(layout)
        line = build_line(layout).each_cell() if self.one else None
        self.mesh: Mesh = build_plane(layout) if line is None else line.mesh
        system = plane_assembly.assemble(layout, self.mesh, conductivities)
        nothing = np.zeros(self.mesh.shape)
        self.system = replace(system, shift_lower=nothing, shift_upper=nothing)
        self.volume = volumes(self.mesh, system.area_z)
        self.capacity = capacities(layout, self.mesh, self.volume, T)
        problem = None if line is None else line_assembly.assemble(layout, line, conductivities)
        self.frames = Frames(layout, problem)
        self.conductivities = conductivities
        self.profile: _Profile | None = None

    def at(self, s: complex) -> tuple[Solved, Solved]:
        """Real and imaginary part of the response to e^{s t}, s [1/s]: i w of a frequency."""
        return self._column(s) if self.one else self._plane(s)

    def coarse(self, frequency: float, size: Floats) -> list[str]:
        """A warning where cells of a plane are not small beside the depth that heat penetrates. size : (nz, nx)
        amplitudes at this frequency [Hz]."""
        if self.one:
            return []
        piece = self.mesh.piece
        known = piece >= 0
        k = self.conductivities.through[self.layout.kind(np.maximum(piece, 0).astype(np.intp))]
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = np.sqrt(k * self.volume / (self.capacity * np.pi * frequency))
            share = np.where(
                known & (size > SEEN * np.nanmax(size)), self.mesh.dz[:, np.newaxis] / depth, 0.0
            )
        at = np.unravel_index(int(np.argmax(share)), share.shape)
        if share[at] <= RESOLVED:
            return []
        return [
            f"coarse: at {frequency:.3g} Hz heat penetrates {depth[at]:.2g} m into "
            f"{self.layout.name(int(piece[at]))}, where cells are {self.mesh.dz[at[0]]:.2g} m high; refine it "
            "([mesh] z, or cells of the layer) or end at a lower frequency"
        ]

    # One dimension: every cell a two-port ------------------------------------------------------------------

    def _column(self, s: complex) -> tuple[Solved, Solved]:
        system, ports = self.system, self._two_ports(s)
        faces = system.faces_z
        joint = faces.resistance[:, 0]
        g = np.zeros(len(joint), dtype=complex)
        through = np.isfinite(joint)
        g[through] = 1.0 / (ports.upper[:-1] + joint + ports.lower[1:])[through]
        put: Complexes = np.asarray(system.heat[:, 0] * ports.grown, dtype=complex)
        diagonal: Complexes = np.asarray(s * self.capacity[:, 0] * ports.grown, dtype=complex)
        diagonal[:-1] += g
        diagonal[1:] += g
        first = np.zeros(len(joint)) if faces.sheet_first is None else faces.sheet_first[:, 0]
        second = np.zeros(len(joint)) if faces.sheet_second is None else faces.sheet_second[:, 0]
        back = first * np.where(through, 1.0 - g * ports.upper[:-1], 1.0)
        back = back + second * np.where(through, g * ports.lower[1:], 0.0)
        put[:-1] += back
        put[1:] += first + second - back
        ends = self._ends(ports)
        for cell, conductance, heat in ends.values():
            diagonal[cell] += conductance
            put[cell] += heat
        U = _tridiagonal(diagonal, -g, put)
        leaving = g * (U[:-1] - U[1:]) - back
        z = leaving, leaving + first, leaving + first + second
        into = {
            name: np.array([heat - conductance * U[cell]]) for name, (cell, conductance, heat) in ends.items()
        }
        low, high = (into.get(name, np.zeros(1)) for name in SIDES[self.layout.stack.geometry.kind])
        lower = U + np.concatenate([low, z[2]]) * ports.lower
        upper = U - np.concatenate([z[0], -high]) * ports.upper
        own = np.asarray(system.heat[:, 0] / (s * self.capacity[:, 0]), dtype=complex)
        self.profile = _Profile(lower, upper, own, ports.x, self.mesh.dz, self.volume[:, 0])
        bent = self._bent(self.profile)
        parts = []
        for part in (np.real, np.imag):
            flows = part(z[0])[:, np.newaxis], part(z[1])[:, np.newaxis], part(z[2])[:, np.newaxis]
            edges = {name: part(flow) for name, flow in into.items()}
            parts.append(self.frames.amplitude(part(lower), part(upper), part(bent), system, flows, edges))
        return parts[0], parts[1]

    def _two_ports(self, s: complex) -> _TwoPorts:
        """Exact in a slab; where the cross-section grows, of second order in the growth within a cell."""
        assert self.frames.problem is not None
        resistance = self.frames.problem.chain.resistance
        lower, upper = resistance[0::3], resistance[1::3]
        # x^2 = s c d^2 / k = s C half / 2, for C = 2 c d A and half = d / (k A).
        mean = 0.5 * (lower + upper)
        x: Complexes = np.asarray(np.sqrt(0.5 * s * self.capacity[:, 0] * mean), dtype=complex)
        small, safe, short = np.abs(x) < 1e-4, np.where(x == 0, 1.0, x), _shortened(x)
        near = np.where(small, 1.0 - x * x / 3.0, np.tanh(short) / safe)
        grown = np.where(small, 1.0 + 2.0 * x * x / 3.0, np.sinh(2.0 * short) / (2.0 * safe))
        return _TwoPorts(np.asarray(lower * near), np.asarray(upper * near), grown, x)

    def _ends(self, ports: _TwoPorts) -> dict[str, tuple[int, complex, complex]]:
        """Of each side: its cell, the conductance to a temperature that does not swing [W/K], the heat put in [W]."""
        found: dict[str, tuple[int, complex, complex]] = {}
        for side in self.system.sides:
            term, cell = side.terms[0], int(side.row[0])
            half = ports.lower if side.name in ("bottom", "inner") else ports.upper
            if term.temperature is None:
                found[side.name] = (cell, 0.0, complex(term.heat[0]))
            elif np.isfinite(term.film[0]):
                found[side.name] = (cell, complex(1.0 / (half[cell] + term.film[0])), 0.0)
        return found

    def _bent(self, profile: _Profile) -> Complexes:
        """(nz,) heat [W] whose parabola goes through both faces and the middle of a cell."""
        cells = np.arange(len(profile.width))
        centre = profile.at(cells, 0.5 * profile.width)
        mean = 0.5 * (profile.lower + profile.upper)
        return np.asarray(4.0 * (centre - mean) / self.system.half_z[:, 0], dtype=complex)

    # Two dimensions ----------------------------------------------------------------------------------------

    def _plane(self, s: complex) -> tuple[Solved, Solved]:
        load = self.system.load(self.T).astype(complex)
        asked = self.layout.stack.solve.method
        y = None if asked == "sparse" else self._lines(s, load)
        if y is None and asked == "separable":
            raise choose.cannot_separate(
                self._rows if isinstance(self._rows, str) else "heat capacities differ along a row"
            )
        y = self._sparse(s, load) if y is None else y
        nothing, cold = np.zeros(y.shape), _without_heat(self.system)
        return (
            self.frames.linear(0.0, y.real.copy(), 0.0, nothing, _at_zero(self.system)),
            self.frames.linear(0.0, y.imag.copy(), 0.0, nothing, _at_zero(cold)),
        )

    def _lines(self, s: complex, load: Complexes) -> Complexes | None:
        """Full-width layers: single lines along z."""
        found = self._rows
        capacity = None if isinstance(found, str) else found.along(folded(self.capacity))
        if isinstance(found, str) or capacity is None or not found.pays(many=True):
            return None
        return Separable(found, s * capacity).solve(load, overwrite=True)

    @cached_property
    def _rows(self) -> Rows | str:
        return rows.find(self.system)

    def _sparse(self, s: complex, load: Complexes) -> Complexes:
        from scipy.sparse import diags_array
        from scipy.sparse.linalg import splu

        active = self.system.active
        matrix = self.system.matrix() + diags_array(s * self.capacity[active])
        try:
            factors = splu(matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        except RuntimeError:
            raise PhysicsError(f"no solution at s = {s:.4g} 1/s: the matrix is singular") from None
        y = np.zeros(active.shape, dtype=complex)
        y[active] = factors.solve(load[active])
        return y


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
