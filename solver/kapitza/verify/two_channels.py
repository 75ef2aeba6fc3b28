"""Two coupled channels written out plainly: a contact in closed form, a film by its Laplace transform, spins, two
ordinary differential equations. Shares no code with the solver."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.verify.laplace import Array, Complex, invert


@dataclass(frozen=True)
class Contact:
    """Channels a and b of one side against one temperature on the other: conductivities ka, kb [W/(m K)], coupling g
    [W/(m^3 K)], conductances ha, hb of the contact [W/(m^2 K)]. Both decay to straight lines over ``length``."""

    ka: float
    kb: float
    g: float
    ha: float
    hb: float

    @property
    def k(self) -> float:
        return self.ka + self.kb

    @property
    def length(self) -> float:
        """Decay length [m]."""
        return math.sqrt(self.ka * self.kb / (self.g * self.k))

    @property
    def conductance(self) -> float:
        """Of the jump between far fields [W/(m^2 K)]."""
        ka, kb, k, ha, hb = self.ka, self.kb, self.k, self.ha, self.hb
        lost = (hb / kb - ha / ka) ** 2 / (1.0 / self.length + ha * kb / (k * ka) + hb * ka / (k * kb))
        return ha + hb - ka * kb / k * lost

    def sides(self, flux: float, distance: float = 0.0) -> tuple[float, float]:
        """Temperatures of a and b above the other side [K], ``distance`` [m] before the contact, for a ``flux`` [W/m^2]
        towards it: the straight line of the mean, and Ta - Tb = delta exp(-distance / length)."""
        jump = flux / self.conductance
        coupled = self.ka * self.kb / (self.k * self.length) + self.ha * self.kb / self.k
        delta = (self.ka / self.k * flux - self.ha * jump) / coupled * math.exp(-distance / self.length)
        mean = jump + flux / self.k * distance
        return mean + self.kb / self.k * delta, mean - self.ka / self.k * delta


@dataclass(frozen=True)
class PulsedFilm:
    """A film with two channels on a plate with one, insulated behind: heat enters channel a in front, channel b passes
    the contact. SI; Ca, Cb, C per volume."""

    ka: float
    kb: float
    Ca: float
    Cb: float
    g: float
    thickness: float
    h: float
    k: float
    C: float
    plate: float

    def step(self, flux: float, times: Sequence[float]) -> Array:
        """(5, n) rises [K] for a flux [W/m^2] from 0 on: a and b in front, a and b behind, the plate's surface."""

        def transform(s: Complex) -> Complex:
            return np.array([flux / one * self._transform(one) for one in s], dtype=np.complex128).T

        return invert(transform, times)

    def pulse(self, fluence: float, duration: float, times: Sequence[float]) -> Array:
        """The same for ``fluence`` [J/m^2] spread evenly over ``duration`` [s]."""
        flux = fluence / duration
        rise = self.step(flux, times)
        after = [i for i, t in enumerate(times) if t > duration]
        rise[:, after] -= self.step(flux, [times[i] - duration for i in after])
        return rise

    def _transform(self, s: complex) -> Complex:
        """(5,) for a flux of 1: K theta'' = (s C + coupling) theta, two exponentials from either face."""
        matrix = np.array(
            [
                [(s * self.Ca + self.g) / self.ka, -self.g / self.ka],
                [-self.g / self.kb, (s * self.Cb + self.g) / self.kb],
            ]
        )
        squares, modes = np.linalg.eig(matrix)
        rate, k = np.sqrt(squares), np.array([self.ka, self.kb])
        q = np.sqrt(s * self.C / self.k)
        admittance = self.k * q * np.tanh(q * self.plate)
        h = 1.0 / (1.0 / self.h + 1.0 / admittance)
        faded = np.exp(-rate * self.thickness)
        # Columns: modes falling from the front, then modes falling from the back.
        front, back = np.hstack([modes, modes * faded]), np.hstack([modes * faded, modes])
        slope_front = np.hstack([-modes * rate, modes * rate * faded])
        slope_back = np.hstack([-modes * rate * faded, modes * rate])
        rows = np.vstack([-k[:, np.newaxis] * slope_front, k[:, np.newaxis] * slope_back])
        rows[3] += h * back[1]
        amount = np.linalg.solve(rows, np.array([1.0, 0.0, 0.0, 0.0], dtype=complex))
        surface = (back[1] @ amount) * h / admittance
        rises: Complex = np.concatenate([front @ amount, back @ amount, [surface]])
        return rises


@dataclass(frozen=True)
class SpinContact:
    """Ferromagnet against normal metal (Fert and Jaffrès, Phys. Rev. B 64, 184420): resistivities rho [ohm m] (rho of
    spin up and down 2 rho (1 -+ beta)), diffusion lengths [m], contact r [ohm m^2] (2 r (1 -+ gamma))."""

    rho: float
    beta: float
    length: float
    normal_rho: float
    normal_length: float
    r: float
    gamma: float

    @property
    def parts(self) -> tuple[float, float, float]:
        """Resistances of the ferromagnet and of the normal metal over their lengths, and the sum with r [ohm m^2]."""
        ferro, normal = self.rho * self.length, self.normal_rho * self.normal_length
        return ferro, normal, ferro + normal + self.r

    @property
    def resistance(self) -> float:
        """Between the far fields of the mean weighted by conductivity [ohm m^2]."""
        ferro, normal, total = self.parts
        b, c, r = self.beta, self.gamma, self.r
        coupled = ferro * r * (b - c) ** 2 + normal * (b * b * ferro + c * c * r)
        return (1.0 - c * c) * r + coupled / total

    @property
    def polarisation(self) -> float:
        """(J_up - J_down) / J at the contact."""
        ferro, _, total = self.parts
        return (self.beta * ferro + self.gamma * self.r) / total

    @property
    def accumulation(self) -> tuple[float, float]:
        """Difference of the potentials, up minus down, at the contact in the ferromagnet and in the normal metal, over
        the current density [ohm m^2]."""
        ferro, normal, _ = self.parts
        p = self.polarisation
        return 2.0 * ferro * (self.beta - p), 2.0 * normal * p


def pulsed_pair(
    gamma: float, lattice: float, g: float, heat: float, duration: float, start: float, times: Sequence[float]
) -> Array:
    """(2, n) [K] of gamma Te Te' = S - g (Te - Tl), lattice Tl' = g (Te - Tl), both from ``start`` [K] on; S is
    ``heat`` [W/m^3] for ``duration`` [s]."""
    from scipy.integrate import solve_ivp

    def rates(t: float, T: Array, power: float) -> list[float]:
        passed = g * float(T[0] - T[1])
        return [(power - passed) / (gamma * float(T[0])), passed / lattice]

    state, found, at = np.array([start, start]), np.empty((2, len(times))), np.array(times)
    spans = ((0.0, duration, heat), (duration, float(at[-1]), 0.0))
    for begin, end, power in spans:
        here = (at > begin) & (at <= end)
        run = solve_ivp(
            rates,
            (begin, end),
            state,
            "DOP853",
            dense_output=True,
            args=(power,),
            rtol=1e-12,
            atol=1e-9,
        )
        assert run.sol is not None
        found[:, here] = run.sol(at[here])
        state = run.y[:, -1]
    return found
