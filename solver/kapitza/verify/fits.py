"""Fits of simulated measurements: beside least squares on the closed form, and beside the values that were put in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from kapitza.verify.measurements import MEASUREMENTS, Array, Least, least
from kapitza.verify.problem import Problem, Quantity, Summary, rows_of
from kapitza.verify.row import Row

CLOSE, ALIKE = 1e-5, 1e-5  # of a standard error: the values, and the standard errors themselves
WITHIN = 1.96  # standard errors


@dataclass(frozen=True)
class Fitted(Problem):
    """A case that is fitted to the data beside it; quantities are read from `Fit.summary`. Every level has twice the
    cells of the one before, which exact profiles do not need."""

    def evaluate(self, levels: int = 1) -> list[Row]:
        import kapitza

        case = kapitza.load(self.path)
        results: list[tuple[Summary, int]] = []
        for level in range(levels):
            finer = case.replace({"mesh.cells_per_layer": 20 * 2**level})
            found = kapitza.fit(finer, self.path.with_suffix(".csv"))
            results.append((found.summary(), int(kapitza.solve(found.case).summary()["cells"])))
        exact = self.reference()
        return [row for quantity in self.quantities for row in rows_of(self, quantity, exact, results)]


@dataclass(frozen=True)
class Recovered:
    """A parameter: name, key, unit, and its standard error about, for tolerances."""

    name: str
    path: str
    unit: str
    error: float


Reader = Callable[[Array], tuple[Array, Array, Array, bool]]  # columns -> x, y, sigma, whether sigma is known


def reference(
    name: str, parameters: tuple[Recovered, ...], read: Reader, path: Callable[[], str]
) -> Mapping[str, float]:
    """Values and standard errors of least squares on the closed form; and what was put in."""
    measurement = MEASUREMENTS[name]
    x, y, sigma, known = read(np.loadtxt(path(), delimiter=",", skiprows=3).T)
    found: Least = least(measurement.model, measurement.planted, x, y, sigma)
    rest = (y - measurement.model(found.values, x)) / sigma
    scale = 1.0 if known else float(np.sqrt(rest @ rest / (len(y) - len(found.values))))
    exact: dict[str, float] = {}
    for one, value, error, planted in zip(
        parameters, found.values, found.error, measurement.planted, strict=True
    ):
        exact |= {
            one.name: float(value),
            f"{one.name}, error": scale * float(error),
            f"{one.name}, put in": float(planted),
        }
    return exact


def _problem(name: str, title: str, parameters: tuple[Recovered, ...], read: Reader) -> Fitted:
    quantities = []
    for one in parameters:
        value, error = _of(one.path, "value"), _of(one.path, "standard_error")
        quantities += [
            Quantity(one.name, value, CLOSE * one.error, one.unit),
            Quantity(f"{one.name}, error", error, ALIKE * one.error, one.unit),
            Quantity(f"{one.name}, put in", value, WITHIN * one.error, one.unit),
        ]

    def path() -> str:
        return str(problem.path.with_suffix(".csv"))

    problem = Fitted(
        name=name,
        title=title,
        source="least squares on the closed form; put in: the simulated value, within 95 %",
        case=name,
        reference=lambda: reference(name, parameters, read, path),
        quantities=tuple(quantities),
    )
    return problem


def _of(path: str, key: str) -> Callable[[Summary], float]:
    return lambda summary: float(next(one[key] for one in summary["parameters"] if one["path"] == path))


def _bars(columns: Array) -> tuple[Array, Array, Array, bool]:
    z, T = columns
    return 1e-3 * z, T + 273.15, np.full(len(z), 0.03), True


def _profile(columns: Array) -> tuple[Array, Array, Array, bool]:
    z, T = columns
    return 1e-9 * z, T, np.ones(len(z)), False


def _laminate(columns: Array) -> tuple[Array, Array, Array, bool]:
    period, k = columns
    return 1e-9 * period, k, 0.03 * k, True


def _reflectance(columns: Array) -> tuple[Array, Array, Array, bool]:
    f, amplitude, phase = columns
    sigma = np.concatenate([0.01 * amplitude, np.full(len(f), np.radians(0.4))])
    return 1e6 * f, np.concatenate([amplitude, np.radians(phase)]), sigma, True


G, K, T = "W/(m^2*K)", "W/(m*K)", "K"
FITS: tuple[Fitted, ...] = (
    _problem(
        "astm_d5470",
        "Joint between two bars, from thermometers along them",
        (
            Recovered("R", "interfaces.0.resistance", "m^2*K/W", 3.1e-7),
            Recovered("hot end", "boundary.bottom.temperature", T, 0.022),
            Recovered("cold end", "boundary.top.temperature", T, 0.022),
        ),
        _bars,
    ),
    _problem(
        "nemd_profile",
        "Interface of two films, from the profile that a known flux makes",
        (
            Recovered("G", "interfaces.0.conductance", G, 9.0e6),
            Recovered("k below", "materials.lower.conductivity", K, 0.24),
            Recovered("k above", "materials.upper.conductivity", K, 0.093),
            Recovered("upper end", "boundary.top.temperature", T, 0.30),
        ),
        _profile,
    ),
    _problem(
        "superlattice_fit",
        "Interfaces of W/Al2O3, from conductivity against period",
        (
            Recovered("G", "interfaces.0.conductance", G, 5.2e6),
            Recovered("k alumina", "materials.alumina.conductivity", K, 0.056),
        ),
        _laminate,
    ),
    _problem(
        "reflectance_fit",
        "Bond of gold and sapphire, from amplitude and phase",
        (
            Recovered("G", "interfaces.0.conductance", G, 5.3e5),
            Recovered("k sapphire", "materials.sapphire.conductivity", K, 0.36),
            Recovered("flux", "boundary.top.heat_flux", "W/m^2", 6.4e3),
        ),
        _reflectance,
    ),
)
