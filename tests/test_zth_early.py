"""Thermal impedance at early times: t/C of a heated layer, and what the heat does not reach yet, against inversions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import kapitza as kp
import kapitza.cli

K1, C1, K2, C2 = 3.1, 2.3e6, 0.7, 1.6e6  # of both layers
JOINT, H = 1.7e-4, 870.0
A, B = 3.7e-3, 5.2e-3  # upper faces
AREA = 1.3e-4
CLOSE = 1e-3  # asked for, wherever the value is more than FAINTEST of steady
FAINTEST = 1e-9


def case(kind: str, **probe: str) -> kp.Case:
    top = "top" if kind == "slab" else "outer"
    return kp.Case.from_dict(
        {
            "units": "SI",
            "geometry": {"kind": kind} | ({"area": AREA} if kind == "slab" else {"inner_radius": 0.0}),
            "materials": {
                "a": {"conductivity": K1, "volumetric_heat_capacity": C1},
                "b": {"conductivity": K2, "volumetric_heat_capacity": C2},
            },
            "layers": [
                {"name": "a", "material": "a", "thickness": A, "heat": 7.0},
                {"name": "b", "material": "b", "thickness": B - A},
            ],
            "interfaces": [{"between": ["a", "b"], "resistance": JOINT}],
            "boundary": {top: {"h": H, "ambient": 400.0}},
            "probes": [{"name": "p", **probe}],
        }
    )


def transformed(kind: str) -> tuple[float, dict[str, Callable[[Any], Any]]]:
    """(C of the heated layer [J/K], Laplace transforms of the rise after a step of 1 W: mean of the layer, its lower
    end or centre, and the end of the second). From w'' = m² w in both, the jump and the film; w is u, in a ball u r."""
    ball = kind == "sphere"
    area = 4 * mp.pi * mp.mpf(A) ** 2 if ball else mp.mpf(AREA)
    C = C1 * (area * A / 3 if ball else area * A)
    a, b = (mp.mpf(A), mp.mpf(B)) if ball else (mp.mpf(1), mp.mpf(1))

    def slope(w: Any, by: Any, r: Any) -> Any:
        return (by - w / r) / r if ball else by

    def solution(s: Any) -> tuple[Any, Any, Any]:
        m1, m2 = mp.sqrt(s * C1 / K1), mp.sqrt(s * C2 / K2)
        E = mp.exp(-m2 * (mp.mpf(B) - mp.mpf(A)))
        whole = 1 / (
            s * C
        )  # the rise where nothing leaves; w1 is 1 at A, w2 = P exp(m (A - x)) + Q exp(m (x - B))
        by = slope(1, m1 * (mp.coth(m1 * A) if ball else mp.tanh(m1 * A)), a)
        rows = mp.matrix(
            [
                [-K1 * by, K2 * slope(1, -m2, a), K2 * slope(E, m2 * E, a)],
                [1 / a + JOINT * K1 * by, -1 / a, -E / a],
                [0, K2 * slope(E, -m2 * E, b) + H * E / b, K2 * slope(1, m2, b) + H / b],
            ]
        )
        F, P, Q = mp.lu_solve(rows, mp.matrix([0, -whole, 0]))
        mean = (1 + area * K1 * by * F) / (s * C)
        start = whole + F * (m1 / mp.sinh(m1 * A) if ball else 1 / mp.cosh(m1 * A))
        return mean / s, start / s, (P * E + Q) / b / s

    names = ("mean", "bottom", "far")
    return float(C), {name: lambda s, i=i: solution(s)[i] for i, name in enumerate(names)}


def inverted(transform: Callable[[Any], Any], t: float) -> float:
    with mp.workdps(45):
        return float(mp.invertlaplace(transform, t, method="talbot", degree=45))


@pytest.mark.parametrize("side", ["mean", "bottom", "max"])
@pytest.mark.parametrize("kind", ["slab", "sphere"])
def test_a_heated_layer_at_every_time(kind: str, side: str) -> None:
    found = kp.zth(case(kind, layer="a", side=side))
    C, transforms = transformed(kind)
    assert found.time[0] == pytest.approx(1e-6)
    assert found.zth[0] == pytest.approx(1e-6 / C, rel=CLOSE)
    early = found.time < 1e-5
    assert found.zth[early] == pytest.approx(found.time[early] / C, rel=CLOSE)
    transform = transforms["mean" if side == "mean" else "bottom"]  # the hottest place is the insulated end
    for k in range(3, len(found.time), 23):
        assert found.zth[k] == pytest.approx(inverted(transform, found.time[k]), rel=CLOSE), found.time[k]
    assert not any("resolution" in note for note in found.notes)
    assert found.cauer is not None or side != "mean"


@pytest.mark.parametrize("kind", ["slab", "sphere"])
def test_where_little_of_the_heat_arrives(kind: str) -> None:
    """What is told is right, and what is not is told to be unknown."""
    found = kp.zth(case(kind, layer="b", side="top"))
    transform = transformed(kind)[1]["far"]
    note = next(note for note in found.notes if "below resolution" in note)
    there = found.zth > 0.0
    first = int(np.argmax(there))
    assert there[first:].all()
    assert found.zth[first] < 100 * FAINTEST * found.steady
    assert f"before {found.time[first]:.2g} s" in note
    accurate = float(note.split("at most from ")[1].split()[0])
    for k in [first, first + 1, *range(first + 2, len(found.time), 7)]:
        exact = inverted(transform, found.time[k])
        close = CLOSE if found.time[k] >= 1.03 * accurate else 1.0
        assert found.zth[k] == pytest.approx(exact, rel=close), found.time[k]


def test_in_print_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "far.toml"
    text = (Path(__file__).parent.parent / "cases" / "zth_package.toml").read_text()
    file.write_text(text.replace('boundary = "bottom"', 'layer = "plate"\nside = "top"'))
    assert kapitza.cli.main(["zth", str(file)]) == 0
    assert "1 µs  below resolution" in capsys.readouterr().out
    assert kapitza.cli.main(["zth", str(file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["zth"][0] == 0.0
    assert "below resolution" in answer["notes"][0]
