"""The result file of a sweep: one netCDF-4 (HDF5) hypercube.

Root
    a dimension for each swept quantity, with its values as coordinate and their unit; quantities that move together
    share the dimension "point" and are coordinates along it. Texts (materials, models) are coordinates too
    time [s], frequency [Hz] where there are courses; where points have times of their own: time(…, time_number)
    a variable for each probe and each value of the summary, NaN where a point failed; status, message of every point
    attributes: title, case, case_sha256, kapitza_version, kapitza_format, kapitza_kind = "sweep", sweep (JSON: what
    the numbers are of, which quantities are spread along a logarithm, probes, warnings, timing)

A name with "/" has "_" there, and its own name as ``long_name``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from kapitza import __version__
from kapitza.output.finite import finite
from kapitza.output.netcdf import Attribute, Section, create, provenance, verify
from kapitza.output.recording import FORMAT, fingerprint
from kapitza.output.replace import Replacement

if TYPE_CHECKING:
    from kapitza.studies.sweeping.assemble import Variable
    from kapitza.studies.sweeping.result import Sweep

KIND = "sweep"
STATUS, MESSAGE = "status", "message"
CODES = {0: "done", 1: "bug", 2: "bad_input", 3: "not_converged_or_impossible", 4: "file", 5: "memory"}


def write(sweep: Sweep, path: Path, *, force: bool = False) -> None:
    """Write ``sweep`` to ``path``; raises FileError, and then all that was there is as before."""
    about = {
        "of": sweep.of,
        "coordinates": list(sweep.coords),
        "logarithmic": sorted(sweep.logarithmic),
        "probes": list(sweep.probes),
        "show": list(sweep.show),
        "temperature_unit": sweep.temperature_unit,
        "warnings": dict(sweep.warnings),
        "timing": dict(sweep.timing),
    }
    texts = {
        "Conventions": "CF-1.10",
        "title": sweep.title,
        "kapitza_version": __version__,
        "kapitza_kind": KIND,
        "case": sweep.source_text,
        "case_sha256": fingerprint(sweep.source_text),
        "sweep": json.dumps(finite(about), ensure_ascii=False, allow_nan=False),
    }
    with Replacement(path, force) as draft:
        with draft.errors(), create(draft.sink) as (root, records):
            root.attributes(**texts, kapitza_format=FORMAT, _NCProperties=provenance(__version__))
            _lay_out(root, sweep)
        draft.seal()
        with draft.errors():
            verify(draft.path, path, records, texts)
        draft.place()


def _lay_out(root: Section, sweep: Sweep) -> None:
    sizes = dict(zip(sweep.dims, sweep.shape, strict=True))
    for variable in sweep.variables.values():
        sizes |= dict(zip(variable.dims, variable.values.shape, strict=True))
    for dimension, size in sizes.items():
        own = sweep.coords.get(dimension)
        if own is None:
            root.dimension(_name(dimension), size)
        else:
            root.coordinate(_name(dimension), own.values, **_attributes(dimension, own))
    beside = [name for name in sweep.coords if name not in sizes]
    for name in beside:
        coord = sweep.coords[name]
        root.variable(_name(name), _dims(coord), coord.values, **_attributes(name, coord))
    # CF separates names by spaces, so one that holds a space cannot be listed.
    listed = " ".join(name for name in map(_name, beside) if " " not in name)
    along: dict[str, Attribute] = {"coordinates": listed} if listed else {}
    for name, variable in sweep.variables.items():
        attributes = {**_attributes(name, variable), **along}
        root.variable(_name(name), _dims(variable), variable.values, **attributes)
    dims = [_name(dimension) for dimension in sweep.dims]
    meanings = " ".join(CODES.values())
    codes = np.array(list(CODES), dtype=np.int8)
    root.variable(STATUS, dims, sweep.status, flag_values=codes, flag_meanings=meanings, **along)
    root.variable(MESSAGE, dims, sweep.messages, long_name="what went wrong", **along)


def _attributes(name: str, variable: Variable) -> dict[str, Attribute]:
    units: dict[str, Attribute] = {"units": variable.unit} if variable.unit else {}
    given: dict[str, Attribute] = {"unit_given": variable.written} if variable.written else {}
    return {**units, **given, "long_name": name}


def _dims(variable: Variable) -> list[str]:
    return [_name(dimension) for dimension in variable.dims]


def _name(name: str) -> str:
    return name.replace("/", "_")


def load(file: Any) -> Sweep:
    """Read an open file that `write` made."""
    from kapitza.studies.sweeping.result import Sweep

    about = json.loads(file.attrs["sweep"])
    status = np.asarray(file[STATUS][...], dtype=np.int8)
    messages = np.asarray(file[MESSAGE].asstr()[...], dtype=object)
    found = {}
    for key, dataset in file.items():
        if key not in (STATUS, MESSAGE) and "long_name" in dataset.attrs:
            found[str(dataset.attrs["long_name"])] = _variable(dataset)
    coords = {name: found.pop(name) for name in about["coordinates"]}
    return Sweep(
        str(file.attrs["title"]),
        about["of"],
        _dimensions(file[STATUS]),
        coords,
        found,
        status,
        messages,
        about["warnings"],
        frozenset(about["logarithmic"]),
        str(file.attrs["case"]),
        about["temperature_unit"],
        tuple(about["probes"]),
        tuple(about.get("show", ())),
        about["timing"],
    )


def _variable(dataset: Any) -> Variable:
    from kapitza.studies.sweeping.assemble import Variable

    texts = h5py.check_string_dtype(dataset.dtype) is not None
    values = np.asarray(
        dataset.asstr()[...] if texts else dataset[...], dtype=object if texts else np.float64
    )
    units = (str(dataset.attrs.get(key, "")) for key in ("units", "unit_given"))
    return Variable(_dimensions(dataset), values, *units)


def _dimensions(dataset: Any) -> tuple[str, ...]:
    """Names of the dimensions along which a variable lies; a coordinate is its own."""
    if dataset.is_scale:
        return (_called(dataset),)
    return tuple(_called(dimension[0]) for dimension in dataset.dims)


def _called(scale: Any) -> str:
    return str(scale.attrs.get("long_name", scale.name.rpartition("/")[2]))
