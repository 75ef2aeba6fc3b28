"""Foster network of a thermal impedance: Z(t) = Σ Rᵢ (1 − exp(−t/τᵢ)), found from a curve with few terms.

A chain of parallel RC pairs. It reproduces the curve, but its nodes are no places in the stack; the Cauer ladder's
are (`kapitza.studies.cauer`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kapitza.errors import InputError, PhysicsError

Floats = npt.NDArray[np.float64]

PER_DECADE = 24  # time constants of the first guess
FLOOR = 1e-6  # of the steady value: what lies below is compared with this
REACH = 100.0  # how far beyond the curve's times a time constant may lie, as a factor
STEPS = 100  # of one refinement
PASSING = 0.01  # by which a curve may pass its steady value: noise
NEGLIGIBLE = 1e-9  # of the steady value: a term smaller than this is left out


@dataclass(frozen=True)
class Foster:
    """R : (n,) [K/W]; tau : (n,) [s], positive; as fitted: ``error``, ``error_steady`` (0: not fitted).

    R is positive where source and probe are one (`fit`); a probe elsewhere has terms of either sign
    (`kapitza.studies.transfer`).
    ``error`` is the largest |fit − Z| / Z over the curve, ``error_steady`` the largest |fit − Z| over the steady Z; of
    a probe elsewhere, whose Z begins with nothing, both are the latter.
    """

    R: Floats
    tau: Floats
    error: float = 0.0
    error_steady: float = 0.0

    def __post_init__(self) -> None:
        if self.R.shape != self.tau.shape or self.R.ndim != 1 or not self.R.size:
            raise InputError("a Foster network needs as many resistances as time constants, one at least")
        if not (np.all(self.R != 0.0) and np.all(self.tau > 0.0) and np.all(np.isfinite(self.R * self.tau))):
            raise InputError(
                "a Foster network needs finite resistances that are not zero and positive time constants"
            )

    @property
    def C(self) -> Floats:  # noqa: N802
        """(n,) [J/K]: τ / R."""
        return self.tau / self.R

    @property
    def steady(self) -> float:
        """Z at t → ∞ [K/W]."""
        return math.fsum(self.R)

    @property
    def passive(self) -> bool:
        """All resistances are positive, as where source and probe are one."""
        return bool(np.all(self.R > 0.0))

    @property
    def within(self) -> str:
        """How well it fits, in words: of the value where that is meant, else of the steady value."""
        if self.passive:
            return f"{100.0 * self.error:.2g} % of the value"
        return f"{100.0 * self.error_steady:.2g} % of the steady value"

    def evaluate(self, time: npt.ArrayLike) -> Floats:
        """Z [K/W] at ``time`` [s], of the same shape."""
        t = np.asarray(time, dtype=float)
        return -np.expm1(-t[..., None] / self.tau) @ self.R


def fit(
    time: npt.ArrayLike, zth: npt.ArrayLike, steady: float, tolerance: float = 1e-4, most: int = 20
) -> Foster:
    """A Foster network of few terms, at most ``most``, that is within ``tolerance`` of the curve at each time.

    time : (n,) [s], positive, rising; zth : (n,) [K/W], positive; steady : Z at t → ∞, which ΣR equals.
    A non-negative fit on a grid of time constants gives the terms; close ones are merged one pair after another,
    and R and τ refined by least squares of the relative deviation, as long as the tolerance holds. Where it cannot
    be met the best network is returned: look at ``error``. Raises InputError for a curve that is none.
    """
    t, z = curve(time, zth, steady)
    best = _refine(_limit(_first(t, z, steady), most), t, z, steady)
    while best.R.size > 1:
        fewer = _refine(_merge_closest(best), t, z, steady)
        if fewer.error > tolerance:
            break
        best = fewer
    return best


def curve(time: npt.ArrayLike, zth: npt.ArrayLike, steady: float) -> tuple[Floats, Floats]:
    """``time`` and ``zth`` as arrays. Raises InputError unless they are a rising impedance curve below ``steady``."""
    t, z = np.asarray(time, dtype=float), np.asarray(zth, dtype=float)
    if t.ndim != 1 or t.shape != z.shape or t.size < 8:
        raise InputError(
            f"thermal impedance: {t.size} times and {z.size} values; give as many of both, 8 at least"
        )
    if not (np.all(t > 0.0) and np.all(np.diff(t) > 0.0) and np.isfinite(t[-1])):
        raise InputError("thermal impedance: times must be positive, finite and rising")
    if not (np.all(np.isfinite(z)) and np.all(z > 0.0)):
        k = int(np.argmin(np.where(np.isfinite(z), z, -np.inf)))
        raise InputError(
            f"thermal impedance: {z[k]:.3g} K/W at {t[k]:.3g} s; a network needs a response that is positive at "
            "every time: begin later, or put the probe closer to the source"
        )
    if not (np.isfinite(steady) and steady > 0.0 and z.max() <= steady * (1.0 + PASSING)):
        raise PhysicsError(
            f"thermal impedance: the curve reaches {z.max():.6g} K/W, its steady value is {steady:.6g} K/W; "
            "an impedance of positive resistances never passes its steady value"
        )
    return t, z


def _first(t: Floats, z: Floats, steady: float) -> Foster:
    """Non-negative least squares on a fixed grid of time constants; neighbours are merged."""
    from scipy.optimize import nnls

    decades = math.log10(t[-1] / t[0])
    tau = np.geomspace(t[0] / 10.0, t[-1] * 3.0, max(8, round((decades + 1.5) * PER_DECADE)))
    weight = 1.0 / np.maximum(z, FLOOR * steady)
    rows = -np.expm1(-t[:, None] / tau) * (weight * steady)[:, None]
    whole = math.sqrt(t.size)  # ΣR counts as much as all the points together
    A = np.vstack([rows, np.full(tau.size, whole)])
    share, _ = nnls(A, np.append(z * weight, whole), maxiter=50 * tau.size)
    used = np.flatnonzero(share > NEGLIGIBLE)
    groups = np.split(used, np.flatnonzero(np.diff(used) > 1) + 1)
    R = np.array([share[g].sum() for g in groups])
    middle = np.array([math.exp(np.average(np.log(tau[g]), weights=share[g])) for g in groups])
    return Foster(R * (steady / R.sum()), middle)


def _limit(network: Foster, most: int) -> Foster:
    while network.R.size > most:
        network = _merge_closest(network)
    return network


def _merge_closest(network: Foster) -> Foster:
    """The two terms with the closest time constants as one."""
    k = int(np.argmin(np.diff(np.log(network.tau))))
    R = network.R[k : k + 2]
    middle = math.exp(np.average(np.log(network.tau[k : k + 2]), weights=R))
    return Foster(
        np.concatenate([network.R[:k], [R.sum()], network.R[k + 2 :]]),
        np.concatenate([network.tau[:k], [middle], network.tau[k + 2 :]]),
    )


def _refine(network: Foster, t: Floats, z: Floats, steady: float) -> Foster:
    """Levenberg–Marquardt over ln R and ln τ; R is scaled so that ΣR stays ``steady``."""
    from scipy.optimize import least_squares

    n = network.R.size
    weight = 1.0 / np.maximum(z, FLOOR * steady)

    def parts(x: Floats) -> tuple[Floats, Floats, Floats]:
        R = np.exp(x[:n] - x[:n].max())
        R *= steady / R.sum()
        ratio = t[:, None] * np.exp(-x[n:])
        return R, ratio, -np.expm1(-ratio)

    def residual(x: Floats) -> Floats:
        R, _, rise = parts(x)
        return (rise @ R - z) * weight

    def jacobian(x: Floats) -> Floats:
        R, ratio, rise = parts(x)
        by_R = R * (rise - (rise @ R)[:, None] / steady)
        by_tau = -R * ratio * np.exp(-ratio)
        return np.hstack([by_R, by_tau]) * weight[:, None]

    start = np.concatenate([np.log(network.R), np.log(network.tau)])
    low = np.repeat([math.log(NEGLIGIBLE * steady), math.log(t[0] / REACH)], n)
    high = np.repeat([math.log(2.0 * steady), math.log(t[-1] * REACH)], n)
    found = least_squares(residual, np.clip(start, low + 1e-3, high - 1e-3), jac=jacobian, bounds=(low, high),
                          x_scale="jac", max_nfev=STEPS, xtol=1e-12, ftol=1e-10, gtol=1e-15)  # fmt: skip
    R, _, _ = parts(found.x)
    tau = np.exp(found.x[n:])
    order = np.argsort(tau)
    return measured(Foster(R[order], tau[order]), t, z, steady)


def measured(network: Foster, t: Floats, z: Floats, steady: float) -> Foster:
    """``network`` with its errors against the curve."""
    deviation = np.abs(network.evaluate(t) - z)
    relative = deviation / np.maximum(z, FLOOR * steady)
    return replace(network, error=float(relative.max()), error_steady=float(deviation.max() / steady))
