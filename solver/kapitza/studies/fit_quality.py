"""Whether a fit describes its data: the size of the residuals against what is given, and whether neighbours are alike.

c = Σ rᵢ rᵢ₊₁ / Σ rᵢ² of n independent normal numbers has the mean 0 and the variance (n - 1)/(n (n + 2)), as follows
from the fourth moments of a point on a sphere; it is nearly normal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats
from kapitza.studies.fit_model import Model
from kapitza.studies.fit_search import Found

UNLIKELY = 1e-3  # probability by chance of such a chi²
ALIKE = 2e-3  # and of neighbours so much alike
FEW = 6  # residuals of which nothing is said
EXACT = 1e-7  # of the extent of the data: smaller residuals are rounding
SMALL = 0.1  # of given standard deviations: smaller ones may be alike


@dataclass(frozen=True)
class Systematic:
    """Residuals of a column whose neighbours along ``axis`` are alike. correlation : c · chance : of a larger one"""

    column: str
    axis: str
    correlation: float
    chance: float


def chance_of(chi2: float, freedom: int) -> float:
    """Probability of a larger chi²."""
    from scipy.special import chdtrc

    return float(chdtrc(freedom, chi2))


def systematic(model: Model, rest: Floats) -> list[Systematic]:
    """Columns whose residuals (prediction minus data, (n,)) are more alike than chance makes them."""
    from scipy.special import ndtr

    from kapitza.studies.fit_courses import sequence

    axis, rows = sequence(model)
    found = []
    for column, part in zip(model.plan.results, np.split(rest, len(model.plan.results)), strict=True):
        data, sigma = model.data.values[column.name], model.data.sigma[column.name]
        size, n = float(np.sqrt((part**2).mean())), len(part)
        small = 0.0 if sigma is None else SMALL * float(sigma.min())
        if n < FEW or size <= max(EXACT * float(np.ptp(data) or np.abs(data).max()), small):
            continue
        row = (part if sigma is None else part / sigma)[rows]
        correlation = float((row[1:] * row[:-1]).sum() / (row * row).sum())
        chance = float(ndtr(-correlation / math.sqrt((n - 1) / (n * (n + 2)))))
        if chance < ALIKE:
            found.append(Systematic(column.name, axis, correlation, chance))
    return found


def poor(model: Model, found: Found) -> bool:
    """Whether a minimum looks like one that does not describe the data."""
    rest = model.residual(found.prediction)
    freedom = model.size - len(found.inner)
    known = all(sigma is not None for sigma in model.data.sigma.values())
    if known and freedom > 0 and chance_of(float(((rest / found.sigma) ** 2).sum()), freedom) < UNLIKELY:
        return True
    return bool(systematic(model, rest))
