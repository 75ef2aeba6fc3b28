"""Network of a transfer impedance: from a source to a probe that is elsewhere, where heat arrives late.

Such a curve begins flatter than any power of time, so some terms of its Foster sum are negative. It has no Cauer
ladder and no structure function: it is no driving point.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import numpy.typing as npt

from kapitza.errors import InputError
from kapitza.studies.foster import Floats, Foster

EARLY, LATE = 1e-3, 0.99  # of the steady value: between these times the curve happens
BEGIN = (1.0, 0.3, 0.1, 0.03)  # fastest time constants to try, over the first of these times
END = (0.2, 0.4, 0.8)  # slowest, over the second
WHOLE = 100.0  # weight of ΣR against a point of the curve
CUT = 1e-9  # of the largest singular value: what is smaller is noise


def fit(
    time: npt.ArrayLike, zth: npt.ArrayLike, steady: float, tolerance: float = 1e-4, most: int = 20
) -> Foster:
    """Foster sum with terms of either sign on log-spaced time constants: as few as the tolerance takes.

    time : (n,) [s], positive, rising; zth : (n,) [K/W]; steady [K/W], which ΣR equals; at most ``most`` terms.
    Tolerance and errors are relative to the steady value, for early on there is nothing to be relative to.
    Raises InputError for a curve that is none, or has no steady value to go to.
    """
    t, z = np.asarray(time, dtype=float), np.asarray(zth, dtype=float)
    if t.ndim != 1 or t.shape != z.shape or t.size < 8:
        raise InputError(
            f"thermal impedance: {t.size} times and {z.size} values; give as many of both, 8 at least"
        )
    if not (np.all(t > 0.0) and np.all(np.diff(t) > 0.0) and np.all(np.isfinite(t * z))):
        raise InputError(
            "thermal impedance: times must be positive and rising, and they and the values finite"
        )
    if not (math.isfinite(steady) and steady > 0.0):
        raise InputError(
            f"thermal impedance: a steady value of {steady:g} K/W; the source must warm the probe"
        )
    share = z / steady
    first, last = (float(t[min(int(np.argmax(share > part)), t.size - 1)]) for part in (EARLY, LATE))
    last = last if share[-1] > LATE else float(t[-1])
    best = None
    for n in range(2, most + 1):
        windows = [(first * a, last * b) for a, b in itertools.product(BEGIN, END) if first * a < last * b]
        tries = [_linear(t, share, np.geomspace(low, high, n)) for low, high in windows]
        error, R, tau = min(tries, key=lambda found: found[0])
        if best is None or error < best.error:
            best = Foster(R * steady, tau, error, error)
        if error <= tolerance:
            break
    if best is None:
        raise InputError(
            "thermal impedance: the curve reaches its steady value at its first time; begin earlier"
        )
    return best


def _linear(t: Floats, share: Floats, tau: Floats) -> tuple[float, Floats, Floats]:
    """Least squares on given time constants: largest deviation, R with the sum 1, τ."""
    rows = -np.expm1(-t[:, None] / tau)
    A = np.vstack([rows, np.full(tau.size, WHOLE)])
    R = np.linalg.lstsq(A, np.append(share, WHOLE), rcond=CUT)[0]
    used = R != 0.0
    R, tau = R[used] / R.sum(), tau[used]
    return float(np.max(np.abs(rows[:, used] @ R - share))), R, tau
