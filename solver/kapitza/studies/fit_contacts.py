"""Contacts of a slab to which straight lines can be drawn through measured temperatures, and why not to the others.

A line is right where no heat arises and the conductivity does not change; what is fitted itself is no knowledge of the
flux, and no place to extrapolate to. Whether a line bends too much is asked of the fitted case: the same lines through
its own temperatures must give its own jump.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kapitza.errors import KapitzaError
from kapitza.layout import Floats, Ints, Layout
from kapitza.solution.solved import Solved
from kapitza.studies.fit_lines import Extrapolated, Line, Unlined, meet
from kapitza.studies.fit_model import Model
from kapitza.studies.fit_runs import Run
from kapitza.studies.fit_search import Found

FEWEST = 3  # points of a line
FEW = 20  # runs to whose contacts lines are drawn
MOVED = 1e-2  # inner numbers, by which parameters are moved to see what depends on them
SAME = 1e-8  # relative: what changes by less does not depend on a parameter
HEATED = 1e-6  # relative: fluxes in a layer that differ by more tell of heat inside
BENT = 0.25  # of a standard error: lines that are off by more are not drawn


def contacts(model: Model, found: Found, values: Floats) -> tuple[list[Extrapolated], list[Unlined]]:
    """Lines to the contacts of a steady slab whose temperatures were measured along z, and the contacts without.

    values : of the fitted keys [SI]"""
    place = next((c for c in model.plan.places if c.place == "z"), None)
    several = model.base.stack.channels
    if model.plan.mode != "steady" or place is None or several or len(model.runs) > FEW:
        return [], []
    if model.base.stack.geometry.kind != "slab" or not model.runs[0].points:
        return [], []
    lines: list[Extrapolated] = []
    without: list[Unlined] = []
    moved = _Moved(model, found, values)
    for number, (run, solved) in enumerate(zip(model.runs, model.solutions(values), strict=True)):
        here = _Here(model, found, run, solved, place.name)
        for i in here.contacts():
            answer = here.contact(i, moved, number)
            if isinstance(answer, Extrapolated):
                lines.append(answer)
            else:
                without.append(Unlined(here.name(i), answer))
    return lines, without


class _Moved:
    """What of the case changes with the fitted keys, each moved a little."""

    def __init__(self, model: Model, found: Found, values: Floats) -> None:
        self.paths = [p.path for p in model.plan.parameters]
        self.before = model.solutions(values)
        self.after = [self._solved(model, found.inner, pair) for pair in model.ends(found.inner, MOVED)]
        model.solutions(values)

    def _solved(self, model: Model, inner: Floats, ends: tuple[Floats, Floats]) -> Sequence[Solved] | None:
        """At the one of the ends that is another point and has an answer."""
        for end in ends:
            if not np.array_equal(end, inner):
                try:
                    return model.solutions(model.variables.values(end))
                except KapitzaError:
                    continue
        return None

    def place(self, run: int, i: int) -> list[str]:
        """Keys that move the contact above layer ``i``."""
        return self._which(run, lambda s: float(s.layout.layer_edges[i + 1]))

    def flux(self, run: int, layer: int) -> list[str]:
        return self._which(run, lambda s: float(flux(s, layer).mean()))

    def conductivity(self, run: int, layer: int, line: Line) -> list[str]:
        return self._which(run, lambda s: conductivity(s.layout, layer, line))

    def _which(self, run: int, of: Callable[[Solved], float]) -> list[str]:
        before = of(self.before[run])
        return [
            path
            for path, after in zip(self.paths, self.after, strict=True)
            if after is None or abs(of(after[run]) - before) > SAME * abs(before)
        ]


class _Here:
    """A run with what was measured in it."""

    def __init__(self, model: Model, found: Found, run: Run, solved: Solved, place: str) -> None:
        columns = model.plan.results
        number = next(i for i, c in enumerate(columns) if c.result == "temperature")
        n, column = model.data.rows, columns[number]
        part = slice(number * n, (number + 1) * n)
        self.solved, self.layout = solved, solved.layout
        self.z, self.T = model.data.values[place][run.rows], model.data.values[column.name][run.rows]
        self.fitted, self.weight = found.prediction[part][run.rows], 1.0 / found.sigma[part][run.rows]
        self.known = model.data.sigma[column.name] is not None
        self.told = ", ".join(
            f"{c.name} {float(c.written.number(model.data.values[c.name][run.rows[0]])):.4g} {c.written.unit}".rstrip()
            for c in model.plan.settings
        )
        edges = self.layout.layer_edges
        self.inside: list[Ints] = [
            np.flatnonzero((self.z > edges[i]) & (self.z < edges[i + 1])) for i in range(self.layout.n_layers)
        ]

    def contacts(self) -> list[int]:
        """Numbers of the layers above which a contact lies that has points enough on both sides."""
        enough = [len(points) >= FEWEST for points in self.inside]
        return [i for i in range(len(enough) - 1) if enough[i] and enough[i + 1]]

    def pair(self, i: int) -> str:
        return f"{self.layout.name(i)}|{self.layout.name(i + 1)}"

    def name(self, i: int) -> str:
        return f"{self.pair(i)}, {self.told}" if self.told else self.pair(i)

    def contact(self, i: int, moved: _Moved, run: int) -> Extrapolated | str:
        """Two lines up to the contact above layer ``i``, or why there are none."""
        places = moved.place(run, i)
        if places:
            return f"its place is fitted itself ({', '.join(places)})"
        heated = self._heated(i)
        if heated:
            return heated
        below, above = self._lines(i, self.T)
        sides = ((i, below), (i + 1, above))
        fitted = [moved.conductivity(run, layer, line) for layer, line in sides]
        k = [None if f else conductivity(self.layout, *side) for f, side in zip(fitted, sides, strict=True)]
        through = float(flux(self.solved, i).mean())
        given = None if moved.flux(run, i) else through
        if given is None and k == [None, None]:
            keys = ", ".join(dict.fromkeys([*fitted[0], *fitted[1]]))
            return f"the flux is known from the fit alone, which finds {keys} as well"
        one, two = self.pair(i).split("|")
        contact = self.solved.interfaces.get(self.pair(i)) or self.solved.interfaces.get(f"{two}|{one}")
        R = 1.0 / contact.conductance if contact is not None and contact.conductance else None
        found = meet(self.pair(i), (below, above), (k[0], k[1]), given, self.known, R, self.told)
        smooth = meet("", self._lines(i, self.fitted), (k[0], k[1]), given, self.known)
        if found is None or smooth is None or through == 0.0:
            return "no heat flows"
        off = smooth.resistance - (0.0 if contact is None else contact.jump / contact.flux)
        if abs(off) > BENT * found.resistance_error and abs(off) > SAME * abs(found.resistance):
            return self._bent(i, off / (R or abs(found.resistance)))
        return found

    def _lines(self, i: int, T: Floats) -> tuple[Line, Line]:
        joint = float(self.layout.layer_edges[i + 1])
        below, above = (
            Line.through(self.z[points] - joint, T[points], self.weight[points], self.known)
            for points in self.inside[i : i + 2]
        )
        return below, above

    def _heated(self, i: int) -> str:
        sides = [flux(self.solved, layer) for layer in (i, i + 1)]
        largest = max(float(np.abs(side).max()) for side in sides)
        for layer, side in zip((i, i + 1), sides, strict=True):
            if float(np.ptp(side)) > HEATED * largest:
                return f"heat arises in {self.layout.name(layer)}, where temperatures lie on no straight line"
        if abs(float(sides[0].mean() - sides[1].mean())) > HEATED * largest:
            return "heat arises in it"
        return ""

    def _bent(self, i: int, part: float) -> str:
        bent = [
            self.layout.name(layer)
            for layer in (i, i + 1)
            if not self.layout.kinds[self.layout.kind_of[layer]].material.conductivity.constant
        ]
        why = f"the conductivity of {' and '.join(bent)} changes with temperature" if bent else "they bend"
        return f"{why}: straight lines would give R {100.0 * abs(part):.2g} % too {'large' if part > 0 else 'small'}"


def flux(solved: Solved, layer: int) -> Floats:
    """Along the stack in the cells of a layer [W/m^2]."""
    return np.asarray(solved.heat_flux_z[solved.piece == layer])


def conductivity(layout: Layout, layer: int, line: Line) -> float:
    """Along the stack at the end of a line [W/(m K)], or where the law ends before."""
    law = layout.kinds[layout.kind_of[layer]].material.conductivity
    return float(law(min(max(line.a, law.valid[0]), law.valid[1])))
