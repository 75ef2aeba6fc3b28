"""The problems, as stacks for kapitza and as arrays for everybody else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import fsum

import numpy as np
from numpy.typing import NDArray

import kapitza as kp
from kapitza.interfaces.dmm import dmm
from kapitza.model import Group

Floats = NDArray[np.float64]

AREA, JOINT, HEAT, TOP = 1.3e-6, 3.1e-9, 0.37, 300.0  # m^2, m^2 K/W, W, K
LAYERS = ((140.0, 7e-9), (60.0, 4e-9))  # W/(m K), m

# One dimension --------------------------------------------------------------------------------------------


def superlattice(layers: int, cells: int) -> kp.Stack:
    """``layers`` in all, ``cells`` in each; heat in below, held above, a resistance at every joint."""
    pair = tuple(
        kp.Layer(name, kp.Material(name, kp.Constant(k)), d, cells=cells)
        for name, (k, d) in zip(("Si", "Ge"), LAYERS, strict=True)
    )
    return kp.Stack(
        [Group(layers // 2, pair)],
        kp.Geometry("slab", area=AREA),
        interfaces=[kp.Interface(kp.Resistance(JOINT), materials=("Si", "Ge"))],
        boundaries={"bottom": kp.Boundary(kp.Heat(HEAT)), "top": kp.Boundary(kp.Temperature(TOP))},
    )


def line_arrays(layers: int, cells: int) -> tuple[Floats, Floats, Floats]:
    """(conductivity (n,), width (n,), resistance of the joints (n - 1,)) of the cells."""
    k = np.repeat(np.tile([k for k, _ in LAYERS], layers // 2), cells)
    d = np.repeat(np.tile([d / cells for _, d in LAYERS], layers // 2), cells)
    joint = np.zeros(layers * cells - 1)
    joint[cells - 1 :: cells] = JOINT
    return k, d, joint


def line_exact(layers: int, cells: int) -> float:
    """Temperature of the first cell's centre above the top [K]."""
    (k1, d1), (k2, d2) = LAYERS
    parts = [d1 / k1] * (layers // 2) + [d2 / k2] * (layers // 2) + [JOINT] * (layers - 1)
    return HEAT / AREA * fsum([*parts, -0.5 * d1 / cells / k1])


def dmm_stacks(count: int) -> list[kp.Stack]:
    """``count`` superlattices of 200 layers, all different, with k(T) and a diffuse mismatch law."""
    silicon, germanium = kp.material("silicon"), kp.material("germanium")
    law = dmm(silicon, germanium)
    return [
        kp.Stack(
            [
                Group(
                    100,
                    (
                        kp.Layer("si", silicon, (5.0 + 1e-3 * i) * 1e-9, cells=1),
                        kp.Layer("ge", germanium, (3.0 + 2e-3 * i) * 1e-9, cells=1),
                    ),
                )
            ],
            kp.Geometry("slab", area=AREA),
            interfaces=[kp.Interface(law, materials=("silicon", "germanium"))],
            boundaries={
                "bottom": kp.Boundary(kp.Temperature(310.0)),
                "top": kp.Boundary(kp.Temperature(300.0)),
            },
        )
        for i in range(count)
    ]


# Two dimensions -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slice:
    """One layer of a package: conductivity, thickness, half its width [m], resistance of the joint above it."""

    name: str
    k: float
    thickness: float
    half: float
    joint: float
    heat: float = 0.0


WIDTH, DEPTH, FILM = 30e-3, 14e-3, 3000.0  # half the width [m], m, W/(m^2 K)
AIR = 0.03


def slices(narrow: bool) -> list[Slice]:
    half = 7e-3 if narrow else WIDTH
    return [
        Slice("die", 148.0, 0.5e-3, half, 2e-6, 120.0),
        Slice("paste", 4.0, 50e-6, half, 3e-6),
        Slice("sink", 237.0, 6e-3, WIDTH, 0.0),
    ]


def package(n: int, narrow: bool) -> kp.Stack:
    """A die, paste and a sink on n x n cells; the die as wide as the sink, or narrow with air beside it."""
    parts = slices(narrow)
    return kp.Stack(
        [
            kp.Layer(
                part.name,
                kp.Material(part.name, kp.Constant(part.k)),
                part.thickness,
                heat=part.heat,
                x=(-part.half, part.half) if narrow else None,
            )
            for part in parts
        ],
        kp.Geometry(
            "plane",
            x=(-WIDTH, WIDTH),
            depth=DEPTH,
            fill=kp.Material("air", kp.Constant(AIR)) if narrow else None,
        ),
        interfaces=[
            kp.Interface(kp.Resistance(low.joint), between=(low.name, high.name))
            for low, high in pairwise(parts)
        ],
        boundaries={"top": kp.Boundary(kp.Reservoir(TOP, kp.Conductance(FILM)))},
        mesh=kp.MeshOptions(x=n, z=n),
    )


@dataclass(frozen=True)
class Grid:
    """Cells for solvers that know no joints: each joint is one row of cells, ``JOINT_ROW`` thick, that resists as much.

    dx : (nx,), dz : (nz,) [m] · k : (nz, nx) [W/(m K)] · heat : (nz, nx) [W/m^3]"""

    dx: Floats
    dz: Floats
    k: Floats
    heat: Floats


JOINT_ROW = 1e-7  # m


def grid(n: int, narrow: bool) -> Grid:
    """The same package with the same cells in kapitza's mesh, joints as rows."""
    mesh = kp.system(package(n, narrow)).mesh
    assert mesh.dx is not None
    assert mesh.x is not None
    parts = slices(narrow)
    inside = np.abs(mesh.x) < parts[0].half
    column = int(np.argmax(inside))  # through the middle of the die, where every layer is itself
    layer = mesh.piece[:, column]
    rows: list[tuple[float, Floats, Floats]] = []
    for i, dz in enumerate(mesh.dz):
        part = parts[layer[i]]
        here = np.abs(mesh.x) < part.half
        density = part.heat / (2 * part.half * DEPTH * part.thickness)
        rows.append((float(dz), np.where(here, part.k, AIR), np.where(here, density, 0.0)))
        if i + 1 < len(layer) and layer[i + 1] != layer[i]:
            k = np.where(here, JOINT_ROW / part.joint, AIR)
            rows.append((JOINT_ROW, k, np.zeros(len(mesh.dx))))
    dz, k, heat = zip(*rows, strict=True)
    return Grid(mesh.dx, np.array(dz), np.array(k), np.array(heat))
