"""`Case`: the data of a case file and the stack it describes, as one frozen value."""

from __future__ import annotations

import gc
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from kapitza.case import reader
from kapitza.case.edit import located, plain, replaced, value_at
from kapitza.case.messages import Path, Problem, given_text
from kapitza.errors import InputError
from kapitza.model import Stack


@dataclass(frozen=True)
class Case:
    """A valid case. Made by `load` and `Case.from_dict`; changed by `replace`, which makes another.

    data : the keys as in the file (do not change it) · text : TOML that reads as this case
    stack : the same in SI, without names of files or units · path : the file it came from, if any
    whole : ``text`` is what that file holds, so that its lines can be told
    """

    data: dict[str, Any]
    text: str
    stack: Stack
    path: FilePath | None = field(default=None, compare=False)
    whole: bool = field(default=False, compare=False, repr=False)

    @staticmethod
    def from_dict(data: Mapping[str, Any], path: FilePath | str | None = None) -> Case:
        """The case that ``data`` describes, with the keys of a case file.

        ``path`` : of the file it stands for; files that it names lie beside that, or else in the current folder.
        Raises InputError with every problem; FileError is for files only.
        """
        with _shallow("the case"), _uncollected():
            own = plain(data)
            file = FilePath(path) if path is not None else None
            stack = reader.read(own, folder=file.parent if file is not None else None)
            return Case(own, to_toml(own), stack, file)

    def replace(self, values: Mapping[str, Any]) -> Case:
        """A new case with other values, ``case.replace({"layers.die.thickness": "4 mm"})``.

        Paths are dotted: tables by key, list items by number or name (interfaces: "die|sink"). None takes a key
        out. Raises InputError for an unknown path, with the nearest, and for whatever the new case has wrong.
        """
        seen: dict[Path, str] = {}
        for path in values:
            first = seen.setdefault(located(self.data, path), path)
            if first != path:
                raise InputError(f"{path}: the same key as {first}; give one of the two")
        return Case.from_dict(replaced(self.data, values), self.path)

    def with_values(self, values: Mapping[str, str | float]) -> Case:
        """`replace` with quantities and numbers, in a text that keeps comments and order where it has those keys."""
        changed = self.replace(values)
        if not self.whole:
            return changed
        from kapitza.case.lines import spliced

        text = spliced(self.text, {located(self.data, path): value for path, value in values.items()})
        if text is None or tomllib.loads(text) != changed.data:
            return changed
        return replace(changed, text=text)

    def located(self, problem: InputError) -> InputError:
        """``problem``, found by what works on the stack, with the file and line of the key that it begins with.

        Every line of its text becomes a `Problem`: one that begins with a key path, "interfaces.0.between: …" or
        "layers.die.heat: …", has the line of that key, another has the file alone.
        """
        text = self.text if self.whole else None
        return reader.located(problem, self.data, str(self.path or ""), text)

    def said_of(self, path: str, message: str) -> str:
        """``message`` about the key at the dotted ``path``, with the file, the line and the value there."""
        line = None
        if self.whole:
            from kapitza.case.lines import Lines

            line = Lines(self.text).of(located(self.data, path))
        return Problem(path, line, given_text(value_at(self.data, path)), message).text(str(self.path or ""))


def load(path: FilePath | str) -> Case:
    """The case in the file at ``path``.

    Raises FileError if it cannot be read, InputError with every problem it has (file, line, key, what to do).
    """
    file = FilePath(path)
    text = reader.read_text(file)
    with _shallow(str(file)), _uncollected():
        data = reader.parse_toml(text, str(file))
        return Case(data, text, reader.read(data, str(file), text, file.parent), file, whole=True)


@contextmanager
def _shallow(source: str) -> Iterator[None]:
    """Inside, data nested without end are an InputError."""
    try:
        yield
    except RecursionError:
        raise InputError(f"{source}: nested too deeply, or within itself") from None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collection: reading makes many objects and no cycles, and is a third slower with it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def to_toml(data: Mapping[str, Any]) -> str:
    import tomli_w

    return tomli_w.dumps(data)
