"""A reference problem: a case file, an independent reference, what to compare, on a sequence of meshes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kapitza.errors import FileError
from kapitza.model import Group, Layer, Stack
from kapitza.verify.row import Row

if TYPE_CHECKING:
    from kapitza.solution.solved import Solved

Summary = Mapping[str, Any]
Pick = Callable[[Summary], float]


@dataclass(frozen=True)
class Quantity:
    """A number to compare: its key in the reference, how to read it from `Solution.summary()`, and the error
    that is accepted, in ``unit``. ``exact``: the solver has no discretisation error here, only rounding."""

    name: str
    pick: Pick
    tolerance: float
    unit: str = "K"
    exact: bool = False


@dataclass(frozen=True)
class Problem:
    """A reference problem.

    case : file in ``cases/``, without its ending
    reference : computes the exact values, by name of the quantity
    changes : keys of the case that this variant replaces
    order : the order that theory gives for the error, where it is not "exact"
    """

    name: str
    title: str
    source: str
    case: str
    reference: Callable[[], Mapping[str, float]]
    quantities: tuple[Quantity, ...]
    changes: Mapping[str, Any] = field(default_factory=dict)
    order: float | None = None

    def evaluate(self, levels: int = 1) -> list[Row]:
        """One row per quantity and mesh; each mesh has twice the cells of the one before in every direction."""
        import kapitza

        case = kapitza.load(self.path)
        if self.changes:
            case = case.replace(dict(self.changes))
        first = kapitza.solve(case)
        base = first if isinstance(first, kapitza.Solution) else first.base
        summaries = [first.summary()]
        for level in range(1, levels):
            summaries.append(kapitza.solve(refined(case.stack, base, 2**level)).summary())
        exact = self.reference()
        results = [(summary, int(summary["cells"])) for summary in summaries]
        return [row for quantity in self.quantities for row in rows_of(self, quantity, exact, results)]

    @property
    def path(self) -> Path:
        """The case file: beside the sources in a checkout, inside the package once installed."""
        package = Path(__file__).resolve().parents[1]
        places = (package / "cases", package.parents[1] / "cases")
        for place in places:
            if (place / f"{self.case}.toml").is_file():
                return place / f"{self.case}.toml"
        raise FileError(
            f"verify {self.name}: its case {self.case}.toml is in neither {places[0]} nor {places[1]}; "
            "run from a clone of the repository, or install the package again"
        )


def refined(stack: Stack, solution: Solved, factor: int) -> Stack:
    """``stack`` with ``factor`` times the cells of its ``solution`` in each direction, and steps in time to suit."""
    layout, mesh = solution.layout, solution.mesh
    rows = np.diff(np.searchsorted(mesh.z, layout.layer_edges))
    first = np.unique(layout.kind_of, return_index=True)[1]
    cells = iter((factor * rows[first]).tolist())

    def finer(layers: Sequence[Layer | Group]) -> tuple[Layer | Group, ...]:
        return tuple(
            replace(item, layers=finer(item.layers))
            if isinstance(item, Group)
            else replace(item, cells=next(cells))
            for item in layers
        )

    across = None if mesh.dx is None else factor * mesh.shape[1]
    options = stack.transient
    if options is not None:
        # Local errors are of third order, those of the whole run fall as those of the cells.
        options = replace(options, tolerance=options.tolerance / factor**3)
    return replace(stack, layers=finer(stack.layers), mesh=replace(stack.mesh, x=across), transient=options)


def rows_of(
    problem: Problem,
    quantity: Quantity,
    reference: Mapping[str, float],
    results: Sequence[tuple[Summary, int]],
) -> list[Row]:
    """One row for each summary, with the number of cells that it took."""
    rows: list[Row] = []
    exact = reference[quantity.name]
    for summary, cells in results:
        computed = quantity.pick(summary)
        error = computed - exact
        passed = abs(error) <= quantity.tolerance
        order: float | str | None = None
        if quantity.exact and passed:
            order = "exact"
        elif rows and error != 0.0 and rows[-1].error != 0.0:
            order = math.log2(abs(rows[-1].error / error))
        rows.append(
            Row(
                problem.name,
                quantity.name,
                computed,
                exact,
                error,
                order,
                passed,
                cells,
                problem.source,
                quantity.unit,
                quantity.tolerance,
            )
        )
    return rows


def probe(name: str) -> Pick:
    """Value of a probe."""
    return lambda summary: float(summary["probes"][name])


def boundary(side: str, key: str) -> Pick:
    """``heat`` [W] into the domain or mean ``temperature`` [K] of a side."""
    return lambda summary: float(summary["boundaries"][side][key])


def interface(name: str, key: str) -> Pick:
    """below, above, jump, flux, … of a contact."""
    return lambda summary: float(_named(summary["interfaces"], name)[key])


def layer(name: str, key: str) -> Pick:
    """min, mean, max, bottom, top of a layer [K]."""
    return lambda summary: float(_named(summary["layers"], name)[key])


def drop(name: str) -> Pick:
    """Temperature difference between the lower and the upper face of a layer [K]."""

    def pick(summary: Summary) -> float:
        entry = _named(summary["layers"], name)
        return float(entry["bottom"]) - float(entry["top"])

    return pick


def top_level(key: str) -> Pick:
    """A number at the top of the summary, such as ``effective_conductivity``."""
    return lambda summary: float(summary[key])


def _named(entries: list[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return next(entry for entry in entries if entry["name"] == name)
