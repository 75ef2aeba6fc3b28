"""The cases of interface laws, each against a reference that shares no code with the solver or the laws."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from scipy.optimize import brentq
from scipy.special import erfcinv

import kapitza as kp

CASES = Path(__file__).parent.parent / "cases"
NAMES = {"air": "pressed_joint_air", "vacuum": "pressed_joint"}
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
    assert solved("nafems_t2").boundaries["top"].temperature == pytest.approx(surface, abs=1e-9)


def test_radiation_gap() -> None:
    def left(q: float) -> float:
        return q - 0.8 * SIGMA * ((1000 - 0.1 * q) ** 4 - (300 + 0.1 * q) ** 4)

    q = brentq(left, 1, 3499, xtol=1e-10)
    contact = only(solved("radiation_gap"))
    assert q == pytest.approx(3181.533704, abs=1e-5)
    assert contact.flux == pytest.approx(q, rel=1e-12)
    assert (contact.below, contact.above) == pytest.approx((681.8466296, 618.1533704), abs=1e-6)


def yovanovich(pressure: float) -> float:
    """Joint conductance of pressed_joint_*.toml [W/(m^2 K)], from the correlations as the texts give them."""
    sigma, slope, ratio = math.hypot(0.6e-6, 0.8e-6), math.hypot(0.06, 0.08), pressure / 1.1e9
    return 1.25 * 167.0 * slope / sigma * ratio**0.95


def test_pressed_joint_in_vacuum() -> None:
    assert yovanovich(0.1e6) == pytest.approx(3022.06, abs=5e-3)
    for pressure in (0.05e6, 0.3e6, 2.7e6):
        solution = solved("pressed_joint", {"interfaces.0.pressure": f"{pressure!r} Pa"})
        exact = 40.0 / (0.03 / 167 + 0.02 / 167 + 1 / yovanovich(pressure))
        assert only(solution).flux == pytest.approx(exact, rel=1e-10)


def test_more_pressure_is_never_worse_and_air_never_than_vacuum() -> None:
    before = {"air": 0.0, "vacuum": 0.0}
    for pressure in (3e4, 1e5, 3e5, 1e6, 3e6, 1e7):
        values = {
            gas: only(solved(NAMES[gas], {"interfaces.0.pressure": f"{pressure!r} Pa"})).conductance
            for gas in before
        }
        assert values["air"] > values["vacuum"]
        assert all(values[gas] > before[gas] for gas in before)
        before = values
    plane = (
        math.sqrt(2) * 1e-6 * erfcinv(2 * 1e7 / 1.1e9)
    )  # the gap cannot be wider than this, nor air better
    assert values["air"] - values["vacuum"] < 0.035 / plane


def test_lead_on_diamond_lies_in_its_bracket() -> None:
    """Elastic "debye" limit < measured on hydrogenated diamond < inelastic bound, and the estimate in between."""

    def conductance(**law: str) -> float:
        entry = {"between": ["lead", "diamond"], **law}
        ends = {"boundary.bottom.temperature": "296 K", "boundary.top.temperature": "295 K"}
        return only(solved("diamond_lead", {"interfaces.0": entry, **ends})).conductance

    order = [
        conductance(model=m, cutoff="debye")
        for m in ("dmm", "radiation-limit", "inelastic", "inelastic-bound")
    ]
    assert order == sorted(order)
    assert conductance(model="inelastic", cutoff="branch") == pytest.approx(425e6, rel=1e-2)
    assert conductance(model="inelastic-bound", cutoff="branch") == pytest.approx(480e6, rel=1e-2)
    measured = conductance(model="measured", reference="Hydrogen-terminated")
    assert order[1] < measured < order[3]


@pytest.mark.parametrize("path", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_every_case_converges_in_few_iterations(path: Path) -> None:
    """Newton's, or those of multigrid."""
    solution = kp.solve(kp.load(path))
    if not isinstance(solution, kp.Solution):
        return
    assert solution.solver.iterations <= (20 if "multigrid" in solution.solver.method else 12)
    assert abs(solution.summary()["energy"]["imbalance"]) <= 1e-10
