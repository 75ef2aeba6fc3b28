"""Tolerances: the scatter of probes from that of the numbers of a case, to first order and by Monte Carlo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kapitza.case import Case
from kapitza.case.tolerances import Tolerance, read_tolerances
from kapitza.errors import InputError, KapitzaError
from kapitza.layout import Floats, Ints
from kapitza.many import solve_each
from kapitza.solution import probes
from kapitza.solution.solved import Solved
from kapitza.studies.adjoint import Adjoint
from kapitza.studies.adjoint.functional import Functional, Maximum
from kapitza.studies.adjoint.gradient import Key, along

SEED = 20260101
FEWEST = 8  # draws that say anything of a standard deviation


@dataclass(frozen=True)
class Drawn:
    """What came out of draws. values : (draws, n) of the probes, NaN where one points at nothing any more
    failed : how many draws had no solution"""

    values: Floats
    failed: int

    @property
    def asked(self) -> int:
        return len(self.values) + self.failed

    @property
    def counts(self) -> Ints:
        """(n,) draws that have a value."""
        return np.asarray((~np.isnan(self.values)).sum(axis=0))

    @property
    def mean(self) -> Floats:
        return np.asarray(np.nanmean(self.values, axis=0), dtype=float)

    @property
    def deviation(self) -> Floats:
        """(n,) standard deviation."""
        return np.asarray(np.nanstd(self.values, axis=0, ddof=1), dtype=float)

    @property
    def band(self) -> Floats:
        """(2, n) between which 95 % of the draws lie."""
        return np.asarray(np.nanpercentile(self.values, [2.5, 97.5], axis=0), dtype=float)


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
                "draws": int(self.drawn.counts[i]),
                "failed": self.drawn.asked - int(self.drawn.counts[i]),
                "mean": float(self.drawn.mean[i]),
                "standard_deviation": float(self.drawn.deviation[i]),
                "low": float(low),
                "high": float(high),
            }
        return found


def spread(case: Case, adjoint: Adjoint, draws: int = 0) -> Spread | None:
    """What the tolerances of a case do to the functionals of an adjoint; None where it has none.

    draws : of Monte Carlo, 0: none. Raises InputError for keys that do not vary."""
    tolerances = read_tolerances(case.data)
    if not tolerances:
        if draws:
            raise InputError(
                "--monte-carlo: the case has no [tolerances]; write what scatters, for example "
                '"layers.die.thickness" = "5 %"'
            )
        return None
    columns = [along(adjoint, case, Key.of(case, one.path)) * one.deviation for one in tolerances]
    drawn = monte_carlo(case, adjoint, tolerances, draws) if draws else None
    return Spread(tolerances, np.stack(columns, axis=1), drawn)


def monte_carlo(case: Case, adjoint: Adjoint, tolerances: Sequence[Tolerance], draws: int) -> Drawn:
    """Solutions of cases whose numbers are drawn from normal distributions, independent of each other."""
    if draws < FEWEST:
        raise InputError(f"--monte-carlo: {draws} draws say nothing of a scatter; give {FEWEST} or more")
    keys = [Key.of(case, one.path) for one in tolerances]
    normal = np.random.default_rng(SEED).standard_normal((draws, len(keys)))
    deviations = np.array([one.deviation for one in tolerances])
    cases, failed = [], 0
    for row in normal * deviations:
        drawn = {key.path: key.plus(change) for key, change in zip(keys, row, strict=True)}
        try:
            without = replace(case.replace(drawn).stack, probes=())  # each is asked for by itself
            cases.append(without.repeated())
        except InputError:
            failed += 1  # a thickness or conductivity below zero
    values: list[list[float]] = []
    for found in solve_each(iter(cases)):
        if isinstance(found, KapitzaError):
            failed += 1
        else:
            values.append([_value(found, functional) for functional in adjoint.functionals])
    if len(values) < FEWEST:
        raise InputError(
            f"--monte-carlo: {failed} of {draws} draws have no solution; the tolerances are too wide for a normal "
            "distribution"
        )
    return Drawn(np.array(values), failed)


def _value(solved: Solved, functional: Functional) -> float:
    """NaN where it points at nothing: a point that another layer reaches now."""
    if isinstance(functional, Maximum):
        return float(np.nanmax(solved.pieces.most))
    try:
        return probes.value(solved, functional, functional.name)
    except InputError:
        return math.nan
