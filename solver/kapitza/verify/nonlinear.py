"""Reference problems with k(T) and laws of both side temperatures: one equation in the flux, exact on any mesh."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kapitza.verify import contacts
from kapitza.verify.contacts import Crystal
from kapitza.verify.nonlinear_stacks import (
    Jump,
    Part,
    constant,
    exchange,
    faces,
    flux,
    power,
    straight,
)
from kapitza.verify.problem import Pick, Problem, Quantity, boundary, interface, probe

ONE_EQUATION = "one equation in the flux"
SIGMA = 5.670374419e-8  # W/(m^2 K^4)
ZERO = 273.15

ALUMINIUM = Crystal(2700.0, 6240.0, 3040.0, 6.02e28)
SAPPHIRE = Crystal(3970.0, 10890.0, 6450.0, 11.7e28)
COPPER = Crystal(8960.0, 4910.0, 2500.0, 8.47e28)
SILICON = Crystal(2330.0, 8970.0, 5332.0, 5.00e28)
SILICON_100 = Crystal(2330.0, 8433.0, 5843.0, 5.00e28)
OXIDE = Crystal(2200.0, 5953.0, 3743.0, 6.62e28)


def stack(
    parts: Sequence[Part], top: float, *, bottom: float | None = None, heat_flux: float = 0.0
) -> dict[str, float]:
    """Flux, and the temperatures between the parts: under part i, "face i"; between two temperatures or heated."""
    q = heat_flux if bottom is None else flux(parts, bottom, top)
    return {"flux": q, **{f"face {i}": T for i, T in enumerate(faces(parts, q, top))}}


def sides(found: dict[str, float], joint: int) -> dict[str, float]:
    """What is compared at the joint that is part number ``joint``."""
    below, above = found[f"face {joint}"], found[f"face {joint + 1}"]
    return {"below": below, "above": above, "jump": below - above, "flux": found["flux"]}


def kirchhoff() -> dict[str, float]:
    parts: list[Part] = [
        straight(0.5e-3, 148.0, 300.0, -0.444),
        Jump(lambda s, t: (s - t) / 2e-5),
        straight(0.1e-3, 2.0, 300.0, 0.002),
    ]
    return sides(stack(parts, 300.0, bottom=400.0), 1)


def nafems_t2() -> dict[str, float]:
    found = stack([constant(0.1, 55.563), exchange(0.98 * SIGMA, 4.0)], 300.0, bottom=1000.0)
    return {"end": found["face 1"], "heat": found["flux"]}


def radiating_gap() -> dict[str, float]:
    plate = constant(0.1, 1.0)
    return sides(stack([plate, exchange(0.8 * SIGMA, 4.0), plate], 300.0, bottom=1000.0), 1)


def equilibrium() -> dict[str, float]:
    parts: list[Part] = [power(1e-6, 0.8, 0.2, 1.0), exchange(180.0, 5.0), power(20e-6, 0.05, 0.2, 3.0)]
    return sides(stack(parts, 0.2, heat_flux=0.29e-9 / 1e-6), 1)


def pressed(pressure: float = 0.1e6, *, air: bool = False) -> dict[str, float]:
    """Two bars; sigma 1 um, m 0.1, H 1.1 GPa."""
    share = pressure / 1.1e9
    h = 167.0 * contacts.constriction(0.1, 1e-6, share)
    rarefied = 2.0 * (2.0 - 0.87) / 0.87 * 2.8 / (0.71 * 2.4) * 68e-9 / 300.0
    gas = contacts.gas_gap(0.0271, contacts.mean_planes(1e-6, share), rarefied)
    joint = Jump(lambda s, t: h * (s - t) + (gas(s, t) if air else 0.0))
    parts: list[Part] = [constant(30e-3, 167.0), joint, constant(20e-3, 167.0)]
    return sides(stack(parts, ZERO + 20.0, bottom=ZERO + 60.0), 1)


def bond_and_joint() -> dict[str, float]:
    touching = 401.0 * contacts.constriction(0.09, 0.7e-6, 1.5e6 / 1.3e9)
    parts: list[Part] = [
        power(0.5e-3, 148.0, 300.0, -1.3),
        Jump(contacts.diffuse(SILICON, COPPER)),
        constant(1e-6, 401.0),
        Jump(lambda s, t: touching * (s - t)),
        constant(3e-3, 401.0),
    ]
    return two_joints(stack(parts, 300.0, heat_flux=30.0 / 1e-4))


def bond_and_joint_cold(heat: float = 0.1, block: float = 2.0) -> dict[str, float]:
    """Constriction in a body of k(T) follows the integral of k: q = C (Theta(T1) - Theta(T2)), k = 310 T/4."""
    touching = contacts.constriction(0.09, 0.7e-6, 1.5e6 / 1.3e9)
    parts: list[Part] = [
        power(0.5e-3, 297.0, 4.0, 3.0),
        exchange(contacts.diffuse_low(SILICON, COPPER), 4.0),
        power(1e-6, 310.0, 4.0, 1.0),
        exchange(touching * 310.0 / 4.0 / 2.0, 2.0),
        power(3e-3, 310.0, 4.0, 1.0),
    ]
    return two_joints(stack(parts, block, heat_flux=heat / 1e-4))


def two_joints(found: dict[str, float]) -> dict[str, float]:
    bond, joint = sides(found, 1)["jump"], sides(found, 3)["jump"]
    return {"chip": found["face 0"], "bond, jump": bond, "joint, jump": joint}


def acoustic() -> dict[str, float]:
    parts: list[Part] = [
        power(2e-6, 120.0, 4.0, 1.0),
        exchange(contacts.acoustic_low(ALUMINIUM, SAPPHIRE), 4.0),
        power(0.4e-3, 410.0, 4.0, 3.0),
    ]
    return sides(stack(parts, 4.0, heat_flux=1.3 / 1e-4), 1)


def diffuse() -> dict[str, float]:
    parts: list[Part] = [
        constant(20e-9, 1.38),
        Jump(contacts.diffuse(OXIDE, SILICON_100)),
        constant(5e-6, 148.0),
    ]
    return sides(stack(parts, 300.0, bottom=305.0), 1)


def diamond_lead() -> dict[str, float]:
    """Between the tables' points around: k of lead straight, of diamond a power, G straight from 17.6 to 19."""
    n = math.log(2300.0 / 4000.0) / math.log(300.0 / 200.0)
    slope = (19e6 - 17.6e6) / (298.0 - 240.0)
    parts: list[Part] = [
        straight(100e-9, 36.7, 200.0, (35.3 - 36.7) / 100.0),
        Jump(lambda s, t: (s - t) * (17.6e6 + slope * (0.5 * (s + t) - 240.0))),
        power(0.3e-3, 4000.0, 200.0, n),
    ]
    return sides(stack(parts, 245.0, bottom=295.0), 1)


