"""Quantities and units: what is read, to the last bit, and what is refused and how."""

from __future__ import annotations

import math
import subprocess
import sys
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kapitza import units
from kapitza.errors import InputError
from kapitza.quantities import DIMENSIONS, Dimension, QuantityError, identify, of_unit, parse, show


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("0.5 mm", "thickness", 5e-4),
        ("0.3 mm", "thickness", 3e-4),  # 0.3 * 1e-3 is another float
        ("7 um", "thickness", 7e-6),
        ("7 \u00b5m", "thickness", 7e-6),
        ("7 \u03bcm", "thickness", 7e-6),
        ("7mm", "thickness", 7e-3),
        (".5e1 cm", "thickness", 0.05),
        ("\u22123 mm", "position", -3e-3),
        ("25 degC", "temperature", 298.15),
        ("-40 degC", "temperature", 233.15),
        ("25 °C", "temperature", 298.15),
        ("0 degC", "temperature", 273.15),
        ("300 K", "temperature", 300.0),
        ("250 mK", "temperature", 0.25),
        ("30 W/cm^2", "heat flux", 3e5),
        ("30 W/cm**2", "heat flux", 3e5),
        ("30 W/cm²", "heat flux", 3e5),
        ("148 W/(m*K)", "conductivity", 148.0),
        ("148 W/(m·K)", "conductivity", 148.0),
        ("148 W/(m⋅K)", "conductivity", 148.0),
        ("148 W/m/K", "conductivity", 148.0),
        ("148 W m^-1 K^-1", "conductivity", 148.0),
        ("148 W·m⁻¹·K⁻¹", "conductivity", 148.0),
        ("148 W/(m*degC)", "conductivity", 148.0),  # per degree: a difference
        ("1.48 W/(cm*K)", "conductivity", 148.0),
        ("20 m^2*K/GW", "resistance", 2e-8),
        ("1.2 cm^2*K/W", "resistance", 1.2e-4),
        ("100 MW/(m^2*K)", "conductance", 1e8),
        ("1.66 MJ/(m^3*K)", "volumetric heat capacity", 1.66e6),
        ("5.02e28 1/m^3", "number density", 5.02e28),
        ("5.02e28/m^3", "number density", 5.02e28),
        ("5.02e22 cm^-3", "number density", 5.02e28),
        ("0 cm^2*K/W", "resistance", 0.0),
        ("-12 W", "heat", -12.0),
    ],
)
def test_values_are_exact(text: str, dimension: str, expected: float) -> None:
    assert parse(text, dimension) == expected


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("2 inch", "thickness", 0.0508),
        ("77 degF", "temperature", 298.15),
        ("540 degR", "temperature", 300.0),
        ("3 hour", "time", 10800.0),
        ("10 BTU/(hour*foot^2*degF)", "conductance", 10 * 1055.056 / 3600 / 0.3048**2 / (5 / 9)),
        ("2 kcal/(m*hour*K)", "conductivity", 2 * 4184 / 3600),
        ("3 angstrom", "thickness", 3e-10),
    ],
)
def test_unusual_units_as_pint_has_them(text: str, dimension: str, expected: float) -> None:
    assert parse(text, dimension) == pytest.approx(expected, rel=1e-12)


def test_common_units_are_those_of_pint() -> None:
    for name, unit in units.COMMON.items():
        other = units._from_pint(name)
        assert other.exponents == unit.exponents, name
        assert float(other.factor) == pytest.approx(float(unit.factor), rel=1e-14), name
        assert float(other.offset) == pytest.approx(float(unit.offset), rel=1e-14), name


def test_compound_units_are_those_of_pint() -> None:
    import pint

    registry = pint.UnitRegistry()
    for text in ("W/(m^2*K)", "cm^2*K/W", "kJ/(kg*K)", "W / m * K", "mW/(cm*K^2)", "g/cm**3", "W m^-2 K^-1"):
        theirs = registry.Quantity(1.0, text).to_base_units()
        assert float(units.unit_of(text).factor) == pytest.approx(theirs.magnitude, rel=1e-13), text
        known = dict(theirs.dimensionality)
        ours = {
            base: float(e)
            for base, e in zip(units._PINT_BASE, units.unit_of(text).exponents, strict=True)
            if e
        }
        assert ours == known, text


