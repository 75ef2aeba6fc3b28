"""`show` and `plot`: what a result file holds, as a table or a picture."""

from __future__ import annotations

from pathlib import Path

from kapitza.cli.answer import Answer
from kapitza.cli.files import check_targets
from kapitza.cli.screen import show, working


def show_result(path: Path, *, json: bool) -> Answer | None:
    """Print or return the summary stored in ``path``."""
    from kapitza.output.hdf5 import read
    from kapitza.output.table import run_report

    stored = read(path)
    summary: Answer = stored.summary()
    if json:
        return summary
    show(*run_report(summary, stored.stack.temperature_unit))
    return None


def plot_result(path: Path, picture: Path | None, *, force: bool) -> None:
    """Draw the result in ``path``; the picture stands beside it unless named."""
    picture = picture or path.with_suffix(".png")
    check_targets(picture, source=path, force=force)

    from kapitza.output.figure import draw
    from kapitza.output.hdf5 import read

    stored = read(path)
    with working(f"drawing {picture}"):
        draw(stored, picture, force)
    show(f"wrote {picture}")
