"""Sensitivities in result files, and from solutions in place of cases."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import kapitza as kp
from kapitza.cli import main

PASTE = "cases/cpu_die_paste.toml"


def test_a_result_file_keeps_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was printed is what the file holds, as numbers along named dimensions, and what `show` prints again."""
    case = tmp_path / "case.toml"
    case.write_text(Path(PASTE).read_text() + '\n[tolerances]\n"layers.paste.thickness" = "11 %"\n')
    out = tmp_path / "out.h5"
    assert main(["run", str(case), "--monte-carlo", "9", "-o", str(out)]) == 0
    printed = capsys.readouterr().out
    exact = kp.sensitivity(kp.load(case), monte_carlo=9)
    stored = kp.read(out)
    found = stored.sensitivity
    assert found.data() == exact.data() == stored.summary()["sensitivity"]
    assert np.array_equal(found.spread.drawn.values, exact.spread.drawn.values)
    assert main(["show", str(out)]) == 0
    again = capsys.readouterr().out
    tables = printed[printed.index("junction, ") : printed.index("wrote")].strip()
    assert tables in again
    assert main(["show", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sensitivity"] == exact.data()


def test_the_file_opens_with_xarray(tmp_path: Path) -> None:
    xarray = pytest.importorskip("xarray")
    solution = kp.solve(kp.load(PASTE))
    found = solution.sensitivity()
    solution.write(tmp_path / "out.h5", sensitivity=found)
    with xarray.open_dataset(tmp_path / "out.h5", group="sensitivity", engine="h5netcdf") as data:
        assert data["derivative"].dims == ("probe", "parameter")
        assert list(data["owner"].values) == [p.name for p in found.parameters]
        assert np.array_equal(data["effect"].values[0], [p.effects[0] for p in found.parameters])


def test_what_is_left_out_is_in_the_file(tmp_path: Path) -> None:
    disk = {"name": "disk", "material": "copper", "shape": "circle", "radius": "3 mm"}
    case = kp.Case.from_dict(
        {
            "geometry": {"kind": "plane", "width": "20 mm"},
            "layers": [
                {"name": "a", "material": "aluminium", "thickness": "7 mm"},
                {"name": "b", "material": "silicon", "thickness": "5 mm"},
            ],
            "regions": [disk | {"center": ["9 mm", "6 mm"]}],
            "boundary": {
                "bottom": {"heat_flux": "2 W/cm^2"},
                "top": {"h": "900 W/(m^2*K)", "ambient": "300 K"},
            },
            "mesh": {"x": 20, "z": 12},
        }
    )
    solution = kp.solve(case)
    found = kp.sensitivity(solution)
    assert [(one.name, one.quantity) for one in found.left_out] == [("a", "thickness")]
    solution.write(tmp_path / "out.h5", sensitivity=found)
    assert list(kp.read(tmp_path / "out.h5").sensitivity.left_out) == list(found.left_out)


def test_a_solution_serves_in_place_of_its_case() -> None:
    case = kp.load(PASTE)
    assert kp.sensitivity(kp.solve(case)).data() == kp.sensitivity(case).data()
    with pytest.raises(kp.InputError, match="tolerances"):
        kp.sensitivity(kp.solve(case), monte_carlo=20)
    with pytest.raises(kp.InputError, match="neither a case"):
        kp.sensitivity("cases/cpu_die_paste.toml")  # type: ignore[arg-type]
    with pytest.raises(kp.InputError, match="transient"):
        kp.sensitivity(kp.solve(kp.load("cases/half_spaces.toml")))
