"""The references themselves: against mpmath, against a second method, against printed numbers."""

from __future__ import annotations

import itertools
import math
import random

import mpmath as mp
import pytest

from kapitza.verify import elements, rectangles, roof, stacks
from kapitza.verify.elements import Block, Film
from kapitza.verify.spreading import Disk, Slice, Strip, bessel_zeros
from kapitza.verify.stacks import End, Sheet

mp.mp.dps = 40


# Stacks in series ------------------------------------------------------------------------------------------


def by_constants(shape, sheets, joints, bottom, top, size, start):
    """The same problem from the general solutions A + B·g(r) − S·p(r) of each layer, as one linear system."""
    power = {"slab": 0, "cylinder": 1, "sphere": 2}[shape]
    unit = {"slab": mp.mpf(size), "cylinder": 2 * mp.pi * size, "sphere": 4 * mp.pi}[shape]
    g = {"slab": lambda r: r, "cylinder": mp.log, "sphere": lambda r: -1 / r}[shape]

    def dg(r):
        return 1 / r**power

    def p(r):
        return r**2 / (2 * (power + 1))

    def dp(r):
        return r / (power + 1)

    def area(r):
        return unit * r**power

    n = len(sheets)
    radii = [mp.mpf(start)]
    for s in sheets:
        radii.append(radii[-1] + mp.mpf(s.thickness))
    matrix, right = mp.zeros(2 * n, 2 * n), mp.zeros(2 * n, 1)

    def value(i, r):  # T = A g + B − S p / k, as (coefficients, constant)
        k = mp.mpf(sheets[i].conductivity)
        return {2 * i: g(r), 2 * i + 1: mp.mpf(1)}, -mp.mpf(sheets[i].source) * p(r) / k

    def flux(i, r):
        k = mp.mpf(sheets[i].conductivity)
        return {2 * i: -k * dg(r)}, mp.mpf(sheets[i].source) * dp(r)

    def equation(row, terms, target):
        right[row] = target
        for factor, (coefficients, constant) in terms:
            for column, c in coefficients.items():
                matrix[row, column] += factor * c
            right[row] -= factor * constant

    row = 0
    for i, r, end, sign in ((0, radii[0], bottom, 1), (n - 1, radii[-1], top, -1)):
        if end.temperature is None:
            equation(row, [(sign, flux(i, r))], end.heat_flux)
        else:
            equation(row, [(1, value(i, r)), (sign * mp.mpf(end.resistance), flux(i, r))], end.temperature)
        row += 1
    for i in range(n - 1):
        r = radii[i + 1]
        equation(row, [(1, flux(i, r)), (-1, flux(i + 1, r))], 0)
        jump = mp.mpf(joints[i])
        equation(row + 1, [(1, value(i, r)), (-1, value(i + 1, r)), (-jump, flux(i, r))], 0)
        row += 2
    c = mp.lu_solve(matrix, right)

    def evaluate(parts):
        return mp.fsum(f * c[j] for j, f in parts[0].items()) + parts[1]

    sides = [(evaluate(value(i, radii[i])), evaluate(value(i, radii[i + 1]))) for i in range(n)]
    return (
        sides,
        evaluate(flux(0, radii[0])) * area(radii[0]),
        evaluate(flux(n - 1, radii[-1])) * area(radii[-1]),
    )


@pytest.mark.parametrize("shape", ["slab", "cylinder", "sphere"])
@pytest.mark.parametrize("seed", range(6))
def test_stack_against_linear_system(shape, seed):
    draw = random.Random(f"{shape}{seed}")
    n = draw.randint(2, 5)
    sheets = [
        Sheet(
            draw.uniform(1e-3, 0.02),
            10 ** draw.uniform(-1, 2.5),
            draw.choice([0, 1]) * draw.uniform(1e4, 1e5),
        )
        for _ in range(n)
    ]
    joints = [draw.choice([0.0, draw.uniform(1e-5, 1e-2)]) for _ in range(n - 1)]
    bottom = End(350.0 + seed, draw.uniform(0, 1e-3)) if seed % 3 else End(heat_flux=draw.uniform(-1e3, 1e3))
    top = End(heat_flux=draw.uniform(-1e3, 1e3)) if seed % 3 == 2 else End(290.0, draw.uniform(1e-4, 1e-3))
    size, start = draw.uniform(0.1, 3), draw.uniform(2e-3, 0.05)
    got = stacks.solve(sheets, joints, bottom, top, shape=shape, size=size, start=start)
    sides, heat_in, heat_out = by_constants(shape, sheets, joints, bottom, top, size, start)
    for a, b in zip(got.sides, sides, strict=True):
        assert a == pytest.approx([float(b[0]), float(b[1])], rel=3e-14)
    scale = abs(heat_in) + abs(heat_out)
    assert abs(got.heat_in - heat_in) < 1e-12 * scale
    assert abs(got.heat_out - heat_out) < 1e-12 * scale


