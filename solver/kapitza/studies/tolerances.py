"""Tolerances: the scatter of probes from that of the numbers of a case, to first order and by Monte Carlo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza.case import Case
from kapitza.case.tolerances import Tolerance, read_tolerances
from kapitza.errors import InputError, KapitzaError
from kapitza.layout import Floats
from kapitza.solution.solved import Solved
from kapitza.studies.adjoint import Adjoint
from kapitza.studies.adjoint.functional import Maximum
from kapitza.studies.adjoint.gradient import Key, along

SEED = 20260101
FEWEST = 8  # draws that say anything of a standard deviation


@dataclass(frozen=True)
class Drawn:
    """What came out of draws. values : (draws, n) of the probes · failed : how many draws had no solution"""

    values: Floats
    failed: int

    @property
    def mean(self) -> Floats:
        return np.asarray(self.values.mean(axis=0), dtype=float)

    @property
    def deviation(self) -> Floats:
        """(n,) standard deviation."""
        return np.asarray(self.values.std(axis=0, ddof=1), dtype=float)

    @property
    def band(self) -> Floats:
        """(2, n) between which 95 % of the draws lie."""
        return np.asarray(np.percentile(self.values, [2.5, 97.5], axis=0), dtype=float)


@dataclass(frozen=True)
class Spread:
    """tolerances : (m,) · parts : (n, m) standard deviation of each probe by each, with the sign of the derivative
    drawn : Monte Carlo, where it was asked for"""

    tolerances: Sequence[Tolerance]
    parts: Floats
    drawn: Drawn | None = None

    @property
    def deviation(self) -> Floats:
        """(n,) standard deviation of the probes: independent parts, added in squares."""
        return np.asarray(np.sqrt((self.parts**2).sum(axis=1)), dtype=float)

    @property
    def shares(self) -> Floats:
        """(n, m) of the variance."""
        variance = (self.parts**2).sum(axis=1, keepdims=True)
        return np.asarray(self.parts**2 / np.where(variance > 0, variance, 1.0), dtype=float)

    def data(self, i: int) -> dict[str, Any]:
        """Of probe number i, as plain data."""
        order = np.argsort(-np.abs(self.parts[i]), kind="stable")
        found: dict[str, Any] = {
            "standard_deviation": float(self.deviation[i]),
            "tolerances": [
                {
                    "key": self.tolerances[j].path,
                    "standard_deviation": self.tolerances[j].deviation,
                    "effect": float(self.parts[i, j]),
                    "share": float(self.shares[i, j]),
                }
                for j in order
            ],
        }
        if self.drawn is not None:
            low, high = self.drawn.band[:, i]
            found["monte_carlo"] = {
                "draws": len(self.drawn.values),
                "failed": self.drawn.failed,
                "mean": float(self.drawn.mean[i]),
                "standard_deviation": float(self.drawn.deviation[i]),
                "low": float(low),
                "high": float(high),
            }
        return found


def spread(
    case: Case, adjoint: Adjoint, draws: int = 0, told: Callable[[int], None] | None = None
) -> Spread | None:
    """What the tolerances of a case do to the functionals of an adjoint; None where it has none.

    draws : of Monte Carlo, 0: none · told : is told how many are done. Raises InputError for keys that do not vary."""
    tolerances = read_tolerances(case.data)
    if not tolerances:
        if draws:
            raise InputError(
                "--monte-carlo: the case has no [tolerances]; write what scatters, for example "
                '"layers.die.thickness" = "5 %"'
            )
        return None
    columns = [along(adjoint, case, Key.of(case, one.path)) * one.deviation for one in tolerances]
    drawn = monte_carlo(case, adjoint, tolerances, draws, told) if draws else None
    return Spread(tolerances, np.stack(columns, axis=1), drawn)


def monte_carlo(
    case: Case,
    adjoint: Adjoint,
    tolerances: Sequence[Tolerance],
    draws: int,
    told: Callable[[int], None] | None = None,
) -> Drawn:
    """Solutions of cases whose numbers are drawn from normal distributions, independent of each other."""
    from kapitza.many import solve_each

    if draws < FEWEST:
        raise InputError(f"--monte-carlo: {draws} draws say nothing of a scatter; give {FEWEST} or more")
    keys = [Key.of(case, one.path) for one in tolerances]
    normal = np.random.default_rng(SEED).standard_normal((draws, len(keys)))
    deviations = np.array([one.deviation for one in tolerances])
    cases, failed = [], 0
    for row in normal * deviations:
        try:
            cases.append(
                case.replace(
                    {key.path: key.plus(change) for key, change in zip(keys, row, strict=True)}
                ).stack
            )
        except InputError:
            failed += 1  # a thickness or conductivity below zero
    values: list[list[float]] = []
    for number, found in enumerate(solve_each(iter(cases))):
        if isinstance(found, KapitzaError):
            failed += 1
        else:
            values.append([_value(found, adjoint, i) for i in range(len(adjoint.functionals))])
        if told is not None:
            told(number + 1)
    if len(values) < FEWEST:
        raise InputError(
            f"--monte-carlo: {failed} of {draws} draws have no solution; the tolerances are too wide for a normal "
            "distribution"
        )
    return Drawn(np.array(values), failed)


def _value(solved: Solved, adjoint: Adjoint, i: int) -> float:
    from kapitza.solution import probes

    functional = adjoint.functionals[i]
    if isinstance(functional, Maximum):
        return float(np.nanmax(solved.pieces.most))
    return probes.value(solved, functional, functional.name)
