"""What is known of a contact or a boundary once the temperatures are: values along it and their means."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kapitza.interfaces.law import Law
from kapitza.layout import Floats, Ints, Layout


@dataclass(frozen=True)
class InterfaceResult:
    """One contact of two pieces; flux and jump are positive from below to above.

    area : (n,) of its faces [m^2] · below_values, above_values, jump_values : (n,) [K] · flux_values : (n,) [W/m^2]
    z, x : (n,) face centres [m], x None in 1-D · vertical : (n,) bool, the face's normal is lateral
    """

    name: str
    pieces: tuple[int, int]
    law: Law
    area: Floats
    below_values: Floats
    above_values: Floats
    flux_values: Floats
    jump_values: Floats
    z: Floats
    x: Floats | None
    vertical: npt.NDArray[np.bool_]

    def mean(self, values: Floats) -> float:
        """Area mean."""
        if len(values) == 1:
            return float(values[0])
        return float(np.average(values, weights=self.area))

    @property
    def below(self) -> float:
        """Area mean of the temperature below [K]."""
        return self.mean(self.below_values)

    @property
    def above(self) -> float:
        """Area mean of the temperature above [K]."""
        return self.mean(self.above_values)

    @property
    def jump(self) -> float:
        """Area mean of the jump [K], from the flux and the law."""
        return self.mean(self.jump_values)

    @property
    def jump_abs(self) -> float:
        """Area mean of |jump| [K]: what is left to see where the flux changes its sign along the contact."""
        return self.mean(np.abs(self.jump_values))

    @property
    def jump_max(self) -> float:
        """The jump of largest magnitude, with its sign [K]."""
        return float(self.jump_values[np.argmax(np.abs(self.jump_values))])

    @property
    def flux(self) -> float:
        """Area mean of the flux [W/m^2]."""
        return self.mean(self.flux_values)

    @property
    def heat(self) -> float:
        """Heat through the contact [W]."""
        return float(np.sum(self.flux_values * self.area))

    @property
    def conductance(self) -> float | None:
        """Flux over jump [W/(m^2 K)], the slope of the law where there is no jump; None for perfect contact."""
        if not self.law.linear:
            jump = self.jump
            return self.flux / jump if jump != 0.0 else float(self.law.conductance(self.below))
        resistance = self.law.resistance
        if resistance == 0.0:
            return None
        return 0.0 if math.isinf(resistance) else 1.0 / resistance


def perfect(law: Law) -> bool:
    """No jump at all."""
    return law.linear and law.resistance == 0.0


def jumps(laws: Sequence[Law], law: Ints, flux: Floats, below: Floats, above: Floats) -> Floats:
    """(n,) jumps [K] from the fluxes (n,) [W/m^2] and the laws: R q, or q over the law's conductance between the two
    temperatures. Only an insulated contact has nothing but its temperatures."""
    result = np.empty(len(flux))
    for index, one in enumerate(laws):
        here = law == index
        if not here.any():
            continue
        q, T1, T2 = flux[here], below[here], above[here]
        if one.linear:
            resistance = one.resistance
            result[here] = T1 - T2 if math.isinf(resistance) else q * resistance
            continue
        apart = np.abs(T1 - T2) > 1e-6 * np.abs(T1)
        difference = np.where(apart, T1 - T2, 1.0)
        slope = np.where(apart, one.flux(T1, T2) / difference, one.conductance(0.5 * (T1 + T2)))
        result[here] = np.where(slope > 0, q / np.where(slope > 0, slope, 1.0), T1 - T2)
    return result


@dataclass(frozen=True)
class BoundaryResult:
    """One side of the domain.

    area : (n,) of its faces [m^2] · flux_values : (n,) [W/m^2] into the domain · temperature_values : (n,) surface
    [K] · along : (n, 2) ends of each face along the side [m]; all empty where no material reaches it
    reference : temperature [K] of what the side is tied to, where it is one · film : [K/W] of the whole side
    """

    name: str
    area: Floats
    flux_values: Floats
    temperature_values: Floats
    along: Floats
    reference: float | None = None
    film: float = 0.0

    @property
    def heat(self) -> float:
        """[W] into the domain."""
        return math.fsum((self.flux_values * self.area).tolist())

    @property
    def flux(self) -> float:
        """Area mean of the flux into the domain [W/m^2]; 0 where there is no surface."""
        return self.heat / float(self.area.sum()) if self.area.any() else 0.0

    @property
    def temperature(self) -> float | None:
        """Area mean of the surface temperature [K]; None where there is no surface."""
        if len(self.area) == 0:
            return None
        if len(self.area) == 1:
            return float(self.temperature_values[0])
        return float(np.average(self.temperature_values, weights=self.area))


@dataclass(frozen=True)
class ContactFaces:
    """Faces of all contacts, sorted by contact. Per contact: pieces (m, 2) as below|above, law (m,), start (m + 1,)
    of its faces. Per face (n,): area, below, above, flux, jump, z, vertical, and x (None in 1-D)."""

    pieces: Ints
    law: Sequence[Law]
    law_index: Ints
    start: Ints
    area: Floats
    below: Floats
    above: Floats
    flux: Floats
    jump: Floats
    z: Floats
    x: Floats | None
    vertical: npt.NDArray[np.bool_]


class Interfaces(Mapping[str, InterfaceResult]):
    """All contacts by name, "die|sink", in order; built one by one, so a million of them cost nothing unseen."""

    def __init__(self, layout: Layout, laws: Sequence[Law], faces: Callable[[], ContactFaces]) -> None:
        self._layout, self.laws, self._make = layout, laws, faces
        self._index: dict[str, int] | None = None

    @cached_property
    def faces(self) -> ContactFaces:
        """Values along all contacts, made when first asked for."""
        return self._make()

    def __len__(self) -> int:
        return len(self.faces.pieces)

    def __iter__(self) -> Iterator[str]:
        return (self.name(i) for i in range(len(self)))

    def __getitem__(self, name: str) -> InterfaceResult:
        if self._index is None:
            self._index = {key: i for i, key in enumerate(self)}
        if name not in self._index:
            below, _, above = name.partition("|")
            reverse = f"{above}|{below}"
            hint = f"; there is {reverse!r}" if reverse in self._index else ""
            raise KeyError(f"no interface is named {name!r}{hint}")
        return self.at(self._index[name])

    def values(self) -> ValuesView[InterfaceResult]:
        """All contacts, without looking any up by name."""
        return _Contacts(self)

    def name(self, i: int) -> str:
        """Name of contact ``i``."""
        below, above = self.faces.pieces[i]
        return f"{self._layout.name(int(below))}|{self._layout.name(int(above))}"

    def at(self, i: int) -> InterfaceResult:
        """Contact number ``i``."""
        f = self.faces
        here = slice(int(f.start[i]), int(f.start[i + 1]))
        return InterfaceResult(
            self.name(i),
            (int(f.pieces[i, 0]), int(f.pieces[i, 1])),
            f.law[int(f.law_index[i])],
            f.area[here],
            f.below[here],
            f.above[here],
            f.flux[here],
            f.jump[here],
            f.z[here],
            None if f.x is None else f.x[here],
            f.vertical[here],
        )


class _Contacts(ValuesView[InterfaceResult]):
    def __init__(self, interfaces: Interfaces) -> None:
        super().__init__(interfaces)
        self._interfaces = interfaces

    def __iter__(self) -> Iterator[InterfaceResult]:
        return (self._interfaces.at(i) for i in range(len(self._interfaces)))
