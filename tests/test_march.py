"""Runs in time at their extremes: nothing that passes, ends far away, flashes too short for the clock."""

from __future__ import annotations

from typing import Any

import pytest

import kapitza as kp


def stack(**changes: Any) -> kp.Case:
    layers = [
        {"name": "die", "material": "silicon", "thickness": "0.5 mm"},
        {"name": "sink", "material": "aluminium", "thickness": "6 mm"},
    ]
    case: dict[str, Any] = {
        "geometry": {"kind": "slab", "area": "4 cm^2"},
        "layers": layers,
        "interfaces": [{"between": ["die", "sink"], "resistance": "1.2 cm^2*K/W"}],
        "boundary": {"bottom": {"heat": "120 W"}, "top": {"h": "5000 W/(m^2*K)", "ambient": "25 degC"}},
        "transient": {"until": "7 s", "save": 3},
    }
    return kp.Case.from_dict(case | changes)


@pytest.mark.parametrize("first", ["100 degC", "25 degC"])
@pytest.mark.parametrize("kind", ["slab", "plane"])
def test_insulated_stacks_report_no_imbalance(first: str, kind: str) -> None:
    """Nothing passes: what rounding leaves is measured by the heat the stack itself holds."""
    own = {"plane": {"geometry": {"kind": "plane", "width": "9 mm"}, "mesh": {"x": 4, "z": 30}}}.get(kind, {})
    layers = [
        {"name": "die", "material": "silicon", "thickness": "0.5 mm", "initial": first},
        {"name": "sink", "material": "aluminium", "thickness": "6 mm"},
    ]
    solution = kp.solve(stack(layers=layers, boundary={}, solve={"initial": "25 degC"}, **own))
    energy = solution.summary()["energy"]
    assert energy["in"] == energy["out"] == 0.0
    assert abs(energy["imbalance"]) < 1e-14


@pytest.mark.parametrize("until", ["1e9 s", "1e12 s", "1e18 s"])
def test_the_end_may_be_far_away(until: str) -> None:
    nearly = kp.solve(stack(transient={"until": "1000 s", "save": 2})).summary()["temperature"]["max"]
    got = kp.solve(stack(transient={"until": until, "save": 2})).summary()
    assert got["temperature"]["max"] == pytest.approx(nearly, rel=1e-8)
    assert abs(got["energy"]["imbalance"]) < 1e-12


def test_a_flash_too_short_for_the_default_first_step() -> None:
    """100 fs at 1 us: the step that the fastest cell would like cannot be told from none; a longer one serves."""
    film = {"name": "film", "material": "silicon", "thickness": "10 nm"}
    case = stack(
        layers=[{"name": "base", "material": "aluminium", "thickness": "1 mm"}, film],
        interfaces=[],
        boundary={
            "top": {"heat_flux": {"fluence": "0.1 J/m^2", "duration": "100 fs", "start": "1 us"}},
            "bottom": {"temperature": "300 K"},
        },
        transient={"until": "1 ms", "times": ["10 us", "1 ms"]},
    )
    energy = kp.solve(case).summary()["energy"]
    assert energy["in"] == pytest.approx(4e-5, rel=1e-6)
    assert abs(energy["imbalance"]) < 1e-12
