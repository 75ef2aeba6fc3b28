"""Heat content: w(T) = integral of the heat capacity, with the latent heat of melting in it.

Melting over a range, the latent heat is spread evenly over it: w rises steeply from solidus to liquidus. Melting at
one temperature, w jumps there: every w on that plateau belongs to the one temperature, so w, not T, tells the state.
Beyond the range of a law its end value is continued (as in `kapitza.laws.kirchhoff`): an iteration may look there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kapitza.errors import InputError
from kapitza.laws.kirchhoff import Kirchhoff
from kapitza.laws.phases import Phases
from kapitza.laws.temperature import TemperatureLaw

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

ROOM = 300.0  # K, where the content of what never melts is zero, unless said otherwise


@dataclass(frozen=True)
class Enthalpy:
    """w(T) [J/m^3] of one material, and its inverse.

    sensible : integral of the heat capacity [J/(m^3 K)], from ``reference`` or, melting at one temperature, from there;
        over a melting range the latent heat is in it
    latent : of melting [J/m^3]
    solidus, liquidus : [K]; None: it never melts
    shift : content at ``sensible``'s zero, in the solid [J/m^3]
    """

    sensible: Kirchhoff
    latent: float = 0.0
    solidus: float | None = None
    liquidus: float | None = None
    shift: float = 0.0

    @staticmethod
    def of(
        capacity: TemperatureLaw,
        latent: float = 0.0,
        solidus: float | None = None,
        liquidus: float | None = None,
        reference: float | None = None,
    ) -> Enthalpy:
        """capacity : heat capacity per volume [J/(m^3 K)], a `Phases` where solid and liquid differ · latent : latent
        heat per volume [J/m^3] · solidus, liquidus : [K], equal for melting at one temperature, None for none ·
        reference : where w = 0 [K]; None: the solid at its solidus, or 300 K.

        In a melting range the heat capacity is a straight line between its values at solidus and liquidus.
        Raises InputError for a melting range or a latent heat that cannot be.
        """
        if solidus is None or liquidus is None:
            if solidus is not liquidus or latent:
                raise InputError("latent heat: give solidus and liquidus with it, or none of the three")
            return Enthalpy(Kirchhoff.of(capacity, ROOM if reference is None else reference))
        if latent < 0.0:
            raise InputError(f"latent heat: {latent:g} J/m^3 must not be below zero")
        if solidus > liquidus:
            raise InputError(f"solidus {solidus:g} K and liquidus {liquidus:g} K are no melting range")
        if solidus < liquidus:
            extra = latent / (liquidus - solidus)
            law = Phases(capacity, capacity, solidus, liquidus, extra)
            zero = solidus if reference is None else reference
            return Enthalpy(Kirchhoff.of(law, zero), latent, solidus, liquidus)
        plain = Enthalpy(Kirchhoff.of(capacity, solidus), latent, solidus, liquidus)
        if reference is None:
            return plain
        above = float(plain.content(np.array([reference]))[0])
        return Enthalpy(plain.sensible, latent, solidus, liquidus, -above)

    @property
    def constant(self) -> bool:
        """w is proportional to T - reference everywhere."""
        return self.solidus is None and self.sensible.constant

    @property
    def melts(self) -> bool:
        return self.solidus is not None

    @property
    def plateau(self) -> tuple[float, float] | None:
        """Content of the solid and of the liquid at the one temperature where both are [J/m^3]; None if none is."""
        return None if self._sharp is None else (self.shift, self.shift + self.latent)

    @property
    def _sharp(self) -> float | None:
        """The one melting temperature [K]; None where there is none, or a range."""
        return self.solidus if self.solidus == self.liquidus else None

    def content(self, T: Floats) -> Floats:
        """w(T) [J/m^3]; at the one melting temperature that of the solid."""
        w = self.sensible.potential(T)
        melting = self._sharp
        if melting is None:
            return w
        result: Floats = np.where(melting < T, w + self.latent, w) + self.shift
        return result

    def temperature(self, w: Floats) -> Floats:
        """T(w) [K], the inverse of `content`; the whole plateau is at the melting temperature."""
        if self._sharp is None:
            return self.sensible.temperature(w)
        above = w - self.shift
        solid, liquid = np.minimum(above, 0.0), np.maximum(above - self.latent, 0.0)
        melting = (above >= 0.0) & (liquid == 0.0)
        return np.where(melting, self._sharp, self.sensible.temperature(solid + liquid))

    def slope(self, w: Floats, T: Floats | None = None) -> Floats:
        """dT/dw [K m^3/J], at a bend that to the right; 0 on the plateau. T : of these w [K], if known."""
        slope: Floats = 1.0 / self.sensible.conductivity(self.temperature(w) if T is None else T)
        if self.plateau is None or not self.latent:
            return slope
        return np.where((w >= self.plateau[0]) & (w < self.plateau[1]), 0.0, slope)

    def fraction(self, w: Floats) -> Floats:
        """Molten part, 0 to 1; zero where nothing ever melts."""
        if self.solidus is None or self.liquidus is None:
            return np.zeros_like(w)
        if self.plateau is None:
            return np.clip((self.temperature(w) - self.solidus) / (self.liquidus - self.solidus), 0.0, 1.0)
        above = w - self.shift
        if not self.latent:
            return np.where(above > 0.0, 1.0, 0.0)
        return np.clip(above / self.latent, 0.0, 1.0)

    def check(self, T: Floats) -> None:
        """Raise InputError where a temperature lies outside the heat capacity's range."""
        self.sensible.check(T)


