"""Fits: planted values come back within their intervals, errors are those of closed forms, the degenerate is named."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from operator import mul
from pathlib import Path

import numpy as np
import pytest
from scipy.special import stdtrit

import kapitza as kp
import kapitza.cli
from kapitza.case.fit_data import read_data
from kapitza.case.fit_reader import plan
from kapitza.case.validate import validated
from kapitza.studies.fit_derivatives import Derivatives
from kapitza.studies.fit_model import Model

CASES = Path(__file__).resolve().parents[1] / "cases"
K, R, AREA = 3.7, 2.3e-6, 2.9e-4  # of a pad and its two contacts


def pad(**fit: object) -> kp.Case:
    """Two plates that conduct nearly everything, a pad between them: R_total = 2 R + d/k."""
    return kp.Case.from_dict(
        {
            "geometry": {"kind": "slab", "area": "2.9 cm^2"},
            "materials": {
                "plate": {"conductivity": "1e9 W/(m*K)"},
                "pad": {"conductivity": "2 W/(m*K)"},
            },
            "layers": [
                {"name": "below", "material": "plate", "thickness": "1 um"},
                {"name": "pad", "material": "pad", "thickness": "50 um"},
                {"name": "above", "material": "plate", "thickness": "1 um"},
            ],
            "interfaces": [{"materials": ["plate", "pad"], "resistance": "0.05 cm^2*K/W"}],
            "boundary": {"bottom": {"temperature": "310 K"}, "top": {"temperature": "290 K"}},
            "fit": {
                "parameters": {"interfaces.0.resistance": {}, "materials.pad.conductivity": {}},
                "columns": {
                    "d": {"unit": "um", "sets": "layers.pad.thickness"},
                    "R": {"unit": "K/W", "is": "resistance"},
                },
                **fit,
            },
        }
    )


THICKNESS = np.array([12.0, 31.0, 54.0, 77.0, 95.0, 140.0])


def total(d: np.ndarray) -> np.ndarray:
    return (2.0 * R + 1e-6 * d / K) / AREA


def model_of(case: kp.Case, data: object) -> Model:
    table = validated(case.data, case.path.parent if case.path else None)[0].fit
    assert table is not None
    wanted = plan(table, case.data)
    return Model(case, wanted, read_data(wanted, table, data))  # type: ignore[arg-type]


# Against closed forms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [False, True])
def test_a_straight_line_has_the_errors_of_the_formula(known: bool) -> None:
    """R_total = a + b d: slope and intercept of ordinary least squares, their standard errors, Student's t."""
    sigma = 4e-4
    noise = sigma * np.array([0.7, -1.3, 0.4, 1.1, -0.9, 0.2])
    y, x = total(THICKNESS) + noise, 1e-6 * THICKNESS
    n, mean = len(x), x.mean()
    spread = ((x - mean) ** 2).sum()
    b = ((x - mean) * y).sum() / spread
    a = y.mean() - b * mean
    s = sigma if known else math.sqrt(((y - a - b * x) ** 2).sum() / (n - 2))
    error_b, error_a = s / math.sqrt(spread), s * math.sqrt(1.0 / n + mean**2 / spread)
    columns = {
        "d": {"unit": "um", "sets": "layers.pad.thickness"},
        "R": {"unit": "K/W", "is": "resistance", **({"sigma": "4e-4 K/W"} if known else {})},
    }
    found = kp.fit(pad(columns=columns), {"d": THICKNESS, "R": y})
    joint, k = found["interfaces.0.resistance"], found["materials.pad.conductivity"]
    assert k.value == pytest.approx(1.0 / (AREA * b), rel=1e-7)
    assert k.error == pytest.approx(error_b / (AREA * b * b), rel=1e-5)
    assert joint.value == pytest.approx(0.5 * AREA * a, rel=1e-6)
    assert joint.error == pytest.approx(0.5 * AREA * error_a, rel=1e-5)
    half = 1.959963984540054 if known else stdtrit(n - 2, 0.975)
    assert k.interval is not None
    assert k.error is not None
    assert np.log(np.divide(k.interval, k.value)) == pytest.approx(
        np.array([-1, 1]) * half * k.error / k.value, rel=1e-9
    )
    correlation = -mean / math.sqrt(spread / n + mean**2)  # of a and b; k goes as 1/b
    assert found.correlation[0, 1] == pytest.approx(-correlation, rel=1e-5)
    assert found.freedom == n - 2
    if known:
        assert found.chi2 == pytest.approx((((y - a - b * x) / sigma) ** 2).sum(), rel=1e-9)
    else:
        assert found.chi2 is None
        assert found.measured[0].sigma[0] == pytest.approx(s, rel=1e-6)


