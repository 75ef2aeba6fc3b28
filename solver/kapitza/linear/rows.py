"""Systems whose conductances are products of a number for each row and one for each column.

So are those of full-width layers: nothing but heat and the temperatures of the surroundings depends on x there, other
than by the size of the cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kapitza.assemble.system import Side, System
from kapitza.columns import alike
from kapitza.layout import Floats
from kapitza.linear.lateral import Computed, Cosine, Fourier, Lateral, Values

WORTH_TRANSFORM = (
    100_000_000  # cells times columns times solves; below, products are done before scipy is imported
)
# Columns, for one solve and for many; beyond, computed eigenvectors cost more than other solvers.
FEW, SOME = 600, 1000
SAME = 1e-12  # conductances that differ by rounding only


@dataclass(frozen=True)
class Rows:
    """up : (nz,) from each cell to the one above, for weight 1 [W/K], 0 in the last row
    across : (nz,) to the next along x, times ``between`` (nx - 1,) · held : (nz,) to temperatures below and above,
    for weight 1 · weight : (nx,) sizes of the cells, 1 on average
    ends : (2,) conductances to temperatures at left and right, relative to ``across``
    equal : all cells are alike · periodic : the last column meets the first
    """

    up: Floats
    across: Floats
    held: Floats
    weight: Floats
    between: Floats
    ends: Floats
    equal: bool
    periodic: bool

    @property
    def fast(self) -> bool:
        """Whether there is a fast transform."""
        return self.equal and not self.ends.any()

    def pays(self, *, many: bool) -> bool:
        """Whether lines along z are the way to go, for one solve or for ``many``."""
        return self.fast or len(self.weight) <= (SOME if many else FEW)

    @property
    def transform(self) -> str:
        """What turns the plane into lines, in words."""
        if not self.fast:
            return "eigenvectors of the lateral conductances leave"
        return f"a {'Fourier' if self.periodic else 'cosine'} transform along x leaves"

    def lateral(self, complex_values: bool, solves: int) -> Lateral:
        """The transform, for about so many solves."""
        nz, nx = len(self.up), len(self.weight)
        if not self.fast:
            return Computed.of(self.weight, self.between, self.ends)
        if self.periodic:
            return Fourier(nx, complex_values)
        return Computed.equal(nx) if nz * nx * nx * solves < WORTH_TRANSFORM else Cosine(nx)

    def along(self, values: Values) -> Values | None:
        """(nz,) for weight 1, of ``values`` (nz, nx) that go with the size of the cells along each row; None if they do
        not."""
        return values[:, 0] / self.weight[0] if _product(values, self.weight) else None


def find(system: System) -> Rows | str:
    """The conductances row by row, or the reason why there is no such thing."""
    mesh = system.mesh
    nz, nx = mesh.shape
    if mesh.dx is None:
        return "one-dimensional"
    if system.wrap_z is not None:
        return "bottom and top are periodic"
    if system.links is not None:
        return "heat flows along circles"
    if not system.active.all():
        return "part of the domain is void"
    up, across = system.faces_z.conductance, system.faces_x.conductance
    equal = mesh.uniform_x and mesh.geometry.kind == "plane"
    if system.wrap is not None and not equal:
        return "periodic, and the cells are not all of one width"
    single, between = np.ones(nz), np.broadcast_to(1.0, (nx - 1,))
    if nx > 1:
        single = np.array(across[:, 0])
        if not single.all():
            return "a row conducts nothing along x"
        between = between if equal else across[0] / single[0]
    area = system.area_z[0]
    weight = np.broadcast_to(1.0, (nx,)) if equal else area / area.mean()
    if not (_product(up, weight) and _product(across, between)):
        return "not all layers fill the whole width"
    held, ends = np.zeros(nz), np.zeros(2)
    for side in system.sides:
        conductance = _conductance(side)
        if not conductance.any():
            continue
        lateral = side.name not in ("bottom", "top")
        if lateral and nx == 1:
            held += conductance / weight[0]
            continue
        shape = single if lateral else weight
        if not _product(conductance[np.newaxis], shape / shape[0]):
            return f"parts of the {side.name} conduct differently"
        if lateral:
            ends[0 if side.name in ("left", "inner") else 1] = conductance[0] / single[0]
        else:
            held[0 if side.name == "bottom" else -1] += conductance[0] / weight[0]
    periodic = system.wrap is not None
    return Rows(np.append(up[:, 0] / weight[0], 0.0), single, held, weight, between, ends, equal, periodic)


def _conductance(side: Side) -> Floats:
    """(n,) from the faces of a side to temperatures outside [W/K]."""
    return sum((term.conductance for term in side.terms), np.zeros(len(side.row)))


def _product(values: Values, shape: Floats) -> bool:
    """Whether ``values`` (n, m) are a number for each row times ``shape`` (m,), but for rounding."""
    if not values.size or (alike(values) and alike(shape)):
        return True
    column = values[:, :1] / shape[0]
    model: npt.NDArray[np.complex128] = column * shape
    return bool((np.abs(values - model) <= SAME * np.abs(model)).all())
