"""Conductances, capacities to come, and loads of a meshed stack: everything a linear solver needs, as arrays.

Cells are (nz, nx). A face conductance is 1 / (half cell + joint + half cell) [W/K]; 0 and infinity are exact.
A uniform source in a half cell shifts the temperature that the face sees (``shift``), which makes problems that
vary along z alone exact at one cell per layer. Face flows [W] are positive upwards and to the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kapitza.contacts import Contacts
from kapitza.interfaces.law import Law
from kapitza.laws.temperature import TemperatureLaw
from kapitza.layout import Floats, Ints
from kapitza.mesh import Mesh

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Faces:
    """Inner faces of one orientation, between a first (lower, left) and a second (upper, right) cell.

    conductance : cell to cell [W/K] · area [m^2] · half_first, half_second : half cells [K/W]
    contact : int, index of the pair of pieces that meet here, -1 within one piece · resistance : joint [K/W]
    sheet_first, sheet_second : heat [W] put into the plane of the face on either side (None: none anywhere)
    """

    conductance: Floats
    area: Floats
    half_first: Floats
    half_second: Floats
    contact: Ints
    resistance: Floats
    sheet_first: Floats | None = None
    sheet_second: Floats | None = None

    @property
    def sheets(self) -> Sequence[Floats]:
        """The sheet heats, if there are any."""
        return [sheet for sheet in (self.sheet_first, self.sheet_second) if sheet is not None]

    @property
    def offset(self) -> Floats | float:
        """Part of the sheet heat that goes back into the first cell [W]."""
        if self.sheet_first is None or self.sheet_second is None:
            return 0.0
        total = self.half_first + self.resistance + self.half_second
        with np.errstate(invalid="ignore"):
            back_second = np.where(np.isinf(total), 0.0, self.half_second / total)
            back_first = np.where(np.isinf(total), 1.0, 1.0 - self.half_first / total)
        return self.sheet_first * back_first + self.sheet_second * back_second

    def flow(self, difference: Floats) -> tuple[Floats, Floats, Floats]:
        """Flows [W] leaving the first cell, through the joint, and entering the second cell.

        difference : of the temperatures [K] of the two cells as the face sees them (shifts included).
        """
        leaving = self.conductance * difference
        if self.sheet_first is None or self.sheet_second is None:
            return leaving, leaving, leaving
        leaving = leaving - self.offset
        through = leaving + self.sheet_first
        return leaving, through, through + self.sheet_second


@dataclass(frozen=True)
class Links:
    """Conduction along curved surfaces, between cells of one piece that lie beside or aslant each other (`curved`).

    first, second : (n,) cells, counted row by row · conductance : (n,) [W/K], of either sign where a face lies between
    """

    first: Ints
    second: Ints
    conductance: Floats

    def leaving(self, level: Floats) -> Floats:
        """(nz, nx) heat [W] that leaves each cell, for a temperature (nz, nx) [K]."""
        flat = level.ravel()
        flow = self.conductance * (flat[self.first] - flat[self.second])
        out = np.bincount(self.first, flow, flat.size) - np.bincount(self.second, flow, flat.size)
        return np.asarray(out, dtype=float).reshape(level.shape)


@dataclass(frozen=True)
class SideTerm:
    """One condition on one side: the base condition or a patch.

    weight : (n,) covered fraction of each boundary face · conductance : (n,) to ``temperature`` [W/K], half cell
    included, or None · film : (n,) the part of its resistance outside the cell [K/W] · heat : (n,) [W] put in
    law : of a reservoir; NaN for conductance and film where it is not linear
    """

    label: str
    weight: Floats
    temperature: float | None
    conductance: Floats
    film: Floats
    heat: Floats
    law: Law | None = None


@dataclass(frozen=True)
class Growth:
    """A source that depends on temperature: ``density`` [W/m^3] of T in the cells' ``volume`` (nz, nx) [m^3]."""

    density: TemperatureLaw
    volume: Floats
    name: str


