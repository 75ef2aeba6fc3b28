"""All that is known of one pair: every model with its conventions, the bounds, and the measured values.

``compare`` returns data; the table and the picture are made of it elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from kapitza.errors import InputError
from kapitza.interfaces.amm import amm
from kapitza.interfaces.dmm import dmm
from kapitza.interfaces.electrons import electron
from kapitza.interfaces.helium import LAWS as HELIUM
from kapitza.interfaces.helium import helium
from kapitza.interfaces.law import Law
from kapitza.interfaces.limits import inelastic, inelastic_bound, radiation_limit
from kapitza.interfaces.measured import SOURCE, Measurement, measurements
from kapitza.interfaces.spectrum import CUTOFFS
from kapitza.materials.material import Material

Maker = Callable[[Material, Material], Law]

LIMITS = {"radiation-limit": radiation_limit, "inelastic": inelastic, "inelastic-bound": inelastic_bound}


def _helium(below: Material, above: Material) -> Law:
    names = (below.name, above.name)
    solid = next((name for name in names if name in HELIUM), None)
    if solid is None or "liquid-helium" not in names:
        raise InputError("helium: measured laws are known for copper and polyimide against liquid helium")
    return helium(solid)


# key -> how it is made; a name alone stands for the default convention, the others say theirs
MODELS: Mapping[str, Maker] = {
    "dmm": dmm,
    "dmm debye": partial(dmm, cutoff="debye"),
    "amm": amm,
    "amm sh": partial(amm, variant="sh"),
    "amm mixed": partial(amm, variant="mixed"),
    **LIMITS,
    **{f"{name} debye": partial(make, cutoff="debye") for name, make in LIMITS.items()},
    "electron": electron,
    "helium": _helium,
}

TRUST: Mapping[str, str] = {
    "dmm": "for rough or disordered contacts, up to the Debye temperature of the softer side",
    "amm": "for clean, smooth contacts, at a few kelvins, where phonons are long against the roughness",
    "radiation-limit": "as the most that elastic processes carry, with the same cut-off",
    "inelastic": "as an estimate of maximum transmission above the Debye temperature of the softer side; not a bound",
    "inelastic-bound": "as the most that any exchange of phonons carries, with the same cut-off",
    "electron": "between clean metals, where electrons carry the heat; measured values are somewhat lower",
    "helium": "for He II, 1.3 to 2.1 K, within a factor of two",
}


@dataclass(frozen=True)
class Row:
    """One model of the pair at one temperature.

    key : "dmm", "dmm debye", … · law · conductance [W/(m^2 K)]
    lengths : Kapitza lengths k/G [m] in the materials below and above; None where k(T) is not known there
    trust : sentence on where the model can be trusted · warnings : what speaks against it at this temperature
    """

    key: str
    law: Law
    conductance: float
    lengths: tuple[float | None, float | None]
    trust: str
    warnings: tuple[str, ...]

    def describe(self) -> dict[str, Any]:
        return {
            "conductance": self.conductance,
            **self.law.describe(),
            "kapitza_length_below": self.lengths[0],
            "kapitza_length_above": self.lengths[1],
            "trust": self.trust,
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True)
class Comparison:
    """rows : models of the pair at ``temperature`` [K] · missing : model -> why it cannot be had
    measured : all series of the pair · sentences : what the numbers say together"""

    below: Material
    above: Material
    temperature: float
    rows: tuple[Row, ...]
    missing: Mapping[str, str]
    measured: tuple[Measurement, ...]

    @property
    def sentences(self) -> list[str]:
        """Measured values against the elastic limit and the inelastic bound."""
        G = {row.key: row.conductance for row in self.rows}
        said = []
        for series in self.measured:
            value = series.at(self.temperature)
            if value is None:
                continue
            for cutoff in CUTOFFS:
                tag = "" if cutoff == "branch" else f" {cutoff}"
                elastic, bound = G.get(f"radiation-limit{tag}"), G.get(f"inelastic-bound{tag}")
                if elastic is None or bound is None or value <= elastic:
                    continue
                rest = "and below the inelastic bound" if value <= bound else "and above the inelastic bound"
                said.append(
                    f"{series.label} (doi:{series.doi}), {1e-6 * value:.3g} MW/(m^2 K), lies above the elastic limit, "
                    f"{1e-6 * elastic:.3g}, {rest}, {1e-6 * bound:.3g} (cut-off {cutoff})"
                )
        return said

    def describe(self) -> dict[str, Any]:
        """Plain data, SI, as ``kapitza interface --json`` prints it; of measured series the nearest point, and all."""
        return {
            "below": self.below.name,
            "above": self.above.name,
            "temperature": self.temperature,
            "models": {row.key: row.describe() for row in self.rows},
            "missing": dict(self.missing),
            "measured": [_point(series, self.temperature) for series in self.measured],
            "source": f"measured values: {SOURCE}",
            "sentences": self.sentences,
        }


def compare(
    below: Material, above: Material, temperature: float = 300.0, model: str | None = None
) -> Comparison:
    """Everything about the pair at ``temperature`` [K]; ``model``: only this one ("dmm", "measured", …).

    Raises InputError for an unknown model, or when the one asked for cannot be had."""
    if not 0.0 < temperature < math.inf:
        raise InputError(f"temperature = {temperature} K must be above absolute zero")
    names = {key.split()[0] for key in MODELS} | {"measured"}
    if model is not None and model not in names | set(MODELS):
        raise InputError(f'model = "{model}" is not compared here; known are {", ".join(sorted(names))}')
    rows, missing = [], {}
    for key, make in MODELS.items():
        if model is not None and model not in (key, key.split()[0]):
            continue
        try:
            rows.append(_row(key, make(below, above), below, above, temperature))
        except InputError as problem:
            missing[key] = str(problem)
    if model is not None and model != "measured" and not rows:
        raise InputError(next(iter(missing.values())))
    found = measurements(below.name, above.name) if model in (None, "measured") else []
    return Comparison(below, above, temperature, tuple(rows), missing, tuple(found))


def _row(key: str, law: Law, below: Material, above: Material, T: float) -> Row:
    G = float(law.conductance(T))
    lengths = (_length(below, G, T), _length(above, G, T))
    return Row(key, law, G, lengths, _trust(key, law, T), tuple(law.warnings(T, T)))


def _trust(key: str, law: Law, T: float) -> str:
    """Where the model can be trusted, in words and kelvins, and whether T is there."""
    said = f"{key}: {TRUST[key.split()[0]]}"
    guards = law.about.guards
    if not guards:
        return said
    low, high = max(guard.low for guard in guards), min(guard.high for guard in guards)
    inside = "inside" if low <= T <= high else "outside"
    reach = f"below {high:.3g} K" if low == 0.0 else f"from {low:.3g} to {high:.3g} K"
    return f"{said}: {reach}, and {T:.4g} K is {inside}"


def _length(material: Material, conductance: float, T: float) -> float | None:
    """l = k/G [m]: the thickness of the material that resists as much as the contact."""
    try:
        return material.conductivity(T) / conductance
    except InputError:
        return None


def _point(series: Measurement, T: float) -> dict[str, Any]:
    temperature, conductance = series.nearest(T)
    return {
        "temperature": temperature,
        "conductance": conductance,
        "doi": series.doi,
        "interface": series.label,
        "details": series.details,
        "interpolated": series.at(T),
        "range": [series.temperatures[0], series.temperatures[-1]],
        "points": [list(point) for point in zip(series.temperatures, series.conductances, strict=True)],
    }