def test_lines_extrapolated_to_a_contact_are_those_of_least_squares() -> None:
    case = kp.load(CASES / "astm_d5470.toml")
    found = kp.fit(case, CASES / "astm_d5470.csv").lines[0]
    z, T = np.loadtxt(CASES / "astm_d5470.csv", delimiter=",", skiprows=3).T
    z, q, sides, covariances = z - 50.0, [], [], []
    for here in (z < 0, z > 0):
        fit, covariance = np.polyfit(1e-3 * z[here], T[here], 1, cov="unscaled")
        q.append(-167.0 * fit[0])
        sides.append(fit[1])
        covariances.append(0.03**2 * covariance)
    assert found.jump == pytest.approx(sides[0] - sides[1], rel=1e-9)
    assert found.jump_error == pytest.approx(math.sqrt(covariances[0][1, 1] + covariances[1][1, 1]), rel=1e-9)
    assert found.flux == pytest.approx(np.mean(q), rel=1e-9)  # the bars are alike
    assert found.resistance == pytest.approx(found.jump / found.flux, rel=1e-12)
    assert abs(found.resistance - 2.4e-5) < 2.0 * found.resistance_error
    # The error of R by drawing lines with these errors.
    rng = np.random.default_rng(7)
    lines = [
        rng.multivariate_normal([-flux / 167.0, side], covariance, 200_000)
        for flux, side, covariance in zip(q, sides, covariances, strict=True)
    ]
    drawn = (lines[0][:, 1] - lines[1][:, 1]) / (-167.0 * 0.5 * (lines[0][:, 0] + lines[1][:, 0]))
    assert found.resistance_error == pytest.approx(drawn.std(), rel=0.01)


# Noise ------------------------------------------------------------------------------------------------------


def test_planted_values_lie_in_their_intervals() -> None:
    """At least 93 of 100 noisy trials for every parameter; G and k of a laminate."""
    case = kp.load(CASES / "superlattice_fit.toml")
    begin = {"interfaces.0.conductance": {"start": "190 MW/(m^2*K)"}, "materials.alumina.conductivity": {}}
    case = case.replace(
        {"fit.columns.k": {"unit": "W/(m*K)", "is": "effective_conductivity"}, "fit.parameters": begin}
    )
    periods = np.array([4.0, 9.0, 20.0, 50.0])
    G, k = 2.1e8, 1.9
    share = 0.45 / 46.0 + 0.55 / k
    exact = 1e-9 * periods / (1e-9 * periods * share + 1.0 / G)
    rng = np.random.default_rng(20)
    inside = np.zeros(2)
    for _ in range(100):
        found = kp.fit(case, {"period": periods, "k": exact + 0.02 * rng.standard_normal(4)})
        for j, planted in enumerate((G, k)):
            low, high = found.parameters[j].interval or (0.0, 0.0)
            inside[j] += low <= planted <= high
    assert (inside >= 93).all(), inside


