"""The manufactured solution with a jump, solved: errors of temperatures, side temperatures and flux.

A case file has no sources that vary from cell to cell, so this one works on the assembled `System`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kapitza.verify.manufactured import Manufactured
from kapitza.verify.row import Row

if TYPE_CHECKING:
    from kapitza.model import Stack
    from kapitza.solution import Solution

Array = NDArray[np.float64]
NAMES = ("temperature, L2", "temperature, max", "below, L2", "above, L2", "flux, max")
UNITS = ("K", "K", "K", "K", "W/m^2")


def stack(exact: Manufactured, cells: int) -> Stack:
    """The stack of the manufactured solution, without its sources; ``cells`` in each layer and 2·cells along x."""
    from kapitza.interfaces.law import Conductance
    from kapitza.laws.temperature import Constant
    from kapitza.materials.material import Material
    from kapitza.model import Boundary, Geometry, Interface, Layer, MeshOptions, Reservoir, Stack

    lower = Material("lower", Constant(exact.k_below), Constant(exact.k_below_lateral))
    upper = Material("upper", Constant(exact.k_above))
    return Stack(
        layers=[Layer("below", lower, exact.below), Layer("above", upper, exact.above)],
        geometry=Geometry("axisymmetric" if exact.axisymmetric else "plane", x=(0.0, exact.width)),
        interfaces=[Interface(Conductance(exact.joint), between=("below", "above"))],
        boundaries={
            "bottom": Boundary(Reservoir(exact.ambient, Conductance(exact.h_bottom))),
            "top": Boundary(Reservoir(exact.ambient, Conductance(exact.h_top))),
        },
        mesh=MeshOptions(x=2 * cells, cells_per_layer=cells),
    )


def solve(exact: Manufactured, cells: int) -> Solution:
    """Solve with the manufactured heat in every cell."""
    from kapitza import properties, steady
    from kapitza.assemble import plane as assembly
    from kapitza.layout import Layout
    from kapitza.mesh import build_plane
    from kapitza.solution import Solution, plane

    layout = Layout.of(stack(exact, cells))
    conductivities = properties.evaluate(layout)
    mesh = build_plane(layout)
    bare = assembly.assemble(layout, mesh, conductivities)
    assert mesh.x_edges is not None
    heat = exact.cell_heat(mesh.z_edges, mesh.x_edges)
    shift = 0.25 * heat * bare.half_z
    system = replace(bare, heat=heat, shift_lower=shift, shift_upper=shift)
    return Solution.of(plane.build(layout, steady.solve_plane(layout, system), ()))


def errors(exact: Manufactured, solution: Solution) -> tuple[float, ...]:
    """The errors in `NAMES`."""
    mesh = solution.mesh
    assert mesh.x is not None
    assert mesh.dx is not None
    wrong = solution.temperature - exact.temperature(mesh.z[:, None], mesh.x[None, :])
    across = mesh.x * mesh.dx if exact.axisymmetric else mesh.dx
    weight = mesh.dz[:, None] * across[None, :]
    joint = solution.interfaces["below|above"]
    assert joint.x is not None
    below, above, flux = exact.at_joint(joint.x)
    return (
        _l2(wrong, weight),
        float(np.max(np.abs(wrong))),
        _l2(joint.below_values - below, joint.area),
        _l2(joint.above_values - above, joint.area),
        float(np.max(np.abs(joint.flux_values - flux))),
    )


def _l2(wrong: Array, weight: Array) -> float:
    return math.sqrt(float(np.average(wrong**2, weights=weight)))


@dataclass(frozen=True)
class Study:
    """A reference problem whose numbers are norms of the error: the exact value is 0."""

    name: str
    title: str
    exact: Manufactured
    tolerances: Sequence[float]
    source: str = "u = P(z)·f(x), jump q/G"
    cells: int = 16

    def evaluate(self, levels: int = 1) -> list[Row]:
        """One row per norm and mesh."""
        solutions = [solve(self.exact, self.cells * 2**level) for level in range(levels)]
        found = [errors(self.exact, solution) for solution in solutions]
        rows: list[Row] = []
        for i, (name, unit, tolerance) in enumerate(zip(NAMES, UNITS, self.tolerances, strict=True)):
            for level, solution in enumerate(solutions):
                error = found[level][i]
                order = math.log2(found[level - 1][i] / error) if level else None
                rows.append(
                    Row(
                        self.name, name, error, 0.0, error, order, error <= tolerance,
                        solution.mesh.cells, self.source, unit, tolerance,
                    )
                )  # fmt: skip
        return rows
