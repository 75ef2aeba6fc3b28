"""What a notebook shows of a result is one line that says what it is."""

from __future__ import annotations

from pathlib import Path

import kapitza as kp

CASES = Path(__file__).resolve().parent.parent / "cases"
DIE = "'120 W die on an aluminium sink, dry joint'"


def test_results_are_shown_in_one_line(tmp_path: Path) -> None:
    case = kp.load(CASES / "cpu_die.toml")
    solution = kp.solve(case)
    assert repr(solution) == f"<Solution {DIE}: slab, 40 cells, steady, 358.15 to 402.758 K>"
    path = tmp_path / "die.h5"
    solution.write(path)
    assert repr(kp.read(path)) == f"<Stored {DIE} from {path}: slab, 40 cells>"
    swept = kp.sweep(case, {"layers.sink.thickness": [2e-3, 3e-3, -1e-3]})
    assert repr(swept).startswith(f"<Sweep {DIE}: run, layers.sink.thickness (3), ")
    assert repr(swept).endswith("variables, 1 of 3 points failed>")
    later = kp.solve(
        case.replace(
            {
                "transient": {"until": "2 s"},
                "materials.silicon.density": "2330 kg/m^3",
                "materials.silicon.specific_heat": "710 J/(kg*K)",
                "materials.aluminium.density": "2700 kg/m^3",
                "materials.aluminium.specific_heat": "900 J/(kg*K)",
                "solve": {"initial": "25 degC"},
            }
        )
    )
    assert "cells, at 2 s, " in repr(later)
    waves = kp.solve(kp.load(CASES / "film_on_substrate.toml"))
    assert repr(waves).endswith("64 frequencies, probes surface, substrate>")
    assert "\n" not in repr(waves) + repr(later) + repr(swept)
