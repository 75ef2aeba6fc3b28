"""What a steady stack depends on, one number at a time: sizes, conductivities, contacts, boundaries, heats."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kapitza.interfaces.law import Law
from kapitza.interfaces.power import STEFAN_BOLTZMANN
from kapitza.layout import Floats, Layout
from kapitza.model import (
    Boundary,
    Group,
    Heat,
    HeatFlux,
    Layer,
    Reservoir,
    Stack,
    Temperature,
)
from kapitza.solution.parts import InterfaceResult
from kapitza.solution.solved import Solved
from kapitza.studies.adjoint import Adjoint
from kapitza.studies.adjoint.effects import Effects, Place, parts
from kapitza.studies.adjoint.moved import UnmovableError

STEP = 1e-4  # of a value, in central differences of what the adjoint is multiplied with


@dataclass(frozen=True)
class Parameter:
    """One number of a stack and what it does to n functionals.

    kind : "layer", "region", "fill", "interface", "boundary" or "source" · name : of that · quantity : "thickness", …
    value, unit : SI · derivatives : (n,) per that unit · count : how many equal ones share it, taken together
    """

    kind: str
    name: str
    quantity: str
    value: float
    unit: str
    derivatives: Floats
    count: int = 1

    @property
    def absolute(self) -> bool:
        """A temperature, of which one kelvin is told, not one per cent."""
        return self.unit == "K"

    @property
    def effects(self) -> Floats:
        """(n,) change of the functionals by one per cent more of it; by one kelvin more of a temperature."""
        return self.derivatives * (1.0 if self.absolute else 0.01 * self.value)


@dataclass(frozen=True)
class LeftOut:
    """A number whose effect cannot be told from one solution. kind, name, quantity : as of `Parameter`"""

    kind: str
    name: str
    quantity: str
    reason: str


def parameters(solved: Solved, adjoint: Adjoint) -> tuple[list[Parameter], list[LeftOut]]:
    """All of a solved stack, in the order of the stack, and those that are left out."""
    effects = adjoint.effects()
    found = [
        *_conductivities(solved, effects),
        *_contacts(solved, effects),
        *_films(solved, effects),
    ]
    left_out = []
    for given in _given(solved):
        try:
            found.append(_of(adjoint, effects, given))
        except UnmovableError as error:
            reason = str(error).removeprefix("sensitivities: ")
            left_out.append(LeftOut(given.kind, given.name, given.quantity, reason))
    return found, left_out


# From products of flows -----------------------------------------------------------------------------------


def _conductivities(solved: Solved, found: Sequence[Effects]) -> Iterator[Parameter]:
    """Of each kind of piece, through and along together; the value is that at its mean temperature."""
    layout = solved.layout
    effects = np.array([one.conductivity for one in found])
    mean, volume = solved.pieces.mean, solved.pieces.volume
    kinds = layout.kind(np.arange(layout.n_pieces))
    for kind, material in enumerate(layout.kind_materials):
        pieces = np.flatnonzero(kinds == kind)
        pieces = pieces[~np.isnan(mean[pieces])]
        if not len(pieces):
            continue
        frozen = solved.stack.solve.properties_at
        T = float(np.average(mean[pieces], weights=volume[pieces])) if frozen is None else frozen
        k = float(material.conductivity(T))
        yield Parameter(
            _kind(layout, kind),
            layout.kind_bases[kind],
            "conductivity",
            k,
            "W/(m*K)",
            effects[:, kind] / k,
            len(pieces),
        )


def _kind(layout: Layout, kind: int) -> str:
    if kind < len(layout.kinds):
        return "layer"
    return "region" if kind < len(layout.kinds) + len(layout.regions) else "fill"


def _contacts(solved: Solved, found: Sequence[Effects]) -> Iterator[Parameter]:
    """Contacts with a resistance; equal ones, of the same two kinds under one law, together."""
    effects = np.array([one.resistance for one in found])
    layout, faces = solved.layout, solved.interfaces.faces
    if not len(faces.pieces):
        return
    first, second = (layout.kind(faces.pieces[:, i]) for i in (0, 1))
    keys = np.stack([np.minimum(first, second), np.maximum(first, second), faces.law_index])
    _, at, which = np.unique(keys, axis=1, return_index=True, return_inverse=True)
    for group in np.argsort(at):
        members = np.flatnonzero(which.ravel() == group)
        contact = solved.interfaces.at(int(members[0]))
        law = contact.law
        R = law.resistance if law.linear else _resistance(contact)
        if not 0.0 < R < math.inf:
            continue
        below, above = (layout.base(piece) for piece in contact.pieces)
        name = contact.name if len(members) == 1 else f"{below}|{above}"
        derivative = effects[:, members].sum(axis=1) / R
        yield Parameter("interface", name, "resistance", R, "m^2*K/W", derivative, len(members))


def _resistance(contact: InterfaceResult) -> float:
    """Of a law that is not linear, at its jump: over sizes of both, which a closed contact has in all directions."""
    flux, jump = contact.mean(np.abs(contact.flux_values)), contact.jump_abs
    if flux > 0.0 and jump > 0.0:
        return jump / flux
    conductance = float(contact.law.conductance(contact.below))
    return 1.0 / conductance if conductance > 0.0 else math.inf


def _films(solved: Solved, found: Sequence[Effects]) -> Iterator[Parameter]:
    """h and emissivity of every condition that has them; "film" of any other law."""
    effects = [one.film for one in found]
    for place in effects[0]:
        side, number = place
        boundary = solved.stack.boundary(side)
        condition = boundary.condition if number == 0 else boundary.patches[number - 1].condition
        assert isinstance(condition, Reservoir)
        for i, law in enumerate(parts(condition.law)):
            quantity, value, unit = _film(solved, side, condition.ambient, law, whole=not boundary.patches)
            changes = -np.array([film[place][i] for film in effects])
            yield Parameter("boundary", _side(side, number), quantity, value, unit, changes / value)


def _film(solved: Solved, side: str, ambient: Any, law: Law, whole: bool) -> tuple[str, float, str]:
    """(quantity, value, unit) of a law at a boundary. Of a film: flux over temperature difference at the mean surface;
    the slope of the law at no difference where the surface is not known alone."""
    if law.linear:
        return "h", 1.0 / law.resistance, "W/(m^2*K)"
    if law.about.model == "radiation":
        black = 4.0 * STEFAN_BOLTZMANN * float(ambient) ** 3
        return "emissivity", float(law.conductance(float(ambient))) / black, ""
    surface = solved.boundaries[side].temperature
    if whole and surface is not None and abs(surface - ambient) > 1e-9 * ambient:
        return "film", float(law.evaluate(surface, float(ambient))[0]) / (surface - ambient), "W/(m^2*K)"
    return "film", float(law.conductance(float(ambient))), "W/(m^2*K)"


def _side(side: str, number: int) -> str:
    return side if number == 0 else f"{side} patch {number}"


# From sums over cells, or else from differences -----------------------------------------------------------


@dataclass(frozen=True)
class _Given:
    """A number of the stack. put : the stack with another such value · index : of the kind of piece; place : of the
    condition on a boundary, where it belongs to one"""

    kind: str
    name: str
    quantity: str
    value: float
    unit: str
    put: Callable[[float], Stack]
    count: int = 1
    index: int | None = None
    place: Place | None = None


def _of(adjoint: Adjoint, effects: Sequence[Effects], given: _Given) -> Parameter:
    derivatives = _summed(effects, given)
    if derivatives is None:
        step = STEP * given.value
        high, low = given.put(given.value + step), given.put(given.value - step)
        derivatives = adjoint.difference(high, low) / (2.0 * step)
    return Parameter(
        given.kind, given.name, given.quantity, given.value, given.unit, derivatives, given.count
    )


def _summed(effects: Sequence[Effects], given: _Given) -> Floats | None:
    """(n,) derivatives, where sums over the cells have told them."""
    if given.place is not None and given.quantity in ("temperature", "ambient"):
        return np.array([one.ambient.get(given.place, 0.0) for one in effects])
    if given.index is None:
        return None
    table = [one.thickness if given.quantity == "thickness" else one.heat for one in effects]
    found = np.array([np.nan if column is None else column[given.index] for column in table])
    return None if np.isnan(found).any() else found / given.value


def _given(solved: Solved) -> Iterator[_Given]:
    """Sizes, temperatures and heats that the stack gives as numbers, and what makes another stack of each."""
    stack, layout = solved.stack, solved.layout
    counts = np.bincount(layout.kind_of, minlength=len(layout.kinds))
    for kind, layer in enumerate(layout.kinds):
        name, count = layout.bases[kind], int(counts[kind])
        for quantity, unit in (("thickness", "m"), ("heat", "W"), ("heat_density", "W/m^3")):
            for given in _field("layer", name, quantity, unit, layer, _layer(stack, kind)):
                yield replace(given, count=count, index=kind)
    for i, region in enumerate(stack.regions):
        for quantity, unit in (("heat", "W"), ("heat_density", "W/m^3")):
            for given in _field("region", region.name, quantity, unit, region, _listed(stack, "regions", i)):
                yield replace(given, index=len(layout.kinds) + i)
    for i, source in enumerate(stack.sources):
        units = {"heat": "W", "heat_density": "W/m^3", "heat_flux": "W/m^2"}
        for quantity, unit in units.items():
            put = _listed(stack, "sources", i)
            yield from _field("source", source.name, quantity, unit, source, put)
    for side, boundary in stack.boundaries.items():
        conditions = [boundary.condition, *(patch.condition for patch in boundary.patches)]
        for number, condition in enumerate(conditions):
            quantity, unit = {
                Temperature: ("temperature", "K"),
                Reservoir: ("ambient", "K"),
                Heat: ("heat", "W"),
                HeatFlux: ("heat_flux", "W/m^2"),
            }.get(type(condition), ("", ""))
            put = _condition(stack, side, number)
            for given in _field("boundary", _side(side, number), quantity, unit, condition, put):
                yield replace(given, place=(side, number))


def _field(
    kind: str, name: str, quantity: str, unit: str, owner: Any, put: Callable[[Any], Stack]
) -> Iterator[_Given]:
    """A number of a frozen value, unless it is zero or a function. put : the stack with another such value"""
    value = getattr(owner, quantity, None) if quantity else None
    if isinstance(value, float | int) and value != 0.0:
        yield _Given(
            kind, name, quantity, float(value), unit, lambda to: put(replace(owner, **{quantity: to}))
        )


def _layer(stack: Stack, kind: int) -> Callable[[Layer], Stack]:
    """Puts another layer in the place of kind number ``kind``."""

    def walk(items: Sequence[Layer | Group], layer: Layer, at: int) -> tuple[list[Layer | Group], int]:
        out: list[Layer | Group] = []
        for item in items:
            if isinstance(item, Group):
                inner, at = walk(item.layers, layer, at)
                out.append(replace(item, layers=tuple(inner)))
            else:
                out.append(layer if at == kind else item)
                at += 1
        return out, at

    return lambda layer: replace(stack, layers=tuple(walk(stack.layers, layer, 0)[0]))


def _listed(stack: Stack, key: str, number: int) -> Callable[[Any], Stack]:
    """Puts another region or source in the place of number ``number``."""

    def put(item: Any) -> Stack:
        items = list(getattr(stack, key))
        items[number] = item
        changed: dict[str, Any] = {key: tuple(items)}
        return replace(stack, **changed)

    return put


def _condition(stack: Stack, side: str, number: int) -> Callable[[Any], Stack]:
    boundary = stack.boundary(side)

    def put(condition: Any) -> Stack:
        if number == 0:
            other = replace(boundary, condition=condition)
        else:
            patches = list(boundary.patches)
            patches[number - 1] = replace(patches[number - 1], condition=condition)
            other = Boundary(boundary.condition, tuple(patches))
        return replace(stack, boundaries={**stack.boundaries, side: other})

    return put
