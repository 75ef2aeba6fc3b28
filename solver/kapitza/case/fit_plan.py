"""[fit] as values in SI: the parameters, and what each column of the data sets, says or measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kapitza.case.amounts import Written, amount
from kapitza.case.edit import value_at
from kapitza.case.keys import takes
from kapitza.case.messages import NOTHING, Path, Trouble, case_error, joined, nearest
from kapitza.case.names import rows
from kapitza.case.tables_fit import PLACES, ColumnTable, FitTable, ParameterTable
from kapitza.errors import InputError
from kapitza.quantities import DIMENSIONS, identify

Fault = Callable[[Path, str, Any], None]
Raw = Mapping[str, Any]

UNITS = {
    "z": "m",
    "r": "m",
    "x": "m",
    "time": "s",
    "frequency": "Hz",
    "temperature": "K",
    "effective_conductivity": "W/(m*K)",
    "conductivity_zz": "W/(m*K)",
    "conductivity_xx": "W/(m*K)",
    "resistance": "K/W",
    "zth": "K/W",
    "flux": "W/m^2",
    "difference": "K",
    "phase": "1",
}
USUAL = {"K": "degC", "m": "mm", "s": "s", "Hz": "kHz", "1": "deg"}


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


def plan(table: FitTable, data: Raw) -> Plan:
    """The plan of a case's [fit]. Raises CaseError with all that is wrong."""
    troubles: list[Trouble] = []
    found = read_plan(
        table, data, lambda path, message, given: troubles.append(Trouble(path, given, message))
    )
    if troubles or found is None:
        raise case_error(troubles, "", None)
    return found


def read_plan(
    table: FitTable, data: Raw, fault: Fault, faulty: Callable[[Path], bool] = lambda path: False
) -> Plan | None:
    """The plan, or None where something is wrong, which ``fault`` is told.

    faulty : whether something at or below a path has been found wrong before, and is left out here"""
    return _Reader(table, data, fault, faulty).plan()


