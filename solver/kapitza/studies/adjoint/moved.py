"""The mesh of a solution, stretched to where a nearby stack has its edges: the same cells, other sizes.

Edges of layers, regions, sources and patches move as the stack says, all between them in proportion. Where one that
moves lies on one that stays, more and less have different effects, and nothing is measured. Cells about a circle keep
its edge where it is in them: they move and grow with it, all alike, so that nothing but the circle is measured; where
other edges forbid that, nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kapitza.errors import InputError
from kapitza.layout import Floats, Layout
from kapitza.mesh import SAME, Mesh
from kapitza.model import Circle, Rectangle, SheetSource, Source, Span, Stack

SIDEWAYS = ("left", "right", "inner", "outer")
STEP, LEAST = 1e-4, 1e-9  # relative change of a thickness; growth that is rounding
TOGETHER, DEFORMED = (
    1e-6,
    1e-3,
)  # of the largest shift: rounding, not edges that part, or a circle that is deformed


class UnmovableError(InputError):
    """The mesh cannot follow a change: its effect cannot be told from one solution."""


@dataclass(frozen=True)
class _Held:
    """Cells about a circle along one axis, between edges number first and last, that move as one.

    center : before and after [m] · growth : of the radius"""

    name: str
    first: int
    last: int
    center: tuple[float, float]
    growth: float

    def place(self, edges: Floats) -> Floats:
        """Where ``edges`` of these cells go."""
        return self.center[1] + self.growth * (edges - self.center[0])


def moved(mesh: Mesh, before: Layout, after: Layout) -> Mesh:
    """``mesh`` of the stack ``before`` for the stack ``after``, of the same pieces.

    Raises UnmovableError where one of two edges in one place moves alone, and for a circle that would be deformed."""
    if mesh.dx is None or mesh.x_edges is None:
        raise InputError("sensitivities: only a two-dimensional mesh can be stretched")
    z = [_heights(layout) for layout in (before, after)]
    x = [_widths(layout, mesh.uniform_x) for layout in (before, after)]
    if len(z[0]) != len(z[1]) or len(x[0]) != len(x[1]):
        raise UnmovableError(
            "sensitivities: this key changes how many edges there are; only a sweep can show its effect"
        )
    held_x, held_z = (_held(mesh, before, after, axis) for axis in (0, 1))
    dz, z_edges = _stretched(mesh.dz, mesh.z_edges, z[0], z[1], held_z)
    dx, x_edges = _stretched(mesh.dx, mesh.x_edges, x[0], x[1], held_x)
    if dz is mesh.dz and dx is mesh.dx and before.stack.geometry == after.stack.geometry:
        return mesh
    uniform = mesh.uniform_x and (dx is mesh.dx or not held_x)
    return replace(
        mesh,
        geometry=after.stack.geometry,
        dz=dz,
        z_edges=z_edges,
        dx=dx,
        x_edges=x_edges,
        uniform_x=uniform,
    )


def row_growth(mesh: Mesh, layout: Layout, kind: int) -> Floats:
    """(nz,) d ln dz / d ln of the thickness of a kind of layer, as `moved` would have it; raises likewise."""
    edges, before = layout.layer_edges, _heights(layout)
    chosen = layout.kind_of == kind
    held = _held(mesh, layout, layout, 1)
    widths = []
    for sign in (1.0, -1.0):
        thickness = layout.thickness * (1.0 + sign * STEP * chosen)
        heights = edges[0] + np.concatenate([[0.0], np.cumsum(thickness)])
        after = [*heights.tolist(), *before[len(edges) :]]
        widths.append(_stretched(mesh.dz, mesh.z_edges, before, after, held)[0])
    growth = (widths[0] - widths[1]) / (2.0 * STEP * mesh.dz)
    return np.where(np.abs(growth) > LEAST * np.abs(growth).max(), growth, 0.0)


def _held(mesh: Mesh, before: Layout, after: Layout, axis: int) -> list[_Held]:
    """About every circle, with one cell more on either side. axis : 0: along x, 1: along z"""
    found = []
    regions = zip(before.regions, after.regions, strict=True)
    for piece, (old, new) in enumerate(regions, start=before.n_layers):
        if not isinstance(old.shape, Circle) or not isinstance(new.shape, Circle):
            continue
        own = np.flatnonzero((mesh.piece == piece).any(axis=axis))
        if len(own):
            first, last = max(int(own[0]) - 1, 0), min(int(own[-1]) + 2, mesh.piece.shape[1 - axis])
            center = old.shape.center[axis], new.shape.center[axis]
            found.append(_Held(old.name, first, last, center, new.shape.radius / old.shape.radius))
    return found


def _heights(layout: Layout) -> list[float]:
    """Heights that may be edges of cells, those of layers first."""
    stack = layout.stack
    found: list[float] = layout.layer_edges.tolist()
    spans: list[Span | None] = [shape.z for shape in _rectangles(stack)]
    spans += [source.z for source in stack.sources if isinstance(source, Source)]
    spans += [patch.along for side in SIDEWAYS for patch in stack.boundary(side).patches]
    return found + [z for span in spans for z in span or ()]


def _widths(layout: Layout, uniform: bool) -> list[float]:
    """The same along x; on a uniform grid the extent alone."""
    stack = layout.stack
    spans: list[Span | None] = [stack.geometry.x]
    if not uniform:
        spans += [layer.x for layer in layout.kinds]
        spans += [shape.x for shape in _rectangles(stack)]
        spans += [source.x for source in stack.sources if isinstance(source, Source | SheetSource)]
        spans += [patch.along for side in ("bottom", "top") for patch in stack.boundary(side).patches]
    return [x for span in spans for x in span or ()]


def _rectangles(stack: Stack) -> list[Rectangle]:
    return [region.shape for region in stack.regions if isinstance(region.shape, Rectangle)]


def _stretched(
    widths: Floats, edges: Floats, before: Sequence[float], after: Sequence[float], held: Sequence[_Held]
) -> tuple[Floats, Floats]:
    """(widths, edges) when the coordinates ``before`` become ``after``, and the cells of circles move as one."""
    if list(before) == list(after) and all(
        one.center[0] == one.center[1] and one.growth == 1 for one in held
    ):
        return widths, edges
    tolerance = SAME * float(edges[-1] - edges[0])
    shifts = np.subtract(after, before)
    allowed = TOGETHER * float(np.abs(shifts).max(initial=0.0)) + _rounding(edges)
    known: dict[int, tuple[float, float]] = {}
    for old, new in zip(before, after, strict=True):
        at = int(np.argmin(np.abs(edges - old)))
        if abs(float(edges[at]) - old) > 10.0 * tolerance:
            continue  # within cells, which are weighted by overlap there
        if at not in known:
            known[at] = (old, new)
        elif abs((new - old) - (known[at][1] - known[at][0])) > allowed:
            raise UnmovableError(
                "sensitivities: the edge that this moves lies on another one that stays (of a region, source, patch or "
                "layer), so that more and less have different effects; a sweep shows both"
            )
    for one in held:
        for at in (one.first, one.last):
            known.setdefault(at, (float(edges[at]), float(one.place(edges[at : at + 1])[0])))
    points = sorted(known)
    old_points = edges[points]
    shift = np.array([known[at][1] for at in points]) - old_points
    sizes = np.diff(old_points)
    growth = 1.0 + np.diff(shift) / sizes
    moved = edges + np.interp(edges, old_points, shift)
    _require_round(held, edges, moved)
    return widths * np.repeat(growth, np.diff(points)), moved


def _require_round(held: Sequence[_Held], edges: Floats, moved: Floats) -> None:
    """Raise UnmovableError where the cells of a circle did not move as one."""
    allowed = DEFORMED * float(np.abs(moved - edges).max()) + _rounding(edges)
    for one in held:
        span = slice(one.first, one.last + 1)
        if np.abs(moved[span] - one.place(edges[span])).max() > allowed:
            raise UnmovableError(
                f"sensitivities: an edge runs through the cells about {one.name} and the two do not move together, so "
                "one solution cannot tell the effect; a sweep shows it, over changes larger than a cell"
            )


def _rounding(edges: Floats) -> float:
    return 8.0 * float(np.finfo(float).eps) * float(np.abs(edges).max())
