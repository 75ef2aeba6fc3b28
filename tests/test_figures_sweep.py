"""Pictures of sweeps: what is drawn over what, in which units, and what cannot be drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.collections import QuadMesh

import kapitza as kp
from kapitza.errors import InputError
from kapitza.hypercube import Sweep
from kapitza.output.figure_sweep import figure_of_sweep
from kapitza.output.sweep_names import scale_of, title
from kapitza.output.sweep_view import Curves, Map, view
from kapitza.output.table_sweep import sweep_report
from kapitza.studies.sweeping import result

CASES = Path(__file__).parents[1] / "cases"
DIE = kp.load(CASES / "cpu_die.toml")
SINK, JOINT = "layers.sink.thickness", "interfaces.0.resistance"
MANY = {"from": 1e-6, "to": 1e-3, "count": 9, "spacing": "log"}


def curves(found: Sweep, *show: str) -> Curves:
    seen = view(found, show)
    assert isinstance(seen, Curves)
    return seen


def test_one_key_is_a_curve_in_the_units_of_the_case() -> None:
    found = kp.sweep(DIE, {SINK: [2e-3, 4e-3, 7e-3]})
    seen = curves(found)
    assert seen.x.label == "sink: thickness (mm)"
    assert np.allclose(seen.x.values, [2.0, 4.0, 7.0])
    assert seen.label == "junction (°C)"
    assert np.allclose(seen.lines[0][1], found["junction"] - 273.15)
    axes = figure_of_sweep(found).axes[0]
    assert axes.get_xlabel() == "sink: thickness (mm)"
    assert np.allclose(axes.lines[0].get_ydata(), found["junction"] - 273.15)
    jumps = curves(found, "interfaces.die|sink.jump")
    assert jumps.label == "die|sink: jump (K)"
    assert np.allclose(jumps.lines[0][1], 36.0)


def test_ranges_keep_the_unit_in_which_they_are_given(tmp_path: Path) -> None:
    """In tables, pictures, and what is read again from the file; coordinates stay SI."""
    values = {"from": "200 um", "to": "6200 um", "count": 3}
    warm = {"from": "10 degC", "to": "30 degC", "count": 3}
    found = kp.sweep(DIE, {SINK: values, "boundary.top.ambient": warm})
    found.write(tmp_path / "a.h5")
    again = kp.read(tmp_path / "a.h5")
    assert isinstance(again, result.Sweep)
    for one in (found, Sweep.of_result(again)):
        assert one[SINK] == pytest.approx([2e-4, 3.2e-3, 6.2e-3])
        assert one["boundary.top.ambient"] == pytest.approx([283.15, 293.15, 303.15])
        assert one.where(5) == {SINK: "3200 um", "boundary.top.ambient": "30 degC"}
        seen = curves(one)
        assert seen.x.label in ("sink: thickness (µm)", "top: ambient (°C)")
        shown = [200.0, 3200.0, 6200.0] if "µm" in seen.x.label else [10.0, 20.0, 30.0]
        assert seen.x.values == pytest.approx(shown)
        assert seen.by != seen.x.label
        assert seen.by in ("sink: thickness (µm)", "top: ambient (°C)")
    table = "\n".join(map(str, sweep_report(found)[2].columns[0].cells))  # type: ignore[union-attr]
    assert "3200 um" in table
    mixed = kp.sweep(DIE, {SINK: {"from": "1 mm", "to": "0.5 cm", "count": 3}})
    assert mixed.where(1) == {SINK: "3 mm"}


def test_logarithms_where_values_are_spread_along_them() -> None:
    found = kp.sweep(DIE, {JOINT: MANY})
    seen = curves(found, "interfaces.die|sink.conductance")
    assert seen.x.label == "die|sink: resistance (mm²·K/W)"
    assert seen.x.logarithmic
    assert seen.logarithmic
    assert seen.label == "die|sink: conductance (kW/(m²·K))"
    axes = figure_of_sweep(found, ["interfaces.die|sink.conductance"]).axes[0]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")


def test_words_tell_curves_apart() -> None:
    found = kp.sweep(DIE, {"layers.sink.material": ["copper", "aluminium"], SINK: [2e-3, 4e-3, 7e-3]})
    seen = curves(found)
    assert seen.by == "sink: material"
    assert [name for name, _ in seen.lines] == ["copper", "aluminium"]
    assert not seen.ordered
    assert np.allclose(seen.lines[1][1], found["junction"][1] - 273.15)


def test_few_values_are_curves_many_a_map() -> None:
    few = curves(kp.sweep(DIE, {SINK: [2e-3, 4e-3], JOINT: MANY}))
    assert few.by == "sink: thickness (mm)"
    assert [name for name, _ in few.lines] == ["2", "4"]
    assert few.ordered
    found = kp.sweep(DIE, {SINK: np.linspace(1e-3, 9e-3, 8), JOINT: MANY})
    seen = view(found)
    assert isinstance(seen, Map)
    assert (seen.x.label, seen.y.label) == ("die|sink: resistance (mm²·K/W)", "sink: thickness (mm)")
    assert np.allclose(seen.values, found["junction"] - 273.15)
    figure = figure_of_sweep(found)
    mesh = next(item for item in figure.axes[0].collections if isinstance(item, QuadMesh))
    assert np.allclose(np.asarray(mesh.get_array()).ravel(), seen.values.ravel())
    assert figure.axes[1].get_ylabel() == "junction (°C)"


def test_keys_that_move_together_share_an_axis() -> None:
    found = kp.sweep(DIE, {"zip": True, SINK: [2e-3, 4e-3], JOINT: [1e-5, 2e-5]})
    assert curves(found).x.label == "sink: thickness (mm)"


def test_failed_points_are_gaps() -> None:
    found = kp.sweep(DIE, {SINK: [2e-3, -1e-3, 7e-3]})
    assert np.isnan(curves(found).lines[0][1]).tolist() == [False, True, False]
    figure_of_sweep(found)


def test_a_point_alone() -> None:
    found = kp.sweep(DIE, {SINK: [2e-3]})
    assert len(curves(found).x.values) == 1
    figure_of_sweep(found)


def test_courses_are_drawn_over_time() -> None:
    case = kp.load(CASES / "cpu_power_step.toml").replace({"transient.save": 6})
    found = kp.sweep(case, {JOINT: [1e-5, 1e-4]})
    seen = curves(found)
    assert seen.x.label.startswith("time (")
    assert seen.by == "die|sink: resistance (cm²·K/W)"
    figure_of_sweep(found)
    ends = kp.sweep(case, {"transient.until": [1.0, 2.0]})
    with pytest.raises(InputError, match="has its own times"):
        view(ends)
    assert curves(ends, "layers.die.peak").x.label == "transient: until (s)"


def test_refused() -> None:
    three = kp.sweep(DIE, {SINK: [2e-3, 3e-3], JOINT: [1e-5, 2e-5], "interfaces.0.scale": [1, 2]})
    with pytest.raises(InputError, match="here are 3"):
        view(three)
    two = kp.sweep(DIE, {SINK: [2e-3, 3e-3]})
    with pytest.raises(InputError, match="did you mean 'junction'"):
        view(two, ["juncton"])
    with pytest.raises(InputError, match="has another unit"):
        view(two, ["junction", "resistance.total"])


def test_a_key_of_one_value_needs_no_axis() -> None:
    found = kp.sweep(DIE, {SINK: [2e-3], JOINT: MANY, "interfaces.0.scale": [2]})
    assert curves(found).x.label == "die|sink: resistance (mm²·K/W)"
    figure_of_sweep(found)


def test_names_and_units() -> None:
    text = DIE.text
    assert title("interfaces.0.resistance", text) == "die|sink: resistance"
    assert title("layers.1.thickness", text) == "sink: thickness"
    assert title("boundary.top.h", text) == "top: h"
    assert title("interfaces.0", text) == "die|sink"
    assert title("period", text) == "period"
    assert title("junction", text) == "junction"
    assert scale_of(np.array([2.6e8]), "W/(m^2*K)").unit == "MW/(m²·K)"
    assert scale_of(np.array([3e-9]), "m").unit == "nm"
    assert scale_of(np.array([0.5]), "1").unit == ""
    assert scale_of(np.array([300.0]), "J/(m^3*K)").unit == "J/(m³·K)"
