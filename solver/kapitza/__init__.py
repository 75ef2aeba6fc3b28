"""kapitza: heat conduction through layers that do not touch perfectly.

``import kapitza as kp``: `load`, `Case`, `solve` and `Solution` for case files; `Stack`, `Layer`, `Interface`
and the other names of `kapitza.model` for stacks built in Python, numbers in SI. Names are loaded when first
used, so importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "kapitza.case": ("load", "Case"),
    "kapitza.api": (
        "Response",
        "Solution",
        "effective",
        "fit",
        "sensitivity",
        "solve",
        "solve_many",
        "sweep",
        "system",
        "zth",
    ),
    "kapitza.output": ("read",),
    "kapitza.materials.library": ("material",),
    "kapitza.materials.material": ("Material",),
    "kapitza.laws.temperature": ("Constant", "Table", "Power", "Slope"),
    "kapitza.laws.time": ("Pulse", "Ramp", "Steps", "flash"),
    "kapitza.interfaces.law": ("Conductance", "Insulated", "Perfect", "Resistance"),
    "kapitza.model": (
        "Adiabatic",
        "Boundary",
        "BoundaryProbe",
        "Circle",
        "FrequencyOptions",
        "Geometry",
        "Group",
        "Heat",
        "HeatFlux",
        "Interface",
        "InterfaceProbe",
        "Layer",
        "MeshOptions",
        "Patch",
        "PerChannel",
        "Periodic",
        "PieceProbe",
        "PointProbe",
        "Rectangle",
        "Region",
        "Reservoir",
        "SheetSource",
        "SolveOptions",
        "Source",
        "Stack",
        "Temperature",
        "ThermoelectricOptions",
        "TransientOptions",
        "ZthOptions",
    ),
    "kapitza.bychannel": ("ByChannel", "by_channel"),
    "kapitza.interfaces.channels": ("ChannelLaw",),
    "kapitza.errors": ("FileError", "InputError", "KapitzaError", "PhysicsError", "ResourceError"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'kapitza' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *_HOME]


if TYPE_CHECKING:
    from kapitza.api import Response as Response
    from kapitza.api import Solution as Solution
    from kapitza.api import fit as fit
    from kapitza.api import solve as solve
    from kapitza.api import solve_many as solve_many
    from kapitza.api import system as system
    from kapitza.case import Case as Case
    from kapitza.case import load as load
    from kapitza.errors import FileError as FileError
    from kapitza.errors import InputError as InputError
    from kapitza.errors import KapitzaError as KapitzaError
    from kapitza.errors import PhysicsError as PhysicsError
    from kapitza.errors import ResourceError as ResourceError
    from kapitza.materials.library import material as material
    from kapitza.materials.material import Material as Material
    from kapitza.model import Layer as Layer
    from kapitza.model import Stack as Stack
    from kapitza.output import read as read
