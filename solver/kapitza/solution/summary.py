"""The dictionary that `run --json` prints: plain numbers, text, lists; null where a number has no meaning."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kapitza.layout import Floats, Ints
from kapitza.model import Reservoir
from kapitza.solution import channel_rows
from kapitza.solution.alike import LONG, contact_keys, contact_name, groups, layer_keys, piece_name
from kapitza.solution.apparent import apparent_conductivity
from kapitza.solution.budget import Budget, Part, budget, films
from kapitza.solution.probes import evaluate
from kapitza.solution.solved import Solved

TIMES = ("start", "read", "mesh", "assemble", "solve", "write")


def summary(solved: Solved) -> dict[str, Any]:
    """Everything about a solution that fits on a page; SI, kelvin. Of a run in time the last saved instant, probes
    along all of them, and heat in joules."""
    history = solved.history
    parts = budget(solved) if history is None else films(solved)
    answer: dict[str, Any] = {
        "status": "ok",
        "title": solved.stack.title,
        "geometry": solved.stack.geometry.kind,
        "cells": solved.mesh.cells,
        "steady": history is None,
        "temperature": {
            "min": _number(np.nanmin(solved.pieces.least)),
            "max": _number(np.nanmax(solved.pieces.most)),
        },
        "layers": _layers(solved),
        "interfaces": _interfaces(solved),
        "boundaries": {name: _boundary(solved, name) for name in solved.boundaries},
        "resistance": {"total": _number(parts.total), "parts": [_part(p) for p in parts.parts]},
        "effective_conductivity": _number(effective_conductivity(solved, parts)) if history is None else None,
        "probes": _probes(solved),
        "energy": energy(solved),
        "solver": {
            "method": solved.solver.method,
            "reason": solved.solver.reason,
            "iterations": solved.solver.iterations,
            "residual": _number(solved.solver.residual),
            "steps": solved.solver.steps,
        },
        "warnings": list(solved.warnings),
        "timing": {name: float(solved.timing.get(name, 0.0)) for name in TIMES},
    }
    if solved.channels is not None:
        channel_rows.add(answer, solved, solved.channels)
    if solved.thermoelectric is not None:
        answer["thermoelectric"] = solved.thermoelectric.describe()
    if history is not None:
        answer["times"] = history.times.tolist()
        answer["solver"]["rejected"] = history.rejected
        if history.melted:
            answer["melted"] = {name: values.tolist() for name, values in history.melted.items()}
    return answer


def _probes(solved: Solved) -> dict[str, Any]:
    if solved.history is not None:
        return {name: [_number(v) for v in values] for name, values in solved.history.probes.items()}
    return {name: _number(value) for name, value in evaluate(solved).items()}


def energy(solved: Solved) -> dict[str, float | None]:
    """Heat in, out and stored, of a steady state [W], of a run in time [J]; the imbalance relative to what passes."""
    if solved.history is not None:
        h = solved.history
        return {"in": h.heat_in, "out": h.heat_out, "stored": h.stored, "imbalance": h.imbalance}
    into, out = [max(solved.internal_heat[0], 0.0)], [-min(solved.internal_heat[1], 0.0)]
    for boundary in solved.boundaries.values():
        flow = boundary.flux_values * boundary.area
        into.append(math.fsum(flow[flow > 0].tolist()))
        out.append(-math.fsum(flow[flow < 0].tolist()))
    total_in, total_out = math.fsum(into), math.fsum(out)
    scale = max(total_in, total_out)
    imbalance = (total_in - total_out) / scale if scale > 0 else 0.0
    return {"in": total_in, "out": total_out, "stored": 0.0, "imbalance": imbalance}


def effective_conductivity(solved: Solved, parts: Budget) -> float | None:
    """Slab: thickness over area times resistance between its faces [W/(m K)]; None with internal sources."""
    geometry = solved.stack.geometry
    if geometry.kind != "slab" or solved.has_sources or solved.line is None:
        return None
    series = solved.line.series
    inner = math.fsum([*series.segments.tolist(), *series.joints.tolist()])
    thickness = float(solved.layout.layer_edges[-1] - solved.layout.layer_edges[0])
    if math.isinf(inner):
        return 0.0
    held = geometry.area * inner
    return thickness / held if held != 0.0 else None  # no resistance that a number can hold


def _boundary(solved: Solved, name: str) -> dict[str, Any]:
    boundary, condition = solved.boundaries[name], solved.stack.boundary(name).condition
    row: dict[str, Any] = {"heat": _number(boundary.heat), "temperature": _number(boundary.temperature)}
    return row | ({"law": condition.law.describe()} if isinstance(condition, Reservoir) else {})


def _layers(solved: Solved) -> list[dict[str, Any]]:
    table, layout = solved.pieces, solved.layout
    visible = np.flatnonzero(~np.isnan(table.mean[: layout.n_layers]))
    rows = _grouped(solved, visible, apparent_conductivity(solved))
    others = range(layout.n_layers, layout.n_pieces)
    rows += [
        _piece_row(solved, np.array([i]), layout.name(i)) for i in others if not math.isnan(table.mean[i])
    ]
    return rows


def _grouped(solved: Solved, pieces: Ints, apparent: Floats) -> list[dict[str, Any]]:
    layout = solved.layout
    together = len(pieces) > LONG
    rows = []
    for members in groups(layer_keys(layout, pieces), together):
        alike = pieces[members]
        thickness = layout.kinds[layout.kind_of[alike[0]]].thickness
        row = _piece_row(solved, alike, piece_name(layout, alike)) | {"thickness": thickness}
        rows.append(row | {"apparent_conductivity": _number(apparent[alike].mean())})
    return rows


def _piece_row(solved: Solved, pieces: Ints, name: str) -> dict[str, Any]:
    table = solved.pieces
    row: dict[str, Any] = {
        "name": name,
        "min": _number(table.least[pieces].min()),
        "mean": _number(np.average(table.mean[pieces], weights=table.volume[pieces])),
        "max": _number(table.most[pieces].max()),
        "bottom": _number(table.bottom[pieces].mean()),
        "top": _number(table.top[pieces].mean()),
    }
    if len(pieces) > 1:
        row["count"] = len(pieces)
    return row


def _interfaces(solved: Solved) -> list[dict[str, Any]]:
    contacts = solved.interfaces
    rows = []
    for members in groups(contact_keys(solved, np.arange(len(contacts))), len(contacts) > LONG):
        contact = contacts.at(int(members[0]))
        row: dict[str, Any] = {"name": contact_name(solved, members)}
        if len(members) == 1:
            row |= {
                "below": contact.below,
                "above": contact.above,
                "jump": contact.jump,
                "flux": contact.flux,
                "conductance": contact.conductance,
            }
            if solved.x is not None:
                row |= {"jump_max": contact.jump_max, "jump_abs": contact.jump_abs}
        else:
            row |= _contact_means(solved, members) | {"conductance": contact.conductance}
        row = {key: _number(v) if isinstance(v, float) else v for key, v in row.items()}
        rows.append(row | {"law": contact.law.describe()})
    return rows


def _contact_means(solved: Solved, members: Ints) -> dict[str, Any]:
    """Area means over all faces of many equal contacts; ``min`` and ``max`` are of the jump."""
    faces = solved.interfaces.faces
    if len(faces.area) == len(faces.pieces):
        here = members
    else:
        here = np.concatenate([np.arange(faces.start[i], faces.start[i + 1]) for i in members])
    area, jump = faces.area[here], faces.jump[here]

    def mean(values: Any) -> float:
        return float(np.average(values[here], weights=area))

    row: dict[str, Any] = {
        "below": mean(faces.below),
        "above": mean(faces.above),
        "jump": mean(faces.jump),
        "flux": mean(faces.flux),
        "count": len(members),
        "min": float(jump.min()),
        "max": float(jump.max()),
    }
    if solved.x is not None:
        row["jump_max"] = float(jump[np.argmax(np.abs(jump))])
    return row


def _part(part: Part) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": part.name,
        "kind": part.kind,
        "value": _number(part.value),
        "share": _number(part.share),
    }
    if part.count > 1:
        row |= {"count": part.count, "min": _number(part.least), "max": _number(part.most)}
    return row


def _number(value: float | np.floating[Any] | None) -> float | None:
    """A float, or None where it is not finite: JSON has no infinity."""
    if value is None:
        return None
    number = float(value)
    return number + 0.0 if math.isfinite(number) else None  # + 0.0: no negative zero
