"""The kernels of `separable_kernels` as numpy statements, a row at a time: no compiler to wait for."""

from __future__ import annotations

from typing import Any

import numpy as np


def factor(q: Any, tie: Any, up: Any, across: Any, own: Any, eigenvalue: Any) -> None:
    """`separable_kernels.factor`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        for i in range(len(q)):
            t = tie + (own[i] + across[i] * eigenvalue)
            pivot = t + up[i]
            q[i] = np.where(pivot != 0.0, 1.0 / pivot, 0.0)
            tie = t * (up[i] * q[i])


def sweep(b: Any, q: Any, up: Any) -> None:
    """`separable_kernels.sweep`."""
    for i in range(1, len(b)):
        b[i] += up[i - 1] * (q[i - 1] * b[i - 1])
    b[-1] *= q[-1]
    for i in range(len(b) - 2, -1, -1):
        b[i] = q[i] * (b[i] + up[i] * b[i + 1])


def left_over(
    out: Any, load: Any, large: Any, small: Any, up: Any, across: Any, seam: Any, inflow: Any
) -> None:
    """`separable_kernels.left_over`; ``inflow`` is not used."""
    z = up[:-1, np.newaxis] * ((large[:-1] - large[1:]) + (small[:-1] - small[1:]))
    out[:] = load
    out[:-1] -= z
    out[1:] += z
    gx = across[:, np.newaxis]
    x = gx * ((large[:, :-1] - large[:, 1:]) + (small[:, :-1] - small[:, 1:]))
    out[:, :-1] -= x
    out[:, 1:] += x
    around = seam * across * ((large[:, -1] - large[:, 0]) + (small[:, -1] - small[:, 0]))
    out[:, -1] -= around
    out[:, 0] += around
