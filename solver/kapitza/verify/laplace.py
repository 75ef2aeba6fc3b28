"""Numerical inversion of Laplace transforms of diffusion problems: Talbot's contour.

f(t) = 1/(2πi) ∫ e^{st} F(s) ds along s = z(θ)/t, z = N(−0.6122 + 0.5017 θ cot(0.6407 θ) + 0.2645 iθ), by the
midpoint rule in θ (Weideman, SIAM J. Numer. Anal. 44, 2342 (2006)). The singularities must lie on the negative
real axis or at 0, as those of heat conduction with constant data do. The error falls as 3.89^(−N) down to
rounding, which the contour amplifies by e^(0.17 N): with N = 26 about 1e-13 of the largest |f|.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Transform = Callable[[Complex], Complex]

NODES = 26


def invert(transform: Transform, times: ArrayLike) -> Array:
    """f at ``times`` > 0 [s], shape (..., n_times).

    transform : F(s) for s of shape (m,) [1/s], returns (..., m)

    Raises ValueError for a time that is not positive.
    """
    t = np.atleast_1d(np.asarray(times, dtype=float))
    if not np.all(t > 0.0):
        raise ValueError("the inversion needs times above zero")
    theta = (2 * np.arange(NODES // 2) + 1) * np.pi / NODES  # upper half: the lower is its conjugate
    cot = 1 / np.tan(0.6407 * theta)
    z = NODES * (-0.6122 + 0.5017 * theta * cot + 0.2645j * theta)
    slope = NODES * (0.5017 * (cot - 0.6407 * theta * (1 + cot**2)) + 0.2645j)
    values = transform((z / t[:, None]).ravel())
    terms = np.exp(z) * slope * values.reshape(*values.shape[:-1], t.size, z.size)
    return np.asarray(2 / NODES * terms.imag.sum(axis=-1) / t)


def root(s: Complex) -> Complex:
    """√s, right of the imaginary axis."""
    return np.asarray(np.sqrt(s), dtype=np.complex128)
