"""Circles on the grid against exact arrays of cylinders with Kapitza shells, spheres, neutral inclusions, seams."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kapitza import pipeline
from kapitza.assemble import plane
from kapitza.assemble.system import System
from kapitza.case import Case
from kapitza.errors import InputError
from kapitza.examine import problems
from kapitza.interfaces.law import Law, Resistance
from kapitza.interfaces.power import power_law
from kapitza.laws.temperature import Power
from kapitza.layout import Layout
from kapitza.materials.material import Material
from kapitza.mesh import build_plane
from kapitza.model import (
    Boundary,
    Circle,
    Geometry,
    Interface,
    Layer,
    MeshOptions,
    PointProbe,
    Rectangle,
    Region,
    SolveOptions,
    Stack,
    Temperature,
    TransientOptions,
)
from kapitza.properties import evaluate
from kapitza.studies.effective import effective
from kapitza.verify import cylinders

L, K = 2.5e-6, 1.7  # cell [m], matrix [W/(m K)]
MATRIX = Material("matrix", conductivity=K)


def array(
    fraction: float,
    ratio: float,
    resistance: float,
    cells: tuple[int, int],
    places: tuple[tuple[float, float], ...] = ((0.5, 0.5),),
) -> Stack:
    """A square cell with one cylinder, or images of it; resistance in units of cell over k."""
    rod = Material("rod", conductivity=ratio * K)
    radius = L * math.sqrt(fraction / math.pi)
    regions = [
        Region(f"rod {i}", rod, Circle((x * L, z * L), radius)) for i, (x, z) in enumerate(places, start=1)
    ]
    law = Resistance(resistance * L / K)
    return Stack(
        layers=[Layer("matrix", MATRIX, L)],
        geometry=Geometry("plane", x=(0.0, L), depth=0.3),
        regions=regions,
        interfaces=[Interface(law, materials=("matrix", "rod"))] if resistance else [],
        mesh=MeshOptions(x=cells[0], z=cells[1]),
    )


def system(stack: Stack) -> System:
    layout = Layout.of(stack)
    return plane.assemble(layout, build_plane(layout), evaluate(layout))


# The reference itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fraction", "published"),
    [(0.1, 1.222229773816), (0.3, 1.860188306519), (0.5, 3.080197826189), (0.7, 7.432709328739)],
)
def test_perfect_conductors_of_perrins(fraction: float, published: float) -> None:
    assert cylinders.conductivity(fraction, 1e300, 0.0, order=80) == pytest.approx(published, abs=2e-12)


@pytest.mark.parametrize("lattice", ["square", "hexagonal"])
def test_lattice_sums_are_those_of_the_lattice(lattice: str) -> None:
    n = np.arange(-60, 61)
    a, b = np.meshgrid(n, n)
    second = 1j if lattice == "square" else 0.5 + 0.5j * math.sqrt(3.0)
    p = (a + b * second).ravel()
    p = p[np.abs(p) > 0]
    sums = cylinders.lattice_sums(lattice, 24)
    for k in (8, 12, 16, 18, 24):
        assert sums[k] == pytest.approx(float(np.sum(p**-k).real), abs=1e-8)


@pytest.mark.parametrize("lattice", ["square", "hexagonal"])
def test_arrays_become_dilute(lattice: str) -> None:
    ratio, resistance = 13.0, 0.02
    a = math.sqrt(1e-3 * cylinders.CELL[lattice] / math.pi)
    exact = cylinders.conductivity(1e-3, ratio, resistance, lattice)
    assert exact == pytest.approx(cylinders.dilute_cylinders(1e-3, ratio, resistance / a), abs=1e-9)


def test_phase_exchange() -> None:
    """Keller's theorem: k(k_m, k_p) k(k_p, k_m) = k_m k_p, perfect contact."""
    for lattice in ("square", "hexagonal"):
        product = cylinders.conductivity(0.55, 7.0, 0.0, lattice) * cylinders.conductivity(
            0.55, 1 / 7.0, 0.0, lattice
        )
        assert product == pytest.approx(1.0, rel=1e-10)