@dataclass(frozen=True)
class Heats:
    """Heat contents of n places, grouped by material so that each is evaluated at once (as `kapitza.laws.media`).

    kinds : (n,) material of each place · enthalpy : of each material
    """

    kinds: Ints
    enthalpy: Sequence[Enthalpy]

    @cached_property
    def groups(self) -> Sequence[tuple[Ints, Enthalpy]]:
        """(places, Enthalpy) of each material."""
        present = np.unique(self.kinds)
        return [(np.flatnonzero(self.kinds == kind), self.enthalpy[int(kind)]) for kind in present]

    @property
    def constant(self) -> bool:
        """No heat capacity depends on temperature, and nothing melts."""
        return all(enthalpy.constant for _, enthalpy in self.groups)

    @property
    def melts(self) -> bool:
        return any(enthalpy.melts for _, enthalpy in self.groups)

    def at(self, places: slice) -> Heats:
        """A part of the places."""
        return Heats(self.kinds[places], self.enthalpy)

    def content(self, T: Floats) -> Floats:
        """w(T) (n,) [J/m^3]."""
        result = np.empty(len(self.kinds))
        for here, enthalpy in self.groups:
            result[here] = enthalpy.content(T[here])
        return result

    def temperature(self, w: Floats) -> Floats:
        """T(w) (n,) [K]."""
        result = np.empty(len(self.kinds))
        for here, enthalpy in self.groups:
            result[here] = enthalpy.temperature(w[here])
        return result

    def slope(self, w: Floats, T: Floats | None = None) -> Floats:
        """dT/dw (n,) [K m^3/J]. T : of these w (n,) [K], if known."""
        result = np.empty(len(self.kinds))
        for here, enthalpy in self.groups:
            result[here] = enthalpy.slope(w[here], None if T is None else T[here])
        return result

    def fraction(self, w: Floats) -> Floats:
        """Molten part (n,), 0 to 1."""
        result = np.empty(len(self.kinds))
        for here, enthalpy in self.groups:
            result[here] = enthalpy.fraction(w[here])
        return result

    def check(self, T: Floats) -> None:
        """Raise InputError where a temperature lies outside its material's range."""
        for here, enthalpy in self.groups:
            enthalpy.check(T[here])
