"""Structure functions: the heat capacity C within a thermal resistance R of the driving point, and K = dC/dR.

In a uniform layer C(R) is a straight line of slope K = ρ c k A²; a contact, which stores nothing, is a step in R at
constant C (K = 0). They come from the stack itself (exact) or from its Zth curve by deconvolution, a Cauer ladder and
sums along it: the first says what the second should show.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kapitza.errors import InputError
from kapitza.studies.cauer import Cauer, ladder
from kapitza.studies.deconvolution import spectrum
from kapitza.studies.foster import Floats

END = 2e-3  # of the steady value


@dataclass(frozen=True)
class Element:
    """A piece of the heat path: ``resistance`` [K/W], ``capacity`` [J/K], both ≥ 0; kind: layer, interface, boundary.

    Pieces in a row with the same name and kind are one part (a cylindrical layer, say, cell by cell).
    """

    name: str
    kind: str
    resistance: float
    capacity: float = 0.0


@dataclass(frozen=True)
class Part:
    """Where a part lies in the structure function: from ``start`` to ``end`` [K/W], ``low`` to ``high`` [J/K]."""

    name: str
    kind: str
    start: float
    end: float
    low: float
    high: float


@dataclass(frozen=True)
class Structure:
    """resistance : (n,) [K/W], capacitance : (n,) [J/K] from the driving point, neither falling, linear in between.

    parts : where layers, interfaces and boundaries lie, from the driving point; empty for one that is from a curve.
    """

    resistance: Floats
    capacitance: Floats
    parts: tuple[Part, ...] = ()

    def at(self, resistance: npt.ArrayLike) -> Floats:
        """C [J/K] within ``resistance`` [K/W] of the driving point; the last value beyond the end."""
        return np.asarray(np.interp(np.asarray(resistance, float), self.resistance, self.capacitance), float)

    @property
    def differential(self) -> tuple[Floats, Floats]:
        """Edges (m + 1,) [K/W] and K = ΔC/ΔR (m,) [J W/K²] between them; vertical steps are left out."""
        dR = np.diff(self.resistance)
        real = dR > 0.0
        edges = np.append(self.resistance[:-1][real], self.resistance[-1])
        return edges, np.diff(self.capacitance)[real] / dR[real]


def of_stack(elements: Sequence[Element]) -> Structure:
    """The structure function of a path, exactly: ``elements`` from the driving point to ambient.

    Raises InputError for negative or infinite values: an end at a given temperature is where the path ends.
    """
    for e in elements:
        if not (0.0 <= e.resistance < math.inf and 0.0 <= e.capacity < math.inf):
            raise InputError(
                f"structure function: {e.name} has {e.resistance:g} K/W and {e.capacity:g} J/K; both must be finite "
                "and not negative: a heat path ends where nothing passes on"
            )
    if not elements:
        raise InputError("structure function: a heat path has one element at least")
    R = np.concatenate([[0.0], np.cumsum([e.resistance for e in elements])])
    C = np.concatenate([[0.0], np.cumsum([e.capacity for e in elements])])
    parts, first = [], 0
    for (name, kind), same in itertools.groupby(elements, lambda e: (e.name, e.kind)):
        last = first + len(list(same))
        parts.append(Part(name, kind, float(R[first]), float(R[last]), float(C[first]), float(C[last])))
        first = last
    return Structure(R, C, tuple(parts))


def of_ladder(network: Cauer) -> Structure:
    """The structure function of a ladder: the middles of its steps.

    The ladder's own staircase jumps by C[k] where R[k−1] ends and stays until R[k] does; the structure function of a
    continuous body crosses every one of these edges, and passes close to their middles.
    """
    R = np.concatenate([[0.0], np.cumsum(network.R)])
    C = np.concatenate([[0.0], np.cumsum(network.C)])
    middles_R = np.column_stack([R[:-1], R[:-1] + 0.5 * network.R]).ravel()
    middles_C = np.column_stack([C[:-1] + 0.5 * network.C, C[1:]]).ravel()
    return Structure(np.append(middles_R, R[-1]), np.append(middles_C, C[-1]))


def of_curve(time: npt.ArrayLike, zth: npt.ArrayLike, steady: float) -> Structure:
    """The structure function that a Zth curve shows: deconvolution, Cauer ladder, sums; arguments as `foster.fit`.

    Edges are smeared, the more the deeper they lie, and C grows without bound at the end: ambient takes any heat.
    The last ``END`` of the resistance, where that is all there is to see, is left out.
    """
    whole = of_ladder(ladder(spectrum(time, zth, steady)))
    shown = whole.resistance <= (1.0 - END) * steady
    return Structure(whole.resistance[shown], whole.capacitance[shown])
