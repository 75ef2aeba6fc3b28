"""Columns of a CSV file as functions of time: a header row that names the columns, then numbers.

The file lies in the folder of the case or below it, whatever its name and links say. Time is the column called "time",
or else the first one.
"""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kapitza import quantities
from kapitza.case.fields import simply, wrong
from kapitza.case.messages import NOTHING, Trouble, joined, nearest
from kapitza.quantities import Dimension, QuantityError
from kapitza.units import Unit, unit_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kapitza.laws.time import TimeLaw

    Floats = NDArray[Any]

LONGEST = 40  # characters of a bad value that are shown
LARGEST = 4_000_000_000  # bytes
KEPT = 4  # pairs of columns that are kept: a case with faults is read twice


def unit(text: str, dimension: Dimension, siblings: Sequence[tuple[str, str]]) -> Unit:
    """The unit of a column. Raises what `simply` makes for a text that is none, or one of another dimension."""
    try:
        quantities.parse(f"1 {text}", dimension, tuple(siblings))
    except QuantityError as problem:
        raise simply(problem.message) from None
    return unit_of(text)


def law(
    folder: Path | None,
    texts: Mapping[str, str],
    units: Mapping[str, Unit],
    dimension: Dimension,
    between: str,
) -> TimeLaw:
    """The function of time that the column ``texts["column"]`` of the file ``texts["csv"]`` holds.

    ``units`` of "time" and "unit"; ``between``: "steps" or "ramp". Raises what `wrong` makes, with the row.
    """
    from kapitza.laws.time import Ramp, Steps

    name = texts["csv"]
    path = _inside(folder, name)
    try:
        header = _header(path, name)
        time, column = header.time, header.column(texts["column"])
        status = path.stat()
        values = _numbers(path, status.st_size, status.st_mtime_ns, header, (time, column))
        trace = _Trace(path, header, time, column)
        times, numbers = _si(values[:, 0], units["time"]), _si(values[:, 1], units["unit"])
        trace.rising(times)
        trace.possible(numbers, dimension)
    except UnicodeDecodeError:
        raise _at("csv", f"{name} is not UTF-8 text") from None
    except (OSError, csv.Error) as problem:
        raise _at("csv", f"{name} cannot be read: {getattr(problem, 'strerror', None) or problem}") from None
    return (Steps if between == "steps" else Ramp)(times, numbers)


def _inside(folder: Path | None, name: str) -> Path:
    """The file called ``name``, if it lies in ``folder``."""
    root = (folder or Path()).resolve()
    try:
        path = (root / name).resolve()
        inside = not Path(name).is_absolute() and path.is_relative_to(root)
        status = path.stat() if inside else None
    except FileNotFoundError:
        raise _at("csv", joined(f"there is no file {name} in {_shown(folder)}", _beside(path))) from None
    except (OSError, ValueError, RuntimeError) as problem:
        raise _at("csv", f"{name} cannot be read: {getattr(problem, 'strerror', None) or problem}") from None
    if status is None:
        raise _at("csv", f"{name} lies outside the folder of the case; copy it there")
    if not stat.S_ISREG(status.st_mode):
        raise _at("csv", f"{name} is no file")
    if status.st_size > LARGEST:
        raise _at("csv", f"{name} is too large, {status.st_size / 1e9:.1f} GB")
    return path


def _shown(folder: Path | None) -> str:
    return "the current folder" if folder is None else f"the folder of the case, {folder}"


def _beside(path: Path) -> str:
    try:
        hint = nearest(path.name, sorted(entry.name for entry in path.parent.iterdir()))
    except OSError:
        return ""
    return hint if hint.startswith("did") else ""


@dataclass(frozen=True)
class _Header:
    """Names of the columns of the file called ``name``, and their line."""

    name: str
    line: int
    columns: tuple[str, ...]

    @property
    def time(self) -> int:
        """Number of the column of the times."""
        lower = [column.casefold() for column in self.columns]
        return lower.index("time") if "time" in lower else 0

    def column(self, name: str) -> int:
        """Number of the column called ``name``."""
        others = [column for i, column in enumerate(self.columns) if i != self.time]
        if name not in others:
            why = "is the column of the times" if name in self.columns else "is no column"
            raise _at("column", joined(f"'{name}' {why} of {self.name}", nearest(name, others)), name)
        if self.columns.count(name) > 1:
            raise _at("column", f"{self.name} has several columns '{name}'", name)
        return self.columns.index(name)


