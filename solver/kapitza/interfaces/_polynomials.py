"""Polynomials on intervals at many temperatures: plain Python here, compiled where there are many."""

from __future__ import annotations

from typing import Any


def flux_and_slopes(
    edges: Any,
    centres: Any,
    widths: Any,
    coefficients: Any,
    areas: Any,
    sums: Any,
    T1: Any,
    T2: Any,
    q: Any,
    first: Any,
    second: Any,
) -> None:
    """q = integral from T2 to T1, first = value at T1, second = value at T2; T1, T2, q, first, second : (m,).

    The same operations in the same order as `kapitza.interfaces.curve`, so the same bits. Temperatures lie inside.
    """
    degree = len(coefficients) - 1
    last = len(centres) - 1
    for k in range(len(T1)):
        warm, cold = T1[k], T2[k]
        # The interval of each: the last edge that is not above it.
        low, high = 0, last
        while low < high:
            middle = (low + high + 1) // 2
            if edges[middle] <= warm:
                low = middle
            else:
                high = middle - 1
        j = low
        low, high = 0, last
        while low < high:
            middle = (low + high + 1) // 2
            if edges[middle] <= cold:
                low = middle
            else:
                high = middle - 1
        i = low

        s = (warm - centres[j]) / widths[j]
        total = 0.0 * s
        for row in range(degree, -1, -1):
            total = total * s + coefficients[row, j]
        first[k] = total
        t = (cold - centres[i]) / widths[i]
        total = 0.0 * t
        for row in range(degree, -1, -1):
            total = total * t + coefficients[row, i]
        second[k] = total

        # From the cold side to the edge that faces the warm one, whole intervals, and on; directly in one interval.
        between = 0.0
        turn, start = warm, warm
        if j > i:
            turn, start, between = edges[i + 1], edges[j], sums[j] - sums[i + 1]
        elif j < i:
            turn, start, between = edges[i], edges[j + 1], sums[j + 1] - sums[i]
        s, t = (cold - centres[i]) / widths[i], (turn - centres[i]) / widths[i]
        outer = inner = 0.0 * s
        for row in range(degree, -1, -1):
            inner = inner * s + areas[row, i]
            outer = outer * t + inner
        begun = outer * (turn - cold) / widths[i]
        s, t = (start - centres[j]) / widths[j], (warm - centres[j]) / widths[j]
        outer = inner = 0.0 * s
        for row in range(degree, -1, -1):
            inner = inner * s + areas[row, j]
            outer = outer * t + inner
        q[k] = begun + between + outer * (warm - start) / widths[j]
