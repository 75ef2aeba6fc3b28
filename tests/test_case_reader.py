"""From the keys of a case to the stack in SI: every kind of table, once with each of its forms."""

from __future__ import annotations

import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kapitza import model
from kapitza.case import Case, load
from kapitza.errors import InputError
from kapitza.interfaces.law import Conductance, Insulated, Perfect, Resistance
from kapitza.laws.temperature import Constant, Power, Slope, Table

CASES = Path(__file__).parents[1] / "cases"
TEMPLATES = Path(__file__).parents[1] / "solver" / "kapitza" / "templates"


def read(text: str) -> model.Stack:
    return Case.from_dict(tomllib.loads(text)).stack


SLAB = """
[geometry]
kind = "slab"
area = "4 cm^2"
[[layers]]
name = "die"
material = "silicon"
thickness = "0.5 mm"
[[layers]]
name = "sink"
material = "aluminium"
thickness = "6 mm"
"""
PLANE = SLAB.replace('kind = "slab"\narea = "4 cm^2"', 'kind = "plane"\nx = ["-7 mm", "9 mm"]')
ROUND = SLAB.replace(
    'kind = "slab"\narea = "4 cm^2"', 'kind = "axisymmetric"\ninner_radius = "2 mm"\nradius = "9 mm"'
)


@pytest.mark.parametrize(
    "path", sorted([*CASES.glob("*.toml"), *TEMPLATES.glob("*.toml")]), ids=lambda p: p.stem
)
def test_every_case_reads_and_its_text_reads_again(path: Path) -> None:
    case = load(path)
    assert case.path == path
    assert case.text == path.read_text(encoding="utf-8")
    again = Case.from_dict(case.data, path)
    assert again.stack == case.stack
    assert Case.from_dict(tomllib.loads(again.text), path).stack == case.stack


# Geometry -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ('kind = "slab"\narea = "4 cm^2"\nstart = "-3 mm"', model.Geometry("slab", area=4e-4, start=-3e-3)),
        (
            'kind = "cylinder"\ninner_radius = "5 mm"\nlength = "0.7 m"',
            model.Geometry("cylinder", inner_radius=5e-3, length=0.7),
        ),
        ('kind = "sphere"\ninner_radius = "0 mm"', model.Geometry("sphere", inner_radius=0.0)),
        ('kind = "plane"\nwidth = "6 cm"', model.Geometry("plane", x=(0.0, 0.06))),
        (
            'kind = "plane"\nx = ["-7 mm", "9 mm"]\ndepth = "3 cm"\nstart = "2 mm"',
            model.Geometry("plane", x=(-7e-3, 9e-3), depth=0.03, start=2e-3),
        ),
        ('kind = "axisymmetric"\nradius = "9 mm"', model.Geometry("axisymmetric", x=(0.0, 9e-3))),
        (
            'kind = "axisymmetric"\nradius = "9 mm"\ninner_radius = "2 mm"',
            model.Geometry("axisymmetric", inner_radius=2e-3, x=(2e-3, 9e-3)),
        ),
    ],
)
def test_geometry(keys: str, expected: model.Geometry) -> None:
    stack = read(f'[geometry]\n{keys}\n[[layers]]\nmaterial = "copper"\nthickness = "3 mm"\n')
    assert stack.geometry == expected


def test_fill() -> None:
    stack = read(PLANE.replace('x = ["-7 mm"', 'fill = "air"\nx = ["-7 mm"'))
    assert stack.geometry.fill is not None
    assert stack.geometry.fill.name == "air"


def test_title_and_unit() -> None:
    stack = read('title = "T"\ntemperature_unit = "degC"\n' + SLAB)
    assert (stack.title, stack.temperature_unit) == ("T", "degC")
    assert (read(SLAB).title, read(SLAB).temperature_unit) == ("", "K")


# Materials ------------------------------------------------------------------------------------------


def material(keys: str) -> Any:
    text = SLAB.replace('"silicon"', '"stuff"') + f"[materials.stuff]\n{keys}\n"
    layer = read(text).layers[0]
    assert isinstance(layer, model.Layer)
    return layer.material


