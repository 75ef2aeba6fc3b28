"""Whether a fit describes its data: the size of the residuals against what is given, and the order of their signs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kapitza.layout import Floats, Ints
from kapitza.studies.fit_model import Model
from kapitza.studies.fit_search import Found

UNLIKELY = 1e-3  # probability by chance of such a chi²
ORDERED = 5e-3  # and of so few changes of sign
EXACT = 1e-7  # of the extent of the data: smaller residuals are rounding
SMALL = 0.1  # of given standard deviations: smaller ones need no order


@dataclass(frozen=True)
class Systematic:
    """Residuals of a column that keep their sign. changes : of sign, along ``axis`` · points : how many
    chance : of no more changes, were the signs those of a coin"""

    column: str
    axis: str
    changes: int
    points: int
    chance: float


def chance_of(chi2: float, freedom: int) -> float:
    """Probability of a larger chi²."""
    from scipy.special import chdtrc

    return float(chdtrc(freedom, chi2))


def systematic(model: Model, rest: Floats) -> list[Systematic]:
    """Columns whose residuals (prediction minus data, (n,)) are in an order that chance hardly gives."""
    from scipy.special import bdtr

    from kapitza.studies.fit_courses import sequence

    axis, rows = sequence(model)
    found = []
    for column, part in zip(model.plan.results, np.split(rest, len(model.plan.results)), strict=True):
        data, sigma = model.data.values[column.name], model.data.sigma[column.name]
        size = float(np.sqrt((part**2).mean()))
        small = 0.0 if sigma is None else SMALL * float(sigma.min())
        if size <= max(EXACT * float(np.ptp(data) or np.abs(data).max()), small):
            continue
        changes, points = _changes(part[rows])
        chance = float(bdtr(changes, points - 1, 0.5)) if points > 1 else 1.0
        if chance < ORDERED:
            found.append(Systematic(column.name, axis, changes, points, chance))
    return found


def poor(model: Model, found: Found) -> bool:
    """Whether a minimum looks like one that does not describe the data."""
    rest = model.residual(found.prediction)
    freedom = model.size - len(found.inner)
    known = all(sigma is not None for sigma in model.data.sigma.values())
    if known and freedom > 0 and chance_of(float(((rest / found.sigma) ** 2).sum()), freedom) < UNLIKELY:
        return True
    return bool(systematic(model, rest))


def _changes(rest: Floats) -> tuple[int, int]:
    """How often the sign changes, and along how many numbers; zeros are left out."""
    signs: Ints = np.sign(rest[rest != 0.0]).astype(np.intp)
    return int((signs[1:] != signs[:-1]).sum()), len(signs)
