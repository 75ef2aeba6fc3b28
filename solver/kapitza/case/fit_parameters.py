"""[fit.parameters]: which keys of the case are fitted, from where, within what, and whether by their logarithm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kapitza.case.amounts import Written, amount
from kapitza.case.edit import value_at
from kapitza.case.fit_plan import Faults, Parameter
from kapitza.case.keys import takes
from kapitza.case.messages import NOTHING, Path
from kapitza.case.tables_fit import ParameterTable
from kapitza.errors import InputError
from kapitza.quantities import DIMENSIONS, identify


class Parameters(Faults):
    """Reads rows of [fit.parameters]."""

    def parameter(self, path: str, row: ParameterTable) -> Parameter | None:
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


def _inside(held: Any) -> str:
    """A way on to a number inside a table or list."""
    for name, inner in held.items() if isinstance(held, Mapping) else enumerate(held):
        if isinstance(inner, Mapping | list):
            return f"{name}.{_inside(inner)}"
        if name != "at":
            return str(name)
    return "value"
