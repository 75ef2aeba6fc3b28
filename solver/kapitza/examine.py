"""Everything about a stack that only its mesh can tell: what meets what, what lies where. All problems at once.

Solving stops at the first of them. Here each part of the stack (a heat, a source, a side, a patch, the interfaces, a
probe) is assembled by itself on a coarse mesh, so that every one can speak. Texts begin with the key path they are
about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from kapitza import properties
from kapitza.assemble import line as line_assembly
from kapitza.assemble import plane as plane_assembly
from kapitza.contacts import sheet_faces
from kapitza.errors import InputError
from kapitza.layout import Layout
from kapitza.mesh import Mesh, build_line, build_plane, cells_at
from kapitza.model import (
    SIDES,
    Adiabatic,
    Boundary,
    BoundaryProbe,
    Circle,
    Group,
    InterfaceProbe,
    Layer,
    Periodic,
    PieceProbe,
    PointProbe,
    Probe,
    Stack,
    leaves,
)
from kapitza.solution import beside

COARSE = 40  # cells along x are enough to see what lies where


def problems(stack: Stack) -> list[str]:
    """Texts of all problems, in the order of the case; empty where there are none."""
    found: list[str] = []

    def attempt(work: Callable[[], object], rename: tuple[str, str] | None = None) -> None:
        try:
            work()
        except InputError as error:
            for text in str(error).splitlines():
                named = re.sub(*rename, text, count=1) if rename else text
                if named not in found:
                    found.append(named)

    attempt(lambda: Layout.of(stack))
    if found:
        return found
    attempt(lambda: properties.evaluate(Layout.of(stack)))
    coarse = _coarse(stack)
    for part, rename in _parts(coarse):
        attempt(lambda p=part: _assembled(p), rename)  # type: ignore[misc]
    if stack.geometry.two_dimensional:
        layout = Layout.of(coarse)
        mesh = build_plane(layout)
        for index, probe in enumerate(stack.probes):
            attempt(lambda p=probe, i=index: _place(layout, mesh, p, f"probes.{i}"))  # type: ignore[misc]
    return found


def _coarse(stack: Stack) -> Stack:
    """The stack on few cells; as it is where there are circles, whose cells are those with their centres in them."""
    if any(isinstance(region.shape, Circle) for region in stack.regions):
        return stack
    few = min(stack.mesh.x or COARSE, COARSE)
    return replace(stack, mesh=replace(stack.mesh, x=few, z=None, cells_per_layer=4))


def _assembled(stack: Stack) -> None:
    layout = Layout.of(stack)
    unit = properties.Properties.unit(layout)
    if stack.geometry.two_dimensional:
        plane_assembly.assemble(layout, build_plane(layout), unit)
    else:
        line_assembly.assemble(layout, build_line(layout), unit)


def _parts(stack: Stack) -> Iterator[tuple[Stack, tuple[str, str] | None]]:
    """The stack reduced to one part at a time, and how to rename the key that its error names."""
    cold = replace(
        stack,
        layers=_heated(stack.layers, None),
        regions=[replace(region, heat=0.0) for region in stack.regions],
        interfaces=(),
        sources=(),
        boundaries={side: Boundary(b.condition) for side, b in stack.boundaries.items() if _periodic(b)},
    )
    yield replace(cold, interfaces=stack.interfaces), None
    for layer in leaves(stack.layers):
        if layer.heat:
            yield replace(cold, layers=_heated(stack.layers, layer)), None
    for index, region in enumerate(stack.regions):
        if region.heat:
            regions = [r if i == index else replace(r, heat=0.0) for i, r in enumerate(stack.regions)]
            yield replace(cold, regions=regions), None
    for index, source in enumerate(stack.sources):
        yield replace(cold, sources=[source]), (r"^sources\.0", f"sources.{index}")
    for side, boundary in stack.boundaries.items():
        if _periodic(boundary):
            continue
        for number, patch in enumerate(boundary.patches):
            alone = {**cold.boundaries, side: Boundary(Adiabatic(), (patch,))}
            yield replace(cold, boundaries=alone), (r"patches\.0", f"patches.{number}")
        yield replace(cold, boundaries={**cold.boundaries, side: boundary}), None


def _periodic(boundary: Boundary) -> bool:
    return isinstance(boundary.condition, Periodic)


def _heated(layers: Sequence[Layer | Group], only: Layer | None) -> tuple[Layer | Group, ...]:
    """The same layers, all heats taken away but that of ``only``."""
    return tuple(
        replace(item, layers=_heated(item.layers, only))
        if isinstance(item, Group)
        else (item if item is only else replace(item, heat=0.0))
        for item in layers
    )


def _place(layout: Layout, mesh: Mesh, probe: Probe, where: str) -> None:
    """Whether a probe of a 2-D mesh points somewhere."""
    assert mesh.x_edges is not None
    match probe:
        case PieceProbe():
            pieces = layout.select(probe.piece, f"{where}.layer")
            if not np.isin(mesh.piece, pieces).any():
                raise InputError(
                    f"{where}.layer: {probe.piece!r} is painted over wholly; no cell bears its name"
                )
        case PointProbe():
            cells = cells_at(mesh, probe.x, probe.z, f"{where}.at")
            if probe.piece is not None:
                known = layout.select(probe.piece, f"{where}.layer")
                met = (
                    beside.pieces_at(layout, mesh, probe.x, probe.z, *cells[0])
                    if probe.x is not None
                    else None
                )
                if not np.isin(met if met is not None else mesh.piece[tuple(cells.T)], known).any():
                    raise InputError(f"{where}: {probe.piece!r} does not reach this point")
        case BoundaryProbe():
            if probe.boundary not in SIDES[layout.stack.geometry.kind]:
                sides = ", ".join(SIDES[layout.stack.geometry.kind])
                raise InputError(f"{where}.boundary: {probe.boundary!r} is no side here; known: {sides}")
        case InterfaceProbe():
            piece = mesh.piece.astype(np.intp)
            first = np.concatenate([piece[:-1].ravel(), piece[:, :-1].ravel()])
            second = np.concatenate([piece[1:].ravel(), piece[:, 1:].ravel()])
            sheet_faces(layout, probe.between, f"{where}.interface", first, second)
