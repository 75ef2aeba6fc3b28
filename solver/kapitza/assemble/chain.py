"""A chain of nodes tied by resistances, with heat fed into them: what a 1-D stack is to its solver."""

from __future__ import annotations

from dataclasses import dataclass

from kapitza.layout import Floats


@dataclass(frozen=True)
class End:
    """What a chain ends in: a reference ``temperature`` [K] behind ``resistance`` [K/W] (0: held exactly),
    or no reference (temperature None) and ``heat`` [W] into the chain."""

    temperature: float | None = None
    resistance: float = 0.0
    heat: float = 0.0


@dataclass(frozen=True)
class Chain:
    """resistance : (n - 1,) [K/W] between nodes, 0 and infinity exact · source : (n,) [W] · two ends."""

    resistance: Floats
    source: Floats
    lower: End
    upper: End
