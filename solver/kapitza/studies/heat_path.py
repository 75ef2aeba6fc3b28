"""The way of the heat through a 1-D stack that is heated at one end: what a structure function shows."""

from __future__ import annotations

import numpy as np

from kapitza import properties
from kapitza.assemble.capacity import capacity_laws
from kapitza.contacts import match
from kapitza.layout import Floats, Ints, Layout
from kapitza.metrics import Metric
from kapitza.model import Adiabatic, Reservoir, Stack, Temperature
from kapitza.studies.structure import Element

SLICES = 64  # of a layer whose area changes along the way


def elements(stack: Stack, side: str, temperature: float) -> list[Element] | None:
    """Elements from the heated ``side`` to the other end, the film there included; properties at ``temperature`` [K].

    ``stack`` has linear laws. None where the heat has no single way: two dimensions, another end that holds nothing,
    a contact that lets nothing through.
    """
    if stack.geometry.two_dimensional:
        return None
    low = side in ("bottom", "inner")
    end = stack.boundary({"bottom": "top", "top": "bottom", "inner": "outer", "outer": "inner"}[side])
    if isinstance(end.condition, Adiabatic) or not isinstance(end.condition, Reservoir | Temperature):
        return None
    layout = Layout.of(stack)
    joints = _joints(layout)
    film = end.condition.law.resistance if isinstance(end.condition, Reservoir) else 0.0
    if not (np.isfinite(joints).all() and np.isfinite(film)):
        return None
    metric = Metric.of(stack.geometry)
    edges = layout.layer_edges
    areas = metric.area(edges)
    path: list[Element] = []
    slices = 1 if stack.geometry.kind == "slab" else SLICES
    conductivity = properties.evaluate(layout).through[layout.kind_of]
    capacity = _capacities(layout, temperature)
    for i in range(layout.n_layers):
        d = np.full(slices, layout.thickness[i] / slices)
        r = edges[i] + np.arange(slices) * d
        lower, upper = metric.resistances(r, d, np.full(slices, conductivity[i]))
        R, C = lower + upper, capacity[i] * metric.volume(r, d)
        if not np.isfinite(R).all():
            return None
        path += [Element(layout.name(i), "layer", float(a), float(b)) for a, b in zip(R, C, strict=True)]
        if i < layout.n_layers - 1 and joints[i] > 0.0:
            name = f"{layout.name(i)}|{layout.name(i + 1)}"
            path.append(Element(name, "interface", float(joints[i] / areas[i + 1])))
    if not low:
        path.reverse()
    if film > 0.0:
        name = next(s for s in ("top", "bottom", "outer", "inner") if stack.boundary(s) is end)
        path.append(Element(name, "boundary", float(film / areas[-1 if low else 0])))
    return path


def _joints(layout: Layout) -> Floats:
    """(n_layers - 1,) [m^2 K/W]."""
    first: Ints = np.arange(layout.n_layers - 1, dtype=np.intp)
    return match(layout, first, first + 1).resistance


def _capacities(layout: Layout, temperature: float) -> Floats:
    """(n_layers,) [J/(m^3 K)]."""
    held = []
    for law in capacity_laws(layout):
        low, high = law.valid
        held.append(float(law(min(max(temperature, low), high))))
    return np.array(held)[layout.kind_of]
