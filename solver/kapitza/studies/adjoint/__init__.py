"""Derivatives of what a steady case is asked for, by adjoint solutions: one solve a functional, none a parameter."""

from __future__ import annotations

from kapitza.studies.adjoint.adjoint import Adjoint as Adjoint
from kapitza.studies.adjoint.functional import Functional as Functional
from kapitza.studies.adjoint.functional import Maximum as Maximum
from kapitza.studies.adjoint.gradient import Gradient as Gradient
from kapitza.studies.adjoint.gradient import gradient as gradient
