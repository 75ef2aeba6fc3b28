"""[fit] read: its parameters, its columns, and whether they make a fit together."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kapitza.case.edit import located, meeting
from kapitza.case.fit_columns import Columns
from kapitza.case.fit_parameters import Parameters
from kapitza.case.fit_plan import Column, Fault, Faults, Plan, Raw
from kapitza.case.messages import Path, Trouble, case_error
from kapitza.case.tables_fit import FitTable


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


class _Reader(Faults):
    def __init__(self, table: FitTable, data: Raw, fault: Fault, faulty: Callable[[Path], bool]) -> None:
        super().__init__(table, data, fault)
        self.parameters = Parameters(table, data, fault)
        self.columns = Columns(table, data, fault)
        self.faulty = faulty

    def plan(self) -> Plan | None:
        rows = self.table.parameters or {}
        if not rows:
            self.fault(("parameters",), 'names no key to fit; for example "interfaces.0.conductance" = {}')
        if not self.table.columns:
            self.fault(("columns",), 'describes no column; for example [fit.columns.T], is = "temperature"')
        parameters = [
            None if self.faulty(("fit", "parameters", path)) else self.parameters.parameter(path, row)
            for path, row in rows.items()
        ]
        columns = [
            None if self.faulty(("fit", "columns", name)) else self.columns.column(name, row)
            for name, row in (self.table.columns or {}).items()
        ]
        self._once()
        if self.faults or self.parameters.faults or None in parameters or None in columns:
            return None
        known = [column for column in columns if column is not None]
        settings = tuple(c for c in known if c.sets)
        places = tuple(c for c in known if c.place)
        results = tuple(c for c in known if c.measured)
        mode = self._mode(settings, places, results)
        found = Plan(tuple(p for p in parameters if p is not None), settings, places, results, mode)
        self._together(found)
        return None if self.faults else found

    def _once(self) -> None:
        """Fault with keys that are fitted or set twice, however they are written."""
        fitted: list[tuple[Path, str]] = []
        for path in self.table.parameters or {}:
            place = located(self.data, path)
            other = next((written for there, written in fitted if meeting(there, place)), None)
            if other is not None:
                self.fault(
                    ("parameters", path), f"{_same(path, other)} is fitted already; keep one of the two"
                )
            fitted.append((place, path))
        taken: list[tuple[Path, str, str]] = []
        for name, row in (self.table.columns or {}).items():
            for path in row.sets or ():
                place = located(self.data, path)
                at = ("columns", name, "sets")
                other = next((written for there, written in fitted if meeting(there, place)), None)
                if other is not None:
                    self.fault(at, f"{_same(path, other)} is fitted, so the data cannot set it as well")
                for there, written, column in taken:
                    if meeting(there, place):
                        self.fault(
                            at, f"{_same(path, written)} is set by {column} already; keep one of the two"
                        )
                        break
                taken.append((place, path, name))

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


def _same(path: str, other: str) -> str:
    """A key that is there already, with the other way in which it was written."""
    if path == other:
        return path
    inside = path.count(".") != other.count(".")
    return f"{path}, {'one with' if inside else 'the same key as'} {other},"
