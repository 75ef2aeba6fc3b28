"""Sensitivities of a steady case: what one per cent of every thickness, conductivity, contact and film does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kapitza.case import Case
from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.model import InterfaceProbe, Probe
from kapitza.solution.solved import Solved
from kapitza.studies import tolerances
from kapitza.studies.adjoint import Adjoint, Functional, Maximum
from kapitza.studies.adjoint.functional import unit
from kapitza.studies.parameters import LeftOut, Parameter, parameters
from kapitza.studies.tolerances import Spread


@dataclass(frozen=True)
class Sensitivity:
    """names, units, values : (n,) of the probes, or of the highest temperature alone
    differences : (n,) whether they are differences of temperatures · parameters : in the order of the stack
    spread : what the tolerances of the case make of it; None without any
    left_out : numbers whose effect cannot be told from one solution, with the reason"""

    names: Sequence[str]
    units: Sequence[str]
    values: Floats
    differences: Sequence[bool]
    parameters: Sequence[Parameter]
    spread: Spread | None = None
    left_out: Sequence[LeftOut] = ()

    def index(self, probe: str) -> int:
        """Raises InputError for a name that there is not."""
        if probe not in self.names:
            raise InputError(f"sensitivity: no probe is named {probe!r}; known: {', '.join(self.names)}")
        return list(self.names).index(probe)

    def ranked(self, probe: str) -> list[Parameter]:
        """By effect, the largest first; temperatures outside, which count in kelvin, after the rest."""
        i = self.index(probe)
        return sorted(self.parameters, key=lambda p: (p.absolute, -abs(float(p.effects[i]))))

    def data(self) -> dict[str, Any]:
        """As plain data, for --json: by probe, its value, and the parameters by effect."""
        found: dict[str, Any] = {}
        for i, name in enumerate(self.names):
            found[name] = {"value": float(self.values[i]), "unit": self.units[i]}
            if self.spread is not None:
                found[name] |= self.spread.data(i)
            found[name]["parameters"] = [_entry(p, i) for p in self.ranked(name)]
            found[name]["left_out"] = [asdict(one) for one in self.left_out]
        return found


def _entry(parameter: Parameter, i: int) -> dict[str, Any]:
    """One per cent of a temperature means nothing, one kelvin of all else neither: None."""
    return {
        "kind": parameter.kind,
        "name": parameter.name,
        "quantity": parameter.quantity,
        "value": parameter.value,
        "unit": parameter.unit,
        "derivative": float(parameter.derivatives[i]),
        "per_percent": None if parameter.absolute else float(parameter.effects[i]),
        "per_kelvin": float(parameter.effects[i]) if parameter.absolute else None,
        "count": parameter.count,
    }


def sensitivity(solved: Solved, probes: Sequence[Probe | str] | None = None) -> Sensitivity:
    """d(probe)/d(everything) of a solved steady stack, by one adjoint solve a probe.

    probes : by name, or any; None: those of the stack, or its highest temperature ("maximum") where it has none

    Raises InputError for runs in time and periodic heating, unknown names, and as `Adjoint.of` does."""
    adjoint = Adjoint.of(solved, None if probes is None else [_functional(solved, probe) for probe in probes])
    return of_adjoint(solved, adjoint)


def of_adjoint(solved: Solved, adjoint: Adjoint, spread: Spread | None = None) -> Sensitivity:
    units = [unit(functional) for functional in adjoint.functionals]
    jumps = [isinstance(f, InterfaceProbe) and f.side in ("jump", "flux") for f in adjoint.functionals]
    found, left_out = parameters(solved, adjoint)
    return Sensitivity(adjoint.names, units, adjoint.values, jumps, found, spread, left_out)


def of_case(
    case: Case, solved: Solved, probes: Sequence[Probe | str] | None = None, draws: int = 0
) -> Sensitivity:
    """The same with the tolerances of the case. draws : of Monte Carlo, 0: none. Raises InputError likewise."""
    adjoint = Adjoint.of(solved, None if probes is None else [_functional(solved, probe) for probe in probes])
    return of_adjoint(solved, adjoint, tolerances.spread(case, adjoint, draws))


def _functional(solved: Solved, probe: Probe | str) -> Functional:
    if not isinstance(probe, str):
        return probe
    known = {one.name: one for one in solved.stack.probes}
    if probe == "maximum" and probe not in known:
        return Maximum()
    if probe not in known:
        names = ", ".join([*known, "maximum"])
        raise InputError(f"sensitivity: no probe is named {probe!r}; known: {names}")
    return known[probe]
