"""Temperatures at the centres of equal cells: plain Python here, compiled where there are many."""

from __future__ import annotations

from typing import Any


def fill_slab(lower: Any, upper: Any, curve: Any, size: Any, cells: Any, out: Any) -> None:
    """Profile of every segment, T = lower (1 - s/d) + upper s/d + curve s (d - s)/2, at the centres of its cells.

    lower, upper, curve, size : (n,) [K, K, K/m^2, m] · cells : (n,) in each · out : (sum of cells,) [K]"""
    start = 0
    for i in range(len(lower)):
        count = cells[i]
        low, high, d, bend = lower[i], upper[i], size[i], curve[i]
        dz = d / count
        if count == 1:  # a slice costs more than its only cell
            half = 0.5 * dz
            out[start] = low * (1.0 - half / d) + high * (half / d) + bend * (0.5 * half * (d - half))
            start += 1
            continue
        part = out[start : start + count]
        if bend == 0.0:
            for j in range(count):
                phi = (j + 0.5) * dz / d
                part[j] = low * (1.0 - phi) + high * phi
        else:
            for j in range(count):
                s = (j + 0.5) * dz
                phi = s / d
                part[j] = low * (1.0 - phi) + high * phi + bend * (0.5 * s * (d - s))
        start += count
