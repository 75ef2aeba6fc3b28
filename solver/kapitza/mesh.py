"""Tensor-product finite volumes: cells between the faces of layers, regions, sources and patches.

A mesh knows lengths and which piece each cell bears; it knows nothing of conductivities or temperatures.
Arrays are (nz, nx) with x contiguous; a 1-D mesh has one column. Widths are stored, edges are their sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kapitza.cellcount import CELLS_ACROSS, LEAST_CELLS, default_cells, line_cells
from kapitza.errors import InputError
from kapitza.layout import Floats, Ints, Layout
from kapitza.model import Circle, Geometry, Rectangle, SheetSource, Source, Span, Stack

FASTEST = 1.4  # growth of refined cells from one to the next
WIDEST, WIDEST_LINE = 40.0, 200.0  # in all: in two dimensions, and along a line, where first instants count
SAME = 1e-11  # edges closer than this fraction of the extent are one edge


@dataclass(frozen=True)
class Mesh:
    """Cells of a domain.

    geometry : shape of the domain
    dz, dx : (nz,), (nx,) widths [m]; z_edges, x_edges : (nz + 1,), (nx + 1,) [m]; dx, x_edges None in 1-D
    piece : (nz, nx) int32, number of the piece each cell bears, -1 void
    uniform_x : all dx are equal by construction
    """

    geometry: Geometry
    dz: Floats
    z_edges: Floats
    dx: Floats | None
    x_edges: Floats | None
    piece: npt.NDArray[np.int32]
    uniform_x: bool = True

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.dz), 1 if self.dx is None else len(self.dx)

    @property
    def cells(self) -> int:
        """Number of cells that hold material."""
        return int(np.count_nonzero(self.piece >= 0))

    @cached_property
    def z(self) -> Floats:
        """(nz,) cell centres [m]."""
        return self.z_edges[:-1] + 0.5 * self.dz

    @cached_property
    def x(self) -> Floats | None:
        """(nx,) cell centres [m]; axisymmetric: the radius whose square is the mean of r^2 over the width,
        at which both a + b ln r and a + b r^2 give second-order consistent fluxes, the axis included."""
        if self.dx is None or self.x_edges is None:
            return None
        if self.geometry.kind == "axisymmetric":
            inner, outer = self.x_edges[:-1], self.x_edges[1:]
            return np.sqrt((inner * inner + inner * outer + outer * outer) / 3.0)
        return self.x_edges[:-1] + 0.5 * self.dx


class LineGrid(Mesh):
    """Cells of a 1-D domain, made when first looked at: a solution needs the segments alone.

    piece, lower, size, cells : (n,) of the segments · end : upper face of the last [m] · refined : towards their ends
    """

    segments: tuple[Ints, Floats, Floats, Ints]
    end: float
    refined: bool

    def __init__(
        self,
        geometry: Geometry,
        piece: Ints,
        lower: Floats,
        size: Floats,
        cells: Ints,
        end: float,
        refined: bool,
    ) -> None:
        given = {"segments": (piece, lower, size, cells), "end": end, "refined": refined}
        self.__dict__ |= given | {"geometry": geometry, "dx": None, "x_edges": None}

    @property
    def shape(self) -> tuple[int, int]:
        return int(self.segments[3].sum()), 1

    @property
    def cells(self) -> int:
        return self.shape[0]

    @cached_property
    def piece(self) -> npt.NDArray[np.int32]:
        piece, _, _, cells = self.segments
        return np.repeat(piece.astype(np.int32), cells)[:, np.newaxis]

    @cached_property
    def dz(self) -> Floats:
        return self._axis[0]

    @cached_property
    def z_edges(self) -> Floats:
        return self._axis[1]

    @cached_property
    def _axis(self) -> tuple[Floats, Floats]:
        """(widths, edges)."""
        _, lower, size, cells = self.segments
        dz = np.repeat(size / cells, cells)
        first = np.cumsum(cells) - cells
        position = np.arange(len(dz)) - np.repeat(first, cells)
        edges = np.empty(len(dz) + 1)
        edges[:-1] = np.repeat(lower, cells) + position * dz
        edges[-1] = self.end
        if self.refined:
            for count in np.unique(cells):
                here = np.flatnonzero(cells == count)
                widths = _widths(1.0, int(count), refine=True, widest=WIDEST_LINE)
                place = (first[here][:, np.newaxis] + np.arange(count)).ravel()
                dz[place] = (size[here][:, np.newaxis] * widths).ravel()
                starts = np.concatenate([[0.0], np.cumsum(widths[:-1])])
                edges[place] = (lower[here][:, np.newaxis] + size[here][:, np.newaxis] * starts).ravel()
        return dz, edges


@dataclass(frozen=True)
class LineMesh:
    """A 1-D mesh with its segments: parts of layers in which conductivity and heat are uniform.

    segment_piece : (n,) layer of each segment; segment_lower, segment_size : (n,) lower face and thickness [m]
    segment_cells : (n,) cells in each · equal : the cells of a segment are all of one width
    """

    mesh: Mesh
    segment_piece: Ints
    segment_lower: Floats
    segment_size: Floats
    segment_cells: Ints
    equal: bool = True

    def each_cell(self) -> LineMesh:
        """The same mesh with every cell a segment of its own, for heat that differs from cell to cell."""
        mesh = self.mesh
        ones = np.ones(len(mesh.dz), dtype=np.intp)
        return LineMesh(mesh, mesh.piece[:, 0].astype(np.intp), mesh.z_edges[:-1], mesh.dz, ones)


# One dimension --------------------------------------------------------------------------------------------


def build_line(layout: Layout) -> LineMesh:
    """Mesh of a slab, cylinder or sphere: each layer cut at the edges of its sources, then into cells, equal or
    refined towards the ends."""
    stack = layout.stack
    default = line_cells(stack)
    cells = np.array([layer.cells or default for layer in layout.kinds], dtype=np.intp)[layout.kind_of]
    lower, size = layout.layer_edges[:-1], layout.thickness
    piece: Ints = np.arange(layout.n_layers, dtype=np.intp)
    cuts = _source_cuts(layout)
    if cuts:
        piece, lower, size, cells = _cut_segments(piece, lower, size, cells, cuts)
    end = float(layout.layer_edges[-1])
    grid = LineGrid(stack.geometry, piece, lower, size, cells, end, refined(stack))
    return LineMesh(grid, piece, lower, size, cells, not refined(stack))


def _source_cuts(layout: Layout) -> dict[int, list[float]]:
    """Interior heights [m] at which sources begin or end, by layer."""
    cuts: dict[int, list[float]] = {}
    if not layout.stack.sources:
        return cuts
    edges = layout.layer_edges
    tolerances = np.maximum(
        1e-9 * layout.thickness, 4e-16 * np.maximum(np.abs(edges[:-1]), np.abs(edges[1:]))
    )
    for index, source in enumerate(layout.stack.sources):
        if isinstance(source, SheetSource) or source.z is None:
            continue
        for layer in layout.select(source.piece, f"sources.{index}.layer"):
            low, high, tolerance = edges[layer], edges[layer + 1], tolerances[layer]
            inside = [z for z in source.z if low + tolerance < z < high - tolerance]
            cuts.setdefault(int(layer), []).extend(inside)
    return {layer: sorted(set(z)) for layer, z in cuts.items() if z}


def _cut_segments(
    piece: Ints, lower: Floats, size: Floats, cells: Ints, cuts: dict[int, list[float]]
) -> tuple[Ints, Floats, Floats, Ints]:
    parts: list[tuple[Ints, Floats, Floats, Ints]] = []
    done = 0
    for layer in sorted(cuts):
        keep = slice(done, layer)
        parts.append((piece[keep], lower[keep], size[keep], cells[keep]))
        edges = np.array([0.0, *(z - lower[layer] for z in cuts[layer]), size[layer]])
        widths = np.diff(edges)
        share = share_cells(int(cells[layer]), widths, 1)
        parts.append((np.full(len(widths), layer), lower[layer] + edges[:-1], widths, share))
        done = layer + 1
    keep = slice(done, None)
    parts.append((piece[keep], lower[keep], size[keep], cells[keep]))
    columns = list(zip(*parts, strict=True))
    return (
        np.concatenate(columns[0]),
        np.concatenate(columns[1]),
        np.concatenate(columns[2]),
        np.concatenate(columns[3]),
    )


# Two dimensions -------------------------------------------------------------------------------------------


def build_plane(layout: Layout) -> Mesh:
    """Mesh of a plane or axisymmetric domain, painted: layers, then regions in order, the fill where neither is.

    Raises InputError where the domain is empty.
    """
    stack = layout.stack
    refine = refined(stack)
    dx, x_edges, uniform = _x_axis(layout)
    dz, z_edges = _z_axis(layout, refine)
    piece = np.full((len(dz), len(dx)), layout.fill_piece, dtype=np.int32)
    edges = layout.layer_edges
    rows = _nearest_edge(z_edges, edges)
    for layer in range(layout.n_layers):
        columns = _slice(x_edges, layout.kinds[layout.kind_of[layer]].x)
        piece[rows[layer] : rows[layer + 1], columns] = layer
    mesh = Mesh(stack.geometry, dz, z_edges, dx, x_edges, piece, uniform)
    for number, region in enumerate(layout.regions, start=layout.n_layers):
        shape = region.shape
        if isinstance(shape, Circle):
            piece[_inside(mesh, shape, region.name)] = number
        else:
            piece[_slice(z_edges, shape.z), _slice(x_edges, shape.x)] = number
    if not (piece >= 0).any():
        raise InputError("layers: nothing lies inside the domain")
    return mesh


def _inside(mesh: Mesh, circle: Circle, name: str) -> npt.NDArray[np.bool_]:
    """(nz, nx) cells whose centre lies in the circle. Raises InputError where it holds none."""
    assert mesh.x is not None
    x, z = mesh.x - circle.center[0], mesh.z - circle.center[1]
    inside: npt.NDArray[np.bool_] = x * x + z[:, np.newaxis] ** 2 < circle.radius**2
    if not inside.any():
        raise InputError(
            f"regions.{name}: no cell has its centre in this circle of radius {circle.radius:.4g} m; move it into the "
            "domain, or give more cells ([mesh] x and z)"
        )
    return inside


def _rectangles(stack: Stack) -> list[Rectangle]:
    """Shapes whose edges are mesh edges; circles lie between."""
    return [region.shape for region in stack.regions if isinstance(region.shape, Rectangle)]


def refined(stack: Stack) -> bool:
    """Whether cells become finer towards the ends of their layers: where asked for, and by default wherever the profile
    is steep there, in time and in periodic heating."""
    grading = stack.mesh.grading
    timed = stack.transient is not None or stack.frequency is not None
    return grading == "refine" or (grading is None and timed)


def _x_axis(layout: Layout) -> tuple[Floats, Floats, bool]:
    stack = layout.stack
    refine = stack.mesh.grading == "refine"
    extent = stack.geometry.x
    if extent is None:
        raise InputError(f"geometry: a {stack.geometry.kind} domain needs its lateral extent")
    breaks = [*extent]
    for layer in layout.kinds:
        breaks += layer.x or ()
    for shape in _rectangles(stack):
        breaks += shape.x or ()
    spans = _spans(breaks, extent)
    # Layers of full width keep equal cells by default: theirs is the fast transform.
    refine = refine or (refined(stack) and len(spans) > 2)
    if refine or len(spans) > 2:  # the grid is not uniform anyway: heat edges become mesh edges as well
        breaks += _heated_x(stack)
        spans = _spans(breaks, extent)
    total = stack.mesh.x or CELLS_ACROSS
    sizes = np.diff(spans)
    cells = share_cells(total, sizes, min(LEAST_CELLS, max(1, total // len(sizes))))
    widths = [_widths(size, n, refine) for size, n in zip(sizes, cells, strict=True)]
    return (*_joined(spans, widths), len(sizes) == 1 and not refine)


def _z_axis(layout: Layout, refine: bool) -> tuple[Floats, Floats]:
    stack = layout.stack
    edges = layout.layer_edges
    extent = (float(edges[0]), float(edges[-1]))
    breaks: list[float] = []
    for shape in _rectangles(stack):
        breaks += shape.z or ()
    for source in stack.sources:
        if isinstance(source, Source):
            breaks += source.z or ()
    for side in ("left", "right", "inner", "outer"):
        for patch in stack.boundary(side).patches:
            breaks += patch.along
    tolerance = SAME * (extent[1] - extent[0])
    free = sorted(z for z in set(breaks) if extent[0] < z < extent[1])
    cuts: list[list[float]] = [[] for _ in range(layout.n_layers)]
    for z in free:
        layer = int(np.searchsorted(edges, z, side="right")) - 1
        last = cuts[layer][-1] if cuts[layer] else edges[layer]
        if z - last > tolerance and edges[layer + 1] - z > tolerance:
            cuts[layer].append(z)
    counts = _z_counts(layout)
    spans: list[float] = [extent[0]]
    widths: list[Floats] = []
    for layer in range(layout.n_layers):
        points = np.array([0.0, *(z - edges[layer] for z in cuts[layer]), layout.thickness[layer]])
        sizes = np.diff(points)
        least = min(LEAST_CELLS, max(1, int(counts[layer]) // len(sizes)))
        for size, n in zip(sizes, share_cells(int(counts[layer]), sizes, least), strict=True):
            widths.append(_widths(size, int(n), refine))
        spans += [*cuts[layer], float(edges[layer + 1])]
    return _joined(spans, widths)


def _z_counts(layout: Layout) -> Ints:
    """(n_layers,) cells of each layer: its own, or its share of the total."""
    stack = layout.stack
    own = np.array([layer.cells or 0 for layer in layout.kinds], dtype=np.intp)[layout.kind_of]
    free = own == 0
    if stack.mesh.z is None:
        default = [default_cells(stack, layer.thickness, layout.n_layers) for layer in layout.kinds]
        return np.where(free, np.array(default, dtype=np.intp)[layout.kind_of], own)
    left = stack.mesh.z - int(own.sum())
    n = int(free.sum())
    if n:
        own[free] = share_cells(max(left, n), layout.thickness[free], min(LEAST_CELLS, max(1, left // n)))
    return own


def _heated_x(stack: Stack) -> list[float]:
    """Edges of sources and of patches along x [m]."""
    edges: list[float] = []
    for source in stack.sources:
        edges += source.x or ()
    for side in ("bottom", "top"):
        for patch in stack.boundary(side).patches:
            edges += patch.along
    return edges


def _spans(breaks: Sequence[float], extent: Span) -> list[float]:
    """Sorted edges within the extent, those that differ by rounding only merged."""
    tolerance = SAME * max(extent[1] - extent[0], abs(extent[0]), abs(extent[1]))
    result = [extent[0]]
    for value in sorted(breaks):
        if value - result[-1] > tolerance and extent[1] - value > tolerance:
            result.append(value)
    return [*result, extent[1]]


def share_cells(total: int, sizes: Floats, least: int) -> Ints:
    """Share ``total`` cells among spans of ``sizes`` (n,): by size, none below ``least``.

    Equal spans get equal shares, so that a mirrored stack has the mirrored mesh; what cannot be dealt out to all of
    them alike is left out.
    """
    n = len(sizes)
    spare = max(total - n * least, 0)
    wish = np.maximum(sizes / np.sum(sizes) * total - least, 0.0)
    ideal = wish / wish.sum() * spare if wish.sum() > 0 else np.zeros(n)
    extra = np.floor(ideal + 1e-9).astype(np.intp)
    fraction = np.round(ideal - extra, 7)
    left = spare - int(extra.sum())
    for value in np.unique(fraction)[::-1]:
        equal = fraction == value
        if value <= 0 or equal.sum() > left:
            break
        extra[equal] += 1
        left -= int(equal.sum())
    return extra + least


def _widths(size: float, cells: int, refine: bool, widest: float = WIDEST) -> Floats:
    """(cells,) widths that add up to ``size``: equal, or growing from both ends over a third of them each, by a factor
    that is the same from one to the next, up to ``widest`` in all."""
    if not refine or cells < 3:
        return np.full(cells, size / cells)
    growing = round(cells / 3)
    position = np.arange(cells)
    step = np.minimum(np.minimum(position, cells - 1 - position), growing)
    widths: Floats = min(FASTEST, widest ** (1.0 / growing)) ** step
    widths *= size / widths.sum()
    return widths


def _joined(spans: Sequence[float], widths: Sequence[Floats]) -> tuple[Floats, Floats]:
    """(widths, edges) of all spans; each span's edges count from its own first edge, so nothing accumulates."""
    edges = [low + np.concatenate([[0.0], np.cumsum(w[:-1])]) for low, w in zip(spans, widths, strict=False)]
    return np.concatenate(widths), np.concatenate([*edges, [spans[-1]]])


