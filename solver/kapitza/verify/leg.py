"""Closed form of a thermoelectric leg between two strips: the balance of its two ends.

A leg (S, R_e, K = k A/l) between a hot side and a cold side. At the current I its hot end T1 and cold end T2 obey

    (Th + Pa rs - T1)/(rs + r1) + Jc1/2 + J/2 - S I T1 = K (T1 - T2)
    K (T1 - T2) + J/2 + Jc2/2 + S I T2 = (T2 - Tc - Pd (rs + rf) - Js rf/2)/(r2 + rs + rf)

with r1, r2 the contacts, rs a strip, rf the film of the cold side [K/W], J, Js, Jc the Joule heat of leg, strip and
contacts, Pa = Jc1/2 + Js/2 and Pd = Jc2/2 + Js/2 what comes up at the faces of the strips: two equations, linear in
both temperatures. V = S (T1 - T2) - I R. The best current by the complex step, whose derivative is exact to rounding.
Min and Rowe (1992): ZT_eff = ZT/((1 + n/l)(1 + 2 r lc/l)), the two brackets the electrical and the thermal resistance
of leg and contacts over that of the leg. It is S^2 T/(R K) of the open circuit and leaves out that a current carries
more heat through the contacts: for this leg 9 % above what its best load reaches.
Source: derived here; G. Min and D. M. Rowe, J. Power Sources 38, 253 (1992) (recalled).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Number = complex


@dataclass(frozen=True)
class Leg:
    """Temperatures of both sides [K]; area [m^2]; leg: length [m], conductivity, seebeck, resistivity; strips:
    thickness, conductivity, resistivity; contacts, each (hot, cold): thermal [m^2 K/W], electrical [ohm m^2]; film of
    the cold side [m^2 K/W]."""

    hot: float
    cold: float
    area: float
    length: float
    conductivity: float
    seebeck: float
    resistivity: float
    strip: tuple[float, float, float]
    thermal: tuple[float, float]
    electrical: tuple[float, float]
    film: float

    @property
    def resistance(self) -> float:
        """Electrical, of all [ohm]."""
        thickness, _, rho = self.strip
        return (self.resistivity * self.length + 2.0 * rho * thickness + sum(self.electrical)) / self.area

    def ends(self, current: Number) -> tuple[Number, Number, Number]:
        """Hot end and cold end of the leg [K], and heat that enters from the hot side [W]."""
        A, S, K = self.area, self.seebeck, self.conductivity * self.area / self.length
        rs, (r1, r2), rf = self.strip[0] / self.strip[1] / A, (r / A for r in self.thermal), self.film / A
        square = current**2 / A
        J, Js = self.resistivity * self.length * square, self.strip[2] * self.strip[0] * square
        Jc1, Jc2 = (rho * square for rho in self.electrical)
        Pa, Pd = (Jc1 + Js) / 2.0, (Jc2 + Js) / 2.0
        G1, G2 = 1.0 / (rs + r1), 1.0 / (r2 + rs + rf)
        a11, a22 = G1 + S * current + K, G2 - S * current + K
        b1 = G1 * (self.hot + Pa * rs) + (Jc1 + J) / 2.0
        b2 = G2 * (self.cold + Pd * (rs + rf) + Js * rf / 2.0) + (Jc2 + J) / 2.0
        determinant = a11 * a22 - K * K
        T1, T2 = (b1 * a22 + K * b2) / determinant, (a11 * b2 + K * b1) / determinant
        through = K * (T1 - T2) + S * current * T1 - (Jc1 + J) / 2.0  # what passes the hot contact
        return T1, T2, through - Pa - Js / 2.0

    def power(self, current: Number) -> Number:
        """Given to the load [W]."""
        T1, T2, _ = self.ends(current)
        return current * (self.seebeck * (T1 - T2) - current * self.resistance)

    def efficiency(self, current: Number) -> Number:
        return self.power(current) / self.ends(current)[2]

    def best(self) -> float:
        """Current of the greatest efficiency [A]."""
        low, high = 0.0, self.seebeck * (self.hot - self.cold) / self.resistance
        while high - low > 4.0 * math.ulp(abs(high)):
            middle = 0.5 * (low + high)
            rising = self.efficiency(complex(middle, 1e-40)).imag > 0.0
            low, high = (middle, high) if rising else (low, middle)
            if middle in (low, high) and 0.5 * (low + high) in (low, high):
                break
        return 0.5 * (low + high)

    @property
    def merit(self) -> float:
        """ZT of the leg alone at the mean of both sides."""
        return self.seebeck**2 * 0.5 * (self.hot + self.cold) / (self.conductivity * self.resistivity)

    def effective(self) -> float:
        """ZT of the ideal leg whose greatest efficiency is this one's."""
        share = self.efficiency(self.best()).real / (1.0 - self.cold / self.hot)
        root = (1.0 + share * self.cold / self.hot) / (1.0 - share)
        return root**2 - 1.0

    def min_rowe(self) -> float:
        """The estimate of Min and Rowe, film and strips counted as contacts."""
        electrical = self.resistance * self.area / (self.resistivity * self.length)
        beside = 2.0 * self.strip[0] / self.strip[1] + sum(self.thermal) + self.film
        thermal = 1.0 + beside * self.conductivity / self.length
        return self.merit / (electrical * thermal)


REAL = Leg(
    hot=500.0,
    cold=300.0,
    area=2.25e-6,
    length=1e-3,
    conductivity=1.5,
    seebeck=205e-6,
    resistivity=10e-6,
    strip=(0.3e-3, 390.0, 17e-9),
    thermal=(2e-5, 1.2e-5),
    electrical=(5e-10, 3e-10),
    film=3e-5,
)
