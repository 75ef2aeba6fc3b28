"""What the nonlinear cases show, over more than the one state that each ships: pressures, temperatures, thicknesses."""

from __future__ import annotations

from pathlib import Path

import pytest

import kapitza as kp
from kapitza.verify import nonlinear

CASES = Path(__file__).parent.parent / "cases"


def solved(name: str, **changes: str) -> kp.Solution:
    """Dots in keys are written as double underscores."""
    case = kp.load(CASES / f"{name}.toml")
    return kp.solve(case.replace({key.replace("__", "."): value for key, value in changes.items()}))


@pytest.mark.parametrize("air", [False, True])
def test_pressed_joint_over_pressure(air) -> None:
    """The formulas at any pressure; more of it never less conductance, and of little pressure air makes the best."""
    name, fluxes = "pressed_joint_air" if air else "pressed_joint", []
    for pressure in (0.02e6, 0.17e6, 1.3e6, 9.0e6):
        contact = solved(name, interfaces__0__pressure=f"{pressure} Pa").interfaces["hot bar|cold bar"]
        exact = nonlinear.pressed(pressure, air=air)
        assert contact.flux == pytest.approx(exact["flux"], rel=1e-9)
        assert contact.jump == pytest.approx(exact["jump"], rel=1e-9)
        fluxes.append(contact.flux / contact.jump)
    assert fluxes == sorted(fluxes)


def test_bond_goes_as_the_inverse_cube_and_the_joint_stays() -> None:
    """1 to 10 K with so little heat that jumps are small: R T^3 of the bond is the same, 14.57 cm^2 K^4/W; the pressed
    joint falls with the conductivity of copper, T. Cold the bond costs more, at 10 K and above the joint."""
    for T in (1.0, 2.0, 4.0, 10.0):
        heat = 1e-5 * T**4
        contacts = solved(
            "bond_and_joint_cold", boundary__bottom__heat=f"{heat} W", boundary__top__temperature=f"{T} K"
        ).interfaces
        bond, joint = (contacts[name].jump / contacts[name].flux for name in ("chip|film", "film|block"))
        exact = nonlinear.bond_and_joint_cold(heat, T)
        assert contacts["chip|film"].jump == pytest.approx(exact["bond, jump"], rel=1e-7)
        assert contacts["film|block"].jump == pytest.approx(exact["joint, jump"], rel=1e-7)
        assert bond * T**3 == pytest.approx(14.567e-4, rel=5e-3)
        assert joint * T == pytest.approx(4.94e-5, rel=5e-3)
        assert (bond > joint) == (T < 5.4)


def test_warm_the_joint_costs_thousands_of_bonds() -> None:
    contacts = solved("bond_and_joint").interfaces
    assert contacts["film|block"].jump / contacts["chip|film"].jump == pytest.approx(8000.0, rel=0.01)


def test_small_jump_is_the_slope_of_the_one_way_flux() -> None:
    """R = 1/(n s T^(n-1)) as the heat vanishes; the deviation is (n - 1)/2 of the relative jump."""
    limit = 1.0 / (5 * 180.0 * 0.2**4)
    for heat in (2.9e-9, 2.9e-11, 2.9e-13):
        contact = solved("equilibrium_exchange", boundary__bottom__heat=f"{heat} W").interfaces[
            "metal|crystal"
        ]
        relative = contact.jump / contact.above
        found = contact.jump / contact.flux * (contact.above / 0.2) ** 4
        assert limit / found - 1.0 == pytest.approx(2.0 * relative, rel=3.0 * relative + 1e-5, abs=1e-9)


def test_foils_of_many_thicknesses_lie_on_a_straight_line() -> None:
    """As measured: R_tot = 2 R_K + d/k for 14 to 130 um, small differences; R_K = 10.54e-3 T^-3, k of the mean."""
    warm, cold, T = 1.8005, 1.7995, 1.8
    for d in (14e-6, 28e-6, 52e-6, 78e-6, 130e-6):
        solution = solved(
            "kapton_foil",
            layers__foil__thickness=f"{d} m",
            boundary__bottom__ambient=f"{warm} K",
            boundary__top__ambient=f"{cold} K",
        )
        heat = solution.boundaries["bottom"].heat
        assert heat == pytest.approx(nonlinear.kapton(d, warm, cold)["heat"], rel=1e-8)
        total = (warm - cold) * 20e-4 / heat
        assert total == pytest.approx(2 * 10.54e-3 / T**3 + d / (2.28e-3 + 2.40e-3 * T), rel=1e-6)


@pytest.mark.parametrize("variant", [("fluid", 29.33), ("sh", 20.30)])
def test_acoustic_mismatch_in_its_published_unit(variant) -> None:
    """R T^3 [cm^2 K^4/W] of aluminium on sapphire, for a small jump."""
    form, expected = variant
    contact = solved(
        "acoustic_mismatch", interfaces__0__variant=form, boundary__bottom__heat="1 mW"
    ).interfaces["aluminium|sapphire"]
    mean = 0.5 * (contact.below + contact.above)
    assert 1e4 * contact.jump / contact.flux * mean**3 == pytest.approx(expected, abs=6e-3)


def test_diffuse_mismatch_at_room_temperature() -> None:
    contact = solved("diffuse_mismatch", boundary__bottom__temperature="300.02 K").interfaces["oxide|silicon"]
    assert contact.flux / contact.jump == pytest.approx(977.4927540e6, rel=3e-5)  # at 300.013 K


def test_hydrogen_on_diamond_is_told_apart() -> None:
    """Three samples of lead on diamond: hydrogen-terminated, as received, and another laboratory's."""
    ends = {"boundary__bottom__temperature": "290.2 K", "boundary__top__temperature": "290 K"}
    found = {}
    for reference in ("Hydrogen-terminated", "as-received", "10.1103/PhysRevB.48.16373"):
        contact = solved("diamond_lead", interfaces__0__reference=reference, **ends).interfaces[
            "lead|diamond"
        ]
        found[reference] = contact.flux / contact.jump
    assert found["Hydrogen-terminated"] == pytest.approx(18.8e6, rel=0.01)
    assert found["as-received"] == pytest.approx(14.3e6, rel=0.01)
    assert found["10.1103/PhysRevB.48.16373"] == pytest.approx(29.4e6, rel=0.01)


def test_temperatures_of_the_shipped_chip_in_helium() -> None:
    """The surface of the copper from its law alone: (T_b^3.46 + q/460)^(1/3.46)."""
    solution = solved("chip_in_helium")
    wall = (1.8**3.46 + 2500.0 / 460.0) ** (1 / 3.46)
    assert solution.boundaries["top"].temperature == pytest.approx(wall, rel=1e-12)
    assert wall < solution.probes["chip"] < wall + 0.4
