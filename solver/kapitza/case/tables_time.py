"""The tables of a case file that time and frequency bring: [transient], [frequency], [zth]."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ValidationInfo

from kapitza.case.fields import Choice, Count, Number, Quantity, Text
from kapitza.case.table import Table, key
from kapitza.case.timed import Instants

METHODS = ("auto", "tr-bdf2", "bdf2", "backward-euler")


class Start(Quantity):
    """A temperature, or "steady"."""

    def read(self, value: Any, info: ValidationInfo) -> Any:
        return value if value == "steady" else super().read(value, info)


class TransientTable(Table):
    """Heating and cooling in time, from 0 s on."""

    required = ("until",)
    until: Annotated[float | None, Quantity("time")] = key("End of the run", "10 s")
    times: Annotated[Any, Instants()] = key(
        "Instants that are hit exactly and saved", ["1 ms", "0.1 s", "10 s"]
    )
    save: Annotated[int | None, Count()] = key("How many instants are saved, in place of times", 200)
    spacing: Annotated[str | None, Choice(("linear", "log"))] = key(
        "How the saved instants are spaced; default linear", "log"
    )
    tolerance: Annotated[float | None, Number(0.0, 1.0)] = key(
        "Local error of a step, relative to the range of temperatures; default 1e-4", 1e-4
    )
    method: Annotated[str | None, Choice(METHODS)] = key("How time is stepped; default auto", "tr-bdf2")
    checkpoint: Annotated[float | None, Quantity("time")] = key(
        "Write a checkpoint as often as this, by the clock; default: none", "60 s"
    )


class FrequencyTable(Table):
    """Periodic heating: every power and flux is an amplitude, every temperature a fixed one."""

    required = ("from", "to", "count")
    from_: Annotated[float | None, Quantity("frequency")] = key("Lowest frequency", "1 kHz", alias="from")
    to: Annotated[float | None, Quantity("frequency")] = key("Highest frequency", "20 MHz")
    count: Annotated[int | None, Count()] = key("How many, evenly by their logarithm", 40)


class ZthTable(Table):
    """Thermal impedance: the response of a probe to a step of power, for `kapitza zth`."""

    source: Annotated[str | None, Text()] = key(
        "What heats: a layer, region or source with heat, or a boundary with heat; default: the only one",
        "die",
    )
    probe: Annotated[str | None, Text()] = key("A probe, by its name; default: the only one", "junction")
    first: Annotated[float | None, Quantity("time")] = key(
        "Earliest time; default: 1 us, or the fastest time of the case where that is shorter", "1 us"
    )
    points: Annotated[int | None, Count()] = key("Points per decade of time; default 20", 20)
