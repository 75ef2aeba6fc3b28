"""What a law says of itself: model and conventions, which go into every result, and where it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any


@dataclass(frozen=True)
class Guard:
    """``text`` is said when a side temperature [K] lies outside ``low`` to ``high``."""

    low: float
    high: float
    text: str

    def check(self, coldest: float, hottest: float) -> str | None:
        """The sentence, with the temperature that is out of range; None when all is well."""
        if hottest > self.high:
            return f"{hottest:.4g} K is above {self.high:.4g} K: {self.text}"
        if coldest < self.low:
            return f"{coldest:.4g} K is below {self.low:.4g} K: {self.text}"
        return None


@dataclass(frozen=True)
class About:
    """model : its name in a case file
    conventions : what had to be chosen, by name ("cutoff", "branch"); written into results
    notes : sentences that hold at any temperature · guards : those that depend on it
    scale : factor on the conductance · of : members of a series or parallel law
    """

    model: str
    conventions: tuple[tuple[str, Any], ...] = ()
    notes: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    scale: float = 1.0
    of: tuple[About, ...] = ()

    @property
    def silent(self) -> bool:
        """Nothing is said at any temperature."""
        return not self.notes and not self.guards and all(member.silent for member in self.of)

    def scaled(self, factor: float) -> About:
        return replace(self, scale=self.scale * factor)

    def describe(self) -> dict[str, Any]:
        """Plain data for a result; equal members in a row are one entry with a count."""
        said: dict[str, Any] = {"model": self.model, **dict(self.conventions)}
        if self.scale != 1.0:
            said["scale"] = self.scale
        if self.of:
            said["of"] = []
            for member, run in groupby(self.of):
                count = len(list(run))
                said["of"].append(member.describe() | ({"count": count} if count > 1 else {}))
        return said

    def warnings(self, coldest: float, hottest: float) -> list[str]:
        """Sentences for side temperatures from ``coldest`` to ``hottest`` [K], each once."""
        said = [f"{self.model}: {note}" for note in self.notes]
        for guard in self.guards:
            text = guard.check(coldest, hottest)
            if text is not None:
                said.append(f"{self.model}: {text}")
        for member in dict.fromkeys(self.of):
            said += member.warnings(coldest, hottest)
        return list(dict.fromkeys(said))
