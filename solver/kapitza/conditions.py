"""What happens at the outer boundary of a stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kapitza import checks
from kapitza.bychannel import ByChannel
from kapitza.interfaces.law import Law
from kapitza.laws.time import TimeLaw

Span = tuple[float, float]


@dataclass(frozen=True)
class Adiabatic:
    """No heat passes."""


@dataclass(frozen=True)
class Heat:
    """Total heat [W] into the domain, spread evenly over the area outside the patches; or a function of time."""

    heat: float | TimeLaw

    def __post_init__(self) -> None:
        checks.timed(self.heat, "boundary.heat")


@dataclass(frozen=True)
class HeatFlux:
    """Heat flux [W/m^2] into the domain; or a function of time."""

    heat_flux: float | TimeLaw

    def __post_init__(self) -> None:
        checks.timed(self.heat_flux, "boundary.heat_flux")


@dataclass(frozen=True)
class Temperature:
    """Surface held at ``temperature`` [K]; or a function of time."""

    temperature: float | TimeLaw

    def __post_init__(self) -> None:
        checks.above_zero_kelvin(self.temperature, "boundary.temperature")


@dataclass(frozen=True)
class Reservoir:
    """A reservoir at ``ambient`` [K], or a function of time, behind a law: convection h is the resistance 1/h."""

    ambient: float | TimeLaw
    law: Law

    def __post_init__(self) -> None:
        checks.above_zero_kelvin(self.ambient, "boundary.ambient")
        checks.must(
            isinstance(self.law, Law),
            f"boundary: {self.law!r} is no law; kp.Conductance(h), kp.Resistance(R), …",
        )


@dataclass(frozen=True)
class PerChannel:
    """Each channel has its own condition; one that is not named is insulated. Any other condition holds the channels
    together at the surface."""

    conditions: ByChannel[Heat | HeatFlux | Temperature | Reservoir]


@dataclass(frozen=True)
class Periodic:
    """What leaves left enters right."""


Condition = Adiabatic | Heat | HeatFlux | Temperature | Reservoir | Periodic | PerChannel


@dataclass(frozen=True)
class Patch:
    """A part of a 2-D boundary that differs; ``along``: range of x (or r), on left and right of z [m]."""

    along: Span
    condition: Condition

    def __post_init__(self) -> None:
        checks.ordered(self.along, "boundary.patches")


@dataclass(frozen=True)
class Boundary:
    """Condition of one side, and the patches that differ."""

    condition: Condition = field(default_factory=Adiabatic)
    patches: tuple[Patch, ...] = ()

    def __post_init__(self) -> None:
        known = isinstance(self.condition, Condition)
        checks.must(
            known,
            f"boundary: {self.condition!r} is no condition; kp.Heat(W), kp.Temperature(K), kp.Reservoir, …",
        )


def apart(side: str, patches: Sequence[Patch]) -> None:
    """Patches must not overlap."""
    ordered = sorted(range(len(patches)), key=lambda i: patches[i].along)
    for one, two in pairwise(ordered):
        end, begin = patches[one].along[1], patches[two].along[0]
        checks.must(
            begin >= end - 1e-9 * abs(end),
            f"boundary.{side}.patches.{two}: overlaps patches.{one}; patches must lie side by side",
        )
