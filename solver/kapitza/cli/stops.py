"""What ends a command early, other than an error."""

from __future__ import annotations


class Terminated(BaseException):
    """The process was asked to end (SIGTERM)."""


class Interrupted(BaseException):
    """Work ended early because ``signal`` asked for it; the text says what is left of it."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.signal = number
