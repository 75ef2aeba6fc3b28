"""[thermoelectric]: a current or a load, in a slab that is steady, with a material that conducts."""

from __future__ import annotations

from collections.abc import Mapping

from kapitza.case.names import rows
from kapitza.case.scope import Scope
from kapitza.case.tables_thermoelectric import ThermoelectricTable

TABLE = "thermoelectric"


def check(scope: Scope) -> None:
    raw = scope.data.get(TABLE)
    if not isinstance(raw, Mapping):
        _without(scope)
        return
    scope.one_of((TABLE,), raw, ThermoelectricTable, ("current", "load"))
    if scope.kind is not None and scope.kind != "slab":
        scope.add(
            (TABLE,), f"runs through a slab, and this is a {scope.kind}; its cross-section must not change"
        )
    for other in ("transient", "frequency", "zth", "channels"):
        if other in scope.data:
            scope.add(
                (TABLE,), f"is for a steady state with one temperature, and there is [{other}]; keep one"
            )
    if not scope.names.complete:
        return
    for place in scope.names.places:
        name = place.raw.get("material")
        own = scope.shelf.find(name) if isinstance(name, str) else None
        if own is None or (own and scope.faulty(("materials", own))):
            return  # said already
        if isinstance(name, str) and scope.laws.take(name).electrical_resistivity is not None:
            return
    scope.add(
        (TABLE,),
        "no layer is made of a material with electrical_resistivity, so nothing carries the current; give it there",
    )


def _without(scope: Scope) -> None:
    """Fault with an electrical contact that no current would pass."""
    for index, raw in enumerate(rows(scope.data, "interfaces")):
        key = "electrical_resistance"
        if key in raw and TABLE not in scope.data:
            message = "belongs to a stack with a current; add [thermoelectric], or leave it out"
            scope.add(("interfaces", index, key), message, raw[key])
