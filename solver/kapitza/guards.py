"""Sentences about what a solution cannot be trusted in: laws outside their range, layers thinner than the mean free
path of their carriers. Nothing is changed; who reads the result decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np

from kapitza.assemble import curved
from kapitza.errors import InputError
from kapitza.interfaces import slip
from kapitza.laws.temperature import TemperatureLaw
from kapitza.laws.time import at_start
from kapitza.layout import Floats, Ints, Layout
from kapitza.materials.material import Material
from kapitza.model import Reservoir
from kapitza.properties import ROOM, at
from kapitza.quantities import show
from kapitza.solution.solved import Solved
from kapitza.sticking import over_periodic_sides

ROUND = ("cylinder", "sphere", "axisymmetric")
SHOWN = 3  # names listed before the rest is counted


def warnings(solved: Solved) -> list[str]:
    """Everything worth saying, each once: contacts, then boundaries, then layers, then circles."""
    circles = [*curved.coarse(solved.layout, solved.mesh), *over_periodic_sides(solved.layout)]
    laws = [*_contacts(solved), *_boundaries(solved), *_slips(solved)]
    return [*laws, *thin_layers(solved.layout, _warmth(solved)), *circles]


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


def _slips(solved: Solved) -> Iterator[str]:
    """A slip where contacts may be curved, or beside a model that holds it already."""
    conditions = [boundary.condition for boundary in solved.stack.boundaries.values()]
    said = [law.about for law in solved.interfaces.laws]
    said += [c.law.about for c in conditions if isinstance(c, Reservoir)]
    if solved.stack.geometry.kind in ROUND and any(slip.uses(about) for about in said):
        yield "slip: its coefficient is that of a plane wall; on a curved one it holds where the radius is many paths"
    if any(slip.doubled(about) for about in said):
        yield (
            "slip: in series with a mismatch model between the temperatures of emitted phonons, which hold the slip of "
            'both sides already; give that model temperatures = "equilibrium", or leave the slip out'
        )


def _warmth(solved: Solved) -> Callable[[Ints], Floats]:
    """Mean temperature [K] of the layers of some kinds, reckoned where it is asked for."""

    @cache
    def means() -> Floats:
        layout = solved.layout
        middle = 0.5 * (solved.pieces.bottom + solved.pieces.top)[: layout.n_layers]
        there = ~np.isnan(middle)
        count = np.bincount(layout.kind_of, there, len(layout.kinds))
        total = np.bincount(layout.kind_of, np.where(there, middle, 0.0), len(layout.kinds))
        mean: Floats = total / np.where(count > 0, count, np.nan)
        return mean

    return lambda kinds: means()[kinds]


def thin_layers(layout: Layout, temperature: Callable[[Ints], Floats | float]) -> Iterator[str]:
    """Layers thinner than the mean free path where they are, one sentence for each material; ``temperature`` [K] of
    kinds of layers (n,)."""
    thin: dict[str, list[tuple[int, float, float]]] = {}
    for material, kinds in _scattering(layout):
        T = np.broadcast_to(temperature(kinds), kinds.shape)
        path = _mean_free_path(material, T)
        thickness = np.array([layout.kinds[kind].thickness for kind in kinds.tolist()])
        for i in np.flatnonzero(thickness < path).tolist():
            thin.setdefault(material.name, []).append((int(kinds[i]), float(path[i]), float(T[i])))
    for name, found in thin.items():
        thinnest = min(layout.kinds[kind].thickness for kind, _, _ in found)
        _, longest, at_T = max(found, key=lambda entry: entry[1])
        bases = list(dict.fromkeys(layout.bases[kind] for kind, _, _ in found))
        yield (
            f"{_listed(bases[:SHOWN], len(bases))}: {show(thinnest)} is thinner than the mean free path of {name}, "
            f"{show(longest)} at {at_T:.3g} K: the contacts on both sides are not independent and its conductivity is "
            "not that of the bulk; temperatures inside are those of an equivalent medium"
        )


def _scattering(layout: Layout) -> list[tuple[Material, Ints]]:
    """(material, kinds of layers made of it) where a mean free path is known."""
    made: dict[int, tuple[Material, list[int]]] = {}
    for kind, layer in enumerate(layout.kinds):
        if layer.material.mean_free_path is not None:
            made.setdefault(id(layer.material), (layer.material, []))[1].append(kind)
    return [(material, np.array(kinds, dtype=np.intp)) for material, kinds in made.values()]


def _mean_free_path(material: Material, T: Floats) -> Floats:
    """Mean free path at T (n,) [m] from that at 300 K: it goes as k / C (k = C v path / 3), where C of the electrons
    of a metal goes as T, and C of a crystal is its heat capacity; unchanged where that is not known. Four digits of T
    are more than a mean free path is known to, and let many stacks share an evaluation."""
    path = material.mean_free_path or 0.0
    try:
        k = _values(material.conductivity, T) / at(material.conductivity, ROOM)
        if material.sommerfeld is not None:
            return path * k * ROOM / T
        capacity = material.heat_capacity_law
        return (
            path * k * at(capacity, ROOM) / _values(capacity, T)
            if capacity is not None
            else np.full(len(T), path)
        )
    except InputError:
        alone = [_mean_free_path(material, T[i : i + 1]) for i in range(len(T))] if len(T) > 1 else []
        return np.concatenate(alone) if alone else np.full(len(T), path)


def _values(law: TemperatureLaw, T: Floats) -> Floats:
    """A law at T (n,)."""
    return law(T) if len(T) > 1 else np.array([at(law, float(f"{T[0]:.4g}"))])


def _listed(names: Sequence[str], count: int) -> str:
    rest = count - len(names)
    return ", ".join(names) + (f" and {rest} more" if rest else "")
