"""[fit] as values in SI: the parameters, and what each column of the data sets, says or measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kapitza.case.amounts import Written
from kapitza.case.messages import NOTHING, Path
from kapitza.case.tables_fit import FitTable

Fault = Callable[[Path, str, Any], None]
Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    """A fitted key. written : its unit in the case · start, low, high : [SI] · log : its logarithm is fitted"""

    path: str
    written: Written
    start: float
    low: float
    high: float
    log: bool


@dataclass(frozen=True)
class Column:
    """A column of the data. sets : paths and factors · place : "z", "time", …; "" for others
    result : "temperature", "probe", …; "" for others · probe, part : of a result
    sigma : standard deviation [SI], relative : the same as a part of the value, sigma_from : the column that holds it;
    without any the scatter tells · proportional : the unknown scatter goes with the value"""

    name: str
    written: Written
    sets: tuple[tuple[str, float], ...] = ()
    place: str = ""
    result: str = ""
    probe: str = ""
    part: str = ""
    sigma: float | None = None
    relative: float | None = None
    sigma_from: str = ""
    proportional: bool = False
    unit: str = "1"

    @property
    def measured(self) -> bool:
        return bool(self.result)


@dataclass(frozen=True)
class Plan:
    """What is fitted to what. mode : "steady", "transient", "frequency", "zth" or "cell", what a run of it is"""

    parameters: tuple[Parameter, ...]
    settings: tuple[Column, ...]
    places: tuple[Column, ...]
    results: tuple[Column, ...]
    mode: str

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.settings, *self.places, *self.results)


class Faults:
    """What reads [fit]: its tables, the case that they are in, and who is told what is wrong, counted in ``faults``."""

    def __init__(self, table: FitTable, data: Raw, fault: Fault) -> None:
        self.table, self.data = table, data
        self._fault, self.faults = fault, 0

    def fault(self, path: Path, message: str, given: Any = NOTHING) -> None:
        self.faults += 1
        self._fault(("fit", *path), message, given)
