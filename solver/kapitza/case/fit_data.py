"""Measured data: the columns of a CSV file that [fit] describes, in SI.

A row with the names of the columns, then numbers; lines that begin with # are remarks. Columns that [fit] does not
describe are left alone.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kapitza.case.fit_plan import Column, Plan
from kapitza.case.messages import joined, nearest
from kapitza.case.tables_fit import FitTable
from kapitza.errors import FileError, InputError

Floats = npt.NDArray[np.float64]

LARGEST = 200_000_000  # bytes
LISTED = 20  # faults
LONGEST = 40


class DataError(InputError):
    """The data are wrong, not the case: the text says file and line."""


@dataclass(frozen=True)
class Data:
    """values : (n,) [SI] by column · sigma : (n,) [SI] by measured column, None where the scatter tells
    lines : of the rows, in their file · source : its name"""

    source: str
    values: Mapping[str, Floats]
    sigma: Mapping[str, Floats | None]
    lines: tuple[int, ...]

    @property
    def rows(self) -> int:
        return len(self.lines)


def read_data(plan: Plan, table: FitTable, data: Path | str | Mapping[str, Any]) -> Data:
    """The data that ``plan`` asks for, from a file or from columns of numbers in the units of [fit].

    Raises FileError where the file cannot be read, DataError with all faults of its numbers.
    """
    if isinstance(data, Mapping):
        source, lines, texts = "data", None, {str(name): list(values) for name, values in data.items()}
    else:
        source = str(data)
        lines, texts = _read(Path(data))
    faults: list[str] = []
    names = list(table.columns or {})
    for name in names:
        if name not in texts:
            faults.append(f"{source}: " + joined(f"there is no column '{name}'", nearest(name, texts)))
    sizes = {len(texts[name]) for name in names if name in texts}
    if len(sizes) > 1:
        faults.append(f"{source}: the columns have different lengths, {', '.join(map(str, sorted(sizes)))}")
    if faults:
        raise DataError(_listed(faults))
    n = sizes.pop() if sizes else 0
    if n == 0:
        raise DataError(f"{source}: no row of numbers below the names of the columns")
    where = lines or tuple(range(1, n + 1))
    numbers = {name: _numbers(texts[name], name, where, source, lines is not None, faults) for name in names}
    if faults:
        raise DataError(_listed(faults))
    values = {c.name: np.asarray(c.written.si(numbers[c.name]), dtype=float) for c in plan.columns}
    place = {c.name: c for c in plan.columns}
    for name, found in values.items():
        _possible(place[name], plan.mode, found, where, source, faults)
    sigma = {c.name: _sigma(c, values[c.name], numbers, table, where, source, faults) for c in plan.results}
    if faults:
        raise DataError(_listed(faults))
    _enough(plan, n, sigma, source)
    return Data(source, values, sigma, where)


def _read(path: Path) -> tuple[tuple[int, ...], dict[str, list[str]]]:
    """Lines of the rows, and cells by column."""
    try:
        if not path.is_file():
            what = "is no file" if path.exists() else "there is no such file"
            raise FileError(f"{path}: {what}; give the measured data as CSV")
        if path.stat().st_size > LARGEST:
            raise FileError(f"{path}: too large for measured data, {path.stat().st_size / 1e6:.0f} MB")
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, skipinitialspace=True)
            rows = [
                (reader.line_num, cells)
                for cells in reader
                if any(cell.strip() for cell in cells) and not cells[0].lstrip().startswith("#")
            ]
    except UnicodeDecodeError:
        raise FileError(f"{path}: not UTF-8 text; save the data as CSV in UTF-8") from None
    except (OSError, csv.Error) as problem:
        raise FileError(f"{path}: cannot be read: {getattr(problem, 'strerror', None) or problem}") from None
    if not rows:
        raise DataError(f"{path}: is empty; expected a row with the names of the columns, then numbers")
    line, names = rows[0][0], [name.strip() for name in rows[0][1]]
    if len(names) == 1 and any(sign in names[0] for sign in ";\t"):
        raise DataError(f"{path}:{line}: the columns must be separated by commas")
    if all(map(_is_number, names)):
        raise DataError(f"{path}:{line}: expected a row with the names of the columns first")
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"{path}:{line}: several columns are called '{twice}'")
    texts = {
        name: [cells[i].strip() if i < len(cells) else "" for _, cells in rows[1:]]
        for i, name in enumerate(names)
    }
    return tuple(line for line, _ in rows[1:]), texts


def _numbers(
    cells: Sequence[Any], name: str, where: Sequence[int], source: str, file: bool, faults: list[str]
) -> Floats:
    found = np.full(len(cells), math.nan)
    for i, cell in enumerate(cells):
        place = f"{source}:{where[i]}, column '{name}'" if file else f"{source}, column '{name}', row {i}"
        try:
            found[i] = float(cell)
            if not math.isfinite(found[i]):
                faults.append(f"{place}: {cell} is not a finite number; leave the row out")
        except (TypeError, ValueError):
            shown = f"'{str(cell)[:LONGEST]}' is not a number" if cell else "a number is missing"
            faults.append(f"{place}: {shown}")
    return found


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _possible(
    column: Column, mode: str, values: Floats, where: Sequence[int], source: str, faults: list[str]
) -> None:
    """Fault with what cannot be: temperatures below zero, times before the start."""
    low = column.place in ("time", "frequency") or (column.unit == "K" and column.result == "temperature")
    least = 0.0 if column.place == "time" and mode != "zth" else np.nextafter(0.0, 1.0)
    if low and (values < least).any():
        i = int(np.argmax(values < least))
        what = {
            "time": "too early: an impedance begins after 0 s" if mode == "zth" else "before the run begins",
            "frequency": "no frequency above zero",
        }.get(column.place, "below absolute zero")
        faults.append(f"{source}:{where[i]}, column '{column.name}': {values[i]:g} {column.unit} is {what}")


def _sigma(
    column: Column,
    values: Floats,
    numbers: Mapping[str, Floats],
    table: FitTable,
    where: Sequence[int],
    source: str,
    faults: list[str],
) -> Floats | None:
    """Standard deviations of a measured column [SI]."""
    from kapitza.case.amounts import Written

    found: Floats | None = None
    name = column.name
    if column.sigma is not None:
        found = np.full(len(values), column.sigma)
    elif column.relative is not None:
        found = column.relative * np.abs(values)
    elif column.sigma_from:
        name = column.sigma_from
        unit = Written.of((table.columns or {})[name].unit)
        found = numbers[name] * float(unit.scale.factor)
    if found is not None and (found <= 0.0).any():
        i = int(np.argmax(found <= 0.0))
        why = "a standard deviation must be above zero"
        if column.relative is not None:
            why = "a part of the value is no standard deviation where the value is zero; give a quantity"
        faults.append(f"{source}:{where[i]}, column '{name}': {why}")
    if found is None and column.proportional and (values == 0.0).any():
        i = int(np.argmax(values == 0.0))
        faults.append(
            f"{source}:{where[i]}, column '{name}': scatter in proportion to the value, and the value is zero"
        )
    return found


def _enough(plan: Plan, n: int, sigma: Mapping[str, Floats | None], source: str) -> None:
    points, fitted = n * len(plan.results), len(plan.parameters)
    needed = fitted + (any(one is None for one in sigma.values()))
    if points < needed:
        extra = " and a scatter" if needed > fitted else ""
        raise DataError(
            f"{source}: {points} measured value{'s' if points != 1 else ''} cannot tell {fitted} "
            f"parameter{'s' if fitted != 1 else ''}{extra}; at least {needed} are needed. Give more rows, fit fewer "
            f"keys{', or say sigma' if extra else ''}"
        )


def _listed(faults: Iterable[str]) -> str:
    lines = list(faults)
    head = [f"{len(lines)} problems in the data"] if len(lines) > 1 else []
    tail = [f"… and {len(lines) - LISTED} more"] if len(lines) > LISTED else []
    return "\n".join([*head, *lines[:LISTED], *tail])
