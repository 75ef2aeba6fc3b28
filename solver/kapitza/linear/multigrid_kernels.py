"""Loops of the multigrid solver, to be compiled (`linear.compiled`). Arrays (nz, n), inner loops along contiguous x.

The columns of a level are parted into kept ones (C, ``cols``) and left-out ones (F, no two of them adjacent). Between
kept column k - 1 and kept column k lies gap k, k = 0 … nc, with one left-out column ``gaps[k]`` or none (-1). Two kept
neighbours get a massless column between them, tied to each by twice their conductance: nothing changes, and every gap
looks alike. With periodic sides gap 0 and gap nc are the same. Kept values carry one ghost column at either end.
"""

from __future__ import annotations

import numpy as np

from kapitza.layout import Floats, Ints

FACING = 0.1  # how much of the lateral conductance counts as a hold for the neighbour's column


def dominance(gz: Floats, gx: Floats, wrap: Floats, out: Floats) -> None:
    """How much stiffer along z than a neighbour a column would make it, were it left out.

    gz : (nz - 1, n) · gx : (nz, n - 1) · wrap : (nz,) from the last column to the first [W/K] · out : (n,)
    """
    nz, n = len(wrap), len(out)
    share_left, share_right, alive = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(nz):
        for j in range(n):  # what a cell is tied to along x and from above: nothing in void
            alive[j] = gz[i, j] if i < nz - 1 else 0.0
            alive[j] += (gx[i, j - 1] if j > 0 else wrap[i]) + (gx[i, j] if j < n - 1 else wrap[i])
        for j in range(n):
            left = gx[i, j - 1] if j > 0 else wrap[i]
            right = gx[i, j] if j < n - 1 else wrap[i]
            both = left + right
            down = gz[i - 1, j] if i > 0 else 0.0
            if both > 0.0:
                own_left, own_right = left / both, right / both
            elif down > 0.0:
                own_left, own_right = share_left[j], share_right[j]  # as `build` has it
            else:
                own_left = own_right = 0.0
            to_left, to_right = min(share_left[j], own_left), min(share_right[j], own_right)
            if down > 0.0 and to_left + to_right > 0.0:
                west, east = j - 1 if j > 0 else n - 1, j + 1 if j < n - 1 else 0
                given = down / (to_left + to_right)
                below_west, below_east = gz[i - 1, west], gz[i - 1, east]
                # Beside void a post may pass its conductance on; beside cells that it does not touch it may not.
                if to_left > 0.0 and (left > 0.0 or alive[west] > 0.0 or below_west > 0.0):
                    held = below_west + FACING * left
                    out[j] = max(out[j], given * to_left / held if held > 0.0 else np.inf)
                if to_right > 0.0 and (right > 0.0 or alive[east] > 0.0 or below_east > 0.0):
                    held = below_east + FACING * right
                    out[j] = max(out[j], given * to_right / held if held > 0.0 else np.inf)
            share_left[j], share_right[j] = own_left, own_right


