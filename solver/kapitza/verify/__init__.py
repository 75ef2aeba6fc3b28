"""Reference problems: computed, exact, error, observed order, passed.

The references (`stacks`, `rectangles`, `spreading`, `roof`, `elements`) share no code with the solver.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kapitza.verify.row import Row

__all__ = ["names", "run"]


def names() -> list[str]:
    """Names of the reference problems, in the order in which they are run."""
    from kapitza.verify.problems import PROBLEMS

    return list(PROBLEMS)


def run(name: str | None = None, levels: int = 1) -> list[Row]:
    """Solve one reference problem, or all, on ``levels`` meshes, each with twice the cells of the one before.

    One row per quantity and mesh. Raises InputError for a name that is not one of `names`, or levels < 1.
    """
    from kapitza.errors import InputError
    from kapitza.verify.problems import PROBLEMS

    if levels < 1:
        raise InputError(f"verify: levels = {levels}: give 1 or more")
    if name is None:
        return [row for problem in PROBLEMS.values() for row in problem.evaluate(levels)]
    if name not in PROBLEMS:
        import difflib

        near = difflib.get_close_matches(name, PROBLEMS, n=3, cutoff=0.6)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(PROBLEMS)}."
        raise InputError(
            f"verify: no reference problem '{name}'; {hint} `kapitza verify` without a name solves all {len(PROBLEMS)}"
        )
    return PROBLEMS[name].evaluate(levels)
