"""The table of a case file that a thermoelectric leg brings: [thermoelectric]."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ValidationInfo

from kapitza.case.fields import Quantity
from kapitza.case.table import Table, key

BEST = ("best", "power")


class Load(Quantity):
    """An electrical resistance, or a word for the best one."""

    def read(self, value: Any, info: ValidationInfo) -> Any:
        return value if value in BEST else super().read(value, info)


class ThermoelectricTable(Table):
    """Current through a slab whose materials have seebeck and electrical_resistivity: Joule and Peltier heat, at
    constant properties, upwards from the first to the last layer that conducts."""

    current: Annotated[float | None, Quantity("electric current")] = key(
        "Current from the first layer to the last", "2 A", "-500 mA"
    )
    load: Annotated[Any, Load("electrical resistance")] = key(
        'In place of current: what the leg feeds; "best": the load of greatest efficiency, "power": of most power',
        "20 mohm",
        "best",
    )
