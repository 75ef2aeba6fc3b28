"""One line of the table that ``kapitza verify`` prints."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A computed number beside its reference.

    error : computed − exact, in ``unit``
    order : observed order of the error between this mesh and the one before, log2(|coarser|/|finer|); "exact"
        where the error is at rounding on any mesh; None where one mesh alone says nothing
    passed : |error| ≤ ``tolerance``
    cells : number of cells of the mesh
    source : where the reference comes from
    """

    problem: str
    quantity: str
    computed: float
    exact: float
    error: float
    order: float | str | None
    passed: bool
    cells: int
    source: str
    unit: str
    tolerance: float
