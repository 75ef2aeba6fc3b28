"""Closed form: layers in series, with joints and uniform sources; slab, cylinder and sphere.

With A(r) the area at r (constant, 2πrℓ, 4πr²) and Q(r) = Q₀ + S·(V(r) − V(r₀)) the heat that crosses it
upwards, dT/dr = −Q/(kA) and a joint R (per area) makes the jump R·Q/A. Every drop is linear in the heat Q₀
that enters at the first face, so one division solves the stack. Nothing here knows cells.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Shape = Literal["slab", "cylinder", "sphere"]


@dataclass(frozen=True)
class Sheet:
    """One layer: thickness [m], conductivity [W/(m K)], uniform source [W/m^3]."""

    thickness: float
    conductivity: float
    source: float = 0.0


@dataclass(frozen=True)
class End:
    """One end: a surface (``resistance`` 0) or a reservoir behind a film [m^2 K/W] at ``temperature`` [K];
    ``temperature`` None: a given heat flux into the stack [W/m^2] (0: adiabatic)."""

    temperature: float | None = None
    resistance: float = 0.0
    heat_flux: float = 0.0


@dataclass(frozen=True)
class Profile:
    """Exact answer. Heat upwards [W] at both ends; ``sides[i]``: temperatures [K] at the lower and upper face
    of layer i; ``flux[i]``: heat flux [W/m^2] upwards at the joint above layer i."""

    heat_in: float
    heat_out: float
    sides: tuple[tuple[float, float], ...]
    flux: tuple[float, ...]

    def jump(self, i: int) -> float:
        """Temperature jump at the joint above layer i [K]."""
        return self.sides[i][1] - self.sides[i + 1][0]


def area(shape: Shape, r: float, size: float) -> float:
    """Area at r [m^2]; ``size``: area of a slab, length of a cylinder, unused for a sphere."""
    if shape == "slab":
        return size
    return 2 * math.pi * r * size if shape == "cylinder" else 4 * math.pi * r * r


def volume(shape: Shape, r0: float, r1: float, size: float) -> float:
    """Volume between r0 and r1 [m^3]."""
    if shape == "slab":
        return size * (r1 - r0)
    if shape == "cylinder":
        return math.pi * size * (r1 - r0) * (r1 + r0)
    return 4 / 3 * math.pi * (r1 - r0) * (r1 * r1 + r1 * r0 + r0 * r0)


def resistance(shape: Shape, r0: float, r1: float, k: float, size: float) -> float:
    """Resistance between r0 and r1 [K/W]; infinite from the axis or the centre."""
    if shape == "slab":
        return (r1 - r0) / (k * size)
    if r0 == 0.0:
        return math.inf
    if shape == "cylinder":
        return math.log1p((r1 - r0) / r0) / (2 * math.pi * k * size)
    return (r1 - r0) / (4 * math.pi * k * r0 * r1)


def source_drop(shape: Shape, r0: float, r1: float, sheet: Sheet, size: float) -> float:
    """Drop [K] over r0 … r1 that the source alone makes when no heat enters at r0."""
    k, s = sheet.conductivity, sheet.source
    if shape == "slab":
        return s * (r1 - r0) ** 2 / (2 * k)
    if shape == "cylinder":
        log = math.log1p((r1 - r0) / r0) if r0 else 0.0
        return s / (4 * k) * ((r1 - r0) * (r1 + r0) - 2 * r0 * r0 * log)
    inner = r0 * r0 * (r1 - r0) / r1 if r0 else 0.0
    return s / (3 * k) * ((r1 - r0) * (r1 + r0) / 2 - inner)


def solve(
    sheets: Sequence[Sheet],
    joints: Sequence[float],
    bottom: End,
    top: End,
    *,
    shape: Shape = "slab",
    size: float = 1.0,
    start: float = 0.0,
) -> Profile:
    """Exact steady state of layers in series.

    joints : resistances between consecutive layers [m^2 K/W], one fewer than ``sheets``
    size : area of a slab [m^2], length of a cylinder [m]
    start : first radius [m]

    Raises ValueError when neither end has a temperature.
    """
    radii = [start]
    for sheet in sheets:
        radii.append(radii[-1] + sheet.thickness)
    areas = [area(shape, r, size) for r in radii]
    made = [s.source * volume(shape, a, b, size) for s, a, b in zip(sheets, radii, radii[1:], strict=False)]
    total_made = math.fsum(made)

    # Every drop is `slope·Q0 + offset`, upwards from the bottom reservoir to the top one.
    if bottom.temperature is None:
        q0 = bottom.heat_flux * areas[0]
        if top.temperature is None:
            raise ValueError("one end needs a temperature")
    else:
        if top.temperature is None:
            q0 = -top.heat_flux * areas[-1] - total_made
        else:
            slopes, offsets = [bottom.resistance / areas[0]], [0.0]
            before = 0.0
            for i, sheet in enumerate(sheets):
                r = resistance(shape, radii[i], radii[i + 1], sheet.conductivity, size)
                slopes.append(r)
                offsets.append(before * r + source_drop(shape, radii[i], radii[i + 1], sheet, size))
                before += made[i]
                film = joints[i] if i + 1 < len(sheets) else top.resistance
                slopes.append(film / areas[i + 1])
                offsets.append(film / areas[i + 1] * before)
            q0 = (bottom.temperature - top.temperature - math.fsum(offsets)) / math.fsum(slopes)

    heats = [q0]
    for heat in made:
        heats.append(heats[-1] + heat)
    upwards = bottom.temperature is not None
    order = range(len(sheets)) if upwards else range(len(sheets) - 1, -1, -1)
    sides: list[tuple[float, float]] = [(0.0, 0.0)] * len(sheets)
    if upwards:
        assert bottom.temperature is not None
        t = bottom.temperature - (bottom.resistance / areas[0] * q0 if bottom.resistance else 0.0)
    else:
        assert top.temperature is not None
        t = top.temperature + top.resistance / areas[-1] * heats[-1]
    for i in order:
        drop = source_drop(shape, radii[i], radii[i + 1], sheets[i], size)
        if heats[i] != 0.0:
            drop += heats[i] * resistance(shape, radii[i], radii[i + 1], sheets[i].conductivity, size)
        sides[i] = (t, t - drop) if upwards else (t + drop, t)
        t = sides[i][1] if upwards else sides[i][0]
        across = i if upwards else i - 1
        if 0 <= across < len(joints):
            jump = joints[across] / areas[across + 1] * heats[across + 1]
            t += -jump if upwards else jump
    flux = tuple(heats[i + 1] / areas[i + 1] for i in range(len(sheets) - 1))
    return Profile(heats[0], heats[-1], tuple(sides), flux)


def laminate(layers: Sequence[tuple[float, float]], joints: Sequence[float]) -> tuple[float, float]:
    """Effective conductivities (across, along) [W/(m K)] of layers (thickness, conductivity) and joints:
    L/(Σd/k + ΣR) and Σdk/L."""
    length = math.fsum(d for d, _ in layers)
    across = length / math.fsum([*(d / k for d, k in layers), *joints])
    along = math.fsum(d * k for d, k in layers) / length
    return across, along
