"""Case files: TOML with units in, a validated `Stack` out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kapitza.case.case import Case as Case
    from kapitza.case.case import load as load

__all__ = ["Case", "load"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'kapitza.case' has no attribute {name!r}")
    return getattr(import_module("kapitza.case.case"), name)
