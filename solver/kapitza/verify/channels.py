"""Reference problems of several temperatures per place: electrons and phonons, spin up and down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kapitza.verify.in_time import LAPLACE, quantities, table
from kapitza.verify.problem import Pick, Problem, Quantity, Summary, interface, probe
from kapitza.verify.two_channels import Contact, PulsedFilm, SpinContact, pulsed_pair

FORMULA = "two exponentials, closed form"
FERT = "Fert and Jaffrès 2001, closed form"
GOLD = {"ka": 310.0, "kb": 2.6, "g": 2.6e16}
CONTACT = Contact(**GOLD, ha=5e7, hb=1e8)
PHONONS = Contact(**GOLD, ha=0.0, hb=1e8)
FLUX = 1e9
SAPPHIRE = 300.0 + FLUX * 1e-6 / 35.0
FILM = PulsedFilm(310.0, 2.6, 2.1e4, 2.47e6, 2.6e16, 100e-9, 1e8, 1.4, 1.63e6, 200e-9)
SPINS = SpinContact(75e-9, 0.46, 59e-9, 6e-9, 450e-9, 5.1e-16, 0.77)
CURRENT, AREA = 1e14, 1e-12  # 1 W for 1 mA, 1 K for 1 mV

FILM_PLACES = {
    name: name for name in ("electrons, front", "phonons, front", "electrons, back", "phonons, back", "glass")
}
FILM_TIMES = (20e-15, 100e-15, 500e-15, 5e-12, 50e-12, 200e-12)
PAIR_TIMES = (50e-15, 100e-15, 500e-15, 2e-12, 5e-12, 20e-12)


def contact(case: Contact) -> Callable[[], Mapping[str, float]]:
    """Both temperatures at a contact and before it, and the conductance between far fields."""

    def reference() -> Mapping[str, float]:
        at, before = case.sides(FLUX), case.sides(FLUX, 5e-9)
        return {
            "conductance, far fields": case.conductance,
            "flux over jump of the mean": case.conductance,
            "decay length": case.length,
            "electrons at the contact": SAPPHIRE + at[0],
            "phonons at the contact": SAPPHIRE + at[1],
            "phonons, 5 nm before it": SAPPHIRE + before[1],
        }

    return reference


def decay(material: str) -> Pick:
    """Decay length of a material [m]."""

    def pick(summary: Summary) -> float:
        return float(summary["channels"]["decay_length"][material][0])

    return pick


def pulsed_film() -> Mapping[str, float]:
    return table(list(FILM_PLACES), FILM_TIMES, FILM.pulse(20e-3, 100e-15, FILM_TIMES), 300.0)


def strong_pulse() -> Mapping[str, float]:
    found = pulsed_pair(2.1e4 / 300.0, 2.47e6, 2.6e16, 4e21, 100e-15, 300.0, PAIR_TIMES)
    return table(["electrons", "phonons"], PAIR_TIMES, found, 0.0)


def spins() -> Mapping[str, float]:
    ferro, normal = SPINS.accumulation
    return {
        "conductance, far fields": 1.0 / SPINS.resistance,
        "flux over jump of the mean": 1.0 / SPINS.resistance,
        "accumulation, cobalt": CURRENT * ferro,
        "accumulation, copper": CURRENT * normal,
        "current up": 0.5 * CURRENT * (1.0 + SPINS.polarisation),
    }


def between(one: str, two: str) -> Pick:
    """Difference of two probes."""
    return lambda summary: float(summary["probes"][one]) - float(summary["probes"][two])


def _contact_quantities() -> tuple[Quantity, ...]:
    joint, G = "gold|sapphire", "W/(m^2 K)"
    places: Sequence[str] = (
        "electrons at the contact",
        "phonons at the contact",
        "phonons, 5 nm before it",
    )
    return (
        Quantity("conductance, far fields", interface(joint, "far_field_conductance"), 1e-3, G, exact=True),
        Quantity("flux over jump of the mean", interface(joint, "conductance"), 1.0, G, exact=True),
        Quantity("decay length", decay("gold"), 1e-20, "m", exact=True),
        *(Quantity(name, probe(name), 1e-9, exact=True) for name in places),
    )


CHANNELS: tuple[Problem, ...] = (
    Problem(
        "electron_phonon_contact",
        "Electrons and phonons of a metal at a contact",
        FORMULA,
        "electron_phonon_contact",
        contact(CONTACT),
        _contact_quantities(),
    ),
    Problem(
        "electron_phonon_contact_phonons",
        "The same where phonons alone pass: 1/G = 1/h + R_ep",
        FORMULA,
        "electron_phonon_contact",
        contact(PHONONS),
        _contact_quantities(),
        changes={"interfaces.0.conductance": {"phonons": "100 MW/(m^2*K)"}},
    ),
    Problem(
        "spin_accumulation",
        "Spin accumulation at a contact of ferromagnet and normal metal",
        FERT,
        "spin_accumulation",
        spins,
        (
            Quantity(
                "conductance, far fields",
                interface("cobalt|copper", "far_field_conductance"),
                1e3,
                "W/(m^2 K)",
                exact=True,
            ),
            Quantity(
                "flux over jump of the mean",
                interface("cobalt|copper", "conductance"),
                1e8,
                "W/(m^2 K)",
                exact=True,
            ),
            Quantity("accumulation, cobalt", between("up, cobalt", "down, cobalt"), 1e-6, exact=True),
            Quantity("accumulation, copper", between("up, copper", "down, copper"), 1e-6, exact=True),
            Quantity("current up", probe("current up"), 1e8, "W/m^2", exact=True),
        ),
    ),
    Problem(
        "gold_film_pulse",
        "Weak laser pulse on a gold film, electrons first",
        LAPLACE,
        "gold_film_pulse",
        pulsed_film,
        quantities(FILM_PLACES, FILM_TIMES, 2e-2),
        order=2.0,
    ),
    Problem(
        "gold_film_strong_pulse",
        "Strong laser pulse: heat capacity of the electrons in proportion to T",
        "ordinary differential equations, order 8",
        "gold_film_strong_pulse",
        strong_pulse,
        quantities({"electrons": "electrons", "phonons": "phonons"}, PAIR_TIMES, 0.1),
        order=2.0,
    ),
)
