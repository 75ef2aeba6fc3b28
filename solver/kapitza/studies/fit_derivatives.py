"""Derivatives of predictions by the fitted keys: by the adjoint where states are steady, else central differences.

One adjoint solution for each probe of a run serves all keys (`kapitza.studies.adjoint`); central differences take two
solutions for each key. In two dimensions, where a solution costs, the one that needs fewer is taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.model import Probe, Stack
from kapitza.studies.fit_model import STEPS, Model
from kapitza.studies.fit_runs import Run

ADJOINT, DIFFERENCES = "the adjoint", "central differences"


class Derivatives:
    """kind : "the adjoint" or "central differences" """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.kind = ADJOINT if _served(model) else DIFFERENCES

    def at(self, inner: Floats) -> Floats:
        """(size, p) derivatives by inner numbers."""
        if self.kind == ADJOINT:
            try:
                return self._adjoint(inner)
            except InputError:  # a key that changes which pieces meet, or a state that nothing fixes
                self.kind = DIFFERENCES
        return self.model.differences(inner)

    def _adjoint(self, inner: Floats) -> Floats:
        from kapitza.studies.adjoint import Adjoint

        model = self.model
        values = model.variables.values(inner)
        ends = model.ends(inner, STEPS["steady"])
        found = np.zeros((len(model.plan.results), model.data.rows, len(inner)))
        for run, solved in zip(model.runs, model.solutions(values), strict=True):
            probes, where = _asked(model, run, solved.stack)
            adjoint = Adjoint.of(solved, probes)
            for j, (above, below) in enumerate(ends):
                up, down = (model.stack(run, model.variables.values(end)) for end in (above, below))
                slope = np.asarray(adjoint.difference(up, down)) / (above[j] - below[j])
                found[:, run.rows, j] = slope[where]
        return found.reshape(-1, len(inner))


def _served(model: Model) -> bool:
    """Whether the adjoint gives all that was measured, at no more cost."""
    if model.plan.mode != "steady" or any(
        c.result not in ("probe", "temperature") for c in model.plan.results
    ):
        return False
    if not model.base.stack.geometry.two_dimensional:
        return True
    asked = sum(len(_asked(model, run, model.base.stack)[0]) for run in model.runs)
    return asked <= 2 * len(model.plan.parameters) * len(model.runs)


def _asked(model: Model, run: Run, stack: Stack) -> tuple[Sequence[Probe], Floats]:
    """The probes that the rows of ``run`` need, each once, and (results, rows) which of them each number is."""
    named = {probe.name: probe for probe in (*stack.probes, *run.points)}
    names: dict[str, int] = {}
    where = [
        [
            names.setdefault(column.probe or run.points[i].name, len(names))
            for i in (run.point_of if len(run.points) else np.zeros(len(run.rows), dtype=np.intp))
        ]
        for column in model.plan.results
    ]
    return [named[name] for name in names], np.array(where, dtype=np.intp)
