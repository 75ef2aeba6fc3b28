"""netCDF-4 conventions on top of h5py: named dimensions, variables along them, attributes, groups.

A dimension is an HDF5 dimension scale with its netCDF number in ``_Netcdf4Dimid``; one without coordinates is
an unwritten data set whose NAME says so (netCDF-4 format, "Interoperability with HDF5"). Long text is safe:
attributes of variable length lie in the file's heap, where HDF5's limit of 64 KiB does not hold. No time
stamps: the same result gives the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from kapitza.errors import FileError
from kapitza.output.sink import Sink

Array = npt.NDArray[Any]
Attribute = str | int | float | Array

_NO_COORDINATE = "This is a netCDF dimension but not a netCDF variable. {:10d}"
_BLOCK = 64 * 2**20  # bytes read back at a time
_TEXT = h5py.string_dtype("utf-8")


@dataclass
class _File:
    """What all sections of one file share."""

    sink: Sink
    dimensions: int = 0
    records: list[Record] = field(default_factory=list)


@dataclass
class Record:
    """A variable that is written frame by frame along its first dimension; sums up what it was given."""

    path: str
    dataset: Any
    sink: Sink
    crc: int = 0

    def put(self, frame: int, values: Array) -> None:
        """Write ``values``, shaped like one frame; frames come in order. Raises what the sink met."""
        values = np.ascontiguousarray(values, dtype=self.dataset.dtype)
        self.dataset[frame] = values
        self.crc = zlib.crc32(values.data, self.crc)
        self.sink.check()


class Section:
    """A group of the file; the dimensions of the groups around it are its own too."""

    def __init__(self, group: Any, file: _File, dimensions: Mapping[str, Any]) -> None:
        self._group, self._file, self._dimensions = group, file, dict(dimensions)

    def attributes(self, **values: Attribute) -> None:
        _set_attributes(self._group, values)

    def section(self, name: str) -> Section:
        """A new group in this one; ``name`` without "/"."""
        group = self._group.create_group(name, track_order=True)
        return Section(group, self._file, self._dimensions)

    def dimension(self, name: str, size: int) -> None:
        """A dimension without coordinates."""
        dataset = self._group.create_dataset(name, shape=(size,), dtype=">f4")
        self._declare(name, dataset, _NO_COORDINATE.format(size))

    def coordinate(self, name: str, values: Array, **attributes: Attribute) -> None:
        """A dimension with ``values`` (n,) as its coordinates."""
        record = self._create(name, np.shape(values), np.asarray(values).dtype, attributes)
        self._declare(name, record.dataset, name)
        _fill(record, values)

    def variable(
        self, name: str, dimensions: Sequence[str], values: Array | Sequence[str], **attributes: Attribute
    ) -> None:
        """A variable along named ``dimensions``, all of it at once: numbers, or a list of texts (1-D)."""
        if isinstance(values, np.ndarray):
            _fill(self._along(name, dimensions, values.shape, values.dtype, attributes), values)
            return
        record = self._along(name, dimensions, (len(values),), _TEXT, attributes)
        encoded = [plain(text).encode() for text in values]
        record.dataset[...] = np.array(encoded, dtype=object)
        record.crc = _sum_of_texts(encoded)

    def record(
        self, name: str, dimensions: Sequence[str], dtype: npt.DTypeLike, **attributes: Attribute
    ) -> Record:
        """A variable to be written frame by frame along the first of ``dimensions``."""
        shape = tuple(int(self._dimensions[d].shape[0]) for d in dimensions)
        return self._along(name, dimensions, shape, dtype, attributes)

    def alias(self, name: str, existing: str) -> None:
        """A second name for a variable of this group: a hard link, no copy."""
        self._group[name] = self._group[existing]

    def _along(
        self,
        name: str,
        dimensions: Sequence[str],
        shape: tuple[int, ...],
        dtype: npt.DTypeLike,
        attributes: Mapping[str, Attribute],
    ) -> Record:
        record = self._create(name, shape, dtype, attributes)
        for axis, dimension in enumerate(dimensions):
            record.dataset.dims[axis].attach_scale(self._dimensions[dimension])
        return record

    def _create(
        self, name: str, shape: tuple[int, ...], dtype: npt.DTypeLike, attributes: Mapping[str, Attribute]
    ) -> Record:
        dataset = self._group.create_dataset(name, shape=shape, dtype=_little_endian(dtype))
        _set_attributes(dataset, attributes)
        record = Record(dataset.name, dataset, self._file.sink)
        self._file.records.append(record)
        return record

    def _declare(self, name: str, dataset: Any, label: str) -> None:
        dataset.make_scale(label)
        dataset.attrs["_Netcdf4Dimid"] = np.int32(self._file.dimensions)
        self._file.dimensions += 1
        self._dimensions[name] = dataset


@contextmanager
def create(sink: Sink) -> Iterator[tuple[Section, list[Record]]]:
    """The root section of a new file in ``sink``, and the growing list of what was written to it."""
    with h5py.File(sink, "w", track_order=True) as file:
        shared = _File(sink)
        yield Section(file, shared, {}), shared.records
    sink.check()


def verify(path: Path, target: Path, records: Sequence[Record], attributes: Mapping[str, str]) -> None:
    """Read the closed draft ``path`` of ``target`` back, and compare sums and root ``attributes``.

    Raises FileError where they are not what was written.
    """
    try:
        with h5py.File(path, "r") as file:
            bad = [r.path for r in records if _sum_of(file[r.path]) != r.crc]
            bad += [name for name, text in attributes.items() if file.attrs[name] != plain(text)]
    except (OSError, KeyError, RuntimeError, ValueError) as problem:
        raise FileError(
            f"{target}: what was written cannot be read back ({problem}) and was dropped; is the disk sound?"
        ) from None
    if bad:
        raise FileError(
            f"{target}: what was written reads back differently ({', '.join(bad[:3])}) and was dropped; "
            "is the disk sound?"
        )


def provenance(version: str) -> Array:
    """The ``_NCProperties`` attribute: who wrote the file, and with what."""
    text = f"version=2,kapitza={version},hdf5={h5py.version.hdf5_version},h5py={h5py.__version__}"
    return np.array(text.encode("ascii"))


def _fill(record: Record, values: Array) -> None:
    values = np.ascontiguousarray(values, dtype=record.dataset.dtype)
    if values.size:
        record.dataset[...] = values
    record.crc = zlib.crc32(values.data)
    record.sink.check()


def _sum_of(dataset: Any) -> int:
    if h5py.check_string_dtype(dataset.dtype) is not None:
        return _sum_of_texts(list(dataset[...]))
    row = max(1, dataset.dtype.itemsize * int(np.prod(dataset.shape[1:])))
    rows = max(1, _BLOCK // row)
    crc = 0
    for start in range(0, dataset.shape[0], rows):
        crc = zlib.crc32(np.ascontiguousarray(dataset[start : start + rows]).data, crc)
    return crc


def _sum_of_texts(texts: Sequence[bytes]) -> int:
    return zlib.crc32(b"\0".join(texts))


def _set_attributes(item: Any, values: Mapping[str, Attribute]) -> None:
    for name, value in values.items():
        item.attrs[name] = plain(value) if isinstance(value, str) else value


def plain(text: str) -> str:
    """``text`` as HDF5 can hold it: UTF-8, no zero byte."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _little_endian(dtype: npt.DTypeLike) -> npt.DTypeLike:
    return dtype if dtype is _TEXT else np.dtype(dtype).newbyteorder("<")
