"""What a thermoelectric leg gives: current, voltage, power, efficiency, and the most that it could."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """A layer that carries current, or a contact of it; repetitions together.

    kind : "layer" or "interface" · count : repetitions · resistance : electrical, of all of them [ohm]
    seebeck [V/K] and figure_of_merit S^2 T/(rho k) at the mean of the given temperatures: of a layer, else None
    """

    name: str
    kind: str
    count: int
    resistance: float
    seebeck: float | None = None
    figure_of_merit: float | None = None


@dataclass(frozen=True)
class Most:
    """The operation in which something is greatest: current [A], load [ohm], power [W], efficiency."""

    current: float
    load: float
    power: float
    efficiency: float


@dataclass(frozen=True)
class Thermoelectric:
    """current : from the first layer to the last [A] · voltage : over the load, of the current's sign where the leg
    gives power [V] · load : voltage over current [ohm]; None without current · power : given to the load [W]
    heat_in : from the hot side, and heat_out : to the cold side [W] · efficiency : power over heat_in, where both are
    above zero · cooling : heat taken from the cold side over the power that it costs, where both are above zero
    open_voltage [V] · resistance : electrical, of layers and contacts [ohm]
    most_power, most_efficiency : the best loads between the same sides; None where there is no power to be had
    effective_zt : of the ideal leg between the same two temperatures whose greatest efficiency is that of this one, at
    their mean; None where both are not given, or where other sources heat the leg
    """

    current: float
    voltage: float
    load: float | None
    power: float
    heat_in: float
    heat_out: float
    efficiency: float | None
    cooling: float | None
    open_voltage: float
    resistance: float
    most_power: Most | None
    most_efficiency: Most | None
    effective_zt: float | None
    parts: tuple[Part, ...]

    def describe(self) -> dict[str, Any]:
        """Plain data, for results."""
        told = asdict(self)
        told["parts"] = list(told["parts"])
        return told
