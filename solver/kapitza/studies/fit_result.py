"""What a fit found, as frozen values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kapitza.case import Case
from kapitza.layout import Floats
from kapitza.studies.fit_lines import Extrapolated, Unlined
from kapitza.studies.fit_statistics import Degenerate


@dataclass(frozen=True)
class Estimate:
    """A fitted key. value, error, interval : [SI]; error is a standard error, interval of 95 %, both None where the
    data do not determine it, or a bound holds it · bound : "lowest" or "highest" where it ended at one, else ""
    unit : of the case, "" for a bare number · factor, offset : SI value = factor * number + offset"""

    path: str
    value: float
    error: float | None
    interval: tuple[float, float] | None
    start: float
    bound: str
    log: bool
    unit: str
    factor: float
    offset: float

    @property
    def number(self) -> float:
        return (self.value - self.offset) / self.factor


@dataclass(frozen=True)
class Course:
    """A curve of the fitted case for a picture. name : of the other coordinates, "" without · rows : of the data
    x, y : (m,) in SI, NaN between parts"""

    name: str
    rows: Sequence[int]
    x: Floats
    y: Floats


@dataclass(frozen=True)
class Measured:
    """A measured column. data, fitted : (n,) [SI] · sigma : (n,) [SI] standard deviations, those that were found where
    none were given (``known`` False) · unit : as in the data; factor, offset : of it
    what : "temperature", "phase", …"""

    name: str
    what: str
    unit: str
    factor: float
    offset: float
    data: Floats
    fitted: Floats
    residual: Floats
    sigma: Floats
    known: bool

    @property
    def scatter(self) -> float:
        """Root mean square of the residuals [SI]."""
        return float((self.residual**2).mean() ** 0.5)


@dataclass(frozen=True)
class Axis:
    """Along what the data are drawn: a place, an instant, a frequency or a setting. values : (n,) in its own unit"""

    name: str
    unit: str
    factor: float
    values: Floats
    log: bool


@dataclass(frozen=True)
class Fit:
    """A fit. parameters : in the order of [fit] · correlation : (p, p), NaN where not determined
    measured : the columns · degenerate : groups of parameters that cannot be told apart · idle : without any effect
    chi2 : None where no standard deviations are known · freedom : degrees of it · lines : straight lines to contacts
    unlined : contacts to which none can be drawn
    case : with the fitted values · solved : how many runs it took · warnings : what to know
    courses : makes, for each measured column, the curves of the fitted case between its data
    """

    title: str
    source: str
    parameters: tuple[Estimate, ...]
    correlation: Floats
    measured: tuple[Measured, ...]
    axis: Axis
    chi2: float | None
    freedom: int
    degenerate: tuple[Degenerate, ...]
    idle: tuple[int, ...]
    lines: tuple[Extrapolated, ...]
    unlined: tuple[Unlined, ...]
    warnings: tuple[str, ...]
    case: Case
    geometry: str
    mode: str
    iterations: int
    solved: int
    derivatives: str
    courses: Callable[[], Sequence[Sequence[Course]]] = field(repr=False, compare=False)

    def __getitem__(self, path: str) -> Estimate:
        return next(one for one in self.parameters if one.path == path)

    @property
    def reduced(self) -> float | None:
        """chi² per degree of freedom."""
        return None if self.chi2 is None or self.freedom == 0 else self.chi2 / self.freedom

    @property
    def chance(self) -> float | None:
        """Probability of a chi² beyond this one, were the case and the standard deviations right."""
        from scipy.special import chdtrc

        return None if self.chi2 is None or self.freedom == 0 else float(chdtrc(self.freedom, self.chi2))

    def summary(self) -> dict[str, Any]:
        """The dictionary that ``kapitza fit --json`` prints; SI."""
        return {
            "status": "ok",
            "title": self.title,
            "data": self.source,
            "geometry": self.geometry,
            "parameters": [_estimate(one) for one in self.parameters],
            "correlation": self.correlation.tolist(),
            "chi2": self.chi2,
            "degrees_of_freedom": self.freedom,
            "reduced_chi2": self.reduced,
            "chance": self.chance,
            "points": sum(len(one.data) for one in self.measured),
            "columns": [_measured(one) for one in self.measured],
            "degenerate": [_degenerate(one, self.parameters) for one in self.degenerate],
            "without_effect": [self.parameters[j].path for j in self.idle],
            "lines": [one.summary() for one in self.lines],
            "without_lines": [{"name": one.name, "why": one.why} for one in self.unlined],
            "solver": {
                "iterations": self.iterations,
                "solved": self.solved,
                "runs": self.mode,
                "derivatives": self.derivatives,
            },
            "warnings": list(self.warnings),
        }


def _estimate(one: Estimate) -> dict[str, Any]:
    return {
        "path": one.path,
        "value": one.value,
        "standard_error": one.error,
        "interval": None if one.interval is None else list(one.interval),
        "start": one.start,
        "scale": "log" if one.log else "linear",
        "at_bound": one.bound or None,
        "written": {"number": one.number, "unit": one.unit or None},
    }


def _measured(one: Measured) -> dict[str, Any]:
    return {
        "name": one.name,
        "measures": one.what,
        "data": one.data.tolist(),
        "fitted": one.fitted.tolist(),
        "residual": one.residual.tolist(),
        "sigma": one.sigma.tolist(),
        "sigma_given": one.known,
        "scatter": one.scatter,
    }


def _degenerate(one: Degenerate, parameters: Sequence[Estimate]) -> dict[str, Any]:
    return {
        "parameters": [parameters[j].path for j in one.members],
        "relative_changes_without_effect": one.trade.tolist(),
        "determined": [{"powers": c.powers.tolist(), "relative_error": c.error} for c in one.determined],
    }
