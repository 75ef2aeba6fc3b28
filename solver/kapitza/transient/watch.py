"""What a run in time tells while it marches, and what it asks: the loop itself knows no files and no terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from kapitza.solution.solved import Solved

State = Mapping[str, NDArray[Any]]
"""Everything a run needs to go on exactly as it would have: arrays by name, to be kept bit by bit."""


class Watch:
    """The base class listens to nothing and asks for nothing."""

    def frame(self, number: int, solved: Solved) -> None:
        """Saved instant ``number`` (0, 1, …), in order; ``solved.time`` [s] says when it is."""

    def step(self, time: float, until: float, steps: int) -> None:
        """A step has ended at ``time`` [s]; ``steps`` so far."""

    def wants_checkpoint(self) -> bool:
        """Whether `checkpoint` shall be called now; asked after every step, once all frames up to it are out."""
        return False

    def checkpoint(self, state: State) -> None:
        """Keep ``state``; `kapitza.transient.run` can go on from it."""

    def stopping(self) -> bool:
        """Whether to end after this step: the run then hands out a last checkpoint and raises `Stopped`."""
        return False


class Keeper(Watch):
    """Keeps all frames in memory."""

    def __init__(self) -> None:
        self.frames: list[Solved] = []

    def frame(self, number: int, solved: Solved) -> None:
        self.frames.append(solved)


class Stopped(Exception):  # noqa: N818 - no error, an end that was asked for
    """A run ended early because its watch asked for it; ``time`` [s] that it reached."""

    def __init__(self, time: float) -> None:
        super().__init__(f"stopped at {time:g} s")
        self.time = time
