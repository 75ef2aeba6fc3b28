"""What a run in time leaves beside its last state: probes along the saved times, heat, and the frames if kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kapitza.layout import Floats
from kapitza.solution.solved import Solved


@dataclass(frozen=True)
class History:
    """times : (n,) saved instants [s] · probes : (n,) values by name [K], or [W/m^2] for a flux
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
