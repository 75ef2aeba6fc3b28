"""[tolerances]: first order against closed forms and Monte Carlo; the command line; what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kapitza as kp
from kapitza.case import Case

PASTE = "cases/cpu_die_paste.toml"
TOLERANCES = {
    "layers.paste.thickness": "12 %",
    "materials.paste.conductivity": "0.3 W/(m*K)",
    "interfaces.die|paste.resistance": "0.004 cm^2*K/W",
    "boundary.top.h": "4 %",
    "boundary.top.ambient": "1.7 K",
}


def with_tolerances(**others: str) -> Case:
    case = kp.load(PASTE)
    return Case.from_dict({**case.data, "tolerances": {**TOLERANCES, **others}}, PASTE)


def test_first_order_in_closed_form() -> None:
    """120 W on 4 cm²: each part is its derivative times its deviation, and they add up in squares."""
    spread = kp.sensitivity(with_tolerances()).spread
    assert spread is not None
    q = 3e5
    parts = [q / 4.0 * 6e-6, -q * 50e-6 / 16.0 * 0.3, q * 0.4e-6, -q / 5000.0**2 * 200.0, 1.7]
    assert np.allclose(spread.parts[0], parts, rtol=1e-7)
    assert spread.deviation[0] == pytest.approx(math.hypot(*parts), rel=1e-7)
    assert spread.shares[0].sum() == pytest.approx(1.0)


def test_monte_carlo_agrees_with_first_order() -> None:
    """Nearly linear in these tolerances: 1500 draws tell the deviation to about 2 %."""
    found = kp.sensitivity(with_tolerances(), monte_carlo=1500)
    spread = found.spread
    assert spread is not None
    assert spread.drawn is not None
    assert spread.drawn.failed == 0
    assert spread.drawn.deviation[0] == pytest.approx(spread.deviation[0], rel=0.1)
    assert spread.drawn.mean[0] == pytest.approx(
        found.values[0], abs=4 * spread.deviation[0] / math.sqrt(1500) + 0.15
    )
    low, high = spread.drawn.band[:, 0]
    assert high - low == pytest.approx(2 * 1.96 * spread.deviation[0], rel=0.1)


def test_monte_carlo_in_two_dimensions() -> None:
    case = kp.load("cases/package.toml").replace({"mesh.x": 40, "mesh.z": 24})
    found = kp.sensitivity(case, ["junction", "lid centre"], monte_carlo=400)
    spread = found.spread
    assert spread is not None
    assert spread.drawn is not None
    assert spread.drawn.deviation[0] == pytest.approx(spread.deviation[0], rel=0.15)
    assert list(spread.drawn.counts) == [400, 400]
    # At the very top of the lid: where the layers below it are thinner, the point is not in it any more.
    high = kp.sensitivity(case.replace({"probes.1.at.z": "2.55 mm"}), ["lid centre"], monte_carlo=400).spread
    assert high is not None
    assert high.drawn is not None
    assert 100 < high.drawn.counts[0] < 300


@pytest.mark.parametrize(
    ("path", "given", "said"),
    [
        ("layers.past.thickness", "5 %", "nothing in layers is named 'past'"),
        ("layers.paste.thickness", "5 W", "a length"),
        ("layers.paste.thickness", 5, "as a text"),
        ("layers.paste.thickness", "-5 %", "above zero"),
        ("layers.paste.material", "5 %", "does not hold one number"),
        ("layers.paste.heat", "5 %", "does not give this key"),
        ("boundary.top.ambient", "1 %", "give kelvin"),
        ("boundary.top.ambient", "3 degC", "in kelvin"),
    ],
)
def test_wrong_tolerances_are_told_with_their_key(path: str, given: Any, said: str) -> None:
    case = kp.load(PASTE)
    with pytest.raises(kp.InputError, match="tolerances") as error:
        Case.from_dict({**case.data, "tolerances": {path: given}})
    assert said in str(error.value)


def run(*arguments: str) -> int:
    from kapitza.cli import main

    return main(list(arguments))


def test_run_prints_draws_and_writes_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case.toml"
    case.write_text(with_tolerances().text)
    picture = tmp_path / "paste.png"
    assert run("run", str(case), "--sensitivity", "--plot", str(picture)) == 0
    told = capsys.readouterr().out
    assert "1 % thinner" in told
    assert "joint die|paste" in told
    assert "standard deviation" in told
    assert picture.exists()
    assert (tmp_path / "paste-sensitivity.png").stat().st_size > 10_000
    assert run("run", str(case), "--monte-carlo", "60", "--json") == 0
    answer = json.loads(capsys.readouterr().out)["sensitivity"]["junction"]
    effects = [abs(p["per_percent"]) for p in answer["parameters"] if p["per_percent"] is not None]
    assert effects == sorted(effects, reverse=True)
    assert answer["monte_carlo"]["draws"] == 60
    assert answer["tolerances"][0]["key"] == "boundary.top.h"
    # a picture that stands in the way is told before anything is solved
    assert run("run", str(case), "--sensitivity", "--plot", str(tmp_path / "paste.png")) == 4


def test_run_refuses_what_has_no_sensitivity(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", "cases/cpu_power_step.toml", "--sensitivity") == 2
    assert "transient" in capsys.readouterr().err
    assert run("run", PASTE, "--monte-carlo", "100") == 2
    assert "[tolerances]" in capsys.readouterr().err
