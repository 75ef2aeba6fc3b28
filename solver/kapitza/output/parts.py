"""The parts of a stack in the order in which heat meets them, with what each costs in kelvin.

Read from the summary (the dictionary of ``run --json``), so that a stored result shows what the run showed, and
tables and pictures show the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kapitza.model import ONE_DIMENSIONAL
from kapitza.output.labels import CONSTANT, base, constant

Summary = Mapping[str, Any]
FIRST = ("bottom", "inner")  # sides before the first layer
NO_WAY = "heat has no single way through"
NOISE = 1e-9  # relative to the largest difference of temperature: drops below are rounding


@dataclass(frozen=True)
class Part:
    """A layer, joint, surface film or the spreading; repetitions (``count`` > 1) are summed.

    drop : temperature lost across it [K], nan if not known; share : of the whole, None where there is none
    thickness [m] of a layer, resistance [m^2 K/W] of a joint, both of a single repetition
    low, high : lowest and highest temperature in it [K]
    """

    name: str
    kind: str
    drop: float
    count: int = 1
    share: float | None = None
    thickness: float | None = None
    resistance: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Costs:
    """What all parts cost.

    rows : drops are positive along the flow of heat, or where heat flows both ways, in the direction ``way``
    whole : the drop of which each part has its share [K]; None where drops do not follow one path
    why_not : half a sentence on why there is no resistance budget; "" where there is one, or no heat at all
    """

    rows: Sequence[Part]
    whole: float | None
    way: str = ""
    why_not: str = ""

    @property
    def largest(self) -> float:
        """Size of the largest known drop [K], 0 where there is none."""
        return max((abs(part.drop) for part in self.rows if math.isfinite(part.drop)), default=0.0)


def costs(summary: Summary, limit: int) -> Costs:
    """What the parts cost, in about ``limit`` rows."""
    rows = audible(summary, gathered(parts(summary), limit))
    total = summary["resistance"]["total"]
    if total is not None:
        return Costs(rows, abs(total) * _heat_through(summary) or None)
    low, high = (summary["temperature"].get(key) or 0.0 for key in ("min", "max"))
    if constant(low, high) and not any(part.drop for part in rows):
        return Costs(rows, None)
    drops = [part.drop for part in rows if math.isfinite(part.drop)]
    one_way = min(drops, default=0.0) >= 0.0 or max(drops, default=0.0) <= 0.0
    if not one_way:
        way = "outwards" if summary["geometry"] in ("cylinder", "sphere") else "upwards"
        return Costs(rows, None, way, NO_WAY)
    rows = [replace(part, drop=abs(part.drop)) for part in rows]
    if summary["geometry"] not in ONE_DIMENSIONAL:
        return Costs(rows, None, "", NO_WAY)
    whole = math.fsum(abs(drop) for drop in drops) or None
    if whole:
        rows = [replace(part, share=part.drop / whole) for part in rows]
    closed = any(part.resistance == math.inf for part in rows)
    return Costs(rows, whole, "", "a joint lets nothing through" if closed else "heat arises inside")


def parts(summary: Summary) -> list[Part]:
    """All parts in stack order, films at the ends included where they are known.

    With a resistance budget (heat has one way through) the drops are its values times the heat, positive along
    the heat. Without one the drop of a layer is the difference of its two faces, that of a joint its jump, both
    positive upwards or outwards. Perfect joints are no parts.
    """
    pieces = list(_pieces(summary))
    budget = summary["resistance"]
    entries = budget["parts"] or []
    if budget["total"] is None:
        films = [_film(entry, summary) for entry in entries if entry["kind"] == "boundary"]
        before = [film for film in films if film.name in FIRST]
        return before + [part for part in pieces if part.resistance != 0.0] + films[len(before) :]
    # Budget and list of layers may each gather repetitions that the other still tells apart.
    known = {(part.kind, part.name): part for part in pieces}
    alike = {_kind_of(part): part for part in gathered(pieces, 0)}
    through = _heat_through(summary)
    found = []
    for entry in entries:
        count = entry.get("count", 1)
        part = Part(entry["name"], entry["kind"], math.nan)
        part = known.get((part.kind, part.name)) or alike.get(_kind_of(part), part)
        drop = _product(entry["value"], count * through)
        found.append(replace(part, name=entry["name"], count=count, drop=drop, share=entry["share"]))
    return found


def audible(summary: Summary, all_parts: Sequence[Part]) -> list[Part]:
    """The parts with drop and share zero where theirs is rounding noise.

    Noise is small beside the largest drop and the range of temperatures; where drops are differences of
    temperatures, that of a field that is constant up to rounding is noise as well.
    """
    low, high = (summary["temperature"].get(key) or 0.0 for key in ("min", "max"))
    largest = max((abs(part.drop) for part in all_parts if math.isfinite(part.drop)), default=0.0)
    noise = NOISE * max(high - low, largest)
    if summary["resistance"]["total"] is None or summary["geometry"] not in ONE_DIMENSIONAL:
        noise = max(noise, CONSTANT * max(abs(low), abs(high)))
    return [
        replace(part, drop=0.0, share=None if part.share is None else 0.0)
        if abs(part.drop) <= noise
        else part
        for part in all_parts
    ]


def _heat_through(summary: Summary) -> float:
    """Heat that leaves through the sides [W]."""
    return math.fsum(max(-(side["heat"] or 0.0), 0.0) for side in summary["boundaries"].values())


def _pieces(summary: Summary) -> Iterable[Part]:
    """Layers and joints interleaved by name; joints that stand between no two neighbours come last."""
    joints = {entry["name"]: _joint(entry) for entry in summary["interfaces"]}
    layers = summary["layers"]
    for i, entry in enumerate(layers):
        yield _layer(entry)
        if i + 1 < len(layers):
            below, above = entry["name"], layers[i + 1]["name"]
            if f"{below}|{above}" in joints:
                yield joints.pop(f"{below}|{above}")
            elif f"{above}|{below}" in joints:
                turned = joints.pop(f"{above}|{below}")
                yield replace(turned, drop=-turned.drop)
    yield from joints.values()


def _film(entry: Summary, summary: Summary) -> Part:
    """The film before a reservoir; heat into the domain through the first side flows upwards."""
    name = entry["name"]
    upwards = 1.0 if name in FIRST else -1.0
    return Part(name, "boundary", upwards * _product(entry["value"], summary["boundaries"][name]["heat"]))


def _product(a: float | None, b: float | None) -> float:
    return math.nan if a is None or b is None else a * b


def _layer(entry: Summary) -> Part:
    count = entry.get("count", 1)
    return Part(
        entry["name"],
        "layer",
        _difference(entry.get("bottom"), entry.get("top")) * count,
        count,
        thickness=entry.get("thickness"),
        low=entry.get("min"),
        high=entry.get("max"),
    )


def _joint(entry: Summary) -> Part:
    count = entry.get("count", 1)
    conductance, jump = entry.get("conductance"), entry.get("jump")
    resistance: float | None = 0.0
    if conductance is not None:
        resistance = 1.0 / conductance if conductance > 0.0 else math.inf
    sides = [side for side in (entry.get("below"), entry.get("above")) if side is not None and count == 1]
    return Part(
        entry["name"],
        "interface",
        (math.nan if jump is None else jump) * count,
        count,
        resistance=resistance,
        low=min(sides, default=None),
        high=max(sides, default=None),
    )


def _difference(a: float | None, b: float | None) -> float:
    return math.nan if a is None or b is None else a - b


def gathered(all_parts: Sequence[Part], limit: int) -> list[Part]:
    """At most ``limit`` parts where that can be: repetitions of a name become one part with summed drops."""
    if len(all_parts) <= limit:
        return list(all_parts)
    groups: dict[tuple[str, tuple[str, ...]], Part] = {}
    for part in all_parts:
        key = _kind_of(part)
        seen = groups.get(key)
        groups[key] = replace(part, name=base(part.name)) if seen is None else _joined(seen, part)
    return list(groups.values())


def _kind_of(part: Part) -> tuple[str, tuple[str, ...]]:
    """The same for all repetitions; a contact and the same contact the other way round are one kind."""
    return part.kind, tuple(sorted(base(part.name).split("|")))


def _joined(a: Part, b: Part) -> Part:
    lows = [part.low for part in (a, b) if part.low is not None]
    highs = [part.high for part in (a, b) if part.high is not None]
    return replace(
        a,
        drop=a.drop + b.drop,
        count=a.count + b.count,
        share=None if a.share is None or b.share is None else a.share + b.share,
        thickness=_common(a.thickness, b.thickness),
        resistance=_common(a.resistance, b.resistance),
        low=min(lows, default=None),
        high=max(highs, default=None),
    )


def _common(a: float | None, b: float | None) -> float | None:
    """The value that both share; a joint's, known from flux and jump, up to their rounding."""
    return a if a is not None and b is not None and math.isclose(a, b, rel_tol=1e-6) else None


def costliest(all_parts: Sequence[Part]) -> Part | None:
    """The part with the largest drop; None where nothing drops."""
    known = [part for part in all_parts if math.isfinite(part.drop)]
    worst = max(known, key=lambda part: abs(part.drop), default=None)
    return worst if worst is not None and worst.drop != 0.0 else None
