"""netCDF-4 conventions on top of h5py: named dimensions, variables along them, attributes, groups.

A dimension is an HDF5 dimension scale with its netCDF number in ``_Netcdf4Dimid``; one without coordinates is
an unwritten data set whose NAME says so (netCDF-4 format, "Interoperability with HDF5"). Long text is safe:
attributes of variable length lie in the file's heap, where HDF5's limit of 64 KiB does not hold. No time
stamps: the same result gives the same bytes.
"""

from __future__ import annotations

import math
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
_CACHE = 256 * 2**10  # bytes of chunks that HDF5 may keep to itself, of each variable
_CHUNK = 32 * 2**10  # bytes that short frames are gathered to
_TEXT = h5py.string_dtype("utf-8")


@dataclass
class _File:
    """What all sections of one file share. expected : frames, about; for the size of chunks"""

    sink: Sink
    expected: int = 1
    dimensions: int = 0
    records: list[Record] = field(default_factory=list)


@dataclass
class Record:
    """A variable that is written frame by frame along its first dimension; sums up what it was given.

    One that grows is stored in chunks of ``block`` frames, and written by whole chunks: what comes meanwhile waits.
    """

    path: str
    dataset: Any
    sink: Sink
    block: int = 1
    frames: int = 0
    crc: int = 0
    waiting: list[Array] = field(default_factory=list)

    @property
    def grows(self) -> bool:
        return bool(self.dataset.maxshape) and self.dataset.maxshape[0] is None

    def put(self, values: npt.ArrayLike) -> None:
        """Write ``values``, the next frame. Raises what the sink met."""
        # A copy: what waits must not change with its source.
        row = np.array(values, dtype=self.dataset.dtype, order="C")
        self.crc = zlib.crc32(row.data, self.crc)
        self.waiting.append(row)
        if len(self.waiting) >= self.block:
            self.flush()

    def flush(self) -> None:
        """Write what waits. Raises what the sink met."""
        if self.waiting:
            end = self.frames + len(self.waiting)
            if self.grows:
                self.dataset.resize(end, axis=0)
            rows = self.waiting[0][np.newaxis] if len(self.waiting) == 1 else np.stack(self.waiting)
            self.dataset[self.frames : end] = rows
            self.frames, self.waiting = end, []
        self.sink.check()


