"""What the key at a dotted path takes: a quantity of some dimension, a bare number, or something else."""

from __future__ import annotations

from dataclasses import dataclass

from kapitza.case.channeled import Channeled
from kapitza.case.compound import OneOrTwo
from kapitza.case.fields import Count, Number
from kapitza.case.validate import table_at
from kapitza.quantities import DIMENSIONS, Dimension


@dataclass(frozen=True)
class Takes:
    """dimension : of the quantity; None where it is not known · bare : a number without unit · whole : an integer"""

    dimension: Dimension | None = None
    bare: bool = False
    whole: bool = False


def takes(path: str) -> Takes:
    """What the key at ``path`` takes; nothing is known of keys inside functions, and of those that no table has."""
    *above, last = path.split(".")
    try:
        table = table_at(tuple(above))
    except KeyError:
        return Takes()
    if table is None and above:
        table, last = table_at(tuple(above[:-1])), above[-1]
        kinds = table.known()[last].metadata if table is not None else ()
        if not any(isinstance(kind, Channeled) for kind in kinds):
            return Takes()
    field = table.known().get(last) if table is not None else None
    for kind in field.metadata if field is not None else ():
        inner = kind.kind if isinstance(kind, OneOrTwo) else kind
        if isinstance(inner, Count):
            return Takes(bare=True, whole=True)
        if isinstance(inner, Number):
            return Takes(bare=True)
        name = getattr(inner, "dimension", None)
        if isinstance(name, str):
            return Takes(DIMENSIONS[name])
    return Takes()