@pytest.mark.parametrize(
    ("value", "law"),
    [
        ('"4 W/(m*K)"', Constant(4.0)),
        (
            '{ table = [["300 K", "148 W/(m*K)"], ["127 degC", "0.989 W/(cm*K)"]] }',
            Table((300.0, 400.15), (148.0, 98.9)),
        ),
        (
            '{ table = [["3 K", "5 W/(m*K)"], ["7 K", "9 W/(m*K)"]], between = "loglog", outside = "hold" }',
            Table((3.0, 7.0), (5.0, 9.0), "loglog", "hold"),
        ),
        ('{ value = "148 W/(m*K)", at = "300 K", power = -1.3 }', Power(148.0, 300.0, -1.3)),
        ('{ value = "148 W/(m*K)", at = "27 degC", slope = "-4 mW/(cm*K^2)" }', Slope(148.0, 300.15, -0.4)),
    ],
)
def test_functions_of_temperature(value: str, law: Any) -> None:
    assert material(f"conductivity = {value}").conductivity == law


def test_anisotropic() -> None:
    made = material(
        'conductivity = { through = "9 W/(m*K)", lateral = { value = "360 W/(m*K)", at = "300 K", power = -1 } }'
    )
    assert made.conductivity == Constant(9.0)
    assert made.conductivity_lateral == Power(360.0, 300.0, -1.0)


def test_all_properties() -> None:
    made = material(
        """
        conductivity = "237 W/(m*K)"
        density = "2.7 g/cm^3"
        specific_heat = "0.9 J/(g*K)"
        velocity_longitudinal = "6.24 km/s"
        velocity_transverse = "3040 m/s"
        number_density = "6.02e22 cm^-3"
        debye_temperature = "433 K"
        hardness = "0.4 GPa"
        youngs_modulus = "70 GPa"
        poisson = 0.35
        mean_free_path = "19 nm"
        fermi_velocity = "2.03e6 m/s"
        sommerfeld = "135 J/(m^3*K^2)"
        latent_heat = "397 kJ/kg"
        melting_temperature = "660 degC"
        source = "a book"
        note = "a note"
        category = "metal"
        uncertain = ["hardness"]
        sources = { density = "another book" }
        """
    )
    assert (made.density, made.number_density, made.velocity_longitudinal) == (2700.0, 6.02e28, 6240.0)
    assert made.specific_heat == Constant(900.0)
    assert (made.hardness, made.poisson, made.mean_free_path) == (4e8, 0.35, 1.9e-8)
    assert (made.fermi_velocity, made.sommerfeld, made.latent_heat) == (2.03e6, 135.0, 3.97e5)
    assert made.melting_temperature == 933.15
    assert (made.source, made.note, made.category, made.uncertain) == (
        "a book",
        "a note",
        "metal",
        ("hardness",),
    )
    assert made.sources == {"density": "another book"}


def test_a_case_replaces_the_library_entirely() -> None:
    layer = read(SLAB + '[materials.silicon]\nconductivity = "148 W/(m*K)"\n').layers[0]
    assert isinstance(layer, model.Layer)
    assert layer.material.name == "silicon"
    assert layer.material.conductivity == Constant(148.0)
    assert layer.material.density is None


def test_other_names_of_the_library() -> None:
    """Si is silicon, bears the name it was asked for, and is the case's own silicon if it has one."""
    text = SLAB.replace('"silicon"', '"Si"') + '[[interfaces]]\nmaterials = ["Al", "silicon"]\n'
    stack = read(text + 'resistance = "3 cm^2*K/W"\n[materials.silicon]\nconductivity = "140 W/(m*K)"\n')
    layer = stack.layers[0]
    assert isinstance(layer, model.Layer)
    assert layer.material.name == "Si"
    assert layer.material.conductivity == Constant(140.0)
    assert stack.interfaces[0].materials == ("aluminium", "Si")


# Layers and regions ---------------------------------------------------------------------------------


def test_layers() -> None:
    text = PLANE + '[[layers]]\nmaterial = "copper"\nthickness = "2 mm"\nx = ["-3 mm", "5 mm"]\ncells = 7\n'
    first, _, last = read(text + 'heat_density = "5 W/mm^3"\n').layers
    assert isinstance(first, model.Layer)
    assert (first.name, first.material.name, first.thickness, first.x) == ("die", "silicon", 5e-4, None)
    assert isinstance(last, model.Layer)
    assert (last.name, last.cells, last.x, last.heat, last.heat_density) == (None, 7, (-3e-3, 5e-3), 0.0, 5e9)


def test_round_layers() -> None:
    text = ROUND + '[[layers]]\nmaterial = "copper"\nthickness = "2 mm"\nradius = "5 mm"\nheat = "3 W"\n'
    text += '[[layers]]\nmaterial = "copper"\nthickness = "2 mm"\nr = ["3 mm", "4 mm"]\n'
    layers = [layer for layer in read(text).layers if isinstance(layer, model.Layer)]
    assert layers[2].x == (2e-3, 5e-3)
    assert layers[2].heat == 3.0
    assert layers[3].x == (3e-3, 4e-3)


