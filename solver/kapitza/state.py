"""What a solver hands over: temperatures and flows of a problem, however they were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kapitza.assemble.line import LineProblem
from kapitza.errors import PhysicsError
from kapitza.laws.media import Media
from kapitza.layout import Floats

if TYPE_CHECKING:
    from kapitza.assemble.system import System


@dataclass(frozen=True)
class SolverInfo:
    """method and why it was chosen · iterations (of Newton, or refinements of a direct solver) · residual relative to
    the heat that passes · steps in time (0: steady)"""

    method: str
    reason: str
    iterations: int
    residual: float
    steps: int = 0


LOST = 1e-6  # of the heat that passes: a result that leaves more over is none


def check_residual(residual: float, tolerance: float) -> list[str]:
    """A warning where heat is left over beyond ``tolerance`` of what passes; raises PhysicsError beyond one part in a
    million."""
    if not residual <= max(LOST, tolerance):
        raise PhysicsError(
            f"not converged: {residual:.2g} of the heat that passes is left over in one cell. Rounding takes over "
            "where conductances differ this much; use fewer cells in thin layers, or leave thin films out"
        )
    if residual > tolerance:
        return [
            f"heat balances to {residual:.1e} of what passes in every cell, not to the {tolerance:.0e} asked for"
        ]
    return []


@dataclass(frozen=True)
class Series:
    """Resistances of segments (n,), joints (m,) and the two end films [K/W]; NaN where heat alone does not tell."""

    segments: Floats
    joints: Floats
    films: tuple[float, float]


@dataclass(frozen=True)
class LineState:
    """A solved `LineProblem`.

    lower, upper : (n,) temperatures of the segments' faces [K] · inflow : (n,) heat entering each from below [W]
    joint_flow : (m,) heat through the contacts [W] · heat : [W] entering at the two ends
    levels : (lower, upper) (n,) values of the variable in which a segment's profile is a parabola
    media : turns that variable into temperature; None: it is the temperature
    """

    problem: LineProblem
    lower: Floats
    upper: Floats
    inflow: Floats
    joint_flow: Floats
    heat: tuple[float, float]
    levels: tuple[Floats, Floats]
    media: Media | None
    series: Series
    info: SolverInfo
    notes: Sequence[str]

    def at(self, s: Floats) -> Floats:
        """(n,) temperature at one height ``s`` (n,) [m] above the lower face of every segment."""
        level = self.problem.at(*self.levels, s)
        return level if self.media is None else self.media.temperature(level)

    def cells(self) -> Floats:
        """(nz,) temperature at cell centres [K]."""
        level = self.problem.inside(*self.levels)
        return level if self.media is None else self.media.spread(self.problem.per_cell).temperature(level)


Flows = tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class PlaneState:
    """A solved `System`.

    level : (nz, nx) variable in which conduction is linear, 0 in void: the temperature above ``reference`` [K], or
    Kirchhoff's variable · lateral : the same for the lateral direction, where its conductivity has another shape
    z, x, wrap : heat [W] leaving the first cell, passing the joint and entering the second cell at every inner face
    into : heat [W] entering through the faces of each side, by name
    media, lateral_media : turn the variables into temperature; None: the reference is added
    """

    system: System
    reference: float
    level: Floats
    lateral: Floats
    z: Flows
    x: Flows
    wrap: Flows | None
    into: Mapping[str, Floats]
    media: Media | None
    lateral_media: Media | None
    info: SolverInfo
    notes: Sequence[str]

    def temperature(self, level: Floats, *, lateral: bool = False) -> Floats:
        """(nz, nx) [K] of a level (nz, nx) of the cells' own media."""
        media = self.lateral_media if lateral else self.media
        if media is None:
            return self.reference + level
        return media.temperature(level.ravel()).reshape(level.shape)
