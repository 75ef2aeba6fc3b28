"""Spectrum of time constants of a thermal impedance by deconvolution (NID, as JESD51-14 annexes it).

With z = ln t the impedance is a(z) = ∫ R(ζ) (1 − exp(−exp(z − ζ))) dζ, its slope a convolution
da/dz = R ⊗ exp(z − exp z). The spectrum R(ζ) ≥ 0 is found by Bayesian (Richardson–Lucy) iteration: every step keeps
it positive and its sum. Rises between grid points stand for slopes, and the kernel is theirs: no error of
differencing remains.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from kapitza.studies.foster import Floats, Foster, curve, measured

PER_DECADE = 16  # of the grid
BEFORE = 4.0  # decades before the first time: what is faster than the curve
AFTER = 1.5  # decades past the last: what is slower
ITERATIONS = 2000  # fewer leave corners round, more break layers into lumps
NEGLIGIBLE = 1e-10  # of the steady value: less is left out of the spectrum


def spectrum(time: npt.ArrayLike, zth: npt.ArrayLike, steady: float, iterations: int = ITERATIONS) -> Foster:
    """The spectrum as a Foster network with many terms, log-spaced; arguments and errors as `foster.fit`.

    More iterations sharpen it, and amplify noise: noisy curves want fewer.
    """
    t, z = curve(time, zth, steady)
    edges, rise = rises(t, z, steady)
    tau = np.sqrt(edges[:-1] * edges[1:])
    fallen = np.exp(-edges[:, None] / tau)
    kernel = fallen[:-1] - fallen[1:]
    whole = kernel.sum(axis=0)
    R = rise + NEGLIGIBLE * steady
    for _ in range(iterations):
        R *= (kernel.T @ (rise / (kernel @ R))) / whole
    R *= steady / R.sum()
    seen = R / steady > NEGLIGIBLE
    return measured(Foster(R[seen], tau[seen]), t, z, steady)


def rises(t: Floats, z: Floats, steady: float) -> tuple[Floats, Floats]:
    """Log-spaced times (n + 1,) from long before to long after the curve and the rises (n,) of Z between them.

    Before its first time the curve goes on with its first slope in log-log, from √t (a solid) to t (a capacity);
    after its last towards the steady value as one exponential.
    """
    n = math.ceil((math.log10(t[-1] / t[0]) + BEFORE + AFTER) * PER_DECADE)
    edges = np.geomspace(t[0] * 10.0**-BEFORE, t[-1] * 10.0**AFTER, n + 1)
    value = np.empty_like(edges)
    early, late = edges < t[0], edges > t[-1]
    slope = min(max(math.log(z[1] / z[0]) / math.log(t[1] / t[0]), 0.5), 1.0)
    value[early] = z[0] * (edges[early] / t[0]) ** slope
    within = ~(early | late)
    value[within] = resampled(t, z, edges[within])
    left = steady - z[-1]
    speed = (z[-1] - z[-2]) / (t[-1] - t[-2])
    pace = left / speed if left > 0.0 and speed > 0.0 else t[-1]
    value[late] = steady - left * np.exp(-(edges[late] - t[-1]) / pace)
    return edges, np.maximum(np.diff(value), 0.0)


def resampled(t: Floats, z: Floats, at: Floats) -> Floats:
    """Z at the times ``at`` within the curve: a cubic in ln Z over ln t that keeps it monotone."""
    from scipy.interpolate import PchipInterpolator

    return np.exp(PchipInterpolator(np.log(t), np.log(z))(np.log(at)))
