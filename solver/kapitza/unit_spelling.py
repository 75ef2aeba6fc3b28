"""Units as they stand in handwriting, "W/m2K", and how they are written here, "W/(m^2*K)"."""

from __future__ import annotations

import re

from kapitza.units import Exponents, plain_text, unit_of

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_FACTOR = re.compile(r"(°?[^\W\d_]+)(?:(?:\^|\*\*)?\(?(-?\d+)\)?)?")
_REST = re.compile(r"[\s*.()-]*")


def meant(text: str, exponents: Exponents) -> str | None:
    """How to write ``text`` so that it has the dimension ``exponents``, or None where it cannot be meant so.

    All behind the first "/" divides, digits are exponents, a K at the end of a name is a kelvin by itself.
    """
    if text.count("(") != text.count(")") or "((" in text:
        return None  # the parentheses are what is wrong
    above, *below = plain_text(text).translate(_SUPERSCRIPTS).split("/")
    for apart in (False, True):
        factors = _factors(above, 1, apart)
        for part in below:
            more = _factors(part, -1, apart)
            factors = None if factors is None or more is None else factors + more
        if factors is None:
            continue
        spelt = _spelt(factors)
        try:
            if unit_of(spelt).exponents == exponents and spelt != text:
                return spelt
        except ValueError:
            continue
    return None


def _factors(text: str, sign: int, apart: bool) -> list[tuple[str, int]] | None:
    """Names with their exponents; ``apart``: "mK" is m and K. None where ``text`` holds anything else."""
    if _REST.fullmatch(_FACTOR.sub("", text)) is None:
        return None
    found: list[tuple[str, int]] = []
    for name, power in _FACTOR.findall(text):
        if apart and len(name) > 1 and name.endswith("K"):
            found.append((name[:-1], sign))
            name = "K"
        found.append((name, sign * int(power or 1)))
    return found


def _spelt(factors: list[tuple[str, int]]) -> str:
    above = [_power(name, power) for name, power in factors if power > 0]
    below = [_power(name, -power) for name, power in factors if power < 0]
    text = "*".join(above) or "1"
    if not below:
        return text
    return f"{text}/({'*'.join(below)})" if len(below) > 1 else f"{text}/{below[0]}"


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}^{power}"
