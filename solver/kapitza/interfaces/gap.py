"""The gas between two rough surfaces: h = k_g/(Y + M).

Y : distance of the mean planes [m]; for Gaussian heights of combined roughness sigma, of which the fraction P/H is
in contact, Y = sqrt(2) sigma erfcinv(2 P/H) exactly. (The usual fit 1.53 sigma (P/H)^-0.097 is off by +10 % at
P/H = 1e-5 and +49 % at 0.1.)
M : rarefaction, alpha beta Lambda [m]: alpha = (2 - a1)/a1 + (2 - a2)/a2 with the accommodation coefficients,
beta = 2 gamma/(Pr (gamma + 1)), Lambda the mean free path, proportional to T/p.
Source: M. M. Yovanovich, in Heat Transfer Handbook (Wiley, 2003), ch. 4; S. Song and M. M. Yovanovich, J. Thermophys.
Heat Transfer 1, 229 (1987).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kapitza.errors import InputError
from kapitza.interfaces.about import About
from kapitza.interfaces.curve import fit, spaced
from kapitza.interfaces.law import Conductance, Law
from kapitza.interfaces.potential import Potential
from kapitza.laws.temperature import Array, Constant, Table, TemperatureLaw

ATMOSPHERE = 101325.0  # Pa
ROOM = 300.0  # K, where the mean free path is given
COLDEST, HOTTEST = 1.0, 5000.0  # K, where the conductivity of a gas has no range of its own


@dataclass(frozen=True)
class Gas:
    """conductivity : k_g(T) [W/(m K)]
    mean_free_path : at 300 K and 1 atm [m]; None: no rarefaction (a dense filler)
    pressure [Pa] · heat_capacity_ratio gamma · prandtl Pr
    accommodation : of the two surfaces; engineering surfaces, typical values, not sharp
    """

    name: str
    conductivity: TemperatureLaw
    mean_free_path: float | None = None
    heat_capacity_ratio: float = 1.4
    prandtl: float = 0.71
    accommodation: tuple[float, float] = (0.9, 0.9)
    pressure: float = ATMOSPHERE

    def __post_init__(self) -> None:
        if not all(0.0 < a <= 1.0 for a in self.accommodation):
            raise InputError("gas: accommodation must lie above 0 and at most at 1")
        if not self.pressure > 0.0:
            raise InputError('gas: pressure must be above zero; without gas say gas = "vacuum"')
        if not (self.heat_capacity_ratio > 1.0 and self.prandtl > 0.0):
            raise InputError("gas: heat_capacity_ratio must be above 1 and prandtl above zero")

    @property
    def rarefaction(self) -> float:
        """M/T [m/K] at the gas's pressure."""
        if self.mean_free_path is None:
            return 0.0
        alpha = sum((2.0 - a) / a for a in self.accommodation)
        gamma = self.heat_capacity_ratio
        beta = 2.0 * gamma / (self.prandtl * (gamma + 1.0))
        return alpha * beta * self.mean_free_path * (ATMOSPHERE / self.pressure) / ROOM


# name -> heat capacity ratio, Prandtl number at 300 K, accommodation on engineering metal surfaces (typical)
GASES: Mapping[str, tuple[float, float, float]] = {
    "air": (1.400, 0.707, 0.87),
    "nitrogen": (1.400, 0.716, 0.80),
    "argon": (1.667, 0.670, 0.90),
    "helium": (1.667, 0.680, 0.55),
}


def gas(name: str) -> Gas:
    """A gas by its name, conductivity and mean free path from the library. Raises InputError for other names."""
    from kapitza.materials import library

    known = library.canonical(name)
    if known is None or known not in GASES:
        raise InputError(
            f'gas = "{name}" is not known; use "vacuum", {", ".join(GASES)}, or give '
            "{ conductivity = …, mean_free_path = …, heat_capacity_ratio = …, prandtl = …, accommodation = … }"
        )
    ratio, prandtl, accommodation = GASES[known]
    found = library.material(known)
    return Gas(
        known, found.conductivity, found.mean_free_path, ratio, prandtl, (accommodation, accommodation)
    )


def plane_distance(roughness: float, share: float) -> float:
    """Y [m] = sqrt(2) sigma erfcinv(2 share) = -sigma Phi^-1(share), share P/H below 1/2; Phi: normal distribution."""
    from statistics import NormalDist

    return -roughness * NormalDist().inv_cdf(share)


def gap(filling: Gas, distance: float) -> Law:
    """Law of the gas across mean planes ``distance`` Y [m] apart."""
    per_kelvin = filling.rarefaction
    about = About(
        "gap",
        (
            ("gas", filling.name),
            ("gas_pressure", filling.pressure),
            ("accommodation", list(filling.accommodation)),
            ("distance", distance),
        ),
    )
    k = filling.conductivity
    if per_kelvin == 0.0:
        if isinstance(k, Constant):
            return Conductance(k.value / distance, about)
        return Potential(k, 1.0 / distance, about)

    def conductance(T: Array) -> Array:
        return k(T) / (distance + per_kelvin * T)

    low, high = max(k.valid[0], COLDEST), min(k.valid[1], HOTTEST)
    kinks = k.temperatures if isinstance(k, Table) else ()
    return Potential(fit(conductance, spaced(low, high, kinks)), 1.0, about)
