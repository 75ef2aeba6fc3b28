"""Units: an expression such as "W/(m^2*K)" as a factor to SI and a dimension. The only place that knows pint.

Expressions are names with SI prefixes, ``*``, ``/``, ``^`` or ``**``, a middle dot, superscripts, parentheses,
read from left to right as pint does; they are data, so nothing is evaluated. What a name means, pint says. The names
that case files nearly always use stand in a table of their own, as pint has them (tested), because loading
pint takes longer than reading a case; it is loaded at the first other name. Factors are exact fractions.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

Exponents = tuple[Fraction | int, ...]
BASE = ("meter", "kilogram", "second", "kelvin", "ampere", "mole", "candela")
_PINT_BASE = ("[length]", "[mass]", "[time]", "[temperature]", "[current]", "[substance]", "[luminosity]")
LARGEST_EXPONENT = 20

_TRANSLATION = str.maketrans(
    {"·": "*", "⋅": "*", "×": "*", "−": "-", "μ": "µ", "\u00a0": " ", "\u2009": " ", "\u202f": " "}
)
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUPERSCRIPT = re.compile(r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_TOKEN = re.compile(r"\s*(?:(\*\*|\^|[*/()])|([+-]?\d+\.?\d*)|((?:°|[^\W\d])\w*|%))")


@dataclass(frozen=True)
class Unit:
    """SI value = factor * number + offset; ``exponents`` over ``BASE``."""

    factor: Fraction
    exponents: Exponents
    offset: Fraction = Fraction(0)

    @cached_property
    def decade(self) -> int | None:
        """n where SI value = 10^n * number, the usual case; None where it is not."""
        power = round(math.log10(self.factor)) if self.factor > 0 else 0
        return power if self.offset == 0 and self.factor == Fraction(10) ** power else None


def plain_text(text: str) -> str:
    """``text`` with one spelling for dots, minus signs, spaces and the micro sign."""
    return text.translate(_TRANSLATION)


def spell(exponents: Exponents) -> str:
    """Exponents in words, "meter^2*kelvin"."""
    return "*".join(
        name if power == 1 else f"{name}^{power}"
        for name, power in zip(BASE, exponents, strict=True)
        if power
    )


@lru_cache(maxsize=1024)
def unit_of(text: str) -> Unit:
    """Factor to SI and dimension of a unit expression. Raises ValueError with what is wrong."""
    expanded = _SUPERSCRIPT.sub(lambda m: "^" + m[0].translate(_SUPERSCRIPTS), plain_text(text))
    reader = _Reader(expanded, text)
    unit = reader.product(0)
    if reader.position < len(reader.tokens):
        raise ValueError(f"'{text}' has a closing parenthesis too many")
    return unit


class _Reader:
    """Recursive descent over the tokens of a unit expression; from left to right, as pint reads it."""

    def __init__(self, expanded: str, text: str) -> None:
        self.text = text
        self.tokens = self._tokens(expanded)
        self.position = 0

    def _tokens(self, expanded: str) -> list[str]:
        tokens, at = [], 0
        expanded = expanded.rstrip()
        while at < len(expanded):
            match = _TOKEN.match(expanded, at)
            if match is None:
                raise ValueError(f"'{self.text}': {expanded[at:].strip()[0]!r} is not part of a unit")
            tokens.append("^" if match[1] == "**" else match[0].strip())
            at = match.end()
        return tokens

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.position += 1
        return token

    def product(self, depth: int) -> Unit:
        if depth > 20:
            raise ValueError(f"'{self.text}': too many parentheses")
        unit = self.power(depth)
        while self.peek() not in ("", ")"):
            divide = self.peek() == "/"
            if self.peek() in ("*", "/"):
                self.take()
            unit = _times(unit, self.power(depth), -1 if divide else 1)
        return unit

    def power(self, depth: int) -> Unit:
        unit = self.atom(depth)
        if self.peek() != "^":
            return unit
        self.take()
        inside = self.peek() == "("
        if inside:
            self.take()
        try:
            exponent = Fraction(self.take())
        except ValueError:
            raise ValueError(f"'{self.text}': an exponent must be a number, as in m^2") from None
        if inside and self.take() != ")":
            raise ValueError(f"'{self.text}': a parenthesis is not closed")
        if abs(exponent) > LARGEST_EXPONENT:
            raise ValueError(f"'{self.text}': the exponent {exponent} is too large")
        return _times(_ONE, unit, exponent)

    def atom(self, depth: int) -> Unit:
        token = self.take()
        if token == "(":
            unit = self.product(depth + 1)
            if self.take() != ")":
                raise ValueError(f"'{self.text}': a parenthesis is not closed")
            return unit
        if token == "1":
            return _ONE
        if token == "/" and self.position == 1:  # "5e28 /m^3"
            self.position = 0
            return _ONE
        if not token or token in "*/^)":
            raise ValueError(f"'{self.text}' is not a complete unit")
        if token[0].isdigit() or token[0] in "+-":
            raise ValueError(f"'{self.text}': {token} is a number where a unit should be")
        if token.isdecimal():
            raise ValueError(f"'{self.text}' is not a unit")
        unit = _named(token)
        if unit.offset and len(self.tokens) > 1:
            return Unit(unit.factor, unit.exponents)  # per degC: a difference
        return unit


_NONE: Exponents = (0,) * len(BASE)
_ONE = Unit(Fraction(1), _NONE)


def _times(one: Unit, two: Unit, power: Fraction | int) -> Unit:
    """one * two^power."""
    exponents = tuple(_whole(a + power * b) for a, b in zip(one.exponents, two.exponents, strict=True))
    if Fraction(power).denominator == 1:
        raised = two.factor ** int(power)
    else:
        raised = Fraction(repr(float(two.factor) ** float(power)))
    return Unit(one.factor * raised, exponents)


def _whole(number: Fraction | int) -> Fraction | int:
    return int(number) if number == int(number) else number


# Names of units -----------------------------------------------------------------------------------------


def _common_units() -> dict[str, Unit]:
    """Units with the SI prefixes that are in use with them, and the temperatures."""
    decimal = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "m": -3, "u": -6, "µ": -6, "n": -9, "p": -12, "f": -15}
    bases = {  # factor as a power of ten, exponents of metre, kilogram, second, kelvin
        "m": (0, (1, 0, 0, 0)),
        "g": (-3, (0, 1, 0, 0)),
        "s": (0, (0, 0, 1, 0)),
        "K": (0, (0, 0, 0, 1)),
        "W": (0, (2, 1, -3, 0)),
        "J": (0, (2, 1, -2, 0)),
        "N": (0, (1, 1, -2, 0)),
        "Pa": (0, (-1, 1, -2, 0)),
        "Hz": (0, (0, 0, -1, 0)),
        "A": (0, (0, 0, 0, 0, 1)),
        "V": (0, (2, 1, -3, 0, -1)),
        "ohm": (0, (2, 1, -3, 0, -2)),
    }
    units: dict[str, Unit] = {}
    for name, (power, exponents) in bases.items():
        full: Exponents = (exponents + (0,) * len(BASE))[: len(BASE)]
        for prefix, shift in decimal.items():
            units[prefix + name] = Unit(Fraction(10) ** (power + shift), full)
    units["cm"] = Unit(Fraction(1, 100), units["m"].exponents)
    units["dm"] = Unit(Fraction(1, 10), units["m"].exponents)
    kelvin = units["K"].exponents
    for name in ("degC", "°C", "celsius"):
        units[name] = Unit(Fraction(1), kelvin, Fraction("273.15"))
    units["delta_degC"] = units["K"]
    units["percent"] = units["%"] = Unit(Fraction(1, 100), _NONE)
    return units


COMMON = _common_units()


@lru_cache(maxsize=256)
def _named(name: str) -> Unit:
    return COMMON.get(name) or _from_pint(name)


@lru_cache(maxsize=1)
def _registry() -> Any:
    """Pint's own units, in decimals: a foot is 0.3048 m to the last digit."""
    import pint

    return pint.UnitRegistry(non_int_type=Decimal, cache_folder=None)


def _from_pint(name: str) -> Unit:
    """What pint says of a single name. Raises ValueError with the nearest usual names if it does not know it."""
    registry = _registry()
    unknown = ValueError(f"'{name}' is not a unit" + _nearest(name))
    try:
        if name not in registry:
            raise unknown
        unit = registry.Unit(name)
        zero, one = (Fraction(registry.Quantity(Decimal(n), unit).to_base_units().magnitude) for n in (0, 1))
        dimension = dict(unit.dimensionality)
    except ValueError:
        raise
    except Exception:  # pint has many ways of not reading a name; decibels have no decimals
        raise unknown from None
    if not set(dimension) <= set(_PINT_BASE):
        raise unknown
    exponents = tuple(_whole(Fraction(str(dimension.get(base, 0)))) for base in _PINT_BASE)
    return Unit(one - zero, exponents, zero)


def _nearest(name: str) -> str:
    known = [*COMMON, "hour", "min", "degF", "inch", "bar", "eV", "angstrom", "liter"]
    folded = [unit for unit in known if unit.lower() == name.lower()]
    close = folded or difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f" (did you mean {' or '.join(close)}?)" if close else ""