# The grid ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fraction", [0.08, 0.3, 0.6])
@pytest.mark.parametrize("ratio", [3.0, 20.0, 150.0])
@pytest.mark.parametrize("resistance", [0.0, 0.003, 0.03, 0.3, 1.0])
def test_square_arrays_of_cylinders(fraction: float, ratio: float, resistance: float) -> None:
    exact = K * cylinders.conductivity(fraction, ratio, resistance)
    errors = []
    for cells in (32, 128):
        found = effective(array(fraction, ratio, resistance, (cells, cells)))
        assert found.zz == pytest.approx(found.xx, rel=1e-9)
        assert abs(found.xz or 0.0) < 1e-12 * K
        errors.append(abs(found.zz / exact - 1.0))
    assert errors[1] < 0.0012
    assert errors[1] < max(0.5 * errors[0], 0.0006)


@pytest.mark.parametrize(("ratio", "resistance"), [(20.0, 0.002), (3.0, 0.1), (150.0, 0.01)])
def test_few_cylinders(ratio: float, resistance: float) -> None:
    """The excess over the matrix is that of Hasselman and Johnson in two dimensions."""
    radius = math.sqrt(0.01 / math.pi)
    excess = cylinders.dilute_cylinders(0.01, ratio, resistance / radius) - 1.0
    found = effective(array(0.01, ratio, resistance, (160, 160)))
    assert found.zz / K - 1.0 == pytest.approx(excess, rel=0.02)
    assert (found.xx or 0.0) / K - 1.0 == pytest.approx(excess, rel=0.02)


@pytest.mark.parametrize(("fraction", "ratio", "resistance"), [(0.3, 20.0, 0.03), (0.6, 150.0, 0.003)])
def test_hexagonal_array(fraction: float, ratio: float, resistance: float) -> None:
    """The hexagonal lattice in a rectangular cell: one cylinder whole, one in four quarters."""
    root = math.sqrt(3.0)
    radius = L * math.sqrt(fraction * root / 2.0 / math.pi)
    rod = Material("rod", conductivity=ratio * K)
    places = [(0.5, root / 2), (0.0, 0.0), (1.0, 0.0), (0.0, root), (1.0, root)]
    stack = Stack(
        layers=[Layer("matrix", MATRIX, root * L)],
        geometry=Geometry("plane", x=(0.0, L)),
        regions=[Region(f"rod {i}", rod, Circle((x * L, z * L), radius)) for i, (x, z) in enumerate(places)],
        interfaces=[Interface(Resistance(resistance * L / K), materials=("matrix", "rod"))],
        mesh=MeshOptions(x=80, z=138),
    )
    exact = K * cylinders.conductivity(fraction, ratio, resistance, "hexagonal")
    found = effective(stack)
    assert found.zz == pytest.approx(exact, rel=6e-4)
    assert found.xx == pytest.approx(exact, rel=6e-4)


@pytest.mark.parametrize("place", [(0.1, 0.5), (0.23, 0.87), (0.9, 0.02)])
def test_where_the_cell_begins_does_not_matter(place: tuple[float, float]) -> None:
    """A cylinder across the seams, given as its images."""
    radius = math.sqrt(0.3 / math.pi)
    images = tuple(
        (place[0] + i, place[1] + j)
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        if -radius < place[0] + i < 1 + radius and -radius < place[1] + j < 1 + radius
    )
    exact = K * cylinders.conductivity(0.3, 20.0, 0.3)
    found = effective(array(0.3, 20.0, 0.3, (96, 96), images))
    assert found.zz == pytest.approx(exact, rel=8e-4)
    assert found.xx == pytest.approx(exact, rel=8e-4)
    assert abs(found.xz or 0.0) < 1e-4 * K


@pytest.mark.parametrize("cells", [(128, 64), (64, 128)])
def test_cells_need_not_be_square(cells: tuple[int, int]) -> None:
    for fraction, ratio, resistance, within in ((0.6, 150.0, 0.003, 1e-3), (0.3, 20.0, 0.3, 2e-3)):
        exact = K * cylinders.conductivity(fraction, ratio, resistance)
        found = effective(array(fraction, ratio, resistance, cells, ((0.513, 0.487),)))
        assert found.zz == pytest.approx(exact, rel=within)
        assert found.xx == pytest.approx(exact, rel=within)


def test_between_two_held_sides() -> None:
    """`run` sees the same cell: symmetry makes adiabatic sides and held ends of the periodic ones."""
    fraction, ratio, resistance = 0.45, 40.0, 0.08
    held = {"bottom": Boundary(Temperature(300.0)), "top": Boundary(Temperature(310.0))}
    stack = replace(array(fraction, ratio, resistance, (96, 96)), boundaries=held)
    solution = pipeline.solve(stack)
    exact = K * cylinders.conductivity(fraction, ratio, resistance) * 10.0 * 0.3
    assert solution.summary()["boundaries"]["top"]["heat"] == pytest.approx(exact, rel=6e-4)
    assert solution.summary()["energy"]["imbalance"] < 1e-12