def test_usual_units_do_not_load_pint() -> None:
    code = (
        "import sys; from kapitza.quantities import parse; parse('3 MW/(m^2*K)', 'conductance');"
        "assert 'pint' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


LENGTHS = ("nm", "um", "mm", "cm", "m", "km")


@given(st.integers(1, 10**15), st.integers(-12, 3), st.sampled_from(LENGTHS), st.sampled_from(LENGTHS))
def test_the_same_length_in_two_units_is_the_same_float(digits: int, power: int, one: str, two: str) -> None:
    value = Decimal(digits).scaleb(power)
    ratio = units.COMMON[one].factor / units.COMMON[two].factor
    other = value * Decimal(ratio.numerator) / Decimal(ratio.denominator)
    assert parse(f"{value} {one}", "thickness") == parse(f"{other} {two}", "thickness")


@given(st.floats(1e-59, 1e59), st.sampled_from(("thickness", "conductivity", "heat flux", "density")))
def test_si_is_read_as_written(value: float, name: str) -> None:
    assert parse(f"{value!r} {DIMENSIONS[name].unit}", name) == value


@given(st.floats(1e-12, 1e12), st.sampled_from(("inch", "foot", "yard", "mile")))
def test_odd_factors_are_rounded_once(value: float, unit: str) -> None:
    factor = {"inch": "0.0254", "foot": "0.3048", "yard": "0.9144", "mile": "1609.344"}[unit]
    assert parse(f"{value!r} {unit}", "length") == float(Fraction(repr(value)) * Fraction(factor))


@pytest.mark.parametrize("dimension", DIMENSIONS.values(), ids=lambda d: d.name)
def test_examples_are_what_they_illustrate(dimension: Dimension) -> None:
    assert isinstance(parse(dimension.example, dimension), float)


@pytest.mark.parametrize(
    ("text", "dimension", "words"),
    [
        (
            "5000 W/(m^2*K)",
            "resistance",
            "resistance: 'W/(m^2*K)' is a conductance; write conductance = \"5000",
        ),
        ("2 cm^2*K/W", "conductance", "'cm^2*K/W' is a resistance; write resistance = \"2 cm^2*K/W\""),
        ("0.3 K/W", "resistance", "absolute thermal resistance of a whole contact"),
        ("3 W/K", "conductance", "absolute thermal conductance of a whole contact"),
        ("5 kg", "thickness", "'kg' is a mass; expected a length, for example \"0.5 mm\""),
        ("5 kg*m", "thickness", "'kg*m' has the dimension meter*kilogram; expected a length"),
        ("4 W/mK", "conductivity", "mK is a millikelvin"),
        ("4 W/mK", "conductivity", 'write "4 W/(m*K)"'),
        ("4 W/m2K", "conductance", 'write "4 W/(m^2*K)"'),
        ("4 W/m^2K", "conductance", 'write "4 W/(m^2*K)"'),
        ("4 W/m²·K", "conductance", 'write "4 W/(m^2*K)"'),
        ("4 W/m2/K", "conductance", 'write "4 W/(m^2*K)"'),
        ("4 W m-2 K-1", "conductance", 'write "4 W/(m^2*K)"'),
        ("4 mW/cm2K", "conductance", 'write "4 mW/(cm^2*K)"'),
        ("4 W/m2°C", "conductance", 'write "4 W/(m^2*°C)"'),
        ("4 m2K/W", "resistance", 'write "4 m^2*K/W"'),
        ("4 J/kgK", "specific heat", 'write "4 J/(kg*K)"'),
        ("25 C", "temperature", "degrees Celsius are degC"),
        ("25 F", "temperature", "degrees Fahrenheit are degF"),
        ("10 Mw", "heat", "did you mean MW or mW"),
        ("10 wat", "heat", "'wat' is not a unit"),
        ("10 dBm", "heat", "'dBm' is not a unit"),
        ("5 %", "thickness", "'%' is a number without unit"),
        ("0.5", "thickness", 'give a unit, for example "0.5 mm"'),
        ("300", "temperature", 'give a unit, for example "300 K"'),
        ("mm", "thickness", "does not begin with a number"),
        ("", "thickness", "does not begin with a number"),
        ("0,5 mm", "thickness", "a point, not a comma"),
        ("nan m", "thickness", "is not a finite number"),
        ("-inf K", "temperature", "is not a finite number"),
        ("inf m^2*K/W", "resistance", '"inf m^2*K/W" is not a finite number; write model = "insulated"'),
        ("inf W/(m^2*K)", "conductance", '"inf W/(m^2*K)" is not a finite number; write model = "perfect"'),
        ("nan m^2*K/W", "resistance", "is not a finite number; expected a resistance"),
        (
            "25 delta_degC",
            "temperature",
            'is a difference of temperatures; for a temperature write "25 degC"',
        ),
        ("77 delta_degF", "debye temperature", 'for a temperature write "77 degF"'),
        ("25 Δcelsius", "temperature", "is a difference of temperatures"),
        ("25 mil", "thickness", "a thousandth of an inch is thou"),
        ("Infinity m", "thickness", "is not a finite number"),
        ("1e999 m", "thickness", "is not a finite number"),
        ("1e308 km", "thickness", "is not a finite number"),
        ("1e999999999999 inch", "thickness", "is not a finite number"),
        ("1e-999 m", "thickness", "is not above zero"),
        ("1e300 m", "thickness", '"1e300 m" is too large to be meant'),
        ("-1e300 W", "heat", '"-1e300 W" is too large to be meant'),
        ("1e13 K", "temperature", '"1e13 K" is too large to be meant'),
        ("1e-13 K", "debye temperature", '"1e-13 K" is too small to be meant'),
        ("1e-300 W", "heat", '"1e-300 W" is too small to be meant'),
        ("-5 mm", "thickness", "is not above zero"),
        ("0 W/(m*K)", "conductivity", "is not above zero"),
        ("-1 cm^2*K/W", "resistance", "is negative"),
        ("-274 degC", "temperature", "below absolute zero"),
        ("-1 K", "temperature", "below absolute zero"),
        ("5 mm 3", "thickness", "3 is a number where a unit should be"),
        ("5 9**9**9**9", "thickness", "9 is a number where a unit should be"),
        ("5 m**100000000", "thickness", "the exponent 100000000 is too large"),
        ("5 m^m", "thickness", "an exponent must be a number"),
        ("5 m^", "thickness", "an exponent must be a number"),
        ("5 W/(m*K", "conductivity", "a parenthesis is not closed"),
        ("5 W/m*K)", "conductivity", "a closing parenthesis too many"),
        ("5 W//m", "conductivity", "is not a complete unit"),
        ("5 m+m", "thickness", "'+' is not part of a unit"),
        ("5 __import__('os')", "thickness", "is not part of a unit"),
        ("5 " + "(" * 60 + "m" + ")" * 60, "thickness", "too many parentheses"),
        ("5 " + "m*" * 200 + "m", "thickness", "a text of 403 characters"),
    ],
)
def test_refusals(text: str, dimension: str, words: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse(text, dimension)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{dimension}: ")
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, InputError)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    with suppress(InputError):
        assert math.isfinite(parse(text, "position"))


@given(st.text(alphabet="0123456789.eE+- mKWkg/*^()µ·", max_size=24))
def test_nearly_right_texts_are_a_number_or_refused(text: str) -> None:
    with suppress(InputError):
        assert math.isfinite(parse("3 " + text, "heat"))


def test_a_film_is_no_contact() -> None:
    with pytest.raises(QuantityError) as caught:
        parse("inf m^2*K/W", "resistance", (("resistance", "film_resistance"),))
    assert "model" not in str(caught.value)


def test_thou_is_what_mil_is_not() -> None:
    assert parse("25 thou", "thickness") == pytest.approx(635e-6, rel=1e-15)
    assert parse("3 W/(m*delta_degC)", "conductivity") == 3.0


def test_slopes_may_be_negative() -> None:
    assert parse("-0.4 W/(m*K^2)", of_unit("W/(m*K)/K")) == -0.4
    assert parse("-71 J/(m^3*K^2)", of_unit("J/(m^3*K)/K")) == -71.0


def test_dimensions_by_unit() -> None:
    assert of_unit("W/(m*K)").name == "conductivity"
    found = identify(units.unit_of("Pa*m/K").exponents)
    assert found is None


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (5e-4, "m", "0.5 mm"),
        (1.5, "m", "1.5 m"),
        (-0.03, "m", "-30 mm"),
        (7e-6, "m", "7 um"),
        (5e-5, "m", "50 um"),
        (3.2e-9, "m", "3.2 nm"),
        (0.0, "m", "0 m"),
        (36.0, "K", "36 K"),
    ],
)
def test_short_texts(value: float, unit: str, expected: str) -> None:
    assert show(value, unit) == expected
