"""The cases of interface laws, each against a reference that shares no code with the solver or the laws."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from scipy.optimize import brentq
from scipy.special import erfcinv

import kapitza as kp

CASES = Path(__file__).parent.parent / "cases"
SIGMA = 5.670374419e-8


def solved(name: str, changes: dict[str, object] | None = None) -> kp.Solution:
    case = kp.load(CASES / f"{name}.toml")
    return kp.solve(case.replace(changes) if changes else case)


def only(solution: kp.Solution):
    return next(iter(solution.interfaces.values()))


def test_nafems_t2() -> None:
    surface = brentq(
        lambda T: 55.563 * (1000 - T) / 0.1 - 0.98 * SIGMA * (T**4 - 300**4), 500, 1000, xtol=1e-12
    )
    assert surface == pytest.approx(926.967, abs=1e-3)
    assert solved("nafems_t2").probes["radiating end"] == pytest.approx(surface, abs=1e-9)


def test_radiation_joint() -> None:
    def left(q: float) -> float:
        return q - 0.8 * SIGMA * ((1000 - 0.1 * q) ** 4 - (300 + 0.1 * q) ** 4)

    q = brentq(left, 1, 3499, xtol=1e-10)
    contact = only(solved("radiation_joint"))
    assert q == pytest.approx(3181.533704, abs=1e-5)
    assert contact.flux == pytest.approx(q, rel=1e-12)
    assert (contact.below, contact.above) == pytest.approx((681.8466296, 618.1533704), abs=1e-6)


@pytest.mark.parametrize("exponent", [2, 2.8, 3.46, 4, 5])
def test_small_jump_is_the_slope_of_the_one_way_flux(exponent: float) -> None:
    unit = f"W/(m^2*K^{exponent:g})"
    coefficient = 2.6e-3 * 90.0 ** (5 - exponent)
    solution = solved(
        "small_jump",
        {"interfaces.0.coefficient": f"{coefficient!r} {unit}", "interfaces.0.exponent": exponent},
    )
    contact = only(solution)
    slope = coefficient * exponent * contact.below ** (exponent - 1)
    assert contact.jump == pytest.approx(4000.0 / slope, rel=2e-4)
    assert contact.conductance == pytest.approx(slope, rel=2e-4)


def yovanovich(pressure: float, gas: bool) -> float:
    """Joint conductance of pressed_joint_*.toml [W/(m^2 K)], from the correlations as the texts give them."""
    sigma, slope, ratio = math.hypot(0.6e-6, 0.8e-6), math.hypot(0.06, 0.08), pressure / 1.1e9
    return 1.25 * 167.0 * slope / sigma * ratio**0.95


def test_pressed_joint_in_vacuum() -> None:
    assert yovanovich(0.1e6, gas=False) == pytest.approx(3022.06, abs=5e-3)
    for pressure in (0.05e6, 0.3e6, 2.7e6):
        solution = solved("pressed_joint_vacuum", {"interfaces.0.pressure": f"{pressure!r} Pa"})
        exact = 40.0 / (0.02 / 167 + 0.03 / 167 + 1 / yovanovich(pressure, gas=False))
        assert only(solution).flux == pytest.approx(exact, rel=1e-10)


def test_more_pressure_is_never_worse_and_air_never_than_vacuum() -> None:
    before = {"air": 0.0, "vacuum": 0.0}
    for pressure in (3e4, 1e5, 3e5, 1e6, 3e6, 1e7):
        values = {
            gas: only(
                solved(f"pressed_joint_{gas}", {"interfaces.0.pressure": f"{pressure!r} Pa"})
            ).conductance
            for gas in before
        }
        assert values["air"] > values["vacuum"]
        assert all(values[gas] > before[gas] for gas in before)
        before = values
    plane = (
        math.sqrt(2) * 1e-6 * erfcinv(2 * 1e7 / 1.1e9)
    )  # the gap cannot be wider than this, nor air better
    assert values["air"] - values["vacuum"] < 0.035 / plane


def debye_floor(c1: tuple[float, float], c2: tuple[float, float]) -> float:
    """G / T^3 of the diffuse mismatch at low temperature [W/(m^2 K^4)]; c = (longitudinal, transverse)."""
    k, hbar = 1.380649e-23, 1.054571817e-34
    one, two = (c[0] ** -2 + 2 * c[1] ** -2 for c in (c1, c2))
    return math.pi**2 * k**4 / (30 * hbar**3) * one * two / (one + two)


def test_diffuse_mismatch_across_a_large_jump() -> None:
    """q = (G / T^3) (T1^4 - T2^4) / 4: the mean temperature would be wrong by 2 %."""
    g = debye_floor((3390, 1290), (10890, 6450))
    assert 1e4 / g == pytest.approx(18.12, abs=5e-3)
    films = 200e-9 / 800, 10e-6 / 100

    def left(q: float) -> float:
        return q - g / 4 * ((3 - q * films[0]) ** 4 - (2 + q * films[1]) ** 4)

    q = brentq(left, 1, 1e5, xtol=1e-10)
    contact = only(solved("diffuse_mismatch"))
    assert contact.flux == pytest.approx(q, rel=1e-6)
    assert abs(g * 2.5**3 / contact.conductance - 1) > 0.03


def test_acoustic_mismatch_by_its_angle_integral() -> None:
    from scipy.integrate import quad

    rho, c1, c2 = (2700.0, 3970.0), (6240.0, 3040.0), (10890.0, 6450.0)

    def gamma(a: float, b: float) -> float:
        z1, z2 = rho[0] * a, rho[1] * b
        critical = math.sqrt(max(0.0, 1 - (a / b) ** 2))

        def transmitted(mu: float) -> float:
            other = math.sqrt(max(0.0, 1 - (1 - mu * mu) * (b / a) ** 2))
            return mu * 4 * z1 * z2 * mu * other / (z1 * mu + z2 * other) ** 2

        return quad(transmitted, critical, 1, epsabs=1e-13)[0]

    k, hbar = 1.380649e-23, 1.054571817e-34
    c3 = math.pi**2 * k**4 / (30 * hbar**3)
    g = 2 * c3 * (gamma(c1[0], c2[0]) / c1[0] ** 2 + 2 * gamma(c1[1], c2[1]) / c1[1] ** 2)
    assert 1e4 / g == pytest.approx(20.30, abs=5e-3)
    contact = only(solved("acoustic_mismatch"))
    mean = 0.5 * (contact.below + contact.above)
    assert contact.conductance == pytest.approx(g * mean**3, rel=1e-5)


def test_the_joint_dominates_warm_and_the_bond_cold() -> None:
    warm, cold = only(solved("bond_si_cu_300K")), only(solved("bond_si_cu_4K"))
    bond_warm, bond_cold = 1 / warm.conductance - 5e-6, 1 / cold.conductance - 20e-6
    assert bond_warm < 1e-3 * 5e-6
    assert bond_cold > 20e-6
    library = {name: kp.material(name) for name in ("silicon", "copper")}
    speeds = [(m.velocity_longitudinal, m.velocity_transverse) for m in library.values()]
    mean = 0.5 * (cold.below + cold.above)
    assert bond_cold == pytest.approx(1 / (debye_floor(*speeds) * mean**3), rel=1e-4)
    colder = only(
        solved("bond_si_cu_4K", {"boundary.top.temperature": "2 K", "boundary.bottom.heat_flux": "1 W/m^2"})
    )
    ratio = (1 / colder.conductance - 20e-6) / bond_cold
    assert ratio == pytest.approx(8, rel=1e-3)


def test_lead_on_diamond_lies_in_its_bracket() -> None:
    """Elastic "debye" limit < inelastic estimate < inelastic bound; the measured values in between."""
    by_model = {
        model: only(solved("diamond_lead", {"interfaces.0.model": model})).conductance
        for model in ("dmm", "radiation-limit", "inelastic", "inelastic-bound")
    }
    assert by_model["dmm"] < by_model["radiation-limit"] < by_model["inelastic"] < by_model["inelastic-bound"]
    branch = only(
        solved("diamond_lead", {"interfaces.0.model": "inelastic", "interfaces.0.cutoff": "branch"})
    )
    bound = only(
        solved("diamond_lead", {"interfaces.0.model": "inelastic-bound", "interfaces.0.cutoff": "branch"})
    )
    assert branch.conductance == pytest.approx(425e6, rel=5e-3)
    assert bound.conductance == pytest.approx(480e6, rel=5e-3)
    measured = kp.load(CASES / "diamond_lead.toml").replace(
        {"interfaces.0": {"between": ["film", "substrate"], "model": "measured"}}
    )
    value = only(kp.solve(measured)).conductance
    assert by_model["radiation-limit"] < value < by_model["inelastic-bound"]


def test_chip_in_helium_two() -> None:
    flux = 5e-3 / 25e-6
    surface = (flux / 460 + 1.8**3.46) ** (1 / 3.46)
    solution = solved("helium_chip")
    assert solution.boundaries["top"].temperature == pytest.approx(surface, rel=1e-10)
    assert solution.probes["chip"] > surface


@pytest.mark.parametrize("thickness", [14, 50, 80, 130])
def test_kapton_foil_has_two_kapitza_resistances_and_its_own(thickness: float) -> None:
    """R_total = 2 R_K + d / k (Baudouy 2003), for a small difference of temperature."""
    solution = solved("kapton_foil", {"layers.foil.thickness": f"{thickness} um"})
    T = 1.81
    total = 2 * 10.54e-3 / T**3 + thickness * 1e-6 / (2.28e-3 + 2.40e-3 * T)
    flux = solution.boundaries["bottom"].flux
    assert 0.02 / flux == pytest.approx(total, rel=1e-4)


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_case_converges_in_at_most_twelve_iterations(path: Path) -> None:
    solution = kp.solve(kp.load(path))
    assert solution.solver.iterations <= 12
    assert abs(solution.summary()["energy"]["imbalance"]) <= 1e-10
