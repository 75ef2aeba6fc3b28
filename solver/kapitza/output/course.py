"""What a picture shows of a run in time: temperatures over the saved times, and some of its frames. No drawing."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.output import labels
from kapitza.output.table_time import spread

Floats = npt.NDArray[np.float64]

CURVES = 8  # at most, in one pair of axes
LAYERS = 5  # of these, where each is a layer


@dataclass(frozen=True)
class Course:
    """times : (n,) [s] · curves : (name, (n,) [K]) of the probes that are temperatures or, without any, the highest
    temperature of each layer and region; of many a few, spread evenly · left_out : how many there are beside
    probes : whether the curves are probes · frame : the result at one of the times, by its number"""

    times: Floats
    curves: Sequence[tuple[str, Floats]]
    left_out: int
    probes: bool
    frame: Callable[[int], Any]

    @staticmethod
    def of(result: Any, summary: Mapping[str, Any]) -> Course:
        """Of a `Solution` with its frames, or of a result file."""
        times = np.array(summary["times"], dtype=float)
        other = probe_units(result)
        values = {name: found for name, found in (summary.get("probes") or {}).items() if name not in other}
        curves = [(labels.clean(name), np.array(found, dtype=float)) for name, found in values.items()]
        probes = bool(curves)
        if not probes:
            hottest, names = _hottest(result), result.piece_names
            curves = [
                (labels.clean(names[i]), hottest[:, i])
                for i in range(hottest.shape[1])
                if np.isfinite(hottest[:, i]).all()
            ]
        kept = spread(len(curves), CURVES if probes or len(curves) <= CURVES else LAYERS)
        return Course(
            times, [curves[i] for i in kept], len(curves) - len(kept), probes, lambda i: _frame(result, i)
        )

    @property
    def logarithmic(self) -> bool:
        """Whether the times are spread along a logarithm."""
        later = self.times[self.times > 0.0]
        return len(later) > 2 and later[-1] > 50.0 * later[0] and float(np.median(later)) < 0.2 * later[-1]

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest temperature of the curves [K]."""
        values = [values for _, values in self.curves]
        return float(np.min(values)), float(np.max(values))

    def chosen(self, most: int) -> list[int]:
        """Numbers of at most ``most`` frames, the last and the hottest among them, between which about as much happens
        each."""
        n = len(self.times)
        if n <= most:
            return list(range(n))
        values = np.array([values for _, values in self.curves])
        happens = np.abs(np.diff(values, axis=1)).max(axis=0)
        # A little for every frame, so that times at rest are not forgotten.
        path = np.concatenate([[0.0], np.cumsum(happens + max(float(happens.sum()), 1e-300) / n)])
        wanted = np.linspace(0.0, path[-1], most - 1)
        hottest = int(np.argmax(values.max(axis=0)))
        return sorted({hottest, *(int(np.argmin(np.abs(path - place))) for place in wanted)})


def probe_units(result: Any) -> dict[str, str]:
    """Units of the probes of a result that are no temperatures: jumps and fluxes at interfaces."""
    units = {"jump": "K", "flux": "W/m²"}
    probes = tomllib.loads(result.source_text or "").get("probes", [])
    sides = {probe["name"]: probe.get("side", "jump") for probe in probes if "interface" in probe}
    if not result.source_text:
        sides = {probe.name: getattr(probe, "side", "") for probe in getattr(result.stack, "probes", ())}
    return {name: units[side] for name, side in sides.items() if side in units}


def _hottest(result: Any) -> Floats:
    """(n_times, n_pieces) highest temperatures [K]."""
    stored = getattr(result, "hottest", None)
    if stored is not None:
        return np.asarray(stored)
    return np.array([frame.pieces.most for frame in result.frames])


def _frame(result: Any, number: int) -> Any:
    if hasattr(result, "frames"):
        frames = result.frames
        return frames[min(number, len(frames) - 1)]
    from kapitza.output import read

    return read(result.path, number)
