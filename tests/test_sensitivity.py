"""Sensitivities against central differences of whole solutions, and against closed forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import kapitza as kp
from kapitza.solution import probes
from kapitza.studies.adjoint import Adjoint, Maximum, gradient
from kapitza.studies.adjoint.functional import Functional

CLOSE = 1e-6


def values(case: kp.Case, functionals: list[Functional]) -> list[float]:
    solved = kp.solve(case)
    highest = float(np.nanmax(solved.pieces.most))
    return [
        highest if isinstance(one, Maximum) else probes.value(solved, one, "probe") for one in functionals
    ]


def differences(
    case: kp.Case, key: str, number: float, unit: str, functionals: list[Functional]
) -> np.ndarray:
    """(n,) number * d(functional)/d(number) by five solutions: the error goes with the fourth power of the step."""
    at = [1 - 2e-3, 1 - 1e-3, 1 + 1e-3, 1 + 2e-3]
    cases = [case.replace({key: f"{number * factor!r} {unit}" if unit else number * factor}) for factor in at]
    f = np.array([values(one, functionals) for one in cases])
    return (8 * (f[2] - f[1]) - (f[3] - f[0])) / (12 * 1e-3)


def check(case: kp.Case, keys: dict[str, tuple[float, str]], close: float = CLOSE) -> None:
    """All keys against differences, relative to what the most important key does to the same functional."""
    functionals: list[Functional] = [*case.stack.probes, Maximum()]
    found = gradient(case, list(keys), functionals)
    assert np.allclose(found.values, values(case, functionals), rtol=1e-11)
    mine = found.derivatives * found.at
    shifted = [key for key, (_, unit) in keys.items() if unit == "K"]
    exact = np.stack([differences(case, key, *keys[key], functionals) for key in keys], axis=1)
    assert np.isfinite(mine).all()
    largest = np.abs(np.delete(exact, [list(keys).index(key) for key in shifted], axis=1)).max(
        axis=1, keepdims=True
    )
    error = np.abs(mine - exact) / np.maximum(np.abs(exact), np.where(largest > 0, largest, 1.0))
    assert error.max() <= close, dict(zip(keys, error.max(axis=0), strict=True))


def line(kind: str, curved: bool, rng: np.random.Generator) -> tuple[kp.Case, dict[str, tuple[float, str]]]:
    """Four layers with joints, sources and films; all numbers different, none 1."""
    low, high = ("bottom", "top") if kind == "slab" else ("inner", "outer")
    k = rng.uniform(1.5, 300.0, 4).tolist()
    d = rng.uniform(0.02, 4.0, 4).tolist()
    geometry: dict[str, Any] = {"kind": kind}
    if kind == "slab":
        geometry["area"] = "3.7 cm^2"
    else:
        geometry |= {"inner_radius": "7.3 mm"} | ({"length": "31 mm"} if kind == "cylinder" else {})
    law: dict[str, Any] = {"resistance": "0.31 cm^2*K/W"}
    conductivity: Any = f"{k[0]} W/(m*K)"
    if curved:
        law = {"model": "power-law", "coefficient": "3e-3 W/(m^2*K^3)", "exponent": 3}
        conductivity = {"value": f"{k[0]} W/(m*K)", "at": "310 K", "power": -1.3}
    case = kp.Case.from_dict(
        {
            "geometry": geometry,
            "materials": {"a": {"conductivity": conductivity}}
            | {name: {"conductivity": f"{k[i]} W/(m*K)"} for i, name in enumerate("bcd", 1)},
            "layers": [
                {"name": "l0", "material": "a", "thickness": f"{d[0]} mm", "heat": "23 W"},
                {"name": "l1", "material": "b", "thickness": f"{d[1]} mm"},
                {"name": "l2", "material": "c", "thickness": f"{d[2]} mm", "heat_density": "2.3 W/cm^3"},
                {"name": "l3", "material": "d", "thickness": f"{d[3]} mm"},
            ],
            "interfaces": [
                {"between": ["l0", "l1"], **law},
                {"between": ["l2", "l3"], "conductance": "7 W/(cm^2*K)"},
            ],
            "boundary": {
                low: {"h": "210 W/(m^2*K)", "ambient": "293 K"},
                high: {"h": "3100 W/(m^2*K)", "ambient": "351 K"} | ({"emissivity": 0.83} if curved else {}),
            },
            "probes": [
                {"name": "hot", "layer": "l0"},
                {"name": "mean", "layer": "l2", "side": "mean"},
                {"name": "side", "layer": "l1", "side": "top"},
                {"name": "surface", "boundary": high},
                {"name": "jump", "interface": ["l0", "l1"]},
                {"name": "flux", "interface": ["l3", "l2"], "side": "flux"},
                {"name": "above", "interface": ["l2", "l3"], "side": "above"},
            ],
        }
    )
    keys = {
        f"materials.a.conductivity{'.value' if curved else ''}": (k[0], "W/(m*K)"),
        "materials.c.conductivity": (k[2], "W/(m*K)"),
        "layers.l0.thickness": (d[0], "mm"),
        "layers.l1.thickness": (d[1], "mm"),
        "layers.l2.thickness": (d[2], "mm"),
        "interfaces.0.coefficient" if curved else "interfaces.0.resistance": (
            (3e-3, "W/(m^2*K^3)") if curved else (0.31, "cm^2*K/W")
        ),
        "interfaces.1.conductance": (7.0, "W/(cm^2*K)"),
        f"boundary.{low}.h": (210.0, "W/(m^2*K)"),
        f"boundary.{high}.h": (3100.0, "W/(m^2*K)"),
        f"boundary.{high}.ambient": (351.0, "K"),
        "layers.l0.heat": (23.0, "W"),
        "layers.l2.heat_density": (2.3, "W/cm^3"),
    }
    return case, keys | ({f"boundary.{high}.emissivity": (0.83, "")} if curved else {})


@pytest.mark.parametrize("kind", ["slab", "cylinder", "sphere"])
@pytest.mark.parametrize("curved", [False, True])
def test_random_stacks_against_differences_of_solutions(kind: str, curved: bool) -> None:
    rng = np.random.default_rng(7 * ("slab", "cylinder", "sphere").index(kind) + curved)
    for _ in range(2):
        check(*line(kind, curved, rng))


def plane(kind: str, curved: bool) -> tuple[kp.Case, dict[str, tuple[float, str]]]:
    round_ = kind == "axisymmetric"
    lateral, outer = ("r", "outer") if round_ else ("x", "right")

    def span(low: float, high: float) -> list[str]:
        return [f"{low} mm", f"{high} mm"]

    def wide(x: float) -> dict[str, Any]:
        return {"radius": f"{x} mm"} if round_ else {"x": span(-x, x)}

    geometry = {"kind": kind} | ({"radius": "30 mm"} if round_ else {"x": span(-30, 30), "depth": "14 mm"})
    k = {"value": "120 W/(m*K)", "at": "300 K", "power": -1.3}
    law = {"model": "power-law", "coefficient": "3e-3 W/(m^2*K^3)", "exponent": 3}
    case = kp.Case.from_dict(
        {
            "geometry": geometry,
            "materials": {
                "a": {"conductivity": k if curved else {"through": "120 W/(m*K)", "lateral": "150 W/(m*K)"}},
                "b": {"conductivity": "3.7 W/(m*K)"},
                "c": {"conductivity": "210 W/(m*K)"},
            },
            "layers": [
                {"name": "die", "material": "a", "thickness": "0.5 mm", "heat": "40 W", **wide(7)},
                {"name": "tim", "material": "b", "thickness": "50 um", **wide(7)},
                {"name": "sink", "material": "c", "thickness": "6 mm", "heat_density": "2.1 W/cm^3"},
            ],
            "regions": [
                {
                    "name": "bump",
                    "material": "b",
                    "shape": "rectangle",
                    lateral: span(2, 5),
                    "z": span(2.05, 3.05),
                }
            ],
            "interfaces": [
                {"between": ["tim", "sink"], **(law if curved else {"conductance": "33 W/(cm^2*K)"})},
                {"between": ["die", "tim"], "resistance": "0.2 cm^2*K/W"},
                {"between": ["sink", "bump"], "resistance": "0.4 cm^2*K/W"},
            ],
            "sources": [{"name": "s", "layer": "die", "heat": "11 W", lateral: span(1.1, 3)}],
            "boundary": {
                "top": {
                    "h": "3000 W/(m^2*K)",
                    "ambient": "350 K",
                    "patches": [{lateral: span(10, 14), "heat_flux": "1.3 W/cm^2"}],
                }
                | ({"emissivity": 0.8} if curved else {}),
                outer: {"h": "900 W/(m^2*K)", "ambient": "320 K"},
            },
            "probes": [
                {"name": "hot", "layer": "die"},
                {"name": "mean", "layer": "sink", "side": "mean"},
                {"name": "bottom", "layer": "tim", "side": "bottom"},
                {"name": "span", "boundary": "top", "x": span(0.5, 11)},
                {"name": "rim", "boundary": outer},
                {"name": "place", "boundary": "top", "x": "3.3 mm"},
                {"name": "point", "at": {lateral: "3.4 mm", "z": "1.77 mm"}},
                {"name": "jump", "interface": ["tim", "sink"]},
                {"name": "flux", "interface": ["sink", "tim"], "side": "flux"},
                {"name": "above", "interface": ["tim", "sink"], "side": "above"},
                {"name": "jump here", "interface": ["die", "tim"], "x": span(1, 4)},
                {"name": "flux here", "interface": ["die", "tim"], "side": "flux", "x": "2.2 mm"},
                {"name": "in the bump", "interface": ["bump", "sink"], "side": "below"},
            ],
            "mesh": {"x": 30, "z": 24},
        }
    )
    keys = {
        "materials.c.conductivity": (210.0, "W/(m*K)"),
        "layers.die.thickness": (0.5, "mm"),
        "layers.tim.thickness": (50.0, "um"),
        "layers.sink.thickness": (6.0, "mm"),
        "interfaces.1.resistance": (0.2, "cm^2*K/W"),
        "interfaces.2.resistance": (0.4, "cm^2*K/W"),
        "boundary.top.h": (3000.0, "W/(m^2*K)"),
        f"boundary.{outer}.h": (900.0, "W/(m^2*K)"),
        f"boundary.{outer}.ambient": (320.0, "K"),
        "layers.die.heat": (40.0, "W"),
        "layers.sink.heat_density": (2.1, "W/cm^3"),
        "sources.s.heat": (11.0, "W"),
    }
    if curved:
        keys |= {
            "materials.a.conductivity.value": (120.0, "W/(m*K)"),
            "interfaces.0.coefficient": (3e-3, "W/(m^2*K^3)"),
            "boundary.top.emissivity": (0.8, ""),
        }
    else:
        keys |= {
            "materials.a.conductivity.through": (120.0, "W/(m*K)"),
            "materials.a.conductivity.lateral": (150.0, "W/(m*K)"),
            "interfaces.0.conductance": (33.0, "W/(cm^2*K)"),
        }
    return case, keys


@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
@pytest.mark.parametrize("curved", [False, True])
def test_two_dimensions_against_differences_of_solutions(kind: str, curved: bool) -> None:
    check(*plane(kind, curved))


@pytest.mark.parametrize("curved", [False, True])
@pytest.mark.parametrize("kind", ["slab", "cylinder", "sphere", "plane", "axisymmetric"])
def test_products_of_flows_are_the_derivatives_by_the_keys(kind: str, curved: bool) -> None:
    """Of every parameter of the table: conductivities, joints, films, sizes, heats and temperatures outside."""
    flat = kind in ("plane", "axisymmetric")
    case, _ = plane(kind, curved) if flat else line(kind, curved, np.random.default_rng(3))
    found = kp.sensitivity(case)
    mine = {(p.name, p.quantity): p.derivatives * p.value for p in found.parameters}
    outer = {"slab": "top", "plane": "right", "axisymmetric": "outer"}.get(kind, "outer")
    first = ("die", "sink", "die|tim", "interfaces.1.resistance") if flat else ("l0", "l2", "l0|l1", "")
    hot, cool, joint, key = first
    named = {
        (hot, "thickness"): [f"layers.{hot}.thickness"],
        (cool, "conductivity"): ["materials.c.conductivity"],
        (cool, "heat_density"): [f"layers.{cool}.heat_density"],
        (hot, "heat"): [f"layers.{hot}.heat"],
        (outer, "ambient"): [f"boundary.{outer}.ambient"],
    }
    if curved:
        named[hot, "conductivity"] = ["materials.a.conductivity.value"]
    elif flat:
        named[hot, "conductivity"] = ["materials.a.conductivity.through", "materials.a.conductivity.lateral"]
    if key or not curved:
        named[joint, "resistance"] = [key or "interfaces.0.resistance"]
    named[outer, "h"] = [f"boundary.{outer}.h"]
    if curved:
        radiating = "top" if flat else outer
        named[radiating, "h"] = [f"boundary.{radiating}.h"]
        named[radiating, "emissivity"] = [f"boundary.{radiating}.emissivity"]
    largest = np.max([np.abs(v) for (_, what), v in mine.items() if what != "ambient"], axis=0)
    for parameter, keys in named.items():
        by_keys = gradient(case, keys)
        exact = (by_keys.derivatives * by_keys.at).sum(axis=1)
        assert np.all(np.abs(mine[parameter] - exact) <= 1e-7 * np.maximum(largest, np.abs(exact))), parameter


@pytest.mark.parametrize("curved", [False, True])
@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
def test_sizes_and_heats_of_plain_layers_are_sums_over_rows(kind: str, curved: bool) -> None:
    """Without regions and sources nothing is assembled again; void and vertical films beside the die."""
    case, _ = plane(kind, curved)
    outer = "outer" if kind == "axisymmetric" else "right"
    flux = {"heat_flux": "0.7 W/cm^2"}
    changes: dict[str, Any] = {"regions": None, "sources": None, "interfaces.2": None, "probes.12": None}
    case = case.replace(changes)
    for boundary in ({"h": "900 W/(m^2*K)", "ambient": "320 K"}, flux):
        one = case.replace({f"boundary.{outer}": boundary})
        mine = {(p.name, p.quantity): p.derivatives * p.value for p in kp.sensitivity(one).parameters}
        largest = np.max([np.abs(v) for (_, what), v in mine.items() if what != "ambient"], axis=0)
        for name in ("die", "tim", "sink"):
            exact = gradient(one, [f"layers.{name}.thickness"])
            error = np.abs(mine[name, "thickness"] - exact.derivatives[:, 0] * exact.at[0])
            assert np.all(error <= 1e-7 * largest), name
        exact = gradient(one, ["layers.die.heat", "layers.sink.heat_density"])
        for i, name in enumerate((("die", "heat"), ("sink", "heat_density"))):
            assert np.all(np.abs(mine[name] - exact.derivatives[:, i] * exact.at[i]) <= 1e-7 * largest), name


# Closed forms ---------------------------------------------------------------------------------------------


def test_series_stack_in_closed_form() -> None:
    """120 W through 4 cm²: dT/dR = q, dT/dd = q/k, dT/dk = -q d/k², dT/dh = -q/h², dT/dP = sum of resistances / A."""
    case = kp.load("cases/cpu_die_paste.toml")
    q, found = 120.0 / 4e-4, kp.sensitivity(case)
    by_name = {(p.name, p.quantity): p for p in found.parameters}
    exact = {
        ("die|paste", "resistance"): q,
        ("paste|sink", "resistance"): q,
        ("sink", "thickness"): q / 237.0,
        ("sink", "conductivity"): -q * 6e-3 / 237.0**2,
        ("paste", "conductivity"): -q * 50e-6 / 4.0**2,
        ("top", "h"): -q / 5000.0**2,
        ("top", "ambient"): 1.0,
        ("bottom", "heat"): (found.values[0] - 298.15) / 120.0,
    }
    for name, expected in exact.items():
        assert by_name[name].derivatives[0] == pytest.approx(expected, rel=1e-8), name


def test_superlattice_counts_equal_layers_together() -> None:
    """Between two temperatures q = ΔT/(n(d1/k1 + d2/k2) + (2n-1)R); equal layers are one entry."""
    n, dT, d, k, R = 30, 7.0, (7e-9, 4e-9), (8.5, 4.7), 3.2e-9
    layers = [kp.Layer("a", kp.Material("a", k[0]), d[0]), kp.Layer("b", kp.Material("b", k[1]), d[1])]
    stack = kp.Stack(
        layers=[kp.Group(n, tuple(layers))],
        geometry=kp.Geometry("slab", area=2e-4),
        interfaces=[kp.Interface(kp.Resistance(R), materials=("a", "b"))],
        boundaries={
            "bottom": kp.Boundary(kp.Temperature(300.0 + dT)),
            "top": kp.Boundary(kp.Temperature(300.0)),
        },
        probes=[kp.InterfaceProbe("q", ("a[1]", "b[1]"), "flux")],
    )
    total = n * (d[0] / k[0] + d[1] / k[1]) + (2 * n - 1) * R
    q = dT / total
    found = {(p.name, p.quantity): p for p in kp.sensitivity(stack).parameters}
    joint = found["a|b", "resistance"]
    assert joint.count == 2 * n - 1
    assert joint.derivatives[0] == pytest.approx(-q / total * (2 * n - 1), rel=1e-12)
    assert found["a", "thickness"].count == n
    assert found["a", "thickness"].derivatives[0] == pytest.approx(-q / total * n / k[0], rel=1e-7)
    assert found["b", "conductivity"].derivatives[0] == pytest.approx(
        q / total * n * d[1] / k[1] ** 2, rel=1e-12
    )


def test_radiating_end_in_closed_form() -> None:
    """A bar behind a T⁴ law: k (T0 - T)/L = εσ(T⁴ - Ta⁴), differentiated implicitly."""
    case = kp.load("cases/nafems_t2.toml")
    T, (k, L, eps, sigma) = kp.solve(case).probes["radiating end"], (55.563, 0.1, 0.98, 5.670374419e-8)
    found = {(p.name, p.quantity): p.derivatives[0] for p in kp.sensitivity(case).parameters}
    slope = k / L + 4 * eps * sigma * T**3
    assert found["bar", "conductivity"] == pytest.approx((1000.0 - T) / L / slope, rel=1e-9)
    assert found["bar", "thickness"] == pytest.approx(-k * (1000.0 - T) / L**2 / slope, rel=1e-7)
    assert found["bottom", "temperature"] == pytest.approx(k / L / slope, rel=1e-7)
    assert found["top", "ambient"] == pytest.approx(4 * eps * sigma * 300.0**3 / slope, rel=1e-7)


def test_extreme_contrast_keeps_its_digits() -> None:
    """1 nm of diamond on 1 cm of aerogel: dq/dd of the film is -q²/(k ΔT) to the last digits."""
    stack = kp.Stack(
        layers=[
            kp.Layer("film", kp.Material("d", 2200.0), 1e-9),
            kp.Layer("gel", kp.Material("g", 0.013), 1e-2),
        ],
        interfaces=[kp.Interface(kp.Resistance(3e-9), between=("film", "gel"))],
        boundaries={
            "bottom": kp.Boundary(kp.Temperature(311.0)),
            "top": kp.Boundary(kp.Temperature(294.0)),
        },
        probes=[kp.InterfaceProbe("q", ("film", "gel"), "flux")],
    )
    total = 1e-9 / 2200.0 + 3e-9 + 1e-2 / 0.013
    found = {(p.name, p.quantity): p.derivatives[0] for p in kp.sensitivity(stack).parameters}
    q = 17.0 / total
    assert found["film|gel", "resistance"] == pytest.approx(-q / total, rel=1e-13)
    assert found["film", "conductivity"] == pytest.approx(q / total * 1e-9 / 2200.0**2, rel=1e-13)


def test_without_probes_the_maximum_and_between_two_temperatures_the_flux() -> None:
    """Si/Ge between two temperatures: the parts of the resistance are the parts of the effect, 1 % in all."""
    found = kp.sensitivity(kp.load("cases/superlattice_si_ge.toml"))
    assert list(found.names) == ["maximum", "heat flux"]
    parts = {(p.name, p.quantity): p.effects[1] / found.values[1] for p in found.parameters}
    resisting = [v for (_, what), v in parts.items() if what in ("conductivity", "resistance")]
    assert sum(abs(v) for v in resisting) == pytest.approx(0.01, rel=1e-9)
    assert kp.sensitivity(kp.load("cases/furnace_wall_vm92.toml")).names[0] == "maximum"


# Refusals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "what"), [("cpu_power_step", "transient"), ("film_on_substrate", "frequency")]
)
def test_only_steady_cases(name: str, what: str) -> None:
    with pytest.raises(kp.InputError, match=what):
        kp.sensitivity(kp.load(f"cases/{name}.toml"))


def test_keys_that_cannot_vary_are_named() -> None:
    case = kp.load("cases/cpu_die_paste.toml")
    with pytest.raises(kp.InputError, match=r"layers\.sink\.material"):
        gradient(case, ["layers.sink.material"])
    with pytest.raises(kp.InputError, match="no probe is named 'junktion'"):
        kp.sensitivity(case, ["junktion"])


def test_a_piece_that_nothing_holds_is_told() -> None:
    stack = kp.Stack(
        layers=[kp.Layer("a", kp.Material("a", 3.0), 1e-3), kp.Layer("b", kp.Material("b", 5.0), 2e-3)],
        interfaces=[kp.Interface(kp.Insulated(), between=("a", "b"))],
        boundaries={"top": kp.Boundary(kp.Temperature(310.0))},
    )
    with pytest.raises(kp.InputError, match="nothing fixes the temperature"):
        Adjoint.of(kp.solve(stack), [kp.PieceProbe("a", "a", "mean")])


@pytest.mark.parametrize("heat", [{"heat": "40 W"}, {"heat_density": "3 W/cm^3"}, {"growing": True}])
@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
def test_thicknesses_with_regions_and_heats_of_any_kind(kind: str, heat: dict[str, Any]) -> None:
    """Rectangles keep their heights, so that rows of one layer grow by different amounts; totals are shared anew, and
    heat that grows with temperature grows with its volume."""
    case, _ = plane(kind, True)
    density = {"value": "2.1 W/cm^3", "at": "300 K", "slope": "0.004 W/(cm^3*K)"}
    given = {"heat_density": density} if "growing" in heat else heat
    one = case.replace({f"layers.sink.{key}": given.get(key) for key in ("heat", "heat_density")})
    one = one.replace({"sources": None, "regions.0.heat": "3 W"})
    found = {(p.name, p.quantity): p.derivatives * p.value for p in kp.sensitivity(one).parameters}
    for name in ("die", "tim", "sink"):
        exact = differences(one, f"layers.{name}.thickness", *THICK[name], [*one.stack.probes])
        size = np.maximum(np.abs(exact), 1e-2 * np.abs(exact).max())
        assert np.abs((found[name, "thickness"] - exact) / size).max() < 1e-5, name


THICK = {"die": (0.5, "mm"), "tim": (50.0, "um"), "sink": (6.0, "mm")}
