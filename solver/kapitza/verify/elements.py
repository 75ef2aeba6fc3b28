"""An independent second method for two dimensions: high-order finite elements on geometrically graded meshes.

Nodal, variational, with doubled nodes along joints: nothing in common with the finite volumes it checks.
Used where no series exists (ISO 10211 A.2, stacks of different widths). Elements shrink towards every line by
a fixed factor, so corners of materials cost no accuracy: the error falls exponentially with ``depth`` and
``degree``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.intp]
Side = Literal["bottom", "top", "left", "right"]


@dataclass(frozen=True)
class Block:
    """A painted rectangle: conductivity through (z) and ``lateral`` (None: the same) [W/(m K)], ``source``
    [W/m^3]. The later one wins."""

    x: tuple[float, float]
    z: tuple[float, float]
    conductivity: float
    source: float = 0.0
    lateral: float | None = None


@dataclass(frozen=True)
class Film:
    """A reservoir behind a resistance [m^2 K/W]; 0: the surface is held at ``ambient``."""

    ambient: float
    resistance: float = 0.0


@dataclass(frozen=True)
class Answer:
    """Nodal temperatures. ``x``, ``rows``: node coordinates; doubled rows at joints (lower one first)."""

    x: Array
    rows: Array
    values: Array
    heat: Mapping[str, float]
    """Heat into the domain [W, per metre of depth in a plane] through each side."""

    def at(self, x: float, z: float, above: bool = False) -> float:
        """Temperature at a node line crossing (x, z); ``above``: the upper side of a joint."""
        i = int(np.argmin(abs(self.x - x)))
        rows = np.flatnonzero(abs(self.rows - z) < 1e-12 * (1 + abs(z)) + 1e-9 * np.ptp(self.rows))
        if not len(rows) or abs(self.x[i] - x) > 1e-9 * np.ptp(self.x):
            raise ValueError(f"no node at ({x}, {z})")
        return float(self.values[rows[-1 if above else 0], i])


def graded(lines: Sequence[float], depth: int, factor: float = 0.2) -> Array:
    """Edges that shrink by ``factor`` towards both ends of every span between ``lines``."""
    edges: list[float] = []
    for a, b in itertools.pairwise(lines):
        half = 0.5 * (b - a)
        steps = [half * factor**j for j in range(depth, -1, -1)]
        edges += [a, *(a + s for s in steps), *(b - s for s in reversed(steps[:-1]))]
    return np.array([*edges, lines[-1]])


def lobatto(degree: int) -> Array:
    """Gauss–Lobatto points on [−1, 1]."""
    inner = legendre.legroots(legendre.legder([0] * degree + [1]))
    return np.concatenate([[-1.0], np.asarray(inner, dtype=np.float64), [1.0]])


def basis(nodes: Array, at: Array) -> tuple[Array, Array]:
    """Lagrange basis on ``nodes`` and its derivative, at the points ``at``: (points, nodes) each."""
    n = len(nodes)
    vander = legendre.legvander(nodes, n - 1)
    inverse = np.linalg.inv(vander)
    slopes = np.stack([legendre.legval(at, legendre.legder([0] * j + [1])) for j in range(n)], axis=-1)
    return legendre.legvander(at, n - 1) @ inverse, slopes @ inverse


def line_matrices(edges: Array, degree: int, radial: bool) -> tuple[Array, Array, Array]:
    """Mass, stiffness (elements, p+1, p+1), load (elements, p+1) along one coordinate; radial: weight 2πr."""
    points, weights = legendre.leggauss(degree + 2)
    value, slope = basis(lobatto(degree), points)
    h = np.diff(edges)
    place = edges[:-1, None] + 0.5 * h[:, None] * (points + 1)
    w = weights * (2 * math.pi * place if radial else np.ones_like(place))
    mass = np.einsum("eq,qi,qj->eij", w * h[:, None] / 2, value, value)
    stiff = np.einsum("eq,qi,qj->eij", w * 2 / h[:, None], slope, slope)
    load = np.einsum("eq,qi->ei", w * h[:, None] / 2, value)
    return mass, stiff, load


def solve(
    blocks: Sequence[Block],
    films: Mapping[Side, Film],
    *,
    fluxes: Mapping[Side, tuple[float, tuple[float, float]]] | None = None,
    joints: Mapping[float, float] | None = None,
    lines: tuple[Sequence[float], Sequence[float]] = ((), ()),
    axisymmetric: bool = False,
    degree: int = 5,
    depth: int = 4,
) -> Answer:
    """Steady temperatures of painted blocks.

    films : reservoir or temperature per side; sides that are missing are adiabatic
    fluxes : side -> (flux into the domain [W/m^2], range along the side)
    joints : z of a plane -> resistance [m^2 K/W], wherever there is material on both sides of it
    lines : further x and z that must be element edges
    """
    fluxes, joints = fluxes or {}, joints or {}
    along = {"bottom": 0, "top": 0, "left": 1, "right": 1}
    marks: tuple[set[float], set[float]] = (set(lines[0]), set(lines[1]))
    for block in blocks:
        marks[0].update(block.x)
        marks[1].update(block.z)
    for side, (_, span) in fluxes.items():
        marks[along[side]].update(span)
    xe, ze = (graded(sorted(m), depth) for m in marks)
    xm, zm = 0.5 * (xe[1:] + xe[:-1]), 0.5 * (ze[1:] + ze[:-1])
    k, klat, s = (np.zeros((len(zm), len(xm))) for _ in range(3))
    for block in blocks:
        inside = np.ix_((zm > block.z[0]) & (zm < block.z[1]), (xm > block.x[0]) & (xm < block.x[1]))
        k[inside], s[inside] = block.conductivity, block.source
        klat[inside] = block.conductivity if block.lateral is None else block.lateral

    p = degree
    mx, kx, lx = line_matrices(xe, p, axisymmetric)
    mz, kz, lz = line_matrices(ze, p, False)
    planes = {int(np.argmin(abs(ze - z))): r for z, r in joints.items()}
    shift = np.cumsum([m in planes for m in range(len(zm))])
    nx = len(xm) * p + 1
    row = np.arange(len(zm))[:, None] * p + np.arange(p + 1) + shift[:, None]  # (elements, nodes)
    col = np.arange(len(xm))[:, None] * p + np.arange(p + 1)
    system = _System((int(row[-1, -1]) + 1) * nx)

    em, en = np.nonzero(k)
    node = (row[em][:, :, None] * nx + col[en][:, None, :]).reshape(len(em), -1)
    local = np.einsum("e,eij,ekl->eikjl", k[em, en], kz[em], mx[en])
    local += np.einsum("e,eij,ekl->eikjl", klat[em, en], mz[em], kx[en])
    system.conduct(node, local.reshape(len(em), (p + 1) ** 2, -1))
    made = s[em, en, None, None] * lz[em][:, :, None] * lx[en][:, None, :]
    np.add.at(system.load, node, made.reshape(node.shape))

    for m, r in planes.items():
        n = np.flatnonzero((k[m - 1] > 0) & (k[m] > 0))
        both = np.concatenate([row[m - 1, -1] * nx + col[n], row[m, 0] * nx + col[n]], axis=1)
        system.conduct(both, np.block([[mx[n], -mx[n]], [-mx[n], mx[n]]]) / r)

    def face(side: Side) -> tuple[Ints, Array, Array, Array]:
        """Nodes (elements, p+1), mass, load and middles of the outermost elements of a side."""
        last = {"bottom": 0, "left": 0, "top": -1, "right": -1}[side]
        if along[side] == 0:
            n = np.flatnonzero(k[last])
            return row[last, last] * nx + col[n], mx[n], lx[n], xm[n]
        m = np.flatnonzero(k[:, last])
        area = 2 * math.pi * xe[last] if axisymmetric else 1.0
        return row[m] * nx + col[last, last], mz[m] * area, lz[m] * area, zm[m]

    for side, (flux, span) in fluxes.items():
        nodes, _, weight, middle = face(side)
        heated = (middle > span[0]) & (middle < span[1])
        np.add.at(system.load, nodes[heated], flux * weight[heated])
    for side, film in films.items():
        nodes, mass, _, _ = face(side)
        if film.resistance > 0:
            system.conduct(nodes, mass / film.resistance, film.ambient)
        else:
            system.held[nodes] = film.ambient

    values = system.solve()
    surplus = system.outflow(values) - system.load
    heat: dict[str, float] = {}
    for side, film in films.items():
        nodes, _, weight, _ = face(side)
        if film.resistance > 0:
            heat[side] = float(np.sum((film.ambient - values[nodes]) / film.resistance * weight))
        else:
            heat[side] = float(np.sum(surplus[np.unique(nodes)]))
    unit = 0.5 * (lobatto(p) + 1)
    xs = np.append((xe[:-1, None] + np.diff(xe)[:, None] * unit[:-1]).ravel(), xe[-1])
    zs = np.empty(len(values) // nx)
    zs[row] = ze[:-1, None] + np.diff(ze)[:, None] * unit
    return Answer(xs, zs, values.reshape(-1, nx), heat)


class _System:
    """Element matrices, gathered; solved by LU and refined with outflows summed from differences.

    Differences matter: the smallest elements are 1e-5 of the largest, and A·T would lose their fluxes.
    """

    def __init__(self, unknowns: int) -> None:
        self.load = np.zeros(unknowns)
        self.held = np.full(unknowns, np.nan)
        self.parts: list[tuple[Ints, Array, float | None]] = []

    def conduct(self, nodes: Ints, matrix: Array, ambient: float | None = None) -> None:
        """Add ``matrix`` (elements, n, n) on ``nodes`` (elements, n); to an ``ambient`` if one is given."""
        self.parts.append((nodes, matrix, ambient))

    def outflow(self, values: Array) -> Array:
        """Heat that leaves every node [W]."""
        result = np.zeros_like(values)
        for nodes, matrix, ambient in self.parts:
            local = values[nodes]
            local -= local[:, :1] if ambient is None else ambient
            np.add.at(result, nodes, np.einsum("eij,ej->ei", matrix, local))
        return result

    def solve(self) -> Array:
        """Nodal temperatures (unknowns,); NaN where no element is."""
        from scipy.sparse import coo_array
        from scipy.sparse.linalg import splu

        rows = [np.repeat(n, n.shape[1], axis=1).ravel() for n, _, _ in self.parts]
        cols = [np.tile(n, (1, n.shape[1])).ravel() for n, _, _ in self.parts]
        vals = [m.ravel() for _, m, _ in self.parts]
        place = (np.concatenate(rows), np.concatenate(cols))
        matrix = coo_array((np.concatenate(vals), place), shape=(len(self.load),) * 2).tocsr()
        used = np.unique(place[0])
        free = used[np.isnan(self.held[used])]
        factor = splu(matrix[free][:, free].tocsc(), permc_spec="MMD_AT_PLUS_A")
        values = np.where(np.isnan(self.held), 0.0, self.held)
        for _ in range(4):
            values[free] += factor.solve((self.load - self.outflow(values))[free])
        empty = np.ones(len(values), dtype=bool)
        empty[used] = False
        values[empty] = np.nan
        return values
