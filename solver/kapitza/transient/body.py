"""What a time integration needs of a problem: contents, flows, and the solution of an implicit stage.

A body keeps its heat content E [J] and a variable y from which flows follow. Both are (nz, nx). Between them:

    dE/dt = F(y, t) [W],     E = E(y)

and an implicit stage is: find y with E(y) = R + delta F(y).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from kapitza.layout import Floats
from kapitza.solution.solved import Solved


@dataclass(frozen=True)
class Flow:
    """net : (nz, nx) heat that each cell gains [W] · into, out : all that enters and leaves the body [W], both >= 0"""

    net: Floats
    into: float
    out: float


class Body(Protocol):
    """A meshed stack in time; ``values`` (m,) are those of the drive's slots."""

    @property
    def name(self) -> str:
        """How its stages are solved."""
        ...

    @property
    def extrapolated(self) -> bool:
        """Whether a stage is found sooner from a guess along the last step."""
        ...

    def start(self) -> Floats:
        """(nz, nx) contents E [J] of the initial temperatures."""
        ...

    def steady(self, values: Floats) -> Floats:
        """y of the steady state of fixed values."""
        ...

    def flow(self, y: Floats, values: Floats) -> Flow:
        """Heat flows at y."""
        ...

    def stage(self, R: Floats, delta: float, values: Floats, guess: Floats) -> Floats:
        """y with E(y) = R + delta F(y). Raises PhysicsError where it is not found."""
        ...

    def content(self, y: Floats) -> Floats:
        """E(y) [J]."""
        ...

    def warmth(self, missing: Floats, delta: float, y: Floats) -> Floats:
        """(nz, nx) temperature [K] that ``missing`` heat [J] stands for, smoothed over a step of ``delta`` [s]."""
        ...

    def grain(self, y: Floats) -> float:
        """Temperature [K] below which an error of a step means nothing beside that of the cells, at a front."""
        ...

    def temperature(self, y: Floats) -> Floats:
        """(nz, nx) [K], NaN in void."""
        ...

    def mean(self, E: Floats) -> Floats:
        """(nz, nx) mean temperatures [K] of contents E."""
        ...

    def contents(self, T: Floats) -> Floats:
        """E of mean temperatures (nz, nx) [K]."""
        ...

    def total(self, E: Floats) -> float:
        """Contents of all cells together [J]."""
        ...

    def guess(self, T: Floats) -> Floats:
        """y of temperatures (nz, nx) [K], near enough for an iteration to begin."""
        ...

    def melted(self, y: Floats) -> Mapping[str, float]:
        """Melted fraction of every layer or region that can melt, by name."""
        ...

    def successor(self, y: Floats) -> Body | None:
        """Another body that must take over before y is reached; None: go on."""
        ...

    def memory(self) -> Mapping[str, Floats]:
        """What beside y the next step depends on, to the last bit."""
        ...

    def remember(self, memory: Mapping[str, Floats]) -> Body:
        """The body that goes on from `memory`."""
        ...

    def frame(self, t: float, y: Floats, values: Floats) -> Solved:
        """Everything known at one instant [s]."""
        ...
