"""The kernels of `separable_kernels` as numpy statements: no compiler to wait for, the same digits."""

from __future__ import annotations

from typing import Any

import numpy as np

BLOCK = 40_000  # numbers: what a few passes over some rows may hold, to stay near the processor


def factor(q: Any, tie: Any, up: Any, across: Any, own: Any, eigenvalue: Any) -> None:
    """`separable_kernels.factor`."""
    pivot = np.empty_like(tie)
    with np.errstate(divide="ignore", invalid="ignore"):
        for row, g, gx, d in zip(q, up.tolist(), across.tolist(), own.tolist(), strict=True):
            np.multiply(eigenvalue, gx, out=pivot)
            pivot += d
            tie += pivot
            np.add(tie, g, out=pivot)
            np.divide(1.0, pivot, out=row)
            if not pivot.all():
                row[pivot == 0.0] = 0.0
            np.multiply(row, g, out=pivot)
            tie *= pivot


def sweep(b: Any, q: Any, up: Any) -> None:
    """`separable_kernels.sweep`."""
    conductance, nz = up.tolist(), len(b)
    part = np.empty_like(b[0])
    for i in range(1, nz):
        np.multiply(q[i - 1], b[i - 1], out=part)
        part *= conductance[i - 1]
        b[i] += part
    b[-1] *= q[-1]
    for i in range(nz - 2, -1, -1):
        here = b[i]
        np.multiply(b[i + 1], conductance[i], out=part)
        here += part
        here *= q[i]


def left_over(
    out: Any, load: Any, large: Any, small: Any, up: Any, across: Any, seam: Any, inflow: Any
) -> None:
    """`separable_kernels.left_over`."""
    nz, nx = out.shape
    step = max(1, BLOCK // nx)
    flow, other = np.empty((step + 1, nx)), np.empty((step, nx))
    flow[0] = inflow
    for first in range(0, nz, step):
        here = slice(first, min(first + step, nz))
        inner = slice(first, min(first + step, nz - 1))
        n, m = here.stop - first, inner.stop - first
        z, x = flow[1 : m + 1], other[:n]
        np.subtract(large[inner], large[first + 1 : inner.stop + 1], out=z)
        z += np.subtract(small[inner], small[first + 1 : inner.stop + 1], out=other[:m])
        z *= up[inner, np.newaxis]
        flow[m + 1 : n + 1] = 0.0  # nothing leaves the last row
        np.subtract(flow[:n], flow[1 : n + 1], out=x)
        np.add(load[here], x, out=out[here])
        flow[0] = flow[n]
        east = x[:, :-1]
        np.subtract(large[here, :-1], large[here, 1:], out=east)
        east += small[here, :-1] - small[here, 1:]
        east *= across[here, np.newaxis]
        out[here, 1:-1] += east[:, :-1] - east[:, 1:]
        if nx > 1:
            around = (large[here, -1] - large[here, 0]) + (small[here, -1] - small[here, 0])
            around *= seam * across[here]
            out[here, 0] += around - east[:, 0]
            out[here, -1] += east[:, -1] - around


def left_in_modes(out: Any, load: Any, y: Any, up: Any, across: Any, eigenvalue: Any, inflow: Any) -> None:
    """`separable_kernels.left_in_modes`."""
    outflow, part = np.empty_like(inflow), np.empty_like(inflow)
    for i, (g, gx) in enumerate(zip(up.tolist(), across.tolist(), strict=True)):
        np.subtract(y[i], y[min(i + 1, len(y) - 1)], out=outflow)
        outflow *= g
        inflow -= outflow
        np.multiply(eigenvalue, y[i], out=part)
        part *= gx
        inflow -= part
        np.add(load[i], inflow, out=out[i])
        inflow[:] = outflow
