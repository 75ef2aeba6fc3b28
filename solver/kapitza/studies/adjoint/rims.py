"""How conduction along circles depends on what lies on their two sides: conductivities, contacts, and the temperature
at which these are taken.

The links of a cell hold what its cut faces do not know of the flow along the edge (`kapitza.assemble.rim`), and that
goes with both conductivities and with R, beside the conductivity of the links themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza import properties
from kapitza.assemble import curved
from kapitza.assemble.plane import divided
from kapitza.assemble.rim import Rim, known, known_slopes
from kapitza.assemble.system import Links, System
from kapitza.layout import Floats, Ints, Layout

STEP = 1e-6  # of a cell's conduction along the edge, in central differences; exact but at a kink
WARMER = 1e-4  # relative, of the temperature at which the flow divides


@dataclass(frozen=True)
class Rims:
    """All circles of one solution. slopes : of each group, (n,) derivatives of `known` by ln of the first conductivity,
    the second, and R · by_temperature : the same by the temperature [1/K] · contact : (n,) number of each face
    more, less : links with a little more and less in every cell"""

    rim: Rim
    missing: Floats
    slopes: Sequence[tuple[Floats, Floats, Floats]]
    by_temperature: Sequence[Floats]
    contact: Sequence[Ints]
    more: Links
    less: Links

    @staticmethod
    def of(layout: Layout, system: System, unit: bool) -> Rims:
        """unit : whether the system is made of conductivities 1, with Kirchhoff's variable for a level"""
        mesh = system.mesh
        groups = curved.find(layout, mesh, system.wrap is not None, False)
        faces = [system.faces_z, system.faces_x, *([] if system.wrap is None else [system.wrap])]
        numbers = [one.contact for one in faces]
        T, _ = properties.reference_temperature(layout.stack)

        def at(temperature: float) -> list[tuple[curved.Cuts, Floats, tuple[Floats, Floats]]]:
            R, near = divided(layout, mesh, groups, system.contacts, numbers, temperature)
            return [(cuts, one, near) for cuts, one in zip(groups, R, strict=True)]

        here = at(T)
        rim = Rim.of(layout, mesh, groups)
        missing = rim.missing([known(*each) for each in here])
        low, high = _around(layout, T)
        rates = [
            (known(*warm) - known(*cold)) / (high - low) for warm, cold in zip(at(high), at(low), strict=True)
        ]
        medium = here[0][2]
        if unit:
            medium = np.ones(mesh.shape), np.ones(mesh.shape)
        assert mesh.dx is not None
        volume = mesh.dz[:, np.newaxis] * system.area_z[0]
        return Rims(
            rim,
            missing,
            [known_slopes(*each) for each in here],
            rates,
            [number.ravel()[cuts.face] for number, cuts in zip(numbers, groups, strict=True)],
            rim.links(missing + STEP, medium, volume),
            rim.links(missing - STEP, medium, volume),
        )

    def effects(self, level: Floats, answer: Floats, contacts: int) -> tuple[Floats, Floats, float]:
        """d(lambda F) by ln of the conductivity beside the faces (cells,), by ln R (contacts,), and by the temperature
        [1/K]. level, answer : (cells,) the variable of the links, and the adjoint solution"""
        by_missing = np.zeros(len(level))
        for links, sign in ((self.more, 1.0), (self.less, -1.0)):
            a, b = links.first, links.second
            pull = -(answer[a] - answer[b]) * links.conductance * (level[a] - level[b])
            by_missing += np.bincount(a, sign * pull / (2.0 * STEP), len(level))
        by_known = self.rim.by_known(self.missing, by_missing[self.rim.cell])
        of_k, of_joint, of_temperature = np.zeros(len(level)), np.zeros(contacts), 0.0
        for cuts, pull, slopes, rate, contact in zip(
            self.rim.groups, by_known, self.slopes, self.by_temperature, self.contact, strict=True
        ):
            np.add.at(of_k, cuts.first, pull * slopes[0])
            np.add.at(of_k, cuts.second, pull * slopes[1])
            np.add.at(of_joint, contact, pull * slopes[2])
            of_temperature += float(pull @ rate)
        return of_k, of_joint, of_temperature


def _around(layout: Layout, temperature: float) -> tuple[float, float]:
    """A little colder and warmer [K], where all conductivities are known."""
    laws = [law for material in layout.kind_materials for law in (material.conductivity, material.lateral)]
    low = max(temperature * (1.0 - WARMER), *(law.valid[0] for law in laws))
    high = min(temperature * (1.0 + WARMER), *(law.valid[1] for law in laws))
    return low, high