class Section:
    """A group of the file; the dimensions of the groups around it are its own too."""

    def __init__(self, group: Any, file: _File, dimensions: Mapping[str, Any]) -> None:
        self._group, self._file, self._dimensions = group, file, dict(dimensions)

    def attributes(self, **values: Attribute) -> None:
        _set_attributes(self._group, values)

    def __contains__(self, name: str) -> bool:
        return name in self._group

    def values(self, name: str) -> Array:
        """What the variable ``name`` holds."""
        return np.asarray(self._group[name][...])

    def flush(self) -> None:
        """Make what is in the sink a whole file. Raises what the sink met."""
        self._group.file.flush()
        self._file.sink.check()

    def section(self, name: str) -> Section:
        """A new group in this one; ``name`` without "/"."""
        group = self._group.create_group(name, track_order=True)
        return Section(group, self._file, self._dimensions)

    def dimension(self, name: str, size: int) -> None:
        """A dimension without coordinates."""
        dataset = self._group.create_dataset(name, shape=(size,), dtype=">f4")
        self._declare(name, dataset, _NO_COORDINATE.format(size))

    def coordinate(self, name: str, values: Array, **attributes: Attribute) -> None:
        """A dimension with ``values`` (n,) as its coordinates: numbers, or texts (dtype object)."""
        texts = values.dtype.hasobject
        record = self._create(name, values.shape, _TEXT if texts else values.dtype, attributes)
        self._declare(name, record.dataset, name)
        (_fill_texts if texts else _fill)(record, values)

    def series(self, name: str, **attributes: Attribute) -> Record:
        """A dimension that grows, with its coordinate: a number to be written for every frame."""
        record = self._create(name, (0,), np.float64, attributes, grows=True)
        self._declare(name, record.dataset, name)
        return record

    def variable(
        self, name: str, dimensions: Sequence[str], values: Array | Sequence[str], **attributes: Attribute
    ) -> None:
        """A variable along named ``dimensions``, all of it at once: numbers, or texts (a list, or dtype object)."""
        if isinstance(values, np.ndarray) and not values.dtype.hasobject:
            _fill(self._along(name, dimensions, values.shape, values.dtype, attributes), values)
            return
        texts = np.array(values, dtype=object)
        _fill_texts(self._along(name, dimensions, texts.shape, _TEXT, attributes), texts)

    def record(
        self, name: str, dimensions: Sequence[str], dtype: npt.DTypeLike, **attributes: Attribute
    ) -> Record:
        """A variable to be written frame by frame along the first of ``dimensions``."""
        shape = tuple(int(self._dimensions[d].shape[0]) for d in dimensions)
        grows = self._dimensions[dimensions[0]].maxshape[0] is None
        return self._along(name, dimensions, shape, dtype, attributes, grows)

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
        grows: bool = False,
    ) -> Record:
        record = self._create(name, shape, dtype, attributes, grows)
        for axis, dimension in enumerate(dimensions):
            record.dataset.dims[axis].attach_scale(self._dimensions[dimension])
        return record

    def _create(
        self,
        name: str,
        shape: tuple[int, ...],
        dtype: npt.DTypeLike,
        attributes: Mapping[str, Attribute],
        grows: bool = False,
    ) -> Record:
        layout: dict[str, Any] = {}
        if grows:
            shape = (0, *shape[1:])
            row = np.dtype(dtype).itemsize * math.prod(shape[1:])
            block = max(1, min(self._file.expected, _CHUNK // max(row, 1)))
            # HDF5 refuses chunks longer than a length of zero that may not grow.
            layout = {
                "maxshape": (None, *(n or None for n in shape[1:])),
                "chunks": (block, *(n or 1 for n in shape[1:])),
            }
        dataset = self._group.create_dataset(name, shape=shape, dtype=_little_endian(dtype), **layout)
        _set_attributes(dataset, attributes)
        record = Record(dataset.name, dataset, self._file.sink, layout["chunks"][0] if grows else 1)
        self._file.records.append(record)
        return record

    def _declare(self, name: str, dataset: Any, label: str) -> None:
        dataset.make_scale(label)
        dataset.attrs["_Netcdf4Dimid"] = np.int32(self._file.dimensions)
        self._file.dimensions += 1
        self._dimensions[name] = dataset


class Resumed(Section):
    """A section of a file that exists: what is there stays as it is, its records go on at their ends, and what is
    not there is made."""

    def attributes(self, **values: Attribute) -> None:
        there = self._group.attrs
        _set_attributes(self._group, {key: value for key, value in values.items() if key not in there})

    def section(self, name: str) -> Section:
        if name not in self._group:
            return super().section(name)
        return Resumed(self._group[name], self._file, self._dimensions)

    def dimension(self, name: str, size: int) -> None:
        if name not in self._group:
            return super().dimension(name, size)
        self._dimensions[name] = self._group[name]

    def coordinate(self, name: str, values: Array, **attributes: Attribute) -> None:
        if name not in self._group:
            return super().coordinate(name, values, **attributes)
        self._dimensions[name] = self._found(name).dataset

    def series(self, name: str, **attributes: Attribute) -> Record:
        if name not in self._group:
            return super().series(name, **attributes)
        record = self._found(name)
        self._dimensions[name] = record.dataset
        return record

    def variable(
        self, name: str, dimensions: Sequence[str], values: Array | Sequence[str], **attributes: Attribute
    ) -> None:
        if name not in self._group:
            return super().variable(name, dimensions, values, **attributes)
        self._found(name)

    def record(
        self, name: str, dimensions: Sequence[str], dtype: npt.DTypeLike, **attributes: Attribute
    ) -> Record:
        if name not in self._group:
            return super().record(name, dimensions, dtype, **attributes)
        return self._found(name)

    def alias(self, name: str, existing: str) -> None:
        if name not in self._group:
            super().alias(name, existing)

    def _found(self, name: str) -> Record:
        dataset = self._group[name]
        record = Record(dataset.name, dataset, self._file.sink, crc=sum_of(dataset))
        if record.grows:
            record.block, record.frames = dataset.chunks[0], dataset.shape[0]
        self._file.records.append(record)
        return record


@contextmanager
def create(sink: Sink, expected: int = 1) -> Iterator[tuple[Section, list[Record]]]:
    """The root section of a new file in ``sink``, and the growing list of what was written to it.

    Closing may leave an error in the sink: check it afterwards.

    expected : number of frames, about, where they come one by one
    """
    with h5py.File(sink, "w", track_order=True, rdcc_nbytes=_CACHE) as file:
        shared = _File(sink, expected)
        yield Section(file, shared, {}), shared.records


@contextmanager
def resume(sink: Sink, expected: int, without: str) -> Iterator[tuple[Section, list[Record]]]:
    """As `create`, of the file that ``sink`` holds already, freed of the group ``without``."""
    with h5py.File(sink, "r+", track_order=True, rdcc_nbytes=_CACHE) as file:
        if without in file:
            del file[without]
        shared = _File(sink, expected)
        yield Resumed(file, shared, {}), shared.records


def verify(path: Path, target: Path, records: Sequence[Record], attributes: Mapping[str, str]) -> None:
    """Read the closed draft ``path`` of ``target`` back, and compare sums and root ``attributes``.

    Raises FileError where they are not what was written.
    """
    try:
        with h5py.File(path, "r") as file:
            bad = [r.path for r in records if sum_of(file[r.path]) != r.crc]
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


def _fill_texts(record: Record, texts: Array) -> None:
    encoded = [plain(text).encode() for text in texts.ravel().tolist()]
    values = np.empty(len(encoded), dtype=object)
    values[:] = encoded
    if encoded:
        record.dataset[...] = values.reshape(texts.shape)
    record.crc = _sum_of_texts(encoded)
    record.sink.check()


def sum_of(dataset: Any, start: int = 0) -> int:
    """What `Record` sums up, of the values in ``dataset`` from row ``start`` on."""
    if h5py.check_string_dtype(dataset.dtype) is not None:
        return _sum_of_texts(dataset[...].ravel().tolist())
    rows = max(1, _BLOCK // max(1, dataset.dtype.itemsize * math.prod(dataset.shape[1:])))
    crc = 0
    for row in range(start, dataset.shape[0], rows):
        crc = zlib.crc32(np.ascontiguousarray(dataset[row : row + rows]).data, crc)
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
