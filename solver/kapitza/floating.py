"""Pieces whose temperature nothing fixes: their mean is set where heat balances, refused where it does not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from kapitza.errors import PhysicsError
from kapitza.model import Reservoir, Stack
from kapitza.properties import reference_temperature

NO_FILM = (
    "its ambient holds nothing, as its film lets no heat through; give the film a conductance above zero"
)
NOTE = "nothing fixes the temperature of"
BALANCED = 1e-10  # heat that does not leave, relative to what passes


class FloatingError(PhysicsError):
    """Heat collects where nothing fixes the temperature. text : without advice · sides : `blocked` of the stack"""

    text: str
    sides: tuple[str, ...]


def mean_temperature(stack: Stack) -> float:
    """The mean [K] that a balanced floating piece is given: [solve] initial, else what the case names."""
    if isinstance(stack.solve.initial, float | int):
        return stack.solve.initial
    return reference_temperature(stack)[0]


def blocked(stack: Stack) -> tuple[str, ...]:
    """Sides that have an ambient, behind a film through which nothing passes."""
    given = {side: boundary.condition for side, boundary in stack.boundaries.items()}
    return tuple(
        side
        for side, condition in given.items()
        if isinstance(condition, Reservoir) and condition.law.linear and math.isinf(condition.law.resistance)
    )


def check(names: Sequence[str], imbalance: float, throughput: float, stack: Stack) -> None:
    """Raise FloatingError if heat [W] collects in the piece of ``stack`` that consists of ``names``."""
    if abs(imbalance) <= BALANCED * throughput:
        return
    verb = "stay in it" if imbalance > 0 else "are drawn from it"
    raise error(
        f"{listed(names)}: no steady state: {abs(imbalance):.6g} W {verb} and nothing fixes its temperature.",
        {side: f"boundary.{side}: {NO_FILM}" for side in blocked(stack)},
    )


def error(text: str, films: Mapping[str, str]) -> FloatingError:
    """The error for ``text``; films : what is said of each side that is `blocked`."""
    advice = "Give a boundary a temperature or an ambient, or connect it to a piece that has one"
    made = FloatingError(f"{text} {'; '.join(films.values()) or advice}")
    made.text, made.sides = text, tuple(films)
    return made


def note(names: Sequence[str], mean: float) -> str:
    """What is said of a piece whose mean was set."""
    return (
        f"{NOTE} {listed(names)}; heat balances, and the mean is set to {mean:.6g} K "
        "([solve] initial sets another)"
    )


def told(warnings: Sequence[str]) -> bool:
    """Whether one of ``warnings`` is such a note."""
    return any(warning.startswith(NOTE) for warning in warnings)


def listed(names: Sequence[str]) -> str:
    """At most six names, the rest counted."""
    shown = list(dict.fromkeys(names))
    if len(shown) > 6:
        return ", ".join(shown[:5]) + f" and {len(shown) - 5} more"
    return ", ".join(shown)
