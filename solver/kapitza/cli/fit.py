"""`fit`: keys of a case fitted to measured data; printed, returned, drawn, and the fitted case written."""

from __future__ import annotations

from pathlib import Path

from kapitza.cli.answer import Answer
from kapitza.cli.files import check_targets
from kapitza.cli.screen import show, working


def fit_case(
    path: Path, data: Path, plot: Path | None, output: Path | None, *, json: bool, force: bool, quiet: bool
) -> Answer | None:
    """Fit the case at ``path`` to ``data``.

    Raises InputError where [fit] or the data are wrong, PhysicsError where the fit does not converge."""
    for read in (path, data):
        check_targets(plot, output, source=read, force=force)
    if plot is not None:
        from kapitza.output.figure import picture_format

        picture_format(plot)
    from kapitza.output.fitted_case import check_case_target

    if output is not None:
        check_case_target(output)

    from kapitza.api import fit
    from kapitza.case import load

    case = load(path)
    if output is not None:
        check_case_target(output, case)
    with working(f"fitting {path} to {data}", quiet or json):
        found = fit(case, data)
    if output is not None:
        found.write(output, force=force)
    if plot is not None:
        with working(f"drawing {plot}", quiet or json):
            found.plot(plot, force=force)
    if json:
        return found.summary()
    if not quiet:
        from kapitza.output.table_fit import fit_report

        show(*fit_report(found))
        show(*(f"wrote {target}" for target in (output, plot) if target is not None))
    return None