def test_nested_groups() -> None:
    text = """
    [geometry]
    kind = "slab"
    area = "1 m^2"
    [[layers]]
    repeat = 3
    layers = [
      { material = "silicon", thickness = "7 nm", heat = "2 W" },
      { repeat = 1000000000000, layers = [ { name = "g", material = "germanium", thickness = "4 nm" } ] },
    ]
    [[interfaces]]
    between = ["g[2000000000001]", "silicon[3]"]
    resistance = "3 m^2*K/GW"
    [[interfaces]]
    between = ["g", "g"]
    conductance = "5 MW/(m^2*K)"
    """
    outer = read(text).layers[0]
    assert isinstance(outer, model.Group)
    assert outer.repeat == 3
    inner = outer.layers[1]
    assert isinstance(inner, model.Group)
    assert inner.repeat == 10**12
    assert isinstance(outer.layers[0], model.Layer)
    assert outer.layers[0].heat == 2.0


def test_regions() -> None:
    text = (
        PLANE + '[[regions]]\nname = "bump"\nmaterial = "copper"\nshape = "rectangle"\nx = ["0 mm", "2 mm"]\n'
    )
    region = read(text + 'z = ["1 mm", "3 mm"]\nheat = "2 W"\n').regions[0]
    assert (region.name, region.shape, region.heat) == (
        "bump",
        model.Rectangle((0.0, 2e-3), (1e-3, 3e-3)),
        2.0,
    )
    assert read(text).regions[0].shape == model.Rectangle((0.0, 2e-3), None)
    turned = read(
        text.replace(PLANE, ROUND).replace('x = ["0 mm"', 'r = ["2 mm"').replace('"2 mm"]', '"3 mm"]')
    )
    assert turned.regions[0].shape.x == (2e-3, 3e-3)


# Interfaces -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "law"),
    [
        ('resistance = "0.3 cm^2*K/W"', Resistance(3e-5)),
        ('resistance = "0 cm^2*K/W"', Perfect()),
        ('conductance = "5 kW/(m^2*K)"', Conductance(5000.0)),
        ('conductance = "0 W/(m^2*K)"', Insulated()),
        ('model = "perfect"', Perfect()),
        ('model = "insulated"', Insulated()),
        ('model = "thin-layer"\nthickness = "10 um"\nconductivity = "0.25 W/(m*K)"', Resistance(4e-5)),
        ('resistance = "0.3 cm^2*K/W"\nscale = 0.75', Resistance(4e-5)),
        ('conductance = "5 kW/(m^2*K)"\nscale = 0.8', Conductance(4000.0)),
        (
            'model = "series"\nof = [{ resistance = "3 cm^2*K/W" }, { conductance = "2 kW/(m^2*K)", scale = 2.5 }]',
            Resistance(5e-4),
        ),
        (
            'model = "parallel"\nof = [{ resistance = "5 cm^2*K/W" }, { conductance = "3 kW/(m^2*K)" }]',
            Resistance(2e-4),
        ),
        ('model = "series"\nof = [{ resistance = "3 cm^2*K/W" }, { model = "insulated" }]', Insulated()),
        ('model = "parallel"\nof = [{ resistance = "3 cm^2*K/W" }, { model = "perfect" }]', Perfect()),
        ('model = "parallel"\nof = [{ model = "insulated" }, { conductance = "0 W/(m^2*K)" }]', Insulated()),
    ],
)
def test_laws(keys: str, law: Any) -> None:
    entry = read(SLAB + f'[[interfaces]]\nbetween = ["die", "sink"]\n{keys}\n').interfaces[0]
    assert entry.between == ("die", "sink")
    assert entry.law.resistance == pytest.approx(law.resistance, rel=1e-15)


# Sources and boundaries -----------------------------------------------------------------------------


def test_sources() -> None:
    text = """
    [[sources]]
    name = "core0"
    layer = "die"
    x = ["-2 mm", "3 mm"]
    z = ["0 mm", "0.2 mm"]
    heat = "40 W"
    [[sources]]
    region = "bump"
    heat_density = "5 W/cm^3"
    [[sources]]
    between = ["die", "sink"]
    side = "split"
    heat_flux = "1 MW/m^2"
    [[sources]]
    between = ["sink", "die"]
    x = ["1 mm", "2 mm"]
    heat = "-3 W"
    [[regions]]
    name = "bump"
    material = "copper"
    z = ["1 mm", "2 mm"]
    """
    assert list(read(PLANE + text).sources) == [
        model.Source("core0", "die", heat=40.0, x=(-2e-3, 3e-3), z=(0.0, 2e-4)),
        model.Source("source 2", "bump", heat_density=5e6),
        model.SheetSource("source 3", ("die", "sink"), heat_flux=1e6, side="split"),
        model.SheetSource("source 4", ("sink", "die"), heat=-3.0, x=(1e-3, 2e-3)),
    ]