class _Reader:
    def __init__(self, table: FitTable, data: Raw, fault: Fault, faulty: Callable[[Path], bool]) -> None:
        self.table, self.data, self.faulty = table, data, faulty
        self._fault, self.faults = fault, 0

    def fault(self, path: Path, message: str, given: Any = NOTHING) -> None:
        self.faults += 1
        self._fault(("fit", *path), message, given)

    def plan(self) -> Plan | None:
        if not self.table.parameters:
            self.fault(("parameters",), 'names no key to fit; for example "interfaces.0.conductance" = {}')
        if not self.table.columns:
            self.fault(("columns",), 'describes no column; for example [fit.columns.T], is = "temperature"')
        parameters = [
            None if self.faulty(("fit", "parameters", path)) else self._parameter(path, row)
            for path, row in (self.table.parameters or {}).items()
        ]
        columns = [
            None if self.faulty(("fit", "columns", name)) else self._column(name, row)
            for name, row in (self.table.columns or {}).items()
        ]
        if self.faults or None in parameters or None in columns:
            return None
        known = [column for column in columns if column is not None]
        settings = tuple(c for c in known if c.sets)
        places = tuple(c for c in known if c.place)
        results = tuple(c for c in known if c.measured)
        mode = self._mode(settings, places, results)
        found = Plan(tuple(p for p in parameters if p is not None), settings, places, results, mode)
        self._together(found)
        return None if self.faults else found

    # Parameters -------------------------------------------------------------------------------------------

    def _parameter(self, path: str, row: ParameterTable) -> Parameter | None:
        at: Path = ("parameters", path)
        try:
            held = value_at(self.data, path)
        except InputError as problem:
            self.fault(at, str(problem).removeprefix(f"{path}: "))
            return None
        if isinstance(held, Mapping | list):
            self.fault(at, f"is not one number in the case; go on to one, for example {path}.{_inside(held)}")
            return None
        if takes(path).whole:
            self.fault(at, "takes whole numbers, which cannot be fitted")
            return None
        if held is None and row.start is None:
            self.fault(at, "has no value in the case to begin with; give start")
            return None
        try:
            value, written = amount(held if held is not None else row.start)
        except InputError as problem:
            self.fault(at, f"is no number in the case: {problem}", held)
            return None
        before = self.faults
        dimension = takes(path).dimension
        if held is None and dimension is not None and not written.same_kind(Written.of(dimension.unit)):
            self.fault(
                (*at, "start"), f'expected {dimension.noun}, for example "{dimension.example}"', row.start
            )
            return None
        start = self._amount((*at, "start"), row.start, written) if row.start is not None else value
        low, high = -math.inf, math.inf
        if row.between is not None:
            low = self._amount((*at, "between", 0), row.between[0], written)
            high = self._amount((*at, "between", 1), row.between[1], written)
        if self.faults > before:
            return None
        log = self._logarithmic(path, row, written, start, low)
        if not low < high:
            self.fault((*at, "between"), "the lowest value is not below the highest", list(row.between or ()))
        elif not low <= start <= high:
            if row.start is not None:
                self.fault((*at, "start"), "lies outside of between; begin within", row.start)
            else:
                self.fault(at, f"the value in the case, {held}, lies outside of between; give a start within")
        elif log and (start <= 0.0 or (row.between is not None and low <= 0.0)):
            self.fault(
                (*at, "scale"),
                'a logarithm needs values above zero; write scale = "linear"',
                row.scale or NOTHING,
            )
        elif start == 0.0 and math.isinf(high - low):
            self.fault(at, "begins at zero, which does not tell its size; give between")
        return Parameter(path, written, start, low, high, log)

    def _amount(self, at: Path, given: Any, like: Written) -> float:
        try:
            value, written = amount(given)
        except InputError as problem:
            self.fault(at, str(problem), given)
            return math.nan
        if not written.same_kind(like):
            wanted = f"a unit such as {like.unit}" if like.unit else "a bare number"
            self.fault(at, f"the case has {wanted} there", given)
            return math.nan
        return value

    def _logarithmic(
        self, path: str, row: ParameterTable, written: Written, start: float, low: float
    ) -> bool:
        if row.scale is not None:
            return row.scale == "log"
        dimension = takes(path).dimension or identify(written.scale.exponents)
        if dimension is None or dimension.unit in ("K", "1") or dimension.noun == DIMENSIONS["position"].noun:
            positive = dimension is not None and dimension.noun == "a length" and path.endswith("thickness")
        else:
            positive = dimension.lowest != "any"
        positive = positive or path.endswith(".scale")
        return positive and start > 0.0 and (low > 0.0 or math.isinf(low))

    # Columns ----------------------------------------------------------------------------------------------

    def _column(self, name: str, row: ColumnTable) -> Column | None:
        at: Path = ("columns", name)
        before = self.faults
        roles = [key for key in ("sets", "is", "probe", "sigma_of") if getattr(row, _field(key)) is not None]
        if len(roles) != 1:
            said = (
                f"both {roles[0]} and {roles[1]} are given; keep one" if roles else "is not said what it is"
            )
            self.fault(at, f"{said}: one of sets, is, probe, sigma_of")
            return None
        try:
            written = Written.of(row.unit)
        except InputError as problem:
            self.fault((*at, "unit"), str(problem), row.unit)
            return None
        role = roles[0]
        if role == "sets":
            made = self._setting(at, name, row, written)
        elif role == "sigma_of":
            made = Column(name, written)
        elif role == "is" and row.is_ in PLACES:
            made = Column(name, written, place=row.is_ or "", unit=UNITS[row.is_ or ""])
        else:
            made = self._result(at, name, row, written)
        for key in ("sigma", "noise", "part"):
            if getattr(row, key) is not None and not made.measured:
                self.fault((*at, key), "belongs to what was measured, which this column is not")
        if role == "sigma_of":
            self._uncertainty(at, row, written)
        elif role != "sets":
            self._unit(at, row, made)
        return made if self.faults == before else None

    def _setting(self, at: Path, name: str, row: ColumnTable, written: Written) -> Column:
        for path in row.sets:
            try:
                held = value_at(self.data, path)
            except InputError as problem:
                self.fault((*at, "sets"), str(problem))
                continue
            if path in (self.table.parameters or {}):
                self.fault((*at, "sets"), f"{path} is fitted, so the data cannot set it as well")
                continue
            dimension = takes(path).dimension
            like = Written.of(dimension.unit) if dimension is not None and dimension.unit != "1" else None
            if like is None and held is not None:
                try:
                    like = amount(held)[1]
                except InputError as problem:
                    self.fault((*at, "sets"), f"{path}: {problem}")
            if like is not None and not written.same_kind(like):
                kind = identify(like.scale.exponents)
                wanted = (
                    f'{kind.noun}, for example unit = "{kind.example.split(maxsplit=1)[-1]}"'
                    if kind and like.unit
                    else "no unit"
                )
                self.fault((*at, "unit"), f"{path} takes {wanted}", row.unit or NOTHING)
        return Column(name, written, sets=tuple(row.sets.items()))

    def _result(self, at: Path, name: str, row: ColumnTable, written: Written) -> Column:
        result = row.is_ or "probe"
        unit = UNITS.get(result, "K")
        if result == "probe":
            unit = self._of_probe(at, row.probe or "")
        periodic = "frequency" in self.data and result in ("probe", "temperature")
        part = (row.part or "amplitude") if periodic else ""
        if row.part is not None and not periodic:
            self.fault(
                (*at, "part"), "belongs to periodic heating, and the case has no [frequency]", row.part
            )
        if part == "phase":
            unit = "1"
        difference = bool(part) or unit == "difference"
        unit = "K" if unit == "difference" else unit
        if difference and written.scale.offset:
            self.fault((*at, "unit"), "a difference of temperatures is in K", row.unit)
        sigma, relative = None, None
        others = [n for n, c in (self.table.columns or {}).items() if c.sigma_of == name]
        if row.sigma is not None and others:
            self.fault(
                (*at, "sigma"), f"given beside the column '{others[0]}'; keep one of the two", row.sigma
            )
        elif row.sigma is not None:
            sigma, relative = self._sigma((*at, "sigma"), row.sigma, written)
        if row.noise is not None and (row.sigma is not None or others):
            self.fault((*at, "noise"), "belongs to a scatter of unknown size, and sigma is given", row.noise)
        return Column(
            name,
            written,
            result=result,
            probe=row.probe or "",
            part=part,
            sigma=sigma,
            relative=relative,
            sigma_from=others[0] if others else "",
            proportional=row.noise == "relative",
            unit=unit,
        )

    def _of_probe(self, at: Path, name: str) -> str:
        probes = {raw.get("name"): raw for raw in rows(self.data, "probes")}
        if name not in probes:
            hint = nearest(name, [str(n) for n in probes]) or "add [[probes]]"
            self.fault((*at, "probe"), joined("no probe has this name", hint), name)
            return "K"
        raw = probes[name]
        if "interface" not in raw:
            return "K"
        return {"flux": "W/m^2", "below": "K", "above": "K"}.get(str(raw.get("side")), "difference")

    def _sigma(self, at: Path, given: Any, like: Written) -> tuple[float | None, float | None]:
        try:
            _, written = amount(given)
            number = float(written.number(amount(given)[0]))
        except InputError as problem:
            self.fault(at, str(problem), given)
            return None, None
        if number <= 0.0:
            self.fault(at, "a standard deviation is above zero", given)
        if written.unit == "%":
            return None, 0.01 * number
        if not written.same_kind(like):
            wanted = f'for example "0.1 {like.unit}"' if like.unit else "a bare number"
            self.fault(at, f'expected {wanted}, or a part of the value, "2 %"', given)
        return number * float(written.scale.factor), None

    def _uncertainty(self, at: Path, row: ColumnTable, written: Written) -> None:
        columns = self.table.columns or {}
        other = columns.get(row.sigma_of or "")
        if other is None or (other.is_ in PLACES or other.sets is not None or other.sigma_of is not None):
            measured = [n for n, c in columns.items() if c.probe or (c.is_ and c.is_ not in PLACES)]
            hint = nearest(row.sigma_of, measured)
            self.fault((*at, "sigma_of"), joined("no measured column has this name", hint), row.sigma_of)
            return
        try:
            like = Written.of(other.unit)
        except InputError:
            return
        if not written.same_kind(like):
            self.fault(
                (*at, "unit"), f"'{row.sigma_of}' is in {other.unit or 'bare numbers'}", row.unit or NOTHING
            )

    def _unit(self, at: Path, row: ColumnTable, made: Column) -> None:
        wanted = Written.of(made.unit)
        if made.written.same_kind(wanted):
            return
        what = f"probe {made.probe}" if made.probe else made.place or made.result
        if made.part == "phase":
            what = "phase"
        kind = identify(wanted.scale.exponents)
        noun = kind.noun if kind is not None and made.unit != "1" else "an angle"
        usual = USUAL.get(made.unit, made.unit)
        self.fault((*at, "unit"), f'{what} is {noun}; for example unit = "{usual}"', row.unit or NOTHING)

    # What belongs together --------------------------------------------------------------------------------

    def _mode(
        self, settings: tuple[Column, ...], places: tuple[Column, ...], results: tuple[Column, ...]
    ) -> str:
        kinds = {column.result for column in results}
        if "zth" in kinds:
            return "zth"
        if kinds & {"conductivity_zz", "conductivity_xx"}:
            return "cell"
        if "frequency" in self.data:
            return "frequency"
        return "transient" if "transient" in self.data else "steady"

    def _together(self, plan: Plan) -> None:
        if not plan.results:
            self.fault(
                ("columns",), 'none says what was measured; for example probe = "…" or is = "temperature"'
            )
            return
        if not (plan.settings or plan.places):
            self.fault(
                ("columns",), "none tells the rows apart; one must set a key, or be z, time or frequency"
            )
        of_mode = {
            "zth": ("zth",),
            "cell": ("conductivity_zz", "conductivity_xx"),
            "frequency": ("probe", "temperature"),
            "transient": ("probe", "temperature"),
            "steady": ("probe", "temperature", "effective_conductivity", "resistance"),
        }[plan.mode]
        run = {
            "zth": "beside zth",
            "cell": "beside conductivity_zz or conductivity_xx",
            "frequency": "with [frequency]",
            "transient": "with [transient]",
            "steady": "in a steady case",
        }[plan.mode]
        for column in plan.results:
            if column.result not in of_mode:
                self.fault(("columns", column.name), f"{column.result} cannot be measured {run}")
        needed = {"zth": "time", "transient": "time", "frequency": "frequency"}.get(plan.mode)
        given = [column.place for column in plan.places]
        for column in plan.places:
            if column.place in ("time", "frequency") and column.place != needed:
                why = f"belongs to a case with [{'transient' if column.place == 'time' else 'frequency'}], or to zth"
                self.fault(("columns", column.name, "is"), why, column.place)
            if given.count(column.place) > 1 and given.index(column.place) != plan.places.index(column):
                self.fault(("columns", column.name, "is"), "another column is this already", column.place)
        if needed is not None and needed not in given:
            self.fault(("columns",), f'none is the {needed} of the rows; for example is = "{needed}"')
        self._where(plan, given)

    def _where(self, plan: Plan, given: list[str]) -> None:
        """Temperatures need a place, and a place temperatures."""
        geometry = self.data.get("geometry")
        kind = geometry.get("kind") if isinstance(geometry, Mapping) else None
        needs = {"plane": ["x", "z"], "axisymmetric": ["r", "z"], "cylinder": ["r"], "sphere": ["r"]}
        axes = needs.get(str(kind), ["z"])
        warm = any(column.result == "temperature" for column in plan.results)
        for column in plan.places:
            if column.place in ("x", "r", "z") and (column.place not in axes or not warm):
                why = (
                    f"a {kind} has {' and '.join(axes)}"
                    if column.place not in axes
                    else "no temperature is measured there"
                )
                self.fault(("columns", column.name, "is"), why, column.place)
        for axis in axes if warm else ():
            if axis not in given:
                self.fault(("columns",), f'temperatures need a place; one column must have is = "{axis}"')


def _field(key: str) -> str:
    return "is_" if key == "is" else key


def _inside(held: Any) -> str:
    """A way on to a number inside a table or list."""
    for name, inner in held.items() if isinstance(held, Mapping) else enumerate(held):
        if isinstance(inner, Mapping | list):
            return f"{name}.{_inside(inner)}"
        if name != "at":
            return str(name)
    return "value"
