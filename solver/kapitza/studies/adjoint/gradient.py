"""Derivatives by the numeric keys of a case."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza import pipeline
from kapitza.case import Case
from kapitza.case.edit import value_at
from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.solution.solved import Solved
from kapitza.studies.adjoint.adjoint import Adjoint
from kapitza.studies.adjoint.functional import Functional
from kapitza.units import plain_text, unit_of

STEP = 1e-4  # of a value: what is left of third derivatives is 1e-8, of rounding less
_QUANTITY = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class Key:
    """A numeric key of a case.

    path : dotted · number : as given, in ``unit`` · value : in SI · factor : SI per number"""

    path: str
    number: float
    unit: str
    value: float
    factor: float

    @staticmethod
    def of(case: Case, path: str) -> Key:
        """Raises InputError where there is no such key, or where it does not hold one number."""
        given = value_at(case.data, path)
        if isinstance(given, bool) or not isinstance(given, str | int | float):
            raise InputError(
                f"{path}: {_shown(given)} is not a number; a derivative is by a number with its unit"
            )
        if not isinstance(given, str):
            return Key(path, float(given), "", float(given), 1.0)
        found = _QUANTITY.fullmatch(plain_text(given))
        if found is None:
            raise InputError(f"{path}: {given!r} is not a number; a derivative is by a number with its unit")
        number, text = float(found[1]), found[2].strip()
        try:
            unit = unit_of(text.removeprefix("*").lstrip()) if text else unit_of("1")
        except ValueError as problem:
            raise InputError(f"{path}: {problem}") from None
        factor = float(unit.factor)
        return Key(path, number, text, factor * number + float(unit.offset), factor)

    @property
    def step(self) -> float:
        """In SI; a small part of the value, so far as that is above zero."""
        return STEP * (abs(self.value) or self.factor)

    def plus(self, change: float) -> Any:
        """What stands in the case after a ``change`` [SI]."""
        number = self.number + change / self.factor
        return f"{number!r} {self.unit}" if self.unit else number


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
