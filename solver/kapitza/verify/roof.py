"""ISO 10211 Annex A.2, the roof detail: the standard's table, and converged values by elements."""

from __future__ import annotations

from collections.abc import Mapping

from kapitza.verify.elements import Block, Film, Side, solve

POINTS: Mapping[str, tuple[float, float]] = {
    "A": (0.0, 47.5e-3),
    "B": (500e-3, 47.5e-3),
    "C": (0.0, 41.5e-3),
    "D": (15e-3, 41.5e-3),
    "E": (500e-3, 41.5e-3),
    "F": (0.0, 36.5e-3),
    "G": (15e-3, 36.5e-3),
    "H": (0.0, 0.0),
    "I": (500e-3, 0.0),
}
"""x and y [m] of the points of the standard; y = 0 is the inside face."""

PUBLISHED: Mapping[str, float] = {
    "A": 7.1,
    "B": 0.8,
    "C": 7.9,
    "D": 6.3,
    "E": 0.8,
    "F": 16.4,
    "G": 16.3,
    "H": 16.8,
    "I": 18.3,
    "heat": 9.5,
}
"""Table of the standard: temperatures [°C] and heat flow [W/m], rounded to 0.1."""


def converged(degree: int = 5, depth: int = 5) -> dict[str, float]:
    """Temperatures [°C] at the points and the heat flow [W/m], by high-order elements."""
    mm = 1e-3
    right = 500 * mm
    blocks = [
        Block((0, right), (0, 41.5 * mm), 0.029),  # insulation
        Block((0, 15 * mm), (36.5 * mm, 41.5 * mm), 0.12),  # wood
        Block((0, 15 * mm), (35 * mm, 36.5 * mm), 230.0),  # aluminium
        Block((0, 1.5 * mm), (0, 36.5 * mm), 230.0),
        Block((0, right), (0, 1.5 * mm), 230.0),
        Block((0, right), (41.5 * mm, 47.5 * mm), 1.15),  # concrete
    ]
    films: dict[Side, Film] = {"bottom": Film(20.0, 0.11), "top": Film(0.0, 0.06)}
    answer = solve(blocks, films, degree=degree, depth=depth)
    result = {name: answer.at(*place) for name, place in POINTS.items()}
    result["heat"] = answer.heat["bottom"]
    return result
