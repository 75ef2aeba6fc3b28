"""Films thinner than the mean free path: the slip formula, and how far it is from the exact gray solution."""

from __future__ import annotations

from kapitza.verify.problem import Problem, Quantity, Summary, interface

K, PATH = 148.0, 300e-9  # of the film
AREA, DROP = 1e-6, 10.0  # m^2, K between the walls
FILM = 200e-9


def carried(thickness: float) -> Quantity:
    """Conductivity of the film between its walls, slip counted."""

    def pick(summary: Summary) -> float:
        return float(summary["boundaries"]["bottom"]["heat"]) * thickness / (AREA * DROP)

    return Quantity("conductivity", pick, 1e-10, "W/(m*K)", exact=True)


def near(thickness: float, share: float) -> Quantity:
    """The same, within ``share`` of the bulk's conductivity of the exact solution: the known error of the slip."""
    return Quantity("conductivity", carried(thickness).pick, share * K, "W/(m*K)")


def slip() -> dict[str, float]:
    return {"conductivity": K / (1.0 + 4.0 * PATH / (3.0 * FILM))}


def gray(thickness: float) -> dict[str, float]:
    from kapitza.verify import gray_film

    return {"conductivity": K * gray_film.solve(thickness / PATH).conductivity}


def kapitza() -> dict[str, float]:
    joint = 2.0 * PATH / (3.0 * K) + 4.2e-9
    flux = DROP / (1.5e-6 / 237.0 + 2.5e-6 / 237.0 + FILM / K + 2.0 * joint)
    return {"flux": flux, "jump": joint * flux}


MILNE = {f"boundary.{side}.law.variant": "milne" for side in ("bottom", "top")}

BALLISTIC: tuple[Problem, ...] = (
    Problem(
        "ballistic_film",
        "Film of Kn = 1.5 between black walls, slip",
        "k/(1 + 4 Kn/3)",
        "ballistic_film",
        slip,
        (carried(FILM),),
    ),
    Problem(
        "ballistic_film_gray",
        "The same against the exact gray solution: Marshak's slip, within 1.5 % of the bulk's conductivity",
        "Milne's integral equation",
        "ballistic_film",
        lambda: gray(FILM),
        (near(FILM, 0.015),),
    ),
    Problem(
        "ballistic_film_milne",
        "Film of Kn = 0.5, Milne's slip against the exact gray solution",
        "Milne's integral equation",
        "ballistic_film",
        lambda: gray(600e-9),
        (near(600e-9, 0.001),),
        changes={"layers.film.thickness": "600 nm", **MILNE},
    ),
    Problem(
        "ballistic_film_kapitza",
        "Slip and Kapitza resistance in series",
        "series resistance",
        "ballistic_film_kapitza",
        kapitza,
        (
            Quantity("flux", interface("lower bar|film", "flux"), 1e-2, "W/m^2", exact=True),
            Quantity("jump", interface("film|upper bar", "jump"), 1e-10, exact=True),
        ),
    ),
)
