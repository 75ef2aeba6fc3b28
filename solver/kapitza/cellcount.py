"""How many cells a stack gets where the case says little; counted without making any."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from kapitza.layout import count_layers
from kapitza.model import Group, Layer, Stack

CELLS_PER_LAYER = 20
CELLS_IN_TIME = 200  # in a layer of a 1-D transient or of curved waves, where the profile is no parabola, …
ALL_IN_TIME = 4000  # … as long as they are not more than this in all
CELLS_ACROSS = 400  # default total along x
CELLS_THROUGH = 600  # default total along z stays below this …
LEAST_CELLS = (
    4  # … with at least this many in each, and more in thick ones: cells no taller than two widths …
)
VERY_THIN = 0.01  # thickness over two cell widths
TALLEST = 600  # … up to this many in all


def count_cells(stack: Stack) -> tuple[int, int]:
    """(nz, nx) of the mesh that `build` would make, within a few cells, without making anything."""
    if not stack.geometry.two_dimensional:
        default = line_cells(stack)
        return sum(n * (layer.cells or default) for layer, n in _leaves(stack.layers)), 1
    layers = count_layers(stack.layers)
    fixed = sum(n * (layer.cells or 0) for layer, n in _leaves(stack.layers))
    free = sum(n for layer, n in _leaves(stack.layers) if layer.cells is None)
    if stack.mesh.z is not None and free:
        nz = max(stack.mesh.z, fixed + free)
    else:
        nz = fixed + sum(
            n * default_cells(stack, layer.thickness, layers)
            for layer, n in _leaves(stack.layers)
            if layer.cells is None
        )
    return nz, stack.mesh.x or CELLS_ACROSS


def line_cells(stack: Stack) -> int:
    """Cells of a layer of a 1-D mesh that does not say its own."""
    if stack.mesh.cells_per_layer is not None:
        return stack.mesh.cells_per_layer
    waves = stack.frequency is not None and stack.geometry.kind != "slab"  # in slabs cells are exact
    if stack.transient is None and not waves:
        return CELLS_PER_LAYER
    return min(CELLS_IN_TIME, max(CELLS_PER_LAYER, ALL_IN_TIME // count_layers(stack.layers)))


def filled_share(stack: Stack) -> float:
    """Fraction of a 2-D grid that holds material: layers narrower than the domain leave void, a fill none."""
    extent = stack.geometry.x
    if extent is None or stack.geometry.fill is not None:
        return 1.0
    whole, layers = extent[1] - extent[0], count_layers(stack.layers)
    held = total = 0.0
    for layer, n in _leaves(stack.layers):
        if layer.cells is not None:
            rows = float(layer.cells)
        else:
            rows = layer.thickness if stack.mesh.z else float(default_cells(stack, layer.thickness, layers))
        total += n * rows
        held += n * rows * (1.0 if layer.x is None else (layer.x[1] - layer.x[0]) / whole)
    return held / total


def _leaves(layers: Iterable[Layer | Group], times: int = 1) -> Iterator[tuple[Layer, int]]:
    """Every layer of the case and how often it is there."""
    for item in layers:
        if isinstance(item, Group):
            yield from _leaves(item.layers, times * item.repeat)
        else:
            yield item, times


def default_cells(stack: Stack, thickness: float, layers: int) -> int:
    """Cells through a layer of a 2-D mesh that says nothing: at least as many as keep cells from being tall."""
    if stack.mesh.cells_per_layer is not None:
        return stack.mesh.cells_per_layer
    few = min(CELLS_PER_LAYER, max(LEAST_CELLS, CELLS_THROUGH // max(layers, 1)))
    extent = stack.geometry.x or (0.0, 1.0)
    square = 0.5 * thickness * (stack.mesh.x or CELLS_ACROSS) / (extent[1] - extent[0])
    if square < VERY_THIN:
        few = min(few, LEAST_CELLS)  # across a film this thin the profile is a straight line
    height = sum(n * layer.thickness for layer, n in _leaves(stack.layers))
    return max(few, math.ceil(min(square, TALLEST * thickness / height)))
