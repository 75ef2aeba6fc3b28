"""The list of reference problems."""

from __future__ import annotations

from collections.abc import Mapping

from kapitza.verify.ballistic import BALLISTIC
from kapitza.verify.channels import CHANNELS
from kapitza.verify.composites import COMPOSITES
from kapitza.verify.fits import FITS
from kapitza.verify.impedances import IMPEDANCES
from kapitza.verify.in_time import IN_TIME
from kapitza.verify.manufactured import Manufactured
from kapitza.verify.manufactured_study import Study
from kapitza.verify.nanotube import NANOTUBES
from kapitza.verify.nonlinear import NONLINEAR
from kapitza.verify.one_dimensional import ONE_DIMENSIONAL
from kapitza.verify.problem import Problem
from kapitza.verify.thermoelectric import LEGS
from kapitza.verify.thin_films import THIN_FILMS
from kapitza.verify.two_dimensional import TWO_DIMENSIONAL

MANUFACTURED = (
    Study(
        "manufactured_plane",
        "Manufactured solution with a jump, plane",
        Manufactured(),
        (5e-3, 1.2e-2, 3.2e-2, 2.2e-2, 3.5e-2),
    ),
    Study(
        "manufactured_axisymmetric",
        "Manufactured solution with a jump, axisymmetric",
        Manufactured(axisymmetric=True),
        (3.2e-3, 9e-3, 1.2e-2, 7.5e-3, 1.3e-2),
    ),
)

_ALL: tuple[Problem | Study, ...] = (
    *ONE_DIMENSIONAL,
    *NONLINEAR,
    *TWO_DIMENSIONAL,
    *COMPOSITES,
    *BALLISTIC,
    *CHANNELS,
    *NANOTUBES,
    *LEGS,
    *IMPEDANCES,
    *IN_TIME,
    *FITS,
    *THIN_FILMS,
    *MANUFACTURED,
)

PROBLEMS: Mapping[str, Problem | Study] = {problem.name: problem for problem in _ALL}
"""By name, in the order in which they are run."""
