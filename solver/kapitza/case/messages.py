"""Problems of a case and how they are told: file, line, key path, what was given, what is expected."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from kapitza.errors import InputError

Path = tuple[str | int, ...]
LISTED = 200  # more problems than this are counted, not printed
LONGEST = 60
MANY = 5000  # names among which a similar one is looked for


class Nothing:
    """Type of `NOTHING`: no value was given."""


NOTHING: Final = Nothing()


@dataclass(frozen=True)
class Trouble:
    """A problem before its place in the file is looked up: key path, value given (or NOTHING), message."""

    path: Path
    given: Any
    message: str


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: dotted key path, line (None without a file), value given as text, message."""

    path: str
    line: int | None
    given: str
    message: str

    def text(self, source: str) -> str:
        place = f"{source}:{self.line}: " if self.line is not None else (f"{source}: " if source else "")
        quoted = self.given.startswith('"') and self.given in self.message
        given = f" = {self.given}" if self.given and not quoted else ""
        return f"{place}{self.path}{given}: {self.message}" if self.path else f"{place}{self.message}"


class CaseError(InputError):
    """A case is wrong: all its problems at once, in the order of the file.

    problems : tuple of Problem; source : name of the file, empty without one."""

    def __init__(self, problems: Sequence[Problem], source: str = "") -> None:
        self.problems = tuple(problems)
        self.source = source
        super().__init__(report(self.problems, source))

    def __reduce__(self) -> tuple[type[CaseError], tuple[tuple[Problem, ...], str]]:
        return CaseError, (self.problems, self.source)


def report(problems: Sequence[Problem], source: str) -> str:
    """All problems, one a line."""
    lines = [problem.text(source) for problem in problems[:LISTED]]
    if len(problems) > LISTED:
        lines.append(f"… and {len(problems) - LISTED} more")
    if len(problems) > 1:
        lines.insert(0, f"{len(problems)} problems in {source or 'the case'}")
    return "\n".join(lines)


def case_error(
    troubles: Iterable[Trouble], source: str, line_of: Callable[[Path], int | None] | None
) -> CaseError:
    """The error for ``troubles``; ``line_of`` gives the line of a key path, or of the nearest table above."""
    once = {(t.path, t.message): t for t in reversed(list(troubles))}
    problems = [
        Problem(dotted(t.path), line_of(t.path) if line_of else None, given_text(t.given), t.message)
        for t in reversed(once.values())
    ]
    return CaseError(sorted(problems, key=lambda p: p.line or 0), source)


def dotted(path: Path) -> str:
    """("layers", 0, "thickness") as "layers.0.thickness"; a name with a dot in quotes."""
    return ".".join(
        f'"{part}"' if isinstance(part, str) and (not part or "." in part) else str(part) for part in path
    )


def given_text(value: Any) -> str:
    """A value as it would stand in the file, shortened; empty for NOTHING."""
    if isinstance(value, Nothing):
        return ""
    text = _toml(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 2] + " …"


def _toml(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return (
                '"'
                + value[: 2 * LONGEST].replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
                + '"'
            )
        case int() | float():
            return f"{value!r}"
        case Mapping():
            inner = ", ".join(f"{k} = {_toml(v)}" for k, v in list(value.items())[:LONGEST])
            return f"{{ {inner} }}" if inner else "{}"
        case list() | tuple():
            return "[" + ", ".join(_toml(v) for v in value[:LONGEST]) + "]"
        case datetime.date() | datetime.time():
            return str(value)
    return f"a {type(value).__name__}" if value is not None else "None"


def nearest(name: object, known: Iterable[str], few: int = 8) -> str:
    """What to write instead: "did you mean 'die'?", or the known names where there are few; or nothing."""
    names = tuple(dict.fromkeys(name for name in known if name))
    close = meant(str(name), names)
    if close or not names:
        return close
    return "known: " + ", ".join(names[:few]) + (", …" if len(names) > few else "")


def meant(name: str, known: tuple[str, ...], likeness: float = 0.6) -> str:
    """ "did you mean 'die'?", where a name in ``known`` is as like ``name`` as ``likeness``, 0 to 1; or nothing."""
    close = similar(name, known, likeness)
    return "did you mean " + " or ".join(f"'{n}'" for n in close) + "?" if close else ""


@lru_cache(maxsize=256)
def similar(name: str, known: tuple[str, ...], likeness: float = 0.6) -> list[str]:
    """At most two of ``known`` that look like ``name``, the one that differs by case alone before all."""
    lower = name.casefold()
    same = [n for n in known if n.casefold() == lower]
    return same[:2] or difflib.get_close_matches(name[:LONGEST], known[:MANY], n=2, cutoff=likeness)


def joined(*parts: str) -> str:
    """Parts of a message with semicolons between; empty ones left out."""
    return "; ".join(part for part in parts if part)
