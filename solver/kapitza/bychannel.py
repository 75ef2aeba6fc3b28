"""A value for each of several channels (electrons and phonons, spin up and down), by the names of the channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S")

SIGN = "|"
"""Between two names: "electrons|phonons" is from electrons to phonons; below|above at an interface."""


@dataclass(frozen=True)
class ByChannel(Generic[T]):
    """entries : (name, value) of each channel, or of each pair of channels ("electrons|phonons")."""

    entries: tuple[tuple[str, T], ...]

    @staticmethod
    def of(values: Mapping[str, T]) -> ByChannel[T]:
        """``ByChannel.of({"electrons": 310.0, "phonons": 2.6})``."""
        return ByChannel(tuple(values.items()))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.entries)

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter(self.entries)

    def get(self, name: str) -> T | None:
        """Value of a channel; None where it has none."""
        return next((value for own, value in self.entries if own == name), None)

    def map(self, change: Callable[[T], S]) -> ByChannel[S]:
        """The same channels with ``change(value)``."""
        return ByChannel(tuple((name, change(value)) for name, value in self.entries))


def by_channel(values: Mapping[str, T]) -> ByChannel[T]:
    """A value for each channel: ``by_channel({"electrons": 310.0, "phonons": 2.6})``."""
    return ByChannel.of(values)


def pair(key: str) -> tuple[str, str]:
    """("electrons", "phonons") of "electrons|phonons"; twice the same of a single name."""
    first, _, second = key.partition(SIGN)
    return first, second or first
