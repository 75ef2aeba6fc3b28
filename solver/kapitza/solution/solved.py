"""A solved stack as data: fields, pieces, contacts, boundaries. Nothing is derived here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

import numpy as np
import numpy.typing as npt

from kapitza.layout import Floats, Layout
from kapitza.mesh import Mesh
from kapitza.model import Stack
from kapitza.solution.parts import BoundaryResult, Interfaces
from kapitza.state import LineState, SolverInfo

if TYPE_CHECKING:
    from kapitza.solution.channels import ChannelFields
    from kapitza.solution.thermoelectric import Thermoelectric


@dataclass(frozen=True)
class Fields:
    """temperature : at cell centres [K], (nz,) in 1-D, (nz, nx) in 2-D, NaN in void
    heat_flux_z, heat_flux_x : at cell centres [W/m^2], the latter None in 1-D
    lower_side, upper_side : temperature of the two faces along the stack [K]: (n_segments,) in 1-D, (nz, nx) in 2-D
    left_side, right_side : of the lateral faces, 2-D only"""

    temperature: Floats
    heat_flux_z: Floats
    heat_flux_x: Floats | None
    lower_side: Floats
    upper_side: Floats
    left_side: Floats | None = None
    right_side: Floats | None = None


@dataclass(frozen=True)
class PieceTable:
    """Temperatures of every piece [K], (n_pieces,): extremes (faces included), volume mean, and the area means of
    the lowest and the highest face; and volumes [m^3]. NaN for pieces that are painted over wholly."""

    volume: Floats
    least: Floats
    mean: Floats
    most: Floats
    bottom: Floats
    top: Floats

    @property
    def coldest(self) -> float:
        """Lowest temperature of all [K]."""
        return float(np.nanmin(self.least))


@dataclass(frozen=True)
class Sources:
    """temperature : mean of the sources, weighted by their heat [K] · layer : the one layer that holds them all, else
    None · level : mean over the layer's whole width of its temperature, weighted by the heat at every height [K]"""

    temperature: float
    layer: int | None
    level: float


class PieceNames(Sequence[str]):
    """Names of all pieces, made when asked for."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def __len__(self) -> int:
        return self._layout.n_pieces

    @overload
    def __getitem__(self, i: int) -> str: ...
    @overload
    def __getitem__(self, i: slice) -> list[str]: ...
    def __getitem__(self, i: int | slice) -> str | list[str]:
        if isinstance(i, slice):
            return [self._layout.name(k) for k in range(*i.indices(len(self)))]
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        return self._layout.name(i % len(self))


@dataclass(frozen=True)
class History:
    """What a run in time leaves beside its last state.

    times : (n,) saved instants [s] · probes : (n,) values by name [K], or [W/m^2] for a flux
    heat_in, heat_out, stored : [J] since t = 0 · steps, rejected : of the time integration
    melted : (n,) melted fraction of each layer or region that melts, by name
    swing : [J] that the whole body takes from the lowest to the highest temperature of the run
    frames : a `Solved` for each time, or none where they went elsewhere"""

    times: Floats
    probes: Mapping[str, Floats]
    heat_in: float
    heat_out: float
    stored: float
    steps: int
    rejected: int
    melted: Mapping[str, Floats]
    swing: float
    frames: Sequence[Solved] = ()

    @property
    def imbalance(self) -> float:
        """What is missing of the heat, relative to what passed or, where nothing did, to ``swing``."""
        scale = max(self.heat_in, self.heat_out) or self.swing
        return (self.heat_in - self.heat_out - self.stored) / scale if scale > 0 else 0.0


@dataclass(frozen=True)
class Solved:
    """internal_heat : (sum of heat sources, sum of heat sinks) inside the domain [W]
    sources : where heat arises in 2-D; None without sources · time : of a transient [s]; 0 when steady
    liquid : melted fraction of the cells, the shape of ``temperature``; None where nothing melts
    history : of a run in time whose last saved instant this is; None for any other instant and when steady
    channels : where there are several temperatures per place; all else is their mean then, weighted by conductivity
    thermoelectric : of a stack with a current; its sources are not those of the stack alone"""

    layout: Layout
    mesh: Mesh
    fields: Fields
    pieces: PieceTable
    interfaces: Interfaces
    boundaries: Mapping[str, BoundaryResult]
    internal_heat: tuple[float, float]
    has_sources: bool
    solver: SolverInfo
    warnings: tuple[str, ...]
    line: LineState | None = None
    sources: Sources | None = None
    time: float = 0.0
    liquid: Floats | None = None
    history: History | None = None
    channels: ChannelFields | None = None
    thermoelectric: Thermoelectric | None = None
    timing: Mapping[str, float] = field(default_factory=dict)

    @property
    def stack(self) -> Stack:
        return self.layout.stack

    @property
    def temperature(self) -> Floats:
        """At cell centres [K]: (nz,) in 1-D, (nz, nx) in 2-D; NaN in void."""
        return self.fields.temperature

    @property
    def heat_flux_z(self) -> Floats:
        """Flux along the stack at cell centres [W/m^2]."""
        return self.fields.heat_flux_z

    @property
    def heat_flux_x(self) -> Floats | None:
        """Lateral flux at cell centres [W/m^2]; None in 1-D."""
        return self.fields.heat_flux_x

    @property
    def z(self) -> Floats:
        """(nz,) cell centres [m]: height, or radius of a cylinder or sphere."""
        return self.mesh.z

    @property
    def x(self) -> Floats | None:
        """(nx,) lateral cell centres [m]; None in 1-D."""
        return self.mesh.x

    @property
    def z_edges(self) -> Floats:
        """(nz + 1,) [m]."""
        return self.mesh.z_edges

    @property
    def x_edges(self) -> Floats | None:
        """(nx + 1,) [m]; None in 1-D."""
        return self.mesh.x_edges

    @property
    def piece(self) -> npt.NDArray[np.int32]:
        """Number of the piece each cell bears, -1 void; the shape of `temperature`."""
        return self.mesh.piece if self.mesh.dx is not None else self.mesh.piece[:, 0]

    @property
    def piece_names(self) -> PieceNames:
        """Name of every piece: layers, regions, fill."""
        return PieceNames(self.layout)

    @property
    def heat_through(self) -> float:
        """What enters through boundaries and sources [W]; the scale of the energy balance."""
        into = sum(float(b.flux_values[b.flux_values > 0] @ b.area[b.flux_values > 0]) for b in self._sides())
        return into + self.internal_heat[0]

    def _sides(self) -> list[BoundaryResult]:
        return [b for b in self.boundaries.values() if len(b.area)]