def chip_in_helium() -> dict[str, float]:
    parts: list[Part] = [
        power(0.4e-3, 45.0, 2.0, 3.0),
        exchange(172.0, 4.0),
        power(2e-3, 150.0, 2.0, 1.0),
        exchange(460.0, 3.46),
    ]
    found = stack(parts, 1.8, heat_flux=0.25 / 1e-4)
    return {
        "chip": found["face 0"],
        "solder, jump": found["face 1"] - found["face 2"],
        "wall": found["face 3"],
    }


def kapton(thickness: float = 56e-6, warm: float = 1.95, cold: float = 1.80) -> dict[str, float]:
    surface = exchange(23.719165, 4.0)
    found = stack([surface, straight(thickness, 6.12e-3, 1.6, 2.40e-3), surface], cold, bottom=warm)
    return {"heat": found["flux"] * 20e-4, "warm side": found["face 1"], "cold side": found["face 2"]}


def kelvin(name: str, pick: Pick, size: float = 300.0, relative: float = 1e-10) -> Quantity:
    return Quantity(name, pick, relative * size, "K", exact=True)


def joint(
    name: str, size: float, heat_flux: float, jump: float, relative: float = 1e-9
) -> tuple[Quantity, ...]:
    """Side temperatures of about ``size``, jump [K] and flux [W/m^2] of a contact."""
    return (
        kelvin("below", interface(name, "below"), size),
        kelvin("above", interface(name, "above"), size),
        kelvin("jump", interface(name, "jump"), jump, relative),
        Quantity("flux", interface(name, "flux"), relative * heat_flux, "W/m^2", exact=True),
    )


TWO_JOINTS = ("chip|film", "film|block")