@pytest.mark.parametrize("known", [False, True])
def test_a_joint_between_bars_is_recovered_from_noisy_profiles(known: bool) -> None:
    """Row 14: temperatures along bars, 100 trials; fit and lines both."""
    measured = {"unit": "degC", "is": "temperature", **({"sigma": "0.05 K"} if known else {})}
    case = kp.load(CASES / "astm_d5470.toml").replace({"fit.columns.T": measured, "mesh.cells_per_layer": 1})
    z = np.array([8.0, 17.0, 26.0, 35.0, 44.0, 57.0, 66.0, 75.0, 84.0, 93.0])
    joint, hot, cold, k = 3.1e-5, 81.0, 19.0, 167.0
    q = (hot - cold) / (0.1 / k + joint)
    exact = np.where(z < 50, hot - q * 1e-3 * z / k, cold + q * 1e-3 * (100.0 - z) / k)
    rng = np.random.default_rng(14)
    inside, by_lines = 0, 0
    for _ in range(100):
        found = kp.fit(case, {"z": z, "T": exact + 0.05 * rng.standard_normal(len(z))})
        low, high = found["interfaces.0.resistance"].interval or (0.0, 0.0)
        inside += low <= joint <= high
        line = found.lines[0]
        by_lines += abs(line.resistance - joint) <= line.half * line.resistance_error
    assert inside >= 93
    assert by_lines >= 90  # the weights of the slopes are found from six points


def test_two_columns_of_unknown_scatter_are_weighed_by_it() -> None:
    """Amplitude and phase without sigma: the scatter of each is found."""
    case = kp.load(CASES / "reflectance_fit.toml").replace(
        {
            "fit.columns.amplitude.sigma": None,
            "fit.columns.amplitude.noise": "relative",
            "fit.columns.phase.sigma": None,
        }
    )
    found = kp.fit(case, CASES / "reflectance_fit.csv")
    amplitude, phase = found.measured
    assert np.mean(amplitude.sigma / amplitude.data) == pytest.approx(0.01, rel=0.3)
    assert math.degrees(phase.sigma[0]) == pytest.approx(0.4, rel=0.3)
    for one, planted in zip(found.parameters, (6e7, 35.0, 1.37e6), strict=True):
        low, high = one.interval or (0.0, 0.0)
        assert low <= planted <= high


# What cannot be told apart ----------------------------------------------------------------------------------


def test_one_k_and_one_resistance_at_one_thickness_are_degenerate() -> None:
    y = total(np.full(5, 54.0)) * np.array([1.0, 1.01, 0.99, 1.02, 0.985])
    found = kp.fit(pad(), {"d": np.full(5, 54.0), "R": y})
    (group,) = found.degenerate
    assert group.members == (0, 1)
    joint, k = found["interfaces.0.resistance"], found["materials.pad.conductivity"]
    for one in (joint, k):
        assert one.error is None
        assert one.interval is None
    # d(2 R + d/k) = 0: 2 R (dR/R) = d/k (dk/k)
    part = 54e-6 / k.value / (2.0 * joint.value)
    first, second = group.trade[0]
    assert first / second == pytest.approx(part, rel=1e-5)
    (determined,) = group.determined
    assert determined.powers @ group.trade[0] == pytest.approx(0.0, abs=1e-9)
    assert 2.0 * joint.value + 54e-6 / k.value == pytest.approx(AREA * y.mean(), rel=1e-6)
    # The combination's error: that of the mean of R_total, times what it makes of the combination. One number is known
    # of five, though two are fitted.
    assert found.freedom == 4
    s = y.std(ddof=1) / math.sqrt(5) / y.mean()
    whole = np.array([2.0 * joint.value, -54e-6 / k.value]) / (AREA * y.mean())  # relative changes
    assert determined.error == pytest.approx(s * np.abs(determined.powers[0] / whole[0]), rel=1e-4)
    text = found.warnings[0]
    assert "interfaces.0.resistance and materials.pad.conductivity cannot be told apart" in text
    assert "What is determined is" in text
    answer = found.summary()["degenerate"][0]
    assert answer["parameters"] == ["interfaces.0.resistance", "materials.pad.conductivity"]