def _header(path: Path, name: str) -> _Header:
    first = next(_rows(path), None)
    if first is None:
        raise _at("csv", f"{name} is empty; expected a row with the names of the columns, then numbers")
    line, cells = first
    columns = tuple(cell.strip() for cell in cells)
    if len(columns) < 2:
        hint = next((f"; separated by commas, not by '{s}'" for s in ";\t" if s in columns[0]), "")
        raise _at("csv", f"{name}:{line}: expected the names of at least two columns{hint}")
    if all(map(_is_number, columns)):
        raise _at("csv", f"{name}:{line}: expected a row with the names of the columns first")
    return _Header(name, line, columns)


@lru_cache(maxsize=KEPT)
def _numbers(path: Path, size: int, changed: int, header: _Header, columns: tuple[int, int]) -> Floats:
    """(n, 2) numbers of two columns, of the file as it is with ``size`` bytes, ``changed`` then."""
    import warnings

    import numpy as np

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # no rows: told below
            values = np.loadtxt(
                path,
                delimiter=",",
                skiprows=header.line,
                usecols=columns,
                encoding="utf-8-sig",
                comments=None,
                quotechar='"',
                ndmin=2,
            )
    except ValueError as problem:
        fault = _fault(path, header, columns) or f"{header.name} cannot be read: {problem}"
        raise _at("csv", fault) from None
    if values.size == 0:
        raise _at("csv", f"{header.name} has no row of numbers below the names of its columns")
    values.setflags(write=False)
    return values


def _fault(path: Path, header: _Header, columns: tuple[int, int]) -> str:
    """What is wrong with the first row that does not hold a number in both columns; "" if all do."""
    rows = _rows(path)
    next(rows)
    for line, cells in rows:
        for column in columns:
            cell = cells[column].strip() if column < len(cells) else ""
            if not _is_number(cell):
                given = f"'{cell[:LONGEST]}' is not a number" if cell else "a number is missing"
                return f"{header.name}:{line}, column '{header.columns[column]}': {given}"
    return ""


@dataclass(frozen=True)
class _Trace:
    """Two columns of a file under examination."""

    path: Path
    header: _Header
    time: int
    column: int

    def rising(self, times: Floats) -> None:
        import numpy as np

        self._finite(self.time, times)
        late = np.diff(times) <= 0
        if late.any():
            i = int(np.argmax(late)) + 1
            raise self._wrong(self.time, i, f"times must rise, but {times[i]:g} s follows {times[i - 1]:g} s")

    def possible(self, values: Floats, dimension: Dimension) -> None:
        """Fault with a value that ``dimension`` cannot have."""
        self._finite(self.column, values)
        for i in (int(values.argmin()), int(values.argmax())):
            try:
                quantities.check(float(values[i]), dimension, f"{values[i]:g} {dimension.unit}")
            except QuantityError as problem:
                raise self._wrong(self.column, i, problem.message) from None

    def _finite(self, column: int, values: Floats) -> None:
        import numpy as np

        wrong = ~np.isfinite(values)
        if wrong.any():
            raise self._wrong(column, int(np.argmax(wrong)), "is not a finite number")

    def _wrong(self, column: int, index: int, message: str) -> Exception:
        """Fault with entry ``index``, told by its line."""
        place = next((line for i, (line, _) in enumerate(_rows(self.path)) if i == index + 1), 0)
        return _at("csv", f"{self.header.name}:{place}, column '{self.header.columns[column]}': {message}")


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # which Python alone would read


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, with their line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        for cells in reader:
            if cells:
                yield reader.line_num, cells


def _si(values: Floats, unit: Unit) -> Floats:
    """``values`` in SI; a whole power of ten is exact to the last digit."""
    if unit.decade is not None:
        result: Floats = values / 10.0**-unit.decade if unit.decade < 0 else values * 10.0**unit.decade
        return result
    result = values * float(unit.factor) + float(unit.offset)
    return result


def _at(key: str, message: str, given: object = NOTHING) -> Exception:
    return wrong(Trouble((key,), given, message))
