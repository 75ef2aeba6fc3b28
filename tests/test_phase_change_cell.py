"""Row 16: a phase-change cell. Rise against size over the Kapitza length; latent heat by the balance of energy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kapitza as kp
from kapitza.laws.phases import Phases
from kapitza.laws.temperature import Constant
from kapitza.laws.time import Steps
from kapitza.model import (
    Boundary,
    Geometry,
    Interface,
    Layer,
    PieceProbe,
    Stack,
    Temperature,
    TransientOptions,
)

CASES = Path(__file__).parent.parent / "cases"


@pytest.mark.parametrize("size", [0.07, 0.6, 2.3, 19.0])
def test_self_heating_rises_below_the_kapitza_length(size: float) -> None:
    """S L^2 / 8k (1 + 4 l / L), l = k R, between electrodes without resistance of their own."""
    k, R, S = 0.57, 4e-8, 2.7e15
    L = size * k * R
    held = Boundary(Temperature(300.0))
    stack = Stack(
        [
            Layer("below", kp.Material("w", 1e9), 3e-9),
            Layer("cell", kp.Material("gst", k), L, heat_density=S),
            Layer("above", kp.Material("w", 1e9), 5e-9),
        ],
        interfaces=[Interface(kp.Resistance(R), materials=("w", "gst"))],
        boundaries={"bottom": held, "top": held},
        probes=[PieceProbe("hottest", "cell")],
    )
    rise = kp.solve(stack).probes["hottest"] - 300.0
    assert rise == pytest.approx(S * L * L / (8.0 * k) * (1.0 + 4.0 / size), rel=1e-6)


def insulated(latent: float, energy: float) -> kp.Solution:
    """A cell that keeps its heat: a pulse of ``energy`` [J/m^3] from 290 K."""
    c, melts, rho = 214.0, 871.0, 6150.0
    gst = kp.Material(
        "gst",
        Phases(Constant(0.6), Constant(2.9), melts, melts),
        density=rho,
        specific_heat=Phases(Constant(c), Constant(1.3 * c), melts, melts),
        latent_heat=latent,
        melting_temperature=melts,
    )
    pulse = Steps(np.array([0.0, 3e-9, 33e-9]), np.array([0.0, energy / 30e-9, 0.0]))
    stack = Stack(
        [Layer("cell", gst, 40e-9, heat_density=pulse, cells=6)],
        Geometry("slab", area=3e-14),
        probes=[PieceProbe("mean", "cell", "mean")],
        solve=kp.SolveOptions(initial=290.0),
        transient=TransientOptions(60e-9, save=61),
    )
    found = kp.solve(stack)
    assert isinstance(found, kp.Solution)
    return found


@pytest.mark.parametrize("share", [0.31, 0.77])
def test_latent_heat_takes_what_it_must(share: float) -> None:
    """Heat up to melting plus a share of the latent heat melts that share, and stays at the melting point."""
    latent = 1.2e5
    found = insulated(latent, 6150.0 * (214.0 * (871.0 - 290.0) + share * latent))
    assert found.history is not None
    assert found.history.melted["cell"][-1] == pytest.approx(share, rel=1e-9)
    assert found.history.probes["mean"][-1] == pytest.approx(871.0, rel=1e-12)
    assert abs(found.history.imbalance) < 1e-12


def test_beyond_melting_the_liquid_warms() -> None:
    latent = 1.2e5
    found = insulated(latent, 6150.0 * (214.0 * (871.0 - 290.0) + latent + 1.3 * 214.0 * 55.0))
    assert found.history is not None
    assert found.history.melted["cell"][-1] == 1.0
    assert found.history.probes["mean"][-1] == pytest.approx(871.0 + 55.0, rel=1e-9)


def test_the_case_melts_and_quenches() -> None:
    found = kp.solve(kp.load(CASES / "phase_change_cell.toml"))
    assert isinstance(found, kp.Solution)
    assert found.history is not None
    times, melted = found.history.times, found.history.melted["cell"]
    assert melted[times < 5e-9].max() == 0.0
    assert melted.max() == 1.0
    assert melted[-1] == 0.0
    after = times > 35e-9
    assert np.all(np.diff(found.history.probes["middle of the cell"][after]) <= 1e-3)
    assert abs(found.history.imbalance) < 1e-8


def test_a_start_at_the_melting_point_is_told() -> None:
    ice = kp.Material(
        "lake", 2.1, density=917.0, specific_heat=2060.0, latent_heat=333.6e3, melting_temperature=273.15
    )
    stack = Stack(
        [Layer("lake", ice, 0.2, cells=5)],
        boundaries={"top": Boundary(Temperature(262.0))},
        solve=kp.SolveOptions(initial=273.15),
        transient=TransientOptions(60.0, save=2),
    )
    assert any("taken as solid" in text for text in kp.solve(stack).warnings)