@pytest.mark.parametrize("part", [1e-3, 1e-9])
def test_a_nearly_exact_row_leaves_the_others_their_say(part: float) -> None:
    """A line through a point that is known ``part`` as well as the rest: slope and intercept by weighted sums."""
    sigma = np.full(6, 4e-4)
    sigma[2] *= part
    noise = 4e-4 * np.array([0.7, -1.3, 0.0, 1.1, -0.9, 0.2])
    given = total(THICKNESS) + noise
    x, y = ([Fraction(float(v)) for v in values] for values in (1e-6 * THICKNESS, given))
    w = [1 / Fraction(float(s)) ** 2 for s in sigma]
    mean = sum(map(mul, w, x)) / sum(w)
    spread = float(sum(u * (v - mean) ** 2 for u, v in zip(w, x, strict=True)))
    b = float(sum(u * (v - mean) * t for u, v, t in zip(w, x, y, strict=True))) / spread
    a = float(sum(map(mul, w, y)) / sum(w)) - b * float(mean)
    columns = {
        "d": {"unit": "um", "sets": "layers.pad.thickness"},
        "R": {"unit": "K/W", "is": "resistance"},
        "s": {"unit": "K/W", "sigma_of": "R"},
    }
    found = kp.fit(pad(columns=columns), {"d": THICKNESS, "R": given, "s": sigma})
    assert found.degenerate == ()
    joint, k = found["interfaces.0.resistance"], found["materials.pad.conductivity"]
    assert k.value == pytest.approx(1.0 / (AREA * b), rel=1e-6)
    assert k.error == pytest.approx(k.value / b / math.sqrt(spread), rel=1e-4)
    assert joint.value == pytest.approx(0.5 * AREA * a, rel=1e-6)
    assert joint.error == pytest.approx(
        0.5 * AREA * math.sqrt(float(1 / sum(w)) + float(mean) ** 2 / spread), rel=1e-4
    )


@pytest.mark.parametrize("precise", [1e-2, 1e-6, 1e-10])
def test_columns_of_very_different_sigma_tell_two_parameters_apart(precise: float) -> None:
    """The flux q = 20 K/(2 R + d/k) and the jump q R at one thickness: R = jump/q, d/k = 20 K/q - 2 R."""
    R0, d = 2.9e-6, 54e-6
    q = 20.0 / (2.0 * R0 + d / K)
    columns = {
        "d": {"unit": "um", "sets": "layers.pad.thickness"},
        "q": {"unit": "W/m^2", "probe": "flux", "sigma": f"{precise * q} W/m^2"},
        "J": {"unit": "K", "probe": "jump", "sigma": f"{0.01 * q * R0} K"},
    }
    probes = [{"name": side, "interface": ["below", "pad"], "side": side} for side in ("flux", "jump")]
    case = pad().replace({"probes": probes, "fit.columns": columns})
    found = kp.fit(case, {"d": [1e6 * d], "q": [q], "J": [q * R0]})
    assert found.degenerate == ()
    joint, k = found["interfaces.0.resistance"], found["materials.pad.conductivity"]
    assert joint.value == pytest.approx(R0, rel=1e-6)
    assert joint.error == pytest.approx(R0 * math.hypot(0.01, precise), rel=1e-4)
    error = math.hypot(2.0 * 0.01 * R0, precise * (20.0 / q - 2.0 * R0))  # of d/k
    assert k.value == pytest.approx(K, rel=1e-6)
    assert k.error == pytest.approx(K * error / (d / K), rel=1e-4)


