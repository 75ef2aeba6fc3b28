"""A fit from several starts, where the first minimum is a poor one and runs of the case cost little.

Sums of squares can have many minima: where the thickness of a layer is fitted to temperatures along z, every one that
brings another thermometer to the other side of a contact. The starts are those of a low-discrepancy sequence in the
bounds, or in a factor around the values of the case; before them the one with all places held until the rest is found.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Floats
from kapitza.studies.fit_model import Model
from kapitza.studies.fit_phase import Turned, turned
from kapitza.studies.fit_quality import poor
from kapitza.studies.fit_search import Found, settled

STARTS = 8
WIDE, NARROW = math.log(5.0), 0.2  # half width of the box in logarithms, and in parts of the size of others
BETTER = 0.5  # of the logarithm of the likelihood
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)


@dataclass(frozen=True)
class Searched:
    """found : the best · tried : how many starts · moved : whether it is not the one of the case
    phases : that would fit with the other sign, which no start helps against"""

    found: Found
    tried: int
    moved: bool
    phases: Sequence[Turned] = ()


def searched(model: Model) -> Searched:
    """The best minimum. Raises PhysicsError where no search converges, and what the first run of the case raises."""
    failure: PhysicsError | None = None
    best: Found | None = None
    try:
        best = settled(model)
    except PhysicsError as error:
        if not _cheap(model):
            raise
        failure = error
    if best is not None:
        phases = turned(model, best)
        if phases or not (_cheap(model) and (_places(model) or poor(model, best))):
            return Searched(best, 1, False, phases)
    tried, moved = 1, False
    for start in _starts(model):
        tried += 1
        try:
            other = settled(model, start=start)
        except (InputError, PhysicsError):
            continue
        if best is None or _likely(model, other) > _likely(model, best) + BETTER:
            best, moved = other, True
    if best is None:
        assert failure is not None
        raise failure
    return Searched(best, tried, moved)


def _cheap(model: Model) -> bool:
    """Whether tens of fits take seconds."""
    return model.plan.mode in ("steady", "frequency") and not model.base.stack.geometry.two_dimensional


def _places(model: Model) -> Sequence[int]:
    """Numbers of the parameters that move contacts between measured temperatures."""
    if not any(column.result == "temperature" for column in model.plan.results):
        return ()
    ends = (".thickness", "geometry.start", "geometry.inner_radius")
    return [j for j, p in enumerate(model.plan.parameters) if p.path.endswith(ends)]


def _starts(model: Model) -> Iterator[Floats]:
    places = _places(model)
    if places and len(places) < len(model.plan.parameters):
        with suppress(InputError, PhysicsError):
            yield settled(model, held=places).inner
    low, high = model.variables.bounds
    home = model.variables.start
    half = np.where(model.variables.log, WIDE, NARROW)
    left, right = np.maximum(low, home - half), np.minimum(high, home + half)
    for number in range(1, STARTS + 1):
        part = np.array([_radical(number, PRIMES[j % len(PRIMES)]) for j in range(len(home))])
        yield left + part * (right - left)


def _radical(number: int, base: int) -> float:
    """The digits of a number in a base, behind the point and in reverse: of van der Corput."""
    found, size = 0.0, 1.0
    while number:
        size /= base
        number, digit = divmod(number, base)
        found += digit * size
    return found


def _likely(model: Model, found: Found) -> float:
    """Logarithm of the likelihood, less a constant; scatters that are not given are those of the fit."""
    n = model.data.rows
    rest = model.residual(found.prediction).reshape(-1, n) / found.sigma.reshape(-1, n)
    sizes = np.log(found.sigma.reshape(-1, n)).sum(axis=1)
    return -float((sizes + 0.5 * (rest**2).sum(axis=1)).sum())
