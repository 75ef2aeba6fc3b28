"""Where a run in time begins."""

from __future__ import annotations

import numpy as np

from kapitza.errors import InputError
from kapitza.layout import Floats, Layout
from kapitza.mesh import Mesh


def initial_temperatures(layout: Layout, mesh: Mesh, given: tuple[float, float] | None) -> Floats:
    """(nz, nx) [K]: each layer's own, else that of the case; else the one temperature that its boundaries have.

    given : lowest and highest of the boundaries [K]. Raises InputError where nothing says it.
    """
    general = layout.stack.solve.initial
    own = [layer.initial for layer in layout.kinds] + [None] * (layout.n_kinds - len(layout.kinds))
    if not isinstance(general, float | int):
        if given is not None and given[0] == given[1]:
            general = given[0]
        elif any(T is None for T in own):
            raise InputError(
                "solve.initial: a transient needs its starting temperature, and the boundaries do not agree on one; "
                'give [solve] initial = "25 degC", or "steady"'
            )
        else:
            general = np.nan
    table = np.array([general if T is None else T for T in own], dtype=float)
    kind = layout.kind(np.maximum(mesh.piece, 0).astype(np.intp).ravel()).reshape(mesh.shape)
    return table[kind]
