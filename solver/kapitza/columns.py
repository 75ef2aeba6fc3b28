"""Arrays whose columns are all alike, kept as one column seen many times (numpy's broadcasting, stride 0).

Full-width layers make most arrays of a plane such; what is computed from one column costs nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def alike(*arrays: Array) -> bool:
    """Whether each (…, n) array is one column seen n times."""
    return all(a.shape[-1] == 1 or (a.shape[-1] > 1 and a.strides[-1] == 0) for a in arrays)


def thin(*arrays: Array) -> list[Array]:
    """The arrays' single columns (…, 1) where all of them are alike, else the arrays as they are."""
    return [a[..., :1] for a in arrays] if alike(*arrays) else list(arrays)


def wide(column: Array, like: Array) -> Array:
    """``column`` (…, 1) seen as often as ``like`` (…, n) has columns, read-only; an array of that width as it is."""
    width = like.shape[-1]
    return column if column.shape[-1] == width else np.broadcast_to(column, (*column.shape[:-1], width))


def folded(values: Array) -> Array:
    """``values`` (n, m) as one column seen m times if its columns are equal, else as it is."""
    if alike(values) or not np.array_equal(values[:, :-1], values[:, 1:]):
        return values
    return wide(values[:, :1].copy(), values)
