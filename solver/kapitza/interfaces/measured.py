"""Measured conductances: 353 points of 54 interfaces, from 15 papers, each with its DOI.

The table is a *secondary* digitisation: numbers read off the papers' figures by others. For a serious purpose read
the paper behind the DOI. A label is film/substrate, with what lies between; "H-" marks a hydrogen-terminated surface.
A law takes one series (one paper, one sample): straight lines between its temperatures, an error outside them; the
end values hold 3 % beyond, so that 298 K serves at 300 K.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from kapitza.errors import InputError
from kapitza.interfaces.about import About
from kapitza.interfaces.potential import Potential
from kapitza.laws.temperature import Table
from kapitza.materials import library

DATA = Path(__file__).with_name("data") / "tbc_measured.csv"
MARGIN = 0.03
SOURCE = "secondary digitisation of the paper"
FAMILY = {"alumina": "sapphire", "diamond-cvd": "diamond", "aluminium-nitride-crystal": "aluminium-nitride"}


@dataclass(frozen=True)
class Measurement:
    """One sample of one paper.

    label : as in the table, "Pb/H-diamond" · materials : library names of film and substrate
    between : what lies between them or ends a surface ("H", "SiO2"), empty when they meet directly
    temperatures (n,) [K], increasing · conductances (n,) [W/(m^2 K)]
    """

    label: str
    materials: tuple[str, str]
    between: tuple[str, ...]
    temperatures: tuple[float, ...]
    conductances: tuple[float, ...]
    method: str
    film_thickness: float | None
    substrate: str
    note: str
    doi: str

    @property
    def details(self) -> str:
        """What tells it from other samples: method, film, substrate, remarks."""
        film = "" if self.film_thickness is None else f"{1e9 * self.film_thickness:g} nm film"
        return ", ".join(text for text in (self.method, film, self.substrate, self.note) if text)

    def at(self, T: float) -> float | None:
        """Conductance at T [K] between its points [W/(m^2 K)]; None outside them."""
        curve = _curve(self)
        low, high = curve.valid
        return float(curve(T)) if low <= T <= high else None

    def nearest(self, T: float) -> tuple[float, float]:
        """The measured point closest to T: temperature [K] and conductance [W/(m^2 K)]."""
        return min(
            zip(self.temperatures, self.conductances, strict=True), key=lambda point: abs(point[0] - T)
        )


def measurements(below: str, above: str) -> list[Measurement]:
    """All series of a pair, in either order; direct contact first, then those with more temperatures."""
    wanted = {_family(below), _family(above)}
    found = [m for m in table() if {_family(name) for name in m.materials} == wanted]
    return sorted(found, key=lambda m: (len(m.between), -len(m.temperatures)))


def measured(below: str, above: str, reference: str | None = None) -> Potential:
    """Law of the first of `measurements`, or of the first whose DOI, label or details contain ``reference``.

    Raises InputError if there is none."""
    found = measurements(below, above)
    if not found:
        pairs = ", ".join(sorted({"|".join(m.materials) for m in table()}))
        raise InputError(f"measured: the table has nothing on {below}|{above}; it knows {pairs}")
    matching = [m for m in found if reference is None or _mentions(m, reference)]
    if not matching:
        raise InputError(
            f'measured: no reference "{reference}" for {below}|{above}; there are {_list(found)}'
        )
    chosen = matching[0]
    notes: tuple[str, ...] = ()
    if reference is None and len(found) > 1:
        others = [m for m in found if m is not chosen]
        notes = (
            f"{chosen.label} of doi:{chosen.doi} was taken of {len(found)} samples of this pair; name another by "
            f"reference: {_list(others)}",
        )
    conventions = (
        ("interface", chosen.label),
        ("reference", f"doi:{chosen.doi}"),
        ("details", chosen.details),
        ("source", SOURCE),
    )
    return Potential(_curve(chosen), 1.0, About("measured", conventions, notes))


@cache
def table() -> tuple[Measurement, ...]:
    """The whole table, one entry per sample."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def sample(row: dict[str, str]) -> tuple[str, ...]:
        return tuple(row[key] for key in ("interface", "doi", "method", "film_nm", "substrate", "note"))

    return tuple(_measurement(list(points)) for _, points in groupby(sorted(rows, key=sample), key=sample))


def _measurement(rows: Sequence[dict[str, str]]) -> Measurement:
    first = rows[0]
    label = first["interface"].strip("'")
    parts = [re.sub(r"\s*\(\d+\)", "", part) for part in label.split("/")]
    between = [part.removeprefix("a-") for part in parts[1:-1]] + ["H"] * parts[-1].startswith("H-")
    film, substrate = parts[0], parts[-1].removeprefix("H-")
    points: dict[float, list[float]] = {}
    for row in rows:
        points.setdefault(float(row["T_K"]), []).append(1e6 * float(row["G_MW_m2K"]))
    temperatures = tuple(sorted(points))
    return Measurement(
        label,
        (library.canonical(film) or film, library.canonical(substrate) or substrate),
        tuple(between),
        temperatures,
        tuple(sum(points[T]) / len(points[T]) for T in temperatures),
        first["method"],
        1e-9 * round(float(first["film_nm"]), 6) if first["film_nm"] else None,
        first["substrate"],
        " ".join(first["note"].split()),
        first["doi"].split("doi.org/")[-1],
    )


@dataclass(frozen=True)
class _Points(Table):
    """A table that says that it is a measurement."""

    def _beyond(self) -> str:
        return " of the measurement; take another reference, or a model for the pair"


@cache
def _curve(series: Measurement) -> _Points:
    """Straight lines between the points, end values held by ``MARGIN``; the same object for the same series."""
    T, G = series.temperatures, series.conductances
    return _Points(((1.0 - MARGIN) * T[0], *T, (1.0 + MARGIN) * T[-1]), (G[0], *G, G[-1]))


def _family(name: str) -> str:
    known = library.canonical(name) or name
    return FAMILY.get(known, known)


def _mentions(series: Measurement, reference: str) -> bool:
    wanted = reference.casefold().split("doi.org/")[-1].removeprefix("doi:").strip()
    return any(wanted in text.casefold() for text in (series.doi, series.label, series.details))


def _list(series: Sequence[Measurement]) -> str:
    papers: dict[str, list[str]] = {}
    for m in series:
        papers.setdefault(m.doi, []).append(m.label)
    return "; ".join(f"doi:{doi} ({', '.join(dict.fromkeys(labels))})" for doi, labels in papers.items())
