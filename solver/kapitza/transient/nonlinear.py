"""Properties, laws or phases that depend on temperature: every stage by Newton's method, fully implicit.

The variable is the heat content w per volume [J/m^3], which alone tells how much of a cell has melted; T(w) is flat
there. With u Kirchhoff's variable, a stage V w - delta F(u) = R has the Jacobian

    V + delta J diag(k dT/dw),    J = -dF/du,

whose columns are those of an M-matrix scaled, so that its inverse has no negative entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from kapitza.assemble.capacity import capacity_laws, volumes
from kapitza.assemble.drive import DrivenSystem
from kapitza.errors import PhysicsError
from kapitza.laws.enthalpy import Enthalpy, Heats
from kapitza.laws.kirchhoff import Kirchhoff
from kapitza.laws.temperature import Constant, TemperatureLaw
from kapitza.layout import Floats, Ints, Layout
from kapitza.linear import choose
from kapitza.linear.iterated import method, solver
from kapitza.newton.continued import check_range
from kapitza.newton.field import Evaluation, Problem
from kapitza.solution.solved import Solved
from kapitza.transient.body import Body, Flow
from kapitza.transient.frames import Frames
from kapitza.transient.initial import initial_temperatures

MOST = 40  # iterations
HALVINGS = 8
CLOSE = 1e-7  # of the span of temperatures: the last correction …
GRAIN = 0.1  # of the step in temperature from a melting cell to the next: finer is beyond what cells resolve
SAME = 1e-12  # … beside rounding, of the temperatures themselves


class NonlinearBody:
    """y is w, the heat content of the cells per volume [J/m^3]."""

    def __init__(
        self,
        layout: Layout,
        driven: DrivenSystem,
        through: Sequence[Kirchhoff],
        lateral: Sequence[Kirchhoff] | None,
        temperature: float,
        frames: Frames,
    ) -> None:
        """driven : of unit conductivities · through, lateral : conductivities of every kind of piece
        temperature : at which the contents are zero [K]"""
        self.layout, self.driven, self.frames = layout, driven, frames
        system = driven.system
        self.problem = Problem(layout, system, through, lateral)
        self.heats = Heats(self.problem.kinds, enthalpies(layout, temperature))
        self.active = system.active
        self.shape = system.mesh.shape
        self.volume = np.where(self.active, volumes(system.mesh, system.area_z), 0.0)
        self.extrapolated = False  # Newton's method begins where temperatures are known to be in range
        choose.check_newton(layout.stack.solve)
        self._many = choose.least_in_time(layout.stack.solve)
        self.name = "newton-" + ("line" if system.mesh.dx is None else method(system.active.size, self._many))
        self._key = b""
        self._last: tuple[Floats, bytes, Evaluation] | None = None
        self._T: tuple[Floats, Floats] | None = None
        self._bands: tuple[int, Sequence[tuple[Ints, Ints]]] | None = None

    # Contents and temperatures -----------------------------------------------------------------------------

    def start(self) -> Floats:
        return self.contents(
            initial_temperatures(self.layout, self.driven.system.mesh, self.driven.temperatures)
        )

    def contents(self, T: Floats) -> Floats:
        return self.volume * self.guess(T)

    def mean(self, E: Floats) -> Floats:
        return self.temperature(E / np.where(self.active, self.volume, 1.0))

    def total(self, E: Floats) -> float:
        return float(np.sum(E))

    def guess(self, T: Floats) -> Floats:
        warm = np.where(self.active, T, 300.0).ravel()
        return np.where(self.active, self.heats.content(warm).reshape(self.shape), 0.0)

    def temperature(self, y: Floats) -> Floats:
        return np.where(self.active, self._warm(y).reshape(self.shape), np.nan)

    def _warm(self, y: Floats) -> Floats:
        """(cells,) T(w) [K], anything in void; the last one is kept."""
        if self._T is None or self._T[0] is not y:
            self._T = (y, self.heats.temperature(y.ravel()))
        return self._T[1]

    def content(self, y: Floats) -> Floats:
        E: Floats = self.volume * y
        return E

    def melted(self, y: Floats) -> Mapping[str, float]:
        if not self.heats.melts:
            return {}
        share, piece = self.heats.fraction(y.ravel()), self.driven.system.mesh.piece.ravel()
        volume = self.volume.ravel()
        found: dict[str, float] = {}
        for number in np.unique(piece[self.active.ravel()]):
            if self.heats.enthalpy[int(self.layout.kind(np.array([number]))[0])].melts:
                here = piece == number
                found[self.layout.name(int(number))] = float(np.average(share[here], weights=volume[here]))
        return found

    # Flows -------------------------------------------------------------------------------------------------

    def evaluate(self, y: Floats, values: Floats) -> Evaluation:
        """Flows and slopes at y; the last ones are kept."""
        key = values.tobytes()
        if self._last is not None and self._last[0] is y and self._last[1] == key:
            return self._last[2]
        if key != self._key:
            self.problem.load(self.driven.at(values))
            self._key = key
        T = self._warm(y)
        found = self.problem.evaluate(self.problem.media.potential(T), T)
        self._last = (y, key, found)
        return found

    def flow(self, y: Floats, values: Floats) -> Flow:
        at = self.evaluate(y, values)
        system = self.problem.system
        parts = [system.heat, *(sheet for faces in system.all_faces for sheet in faces.sheets)]
        parts += list(at.into.values())
        if system.growth:
            parts.append(self.problem.grown(self.heats.temperature(y.ravel()))[0])
        into = sum(float(part[part > 0].sum()) for part in parts)
        out = -sum(float(part[part < 0].sum()) for part in parts)
        return Flow(at.residual.reshape(self.shape), into, out)

    # Stages ------------------------------------------------------------------------------------------------

    def stage(self, R: Floats, delta: float, values: Floats, guess: Floats) -> Floats:
        held = np.where(self.active, self.volume, 1.0)
        if delta == 0.0:
            y: Floats = R / held
            return y
        y = guess
        T = self.temperature(y)
        left = self._left(R, delta, values, y)
        sizes: list[float] = []
        for _ in range(MOST):
            change = self._jacobian(delta, y, values)(left)
            share, size = 1.0, float(np.abs(left).sum())
            for _ in range(HALVINGS):
                new = y + share * change
                left_after, warmer = self._left(R, delta, values, new), self.temperature(new)
                sizes.append(float(np.nanmax(np.abs(warmer - T))))
                largest = float(np.nanmax(np.abs(warmer)))
                close = CLOSE * float(np.nanmax(warmer) - np.nanmin(warmer)) + SAME * largest
                done = share == 1.0 and sizes[-1] <= close
                if done or float(np.abs(left_after).sum()) <= (1.0 - 0.1 * share) * size:
                    break
                share *= 0.5
            y, T, left = new, warmer, left_after
            if done and (not self.heats.melts or self._settled(change, y)):
                return y
        last = ", ".join(f"{size:.3g}" for size in sizes[-4:])
        raise PhysicsError(
            f"not converged after {MOST} iterations in one step; the last corrections were {last} K. Raise "
            "[transient] tolerance, or check the laws"
        )

    def _settled(self, change: Floats, y: Floats) -> bool:
        """Whether what melts no longer does: on a plateau the temperature alone does not tell."""
        held = np.array([max(one.latent, 1e-300) for one in self.heats.enthalpy])[self.heats.kinds]
        melting = self.heats.slope(y.ravel(), self._warm(y)) == 0.0
        return not melting.any() or float(np.abs(change.ravel() / held)[melting].max()) <= 1e-7

    def _left(self, R: Floats, delta: float, values: Floats, y: Floats) -> Floats:
        left: Floats = R + delta * self.evaluate(y, values).residual.reshape(self.shape) - self.volume * y
        return np.where(self.active, left, 0.0)

    def _jacobian(self, delta: float, y: Floats, values: Floats) -> Callable[[Floats], Floats]:
        """r -> dw with (V + delta J diag(k dT/dw)) dw = r."""
        at = self.evaluate(y, values)
        T = self._warm(y)
        slope = self.heats.slope(y.ravel(), T)
        scale = delta * self.problem.media.conductivity(T) * slope
        slopes = np.concatenate(at.slopes)
        if self.driven.system.mesh.dx is None:
            return self._tridiagonal(at, slopes, scale)
        rows, columns = np.concatenate(at.rows), np.concatenate(at.columns)
        # In temperatures the matrix is nearly symmetric; what melts has no temperature of its own to go by.
        warming = np.where(slope > 0.0, slope, float(slope.max(initial=0.0)) or 1.0)
        return self._sparse(rows, columns, slopes * scale[columns], 1.0 / warming)

    def _tridiagonal(self, at: Evaluation, slopes: Floats, scale: Floats) -> Callable[[Floats], Floats]:
        """One column (LAPACK gtsv); where its entries lie is the same in every evaluation."""
        from scipy.linalg.lapack import dgtsv

        n = len(scale)
        if self._bands is None or self._bands[0] != len(slopes):
            rows, columns = np.concatenate(at.rows), np.concatenate(at.columns)
            places = [np.flatnonzero(columns == rows + offset) for offset in (-1, 0, 1)]
            self._bands = (len(slopes), [(place, rows[place]) for place in places])
        lower, diagonal, upper = (np.bincount(row, slopes[place], n) for place, row in self._bands[1])
        # Columns are scaled: entry (i, j) by that of cell j.
        below, middle, above = (
            lower[1:] * scale[:-1],
            self.volume.ravel() + diagonal * scale,
            upper[:-1] * scale[1:],
        )

        def solve(r: Floats) -> Floats:
            if n == 1:
                return np.asarray(r / middle[0], dtype=float)
            *_, x, _ = dgtsv(below, middle, above, r)
            return np.asarray(x, dtype=float).reshape(r.shape)

        return solve

    def _sparse(self, rows: Ints, columns: Ints, slopes: Floats, scale: Floats) -> Callable[[Floats], Floats]:
        from scipy.sparse import coo_array

        inside = self.active.ravel()
        number = np.cumsum(inside) - 1
        known = inside[rows] & inside[columns] & (slopes != 0.0)
        n = int(inside.sum())
        every = np.arange(n)
        indices = (
            np.concatenate([number[rows[known]], every]),
            np.concatenate([number[columns[known]], every]),
        )
        data = np.concatenate([slopes[known], self.volume.ravel()[inside]])
        matrix = coo_array((data, indices), shape=(n, n)).tocsc()
        factors = solver(matrix, self.active, scale[inside], self._many)

        def solve(r: Floats) -> Floats:
            x = np.zeros(self.shape)
            x[self.active] = factors.solve(r[self.active])
            return x

        return solve

    def warmth(self, missing: Floats, delta: float, y: Floats) -> Floats:
        values = np.frombuffer(self._key)
        w = self._jacobian(delta, y, values)(missing).ravel()
        slope = self.heats.slope(y.ravel(), self._warm(y))
        if self.heats.melts:  # on a plateau the melted fraction is what must be right
            T = self.temperature(y)
            span = max(float(np.nanmax(T) - np.nanmin(T)), 1.0)
            latent = np.array([max(one.latent, 1.0) for one in self.heats.enthalpy])[self.heats.kinds]
            slope = np.where(slope == 0.0, span / latent, slope)
        return (w * slope).reshape(self.shape)

    def grain(self, y: Floats) -> float:
        if not self.heats.melts:
            return 0.0
        T = self._warm(y).reshape(self.shape)
        melting = (self.heats.slope(y.ravel(), T.ravel()) == 0.0).reshape(self.shape)
        steps = [0.0]
        for a, b in ((slice(None, -1), slice(1, None)), (slice(1, None), slice(None, -1))):
            for here, there in (((a,), (b,)), ((slice(None), a), (slice(None), b))):
                both = melting[here] & self.active[there]
                if both.any():
                    steps.append(float(np.abs(T[here] - T[there])[both].max()))
        return GRAIN * max(steps)

    def steady(self, values: Floats) -> Floats:
        from kapitza.newton import plane

        self.problem.load(self.driven.at(values))
        self._key = values.tobytes()
        start = initial_steady(self.driven, self.shape)
        state = plane.solve_growing(self.problem, start)
        return self.guess(state.temperature(state.level))

    # The march's other questions -----------------------------------------------------------------------------

    def successor(self, y: Floats) -> Body | None:
        """None, for it serves to the end. Raises where a temperature leaves the range of a material."""
        T = self.temperature(y).ravel()
        pieces = np.maximum(self.driven.system.mesh.piece.astype(np.intp).ravel(), 0)
        if float(np.nanmin(T)) <= 0.0:
            raise PhysicsError(
                f"{float(np.nanmin(T)):.3g} K would be reached: more heat is drawn than there is. Check the sign and "
                "size of the heats"
            )
        check_range(self.layout, self.problem.media, pieces, T)
        return None

    def memory(self) -> Mapping[str, Floats]:
        return {f"found:{name}": values for name, values in self.problem.found.items()}

    def remember(self, memory: Mapping[str, Floats]) -> Body:
        self.problem.found = {name.removeprefix("found:"): values.copy() for name, values in memory.items()}
        return self

    def frame(self, t: float, y: Floats, values: Floats) -> Solved:
        found = dict(self.problem.found)  # looking at an instant must not change what comes
        at = self.evaluate(y, values)
        problem = self.problem
        T = self.heats.temperature(y.ravel())
        u = problem.media.potential(T)
        w, _ = problem.levels(u, T)
        system = problem.system
        if system.growth:
            system = replace(system, heat=system.heat + problem.grown(T)[0].reshape(self.shape))
        net = at.residual.reshape(self.shape)
        media = (problem.media, problem.lateral)
        levels = u.reshape(self.shape), w.reshape(self.shape)
        solved = self.frames.curved(t, *levels, net, system, at.flows, at.into, media)
        problem.found = found
        self._last = None
        if not self.heats.melts:
            return solved
        liquid = np.where(self.active, self.heats.fraction(y.ravel()).reshape(self.shape), np.nan)
        return replace(solved, liquid=liquid if system.mesh.dx is not None else liquid[:, 0])


def enthalpies(layout: Layout, temperature: float) -> Sequence[Enthalpy]:
    """Of every kind of piece, zero at ``temperature`` [K]; with [solve] properties_at, heat capacities as there."""
    frozen = layout.stack.solve.properties_at is not None
    known: dict[int, Enthalpy] = {}
    for material, law in zip(layout.kind_materials, capacity_laws(layout), strict=True):
        if id(material) in known:
            continue
        capacity: TemperatureLaw = Constant(float(law(temperature))) if frozen else law
        ends = material.solidus, material.liquidus
        if material.melting_temperature is not None:
            ends = material.melting_temperature, material.melting_temperature
        latent = (material.latent_heat or 0.0) * (material.density or 0.0)
        if not latent or ends[0] is None:
            ends, latent = (None, None), 0.0
        known[id(material)] = Enthalpy.of(capacity, latent, *ends, reference=temperature)
    return [known[id(material)] for material in layout.kind_materials]


def initial_steady(driven: DrivenSystem, shape: tuple[int, int]) -> Floats:
    """(nz, nx) where the search for a steady state begins [K]."""
    given = driven.temperatures
    return np.full(shape, 300.0 if given is None else 0.5 * (given[0] + given[1]))
