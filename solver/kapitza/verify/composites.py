"""Effective conductivities: superlattices as one period, composites as one cell, against sums and exact arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from kapitza.model import Stack
from kapitza.verify import cylinders
from kapitza.verify.contacts import Crystal, diffuse
from kapitza.verify.problem import Problem, Quantity, Summary, boundary, rows_of
from kapitza.verify.row import Row
from kapitza.verify.stacks import laminate

EPOXY, ALUMINA, DIAMOND, GLUE = 0.22, 30.0, 1200.0, 1 / 20e6
RAYLEIGH = "Rayleigh's multipoles"
GALLIUM, ALUMINIUM = Crystal(5320.0, 5240.0, 2840.0, 4.42e28), Crystal(3760.0, 6400.0, 3600.0, 4.42e28)


@dataclass(frozen=True)
class Cell(Problem):
    """A case taken as one periodic cell: its quantities are read from `Effective.summary`."""

    def evaluate(self, levels: int = 1) -> list[Row]:
        import kapitza

        case = kapitza.load(self.path)
        if self.changes:
            case = case.replace(dict(self.changes))
        results: list[tuple[Summary, int]] = []
        for level in range(levels):
            found = kapitza.effective(case if level == 0 else finer(case.stack, 2**level))
            results.append((found.summary(), found.cells))
        exact = self.reference()
        return [row for quantity in self.quantities for row in rows_of(self, quantity, exact, results)]


def finer(stack: Stack, factor: int) -> Stack:
    """``stack`` with ``factor`` times its cells in each direction of a plane."""
    mesh = stack.mesh
    return replace(stack, mesh=replace(mesh, x=mesh.x and factor * mesh.x, z=mesh.z and factor * mesh.z))


def component(name: str) -> Quantity:
    """zz or xx of a laminate, exact but for rounding."""
    return Quantity(name, lambda summary: float(summary["conductivity"][name]), 1e-10, "W/(m*K)", exact=True)


def within(name: str, tolerance: float) -> Quantity:
    """zz or xx of a cell with a mesh."""
    return replace(component(name), tolerance=tolerance, exact=False)


def period(layers: list[tuple[float, float]], conductance: float) -> dict[str, float]:
    """Both directions of one period, with as many contacts as layers."""
    across, along = laminate(layers, [1.0 / conductance] * len(layers))
    return {"zz": across, "xx": along}


def silicon_germanium() -> dict[str, float]:
    return period([(7e-9, 8.5), (4e-9, 4.7)], 1.0 / 3.2e-9)


def tungsten_alumina() -> dict[str, float]:
    return period([(2.7e-9, 46.0), (3.4e-9, 1.65)], 260e6)


def gallium_aluminium() -> dict[str, float]:
    flux = diffuse(GALLIUM, ALUMINIUM)
    return period([(26e-9, 46.0), (26e-9, 91.0)], flux(300.01, 299.99) / 0.02)


def fibres(radius: float) -> dict[str, float]:
    """The square array of the case, and the heat of a cell between 301 K and 300 K."""
    cell = 60e-9
    k = EPOXY * cylinders.conductivity(math.pi * (radius / cell) ** 2, ALUMINA / EPOXY, GLUE * EPOXY / cell)
    return {"zz": k, "xx": k, "heat": k}


def hexagonal() -> dict[str, float]:
    cell, radius, resin = 10e-6, 4.134e-6, 0.25
    fraction = math.pi * radius**2 / (cell**2 * cylinders.CELL["hexagonal"])
    k = resin * cylinders.conductivity(fraction, 8.5 / resin, 1.5e-6 * resin / cell, "hexagonal")
    return {"zz": k, "xx": k}


def spheres() -> dict[str, float]:
    rim, radius = 160e-9, 40e-9
    fraction = 2.0 / 3.0 * (radius / rim) ** 3
    return {"zz": EPOXY * cylinders.dilute_spheres(fraction, DIAMOND / EPOXY, GLUE * EPOXY / radius)}


NEUTRAL = cylinders.neutral_radius(EPOXY, ALUMINA, GLUE)
PERIOD = "L/(Σd/k + ΣR), Σdk/L"
BOTH = (component("zz"), component("xx"))

COMPOSITES: tuple[Problem, ...] = (
    Cell("si_ge_period", "Si/Ge as a periodic cell", PERIOD, "superlattice_si_ge", silicon_germanium, BOTH),
    Cell(
        "w_al2o3_period", "W/Al2O3 as a periodic cell", PERIOD, "superlattice_w_al2o3", tungsten_alumina, BOTH
    ),
    Cell(
        "superlattice_w_al2o3_period",
        "W/Al2O3, the period of a sweep",
        PERIOD,
        "superlattice_w_al2o3_period",
        tungsten_alumina,
        BOTH,
    ),
    Cell(
        "superlattice_gaas_alas_52nm",
        "GaAs/AlAs, 52 nm, diffuse mismatch, as a periodic cell",
        f"{PERIOD}; the mismatch integral by quadrature",
        "superlattice_gaas_alas_52nm",
        gallium_aluminium,
        tuple(replace(one, tolerance=1e-6, exact=False) for one in BOTH),
    ),
    Cell(
        "nanocomposite",
        "Fibres with Kapitza shells, square array",
        RAYLEIGH,
        "nanocomposite",
        lambda: fibres(22e-9),
        (within("zz", 3e-4), within("xx", 3e-4)),
    ),
    Cell(
        "nanocomposite_neutral",
        "Fibres of the neutral radius leave the matrix as it was",
        "k = k_m; Rayleigh's multipoles",
        "nanocomposite",
        lambda: fibres(NEUTRAL),
        (within("zz", 2e-4),),
        changes={"regions.fibre.radius": f"{NEUTRAL!r} m"},
    ),
    Cell(
        "nanocomposite_fine",
        "Finer fibres do harm",
        RAYLEIGH,
        "nanocomposite",
        lambda: fibres(6e-9),
        (within("zz", 2e-4),),
        changes={"regions.fibre.radius": "6 nm"},
    ),
    Problem(
        "nanocomposite_held",
        "The same cell between two temperatures",
        RAYLEIGH,
        "nanocomposite",
        lambda: fibres(22e-9),
        (Quantity("heat", boundary("bottom", "heat"), 3e-4, "W"),),
    ),
    Cell(
        "nanocomposite_hexagonal",
        "Fibres packed hexagonally",
        RAYLEIGH,
        "nanocomposite_hexagonal",
        hexagonal,
        (within("zz", 1e-3), within("xx", 1e-3)),
    ),
    Cell(
        "nanocomposite_spheres",
        "Few spheres with Kapitza shells",
        "Hasselman and Johnson 1987",
        "nanocomposite_spheres",
        spheres,
        (within("zz", 2e-4),),
    ),
)
