"""Simulated measurements in closed form, and least squares on them that share nothing with the solver.

Each measurement is a function of its parameters; `scripts/measurements.py` adds noise to it and writes the CSV files
beside the cases, `verify` fits the same numbers by Gauss and Newton's steps on the closed form.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kapitza.verify.multilayer import Joint, Multilayer, Slab
from kapitza.verify.periodic import surface_impedance
from kapitza.verify.stacks import End

Array = NDArray[np.float64]
STEP = 1e-5


def bars(values: Array, z: Array) -> Array:
    """Temperatures [K] along two aluminium bars of 50 mm with a joint: values = (R [m^2 K/W], ends [K])."""
    R, hot, cold = map(float, values)
    k, length = 167.0, 0.05
    flux = (hot - cold) / (2.0 * length / k + R)
    return np.where(z < length, hot - flux * z / k, cold + flux * (2.0 * length - z) / k)


def profile(values: Array, z: Array) -> Array:
    """Temperatures [K] in two films of 20 nm under 4 GW/m^2: values = (G [W/(m^2 K)], k below, k above [W/(m K)],
    upper end [K])."""
    G, below, above, end = map(float, values)
    flux, middle = 4e9, 20e-9
    upper = end + flux * (2.0 * middle - z) / above
    lower = end + flux * (middle / above + 1.0 / G + (middle - z) / below)
    return np.where(z < middle, lower, upper)


TUNGSTEN, SHARE = 46.0, 0.45


def laminate(values: Array, period: Array) -> Array:
    """Conductivity [W/(m K)] across W/Al2O3 of a period [m]: values = (G [W/(m^2 K)], k of the alumina)."""
    G, alumina = map(float, values)
    return period / (period * (SHARE / TUNGSTEN + (1.0 - SHARE) / alumina) + 2.0 / G)


def reflectance(values: Array, frequency: Array) -> NDArray[np.complex128]:
    """Complex temperature [K] of a gold film of 100 nm on 500 um of sapphire, heated at its surface: values = (G of
    the bond [W/(m^2 K)], k of the sapphire [W/(m K)], flux [W/m^2])."""
    G, k, flux = map(float, values)
    slabs = Slab(500e-6, k, 3.06e6), Slab(100e-9, 190.0, 2.49e6)
    stack = Multilayer(slabs, (Joint(1.0 / G),), End(temperature=0.0), End(heat_flux=0.0))
    return np.asarray(flux * surface_impedance(stack, frequency))


def amplitude_and_phase(values: Array, frequency: Array) -> Array:
    """Amplitudes [K], then phases [rad]."""
    found = reflectance(values, frequency)
    return np.concatenate([np.abs(found), np.angle(found)])


@dataclass(frozen=True)
class Measurement:
    """A simulated experiment. model : values, coordinate -> what is measured · planted : the true values
    coordinate : where · sigma : (n,) standard deviations from (coordinate, exact data) · seed : of the noise"""

    model: Callable[[Array, Array], Array]
    planted: Array
    coordinate: Array
    sigma: Callable[[Array], Array]
    seed: int

    def noisy(self) -> Array:
        """The exact data with normal noise."""
        exact = self.model(self.planted, self.coordinate)
        return exact + self.sigma(exact) * np.random.default_rng(self.seed).standard_normal(len(exact))


@dataclass(frozen=True)
class Least:
    """values : (p,) of least squares · error : (p,) standard errors for sigma as given"""

    values: Array
    error: Array


def least(model: Callable[[Array, Array], Array], start: Array, x: Array, y: Array, sigma: Array) -> Least:
    """Gauss and Newton's steps by the logarithms of positive parameters, derivatives by central differences."""
    ln = np.log(start)
    for _ in range(60):
        J = np.column_stack(
            [
                (model(np.exp(ln + step), x) - model(np.exp(ln - step), x)) / (2.0 * STEP)
                for step in STEP * np.eye(len(ln))
            ]
        )
        J /= sigma[:, np.newaxis]
        change = np.linalg.lstsq(J, (y - model(np.exp(ln), x)) / sigma, rcond=None)[0]
        ln = ln + change / max(1.0, float(np.abs(change).max()))
        if np.abs(change).max() < 1e-13:
            break
    values = np.exp(ln)
    return Least(values, values * np.sqrt(np.diag(np.linalg.inv(J.T @ J))))


def _relative(part: float) -> Callable[[Array], Array]:
    return lambda exact: part * np.abs(exact)


def _same(size: float) -> Callable[[Array], Array]:
    return lambda exact: np.full(len(exact), size)


def _of_reflectance(exact: Array) -> Array:
    n = len(exact) // 2
    return np.concatenate([0.01 * exact[:n], np.full(n, np.radians(0.4))])


FREQUENCIES = np.geomspace(3e4, 1e8, 24)
PERIODS = np.array([2.5, 3.5, 5.0, 7.0, 10.0, 15.0, 23.0, 35.0, 60.0]) * 1e-9
MEASUREMENTS = {
    "astm_d5470": Measurement(
        bars,
        np.array([2.4e-5, 365.45, 294.85]),
        np.array([8.0, 16.0, 24.0, 32.0, 40.0, 48.0, 52.0, 60.0, 68.0, 76.0, 84.0, 92.0]) * 1e-3,
        _same(0.03),
        5470,
    ),
    "nemd_profile": Measurement(
        profile, np.array([3.2e8, 6.2, 3.9, 291.0]), 0.5e-9 * np.arange(4.5, 76.0), _same(0.7), 1999
    ),
    "superlattice_fit": Measurement(laminate, np.array([2.6e8, 1.65]), PERIODS, _relative(0.03), 2004),
    "reflectance_fit": Measurement(
        amplitude_and_phase, np.array([6e7, 35.0, 1.37e6]), FREQUENCIES, _of_reflectance, 1996
    ),
}