NONLINEAR = (
    Problem(
        "kirchhoff_joint",
        "Two conductivities of temperature and a joint",
        ONE_EQUATION,
        "kirchhoff_joint",
        kirchhoff,
        joint("chip|polymer", 400.0, 1.4e6, 27.0),
    ),
    Problem(
        "nafems_t2",
        "Bar with radiation",
        "NAFEMS T2; 927.0 K",
        "nafems_t2",
        nafems_t2,
        (
            kelvin("end", probe("radiating end"), 1000.0),
            Quantity("heat", boundary("bottom", "heat"), 4e-5, "W", exact=True),
        ),
    ),
    Problem(
        "radiation_gap",
        "A gap crossed by radiation",
        ONE_EQUATION,
        "radiation_gap",
        radiating_gap,
        joint("hot plate|cold plate", 700.0, 3200.0, 64.0),
    ),
    Problem(
        "equilibrium_exchange",
        "Jump from the exchange at equilibrium",
        ONE_EQUATION,
        "equilibrium_exchange",
        equilibrium,
        joint("metal|crystal", 0.2, 2.9e-4, 2e-4, 1e-8),
    ),
    Problem(
        "pressed_joint",
        "Pressed joint in vacuum",
        "CMY",
        "pressed_joint",
        pressed,
        joint("hot bar|cold bar", 330.0, 6.3e4, 21.0),
    ),
    Problem(
        "pressed_joint_air",
        "Pressed joint in air",
        "CMY, gap, exact Y",
        "pressed_joint_air",
        lambda: pressed(air=True),
        joint("hot bar|cold bar", 330.0, 1e5, 10.0),
    ),
    Problem(
        "bond_and_joint",
        "Bonded and pressed, 300 K",
        "quadrature, CMY",
        "bond_and_joint",
        bond_and_joint,
        (
            kelvin("chip", boundary("bottom", "temperature")),
            kelvin("bond, jump", interface(TWO_JOINTS[0], "jump"), 3.6e-4, 1e-8),
            kelvin("joint, jump", interface(TWO_JOINTS[1], "jump"), 2.9, 1e-9),
        ),
    ),
    Problem(
        "bond_and_joint_cold",
        "Bonded and pressed, 2 K",
        "T^-3, CMY",
        "bond_and_joint_cold",
        bond_and_joint_cold,
        (
            kelvin("chip", boundary("bottom", "temperature"), 2.2, 1e-9),
            kelvin("bond, jump", interface(TWO_JOINTS[0], "jump"), 0.15, 1e-8),
            kelvin("joint, jump", interface(TWO_JOINTS[1], "jump"), 0.024, 1e-8),
        ),
    ),
    Problem(
        "acoustic_mismatch",
        "Aluminium on sapphire, 4 K",
        "angle integral, T^4",
        "acoustic_mismatch",
        acoustic,
        joint("aluminium|sapphire", 45.0, 1.3e4, 0.49, 1e-8),
    ),
    Problem(
        "diffuse_mismatch",
        "Oxide on silicon, 300 K",
        "quadrature",
        "diffuse_mismatch",
        diffuse,
        joint("oxide|silicon", 300.0, 1e8, 0.1, 1e-8),
    ),
    Problem(
        "diamond_lead",
        "Lead on diamond, measured",
        "Lyeo and Cahill 2006",
        "diamond_lead",
        diamond_lead,
        joint("lead|diamond", 300.0, 3e8, 16.0),
    ),
    Problem(
        "chip_in_helium",
        "Chip in superfluid helium",
        "Van Sciver's law",
        "chip_in_helium",
        chip_in_helium,
        (
            kelvin("chip", probe("chip"), 2.4, 1e-9),
            kelvin("solder, jump", interface("chip|base", "jump"), 0.3, 1e-9),
            kelvin("wall", boundary("top", "temperature"), 2.1, 1e-9),
        ),
    ),
    Problem(
        "kapton_foil",
        "Polyimide foil between helium baths",
        "Baudouy's laws",
        "kapton_foil",
        kapton,
        (
            Quantity("heat", boundary("bottom", "heat"), 3e-11, "W", exact=True),
            kelvin("warm side", boundary("bottom", "temperature"), 1.9, 1e-9),
            kelvin("cold side", boundary("top", "temperature"), 1.8, 1e-9),
        ),
    ),
)
