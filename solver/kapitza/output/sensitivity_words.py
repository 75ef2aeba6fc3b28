"""How a parameter of a sensitivity is told: what it is, how large, which way is better and what that gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kapitza.output.labels import ZERO_CELSIUS, length
from kapitza.output.readable import plain

if TYPE_CHECKING:
    from kapitza.studies.parameters import Parameter

UNITS = {"W/(m*K)": "W/(m·K)", "m^2*K/W": "m²K/W", "W/(m^2*K)": "W/(m²K)", "W/m^2": "W/m²", "W/m^3": "W/m³"}
QUANTITIES = {
    "conductivity": "k",
    "resistance": "R",
    "heat_flux": "heat flux",
    "heat_density": "heat density",
}
KINDS = {"interface": "joint ", "boundary": "", "layer": "", "region": "", "fill": "", "source": ""}


def place(parameter: Parameter) -> str:
    """ "joint die|sink", "paste × 12"."""
    name = f"{KINDS[parameter.kind]}{parameter.name}"
    return f"{name} × {parameter.count}" if parameter.count > 1 else name


def quantity(parameter: Parameter) -> str:
    """ "thickness", "k"."""
    return QUANTITIES.get(parameter.quantity, parameter.quantity)


def value(parameter: Parameter, unit: str) -> str:
    """ "0.5 mm", "25 °C" where ``unit`` of temperatures is degC."""
    if parameter.unit == "m":
        return length(parameter.value)
    if parameter.absolute:
        return (
            f"{plain(parameter.value - ZERO_CELSIUS, 5)} °C"
            if unit == "degC"
            else f"{plain(parameter.value, 5)} K"
        )
    return f"{plain(parameter.value)} {UNITS.get(parameter.unit, parameter.unit)}".rstrip()


def better(parameter: Parameter, effect: float, upwards: bool = False) -> str:
    """ "1 % thinner", "1 K less": the way in which a temperature falls; a flux rises with ``upwards``."""
    if effect == 0.0:
        return "–"
    amount = "1 K" if parameter.absolute else "1 %"
    more = (effect > 0.0) == upwards
    words = ("thicker", "thinner") if parameter.quantity == "thickness" else ("more", "less")
    return f"{amount} {words[0] if more else words[1]}"


def derivative(parameter: Parameter, i: int, unit: str) -> str:
    """ "2027 K/m", "-0.9375 K/(W/(m·K))"."""
    own = UNITS.get(parameter.unit, parameter.unit)
    per = f"/{own}" if own.isalpha() else f"/({own})" if own else ""
    return f"{plain(float(parameter.derivatives[i]))} {UNITS.get(unit, unit)}{per}"
