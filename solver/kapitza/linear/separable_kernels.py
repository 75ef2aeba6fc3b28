"""Lines along z, all modes at once: elimination without a subtraction, and heat left over in flux form.

The matrix of mode k couples row i to its neighbours by conductances up[i] and up[i - 1]; its diagonal is their sum
plus what ties the row to elsewhere, own[i] + across[i] eigenvalue[k]. Eliminating from the bottom, the rows below
act on row i + 1 like one conductance: the tie s of row i in series with up[i]. So with t = s + own + across eigenvalue,

    q[i] = 1 / (t + up[i]),    s of the next row = t up[i] q[i]

and everything stays positive: no digits cancel, however thin a layer or weak the tie to an ambient. (This is the
elimination of Grassmann, Taksar and Heyman, 1985, for a chain.) Plain loops, to be compiled (`linear.compiled`).
"""

from __future__ import annotations

from typing import Any


def factor(q: Any, tie: Any, up: Any, across: Any, own: Any, eigenvalue: Any) -> None:
    """Reciprocal pivots q (nz, m) of all modes; 0 where a mode floats, whose value is then 0 in that row.

    tie : (m,) zeros, used up · up, across : (nz,) · own : (nz,), may be complex · eigenvalue : (m,)
    """
    nz, m = q.shape
    for i in range(nz):
        row, g, gx, d = q[i], up[i], across[i], own[i]
        for k in range(m):
            t = tie[k] + (d + gx * eigenvalue[k])
            pivot = t + g
            inverse = 1.0 / pivot if pivot != 0.0 else 0.0 * pivot
            row[k] = inverse
            tie[k] = t * (g * inverse)


def sweep(b: Any, q: Any, up: Any) -> None:
    """Solve for all modes in place: b (nz, m) is the right-hand side, then the answer."""
    nz, m = b.shape
    for i in range(1, nz):
        g, here, below, inverse = up[i - 1], b[i], b[i - 1], q[i - 1]
        for k in range(m):
            here[k] += g * (inverse[k] * below[k])
    here, inverse = b[nz - 1], q[nz - 1]
    for k in range(m):
        here[k] *= inverse[k]
    for i in range(nz - 2, -1, -1):
        g, here, above, inverse = up[i], b[i], b[i + 1], q[i]
        for k in range(m):
            here[k] = inverse[k] * (here[k] + g * above[k])


def left_over(
    out: Any, load: Any, large: Any, small: Any, up: Any, across: Any, seam: Any, inflow: Any
) -> None:
    """Load less what flows out of each cell, out (nz, nx), flows as conductance times difference of the two-part rise.

    load, large, small : (nz, nx) · up, across : (nz,) · inflow : (nx,) zeros, used up
    seam : share of ``across`` between the last and the first column, 1 periodic, 0 not
    """
    nz, nx = out.shape
    for i in range(nz):
        g, gx, last = up[i], across[i], i == nz - 1
        row, heat, t, s = out[i], load[i], large[i], small[i]
        t_above, s_above = (large[i], small[i]) if last else (large[i + 1], small[i + 1])
        for j in range(nx):
            outflow = g * ((t[j] - t_above[j]) + (s[j] - s_above[j]))
            row[j] = heat[j] + (inflow[j] - outflow)
            inflow[j] = outflow
        for j in range(1, nx - 1):
            west = (t[j - 1] - t[j]) + (s[j - 1] - s[j])
            east = (t[j] - t[j + 1]) + (s[j] - s[j + 1])
            row[j] += gx * west - gx * east
        if nx > 1:
            e = nx - 1
            around = seam * gx * ((t[e] - t[0]) + (s[e] - s[0]))
            row[0] += around - gx * ((t[0] - t[1]) + (s[0] - s[1]))
            row[e] += gx * ((t[e - 1] - t[e]) + (s[e - 1] - s[e])) - around


def left_in_modes(out: Any, load: Any, y: Any, up: Any, across: Any, eigenvalue: Any, inflow: Any) -> None:
    """Load less what flows out to neighbours, all of them modes (nz, m). inflow : (m,) zeros, used up."""
    nz, m = out.shape
    for i in range(nz):
        g, gx, row, heat, here = up[i], across[i], out[i], load[i], y[i]
        above = y[i] if i == nz - 1 else y[i + 1]
        for k in range(m):
            outflow = g * (here[k] - above[k])
            row[k] = heat[k] + ((inflow[k] - outflow) - gx * (eigenvalue[k] * here[k]))
            inflow[k] = outflow
