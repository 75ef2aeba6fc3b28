"""Stacks of `kapitza.verify.multilayer` as problems for the solver, and the range of what they do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

import kapitza as kp
from kapitza.model import (
    Boundary,
    Condition,
    Geometry,
    Interface,
    Layer,
    MeshOptions,
    Stack,
    TransientOptions,
)
from kapitza.solution.solved import Solved
from kapitza.verify import multilayer
from kapitza.verify.multilayer import HalfSpace, Multilayer
from kapitza.verify.stacks import End

Array = NDArray[np.float64]
COLD = 300.0
"""What the references call zero [K]."""
FRACTIONS = np.array([1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0])
"""Of the slowest layer's own time."""


def problem(given: Multilayer, options: TransientOptions, cells: int | None = None) -> Stack:
    """The same on 2 m^2, all temperatures above `COLD`; sheet sources follow as boundaries do."""
    layers = [
        Layer(
            f"layer {i}",
            kp.Material(f"matter {i}", slab.conductivity, volumetric_heat_capacity=slab.capacity),
            slab.thickness,
            heat_density=slab.source,
            initial=COLD + slab.initial,
            cells=cells,
        )
        for i, slab in enumerate(given.slabs)
    ]
    pairs = [(f"layer {i}", f"layer {i + 1}") for i in range(len(given.joints))]
    sources = [
        kp.SheetSource(f"{side} {i}", pair, heat_flux=flux, side=side)
        for i, (pair, joint) in enumerate(zip(pairs, given.joints, strict=True))
        for side, flux in (("below", joint.below), ("above", joint.above))
        if flux
    ]
    return Stack(
        layers,
        Geometry("slab", area=2.0),
        interfaces=[
            Interface(kp.Resistance(joint.resistance), between=pair)
            for pair, joint in zip(pairs, given.joints, strict=True)
            if joint.resistance
        ],
        sources=sources,
        boundaries={"bottom": Boundary(condition(given.bottom)), "top": Boundary(condition(given.top))},
        transient=options,
        mesh=MeshOptions(),
    )


def condition(end: End | HalfSpace) -> Condition:
    assert isinstance(end, End)
    if end.temperature is None:
        return kp.HeatFlux(end.heat_flux)
    if end.resistance == 0.0:
        return kp.Temperature(COLD + end.temperature)
    return kp.Reservoir(COLD + end.temperature, kp.Resistance(end.resistance))


def slowest(given: Multilayer) -> float:
    """L²c/k of the slowest layer [s]."""
    return max(slab.thickness**2 * slab.capacity / slab.conductivity for slab in given.slabs)


def sides(frames: Sequence[Solved]) -> Array:
    """(2 n_layers, n_times) of the faces of all layers from the bottom up, above `COLD` [K]."""
    return np.array([np.column_stack([f.pieces.bottom, f.pieces.top]).ravel() for f in frames]).T - COLD


def exact(given: Multilayer, solved: Solved, times: Array) -> tuple[Array, Array, float]:
    """Faces and cell centres, above `COLD` [K], and the range of all temperatures that there ever are."""
    faces = [(i, z) for i, slab in enumerate(given.slabs) for z in (0.0, slab.thickness)]
    below = np.concatenate([[0.0], np.cumsum([slab.thickness for slab in given.slabs])])
    centres = [
        (int(p), float(z - below[int(p)]))
        for p, z in zip(solved.mesh.piece.ravel(), solved.mesh.z, strict=True)
    ]
    at_faces = multilayer.at(given, faces, times).temperature
    at_centres = multilayer.at(given, centres, times).temperature
    seen = np.concatenate([at_faces.ravel(), at_centres.ravel(), [slab.initial for slab in given.slabs]])
    seen = np.append(
        seen, [e.temperature for e in (given.bottom, given.top) if getattr(e, "temperature", None)]
    )
    return at_faces, at_centres, float(seen.max() - seen.min())
