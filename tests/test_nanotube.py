"""A nanotube in a polymer: the jump along a curved, vertical contact."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import mpmath
import pytest

import kapitza as kp
from kapitza.verify.tube import Tube

CASE = Path(__file__).parent.parent / "cases" / "nanotube_in_polymer.toml"
COLD = 300.0
ISOTROPIC = Tube(7e-9, 31e-9, 0.9e-6, (640.0, 640.0), (0.31, 0.31), 1.0 / 23e6, 0.7e-6)
TWO_WAYS = Tube(11e-9, 43e-9, 0.17e-6, (37.0, 4.3), (0.53, 0.29), 1.0 / 61e6, 0.9e-6)


def changes(tube: Tube) -> dict[str, object]:
    def both(pair: tuple[float, float]) -> dict[str, str]:
        return {key: f"{k!r} W/(m*K)" for key, k in zip(("through", "lateral"), pair, strict=True)}

    edge = ["0 nm", f"{tube.radius!r} m"]
    return {
        "geometry.radius": f"{tube.outer!r} m",
        "layers.polymer.thickness": f"{tube.height!r} m",
        "materials.nanotube.conductivity": both(tube.tube),
        "materials.polymer.conductivity": both(tube.matrix),
        "regions.nanotube.r": edge,
        "boundary.bottom.patches.0.r": edge,
        "boundary.bottom.patches.0.heat": f"{tube.heat!r} W",
        "interfaces.0.conductance": f"{1.0 / tube.resistance!r} W/(m^2*K)",
        "probes.hot end.r": edge,
        "probes.cold end.at.z": f"{tube.height!r} m",
        "probes.tube at 500 nm.at": {"r": f"{tube.radius!r} m", "z": f"{0.3 * tube.height!r} m"},
        "probes.polymer at 500 nm.at": {"r": f"{tube.radius!r} m", "z": f"{0.3 * tube.height!r} m"},
    }


def modes(tube: Tube, z: float, terms: int) -> tuple[float, float, float]:
    """Rise on the axis, and of both sides of the wall: every mode from its three conditions, in many digits."""
    a, b, H = tube.radius, tube.outer, tube.height
    axis = wall = outside = mpmath.mpf(0)
    with mpmath.workdps(50):
        for n in range(terms + 1):
            p = n * mpmath.pi / H
            if n == 0:  # k (r T')'/r = -q0: a parabola, then a logarithm
                flux = tube.flux * a / 2
                far = flux * a * mpmath.log(mpmath.mpf(b) / a) / tube.matrix[1]
                near = far + flux * tube.resistance
                middle = near + tube.flux * mpmath.mpf(a) ** 2 / (4 * tube.tube[1])
            else:
                p1, p2 = (p * mpmath.sqrt(mpmath.mpf(kz) / kr) for kz, kr in (tube.tube, tube.matrix))
                drive = tube.flux / (tube.tube[0] * p * p)
                I0, I1, K0, K1 = mpmath.besseli, mpmath.besseli, mpmath.besselk, mpmath.besselk
                k1, k2, R = tube.tube[1], tube.matrix[1], tube.resistance
                rows = mpmath.matrix(
                    [
                        [0, I0(0, p2 * b), K0(0, p2 * b)],
                        [k1 * p1 * I1(1, p1 * a), -k2 * p2 * I1(1, p2 * a), k2 * p2 * K1(1, p2 * a)],
                        [I0(0, p1 * a) + R * k1 * p1 * I1(1, p1 * a), -I0(0, p2 * a), -K0(0, p2 * a)],
                    ]
                )
                A, B, C = mpmath.lu_solve(rows, mpmath.matrix([0, 0, -drive]))
                middle, near = drive + A, drive + A * I0(0, p1 * a)
                far = B * I0(0, p2 * a) + C * K0(0, p2 * a)
            share = (1 if n == 0 else 2) * mpmath.cos(p * z) / H
            axis, wall, outside = axis + share * middle, wall + share * near, outside + share * far
    return float(axis), float(wall), float(outside)


@pytest.mark.parametrize("tube", [ISOTROPIC, TWO_WAYS])
def test_series_by_its_modes(tube: Tube) -> None:
    z, terms = 0.3 * tube.height, 40
    axis, wall, outside = modes(tube, z, terms)
    # the closed part of the series, which the modes above lack beyond the last
    assert tube.at(0.0, z) == pytest.approx(axis, rel=1.5e-3)
    assert tube.at(tube.radius, z) == pytest.approx(wall, rel=1.5e-3)
    assert tube.side(z) == pytest.approx(outside, rel=1.5e-3)


@pytest.mark.parametrize("tube", [ISOTROPIC, TWO_WAYS])
def test_case_against_the_series(tube: Tube) -> None:
    solution = kp.solve(kp.load(CASE).replace(changes(tube)))
    exact = {
        "hot end": tube.end(0.0),
        "cold end": tube.at(0.0, tube.height),
        "tube at 500 nm": tube.at(tube.radius, 0.3 * tube.height),
        "polymer at 500 nm": tube.side(0.3 * tube.height),
    }
    for name, rise in exact.items():
        assert solution.probes[name] - COLD == pytest.approx(rise, rel=3e-4), name
    side = solution.interfaces["nanotube|polymer"]
    area = 2.0 * math.pi * tube.radius * tube.height
    assert side.area.sum() == pytest.approx(area, rel=1e-12)
    assert side.heat == pytest.approx(tube.heat, rel=1e-10)
    assert side.vertical.all()


def test_fin_is_the_limit() -> None:
    """U a/k across the tube, (m b)^2 and what the matrix carries along the tube make the fin's error."""
    thin = replace(ISOTROPIC, tube=(640.0, 6.4e8), matrix=(3.1e-7, 0.31))
    for z in (0.0, 0.2e-6, 0.9e-6):
        assert thin.at(0.0, z) == pytest.approx(thin.fin(z), rel=1e-7)
    assert ISOTROPIC.at(0.0, 0.2e-6) == pytest.approx(ISOTROPIC.fin(0.2e-6), rel=2e-3)
    thick = replace(ISOTROPIC, tube=(1.9, 1.9))
    assert abs(thick.at(0.0, 0.0) / thick.fin(0.0) - 1.0) > 1e-3


def test_the_jump_makes_the_tube_carry_heat_farther() -> None:
    case = kp.load(CASE)
    ends = []
    for conductance in ("1.2 MW/(m^2*K)", "12 MW/(m^2*K)", "1200 MW/(m^2*K)"):
        probes = kp.solve(case.replace({"interfaces.0.conductance": conductance})).probes
        ends.append((probes["cold end"] - COLD) / (probes["hot end"] - COLD))
    assert ends == sorted(ends, reverse=True)
    assert ends[0] > 0.6
    assert ends[2] < 0.05
