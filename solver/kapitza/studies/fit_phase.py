"""Phases that count the other way round: whether a fit would be good with their sign turned."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Floats
from kapitza.studies.fit_model import Model
from kapitza.studies.fit_search import Found, settled

BAD = 0.05  # rad, root mean square: residuals below it are no question of signs
VANISHING = 0.2  # of the residuals: what is left of them with the other sign


@dataclass(frozen=True)
class Turned:
    """column : of phases · before, after : root mean square of its residuals [rad], as given and with signs turned"""

    column: str
    before: float
    after: float


def turned(model: Model, found: Found) -> list[Turned]:
    """Columns of phases whose residuals nearly vanish with all their signs turned; another fit where they are large."""
    before = _sizes(model, model.residual(found.prediction))
    if not any(size > BAD for size in before.values()):
        return []
    values = {name: -v if name in before else v for name, v in model.data.values.items()}
    other = Model(model.base, model.plan, replace(model.data, values=values))
    try:
        after = _sizes(other, other.residual(settled(other).prediction))
    except (InputError, PhysicsError):
        return []
    return [
        Turned(name, size, after[name])
        for name, size in before.items()
        if after[name] < VANISHING * size > 0.0
    ]


def _sizes(model: Model, rest: Floats) -> dict[str, float]:
    """Root mean square of the residuals of columns of phases [rad]."""
    parts = np.split(rest, len(model.plan.results))
    return {
        column.name: math.sqrt(float((part**2).mean()))
        for column, part in zip(model.plan.results, parts, strict=True)
        if column.part == "phase"
    }
