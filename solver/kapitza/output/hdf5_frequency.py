"""The result file of periodic heating: amplitudes and phases along frequencies, as one netCDF-4 (HDF5) file.

Root
    dimensions frequency [Hz], z (r), and in 2-D x (r)
    amplitude(frequency, z, x) [K], phase(frequency, z, x) [rad] of the temperature in the cells; region(z, x)
    attributes: title, case, case_sha256, kapitza_version, kapitza_format, kapitza_kind = "frequency", summary (JSON)
probes
    amplitude(probe, frequency), phase(probe, frequency), name(probe)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza import __version__
from kapitza.output.finite import finite
from kapitza.output.netcdf import Section, create, provenance, verify
from kapitza.output.recording import FORMAT, fingerprint
from kapitza.output.replace import Replacement

if TYPE_CHECKING:
    import numpy.typing as npt

    from kapitza.solution.response import Response

KIND = "frequency"


def write(response: Response, case: str, path: Path, *, force: bool = False) -> None:
    """Write ``response`` to ``path``; raises FileError, and then all that was there is as before."""
    texts = {
        "Conventions": "CF-1.10",
        "title": response.stack.title,
        "kapitza_version": __version__,
        "kapitza_kind": KIND,
        "case": case,
        "case_sha256": fingerprint(case),
        "summary": json.dumps(finite(response.summary()), ensure_ascii=False, allow_nan=False),
    }
    with Replacement(path, force) as draft:
        with draft.errors(), create(draft.sink) as (root, records):
            root.attributes(**texts, kapitza_format=FORMAT, _NCProperties=provenance(__version__))
            _lay_out(root, response)
        draft.seal()
        with draft.errors():
            verify(draft.path, path, records, texts)
        draft.place()


def _lay_out(root: Section, response: Response) -> None:
    base = response.base
    geometry = base.stack.geometry
    root.coordinate("frequency", response.frequencies, units="Hz", long_name="frequency")
    axes = [geometry.axis]
    root.coordinate(geometry.axis, base.z, units="m", long_name=geometry.axis)
    if base.x is not None:
        axes.append(geometry.lateral)
        root.coordinate(geometry.lateral, base.x, units="m", long_name=geometry.lateral)
    amplitude, phase = np.abs(response.temperature), np.angle(response.temperature)
    root.variable("amplitude", ["frequency", *axes], amplitude, units="K", long_name="amplitude")
    root.variable("phase", ["frequency", *axes], phase, units="rad", long_name="phase; a lag is negative")
    names = list(base.piece_names)
    root.variable("region", axes, np.asarray(base.piece, dtype=np.int32), names=", ".join(names))
    if not response.probes:
        return
    section = root.section("probes")
    section.dimension("probe", len(response.probes))
    section.variable("name", ["probe"], list(response.probes))
    values = np.array(list(response.probes.values()))
    section.variable("amplitude", ["probe", "frequency"], np.abs(values), units="K or W/m^2")
    section.variable("phase", ["probe", "frequency"], np.angle(values), units="rad")


@dataclass(frozen=True)
class StoredResponse:
    """What `write` left: probes as complex amplitudes (n,) by name, along ``frequencies`` (n,) [Hz]."""

    title: str
    frequencies: npt.NDArray[np.float64]
    probes: dict[str, npt.NDArray[np.complex128]]
    source_text: str
    _summary: dict[str, Any]

    def summary(self) -> dict[str, Any]:
        """The answer that the run printed with --json."""
        return self._summary


def load(file: Any) -> StoredResponse:
    """Read an open file that `write` made."""
    summary: dict[str, Any] = json.loads(file.attrs["summary"])
    probes = {
        name: np.array([p["amplitude"] * np.exp(1j * p["phase"]) for p in rows])
        for name, rows in summary["probes"].items()
    }
    return StoredResponse(
        str(file.attrs["title"]), np.asarray(file["frequency"][...]), probes, str(file.attrs["case"]), summary
    )
