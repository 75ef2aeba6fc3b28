"""The resistance budget: what each layer, joint and film costs.

1-D: resistances in series [K/W], which add up to the total. 2-D: differences of area-mean temperatures over the
heat that passes. The mean over a full face falls by Q t / (k A) across a layer of constant width, so layers show
their one-dimensional resistance; what is lost where the width changes is the part called "spreading".
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats, Ints
from kapitza.solution.parts import perfect
from kapitza.solution.solved import Solved

LONG = 200  # lists beyond this show equal entries once


@dataclass(frozen=True)
class Part:
    """name · kind : "layer", "interface", "boundary" or "spreading" · value [K/W] (mean of ``count`` equal ones)
    share : of the total, all ``count`` together; None where there is no total · least, most : [K/W]"""

    name: str
    kind: str
    value: float
    share: float | None
    count: int = 1
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True)
class Budget:
    """total [K/W], None where heat has no single way through · parts, in the order in which heat meets them."""

    total: float | None
    parts: Sequence[Part]


def groups(keys: Ints, together: bool) -> list[Ints]:
    """Indices of equal keys, in order of first appearance; one group each unless ``together``."""
    if not together:
        return [np.array([i]) for i in range(len(keys))]
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    bounds = np.flatnonzero(np.diff(inverse[order], prepend=-1))
    members = np.split(order, bounds[1:])
    return [members[i] for i in np.argsort(first)]


def budget(solved: Solved) -> Budget:
    """Resistance budget of a solution."""
    return _line_budget(solved) if solved.line is not None else _plane_budget(solved)


# One dimension --------------------------------------------------------------------------------------------


def _line_budget(solved: Solved) -> Budget:
    state, layout = solved.line, solved.layout
    assert state is not None
    starts = np.flatnonzero(np.diff(state.problem.line.segment_piece, prepend=-1))
    layers = np.add.reduceat(state.series.segments, starts)
    joints, films = state.series.joints, state.series.films
    names = list(solved.boundaries)
    total: float | None = math.fsum([*films, *layers.tolist(), *joints.tolist()])
    if solved.has_sources or total is None or not math.isfinite(total):
        total = None
    resisting = np.flatnonzero(joints != 0)
    together = len(layers) + len(resisting) > LONG
    joint_keys = _joint_keys(solved, resisting)
    found: list[tuple[float, Part]] = []
    if films[0] > 0:
        found.append((-1.0, _part(names[0], "boundary", np.array([films[0]]), total)))
    for members in groups(layout.kind_of, together):
        i = int(members[0])
        name = layout.name(i) if len(members) == 1 else layout.base(i)
        found.append((float(i), _part(name, "layer", layers[members], total)))
    for members in groups(joint_keys, together):
        i = int(resisting[members[0]])
        name = contact_name(solved, i, len(members) > 1)
        found.append((i + 0.5, _part(name, "interface", joints[resisting[members]], total)))
    if films[1] > 0:
        found.append((math.inf, _part(names[1], "boundary", np.array([films[1]]), total)))
    found.sort(key=lambda entry: entry[0])
    return Budget(total, [part for _, part in found])


def _part(name: str, kind: str, values: Floats, total: float | None) -> Part:
    share = math.fsum(values.tolist()) / total if total else None
    if len(values) == 1:
        return Part(name, kind, float(values[0]), share)
    return Part(
        name, kind, float(values.mean()), share, len(values), float(values.min()), float(values.max())
    )


def _joint_keys(solved: Solved, which: Ints) -> Ints:
    """Equal for contacts between the same kinds of pieces, in either order, under the same law."""
    faces, layout = solved.interfaces.faces, solved.layout
    below, above = layout.kind(faces.pieces[which, 0]), layout.kind(faces.pieces[which, 1])
    low, high = np.minimum(below, above), np.maximum(below, above)
    return (low * layout.n_kinds + high) * len(faces.law) + faces.law_index[which]


def contact_keys(solved: Solved) -> Ints:
    """(n_contacts,) the keys of all contacts, for grouping."""
    return _joint_keys(solved, np.arange(len(solved.interfaces)))


def contact_name(solved: Solved, i: int, grouped: bool) -> str:
    """Name of contact ``i``, without indices where it stands for a group."""
    if not grouped:
        return solved.interfaces.name(i)
    below, above = solved.interfaces.faces.pieces[i]
    return f"{solved.layout.base(int(below))}|{solved.layout.base(int(above))}"


# Two dimensions -------------------------------------------------------------------------------------------


def _plane_budget(solved: Solved) -> Budget:
    """Heat that leaves through the top or the bottom alone has a way through the stack; else only no budget."""
    ends = {name: solved.boundaries[name] for name in ("bottom", "top")}
    largest = max((abs(b.heat) for b in solved.boundaries.values()), default=0.0)
    out = [name for name, b in solved.boundaries.items() if b.heat < -1e-9 * largest]
    if len(out) != 1 or out[0] not in ends or ends[out[0]].reference is None:
        return Budget(None, [])
    sink = ends[out[0]]
    entering = [b for b in solved.boundaries.values() if b.heat > 1e-9 * largest]
    heat = -sink.heat
    if solved.has_sources and entering:
        return Budget(None, [])
    upwards = out[0] == "top"
    layers = range(solved.layout.n_layers) if upwards else range(solved.layout.n_layers - 1, -1, -1)
    if solved.has_sources:
        source = solved.source_temperature
        sources = [i for i in layers if _carries_heat(solved, i)]
        first = sources[0] if len(sources) == 1 else None
        inlet = None
    elif len(entering) == 1 and entering[0].name in ends:
        inlet = entering[0]
        flux = np.maximum(inlet.flux_values, 0.0) * inlet.area
        source = float(np.average(inlet.temperature_values, weights=flux))
        if inlet.reference is not None and inlet.film >= 0.0:
            source = inlet.reference
        first = layers[0]
    else:
        return Budget(None, [])
    if source is None or sink.reference is None:
        return Budget(None, [])
    total = (source - sink.reference) / heat
    parts: list[tuple[str, str, float]] = []
    if inlet is not None and inlet.film > 0:
        parts.append((inlet.name, "boundary", inlet.film))
    if first is not None:
        parts += _path(solved, layers, first, heat, upwards, source if solved.has_sources else None)
    if sink.film > 0:
        parts.append((sink.name, "boundary", sink.film))
    known = math.fsum(value for _, _, value in parts)
    if first is not None:
        parts.append(("spreading", "spreading", total - known))
    share = (lambda v: v / total) if total else (lambda v: None)
    return Budget(total, [Part(name, kind, value, share(value)) for name, kind, value in parts])


def _carries_heat(solved: Solved, layer: int) -> bool:
    stack, layout = solved.stack, solved.layout
    own = layout.kinds[layout.kind_of[layer]]
    if own.heat or own.heat_density:
        return True
    return any(
        layer in layout.select(s.piece, "sources") if hasattr(s, "piece") else False for s in stack.sources
    )


def _path(
    solved: Solved, layers: Iterable[int], first: int, heat: float, upwards: bool, source: float | None
) -> list[tuple[str, str, float]]:
    """Drops of mean temperature over heat [K/W], from the layer where heat enters to the sink."""
    table, layout = solved.pieces, solved.layout
    jumps: dict[tuple[int, int], float] = {}
    names: dict[tuple[int, int], str] = {}
    for i in range(len(solved.interfaces)):
        contact = solved.interfaces.at(i)
        below, above = contact.pieces
        key, sign = ((below, above), 1.0) if below < above else ((above, below), -1.0)
        if not perfect(contact.law) and not contact.vertical.all():
            jumps[key], names[key] = sign * contact.jump, contact.name
    parts: list[tuple[str, str, float]] = []
    previous: int | None = None
    started = False
    for layer in layers:
        started = started or layer == first
        if not started or math.isnan(table.mean[layer]):
            continue
        if previous is not None:
            key = (min(previous, layer), max(previous, layer))
            if key in jumps:
                jump = jumps[key] if upwards else -jumps[key]
                parts.append((names[key], "interface", jump / heat))
        near, far = float(table.bottom[layer]), float(table.top[layer])
        if not upwards:
            near, far = far, near
        if layer == first and source is not None:
            near = source
        parts.append((layout.name(layer), "layer", (near - far) / heat))
        previous = layer
    return parts
