"""The picture of sensitivities: for every probe, what one per cent of each number does, as bars to both sides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kapitza.output import labels
from kapitza.output import sensitivity_words as words
from kapitza.output.degrees import Degrees
from kapitza.output.figure import DPI, NOTE_SIZE, TITLE_SIZE, save, style
from kapitza.output.figure_budget import CM, FAINT, INK
from kapitza.output.labels import Ruler, write
from kapitza.output.readable import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kapitza.studies.sensitivity import Sensitivity

LESS, MORE = "#77AADD", "#EE8866"
ROWS, PROBES = 12, 4  # bars of a panel, panels
ROW, HEAD, FOOT, BAND = 0.5, 0.75, 1.15, 1.0  # cm
WIDTH, SIDE = 16.0, 0.35
SIZE = 7.5
LEAST = 2e-3  # of the largest: no bar to be seen


def draw_sensitivity(found: Sensitivity, solution: Any, path: str | Path, *, force: bool = False) -> None:
    """Draw ``found`` into a new file; raises as `kapitza.output.figure.draw` does."""
    save(lambda: figure_of_sensitivity(found, solution), path, force)


def figure_of_sensitivity(found: Sensitivity, solution: Any) -> Figure:
    """A panel a probe, the first four of them: bars by effect, the side to which one per cent more goes, and below
    them the scatter by the tolerances."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = [_rows(found, i) for i in range(min(len(found.names), PROBES))]
    band = BAND if found.spread is not None else 0.0
    heights = [HEAD + ROW * len(rows) + FOOT + band if rows else HEAD + ROW for rows in panels]
    title = labels.clean(solution.stack.title)
    top = 1.25 if title else 0.8
    with style():
        height = top + sum(heights)
        figure = Figure(figsize=(WIDTH * CM, height * CM), dpi=DPI)
        FigureCanvasAgg(figure)
        ruler = Ruler(figure)
        line = {"ha": "left", "va": "top", "color": INK}
        if title:
            shown = ruler.shorten(title, (WIDTH - 2 * SIDE) * CM * DPI, TITLE_SIZE, "bold")
            write(figure, SIDE / WIDTH, 1 - 0.18 / height, shown, fontsize=TITLE_SIZE, weight="bold", **line)
        note = "What 1 % of each number does" + ("" if len(panels) == 1 else " to each probe")
        if len(found.names) > PROBES:
            note += f" (the first {PROBES} of {len(found.names)})"
        write(figure, SIDE / WIDTH, 1 - (top - 0.57) / height, note, fontsize=NOTE_SIZE, **line)
        above = height - top
        degrees = Degrees(solution.summary(), solution.stack.temperature_unit)
        for i, (rows, own) in enumerate(zip(panels, heights, strict=True)):
            _panel(figure, ruler, found, i, rows, degrees, above, height)
            above -= own
    return figure


def _rows(found: Sensitivity, i: int) -> list[Any]:
    ranked = [p for p in found.ranked(found.names[i]) if not p.absolute]
    largest = max((abs(float(p.effects[i])) for p in ranked), default=0.0)
    return [p for p in ranked if abs(float(p.effects[i])) > LEAST * largest][:ROWS]


