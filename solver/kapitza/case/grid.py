"""The grid of a sweep: which keys of a case take which values, which of them move together, and its points in order.

Written as in [sweep]: a dotted path with a list of values or { from, to, count, spacing }; or a name of one's own with
`sets`, the paths that take its values, each times a factor. Points are numbered like the elements of an array whose
last dimension varies fastest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kapitza.case.messages import given_text

MOST = 10_000_000  # points


@dataclass(frozen=True)
class Axis:
    """One swept quantity: n values of it, and what each sets.

    name : a dotted path, or a name of one's own · settings : (path, its n values as a case holds them)
    numbers : (n,) [SI]; None where the values are texts or tables · labels : the n values as texts · unit : SI unit,
    "1" without, "" for texts · logarithmic : whether the values are spread along a logarithm
    written : the unit in which all of them are given, "" where there is none, or more than one
    """

    name: str
    settings: tuple[tuple[str, tuple[Any, ...]], ...]
    numbers: tuple[float, ...] | None
    labels: tuple[str, ...]
    unit: str
    logarithmic: bool = False
    written: str = ""

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Grid:
    """axes : all swept quantities · groups : numbers of those that move together; each group is one dimension"""

    axes: tuple[Axis, ...]
    groups: tuple[tuple[int, ...], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(self.axes[group[0]]) for group in self.groups)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """A name for each dimension: its axis, or "point" where several axes move together."""
        together = [group for group in self.groups if len(group) > 1]
        names = iter(["point"] if len(together) == 1 else [f"point_{k + 1}" for k in range(len(together))])
        return tuple(next(names) if len(group) > 1 else self.axes[group[0]].name for group in self.groups)

    def dimension_of(self, axis: int) -> str:
        """Name of the dimension along which ``axis`` lies."""
        return next(name for name, group in zip(self.dimensions, self.groups, strict=True) if axis in group)

    def places(self, point: int) -> dict[int, int]:
        """At ``point``: the number of the value of every axis."""
        found: dict[int, int] = {}
        for group, size in zip(reversed(self.groups), reversed(self.shape), strict=True):
            point, at = divmod(point, size)
            found |= dict.fromkeys(group, at)
        return found

    def changes(self, point: int) -> dict[str, Any]:
        """What ``point`` sets: values by dotted path, as `Case.replace` takes them."""
        places = self.places(point)
        return {
            path: values[places[number]]
            for number, axis in enumerate(self.axes)
            for path, values in axis.settings
        }

    def where(self, point: int) -> dict[str, str]:
        """The swept quantities at ``point`` as texts."""
        places = self.places(point)
        return {axis.name: axis.labels[places[number]] for number, axis in enumerate(self.axes)}

    def text(self) -> str:
        """Everything about this grid, the same for the same grid."""
        rows = [
            f"{axis.name}: {path} = {given_value(list(values))}"
            for axis in self.axes
            for path, values in axis.settings or (("", axis.labels),)
        ]
        return "\n".join([*rows, f"dimensions {self.groups}"])


def given_value(value: Any) -> str:
    """A value as it would stand in a file, whole."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {given_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(given_value, value)) + "]"
    return repr(value) if isinstance(value, str) else given_text(value)
