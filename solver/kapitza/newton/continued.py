"""Interface laws and conductivities continued beyond their range: an iteration may look there, a result may not.

A law is continued along its slopes from the nearest temperatures at which it is defined. The slope towards side 2
never falls below a small part of the other one, so a flux can always be inverted for a temperature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.errors import InputError, PhysicsError
from kapitza.interfaces.law import Law
from kapitza.laws.kirchhoff import COLDEST, HOTTEST
from kapitza.laws.media import Media
from kapitza.layout import Floats, Ints, Layout

FLATTEST = 1e-6
COOLING = 0.1  # nothing falls below this part of its temperature in one iteration


@dataclass(frozen=True)
class Flux:
    """q : (n,) [W/m^2] from side 1 to side 2 · first = dq/dT1 > 0, second = dq/dT2 < 0 [W/(m^2 K)]."""

    q: Floats
    first: Floats
    second: Floats


def flux(law: Law, T1: Floats, T2: Floats) -> Flux:
    """The law at any temperatures (n,)."""
    low, high = max(law.valid[0], COLDEST), min(law.valid[1], HOTTEST)
    a, b = np.clip(T1, low, high), np.clip(T2, low, high)
    q, first, second = law.evaluate(a, b)
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    size = np.maximum(first, -second)
    first, second = np.maximum(first, FLATTEST * size), np.minimum(second, -FLATTEST * size)
    return Flux(q + first * (T1 - a) + second * (T2 - b), first, second)


def settled(steps: Sequence[float], span: float, largest: float, tolerance: float) -> bool:
    """Whether an iteration is done: its last correction [K] is below ``tolerance`` of the span of temperatures, or so
    small that it no longer shrinks but for rounding."""
    size = steps[-1]
    if size <= tolerance * span + 1e-13 * largest:
        return True
    return len(steps) > 1 and size <= 1e-7 * span + 1e-10 * largest and size > 0.3 * steps[-2]


def check_range(layout: Layout, media: Media, pieces: Ints, T: Floats) -> None:
    """Raise where a temperature (n,) lies outside the range of its material: PhysicsError where it is beyond any
    material, so that the heat cannot flow; else InputError with material, layer and range. NaN is void."""
    hot = np.flatnonzero(T >= HOTTEST)
    if len(hot):
        name = layout.name(int(pieces[hot[0]]))
        raise PhysicsError(
            f"no steady state: more heat would have to flow through {name} than its conductivity, which falls with "
            "temperature, can carry. Heat less, or cool better"
        )
    for here, medium in media.groups:
        low, high = medium.law.valid
        if np.nanmin(T[here]) >= low and np.nanmax(T[here]) <= high:
            continue
        try:
            medium.check(T[here])
        except InputError as error:
            worst = here[np.nanargmax(np.maximum(low - T[here], T[here] - high))]
            piece = int(pieces[worst])
            raise InputError(
                f"materials.{layout.material(piece).name}.conductivity: in {layout.name(piece)}: {error}"
            ) from None
