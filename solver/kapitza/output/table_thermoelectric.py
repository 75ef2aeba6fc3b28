"""What a thermoelectric leg gives, in lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kapitza.output.labels import share
from kapitza.output.readable import plain

DIGITS = 4


def thermoelectric_lines(told: Mapping[str, Any]) -> Iterator[str]:
    """The load, the balance, the best loads, what each part resists. told : "thermoelectric" of a summary."""
    load = "" if told["load"] is None or told["power"] < 0.0 else f" into {_text(told['load'])} ohm"
    way = "gives" if told["power"] >= 0.0 else "takes"
    yield (
        f"current: {_text(told['current'])} A at {_text(told['voltage'])} V{load}; the leg {way} "
        f"{_text(abs(told['power']))} W"
    )
    heats = f"heat in {_text(told['heat_in'])} W, out {_text(told['heat_out'])} W"
    if told["efficiency"] is not None:
        heats += f": efficiency {_percent(told['efficiency'])}"
    if told["cooling"] is not None:
        heats += f": coefficient of performance {_text(told['cooling'])}"
    yield heats
    yield f"open voltage {_text(told['open_voltage'])} V, electrical resistance {_text(told['resistance'])} ohm"
    best, power = told["most_efficiency"], told["most_power"]
    if best is not None and power is not None:
        yield (
            f"best: {_percent(best['efficiency'])} at {_text(best['current'])} A into {_text(best['load'])} ohm; "
            f"most power: {_text(power['power'])} W at {_text(power['current'])} A"
        )
    merits = [f"{_text(p['figure_of_merit'])} of {p['name']}" for p in told["parts"] if p["figure_of_merit"]]
    if told["effective_zt"] is not None:
        beside = f", beside {', '.join(merits)} alone" if merits else ""
        yield f"effective ZT {_text(told['effective_zt'])}{beside}"
    contacts = [p for p in told["parts"] if p["kind"] == "interface"]
    if contacts and told["resistance"] > 0.0:
        parts = [f"{p['name']} {share(p['resistance'] / told['resistance'])}" for p in contacts]
        yield f"of the electrical resistance: {', '.join(parts)}"


def _percent(value: float) -> str:
    return f"{plain(100.0 * value, DIGITS)} %"


def _text(value: float) -> str:
    return plain(value, DIGITS)
