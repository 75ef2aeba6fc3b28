"""Every case in ``cases/`` is met by the solver within the tolerance of its reference, and the orders are right."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kapitza import verify
from kapitza.errors import FileError, InputError
from kapitza.verify.ballistic import BALLISTIC
from kapitza.verify.channels import CHANNELS
from kapitza.verify.composites import COMPOSITES
from kapitza.verify.fits import FITS
from kapitza.verify.impedances import IMPEDANCES
from kapitza.verify.in_time import IN_TIME
from kapitza.verify.nanotube import NANOTUBES
from kapitza.verify.nonlinear import NONLINEAR
from kapitza.verify.one_dimensional import ONE_DIMENSIONAL
from kapitza.verify.problem import Problem
from kapitza.verify.problems import PROBLEMS
from kapitza.verify.thermoelectric import LEGS
from kapitza.verify.thin_films import THIN_FILMS
from kapitza.verify.two_dimensional import TWO_DIMENSIONAL

CASES = Path(__file__).resolve().parents[1] / "cases"
FAHRENHEIT = 459.67


@pytest.fixture(scope="module")
def rows():
    """All problems, solved once, by (problem, quantity)."""
    return {(row.problem, row.quantity): row for row in verify.run()}


@pytest.mark.parametrize("name", PROBLEMS)
def test_problem_passes(rows, name):
    own = [row for row in rows.values() if row.problem == name]
    assert own
    for row in own:
        assert row.passed, row
        assert row.error == row.computed - row.exact
        assert math.isfinite(row.computed)
        assert row.cells > 0
        assert row.source
        assert row.unit


def test_every_case_has_a_reference():
    used = {problem.case for problem in PROBLEMS.values() if isinstance(problem, Problem)}
    assert used == {path.stem for path in CASES.glob("*.toml")}


def test_names_are_in_order_and_unique():
    assert verify.names() == list(PROBLEMS)
    plain = (
        *ONE_DIMENSIONAL,
        *NONLINEAR,
        *TWO_DIMENSIONAL,
        *COMPOSITES,
        *BALLISTIC,
        *CHANNELS,
        *NANOTUBES,
        *LEGS,
        *IMPEDANCES,
        *IN_TIME,
        *FITS,
        *THIN_FILMS,
    )
    assert len(PROBLEMS) == len(plain) + 2


def test_unknown_names_and_levels_are_refused():
    with pytest.raises(InputError, match="no reference problem 'cpu_dye'; did you mean cpu_die"):
        verify.run("cpu_dye")
    with pytest.raises(InputError, match="levels = 0"):
        verify.run("cpu_die", levels=0)


# Printed numbers -------------------------------------------------------------------------------------------


def test_three_drops_of_the_processor(rows):
    found = [rows["cpu_die", name].computed for name in ("die, drop", "joint, drop", "sink, drop")]
    assert found == pytest.approx([1.013513514, 36.0, 7.594936709], abs=1e-9)
    assert [round(t, 1) for t in found] == [1.0, 36.0, 7.6]
    assert rows["cpu_die", "junction"].computed - 298.15 == pytest.approx(104.6084502, abs=5e-8)


@pytest.mark.parametrize(
    ("problem", "celsius"),
    [("chip_on_aluminium", 75.30678801), ("chip_without_joint", 75.08354219), ("chip_detached", 125.0)],
)
def test_chip(rows, problem, celsius):
    assert rows[problem, "chip"].computed - 273.15 == pytest.approx(celsius, abs=6e-9)


def test_furnace_wall_in_its_own_units(rows):
    names = ("inner wall", "between", "outer wall")
    found = [rows["furnace_wall_vm92", name].computed * 1.8 - FAHRENHEIT for name in names]
    assert found == pytest.approx([2957.22, 2475.90, 336.70], abs=0.005)
    assert rows["furnace_wall_vm92", "heat"].computed * 3600 / 1055.056 == pytest.approx(513.4066, abs=5e-5)


def test_published_targets(rows):
    assert abs(rows["nafems_t4", "E"].computed - 273.15 - 18.3) <= 0.05
    assert abs(rows["nafems_axisymmetric_flux", "target"].computed - 332.97) <= 0.005


ISO_A1 = """9.7 13.4 14.7 15.1  5.3 8.6 10.3 10.8  3.2 5.6 7.0 7.5  2.0 3.6 4.7 5.0
            1.3 2.3 3.0 3.2  0.7 1.4 1.8 1.9  0.3 0.6 0.8 0.9"""
ISO_A2 = {"A": 7.1, "B": 0.8, "C": 7.9, "D": 6.3, "E": 0.8, "F": 16.4, "G": 16.3, "H": 16.8, "I": 18.3}


def test_tables_of_the_standard(rows):
    """ISO 10211: within 0.1 K and 0.1 W/m of the printed values."""
    found = [row.computed - 273.15 for row in rows.values() if row.problem == "iso10211_a1"]
    assert found == pytest.approx([float(t) for t in ISO_A1.split()], abs=0.1)
    for point, value in ISO_A2.items():
        assert rows["iso10211_a2", point].computed - 273.15 == pytest.approx(value, abs=0.1)
    assert rows["iso10211_a2", "heat"].computed == pytest.approx(9.5, abs=0.1)


def test_spreading_resistances(rows):
    strip, disk = (
        lambda name, p=p: rows[p, name].computed - 300 for p in ("spreading_strip", "spreading_disk")
    )
    assert strip("mean") / 1500 - 0.025625 == pytest.approx(0.00235035919, rel=5e-4)
    assert strip("centre") / 1500 - 0.025625 == pytest.approx(0.00273116325, rel=5e-4)
    assert disk("mean") / 60 - 0.815669083 == pytest.approx(0.2195624, rel=1e-3)
    assert disk("centre") / 60 - 0.815669083 == pytest.approx(0.2733442, rel=1e-3)


@pytest.mark.parametrize("problem", ["hot_spot", "hot_spot_disk"])
def test_hot_spots_on_the_default_mesh(rows, problem):
    """Within 1e-3 of the series, relative to the rise above the ambient (the jump: to itself)."""
    assert "[mesh]" not in (CASES / f"{problem}.toml").read_text()
    for row in rows.values():
        if row.problem == problem:
            rise = row.exact - (0.0 if row.quantity.startswith("jump") else 298.15)
            assert abs(row.error) < 1e-3 * rise


# Orders ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "quantities"),
    [
        ("nafems_t4", ("E",)),
        ("silicon_column", ("high", "middle", "low")),
        ("nafems_axisymmetric_flux", ("target",)),
        ("spreading_strip", ("centre",)),
        ("spreading_disk", ("centre",)),
        ("hot_spot", ("spot, middle", "below the joint", "above the joint", "jump at 7 mm")),
        ("hot_spot_disk", ("spot, middle", "below the joint", "above the joint")),
        ("manufactured_plane", ("temperature, L2", "below, L2", "above, L2", "flux, max")),
    ],
)
def test_second_order(problem, quantities):
    finest = {row.quantity: row for row in verify.run(problem, levels=2)}
    for name in quantities:
        assert finest[name].order == pytest.approx(2.0, abs=0.1)


def test_order_of_the_reentrant_corner():
    """The singularity allows 4/3; 2 would mean that the error is not that of the corner."""
    rows = verify.run("reentrant_corner", levels=3)
    assert [row.cells for row in rows] == [3600, 14400, 57600]
    assert rows[0].order is None
    assert rows[2].order == pytest.approx(4 / 3, abs=0.05)
    assert abs(rows[2].error) < abs(rows[1].error) < abs(rows[0].error)


@pytest.mark.parametrize("problem", [p.name for p in (*ONE_DIMENSIONAL, *NONLINEAR)])
def test_one_dimension_is_exact_on_every_mesh(problem):
    rows = verify.run(problem, levels=3)
    assert all(row.order == "exact" for row in rows)
    first = [row for row in rows if row.quantity == rows[0].quantity]
    assert [row.cells for row in first] == [first[0].cells * factor for factor in (1, 2, 4)]


# It can fail -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "changes"),
    [
        ("cpu_die", {"interfaces.0.resistance": "1.2000001 cm^2*K/W"}),
        ("sphere", {"interfaces.1.resistance": "0.7000001 cm^2*K/W"}),
        ("superlattice_si_ge", {"materials.germanium.conductivity": "4.700001 W/(m*K)"}),
        ("hot_spot", {"interfaces.0.resistance": "0.251 cm^2*K/W"}),
        ("package", {"materials.grease.conductivity": "2.51 W/(m*K)"}),
        ("iso10211_a2", {"materials.insulation.conductivity": "0.0305 W/(m*K)"}),
    ],
)
def test_a_slightly_wrong_case_is_seen(problem, changes):
    """Each reference is sharp enough to notice a small change in the case it checks."""
    rows = replace(PROBLEMS[problem], changes=changes).evaluate()
    assert not all(row.passed for row in rows)


def test_a_missing_case_is_named():
    problem = replace(PROBLEMS["cpu_die"], case="cpu_dye")
    with pytest.raises(FileError, match=r"cpu_dye\.toml"):
        problem.evaluate()


# Independence ----------------------------------------------------------------------------------------------


def loaded_after(code: str) -> set[str]:
    """Modules that are loaded after ``code`` in a fresh interpreter."""
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_references_do_not_load_the_solver():
    names = (
        "stacks",
        "nonlinear_stacks",
        "contacts",
        "rectangles",
        "spreading",
        "elements",
        "roof",
        "manufactured",
    )
    loaded = loaded_after("import kapitza.verify." + ", kapitza.verify.".join(names))
    own = {name for name in loaded if name.startswith("kapitza.") and not name.startswith("kapitza.verify")}
    assert own == set()


def test_names_cost_no_scipy():
    loaded = loaded_after("import kapitza.verify\nkapitza.verify.names()")
    assert not loaded & {"scipy", "numba", "matplotlib", "h5py"}


# In time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "quantity"),
    [
        ("cpu_power_step", "junction, 1 ms"),
        ("two_layers_in_time", "below, 10 ms"),
        ("three_layers_in_time", "slow, below, 500 ms"),
        ("half_spaces", "flux, 100 ms"),
        ("laser_flash", "surface, 10 ns"),
        ("nafems_t3", "x = 0.08 m"),
    ],
)
def test_orders_in_time(problem, quantity):
    """Twice the cells and an eighth of the tolerance: a quarter of the error."""
    finest = {row.quantity: row for row in verify.run(problem, levels=2)}
    assert finest[quantity].order == pytest.approx(2.0, abs=0.3)


def test_printed_numbers_in_time(rows):
    junction = [rows["cpu_power_step", f"junction, {time}"] for time in ("100 ms", "10 s")]
    assert [row.exact - 298.15 for row in junction] == pytest.approx([24.08910233, 101.47251491], abs=1e-7)
    sides = [rows["two_layers_in_time", f"{side}, 100 ms"].exact - 300 for side in ("below", "above")]
    assert sides == pytest.approx([0.6757123765, 0.3869217214], abs=1e-9)
    assert rows["nafems_t3", "x = 0.08 m"].exact - 273.15 == pytest.approx(36.60311597, abs=2e-8)
    assert rows["nafems_axisymmetric_transient", "target"].exact - 273.15 == pytest.approx(
        186.4852793, abs=1e-6
    )
