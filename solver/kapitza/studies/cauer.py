"""Cauer ladder of a thermal impedance: capacities to ambient, resistances in series, node by node along the heat path.

    junction ─┬─ R₁ ─┬─ R₂ ─┬─ … Rₙ ─ ambient
              C₁     C₂     C₃

Z(s) = 1/(sC₁ + 1/(R₁ + 1/(sC₂ + …))): the continued fraction of the Foster sum. The poles −1/τᵢ and residues 1/Cᵢ of
the Foster network are a measure; the ladder is its Jacobi matrix, found by adding one pole after another with plane
rotations (Gragg & Harwood, Numer. Math. 44 (1984) 317) in decimal arithmetic, because the time constants span
many decades and the ladder's end hangs on the slowest.
"""

from __future__ import annotations

import decimal
import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from kapitza.errors import InputError, PhysicsError
from kapitza.studies.foster import Floats, Foster

DIGITS = 40  # of the first attempt; doubled until the ladder stays as it is
MOST_DIGITS = 1500
SAME = 1e-13


@dataclass(frozen=True)
class Cauer:
    """R : (n,) [K/W] and C : (n,) [J/K], positive, from the junction to ambient; node k has C[k], R[k] lies behind."""

    R: Floats
    C: Floats

    def __post_init__(self) -> None:
        if self.R.shape != self.C.shape or self.R.ndim != 1 or not self.R.size:
            raise InputError("a Cauer ladder needs as many resistances as capacities, one at least")
        if not (np.all(self.R > 0.0) and np.all(self.C > 0.0)):
            raise InputError("a Cauer ladder needs positive resistances and capacities")

    @property
    def steady(self) -> float:
        """Z at t → ∞ [K/W]."""
        return math.fsum(self.R)

    def foster(self) -> Foster:
        """The equivalent Foster network, from the ladder's own eigenvalues.

        With F = C^{-1/2} B R^{-1/2} (bidiagonal; B the incidence of nodes and resistances) the rates are the
        squares of its singular values, and a mode's resistance is (v·√R)², v its right vector: the singular values
        of a bidiagonal matrix are found to full relative accuracy (LAPACK's bdsqr), however far they spread.
        """
        from scipy.linalg import svd

        conductance, capacity = 1.0 / np.sqrt(self.R), 1.0 / np.sqrt(self.C)
        F = np.diag(capacity * conductance) - np.diag(capacity[1:] * conductance[:-1], -1)
        # Upper bidiagonal, as LAPACK takes it: nothing is rotated before the iteration.
        _, sigma, vh = svd(F[::-1, ::-1], lapack_driver="gesvd")
        amplitude = (vh[:, ::-1] @ np.sqrt(self.R)) ** 2
        seen = amplitude > 0.0
        return Foster(amplitude[seen], sigma[seen] ** -2.0)

    def evaluate(self, time: npt.ArrayLike) -> Floats:
        """Z [K/W] at ``time`` [s], of the same shape, by the ladder's eigenvalues."""
        return self.foster().evaluate(time)


def ladder(network: Foster) -> Cauer:
    """The Cauer ladder with the impedance of ``network``: as many stages as terms.

    Raises PhysicsError for a network with negative terms, and if terms lie so close that no ladder with positive
    elements is found.
    """
    if np.any(network.R < 0.0):
        raise PhysicsError(
            "Cauer ladder: the Foster network has negative terms, so source and probe are not one place; only a "
            "driving point has a ladder and a structure function"
        )
    digits, before = DIGITS, None
    while digits <= MOST_DIGITS:
        now = _attempt(network, digits)
        if now is not None and before is not None and _same(now, before):
            return now
        before, digits = now, 2 * digits
    raise PhysicsError(
        f"Cauer ladder: {network.R.size} time constants lie too close together to be told apart; use fewer terms"
    )


def _same(one: Cauer, other: Cauer) -> bool:
    return bool(
        np.allclose(one.R, other.R, rtol=SAME, atol=0.0) and np.allclose(one.C, other.C, rtol=SAME, atol=0.0)
    )


def _attempt(network: Foster, digits: int) -> Cauer | None:
    """The ladder in arithmetic of so many digits; None where it comes out with an element that is not positive."""
    with decimal.localcontext() as context:
        context.prec = digits
        context.Emax, context.Emin = decimal.MAX_EMAX, decimal.MIN_EMIN
        tau = [Decimal(float(x)) for x in network.tau]
        R = [Decimal(float(x)) for x in network.R]
        weights = [r / x for r, x in zip(R, tau, strict=True)]
        total = sum(weights, Decimal(0))
        diagonal, squares = _jacobi([1 / x for x in tau], [w / total for w in weights])
        return _elements(diagonal, squares, 1 / total)


def _jacobi(poles: list[Decimal], weights: list[Decimal]) -> tuple[list[Decimal], list[Decimal]]:
    """Diagonal and squared off-diagonal (the first: the whole weight) of the Jacobi matrix of Σ wᵢ δ(x − λᵢ)."""
    zero, one = Decimal(0), Decimal(1)
    a = [poles[0]]
    b = [weights[0]]
    for pole, weight in zip(poles[1:], weights[1:], strict=True):
        a.append(pole)
        b.append(zero)
        bulge, cosine, sine, shift = weight, one, zero, zero
        for k in range(len(a)):
            rho = b[k] + bulge
            last_sine = sine
            kept = cosine * rho
            if rho > 0:
                cosine, sine = b[k] / rho, bulge / rho
            else:
                cosine, sine = one, zero
            new_shift = sine * (a[k] - pole) - cosine * shift
            a[k] -= new_shift - shift
            shift = new_shift
            bulge = shift * shift / sine if sine > 0 else last_sine * b[k]
            b[k] = kept
    return a, b


def _elements(a: list[Decimal], b: list[Decimal], first: Decimal) -> Cauer | None:
    """R and C from the matrix C^{-1/2} G C^{-1/2}: aₖ = (gₖ₋₁ + gₖ)/Cₖ, bₖ = gₖ²/(Cₖ Cₖ₊₁)."""
    C, g = first, Decimal(0)
    resistances, capacities = [], []
    for k, diagonal in enumerate(a):
        if C <= 0:
            return None
        capacities.append(float(C))
        g = diagonal * C - g
        if g <= 0:
            return None
        resistances.append(float(1 / g))
        if k + 1 < len(a):
            if b[k + 1] <= 0:
                return None
            C = g * g / (C * b[k + 1])
    return Cauer(np.array(resistances), np.array(capacities))
