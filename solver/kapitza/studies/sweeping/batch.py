"""What comes back of some points of a sweep: numbers by name, courses along time or frequency, messages.

A batch travels and is kept as bytes: a line of JSON that says what there is, then all numbers as little-endian
64-bit floats, so that every one comes back as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kapitza.layout import Floats


@dataclass(frozen=True)
class Course:
    """Values (n,) along ``axis`` ("time", "frequency"), whose coordinate (n,) is ``at``."""

    axis: str
    at: Floats
    values: Floats
    unit: str


@dataclass(frozen=True)
class Outcome:
    """What came of one point. code : 0, or the exit code that its error has, with its message

    numbers : (value, SI unit) by name; NaN where there is none · courses : by name · warnings : texts
    """

    point: int
    code: int = 0
    message: str = ""
    numbers: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    courses: Mapping[str, Course] = field(default_factory=dict)
    warnings: Sequence[str] = ()


def encode(outcomes: Sequence[Outcome], seconds: float) -> bytes:
    """``outcomes`` as bytes. seconds : that they took."""
    units: dict[str, str] = {}
    for outcome in outcomes:
        units |= {name: unit for name, (_, unit) in outcome.numbers.items()}
    names = list(units)
    rows = [[outcome.numbers.get(name, _MISSING)[0] for name in names] for outcome in outcomes]
    parts: list[Any] = [np.array(rows, dtype="<f8").ravel()]
    courses = []
    for row, outcome in enumerate(outcomes):
        axes: dict[str, Floats] = {}
        for name, course in outcome.courses.items():
            if course.axis not in axes:
                axes[course.axis] = course.at
                courses.append([row, course.axis, None, "", len(course.at)])
                parts.append(course.at)
            courses.append([row, course.axis, name, course.unit, len(course.values)])
            parts.append(course.values)
    head = {
        "points": [outcome.point for outcome in outcomes],
        "codes": [outcome.code for outcome in outcomes],
        "messages": {row: o.message for row, o in enumerate(outcomes) if o.message},
        "warnings": {row: list(o.warnings) for row, o in enumerate(outcomes) if o.warnings},
        "names": names,
        "units": list(units.values()),
        "courses": courses,
        "seconds": seconds,
    }
    text = json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode()
    return text + b"\n" + np.concatenate(parts).astype("<f8").tobytes()


_MISSING = (float("nan"), "")


@dataclass(frozen=True)
class Batch:
    """Decoded bytes. points, codes : (n,) · messages, warnings : by row · values : (n, len(names))

    courses : (row, axis, name, unit, values); a name of None: the coordinate of the axis
    """

    points: Sequence[int]
    codes: Sequence[int]
    messages: Mapping[int, str]
    warnings: Mapping[int, Sequence[str]]
    names: Sequence[str]
    units: Sequence[str]
    values: Floats
    courses: Sequence[tuple[int, str, str | None, str, Floats]]
    seconds: float

    @staticmethod
    def of(data: bytes) -> Batch:
        """Raises ValueError or KeyError where ``data`` is no batch."""
        text, _, raw = data.partition(b"\n")
        head = json.loads(text)
        floats = np.frombuffer(raw, "<f8")
        n, m = len(head["points"]), len(head["names"])
        courses, start = [], n * m
        for row, axis, name, unit, length in head["courses"]:
            courses.append((row, axis, name, unit, floats[start : start + length]))
            start += length
        if start != len(floats) or len(head["codes"]) != n or len(head["units"]) != m:
            raise ValueError("a batch with missing numbers")
        return Batch(
            head["points"],
            head["codes"],
            {int(row): text for row, text in head["messages"].items()},
            {int(row): texts for row, texts in head["warnings"].items()},
            head["names"],
            head["units"],
            floats[: n * m].reshape(n, m),
            courses,
            float(head["seconds"]),
        )

    @property
    def failed(self) -> int:
        return sum(1 for code in self.codes if code)


def failures(points: Iterable[int], code: int, message: str) -> bytes:
    """A batch of points that all failed alike."""
    return encode([Outcome(point, code, message) for point in points], 0.0)
