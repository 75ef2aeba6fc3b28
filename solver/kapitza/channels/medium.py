"""What a material is to each channel, at the temperature at which properties are taken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kapitza.bychannel import ByChannel, pair
from kapitza.channels.modes import Modes
from kapitza.errors import InputError
from kapitza.laws.temperature import TemperatureLaw
from kapitza.layout import Floats
from kapitza.materials.material import Material
from kapitza.model import Stack
from kapitza.properties import at, reference_temperature


@dataclass(frozen=True)
class Medium:
    """A material as n temperatures.

    channels : numbers of the channels of each of its temperatures: one each, or all of them where they are locked
    k : (n,) [W/(m K)] · coupling : (n, n) [W/(m^3 K)] · capacity : heat capacity per volume of each [J/(m^3 K)]
    """

    name: str
    channels: tuple[tuple[int, ...], ...]
    k: Floats
    coupling: Floats
    capacity: tuple[TemperatureLaw | None, ...]

    @property
    def n(self) -> int:
        return len(self.k)

    @property
    def locked(self) -> bool:
        """One temperature for all channels."""
        return self.n == 1 and len(self.channels[0]) > 1

    @cached_property
    def weight(self) -> Floats:
        """(n,) of each temperature in the mean."""
        share: Floats = self.k / self.k.sum()
        return share

    @cached_property
    def modes(self) -> Modes:
        return Modes.of(self.k, self.coupling)

    @staticmethod
    def of(material: Material, stack: Stack) -> Medium:
        """Raises InputError where a conductivity depends on temperature and nothing says at which it is taken."""
        T, _ = reference_temperature(stack)
        frozen = stack.solve.properties_at is not None
        names = stack.channels
        if material.carriers is None:
            laws = [material.conductivity]
            channels: tuple[tuple[int, ...], ...] = (tuple(range(len(names))),)
            capacity: tuple[TemperatureLaw | None, ...] = (material.heat_capacity_law,)
        else:
            # In the order of the case's names, whatever the material's.
            own = [(i, c) for i, name in enumerate(names) if (c := material.carriers.get(name)) is not None]
            laws = [c.conductivity for _, c in own]
            channels = tuple((i,) for i, _ in own)
            capacity = tuple(c.heat_capacity for _, c in own)
        if not frozen and not all(law.constant for law in laws):
            raise InputError(
                f"materials.{material.name}.conductivity: depends on temperature, which several temperatures per place "
                "do not take; give [solve] properties_at, or one value for each channel"
            )
        coupling = np.zeros((len(laws), len(laws)))
        if material.coupling is not None and material.carriers is not None and len(laws) > 1:
            place = {names[ids[0]]: n for n, ids in enumerate(channels)}
            given = material.coupling
            pairs = given if isinstance(given, ByChannel) else (("|".join(place), given),)
            for key, value in pairs:
                a, b = (place[name] for name in pair(key))
                coupling[a, b] += value
                coupling[b, a] += value
        return Medium(material.name, channels, np.array([at(law, T) for law in laws]), coupling, capacity)
