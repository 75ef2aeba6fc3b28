"""Derivatives of functionals of a steady solution along any change of its stack, by one adjoint solve each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kapitza.errors import InputError
from kapitza.layout import Floats
from kapitza.linearity import growing
from kapitza.model import Stack
from kapitza.solution.solved import Solved
from kapitza.studies.adjoint import line_form, plane_form
from kapitza.studies.adjoint.effects import Effects, of_line
from kapitza.studies.adjoint.effects_plane import of_plane
from kapitza.studies.adjoint.functional import Functional, default, names, require_steady, where
from kapitza.studies.adjoint.line import LineAdjoint, Posed
from kapitza.studies.adjoint.plane import PlaneAdjoint


@dataclass(frozen=True)
class Adjoint:
    """Adjoint solutions of n functionals.

    functionals : what they are · values : (n,) in the solution [K], or [W/m^2] of fluxes
    """

    functionals: Sequence[Functional]
    values: Floats
    _along: _Line | _Plane

    @staticmethod
    def of(solved: Solved, functionals: Sequence[Functional] | None = None) -> Adjoint:
        """One adjoint solve for each functional; None: the probes of the stack, or its highest temperature.

        Raises InputError for a solution in time, for functionals that point nowhere, for pieces whose temperature
        nothing fixes, and in 1-D for sources that depend on temperature."""
        require_steady(solved.stack)
        chosen = default(solved) if functionals is None else list(functionals)
        if solved.line is None:
            along: _Line | _Plane = _Plane.of(solved, chosen)
        else:
            if growing(solved.stack):
                raise InputError(
                    "sensitivities: with a heat_density that depends on temperature they need a 2-D geometry (plane or "
                    "axisymmetric); or sweep the keys in question and compare"
                )
            along = _Line.of(solved, chosen)
        return Adjoint(chosen, along.values(), along)

    @property
    def names(self) -> list[str]:
        return names(self.functionals)

    def difference(self, high: Stack, low: Stack) -> Floats:
        """(n,) change of the functionals from a stack ``low`` to ``high``, both near the solution's, in first order: a
        central difference of J + lambda F at the solution's temperatures. Nothing is solved.

        Raises InputError where either has other pieces, edges or contacts than the solution, UnmovableError where more
        and less of what changes have different effects."""
        return self._along.difference(high, low)

    def effects(self) -> list[Effects]:
        """Of each functional: derivatives by the logarithms of all conductivities, contacts and films."""
        return self._along.effects()


@dataclass(frozen=True)
class _Line:
    adjoint: LineAdjoint
    functionals: Sequence[Functional]
    forms: Sequence[line_form.LineForm]
    answers: Sequence[tuple[Floats, Floats]]

    @staticmethod
    def of(solved: Solved, functionals: Sequence[Functional]) -> _Line:
        adjoint = LineAdjoint(solved)
        forms = [line_form.form(solved, f, where(solved.stack, f)) for f in functionals]
        return _Line(adjoint, functionals, forms, [adjoint.solve(form) for form in forms])

    def values(self) -> Floats:
        return np.array([self.adjoint.value(form, self.adjoint.posed) for form in self.forms])

    def effects(self) -> list[Effects]:
        return [of_line(self.adjoint, *each) for each in zip(self.forms, self.answers, strict=True)]

    def difference(self, high: Stack, low: Stack) -> Floats:
        posed = [self.adjoint.pose(stack) for stack in (high, low)]
        for functional, form in zip(self.functionals, self.forms, strict=True):
            self.adjoint.require_smooth(form, functional.name, *posed)
        return self._lagrangian(posed[0]) - self._lagrangian(posed[1])

    def _lagrangian(self, posed: Posed) -> Floats:
        left = self.adjoint.residuals(posed)
        return np.array(
            [
                self.adjoint.value(form, posed) + float(phi @ left.links) + float(mu @ left.heat)
                for form, (phi, mu) in zip(self.forms, self.answers, strict=True)
            ]
        )


@dataclass(frozen=True)
class _Plane:
    adjoint: PlaneAdjoint
    forms: Sequence[plane_form.Form]
    answers: Sequence[Floats]

    @staticmethod
    def of(solved: Solved, functionals: Sequence[Functional]) -> _Plane:
        adjoint = PlaneAdjoint(solved)
        system = adjoint.base.system
        forms = [plane_form.form(solved, system, f, where(solved.stack, f)) for f in functionals]
        return _Plane(adjoint, forms, adjoint.solve(forms))

    def values(self) -> Floats:
        base = self.adjoint.base
        return np.array([base.value(form(base.system), self.adjoint.temperature) for form in self.forms])

    def effects(self) -> list[Effects]:
        return [of_plane(self.adjoint, *each) for each in zip(self.forms, self.answers, strict=True)]

    def difference(self, high: Stack, low: Stack) -> Floats:
        return self._lagrangian(high) - self._lagrangian(low)

    def _lagrangian(self, stack: Stack) -> Floats:
        seen = self.adjoint.pose(stack)
        left = seen.left.ravel()
        return np.array(
            [
                seen.value(form(seen.system), self.adjoint.temperature) + float(answer.ravel() @ left)
                for form, answer in zip(self.forms, self.answers, strict=True)
            ]
        )
