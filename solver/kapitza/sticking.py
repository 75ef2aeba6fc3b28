"""Circles that stick out of a periodic cell: it cuts them off, unless they are there again one period further.

Edges of rectangles outside the domain are refused when a case is read.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

import numpy as np

from kapitza.layout import Layout
from kapitza.mesh import SAME
from kapitza.model import Circle, Periodic, Region

SIDES = {
    "plane": (("left", "right"), ("bottom", "top")),
    "axisymmetric": (("inner", "outer"), ("bottom", "top")),
}
ALL = ("left", "right", "bottom", "top", "inner", "outer")


def over_periodic_sides(layout: Layout) -> Iterator[str]:
    """Sentences on circles that reach over the periodic sides of a domain."""
    sides = layout.stack.boundaries.items()
    names = {name for name, boundary in sides if isinstance(boundary.condition, Periodic)}
    return sticking_out(layout, names) if names else iter(())


def sticking_out(layout: Layout, sides: Container[str] = ALL) -> Iterator[str]:
    """Sentences on circles that are cut off at any of ``sides``: what, where and by how much."""
    stack = layout.stack
    across, through = stack.geometry.x, (float(layout.layer_edges[0]), float(layout.layer_edges[-1]))
    for region in layout.regions:
        shape = region.shape
        if not isinstance(shape, Circle) or across is None:
            continue
        for axis, (low, high) in enumerate((across, through)):
            names = SIDES[stack.geometry.kind][axis]
            for name, beyond, step in (
                (names[0], low - shape.center[axis] + shape.radius, high - low),
                (names[1], shape.center[axis] + shape.radius - high, low - high),
            ):
                # A circle around the axis is a sphere; what lies outside a cylinder repeats nowhere.
                if name not in sides or beyond <= SAME * (high - low) or name == "inner":
                    continue
                if name != "outer" and any(_same(region, axis, step, other) for other in layout.regions):
                    continue
                again = "" if name == "outer" else f", or paint it again {abs(step):.6g} m further"
                yield (
                    f"{region.name}: reaches {beyond:.6g} m beyond the {name} of the cell, where it is cut off, and "
                    f"the cell repeats what is left of it; move it inside{again}"
                )


def _same(region: Region, axis: int, step: float, other: Region) -> bool:
    """Whether ``other`` is the circle ``region`` moved by ``step`` [m] along an axis."""
    shape, there = region.shape, other.shape
    if other.material != region.material or not isinstance(shape, Circle) or not isinstance(there, Circle):
        return False
    mine = [*shape.center, shape.radius]
    mine[axis] += step
    return bool(np.allclose(mine, [*there.center, there.radius], rtol=0.0, atol=1e-9 * abs(step)))
