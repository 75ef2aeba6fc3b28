"""What a command loads, and what it says when it compiles: nothing heavy unseen, one sentence once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import kapitza as kp
from kapitza import compiled
from kapitza.linear._sums import between, hanging
from kapitza.model import Group

CASE = """title = "bar"
units = "SI"
[geometry]
kind = "slab"
area = 0.02
[[layers]]
repeat = {repeat}
layers = [ {{ material = "copper", thickness = 3e-8 }}, {{ material = "aluminium", thickness = 5e-8 }} ]
[[interfaces]]
materials = ["copper", "aluminium"]
resistance = 3e-9
[boundary.bottom]
heat = 7.0
[boundary.top]
temperature = 311.0
[solve]
properties_at = 300.0
"""


def run(folder: Path, *arguments: str, repeat: int = 1) -> subprocess.CompletedProcess[str]:
    """`kapitza run` in a new process; standard error ends with the modules that were loaded."""
    case = folder / "bar.toml"
    case.write_text(CASE.format(repeat=repeat))
    script = (
        "import sys; from kapitza.cli import main; code = main(sys.argv[1:]); "
        "print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    return subprocess.run(
        [sys.executable, "-c", script, "run", str(case), *arguments],
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_small_run_loads_what_it_uses(tmp_path: Path) -> None:
    loaded = run(tmp_path).stderr.split()
    packages = {name.partition(".")[0] for name in loaded}
    assert not packages & {"scipy", "numba", "matplotlib", "h5py", "tree_sitter"}
    ours = (
        "assemble.plane",
        "solution.plane",
        "newton.plane",
        "newton.rows",
        "output.figure",
        "linear.multigrid",
    )
    assert not {f"kapitza.{name}" for name in ours} & set(loaded)


def test_compiling_is_said_once_and_on_standard_error(tmp_path: Path) -> None:
    first = run(tmp_path, "--json", repeat=5000)
    assert first.stderr.count(compiled.ONCE) == 1
    assert json.loads(first.stdout)["cells"] >= 10_000
    assert compiled.ONCE not in run(tmp_path, repeat=5000).stderr  # it is on disk now


def test_quiet_compiles_without_a_word(tmp_path: Path) -> None:
    done = run(tmp_path, "--quiet", repeat=5000)
    assert compiled.ONCE not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("kernel", [between, hanging])
def test_machine_code_gives_the_bits_of_the_plain_code(kernel) -> None:
    random = np.random.default_rng(7)
    n = 2345
    resistance, source = 10.0 ** random.uniform(-9, 3, n - 1), random.normal(0.3, 2.0, n)
    ends = (0.37, 1.9, -41.0) if kernel is between else (3.3, 0.7)
    made = []
    for run_it in (kernel, compiled.compiled(kernel)):
        out = [np.empty(n) for _ in range(3 if kernel is between else 2)]
        out += [np.empty(n - 1)] if kernel is between else []
        run_it(resistance, source, *ends, *out)
        made.append(out)
    for plain, fast in zip(*made, strict=True):
        assert np.array_equal(plain, fast)


@pytest.mark.parametrize("cells", [1, 3, 40])
def test_many_cells_at_once_are_the_same_profiles(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pass over all cells writes the bits of the formula evaluated array by array."""
    a, b = kp.Material("a", kp.Constant(3.7)), kp.Material("b", kp.Constant(0.21))
    layers = (
        kp.Layer("a", a, 3e-3, cells=cells),
        kp.Layer("b", b, 7e-4, cells=2 * cells, heat_density=4.1e5),
    )
    stack = kp.Stack(
        [Group(24_000 // cells, layers)],
        interfaces=[kp.Interface(kp.Resistance(2.9e-4), materials=("a", "b"))],
        boundaries={"bottom": kp.Boundary(kp.Temperature(290.0)), "top": kp.Boundary(kp.Temperature(333.0))},
    )
    at_once = kp.solve(stack).temperature
    monkeypatch.setattr("kapitza.assemble.line.WORTH_COMPILING", 10**9)
    assert np.array_equal(kp.solve(stack).temperature, at_once)
