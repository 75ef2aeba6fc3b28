"""What leaves a solution: result file, tables, pictures. Importing this loads neither h5py nor matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kapitza.output.hdf5_frequency import StoredResponse
    from kapitza.output.stored import Stored
    from kapitza.solution import Solution
    from kapitza.studies.sweeping.result import Sweep


def write(solution: Solution, path: str | Path, force: bool = False, xdmf: bool = False) -> None:
    """Write the result file of ``solution``; see `kapitza.output.hdf5.write`."""
    from kapitza.output import hdf5

    hdf5.write(solution, path, force=force, xdmf=xdmf)


def read(path: str | Path, frame: int = -1) -> Stored | StoredResponse | Sweep:
    """Read a result file at one of its times; see `kapitza.output.hdf5.read`."""
    from kapitza.output import hdf5

    return hdf5.read(path, frame)
