"""Derivatives of predictions by the fitted keys: by the adjoint where states are steady, else central differences.

One adjoint solve for each place or probe of a run replaces two solves for each key; see `kapitza.studies.adjoint`.
"""

from __future__ import annotations

from kapitza.layout import Floats
from kapitza.studies.fit_model import Model


class Derivatives:
    """kind : "central differences", or "adjoint" """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.kind = "central differences"

    def at(self, inner: Floats) -> Floats:
        """(size, p) derivatives by inner numbers."""
        return self.model.differences(inner)
