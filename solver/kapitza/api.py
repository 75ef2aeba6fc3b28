"""The Python face: a case or a stack in, a solution out that can write and draw itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from kapitza import pipeline, solution
from kapitza.case import Case
from kapitza.errors import InputError
from kapitza.model import Stack
from kapitza.transient.watch import State, Watch

if TYPE_CHECKING:
    from kapitza.assemble.system import System
    from kapitza.studies.effective import Effective


@dataclass(frozen=True)
class Solution(solution.Solution):
    """What `solve` returns: all results, and the files they can go into."""

    def write(self, path: str | Path, *, force: bool = False, xdmf: bool = False) -> None:
        """Write one self-contained HDF5 file (netCDF-4). Raises FileError; never harms an existing file."""
        from kapitza.output import hdf5

        hdf5.write(self, Path(path), force=force, xdmf=xdmf)

    def plot(self, path: str | Path, *, force: bool = False) -> None:
        """Draw the picture of this solution. Raises FileError or InputError."""
        from kapitza.output import figure

        figure.draw(self, Path(path), force=force)


def solve(problem: Case | Stack) -> Solution:
    """Solve a case or a stack; steady state.

    Raises InputError where it contradicts itself, PhysicsError where it has no steady state.
    """
    if isinstance(problem, Stack):
        return Solution.of(pipeline.solve(problem))
    if not isinstance(problem, Case):
        raise InputError(
            f"solve: {type(problem).__name__} is neither a Case nor a Stack; kp.load(path) reads a case"
        )
    try:
        return Solution.of(pipeline.solve(problem.stack), problem.text)
    except InputError as error:
        raise problem.located(error) from None


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


def sweep(problem: Case, changes: Mapping[str, object]) -> NoReturn:
    """The same case over many values of its keys. Not available yet: raises InputError."""
    raise InputError("sweep is not available yet; solve case.replace({...}) in a loop")


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


def zth(problem: Case | Stack) -> NoReturn:
    """Thermal impedance. Not available yet: raises InputError."""
    raise InputError("zth is not available yet")
