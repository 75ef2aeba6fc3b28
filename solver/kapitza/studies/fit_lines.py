"""Two straight lines extrapolated to a contact: the jump that measured temperatures show without any fit of a case.

On both sides T = a + b (z - z₀), weighted least squares; jump a₁ - a₂, flux q = -k b. R = jump/q, its standard error
from the covariances of both lines. Where a boundary of the case sets the heat, that is the flux (as thermostats do in
simulations); else it follows from both slopes and the conductivities of the case, weighted by their variances.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza.layout import Floats, Layout
from kapitza.model import Heat, HeatFlux, Stack
from kapitza.solution.solved import Solved
from kapitza.studies.fit_statistics import quantile

FEWEST = 3  # points of a line


@dataclass(frozen=True)
class Line:
    """a : at the contact [K] · b : slope [K/m] · covariance : (2, 2) of both · points : how many"""

    a: float
    b: float
    covariance: Floats
    points: int


@dataclass(frozen=True)
class Extrapolated:
    """A contact seen by two lines. name : "below|above" · jump [K], flux [W/m^2], resistance [m^2 K/W] and conductance
    [W/(m^2 K)] with standard errors and, of the two last, 95 % intervals · by : where the flux comes from
    exact : resistance at this contact in the fitted case, None for a perfect one"""

    name: str
    jump: float
    jump_error: float
    flux: float
    flux_error: float
    resistance: float
    resistance_error: float
    half: float
    by: str
    points: tuple[int, int]
    fitted: float | None

    @property
    def conductance(self) -> float | None:
        return 1.0 / self.resistance if self.resistance > 0.0 else None

    @property
    def conductance_error(self) -> float | None:
        G = self.conductance
        return None if G is None else G * G * self.resistance_error

    def summary(self) -> dict[str, Any]:
        R, e = self.resistance, self.half * self.resistance_error
        return {
            "name": self.name,
            "points": list(self.points),
            "jump": self.jump,
            "jump_error": self.jump_error,
            "flux": self.flux,
            "flux_error": self.flux_error,
            "flux_from": self.by,
            "resistance": R,
            "resistance_error": self.resistance_error,
            "resistance_interval": [R - e, R + e],
            "conductance": self.conductance,
            "conductance_error": self.conductance_error,
            "fitted_resistance": self.fitted,
        }


def extrapolate(
    solved: Solved, z: Floats, T: Floats, weight: Floats, known: bool
) -> tuple[Extrapolated, ...]:
    """Every contact of a fitted slab, or part of a stack, with at least three points on each side.

    z : (n,) [m] · T : (n,) [K] · weight : (n,) 1/standard deviation [1/K]; ``known``: of known size, else of its ratios
    """
    if solved.stack.geometry.kind != "slab":
        return ()
    return tuple(_contacts(solved, z, T, weight, known))


def _contacts(solved: Solved, z: Floats, T: Floats, weight: Floats, known: bool) -> Iterator[Extrapolated]:
    layout = solved.layout
    edges = layout.layer_edges
    inside = [np.flatnonzero((z > edges[i]) & (z < edges[i + 1])) for i in range(layout.n_layers)]
    for i in range(layout.n_layers - 1):
        below, above = inside[i], inside[i + 1]
        if len(below) < FEWEST or len(above) < FEWEST:
            continue
        one, two = layout.name(i), layout.name(i + 1)
        contact = solved.interfaces.get(f"{one}|{two}") or solved.interfaces.get(f"{two}|{one}")
        joint = float(edges[i + 1])
        lines = [_line(z[side] - joint, T[side], weight[side], known) for side in (below, above)]
        found = _resistance(solved, layout, i, lines, contact, known)
        if found is not None:
            yield found


def _line(z: Floats, T: Floats, weight: Floats, known: bool) -> Line:
    A = np.column_stack([np.ones_like(z), z]) * weight[:, np.newaxis]
    size = np.linalg.norm(A, axis=0)
    Q, R = np.linalg.qr(A / size)
    found = np.linalg.solve(R, Q.T @ (T * weight))
    rest = A / size @ found - T * weight
    inverse = np.linalg.inv(R)
    variance = 1.0 if known else float(rest @ rest) / (len(z) - 2)
    covariance = variance * (inverse @ inverse.T) / np.outer(size, size)
    a, b = found / size
    return Line(float(a), float(b), covariance, len(z))


def _resistance(
    solved: Solved, layout: Layout, i: int, lines: list[Line], contact: Any, known: bool
) -> Extrapolated | None:
    below, above = lines
    covariance = np.zeros((4, 4))
    covariance[:2, :2], covariance[2:, 2:] = below.covariance, above.covariance
    jump_slope = np.array([1.0, 0.0, -1.0, 0.0])
    jump = below.a - above.a
    flux_slope = np.zeros(4)
    if _driven(solved.stack):
        if contact is None:
            return None
        turned = not contact.name.startswith(f"{layout.name(i)}|")
        flux, by = float(-contact.flux if turned else contact.flux), "case"
    else:
        k = [_conductivity(layout, i, below.a), _conductivity(layout, i + 1, above.a)]
        each = np.array([-k[0] * below.b, -k[1] * above.b])
        spread = np.array([k[0] ** 2 * below.covariance[1, 1], k[1] ** 2 * above.covariance[1, 1]])
        share = (1.0 / spread) / (1.0 / spread).sum() if (spread > 0.0).all() else np.array([0.5, 0.5])
        flux, by = float(share @ each), "slopes"
        flux_slope[1], flux_slope[3] = -share[0] * k[0], -share[1] * k[1]
    if flux == 0.0:
        return None
    R = jump / flux
    slope = jump_slope / flux - R / flux * flux_slope

    def error(gradient: Floats) -> float:
        return math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))

    fitted = None if contact is None or not contact.conductance else 1.0 / contact.conductance
    return Extrapolated(
        name=f"{layout.name(i)}|{layout.name(i + 1)}",
        jump=jump,
        jump_error=error(jump_slope),
        flux=flux,
        flux_error=error(flux_slope),
        resistance=R,
        resistance_error=error(slope),
        half=quantile(below.points + above.points - 4, known),
        by=by,
        points=(below.points, above.points),
        fitted=fitted,
    )


def _driven(stack: Stack) -> bool:
    """Whether a boundary sets the heat that flows."""
    return any(isinstance(side.condition, Heat | HeatFlux) for side in stack.boundaries.values())


def _conductivity(layout: Layout, layer: int, T: float) -> float:
    law = layout.kinds[layout.kind_of[layer]].material.conductivity
    return float(law(T))
