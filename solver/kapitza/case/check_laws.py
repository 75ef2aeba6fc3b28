"""The keys of a law: exactly one way to give it, and what belongs to that; then the law itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from kapitza.bychannel import ByChannel
from kapitza.case.compound import coefficient
from kapitza.case.messages import Path
from kapitza.case.names import rows
from kapitza.case.scope import Raw, Scope
from kapitza.case.tables import LawTable
from kapitza.errors import InputError
from kapitza.quantities import QuantityError

WAYS = ("model", "resistance", "conductance")
PLACE = ("between", "materials")
ENTRY = ("interfaces", 0)  # where an entry stands

# keys that a model cannot do without; what else it needs, the law says
NEEDED: Mapping[str, tuple[str, ...]] = {
    "thin-layer": ("thickness", "conductivity"),
    "power-law": ("coefficient", "exponent"),
    "radiation": ("emissivity",),
    "contact": ("pressure",),
    "series": ("of",),
    "parallel": ("of",),
}


def keys(scope: Scope, path: Path, raw: Raw, table: LawTable) -> None:
    """Fault unless exactly one of resistance, conductance, model is given, with the keys that go with it."""
    from kapitza.interfaces.build import MODELS

    way = scope.one_of(path, raw, LawTable, WAYS)
    if way is None or (way == "model" and table.model is None):
        return  # said already
    if isinstance(getattr(table, way), ByChannel) and len(path) > len(ENTRY):
        message = (
            "by channel an entry of [[interfaces]] can be, not a law within another; give one value here"
        )
        scope.add((*path, way), message, raw[way])
    takes = MODELS[table.model][0] if way == "model" and table.model is not None else ()
    scope.missing(path, raw, LawTable, NEEDED.get(table.model or "", ()))
    if table.model == "mixed":
        scope.one_of(path, raw, LawTable, ("specularity", "roughness"))
    label = f'model = "{table.model}"' if way == "model" else way
    others = [key for key in LawTable.model_fields if key not in (*WAYS, *PLACE, "scale", *takes)]
    message = f"does not belong to {label}, which takes {', '.join((*takes, 'scale'))}"
    scope.refuse(path, raw, others, message)
    if table.coefficient is not None and table.exponent is not None:
        try:
            coefficient(table.coefficient, table.exponent)
        except QuantityError as problem:
            scope.add((*path, "coefficient"), problem.message, raw["coefficient"])
    if raw.get("of") == []:
        scope.add((*path, "of"), "needs at least one law, for example { resistance = … }", [])
    for index, (inner, given) in enumerate(zip(table.of or [], rows(raw, "of"), strict=False)):
        keys(scope, (*path, "of", index), given, inner)


def law(scope: Scope, path: Path, names: set[str], build: Callable[[], Any]) -> None:
    """Fault with what a law refuses. ``names``: of the materials it is made for; one with a fault has been told."""
    for name in names:
        own = scope.shelf.find(name)
        if own is None or (own and scope.faulty(("materials", own))):
            return
    try:
        build()
    except InputError as problem:
        scope.add(path, str(problem))