@pytest.mark.parametrize(("shape", "denominator"), [("cylinder", 4), ("sphere", 6)])
def test_solid_centre_with_source(shape, denominator):
    """S r²/(4k) and S r²/(6k) between centre and surface."""
    got = stacks.solve([Sheet(0.013, 2.7, 3.1e5)], [], End(), End(301.0, 4e-4), shape=shape, size=0.37)
    bottom, top = got.sides[0]
    assert bottom - top == pytest.approx(3.1e5 * 0.013**2 / (denominator * 2.7), rel=1e-13)
    factor = {"cylinder": 2, "sphere": 3}[shape]
    assert top - 301 == pytest.approx(4e-4 * 3.1e5 * 0.013 / factor, rel=1e-12)


def test_a_stack_without_temperature_is_refused():
    with pytest.raises(ValueError, match="needs a temperature"):
        stacks.solve([Sheet(0.1, 2.0)], [], End(heat_flux=3.0), End(heat_flux=-3.0))


def test_printed_numbers_of_stacks():
    cpu = stacks.solve(
        [Sheet(0.5e-3, 148), Sheet(6e-3, 237)], [1.2e-4], End(heat_flux=3e5), End(0.0, 1 / 5000), size=4e-4
    )
    drops = [a - b for a, b in cpu.sides]
    assert drops == pytest.approx([1.013513514, 7.594936709], abs=1e-9)
    assert cpu.jump(0) == pytest.approx(36, abs=1e-12)
    assert cpu.sides[0][0] == pytest.approx(104.6084502, abs=5e-8)
    thirds = stacks.solve([Sheet(1 / 3, k) for k in (1.0, 0.1, 0.2)], [2.0, 2.0], End(1.0), End(0.0))
    assert thirds.sides[0][1] == pytest.approx(27 / 28)
    assert thirds.sides[1] == pytest.approx((3 / 4, 11 / 28))
    assert thirds.sides[2][0] == pytest.approx(5 / 28)


def test_laminate():
    across, along = stacks.laminate([(3e-9, 5.0), (7e-9, 0.9)], [2e-9, 4e-9])
    assert across == pytest.approx(10e-9 / (0.6e-9 + 7e-9 / 0.9 + 6e-9), rel=1e-14)
    assert along == pytest.approx((15 + 6.3) / 10, rel=1e-14)


# Series on rectangles --------------------------------------------------------------------------------------

# ISO 10211 A.1: rows y/(2W) = 7/8 … 1/8, columns x/W = 1/4 … 1; as rounded by the standard, and exact
A1_TABLE = [
    [9.7, 13.4, 14.7, 15.1],
    [5.3, 8.6, 10.3, 10.8],
    [3.2, 5.6, 7.0, 7.5],
    [2.0, 3.6, 4.7, 5.0],
    [1.3, 2.3, 3.0, 3.2],
    [0.7, 1.4, 1.8, 1.9],
    [0.3, 0.6, 0.8, 0.9],
]
A1_EXACT = [
    [9.6581878, 13.379055, 14.728918, 15.08538],
    [5.2517378, 8.6405666, 10.315548, 10.810584],
    [3.1886843, 5.6089993, 7.014153, 7.465122],
    [2.014153, 3.6405666, 4.6581878, 5.0],
    [1.2624667, 2.3086034, 2.985847, 3.2185024],
    [0.73964731, 1.3594334, 1.7668488, 1.9082824],
    [0.34181223, 0.62955957, 0.81993057, 0.88631416],
]


def test_half_square_column():
    w = 0.73
    for row, (rounded, exact) in enumerate(zip(A1_TABLE, A1_EXACT, strict=True)):
        for column in range(4):
            got = rectangles.half_square_column((column + 1) / 4 * w, (7 - row) / 4 * w, w, 20.0)
            assert got == pytest.approx(exact[column], rel=1e-6)
            assert abs(got - rounded[column]) <= 0.0501
    assert rectangles.half_square_column(0.31 * w, 1.9 * w, w, 17.0) == pytest.approx(
        float(
            mp.nsum(
                lambda j: (
                    68 / ((2 * j + 1) * mp.pi)
                    * mp.sin((2 * j + 1) * mp.pi * mp.mpf("0.155"))
                    * mp.sinh((2 * j + 1) * mp.pi * mp.mpf("0.95"))
                    / mp.sinh((2 * j + 1) * mp.pi)
                ),
                [0, 400],
            )
        ),
        rel=1e-13,
    )  # fmt: skip


