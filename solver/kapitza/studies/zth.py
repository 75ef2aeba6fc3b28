"""Thermal impedance of a case: the rise of a probe after a step of 1 W of one source, from early times to steady.

The cells' equations are solved without steps in time (`kapitza.studies.reduced`), the steady value by the steady
solver. From the curve follow the Foster network, the Cauer ladder and the structure function; a 1-D stack heated at
its end has a structure function of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kapitza import estimate
from kapitza.errors import InputError, PhysicsError
from kapitza.layout import Floats
from kapitza.model import Stack
from kapitza.studies import foster as driving
from kapitza.studies import heat_path, transfer
from kapitza.studies.cauer import Cauer, ladder
from kapitza.studies.foster import Foster
from kapitza.studies.one_source import alone
from kapitza.studies.step_response import ACCURATE, Rise, StepResponse, fine
from kapitza.studies.structure import Structure, of_curve, of_stack
from kapitza.studies.two_interfaces import Curve, Separation, separate

FIRST, EARLIEST = 1e-6, 1e-9  # s; by default
POINTS = 20  # per decade
DRIVING, EXACT = (
    2e-2,
    1e-3,
)  # a network of positive terms is as close, or the probe is not where the heat enters


@dataclass(frozen=True)
class Zth:
    """Thermal impedance. time : (n,) [s], log-spaced · zth : (n,) [K/W], 0 where too small to be known
    steady : at t -> infinity [K/W]

    foster : network of few terms; its R sum up to ``steady`` · cauer : the equivalent ladder, None for a transfer
    impedance, whose network has terms of either sign
    structure : structure function that the curve shows · structure_of_stack : the stack's own, exact; None where the
    heat has more than one way
    source, probe : names · temperature : of all properties [K] · error : of the solution in time, of its largest rise
    """

    time: Floats
    zth: Floats
    steady: float
    foster: Foster
    cauer: Cauer | None
    structure: Structure | None
    structure_of_stack: Structure | None
    notes: tuple[str, ...]
    source: str
    probe: str
    temperature: float
    geometry: str
    cells: int
    error: float
    title: str = ""

    @property
    def curve(self) -> Curve:
        """What two-interface separation and pictures take."""
        return Curve(self.time, self.zth, self.steady)

    @property
    def cauer_error(self) -> float | None:
        """Largest deviation of the ladder from the curve, of its value."""
        if self.cauer is None:
            return None
        return float(np.max(np.abs(self.cauer.evaluate(self.time) / self.zth - 1.0)))

    def summary(self) -> dict[str, Any]:
        """The dictionary that ``kapitza zth --json`` prints."""
        own = self.structure_of_stack or self.structure
        kind = (
            "stack"
            if self.structure_of_stack is not None
            else "curve"
            if self.structure is not None
            else None
        )
        ladder_ = self.cauer
        return {
            "status": "ok",
            "title": self.title,
            "geometry": self.geometry,
            "cells": self.cells,
            "source": self.source,
            "probe": self.probe,
            "temperature": self.temperature,
            "time": self.time.tolist(),
            "zth": self.zth.tolist(),
            "steady": self.steady,
            "foster": [
                {"R": float(R), "tau": float(tau)}
                for R, tau in zip(self.foster.R, self.foster.tau, strict=True)
            ],
            "cauer": []
            if ladder_ is None
            else [{"R": float(R), "C": float(C)} for R, C in zip(ladder_.R, ladder_.C, strict=True)],
            "structure": _plain(own) | {"of": kind, "parts": _parts(own)},
            "structure_from_curve": _plain(self.structure),
            "errors": {
                "time": self.error,
                "foster": self.foster.error,
                "foster_of_steady": self.foster.error_steady,
                "cauer": self.cauer_error,
            },
            "notes": list(self.notes),
        }


def zth(
    stack: Stack,
    source: str | None = None,
    probe: str | None = None,
    first: float | None = None,
    points: int | None = None,
) -> Zth:
    """Thermal impedance of ``stack`` from ``source`` to ``probe``, names; default: [zth] of the stack, else the only
    ones there are.

    first : earliest time [s]; default: 1 us, or the time that heat takes through the thinnest heated piece where that
    is shorter, down to 1 ns · points : per decade

    Raises InputError where the stack contradicts itself, a name is wrong, or a heat capacity is not known;
    PhysicsError where the heat has nowhere to go.
    """
    given = stack.zth
    if given is not None:
        source, probe = source or given.source, probe or given.probe
        first, points = first or given.first, points or given.points
    estimate.require(stack)
    case = alone(stack, source, probe)
    response = StepResponse(case)
    fastest, coarse = response.times()
    start = first if first is not None else min(FIRST, max(EARLIEST, _rounded(fastest)))
    if not case.stack.geometry.two_dimensional:
        case = replace(case, stack=fine(case.stack, start), cold=fine(case.cold, start))
        response = StepResponse(case)
        _, coarse = response.times()
    notes = [*case.notes]
    if case.narrow and coarse > start:
        notes.append(
            f"before about {coarse:.1g} s the mesh is coarser than the heat reaches; refine it, or begin later"
        )
    rise = response.curve(start, points or POINTS)
    time, values, steady = rise.time, rise.value, rise.steady
    if rise.seen > time[0]:
        notes.append(_unseen(rise))
    network, cauer, seen = _networks(time, values, steady, notes)
    path = heat_path.elements(case.cold, case.side, case.temperature) if case.side else None
    return Zth(
        time=time,
        zth=values,
        steady=steady,
        foster=network,
        cauer=cauer,
        structure=seen,
        structure_of_stack=of_stack(path) if path and cauer is not None else None,
        notes=tuple(notes),
        source=case.source,
        probe=case.probe.name,
        temperature=case.temperature,
        geometry=stack.geometry.kind,
        cells=response.mesh.cells,
        error=rise.error,
        title=stack.title,
    )


def theta_jc(one: Zth, two: Zth) -> Separation:
    """Resistance from junction to case, from two cases that differ in the contact of the case alone, in either order.

    Raises InputError where they do not differ, PhysicsError where they differ from the start.
    """
    for found in (one, two):
        if found.structure is None:
            raise InputError(
                f"two interfaces: from {found.source!r} to {found.probe!r} is a transfer impedance, which has no "
                "structure function; put the probe where the heat enters"
            )
    stacks = None
    if one.structure_of_stack is not None and two.structure_of_stack is not None:
        stacks = one.structure_of_stack, two.structure_of_stack
    return separate(one.curve, two.curve, stacks)


def _networks(
    time: Floats, values: Floats, steady: float, notes: list[str]
) -> tuple[Foster, Cauer | None, Structure | None]:
    """Foster, Cauer and structure function of a curve; what has none is said in ``notes``."""
    try:
        network = driving.fit(time, values, steady)
    except (InputError, PhysicsError):
        network = None
    if network is None or network.error > DRIVING:
        notes.append(
            "source and probe are not one place: the network has terms of either sign, and there is no Cauer ladder "
            "and no structure function"
        )
        return transfer.fit(time, values, steady), None, None
    if network.error > EXACT:
        notes.append(
            f"networks within {100.0 * network.error:.2g} %: the probe is close to where the heat enters, but not "
            'the mean over it (side = "mean" of a heated layer, all of a heated surface), which has an exact ladder'
        )
    try:
        return network, ladder(network), of_curve(time, values, steady)
    except PhysicsError as problem:
        notes.append(str(problem))
        return network, None, None


def _unseen(rise: Rise) -> str:
    """What is said of times before the heat arrives."""
    said = f"before {rise.seen:.2g} s the rise is below resolution, and given as 0"
    if rise.accurate > rise.seen:
        said += f"; its error in time is {100.0 * ACCURATE:.1g} % of it at most from {rise.accurate:.2g} s on"
    return said


def _rounded(t: float) -> float:
    """The power of ten below t."""
    return float(10.0 ** math.floor(math.log10(t)))


def _plain(structure: Structure | None) -> dict[str, Any]:
    if structure is None:
        return {"resistance": [], "capacitance": []}
    return {"resistance": structure.resistance.tolist(), "capacitance": structure.capacitance.tolist()}


def _parts(structure: Structure | None) -> list[dict[str, Any]]:
    if structure is None:
        return []
    return [
        {"name": p.name, "kind": p.kind, "resistance": [p.start, p.end], "capacitance": [p.low, p.high]}
        for p in structure.parts
    ]
