"""Heat capacities of the cells: volume times what the materials store."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kapitza.errors import InputError
from kapitza.laws.temperature import TemperatureLaw
from kapitza.layout import Floats, Layout
from kapitza.mesh import Mesh
from kapitza.metrics import Metric


def volumes(mesh: Mesh, area_z: Floats) -> Floats:
    """(nz, nx) [m^3]; ``area_z`` (nz + 1, nx) [m^2]."""
    if mesh.dx is None:
        return Metric.of(mesh.geometry).volume(mesh.z_edges[:-1], mesh.dz)[:, np.newaxis]
    volume: Floats = mesh.dz[:, np.newaxis] * area_z[0]
    return volume


def capacity_laws(layout: Layout) -> Sequence[TemperatureLaw]:
    """Heat capacity per volume [J/(m^3 K)] of every kind of piece as a function of temperature.

    Raises InputError that names every material that lacks it.
    """
    laws: list[TemperatureLaw] = []
    missing: dict[str, str] = {}
    for material in layout.kind_materials:
        law = material.heat_capacity_law
        if law is not None:
            laws.append(law)
            continue
        lacking = [key for key in ("density", "specific_heat") if getattr(material, key) is None]
        missing[material.name] = " and ".join(lacking)
    if missing:
        raise InputError(
            "\n".join(
                f"materials.{name}: {keys} not known, which a transient needs; give them, or "
                "volumetric_heat_capacity"
                for name, keys in missing.items()
            )
        )
    return laws


def capacities(layout: Layout, mesh: Mesh, volume: Floats, temperature: float) -> Floats:
    """(nz, nx) heat capacity of the cells at one ``temperature`` [J/K]; 0 in void. ``volume``: (nz, nx) [m^3]."""
    held: list[float] = []
    for law in capacity_laws(layout):
        low, high = law.valid
        held.append(float(law(min(max(temperature, low), high))))
    kind = layout.kind(mesh.piece.astype(np.intp).ravel()).reshape(mesh.shape)
    kind = np.where(mesh.piece >= 0, kind, len(held))
    result: Floats = volume * np.array([*held, 0.0])[kind]
    return result
