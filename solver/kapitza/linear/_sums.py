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


def between(
    resistance: Any,
    source: Any,
    lower: float,
    upper: float,
    difference: float,
    above: Any,
    beyond: Any,
    rise: Any,
    flux: Any,
) -> None:
    """A chain (n nodes) between two references: down once for what lies above, up once for what lies below.

    lower, upper : resistances of the ends · difference : of the references, lower less upper
    above, beyond : (n,) work space · rise : (n,) above the upper reference · flux : (n - 1,)
    Sums are compensated: each addition's rounding error, exact by Knuth's two-sum, is summed beside it.
    """
    n = len(source)
    R, R_error, gained, gained_error = upper, 0.0, 0.0, 0.0
    for m in range(n - 1, -1, -1):
        if m < n - 1:
            new = R + resistance[m]
            part = new - R
            R_error += (R - (new - part)) + (resistance[m] - part)
            R = new
        above[m] = R + R_error
        beyond[m] = gained + gained_error
        value = above[m] * source[m]
        new = gained + value
        part = new - gained
        gained_error += (gained - (new - part)) + (value - part)
        gained = new
    total = above[0] + lower
    R, R_error, gained, gained_error = lower, 0.0, 0.0, 0.0
    for m in range(n):
        if m > 0:
            new = R + resistance[m - 1]
            part = new - R
            R_error += (R - (new - part)) + (resistance[m - 1] - part)
            R = new
        below = R + R_error
        value = below * source[m]
        new = gained + value
        part = new - gained
        gained_error += (gained - (new - part)) + (value - part)
        gained = new
        held = gained + gained_error
        rise[m] = (difference * above[m] + above[m] * held + below * beyond[m]) / total
        if m < n - 1:
            flux[m] = (difference + held - beyond[m]) / total


def hanging(resistance: Any, source: Any, heat: float, upper: float, through: Any, rise: Any) -> None:
    """A chain (n nodes) below its only reference: up once for the flux, down once for the temperatures.

    heat : into the first node · upper : resistance of the end · through : (n,) heat leaving each node upwards
    rise : (n,) above the reference
    """
    n = len(source)
    total, error = heat, 0.0
    for m in range(n):
        new = total + source[m]
        part = new - total
        error += (total - (new - part)) + (source[m] - part)
        total = new
        through[m] = total + error
    R, R_error, gained, gained_error = upper, 0.0, 0.0, 0.0
    for m in range(n - 1, -1, -1):
        if m < n - 1:
            new = R + resistance[m]
            part = new - R
            R_error += (R - (new - part)) + (resistance[m] - part)
            R = new
        above = R + R_error
        rise[m] = above * through[m] + (gained + gained_error)
        value = above * source[m]
        new = gained + value
        part = new - gained
        gained_error += (gained - (new - part)) + (value - part)
        gained = new
