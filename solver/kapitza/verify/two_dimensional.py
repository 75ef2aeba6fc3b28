"""Reference problems in two dimensions: series, conformal map, finite elements, standards."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kapitza.verify import rectangles, roof
from kapitza.verify.elements import Block, Film
from kapitza.verify.elements import solve as by_elements
from kapitza.verify.problem import Problem, Quantity, boundary, probe
from kapitza.verify.spreading import Disk, Slice, Strip
from kapitza.verify.stacks import laminate

ZERO = 273.15  # 0 °C in kelvin
COLUMN = {(row, column): f"z {row}/8, x {column}/4" for row in range(7, 0, -1) for column in range(1, 5)}


def column() -> dict[str, float]:
    w = 0.4
    return {
        name: ZERO + rectangles.half_square_column(c / 4 * w, r / 4 * w, w, 20.0)
        for (r, c), name in COLUMN.items()
    }


def silicon_column() -> dict[str, float]:
    """u = integral of 148 (T/300)^-1.3 is harmonic; T = 300 (u n/(148·300))^(1/n), n = -0.3."""
    n, scale = -0.3, 148.0 * 300.0 / -0.3
    cold, hot = (scale * (T / 300.0) ** n for T in (250.0, 600.0))
    points = {"high": (4e-3, 6e-3), "middle": (2e-3, 5e-3), "low": (3e-3, 2e-3)}
    return {
        name: 300.0 * ((cold + rectangles.half_square_column(x, z, 4e-3, hot - cold)) / scale) ** (1.0 / n)
        for name, (x, z) in points.items()
    }


def roof_detail() -> dict[str, float]:
    values = roof.converged()
    heat = values.pop("heat")
    return {"heat": heat, **{name: ZERO + t for name, t in values.items()}}


def plate() -> dict[str, float]:
    return {"E": ZERO + rectangles.convecting_plate(0.6, 0.2, 0.6, 1.0, 52.0, 750.0, 100.0)}


def bore() -> dict[str, float]:
    rise = rectangles.heated_bore(0.04, 0.04, 0.02, 0.10, 0.14, 52.0, 5e5, (0.04, 0.10))
    return {"target": 273.15 + rise}


def strip() -> dict[str, float]:
    """Right half of the plate; 1500 W over 10 mm and 1 m."""
    half = Strip((Slice(5e-3, 200.0),), 1000.0, 20e-3, 0.0, 5e-3, 1500 / 10e-3)
    return {"mean": 300 + half.mean(), "centre": 300 + half.surface(0.0)}


def disk() -> dict[str, float]:
    d = Disk((Slice(5e-3, 200.0),), 1000.0, 20e-3, 5e-3, 60 / (math.pi * 5e-3**2))
    return {"mean": 300 + d.mean(), "centre": 300 + d.surface(0.0)}


def corner() -> dict[str, float]:
    return {"corner": rectangles.corner_squares()}


def squares(summary: Mapping[str, Any]) -> float:
    """k·depth·ΔT/heat less the four squares of either arm."""
    return 115 * 7e-3 * 20 / float(summary["boundaries"]["right"]["heat"]) - 8


def hot_spot() -> dict[str, float]:
    s = Strip((Slice(0.7e-3, 130.0, 0.25e-4), Slice(3e-3, 390.0)), 8000.0, 12e-3, 2e-3, 5e-3, 180e4)
    ambient = ZERO + 25
    below, above, _ = s.joint(0, 3.5e-3)
    far_below, far_above, _ = s.joint(0, 7e-3)
    return {
        "spot, mean": ambient + s.mean(),
        "spot, middle": ambient + s.surface(3.5e-3),
        "far end": ambient + s.surface(12e-3),
        "below the joint": ambient + below,
        "above the joint": ambient + above,
        "jump at 7 mm": far_below - far_above,
    }


def hot_spot_disk() -> dict[str, float]:
    slices = (
        Slice(0.7e-3, 130.0, 0.23e-4),
        Slice(0.4e-3, 9.0, lateral=360.0),
        Slice(2.2e-3, 390.0),
    )
    d = Disk(slices, 6000.0, 9e-3, 2.7e-3, 90e4)
    ambient = ZERO + 25
    below, above, _ = d.joint(0, 0.0)
    return {
        "spot, mean": ambient + d.mean(),
        "spot, middle": ambient + d.surface(0.0),
        "below the joint": ambient + below,
        "above the joint": ambient + above,
        "cooled face": ambient + d.top(0.0),
    }


def along() -> dict[str, float]:
    """Half-thousand periods side by side: Σdk·depth·ΔT/width."""
    layers = [(7e-9, 8.5), (4e-9, 4.7)] * 600
    _, k = laminate(layers, [])
    return {"heat": k * math.fsum(d for d, _ in layers) * 2e-6 * 10 / 3e-6}


def package() -> dict[str, float]:
    """Right half, per metre of depth, by elements."""
    # With a node in the lid, where the probe is.
    z = [0.0, 0.5e-3, 0.55e-3, 2.5e-3, 2.55e-3, 2.63e-3, 8.63e-3]
    half = [7e-3, 7e-3, 15e-3, 15e-3, 15e-3, 30e-3]
    k = [120.0, 4.0, 398.0, 398.0, 2.5, 210.0]
    made = 120 / (14e-3 * 14e-3 * 0.5e-3)
    blocks = [
        Block((0.0, w), (a, b), c, made if a == 0.0 else 0.0)
        for w, a, b, c in zip(half, z, z[1:], k, strict=False)
    ]
    answer = by_elements(
        blocks,
        {"top": Film(ZERO + 25, 1 / 3000.0)},
        joints={z[2]: 0.03e-4, z[5]: 0.05e-4},
        degree=4,
        depth=4,
    )
    return {
        "junction": answer.at(0.0, 0.0),
        "lid centre": answer.at(0.0, z[3]),
        "sink edge": answer.at(30e-3, z[6]),
    }


ISO = 0.05
"""Within 0.05 of the converged value is within the standard's 0.1 of its table, which is rounded to 0.1."""

