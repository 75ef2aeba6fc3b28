"""Two straight lines to a contact: what their flux is worth, and where none can be drawn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t as student

import kapitza as kp
from kapitza.studies.fit_lines import Line, meet
from kapitza.studies.fit_result import Fit

K1, K2, G, TOP, FLUX = 118.0, 41.0, 8300.0, 309.0, 5.3e4
EDGE, END = 0.021, 0.052
Z = np.concatenate([np.arange(2.3, 20.0, 2.9), np.arange(22.4, 51.0, 3.7)]) * 1e-3
NOISE = 0.11 * np.random.default_rng(11).standard_normal(len(Z))


def bars(**changes: object) -> kp.Case:
    """Two bars between a heater and a cold plate, as they are described before the fit."""
    case = kp.Case.from_dict(
        {
            "geometry": {"kind": "slab", "area": "1.7 cm^2"},
            "materials": {
                "A": {"conductivity": f"{K1} W/(m*K)"},
                "B": {"conductivity": f"{K2} W/(m*K)"},
            },
            "layers": [
                {"name": "a", "material": "A", "thickness": f"{EDGE} m"},
                {"name": "b", "material": "B", "thickness": f"{END - EDGE} m"},
            ],
            "interfaces": [{"between": ["a", "b"], "conductance": "5000 W/(m^2*K)"}],
            "boundary": {"bottom": {"heat_flux": f"{FLUX} W/m^2"}, "top": {"temperature": "300 K"}},
            "fit": {
                "parameters": {"interfaces.0.conductance": {}, "boundary.top.temperature": {}},
                "columns": {"z": {"unit": "m", "is": "z"}, "T": {"unit": "K", "is": "temperature"}},
            },
        }
    )
    return case.replace({path.replace("__", "."): value for path, value in changes.items()})


def profile(q1: float = FLUX, q2: float = FLUX) -> np.ndarray:
    """Temperatures at Z with a flux in each bar."""
    above = TOP + q2 * (END - Z) / K2
    below = TOP + q2 * (END - EDGE) / K2 + q1 / G + q1 * (EDGE - Z) / K1
    return np.where(Z < EDGE, below, above)


def fitted_to(case: kp.Case, T: np.ndarray) -> Fit:
    return kp.fit(case, {"z": Z, "T": T})


def slopes(T: np.ndarray) -> list[tuple[float, float, int]]:
    """Slope [K/m], its standard error and number of points of each bar, by numpy."""
    found = []
    for here in (Z < EDGE, Z > EDGE):
        fit, covariance = np.polyfit(Z[here], T[here], 1, cov=True)
        found.append((float(fit[0]), math.sqrt(covariance[0, 0]), int(here.sum())))
    return found


TEMPERATURES = {"boundary__bottom": {"temperature": "372 K"}}
ENDS = {"boundary.bottom.temperature": {}, "boundary.top.temperature": {}}


def test_both_fluxes_are_given_and_disagreement_is_told() -> None:
    T = profile(1.3 * FLUX) + NOISE
    case = bars(**TEMPERATURES, fit__parameters={"interfaces.0.conductance": {}, **ENDS})
    found = fitted_to(case, T)
    (line,) = found.lines
    (b1, e1, n1), (b2, e2, n2) = slopes(T)
    below, above = line.fluxes
    assert (below.side, below.value, below.error) == (
        "below",
        pytest.approx(-K1 * b1),
        pytest.approx(K1 * e1),
    )
    assert (above.side, above.value, above.error) == (
        "above",
        pytest.approx(-K2 * b2),
        pytest.approx(K2 * e2),
    )
    apart = abs(below.value - above.value) / math.hypot(below.error, above.error)
    assert line.disagreeing == pytest.approx(2.0 * student.sf(apart, n1 + n2 - 4), rel=1e-6)
    assert line.disagreeing < 0.01
    assert any(
        "a|b: the flux is" in text and "more than the errors explain" in text for text in found.warnings
    )
    assert found.summary()["lines"][0]["fluxes_agree"] is False


def test_fluxes_that_agree_are_no_warning() -> None:
    found = fitted_to(
        bars(**TEMPERATURES, fit__parameters={"interfaces.0.conductance": {}, **ENDS}), profile() + NOISE
    )
    (line,) = found.lines
    assert line.by == "slopes"
    assert line.disagreeing is None
    assert found.warnings == ()


def test_a_heat_that_the_slopes_contradict_is_told() -> None:
    found = fitted_to(bars(), profile(0.8 * FLUX, 0.8 * FLUX) + NOISE)
    (line,) = found.lines
    assert line.by == "case"
    assert line.flux == pytest.approx(FLUX, rel=1e-9)
    assert [one.side for one in line.fluxes] == ["case", "below", "above"]
    assert any("as the case sets it" in text for text in found.warnings)


def test_a_fitted_conductivity_is_no_knowledge_of_the_flux() -> None:
    """With k of one bar fitted the flux is that of the other, however precise its slope is."""
    T = profile() + NOISE
    parameters = {"interfaces.0.conductance": {}, "materials.B.conductivity": {}, **ENDS}
    found = fitted_to(bars(**TEMPERATURES, fit__parameters=parameters), T)
    (line,) = found.lines
    b1, e1, _ = slopes(T)[0]
    assert line.by == "slope"
    assert line.flux == pytest.approx(-K1 * b1, rel=1e-9)
    assert line.flux_error == pytest.approx(K1 * e1, rel=1e-9)
    parameters |= {"materials.A.conductivity": {}}
    (one,) = fitted_to(bars(**TEMPERATURES, fit__parameters=parameters), T).unlined
    assert one.name == "a|b"
    assert "which finds materials.A.conductivity, materials.B.conductivity as well" in one.why


def test_a_fitted_heat_is_none_either() -> None:
    parameters = {
        "interfaces.0.conductance": {},
        "boundary.bottom.heat_flux": {},
        "boundary.top.temperature": {},
    }
    found = fitted_to(bars(fit__parameters=parameters), profile() + NOISE)
    assert found.lines[0].by == "slopes"


def test_a_fitted_place_is_no_place_to_extrapolate_to() -> None:
    parameters = {"interfaces.0.conductance": {}, "layers.a.thickness": {"between": ["20.9 mm", "21.1 mm"]}}
    found = fitted_to(bars(fit__parameters=parameters), profile() + NOISE)
    assert found.lines == ()
    assert "its place is fitted itself (layers.a.thickness)" in found.unlined[0].why


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"layers__a__heat": "4 W"}, "heat arises in a, where"),
        ({"layers__b__heat_density": "9 MW/m^3"}, "heat arises in b, where"),
        ({"sources": [{"between": ["a", "b"], "heat_flux": "1 W/cm^2"}]}, "heat arises in it"),
    ],
)
def test_heat_on_the_way_leaves_no_lines(changes: dict[str, object], words: str) -> None:
    case = bars(**changes)
    found = fitted_to(case, profile() + NOISE)
    assert found.lines == ()
    assert words in found.unlined[0].why
    assert found.summary()["without_lines"][0]["name"] == "a|b"


def bent(power: float) -> np.ndarray:
    """Temperatures where B has k = K2 (T/310 K)^power: the integral of k from TOP is the flux times the distance."""
    n = power + 1.0
    above = (TOP**n + n * 310.0**power * FLUX * np.maximum(END - Z, 0.0) / K2) ** (1.0 / n)
    side = (TOP**n + n * 310.0**power * FLUX * (END - EDGE) / K2) ** (1.0 / n)
    return np.where(Z < EDGE, side + FLUX / G + FLUX * (EDGE - Z) / K1, above)


def test_a_conductivity_that_changes_bends_the_line() -> None:
    """How much R is off by: straight lines through exact temperatures, by numpy."""
    T = bent(-2.0)
    case = bars(materials__B__conductivity={"value": f"{K2} W/(m*K)", "at": "310 K", "power": -2.0})
    found = fitted_to(case, T + 0.3 * NOISE)
    assert found.lines == ()
    sides = [np.polyval(np.polyfit(Z[h], T[h], 1), EDGE) for h in (Z < EDGE, Z > EDGE)]
    off = 100.0 * ((sides[0] - sides[1]) / FLUX * G - 1.0)
    why = found.unlined[0].why
    assert "the conductivity of b changes with temperature" in why
    assert "too large" in why
    assert float(why.split("R ")[1].split(" %")[0]) == pytest.approx(off, rel=0.1)


def test_a_conductivity_that_hardly_changes_leaves_the_line() -> None:
    case = bars(materials__B__conductivity={"value": f"{K2} W/(m*K)", "at": "310 K", "power": -0.03})
    found = fitted_to(case, bent(-0.03) + NOISE)
    assert len(found.lines) == 1
    assert found.unlined == ()


def test_exact_fluxes_agree() -> None:
    """Rounding is no disagreement, however small the errors are."""
    sides = [
        Line.through(Z[h] - EDGE, profile()[h], np.ones(h.sum()), known=False) for h in (Z < EDGE, Z > EDGE)
    ]
    found = meet("a|b", (sides[0], sides[1]), (K1, K2), None, known=False)
    assert found is not None
    assert found.disagreeing is None
    assert found.resistance == pytest.approx(1.0 / G, rel=1e-9)
