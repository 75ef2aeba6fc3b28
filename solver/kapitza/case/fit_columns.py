"""[fit.columns]: what each column of the data sets, where or when it is, or what was measured, in which unit."""

from __future__ import annotations

from typing import Any

from kapitza.case.amounts import Written, amount
from kapitza.case.edit import value_at
from kapitza.case.fit_plan import Column, Faults
from kapitza.case.keys import takes
from kapitza.case.messages import NOTHING, Path, joined, nearest
from kapitza.case.names import rows
from kapitza.case.tables_fit import PLACES, ColumnTable
from kapitza.errors import InputError
from kapitza.quantities import identify

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
ZERO = "a part of a temperature depends on its zero, and this column is in degrees with a zero of their own"


class Columns(Faults):
    """Reads rows of [fit.columns]."""

    def column(self, name: str, row: ColumnTable) -> Column | None:
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
        elif row.noise == "relative" and written.scale.offset:
            self.fault((*at, "noise"), f"{ZERO}; leave it out, or give sigma in kelvin", row.noise)
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
            if like.scale.offset:
                self.fault(
                    at, f'{ZERO}; give kelvin, "0.1 K", or a column of standard deviations (sigma_of)', given
                )
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


def _field(key: str) -> str:
    return "is_" if key == "is" else key
