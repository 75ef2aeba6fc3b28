"""The mesh of a solution, stretched to where a nearby stack has its edges: the same cells, other sizes.

Edges of layers, regions, sources and patches move as the stack says, all between them in proportion. What lies on the
edge of a layer that moves goes with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kapitza.errors import InputError
from kapitza.layout import Floats, Layout
from kapitza.mesh import SAME, Mesh
from kapitza.model import Rectangle, SheetSource, Source, Span, Stack

SIDEWAYS = ("left", "right", "inner", "outer")


def moved(mesh: Mesh, before: Layout, after: Layout) -> Mesh:
    """``mesh`` of the stack ``before`` for the stack ``after``, of the same pieces. Raises InputError for an edge that
    would leave the one it lies on."""
    if mesh.dx is None or mesh.x_edges is None:
        raise InputError("sensitivities: only a two-dimensional mesh can be stretched")
    z = [_heights(layout) for layout in (before, after)]
    x = [_widths(layout, mesh.uniform_x) for layout in (before, after)]
    if len(z[0]) != len(z[1]) or len(x[0]) != len(x[1]):
        raise InputError(
            "sensitivities: this key changes how many edges there are; only a sweep can show its effect"
        )
    dz, z_edges = _stretched(mesh.dz, mesh.z_edges, *z)
    dx, x_edges = _stretched(mesh.dx, mesh.x_edges, *x)
    if dz is mesh.dz and dx is mesh.dx and before.stack.geometry == after.stack.geometry:
        return mesh
    return replace(mesh, geometry=after.stack.geometry, dz=dz, z_edges=z_edges, dx=dx, x_edges=x_edges)


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
    widths: Floats, edges: Floats, before: Sequence[float], after: Sequence[float]
) -> tuple[Floats, Floats]:
    """(widths, edges) when the coordinates ``before`` become ``after``."""
    if list(before) == list(after):
        return widths, edges
    tolerance = SAME * float(edges[-1] - edges[0])
    known: dict[int, tuple[float, bool]] = {}
    for old, new in zip(before, after, strict=True):
        at = int(np.argmin(np.abs(edges - old)))
        if abs(float(edges[at]) - old) > 10.0 * tolerance:
            continue  # within cells, which are weighted by overlap there
        fixed = new == old
        if at in known:
            first, first_fixed = known[at]
            if first_fixed and not fixed and abs(new - first) > 0.0:
                raise InputError(
                    "sensitivities: the edge that this key moves lies on another one, and only one of the two moves; "
                    "only a sweep can show its effect"
                )
            continue
        known[at] = (new, fixed)
    points = sorted(known)
    old_points = edges[points]
    shift = np.array([known[at][0] for at in points]) - old_points
    sizes = np.diff(old_points)
    growth = 1.0 + np.diff(shift) / sizes
    return widths * np.repeat(growth, np.diff(points)), edges + np.interp(edges, old_points, shift)
