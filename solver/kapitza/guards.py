"""Sentences about what a solution cannot be trusted in: laws outside their range, layers thinner than the mean free
path of their carriers. Nothing is changed; who reads the result decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from kapitza.assemble import curved
from kapitza.errors import InputError
from kapitza.laws.time import at_start
from kapitza.layout import Floats, Layout
from kapitza.materials.material import Material
from kapitza.model import Reservoir
from kapitza.properties import ROOM, at
from kapitza.quantities import show
from kapitza.solution.solved import Solved

SHOWN = 3  # names listed before the rest is counted


def warnings(solved: Solved) -> list[str]:
    """Everything worth saying, each once: contacts, then boundaries, then layers, then circles."""
    circles = curved.coarse(solved.layout, solved.mesh)
    return [*_contacts(solved), *_boundaries(solved), *thin_layers(solved.layout, _warmth(solved)), *circles]


def _contacts(solved: Solved) -> Iterator[str]:
    """What the laws say of their side temperatures."""
    if all(law.silent for law in solved.interfaces.laws):
        return
    faces = solved.interfaces.faces
    owner = np.repeat(faces.law_index, np.diff(faces.start))
    for index, law in enumerate(faces.law):
        if law.silent:
            continue
        here = owner == index
        if not here.any():
            continue
        said = law.warnings(faces.below[here], faces.above[here])
        if said:
            contacts = np.flatnonzero(faces.law_index == index)
            names = [solved.interfaces.name(int(i)) for i in contacts[:SHOWN]]
            place = _listed(names, len(contacts))
            yield from (f"{place}: {text}" for text in said)


def _boundaries(solved: Solved) -> Iterator[str]:
    """What the laws to reservoirs say; in two dimensions of the whole side, patches included."""
    for name, boundary in solved.stack.boundaries.items():
        surface = solved.boundaries[name].temperature_values
        conditions = [boundary.condition, *(patch.condition for patch in boundary.patches)]
        said = [
            text
            for condition in conditions
            if isinstance(condition, Reservoir) and len(surface)
            for text in condition.law.warnings(surface, at_start(condition.ambient))
        ]
        yield from (f"{name}: {text}" for text in dict.fromkeys(said))


def _warmth(solved: Solved) -> Callable[[int], float]:
    """Mean temperature [K] of the layers of one kind."""

    def mean(kind: int) -> float:
        here = np.flatnonzero(solved.layout.kind_of == kind)
        return 0.5 * (_mean(solved.pieces.bottom[here]) + _mean(solved.pieces.top[here]))

    return mean


def thin_layers(layout: Layout, temperature: Callable[[int], float]) -> Iterator[str]:
    """Layers thinner than the mean free path where they are, one sentence for each material; ``temperature`` [K] of
    every kind of layer."""
    thin: dict[str, list[tuple[int, float, float]]] = {}
    for kind, layer in enumerate(layout.kinds):
        if layer.material.mean_free_path is None:
            continue
        T = temperature(kind)
        path = _mean_free_path(layer.material, T)
        if layer.thickness < path:
            thin.setdefault(layer.material.name, []).append((kind, path, T))
    for name, found in thin.items():
        thickness = min(layout.kinds[kind].thickness for kind, _, _ in found)
        _, path, T = max(found, key=lambda entry: entry[1])
        bases = list(dict.fromkeys(layout.bases[kind] for kind, _, _ in found))
        yield (
            f"{_listed(bases[:SHOWN], len(bases))}: {show(thickness)} is thinner than the mean free path of {name}, "
            f"{show(path)} at {T:.3g} K: the contacts on both sides are not independent and its conductivity is "
            "not that of the bulk; temperatures inside are those of an equivalent medium"
        )


def _mean(values: Floats) -> float:
    """Mean (n,) of what is not painted over."""
    mean = float(values.mean())
    return float(np.nanmean(values)) if np.isnan(mean) else mean


def _mean_free_path(material: Material, T: float) -> float:
    """Mean free path at T [m] from that at 300 K: it goes as k / C (k = C v path / 3), where C of the electrons of a
    metal goes as T, and C of a crystal is its heat capacity; unchanged where that is not known. Four digits of T are
    more than a mean free path is known to, and let many stacks share an evaluation."""
    path, T = material.mean_free_path or 0.0, float(f"{T:.4g}")
    try:
        k = at(material.conductivity, T) / at(material.conductivity, ROOM)
        if material.sommerfeld is not None:
            return path * k * ROOM / T
        capacity = material.heat_capacity_law
        return path if capacity is None else path * k * at(capacity, ROOM) / at(capacity, T)
    except InputError:
        return path


def _listed(names: Sequence[str], count: int) -> str:
    rest = count - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")
