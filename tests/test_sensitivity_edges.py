"""Faces that move, with edges on them that stay: what is told is the same from both sides, the rest is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import kapitza as kp
from kapitza.studies.adjoint import gradient

STEP = 1e-3  # of a thickness, in differences to one side
CLOSE = 3e-3  # of the largest effect: what is left of second derivatives
FACES = ("lo", "mid", "hi")


def stack(kind: str, seed: int, edge: str, on_face: bool) -> tuple[kp.Case, dict[str, float]]:
    """Three layers, and something that begins at the upper face of the first, or beside it. edge : what"""
    rng = np.random.default_rng(seed)
    round_ = kind == "axisymmetric"
    x = "r" if round_ else "x"
    d = dict(zip(FACES, rng.uniform(0.6, 2.4, 3).round(3).tolist(), strict=True))
    start = d["lo"] if on_face else d["lo"] + 0.37 * d["mid"]
    z = [f"{start!r} mm", f"{d['lo'] + d['mid'] + 0.41 * d['hi']!r} mm"]
    k = rng.uniform(0.5, 30.0, 4)
    lateral: dict[str, Any] = {"radius": "7 mm"} if round_ else {"width": "11 mm", "depth": "2 mm"}
    data: dict[str, Any] = {
        "geometry": {"kind": kind, **lateral},
        "materials": {n: {"conductivity": f"{v!r} W/(m*K)"} for n, v in zip("abcd", k.tolist(), strict=True)},
        "layers": [
            {"name": n, "material": m, "thickness": f"{d[n]!r} mm"} for n, m in zip(FACES, "abc", strict=True)
        ],
        "interfaces": [{"between": ["lo", "mid"], "resistance": f"{rng.uniform(0.1, 0.8)!r} cm^2*K/W"}],
        "boundary": {
            "bottom": {"heat_flux": "1.3 W/cm^2"},
            "top": {"h": "900 W/(m^2*K)", "ambient": "310 K"},
        },
        "probes": [{"name": "hot", "boundary": "bottom"}, {"name": "mean", "layer": "mid", "side": "mean"}],
        "mesh": {"x": 12, "z": 36},
    }
    if edge == "region":
        data["regions"] = [{"name": "via", "material": "d", x: ["0 mm", "2.9 mm"], "z": z}]
    elif edge == "source":
        z = [z[0], f"{d['lo'] + 0.83 * d['mid']!r} mm"]
        data["sources"] = [{"name": "wire", "layer": "mid", "z": z, "heat": "1.7 W"}]
    else:
        side = "outer" if round_ else "left"
        cold = {"temperature": "290 K", "z": z}
        data["boundary"][side] = {"heat_flux": "0.2 W/cm^2", "patches": [cold]}
    return kp.Case.from_dict(data), d


def to_one_side(case: kp.Case, d: dict[str, float], name: str, sign: float) -> np.ndarray:
    """(probes,) effect of one per cent more, from a solution with a little more of the thickness, or less."""
    other = case.replace({f"layers.{name}.thickness": f"{d[name] * (1 + sign * STEP)!r} mm"})
    change = np.subtract(list(kp.solve(other).probes.values()), list(kp.solve(case).probes.values()))
    return np.asarray(0.01 * change / (sign * STEP))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("edge", ["region", "source", "patch"])
@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
def test_a_thickness_is_told_where_both_sides_agree(kind: str, edge: str, seed: int) -> None:
    for on_face in (False, True):
        case, d = stack(kind, seed, edge, on_face)
        found = kp.sensitivity(case)
        told = {p.name: p.effects for p in found.parameters if p.quantity == "thickness"}
        left_out = {one.name: one.reason for one in found.left_out}
        assert set(left_out) == ({"lo"} if on_face else set())
        assert set(told) == set(FACES) - set(left_out)
        sides = {name: [to_one_side(case, d, name, sign) for sign in (-1.0, 1.0)] for name in FACES}
        size = max(float(np.abs(effects).max()) for both in sides.values() for effects in both)
        for name, effects in told.items():
            for side in sides[name]:
                assert np.abs(effects - side).max() <= CLOSE * size, (name, on_face)
        for name, reason in left_out.items():
            assert "more and less have different effects" in reason
            assert np.abs(sides[name][0] - sides[name][1]).max() > CLOSE * size
            with pytest.raises(kp.InputError, match=rf"layers\.{name}\.thickness: .*different effects"):
                gradient(case, [f"layers.{name}.thickness"])
            with pytest.raises(kp.InputError, match=r"layers\.\w+\.thickness: .*different effects"):
                kp.sensitivity(
                    kp.Case.from_dict({**case.data, "tolerances": {f"layers.{name}.thickness": "5 %"}})
                )


def test_edges_that_move_together_are_told() -> None:
    """Of two regions side by side, the edges that both have: one alone is refused; those of another place are not."""
    case, _ = stack("plane", 5, "region", False)
    region = case.data["regions"][0]
    beside = {**region, "name": "plug", "material": "a", "x": ["2.9 mm", "6 mm"]}
    case = kp.Case.from_dict({**case.data, "regions": [region, beside]})
    assert not kp.sensitivity(case).left_out
    with pytest.raises(kp.InputError, match="different effects"):
        gradient(case, ["regions.0.x.1"])
    assert np.isfinite(gradient(case, ["regions.1.x.1"]).derivatives).all()


LINE: dict[str, Any] = {
    "geometry": {"kind": "slab", "area": "1.4 cm^2"},
    "materials": {"a": {"conductivity": "11 W/(m*K)"}, "b": {"conductivity": "1.7 W/(m*K)"}},
    "layers": [
        {"name": "lo", "material": "a", "thickness": "1.1 mm"},
        {"name": "hi", "material": "b", "thickness": "2.3 mm"},
    ],
    "boundary": {"bottom": {"heat_flux": "1.3 W/cm^2"}, "top": {"temperature": "310 K"}},
    "probes": [{"name": "hot", "boundary": "bottom"}],
}


def test_in_one_dimension_a_source_that_ends_on_a_face() -> None:
    """Its range would leave the layer, or a part of the layer would be without heat: another cut of the stack."""
    wire = {"name": "wire", "layer": "lo", "z": ["0.4 mm", "1.1 mm"], "heat": "1.9 W"}
    found = kp.sensitivity(kp.Case.from_dict({**LINE, "sources": [wire]}))
    assert [(one.name, one.quantity) for one in found.left_out] == [("lo", "thickness")]
    assert ("hi", "thickness") in {(p.name, p.quantity) for p in found.parameters}


@pytest.mark.parametrize("heat", [{}, {"heat": "1.9 W"}])
def test_in_one_dimension_a_point_on_a_face(heat: dict[str, str]) -> None:
    """A point at a height of its own comes to lie in one layer or the other; the layer's own end goes with it."""
    layers = [{**LINE["layers"][0], **heat}, LINE["layers"][1]]
    point = {"name": "point", "at": {"z": "1.1 mm"}}
    found = kp.sensitivity(kp.Case.from_dict({**LINE, "layers": layers, "probes": [point]}))
    (one,) = found.left_out
    assert (one.name, one.quantity) == ("lo", "thickness")
    assert "point" in one.reason
    end = {"name": "end", "layer": "lo", "side": "top"}
    found = kp.sensitivity(kp.Case.from_dict({**LINE, "layers": layers, "probes": [end]}))
    assert not found.left_out