def test_sources_in_a_sphere_lie_along_r() -> None:
    text = SLAB.replace('kind = "slab"\narea = "4 cm^2"', 'kind = "sphere"\ninner_radius = "3 mm"')
    text += '[[sources]]\nlayer = "sink"\nheat = "2 W"\nr = ["4 mm", "5 mm"]\n'
    text += '[[probes]]\nname = "p"\nat = { r = "4 mm" }\n'
    stack = read(text)
    assert stack.sources[0] == model.Source("source 1", "sink", heat=2.0, z=(4e-3, 5e-3))
    assert stack.probes[0] == model.PointProbe("p", 4e-3)


@pytest.mark.parametrize(
    ("keys", "condition"),
    [
        ("", model.Adiabatic()),
        ("periodic = false", model.Adiabatic()),
        ('heat = "120 W"', model.Heat(120.0)),
        ('heat_flux = "-3 W/cm^2"', model.HeatFlux(-3e4)),
        ('temperature = "25 degC"', model.Temperature(298.15)),
        ('h = "5 kW/(m^2*K)"\nambient = "25 degC"', model.Reservoir(298.15, Conductance(5000.0))),
        (
            'film_resistance = "0.13 m^2*K/W"\nambient = "290 K"',
            model.Reservoir(290.0, Resistance(0.13)),
        ),
    ],
)
def test_conditions(keys: str, condition: model.Condition) -> None:
    assert read(SLAB + f"[boundary.top]\n{keys}\n").boundary("top") == model.Boundary(condition)
    patch = f'[[boundary.top.patches]]\nx = ["1 mm", "2 mm"]\n{keys}\n'
    assert read(PLANE + patch).boundary("top").patches == (model.Patch((1e-3, 2e-3), condition),)


def test_patches_along_z_and_r() -> None:
    text = '[[boundary.left.patches]]\nz = ["1 mm", "2 mm"]\nheat = "3 W"\n'
    assert read(PLANE + text).boundary("left").patches[0].along == (1e-3, 2e-3)
    text = '[[boundary.bottom.patches]]\nr = ["3 mm", "4 mm"]\nheat = "3 W"\n'
    assert read(ROUND + text).boundary("bottom").patches[0].along == (3e-3, 4e-3)


def test_patches_may_touch() -> None:
    patches = "".join(
        f'[[boundary.top.patches]]\nx = ["{i} mm", "{i + 1} mm"]\nheat = "{i} W"\n' for i in range(3)
    )
    assert len(read(PLANE + patches).boundary("top").patches) == 3


@pytest.mark.parametrize("side", ["left", "right"])
def test_periodic_sets_both(side: str) -> None:
    boundaries = read(PLANE + f"[boundary.{side}]\nperiodic = true\n").boundaries
    assert boundaries["left"].condition == boundaries["right"].condition == model.Periodic()


# Probes and numerics --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "probe"),
    [
        ('layer = "die"', model.PieceProbe("p", "die", "max")),
        ('layer = "die"\nside = "bottom"', model.PieceProbe("p", "die", "bottom")),
        ('at = { x = "1 mm", z = "0.5 mm" }', model.PointProbe("p", 5e-4, 1e-3)),
        ('at = { x = "1 mm", z = "0.5 mm" }\nlayer = "sink"', model.PointProbe("p", 5e-4, 1e-3, "sink")),
        ('boundary = "bottom"', model.BoundaryProbe("p", "bottom")),
        ('boundary = "bottom"\nx = ["1 mm", "2 mm"]', model.BoundaryProbe("p", "bottom", (1e-3, 2e-3))),
        ('boundary = "bottom"\nx = "3 mm"', model.BoundaryProbe("p", "bottom", 3e-3)),
        ('boundary = "left"\nz = "3 mm"', model.BoundaryProbe("p", "left", 3e-3)),
        ('interface = ["die", "sink"]', model.InterfaceProbe("p", ("die", "sink"), "jump")),
        (
            'interface = ["die", "sink"]\nside = "above"\nx = "0 mm"',
            model.InterfaceProbe("p", ("die", "sink"), "above", 0.0),
        ),
    ],
)
def test_probes(keys: str, probe: model.Probe) -> None:
    assert read(PLANE + f'[[probes]]\nname = "p"\n{keys}\n').probes == (probe,)


