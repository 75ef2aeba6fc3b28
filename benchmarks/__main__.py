"""Run all benchmarks, print ratios, draw cost against size.

    python -m benchmarks [PROBLEM …] [--large] [--output FOLDER] [--readme README.md]

Problems: line, layers, many, full, narrow, steps, start; all of them by default. Peers that are not
installed are left out (`pip install -e .[bench]`). Each solver runs in a process of its own with one thread; memory is
its peak.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from benchmarks import solvers, start
from benchmarks.measure import Row, child

TITLES = {
    "line": "1-D steady, up to 1000 layers with a resistance at every joint; assembly included",
    "layers": "1-D steady, every cell a layer of its own with a joint",
    "many": "superlattices of 200 layers, k(T), diffuse mismatch at every joint, all cores; size: their number",
    "full": "2-D steady, die, paste and sink of one width, two joints; 1 thread",
    "narrow": "2-D steady, die on a wide sink, air (0.03 W/(m K)) beside it, two joints; 1 thread",
    "steps": "1000 steps in time (backward Euler) of the package of one width",
    "steps narrow": "the same of the narrow die",
    "start --help": "`kapitza --help` beside importing typer, rich, pydantic",
    "start run": "a warm 1-D `kapitza run` beside importing numpy, typer, rich, pydantic, pint, tomllib",
}
SIZES = {
    "line": [10_000, 100_000, 1_000_000],
    "layers": [10_000, 100_000, 1_000_000],
    "many": [100, 1000, 10_000],
    "full": [100, 200, 500, 1000, 2000],
    "narrow": [100, 200, 500, 1000, 2000],
    "steps": [200, 500],
    "steps narrow": [200, 500],
}
LARGE = {"line": [10_000_000], "steps": [1000], "steps narrow": [1000]}
SLOWEST = {"FiPy": 500, "scikit-fem": 500, "kapitza sparse": 500, "splu": 1000, "pyamg": 1000}
SLOW = {  # largest sizes of those that take long, unless all are asked for
    "many": {"one by one": 1000},
    "full": SLOWEST,
    "narrow": SLOWEST,
}
SAME = {("steps narrow", "kapitza, fields each step")}  # as the one before it
PICTURE = Path("benchmarks/cost.png")
MARK = ("<!-- benchmarks -->", "<!-- end of benchmarks -->")


def measured(problem: str, large: bool) -> list[Row]:
    """All solvers on one problem."""
    if problem == "start":
        return start.rows()
    tables = {"line": solvers.LINES, "layers": solvers.LAYERED, "many": solvers.MANY}
    tables |= dict.fromkeys(solvers.TIMES, solvers.TIMED)
    sizes = SIZES[problem] + (LARGE.get(problem, []) if large else [])
    most = {} if large else SLOW.get(problem, {})
    rows: list[Row] = []
    for solver in tables.get(problem, solvers.PLANES):
        if (problem, solver) in SAME:
            continue
        rows += child(problem, solver, [n for n in sizes if n <= most.get(solver, n)])
    return compared(rows)


def compared(rows: list[Row]) -> list[Row]:
    """In two dimensions: how far each solver's hottest cell is from kapitza's on the same mesh, of the rise."""
    if not rows or rows[0].problem not in ("full", "narrow", *solvers.TIMES):
        return rows
    ours = {row.cells: row.error for row in rows if row.solver == "kapitza"}
    return [
        replace(row, error=None if row.solver == "kapitza" else _apart(row.error, ours.get(row.cells)))
        for row in rows
    ]


def _apart(theirs: float | None, ours: float | None) -> float | None:
    return None if theirs is None or ours is None else abs(theirs - ours) / abs(ours - solvers.problems.TOP)


def table(rows: list[Row]) -> str:
    """Markdown: a row for each solver and size, with the ratio to kapitza's time: above 1 kapitza is ahead.

    Solvers that only get the matrix are set beside kapitza's linear part."""
    lines = [
        "| solver | size | time | per cell | their time / ours | error | memory | counted |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    whole = {row.cells: row.seconds for row in rows if row.solver == "kapitza"}
    linear = {row.cells: row.seconds for row in rows if row.solver == "kapitza, linear part"}
    for row in sorted(rows, key=lambda r: (r.cells, r.seconds)):
        ours = linear if row.solver in solvers.MATRIX else whole
        ratio = row.seconds / ours[row.cells] if row.cells in ours and "kapitza" not in row.solver else None
        cells = [
            f"**{row.solver}**" if row.solver.startswith("kapitza") else row.solver,
            f"{row.cells:,}" if row.cells > 1 else "",
            _time(row.seconds),
            _time(row.seconds / row.cells) if row.cells > 1 else "",
            f"{ratio:.3g}" if ratio is not None else "",
            f"{row.error:.0e}" if row.error is not None else "",
            f"{row.memory:.0f} MiB" if row.memory else "",
            row.counted,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def largest(rows: list[Row]) -> list[Row]:
    """Each solver at its largest size, and kapitza at all of these."""
    most = {row.solver: max(r.cells for r in rows if r.solver == row.solver) for row in rows}
    sizes = set(most.values())
    return [
        row
        for row in rows
        if row.cells == most[row.solver] or ("kapitza" in row.solver and row.cells in sizes)
    ]


def report(found: dict[str, list[Row]]) -> str:
    """All tables, with date and machine."""
    parts = [f"Measured {date.today().isoformat()} on {machine()}; medians, one thread unless said."]
    parts += [f"**{TITLES[problem]}**\n\n{table(largest(rows))}" for problem, rows in found.items() if rows]
    return "\n\n".join(parts)


def machine() -> str:
    """Processor and versions, in words."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        model = names[0] if names else model
    import numpy
    import scipy

    versions = f"Python {platform.python_version()}, numpy {numpy.__version__}, scipy {scipy.__version__}"
    return f"{model}, {os.cpu_count()} cores, {versions}"


PANELS = {
    "line": "1-D, 1000 layers with joints",
    "layers": "1-D, every cell a layer",
    "many": "superlattices with k(T) and DMM joints",
    "full": "2-D, layers of one width",
    "narrow": "2-D, narrow die in air",
    "steps": "1000 steps, layers of one width",
    "steps narrow": "1000 steps, narrow die",
}
COLORS = {  # one colour to a solver, in all panels
    "kapitza": "black",
    "kapitza, linear part": "0.45",
    "kapitza, fields each step": "0.45",
    "kapitza, whole run": "0.7",
    "kapitza sparse": "tab:olive",
    "memory, one pass": "tab:cyan",
    "solve_banded": "tab:blue",
    "spsolve": "tab:orange",
    "splu": "tab:orange",
    "splu, factors kept": "tab:orange",
    "pyamg": "tab:green",
    "FiPy": "tab:red",
    "scikit-fem": "tab:purple",
    "one by one": "tab:brown",
}


def draw(found: dict[str, list[Row]], path: Path) -> None:
    """Time against size, both logarithmic, a panel to a problem."""
    from matplotlib.figure import Figure

    shown = [problem for problem in PANELS if found.get(problem)]
    if not shown:
        return
    columns = min(2, len(shown))
    lines = -(-len(shown) // columns)
    figure = Figure(figsize=(5.6 * columns, 3.2 * lines), layout="constrained")
    for k, problem in enumerate(shown):
        unit = "stacks" if problem == "many" else "cells"
        axes = figure.add_subplot(
            lines, columns, k + 1, xscale="log", yscale="log", xlabel=unit, ylabel="time / s"
        )
        axes.set_title(PANELS[problem], fontsize=10)
        rows = found[problem]
        for solver in dict.fromkeys(row.solver for row in rows):
            mine = sorted((row.cells, row.seconds) for row in rows if row.solver == solver)
            width = 2.2 if solver == "kapitza" else 1.2
            axes.plot(
                *zip(*mine, strict=True), "o-", ms=3.5, lw=width, label=solver, color=COLORS.get(solver)
            )
        axes.grid(visible=True, which="major", alpha=0.3)
        axes.legend(fontsize=8, frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.savefig(path, dpi=130)


def into_readme(path: Path, text: str) -> None:
    """Replace what stands between the marks in ``path``."""
    before, found, rest = path.read_text(encoding="utf-8").partition(MARK[0])
    if not found or MARK[1] not in rest:
        raise SystemExit(f"{path}: put {MARK[0]} and {MARK[1]} where the tables belong")
    path.write_text(
        before + MARK[0] + "\n" + text + "\n" + MARK[1] + rest.partition(MARK[1])[2], encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="kapitza beside other solvers")
    parser.add_argument("problem", nargs="*", choices=[*SIZES, "start", []], help="default: all")
    parser.add_argument("--large", action="store_true", help="the largest sizes too: minutes, gigabytes")
    parser.add_argument(
        "--output", type=Path, default=Path("benchmarks/results"), help="folder for rows and the picture"
    )
    parser.add_argument("--readme", type=Path, help="file whose tables are replaced; its picture too")
    given = parser.parse_args()
    found: dict[str, list[Row]] = {}
    for problem in given.problem or [*SIZES, "start"]:
        for row in measured(problem, given.large):
            found.setdefault(row.problem, []).append(row)
        for name in [n for n in found if n == problem or n.startswith(f"{problem} ")]:
            print(f"\n{TITLES[name]}\n{table(found[name])}", flush=True)
    given.output.mkdir(parents=True, exist_ok=True)
    saved = {problem: [asdict(row) for row in rows] for problem, rows in found.items()}
    (given.output / "rows.json").write_text(json.dumps(saved, indent=1) + "\n", encoding="utf-8")
    draw(found, given.output / PICTURE.name)
    if given.readme is not None:
        draw(found, PICTURE)
        text = f"![time against size]({PICTURE.as_posix()})\n\n{report(found)}"
        into_readme(given.readme, text)


if __name__ == "__main__":
    main()
