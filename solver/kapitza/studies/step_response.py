"""A meshed stack with one source: the rise of its probe at any time after a step of that source, and steady."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from kapitza import estimate, properties
from kapitza.assemble.system import Bools
from kapitza.errors import InputError, PhysicsError, ResourceError
from kapitza.layout import Floats, count_layers
from kapitza.mesh import Mesh
from kapitza.model import Group, Layer, Stack
from kapitza.solution import probes
from kapitza.studies import reduced
from kapitza.studies.network import Network
from kapitza.studies.one_source import OneSource

FINEST = 0.1  # of sqrt(D t) at the first time t: cells
LEAST, MOST, ALL = 200, 4000, 24_000  # cells of a layer, and of all (1-D)
THIN, GRADED, FEW = 1e-7, 1000, 40  # s: films are heated; cells of a layer then
VECTORS = 250  # of the length of all cells, about, that are held at a time
CLOSE = 1e-5  # of the steady value: the curve ends here
END = 60.0  # slowest time constants, at most
RESOLVED = 0.5  # of h^2/D: the time from which a cell is fine enough
TOLERANCE, TIGHT = 1e-5, 1e-8  # of the largest rise: near the source, and where little of it arrives
ACCURATE, FAINTEST = 1e-3, 1e-9  # of the value, as long as it is more than this of the steady value


@dataclass(frozen=True)
class Rise:
    """time : (n,) [s] · value : (n,) [K/W], 0 where less than ``noise`` (n,) [K/W] · steady [K/W]
    error : in time, of the largest rise in the stack"""

    time: Floats
    value: Floats
    noise: Floats
    steady: float
    error: float

    @property
    def seen(self) -> float:
        """Time from which on there is a value [s]."""
        return self._from(self.value > self.noise)

    @property
    def accurate(self) -> float:
        """Time from which on it is good to ``ACCURATE`` of itself [s]."""
        return self._from(ACCURATE * self.value > self.noise)

    def _from(self, good: Bools) -> float:
        bad = np.flatnonzero(~good)
        return (
            float(self.time[min(int(bad[-1]) + 1, len(self.time) - 1)]) if len(bad) else float(self.time[0])
        )

    @property
    def enough(self) -> bool:
        """Whether all that is not negligible is good to ``ACCURATE`` of itself."""
        return bool(
            np.all((np.abs(self.value) < FAINTEST * self.steady) | (ACCURATE * self.value > self.noise))
        )


class StepResponse:
    """A case with its one source, ready for any time."""

    def __init__(self, case: OneSource) -> None:
        self.case = case
        self.network = Network(case.stack, case.cold, case.temperature)
        if self.network.power == 0.0:
            raise InputError(
                f"zth.source: {case.source!r} puts no heat into any cell; nothing bears its name there"
            )

    @property
    def mesh(self) -> Mesh:
        return self.network.mesh

    def times(self) -> tuple[float, float]:
        """Shortest time that heat takes through a heated piece, and that from which its cells are fine enough [s]."""
        network, mesh = self.network, self.network.mesh
        layout, active = network.layout, network.active
        kind = layout.kind(np.maximum(mesh.piece, 0).astype(np.intp).ravel()).reshape(mesh.shape)[active]
        k = np.minimum(network.conductivities.through, network.conductivities.lateral)[kind]
        slowness = network.C / (network.volume[active] * k)
        size = np.broadcast_to(mesh.dz[:, np.newaxis], mesh.shape)
        if mesh.dx is not None:
            size = np.minimum(size, mesh.dx)
        heated = network.heated
        coarse = RESOLVED * float((size[active] ** 2 * slowness)[heated].max())
        fastest = math.inf
        pieces = mesh.piece[active]
        for piece in np.unique(pieces[heated]):
            rows, columns = np.nonzero(mesh.piece == piece)
            extent = float(mesh.z_edges[rows.max() + 1] - mesh.z_edges[rows.min()])
            if mesh.x_edges is not None:
                extent = min(extent, float(mesh.x_edges[columns.max() + 1] - mesh.x_edges[columns.min()]))
            fastest = min(fastest, extent**2 * float(slowness[pieces == piece][0]))
        return fastest, coarse

    def curve(self, first: float, points: int) -> Rise:
        """From ``first`` [s] to steady, ``points`` a decade. Raises PhysicsError where the heat has nowhere to go, or
        the steady rise is not positive."""
        network = self.network
        need, there = VECTORS * 8.0 * len(network.C), estimate.available_memory()
        if need > there:
            raise ResourceError(
                f"mesh: {len(network.C):.4g} cells need about {need / 1e9:.3g} GB of memory for their shapes in time, "
                f"and {there / 1e9:.3g} GB are available. Use fewer cells ([mesh] x, z) or fewer repetitions"
            )
        steady = self._probed(network.steady())
        if not steady > 0.0:
            raise PhysicsError(
                f"zth: {self.case.source!r} does not warm {self.case.probe.name!r}: the steady rise is {steady:.3g} "
                "K/W; choose a probe that the heat reaches"
            )
        last = max(reduced.slowest(network), first)
        found = self._rise(first, last, points, steady, TOLERANCE)
        return found if found.enough else self._rise(first, last, points, steady, TIGHT)

    def _rise(self, first: float, last: float, points: int, steady: float, tolerance: float) -> Rise:
        network = self.network
        course = reduced.course(network, first, last, tolerance)
        error = max(course.error, reduced.ROUNDING)
        times: list[float] = []
        values: list[float] = []
        noise: list[float] = []
        for k in range(int(math.log10(max(END * max(course.slowest, last) / first, 10.0)) * points) + 2):
            times.append(first * 10.0 ** (k / points))
            y = network.faces(course.at(times[-1]))
            values.append(self._probed(y))
            noise.append(error * float(np.abs(y).max()) / abs(network.power))
            if abs(values[-1] / steady - 1.0) < CLOSE:
                break
        if len(times) < 8:
            raise InputError(
                f"zth.first: at {first:.3g} s all has happened already; begin earlier, or leave it out"
            )
        there = np.array(values) > np.array(noise)
        return Rise(np.array(times), np.where(there, values, 0.0), np.array(noise), steady, course.error)

    def _probed(self, y: Floats) -> float:
        """Rise of the probe for 1 W [K]."""
        return probes.value(self.network.frame(y), self.case.probe, "zth.probe") / self.network.power


def fine(stack: Stack, first: float) -> Stack:
    """A 1-D stack with as many cells in each layer as the time ``first`` [s] asks for: equal ones, or refined
    towards the faces where it is short."""
    T, _ = properties.reference_temperature(stack)
    most = max(1, min(MOST, ALL // count_layers(stack.layers)))
    thin = first < THIN

    def layer(item: Layer | Group) -> Layer | Group:
        if isinstance(item, Group):
            return Group(item.repeat, tuple(layer(one) for one in item.layers))
        law = item.material.heat_capacity_law
        assert law is not None
        low, high = law.valid
        reach = math.sqrt(float(item.material.conductivity(T)) / float(law(min(max(T, low), high))) * first)
        wanted = max(LEAST, math.ceil(item.thickness / (FINEST * reach)))
        if thin:  # a film that is thinner than the heat reaches needs few
            wanted = min(GRADED, max(FEW, math.ceil(item.thickness / (0.1 * FINEST * reach))))
        return replace(item, cells=max(item.cells or 1, min(wanted, most)))

    mesh = replace(stack.mesh, grading="refine" if thin else "uniform")
    return replace(stack, layers=tuple(layer(item) for item in stack.layers), mesh=mesh)