def test_mesh_and_solve() -> None:
    text = '[mesh]\nx = 40\nz = 30\ngrading = "refine"\n[solve]\ntolerance = 1e-8\ninitial = "20 degC"\n'
    stack = read(PLANE + text + 'method = "sparse"\nproperties_at = "330 K"\n')
    assert stack.mesh == model.MeshOptions(None, 40, 30, "refine")
    assert stack.solve == model.SolveOptions(1e-8, 293.15, "sparse", 330.0)
    assert read(ROUND + "[mesh]\nr = 40\n").mesh.x == 40
    assert read(SLAB + "[mesh]\ncells_per_layer = 3\n").mesh == model.MeshOptions(3)
    assert read(SLAB).solve == model.SolveOptions()


# Bare numbers ---------------------------------------------------------------------------------------


def test_si_numbers_and_texts_are_the_same() -> None:
    numbers = """
    units = "SI"
    [geometry]
    kind = "slab"
    area = 4e-4
    [materials.paste]
    conductivity = { table = [[300, 4], [400, "3 W/(m*K)"]] }
    [[layers]]
    material = "paste"
    thickness = 5e-4
    heat = 3
    [[layers]]
    material = "copper"
    thickness = "6 mm"
    [[interfaces]]
    between = ["paste", "copper"]
    resistance = 3e-5
    [boundary.top]
    h = 5000
    ambient = 298.15
    """
    texts = numbers.replace('units = "SI"', "").replace("area = 4e-4", 'area = "4 cm^2"')
    texts = texts.replace('[[300, 4], [400, "3 W', '[["300 K", "4 W/(m*K)"], ["400 K", "3 W')
    texts = texts.replace("thickness = 5e-4", 'thickness = "0.5 mm"').replace("heat = 3", 'heat = "3 W"')
    texts = texts.replace("3e-5", '"0.3 cm^2*K/W"').replace("h = 5000", 'h = "5 kW/(m^2*K)"')
    assert read(numbers) == read(texts.replace("298.15", '"25 degC"'))


# Scale and cost -------------------------------------------------------------------------------------


def test_long_lists_and_large_groups_are_read_quickly(tmp_path: Path) -> None:
    head = '[geometry]\nkind = "slab"\narea = "1 m^2"\n'
    path = tmp_path / "long.toml"
    rows = "".join(
        f'[[layers]]\nname = "l{i}"\nmaterial = "silicon"\nthickness = "{i % 97 + 1}.5 nm"\n'
        for i in range(20_000)
    )
    path.write_text(head + rows + '[[interfaces]]\nbetween = ["l5", "l6"]\nresistance = "1 cm^2*K/W"\n')
    start = time.process_time()
    assert len(load(path).stack.layers) == 20_000
    assert time.process_time() - start < 3.0  # 0.5 s on a quiet machine
    group = '[[layers]]\nrepeat = 100000\nlayers = [{ material = "silicon", thickness = "7 nm" }]\n'
    path.write_text(head + group)
    start = time.process_time()
    load(path)
    assert time.process_time() - start < 1.0


def test_reading_loads_nothing_heavy() -> None:
    code = (
        "import sys; from kapitza.case import load; load(sys.argv[1]);"
        "heavy = {'scipy', 'numba', 'matplotlib', 'h5py', 'pint', 'tree_sitter', 'tomli_w'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code, str(CASES / "cpu_die.toml")], check=True)


def test_from_dict_takes_numpy_and_tuples_and_refuses_the_rest() -> None:
    np = pytest.importorskip("numpy")
    data: dict[str, Any] = {
        "units": "SI",
        "geometry": {"kind": "plane", "x": (np.float64(-3e-3), np.float32(0.5))},
        "layers": [{"material": "copper", "thickness": np.array(0.25), "cells": np.int64(3)}],
    }
    case = Case.from_dict(data)
    assert case.stack.geometry.x == (-3e-3, 0.5)
    assert tomllib.loads(case.text) == case.data
    with pytest.raises(InputError, match=r"layers\.0\.heat: None cannot stand in a case"):
        Case.from_dict({**data, "layers": [{"heat": None}]})
    with pytest.raises(InputError, match="a set cannot stand"):
        Case.from_dict({**data, "title": {1, 2}})
    with pytest.raises(InputError, match="the key 3 is not a text"):
        Case.from_dict({3: 4})  # type: ignore[dict-item]
