"""The highest temperature of every layer and region over the saved times of a run, without keeping its frames."""

from __future__ import annotations

import numpy as np

from kapitza.layout import Floats
from kapitza.solution.alike import LONG
from kapitza.solution.solved import Solved
from kapitza.transient.watch import Watch


class Peaks(Watch):
    """Listens to the frames of a run."""

    def __init__(self) -> None:
        self._most: Floats | None = None
        self._last: Solved | None = None

    def frame(self, number: int, solved: Solved) -> None:
        most = solved.pieces.most
        self._most = most.copy() if self._most is None else np.fmax(self._most, most)
        self._last = solved

    @property
    def found(self) -> dict[str, float]:
        """Peak [K] by name; of the hottest alone, as "hottest", where there are too many to name."""
        if self._most is None or self._last is None:
            return {}
        if len(self._most) > LONG:
            return {"hottest": float(np.nanmax(self._most))}
        names = self._last.piece_names
        return {names[i]: float(peak) for i, peak in enumerate(self._most) if np.isfinite(peak)}
