"""The picture of a solution, as PNG, PDF or SVG."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from kapitza.errors import InputError
from kapitza.output import labels
from kapitza.output.replace import Replacement

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kapitza.solution import Solution

FORMATS = ("png", "pdf", "svg")
DPI = 200
HEADING = 1.25  # cm, with a title
TITLE_SIZE = 10.0
NOTE_SIZE = 7.5


def draw(solution: Solution | Any, path: str | Path, force: bool = False) -> None:
    """Draw ``solution`` (or what `kapitza.output.hdf5.read` returns) into a new file at ``path``.

    1-D: temperature profile, layers and resistance budget; 2-D: temperature map to scale, and enlarged where
    thin layers need it, isotherms, heat-flow lines and budget. A run in time: temperatures over time, with profiles
    at some times (1-D) or the map at the last (2-D). The suffix says the format.
    Raises InputError for an unknown suffix, FileError if the file exists (without ``force``) or cannot be
    written; then everything is as before.
    """
    save(lambda: figure_of(solution), path, force)


def save(make: Callable[[], Figure], path: str | Path, force: bool) -> None:
    """Write the figure that ``make`` returns into a new file at ``path``; raises as `draw` does."""
    target = Path(path)
    suffix = picture_format(target)
    with Replacement(target, force) as draft, style():
        picture = make()
        with draft.errors():
            picture.savefig(cast(IO[bytes], draft.sink), format=suffix, dpi=DPI, metadata=_metadata(suffix))
        draft.seal()
        draft.place()


def picture_format(target: Path) -> str:
    """The format that the suffix of ``target`` says. Raises InputError for an unknown one."""
    suffix = target.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise InputError(
            f"{target}: pictures are written as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, not as "
            f"{target.suffix or 'a file without suffix'!r}; change the suffix"
        )
    return suffix


def figure_of(solution: Solution | Any) -> Figure:
    """The picture as a matplotlib figure, without pyplot and without any file."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    summary = solution.summary()
    heading = HEADING if labels.clean(solution.stack.title) else HEADING - 0.43
    with style():
        figure = Figure(figsize=(16.0 / 2.54, 9.0 / 2.54), dpi=DPI)
        FigureCanvasAgg(figure)
        steady = summary.get("steady", True)
        if solution.stack.geometry.two_dimensional:
            from kapitza.output.course import Course
            from kapitza.output.figure_plane import draw_plane

            course = None if steady else Course.of(solution, summary)
            draw_plane(
                figure, solution, summary, heading, course if course and len(course.times) > 1 else None
            )
        elif steady and any("channels" in layer for layer in summary["layers"]):
            from kapitza.output.figure_channels import draw_channels

            draw_channels(figure, solution, summary, heading)
        elif steady:
            from kapitza.output.figure_line import draw_line

            draw_line(figure, solution, summary, heading)
        else:
            from kapitza.output.figure_time import draw_line_in_time

            draw_line_in_time(figure, solution, summary, heading)
        _head(figure, solution, summary)
    return figure


_STYLE: Any = {
    "font.family": [labels.FAMILY],
    "font.size": 8.0,
    "axes.linewidth": 0.6,
    "axes.edgecolor": "#444444",
    "axes.labelcolor": "#222222",
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "xtick.labelcolor": "#222222",
    "ytick.labelcolor": "#222222",
    "hatch.linewidth": 0.5,
    "axes.unicode_minus": True,
    "path.simplify": True,
    "text.usetex": False,
    "text.parse_math": False,
    "svg.hashsalt": "kapitza",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
}


@contextlib.contextmanager
def style() -> Iterator[None]:
    """Within: matplotlib in the style of these pictures."""
    import matplotlib

    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes; the picture is still right.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _head(figure: Figure, solution: Any, summary: Mapping[str, Any]) -> None:
    """Title, and one line with the numbers that matter most."""
    ruler = labels.Ruler(figure)
    width, height = figure.get_size_inches() * 2.54
    room = (width - 0.7) / 2.54 * figure.dpi
    title = ruler.shorten(labels.clean(solution.stack.title), room, TITLE_SIZE, "bold")
    style = {"ha": "left", "va": "top", "color": "#222222"}
    labels.write(figure, 0.35 / width, 1 - 0.18 / height, title, fontsize=TITLE_SIZE, weight="bold", **style)
    note = ruler.shorten(_note(solution, summary), room, NOTE_SIZE)
    line = 0.68 if title else 0.25
    labels.write(figure, 0.35 / width, 1 - line / height, note, fontsize=NOTE_SIZE, **style)


def _note(solution: Any, summary: Mapping[str, Any]) -> str:
    low, high = summary["temperature"]["min"], summary["temperature"]["max"]
    unit = solution.stack.temperature_unit
    end = "" if summary.get("steady", True) else f"after {labels.instant(summary['times'][-1])}: "
    texts = [
        f"{end}{labels.temperature(low, (low, high), unit)} to {labels.temperature(high, (low, high), unit)}"
    ]
    heat = sum(max(0.0, -(side["heat"] or 0.0)) for side in summary["boundaries"].values())
    if heat > 0.0 and math.isfinite(heat):
        texts.append(f"heat {labels.scaled(heat, labels.WATTS)}")
    total = summary["resistance"]["total"]
    if total is not None and math.isfinite(total):
        texts.append(f"total resistance {labels.significant(total, 4)} K/W")
    return "   ·   ".join(texts)


def _metadata(suffix: str) -> dict[str, Any]:
    """No dates, so that the same solution gives the same file."""
    return {"png": {}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}[suffix]
