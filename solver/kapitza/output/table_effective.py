"""The table of an effective conductivity: components, what they were with perfect contacts, bounds."""

from __future__ import annotations

from rich.table import Table

from kapitza.output.readable import plain
from kapitza.output.table import plain_table
from kapitza.studies.effective import Effective

DIGITS = 6
DIRECTIONS = (("zz", "through (z)"), ("xx", "along (x)"))


def effective_report(found: Effective) -> list[Table | str]:
    """What `kapitza effective` prints."""
    of = "layer" if found.geometry == "slab" else "cell"
    of += "" if found.cells == 1 else "s"
    kind = "laminate" if found.geometry == "slab" else f"{found.geometry} cell"
    title = (
        f"{found.title or 'effective conductivity'} ({kind}, {found.cells:,} {of}, {found.temperature:.6g} K)"
    )
    report: list[Table | str] = [title, "", _components(found), ""]
    report.append(
        f"bounds: {plain(found.series, DIGITS)} W/(m·K) in series, contacts included, "
        f"to {plain(found.parallel, DIGITS)} W/(m·K) side by side"
    )
    if found.xz is not None and found.xx is not None and abs(found.xz) > 1e-9 * found.parallel:
        report.append(
            f"a gradient along x drives heat along z as well: k_xz = {plain(found.xz, DIGITS)} W/(m·K)"
        )
    return report + [f"warning: {text}" for text in found.warnings]


def _components(found: Effective) -> Table:
    table = plain_table()
    table.add_column("direction")
    table.add_column("k (W/(m·K))", justify="right")
    if found.perfect is not None:
        table.add_column("with perfect contacts", justify="right")
        table.add_column("taken by contacts", justify="right")
    for name, label in DIRECTIONS:
        value = found.tensor[name]
        if value is None:
            continue
        row = [label, plain(value, DIGITS)]
        if found.perfect is not None:
            best = found.perfect.tensor[name] or 0.0
            taken = round(100.0 * (1.0 - value / best), 9) if best else 0.0
            row += [plain(best, DIGITS), f"{taken or 0.0:.3g} %"]
        table.add_row(*row)
    return table
