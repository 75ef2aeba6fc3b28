"""Two-ports and profiles of one mode, theta'' = rate^2 theta - s, across a piece of slab, cylinder or sphere.

Conductances are for unit conductivity [m]. A mode's own are those of the mean mode (rate 0) and what the decay adds:
kept apart, nothing is lost where one is a millionth of the other. x = rate times thickness. Cylinders have the modified
Bessel functions of order 0, spheres sinh(rate r) / r.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kapitza.layout import Floats
from kapitza.metrics import Metric

SMALL = 0.3  # below this x series are used
# x coth x - 1 and 1 - x / sinh x, by x^2; 1 - tanh(y) / y, by y^2
_COTH = (1 / 3, -1 / 45, 2 / 945, -1 / 4725, 2 / 93555, -1382 / 638512875)
_SINH = (1 / 6, -7 / 360, 31 / 15120, -127 / 604800, 73 / 3421440, -1414477 / 653837184000)
_TANH = (1 / 3, -2 / 15, 17 / 315, -62 / 2835, 1382 / 155925, -21844 / 6081075)


@dataclass(frozen=True)
class Port:
    """Of each mode (n,): lower, upper, what decay adds to the conductance seen at either face; lost, what it takes from
    the one between them; through, what remains [m] · put_lower, put_upper : heat that leaves through the faces for a
    uniform source of 1 per volume [m^3]."""

    lower: Floats
    upper: Floats
    lost: Floats
    through: Floats
    put_lower: Floats
    put_upper: Floats


@dataclass(frozen=True)
class Piece:
    """A piece from ``r`` to ``r + d`` [m]."""

    metric: Metric
    r: float
    d: float

    @property
    def volume(self) -> float:
        return float(self.metric.volume(np.array(self.r), np.array(self.d)))

    def port(self, rate: Floats) -> Port:
        """Two-ports of modes of ``rate`` (n,) [1/m]."""
        low, high = (float(part) for part in self.metric.resistances(*map(np.array, (self.r, self.d, 1.0))))
        straight = 1.0 / (low + high)
        shares = high / (low + high) * self.volume, low / (low + high) * self.volume
        if self.metric.kind == "slab":
            x = rate * self.d
            lost = straight * _sinh_lack(x)
            half = 0.5 * self.volume * (1.0 - _tanh_lack(0.5 * x))
            excess = straight * _coth_excess(x)
            return Port(excess, excess, lost, straight - lost, half, half)
        ports = np.array([self._curved(value, straight, shares) for value in rate.tolist()])
        return Port(*ports.T)

    def _curved(self, rate: float, straight: float, shares: tuple[float, float]) -> tuple[float, ...]:
        if rate == 0.0:
            return (0.0, 0.0, 0.0, straight, *shares)
        a, b = self.r, self.r + self.d
        factor, x = self.metric.factor, rate * self.d
        if self.metric.kind == "sphere":
            coth, sinh = rate / np.tanh(x), 2.0 * rate * np.exp(-x) / -np.expm1(-2.0 * x)
            lower, upper, through = a * a * coth + a, b * b * coth - b, a * b * sinh
        else:
            Ia, Ja, Ka, La = _bessel(rate * a)
            Ib, Jb, Kb, Lb = _bessel(rate * b)
            e = np.exp(-x)  # the functions are scaled: I by e^-z, K by e^z
            D = Ib * Ka - Kb * Ia * e * e
            lower = rate * a * (Ib * La + Kb * Ja * e * e) / D
            upper = rate * b * (Jb * Ka + Lb * Ia * e * e) / D
            through = e / D
        lower, upper, through = factor * lower, factor * upper, factor * through
        put = ((lower - through) / rate**2, (upper - through) / rate**2)
        if x < 1e-4:  # nothing is left of these differences
            put = shares
        excess = max(lower - straight, 0.0), max(upper - straight, 0.0)
        return (*excess, max(straight - through, 0.0), through, *put)

    def shape(self, rate: float, s: Floats) -> tuple[Floats, Floats, Floats]:
        """(lower, upper, hump) at heights ``s`` (m,) above the lower face: the profiles of 1 at either face, and of a
        source of 1 between faces at 0 [m^2]."""
        if rate == 0.0:
            phi, hump = self.metric.rise(np.full_like(s, self.r), np.full_like(s, self.d), s)
            return 1.0 - phi, phi, hump
        b = rate * self.d
        if self.metric.kind == "slab":
            rise, fall = -np.expm1(-rate * s), -np.expm1(-rate * (self.d - s))
            hump = rise * fall / (1.0 + np.exp(-b)) / rate**2
            return _sinh_ratio(rate * (self.d - s), b), _sinh_ratio(rate * s, b), hump
        r = self.r + s
        if self.metric.kind == "sphere":
            lower = self.r / r * _sinh_ratio(rate * (self.d - s), b)
            upper = (self.r + self.d) / r * _sinh_ratio(rate * s, b)
        else:
            Ia, _, Ka, _ = _bessel(rate * self.r)
            Ib, _, Kb, _ = _bessel(rate * (self.r + self.d))
            Ir, _, Kr, _ = _bessel(rate * r)
            e = np.exp(-b)
            near, far = np.exp(-rate * s), np.exp(-rate * (self.d - s))
            D = Ib * Ka - Kb * Ia * e * e
            lower = near * (Ib * Kr - Kb * Ir * far * far) / D
            upper = far * (Ir * Ka - Kr * Ia * near * near) / D
        return lower, upper, (1.0 - lower - upper) / rate**2

    def slope(self, rate: float, s: Floats) -> tuple[Floats, Floats, Floats]:
        """Derivatives of `shape` along s [1/m], [1/m], [m]."""
        if self.metric.kind == "slab":
            if rate == 0.0:
                ones = np.full_like(s, 1.0 / self.d)
                return -ones, ones, 0.5 * self.d - s
            b = rate * self.d
            c, u = 0.5 * b, rate * (0.5 * self.d - s)
            hump = (np.exp(u - c) - np.exp(-u - c)) / (1.0 + np.exp(-b)) / rate
            return -rate * _cosh_ratio(rate * (self.d - s), b), rate * _cosh_ratio(rate * s, b), hump
        # On a circle or sphere by differences of fourth order: for pictures; contacts have their exact fluxes.
        step = 1e-3 * min(self.d, 1.0 / rate if rate > 0.0 else self.d)
        middle = np.clip(s, 2.0 * step, self.d - 2.0 * step)
        parts = [self.shape(rate, middle + i * step) for i in (-2, -1, 1, 2)]
        first, second, third = (
            (p[0] - 8.0 * p[1] + 8.0 * p[2] - p[3]) / (12.0 * step) for p in zip(*parts, strict=True)
        )
        return first, second, third

    def mean_hump(self, rate: float) -> float:
        """Volume mean of the hump [m^2]."""
        if self.metric.kind == "slab":
            if rate == 0.0:
                return self.d * self.d / 12.0
            return float(_tanh_lack(np.array(0.5 * rate * self.d))) / rate**2
        node, weight = np.polynomial.legendre.leggauss(64)
        s = 0.5 * self.d * (1.0 + node)
        weight = weight * self.metric.area(self.r + s)
        return float(weight @ self.shape(rate, s)[2] / weight.sum())


def _coth_excess(x: Floats) -> Floats:
    """x coth x - 1."""
    near, far = np.minimum(x, SMALL), np.maximum(x, SMALL)
    return np.where(x < SMALL, _series(_COTH, near * near), far / np.tanh(far) - 1.0)


def _sinh_lack(x: Floats) -> Floats:
    """1 - x / sinh x."""
    near, far = np.minimum(x, SMALL), np.maximum(x, SMALL)
    ratio = 2.0 * far * np.exp(-far) / -np.expm1(-2.0 * far)
    return np.where(x < SMALL, _series(_SINH, near * near), 1.0 - ratio)


def _tanh_lack(y: Floats) -> Floats:
    """1 - tanh(y) / y."""
    near, far = np.minimum(y, SMALL), np.maximum(y, SMALL)
    return np.where(y < SMALL, _series(_TANH, near * near), 1.0 - np.tanh(far) / far)


def _series(coefficients: tuple[float, ...], square: Floats) -> Floats:
    total = np.zeros_like(square)
    for coefficient in reversed(coefficients):
        total = (total + coefficient) * square
    return total


def _sinh_ratio(a: Floats, b: float) -> Floats:
    """sinh a / sinh b for 0 <= a <= b."""
    ratio: Floats = np.exp(a - b) * np.expm1(-2.0 * a) / np.expm1(-2.0 * b)
    return ratio


def _cosh_ratio(a: Floats, b: float) -> Floats:
    """cosh a / sinh b for 0 <= a <= b."""
    ratio: Floats = np.exp(a - b) * (1.0 + np.exp(-2.0 * a)) / -np.expm1(-2.0 * b)
    return ratio


def _bessel(z: Any) -> tuple[Any, Any, Any, Any]:
    """I0 e^-z, I1 e^-z, K0 e^z, K1 e^z."""
    from scipy.special import i0e, i1e, k0e, k1e

    return i0e(z), i1e(z), k0e(z), k1e(z)
