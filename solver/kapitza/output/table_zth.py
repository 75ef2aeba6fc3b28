"""Tables of a thermal impedance: the curve by decades, the parts on the way of the heat, the networks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.table import Table

from kapitza.output.labels import instant, share, significant
from kapitza.output.readable import plain
from kapitza.output.table import KINDS, plain_table
from kapitza.studies.structure import Structure
from kapitza.studies.two_interfaces import Separation
from kapitza.studies.zth import Zth

DIGITS = 5
PARTS = 40


def zth_report(found: Sequence[Zth], separation: Separation | None) -> list[Table | str]:
    """What `kapitza zth` prints; ``found`` : the case, and the one with another contact if there is one."""
    first = found[0]
    where = f"from {first.source} to {first.probe}" if first.source != first.probe else f"of {first.source}"
    title = f"{first.title or 'thermal impedance'} ({first.geometry}, {first.cells:,} cells)"
    report: list[Table | str] = [title, "", f"Zth {where}, steady {plain(first.steady, 6)} K/W", ""]
    report += [_decades(found), ""]
    if first.structure_of_stack is not None:
        report += [_path(first.structure_of_stack), ""]
    report += [_networks(first), "", _fit(first)]
    if separation is not None:
        report += ["", *_junction_to_case(separation)]
    return [*report, *(f"note: {note}" for note in first.notes)]


def _decades(found: Sequence[Zth]) -> Table:
    table = plain_table()
    table.add_column("time", justify="right")
    table.add_column("Zth (K/W)", justify="right")
    table.add_column("of steady", justify="right")
    if len(found) > 1:
        table.add_column("second case", justify="right")
    for k in decades(found[0]):
        time, value = float(found[0].time[k]), float(found[0].zth[k])
        row = [instant(time, 3), *_value(value, found[0].steady)]
        for other in found[1:]:
            value = float(np.interp(math.log(time), np.log(other.time), other.zth))
            row.append(_value(value, other.steady)[0])
        table.add_row(*row)
    steady = ["steady", plain(found[0].steady, DIGITS), "100 %"]
    table.add_row(*steady, *(plain(other.steady, DIGITS) for other in found[1:]))
    return table


def _value(value: float, steady: float) -> tuple[str, str]:
    return (plain(value, DIGITS), share(value / steady)) if value != 0.0 else ("below resolution", "")


def decades(found: Zth) -> list[int]:
    """Indices of the first point and of the points closest to whole powers of ten."""
    place = np.log10(found.time)
    powers = range(math.ceil(place[0] - 1e-9), math.floor(place[-1] + 1e-9) + 1)
    return sorted({0, *(int(np.argmin(np.abs(place - power))) for power in powers)})


def _path(structure: Structure) -> Table:
    """The parts of the structure function, from the source on."""
    table = plain_table()
    table.add_column("from the source on")
    table.add_column("kind")
    for name in ("R (K/W)", "C (J/K)", "up to R (K/W)", "up to C (J/K)"):
        table.add_column(name, justify="right")
    parts = structure.parts
    for part in parts[:PARTS]:
        table.add_row(
            part.name,
            KINDS[part.kind],
            plain(part.end - part.start),
            plain(part.high - part.low) if part.high > part.low else "–",
            plain(part.end, DIGITS),
            plain(part.high, DIGITS),
        )
    if len(parts) > PARTS:
        table.add_row(f"… and {len(parts) - PARTS} more", "", "", "", "", "")
    return table


def _networks(found: Zth) -> Table:
    table = plain_table()
    table.add_column("", justify="right")
    table.add_column("Foster R (K/W)", justify="right")
    table.add_column("τ", justify="right")
    if found.cauer is not None:
        table.add_column("Cauer R (K/W)", justify="right")
        table.add_column("C (J/K)", justify="right")
    for k, (R, tau) in enumerate(zip(found.foster.R.tolist(), found.foster.tau.tolist(), strict=True)):
        row = [str(k + 1), significant(R, 4), instant(tau)]
        if found.cauer is not None:
            row += [significant(float(found.cauer.R[k]), 4), significant(float(found.cauer.C[k]), 4)]
        table.add_row(*row)
    return table


def _fit(found: Zth) -> str:
    foster = f"Foster: within {found.foster.within} at every time"
    return foster if found.cauer_error is None else f"{foster}; Cauer: {100.0 * found.cauer_error:.2g} %"


def _junction_to_case(found: Separation) -> list[str]:
    at = f"{significant(found.capacity)} J/K"
    ways = [
        f"{significant(found.structure)} K/W by the structure functions of the curves, at {at}",
        f"{significant(found.derivative)} K/W where their slopes part, at {instant(found.time, 3)}",
    ]
    if found.exact is not None:
        ways.insert(0, f"{significant(found.exact, 5)} K/W by the stacks themselves, exact")
    return [f"junction to case, θJC = {significant(found.theta_jc, 4)} K/W:", *(f"  {way}" for way in ways)]
