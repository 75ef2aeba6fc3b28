"""Numbers with units: ``parse("0.5 mm", "thickness")`` is 5e-4, "25 degC" 298.15. SI below.

A quantity is a number and a unit (`kapitza.units`). Here is what each kind of quantity is called, which sign
it may have, and what to say when a text is something else. "0.3 mm", "300 um" and 3e-4 are the same float.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from kapitza.errors import InputError
from kapitza.units import Exponents, Unit, plain_text, spell, unit_of


class QuantityError(InputError):
    """A text is not the quantity that was asked for.

    message : what is wrong, without the name of the quantity; found : name of the dimension given, if known.
    """

    def __init__(self, name: str, message: str, found: str | None = None) -> None:
        super().__init__(f"{name}: {message}")
        self.message = message
        self.found = found


@dataclass(frozen=True)
class Dimension:
    """What a quantity must be.

    name : "thickness"; noun : "a length"; unit : SI unit; example : as one would write it;
    lowest : which sign is allowed.
    """

    name: str
    noun: str
    unit: str
    example: str
    lowest: Literal["any", "zero", "above zero"] = "any"

    def suggest(self, number: str) -> str:
        """A bare number with the unit of the example behind it; kelvin for temperatures."""
        unit = "K" if self.unit == "K" else self.example.split(maxsplit=1)[-1]
        return f'"{number} {unit}"'


def _known(*dimensions: Dimension) -> dict[str, Dimension]:
    return {dimension.name: dimension for dimension in dimensions}


# The first of several with the same unit gives the noun for a wrong dimension.
DIMENSIONS = _known(
    Dimension("thickness", "a length", "m", "0.5 mm", "above zero"),
    Dimension("length", "a length", "m", "20 mm", "above zero"),
    Dimension("radius", "a length", "m", "5 mm", "zero"),
    Dimension("position", "a length", "m", "2 mm"),
    Dimension("roughness", "a length", "m", "0.5 um", "zero"),
    Dimension("mean free path", "a length", "m", "100 nm", "above zero"),
    Dimension("area", "an area", "m^2", "4 cm^2", "above zero"),
    Dimension("temperature", "a temperature", "K", "25 degC", "zero"),
    Dimension("debye temperature", "a temperature", "K", "640 K", "above zero"),
    Dimension("heat", "a power", "W", "120 W"),
    Dimension("heat flux", "a heat flux", "W/m^2", "30 W/cm^2"),
    Dimension("heat density", "a heat density", "W/m^3", "5 W/mm^3"),
    Dimension("resistance", "a resistance", "m^2*K/W", "0.3 cm^2*K/W", "zero"),
    Dimension("conductance", "a conductance", "W/(m^2*K)", "100 MW/(m^2*K)", "zero"),
    Dimension("conductivity", "a thermal conductivity", "W/(m*K)", "148 W/(m*K)", "above zero"),
    Dimension("density", "a density", "kg/m^3", "2330 kg/m^3", "above zero"),
    Dimension("specific heat", "a specific heat", "J/(kg*K)", "710 J/(kg*K)", "above zero"),
    Dimension(
        "volumetric heat capacity",
        "a heat capacity per volume",
        "J/(m^3*K)",
        "1.66 MJ/(m^3*K)",
        "above zero",
    ),
    Dimension("velocity", "a velocity", "m/s", "8970 m/s", "above zero"),
    Dimension("number density", "a number per volume", "1/m^3", "5e28 1/m^3", "above zero"),
    Dimension("spot density", "a number per area", "1/m^2", "1e10 1/m^2", "above zero"),
    Dimension("pressure", "a pressure", "Pa", "1.1 GPa", "above zero"),
    Dimension("latent heat", "an energy per mass", "J/kg", "397 kJ/kg", "above zero"),
    Dimension(
        "sommerfeld", "a heat capacity over temperature", "J/(m^3*K^2)", "71 J/(m^3*K^2)", "above zero"
    ),
    Dimension("coupling", "a coupling of channels", "W/(m^3*K)", "2.6e16 W/(m^3*K)", "above zero"),
    Dimension("time", "a time", "s", "10 ms", "above zero"),
    Dimension("instant", "a time", "s", "1 ms", "zero"),
    Dimension("fluence", "an energy per area", "J/m^2", "50 J/m^2", "above zero"),
    Dimension("frequency", "a frequency", "Hz", "1 kHz", "above zero"),
    Dimension("absolute resistance", "an absolute thermal resistance", "K/W", "0.3 K/W"),
    Dimension("absolute conductance", "an absolute thermal conductance", "W/K", "3 W/K"),
    Dimension("mass", "a mass", "kg", "1 kg"),
    Dimension("energy", "an energy", "J", "1 J"),
    Dimension("electric current", "an electric current", "A", "2 A"),
    Dimension("electrical resistance", "an electrical resistance", "ohm", "20 mohm", "zero"),
    Dimension("electrical resistivity", "an electrical resistivity", "ohm*m", "10 uohm*m", "above zero"),
    Dimension(
        "electrical contact resistance",
        "an electrical resistance times area",
        "ohm*m^2",
        "1e-6 ohm*cm^2",
        "zero",
    ),
    Dimension("seebeck", "a Seebeck coefficient", "V/K", "210 uV/K"),
    Dimension("voltage", "a voltage", "V", "1 V"),
    Dimension("charge", "an electric charge", "A*s", "1 A*s"),
    Dimension("capacitance", "an electric capacitance", "A^2*s^4/(kg*m^2)", "1 uF"),
    Dimension("volume", "a volume", "m^3", "1 mm^3"),
    Dimension("temperature gradient", "a temperature gradient", "K/m", "1 K/m"),
    Dimension("number", "a number without unit", "1", "50 %"),
)

LONGEST = 200
BEYOND_KELVIN = 1e12  # of temperatures, which laws raise to high powers
BEYOND = 1e60  # larger in SI, or smaller than its inverse, is no physical size, and would overflow later
Siblings = tuple[tuple[str, str], ...]
OWN_KEYS: Siblings = (("resistance", "resistance"), ("conductance", "conductance"))
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_NOT_FINITE = re.compile(r"\s*[+-]?(nan|inf|infinity)(?=$|[\s*/])", re.IGNORECASE)
_HINTS = {
    "C": "degrees Celsius are degC",
    "F": "degrees Fahrenheit are degF",
    "mK": "mK is a millikelvin; metre times kelvin is m*K",
    "mil": "mil is an angle; a thousandth of an inch is thou",
}


def parse(text: str, dimension: str | Dimension, siblings: Siblings = OWN_KEYS) -> float:
    """SI value of ``text``, for example ``parse("25 degC", "temperature")`` = 298.15.

    dimension : a name in ``DIMENSIONS``, or one of them.
    siblings : (name of a dimension, key that takes it), to suggest where one of them was given instead.
    Raises QuantityError (an InputError) unless the text is a finite number with a unit of that dimension, and
    of a sign that it may have.
    """
    return _parse(text, DIMENSIONS[dimension] if isinstance(dimension, str) else dimension, siblings)


def check(value: float, dimension: Dimension, shown: str, siblings: Siblings = ()) -> float:
    """``value`` in SI, unless it is not finite, beyond all sizes, or of a sign that ``dimension`` cannot have.

    shown : the value as it was given; siblings : as in `parse`. Raises QuantityError.
    """
    if not math.isfinite(value):
        message = f"{shown} is not a finite number{_exact_limit(shown, dimension, siblings)}"
        raise QuantityError(dimension.name, message)
    if dimension.unit == "K" and value < 0.0:
        raise QuantityError(dimension.name, f"{shown} is below absolute zero")
    if dimension.lowest == "above zero" and value <= 0.0:
        raise QuantityError(dimension.name, f"{shown} is not above zero")
    if dimension.lowest == "zero" and value < 0.0:
        raise QuantityError(dimension.name, f"{shown} is negative")
    beyond = BEYOND_KELVIN if dimension.unit == "K" else BEYOND
    if value != 0.0 and not 1.0 / beyond < abs(value) < beyond:
        size = "large" if abs(value) > 1.0 else "small"
        raise QuantityError(dimension.name, f"{shown} is too {size} to be meant")
    return value


@lru_cache(maxsize=4096)
def _parse(text: str, dimension: Dimension, siblings: Siblings) -> float:
    expected = f'expected {dimension.noun}, for example "{dimension.example}"'
    if len(text) > LONGEST:
        raise QuantityError(dimension.name, f"a text of {len(text)} characters; {expected}")
    plain = plain_text(text)
    match = _NUMBER.match(plain)
    if match is None:
        if _NOT_FINITE.match(plain):
            limit = _exact_limit(plain.strip(), dimension, siblings)
            raise QuantityError(dimension.name, f'"{text}" is not a finite number{limit or f"; {expected}"}')
        raise QuantityError(dimension.name, f'"{text}" does not begin with a number; {expected}')
    unit_text = plain[match.end() :].strip()
    if unit_text.startswith(","):
        raise QuantityError(dimension.name, f'"{text}": write the decimals behind a point, not a comma')
    if not unit_text:
        raise QuantityError(dimension.name, f"give a unit, for example {dimension.suggest(match[1])}")
    try:
        unit = unit_of(unit_text.removeprefix("*").lstrip())
    except ValueError as problem:
        spelt = _handwritten(match[1], unit_text, dimension)
        if spelt:
            raise QuantityError(
                dimension.name, f"'{unit_text}' is not a unit as it stands; {spelt}"
            ) from None
        raise QuantityError(dimension.name, f"{problem}; {expected}") from None
    if unit.exponents != unit_of(dimension.unit).exponents:
        raise _wrong_dimension(match[1], unit_text, unit, dimension, siblings)
    if dimension.unit == "K" and unit_text.startswith(("delta_", "Δ")):
        absolute = f"{match[1]} {unit_text.removeprefix('delta_').removeprefix('Δ')}"
        raise QuantityError(
            dimension.name,
            f"'{unit_text}' is a difference of temperatures; for a temperature write \"{absolute}\"",
        )
    return check(_scaled(match[1], unit), dimension, f'"{text}"')


def _scaled(number: str, unit: Unit) -> float:
    """The float nearest to factor * number + offset; infinite where that is too large."""
    if unit.decade is not None:
        mantissa, _, power = number.lower().partition("e")
        return float(f"{mantissa}e{int(power or 0) + unit.decade}")
    value = float(number)
    if not 1e-300 < abs(value) < 1e300:
        return value * float(unit.factor) + float(unit.offset)
    try:
        return float(Fraction(repr(value)) * unit.factor + unit.offset)
    except OverflowError:
        return math.inf


def _handwritten(number: str, text: str, dimension: Dimension) -> str:
    """What to write for "10 W/m2K"; nothing where ``text`` is no such spelling of ``dimension``."""
    from kapitza.unit_spelling import meant

    spelt = meant(text, unit_of(dimension.unit).exponents)
    return f'write "{number} {spelt}"' if spelt else ""


def _exact_limit(text: str, dimension: Dimension, siblings: Siblings) -> str:
    """What to write in place of an infinite resistance or conductance of a contact."""
    model = {"resistance": "insulated", "conductance": "perfect"}.get(dimension.name)
    own = (dimension.name, dimension.name) in siblings
    return f'; write model = "{model}"' if model and own and text.lower().startswith(("inf", "+inf")) else ""


def _wrong_dimension(
    number: str, text: str, unit: Unit, dimension: Dimension, siblings: Siblings
) -> QuantityError:
    found = identify(unit.exponents)
    message = f"'{text}' " + (f"is {found.noun}" if found else f"has the dimension {spell(unit.exponents)}")
    given = found.name if found else None
    hint = next((_HINTS[name] for name in re.findall(r"\w+", text) if name in _HINTS), "")
    hint = f" ({hint})" if hint else ""
    spelt = _handwritten(number, text, dimension)
    if spelt:
        return QuantityError(
            dimension.name, f"{message} as it stands, not {dimension.noun}; {spelt}{hint}", given
        )
    if given == "absolute resistance" and dimension.name == "resistance":
        message += " of a whole contact, and resistance is per area here: multiply by the area of the contact"
    elif given == "absolute conductance" and dimension.name == "conductance":
        message += " of a whole contact, and conductance is per area here: divide by the area of the contact"
    elif given in dict(siblings):
        key = dict(siblings)[given]
        return QuantityError(dimension.name, f'{message}; write {key} = "{number} {text}"', given)
    else:
        message += f"; expected {dimension.noun}"
    message += f', for example "{dimension.example}"'
    return QuantityError(dimension.name, message + hint, given)


def identify(exponents: Exponents) -> Dimension | None:
    """The dimension with these exponents, the most usual one where several have them."""
    for dimension in DIMENSIONS.values():
        if unit_of(dimension.unit).exponents == exponents:
            return dimension
    return None


def dimension_of(text: str) -> Dimension:
    """The dimension that a text with a unit has, of any sign. Raises QuantityError where it is no such text."""
    plain = plain_text(text)
    match = _NUMBER.match(plain)
    unit_text = plain[match.end() :].strip().removeprefix("*").lstrip() if match is not None else ""
    if not unit_text:
        raise QuantityError("quantity", f'"{text}" is not a number with a unit')
    try:
        exponents = unit_of(unit_text).exponents
    except ValueError as problem:
        raise QuantityError("quantity", str(problem)) from None
    found = identify(exponents)
    if found is not None:
        return replace(found, lowest="any")
    return Dimension("quantity", f"a quantity in {spell(exponents)}", spell(exponents), text)


def of_unit(unit: str) -> Dimension:
    """The dimension that is written in ``unit``; a unit that none is written in may have any sign."""
    known = (dimension for dimension in DIMENSIONS.values() if dimension.unit == unit)
    return next(known, Dimension(unit, f"a quantity in {unit}", unit, f"1 {unit}"))


# Writing ------------------------------------------------------------------------------------------------


def show(value: float, unit: str = "m") -> str:
    """``value`` [SI] as a short text: lengths with the prefix that suits them, "0.5 mm"; others plain, "36 K"."""
    if unit == "m" and value != 0.0 and math.isfinite(value):
        for name, factor, lowest in (("m", 1.0, 1.0), ("mm", 1e-3, 1e-4), ("um", 1e-6, 1e-7)):
            if abs(value) >= lowest * 0.9995:
                return f"{value / factor:.6g} {name}"
        return f"{value / 1e-9:.6g} nm"
    return f"{value:.6g} {unit}"
