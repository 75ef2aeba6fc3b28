"""The table of a pair: every model with its convention, measured values with their sources, what to trust where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

from kapitza.output.labels import length
from kapitza.output.readable import plain
from kapitza.output.table import plain_table

LIQUID = "liquid-helium"
UNITS = (("GW", 1e9), ("MW", 1e6), ("kW", 1e3), ("W", 1.0), ("mW", 1e-3), ("µW", 1e-6))


def pair_report(comparison: Any, complete: bool) -> list[Table | str]:
    """What `kapitza interface` prints of a ``Comparison``; ``complete``: of all models, not of one."""
    below, above = comparison.below.name, comparison.above.name
    T = comparison.temperature
    report: list[Table | str] = [f"{below}|{above} at {T:.6g} K"]
    if comparison.rows:
        report += ["", models_table(comparison)]
    if comparison.measured:
        report += ["", f"Measured, at the temperature nearest to {T:.6g} K:", measured_table(comparison)]
        report += ["", f"Measured values are a {_source()}; read the paper before relying on one."]
    elif complete:
        report += ["", "No measurement of this pair is in the bundled table."]
    lines = [f"{text}." for text in comparison.sentences]
    lines += [f"{text}." for text in _trusted(comparison.rows)]
    lines += [f"{text}." for text in _missing(comparison.missing, {below, above})] if complete else []
    return report + ([""] if lines else []) + lines


def models_table(comparison: Any) -> Table:
    """One row per model: conventions, conductance, resistance, Kapitza lengths k/G of both sides."""
    unit, factor = _unit(row.conductance for row in comparison.rows)
    table = plain_table()
    table.add_column("model")
    table.add_column("convention")
    table.add_column(f"G ({unit}/(m²·K))", justify="right")
    table.add_column("R (m²·K/W)", justify="right")
    for side in (comparison.below, comparison.above):
        table.add_column(f"k/G in {side.name}", justify="right")
    table.add_column(f"{comparison.temperature:.4g} K is")
    for row in comparison.rows:
        guards = row.law.about.guards
        within = all(guard.low <= comparison.temperature <= guard.high for guard in guards)
        table.add_row(
            row.law.about.model,
            _convention(row.law.describe()),
            plain(row.conductance / factor),
            plain(1.0 / row.conductance) if row.conductance > 0.0 else "–",
            *("–" if one is None else length(one) for one in row.lengths),
            "" if not guards else "in its range" if within else "out of range",
        )
    return table


def measured_table(comparison: Any) -> Table:
    """One row per measured series: its point nearest to the temperature, its range, and the paper."""
    points = [series.nearest(comparison.temperature) for series in comparison.measured]
    unit, factor = _unit(G for _, G in points)
    table = plain_table()
    table.add_column("interface")
    for heading in ("T (K)", f"G ({unit}/(m²·K))", "range (K)"):
        table.add_column(heading, justify="right")
    table.add_column("sample")
    table.add_column("DOI")
    for series, (T, G) in zip(comparison.measured, points, strict=True):
        low, high = series.temperatures[0], series.temperatures[-1]
        reach = f"{low:.4g}–{high:.4g}" if high > low else f"{low:.4g}"
        table.add_row(series.label, f"{T:.4g}", plain(G / factor), reach, series.details, series.doi)
    return table


def _unit(values: Iterable[float]) -> tuple[str, float]:
    """Name and size of the unit in which the largest value is at least 1; MW before GW, as is usual."""
    largest = max(values, default=1.0)
    usual = UNITS[1:] if largest < 1e11 else UNITS
    return next((unit for unit in usual if largest >= unit[1]), UNITS[-1])


def _convention(said: dict[str, Any]) -> str:
    """What was chosen, in words: "fluid, cut-off branch"."""
    words = [str(said["variant"])] if "variant" in said else []
    if "cutoff" in said:
        words.append(f"cut-off {said['cutoff']}")
    if "exponent" in said:
        words.append(f"{said['coefficient']:g} (T1^{said['exponent']:g} − T2^{said['exponent']:g})")
    return ", ".join(words)


def _trusted(rows: Iterable[Any]) -> list[str]:
    """Where each model can be trusted, and what is said against it at any temperature; once for all conventions."""
    said: dict[str, str] = {}
    notes: list[str] = []
    for row in rows:
        said.setdefault(row.law.about.model, row.trust)
        notes += row.law.about.notes
    return [*said.values(), *dict.fromkeys(notes)]


def _missing(missing: Mapping[str, str], pair: set[str]) -> list[str]:
    """Which models are not in the table and why, one sentence for each reason."""
    reasons: dict[str, list[str]] = {}
    for key, text in missing.items():
        if key != "helium" or LIQUID in pair:
            reasons.setdefault(text.split(": ", 1)[-1].split("; give")[0], []).append(key)
    return [f"Without {', '.join(keys)}: {reason}" for reason, keys in reasons.items()]


def _source() -> str:
    from kapitza.interfaces.measured import SOURCE

    return SOURCE
