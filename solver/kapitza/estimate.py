"""What a run will need, before anything is made: cells, memory, time. Counts only; a stack of 10^12 layers is free.

The coefficients were measured as peak resident memory and wall time of whole runs on a machine of 2 cores;
memory is given a margin of about a fifth, time is an order of magnitude.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

from kapitza.cellcount import count_cells, filled_share
from kapitza.errors import ResourceError
from kapitza.layout import Layout, count_layers
from kapitza.mesh import build_plane
from kapitza.model import Layer, Stack, leaves

MARGIN = 1.15
LINE_PROGRAM, PLANE_PROGRAM = 70e6, 90e6  # bytes of the interpreter and the libraries a run loads
KERNELS = 110e6  # … and of numba, loaded for long stacks
LINE_CELL, LINE_LAYER = 92.0, 540.0  # bytes each
PLANE_CELL, PLANE_FILL = 480.0, 46.0  # bytes a cell, and for each doubling of the cells: fill of the factors
COMPILED_LAYERS = 7000
TIME_LINE_CELL, TIME_PLANE_CELL = 650.0, 1000.0  # bytes a cell more in a run in time
FRAME = 120.0  # bytes of a saved instant, its fields apart
STEPS, EVENT_STEPS = 45, 9  # of a run in time, and for each edge of a power or a boundary
MELTING_STEPS = 4  # for each row of cells that may melt
STEP, STEP_LINE_CELL, STEP_PLANE_CELL = 1.2e-3, 4e-7, 1e-6  # seconds
CURVED = 25.0  # times as long takes a step where something depends on temperature
FILE = 80e3  # bytes of a result file without its fields
EVENTS = 10_000  # counted at most
COUNTABLE = 5_000_000  # 2-D cells up to which the mesh itself is counted


@dataclass(frozen=True)
class Estimate:
    """cells · layers · memory [bytes] at its peak · seconds of solving · frames that a run in time saves, 0 where
    steady · size of a result file [bytes]"""

    cells: int
    layers: int
    memory_bytes: float
    seconds: float
    frames: int = 0
    file_bytes: float = 0.0


def estimate(stack: Stack) -> Estimate:
    """Cells, memory and time of a solution of ``stack``, steady or in time."""
    layers = count_layers(stack.layers)
    nz, nx = count_cells(stack)
    cells = round(nz * nx * filled_share(stack))
    if stack.geometry.two_dimensional and nz * nx <= COUNTABLE:
        cells = build_plane(Layout.of(stack)).cells
    if stack.geometry.two_dimensional:
        per_cell = PLANE_CELL + PLANE_FILL * math.log2(max(cells, 2))
        memory = PLANE_PROGRAM + cells * per_cell
        seconds = 0.15 + 2.5e-7 * cells * math.log2(max(cells, 2))
    else:
        memory = LINE_PROGRAM + LINE_CELL * cells + LINE_LAYER * layers
        memory += KERNELS if layers > COMPILED_LAYERS else 0.0
        seconds = 0.01 + 2.5e-7 * cells + 1.5e-6 * layers
    fields = 3 * 8.0 * nz * nx + 8.0 * (3 + 14) * layers  # of one frame: the profile is a field of a line
    frames = 0
    if stack.transient is not None:
        options = stack.transient
        frames = len(options.times) if options.times is not None else options.save or 100
        plane = stack.geometry.two_dimensional
        memory += cells * (TIME_PLANE_CELL if plane else TIME_LINE_CELL) + FRAME * frames
        exact = 0 if options.times is None else 2 * frames
        fronts = nz if any(_melts(layer) for layer in leaves(stack.layers)) else 0
        steps = STEPS + exact + EVENT_STEPS * _events(stack, options.until) + MELTING_STEPS * fronts
        per_cell = STEP_PLANE_CELL if plane else STEP_LINE_CELL
        seconds = 0.2 + steps * (STEP + cells * per_cell * (CURVED if _curved(stack) else 1.0))
    return Estimate(cells, layers, MARGIN * memory, seconds, frames, FILE + max(frames, 1) * fields)


def _curved(stack: Stack) -> bool:
    """Whether conductivities or contacts depend on temperature, or something melts."""
    materials = [layer.material for layer in leaves(stack.layers)] + [
        region.material for region in stack.regions
    ]
    if any(_melts(layer) for layer in leaves(stack.layers)):
        return True
    varying = any(not getattr(material.conductivity, "constant", True) for material in materials)
    return (varying and stack.solve.properties_at is None) or not all(e.law.linear for e in stack.interfaces)


def _melts(layer: Layer) -> bool:
    return bool(layer.material.latent_heat)


def _events(stack: Stack, until: float) -> float:
    """Edges of powers and boundaries in time: counted up to `EVENTS`, then as often as until there."""
    from kapitza.assemble.drive import Drive

    drive, time = Drive.of(stack), 0.0
    for count in range(EVENTS):
        event = drive.following(time)
        if not event.time < until:
            return count
        time = event.time
    return EVENTS * until / time


def available_memory() -> float:
    """Bytes that a new process may take: what the system calls available, or a control group's limit if lower."""
    found = [float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))]
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                found.append(1024.0 * float(line.split()[1]))
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        if limit != "max":
            found.append(float(limit))
    except (OSError, ValueError):
        pass
    return min(found)


def require(stack: Stack) -> Estimate:
    """The estimate, if this machine can hold it. Raises ResourceError with both numbers otherwise."""
    needed = estimate(stack)
    there = available_memory()
    if needed.memory_bytes > there:
        what = f"mesh: {needed.cells:.4g} cells in {needed.layers:.4g} layers"
        fewer = "fewer cells ([mesh] cells_per_layer, x, z) or fewer repetitions"
        if FRAME * needed.frames > 0.5 * needed.memory_bytes:
            what, fewer = f"transient: {needed.frames:.4g} saved instants", "a smaller save, or fewer times"
        raise ResourceError(
            f"{what} need about {needed.memory_bytes / 1e9:.3g} GB of memory, and {there / 1e9:.3g} GB are available. "
            f"Use {fewer}"
        )
    return needed
