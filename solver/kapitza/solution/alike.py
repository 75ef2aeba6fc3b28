"""Long lists: pieces of one material and thickness, and contacts of one pair of materials under one law, are alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kapitza.layout import Ints, Layout
from kapitza.solution.solved import Solved

LONG = 200  # lists beyond this show equal entries once


def groups(keys: Ints, together: bool) -> list[Ints]:
    """Indices of equal keys, in order of first appearance; one group each unless ``together``."""
    if not together:
        return [np.array([i]) for i in range(len(keys))]
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    bounds = np.flatnonzero(np.diff(inverse[order], prepend=-1))
    members = np.split(order, bounds[1:])
    return [members[i] for i in np.argsort(first)]


def layer_keys(layout: Layout, layers: Ints) -> Ints:
    """(n,) equal for layers of one material and one thickness."""
    known: dict[tuple[str, float], int] = {}
    of_kind = np.array([known.setdefault((k.material.name, k.thickness), len(known)) for k in layout.kinds])
    keys: Ints = of_kind[layout.kind_of[layers]]
    return keys


def contact_keys(solved: Solved, which: Ints) -> Ints:
    """(n,) equal for contacts between the same two materials, in either order, under the same law."""
    faces, layout = solved.interfaces.faces, solved.layout
    material: dict[str, int] = {}
    of_kind = np.array([material.setdefault(m.name, len(material)) for m in layout.kind_materials])
    laws: list[int] = [list(faces.law).index(law) for law in faces.law]
    below = of_kind[layout.kind(faces.pieces[which, 0])]
    above = of_kind[layout.kind(faces.pieces[which, 1])]
    low, high = np.minimum(below, above), np.maximum(below, above)
    keys: Ints = (low * len(material) + high) * len(laws) + np.array(laws)[faces.law_index[which]]
    return keys


def piece_name(layout: Layout, pieces: Ints) -> str:
    """Full name of one piece; the base name of several, or their material where they have different ones."""
    first = int(pieces[0])
    if len(pieces) == 1:
        return layout.name(first)
    return _common(layout, pieces, layout.base(first))


def contact_name(solved: Solved, contacts: Ints) -> str:
    """Full name of one contact; names without indices for several."""
    if len(contacts) == 1:
        return solved.interfaces.name(int(contacts[0]))
    layout, pieces = solved.layout, solved.interfaces.faces.pieces
    below, above = pieces[contacts[0]]
    pair = {layout.base(int(below)), layout.base(int(above))}
    ends = pieces[contacts[[0, -1]]].ravel()
    if {layout.base(int(p)) for p in ends} <= pair:
        return f"{layout.base(int(below))}|{layout.base(int(above))}"
    return f"{layout.material(int(below)).name}|{layout.material(int(above)).name}"


def _common(layout: Layout, pieces: Ints, base: str) -> str:
    bases: Sequence[str] = np.array(layout.kind_bases)[np.unique(layout.kind(pieces))].tolist()
    return base if set(bases) == {base} else layout.material(int(pieces[0])).name
