"""The results of a sweep as one hypercube."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza import quantities
from kapitza.case.axis import shown_in
from kapitza.errors import InputError
from kapitza.studies.sweeping.assemble import Variable

Array = npt.NDArray[Any]
PREFIXES = (("G", 1e9), ("M", 1e6), ("k", 1e3))  # of watts, pascals and hertz


@dataclass(frozen=True)
class Failed:
    """A point that came to nothing: where it is (values as texts), the exit code of its error, and what that says."""

    point: int
    where: Mapping[str, str]
    code: int
    message: str


@dataclass(frozen=True, repr=False)
class Sweep:
    """All results of a sweep. dims : names of the swept dimensions, in order · shape : their sizes

    coords : of each swept quantity, along its dimension; of time or frequency where all points share it
    variables : one for each probe, by its name, and each value of the summary, by its path in it ("temperature.max",
    "layers.die.max", "interfaces.die|sink.jump"); NaN where a point failed or has no such value
    status : (shape) 0, or the exit code of the error · messages : (shape) "" or what went wrong, as one text
    warnings : text -> number of points that gave it, or one that differs in its numbers alone
    of : "run", "effective" or "zth"
    logarithmic : swept quantities whose values are spread along a logarithm · show : results that a picture shows
    """

    title: str
    of: str
    dims: tuple[str, ...]
    coords: Mapping[str, Variable]
    variables: Mapping[str, Variable]
    status: npt.NDArray[np.int8]
    messages: Array
    warnings: Mapping[str, int]
    logarithmic: frozenset[str]
    source_text: str
    temperature_unit: str = "K"
    probes: tuple[str, ...] = ()
    show: tuple[str, ...] = ()
    timing: Mapping[str, float] = field(default_factory=dict)

    def __repr__(self) -> str:
        dims = " x ".join(f"{dim} ({size:,})" for dim, size in zip(self.dims, self.shape, strict=True))
        failed = f"{len(self.failed):,} of {self.status.size:,} points failed"
        return f"<Sweep {self.title!r}: {self.of}, {dims}, {len(self.variables)} variables, {failed}>"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.status.shape

    @cached_property
    def failed(self) -> Sequence[Failed]:
        """The points that came to nothing, in order."""
        flat, messages = self.status.ravel(), self.messages.ravel()
        return [Failed(int(i), self.where(int(i)), int(flat[i]), messages[i]) for i in np.flatnonzero(flat)]

    def where(self, point: int) -> dict[str, str]:
        """The swept quantities at ``point`` (counted along the last dimension first) as texts."""
        places = dict(zip(self.dims, np.unravel_index(point, self.shape), strict=True))
        return {
            name: shown(coord.values[places[coord.dims[0]]], coord.unit, coord.written)
            for name, coord in self.coords.items()
            if coord.dims[0] in places
        }

    def __getitem__(self, name: str) -> Array:
        """Values of a variable or a coordinate. Raises InputError for an unknown name, with the nearest."""
        found = self.variables.get(name) or self.coords.get(name)
        if found is None:
            from kapitza.case.messages import nearest

            raise InputError(
                f"sweep: nothing is named {name!r}; {nearest(name, (*self.variables, *self.coords))}"
            )
        return found.values

    def summary(self) -> dict[str, Any]:
        """The dictionary that ``kapitza sweep --json`` prints; lists are nested along the dimensions."""
        return {
            "status": "ok",
            "title": self.title,
            "of": self.of,
            "points": int(self.status.size),
            "failed": len(self.failed),
            "dimensions": dict(zip(self.dims, self.shape, strict=True)),
            "coordinates": {name: _plain(v) for name, v in self.coords.items()},
            "variables": {name: _plain(v) for name, v in self.variables.items()},
            "failures": [
                {"at": dict(f.where), "exit_code": f.code, "message": f.message} for f in self.failed
            ],
            "warnings": [f"{text} ({count} points)" for text, count in self.warnings.items()],
            "timing": dict(self.timing),
        }

    def to_xarray(self) -> Any:
        """The same as an xarray.Dataset. Raises InputError where xarray is not installed."""
        try:
            import xarray
        except ImportError:
            raise InputError(
                "to_xarray: xarray is not installed; `pip install xarray h5netcdf`, or kapitza with its extra xarray, "
                "`pip install -e .[xarray]`"
            ) from None

        def array(variable: Variable) -> Any:
            units = {"units": variable.unit} if variable.unit else {}
            return (variable.dims, variable.values, units)

        data = {name: array(v) for name, v in self.variables.items()}
        data |= {"status": (self.dims, self.status, {}), "message": (self.dims, self.messages, {})}
        return xarray.Dataset(
            data, {name: array(v) for name, v in self.coords.items()}, {"title": self.title, "of": self.of}
        )


def shown(value: Any, unit: str, written: str = "") -> str:
    """A value of a swept quantity as a text, in the unit that it was given in: "0.5 mm", "260 MW/(m^2*K)", "copper"."""
    if isinstance(value, str):
        return value
    number = float(value)
    if written:
        return shown_in(number, unit, written)
    if unit == "1":
        return f"{number:.6g}"
    for prefix, size in PREFIXES if unit[0] in "WPH" else ():
        if abs(number) >= 0.9999995 * size:
            return f"{number / size:.6g} {prefix}{unit}"
    return quantities.show(number, unit)


def _plain(variable: Variable) -> dict[str, Any]:
    return {"dimensions": list(variable.dims), "unit": variable.unit, "values": variable.values.tolist()}
