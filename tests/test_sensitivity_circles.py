"""Sensitivities where cells are cut by circles, against central differences of whole solutions and closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import kapitza as kp
from kapitza.studies.adjoint import gradient

CLOSE = 1e-6
Numbers = dict[str, tuple[float, str, list[tuple[str, str]]]]  # key: value, unit, entries of the table


def circle(kind: str, curved: bool, seed: int) -> tuple[kp.Case, Numbers]:
    """A ball in a matrix between two layers, of random conductivities and contacts."""
    rng = np.random.default_rng(seed)
    round_ = kind == "axisymmetric"
    lateral = "r" if round_ else "x"
    k = {"matrix": rng.uniform(0.1, 3.0), "ball": rng.uniform(5.0, 50.0), "ends": rng.uniform(0.5, 5.0)}
    R, joint = 10 ** rng.uniform(-7.5, -5.0), 10 ** rng.uniform(-7.0, -6.0)
    radius, height = rng.uniform(3.6, 5.1), rng.uniform(12.0, 17.0)
    matrix: Any = f"{k['matrix']!r} W/(m*K)"
    ends: Any = f"{k['ends']!r} W/(m*K)"
    if curved:
        matrix = {"value": matrix, "at": "300 K", "power": -0.7}
    else:
        ends = {"through": ends, "lateral": "1.9 W/(m*K)"}
    geometry = {"kind": kind} | ({"radius": "10 um"} if round_ else {"width": "20 um", "depth": "3 mm"})
    case = kp.Case.from_dict(
        {
            "geometry": geometry,
            "materials": {
                "m": {"conductivity": matrix},
                "p": {"conductivity": f"{k['ball']!r} W/(m*K)"},
                "q": {"conductivity": ends},
            },
            "layers": [
                {"name": "base", "material": "q", "thickness": "5 um"},
                {"name": "matrix", "material": "m", "thickness": "20 um", "heat_density": "2.1 W/mm^3"},
                {"name": "lid", "material": "q", "thickness": "3 um"},
            ],
            "regions": [
                {
                    "name": "ball",
                    "material": "p",
                    "shape": "circle",
                    "center": ["0 um" if round_ else "9.3 um", f"{height!r} um"],
                    "radius": f"{radius!r} um",
                }
            ],
            "interfaces": [
                {"between": ["matrix", "ball"], "resistance": f"{R!r} m^2*K/W"},
                {"between": ["base", "matrix"], "resistance": f"{joint!r} m^2*K/W"},
            ],
            "boundary": {
                "bottom": {"heat_flux": "50 W/cm^2"},
                "top": {"h": "1e5 W/(m^2*K)", "ambient": "310 K"},
            },
            "probes": [
                {"name": "bottom", "boundary": "bottom"},
                {"name": "ball", "region": "ball", "side": "mean"},
                {"name": "hot", "layer": "matrix"},
                {"name": "beside", "interface": ["matrix", "ball"], "side": "below"},
                {
                    "name": "point",
                    "at": {lateral: "3.1 um", "z": f"{height - radius!r} um"},
                    "layer": "matrix",
                },
            ],
            "mesh": {"x": 31, "z": 43},
        }
    )
    of_matrix = "materials.m.conductivity" + (".value" if curved else "")
    of_ends = {} if not curved else {"materials.q.conductivity": "ends"}
    numbers: Numbers = {
        of_matrix: (k["matrix"], "W/(m*K)", [("matrix", "conductivity")]),
        "materials.p.conductivity": (k["ball"], "W/(m*K)", [("ball", "conductivity")]),
        "interfaces.0.resistance": (R, "m^2*K/W", [("matrix|ball", "resistance")]),
        "interfaces.1.resistance": (joint, "m^2*K/W", [("base|matrix", "resistance")]),
        "boundary.top.h": (1e5, "W/(m^2*K)", [("top", "h")]),
        "boundary.top.ambient": (310.0, "K", [("top", "ambient")]),
        "layers.matrix.heat_density": (2.1, "W/mm^3", [("matrix", "heat_density")]),
    }
    for key in of_ends:
        numbers[key] = (k["ends"], "W/(m*K)", [("base", "conductivity"), ("lid", "conductivity")])
    return case, numbers


def differences(case: kp.Case, key: str, number: float, unit: str) -> np.ndarray:
    """(probes,) number * d(probe)/d(number) of whole solutions, with an error of the fourth power of the step."""
    f = [
        list(kp.solve(case.replace({key: f"{number * factor!r} {unit}"})).probes.values())
        for factor in (1 - 2e-3, 1 - 1e-3, 1 + 1e-3, 1 + 2e-3)
    ]
    low2, low, high, high2 = np.array(f)
    return np.asarray((8 * (high - low) - (high2 - low2)) / (12 * 1e-3))


@pytest.mark.parametrize("seed", [3, 11])
@pytest.mark.parametrize("curved", [False, True])
@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
def test_conductivities_and_contacts_of_circles(kind: str, curved: bool, seed: int) -> None:
    case, numbers = circle(kind, curved, seed)
    table = {(p.name, p.quantity): p.derivatives * p.value for p in kp.sensitivity(case).parameters}
    by_key = gradient(case, list(numbers))
    found = by_key.derivatives * by_key.at
    exact = {key: differences(case, key, number, unit) for key, (number, unit, _) in numbers.items()}
    for i, (key, (_, _, entries)) in enumerate(numbers.items()):
        size = np.abs(exact[key]).max()
        of_table = np.sum([table[entry] for entry in entries], axis=0)
        assert np.abs(of_table - exact[key]).max() <= CLOSE * size, key
        assert np.abs(found[:, i] - exact[key]).max() <= CLOSE * size, key


@pytest.mark.parametrize("law", [{"model": "perfect"}, {"resistance": "0.7 mm^2*K/W"}])
def test_circles_across_a_seam(law: dict[str, str]) -> None:
    """Periodic sides, with perfect contact and without."""
    case, numbers = circle("plane", False, 5)
    rest: dict[str, Any] = {"interfaces.0": {"between": ["matrix", "ball"], **law}}
    rest |= {"regions.0.center.0": "1.7 um", "boundary.left": {"periodic": True}, "probes.1": None}
    case = case.replace(rest)
    table = {(p.name, p.quantity): p.derivatives * p.value for p in kp.sensitivity(case).parameters}
    for key in ("materials.m.conductivity", "materials.p.conductivity", "interfaces.0.resistance"):
        number, unit, entries = numbers[key]
        if "resistance" in key:
            if "resistance" not in law:
                assert entries[0] not in table
                continue
            number, unit = 0.7, "mm^2*K/W"
        exact = differences(case, key, number, unit)
        assert np.abs(table[entries[0]] - exact).max() <= CLOSE * np.abs(exact).max(), key


def neutral(kind: str) -> tuple[kp.Case, dict[str, float]]:
    """1/k_ball + R/a = 1/k: the flux stays uniform, and the complementary energy q² (∫ 1/k + ∮ R cos²) over heat is the
    temperature of the bottom. With that flux still admissible when sizes change, its derivatives are exact."""
    round_ = kind == "axisymmetric"
    k, k_ball, a, q, width, d = 0.37, 2.9, 4.7e-6, 3.1e5, 20e-6, (3e-6, 21e-6)
    R = a * (1 / k - 1 / k_ball)
    case = kp.Case.from_dict(
        {
            "units": "SI",
            "geometry": {"kind": kind} | ({"radius": width / 2} if round_ else {"width": width}),
            "materials": {
                "m": {"conductivity": k},
                "p": {"conductivity": k_ball},
                "q": {"conductivity": 1.9},
            },
            "layers": [
                {"name": "base", "material": "q", "thickness": d[0]},
                {"name": "matrix", "material": "m", "thickness": d[1]},
            ],
            "regions": [
                {
                    "name": "ball",
                    "material": "p",
                    "shape": "circle",
                    "center": [0.0 if round_ else 9.1e-6, 14.3e-6],
                    "radius": a,
                }
            ],
            "interfaces": [{"between": ["matrix", "ball"], "resistance": R}],
            "boundary": {"bottom": {"heat_flux": q}, "top": {"h": 2.3e4, "ambient": 311.0}},
            "probes": [{"name": "bottom", "boundary": "bottom"}],
            "mesh": {"x": 60, "z": 100},
        }
    )
    # Of the ball over the ground of the domain: its volume, the surface that the flux crosses, and how both grow.
    ground = np.pi * width**2 / 4 if round_ else width
    volume, crossed = (4 / 3 * np.pi * a**3, 4 / 3 * np.pi * a**2) if round_ else (np.pi * a**2, np.pi * a)
    n = 3 if round_ else 2
    exact = {
        "layers.base.thickness": q * d[0] / 1.9,
        "layers.matrix.thickness": q * d[1] / k,
        "regions.0.radius": q * (n * volume * (1 / k_ball - 1 / k) + (n - 1) * crossed * R) / ground,
        "interfaces.0.resistance": q * R * crossed / ground,
        "materials.p.conductivity": -q * volume / k_ball / ground,
        "materials.m.conductivity": -q * (d[1] - volume / ground) / k,
    }
    return case, exact


@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
def test_sizes_about_a_neutral_circle_in_closed_form(kind: str) -> None:
    case, exact = neutral(kind)
    assert kp.solve(case).probes["bottom"] == pytest.approx(
        311.0 + 3.1e5 * (1 / 2.3e4 + 3e-6 / 1.9 + 21e-6 / 0.37), rel=1e-4
    )
    found = gradient(case, list(exact))
    largest = max(abs(value) for value in exact.values())
    for key, mine in zip(exact, (found.derivatives * found.at)[0], strict=True):
        assert mine == pytest.approx(exact[key], abs=3e-3 * abs(exact[key]) + 2e-4 * largest), key
    sensitivity = kp.sensitivity(case)
    table = {(p.name, p.quantity): p.derivatives[0] * p.value for p in sensitivity.parameters}
    for name in ("base", "matrix"):
        assert table[name, "thickness"] == pytest.approx(exact[f"layers.{name}.thickness"], rel=1e-3)
    assert not sensitivity.left_out


def test_sizes_that_would_deform_a_circle_are_left_out_and_told() -> None:
    """The ball reaches into the base: its edge runs through cells that a thicker base would stretch."""
    case, _ = neutral("plane")
    case = case.replace({"regions.0.center.1": 6.3e-6, "mesh": {"x": 20, "z": 24}})
    shells = [{"between": [name, "ball"], "resistance": 1e-6} for name in ("base", "matrix")]
    case = case.replace({"interfaces": shells})
    found = kp.sensitivity(case)
    quantities = {(p.name, p.quantity) for p in found.parameters}
    assert ("base", "thickness") not in quantities
    assert {("matrix", "thickness"), ("ball", "conductivity"), ("base|ball", "resistance")} <= quantities
    (left_out,) = found.data()["bottom"]["left_out"]
    assert (left_out["name"], left_out["quantity"]) == ("base", "thickness")
    assert "ball" in left_out["reason"]
    with pytest.raises(kp.InputError, match=r"layers\.base\.thickness.*ball"):
        gradient(case, ["layers.base.thickness"])


@pytest.mark.parametrize("heat", [{"heat": "0.4 W"}, {"heat_density": "2.1 W/mm^3"}])
@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
def test_thicknesses_are_sums_over_rows(kind: str, heat: dict[str, str]) -> None:
    """What the rows tell is what stacks assembled on the stretched mesh tell, those of the circle held."""
    case, _ = circle(kind, False, 7)
    given = {f"layers.matrix.{key}": heat.get(key) for key in ("heat", "heat_density")}
    case = case.replace({**given, "regions.0.heat": "0.3 W"})
    sensitivity = kp.sensitivity(case)
    found = {(p.name, p.quantity): p.derivatives * p.value for p in sensitivity.parameters}
    for name in ("base", "matrix", "lid"):
        by_key = gradient(case, [f"layers.{name}.thickness"])
        exact = (by_key.derivatives * by_key.at)[:, 0]
        assert found[name, "thickness"] == pytest.approx(exact, abs=1e-6 * np.abs(exact).max()), name


@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
@pytest.mark.parametrize("frozen", [None, "320 K"])
def test_laws_of_closed_contacts(kind: str, frozen: str | None) -> None:
    """q = C (T1³ - T2³) all around a ball: the flux has both signs, and the resistance is told none the less."""
    case, numbers = circle(kind, True, 3)
    law = {"model": "power-law", "coefficient": "3e-2 W/(m^2*K^3)", "exponent": 3}
    case = case.replace(
        {"interfaces.0": {"between": ["matrix", "ball"], **law}, "solve.properties_at": frozen}
    )
    sensitivity = kp.sensitivity(case)
    parameters = {(p.name, p.quantity): p for p in sensitivity.parameters}
    joint = next(p for (name, _), p in parameters.items() if name in ("matrix|ball", "ball|matrix"))
    T = sensitivity.values[sensitivity.index("ball")]
    assert joint.value * 3 * 3e-2 * T**2 == pytest.approx(1.0, abs=0.02)
    exact = differences(case, "interfaces.0.coefficient", 3e-2, "W/(m^2*K^3)")
    assert np.abs(joint.derivatives * joint.value + exact).max() <= CLOSE * np.abs(exact).max()
    for key in ("materials.m.conductivity.value", "boundary.top.ambient"):
        number, unit, (entry,) = numbers[key]
        exact = differences(case, key, number, unit)
        found = parameters[entry].derivatives * parameters[entry].value
        assert np.abs(found - exact).max() <= CLOSE * np.abs(exact).max(), key
