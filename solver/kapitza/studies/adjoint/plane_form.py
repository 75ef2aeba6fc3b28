"""Functionals of a 2-D solution: weighted sums of temperatures of cells and of their faces, and of flows.

The places are chosen once, in the solution; a `PlaneForm` has the weights that they have on one mesh.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from kapitza.assemble.system import Faces, System
from kapitza.errors import InputError
from kapitza.layout import Floats, Ints
from kapitza.mesh import SAME, Mesh, cells_at
from kapitza.model import BoundaryProbe, InterfaceProbe, PieceProbe, PointProbe, Span
from kapitza.solution import beside
from kapitza.solution.probes import chosen_cells, covered
from kapitza.solution.solved import Solved
from kapitza.studies.adjoint.functional import Functional, Maximum, contacts

LOWER, UPPER, LEFT, RIGHT = range(4)
Weighted = tuple[Ints, Floats]  # flat numbers of cells or faces, and their weights


@dataclass(frozen=True)
class PlaneForm:
    """cells : temperatures of centres · sides : (side, cells) temperatures of the cells' faces
    flows : heat [W] through the joints of the faces of an orientation: z, x or wrap · jumps : their weights hold the
    resistances of the joints"""

    cells: Sequence[Weighted] = ()
    sides: Sequence[tuple[int, Ints, Floats]] = ()
    flows: Mapping[str, Weighted] = field(default_factory=dict)
    jumps: bool = False

    def same(self, other: PlaneForm) -> bool:
        """The same weights, of the same places."""
        pairs = zip(self._weights(), other._weights(), strict=True)
        return all(np.array_equal(mine, theirs) for mine, theirs in pairs)

    def _weights(self) -> list[Floats]:
        cells = [weight for _, weight in self.cells]
        return cells + [weight for *_, weight in self.sides] + [weight for _, weight in self.flows.values()]


Form = Callable[[System], PlaneForm]


def form(solved: Solved, system: System, functional: Functional, place: str) -> Form:
    """The weights of a functional as a function of the mesh that the solution's cells are stretched to.

    Raises InputError, beginning with ``place``, where the functional points nowhere."""
    match functional:
        case Maximum():
            return _hottest(solved, solved.mesh.piece >= 0)
        case PieceProbe():
            return _piece(solved, functional, place)
        case PointProbe():
            return _point(solved, functional, place)
        case BoundaryProbe():
            return _boundary(solved, system, functional, place)
        case InterfaceProbe():
            return _interface(solved, system, functional, place)


def _piece(solved: Solved, probe: PieceProbe, place: str) -> Form:
    pieces = solved.layout.select(probe.piece, f"{place}.layer")
    pieces = pieces[np.isin(pieces, solved.mesh.piece)]
    inside = np.isin(solved.mesh.piece, pieces)
    match probe.side:
        case "max":
            return _hottest(solved, inside)
        case "mean":
            cells = np.flatnonzero(inside)

            def mean(system: System) -> PlaneForm:
                volume = (system.mesh.dz[:, np.newaxis] * system.area_z[0]).ravel()[cells]
                return PlaneForm(cells=[(cells, volume / volume.sum())])

            return mean
        case "bottom" | "top":
            first = probe.side == "bottom"
            own = solved.mesh.piece == pieces[0 if first else -1]
            rows = np.flatnonzero(own.any(axis=1))
            row = int(rows[0] if first else rows[-1])
            columns = np.flatnonzero(own[row])
            here = row * own.shape[1] + columns

            def end(system: System) -> PlaneForm:
                area = system.area_z[0][columns]
                return PlaneForm(sides=[(LOWER if first else UPPER, here, area / area.sum())])

            return end


def _hottest(solved: Solved, inside: np.ndarray) -> Form:
    fields = solved.fields
    arrays = [fields.lower_side, fields.upper_side, fields.left_side, fields.right_side, fields.temperature]
    tops = [
        (float(np.max(a, where=inside & ~np.isnan(a), initial=-np.inf)) if a is not None else -np.inf)
        for a in arrays
    ]
    which = int(np.argmax(tops))
    values = arrays[which]
    assert values is not None
    cell = np.array([int(np.argmax(np.where(inside & ~np.isnan(values), values, -np.inf)))])
    one = np.ones(1)
    if which == len(arrays) - 1:
        return lambda _: PlaneForm(cells=[(cell, one)])
    return lambda system: PlaneForm(*_sided(system, which, cell, one))


def _sided(
    system: System, side: int, cells: Ints, weight: Floats
) -> tuple[list[Weighted], list[tuple[int, Ints, Floats]]]:
    """Temperatures of faces as a form has them; on an axis T = a + b r^2 between the centre and the right face."""
    mesh = system.mesh
    if side != LEFT or system.area_x[0, 0] != 0.0 or mesh.x is None or mesh.x_edges is None:
        return [], [(side, cells, weight)]
    inner, outer = mesh.x[0] ** 2, mesh.x_edges[1] ** 2
    ratio = inner / (outer - inner)
    axis = cells % mesh.shape[1] == 0
    return (
        [(cells[axis], (1.0 + ratio) * weight[axis])],
        [(LEFT, cells[~axis], weight[~axis]), (RIGHT, cells[axis], -ratio * weight[axis])],
    )


# Points ---------------------------------------------------------------------------------------------------


def _point(solved: Solved, probe: PointProbe, place: str) -> Form:
    x, z, mesh = probe.x, probe.z, solved.mesh
    cells = cells_at(mesh, x, z, f"{place}.at")
    assert x is not None
    row, column = int(cells[0, 0]), int(cells[0, 1])
    met = beside.pieces_at(solved.layout, mesh, x, z, row, column)
    if met is not None:
        wanted = met
        if probe.piece is not None:
            wanted = [p for p in met if p in solved.layout.select(probe.piece, f"{place}.layer")]
        return _beside_circle(solved, wanted, (row, column), (x, z), place)
    kept = chosen_cells(solved, probe, place)
    share = 1.0 / len(kept)

    def at(system: System) -> PlaneForm:
        forms = [_reconstructed(system, int(i), int(j), x, z, share) for i, j in kept]
        return PlaneForm([c for f in forms for c in f.cells], [s for f in forms for s in f.sides])

    return at


def _reconstructed(system: System, i: int, j: int, x: float, z: float, share: float) -> PlaneForm:
    """As `kapitza.solution.probes.reconstruct`: parabolas along z and x."""
    mesh = system.mesh
    assert mesh.x is not None
    assert mesh.x_edges is not None
    low, high = _parabola(mesh.z_edges[i], mesh.z[i], mesh.z_edges[i + 1], z)
    left, right = _parabola(mesh.x_edges[j], mesh.x[j], mesh.x_edges[j + 1], x)
    cell = np.array([i * mesh.shape[1] + j])
    cells, sides = _sided(system, LEFT, cell, np.array([share * left]))
    centre = share * (1.0 - low - high - left - right)
    sides += [
        (side, cell, np.array([share * w])) for side, w in ((LOWER, low), (UPPER, high), (RIGHT, right))
    ]
    return PlaneForm([*cells, (cell, np.array([centre]))], sides)


def _parabola(a: float, b: float, c: float, at: float) -> tuple[float, float]:
    """Weights of the values at a and c in the parabola through a, b and c."""
    return (at - b) * (at - c) / ((a - b) * (a - c)), (at - a) * (at - b) / ((c - a) * (c - b))


def _beside_circle(
    solved: Solved, met: Sequence[int], cell: tuple[int, int], at: tuple[float, float], place: str
) -> Form:
    T = solved.fields.temperature
    own = next((p for p in met if beside.temperature(solved.mesh, T, p, *at, *cell) is not None), None)
    if own is None:
        raise InputError(f"{place}: no cell beside this point bears the piece that is meant")
    nz, nx = T.shape
    near = [
        (i, j)
        for i in range(max(cell[0] - 2, 0), min(cell[0] + 3, nz))
        for j in range(max(cell[1] - 2, 0), min(cell[1] + 3, nx))
    ]

    def weights(system: System) -> PlaneForm:
        found = np.zeros(len(near))
        for k, (i, j) in enumerate(near):
            unit = np.zeros((nz, nx))
            unit[i, j] = 1.0
            found[k] = beside.temperature(system.mesh, unit, own, *at, *cell) or 0.0
        return PlaneForm(cells=[(np.array([i * nx + j for i, j in near]), found)])

    return weights


# Surfaces and interfaces ----------------------------------------------------------------------------------


def _boundary(solved: Solved, system: System, probe: BoundaryProbe, place: str) -> Form:
    names = [side.name for side in system.sides]
    if probe.boundary not in names:
        raise InputError(f"{place}.boundary: the {probe.boundary} has no surface")
    number = names.index(probe.boundary)
    side = {"bottom": LOWER, "top": UPPER, "left": LEFT, "inner": LEFT}.get(probe.boundary, RIGHT)
    base = system.sides[number]
    here = np.flatnonzero((solved.mesh.piece[base.row, base.column] >= 0) & (base.area > 0))
    cells = (base.row * solved.mesh.shape[1] + base.column)[here]
    square = solved.stack.geometry.kind == "axisymmetric" and probe.boundary in ("bottom", "top")

    def surface(system: System) -> PlaneForm:
        one = system.sides[number]
        low, high = one.along[:-1][here], one.along[1:][here]
        weight = _spread(low, high, one.area[here], probe.x, square, f"{place}.x")
        return PlaneForm(*_sided(system, side, cells, weight))

    return surface


def _spread(
    low: Floats, high: Floats, area: Floats, x: Span | float | None, square: bool, place: str
) -> Floats:
    """(n,) weights of faces from ``low`` to ``high``: the mean over all or a span of them, or at a point."""
    if x is None:
        weight = area
    elif isinstance(x, tuple):
        weight = covered(low, high, x, square) * area
    else:
        return _interpolation(0.5 * (low + high), low, high, x)
    if not weight.any():
        raise InputError(f"{place}: there is no face in this range")
    share: Floats = weight / weight.sum()
    return share


def _interpolation(middle: Floats, low: Floats, high: Floats, at: float) -> Floats:
    """(n,) weights: linear between face centres, continued to the rims; as `kapitza.solution.probes` does it."""
    tolerance = SAME * max(high.max() - low.min(), abs(high.max()), abs(low.min()))
    weight = np.zeros(len(low))
    if len(low) == 1:
        weight[0] = 1.0
        return weight
    k = int(np.clip(np.searchsorted(middle, at), 1, len(middle) - 1))
    if low[k] - high[k - 1] > tolerance:
        weight[k - 1 if at <= high[k - 1] + tolerance else k] = 1.0
        return weight
    share = (at - middle[k - 1]) / (middle[k] - middle[k - 1])
    weight[k - 1], weight[k] = 1.0 - share, share
    return weight


def groups(system: System) -> dict[str, tuple[Faces, Ints, Ints]]:
    """Inner faces of each orientation with the flat numbers of their first and second cells."""
    c = np.arange(system.mesh.piece.size).reshape(system.mesh.shape)
    found = {
        "z": (system.faces_z, c[:-1].ravel(), c[1:].ravel()),
        "x": (system.faces_x, c[:, :-1].ravel(), c[:, 1:].ravel()),
    }
    if system.wrap is not None:
        found["wrap"] = (system.wrap, c[:, -1], c[:, 0])
    return found


def _interface(solved: Solved, system: System, probe: InterfaceProbe, place: str) -> Form:
    pairs = np.where(system.contacts.flipped[:, np.newaxis], system.pairs[:, ::-1], system.pairs)
    along = contacts(solved.layout, probe, pairs, place)
    piece = solved.mesh.piece.ravel()
    parts = []  # (orientation, faces, their first and second cells, whether they run from below to above)
    for name, (faces, first, second) in groups(system).items():
        which = faces.contact.ravel()
        here = np.flatnonzero(np.isin(which, along.contact) & (which >= 0))
        if len(here):
            straight = piece[first[here]] == pairs[which[here], 0]
            parts.append((name, here, first[here], second[here], straight))
    laws = [system.contacts.laws[int(i)] for i in np.unique(system.contacts.law[along.contact])]
    by_flow = along.side == "flux" or (
        along.side == "jump" and all(law.linear and np.isfinite(law.resistance) for law in laws)
    )

    def contact(system: System) -> PlaneForm:
        groups_now = groups(system)
        areas = [groups_now[name][0].area.ravel()[here] for name, here, *_ in parts]
        shares = _face_shares(system.mesh, solved, probe, parts, areas, along.contact, f"{place}.x")
        sides: list[tuple[int, Ints, Floats]] = []
        flows: dict[str, Weighted] = {}
        for (name, here, first, second, straight), area, share in zip(parts, areas, shares, strict=True):
            towards = np.where(straight, along.sign, -along.sign)
            before, after = (UPPER, LOWER) if name == "z" else (RIGHT, LEFT)
            if by_flow:
                faces = groups_now[name][0]
                per_flow = faces.resistance.ravel()[here] if along.side == "jump" else 1.0 / area
                flows[name] = here, share * towards * per_flow
            elif along.side == "jump":
                sides += [(before, first, share * towards), (after, second, -share * towards)]
            else:
                low = straight == (along.side == "below")  # the first cell is the one that is looked at
                sides += [(before, first[low], share[low]), (after, second[~low], share[~low])]
        return PlaneForm(sides=sides, flows=flows, jumps=along.side == "jump")

    return contact


def _face_shares(
    mesh: Mesh,
    solved: Solved,
    probe: InterfaceProbe,
    parts: Sequence[tuple[str, Ints, Ints, Ints, np.ndarray]],
    areas: Sequence[Floats],
    contact: Ints,
    place: str,
) -> list[Floats]:
    """Weights of the faces of an interface, one array an orientation, 1 in all."""
    if probe.x is None:
        weights = list(areas)
    else:
        assert mesh.x_edges is not None
        weights = []
        for (name, here, first, *_), area in zip(parts, areas, strict=True):
            column = first % mesh.shape[1]
            low, high = mesh.x_edges[column], mesh.x_edges[column + 1]
            if name != "z":
                inside = isinstance(probe.x, tuple) & (high >= np.min(probe.x)) & (high <= np.max(probe.x))
                weights.append(np.where(inside, area, 0.0))
            elif isinstance(probe.x, tuple):
                weights.append(
                    area * covered(low, high, probe.x, solved.stack.geometry.kind == "axisymmetric")
                )
            else:
                if len(contact) > 1 or len(np.unique(here // mesh.shape[1])) > 1:
                    raise InputError(f"{place}: several contacts lie at this x; give a range, or none")
                assert mesh.x is not None
                weights.append(_interpolation(mesh.x[column], low, high, probe.x))
    total = sum(float(w.sum()) for w in weights)
    if total == 0.0:
        raise InputError(f"{place}: there is no face in this range")
    return [w / total for w in weights]