def test_robin_roots():
    for biot in (0.03, 2.3, 40.0):
        for n, root in enumerate(rectangles.robin_roots(biot, 5)):
            exact = mp.findroot(lambda s, b=biot: s * mp.sin(s) - b * mp.cos(s), root)
            assert n * math.pi < root < (n + 0.5) * math.pi
            assert root == pytest.approx(float(exact), rel=1e-15)


def test_convecting_plate():
    assert rectangles.convecting_plate(0.6, 0.2, 0.6, 1.0, 52, 750, 100) == pytest.approx(
        18.25375654, abs=5e-9
    )
    # boundary conditions hold: right and top face
    step = 1e-5
    args = (0.37, 0.53, 1.9, 8.3, 61.0)

    def t(x, y):
        return rectangles.convecting_plate(x, y, *args)

    slope = (t(0.37, 0.2) - t(0.37 - step, 0.2)) / step
    assert -1.9 * slope == pytest.approx(8.3 * t(0.37, 0.2), rel=1e-3)
    slope = (t(0.2, 0.53) - t(0.2, 0.53 - step)) / step
    assert -1.9 * slope == pytest.approx(8.3 * t(0.2, 0.53), rel=1e-3)
    blocks = [Block((0, 0.37), (0, 0.53), 1.9)]
    films = {"bottom": Film(61.0), "right": Film(0.0, 1 / 8.3), "top": Film(0.0, 1 / 8.3)}
    second = elements.solve(blocks, films, lines=((0.2,), (0.31,)))
    assert second.at(0.2, 0.31) == pytest.approx(t(0.2, 0.31), rel=1e-7)


def test_heated_bore():
    assert 273.15 + rectangles.heated_bore(
        0.04, 0.04, 0.02, 0.1, 0.14, 52, 5e5, (0.04, 0.1)
    ) == pytest.approx(332.970, abs=6e-4)
    args = (0.03, 0.08, 0.11, 7.0, 3e4, (0.02, 0.07))
    second = elements.solve(
        [Block((0.03, 0.08), (0, 0.11), 7.0)],
        {"bottom": Film(0.0), "top": Film(0.0), "right": Film(0.0)},
        fluxes={"left": (3e4, (0.02, 0.07))},
        lines=((0.05,), (0.06,)),
        axisymmetric=True,
    )
    assert rectangles.heated_bore(0.05, 0.06, *args) == pytest.approx(second.at(0.05, 0.06), rel=1e-7)
    lam = [mp.pi * n / mp.mpf("0.11") for n in range(120)]
    total = mp.fsum(
        2 * mp.mpf(3e4) / (n * mp.pi)
        * (mp.cos(lam[n] * 0.02) - mp.cos(lam[n] * 0.07)) * mp.sin(lam[n] * 0.06)
        * (mp.besseli(0, lam[n] * 0.08) * mp.besselk(0, lam[n] * 0.05)
           - mp.besselk(0, lam[n] * 0.08) * mp.besseli(0, lam[n] * 0.05))
        / (7 * lam[n] * (mp.besseli(0, lam[n] * 0.08) * mp.besselk(1, lam[n] * 0.03)
                         + mp.besselk(0, lam[n] * 0.08) * mp.besseli(1, lam[n] * 0.03)))
        for n in range(1, 120)
    )  # fmt: skip
    assert rectangles.heated_bore(0.05, 0.06, *args) == pytest.approx(float(total), rel=1e-12)


def test_corner_squares():
    assert rectangles.corner_squares() == pytest.approx(0.5587287997, abs=5e-11)
    bend = [Block((0, 5), (0, 1), 2.3), Block((0, 1), (1, 5), 2.3)]
    heat = elements.solve(bend, {"right": Film(7.0), "top": Film(0.0)}, degree=6, depth=8).heat["right"]
    assert 2.3 * 7 / heat - 8 == pytest.approx(rectangles.corner_squares(), abs=4e-6)


# Spreading -------------------------------------------------------------------------------------------------


def test_printed_numbers_of_spreading():
    strip = Strip((Slice(5e-3, 200),), 1000, 20e-3, 0.0, 5e-3, 0.5 / 5e-3)  # half of it: Q' = 1 W/m in all
    assert strip.one_dimensional() == pytest.approx(0.025625, rel=1e-13)
    assert strip.mean() - strip.one_dimensional() == pytest.approx(0.00235035919, abs=5e-12)
    assert strip.surface(0.0) - strip.one_dimensional() == pytest.approx(0.00273116325, abs=5e-12)
    disk = Disk((Slice(5e-3, 200),), 1000, 20e-3, 5e-3, 1 / (math.pi * 25e-6))
    assert disk.one_dimensional() == pytest.approx(0.815669083, abs=5e-10)
    assert disk.mean() - disk.one_dimensional() == pytest.approx(0.2195624, abs=5e-8)
    # the last printed digit, 0.2733442, is a slowly summed series; elements agree with 0.27334435
    assert disk.surface(0.0) - disk.one_dimensional() == pytest.approx(0.27334435, abs=5e-9)