@dataclass(frozen=True)
class Side:
    """Boundary faces of one side. row, column : (n,) cells · area : (n,) [m^2] · half : (n,) half cell [K/W]
    along : (n + 1,) edges of the faces along the side [m]"""

    name: str
    row: Ints
    column: Ints
    area: Floats
    half: Floats
    along: Floats
    terms: Sequence[SideTerm]


@dataclass(frozen=True)
class Rise:
    """Temperatures (nz, nx) above a reference [K] in two parts: ``large``, and a ``small`` correction below its
    rounding. Neighbours differ by the difference of the large parts, which is exact, plus that of the small ones: the
    flow through a 1 nm film of diamond keeps its digits."""

    large: Floats
    small: Floats

    @property
    def sum(self) -> Floats:
        """(nz, nx) [K]."""
        return self.large + self.small


@dataclass(frozen=True)
class System:
    """A linear problem. Arrays (nz, nx) unless said.

    active : cells that hold material · area_z, area_x : (nz + 1, nx), (nz, nx + 1) faces [m^2]
    half_z : lower half cell · half_left, half_right : lateral half cells [K/W], infinite in void
    heat : sources in the cells [W] (sheets and boundary heat apart)
    shift_lower, shift_upper : [K] added to a cell's temperature where its lower / upper face sees it
    faces_z, faces_x : inner faces, (nz - 1, nx) and (nz, nx - 1) · wrap : (nz,) faces from the last column back
    to the first when periodic · sides : boundary faces
    pairs : (m, 2) pieces of each contact, the smaller number first · contacts : their laws
    growth : sources that depend on temperature; not part of the matrix or the load
    links : conduction along circles; None where there are none
    wrap_z : (nx,) faces from the last row back to the first, where bottom and top are periodic (`effective`)
    """

    mesh: Mesh
    active: Bools
    area_z: Floats
    area_x: Floats
    half_z: Floats
    half_left: Floats
    half_right: Floats
    heat: Floats
    shift_lower: Floats
    shift_upper: Floats
    faces_z: Faces
    faces_x: Faces
    wrap: Faces | None
    sides: Sequence[Side]
    pairs: Ints
    contacts: Contacts
    growth: Sequence[Growth] = ()
    links: Links | None = None
    wrap_z: Faces | None = None

    @property
    def all_faces(self) -> Sequence[Faces]:
        """Inner faces, one entry an orientation."""
        return [self.faces_z, self.faces_x, *(f for f in (self.wrap, self.wrap_z) if f is not None)]

    @property
    def reference(self) -> float:
        """A temperature that the boundaries give [K]; the solvers work with the rise above it. 0 if none is."""
        for side in self.sides:
            for term in side.terms:
                if term.temperature is not None:
                    return term.temperature
        return 0.0

    def anchor(self) -> Floats:
        """Conductance from each cell to fixed temperatures [W/K]."""
        result = np.zeros(self.mesh.shape)
        for side in self.sides:
            for term in side.terms:
                np.add.at(result, (side.row, side.column), term.conductance)
        return result

    def load(self, reference: float) -> Floats:
        """Right-hand side [W] for the rise above ``reference`` [K]."""
        nothing = np.zeros(self.mesh.shape)
        return self.residual(Rise(nothing, nothing), reference)

    def residual(self, rise: Rise, reference: float) -> Floats:
        """Heat [W] that is left over in each cell: sources minus what flows out, as a sum of face flows."""
        result = self.heat - self.leaving(rise)
        for side in self.sides:
            for term in side.terms:
                np.add.at(result, (side.row, side.column), self.boundary_flow(side, term, rise, reference))
        return np.where(self.active, result, 0.0)

    def leaving(self, rise: Rise) -> Floats:
        """(nz, nx) heat [W] that leaves each cell for other cells, sheet heat on the way taken off."""
        out = self.divergence(self.z_flows(rise), self.x_flows(rise), self.wrap_flows(rise))
        if self.links is not None:
            out += self.links.leaving(rise.large) + self.links.leaving(rise.small)
        if self.wrap_z is not None:
            small = (rise.small + self.shift_upper)[-1] - (rise.small + self.shift_lower)[0]
            leaving, _, entering = self.wrap_z.flow((rise.large[-1] - rise.large[0]) + small)
            out[-1] += leaving
            out[0] -= entering
        return out

    def boundary_flow(self, side: Side, term: SideTerm, rise: Rise, reference: float) -> Floats:
        """(n,) heat [W] that a condition puts into the cells beside it."""
        if term.temperature is None:
            return term.heat
        here = (side.row, side.column)
        small = rise.small[here]
        if side.name not in self._lateral_names:
            small = small + (self.shift_lower if side.name in ("bottom", "inner") else self.shift_upper)[here]
        return term.conductance * (((term.temperature - reference) - rise.large[here]) - small)

    @property
    def _lateral_names(self) -> tuple[str, ...]:
        return ("left", "right", "inner", "outer") if self.mesh.dx is not None else ()

    def z_flows(self, rise: Rise) -> tuple[Floats, Floats, Floats]:
        """`Faces.flow` of all inner z faces."""
        small = (rise.small + self.shift_upper)[:-1] - (rise.small + self.shift_lower)[1:]
        return self.faces_z.flow((rise.large[:-1] - rise.large[1:]) + small)

    def x_flows(self, rise: Rise) -> tuple[Floats, Floats, Floats]:
        """`Faces.flow` of all inner x faces."""
        small = rise.small[:, :-1] - rise.small[:, 1:]
        return self.faces_x.flow((rise.large[:, :-1] - rise.large[:, 1:]) + small)

    def wrap_flows(self, rise: Rise) -> tuple[Floats, Floats, Floats] | None:
        """`Faces.flow` from the last column to the first."""
        if self.wrap is None:
            return None
        small = rise.small[:, -1] - rise.small[:, 0]
        return self.wrap.flow((rise.large[:, -1] - rise.large[:, 0]) + small)

    def divergence(
        self, z: tuple[Floats, ...], x: tuple[Floats, ...], wrap: tuple[Floats, ...] | None
    ) -> Floats:
        """Heat [W] that leaves each cell through its inner faces."""
        out = np.zeros(self.mesh.shape)
        out[:-1] += z[0]
        out[1:] -= z[2]
        out[:, :-1] += x[0]
        out[:, 1:] -= x[2]
        if wrap is not None:
            out[:, -1] += wrap[0]
            out[:, 0] -= wrap[2]
        return out

    def numbering(self) -> Ints:
        """(nz, nx) row of each active cell in `matrix`, -1 in void."""
        number = np.full(self.mesh.shape, -1, dtype=np.intp)
        number[self.active] = np.arange(np.count_nonzero(self.active))
        return number

    def matrix(self) -> csr_array:
        """(n, n) symmetric M-matrix over the active cells, row by row (x fastest): A T = load [W]."""
        from scipy.sparse import coo_array

        number = self.numbering()
        groups = [
            (number[:-1], number[1:], self.faces_z.conductance),
            (number[:, :-1], number[:, 1:], self.faces_x.conductance),
        ]
        if self.wrap is not None:
            groups.append((number[:, -1], number[:, 0], self.wrap.conductance))
        if self.wrap_z is not None:
            groups.append((number[-1], number[0], self.wrap_z.conductance))
        if self.links is not None:
            cells = number.ravel()
            groups.append((cells[self.links.first], cells[self.links.second], self.links.conductance))
        n = int(number.max()) + 1
        diagonal = self.anchor()
        rows: list[Ints] = []
        columns: list[Ints] = []
        values: list[Floats] = []
        flat = diagonal[self.active].copy()
        for first, second, conductance in groups:
            linked = conductance != 0
            i, j, g = first[linked], second[linked], conductance[linked]
            flat += np.bincount(i, g, n) + np.bincount(j, g, n)
            rows += [i, j]
            columns += [j, i]
            values += [-g, -g]
        everywhere = np.arange(n)
        coordinates = (np.concatenate([*rows, everywhere]), np.concatenate([*columns, everywhere]))
        return coo_array((np.concatenate([*values, flat]), coordinates), shape=(n, n)).tocsr()
