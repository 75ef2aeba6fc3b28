"""What a fit knows: standard errors, intervals, correlations, and which parameters its data cannot tell apart.

With the weighted Jacobian J by the logarithms (or sizes) of the parameters, the covariance is s² (JᵀJ)⁻¹; s² = 1 where
the standard deviations of the data are known, else the residuals' own. Directions in which J without weights is zero
are not determined; parameters that share one are told together, with the combination of them that is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kapitza.layout import Floats, Ints

LEVEL = 0.975  # quantile of a two-sided 95 % interval
PART = 1e-3  # of a direction: smaller components do not count
CORRELATED = 0.98
NOISE = {"steady": 1e-6, "frequency": 1e-6, "cell": 1e-6, "zth": 1e-4, "transient": 1e-3}  # of derivatives
NOTHING = 1e-3  # of the noise: effects below it, in parts of the largest, are none


@dataclass(frozen=True)
class Combination:
    """Of parameters that cannot be told apart, what is: the product of their powers, or for relative changes the sum.

    members : their numbers · powers : (m,) the largest is 1 or -1 · error : standard error of its logarithm
    """

    members: tuple[int, ...]
    powers: Floats
    error: float


@dataclass(frozen=True)
class Degenerate:
    """Parameters that cannot be told apart. members : their numbers · trade : (m, n) relative changes that leave the
    fit as it is, each with the first member's change of 1 or the next's · determined : the combinations that are"""

    members: tuple[int, ...]
    trade: Floats
    determined: tuple[Combination, ...]


@dataclass(frozen=True)
class Spread:
    """error : (p,) standard errors of relative changes, NaN where not determined, or held at a bound
    correlation : (p, p), NaN likewise · idle : numbers of the parameters without any effect
    degenerate : groups that cannot be told apart · alike : (i, j, correlation) of pairs that hardly can
    quantile : of the 95 % interval, in standard errors"""

    error: Floats
    correlation: Floats
    idle: tuple[int, ...]
    degenerate: tuple[Degenerate, ...]
    alike: tuple[tuple[int, int, float], ...]
    quantile: float


def quantile(freedom: int, known: bool) -> float:
    """Half width of a 95 % interval in standard errors: Student's t, or the normal one where the scatter is known."""
    from scipy.special import ndtri, stdtrit

    return float(ndtri(LEVEL)) if known else float(stdtrit(freedom, LEVEL))


