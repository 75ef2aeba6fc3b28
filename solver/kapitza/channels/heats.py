"""Heat put into a stack of channels: which segments and temperatures it enters, and the faces of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.bychannel import ByChannel
from kapitza.channels.wiring import Wiring
from kapitza.contacts import sheet_faces
from kapitza.errors import InputError
from kapitza.laws.time import TimeLaw
from kapitza.layout import Floats, Ints
from kapitza.model import SheetSource, Source, leaves


@dataclass(frozen=True)
class Heated:
    """Heat that follows a slot: segment (n,), temperature of its medium (n,), and amount for 1 of the slot (n,)."""

    slot: int
    segment: Ints
    which: Ints
    amount: Floats


@dataclass(frozen=True)
class Heats:
    """inside : of segments, for who knows what is between their faces to put it there · sheets : in the planes of
    contacts, of each its slot, and for 1 of it what all contacts (m,) take and what their lower sides do"""

    inside: Sequence[Heated]
    sheets: Sequence[tuple[int, Floats, Floats]]

    @staticmethod
    def of(wired: Wiring) -> Heats:
        """Of a stack that is wired; what lies in planes is put into their faces.

        Raises InputError where a channel must be named and is not."""
        return Heats(_heated(wired), _sheets(wired))


def _heated(w: Wiring) -> list[Heated]:
    """All heat inside segments."""
    found: list[Heated] = []
    for kind, layer in enumerate(leaves(w.stack.layers)):
        where = f"layers.{w.layout.bases[kind]}"
        chosen = w.layout.kind_of[w.line.segment_piece] == kind
        held = np.where(chosen, w.volume, 0.0)
        found += _spread(w, layer.heat_density, held, f"{where}.heat_density")
        whole = np.bincount(w.line.segment_piece, held, w.layout.n_layers)[w.line.segment_piece]
        share = held / np.where(whole > 0.0, whole, 1.0)
        found += _spread(w, layer.heat, share, f"{where}.heat")
    for index, source in enumerate(w.stack.sources):
        if isinstance(source, Source):
            held = _range(w, source, index)
            found += _spread(w, source.heat_density, held, f"sources.{index}.heat_density")
            found += _spread(w, source.heat, held / held.sum(), f"sources.{index}.heat")
    return found


def _range(w: Wiring, source: Source, index: int) -> Floats:
    line = w.line
    chosen = np.isin(line.segment_piece, w.layout.select(source.piece, f"sources.{index}.layer"))
    if source.z is not None:
        middle = line.segment_lower + 0.5 * line.segment_size
        chosen &= (middle > source.z[0]) & (middle < source.z[1])
    if not chosen.any():
        raise InputError(f"sources.{index}.z: nothing of {source.piece!r} lies in this range")
    return np.where(chosen, w.volume, 0.0)


def _spread(w: Wiring, value: object, share: Floats, where: str) -> list[Heated]:
    """Heat ``value`` times ``share`` (n_segments,) into the channels that it names."""
    found: list[Heated] = []
    segment = np.flatnonzero(share)
    for name, own in value if isinstance(value, ByChannel) else ((None, value),):
        if not isinstance(own, float | int | TimeLaw) or (isinstance(own, float | int) and own == 0.0):
            continue
        which = np.array([_place(w, int(s), name, where) for s in segment], dtype=np.intp)
        found.append(Heated(w.slots.of(own), segment, which, share[segment]))
    return found


def _place(w: Wiring, s: int, name: str | None, where: str) -> int:
    """Which temperature of segment ``s`` channel ``name`` has."""
    medium = w.media[s]
    if medium.n == 1 and (name is None or medium.locked):
        return 0
    if name is None:
        names = w.carried(s)
        raise InputError(
            f"{where}: {w.name(s)} has the channels {names}; say which of them is heated, "
            f'for example {{ {names.split(", ")[0]} = "…" }}'
        )
    channel = w.stack.channels.index(name)
    for i, ids in enumerate(medium.channels):
        if channel in ids:
            return i
    raise InputError(f"{where}: {w.name(s)} has no {name} (its conductivity names {w.carried(s)})")


def _sheets(w: Wiring) -> list[tuple[int, Floats, Floats]]:
    """Put sheet sources into the faces of their contacts."""
    piece = w.line.segment_piece
    found: list[tuple[int, Floats, Floats]] = []
    for index, source in enumerate(w.stack.sources):
        if not isinstance(source, SheetSource):
            continue
        order = sheet_faces(
            w.layout,
            source.between,
            f"sources.{index}.between",
            piece[w.joints],
            piece[w.joints + 1],
        )
        held = np.where(order != 0, w.area, 0.0)
        share = {"below": 1.0, "split": 0.5, "above": 0.0}[source.side]
        low = np.where(order < 0, 1.0 - share, share)
        for key, scale in (("heat_flux", held), ("heat", held / held.sum())):
            value = getattr(source, key)
            for name, own in value if isinstance(value, ByChannel) else ((None, value),):
                if isinstance(own, float | int) and own == 0.0:
                    continue
                slot = w.slots.of(own)
                found.append((slot, scale, low * scale))
                _sheet(w, slot, scale, low, name, f"sources.{index}.{key}")
    return found


def _sheet(w: Wiring, slot: int, scale: Floats, low: Floats, name: str | None, where: str) -> None:
    """``low``: (m,) share that the lower side takes."""
    for j in np.flatnonzero(scale).tolist():
        s, below = int(w.joints[j]), float(low[j])
        for share, nodes, segment in ((below, w.upper, s), (1.0 - below, w.lower, s + 1)):
            if share == 0.0:
                continue
            own = nodes[segment]
            one = len({w.network.root(node) for node in own}) == 1
            which = 0 if one else _place(w, segment, name, where)
            w.network.put(own[which], slot, share * float(scale[j]))
