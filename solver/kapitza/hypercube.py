"""The Python face of a sweep: its results, and the files they can go into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from kapitza.studies.sweeping import result


class Sweep(result.Sweep):
    """What `sweep` returns: all results, and the files they can go into."""

    @classmethod
    def of_result(cls, found: result.Sweep) -> Sweep:
        """The same data with a face."""
        return cls(**{f.name: getattr(found, f.name) for f in fields(found)})

    def write(self, path: str | Path, *, force: bool = False) -> None:
        """Write one HDF5 file (netCDF-4), a hypercube that xarray opens. Raises FileError."""
        from kapitza.output import hdf5_sweep

        hdf5_sweep.write(self, Path(path), force=force)

    def plot(self, path: str | Path, *, show: Sequence[str] = (), force: bool = False) -> None:
        """Draw curves over one swept quantity, a map over two. show : names of variables; default: the probes.

        Raises FileError or InputError."""
        from kapitza.output.figure_sweep import draw_sweep

        draw_sweep(self, path, show, force=force)
