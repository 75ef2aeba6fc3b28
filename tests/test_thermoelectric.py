"""Thermoelectric legs: against the balance of every face, textbook formulas, and what must be refused."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import kapitza as kp
import kapitza.cli
from kapitza.errors import InputError, PhysicsError
from kapitza.verify.leg import REAL

CASE = Path(__file__).parent.parent / "cases" / "thermoelectric_leg.toml"
AREA = 3.1e-6


def material(name: str, k: float, seebeck: float | None = None, rho: float | None = None) -> kp.Material:
    return kp.Material(name, k, seebeck=seebeck, electrical_resistivity=rho)


def leg(current: float | None = None, load: float | str | None = None, **changes: object) -> kp.Stack:
    """One layer between two temperatures."""
    stack = kp.Stack(
        layers=[kp.Layer("leg", material("telluride", 1.7, 190e-6, 11e-6), 1.3e-3, cells=3)],
        geometry=kp.Geometry("slab", area=AREA),
        boundaries={
            "bottom": kp.Boundary(kp.Temperature(470.0)),
            "top": kp.Boundary(kp.Temperature(310.0)),
        },
        thermoelectric=kp.ThermoelectricOptions(current, load),  # type: ignore[arg-type]
    )
    return replace(stack, **changes)


K, R, S = 1.7 * AREA / 1.3e-3, 11e-6 * 1.3e-3 / AREA, 190e-6


# Textbook ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("current", [0.0, 0.7, 3.3, -2.9])
def test_heats_and_voltage_of_a_leg_alone(current: float) -> None:
    solution = kp.solve(leg(current))
    told = solution.thermoelectric
    joule = current**2 * R
    assert told.resistance == pytest.approx(R, rel=1e-14)
    assert told.voltage == pytest.approx(S * 160.0 - current * R, rel=1e-12)
    assert solution.boundaries["bottom"].heat == pytest.approx(
        S * 470.0 * current + K * 160.0 - joule / 2, rel=1e-12
    )
    assert solution.boundaries["top"].heat == pytest.approx(
        -(S * 310.0 * current + K * 160.0 + joule / 2), rel=1e-12
    )
    middle = solution.probe(kp.PointProbe("middle", 0.65e-3))
    assert middle == pytest.approx(390.0 + joule / (8.0 * K), rel=1e-13)
    energy = solution.summary()["energy"]
    assert abs(energy["imbalance"]) < 1e-13
    if current > 0.0:
        assert energy["out"] == pytest.approx(told.heat_out + told.power, rel=1e-12)


def test_best_loads_of_a_leg_alone() -> None:
    told = kp.solve(leg(load="best")).thermoelectric
    zt = S**2 * 390.0 / (K * R)
    root, ratio = math.sqrt(1.0 + zt), 310.0 / 470.0
    assert told.efficiency == pytest.approx((1.0 - ratio) * (root - 1.0) / (root + ratio), rel=1e-12)
    assert told.load == pytest.approx(R * root, rel=1e-7)
    assert told.effective_zt == pytest.approx(zt, rel=1e-10)
    assert told.parts[0].figure_of_merit == pytest.approx(zt, rel=1e-12)
    power = kp.solve(leg(load="power")).thermoelectric
    assert power.power == pytest.approx((S * 160.0) ** 2 / (4.0 * R), rel=1e-12)
    assert power.load == pytest.approx(R, rel=1e-7)
    assert told.most_power.power == pytest.approx(power.power, rel=1e-13)
    through = kp.solve(leg(load=3.0 * R)).thermoelectric
    assert through.current == pytest.approx(S * 160.0 / (4.0 * R), rel=1e-12)
    shorted = kp.solve(leg(load=0.0)).thermoelectric
    assert (shorted.voltage, shorted.power, shorted.load) == (0.0, 0.0, 0.0)
    assert shorted.heat_in == shorted.heat_out


def test_the_other_sign_turns_the_current_round() -> None:
    negative = [kp.Layer("leg", material("n", 1.7, -190e-6, 11e-6), 1.3e-3)]
    one, other = (
        kp.solve(stack).thermoelectric for stack in (leg(load="best"), leg(load="best", layers=negative))
    )
    assert other.current == pytest.approx(-one.current, rel=1e-12)
    assert other.efficiency == pytest.approx(one.efficiency, rel=1e-12)


def test_peltier_cooler() -> None:
    """Qc = S Tc I - I^2 R/2 - K (Th - Tc) lifts a given heat; the cold side finds its temperature."""
    current, heat = -3.7, 0.21  # against the temperatures: upwards is from cold to hot
    boundaries = {
        "bottom": kp.Boundary(kp.Temperature(330.0)),
        "top": kp.Boundary(kp.Heat(heat)),
    }
    solution = kp.solve(leg(current, boundaries=boundaries))
    I = abs(current)  # noqa: E741
    cold = (heat + I**2 * R / 2.0 + K * 330.0) / (S * I + K)
    assert solution.boundaries["top"].temperature == pytest.approx(cold, rel=1e-13)
    assert solution.boundaries["top"].heat == pytest.approx(heat, rel=1e-12)
    held = {"bottom": kp.Boundary(kp.Temperature(330.0)), "top": kp.Boundary(kp.Temperature(315.0))}
    told = kp.solve(leg(current, boundaries=held)).thermoelectric
    taken = S * 315.0 * I - I**2 * R / 2.0 - K * 15.0
    assert told.cooling == pytest.approx(taken / (S * 15.0 * I + I**2 * R), rel=1e-11)
    assert told.efficiency is None


# Any stack -------------------------------------------------------------------------------------------------------

LAYERS = (  # name, k, S, rho, thickness
    ("ceramic", 24.0, None, None, 0.6e-3),
    ("copper", 380.0, 2.1e-6, 18e-9, 0.25e-3),
    ("hot leg", 2.3, 240e-6, 23e-6, 0.7e-3),
    ("cold leg", 1.4, 175e-6, 9e-6, 0.9e-3),
    ("plate", 310.0, None, 27e-9, 0.35e-3),
    ("sink", 190.0, None, None, 3e-3),
)
THERMAL = (7e-6, 3e-6, 2e-9, 4e-6, 11e-6)
ELECTRICAL = (0.0, 5e-10, 2e-10, 7e-10, 0.0)
FILMS = (3.3e-5, 6.1e-5)
ENDS = (520.0, 290.0)


def stack(load: float | str | None = None, current: float | None = None) -> kp.Stack:
    names = [row[0] for row in LAYERS]
    return kp.Stack(
        layers=[kp.Layer(n, material(n, k, s, rho), d) for n, k, s, rho, d in LAYERS],
        geometry=kp.Geometry("slab", area=AREA),
        interfaces=[
            kp.Interface(kp.Resistance(r), between=pair, electrical_resistance=rho)
            for pair, r, rho in zip(pairwise(names), THERMAL, ELECTRICAL, strict=True)
        ],
        boundaries={
            side: kp.Boundary(kp.Reservoir(T, kp.Resistance(r)))
            for side, T, r in zip(("bottom", "top"), ENDS, FILMS, strict=True)
        },
        thermoelectric=kp.ThermoelectricOptions(current, load),  # type: ignore[arg-type]
    )


def faces(current: float) -> tuple[np.ndarray, float, float]:
    """All faces by one dense system: temperatures (2 n,), heat in at the bottom [W], voltage [V]."""
    n = len(LAYERS)
    inside = [i for i, row in enumerate(LAYERS) if row[3] is not None]
    s = [row[2] or 0.0 if i in inside else 0.0 for i, row in enumerate(LAYERS)]
    A, b = np.zeros((2 * n, 2 * n)), np.zeros(2 * n)
    ohm, volts = 0.0, np.zeros(2 * n)

    def join(i: int, j: int, conductance: float) -> None:
        for one, other in ((i, j), (j, i)):
            A[one, one] += conductance
            A[one, other] -= conductance

    for i, (_, k, _, rho, d) in enumerate(LAYERS):
        join(2 * i, 2 * i + 1, k * AREA / d)
        resistance = (rho or 0.0) * d / AREA
        ohm += resistance
        b[[2 * i, 2 * i + 1]] += 0.5 * resistance * current**2
        volts[2 * i] += s[i]
        volts[2 * i + 1] -= s[i]
        A[2 * i, 2 * i] += s[i] * current  # leaves the lower face with the current
        A[2 * i + 1, 2 * i + 1] -= s[i] * current
    for i, (r, rho) in enumerate(zip(THERMAL, ELECTRICAL, strict=True)):
        low, high = 2 * i + 1, 2 * i + 2
        join(low, high, AREA / r)
        ohm += rho / AREA
        b[[low, high]] += 0.5 * rho / AREA * current**2
        between = min(s[i], s[i + 1], key=abs)  # S of the contact itself
        volts[low] += between
        volts[high] -= between
        A[low, low] += between * current
        A[high, high] -= between * current
    for at, T, r in ((0, ENDS[0], FILMS[0]), (2 * n - 1, ENDS[1], FILMS[1])):
        A[at, at] += AREA / r
        b[at] += AREA / r * T
    T = np.linalg.solve(A, b)
    return T, AREA / FILMS[0] * (ENDS[0] - T[0]), float(volts @ T - current * ohm)


@pytest.mark.parametrize("current", [0.0, 1.9, 4.3, -3.1])
def test_any_stack_face_by_face(current: float) -> None:
    solution = kp.solve(stack(current=current))
    T, heat, voltage = faces(current)
    found = np.stack([solution.pieces.bottom, solution.pieces.top], axis=1).ravel()
    assert found == pytest.approx(T, rel=2e-10)
    assert solution.boundaries["bottom"].heat == pytest.approx(heat, rel=1e-8)
    assert solution.thermoelectric.voltage == pytest.approx(voltage, rel=1e-8)
    told = solution.thermoelectric
    balance = solution.boundaries["bottom"].heat + solution.boundaries["top"].heat
    assert balance == pytest.approx(told.power, rel=1e-11, abs=1e-13)
    assert solution.boundaries["top"].reference == ENDS[1]


def test_best_load_of_any_stack() -> None:
    told = kp.solve(stack("best")).thermoelectric

    def efficiency(current: float) -> float:
        _, heat, voltage = faces(current)
        return current * voltage / heat

    assert told.efficiency == pytest.approx(efficiency(told.current), rel=1e-8)
    for other in (0.99, 1.01):
        assert efficiency(other * told.current) < told.efficiency * (1.0 - 1e-6)
    assert [part.name for part in told.parts if part.kind == "interface"] == [
        "copper|hot leg", "hot leg|cold leg", "cold leg|plate",
    ]  # fmt: skip


def test_estimate_of_min_and_rowe_is_an_upper_one() -> None:
    assert REAL.merit == pytest.approx((205e-6) ** 2 * 400.0 / (1.5 * 10e-6), rel=1e-14)
    assert 1.05 * REAL.effective() < REAL.min_rowe() < REAL.merit
    # without thermal contacts it is exact
    bare = replace(REAL, thermal=(0.0, 0.0), film=0.0, strip=(0.3e-3, 1e14, 1e-30))
    # but for the Joule heat of the contacts, half of which the leg does not see
    assert bare.min_rowe() == pytest.approx(bare.effective(), rel=0.01)


def test_a_perfect_contact_is_the_limit() -> None:
    thin, perfect = stack("best"), stack("best")
    laws = [entry.law for entry in perfect.interfaces]
    laws[2] = kp.Perfect()
    entries = [replace(entry, law=law) for entry, law in zip(perfect.interfaces, laws, strict=True)]
    one, two = (kp.solve(s).thermoelectric for s in (thin, replace(perfect, interfaces=entries)))
    assert one.efficiency == pytest.approx(two.efficiency, rel=1e-4)


# Refused ---------------------------------------------------------------------------------------------------------


def test_what_is_refused() -> None:
    hot = {side: kp.Boundary(kp.Temperature(400.0)) for side in ("bottom", "top")}
    with pytest.raises(InputError, match="there is no difference of temperature"):
        kp.solve(leg(load="best", boundaries=hot))
    with pytest.raises(InputError, match="no material of a layer has an electrical_resistivity"):
        kp.solve(leg(1.0, layers=[kp.Layer("wall", material("wall", 3.0), 1e-3)]))
    varying = kp.Material("t", kp.Slope(1.7, 300.0, 1e-3), seebeck=1e-4, electrical_resistivity=1e-5)
    with pytest.raises(InputError, match="constant conductivities"):
        kp.solve(leg(1.0, layers=[kp.Layer("leg", varying, 1e-3)]))
    with pytest.raises(InputError, match="either current or load"):
        leg()
    dry = list(stack("best").layers)
    dry[2] = kp.Layer("hot leg", material("glass", 2.3), 0.7e-3)
    with pytest.raises(InputError, match="hot leg lies between layers that carry the current"):
        kp.solve(replace(stack("best"), layers=dry))


def test_no_steady_state_beyond_runaway() -> None:
    """An end that nothing cools but the leg: T = ... /(K - S I)."""
    boundaries = {"bottom": kp.Boundary(kp.Temperature(320.0))}
    assert kp.solve(leg(0.5 * K / S, boundaries=boundaries)).thermoelectric.power < 0.0
    with pytest.raises(PhysicsError, match="no steady state at"):
        kp.solve(leg(1.01 * K / S, boundaries=boundaries))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"thermoelectric.current": "2 A"}, "a second|given beside|one of|both"),
        ({"thermoelectric.load": "2 W"}, "electrical resistance"),
        ({"thermoelectric.load": "most"}, "electrical resistance"),
        ({"transient": {"until": "1 s"}}, r"there is \[transient\]"),
        ({"materials.telluride.seebeck": "200 uV"}, "seebeck"),
        ({"interfaces.0.electrical_resistance": "-1 ohm*m^2"}, "electrical_resistance"),
    ],
)
def test_bad_cases(changes: dict[str, object], text: str) -> None:
    with pytest.raises(InputError, match=text):
        _ = kp.load(CASE).replace(changes).stack


def test_electrical_contact_without_a_current() -> None:
    data = {key: value for key, value in kp.load(CASE).data.items() if key != "thermoelectric"}
    with pytest.raises(InputError, match=r"interfaces.0.electrical_resistance.*add \[thermoelectric\]"):
        _ = kp.Case.from_dict(data).stack


def test_files_and_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = tmp_path / "leg.h5"
    assert (
        kapitza.cli.main(["run", str(CASE), "--json", "-o", str(result), "--plot", str(tmp_path / "leg.png")])
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    told = answer["thermoelectric"]
    assert told["effective_zt"] == pytest.approx(REAL.effective(), rel=1e-10)
    assert kapitza.cli.main(["show", str(result), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["thermoelectric"] == told
    assert kapitza.cli.main(["show", str(result)]) == 0
    printed = capsys.readouterr().out
    assert "efficiency 7.453 %" in printed
    assert "effective ZT 0.8671, beside 1.121 of leg alone" in printed


def test_check_knows_the_current(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, text = tmp_path / "leg.toml", CASE.read_text()
    path.write_text(text.replace('electrical_resistivity = "10 uohm*m"', ""))
    assert kapitza.cli.main(["check", str(path)]) == 2
    assert "leg lies between layers that carry the current" in capsys.readouterr().err


def test_one_cell_gives_the_same() -> None:
    coarse = kp.load(CASE).replace({"mesh": {"cells_per_layer": 1}})
    one, two = (kp.solve(case).thermoelectric for case in (coarse, kp.load(CASE)))
    assert one.efficiency == pytest.approx(two.efficiency, rel=1e-13)
