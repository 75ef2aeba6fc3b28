"""A law that is made of the materials of a contact, for entries that hold for several pairs of materials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kapitza.interfaces.law import Law
from kapitza.materials.material import Material


@dataclass(frozen=True)
class PairLaw:
    """``make(below, above)`` is the law between two materials, for example `kapitza.interfaces.dmm.dmm`."""

    make: Callable[[Material, Material], Law]

    @property
    def linear(self) -> bool:
        """Not known before the materials are; taken as not linear."""
        return False
