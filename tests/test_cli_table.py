"""What `run` and `show` print, from hand-made summaries whose numbers are worked out here."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import pytest
from rich.console import Console

from kapitza.output.degrees import Degrees
from kapitza.output.finite import finite
from kapitza.output.labels import share
from kapitza.output.parts import costs, gathered, parts
from kapitza.output.readable import aligned, drop_text, duration, fixed, memory, plain
from kapitza.output.table import run_report

# 120 W through 4 cm^2: q = 3e5 W/m^2. Silicon 0.5 mm / 148, joint 1.2e-4, aluminium 6 mm / 237.
FLUX = 120.0 / 4e-4
DIE, JOINT, SINK = FLUX * 0.5e-3 / 148.0, FLUX * 1.2e-4, FLUX * 6e-3 / 237.0
COLD = 298.15
NO_BUDGET: dict[str, Any] = {"total": None, "parts": []}


def summary(**changes: Any) -> dict[str, Any]:
    """The answer of the CPU case, as `run --json` gives it."""
    below, above, hot = COLD + SINK + JOINT, COLD + SINK, COLD + SINK + JOINT + DIE
    total = (hot - COLD) / 120.0
    kinds = (("die", "layer", DIE), ("die|sink", "interface", JOINT), ("sink", "layer", SINK))
    return {
        "status": "ok",
        "title": "120 W die",
        "geometry": "slab",
        "cells": 40,
        "steady": True,
        "temperature": {"min": COLD, "max": hot},
        "layers": [
            {"name": "die", "min": below, "mean": below, "max": hot, "bottom": hot, "top": below},
            {"name": "sink", "min": COLD, "mean": above, "max": above, "bottom": above, "top": COLD},
        ],
        "interfaces": [
            {
                "name": "die|sink",
                "below": below,
                "above": above,
                "jump": JOINT,
                "flux": FLUX,
                "conductance": 1 / 1.2e-4,
            }
        ],
        "boundaries": {
            "bottom": {"heat": 120.0, "temperature": hot},
            "top": {"heat": -120.0, "temperature": COLD},
        },
        "resistance": {
            "total": total,
            "parts": [
                {"name": name, "kind": kind, "value": drop / 120.0, "share": drop / 120.0 / total}
                for name, kind, drop in kinds
            ],
        },
        "effective_conductivity": None,
        "probes": {},
        "energy": {"in": 120.0, "out": 120.0, "stored": 0.0, "imbalance": 1.5e-16},
        "solver": {"method": "sweep", "iterations": 1, "residual": 0.0, "steps": None},
        "warnings": [],
        "timing": {"solve": 0.012, "write": None},
        **changes,
    }


def printed(answer: dict[str, Any], unit: str = "K") -> str:
    screen = Console(file=io.StringIO(), width=100, markup=False, highlight=False, emoji=False)
    for thing in run_report(answer, unit):
        screen.print(thing)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def row(text: str, name: str) -> list[str]:
    """The cells of the first line that begins with ``name``."""
    line = next(line for line in text.splitlines() if line.startswith(f"{name} "))
    return line[len(name) :].split()


def test_the_drops_of_the_cpu_are_plain_to_see() -> None:
    text = printed(summary(), "degC")
    assert row(text, "die")[0] == "1.0"
    assert row(text, "die|sink")[:5] == ["1.2e-4", "m²K/W", "36.0", "81", "%"]
    assert row(text, "sink")[0] == "7.6"
    assert "The joint die|sink costs most: 36.0 K of 44.6 K (81 %)." in text
    assert f"{COLD + SINK + JOINT + DIE - 273.15:.2f}" in text
    assert "120 W die (slab, 40 cells, steady)" in text
    assert "imbalance 1.5e-16 of the throughput" in text


def test_differences_are_the_same_in_both_units() -> None:
    kelvin, celsius = printed(summary(), "K"), printed(summary(), "degC")
    assert "(°C)" not in kelvin
    assert f"{COLD:.2f}" in kelvin
    assert row(kelvin, "die|sink")[:3] == row(celsius, "die|sink")[:3]


def test_sources_inside_leave_no_budget_but_drops() -> None:
    text = printed(summary(resistance=NO_BUDGET))
    assert row(text, "die")[0] == "1.0"
    assert row(text, "die|sink")[2:5] == ["36.0", "81", "%"]
    assert "costs most" not in text
    assert "No resistance budget: heat arises inside." in text
    order = [part.name for part in parts(summary(resistance=NO_BUDGET))]
    assert order == ["die", "die|sink", "sink"]


def test_joint_named_the_other_way_round_stands_between_its_layers() -> None:
    answer = summary(resistance=NO_BUDGET)
    answer["interfaces"][0] |= {"name": "sink|die", "jump": -JOINT}
    assert [part.name for part in parts(answer)] == ["die", "sink|die", "sink"]
    assert row(printed(answer), "sink|die")[2:5] == ["36.0", "81", "%"]


def test_films_beside_sources_have_their_place() -> None:
    films = [
        {"name": "bottom", "kind": "boundary", "value": 0.05, "share": None},
        {"name": "die", "kind": "layer", "value": 0.01, "share": None},
        {"name": "top", "kind": "boundary", "value": 0.75, "share": None},
    ]
    answer = summary(resistance={"total": None, "parts": films})
    assert [(part.name, round(part.drop, 6)) for part in parts(answer)][::4] == [
        ("bottom", 6.0),
        ("top", 90.0),
    ]
    assert row(printed(answer), "top")[2:5] == ["90.0", "64", "%"]


def test_films_are_named_after_layers_and_joints() -> None:
    rows = (("die", "layer", 0.01), ("die|sink", "interface", 0.3), ("top", "boundary", 0.75))
    answer = summary()
    answer["resistance"] = {
        "total": 1.06,
        "parts": [{"name": n, "kind": k, "value": v, "share": v / 1.06} for n, k, v in rows],
    }
    text = " ".join(printed(answer).split())
    assert "The joint die|sink costs most: 36.0 K of 127.2 K (28 %)." in text
    assert "(28 %). Beside layers and joints: surface film top 90.0 K (71 %)." in text


def test_a_film_alone_stands_after_the_layers() -> None:
    films = [{"name": "top", "kind": "boundary", "value": 0.75, "share": None}]
    for geometry in ("slab", "plane"):
        answer = summary(resistance={"total": None, "parts": films}, geometry=geometry)
        assert [part.name for part in parts(answer)] == ["die", "die|sink", "sink", "top"]
        assert row(printed(answer), "top")[:3] == ["surface", "film", "90.0"]


def test_perfect_joints_are_no_parts() -> None:
    answer = summary(resistance=NO_BUDGET, geometry="plane")
    answer["interfaces"][0] |= {"conductance": None, "jump": -0.0}
    assert [part.name for part in parts(answer)] == ["die", "sink"]
    assert "-0" not in printed(answer)


def test_rounding_noise_costs_nothing() -> None:
    answer = summary(resistance=NO_BUDGET, geometry="plane", temperature={"min": 300.0, "max": 300.0 + 4e-13})
    answer["layers"][0] |= {"bottom": 300.0, "top": 300.0 + 3e-13}
    answer["layers"][1] |= {"bottom": 300.0, "top": 300.0 - 2e-13}
    answer["interfaces"][0]["jump"] = -4e-13
    text = printed(answer)
    assert "costs most" not in text
    assert "e-13" not in text
    beside_a_film = summary()
    beside_a_film["resistance"] = {
        "total": 3.5,
        "parts": [
            {"name": "die", "kind": "layer", "value": 2e-10, "share": 6e-11},
            {"name": "top", "kind": "boundary", "value": 3.5, "share": 1.0},
        ],
    }
    assert "costs most" not in printed(beside_a_film)


def test_small_drops_of_an_exact_budget_are_no_noise() -> None:
    answer = summary(temperature={"min": COLD, "max": COLD})
    answer["boundaries"]["top"] |= {"heat": -3e-13}
    assert "The joint die|sink costs most: " in printed(answer)


def test_heat_that_leaves_both_ways_has_no_shares() -> None:
    answer = summary(resistance=NO_BUDGET)
    answer["layers"][0] |= {"bottom": 300.0, "top": 301.5}
    text = printed(answer)
    assert row(text, "die|sink")[2:4] == ["36.0", "–"]
    assert row(text, "die")[0] == "-1.5"
    assert "drop upwards (K)" in text
    assert "costs most" not in text
    assert "No resistance budget: heat has no single way through." in text
    assert "drop outwards (K)" in printed(answer | {"geometry": "sphere"})


def test_two_dimensions_without_a_budget_have_no_shares() -> None:
    text = printed(summary(resistance=NO_BUDGET, geometry="plane"))
    assert "%" not in text
    assert "costs most" not in text
    assert "No resistance budget: heat has no single way through." in text


def test_drops_are_positive_along_the_heat_whichever_way_it_flows() -> None:
    for budget in (NO_BUDGET, summary()["resistance"]):
        answer = summary(resistance=budget)
        for layer in answer["layers"]:
            layer |= {"bottom": layer["top"], "top": layer["bottom"]}
        answer["interfaces"][0] |= {"jump": -JOINT}
        answer["boundaries"] = {
            "bottom": {"heat": -120.0, "temperature": COLD},
            "top": {"heat": 120.0, "temperature": 342.0},
        }
        text = printed(answer)
        assert [row(text, name)[0] for name in ("die", "sink")] == ["1.0", "7.6"]
        assert row(text, "die|sink")[2:5] == ["36.0", "81", "%"]
        assert "drop (K)" in text


def test_shares_are_those_of_the_summary_with_their_sign() -> None:
    answer = summary(geometry="plane")
    rows = (
        ("die", "layer", 2.0, 0.25),
        ("sink", "layer", 6.08, 0.76),
        ("spreading", "spreading", -0.08, -0.01),
    )
    answer["resistance"] = {
        "total": 8.0,
        "parts": [{"name": n, "kind": k, "value": v, "share": s} for n, k, v, s in rows],
    }
    text = printed(answer)
    assert row(text, "spreading")[:4] == ["spreading", "-9.6", "−1.0", "%"]
    assert "The layer sink costs most: 729.6 K of 960.0 K (76 %)." in text


def test_a_budget_that_gathers_finds_the_layers() -> None:
    answer = stack_of(60)
    rows = (
        ("silicon", "layer", 60, 2e-3),
        ("silicon|germanium", "interface", 119, 5e-3),
        ("germanium", "layer", 60, 3e-3),
    )
    answer["resistance"] = {
        "total": 1.0,
        "parts": [
            {"name": name, "kind": kind, "count": count, "value": drop / 120.0, "share": None}
            for name, kind, count, drop in rows
        ],
    }
    found = parts(answer)
    assert [round(part.drop, 9) for part in found] == [0.12, 0.595, 0.18]
    assert found[0].high == 300.0
    assert found[1].resistance == 1 / 1400.0


def test_a_budget_that_tells_apart_what_the_list_of_layers_gathers() -> None:
    answer = stack_of(1)
    answer["layers"] = [
        row | {"name": row["name"][:-3], "count": 40, "thickness": 7e-9} for row in answer["layers"]
    ]
    answer["interfaces"][0] |= {"name": "germanium|silicon", "count": 79}
    entries = [
        {"name": name, "kind": kind, "value": 1e-4, "share": 0.01}
        for i in range(1, 41)
        for name, kind in (
            (f"silicon[{i}]", "layer"),
            (f"silicon[{i}]|germanium[{i}]", "interface"),
            (f"germanium[{i}]", "layer"),
        )
    ]
    answer["resistance"] = {"total": 0.012, "parts": entries}
    silicon, joint, _ = costs(answer, 40).rows
    assert (silicon.name, silicon.count, silicon.thickness, silicon.low) == ("silicon", 40, 7e-9, 299.998)
    assert silicon.share == pytest.approx(0.4)
    assert (joint.count, joint.resistance) == (40, 1 / 1400.0)


def test_equal_resistances_are_shown_though_they_differ_by_rounding() -> None:
    answer = stack_of(60)
    for i, entry in enumerate(answer["interfaces"]):
        entry["conductance"] = 1400.0 * (1 + 1e-11 * i)
    assert row(printed(answer), "silicon|germanium × 119")[:2] == ["7.143e-4", "m²K/W"]
    answer["interfaces"][5]["conductance"] = 1500.0
    assert row(printed(answer), "silicon|germanium × 119")[0] == "differs"


def test_a_gathered_joint_shows_no_mean_as_an_extreme() -> None:
    answer = stack_of(1)
    answer["interfaces"][0] |= {"count": 79}
    joint = parts(answer)[1]
    assert (joint.low, joint.high) == (None, None)


@pytest.mark.parametrize(
    ("conductance", "word"), [(None, "perfect"), (0.0, "insulated"), (2.5e8, "4e-9 m²K/W")]
)
def test_joints_say_what_they_are(conductance: float | None, word: str) -> None:
    answer = summary()
    answer["interfaces"][0]["conductance"] = conductance
    assert word in printed(answer)


def test_nothing_flows() -> None:
    answer = summary(temperature={"min": COLD, "max": COLD})
    answer["boundaries"]["top"] |= {"heat": 0.0}
    answer["energy"] = {"in": 0.0, "out": 0.0, "stored": 0.0, "imbalance": None}
    text = printed(answer)
    assert "costs most" not in text
    assert row(text, "die|sink")[2:5] == ["0", "0", "%"]


def stack_of(pairs: int) -> dict[str, Any]:
    """A superlattice: silicon[i] drops 2 mK, germanium[i] 3 mK, joints 5 mK each."""
    layers: list[dict[str, Any]] = []
    joints: list[dict[str, Any]] = []
    T = 300.0
    for i in range(1, pairs + 1):
        for name, drop in ((f"silicon[{i}]", 2e-3), (f"germanium[{i}]", 3e-3)):
            if layers:
                joints.append(
                    {
                        "name": f"{layers[-1]['name']}|{name}",
                        "below": T,
                        "above": T - 5e-3,
                        "jump": 5e-3,
                        "flux": 7.0,
                        "conductance": 1400.0,
                    }
                )
                T -= 5e-3
            layers.append({"name": name, "min": T - drop, "mean": T, "max": T, "bottom": T, "top": T - drop})
            T -= drop
    return summary(
        layers=layers,
        interfaces=joints,
        resistance=NO_BUDGET,
        temperature={"min": T, "max": 300.0},
        cells=2 * pairs,
    )


def test_a_superlattice_is_gathered() -> None:
    text = printed(stack_of(1000))
    assert len(text.splitlines()) < 40
    assert row(text, "silicon|germanium × 1999")[2:5] == ["10.0", "67", "%"]
    assert row(text, "silicon × 1000")[0] == "2.0"
    assert row(text, "germanium × 1000")[0] == "3.0"


def test_entries_that_the_summary_gathered_count_in_full() -> None:
    answer = stack_of(1)
    answer["layers"][0] |= {"count": 500}
    found = {part.name: part for part in parts(answer)}
    assert found["silicon[1]"].count == 500
    assert found["silicon[1]"].drop == pytest.approx(1.0)
    assert len(gathered(parts(stack_of(30)), 200)) == 119


def test_names_are_not_markup() -> None:
    answer = summary()
    answer["title"] = "[bold]x[/] :smile: [/nonsense]"
    answer["probes"] = {"[red]hot": COLD + 0.5}
    text = printed(answer)
    assert answer["title"] in text
    assert "[red]hot" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (148.0, "148"),
        (1.2e-4, "1.2e-4"),
        (-120.0, "-120"),
        (19300.0, "19300"),
        (1e12, "1e12"),
        (math.nan, "–"),
        (None, "–"),
    ],
)
def test_numbers_are_short(value: float | None, text: str) -> None:
    assert plain(value) == text


def test_small_and_large_drops_are_both_readable() -> None:
    drops = (5000.0, 36.0, 9.999, 0.8, 0.04, -7.5949, 0.0031, 2.5e-7, 0.0)
    shown = ["5000.0", "36.0", "10.0", "0.80", "0.040", "-7.6", "0.0031", "2.5e-7", "0"]
    assert [drop_text(drop) for drop in drops] == shown


def test_points_stand_below_each_other() -> None:
    assert aligned(["1.01", "36.0", "1188", "-"], 8) == ["    1.01", "   36.0 ", " 1188   ", "    -   "]
    assert aligned([], 3) == []


@pytest.mark.parametrize("value", [-0.0, -4e-6, 0.0, 4e-6])
def test_zero_has_no_sign(value: float) -> None:
    assert fixed(value, 3) == "0.000"
    assert plain(value * 0.0) == "0"
    assert share(value * 0.0) == "0 %"
    assert drop_text(value * 0.0) == "0"
    assert json.dumps(finite({"a": [value * 0.0]})) == '{"a": [0.0]}'
    answer = summary(temperature={"min": COLD, "max": COLD + 40.0})
    answer["layers"][0]["min"] = 273.15 + value
    assert "-0.0" not in printed(answer, "degC")


def test_times_and_sizes() -> None:
    times = (0.0, 5.2e-6, 8.44e-4, 9.996e-4, 1.44e-3, 0.0123, 0.969, 0.996, 3.44, 12.2, 119.0, 300.0, 9000.0)
    shown = [
        "< 1 µs",
        "5.2 µs",
        "840 µs",
        "1.0 ms",
        "1.4 ms",
        "12 ms",
        "970 ms",
        "1.0 s",
        "3.4 s",
        "12 s",
        "120 s",
    ]
    assert [duration(x) for x in times] == [*shown[:-1], "2 min", "5 min", "2.5 h"]
    assert [memory(x) for x in (8.5e7, 2.44e9, 7e12)] == ["85 MB", "2.4 GB", "7.0 TB"]


def test_values_over_time_have_the_digits_of_their_own_spread() -> None:
    """After a quench millikelvins are left between the layers, but the pulse had hundreds of kelvins."""
    degrees = Degrees({"temperature": {"min": 300.0, "max": 300.0028}}, "K")
    assert degrees(300.0017518) == "300.001752"
    assert degrees.over([300.0, None, 971.152])(508.430946) == "508.43"