def spread(
    J: Floats,
    sigma: Floats,
    columns: int,
    variance: float,
    free: Sequence[bool],
    noise: float,
    half: float,
) -> Spread:
    """Of the parameters of a fit. J : (n, p) derivatives of what was measured by relative changes, ``columns`` equal
    parts of it below one another, each in its unit · sigma : (n,) standard deviations · variance : s², of what is
    measured in them · free : which are not held at a bound · noise : of the derivatives, in parts of a column of data

    What can be told apart is a matter of J alone, whatever the weights; how well, of J/σ."""
    p = J.shape[1]
    error, covariance = np.full(p, np.nan), np.full((p, p), np.nan)
    parts = [_cleaned(part, noise) for part in np.split(J, columns)]
    length = np.sqrt(sum((part**2).sum(axis=0) for part in parts))
    idle = tuple(np.flatnonzero(without_effect(J, columns, noise)).tolist())
    active = np.array([j for j in range(p) if free[j] and j not in idle], dtype=np.intp)
    if not len(active):
        return Spread(error, covariance, idle, (), (), half)
    D = 1.0 / length[active]
    _, s, rows = np.linalg.svd(np.vstack(parts)[:, active] * D, full_matrices=False)
    keep = s > noise * s[0]
    null, held = rows[~keep], rows[keep]
    if len(s) < len(active):  # fewer data than parameters
        null = _complement(held, len(active))
    sizes = np.repeat([_largest(part) for part in np.split(J, columns)], len(J) // columns)
    weighted = np.vstack(parts)[:, active] * D * (sizes / sigma)[:, np.newaxis]
    whole = variance * held.T @ _inverse(weighted @ held.T) @ held * np.outer(D, D)
    lost = (null**2).sum(axis=0) > PART**2
    inside = ~lost
    good = active[inside]
    error[good] = np.sqrt(np.diag(whole)[inside])
    covariance[np.ix_(good, good)] = whole[np.ix_(inside, inside)]
    correlation = covariance / np.outer(error, error)
    groups = tuple(_group(members, null, whole, D, active) for members in _connected(null) if len(members))
    alike = tuple(
        (int(i), int(j), float(correlation[i, j]))
        for k, i in enumerate(good)
        for j in good[k + 1 :]
        if abs(correlation[i, j]) > CORRELATED
    )
    return Spread(error, correlation, idle, groups, alike, half)


def without_effect(J: Floats, columns: int, noise: float) -> npt.NDArray[np.bool_]:
    """(p,) which parameters change nothing that was measured. J, columns, noise : as in `spread`"""
    found = np.ones(J.shape[1], dtype=bool)
    for part in np.split(J, columns):
        found &= ~_alive(part / _largest(part), noise)
    return found


def rank(J: Floats, columns: int, noise: float) -> int:
    """How many combinations of the parameters are determined. J, columns, noise : as in `spread`"""
    whole = np.vstack([_cleaned(part, noise) for part in np.split(J, columns)])
    length = np.sqrt((whole**2).sum(axis=0))
    s = np.linalg.svd(whole[:, length > 0.0] / length[length > 0.0], compute_uv=False)
    return int((s > noise * s[0]).sum()) if len(s) else 0


def _alive(scaled: Floats, noise: float) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = np.sqrt((scaled * scaled).sum(axis=0)) > NOTHING * noise
    return found


def _largest(J: Floats) -> float:
    """Of the effects of parameters; 1 where none has any."""
    return float(np.sqrt((J * J).sum(axis=0)).max(initial=0.0)) or 1.0


def _cleaned(J: Floats, noise: float) -> Floats:
    """``J`` in parts of its largest effect, without what is no more than noise of derivatives: with a small standard
    deviation that would pass for knowledge."""
    scaled = J / _largest(J)
    length = np.sqrt((scaled * scaled).sum(axis=0))
    alive = _alive(scaled, noise)
    found = np.zeros_like(scaled)
    if alive.any():
        U, s, rows = np.linalg.svd(scaled[:, alive] / length[alive], full_matrices=False)
        keep = s > noise * s[0]
        found[:, alive] = (U[:, keep] * s[keep]) @ rows[keep] * length[alive]
    return found


def _inverse(A: Floats) -> Floats:
    """(AᵀA)⁻¹, by a factorisation that bears rows of very different size: the large ones first."""
    from scipy.linalg import qr, solve_triangular

    order = np.argsort(-np.abs(A).max(axis=1))
    R, pivots = qr(A[order], mode="r", pivoting=True)
    back = solve_triangular(R[: len(pivots)], np.eye(len(pivots)))
    found = np.empty_like(back)
    found[pivots] = back
    inverse: Floats = found @ found.T
    return inverse


def _complement(rows: Floats, size: int) -> Floats:
    """Orthonormal directions beside ``rows``."""
    _, _, full = np.linalg.svd(rows, full_matrices=True)
    return full[len(rows) : size]


def _connected(null: Floats) -> list[Ints]:
    """Groups of parameters that share undetermined directions."""
    if not len(null):
        return []
    shared = np.abs(null.T @ null) > PART**2
    left = set(np.flatnonzero(np.diag(shared)).tolist())
    groups = []
    while left:
        group, todo = set[int](), [min(left)]
        while todo:
            one = todo.pop()
            if one not in group:
                group.add(one)
                todo += [int(j) for j in np.flatnonzero(shared[one])]
        left -= group
        groups.append(np.array(sorted(group), dtype=np.intp))
    return groups


def _group(members: Ints, null: Floats, covariance: Floats, D: Floats, active: Ints) -> Degenerate:
    """``members`` among the active; ``D`` makes relative changes of the directions."""
    directions = null[:, members] * D[members]
    _, s, rows = np.linalg.svd(directions, full_matrices=True)
    rank = int((s > 1e-9 * s[0]).sum()) if len(s) else 0
    trades, across = rows[:rank], rows[rank:]
    trades = np.array([trade / trade[np.argmax(np.abs(trade))] for trade in trades])
    found = []
    for row in across:
        powers = row / row[np.argmax(np.abs(row))]
        part = covariance[np.ix_(members, members)]
        found.append(
            Combination(
                tuple(active[members].tolist()), powers, math.sqrt(max(float(powers @ part @ powers), 0.0))
            )
        )
    return Degenerate(tuple(active[members].tolist()), trades, tuple(found))
