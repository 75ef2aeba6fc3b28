"""Thermal impedance of whole cases against exact stacks, runs in time, and an RC network of its own."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import kapitza as kp
import kapitza.cli
from kapitza.errors import InputError, PhysicsError
from kapitza.model import TransientOptions
from kapitza.studies.zth import Zth, theta_jc, zth
from kapitza.verify.impedance import steady_impedance, structure_function, thermal_impedance
from kapitza.verify.multilayer import Joint, Multilayer, Slab
from kapitza.verify.stacks import End

ROOT = Path(__file__).parent.parent
PACKAGE, DRY = ROOT / "cases" / "zth_package.toml", ROOT / "cases" / "zth_package_dry.toml"
AREA, H = 4e-4, 9000.0
SLABS = (
    Slab(0.5e-3, 120.0, 1.66e6),
    Slab(50e-6, 4.0, 2.25e6),
    Slab(2e-3, 398.0, 3.45e6),
    Slab(6e-3, 210.0, 2.43e6),
)


def exact(contact: float = 0.15e-4, slabs: tuple[Slab, ...] = SLABS) -> Multilayer:
    joints = Joint(0.02e-4), Joint(0.03e-4), Joint(contact)
    return Multilayer(slabs, joints, End(heat_flux=0.0), End(temperature=0.0, resistance=1.0 / H))


@pytest.fixture(scope="module")
def package() -> Zth:
    return kp.zth(kp.load(PACKAGE))


@pytest.fixture(scope="module")
def dry() -> Zth:
    return kp.zth(kp.load(DRY))


def material(name: str, k: float, c: float) -> kp.Material:
    return kp.Material(name, conductivity=kp.Constant(k), volumetric_heat_capacity=kp.Constant(c))


# The curve ----------------------------------------------------------------------------------------------------------


def test_the_package_at_every_time(package: Zth) -> None:
    """Asked for: 1e-4 of the value at every decade from 10 us on."""
    off = package.zth / thermal_impedance(exact(), AREA, package.time) - 1.0
    assert package.time[0] == 1e-6
    assert np.all(np.diff(np.log10(package.time)) == pytest.approx(0.05, rel=1e-6))
    assert np.max(np.abs(off)) < 1e-5
    assert np.max(np.abs(off[package.time > 9e-6])) < 1e-6
    assert package.steady == pytest.approx(steady_impedance(exact(), AREA), rel=1e-12)
    assert package.zth[-1] == pytest.approx(package.steady, rel=1e-5)
    assert package.error < 1e-5
    assert package.notes == ()


@pytest.mark.parametrize("thickness", [60e-9, 20e-6, 7e-3])
def test_thin_and_thick_dies(thickness: float) -> None:
    slabs = (Slab(thickness, 120.0, 1.66e6), *SLABS[1:])
    case = kp.load(PACKAGE).replace({"layers.die.thickness": f"{thickness!r} m"})
    found = kp.zth(case)
    off = np.abs(found.zth / thermal_impedance(exact(slabs=slabs), AREA, found.time) - 1.0)
    assert np.max(off) < 3e-4
    assert np.max(off[found.time >= 9e-6]) < 3e-5
    assert found.time[0] == pytest.approx(1e-9 if thickness < 1e-6 else 1e-6)


def test_a_heated_layer_beside_its_response_in_time() -> None:
    """A source inside a layer, a probe elsewhere: the run in time, an implementation of its own, says the same."""
    times = (1e-4, 1e-3, 1e-2, 0.1, 1.0)
    case = kp.load(PACKAGE).replace(
        {"zth": None, "boundary.bottom": None, "layers.paste.heat": "30 W", "probes.0.layer": "lid",
         "probes.0.boundary": None, "probes.0.side": "mean",
         "transient": {"until": "1 s", "times": [f"{t} s" for t in times], "tolerance": 1e-7}}
    )  # fmt: skip
    found = kp.zth(case)
    assert (found.source, found.probe) == ("paste", "junction")
    run = np.array(kp.solve(case).summary()["probes"]["junction"]) - 298.15
    at = [int(np.argmin(np.abs(found.time / t - 1.0))) for t in times]
    assert np.max(np.abs(found.zth[at] - run / 30.0)) < 2e-4 * found.steady
    assert found.cauer is None
    assert found.structure is None
    assert "not one place" in found.notes[0]
    assert found.foster.error_steady < 1e-3


def test_a_package_in_two_dimensions_beside_its_run_in_time() -> None:
    times = (1e-3, 10**-1.5, 1.0)
    stack = kp.Stack(
        layers=[
            kp.Layer("die", material("a", 120.0, 1.66e6), 0.5e-3, x=(-4e-3, 4e-3), heat=7.0),
            kp.Layer("lid", material("b", 398.0, 3.45e6), 2e-3),
        ],
        geometry=kp.Geometry("plane", x=(-9e-3, 9e-3), depth=7e-3),
        interfaces=[kp.Interface(kp.Resistance(2e-5), between=("die", "lid"))],
        boundaries={"top": kp.Boundary(kp.Reservoir(310.0, kp.Conductance(6000.0)))},
        probes=[kp.PieceProbe("mean", "die", "mean"), kp.PointProbe("edge", 2.4e-3, -8e-3)],
        mesh=kp.MeshOptions(x=54, z=30, grading="refine"),
    )
    timed = replace(stack, transient=TransientOptions(1.0, times, tolerance=1e-7))
    run = kp.solve(timed).summary()["probes"]
    for probe in ("mean", "edge"):
        found = zth(stack, probe=probe)
        at = [int(np.argmin(np.abs(found.time / t - 1.0))) for t in times]
        assert np.max(np.abs(found.zth[at] - (np.array(run[probe]) - 310.0) / 7.0)) < 2e-5 * found.steady
        steady = (kp.solve(stack).summary()["probes"][probe] - 310.0) / 7.0
        assert found.steady == pytest.approx(
            steady, rel=1e-3
        )  # of a heated layer the steady state is more exact
        assert (found.cauer is not None) == (probe == "mean")


def test_other_heats_and_temperatures_do_not_count(package: Zth) -> None:
    case = kp.load(PACKAGE).replace(
        {"layers.lid.heat": "55 W", "boundary.top.ambient": "71 degC", "boundary.bottom.heat": "3 W"}
    )
    found = kp.zth(case)
    assert np.allclose(found.zth, package.zth, rtol=1e-6)


@pytest.mark.parametrize(
    "bottom", [{"heat_flux": "-7 W/cm^2"}, {"heat": {"steps": [["0 s", "0 W"], ["1 s", "5 W"]]}}]
)
def test_heats_of_either_kind_and_sign_are_one_watt(package: Zth, bottom: dict[str, Any]) -> None:
    found = kp.zth(kp.load(PACKAGE).replace({"boundary.bottom": bottom}))
    assert np.allclose(found.zth, package.zth, rtol=1e-6)


def test_what_is_not_linear_is_taken_at_the_reference(package: Zth) -> None:
    silicon = {"value": "120 W/(m*K)", "at": "298.15 K", "power": -1.3}
    found = kp.zth(kp.load(PACKAGE).replace({"materials.silicon.conductivity": silicon}))
    assert np.allclose(found.zth, package.zth, rtol=1e-6)
    assert "linearised: conductivities at 298.15 K" in found.notes[0]
    joint = {
        "between": ["lid", "plate"],
        "model": "power-law",
        "coefficient": "0.25 W/(m^2*K^3)",
        "exponent": 3,
    }
    found = kp.zth(kp.load(PACKAGE).replace({"interfaces.2": joint}))
    slope = 3 * 0.25 * 298.15**2  # of q = a (T1^n - T2^n) at no jump
    assert found.steady == pytest.approx(steady_impedance(exact(1.0 / slope), AREA), rel=1e-9)
    assert "laws of interfaces" in found.notes[0]


def test_cylinder_end_to_end() -> None:
    """Early: a half-space; steady: logarithms; the structure function ends at both sums."""
    k, c, r, d, length, h = 37.0, 2.9e6, 3e-3, 5e-3, 0.13, 800.0
    stack = kp.Stack(
        layers=[kp.Layer("tube", material("m", k, c), d)],
        geometry=kp.Geometry("cylinder", inner_radius=r, length=length),
        boundaries={
            "inner": kp.Boundary(kp.HeatFlux(2.0)),
            "outer": kp.Boundary(kp.Reservoir(300.0, kp.Conductance(h))),
        },
    )
    found = zth(stack)
    area = 2 * math.pi * length
    steady = math.log1p(d / r) / (area * k) + 1 / (area * h * (r + d))
    assert found.steady == pytest.approx(steady, rel=1e-8)
    early = 2.0 * math.sqrt(1e-6 / (math.pi * k * c)) / (area * r)
    assert found.zth[0] == pytest.approx(early, rel=2e-3)  # curved: sqrt(D t)/2r below it
    structure = found.structure_of_stack
    assert structure is not None
    assert structure.resistance[-1] == pytest.approx(steady, rel=1e-12)
    assert structure.capacitance[-1] == pytest.approx(
        math.pi * length * c * ((r + d) ** 2 - r * r), rel=1e-12
    )
    assert [part.name for part in structure.parts] == ["tube", "outer"]
    middle = math.log1p(0.5 * d / r) / (area * k)
    within = math.pi * length * c * ((r + 0.5 * d) ** 2 - r * r)
    assert structure.at(middle) == pytest.approx(within, rel=1e-4)


# Structure functions and networks -------------------------------------------------------------------------------------


def test_the_structure_function_has_its_plateaus(package: Zth) -> None:
    own, seen = package.structure_of_stack, package.structure
    assert own is not None
    assert seen is not None
    R, C = structure_function(exact(), AREA)
    assert np.allclose(own.resistance, R, rtol=1e-12)
    assert np.allclose(own.capacitance, C, rtol=1e-12)
    names = ["die", "die|paste", "paste", "paste|lid", "lid", "lid|plate", "plate", "top"]
    assert [part.name for part in own.parts] == names
    for part in own.parts:
        if part.kind != "layer":
            assert part.high == part.low
    # from the curve: the level of the die, of the lid, and of all that stores
    die, lid, plate = own.parts[2], own.parts[5], own.parts[7]
    assert seen.at(0.5 * (die.start + die.end)) == pytest.approx(
        own.at(0.5 * (die.start + die.end)), rel=0.05
    )
    assert seen.at(0.5 * (lid.start + lid.end)) == pytest.approx(lid.low, rel=0.2)
    assert seen.at(0.5 * (plate.start + plate.end)) == pytest.approx(plate.low, rel=0.1)


def test_from_the_top_the_path_is_the_other_way() -> None:
    case = kp.load(PACKAGE).replace(
        {"boundary": {"bottom": {"h": "700 W/(m^2*K)", "ambient": "290 K"}, "top": {"heat": "2 W"}}, "zth": None,
         "probes": None}
    )  # fmt: skip
    found = kp.zth(case)
    assert found.structure_of_stack is not None
    assert [part.name for part in found.structure_of_stack.parts][:2] == ["plate", "lid|plate"]
    assert found.structure_of_stack.parts[-1].name == "bottom"
    assert found.structure_of_stack.resistance[-1] == pytest.approx(found.steady, rel=1e-12)


def test_networks_keep_their_stated_error(package: Zth) -> None:
    reference = thermal_impedance(exact(), AREA, package.time)
    assert package.foster.error < 1e-4
    assert package.cauer is not None
    assert package.cauer_error is not None
    for network, error in ((package.foster, package.foster.error), (package.cauer, package.cauer_error)):
        assert np.max(np.abs(network.evaluate(package.time) / reference - 1.0)) < error + 1e-5
        assert network.steady == pytest.approx(package.steady, rel=1e-9)


def evaluate_spice(text: str, name: str, times: np.ndarray) -> np.ndarray:
    """Voltage at ``junction`` for 1 A from t = 0 on, by the nodal equations and their eigenvectors."""
    lines = text.splitlines()
    start = lines.index(f".SUBCKT {name} junction ambient")
    elements = [line.split() for line in lines[start + 1 : lines.index(f".ENDS {name}")]]
    nodes = ["junction", *sorted({n for e in elements for n in e[1:3]} - {"junction", "ambient", "0"})]
    number = {node: i for i, node in enumerate(nodes)}
    G, C = np.zeros((len(nodes),) * 2), np.zeros((len(nodes),) * 2)
    for label, one, two, value in elements:
        matrix, size = (G, 1.0 / float(value)) if label[0] == "R" else (C, float(value))
        ends = [number[n] for n in (one, two) if n in number]
        for i in ends:
            matrix[i, i] += size
        if len(ends) == 2:
            matrix[ends[0], ends[1]] -= size
            matrix[ends[1], ends[0]] -= size
    rates, right = np.linalg.eig(np.linalg.solve(C, G))
    drive = np.linalg.solve(right, np.linalg.solve(C, np.eye(len(nodes))[0]))
    return np.real([(right[0] * (-np.expm1(-rates * t) / rates)) @ drive for t in times])


# The command line -----------------------------------------------------------------------------------------------------


def run(*arguments: object) -> int:
    return kapitza.cli.main(["zth", *map(str, arguments)])


def test_json_has_what_was_promised(package: Zth, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PACKAGE, "--json") == 0
    out, _ = capsys.readouterr()
    answer: dict[str, Any] = json.loads(out)
    assert answer["time"] == package.time.tolist()
    assert answer["zth"] == package.zth.tolist()
    assert answer["steady"] == package.steady
    assert [set(term) for term in answer["foster"]] == [{"R", "tau"}] * len(package.foster.R)
    assert [set(stage) for stage in answer["cauer"]] == [{"R", "C"}] * len(package.foster.R)
    assert package.structure_of_stack is not None
    assert answer["structure"]["resistance"] == package.structure_of_stack.resistance.tolist()
    assert answer["structure"]["capacitance"] == package.structure_of_stack.capacitance.tolist()
    assert answer["errors"]["foster"] < 1e-4
    assert (answer["source"], answer["probe"], answer["notes"]) == ("bottom", "junction", [])


def test_files(package: Zth, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    curve, structure, spice, png = (tmp_path / name for name in ("z.csv", "s.csv", "z.lib", "z.png"))
    files = ("-o", curve, "--structure", structure, "--spice", spice, "--plot", png)
    assert run(PACKAGE, *files) == 0
    out = capsys.readouterr().out
    assert "steady 0.453436 K/W" in out
    assert "die|paste" in out
    assert f"wrote {spice}" in out
    rows = [row for row in csv.reader(curve.read_text().splitlines()) if not row[0].startswith("#")]
    assert rows[0] == ["time_s", "zth_K_per_W", "foster_K_per_W"]
    values = np.array(rows[1:], dtype=float)
    assert np.array_equal(values[:, 1], package.zth)
    assert np.max(np.abs(values[:, 2] / values[:, 1] - 1.0)) == pytest.approx(package.foster.error, rel=1e-6)
    steps = [row for row in csv.reader(structure.read_text().splitlines()) if not row[0].startswith("#")]
    assert len(steps) == 1 + 9
    for name in ("zth_bottom_junction_foster", "zth_bottom_junction_cauer"):
        late = package.time[package.time > 1e-5]
        found = evaluate_spice(spice.read_text(), name, late)
        assert np.max(np.abs(found / thermal_impedance(exact(), AREA, late) - 1.0)) < 1e-4
    assert png.stat().st_size > 50_000
    assert run(PACKAGE, *files) == 4
    assert "exists" in capsys.readouterr().err
    assert run(PACKAGE, *files, "--force") == 0


def test_two_interfaces(package: Zth, dry: Zth, capsys: pytest.CaptureFixture[str]) -> None:
    case = float(structure_function(exact(), AREA)[0][5])  # up to the lid's far face
    found = theta_jc(dry, package)
    assert found.exact == pytest.approx(case, rel=1e-12)
    assert found.theta_jc == found.exact
    assert found.structure == pytest.approx(case, rel=0.15)
    assert found.derivative == pytest.approx(case, rel=0.2)
    assert run(PACKAGE, "--second", DRY) == 0
    assert "junction to case, θJC = 0.06673 K/W" in capsys.readouterr().out
    assert run(PACKAGE, "--second", DRY, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["theta_jc"]["value"] == pytest.approx(case, rel=1e-12)
    assert answer["second"]["steady"] == pytest.approx(steady_impedance(exact(0.6e-4), AREA), rel=1e-12)
    assert run(PACKAGE, "--second", PACKAGE) == 2
    assert "hardly differ" in capsys.readouterr().err


# What is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "names", "said"),
    [
        ({}, {"source": "botom"}, "did you mean 'bottom'"),
        ({}, {"source": "top"}, "known: bottom"),
        ({}, {"probe": "junktion"}, "did you mean 'junction'"),
        ({"zth": None, "layers.die.heat": "3 W"}, {}, "the case has 2: die, bottom; name one with --source"),
        ({"zth": None, "boundary.bottom": None}, {}, "nothing in the case has a heat"),
        (
            {"zth": None, "probes": [{"name": "a", "layer": "die"}, {"name": "b", "layer": "lid"}]},
            {},
            "the case has 2: a, b; name one with --probe",
        ),
        (
            {"zth": None, "probes": [{"name": "a", "interface": ["lid", "plate"], "side": "flux"}]},
            {"probe": "a"},
            "shows a jump or a flux",
        ),
        ({"materials.paste.volumetric_heat_capacity": None}, {}, "materials.paste.density: missing"),
        ({"zth.first": "1000 s"}, {}, "all has happened already"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], names: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match="(?s).*" + said):
        kp.zth(kp.load(PACKAGE).replace(changes), **names)


def flat(**changes: Any) -> kp.Stack:
    parts: dict[str, Any] = {
        "layers": [
            kp.Layer("base", material("a", 120.0, 1.6e6), 1e-3),
            kp.Layer("lid", material("b", 30.0, 1.7e6), 2e-3),
        ],
        "geometry": kp.Geometry("plane", x=(0.0, 4e-3), depth=7e-3),
        "boundaries": {"top": kp.Boundary(kp.Reservoir(300.0, kp.Conductance(4000.0)))},
        "mesh": kp.MeshOptions(x=40, z=24),
    }
    return kp.Stack(**(parts | changes))


def test_without_probes_the_source_is_looked_at() -> None:
    span = (0.0, 1e-3)
    top = {"top": kp.Boundary(kp.Reservoir(300.0, kp.Conductance(4000.0)))}
    patch = kp.Boundary(kp.Adiabatic(), (kp.Patch(span, kp.HeatFlux(3.0)),))
    found = zth(flat(boundaries=top | {"bottom": patch}))
    seen = flat(boundaries=top | {"bottom": patch}, probes=[kp.BoundaryProbe("p", "bottom", span)])
    assert (found.source, found.probe) == ("bottom", "bottom")
    assert np.array_equal(found.zth, zth(seen).zth)
    found = zth(flat(sources=[kp.SheetSource("flash", ("base", "lid"), heat=2.0, x=span)]))
    assert found.probe == "flash"
    assert found.cauer is not None
    found = zth(flat(sources=[kp.Source("core", "base", heat=2.0, x=span)]))
    assert found.probe == "hottest of base"
    assert "mesh is coarser" in found.notes[0]
    block = kp.Region("block", material("c", 300.0, 3e6), kp.Rectangle(span, (0.5e-3, 1.5e-3)), heat=2.0)
    found = zth(flat(regions=[block]))
    assert (found.source, found.probe, found.notes) == ("block", "block", ())
    assert found.zth[0] == pytest.approx(1e-6 / (3e6 * 1e-3 * 1e-3 * 7e-3), rel=2e-2)  # t/C


def test_heat_that_has_nowhere_to_go() -> None:
    with pytest.raises(PhysicsError, match="nothing fixes its temperature"):
        kp.zth(kp.load(PACKAGE).replace({"boundary.top": None}))


def test_a_transfer_impedance_has_no_structure_function(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = tmp_path / "plate.toml"
    text = PACKAGE.read_text().replace('boundary = "bottom"', 'layer = "plate"')
    case.write_text(text)
    assert run(case, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["cauer"] == []
    assert answer["structure"]["resistance"] == []
    assert run(case, "--structure", tmp_path / "s.csv") == 2
    assert "no structure function" in capsys.readouterr().err
    assert not (tmp_path / "s.csv").exists()
