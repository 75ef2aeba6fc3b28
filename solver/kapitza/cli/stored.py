"""`show` and `plot`: what a result file holds, as a table or a picture."""

from __future__ import annotations

from pathlib import Path

from kapitza.cli.answer import Answer
from kapitza.cli.files import check_targets
from kapitza.cli.report import show_report
from kapitza.cli.screen import show, working
from kapitza.cli.sensitivity import show_sensitivity
from kapitza.output import read
from kapitza.output.figure import draw, picture_format
from kapitza.output.stored import Stored


def show_result(path: Path, *, json: bool) -> Answer | None:
    """Print or return the summary stored in ``path``."""
    stored = read(path)
    summary = stored.summary()
    if json:
        return summary
    show_report(stored, summary)
    if isinstance(stored, Stored) and stored.sensitivity is not None:
        show_sensitivity(stored.sensitivity, summary, stored.stack.temperature_unit)
    return None


def plot_result(path: Path, picture: Path | None, *, json: bool, force: bool) -> Answer | None:
    """Draw the result in ``path``; the picture stands beside it unless named. Print or return its name."""
    picture = picture or path.with_suffix(".png")
    check_targets(picture, source=path, force=force)
    picture_format(picture)

    stored = read(path)
    with working(f"drawing {picture}"):
        from kapitza.output.hdf5_frequency import StoredResponse
        from kapitza.studies.sweeping.result import Sweep

        if isinstance(stored, Sweep):
            from kapitza.output.figure_sweep import draw_sweep

            draw_sweep(stored, picture, force=force)
        elif isinstance(stored, StoredResponse):
            from kapitza.output.course import probe_units
            from kapitza.output.figure_frequency import draw_frequency

            other = list(probe_units(stored))
            draw_frequency(stored.title, stored.frequencies, stored.probes, picture, other=other, force=force)
        else:
            draw(stored, picture, force)
    if json:
        return {"status": "ok", "plot": str(picture)}
    show(f"wrote {picture}")
    return None
