"""Pieces whose temperature nothing fixes: their mean is set where heat balances, refused where it does not."""

from __future__ import annotations

from collections.abc import Sequence

from kapitza.errors import PhysicsError
from kapitza.model import Stack
from kapitza.properties import reference_temperature

NOTE = "nothing fixes the temperature of"
BALANCED = 1e-10  # heat that does not leave, relative to what passes


def mean_temperature(stack: Stack) -> float:
    """The mean [K] that a balanced floating piece is given: [solve] initial, else what the case names."""
    if isinstance(stack.solve.initial, float | int):
        return stack.solve.initial
    return reference_temperature(stack)[0]


def check(names: Sequence[str], imbalance: float, throughput: float) -> None:
    """Raise PhysicsError if heat [W] collects in the piece that consists of ``names``."""
    if abs(imbalance) <= BALANCED * throughput:
        return
    verb = "stay in it" if imbalance > 0 else "are drawn from it"
    raise PhysicsError(
        f"{listed(names)}: no steady state: {abs(imbalance):.6g} W {verb} and nothing fixes its temperature. "
        "Give a boundary a temperature or an ambient, or connect it to a piece that has one"
    )


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
