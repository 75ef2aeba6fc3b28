"""Thermal impedance of a stack heated at one face, and the structure function of its parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from kapitza.verify.laplace import Array
from kapitza.verify.multilayer import Multilayer, at, steady
from kapitza.verify.stacks import End


def thermal_impedance(stack: Multilayer, area: float, times: ArrayLike) -> Array:
    """Zth [K/W] at ``times`` > 0 [s]: rise of the bottom face per watt that enters it from t = 0 on, over
    ``area`` [m^2]. What the stack has as its bottom end and as sources does not count."""
    return np.asarray(at(_driven(stack, area), [(0, 0.0)], times).temperature[0])


def steady_impedance(stack: Multilayer, area: float) -> float:
    """What Zth tends to [K/W]. Raises ValueError when the top takes no heat."""
    return float(steady(_driven(stack, area), [(0, 0.0)]).temperature[0, 0])


def structure_function(stack: Multilayer, area: float) -> tuple[Array, Array]:
    """Corners (R [K/W], C [J/K]) of the cumulative structure function, from the bottom face on: straight lines
    through the layers, a step in R at every joint that resists and at the film of the top."""
    resistance, capacitance = [0.0], [0.0]
    top = stack.top.resistance if isinstance(stack.top, End) else 0.0
    films = [joint.resistance for joint in stack.joints] + [top]
    for slab, film in zip(stack.slabs, films, strict=True):
        resistance.append(resistance[-1] + slab.thickness / (slab.conductivity * area))
        capacitance.append(capacitance[-1] + slab.thickness * slab.capacity * area)
        if film > 0.0:
            resistance.append(resistance[-1] + film / area)
            capacitance.append(capacitance[-1])
    return np.array(resistance), np.array(capacitance)


def _driven(stack: Multilayer, area: float) -> Multilayer:
    """One watt into the bottom, and nothing else."""
    quiet = stack.heated()
    slabs = tuple(replace(slab, source=0.0) for slab in quiet.slabs)
    joints = tuple(replace(joint, below=0.0, above=0.0) for joint in quiet.joints)
    return Multilayer(slabs, joints, End(heat_flux=1 / area), quiet.top)
