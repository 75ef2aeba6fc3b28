"""Flows of a single column with linear laws, with as few array operations as it takes: traces have many steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapitza.assemble.system import Rise, System
from kapitza.layout import Floats
from kapitza.transient.body import Flow


@dataclass(frozen=True)
class Column:
    """conductance : (nz - 1,) of the inner faces [W/K] · put : (nz,) heat that does not depend on temperatures [W]
    ends : (cell, conductance [W/K], temperature [K]) of what the column is tied to · into, out : of ``put`` [W]"""

    conductance: Floats
    put: Floats
    ends: tuple[tuple[int, float, float], ...]
    into: float
    out: float

    @staticmethod
    def of(system: System, reference: float) -> Column:
        """Of a system without shifts; its temperatures above ``reference`` [K]."""
        nothing = np.zeros(system.mesh.shape)
        still = Rise(nothing, nothing)
        put = system.heat - system.divergence(system.z_flows(still), system.x_flows(still), None)
        parts = [system.heat, *system.faces_z.sheets]
        ends: list[tuple[int, float, float]] = []
        for side in system.sides:
            for term in side.terms:
                cell = int(side.row[0])
                if term.temperature is None:
                    put[cell] += term.heat
                    parts.append(term.heat)
                else:
                    ends.append((cell, float(term.conductance[0]), term.temperature - reference))
        into = sum(float(part[part > 0].sum()) for part in parts)
        out = -sum(float(part[part < 0].sum()) for part in parts)
        return Column(system.faces_z.conductance[:, 0].copy(), put[:, 0], tuple(ends), into, out)

    def flow(self, y: Floats) -> Flow:
        """Heat flows at y (nz, 1) [K]."""
        T = y[:, 0]
        passing = self.conductance * (T[:-1] - T[1:])
        net = self.put.copy()
        net[:-1] -= passing
        net[1:] += passing
        into, out = self.into, self.out
        for cell, conductance, temperature in self.ends:
            heat = conductance * (temperature - float(T[cell]))
            net[cell] += heat
            if heat > 0.0:
                into += heat
            else:
                out -= heat
        return Flow(net[:, np.newaxis], into, out)