LAYERS = (Slice(0.7e-3, 130.0, 2.3e-5), Slice(2.1e-3, 17.0, 0.0, lateral=310.0), Slice(1.1e-3, 390.0))


def painted(width):
    z, blocks = 0.0, []
    for layer in LAYERS:
        blocks.append(Block((0, width), (z, z + layer.thickness), layer.conductivity, lateral=layer.lateral))
        z += layer.thickness
    return blocks


def test_strip_against_elements():
    strip = Strip(LAYERS, 2300.0, 9e-3, 1.7e-3, 4.1e-3, 6e5)
    second = elements.solve(
        painted(9e-3),
        {"top": Film(0.0, 1 / 2300.0)},
        fluxes={"bottom": (6e5, (1.7e-3, 4.1e-3))},
        joints={0.7e-3: 2.3e-5},
        lines=((2.9e-3,), ()),
        degree=6,
        depth=5,
    )
    assert -second.heat["top"] == pytest.approx(6e5 * 2.4e-3, rel=2e-7)
    for x in (0.0, 2.9e-3):
        assert strip.surface(x) == pytest.approx(second.at(x, 0.0), rel=1e-6)
        below, above, flux = strip.joint(0, x)
        assert below == pytest.approx(second.at(x, 0.7e-3), rel=1e-6)
        assert above == pytest.approx(second.at(x, 0.7e-3, above=True), rel=1e-6)
        assert flux == pytest.approx((below - above) / 2.3e-5, rel=1e-12)
        assert strip.joint(1, x)[0] == pytest.approx(second.at(x, 2.8e-3), rel=1e-6)
        assert strip.top(x) == pytest.approx(second.at(x, 3.9e-3), rel=1e-6)


def test_disk_against_elements():
    disk = Disk(LAYERS, 2300.0, 9e-3, 3.3e-3, 6e5)
    second = elements.solve(
        painted(9e-3),
        {"top": Film(0.0, 1 / 2300.0)},
        fluxes={"bottom": (6e5, (0.0, 3.3e-3))},
        joints={0.7e-3: 2.3e-5},
        lines=((1.9e-3,), ()),
        axisymmetric=True,
        degree=6,
        depth=5,
    )
    assert -second.heat["top"] == pytest.approx(6e5 * math.pi * 3.3e-3**2, rel=2e-7)
    for r in (0.0, 1.9e-3):
        assert disk.surface(r) == pytest.approx(second.at(r, 0.0), rel=1e-6)
        assert disk.joint(0, r)[0] == pytest.approx(second.at(r, 0.7e-3), rel=1e-6)
        assert disk.joint(0, r)[1] == pytest.approx(second.at(r, 0.7e-3, above=True), rel=1e-6)
        assert disk.top(r) == pytest.approx(second.at(r, 3.9e-3), rel=1e-6)


def test_a_thin_layer_becomes_a_jump():
    """R = lim δ/k: a resolved film of thickness δ conducts along itself too; the excess is kδ = δ²/R."""
    exact = Strip(LAYERS[:1] + LAYERS[2:], 2300.0, 9e-3, 1.7e-3, 4.1e-3, 6e5).surface(2.2e-3)
    errors = []
    for delta in (4e-5, 2e-5, 1e-5, 5e-6):
        film = (Slice(0.7e-3, 130.0), Slice(delta, delta / 2.3e-5), LAYERS[2])
        errors.append(abs(Strip(film, 2300.0, 9e-3, 1.7e-3, 4.1e-3, 6e5).surface(2.2e-3) - exact))
    ratios = [a / b for a, b in itertools.pairwise(errors)]
    assert ratios == pytest.approx([4.0] * 3, rel=0.02)


def test_bessel_zeros():
    zeros = bessel_zeros(2000)
    for n in (1, 2, 17, 2000):
        assert zeros[n - 1] == pytest.approx(float(mp.besseljzero(1, n)), rel=1e-15)


# ISO 10211 A.2 ---------------------------------------------------------------------------------------------


def test_roof_converges_to_the_table():
    converged = {"A": 7.064, "B": 0.7613, "C": 7.897, "D": 6.27, "E": 0.8275, "F": 16.408, "G": 16.334,
                 "H": 16.767, "I": 18.334, "heat": 9.4914}  # fmt: skip
    got = roof.converged()
    coarse = roof.converged(degree=4, depth=4)
    for name, value in got.items():
        assert value == pytest.approx(converged[name], abs=3e-3 if name == "D" else 6e-4)
        assert abs(value - roof.PUBLISHED[name]) < 0.0501
        assert value == pytest.approx(coarse[name], abs=1e-3)
