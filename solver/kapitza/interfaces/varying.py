"""Resistances and conductances that depend on temperature: q = F(T1) - F(T2), F = integral of G dT, exact.

A thin layer left out of the mesh is one: R = thickness/k(T), hence G = k(T)/thickness, and the flux is that of the
layer itself (Kirchhoff's integral of k over its thickness).
"""

from __future__ import annotations

from dataclasses import replace

from kapitza.errors import InputError
from kapitza.interfaces.about import About
from kapitza.interfaces.law import Conductance, Law, Resistance
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.reciprocal import reciprocal
from kapitza.laws.temperature import Constant, Table, TemperatureLaw


def conductance(value: TemperatureLaw | float) -> Law:
    """q = F(T1) - F(T2) with G(T) = ``value`` [W/(m^2 K)]; a number is the linear law."""
    if isinstance(value, int | float):
        return Conductance(float(value))
    if isinstance(value, Constant):
        return Conductance(value.value)
    _above_zero(value, "conductance")
    return Potential(value, 1.0, _about("conductance", value))


def resistance(value: TemperatureLaw | float) -> Law:
    """q = F(T1) - F(T2) with G(T) = 1/``value`` [m^2 K/W]; a number is the linear law."""
    if isinstance(value, int | float):
        return Resistance(float(value))
    if isinstance(value, Constant):
        return Resistance(value.value)
    _above_zero(value, "resistance")
    return Potential(reciprocal(value), 1.0, _about("resistance", value))


def thin_layer(thickness: float, conductivity: TemperatureLaw | float) -> Law:
    """R = thickness [m] / conductivity(T) [W/(m K)]."""
    if not thickness > 0.0:
        raise InputError(f"thin-layer: thickness = {thickness} m must be above zero")
    law = Constant(float(conductivity)) if isinstance(conductivity, int | float) else conductivity
    _above_zero(law, "thin-layer: conductivity")
    about = replace(_about("thin-layer", law), conventions=(("thickness", thickness),))
    if isinstance(law, Constant):
        return Resistance(thickness / law.value, about)
    return Potential(law, 1.0 / thickness, about)


def _about(model: str, law: TemperatureLaw) -> About:
    """Says that the law is a function of temperature, and that of a table's held ends."""
    kind = type(law).__name__.lower()
    return About(model, (("of_temperature", kind),))


def _above_zero(law: TemperatureLaw, what: str) -> None:
    lowest = min(law.values) if isinstance(law, Table) else getattr(law, "value", 1.0)
    if not lowest > 0.0:
        raise InputError(f"{what}: {lowest} cannot be; as a function of temperature it must be above zero")
