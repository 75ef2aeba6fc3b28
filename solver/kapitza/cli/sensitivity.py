"""`run --sensitivity`: what one per cent of every number of a case does to its probes, and how far they scatter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from kapitza.cli.answer import Answer
from kapitza.cli.screen import show, working
from kapitza.errors import InputError

if TYPE_CHECKING:
    from kapitza.case import Case
    from kapitza.studies.sensitivity import Sensitivity


@dataclass(frozen=True)
class Wanted:
    """draws : of Monte Carlo, 0: none · picture : where the bars go, None: nowhere"""

    draws: int
    picture: Path | None

    @staticmethod
    def of(sensitivity: bool, draws: int | None, plot: Path | None) -> Wanted | None:
        """None where nothing was asked for."""
        if not sensitivity and draws is None:
            return None
        beside = None if plot is None else plot.with_name(f"{plot.stem}-sensitivity{plot.suffix}")
        return Wanted(draws or 0, beside)

    def require(self, case: Case) -> None:
        """Raise InputError, before anything is solved, where sensitivities have no meaning."""
        from kapitza.studies.adjoint.functional import require_steady

        require_steady(case.stack)
        if self.draws and not case.data.get("tolerances"):
            raise InputError(
                "--monte-carlo: the case has no [tolerances]; say what scatters, for example "
                '"layers.die.thickness" = "5 %"'
            )

    def found(self, case: Case, solution: Any, quiet: bool) -> tuple[Sensitivity, float]:
        """The sensitivities, and the time that they took [s]."""
        from kapitza.studies.sensitivity import of_case

        started = perf_counter()
        try:
            with working("sensitivities", quiet):
                result = of_case(case, solution, None, self.draws)
        except InputError as error:
            raise case.located(error) from None
        return result, perf_counter() - started

    def draw(self, found: Sensitivity, solution: Any, force: bool) -> None:
        if self.picture is not None:
            from kapitza.output.figure_sensitivity import draw_sensitivity

            draw_sensitivity(found, solution, self.picture, force=force)


def show_sensitivity(found: Sensitivity, summary: Answer, unit: str) -> None:
    from kapitza.output.table_sensitivity import sensitivity_report

    show(*sensitivity_report(found, summary, unit))
