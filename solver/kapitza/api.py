"""The Python face: a case or a stack in, a solution out that can write and draw itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kapitza import floating, pipeline, solution
from kapitza.case import Case
from kapitza.case.check_sides import FILM
from kapitza.errors import InputError, KapitzaError
from kapitza.model import Probe, Stack
from kapitza.solution import response
from kapitza.studies import fit_result
from kapitza.transient.watch import State, Watch

if TYPE_CHECKING:
    from kapitza.assemble.system import System
    from kapitza.hypercube import Sweep
    from kapitza.studies.effective import Effective
    from kapitza.studies.sensitivity import Sensitivity
    from kapitza.studies.zth import Zth


@dataclass(frozen=True, repr=False)
class Solution(solution.Solution):
    """What `solve` returns: all results, and the files they can go into."""

    def write(
        self,
        path: str | Path,
        *,
        force: bool = False,
        xdmf: bool = False,
        sensitivity: Sensitivity | None = None,
    ) -> None:
        """Write one self-contained HDF5 file (netCDF-4), with ``sensitivity`` as a group of its own. Raises FileError;
        never harms an existing file."""
        from kapitza.output import hdf5

        hdf5.write(self, Path(path), force=force, xdmf=xdmf, sensitivity=sensitivity)

    def plot(self, path: str | Path, *, force: bool = False) -> None:
        """Draw the picture of this solution. Raises FileError or InputError."""
        from kapitza.output import figure

        figure.draw(self, Path(path), force=force)

    def sensitivity(self, probes: Sequence[Probe | str] | None = None) -> Sensitivity:
        """What one per cent of every thickness, conductivity, contact and film does to the probes of a steady case
        (to some, by name; to its highest temperature where it has none). Raises InputError."""
        from kapitza.studies.sensitivity import sensitivity

        return sensitivity(self, probes)


@dataclass(frozen=True, repr=False)
class Response(response.Response):
    """What `solve` returns of a case with [frequency]: amplitudes and phases, and the files they can go into."""

    source_text: str | None = None

    def with_timing(self, **seconds: float) -> Response:
        """The same answer with times [s] of further stages."""
        return replace(self, timing={**self.timing, **seconds})

    def write(self, path: str | Path, *, force: bool = False, xdmf: bool = False) -> None:
        """Write one self-contained HDF5 file (netCDF-4). Raises FileError; never harms an existing file."""
        from kapitza.output import hdf5_frequency

        if xdmf:
            raise InputError("--xdmf: describes states, not amplitudes over frequency; leave it out")
        hdf5_frequency.write(self, self.source_text or "", Path(path), force=force)

    def plot(self, path: str | Path, *, force: bool = False) -> None:
        """Draw amplitude and phase of the probes over frequency. Raises FileError or InputError."""
        from kapitza.output.course import probe_units
        from kapitza.output.figure_frequency import draw_frequency

        other = list(probe_units(self))
        draw_frequency(self.stack.title, self.frequencies, self.probes, path, other=other, force=force)


@dataclass(frozen=True)
class Fit(fit_result.Fit):
    """What `fit` returns: values with what the data know of them, and the files they can go into."""

    def write(self, path: str | Path, *, force: bool = False) -> None:
        """Write the case with the fitted values. Raises FileError, and InputError where ``path`` is no .toml."""
        from kapitza.output.fitted_case import write_case

        write_case(self, Path(path), force)

    def plot(self, path: str | Path, *, force: bool = False) -> None:
        """Draw data, fit and residuals. Raises FileError or InputError."""
        from kapitza.output.figure_fit import draw_fit

        draw_fit(self, path, force=force)


def solve(problem: Case | Stack) -> Solution | Response:
    """Solve a case or a stack: its steady state, its run in time with [transient], its answer to periodic heating
    with [frequency].

    Raises InputError where it contradicts itself, PhysicsError where it has no such state.
    """
    if isinstance(problem, Stack):
        return _periodic(problem, None) if problem.frequency else Solution.of(pipeline.solve(problem))
    if not isinstance(problem, Case):
        raise InputError(
            f"solve: {type(problem).__name__} is neither a Case nor a Stack; kp.load(path) reads a case"
        )
    try:
        if problem.stack.frequency is not None:
            return _periodic(problem.stack, problem.text)
        return Solution.of(pipeline.solve(problem.stack), problem.text)
    except InputError as error:
        raise problem.located(error) from None
    except floating.FloatingError as error:
        raise _floating(problem, error) from None


def _floating(case: Case, error: floating.FloatingError) -> floating.FloatingError:
    """``error`` with file, line and key of the films that let no heat through."""
    films = {}
    for side in error.sides:
        key = next(key for key in (*FILM, "ambient") if key in case.data["boundary"][side])
        films[side] = case.said_of(f"boundary.{side}.{key}", floating.NO_FILM)
    return floating.error(error.text, films)


def _periodic(stack: Stack, text: str | None) -> Response:
    found = pipeline.respond(stack)
    return Response(**{f.name: getattr(found, f.name) for f in fields(found)}, source_text=text)


def solve_many(problems: Iterable[Case | Stack]) -> list[Solution]:
    """Solve many cases or stacks, each as `solve` would; 1-D stacks that need iterations are iterated together.

    Raises what `solve` does, for the first that fails, its number (from 0) before the text.
    """
    from kapitza.many import solve_each

    given = list(problems)
    solutions: list[Solution] = []
    for number, found in enumerate(solve_each(one.stack if isinstance(one, Case) else one for one in given)):
        problem = given[number]
        text = problem.text if isinstance(problem, Case) else None
        if isinstance(found, KapitzaError):
            located = isinstance(problem, Case) and isinstance(found, InputError)
            error = problem.located(found) if located else found  # type: ignore[union-attr, arg-type]
            raise type(error)(f"number {number}: {error}") from None
        solutions.append(Solution.of(found, text))
    return solutions


def march(case: Case, watch: Watch, state: State | None = None) -> Solution:
    """A case with [transient], told to ``watch`` as it goes; no frames are kept. state : of a checkpoint, to go on.

    Raises what `solve` does, and `kapitza.transient.watch.Stopped` where the watch asked for an end.
    """
    try:
        return Solution.of(pipeline.march(case.stack, watch, state), case.text)
    except InputError as error:
        raise case.located(error) from None


def system(problem: Case | Stack) -> System:
    """The assembled linear system: ``.matrix()`` is CSR over the active cells, ``.load(reference)`` in W."""
    return pipeline.system(problem if isinstance(problem, Stack) else problem.stack)


def sweep(
    problem: Case,
    changes: Mapping[str, object] | None = None,
    *,
    of: str | None = None,
    at: float | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
) -> Sweep:
    """The same case over many values of its keys: ``kp.sweep(case, {"layers.0.thickness": [2e-3, 4e-3]})["junction"]``.

    changes : as [sweep] of a case file holds them, bare numbers SI; default: the case's own [sweep]
    of : whose numbers: "run", "effective" (at the temperature ``at`` [K]) or "zth"; default: as [sweep] says
    workers : processes on this machine, default what pays, 1: this one alone · scheduler : address of a Dask cluster

    A point that fails is in ``.failed`` with its message. Raises InputError where the grid is wrong, and the error of
    the points where all of them fail.
    """
    from kapitza.hypercube import Sweep
    from kapitza.studies import sweep as study

    if not isinstance(problem, Case):
        raise InputError(f"sweep: {type(problem).__name__} is no Case; kp.load(path) reads one")
    if workers is not None and workers < 1:
        raise InputError(f"sweep: workers = {workers}; at least 1")
    plan = study.plan(problem, changes, of=of, at=at, si_numbers=True)
    return Sweep.of_result(study.sweep(plan, workers, scheduler))


def effective(problem: Case | Stack, at: float | None = None) -> Effective:
    """Conductivity of the layers and regions as one periodic cell [W/(m K)], contacts included: ``.zz``, ``.xx``,
    ``.xz`` and the bounds ``.series``, ``.parallel``.

    at : temperature of all properties [K]; default: properties_at of the case, else 300 K. Raises InputError.
    """
    from kapitza.studies.effective import effective

    if isinstance(problem, Stack):
        return effective(problem, at)
    if not isinstance(problem, Case):
        raise InputError(
            f"effective: {type(problem).__name__} is neither a Case nor a Stack; kp.load(path) reads a case"
        )
    try:
        return effective(problem.stack, at)
    except InputError as error:
        raise problem.located(error) from None


def zth(problem: Case | Stack, source: str | None = None, probe: str | None = None) -> Zth:
    """Thermal impedance of a case [K/W]: ``.time``, ``.zth``, ``.steady``, ``.foster``, ``.cauer``, ``.structure``.

    source : what is heated, the name of a layer, region, source or boundary · probe : where the rise is seen, by its
    name; default: those in [zth], else the only ones there are. Raises InputError and PhysicsError.
    """
    from kapitza.studies.zth import zth

    if isinstance(problem, Stack):
        return zth(problem, source, probe)
    if not isinstance(problem, Case):
        raise InputError(
            f"zth: {type(problem).__name__} is neither a Case nor a Stack; kp.load(path) reads a case"
        )
    try:
        return zth(problem.stack, source, probe)
    except InputError as error:
        raise problem.located(error) from None


def fit(problem: Case, data: str | Path | Mapping[str, object]) -> Fit:
    """Keys of a case fitted to measured data, as its [fit] says: ``.parameters``, ``.correlation``, ``.case``.

    data : a CSV file, or columns of numbers by name, in the units that [fit] gives. Raises InputError where [fit] or
    the data are wrong, FileError where the file cannot be read, PhysicsError where the fit does not converge.
    """
    from kapitza.case.fit_data import DataError
    from kapitza.studies.fit import fit

    if not isinstance(problem, Case):
        raise InputError(f"fit: {type(problem).__name__} is no Case; kp.load(path) reads one with [fit]")
    try:
        found = fit(problem, data)
        return Fit(**{f.name: getattr(found, f.name) for f in fields(found)})
    except DataError:
        raise
    except InputError as error:
        raise problem.located(error) from None


def sensitivity(
    problem: Case | Stack | Solution, probes: Sequence[Probe | str] | None = None, monte_carlo: int = 0
) -> Sensitivity:
    """Sensitivities of a steady case, ``.parameters``, ``.ranked(probe)``, and what its [tolerances] make of them,
    ``.spread``; of a stack or a solution without the tolerances.

    probes : by name; default: all, or "maximum" · monte_carlo : draws, 0: first order alone

    Raises InputError for runs in time, periodic heating, channels and thermoelectric legs, and as `solve` does.
    """
    from kapitza.studies import sensitivity as study
    from kapitza.studies.adjoint.functional import require_steady

    if not isinstance(problem, Case | Stack | Solution):
        raise InputError(
            f"sensitivity: {type(problem).__name__} is neither a case, a stack nor its steady solution; kp.load(path) "
            "reads a case"
        )
    if not isinstance(problem, Case):
        if monte_carlo:
            raise InputError("sensitivity: monte_carlo draws by the [tolerances] of a case; give the case")
        stack = problem if isinstance(problem, Stack) else problem.stack
        require_steady(stack)
        return study.sensitivity(pipeline.solve(stack) if isinstance(problem, Stack) else problem, probes)
    require_steady(problem.stack)
    try:
        return study.of_case(problem, pipeline.solve(problem.stack), probes, monte_carlo)
    except InputError as error:
        raise problem.located(error) from None
