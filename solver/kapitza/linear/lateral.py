"""The eigenvectors of the operator along x, and the transforms into them and back.

Between cells of relative size ``weight`` the operator is a chain of conductances; its eigenvectors v, with
K v = eigenvalue diag(weight) v, are orthonormal in that weight. On equal cells they are known: cosines that are
symmetric about the outer faces (DCT-II), eigenvalues 4 sin^2(pi k / 2 nx), or around a periodic domain complex
exponentials, 4 sin^2(pi k / nx), and fast transforms serve. On others, rings of an axisymmetric domain among them,
they are computed once, and transforms are matrix products.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from kapitza import threads
from kapitza.layout import Floats

Values = npt.NDArray[Any]  # float64, or complex128 in the frequency domain

WORTH_THREADS = 200_000  # numbers; fewer are transformed before a second thread has begun


def _workers(values: Values) -> int:
    return threads.within(values.size, WORTH_THREADS)


class Lateral(Protocol):
    """eigenvalue : (m,) one for each number in a row of modes."""

    eigenvalue: Floats

    def forward(self, b: Values, overwrite: bool) -> Values:
        """(nz, m) modes of a right-hand side b (nz, nx); ``overwrite``: b may be lost."""

    def backward(self, modes: Values, overwrite: bool) -> Values:
        """(nz, nx) solution from its modes; ``overwrite``: they may be lost."""


class Cosine:
    """Equal cells between adiabatic sides."""

    def __init__(self, nx: int) -> None:
        self.eigenvalue: Floats = 4.0 * np.sin(np.arange(nx) * (0.5 * np.pi / nx)) ** 2

    def forward(self, b: Values, overwrite: bool) -> Values:
        from scipy import fft

        modes: Values = fft.dct(b, norm="ortho", overwrite_x=overwrite, workers=_workers(b))
        return modes

    def backward(self, modes: Values, overwrite: bool) -> Values:
        from scipy import fft

        values: Values = fft.idct(modes, norm="ortho", overwrite_x=overwrite, workers=_workers(modes))
        return values


class Fourier:
    """Equal cells around a periodic domain; real values have a real and an imaginary part to each eigenvalue."""

    def __init__(self, nx: int, complex_values: bool) -> None:
        self._columns, self._complex = nx, complex_values
        eigenvalue = 4.0 * np.sin(np.arange(nx) * (np.pi / nx)) ** 2
        self.eigenvalue: Floats = eigenvalue if complex_values else np.repeat(eigenvalue[: nx // 2 + 1], 2)

    def forward(self, b: Values, overwrite: bool) -> Values:
        from scipy import fft

        if self._complex:
            modes: Values = fft.fft(b, overwrite_x=overwrite, workers=_workers(b))
        else:
            modes = fft.rfft(b, workers=_workers(b)).view(float)
        return modes

    def backward(self, modes: Values, overwrite: bool) -> Values:
        from scipy import fft

        if self._complex:
            values: Values = fft.ifft(modes, overwrite_x=overwrite, workers=_workers(modes))
        else:
            values = fft.irfft(
                modes.view(complex), n=self._columns, overwrite_x=overwrite, workers=_workers(modes)
            )
        return values


class Computed:
    """Cells of any size: the eigenvectors as a matrix (nx, nx)."""

    def __init__(self, vectors: Floats, eigenvalue: Floats) -> None:
        self._vectors = vectors
        self.eigenvalue = eigenvalue

    @staticmethod
    def equal(nx: int) -> Computed:
        """Those of `Cosine`."""
        k = np.arange(nx)
        vectors = np.cos(np.outer(k + 0.5, k) * (np.pi / nx)) * np.sqrt(2.0 / nx)
        vectors[:, 0] = np.sqrt(1.0 / nx)
        return Computed(vectors, Cosine(nx).eigenvalue)

    @staticmethod
    def of(weight: Floats, between: Floats, ends: Floats) -> Computed:
        """weight : (nx,) sizes of the cells · between : (nx - 1,) conductances from one to the next
        ends : (2,) conductances from the first and the last cell to a temperature outside"""
        return _computed(weight.tobytes(), between.tobytes(), ends.tobytes())

    def forward(self, b: Values, overwrite: bool) -> Values:
        modes: Values = b @ self._vectors
        return modes

    def backward(self, modes: Values, overwrite: bool) -> Values:
        values: Values = modes @ self._vectors.T
        return values


@lru_cache(maxsize=2)  # the steps of a run in time differ in what they add along z alone
def _computed(weight: bytes, between: bytes, ends: bytes) -> Computed:
    from scipy.linalg import eigh_tridiagonal

    w, g, e = (np.frombuffer(values) for values in (weight, between, ends))
    diagonal = np.zeros(len(w))
    diagonal[:-1] += g
    diagonal[1:] += g
    diagonal[[0, -1]] += e if len(w) > 1 else e.sum()
    root = np.sqrt(w)
    found = eigh_tridiagonal(diagonal / w, -g / (root[:-1] * root[1:]))
    eigenvalue: Floats = np.array(found[0], dtype=float)
    vectors: Floats = found[1] / root[:, np.newaxis]
    if not e.any():  # what is the same everywhere drives nothing, exactly
        eigenvalue[0], vectors[:, 0] = 0.0, 1.0 / np.sqrt(w.sum())
    return Computed(vectors, eigenvalue)
