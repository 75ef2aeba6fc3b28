"""From plain data (a table of a case file) to an interface law.

Keys and units are those of the case file. How one number is read is an argument, as for materials:
``number(value, unit, key)`` returns SI, or raises InputError. Keys that place an entry (between, materials) are the
caller's and must be taken out before.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from kapitza.errors import InputError
from kapitza.interfaces import varying
from kapitza.interfaces.amm import DEFAULT, amm
from kapitza.interfaces.compose import parallel, series
from kapitza.interfaces.contact import contact
from kapitza.interfaces.dmm import dmm
from kapitza.interfaces.electrons import electron
from kapitza.interfaces.gap import ATMOSPHERE, Gas, gas
from kapitza.interfaces.helium import LAWS as SOLIDS
from kapitza.interfaces.helium import helium
from kapitza.interfaces.law import Insulated, Law, Perfect
from kapitza.interfaces.limits import inelastic, inelastic_bound, radiation_limit
from kapitza.interfaces.measured import measured
from kapitza.interfaces.mixed import mixed
from kapitza.interfaces.power import power_law, radiation
from kapitza.interfaces.slip import DEFAULT as SLIP
from kapitza.interfaces.slip import slip
from kapitza.materials import library
from kapitza.materials.build import Number, temperature_law
from kapitza.materials.material import Material


class _Conventions(TypedDict):
    cutoff: str
    temperatures: str


@dataclass(frozen=True)
class _Entry:
    """One table of a case file with what surrounds it."""

    values: Mapping[str, Any]
    below: Material | None
    above: Material | None
    number: Number

    def has(self, key: str) -> bool:
        return key in self.values

    def value(self, key: str, unit: str) -> float:
        """A number that must be there."""
        if key not in self.values:
            raise InputError(f"{self.model}: {key} is missing")
        return self.number(self.values[key], unit, key)

    def maybe(self, key: str, unit: str) -> float | None:
        return self.value(key, unit) if key in self.values else None

    def several(self, key: str, unit: str) -> float | list[float] | None:
        """One number or a list of numbers."""
        given = self.values.get(key)
        if isinstance(given, list | tuple):
            return [self.number(value, unit, f"{key}[{i}]") for i, value in enumerate(given)]
        return self.maybe(key, unit)

    def text(self, key: str, default: str) -> str:
        given = self.values.get(key, default)
        if not isinstance(given, str):
            raise InputError(f"{self.model}: {key} = {given!r} must be a text")
        return given

    @property
    def model(self) -> str:
        return str(self.values.get("model", ""))

    @property
    def pair(self) -> tuple[Material, Material]:
        """Both materials. Raises InputError at a boundary, which has one."""
        if self.below is None or self.above is None:
            raise InputError(
                f"{self.model}: needs the materials of both sides, and a boundary has one; give a resistance, a "
                "conductance, thin-layer, power-law or radiation instead"
            )
        return self.below, self.above

    def conventions(self) -> _Conventions:
        return {
            "cutoff": self.text("cutoff", "branch"),
            "temperatures": self.text("temperatures", "emitted"),
        }

    def within(self, key: str, values: Mapping[str, Any]) -> _Entry:
        """A table inside this one; its keys are named with ``key`` before them."""

        def number(value: Any, unit: str, name: str) -> float:
            return self.number(value, unit, f"{key}.{name}")

        return _Entry(values, self.below, self.above, number)


def law(spec: Mapping[str, Any], below: Material | None, above: Material | None, number: Number) -> Law:
    """The law that ``spec`` describes: {resistance}, {conductance}, or {model, …}, each also with scale.

    below, above : materials of side 1 and 2, None where there is none (a reservoir)
    Raises InputError for unknown models and keys, and for what the law itself refuses.
    """
    entry = _Entry(spec, below, above, number)
    kinds = [key for key in ("model", "resistance", "conductance") if key in spec]
    if len(kinds) != 1:
        raise InputError(
            "an interface law is one of: resistance, conductance, or model = …; give exactly one"
        )
    if kinds[0] != "model":
        _known(entry, kinds[0], ())
        unit, make = VALUES[kinds[0]]
        built = make(temperature_law(spec[kinds[0]], unit, kinds[0], number))
    else:
        if entry.model not in MODELS:
            raise InputError(f'model = "{entry.model}" is not known{_near(entry.model, MODELS)}')
        keys, build = MODELS[entry.model]
        _known(entry, entry.model, keys)
        built = build(entry)
    scale = entry.maybe("scale", "")
    return built if scale is None else built.scaled(scale)


VALUES: Mapping[str, tuple[str, Callable[..., Law]]] = {
    "resistance": ("m^2*K/W", varying.resistance),
    "conductance": ("W/(m^2*K)", varying.conductance),
}


def _thin_layer(e: _Entry) -> Law:
    if not e.has("conductivity"):
        raise InputError("thin-layer: conductivity is missing")
    conductivity = temperature_law(e.values["conductivity"], "W/(m*K)", "conductivity", e.number)
    return varying.thin_layer(e.value("thickness", "m"), conductivity)


def _power_law(e: _Entry) -> Law:
    n = e.value("exponent", "")
    return power_law(e.value("coefficient", f"W/(m^2*K^{n!r})"), n)


def _radiation(e: _Entry) -> Law:
    emissivity = e.several("emissivity", "")
    if emissivity is None:
        raise InputError("radiation: emissivity is missing")
    return radiation(emissivity)


def _amm(e: _Entry) -> Law:
    return amm(*e.pair, variant=e.text("variant", DEFAULT), **e.conventions())


def _mixed(e: _Entry) -> Law:
    return mixed(
        *e.pair,
        specularity=e.maybe("specularity", ""),
        roughness=e.maybe("roughness", "m"),
        variant=e.text("variant", DEFAULT),
        **e.conventions(),
    )


def _contact(e: _Entry) -> Law:
    return contact(
        *e.pair,
        pressure=e.value("pressure", "Pa"),
        roughness=e.several("roughness", "m"),
        slope=e.several("slope", ""),
        hardness=e.maybe("hardness", "Pa"),
        constriction=e.text("constriction", "cmy"),
        spot_density=e.maybe("spot_density", "1/m^2"),
        gas=_gas(e),
        emissivity=e.several("emissivity", ""),
    )


def _gas(e: _Entry) -> Gas | None:
    """Gas of a contact: a name, or a table that starts from one or describes another."""
    given = e.values.get("gas", "vacuum")
    if isinstance(given, str):
        return None if given == "vacuum" else gas(given)
    if not isinstance(given, Mapping):
        raise InputError(f'gas: expects a name ("air", "vacuum") or a table, got {given!r}')
    inner = e.within("gas", given)
    _known(inner, "gas", GAS_KEYS)
    base = gas(inner.text("name", "")) if inner.has("name") else None
    if inner.has("conductivity"):
        conductivity = temperature_law(given["conductivity"], "W/(m*K)", "gas.conductivity", e.number)
    elif base is not None:
        conductivity = base.conductivity
    else:
        raise InputError("gas: give name, or conductivity")
    start = base or Gas("custom", conductivity)
    accommodation = inner.several("accommodation", "")
    if isinstance(accommodation, Sequence):
        if len(accommodation) != 2:
            raise InputError("gas.accommodation: expects one number, or two for the two surfaces")
        both = (accommodation[0], accommodation[1])
    else:
        both = start.accommodation if accommodation is None else (accommodation, accommodation)
    return Gas(
        start.name,
        conductivity,
        _or(inner.maybe("mean_free_path", "m"), start.mean_free_path),
        _or(inner.maybe("heat_capacity_ratio", ""), start.heat_capacity_ratio) or start.heat_capacity_ratio,
        _or(inner.maybe("prandtl", ""), start.prandtl) or start.prandtl,
        both,
        _or(inner.maybe("pressure", "Pa"), ATMOSPHERE) or ATMOSPHERE,
    )


def _measured(e: _Entry) -> Law:
    below, above = e.pair
    return measured(below.name, above.name, e.text("reference", "") or None)


def _helium(e: _Entry) -> Law:
    sides = [library.canonical(side.name) or side.name for side in (e.below, e.above) if side]
    solid = next((name for name in sides if name in SOLIDS), " and ".join(sides))
    surface = e.text("surface", solid)
    if not surface:
        raise InputError(f"helium: give surface, the solid against it: {', '.join(SOLIDS)}")
    return helium(library.canonical(surface) or surface)


def _members(e: _Entry) -> list[Law]:
    given = e.values.get("of")
    if not isinstance(given, list | tuple) or not given:
        raise InputError(f"{e.model}: of expects a list of laws")
    inner = [e.within(f"of[{i}]", item) for i, item in enumerate(given)]
    return [law(part.values, part.below, part.above, part.number) for part in inner]


SPECTRAL = ("cutoff", "temperatures")
GAS_KEYS = (
    "name",
    "conductivity",
    "mean_free_path",
    "heat_capacity_ratio",
    "prandtl",
    "accommodation",
    "pressure",
)
CONTACT_KEYS = (
    "pressure",
    "roughness",
    "slope",
    "hardness",
    "constriction",
    "spot_density",
    "gas",
    "emissivity",
)

# model -> its keys, and how it is made
MODELS: Mapping[str, tuple[tuple[str, ...], Callable[[_Entry], Law]]] = {
    "perfect": ((), lambda e: Perfect()),
    "insulated": ((), lambda e: Insulated()),
    "thin-layer": (("thickness", "conductivity"), _thin_layer),
    "power-law": (("coefficient", "exponent"), _power_law),
    "radiation": (("emissivity",), _radiation),
    "amm": (("variant", *SPECTRAL), _amm),
    "dmm": (SPECTRAL, lambda e: dmm(*e.pair, **e.conventions())),
    "radiation-limit": (SPECTRAL, lambda e: radiation_limit(*e.pair, **e.conventions())),
    "inelastic": (SPECTRAL, lambda e: inelastic(*e.pair, **e.conventions())),
    "inelastic-bound": (SPECTRAL, lambda e: inelastic_bound(*e.pair, **e.conventions())),
    "mixed": (("specularity", "roughness", "variant", *SPECTRAL), _mixed),
    "electron": ((), lambda e: electron(*e.pair)),
    "contact": (CONTACT_KEYS, _contact),
    "measured": (("reference",), _measured),
    "helium": (("surface",), _helium),
    "slip": (("variant",), lambda e: slip(e.below, e.above, e.text("variant", SLIP))),
    "series": (("of",), lambda e: series(_members(e))),
    "parallel": (("of",), lambda e: parallel(_members(e))),
}


def _known(entry: _Entry, what: str, keys: tuple[str, ...]) -> None:
    """Raise InputError for a key that does not belong there."""
    allowed = (*keys,) if what == "gas" else (*keys, "model", "scale")
    for key in entry.values:
        if key not in allowed and key != what:
            raise InputError(f"{what}: {key} is not one of its keys{_near(key, allowed)}")


def _near(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {close[0]}?" if close else f"; known are {', '.join(known)}"


def _or(value: float | None, default: float | None) -> float | None:
    return default if value is None else value
