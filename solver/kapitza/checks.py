"""What any number of a stack must be; the texts begin with the key that a case file would have for it."""

from __future__ import annotations

import math

from kapitza.bychannel import ByChannel
from kapitza.errors import InputError
from kapitza.laws.temperature import TemperatureLaw
from kapitza.laws.time import TimeLaw


def must(condition: bool, text: str) -> None:
    """Raise InputError with ``text`` unless the condition holds."""
    if not condition:
        raise InputError(text)


def positive(value: float, what: str) -> None:
    """A finite number above zero."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    must(number and math.isfinite(value) and value > 0, f"{what}: {value!r} must be a number above zero (SI)")


def finite(value: object, what: str) -> None:
    """A finite number."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    must(number and math.isfinite(value), f"{what}: {value!r} must be a finite number (SI)")  # type: ignore[arg-type]


def timed(value: object, what: str) -> None:
    """A finite number, or a function of time; or one for each channel."""
    if isinstance(value, ByChannel):
        for name, own in value:
            timed(own, f"{what}.{name}")
    elif not isinstance(value, TimeLaw):
        finite(value, what)


def above_zero_kelvin(value: float | TimeLaw, what: str) -> None:
    """A temperature [K], or a function of time whose values are."""
    if isinstance(value, TimeLaw):
        value = value.extent[0]
    finite(value, what)
    must(value > 0, f"{what}: {value:g} K is not above absolute zero")


def ordered(span: tuple[float, float] | None, what: str) -> None:
    """A range [m], the smaller value first."""
    if span is not None:
        finite(span[0], what)
        finite(span[1], what)
        must(
            span[0] < span[1],
            f"{what}: from {span[0]:g} to {span[1]:g} m is no range; give the smaller value first",
        )


def heat(heat: object, density: object, what: str) -> None:
    """A heat [W] and a heat density [W/m^3]."""
    timed(heat, f"{what}.heat")
    if not isinstance(density, TemperatureLaw):
        timed(density, f"{what}.heat_density")