def _panel(
    figure: Figure,
    ruler: Ruler,
    found: Sensitivity,
    i: int,
    rows: list[Any],
    degrees: Degrees,
    above: float,
    height: float,
) -> None:
    of = words.UNITS.get(found.units[i], found.units[i])
    value = f"{plain(float(found.values[i]), 5)} {of}"
    if found.units[i] == "K" and not found.differences[i]:
        value = f"{degrees(float(found.values[i]))} {degrees.unit}"
    heading = f"{labels.clean(found.names[i])}, {value}"
    write(
        figure,
        SIDE / WIDTH,
        (above - 0.15) / height,
        heading,
        ha="left",
        va="top",
        fontsize=8.5,
        weight="bold",
        color=INK,
    )
    if not rows:
        write(
            figure,
            SIDE / WIDTH,
            (above - HEAD) / height,
            "only temperatures outside change it",
            va="top",
            fontsize=SIZE,
            color=FAINT,
        )
        return
    dpcm = DPI * CM
    unit = "degC" if degrees.unit == "°C" else "K"
    names = [f"{labels.clean(words.place(p))}  {words.quantity(p)}" for p in rows]
    values = [words.value(p, unit) for p in rows]
    room = 6.0 * dpcm
    names = [ruler.shorten(n, room, SIZE) for n in names]
    name_width = max(ruler.size(n, SIZE)[0] for n in names) / dpcm
    value_width = max(ruler.size(v, SIZE)[0] for v in values) / dpcm
    start = SIDE + name_width + 0.35 + value_width + 0.3
    width = WIDTH - SIDE - start
    bottom = above - HEAD - ROW * len(rows)
    axes = figure.add_axes(
        (start / WIDTH, bottom / height, width / WIDTH, ROW * len(rows) / height), label="effects"
    )
    effects = [float(p.effects[i]) for p in rows]
    scale_unit, factor = labels.unit_for(max(map(abs, effects)), labels.KELVINS) if of == "K" else (of, 1.0)
    largest = max(map(abs, effects)) * factor
    texts = [labels.significant(abs(e) * factor, 3) for e in effects]
    text_width = max(ruler.size(t, SIZE)[0] for t in texts) / dpcm + 0.45
    limit = largest * width / max(width - 2 * text_width, 0.3 * width)
    for k, (effect, text) in enumerate(zip(effects, texts, strict=True)):
        size = effect * factor
        axes.barh(k, size, height=0.62, color=MORE if size > 0 else LESS, edgecolor=INK, linewidth=0.5)
        gap = 0.09 / width * 2 * limit
        write(axes, size + (gap if size > 0 else -gap), k, ("+" if size > 0 else "−") + text,
              ha="left" if size > 0 else "right", va="center", fontsize=SIZE, color=INK)  # fmt: skip
    axes.axvline(0.0, color=INK, linewidth=0.6)
    axes.set_xlim(-limit, limit)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    places = [p for p in labels.tick_places(-largest, largest, 6) if abs(p) <= 1.001 * largest]
    axes.set_xticks(places, labels.ticks(places))
    axes.tick_params(axis="x", labelsize=SIZE, length=2.5, width=0.5)
    axes.set_xlabel(
        f"1 % more of it changes {labels.clean(found.names[i])} by ({scale_unit})", fontsize=8, labelpad=2
    )
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    for k, (name, text) in enumerate(zip(names, values, strict=True)):
        y = (bottom + ROW * (len(rows) - k - 0.5)) / height
        write(figure, SIDE / WIDTH, y, name, ha="left", va="center", fontsize=SIZE, color=INK)
        write(figure, (start - 0.3) / WIDTH, y, text, ha="right", va="center", fontsize=SIZE, color=FAINT)
    if found.spread is not None:
        for number, sentence in enumerate(_scatter(found, i, of)):
            shown = ruler.shorten(sentence, (WIDTH - 2 * SIDE) * dpcm, SIZE)
            y = (bottom - FOOT - 0.42 * number) / height
            write(figure, SIDE / WIDTH, y, shown, ha="left", va="top", fontsize=SIZE, color=INK)


def _scatter(found: Sensitivity, i: int, of: str) -> list[str]:
    spread = found.spread
    assert spread is not None
    order = sorted(range(len(spread.tolerances)), key=lambda j: -abs(float(spread.parts[i, j])))
    most = ", ".join(
        f"{labels.share(float(spread.shares[i, j]))} {spread.tolerances[j].path} (± {spread.tolerances[j].given})"
        for j in order[:3]
    )
    drawn = spread.drawn
    monte = ""
    if drawn is not None:
        deviation = labels.significant(float(drawn.deviation[i]), 3)
        monte = f"; {deviation} {of} by {int(drawn.counts[i]):,} Monte Carlo draws"
    return [
        f"scatter ± {labels.significant(float(spread.deviation[i]), 3)} {of} (1 σ, first order){monte}",
        f"from {most}",
    ]