TWO_DIMENSIONAL = (
    Problem(
        "superlattice_along",
        "Si/Ge, 1200 layers, along",
        "Σdk/L",
        "superlattice_along",
        along,
        (Quantity("heat", boundary("left", "heat"), 1e-9, "W", exact=True),),
    ),
    Problem(
        "iso10211_a1",
        "Half of a square column",
        "ISO 10211 A.1; sine series",
        "iso10211_a1",
        column,
        tuple(Quantity(name, probe(name), 2e-3) for name in COLUMN.values()),
        order=2.0,
    ),
    Problem(
        "silicon_column",
        "Half of a silicon column, k of temperature",
        "Kirchhoff; sine series",
        "silicon_column",
        silicon_column,
        tuple(Quantity(name, probe(name), 0.06) for name in ("high", "middle", "low")),
        order=2.0,
    ),
    Problem(
        "iso10211_a2",
        "Roof detail",
        "ISO 10211 A.2; finite elements",
        "iso10211_a2",
        roof_detail,
        (
            *(Quantity(name, probe(name), ISO) for name in roof.POINTS),
            Quantity("heat", boundary("bottom", "heat"), ISO, "W"),
        ),
    ),
    Problem(
        "nafems_t4",
        "Plate with convection",
        "NAFEMS T4, 18.3 °C; cosine series",
        "nafems_t4",
        plate,
        (Quantity("E", probe("E"), 0.01),),
        order=2.0,
    ),
    Problem(
        "nafems_axisymmetric_flux",
        "Cylinder heated in its bore",
        "NAFEMS, 332.97 K; Bessel series",
        "nafems_axisymmetric_flux",
        bore,
        (Quantity("target", probe("target"), 2e-3),),
        order=2.0,
    ),
    Problem(
        "spreading_strip",
        "Spreading from a strip",
        "cosine series",
        "spreading_strip",
        strip,
        (Quantity("mean", probe("mean"), 2e-3), Quantity("centre", probe("centre"), 2e-3)),
        order=2.0,
    ),
    Problem(
        "spreading_disk",
        "Spreading from a disk",
        "Bessel series",
        "spreading_disk",
        disk,
        (Quantity("mean", probe("mean"), 1e-2), Quantity("centre", probe("centre"), 1e-2)),
        order=2.0,
    ),
    Problem(
        "reentrant_corner",
        "Bend of an L-shaped strip",
        "1 − (2/π) ln 2",
        "reentrant_corner",
        corner,
        (Quantity("corner", squares, 1e-2, "squares"),),
        order=4 / 3,
    ),
    Problem(
        "hot_spot",
        "Hot spot, two layers, joint",
        "cosine series",
        "hot_spot",
        hot_spot,
        (
            Quantity("spot, mean", probe("spot, mean"), 5e-3),
            Quantity("spot, middle", probe("spot, middle"), 5e-3),
            Quantity("far end", probe("far end"), 5e-3),
            Quantity("below the joint", probe("below the joint"), 5e-3),
            Quantity("above the joint", probe("above the joint"), 5e-3),
            Quantity("jump at 7 mm", probe("jump at 7 mm"), 5e-3),
        ),
        order=2.0,
    ),
    Problem(
        "hot_spot_disk",
        "Round hot spot, graphite, joint",
        "Bessel series",
        "hot_spot_disk",
        hot_spot_disk,
        (
            Quantity("spot, mean", probe("spot, mean"), 8e-3),
            Quantity("spot, middle", probe("spot, middle"), 8e-3),
            Quantity("below the joint", probe("below the joint"), 8e-3),
            Quantity("above the joint", probe("above the joint"), 8e-3),
            Quantity("cooled face", probe("cooled face"), 8e-3),
        ),
        order=2.0,
    ),
    Problem(
        "package",
        "Die, paste, lid, paste, sink",
        "finite elements",
        "package",
        package,
        (
            Quantity("junction", probe("junction"), 4e-3),
            Quantity("lid centre", probe("lid centre"), 4e-3),
            Quantity("sink edge", probe("sink edge"), 4e-3),
        ),
    ),
)
