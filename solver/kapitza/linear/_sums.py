"""Running sums that keep their digits. Plain Python here; `compiled` turns a function into machine code."""

from __future__ import annotations

from typing import Any


def running_sum(values: Any, start: float, out: Any) -> None:
    """out[i] = start + values[0] + … + values[i], each as if summed exactly and rounded once (Neumaier, 1974).

    values, out : (n,) arrays. Neumaier's variant carries the rounding error of every addition in a second number.
    """
    total = start
    error = 0.0
    for i in range(len(values)):
        value = values[i]
        new = total + value
        if abs(total) >= abs(value):
            error += (total - new) + value
        else:
            error += (value - new) + total
        total = new
        out[i] = total + error