def build(
    gz: Floats,
    gx: Floats,
    wrap: Floats,
    diagonal: Floats,
    cols: Ints,
    gaps: Ints,
    scale: float,
    kept_g: Floats,
    kept_p: Floats,
    left_g: Floats,
    left_p: Floats,
    west: Floats,
    east: Floats,
    coarse_gz: Floats,
    coarse_gx: Floats,
    coarse_wrap: Floats,
    coarse_diagonal: Floats,
) -> None:
    """Factors of all lines of a level, its lateral couplings, and the next coarser level.

    A line's pivots are s_i + g_i, s_i = a_i + 1 / (1 / g_(i-1) + 1 / s_(i-1)), a_i what ties cell i to anything but
    its own line: sums and products of positive numbers, accurate in single precision.

    kept_g, kept_p : (nz, nc) conductance to the next row and 1 / pivot · left_g, left_p : (nz, nc + 1) of the gaps
    west, east : (nz, nc + 1) from a gap to the kept columns beside it; all of these times ``scale``, or 1 / ``scale``
    coarse_… : conductances of the next level: series sums along x; along z the own one and the shares of the gaps
    """
    nz, n = diagonal.shape
    nc = len(cols)
    held_kept, held_gap = np.zeros(nc), np.zeros(nc + 1)
    down_kept, down_gap = np.zeros(nc), np.zeros(nc + 1)
    share_west, share_east = np.zeros(nc + 1), np.zeros(nc + 1)
    before_west, before_east = np.zeros(nc + 1), np.zeros(nc + 1)
    to_west, to_east, extra = np.zeros(nc + 1), np.zeros(nc + 1), np.zeros(nc + 1)
    for i in range(nz):
        for k in range(nc + 1):
            j = gaps[k]
            if j >= 0:
                w = gx[i, j - 1] if j > 0 else wrap[i]
                e = gx[i, j] if j < n - 1 else wrap[i]
                extra[k] = diagonal[i, j]
            else:
                last = cols[k - 1] if k > 0 else n - 1
                w = e = 2.0 * (gx[i, last] if last < n - 1 else wrap[i])
                extra[k] = 0.0
            both = w + e
            to_west[k], to_east[k] = w, e
            if both > 0.0:
                share_west[k], share_east[k] = w / both, e / both
            elif down_gap[k] == 0.0:
                share_west[k] = share_east[k] = 0.0  # else as below: a post stands on what its foot touches
            above = gz[i, j] if j >= 0 and i < nz - 1 else 0.0
            held = extra[k] + both
            meet = held_gap[k] + down_gap[k]
            if meet > 0.0:
                held += down_gap[k] * (held_gap[k] / meet)
            pivot = held + above
            west[i, k], east[i, k] = w * scale, e * scale
            left_g[i, k] = above * scale
            left_p[i, k] = 1.0 / (pivot * scale) if pivot > 0.0 else 0.0
            to_left, to_right = min(before_west[k], share_west[k]), min(before_east[k], share_east[k])
            if (
                to_left + to_right == 0.0
                and share_west[k] + share_east[k] > 0.0 < before_west[k] + before_east[k]
            ):
                to_left = to_right = 1.0  # held by one neighbour below, by the other above
            if to_left + to_right > 0.0:
                given = down_gap[k] / (to_left + to_right)
                if k > 0:
                    coarse_gz[i - 1, k - 1] += given * to_left
                if k < nc:
                    coarse_gz[i - 1, k] += given * to_right
            held_gap[k], down_gap[k] = held, above
            before_west[k], before_east[k] = share_west[k], share_east[k]
        for k in range(nc):
            j = cols[k]
            above = gz[i, j] if i < nz - 1 else 0.0
            held = diagonal[i, j] + to_east[k] + to_west[k + 1]
            meet = held_kept[k] + down_kept[k]
            if meet > 0.0:
                held += down_kept[k] * (held_kept[k] / meet)
            pivot = held + above
            kept_g[i, k] = above * scale
            kept_p[i, k] = 1.0 / (pivot * scale) if pivot > 0.0 else 0.0
            held_kept[k], down_kept[k] = held, above
            if i < nz - 1:
                coarse_gz[i, k] += above
            coarse_diagonal[i, k] = (
                diagonal[i, j] + share_east[k] * extra[k] + share_west[k + 1] * extra[k + 1]
            )
            if k < nc - 1:
                coarse_gx[i, k] = to_west[k + 1] * share_east[k + 1]
        coarse_wrap[i] = to_west[0] * share_east[0]


