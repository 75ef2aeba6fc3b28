"""Two straight lines extrapolated to a contact: the jump that measured temperatures show without any fit of a case.

On both sides T = a + b (z - z₀), weighted least squares; jump a₁ - a₂, flux q = -k b. R = jump/q, its standard error
from the covariances of both lines. Where the case sets the heat (as thermostats do in simulations), that is the flux;
else it follows from the slopes and those conductivities that are not fitted themselves, weighted by their variances.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza.layout import Floats
from kapitza.studies.fit_statistics import quantile

UNLIKELY = 0.01  # probability by chance from which fluxes are said to disagree
EQUAL = 1e-6  # relative: fluxes that differ by less agree, however exact the data


@dataclass(frozen=True)
class Line:
    """a : at the contact [K] · b : slope [K/m] · covariance : (2, 2) of both · points : how many"""

    a: float
    b: float
    covariance: Floats
    points: int

    @staticmethod
    def through(z: Floats, T: Floats, weight: Floats, known: bool) -> Line:
        """z : (n,) [m] from the contact · T : (n,) [K] · weight : (n,) 1/standard deviation [1/K]; ``known``: of known
        size, else of its ratios"""
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


@dataclass(frozen=True)
class Flux:
    """What a side says of the flux. side : "below", "above", or "case" · value, error : [W/m^2]; error 0 for a given
    one · points : of its line"""

    side: str
    value: float
    error: float
    points: int = 0


@dataclass(frozen=True)
class Extrapolated:
    """A contact seen by two lines. name : "below|above" · told : what the data set there, "" without
    jump [K], flux [W/m^2], resistance [m^2 K/W] and conductance [W/(m^2 K)] with standard errors and, of the two last,
    95 % intervals (``half`` standard errors) · by : where the flux comes from, "case", "slopes" or "slope"
    fluxes : all that is said of it · disagreeing : what chance there is of such different ones, None where it is good
    fitted : resistance at this contact in the fitted case, None for a perfect one"""

    name: str
    told: str
    jump: float
    jump_error: float
    flux: float
    flux_error: float
    resistance: float
    resistance_error: float
    half: float
    by: str
    fluxes: tuple[Flux, ...]
    disagreeing: float | None
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
            "name": f"{self.name}, {self.told}" if self.told else self.name,
            "points": list(self.points),
            "jump": self.jump,
            "jump_error": self.jump_error,
            "flux": self.flux,
            "flux_error": self.flux_error,
            "flux_from": self.by,
            "fluxes": [{"from": one.side, "value": one.value, "error": one.error} for one in self.fluxes],
            "fluxes_agree": self.disagreeing is None,
            "resistance": R,
            "resistance_error": self.resistance_error,
            "resistance_interval": [R - e, R + e],
            "conductance": self.conductance,
            "conductance_error": self.conductance_error,
            "fitted_resistance": self.fitted,
        }


@dataclass(frozen=True)
class Unlined:
    """A contact without lines. name : "below|above", with what the data set · why : a phrase"""

    name: str
    why: str


def meet(
    name: str,
    lines: tuple[Line, Line],
    conductivity: tuple[float | None, float | None],
    given: float | None,
    known: bool,
    fitted: float | None = None,
    told: str = "",
) -> Extrapolated | None:
    """What two lines, below and above, say of the contact between them; None where no flux is known, or none flows.

    conductivity : of both sides [W/(m K)], None where it is not known · given : flux that is known without them
    [W/m^2] · known : whether the standard deviations are
    """
    below, above = lines
    covariance = np.zeros((4, 4))
    covariance[:2, :2], covariance[2:, 2:] = below.covariance, above.covariance
    jump_slope = np.array([1.0, 0.0, -1.0, 0.0])
    jump = below.a - above.a
    slopes = [
        Flux(side, -k * line.b, k * math.sqrt(line.covariance[1, 1]), line.points)
        for side, k, line in zip(("below", "above"), conductivity, lines, strict=True)
        if k is not None
    ]
    flux_slope = np.zeros(4)
    if given is not None:
        flux, by = given, "case"
        fluxes = (Flux("case", given, 0.0), *slopes)
    elif slopes:
        spread = np.array([one.error**2 for one in slopes])
        share = np.full(len(slopes), 1.0 / len(slopes))
        if (spread > 0.0).all():
            share = (1.0 / spread) / (1.0 / spread).sum()
        flux, by = float(share @ [one.value for one in slopes]), "slopes" if len(slopes) == 2 else "slope"
        for part, one in zip(share, slopes, strict=True):
            side = ("below", "above").index(one.side)
            flux_slope[2 * side + 1] = -part * float(conductivity[side] or 0.0)
        fluxes = tuple(slopes)
    else:
        return None
    if flux == 0.0:
        return None
    R = jump / flux
    slope = jump_slope / flux - R / flux * flux_slope

    def error(gradient: Floats) -> float:
        return math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))

    return Extrapolated(
        name=name,
        told=told,
        jump=jump,
        jump_error=error(jump_slope),
        flux=flux,
        flux_error=error(flux_slope),
        resistance=R,
        resistance_error=error(slope),
        half=quantile(below.points + above.points - 4, known),
        by=by,
        fluxes=fluxes,
        disagreeing=_chance(fluxes, known),
        points=(below.points, above.points),
        fitted=fitted,
    )


def _chance(fluxes: tuple[Flux, ...], known: bool) -> float | None:
    """Probability of the least likely difference between two fluxes, None where none is unlikely."""
    from scipy.special import ndtr, stdtr

    worst, pairs = UNLIKELY, len(fluxes) * (len(fluxes) - 1) / 2  # of as many the least likely is not so rare
    for i, one in enumerate(fluxes):
        for other in fluxes[i + 1 :]:
            apart, error = abs(one.value - other.value), math.hypot(one.error, other.error)
            if apart <= EQUAL * max(abs(one.value), abs(other.value)):
                continue
            t = apart / error if error > 0.0 else math.inf
            freedom = sum(flux.points - 2 for flux in (one, other) if flux.points)
            worst = min(worst, 2.0 * pairs * float(ndtr(-t) if known else stdtr(freedom, -t)))
    return worst if worst < UNLIKELY else None