def test_of_a_thick_substrate_only_the_effusivity_is_determined() -> None:
    """Heated periodically it is seen by sqrt(k c): k and c trade one to one, the bond stays what it was."""
    case = kp.load(CASES / "reflectance_fit.toml")
    alone = kp.fit(case, CASES / "reflectance_fit.csv")
    both = {**case.data["fit"]["parameters"], "materials.sapphire.volumetric_heat_capacity": {}}
    found = kp.fit(case.replace({"fit.parameters": both}), CASES / "reflectance_fit.csv")
    (group,) = found.degenerate
    assert [found.parameters[j].path for j in group.members] == [
        "materials.sapphire.conductivity",
        "materials.sapphire.volumetric_heat_capacity",
    ]
    assert np.sort(group.trade[0]) == pytest.approx([-1.0, 1.0], abs=1e-5)
    assert group.determined[0].powers == pytest.approx([1.0, 1.0], abs=1e-5)
    k, c = (found.parameters[j].value for j in group.members)
    one = alone["materials.sapphire.conductivity"]
    assert k * c == pytest.approx(one.value * 3.06e6, rel=1e-5)
    assert one.error is not None
    assert group.determined[0].error == pytest.approx(one.error / one.value, rel=1e-4)
    bond = found["interfaces.0.conductance"]
    assert bond.value == pytest.approx(alone["interfaces.0.conductance"].value, rel=1e-5)
    assert bond.error == pytest.approx(alone["interfaces.0.conductance"].error, rel=1e-3)


def test_a_third_parameter_that_is_determined_stays_so() -> None:
    case = kp.load(CASES / "astm_d5470.toml").replace(
        {
            "materials.other": {"conductivity": "90 W/(m*K)"},
            "fit.parameters": {
                "interfaces.0.resistance": {},
                "layers.cold bar.thickness": {},
                "boundary.top.temperature": {},
            },
            "boundary.bottom": {"heat_flux": "50 kW/m^2"},
        }
    )
    z = np.array([5.0, 15.0, 25.0, 35.0, 45.0])
    T = 60.0 - 50e3 / 167.0 * 1e-3 * z
    found = kp.fit(case, {"z": z, "T": T + 0.01 * np.array([1.0, -1.0, 0.5, 0.7, -0.8])})
    (group,) = found.degenerate
    assert len(group.members) == 3  # what lies above is one number: T at the joint
    assert len(group.determined) == 1


def test_a_parameter_without_effect_is_told() -> None:
    case = pad().replace(
        {"fit.parameters": {"materials.pad.conductivity": {}, "materials.pad.density": {"start": "2 g/cm^3"}}}
    )
    found = kp.fit(case, {"d": THICKNESS, "R": total(THICKNESS)})
    assert found.idle == (1,)
    assert any("materials.pad.density has no effect" in text for text in found.warnings)
    assert found["materials.pad.density"].error is None
    assert found.case.data["materials"]["pad"]["density"] == "2.0 g/cm^3"


def test_a_parameter_without_effect_stays_and_harms_no_other() -> None:
    """The area of a slab between temperatures: heat goes with it, temperatures do not."""
    case = pad(
        parameters={"geometry.area": {}, "interfaces.0.resistance": {}},
        columns={"z": {"unit": "um", "is": "z"}, "T": {"unit": "K", "is": "temperature"}},
    )
    flux = 20.0 / (2.0 * R + 50e-6 / 2.0)
    z = np.array([7.0, 23.0, 38.0, 46.0])
    T = 310.0 - flux * (R + 1e-6 * z / 2.0) + np.array([0.02, -0.03, -0.01, 0.04])
    found = kp.fit(case, {"z": z + 1.0, "T": T})
    area = found["geometry.area"]
    assert area.value == 2.9e-4
    assert area.error is None
    assert found.idle == (0,)
    assert found.freedom == 3
    assert any("geometry.area has no effect on what was measured and keeps its start value, 2.9 cm^2" in text
               for text in found.warnings)  # fmt: skip
    assert found.case.data["geometry"]["area"] == "2.9 cm^2"
    # As if it were not fitted.
    alone = kp.fit(case.replace({"fit.parameters": {"interfaces.0.resistance": {}}}), {"z": z + 1.0, "T": T})
    one, other = found["interfaces.0.resistance"], alone["interfaces.0.resistance"]
    assert (one.value, one.error) == pytest.approx((other.value, other.error), rel=1e-9)


