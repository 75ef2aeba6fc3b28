"""What `run --json` says of each channel, beside the means."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kapitza.layout import Floats
from kapitza.model import SIDES
from kapitza.solution.alike import LONG
from kapitza.solution.channels import ChannelFields
from kapitza.solution.solved import Solved

Row = dict[str, Any]


def add(answer: Row, solved: Solved, fields: ChannelFields) -> None:
    """Complete a summary: under "channels" the names, decay lengths [m] and the sources of the means; in every row of
    layers, interfaces and boundaries that is of one, "channels" by name; extremes over all channels."""
    answer["channels"] = {
        "names": list(fields.names),
        "decay_length": {material: list(lengths) for material, lengths in fields.lengths.items()},
        "mean": "weighted by conductivity",
    }
    answer["temperature"] = {"min": _number(np.nanmin(fields.least)), "max": _number(np.nanmax(fields.most))}
    layers = answer["layers"]
    if len(layers) == solved.layout.n_layers:
        for i, row in enumerate(layers):
            row["channels"] = _layer(fields, i)
    if len(answer["interfaces"]) == len(solved.interfaces) <= LONG:
        for j, row in enumerate(answer["interfaces"]):
            row["far_field_conductance"] = _number(fields.far[j])
            row["channels"] = {name: _contact(fields, c, j) for c, name in enumerate(fields.names)}
    for end, side in enumerate(SIDES[solved.stack.geometry.kind]):
        answer["boundaries"][side]["channels"] = {
            name: {"heat": _number(fields.heat[c, end]), "temperature": _number(fields.surface[c, end])}
            for c, name in enumerate(fields.names)
        }


def _layer(fields: ChannelFields, i: int) -> Row:
    columns = {
        "min": fields.least,
        "mean": fields.mean,
        "max": fields.most,
        "bottom": fields.lower,
        "top": fields.upper,
    }
    return {name: _values(columns, c, i) for c, name in enumerate(fields.names)}


def _contact(fields: ChannelFields, c: int, j: int) -> Row:
    jump = fields.below - fields.above
    columns = {"below": fields.below, "above": fields.above, "jump": jump}
    return _values({**columns, "flux_below": fields.flux_below, "flux_above": fields.flux_above}, c, j)


def _values(columns: dict[str, Floats], c: int, i: int) -> Row:
    return {key: _number(values[c, i]) for key, values in columns.items()}


def _number(value: float | np.floating[Any]) -> float | None:
    return float(value) if math.isfinite(value) else None
