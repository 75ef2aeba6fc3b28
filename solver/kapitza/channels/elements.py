"""A layer of coupled channels between its two faces, exactly: conductances between face temperatures, and profiles."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kapitza.channels.modes import Modes
from kapitza.channels.shapes import Piece, Port
from kapitza.layout import Floats


@dataclass(frozen=True)
class Element:
    """``modes`` of the material in a ``piece`` of uniform heat. Face temperatures are (n,), channel by channel."""

    modes: Modes
    piece: Piece

    @cached_property
    def port(self) -> Port:
        return self.piece.port(self.modes.rate)

    @cached_property
    def conductances(self) -> tuple[Floats, Floats, Floats]:
        """(lower, upper, across) [W/K], (n, n) each, none below zero: between two channels at the lower face and at the
        upper one (diagonals 0), and from channel i below to channel j above."""
        port, modes = self.port, self.modes
        sides = [np.maximum(-modes.weighted(values), 0.0) for values in (port.lower, port.upper)]
        for side in sides:
            np.fill_diagonal(side, 0.0)
        # Off the diagonal from what decay takes, where nothing cancels in thin layers.
        across = -modes.weighted(port.lost)
        np.fill_diagonal(across, np.diag(modes.weighted(port.through)))
        return sides[0], sides[1], np.maximum(across, 0.0)

    def put(self, density: Floats) -> tuple[Floats, Floats]:
        """Heat [W] that leaves through the lower and the upper face, (n,) each, for ``density`` (n,) [W/m^3]."""
        s = self._modal(density / self.modes.k)
        return self._physical(s * self.port.put_lower), self._physical(s * self.port.put_upper)

    def temperature(self, lower: Floats, upper: Floats, density: Floats, s: Floats) -> Floats:
        """(n, m) [K] at heights ``s`` (m,) above the lower face."""
        parts = [self.piece.shape(rate, s) for rate in self.modes.rate.tolist()]
        return self._sum(parts, lower, upper, density)

    def flux(self, lower: Floats, upper: Floats, density: Floats, s: Floats) -> Floats:
        """(n, m) heat flux of each channel [W/m^2]."""
        parts = [self.piece.slope(rate, s) for rate in self.modes.rate.tolist()]
        return -self.modes.k[:, np.newaxis] * self._sum(parts, lower, upper, density)

    def mean(self, lower: Floats, upper: Floats, density: Floats) -> Floats:
        """(n,) volume means [K]."""
        port, volume = self.port, self.piece.volume
        low, high, s = self._modal(lower), self._modal(upper), self._modal(density / self.modes.k)
        hump = np.array([self.piece.mean_hump(rate) for rate in self.modes.rate.tolist()])
        theta = low * port.put_lower / volume + high * port.put_upper / volume + s * hump
        return self._physical(theta) / self.modes.k

    def entering(self, lower: Floats, upper: Floats, density: Floats) -> tuple[Floats, Floats]:
        """Heat [W] of each channel that enters through the lower face and that leaves through the upper one, (n,)."""
        at_lower, at_upper, across = self.conductances
        down, up = self.put(density)

        def around(own: Floats, far: Floats, side: Floats, between: Floats) -> Floats:
            passing: Floats = (side * (own[:, np.newaxis] - own)).sum(axis=1)
            passing = passing + (between * (own[:, np.newaxis] - far)).sum(axis=1)
            return passing

        return around(lower, upper, at_lower, across) - down, up - around(upper, lower, at_upper, across.T)

    def _modal(self, T: Floats) -> Floats:
        """theta (n,) of temperatures (n,)."""
        theta: Floats = self.modes.V.T @ (np.sqrt(self.modes.k) * T)
        return theta

    def _physical(self, theta: Floats) -> Floats:
        """sqrt(k) V theta: heat of each channel from that of each mode."""
        heat: Floats = np.sqrt(self.modes.k) * (self.modes.V @ theta)
        return heat

    def _sum(
        self, parts: list[tuple[Floats, Floats, Floats]], lower: Floats, upper: Floats, density: Floats
    ) -> Floats:
        low, high, s = self._modal(lower), self._modal(upper), self._modal(density / self.modes.k)
        theta = np.array(
            [low[m] * below + high[m] * above + s[m] * hump for m, (below, above, hump) in enumerate(parts)]
        )
        values: Floats = (self.modes.V @ theta) / np.sqrt(self.modes.k)[:, np.newaxis]
        return values