def eliminate(ties: Floats, held: Floats, pivots: Floats) -> None:
    """Factors of cells in one row, each tied to the ``band`` after it: a star of conductances for every cell left out.

    Sums and products of positive numbers alone, so that what is hardly held keeps its digits.

    ties : (n + band, band) to the cells after it · held : (n + band,) to anything else; both overwritten
    pivots : (n,) becomes 1 / sum of all of a cell's conductances, 0 where it has none
    """
    band = ties.shape[1]
    for k in range(len(pivots)):
        total = held[k]
        for m in range(band):
            total += ties[k, m]
        pivots[k] = 1.0 / total if total > 0.0 else 0.0
        for m in range(band):
            share = ties[k, m] * pivots[k]
            if share > 0.0:
                held[k + 1 + m] += share * held[k]
                for far in range(m + 1, band):
                    ties[k + 1 + m, far - m - 1] += share * ties[k, far]


def substitute(ties: Floats, pivots: Floats, x: Floats) -> None:
    """Solve with the factors of `eliminate`; x : (n + band,) the heat put in, 0 beyond n, becomes the temperatures."""
    n, band = len(pivots), ties.shape[1]
    for k in range(n):
        x[k] *= pivots[k]
        row, after, value = ties[k], x[k + 1 :], x[k]
        for m in range(band):
            after[m] += row[m] * value
    x[n:] = 0.0
    for k in range(n - 1, -1, -1):
        row, after, total = ties[k], x[k + 1 :], x[n]
        for m in range(band):
            total += row[m] * after[m]
        x[k] += total * pivots[k]


def part(whole: Floats, factor: float, cols: Ints, gaps: Ints, kept: Floats, left: Floats) -> None:
    """kept, left = ``factor`` times the columns ``cols`` and ``gaps`` of ``whole`` (0 where a gap is empty)."""
    for i in range(len(whole)):
        for k in range(len(cols)):
            kept[i, k] = factor * whole[i, cols[k]]
        for k in range(len(gaps)):
            left[i, k] = factor * whole[i, gaps[k]] if gaps[k] >= 0 else 0.0


def join(
    kept: Floats, left: Floats, cols: Ints, gaps: Ints, shift: int, old: float, new: float, whole: Floats
) -> None:
    """whole = ``old`` whole + ``new`` times the columns put together; column j of the level is j + ``shift`` there."""
    for i in range(len(whole)):
        for k in range(len(cols)):
            j = cols[k] + shift
            whole[i, j] = old * whole[i, j] + new * kept[i, k + 1]
        for k in range(len(gaps) - 1 if gaps[0] == gaps[-1] else len(gaps)):
            if gaps[k] >= 0:
                j = gaps[k] + shift
                whole[i, j] = old * whole[i, j] + new * left[i, k]


def relax(
    load: Floats,
    g: Floats,
    p: Floats,
    first: Floats,
    second: Floats,
    other: Floats,
    shift: int,
    coupled: bool,
    out: Floats,
) -> None:
    """Solve every line of one kind exactly, the other kind held fixed (or, not ``coupled``, at zero).

    out[k + shift] = T_k^-1 (load[k] + first[k] other[k] + second[k + shift] other[k + 1]), T the line's matrix.

    load, g, p : (nz, m) · shift : 0 for gaps (other: kept columns with ghosts), 1 for kept columns (other: gaps)
    """
    nz, m = load.shape
    for i in range(nz):
        pivot, b, x = p[i], load[i], out[i, shift:]
        if coupled:
            one, two, near, far = first[i], second[i, shift:], other[i], other[i, 1:]
            for k in range(m):
                x[k] = b[k] + one[k] * near[k] + two[k] * far[k]
        else:
            for k in range(m):
                x[k] = b[k]
        if i > 0:
            below, link = out[i - 1, shift:], g[i - 1]
            for k in range(m):
                x[k] = (x[k] + link[k] * below[k]) * pivot[k]
        else:
            for k in range(m):
                x[k] *= pivot[k]
    for i in range(nz - 2, -1, -1):
        pivot, link, x, above = p[i], g[i], out[i, shift:], out[i + 1, shift:]
        for k in range(m):
            x[k] += link[k] * pivot[k] * above[k]


