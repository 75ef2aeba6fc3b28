"""What is differentiated: a probe, or the highest temperature of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kapitza.contacts import sheet_faces
from kapitza.errors import InputError
from kapitza.layout import Ints, Layout
from kapitza.model import BoundaryProbe, InterfaceProbe, PieceProbe, PointProbe, Stack
from kapitza.solution.solved import Solved


@dataclass(frozen=True)
class Maximum:
    """The highest temperature anywhere [K]."""

    name: str = "maximum"


Functional = PieceProbe | PointProbe | BoundaryProbe | InterfaceProbe | Maximum


def default(solved: Solved) -> list[Functional]:
    """The probes of a solved stack; where it has none, its maximum, and in 1-D between two temperatures the heat flux,
    which the maximum says nothing of."""
    stack = solved.stack
    if stack.probes:
        return [*stack.probes]
    between = all(side.reference is not None for side in solved.boundaries.values())
    if solved.line is None or solved.has_sources or not between or not len(solved.interfaces):
        return [Maximum()]
    below, above = solved.interfaces.at(0).pieces
    names = solved.layout.name(below), solved.layout.name(above)
    return [Maximum(), InterfaceProbe("heat flux", names, "flux")]


def where(stack: Stack, functional: Functional) -> str:
    """How errors call a functional: by its place among the probes of the case, if it is one."""
    for number, probe in enumerate(stack.probes):
        if probe is functional:
            return f"probes.{number}"
    return functional.name


def unit(functional: Functional) -> str:
    """ "K", or "W/m^2" of a flux."""
    flux = isinstance(functional, InterfaceProbe) and functional.side == "flux"
    return "W/m^2" if flux else "K"


@dataclass(frozen=True)
class Along:
    """Contacts that an interface probe means. contact : (m,) their numbers · side : seen in their own order
    sign : -1 where the probe names the sides the other way round, of jumps and fluxes"""

    contact: Ints
    side: str
    sign: float


def contacts(layout: Layout, probe: InterfaceProbe, pairs: Ints, place: str) -> Along:
    """pairs : (n, 2) pieces of all contacts as below|above. Raises InputError where the two do not touch."""
    order = sheet_faces(layout, probe.between, f"{place}.interface", pairs[:, 0], pairs[:, 1])
    if (order <= 0).all():
        turned = {"below": "above", "above": "below"}.get(probe.side, probe.side)
        found = contacts(layout, replace(probe, between=probe.between[::-1], side=turned), pairs, place)  # type: ignore[arg-type]
        return replace(found, sign=-found.sign if probe.side in ("jump", "flux") else found.sign)
    return Along(np.flatnonzero(order), probe.side, 1.0)


def require_steady(stack: Stack) -> None:
    """Raise InputError for a stack that is not at rest."""
    for key, what in (
        ("transient", "a run in time"),
        ("frequency", "periodic heating"),
        ("channels", "one with several temperatures at each place"),
        ("thermoelectric", "a thermoelectric leg"),
    ):
        if getattr(stack, key):
            raise InputError(
                f"{key}: sensitivities are those of a steady state of conduction, and this case is {what}. Take "
                f"[{key}] out of it, or see what the keys in question do with `kapitza sweep`"
            )


def names(functionals: Sequence[Functional]) -> list[str]:
    return [functional.name for functional in functionals]
