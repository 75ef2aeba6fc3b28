"""What every picture must hold: texts that neither overlap nor leave the picture, units on the axes."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

from matplotlib.figure import Figure
from matplotlib.text import Text

from kapitza.output.figure import figure_of

UNITS = ("(m)", "(mm)", "(µm)", "(nm)", "(K)", "(mK)", "(µK)", "(nK)", "(°C)", "thickness")


def drawn(solution: Any) -> Figure:
    """The picture of ``solution``, drawn, with every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = figure_of(solution)
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.canvas.draw()
    return figure


def texts(figure: Figure) -> list[Text]:
    """All texts that show."""
    return [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]


def words(figure: Figure) -> set[str]:
    return {t.get_text() for t in texts(figure)}


def check(figure: Figure) -> None:
    """Assert what holds for every picture."""
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts(figure)]
    width, height = figure.get_size_inches() * figure.dpi
    assert abs(width / figure.dpi * 2.54 - 16.0) < 1e-6
    for text, box in boxes:
        inside = box.x0 > 0 and box.y0 > 0 and box.x1 < width and box.y1 < height
        assert inside, f"{text!r} leaves the picture"
    for (first, a), (second, b) in itertools.combinations(boxes, 2):
        apart = a.x1 <= b.x0 + 1 or b.x1 <= a.x0 + 1 or a.y1 <= b.y0 + 1 or b.y1 <= a.y0 + 1
        assert apart, f"{first!r} overlaps {second!r}"
    for axes in figure.axes:
        if axes.get_label() in ("names", "colours"):
            continue
        assert any(unit in axes.get_xlabel() for unit in UNITS), axes.get_label()
        if axes.get_label() != "budget":
            tick = axes.get_yticklabels()[-1].get_text()
            assert any(unit in axes.get_ylabel() for unit in UNITS) or tick.endswith(("m", "mm", "µm", "nm"))


def axes_of(figure: Figure, label: str) -> Any:
    """The axes with this label."""
    return next(a for a in figure.axes if a.get_label() == label)
