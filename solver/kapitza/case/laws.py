"""Laws of contacts and reservoirs as a case gives them, made of its keys and of the materials on both sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, TypeVar, cast

from kapitza.bychannel import ByChannel
from kapitza.case.compound import coefficient
from kapitza.case.names import Names
from kapitza.case.shelf import Shelf, Stock
from kapitza.case.tables import CaseTable, ConditionTable, InterfaceTable, LawTable
from kapitza.errors import InputError

if TYPE_CHECKING:
    from kapitza.interfaces.law import Law
    from kapitza.interfaces.pair import PairLaw
    from kapitza.materials.material import Material

Made = TypeVar("Made")

# models that need no material; all others are of a pair
FREE = ("perfect", "insulated", "thin-layer", "power-law", "radiation")
SUMS = ("series", "parallel")
ONE_DIMENSIONAL = ("slab", "cylinder", "sphere")


@dataclass(frozen=True)
class Recipe:
    """The law of any pair of materials: of an entry by names that meets several."""

    spec: Mapping[str, Any]

    def __call__(self, below: Material, above: Material) -> Law:
        return make(self.spec, below, above)


class Laws:
    """Made once each, by table. Raises InputError for what a law refuses, data of a material that are not known
    above all; every name must be known and every key valid."""

    def __init__(self, table: CaseTable, names: Names, shelf: Shelf) -> None:
        self.table, self.names, self.shelf = table, names, shelf
        self.take = Stock(shelf, table.materials or {}).take
        self._made: dict[int, object] = {}

    def interface(self, row: InterfaceTable) -> Law | PairLaw:
        """Law of an entry of [[interfaces]]."""
        return self._once(row, lambda: self._interface(row))

    def reservoir(self, row: ConditionTable, side: str) -> Law:
        """Law between ``side`` of the domain and the reservoir that ``row`` gives."""
        return self._once(row, lambda: self._reservoir(row, side))

    def pairs(self, row: InterfaceTable) -> set[tuple[str, str]]:
        """Names of the materials (below, above) that an entry may mean; those that touch, in one dimension."""
        if row.materials is not None:
            same = [self.shelf.same(name, self.names.materials) for name in row.materials]
            return {(same[0], same[1])} if same[0] is not None and same[1] is not None else set()
        if row.between is None:
            return set()
        below, above = row.between
        if self._one_dimensional:
            return self.names.touching.get((self.names.base(below), self.names.base(above)), set())
        return set(product(self.names.made_of(below), self.names.made_of(above)))

    def beside(self, side: str) -> str | None:
        """Name of the material at a side of the domain; None where there may be several."""
        places = self.names.places
        ends = {"bottom": places[:1], "top": places[-1:]}
        if self._one_dimensional:
            ends |= {"inner": places[:1], "outer": places[-1:]}
        regions = {row.material for row in self.table.regions or ()}
        fill = {self.table.geometry.fill} if self.table.geometry and self.table.geometry.fill else set()
        named = [place.raw.get("material") for place in ends.get(side, places)]
        found = {name if isinstance(name, str) else None for name in named} | regions | fill
        only = next(iter(found)) if len(found) == 1 else None
        return only if isinstance(only, str) else None

    @property
    def _one_dimensional(self) -> bool:
        return self.table.geometry is not None and self.table.geometry.kind in ONE_DIMENSIONAL

    def _once(self, row: LawTable | ConditionTable, build: Callable[[], Made]) -> Made:
        if id(row) not in self._made:
            self._made[id(row)] = build()
        return cast(Made, self._made[id(row)])

    def _interface(self, row: InterfaceTable) -> Law | PairLaw:
        from kapitza.interfaces.pair import PairLaw

        if row.channels is not None:
            return self._by_channel(row, row.channels)
        spec = described(row)
        for key in ("resistance", "conductance"):
            if isinstance(spec.get(key), ByChannel):
                return channels(spec, key)
        if not of_pair(spec):
            return make(spec)
        pairs = sorted(self.pairs(row))
        if len(pairs) == 1 or self._one_dimensional:
            made = [make(spec, self.take(below), self.take(above)) for below, above in pairs]
            if len(made) == 1:
                return made[0]
        return PairLaw(Recipe(spec))

    def _by_channel(self, row: InterfaceTable, laws: Mapping[str, LawTable]) -> Law:
        """A law for each channel, of the first pair of materials that the entry may mean."""
        from kapitza.interfaces.channels import ChannelLaw

        pairs = sorted(self.pairs(row))
        below, above = (self.take(name) for name in pairs[0]) if pairs else (None, None)
        if len(pairs) > 1 and any(of_pair(described(law)) for law in laws.values()):
            raise InputError(
                "models by channel are of one pair of materials, and this entry meets several; give each its own"
            )
        return ChannelLaw(
            ByChannel.of({name: make(described(law), below, above) for name, law in laws.items()})
        )

    def _reservoir(self, row: ConditionTable, side: str) -> Law:
        return self._film(row, side, row.h, row.film_resistance)

    def by_channel(self, row: ConditionTable, side: str) -> ByChannel[tuple[Any, Law]] | None:
        """(ambient, law) of each channel that a boundary names; None where it names none."""
        given = [v for v in (row.ambient, row.h, row.film_resistance) if isinstance(v, ByChannel)]
        if not given:
            return None

        def of(value: Any, name: str) -> Any:
            return value.get(name) if isinstance(value, ByChannel) else value

        found = {}
        for name in dict.fromkeys(name for value in given for name in value.names):
            ambient, h, resistance = (of(v, name) for v in (row.ambient, row.h, row.film_resistance))
            if ambient is None or (
                h is None and resistance is None and row.law is None and row.emissivity is None
            ):
                lacking = "ambient" if ambient is None else "h"
                raise InputError(
                    f"boundary.{side}.{lacking}: nothing for {name}, which is named beside it; give it too"
                )
            found[name] = ambient, self._film(row, side, h, resistance)
        return ByChannel.of(found)

    def _film(self, row: ConditionTable, side: str, h: float | None, film_resistance: float | None) -> Law:
        from kapitza.interfaces.compose import parallel
        from kapitza.interfaces.law import Conductance, Perfect, Resistance
        from kapitza.interfaces.power import radiation

        if row.law is not None:
            name = self.beside(side)
            return make(described(row.law), self.take(name) if name is not None else None)
        parts: list[Law] = []
        if h is not None:
            parts.append(Conductance(h))
        if film_resistance is not None:
            parts.append(Resistance(film_resistance))
        if row.emissivity is not None:
            parts.append(radiation(row.emissivity))
        if not parts:
            return Perfect()
        return parts[0] if len(parts) == 1 else parallel(parts)


def channels(spec: Mapping[str, Any], key: str) -> Law:
    """The law of a resistance or conductance by channel."""
    from kapitza.interfaces.channels import ChannelLaw

    values: ByChannel[Any] = spec[key]
    return ChannelLaw(values.map(lambda value: make({**spec, key: value})))


def described(row: LawTable) -> dict[str, Any]:
    """The keys of a law, in SI. Raises QuantityError for a coefficient whose unit is not that of its exponent."""
    spec: dict[str, Any] = {}
    for key in LawTable.model_fields:
        value = getattr(row, key)
        if value is not None:
            spec[key] = [described(inner) for inner in value] if key == "of" else value
    if "coefficient" in spec and "exponent" in spec:
        spec["coefficient"] = coefficient(spec["coefficient"], spec["exponent"])
    return spec


def of_pair(spec: Mapping[str, Any]) -> bool:
    """Whether a law depends on the materials of both sides."""
    model = spec.get("model")
    if model in SUMS:
        return any(of_pair(inner) for inner in spec.get("of", ()))
    return model is not None and model not in FREE


def make(spec: Mapping[str, Any], below: Material | None = None, above: Material | None = None) -> Law:
    """The law of ``spec`` in SI between two materials."""
    from kapitza.interfaces.build import law

    return law(spec, below, above, lambda value, unit, key: float(value))
