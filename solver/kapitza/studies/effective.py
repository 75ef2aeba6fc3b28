"""Effective conductivity of a periodic cell: a laminate by sums, a plane or axisymmetric cell by its mesh.

Every boundary is periodic, whatever the stack says; heat and sources are left out.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from kapitza import estimate, guards
from kapitza.contacts import match
from kapitza.errors import InputError
from kapitza.interfaces.law import Conductance, Insulated, Law
from kapitza.interfaces.pair import PairLaw
from kapitza.layout import Ints, Layout
from kapitza.model import Boundary, Interface, Periodic, Stack
from kapitza.properties import ROOM, evaluate
from kapitza.sticking import sticking_out
from kapitza.studies.cell import solve_cell
from kapitza.studies.conductivity import Effective as Effective


def effective(stack: Stack, at: float | None = None) -> Effective:
    """Conductivity of the cell that the layers and regions of ``stack`` are.

    at : temperature at which conductivities and laws are taken [K]; default: properties_at of the stack, else 300 K.

    Raises InputError where the stack contradicts itself, has no periodic cell (cylinder, sphere), or where a
    conductivity or a law is not known at this temperature; ResourceError where it would need more memory than there is.
    """
    kind = stack.geometry.kind
    if kind in ("cylinder", "sphere"):
        raise InputError(
            f"geometry.kind: a {kind} repeats nothing along its radius, so it has no effective conductivity; describe "
            "the periodic cell as a slab, a plane, or an axisymmetric domain"
        )
    temperature = at if at is not None else (stack.solve.properties_at or ROOM)
    if not (math.isfinite(temperature) and temperature > 0.0):
        raise InputError(f"effective: at = {temperature!r} K is not above absolute zero")
    said: list[str] = []
    cell = _cell(stack, temperature, said)
    estimate.require(replace(cell, mesh=replace(cell.mesh, cells_per_layer=1)) if kind == "slab" else cell)
    solve = _laminate if kind == "slab" else solve_cell
    layout = Layout.of(cell)
    found = solve(layout, temperature)
    said += sticking_out(layout)
    thin = guards.thin_layers(layout, lambda kind: temperature)
    found = replace(found, warnings=(*dict.fromkeys(said), *thin, *found.warnings))
    if not cell.interfaces:
        return found
    return replace(found, perfect=solve(Layout.of(replace(cell, interfaces=())), temperature))


def _cell(stack: Stack, temperature: float, said: list[str]) -> Stack:
    """The stack as one period: no sources, nothing but periodic sides, every law linear; what the laws warn of at
    ``temperature`` [K] goes into ``said``."""
    sides = {"slab": (), "plane": ("bottom", "top", "left", "right"), "axisymmetric": ("bottom", "top")}
    return replace(
        stack,
        interfaces=[_linear(entry, i, temperature, said) for i, entry in enumerate(stack.interfaces)],
        sources=(),
        boundaries={side: Boundary(Periodic()) for side in sides[stack.geometry.kind]},
        probes=(),
        solve=replace(stack.solve, properties_at=temperature),
    )


def _linear(entry: Interface, index: int, temperature: float, said: list[str]) -> Interface:
    law = entry.law
    if isinstance(law, PairLaw):
        make = law.make
        return replace(entry, law=PairLaw(lambda below, above: _at(make(below, above), temperature, said)))
    try:
        return replace(entry, law=_at(law, temperature, said))
    except InputError as problem:
        raise InputError(f"interfaces.{index}: {problem}") from None


def _at(law: Law, temperature: float, said: list[str]) -> Law:
    """The law of small jumps at ``temperature`` [K]. Raises InputError outside the range of the law."""
    said += law.warnings(temperature, temperature)
    if law.linear:
        return law
    low, high = law.valid
    if not low <= temperature <= high:
        raise InputError(
            f"{law.about.model}: known from {low:g} to {high:g} K, not at {temperature:g} K; choose another --at"
        )
    conductance = float(law.conductance(temperature))
    return Conductance(conductance) if conductance > 0.0 else Insulated()


def _laminate(layout: Layout, temperature: float) -> Effective:
    """k_zz = L/(Σ d/k + Σ R), k_xx = Σ d k/L; the contact between the last layer and the first is one of them."""
    n = layout.n_layers
    conductivity = evaluate(layout)
    through, lateral = conductivity.through[layout.kind_of], conductivity.lateral[layout.kind_of]
    d = layout.thickness
    first: Ints = np.arange(n - 1, dtype=np.intp)
    second = first + 1
    if n > 1:
        first, second = np.append(first, 0), np.append(second, n - 1)
    resistance = match(layout, first, second).resistance
    length = math.fsum(d)
    zz = length / math.fsum([*(d / through), *resistance])
    xx = math.fsum(d * lateral) / length
    parallel = max(xx, math.fsum(d * through) / length)
    series = min(zz, length / math.fsum(d / lateral))
    return Effective(zz, xx, 0.0, series, parallel, temperature, "slab", n, layout.stack.title)
