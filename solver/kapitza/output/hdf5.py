"""The result file: what a solution leaves behind, as one netCDF-4 (HDF5) file.

Root
    dimensions time, z (r: cylinder, sphere) and in 2-D x (r: axisymmetric), with units; z_bounds, x_bounds
    temperature(time, z, x) [K], heat_flux_z, heat_flux_x [W/m^2] at cell centres, region(z, x): piece numbers
    attributes: title, case, case_sha256, kapitza_version, kapitza_format, summary (JSON)
mesh, pieces
    edges of the cells, the geometry; names, materials and outlines of layers, regions and fill
interfaces
    one row per interface: name, group, below, above, jump [K], flux [W/m^2], conductance [W/(m^2 K)]
interfaces/<below|above>
    the same along each interface, with positions and areas. Where more than 200 interfaces would make as many
    groups, those that join the same names (without index) share one; ``row`` tells which is which
boundaries, boundaries/<side>
    one row per side: heat [W], mean temperature [K], ambient [K] of a reservoir; values along the side
profile (1-D)
    temperature through the layers with both side temperatures at every face: a jump is two points at one z
sensitivity (where it was asked for)
    derivatives of probes by sizes, conductivities, joints, films and heats: `kapitza.output.hdf5_sensitivity`

The names heat_flux_z (through the layers) and heat_flux_x (across) hold in every geometry; where the
coordinate is a radius, heat_flux_r names the same data. A steady result has one time, 0. A run in time has all
saved ones (an unlimited dimension, a frame or a few to a chunk), pieces/min, mean and max [K] over time, and where
something melts melted(time, z, x), its fraction in the cells. An interface name
with "/" or control characters in it has "_" there; the attribute ``name`` has the original.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import h5py

from kapitza import __version__
from kapitza.errors import FileError
from kapitza.output import hdf5_frequency, hdf5_sweep, recording, stored
from kapitza.output.recording import CHECKPOINT, FORMAT

if TYPE_CHECKING:
    from kapitza.solution import Solution
    from kapitza.studies.sensitivity import Sensitivity
    from kapitza.studies.sweeping.result import Sweep

_SIGNATURE = b"\x89HDF\r\n\x1a\n"


def write(
    solution: Solution,
    path: str | Path,
    force: bool = False,
    xdmf: bool = False,
    sensitivity: Sensitivity | None = None,
) -> None:
    """Write ``solution`` to ``path``, its ``sensitivity`` with it; ``xdmf``: and a file for ParaView beside it.

    The file appears under its name only when it is complete, on the disk and read back. Raises FileError
    (target exists and no ``force``, no permission, disk full, …); then all that was there is as before.
    """
    recording.write(solution, Path(path), force=force, xdmf=xdmf, sensitivity=sensitivity)


def read(path: str | Path, frame: int = -1) -> stored.Stored | hdf5_frequency.StoredResponse | Sweep:
    """What `write` left at ``path``, at time ``frame`` of all that were saved; the last, if not said.

    Raises FileError if there is no file, or it is no HDF5 file, cut short, of another program, or of a newer
    version.
    """
    source = Path(path)
    _check_source(source)
    try:
        with h5py.File(source, "r") as file:
            found = file.attrs.get("kapitza_format")
            if found is None:
                raise FileError(
                    f"{source}: is an HDF5 file, but not a result of kapitza; give a file that `kapitza run "
                    "CASE -o OUT.h5` wrote"
                )
            if int(found) > FORMAT:
                raise FileError(
                    f"{source}: has format {found}, written by kapitza {file.attrs.get('kapitza_version')}, "
                    f"but kapitza {__version__} reads formats up to {FORMAT}; update kapitza"
                )
            if CHECKPOINT in file:
                raise FileError(
                    f"{source}: is the checkpoint of a run that has not ended; "
                    "`kapitza run CASE -o OUT.h5 --resume` goes on from it"
                )
            if file.attrs.get("kapitza_kind") == hdf5_frequency.KIND:
                return hdf5_frequency.load(file)
            if file.attrs.get("kapitza_kind") == hdf5_sweep.KIND:
                return hdf5_sweep.load(file)
            return stored.load(file, source, frame)
    except FileError:
        raise
    except Exception as problem:  # a damaged file makes h5py raise almost anything
        reason = str(problem).partition("\n")[0]
        raise FileError(
            f"{source}: is damaged or cut short and cannot be read ({reason}); run the case again"
        ) from None


def _check_source(source: Path) -> None:
    try:
        if not stat.S_ISREG(source.stat().st_mode):
            raise FileError(f"{source}: is not a file; give the name of a result file")
        with open(source, "rb") as file:
            start = file.read(len(_SIGNATURE))
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise FileError(f"{source}: cannot be read: {reason}; give the name of a result file") from None
    if start != _SIGNATURE:
        what = "is not an HDF5 file" if start else "is empty"
        raise FileError(f"{source}: {what}; give a file that `kapitza run CASE -o OUT.h5` wrote")
