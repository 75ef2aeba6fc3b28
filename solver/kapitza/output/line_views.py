"""What a 1-D picture shows, and the views in which it can be read. Numbers only, no drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kapitza.output import labels
from kapitza.output.labels import Ruler, Scale
from kapitza.output.parts import NOISE

Floats = npt.NDArray[np.float64]

READABLE = 40  # layers up to which each is named
ZOOMED = 6  # layers shown where there are more
NAME_SIZE = 7.5
FILM_WIDTH = 0.16  # room for a reservoir beyond an end, as a part of the layers' width


@dataclass(frozen=True)
class Film:
    """From a surface to a reservoir: ``end`` is 0 (first face) or -1 (last); temperatures [K]."""

    name: str
    end: int
    ambient: float
    surface: float

    @property
    def drop(self) -> float:
        """Temperature drop in the direction of the layers [K]."""
        return self.ambient - self.surface if self.end == 0 else self.surface - self.ambient


@dataclass(frozen=True)
class Line:
    """A 1-D result. z [m] and T [K] run through all layers, with both faces of each; layer i holds the points
    offsets[i] to offsets[i + 1]. Shapes (n_points,), (n_points,), (n_layers + 1,)."""

    names: Sequence[str]
    materials: Sequence[str]
    z: Floats
    T: Floats
    offsets: npt.NDArray[np.intp]
    films: Sequence[Film]
    symbol: str
    temperature_unit: str
    channels: Mapping[str, Floats] = field(default_factory=dict)

    @staticmethod
    def of(solution: Any) -> Line:
        """What the picture needs of a 1-D ``Solution``."""
        profile = solution.profile()
        T = np.concatenate([values for _, _, values in profile], dtype=float)
        materials = {m: labels.clean(m.name) for m in map(solution.layout.material, range(len(profile)))}
        return Line(
            names=[labels.clean(name) for name, _, _ in profile],
            materials=[materials[solution.layout.material(i)] for i in range(len(profile))],
            z=np.concatenate([z for _, z, _ in profile], dtype=float),
            T=T,
            offsets=np.cumsum([0, *(len(z) for _, z, _ in profile)], dtype=np.intp),
            films=_films(solution, float(T[0]), float(T[-1])),
            symbol=solution.stack.geometry.axis,
            temperature_unit=solution.stack.temperature_unit,
            channels={labels.clean(name): values for name, values in _channels(solution).items()},
        )

    @cached_property
    def extent(self) -> tuple[float, float]:
        """Lowest and highest temperature of all channels [K]."""
        every = [self.T, *self.channels.values()]
        return min(float(np.nanmin(T)) for T in every), max(float(np.nanmax(T)) for T in every)

    @property
    def n_layers(self) -> int:
        return len(self.names)

    @cached_property
    def edges(self) -> Floats:
        """(n_layers + 1,) faces of the layers [m]."""
        return np.append(self.z[self.offsets[:-1]], self.z[-1])

    @cached_property
    def below(self) -> Floats:
        """(n_layers,) temperature of each layer at its first face [K]."""
        return self.T[self.offsets[:-1]]

    @cached_property
    def above(self) -> Floats:
        """(n_layers,) temperature of each layer at its last face [K]."""
        return self.T[self.offsets[1:] - 1]

    @cached_property
    def jumps(self) -> Floats:
        """(n_layers - 1,) temperature below minus above each contact [K]; 0 where it is rounding noise."""
        first, second = self.above[:-1], self.below[1:]
        noise = max(NOISE * float(np.ptp(self.T)), 1e-12 * float(np.abs(self.T).max()))
        return np.where(np.abs(first - second) <= noise, 0.0, first - second)


@dataclass(frozen=True)
class View:
    """A drawing of the layers ``first`` to ``last`` (exclusive).

    kind : "scale" (all layers), "equal" (all, each as wide) or "zoom" (a few of many)
    at : (last - first + 1,) their faces in drawing units; lengths in the unit of ``length`` when ``ruled``
    films : reservoirs that show at its ends
    """

    kind: Literal["scale", "equal", "zoom"]
    first: int
    last: int
    at: Floats
    length: Scale
    ruled: bool
    films: Sequence[Film]

    @property
    def n_layers(self) -> int:
        return self.last - self.first

    @property
    def layers(self) -> range:
        return range(self.first, self.last)

    @property
    def limits(self) -> tuple[float, float]:
        """Drawing units from the left to the right end of the axes."""
        room = FILM_WIDTH * float(self.at[-1] - self.at[0])
        left = room if any(f.end == 0 for f in self.films) else 0.0
        right = room if any(f.end == -1 for f in self.films) else 0.0
        return float(self.at[0]) - left, float(self.at[-1]) + right

    def temperatures(self, line: Line) -> tuple[float, float]:
        """Lowest and highest temperature of its layers and reservoirs [K]."""
        part = line.T[line.offsets[self.first] : line.offsets[self.last]]
        ambients = [film.ambient for film in self.films]
        return min([float(part.min()), *ambients]), max([float(part.max()), *ambients])

    def scale(self, line: Line) -> Scale:
        """How its temperatures are shown."""
        return labels.temperature_scale(*self.temperatures(line), line.temperature_unit)

    def cells(self, width: float) -> Floats:
        """Widths of the layers where the axes are ``width`` wide."""
        low, high = self.limits
        return np.asarray(np.diff(self.at) / (high - low) * width)

    def named(self, ruler: Ruler, width: float) -> bool:
        """Whether every layer has room for its name, lying or standing; axes are ``width`` px wide."""
        return bool(np.all(self.cells(width) >= ruler.size("lg", NAME_SIZE)[1] + 3))

    def channel(self, line: Line, scale: Scale, T: Floats) -> tuple[Floats, Floats]:
        """Vertices of one channel over the drawing coordinate, NaN between all layers."""
        start, end = line.offsets[self.first], line.offsets[self.last]
        breaks = line.offsets[self.first + 1 : self.last] - start
        x = np.interp(line.z[start:end], line.edges[self.first : self.last + 1], self.at)
        return np.insert(x, breaks, x[breaks]), np.insert(np.asarray(scale(T[start:end])), breaks, np.nan)

    def polyline(self, line: Line, scale: Scale) -> tuple[Floats, Floats]:
        """Vertices of T over the drawing coordinate, NaN between layers whose side temperatures differ."""
        start, end = line.offsets[self.first], line.offsets[self.last]
        jumps = line.jumps[self.first : self.last - 1]
        breaks = line.offsets[self.first + 1 : self.last][jumps != 0.0] - start
        x = np.interp(line.z[start:end], line.edges[self.first : self.last + 1], self.at)
        y = np.asarray(scale(line.T[start:end]))
        return np.insert(x, breaks, x[breaks]), np.insert(y, breaks, np.nan)


def _channels(solution: Any) -> Mapping[str, Floats]:
    found = getattr(solution, "channel_profiles", None)
    return {} if found is None else found()


def _films(solution: Any, first: float, last: float) -> list[Film]:
    """The films on the ends, where the surfaces are at ``first`` and ``last`` [K]."""
    films = []
    sides = ("inner", "outer") if solution.stack.geometry.axis == "r" else ("bottom", "top")
    for name, end, surface in zip(sides, (0, -1), (first, last), strict=True):
        ambient = getattr(solution.stack.boundary(name).condition, "ambient", None)
        if ambient is not None:
            films.append(Film(name, end, float(ambient), surface))
    return films


def choose_views(line: Line, ruler: Ruler, width: float) -> list[View]:
    """One view when every layer can be named at true scale, else a second one; axes are ``width`` px wide."""
    n = line.n_layers
    full = _ruled("scale", line, 0, n, line.films)
    if n <= READABLE:
        if full.named(ruler, width):
            return [full]
        return [full, View("equal", 0, n, np.arange(n + 1.0), full.length, False, ())]
    first = _dearest(line)
    zoom = _ruled("zoom", line, first, first + ZOOMED, ())
    if not zoom.named(ruler, width):
        zoom = View("zoom", first, first + ZOOMED, np.arange(ZOOMED + 1.0), zoom.length, False, ())
    return [full, zoom]


def _ruled(kind: Literal["scale", "zoom"], line: Line, first: int, last: int, films: Sequence[Film]) -> View:
    faces = line.edges[first : last + 1]
    length = labels.length_scale(float(faces[0]), float(faces[-1]))
    return View(kind, first, last, np.asarray(length(faces)), length, True, films)


def _dearest(line: Line) -> int:
    """First of the few layers around the largest drop; of equal ones (a superlattice) the middle."""
    drops = np.abs(line.below - line.above)
    drops[:-1] += np.abs(line.jumps)
    best = np.flatnonzero(drops >= 0.99 * drops.max())
    first = int(best[len(best) // 2]) + 1 - ZOOMED // 2
    return min(max(first, 0), line.n_layers - ZOOMED)
