"""The table of channels: each one's temperatures at the faces of layers and on both sides of joints, and its flux."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kapitza.output.labels import length
from kapitza.output.parts import Summary
from kapitza.output.readable import drop_text, plain

if TYPE_CHECKING:
    from rich.table import Table

    from kapitza.output.degrees import Degrees

ROWS = 48


def channels_lines(summary: Summary) -> list[str]:
    """What the mean is, how far channels are apart, and the conductances of joints between far fields."""
    told = summary["channels"]
    names = ", ".join(told["names"])
    lines = [f"Channels {names}: the temperatures above are their mean, weighted by conductivity."]
    decays = [
        f"{material}, {' and '.join(length(value) for value in values)}"
        for material, values in told["decay_length"].items()
    ]
    if decays:
        lines.append(f"They come together over the decay length: {'; '.join(decays)}.")
    for row in summary["interfaces"]:
        far = row.get("far_field_conductance")
        if far:
            lines.append(
                f"{row['name']}: {plain(far, 6)} W/(m²·K) between far fields, from the extrapolated jump."
            )
    return lines


def channels_table(summary: Summary, degrees: Degrees, table: Table) -> list[Table]:
    """Fill ``table``: a row for each channel of the layers that have their own, and of the joints; none at all where
    layers are so many that they are listed together."""
    for heading in ("layer or joint", "channel"):
        table.add_column(heading)
    for heading in (f"below ({degrees.unit})", f"above ({degrees.unit})", "drop (K)", "flux (W/m²)"):
        table.add_column(heading, justify="right")
    rows = _rows(summary)
    if not rows:
        return []
    values = [value for row in rows for value in row[2:4]]
    degrees = degrees.over(value for value in values if value is not None)
    last = ""
    for name, channel, below, above, flux in rows[:ROWS]:
        drop = None if below is None or above is None else below - above
        table.add_row(
            "" if name == last else name,
            channel,
            degrees(below),
            degrees(above),
            "–" if drop is None else drop_text(drop),
            "–" if flux is None else flux,
        )
        last = name
    return [table]


def _rows(summary: Summary) -> list[tuple[str, str, float | None, float | None, str | None]]:
    layers = summary["layers"]
    joints = {row["name"]: row for row in summary["interfaces"]}
    rows = []
    for i, layer in enumerate(layers):
        rows += _of(layer, "bottom", "top")
        if i + 1 < len(layers):
            names = f"{layer['name']}|{layers[i + 1]['name']}", f"{layers[i + 1]['name']}|{layer['name']}"
            rows += [row for name in names if name in joints for row in _of(joints[name], "below", "above")]
    return rows


def _of(
    row: Summary, below: str, above: str
) -> list[tuple[str, str, float | None, float | None, str | None]]:
    own: dict[str, Any] = row.get("channels", {})
    ends = [(values[below], values[above]) for values in own.values() if values[below] is not None]
    if below == "bottom" and len(ends) > 1 and len(set(ends)) == 1:
        return [(row["name"], "locked together", *ends[0], None)]
    return [
        (row["name"], name, values[below], values[above], _flux(values))
        for name, values in own.items()
        if values[below] is not None or values[above] is not None
    ]


def _flux(values: dict[str, Any]) -> str | None:
    """The flux of a channel across a joint; both where what leaves below is not what enters above."""
    out, into = values.get("flux_below"), values.get("flux_above")
    if out is None or into is None:
        return None if out is None and into is None else plain(out if into is None else into, 4)
    if abs(out - into) <= 1e-6 * max(abs(out), abs(into)):
        return plain(out, 4)
    return f"{plain(out, 4)} → {plain(into, 4)}"
