"""What swept quantities and results are called, and in which unit they are shown."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.case.amounts import Written
from kapitza.output import labels
from kapitza.output.course import probe_units
from kapitza.output.labels import Scale

Floats = npt.NDArray[np.float64]

TITLES = {
    "temperature.max": "highest temperature",
    "temperature.min": "lowest temperature",
    "resistance.total": "total resistance",
    "effective_conductivity": "effective conductivity",
    "conductivity.zz": "effective conductivity through the layers",
    "conductivity.xx": "effective conductivity along the layers",
    "perfect_contacts.zz": "through the layers, perfect contacts",
    "perfect_contacts.xx": "along the layers, perfect contacts",
    "bounds.series": "everything in series",
    "bounds.parallel": "everything side by side",
    "steady": "thermal impedance, steady",
    "zth": "thermal impedance Zth",
    "energy.imbalance": "imbalance of energy",
}
_PREFIXES = {
    "m": labels.LENGTHS,
    "s": labels.SECONDS,
    "W": labels.WATTS,
    "Hz": (("GHz", 1e-9), ("MHz", 1e-6), ("kHz", 1e-3), ("Hz", 1.0)),
    "Pa": (("GPa", 1e-9), ("MPa", 1e-6), ("kPa", 1e-3), ("Pa", 1.0)),
    "K/W": (("K/W", 1.0), ("mK/W", 1e3), ("µK/W", 1e6), ("nK/W", 1e9)),
    "W/(m^2*K)": (("GW/(m²·K)", 1e-9), ("MW/(m²·K)", 1e-6), ("kW/(m²·K)", 1e-3), ("W/(m²·K)", 1.0)),
    "m^2*K/W": (("m²·K/W", 1.0), ("cm²·K/W", 1e4), ("mm²·K/W", 1e6), ("m²·K/GW", 1e9)),
    "W/m^2": (("GW/m²", 1e-9), ("MW/m²", 1e-6), ("kW/m²", 1e-3), ("W/m²", 1.0), ("mW/m²", 1e3)),
    "W/(m*K)": (("W/(m·K)", 1.0), ("mW/(m·K)", 1e3)),
}


def is_temperature(sweep: Any, name: str) -> bool:
    """Whether the variable ``name`` is a temperature, rather than a difference of two."""
    variable = sweep.variables[name]
    if variable.unit != "K" or name.endswith((".jump", ".amplitude")):
        return False
    return name not in probe_units(sweep) if name in sweep.probes else True


def scale_of(values: Floats, unit: str, temperature: str | None = None, log: bool = False) -> Scale:
    """How numbers of the SI ``unit`` are shown: with the prefix that suits their size.

    temperature : "K" or "degC" where they are temperatures · log : on a logarithmic axis
    """
    known = np.abs(values[np.isfinite(values)])
    if temperature is not None and known.size:
        return labels.temperature_scale(float(known.min()), float(known.max()), temperature)
    known = known[known > 0.0]
    size = 1.0
    if known.size:
        size = float(np.exp(np.log(known).mean()) if log else known.max())
    if unit == "K":
        return Scale(*reversed_(labels.unit_for(size, labels.KELVINS)))
    if unit in _PREFIXES:
        return Scale(*reversed_(labels.unit_for(size, _PREFIXES[unit])))
    return Scale(1.0, 0.0, "" if unit == "1" else pretty(unit))


def scale_in(unit: str) -> Scale:
    """Of numbers that are shown in a unit as a case has it."""
    written = Written.of(unit)
    offset = float(written.si(0.0))
    return Scale(1.0 / (float(written.si(1.0)) - offset), offset, labels.nice(unit))


def reversed_(unit: tuple[str, float]) -> tuple[float, float, str]:
    """(factor, offset, unit) of a `Scale`."""
    return unit[1], 0.0, unit[0]


def pretty(unit: str) -> str:
    """An SI unit with raised digits and dots: "W/(m^2*K)" is "W/(m²·K)"."""
    return unit.replace("^2", "²").replace("^3", "³").replace("*", "·")


def title(name: str, source_text: str = "") -> str:
    """What a variable or a swept quantity is called: "sink: thickness" for "layers.1.thickness"."""
    if name in TITLES:
        return TITLES[name]
    parts = name.split(".")
    data = _data(source_text)
    if len(parts) == 1 or parts[0] not in data:
        return name
    place: Any = data
    item = parts[0]
    for part in parts[:-1]:
        if isinstance(place, list):
            place, item = _item(place, part)
        elif isinstance(place, Mapping):
            place, item = place.get(part, {}), part
    if isinstance(place, list):
        return _item(place, parts[-1])[1]
    return f"{item}: {parts[-1].replace('_', ' ')}"


def _item(items: list[Any], part: str) -> tuple[Any, str]:
    from kapitza.case.edit import _name

    for index, item in enumerate(items):
        if part in (str(index), _name(item)):
            return item, _name(item) or part
    return {}, part


@lru_cache(maxsize=8)
def _data(source_text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source_text)
    except tomllib.TOMLDecodeError:
        return {}


def label(text: str, scale: Scale) -> str:
    """A text for an axis, with its unit where it has one."""
    return scale.label(text) if scale.unit else text