def test_a_parameter_at_its_bound_is_told_and_held() -> None:
    limits = {
        "interfaces.0.resistance": {},
        "materials.pad.conductivity": {"start": "5 W/(m*K)", "between": ["4 W/(m*K)", "9 W/(m*K)"]},
    }
    found = kp.fit(pad(parameters=limits), {"d": THICKNESS, "R": total(THICKNESS)})
    k = found["materials.pad.conductivity"]
    assert k.bound == "lowest"
    assert k.value == pytest.approx(4.0, rel=1e-6)
    assert k.error is None
    assert found["interfaces.0.resistance"].error is not None
    assert any("ended at its lowest value, 4 W/(m*K)" in text for text in found.warnings)


def test_too_small_sigmas_are_told() -> None:
    columns = {
        "d": {"unit": "um", "sets": "layers.pad.thickness"},
        "R": {"unit": "K/W", "is": "resistance", "sigma": "1e-6 K/W"},
    }
    y = total(THICKNESS) + 4e-4 * np.array([0.7, -1.3, 0.4, 1.1, -0.9, 0.2])
    found = kp.fit(pad(columns=columns), {"d": THICKNESS, "R": y})
    assert found.reduced is not None
    assert found.reduced > 1e4
    assert any("residuals scatter" in text for text in found.warnings)


# Kinds of data ----------------------------------------------------------------------------------------------


def test_thermal_impedance() -> None:
    case = kp.load(CASES / "zth_package.toml")
    times = np.geomspace(1e-2, 30.0, 9)
    curve = kp.zth(case.replace({"zth.points": 60}))
    y = np.exp(np.interp(np.log(times), np.log(curve.time), np.log(curve.zth)))
    path = next(i for i, raw in enumerate(case.data["interfaces"]) if "resistance" in raw)
    key = f"interfaces.{path}.resistance"
    fitted = case.replace(
        {
            "fit": {
                "parameters": {key: {"start": "0.4 cm^2*K/W"}},
                "columns": {
                    "t": {"unit": "s", "is": "time"},
                    "Z": {"unit": "K/W", "is": "zth", "noise": "relative"},
                },
            }
        }
    )
    found = kp.fit(fitted, {"t": times, "Z": y * (1.0 + 1e-3 * np.resize([1.0, -1.0, 0.5], 9))})
    value = found[key]
    low, high = value.interval or (0.0, 0.0)
    assert low <= _si(case.data["interfaces"][path]["resistance"]) <= high
    assert value.error is not None
    assert value.error < 0.1 * value.value


