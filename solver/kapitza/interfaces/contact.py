"""Two rough bodies pressed together: constriction into the spots that touch, beside the gas in the gaps and radiation.

Constriction, with combined roughness sigma [m] and slope m, pressure P [Pa], hardness H [Pa] of the softer body:
"cmy"           h = 1.25 k_s (m/sigma) (P/H)^0.95                     plastic (Cooper, Mikic and Yovanovich)
"mikic-elastic" h = 1.55 k_s (m/sigma) (sqrt(2) P/(m E'))^0.94       elastic, 1/E' = sum (1 - nu^2)/E
"spots"         R = (1/4) sqrt(pi H/(P n)) (1/k1 + 1/k2)             n round, isothermal spots per area, P/H in contact
k_s = 2 k1 k2/(k1 + k2): each is two resistances in series, one per body, each 1/(2 C k). With k(T), heat flow in a
body of fixed shape follows the integral of k (Kirchhoff), so this is exact: a series of two laws.
Joint: constriction + gas (`gap`) + radiation.
Source: M. G. Cooper, B. B. Mikic and M. M. Yovanovich, Int. J. Heat Mass Transfer 12, 279 (1969), as fitted by
M. M. Yovanovich (1982); B. B. Mikic, Int. J. Heat Mass Transfer 17, 205 (1974).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from kapitza.errors import InputError
from kapitza.interfaces.about import About
from kapitza.interfaces.compose import parallel, series
from kapitza.interfaces.gap import Gas, gap, plane_distance
from kapitza.interfaces.law import Conductance, Law
from kapitza.interfaces.potential import Potential
from kapitza.interfaces.power import radiation
from kapitza.interfaces.spectrum import need
from kapitza.laws.temperature import Constant, TemperatureLaw
from kapitza.materials.material import Material

CONSTRICTIONS = ("cmy", "mikic-elastic", "spots")
CMY_RANGE = (1e-6, 2.3e-2)  # P/H of the fit
ELASTIC_RANGE = (1e-5, 2e-2)  # sqrt(2) P/(m E')


def contact(
    below: Material,
    above: Material,
    pressure: float,
    roughness: float | Sequence[float] | None = None,
    slope: float | Sequence[float] | None = None,
    hardness: float | None = None,
    constriction: str = "cmy",
    spot_density: float | None = None,
    gas: Gas | None = None,
    emissivity: float | Sequence[float] | None = None,
) -> Law:
    """Law of a pressed joint.

    roughness [m], slope : combined values of the pair, or those of both bodies (combined in squares)
    hardness [Pa] : None: of the softer material · spot_density [1/m^2] · gas : None: vacuum
    emissivity : see `power.radiation`; None: no radiation. Raises InputError for missing and impossible values.
    """
    if constriction not in CONSTRICTIONS:
        known = ", ".join(f'"{name}"' for name in CONSTRICTIONS)
        raise InputError(f'contact: constriction = "{constriction}" is not known; use {known}')
    if not pressure > 0.0:
        raise InputError(
            "contact: pressure must be above zero; bodies that do not touch are a thin-layer of gas"
        )
    sigma = _combined(roughness, "roughness")
    m = _combined(slope, "slope")
    elastic = constriction == "mikic-elastic"
    H = None if elastic and gas is None else _softer(below, above) if hardness is None else hardness
    if H is not None and not pressure < 0.5 * H:
        raise InputError(
            f"contact: pressure = {pressure:g} Pa is not below half the hardness, {0.5 * H:g} Pa: nothing is "
            "left of the gaps; describe the bond instead"
        )
    notes: list[str] = []
    if elastic:
        E = 1.0 / sum(_compliance(side) for side in (below, above))
        x = math.sqrt(2.0) * pressure / (_given(m, "slope") * E)
        _range_note(x, ELASTIC_RANGE, "sqrt(2) P/(m E')", notes)
        C = 1.55 * _given(m, "slope") / _given(sigma, "roughness") * x**0.94
    elif constriction == "cmy":
        x = pressure / _given(H, "hardness")
        _range_note(x, CMY_RANGE, "P/H", notes)
        C = 1.25 * _given(m, "slope") / _given(sigma, "roughness") * x**0.95
    else:
        share = pressure / _given(H, "hardness")
        C = 2.0 * math.sqrt(share * _given(spot_density, "spot_density") / math.pi)
    said: list[tuple[str, object]] = [("below", below.name), ("above", above.name)]
    said += [("constriction", constriction), ("pressure", pressure)]
    said += [(key, v) for key, v in (("hardness", H), ("roughness", sigma), ("slope", m)) if v is not None]
    said += [("spot_density", spot_density)] if constriction == "spots" else []
    said += [("gas", gas.name if gas else "vacuum")]
    parts = [series(_half(side.conductivity, 2.0 * C) for side in (below, above))]
    if gas is not None:
        distance = plane_distance(_given(sigma, "roughness"), pressure / _given(H, "hardness"))
        said += [("gas_pressure", gas.pressure), ("plane_distance", distance)]
        parts.append(gap(gas, distance))
    if emissivity is not None:
        parts.append(radiation(emissivity))
        said += list(parts[-1].about.conventions)
    return parallel(parts, About("contact", tuple(said), tuple(notes)))


def _half(conductivity: TemperatureLaw, factor: float) -> Law:
    """Constriction in one body: G = factor k(T) [W/(m^2 K)]."""
    if isinstance(conductivity, Constant):
        return Conductance(factor * conductivity.value)
    return Potential(conductivity, factor)


def _combined(value: float | Sequence[float] | None, key: str) -> float | None:
    if value is None:
        return None
    parts = tuple(value) if isinstance(value, Sequence) else (value,)
    if len(parts) not in (1, 2) or not all(part >= 0.0 for part in parts) or not math.hypot(*parts) > 0.0:
        raise InputError(f"contact: {key} expects one value of the pair or two of the bodies, above zero")
    return math.hypot(*parts)


def _given(value: float | None, key: str) -> float:
    if value is None:
        raise InputError(f"contact: {key} is missing; this joint cannot be computed without it")
    if not 0.0 < value < math.inf:
        raise InputError(f"contact: {key} = {value} must be above zero")
    return value


def _softer(below: Material, above: Material) -> float:
    known = [side.hardness for side in (below, above) if side.hardness is not None]
    if not known:
        raise InputError(
            f"contact: the hardness of {below.name} and {above.name} is not known; give hardness (of the softer)"
        )
    return min(known)


def _compliance(side: Material) -> float:
    """(1 - nu^2)/E [1/Pa]."""
    nu = need(side, "poisson", "contact")
    return (1.0 - nu * nu) / need(side, "youngs_modulus", "contact")


def _range_note(x: float, limits: tuple[float, float], name: str, notes: list[str]) -> None:
    if not limits[0] <= x <= limits[1]:
        notes.append(
            f"{name} = {x:.2g} is outside {limits[0]:g} to {limits[1]:g}, where the correlation was fitted"
        )