def test_contact_area_is_the_perimeter() -> None:
    for cells in ((60, 60), (90, 40)):
        stack = array(0.4, 5.0, 0.1, cells, ((0.47, 0.52),))
        faces = system(stack).all_faces
        area = sum(float(group.area[group.contact >= 0].sum()) for group in faces)
        radius = L * math.sqrt(0.4 / math.pi)
        assert area == pytest.approx(2.0 * math.pi * radius * 0.3, rel=2e-3)


def test_matrix_keeps_its_signs() -> None:
    """Links may take from a face's conductance, never more than it has."""
    random = np.random.default_rng(7)
    for _ in range(12):
        ratio, resistance = 10.0 ** random.uniform(-2, 3), 10.0 ** random.uniform(-4, 1)
        place = tuple(random.uniform(0.35, 0.65, 2))
        cells = (int(random.integers(24, 60)), int(random.integers(24, 60)))
        stack = array(float(random.uniform(0.05, 0.25)), ratio, resistance, cells, (place,))
        matrix = system(stack).matrix().tocoo()
        apart = matrix.data[matrix.row != matrix.col]
        assert apart.max() <= 0.0, (ratio, resistance, place, cells)


@pytest.mark.parametrize("kind", ["plane", "axisymmetric"])
def test_neutral_radius_leaves_the_field(kind: str) -> None:
    """a = R k_m k_p/(k_p - k_m): the matrix sees a straight gradient."""
    particle, radius = 23.0 * K, 0.62e-6
    resistance = radius * (particle - K) / (particle * K)
    assert cylinders.neutral_radius(K, particle, resistance) == pytest.approx(radius)
    middle = (0.0 if kind == "axisymmetric" else 0.5 * L, 0.5 * L)
    typical = []
    for cells in (40, 80):
        stack = Stack(
            layers=[Layer("matrix", MATRIX, L)],
            geometry=Geometry(kind, x=(0.0, L if kind == "plane" else 0.5 * L)),  # type: ignore[arg-type]
            regions=[Region("dot", Material("dot", conductivity=particle), Circle(middle, radius))],
            interfaces=[Interface(Resistance(resistance), between=("matrix", "dot"))],
            boundaries={"bottom": Boundary(Temperature(300.0)), "top": Boundary(Temperature(301.0))},
            mesh=MeshOptions(x=cells if kind == "plane" else cells // 2, z=cells),
        )
        assert effective(stack).zz == pytest.approx(K, rel=1.5e-3)
        solution = pipeline.solve(stack)
        there = solution.mesh.piece == 0
        straight = 300.0 + solution.mesh.z / L
        error = np.abs(solution.temperature - straight[:, np.newaxis])[there]
        assert error.max() < 7e-3  # in the cells that the circle cuts
        typical.append(float(np.sqrt(np.mean(error**2))))
    assert typical[1] < 3e-4
    assert typical[1] < 0.7 * typical[0]


@pytest.mark.parametrize(("ratio", "alpha"), [(20.0, 0.03), (150.0, 0.0), (3.0, 1.0), (0.02, 0.2)])
def test_few_spheres(ratio: float, alpha: float) -> None:
    """A sphere in a cylinder, against Hasselman and Johnson: the excess over the matrix within 2 %."""
    radius, share = 0.4e-6, 4e-3
    rim = radius * (2.0 / 3.0 / share) ** (1.0 / 3.0)  # height 2 rim: 4/3 a^3 = f 2 rim^3
    stack = Stack(
        layers=[Layer("matrix", MATRIX, 2.0 * rim)],
        geometry=Geometry("axisymmetric", x=(0.0, rim)),
        regions=[Region("sphere", Material("sphere", conductivity=ratio * K), Circle((0.0, rim), radius))],
        interfaces=[Interface(Resistance(alpha * radius / K), between=("matrix", "sphere"))] if alpha else [],
        mesh=MeshOptions(x=100, z=200),
    )
    found = effective(stack)
    excess = cylinders.dilute_spheres(share, ratio, alpha) - 1.0
    assert found.zz / K - 1.0 == pytest.approx(excess, rel=0.02)
    assert found.xx is None
    area = sum(float(g.area[g.contact >= 0].sum()) for g in system(stack).all_faces)
    assert area == pytest.approx(4.0 * math.pi * radius**2, rel=3e-3)


# Nonlinear, painting, errors ---------------------------------------------------------------------------------


def heated(stack: Stack) -> Stack:
    return replace(
        stack, boundaries={"bottom": Boundary(Temperature(400.0)), "top": Boundary(Temperature(300.0))}
    )


def test_conductivities_that_fall_with_temperature() -> None:
    """Both k ∝ T^-1.3 and perfect contact: Kirchhoff's variable obeys the linear problem."""
    stack = heated(array(0.5, 30.0, 0.0, (40, 40)))
    linear = pipeline.solve(stack).summary()["boundaries"]["bottom"]["heat"]

    def falling(material: Material) -> Material:
        return replace(
            material, conductivity=Power(value=float(material.conductivity(300.0)), at=300.0, power=-1.3)
        )

    warm = replace(
        stack,
        layers=[replace(stack.layers[0], material=falling(MATRIX))],  # type: ignore[type-var]
        regions=[replace(stack.regions[0], material=falling(stack.regions[0].material))],
    )
    potential = 300.0**1.3 * (400.0**-0.3 - 300.0**-0.3) / -0.3
    found = pipeline.solve(warm).summary()["boundaries"]["bottom"]["heat"]
    assert found == pytest.approx(linear * potential / 100.0, rel=1e-9)


def test_law_that_is_not_linear_takes_the_true_area() -> None:
    """A law q = c (T1^n - T2^n) of small drops is its conductance."""
    fraction, ratio, resistance = 0.5, 30.0, 0.2
    stack = array(fraction, ratio, resistance, (64, 64))
    G = K / (resistance * L)
    law: Law = power_law(G / (2.5 * 300.0**1.5), 2.5)
    small = {"bottom": Boundary(Temperature(300.05)), "top": Boundary(Temperature(299.95))}
    stack = replace(stack, interfaces=[Interface(law, materials=("matrix", "rod"))], boundaries=small)
    found = pipeline.solve(stack).summary()["boundaries"]["bottom"]["heat"]
    exact = K * cylinders.conductivity(fraction, ratio, resistance) * 0.1 * 0.3
    assert found == pytest.approx(exact, rel=1.5e-3)


def test_in_time_it_comes_to_rest_there() -> None:
    """A transient ends where the steady state is: what flows along circles flows in time as well."""
    warm = replace(MATRIX, volumetric_heat_capacity=1.8e6)
    stack = heated(array(0.5, 30.0, 0.2, (24, 24)))
    rod = replace(
        stack.regions[0], material=replace(stack.regions[0].material, volumetric_heat_capacity=1.1e6)
    )
    stack = replace(stack, layers=[Layer("matrix", warm, L)], regions=[rod])
    steady = pipeline.solve(stack).temperature
    timed = replace(
        stack,
        transient=TransientOptions(until=2e-4),
        solve=SolveOptions(initial=333.0),
        mesh=MeshOptions(x=24, z=24, grading="uniform"),
    )
    assert np.abs(pipeline.solve(timed).temperature - steady).max() < 1e-3


def test_later_regions_win() -> None:
    inner = Region("core", MATRIX, Circle((0.5 * L, 0.5 * L), 0.2 * L))
    stack = array(0.5, 5.0, 0.0, (50, 50))
    bar = Region("bar", MATRIX, Rectangle((0.0, 0.1 * L), (0.0, L)))
    mesh = build_plane(Layout.of(replace(stack, regions=[*stack.regions, inner, bar])))
    x, z = np.meshgrid(mesh.x - 0.5 * L, mesh.z - 0.5 * L)
    far = np.hypot(x, z)
    outer = L * math.sqrt(0.5 / math.pi)
    expected = np.where(far < 0.2 * L, 2, np.where(far < outer, 1, 0))
    expected[:, mesh.x < 0.1 * L] = 3
    assert np.array_equal(mesh.piece, expected)


def test_a_shell_of_another_material() -> None:
    """A core within a shell acts as one cylinder, k_s (k_c + k_s + g (k_c - k_s))/(k_c + k_s - g (k_c - k_s))."""
    core, shell, a, b = 40.0 * K, 0.4 * K, 0.33 * L, 0.24 * L
    g = (b / a) ** 2
    equal = shell * (core + shell + g * (core - shell)) / (core + shell - g * (core - shell))
    stack = array(0.1, 1.0, 0.0, (120, 120))
    middle = (0.5 * L, 0.5 * L)
    regions = [
        Region("shell", Material("shell", conductivity=shell), Circle(middle, a)),
        Region("core", Material("core", conductivity=core), Circle(middle, b)),
    ]
    found = effective(replace(stack, regions=regions))
    exact = K * cylinders.conductivity(math.pi * (a / L) ** 2, equal / K, 0.0)
    assert found.zz == pytest.approx(exact, rel=5e-3)  # the dilute equivalence holds for the dipole alone
    assert found.zz == pytest.approx(found.xx, rel=1e-9)


def test_a_circle_between_the_cells_is_an_error() -> None:
    tiny = Region("speck", MATRIX, Circle((0.5 * L, 0.5 * L), 1e-3 * L))
    stack = replace(array(0.1, 2.0, 0.0, (20, 20)), regions=[tiny])
    with pytest.raises(InputError, match=r"regions\.speck: no cell has its centre in this circle"):
        build_plane(Layout.of(stack))


def test_points_beside_a_circle_are_on_their_own_side() -> None:
    """Probes close to the edge see the piece that is there, whatever colour their cell has; neutral circle, T known."""
    particle, radius = 23.0 * K, 0.62e-6
    resistance = radius * (particle - K) / (particle * K)
    middle = (0.5 * L, 0.5 * L)
    angles = np.linspace(0.1, 2.0 * math.pi, 23)
    points = [
        PointProbe(f"{i} {piece}", middle[1] + r * math.sin(a), middle[0] + r * math.cos(a), piece)
        for i, a in enumerate(angles)
        for piece, r in (("matrix", 1.001 * radius), ("dot", 0.999 * radius))
    ]
    stack = Stack(
        layers=[Layer("matrix", MATRIX, L)],
        geometry=Geometry("plane", x=(0.0, L)),
        regions=[Region("dot", Material("dot", conductivity=particle), Circle(middle, radius))],
        interfaces=[Interface(Resistance(resistance), between=("matrix", "dot"))],
        boundaries={"bottom": Boundary(Temperature(300.0)), "top": Boundary(Temperature(301.0))},
        probes=points,
        mesh=MeshOptions(x=70, z=70),
    )
    values = pipeline.solve(stack).summary()["probes"]
    for probe in points:
        height = (probe.z - 0.5 * L) / L
        exact = 300.5 + (height if probe.piece == "matrix" else height * K / particle)
        assert values[probe.name] == pytest.approx(exact, abs=0.01), probe
    assert problems(stack) == []
    wrong = replace(stack, probes=[replace(points[0], piece="dot")])
    with pytest.raises(InputError, match="'dot' does not reach this point; here is matrix"):
        pipeline.solve(wrong)
    on_it = replace(stack, probes=[PointProbe("edge", 0.5 * L, 0.5 * L + radius)])
    with pytest.raises(InputError, match="dot and matrix meet at this point"):
        pipeline.solve(on_it)


def test_coarse_circles_are_told() -> None:
    assert effective(array(0.3, 5.0, 0.1, (40, 40))).warnings == ()
    (few,) = effective(array(0.3, 5.0, 0.1, (10, 10))).warnings
    assert few.startswith("rod 1: its radius holds 3.1 cells")
    stack = heated(array(0.3, 5.0, 0.1, (30, 150)))
    (long,) = pipeline.solve(stack).summary()["warnings"]
    assert long.startswith("rod 1: cells of 8.33e-08 by 1.67e-08 m in a circle")


def test_circle_in_a_case() -> None:
    case = Case.from_dict(
        {
            "geometry": {"kind": "plane", "width": "2 um"},
            "layers": [{"name": "host", "material": "silicon-dioxide", "thickness": "3 um"}],
            "regions": [
                {
                    "name": "dot",
                    "material": "copper",
                    "shape": "circle",
                    "center": ["1.1 um", "1.3 um"],
                    "radius": "0.7 um",
                }
            ],
        }
    )
    (region,) = case.stack.regions
    assert region.shape == Circle((1.1e-6, 1.3e-6), 0.7e-6)
    smaller = case.replace({"regions.dot.radius": "0.5 um"}).stack.regions[0].shape
    assert isinstance(smaller, Circle)
    assert smaller.radius == 0.5e-6