def test_probes_over_time() -> None:
    """A bar that warms after a step: its conductivity from the temperature of the far end."""
    case = kp.Case.from_dict(
        {
            "geometry": {"kind": "slab", "area": "3 cm^2"},
            "materials": {
                "bar": {"conductivity": "20 W/(m*K)", "volumetric_heat_capacity": "2.4 MJ/(m^3*K)"}
            },
            "layers": [{"name": "bar", "material": "bar", "thickness": "13 mm", "cells": 30}],
            "boundary": {"bottom": {"temperature": "350 K"}},
            "solve": {"initial": "300 K"},
            "probes": [{"name": "far", "boundary": "top"}],
            "transient": {"until": "1 s", "tolerance": 1e-6},
            "fit": {
                "parameters": {"materials.bar.conductivity": {}},
                "columns": {
                    "t": {"unit": "s", "is": "time"},
                    "T": {"unit": "K", "probe": "far", "sigma": "0.1 K"},
                },
            },
        }
    )
    k, c, L = 31.0, 2.4e6, 0.013
    times = np.array([1.0, 2.0, 4.0, 7.0, 11.0, 16.0])
    odd = np.arange(1, 400, 2)
    modes = 4.0 / np.pi * (-1.0) ** ((odd - 1) // 2) / odd
    exact = 350.0 - 50.0 * (
        modes * np.exp(-((odd * np.pi / 2) ** 2) * np.outer(times, [k / (c * L * L)]))
    ).sum(axis=1)
    found = kp.fit(case, {"t": times, "T": exact})
    assert found["materials.bar.conductivity"].value == pytest.approx(k, rel=2e-3)


def test_an_exponent_of_a_conductance() -> None:
    """Numbers inside a function of temperature: G = G0 (T/300 K)^n from fluxes, q = F(T1) - F(T2), F = ∫G dT."""
    case = kp.Case.from_dict(
        {
            "geometry": {"kind": "slab", "area": "1 cm^2"},
            "materials": {"plate": {"conductivity": "1e9 W/(m*K)"}, "other": {"conductivity": "1e9 W/(m*K)"}},
            "layers": [
                {"name": "below", "material": "plate", "thickness": "1 nm"},
                {"name": "above", "material": "other", "thickness": "1 nm"},
            ],
            "interfaces": [
                {
                    "between": ["below", "above"],
                    "conductance": {"value": "50 MW/(m^2*K)", "at": "300 K", "power": 0.5},
                }
            ],
            "boundary": {"bottom": {"temperature": "310 K"}, "top": {"temperature": "80 K"}},
            "probes": [{"name": "q", "interface": ["below", "above"], "side": "flux"}],
            "fit": {
                "parameters": {"interfaces.0.conductance.value": {}, "interfaces.0.conductance.power": {}},
                "columns": {
                    "T": {"unit": "K", "sets": "boundary.bottom.temperature"},
                    "q": {"unit": "GW/m^2", "probe": "q"},
                },
            },
        }
    )
    G, n = 8.3e7, 1.3
    T = np.array([90.0, 120.0, 170.0, 240.0, 330.0])
    q = G * 300.0 / (n + 1.0) * ((T / 300.0) ** (n + 1.0) - (80.0 / 300.0) ** (n + 1.0))
    found = kp.fit(case, {"T": T, "q": 1e-9 * q})
    assert found["interfaces.0.conductance.value"].value == pytest.approx(G, rel=1e-6)
    assert found["interfaces.0.conductance.power"].value == pytest.approx(n, rel=1e-6)


def _si(text: str) -> float:
    from kapitza.quantities import parse

    return parse(text, "resistance")


# Derivatives ------------------------------------------------------------------------------------------------


BARS = {"layers.hot bar.thickness": {}, "interfaces.0.resistance": {}, "boundary.top.temperature": {}}


@pytest.mark.parametrize(
    ("name", "parameters"), [("astm_d5470", None), ("nemd_profile", None), ("astm_d5470", BARS)]
)
def test_the_adjoint_gives_what_central_differences_give(name: str, parameters: object) -> None:
    case = kp.load(CASES / f"{name}.toml")
    case = case if parameters is None else case.replace({"fit.parameters": parameters})
    _same_derivatives(model_of(case, CASES / f"{name}.csv"))


def test_the_adjoint_in_two_dimensions_with_several_runs() -> None:
    case = kp.load(CASES / "package.toml")
    fit = {
        "parameters": {
            "interfaces.0.resistance": {},
            "materials.copper.conductivity": {"start": "390 W/(m*K)"},
        },
        "columns": {
            "h": {"unit": "W/(m^2*K)", "sets": "boundary.top.h"},
            "T": {"unit": "degC", "probe": "junction"},
        },
    }
    if "copper" not in case.data.get("materials", {}):
        del fit["parameters"]["materials.copper.conductivity"]
    case = case.replace({"fit": fit, "mesh.x": 40, "mesh.z": 30})
    _same_derivatives(model_of(case, {"h": [3000.0, 5000.0, 9000.0], "T": [80.0, 60.0, 50.0]}))


def _same_derivatives(model: Model) -> None:
    derivatives = Derivatives(model)
    found = derivatives.at(model.variables.start)
    assert derivatives.kind == "the adjoint"
    expected = model.differences(model.variables.start)
    assert np.abs(found - expected).max(axis=0) == pytest.approx(
        0.0, abs=1e-7 * np.abs(expected).max(axis=0).min()
    )


# The command ------------------------------------------------------------------------------------------------


def test_the_command_prints_draws_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target, picture = tmp_path / "fitted.toml", tmp_path / "fit.png"
    case, data = str(CASES / "astm_d5470.toml"), str(CASES / "astm_d5470.csv")
    assert kapitza.cli.main(["fit", case, data, "-o", str(target), "--plot", str(picture)]) == 0
    out, _ = capsys.readouterr()
    for word in (
        "interfaces.0.resistance",
        "0.2404",
        "0.0031",
        "extrapolated to the contact",
        "hot bar|cold bar",
    ):
        assert word in out
    assert picture.stat().st_size > 10_000
    fitted = kp.load(target)
    assert fitted.data["interfaces"][0]["resistance"].startswith("0.2404")
    assert kapitza.cli.main(["fit", case, data, "-o", str(target)]) == 4
    assert kapitza.cli.main(["fit", str(target), data, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == "ok"
    assert answer["parameters"][0]["value"] == pytest.approx(2.4036682e-5, rel=1e-6)
    assert answer["lines"][0]["resistance"] == pytest.approx(2.404e-5, rel=1e-3)
    assert kapitza.cli.main(["fit", case, data, "--quiet"]) == 0
    assert capsys.readouterr().out == ""


def test_a_fitted_case_stays_beside_the_files_that_it_names(tmp_path: Path) -> None:
    (tmp_path / "power.csv").write_text("t,P\n0,1\n1,2\n", encoding="utf-8")
    case = kp.load(CASES / "cpu_power_step.toml")
    data = dict(case.data)
    data["fit"] = {
        "parameters": {"interfaces.0.resistance": {}},
        "columns": {
            "t": {"unit": "s", "is": "time"},
            "T": {"unit": "degC", "probe": case.data["probes"][0]["name"]},
        },
    }
    source = {"csv": "power.csv", "time": "s", "column": "P", "unit": "W"}
    data["boundary"] = {**data["boundary"], "bottom": {"heat": source}}
    timed = kp.Case.from_dict(data, tmp_path / "case.toml")
    found = kp.fit(timed, {"t": [0.2, 0.5, 1.0], "T": [25.1, 25.3, 25.6]})
    elsewhere = tmp_path / "sub"
    elsewhere.mkdir()
    with pytest.raises(kp.InputError, match=r"the case names the file power\.csv beside it"):
        found.write(elsewhere / "fitted.toml")
    found.write(tmp_path / "fitted.toml")
    assert kp.load(tmp_path / "fitted.toml").data["boundary"]["bottom"]["heat"] == source


def test_conductivity_against_temperature() -> None:
    """k(T) = value (T/300 K)^power of a film, from the conductivity of a laminate with a perfect contact."""
    case = kp.load(CASES / "superlattice_fit.toml").replace(
        {
            "interfaces": None,
            "materials.alumina.conductivity": {"value": "2 W/(m*K)", "at": "300 K", "power": -0.2},
            "fit": {
                "parameters": {
                    "materials.alumina.conductivity.value": {},
                    "materials.alumina.conductivity.power": {},
                },
                "columns": {
                    "T": {"unit": "K", "sets": "solve.properties_at"},
                    "k": {"unit": "W/(m*K)", "is": "conductivity_zz", "noise": "relative"},
                },
            },
        }
    )
    T = np.array([90.0, 150.0, 220.0, 300.0, 410.0])
    k = 10.0 / (4.5 / 46.0 + 5.5 / (1.4 * (T / 300.0) ** 0.31))
    found = kp.fit(case, {"T": T, "k": k})
    assert found["materials.alumina.conductivity.value"].value == pytest.approx(1.4, rel=1e-6)
    assert found["materials.alumina.conductivity.power"].value == pytest.approx(0.31, rel=1e-6)
