"""What a fit says of itself where it does not describe the data: residuals too large, alike, or of the wrong sign."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from scipy.stats import chi2

import kapitza as kp
from kapitza.case.fit_data import read_data
from kapitza.case.fit_reader import plan
from kapitza.case.validate import validated
from kapitza.studies.fit_model import Model
from kapitza.studies.fit_result import Fit
from kapitza.studies.fit_search import settled

K1, K2, G, TOP, FLUX = 118.0, 41.0, 2300.0, 309.0, 5.3e4
Z = np.concatenate([np.arange(2.3, 20.0, 2.9), np.arange(22.4, 51.0, 3.7)]) * 1e-3


def bars(edge: float, parameters: dict[str, object], sigma: str | None = None, k1: float = K1) -> kp.Case:
    """Two bars, 31 mm the upper one, below a plate at TOP."""
    column = {"unit": "K", "is": "temperature"} | ({"sigma": sigma} if sigma else {})
    return kp.Case.from_dict(
        {
            "geometry": {"kind": "slab", "area": "1.7 cm^2"},
            "materials": {"A": {"conductivity": f"{k1} W/(m*K)"}, "B": {"conductivity": f"{K2} W/(m*K)"}},
            "layers": [
                {"name": "a", "material": "A", "thickness": f"{edge} m"},
                {"name": "b", "material": "B", "thickness": "31 mm"},
            ],
            "interfaces": [{"between": ["a", "b"], "conductance": "5000 W/(m^2*K)"}],
            "boundary": {"bottom": {"heat_flux": f"{FLUX} W/m^2"}, "top": {"temperature": f"{TOP} K"}},
            "fit": {"parameters": parameters, "columns": {"z": {"unit": "m", "is": "z"}, "T": column}},
        }
    )


def profile(edge: float) -> np.ndarray:
    end = edge + 0.031
    above = TOP + FLUX * (end - Z) / K2
    below = TOP + FLUX * 0.031 / K2 + FLUX / G + FLUX * (edge - Z) / K1
    return np.where(edge > Z, below, above)


def model_of(case: kp.Case, data: dict[str, np.ndarray]) -> Model:
    table = validated(case.data, None)[0].fit
    assert table is not None
    wanted = plan(table, case.data)
    return Model(case, wanted, read_data(wanted, table, data))


def noise(seed: int, sigma: float) -> np.ndarray:
    return sigma * np.random.default_rng(seed).standard_normal(len(Z))


# Poor minima ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edge", [0.0205, 0.0249, 0.0313])
def test_a_thickness_is_found_beyond_other_thermometers(edge: float) -> None:
    """From values far off the first search stops where a thermometer would change its side; another start does not."""
    keys = (
        "interfaces.0.conductance",
        "layers.a.thickness",
        "materials.A.conductivity",
        "materials.B.conductivity",
    )
    case = bars(0.0205, {key: {} for key in keys}, k1=300.0).replace(
        {"materials.B.conductivity": "150 W/(m*K)", "interfaces.0.conductance": "300 W/(m^2*K)"}
    )
    data = {"z": Z, "T": profile(edge) + noise(3, 0.12)}
    alone = model_of(case, data)
    first = settled(alone)
    assert math.sqrt((alone.residual(first.prediction) ** 2).mean()) > 1.0  # ten times the noise
    found = kp.fit(case, data)
    assert found.measured[0].scatter < 0.17
    for key, planted in zip(keys, (G, edge, K1, K2), strict=True):
        interval = found[key].interval
        assert interval is not None
        assert interval[0] < planted < interval[1]
    assert any("this is the best of 10 starts" in text for text in found.warnings)


def test_a_good_minimum_has_no_doubts() -> None:
    found = kp.fit(
        bars(0.0205, {"interfaces.0.conductance": {}}, "0.12 K"),
        {"z": Z, "T": profile(0.0205) + noise(5, 0.12)},
    )
    assert found.warnings == ()
    assert found.chance == pytest.approx(chi2.sf(found.chi2, len(Z) - 1), rel=1e-9)


def test_a_chi_squared_that_is_too_large_is_told_with_its_probability() -> None:
    case = bars(0.0205, {"interfaces.0.conductance": {}}, "0.07 K")
    found = kp.fit(case, {"z": Z, "T": profile(0.0205) + noise(5, 0.12)})
    assert found.chi2 is not None
    (text,) = [text for text in found.warnings if "reduced chi²" in text]
    reduced, chance = re.findall(r"reduced chi² (\S+), by chance with probability (\S+)\)", text)[0]
    assert float(reduced) == pytest.approx(found.chi2 / (len(Z) - 1), rel=1e-2)
    assert float(chance) == pytest.approx(chi2.sf(found.chi2, len(Z) - 1), rel=0.5)


def test_residuals_that_are_alike_are_told_without_any_sigma() -> None:
    """A conductance that is far off and held; how rare such residuals are, by drawing."""
    case = bars(0.0205, {"boundary.top.temperature": {}})
    found = kp.fit(case, {"z": Z, "T": profile(0.0205) + noise(5, 0.12)})
    r = found.measured[0].residual
    correlation = (r[1:] * r[:-1]).sum() / (r * r).sum()
    drawn = np.random.default_rng(8).standard_normal((400_000, len(Z)))
    drawn = (drawn[:, 1:] * drawn[:, :-1]).sum(axis=1) / (drawn**2).sum(axis=1)
    assert (drawn >= correlation).mean() < 1e-3
    (text,) = [text for text in found.warnings if "systematic" in text]
    assert (
        f"T: the residuals are systematic, neighbours along z are alike (correlation {correlation:+.2f}"
        in text
    )


def test_the_chance_of_alike_neighbours_is_that_of_drawn_ones() -> None:
    n = 11
    drawn = np.random.default_rng(9).standard_normal((400_000, n))
    drawn = (drawn[:, 1:] * drawn[:, :-1]).sum(axis=1) / (drawn**2).sum(axis=1)
    deviation = math.sqrt((n - 1) / (n * (n + 2)))
    assert drawn.std() == pytest.approx(deviation, rel=5e-3)
    # One in twenty and one in a thousand: the tails are a little shorter than those of a normal distribution.
    assert (drawn > 1.645 * deviation).mean() == pytest.approx(0.05, rel=0.1)
    assert (drawn > 3.09 * deviation).mean() < 1e-3


def test_exact_data_claim_no_more_than_the_search_can_find() -> None:
    """Intervals of data without noise hold what was planted: they are not narrower than the search is fine."""
    keys = ("interfaces.0.conductance", "materials.A.conductivity")
    found = kp.fit(bars(0.0205, {key: {} for key in keys}, k1=90.0), {"z": Z, "T": profile(0.0205)})
    for key, planted in zip(keys, (G, K1), strict=True):
        one = found[key]
        assert one.error is not None
        assert one.interval is not None
        assert 1e-10 * planted < one.error < 1e-7 * planted
        assert one.interval[0] < planted < one.interval[1]
    assert found.warnings == ()


# Phases -----------------------------------------------------------------------------------------------------


def substrate() -> kp.Case:
    """A half space below a film without capacity: phase of the surface in closed form."""
    return kp.Case.from_dict(
        {
            "geometry": {"kind": "slab", "area": "1 mm^2"},
            "materials": {
                "S": {"conductivity": "70 W/(m*K)", "volumetric_heat_capacity": "1.7 MJ/(m^3*K)"},
                "F": {"conductivity": "1e5 W/(m*K)", "volumetric_heat_capacity": "1 J/(m^3*K)"},
            },
            "layers": [
                {"name": "s", "material": "S", "thickness": "2 mm"},
                {"name": "f", "material": "F", "thickness": "80 nm"},
            ],
            "interfaces": [{"between": ["s", "f"], "conductance": "50 MW/(m^2*K)"}],
            "boundary": {"top": {"heat_flux": "1 MW/m^2"}, "bottom": {"temperature": "300 K"}},
            "probes": [{"name": "surface", "boundary": "top"}],
            "frequency": {"from": "10 kHz", "to": "9 MHz", "count": 3},
            "fit": {
                "parameters": {"interfaces.0.conductance": {}},
                "columns": {
                    "f": {"unit": "MHz", "is": "frequency"},
                    "P": {"unit": "deg", "probe": "surface", "part": "phase"},
                },
            },
        }
    )


F = np.geomspace(0.1, 9.0, 9)


def phases(conductance: float) -> np.ndarray:
    """[deg] of 1/G + 1/sqrt(i ω k c)."""
    return np.degrees(np.angle(1.0 / conductance + 1.0 / np.sqrt(2e6j * math.pi * F * 70.0 * 1.7e6)))


def fitted(signs: float) -> Fit:
    rng = np.random.default_rng(2)
    return kp.fit(substrate(), {"f": F, "P": signs * phases(8.3e7) + 0.1 * rng.standard_normal(len(F))})


def test_phases_of_the_other_sign_are_told() -> None:
    text = fitted(-1.0).warnings[0]
    assert "P: with the signs turned its residuals would fall from" in text
    before, after = re.findall(r"from (\S+) to (\S+) degrees", text)[0]
    assert float(after) == pytest.approx(0.1, rel=0.5)
    assert float(before) > 10.0


def test_phases_of_the_right_sign_are_no_matter() -> None:
    found = fitted(1.0)
    assert found.warnings == ()
    interval = found["interfaces.0.conductance"].interval
    assert interval is not None
    assert interval[0] < 8.3e7 < interval[1]