def spill(west: Floats, east: Floats, gaps: Floats, out: Floats) -> None:
    """Heat that the gaps pass on to the kept columns: out (nz, nc) from arrays (nz, nc + 1)."""
    nz, nc = out.shape
    for i in range(nz):
        to_east, to_west, from_west, from_east = east[i, :nc], west[i, 1:], gaps[i, :nc], gaps[i, 1:]
        row = out[i]
        for k in range(nc):
            row[k] = to_east[k] * from_west[k] + to_west[k] * from_east[k]


def multiply(
    gz: Floats, gx: Floats, wrap: Floats, diagonal: Floats, x: Floats, out: Floats, product: Floats
) -> None:
    """out = A x as a sum of flows g (x_i - x_j); product (n,) = column sums of x out."""
    nz, n = x.shape
    product[:] = 0.0
    for i in range(nz):
        here, d, row = x[i], diagonal[i], out[i]
        below, above = x[max(i - 1, 0)], x[min(i + 1, nz - 1)]
        if nz > 1:
            g_below, g_above = gz[max(i - 1, 0)], gz[min(i, nz - 2)]  # beyond the ends times no difference
            for j in range(n):
                a = here[j]
                row[j] = d[j] * a + g_below[j] * (a - below[j]) + g_above[j] * (a - above[j])
        else:
            for j in range(n):
                row[j] = d[j] * here[j]
        if n > 1:
            g = gx[i]
            row[0] += g[0] * (here[0] - here[1]) + wrap[i] * (here[0] - here[n - 1])
            row[n - 1] += g[n - 2] * (here[n - 1] - here[n - 2]) + wrap[i] * (here[n - 1] - here[0])
            inner, g_right, right, middle = row[1:], g[1:], here[2:], here[1:]
            for j in range(n - 2):
                inner[j] += g[j] * (middle[j] - here[j]) + g_right[j] * (middle[j] - right[j])
        for j in range(n):
            product[j] += here[j] * row[j]


def leftover(
    gz: Floats,
    gx: Floats,
    wrap: Floats,
    diagonal: Floats,
    large: Floats,
    small: Floats,
    load: Floats,
    out: Floats,
) -> None:
    """out = load - A (large + small), each flow from the differences of both parts."""
    nz, n = large.shape
    for i in range(nz):
        a, b, d, f, row = large[i], small[i], diagonal[i], load[i], out[i]
        for j in range(n):
            row[j] = f[j] - d[j] * (a[j] + b[j])
        if i > 0:
            a1, b1, g = large[i - 1], small[i - 1], gz[i - 1]
            for j in range(n):
                row[j] += g[j] * ((a1[j] - a[j]) + (b1[j] - b[j]))
        if i < nz - 1:
            a1, b1, g = large[i + 1], small[i + 1], gz[i]
            for j in range(n):
                row[j] += g[j] * ((a1[j] - a[j]) + (b1[j] - b[j]))
        g = gx[i]
        for j in range(n - 1):
            flow = g[j] * ((a[j] - a[j + 1]) + (b[j] - b[j + 1]))
            row[j] -= flow
            row[j + 1] += flow
        if n > 1:
            flow = wrap[i] * ((a[n - 1] - a[0]) + (b[n - 1] - b[0]))
            row[n - 1] -= flow
            row[0] += flow


def advance(step: float, p: Floats, q: Floats, x: Floats, r: Floats, square: Floats) -> None:
    """x += step p, r -= step q; square (n,) = column sums of r r."""
    square[:] = 0.0
    n = len(square)
    for i in range(len(x)):
        px, qx, xx, rx = p[i], q[i], x[i], r[i]
        for j in range(n):
            xx[j] += step * px[j]
        for j in range(n):
            rx[j] -= step * qx[j]
        for j in range(n):
            square[j] += rx[j] * rx[j]


def dot(a: Floats, b: Floats, product: Floats) -> None:
    """product (n,) = column sums of a b."""
    product[:] = 0.0
    n = len(product)
    for i in range(len(a)):
        ax, bx = a[i], b[i]
        for j in range(n):
            product[j] += ax[j] * bx[j]