def _nearest_edge(edges: Floats, values: Floats | Sequence[float]) -> Ints:
    """Indices of the mesh edges nearest to ``values``."""
    right = np.clip(np.searchsorted(edges, values), 1, len(edges) - 1)
    values = np.asarray(values)
    return np.where(values - edges[right - 1] <= edges[right] - values, right - 1, right)


def _slice(edges: Floats, span: Span | None) -> slice:
    if span is None:
        return slice(None)
    first, last = _nearest_edge(edges, span)
    return slice(int(first), int(last))


def within(edges: Floats, at: float, where: str) -> tuple[float, float]:
    """The coordinate moved inside by rounding at most, and the tolerance [m] that rounding means here.

    Raises InputError, beginning with ``where``, for a coordinate outside ``edges``.
    """
    tolerance = SAME * max(edges[-1] - edges[0], abs(edges[0]), abs(edges[-1]))
    if not edges[0] - tolerance <= at <= edges[-1] + tolerance:
        raise InputError(f"{where}: {at:.6g} m is outside the domain, {edges[0]:.6g} to {edges[-1]:.6g} m")
    return float(np.clip(at, edges[0], edges[-1])), float(tolerance)


def cells_at(mesh: Mesh, x: float | None, z: float, where: str) -> Ints:
    """(n, 2) rows and columns of the cells with material that touch a point of a 2-D mesh.

    Raises InputError, beginning with ``where``, where there is none.
    """
    lateral = mesh.geometry.lateral
    if x is None or mesh.x_edges is None:
        raise InputError(f"{where}: a two-dimensional point needs {lateral} and z")
    z, z_tolerance = within(mesh.z_edges, z, f"{where}.z")
    x, x_tolerance = within(mesh.x_edges, x, f"{where}.{lateral}")
    rows = np.flatnonzero((mesh.z_edges[:-1] <= z + z_tolerance) & (mesh.z_edges[1:] >= z - z_tolerance))
    columns = np.flatnonzero((mesh.x_edges[:-1] <= x + x_tolerance) & (mesh.x_edges[1:] >= x - x_tolerance))
    cells = np.array([(i, j) for i in rows for j in columns if mesh.piece[i, j] >= 0], dtype=np.intp)
    if not len(cells):
        raise InputError(f"{where}: there is no material at this point")
    return cells
