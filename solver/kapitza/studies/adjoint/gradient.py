"""Derivatives by the numeric keys of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza import pipeline
from kapitza.case import Case
from kapitza.case.amounts import Written, amount
from kapitza.case.edit import value_at
from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.solution.solved import Solved
from kapitza.studies.adjoint.adjoint import Adjoint
from kapitza.studies.adjoint.functional import Functional

STEP = 1e-4  # of a value: what is left of third derivatives is 1e-8, of rounding less


@dataclass(frozen=True)
class Key:
    """A numeric key of a case. path : dotted · value : in SI · written : as the case has it"""

    path: str
    value: float
    written: Written

    @staticmethod
    def of(case: Case, path: str) -> Key:
        """Raises InputError where there is no such key, or where it does not hold one number."""
        given = value_at(case.data, path)
        try:
            return Key(path, *amount(given))
        except InputError:
            what = "not in the case" if given is None else f"{_shown(given)}, not one number"
            raise InputError(f"{path}: is {what}; only a number with its unit can vary") from None

    @property
    def step(self) -> float:
        """In SI; a small part of the value, so far as that is above zero."""
        return STEP * (abs(self.value) or float(self.written.scale.factor))

    def plus(self, change: float) -> str | float:
        """What stands in the case after a ``change`` [SI]."""
        return self.written.text(self.value + change)


@dataclass(frozen=True)
class Gradient:
    """names, values : (n,) of the functionals · keys : (m,) · derivatives : (n, m), per SI unit of the keys"""

    names: Sequence[str]
    values: Floats
    keys: Sequence[Key]
    derivatives: Floats

    @property
    def at(self) -> Floats:
        """(m,) values of the keys [SI]."""
        return np.array([key.value for key in self.keys])


def gradient(
    case: Case,
    keys: Sequence[str],
    functionals: Sequence[Functional] | None = None,
    solved: Solved | None = None,
) -> Gradient:
    """d(functional)/d(key) of a steady case by one adjoint solve a functional.

    keys : dotted paths, as of `Case.replace` · functionals : None: the probes, or the highest temperature
    solved : the case's solution, where it is known

    Raises InputError for keys that are no numbers or change which pieces meet, and as `Adjoint.of` does.
    """
    chosen = [Key.of(case, path) for path in keys]
    adjoint = Adjoint.of(pipeline.solve(case.stack) if solved is None else solved, functionals)
    columns = [along(adjoint, case, key) for key in chosen]
    derivatives = np.stack(columns, axis=1) if columns else np.zeros((len(adjoint.values), 0))
    return Gradient(adjoint.names, adjoint.values, chosen, derivatives)


def along(adjoint: Adjoint, case: Case, key: Key) -> Floats:
    """(n,) derivatives of the functionals by one key, per SI unit."""
    high, low = (case.replace({key.path: key.plus(change)}).stack for change in (key.step, -key.step))
    try:
        return adjoint.difference(high, low) / (2.0 * key.step)
    except InputError as error:
        raise InputError(f"{key.path}: {error}") from None


def _shown(value: object) -> str:
    return "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(value)
