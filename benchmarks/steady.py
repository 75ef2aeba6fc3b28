"""Steady state beside scipy's solvers in the same run: ratios, errors, peak memory of this process.

    .venv/bin/python benchmarks/steady.py

One dimension: a superlattice with joints, assembly included, against scipy.linalg.solve_banded. Two dimensions: a
narrow die on a wide sink, the whole solve against scipy's splu at its default ordering on the same matrix.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable

import numpy as np
from scipy.linalg import solve_banded
from scipy.sparse.linalg import splu

import kapitza as kp
from kapitza.model import Group

RUNS = 3


def median(work: Callable[[], object]) -> float:
    """Median wall time of ``work`` [s] after one run that is not counted."""
    work()
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def superlattice(periods: int, cells: int) -> kp.Stack:
    silicon, germanium = kp.Material("Si", kp.Constant(140.0)), kp.Material("Ge", kp.Constant(60.0))
    pair = (kp.Layer("si", silicon, 7e-9, cells=cells), kp.Layer("ge", germanium, 4e-9, cells=cells))
    return kp.Stack(
        [Group(periods, pair)],
        kp.Geometry("slab", area=1.3e-6),
        interfaces=[kp.Interface(kp.Resistance(3.1e-9), materials=("Si", "Ge"))],
        boundaries={"bottom": kp.Boundary(kp.Heat(0.37)), "top": kp.Boundary(kp.Temperature(300.0))},
    )


def banded(periods: int, cells: int) -> np.ndarray:
    """The same stack as a tridiagonal matrix, assembled and solved; temperatures above the top [K]."""
    n = 2 * periods * cells
    k = np.repeat(np.tile([140.0, 60.0], periods), cells)
    d = np.repeat(np.tile([7e-9 / cells, 4e-9 / cells], periods), cells)
    half = d / (2 * k * 1.3e-6)
    between = half[:-1] + half[1:]
    between[cells - 1 :: cells] += 3.1e-9 / 1.3e-6
    g = 1 / between
    bands = np.zeros((3, n))
    bands[0, 1:], bands[2, :-1] = -g, -g
    bands[1, :-1] += g
    bands[1, 1:] += g
    bands[1, -1] += 1 / half[-1]
    load = np.zeros(n)
    load[0] = 0.37
    return solve_banded((1, 1), bands, load)


def package(n: int) -> kp.Stack:
    silicon, paste = kp.Material("Si", kp.Constant(148.0)), kp.Material("paste", kp.Constant(4.0))
    aluminium, air = kp.Material("Al", kp.Constant(237.0)), kp.Material("air", kp.Constant(0.03))
    width = (-7e-3, 7e-3)
    return kp.Stack(
        [
            kp.Layer("die", silicon, 0.5e-3, heat=120.0, x=width),
            kp.Layer("tim", paste, 50e-6, x=width),
            kp.Layer("sink", aluminium, 6e-3),
        ],
        kp.Geometry("plane", x=(-30e-3, 30e-3), depth=14e-3, fill=air),
        interfaces=[kp.Interface(kp.Resistance(3e-6), between=("tim", "sink"))],
        boundaries={"top": kp.Boundary(kp.Reservoir(298.0, kp.Conductance(3000.0)))},
        mesh=kp.MeshOptions(x=n, z=n),
    )


def main() -> None:
    print("one dimension: ns per cell, error relative to the rise")
    for periods, cells in ((50, 100), (500, 1000)):
        stack, n = superlattice(periods, cells), 2 * periods * cells
        ours, theirs = median(lambda s=stack: kp.solve(s)), median(lambda p=periods, c=cells: banded(p, c))
        exact = 0.37 / 1.3e-6 * (periods * (7e-9 / 140 + 4e-9 / 60) + (2 * periods - 1) * 3.1e-9)
        bottom = kp.solve(stack).boundaries["bottom"].temperature or 0.0
        half = 0.37 * 7e-9 / cells / (2 * 140.0 * 1.3e-6)
        errors = abs(bottom - 300.0 - exact) / exact, abs(banded(periods, cells)[0] + half - exact) / exact
        print(f"  {n:>9,} cells  kapitza {1e9 * ours / n:8.1f} ({errors[0]:.0e})", end="  ")
        print(f"solve_banded {1e9 * theirs / n:8.1f} ({errors[1]:.0e})  ratio {theirs / ours:.2f}")
    print(
        "two dimensions: seconds; kapitza assembles, solves, refines and collects, splu only factors and solves"
    )
    for n in (200, 500):
        stack = package(n)
        system = kp.system(stack)
        matrix, load = system.matrix().tocsc(), system.load(system.reference)[system.active]
        ours, theirs = median(lambda s=stack: kp.solve(s)), median(lambda a=matrix, b=load: splu(a).solve(b))
        print(
            f"  {n}² cells  kapitza {ours:.2f}  splu (default ordering) {theirs:.2f}  ratio {theirs / ours:.2f}"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
