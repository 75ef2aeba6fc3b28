"""The list of reference problems."""

from __future__ import annotations

from collections.abc import Mapping

from kapitza.verify.one_dimensional import ONE_DIMENSIONAL
from kapitza.verify.problem import Problem
from kapitza.verify.two_dimensional import TWO_DIMENSIONAL

PROBLEMS: Mapping[str, Problem] = {p.name: p for p in (*ONE_DIMENSIONAL, *TWO_DIMENSIONAL)}
"""By name, in the order in which they are run."""
