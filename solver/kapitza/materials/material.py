"""A material: what heat conduction, interface models and contact mechanics need to know of it. SI numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kapitza.bychannel import ByChannel
from kapitza.errors import InputError
from kapitza.laws.enthalpy import Enthalpy
from kapitza.laws.phases import Phases
from kapitza.laws.temperature import Constant, Table, TemperatureLaw
from kapitza.laws.total import Total, total

LAWS = ("conductivity", "conductivity_lateral", "specific_heat", "volumetric_heat_capacity")

# Every property of a material and its unit, in the order in which they are shown.
UNITS: Mapping[str, str] = {
    "conductivity": "W/(m*K)",
    "conductivity_lateral": "W/(m*K)",
    "density": "kg/m^3",
    "specific_heat": "J/(kg*K)",
    "volumetric_heat_capacity": "J/(m^3*K)",
    "velocity_longitudinal": "m/s",
    "velocity_transverse": "m/s",
    "number_density": "1/m^3",
    "debye_temperature": "K",
    "hardness": "Pa",
    "youngs_modulus": "Pa",
    "poisson": "",
    "mean_free_path": "m",
    "fermi_velocity": "m/s",
    "sommerfeld": "J/(m^3*K^2)",
    "seebeck": "V/K",
    "electrical_resistivity": "ohm*m",
    "latent_heat": "J/kg",
    "melting_temperature": "K",
    "solidus": "K",
    "liquidus": "K",
    "coupling": "W/(m^3*K)",
}

Value = TemperatureLaw | float | ByChannel[TemperatureLaw | float] | None


@dataclass(frozen=True)
class Carrier:
    """One channel of a material: conductivity [W/(m K)], heat capacity per volume [J/(m^3 K)] where it is known."""

    conductivity: TemperatureLaw
    heat_capacity: TemperatureLaw | None


@dataclass(frozen=True)
class Material:
    """Frozen. Only the name and a conductivity are needed; None is "not known".

    conductivity : through the layers (z, or the radius of a cylinder or sphere) [W/(m K)]
    conductivity_lateral : along the layers [W/(m K)]; None: the same (isotropic)
    density [kg/m^3] · specific_heat [J/(kg K)] · volumetric_heat_capacity [J/(m^3 K)], instead of the product
    velocity_longitudinal, velocity_transverse : of sound [m/s]
    number_density : atoms per volume [1/m^3] · debye_temperature [K]
    hardness : indentation [Pa] · youngs_modulus [Pa] · poisson : ratio
    mean_free_path : of the main heat carriers at 300 K [m]
    fermi_velocity [m/s] · sommerfeld : electronic heat capacity over T [J/(m^3 K^2)]
    seebeck [V/K], of any sign · electrical_resistivity [ohm m]
    latent_heat [J/kg] · melting_temperature, or solidus and liquidus [K]
    coupling : between two channels [W/(m^3 K)], or of each pair, "electrons|phonons"
    category : "semiconductor", "metal", … · sources : property -> where its number is from
    uncertain : properties whose numbers are recalled, estimated or typical · source, note : text

    A float is accepted for every function of temperature. Conductivity and heat capacity may be `ByChannel`: then
    ``carriers`` has them, and the material as a whole has their sums. Raises InputError for values that cannot be.
    """

    name: str
    conductivity: TemperatureLaw
    conductivity_lateral: TemperatureLaw | None = None
    density: float | None = None
    specific_heat: TemperatureLaw | None = None
    volumetric_heat_capacity: TemperatureLaw | None = None
    velocity_longitudinal: float | None = None
    velocity_transverse: float | None = None
    number_density: float | None = None
    debye_temperature: float | None = None
    hardness: float | None = None
    youngs_modulus: float | None = None
    poisson: float | None = None
    mean_free_path: float | None = None
    fermi_velocity: float | None = None
    sommerfeld: float | None = None
    seebeck: float | None = None
    electrical_resistivity: float | None = None
    latent_heat: float | None = None
    melting_temperature: float | None = None
    solidus: float | None = None
    liquidus: float | None = None
    coupling: float | ByChannel[float] | None = None
    carriers: ByChannel[Carrier] | None = None
    category: str = ""
    sources: Mapping[str, str] = field(default_factory=dict, hash=False)
    uncertain: tuple[str, ...] = ()
    source: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        self._part()
        for key in LAWS:
            value: TemperatureLaw | float | None = getattr(self, key)
            if value is not None and not isinstance(value, TemperatureLaw):
                value = Constant(float(value))
                object.__setattr__(self, key, value)
            if value is not None:
                self._require(_lowest(value) > 0.0, key, "must be above zero")
        for key in UNITS:
            if key in LAWS or key in ("poisson", "coupling", "seebeck"):
                continue
            number = getattr(self, key)
            self._require(number is None or 0.0 < number < math.inf, key, f"is {number}, must be above zero")
        self._require(self.poisson is None or -1.0 < self.poisson <= 0.5, "poisson", "must lie in -1 to 0.5")
        both = self.specific_heat is not None and self.volumetric_heat_capacity is not None
        self._require(not both, "specific_heat", "is given beside volumetric_heat_capacity; give one of them")
        if self.solidus is not None or self.liquidus is not None:
            pair = self.solidus is not None and self.liquidus is not None
            self._require(pair, "solidus", "and liquidus must be given together")
            self._require(self.melting_temperature is None, "solidus", "is given beside melting_temperature")
        if self.solidus is not None and self.liquidus is not None:
            self._require(self.solidus < self.liquidus, "solidus", "must lie below liquidus")
        if self.latent_heat is not None:
            known = self.melting_range is not None
            self._require(known, "latent_heat", "needs melting_temperature, or solidus and liquidus")

    def _part(self) -> None:
        """Take values by channel apart into ``carriers``, and put their sums in their place."""
        given: dict[str, Value] = {key: getattr(self, key) for key in LAWS}
        parted = {key: value for key, value in given.items() if isinstance(value, ByChannel)}
        couplings = self.coupling if isinstance(self.coupling, ByChannel) else (("", self.coupling),)
        for name, number in couplings:
            key = f"coupling.{name}" if name else "coupling"
            self._require(number is None or 0.0 < number < math.inf, key, f"is {number}, must be above zero")
        if not parted:
            return
        laws = {key: value.map(_law) for key, value in parted.items()}
        own = laws.get("conductivity")
        if own is None:
            raise InputError(
                f"material {self.name}: {next(iter(laws))} is given by channel, so conductivity must be too"
            )
        for key, law in laws.items():
            same = set(law.names) == set(own.names) and len(law.names) == len(own.names)
            self._require(same, key, f"must name the channels of conductivity, {', '.join(own.names)}")
            for name, value in law:
                self._require(_lowest(value) > 0.0, f"{key}.{name}", "must be above zero")
        self._require("conductivity_lateral" not in laws, "conductivity", "by channel has no lateral value")
        whole = [
            key
            for key in ("specific_heat", "volumetric_heat_capacity")
            if given[key] is not None and key not in laws
        ]
        self._require(not whole, "".join(whole[:1]), "must be given by channel, as conductivity is")
        object.__setattr__(
            self, "carriers", ByChannel.of({name: Carrier(law, self._held(laws, name)) for name, law in own})
        )
        for key, law in laws.items():
            object.__setattr__(self, key, total([value for _, value in law]))

    def _held(self, laws: Mapping[str, ByChannel[TemperatureLaw]], name: str) -> TemperatureLaw | None:
        """Heat capacity per volume of a channel."""
        if "volumetric_heat_capacity" in laws:
            return laws["volumetric_heat_capacity"].get(name)
        law = laws["specific_heat"].get(name) if "specific_heat" in laws else None
        return None if law is None or self.density is None else law.scaled(self.density)

    @property
    def isotropic(self) -> bool:
        """The same conductivity in both directions."""
        return self.conductivity_lateral is None or self.conductivity_lateral == self.conductivity

    @property
    def lateral(self) -> TemperatureLaw:
        """Conductivity along the layers [W/(m K)]."""
        return self.conductivity if self.conductivity_lateral is None else self.conductivity_lateral

    @cached_property
    def heat_capacity_law(self) -> TemperatureLaw | None:
        """Heat capacity per volume [J/(m^3 K)] as a function of temperature; None if not known."""
        if self.volumetric_heat_capacity is not None:
            return self.volumetric_heat_capacity
        if self.specific_heat is None or self.density is None:
            return None
        return self.specific_heat.scaled(self.density)

    @property
    def melting_range(self) -> tuple[float, float] | None:
        """Solidus and liquidus [K], both the melting temperature where it is one; None if not known."""
        if self.melting_temperature is not None:
            return self.melting_temperature, self.melting_temperature
        if self.solidus is None or self.liquidus is None:
            return None
        return self.solidus, self.liquidus

    @property
    def lacking(self) -> tuple[str, ...]:
        """What heating in time needs and is not known: density and specific_heat, of them what is missing."""
        needed = [] if self.volumetric_heat_capacity is not None else ["density", "specific_heat"]
        if self.latent_heat is not None:
            needed = needed or ["density"]
        return tuple(key for key in needed if getattr(self, key) is None)

    def enthalpy(self, reference: float | None = None) -> Enthalpy:
        """Heat content per volume, latent heat included; zero at ``reference`` [K], see `Enthalpy.of`.

        Raises InputError that names what is `lacking`."""
        self._require(not self.lacking, " and ".join(self.lacking), "not known, which heating in time needs")
        capacity, melting = self.heat_capacity_law, self.melting_range
        assert capacity is not None
        phases = any(isinstance(getattr(self, key), Phases) for key in LAWS)
        if melting is None or (self.latent_heat is None and not phases):
            return Enthalpy.of(capacity, reference=reference)
        latent = (self.latent_heat or 0.0) * (self.density or 0.0)
        return Enthalpy.of(capacity, latent, *melting, reference)

    def heat_capacity(self, T: float) -> float | None:
        """Heat capacity per volume at T [K]: density * specific heat [J/(m^3 K)]; None if not known."""
        law = self.heat_capacity_law
        return None if law is None else law(T)

    def properties(self) -> dict[str, float | TemperatureLaw]:
        """Every known property by its name, in the order of ``UNITS``."""
        known = {key: getattr(self, key) for key in UNITS}
        return {key: value for key, value in known.items() if value is not None}

    def _require(self, holds: bool, key: str, problem: str) -> None:
        if not holds:
            raise InputError(f"material {self.name}: {key} {problem}")


def _law(value: TemperatureLaw | float) -> TemperatureLaw:
    return value if isinstance(value, TemperatureLaw) else Constant(float(value))


def _lowest(law: TemperatureLaw) -> float:
    """Smallest value that a law states; of a power law or a straight line the value at its reference."""
    if isinstance(law, Phases):
        return min(_lowest(law.solid), _lowest(law.liquid))
    if isinstance(law, Total):
        return min(_lowest(member) for member in law.members)
    if isinstance(law, Table):
        return min(law.values)
    return float(getattr(law, "value", math.inf))
